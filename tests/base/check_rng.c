/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_rng.c - random numbers that repeat.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdbool.h>
#include <string.h>

#include "base/rng.h"

/* The first outputs of xoshiro256** and splitmix64 for seed 0, from the authors' C files. */
START_TEST(a_seed_gives_the_published_sequence)
{
	struct gw_rng r;

	gw_rng_seed(&r, 0);
	ck_assert_uint_eq(r.s[0], UINT64_C(0xe220a8397b1dcdaf));
	ck_assert_uint_eq(r.s[1], UINT64_C(0x6e789e6aa1b965f4));
	ck_assert_uint_eq(r.s[2], UINT64_C(0x06c45d188009454f));
	ck_assert_uint_eq(r.s[3], UINT64_C(0xf88bb8a8724c81ec));
	ck_assert_uint_eq(gw_rng_u64(&r), UINT64_C(0x99ec5f36cb75f2b4));
	ck_assert_uint_eq(gw_rng_u64(&r), UINT64_C(0xbf6e1f784956452a));
	ck_assert_uint_eq(gw_rng_u64(&r), UINT64_C(0x1a5f849d4933e6e0));
	r = (struct gw_rng){ { 1, 2, 3, 4 } };
	ck_assert_uint_eq(gw_rng_u64(&r), 11520);
	ck_assert_uint_eq(gw_rng_u64(&r), 0);
	ck_assert_uint_eq(gw_rng_u64(&r), 1509978240);
	ck_assert_uint_eq(gw_rng_u64(&r), UINT64_C(1215971899390074240));
}
END_TEST

START_TEST(below_stays_below_and_reaches_every_value_evenly)
{
	unsigned counts[7] = { 0 };
	struct gw_rng r;
	uint64_t v;

	gw_rng_seed(&r, 1);
	for (int i = 0; i < 70000; i++) {
		v = gw_rng_below(&r, 7);
		ck_assert_uint_lt(v, 7);
		counts[v]++;
	}
	for (int i = 0; i < 7; i++) {	/* 10000 +- 5 standard deviations */
		ck_assert_uint_gt(counts[i], 9537);
		ck_assert_uint_lt(counts[i], 10463);
	}
	for (int i = 0; i < 1000; i++) {
		ck_assert_uint_eq(gw_rng_below(&r, 1), 0);
		ck_assert_uint_lt(gw_rng_below(&r, UINT64_MAX / 2 + 2), UINT64_MAX / 2 + 2);
	}
}
END_TEST

START_TEST(unit_is_in_the_half_open_interval_with_the_right_mean)
{
	struct gw_rng r;
	double v, sum = 0;

	gw_rng_seed(&r, 2);
	for (int i = 0; i < 100000; i++) {
		v = gw_rng_unit(&r);
		ck_assert(v >= 0 && v < 1);
		sum += v;
	}
	ck_assert_double_eq_tol(sum / 100000, 0.5, 0.005);
}
END_TEST

START_TEST(the_kernels_bytes_fill_all_and_differ)
{
	unsigned char a[1000], b[1000], zero[32] = { 0 };

	memset(a, 0, sizeof(a));
	ck_assert_int_eq(gw_random_bytes(a, sizeof(a)), 0);
	ck_assert_int_eq(gw_random_bytes(b, sizeof(b)), 0);
	ck_assert_mem_ne(a, b, sizeof(a));
	for (size_t i = 0; i + sizeof(zero) <= sizeof(a); i += sizeof(zero))
		ck_assert_mem_ne(a + i, zero, sizeof(zero));
	ck_assert_int_eq(gw_random_bytes(a, 0), 0);
}
END_TEST

Suite *
check_rng_suite(void)
{
	Suite *s = suite_create("base/rng");
	TCase *tc = tcase_create("rng");

	tcase_add_test(tc, a_seed_gives_the_published_sequence);
	tcase_add_test(tc, below_stays_below_and_reaches_every_value_evenly);
	tcase_add_test(tc, unit_is_in_the_half_open_interval_with_the_right_mean);
	tcase_add_test(tc, the_kernels_bytes_fill_all_and_differ);
	suite_add_tcase(s, tc);
	return s;
}
