/* SPDX-License-Identifier: MIT
 *
 * client/admin_topics.c - calls about topics and the cluster.
 * Source: CreateTopics, DeleteTopics, Metadata, ListOffsets (JSON).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_metadata.h"

static int32_t
broker_timeout(const struct gw_call *call)
{
	return (int32_t)call->client->cfg.request_timeout_ms;
}

/* ---- create ---- */

static struct gw_create_topics_config *
build_configs(struct gw_call *call)
{
	struct gw_create_topics_config *f =
	    gw_arena_zero(&call->client->scratch, call->n_configs + 1, sizeof(*f));

	for (size_t i = 0; f != NULL && i < call->n_configs; i++) {
		f[i].name = gw_str(call->configs[i].name);
		f[i].value = gw_str(call->configs[i].value);
	}
	return f;
}

static const void *
build_create(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_create_topics_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_create_topics_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_create_topics_topic){ .name = gw_str(call->topic),
	    .num_partitions = call->n_partitions, .replication_factor = call->replication_factor,
	    .configs = build_configs(call), .n_configs = call->n_configs };
	/* Before v4 (brokers to 2.3) there is no "default": one of each then. */
	if (version < 4 && t->num_partitions < 0)
		t->num_partitions = 1;
	if (version < 4 && t->replication_factor < 0)
		t->replication_factor = 1;
	rq->topics = t;
	rq->n_topics = 1;
	rq->timeout_ms = broker_timeout(call);
	return t->configs == NULL ? NULL : rq;
}

static int
take_create(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_create_topics_response *r = body;

	(void)part;
	(void)version;
	if (r->n_topics != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (r->topics[0].error_code == 0 || r->topics[0].error_code == GW_K_NOT_CONTROLLER)
		return r->topics[0].error_code;
	/* A retry may find the topic that its first attempt made. */
	if (r->topics[0].error_code == GW_K_TOPIC_ALREADY_EXISTS && part->n_errors > 0)
		return 0;
	return gw_call_refuse(call, r->topics[0].error_code, r->topics[0].error_message);
}

static const struct gw_call_kind create_topic_kind = { GW_API_CREATE_TOPICS, GW_ROUTE_CONTROLLER,
    build_create, take_create, "creating topic", false };

struct gw_call *
gw_call_create_topic(struct gw_client *c, const char *topic, int32_t n_partitions,
    int16_t replication_factor, const struct gw_config *configs, size_t n_configs)
{
	struct gw_call *call;

	if (!gw_call_given(c, "creating topic", topic))
		return NULL;
	call = gw_call_new(c, &create_topic_kind, topic, NULL);
	if (call == NULL)
		return NULL;
	call->n_partitions = n_partitions;
	call->replication_factor = replication_factor;
	return gw_call_keep_configs(call, configs, n_configs);
}

/* ---- delete ---- */

static const void *
build_delete(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_delete_topics_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_delete_topics_topic *t = gw_arena_zero(arena, 1, sizeof(*t));
	struct gw_slice *name = gw_arena_zero(arena, 1, sizeof(*name));

	(void)part;
	if (rq == NULL || t == NULL || name == NULL)
		return NULL;
	t->name = *name = gw_str(call->topic);
	if (version >= 6) {
		rq->topics = t;
		rq->n_topics = 1;
	} else {
		rq->topic_names = name;
		rq->n_topic_names = 1;
	}
	rq->timeout_ms = broker_timeout(call);
	return rq;
}

static int
take_delete(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_delete_topics_response *r = body;

	(void)version;
	if (r->n_responses != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (r->responses[0].error_code == 0 || r->responses[0].error_code == GW_K_NOT_CONTROLLER)
		return r->responses[0].error_code;
	if (r->responses[0].error_code == GW_K_UNKNOWN_TOPIC_OR_PARTITION && part->n_errors > 0)
		return 0;
	return gw_call_refuse(call, r->responses[0].error_code, r->responses[0].error_message);
}

static const struct gw_call_kind delete_topic_kind = { GW_API_DELETE_TOPICS, GW_ROUTE_CONTROLLER,
    build_delete, take_delete, "deleting topic", false };

struct gw_call *
gw_call_delete_topic(struct gw_client *c, const char *topic)
{
	return gw_call_given(c, "deleting topic", topic) ?
	    gw_call_new(c, &delete_topic_kind, topic, NULL) : NULL;
}

/* ---- the cluster ---- */

static const void *
build_cluster(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_metadata_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_metadata_request_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	t->name = gw_str(call->topic);
	rq->topics = call->topic == NULL ? NULL : t;
	rq->n_topics = call->topic == NULL ? GW_NULL_ARRAY : 1;
	return rq;
}

static bool
take_brokers(struct gw_call *call, const struct gw_metadata_response *r)
{
	struct gw_broker_info *b = gw_arena_zero(&call->arena, r->n_brokers + 1, sizeof(*b));
	bool failed = b == NULL;

	for (size_t i = 0; !failed && i < r->n_brokers; i++)
		b[i] = (struct gw_broker_info){ .node_id = r->brokers[i].node_id,
			.host = gw_call_str(call, r->brokers[i].host, &failed),
			.rack = gw_call_str(call, r->brokers[i].rack, &failed),
			.port = r->brokers[i].port };
	call->cluster.brokers = b;
	call->cluster.n_brokers = r->n_brokers;
	call->cluster.controller = r->controller_id;
	call->cluster.cluster_id = gw_call_str(call, r->cluster_id, &failed);
	return !failed;
}

static int32_t *
copy_nodes(struct gw_call *call, const int32_t *nodes, size_t n, bool *failed)
{
	int32_t *copy = gw_arena_zero(&call->arena, n + 1, sizeof(*copy));

	*failed |= copy == NULL;
	if (copy != NULL && n > 0)
		memcpy(copy, nodes, n * sizeof(*copy));
	return copy;
}

static bool
take_topic(struct gw_call *call, const struct gw_metadata_topic *m, struct gw_topic_info *t)
{
	bool failed = false;

	t->name = gw_call_str(call, m->name, &failed);
	t->is_internal = m->is_internal;
	t->error = m->error_code;
	t->n_partitions = m->n_partitions;
	t->partitions = gw_arena_zero(&call->arena, m->n_partitions + 1, sizeof(*t->partitions));
	failed |= t->partitions == NULL;
	for (size_t i = 0; !failed && i < m->n_partitions; i++) {
		const struct gw_metadata_partition *p = &m->partitions[i];

		t->partitions[i] = (struct gw_partition_info){ .partition = p->partition_index,
		    .leader = p->leader_id, .leader_epoch = p->leader_epoch, .error = p->error_code,
		    .replicas = copy_nodes(call, p->replica_nodes, p->n_replica_nodes, &failed),
		    .n_replicas = p->n_replica_nodes,
		    .isr = copy_nodes(call, p->isr_nodes, p->n_isr_nodes, &failed),
		    .n_isr = p->n_isr_nodes };
	}
	return !failed;
}

static int
take_cluster(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_metadata_response *r = body;
	struct gw_topic_info *t = gw_arena_zero(&call->arena, r->n_topics + 1, sizeof(*t));
	bool well = t != NULL && take_brokers(call, r);

	(void)version;
	if (r->error_code != 0)
		return r->error_code;
	/*
	 * A leader is being chosen right after the topic was made: worth another look, not an
	 * answer.
	 */
	if (r->n_topics == 1 && r->topics[0].error_code == GW_K_LEADER_NOT_AVAILABLE &&
	    part->n_errors < 5)
		return GW_K_LEADER_NOT_AVAILABLE;
	for (size_t i = 0; well && i < r->n_topics; i++)
		well = take_topic(call, &r->topics[i], &t[i]);
	if (!well)
		return gw_call_no_memory(call);
	call->cluster.topics = t;
	call->cluster.n_topics = r->n_topics;
	return 0;
}

static const struct gw_call_kind cluster_kind = { GW_API_METADATA, GW_ROUTE_ANY, build_cluster,
    take_cluster, "asking for the cluster", false };

struct gw_call *
gw_call_cluster(struct gw_client *c, const char *topic)
{
	return gw_call_new(c, &cluster_kind, topic, NULL);
}

const struct gw_cluster_info *
gw_call_cluster_result(const struct gw_call *call)
{
	return &call->cluster;
}

/* ---- offsets of a topic ---- */

static const void *
build_list_offsets(struct gw_call *call, const struct gw_call_part *part, int version)
{
	const struct gw_topic *topic = call->topic_known;
	struct gw_arena *arena = &call->client->scratch;
	struct gw_list_offsets_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_list_offsets_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_list_offsets_topic){ .name = { topic->name, topic->name_len },
		.partitions =
		    gw_arena_zero(arena, (size_t)topic->n_partitions, sizeof(*t->partitions)) };
	if (t->partitions == NULL)
		return NULL;
	for (int32_t i = 0; i < topic->n_partitions; i++)
		if (topic->leaders[i].node_id == part->node_id)
			t->partitions[t->n_partitions++] = (struct gw_list_offsets_partition){
			    .partition_index = i, .current_leader_epoch = topic->leaders[i].epoch,
			    .timestamp = call->at };
	rq->replica_id = -1;
	rq->isolation_level = (int8_t)call->client->cfg.isolation_level;
	rq->timeout_ms = broker_timeout(call);
	rq->topics = t;
	rq->n_topics = 1;
	return rq;
}

static int
take_list_offsets(
    struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_list_offsets_response *r = body;
	size_t before = call->offsets.n_offsets;

	(void)part;
	(void)version;
	if (r->n_topics != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	for (size_t i = 0; i < r->topics[0].n_partitions; i++) {
		const struct gw_list_offsets_partition_response *a = &r->topics[0].partitions[i];
		struct gw_offset_info *o;

		if (gw_err_retriable(a->error_code)) {
			call->offsets.n_offsets = before;
			return a->error_code;
		}
		o = gw_call_add_offset(call);
		if (o == NULL)
			return gw_call_no_memory(call);
		*o = (struct gw_offset_info){ .topic = call->topic, .partition = a->partition_index,
		    .offset = a->offset, .timestamp_ms = a->timestamp, .error = a->error_code };
	}
	return 0;
}

static const struct gw_call_kind list_offsets_kind = { GW_API_LIST_OFFSETS, GW_ROUTE_LEADERS,
    build_list_offsets, take_list_offsets, "asking for the offsets of topic", false };

struct gw_call *
gw_call_list_offsets(struct gw_client *c, const char *topic, int64_t at)
{
	struct gw_call *call;

	if (!gw_call_given(c, "asking for offsets", topic))
		return NULL;
	if (at < 0 && at != GW_OFFSET_EARLIEST && at != GW_OFFSET_LATEST) {
		(void)gw_client_fail(c, GW_EINVAL,
		    "gw_call_list_offsets: %lld is neither a time nor an end "
		    "of the log",
		    (long long)at);
		return NULL;
	}
	call = gw_call_new(c, &list_offsets_kind, topic, NULL);
	if (call != NULL)
		call->at = at;
	return call;
}

const struct gw_offsets *
gw_call_offsets_result(const struct gw_call *call)
{
	return &call->offsets;
}
