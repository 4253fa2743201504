/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_commit.h - OffsetCommit (key 8): store a group's positions.
 * Versions 2-10, flexible from 8.
 * Source: OffsetCommitRequest.json, OffsetCommitResponse.json (Apache Kafka 4.3.1); KIP-320,
 * KIP-345, KIP-848.
 */
#ifndef GW_MSG_OFFSET_COMMIT_H
#define GW_MSG_OFFSET_COMMIT_H

#include "wire/codec.h"

/* OffsetCommitRequest.json: OffsetCommitRequestPartition. */
struct gw_offset_commit_request_partition {
	int32_t		partition_index;
	int64_t		committed_offset;
	/* v6+, else -1; of the last record consumed (KIP-320) */
	int32_t		committed_leader_epoch;
	struct gw_slice	committed_metadata;	/* may be null */
};

/* OffsetCommitRequest.json: OffsetCommitRequestTopic. */
struct gw_offset_commit_request_topic {
	struct gw_slice					 name;		/* to v9 */
	struct gw_uuid					 topic_id;	/* v10+ */
	struct gw_offset_commit_request_partition	*partitions;
	size_t						 n_partitions;
};

/* OffsetCommitRequest.json. */
struct gw_offset_commit_request {
	struct gw_slice				 group_id;
	/* -1 (default): not a member (admin) */
	int32_t					 generation_id_or_member_epoch;
	struct gw_slice				 member_id;
	/* v7+; may be null; static membership (KIP-345) */
	struct gw_slice				 group_instance_id;
	/* to v4, else -1; -1: the broker's */
	int64_t					 retention_time_ms;
	struct gw_offset_commit_request_topic	*topics;
	size_t					 n_topics;
};

/* OffsetCommitResponse.json: OffsetCommitResponsePartition. */
struct gw_offset_commit_partition {
	int32_t	partition_index;
	int16_t	error_code;
};

/* OffsetCommitResponse.json: OffsetCommitResponseTopic. */
struct gw_offset_commit_topic {
	struct gw_slice				 name;		/* to v9 */
	struct gw_uuid				 topic_id;	/* v10+ */
	struct gw_offset_commit_partition	*partitions;
	size_t					 n_partitions;
};

/* OffsetCommitResponse.json. */
struct gw_offset_commit_response {
	/* v3+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	struct gw_offset_commit_topic	*topics;
	size_t				 n_topics;
};

void	gw_offset_commit_request_visit(struct gw_codec *w, void *msg);
void	gw_offset_commit_response_visit(struct gw_codec *w, void *msg);

#endif
