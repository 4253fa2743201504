/* SPDX-License-Identifier: MIT
 *
 * wire/codec_row.c - a row for each type of the protocol, in all modes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/codec_raw.h"

#include <assert.h>

static const struct gw_slice null_slice = { NULL, 0 };
static const struct gw_slice empty_slice = { "", 0 };

struct gw_codec *
gw_ign(struct gw_codec *w)
{
	w->mods.ignorable = true;
	return w;
}

struct gw_codec *
gw_null(struct gw_codec *w, int16_t since)
{
	w->mods.null_default = true;
	return gw_null_or_empty(w, since);
}

struct gw_codec *
gw_null_or_empty(struct gw_codec *w, int16_t since)
{
	w->mods.nullable = true;
	w->mods.null_since = since;
	return w;
}

/* ---- numbers ---- */

/* Where the visitor's struct holds something to read. */
static bool
reads(const struct gw_codec *w)
{
	return w->mode == GW_ENCODE || w->mode == GW_DUMP;
}

/* *v is read in ENCODE and DUMP, and written in DECODE. */
static void
number(struct gw_codec *w, const struct gw_row *r, unsigned n, int64_t *v, int64_t dflt)
{
	struct gw_row_mods m = gw_row_take_mods(w);

	if (w->mode == GW_DECODE)
		*v = dflt;
	if (w->err != 0)
		return;
	switch (w->mode) {
	case GW_DECODE:
		if (gw_row_here(w, r, &m))
			*v = gw_raw_get(w, r->name, n);
		break;
	case GW_ENCODE:
		if (gw_row_writes(w, r, &m, *v == dflt))
			gw_raw_put(w, r->name, n, *v);
		break;
	case GW_LIST:
		gw_raw_list(w, r, &m, dflt);
		break;
	case GW_DUMP:
		gw_raw_show(w, r, &m, *v == dflt,
		    &(struct gw_seen){ GW_SEEN_NUMBER, *v, NULL, 0 });
		break;
	}
}

void
gw_i8(struct gw_codec *w, const char *name, int16_t since, int16_t until, int8_t *v, int8_t dflt)
{
	const struct gw_row r = { name, "int8", since, until };
	int64_t x = reads(w) ? *v : 0;

	number(w, &r, 1, &x, dflt);
	if (w->mode == GW_DECODE)
		*v = (int8_t)x;
}

void
gw_i16(struct gw_codec *w, const char *name, int16_t since, int16_t until, int16_t *v, int16_t dflt)
{
	const struct gw_row r = { name, "int16", since, until };
	int64_t x = reads(w) ? *v : 0;

	number(w, &r, 2, &x, dflt);
	if (w->mode == GW_DECODE)
		*v = (int16_t)x;
}

void
gw_i32(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t *v, int32_t dflt)
{
	const struct gw_row r = { name, "int32", since, until };
	int64_t x = reads(w) ? *v : 0;

	number(w, &r, 4, &x, dflt);
	if (w->mode == GW_DECODE)
		*v = (int32_t)x;
}

void
gw_i64(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t *v, int64_t dflt)
{
	const struct gw_row r = { name, "int64", since, until };
	int64_t x = reads(w) ? *v : 0;

	number(w, &r, 8, &x, dflt);
	if (w->mode == GW_DECODE)
		*v = x;
}

void
gw_bool(struct gw_codec *w, const char *name, int16_t since, int16_t until, bool *v, bool dflt)
{
	const struct gw_row r = { name, "bool", since, until };
	int64_t x = reads(w) ? *v : 0;

	number(w, &r, 1, &x, dflt);
	if (w->mode == GW_DECODE)
		*v = x != 0;
}

static bool
uuid_is_zero(const struct gw_uuid *v)
{
	static const struct gw_uuid zero;

	return memcmp(v, &zero, sizeof(zero)) == 0;
}

void
gw_uuid(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_uuid *v)
{
	const struct gw_row r = { name, "uuid", since, until };
	struct gw_row_mods m = gw_row_take_mods(w);
	const uint8_t *p = NULL;

	if (w->mode == GW_DECODE)
		*v = (struct gw_uuid){ { 0 } };
	if (w->err != 0)
		return;
	switch (w->mode) {
	case GW_DECODE:
		if (gw_row_here(w, &r, &m))
			p = gw_raw_take(w, name, sizeof(v->b));
		if (p != NULL)
			memcpy(v->b, p, sizeof(v->b));
		break;
	case GW_ENCODE:
		if (gw_row_writes(w, &r, &m, uuid_is_zero(v)))
			gw_raw_put_bytes(w, name, v->b, sizeof(v->b));
		break;
	case GW_LIST:
		gw_raw_list(w, &r, &m, 0);
		break;
	case GW_DUMP:
		gw_raw_show(w, &r, &m, uuid_is_zero(v),
		    &(struct gw_seen){ GW_SEEN_UUID, 0, v, 1 });
		break;
	}
}

/* ---- text and bytes ---- */

static struct gw_slice
get_slice(struct gw_codec *w, const char *name, unsigned n, const struct gw_row_mods *m)
{
	size_t len = gw_raw_get_len(w, name, n, m);
	const uint8_t *p;

	if (w->err != 0 || len == GW_NULL_ARRAY)
		return null_slice;
	if (n == 2 && len > GW_STRING_MAX) {
		gw_codec_fail(w, GW_EPROTO, name, "longer than a string may be,");
		return null_slice;
	}
	p = gw_raw_take(w, name, len);
	return p == NULL ? null_slice : (struct gw_slice){ (const char *)p, len };
}

static void
put_slice(struct gw_codec *w, const char *name, unsigned n, struct gw_slice v,
    const struct gw_row_mods *m)
{
	/* a zeroed struct means empty where null was never possible */
	bool null = v.ptr == NULL && m->nullable;

	assert(v.ptr != NULL || v.len == 0);
	gw_raw_put_len(w, name, n, null ? GW_NULL_ARRAY : v.len, m);
	if (m->splice && w->splices != NULL && v.len >= GW_SPLICE_MIN)
		gw_raw_splice(w, name, v);
	else
		gw_raw_put_bytes(w, name, v.ptr, v.len);
}

/* n: bytes of the length where it is not compact. */
static void
slice(struct gw_codec *w, const struct gw_row *r, unsigned n, struct gw_slice *v)
{
	struct gw_row_mods m = gw_row_take_mods(w);

	if (w->mode == GW_DECODE)
		*v = m.null_default ? null_slice : empty_slice;
	if (w->err != 0)
		return;
	switch (w->mode) {
	case GW_DECODE:
		if (gw_row_here(w, r, &m))
			*v = get_slice(w, r->name, n, &m);
		break;
	case GW_ENCODE:
		if (gw_row_writes(w, r, &m, m.null_default ? v->ptr == NULL : v->len == 0))
			put_slice(w, r->name, n, *v, &m);
		break;
	case GW_LIST:
		gw_raw_list(w, r, &m, 0);
		break;
	case GW_DUMP:
		gw_raw_show(w, r, &m, m.null_default ? v->ptr == NULL : v->len == 0,
		    &(struct gw_seen){ GW_SEEN_SLICE, 0, v, 1 });
		break;
	}
}

void
gw_string(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v)
{
	slice(w, &(struct gw_row){ name, "string", since, until }, 2, v);
}

void
gw_bytes(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v)
{
	slice(w, &(struct gw_row){ name, "bytes", since, until }, 4, v);
}

void
gw_records(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v)
{
	w->mods.splice = true;
	slice(w, &(struct gw_row){ name, "records", since, until }, 4, v);
}

/* ---- arrays of plain values ---- */

static bool
count_is_default(size_t n, const struct gw_row_mods *m)
{
	return m->null_default ? n == GW_NULL_ARRAY : gw_count(n) == 0;
}

/* Items of size bytes, 4 or 8: *v points to int32_t or int64_t. */
static void *
get_ints(struct gw_codec *w, const char *name, unsigned size, size_t *n,
    const struct gw_row_mods *m)
{
	size_t count = gw_raw_get_count(w, name, size, m), i;
	void *items = gw_raw_items(w, name, gw_count(count), size);
	int32_t *i32 = items;
	int64_t *i64 = items;

	for (i = 0; i < gw_count(count) && w->err == 0; i++) {
		int64_t x = gw_raw_get(w, name, size);

		if (size == 4)
			i32[i] = (int32_t)x;
		else
			i64[i] = x;
	}
	if (w->err != 0)
		return NULL;
	*n = count;
	return items;
}

static void
put_ints(struct gw_codec *w, const char *name, unsigned size, const void *items, size_t n)
{
	const int32_t *i32 = items;
	const int64_t *i64 = items;
	size_t i;

	for (i = 0; i < n && w->err == 0; i++)
		gw_raw_put(w, name, size, size == 4 ? i32[i] : i64[i]);
}

/* Returns the items: given in ENCODE and DUMP, new in DECODE. */
static void *
ints(struct gw_codec *w, const struct gw_row *r, unsigned size, void *items, size_t *n)
{
	struct gw_row_mods m = gw_row_take_mods(w);

	if (w->mode == GW_DECODE) {
		items = NULL;
		*n = m.null_default ? GW_NULL_ARRAY : 0;
	}
	if (w->err != 0)
		return items;
	switch (w->mode) {
	case GW_DECODE:
		if (gw_row_here(w, r, &m))
			items = get_ints(w, r->name, size, n, &m);
		break;
	case GW_ENCODE:
		if (!gw_row_writes(w, r, &m, count_is_default(*n, &m)))
			break;
		gw_raw_put_len(w, r->name, 4, *n, &m);
		put_ints(w, r->name, size, items, gw_count(*n));
		break;
	case GW_LIST:
		gw_raw_list(w, r, &m, 0);
		break;
	case GW_DUMP:
		gw_raw_show(w, r, &m, count_is_default(*n, &m),
		    &(struct gw_seen){ size == 4 ? GW_SEEN_I32S : GW_SEEN_I64S, 0, items, *n });
		break;
	}
	return items;
}

/* In LIST nothing of the visitor's struct is there to be touched. */
void
gw_i32s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t **v, size_t *n)
{
	const struct gw_row r = { name, "[]int32", since, until };
	int32_t *items = ints(w, &r, 4, reads(w) ? *v : NULL, n);

	if (w->mode == GW_DECODE)
		*v = items;
}

void
gw_i64s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t **v, size_t *n)
{
	const struct gw_row r = { name, "[]int64", since, until };
	int64_t *items = ints(w, &r, 8, reads(w) ? *v : NULL, n);

	if (w->mode == GW_DECODE)
		*v = items;
}

static void
get_strings(struct gw_codec *w, const char *name, struct gw_slice **v, size_t *n,
    const struct gw_row_mods *m)
{
	const struct gw_row_mods never_null = { 0 };
	size_t count = gw_raw_get_count(w, name, w->flexible ? 1 : 2, m), i;
	struct gw_slice *items = gw_raw_items(w, name, gw_count(count), sizeof(*items));

	for (i = 0; i < gw_count(count) && w->err == 0; i++)
		items[i] = get_slice(w, name, 2, &never_null);
	if (w->err == 0) {
		*v = items;
		*n = count;
	}
}

void
gw_strings(struct gw_codec *w, const char *name, int16_t since, int16_t until,
    struct gw_slice **v, size_t *n)
{
	const struct gw_row r = { name, "[]string", since, until };
	const struct gw_row_mods never_null = { 0 };
	struct gw_row_mods m = gw_row_take_mods(w);
	size_t i;

	if (w->mode == GW_DECODE) {
		*v = NULL;
		*n = m.null_default ? GW_NULL_ARRAY : 0;
	}
	if (w->err != 0)
		return;
	switch (w->mode) {
	case GW_DECODE:
		if (gw_row_here(w, &r, &m))
			get_strings(w, name, v, n, &m);
		break;
	case GW_ENCODE:
		if (!gw_row_writes(w, &r, &m, count_is_default(*n, &m)))
			break;
		gw_raw_put_len(w, name, 4, *n, &m);
		for (i = 0; i < gw_count(*n) && w->err == 0; i++)
			put_slice(w, name, 2, (*v)[i], &never_null);
		break;
	case GW_LIST:
		gw_raw_list(w, &r, &m, 0);
		break;
	case GW_DUMP:
		gw_raw_show(w, &r, &m, count_is_default(*n, &m),
		    &(struct gw_seen){ GW_SEEN_STRINGS, 0, *v, *n });
		break;
	}
}
