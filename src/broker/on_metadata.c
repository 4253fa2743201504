/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_describe_cluster.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_metadata.h"

/*
 * Bits of AclOperation: without an authorizer everything that the kind of resource knows is
 * allowed.
 */
#define TOPIC_OPERATIONS	0x0df8
#define CLUSTER_OPERATIONS	0x1fa0

/* ---- Metadata ---- */

static int
tell_partitions(struct gw_request *rq, const struct gw_topic *t, struct gw_metadata_topic *out)
{
	int32_t *self = gw_arena_zero(rq->arena, 1, sizeof(*self));

	out->partitions = gw_arena_zero(rq->arena, (size_t)t->n_parts, sizeof(*out->partitions));
	if (self == NULL || out->partitions == NULL)
		return GW_ENOMEM;
	*self = GW_BROKER_ID;
	out->n_partitions = (size_t)t->n_parts;
	for (int32_t i = 0; i < t->n_parts; i++)
		out->partitions[i] = (struct gw_metadata_partition){ .partition_index = i,
			.leader_id = GW_BROKER_ID,
			.leader_epoch = rq->b->leader_epoch,
			.replica_nodes = self,
			.n_replica_nodes = 1,
			.isr_nodes = self,
			.n_isr_nodes = 1 };
	return 0;
}

static int
tell_topic(struct gw_request *rq, const struct gw_topic *t, const struct gw_metadata_request *q,
    struct gw_metadata_topic *out)
{
	out->name = gw_str(t->name);
	out->topic_id = t->id;
	out->topic_authorized_operations =
	    rq->version >= 8 && q->include_topic_authorized_operations ? TOPIC_OPERATIONS
								       : INT32_MIN;
	return tell_partitions(rq, t, out);
}

static int16_t
auto_create(struct gw_request *rq, struct gw_slice name, struct gw_topic **t)
{
	struct gw_err err = { 0 };
	int rc;

	if (!gw_topic_name_ok(name))
		return GW_K_INVALID_TOPIC_EXCEPTION;
	rc = gw_topic_create(rq->b, name, rq->b->o.num_partitions, NULL, t, &err);
	if (rc == 0) {
		gw_keep_soon(rq->b, rq->now);
		return 0;
	}
	gw_broker_disk_error(rq->b, rq->b->dir, rc);
	return rc > 0 ? (int16_t)rc : GW_K_KAFKA_STORAGE_ERROR;
}

static bool
id_given(const struct gw_uuid *id)
{
	static const struct gw_uuid zero = { { 0 } };

	return memcmp(id, &zero, sizeof(zero)) != 0;
}

static int
tell_asked(struct gw_request *rq, const struct gw_metadata_request *q,
    const struct gw_metadata_request_topic *asked, struct gw_metadata_topic *out)
{
	bool by_id = asked->name.ptr == NULL || (rq->version >= 12 && id_given(&asked->topic_id));
	struct gw_topic *t = gw_topic_named(rq->b, by_id, asked->name, &asked->topic_id);
	int16_t error = 0;

	if (t == NULL && by_id)
		error = GW_K_UNKNOWN_TOPIC_ID;
	else if (t == NULL && !gw_topic_name_ok(asked->name))
		error = GW_K_INVALID_TOPIC_EXCEPTION;
	else if (t == NULL && q->allow_auto_topic_creation && rq->b->o.auto_create_topics)
		error = auto_create(rq, asked->name, &t);
	else if (t == NULL)
		error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (error == 0)
		return tell_topic(rq, t, q, out);
	out->error_code = error;
	out->name = asked->name;
	out->topic_id = asked->topic_id;
	out->topic_authorized_operations = INT32_MIN;
	return 0;
}

static int
tell_all(struct gw_request *rq, const struct gw_metadata_request *q, struct gw_metadata_response *r)
{
	struct gw_topic *t;
	size_t pos = 0;
	int rc = 0;

	r->topics = gw_arena_zero(rq->arena, rq->b->topics_by_name.n, sizeof(*r->topics));
	if (r->topics == NULL && rq->b->topics_by_name.n > 0)
		return GW_ENOMEM;
	while (rc == 0 && (t = gw_map_next(&rq->b->topics_by_name, &pos)) != NULL)
		rc = tell_topic(rq, t, q, &r->topics[r->n_topics++]);
	return rc;
}

int
gw_on_metadata(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_metadata_request *q = request;
	struct gw_metadata_response *r = response;
	int rc = 0;

	r->brokers = gw_arena_zero(rq->arena, 1, sizeof(*r->brokers));
	if (r->brokers == NULL)
		return GW_ENOMEM;
	r->brokers[r->n_brokers++] = (struct gw_metadata_broker){ .node_id = GW_BROKER_ID,
		.host = gw_str(rq->b->host), .port = rq->b->addr.port };
	r->cluster_id = gw_str(rq->b->cluster_text);
	r->controller_id = GW_BROKER_ID;
	r->cluster_authorized_operations = rq->version >= 8 && rq->version <= 10 &&
	    q->include_cluster_authorized_operations ? CLUSTER_OPERATIONS : INT32_MIN;
	if (q->n_topics == GW_NULL_ARRAY || (rq->version == 0 && q->n_topics == 0))
		return tell_all(rq, q, r);
	r->topics = gw_arena_zero(rq->arena, q->n_topics, sizeof(*r->topics));
	if (r->topics == NULL && q->n_topics > 0)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++)
		rc = tell_asked(rq, q, &q->topics[i], &r->topics[r->n_topics++]);
	return rc;
}

/* ---- DescribeCluster ---- */

int
gw_on_describe_cluster(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_describe_cluster_request *q = request;
	struct gw_describe_cluster_response *r = response;

	r->endpoint_type = q->endpoint_type;
	if (q->endpoint_type != 1) {
		r->error_code = GW_K_UNSUPPORTED_VERSION;
		r->error_message = GW_LIT("this broker has no controller of its own to describe");
		return 0;
	}
	r->brokers = gw_arena_zero(rq->arena, 1, sizeof(*r->brokers));
	if (r->brokers == NULL)
		return GW_ENOMEM;
	r->brokers[r->n_brokers++] = (struct gw_describe_cluster_broker){ .broker_id = GW_BROKER_ID,
		.host = gw_str(rq->b->host), .port = rq->b->addr.port };
	r->cluster_id = gw_str(rq->b->cluster_text);
	r->controller_id = GW_BROKER_ID;
	r->cluster_authorized_operations =
	    q->include_cluster_authorized_operations ? CLUSTER_OPERATIONS : INT32_MIN;
	return 0;
}

/* ---- FindCoordinator ---- */

enum { KEY_GROUP = 0, KEY_TRANSACTION = 1 };

static int16_t
judge_key(int8_t type, struct gw_slice key, struct gw_slice *message)
{
	switch (type) {
	case KEY_GROUP:
		if (key.len > 0)
			return 0;
		*message = GW_LIT("the group id is empty");
		return GW_K_INVALID_GROUP_ID;
	case KEY_TRANSACTION:
		if (key.len > 0)
			return 0;
		*message = GW_LIT("the transactional id is empty");
		return GW_K_INVALID_REQUEST;
	default:
		*message = GW_LIT("this broker coordinates only groups and transactions");
		return GW_K_INVALID_REQUEST;
	}
}

static void
find_one(struct gw_request *rq, int8_t type, struct gw_slice key,
    struct gw_find_coordinator_coordinator *out)
{
	out->key = key;
	out->host = GW_LIT("");
	out->node_id = out->port = -1;
	out->error_code = judge_key(type, key, &out->error_message);
	if (out->error_code != 0)
		return;
	out->node_id = GW_BROKER_ID;
	out->host = gw_str(rq->b->host);
	out->port = rq->b->addr.port;
}

int
gw_on_find_coordinator(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_find_coordinator_request *q = request;
	struct gw_find_coordinator_response *r = response;
	struct gw_find_coordinator_coordinator one = { 0 };

	if (rq->version < 4) {
		find_one(rq, q->key_type, q->key, &one);
		r->error_code = one.error_code;
		r->error_message = one.error_message;
		r->node_id = one.node_id;
		r->host = one.host;
		r->port = one.port;
		return 0;
	}
	r->coordinators = gw_arena_zero(rq->arena, q->n_coordinator_keys, sizeof(*r->coordinators));
	if (r->coordinators == NULL && q->n_coordinator_keys > 0)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_coordinator_keys; i++)
		find_one(
		    rq, q->key_type, q->coordinator_keys[i], &r->coordinators[r->n_coordinators++]);
	return 0;
}
