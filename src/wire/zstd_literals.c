/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_literals.c - literals in Huffman codes. Only where all of them are ASCII, as JSON is:
 * then the code's description is four bits a symbol and needs no code of its own.
 * Source: RFC 8878, 3.1.1.3.1 and 4.2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/zstd_literals.h"

#include "wire/bytes.h"
#include "wire/zstd_entropy.h"

#define SYMBOLS		128
#define WORTH_IT	64	/* fewer bytes are not worth a description */
#define ONE_STREAM_MAX	1023	/* what ten bits of length hold */

struct code {
	unsigned	log;			/* the longest */
	unsigned	last;			/* the highest symbol there is */
	uint8_t		len[SYMBOLS];		/* 0: does not occur */
	uint16_t	bits[SYMBOLS];
};

/* ---- the code ---- */

/* A tree over the symbols: leaves are 0 to 127, inner nodes come behind them. */
struct tree {
	uint32_t	weight[2 * SYMBOLS];
	uint16_t	parent[2 * SYMBOLS];
	bool		open[2 * SYMBOLS];	/* has no parent yet */
	unsigned	n;
};

/* The lightest open node, which is closed then. */
static unsigned
take_lightest(struct tree *t)
{
	unsigned best = 0, i;
	bool found = false;

	for (i = 0; i < t->n; i++)
		if (t->open[i] && (!found || t->weight[i] < t->weight[best])) {
			best = i;
			found = true;
		}
	t->open[best] = false;
	return best;
}

/* Huffman 1952: join the two lightest until one is left. Returns the longest code. */
static unsigned
code_lengths(const uint32_t *counts, uint8_t *len)
{
	struct tree t = { .n = SYMBOLS };
	unsigned i, left = 0, a, b, longest = 0, node, depth;

	for (i = 0; i < SYMBOLS; i++) {
		t.weight[i] = counts[i];
		t.open[i] = counts[i] > 0;
		left += counts[i] > 0;
	}
	for (; left > 1; left--) {
		a = take_lightest(&t);
		b = take_lightest(&t);
		t.parent[a] = t.parent[b] = (uint16_t)t.n;
		t.weight[t.n] = t.weight[a] + t.weight[b];
		t.open[t.n++] = true;
	}
	for (i = 0; i < SYMBOLS; i++) {
		depth = 0;
		for (node = i; counts[i] > 0 && node != t.n - 1; node = t.parent[node])
			depth++;
		len[i] = (uint8_t)depth;
		if (depth > longest)
			longest = depth;
	}
	return longest;
}

/* Codes in the order in which a decoder hands them out: longest first, and by symbol. */
static void
assign(struct code *c)
{
	unsigned at = 0, len, s;

	for (len = c->log; len > 0; len--)
		for (s = 0; s < SYMBOLS; s++) {
			if (c->len[s] != len)
				continue;
			c->bits[s] = (uint16_t)(at >> (c->log - len));
			at += 1u << (c->log - len);
		}
}

/* false: not all ASCII, or only one symbol. */
static bool
make_code(struct code *c, const uint8_t *p, size_t n)
{
	uint32_t counts[SYMBOLS] = { 0 };
	unsigned s, used = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] >= SYMBOLS)
			return false;
		counts[p[i]]++;
	}
	for (s = 0; s < SYMBOLS; s++) {
		used += counts[s] > 0;
		if (counts[s] > 0)
			c->last = s;
	}
	if (used < 2)
		return false;
	/* too long: level the counts out until it is not; 128 equal ones take 7 bits */
	while ((c->log = code_lengths(counts, c->len)) > GW_HUF_LOG_MAX)
		for (s = 0; s < SYMBOLS; s++)
			counts[s] = (counts[s] + 1) / 2;
	assign(c);
	return true;
}

/* ---- the section ---- */

static void
put_number(struct gw_buf *out, uint64_t v, size_t n)
{
	for (; n > 0; n--, v >>= 8)
		gw_buf_putc(out, (char)(v & 0xff));
}

/* 4.2.1.1: a weight is 0, or how much a code is shorter than log + 1; the last is not sent. */
static void
put_description(struct gw_buf *out, const struct code *c)
{
	unsigned s, w, two = 0;

	gw_buf_putc(out, (char)(127 + c->last));
	for (s = 0; s < c->last; s++) {
		w = c->len[s] == 0 ? 0 : c->log + 1 - c->len[s];
		two = s % 2 == 0 ? w << 4 : two | w;
		if (s % 2 != 0 || s + 1 == c->last)
			gw_buf_putc(out, (char)two);
	}
}

/* Backwards, since it is read from its end. Returns the bytes it takes. */
static size_t
put_stream(struct gw_buf *out, const struct code *c, const uint8_t *p, size_t n)
{
	struct gw_bits_out b = { .out = out };
	size_t at = out->len;

	while (n-- > 0)
		gw_bits_put(&b, c->bits[p[n]], c->len[p[n]]);
	gw_bits_end(&b);
	return out->len - at;
}

/* Four of a quarter each, behind the sizes of the first three. */
static void
put_four_streams(struct gw_buf *out, const struct code *c, const uint8_t *p, size_t n)
{
	size_t quarter = (n + 3) / 4, at = out->len, size, i;

	put_number(out, 0, 6);
	for (i = 0; i < 4; i++) {
		size = put_stream(out, c, p + i * quarter, i < 3 ? quarter : n - 3 * quarter);
		if (i < 3 && out->err == 0)
			gw_le16_put(out->ptr + at + 2 * i, (uint16_t)size);
	}
}

/* false: not worth it; out is as it was. */
static bool
put_packed(struct gw_buf *out, const uint8_t *p, size_t n)
{
	/* size_format, bytes of the header, bits of each of its two lengths */
	unsigned format = n <= ONE_STREAM_MAX ? 0 : n < 1 << 14 ? 2 : 3;
	unsigned header = format == 0 ? 3 : format + 2, i;
	unsigned bits = format == 0 ? 10 : format * 4 + 6;
	size_t at = out->len, size;
	struct code c = { 0 };
	uint64_t h;

	if (n < WORTH_IT || !make_code(&c, p, n))
		return false;
	put_number(out, 0, header);
	put_description(out, &c);
	if (format == 0)
		(void)put_stream(out, &c, p, n);
	else
		put_four_streams(out, &c, p, n);
	if (out->err != 0)
		return true;
	size = out->len - at - header;
	if (size >= n) {
		out->len = at;
		return false;
	}
	h = 2 | (uint64_t)format << 2 | (uint64_t)n << 4 | (uint64_t)size << (4 + bits);
	for (i = 0; i < header; i++)
		out->ptr[at + i] = (uint8_t)(h >> 8 * i);
	return true;
}

void
gw_zstd_put_literals(struct gw_buf *out, const uint8_t *p, size_t n)
{
	if (put_packed(out, p, n))
		return;
	/* as they are, behind a length of 5, 12 or 20 bits */
	if (n < 1 << 5)
		put_number(out, n << 3, 1);
	else if (n < 1 << 12)
		put_number(out, n << 4 | 1 << 2, 2);
	else
		put_number(out, n << 4 | 3 << 2, 3);
	gw_buf_put(out, p, n);
}
