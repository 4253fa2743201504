/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_sequential.c - how often the test errs, and how soon it sees what is there.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "base/rng.h"
#include "ml/sequential.h"

#define BOUND	0.1

/* The sum of twelve uniform numbers: nearly normal, with this mean and deviation. */
static double
draw(struct gw_rng *r, double mean, double sd)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += gw_rng_unit(r);
	return mean + sd * sum;
}

/* In how many of 1000 runs it rejects within n values. */
static int
rejections(double mean, double sd, int n, double a)
{
	struct gw_sequential s;
	struct gw_rng r;
	int hits = 0;

	gw_rng_seed(&r, 7);
	for (int run = 0; run < 1000; run++) {
		gw_sequential_init(&s, BOUND);
		for (int i = 0; i < n; i++)
			gw_sequential_add(&s, draw(&r, mean, sd));
		hits += gw_sequential_rejects(&s, a);
	}
	return hits;
}

START_TEST(looking_after_every_value_keeps_the_error_rate)
{
	ck_assert_int_le(rejections(0, 0.02, 500, 0.05), 65);
	ck_assert_int_le(rejections(0, 0.2, 500, 0.05), 65);
	ck_assert_int_le(rejections(-0.005, 0.02, 500, 0.05), 10);
}
END_TEST

START_TEST(a_clear_difference_is_seen_soon)
{
	ck_assert_int_ge(rejections(0.02, 0.02, 80, 0.05), 950);
	ck_assert_int_ge(rejections(0.05, 0.03, 30, 0.05), 900);
}
END_TEST

START_TEST(wealth_is_the_product_of_the_bets)
{
	struct gw_sequential s;

	/* The first bet is capped at 1/(2c) = 5: 1 + 5 * 0.1. */
	gw_sequential_init(&s, BOUND);
	gw_sequential_add(&s, 0.1);
	ck_assert_double_eq_tol(s.log_wealth, log(1.5), 1e-12);
	gw_sequential_add(&s, 7);		/* counts as 0.1 */
	ck_assert_double_eq_tol(s.log_wealth, log(2.25), 1e-12);
	ck_assert(!gw_sequential_rejects(&s, 0.4));
	ck_assert(gw_sequential_rejects(&s, 0.5));
	/* What was once rejected stays so. */
	for (int i = 0; i < 50; i++)
		gw_sequential_add(&s, -1);
	ck_assert(gw_sequential_rejects(&s, 0.5));
	ck_assert_double_lt(s.log_wealth, 0);
}
END_TEST

Suite *
check_sequential_suite(void)
{
	Suite *s = suite_create("sequential");
	TCase *t = tcase_create("sequential");

	tcase_add_test(t, looking_after_every_value_keeps_the_error_rate);
	tcase_add_test(t, a_clear_difference_is_seen_soon);
	tcase_add_test(t, wealth_is_the_product_of_the_bets);
	suite_add_tcase(s, t);
	return s;
}
