/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_number.c - numbers from text and back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/slice.h"

START_TEST(whole_numbers_of_the_full_range_are_read)
{
	static const struct {
		const char	*text;
		int64_t		 want;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "7", 7 }, { "-1", -1 }, { "007", 7 },
		{ "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
		{ "-9223372036854775807", -INT64_MAX },
	};
	int64_t v;

	for (size_t i = 0; i < GW_N(good); i++) {
		ck_assert_int_eq(gw_slice_i64(gw_str(good[i].text), &v), 0);
		ck_assert_int_eq(v, good[i].want);
	}
}
END_TEST

START_TEST(what_is_no_whole_number_is_refused_and_out_untouched)
{
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "a", "--1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999", "1\n",
	};
	int64_t v = 42;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(gw_slice_i64(gw_str(bad[i]), &v) == GW_EDATA, "%s", bad[i]);
	ck_assert_int_eq(gw_slice_i64((struct gw_slice){ NULL, 0 }, &v), GW_EDATA);
	ck_assert_int_eq(gw_slice_i64(GW_LIT("1\0"), &v), GW_EDATA);
	ck_assert_int_eq(v, 42);
}
END_TEST

START_TEST(a_number_is_bounded_by_its_slice)
{
	int64_t i;
	double d;

	ck_assert_int_eq(gw_slice_i64((struct gw_slice){ "123456", 3 }, &i), 0);
	ck_assert_int_eq(i, 123);
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ "1.5e10", 3 }, &d), 0);
	ck_assert_double_eq(d, 1.5);
}
END_TEST

/* Each read both by us and by the compiler. */
START_TEST(doubles_are_the_nearest_ones)
{
	static const struct {
		const char	*text;
		double		 want;
	} good[] = {
		{ "0", 0 }, { "0.0", 0 }, { "1", 1 }, { "-2.5", -2.5 }, { ".5", .5 }, { "5.", 5 },
		{ "1e3", 1e3 }, { "1E+3", 1e3 }, { "1e-04", 1e-4 }, { "000.25", .25 },
		{ "0.1", 0.1 }, { "123456789012345678", 123456789012345678. },
		{ "0.3", 0.3 }, { "1e22", 1e22 }, { "1e23", 1e23 }, { "8.5e-23", 8.5e-23 },
		{ "9007199254740993", 9007199254740992. },		/* a tie, to even */
		{ "9007199254740993.00000000000000000001", 9007199254740994. },
		{ "1.7976931348623157e308", DBL_MAX }, { "2.2250738585072014e-308", DBL_MIN },
		{ "4.9406564584124654e-324", 4.9406564584124654e-324 },
		{ "1e-400", 0 }, { "0e999999999999", 0 }, { "0.000e5", 0 },
		{ "2.2250738585072011e-308", 2.2250738585072011e-308 },
	};
	double v;

	for (size_t i = 0; i < GW_N(good); i++) {
		ck_assert_msg(gw_slice_double(gw_str(good[i].text), &v) == 0, "%s", good[i].text);
		ck_assert_msg(v == good[i].want, "%s gave %.17g", good[i].text, v);
	}
	ck_assert_int_eq(gw_slice_double(GW_LIT("-0"), &v), 0);
	ck_assert(v == 0 && signbit(v));
}
END_TEST

START_TEST(a_digit_far_behind_the_768th_still_decides)
{
	char text[1200];
	double v;
	int n;

	/* 1 + 2^-53 exactly is a tie and rounds down; with one more digit anywhere it rounds up. */
	n = snprintf(text, sizeof(text), "1.%s%01000d",
	    "00000000000000011102230246251565404236316680908203125", 0);
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ text, (size_t)n }, &v), 0);
	ck_assert_double_eq(v, 1);
	text[n - 1] = '1';
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ text, (size_t)n }, &v), 0);
	ck_assert_double_eq(v, 1 + DBL_EPSILON);
}
END_TEST

START_TEST(a_very_long_whole_number_is_read)
{
	char text[310];
	double v;

	memset(text, '0', sizeof(text));
	text[0] = '1';
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ text, 309 }, &v), 0);
	ck_assert_double_eq(v, 1e308);
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ text, 310 }, &v), GW_EDATA);
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
	static const char *const bad[] = {
		"", "-", ".", "-.", "+1", " 1", "1 ", "1e", "1e+", "1e1.5", "0x1p3", "nan", "inf",
		"NA", "-inf", "1..2", "1.2.3", "e5", "1f", "1,5", "1e400", "-1e400",
		"1e99999999999999999999",
	};
	double v = 42;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(gw_slice_double(gw_str(bad[i]), &v) == GW_EDATA, "%s", bad[i]);
	ck_assert_int_eq(gw_slice_double((struct gw_slice){ NULL, 0 }, &v), GW_EDATA);
	ck_assert_double_eq(v, 42);
}
END_TEST

START_TEST(random_decimals_read_as_the_c_library_reads_them)
{
	struct gw_rng r;
	char text[80];
	double v;
	int n;

	gw_rng_seed(&r, 11);
	for (int i = 0; i < 20000; i++) {
		n = snprintf(text, sizeof(text), "%s%llu.%llue%d", gw_rng_below(&r, 2) ? "-" : "",
		    (unsigned long long)(gw_rng_u64(&r) >> gw_rng_below(&r, 64)),
		    (unsigned long long)(gw_rng_u64(&r) >> gw_rng_below(&r, 64)),
		    (int)gw_rng_below(&r, 640) - 330);
		if (!isfinite(strtod(text, NULL)))
			continue;
		ck_assert_int_eq(gw_slice_double((struct gw_slice){ text, (size_t)n }, &v), 0);
		ck_assert_msg(v == strtod(text, NULL), "%s", text);
	}
}
END_TEST

START_TEST(doubles_print_with_the_fewest_digits)
{
	static const struct {
		double		 v;
		const char	*want;
	} rows[] = {
		{ 0, "0" }, { -0.0, "-0" }, { 1, "1" }, { -1, "-1" }, { 0.1, "0.1" },
		{ 0.25, "0.25" }, { 1.0 / 3, "0.3333333333333333" },
		{ 2.0 / 3, "0.6666666666666666" },
		{ 0.1 + 0.2, "0.30000000000000004" }, { 46.5, "46.5" }, { 100, "100" },
		{ 123456789012345, "123456789012345" }, { 999999999999999, "999999999999999" },
		{ 1e15, "1000000000000000" }, { 1e20, "100000000000000000000" }, { 1e21, "1e+21" },
		{ 0.001, "0.001" }, { 0.000001, "0.000001" }, { 1e-7, "1e-7" },
		{ 1.5e-9, "1.5e-9" },
		{ 1e23, "1e+23" }, { 9007199254740993.0, "9007199254740992" },
		{ DBL_MAX, "1.7976931348623157e+308" }, { DBL_MIN, "2.2250738585072014e-308" },
		{ 5e-324, "5e-324" }, { 1e-323, "1e-323" },
		{ 9.5367431640625e-7, "9.5367431640625e-7" },
		/* 2^-44: the nearest of 16 digits reads back as its neighbour below. */
		{ 5.684341886080802e-14, "5.684341886080802e-14" },
		{ NAN, "null" }, { INFINITY, "null" }, { -INFINITY, "null" },
	};
	char text[GW_DOUBLE_MAX];

	for (size_t i = 0; i < GW_N(rows); i++) {
		ck_assert_uint_eq(gw_double_text(rows[i].v, text), strlen(rows[i].want));
		ck_assert_str_eq(text, rows[i].want);
	}
}
END_TEST

/* Random bits, powers of two, and short decimals: read back, and no shorter text does. */
START_TEST(random_doubles_read_back_and_no_digit_is_too_many)
{
	char text[GW_DOUBLE_MAX], shorter[64];
	struct gw_rng r;
	double v, back;
	uint64_t bits;
	int digits;

	gw_rng_seed(&r, 12);
	for (int i = 0; i < 20000; i++) {
		bits = gw_rng_u64(&r);
		if (i % 4 == 1)
			bits &= UINT64_C(0x7ff) << 52;
		if (i % 4 == 2)
			bits &= (UINT64_C(1) << gw_rng_below(&r, 53)) - 1;	/* subnormal */
		memcpy(&v, &bits, sizeof(v));
		if (i % 4 == 3)
			v = (double)gw_rng_below(&r, 100000000) / 1e4;
		if (!isfinite(v))
			continue;
		ck_assert_uint_le(gw_double_text(v, text), GW_DOUBLE_MAX - 1);
		ck_assert_int_eq(gw_slice_double(gw_str(text), &back), 0);
		ck_assert_msg(back == v, "%a printed as %s", v, text);
		digits = 0;
		for (const char *p = text; *p != '\0' && *p != 'e'; p++)
			digits += *p >= '0' && *p <= '9' && (digits > 0 || *p != '0');
		if (digits < 2 || strchr(text, '.') == NULL)
			continue;	/* zeros before the point are no digits too many */
		(void)snprintf(shorter, sizeof(shorter), "%.*e", digits - 2, v);
		ck_assert_msg(strtod(shorter, NULL) != v, "%s would do for %s", shorter, text);
	}
}
END_TEST

START_TEST(a_locale_with_a_decimal_comma_changes_nothing)
{
	static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR" };
	char text[GW_DOUBLE_MAX];
	double v;

	/* Where none is installed the C locale runs through the same lines. */
	for (size_t i = 0; i < GW_N(locales); i++)
		if (setlocale(LC_NUMERIC, locales[i]) != NULL)
			break;
	ck_assert_int_eq(gw_slice_double(GW_LIT("3.141592653589793238"), &v), 0);
	ck_assert_double_eq(v, 3.141592653589793238);
	(void)gw_double_text(v, text);
	ck_assert_str_eq(text, "3.141592653589793");
	ck_assert_int_eq(gw_slice_double(GW_LIT("3,14"), &v), GW_EDATA);
	(void)setlocale(LC_NUMERIC, "C");
}
END_TEST

Suite *
check_number_suite(void)
{
	Suite *s = suite_create("base/number");
	TCase *tc = tcase_create("number");

	tcase_add_test(tc, whole_numbers_of_the_full_range_are_read);
	tcase_add_test(tc, what_is_no_whole_number_is_refused_and_out_untouched);
	tcase_add_test(tc, a_number_is_bounded_by_its_slice);
	tcase_add_test(tc, doubles_are_the_nearest_ones);
	tcase_add_test(tc, a_digit_far_behind_the_768th_still_decides);
	tcase_add_test(tc, a_very_long_whole_number_is_read);
	tcase_add_test(tc, what_is_no_number_is_refused);
	tcase_add_test(tc, random_decimals_read_as_the_c_library_reads_them);
	tcase_add_test(tc, doubles_print_with_the_fewest_digits);
	tcase_add_test(tc, random_doubles_read_back_and_no_digit_is_too_many);
	tcase_add_test(tc, a_locale_with_a_decimal_comma_changes_nothing);
	suite_add_tcase(s, tc);
	return s;
}
