/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_parity.c - six real seasons: the same figures as scikit-learn 1.2.1, to four
 * digits.
 *
 * Reference: LogisticRegression(C=1) and LinearRegression after StandardScaler, fitted on seasons
 * 2019 to 2023 of data/ and scored on 2024; doc/ml.md tells the whole of it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include "nfl/evaluation.h"
#include "nfl/trainer.h"
#include "tests/support/files.h"

struct figures {
	double	log_loss, brier, auc, ece, home_mae, away_mae, home_rmse, away_rmse, reference_diff;
};

static struct gw_env *env;

static void
setup(void)
{
	struct gw_err err;

	env = gw_env_posix_new(0, false, &err);
	ck_assert_msg(env != NULL, "%s", err.msg);
}

static void
teardown(void)
{
	gw_env_posix_free(env);
}

static struct gw_model *
train(const char *set, const char *data)
{
	struct gw_seasons s = { .env = env, .data = data, .years = { 2019, 2020, 2021, 2022, 2023 },
		.n_years = 5, .use = GW_FOR_TRAINING };
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_model *m;
	struct gw_err err;

	gw_trainer_init(&t, env->alloc, gw_feature_set_find(set));
	ck_assert_msg(gw_seasons_read(&s, gw_trainer_add, &t, &counts, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(counts.used, 203550);
	ck_assert_uint_eq(counts.used_games, 1385);
	ck_assert_uint_eq(counts.dropped[GW_DROP_NO_STATE], 0);
	ck_assert_uint_eq(counts.dropped[GW_DROP_TRY], 667);
	ck_assert_uint_eq(counts.dropped[GW_DROP_TIE], 918);
	m = gw_trainer_fit(&t, set, 1, &trained, &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	ck_assert_uint_eq(trained.n_dependent, 2);
	gw_trainer_fini(&t);
	return m;
}

static int
add(void *arg, const struct gw_season_play *p)
{
	return gw_evaluator_add(arg, p, NULL);
}

static void
evaluate(const struct gw_model *m, const char *data, struct gw_evaluation *out)
{
	struct gw_seasons s = { .env = env, .data = data, .years = { 2024 }, .n_years = 1 };
	struct gw_predictor *p = gw_predictor_new(env->alloc, m, NULL);
	struct gw_season_counts counts = { 0 };
	struct gw_evaluator e;
	struct gw_err err;

	ck_assert_ptr_nonnull(p);
	gw_evaluator_init(&e, env->alloc, p);
	ck_assert_msg(gw_seasons_read(&s, add, &e, &counts, &err) == 0, "%s", err.msg);
	ck_assert_int_eq(gw_evaluator_finish(&e, 1, out, NULL), 0);
	gw_evaluator_fini(&e);
	gw_predictor_free(p);
}

static void
assert_figures(const char *set, const struct figures *want)
{
	static struct gw_evaluation e;
	char data[TEST_PATH_MAX];
	struct gw_model *m;

	test_source_path("data", data);
	m = train(set, data);
	evaluate(m, data, &e);
	gw_model_free(m);
	ck_assert_uint_eq(e.all.rows, 41137);
	ck_assert_uint_eq(e.games, 285);
	assert_near(e.all.win.log_loss, want->log_loss, 0.00005);
	assert_near(e.all.win.brier, want->brier, 0.00005);
	assert_near(e.all.win.auc, want->auc, 0.00005);
	assert_near(e.all.win.ece, want->ece, 0.00005);
	assert_near(e.all.home.mae, want->home_mae, 0.0005);
	assert_near(e.all.away.mae, want->away_mae, 0.0005);
	assert_near(e.all.home.rmse, want->home_rmse, 0.0005);
	assert_near(e.all.away.rmse, want->away_rmse, 0.0005);
	ck_assert(e.all.home_floored.mae < e.all.home.mae);
	ck_assert_uint_eq(e.reference.rows, 40664);
	ck_assert_uint_eq(e.reference.games, 284);
	assert_near(e.reference.log_loss, 0.4663, 0.00005);
	assert_near(e.reference.diff, want->reference_diff, 0.00005);
	ck_assert(e.reference.lo < want->reference_diff && want->reference_diff < e.reference.hi);
}

START_TEST(classic_has_the_figures_of_scikit_learn)
{
	static const struct figures want = { 0.4872, 0.1643, 0.8350, 0.0234, 5.5279, 5.1736, 7.2737,
		6.7781, 0.0205 };

	assert_figures("classic", &want);
}
END_TEST

START_TEST(full_has_the_figures_of_scikit_learn)
{
	static const struct figures want = { 0.4311, 0.1416, 0.8796, 0.0347, 5.3677, 5.0200, 7.0229,
		6.5886, -0.0365 };

	assert_figures("full", &want);
}
END_TEST

Suite *
check_parity_suite(void)
{
	Suite *s = suite_create("nfl/parity");
	TCase *t = tcase_create("parity");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, classic_has_the_figures_of_scikit_learn);
	tcase_add_test(t, full_has_the_figures_of_scikit_learn);
	suite_add_tcase(s, t);
	return s;
}
