/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_gbdt.c - boosted trees: what they learn, what they are not allowed to, and that
 * the number of threads leaves no trace.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "base/rng.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "ml/gbdt.h"
#include "ml/math.h"
#include "ml/model_trees.h"
#include "tests/support/fail_alloc.h"

#define COLUMNS 4

static struct gw_alloc alloc;

struct rows {
	struct gw_matrix x;
	double *won, *score, *margin;
	uint32_t *group;
};

/* score depends on x0 and x1 together, on x2 where it is missing, on x3 not at all. */
static void
make_rows(struct rows *r, size_t n, uint64_t seed)
{
	struct gw_rng rng;

	gw_rng_seed(&rng, seed);
	gw_matrix_init(&r->x, &alloc, COLUMNS);
	r->won = gw_alloc_zero(&alloc, n, sizeof(double));
	r->score = gw_alloc_zero(&alloc, n, sizeof(double));
	r->margin = gw_alloc_zero(&alloc, n, sizeof(double));
	r->group = gw_alloc_zero(&alloc, n, sizeof(uint32_t));
	for (size_t i = 0; i < n; i++) {
		double *x = gw_matrix_add(&r->x);

		for (size_t j = 0; j < COLUMNS; j++)
			x[j] = gw_rng_unit(&rng) * 4 - 2;
		x[1] = (double)(int)(x[1] * 2);
		if (gw_rng_below(&rng, 5) == 0)
			x[2] = NAN;
		r->score[i] = 3 * x[0] * (x[1] > 0) + x[1] + (isnan(x[2]) ? 4 : 0) +
		    gw_rng_unit(&rng);
		r->won[i] = gw_rng_unit(&rng) < 1 / (1 + exp(-r->score[i])) ? 1 : 0;
		r->margin[i] = 0.5 * x[1];
		r->group[i] = (uint32_t)(i / 50);
	}
}

static void
free_rows(struct rows *r)
{
	gw_alloc_free(&alloc, r->won);
	gw_alloc_free(&alloc, r->score);
	gw_alloc_free(&alloc, r->margin);
	gw_alloc_free(&alloc, r->group);
	gw_matrix_fini(&r->x);
}

static struct rows train, held_out;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	make_rows(&train, 20000, 1);
	make_rows(&held_out, 4000, 2);
}

static void
teardown(void)
{
	free_rows(&train);
	free_rows(&held_out);
	ck_assert_uint_eq(alloc.used, 0);
}

static struct gw_gbdt
plain(enum gw_loss loss)
{
	return (struct gw_gbdt){ .loss = loss, .rounds = 40, .rate = 0.2, .l2 = 1,
		.min_weight = 5, .depth = 4, .bag = 1, .seed = 9,
		.train = { &train.x, loss == GW_LOSS_LOGISTIC ? train.won : train.score, NULL } };
}

static void
fit_ok(struct gw_gbdt *fit)
{
	struct gw_err err = { 0 };

	ck_assert_msg(gw_gbdt_fit(&alloc, fit, &err) == 0, "%s", err.msg);
}

/* Frees the trees. */
static void
hash_of(struct gw_gbdt *fit, char out[65])
{
	struct gw_buf text;

	gw_buf_init(&text, &alloc, 0);
	gw_model_trees_put(fit->trees, &text);
	gw_sha256_hex(text.ptr, text.len, out);
	gw_buf_fini(&text);
	gw_trees_free(fit->trees);
}

static double
answer(const struct gw_gbdt *fit, const double *x)
{
	return gw_trees_sum(fit->trees, fit->start, x);
}

START_TEST(squared_loss_falls_to_the_noise)
{
	struct gw_gbdt fit = plain(GW_LOSS_SQUARED);
	double sum = 0;

	fit.valid = (struct gw_gbdt_rows){ &held_out.x, held_out.score, NULL };
	fit_ok(&fit);
	for (size_t i = 0; i < held_out.x.n; i++)
		sum += pow(answer(&fit, gw_matrix_row(&held_out.x, i)) - held_out.score[i], 2);
	/* Uniform noise has a variance of 1/12; the loss is half the square. */
	ck_assert_double_lt(sum / (double)held_out.x.n, 0.17);
	ck_assert_double_eq_tol(fit.valid_loss, sum / (double)held_out.x.n / 2, 1e-9);
	gw_trees_free(fit.trees);
}
END_TEST

/* Two leaves by x0; half of the right one's rows lie far outside. */
START_TEST(hubers_loss_counts_an_outlier_as_delta)
{
	static double y[2000];
	struct gw_matrix x;
	struct gw_gbdt fit = { .loss = GW_LOSS_SQUARED, .delta = 1, .rounds = 1, .rate = 1,
		.min_weight = 1, .depth = 1, .bag = 1 };
	double left = 0, right = 1;

	gw_matrix_init(&x, &alloc, 1);
	for (int i = 0; i < 2000; i++) {
		gw_matrix_add(&x)[0] = i < 1000 ? 0 : 1;
		y[i] = i < 1000 ? -0.5 : i % 2 == 0 ? 100 : 0.25;
	}
	fit.train = (struct gw_gbdt_rows){ &x, y, (double[2000]){ 0 } };
	fit_ok(&fit);
	/* From a margin of 0 a leaf is the mean of y, cut off at delta. */
	ck_assert_double_eq_tol(answer(&fit, &left), -0.5, 1e-3);
	ck_assert_double_eq_tol(answer(&fit, &right), (1 + 0.25) / 2, 1e-3);
	/* Linear beyond delta: |100 - 0.625| - 1/2; below it half the square of 0.375. */
	ck_assert_double_eq_tol(fit.train_loss, (98.875 + 0.0703125) / 4, 0.01);
	gw_trees_free(fit.trees);
	fit.delta = 0;
	fit_ok(&fit);
	ck_assert_double_eq_tol(answer(&fit, &right), (100 + 0.25) / 2, 0.1);
	gw_trees_free(fit.trees);
	gw_matrix_fini(&x);
}
END_TEST

START_TEST(logistic_loss_is_near_that_of_the_truth)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);
	double truth = 0;

	fit.valid = (struct gw_gbdt_rows){ &held_out.x, held_out.won, NULL };
	fit_ok(&fit);
	for (size_t i = 0; i < held_out.x.n; i++)
		truth += log1p(exp(held_out.won[i] > 0 ? -held_out.score[i] : held_out.score[i]));
	ck_assert_double_lt(fit.valid_loss, truth / (double)held_out.x.n + 0.01);
	ck_assert_double_lt(fit.train_loss, fit.valid_loss + 0.02);
	gw_trees_free(fit.trees);
}
END_TEST

START_TEST(any_number_of_threads_grows_the_same_trees)
{
	char one[65], many[65];

	for (int loss = GW_LOSS_LOGISTIC; loss <= GW_LOSS_SQUARED; loss++)
		for (unsigned bag = 0; bag < 2; bag++) {
			struct gw_gbdt fit = plain((enum gw_loss)loss);

			fit.bag = bag == 0 ? 1 : 0.7;
			fit.group = train.group;
			fit_ok(&fit);
			hash_of(&fit, one);
			for (unsigned n = 2; n <= 8; n += 3) {
				fit.pool = gw_pool_new(&alloc, n);
				fit_ok(&fit);
				hash_of(&fit, many);
				gw_pool_free(fit.pool);
				ck_assert_str_eq(one, many);
			}
		}
}
END_TEST

/*
 * The trees of a compiler and an optimisation are those of any other: this hash was the same for
 * gcc and clang at -O0 to -O3.
 */
START_TEST(the_trees_are_these_on_every_machine)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);
	char hash[65];

	fit.bag = 0.7;
	fit.group = train.group;
	/* Labels that no exp() of the C library had a part in. */
	for (size_t i = 0; i < train.x.n; i++)
		train.won[i] = train.score[i] > 1;
	fit_ok(&fit);
	hash_of(&fit, hash);
	ck_assert_str_eq(hash, "8ac60578b98079c82d267779387d823b94fe640843537cd4e57bde3e655bc608");
}
END_TEST

START_TEST(the_seed_changes_the_bags_and_only_they_draw)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);
	char first[65], other[65];

	fit_ok(&fit);
	hash_of(&fit, first);
	fit.seed++;
	fit_ok(&fit);
	hash_of(&fit, other);
	ck_assert_str_eq(first, other);
	fit.bag = 0.5;
	fit.group = train.group;
	fit_ok(&fit);
	hash_of(&fit, first);
	fit.seed++;
	fit_ok(&fit);
	hash_of(&fit, other);
	ck_assert_str_ne(first, other);
}
END_TEST

START_TEST(a_monotone_feature_never_turns)
{
	struct gw_gbdt fit = plain(GW_LOSS_SQUARED);
	static const int8_t monotone[COLUMNS] = { 1, -1, 0, 0 };

	fit.monotone = monotone;
	fit_ok(&fit);
	for (size_t i = 0; i < 200; i++)
		for (size_t j = 0; j < 2; j++) {
			double x[COLUMNS], before = -INFINITY;

			memcpy(x, gw_matrix_row(&held_out.x, i), sizeof(x));
			for (int step = -40; step <= 40; step++) {
				double f;

				x[j] = step / 20.0;
				f = answer(&fit, x) * monotone[j];
				/* The sum of float32 leaves is rounded. */
				ck_assert_double_ge(f, before - 1e-5);
				before = f;
			}
		}
	gw_trees_free(fit.trees);
}
END_TEST

START_TEST(rows_start_from_their_margin)
{
	struct gw_gbdt fit = plain(GW_LOSS_SQUARED);
	double sum = 0;

	fit.train.margin = train.score;		/* nothing is left to learn */
	fit_ok(&fit);
	ck_assert_double_eq(fit.start, 0);
	for (size_t i = 0; i < 100; i++)
		ck_assert_double_eq_tol(answer(&fit, gw_matrix_row(&train.x, i)), 0, 1e-5);
	gw_trees_free(fit.trees);
	fit.train.margin = train.margin;
	fit_ok(&fit);
	for (size_t i = 0; i < train.x.n; i++)
		sum += pow(train.margin[i] + answer(&fit, gw_matrix_row(&train.x, i)) -
		    train.score[i], 2);
	ck_assert_double_eq_tol(fit.train_loss, sum / (double)train.x.n / 2, 1e-6);
	ck_assert_double_lt(fit.train_loss, 0.1);
	gw_trees_free(fit.trees);
}
END_TEST

START_TEST(early_stopping_keeps_the_best_round)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);
	double best;
	size_t n;

	fit.rounds = 1000;
	fit.patience = 20;
	fit.rate = 0.5;
	fit.valid = (struct gw_gbdt_rows){ &held_out.x, held_out.won, NULL };
	fit_ok(&fit);
	best = fit.valid_loss;
	n = fit.trees->n_trees;
	ck_assert_uint_lt(n, 500);
	gw_trees_free(fit.trees);
	/* So many rounds without stopping have that very loss, twenty more a worse one. */
	fit.patience = 0;
	fit.rounds = n;
	fit_ok(&fit);
	ck_assert_double_eq(fit.valid_loss, best);
	gw_trees_free(fit.trees);
	fit.rounds = n + 20;
	fit_ok(&fit);
	ck_assert_double_gt(fit.valid_loss, best);
	gw_trees_free(fit.trees);
}
END_TEST

START_TEST(leaves_and_depth_are_bounded)
{
	struct gw_gbdt fit = plain(GW_LOSS_SQUARED);

	fit.depth = 16;
	fit.leaves = 7;
	fit.rounds = 10;
	fit_ok(&fit);
	for (size_t k = 0; k < fit.trees->n_trees; k++)
		ck_assert_uint_eq(gw_trees_size(fit.trees, k), 13);
	gw_trees_free(fit.trees);
	fit.leaves = 0;
	fit.depth = 2;
	fit_ok(&fit);
	for (size_t k = 0; k < fit.trees->n_trees; k++)
		ck_assert_uint_le(gw_trees_size(fit.trees, k), 7);
	gw_trees_free(fit.trees);
}
END_TEST

START_TEST(a_constant_feature_gives_no_trees)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);

	for (size_t i = 0; i < train.x.n; i++)
		for (size_t j = 0; j < COLUMNS; j++)
			gw_matrix_row(&train.x, i)[j] = j == 0 ? NAN : 3;
	fit_ok(&fit);
	ck_assert_uint_eq(fit.trees->n_trees, 0);
	ck_assert_double_eq_tol(gw_sigmoid(fit.start), 0.5, 0.3);
	gw_trees_free(fit.trees);
}
END_TEST

static bool
stop_at_once(void *arg)
{
	(void)arg;
	return true;
}

START_TEST(wrong_parameters_and_rows_are_named)
{
	struct gw_gbdt good = plain(GW_LOSS_LOGISTIC), fit;
	struct gw_err err;

#define BAD(change, code, why)						\
	fit = good;							\
	change;								\
	ck_assert_int_eq(gw_gbdt_fit(&alloc, &fit, &err), code);	\
	ck_assert_msg(strstr(err.msg, why) != NULL, "%s", err.msg);	\
	ck_assert_ptr_null(fit.trees)

	BAD(fit.rounds = 0, GW_EINVAL, "rounds");
	BAD(fit.rate = 0, GW_EINVAL, "rate");
	BAD(fit.l2 = -1, GW_EINVAL, "l2");
	BAD(fit.min_weight = 0, GW_EINVAL, "min_weight");
	BAD(fit.min_gain = NAN, GW_EINVAL, "min_gain");
	BAD(fit.depth = 17, GW_EINVAL, "depth");
	BAD(fit.leaves = 1, GW_EINVAL, "leaves");
	BAD(fit.bag = 0, GW_EINVAL, "bag");
	BAD(fit.stop = stop_at_once, GW_EINTR, "interrupted");
	BAD(fit.train.y = train.score, GW_EDATA, "label out of range");
	memset(train.won, 0, train.x.n * sizeof(double));
	BAD(fit.rounds = 1, GW_EDATA, "one outcome");
#undef BAD
}
END_TEST

static int
fit_with(struct gw_alloc *a, void *arg)
{
	struct gw_gbdt fit = plain(GW_LOSS_LOGISTIC);
	int rc;

	(void)arg;
	fit.rounds = 3;
	fit.valid = (struct gw_gbdt_rows){ &held_out.x, held_out.won, NULL };
	rc = gw_gbdt_fit(a, &fit, NULL);
	gw_trees_free(fit.trees);
	return rc;
}

START_TEST(fitting_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(fit_with, NULL), 20);
}
END_TEST

Suite *
check_gbdt_suite(void)
{
	Suite *s = suite_create("gbdt");
	TCase *t = tcase_create("gbdt");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, squared_loss_falls_to_the_noise);
	tcase_add_test(t, hubers_loss_counts_an_outlier_as_delta);
	tcase_add_test(t, logistic_loss_is_near_that_of_the_truth);
	tcase_add_test(t, any_number_of_threads_grows_the_same_trees);
	tcase_add_test(t, the_trees_are_these_on_every_machine);
	tcase_add_test(t, the_seed_changes_the_bags_and_only_they_draw);
	tcase_add_test(t, a_monotone_feature_never_turns);
	tcase_add_test(t, rows_start_from_their_margin);
	tcase_add_test(t, early_stopping_keeps_the_best_round);
	tcase_add_test(t, leaves_and_depth_are_bounded);
	tcase_add_test(t, a_constant_feature_gives_no_trees);
	tcase_add_test(t, wrong_parameters_and_rows_are_named);
	tcase_add_test(t, fitting_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}
