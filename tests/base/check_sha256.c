/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_sha256.c - FIPS 180-4 and its examples.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <string.h>

#include "base/sha256.h"

static void
assert_hash(const char *text, size_t len, const char *want)
{
	char hex[65];

	gw_sha256_hex(text, len, hex);
	ck_assert_str_eq(hex, want);
}

START_TEST(the_examples_of_the_standard_hold)
{
	assert_hash("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_hash("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

START_TEST(a_million_letters_hash_as_published)
{
	struct gw_sha256 s;
	char hex[65], block[1000];

	memset(block, 'a', sizeof(block));
	gw_sha256_init(&s);
	for (int i = 0; i < 1000; i++)
		gw_sha256_add(&s, block, sizeof(block));
	gw_sha256_end_hex(&s, hex);
	ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(pieces_of_any_size_hash_like_the_whole)
{
	char text[300], whole[65], pieces[65];
	struct gw_sha256 s;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof(text); len += 13)
		for (size_t step = 1; step < 140; step += 9) {
			gw_sha256_hex(text, len, whole);
			gw_sha256_init(&s);
			for (size_t at = 0; at < len; at += step)
				gw_sha256_add(&s, text + at, len - at < step ? len - at : step);
			gw_sha256_end_hex(&s, pieces);
			ck_assert_str_eq(pieces, whole);
		}
}
END_TEST

Suite *
check_sha256_suite(void)
{
	Suite *s = suite_create("base/sha256");
	TCase *tc = tcase_create("sha256");

	tcase_add_test(tc, the_examples_of_the_standard_hold);
	tcase_add_test(tc, a_million_letters_hash_as_published);
	tcase_add_test(tc, pieces_of_any_size_hash_like_the_whole);
	suite_add_tcase(s, tc);
	return s;
}
