/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_delete_records.h"
#include "wire/msg_delete_topics.h"

/* A GW_E* of the disk or of memory, as a client may be told it. */
static int16_t
to_kafka(struct gw_broker *b, int rc)
{
	if (rc >= 0)
		return (int16_t)rc;
	gw_broker_disk_error(b, b->dir, rc);
	return GW_K_KAFKA_STORAGE_ERROR;
}

/* err's text, kept for the answer. */
static struct gw_slice
message(struct gw_request *rq, const struct gw_err *err)
{
	return gw_str(err->msg[0] == '\0' ? NULL : gw_arena_str(rq->arena, gw_str(err->msg)));
}

/* ---- CreateTopics ---- */

static int
judge_assignments(const struct gw_create_topics_topic *q, struct gw_err *err)
{
	if (q->num_partitions != -1 || q->replication_factor != -1)
		return gw_err_set(err, GW_K_INVALID_REQUEST,
		    "both assignments and numbers of partitions or replicas "
		    "are given");
	for (size_t i = 0; i < q->n_assignments; i++) {
		const struct gw_create_topics_assignment *a = &q->assignments[i];

		if (a->n_broker_ids != 1 || a->broker_ids[0] != GW_BROKER_ID)
			return gw_err_set(err, 39, "partitions can only be assigned to broker %d",
			    GW_BROKER_ID);
	}
	return 0;
}

static int
judge_create(struct gw_request *rq, const struct gw_create_topics_topic *q, int32_t n_parts,
    struct gw_topic_configs *configs, struct gw_err *err)
{
	int rc;

	if (!gw_topic_name_ok(q->name))
		return gw_err_set(err, GW_K_INVALID_TOPIC_EXCEPTION,
		    "a topic's name has 1 to %d of the characters "
		    "a-z A-Z 0-9 . _ - and is not . or ..",
		    GW_BROKER_TOPIC_NAME_MAX);
	if (gw_topic_by_name(rq->b, q->name) != NULL)
		return gw_err_set(err, GW_K_TOPIC_ALREADY_EXISTS, "Topic '%.*s' already exists.",
		    GW_FMT(q->name));
	if (q->n_assignments > 0 && (rc = judge_assignments(q, err)) != 0)
		return rc;
	if (n_parts < 1 || n_parts > GW_BROKER_PARTITIONS_MAX)
		return gw_err_set(err, GW_K_INVALID_PARTITIONS,
		    "Number of partitions must be between 1 and %d.", GW_BROKER_PARTITIONS_MAX);
	if (q->replication_factor != -1 && q->replication_factor != 1)
		return gw_err_set(err, GW_K_INVALID_REPLICATION_FACTOR,
		    "this broker is alone: the replication factor "
		    "can only be 1 (or -1, the default), not %d",
		    q->replication_factor);
	for (size_t i = 0; i < q->n_configs; i++) {
		rc = gw_topic_config_set(
		    configs, rq->b->env->alloc, q->configs[i].name, q->configs[i].value, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
tell_configs(struct gw_request *rq, const struct gw_topic_configs *c,
    struct gw_create_topics_topic_result *out)
{
	out->configs = gw_arena_zero(rq->arena, gw_n_topic_settings, sizeof(*out->configs));
	if (out->configs == NULL)
		return GW_ENOMEM;
	out->n_configs = 0;
	for (size_t i = 0; i < gw_n_topic_settings; i++) {
		char text[GW_CONFIG_TEXT_MAX];
		enum gw_config_source source;
		const char *value =
		    gw_arena_str(rq->arena, gw_topic_config_text(c, &rq->b->o, i, text, &source));

		if (value == NULL)
			return GW_ENOMEM;
		out->configs[out->n_configs++] = (struct gw_create_topics_config_result){
			.name = gw_str(gw_topic_settings[i].name),
			.value = gw_str(value),
			.config_source = (int8_t)source };
	}
	return 0;
}

static int
create_one(struct gw_request *rq, const struct gw_create_topics_topic *q, bool validate_only,
    struct gw_create_topics_topic_result *out)
{
	int32_t n_parts = q->n_assignments > 0 ? (int32_t)q->n_assignments
	    : q->num_partitions == -1 ? rq->b->o.num_partitions : q->num_partitions;
	struct gw_topic_configs configs = { { NULL } };
	struct gw_topic *t = NULL;
	struct gw_err err = { 0 };
	int rc;

	*out = (struct gw_create_topics_topic_result){ .name = q->name,
		.num_partitions = -1,
		.replication_factor = -1,
		.n_configs = GW_NULL_ARRAY };
	rc = judge_create(rq, q, n_parts, &configs, &err);
	if (rc == 0 && !validate_only)
		rc = gw_topic_create(rq->b, q->name, n_parts, &configs, &t, &err);
	if (rc == 0) {
		out->num_partitions = n_parts;
		out->replication_factor = 1;
		if (t != NULL)
			out->topic_id = t->id;
		rc = tell_configs(rq, &configs, out);
		gw_topic_config_fini(&configs, rq->b->env->alloc);
		gw_keep_soon(rq->b, rq->now);
		return rc;
	}
	gw_topic_config_fini(&configs, rq->b->env->alloc);
	out->error_code = to_kafka(rq->b, rc);
	out->error_message = message(rq, &err);
	return 0;
}

static bool
named_twice(const struct gw_create_topics_request *q, size_t i)
{
	for (size_t k = 0; k < q->n_topics; k++)
		if (k != i && gw_slice_eq(q->topics[k].name, q->topics[i].name))
			return true;
	return false;
}

int
gw_on_create_topics(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_create_topics_request *q = request;
	struct gw_create_topics_response *r = response;
	int rc = 0;

	if (q->n_topics > GW_BROKER_PARTITIONS_MAX)
		return GW_ELIMIT;
	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++) {
		struct gw_create_topics_topic_result *out = &r->topics[r->n_topics++];

		if (!named_twice(q, i)) {
			rc = create_one(rq, &q->topics[i], q->validate_only, out);
			continue;
		}
		*out = (struct gw_create_topics_topic_result){ .name = q->topics[i].name,
			.num_partitions = -1,
			.replication_factor = -1,
			.n_configs = GW_NULL_ARRAY,
			.error_code = GW_K_INVALID_REQUEST,
			.error_message = GW_LIT("the topic is named twice in this request") };
	}
	return rc;
}

/* ---- DeleteTopics ---- */

static void
delete_one(struct gw_request *rq, bool by_id, struct gw_slice name, const struct gw_uuid *id,
    struct gw_delete_topics_topic_result *out)
{
	struct gw_topic *t = gw_topic_named(rq->b, by_id, name, id);
	struct gw_err err = { 0 };
	int rc;

	*out = (struct gw_delete_topics_topic_result){ .name = name, .topic_id = *id };
	if (t == NULL) {
		out->error_code = by_id ? GW_K_UNKNOWN_TOPIC_ID : GW_K_UNKNOWN_TOPIC_OR_PARTITION;
		return;
	}
	out->topic_id = t->id;
	if (by_id)
		out->name = gw_str(gw_arena_str(rq->arena, gw_str(t->name)));
	rc = gw_topic_delete(rq->b, t, &err);
	if (rc != 0) {
		out->error_code = to_kafka(rq->b, rc);
		out->error_message = message(rq, &err);
	}
}

int
gw_on_delete_topics(struct gw_request *rq, const void *request, void *response)
{
	static const struct gw_uuid zero = { { 0 } };
	const struct gw_delete_topics_request *q = request;
	struct gw_delete_topics_response *r = response;

	r->responses =
	    gw_arena_zero(rq->arena, q->n_topics + q->n_topic_names + 1, sizeof(*r->responses));
	if (r->responses == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topic_names; i++)
		delete_one(rq, false, q->topic_names[i], &zero, &r->responses[r->n_responses++]);
	for (size_t i = 0; i < q->n_topics; i++)
		delete_one(rq, q->topics[i].name.ptr == NULL, q->topics[i].name,
		    &q->topics[i].topic_id, &r->responses[r->n_responses++]);
	return 0;
}

/* ---- CreatePartitions ---- */

static int
grow_one(struct gw_request *rq, const struct gw_create_partitions_topic *q, bool validate_only,
    struct gw_err *err)
{
	struct gw_topic *t = gw_topic_by_name(rq->b, q->name);

	if (t == NULL)
		return gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic");
	if (q->count <= t->n_parts || q->count > GW_BROKER_PARTITIONS_MAX)
		return gw_err_set(err, GW_K_INVALID_PARTITIONS,
		    "the topic has %d partitions; it can only grow, and to at "
		    "most %d",
		    (int)t->n_parts, GW_BROKER_PARTITIONS_MAX);
	for (size_t i = 0; i < gw_count(q->n_assignments); i++)
		if (q->assignments[i].n_broker_ids != 1 ||
		    q->assignments[i].broker_ids[0] != GW_BROKER_ID)
			return gw_err_set(
			    err, 39, "partitions can only be assigned to broker %d", GW_BROKER_ID);
	return validate_only ? 0 : gw_topic_grow(rq->b, t, q->count, err);
}

int
gw_on_create_partitions(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_create_partitions_request *q = request;
	struct gw_create_partitions_response *r = response;

	r->results = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->results));
	if (r->results == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_create_partitions_topic_result *out = &r->results[r->n_results++];
		struct gw_err err = { 0 };

		out->name = q->topics[i].name;
		out->error_code =
		    to_kafka(rq->b, grow_one(rq, &q->topics[i], q->validate_only, &err));
		out->error_message = message(rq, &err);
	}
	return 0;
}

/* ---- DeleteRecords ---- */

static int16_t
delete_records(struct gw_request *rq, const struct gw_topic *t,
    const struct gw_delete_records_partition *q, int64_t *low)
{
	struct gw_plog *l = gw_topic_part(t, q->partition_index);
	struct gw_meta_partition m;
	int64_t offset = q->offset;
	int rc;

	if (l == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (offset == -1)
		offset = l->hw;
	if (offset < 0 || offset > l->hw)
		return GW_K_OFFSET_OUT_OF_RANGE;
	m = (struct gw_meta_partition){
		.topic_id = t->id, .partition = q->partition_index, .offset = offset
	};
	rc = offset <= l->start
		 ? 0
		 : gw_state_put_now(rq->b, GW_ENTRY_LOG_START, gw_meta_partition_visit, &m);
	if (rc == 0)
		rc = gw_plog_delete_before(l, offset);
	rq->b->moved++;
	*low = l->start;
	return to_kafka(rq->b, rc);
}

int
gw_on_delete_records(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_delete_records_request *q = request;
	struct gw_delete_records_response *r = response;

	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topics; i++) {
		const struct gw_delete_records_topic *qt = &q->topics[i];
		struct gw_delete_records_topic_result *rt = &r->topics[r->n_topics++];
		const struct gw_topic *t = gw_topic_by_name(rq->b, qt->name);

		rt->name = qt->name;
		rt->partitions =
		    gw_arena_zero(rq->arena, qt->n_partitions + 1, sizeof(*rt->partitions));
		if (rt->partitions == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; k < qt->n_partitions; k++) {
			struct gw_delete_records_partition_result *out =
			    &rt->partitions[rt->n_partitions++];

			out->partition_index = qt->partitions[k].partition_index;
			out->low_watermark = -1;
			out->error_code =
			    delete_records(rq, t, &qt->partitions[k], &out->low_watermark);
		}
	}
	return 0;
}
