/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_scaler.c - the same means and deviations as StandardScaler.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include "ml/scaler.h"
#include "tests/ml/sample.h"

START_TEST(means_and_scales_are_those_of_scikit_learn)
{
	static const double want_mean[] = { -0.43799999999999983, -0.44916666666666677,
		0.3733333333333332, 1.4603333333333333 };
	static const double want_scale[] = { 2.9447030410552437, 2.5756172669004136,
		3.0335719686351412, 6.025993684770081 };
	double mean[SAMPLE_COLUMNS], scale[SAMPLE_COLUMNS];
	struct sample s;

	sample_init(&s);
	gw_scaler_fit(&s.x, mean, scale);
	for (size_t j = 0; j < SAMPLE_COLUMNS; j++) {
		assert_near(mean[j], want_mean[j], 1e-14);
		assert_near(scale[j], want_scale[j], 1e-14);
	}
	sample_fini(&s);
}
END_TEST

START_TEST(scaled_columns_have_mean_zero_and_deviation_one)
{
	double mean[SAMPLE_COLUMNS], scale[SAMPLE_COLUMNS];
	struct sample s;

	sample_init(&s);
	gw_scaler_fit(&s.x, mean, scale);
	gw_scaler_apply(&s.x, mean, scale);
	gw_scaler_fit(&s.x, mean, scale);
	for (size_t j = 0; j < SAMPLE_COLUMNS; j++) {
		assert_near(mean[j], 0, 1e-14);
		assert_near(scale[j], 1, 1e-14);
	}
	sample_fini(&s);
}
END_TEST

START_TEST(a_constant_column_gets_scale_one_even_when_its_mean_rounds)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	double mean[2], scale[2];
	struct gw_matrix m;

	gw_matrix_init(&m, &alloc, 2);
	for (size_t i = 0; i < 1001; i++) {
		double *row = gw_matrix_add(&m);

		ck_assert_ptr_nonnull(row);
		row[0] = 0.1;	/* 1001 of them do not sum to 100.1 exactly */
		row[1] = 0;
	}
	gw_scaler_fit(&m, mean, scale);
	ck_assert(scale[0] == 1 && scale[1] == 1);
	gw_matrix_fini(&m);
}
END_TEST

Suite *
check_scaler_suite(void)
{
	Suite *s = suite_create("ml/scaler");
	TCase *t = tcase_create("scaler");

	tcase_add_test(t, means_and_scales_are_those_of_scikit_learn);
	tcase_add_test(t, scaled_columns_have_mean_zero_and_deviation_one);
	tcase_add_test(t, a_constant_column_gets_scale_one_even_when_its_mean_rounds);
	suite_add_tcase(s, t);
	return s;
}
