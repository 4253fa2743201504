/* SPDX-License-Identifier: MIT
 *
 * wire/msg_create_partitions.h - CreatePartitions (key 37): add partitions to a topic.
 * Versions 0-3, flexible from 2.
 * Source: CreatePartitionsRequest.json, CreatePartitionsResponse.json (Apache Kafka 4.3.1);
 * KIP-195.
 */
#ifndef GW_MSG_CREATE_PARTITIONS_H
#define GW_MSG_CREATE_PARTITIONS_H

#include "wire/codec.h"

/* CreatePartitionsRequest.json: CreatePartitionsAssignment. */
struct gw_create_partitions_assignment {
	int32_t	*broker_ids;	/* the preferred leader first */
	size_t	 n_broker_ids;
};

/* CreatePartitionsRequest.json: CreatePartitionsTopic. */
struct gw_create_partitions_topic {
	struct gw_slice				 name;
	int32_t					 count;	/* the new total */
	/* n may be GW_NULL_ARRAY; null: the broker places replicas */
	struct gw_create_partitions_assignment	*assignments;
	size_t					 n_assignments;
};

/* CreatePartitionsRequest.json. */
struct gw_create_partitions_request {
	struct gw_create_partitions_topic	*topics;
	size_t					 n_topics;
	int32_t					 timeout_ms;
	bool					 validate_only;	/* dry run */
};

/* CreatePartitionsResponse.json: CreatePartitionsTopicResult. */
struct gw_create_partitions_topic_result {
	struct gw_slice	name;
	int16_t		error_code;
	struct gw_slice	error_message;	/* may be null */
};

/* CreatePartitionsResponse.json. */
struct gw_create_partitions_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	struct gw_create_partitions_topic_result	*results;
	size_t						 n_results;
};

void	gw_create_partitions_request_visit(struct gw_codec *w, void *msg);
void	gw_create_partitions_response_visit(struct gw_codec *w, void *msg);

#endif
