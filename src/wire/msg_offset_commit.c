/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_commit.c - OffsetCommit (key 8), flexible from version 8.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_offset_commit.h"

static void
offset_commit_request_partition(struct gw_codec *w, struct gw_offset_commit_request_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i64(w, "CommittedOffset", 0, GW_MAX, &p->committed_offset, 0);
	gw_i32(gw_ign(w), "CommittedLeaderEpoch", 6, GW_MAX, &p->committed_leader_epoch, -1);
	gw_string(gw_null_or_empty(w, 0), "CommittedMetadata", 0, GW_MAX, &p->committed_metadata);
	gw_tags(w);
}

static void
offset_commit_request_topic(struct gw_codec *w, struct gw_offset_commit_request_topic *t)
{
	struct gw_offset_commit_request_partition *p;

	gw_string(gw_ign(w), "Name", 0, 9, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		offset_commit_request_partition(w, p);
	gw_tags(w);
}

void
gw_offset_commit_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_commit_request *r = msg;
	struct gw_offset_commit_request_topic *t;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_i32(gw_ign(w), "GenerationIdOrMemberEpoch", 1, GW_MAX, &r->generation_id_or_member_epoch,
	    -1);
	gw_string(gw_ign(w), "MemberId", 1, GW_MAX, &r->member_id);
	gw_string(gw_null(w, 7), "GroupInstanceId", 7, GW_MAX, &r->group_instance_id);
	gw_i64(gw_ign(w), "RetentionTimeMs", 2, 4, &r->retention_time_ms, -1);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		offset_commit_request_topic(w, t);
	gw_tags(w);
}

static void
offset_commit_partition(struct gw_codec *w, struct gw_offset_commit_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_tags(w);
}

static void
offset_commit_topic(struct gw_codec *w, struct gw_offset_commit_topic *t)
{
	struct gw_offset_commit_partition *p;

	gw_string(gw_ign(w), "Name", 0, 9, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		offset_commit_partition(w, p);
	gw_tags(w);
}

void
gw_offset_commit_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_commit_response *r = msg;
	struct gw_offset_commit_topic *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 3, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		offset_commit_topic(w, t);
	gw_tags(w);
}
