/* SPDX-License-Identifier: MIT
 *
 * wire/varint.c - varints; the one-byte case, which is nearly all of them, comes first.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/varint.h"

#include "base/compiler.h"

static uint32_t
zigzag32(int32_t v)
{
	return ((uint32_t)v << 1) ^ (v < 0 ? UINT32_MAX : 0);
}

static uint64_t
zigzag64(int64_t v)
{
	return ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t
unzigzag(uint64_t u)
{
	uint64_t v = (u >> 1) ^ (0 - (u & 1));

	return v <= INT64_MAX ? (int64_t)v : -(int64_t)(UINT64_MAX - v) - 1;
}

/* A varint of at most max bytes whose last byte may carry no bit beyond "bits" in all. */
static size_t
get(const uint8_t *ptr, const uint8_t *end, size_t max, unsigned bits, uint64_t *v)
{
	uint64_t u = 0;
	size_t i;

	for (i = 0; i < max && ptr + i < end; i++) {
		unsigned shift = (unsigned)i * 7;
		uint64_t low = ptr[i] & 0x7fu;

		if (shift + 7 > bits && low >> (bits - shift) != 0)
			return 0;
		u |= low << shift;
		if (ptr[i] < 0x80) {
			*v = u;
			return i + 1;
		}
	}
	return 0;
}

static size_t
put(uint8_t *ptr, uint64_t u)
{
	size_t n = 0;

	while (u >= 0x80) {
		ptr[n++] = (uint8_t)(u | 0x80);
		u >>= 7;
	}
	ptr[n++] = (uint8_t)u;
	return n;
}

static size_t
len(uint64_t u)
{
	size_t n = 1;

	while (u >= 0x80) {
		u >>= 7;
		n++;
	}
	return n;
}

size_t
gw_uvarint_get(const uint8_t *ptr, const uint8_t *end, uint32_t *v)
{
	uint64_t u;
	size_t n = get(ptr, end, GW_VARINT_MAX, 32, &u);

	if (n > 0)
		*v = (uint32_t)u;
	return n;
}

size_t
gw_varint_get(const uint8_t *ptr, const uint8_t *end, int32_t *v)
{
	uint64_t u;
	size_t n;

	if (GW_LIKELY(ptr < end && *ptr < 0x80)) {
		*v = (int32_t)(*ptr >> 1) ^ -(int32_t)(*ptr & 1);
		return 1;
	}
	n = get(ptr, end, GW_VARINT_MAX, 32, &u);
	if (n > 0)
		*v = (int32_t)unzigzag(u);
	return n;
}

size_t
gw_varlong_get(const uint8_t *ptr, const uint8_t *end, int64_t *v)
{
	uint64_t u;
	size_t n = get(ptr, end, GW_VARLONG_MAX, 64, &u);

	if (n > 0)
		*v = unzigzag(u);
	return n;
}

size_t
gw_uvarint_put(uint8_t *ptr, uint32_t v)
{
	return put(ptr, v);
}

size_t
gw_varint_put(uint8_t *ptr, int32_t v)
{
	return put(ptr, zigzag32(v));
}

size_t
gw_varlong_put(uint8_t *ptr, int64_t v)
{
	return put(ptr, zigzag64(v));
}

size_t
gw_varint_len(int32_t v)
{
	return len(zigzag32(v));
}

size_t
gw_varlong_len(int64_t v)
{
	return len(zigzag64(v));
}
