/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_boost.c - the number of trees comes from seasons left out, and the head answers
 * as it was trained.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "base/rng.h"
#include "ml/scaler.h"
#include "nfl/boost.h"
#include "tests/support/fail_alloc.h"

#define SEASONS	3
#define GAMES	40	/* a season */
#define PLAYS	30	/* a game */
#define ROWS	(SEASONS * GAMES * PLAYS)

struct world {
	struct gw_alloc alloc;
	struct gw_matrix x;
	double y[ROWS];
	uint32_t game[ROWS];
	int32_t season[ROWS];
};

static struct world w;

/* Games that the lead decides, more or less; all plays of one share the outcome. */
static void
setup(void)
{
	struct gw_rng rng;

	gw_rng_seed(&rng, 4);
	w.alloc = gw_alloc_libc(0);
	gw_matrix_init(&w.x, &w.alloc, 2);
	for (size_t i = 0; i < ROWS; i++) {
		double *x = gw_matrix_add(&w.x);
		size_t game = i / PLAYS;

		if (i % PLAYS == 0)
			w.y[i] = (double)gw_rng_below(&rng, 2);
		else
			w.y[i] = w.y[i - 1];
		x[0] = (w.y[i] - 0.5) * (double)(i % PLAYS) / 3 + gw_rng_unit(&rng) * 8 - 4;
		x[1] = gw_rng_unit(&rng);
		w.game[i] = (uint32_t)game;
		w.season[i] = 2019 + (int32_t)(game / GAMES);
	}
}

static void
teardown(void)
{
	gw_matrix_fini(&w.x);
	ck_assert_uint_eq(w.alloc.used, 0);
}

static struct gw_model *
model(struct gw_alloc *alloc)
{
	static const char *const names[2] = { "score_diff", "down" };
	struct gw_model *m = gw_model_new(alloc, 2, NULL);
	double mean[2], scale[2];

	if (m == NULL)
		return NULL;
	gw_scaler_fit(&w.x, mean, scale);
	for (size_t j = 0; j < 2; j++) {
		strcpy(m->features[j].name, names[j]);
		m->features[j].mean = mean[j];
		m->features[j].scale = scale[j];
	}
	m->n_heads = 1;
	m->heads[0].family = GW_LOGISTIC;
	return m;
}

static struct gw_boost
boost(void)
{
	struct gw_boost b = { .x = &w.x, .y = w.y, .game = w.game, .season = w.season };

	gw_boost_defaults(&b);
	b.min_weight = 20;
	b.rounds_max = 60;
	return b;
}

static double
loss(const struct gw_model *m)
{
	double sum = 0;

	for (size_t i = 0; i < ROWS; i++) {
		double p = gw_head_predict(m, &m->heads[0], gw_matrix_row(&w.x, i));

		sum -= log(w.y[i] > 0 ? p : 1 - p);
	}
	return sum / ROWS;
}

START_TEST(the_head_has_the_loss_that_training_told)
{
	struct gw_boost b = boost();
	struct gw_model *m = model(&w.alloc);

	b.on_linear = _i != 0;
	ck_assert_int_eq(gw_boost_fit(&w.alloc, &b, m, &m->heads[0], NULL), 0);
	ck_assert_uint_eq(b.n_seasons, SEASONS);
	ck_assert_uint_eq(b.rounds, m->heads[0].trees->n_trees);
	ck_assert_double_eq_tol(loss(m), b.train_loss, 1e-5);
	/* Games left out are harder than those learnt, and easier than a coin. */
	ck_assert_double_gt(b.loso_loss, b.train_loss);
	ck_assert_double_lt(b.loso_loss, 0.65);
	ck_assert((m->heads[0].coef[0] != 0) == b.on_linear);
	gw_model_free(m);
}
END_TEST

START_TEST(one_season_has_none_to_be_left_out)
{
	struct gw_boost b = boost();
	struct gw_model *m = model(&w.alloc);

	for (size_t i = 0; i < ROWS; i++)
		w.season[i] = 2020;
	ck_assert_int_eq(gw_boost_fit(&w.alloc, &b, m, &m->heads[0], NULL), 0);
	ck_assert_uint_eq(b.rounds, b.rounds_max);
	ck_assert_double_eq(b.loso_loss, 0);
	gw_model_free(m);
}
END_TEST

START_TEST(directions_are_those_of_the_home_team)
{
	struct gw_model *m = model(&w.alloc);
	int8_t direction[2];

	gw_boost_directions(m, direction);
	ck_assert_int_eq(direction[0], 1);
	ck_assert_int_eq(direction[1], 0);
	strcpy(m->features[1].name, "current_away_score");
	gw_boost_directions(m, direction);
	ck_assert_int_eq(direction[1], -1);
	gw_model_free(m);
}
END_TEST

static int
fit_with(struct gw_alloc *a, void *arg)
{
	struct gw_boost b = boost();
	struct gw_model *m = model(a);
	struct gw_err err = { .code = GW_ENOMEM };
	int rc = GW_ENOMEM;

	(void)arg;
	b.rounds_max = 2;
	b.on_linear = true;
	if (m != NULL)
		rc = gw_boost_fit(a, &b, m, &m->heads[0], &err);
	if (rc != 0)
		ck_assert_int_eq(err.code, rc);
	gw_model_free(m);
	return rc;
}

START_TEST(boosting_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(fit_with, NULL), 50);
}
END_TEST

Suite *
check_boost_suite(void)
{
	Suite *s = suite_create("boost");
	TCase *t = tcase_create("boost");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, the_head_has_the_loss_that_training_told, 0, 2);
	tcase_add_test(t, one_season_has_none_to_be_left_out);
	tcase_add_test(t, directions_are_those_of_the_home_team);
	tcase_add_test(t, boosting_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}
