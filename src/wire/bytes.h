/* SPDX-License-Identifier: MIT
 *
 * wire/bytes.h - integers at a place that need not be aligned: big-endian, as Kafka has them, and
 * little-endian, as compressed data has them.
 */
#ifndef GW_BYTES_H
#define GW_BYTES_H

#include <stdint.h>

static inline uint16_t
gw_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
gw_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
gw_be64(const uint8_t *p)
{
	return (uint64_t)gw_be32(p) << 32 | gw_be32(p + 4);
}

static inline void
gw_be16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
gw_be32_put(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void
gw_be64_put(uint8_t *p, uint64_t v)
{
	gw_be32_put(p, (uint32_t)(v >> 32));
	gw_be32_put(p + 4, (uint32_t)v);
}

static inline uint16_t
gw_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
gw_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
gw_le64(const uint8_t *p)
{
	return (uint64_t)gw_le32(p) | (uint64_t)gw_le32(p + 4) << 32;
}

static inline void
gw_le16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
gw_le32_put(uint8_t *p, uint32_t v)
{
	gw_le16_put(p, (uint16_t)v);
	gw_le16_put(p + 2, (uint16_t)(v >> 16));
}

#endif
