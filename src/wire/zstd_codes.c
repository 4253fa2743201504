/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_codes.c - the tables of RFC 8878.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/zstd_codes.h"

#include "base/compiler.h"

static const uint32_t ll_base[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48,
	64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536
};

static const uint8_t ll_extra[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4,
	6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
};

static const int16_t ll_counts[] = {
	4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
};

static const uint32_t ml_base[] = {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
	28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027,
	2051, 4099, 8195, 16387, 32771, 65539
};

static const uint8_t ml_extra[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
};

static const int16_t ml_counts[] = {
	1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
};

static const int16_t of_counts[] = {
	1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
};

const struct gw_zstd_code gw_zstd_codes[3] = {
	{ ll_base, ll_extra, 35, 9, 6, ll_counts, GW_N(ll_counts) },
	{ NULL, NULL, 31, 8, 5, of_counts, GW_N(of_counts) },
	{ ml_base, ml_extra, 52, 9, 6, ml_counts, GW_N(ml_counts) }
};
