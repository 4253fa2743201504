/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_matrix.c - rows that grow; Cholesky on matrices with known factors.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include "ml/matrix.h"
#include "tests/ml/sample.h"

START_TEST(rows_keep_their_values_while_the_table_grows)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_matrix m;

	gw_matrix_init(&m, &alloc, 3);
	for (size_t i = 0; i < 1000; i++) {
		double *row = gw_matrix_add(&m);

		ck_assert_ptr_nonnull(row);
		row[0] = (double)i;
		row[2] = -(double)i;
	}
	ck_assert_uint_eq(m.n, 1000);
	for (size_t i = 0; i < 1000; i++) {
		ck_assert(gw_matrix_row(&m, i)[0] == (double)i);
		ck_assert(gw_matrix_row(&m, i)[2] == -(double)i);
	}
	gw_matrix_fini(&m);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(cholesky_finds_the_factor_it_was_made_of)
{
	/* L = [2 0 0; 6 1 0; -8 5 3], A = L L' (the textbook example). */
	double a[9] = { 4, 12, -16, 12, 37, -43, -16, -43, 98 };

	ck_assert_int_eq(gw_cholesky(a, 3), 0);
	ck_assert(a[0] == 2 && a[3] == 6 && a[4] == 1 && a[6] == -8 && a[7] == 5 && a[8] == 3);
}
END_TEST

START_TEST(cholesky_solves)
{
	double a[9] = { 4, 12, -16, 12, 37, -43, -16, -43, 98 };
	double b[3] = { 4 + 2 * 12 - 3 * 16, 12 + 2 * 37 - 3 * 43, -16 - 2 * 43 + 3 * 98 };

	ck_assert_int_eq(gw_cholesky(a, 3), 0);
	gw_cholesky_solve(a, 3, b);
	assert_near(b[0], 1, 1e-12);
	assert_near(b[1], 2, 1e-12);
	assert_near(b[2], 3, 1e-12);
}
END_TEST

START_TEST(cholesky_refuses_what_is_not_positive_definite)
{
	double negative[4] = { 1, 0, 0, -1 }, singular[4] = { 1, 1, 1, 1 };
	double nan[4] = { 0.0 / 0.0, 0, 0, 1 };

	ck_assert_int_eq(gw_cholesky(negative, 2), GW_EDATA);
	ck_assert_int_eq(gw_cholesky(singular, 2), GW_EDATA);
	ck_assert_int_eq(gw_cholesky(nan, 2), GW_EDATA);
}
END_TEST

START_TEST(elimination_solves_what_is_neither_symmetric_nor_in_order)
{
	double a[9] = { 0, 2, 1, 1, -2, 0, 4, 1, -3 }, b[3] = { 7, -3, -3 };
	double singular[4] = { 1, 2, 2, 4 }, c[2] = { 1, 1 }, nan[1] = { 0.0 / 0.0 };

	ck_assert_int_eq(gw_solve(a, 3, b), 0);
	assert_near(b[0], 1, 1e-12);
	assert_near(b[1], 2, 1e-12);
	assert_near(b[2], 3, 1e-12);
	ck_assert_int_eq(gw_solve(singular, 2, c), GW_EDATA);
	ck_assert_int_eq(gw_solve(nan, 1, c), GW_EDATA);
}
END_TEST

Suite *
check_matrix_suite(void)
{
	Suite *s = suite_create("ml/matrix");
	TCase *t = tcase_create("matrix");

	tcase_add_test(t, rows_keep_their_values_while_the_table_grows);
	tcase_add_test(t, cholesky_finds_the_factor_it_was_made_of);
	tcase_add_test(t, cholesky_solves);
	tcase_add_test(t, cholesky_refuses_what_is_not_positive_definite);
	tcase_add_test(t, elimination_solves_what_is_neither_symmetric_nor_in_order);
	suite_add_tcase(s, t);
	return s;
}
