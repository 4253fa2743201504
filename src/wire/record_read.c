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
#include "wire/record_short.h"
#include "wire/varint.h"

/*
 * The readers return what is behind the value, or NULL. One and two bytes, which are nearly all
 * there are, without a call. *u is still in zigzag: an even one is twice the value, an odd one is
 * negative, which among lengths, counts and offsets only -1 (u is 1) may be, and stands for null.
 */
static inline const uint8_t *
read_zigzag(const uint8_t *p, const uint8_t *end, uint32_t *u)
{
	uint32_t whole;		/* of its own, so that *u can stay in a register */
	size_t n;

	if (GW_UNLIKELY(p == end))
		return NULL;
	*u = *p++;
	if (*u < 0x80)
		return p;
	if (GW_UNLIKELY(p == end))
		return NULL;
	*u = (*u & 0x7f) | (uint32_t)*p++ << 7;
	if (GW_LIKELY(*u < 1u << 14))
		return p;
	n = gw_uvarint_get(p - 2, end, &whole);
	if (n == 0)
		return NULL;
	*u = whole;
	return p - 2 + n;
}

static inline const uint8_t *
read_varlong(const uint8_t *p, const uint8_t *end, int64_t *v)
{
	int64_t whole;
	uint32_t u;
	size_t n;

	if (GW_LIKELY(end - p >= 2 && (p[0] & p[1] & 0x80) == 0)) {
		p = read_zigzag(p, end, &u);
		*v = (int32_t)(u >> 1) ^ -(int32_t)(u & 1);
		return p;
	}
	n = gw_varlong_get(p, end, &whole);
	if (n == 0)
		return NULL;
	*v = whole;
	return p + n;
}

static inline const uint8_t *
read_slice(const uint8_t *p, const uint8_t *end, struct gw_slice *s)
{
	uint32_t u;

	p = read_zigzag(p, end, &u);
	if (GW_UNLIKELY(p == NULL))
		return NULL;
	if (GW_UNLIKELY(u & 1)) {
		*s = (struct gw_slice){ NULL, 0 };
		return u == 1 ? p : NULL;
	}
	*s = (struct gw_slice){ (const char *)p, u >> 1 };
	return u >> 1 > (size_t)(end - p) ? NULL : p + (u >> 1);
}

static const uint8_t *
read_header(const uint8_t *p, const uint8_t *end, struct gw_header *h)
{
	p = read_slice(p, end, &h->key);
	if (p == NULL || h->key.ptr == NULL)
		return NULL;
	return read_slice(p, end, &h->value);
}

/* Whether there are exactly n headers from p to end: then gw_record_header() cannot fail later. */
static bool
headers_ok(const uint8_t *p, const uint8_t *end, uint32_t n)
{
	struct gw_header h;
	uint32_t i;

	if (n > GW_RECORD_HEADERS_MAX)
		return false;
	for (i = 0; i < n && p != NULL; i++)
		p = read_header(p, end, &h);
	return p == end;
}

int
gw_record_header(const struct gw_record *r, size_t *pos, struct gw_header *h)
{
	const uint8_t *begin = (const uint8_t *)r->headers_wire.ptr, *end, *p;

	if (r->n_headers == 0 || *pos >= r->headers_wire.len)
		return 0;
	end = begin + r->headers_wire.len;
	p = read_header(begin + *pos, end, h);
	if (p == NULL)
		return GW_EPROTO;
	*pos = (size_t)(p - begin);
	return 1;
}

int
gw_batch_iter_init_with(struct gw_batch_iter *it, struct gw_slice batch, struct gw_buf *scratch,
    const struct gw_compressor *with)
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
		rc = gw_decompress_with(with,
		    (enum gw_compression)(h.attributes & GW_BATCH_COMPRESSION), records, scratch);
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
gw_batch_iter_init(struct gw_batch_iter *it, struct gw_slice batch, struct gw_buf *scratch)
{
	return gw_batch_iter_init_with(it, batch, scratch, NULL);
}

GW_NOINLINE static int
read_any(struct gw_batch_iter *it, struct gw_record *r)
{
	const uint8_t *p = it->ptr, *end;
	uint32_t len, offset, n_headers;	/* in zigzag */
	int64_t timestamp_delta;

	p = read_zigzag(p, it->end, &len);
	if (p == NULL || len & 1 || len >> 1 < RECORD_MIN - 1 || len >> 1 > (size_t)(it->end - p))
		return GW_EPROTO;
	end = p + (len >> 1);
	p = read_varlong(p + 1, end, &timestamp_delta);		/* behind attributes: none known */
	if (p == NULL || (p = read_zigzag(p, end, &offset)) == NULL || offset & 1 ||
	    offset >> 1 > (uint32_t)it->h.last_offset_delta)
		return GW_EPROTO;
	if ((p = read_slice(p, end, &r->key)) == NULL ||
	    (p = read_slice(p, end, &r->value)) == NULL ||
	    (p = read_zigzag(p, end, &n_headers)) == NULL)
		return GW_EPROTO;
	if (GW_UNLIKELY(n_headers != 0 || p != end) &&
	    (n_headers & 1 || !headers_ok(p, end, n_headers >> 1)))
		return GW_EPROTO;
	r->offset = it->h.base_offset + (offset >> 1);
	r->timestamp_ms = gw_record_timestamp(&it->h, timestamp_delta);
	r->n_headers = n_headers >> 1;
	r->headers_wire = (struct gw_slice){ (const char *)p, (size_t)(end - p) };
	it->ptr = end;
	it->left--;
	return 1;
}

int
gw_batch_iter_next(struct gw_batch_iter *it, struct gw_record *r)
{
	if (GW_UNLIKELY(it->left == 0))
		return it->ptr == it->end ? 0 : GW_EPROTO;
	return GW_LIKELY(gw_record_short(it, r)) ? 1 : read_any(it, r);
}
