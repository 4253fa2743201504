/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_offsets.h - ListOffsets (key 2): offsets by time, or of either end.
 * Versions 1-11, flexible from 6.
 * Source: ListOffsetsRequest.json, ListOffsetsResponse.json (Apache Kafka 4.3.1); KIP-79, KIP-320,
 * KIP-405, KIP-734.
 */
#ifndef GW_MSG_LIST_OFFSETS_H
#define GW_MSG_LIST_OFFSETS_H

#include "wire/codec.h"

/* ListOffsetsRequest.json: ListOffsetsPartition. */
struct gw_list_offsets_partition {
	int32_t	partition_index;
	/* v4+, else -1; what the asker believes; refused if it is another (KIP-320) */
	int32_t	current_leader_epoch;
	/* ms, or -1 latest, -2 earliest, -3 largest timestamp, -4 local, -5 tiered */
	int64_t	timestamp;
};

/* ListOffsetsRequest.json: ListOffsetsTopic. */
struct gw_list_offsets_topic {
	struct gw_slice				 name;
	struct gw_list_offsets_partition	*partitions;
	size_t					 n_partitions;
};

/* ListOffsetsRequest.json. */
struct gw_list_offsets_request {
	int32_t				 replica_id;	/* -1: a consumer */
	/* v2+; 0 read_uncommitted, 1 read_committed */
	int8_t				 isolation_level;
	struct gw_list_offsets_topic	*topics;
	size_t				 n_topics;
	int32_t				 timeout_ms;	/* v10+; for lookups in remote storage */
};

/* ListOffsetsResponse.json: ListOffsetsPartitionResponse. */
struct gw_list_offsets_partition_response {
	int32_t	partition_index;
	int16_t	error_code;
	int64_t	timestamp;	/* default -1; of the record found; -1: none */
	int64_t	offset;		/* default -1 */
	int32_t	leader_epoch;	/* v4+, else -1; KIP-320 */
};

/* ListOffsetsResponse.json: ListOffsetsTopicResponse. */
struct gw_list_offsets_topic_response {
	struct gw_slice					 name;
	struct gw_list_offsets_partition_response	*partitions;
	size_t						 n_partitions;
};

/* ListOffsetsResponse.json. */
struct gw_list_offsets_response {
	/* v2+; KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_list_offsets_topic_response	*topics;
	size_t					 n_topics;
};

void	gw_list_offsets_request_visit(struct gw_codec *w, void *msg);
void	gw_list_offsets_response_visit(struct gw_codec *w, void *msg);

#endif
