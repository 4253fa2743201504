/* SPDX-License-Identifier: MIT
 *
 * wire/crc32c.c - CRC-32C, eight bytes a step: by tables ("slicing by 8", Kounavis and Berry 2005)
 * or by the processor's own instruction, in lanes (Gopal et al., Intel 2011).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/crc32c.h"

#include <string.h>

#include "base/compiler.h"
#include "wire/bytes.h"
#include "wire/crc32c_table.h"

uint32_t
gw_crc32c_table(uint32_t crc, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;

	crc = ~crc;
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t a = gw_le32(p) ^ crc, b = gw_le32(p + 4);

		crc = table[7][a & 0xff] ^ table[6][a >> 8 & 0xff] ^ table[5][a >> 16 & 0xff] ^
		    table[4][a >> 24] ^ table[3][b & 0xff] ^ table[2][b >> 8 & 0xff] ^
		    table[1][b >> 16 & 0xff] ^ table[0][b >> 24];
	}
	for (; len > 0; p++, len--)
		crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xff];
	return ~crc;
}

#ifdef GW_HAVE_CRC

/*
 * The instruction takes three clocks but one may begin in each, so three lanes go side by side. A
 * lane's CRC moves over the bytes of the lanes behind it as a product with a power of x: for n
 * bytes x^(8n - 33) modulo the polynomial, bits reversed; the reduction, by the instruction itself,
 * brings x^33.
 */
#define LANE		256
#define OVER_ONE_LANE	0xb9e02b86
#define OVER_TWO_LANES	0xdd7e3b0c

static inline uint64_t
load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

GW_TARGET_CRC static inline uint64_t
four(uint64_t crc, const uint8_t *p)
{
	crc = GW_CRC32C_U64(crc, load(p));
	crc = GW_CRC32C_U64(crc, load(p + 8));
	crc = GW_CRC32C_U64(crc, load(p + 16));
	return GW_CRC32C_U64(crc, load(p + 24));
}

GW_TARGET_CRC static const uint8_t *
three_lanes(uint64_t *crc, const uint8_t *p)
{
	uint64_t a = *crc, b = 0, c = 0;

	for (const uint8_t *end = p + LANE; p < end; p += 32) {
		a = four(a, p);
		b = four(b, p + LANE);
		c = four(c, p + 2 * LANE);
	}
	*crc = c ^ GW_CRC32C_U64(0, GW_CLMUL(a, OVER_TWO_LANES) ^ GW_CLMUL(b, OVER_ONE_LANE));
	return p + 2 * LANE;
}

GW_TARGET_CRC static uint32_t
crc32c_instructions(uint32_t crc, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;
	uint64_t c = (uint32_t)~crc;

	for (; len >= 3 * LANE; len -= 3 * LANE)
		p = three_lanes(&c, p);
	for (; len >= 8; p += 8, len -= 8)
		c = GW_CRC32C_U64(c, load(p));
	for (; len > 0; p++, len--)
		c = GW_CRC32C_U8((uint32_t)c, *p);
	return ~(uint32_t)c;
}

uint32_t
gw_crc32c(uint32_t crc, const void *ptr, size_t len)
{
	return GW_CPU_HAS_CRC() ? crc32c_instructions(crc, ptr, len) :
	    gw_crc32c_table(crc, ptr, len);
}

#else

uint32_t
gw_crc32c(uint32_t crc, const void *ptr, size_t len)
{
	return gw_crc32c_table(crc, ptr, len);
}

#endif
