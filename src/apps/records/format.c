/* SPDX-License-Identifier: MIT
 *
 * apps/records/format.c - kcat's format strings, compiled once.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/format.h"

#include <stdbool.h>

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
	struct gw_unpack unpack;
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

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One escape; s is after the backslash. How many characters it took, or GW_EINVAL. */
static int
unescape_one(const char *s, char *out, struct gw_err *err)
{
	static const char from[] = "ntr0", to[] = "\n\t\r\0";
	const char *p = *s == '\0' ? NULL : strchr(from, *s);

	if (*s == 'x') {
		if (hex_digit(s[1]) < 0)
			return gw_err_set(err, GW_EINVAL,
			    "\\x needs one or two hexadecimal digits, not \"%.2s\"", s + 1);
		if (hex_digit(s[2]) < 0) {
			*out = (char)hex_digit(s[1]);
			return 2;
		}
		*out = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
		return 3;
	}
	if (p == NULL && (*s <= ' ' || *s > '~' || is_alnum(*s)))
		return gw_err_set(err, GW_EINVAL,
		    "unknown escape \"\\%.1s\"; there are \\n \\t \\r \\0 \\\\ \\xHH", s);
	*out = p != NULL ? to[p - from] : *s;
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

void
gw_format_unpack(struct gw_format *f, const struct gw_unpack *u)
{
	f->unpack = *u;
}

static void
put_slice(const struct gw_format *f, struct gw_buf *out, struct gw_slice s)
{
	if (s.ptr == NULL)
		gw_buf_puts(out, f->null_text);
	else
		gw_buf_put(out, s.ptr, s.len);
}

/* A key or value, as bytes or unpacked. */
static int
put_bytes(const struct gw_format *f, struct gw_buf *out, struct gw_slice s, const char *pack,
    struct gw_err *err)
{
	if (pack != NULL && s.ptr != NULL)
		return gw_unpack_put(pack, s, out, err);
	put_slice(f, out, s);
	return 0;
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

int
gw_format_put(const struct gw_format *f, struct gw_buf *out, const struct gw_place *at,
    const struct gw_record *r, struct gw_err *err)
{
	const struct gw_unpack *u = &f->unpack;
	const size_t begin = out->len;
	const struct op *op;
	int rc = 0;

	for (op = f->ops; rc == 0 && op < f->ops + f->n_ops; op++) {
		switch (op->letter) {
		case 0:   gw_buf_put(out, f->text.ptr + op->at, op->len); break;
		case 's': rc = put_bytes(f, out, r->value, u->value, err); break;
		case 'S': put_int(out, length(r->value)); break;
		case 'R': put_be32(out, (uint32_t)length(r->value)); break;
		case 'k': rc = put_bytes(f, out, r->key, u->key, err); break;
		case 'K': put_int(out, length(r->key)); break;
		case 'T': put_int(out, r->timestamp_ms); break;
		case 'h': put_headers(f, out, r); break;
		case 't': gw_buf_put(out, at->topic.ptr, at->topic.len); break;
		case 'p': put_int(out, at->partition); break;
		case 'o': put_int(out, r->offset); break;
		default: break;
		}
		if (rc != 0)
			gw_err_prefix(err, op->letter == 'k' ? "key: " : "value: ");
	}
	if (rc != 0)
		out->len = begin;
	return rc;
}
