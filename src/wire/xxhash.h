/* SPDX-License-Identifier: MIT
 *
 * wire/xxhash.h - the checksums inside LZ4 and Zstandard frames.
 * Source: Yann Collet, "xxHash fast digest algorithm", XXH32 and XXH64.
 */
#ifndef GW_XXHASH_H
#define GW_XXHASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t	gw_xxh32(const void *ptr, size_t len, uint32_t seed);
uint64_t	gw_xxh64(const void *ptr, size_t len, uint64_t seed);

#endif
