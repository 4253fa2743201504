/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_base64.c - RFC 4648.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include "base/json.h"
#include "base/rng.h"

static struct gw_alloc	alloc;
static struct gw_buf	text, bytes;

static void
set_up(void)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&text, &alloc, 0);
	gw_buf_init(&bytes, &alloc, 0);
}

static void
tear_down(void)
{
	gw_buf_fini(&text);
	gw_buf_fini(&bytes);
	ck_assert_uint_eq(alloc.used, 0);
}

START_TEST(the_examples_of_the_rfc_hold)
{
	static const char *const rows[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};

	set_up();
	for (size_t i = 0; i < GW_N(rows); i++) {
		gw_buf_clear(&text);
		gw_buf_clear(&bytes);
		gw_base64_put(&text, gw_str(rows[i][0]));
		ck_assert(gw_slice_is(gw_buf_slice(&text), rows[i][1]));
		ck_assert_int_eq(gw_base64_get(gw_str(rows[i][1]), &bytes), 0);
		ck_assert(gw_slice_is(gw_buf_slice(&bytes), rows[i][0]));
	}
	tear_down();
}
END_TEST

START_TEST(any_bytes_round_trip)
{
	struct gw_rng r;
	char raw[100];

	gw_rng_seed(&r, 5);
	set_up();
	for (size_t len = 0; len <= sizeof(raw); len++) {
		for (size_t i = 0; i < len; i++)
			raw[i] = (char)gw_rng_below(&r, 256);
		gw_buf_clear(&text);
		gw_buf_clear(&bytes);
		gw_base64_put(&text, (struct gw_slice){ raw, len });
		ck_assert_uint_eq(text.len, (len + 2) / 3 * 4);
		ck_assert_int_eq(gw_base64_get(gw_buf_slice(&text), &bytes), 0);
		ck_assert(gw_slice_eq(gw_buf_slice(&bytes), (struct gw_slice){ raw, len }));
	}
	tear_down();
}
END_TEST

START_TEST(what_is_not_canonical_is_refused_and_nothing_is_left)
{
	static const char *const bad[] = {
		"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm9v\n", "Zm 9",
		"Zm-v", "Zm_v", "=Zg=", "Zg=a", "Zm9v!m9v", "Zm9vZg=x",
	};

	set_up();
	gw_buf_puts(&bytes, "before");
	for (size_t i = 0; i < GW_N(bad); i++) {
		ck_assert_msg(gw_base64_get(gw_str(bad[i]), &bytes) == GW_EDATA, "%s", bad[i]);
		ck_assert(gw_slice_is(gw_buf_slice(&bytes), "before"));
	}
	tear_down();
}
END_TEST

START_TEST(the_limit_of_the_buffer_is_reported)
{
	set_up();
	bytes.max = 5;
	ck_assert_int_eq(gw_base64_get(gw_str("Zm9vYmFy"), &bytes), GW_ELIMIT);
	text.max = 7;
	gw_base64_put(&text, gw_str("foobar"));
	ck_assert_int_eq(text.err, GW_ELIMIT);
	ck_assert_uint_eq(text.len, 0);
	tear_down();
}
END_TEST

Suite *
check_base64_suite(void)
{
	Suite *s = suite_create("base/base64");
	TCase *tc = tcase_create("base64");

	tcase_add_test(tc, the_examples_of_the_rfc_hold);
	tcase_add_test(tc, any_bytes_round_trip);
	tcase_add_test(tc, what_is_not_canonical_is_refused_and_nothing_is_left);
	tcase_add_test(tc, the_limit_of_the_buffer_is_reported);
	suite_add_tcase(s, tc);
	return s;
}
