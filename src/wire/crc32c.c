/* SPDX-License-Identifier: MIT
 *
 * wire/crc32c.c - CRC-32C, eight bytes a step: by tables ("slicing by 8", Kounavis and Berry 2005)
 * or by the processor's own instruction.
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

#ifdef GW_HAVE_SSE42

GW_TARGET_SSE42 static uint32_t
crc32c_sse42(uint32_t crc, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;
	uint64_t c = (uint32_t)~crc, v;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&v, p, sizeof(v));
		c = GW_CRC32C_U64(c, v);
	}
	for (; len > 0; p++, len--)
		c = GW_CRC32C_U8((uint32_t)c, *p);
	return ~(uint32_t)c;
}

uint32_t
gw_crc32c(uint32_t crc, const void *ptr, size_t len)
{
	return GW_CPU_HAS_SSE42() ? crc32c_sse42(crc, ptr, len) : gw_crc32c_table(crc, ptr, len);
}

#else

uint32_t
gw_crc32c(uint32_t crc, const void *ptr, size_t len)
{
	return gw_crc32c_table(crc, ptr, len);
}

#endif
