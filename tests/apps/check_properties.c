/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_properties.c - files of Java properties, and what ${...} in them brings.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdlib.h>

#include "apps/properties.h"
#include "tests/apps/fixture.h"
#include "tests/support/fail_alloc.h"

static struct fixture		 f;
static struct gw_properties	 p;
static char			 path[TEST_PATH_MAX], secret[TEST_PATH_MAX];

static void
setup(void)
{
	fixture_init(&f);
	test_path(f.dir, "x.properties", path);
	test_path(f.dir, "secret", secret);
	gw_properties_init(&p, f.env);
}

static void
teardown(void)
{
	gw_properties_fini(&p);
	fixture_fini(&f);
}

static void
read_text(const char *text)
{
	struct gw_err err = { .msg = "" };

	gw_properties_fini(&p);
	test_write(path, text, strlen(text));
	ck_assert_msg(gw_properties_read(&p, path, &err) == 0, "%s", err.msg);
}

static void
expect(size_t i, size_t line, const char *key, const char *value)
{
	ck_assert_uint_lt(i, p.n);
	ck_assert_str_eq(p.list[i].key, key);
	ck_assert_msg(p.list[i].value != NULL, "%s", p.list[i].why);
	ck_assert_str_eq(p.list[i].value, value);
	ck_assert_uint_eq(p.list[i].line, line);
}

START_TEST(the_three_separators_and_blanks_are_javas)
{
	read_text("a=1\n  b : 2\nc 3\nd=\n\te\t=\t= x \nf");
	ck_assert_uint_eq(p.n, 6);
	expect(0, 1, "a", "1");
	expect(1, 2, "b", "2");
	expect(2, 3, "c", "3");
	expect(3, 4, "d", "");
	expect(4, 5, "e", "= x ");
	expect(5, 6, "f", "");
}
END_TEST

START_TEST(comments_and_empty_lines_are_passed_over)
{
	read_text("# a=1\n\n   ! b=2\n \r\nc=3\r\n");
	ck_assert_uint_eq(p.n, 1);
	expect(0, 5, "c", "3");
}
END_TEST

START_TEST(a_backslash_at_the_end_continues_the_line)
{
	read_text("a=one,\\\n   two,\\\n\tthree\nb=x\\\\\nc=1\\");
	ck_assert_uint_eq(p.n, 3);
	expect(0, 1, "a", "one,two,three");
	expect(1, 4, "b", "x\\");
	expect(2, 5, "c", "1");
}
END_TEST

START_TEST(escapes_are_javas)
{
	read_text("a\\=b\\:c\\ d=\\t\\u00e9\\u20AC\\q\\#\n");
	expect(0, 1, "a=b:c d", "\t\xc3\xa9\xe2\x82\xacq#");
}
END_TEST

START_TEST(a_wrong_escape_is_told_with_its_line)
{
	read_text("a=1\nb=\\u12\nc=\\ud800\n");
	ck_assert_uint_eq(p.n, 3);
	ck_assert_ptr_null(p.list[1].value);
	ck_assert_ptr_nonnull(strstr(p.list[1].why, "hexadecimal"));
	ck_assert_uint_eq(p.list[2].line, 3);
	ck_assert_ptr_null(p.list[2].value);
}
END_TEST

START_TEST(secrets_come_from_environment_and_files)
{
	char text[2 * TEST_PATH_MAX];

	setenv("GW_TEST_WORD", "from env", 1);
	test_write(secret, "s3cr=t\r\n", 8);
	snprintf(text, sizeof(text), "a=<${env:GW_TEST_WORD}>\nb=${file:%s}\nc=${x}$\n", secret);
	read_text(text);
	expect(0, 1, "a", "<from env>");
	expect(1, 2, "b", "s3cr=t");
	expect(2, 3, "c", "${x}$");
}
END_TEST

START_TEST(what_cannot_be_had_is_named)
{
	unsetenv("GW_TEST_NOT_THERE");
	test_write(secret, "two\nlines\n", 10);
	read_text("a=${env:GW_TEST_NOT_THERE}\nb=${file:/no/such/file}\nc=${env:X\n");
	ck_assert_ptr_nonnull(strstr(p.list[0].why, "GW_TEST_NOT_THERE"));
	ck_assert_ptr_nonnull(strstr(p.list[1].why, "/no/such/file"));
	ck_assert_ptr_nonnull(strstr(p.list[2].why, "}"));
}
END_TEST

START_TEST(a_value_of_two_lines_is_refused)
{
	char text[2 * TEST_PATH_MAX];

	test_write(secret, "two\nlines\n", 10);
	snprintf(text, sizeof(text), "a=${file:%s}\n", secret);
	read_text(text);
	ck_assert_ptr_null(p.list[0].value);
	ck_assert_ptr_nonnull(strstr(p.list[0].why, "more than one line"));
}
END_TEST

START_TEST(no_text_and_no_file_are_refused)
{
	struct gw_err err = { .msg = "" };

	ck_assert_int_eq(gw_properties_read(&p, "/no/such/file", &err), GW_EIO);
	test_write(path, "a=\0", 3);
	ck_assert_int_eq(gw_properties_read(&p, path, &err), GW_EINVAL);
}
END_TEST

static int
read_with(struct gw_alloc *a, void *arg)
{
	struct gw_properties mine;
	struct gw_env env = *f.env;
	struct gw_err err;
	int rc;

	(void)arg;
	env.alloc = a;
	gw_properties_init(&mine, &env);
	rc = gw_properties_read(&mine, path, &err);
	gw_properties_fini(&mine);
	return rc;
}

START_TEST(any_allocation_may_fail)
{
	static const char text[] = "a=1\nb=${env:PATH}\nc=two \\\n  lines\nd=\\ux\n";

	test_write(path, text, sizeof(text) - 1);
	ck_assert_uint_gt(fail_alloc_sweep(read_with, NULL), 10);
}
END_TEST

Suite *
check_properties_suite(void)
{
	Suite *s = suite_create("properties");
	TCase *tc = tcase_create("properties");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_three_separators_and_blanks_are_javas);
	tcase_add_test(tc, comments_and_empty_lines_are_passed_over);
	tcase_add_test(tc, a_backslash_at_the_end_continues_the_line);
	tcase_add_test(tc, escapes_are_javas);
	tcase_add_test(tc, a_wrong_escape_is_told_with_its_line);
	tcase_add_test(tc, secrets_come_from_environment_and_files);
	tcase_add_test(tc, what_cannot_be_had_is_named);
	tcase_add_test(tc, a_value_of_two_lines_is_refused);
	tcase_add_test(tc, no_text_and_no_file_are_refused);
	tcase_add_test(tc, any_allocation_may_fail);
	suite_add_tcase(s, tc);
	return s;
}
