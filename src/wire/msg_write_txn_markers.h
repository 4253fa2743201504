/* SPDX-License-Identifier: MIT
 *
 * wire/msg_write_txn_markers.h - WriteTxnMarkers (key 27): end transactions in the logs.
 * Versions 1-2, flexible from 1.
 * Source: WriteTxnMarkersRequest.json, WriteTxnMarkersResponse.json (Apache Kafka 4.3.1);
 * KIP-98, KIP-664.
 */
#ifndef GW_MSG_WRITE_TXN_MARKERS_H
#define GW_MSG_WRITE_TXN_MARKERS_H

#include "wire/codec.h"

/* WriteTxnMarkersRequest.json: WritableTxnMarkerTopic. */
struct gw_write_txn_markers_topic {
	struct gw_slice	 name;
	int32_t		*partition_indexes;
	size_t		 n_partition_indexes;
};

/* WriteTxnMarkersRequest.json: WritableTxnMarker. */
struct gw_write_txn_markers_marker {
	int64_t					 producer_id;
	int16_t					 producer_epoch;
	bool					 transaction_result;	/* true: commit */
	struct gw_write_txn_markers_topic	*topics;
	size_t					 n_topics;
	/* that of the state being ended */
	int32_t					 coordinator_epoch;
	int8_t					 transaction_version;
};

/* WriteTxnMarkersRequest.json. */
struct gw_write_txn_markers_request {
	struct gw_write_txn_markers_marker	*markers;
	size_t					 n_markers;
};

/* WriteTxnMarkersResponse.json: WritableTxnMarkerPartitionResult. */
struct gw_write_txn_markers_partition_result {
	int32_t	partition_index;
	int16_t	error_code;
};

/* WriteTxnMarkersResponse.json: WritableTxnMarkerTopicResult. */
struct gw_write_txn_markers_topic_result {
	struct gw_slice					 name;
	struct gw_write_txn_markers_partition_result	*partitions;
	size_t						 n_partitions;
};

/* WriteTxnMarkersResponse.json: WritableTxnMarkerResult. */
struct gw_write_txn_markers_marker_result {
	int64_t						 producer_id;
	struct gw_write_txn_markers_topic_result	*topics;
	size_t						 n_topics;
};

/* WriteTxnMarkersResponse.json. */
struct gw_write_txn_markers_response {
	struct gw_write_txn_markers_marker_result	*markers;
	size_t						 n_markers;
};

void	gw_write_txn_markers_request_visit(struct gw_codec *w, void *msg);
void	gw_write_txn_markers_response_visit(struct gw_codec *w, void *msg);

#endif
