/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_utf8.c - every code point, and what is none.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include "base/utf8.h"

START_TEST(every_code_point_but_surrogates_round_trips)
{
	char text[4];

	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		size_t n = gw_utf8_put(code, text);
		size_t want = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

		if (n != want)
			ck_abort_msg("U+%04X has %zu bytes", (unsigned)code, n);
		if (gw_utf8_len((struct gw_slice){ text, n }) !=
		    (code >= 0xd800 && code < 0xe000 ? 0 : n))
			ck_abort_msg("U+%04X", (unsigned)code);
		if (n > 1 && gw_utf8_len((struct gw_slice){ text, n - 1 }) != 0)
			ck_abort_msg("U+%04X is taken though cut", (unsigned)code);
	}
}
END_TEST

START_TEST(malformed_sequences_are_refused)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff", "\xe2\x82", "\xe2\x82\x41",
		"\xf0\x9f\x8f", "a\x80",
	};

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(!gw_utf8_valid(gw_str(bad[i])), "row %zu", i);
}
END_TEST

START_TEST(text_of_all_kinds_is_valid)
{
	ck_assert(gw_utf8_valid(gw_str("")));
	ck_assert(gw_utf8_valid((struct gw_slice){ NULL, 0 }));
	ck_assert(gw_utf8_valid(gw_str("plain \x01\x7f")));
	ck_assert(gw_utf8_valid(gw_str("\xc3\xbc\xe2\x82\xac\xf0\x9f\x8f\x88")));
	ck_assert(gw_utf8_valid((struct gw_slice){ "a\0b", 3 }));
	ck_assert_uint_eq(gw_utf8_len((struct gw_slice){ NULL, 0 }), 0);
}
END_TEST

Suite *
check_utf8_suite(void)
{
	Suite *s = suite_create("base/utf8");
	TCase *tc = tcase_create("utf8");

	tcase_add_test(tc, every_code_point_but_surrogates_round_trips);
	tcase_add_test(tc, malformed_sequences_are_refused);
	tcase_add_test(tc, text_of_all_kinds_is_valid);
	suite_add_tcase(s, tc);
	return s;
}
