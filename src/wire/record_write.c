/* SPDX-License-Identifier: MIT
 *
 * wire/record_write.c - records into a batch, in wire form from the start (layout in record_batch.c
 * and record_read.c).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/record_batch.h"

#include <assert.h>

#include "wire/batch_layout.h"
#include "wire/bytes.h"
#include "wire/compress.h"
#include "wire/crc32c.h"
#include "wire/record_put.h"
#include "wire/varint.h"

void
gw_batch_begin(struct gw_batch_writer *w, struct gw_buf *buf)
{
	static const uint8_t header[GW_BATCH_HEADER];

	*w = (struct gw_batch_writer){ .buf = buf, .start = buf->len };
	gw_buf_put(buf, header, sizeof(header));
}

static size_t
slice_len(struct gw_slice s)
{
	return s.ptr == NULL ? 1 : (size_t)gw_varint_len((int32_t)s.len) + s.len;
}

/* Everything behind the value. */
static size_t
headers_len(const struct gw_header *headers, size_t n)
{
	size_t len = gw_varint_len((int32_t)n), i;

	for (i = 0; i < n; i++)
		len += slice_len(headers[i].key) + slice_len(headers[i].value);
	return len;
}

static bool
too_long(struct gw_slice s)
{
	return s.len > INT32_MAX / 4;
}

/* Whether the sum of all lengths is sure to stay within an int32. */
static bool
sizes_ok(struct gw_slice key, struct gw_slice value, const struct gw_header *headers, size_t n)
{
	uint64_t sum = (uint64_t)key.len + value.len;
	size_t i;

	if (too_long(key) || too_long(value) || n > GW_RECORD_HEADERS_MAX)
		return false;
	for (i = 0; i < n; i++) {
		if (too_long(headers[i].key) || too_long(headers[i].value))
			return false;
		sum += headers[i].key.len + headers[i].value.len;
	}
	return sum <= INT32_MAX / 2;
}

size_t
gw_batch_record_size(struct gw_slice key, struct gw_slice value, const struct gw_header *headers,
    size_t n_headers)
{
	return GW_RECORD_FIXED_MAX + key.len + value.len + headers_len(headers, n_headers);
}

/* Everything of a record but its length. */
struct body {
	int64_t			 timestamp_delta;
	int32_t			 offset_delta;
	struct gw_slice		 key, value;
	const struct gw_header	*headers;
	size_t			 n_headers;
};

static size_t
body_len(const struct body *b)
{
	return 1 + gw_varlong_len(b->timestamp_delta) + gw_varint_len(b->offset_delta) +
	    slice_len(b->key) + slice_len(b->value) + headers_len(b->headers, b->n_headers);
}

static uint8_t *
put_body(uint8_t *p, const struct body *b)
{
	size_t i;

	p = gw_put_front(p, b->timestamp_delta, b->offset_delta, b->key, b->value);
	p = gw_put_size(p, b->n_headers);
	for (i = 0; i < b->n_headers; i++) {
		assert(b->headers[i].key.ptr != NULL);
		p = gw_put_slice(p, b->headers[i].key);
		p = gw_put_slice(p, b->headers[i].value);
	}
	return p;
}

/* Where room is short, or with headers, every length is counted beforehand. */
GW_NOINLINE static int
append_exact(struct gw_batch_writer *w, const struct body *b)
{
	struct gw_buf *buf = w->buf;
	size_t len;
	uint8_t *p;
	int rc;

	if (w->n_records == GW_BATCH_RECORDS_MAX ||
	    !sizes_ok(b->key, b->value, b->headers, b->n_headers))
		return GW_ELIMIT;
	len = body_len(b);
	p = gw_buf_reserve(buf, gw_varint_len((int32_t)len) + len);
	if (p == NULL) {
		rc = buf->err;
		buf->err = 0;
		return rc;
	}
	p = put_body(gw_put_size(p, len), b);
	buf->len = (size_t)(p - buf->ptr);
	return 0;
}

int
gw_batch_append(struct gw_batch_writer *w, int64_t timestamp_ms, struct gw_slice key,
    struct gw_slice value, const struct gw_header *headers, size_t n_headers)
{
	struct body b = { 0, w->n_records, key, value, headers, n_headers };
	int rc;

	if (GW_UNLIKELY(w->buf->err != 0))
		return w->buf->err;
	if (GW_LIKELY(n_headers == 0 && gw_record_put_short(w, timestamp_ms, key, value)))
		return 0;
	if (GW_UNLIKELY(w->n_records == 0))
		w->base_timestamp_ms = w->max_timestamp_ms = timestamp_ms;
	b.timestamp_delta = (int64_t)((uint64_t)timestamp_ms - (uint64_t)w->base_timestamp_ms);
	rc = append_exact(w, &b);
	if (rc != 0)
		return rc;
	w->n_records++;
	if (timestamp_ms > w->max_timestamp_ms)
		w->max_timestamp_ms = timestamp_ms;
	return 0;
}

/* Put the compressed records in place of the plain ones, if they are shorter. */
static int
compress_records(struct gw_batch_writer *w, const struct gw_batch_stamp *s,
    struct gw_buf *scratch, enum gw_compression *used)
{
	struct gw_buf *buf = w->buf;
	size_t at = w->start + GW_BATCH_HEADER;
	struct gw_slice records = { (const char *)buf->ptr + at, buf->len - at };
	int rc;

	*used = GW_NONE;
	if (s->compression == GW_NONE)
		return 0;
	gw_buf_clear(scratch);
	rc = gw_compress_with(s->with, s->compression, records, scratch);
	if (rc != 0)
		return rc == GW_ELIMIT ? 0 : rc;	/* it does not get smaller */
	if (scratch->len < records.len) {
		memcpy(buf->ptr + at, scratch->ptr, scratch->len);
		buf->len = at + scratch->len;
		*used = s->compression;
	}
	return 0;
}

int
gw_batch_finish(struct gw_batch_writer *w, const struct gw_batch_stamp *s, struct gw_buf *scratch)
{
	struct gw_buf *buf = w->buf;
	enum gw_compression used;
	size_t len;
	uint8_t *p;
	int rc;

	assert(w->n_records > 0);
	if (buf->err != 0)
		return buf->err;
	rc = compress_records(w, s, scratch, &used);
	if (rc != 0)
		return rc;
	len = buf->len - w->start;
	if (len > INT32_MAX)
		return GW_ELIMIT;
	p = buf->ptr + w->start;
	gw_batch_place(p, 0, -1);
	gw_be32_put(p + AT_LENGTH, (uint32_t)(len - GW_BATCH_PREFIX));
	p[AT_MAGIC] = 2;
	gw_be16_put(p + AT_ATTRIBUTES,
	    (uint16_t)((s->attributes & ~GW_BATCH_COMPRESSION) | (int)used));
	gw_be32_put(p + AT_LAST_OFFSET_DELTA, (uint32_t)(w->n_records - 1));
	gw_be64_put(p + AT_BASE_TIMESTAMP, (uint64_t)w->base_timestamp_ms);
	gw_be64_put(p + AT_MAX_TIMESTAMP, (uint64_t)w->max_timestamp_ms);
	gw_be32_put(p + AT_N_RECORDS, (uint32_t)w->n_records);
	gw_batch_restamp(p, len, s->producer_id, s->producer_epoch, s->base_sequence);
	return 0;
}
