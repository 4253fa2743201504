/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_json_write.c - the writer, read back by the reader.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <math.h>

#include "base/json.h"
#include "base/rng.h"

static struct gw_alloc		alloc;
static struct gw_buf		buf;
static struct gw_json_out	w;

static void
set_up(void)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&buf, &alloc, 0);
	gw_json_begin(&w, &buf);
}

static void
tear_down(void)
{
	gw_buf_fini(&buf);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
assert_text(const char *want)
{
	gw_buf_putc(&buf, '\0');
	ck_assert_int_eq(buf.err, 0);
	ck_assert_str_eq((char *)buf.ptr, want);
	tear_down();
}

START_TEST(commas_are_where_they_belong)
{
	set_up();
	gw_json_object(&w);
	gw_json_kv_int(&w, "a", 1);
	gw_json_key(&w, "b");
	gw_json_array(&w);
	gw_json_array(&w);
	gw_json_array_end(&w);
	gw_json_object(&w);
	gw_json_object_end(&w);
	gw_json_int(&w, 2);
	gw_json_null(&w);
	gw_json_array_end(&w);
	gw_json_kv_bool(&w, "c", true);
	gw_json_kv_str(&w, "d", gw_str("x"));
	gw_json_kv_num(&w, "e", 0.5);
	gw_json_object_end(&w);
	assert_text("{\"a\":1,\"b\":[[],{},2,null],\"c\":true,\"d\":\"x\",\"e\":0.5}");
}
END_TEST

START_TEST(a_lone_value_is_a_text_too)
{
	set_up();
	gw_json_bool(&w, false);
	assert_text("false");
}
END_TEST

START_TEST(numbers_print_exactly)
{
	set_up();
	gw_json_array(&w);
	gw_json_int(&w, INT64_MIN);
	gw_json_int(&w, INT64_MAX);
	gw_json_int(&w, 0);
	gw_json_int(&w, -7);
	gw_json_num(&w, 0.1);
	gw_json_num(&w, -0.0);
	gw_json_num(&w, NAN);
	gw_json_num(&w, INFINITY);
	gw_json_array_end(&w);
	assert_text("[-9223372036854775808,9223372036854775807,0,-7,0.1,-0,null,null]");
}
END_TEST

START_TEST(strings_are_escaped_and_null_is_null)
{
	set_up();
	gw_json_array(&w);
	gw_json_str(&w, (struct gw_slice){ "\"\\/\b\f\n\r\t\x01\0\x7f", 11 });
	gw_json_str(&w, gw_str("\xc3\xbc\xf0\x9f\x8f\x88"));
	gw_json_str(&w, gw_str(""));
	gw_json_str(&w, (struct gw_slice){ NULL, 0 });
	gw_json_array_end(&w);
	assert_text("[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u0000\x7f\","
	    "\"\xc3\xbc\xf0\x9f\x8f\x88\",\"\",null]");
}
END_TEST

START_TEST(bytes_that_are_no_text_become_base64)
{
	set_up();
	gw_json_object(&w);
	gw_json_kv_str(&w, "value", (struct gw_slice){ "\xff\x00\x01", 3 });
	gw_json_object_end(&w);
	assert_text("{\"value\":{\"b64\":\"/wAB\"}}");
}
END_TEST

START_TEST(a_full_buffer_says_so_once)
{
	set_up();
	buf.max = 10;
	gw_json_array(&w);
	for (int i = 0; i < 100; i++)
		gw_json_int(&w, i);
	gw_json_array_end(&w);
	ck_assert_int_eq(buf.err, GW_ELIMIT);
	ck_assert_uint_le(buf.len, 10);
	tear_down();
}
END_TEST

/* Any bytes, in any mix, survive: text as a string, other bytes by base64. */
START_TEST(random_bytes_survive_the_trip)
{
	struct gw_buf bytes;
	const struct gw_json *b64;
	struct gw_arena arena;
	struct gw_json *v;
	struct gw_rng r;
	char raw[40];

	set_up();
	gw_buf_init(&bytes, &alloc, 0);
	gw_arena_init(&arena, &alloc, 0);
	gw_rng_seed(&r, 6);
	for (int i = 0; i < 5000; i++) {
		struct gw_slice s = { raw, (size_t)gw_rng_below(&r, sizeof(raw)) };

		for (size_t j = 0; j < s.len; j++)
			raw[j] = (char)gw_rng_below(&r, i % 2 == 0 ? 128 : 256);
		gw_buf_clear(&buf);
		gw_buf_clear(&bytes);
		gw_arena_reset(&arena);
		gw_json_begin(&w, &buf);
		gw_json_str(&w, s);
		ck_assert_int_eq(gw_json_parse(gw_buf_slice(&buf), &arena, &v, NULL), 0);
		b64 = gw_json_get(v, "b64");
		if (b64 == NULL) {
			ck_assert(gw_slice_eq(v->text, s));
			continue;
		}
		ck_assert_int_eq(gw_base64_get(b64->text, &bytes), 0);
		ck_assert(gw_slice_eq(gw_buf_slice(&bytes), s));
	}
	gw_arena_fini(&arena);
	gw_buf_fini(&bytes);
	tear_down();
}
END_TEST

Suite *
check_json_write_suite(void)
{
	Suite *s = suite_create("base/json_write");
	TCase *tc = tcase_create("json_write");

	tcase_add_test(tc, commas_are_where_they_belong);
	tcase_add_test(tc, a_lone_value_is_a_text_too);
	tcase_add_test(tc, numbers_print_exactly);
	tcase_add_test(tc, strings_are_escaped_and_null_is_null);
	tcase_add_test(tc, bytes_that_are_no_text_become_base64);
	tcase_add_test(tc, a_full_buffer_says_so_once);
	tcase_add_test(tc, random_bytes_survive_the_trip);
	suite_add_tcase(s, tc);
	return s;
}
