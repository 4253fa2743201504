/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_metrics.c - values of scikit-learn, and cases one can do by hand.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "ml/logistic.h"
#include "ml/metrics.h"
#include "tests/ml/sample.h"

START_TEST(all_four_are_those_of_scikit_learn)
{
	double coef[SAMPLE_COLUMNS], p[SAMPLE_ROWS];
	struct gw_binary_metrics m;
	struct gw_logistic fit;
	struct sample s;

	sample_init(&s);
	fit = (struct gw_logistic){ .z = &s.x, .y = s.won, .c = 0.5, .coef = coef };
	ck_assert_int_eq(gw_logistic_fit(&s.alloc, &fit, NULL), 0);
	for (size_t i = 0; i < SAMPLE_ROWS; i++) {
		p[i] = fit.intercept;
		for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
			p[i] += coef[j] * gw_matrix_row(&s.x, i)[j];
		p[i] = gw_sigmoid(p[i]);
	}
	ck_assert_int_eq(gw_binary_metrics(&s.alloc, p, s.won, SAMPLE_ROWS, &m), 0);
	ck_assert_uint_eq(m.n, SAMPLE_ROWS);
	assert_near(m.log_loss, 0.3665044836579644, 1e-12);
	assert_near(m.brier, 0.12518999913888446, 1e-12);
	assert_near(m.auc, 0.9085714285714286, 1e-12);
	assert_near(m.ece, 0.1088869168725475, 1e-12);
	sample_fini(&s);
}
END_TEST

START_TEST(ties_count_half_in_the_auc)
{
	static const double p[] = { .1, .4, .4, .35, .8, .8, .8, .5 },
			    y[] = { 0, 0, 1, 1, 1, 0, 1, 1 };
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_binary_metrics m;

	ck_assert_int_eq(gw_binary_metrics(&alloc, p, y, 8, &m), 0);
	assert_near(m.auc, 0.6333333333333333, 1e-15);
	assert_near(m.log_loss, 0.6663963989273894, 1e-15);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(a_constant_forecast_has_an_auc_of_one_half)
{
	static const double p[] = { .3, .3, .3, .3 }, y[] = { 0, 1, 1, 0 };
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_binary_metrics m;

	ck_assert_int_eq(gw_binary_metrics(&alloc, p, y, 4, &m), 0);
	ck_assert(m.auc == 0.5);
	assert_near(m.ece, 0.2, 1e-15);
}
END_TEST

START_TEST(with_one_outcome_only_there_is_no_auc)
{
	static const double p[] = { .3, .9 }, y[] = { 1, 1 };
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_binary_metrics m;

	ck_assert_int_eq(gw_binary_metrics(&alloc, p, y, 2, &m), 0);
	ck_assert(isnan(m.auc));
}
END_TEST

START_TEST(certainty_that_fails_costs_what_the_clip_says)
{
	assert_near(gw_log_loss_of(0, 1), -log(1e-6), 1e-9);
	assert_near(gw_log_loss_of(1, 0), -log(1e-6), 1e-9);
	assert_near(gw_log_loss_of(1, 1), 1e-6, 1e-9);
	ck_assert(gw_log_loss_of(0.5, 1) == log(2));
}
END_TEST

START_TEST(a_probability_of_one_falls_into_the_last_bin)
{
	static const double p[] = { 1, 0.95, 0 }, y[] = { 1, 1, 0 };
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_binary_metrics m;

	ck_assert_int_eq(gw_binary_metrics(&alloc, p, y, 3, &m), 0);
	assert_near(m.ece, 0.05 / 3, 1e-15);
	ck_assert_uint_eq(m.bins[9].n, 2);
	assert_near(m.bins[9].mean_p, 0.975, 1e-15);
	ck_assert(m.bins[9].mean_y == 1);
	ck_assert(m.bins[0].n == 1 && m.bins[5].n == 0 && m.bins[5].mean_p == 0);
}
END_TEST

START_TEST(errors_are_the_mean_and_the_root_of_squares)
{
	static const double f[] = { 1, 2, 3 }, y[] = { 2, 2, 7 };
	struct gw_error_metrics m;

	gw_error_metrics(f, y, 3, &m);
	assert_near(m.mae, 5.0 / 3, 1e-15);
	assert_near(m.rmse, sqrt(17.0 / 3), 1e-15);
}
END_TEST

Suite *
check_metrics_suite(void)
{
	Suite *s = suite_create("ml/metrics");
	TCase *t = tcase_create("metrics");

	tcase_add_test(t, all_four_are_those_of_scikit_learn);
	tcase_add_test(t, ties_count_half_in_the_auc);
	tcase_add_test(t, a_constant_forecast_has_an_auc_of_one_half);
	tcase_add_test(t, with_one_outcome_only_there_is_no_auc);
	tcase_add_test(t, certainty_that_fails_costs_what_the_clip_says);
	tcase_add_test(t, a_probability_of_one_falls_into_the_last_bin);
	tcase_add_test(t, errors_are_the_mean_and_the_root_of_squares);
	suite_add_tcase(s, t);
	return s;
}
