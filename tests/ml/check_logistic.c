/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_logistic.c - known answers of scikit-learn, the gradient by finite differences.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "base/rng.h"
#include "ml/logistic.h"
#include "tests/ml/sample.h"

static struct gw_logistic
fitted(struct sample *s, double *coef)
{
	struct gw_logistic fit = { .z = &s->x, .y = s->won, .c = 0.5, .coef = coef };
	struct gw_err err;

	ck_assert_msg(gw_logistic_fit(&s->alloc, &fit, &err) == 0, "%s", err.msg);
	return fit;
}

/* 1/2 w'w + C sum log(1 + exp(-s f)), written anew. */
static double
objective(const struct sample *s, const double *w, double b, double c)
{
	double f = 0;

	for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
		f += w[j] * w[j] / 2;
	for (size_t i = 0; i < SAMPLE_ROWS; i++) {
		double margin = b;

		for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
			margin += w[j] * gw_matrix_row(&s->x, i)[j];
		f += c * log(1 + exp(s->won[i] == 1 ? -margin : margin));
	}
	return f;
}

START_TEST(coefficients_are_those_of_scikit_learn)
{
	/* LogisticRegression(C=0.5, tol=1e-14, solver="newton-cholesky") */
	static const double want[] = { 0.5048792381859551, 0.21686709014841757,
		-0.6300131962365206, 0.07114505788912011 };
	double coef[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct sample s;

	sample_init(&s);
	fit = fitted(&s, coef);
	for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
		assert_near(coef[j], want[j], 1e-12);
	assert_near(fit.intercept, -0.35620348793612816, 1e-12);
	assert_near(fit.log_loss, 0.3665044836579644, 1e-9);
	ck_assert_int_le(fit.steps, 10);
	sample_fini(&s);
}
END_TEST

START_TEST(the_gradient_is_zero_at_the_optimum_by_finite_differences)
{
	const double h = 1e-5;
	double w[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct sample s;

	sample_init(&s);
	fit = fitted(&s, w);
	for (size_t j = 0; j < SAMPLE_COLUMNS; j++) {
		double at = w[j], up, down;

		w[j] = at + h;
		up = objective(&s, w, fit.intercept, 0.5);
		w[j] = at - h;
		down = objective(&s, w, fit.intercept, 0.5);
		w[j] = at;
		assert_near((up - down) / (2 * h), 0, 1e-7);
	}
	assert_near((objective(&s, w, fit.intercept + h, 0.5) -
	    objective(&s, w, fit.intercept - h, 0.5)) / (2 * h), 0, 1e-7);
	sample_fini(&s);
}
END_TEST

START_TEST(separable_rows_converge_because_of_the_penalty)
{
	double coef[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct sample s;

	sample_init(&s);
	for (size_t i = 0; i < SAMPLE_ROWS; i++)
		s.won[i] = gw_matrix_row(&s.x, i)[2] > 0;
	fit = fitted(&s, coef);
	ck_assert(coef[2] > 0.5 && isfinite(coef[2]) && isfinite(fit.intercept));
	sample_fini(&s);
}
END_TEST

START_TEST(huge_features_converge_by_line_search)
{
	double coef[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct sample s;

	sample_init(&s);
	for (size_t i = 0; i < SAMPLE_ROWS; i++)
		for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
			gw_matrix_row(&s.x, i)[j] *= 1e4;
	fit = fitted(&s, coef);
	ck_assert(isfinite(fit.intercept) && fit.log_loss < 0.37);
	sample_fini(&s);
}
END_TEST

#define MANY	140000
#define TERMS	4

/*
 * More rows than a Hessian is made of, by row: one of four terms that are there in every row, or
 * only where that Hessian does not look, or so large in few that it is all that they say.
 */
static void
fill_many(struct sample *s, struct gw_matrix *x, double *won, int kind)
{
	struct gw_rng rng;

	gw_rng_seed(&rng, 5);
	gw_matrix_init(x, &s->alloc, TERMS);
	ck_assert_ptr_nonnull(gw_matrix_add_rows(x, MANY));
	for (size_t i = 0; i < MANY; i++) {
		double *row = gw_matrix_row(x, i), f = 0.3;

		for (size_t j = 0; j < TERMS; j++)
			row[j] = gw_rng_unit(&rng) * 2 - 1;
		if (kind == 1 && i % 5 == 0)
			row[2] = 0;
		if (kind == 2)
			row[2] = i % 1000 == 7 ? 300 : 0;
		for (size_t j = 0; j < TERMS; j++)
			f += row[j] * (double)(j + 1) / 2;
		won[i] = gw_rng_unit(&rng) < gw_sigmoid(f);
	}
}

START_TEST(many_rows_end_where_the_gradient_is_zero)
{
	double coef[TERMS], g[TERMS + 1] = { 0 }, *won;
	struct gw_logistic fit;
	struct gw_matrix x;
	struct gw_err err;
	struct sample s;

	sample_init(&s);
	won = gw_alloc_zero(&s.alloc, MANY, sizeof(*won));
	ck_assert_ptr_nonnull(won);
	fill_many(&s, &x, won, _i);
	fit = (struct gw_logistic){ .z = &x, .y = won, .c = 1, .coef = coef };
	ck_assert_msg(gw_logistic_fit(&s.alloc, &fit, &err) == 0, "%s", err.msg);
	for (size_t i = 0; i < MANY; i++) {
		const double *row = gw_matrix_row(&x, i);
		double p = gw_sigmoid(gw_dot(coef, row, TERMS) + fit.intercept);

		for (size_t j = 0; j < TERMS; j++)
			g[j] += (p - won[i]) * row[j];
		g[TERMS] += p - won[i];
	}
	for (size_t j = 0; j < TERMS; j++)
		assert_near(g[j] + coef[j], 0, 2e-8);
	assert_near(g[TERMS], 0, 2e-8);
	gw_matrix_fini(&x);
	gw_alloc_free(&s.alloc, won);
	sample_fini(&s);
}
END_TEST

START_TEST(one_outcome_only_is_refused)
{
	double coef[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct gw_err err;
	struct sample s;

	sample_init(&s);
	for (size_t i = 0; i < SAMPLE_ROWS; i++)
		s.won[i] = 1;
	fit = (struct gw_logistic){ .z = &s.x, .y = s.won, .c = 1, .coef = coef };
	ck_assert_int_eq(gw_logistic_fit(&s.alloc, &fit, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "same outcome"));
	sample_fini(&s);
}
END_TEST

START_TEST(an_infinite_feature_is_refused)
{
	double coef[SAMPLE_COLUMNS];
	struct gw_logistic fit;
	struct gw_err err;
	struct sample s;

	sample_init(&s);
	gw_matrix_row(&s.x, 3)[1] = INFINITY;
	fit = (struct gw_logistic){ .z = &s.x, .y = s.won, .c = 1, .coef = coef };
	ck_assert_int_eq(gw_logistic_fit(&s.alloc, &fit, &err), GW_EDATA);
	sample_fini(&s);
}
END_TEST

START_TEST(the_sigmoid_does_not_overflow)
{
	ck_assert(gw_sigmoid(0) == 0.5);
	ck_assert(gw_sigmoid(1000) == 1 && gw_sigmoid(-1000) == 0);
	ck_assert(gw_sigmoid(INFINITY) == 1 && gw_sigmoid(-INFINITY) == 0);
	assert_near(gw_sigmoid(-3) + gw_sigmoid(3), 1, 4e-16);
}
END_TEST

Suite *
check_logistic_suite(void)
{
	Suite *s = suite_create("ml/logistic");
	TCase *t = tcase_create("logistic");

	tcase_add_test(t, coefficients_are_those_of_scikit_learn);
	tcase_add_test(t, the_gradient_is_zero_at_the_optimum_by_finite_differences);
	tcase_add_test(t, separable_rows_converge_because_of_the_penalty);
	tcase_add_test(t, huge_features_converge_by_line_search);
	tcase_add_loop_test(t, many_rows_end_where_the_gradient_is_zero, 0, 3);
	tcase_add_test(t, one_outcome_only_is_refused);
	tcase_add_test(t, an_infinite_feature_is_refused);
	tcase_add_test(t, the_sigmoid_does_not_overflow);
	suite_add_tcase(s, t);
	return s;
}
