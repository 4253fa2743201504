/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_features.c - each feature by hand; the hash; nothing after the snap is read.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "base/sha256.h"
#include "nfl/features.h"
#include "tests/nfl/sample.h"

static void
assert_values(const struct gw_play *play, const double *want, size_t n)
{
	const struct gw_feature_set *set = gw_feature_set_find("full");
	double x[GW_FEATURES_MAX];

	ck_assert_uint_eq(set->n, n);
	gw_features(set, play, x);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(x[i] == want[i], "%s is %.17g, not %.17g", set->features[i]->name,
		    x[i], want[i]);
}

START_TEST(a_play_in_the_second_quarter)
{
	const double want[] = { 1834 / 3600.0, 0, 2, 3, 13, 10, 1, 0, 0.68, 2, 7, 7 / 3.0, 0, 1, 0,
		3 / sqrt(1835), 3 };
	struct gw_play play = sample_play();

	assert_values(&play, want, GW_N(want));
}
END_TEST

START_TEST(a_kickoff_counts_as_first_and_ten_at_75)
{
	const double want[] = { 1, 0, 1, 0, 0, 0, 1, 0, 0.75, 1, 10, 5, 1, 1, 0, 0, 0 };
	struct gw_play play = { .quarter = 1, .time_remaining = 3600, .is_home_team = true,
		.type = GW_PLAY_KICKOFF };

	assert_values(&play, want, GW_N(want));
}
END_TEST

START_TEST(overtime_is_second_half_but_not_fourth_quarter)
{
	const double want[] = { 600 / 3600.0, 0, 5, -24, 0, 24, 0, 1, 0.5, 4, 1, 0.2, 0, 0, 1,
		-24 / sqrt(601), -7.5 };
	struct gw_play play = { .quarter = 5, .time_remaining = 600, .away_score = 24, .down = 4,
		.distance = 1, .field_position = 50, .spread_line = -7.5,
		.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION | GW_HAS_SPREAD_LINE };

	assert_values(&play, want, GW_N(want));
}
END_TEST

START_TEST(close_and_blowout_have_their_edges_at_7_and_21)
{
	const struct gw_feature_set *set = gw_feature_set_find("classic");
	double x[GW_FEATURES_MAX];

	for (int lead = -30; lead <= 30; lead++) {
		struct gw_play play = { .quarter = 1, .home_score = lead > 0 ? lead : 0,
			.away_score = lead < 0 ? -lead : 0 };

		gw_features(set, &play, x);
		ck_assert(x[6] == (lead >= -7 && lead <= 7));
		ck_assert(x[7] == (lead < -21 || lead > 21));
	}
}
END_TEST

START_TEST(what_the_play_brought_changes_no_feature)
{
	const struct gw_feature_set *set = gw_feature_set_find("full");
	struct gw_play a = sample_play(), b = sample_play();
	double x[GW_FEATURES_MAX], y[GW_FEATURES_MAX];

	b.yards_gained = 99;
	b.type = GW_PLAY_PUNT;
	strcpy(b.desc, "touchdown");
	b.revision = 3;
	gw_features(set, &a, x);
	gw_features(set, &b, y);
	ck_assert_int_eq(memcmp(x, y, set->n * sizeof(x[0])), 0);
}
END_TEST

START_TEST(sets_fit_and_their_names_are_unique)
{
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);

	ck_assert_uint_eq(n, 4);
	for (size_t s = 0; s < n; s++) {
		ck_assert_ptr_eq(gw_feature_set_find(sets[s].name), &sets[s]);
		ck_assert_uint_le(sets[s].n, GW_FEATURES_MAX);
		for (size_t i = 0; i < sets[s].n; i++)
			for (size_t j = 0; j < i; j++)
				ck_assert_str_ne(sets[s].features[i]->name,
				    sets[s].features[j]->name);
	}
	ck_assert_uint_eq(gw_feature_set_find("classic")->n, 15);
	ck_assert_ptr_null(gw_feature_set_find("clasic"));
}
END_TEST

START_TEST(the_hash_is_of_names_and_definitions_in_order)
{
	const struct gw_feature_set *set = gw_feature_set_find("classic");
	struct gw_alloc alloc = gw_alloc_libc(0);
	char hash[65], want[65];
	struct gw_buf text;

	gw_buf_init(&text, &alloc, 0);
	for (size_t i = 0; i < set->n; i++)
		gw_buf_printf(&text, "%s\t%s\n", set->features[i]->name,
		    set->features[i]->definition);
	gw_sha256_hex(text.ptr, text.len, want);
	gw_feature_set_hash(set, hash);
	ck_assert_str_eq(hash, want);
	gw_feature_set_hash(gw_feature_set_find("full"), want);
	ck_assert_str_ne(hash, want);
	gw_buf_fini(&text);
}
END_TEST

Suite *
check_features_suite(void)
{
	Suite *s = suite_create("nfl/features");
	TCase *t = tcase_create("features");

	tcase_add_test(t, a_play_in_the_second_quarter);
	tcase_add_test(t, a_kickoff_counts_as_first_and_ten_at_75);
	tcase_add_test(t, overtime_is_second_half_but_not_fourth_quarter);
	tcase_add_test(t, close_and_blowout_have_their_edges_at_7_and_21);
	tcase_add_test(t, what_the_play_brought_changes_no_feature);
	tcase_add_test(t, sets_fit_and_their_names_are_unique);
	tcase_add_test(t, the_hash_is_of_names_and_definitions_in_order);
	suite_add_tcase(s, t);
	return s;
}
