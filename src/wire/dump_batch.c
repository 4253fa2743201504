/* SPDX-License-Identifier: MIT
 *
 * wire/dump_batch.c - record batches as JSON: of a Produce or Fetch, or of a log segment.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/dump.h"

#include "wire/record_batch.h"

static void
put_bytes(struct gw_json_out *out, const char *key, struct gw_slice s)
{
	gw_json_key(out, key);
	if (s.ptr == NULL)
		gw_json_null(out);
	else
		gw_json_str(out, s);
}

static void
put_headers(struct gw_json_out *out, const struct gw_record *r)
{
	struct gw_header h;
	size_t pos = 0;

	gw_json_key(out, "headers");
	gw_json_array(out);
	while (gw_record_header(r, &pos, &h) > 0) {
		gw_json_array(out);
		gw_json_str(out, h.key);
		if (h.value.ptr == NULL)
			gw_json_null(out);
		else
			gw_json_str(out, h.value);
		gw_json_array_end(out);
	}
	gw_json_array_end(out);
}

/* The key of a control record is version and type, int16 each. */
static void
put_control(struct gw_json_out *out, struct gw_slice key)
{
	static const char *const types[] = { "abort", "commit", "leader change", "snapshot header",
		"snapshot footer", "KRaft version", "KRaft voters" };
	uint8_t type = key.len >= 4 ? (uint8_t)key.ptr[3] : 0xff;

	gw_json_kv_str(out, "control", gw_str(type < GW_N(types) ? types[type] : "unknown"));
}

static void
put_record(struct gw_json_out *out, const struct gw_record *r, bool control)
{
	gw_json_object(out);
	gw_json_kv_int(out, "offset", r->offset);
	gw_json_kv_int(out, "timestamp", r->timestamp_ms);
	if (control)
		put_control(out, r->key);
	put_bytes(out, "key", r->key);
	put_bytes(out, "value", r->value);
	if (r->n_headers > 0)
		put_headers(out, r);
	gw_json_object_end(out);
}

static void
put_records(struct gw_json_out *out, const struct gw_batch_header *h, struct gw_slice batch,
    struct gw_buf *scratch)
{
	struct gw_batch_iter it;
	struct gw_record r;
	int rc;

	gw_json_key(out, "records");
	gw_json_array(out);
	rc = gw_batch_iter_init(&it, batch, scratch);
	while (rc == 0 && (rc = gw_batch_iter_next(&it, &r)) > 0) {
		put_record(out, &r, (h->attributes & GW_BATCH_CONTROL) != 0);
		rc = 0;
	}
	gw_json_array_end(out);
	if (rc < 0)
		gw_json_kv_str(out, "error", gw_str(gw_strerror(rc)));
}

static void
put_header(struct gw_json_out *out, const struct gw_batch_header *h)
{
	static const char *const codecs[] = { "none", "gzip", "snappy", "lz4", "zstd" };
	size_t codec = (size_t)(h->attributes & GW_BATCH_COMPRESSION);

	gw_json_kv_int(out, "baseOffset", h->base_offset);
	gw_json_kv_int(out, "lastOffset", h->base_offset + h->last_offset_delta);
	gw_json_kv_int(out, "batchLength", h->batch_length);
	gw_json_kv_int(out, "partitionLeaderEpoch", h->leader_epoch);
	gw_json_kv_int(out, "magic", h->magic);
	gw_json_kv_int(out, "crc", h->crc);
	gw_json_kv_int(out, "attributes", h->attributes);
	gw_json_kv_str(out, "codec", gw_str(codec < GW_N(codecs) ? codecs[codec] : "unknown"));
	gw_json_kv_bool(out, "logAppendTime", (h->attributes & GW_BATCH_LOG_APPEND) != 0);
	gw_json_kv_bool(out, "transactional", (h->attributes & GW_BATCH_TRANSACTIONAL) != 0);
	gw_json_kv_bool(out, "control", (h->attributes & GW_BATCH_CONTROL) != 0);
	gw_json_kv_int(out, "baseTimestamp", h->base_timestamp_ms);
	gw_json_kv_int(out, "maxTimestamp", h->max_timestamp_ms);
	gw_json_kv_int(out, "producerId", h->producer_id);
	gw_json_kv_int(out, "producerEpoch", h->producer_epoch);
	gw_json_kv_int(out, "baseSequence", h->base_sequence);
	gw_json_kv_int(out, "recordCount", h->n_records);
}

size_t
gw_batch_dump(struct gw_slice data, struct gw_json_out *out, struct gw_buf *scratch)
{
	struct gw_batch_header h;
	int64_t size = gw_batch_header_read(data, &h);
	bool whole = size >= 0 && (uint64_t)size <= data.len;

	gw_json_object(out);
	if (size >= 0)
		put_header(out, &h);
	if (whole) {
		struct gw_slice batch = { data.ptr, (size_t)size };

		gw_json_kv_bool(out, "crcOk", gw_batch_check(batch) == 0);
		put_records(out, &h, batch, scratch);
	} else {
		gw_json_kv_str(out, "error", gw_str(size >= 0 || size == GW_EAGAIN ? "cut off" :
		    size == GW_EUNSUPPORTED ? "a message set of before Kafka 0.11" :
		    "no record batch"));
		gw_json_kv_int(out, "bytes", (int64_t)data.len);
	}
	gw_json_object_end(out);
	return whole ? (size_t)size : 0;
}

void
gw_batches_dump(struct gw_slice data, struct gw_json_out *out, struct gw_buf *scratch)
{
	size_t n;

	gw_json_array(out);
	while (data.len > 0 && (n = gw_batch_dump(data, out, scratch)) > 0)
		data = (struct gw_slice){ data.ptr + n, data.len - n };
	gw_json_array_end(out);
}
