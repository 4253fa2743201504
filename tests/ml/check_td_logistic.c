/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_td_logistic.c - own functions against libc's, temporal differences on a walk whose
 * probabilities are known, and bands around what they were fitted on.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "base/rng.h"
#include "ml/bands.h"
#include "ml/math.h"
#include "ml/td_logistic.h"

static struct gw_alloc alloc;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
}

static void
teardown(void)
{
	ck_assert_uint_eq(alloc.used, 0);
}

static double
uniform(struct gw_rng *r)
{
	return (double)(gw_rng_u64(r) >> 11) / 9007199254740992.0;
}

START_TEST(exp_and_log_are_libcs_to_the_stated_error)
{
	struct gw_rng r;

	gw_rng_seed(&r, 3);
	for (int i = 0; i < 200000; i++) {
		double x = (uniform(&r) - 0.5) * 1400, e = uniform(&r), want = exp(x);

		ck_assert(fabs(gw_exp(x) - want) <= 6e-16 * want);
		want = log(want > 1e-300 ? want : 1);
		ck_assert(fabs(gw_ln(exp(want)) - want) <= 1e-15 * fabs(want) + 2e-16);
		ck_assert(fabs(gw_log1p(e) - log1p(e)) <= 1e-15 * log1p(e));
		ck_assert(gw_sigmoid(-x) == 1 - gw_sigmoid(x) ||
		    gw_sigmoid(x) == 1 - gw_sigmoid(-x));
	}
	ck_assert(gw_exp(-1000) == 0 && isinf(gw_exp(1000)) && isnan(gw_exp(NAN)));
	ck_assert(gw_exp(0) == 1 && gw_ln(1) == 0);
}
END_TEST

#define GAMES 4000
#define STEPS 20

/* Games of twenty steps of +1 or -1; a term is the lead over the root of what is left. */
static void
walk(struct gw_matrix *z, struct gw_matrix *v, double *margin, uint32_t *next)
{
	struct gw_rng r;
	size_t n = 0;

	gw_rng_seed(&r, 9);
	for (size_t g = 0; g < GAMES; g++) {
		double lead = 0;

		for (size_t t = 0; t < STEPS; t++, n++) {
			double *row = gw_matrix_add(z), *slope = gw_matrix_add(v);

			ck_assert(row != NULL && slope != NULL);
			*slope = 1 / sqrt((double)(STEPS - t));
			*row = lead * *slope;
			next[n] = t + 4 < STEPS ? (uint32_t)(n + 4) : GW_TD_END;
			lead += uniform(&r) < 0.5 ? 1 : -1;
		}
		for (size_t t = 0; t < STEPS; t++)
			margin[n - 1 - t] = lead;
	}
}

START_TEST(labels_from_the_future_find_the_walk)
{
	static double margin[GAMES * STEPS];
	static uint32_t next[GAMES * STEPS];
	static unsigned char shift[GAMES * STEPS];
	struct gw_matrix z, v;
	const size_t moved = 0;
	double coef = 0, again = 0;
	struct gw_td_logistic fit = { .z = &z, .v = &v, .moved = &moved, .margin = margin,
		.next = next, .shift = shift, .unit = 3, .shifts = { 0, 1, -1 }, .n_shifts = 3,
		.lambda = 1,
		.coef = &coef };
	struct gw_err err;

	gw_matrix_init(&z, &alloc, 1);
	gw_matrix_init(&v, &alloc, 1);
	walk(&z, &v, margin, next);
	ck_assert_int_eq(gw_td_logistic_fit(&alloc, &fit, &err), 0);
	/* A normal distribution function is a logistic one of slope 1.6 to 1.8. */
	ck_assert_msg(coef > 1.45 && coef < 1.95, "%g", coef);
	ck_assert(fit.log_loss < 0.55);
	fit.coef = &again;
	fit.pool = gw_pool_new(&alloc, 3);
	ck_assert_int_eq(gw_td_logistic_fit(&alloc, &fit, &err), 0);
	ck_assert(coef == again);
	/* Where it begins does not matter. */
	again = 0.5;
	fit.warm = true;
	ck_assert_int_eq(gw_td_logistic_fit(&alloc, &fit, &err), 0);
	ck_assert(fabs(coef - again) < 1e-4);
	gw_pool_free(fit.pool);
	gw_matrix_fini(&z);
	gw_matrix_fini(&v);
}
END_TEST

START_TEST(bands_hold_their_share_of_lumps)
{
	static double mean[20000], value[20000];
	static unsigned char group[20000];
	struct gw_bands_rows rows = { .mean = mean, .value = value, .group = group, .n = 20000,
		.n_groups = 3, .knots = 20, .cover = 0.8 };
	struct gw_bands *b = gw_alloc_zero(&alloc, 1, sizeof(*b));
	size_t inside = 0;
	struct gw_rng r;

	gw_rng_seed(&r, 5);
	for (size_t i = 0; i < rows.n; i++) {
		mean[i] = 20 * uniform(&r);
		value[i] = floor(2 * mean[i] * uniform(&r) / 3) * 3;
		group[i] = i % 2 == 0 ? 0 : 2;
	}
	ck_assert_int_eq(gw_bands_fit(&alloc, &rows, b), 0);
	for (size_t i = 0; i < rows.n; i++) {
		double out[GW_BAND_ROWS];

		gw_bands_at(b, group[i], mean[i], out);
		ck_assert(out[GW_BAND_LO] <= out[GW_BAND_MID]);
		ck_assert(out[GW_BAND_MID] <= out[GW_BAND_HI]);
		inside += value[i] >= out[GW_BAND_LO] && value[i] <= out[GW_BAND_HI];
	}
	ck_assert_msg(inside > 15600 && inside < 16400, "%zu", inside);
	ck_assert_uint_eq(b->groups[1].n, b->groups[0].n);
	gw_alloc_free(&alloc, b);
}
END_TEST

Suite *
check_td_logistic_suite(void)
{
	Suite *s = suite_create("ml/td_logistic");
	TCase *t = tcase_create("td_logistic");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, exp_and_log_are_libcs_to_the_stated_error);
	tcase_add_test(t, labels_from_the_future_find_the_walk);
	tcase_add_test(t, bands_hold_their_share_of_lumps);
	suite_add_tcase(s, t);
	return s;
}
