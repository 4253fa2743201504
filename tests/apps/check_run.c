/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_run.c - the command line as a user meets it: help, mistakes, exit codes, stdout.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "apps/verbs.h"
#include "tests/apps/fixture.h"

#define END ((char *)NULL)

static struct fixture f;

static void
setup(void)
{
	fixture_init(&f);
}

static void
teardown(void)
{
	fixture_fini(&f);
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
expect_width(const char *text, const char *what)
{
	size_t column = 0;

	for (const char *p = text; *p != '\0'; p++) {
		column = *p == '\n' ? 0 : column + 1;
		ck_assert_msg(column <= 80, "%s is wider than 80 columns at \"%.40s\"", what,
		    p > text + 39 ? p - 39 : text);
		ck_assert_msg(*p != '\t', "%s holds a tab", what);
	}
}

START_TEST(no_verb_lists_them_all_on_stdout)
{
	ck_assert_int_eq(fixture_run(&f, END), 0);
	for (size_t i = 0; i < gw_n_verbs; i++) {
		char want[64];

		snprintf(want, sizeof(want), "\n  %s ", gw_verbs[i]->name);
		ck_assert_msg(strstr(f.out, want) != NULL, "%s is missing", gw_verbs[i]->name);
	}
	ck_assert_str_eq(f.err, "");
	expect_width(f.out, "the list of verbs");
}
END_TEST

START_TEST(each_help_is_complete_and_fits_80_columns)
{
	for (size_t i = 0; i < gw_n_verbs; i++) {
		const struct gw_verb *v = gw_verbs[i];
		char *first, want[64];

		ck_assert_int_eq(fixture_run(&f, v->name, "--help", END), 0);
		ck_assert_str_eq(f.err, "");
		expect_width(f.out, v->name);
		first = strdup(f.out);
		ck_assert_int_eq(fixture_run(&f, "help", v->name, END), 0);
		ck_assert_str_eq(f.out, first);
		free(first);
		snprintf(want, sizeof(want), "usage: gridwire %s", v->name);
		ck_assert_msg(strstr(f.out, want) != NULL, "%s", want);
		for (size_t k = 0; k < v->n_opts; k++) {
			ck_assert_msg(v->opts[k].name != NULL || v->opts[k].letter != 0,
			    "%s: option %zu is empty", v->name, k);
			if (v->opts[k].name == NULL || v->opts[k].help == NULL)
				continue;
			snprintf(want, sizeof(want), "--%s", v->opts[k].name);
			ck_assert_msg(
			    strstr(f.out, want) != NULL, "%s: %s is missing", v->name, want);
		}
	}
}
END_TEST

START_TEST(no_verb_uses_a_letter_or_name_twice)
{
	for (size_t i = 0; i < gw_n_verbs; i++)
		for (size_t k = 0; k < gw_verbs[i]->n_opts; k++)
			for (size_t m = 0; m < k; m++) {
				const struct gw_opt *a = &gw_verbs[i]->opts[k],
						    *b = &gw_verbs[i]->opts[m];

				ck_assert_msg(a->letter == 0 || a->letter != b->letter,
				    "%s: -%c twice", gw_verbs[i]->name, a->letter);
				ck_assert_msg(a->name == NULL || b->name == NULL ||
						  strcmp(a->name, b->name) != 0,
				    "%s: --%s twice", gw_verbs[i]->name, a->name);
			}
}
END_TEST

START_TEST(an_unknown_verb_is_named_with_the_nearest)
{
	ck_assert_int_eq(fixture_run(&f, "consum", END), 1);
	ck_assert_str_eq(f.err, "gridwire: unknown verb \"consum\"; did you mean \"consume\"?\n");
	ck_assert_str_eq(f.out, "");
	ck_assert_int_eq(fixture_run(&f, "help", "consum", END), 1);
	ck_assert_int_eq(fixture_run(&f, "xyzzyxyzzy", END), 1);
	ck_assert_ptr_nonnull(strstr(f.err, "gridwire help"));
}
END_TEST

START_TEST(an_unknown_option_is_one_line_and_exit_1)
{
	for (size_t i = 0; i < gw_n_verbs; i++) {
		ck_assert_msg(fixture_run(&f, gw_verbs[i]->name, "--bogus", END) == 1, "%s",
		    gw_verbs[i]->name);
		ck_assert_msg(count_lines(f.err) == 1, "%s: %s", gw_verbs[i]->name, f.err);
		ck_assert_ptr_nonnull(strstr(f.err, "--bogus"));
		ck_assert_ptr_nonnull(strstr(f.err, "--help"));
	}
	ck_assert_int_eq(fixture_run(&f, "consume", "--fromat", "%s", END), 1);
	ck_assert_ptr_nonnull(strstr(f.err, "--format"));
}
END_TEST

START_TEST(wrong_options_are_told_before_anything_is_tried)
{
	static const struct {
		const char *words[8], *names;
	} cases[] = {
		{ { "consume" }, "-t" },
		{ { "consume", "-t", "a", "-o", "now" }, "-o now" },
		{ { "consume", "-t", "a", "-p", "x" }, "--partition" },
		{ { "consume", "-t", "a", "-p", "-1" }, "--partition" },
		{ { "consume", "-t", "a", "-c", "-1" }, "--count" },
		{ { "consume", "-t", "a", "-g", "g", "-p", "0" }, "-g" },
		{ { "consume", "-t", "a", "-g", "g", "-o", "5" }, "-o" },
		{ { "consume", "-t", "a", "-J", "-f", "%s" }, "-J" },
		{ { "consume", "-t" }, "--topic" },
		{ { "produce" }, "-t" },
		{ { "produce", "-t", "a", "-l", "x", "word" }, "word" },
		{ { "produce", "--game", "2024_01_BAL_KC", "-k", "x" }, "-k" },
		{ { "produce", "-t", "a", "--delay", "1" }, "--game" },
		{ { "produce", "--season", "2024", "--rate", "5", "--speed", "2x" }, "--speed" },
		{ { "produce", "--season", "2024", "--speed", "fast" }, "--speed" },
		{ { "produce", "--season", "2024", "--delay", "-1" }, "--delay" },
		{ { "produce", "-t", "a", "-H", "=v" }, "-H" },
		{ { "produce", "-t", "a", "-D", "" }, "-D" },
		{ { "produce", "-t", "a", "-D", "\\q" }, "\\q" },
		{ { "topic" }, "list" },
		{ { "topic", "lits" }, "list" },
		{ { "topic", "describe" }, "which topic" },
		{ { "topic", "create", "a", "--config", "x" }, "--config" },
		{ { "topic", "create", "a", "--partitions", "0" }, "--partitions" },
		{ { "group" }, "list" },
		{ { "group", "describe" }, "which group" },
		{ { "group", "lag" }, "lag" },
		{ { "group", "describe", "a", "b" }, "\"b\"" },
		{ { "version", "x" }, "\"x\"" },
		{ { "topic", "list", "-X", "retries" }, "-X" },
		{ { "topic", "list", "-X", "linger.m=5" }, "linger.ms" },
		{ { "topic", "list", "-X", "acks=2" }, "acks" },
	};

	for (size_t i = 0; i < GW_N(cases); i++) {
		const char *const *w = cases[i].words;

		ck_assert_msg(
		    fixture_run(&f, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], END) == 1,
		    "case %zu: %s %s: %s", i, w[0], w[1] == NULL ? "" : w[1], f.err);
		ck_assert_msg(count_lines(f.err) == 1, "case %zu: %s", i, f.err);
		ck_assert_msg(strstr(f.err, cases[i].names) != NULL, "case %zu: %s", i, f.err);
	}
}
END_TEST

START_TEST(exit_codes_are_those_of_the_manual)
{
	static const struct { int code, exit;
	} cases[] = {
		{ 0, 0 },
		{ GW_EINVAL, 1 },
		{ GW_ERESOLVE, 2 },
		{ GW_ECONNECT, 2 },
		{ GW_ECLOSED, 2 },
		{ GW_EAUTH, 3 },
		{ GW_K_SASL_AUTHENTICATION_FAILED, 3 },
		{ GW_K_UNSUPPORTED_SASL_MECHANISM, 3 },
		{ GW_K_UNKNOWN_TOPIC_OR_PARTITION, 5 },
		{ GW_K_TOPIC_ALREADY_EXISTS, 5 },
		{ GW_K_TOPIC_AUTHORIZATION_FAILED, 5 },
		{ GW_K_UNKNOWN_SERVER_ERROR, 5 },
		{ GW_EPROTO, 5 },
		{ GW_EFENCED, 5 },
		{ GW_ETIMEOUT, 6 },
		{ GW_K_REQUEST_TIMED_OUT, 6 },
		{ GW_EDATA, 7 },
		{ GW_ECORRUPT, 7 },
		{ GW_ENOENT, 7 },
		{ GW_EIO, 8 },
		{ GW_ENOSPC, 8 },
		{ GW_EBUSY, 8 },
		{ GW_EINTR, 130 },
	};

	for (size_t i = 0; i < GW_N(cases); i++)
		ck_assert_msg(gw_app_exit_code(cases[i].code) == cases[i].exit, "%d gives %d",
		    cases[i].code, gw_app_exit_code(cases[i].code));
}
END_TEST

START_TEST(a_failure_is_one_line_whatever_it_holds)
{
	struct gw_app app;
	struct gw_err err;

	fixture_app(&f, &app);
	app.verb = "consume";
	gw_err_set(&err, GW_EDATA, "two\nlines\r\nof text");
	ck_assert_int_eq(gw_app_fail(&app, &err), 7);
	err = (struct gw_err){ .code = GW_ETIMEOUT };
	ck_assert_int_eq(gw_app_fail(&app, &err), 6);
	err.code = GW_EINTR;
	ck_assert_int_eq(gw_app_fail(&app, &err), 130);
	ck_assert_int_eq(gw_app_usage(&app, "-t %s", "is missing"), 1);
	fixture_app_end(&f, &app);
	ck_assert_uint_eq(count_lines(f.err), 3);
	ck_assert_ptr_nonnull(strstr(f.err, "gridwire consume: two lines  of text\n"));
	ck_assert_ptr_nonnull(
	    strstr(f.err, "gridwire consume: -t is missing; see gridwire consume --help\n"));
}
END_TEST

START_TEST(quiet_silences_what_is_said_but_not_failures)
{
	struct gw_err err = { .code = GW_EIO, .msg = "broken" };
	struct gw_app app;

	fixture_app(&f, &app);
	gw_app_verbosity(&app, true, 0);
	gw_app_say(&app, "hello");
	gw_app_progress(&app, "%d", 1);
	(void)gw_app_fail(&app, &err);
	fixture_app_end(&f, &app);
	ck_assert_str_eq(f.err, "gridwire: broken\n");
}
END_TEST

START_TEST(progress_is_seen_only_on_a_terminal)
{
	struct gw_app app;

	fixture_app(&f, &app);
	gw_app_progress(&app, "half way");
	ck_assert(!app.progress_shown);
	app.err_is_tty = true;
	app.columns = 10;
	gw_app_progress(&app, "%s", "0123456789abc");
	ck_assert(app.progress_shown);
	gw_app_say(&app, "said");
	ck_assert(!app.progress_shown);
	gw_app_progress(&app, NULL);
	fixture_app_end(&f, &app);
	ck_assert_str_eq(f.err, "\r012345678\033[K\r\033[Ksaid\n");
}
END_TEST

START_TEST(long_output_is_whole)
{
	struct gw_app app;
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fixture_app(&f, &app);
	for (int i = 0; i < 100; i++)
		gw_app_print(&app, "%s", text);
	ck_assert_int_eq(gw_app_flush(&app), 0);
	fixture_app_end(&f, &app);
	ck_assert_uint_eq(f.out_len, 100 * (sizeof(text) - 1));
}
END_TEST

static int
run_version(int out_fd, int *rc)
{
	char program[] = "gridwire", verb[] = "version";
	char *argv[] = { program, verb, NULL };
	struct gw_app app;
	int out_err;

	fixture_app(&f, &app);
	close(app.out_fd);
	app.out_fd = out_fd;
	*rc = gw_app_run(&app, 2, argv);
	out_err = app.out_err;
	fixture_app_end(&f, &app);
	return out_err;
}

START_TEST(a_full_disk_under_stdout_is_exit_8)
{
	int rc, fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		return;
	ck_assert_int_eq(run_version(fd, &rc), GW_ENOSPC);
	ck_assert_int_eq(rc, 8);
	ck_assert_uint_eq(count_lines(f.err), 1);
	ck_assert_ptr_nonnull(strstr(f.err, "stdout"));
}
END_TEST

START_TEST(a_reader_that_has_gone_ends_it_quietly)
{
	int fds[2], rc;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	ck_assert_int_eq(run_version(fds[1], &rc), GW_ECLOSED);
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(f.err, "");
}
END_TEST

START_TEST(lines_go_out_at_once_unless_stdout_is_a_file)
{
	struct gw_app app;

	fixture_app(&f, &app);
	gw_app_print(&app, "half ");
	app.out_by_line = true;
	gw_app_print(&app, "a line");
	ck_assert_uint_gt(app.out.len, 0);
	gw_app_print(&app, "\n");
	ck_assert_uint_eq(app.out.len, 0);
	app.out_by_line = false;
	gw_app_print(&app, "more\n");
	ck_assert_uint_gt(app.out.len, 0);
	gw_app_flush(&app);
	fixture_app_end(&f, &app);
	ck_assert_str_eq(f.out, "half a line\nmore\n");
}
END_TEST

START_TEST(a_signal_is_a_flag_and_a_descriptor_and_the_second_one_ends)
{
	struct pollfd fd;
	struct gw_app app;
	struct gw_err err;

	ck_assert_int_eq(gw_app_catch_signals(&err), 0);
	fixture_app(&f, &app);
	ck_assert(!gw_app_stopping(&app));
	fd = (struct pollfd){ .fd = gw_app_stop_fd(), .events = POLLIN };
	ck_assert_int_eq(poll(&fd, 1, 0), 0);
	raise(SIGINT);
	ck_assert(gw_app_stop_asked(&app));
	ck_assert_int_eq(gw_app_stop_signal(&app), SIGINT);
	ck_assert_int_eq(poll(&fd, 1, 0), 1);
	fixture_app_end(&f, &app);
	fixture_fini(&f);
	raise(SIGTERM);
}
END_TEST

START_TEST(version_says_what_it_is)
{
	ck_assert_int_eq(fixture_run(&f, "--version", END), 0);
	ck_assert_ptr_nonnull(strstr(f.out, "gridwire "));
	ck_assert_int_eq(fixture_run(&f, "version", "--json", END), 0);
	ck_assert_ptr_eq(strstr(f.out, "{\"version\":\""), f.out);
	ck_assert_uint_eq(count_lines(f.out), 1);
}
END_TEST

/* A pipe's reader that stops reading, and goes on. */
START_TEST(a_patient_program_does_not_wait_for_its_reader)
{
	static char line[1000];
	struct gw_app app;
	size_t put = 0, got = 0;
	int fds[2], rc = 0;
	ssize_t n;

	ck_assert_int_eq(pipe(fds), 0);
	fixture_app(&f, &app);
	close(app.out_fd);
	app.out_fd = fds[1];
	app.out_by_line = app.out_patient = true;
	memset(line, 'x', sizeof(line));
	while (rc == 0 && put < (16u << 20)) {
		gw_buf_put(&app.out, line, sizeof(line));
		put += sizeof(line);
		rc = gw_app_flush(&app);
	}
	ck_assert_int_eq(rc, GW_EAGAIN);
	ck_assert_int_eq(gw_app_flush(&app), GW_EAGAIN);
	ck_assert(!gw_app_stopping(&app));
	while (got < put) {
		n = read(fds[0], line, sizeof(line));
		ck_assert_int_gt(n, 0);
		got += (size_t)n;
		rc = gw_app_flush(&app);
		ck_assert(rc == 0 || rc == GW_EAGAIN);
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_eq(got, put);
	ck_assert_int_eq(close(fds[0]), 0);
	signal(SIGPIPE, SIG_IGN);
	gw_buf_put(&app.out, line, sizeof(line));
	ck_assert_int_eq(gw_app_flush(&app), GW_ECLOSED);
	fixture_app_end(&f, &app);
}
END_TEST

Suite *
check_run_suite(void)
{
	Suite *s = suite_create("run");
	TCase *tc = tcase_create("run"), *sig = tcase_create("signals");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, no_verb_lists_them_all_on_stdout);
	tcase_add_test(tc, each_help_is_complete_and_fits_80_columns);
	tcase_add_test(tc, no_verb_uses_a_letter_or_name_twice);
	tcase_add_test(tc, an_unknown_verb_is_named_with_the_nearest);
	tcase_add_test(tc, an_unknown_option_is_one_line_and_exit_1);
	tcase_add_test(tc, wrong_options_are_told_before_anything_is_tried);
	tcase_add_test(tc, exit_codes_are_those_of_the_manual);
	tcase_add_test(tc, a_failure_is_one_line_whatever_it_holds);
	tcase_add_test(tc, quiet_silences_what_is_said_but_not_failures);
	tcase_add_test(tc, progress_is_seen_only_on_a_terminal);
	tcase_add_test(tc, long_output_is_whole);
	tcase_add_test(tc, a_full_disk_under_stdout_is_exit_8);
	tcase_add_test(tc, a_reader_that_has_gone_ends_it_quietly);
	tcase_add_test(tc, lines_go_out_at_once_unless_stdout_is_a_file);
	tcase_add_test(tc, a_patient_program_does_not_wait_for_its_reader);
	tcase_add_test(tc, version_says_what_it_is);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(sig, setup, NULL);
	tcase_add_test_raise_signal(
	    sig, a_signal_is_a_flag_and_a_descriptor_and_the_second_one_ends, SIGTERM);
	suite_add_tcase(s, sig);
	return s;
}
