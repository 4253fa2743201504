/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_input.c - messages out of a file or pipe, whatever the pieces it comes in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>
#include <unistd.h>

#include "apps/input.h"
#include "base/slice.h"
#include "tests/apps/fixture.h"
#include "tests/support/fail_alloc.h"

static struct fixture	f;
static char		path[TEST_PATH_MAX];

static void
setup(void)
{
	fixture_init(&f);
	test_path(f.dir, "in", path);
}

static void
teardown(void)
{
	fixture_fini(&f);
}

/* All messages, each followed by '|', into out. */
static int
read_all(struct gw_env *env, const char *delimiter, char *out, size_t cap)
{
	struct gw_input in;
	struct gw_slice m;
	struct gw_err err;
	size_t at = 0;
	int rc;

	rc = gw_input_open(&in, env, path, gw_str(delimiter), &err);
	out[0] = '\0';
	while (rc == 0) {
		rc = gw_input_next(&in, &m);
		if (rc == 0)
			break;
		if (rc > 0) {
			at += (size_t)snprintf(out + at, cap - at, "%.*s|", GW_FMT(m));
			rc = 0;
		} else {
			rc = gw_input_read(&in, &err);
		}
	}
	gw_input_close(&in);
	return rc;
}

static void
expect(const char *text, const char *delimiter, const char *want)
{
	char got[256];

	test_write(path, text, strlen(text));
	ck_assert_int_eq(read_all(f.env, delimiter, got, sizeof(got)), 0);
	ck_assert_str_eq(got, want);
}

START_TEST(lines_are_cut_at_the_delimiter)
{
	expect("a\nb\nc\n", "\n", "a|b|c|");
	expect("a\n\nb", "\n", "a||b|");
	expect("", "\n", "");
	expect("\n", "\n", "|");
	expect("a--b-c--", "--", "a|b-c|");
	expect("a---b", "--", "a|-b|");
	expect("a-", "--", "a-|");
}
END_TEST

START_TEST(a_message_may_come_in_pieces)
{
	struct gw_input in;
	struct gw_slice m;
	int fds[2];

	ck_assert_int_eq(gw_input_open(&in, f.env, NULL, GW_LIT("=="), NULL), 0);
	ck_assert_int_eq(pipe(fds), 0);
	in.fd = fds[0];
	for (const char *p = "one==tw=o==="; *p != '\0'; p++) {
		ck_assert_int_eq(write(fds[1], p, 1), 1);
		ck_assert_int_eq(gw_input_read(&in, NULL), 0);
		if (in.n_messages == 0 && gw_input_next(&in, &m) > 0)
			ck_assert(gw_slice_is(m, "one"));
	}
	ck_assert_int_eq(gw_input_next(&in, &m), 1);
	ck_assert(gw_slice_is(m, "tw=o"));
	ck_assert_int_eq(gw_input_next(&in, &m), GW_EAGAIN);
	close(fds[1]);
	ck_assert_int_eq(gw_input_read(&in, NULL), 0);
	ck_assert_int_eq(gw_input_next(&in, &m), 1);
	ck_assert(gw_slice_is(m, "="));
	ck_assert_int_eq(gw_input_next(&in, &m), 0);
	gw_input_close(&in);
	close(fds[0]);
}
END_TEST

START_TEST(a_message_may_be_longer_than_one_read)
{
	struct gw_input in;
	struct gw_slice m;
	char *text = f.env->alloc->resize(f.env->alloc->ctx, NULL, 0, 300001);
	int rc;

	memset(text, 'x', 300000);
	text[150000] = '\n';
	test_write(path, text, 300000);
	f.env->alloc->resize(f.env->alloc->ctx, text, 300001, 0);
	ck_assert_int_eq(gw_input_open(&in, f.env, path, GW_LIT("\n"), NULL), 0);
	while ((rc = gw_input_next(&in, &m)) == GW_EAGAIN)
		ck_assert_int_eq(gw_input_read(&in, NULL), 0);
	ck_assert_int_eq(rc, 1);
	ck_assert_uint_eq(m.len, 150000);
	while ((rc = gw_input_next(&in, &m)) == GW_EAGAIN)
		ck_assert_int_eq(gw_input_read(&in, NULL), 0);
	ck_assert_int_eq(rc, 1);
	ck_assert_uint_eq(m.len, 149999);
	gw_input_close(&in);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	struct gw_input in;
	struct gw_err err;

	ck_assert_int_eq(gw_input_open(&in, f.env, path, GW_LIT("\n"), &err), GW_EIO);
	ck_assert_int_eq(err.code, GW_EIO);
	ck_assert_ptr_nonnull(strstr(err.msg, path));
	gw_input_close(&in);
}
END_TEST

static int
read_with(struct gw_alloc *a, void *arg)
{
	struct gw_env env = *f.env;
	char got[256];

	(void)arg;
	env.alloc = a;
	return read_all(&env, "\n", got, sizeof(got));
}

START_TEST(every_failed_allocation_is_told)
{
	test_write(path, "a\nb\n", 4);
	ck_assert_uint_ge(fail_alloc_sweep(read_with, NULL), 1);
}
END_TEST

Suite *
check_input_suite(void)
{
	Suite *s = suite_create("input");
	TCase *tc = tcase_create("input");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, lines_are_cut_at_the_delimiter);
	tcase_add_test(tc, a_message_may_come_in_pieces);
	tcase_add_test(tc, a_message_may_be_longer_than_one_read);
	tcase_add_test(tc, a_file_that_is_not_there_is_named);
	tcase_add_test(tc, every_failed_allocation_is_told);
	suite_add_tcase(s, tc);
	return s;
}
