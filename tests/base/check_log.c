/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_log.c - log lines as logfmt and JSON.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <math.h>

#include "base/json.h"
#include "base/log.h"

static char	line[8192];
static size_t	line_len, n_lines;

static void
keep(void *ctx, const char *text, size_t len)
{
	ck_assert_ptr_eq(ctx, line);
	ck_assert_uint_lt(len, sizeof(line));
	memcpy(line, text, len);
	line[len] = '\0';
	line_len = len;
	n_lines++;
}

static int64_t
clock_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

static int64_t wall = INT64_C(1709210096789);		/* 29 February 2024, 12:34:56.789 UTC */

static struct gw_log
new_log(enum gw_log_format format)
{
	n_lines = 0;
	return (struct gw_log){ keep, line, clock_ms, &wall, GW_LOG_INFO, format };
}

START_TEST(logfmt_quotes_only_what_needs_it)
{
	struct gw_log log = new_log(GW_LOG_LOGFMT);

	gw_log(&log, GW_LOG_INFO, "listening", gw_kv_s("addr", gw_str("127.0.0.1:9092")),
	    gw_kv_i("port", 9092), gw_kv_d("share", 0.5), gw_kv_s("empty", gw_str("")),
	    gw_kv_s("text", gw_str("a \"b\"\n=c")));
	ck_assert_str_eq(line, "ts=2024-02-29T12:34:56.789Z level=info event=listening "
	    "addr=127.0.0.1:9092 port=9092 share=0.5 empty=\"\" text=\"a \\\"b\\\"\\n=c\"\n");
}
END_TEST

START_TEST(one_odd_byte_is_enough_for_quotes)
{
	static const char *const rows[][2] = {
		{ "a\\b", "\"a\\\\b\"" }, { "a=b", "\"a=b\"" }, { "a\x7f", "\"a\\u007f\"" },
		{ "\xc3\xbc", "\"\xc3\xbc\"" },
		{ "a b", "\"a b\"" }, { "\"", "\"\\\"\"" },
		{ "a\tb", "\"a\\u0009b\"" }, { "~!", "~!" },
	};
	struct gw_log log = new_log(GW_LOG_LOGFMT);

	for (size_t i = 0; i < GW_N(rows); i++) {
		gw_log(&log, GW_LOG_INFO, "x", gw_kv_s("v", gw_str(rows[i][0])));
		ck_assert_ptr_nonnull(strstr(line, " v="));
		line[line_len - 1] = '\0';
		ck_assert_str_eq(strstr(line, " v=") + 3, rows[i][1]);
	}
}
END_TEST

START_TEST(json_lines_parse_and_hold_the_fields)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_log log = new_log(GW_LOG_JSON);
	struct gw_arena arena;
	struct gw_json *v;
	struct gw_err err;

	gw_log(&log, GW_LOG_ERROR, "failed",
	    gw_kv_s("why", gw_str("tab\t\x01 quote\" \\ \xe2\x82\xac")), gw_kv_i("n", INT64_MIN),
	    gw_kv_d("nan", NAN), gw_kv_s("raw", gw_str("a\xff\xc3")));
	gw_arena_init(&arena, &alloc, 0);
	ck_assert_int_eq(line[line_len - 1], '\n');
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ line, line_len }, &arena, &v, &err), 0);
	ck_assert(gw_slice_is(gw_json_get(v, "level")->text, "error"));
	ck_assert(gw_slice_is(gw_json_get(v, "event")->text, "failed"));
	ck_assert(gw_slice_is(gw_json_get(v, "why")->text, "tab\t\x01 quote\" \\ \xe2\x82\xac"));
	ck_assert(gw_slice_is(gw_json_get(v, "n")->text, "-9223372036854775808"));
	ck_assert_int_eq(gw_json_get(v, "nan")->type, GW_JSON_NULL);
	ck_assert(gw_slice_is(gw_json_get(v, "raw")->text, "a\xef\xbf\xbd\xef\xbf\xbd"));
	gw_arena_fini(&arena);
}
END_TEST

START_TEST(less_urgent_lines_are_silent)
{
	struct gw_log log = new_log(GW_LOG_LOGFMT);

	gw_log_write(&log, GW_LOG_DEBUG, "x", NULL, 0);
	ck_assert_uint_eq(n_lines, 0);
	gw_log_write(&log, GW_LOG_WARN, "x", NULL, 0);
	ck_assert_uint_eq(n_lines, 1);
	log.level = GW_LOG_DEBUG;
	gw_log_write(&log, GW_LOG_DEBUG, "x", NULL, 0);
	ck_assert_uint_eq(n_lines, 2);
	gw_log_write(NULL, GW_LOG_ERROR, "x", NULL, 0);
}
END_TEST

START_TEST(a_line_too_long_is_cut_but_stays_whole_json)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_log log = new_log(GW_LOG_JSON);
	struct gw_arena arena;
	struct gw_json *v;
	struct gw_err err;
	char text[6000];

	gw_arena_init(&arena, &alloc, 0);
	/* Every length around the cut, with escapes and long characters at the edge. */
	for (size_t len = 3880; len < 4100; len++) {
		memset(text, 'a', len);
		for (size_t i = 3800; i + 4 < len; i += 4)
			memcpy(text + i, "\"\xe2\x82\xac", 4);
		gw_log(&log, GW_LOG_INFO, "long", gw_kv_s("text", ((struct gw_slice){ text, len })),
		    gw_kv_i("after", 1), gw_kv_s("last", gw_str("z")));
		ck_assert_uint_le(line_len, 4096);
		ck_assert_int_eq(line[line_len - 1], '\n');
		ck_assert_msg(
		    gw_json_parse((struct gw_slice){ line, line_len }, &arena, &v, &err) == 0,
		    "%zu: %s: %s", len, err.msg, line + 3700);
		ck_assert(gw_json_get(v, "cut") != NULL || gw_json_get(v, "last") != NULL);
		gw_arena_reset(&arena);
	}
	memset(text, 'a', sizeof(text));
	gw_log(&log, GW_LOG_INFO, "long",
	    gw_kv_s("text", ((struct gw_slice){ text, sizeof(text) })));
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ line, line_len }, &arena, &v, &err), 0);
	ck_assert(gw_json_get(v, "cut")->boolean);
	ck_assert_uint_gt(gw_json_get(v, "text")->text.len, 3800);
	gw_arena_fini(&arena);
}
END_TEST

START_TEST(dates_follow_the_calendar)
{
	static const struct {
		int64_t		 ms;
		const char	*want;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" }, { 951782399999, "2000-02-28T23:59:59.999Z" },
		{ 951782400000, "2000-02-29T00:00:00.000Z" },
		{ 951868800000, "2000-03-01T00:00:00.000Z" },
		{ 1735689599999, "2024-12-31T23:59:59.999Z" },
		{ 4107542400000, "2100-03-01T00:00:00.000Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" }, { -1, "1970-01-01T00:00:00.000Z" },
	};
	struct gw_log log = new_log(GW_LOG_LOGFMT);
	int64_t now;

	log.clock_ctx = &now;
	for (size_t i = 0; i < GW_N(rows); i++) {
		now = rows[i].ms;
		gw_log_write(&log, GW_LOG_INFO, "x", NULL, 0);
		ck_assert_int_eq(strncmp(line + 3, rows[i].want, 24), 0);
	}
}
END_TEST

Suite *
check_log_suite(void)
{
	Suite *s = suite_create("base/log");
	TCase *tc = tcase_create("log");

	tcase_add_test(tc, logfmt_quotes_only_what_needs_it);
	tcase_add_test(tc, one_odd_byte_is_enough_for_quotes);
	tcase_add_test(tc, json_lines_parse_and_hold_the_fields);
	tcase_add_test(tc, less_urgent_lines_are_silent);
	tcase_add_test(tc, a_line_too_long_is_cut_but_stays_whole_json);
	tcase_add_test(tc, dates_follow_the_calendar);
	suite_add_tcase(s, tc);
	return s;
}
