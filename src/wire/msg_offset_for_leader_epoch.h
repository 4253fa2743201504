/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_for_leader_epoch.h - OffsetForLeaderEpoch (key 23): where a leader epoch ended.
 * Versions 2-4, flexible from 4.
 * Source: OffsetForLeaderEpochRequest.json, OffsetForLeaderEpochResponse.json (Apache Kafka
 * 4.3.1); KIP-101, KIP-320.
 */
#ifndef GW_MSG_OFFSET_FOR_LEADER_EPOCH_H
#define GW_MSG_OFFSET_FOR_LEADER_EPOCH_H

#include "wire/codec.h"

/* OffsetForLeaderEpochRequest.json: OffsetForLeaderPartition. */
struct gw_offset_for_leader_epoch_partition {
	int32_t	partition;
	/* default -1; what the asker believes; refused if it is another (KIP-320) */
	int32_t	current_leader_epoch;
	int32_t	leader_epoch;	/* to look up */
};

/* OffsetForLeaderEpochRequest.json: OffsetForLeaderTopic. */
struct gw_offset_for_leader_epoch_topic {
	struct gw_slice					 topic;
	struct gw_offset_for_leader_epoch_partition	*partitions;
	size_t						 n_partitions;
};

/* OffsetForLeaderEpochRequest.json. */
struct gw_offset_for_leader_epoch_request {
	/* v3+, else -2; -1: a consumer; -2: a debugger */
	int32_t					 replica_id;
	struct gw_offset_for_leader_epoch_topic	*topics;
	size_t					 n_topics;
};

/* OffsetForLeaderEpochResponse.json: EpochEndOffset. */
struct gw_offset_for_leader_epoch_end_offset {
	int16_t	error_code;
	int32_t	partition;
	int32_t	leader_epoch;	/* default -1; KIP-320 */
	int64_t	end_offset;	/* -1 (default): unknown */
};

/* OffsetForLeaderEpochResponse.json: OffsetForLeaderTopicResult. */
struct gw_offset_for_leader_epoch_topic_result {
	struct gw_slice					 topic;
	struct gw_offset_for_leader_epoch_end_offset	*partitions;
	size_t						 n_partitions;
};

/* OffsetForLeaderEpochResponse.json. */
struct gw_offset_for_leader_epoch_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	struct gw_offset_for_leader_epoch_topic_result	*topics;
	size_t						 n_topics;
};

void	gw_offset_for_leader_epoch_request_visit(struct gw_codec *w, void *msg);
void	gw_offset_for_leader_epoch_response_visit(struct gw_codec *w, void *msg);

#endif
