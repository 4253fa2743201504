/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_table.c - aligned columns.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include "apps/table.h"
#include "tests/apps/fixture.h"
#include "tests/support/fail_alloc.h"

static const struct gw_column columns[] = { { "NAME", false }, { "N", true }, { "LAST", false } };

START_TEST(columns_are_as_wide_as_their_widest_cell)
{
	struct fixture f;
	struct gw_app app;
	struct gw_table t;

	fixture_init(&f);
	fixture_app(&f, &app);
	gw_table_init(&t, f.env->alloc, columns, GW_N(columns));
	gw_table_cell(&t, "a");
	gw_table_cell(&t, "%d", 12345);
	gw_table_cell(&t, "x");
	gw_table_cell(&t, "n\xc3\xa4mliches");
	gw_table_cell(&t, "%d", 6);
	gw_table_cell(&t, "a longer end");
	gw_table_print(&t, &app);
	gw_app_flush(&app);
	gw_table_fini(&t);
	fixture_app_end(&f, &app);
	ck_assert_str_eq(f.out,
	    "NAME           N  LAST\n"
	    "a          12345  x\n"
	    "n\xc3\xa4mliches      6  a longer end\n");
	fixture_fini(&f);
}
END_TEST

START_TEST(control_bytes_of_others_do_not_reach_the_terminal)
{
	struct fixture f;
	struct gw_app app;
	struct gw_table t;

	fixture_init(&f);
	fixture_app(&f, &app);
	gw_table_init(&t, f.env->alloc, columns, 1);
	gw_table_cell(&t, "\033[2Jevil\n");
	gw_table_print(&t, &app);
	gw_app_flush(&app);
	gw_table_fini(&t);
	fixture_app_end(&f, &app);
	ck_assert_str_eq(f.out, "NAME\n?[2Jevil?\n");
	fixture_fini(&f);
}
END_TEST

static int
fill(struct gw_alloc *a, void *arg)
{
	struct gw_table t;
	int rc;

	(void)arg;
	gw_table_init(&t, a, columns, GW_N(columns));
	for (int i = 0; i < 100; i++)
		gw_table_cell(&t, "cell %d", i);
	rc = t.cells.err;
	gw_table_fini(&t);
	return rc;
}

START_TEST(memory_that_runs_out_is_noticed)
{
	ck_assert_uint_gt(fail_alloc_sweep(fill, NULL), 1);
}
END_TEST

Suite *
check_table_suite(void)
{
	Suite *s = suite_create("table");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, columns_are_as_wide_as_their_widest_cell);
	tcase_add_test(tc, control_bytes_of_others_do_not_reach_the_terminal);
	tcase_add_test(tc, memory_that_runs_out_is_noticed);
	suite_add_tcase(s, tc);
	return s;
}
