/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_producers.h - DescribeProducers (key 61): who writes to a partition.
 * Version 0, flexible from 0.
 * Source: DescribeProducersRequest.json, DescribeProducersResponse.json (Apache Kafka 4.3.1);
 * KIP-664.
 */
#ifndef GW_MSG_DESCRIBE_PRODUCERS_H
#define GW_MSG_DESCRIBE_PRODUCERS_H

#include "wire/codec.h"

/* DescribeProducersRequest.json: TopicRequest. */
struct gw_describe_producers_request_topic {
	struct gw_slice	 name;
	int32_t		*partition_indexes;
	size_t		 n_partition_indexes;
};

/* DescribeProducersRequest.json. */
struct gw_describe_producers_request {
	struct gw_describe_producers_request_topic	*topics;
	size_t						 n_topics;
};

/* DescribeProducersResponse.json: ProducerState. */
struct gw_describe_producers_producer_state {
	int64_t	producer_id;
	int32_t	producer_epoch;
	int32_t	last_sequence;
	int64_t	last_timestamp;	/* -1: none */
	int32_t	coordinator_epoch;	/* -1: it never ended a transaction */
	int64_t	current_txn_start_offset;	/* -1: none is open */
};

/* DescribeProducersResponse.json: PartitionResponse. */
struct gw_describe_producers_partition {
	int32_t						 partition_index;
	int16_t						 error_code;
	struct gw_slice					 error_message;	/* may be null */
	struct gw_describe_producers_producer_state	*active_producers;
	size_t						 n_active_producers;
};

/* DescribeProducersResponse.json: TopicResponse. */
struct gw_describe_producers_topic {
	struct gw_slice				 name;
	struct gw_describe_producers_partition	*partitions;
	size_t					 n_partitions;
};

/* DescribeProducersResponse.json. */
struct gw_describe_producers_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_describe_producers_topic	*topics;
	size_t					 n_topics;
};

void	gw_describe_producers_request_visit(struct gw_codec *w, void *msg);
void	gw_describe_producers_response_visit(struct gw_codec *w, void *msg);

#endif
