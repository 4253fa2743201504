/* SPDX-License-Identifier: MIT
 *
 * wire/lz.h - what Snappy, LZ4 and Zstandard share (Lempel and Ziv 1977): copies of earlier output,
 * and a greedy search for repetitions.
 */
#ifndef GW_LZ_H
#define GW_LZ_H

#include "base/buf.h"
#include "base/slice.h"

#define GW_LZ_MATCH_MIN		4
#define GW_LZ_READ		8	/* bytes that the search looks at from where it is */
#define GW_LZ_BLOCK_MAX		((size_t)1 << 16)	/* so that any offset fits 16 bits */

/*
 * Append len bytes that begin offset bytes before the end of out, one after the other: where offset
 * is less than len they repeat. start is where out began. 0, GW_EPROTO (offset 0 or before start),
 * or out's error.
 */
int	gw_lz_copy(struct gw_buf *out, size_t start, size_t offset, size_t len) GW_CHECK_RESULT;

/* The search goes over one block of at most GW_LZ_BLOCK_MAX bytes. */
struct gw_lz {
	const uint8_t	*begin, *end;
	const uint8_t	*literals;	/* not yet handed out */
	const uint8_t	*at;		/* where to search next */
	const uint8_t	*limit;		/* no match begins here or later */
	size_t		 tail;		/* bytes at the end that no match may cover */
	uint16_t	*table;		/* the last position of each hash */
};

/* Literals, and behind them a copy of match_len bytes from offset bytes before. */
struct gw_lz_seq {
	struct gw_slice	literals;
	size_t		match_len;	/* 0: the block ends with these literals */
	size_t		offset;
};

/* One table for all blocks. NULL: out of memory. */
uint16_t	*gw_lz_table_new(struct gw_alloc *alloc) GW_CHECK_RESULT;
/* Matches begin more than first_tail bytes before the end of the block, and leave "tail" out. */
void		 gw_lz_begin(struct gw_lz *z, struct gw_slice block, size_t first_tail, size_t tail,
		    uint16_t *table);
/* The next sequence; false after the one with match_len 0. */
bool		 gw_lz_next(struct gw_lz *z, struct gw_lz_seq *s);

#endif
