/* SPDX-License-Identifier: MIT
 *
 * base/pattern.c - regular expressions as programs of a few steps.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/pattern.h"

#include "base/alloc.h"
#include "base/slice.h"

#define SETS_MAX	64
#define DEPTH_MAX	100
#define REPEAT_MAX	255	/* as POSIX's RE_DUP_MAX */
#define NO_BOUND	(-1)

enum op { OP_BYTE, OP_ANY, OP_SET, OP_SPLIT, OP_JUMP, OP_BEGIN, OP_END, OP_MATCH };

/* Jumps are relative, so that a run of steps can be moved and copied. */
struct step {
	uint8_t	op, arg;	/* BYTE: the byte; SET: its number */
	int16_t	to, or_to;	/* JUMP, SPLIT: from here */
};

struct set {
	uint8_t	bits[32];
};

struct gw_pattern {
	struct gw_alloc	*alloc;
	struct step	 steps[GW_PATTERN_MAX];
	struct set	 sets[SETS_MAX];
	size_t		 n, n_sets;
};

struct parser {
	struct gw_pattern	*p;
	struct gw_slice		 text;
	size_t			 at;
	unsigned		 depth;
	int			 code;		/* 0: well so far */
	const char		*why;
};

static void
fail(struct parser *x, int code, const char *why)
{
	if (x->code != 0)
		return;
	x->code = code;
	x->why = why;
}

static bool
more(const struct parser *x)
{
	return x->code == 0 && x->at < x->text.len;
}

static char
peek(const struct parser *x)
{
	return x->text.ptr[x->at];
}

static bool
take(struct parser *x, char c)
{
	if (!more(x) || peek(x) != c)
		return false;
	x->at++;
	return true;
}

/* ---- steps ---- */

static void
put(struct parser *x, enum op op, uint8_t arg)
{
	if (x->p->n == GW_PATTERN_MAX) {
		fail(x, GW_ELIMIT, "it is too large");
		return;
	}
	x->p->steps[x->p->n++] = (struct step){ .op = (uint8_t)op, .arg = arg };
}

/* One step before the run that begins at from. */
static void
insert(struct parser *x, size_t from, struct step s)
{
	put(x, OP_JUMP, 0);
	if (x->code != 0)
		return;
	memmove(x->p->steps + from + 1, x->p->steps + from,
	    (x->p->n - 1 - from) * sizeof(struct step));
	x->p->steps[from] = s;
}

static void
append(struct parser *x, struct step s)
{
	put(x, OP_JUMP, 0);
	if (x->code == 0)
		x->p->steps[x->p->n - 1] = s;
}

static void
copy(struct parser *x, const struct step *from, size_t n)
{
	if (n > GW_PATTERN_MAX - x->p->n) {
		fail(x, GW_ELIMIT, "it is too large");
		return;
	}
	memmove(x->p->steps + x->p->n, from, n * sizeof(*from));
	x->p->n += n;
}

/* ---- sets ---- */

static void
set_range(struct set *s, uint8_t from, uint8_t to)
{
	for (unsigned c = from; c <= to; c++)
		s->bits[c / 8] |= (uint8_t)(1u << c % 8);
}

static bool
set_has(const struct set *s, uint8_t c)
{
	return (s->bits[c / 8] >> c % 8 & 1) != 0;
}

static void
set_invert(struct set *s)
{
	for (size_t i = 0; i < sizeof(s->bits); i++)
		s->bits[i] = (uint8_t)~s->bits[i];
}

static void
put_set(struct parser *x, const struct set *s)
{
	if (x->p->n_sets == SETS_MAX) {
		fail(x, GW_ELIMIT, "it has too many sets");
		return;
	}
	x->p->sets[x->p->n_sets] = *s;
	put(x, OP_SET, (uint8_t)x->p->n_sets++);
}

/* The set of \d, \w, \s or their capitals. False: none of them. */
static bool
named_set(char c, struct set *out)
{
	struct set s = { { 0 } };

	switch (c | 0x20) {
	case 'w':
		set_range(&s, 'a', 'z');
		set_range(&s, 'A', 'Z');
		set_range(&s, '_', '_');
		/* fallthrough */
	case 'd':
		set_range(&s, '0', '9');
		break;
	case 's':
		set_range(&s, '\t', '\r');
		set_range(&s, ' ', ' ');
		break;
	default:
		return false;
	}
	if ((c & 0x20) == 0)
		set_invert(&s);
	for (size_t i = 0; i < sizeof(s.bits); i++)
		out->bits[i] |= s.bits[i];
	return true;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* One byte of a [set]. False: a \d and the like went into it. */
static bool
set_byte(struct parser *x, struct set *s, uint8_t *out)
{
	char c = peek(x);

	x->at++;
	if (c == '[' && more(x) && (peek(x) == ':' || peek(x) == '.' || peek(x) == '='))
		fail(x, GW_EINVAL, "[[:names:]] are not known here");
	if (c == '\\' && more(x)) {
		c = peek(x);
		x->at++;
		if (named_set(c, s))
			return false;
		if (is_alnum(c))
			fail(x, GW_EINVAL, "this \\ is not known here");
	}
	*out = (uint8_t)c;
	return true;
}

static void
parse_set(struct parser *x)
{
	struct set s = { { 0 } };
	bool inverted = take(x, '^'), first = true;

	for (; more(x) && (first || peek(x) != ']'); first = false) {
		uint8_t from, to;

		if (!set_byte(x, &s, &from))
			continue;
		to = from;
		if (x->at + 1 < x->text.len && peek(x) == '-' && x->text.ptr[x->at + 1] != ']') {
			x->at++;
			if (!set_byte(x, &s, &to) || to < from)
				fail(x, GW_EINVAL, "a range that goes backwards");
		}
		if (x->code == 0)
			set_range(&s, from, to);
	}
	if (!take(x, ']'))
		fail(x, GW_EINVAL, "a [ without its ]");
	if (inverted)
		set_invert(&s);
	put_set(x, &s);
}

/* ---- the grammar ---- */

static void parse_either(struct parser *x);

static void
parse_group(struct parser *x)
{
	if (take(x, '?') && !take(x, ':'))
		fail(x, GW_EINVAL, "after (? only : is known here");
	if (++x->depth > DEPTH_MAX)
		fail(x, GW_ELIMIT, "it is too deep");
	parse_either(x);
	x->depth--;
	if (!take(x, ')'))
		fail(x, GW_EINVAL, "a ( without its )");
}

static void
parse_escape(struct parser *x)
{
	struct set s = { { 0 } };
	char c = more(x) ? peek(x) : '\0';

	if (c == '\0') {
		fail(x, GW_EINVAL, "a \\ at the end");
		return;
	}
	x->at++;
	if (named_set(c, &s))
		put_set(x, &s);
	else if (is_alnum(c))
		fail(x, GW_EINVAL, "this \\ is not known here");
	else
		put(x, OP_BYTE, (uint8_t)c);
}

static void
parse_atom(struct parser *x)
{
	char c = peek(x);

	x->at++;
	switch (c) {
	case '(':
		parse_group(x);
		break;
	case '[':
		parse_set(x);
		break;
	case '\\':
		parse_escape(x);
		break;
	case '.':
		put(x, OP_ANY, 0);
		break;
	case '^':
		put(x, OP_BEGIN, 0);
		break;
	case '$':
		put(x, OP_END, 0);
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		fail(x, GW_EINVAL, "nothing to repeat");
		break;
	default:
		put(x, OP_BYTE, (uint8_t)c);
	}
}

/* Digits, or NO_BOUND when there are none. */
static int
parse_number(struct parser *x)
{
	int n = NO_BOUND;

	while (more(x) && peek(x) >= '0' && peek(x) <= '9') {
		n = (n == NO_BOUND ? 0 : n) * 10 + (peek(x) - '0');
		if (n > REPEAT_MAX)
			fail(x, GW_ELIMIT, "too many repetitions");
		x->at++;
	}
	return n;
}

/* What stands after an atom: how often. False: nothing does. */
static bool
parse_bounds(struct parser *x, int *min, int *max)
{
	*min = 0;
	*max = NO_BOUND;
	if (take(x, '*'))
		return true;
	*min = 1;
	if (take(x, '+'))
		return true;
	*min = 0;
	*max = 1;
	if (take(x, '?'))
		return true;
	if (!take(x, '{'))
		return false;
	*min = *max = parse_number(x);
	if (take(x, ','))
		*max = parse_number(x);
	if (!take(x, '}') || *min == NO_BOUND || (*max != NO_BOUND && *max < *min))
		fail(x, GW_EINVAL, "{m,n} is wanted");
	return x->code == 0;
}

static void
maybe(struct parser *x, size_t from)
{
	insert(x, from, (struct step){ .op = OP_SPLIT, .to = 1,
	    .or_to = (int16_t)(x->p->n - from + 1) });
}

/* The run from "from" on is one atom: it becomes as many as wanted. */
static void
repeat(struct parser *x, size_t from, int min, int max)
{
	struct step one[GW_PATTERN_MAX];
	size_t n = x->p->n - from;

	memcpy(one, x->p->steps + from, n * sizeof(one[0]));
	x->p->n = from;
	for (int i = 0; i < min && x->code == 0; i++)
		copy(x, one, n);
	if (max == NO_BOUND) {
		size_t at = x->p->n;

		copy(x, one, n);
		append(x, (struct step){ .op = OP_JUMP, .to = (int16_t)-(int)(n + 1) });
		maybe(x, at);
	}
	for (int i = min; i < max && x->code == 0; i++) {
		size_t at = x->p->n;

		copy(x, one, n);
		maybe(x, at);
	}
}

static void
parse_sequence(struct parser *x)
{
	while (more(x) && peek(x) != '|' && peek(x) != ')') {
		size_t from = x->p->n;
		int min, max;

		parse_atom(x);
		while (x->code == 0 && parse_bounds(x, &min, &max)) {
			(void)take(x, '?');
			repeat(x, from, min, max);
		}
	}
}

static void
parse_either(struct parser *x)
{
	size_t from = x->p->n;

	parse_sequence(x);
	while (take(x, '|')) {
		size_t second;

		insert(x, from, (struct step){ .op = OP_SPLIT, .to = 1,
		    .or_to = (int16_t)(x->p->n - from + 2) });
		append(x, (struct step){ .op = OP_JUMP });
		second = x->p->n;
		parse_sequence(x);
		if (x->code == 0)
			x->p->steps[second - 1].to = (int16_t)(x->p->n - second + 1);
	}
}

int
gw_pattern_new(struct gw_pattern **out, struct gw_slice text, struct gw_alloc *alloc,
    struct gw_err *err)
{
	struct parser x = { .p = gw_alloc_zero(alloc, 1, sizeof(*x.p)), .text = text };

	if (x.p == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	x.p->alloc = alloc;
	parse_either(&x);
	if (more(&x))
		fail(&x, GW_EINVAL, "a ) without its (");
	put(&x, OP_MATCH, 0);
	if (x.code != 0) {
		gw_pattern_free(x.p);
		return gw_err_set(err, x.code, "regular expression \"%.*s\": %s, at byte %zu",
		    GW_FMT(text), x.why, x.at);
	}
	*out = x.p;
	return 0;
}

void
gw_pattern_free(struct gw_pattern *p)
{
	if (p != NULL)
		gw_alloc_free(p->alloc, p);
}

/* ---- matching ---- */

/* The steps that one may be at. */
struct places {
	uint8_t		seen[GW_PATTERN_MAX / 8];
	uint16_t	at[GW_PATTERN_MAX];
	size_t		n;
};

/* A step and all that are reached from it without reading. */
static void
add(const struct gw_pattern *p, struct places *l, size_t first, bool at_begin, bool at_end)
{
	uint16_t todo[GW_PATTERN_MAX];
	size_t n = 0;

	todo[n++] = (uint16_t)first;
	while (n > 0) {
		size_t i = todo[--n];
		const struct step *s = &p->steps[i];

		if ((l->seen[i / 8] >> i % 8 & 1) != 0)
			continue;
		l->seen[i / 8] |= (uint8_t)(1u << i % 8);
		if (s->op == OP_JUMP || s->op == OP_SPLIT)
			todo[n++] = (uint16_t)((int)i + s->to);
		if (s->op == OP_SPLIT)
			todo[n++] = (uint16_t)((int)i + s->or_to);
		if ((s->op == OP_BEGIN && at_begin) || (s->op == OP_END && at_end))
			todo[n++] = (uint16_t)(i + 1);
		if (s->op <= OP_SET || s->op == OP_MATCH)
			l->at[l->n++] = (uint16_t)i;
	}
}

static bool
reads(const struct gw_pattern *p, const struct step *s, uint8_t c)
{
	return s->op == OP_ANY || (s->op == OP_BYTE && s->arg == c) ||
	    (s->op == OP_SET && set_has(&p->sets[s->arg], c));
}

bool
gw_pattern_matches(const struct gw_pattern *p, struct gw_slice text)
{
	struct places a = { .n = 0 }, b, *now = &a, *next = &b, *swap;

	add(p, now, 0, true, text.len == 0);
	for (size_t i = 0; i < text.len && now->n > 0; i++) {
		memset(next->seen, 0, sizeof(next->seen));
		next->n = 0;
		for (size_t j = 0; j < now->n; j++)
			if (reads(p, &p->steps[now->at[j]], (uint8_t)text.ptr[i]))
				add(p, next, now->at[j] + 1u, false, i + 1 == text.len);
		swap = now;
		now = next;
		next = swap;
	}
	for (size_t j = 0; j < now->n; j++)
		if (p->steps[now->at[j]].op == OP_MATCH)
			return true;
	return false;
}
