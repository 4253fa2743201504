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

	if (n > GW_RECORD_HEADERS_MAX || too_long(key) || too_long(value))
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
	/* length, attributes, both deltas at their longest */
	return GW_VARINT_MAX + 1 + GW_VARLONG_MAX + GW_VARINT_MAX + slice_len(key) +
	    slice_len(value) + headers_len(headers, n_headers);
}

static uint8_t *
put_slice(uint8_t *p, struct gw_slice s)
{
	if (s.ptr == NULL) {
		*p++ = 1;	/* -1 */
		return p;
	}
	p += gw_varint_put(p, (int32_t)s.len);
	memcpy(p, s.ptr, s.len);
	return p + s.len;
}

int
gw_batch_append(struct gw_batch_writer *w, int64_t timestamp_ms, struct gw_slice key,
    struct gw_slice value, const struct gw_header *headers, size_t n_headers)
{
	struct gw_buf *buf = w->buf;
	int64_t delta;
	size_t body, i;
	uint8_t *p;
	int rc;

	if (buf->err != 0)
		return buf->err;
	if (w->n_records == GW_BATCH_RECORDS_MAX || !sizes_ok(key, value, headers, n_headers))
		return GW_ELIMIT;
	if (w->n_records == 0)
		w->base_timestamp_ms = w->max_timestamp_ms = timestamp_ms;
	delta = (int64_t)((uint64_t)timestamp_ms - (uint64_t)w->base_timestamp_ms);
	body = 1 + gw_varlong_len(delta) + gw_varint_len(w->n_records) + slice_len(key) +
	    slice_len(value) + headers_len(headers, n_headers);
	p = gw_buf_reserve(buf, GW_VARINT_MAX + body);
	if (p == NULL) {
		rc = buf->err;
		buf->err = 0;
		return rc;
	}
	p += gw_varint_put(p, (int32_t)body);
	*p++ = 0;	/* attributes */
	p += gw_varlong_put(p, delta);
	p += gw_varint_put(p, w->n_records);
	p = put_slice(p, key);
	p = put_slice(p, value);
	p += gw_varint_put(p, (int32_t)n_headers);
	for (i = 0; i < n_headers; i++) {
		assert(headers[i].key.ptr != NULL);
		p = put_slice(p, headers[i].key);
		p = put_slice(p, headers[i].value);
	}
	buf->len = (size_t)(p - buf->ptr);
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
	rc = gw_compress(s->compression, s->level, records, scratch);
	if (rc != 0)
		return rc;
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
