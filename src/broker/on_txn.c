/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_init_producer_id.h"

#define END_WAIT_US	30000000

/* Old clients know only the older code. KIP-588. */
static int16_t
told_as(int16_t error, int16_t version, int16_t fenced_since)
{
	return error == GW_K_PRODUCER_FENCED && version < fenced_since
	    ? GW_K_INVALID_PRODUCER_EPOCH : error;
}

/* ---- InitProducerId ---- */

/* Abort what is going on, for good before anything else is said. */
static int16_t
abort_now(struct gw_request *rq, struct gw_xact *t)
{
	if (gw_xact_end_it(rq->b, t, false, GW_XACT_MOVE, rq->now) < 0)
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	if (t->phase == GW_XACT_PREPARED && gw_meta_sync_now(&rq->b->meta) == 0)
		gw_xact_finish(rq->b, t, rq->now);
	return t->phase == GW_XACT_PREPARED ? GW_K_CONCURRENT_TRANSACTIONS : 0;
}

/* The new identity is durable before it is told, whatever the policy. */
static int
give_identity(struct gw_request *rq, struct gw_xact *t, const struct gw_xact_who *who,
    int32_t timeout_ms)
{
	struct gw_xact before = *t;
	int64_t fresh = -1;
	int rc = gw_xact_exhausted(t) ? gw_state_producer_id(rq->b, &fresh) : 0;

	if (rc == 0) {
		gw_xact_bump(t, who, fresh);
		gw_xact_complete(&rq->b->txns, t);
		t->phase = GW_XACT_EMPTY;
		t->timeout_ms = timeout_ms;
		t->changed_ms = rq->now.wall_ms;
		rc = gw_xact_put(rq->b, t);
	}
	if (rc == 0)
		rc = gw_meta_sync_now(&rq->b->meta);
	if (rc < 0)
		*t = before;
	return rc;
}

static int16_t
init_transactional(struct gw_request *rq, const struct gw_init_producer_id_request *q,
    struct gw_init_producer_id_response *r)
{
	const struct gw_xact_who who = { q->transactional_id, q->producer_id, q->producer_epoch };
	struct gw_xact *t;
	bool again, made;
	int16_t error =
	    gw_xact_may_init(&rq->b->txns, &who, q->transaction_timeout_ms, &t, &again);

	if (error == 0 && !again && t != NULL && t->phase == GW_XACT_ONGOING)
		error = abort_now(rq, t);
	if (error != 0)
		return error;
	made = t == NULL;
	if (made && (t = gw_xact_make(&rq->b->txns, who.id)) == NULL)
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	if (!again && give_identity(rq, t, &who, q->transaction_timeout_ms) < 0) {
		if (made)
			gw_xact_drop(&rq->b->txns, t);
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	}
	r->producer_id = t->producer_id;
	r->producer_epoch = t->epoch;
	return 0;
}

int
gw_on_init_producer_id(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_init_producer_id_request *q = request;
	struct gw_init_producer_id_response *r = response;
	int rc;

	if (q->transactional_id.ptr != NULL) {
		r->error_code = told_as(init_transactional(rq, q, r), rq->version, 4);
		if (r->error_code != 0)
			r->producer_epoch = -1;
		return 0;
	}
	/* Whatever id and epoch it had before: without transactions a fresh one is always right. */
	rc = gw_state_producer_id(rq->b, &r->producer_id);
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
		r->producer_id = -1;
		r->producer_epoch = -1;
		r->error_code = GW_K_COORDINATOR_NOT_AVAILABLE;
	}
	return 0;
}

/* ---- AddPartitionsToTxn ---- */

struct adding {
	struct gw_xact_who				 who;
	bool						 verify_only;
	const struct gw_add_partitions_to_txn_topic	*topics;
	size_t						 n_topics;
	int16_t						 fenced_since;
};

static int16_t
judge_part(const struct adding *a, const struct gw_xact *t, const struct gw_topic *topic,
    int32_t partition)
{
	if (gw_topic_part(topic, partition) == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (a->verify_only && !gw_xact_has_part(t, &topic->id, partition))
		return GW_K_TRANSACTION_ABORTABLE;
	return 0;
}

/* All or none: one that is not there keeps the others out, as in Apache Kafka. */
static bool
any_refused(struct gw_request *rq, const struct adding *a, const struct gw_xact *t)
{
	for (size_t i = 0; i < a->n_topics; i++) {
		const struct gw_topic *topic = gw_topic_by_name(rq->b, a->topics[i].name);

		for (size_t k = 0; k < a->topics[i].n_partitions; k++)
			if (judge_part(a, t, topic, a->topics[i].partitions[k]) != 0)
				return true;
	}
	return false;
}

static int16_t
add_part(struct gw_request *rq, const struct adding *a, struct gw_xact *t, struct gw_topic *topic,
    int32_t partition)
{
	if (a->verify_only || gw_xact_put_part(rq->b, t, &topic->id, partition, rq->now) == 0)
		return 0;
	return GW_K_COORDINATOR_NOT_AVAILABLE;
}

static int
add_topic(struct gw_request *rq, const struct adding *a, size_t i, struct gw_xact *t,
    int16_t error, bool refused, struct gw_add_partitions_to_txn_topic_result *out)
{
	const struct gw_add_partitions_to_txn_topic *q = &a->topics[i];
	struct gw_topic *topic = gw_topic_by_name(rq->b, q->name);
	const char *name = gw_arena_str(rq->arena, q->name);	/* the frame goes if this waits */

	out->results_by_partition =
	    gw_arena_zero(rq->arena, q->n_partitions + 1, sizeof(*out->results_by_partition));
	if (name == NULL || out->results_by_partition == NULL)
		return GW_ENOMEM;
	out->name = (struct gw_slice){ name, q->name.len };
	for (size_t k = 0; k < q->n_partitions; k++) {
		int16_t code = error;

		if (code == 0)
			code = judge_part(a, t, topic, q->partitions[k]);
		if (code == 0 && refused)
			code = GW_K_OPERATION_NOT_ATTEMPTED;
		if (code == 0)
			code = add_part(rq, a, t, topic, q->partitions[k]);
		out->results_by_partition[out->n_results_by_partition++] =
		    (struct gw_add_partitions_to_txn_partition_result){
			    .partition_index = q->partitions[k], .partition_error_code = code
		    };
	}
	return 0;
}

static int
add_all(struct gw_request *rq, const struct adding *a,
    struct gw_add_partitions_to_txn_topic_result **out, size_t *n)
{
	struct gw_xact *t = NULL;
	int16_t error =
	    told_as(gw_xact_may_add(&rq->b->txns, &a->who, &t), rq->version, a->fenced_since);
	bool refused = error == 0 && any_refused(rq, a, t);
	int rc = 0;

	*out = gw_arena_zero(rq->arena, a->n_topics + 1, sizeof(**out));
	if (*out == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < a->n_topics; i++)
		rc = add_topic(rq, a, i, t, error, refused, &(*out)[(*n)++]);
	return rc;
}

static int
add_batched(struct gw_request *rq, const struct gw_add_partitions_to_txn_request *q,
    struct gw_add_partitions_to_txn_response *r)
{
	int rc = 0;

	r->results_by_transaction = gw_arena_zero(
	    rq->arena, q->n_transactions + 1, sizeof(*r->results_by_transaction));
	if (r->results_by_transaction == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_transactions; i++) {
		const struct gw_add_partitions_to_txn_transaction *x = &q->transactions[i];
		struct gw_add_partitions_to_txn_result *out =
		    &r->results_by_transaction[r->n_results_by_transaction++];
		struct adding a = {
			.who = { x->transactional_id, x->producer_id, x->producer_epoch },
			.verify_only = x->verify_only,
			.topics = x->topics,
			.n_topics = x->n_topics };
		const char *id = gw_arena_str(rq->arena, x->transactional_id);

		if (id == NULL)
			return GW_ENOMEM;
		out->transactional_id = (struct gw_slice){ id, x->transactional_id.len };
		rc = add_all(rq, &a, &out->topic_results, &out->n_topic_results);
	}
	return rc;
}

int
gw_on_add_partitions_to_txn(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_add_partitions_to_txn_request *q = request;
	struct gw_add_partitions_to_txn_response *r = response;
	struct adding a = { .who = { q->v3_and_below_transactional_id,
				q->v3_and_below_producer_id, q->v3_and_below_producer_epoch },
		.topics = q->v3_and_below_topics,
		.n_topics = q->n_v3_and_below_topics,
		.fenced_since = 2 };
	int rc = rq->version >= 4 ? add_batched(rq, q, r)
				  : add_all(rq, &a, &r->results_by_topic_v3_and_below,
					&r->n_results_by_topic_v3_and_below);

	return rc < 0 ? rc : gw_wait_meta(rq, r);
}

/* ---- AddOffsetsToTxn ---- */

int
gw_on_add_offsets_to_txn(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_add_offsets_to_txn_request *q = request;
	struct gw_add_offsets_to_txn_response *r = response;
	const struct gw_xact_who who = { q->transactional_id, q->producer_id, q->producer_epoch };
	struct gw_xact *t;

	r->error_code = told_as(gw_xact_may_add(&rq->b->txns, &who, &t), rq->version, 2);
	if (r->error_code == 0 && q->group_id.len == 0)
		r->error_code = GW_K_INVALID_GROUP_ID;
	if (r->error_code == 0 && gw_xact_put_group(rq->b, t, q->group_id, rq->now) < 0)
		r->error_code = GW_K_COORDINATOR_NOT_AVAILABLE;
	return gw_wait_meta(rq, r);
}

/* ---- EndTxn ---- */

struct end_wait {
	struct gw_end_txn_response	*response;
	struct gw_slice			 id;
};

/* The identity to go on with. */
static void
tell_end(const struct gw_xact *t, struct gw_end_txn_response *r, int16_t version)
{
	if (version < 5)
		return;
	r->producer_id = t->producer_id;
	r->producer_epoch = t->epoch;
}

static int
resume_end(struct gw_pending *p, bool timed_out)
{
	struct end_wait *w = p->state;
	const struct gw_xact *t = gw_xact_find(&p->b->txns, w->id);

	if (t != NULL && t->phase == GW_XACT_PREPARED) {
		if (!timed_out)
			return GW_EAGAIN;
		w->response->error_code = GW_K_CONCURRENT_TRANSACTIONS;
	}
	return gw_pending_answer(p, w->response);
}

static int
wait_end(struct gw_request *rq, const struct gw_xact *t, struct gw_end_txn_response *r)
{
	struct end_wait *w = gw_arena_zero(rq->arena, 1, sizeof(*w));
	const char *id = gw_arena_str(rq->arena, gw_str(t->id));

	if (w == NULL || id == NULL)
		return GW_ENOMEM;
	*w = (struct end_wait){ .response = r, .id = gw_str(id) };
	rq->p->state = w;
	rq->p->resume = resume_end;
	rq->p->deadline_us = rq->now.us + END_WAIT_US;
	return GW_EAGAIN;
}

int
gw_on_end_txn(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_end_txn_request *q = request;
	struct gw_end_txn_response *r = response;
	const struct gw_xact_who who = { q->transactional_id, q->producer_id, q->producer_epoch };
	struct gw_xact_ending end = { .commit = q->committed, .v2 = rq->version >= 5 };
	struct gw_xact *t;

	r->error_code =
	    told_as(gw_xact_may_end(&rq->b->txns, &who, &end, &t), rq->version, 2);
	if (r->error_code == 0 && !end.again &&
	    gw_xact_end_it(rq->b, t, end.commit, end.v2 ? GW_XACT_MOVE : GW_XACT_STAY, rq->now) < 0)
		r->error_code = GW_K_COORDINATOR_NOT_AVAILABLE;
	if (r->error_code != 0)
		return 0;
	tell_end(t, r, rq->version);
	return t->phase == GW_XACT_PREPARED ? wait_end(rq, t, r) : 0;
}
