/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_bootstrap.c - intervals with a known width, and their seeds.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "ml/bootstrap.h"
#include "tests/ml/sample.h"

#define GROUPS 400

static struct gw_bootstrap
drawn(uint64_t seed, size_t rows_per_group)
{
	static double sum[GROUPS], count[GROUPS];
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_bootstrap b = { .sum = sum, .count = count, .n_groups = GROUPS, .draws = 1000,
		.seed = seed };

	/* Half the groups have a mean of 0, half of 1: the mean's deviation is 0.5 / sqrt(400). */
	for (size_t g = 0; g < GROUPS; g++) {
		count[g] = (double)rows_per_group;
		sum[g] = g % 2 == 0 ? 0 : (double)rows_per_group;
	}
	ck_assert_int_eq(gw_bootstrap(&alloc, &b), 0);
	ck_assert_uint_eq(alloc.used, 0);
	return b;
}

START_TEST(the_interval_is_as_wide_as_theory_says)
{
	struct gw_bootstrap b = drawn(1, 1);

	ck_assert(b.mean == 0.5);
	assert_near(b.lo, 0.5 - 1.96 * 0.5 / sqrt(GROUPS), 0.006);
	assert_near(b.hi, 0.5 + 1.96 * 0.5 / sqrt(GROUPS), 0.006);
}
END_TEST

START_TEST(rows_within_a_group_add_nothing)
{
	struct gw_bootstrap one = drawn(1, 1), many = drawn(1, 150);

	ck_assert(one.lo == many.lo && one.hi == many.hi);
}
END_TEST

START_TEST(the_seed_decides)
{
	struct gw_bootstrap a = drawn(1, 1), b = drawn(1, 1), c = drawn(2, 1);

	ck_assert(a.lo == b.lo && a.hi == b.hi);
	ck_assert(a.lo != c.lo || a.hi != c.hi);
}
END_TEST

START_TEST(one_group_has_no_width)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	double sum = 3, count = 4;
	struct gw_bootstrap b = {
		.sum = &sum, .count = &count, .n_groups = 1, .draws = 1, .seed = 1
	};

	ck_assert_int_eq(gw_bootstrap(&alloc, &b), 0);
	ck_assert(b.mean == 0.75 && b.lo == 0.75 && b.hi == 0.75);
}
END_TEST

Suite *
check_bootstrap_suite(void)
{
	Suite *s = suite_create("ml/bootstrap");
	TCase *t = tcase_create("bootstrap");

	tcase_add_test(t, the_interval_is_as_wide_as_theory_says);
	tcase_add_test(t, rows_within_a_group_add_nothing);
	tcase_add_test(t, the_seed_decides);
	tcase_add_test(t, one_group_has_no_width);
	suite_add_tcase(s, t);
	return s;
}
