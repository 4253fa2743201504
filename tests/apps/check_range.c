/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_range.c - kcat's -o.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include "apps/records/range.h"
#include "base/compiler.h"

START_TEST(each_spelling_means_what_kcat_means)
{
	static const struct { const char *text; enum gw_from from; int64_t n;
	} cases[] = {
		{ "beginning", GW_FROM_BEGINNING, 0 },
		{ "earliest", GW_FROM_BEGINNING, 0 },
		{ "end", GW_FROM_END, 0 },
		{ "latest", GW_FROM_END, 0 },
		{ "stored", GW_FROM_STORED, 0 },
		{ "0", GW_FROM_OFFSET, 0 },
		{ "9223372036854775807", GW_FROM_OFFSET, INT64_MAX },
		{ "-5", GW_FROM_TAIL, 5 },
		{ "-0", GW_FROM_TAIL, 0 },
		{ "s@1700000000000", GW_FROM_TIME, 1700000000000 },
	};

	for (size_t i = 0; i < GW_N(cases); i++) {
		struct gw_range r = { .from = GW_FROM_DEFAULT };

		ck_assert_int_eq(gw_range_add(&r, cases[i].text, NULL), 0);
		ck_assert_int_eq(r.from, cases[i].from);
		ck_assert_int_eq(r.n, cases[i].n);
		ck_assert(!r.has_until);
	}
}
END_TEST

START_TEST(begin_and_end_are_given_one_after_the_other)
{
	struct gw_range r = { .from = GW_FROM_DEFAULT };

	ck_assert_int_eq(gw_range_add(&r, "s@100", NULL), 0);
	ck_assert_int_eq(gw_range_add(&r, "e@200", NULL), 0);
	ck_assert_int_eq(r.from, GW_FROM_TIME);
	ck_assert_int_eq(r.n, 100);
	ck_assert(r.has_until);
	ck_assert_int_eq(r.until_ms, 200);
}
END_TEST

START_TEST(wrong_spellings_are_refused_and_change_nothing)
{
	static const char *const cases[] = {
		"", "begin", "12x", "s@", "s@-1", "e@x", "1.5", "-", "--5", "9223372036854775808",
		"-9223372036854775808", " 1",
	};
	struct gw_err err;

	for (size_t i = 0; i < GW_N(cases); i++) {
		struct gw_range r = { .from = GW_FROM_OFFSET, .n = 77 };

		ck_assert_msg(
		    gw_range_add(&r, cases[i], &err) == GW_EINVAL, "\"%s\" was taken", cases[i]);
		ck_assert_ptr_nonnull(strstr(err.msg, "-o"));
		ck_assert_int_eq(r.from, GW_FROM_OFFSET);
		ck_assert_int_eq(r.n, 77);
		ck_assert(!r.has_until);
	}
}
END_TEST

START_TEST(a_speed_is_a_number_of_times)
{
	static const char *const wrong[] = { "", "x", "-1", "1y", "nan", "fast" };
	struct gw_err err;
	double speed = 7;

	ck_assert_int_eq(gw_speed_parse("60x", &speed, &err), 0);
	ck_assert(speed == 60);
	ck_assert_int_eq(gw_speed_parse("0.5", &speed, &err), 0);
	ck_assert(speed == 0.5);
	for (size_t i = 0; i < GW_N(wrong); i++)
		ck_assert_int_eq(gw_speed_parse(wrong[i], &speed, &err), GW_EINVAL);
	ck_assert(speed == 0.5);
}
END_TEST

Suite *
check_range_suite(void)
{
	Suite *s = suite_create("range");
	TCase *tc = tcase_create("range");

	tcase_add_test(tc, each_spelling_means_what_kcat_means);
	tcase_add_test(tc, begin_and_end_are_given_one_after_the_other);
	tcase_add_test(tc, wrong_spellings_are_refused_and_change_nothing);
	tcase_add_test(tc, a_speed_is_a_number_of_times);
	suite_add_tcase(s, tc);
	return s;
}
