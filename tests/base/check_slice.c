/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_slice.c - borrowed text: comparing, cutting, guessing.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include "base/slice.h"

START_TEST(equality_is_of_bytes_and_ignores_null)
{
	ck_assert(gw_slice_eq(GW_LIT("a\0b"), (struct gw_slice){ "a\0bc", 3 }));
	ck_assert(!gw_slice_eq(GW_LIT("a\0b"), GW_LIT("a\0c")));
	ck_assert(!gw_slice_eq(GW_LIT("a"), GW_LIT("ab")));
	ck_assert(gw_slice_eq((struct gw_slice){ NULL, 0 }, GW_LIT("")));
	ck_assert(gw_slice_is(GW_LIT("topic"), "topic"));
	ck_assert(!gw_slice_is(GW_LIT("topic"), "topi"));
}
END_TEST

START_TEST(a_prefix_is_found_only_at_the_start)
{
	ck_assert(gw_slice_starts(GW_LIT("sasl.mechanism"), "sasl."));
	ck_assert(gw_slice_starts(GW_LIT("x"), ""));
	ck_assert(gw_slice_starts((struct gw_slice){ NULL, 0 }, ""));
	ck_assert(!gw_slice_starts(GW_LIT("a.sasl."), "sasl."));
	ck_assert(!gw_slice_starts(GW_LIT("sas"), "sasl."));
}
END_TEST

START_TEST(trim_takes_blanks_and_tabs_from_both_ends_only)
{
	ck_assert(gw_slice_is(gw_slice_trim(GW_LIT(" \t a b\t ")), "a b"));
	ck_assert(gw_slice_is(gw_slice_trim(GW_LIT("\na ")), "\na"));
	ck_assert_uint_eq(gw_slice_trim(GW_LIT("  \t ")).len, 0);
	ck_assert_uint_eq(gw_slice_trim((struct gw_slice){ NULL, 0 }).len, 0);
}
END_TEST

START_TEST(cut_splits_at_the_first_and_says_whether_there_was_one)
{
	struct gw_slice rest;

	ck_assert(gw_slice_is(gw_slice_cut(GW_LIT("a=b=c"), '=', &rest), "a"));
	ck_assert(gw_slice_is(rest, "b=c"));
	ck_assert(gw_slice_is(gw_slice_cut(GW_LIT("a="), '=', &rest), "a"));
	ck_assert_ptr_nonnull(rest.ptr);
	ck_assert_uint_eq(rest.len, 0);
	ck_assert(gw_slice_is(gw_slice_cut(GW_LIT("abc"), '=', &rest), "abc"));
	ck_assert_ptr_null(rest.ptr);
	ck_assert_uint_eq(gw_slice_cut((struct gw_slice){ NULL, 0 }, '=', &rest).len, 0);
	ck_assert_ptr_null(rest.ptr);
}
END_TEST

static const struct {
	const char	*name;
	int		 other;
} names[] = {
	{ "bootstrap.servers", 1 }, { "group.id", 2 }, { NULL, 3 }, { "acks", 4 },
	{ "linger.ms", 5 }, { "topic", 6 }, { "topics", 7 },
};

static const char *
nearest(const char *word)
{
	return gw_nearest(word, &names[0].name, sizeof(names[0]), sizeof(names) / sizeof(names[0]));
}

START_TEST(a_slip_of_the_hand_finds_the_name)
{
	ck_assert_str_eq(nearest("boostrap.servers"), "bootstrap.servers");	/* one missing */
	ck_assert_str_eq(nearest("bootstrap.server"), "bootstrap.servers");
	ck_assert_str_eq(nearest("gruop.id"), "group.id");			/* swapped */
	ck_assert_str_eq(nearest("acsk"), "acks");
	ck_assert_str_eq(nearest("topix"), "topic");
	ck_assert_str_eq(nearest("group_id"), "group.id");
}
END_TEST

START_TEST(the_nearer_of_two_names_wins)
{
	ck_assert_str_eq(nearest("topicss"), "topics");
	ck_assert_str_eq(nearest("topi"), "topic");
}
END_TEST

START_TEST(a_foreign_word_finds_nothing)
{
	char longer[200];

	ck_assert_ptr_null(nearest("compression"));
	ck_assert_ptr_null(nearest("xyz"));
	ck_assert_ptr_null(nearest("rguo.pdi"));	/* four swaps are four steps */
	ck_assert_ptr_null(nearest(""));
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_ptr_null(nearest(longer));
	ck_assert_ptr_null(gw_nearest("a", names, sizeof(names[0]), 0));
}
END_TEST

START_TEST(lines_come_without_their_ends)
{
	struct gw_slice rest = GW_LIT("a\r\n\nb\rc\r");

	ck_assert(gw_slice_is(gw_slice_line(&rest), "a"));
	ck_assert(gw_slice_is(gw_slice_line(&rest), ""));
	ck_assert_ptr_nonnull(rest.ptr);
	ck_assert(gw_slice_is(gw_slice_line(&rest), "b\rc"));
	ck_assert_ptr_null(rest.ptr);
	ck_assert_uint_eq(gw_slice_line(&rest).len, 0);
}
END_TEST

START_TEST(one_line_end_is_taken_off)
{
	ck_assert(gw_slice_is(gw_slice_chomp(GW_LIT("secret\r\n")), "secret"));
	ck_assert(gw_slice_is(gw_slice_chomp(GW_LIT("secret\n")), "secret"));
	ck_assert(gw_slice_is(gw_slice_chomp(GW_LIT("two\nlines\n\n")), "two\nlines\n"));
	ck_assert(gw_slice_is(gw_slice_chomp(GW_LIT(" kept ")), " kept "));
	ck_assert_uint_eq(gw_slice_chomp(GW_LIT("")).len, 0);
}
END_TEST

Suite *
check_slice_suite(void)
{
	Suite *s = suite_create("base/slice");
	TCase *tc = tcase_create("slice");

	tcase_add_test(tc, equality_is_of_bytes_and_ignores_null);
	tcase_add_test(tc, a_prefix_is_found_only_at_the_start);
	tcase_add_test(tc, trim_takes_blanks_and_tabs_from_both_ends_only);
	tcase_add_test(tc, cut_splits_at_the_first_and_says_whether_there_was_one);
	tcase_add_test(tc, a_slip_of_the_hand_finds_the_name);
	tcase_add_test(tc, the_nearer_of_two_names_wins);
	tcase_add_test(tc, a_foreign_word_finds_nothing);
	tcase_add_test(tc, lines_come_without_their_ends);
	tcase_add_test(tc, one_line_end_is_taken_off);
	suite_add_tcase(s, tc);
	return s;
}
