/* SPDX-License-Identifier: MIT
 *
 * wire/msg_metadata.c - Metadata (key 3), flexible from version 9.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_metadata.h"

static void
metadata_request_topic(struct gw_codec *w, struct gw_metadata_request_topic *t)
{
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	gw_string(gw_null_or_empty(w, 10), "Name", 0, GW_MAX, &t->name);
	gw_tags(w);
}

void
gw_metadata_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_metadata_request *r = msg;
	struct gw_metadata_request_topic *t;

	GW_EACH(gw_null_or_empty(w, 1), "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		metadata_request_topic(w, t);
	gw_bool(w, "AllowAutoTopicCreation", 4, GW_MAX, &r->allow_auto_topic_creation, true);
	gw_bool(w, "IncludeClusterAuthorizedOperations", 8, 10,
	    &r->include_cluster_authorized_operations, false);
	gw_bool(w, "IncludeTopicAuthorizedOperations", 8, GW_MAX,
	    &r->include_topic_authorized_operations, false);
	gw_tags(w);
}

static void
metadata_broker(struct gw_codec *w, struct gw_metadata_broker *b)
{
	gw_i32(w, "NodeId", 0, GW_MAX, &b->node_id, 0);
	gw_string(w, "Host", 0, GW_MAX, &b->host);
	gw_i32(w, "Port", 0, GW_MAX, &b->port, 0);
	gw_string(gw_ign(gw_null(w, 1)), "Rack", 1, GW_MAX, &b->rack);
	gw_tags(w);
}

static void
metadata_partition(struct gw_codec *w, struct gw_metadata_partition *p)
{
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i32(w, "LeaderId", 0, GW_MAX, &p->leader_id, 0);
	gw_i32(gw_ign(w), "LeaderEpoch", 7, GW_MAX, &p->leader_epoch, -1);
	gw_i32s(w, "ReplicaNodes", 0, GW_MAX, &p->replica_nodes, &p->n_replica_nodes);
	gw_i32s(w, "IsrNodes", 0, GW_MAX, &p->isr_nodes, &p->n_isr_nodes);
	gw_i32s(gw_ign(w), "OfflineReplicas", 5, GW_MAX, &p->offline_replicas,
	    &p->n_offline_replicas);
	gw_tags(w);
}

static void
metadata_topic(struct gw_codec *w, struct gw_metadata_topic *t)
{
	struct gw_metadata_partition *p;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &t->error_code, 0);
	gw_string(gw_null_or_empty(w, 12), "Name", 0, GW_MAX, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 10, GW_MAX, &t->topic_id);
	gw_bool(gw_ign(w), "IsInternal", 1, GW_MAX, &t->is_internal, false);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		metadata_partition(w, p);
	gw_i32(w, "TopicAuthorizedOperations", 8, GW_MAX, &t->topic_authorized_operations,
	    INT32_MIN);
	gw_tags(w);
}

void
gw_metadata_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_metadata_response *r = msg;
	struct gw_metadata_broker *b;
	struct gw_metadata_topic *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 3, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Brokers", 0, GW_MAX, b, r->brokers, r->n_brokers)
		metadata_broker(w, b);
	gw_string(gw_ign(gw_null(w, 2)), "ClusterId", 2, GW_MAX, &r->cluster_id);
	gw_i32(gw_ign(w), "ControllerId", 1, GW_MAX, &r->controller_id, -1);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		metadata_topic(w, t);
	gw_i32(w, "ClusterAuthorizedOperations", 8, 10, &r->cluster_authorized_operations,
	    INT32_MIN);
	gw_i16(gw_ign(w), "ErrorCode", 13, GW_MAX, &r->error_code, 0);
	gw_tags(w);
}
