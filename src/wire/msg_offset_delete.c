/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_delete.c - OffsetDelete (key 47), never flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_offset_delete.h"

static void
offset_delete_request_partition(struct gw_codec *w, struct gw_offset_delete_request_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
}

static void
offset_delete_request_topic(struct gw_codec *w, struct gw_offset_delete_request_topic *p)
{
	struct gw_offset_delete_request_partition *x;

	gw_string(w, "Name", 0, GW_MAX, &p->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, x, p->partitions, p->n_partitions)
		offset_delete_request_partition(w, x);
}

void
gw_offset_delete_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_delete_request *r = msg;
	struct gw_offset_delete_request_topic *x;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	GW_EACH(w, "Topics", 0, GW_MAX, x, r->topics, r->n_topics)
		offset_delete_request_topic(w, x);
}

static void
offset_delete_partition(struct gw_codec *w, struct gw_offset_delete_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
}

static void
offset_delete_topic(struct gw_codec *w, struct gw_offset_delete_topic *p)
{
	struct gw_offset_delete_partition *x;

	gw_string(w, "Name", 0, GW_MAX, &p->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, x, p->partitions, p->n_partitions)
		offset_delete_partition(w, x);
}

void
gw_offset_delete_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_offset_delete_response *r = msg;
	struct gw_offset_delete_topic *x;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_i32(gw_ign(w), "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, x, r->topics, r->n_topics)
		offset_delete_topic(w, x);
}
