/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_loso.c - leaving one season out: what was seen and what was not.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include "nfl/loso.h"
#include "tests/nfl/sample.h"
#include "tests/support/fail_alloc.h"

static struct sample_world world;

static void
make_seasons(void)
{
	sample_world_init(&world);
	ck_assert_int_eq(world.env.fs->mkdir(world.env.fs->ctx, "data", NULL), 0);
	for (int year = 2020; year <= 2022; year++) {
		struct gw_buf text;
		char path[64];

		gw_buf_init(&text, &world.alloc, 0);
		sample_season(&text, year, 6);
		snprintf(path, sizeof(path), "data/play_by_play_%d.csv", year);
		gw_buf_putc(&text, '\0');
		sample_write(&world, path, (char *)text.ptr);
		gw_buf_fini(&text);
	}
}

static void
drop_seasons(void)
{
	sample_world_fini(&world);
}

static struct gw_seasons
seasons(struct gw_env *env)
{
	return (struct gw_seasons){ .env = env, .data = "data", .years = { 2020, 2021, 2022 },
		.n_years = 3, .use = GW_FOR_TRAINING };
}

/* The same fold by hand: a model of two seasons on the third. */
static int
teach(void *arg, const struct gw_season_play *p)
{
	return gw_trainer_add(arg, p);
}

static int
score(void *arg, const struct gw_season_play *p)
{
	return gw_evaluator_add(arg, p, NULL);
}

static double
loss_by_hand(const char *set)
{
	static struct gw_evaluation out;
	struct gw_seasons some = seasons(&world.env);
	struct gw_season_counts counts = { 0 };
	struct gw_evaluator e;
	struct gw_predictor *p;
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_model *m;

	some.years[0] = 2021;
	some.years[1] = 2022;
	some.n_years = 2;
	gw_trainer_init(&t, &world.alloc, gw_feature_set_find(set));
	ck_assert_int_eq(gw_seasons_read(&some, teach, &t, &counts, NULL), 0);
	m = gw_trainer_fit(&t, "byhand", 1, &trained, NULL);
	ck_assert_ptr_nonnull(m);
	m->version = 1;
	p = gw_predictor_new(&world.alloc, m, NULL);
	some.years[0] = 2020;
	some.n_years = 1;
	gw_evaluator_init(&e, &world.alloc, p);
	ck_assert_int_eq(gw_seasons_read(&some, score, &e, &counts, NULL), 0);
	ck_assert_int_eq(gw_evaluator_finish(&e, 1, &out, NULL), 0);
	gw_evaluator_fini(&e);
	gw_predictor_free(p);
	gw_model_free(m);
	gw_trainer_fini(&t);
	return out.all.win.log_loss;
}

START_TEST(each_season_is_scored_by_a_model_of_the_others)
{
	static struct gw_loso l;
	struct gw_seasons some;
	struct gw_err err = { 0 };

	make_seasons();
	some = seasons(&world.env);
	l = (struct gw_loso){ .alloc = &world.alloc, .seasons = &some,
		.set = gw_feature_set_find("full"), .seed = 1 };
	ck_assert_msg(gw_loso_run(&l, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(l.result.n_seasons, 3);
	ck_assert_uint_eq(l.result.games, 18);
	ck_assert(l.result.by_season[0].win.log_loss == loss_by_hand("full"));
	ck_assert_uint_eq(l.result.other.rows, l.result.all.rows);
	ck_assert(l.result.other.model_log_loss - l.result.all.win.log_loss < 1e-12);
	ck_assert(l.result.other.lo <= l.result.other.diff &&
	    l.result.other.diff <= l.result.other.hi);
	drop_seasons();
}
END_TEST

START_TEST(the_reference_set_is_not_compared_with_itself)
{
	static struct gw_loso l;
	struct gw_seasons some;

	make_seasons();
	some = seasons(&world.env);
	l = (struct gw_loso){ .alloc = &world.alloc, .seasons = &some,
		.set = gw_feature_set_find(GW_LOSO_BESIDE), .seed = 1 };
	ck_assert_int_eq(gw_loso_run(&l, NULL), 0);
	ck_assert_uint_eq(l.result.other.rows, 0);
	drop_seasons();
}
END_TEST

START_TEST(one_season_cannot_be_left_out)
{
	static struct gw_loso l;
	struct gw_seasons some;
	struct gw_err err = { 0 };

	make_seasons();
	some = seasons(&world.env);
	some.n_years = 1;
	l = (struct gw_loso){ .alloc = &world.alloc, .seasons = &some,
		.set = gw_feature_set_find("full"), .seed = 1 };
	ck_assert_int_eq(gw_loso_run(&l, &err), GW_EINVAL);
	drop_seasons();
}
END_TEST

static int
leave_out(struct gw_alloc *a, void *arg)
{
	static struct gw_loso l;
	struct gw_env env = world.env;
	struct gw_seasons some;
	struct gw_err err = { 0 };
	int rc;

	(void)arg;
	env.alloc = a;
	some = seasons(&env);
	l = (struct gw_loso){ .alloc = a, .seasons = &some,
		.set = gw_feature_set_find("classic"), .seed = 1 };
	rc = gw_loso_run(&l, &err);
	ck_assert_int_eq(rc, err.code);
	return rc;
}

START_TEST(leaving_out_survives_a_failing_allocator)
{
	make_seasons();
	ck_assert_uint_ge(fail_alloc_sweep(leave_out, NULL), 20);
	drop_seasons();
}
END_TEST

Suite *
check_loso_suite(void)
{
	Suite *s = suite_create("loso");
	TCase *t = tcase_create("loso");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, each_season_is_scored_by_a_model_of_the_others);
	tcase_add_test(t, the_reference_set_is_not_compared_with_itself);
	tcase_add_test(t, one_season_cannot_be_left_out);
	tcase_add_test(t, leaving_out_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}
