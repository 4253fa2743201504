/* SPDX-License-Identifier: MIT
 *
 * apps/format.c - kcat's format strings, compiled once, and records as JSON.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/format.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/json.h"
#include "base/slice.h"

struct op {
	char	letter;		/* of the directive, 0: literal */
	size_t	at, len;	/* literal: where in text */
};

struct gw_format {
	struct gw_alloc	*alloc;
	struct op	*ops;
	size_t		 n_ops, ops_cap;
	struct gw_buf	 text;		/* all literals */
	char		*null_text;
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One escape; s is after the backslash. How many characters it took, or GW_EINVAL. */
static int
unescape_one(const char *s, char *out, struct gw_err *err)
{
	static const char from[] = "ntr0\\", to[] = "\n\t\r\0\\";
	const char *p;

	if (*s == 'x') {
		if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
			return gw_err_set(err, GW_EINVAL,
			    "\\x needs two hexadecimal digits, not \"%.2s\"", s + 1);
		*out = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
		return 3;
	}
	if (*s == '\0' || (p = strchr(from, *s)) == NULL)
		return gw_err_set(err, GW_EINVAL,
		    "unknown escape \"\\%.1s\"; there are \\n \\t \\r \\0 \\\\ \\xHH", s);
	*out = to[p - from];
	return 1;
}

int
gw_unescape(const char *text, struct gw_buf *out, struct gw_err *err)
{
	char c;
	int n;

	for (; *text != '\0'; text++) {
		c = *text;
		if (c == '\\') {
			if ((n = unescape_one(text + 1, &c, err)) < 0)
				return n;
			text += n;
		}
		gw_buf_putc(out, c);
	}
	return out->err == 0 ? 0 : gw_err_set(err, out->err, "%s", gw_strerror(out->err));
}

static int
add_op(struct gw_format *f, char letter)
{
	void *ops = f->ops;

	if (gw_alloc_room(f->alloc, &ops, &f->ops_cap, f->n_ops, sizeof(*f->ops)) != 0)
		return GW_ENOMEM;
	f->ops = ops;
	f->ops[f->n_ops++] = (struct op){ .letter = letter, .at = f->text.len };
	return 0;
}

static int
add_literal(struct gw_format *f, char c)
{
	if (f->n_ops == 0 || f->ops[f->n_ops - 1].letter != 0)
		if (add_op(f, 0) != 0)
			return GW_ENOMEM;
	gw_buf_putc(&f->text, c);
	f->ops[f->n_ops - 1].len++;
	return f->text.err;
}

static int
compile(struct gw_format *f, const char *s, struct gw_err *err)
{
	char c;
	int n, rc;

	for (; *s != '\0'; s++) {
		c = *s;
		if (c == '%' && s[1] != '%') {
			s++;
			if (*s == '\0' || strchr("sSRkKThtpo", *s) == NULL)
				return gw_err_set(err, GW_EINVAL,
				    "unknown directive \"%%%.1s\" in the format; "
				    "there are %%s %%S %%R %%k %%K %%T %%h %%t %%p %%o %%%%",
				    s);
			rc = add_op(f, *s);
		} else {
			if (c == '%') {
				s++;
			} else if (c == '\\') {
				if ((n = unescape_one(s + 1, &c, err)) < 0)
					return n;
				s += n;
			}
			rc = add_literal(f, c);
		}
		if (rc != 0)
			return gw_err_set(err, rc, "%s", gw_strerror(rc));
	}
	return 0;
}

struct gw_format *
gw_format_new(struct gw_alloc *alloc, const char *text, const char *null_text, struct gw_err *err)
{
	struct gw_format *f = gw_alloc_zero(alloc, 1, sizeof(*f));

	if (f == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	f->alloc = alloc;
	gw_buf_init(&f->text, alloc, 0);
	f->null_text = gw_alloc_str(alloc, gw_str(null_text));
	if (f->null_text == NULL)
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	else if (compile(f, text, err) == 0)
		return f;
	gw_format_free(f);
	return NULL;
}

void
gw_format_free(struct gw_format *f)
{
	if (f == NULL)
		return;
	gw_buf_fini(&f->text);
	gw_alloc_free(f->alloc, f->ops);
	gw_alloc_free(f->alloc, f->null_text);
	gw_alloc_free(f->alloc, f);
}

static void
put_slice(const struct gw_format *f, struct gw_buf *out, struct gw_slice s)
{
	if (s.ptr == NULL)
		gw_buf_puts(out, f->null_text);
	else
		gw_buf_put(out, s.ptr, s.len);
}

static void
put_int(struct gw_buf *out, int64_t v)
{
	char text[24], *p = text + sizeof(text);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (v < 0)
		*--p = '-';
	gw_buf_put(out, p, (size_t)(text + sizeof(text) - p));
}

static int64_t
length(struct gw_slice s)
{
	return s.ptr == NULL ? -1 : (int64_t)s.len;
}

static void
put_be32(struct gw_buf *out, uint32_t v)
{
	const uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
		(uint8_t)v };

	gw_buf_put(out, bytes, sizeof(bytes));
}

static void
put_headers(const struct gw_format *f, struct gw_buf *out, const struct gw_record *r)
{
	struct gw_header h;
	size_t pos = 0;
	bool first = true;

	while (gw_record_header(r, &pos, &h) > 0) {
		if (!first)
			gw_buf_putc(out, ',');
		first = false;
		gw_buf_put(out, h.key.ptr, h.key.len);
		gw_buf_putc(out, '=');
		put_slice(f, out, h.value);
	}
}

void
gw_format_put(const struct gw_format *f, struct gw_buf *out, const struct gw_place *at,
    const struct gw_record *r)
{
	const struct op *op;

	for (op = f->ops; op < f->ops + f->n_ops; op++) {
		switch (op->letter) {
		case 0:   gw_buf_put(out, f->text.ptr + op->at, op->len); break;
		case 's': put_slice(f, out, r->value); break;
		case 'S': put_int(out, length(r->value)); break;
		case 'R': put_be32(out, (uint32_t)length(r->value)); break;
		case 'k': put_slice(f, out, r->key); break;
		case 'K': put_int(out, length(r->key)); break;
		case 'T': put_int(out, r->timestamp_ms); break;
		case 'h': put_headers(f, out, r); break;
		case 't': gw_buf_put(out, at->topic.ptr, at->topic.len); break;
		case 'p': put_int(out, at->partition); break;
		case 'o': put_int(out, r->offset); break;
		default: break;
		}
	}
}

static void
json_bytes(struct gw_json_out *w, struct gw_slice s)
{
	if (s.ptr == NULL)
		gw_json_null(w);
	else
		gw_json_str(w, s);
}

static void
json_headers(struct gw_json_out *w, const struct gw_record *r)
{
	struct gw_header h;
	size_t pos = 0;

	gw_json_key(w, "headers");
	gw_json_array(w);
	while (gw_record_header(r, &pos, &h) > 0) {
		gw_json_array(w);
		gw_json_str(w, h.key);
		json_bytes(w, h.value);
		gw_json_array_end(w);
	}
	gw_json_array_end(w);
}

void
gw_record_json(struct gw_buf *out, const struct gw_place *at, const struct gw_record *r)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "topic", at->topic);
	gw_json_kv_int(&w, "partition", at->partition);
	gw_json_kv_int(&w, "offset", r->offset);
	gw_json_kv_int(&w, "ts", r->timestamp_ms);
	if (r->n_headers > 0)
		json_headers(&w, r);
	gw_json_key(&w, "key");
	json_bytes(&w, r->key);
	gw_json_key(&w, "payload");
	json_bytes(&w, r->value);
	gw_json_object_end(&w);
	gw_buf_putc(out, '\n');
}

/* ---- and back ---- */

static int
decode_b64(const struct gw_json *v, struct gw_arena *arena, struct gw_slice *out)
{
	struct gw_buf bytes;
	char *copy;
	int rc;

	gw_buf_init(&bytes, arena->alloc, 0);
	rc = gw_base64_get(v->text, &bytes);
	if (rc == 0)
		rc = bytes.err;
	if (rc == 0) {
		copy = gw_arena_zero(arena, bytes.len + 1, 1);
		if (copy == NULL) {
			rc = GW_ENOMEM;
		} else {
			if (bytes.len > 0)
				memcpy(copy, bytes.ptr, bytes.len);
			*out = (struct gw_slice){ copy, bytes.len };
		}
	}
	gw_buf_fini(&bytes);
	return rc;
}

/* A string, null or {"b64":"..."}; absent (v NULL) is null. */
static int
parse_bytes(const struct gw_json *v, struct gw_arena *arena, const char *what, struct gw_slice *out,
    struct gw_err *err)
{
	const struct gw_json *b64 = gw_json_get(v, "b64");
	int rc;

	*out = (struct gw_slice){ NULL, 0 };
	if (v == NULL || v->type == GW_JSON_NULL)
		return 0;
	if (v->type == GW_JSON_STRING) {
		*out = v->text.ptr == NULL ? GW_LIT("") : v->text;
		return 0;
	}
	if (b64 == NULL || b64->type != GW_JSON_STRING)
		return gw_err_set(
		    err, GW_EDATA, "%s must be a string, null or {\"b64\":\"...\"}", what);
	rc = decode_b64(b64, arena, out);
	return rc == 0 ? 0 : gw_err_set(err, rc, "%s: %s", what,
	    rc == GW_EDATA ? "not base64" : gw_strerror(rc));
}

static int
parse_int(const struct gw_json *v, const char *what, int64_t max, int64_t *out, struct gw_err *err)
{
	if (v->type != GW_JSON_NUMBER || gw_slice_i64(v->text, out) != 0 || *out < -1 || *out > max)
		return gw_err_set(
		    err, GW_EDATA, "%s must be a whole number up to %" PRId64, what, max);
	return 0;
}

static int
parse_pair(const struct gw_json *key, const struct gw_json *value, struct gw_arena *arena,
    struct gw_header *h, struct gw_err *err)
{
	int rc;

	if (key == NULL || value == NULL)
		return gw_err_set(err, GW_EDATA, "headers must be [[name,value],...]");
	if ((rc = parse_bytes(key, arena, "a header's name", &h->key, err)) != 0)
		return rc;
	if (h->key.ptr == NULL)
		return gw_err_set(err, GW_EDATA, "a header's name must not be null");
	return parse_bytes(value, arena, "a header's value", &h->value, err);
}

static int
parse_headers(
    const struct gw_json *v, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *c;
	int rc;

	if (v->type == GW_JSON_NULL)
		return 0;
	if (v->type != GW_JSON_ARRAY)
		return gw_err_set(err, GW_EDATA, "headers must be [[name,value],...]");
	out->headers = gw_arena_zero(arena, v->n + 1, sizeof(*out->headers));
	if (out->headers == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	for (c = v->child; c != NULL; c = c->next) {
		if (c->type == GW_JSON_ARRAY) {
			if (c->n != 2)
				return gw_err_set(
				    err, GW_EDATA, "headers must be [[name,value],...]");
			rc = parse_pair(
			    c->child, c->child->next, arena, &out->headers[out->n_headers], err);
		} else {
			rc = parse_pair(c, c->next, arena, &out->headers[out->n_headers], err);
			c = c->next;
		}
		if (rc != 0)
			return rc;
		out->n_headers++;
	}
	return 0;
}

static int
parse_place(
    const struct gw_json *obj, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *v;
	int64_t n;
	int rc;

	if ((v = gw_json_get(obj, "topic")) != NULL) {
		if (v->type != GW_JSON_STRING)
			return gw_err_set(err, GW_EDATA, "topic must be a string");
		if ((out->topic = gw_arena_str(arena, v->text)) == NULL)
			return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	}
	if ((v = gw_json_get(obj, "partition")) != NULL) {
		if ((rc = parse_int(v, "partition", INT32_MAX, &n, err)) != 0)
			return rc;
		out->has_partition = n >= 0;
		out->partition = (int32_t)n;
	}
	if ((v = gw_json_get(obj, "ts")) != NULL) {
		if ((rc = parse_int(v, "ts", INT64_MAX, &out->ts, err)) != 0)
			return rc;
		out->has_ts = out->ts >= 0;
	}
	return 0;
}

int
gw_record_json_parse(
    struct gw_slice text, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *v;
	struct gw_record_in in = { .topic = NULL };
	struct gw_json *obj;
	int rc;

	if ((rc = gw_json_parse(text, arena, &obj, err)) != 0)
		return rc;
	if (obj->type != GW_JSON_OBJECT)
		return gw_err_set(err, GW_EDATA, "a record must be a JSON object");
	if ((rc = parse_place(obj, arena, &in, err)) != 0 ||
	    (rc = parse_bytes(gw_json_get(obj, "key"), arena, "key", &in.key, err)) != 0 ||
	    (rc = parse_bytes(gw_json_get(obj, "payload"), arena, "payload", &in.value, err)) != 0)
		return rc;
	if ((v = gw_json_get(obj, "headers")) != NULL &&
	    (rc = parse_headers(v, arena, &in, err)) != 0)
		return rc;
	*out = in;
	return 0;
}
