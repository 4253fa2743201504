/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_codec.c - the rows of the codec one by one: errors stick, versions gate, nulls
 * and tags obey the schema.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>

#include "tests/wire/suites.h"
#include "wire/api.h"
#include "wire/msg_fetch.h"

/* One struct with a row of every kind. */
struct inner {
	int32_t		 x;
};

struct all {
	bool		 flag;
	int8_t		 i8;
	int16_t		 i16;
	int32_t		 i32;
	int64_t		 i64;
	struct gw_uuid	 id;
	struct gw_slice	 text, bytes, records;
	int32_t		*numbers;
	size_t		 n_numbers;
	struct gw_slice	*names;
	size_t		 n_names;
	struct inner	*items;
	size_t		 n_items;
	struct inner	 one;
	struct inner	*maybe;
};

static void
inner_visit(struct gw_codec *w, struct inner *in)
{
	gw_i32(w, "X", 0, GW_MAX, &in->x, -1);
	gw_tags(w);
}

/* A row each, so that one table can go through them all. */
static void row_bool(struct gw_codec *w, struct all *a) { gw_bool(w, "F", 2, 5, &a->flag, true); }
static void row_i8(struct gw_codec *w, struct all *a) { gw_i8(w, "F", 2, 5, &a->i8, -1); }
static void row_i16(struct gw_codec *w, struct all *a) { gw_i16(w, "F", 2, 5, &a->i16, -1); }
static void row_i32(struct gw_codec *w, struct all *a) { gw_i32(w, "F", 2, 5, &a->i32, -1); }
static void row_i64(struct gw_codec *w, struct all *a) { gw_i64(w, "F", 2, 5, &a->i64, -1); }
static void row_uuid(struct gw_codec *w, struct all *a) { gw_uuid(w, "F", 2, 5, &a->id); }
static void row_string(struct gw_codec *w, struct all *a) { gw_string(w, "F", 2, 5, &a->text); }
static void row_bytes(struct gw_codec *w, struct all *a) { gw_bytes(w, "F", 2, 5, &a->bytes); }

static void
row_records(struct gw_codec *w, struct all *a)
{
	gw_records(w, "F", 2, 5, &a->records);
}

static void
row_i32s(struct gw_codec *w, struct all *a)
{
	gw_i32s(w, "F", 2, 5, &a->numbers, &a->n_numbers);
}

static void
row_strings(struct gw_codec *w, struct all *a)
{
	gw_strings(w, "F", 2, 5, &a->names, &a->n_names);
}

static void
row_array(struct gw_codec *w, struct all *a)
{
	struct inner *in;

	GW_EACH(w, "F", 2, 5, in, a->items, a->n_items)
		inner_visit(w, in);
}

static void
row_struct(struct gw_codec *w, struct all *a)
{
	struct inner *in;

	GW_STRUCT(w, "F", 2, 5, in, a->one)
		inner_visit(w, in);
}

static void
row_struct_null(struct gw_codec *w, struct all *a)
{
	struct inner *in;

	GW_STRUCT_NULL(gw_null(w, 2), "F", 2, 5, in, a->maybe)
		inner_visit(w, in);
}

static void
row_tag(struct gw_codec *w, struct all *a)
{
	struct gw_tags tags;

	gw_tags_begin(w, &tags);
	gw_i32(gw_tag(w, &tags, 3), "F", 2, 5, &a->i32, -1);
	gw_tags_end(w, &tags);
}

static void
row_no_tags(struct gw_codec *w, struct all *a)
{
	(void)a;
	gw_tags(w);
}

static const struct {
	const char	*name;
	void		(*row)(struct gw_codec *w, struct all *a);
	bool		 gated;		/* has versions of its own */
} rows[] = {
	{ "bool", row_bool, true },
	{ "int8", row_i8, true },
	{ "int16", row_i16, true },
	{ "int32", row_i32, true },
	{ "int64", row_i64, true },
	{ "uuid", row_uuid, true },
	{ "string", row_string, true },
	{ "bytes", row_bytes, true },
	{ "records", row_records, true },
	{ "int32 array", row_i32s, true },
	{ "string array", row_strings, true },
	{ "struct array", row_array, true },
	{ "struct", row_struct, true },
	{ "nullable struct", row_struct_null, true },
	{ "tagged field", row_tag, true },
	{ "tags", row_no_tags, false }
};

static struct gw_alloc alloc;
static struct gw_arena arena;
static struct gw_buf buf;
static struct gw_err err;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 1 << 16);
	gw_buf_init(&buf, &alloc, 0);
}

static void
teardown(void)
{
	gw_arena_fini(&arena);
	gw_buf_fini(&buf);
	ck_assert_uint_eq(alloc.used, 0);
}

/* No member at its default. */
static struct all
full(void)
{
	static int32_t numbers[] = { 1, 2, 3 };
	static struct gw_slice names[] = { { "a", 1 }, { "", 0 } };
	static struct inner items[] = { { 7 }, { -1 } };
	struct all a = { .flag = false, .i8 = 1, .i16 = 2, .i32 = 3, .i64 = 4, .id = { { 9 } },
		.text = gw_str("t"), .bytes = gw_str("bb"), .records = gw_str("rrr"),
		.numbers = numbers, .n_numbers = 3, .names = names, .n_names = 2, .items = items,
		.n_items = 2, .one = { 5 }, .maybe = items };

	return a;
}

/* ---- the sticky error ---- */

START_TEST(decode_does_nothing_after_an_error)
{
	static const char bytes[64] = { 2, 2, 2, 2, 2, 2 };
	struct gw_codec w = gw_codec_decode((struct gw_slice){ bytes, sizeof(bytes) }, 0, 3, true,
	    &arena);
	struct all a = full();

	gw_codec_fail(&w, GW_EPROTO, "First", "cut off");
	rows[_i].row(&w, &a);
	ck_assert_uint_eq(w.at, 0);
	ck_assert_int_eq(w.err, GW_EPROTO);
	ck_assert_str_eq(w.err_field, "First");
	ck_assert_uint_eq(arena.used, 0);
	gw_codec_fail(&w, GW_ENOMEM, "Second", "later");
	ck_assert_int_eq(gw_codec_err(&w, &err), GW_EPROTO);
	ck_assert_str_eq(err.msg, "First: cut off at byte 0 of 64");
}
END_TEST

START_TEST(encode_does_nothing_after_an_error)
{
	struct all a = full();
	struct gw_codec w;

	gw_buf_puts(&buf, "before");
	w = gw_codec_encode(&buf, 3, true);
	gw_codec_fail(&w, GW_ELIMIT, "First", "too long");
	rows[_i].row(&w, &a);
	ck_assert_uint_eq(buf.len, 6);
	ck_assert_int_eq(gw_codec_err(&w, &err), GW_ELIMIT);
	ck_assert_str_eq(err.msg, "First: too long");
}
END_TEST

START_TEST(list_does_nothing_after_an_error)
{
	struct gw_codec w = gw_codec_list(&buf, &arena);
	struct all a = full();

	gw_codec_fail(&w, GW_ENOMEM, NULL, "out of memory");
	rows[_i].row(&w, &a);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_uint_eq(w.depth, 0);
}
END_TEST

START_TEST(a_row_that_is_cut_off_is_an_error)
{
	bool flexible = _i % 2 != 0;
	size_t k = (size_t)_i / 2, len;
	struct all a = full(), b;
	struct gw_codec w = gw_codec_encode(&buf, 3, flexible);

	if (rows[k].row == row_tag && !flexible)
		return;
	rows[k].row(&w, &a);
	ck_assert_int_eq(w.err, 0);
	for (len = 0; len < buf.len; len++) {
		w = gw_codec_decode((struct gw_slice){ (const char *)buf.ptr, len }, 0, 3, flexible,
		    &arena);
		rows[k].row(&w, &b);
		ck_assert_int_eq(w.err, GW_EPROTO);
		ck_assert_uint_le(w.err_at, len);
	}
}
END_TEST

START_TEST(a_buffer_that_is_full_is_an_error)
{
	struct all a = full();
	struct gw_codec w = gw_codec_encode(&buf, 3, true);
	size_t len;

	rows[_i].row(&w, &a);
	len = buf.len;
	gw_buf_fini(&buf);
	gw_buf_init(&buf, &alloc, len);
	w = gw_codec_encode(&buf, 3, true);
	rows[_i].row(&w, &a);
	ck_assert_int_eq(w.err, 0);
	gw_buf_fini(&buf);
	gw_buf_init(&buf, &alloc, len);
	gw_buf_putc(&buf, 'x');
	w = gw_codec_encode(&buf, 3, true);
	rows[_i].row(&w, &a);
	ck_assert_int_eq(w.err, GW_ELIMIT);
}
END_TEST

/* ---- versions ---- */

START_TEST(a_version_without_the_field_decodes_to_its_default)
{
	struct all a = full(), want = full();
	struct gw_codec w = gw_codec_decode(GW_LIT("\0\0"), 0, 6, false, &arena);

	rows[_i].row(&w, &a);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(w.at, 0);
	if (rows[_i].row == row_bool)
		ck_assert(a.flag);
	else if (rows[_i].row == row_i8)
		ck_assert_int_eq(a.i8, -1);
	else if (rows[_i].row == row_i64)
		ck_assert_int_eq(a.i64, -1);
	else if (rows[_i].row == row_string)
		ck_assert(a.text.ptr != NULL && a.text.len == 0);
	else if (rows[_i].row == row_i32s)
		ck_assert(a.numbers == NULL && a.n_numbers == 0);
	else if (rows[_i].row == row_array)
		ck_assert(a.items == NULL && a.n_items == 0);
	else if (rows[_i].row == row_struct)
		ck_assert_int_eq(a.one.x, -1);
	else if (rows[_i].row == row_struct_null)
		ck_assert_ptr_null(a.maybe);
	else if (rows[_i].gated)
		ck_assert_mem_ne(&a, &want, sizeof(a));
}
END_TEST

START_TEST(a_set_field_that_the_version_lacks_is_refused)
{
	struct all a = full();
	struct gw_codec w = gw_codec_encode(&buf, _i % 2 == 0 ? 1 : 6, false);

	rows[_i / 2].row(&w, &a);
	ck_assert_int_eq(w.err, rows[_i / 2].gated ? GW_EVERSION : 0);
	ck_assert_uint_eq(buf.len, 0);
}
END_TEST

START_TEST(an_ignorable_field_that_the_version_lacks_is_dropped)
{
	struct gw_codec w = gw_codec_encode(&buf, 1, false);
	int32_t v = 7;

	gw_i32(gw_ign(&w), "F", 2, GW_MAX, &v, 0);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, 0);
	/* and the mark is gone with its row */
	gw_i32(&w, "F", 2, GW_MAX, &v, 0);
	ck_assert_int_eq(w.err, GW_EVERSION);
}
END_TEST

START_TEST(defaults_are_set_without_a_frame)
{
	struct gw_fetch_request r;

	memset(&r, 0x5a, sizeof(r));
	gw_visit_defaults(gw_fetch_request_visit, &r);
	ck_assert_int_eq(r.replica_id, -1);
	ck_assert_int_eq(r.max_bytes, INT32_MAX);
	ck_assert_int_eq(r.session_epoch, -1);
	ck_assert_int_eq(r.replica_state.replica_epoch, -1);
	ck_assert_uint_eq(r.n_topics, 0);
	ck_assert_ptr_null(r.cluster_id.ptr);
	ck_assert(r.rack_id.ptr != NULL && r.rack_id.len == 0);
}
END_TEST

/* ---- null ---- */

START_TEST(null_is_refused_where_the_schema_has_none)
{
	static const struct { const char *bytes; size_t len; bool flexible; } nulls[] = {
		{ "\377\377", 2, false }, { "\0", 1, true }
	};
	struct gw_slice v;
	struct gw_codec w;
	size_t i;

	for (i = 0; i < GW_N(nulls); i++) {
		struct gw_slice frame = { nulls[i].bytes, nulls[i].len };

		w = gw_codec_decode(frame, 0, 9, nulls[i].flexible, &arena);
		gw_string(&w, "Name", 0, GW_MAX, &v);
		ck_assert_int_eq(gw_codec_err(&w, &err), GW_EPROTO);
		/* nullable, but only from version 10 on */
		w = gw_codec_decode(frame, 0, 9, nulls[i].flexible, &arena);
		gw_string(gw_null(&w, 10), "Name", 0, GW_MAX, &v);
		ck_assert_int_eq(w.err, GW_EPROTO);
		w = gw_codec_decode(frame, 0, 10, nulls[i].flexible, &arena);
		gw_string(gw_null(&w, 10), "Name", 0, GW_MAX, &v);
		ck_assert_int_eq(w.err, 0);
		ck_assert_ptr_null(v.ptr);
	}
}
END_TEST

START_TEST(null_is_written_as_null_or_empty_or_refused)
{
	struct gw_slice null = { NULL, 0 };
	struct gw_codec w = gw_codec_encode(&buf, 9, false);

	gw_string(&w, "Never", 0, GW_MAX, &null);
	gw_string(gw_null(&w, 9), "Now", 0, GW_MAX, &null);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, 4);
	ck_assert_mem_eq(buf.ptr, "\0\0\377\377", 4);
	gw_string(gw_null(&w, 10), "Later", 0, GW_MAX, &null);
	ck_assert_int_eq(gw_codec_err(&w, &err), GW_EVERSION);
	ck_assert_str_eq(err.msg, "Later: null, which this version cannot say");
}
END_TEST

START_TEST(a_null_array_is_not_an_empty_one)
{
	int32_t *v = NULL;
	size_t n = GW_NULL_ARRAY;
	struct gw_codec w = gw_codec_encode(&buf, 0, false);

	gw_i32s(gw_null(&w, 0), "A", 0, GW_MAX, &v, &n);
	n = 0;
	gw_i32s(gw_null(&w, 0), "A", 0, GW_MAX, &v, &n);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, 8);
	ck_assert_mem_eq(buf.ptr, "\377\377\377\377\0\0\0\0", 8);
	w = gw_codec_decode(gw_buf_slice(&buf), 0, 0, false, &arena);
	gw_i32s(gw_null(&w, 0), "A", 0, GW_MAX, &v, &n);
	ck_assert_uint_eq(n, GW_NULL_ARRAY);
	ck_assert_uint_eq(gw_count(n), 0);
	gw_i32s(gw_null(&w, 0), "A", 0, GW_MAX, &v, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(w.err, 0);
}
END_TEST

START_TEST(a_nullable_struct_is_minus_one_or_one)
{
	struct all a;
	struct gw_codec w = gw_codec_decode(GW_LIT("\377"), 0, 3, false, &arena);

	row_struct_null(&w, &a);
	ck_assert_int_eq(w.err, 0);
	ck_assert_ptr_null(a.maybe);
	w = gw_codec_decode(GW_LIT("\1\0\0\0\7"), 0, 3, false, &arena);
	row_struct_null(&w, &a);
	ck_assert_int_eq(w.err, 0);
	ck_assert_int_eq(a.maybe->x, 7);
	w = gw_codec_decode(GW_LIT("\2\0\0\0\7"), 0, 3, false, &arena);
	row_struct_null(&w, &a);
	ck_assert_int_eq(w.err, GW_EPROTO);
}
END_TEST

/* ---- lengths and counts ---- */

START_TEST(a_negative_length_other_than_minus_one_is_refused)
{
	struct gw_slice v;
	struct gw_codec w = gw_codec_decode(GW_LIT("\377\376"), 0, 0, false, &arena);

	gw_string(gw_null(&w, 0), "Name", 0, GW_MAX, &v);
	ck_assert_int_eq(gw_codec_err(&w, &err), GW_EPROTO);
	ck_assert_str_eq(err.msg, "Name: negative length at byte 2 of 2");
}
END_TEST

START_TEST(a_count_that_the_frame_cannot_hold_allocates_nothing)
{
	static const char lies[] = "\177\377\377\377" "\0\0\0\1\0\0\0\2";
	struct all a;
	struct gw_codec w;

	if (rows[_i].row != row_i32s && rows[_i].row != row_strings && rows[_i].row != row_array)
		return;
	w = gw_codec_decode(GW_LIT(lies), 0, 3, false, &arena);
	rows[_i].row(&w, &a);
	ck_assert_int_eq(w.err, GW_EPROTO);
	ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(more_items_than_the_arena_may_hold_is_a_limit)
{
	static char many[70000];
	struct all a;
	struct gw_codec w;

	memcpy(many, "\0\0\377\0", 4);
	w = gw_codec_decode((struct gw_slice){ many, sizeof(many) }, 0, 3, false, &arena);
	row_array(&w, &a);
	ck_assert_int_eq(w.err, GW_ELIMIT);
}
END_TEST

START_TEST(a_string_of_32767_bytes_is_the_longest)
{
	static char text[GW_STRING_MAX + 1];
	struct gw_slice v = { text, GW_STRING_MAX }, back;
	int flexible;

	for (flexible = 0; flexible < 2; flexible++) {
		struct gw_codec w;

		gw_buf_clear(&buf);
		v.len = GW_STRING_MAX;
		w = gw_codec_encode(&buf, 0, flexible);
		gw_string(&w, "Name", 0, GW_MAX, &v);
		ck_assert_int_eq(w.err, 0);
		w = gw_codec_decode(gw_buf_slice(&buf), 0, 0, flexible, &arena);
		gw_string(&w, "Name", 0, GW_MAX, &back);
		ck_assert_int_eq(w.err, 0);
		ck_assert_uint_eq(back.len, GW_STRING_MAX);
		gw_buf_clear(&buf);
		v.len++;
		w = gw_codec_encode(&buf, 0, flexible);
		gw_string(&w, "Name", 0, GW_MAX, &v);
		ck_assert_int_eq(w.err, GW_ELIMIT);
		ck_assert_uint_eq(buf.len, 0);
	}
	/* compact, 32768 + 1 */
	gw_buf_put(&buf, "\201\200\2", 3);
	gw_buf_put(&buf, text, sizeof(text));
	{
		struct gw_codec w = gw_codec_decode(gw_buf_slice(&buf), 0, 0, true, &arena);

		gw_string(&w, "Name", 0, GW_MAX, &back);
		ck_assert_int_eq(w.err, GW_EPROTO);
	}
}
END_TEST

START_TEST(an_error_tells_the_way_to_its_field)
{
	struct all a;
	struct gw_codec w = gw_codec_decode(GW_LIT("\0\0\0\3\0\0\0\1\0\0\0\2\0"), 0, 3, false,
	    &arena);

	row_array(&w, &a);
	ck_assert_int_eq(gw_codec_err(&w, &err), GW_EPROTO);
	ck_assert_str_eq(err.msg, "F[2].X: cut off at byte 12 of 13");
}
END_TEST

/* ---- tagged fields ---- */

struct tagged {
	int32_t		a;		/* tag 0, default -1 */
	struct gw_slice	b;		/* tag 2 */
	struct inner	c;		/* tag 5 */
};

static void
tagged_visit(struct gw_codec *w, struct tagged *t)
{
	struct gw_tags tags;
	struct inner *in;

	gw_tags_begin(w, &tags);
	gw_i32(gw_tag(w, &tags, 0), "A", 0, GW_MAX, &t->a, -1);
	gw_string(gw_null(gw_tag(w, &tags, 2), 0), "B", 0, GW_MAX, &t->b);
	GW_STRUCT(gw_tag(w, &tags, 5), "C", 0, GW_MAX, in, t->c)
		inner_visit(w, in);
	gw_tags_end(w, &tags);
}

static int
decode_tagged(struct gw_slice frame, struct tagged *t)
{
	struct gw_codec w = gw_codec_decode(frame, 0, 0, true, &arena);

	tagged_visit(&w, t);
	if (w.err == 0)
		ck_assert_uint_eq(w.at, frame.len);
	return w.err;
}

START_TEST(tagged_fields_at_their_default_are_not_written)
{
	struct tagged t = { -1, { NULL, 0 }, { -1 } };
	struct gw_codec w = gw_codec_encode(&buf, 0, true);

	tagged_visit(&w, &t);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, 1);
	ck_assert_int_eq(buf.ptr[0], 0);
}
END_TEST

START_TEST(tagged_fields_carry_tag_and_size)
{
	static const char want[] = "\3" "\0\4\0\0\0\7" "\2\3\3hi" "\5\5\0\0\0\1\0";
	struct tagged t = { 7, gw_str("hi"), { 1 } }, back;
	struct gw_codec w = gw_codec_encode(&buf, 0, true);

	tagged_visit(&w, &t);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, sizeof(want) - 1);
	ck_assert_mem_eq(buf.ptr, want, buf.len);
	ck_assert_int_eq(decode_tagged(gw_buf_slice(&buf), &back), 0);
	ck_assert_int_eq(back.a, 7);
	ck_assert(gw_slice_is(back.b, "hi"));
	ck_assert_int_eq(back.c.x, 1);
}
END_TEST

START_TEST(a_missing_tag_leaves_the_default)
{
	struct tagged t;

	ck_assert_int_eq(decode_tagged(GW_LIT("\1\2\3\3hi"), &t), 0);
	ck_assert_int_eq(t.a, -1);
	ck_assert(gw_slice_is(t.b, "hi"));
	ck_assert_int_eq(t.c.x, -1);
}
END_TEST

START_TEST(unknown_tags_are_read_over)
{
	struct tagged t;

	/* 1, 3 and 200 are not ours */
	ck_assert_int_eq(decode_tagged(GW_LIT("\5" "\0\4\0\0\0\7" "\1\2zz" "\2\3\3hi" "\3\0"
	    "\310\1\1z"), &t), 0);
	ck_assert_int_eq(t.a, 7);
	ck_assert(gw_slice_is(t.b, "hi"));
}
END_TEST

START_TEST(tagged_sections_that_lie_are_refused)
{
	static const struct { const char *bytes; size_t len; const char *what; } bad[] = {
		{ "\2\2\3\3hi\0\4\0\0\0\7", 12, "falling order" },
		{ "\2\2\3\3hi\2\3\3hi", 11, "twice the same tag" },
		{ "\1\0\5\0\0\0\7\0", 8, "a size beyond the value" },
		{ "\1\0\3\0\0\0\7", 7, "a size short of the value" },
		{ "\1\0\11\0\0\0\7", 7, "a size beyond the frame" },
		{ "\1\11\11\0\0\0\7", 7, "the same for an unknown tag" },
		{ "\2\0\4\0\0\0\7", 7, "more fields than there are" },
		{ "\377\377\377\377\177", 5, "a count that is no uint32" },
		{ "\1\0", 2, "no size" },
		{ "", 0, "no count" }
	};
	struct tagged t;
	size_t i;

	for (i = 0; i < GW_N(bad); i++)
		ck_assert_msg(decode_tagged((struct gw_slice){ bad[i].bytes, bad[i].len }, &t) ==
		    GW_EPROTO, "%s", bad[i].what);
}
END_TEST

START_TEST(a_long_tagged_field_gets_a_longer_size)
{
	static char text[300];
	struct tagged t = { -1, { text, sizeof(text) }, { -1 } }, back;
	struct gw_codec w = gw_codec_encode(&buf, 0, true);

	memset(text, 'x', sizeof(text));
	tagged_visit(&w, &t);
	ck_assert_int_eq(w.err, 0);
	ck_assert_uint_eq(buf.len, 1 + 1 + 2 + 2 + 300);
	ck_assert_int_eq(decode_tagged(gw_buf_slice(&buf), &back), 0);
	ck_assert(gw_slice_eq(back.b, t.b));
}
END_TEST

START_TEST(a_row_lists_all_that_it_knows)
{
	static const char want[] =
	    "A int32 0+ default -1 tag 0\n"
	    "B string 0+ nullable 0+ default null tag 2\n"
	    "C struct 0+ tag 5\n"
	    "  X int32 0+ default -1\n"
	    "F bool 2-5 default true\n"
	    "G string 4 nullable 4 ignorable\n";
	struct gw_codec w = gw_codec_list(&buf, &arena);
	struct tagged t;
	struct all a;

	tagged_visit(&w, &t);
	row_bool(&w, &a);
	gw_string(gw_ign(gw_null_or_empty(&w, 0)), "G", 4, 4, &a.text);
	gw_buf_putc(&buf, '\0');
	ck_assert_str_eq((const char *)buf.ptr, want);
}
END_TEST

Suite *
check_codec_suite(void)
{
	Suite *s = suite_create("codec");
	TCase *tc = tcase_create("rows");
	const int n = (int)GW_N(rows);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, decode_does_nothing_after_an_error, 0, n);
	tcase_add_loop_test(tc, encode_does_nothing_after_an_error, 0, n);
	tcase_add_loop_test(tc, list_does_nothing_after_an_error, 0, n);
	tcase_add_loop_test(tc, a_row_that_is_cut_off_is_an_error, 0, 2 * n);
	tcase_add_loop_test(tc, a_buffer_that_is_full_is_an_error, 0, n);
	tcase_add_loop_test(tc, a_version_without_the_field_decodes_to_its_default, 0, n);
	tcase_add_loop_test(tc, a_set_field_that_the_version_lacks_is_refused, 0, 2 * n);
	tcase_add_loop_test(tc, a_count_that_the_frame_cannot_hold_allocates_nothing, 0, n);
	tcase_add_test(tc, an_ignorable_field_that_the_version_lacks_is_dropped);
	tcase_add_test(tc, defaults_are_set_without_a_frame);
	tcase_add_test(tc, null_is_refused_where_the_schema_has_none);
	tcase_add_test(tc, null_is_written_as_null_or_empty_or_refused);
	tcase_add_test(tc, a_null_array_is_not_an_empty_one);
	tcase_add_test(tc, a_nullable_struct_is_minus_one_or_one);
	tcase_add_test(tc, a_negative_length_other_than_minus_one_is_refused);
	tcase_add_test(tc, more_items_than_the_arena_may_hold_is_a_limit);
	tcase_add_test(tc, a_string_of_32767_bytes_is_the_longest);
	tcase_add_test(tc, an_error_tells_the_way_to_its_field);
	tcase_add_test(tc, tagged_fields_at_their_default_are_not_written);
	tcase_add_test(tc, tagged_fields_carry_tag_and_size);
	tcase_add_test(tc, a_missing_tag_leaves_the_default);
	tcase_add_test(tc, unknown_tags_are_read_over);
	tcase_add_test(tc, tagged_sections_that_lie_are_refused);
	tcase_add_test(tc, a_long_tagged_field_gets_a_longer_size);
	tcase_add_test(tc, a_row_lists_all_that_it_knows);
	suite_add_tcase(s, tc);
	return s;
}
