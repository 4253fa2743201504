/* SPDX-License-Identifier: MIT
 *
 * wire/msg_produce.h - Produce (key 0): append record batches.
 * Versions 3-13, flexible from 9.
 * Source: ProduceRequest.json, ProduceResponse.json (Apache Kafka 4.3.1); KIP-98, KIP-467,
 * KIP-516, KIP-890, KIP-951.
 */
#ifndef GW_MSG_PRODUCE_H
#define GW_MSG_PRODUCE_H

#include "wire/codec.h"

/* ProduceRequest.json: PartitionProduceData. */
struct gw_produce_partition_data {
	int32_t		index;
	struct gw_slice	records;	/* may be null; exactly one batch, magic 2 */
};

/* ProduceRequest.json: TopicProduceData. */
struct gw_produce_topic_data {
	struct gw_slice				 name;		/* to v12 */
	struct gw_uuid				 topic_id;	/* v13+ */
	struct gw_produce_partition_data	*partition_data;
	size_t					 n_partition_data;
};

/* ProduceRequest.json. */
struct gw_produce_request {
	struct gw_slice			 transactional_id;	/* null: not in a transaction */
	/* -1: all in-sync replicas, 1: the leader, 0: no response at all */
	int16_t				 acks;
	int32_t				 timeout_ms;		/* for the replicas, with acks -1 */
	struct gw_produce_topic_data	*topic_data;
	size_t				 n_topic_data;
};

/* ProduceResponse.json: BatchIndexAndErrorMessage. Why one record was refused (KIP-467). */
struct gw_produce_record_error {
	int32_t		batch_index;			/* of the record in its batch */
	struct gw_slice	batch_index_error_message;	/* may be null */
};

/*
 * ProduceResponse.json: LeaderIdAndEpoch. Where to go instead, with NOT_LEADER (KIP-951); all -1:
 * not said.
 */
struct gw_produce_leader {
	int32_t	leader_id;	/* default -1 */
	int32_t	leader_epoch;	/* default -1; KIP-320 */
};

/* ProduceResponse.json: PartitionProduceResponse. */
struct gw_produce_partition_response {
	int32_t				 index;
	int16_t				 error_code;
	/* of the first record; -1 if refused */
	int64_t				 base_offset;
	/* -1 (default): the topic keeps CreateTime */
	int64_t				 log_append_time_ms;
	int64_t				 log_start_offset;	/* v5+, else -1 */
	struct gw_produce_record_error	*record_errors;		/* v8+ */
	size_t				 n_record_errors;
	struct gw_slice			 error_message;		/* v8+; may be null */
	struct gw_produce_leader	 current_leader;	/* v10+; tagged */
};

/* ProduceResponse.json: TopicProduceResponse. */
struct gw_produce_topic_response {
	struct gw_slice				 name;		/* to v12 */
	struct gw_uuid				 topic_id;	/* v13+ */
	struct gw_produce_partition_response	*partition_responses;
	size_t					 n_partition_responses;
};

/* ProduceResponse.json: NodeEndpoint. */
struct gw_produce_node_endpoint {
	int32_t		node_id;
	struct gw_slice	host;
	int32_t		port;
	struct gw_slice	rack;	/* may be null */
};

/* ProduceResponse.json. */
struct gw_produce_response {
	struct gw_produce_topic_response	*responses;
	size_t					 n_responses;
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	/* v10+; tagged; of the leaders named above */
	struct gw_produce_node_endpoint		*node_endpoints;
	size_t					 n_node_endpoints;
};

void	gw_produce_request_visit(struct gw_codec *w, void *msg);
void	gw_produce_response_visit(struct gw_codec *w, void *msg);

#endif
