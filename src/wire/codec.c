/* SPDX-License-Identifier: MIT
 *
 * wire/codec.c - the cursor: bytes in, bytes out, and errors that say where.
 *
 * LIST prints a line a field, two spaces a level:
 *	Name type versions [nullable versions] [default value] [ignorable] [tag n]
 * as scripts/schema-diff makes it from the JSON.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/codec_raw.h"

#include <assert.h>

#include "wire/bytes.h"
#include "wire/varint.h"

struct gw_codec
gw_codec_decode(struct gw_slice frame, size_t at, int16_t version, bool flexible,
    struct gw_arena *arena)
{
	return (struct gw_codec){ .mode = GW_DECODE, .version = version, .flexible = flexible,
	    .ptr = (const uint8_t *)frame.ptr, .len = frame.len, .at = at, .end = frame.len,
	    .arena = arena };
}

struct gw_codec
gw_codec_encode(struct gw_buf *out, int16_t version, bool flexible)
{
	return (struct gw_codec){ .mode = GW_ENCODE, .version = version, .flexible = flexible,
	    .out = out };
}

struct gw_codec
gw_codec_list(struct gw_buf *list, struct gw_arena *arena)
{
	return (struct gw_codec){ .mode = GW_LIST, .list = list, .arena = arena };
}

void
gw_codec_fail(struct gw_codec *w, int code, const char *name, const char *why)
{
	const struct gw_scope *s;
	size_t depth = 0;

	if (w->err != 0)
		return;
	w->err = code;
	w->err_why = why;
	w->err_at = w->mode == GW_DECODE ? w->at : 0;
	w->err_field = name;
	for (s = w->scope; s != NULL; s = s->up)
		depth++;
	w->n_err_path = depth < GW_CODEC_DEPTH ? depth : GW_CODEC_DEPTH;
	for (s = w->scope; s != NULL; s = s->up)
		if (--depth < GW_CODEC_DEPTH)
			w->err_path[depth] = (struct gw_codec_step){ s->name,
			    s->kind == GW_SCOPE_ARRAY ? s->i : GW_NULL_ARRAY };
}

int
gw_codec_err(const struct gw_codec *w, struct gw_err *err)
{
	size_t i;

	if (w->mode == GW_DECODE)
		(void)gw_err_set(err, w->err, "%s at byte %zu of %zu", w->err_why, w->err_at,
		    w->len);
	else
		(void)gw_err_set(err, w->err, "%s", w->err_why);
	if (w->err_field != NULL)
		gw_err_prefix(err, "%s: ", w->err_field);
	for (i = w->n_err_path; i-- > 0; ) {
		const struct gw_codec_step *s = &w->err_path[i];

		if (s->i == GW_NULL_ARRAY)
			gw_err_prefix(err, "%s.", s->name);
		else
			gw_err_prefix(err, "%s[%zu].", s->name, s->i);
	}
	return w->err;
}

void
gw_visit_defaults(void (*visit)(struct gw_codec *, void *), void *msg)
{
	struct gw_codec w = gw_codec_decode((struct gw_slice){ NULL, 0 }, 0, 0, false, NULL);

	w.absent = true;
	visit(&w, msg);
}

void
gw_raw_show(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
    bool is_default, const struct gw_seen *v)
{
	if (gw_row_here(w, r, m) && !(m->tagged && is_default))
		w->dump->see(w, r, v);
}

/* ---- DECODE ---- */

const uint8_t *
gw_raw_take(struct gw_codec *w, const char *name, size_t len)
{
	const uint8_t *p;

	if (w->err != 0)
		return NULL;
	if (len > w->end - w->at) {
		gw_codec_fail(w, GW_EPROTO, name, "cut off");
		return NULL;
	}
	p = w->ptr + w->at;
	w->at += len;
	return p;
}

int64_t
gw_raw_get(struct gw_codec *w, const char *name, unsigned n)
{
	const uint8_t *p = gw_raw_take(w, name, n);

	if (p == NULL)
		return 0;
	switch (n) {
	case 1:
		return (int8_t)p[0];
	case 2:
		return (int16_t)gw_be16(p);
	case 4:
		return (int32_t)gw_be32(p);
	default:
		return (int64_t)gw_be64(p);
	}
}

uint32_t
gw_raw_get_uvarint(struct gw_codec *w, const char *name)
{
	uint32_t v;
	size_t n;

	if (w->err != 0)
		return 0;
	n = gw_uvarint_get(w->ptr + w->at, w->ptr + w->end, &v);
	if (n == 0) {
		gw_codec_fail(w, GW_EPROTO, name,
		    w->end - w->at < GW_VARINT_MAX ? "cut off" : "varint too long");
		return 0;
	}
	w->at += n;
	return v;
}

static bool
null_allowed(const struct gw_codec *w, const struct gw_row_mods *m)
{
	return m->nullable && w->version >= m->null_since;
}

size_t
gw_raw_get_len(struct gw_codec *w, const char *name, unsigned n, const struct gw_row_mods *m)
{
	/* both encodings as one: -1 is null */
	int64_t len = w->flexible ? (int64_t)gw_raw_get_uvarint(w, name) - 1 :
	    gw_raw_get(w, name, n);

	if (w->err != 0)
		return 0;
	if (len >= 0)
		return (size_t)len;
	if (len < -1)
		gw_codec_fail(w, GW_EPROTO, name, "negative length");
	else if (!null_allowed(w, m))
		gw_codec_fail(w, GW_EPROTO, name, "null is not allowed");
	else
		return GW_NULL_ARRAY;
	return 0;
}

size_t
gw_raw_get_count(struct gw_codec *w, const char *name, size_t item_min,
    const struct gw_row_mods *m)
{
	size_t n = gw_raw_get_len(w, name, 4, m);

	if (w->err != 0 || n == GW_NULL_ARRAY || n <= (w->end - w->at) / item_min)
		return n;
	gw_codec_fail(w, GW_EPROTO, name, "more items than the rest can hold,");
	return 0;
}

void *
gw_raw_items(struct gw_codec *w, const char *name, size_t n, size_t size)
{
	struct gw_arena *a = w->arena;
	void *p;

	if (w->err != 0 || n == 0)
		return NULL;
	p = gw_arena_zero(a, n, size);
	if (p != NULL)
		return p;
	if (a->cap != 0 && (n > a->cap / size || n * size > a->cap - a->used))
		gw_codec_fail(w, GW_ELIMIT, name, "more memory than this frame may take,");
	else
		gw_codec_fail(w, GW_ENOMEM, name, "out of memory");
	return NULL;
}

/* ---- ENCODE ---- */

void
gw_raw_put_bytes(struct gw_codec *w, const char *name, const void *p, size_t len)
{
	if (w->err != 0)
		return;
	if (len > 0)
		gw_buf_put(w->out, p, len);
	if (w->out->err != 0)
		gw_codec_fail(w, w->out->err, name, w->out->err == GW_ELIMIT ?
		    "the frame is larger than allowed" : "out of memory");
}

void
gw_raw_splice(struct gw_codec *w, const char *name, struct gw_slice bytes)
{
	struct gw_splices *s = w->splices;
	void *v = s->v;

	if (w->err != 0)
		return;
	if (gw_alloc_room(s->alloc, &v, &s->cap, s->n, sizeof(*s->v)) != 0) {
		gw_codec_fail(w, GW_ENOMEM, name, "out of memory");
		return;
	}
	s->v = v;
	s->v[s->n++] = (struct gw_splice){ w->out->len, bytes };
	s->bytes += bytes.len;
}

void
gw_raw_put(struct gw_codec *w, const char *name, unsigned n, int64_t v)
{
	uint8_t b[8];

	gw_be64_put(b, (uint64_t)v);
	gw_raw_put_bytes(w, name, b + (8 - n), n);
}

void
gw_raw_put_uvarint(struct gw_codec *w, const char *name, uint32_t v)
{
	uint8_t b[GW_VARINT_MAX];

	gw_raw_put_bytes(w, name, b, gw_uvarint_put(b, v));
}

void
gw_raw_put_len(struct gw_codec *w, const char *name, unsigned n, size_t len,
    const struct gw_row_mods *m)
{
	bool null = len == GW_NULL_ARRAY;

	if (null && !null_allowed(w, m)) {
		gw_codec_fail(w, GW_EVERSION, name, "null, which this version cannot say");
		return;
	}
	if (!null && len > (n == 2 ? GW_STRING_MAX : INT32_MAX)) {
		gw_codec_fail(w, GW_ELIMIT, name, "too long for the protocol");
		return;
	}
	if (w->flexible)
		gw_raw_put_uvarint(w, name, null ? 0 : (uint32_t)len + 1);
	else
		gw_raw_put(w, name, n, null ? -1 : (int64_t)len);
}

/* ---- LIST ---- */

static void
list_versions(struct gw_buf *b, const char *before, int16_t since, int16_t until)
{
	if (until == GW_MAX)
		gw_buf_printf(b, "%s%d+", before, since);
	else if (since == until)
		gw_buf_printf(b, "%s%d", before, since);
	else
		gw_buf_printf(b, "%s%d-%d", before, since, until);
}

void
gw_raw_list(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
    int64_t dflt)
{
	struct gw_buf *b = w->list;

	gw_buf_printf(b, "%*s%s %s", (int)w->depth * 2, "", r->name, r->type);
	list_versions(b, " ", r->since, r->until);
	if (m->nullable)
		list_versions(b, " nullable ", m->null_since > r->since ? m->null_since : r->since,
		    r->until);
	if (m->null_default)
		gw_buf_puts(b, " default null");
	if (dflt != 0 && strcmp(r->type, "bool") == 0)
		gw_buf_puts(b, " default true");
	else if (dflt != 0)
		gw_buf_printf(b, " default %lld", (long long)dflt);
	if (m->ignorable)
		gw_buf_puts(b, " ignorable");
	if (m->tagged)
		gw_buf_printf(b, " tag %d", (int)m->tag);
	gw_buf_putc(b, '\n');
}

/* ---- rows ---- */

struct gw_row_mods
gw_row_take_mods(struct gw_codec *w)
{
	struct gw_row_mods m = w->mods;

	w->mods = (struct gw_row_mods){ 0 };
	return m;
}

bool
gw_row_here(const struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m)
{
	return !w->absent && w->version >= r->since && w->version <= r->until && !m->tag_missing;
}

bool
gw_row_writes(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
    bool is_default)
{
	assert(w->mode == GW_ENCODE);
	if (gw_row_here(w, r, m)) {
		w->differs = w->differs || !is_default;
		return true;
	}
	if (!is_default && !m->ignorable)
		gw_codec_fail(w, GW_EVERSION, r->name, "set, but this version has no such field");
	return false;
}
