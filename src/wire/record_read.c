/* SPDX-License-Identifier: MIT
 *
 * wire/record_read.c - records out of a batch. The hottest loop of a consumer: no allocation, no
 * copy.
 *
 * Record: varint length, then int8 attributes (unused), varlong timestampDelta, varint offsetDelta,
 * varint keyLength (-1 null) and key, varint valueLength (-1 null) and value, varint header count,
 * and of each header the same two pairs; its key is never null.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/record_batch.h"

#include "wire/batch_layout.h"
#include "wire/compress.h"
#include "wire/varint.h"

/*
 * The varint at *p, or false. One and two bytes, which are nearly all there are, without a call;
 * values of up to 63 and 8191 either side of zero.
 */
static inline bool
read_varint(const uint8_t **p, const uint8_t *end, int32_t *v)
{
	const uint8_t *q = *p;
	uint32_t u;
	size_t n;

	if (GW_LIKELY(end - q >= 2)) {
		u = q[0];
		n = 1;
		if (u >= 0x80) {
			u = (u & 0x7f) | (uint32_t)q[1] << 7;
			n = 2;
		}
		if (GW_LIKELY(u < 1u << 14)) {
			*v = (int32_t)(u >> 1) ^ -(int32_t)(u & 1);
			*p = q + n;
			return true;
		}
	}
	n = gw_varint_get(q, end, v);
	*p = q + n;
	return n > 0;
}

static inline bool
read_varlong(const uint8_t **p, const uint8_t *end, int64_t *v)
{
	size_t n = gw_varlong_get(*p, end, v);

	*p += n;
	return n > 0;
}

/* Length and bytes; -1 is null. */
static inline bool
read_slice(const uint8_t **p, const uint8_t *end, struct gw_slice *s)
{
	int32_t len;

	if (!read_varint(p, end, &len) || len > end - *p)
		return false;
	if (GW_UNLIKELY(len < 0)) {
		*s = (struct gw_slice){ NULL, 0 };
		return len == -1;
	}
	*s = (struct gw_slice){ (const char *)*p, (size_t)len };
	*p += len;
	return true;
}

static bool
read_header(const uint8_t **p, const uint8_t *end, struct gw_header *h)
{
	return read_slice(p, end, &h->key) && h->key.ptr != NULL && read_slice(p, end, &h->value);
}

/* Whether there are exactly n headers from p to end: then gw_record_header() cannot fail later. */
static bool
headers_ok(const uint8_t *p, const uint8_t *end, int32_t n)
{
	struct gw_header h;
	int32_t i;

	if (n < 0 || n > GW_RECORD_HEADERS_MAX)
		return false;
	for (i = 0; i < n; i++)
		if (!read_header(&p, end, &h))
			return false;
	return p == end;
}

int
gw_record_header(const struct gw_record *r, size_t *pos, struct gw_header *h)
{
	const uint8_t *begin = (const uint8_t *)r->headers_wire.ptr, *end, *p;

	if (r->n_headers == 0 || *pos >= r->headers_wire.len)
		return 0;
	end = begin + r->headers_wire.len;
	p = begin + *pos;
	if (!read_header(&p, end, h))
		return GW_EPROTO;
	*pos = (size_t)(p - begin);
	return 1;
}

int
gw_batch_iter_init(struct gw_batch_iter *it, struct gw_slice batch, struct gw_buf *scratch)
{
	struct gw_batch_header h;
	int64_t size = gw_batch_header_read(batch, &h);
	struct gw_slice records;
	int rc;

	if (size < 0)
		return size == GW_EAGAIN ? GW_EPROTO : (int)size;
	if ((uint64_t)size > batch.len)
		return GW_EPROTO;
	records.ptr = batch.ptr + GW_BATCH_HEADER;
	records.len = (size_t)size - GW_BATCH_HEADER;
	if ((h.attributes & GW_BATCH_COMPRESSION) != GW_NONE && h.n_records > 0) {
		gw_buf_clear(scratch);
		rc = gw_decompress((enum gw_compression)(h.attributes & GW_BATCH_COMPRESSION),
		    records, scratch);
		if (rc != 0)
			return rc;
		records = gw_buf_slice(scratch);
	}
	if ((size_t)h.n_records > records.len / RECORD_MIN)
		return GW_EPROTO;
	it->h = h;
	it->ptr = (const uint8_t *)records.ptr;
	it->end = it->ptr + records.len;
	it->left = h.n_records;
	return 0;
}

int
gw_batch_iter_next(struct gw_batch_iter *it, struct gw_record *r)
{
	const uint8_t *p = it->ptr, *end;
	int32_t len, offset_delta, n_headers;
	int64_t timestamp_delta;

	if (it->left == 0)
		return p == it->end ? 0 : GW_EPROTO;
	if (!read_varint(&p, it->end, &len) || len < RECORD_MIN - 1 || len > it->end - p)
		return GW_EPROTO;
	end = p + len;
	p++;		/* attributes: no bit has a meaning yet */
	if (!read_varlong(&p, end, &timestamp_delta) || !read_varint(&p, end, &offset_delta))
		return GW_EPROTO;
	if (offset_delta < 0 || offset_delta > it->h.last_offset_delta)
		return GW_EPROTO;
	if (!read_slice(&p, end, &r->key) || !read_slice(&p, end, &r->value))
		return GW_EPROTO;
	if (!read_varint(&p, end, &n_headers))
		return GW_EPROTO;
	if (GW_UNLIKELY(n_headers != 0 || p != end) && !headers_ok(p, end, n_headers))
		return GW_EPROTO;
	r->offset = it->h.base_offset + offset_delta;
	/* unsigned: a hostile delta wraps instead of being undefined */
	r->timestamp_ms = it->h.attributes & GW_BATCH_LOG_APPEND ? it->h.max_timestamp_ms :
	    (int64_t)((uint64_t)it->h.base_timestamp_ms + (uint64_t)timestamp_delta);
	r->n_headers = (uint32_t)n_headers;
	r->headers_wire = (struct gw_slice){ (const char *)p, (size_t)(end - p) };
	it->ptr = end;
	it->left--;
	return 1;
}
