/* SPDX-License-Identifier: MIT
 *
 * base/json_read.c - JSON text into a tree (RFC 8259), by recursive descent.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/json.h"

struct reader {
	const char	*at, *end, *begin;
	struct gw_arena	*arena;
	struct gw_err	*err;
	unsigned	 depth;
};

static int	read_value(struct reader *r, struct gw_json **out);

/* Lines and columns are counted only now that somebody asks. Columns are characters, from 1. */
static int
fail_at(struct reader *r, int code, const char *at, const char *what)
{
	size_t line = 1, column = 1;

	for (const char *p = r->begin; p < at; p++) {
		if (*p == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80)
			column++;
	}
	return gw_err_set(r->err, code, "line %zu column %zu: %s", line, column, what);
}

static int
fail(struct reader *r, const char *what)
{
	return fail_at(r, GW_EDATA, r->at, r->at == r->end ? "the text ends too early" : what);
}

static int
no_memory(struct reader *r)
{
	return fail_at(r, GW_ENOMEM, r->at, "no memory for this value");
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end &&
	    (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

/* ---- strings ---- */

static int
read_hex4(struct reader *r, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = r->at < r->end ? *r->at : '\0';

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return fail(r, "\\u needs four hexadecimal digits");
		r->at++;
	}
	*out = v;
	return 0;
}

/* After "\u": one character, which may take a second escape. */
static int
read_unicode(struct reader *r, char *to, size_t *n)
{
	const char *start = r->at - 2;
	uint32_t code, low;
	int rc = read_hex4(r, &code);

	if (rc != 0)
		return rc;
	if (code >= 0xd800 && code < 0xdc00) {
		if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
			return fail_at(r, GW_EDATA, start, "half of a surrogate pair");
		r->at += 2;
		rc = read_hex4(r, &low);
		if (rc != 0)
			return rc;
		if (low < 0xdc00 || low > 0xdfff)
			return fail_at(r, GW_EDATA, start, "half of a surrogate pair");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code >= 0xdc00 && code < 0xe000)
		return fail_at(r, GW_EDATA, start, "half of a surrogate pair");
	*n = gw_utf8_put(code, to);
	return 0;
}

/* r->at is behind the backslash. No escape is longer decoded than written. */
static int
read_escape(struct reader *r, char *to, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *p;

	if (r->at == r->end)
		return fail(r, "");
	if (*r->at == 'u') {
		r->at++;
		return read_unicode(r, to, n);
	}
	p = *r->at == '\0' ? NULL : strchr(from, *r->at);
	if (p == NULL)
		return fail(r, "unknown escape");
	*to = into[p - from];
	*n = 1;
	r->at++;
	return 0;
}

/* Move over what needs no decoding: stops at a quote, a backslash or the end of the text. */
static int
skip_plain(struct reader *r)
{
	const char *p = r->at;

	while (p < r->end) {
		unsigned char c = (unsigned char)*p;
		size_t n;

		if (c == '"' || c == '\\')
			break;
		if (c < 0x20) {
			r->at = p;
			return fail(r, "a control character inside a string must be escaped");
		}
		if (c < 0x80) {
			p++;
			continue;
		}
		n = gw_utf8_len((struct gw_slice){ p, (size_t)(r->end - p) });
		if (n == 0) {
			r->at = p;
			return fail(r, "not UTF-8");
		}
		p += n;
	}
	r->at = p;
	return 0;
}

/* The rest of a string that has escapes; len bytes of it, from start, are plain. */
static int
read_escaped(struct reader *r, const char *start, struct gw_slice *out)
{
	const char *close = r->at;
	size_t len = (size_t)(r->at - start), n = 0;
	char *text;
	int rc;

	/* The closing quote bounds the decoded length. */
	while (close < r->end && *close != '"')
		close += *close == '\\' && r->end - close > 1 ? 2 : 1;
	text = gw_arena_zero(r->arena, (size_t)(close - start) + 1, 1);
	if (text == NULL)
		return no_memory(r);
	memcpy(text, start, len);
	while (r->at < r->end && *r->at != '"') {
		const char *from = r->at;

		if (*r->at == '\\') {
			r->at++;
			rc = read_escape(r, text + len, &n);
		} else {
			rc = skip_plain(r);
			n = (size_t)(r->at - from);
			if (rc == 0)
				memcpy(text + len, from, n);
		}
		if (rc != 0)
			return rc;
		len += n;
	}
	*out = (struct gw_slice){ text, len };
	return 0;
}

static int
read_string(struct reader *r, struct gw_slice *out)
{
	const char *start;
	int rc;

	start = ++r->at;
	rc = skip_plain(r);
	if (rc != 0)
		return rc;
	*out = (struct gw_slice){ start, (size_t)(r->at - start) };
	if (r->at < r->end && *r->at == '\\') {
		rc = read_escaped(r, start, out);
		if (rc != 0)
			return rc;
	}
	if (r->at == r->end)
		return fail(r, "");
	r->at++;
	return 0;
}

/* ---- the rest ---- */

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Length of the number at p by JSON's grammar, or 0. */
static size_t
number_len(const char *p, const char *end)
{
	const char *start = p, *q;

	if (p < end && *p == '-')
		p++;
	q = skip_digits(p, end);
	if (q == p || (*p == '0' && q - p > 1))
		return 0;
	p = q;
	if (p < end && *p == '.') {
		q = skip_digits(p + 1, end);
		if (q == p + 1)
			return 0;
		p = q;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		q = skip_digits(p, end);
		if (q == p)
			return 0;
		p = q;
	}
	return (size_t)(p - start);
}

static int
read_number(struct reader *r, struct gw_json *v)
{
	size_t len = number_len(r->at, r->end);

	if (len == 0)
		return fail(r, "not a number");
	v->type = GW_JSON_NUMBER;
	v->text = (struct gw_slice){ r->at, len };
	if (gw_slice_double(v->text, &v->number) != 0)
		return fail(r, "the number is out of range");
	r->at += len;
	return 0;
}

static int
read_word(struct reader *r, struct gw_json *v)
{
	static const struct {
		const char		*word;
		enum gw_json_type	 type;
		bool			 boolean;
	} words[] = {
		{ "true", GW_JSON_BOOL, true },
		{ "false", GW_JSON_BOOL, false },
		{ "null", GW_JSON_NULL, false },
	};
	struct gw_slice rest = { r->at, (size_t)(r->end - r->at) };

	for (size_t i = 0; i < GW_N(words); i++) {
		if (!gw_slice_starts(rest, words[i].word))
			continue;
		v->type = words[i].type;
		v->boolean = words[i].boolean;
		r->at += strlen(words[i].word);
		return 0;
	}
	return fail(r, "not a JSON value");
}

/* After an item: 1 a comma, 0 the end, or an error. Leaves r->at behind it. */
static int
read_separator(struct reader *r, char close)
{
	skip_blanks(r);
	if (r->at < r->end && *r->at == ',') {
		r->at++;
		skip_blanks(r);
		return 1;
	}
	if (r->at < r->end && *r->at == close) {
		r->at++;
		return 0;
	}
	return fail(r, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
}

static int
read_key(struct reader *r, struct gw_slice *out)
{
	int rc;

	if (r->at == r->end || *r->at != '"')
		return fail(r, "expected a key in quotes");
	rc = read_string(r, out);
	if (rc != 0)
		return rc;
	skip_blanks(r);
	if (r->at == r->end || *r->at != ':')
		return fail(r, "expected ':'");
	r->at++;
	skip_blanks(r);
	return 0;
}

static int
read_children(struct reader *r, struct gw_json *v, char close)
{
	struct gw_json **last = &v->child;
	int more = 1;

	r->at++;
	skip_blanks(r);
	if (r->at < r->end && *r->at == close) {
		r->at++;
		return 0;
	}
	while (more == 1) {
		struct gw_slice key = { NULL, 0 };
		int rc = close == '}' ? read_key(r, &key) : 0;

		if (rc == 0)
			rc = read_value(r, last);
		if (rc != 0)
			return rc;
		(*last)->key = key;
		last = &(*last)->next;
		v->n++;
		more = read_separator(r, close);
	}
	return more;
}

static int
read_nested(struct reader *r, struct gw_json *v)
{
	int rc;

	if (r->depth == GW_JSON_DEPTH_MAX)
		return fail_at(r, GW_ELIMIT, r->at, "nested too deeply");
	r->depth++;
	v->type = *r->at == '{' ? GW_JSON_OBJECT : GW_JSON_ARRAY;
	rc = read_children(r, v, *r->at == '{' ? '}' : ']');
	r->depth--;
	return rc;
}

static int
read_value(struct reader *r, struct gw_json **out)
{
	struct gw_json *v;

	if (r->at == r->end)
		return fail(r, "");
	v = gw_arena_zero(r->arena, 1, sizeof(*v));
	if (v == NULL)
		return no_memory(r);
	*out = v;
	switch (*r->at) {
	case '{':
	case '[':
		return read_nested(r, v);
	case '"':
		v->type = GW_JSON_STRING;
		return read_string(r, &v->text);
	case '-':
	case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return read_number(r, v);
	default:
		return read_word(r, v);
	}
}

int
gw_json_parse(struct gw_slice text, struct gw_arena *arena, struct gw_json **out,
    struct gw_err *err)
{
	const char *begin = text.len == 0 ? "" : text.ptr;	/* a null slice is an empty text */
	struct reader r = {
		.at = begin, .begin = begin, .end = begin + text.len, .arena = arena, .err = err,
	};
	struct gw_json *v = NULL;
	int rc;

	skip_blanks(&r);
	rc = read_value(&r, &v);
	if (rc != 0)
		return rc;
	skip_blanks(&r);
	if (r.at != r.end)
		return fail(&r, "something follows the value");
	*out = v;
	return 0;
}

const struct gw_json *
gw_json_get(const struct gw_json *obj, const char *key)
{
	struct gw_slice k = gw_str(key);

	if (obj == NULL || obj->type != GW_JSON_OBJECT)
		return NULL;
	for (const struct gw_json *v = obj->child; v != NULL; v = v->next)
		if (gw_slice_eq(v->key, k))
			return v;
	return NULL;
}
