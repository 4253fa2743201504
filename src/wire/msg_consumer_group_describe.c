/* SPDX-License-Identifier: MIT
 *
 * wire/msg_consumer_group_describe.c - ConsumerGroupDescribe (key 69), always flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_consumer_group_describe.h"

void
gw_consumer_group_describe_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_group_describe_request *r = msg;

	gw_strings(w, "GroupIds", 0, GW_MAX, &r->group_ids, &r->n_group_ids);
	gw_bool(w, "IncludeAuthorizedOperations", 0, GW_MAX, &r->include_authorized_operations,
	    false);
	gw_tags(w);
}

static void
consumer_group_describe_topic_partitions(struct gw_codec *w,
    struct gw_consumer_group_describe_topic_partitions *p)
{
	gw_uuid(w, "TopicId", 0, GW_MAX, &p->topic_id);
	gw_string(w, "TopicName", 0, GW_MAX, &p->topic_name);
	gw_i32s(w, "Partitions", 0, GW_MAX, &p->partitions, &p->n_partitions);
	gw_tags(w);
}

static void
consumer_group_describe_assignment(struct gw_codec *w,
    struct gw_consumer_group_describe_assignment *a)
{
	struct gw_consumer_group_describe_topic_partitions *p;

	GW_EACH(w, "TopicPartitions", 0, GW_MAX, p, a->topic_partitions, a->n_topic_partitions)
		consumer_group_describe_topic_partitions(w, p);
	gw_tags(w);
}

static void
consumer_group_describe_member(struct gw_codec *w, struct gw_consumer_group_describe_member *m)
{
	struct gw_consumer_group_describe_assignment *a;

	gw_string(w, "MemberId", 0, GW_MAX, &m->member_id);
	gw_string(gw_null(w, 0), "InstanceId", 0, GW_MAX, &m->instance_id);
	gw_string(gw_null(w, 0), "RackId", 0, GW_MAX, &m->rack_id);
	gw_i32(w, "MemberEpoch", 0, GW_MAX, &m->member_epoch, 0);
	gw_string(w, "ClientId", 0, GW_MAX, &m->client_id);
	gw_string(w, "ClientHost", 0, GW_MAX, &m->client_host);
	gw_strings(w, "SubscribedTopicNames", 0, GW_MAX, &m->subscribed_topic_names,
	    &m->n_subscribed_topic_names);
	gw_string(gw_null(w, 0), "SubscribedTopicRegex", 0, GW_MAX, &m->subscribed_topic_regex);
	GW_STRUCT(w, "Assignment", 0, GW_MAX, a, m->assignment)
		consumer_group_describe_assignment(w, a);
	GW_STRUCT(w, "TargetAssignment", 0, GW_MAX, a, m->target_assignment)
		consumer_group_describe_assignment(w, a);
	gw_i8(gw_ign(w), "MemberType", 1, GW_MAX, &m->member_type, -1);
	gw_tags(w);
}

static void
consumer_group_describe_group(struct gw_codec *w, struct gw_consumer_group_describe_group *g)
{
	struct gw_consumer_group_describe_member *m;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &g->error_code, 0);
	gw_string(gw_null(w, 0), "ErrorMessage", 0, GW_MAX, &g->error_message);
	gw_string(w, "GroupId", 0, GW_MAX, &g->group_id);
	gw_string(w, "GroupState", 0, GW_MAX, &g->group_state);
	gw_i32(w, "GroupEpoch", 0, GW_MAX, &g->group_epoch, 0);
	gw_i32(w, "AssignmentEpoch", 0, GW_MAX, &g->assignment_epoch, 0);
	gw_string(w, "AssignorName", 0, GW_MAX, &g->assignor_name);
	GW_EACH(w, "Members", 0, GW_MAX, m, g->members, g->n_members)
		consumer_group_describe_member(w, m);
	gw_i32(w, "AuthorizedOperations", 0, GW_MAX, &g->authorized_operations, INT32_MIN);
	gw_tags(w);
}

void
gw_consumer_group_describe_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_group_describe_response *r = msg;
	struct gw_consumer_group_describe_group *g;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Groups", 0, GW_MAX, g, r->groups, r->n_groups)
		consumer_group_describe_group(w, g);
	gw_tags(w);
}
