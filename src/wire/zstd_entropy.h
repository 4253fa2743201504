/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_entropy.h - the two entropy codes of Zstandard: finite state (FSE) and Huffman.
 * Source: RFC 8878, sections 4.1 and 4.2.
 */
#ifndef GW_ZSTD_ENTROPY_H
#define GW_ZSTD_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"

#define GW_FSE_LOG_MAX		9
#define GW_FSE_SYMBOLS_MAX	53	/* match lengths; literal lengths have 36, offsets 32 */
#define GW_HUF_LOG_MAX		11

/*
 * Bits that are read from the last to the first. left counts those not yet read; a read past the
 * first one gives zeroes and makes left negative, which whoever reads must notice at the end.
 */
struct gw_bits {
	const uint8_t	*p;
	size_t		 len;
	int64_t		 left;
};
/* The last byte ends with a 1 and zeroes that do not count. false: there is no such 1. */
bool		gw_bits_init(struct gw_bits *b, const uint8_t *p, size_t len);
uint64_t	gw_bits_peek(const struct gw_bits *b, unsigned n);	/* n <= 56 */
uint64_t	gw_bits_read(struct gw_bits *b, unsigned n);

/* The same from the other side: what is put first is read last. */
struct gw_bits_out {
	struct gw_buf	*out;
	uint64_t	 bits;		/* lowest first, not yet bytes */
	unsigned	 n;
};
void	gw_bits_put(struct gw_bits_out *b, uint64_t v, unsigned n);	/* n <= 56 */
void	gw_bits_end(struct gw_bits_out *b);

struct gw_fse_state {
	uint8_t		symbol;
	uint8_t		n_bits;		/* to read for the next state */
	uint16_t	base;		/* which they are added to */
};

struct gw_fse {
	unsigned		log;
	struct gw_fse_state	states[1 << GW_FSE_LOG_MAX];
};

/*
 * From probabilities: counts[s] of 1 << log states, -1 is "less than one". false: they do not add
 * up, or log is over GW_FSE_LOG_MAX.
 */
bool	gw_fse_build(struct gw_fse *t, const int16_t *counts, size_t n_symbols, unsigned log);
/*
 * From their description at p. Returns its length, or 0: malformed, more accurate than log_max, or
 * with symbols beyond symbol_max.
 */
size_t	gw_fse_read(struct gw_fse *t, const uint8_t *p, size_t len, unsigned log_max,
	    unsigned symbol_max);
/* A table that says one symbol for ever. */
void	gw_fse_single(struct gw_fse *t, uint8_t symbol);

struct gw_huf {
	unsigned	log;		/* 0: no table yet */
	uint8_t		symbols[1 << GW_HUF_LOG_MAX];
	uint8_t		n_bits[1 << GW_HUF_LOG_MAX];
};

/* From its description at p. Returns the length of that, or 0. */
size_t	gw_huf_read(struct gw_huf *t, const uint8_t *p, size_t len);
/* Exactly n symbols from exactly len bytes, or false. */
bool	gw_huf_decode(const struct gw_huf *t, const uint8_t *p, size_t len, uint8_t *to, size_t n);

/* The number of the highest bit that is set; v > 0. */
static inline unsigned
gw_high_bit(uint32_t v)
{
	unsigned n = 0;

	while (v >>= 1)
		n++;
	return n;
}

#endif
