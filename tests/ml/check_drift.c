/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_drift.c - deciles against sorting, and PSI by hand.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "ml/drift.h"
#include "tests/ml/sample.h"

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
assert_deciles(const double *column, size_t n)
{
	double edges[GW_DRIFT_BINS - 1], share[GW_DRIFT_BINS], sum = 0;
	double *sorted = malloc(n * sizeof(double)), *work = malloc(n * sizeof(double));

	memcpy(sorted, column, n * sizeof(double));
	memcpy(work, column, n * sizeof(double));
	qsort(sorted, n, sizeof(double), by_value);
	gw_bins_fit(work, n, edges, share);
	for (size_t b = 0; b < GW_DRIFT_BINS - 1; b++)
		ck_assert(edges[b] == sorted[(b + 1) * n / GW_DRIFT_BINS]);
	for (size_t b = 0; b < GW_DRIFT_BINS; b++)
		sum += share[b];
	assert_near(sum, 1, 1e-12);
	free(sorted);
	free(work);
}

START_TEST(edges_are_what_sorting_would_give)
{
	static double column[5000];
	struct gw_rng rng;

	gw_rng_seed(&rng, 5);
	for (size_t n = 1; n <= 40; n++) {
		for (size_t i = 0; i < n; i++)
			column[i] = (double)gw_rng_below(&rng, 8);
		assert_deciles(column, n);
	}
	for (size_t i = 0; i < 5000; i++)
		column[i] = gw_rng_unit(&rng);
	assert_deciles(column, 5000);
	for (size_t i = 0; i < 5000; i++)
		column[i] = (double)i;
	assert_deciles(column, 5000);
	for (size_t i = 0; i < 5000; i++)
		column[i] = 1;
	assert_deciles(column, 5000);
}
END_TEST

START_TEST(a_flag_falls_into_two_bins)
{
	double column[10] = { 0, 1, 0, 0, 1, 0, 0, 0, 0, 0 };
	double edges[GW_DRIFT_BINS - 1], share[GW_DRIFT_BINS];

	gw_bins_fit(column, 10, edges, share);
	assert_near(share[gw_bin(edges, 0)], 0.8, 1e-15);
	assert_near(share[gw_bin(edges, 1)], 0.2, 1e-15);
}
END_TEST

START_TEST(values_beyond_the_edges_fall_into_the_outer_bins)
{
	static const double edges[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	ck_assert_uint_eq(gw_bin(edges, -1e300), 0);
	ck_assert_uint_eq(gw_bin(edges, 1), 0);
	ck_assert_uint_eq(gw_bin(edges, 1.5), 1);
	ck_assert_uint_eq(gw_bin(edges, 1e300), 9);
}
END_TEST

START_TEST(psi_is_zero_for_the_same_shares_and_known_for_others)
{
	double share[GW_DRIFT_BINS] = { .5, .5 };
	uint64_t same[GW_DRIFT_BINS] = { 70, 70 }, other[GW_DRIFT_BINS] = { 80, 20 };
	uint64_t none[GW_DRIFT_BINS] = { 0 };

	assert_near(gw_psi(share, same), 0, 1e-15);
	assert_near(gw_psi(share, other), 0.3 * log(1.6) + 0.3 * log(2.5), 1e-12);
	ck_assert(gw_psi(share, none) == 0);
}
END_TEST

START_TEST(psi_stays_finite_when_a_bin_is_empty)
{
	double share[GW_DRIFT_BINS] = { 1 };
	uint64_t counts[GW_DRIFT_BINS] = { 0, 5 };

	ck_assert(isfinite(gw_psi(share, counts)) && gw_psi(share, counts) > 1);
}
END_TEST

Suite *
check_drift_suite(void)
{
	Suite *s = suite_create("ml/drift");
	TCase *t = tcase_create("drift");

	tcase_add_test(t, edges_are_what_sorting_would_give);
	tcase_add_test(t, a_flag_falls_into_two_bins);
	tcase_add_test(t, values_beyond_the_edges_fall_into_the_outer_bins);
	tcase_add_test(t, psi_is_zero_for_the_same_shares_and_known_for_others);
	tcase_add_test(t, psi_stays_finite_when_a_bin_is_empty);
	suite_add_tcase(s, t);
	return s;
}
