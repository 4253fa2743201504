/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_pairing.c - predictions joined play by play, and the verdict over games.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "nfl/pairing.h"

static struct gw_alloc alloc;
static struct gw_pairing *pairing;
static struct gw_pairing_result result;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	pairing = gw_pairing_new(&alloc);
	ck_assert_ptr_nonnull(pairing);
}

static void
teardown(void)
{
	gw_pairing_free(pairing);
	ck_assert_uint_eq(alloc.used, 0);
}

/* In the last minute of the game, the home team ahead by lead. */
static struct gw_told
told(const char *game, int64_t play, double p, int lead)
{
	struct gw_told t = { .play_id = play, .play_number = (int32_t)play, .quarter = 4,
		.time_remaining = 60, .home_score = 20 + lead, .away_score = 20, .p = p,
		.home = 20 + lead, .away = 20 };

	snprintf(t.game_id, sizeof(t.game_id), "%s", game);
	return t;
}

static void
add(int side, const char *game, int64_t play, double p, int lead)
{
	struct gw_told t = told(game, play, p, lead);

	ck_assert_int_eq(gw_pairing_add(pairing, side, &t), 0);
}

static void
judge(void)
{
	ck_assert_int_eq(gw_pairing_join(pairing), 0);
	ck_assert_int_eq(gw_pairing_judge(pairing, 1, NULL, NULL, &result), 0);
}

START_TEST(plays_are_joined_whatever_their_order_and_partition)
{
	add(0, "2024_01_A_B", 1, 0.6, 3);
	add(0, "2024_01_A_B", 2, 0.7, 3);
	add(0, "2024_01_C_D", 1, 0.5, -3);
	add(1, "2024_01_C_D", 1, 0.4, -3);
	add(1, "2024_01_A_B", 2, 0.7, 3);
	add(1, "2024_01_A_B", 1, 0.9, 3);
	judge();
	ck_assert_uint_eq(result.plays, 3);
	ck_assert_uint_eq(result.games, 2);
	ck_assert_uint_eq(result.only[0] + result.only[1], 0);
	ck_assert_uint_eq(result.same, 1);
	assert_near(result.mean_apart, 0.4 / 3, 1e-12);
	assert_near(result.most_apart, 0.3, 1e-12);
	ck_assert_str_eq(result.most.game_id, "2024_01_A_B");
	ck_assert_int_eq(result.most.play_id, 1);
}
END_TEST

START_TEST(a_play_of_one_side_alone_is_counted_and_not_compared)
{
	add(0, "2024_01_A_B", 1, 0.6, 3);
	add(1, "2024_01_A_B", 2, 0.6, 3);
	add(1, "2024_01_A_B", 3, 0.6, 3);
	judge();
	ck_assert_uint_eq(result.plays, 0);
	ck_assert_uint_eq(result.only[0], 1);
	ck_assert_uint_eq(result.only[1], 2);
	ck_assert_uint_eq(result.win.rows, 0);
}
END_TEST

START_TEST(a_correction_counts_and_what_it_corrects_does_not)
{
	struct gw_told t = told("2024_01_A_B", 1, 0.9, 3);

	t.revision = 2;
	ck_assert_int_eq(gw_pairing_add(pairing, 0, &t), 0);
	add(0, "2024_01_A_B", 1, 0.2, 3);
	add(1, "2024_01_A_B", 1, 0.9, 3);
	judge();
	ck_assert_uint_eq(result.plays, 1);
	ck_assert_uint_eq(result.same, 1);
}
END_TEST

START_TEST(a_withdrawn_play_is_nobodys)
{
	struct gw_told t = told("2024_01_A_B", 1, 0.9, 3);

	add(0, "2024_01_A_B", 1, 0.2, 3);
	add(1, "2024_01_A_B", 1, 0.9, 3);
	t.withdrawn = true;
	t.revision = 1;
	for (int side = 0; side < 2; side++)
		ck_assert_int_eq(gw_pairing_add(pairing, side, &t), 0);
	judge();
	ck_assert_uint_eq(result.plays, 0);
	ck_assert_uint_eq(result.only[0] + result.only[1], 0);
}
END_TEST

START_TEST(losses_and_their_difference_are_those_of_the_outcome)
{
	char game[GW_GAME_ID_MAX];

	for (int i = 0; i < 40; i++) {
		snprintf(game, sizeof(game), "2024_%02d_A_B", i);
		add(0, game, 1, 0.8, i % 2 == 0 ? 3 : -3);
		add(1, game, 1, 0.5, i % 2 == 0 ? 3 : -3);
	}
	judge();
	ck_assert_uint_eq(result.games_decided, 40);
	ck_assert_uint_eq(result.win.games, 40);
	assert_near(result.win.model_log_loss, -(log(0.8) + log(0.2)) / 2, 1e-12);
	assert_near(result.win.log_loss, log(2), 1e-12);
	assert_near(result.win.diff, result.win.model_log_loss - result.win.log_loss, 1e-12);
	ck_assert(result.win.lo < result.win.diff && result.win.diff < result.win.hi);
	ck_assert_uint_eq(result.scores.rows, 0);
}
END_TEST

START_TEST(a_result_that_is_given_goes_before_the_lead_and_judges_scores_too)
{
	add(0, "2024_01_A_B", 1, 0.8, 3);
	add(1, "2024_01_A_B", 1, 0.5, 3);
	ck_assert_int_eq(gw_pairing_join(pairing), 0);
	gw_pairing_outcome(pairing, "2024_01_A_B", 23, 26);
	gw_pairing_outcome(pairing, "2024_01_X_Y", 1, 2);
	ck_assert_int_eq(gw_pairing_judge(pairing, 1, NULL, NULL, &result), 0);
	assert_near(result.win.model_log_loss, -log(0.2), 1e-12);
	ck_assert_uint_eq(result.scores.rows, 1);
	assert_near(result.scores.model_log_loss, 3.0, 1e-12);	/* told 23 : 20 */
}
END_TEST

START_TEST(a_tie_and_a_game_cut_short_have_no_winner)
{
	struct gw_told t = told("2024_01_C_D", 1, 0.5, 3);

	t.time_remaining = 600;
	for (int side = 0; side < 2; side++) {
		add(side, "2024_01_A_B", 1, 0.5, 0);
		ck_assert_int_eq(gw_pairing_add(pairing, side, &t), 0);
	}
	judge();
	ck_assert_uint_eq(result.games, 2);
	ck_assert_uint_eq(result.games_decided, 0);
	ck_assert_uint_eq(result.win.rows, 0);
}
END_TEST

static int
count(void *arg, const struct gw_pair *p)
{
	int64_t *last = arg;

	ck_assert_int_gt(p->play_id, *last);
	*last = p->play_id;
	return p->play_id == 3 ? GW_EINTR : 0;
}

START_TEST(every_pair_is_shown_in_order_until_the_caller_has_enough)
{
	int64_t last = 0;

	for (int64_t play = 5; play > 0; play--) {
		add(0, "2024_01_A_B", play, 0.5, 3);
		add(1, "2024_01_A_B", play, 0.5, 3);
	}
	ck_assert_int_eq(gw_pairing_join(pairing), 0);
	ck_assert_int_eq(gw_pairing_judge(pairing, 1, count, &last, &result), GW_EINTR);
	ck_assert_int_eq(last, 3);
}
END_TEST

START_TEST(years_are_those_of_the_games_in_both)
{
	int years[4];

	for (int side = 0; side < 2; side++) {
		add(side, "2023_01_A_B", 1, 0.5, 3);
		add(side, "2024_01_A_B", 1, 0.5, 3);
		add(side, "2024_02_A_B", 1, 0.5, 3);
		add(side, "espn-401", 1, 0.5, 3);
	}
	add(0, "2022_01_A_B", 1, 0.5, 3);
	ck_assert_int_eq(gw_pairing_join(pairing), 0);
	ck_assert_uint_eq(gw_pairing_years(pairing, years, 4), 2);
	ck_assert_int_eq(years[0], 2023);
	ck_assert_int_eq(years[1], 2024);
	ck_assert_uint_eq(gw_pairing_years(pairing, years, 1), 1);
}
END_TEST

static int
parse(const char *text, struct gw_told *t, struct gw_err *err)
{
	struct gw_arena arena;
	int rc;

	gw_arena_init(&arena, &alloc, 1u << 20);
	rc = gw_told_parse(gw_str(text), &arena, t, err);
	gw_arena_fini(&arena);
	return rc;
}

START_TEST(what_a_predictor_publishes_reads_back)
{
	struct gw_play play = { .game_id = "2024_01_A_B", .play_id = 77, .play_number = 5,
		.quarter = 3, .time_remaining = 1000, .home_score = 14, .away_score = 10,
		.home_team = "B", .away_team = "A", .revision = 2,
		.has = GW_HAS_WITHDRAWN | GW_HAS_REVISION };
	struct gw_prediction pr = { .home_win_prob = 0.625, .home_score_pred = 24.5,
		.away_score_pred = 20.25 };
	struct gw_err err = { 0 };
	struct gw_told t;
	struct gw_buf text;

	gw_buf_init(&text, &alloc, 0);
	gw_prediction_json(&text, &play, &pr, "full:1", NULL);
	gw_buf_putc(&text, '\0');
	ck_assert_msg(parse((const char *)text.ptr, &t, &err) == 0, "%s", err.msg);
	ck_assert_str_eq(t.game_id, "2024_01_A_B");
	ck_assert_str_eq(t.model, "full:1");
	ck_assert_int_eq(t.play_id, 77);
	ck_assert_int_eq(t.revision, 2);
	ck_assert_int_eq(t.quarter, 3);
	ck_assert_int_eq(t.home_score, 14);
	ck_assert(t.p == 0.625 && t.home == 24.5 && t.away == 20.25 && t.withdrawn);
	gw_buf_fini(&text);
}
END_TEST

START_TEST(what_is_no_prediction_is_refused_by_its_field)
{
	static const char good[] =
	    "{\"game_id\":\"g\",\"play_id\":1,\"play_number\":1,\"quarter\":1,"
	    "\"time_remaining\":1,\"home_score\":0,\"away_score\":0,\"home_score_pred\":1,"
	    "\"away_score_pred\":1,\"model\":\"m:1\",\"home_win_prob\":";
	struct gw_err err;
	struct gw_told t;
	char text[512];

	snprintf(text, sizeof(text), "%s0.5}", good);
	ck_assert_int_eq(parse(text, &t, &err), 0);
	snprintf(text, sizeof(text), "%s1.5}", good);
	ck_assert_int_eq(parse(text, &t, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "home_win_prob"));
	ck_assert_int_eq(parse("{\"error\":\"not JSON\",\"line\":1}", &t, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "game_id"));
	ck_assert_int_eq(parse("[1]", &t, &err), GW_EDATA);
	ck_assert_int_eq(parse("no", &t, &err), GW_EDATA);
	snprintf(text, sizeof(text), "%s0.5,\"revision\":-1}", good);
	ck_assert_int_eq(parse(text, &t, &err), GW_EDATA);
}
END_TEST

Suite *
check_pairing_suite(void)
{
	Suite *s = suite_create("pairing");
	TCase *tc = tcase_create("pairing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, plays_are_joined_whatever_their_order_and_partition);
	tcase_add_test(tc, a_play_of_one_side_alone_is_counted_and_not_compared);
	tcase_add_test(tc, a_correction_counts_and_what_it_corrects_does_not);
	tcase_add_test(tc, a_withdrawn_play_is_nobodys);
	tcase_add_test(tc, losses_and_their_difference_are_those_of_the_outcome);
	tcase_add_test(tc, a_result_that_is_given_goes_before_the_lead_and_judges_scores_too);
	tcase_add_test(tc, a_tie_and_a_game_cut_short_have_no_winner);
	tcase_add_test(tc, every_pair_is_shown_in_order_until_the_caller_has_enough);
	tcase_add_test(tc, years_are_those_of_the_games_in_both);
	tcase_add_test(tc, what_a_predictor_publishes_reads_back);
	tcase_add_test(tc, what_is_no_prediction_is_refused_by_its_field);
	suite_add_tcase(s, tc);
	return s;
}
