/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_linear.c - predictions of scikit-learn, dependent columns, the normal equations.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "ml/linear.h"
#include "ml/metrics.h"
#include "tests/ml/sample.h"

struct fitted {
	struct gw_linear	fit;
	double			coef[2][SAMPLE_COLUMNS];
	bool			dropped[SAMPLE_COLUMNS];
};

static void
fit(struct sample *s, struct fitted *f)
{
	f->fit = (struct gw_linear){ .z = &s->x,
		.n_targets = 2,
		.dropped = f->dropped,
		.targets = {
		    { .y = s->score, .coef = f->coef[0] }, { .y = s->won, .coef = f->coef[1] } } };
	ck_assert_int_eq(gw_linear_fit(&s->alloc, &f->fit, NULL), 0);
}

static double
predict(const struct sample *s, const struct fitted *f, size_t target, size_t i)
{
	double y = f->fit.targets[target].intercept;

	for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
		y += f->coef[target][j] * gw_matrix_row(&s->x, i)[j];
	return y;
}

START_TEST(predictions_are_those_of_scikit_learn)
{
	static const double want[] = { -6.839811649465947, 0.9045927274174441, 7.240433308212526 };
	double predicted[SAMPLE_ROWS];
	struct gw_error_metrics m;
	struct fitted f;
	struct sample s;

	sample_init(&s);
	fit(&s, &f);
	for (size_t i = 0; i < SAMPLE_ROWS; i++)
		predicted[i] = predict(&s, &f, 0, i);
	for (size_t i = 0; i < GW_N(want); i++)
		assert_near(predicted[i], want[i], 1e-12);
	gw_error_metrics(predicted, s.score, SAMPLE_ROWS, &m);
	assert_near(m.mae, 2.4604636472704198, 1e-12);
	assert_near(m.rmse, 2.8847237425763623, 1e-12);
	sample_fini(&s);
}
END_TEST

START_TEST(a_dependent_column_is_reported_and_left_at_zero)
{
	struct fitted f;
	struct sample s;

	sample_init(&s);
	fit(&s, &f);
	ck_assert_uint_eq(f.fit.rank, 3);
	ck_assert(!f.dropped[0] && !f.dropped[1] && !f.dropped[2] && f.dropped[3]);
	ck_assert(f.coef[0][3] == 0 && f.coef[1][3] == 0);
	sample_fini(&s);
}
END_TEST

START_TEST(a_dependent_column_in_the_middle_does_not_spoil_those_after_it)
{
	struct fitted in_order, moved;
	struct sample s;
	double a, b;

	sample_init(&s);
	fit(&s, &in_order);
	a = predict(&s, &in_order, 0, 7);
	/* The combination now stands third, what it was made of stands around it. */
	for (size_t i = 0; i < SAMPLE_ROWS; i++) {
		double *x = gw_matrix_row(&s.x, i), t = x[2];

		x[2] = x[3];
		x[3] = t;
	}
	fit(&s, &moved);
	b = predict(&s, &moved, 0, 7);
	ck_assert(moved.dropped[2] && !moved.dropped[3] && moved.fit.rank == 3);
	assert_near(a, b, 1e-12);
	sample_fini(&s);
}
END_TEST

START_TEST(a_constant_column_depends_on_the_intercept)
{
	struct fitted f;
	struct sample s;

	sample_init(&s);
	for (size_t i = 0; i < SAMPLE_ROWS; i++)
		gw_matrix_row(&s.x, i)[1] = 4;
	fit(&s, &f);
	ck_assert(f.dropped[1] && f.coef[0][1] == 0);
	sample_fini(&s);
}
END_TEST

START_TEST(residuals_are_orthogonal_to_every_column)
{
	double sums[SAMPLE_COLUMNS + 1] = { 0 };
	struct fitted f;
	struct sample s;

	sample_init(&s);
	fit(&s, &f);
	for (size_t i = 0; i < SAMPLE_ROWS; i++) {
		double rest = s.won[i] - predict(&s, &f, 1, i);

		sums[SAMPLE_COLUMNS] += rest;
		for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
			sums[j] += rest * gw_matrix_row(&s.x, i)[j];
	}
	for (size_t j = 0; j <= SAMPLE_COLUMNS; j++)
		assert_near(sums[j], 0, 1e-11);
	sample_fini(&s);
}
END_TEST

START_TEST(rows_beyond_one_block_count_the_same)
{
	struct fitted once, often;
	struct sample s;

	sample_init(&s);
	fit(&s, &once);
	sample_fini(&s);
	sample_init(&s);
	/* The same rows ten times over: 600, more than two blocks; the optimum does not move. */
	{
		static double score[SAMPLE_ROWS * 10], won[SAMPLE_ROWS * 10];

		for (size_t i = SAMPLE_ROWS; i < SAMPLE_ROWS * 10; i++) {
			double *row = gw_matrix_add(&s.x);

			ck_assert_ptr_nonnull(row);
			memcpy(row, gw_matrix_row(&s.x, i % SAMPLE_ROWS),
			    SAMPLE_COLUMNS * sizeof(double));
		}
		for (size_t i = 0; i < SAMPLE_ROWS * 10; i++) {
			score[i] = s.score[i % SAMPLE_ROWS];
			won[i] = s.won[i % SAMPLE_ROWS];
		}
		often.fit = (struct gw_linear){ .z = &s.x, .n_targets = 2, .dropped = often.dropped,
			.targets = { { .y = score, .coef = often.coef[0] },
			    { .y = won, .coef = often.coef[1] } } };
		ck_assert_int_eq(gw_linear_fit(&s.alloc, &often.fit, NULL), 0);
	}
	for (size_t j = 0; j < SAMPLE_COLUMNS; j++)
		assert_near(often.coef[0][j], once.coef[0][j], 1e-12);
	assert_near(often.fit.targets[0].intercept, once.fit.targets[0].intercept, 1e-12);
	sample_fini(&s);
}
END_TEST

Suite *
check_linear_suite(void)
{
	Suite *s = suite_create("ml/linear");
	TCase *t = tcase_create("linear");

	tcase_add_test(t, predictions_are_those_of_scikit_learn);
	tcase_add_test(t, a_dependent_column_is_reported_and_left_at_zero);
	tcase_add_test(t, a_dependent_column_in_the_middle_does_not_spoil_those_after_it);
	tcase_add_test(t, a_constant_column_depends_on_the_intercept);
	tcase_add_test(t, residuals_are_orthogonal_to_every_column);
	tcase_add_test(t, rows_beyond_one_block_count_the_same);
	suite_add_tcase(s, t);
	return s;
}
