/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_json_read.c - the strict reader.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/rng.h"
#include "tests/support/fail_alloc.h"

static struct fail_alloc	f;
static struct gw_arena		arena;
static struct gw_err		err;

static void
set_up(void)
{
	fail_alloc_init(&f, 0);
	gw_arena_init(&arena, &f.alloc, 0);
}

static void
tear_down(void)
{
	gw_arena_fini(&arena);
	ck_assert_uint_eq(f.blocks, 0);
}

static const struct gw_json *
parse(const char *text)
{
	struct gw_json *v = NULL;

	ck_assert_msg(gw_json_parse(gw_str(text), &arena, &v, &err) == 0, "%s: %s", text, err.msg);
	return v;
}

/* From a block of just that size, so that a sanitizer sees a read beyond the end. */
static void
assert_refused(const char *text, size_t len, const char *want)
{
	struct gw_json *v = NULL;
	char *exact = malloc(len == 0 ? 1 : len);

	ck_assert_ptr_nonnull(exact);
	if (len > 0)
		memcpy(exact, text, len);
	ck_assert_msg(gw_json_parse((struct gw_slice){ exact, len }, &arena, &v, &err) == GW_EDATA,
	    "%.*s is taken", (int)len, text);
	free(exact);
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_ptr_null(v);
	if (want != NULL)
		ck_assert_str_eq(err.msg, want);
}

START_TEST(every_type_is_read)
{
	const struct gw_json *v, *a;

	set_up();
	v = parse(" {\"a\":[1,-2.5e1,\"x\",true,false,null,[],{}],\"b\":\"y\"}\r\n\t");
	ck_assert_int_eq(v->type, GW_JSON_OBJECT);
	ck_assert_uint_eq(v->n, 2);
	a = gw_json_get(v, "a");
	ck_assert_int_eq(a->type, GW_JSON_ARRAY);
	ck_assert_uint_eq(a->n, 8);
	a = a->child;
	ck_assert_int_eq(a->type, GW_JSON_NUMBER);
	ck_assert_double_eq(a->number, 1);
	ck_assert(gw_slice_is(a->text, "1"));
	a = a->next;
	ck_assert_double_eq(a->number, -25);
	ck_assert(gw_slice_is(a->text, "-2.5e1"));
	a = a->next;
	ck_assert_int_eq(a->type, GW_JSON_STRING);
	ck_assert(gw_slice_is(a->text, "x"));
	a = a->next;
	ck_assert(a->type == GW_JSON_BOOL && a->boolean);
	a = a->next;
	ck_assert(a->type == GW_JSON_BOOL && !a->boolean);
	a = a->next;
	ck_assert_int_eq(a->type, GW_JSON_NULL);
	a = a->next;
	ck_assert(a->type == GW_JSON_ARRAY && a->n == 0 && a->child == NULL);
	a = a->next;
	ck_assert(a->type == GW_JSON_OBJECT && a->n == 0 && a->next == NULL);
	ck_assert(gw_slice_is(gw_json_get(v, "b")->text, "y"));
	tear_down();
}
END_TEST

START_TEST(every_form_of_a_number_is_read)
{
	static const struct {
		const char	*text;
		double		 want;
	} rows[] = {
		{ "0", 0 }, { "-0", 0 }, { "10", 10 }, { "0.5", 0.5 }, { "-0.25", -0.25 },
		{ "1e2", 100 }, { "1E2", 100 }, { "1e+2", 100 }, { "1E-2", 0.01 }, { "0e0", 0 },
		{ "12.5e-1", 1.25 },
	};

	set_up();
	for (size_t i = 0; i < GW_N(rows); i++) {
		ck_assert_double_eq(parse(rows[i].text)->number, rows[i].want);
		ck_assert(gw_slice_is(parse(rows[i].text)->text, rows[i].text));
	}
	tear_down();
}
END_TEST

START_TEST(get_answers_null_for_what_is_not_there)
{
	set_up();
	ck_assert_ptr_null(gw_json_get(NULL, "a"));
	ck_assert_ptr_null(gw_json_get(parse("[1]"), "a"));
	ck_assert_ptr_null(gw_json_get(parse("{\"b\":1}"), "a"));
	ck_assert_double_eq(gw_json_get(parse("{\"a\":1,\"a\":2}"), "a")->number, 1);
	tear_down();
}
END_TEST

START_TEST(escapes_are_decoded)
{
	set_up();
	ck_assert(gw_slice_is(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")->text, "\"\\/\b\f\n\r\t"));
	ck_assert(gw_slice_is(parse("\"a\\u00fcb\\u20AC\\ud83c\\uDFC8c\"")->text,
	    "a\xc3\xbc" "b\xe2\x82\xac\xf0\x9f\x8f\x88" "c"));
	ck_assert(gw_slice_eq(parse("\"\\u0000\"")->text, (struct gw_slice){ "\0", 1 }));
	ck_assert(gw_slice_is(parse("{\"k\\u0065y\":1}")->child->key, "key"));
	ck_assert(gw_slice_is(parse("\"\xc3\xbc\\n\xe2\x82\xac\"")->text,
	    "\xc3\xbc\n\xe2\x82\xac"));
	tear_down();
}
END_TEST

START_TEST(a_string_without_escapes_is_borrowed)
{
	const char *text = "{\"key\":\"value\"}";
	const struct gw_json *v;

	set_up();
	v = parse(text)->child;
	ck_assert_ptr_eq(v->key.ptr, text + 2);
	ck_assert_ptr_eq(v->text.ptr, text + 8);
	tear_down();
}
END_TEST

START_TEST(what_is_not_json_is_refused)
{
	static const char *const bad[] = {
		"", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\":1,}", "{\"a\"}",
		"{\"a\":}", "{a:1}", "{'a':1}", "{1:2}", "[1 2]", "{\"a\":1 \"b\":2}", "[1]]",
		"1 2", "nul", "True", "NaN", "-", "Infinity", "+1", "01", "-01", "1.", ".5",
		"1e", "1e+", "0x1", "1e999", "--1", "1a", "\"", "\"a", "\"\\\"", "\"\\",
		"\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\udc00\"",
		"\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\t\"", "\"\n\"", "\"\x80\"",
		"\"\xed\xa0\x80\"", "\"\xc3\"", "/* c */1", "1//", "\xef\xbb\xbf\x31", "[1}",
		"{\"a\":1]", "}", "]", ",", ":",
	};

	set_up();
	for (size_t i = 0; i < GW_N(bad); i++)
		assert_refused(bad[i], strlen(bad[i]), NULL);
	assert_refused("1\0", 2, NULL);
	assert_refused("\"a\0b\"", 5, NULL);
	assert_refused(NULL, 0, NULL);
	tear_down();
}
END_TEST

START_TEST(errors_say_line_and_column)
{
	set_up();
	assert_refused("{\n  \"a\": 1,\n  b\n}", 17, "line 3 column 3: expected a key in quotes");
	assert_refused("[\"\xe2\x82\xac\xe2\x82\xac\",x]", 12, "line 1 column 7: not a JSON value");
	assert_refused("[1,2", 4, "line 1 column 5: the text ends too early");
	assert_refused("\n\n1 1", 5, "line 3 column 3: something follows the value");
	assert_refused("\"a\\ud800\"", 9, "line 1 column 3: half of a surrogate pair");
	assert_refused("{\"a\" 1}", 7, "line 1 column 6: expected ':'");
	assert_refused("[1 1]", 5, "line 1 column 4: expected ',' or ']'");
	assert_refused("-x", 2, "line 1 column 1: not a number");
	tear_down();
}
END_TEST

START_TEST(every_prefix_of_a_text_is_refused)
{
	const char *text = "{\"a\":[1.5e3,\"x\\u20ac\\n\xc3\xbc\",true,null],\"b\":{\"c\":false}}";

	set_up();
	(void)parse(text);
	for (size_t len = 0; len < strlen(text); len++) {
		assert_refused(text, len, NULL);
		gw_arena_reset(&arena);
	}
	tear_down();
}
END_TEST

START_TEST(the_depth_has_a_limit)
{
	char text[2 * (GW_JSON_DEPTH_MAX + 1) + 1];
	struct gw_json *v;
	size_t n = GW_JSON_DEPTH_MAX;

	set_up();
	memset(text, '[', n);
	memset(text + n, ']', n);
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ text, 2 * n }, &arena, &v, &err), 0);
	n++;
	memset(text, '[', n);
	memset(text + n, ']', n);
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ text, 2 * n }, &arena, &v, &err),
	    GW_ELIMIT);
	ck_assert_str_eq(err.msg, "line 1 column 65: nested too deeply");
	tear_down();
}
END_TEST

START_TEST(the_cap_of_the_arena_holds)
{
	struct gw_json *v;
	char text[2001];

	fail_alloc_init(&f, 0);
	gw_arena_init(&arena, &f.alloc, 1000);
	memset(text, ',', sizeof(text));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '1';
	text[0] = '[';
	text[2000] = ']';
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ text, 2001 }, &arena, &v, &err),
	    GW_ENOMEM);
	ck_assert_ptr_nonnull(strstr(err.msg, "no memory for this value"));
	tear_down();
}
END_TEST

START_TEST(a_null_error_is_accepted)
{
	struct gw_json *v;

	set_up();
	ck_assert_int_eq(gw_json_parse(GW_LIT("[1,"), &arena, &v, NULL), GW_EDATA);
	tear_down();
}
END_TEST

Suite *
check_json_read_suite(void)
{
	Suite *s = suite_create("base/json_read");
	TCase *tc = tcase_create("json_read");

	tcase_add_test(tc, every_type_is_read);
	tcase_add_test(tc, every_form_of_a_number_is_read);
	tcase_add_test(tc, get_answers_null_for_what_is_not_there);
	tcase_add_test(tc, escapes_are_decoded);
	tcase_add_test(tc, a_string_without_escapes_is_borrowed);
	tcase_add_test(tc, what_is_not_json_is_refused);
	tcase_add_test(tc, errors_say_line_and_column);
	tcase_add_test(tc, every_prefix_of_a_text_is_refused);
	tcase_add_test(tc, the_depth_has_a_limit);
	tcase_add_test(tc, the_cap_of_the_arena_holds);
	tcase_add_test(tc, a_null_error_is_accepted);
	suite_add_tcase(s, tc);
	return s;
}
