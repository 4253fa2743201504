/* SPDX-License-Identifier: MIT
 *
 * client/partitioner.c - hashes of keys.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/partitioner.h"

#include <zlib.h>

#define MURMUR2_SEED	0x9747b28cu
#define MURMUR2_M	0x5bd1e995u
#define MURMUR2_R	24

static uint32_t
word(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t
gw_murmur2(struct gw_slice key)
{
	const uint8_t *p = (const uint8_t *)key.ptr;
	size_t left = key.len;
	uint32_t h = MURMUR2_SEED ^ (uint32_t)key.len;

	for (; left >= 4; p += 4, left -= 4) {
		uint32_t k = word(p) * MURMUR2_M;

		k ^= k >> MURMUR2_R;
		h = h * MURMUR2_M ^ k * MURMUR2_M;
	}
	if (left == 3)
		h ^= (uint32_t)p[2] << 16;
	if (left >= 2)
		h ^= (uint32_t)p[1] << 8;
	if (left >= 1)
		h = (h ^ p[0]) * MURMUR2_M;
	h ^= h >> 13;
	h *= MURMUR2_M;
	return h ^ h >> 15;
}

int32_t
gw_partition_of(enum gw_partitioner p, struct gw_slice key, int32_t n_partitions)
{
	if (p == GW_PARTITIONER_CRC32)
		return (int32_t)(crc32_z(0, (const unsigned char *)key.ptr, key.len) %
		    (uint32_t)n_partitions);
	return (int32_t)((gw_murmur2(key) & 0x7fffffffu) % (uint32_t)n_partitions);
}
