/* SPDX-License-Identifier: MIT
 *
 * wire/msg_consumer_group_describe.h - ConsumerGroupDescribe (key 69): KIP-848 groups in detail.
 * Versions 0-1, always flexible.
 * Source: ConsumerGroupDescribeRequest.json, ConsumerGroupDescribeResponse.json (Apache Kafka
 * 4.3.1); KIP-848.
 */
#ifndef GW_MSG_CONSUMER_GROUP_DESCRIBE_H
#define GW_MSG_CONSUMER_GROUP_DESCRIBE_H

#include "wire/codec.h"

/* ConsumerGroupDescribeRequest.json. */
struct gw_consumer_group_describe_request {
	struct gw_slice	*group_ids;
	size_t		 n_group_ids;
	bool		 include_authorized_operations;
};

/* ConsumerGroupDescribeResponse.json: TopicPartitions. */
struct gw_consumer_group_describe_topic_partitions {
	struct gw_uuid	 topic_id;
	struct gw_slice	 topic_name;
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* ConsumerGroupDescribeResponse.json: Assignment. */
struct gw_consumer_group_describe_assignment {
	struct gw_consumer_group_describe_topic_partitions	*topic_partitions;
	size_t							 n_topic_partitions;
};

/* ConsumerGroupDescribeResponse.json: Member. */
struct gw_consumer_group_describe_member {
	struct gw_slice					 member_id;
	/* may be null; static membership (KIP-345) */
	struct gw_slice					 instance_id;
	struct gw_slice					 rack_id;	/* may be null */
	int32_t						 member_epoch;
	struct gw_slice					 client_id;
	struct gw_slice					 client_host;
	struct gw_slice					*subscribed_topic_names;
	size_t						 n_subscribed_topic_names;
	/* may be null */
	struct gw_slice					 subscribed_topic_regex;
	struct gw_consumer_group_describe_assignment	 assignment;
	struct gw_consumer_group_describe_assignment	 target_assignment;
	/* v1+, else -1; -1 unknown, 0 classic, 1 consumer */
	int8_t						 member_type;
};

/* ConsumerGroupDescribeResponse.json: DescribedGroup. */
struct gw_consumer_group_describe_group {
	int16_t						 error_code;
	struct gw_slice					 error_message;	/* may be null */
	struct gw_slice					 group_id;
	struct gw_slice					 group_state;
	int32_t						 group_epoch;
	int32_t						 assignment_epoch;
	struct gw_slice					 assignor_name;
	struct gw_consumer_group_describe_member	*members;
	size_t						 n_members;
	/* default INT32_MIN; bit set (KIP-430) */
	int32_t						 authorized_operations;
};

/* ConsumerGroupDescribeResponse.json. */
struct gw_consumer_group_describe_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_consumer_group_describe_group	*groups;
	size_t					 n_groups;
};

void	gw_consumer_group_describe_request_visit(struct gw_codec *w, void *msg);
void	gw_consumer_group_describe_response_visit(struct gw_codec *w, void *msg);

#endif
