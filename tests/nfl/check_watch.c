/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_watch.c - the watch over a real season: quiet while nothing is wrong, loud when
 * something is. How often it cries wolf is measured on 1,000 windows of games drawn from those that
 * the model was trained on, where every alarm is a false one.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "ml/math.h"
#include "nfl/trainer.h"
#include "nfl/watch.h"
#include "tests/nfl/sample.h"

#define GAMES	285
#define WINDOWS	1000

static struct gw_env *env;
static struct gw_alloc alloc;
static struct gw_model *model;
static struct gw_predictor *predictor;

/* Each game's plays by feature and bin. */
static struct {
	char		 last[GW_GAME_ID_MAX];
	size_t		 n, row;		/* games; of the table below */
	uint16_t	*counts;		/* (GAMES, n_features, bins) */
	uint32_t	 plays[GAMES];
} season;

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

static int
count_play(void *arg, const struct gw_season_play *p)
{
	double x[GW_FEATURES_MAX];
	uint16_t *counts;

	(void)arg;
	if (strcmp(season.last, p->play.game_id) != 0) {
		memcpy(season.last, p->play.game_id, sizeof(season.last));
		ck_assert_uint_lt(season.n, GAMES);
		season.n++;
	}
	counts = season.counts + (season.n - 1) * season.row;
	gw_predictor_features(predictor, &p->play, x);
	for (size_t j = 0; j < model->n_features; j++)
		counts[j * GW_DRIFT_BINS + gw_bin(model->features[j].edges, x[j])]++;
	season.plays[season.n - 1]++;
	return 0;
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
	gw_trainer_init(&trainer, &alloc, gw_feature_set_find("full"));
	each_play(gw_trainer_add, &trainer);
	model = gw_trainer_fit(&trainer, "full", 1, &trained, &err);
	ck_assert_msg(model != NULL, "%s", err.msg);
	model->version = 1;
	gw_trainer_fini(&trainer);
	predictor = gw_predictor_new(&alloc, model, &err);
	ck_assert_msg(predictor != NULL, "%s", err.msg);
	season.row = model->n_features * GW_DRIFT_BINS;
	season.counts = gw_alloc_zero(&alloc, GAMES * season.row, sizeof(*season.counts));
	each_play(count_play, NULL);
}

static void
teardown(void)
{
	gw_alloc_free(&alloc, season.counts);
	gw_predictor_free(predictor);
	gw_model_free(model);
	gw_env_posix_free(env);
	ck_assert_uint_eq(alloc.used, 0);
}

/*
 * A window of games drawn with replacement; moved: what was in the lowest three bins of feature 0
 * is in the highest.
 */
static void
draw_window(struct gw_drift_watch *w, struct gw_rng *rng, bool moved)
{
	for (size_t g = 0; g < GW_DRIFT_GAMES; g++) {
		size_t i = (size_t)gw_rng_below(rng, season.n), slot = g % GW_DRIFT_SLOTS;
		uint16_t *counts = w->counts + slot * season.row;

		memcpy(counts, season.counts + i * season.row, season.row * sizeof(*counts));
		w->slot_plays[slot] = season.plays[i];
		if (moved) {
			counts[GW_DRIFT_BINS - 1] = (uint16_t)(counts[GW_DRIFT_BINS - 1] +
			    counts[0] + counts[1] + counts[2]);
			counts[0] = counts[1] = counts[2] = 0;
		}
		ck_assert_int_eq(gw_drift_watch_end(w, slot), g + 1 == GW_DRIFT_GAMES);
	}
}

START_TEST(a_thousand_windows_of_clean_games_alarm_no_more_often_than_is_said)
{
	struct gw_drift_watch *w = gw_drift_watch_new(&alloc, model);
	struct gw_rng rng;
	int alarms = 0;

	gw_rng_seed(&rng, 77);
	for (int i = 0; i < WINDOWS; i++) {
		draw_window(w, &rng, false);
		alarms += w->n_drifting > 0;
	}
	/* 1 % is said: 10 of them; 18 is 2.5 standard deviations more. */
	ck_assert_msg(alarms <= 18, "%d of %d windows alarmed", alarms, WINDOWS);
	fprintf(stderr, "# %d of %d clean windows alarmed\n", alarms, WINDOWS);
	gw_drift_watch_free(w);
}
END_TEST

START_TEST(a_feature_that_moved_is_found_and_named)
{
	struct gw_drift_watch *w = gw_drift_watch_new(&alloc, model);
	struct gw_rng rng;
	int found = 0;

	gw_rng_seed(&rng, 7);
	for (int i = 0; i < 100; i++) {
		draw_window(w, &rng, true);
		found += w->verdicts[0].ratio > 1;
	}
	ck_assert_int_ge(found, 95);
	ck_assert(w->verdicts[0].psi > 0.1);
	gw_drift_watch_free(w);
}
END_TEST

START_TEST(chi_squares_quantiles_are_those_of_the_tables)
{
	assert_near(gw_chi2_upper(9, 0.01), 21.666, 0.1);
	assert_near(gw_chi2_upper(9, 0.001), 27.877, 0.25);
	assert_near(gw_chi2_upper(4, 0.05), 9.488, 0.1);
	assert_near(gw_chi2_upper(1, 0.05), 3.841, 0.1);
}
END_TEST

/* The season through a watch, each chance sharpened (or dulled) on the scale of log odds. */
struct through {
	struct gw_watch	*w;
	double		 sharpen;
	int64_t		 at_ms;
	uint64_t	 last;
};

static int
watch_play(void *arg, const struct gw_season_play *p)
{
	struct through *t = arg;
	struct gw_prediction pr;
	double q;

	gw_predict(predictor, &p->play, &pr);
	q = pr.home_win_prob;
	q = q < 1e-9 ? 1e-9 : q > 1 - 1e-9 ? 1 - 1e-9 : q;
	pr.home_win_prob = gw_sigmoid(t->sharpen * log(q / (1 - q)));
	gw_watch_scored(t->w, &p->play, &pr, t->at_ms += 1000);
	return 0;
}

static struct gw_watch *
watched(double sharpen)
{
	struct through t = { .w = gw_watch_new(&alloc, model, predictor), .sharpen = sharpen };

	ck_assert_ptr_nonnull(t.w);
	each_play(watch_play, &t);
	gw_watch_settle_all(t.w);
	return t.w;
}

START_TEST(a_season_of_a_sound_model_is_quiet)
{
	struct gw_watch *w = watched(1);
	const struct gw_watch_totals *t = gw_watch_totals(w);
	char line[GW_WATCH_LINE_MAX];

	ck_assert_uint_eq(t->games + t->open, GAMES);
	ck_assert_uint_gt(t->games, 250);	/* the rest went on in overtime */
	ck_assert(t->log_loss / t->plays > 0.40 && t->log_loss / t->plays < 0.52);
	ck_assert_msg(fabs(gw_watch_calibration_z(w)) < 3.5, "%g", gw_watch_calibration_z(w));
	ck_assert_msg(fabs(gw_watch_martingale_z(w)) < 3.5, "%g", gw_watch_martingale_z(w));
	ck_assert_msg(fabs(gw_watch_variation_ratio(w) - 1) < 0.25, "%g",
	    gw_watch_variation_ratio(w));
	ck_assert(gw_watch_calibration_error(w) < 0.05);
	ck_assert_uint_eq(gw_watch_drift(w)->n_windows, GAMES / GW_DRIFT_GAMES);
	gw_watch_line(w, line);
	ck_assert_ptr_nonnull(strstr(line, " games ended; lately log-loss 0.4"));
	gw_watch_free(w);
}
END_TEST

START_TEST(a_model_that_overreacts_breaks_the_martingale)
{
	struct gw_watch *w = watched(2.5);

	ck_assert_msg(gw_watch_martingale_z(w) > 3.5, "%g", gw_watch_martingale_z(w));
	ck_assert_msg(gw_watch_calibration_z(w) > 3.5, "%g", gw_watch_calibration_z(w));
	ck_assert(gw_watch_variation_ratio(w) > 1.3);
	gw_watch_free(w);
}
END_TEST

START_TEST(a_model_that_dares_nothing_is_off_its_calibration)
{
	struct gw_watch *w = watched(0.4);

	ck_assert_msg(gw_watch_calibration_z(w) < -3.5, "%g", gw_watch_calibration_z(w));
	gw_watch_free(w);
}
END_TEST

START_TEST(corrections_and_withdrawn_plays_count_once)
{
	struct gw_watch *w = gw_watch_new(&alloc, model, predictor);
	struct gw_prediction pr = { .home_win_prob = 0.5 };
	struct gw_play p = sample_play();

	p.quarter = 4;
	p.time_remaining = 60;
	p.home_score = 20;
	gw_watch_scored(w, &p, &pr, 0);
	p.has |= GW_HAS_REVISION;
	p.revision = 1;
	gw_watch_scored(w, &p, &pr, 1);
	p.has |= GW_HAS_WITHDRAWN;
	p.play_number++;
	gw_watch_scored(w, &p, &pr, 2);
	ck_assert_uint_eq(gw_watch_totals(w)->games, 0);
	p = sample_play();
	strcpy(p.game_id, "another");
	gw_watch_scored(w, &p, &pr, GW_WATCH_IDLE_MS + 1);
	ck_assert_uint_eq(gw_watch_totals(w)->games, 1);
	ck_assert(gw_watch_totals(w)->plays == 1);
	ck_assert(gw_watch_totals(w)->brier == 0.25);
	gw_watch_free(w);
}
END_TEST

Suite *
check_watch_suite(void)
{
	Suite *s = suite_create("watch");
	TCase *t = tcase_create("watch");

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, a_thousand_windows_of_clean_games_alarm_no_more_often_than_is_said);
	tcase_add_test(t, a_feature_that_moved_is_found_and_named);
	tcase_add_test(t, chi_squares_quantiles_are_those_of_the_tables);
	tcase_add_test(t, a_season_of_a_sound_model_is_quiet);
	tcase_add_test(t, a_model_that_overreacts_breaks_the_martingale);
	tcase_add_test(t, a_model_that_dares_nothing_is_off_its_calibration);
	tcase_add_test(t, corrections_and_withdrawn_plays_count_once);
	suite_add_tcase(s, t);
	return s;
}
