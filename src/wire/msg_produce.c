/* SPDX-License-Identifier: MIT
 *
 * wire/msg_produce.c - Produce (key 0), flexible from version 9.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_produce.h"

static void
produce_partition_data(struct gw_codec *w, struct gw_produce_partition_data *p)
{
	gw_i32(w, "Index", 0, GW_MAX, &p->index, 0);
	gw_records(gw_null_or_empty(w, 0), "Records", 0, GW_MAX, &p->records);
	gw_tags(w);
}

static void
produce_topic_data(struct gw_codec *w, struct gw_produce_topic_data *t)
{
	struct gw_produce_partition_data *p;

	gw_string(gw_ign(w), "Name", 0, 12, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 13, GW_MAX, &t->topic_id);
	GW_EACH(w, "PartitionData", 0, GW_MAX, p, t->partition_data, t->n_partition_data)
		produce_partition_data(w, p);
	gw_tags(w);
}

void
gw_produce_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_produce_request *r = msg;
	struct gw_produce_topic_data *t;

	gw_string(gw_null(w, 3), "TransactionalId", 3, GW_MAX, &r->transactional_id);
	gw_i16(w, "Acks", 0, GW_MAX, &r->acks, 0);
	gw_i32(w, "TimeoutMs", 0, GW_MAX, &r->timeout_ms, 0);
	GW_EACH(w, "TopicData", 0, GW_MAX, t, r->topic_data, r->n_topic_data)
		produce_topic_data(w, t);
	gw_tags(w);
}

static void
produce_record_error(struct gw_codec *w, struct gw_produce_record_error *e)
{
	gw_i32(w, "BatchIndex", 8, GW_MAX, &e->batch_index, 0);
	gw_string(gw_null(w, 8), "BatchIndexErrorMessage", 8, GW_MAX,
	    &e->batch_index_error_message);
	gw_tags(w);
}

static void
produce_leader(struct gw_codec *w, struct gw_produce_leader *l)
{
	gw_i32(w, "LeaderId", 10, GW_MAX, &l->leader_id, -1);
	gw_i32(w, "LeaderEpoch", 10, GW_MAX, &l->leader_epoch, -1);
	gw_tags(w);
}

static void
produce_partition_response(struct gw_codec *w, struct gw_produce_partition_response *p)
{
	struct gw_produce_record_error *e;
	struct gw_produce_leader *l;
	struct gw_tags tags;

	gw_i32(w, "Index", 0, GW_MAX, &p->index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_i64(w, "BaseOffset", 0, GW_MAX, &p->base_offset, 0);
	gw_i64(gw_ign(w), "LogAppendTimeMs", 2, GW_MAX, &p->log_append_time_ms, -1);
	gw_i64(gw_ign(w), "LogStartOffset", 5, GW_MAX, &p->log_start_offset, -1);
	GW_EACH(gw_ign(w), "RecordErrors", 8, GW_MAX, e, p->record_errors, p->n_record_errors)
		produce_record_error(w, e);
	gw_string(gw_ign(gw_null(w, 8)), "ErrorMessage", 8, GW_MAX, &p->error_message);
	gw_tags_begin(w, &tags);
	GW_STRUCT(gw_tag(w, &tags, 0), "CurrentLeader", 10, GW_MAX, l, p->current_leader)
		produce_leader(w, l);
	gw_tags_end(w, &tags);
}

static void
produce_topic_response(struct gw_codec *w, struct gw_produce_topic_response *t)
{
	struct gw_produce_partition_response *p;

	gw_string(gw_ign(w), "Name", 0, 12, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 13, GW_MAX, &t->topic_id);
	GW_EACH(w, "PartitionResponses", 0, GW_MAX, p, t->partition_responses,
	    t->n_partition_responses)
		produce_partition_response(w, p);
	gw_tags(w);
}

static void
produce_node_endpoint(struct gw_codec *w, struct gw_produce_node_endpoint *e)
{
	gw_i32(w, "NodeId", 10, GW_MAX, &e->node_id, 0);
	gw_string(w, "Host", 10, GW_MAX, &e->host);
	gw_i32(w, "Port", 10, GW_MAX, &e->port, 0);
	gw_string(gw_null(w, 10), "Rack", 10, GW_MAX, &e->rack);
	gw_tags(w);
}

void
gw_produce_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_produce_response *r = msg;
	struct gw_produce_topic_response *t;
	struct gw_produce_node_endpoint *e;
	struct gw_tags tags;

	GW_EACH(w, "Responses", 0, GW_MAX, t, r->responses, r->n_responses)
		produce_topic_response(w, t);
	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_tags_begin(w, &tags);
	GW_EACH(gw_tag(w, &tags, 0), "NodeEndpoints", 10, GW_MAX, e, r->node_endpoints,
	    r->n_node_endpoints)
		produce_node_endpoint(w, e);
	gw_tags_end(w, &tags);
}
