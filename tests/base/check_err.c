/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_err.c - codes, names and messages.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "tests/support/files.h"

/* Line by line against the list that Apache Kafka's own client prints. */
START_TEST(every_code_of_kafka_has_its_name_and_retriability)
{
	char path[TEST_PATH_MAX], name[80], retriable[8], *text, *line, *next;
	int code, rows = 0;

	test_source_path("tests/data/kafka-errors.txt", path);
	text = test_read(path, NULL);
	for (line = text; *line != '\0'; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if (*line == '#')
			continue;
		ck_assert_int_eq(sscanf(line, "%d %79s %7s", &code, name, retriable), 3);
		ck_assert_str_eq(gw_err_name(code), name);
		ck_assert_int_eq(strncmp(gw_strerror(code), name, strlen(name)), 0);
		ck_assert_int_eq(strncmp(gw_strerror(code) + strlen(name), ": ", 2), 0);
		ck_assert_msg(gw_err_retriable(code) == (strcmp(retriable, "true") == 0), "%s",
		    name);
		rows++;
	}
	free(text);
	ck_assert_int_eq(rows, 138);
}
END_TEST

START_TEST(the_enum_of_kafka_codes_agrees_with_the_table)
{
	ck_assert_str_eq(gw_err_name(GW_K_UNKNOWN_SERVER_ERROR), "UNKNOWN_SERVER_ERROR");
	ck_assert_str_eq(gw_err_name(GW_K_NOT_COORDINATOR), "NOT_COORDINATOR");
	ck_assert_str_eq(gw_err_name(GW_K_MEMBER_ID_REQUIRED), "MEMBER_ID_REQUIRED");
	ck_assert_str_eq(gw_err_name(GW_K_INCONSISTENT_TOPIC_ID), "INCONSISTENT_TOPIC_ID");
}
END_TEST

START_TEST(every_code_of_gridwire_has_a_name_and_a_text)
{
	for (int code = GW_ENOMEM; code >= GW_ESTATE; code--) {
		ck_assert_int_eq(strncmp(gw_err_name(code), "GW_E", 4), 0);
		ck_assert_ptr_null(strstr(gw_strerror(code), "unknown"));
		ck_assert(!gw_err_retriable(code));
	}
	ck_assert_str_eq(gw_err_name(GW_ENOMEM), "GW_ENOMEM");
	ck_assert_str_eq(gw_err_name(GW_EFENCED), "GW_EFENCED");
	ck_assert_str_eq(gw_err_name(GW_ESTATE), "GW_ESTATE");
}
END_TEST

START_TEST(unknown_codes_are_carried_as_numbers)
{
	const char *a = gw_err_name(12345), *b = gw_err_name(-99), *c = gw_err_name(137);

	ck_assert_str_eq(a, "ERROR_12345");
	ck_assert_str_eq(b, "ERROR_-99");
	ck_assert_str_eq(c, "ERROR_137");
	ck_assert_str_eq(gw_strerror(GW_ESTATE - 1), "unknown error -122");
	ck_assert(!gw_err_retriable(12345));
}
END_TEST

START_TEST(set_fills_and_returns_the_code)
{
	struct gw_err e = { .sys_errno = 5 };

	ck_assert_int_eq(gw_err_set(&e, GW_ELIMIT, "%d over %s", 7, "max"), GW_ELIMIT);
	ck_assert_int_eq(e.code, GW_ELIMIT);
	ck_assert_int_eq(e.sys_errno, 0);
	ck_assert_str_eq(e.msg, "7 over max");
	ck_assert_int_eq(gw_err_set(NULL, GW_EIO, "x"), GW_EIO);
}
END_TEST

START_TEST(an_errno_becomes_a_code_and_words)
{
	struct gw_err e;

	ck_assert_int_eq(gw_err_sys(&e, ENOENT, "%s", "a/b"), GW_ENOENT);
	ck_assert_int_eq(e.sys_errno, ENOENT);
	ck_assert_str_eq(e.msg, "a/b: no such file or folder");
	ck_assert_int_eq(gw_err_sys(&e, ECONNREFUSED, "127.0.0.1:1"), GW_ECONNECT);
	ck_assert_str_eq(e.msg, "127.0.0.1:1: connection refused");
	ck_assert_int_eq(gw_err_sys(&e, 9999, "x"), GW_EIO);
	ck_assert_str_eq(e.msg, "x: system error 9999");
	ck_assert_int_eq(gw_err_sys(NULL, EADDRINUSE, "x"), GW_EBUSY);
	ck_assert_int_eq(gw_err_from_errno(ENOSPC), GW_ENOSPC);
	ck_assert_int_eq(gw_err_from_errno(EDQUOT), GW_ENOSPC);
	ck_assert_int_eq(gw_err_from_errno(EWOULDBLOCK), GW_EAGAIN);
	ck_assert_int_eq(gw_err_from_errno(EINTR), GW_EINTR);
	ck_assert_int_eq(gw_err_from_errno(EPIPE), GW_ECLOSED);
	ck_assert_int_eq(gw_err_from_errno(0), GW_EIO);
}
END_TEST

START_TEST(a_prefix_goes_before_and_keeps_the_code)
{
	struct gw_err e;

	(void)gw_err_set(&e, GW_EDATA, "line 3: bad");
	gw_err_prefix(&e, "reading %s: ", "x.json");
	ck_assert_str_eq(e.msg, "reading x.json: line 3: bad");
	ck_assert_int_eq(e.code, GW_EDATA);
	gw_err_prefix(NULL, "x");
}
END_TEST

START_TEST(a_long_message_is_cut_between_characters)
{
	char text[2 * GW_ERR_MSG_MAX];
	struct gw_err e;

	/* One byte too long, and the character at the end has two. */
	memset(text, 'x', GW_ERR_MSG_MAX - 2);
	memcpy(text + GW_ERR_MSG_MAX - 2, "\xc3\xbc", 3);
	(void)gw_err_set(&e, GW_EDATA, "%s", text);
	ck_assert_uint_eq(strlen(e.msg), GW_ERR_MSG_MAX - 2);
	ck_assert_int_eq(e.msg[GW_ERR_MSG_MAX - 3], 'x');
	(void)gw_err_set(&e, GW_EDATA, "%s", text + 1);		/* and just long enough */
	ck_assert_str_eq(e.msg, text + 1);
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xe2\x82\xac", 4);	/* a euro sign, three bytes */
		(void)gw_err_set(&e, GW_EDATA, "%s", text);
		ck_assert_uint_lt(strlen(e.msg), GW_ERR_MSG_MAX);
		ck_assert_uint_gt(strlen(e.msg), GW_ERR_MSG_MAX - 5);
		ck_assert_uint_eq((strlen(e.msg) - shift) % 3, 0);
		gw_err_prefix(&e, "%s", "ab");
		ck_assert_uint_eq((strlen(e.msg) - shift - 2) % 3, 0);
	}
}
END_TEST

Suite *
check_err_suite(void)
{
	Suite *s = suite_create("base/err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, every_code_of_kafka_has_its_name_and_retriability);
	tcase_add_test(tc, the_enum_of_kafka_codes_agrees_with_the_table);
	tcase_add_test(tc, every_code_of_gridwire_has_a_name_and_a_text);
	tcase_add_test(tc, unknown_codes_are_carried_as_numbers);
	tcase_add_test(tc, set_fills_and_returns_the_code);
	tcase_add_test(tc, an_errno_becomes_a_code_and_words);
	tcase_add_test(tc, a_prefix_goes_before_and_keeps_the_code);
	tcase_add_test(tc, a_long_message_is_cut_between_characters);
	suite_add_tcase(s, tc);
	return s;
}
