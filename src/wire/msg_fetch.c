/* SPDX-License-Identifier: MIT
 *
 * wire/msg_fetch.c - Fetch (key 1), flexible from version 12.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_fetch.h"

static void
fetch_replica_state(struct gw_codec *w, struct gw_fetch_replica_state *s)
{
	gw_i32(w, "ReplicaId", 15, GW_MAX, &s->replica_id, -1);
	gw_i64(w, "ReplicaEpoch", 15, GW_MAX, &s->replica_epoch, -1);
	gw_tags(w);
}

static void
fetch_partition(struct gw_codec *w, struct gw_fetch_partition *p)
{
	struct gw_tags tags;

	gw_i32(w, "Partition", 0, GW_MAX, &p->partition, 0);
	gw_i32(gw_ign(w), "CurrentLeaderEpoch", 9, GW_MAX, &p->current_leader_epoch, -1);
	gw_i64(w, "FetchOffset", 0, GW_MAX, &p->fetch_offset, 0);
	gw_i32(w, "LastFetchedEpoch", 12, GW_MAX, &p->last_fetched_epoch, -1);
	gw_i64(gw_ign(w), "LogStartOffset", 5, GW_MAX, &p->log_start_offset, -1);
	gw_i32(w, "PartitionMaxBytes", 0, GW_MAX, &p->partition_max_bytes, 0);
	gw_tags_begin(w, &tags);
	gw_uuid(gw_ign(gw_tag(w, &tags, 0)), "ReplicaDirectoryId", 17, GW_MAX,
	    &p->replica_directory_id);
	gw_i64(gw_ign(gw_tag(w, &tags, 1)), "HighWatermark", 18, GW_MAX, &p->high_watermark,
	    INT64_MAX);
	gw_tags_end(w, &tags);
}

static void
fetch_topic(struct gw_codec *w, struct gw_fetch_topic *t)
{
	struct gw_fetch_partition *p;

	gw_string(gw_ign(w), "Topic", 0, 12, &t->topic);
	gw_uuid(gw_ign(w), "TopicId", 13, GW_MAX, &t->topic_id);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		fetch_partition(w, p);
	gw_tags(w);
}

static void
fetch_forgotten_topic(struct gw_codec *w, struct gw_fetch_forgotten_topic *t)
{
	gw_string(gw_ign(w), "Topic", 7, 12, &t->topic);
	gw_uuid(gw_ign(w), "TopicId", 13, GW_MAX, &t->topic_id);
	gw_i32s(w, "Partitions", 7, GW_MAX, &t->partitions, &t->n_partitions);
	gw_tags(w);
}

void
gw_fetch_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_fetch_request *r = msg;
	struct gw_fetch_topic *t;
	struct gw_fetch_forgotten_topic *f;
	struct gw_fetch_replica_state *s;
	struct gw_tags tags;

	gw_i32(w, "ReplicaId", 0, 14, &r->replica_id, -1);
	gw_i32(w, "MaxWaitMs", 0, GW_MAX, &r->max_wait_ms, 0);
	gw_i32(w, "MinBytes", 0, GW_MAX, &r->min_bytes, 0);
	gw_i32(gw_ign(w), "MaxBytes", 3, GW_MAX, &r->max_bytes, INT32_MAX);
	gw_i8(gw_ign(w), "IsolationLevel", 4, GW_MAX, &r->isolation_level, 0);
	gw_i32(gw_ign(w), "SessionId", 7, GW_MAX, &r->session_id, 0);
	gw_i32(gw_ign(w), "SessionEpoch", 7, GW_MAX, &r->session_epoch, -1);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		fetch_topic(w, t);
	GW_EACH(w, "ForgottenTopicsData", 7, GW_MAX, f, r->forgotten_topics_data,
	    r->n_forgotten_topics_data)
		fetch_forgotten_topic(w, f);
	gw_string(gw_ign(w), "RackId", 11, GW_MAX, &r->rack_id);
	gw_tags_begin(w, &tags);
	gw_string(gw_ign(gw_null(gw_tag(w, &tags, 0), 12)), "ClusterId", 12, GW_MAX,
	    &r->cluster_id);
	GW_STRUCT(gw_tag(w, &tags, 1), "ReplicaState", 15, GW_MAX, s, r->replica_state)
		fetch_replica_state(w, s);
	gw_tags_end(w, &tags);
}

static void
fetch_epoch_end_offset(struct gw_codec *w, struct gw_fetch_epoch_end_offset *o)
{
	gw_i32(w, "Epoch", 12, GW_MAX, &o->epoch, -1);
	gw_i64(w, "EndOffset", 12, GW_MAX, &o->end_offset, -1);
	gw_tags(w);
}

static void
fetch_leader(struct gw_codec *w, struct gw_fetch_leader *l)
{
	gw_i32(w, "LeaderId", 12, GW_MAX, &l->leader_id, -1);
	gw_i32(w, "LeaderEpoch", 12, GW_MAX, &l->leader_epoch, -1);
	gw_tags(w);
}

static void
fetch_snapshot_id(struct gw_codec *w, struct gw_fetch_snapshot_id *i)
{
	gw_i64(w, "EndOffset", 0, GW_MAX, &i->end_offset, -1);
	gw_i32(w, "Epoch", 0, GW_MAX, &i->epoch, -1);
	gw_tags(w);
}

static void
fetch_aborted_transaction(struct gw_codec *w, struct gw_fetch_aborted_transaction *t)
{
	gw_i64(w, "ProducerId", 4, GW_MAX, &t->producer_id, 0);
	gw_i64(w, "FirstOffset", 4, GW_MAX, &t->first_offset, 0);
	gw_tags(w);
}

static void
fetch_partition_response(struct gw_codec *w, struct gw_fetch_partition_response *p)
{
	struct gw_fetch_aborted_transaction *t;
	struct gw_fetch_epoch_end_offset *o;
	struct gw_fetch_leader *l;
	struct gw_fetch_snapshot_id *i;
	struct gw_tags tags;

	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_i64(w, "HighWatermark", 0, GW_MAX, &p->high_watermark, 0);
	gw_i64(gw_ign(w), "LastStableOffset", 4, GW_MAX, &p->last_stable_offset, -1);
	gw_i64(gw_ign(w), "LogStartOffset", 5, GW_MAX, &p->log_start_offset, -1);
	GW_EACH(gw_ign(gw_null_or_empty(w, 4)), "AbortedTransactions", 4, GW_MAX, t,
	    p->aborted_transactions, p->n_aborted_transactions)
		fetch_aborted_transaction(w, t);
	gw_i32(w, "PreferredReadReplica", 11, GW_MAX, &p->preferred_read_replica, -1);
	gw_records(gw_null_or_empty(w, 0), "Records", 0, GW_MAX, &p->records);
	gw_tags_begin(w, &tags);
	GW_STRUCT(gw_tag(w, &tags, 0), "DivergingEpoch", 12, GW_MAX, o, p->diverging_epoch)
		fetch_epoch_end_offset(w, o);
	GW_STRUCT(gw_tag(w, &tags, 1), "CurrentLeader", 12, GW_MAX, l, p->current_leader)
		fetch_leader(w, l);
	GW_STRUCT(gw_tag(w, &tags, 2), "SnapshotId", 12, GW_MAX, i, p->snapshot_id)
		fetch_snapshot_id(w, i);
	gw_tags_end(w, &tags);
}

static void
fetch_topic_response(struct gw_codec *w, struct gw_fetch_topic_response *t)
{
	struct gw_fetch_partition_response *p;

	gw_string(gw_ign(w), "Topic", 0, 12, &t->topic);
	gw_uuid(gw_ign(w), "TopicId", 13, GW_MAX, &t->topic_id);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, t->partitions, t->n_partitions)
		fetch_partition_response(w, p);
	gw_tags(w);
}

static void
fetch_node_endpoint(struct gw_codec *w, struct gw_fetch_node_endpoint *e)
{
	gw_i32(w, "NodeId", 16, GW_MAX, &e->node_id, 0);
	gw_string(w, "Host", 16, GW_MAX, &e->host);
	gw_i32(w, "Port", 16, GW_MAX, &e->port, 0);
	gw_string(gw_null(w, 16), "Rack", 16, GW_MAX, &e->rack);
	gw_tags(w);
}

void
gw_fetch_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_fetch_response *r = msg;
	struct gw_fetch_topic_response *t;
	struct gw_fetch_node_endpoint *e;
	struct gw_tags tags;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(gw_ign(w), "ErrorCode", 7, GW_MAX, &r->error_code, 0);
	gw_i32(w, "SessionId", 7, GW_MAX, &r->session_id, 0);
	GW_EACH(w, "Responses", 0, GW_MAX, t, r->responses, r->n_responses)
		fetch_topic_response(w, t);
	gw_tags_begin(w, &tags);
	GW_EACH(gw_tag(w, &tags, 0), "NodeEndpoints", 16, GW_MAX, e, r->node_endpoints,
	    r->n_node_endpoints)
		fetch_node_endpoint(w, e);
	gw_tags_end(w, &tags);
}
