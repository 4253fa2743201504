/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_hist.c - quantiles against a sorted list.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdlib.h>
#include <string.h>

#include "base/hist.h"
#include "base/rng.h"

static struct gw_hist h, other;

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

START_TEST(an_empty_histogram_answers_zero)
{
	memset(&h, 0, sizeof(h));
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.5), 0);
	ck_assert_uint_eq(gw_hist_quantile(&h, 1), 0);
}
END_TEST

START_TEST(small_values_are_exact)
{
	memset(&h, 0, sizeof(h));
	for (uint64_t v = 1; v <= 100; v++)
		gw_hist_add(&h, v);
	ck_assert_uint_eq(h.count, 100);
	ck_assert_uint_eq(h.sum, 5050);
	ck_assert_uint_eq(h.max, 100);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0), 1);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.5), 50);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.501), 51);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.99), 99);
	ck_assert_uint_eq(gw_hist_quantile(&h, 1), 100);
}
END_TEST

START_TEST(quantiles_are_within_the_promised_error)
{
	static const double qs[] = { 0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1 };
	static uint64_t values[20000];
	const size_t n = sizeof(values) / sizeof(values[0]);
	uint64_t got, want;
	struct gw_rng r;
	size_t rank;

	gw_rng_seed(&r, 3);
	memset(&h, 0, sizeof(h));
	for (size_t i = 0; i < n; i++) {
		values[i] = gw_rng_u64(&r) >> (24 + gw_rng_below(&r, 40));	/* up to 2^40 */
		gw_hist_add(&h, values[i]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		rank = (size_t)(qs[i] * (double)n + 0.999999);
		want = values[rank == 0 ? 0 : rank - 1];
		got = gw_hist_quantile(&h, qs[i]);
		ck_assert_uint_ge(got, want);
		ck_assert_uint_le(got, want + want / 64 + 1);
	}
}
END_TEST

/* Each edge of a bucket: the value itself, the one before and the one after. */
START_TEST(no_value_comes_back_smaller_or_much_larger)
{
	for (unsigned bit = 0; bit < 40; bit++)
		for (uint64_t d = 0; d < 3; d++) {
			uint64_t v = (UINT64_C(1) << bit) + d - 1, got;

			memset(&h, 0, sizeof(h));
			gw_hist_add(&h, v);
			gw_hist_add(&h, UINT64_MAX >> 1);	/* so that max does not help */
			got = gw_hist_quantile(&h, 0.5);
			ck_assert_uint_ge(got, v);
			ck_assert_uint_le(got, v + v / 64);
		}
}
END_TEST

START_TEST(values_beyond_the_range_count_and_keep_the_max)
{
	memset(&h, 0, sizeof(h));
	gw_hist_add(&h, UINT64_C(1) << 50);
	gw_hist_add(&h, 5);
	ck_assert_uint_eq(h.count, 2);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.5), 5);
	ck_assert_uint_eq(gw_hist_quantile(&h, 0.9), UINT64_C(1) << 50);
}
END_TEST

START_TEST(a_merge_equals_adding_everything_to_one)
{
	static struct gw_hist all;
	struct gw_rng r;
	uint64_t v;

	memset(&h, 0, sizeof(h));
	memset(&other, 0, sizeof(other));
	memset(&all, 0, sizeof(all));
	gw_rng_seed(&r, 4);
	for (int i = 0; i < 1000; i++) {
		v = gw_rng_below(&r, 1000000);
		gw_hist_add(i % 2 ? &h : &other, v);
		gw_hist_add(&all, v);
	}
	gw_hist_merge(&h, &other);
	ck_assert_mem_eq(&h, &all, sizeof(h));
}
END_TEST

START_TEST(counts_up_to_a_value_grow_with_it_and_end_at_all)
{
	uint64_t before = 0, n;

	memset(&h, 0, sizeof(h));
	for (uint64_t v = 0; v < 5000; v++)
		gw_hist_add(&h, v);
	ck_assert_uint_eq(gw_hist_count_to(&h, 0), 1);
	ck_assert_uint_eq(gw_hist_count_to(&h, 63), 64);
	ck_assert_uint_eq(gw_hist_count_to(&h, 127), 128);
	for (uint64_t v = 0; v < 6000; v += 7) {
		n = gw_hist_count_to(&h, v);
		ck_assert_uint_ge(n, before);
		ck_assert_uint_le(n, v + 1);
		ck_assert_uint_ge(n + n / 50 + 1, v < 5000 ? v : 5000);
		before = n;
	}
	ck_assert_uint_eq(before, 5000);
}
END_TEST

Suite *
check_hist_suite(void)
{
	Suite *s = suite_create("base/hist");
	TCase *tc = tcase_create("hist");

	tcase_add_test(tc, an_empty_histogram_answers_zero);
	tcase_add_test(tc, small_values_are_exact);
	tcase_add_test(tc, quantiles_are_within_the_promised_error);
	tcase_add_test(tc, no_value_comes_back_smaller_or_much_larger);
	tcase_add_test(tc, values_beyond_the_range_count_and_keep_the_max);
	tcase_add_test(tc, counts_up_to_a_value_grow_with_it_and_end_at_all);
	tcase_add_test(tc, a_merge_equals_adding_everything_to_one);
	suite_add_tcase(s, tc);
	return s;
}
