/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_entropy.c - bit streams, FSE and Huffman tables (RFC 8878, 4.1 and 4.2).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/zstd_entropy.h"

#include <string.h>

#include "wire/bytes.h"

#define FSE_LOG_MIN	5
#define WEIGHTS_MAX	255
#define WEIGHTS_LOG_MAX	6	/* of the FSE table that packs Huffman weights */
#define WEIGHT_MAX	11

/* ---- bits, backwards ---- */

bool
gw_bits_init(struct gw_bits *b, const uint8_t *p, size_t len)
{
	if (len == 0 || p[len - 1] == 0)
		return false;
	*b = (struct gw_bits){ p, len, (int64_t)(len - 1) * 8 + gw_high_bit(p[len - 1]) };
	return true;
}

/* Eight bytes from at on; zeroes behind the last. */
static uint64_t
load(const struct gw_bits *b, size_t at)
{
	uint8_t rest[8] = { 0 };

	if (GW_LIKELY(at + 8 <= b->len))
		return gw_le64(b->p + at);
	memcpy(rest, b->p + at, b->len - at);
	return gw_le64(rest);
}

uint64_t
gw_bits_peek(const struct gw_bits *b, unsigned n)
{
	int64_t from = b->left - n;
	uint64_t mask = ((uint64_t)1 << n) - 1;

	if (GW_LIKELY(from >= 0))
		return load(b, (size_t)from / 8) >> (from & 7) & mask;
	/* what lies before the first bit is zero */
	return b->left <= 0 ? 0 : load(b, 0) << -from & mask;
}

uint64_t
gw_bits_read(struct gw_bits *b, unsigned n)
{
	uint64_t v = gw_bits_peek(b, n);

	b->left -= n;
	return v;
}

void
gw_bits_put(struct gw_bits_out *b, uint64_t v, unsigned n)
{
	b->bits |= v << b->n;
	for (b->n += n; b->n >= 8; b->n -= 8) {
		gw_buf_putc(b->out, (char)(b->bits & 0xff));
		b->bits >>= 8;
	}
}

/* A 1 that says where the bits end, since they are read from there. */
void
gw_bits_end(struct gw_bits_out *b)
{
	gw_bits_put(b, 1, 1);
	if (b->n > 0)
		gw_bits_put(b, 0, 8 - b->n);
}

/* ---- FSE ---- */

/* Spread the symbols over the states as the encoder has: -1 from the end, the rest in leaps. */
static bool
spread(struct gw_fse *t, const int16_t *counts, size_t n_symbols)
{
	size_t size = (size_t)1 << t->log, high = size, at = 0, s, total = 0;
	size_t step = (size >> 1) + (size >> 3) + 3;
	int i;

	for (s = 0; s < n_symbols; s++) {
		total += counts[s] < 0 ? 1 : (size_t)counts[s];
		if (total > size)
			return false;
		if (counts[s] < 0)
			t->states[--high].symbol = (uint8_t)s;
	}
	if (total != size)
		return false;
	for (s = 0; s < n_symbols; s++)
		for (i = 0; i < counts[s]; i++) {
			t->states[at].symbol = (uint8_t)s;
			do
				at = (at + step) & (size - 1);
			while (at >= high);
		}
	return true;
}

bool
gw_fse_build(struct gw_fse *t, const int16_t *counts, size_t n_symbols, unsigned log)
{
	uint16_t next[GW_FSE_SYMBOLS_MAX + 1];
	size_t size = (size_t)1 << log, i;

	if (log > GW_FSE_LOG_MAX || n_symbols > sizeof(next) / sizeof(next[0]))
		return false;
	t->log = log;
	if (!spread(t, counts, n_symbols))
		return false;
	for (i = 0; i < n_symbols; i++)
		next[i] = counts[i] < 0 ? 1 : (uint16_t)counts[i];
	for (i = 0; i < size; i++) {
		struct gw_fse_state *s = &t->states[i];
		unsigned n = next[s->symbol]++;

		s->n_bits = (uint8_t)(log - gw_high_bit(n));
		s->base = (uint16_t)((n << s->n_bits) - (unsigned)size);
	}
	return true;
}

void
gw_fse_single(struct gw_fse *t, uint8_t symbol)
{
	t->log = 0;
	t->states[0] = (struct gw_fse_state){ symbol, 0, 0 };
}

/* Bits from the first to the last; at beyond the end means that too much was read. */
struct forward {
	const uint8_t	*p;
	size_t		 len, at;
};

static unsigned
forward_peek(const struct forward *f, unsigned n)
{
	uint8_t b[4] = { 0 };
	size_t byte = f->at / 8, i;

	for (i = 0; i < sizeof(b) && byte + i < f->len; i++)
		b[i] = f->p[byte + i];
	return gw_le32(b) >> f->at % 8 & ((1u << n) - 1);
}

static unsigned
forward_read(struct forward *f, unsigned n)
{
	unsigned v = forward_peek(f, n);

	f->at += n;
	return v;
}

/*
 * One probability plus one, between 0 and remaining + 1. The smaller half of the values takes one
 * bit less, as far as the range is short of a power of two.
 */
static unsigned
read_count(struct forward *f, unsigned remaining)
{
	unsigned n = gw_high_bit(remaining + 1) + 1;
	unsigned low = (1u << (n - 1)) - 1, spare = (1u << n) - 1 - (remaining + 1);
	unsigned v = forward_peek(f, n);

	if ((v & low) < spare) {
		f->at += n - 1;
		return v & low;
	}
	f->at += n;
	return v > low ? v - spare : v;
}

size_t
gw_fse_read(struct gw_fse *t, const uint8_t *p, size_t len, unsigned log_max, unsigned symbol_max)
{
	int16_t counts[GW_FSE_SYMBOLS_MAX + 1] = { 0 };
	struct forward f = { p, len, 0 };
	unsigned log = forward_read(&f, 4) + FSE_LOG_MIN, remaining = 1u << log, zeroes;
	size_t s = 0;

	if (log > log_max)
		return 0;
	while (remaining > 0 && s <= symbol_max && f.at <= len * 8) {
		int count = (int)read_count(&f, remaining) - 1;

		counts[s++] = (int16_t)count;
		remaining -= (unsigned)(count < 0 ? 1 : count);
		if (count != 0)
			continue;
		/* how many more zeroes, in twos of bits; 3 goes on */
		do {
			zeroes = forward_read(&f, 2);
			s += zeroes;
		} while (zeroes == 3 && f.at <= len * 8);
	}
	if (remaining != 0 || s > (size_t)symbol_max + 1 || f.at > len * 8)
		return 0;
	return gw_fse_build(t, counts, s, log) ? (f.at + 7) / 8 : 0;
}

/* ---- Huffman ---- */

static const struct gw_fse_state *
start(const struct gw_fse *t, struct gw_bits *b)
{
	return &t->states[gw_bits_read(b, t->log)];
}

static const struct gw_fse_state *
follow(const struct gw_fse *t, const struct gw_fse_state *s, struct gw_bits *b)
{
	return &t->states[s->base + gw_bits_read(b, s->n_bits)];
}

/* Weights by two FSE states in turn, until the bits run out. Returns how many, or 0. */
static size_t
read_packed_weights(uint8_t *weights, const uint8_t *p, size_t len)
{
	const struct gw_fse_state *a, *b, *other;
	struct gw_bits bits;
	struct gw_fse t;
	size_t used = gw_fse_read(&t, p, len, WEIGHTS_LOG_MAX, WEIGHT_MAX), n = 0;

	if (used == 0 || !gw_bits_init(&bits, p + used, len - used))
		return 0;
	a = start(&t, &bits);
	b = start(&t, &bits);
	if (bits.left < 0)
		return 0;
	while (bits.left >= 0) {
		if (n + 2 > WEIGHTS_MAX)
			return 0;
		weights[n++] = a->symbol;
		a = follow(&t, a, &bits);
		other = b;
		b = a;
		a = other;
	}
	weights[n++] = a->symbol;
	return n;
}

/* Four bits each. Returns the length taken, or 0. */
static size_t
read_plain_weights(uint8_t *weights, size_t n, const uint8_t *p, size_t len)
{
	size_t i;

	if (len < (n + 1) / 2)
		return 0;
	for (i = 0; i < n; i++)
		weights[i] = i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15;
	return (n + 1) / 2;
}

/*
 * The last symbol's weight is not sent: it is what fills the sum of 2^(weight - 1) up to a power of
 * two. Returns that power's exponent, the longest code, or 0.
 */
static unsigned
complete(uint8_t *weights, size_t n)
{
	uint32_t sum = 0, rest;
	unsigned log;
	size_t i;

	for (i = 0; i < n; i++) {
		if (weights[i] > WEIGHT_MAX)
			return 0;
		sum += weights[i] > 0 ? 1u << (weights[i] - 1) : 0;
	}
	if (sum == 0)
		return 0;
	log = gw_high_bit(sum) + 1;
	rest = (1u << log) - sum;
	if (log > GW_HUF_LOG_MAX || (rest & (rest - 1)) != 0)
		return 0;
	weights[n] = (uint8_t)(gw_high_bit(rest) + 1);
	return log;
}

/* Codes are given out from the lightest weight up and, within one, by symbol. */
static void
fill(struct gw_huf *t, const uint8_t *weights, size_t n)
{
	size_t at = 0, s, len;
	unsigned w;

	for (w = 1; w <= t->log; w++)
		for (s = 0; s < n; s++) {
			if (weights[s] != w)
				continue;
			len = (size_t)1 << (w - 1);
			memset(t->symbols + at, (int)s, len);
			memset(t->n_bits + at, (int)(t->log + 1 - w), len);
			at += len;
		}
}

size_t
gw_huf_read(struct gw_huf *t, const uint8_t *p, size_t len)
{
	uint8_t weights[WEIGHTS_MAX + 1];
	size_t used, n;

	t->log = 0;
	if (len == 0)
		return 0;
	if (p[0] >= 128) {
		n = (size_t)p[0] - 127;
		used = read_plain_weights(weights, n, p + 1, len - 1);
	} else {
		used = p[0];
		n = used < len ? read_packed_weights(weights, p + 1, used) : 0;
	}
	if (used == 0 || n == 0)
		return 0;
	t->log = complete(weights, n);
	if (t->log == 0)
		return 0;
	fill(t, weights, n + 1);
	return 1 + used;
}

bool
gw_huf_decode(const struct gw_huf *t, const uint8_t *p, size_t len, uint8_t *to, size_t n)
{
	struct gw_bits b;
	size_t i;

	if (!gw_bits_init(&b, p, len))
		return false;
	for (i = 0; i < n && b.left > 0; i++) {
		size_t code = gw_bits_peek(&b, t->log);

		to[i] = t->symbols[code];
		b.left -= t->n_bits[code];
	}
	return i == n && b.left == 0;
}
