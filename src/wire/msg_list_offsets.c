/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_offsets.c - ListOffsets (key 2), flexible from version 6.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_list_offsets.h"

static void
list_offsets_partition(struct gw_codec *w, struct gw_list_offsets_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i32(gw_ign(w), "CurrentLeaderEpoch", 4, GW_MAX, &p->current_leader_epoch, -1);
	gw_i64(w, "Timestamp", 0, GW_MAX, &p->timestamp, 0);
	gw_tags(w);
}

static void
list_offsets_topic(struct gw_codec *w, struct gw_list_offsets_topic *t)
{
	struct gw_list_offsets_partition *p;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		list_offsets_partition(w, p);
	gw_tags(w);
}

void
gw_list_offsets_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_offsets_request *r = msg;
	struct gw_list_offsets_topic *t;

	gw_i32(w, "ReplicaId", 0, GW_MAX, &r->replica_id, 0);
	gw_i8(w, "IsolationLevel", 2, GW_MAX, &r->isolation_level, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		list_offsets_topic(w, t);
	gw_i32(gw_ign(w), "TimeoutMs", 10, GW_MAX, &r->timeout_ms, 0);
	gw_tags(w);
}

static void
list_offsets_partition_response(struct gw_codec *w, struct gw_list_offsets_partition_response *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_i64(w, "Timestamp", 1, GW_MAX, &p->timestamp, -1);
	gw_i64(w, "Offset", 1, GW_MAX, &p->offset, -1);
	gw_i32(w, "LeaderEpoch", 4, GW_MAX, &p->leader_epoch, -1);
	gw_tags(w);
}

static void
list_offsets_topic_response(struct gw_codec *w, struct gw_list_offsets_topic_response *t)
{
	struct gw_list_offsets_partition_response *p;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		list_offsets_partition_response(w, p);
	gw_tags(w);
}

void
gw_list_offsets_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_offsets_response *r = msg;
	struct gw_list_offsets_topic_response *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 2, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		list_offsets_topic_response(w, t);
	gw_tags(w);
}
