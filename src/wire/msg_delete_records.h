/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_records.h - DeleteRecords (key 21): move the start of the log.
 * Versions 0-2, flexible from 2.
 * Source: DeleteRecordsRequest.json, DeleteRecordsResponse.json (Apache Kafka 4.3.1); KIP-107.
 */
#ifndef GW_MSG_DELETE_RECORDS_H
#define GW_MSG_DELETE_RECORDS_H

#include "wire/codec.h"

/* DeleteRecordsRequest.json: DeleteRecordsPartition. */
struct gw_delete_records_partition {
	int32_t	partition_index;
	int64_t	offset;	/* the new log start; -1: the high watermark */
};

/* DeleteRecordsRequest.json: DeleteRecordsTopic. */
struct gw_delete_records_topic {
	struct gw_slice				 name;
	struct gw_delete_records_partition	*partitions;
	size_t					 n_partitions;
};

/* DeleteRecordsRequest.json. */
struct gw_delete_records_request {
	struct gw_delete_records_topic	*topics;
	size_t				 n_topics;
	int32_t				 timeout_ms;
};

/* DeleteRecordsResponse.json: DeleteRecordsPartitionResult. */
struct gw_delete_records_partition_result {
	int32_t	partition_index;
	int64_t	low_watermark;	/* the log start now */
	int16_t	error_code;
};

/* DeleteRecordsResponse.json: DeleteRecordsTopicResult. */
struct gw_delete_records_topic_result {
	struct gw_slice					 name;
	struct gw_delete_records_partition_result	*partitions;
	size_t						 n_partitions;
};

/* DeleteRecordsResponse.json. */
struct gw_delete_records_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_delete_records_topic_result	*topics;
	size_t					 n_topics;
};

void	gw_delete_records_request_visit(struct gw_codec *w, void *msg);
void	gw_delete_records_response_visit(struct gw_codec *w, void *msg);

#endif
