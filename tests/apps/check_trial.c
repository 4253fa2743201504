/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_trial.c - a challenger beside a champion: whose a game is, and when it goes
 * back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "apps/http/metrics.h"
#include "apps/score/trial.h"
#include "base/slice.h"
#include "ml/registry.h"
#include "nfl/trainer.h"
#include "tests/apps/fixture.h"

static struct fixture		f;
static struct gw_app		app;
static struct gw_trial		t;
static char			models[TEST_PATH_MAX];
static int64_t			offset;

static struct gw_play
a_play(int i)
{
	struct gw_play p = { .game_id = "2024_01_BAL_KC", .home_team = "KC", .away_team = "BAL",
		.posteam = "KC", .defteam = "BAL", .play_id = i, .play_number = 1 + i,
		.quarter = 1 + i / 10 % 4, .down = 1 + i % 4, .distance = 1 + i % 11,
		.field_position = 1 + i * 7 % 99, .home_score = i % 31, .away_score = i * 3 % 28,
		.is_home_team = true, .type = GW_PLAY_RUN,
		.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION };

	p.time_remaining = 3600 - (p.quarter - 1) * 900 - i % 10 * 90;
	return p;
}

/* A version that believes in who leads (sign 1), or in who is behind (sign -1). */
static void
store(int sign)
{
	struct gw_trained trained;
	struct gw_trainer trainer;
	struct gw_model *m;
	struct gw_err err = { .msg = "" };

	gw_trainer_init(&trainer, f.env->alloc, gw_feature_set_find("classic"));
	for (int i = 0; i < 300; i++) {
		struct gw_season_play p = { .play = a_play(i), .has_result = true };

		p.final_home = p.play.home_score;
		p.final_away = p.play.away_score;
		p.result = sign * (p.final_home - p.final_away);
		if (i % 10 == 0)
			p.result = -p.result;
		if (p.result != 0)
			ck_assert_int_eq(gw_trainer_add(&trainer, &p), 0);
	}
	m = gw_trainer_fit(&trainer, "test", 1, &trained, &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	strcpy(m->name, "m");
	ck_assert_msg(gw_registry_store(f.env, models, m, GW_LIT("card\n"), &err) == 0, "%s",
	    err.msg);
	gw_model_free(m);
	gw_trainer_fini(&trainer);
}

static void
alias(const char *name, int32_t version)
{
	ck_assert_int_eq(gw_registry_alias(f.env, models, "m", name, version, NULL), 0);
}

static void
open_trial(double share, double alpha)
{
	struct gw_trial_refs refs = { models, "m", "m@challenger" };
	struct gw_err err = { .msg = "" };

	gw_trial_close(&t);
	ck_assert_msg(gw_trial_open(&t, &app, &refs, &err) == 0, "%s", err.msg);
	t.share = share;
	t.alpha = alpha;
}

static void
setup(void)
{
	fixture_init(&f);
	fixture_app(&f, &app);
	test_path(f.dir, "models", models);
	store(1);
	store(-1);
	store(1);
	alias("champion", 1);
	alias("challenger", 3);
	alias("challenger", 2);
	t = (struct gw_trial){ .share = 0 };
	offset = 0;
	open_trial(0.5, 0.05);
}

static void
teardown(void)
{
	gw_trial_close(&t);
	fixture_app_end(&f, &app);
	fixture_fini(&f);
}

/* A whole game in which home leads from the beginning; the model that published its plays. */
static const char *
play_game(int number)
{
	struct gw_trial_scored out;
	const char *model = NULL;

	for (int i = 0; i < 40; i++) {
		struct gw_play p = a_play(i);
		struct gw_play_place at = { 0, offset++ };

		snprintf(p.game_id, sizeof(p.game_id), "2024_%02d_BAL_KC", number);
		p.home_score = 3 + i / 2;
		p.away_score = i / 8;
		if (i == 39)
			p.time_remaining = 20;
		gw_trial_score(&t, &p, &at, number * INT64_C(1000000), &out);
		if (model != NULL)
			ck_assert_str_eq(model, gw_predictor_model(out.by[0].loaded->predictor));
		model = gw_predictor_model(out.by[0].loaded->predictor);
		if (out.by[1].loaded != NULL)
			ck_assert_ptr_ne(out.by[0].loaded, out.by[1].loaded);
	}
	return model;
}

START_TEST(a_game_has_one_model_and_the_share_is_kept)
{
	int theirs = 0;

	open_trial(0.5, 0);
	for (int g = 1; g < 90; g++) {
		const char *model = play_game(g);
		char id[32];

		snprintf(id, sizeof(id), "2024_%02d_BAL_KC", g);
		ck_assert_str_eq(model, gw_trial_point(id) < 0.5 ? "m:2" : "m:1");
		theirs += strcmp(model, "m:2") == 0;
	}
	ck_assert_int_ge(theirs, 30);
	ck_assert_int_le(theirs, 60);
	ck_assert_ptr_null(t.stopped);
}
END_TEST

START_TEST(the_point_is_the_documented_one)
{
	/* The digest of "abc" in FIPS 180-4 begins with ba7816bf. */
	ck_assert_double_eq_tol(gw_trial_point("abc"), 0xba7816bf / 4294967296.0, 1e-12);
}
END_TEST

START_TEST(a_worse_challenger_is_stopped_and_its_alias_goes_back)
{
	struct gw_buf text;
	int g = 0;

	while (t.stopped == NULL && ++g < 60) {
		ck_assert_double_lt(gw_trial_evidence(&t), 1);
		play_game(g);
	}
	ck_assert_ptr_nonnull(t.stopped);
	ck_assert_double_ge(gw_trial_evidence(&t), 1);
	ck_assert_int_lt(g, 40);
	ck_assert_str_eq(play_game(80), "m:1");
	gw_buf_init(&text, f.env->alloc, 0);
	gw_trial_point_back(&t, &app, &text);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_nonnull(strstr((const char *)text.ptr, "m:3 again"));
	/* Another scorer of the group comes second. */
	gw_buf_clear(&text);
	gw_trial_point_back(&t, &app, &text);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_nonnull(strstr((const char *)text.ptr, "another version already"));
	gw_buf_fini(&text);
}
END_TEST

START_TEST(an_equal_challenger_stays)
{
	alias("challenger", 3);
	open_trial(0.5, 0.05);
	for (int g = 1; g < 90; g++)
		play_game(g);
	ck_assert_ptr_null(t.stopped);
	ck_assert_uint_gt(t.test.n, 80);
}
END_TEST

START_TEST(metrics_tell_a_worse_challenger_that_nobody_rolls_back)
{
	struct gw_buf text;
	const char *at;

	open_trial(0.5, 0);
	for (int g = 1; g < 60; g++)
		play_game(g);
	ck_assert_ptr_null(t.stopped);
	gw_buf_init(&text, f.env->alloc, 0);
	gw_metrics_trial(&text, &t, 3);
	gw_buf_putc(&text, '\0');
	ck_assert_int_eq(text.err, 0);
	at = (const char *)text.ptr;
	ck_assert_ptr_nonnull(strstr(at, "nfl_challenger_info{model=\"m\",version=\"2\","));
	ck_assert_ptr_nonnull(strstr(at, "\nnfl_trial_rollbacks_total 3\n"));
	ck_assert_ptr_nonnull(strstr(at, "\nnfl_trial_failures_total 0\n"));
	ck_assert_double_ge(strtod(strstr(at, "\nnfl_trial_evidence_ratio ") + 26, NULL), 1);
	ck_assert_double_gt(t.brier[1], t.brier[0]);
	/* Where there is no challenger there is nothing to say. */
	gw_loaded_close(&t.challenger);
	t.challenger = (struct gw_loaded){ 0 };
	gw_buf_clear(&text);
	gw_metrics_trial(&text, &t, 0);
	ck_assert_uint_eq(text.len, 0);
	gw_buf_fini(&text);
}
END_TEST

START_TEST(plays_that_are_read_again_count_once)
{
	uint64_t games;

	alias("challenger", 3);
	open_trial(0, 0.05);
	play_game(1);
	ck_assert_double_eq(t.games[0].n, 40);
	offset = 0;
	play_game(1);
	ck_assert_double_eq(t.games[0].n, 40);
	games = t.n_games;
	ck_assert_uint_eq(games, 1);
}
END_TEST

START_TEST(a_switched_alias_changes_the_stamp)
{
	int64_t before = gw_trial_aliases_stamp(&t, &app);
	struct gw_trial was = t;

	ck_assert_int_ne(before, 0);
	alias("another", 1);
	ck_assert_int_ne(gw_trial_aliases_stamp(&t, &app), before);
	ck_assert(gw_trial_has_same_models(&t, &was));
	was.challenger = t.champion;
	ck_assert(!gw_trial_has_same_models(&t, &was));
}
END_TEST

Suite *
check_trial_suite(void)
{
	Suite *s = suite_create("trial");
	TCase *tc = tcase_create("trial");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_game_has_one_model_and_the_share_is_kept);
	tcase_add_test(tc, the_point_is_the_documented_one);
	tcase_add_test(tc, a_worse_challenger_is_stopped_and_its_alias_goes_back);
	tcase_add_test(tc, an_equal_challenger_stays);
	tcase_add_test(tc, metrics_tell_a_worse_challenger_that_nobody_rolls_back);
	tcase_add_test(tc, plays_that_are_read_again_count_once);
	tcase_add_test(tc, a_switched_alias_changes_the_stamp);
	suite_add_tcase(s, tc);
	return s;
}
