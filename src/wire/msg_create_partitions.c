/* SPDX-License-Identifier: MIT
 *
 * wire/msg_create_partitions.c - CreatePartitions (key 37), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_create_partitions.h"

static void
create_partitions_assignment(struct gw_codec *w, struct gw_create_partitions_assignment *a)
{
	gw_i32s(w, "BrokerIds", 0, GW_MAX, &a->broker_ids, &a->n_broker_ids);
	gw_tags(w);
}

static void
create_partitions_topic(struct gw_codec *w, struct gw_create_partitions_topic *t)
{
	struct gw_create_partitions_assignment *a;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	gw_i32(w, "Count", 0, GW_MAX, &t->count, 0);
	GW_EACH(gw_null_or_empty(w, 0), "Assignments", 0, GW_MAX, a, t->assignments,
	    t->n_assignments)
		create_partitions_assignment(w, a);
	gw_tags(w);
}

void
gw_create_partitions_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_create_partitions_request *r = msg;
	struct gw_create_partitions_topic *t;

	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		create_partitions_topic(w, t);
	gw_i32(w, "TimeoutMs", 0, GW_MAX, &r->timeout_ms, 0);
	gw_bool(w, "ValidateOnly", 0, GW_MAX, &r->validate_only, false);
	gw_tags(w);
}

static void
create_partitions_topic_result(struct gw_codec *w, struct gw_create_partitions_topic_result *t)
{
	gw_string(w, "Name", 0, GW_MAX, &t->name);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &t->error_code, 0);
	gw_string(gw_null(w, 0), "ErrorMessage", 0, GW_MAX, &t->error_message);
	gw_tags(w);
}

void
gw_create_partitions_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_create_partitions_response *r = msg;
	struct gw_create_partitions_topic_result *t;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Results", 0, GW_MAX, t, r->results, r->n_results)
		create_partitions_topic_result(w, t);
	gw_tags(w);
}
