/* SPDX-License-Identifier: MIT
 *
 * client/admin_records.c - calls that ask the leaders of a topic: more partitions, fewer records.
 * Source: CreatePartitions, DeleteRecords (JSON); KIP-195, KIP-107.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_delete_records.h"

/* ---- more partitions ---- */

static const void *
build_grow(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_create_partitions_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_create_partitions_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_create_partitions_topic){ .name = gw_str(call->topic),
		.count = call->n_partitions, .n_assignments = GW_NULL_ARRAY };
	rq->topics = t;
	rq->n_topics = 1;
	rq->timeout_ms = (int32_t)call->client->cfg.request_timeout_ms;
	rq->validate_only = call->dry_run;
	return rq;
}

static int
take_grow(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_create_partitions_response *r = body;

	(void)version;
	if (r->n_results != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	/* A retry finds as many as its first attempt made. */
	if (r->results[0].error_code == GW_K_INVALID_PARTITIONS && part->n_errors > 0)
		return 0;
	return gw_call_outcome(call, r->results[0].error_code, r->results[0].error_message);
}

static const struct gw_call_kind grow_kind = { GW_API_CREATE_PARTITIONS, GW_ROUTE_CONTROLLER,
	build_grow, take_grow, "adding partitions to topic", false };

struct gw_call *
gw_call_grow_topic(struct gw_client *c, const char *topic, int32_t n_partitions, bool dry_run)
{
	struct gw_call *call;

	if (!gw_call_given(c, "adding partitions", topic))
		return NULL;
	call = gw_call_new(c, &grow_kind, topic, NULL);
	if (call == NULL)
		return NULL;
	call->n_partitions = n_partitions;
	call->dry_run = dry_run;
	return call;
}

/* ---- fewer records ---- */

static const void *
build_delete(struct gw_call *call, const struct gw_call_part *part, int version)
{
	const struct gw_topic *topic = call->topic_known;
	struct gw_arena *arena = &call->client->scratch;
	struct gw_delete_records_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_delete_records_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_delete_records_topic){ .name = gw_str(call->topic),
		.partitions = gw_arena_zero(arena, call->n_wanted, sizeof(*t->partitions)) };
	if (t->partitions == NULL)
		return NULL;
	for (size_t i = 0; i < call->n_wanted; i++) {
		const struct gw_offset_info *o = &call->wanted[i];

		if (topic->leaders[o->partition].node_id == part->node_id)
			t->partitions[t->n_partitions++] = (struct gw_delete_records_partition){
				.partition_index = o->partition, .offset = o->offset };
	}
	rq->topics = t;
	rq->n_topics = 1;
	rq->timeout_ms = (int32_t)call->client->cfg.request_timeout_ms;
	return rq;
}

static int
take_delete(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_delete_records_response *r = body;

	(void)part;
	(void)version;
	if (r->n_topics != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	for (size_t i = 0; i < r->topics[0].n_partitions; i++) {
		const struct gw_delete_records_partition_result *a = &r->topics[0].partitions[i];
		struct gw_offset_info *o;

		if (gw_err_retriable(a->error_code))
			return a->error_code;
		o = gw_call_add_offset(call);
		if (o == NULL)
			return gw_call_no_memory(call);
		*o = (struct gw_offset_info){ .topic = call->topic, .partition = a->partition_index,
			.offset = a->low_watermark, .timestamp_ms = -1, .error = a->error_code };
	}
	return 0;
}

static const struct gw_call_kind delete_records_kind = { GW_API_DELETE_RECORDS, GW_ROUTE_LEADERS,
	build_delete, take_delete, "deleting records of topic", false };

struct gw_call *
gw_call_delete_records(
    struct gw_client *c, const char *topic, const struct gw_offset_info *before, size_t n)
{
	struct gw_call *call;

	if (!gw_call_given(c, "deleting records", topic))
		return NULL;
	if (n == 0) {
		(void)gw_client_fail(c, GW_EINVAL, "deleting records of %s: of no partition",
		    topic);
		return NULL;
	}
	call = gw_call_new(c, &delete_records_kind, topic, NULL);
	return call == NULL ? NULL : gw_call_keep_offsets(call, before, n);
}
