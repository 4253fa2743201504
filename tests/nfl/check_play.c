/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_play.c - the play message: round trips, and what is refused and why.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/slice.h"
#include "nfl/play.h"
#include "tests/nfl/sample.h"

static struct gw_alloc alloc;
static struct gw_arena arena;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 0);
}

static void
teardown(void)
{
	gw_arena_fini(&arena);
	ck_assert_uint_eq(alloc.used, 0);
}

static int
parse(const char *json, struct gw_play *play, struct gw_err *err)
{
	gw_arena_reset(&arena);
	return gw_play_parse(gw_str(json), &arena, play, err);
}

#define MINIMAL                                                                                    \
	"\"game_id\":\"g\",\"play_id\":1,\"play_number\":1,\"quarter\":1,\"time_remaining\":3600," \
	"\"home_score\":0,\"away_score\":0,\"home_team\":\"KC\",\"away_team\":\"BAL\""

static void
assert_refused(const char *json, const char *message)
{
	struct gw_play play;
	struct gw_err err = { 0 };

	ck_assert_msg(parse(json, &play, &err) == GW_EDATA, "accepted: %s", json);
	ck_assert_msg(strcmp(err.msg, message) == 0, "says '%s', not '%s'", err.msg, message);
}

static void
assert_same(const struct gw_play *a, const struct gw_play *b)
{
	struct gw_buf x, y;

	gw_buf_init(&x, &alloc, 0);
	gw_buf_init(&y, &alloc, 0);
	gw_play_write(&x, a);
	gw_play_write(&y, b);
	ck_assert_int_eq(x.err, 0);
	ck_assert(gw_slice_eq(gw_buf_slice(&x), gw_buf_slice(&y)));
	gw_buf_fini(&x);
	gw_buf_fini(&y);
	ck_assert_uint_eq(a->has, b->has);
	if (a->has & GW_HAS_SPREAD_LINE)
		ck_assert(a->spread_line == b->spread_line);
	ck_assert_int_eq(a->is_home_team, b->is_home_team);
}

static void
round_trip(const struct gw_play *play)
{
	struct gw_play back;
	struct gw_buf text;
	struct gw_err err;

	gw_buf_init(&text, &alloc, 0);
	gw_play_write(&text, play);
	gw_arena_reset(&arena);
	ck_assert_msg(gw_play_parse(gw_buf_slice(&text), &arena, &back, &err) == 0, "%s", err.msg);
	assert_same(play, &back);
	gw_buf_fini(&text);
}

START_TEST(a_whole_play_survives_the_message)
{
	struct gw_play play = sample_play();

	round_trip(&play);
}
END_TEST

START_TEST(any_set_of_known_fields_survives_the_message)
{
	struct gw_rng rng;

	gw_rng_seed(&rng, 3);
	for (int i = 0; i < 2000; i++) {
		struct gw_play play = sample_play();

		play.has = (unsigned)gw_rng_below(&rng, GW_HAS_REVISION << 1);
		play.is_home_team = gw_rng_below(&rng, 2) == 1;
		strcpy(play.posteam, play.is_home_team ? "KC" : "BAL");
		play.type = (enum gw_play_type)gw_rng_below(&rng, GW_N_PLAY_TYPES);
		play.spread_line = ((double)gw_rng_below(&rng, 400001) - 200000) / 1000;
		play.time_remaining = (int32_t)gw_rng_below(&rng, 3601);
		play.play_id = (int64_t)gw_rng_below(&rng, (uint64_t)GW_PLAY_ID_MAX);
		play.revision = (int32_t)gw_rng_below(&rng, 5);
		play.yards_gained = (int32_t)gw_rng_below(&rng, 221) - 110;
		round_trip(&play);
	}
}
END_TEST

START_TEST(fields_may_stand_in_any_order_among_others)
{
	struct gw_play play;
	struct gw_err err;

	ck_assert_msg(
	    parse("{\"x\":[1,{\"down\":9}],\"away_team\":\"BAL\",\"down\":3,\"home_team\":\"KC\","
		  "\"away_score\":7,\"home_score\":3,\"time_remaining\":10,\"quarter\":4,\"play_"
		  "number\":2,"
		  "\"posteam\":\"KC\",\"play_id\":5,\"game_id\":\"g\",\"zzz\":null}",
		&play, &err) == 0,
	    "%s", err.msg);
	ck_assert_int_eq(play.down, 3);
	ck_assert_int_eq(play.quarter, 4);
	ck_assert(play.is_home_team);
	ck_assert_str_eq(play.posteam, "KC");
	ck_assert_str_eq(play.defteam, "BAL");
	ck_assert_uint_eq(play.has, GW_HAS_DOWN);
	ck_assert_int_eq(play.type, GW_PLAY_OTHER);
}
END_TEST

START_TEST(null_is_unknown_and_never_zero)
{
	struct gw_play play;

	ck_assert_int_eq(parse(
		"{" MINIMAL ",\"is_home_team\":1,\"down\":null,\"spread_line\":null}", &play, NULL),
	    0);
	ck_assert_uint_eq(play.has, 0);
	assert_refused("{\"quarter\":null," MINIMAL "}", "is_home_team: missing, and posteam too");
}
END_TEST

START_TEST(possession_comes_from_either_field)
{
	struct gw_play play;

	ck_assert_int_eq(parse("{" MINIMAL ",\"is_home_team\":0}", &play, NULL), 0);
	ck_assert_str_eq(play.posteam, "BAL");
	ck_assert_str_eq(play.defteam, "KC");
	ck_assert_int_eq(parse("{" MINIMAL ",\"is_home_team\":true}", &play, NULL), 0);
	ck_assert(play.is_home_team);
	ck_assert_int_eq(parse("{" MINIMAL ",\"posteam\":\"BAL\"}", &play, NULL), 0);
	ck_assert(!play.is_home_team);
}
END_TEST

START_TEST(contradictions_are_refused)
{
	assert_refused("{" MINIMAL ",\"is_home_team\":1,\"posteam\":\"BAL\"}",
	    "is_home_team: '1', but posteam is 'BAL' and home_team 'KC'");
	assert_refused("{" MINIMAL ",\"posteam\":\"SF\"}",
	    "posteam: 'SF' is neither home_team 'KC' nor away_team 'BAL'");
	assert_refused("{" MINIMAL ",\"is_home_team\":1,\"score_differential\":3}",
	    "score_differential: '3', but home_score minus away_score is 0 (it is home minus away, "
	    "not"
	    " possession minus defence)");
	assert_refused("{\"away_team\":\"KC\"," MINIMAL ",\"is_home_team\":1}",
	    "away_team: 'KC' is home_team too");
}
END_TEST

START_TEST(each_required_field_is_missed_by_name)
{
	static const char *const required[] = { "game_id", "play_id", "play_number", "quarter",
		"time_remaining", "home_score", "away_score", "home_team", "away_team" };

	for (size_t i = 0; i < GW_N(required); i++) {
		char json[512] = "{" MINIMAL ",\"is_home_team\":1}", key[32], want[64], *at;

		snprintf(key, sizeof(key), "\"%s\"", required[i]);
		at = strstr(json, key);
		ck_assert_ptr_nonnull(at);
		at[1] = '_';
		snprintf(want, sizeof(want), "%s: missing", required[i]);
		assert_refused(json, want);
	}
}
END_TEST

START_TEST(impossible_values_are_refused_with_what_they_held)
{
	static const struct {
		const char	*field, *message;
	} bad[] = { { "\"down\":5", "down: '5' is not a whole number from 1 to 4" },
		{ "\"down\":0", "down: '0' is not a whole number from 1 to 4" },
		{ "\"down\":1.5", "down: '1.5' is not a whole number from 1 to 4" },
		{ "\"down\":\"3\"", "down: '3' is not a whole number from 1 to 4" },
		{ "\"down\":1e99", "down: '1e99' is not a whole number from 1 to 4" },
		{ "\"quarter\":0", "quarter: '0' is not a whole number from 1 to 20" },
		{ "\"time_remaining\":3601",
		    "time_remaining: '3601' is not a whole number from 0 to 3600" },
		{ "\"home_score\":-1", "home_score: '-1' is not a whole number from 0 to 999" },
		{ "\"field_position\":101",
		    "field_position: '101' is not a whole number from 0 to 100" },
		{ "\"play_id\":-1", "play_id: '-1' is not a whole number from 0 to 2^53" },
		{ "\"play_id\":1e300", "play_id: '1e300' is not a whole number from 0 to 2^53" },
		{ "\"spread_line\":201",
		    "spread_line: '201' is not a number of points from -200 to 200" },
		{ "\"spread_line\":[]",
		    "spread_line: 'an array' is not a number of points from -200 to 200" },
		{ "\"is_home_team\":2", "is_home_team: '2' is not 0 or 1" },
		{ "\"game_id\":\"\"", "game_id: '' is not a text of 1 to 39 bytes" },
		{ "\"game_id\":7", "game_id: '7' is not a text of 1 to 39 bytes" },
		{ "\"home_team\":\"KANSASCITY\"",
		    "home_team: 'KANSASCITY' is not a text of 1 to 7 bytes" },
		{ "\"home_team\":\"K\\n\"", "home_team: 'K\n' is not a text of 1 to 7 bytes" },
		{ "\"play_type\":{}", "play_type: 'an object' is not a text" },
		{ "\"desc\":true", "desc: 'true or false' is not a text" } };

	for (size_t i = 0; i < GW_N(bad); i++) {
		char json[512];

		/* First of two counts, so the bad one stands first. */
		snprintf(json, sizeof(json), "{%s," MINIMAL ",\"is_home_team\":1}", bad[i].field);
		assert_refused(json, bad[i].message);
	}
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
	static const char *const bad[] = { "", "[]", "1", "null", "\"play\"", "{", "{} {}",
		"{\"down\":NaN}", "{\"a\":1,}", "not json" };
	struct gw_err err;

	for (size_t i = 0; i < GW_N(bad); i++) {
		struct gw_play play = { .quarter = 77 };

		err.code = 0;
		ck_assert_int_eq(parse(bad[i], &play, &err), GW_EDATA);
		ck_assert_int_eq(err.code, GW_EDATA);
		ck_assert_int_eq(play.quarter, 77);	/* written only on success */
	}
}
END_TEST

START_TEST(a_long_description_is_cut_between_two_characters)
{
	struct gw_play play;
	char json[2048] = "{" MINIMAL ",\"is_home_team\":1,\"desc\":\"x";

	for (int i = 0; i < 400; i++)
		strcat(json, "\xc3\xa9");
	strcat(json, "\"}");
	ck_assert_int_eq(parse(json, &play, NULL), 0);
	ck_assert_uint_eq(strlen(play.desc), GW_DESC_MAX - 1);
	ck_assert_uint_eq((unsigned char)play.desc[GW_DESC_MAX - 2], 0xa9);
	round_trip(&play);
}
END_TEST

START_TEST(types_have_names_and_names_types)
{
	for (int t = 0; t < GW_N_PLAY_TYPES; t++)
		ck_assert_int_eq(
		    gw_play_type_parse(gw_str(gw_play_type_name((enum gw_play_type)t))), t);
	ck_assert_int_eq(gw_play_type_parse(gw_str("")), GW_PLAY_OTHER);
	ck_assert_int_eq(gw_play_type_parse(gw_str("Pass")), GW_PLAY_OTHER);
}
END_TEST

START_TEST(mutated_messages_never_make_an_impossible_play)
{
	struct gw_play sample = sample_play(), play;
	struct gw_buf text;
	struct gw_rng rng;

	gw_rng_seed(&rng, 9);
	gw_buf_init(&text, &alloc, 0);
	for (int i = 0; i < 20000; i++) {
		gw_buf_clear(&text);
		gw_play_write(&text, &sample);
		for (uint64_t n = gw_rng_below(&rng, 3) + 1; n > 0; n--)
			text.ptr[gw_rng_below(&rng, text.len)] = (uint8_t)gw_rng_below(&rng, 256);
		gw_arena_reset(&arena);
		if (gw_play_parse(gw_buf_slice(&text), &arena, &play, NULL) != 0)
			continue;
		ck_assert(play.quarter >= 1 && play.quarter <= GW_QUARTER_MAX);
		ck_assert(!(play.has & GW_HAS_DOWN) || (play.down >= 1 && play.down <= 4));
		ck_assert(play.time_remaining >= 0 && play.time_remaining <= GW_CLOCK_MAX);
		round_trip(&play);
	}
	gw_buf_fini(&text);
}
END_TEST

Suite *
check_play_suite(void)
{
	Suite *s = suite_create("nfl/play");
	TCase *t = tcase_create("play");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_whole_play_survives_the_message);
	tcase_add_test(t, any_set_of_known_fields_survives_the_message);
	tcase_add_test(t, fields_may_stand_in_any_order_among_others);
	tcase_add_test(t, null_is_unknown_and_never_zero);
	tcase_add_test(t, possession_comes_from_either_field);
	tcase_add_test(t, contradictions_are_refused);
	tcase_add_test(t, each_required_field_is_missed_by_name);
	tcase_add_test(t, impossible_values_are_refused_with_what_they_held);
	tcase_add_test(t, what_is_no_object_is_refused);
	tcase_add_test(t, a_long_description_is_cut_between_two_characters);
	tcase_add_test(t, types_have_names_and_names_types);
	tcase_add_test(t, mutated_messages_never_make_an_impossible_play);
	suite_add_tcase(s, t);
	return s;
}
