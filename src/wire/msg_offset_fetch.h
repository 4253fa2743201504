/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_fetch.h - OffsetFetch (key 9): read a group's positions.
 * Versions 1-10, flexible from 6.
 * Source: OffsetFetchRequest.json, OffsetFetchResponse.json (Apache Kafka 4.3.1); KIP-320,
 * KIP-447, KIP-709, KIP-848.
 */
#ifndef GW_MSG_OFFSET_FETCH_H
#define GW_MSG_OFFSET_FETCH_H

#include "wire/codec.h"

/* OffsetFetchRequest.json: OffsetFetchRequestTopic. */
struct gw_offset_fetch_request_topic {
	struct gw_slice	 name;
	int32_t		*partition_indexes;
	size_t		 n_partition_indexes;
};

/* OffsetFetchRequest.json: OffsetFetchRequestTopics. */
struct gw_offset_fetch_request_group_topic {
	struct gw_slice	 name;		/* to v9 */
	struct gw_uuid	 topic_id;	/* v10+ */
	int32_t		*partition_indexes;
	size_t		 n_partition_indexes;
};

/* OffsetFetchRequest.json: OffsetFetchRequestGroup. */
struct gw_offset_fetch_request_group {
	struct gw_slice					 group_id;
	struct gw_slice					 member_id;	/* v9+; may be null */
	int32_t						 member_epoch;	/* v9+, else -1 */
	/* n may be GW_NULL_ARRAY; null: all of them */
	struct gw_offset_fetch_request_group_topic	*topics;
	size_t						 n_topics;
};

/* OffsetFetchRequest.json. */
struct gw_offset_fetch_request {
	struct gw_slice				 group_id;	/* to v7 */
	/* to v7; n may be GW_NULL_ARRAY from v2; null: all of them */
	struct gw_offset_fetch_request_topic	*topics;
	size_t					 n_topics;
	struct gw_offset_fetch_request_group	*groups;	/* v8+ */
	size_t					 n_groups;
	/* v7+; wait out pending transactions (KIP-447) */
	bool					 require_stable;
};

/* OffsetFetchResponse.json: OffsetFetchResponsePartition. */
struct gw_offset_fetch_partition {
	int32_t		partition_index;
	int64_t		committed_offset;	/* -1: none */
	/* v5+, else -1; of the last record consumed (KIP-320) */
	int32_t		committed_leader_epoch;
	struct gw_slice	metadata;		/* may be null */
	int16_t		error_code;
};

/* OffsetFetchResponse.json: OffsetFetchResponseTopic. */
struct gw_offset_fetch_topic {
	struct gw_slice				 name;
	struct gw_offset_fetch_partition	*partitions;
	size_t					 n_partitions;
};

/* OffsetFetchResponse.json: OffsetFetchResponsePartitions. */
struct gw_offset_fetch_group_partition {
	int32_t		partition_index;
	int64_t		committed_offset;	/* -1: none */
	/* default -1; of the last record consumed (KIP-320) */
	int32_t		committed_leader_epoch;
	struct gw_slice	metadata;		/* may be null */
	int16_t		error_code;
};

/* OffsetFetchResponse.json: OffsetFetchResponseTopics. */
struct gw_offset_fetch_group_topic {
	struct gw_slice				 name;		/* to v9 */
	struct gw_uuid				 topic_id;	/* v10+ */
	struct gw_offset_fetch_group_partition	*partitions;
	size_t					 n_partitions;
};

/* OffsetFetchResponse.json: OffsetFetchResponseGroup. */
struct gw_offset_fetch_group {
	struct gw_slice				 group_id;
	struct gw_offset_fetch_group_topic	*topics;
	size_t					 n_topics;
	int16_t					 error_code;
};

/* OffsetFetchResponse.json. */
struct gw_offset_fetch_response {
	/* v3+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	struct gw_offset_fetch_topic	*topics;	/* to v7 */
	size_t				 n_topics;
	int16_t				 error_code;	/* v2-7 */
	struct gw_offset_fetch_group	*groups;	/* v8+ */
	size_t				 n_groups;
};

void	gw_offset_fetch_request_visit(struct gw_codec *w, void *msg);
void	gw_offset_fetch_response_visit(struct gw_codec *w, void *msg);

#endif
