/* SPDX-License-Identifier: MIT
 *
 * base/json_write.c - JSON text out of values, in the order of the calls.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

void
gw_json_begin(struct gw_json_out *w, struct gw_buf *buf)
{
	*w = (struct gw_json_out){ .buf = buf, .first = true };
}

/* Before a value: its comma, unless a key stands before it or it is the first. */
static void
separate(struct gw_json_out *w)
{
	assert(w->first || w->after_key || w->depth > 0);	/* one value at the top */
	if (!w->first && !w->after_key)
		gw_buf_putc(w->buf, ',');
	w->first = false;
	w->after_key = false;
}

static void
open_nested(struct gw_json_out *w, char c)
{
	separate(w);
	gw_buf_putc(w->buf, c);
	w->depth++;
	w->first = true;
}

static void
close_nested(struct gw_json_out *w, char c)
{
	assert(w->depth > 0 && !w->after_key);
	gw_buf_putc(w->buf, c);
	w->depth--;
	w->first = false;
}

void
gw_json_object(struct gw_json_out *w)
{
	open_nested(w, '{');
}

void
gw_json_object_end(struct gw_json_out *w)
{
	close_nested(w, '}');
}

void
gw_json_array(struct gw_json_out *w)
{
	open_nested(w, '[');
}

void
gw_json_array_end(struct gw_json_out *w)
{
	close_nested(w, ']');
}

static void
put_escape(struct gw_buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
	const char *p = c == '\0' ? NULL : strchr(from, c);

	if (p == NULL) {
		gw_buf_printf(b, "\\u%04x", (unsigned)c);
		return;
	}
	gw_buf_putc(b, '\\');
	gw_buf_putc(b, into[p - from]);
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/* s is UTF-8. */
static void
put_quoted(struct gw_buf *b, struct gw_slice s)
{
	size_t from = 0, plain = 0;
	uint8_t *to;

	while (plain < s.len && is_plain((unsigned char)s.ptr[plain]))
		plain++;
	if (plain == s.len && plain > 0) {
		if ((to = gw_buf_reserve(b, s.len + 2)) == NULL)
			return;
		to[0] = to[s.len + 1] = '"';
		memcpy(to + 1, s.ptr, s.len);
		b->len += s.len + 2;
		return;
	}
	gw_buf_putc(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (is_plain(c))
			continue;
		gw_buf_put(b, s.ptr + from, i - from);
		put_escape(b, c);
		from = i + 1;
	}
	if (s.len > from)
		gw_buf_put(b, s.ptr + from, s.len - from);
	gw_buf_putc(b, '"');
}

/* The separating comma, the key, quotes and colon at once, where it is ASCII without an escape. */
static bool
put_plain_key(struct gw_json_out *w, const char *key)
{
	bool comma = !w->first;
	size_t len = 0;
	uint8_t *to;

	while ((unsigned char)key[len] < 0x80 && is_plain((unsigned char)key[len]))
		len++;
	if (key[len] != '\0' || (to = gw_buf_reserve(w->buf, len + 4)) == NULL)
		return false;
	if (comma)
		*to++ = ',';
	to[0] = to[len + 1] = '"';
	to[len + 2] = ':';
	memcpy(to + 1, key, len);
	w->buf->len += len + 3 + comma;
	return true;
}

void
gw_json_key(struct gw_json_out *w, const char *key)
{
	assert(w->depth > 0 && !w->after_key);
	if (!put_plain_key(w, key)) {
		assert(gw_utf8_valid(gw_str(key)));
		separate(w);
		put_quoted(w->buf, gw_str(key));
		gw_buf_putc(w->buf, ':');
	}
	w->first = false;
	w->after_key = true;
}

void
gw_json_str(struct gw_json_out *w, struct gw_slice s)
{
	if (s.ptr == NULL) {
		gw_json_null(w);
		return;
	}
	separate(w);
	if (gw_utf8_valid(s)) {
		put_quoted(w->buf, s);
		return;
	}
	gw_buf_puts(w->buf, "{\"b64\":\"");
	gw_base64_put(w->buf, s);
	gw_buf_puts(w->buf, "\"}");
}

void
gw_json_int(struct gw_json_out *w, int64_t v)
{
	uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char text[24];
	size_t at = sizeof(text);

	separate(w);
	do
		text[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (v < 0)
		text[--at] = '-';
	gw_buf_put(w->buf, text + at, sizeof(text) - at);
}

void
gw_json_num(struct gw_json_out *w, double v)
{
	char text[GW_DOUBLE_MAX];

	if (!isfinite(v)) {
		gw_json_null(w);
		return;
	}
	separate(w);
	gw_buf_put(w->buf, text, gw_double_text(v, text));
}

void
gw_json_bool(struct gw_json_out *w, bool v)
{
	separate(w);
	gw_buf_puts(w->buf, v ? "true" : "false");
}

void
gw_json_null(struct gw_json_out *w)
{
	separate(w);
	gw_buf_puts(w->buf, "null");
}

void
gw_json_kv_str(struct gw_json_out *w, const char *key, struct gw_slice s)
{
	gw_json_key(w, key);
	gw_json_str(w, s);
}

void
gw_json_kv_int(struct gw_json_out *w, const char *key, int64_t v)
{
	gw_json_key(w, key);
	gw_json_int(w, v);
}

void
gw_json_kv_num(struct gw_json_out *w, const char *key, double v)
{
	gw_json_key(w, key);
	gw_json_num(w, v);
}

void
gw_json_kv_bool(struct gw_json_out *w, const char *key, bool v)
{
	gw_json_key(w, key);
	gw_json_bool(w, v);
}
