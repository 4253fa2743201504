/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_records.c - DeleteRecords (key 21), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_delete_records.h"

static void
delete_records_partition(struct gw_codec *w, struct gw_delete_records_partition *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i64(w, "Offset", 0, GW_MAX, &p->offset, 0);
	gw_tags(w);
}

static void
delete_records_topic(struct gw_codec *w, struct gw_delete_records_topic *t)
{
	struct gw_delete_records_partition *p;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		delete_records_partition(w, p);
	gw_tags(w);
}

void
gw_delete_records_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_records_request *r = msg;
	struct gw_delete_records_topic *t;

	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		delete_records_topic(w, t);
	gw_i32(w, "TimeoutMs", 0, GW_MAX, &r->timeout_ms, 0);
	gw_tags(w);
}

static void
delete_records_partition_result(struct gw_codec *w, struct gw_delete_records_partition_result *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i64(w, "LowWatermark", 0, GW_MAX, &p->low_watermark, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_tags(w);
}

static void
delete_records_topic_result(struct gw_codec *w, struct gw_delete_records_topic_result *t)
{
	struct gw_delete_records_partition_result *p;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		delete_records_partition_result(w, p);
	gw_tags(w);
}

void
gw_delete_records_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_records_response *r = msg;
	struct gw_delete_records_topic_result *t;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		delete_records_topic_result(w, t);
	gw_tags(w);
}
