/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_fourth_down.c - what a real season says about fourth downs, and situations whose
 * answer everybody knows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "ml/math.h"
#include "nfl/fourth_down_backtest.h"
#include "nfl/trainer.h"
#include "tests/nfl/sample.h"

static struct gw_env *env;
static struct gw_alloc alloc;
static struct gw_model *model;
static struct gw_predictor *predictor;

static void
each_play(int (*each)(void *arg, const struct gw_season_play *p), void *arg)
{
	const char *root = getenv("GW_SRCDIR");
	struct gw_season_counts counts = { 0 };
	struct gw_err err = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/data/play_by_play_2023.csv.gz", root == NULL ? "." : root);
	ck_assert_msg(gw_season_read(env, path, GW_FOR_TRAINING, each, arg, &counts, &err) == 0,
	    "%s", err.msg);
}

static void
setup(void)
{
	struct gw_trained trained;
	struct gw_trainer trainer;
	struct gw_err err = { 0 };

	env = gw_env_posix_new(0, false, &err);
	ck_assert_ptr_nonnull(env);
	alloc = gw_alloc_libc(0);
	gw_trainer_init(&trainer, &alloc, gw_feature_set_find("state"));
	each_play(gw_trainer_add, &trainer);
	model = gw_trainer_fit(&trainer, "state", 1, &trained, &err);
	ck_assert_msg(model != NULL, "%s", err.msg);
	model->version = 1;
	gw_trainer_fini(&trainer);
	predictor = gw_predictor_new(&alloc, model, &err);
	ck_assert_msg(predictor != NULL, "%s", err.msg);
}

static void
teardown(void)
{
	gw_predictor_free(predictor);
	gw_model_free(model);
	gw_env_posix_free(env);
	ck_assert_uint_eq(alloc.used, 0);
}

static struct gw_play
fourth(int32_t distance, int32_t to_goal)
{
	struct gw_play p = sample_play();

	p.down = 4;
	p.distance = distance;
	p.field_position = to_goal;
	p.quarter = 1;
	p.time_remaining = 3000;
	p.home_score = p.away_score = 0;
	p.is_home_team = true;
	p.spread_line = 0;
	return p;
}

static struct gw_fourth_down
asked(const struct gw_play *p)
{
	struct gw_prediction pr;

	gw_predict(predictor, p, &pr);
	return pr.fourth;
}

START_TEST(the_fit_says_what_everybody_knows)
{
	struct gw_play p = fourth(1, 30);
	struct gw_fourth_down d = asked(&p), before;

	ck_assert(d.p_convert > 0.6 && d.p_convert < 0.8);
	ck_assert(d.p_made > 0.7 && d.p_made < 0.9);
	for (int32_t k = 2; k <= 20; k++) {
		before = d;
		p = fourth(k, 30 + k);
		d = asked(&p);
		ck_assert_msg(d.p_convert < before.p_convert, "at %d yards", (int)k);
		ck_assert_msg(!d.can_kick || d.p_made < before.p_made, "at %d yards", (int)k);
	}
	p = fourth(2, 3);
	d = asked(&p);
	ck_assert(d.p_made > 0.97);
}
END_TEST

START_TEST(known_situations_have_their_answer)
{
	struct gw_play p = fourth(10, 20);

	p.quarter = 4;		/* one point behind, three seconds left */
	p.time_remaining = 3;
	p.away_score = 1;
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_KICK);
	ck_assert(fabs(asked(&p).field_goal - asked(&p).p_made) < 1e-9);
	p.away_score = 4;	/* three points are no help */
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_GO);
	ck_assert(asked(&p).field_goal == 0);
	p = fourth(15, 85);	/* deep in the own half, early */
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_PUNT);
	p.quarter = 4;		/* a minute left: a punt is the end */
	p.time_remaining = 45;
	p.home_timeouts = 0;
	p.away_score = 4;
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_GO);
	ck_assert(asked(&p).punt == 0);
}
END_TEST

START_TEST(there_is_advice_only_where_it_can_be_given)
{
	struct gw_play p = fourth(5, 50);

	ck_assert_int_ne(asked(&p).choice, GW_FOURTH_NONE);
	p.down = 3;
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_NONE);
	p = fourth(5, 50);
	p.quarter = 5;
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_NONE);
	p = fourth(5, 50);
	p.has &= ~(unsigned)GW_HAS_DISTANCE;
	ck_assert_int_eq(asked(&p).choice, GW_FOURTH_NONE);
	p = fourth(5, 60);
	ck_assert(!asked(&p).can_kick && asked(&p).can_punt);
	p = fourth(5, 10);
	ck_assert(asked(&p).can_kick && !asked(&p).can_punt);
}
END_TEST

START_TEST(every_value_is_a_probability)
{
	for (int32_t at = 1; at < 100; at++) {
		for (int32_t left = 1; left <= 3600; left += 171) {
			struct gw_play p = fourth(at < 4 ? at : 4, at);
			struct gw_fourth_down d;

			p.time_remaining = left;
			p.quarter = 4 - (left - 1) / 900;
			p.home_score = left % 29;
			p.away_score = at % 31;
			d = asked(&p);
			ck_assert(d.go >= 0 && d.go <= 1 && d.punt >= 0 && d.punt <= 1 &&
			    d.field_goal >= 0 && d.field_goal <= 1);
			ck_assert(gw_fourth_value(&d, d.choice) >= d.go);
		}
	}
}
END_TEST

START_TEST(the_sides_mirror_each_other)
{
	struct gw_play home = fourth(3, 41), away;
	struct gw_fourth_down a, b;

	home.has &= ~(unsigned)(GW_HAS_SPREAD_LINE | GW_HAS_RATING_LINE);
	home.home_score = 7;
	home.away_score = 10;
	away = home;
	away.is_home_team = false;
	away.home_score = 10;
	away.away_score = 7;
	a = asked(&home);
	b = asked(&away);
	ck_assert(a.p_convert == b.p_convert && a.p_made == b.p_made);
	ck_assert_msg(fabs(a.go - b.go) < 0.05, "%g %g", a.go, b.go);
}
END_TEST

START_TEST(the_prediction_tells_it)
{
	struct gw_play p = fourth(3, 41);
	struct gw_prediction pr;
	struct gw_buf text;

	gw_predict(predictor, &p, &pr);
	gw_buf_init(&text, &alloc, 0);
	gw_prediction_json(&text, &p, &pr, "state:1", NULL);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_nonnull(
	    strstr((char *)text.ptr, "\"fourth_down\":\"go\",\"go_win_prob\":0."));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "\"punt_win_prob\":0."));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "\"field_goal_win_prob\":0."));
	gw_buf_clear(&text);
	p.down = 1;
	gw_predict(predictor, &p, &pr);
	gw_prediction_json(&text, &p, &pr, "state:1", NULL);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_null(strstr((char *)text.ptr, "fourth_down"));
	gw_buf_fini(&text);
}
END_TEST

static int
judge(void *arg, const struct gw_season_play *p)
{
	struct gw_prediction pr;

	gw_predict(predictor, &p->play, &pr);
	gw_fourth_backtest_add(arg, p, &pr.fourth);
	return 0;
}

START_TEST(coaches_punt_where_it_is_advised_and_kick_more_than_that)
{
	struct gw_fourth_backtest b = { 0 };
	const size_t *go = b.table[GW_FOURTH_GO], *punt = b.table[GW_FOURTH_PUNT];
	size_t n;

	each_play(judge, &b);
	n = b.agreed.n + b.differed.n;
	ck_assert_uint_eq(b.n_games, 285);
	ck_assert(n > 3500 && n < 4500);
	ck_assert(b.agreed.cost == 0 && b.differed.cost > 0);
	ck_assert(punt[GW_FOURTH_PUNT] > 9 * punt[GW_FOURTH_GO]);
	ck_assert(go[GW_FOURTH_PUNT] + go[GW_FOURTH_KICK] > go[GW_FOURTH_GO]);
	/* What was done is worth what it brought: four standard deviations of n games' outcomes. */
	ck_assert(fabs(b.agreed.chance - b.agreed.won) < 2 * sqrt((double)b.agreed.n));
	ck_assert(fabs(b.differed.chance - b.differed.won) < 3 * sqrt((double)b.differed.n));
}
END_TEST

START_TEST(a_few_games_make_no_table)
{
	struct gw_model *small = sample_trained(&alloc, "state");

	ck_assert_ptr_null(gw_model_table(small, GW_FOURTH_TABLE));
	gw_model_free(small);
}
END_TEST

Suite *
check_fourth_down_suite(void)
{
	Suite *s = suite_create("fourth_down");
	TCase *t = tcase_create("fourth_down");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, the_fit_says_what_everybody_knows);
	tcase_add_test(t, known_situations_have_their_answer);
	tcase_add_test(t, there_is_advice_only_where_it_can_be_given);
	tcase_add_test(t, every_value_is_a_probability);
	tcase_add_test(t, the_sides_mirror_each_other);
	tcase_add_test(t, the_prediction_tells_it);
	tcase_add_test(t, coaches_punt_where_it_is_advised_and_kick_more_than_that);
	tcase_add_test(t, a_few_games_make_no_table);
	suite_add_tcase(s, t);
	return s;
}
