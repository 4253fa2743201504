/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_codes.h - what lengths and offsets look like in a Zstandard sequence.
 * Source: RFC 8878, 3.1.1.3.2.1 (codes) and appendix A (default distributions).
 */
#ifndef GW_ZSTD_CODES_H
#define GW_ZSTD_CODES_H

#include <stddef.h>
#include <stdint.h>

#define GW_ZSTD_MAGIC		0xfd2fb528u
#define GW_ZSTD_BLOCK_MAX	((size_t)1 << 17)

/* A value is base[code] and extra[code] more bits. */
struct gw_zstd_code {
	const uint32_t	*base;		/* NULL for offsets: 1 << code, and code more bits */
	const uint8_t	*extra;
	uint8_t		 symbol_max;
	uint8_t		 log_max;	/* of a table that comes with the block */
	uint8_t		 log;		/* of the default one */
	const int16_t	*counts;
	size_t		 n_counts;
};

/* Literal lengths, offsets, match lengths. */
extern const struct gw_zstd_code gw_zstd_codes[3];

#endif
