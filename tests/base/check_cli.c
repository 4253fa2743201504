/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_cli.c - options, operands, help.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <math.h>

#include "base/cli.h"
#include "base/slice.h"

static const struct gw_opt opts[] = {
	{ 'b', "bootstrap-server", "HOST:PORT", "where the brokers are, with commas between" },
	{ 't', "topic", "TOPIC", "topic" },
	{ 'q', "quiet", NULL, "say less" },
	{ 'e', NULL, NULL, "end at the end" },
	{ 0, "json", NULL, "as JSON" },
	{ 'X', NULL, "KEY=VALUE", "a configuration value" },
	{ 0, "secret", NULL, NULL },
	{ 0, "a-very-long-option-name-indeed", "WITH-A-LONG-VALUE", "the text is on its own line" },
};

enum { B, T, Q, E, JSON, X };

static struct gw_cli	cli;
static struct gw_err	err;
static char		words[24][40];
static char	       *argv[24];

static void
start(const char *line)
{
	struct gw_slice rest = gw_str(line), word;
	int argc = 0;

	for (; rest.ptr != NULL; argc++) {
		word = gw_slice_cut(rest, ' ', &rest);
		ck_assert_int_lt(argc, 24);
		(void)memcpy(words[argc], word.ptr, word.len);
		words[argc][word.len] = '\0';
		argv[argc] = words[argc];
	}
	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
}

static void
assert_next(int want, const char *value)
{
	const char *got = NULL;

	ck_assert_int_eq(gw_cli_next(&cli, &got, &err), want);
	if (value == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_str_eq(got, value);
}

static void
assert_error(const char *line, const char *want)
{
	const char *value;
	int rc;

	start(line);
	do
		rc = gw_cli_next(&cli, &value, &err);
	while (rc >= 0 || rc == GW_CLI_OPERAND);
	ck_assert_int_eq(rc, GW_EINVAL);
	ck_assert_str_eq(err.msg, want);
}

START_TEST(every_form_of_an_option_is_read)
{
	start("gridwire --topic=a --topic b -tc -t d -qe -qet e -X k=v --json f - -b :1 --topic=");
	assert_next(T, "a");
	assert_next(T, "b");
	assert_next(T, "c");
	assert_next(T, "d");
	assert_next(Q, NULL);
	assert_next(E, NULL);
	assert_next(Q, NULL);
	assert_next(E, NULL);
	assert_next(T, "e");
	assert_next(X, "k=v");
	assert_next(JSON, NULL);
	assert_next(GW_CLI_OPERAND, "f");
	assert_next(GW_CLI_OPERAND, "-");
	assert_next(B, ":1");
	assert_next(T, "");
	assert_next(GW_CLI_END, NULL);
	assert_next(GW_CLI_END, NULL);
}
END_TEST

START_TEST(a_value_may_begin_with_a_dash)
{
	start("gridwire -t -5 --topic --json -t--");
	assert_next(T, "-5");
	assert_next(T, "--json");
	assert_next(T, "--");
	assert_next(GW_CLI_END, NULL);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	start("gridwire -q -- -q --json --");
	assert_next(Q, NULL);
	assert_next(GW_CLI_OPERAND, "-q");
	assert_next(GW_CLI_OPERAND, "--json");
	assert_next(GW_CLI_OPERAND, "--");
	assert_next(GW_CLI_END, NULL);
	start("gridwire --");
	assert_next(GW_CLI_END, NULL);
}
END_TEST

START_TEST(no_words_at_all_is_the_end)
{
	gw_cli_init(&cli, opts, GW_N(opts), 0, argv);
	assert_next(GW_CLI_END, NULL);
}
END_TEST

START_TEST(mistakes_are_named)
{
	assert_error("g --topci x", "unknown option --topci, did you mean --topic?");
	assert_error("g --bootstrap-servers=x",
	    "unknown option --bootstrap-servers, did you mean --bootstrap-server?");
	assert_error("g --nothing-like-it",
	    "unknown option --nothing-like-it; --help lists them all");
	assert_error("g -qz", "unknown option -z; --help lists them all");
	assert_error("g -\xc3\xbc", "unknown option -\xc3\xbc; --help lists them all");
	assert_error("g --topic", "option --topic needs a value: TOPIC");
	assert_error("g -qX", "option -X needs a value: KEY=VALUE");
	assert_error("g --json=yes", "option --json takes no value");
}
END_TEST

START_TEST(help_is_aligned_and_wrapped_at_80_columns)
{
	static const struct gw_opt wide = {
		'l', "long", NULL,
		"many words that go on and on so that the line has to be wrapped at some place "
		"and then goes on under the first word",
	};
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf out;
	size_t column = 0;

	gw_buf_init(&out, &alloc, 0);
	gw_cli_help(&out, opts, 4);
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((char *)out.ptr,
	    "  -b, --bootstrap-server HOST:PORT\n"
	    "                      where the brokers are, with commas between\n"
	    "  -t, --topic TOPIC   topic\n"
	    "  -q, --quiet         say less\n"
	    "  -e                  end at the end\n");
	gw_buf_clear(&out);
	gw_cli_help(&out, &wide, 1);
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((char *)out.ptr,
	    "  -l, --long   many words that go on and on so that the line has to be wrapped\n"
	    "               at some place and then goes on under the first word\n");
	gw_buf_clear(&out);
	gw_cli_help(&out, opts, GW_N(opts));
	for (size_t i = 0; i < out.len; i++) {
		column = out.ptr[i] == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 80);
	}
	gw_buf_putc(&out, '\0');
	ck_assert_ptr_null(strstr((char *)out.ptr, "secret"));
	gw_buf_fini(&out);
}
END_TEST

START_TEST(whole_number_values_are_checked)
{
	int64_t v = 7;

	ck_assert_int_eq(gw_cli_i64(&opts[T], "12", 1, 100, &v, &err), 0);
	ck_assert_int_eq(v, 12);
	ck_assert_int_eq(gw_cli_i64(&opts[T], "12x", 1, 100, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option --topic: \"12x\" is not a whole number");
	ck_assert_int_eq(gw_cli_i64(&opts[X], "101", 1, 100, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option -X: 101 is not from 1 to 100");
	ck_assert_int_eq(v, 12);
}
END_TEST

START_TEST(number_values_are_checked)
{
	double v = 7;

	ck_assert_int_eq(gw_cli_double(&opts[T], "0.5", 0, 1, &v, &err), 0);
	ck_assert_double_eq(v, 0.5);
	ck_assert_int_eq(gw_cli_double(&opts[T], "1.5", 0, 1, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option --topic: 1.5 is not from 0 to 1");
	ck_assert_int_eq(gw_cli_double(&opts[T], "-1", 0, INFINITY, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option --topic: -1 is less than 0");
	ck_assert_int_eq(gw_cli_double(&opts[T], "3", -INFINITY, 2.5, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option --topic: 3 is more than 2.5");
	ck_assert_int_eq(gw_cli_double(&opts[T], "nan", 0, 1, &v, &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "option --topic: \"nan\" is not a number");
	ck_assert_double_eq(v, 0.5);
}
END_TEST

Suite *
check_cli_suite(void)
{
	Suite *s = suite_create("base/cli");
	TCase *tc = tcase_create("cli");

	tcase_add_test(tc, every_form_of_an_option_is_read);
	tcase_add_test(tc, a_value_may_begin_with_a_dash);
	tcase_add_test(tc, two_dashes_end_the_options);
	tcase_add_test(tc, no_words_at_all_is_the_end);
	tcase_add_test(tc, mistakes_are_named);
	tcase_add_test(tc, help_is_aligned_and_wrapped_at_80_columns);
	tcase_add_test(tc, whole_number_values_are_checked);
	tcase_add_test(tc, number_values_are_checked);
	suite_add_tcase(s, tc);
	return s;
}
