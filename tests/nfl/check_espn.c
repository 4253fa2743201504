/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_espn.c - what recorded answers say, and what is done with answers that say less.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/slice.h"
#include "nfl/espn_passer.h"
#include "tests/nfl/recording.h"
#include "tests/support/fail_alloc.h"

static struct recording r;

static void
setup(void)
{
	recording_init(&r);
}

static void
teardown(void)
{
	recording_fini(&r);
}

static int
parse(const char *text, struct gw_err *err)
{
	gw_arena_reset(&r.arena);
	return gw_espn_parse(gw_str(text), &r.arena, &r.answer, err);
}

static const struct gw_espn_game *
game_of(const char *id)
{
	for (size_t i = 0; i < r.answer.n_games; i++)
		if (strcmp(r.answer.games[i].game_id, id) == 0)
			return &r.answer.games[i];
	ck_abort_msg("no game %s", id);
	return NULL;
}

/* ---- games ---- */

/* File names begin with nflverse's id, found by the event in nflverse's schedule. */
static void
check_id(void *arg, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t *n = arg;

	if (strstr(name, "PRE") != NULL || name[0] != '2')
		return;
	recording_load(&r, path);
	ck_assert_uint_eq(r.answer.n_games, 1);
	ck_assert_msg(strncmp(name, r.answer.games[0].game_id,
			  strlen(r.answer.games[0].game_id)) == 0,
	    "%s is called %s", path, r.answer.games[0].game_id);
	(*n)++;
}

START_TEST(games_are_called_as_in_nflverse)
{
	size_t n = 0;

	recording_each("playbyplay", check_id, &n);
	recording_each("summary", check_id, &n);
	recording_each("game", check_id, &n);
	recording_each("live", check_id, &n);
	ck_assert_uint_eq(n, 22);
}
END_TEST

/* Season, ESPN's week of the play-offs, nflverse's id (its schedule has these games). */
START_TEST(play_off_weeks_count_on)
{
	static const struct {
		int		season, week;
		const char	*away, *home, *id;
	} games[] = {
		{ 2023, 1, "MIA", "KC", "2023_19_MIA_KC" },
		{ 2023, 2, "HOU", "BAL", "2023_20_HOU_BAL" },
		{ 2023, 3, "DET", "SF", "2023_21_DET_SF" },
		{ 2023, 5, "SF", "KC", "2023_22_SF_KC" },
		{ 2020, 1, "LAR", "SEA", "2020_18_LA_SEA" },
		{ 2020, 5, "KC", "TB", "2020_21_KC_TB" },
	};
	char text[512];

	for (size_t i = 0; i < GW_N(games); i++) {
		snprintf(text, sizeof(text), "{\"events\":[{\"id\":\"401\",\"season\":{\"year\":%d,"
		    "\"type\":3},\"week\":{\"number\":%d},\"competitions\":[{\"competitors\":["
		    "{\"homeAway\":\"away\",\"team\":{\"abbreviation\":\"%s\"}},"
		    "{\"homeAway\":\"home\",\"team\":{\"abbreviation\":\"%s\"}}]}]}]}",
		    games[i].season, games[i].week, games[i].away, games[i].home);
		ck_assert_int_eq(parse(text, NULL), 0);
		ck_assert_str_eq(r.answer.games[0].game_id, games[i].id);
	}
}
END_TEST

START_TEST(a_scoreboard_tells_the_state_now)
{
	const struct gw_espn_game *g;
	struct gw_play p;

	recording_load(&r, "live/scoreboard.2022-11-20.json.gz");
	ck_assert_int_eq(r.answer.kind, GW_ESPN_SCOREBOARD);
	ck_assert_uint_eq(r.answer.n_games, 14);
	ck_assert_uint_eq(r.answer.n_games_bad, 0);
	g = game_of("2022_11_PHI_IND");
	ck_assert_int_eq(g->state, GW_ESPN_IN);
	ck_assert_int_eq(g->situation.after, 1288);
	ck_assert(gw_espn_next(g, &p));
	ck_assert_str_eq(p.posteam, "PHI");
	ck_assert_int_eq(p.quarter, 2);
	ck_assert_int_eq(p.time_remaining, 1800 + 6 * 60 + 22);
	ck_assert_int_eq(p.down, 2);
	ck_assert_int_eq(p.distance, 2);
	ck_assert_int_eq(p.field_position, 2);
	ck_assert_int_eq(p.home_timeouts, 2);
	ck_assert_int_eq(p.away_timeouts, 3);
	ck_assert_int_eq(p.home_score, 7);
	/* NYJ at NE: NE at the 5 of the NYJ, yard line 95 from NE's goal. */
	ck_assert(gw_espn_next(game_of("2022_11_NYJ_NE"), &p));
	ck_assert_int_eq(p.field_position, 5);
	ck_assert(p.is_home_team);
}
END_TEST

/* After a kick-off nobody is in possession yet; after an extra point the play has a made-up id. */
START_TEST(a_kick_to_come_is_no_next_play)
{
	const struct gw_espn_game *g;
	struct gw_play p;

	recording_load(&r, "live/scoreboard.2022-11-20.json.gz");
	ck_assert(!gw_espn_next(game_of("2022_11_LA_NO"), &p));
	g = game_of("2022_11_WAS_HOU");
	ck_assert(!gw_espn_next(g, &p));
	ck_assert_int_eq(g->situation.after, -1);
	ck_assert_int_eq(g->away.score, 14);
	ck_assert(!gw_espn_next(game_of("2022_11_TEN_GB"), &p));	/* over */
	ck_assert(!gw_espn_next(game_of("2022_11_KC_LAC"), &p));	/* not begun */
}
END_TEST

START_TEST(the_other_scoreboards_are_read_too)
{
	recording_load(&r, "live/cdn_scoreboard.2024-01-07.json.gz");
	ck_assert_int_eq(r.answer.kind, GW_ESPN_SCOREBOARD);
	ck_assert_uint_eq(r.answer.n_games, 16);
	ck_assert_int_eq(game_of("2023_18_BUF_MIA")->situation.down, 3);
	/* Its events have no week: the document has. */
	recording_load(&r, "live/scoreboard.2022-09-11.json.gz");
	ck_assert_uint_eq(r.answer.n_games, 16);
	for (size_t i = 0; i < r.answer.n_games; i++)
		ck_assert_str_ne(r.answer.games[i].game_id, "");
}
END_TEST

START_TEST(a_running_game_has_each_row_once)
{
	const struct gw_espn_game *g;

	recording_load(&r, "live/2024_18_SEA_LA.401671830.q4_0021.json.gz");
	g = &r.answer.games[0];
	ck_assert_int_eq(g->state, GW_ESPN_IN);
	ck_assert(!g->completed);
	ck_assert_int_eq(g->period, 4);
	ck_assert_int_eq(g->clock_s, 21);
	ck_assert_str_eq(g->home.code, "LA");
	ck_assert_uint_eq(g->n_rows, 168);	/* the drive in play stands twice */
	for (size_t i = 1; i < g->n_rows; i++)
		ck_assert_int_gt(g->rows[i].sequence, g->rows[i - 1].sequence);
}
END_TEST

/* Its first of the half took LA with 0:34 left; two more were taken after the newest play. */
START_TEST(timeouts_are_counted)
{
	struct gw_espn_plays plays;
	const struct gw_play *last;

	recording_load(&r, "live/2024_18_SEA_LA.401671830.q4_0021.json.gz");
	ck_assert_int_eq(gw_espn_plays(&r.answer.games[0], &r.arena, &plays, NULL), 0);
	last = &plays.plays[plays.n - 1].play;
	ck_assert_int_eq(last->play_id, 3933);
	ck_assert_int_eq(last->home_timeouts, 2);
	ck_assert_int_eq(last->away_timeouts, 3);
	ck_assert_int_eq(plays.plays[plays.n - 2].play.home_timeouts, 3);
	ck_assert_int_eq(plays.plays[0].play.home_timeouts, 3);
}
END_TEST

/* ESPN's line is the home team's; nflverse's is positive when home is the favourite. */
START_TEST(the_line_is_turned_round)
{
	struct gw_espn_plays plays;

	recording_load(&r, "game/2023_15_BAL_JAX.401547602.json.gz");
	ck_assert_int_eq(gw_espn_plays(&r.answer.games[0], &r.arena, &plays, NULL), 0);
	ck_assert(plays.plays[0].play.has & GW_HAS_SPREAD_LINE);
	ck_assert(plays.plays[0].play.spread_line == -4);
	ck_assert(plays.plays[0].play.total_line == 41.5);
	recording_load(&r, "playbyplay/2023_15_BAL_JAX.401547602.json.gz");
	ck_assert_int_eq(gw_espn_plays(&r.answer.games[0], &r.arena, &plays, NULL), 0);
	ck_assert_uint_eq(plays.plays[0].play.has & (GW_HAS_SPREAD_LINE | GW_HAS_TOTAL_LINE), 0);
}
END_TEST

START_TEST(a_line_is_read_from_its_words)
{
	static const char head[] = "{\"events\":[{\"id\":1,\"competitions\":[{\"competitors\":["
	    "{\"homeAway\":\"away\",\"team\":{\"abbreviation\":\"WSH\"}},{\"homeAway\":\"home\","
	    "\"team\":{\"abbreviation\":\"DAL\"}}],\"odds\":[{\"details\":\"%s\"}]}]}]}";
	static const struct {
		const char	*details;
		double		 spread;
	} lines[] = { { "WSH -3.5", -3.5 }, { "DAL -7", 7 }, { "EVEN", 0 } };
	char text[512];

	for (size_t i = 0; i < GW_N(lines); i++) {
		snprintf(text, sizeof(text), head, lines[i].details);
		ck_assert_int_eq(parse(text, NULL), 0);
		ck_assert(r.answer.games[0].has & GW_ESPN_HAS_SPREAD);
		ck_assert(r.answer.games[0].spread_line == lines[i].spread);
	}
	snprintf(text, sizeof(text), head, "NYG -3");
	ck_assert_int_eq(parse(text, NULL), 0);
	ck_assert(!(r.answer.games[0].has & GW_ESPN_HAS_SPREAD));
}
END_TEST

START_TEST(overtime_has_its_own_clock_and_timeouts)
{
	struct gw_espn_plays plays;
	size_t n = 0;

	recording_load(&r, "playbyplay/2024_09_LA_SEA.401671776.json.gz");
	ck_assert_int_eq(gw_espn_plays(&r.answer.games[0], &r.arena, &plays, NULL), 0);
	for (size_t i = 0; i < plays.n; i++) {
		const struct gw_play *p = &plays.plays[i].play;

		if (p->quarter < 5)
			continue;
		ck_assert_int_le(p->time_remaining, 600);
		ck_assert_int_le(p->home_timeouts, 2);
		n++;
	}
	ck_assert_uint_gt(n, 5);
}
END_TEST

/* ---- answers that say less ---- */

START_TEST(an_error_is_an_answer)
{
	recording_load(&r, "error/error_404.situation.401547675.json.gz");
	ck_assert_int_eq(r.answer.kind, GW_ESPN_ERROR);
	ck_assert_int_eq(r.answer.error_code, 404);
	ck_assert(gw_slice_starts(r.answer.error, "No event found"));
}
END_TEST

START_TEST(what_is_no_answer_is_refused)
{
	static const char *const bad[] = { "", "<!DOCTYPE html><html></html>", "{", "[]", "{}",
		"null", "{\"events\":{}}", "{\"header\":{}}", "{\"events\":[", "{\"leagues\":[]}" };
	struct gw_err err;

	for (size_t i = 0; i < GW_N(bad); i++) {
		err.code = 0;
		ck_assert_msg(parse(bad[i], &err) == GW_EDATA, "%s", bad[i]);
		ck_assert_int_eq(err.code, GW_EDATA);
		ck_assert_uint_gt(strlen(err.msg), 0);
	}
}
END_TEST

START_TEST(an_empty_scoreboard_is_good)
{
	ck_assert_int_eq(parse("{\"events\":[]}", NULL), 0);
	ck_assert_int_eq(r.answer.kind, GW_ESPN_SCOREBOARD);
	ck_assert_uint_eq(r.answer.n_games, 0);
}
END_TEST

/* Every kind of value at every place: nothing is believed that cannot be. */
START_TEST(mistyped_fields_are_unknown)
{
	ck_assert_int_eq(parse("{\"events\":[{\"id\":true},{\"id\":\"x\"},7,{\"id\":5,"
	    "\"season\":[],\"week\":\"now\",\"competitions\":[{\"status\":{\"type\":\"in\","
	    "\"period\":\"four\",\"displayClock\":12},\"situation\":[1],\"competitors\":["
	    "{\"homeAway\":\"home\",\"score\":\"-3\",\"team\":{\"abbreviation\":\"SEA\","
	    "\"id\":{}}},"
	    "{\"homeAway\":\"away\",\"score\":1e9,\"team\":{\"abbreviation\":\"NE\"}}]}]}]}", NULL),
	    0);
	ck_assert_uint_eq(r.answer.n_games_bad, 3);
	ck_assert_uint_eq(r.answer.n_games, 1);
	ck_assert_int_eq(r.answer.games[0].state, GW_ESPN_UNKNOWN);
	ck_assert_uint_eq(r.answer.games[0].has, 0);
	ck_assert_str_eq(r.answer.games[0].game_id, "");
}
END_TEST

/* Half of a document is no document, wherever it is cut. */
START_TEST(every_cut_is_noticed)
{
	struct gw_slice whole, part;

	recording_read(&r, "playbyplay/2024_17_SEA_CHI.401671876.json.gz");
	whole = gw_buf_slice(&r.text);
	for (size_t n = 0; n < whole.len - 1; n += whole.len / 97) {
		part = (struct gw_slice){ whole.ptr, n };
		gw_arena_reset(&r.arena);
		ck_assert_int_eq(gw_espn_parse(part, &r.arena, &r.answer, NULL), GW_EDATA);
	}
}
END_TEST

START_TEST(times_are_utc)
{
	ck_assert_int_eq(gw_espn_time("1970-01-01T00:00Z"), 0);
	ck_assert_int_eq(gw_espn_time("2024-09-08T20:05Z"), 1725825900);
	/* The Sunday on which summer time ends: 18:00 UTC is 13:00 in New York, not 14:00. */
	ck_assert_int_eq(gw_espn_time("2024-11-03T18:00:30Z"), 1730656830);
	ck_assert_int_eq(gw_espn_time("2024-02-29T00:00Z"), 1709164800);
	ck_assert_int_eq(gw_espn_time("2024-11-03T18:00-05:00"), -1);
	ck_assert_int_eq(gw_espn_time("soon"), -1);
	ck_assert_int_eq(gw_espn_time(""), -1);
}
END_TEST

/* Summer time ends on 2024-11-03 at 06:00 UTC in New York; this machine may be anywhere. */
START_TEST(daylight_saving_moves_no_game)
{
	static const char *const zones[] = { "America/New_York", "Europe/Berlin", "UTC" };
	char text[GW_ESPN_NAME_MAX];

	for (size_t z = 0; z < GW_N(zones); z++) {
		ck_assert_int_eq(setenv("TZ", zones[z], 1), 0);
		tzset();
		for (int i = 0; i < 72; i++) {
			snprintf(text, sizeof(text), "2024-11-%02dT%02d:00Z", 2 + i / 24, i % 24);
			ck_assert_int_eq(gw_espn_time(text), 1730505600 + 3600 * (int64_t)i);
		}
	}
}
END_TEST

START_TEST(a_text_names_its_passer)
{
	static const char *const texts[][2] = {
		{ "(Shotgun) J.Love pass short middle to S.Toure to GB 38", "Love" },
		{ "(5:57) 12-J.Love sacked at GB 20 for -7 yards", "Love" },
		{ "Drake London 5 Yd pass from Kirk Cousins (Younghoe Koo Kick)", "Cousins" },
		{ "Drake London 5 Yd pass from Kirk Cousins", "Cousins" },
		{ "G.Minshew II pass incomplete", "II" },
		{ "S.Barkley left end to PHI 30 for 4 yards", "" },
		{ " pass ", "" }, { "", "" },
	};

	for (size_t i = 0; i < GW_N(texts); i++) {
		struct gw_slice name = gw_espn_passer(gw_str(texts[i][0]));

		ck_assert_msg(gw_slice_is(name, texts[i][1]), "%s", texts[i][0]);
	}
}
END_TEST

#define HEADER "{\"header\":{\"id\":\"401\",\"competitions\":[{\"competitors\":[" \
	"{\"homeAway\":\"home\",\"team\":{\"abbreviation\":\"SEA\"}}," \
	"{\"homeAway\":\"away\",\"team\":{\"abbreviation\":\"LAR\"}}]}]},\"drives\":"
#define ROW(id, sequence) "{\"id\":\"" id "\",\"sequenceNumber\":\"" sequence "\"}"

START_TEST(the_order_of_the_array_is_not_the_order_of_play)
{
	ck_assert_int_eq(parse(HEADER "{\"previous\":[{\"plays\":["
	    ROW("401300", "30000") "," ROW("401100", "10000") "]},{\"plays\":["
	    ROW("401200", "20000") "," ROW("401100", "10000") "]}]}}", NULL), 0);
	ck_assert_uint_eq(r.answer.games[0].n_rows, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(r.answer.games[0].rows[i].id, 100 * (i + 1));
}
END_TEST

START_TEST(temporary_negative_ids_are_counted_and_left_out)
{
	ck_assert_int_eq(parse(HEADER "{\"previous\":[{\"plays\":["
	    ROW("401100", "10000") "," ROW("-66653518", "15000") "," ROW("-1", "16000")
	    "]}]}}", NULL), 0);
	ck_assert_uint_eq(r.answer.games[0].n_rows, 1);
	ck_assert_uint_eq(r.answer.games[0].n_rows_temporary, 2);
}
END_TEST

/* ---- memory ---- */

static int
use(struct gw_alloc *a, void *arg)
{
	const struct gw_slice *text = arg;
	struct gw_espn_answer answer;
	struct gw_espn_plays plays;
	struct gw_arena arena;
	struct gw_err err = { 0 };
	int rc;

	gw_arena_init(&arena, a, 0);
	rc = gw_espn_parse(*text, &arena, &answer, &err);
	if (rc == 0)
		rc = gw_espn_plays(&answer.games[0], &arena, &plays, &err);
	ck_assert_int_eq(rc, err.code);
	gw_arena_fini(&arena);
	return rc;
}

START_TEST(parsing_survives_a_failing_allocator)
{
	struct gw_slice text;

	recording_read(&r, "playbyplay/2024_17_SEA_CHI.401671876.json.gz");
	text = gw_buf_slice(&r.text);
	ck_assert_uint_ge(fail_alloc_sweep(use, &text), 3);
}
END_TEST

Suite *
check_espn_suite(void)
{
	Suite *s = suite_create("espn");
	TCase *tc = tcase_create("answers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, games_are_called_as_in_nflverse);
	tcase_add_test(tc, play_off_weeks_count_on);
	tcase_add_test(tc, a_scoreboard_tells_the_state_now);
	tcase_add_test(tc, a_kick_to_come_is_no_next_play);
	tcase_add_test(tc, the_other_scoreboards_are_read_too);
	tcase_add_test(tc, a_running_game_has_each_row_once);
	tcase_add_test(tc, timeouts_are_counted);
	tcase_add_test(tc, the_line_is_turned_round);
	tcase_add_test(tc, a_line_is_read_from_its_words);
	tcase_add_test(tc, overtime_has_its_own_clock_and_timeouts);
	tcase_add_test(tc, an_error_is_an_answer);
	tcase_add_test(tc, what_is_no_answer_is_refused);
	tcase_add_test(tc, an_empty_scoreboard_is_good);
	tcase_add_test(tc, mistyped_fields_are_unknown);
	tcase_add_test(tc, every_cut_is_noticed);
	tcase_add_test(tc, times_are_utc);
	tcase_add_test(tc, daylight_saving_moves_no_game);
	tcase_add_test(tc, a_text_names_its_passer);
	tcase_add_test(tc, the_order_of_the_array_is_not_the_order_of_play);
	tcase_add_test(tc, temporary_negative_ids_are_counted_and_left_out);
	tcase_add_test(tc, parsing_survives_a_failing_allocator);
	suite_add_tcase(s, tc);
	return s;
}
