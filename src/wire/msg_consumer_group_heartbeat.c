/* SPDX-License-Identifier: MIT
 *
 * wire/msg_consumer_group_heartbeat.c - ConsumerGroupHeartbeat (key 68), always flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_consumer_group_heartbeat.h"

static void
consumer_group_heartbeat_topic_partitions(struct gw_codec *w,
    struct gw_consumer_group_heartbeat_topic_partitions *p)
{
	gw_uuid(w, "TopicId", 0, GW_MAX, &p->topic_id);
	gw_i32s(w, "Partitions", 0, GW_MAX, &p->partitions, &p->n_partitions);
	gw_tags(w);
}

void
gw_consumer_group_heartbeat_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_group_heartbeat_request *r = msg;
	struct gw_consumer_group_heartbeat_topic_partitions *p;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_string(w, "MemberId", 0, GW_MAX, &r->member_id);
	gw_i32(w, "MemberEpoch", 0, GW_MAX, &r->member_epoch, 0);
	gw_string(gw_null(w, 0), "InstanceId", 0, GW_MAX, &r->instance_id);
	gw_string(gw_null(w, 0), "RackId", 0, GW_MAX, &r->rack_id);
	gw_i32(w, "RebalanceTimeoutMs", 0, GW_MAX, &r->rebalance_timeout_ms, -1);
	gw_strings(gw_null(w, 0), "SubscribedTopicNames", 0, GW_MAX, &r->subscribed_topic_names,
	    &r->n_subscribed_topic_names);
	gw_string(gw_null(w, 1), "SubscribedTopicRegex", 1, GW_MAX, &r->subscribed_topic_regex);
	gw_string(gw_null(w, 0), "ServerAssignor", 0, GW_MAX, &r->server_assignor);
	GW_EACH(gw_null(w, 0), "TopicPartitions", 0, GW_MAX, p, r->topic_partitions,
	    r->n_topic_partitions)
		consumer_group_heartbeat_topic_partitions(w, p);
	gw_tags(w);
}

static void
consumer_group_heartbeat_assignment(struct gw_codec *w,
    struct gw_consumer_group_heartbeat_assignment *a)
{
	struct gw_consumer_group_heartbeat_topic_partitions *p;

	GW_EACH(w, "TopicPartitions", 0, GW_MAX, p, a->topic_partitions, a->n_topic_partitions)
		consumer_group_heartbeat_topic_partitions(w, p);
	gw_tags(w);
}

void
gw_consumer_group_heartbeat_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_group_heartbeat_response *r = msg;
	struct gw_consumer_group_heartbeat_assignment *a;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_string(gw_null(w, 0), "ErrorMessage", 0, GW_MAX, &r->error_message);
	gw_string(gw_null(w, 0), "MemberId", 0, GW_MAX, &r->member_id);
	gw_i32(w, "MemberEpoch", 0, GW_MAX, &r->member_epoch, 0);
	gw_i32(w, "HeartbeatIntervalMs", 0, GW_MAX, &r->heartbeat_interval_ms, 0);
	GW_STRUCT_NULL(gw_null(w, 0), "Assignment", 0, GW_MAX, a, r->assignment)
		consumer_group_heartbeat_assignment(w, a);
	gw_tags(w);
}
