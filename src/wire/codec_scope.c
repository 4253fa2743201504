/* SPDX-License-Identifier: MIT
 *
 * wire/codec_scope.c - what holds other rows: arrays of structs, structs, tagged fields.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/codec_raw.h"

#include <assert.h>

#include "wire/varint.h"

/*
 * The items' pointer of any struct type lies behind s->v. Copied as bytes, because reading it
 * through a void ** would break C's aliasing rule.
 */
static void *
load(const struct gw_scope *s)
{
	void *p;

	memcpy(&p, s->v, sizeof(p));
	return p;
}

static void
store(const struct gw_scope *s, void *p)
{
	memcpy(s->v, &p, sizeof(p));
}

static void
decode_array(struct gw_scope *s, bool here, const struct gw_row_mods *m)
{
	struct gw_codec *w = s->w;
	size_t n = m->null_default ? GW_NULL_ARRAY : 0;

	if (here)
		n = gw_raw_get_count(w, s->name, 1, m);
	s->items = gw_raw_items(w, s->name, gw_count(n), s->size);
	s->count = w->err == 0 ? gw_count(n) : 0;
	store(s, s->items);
	*s->n = w->err == 0 ? n : 0;
}

static void
encode_array(struct gw_scope *s, const struct gw_row *r, const struct gw_row_mods *m)
{
	size_t n = *s->n;

	if (!gw_row_writes(s->w, r, m, m->null_default ? n == GW_NULL_ARRAY : gw_count(n) == 0))
		return;
	gw_raw_put_len(s->w, s->name, 4, n, m);
	s->items = load(s);
	s->count = gw_count(n);
}

/* A nullable struct is a byte, -1 for null and 1, before its fields. */
static void
decode_struct_null(struct gw_scope *s, bool here)
{
	struct gw_codec *w = s->w;
	int64_t mark = here ? gw_raw_get(w, s->name, 1) : -1;

	if (w->err == 0 && mark != -1 && mark != 1)
		gw_codec_fail(w, GW_EPROTO, s->name, "neither null nor a struct,");
	s->count = w->err == 0 && mark == 1 ? 1 : 0;
	s->items = gw_raw_items(w, s->name, s->count, s->size);
	store(s, s->items);
}

static void
encode_struct_null(struct gw_scope *s, const struct gw_row *r, const struct gw_row_mods *m)
{
	void *p = load(s);

	if (!gw_row_writes(s->w, r, m, p == NULL))
		return;
	gw_raw_put(s->w, s->name, 1, p == NULL ? -1 : 1);
	s->items = p;
	s->count = p == NULL ? 0 : 1;
}

static void
begin_list(struct gw_scope *s, const struct gw_row *r, const struct gw_row_mods *m)
{
	struct gw_codec *w = s->w;

	gw_raw_list(w, r, m, 0);
	if (s->kind != GW_SCOPE_STRUCT)
		s->items = gw_raw_items(w, s->name, 1, s->size);
	s->count = 1;
	w->depth++;
}

static void
show(struct gw_scope *s, enum gw_seen_kind kind, size_t n)
{
	const struct gw_row r = { s->name, "struct", s->since, s->until };

	s->w->dump->see(s->w, &r, &(struct gw_seen){ kind, 0, NULL, n });
}

/* What is null, absent, or a tagged array without items has nothing inside to show. */
static void
begin_dump(struct gw_scope *s, bool here, const struct gw_row_mods *m)
{
	size_t n = s->kind == GW_SCOPE_ARRAY ? *s->n :
	    s->kind == GW_SCOPE_STRUCT_NULL && load(s) == NULL ? GW_NULL_ARRAY : 1;

	s->count = 0;
	if (!here || (m->tagged && gw_count(n) == 0))
		return;
	show(s, s->kind == GW_SCOPE_ARRAY ? GW_SEEN_ARRAY : GW_SEEN_STRUCT, n);
	s->shown = n != GW_NULL_ARRAY;
	s->count = gw_count(n);
	s->items = s->kind == GW_SCOPE_STRUCT ? s->v : load(s);
}

static void
begin(struct gw_scope *s)
{
	const struct gw_row r = { s->name, s->kind == GW_SCOPE_ARRAY ? "[]struct" : "struct",
	    s->since, s->until };
	struct gw_codec *w = s->w;
	struct gw_row_mods m = gw_row_take_mods(w);

	if (w->err != 0)
		return;
	if (s->kind == GW_SCOPE_STRUCT) {
		/* absent or not, its rows are visited: they have defaults to set or to compare */
		s->items = s->v;
		s->count = 1;
	}
	if (w->mode == GW_LIST)
		begin_list(s, &r, &m);
	else if (w->mode == GW_DUMP)
		begin_dump(s, gw_row_here(w, &r, &m), &m);
	else if (s->kind == GW_SCOPE_STRUCT)
		w->absent = !gw_row_here(w, &r, &m);
	else if (s->kind == GW_SCOPE_ARRAY && w->mode == GW_DECODE)
		decode_array(s, gw_row_here(w, &r, &m), &m);
	else if (s->kind == GW_SCOPE_ARRAY)
		encode_array(s, &r, &m);
	else if (w->mode == GW_DECODE)
		decode_struct_null(s, gw_row_here(w, &r, &m));
	else
		encode_struct_null(s, &r, &m);
	if (w->err != 0)
		return;
	s->up = w->scope;
	w->scope = s;
}

static void
end(struct gw_scope *s)
{
	struct gw_codec *w = s->w;

	w->absent = s->was_absent;
	if (w->scope != s)
		return;
	w->scope = s->up;
	if (w->mode == GW_LIST)
		w->depth--;
	if (s->shown)
		show(s, s->kind == GW_SCOPE_ARRAY ? GW_SEEN_ARRAY_END : GW_SEEN_STRUCT_END, 0);
}

void *
gw_scope_next(struct gw_scope *s)
{
	if (!s->begun) {
		s->begun = true;
		s->was_absent = s->w->absent;
		begin(s);
	} else {
		if (s->shown && s->kind == GW_SCOPE_ARRAY)
			show(s, GW_SEEN_ITEM_END, 0);
		s->i++;
	}
	if (s->w->err == 0 && s->i < s->count) {
		if (s->shown && s->kind == GW_SCOPE_ARRAY)
			show(s, GW_SEEN_ITEM, 0);
		return s->items + s->i * s->size;
	}
	end(s);
	return NULL;
}

/* ---- tagged fields: count, then tag, size and bytes of each ---- */

static bool
has_tags(const struct gw_codec *w)
{
	return w->flexible && !w->absent && w->err == 0;
}

void
gw_tags_begin(struct gw_codec *w, struct gw_tags *t)
{
	*t = (struct gw_tags){ .last = -1, .outer_end = w->end, .outer_differs = w->differs };
	if (!has_tags(w))
		return;
	if (w->mode == GW_DECODE)
		t->left = gw_raw_get_uvarint(w, "tagged fields");
	else if (w->mode == GW_ENCODE) {
		t->count_at = w->out->len;
		gw_raw_put(w, "tagged fields", 1, 0);
	}
}

/* Read the next tag and size, if there is one. */
static void
next_header(struct gw_codec *w, struct gw_tags *t)
{
	if (t->have || t->left == 0)
		return;
	t->left--;
	t->tag = gw_raw_get_uvarint(w, "tag");
	t->size = gw_raw_get_uvarint(w, "size of a tagged field");
	if (w->err == 0 && t->size > w->end - w->at)
		gw_codec_fail(w, GW_EPROTO, "tagged field", "cut off");
	else if (w->err == 0 && (int64_t)t->tag <= t->last)
		gw_codec_fail(w, GW_EPROTO, "tag", "not in rising order");
	t->last = t->tag;
	t->have = w->err == 0;
}

/* Read over unknown tags up to one. */
static void
skip_to(struct gw_codec *w, struct gw_tags *t, int64_t tag)
{
	for (next_header(w, t); t->have && t->tag < tag; next_header(w, t)) {
		w->at += t->size;
		t->have = false;
	}
}

/* Put tag and size before the bytes that the row has written, or drop them if all was default. */
static void
close_encoded(struct gw_codec *w, struct gw_tags *t)
{
	size_t size = w->out->len - t->field_at, n;
	uint8_t header[2 * GW_VARINT_MAX], *field;

	if (!w->differs) {
		w->out->len = t->field_at;
		return;
	}
	if (size > INT32_MAX) {
		gw_codec_fail(w, GW_ELIMIT, "tagged field", "too long for the protocol");
		return;
	}
	n = gw_uvarint_put(header, (uint32_t)t->open_tag);
	n += gw_uvarint_put(header + n, (uint32_t)size);
	gw_raw_put_bytes(w, "tagged field", header, n);		/* makes room, at the wrong end */
	if (w->err != 0)
		return;
	field = w->out->ptr + t->field_at;
	memmove(field + n, field, size);
	memcpy(field, header, n);
	t->n++;
}

static void
close_tag(struct gw_codec *w, struct gw_tags *t)
{
	if (!t->open)
		return;
	t->open = false;
	if (!has_tags(w))
		return;
	if (w->mode == GW_ENCODE)
		close_encoded(w, t);
	if (w->mode == GW_DECODE && w->at != w->end)
		gw_codec_fail(w, GW_EPROTO, "tagged field", "longer than its content");
	w->end = t->outer_end;
}

struct gw_codec *
gw_tag(struct gw_codec *w, struct gw_tags *t, int32_t tag)
{
	close_tag(w, t);
	w->mods.tagged = true;
	w->mods.tag = tag;
	w->mods.tag_missing = !has_tags(w);
	if (!has_tags(w) || w->mode == GW_LIST || w->mode == GW_DUMP)
		return w;
	t->open = true;
	t->open_tag = tag;
	if (w->mode == GW_ENCODE) {
		w->differs = false;
		t->field_at = w->out->len;
		return w;
	}
	skip_to(w, t, tag);
	if (t->have && t->tag == (uint32_t)tag) {
		w->end = w->at + t->size;
		t->have = false;
	} else {
		t->open = false;
		w->mods.tag_missing = true;
	}
	return w;
}

void
gw_tags_end(struct gw_codec *w, struct gw_tags *t)
{
	close_tag(w, t);
	if (w->mode == GW_ENCODE) {
		if (has_tags(w))
			w->out->ptr[t->count_at] = t->n;
		w->differs = t->outer_differs || t->n > 0;
	} else if (w->mode == GW_DECODE && has_tags(w))
		skip_to(w, t, INT64_MAX);
	assert(t->n < 128);
}

void
gw_tags(struct gw_codec *w)
{
	struct gw_tags t;

	gw_tags_begin(w, &t);
	gw_tags_end(w, &t);
}
