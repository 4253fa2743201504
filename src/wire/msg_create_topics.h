/* SPDX-License-Identifier: MIT
 *
 * wire/msg_create_topics.h - CreateTopics (key 19): create topics.
 * Versions 2-7, flexible from 5.
 * Source: CreateTopicsRequest.json, CreateTopicsResponse.json (Apache Kafka 4.3.1); KIP-4,
 * KIP-464, KIP-516, KIP-525.
 */
#ifndef GW_MSG_CREATE_TOPICS_H
#define GW_MSG_CREATE_TOPICS_H

#include "wire/codec.h"

/* CreateTopicsRequest.json: CreatableReplicaAssignment. */
struct gw_create_topics_assignment {
	int32_t	 partition_index;
	int32_t	*broker_ids;	/* the preferred leader first */
	size_t	 n_broker_ids;
};

/* CreateTopicsRequest.json: CreatableTopicConfig. */
struct gw_create_topics_config {
	struct gw_slice	name;
	struct gw_slice	value;	/* may be null */
};

/* CreateTopicsRequest.json: CreatableTopic. */
struct gw_create_topics_topic {
	struct gw_slice				 name;
	/* -1: the broker's default (v4+), or by assignments */
	int32_t					 num_partitions;
	int16_t					 replication_factor;	/* the same */
	/* empty: the broker places replicas */
	struct gw_create_topics_assignment	*assignments;
	size_t					 n_assignments;
	struct gw_create_topics_config		*configs;
	size_t					 n_configs;
};

/* CreateTopicsRequest.json. */
struct gw_create_topics_request {
	struct gw_create_topics_topic	*topics;
	size_t				 n_topics;
	int32_t				 timeout_ms;	/* default 60000 */
	bool				 validate_only;	/* dry run */
};

/* CreateTopicsResponse.json: CreatableTopicConfigs. */
struct gw_create_topics_config_result {
	struct gw_slice	name;
	struct gw_slice	value;		/* may be null */
	bool		read_only;
	int8_t		config_source;	/* default -1; 1 topic, 2-4 broker, 5 default */
	bool		is_sensitive;
};

/* CreateTopicsResponse.json: CreatableTopicResult. */
struct gw_create_topics_topic_result {
	struct gw_slice				 name;
	struct gw_uuid				 topic_id;		/* v7+ */
	int16_t					 error_code;
	struct gw_slice				 error_message;		/* may be null */
	/* v5+; tagged; why configs is null */
	int16_t					 topic_config_error_code;
	int32_t					 num_partitions;	/* v5+, else -1 */
	int16_t					 replication_factor;	/* v5+, else -1 */
	/* v5+; n may be GW_NULL_ARRAY */
	struct gw_create_topics_config_result	*configs;
	size_t					 n_configs;
};

/* CreateTopicsResponse.json. */
struct gw_create_topics_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_create_topics_topic_result	*topics;
	size_t					 n_topics;
};

void	gw_create_topics_request_visit(struct gw_codec *w, void *msg);
void	gw_create_topics_response_visit(struct gw_codec *w, void *msg);

#endif
