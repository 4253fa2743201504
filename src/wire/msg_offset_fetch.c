/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_fetch.c - OffsetFetch (key 9), flexible from version 6.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_offset_fetch.h"

static void
offset_fetch_request_topic(struct gw_codec *w, struct gw_offset_fetch_request_topic *t)
{
	gw_string(w, "Name", 0, 7, &t->name);
	gw_i32s(w, "PartitionIndexes", 0, 7, &t->partition_indexes, &t->n_partition_indexes);
	gw_tags(w);
}

static void
offset_fetch_request_group_topic(struct gw_codec *w, struct gw_offset_fetch_request_group_topic *t)
{
	gw_string(gw_ign(w), "Name", 8, 9, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	gw_i32s(w, "PartitionIndexes", 8, GW_MAX, &t->partition_indexes, &t->n_partition_indexes);
	gw_tags(w);
}

static void
offset_fetch_request_group(struct gw_codec *w, struct gw_offset_fetch_request_group *g)
{
	struct gw_offset_fetch_request_group_topic *t;

	gw_string(w, "GroupId", 8, GW_MAX, &g->group_id);
	gw_string(gw_ign(gw_null(w, 9)), "MemberId", 9, GW_MAX, &g->member_id);
	gw_i32(gw_ign(w), "MemberEpoch", 9, GW_MAX, &g->member_epoch, -1);
	GW_EACH(gw_null_or_empty(w, 8), "Topics", 8, GW_MAX, t, g->topics, g->n_topics)
		offset_fetch_request_group_topic(w, t);
	gw_tags(w);
}

void
gw_offset_fetch_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_fetch_request *r = msg;
	struct gw_offset_fetch_request_topic *t;
	struct gw_offset_fetch_request_group *g;

	gw_string(w, "GroupId", 0, 7, &r->group_id);
	GW_EACH(gw_null_or_empty(w, 2), "Topics", 0, 7, t, r->topics, r->n_topics)
		offset_fetch_request_topic(w, t);
	GW_EACH(w, "Groups", 8, GW_MAX, g, r->groups, r->n_groups)
		offset_fetch_request_group(w, g);
	gw_bool(w, "RequireStable", 7, GW_MAX, &r->require_stable, false);
	gw_tags(w);
}

static void
offset_fetch_partition(struct gw_codec *w, struct gw_offset_fetch_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, 7, &p->partition_index, 0);
	gw_i64(w, "CommittedOffset", 0, 7, &p->committed_offset, 0);
	gw_i32(gw_ign(w), "CommittedLeaderEpoch", 5, 7, &p->committed_leader_epoch, -1);
	gw_string(gw_null_or_empty(w, 0), "Metadata", 0, 7, &p->metadata);
	gw_i16(w, "ErrorCode", 0, 7, &p->error_code, 0);
	gw_tags(w);
}

static void
offset_fetch_topic(struct gw_codec *w, struct gw_offset_fetch_topic *t)
{
	struct gw_offset_fetch_partition *p;

	gw_string(w, "Name", 0, 7, &t->name);
	GW_EACH(w, "Partitions", 0, 7, p, t->partitions, t->n_partitions)
		offset_fetch_partition(w, p);
	gw_tags(w);
}

static void
offset_fetch_group_partition(struct gw_codec *w, struct gw_offset_fetch_group_partition *p)
{
	gw_i32(w, "PartitionIndex", 8, GW_MAX, &p->partition_index, 0);
	gw_i64(w, "CommittedOffset", 8, GW_MAX, &p->committed_offset, 0);
	gw_i32(gw_ign(w), "CommittedLeaderEpoch", 8, GW_MAX, &p->committed_leader_epoch, -1);
	gw_string(gw_null_or_empty(w, 8), "Metadata", 8, GW_MAX, &p->metadata);
	gw_i16(w, "ErrorCode", 8, GW_MAX, &p->error_code, 0);
	gw_tags(w);
}

static void
offset_fetch_group_topic(struct gw_codec *w, struct gw_offset_fetch_group_topic *t)
{
	struct gw_offset_fetch_group_partition *p;

	gw_string(gw_ign(w), "Name", 8, 9, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	GW_EACH(w, "Partitions", 8, GW_MAX, p, t->partitions, t->n_partitions)
		offset_fetch_group_partition(w, p);
	gw_tags(w);
}

static void
offset_fetch_group(struct gw_codec *w, struct gw_offset_fetch_group *g)
{
	struct gw_offset_fetch_group_topic *t;

	gw_string(w, "GroupId", 8, GW_MAX, &g->group_id);
	GW_EACH(w, "Topics", 8, GW_MAX, t, g->topics, g->n_topics)
		offset_fetch_group_topic(w, t);
	gw_i16(w, "ErrorCode", 8, GW_MAX, &g->error_code, 0);
	gw_tags(w);
}

void
gw_offset_fetch_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_fetch_response *r = msg;
	struct gw_offset_fetch_topic *t;
	struct gw_offset_fetch_group *g;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 3, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, 7, t, r->topics, r->n_topics)
		offset_fetch_topic(w, t);
	gw_i16(gw_ign(w), "ErrorCode", 2, 7, &r->error_code, 0);
	GW_EACH(w, "Groups", 8, GW_MAX, g, r->groups, r->n_groups)
		offset_fetch_group(w, g);
	gw_tags(w);
}
