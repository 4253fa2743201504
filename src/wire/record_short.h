/* SPDX-License-Identifier: MIT
 *
 * wire/record_short.h - the record that nearly all are, read in line: no headers, a value, and
 * nothing that takes three bytes. A consumer spends its time here.
 */
#ifndef GW_RECORD_SHORT_H
#define GW_RECORD_SHORT_H

#include "base/compiler.h"
#include "wire/record_batch.h"

#define GW_SHORT_AHEAD	16		/* bytes before the value at most, without a key */
#define GW_SHORT_SLICE	3		/* a length that is short, and one byte */
#define GW_NOT_SHORT	(1u << 14 | 1)	/* in zigzag: three bytes, or negative */

/* unsigned: a hostile delta wraps instead of being undefined */
static inline int64_t
gw_record_timestamp(const struct gw_batch_header *h, int64_t delta)
{
	return GW_UNLIKELY(h->attributes & GW_BATCH_LOG_APPEND) ? h->max_timestamp_ms :
	    (int64_t)((uint64_t)h->base_timestamp_ms + (uint64_t)delta);
}

/* One or two bytes, in zigzag. A third one shows as bit 14. */
static inline uint32_t
gw_short_zigzag(const uint8_t *p, size_t *at)
{
	uint32_t low = p[(*at)++];

	return low < 0x80 ? low : (low & 0x7f) | (uint32_t)p[(*at)++] << 7;
}

/*
 * The next record, of which it->left says that there is one. False: read it with care; of *it
 * nothing has changed.
 */
static inline bool
gw_record_short(struct gw_batch_iter *it, struct gw_record *r)
{
	const uint8_t *p = it->ptr;
	size_t room = (size_t)(it->end - p), at = 0, end;
	uint32_t len, timestamp, offset, key, value;

	if (GW_UNLIKELY(room < GW_SHORT_AHEAD))
		return false;
	len = gw_short_zigzag(p, &at);
	end = at++ + (len >> 1);		/* attributes: none known */
	timestamp = gw_short_zigzag(p, &at);
	offset = gw_short_zigzag(p, &at);
	key = gw_short_zigzag(p, &at);
	r->key = (struct gw_slice){ NULL, 0 };
	if (key != 1) {
		if (GW_UNLIKELY((key & GW_NOT_SHORT) != 0 ||
		    at + (key >> 1) + GW_SHORT_SLICE > room))
			return false;
		r->key = (struct gw_slice){ (const char *)p + at, key >> 1 };
		at += key >> 1;
	}
	value = gw_short_zigzag(p, &at);
	r->value = (struct gw_slice){ (const char *)p + at, value >> 1 };
	at += value >> 1;
	if (GW_UNLIKELY(((len | offset | value | (timestamp & ~1u)) & GW_NOT_SHORT) != 0 ||
	    offset >> 1 > (uint32_t)it->h.last_offset_delta || at + 1 != end || end > room ||
	    p[at] != 0))
		return false;
	r->offset = it->h.base_offset + (offset >> 1);
	r->timestamp_ms = gw_record_timestamp(&it->h,
	    (int32_t)(timestamp >> 1) ^ -(int32_t)(timestamp & 1));
	r->n_headers = 0;
	r->headers_wire = (struct gw_slice){ (const char *)p + end, 0 };
	it->ptr = p + end;
	it->left--;
	return true;
}

#endif
