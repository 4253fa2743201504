/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_for_leader_epoch.c - OffsetForLeaderEpoch (key 23), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_offset_for_leader_epoch.h"

static void
offset_for_leader_epoch_partition(struct gw_codec *w,
    struct gw_offset_for_leader_epoch_partition *p)
{
	gw_i32(w, "Partition", 0, GW_MAX, &p->partition, 0);
	gw_i32(gw_ign(w), "CurrentLeaderEpoch", 2, GW_MAX, &p->current_leader_epoch, -1);
	gw_i32(w, "LeaderEpoch", 0, GW_MAX, &p->leader_epoch, 0);
	gw_tags(w);
}

static void
offset_for_leader_epoch_topic(struct gw_codec *w, struct gw_offset_for_leader_epoch_topic *t)
{
	struct gw_offset_for_leader_epoch_partition *p;

	gw_string(w, "Topic", 0, GW_MAX, &t->topic);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		offset_for_leader_epoch_partition(w, p);
	gw_tags(w);
}

void
gw_offset_for_leader_epoch_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_for_leader_epoch_request *r = msg;
	struct gw_offset_for_leader_epoch_topic *t;

	gw_i32(gw_ign(w), "ReplicaId", 3, GW_MAX, &r->replica_id, -2);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		offset_for_leader_epoch_topic(w, t);
	gw_tags(w);
}

static void
offset_for_leader_epoch_end_offset(struct gw_codec *w,
    struct gw_offset_for_leader_epoch_end_offset *o)
{
	gw_i16(w, "ErrorCode", 0, GW_MAX, &o->error_code, 0);
	gw_i32(w, "Partition", 0, GW_MAX, &o->partition, 0);
	gw_i32(gw_ign(w), "LeaderEpoch", 1, GW_MAX, &o->leader_epoch, -1);
	gw_i64(w, "EndOffset", 0, GW_MAX, &o->end_offset, -1);
	gw_tags(w);
}

static void
offset_for_leader_epoch_topic_result(struct gw_codec *w,
    struct gw_offset_for_leader_epoch_topic_result *t)
{
	struct gw_offset_for_leader_epoch_end_offset *o;

	gw_string(w, "Topic", 0, GW_MAX, &t->topic);
	GW_EACH(w, "Partitions", 0, GW_MAX, o, t->partitions, t->n_partitions)
		offset_for_leader_epoch_end_offset(w, o);
	gw_tags(w);
}

void
gw_offset_for_leader_epoch_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_for_leader_epoch_response *r = msg;
	struct gw_offset_for_leader_epoch_topic_result *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 2, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		offset_for_leader_epoch_topic_result(w, t);
	gw_tags(w);
}
