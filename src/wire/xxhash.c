/* SPDX-License-Identifier: MIT
 *
 * wire/xxhash.c - XXH32 and XXH64 of bytes that are all there.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/xxhash.h"

#include "wire/bytes.h"

#define A1	2654435761u
#define A2	2246822519u
#define A3	3266489917u
#define A4	668265263u
#define A5	374761393u

#define B1	UINT64_C(11400714785074694791)
#define B2	UINT64_C(14029467366897019727)
#define B3	UINT64_C(1609587929392839161)
#define B4	UINT64_C(9650029242287828579)
#define B5	UINT64_C(2870177450012600261)

static uint32_t
rotl32(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint64_t
rotl64(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static uint32_t
round32(uint32_t acc, uint32_t lane)
{
	return rotl32(acc + lane * A2, 13) * A1;
}

uint32_t
gw_xxh32(const void *ptr, size_t len, uint32_t seed)
{
	const uint8_t *p = ptr, *end = p + len;
	uint32_t h = seed + A5;

	if (len >= 16) {
		uint32_t v[4] = { seed + A1 + A2, seed + A2, seed, seed - A1 };
		int i;

		for (; end - p >= 16; p += 16)
			for (i = 0; i < 4; i++)
				v[i] = round32(v[i], gw_le32(p + 4 * i));
		h = rotl32(v[0], 1) + rotl32(v[1], 7) + rotl32(v[2], 12) + rotl32(v[3], 18);
	}
	h += (uint32_t)len;
	for (; end - p >= 4; p += 4)
		h = rotl32(h + gw_le32(p) * A3, 17) * A4;
	for (; p < end; p++)
		h = rotl32(h + *p * A5, 11) * A1;
	h = (h ^ h >> 15) * A2;
	h = (h ^ h >> 13) * A3;
	return h ^ h >> 16;
}

static uint64_t
round64(uint64_t acc, uint64_t lane)
{
	return rotl64(acc + lane * B2, 31) * B1;
}

uint64_t
gw_xxh64(const void *ptr, size_t len, uint64_t seed)
{
	const uint8_t *p = ptr, *end = p + len;
	uint64_t h = seed + B5;
	int i;

	if (len >= 32) {
		uint64_t v[4] = { seed + B1 + B2, seed + B2, seed, seed - B1 };

		for (; end - p >= 32; p += 32)
			for (i = 0; i < 4; i++)
				v[i] = round64(v[i], gw_le64(p + 8 * i));
		h = rotl64(v[0], 1) + rotl64(v[1], 7) + rotl64(v[2], 12) + rotl64(v[3], 18);
		for (i = 0; i < 4; i++)
			h = (h ^ round64(0, v[i])) * B1 + B4;
	}
	h += len;
	for (; end - p >= 8; p += 8)
		h = rotl64(h ^ round64(0, gw_le64(p)), 27) * B1 + B4;
	if (end - p >= 4) {
		h = rotl64(h ^ gw_le32(p) * B1, 23) * B2 + B3;
		p += 4;
	}
	for (; p < end; p++)
		h = rotl64(h ^ *p * B5, 11) * B1;
	h = (h ^ h >> 33) * B2;
	h = (h ^ h >> 29) * B3;
	return h ^ h >> 32;
}
