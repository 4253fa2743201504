/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_proc.c - real child processes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <poll.h>
#include <string.h>

#include "base/err.h"
#include "base/proc.h"
#include "tests/support/fail_alloc.h"

static struct gw_alloc alloc;
static struct gw_proc *proc;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	proc = gw_proc_posix_new(&alloc);
	ck_assert_ptr_nonnull(proc);
}

static void
teardown(void)
{
	gw_proc_posix_free(proc);
	ck_assert_uint_eq(alloc.used, 0);
}

static int
start(const char *a, const char *b, const char *c, struct gw_err *err)
{
	const char *argv[] = { a, b, c, NULL };

	return proc->start(proc->ctx, argv, err);
}

/* All of its output, NUL-terminated. */
static size_t
read_all(int h, char *buf, size_t cap)
{
	size_t len = 0;

	for (;;) {
		struct pollfd fd = { .fd = h, .events = POLLIN };
		ssize_t n = proc->read(proc->ctx, h, buf + len, cap - len - 1);

		if (n == GW_EAGAIN) {
			ck_assert_int_eq(poll(&fd, 1, 10000), 1);
			continue;
		}
		ck_assert_int_ge((int)n, 0);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return len;
}

START_TEST(output_and_exit_code_come_back)
{
	struct gw_proc_end end;
	char buf[256];
	int h = start("sh", "-c", "echo one; echo two; exit 7", NULL);

	ck_assert_int_ge(h, 0);
	ck_assert_uint_eq(read_all(h, buf, sizeof(buf)), 8);
	ck_assert_str_eq(buf, "one\ntwo\n");
	ck_assert_int_eq(proc->end(proc->ctx, h, false, &end), 0);
	ck_assert_int_eq(end.code, 7);
	ck_assert_str_eq(end.why, "");
	ck_assert_int_eq(proc->end(proc->ctx, h, false, &end), GW_EINVAL);
}
END_TEST

START_TEST(arguments_are_not_for_a_shell)
{
	char buf[256];
	int h = start("printf", "%s", "$(echo no); `x` '*' \"", NULL);

	ck_assert_int_ge(h, 0);
	(void)read_all(h, buf, sizeof(buf));
	ck_assert_str_eq(buf, "$(echo no); `x` '*' \"");
	ck_assert_int_eq(proc->end(proc->ctx, h, false, NULL), 0);
}
END_TEST

START_TEST(the_last_line_of_stderr_says_why)
{
	struct gw_proc_end end;
	char buf[64];
	int h = start("sh", "-c", "echo first >&2; echo 'no such\thost' >&2; exit 6", NULL);

	ck_assert_int_ge(h, 0);
	ck_assert_uint_eq(read_all(h, buf, sizeof(buf)), 0);
	ck_assert_int_eq(proc->end(proc->ctx, h, false, &end), 0);
	ck_assert_int_eq(end.code, 6);
	ck_assert_str_eq(end.why, "no such host");
}
END_TEST

START_TEST(a_missing_program_is_told)
{
	struct gw_err err;

	ck_assert_int_eq(start("gridwire-no-such-program", NULL, NULL, &err), GW_ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "gridwire-no-such-program"));
}
END_TEST

START_TEST(stdin_is_empty)
{
	char buf[64];
	int h = start("cat", NULL, NULL, NULL);

	ck_assert_int_ge(h, 0);
	ck_assert_uint_eq(read_all(h, buf, sizeof(buf)), 0);
	ck_assert_int_eq(proc->end(proc->ctx, h, false, NULL), 0);
}
END_TEST

START_TEST(a_child_can_be_ended)
{
	struct gw_proc_end end;
	int h = start("sleep", "1000", NULL, NULL);

	ck_assert_int_ge(h, 0);
	ck_assert_int_eq((int)proc->read(proc->ctx, h, &end, 1), GW_EAGAIN);
	ck_assert_int_eq(proc->end(proc->ctx, h, true, &end), 0);
	ck_assert_int_eq(end.code, 128 + 9);
}
END_TEST

/* What still runs is ended by free(), in teardown; the next one is refused. */
START_TEST(there_is_a_limit)
{
	struct gw_err err;

	for (int i = 0; i < GW_PROC_CHILDREN_MAX; i++)
		ck_assert_int_ge(start("sleep", "1000", NULL, &err), 0);
	ck_assert_int_eq(start("sleep", "1000", NULL, &err), GW_ELIMIT);
}
END_TEST

START_TEST(no_memory_is_no_seam)
{
	struct fail_alloc f;

	fail_alloc_init(&f, 1);
	ck_assert_ptr_null(gw_proc_posix_new(&f.alloc));
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

Suite *
check_proc_suite(void)
{
	Suite *s = suite_create("proc");
	TCase *tc = tcase_create("children");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, output_and_exit_code_come_back);
	tcase_add_test(tc, arguments_are_not_for_a_shell);
	tcase_add_test(tc, the_last_line_of_stderr_says_why);
	tcase_add_test(tc, a_missing_program_is_told);
	tcase_add_test(tc, stdin_is_empty);
	tcase_add_test(tc, a_child_can_be_ended);
	tcase_add_test(tc, there_is_a_limit);
	tcase_add_test(tc, no_memory_is_no_seam);
	suite_add_tcase(s, tc);
	return s;
}
