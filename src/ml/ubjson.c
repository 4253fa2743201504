/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/ubjson.h"

#include <math.h>

struct reader {
	const uint8_t	*at, *begin, *end;
	struct gw_arena	*arena;
	struct gw_err	*err;
	int		 rc;
	unsigned	 depth;
};

static void
fail(struct reader *r, int code, const char *what)
{
	if (r->rc == 0)
		r->rc = gw_err_set(r->err, code, "at byte %zu: %s",
		    (size_t)(r->at - r->begin), what);
}

static size_t
left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/* The next byte, or 0 at the end and after an error. */
static uint8_t
take(struct reader *r)
{
	if (r->rc == 0 && r->at == r->end)
		fail(r, GW_EDATA, "the file ends inside a value");
	return r->rc != 0 ? 0 : *r->at++;
}

static bool
next_is(struct reader *r, char c)
{
	if (r->rc != 0 || r->at == r->end || *r->at != (uint8_t)c)
		return false;
	r->at++;
	return true;
}

static uint64_t
take_bits(struct reader *r, size_t n)
{
	uint64_t v = 0;

	if (r->rc == 0 && left(r) < n)
		fail(r, GW_EDATA, "the file ends inside a number");
	for (size_t i = 0; i < n && r->rc == 0; i++)
		v = v << 8 | *r->at++;
	return v;
}

/* Bytes of a number's type, 0 for what is none. */
static size_t
width(uint8_t type)
{
	switch (type) {
	case 'i': case 'U': return 1;
	case 'I': return 2;
	case 'l': case 'd': return 4;
	case 'L': case 'D': return 8;
	default: return 0;
	}
}

static int64_t
signed_of(uint64_t bits, size_t n)
{
	uint64_t sign = UINT64_C(1) << (8 * n - 1);

	return (int64_t)((bits ^ sign) - sign);
}

static double
take_number(struct reader *r, uint8_t type)
{
	size_t n = width(type);
	uint64_t bits = take_bits(r, n);
	uint32_t half = (uint32_t)bits;
	double d;
	float f;

	if (type == 'd') {
		memcpy(&f, &half, sizeof(f));
		return (double)f;
	}
	if (type == 'D') {
		memcpy(&d, &bits, sizeof(d));
		return d;
	}
	return type == 'U' || n == 0 ? (double)bits : (double)signed_of(bits, n);
}

/* A length: a whole number with its type before it. */
static size_t
take_length(struct reader *r)
{
	uint8_t type = take(r);
	size_t n = width(type);
	uint64_t bits;

	if (n == 0 || type == 'd' || type == 'D') {
		fail(r, GW_EDATA, "a length is no whole number");
		return 0;
	}
	bits = take_bits(r, n);
	if (r->rc == 0 && type != 'U' && signed_of(bits, n) < 0)
		fail(r, GW_EDATA, "a length below 0");
	return r->rc == 0 ? (size_t)bits : 0;
}

static struct gw_slice
take_text(struct reader *r)
{
	size_t n = take_length(r);
	struct gw_slice s = { (const char *)r->at, n };

	if (r->rc == 0 && n > left(r))
		fail(r, GW_EDATA, "a text longer than the file");
	if (r->rc == 0 && !gw_utf8_valid(s))
		fail(r, GW_EDATA, "a text that is not UTF-8");
	if (r->rc != 0)
		return (struct gw_slice){ "", 0 };
	r->at += n;
	return s;
}

static struct gw_json *take_value(struct reader *r, uint8_t type);

/* "$T#N" or "#N" behind an opening bracket. */
struct container {
	uint8_t	type;		/* 0: each element has its own */
	bool	counted;
	size_t	n;
};

static struct container
take_container(struct reader *r, bool object)
{
	struct container c = { 0, false, 0 };

	if (next_is(r, '$')) {
		c.type = take(r);
		if (r->rc == 0 && (r->at == r->end || *r->at != '#'))
			fail(r, GW_EDATA, "a type of elements without their number");
		/* Elements without bytes of their own would let a few bytes claim any number. */
		if (r->rc == 0 && !object && width(c.type) == 0 && strchr("CSH[{", c.type) == NULL)
			fail(r, GW_EDATA, "a list of values that have no bytes");
	}
	if (next_is(r, '#')) {
		c.counted = true;
		c.n = take_length(r);
		if (r->rc == 0 && c.n > left(r))
			fail(r, GW_EDATA, "more elements than bytes");
	}
	return c;
}

static void
take_elements(struct reader *r, struct gw_json *v)
{
	bool object = v->type == GW_JSON_OBJECT;
	struct container c = take_container(r, object);
	struct gw_json **tail = &v->child;

	while (r->rc == 0) {
		struct gw_slice key = { NULL, 0 };
		struct gw_json *one;

		if (c.counted ? v->n == c.n : next_is(r, object ? '}' : ']'))
			return;
		if (object)
			key = take_text(r);
		one = take_value(r, c.type != 0 ? c.type : take(r));
		if (r->rc != 0)
			return;
		one->key = key;
		*tail = one;
		tail = &one->next;
		v->n++;
	}
}

static void
take_nested(struct reader *r, struct gw_json *v)
{
	if (++r->depth > GW_JSON_DEPTH_MAX)
		fail(r, GW_ELIMIT, "values too deep inside each other");
	take_elements(r, v);
	r->depth--;
}

static void
fill(struct reader *r, uint8_t type, struct gw_json *v)
{
	switch (type) {
	case '{': case '[':
		v->type = type == '{' ? GW_JSON_OBJECT : GW_JSON_ARRAY;
		take_nested(r, v);
		break;
	case 'S': case 'H':
		v->type = GW_JSON_STRING;
		v->text = take_text(r);
		break;
	case 'C':
		v->type = GW_JSON_STRING;
		v->text = (struct gw_slice){ (const char *)r->at, 1 };
		if (take(r) > 127)
			fail(r, GW_EDATA, "a character that is not ASCII");
		break;
	case 'T': case 'F':
		v->type = GW_JSON_BOOL;
		v->boolean = type == 'T';
		break;
	case 'Z':
		v->type = GW_JSON_NULL;
		break;
	default:
		v->type = GW_JSON_NUMBER;
		if (width(type) == 0)
			fail(r, GW_EDATA, "a type that UBJSON does not have");
		v->number = take_number(r, type);
	}
}

static struct gw_json *
take_value(struct reader *r, uint8_t type)
{
	struct gw_json *v;

	while (type == 'N' && r->rc == 0)	/* a no-op before the value */
		type = take(r);
	if (r->rc != 0)
		return NULL;
	if ((v = gw_arena_zero(r->arena, 1, sizeof(*v))) == NULL)
		fail(r, GW_ENOMEM, "out of memory");
	else
		fill(r, type, v);
	return v;
}

int
gw_ubjson_parse(struct gw_slice bytes, struct gw_arena *arena, struct gw_json **out,
    struct gw_err *err)
{
	struct reader r = { .arena = arena, .err = err };
	struct gw_json *v;

	r.begin = r.at = (const uint8_t *)bytes.ptr;
	r.end = r.begin + bytes.len;
	v = take_value(&r, take(&r));
	if (r.rc == 0 && r.at != r.end)
		fail(&r, GW_EDATA, "something after the value");
	if (r.rc == 0)
		*out = v;
	return r.rc;
}
