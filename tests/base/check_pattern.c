/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_pattern.c - regular expressions: what matches, what is refused.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>

#include "base/pattern.h"
#include "base/slice.h"
#include "tests/support/fail_alloc.h"

static const struct {
	const char	*pattern, *text;
	bool		 matches;
} cases[] = {
	{ "^nfl-.*", "nfl-plays", true },
	{ "^nfl-.*", "nfl-", true },
	{ "^nfl-.*", "xnfl-plays", false },
	{ "nfl", "nfl-plays", false },		/* the whole text, as Java's matches() */
	{ "^nfl$", "nfl", true },
	{ "", "", true },
	{ "", "a", false },
	{ "a|bc|", "bc", true },
	{ "a|bc|", "", true },
	{ "a|bc|", "b", false },
	{ "(^a.*)|(^b[0-9]+)", "b12", true },
	{ "(^a.*)|(^b[0-9]+)", "b", false },
	{ "(?:ab)+c?", "ababc", true },
	{ "(?:ab)+c?", "abac", false },
	{ "a{2,3}", "a", false },
	{ "a{2,3}", "aa", true },
	{ "a{2,3}", "aaaa", false },
	{ "a{2}b{0}", "aa", true },
	{ "(a|b){2,}", "abab", true },
	{ "(a|b){2,}", "a", false },
	{ "a.c", "a\nc", true },
	{ "[^-a-c]x", "dx", true },
	{ "[^-a-c]x", "-x", false },
	{ "[]a]", "]", true },
	{ "[a-]", "-", true },
	{ "[\\d.]+", "1.25", true },
	{ "\\w+\\.\\D", "t_1.x", true },
	{ "\\w+\\.\\D", "t_1.1", false },
	{ "\\S\\s", "a ", true },
	{ "a\\.b", "axb", false },
	{ "(a*)*b", "aaab", true },
	{ "(a*)*b", "aaaa", false },
	{ "(|a)+", "aaa", true },
	{ ".*?x+?", "aaxx", true },
	{ "a^b", "ab", false },
	{ "x{0,2}", "xx", true },
};

START_TEST(a_pattern_matches_whole_texts)
{
	struct gw_alloc alloc = gw_alloc_libc(0);

	for (size_t i = 0; i < GW_N(cases); i++) {
		struct gw_pattern *p;
		struct gw_err err;

		ck_assert_msg(gw_pattern_new(&p, gw_str(cases[i].pattern), &alloc, &err) == 0,
		    "%s", err.msg);
		ck_assert_msg(gw_pattern_matches(p, gw_str(cases[i].text)) == cases[i].matches,
		    "%s on %s", cases[i].pattern, cases[i].text);
		gw_pattern_free(p);
	}
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

static const struct {
	const char	*pattern, *why;
	int		 code;
} refused[] = {
	{ "*a", "nothing to repeat, at byte 1", GW_EINVAL },
	{ "a(b", "( without its ), at byte 3", GW_EINVAL },
	{ "ab)", ") without its (, at byte 2", GW_EINVAL },
	{ "[a", "[ without its ], at byte 2", GW_EINVAL },
	{ "[b-a]", "range that goes backwards", GW_EINVAL },
	{ "[[:alpha:]]", "[[:names:]]", GW_EINVAL },
	{ "a{2,1}", "{m,n} is wanted", GW_EINVAL },
	{ "a{", "{m,n} is wanted", GW_EINVAL },
	{ "a{256}", "too many repetitions", GW_ELIMIT },
	{ "a\\", "\\ at the end", GW_EINVAL },
	{ "\\bx", "this \\ is not known", GW_EINVAL },
	{ "(?i)x", "after (? only : is known", GW_EINVAL },
	{ "(a{200}){200}", "too large", GW_ELIMIT },
};

START_TEST(what_is_not_understood_is_refused_and_said_where)
{
	struct gw_alloc alloc = gw_alloc_libc(0);

	for (size_t i = 0; i < GW_N(refused); i++) {
		struct gw_pattern *p;
		struct gw_err err;

		ck_assert_int_eq(gw_pattern_new(&p, gw_str(refused[i].pattern), &alloc, &err),
		    refused[i].code);
		ck_assert_msg(strstr(err.msg, refused[i].why) != NULL, "%s", err.msg);
	}
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(deep_and_many_are_limits_not_crashes)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_pattern *p;
	char text[4096];
	struct gw_err err;
	size_t n = 0;

	memset(text, '(', sizeof(text));
	ck_assert_int_eq(gw_pattern_new(&p, (struct gw_slice){ text, sizeof(text) }, &alloc, &err),
	    GW_ELIMIT);
	for (int i = 0; i < 80; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[a]");
	ck_assert_int_eq(gw_pattern_new(&p, (struct gw_slice){ text, n }, &alloc, &err),
	    GW_ELIMIT);
	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(gw_pattern_new(&p, (struct gw_slice){ text, sizeof(text) }, &alloc, &err),
	    GW_ELIMIT);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(a_failed_allocation_is_said)
{
	struct fail_alloc alloc;
	struct gw_pattern *p;
	struct gw_err err;

	fail_alloc_init(&alloc, 1);
	ck_assert_int_eq(gw_pattern_new(&p, GW_LIT("a"), &alloc.alloc, &err), GW_ENOMEM);
	ck_assert_uint_eq(alloc.blocks, 0);
}
END_TEST

Suite *
check_pattern_suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *tc = tcase_create("expressions");

	tcase_add_test(tc, a_pattern_matches_whole_texts);
	tcase_add_test(tc, what_is_not_understood_is_refused_and_said_where);
	tcase_add_test(tc, deep_and_many_are_limits_not_crashes);
	tcase_add_test(tc, a_failed_allocation_is_said);
	suite_add_tcase(s, tc);
	return s;
}
