/* SPDX-License-Identifier: MIT
 *
 * wire/msg_fetch.h - Fetch (key 1): read record batches.
 * Versions 4-18, flexible from 12.
 * Source: FetchRequest.json, FetchResponse.json (Apache Kafka 4.3.1); KIP-98, KIP-227, KIP-320,
 * KIP-392, KIP-516, KIP-951.
 */
#ifndef GW_MSG_FETCH_H
#define GW_MSG_FETCH_H

#include "wire/codec.h"

/* FetchRequest.json: ReplicaState. Who asks, from v15 on; a consumer leaves both -1. */
struct gw_fetch_replica_state {
	int32_t	replica_id;	/* default -1 */
	int64_t	replica_epoch;	/* default -1 */
};

/* FetchRequest.json: FetchPartition. */
struct gw_fetch_partition {
	int32_t		partition;
	/* v9+, else -1; what the asker believes; refused if it is another (KIP-320) */
	int32_t		current_leader_epoch;
	int64_t		fetch_offset;
	/* v12+, else -1; of the record before fetch_offset */
	int32_t		last_fetched_epoch;
	int64_t		log_start_offset;	/* v5+, else -1; replicas only */
	int32_t		partition_max_bytes;
	struct gw_uuid	replica_directory_id;	/* v17+; tagged; replicas only */
	int64_t		high_watermark;		/* v18+, else INT64_MAX; tagged; replicas only */
};

/* FetchRequest.json: FetchTopic. */
struct gw_fetch_topic {
	struct gw_slice			 topic;		/* to v12 */
	struct gw_uuid			 topic_id;	/* v13+ */
	struct gw_fetch_partition	*partitions;
	size_t				 n_partitions;
};

/* FetchRequest.json: ForgottenTopic. Partitions to drop from the session (KIP-227). */
struct gw_fetch_forgotten_topic {
	struct gw_slice	 topic;		/* to v12 */
	struct gw_uuid	 topic_id;	/* v13+ */
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* FetchRequest.json. */
struct gw_fetch_request {
	/* v12+; tagged; may be null; KRaft only */
	struct gw_slice			 cluster_id;
	/* to v14, else -1; -1: a consumer */
	int32_t				 replica_id;
	struct gw_fetch_replica_state	 replica_state;		/* v15+; tagged */
	/* at most so long for min_bytes to gather */
	int32_t				 max_wait_ms;
	int32_t				 min_bytes;
	/* default INT32_MAX; soft: the first batch comes whole in any case */
	int32_t				 max_bytes;
	/* 0 read_uncommitted, 1 read_committed */
	int8_t				 isolation_level;
	/* v7+; 0: none or a new one (KIP-227) */
	int32_t				 session_id;
	/* v7+, else -1; 0: open, -1: no session */
	int32_t				 session_epoch;
	struct gw_fetch_topic		*topics;
	size_t				 n_topics;
	struct gw_fetch_forgotten_topic	*forgotten_topics_data;	/* v7+ */
	size_t				 n_forgotten_topics_data;
	/* v11+; for reading from a near replica (KIP-392) */
	struct gw_slice			 rack_id;
};

/*
 * FetchResponse.json: EpochEndOffset. The log was cut: go back to where this epoch ended
 * (KIP-595); all -1: not said.
 */
struct gw_fetch_epoch_end_offset {
	int32_t	epoch;		/* default -1 */
	int64_t	end_offset;	/* default -1 */
};

/*
 * FetchResponse.json: LeaderIdAndEpoch. Where to go instead, with NOT_LEADER (KIP-951); all -1:
 * not said.
 */
struct gw_fetch_leader {
	int32_t	leader_id;	/* default -1 */
	int32_t	leader_epoch;	/* default -1; KIP-320 */
};

/* FetchResponse.json: SnapshotId. KRaft replicas only; all -1: not said. */
struct gw_fetch_snapshot_id {
	int64_t	end_offset;	/* default -1 */
	int32_t	epoch;		/* default -1 */
};

/* FetchResponse.json: AbortedTransaction. Not sorted on the wire. */
struct gw_fetch_aborted_transaction {
	int64_t	producer_id;
	int64_t	first_offset;
};

/* FetchResponse.json: PartitionData. */
struct gw_fetch_partition_response {
	int32_t					 partition_index;
	int16_t					 error_code;
	int64_t					 high_watermark;
	/* default -1; read_committed ends here */
	int64_t					 last_stable_offset;
	int64_t					 log_start_offset;	/* v5+, else -1 */
	struct gw_fetch_epoch_end_offset	 diverging_epoch;	/* v12+; tagged */
	struct gw_fetch_leader			 current_leader;	/* v12+; tagged */
	struct gw_fetch_snapshot_id		 snapshot_id;		/* v12+; tagged */
	struct gw_fetch_aborted_transaction	*aborted_transactions;	/* n may be GW_NULL_ARRAY */
	size_t					 n_aborted_transactions;
	/* v11+, else -1; go on there (KIP-392) */
	int32_t					 preferred_read_replica;
	/* may be null; whole batches; the last may be cut off */
	struct gw_slice				 records;
};

/* FetchResponse.json: FetchableTopicResponse. */
struct gw_fetch_topic_response {
	struct gw_slice				 topic;		/* to v12 */
	struct gw_uuid				 topic_id;	/* v13+ */
	struct gw_fetch_partition_response	*partitions;
	size_t					 n_partitions;
};

/* FetchResponse.json: NodeEndpoint. */
struct gw_fetch_node_endpoint {
	int32_t		node_id;
	struct gw_slice	host;
	int32_t		port;
	struct gw_slice	rack;	/* may be null */
};

/* FetchResponse.json. */
struct gw_fetch_response {
	int32_t				 throttle_time_ms;	/* KIP-219: the client holds back */
	/* v7+; of the session; partitions have their own */
	int16_t				 error_code;
	int32_t				 session_id;		/* v7+; 0: none */
	struct gw_fetch_topic_response	*responses;
	size_t				 n_responses;
	/* v16+; tagged; of the leaders named above */
	struct gw_fetch_node_endpoint	*node_endpoints;
	size_t				 n_node_endpoints;
};

void	gw_fetch_request_visit(struct gw_codec *w, void *msg);
void	gw_fetch_response_visit(struct gw_codec *w, void *msg);

#endif
