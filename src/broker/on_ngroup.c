/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_consumer_group_describe.h"
#include "wire/msg_consumer_group_heartbeat.h"

#define OPERATIONS	0x0148	/* bits of AclOperation: read, delete, describe */
#define CONSUMER_TYPE	1	/* of a member, since v1 */

/* ---- ConsumerGroupHeartbeat ---- */

static int
list_topics(void *ctx, const struct gw_ntopic **out, size_t *n)
{
	struct gw_request *rq = ctx;
	const struct gw_topic *t;
	struct gw_ntopic *all =
	    gw_arena_zero(rq->arena, rq->b->topics_by_name.n + 1, sizeof(*all));
	size_t pos = 0, k = 0;

	if (all == NULL)
		return GW_ENOMEM;
	while ((t = gw_map_next(&rq->b->topics_by_name, &pos)) != NULL)
		all[k++] = (struct gw_ntopic){ t->id, gw_str(t->name), t->n_parts };
	*out = all;
	*n = k;
	return 0;
}

static int
read_owned(struct gw_request *rq, const struct gw_consumer_group_heartbeat_request *q,
    struct gw_tps *out)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_topic_partitions; i++)
		n += q->topic_partitions[i].n_partitions;
	out->v = gw_arena_zero(rq->arena, n + 1, sizeof(*out->v));
	if (out->v == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topic_partitions; i++)
		for (size_t k = 0; k < q->topic_partitions[i].n_partitions; k++)
			out->v[out->n++] = (struct gw_tp){ q->topic_partitions[i].topic_id,
				q->topic_partitions[i].partitions[k] };
	gw_tps_sort(out);
	return 0;
}

/* By topic: the set is in that order. */
static int
tell_assigned(struct gw_request *rq, const struct gw_tps *s,
    struct gw_consumer_group_heartbeat_assignment *out)
{
	int32_t *parts = gw_arena_zero(rq->arena, s->n + 1, sizeof(*parts));

	out->topic_partitions = gw_arena_zero(rq->arena, s->n + 1, sizeof(*out->topic_partitions));
	if (parts == NULL || out->topic_partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		struct gw_consumer_group_heartbeat_topic_partitions *t;

		if (i == 0 ||
		    memcmp(&s->v[i].topic, &s->v[i - 1].topic, sizeof(s->v[i].topic)) != 0)
			out->topic_partitions[out->n_topic_partitions++] =
			    (struct gw_consumer_group_heartbeat_topic_partitions){
				    .topic_id = s->v[i].topic, .partitions = &parts[i]
			    };
		t = &out->topic_partitions[out->n_topic_partitions - 1];
		t->partitions[t->n_partitions++] = s->v[i].partition;
	}
	return 0;
}

static int
tell_beat(struct gw_request *rq, const struct gw_consumer_group_heartbeat_request *q,
    const struct gw_nbeaten *done, struct gw_consumer_group_heartbeat_response *r)
{
	const struct gw_nmember *m = done->member;
	const char *id = gw_arena_str(rq->arena, m == NULL ? q->member_id : gw_str(m->id));

	if (id == NULL)
		return GW_ENOMEM;
	r->member_id = gw_str(id);
	r->member_epoch = m == NULL ? q->member_epoch : m->epoch;
	if (m == NULL)
		return 0;
	r->heartbeat_interval_ms = rq->b->o.consumer_heartbeat_ms;
	if (!done->tell_assigned)
		return 0;
	r->assignment = gw_arena_zero(rq->arena, 1, sizeof(*r->assignment));
	return r->assignment == NULL ? GW_ENOMEM
				     : tell_assigned(rq, &m->assigned, r->assignment);
}

int
gw_on_consumer_group_heartbeat(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_consumer_group_heartbeat_request *q = request;
	struct gw_consumer_group_heartbeat_response *r = response;
	const struct gw_ntopics topics = { .moved = rq->b->topics_moved, .list = list_topics,
		.ctx = rq, .session_ms = rq->b->o.consumer_session_ms };
	struct gw_tps owned = { NULL, 0, 0 };
	struct gw_nbeat in = { .group = q->group_id, .member_id = q->member_id,
		.instance = q->instance_id, .rack = q->rack_id,
		.client_id = rq->client_id.ptr == NULL ? GW_LIT("") : rq->client_id,
		.client_host = gw_str(rq->client_host), .assignor = q->server_assignor,
		.regex = q->subscribed_topic_regex, .epoch = q->member_epoch,
		.rebalance_ms = q->rebalance_timeout_ms, .topics = q->subscribed_topic_names,
		.n_topics = q->n_subscribed_topic_names, .own_id = rq->version >= 1 };
	struct gw_nbeaten done;
	struct gw_cgroup *g;
	int rc = 0;

	if (!gw_ngroups_are_on(rq->b)) {
		r->error_code = GW_K_UNSUPPORTED_VERSION;
		return 0;
	}
	if (q->n_topic_partitions != GW_NULL_ARRAY) {
		rc = read_owned(rq, q, &owned);
		in.owned = &owned;
	}
	if (rc == 0)
		rc = gw_ngroup_beat(&rq->b->groups, &in, &topics, rq->now.us, &done);
	if (rc < 0)
		return rc;
	r->error_code = done.error;
	r->error_message = gw_str(done.why);
	if (done.error != 0)
		return 0;
	g = gw_cgroup_find(&rq->b->groups, q->group_id);
	rc = gw_ngroup_put(rq->b, g);
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
		r->error_code = GW_K_COORDINATOR_NOT_AVAILABLE;
		return 0;
	}
	rc = tell_beat(rq, q, &done, r);
	return rc < 0 ? rc : gw_wait_meta(rq, r);
}

/* ---- ConsumerGroupDescribe ---- */

static int
describe_parts(struct gw_request *rq, const struct gw_tps *s,
    struct gw_consumer_group_describe_assignment *out)
{
	struct gw_consumer_group_heartbeat_assignment by_topic = { .n_topic_partitions = 0 };
	int rc = tell_assigned(rq, s, &by_topic);
	size_t n = by_topic.n_topic_partitions;

	out->topic_partitions = gw_arena_zero(rq->arena, n + 1, sizeof(*out->topic_partitions));
	if (rc < 0 || out->topic_partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct gw_topic *t =
		    gw_topic_by_id(rq->b, &by_topic.topic_partitions[i].topic_id);

		if (t == NULL)
			continue;	/* deleted; the group will hear of it */
		out->topic_partitions[out->n_topic_partitions++] =
		    (struct gw_consumer_group_describe_topic_partitions){ .topic_id = t->id,
			    .topic_name = gw_str(t->name),
			    .partitions = by_topic.topic_partitions[i].partitions,
			    .n_partitions = by_topic.topic_partitions[i].n_partitions };
	}
	return 0;
}

static int
describe_member(struct gw_request *rq, const struct gw_nmember *m,
    struct gw_consumer_group_describe_member *out)
{
	*out = (struct gw_consumer_group_describe_member){ .member_id = gw_str(m->id),
		.instance_id = gw_str(m->instance), .rack_id = gw_str(m->rack),
		.member_epoch = m->epoch, .client_id = gw_str(m->client_id),
		.client_host = gw_str(m->client_host), .subscribed_topic_names = m->topics,
		.n_subscribed_topic_names = m->n_topics, .subscribed_topic_regex = gw_str(m->regex),
		.member_type = rq->version >= 1 ? CONSUMER_TYPE : -1 };
	if (describe_parts(rq, &m->assigned, &out->assignment) < 0)
		return GW_ENOMEM;
	return describe_parts(rq, &m->target, &out->target_assignment);
}

static int
describe(struct gw_request *rq, struct gw_slice name, bool operations,
    struct gw_consumer_group_describe_group *out)
{
	const struct gw_cgroup *g = gw_cgroup_find(&rq->b->groups, name);
	const struct gw_ngroup *ng = g == NULL ? NULL : g->next_gen;
	int rc = 0;

	*out = (struct gw_consumer_group_describe_group){ .group_id = name,
		.group_state = GW_LIT(""), .assignor_name = GW_LIT(""),
		.authorized_operations = operations ? OPERATIONS : INT32_MIN };
	if (ng == NULL) {
		out->error_code = GW_K_GROUP_ID_NOT_FOUND;
		out->error_message = g == NULL ? GW_LIT("There is no such group.")
					       : GW_LIT("It is not a consumer group of KIP-848.");
		out->authorized_operations = INT32_MIN;
		return 0;
	}
	out->group_state = gw_str(gw_ngroup_phase_name(ng));
	out->group_epoch = ng->epoch;
	out->assignment_epoch = ng->target_epoch;
	out->assignor_name = gw_assignor_name((int8_t)ng->assignor);
	out->members = gw_arena_zero(rq->arena, ng->n_members + 1, sizeof(*out->members));
	if (out->members == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < ng->n_members; i++)
		rc = describe_member(rq, ng->members[i], &out->members[out->n_members++]);
	return rc;
}

int
gw_on_consumer_group_describe(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_consumer_group_describe_request *q = request;
	struct gw_consumer_group_describe_response *r = response;
	int rc = 0;

	r->groups = gw_arena_zero(rq->arena, q->n_group_ids + 1, sizeof(*r->groups));
	if (r->groups == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_group_ids; i++) {
		rc = describe(rq, q->group_ids[i], q->include_authorized_operations,
		    &r->groups[r->n_groups++]);
		if (!gw_ngroups_are_on(rq->b))
			r->groups[i].error_code = GW_K_UNSUPPORTED_VERSION;
	}
	return rc;
}
