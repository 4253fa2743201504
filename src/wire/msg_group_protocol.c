/* SPDX-License-Identifier: MIT
 *
 * wire/msg_group_protocol.c - the blobs of the classic consumer protocol, never flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_group_protocol.h"

static void
consumer_protocol_owned(struct gw_codec *w, struct gw_consumer_protocol_topic_partition *p)
{
	gw_string(w, "Topic", 1, GW_MAX, &p->topic);
	gw_i32s(w, "Partitions", 1, GW_MAX, &p->partitions, &p->n_partitions);
	gw_tags(w);
}

void
gw_consumer_protocol_subscription_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_protocol_subscription *r = msg;
	struct gw_consumer_protocol_topic_partition *p;

	gw_strings(w, "Topics", 0, GW_MAX, &r->topics, &r->n_topics);
	gw_bytes(gw_null(w, 0), "UserData", 0, GW_MAX, &r->user_data);
	GW_EACH(gw_ign(w), "OwnedPartitions", 1, GW_MAX, p, r->owned_partitions,
	    r->n_owned_partitions)
		consumer_protocol_owned(w, p);
	gw_i32(gw_ign(w), "GenerationId", 2, GW_MAX, &r->generation_id, -1);
	gw_string(gw_ign(gw_null(w, 3)), "RackId", 3, GW_MAX, &r->rack_id);
	gw_tags(w);
}

static void
consumer_protocol_assigned(struct gw_codec *w, struct gw_consumer_protocol_topic_partition *p)
{
	gw_string(w, "Topic", 0, GW_MAX, &p->topic);
	gw_i32s(w, "Partitions", 0, GW_MAX, &p->partitions, &p->n_partitions);
	gw_tags(w);
}

void
gw_consumer_protocol_assignment_visit(struct gw_codec *w, void *msg)
{
	struct gw_consumer_protocol_assignment *r = msg;
	struct gw_consumer_protocol_topic_partition *p;

	GW_EACH(w, "AssignedPartitions", 0, GW_MAX, p, r->assigned_partitions,
	    r->n_assigned_partitions)
		consumer_protocol_assigned(w, p);
	gw_bytes(gw_null(w, 0), "UserData", 0, GW_MAX, &r->user_data);
	gw_tags(w);
}
