/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_model.c - a model in memory: names, heads, metrics, prediction.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "ml/model.h"
#include "tests/ml/sample.h"

START_TEST(a_linear_head_is_the_dot_product_of_scaled_features)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_model *m = sample_model(&alloc, "m");
	const double x[2] = { 0.1 + 2.0 / 3, 99 };	/* scaled: 2, and a coefficient of 0 */

	assert_near(gw_head_predict(m, gw_model_head(m, "home_score"), x), 23 + 2 * 10.5, 1e-12);
	gw_model_free(m);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(a_logistic_head_is_a_probability)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_model *m = sample_model(&alloc, "m");
	const struct gw_head *h = gw_model_head(m, "home_win");
	const double x[2] = { 0, 0.2 + 7.0 / 3 }, far[2] = { 0, 1e9 };

	assert_near(gw_head_predict(m, h, x), 1 / (1 + exp(-(0.25 - 2))), 1e-12);
	ck_assert(gw_head_predict(m, h, far) == 0);
	gw_model_free(m);
}
END_TEST

START_TEST(a_head_that_is_not_there_is_null)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_model *m = sample_model(&alloc, "m");

	ck_assert_ptr_null(gw_model_head(m, "away_score"));
	ck_assert_ptr_nonnull(gw_model_head(m, "home_score"));
	gw_model_free(m);
	gw_model_free(NULL);
}
END_TEST

START_TEST(a_metric_set_twice_has_the_second_value)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_model *m = sample_model(&alloc, "m");

	ck_assert_uint_eq(m->n_metrics, 2);
	gw_model_metric(m, "brier", 0.5);
	ck_assert_uint_eq(m->n_metrics, 2);
	ck_assert(m->metrics[1].value == 0.5);
	for (int i = 0; i < 2 * GW_MODEL_METRICS_MAX; i++) {
		char name[3] = { 'm', (char)('0' + i / 10), '\0' };

		name[1] = (char)('A' + i);
		if (gw_model_name_ok(gw_str(name)))
			gw_model_metric(m, name, i);
	}
	ck_assert_uint_eq(m->n_metrics, GW_MODEL_METRICS_MAX);
	gw_model_free(m);
}
END_TEST

START_TEST(names_are_letters_digits_and_three_marks)
{
	static const char *const good[] = { "a", "full", "x-1", "A_b.c", "7" };
	static const char *const bad[] = { "", ".", "..", ".x", "-x", "a/b", "a b", "a:b", "a@b",
		"\xc3\xa9", "0123456789012345678901234567890123456789012345678901234567890123" };

	for (size_t i = 0; i < GW_N(good); i++)
		ck_assert_msg(gw_model_name_ok(gw_str(good[i])), "%s", good[i]);
	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(!gw_model_name_ok(gw_str(bad[i])), "%s", bad[i]);
}
END_TEST

Suite *
check_model_suite(void)
{
	Suite *s = suite_create("ml/model");
	TCase *t = tcase_create("model");

	tcase_add_test(t, a_linear_head_is_the_dot_product_of_scaled_features);
	tcase_add_test(t, a_logistic_head_is_a_probability);
	tcase_add_test(t, a_head_that_is_not_there_is_null);
	tcase_add_test(t, a_metric_set_twice_has_the_second_value);
	tcase_add_test(t, names_are_letters_digits_and_three_marks);
	suite_add_tcase(s, t);
	return s;
}
