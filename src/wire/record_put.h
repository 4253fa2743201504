/* SPDX-License-Identifier: MIT
 *
 * wire/record_put.h - a record into its batch, in line: a producer spends its time here.
 */
#ifndef GW_RECORD_PUT_H
#define GW_RECORD_PUT_H

#include "base/compiler.h"
#include "wire/record_batch.h"
#include "wire/varint.h"

/* Of a record without headers, key and value: length, attributes, deltas, three more lengths. */
#define GW_RECORD_FIXED_MAX (GW_VARINT_MAX + 1 + GW_VARLONG_MAX + 4 * GW_VARINT_MAX)
#define GW_ROOM_MAX	((size_t)INT32_MAX / 4)		/* of one that needs no closer look */

/* One and two bytes, which are nearly all there are, without a call. */
static inline uint8_t *
gw_put_zigzag(uint8_t *p, uint32_t u)
{
	if (GW_LIKELY(u < 0x80)) {
		*p = (uint8_t)u;
		return p + 1;
	}
	if (GW_LIKELY(u < 0x4000)) {
		p[0] = (uint8_t)(u | 0x80);
		p[1] = (uint8_t)(u >> 7);
		return p + 2;
	}
	return p + gw_uvarint_put(p, u);
}

/* What is never negative: lengths, counts, offsets. */
static inline uint8_t *
gw_put_size(uint8_t *p, size_t n)
{
	return gw_put_zigzag(p, (uint32_t)n << 1);
}

static inline uint8_t *
gw_put_varlong(uint8_t *p, int64_t v)
{
	if (GW_LIKELY(v == (int32_t)v))
		return gw_put_zigzag(p, (uint32_t)v << 1 ^ (v < 0 ? UINT32_MAX : 0));
	return p + gw_varlong_put(p, v);
}

static inline uint8_t *
gw_put_slice(uint8_t *p, struct gw_slice s)
{
	if (s.ptr == NULL) {
		*p = 1;		/* -1 */
		return p + 1;
	}
	p = gw_put_size(p, s.len);
	memcpy(p, s.ptr, s.len);
	return p + s.len;
}

/* Everything of a record between its length and its headers. */
static inline uint8_t *
gw_put_front(uint8_t *p, int64_t timestamp_delta, int32_t offset_delta, struct gw_slice key,
    struct gw_slice value)
{
	*p++ = 0;	/* attributes: no bit has a meaning yet */
	p = gw_put_varlong(p, timestamp_delta);
	p = gw_put_size(p, (uint32_t)offset_delta);
	p = gw_put_slice(p, key);
	return gw_put_slice(p, value);
}

/* Bytes of a length, which is never negative. */
static inline size_t
gw_length_len(size_t len)
{
	return len < 1 << 6 ? 1 : len < 1 << 13 ? 2 : len < 1 << 20 ? 3 : len < 1 << 27 ? 4 : 5;
}

/*
 * With room to spare and no headers, behind another record, the length is written last: two bytes,
 * as nearly always, or the body moves. False: append it with care; nothing has changed.
 */
static inline bool
gw_record_put_short(struct gw_batch_writer *w, int64_t timestamp_ms, struct gw_slice key,
    struct gw_slice value)
{
	int64_t timestamp_delta = (int64_t)((uint64_t)timestamp_ms -
	    (uint64_t)w->base_timestamp_ms);
	uint8_t *begin = w->buf->ptr + w->buf->len, *body = begin + 2, *p = body;
	size_t len, n = 2;

	if (GW_UNLIKELY((key.len | value.len) >= GW_ROOM_MAX || w->n_records == 0 ||
	    GW_RECORD_FIXED_MAX + key.len + value.len >= w->buf->cap - w->buf->len ||
	    w->n_records >= GW_BATCH_RECORDS_MAX))
		return false;
	p = gw_put_front(p, timestamp_delta, w->n_records, key, value);
	*p++ = 0;	/* headers */
	len = (size_t)(p - body);
	if (GW_UNLIKELY(len - 64 >= 8192 - 64)) {
		n = gw_length_len(len);
		memmove(begin + n, body, len);
	}
	(void)gw_put_size(begin, len);
	w->buf->len += n + len;
	w->n_records++;
	if (timestamp_ms > w->max_timestamp_ms)
		w->max_timestamp_ms = timestamp_ms;
	return true;
}

#endif
