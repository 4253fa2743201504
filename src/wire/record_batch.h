/* SPDX-License-Identifier: MIT
 *
 * wire/record_batch.h - record batch v2, the unit of produce, fetch and log storage.
 * Source: KIP-98; DefaultRecordBatch.java, DefaultRecord.java (Apache Kafka 4.3.1). Header layout
 * in record_batch.c. Read in place: slices borrow from the batch, or from the buffer that it was
 * inflated into.
 */
#ifndef GW_RECORD_BATCH_H
#define GW_RECORD_BATCH_H

#include <gridwire/gridwire.h>		/* struct gw_record, struct gw_header, codecs */
#include "base/buf.h"

#define GW_BATCH_PREFIX		12	/* base offset and length, not in batch_length */
#define GW_BATCH_HEADER		61	/* up to the first record */
#define GW_BATCH_RECORDS_MAX	(1 << 24)
#define GW_RECORD_HEADERS_MAX	(1 << 16)
#define GW_COMPRESSORS		8	/* numbers that fit into the attributes */

enum gw_batch_attribute {
	GW_BATCH_COMPRESSION	= 0x07,		/* enum gw_compression */
	GW_BATCH_LOG_APPEND	= 1 << 3,	/* every record takes max_timestamp_ms */
	GW_BATCH_TRANSACTIONAL	= 1 << 4,
	GW_BATCH_CONTROL	= 1 << 5
};

struct gw_batch_header {
	int64_t		base_offset;
	int32_t		batch_length;		/* bytes after this field */
	int32_t		leader_epoch;
	int8_t		magic;
	uint32_t	crc;
	int16_t		attributes;
	int32_t		last_offset_delta;
	int64_t		base_timestamp_ms, max_timestamp_ms;
	int64_t		producer_id;		/* -1: none */
	int16_t		producer_epoch;
	int32_t		base_sequence;
	int32_t		n_records;
};

/*
 * The header at the front of data. Returns the whole batch's size in bytes (which may be more than
 * data holds: a fetch may cut its last batch), GW_EAGAIN when not even the header is whole,
 * GW_EPROTO (length, magic or counts that cannot be), GW_EUNSUPPORTED (magic 0 or 1).
 */
int64_t	gw_batch_header_read(struct gw_slice data, struct gw_batch_header *h) GW_CHECK_RESULT;
/* Compare the CRC-32C of a whole batch. 0 or GW_ECORRUPT. */
int	gw_batch_check(struct gw_slice batch) GW_CHECK_RESULT;
/* The two fields that the CRC does not cover, as a broker sets them. batch is at least a header. */
void	gw_batch_place(uint8_t *batch, int64_t base_offset, int32_t leader_epoch);
/* Stamp by the log: sets GW_BATCH_LOG_APPEND and max timestamp, and the CRC anew. */
void	gw_batch_stamp(uint8_t *batch, size_t len, int64_t timestamp_ms);

struct gw_batch_iter {
	struct gw_batch_header	 h;
	const uint8_t		*ptr, *end;	/* the rest of the records, decompressed */
	int32_t			 left;		/* records still to come */
};

/*
 * Begin to read a whole batch. A compressed one is inflated into scratch (cleared first), which the
 * records then borrow from; scratch->max bounds it. 0, GW_EPROTO, GW_ELIMIT, GW_ENOMEM,
 * GW_EUNSUPPORTED (a codec not built in). Does not check the CRC.
 */
int	gw_batch_iter_init(struct gw_batch_iter *it, struct gw_slice batch, struct gw_buf *scratch)
	    GW_CHECK_RESULT;
/* The same by codecs of the application's own: with[GW_COMPRESSORS] by number, or NULL. */
int	gw_batch_iter_init_with(struct gw_batch_iter *it, struct gw_slice batch,
	    struct gw_buf *scratch, const struct gw_compressor *with) GW_CHECK_RESULT;
/* 1 and *r (absolute offset, timestamp), 0 at the end, GW_EPROTO. Trailing bytes are GW_EPROTO. */
int	gw_batch_iter_next(struct gw_batch_iter *it, struct gw_record *r) GW_CHECK_RESULT;
/* gw_record_header() of gridwire.h is implemented here too. */

/* Records appended in wire form behind room for the header. One writer, one buffer, one batch. */
struct gw_batch_writer {
	struct gw_buf	*buf;
	size_t		 start;			/* of the batch in buf */
	int32_t		 n_records;
	int64_t		 base_timestamp_ms, max_timestamp_ms;
};

struct gw_batch_stamp {				/* what finish writes into the header */
	enum gw_compression	compression;
	const struct gw_compressor *with;	/* as of gw_batch_iter_init_with() */
	int16_t			attributes;	/* beside the codec bits */
	int64_t			producer_id;	/* -1 with epoch -1, sequence -1: not idempotent */
	int16_t			producer_epoch;
	int32_t			base_sequence;
};

void	gw_batch_begin(struct gw_batch_writer *w, struct gw_buf *buf);
/* Bytes that this record will take uncompressed, at most. */
size_t	gw_batch_record_size(struct gw_slice key, struct gw_slice value,
	    const struct gw_header *headers, size_t n_headers);
/* 0, or the buffer's error (then the buffer is as before). */
int	gw_batch_append(struct gw_batch_writer *w, int64_t timestamp_ms, struct gw_slice key,
	    struct gw_slice value, const struct gw_header *headers, size_t n_headers)
	    GW_CHECK_RESULT;
/*
 * Compress if asked (in place, using scratch; kept as it is when that saves nothing), write header
 * and CRC. The batch is then buf from start to len. 0, GW_ENOMEM, GW_ELIMIT, GW_EUNSUPPORTED.
 */
int	gw_batch_finish(struct gw_batch_writer *w, const struct gw_batch_stamp *s,
	    struct gw_buf *scratch) GW_CHECK_RESULT;
/* Write producer id, epoch and sequence into a finished batch, CRC anew (KIP-360: epoch bump). */
void	gw_batch_restamp(uint8_t *batch, size_t len, int64_t producer_id, int16_t producer_epoch,
	    int32_t base_sequence);

#endif
