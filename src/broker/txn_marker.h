/* SPDX-License-Identifier: MIT
 *
 * broker/txn_marker.h - the control batch that ends a transaction in one partition. Pure.
 * Source: KIP-98; ControlRecordType.java, EndTransactionMarker.java (Apache Kafka 4.3.1).
 */
#ifndef GW_XACT_MARKER_H
#define GW_XACT_MARKER_H

#include "wire/record_batch.h"

/* Append a marker as one whole batch. 0, GW_ENOMEM, GW_ELIMIT. */
int	gw_marker_build(struct gw_buf *out, int64_t producer_id, int16_t epoch, bool committed,
	    int64_t now_ms) GW_CHECK_RESULT;
/* What a whole control batch says: 1 commit, 0 abort, GW_EPROTO (neither). */
int	gw_marker_read(struct gw_slice batch) GW_CHECK_RESULT;

#endif
