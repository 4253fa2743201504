/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_write.c - Zstandard frames, written the simple way: sequences in FSE with the default
 * distributions, offsets never repeated; literals in zstd_literals.c.
 * Source: RFC 8878; section numbers below are its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress_codecs.h"

#include "wire/bytes.h"
#include "wire/lz.h"
#include "wire/zstd_codes.h"
#include "wire/zstd_entropy.h"
#include "wire/zstd_literals.h"

#define SEQUENCES_MAX	(GW_LZ_BLOCK_MAX / GW_LZ_MATCH_MIN + 1)
#define STATES		64	/* the default tables have 32 or 64 */

enum { LL, OF, ML };

/* states[symbol][next]: the state of that symbol from which a decoder can get to the next one. */
struct table {
	struct gw_fse	fse;
	uint8_t		states[GW_FSE_SYMBOLS_MAX][STATES];
};

struct sequence {
	uint32_t	literals, match, offset;
};

struct encoder {
	struct gw_buf	*out;
	uint16_t	*lz;
	struct table	 tables[3];
	struct gw_bits_out bits;
	size_t		 n_sequences, n_literals;	/* of the block */
	struct sequence	 sequences[SEQUENCES_MAX];
	uint8_t		 literals[GW_LZ_BLOCK_MAX];
};

static bool
table_init(struct table *t, const struct gw_zstd_code *c)
{
	size_t i, next;

	if (!gw_fse_build(&t->fse, c->counts, c->n_counts, c->log))
		return false;
	for (i = 0; i < (size_t)1 << t->fse.log; i++) {
		const struct gw_fse_state *s = &t->fse.states[i];

		for (next = s->base; next < s->base + ((size_t)1 << s->n_bits); next++)
			t->states[s->symbol][next] = (uint8_t)i;
	}
	return true;
}

/* ---- sequences (3.1.1.3.2) ---- */

static unsigned
code_of(int which, uint32_t value)
{
	const struct gw_zstd_code *c = &gw_zstd_codes[which];
	unsigned code = c->symbol_max;

	if (which == OF)
		return gw_high_bit(value);
	while (c->base[code] > value)
		code--;
	return code;
}

static void
put_extra(struct encoder *e, int which, uint32_t value)
{
	const struct gw_zstd_code *c = &gw_zstd_codes[which];
	unsigned code = code_of(which, value);

	if (which == OF)
		gw_bits_put(&e->bits, value - (1u << code), code);
	else
		gw_bits_put(&e->bits, value - c->base[code], c->extra[code]);
}

/* From the state *next, which the decoder will be in later, back to one that says value. */
static void
put_state(struct encoder *e, int which, uint32_t value, size_t *next)
{
	const struct table *t = &e->tables[which];
	size_t state = t->states[code_of(which, value)][*next];
	const struct gw_fse_state *s = &t->fse.states[state];

	gw_bits_put(&e->bits, *next - s->base, s->n_bits);
	*next = state;
}

/* The value that an offset is sent as: 1 to 3 would be those used last. */
static uint32_t
offset_value(const struct sequence *s)
{
	return s->offset + 3;
}

/*
 * A decoder reads the three first states, then for each sequence the extra bits of offset, match
 * and literals, and what leads to the next states of literals, match and offset. All of it is
 * written the other way round.
 */
static void
put_sequences(struct encoder *e)
{
	const struct sequence *s;
	size_t state[3] = { 0 }, i;

	e->bits = (struct gw_bits_out){ .out = e->out };
	for (i = e->n_sequences; i-- > 0; ) {
		s = &e->sequences[i];
		if (i + 1 == e->n_sequences) {
			/* any state of the last symbols does */
			state[LL] = e->tables[LL].states[code_of(LL, s->literals)][0];
			state[OF] = e->tables[OF].states[code_of(OF, offset_value(s))][0];
			state[ML] = e->tables[ML].states[code_of(ML, s->match)][0];
		} else {
			put_state(e, OF, offset_value(s), &state[OF]);
			put_state(e, ML, s->match, &state[ML]);
			put_state(e, LL, s->literals, &state[LL]);
		}
		put_extra(e, LL, s->literals);
		put_extra(e, ML, s->match);
		put_extra(e, OF, offset_value(s));
	}
	gw_bits_put(&e->bits, state[ML], e->tables[ML].fse.log);
	gw_bits_put(&e->bits, state[OF], e->tables[OF].fse.log);
	gw_bits_put(&e->bits, state[LL], e->tables[LL].fse.log);
	gw_bits_end(&e->bits);
}

/* 3.1.1.3.2.1: how many, and that all three tables are the default ones. */
static void
put_sequences_header(struct encoder *e)
{
	size_t n = e->n_sequences;

	if (n < 128)
		gw_buf_putc(e->out, (char)n);
	else {
		/* at most 16385 here, so that the third form is never needed */
		gw_buf_putc(e->out, (char)(128 + (n >> 8)));
		gw_buf_putc(e->out, (char)(n & 0xff));
	}
	if (n > 0)
		gw_buf_putc(e->out, 0);
}

/* ---- blocks ---- */

static void
put_number(struct gw_buf *out, uint32_t v, size_t n)
{
	uint8_t b[4];

	gw_le32_put(b, v);
	gw_buf_put(out, b, n);
}

static void
put_compressed(struct encoder *e, struct gw_slice block)
{
	struct gw_lz_seq s;
	struct gw_lz z;

	e->n_sequences = e->n_literals = 0;
	gw_lz_begin(&z, block, 0, 0, e->lz);
	while (gw_lz_next(&z, &s)) {
		memcpy(e->literals + e->n_literals, s.literals.ptr, s.literals.len);
		e->n_literals += s.literals.len;
		if (s.match_len > 0)
			e->sequences[e->n_sequences++] = (struct sequence){
			    (uint32_t)s.literals.len, (uint32_t)s.match_len, (uint32_t)s.offset };
	}
	gw_zstd_put_literals(e->out, e->literals, e->n_literals);
	put_sequences_header(e);
	if (e->n_sequences > 0)
		put_sequences(e);
}

/* 3.1.1.2: last, type (0 as it is, 2 compressed) and size in three bytes. */
static void
put_block(struct encoder *e, struct gw_slice block, bool last)
{
	struct gw_buf *out = e->out;
	size_t at = out->len, size;
	uint32_t header;

	put_number(out, 0, 3);
	put_compressed(e, block);
	if (out->err != 0)
		return;
	size = out->len - at - 3;
	header = (uint32_t)size << 3 | 2 << 1 | last;
	if (size >= block.len) {
		out->len = at + 3;
		gw_buf_put(out, block.ptr, block.len);
		header = (uint32_t)block.len << 3 | last;
	}
	if (out->err != 0)
		return;
	gw_le16_put(out->ptr + at, (uint16_t)header);
	out->ptr[at + 2] = (uint8_t)(header >> 16);
}

/* 3.1.1.1: one segment of known size, no dictionary, no checksum (the batch has its own). */
static void
put_frame_header(struct gw_buf *out, uint32_t size)
{
	put_number(out, GW_ZSTD_MAGIC, 4);
	if (size < 256) {
		put_number(out, 0x20, 1);
		put_number(out, size, 1);
	} else if (size < 65536 + 256) {
		put_number(out, 0x60, 1);
		put_number(out, size - 256, 2);
	} else {
		put_number(out, 0xa0, 1);
		put_number(out, size, 4);
	}
}

static int
run(struct encoder *e, struct gw_slice in)
{
	size_t len, i;

	for (i = 0; i < GW_N(e->tables); i++)
		if (!table_init(&e->tables[i], &gw_zstd_codes[i]))
			return GW_EINVAL;
	put_frame_header(e->out, (uint32_t)in.len);
	do {
		len = in.len < GW_LZ_BLOCK_MAX ? in.len : GW_LZ_BLOCK_MAX;
		put_block(e, (struct gw_slice){ in.ptr, len }, len == in.len);
		in.ptr += len;
		in.len -= len;
	} while (in.len > 0);
	return e->out->err;
}

int
gw_zstd_compress(struct gw_slice in, struct gw_buf *out)
{
	uint16_t *lz = gw_lz_table_new(out->alloc);
	struct encoder *e = gw_alloc_zero(out->alloc, 1, sizeof(*e));
	int rc = GW_ENOMEM;

	if (lz != NULL && e != NULL) {
		e->out = out;
		e->lz = lz;
		rc = run(e, in);
	}
	gw_alloc_free(out->alloc, e);
	gw_alloc_free(out->alloc, lz);
	return rc;
}
