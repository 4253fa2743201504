/* SPDX-License-Identifier: MIT
 *
 * wire/varint.h - zigzag and unsigned varints (Protocol Buffers' encoding; KIP-482).
 */
#ifndef GW_VARINT_H
#define GW_VARINT_H

#include <stddef.h>
#include <stdint.h>

#define GW_VARINT_MAX	5
#define GW_VARLONG_MAX	10

/* Bytes read (1..), or 0 when cut off or too long. */
size_t	gw_uvarint_get(const uint8_t *ptr, const uint8_t *end, uint32_t *v);
size_t	gw_varint_get(const uint8_t *ptr, const uint8_t *end, int32_t *v);
size_t	gw_varlong_get(const uint8_t *ptr, const uint8_t *end, int64_t *v);
/* Bytes written; room for the _MAX is the caller's duty. */
size_t	gw_uvarint_put(uint8_t *ptr, uint32_t v);
size_t	gw_varint_put(uint8_t *ptr, int32_t v);
size_t	gw_varlong_put(uint8_t *ptr, int64_t v);
size_t	gw_varint_len(int32_t v);
size_t	gw_varlong_len(int64_t v);

#endif
