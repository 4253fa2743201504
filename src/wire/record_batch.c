/* SPDX-License-Identifier: MIT
 *
 * wire/record_batch.c - headers of record batches: reading, checking, stamping.
 *
 *	at	bytes	field
 *	0	8	baseOffset
 *	8	4	batchLength: bytes after this field
 *	12	4	partitionLeaderEpoch; not covered by the CRC, so that a broker can set it
 *	16	1	magic, 2
 *	17	4	crc, CRC-32C of all that follows, as compressed
 *	21	2	attributes
 *	23	4	lastOffsetDelta
 *	27	8	baseTimestamp
 *	35	8	maxTimestamp
 *	43	8	producerId
 *	51	2	producerEpoch
 *	53	4	baseSequence
 *	57	4	recordCount
 *	61		records; only they are compressed
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/record_batch.h"

#include "wire/batch_layout.h"
#include "wire/bytes.h"
#include "wire/crc32c.h"

/* Whether the numbers agree with each other. Compaction leaves fewer records than offsets. */
static bool
header_ok(const struct gw_batch_header *h)
{
	int64_t bytes = (int64_t)h->batch_length - (GW_BATCH_HEADER - GW_BATCH_PREFIX);

	if (bytes < 0 || h->base_offset < 0 || h->base_offset > INT64_MAX - INT32_MAX)
		return false;
	if (h->last_offset_delta < 0 || h->n_records < 0 || h->n_records > GW_BATCH_RECORDS_MAX)
		return false;
	if (h->n_records > 0 && h->n_records - 1 > h->last_offset_delta)
		return false;
	return (h->attributes & GW_BATCH_COMPRESSION) != 0 || h->n_records <= bytes / RECORD_MIN;
}

int64_t
gw_batch_header_read(struct gw_slice data, struct gw_batch_header *h)
{
	const uint8_t *p = (const uint8_t *)data.ptr;
	struct gw_batch_header got;

	/* batches of magic 0 and 1 may be shorter than our header */
	if (data.len > AT_MAGIC && p[AT_MAGIC] < 2)
		return GW_EUNSUPPORTED;
	if (data.len < GW_BATCH_HEADER)
		return GW_EAGAIN;
	got.base_offset = (int64_t)gw_be64(p + AT_BASE_OFFSET);
	got.batch_length = (int32_t)gw_be32(p + AT_LENGTH);
	got.leader_epoch = (int32_t)gw_be32(p + AT_LEADER_EPOCH);
	got.magic = (int8_t)p[AT_MAGIC];
	got.crc = gw_be32(p + AT_CRC);
	got.attributes = (int16_t)gw_be16(p + AT_ATTRIBUTES);
	got.last_offset_delta = (int32_t)gw_be32(p + AT_LAST_OFFSET_DELTA);
	got.base_timestamp_ms = (int64_t)gw_be64(p + AT_BASE_TIMESTAMP);
	got.max_timestamp_ms = (int64_t)gw_be64(p + AT_MAX_TIMESTAMP);
	got.producer_id = (int64_t)gw_be64(p + AT_PRODUCER_ID);
	got.producer_epoch = (int16_t)gw_be16(p + AT_PRODUCER_EPOCH);
	got.base_sequence = (int32_t)gw_be32(p + AT_BASE_SEQUENCE);
	got.n_records = (int32_t)gw_be32(p + AT_N_RECORDS);
	if (got.magic != 2 || !header_ok(&got))
		return GW_EPROTO;
	*h = got;
	return (int64_t)GW_BATCH_PREFIX + got.batch_length;
}

static uint32_t
crc_of(const uint8_t *batch, size_t len)
{
	return gw_crc32c(0, batch + AT_ATTRIBUTES, len - AT_ATTRIBUTES);
}

int
gw_batch_check(struct gw_slice batch)
{
	const uint8_t *p = (const uint8_t *)batch.ptr;

	if (batch.len < GW_BATCH_HEADER || gw_be32(p + AT_CRC) != crc_of(p, batch.len))
		return GW_ECORRUPT;
	return 0;
}

void
gw_batch_place(uint8_t *batch, int64_t base_offset, int32_t leader_epoch)
{
	gw_be64_put(batch + AT_BASE_OFFSET, (uint64_t)base_offset);
	gw_be32_put(batch + AT_LEADER_EPOCH, (uint32_t)leader_epoch);
}

void
gw_batch_stamp(uint8_t *batch, size_t len, int64_t timestamp_ms)
{
	uint16_t attributes = gw_be16(batch + AT_ATTRIBUTES);

	gw_be16_put(batch + AT_ATTRIBUTES, (uint16_t)(attributes | GW_BATCH_LOG_APPEND));
	gw_be64_put(batch + AT_MAX_TIMESTAMP, (uint64_t)timestamp_ms);
	gw_be32_put(batch + AT_CRC, crc_of(batch, len));
}

void
gw_batch_restamp(uint8_t *batch, size_t len, int64_t producer_id, int16_t producer_epoch,
    int32_t base_sequence)
{
	gw_be64_put(batch + AT_PRODUCER_ID, (uint64_t)producer_id);
	gw_be16_put(batch + AT_PRODUCER_EPOCH, (uint16_t)producer_epoch);
	gw_be32_put(batch + AT_BASE_SEQUENCE, (uint32_t)base_sequence);
	gw_be32_put(batch + AT_CRC, crc_of(batch, len));
}
