/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_format.c - records as text by kcat's format strings, and as JSON there and back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>

#include "apps/records/format.h"
#include "base/slice.h"
#include "tests/apps/record.h"
#include "tests/support/fail_alloc.h"

static struct gw_alloc		 memory;
static struct test_record	 rec;
static const struct gw_place	 at = { { "plays", 5 }, 3, 2, true };
static const struct gw_header	 headers[] = {
	{ { "a", 1 }, { "1", 1 } },
	{ { "b", 1 }, { NULL, 0 } },
};

static void
setup(void)
{
	memory = gw_alloc_libc(0);
	test_record_new(&rec, &memory, 41, gw_str("key"), gw_str("value"), headers, 2);
}

static void
teardown(void)
{
	test_record_free(&rec);
	ck_assert_uint_eq(memory.used, 0);
}

static void
expect(const char *format, const char *null_text, const void *want, size_t len)
{
	struct gw_format *f;
	struct gw_buf out;
	struct gw_err err = { .msg = "" };

	f = gw_format_new(&memory, format, null_text, &err);
	ck_assert_msg(f != NULL, "%s: %s", format, err.msg);
	gw_buf_init(&out, &memory, 0);
	ck_assert_int_eq(gw_format_put(f, &out, &at, &rec.r, &err), 0);
	ck_assert_msg(out.len == len && memcmp(out.ptr, want, len) == 0, "%s gave \"%.*s\"", format,
	    GW_FMT(gw_buf_slice(&out)));
	gw_buf_fini(&out);
	gw_format_free(f);
}

START_TEST(each_directive_prints_its_part)
{
	static const struct { const char *format, *want;
	} cases[] = {
		{ "%s", "value" },
		{ "%S", "5" },
		{ "%k", "key" },
		{ "%K", "3" },
		{ "%T", "1700000000123" },
		{ "%t", "plays" },
		{ "%p", "3" },
		{ "%o", "41" },
		{ "%h", "a=1,b=" },
		{ "%%", "%" },
		{ "%t [%p] at %o: %k=%s|", "plays [3] at 41: key=value|" },
		{ "plain", "plain" },
		{ "100%%", "100%" },
	};

	for (size_t i = 0; i < GW_N(cases); i++)
		expect(cases[i].format, "", cases[i].want, strlen(cases[i].want));
}
END_TEST

START_TEST(escapes_become_bytes)
{
	expect("%s\\n\\t\\r\\\\", "", "value\n\t\r\\", 9);
	expect("\\x00\\x41\\xff\\0", "", "\0A\xff\0", 4);
	expect("\\x4g\\x9", "", "\4g\t", 3);
	expect("\\\"%s\\\"\\.", "", "\"value\".", 8);
}
END_TEST

START_TEST(the_length_in_four_bytes_is_big_endian)
{
	expect("%R%s", "", "\0\0\0\5value", 9);
}
END_TEST

START_TEST(null_has_length_minus_one_and_the_text_asked_for)
{
	const struct gw_slice null = { NULL, 0 };

	test_record_free(&rec);
	test_record_new(&rec, &memory, 0, null, null, headers, 2);
	expect("%k|%s|%K|%S|%h", "", "||-1|-1|a=1,b=", 14);
	expect("%k|%s|%K|%S|%h", "NULL", "NULL|NULL|-1|-1|a=1,b=NULL", 26);
	expect("%R", "", "\xff\xff\xff\xff", 4);
}
END_TEST

START_TEST(empty_is_not_null)
{
	test_record_free(&rec);
	test_record_new(&rec, &memory, 0, gw_str(""), gw_str(""), NULL, 0);
	expect("%k|%s|%K|%S|%h|", "NULL", "||0|0||", 7);
}
END_TEST

START_TEST(wrong_formats_are_refused_by_name)
{
	static const struct { const char *format, *names;
	} cases[] = {
		{ "%q", "%q" },
		{ "%", "directive" },
		{ "\\q", "\\q" },
		{ "\\", "escape" },
		{ "\\x", "hexadecimal" },
		{ "\\1", "\\1" },
		{ "\\\xc3", "escape" },
		{ "\\xzz", "zz" },
	};
	struct gw_err err;

	for (size_t i = 0; i < GW_N(cases); i++) {
		ck_assert_ptr_null(gw_format_new(&memory, cases[i].format, "", &err));
		ck_assert_int_eq(err.code, GW_EINVAL);
		ck_assert_msg(
		    strstr(err.msg, cases[i].names) != NULL, "%s: %s", cases[i].format, err.msg);
	}
}
END_TEST

START_TEST(a_delimiter_is_unescaped)
{
	struct gw_buf out;
	struct gw_err err;

	gw_buf_init(&out, &memory, 0);
	ck_assert_int_eq(gw_unescape("a\\x1e\\n%s", &out, &err), 0);
	ck_assert(gw_slice_is(gw_buf_slice(&out), "a\x1e\n%s"));
	ck_assert_int_eq(gw_unescape("\\k", &out, &err), GW_EINVAL);
	gw_buf_fini(&out);
}
END_TEST

/* ---- packs ---- */

/* As the value of a record: what is printed, or a part of the complaint. */
static void
unpacks(const char *pack, struct gw_slice bytes, int rc, const char *want)
{
	struct gw_unpack u = { NULL, NULL };
	struct gw_buf out;
	struct gw_err err = { .msg = "" };

	gw_buf_init(&out, &memory, 0);
	ck_assert_int_eq(gw_unpack_add(&u, pack, &err), 0);
	ck_assert_int_eq(gw_unpack_put(u.value, bytes, &out, &err), rc);
	ck_assert_msg(rc != 0 ? strstr(err.msg, want) != NULL :
	    gw_slice_is(gw_buf_slice(&out), want), "%s gave \"%.*s\" %s", pack,
	    GW_FMT(gw_buf_slice(&out)), err.msg);
	gw_buf_fini(&out);
}

START_TEST(a_pack_prints_numbers_of_either_order)
{
	const struct gw_slice up = GW_LIT("\1\2\3\4\5\6\7\10xyz");
	const struct gw_slice ones = GW_LIT("\xff\xff\xff\xff\xff\xff\xff\xff");

	unpacks("h", up, 0, "258");
	unpacks("<h", up, 0, "513");
	unpacks("<I", up, 0, "67305985");
	unpacks(">h<h", up, 0, "2581027");
	unpacks("> h h", up, 0, " 258 772");
	unpacks(">q s$", up, 0, "72623859790382856 xyz");
	unpacks(">qccc$", up, 0, "72623859790382856xyz");
	unpacks("b h i", ones, 0, "-1 -1 -1");
	unpacks("B H I", ones, 0, "255 65535 4294967295");
	unpacks("q$", ones, 0, "-1");
	unpacks("Q$", ones, 0, "18446744073709551615");
	unpacks(">b", GW_LIT("\x80"), 0, "-128");
	unpacks("$", GW_LIT(""), 0, "");
	unpacks(">qq", up, GW_EDATA, "8 bytes, and 3 are left");
	unpacks(">qc$", up, GW_EDATA, "2 bytes are left");
	unpacks("b", GW_LIT(""), GW_EDATA, "1 bytes, and 0");
}
END_TEST

START_TEST(what_is_no_pack_is_refused_by_its_letter)
{
	struct gw_unpack u = { NULL, NULL };
	struct gw_err err;

	ck_assert_int_eq(gw_unpack_add(&u, ">h,h", &err), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "\",\""));
	ck_assert_int_eq(gw_unpack_add(&u, "value=", &err), GW_EINVAL);
	ck_assert_int_eq(gw_unpack_add(&u, "", &err), GW_EINVAL);
	ck_assert(u.key == NULL && u.value == NULL);
	ck_assert_int_eq(gw_unpack_add(&u, "key=>h", &err), 0);
	ck_assert(u.value == NULL);
	ck_assert_str_eq(u.key, ">h");
}
END_TEST

START_TEST(a_record_that_does_not_unpack_prints_nothing)
{
	struct gw_unpack u = { "ccc$", ">h" };
	struct gw_err err = { .msg = "" };
	struct gw_format *f = gw_format_new(&memory, "%k %K %s", "", &err);
	struct gw_buf out;

	gw_buf_init(&out, &memory, 0);
	gw_buf_puts(&out, "before|");
	gw_format_unpack(f, &u);
	ck_assert_int_eq(gw_format_put(f, &out, &at, &rec.r, &err), 0);
	ck_assert(gw_slice_is(gw_buf_slice(&out), "before|key 3 30305"));
	u.value = "q";
	gw_format_unpack(f, &u);
	ck_assert_int_eq(gw_format_put(f, &out, &at, &rec.r, &err), GW_EDATA);
	ck_assert_str_eq(err.msg, "value: q takes 8 bytes, and 5 are left");
	ck_assert_uint_eq(out.len, strlen("before|key 3 30305"));
	gw_buf_fini(&out);
	gw_format_free(f);
}
END_TEST

/* ---- JSON ---- */

START_TEST(json_has_the_names_of_kcat)
{
	struct gw_buf out;

	gw_buf_init(&out, &memory, 0);
	gw_record_json(&out, &at, &rec.r);
	ck_assert_msg(gw_slice_is(gw_buf_slice(&out),
			  "{\"topic\":\"plays\",\"partition\":3,\"offset\":41,"
			  "\"tstype\":\"logappend\",\"ts\":1700000000123,\"broker\":2,"
			  "\"headers\":[[\"a\",\"1\"],[\"b\",null]],\"key\":"
			  "\"key\",\"payload\":\"value\"}\n"),
	    "%.*s", GW_FMT(gw_buf_slice(&out)));
	gw_buf_fini(&out);
}
END_TEST

static bool
same(struct gw_slice a, struct gw_slice b)
{
	return (a.ptr == NULL) == (b.ptr == NULL) && gw_slice_eq(a, b);
}

static void
round_trip(struct gw_slice key, struct gw_slice value, const struct gw_header *h, size_t n)
{
	struct gw_record_in in;
	struct test_record t;
	struct gw_arena arena;
	struct gw_buf out;
	struct gw_err err = { .msg = "" };

	test_record_new(&t, &memory, 7, key, value, h, n);
	gw_buf_init(&out, &memory, 0);
	gw_arena_init(&arena, &memory, 0);
	gw_record_json(&out, &at, &t.r);
	ck_assert_msg(gw_record_json_parse(gw_buf_slice(&out), &arena, &in, &err) == 0, "%.*s: %s",
	    GW_FMT(gw_buf_slice(&out)), err.msg);
	ck_assert_str_eq(in.topic, "plays");
	ck_assert(in.has_partition && in.has_ts);
	ck_assert_int_eq(in.partition, 3);
	ck_assert_int_eq(in.ts, 1700000000123);
	ck_assert(same(in.key, key));
	ck_assert(same(in.value, value));
	ck_assert_uint_eq(in.n_headers, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert(same(in.headers[i].key, h[i].key));
		ck_assert(same(in.headers[i].value, h[i].value));
	}
	gw_arena_fini(&arena);
	gw_buf_fini(&out);
	test_record_free(&t);
}

START_TEST(json_gives_back_any_bytes)
{
	static const char bytes[] = "\0\1\xff\xfe\x80 \"\\\n\xc3\xa9 \xed\xa0\x80";
	const struct gw_slice raw = { bytes, sizeof(bytes) }, null = { NULL, 0 }, empty = { "", 0 };
	const struct gw_header hs[] = { { gw_str("h"), raw }, { gw_str(""), empty },
		{ raw, null } };

	round_trip(gw_str("k"), gw_str("{\"down\":1}"), NULL, 0);
	round_trip(raw, raw, hs, 3);
	round_trip(null, null, NULL, 0);
	round_trip(empty, empty, hs, 1);
	for (size_t i = 0; i <= sizeof(bytes); i++)
		round_trip(null, (struct gw_slice){ bytes, i }, NULL, 0);
}
END_TEST

START_TEST(kcats_flat_headers_are_read)
{
	struct gw_slice text = GW_LIT(
	    "{\"headers\":[\"a\",\"1\",\"b\",null],\"key\":null,\"payload\":\"x\",\"broker\":1}");
	struct gw_record_in in;
	struct gw_arena arena;

	gw_arena_init(&arena, &memory, 0);
	ck_assert_int_eq(gw_record_json_parse(text, &arena, &in, NULL), 0);
	ck_assert_uint_eq(in.n_headers, 2);
	ck_assert(gw_slice_is(in.headers[1].key, "b"));
	ck_assert_ptr_null(in.headers[1].value.ptr);
	ck_assert_ptr_null(in.topic);
	ck_assert(!in.has_partition && !in.has_ts);
	gw_arena_fini(&arena);
}
END_TEST

START_TEST(a_wrong_record_is_refused_by_member)
{
	static const struct { const char *text, *names;
	} cases[] = {
		{ "[]", "object" },
		{ "{", "line 1" },
		{ "{\"topic\":1}", "topic" },
		{ "{\"partition\":\"0\"}", "partition" },
		{ "{\"partition\":1.5}", "partition" },
		{ "{\"partition\":4294967296}", "partition" },
		{ "{\"ts\":true}", "ts" },
		{ "{\"key\":1}", "key" },
		{ "{\"payload\":{\"a\":1}}", "payload" },
		{ "{\"key\":\"k\",\"value\":\"v\"}", "payload is missing" },
		{ "{\"payload\":{\"b64\":\"***\"}}", "payload" },
		{ "{\"headers\":1}", "headers" },
		{ "{\"headers\":[\"a\"]}", "headers" },
		{ "{\"headers\":[[\"a\"]]}", "headers" },
		{ "{\"headers\":[[null,\"v\"]]}", "header" },
	};
	struct gw_record_in in;
	struct gw_arena arena;
	struct gw_err err;

	for (size_t i = 0; i < GW_N(cases); i++) {
		gw_arena_init(&arena, &memory, 0);
		ck_assert_msg(
		    gw_record_json_parse(gw_str(cases[i].text), &arena, &in, &err) == GW_EDATA,
		    "%s", cases[i].text);
		ck_assert_msg(
		    strstr(err.msg, cases[i].names) != NULL, "%s: %s", cases[i].text, err.msg);
		gw_arena_fini(&arena);
	}
}
END_TEST

/* ---- memory ---- */

static int
format_and_back(struct gw_alloc *a, void *arg)
{
	struct gw_format *f;
	struct gw_record_in in;
	struct gw_arena arena;
	struct gw_buf out;
	struct gw_err err;
	int rc;

	(void)arg;
	f = gw_format_new(a, "%k=%s%h\\n", "NULL", &err);
	if (f == NULL)
		return err.code;
	gw_buf_init(&out, a, 0);
	gw_arena_init(&arena, a, 0);
	ck_assert_int_eq(gw_format_put(f, &out, &at, &rec.r, &err), 0);
	gw_buf_consume(&out, out.len);
	gw_record_json(&out, &at, &rec.r);
	rc = out.err;
	if (rc == 0)
		rc = gw_record_json_parse(gw_buf_slice(&out), &arena, &in, &err);
	gw_arena_fini(&arena);
	gw_buf_fini(&out);
	gw_format_free(f);
	return rc;
}

START_TEST(every_failed_allocation_is_told)
{
	static const char bytes[] = "\xff\xfe";

	test_record_free(&rec);
	test_record_new(&rec, &memory, 1, (struct gw_slice){ bytes, 2 }, gw_str("v"), headers, 2);
	ck_assert_uint_gt(fail_alloc_sweep(format_and_back, NULL), 3);
}
END_TEST

Suite *
check_format_suite(void)
{
	Suite *s = suite_create("format");
	TCase *tc = tcase_create("format");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_directive_prints_its_part);
	tcase_add_test(tc, escapes_become_bytes);
	tcase_add_test(tc, the_length_in_four_bytes_is_big_endian);
	tcase_add_test(tc, null_has_length_minus_one_and_the_text_asked_for);
	tcase_add_test(tc, empty_is_not_null);
	tcase_add_test(tc, wrong_formats_are_refused_by_name);
	tcase_add_test(tc, a_delimiter_is_unescaped);
	tcase_add_test(tc, a_pack_prints_numbers_of_either_order);
	tcase_add_test(tc, what_is_no_pack_is_refused_by_its_letter);
	tcase_add_test(tc, a_record_that_does_not_unpack_prints_nothing);
	tcase_add_test(tc, json_has_the_names_of_kcat);
	tcase_add_test(tc, json_gives_back_any_bytes);
	tcase_add_test(tc, kcats_flat_headers_are_read);
	tcase_add_test(tc, a_wrong_record_is_refused_by_member);
	tcase_add_test(tc, every_failed_allocation_is_told);
	suite_add_tcase(s, tc);
	return s;
}
