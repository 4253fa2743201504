/* SPDX-License-Identifier: MIT
 *
 * wire/msg_consumer_group_heartbeat.h - ConsumerGroupHeartbeat (key 68): join, stay in and leave a
 * KIP-848 group.
 * Versions 0-1, always flexible.
 * Source: ConsumerGroupHeartbeatRequest.json, ConsumerGroupHeartbeatResponse.json (Apache Kafka
 * 4.3.1); KIP-848, KIP-1082.
 */
#ifndef GW_MSG_CONSUMER_GROUP_HEARTBEAT_H
#define GW_MSG_CONSUMER_GROUP_HEARTBEAT_H

#include "wire/codec.h"

/* ConsumerGroupHeartbeatRequest.json, ConsumerGroupHeartbeatResponse.json: TopicPartitions. */
struct gw_consumer_group_heartbeat_topic_partitions {
	struct gw_uuid	 topic_id;
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* ConsumerGroupHeartbeatRequest.json. */
struct gw_consumer_group_heartbeat_request {
	struct gw_slice						 group_id;
	/* v1: a UUID of its own making (KIP-1082) */
	struct gw_slice						 member_id;
	/* 0 joins, -1 leaves, -2 leaves for a while (static) */
	int32_t							 member_epoch;
	/* may be null; static membership (KIP-345) */
	struct gw_slice						 instance_id;
	/* null: unchanged */
	struct gw_slice						 rack_id;
	/* -1 (default): unchanged */
	int32_t							 rebalance_timeout_ms;
	/* n may be GW_NULL_ARRAY; null: unchanged */
	struct gw_slice						*subscribed_topic_names;
	size_t							 n_subscribed_topic_names;
	/* v1+; null: unchanged */
	struct gw_slice						 subscribed_topic_regex;
	/* null: unchanged */
	struct gw_slice						 server_assignor;
	/* n may be GW_NULL_ARRAY; owned now; null: unchanged */
	struct gw_consumer_group_heartbeat_topic_partitions	*topic_partitions;
	size_t							 n_topic_partitions;
};

/* ConsumerGroupHeartbeatResponse.json: Assignment. */
struct gw_consumer_group_heartbeat_assignment {
	struct gw_consumer_group_heartbeat_topic_partitions	*topic_partitions;
	size_t							 n_topic_partitions;
};

/* ConsumerGroupHeartbeatResponse.json. */
struct gw_consumer_group_heartbeat_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	int16_t						 error_code;
	struct gw_slice					 error_message;	/* may be null */
	struct gw_slice					 member_id;	/* may be null */
	int32_t						 member_epoch;
	int32_t						 heartbeat_interval_ms;
	struct gw_consumer_group_heartbeat_assignment	*assignment;	/* NULL: null; unchanged */
};

void	gw_consumer_group_heartbeat_request_visit(struct gw_codec *w, void *msg);
void	gw_consumer_group_heartbeat_response_visit(struct gw_codec *w, void *msg);

#endif
