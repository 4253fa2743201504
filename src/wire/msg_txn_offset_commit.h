/* SPDX-License-Identifier: MIT
 *
 * wire/msg_txn_offset_commit.h - TxnOffsetCommit (key 28): commit offsets inside a transaction.
 * Versions 0-5, flexible from 3.
 * Source: TxnOffsetCommitRequest.json, TxnOffsetCommitResponse.json (Apache Kafka 4.3.1); KIP-98,
 * KIP-447, KIP-890.
 */
#ifndef GW_MSG_TXN_OFFSET_COMMIT_H
#define GW_MSG_TXN_OFFSET_COMMIT_H

#include "wire/codec.h"

/* TxnOffsetCommitRequest.json: TxnOffsetCommitRequestPartition. */
struct gw_txn_offset_commit_request_partition {
	int32_t		partition_index;
	int64_t		committed_offset;
	/* v2+, else -1; of the last record consumed (KIP-320) */
	int32_t		committed_leader_epoch;
	struct gw_slice	committed_metadata;	/* may be null */
};

/* TxnOffsetCommitRequest.json: TxnOffsetCommitRequestTopic. */
struct gw_txn_offset_commit_request_topic {
	struct gw_slice					 name;
	struct gw_txn_offset_commit_request_partition	*partitions;
	size_t						 n_partitions;
};

/* TxnOffsetCommitRequest.json. */
struct gw_txn_offset_commit_request {
	struct gw_slice					 transactional_id;
	struct gw_slice					 group_id;
	int64_t						 producer_id;
	int16_t						 producer_epoch;
	/* v3+, else -1; -1: not a member (KIP-447) */
	int32_t						 generation_id;
	struct gw_slice					 member_id;	/* v3+ */
	/* v3+; may be null; static membership (KIP-345) */
	struct gw_slice					 group_instance_id;
	struct gw_txn_offset_commit_request_topic	*topics;
	size_t						 n_topics;
};

/* TxnOffsetCommitResponse.json: TxnOffsetCommitResponsePartition. */
struct gw_txn_offset_commit_partition {
	int32_t	partition_index;
	int16_t	error_code;
};

/* TxnOffsetCommitResponse.json: TxnOffsetCommitResponseTopic. */
struct gw_txn_offset_commit_topic {
	struct gw_slice				 name;
	struct gw_txn_offset_commit_partition	*partitions;
	size_t					 n_partitions;
};

/* TxnOffsetCommitResponse.json. */
struct gw_txn_offset_commit_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_txn_offset_commit_topic	*topics;
	size_t					 n_topics;
};

void	gw_txn_offset_commit_request_visit(struct gw_codec *w, void *msg);
void	gw_txn_offset_commit_response_visit(struct gw_codec *w, void *msg);

#endif
