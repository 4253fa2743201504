/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake_txn.c - the transaction coordinator of the fake brokers: one transactional.id,
 * checked as Apache Kafka checks it (TransactionCoordinator.scala), markers written at once.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <string.h>

#include "tests/client/fake.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_txn_offset_commit.h"

struct txn_ask {
	struct fake_world		*w;
	const struct gw_request_header	*h;
	struct gw_buf			*out;
	int16_t				 code;
	bool				 take;
};

static bool
reply(struct txn_ask *a, const void *body)
{
	struct gw_err err;
	int rc = gw_response_encode(
	    a->out, a->h->api_key, a->h->api_version, a->h->correlation_id, body, &err);

	ck_assert_msg(rc == 0, "answer: %s", err.msg);
	return true;
}

static void *
make(struct txn_ask *a, size_t n, size_t size)
{
	void *p = gw_arena_zero(&a->w->arena, n + 1, size);

	ck_assert_ptr_nonnull(p);
	return p;
}

/* Which topic and partition; -1: none. */
static int
topic_at(const struct fake_world *w, struct gw_slice name)
{
	for (size_t i = 0; i < w->n_topics; i++)
		if (gw_slice_is(name, w->topics[i].name))
			return (int)i;
	return -1;
}

static void
close_txn(struct fake_world *w, bool commit)
{
	struct fake_txn *x = &w->txn;

	for (size_t t = 0; t < w->n_topics; t++)
		for (int i = 0; i < FAKE_PARTS; i++) {
			if (x->in[t][i])
				fake_marker(w, &w->topics[t].parts[i], x->id, commit);
			if (commit && x->offset[t][i] >= 0)
				w->topics[t].parts[i].committed = x->offset[t][i];
			x->in[t][i] = false;
			x->offset[t][i] = -1;
		}
	x->open = x->group = false;
	x->last = commit ? 1 : 2;
	x->last_epoch = x->epoch;
	*(commit ? &x->n_commits : &x->n_aborts) += 1;
}

void
fake_txn_init(struct fake_world *w)
{
	memset(&w->txn, 0, sizeof(w->txn));
	memset(w->txn.offset, 0xff, sizeof(w->txn.offset));
	w->txn.id = -1;
	w->txn.epoch = w->txn.last_epoch = -1;
	w->txn.coordinator = 1;
}

static int16_t
check(const struct fake_txn *x, int64_t id, int16_t epoch)
{
	if (id != x->id)
		return GW_K_INVALID_PRODUCER_ID_MAPPING;
	return epoch == x->epoch ? 0 : GW_K_PRODUCER_FENCED;
}

static bool
init(struct txn_ask *a, const struct gw_init_producer_id_request *rq)
{
	struct gw_init_producer_id_response r = { .error_code = a->code, .producer_id = -1,
	    .ongoing_txn_producer_id = -1, .ongoing_txn_producer_epoch = -1 };
	struct fake_txn *x = &a->w->txn;

	if (a->code == 0 && rq->producer_id >= 0)
		r.error_code = check(x, rq->producer_id, rq->producer_epoch);
	if (r.error_code == 0 && a->take) {
		if (x->open)
			close_txn(a->w, false);
		x->id = x->id < 0 ? a->w->next_producer_id++ : x->id;
		x->epoch++;
		r.producer_id = x->id;
		r.producer_epoch = x->epoch;
	}
	x->n_inits++;
	x->init_with_id = rq->producer_id >= 0;
	return reply(a, &r);
}

static bool
add_partitions(struct txn_ask *a, const struct gw_add_partitions_to_txn_request *rq)
{
	struct fake_txn *x = &a->w->txn;
	struct gw_add_partitions_to_txn_response r = {
		.n_results_by_topic_v3_and_below = rq->n_v3_and_below_topics };
	int16_t code = a->code != 0 ? a->code : check(x, rq->v3_and_below_producer_id,
	    rq->v3_and_below_producer_epoch);

	ck_assert_int_le(a->h->api_version, 3);
	r.results_by_topic_v3_and_below = make(a, rq->n_v3_and_below_topics,
	    sizeof(*r.results_by_topic_v3_and_below));
	for (size_t t = 0; t < rq->n_v3_and_below_topics; t++) {
		const struct gw_add_partitions_to_txn_topic *q = &rq->v3_and_below_topics[t];
		struct gw_add_partitions_to_txn_topic_result *rt =
		    &r.results_by_topic_v3_and_below[t];

		rt->name = q->name;
		rt->n_results_by_partition = q->n_partitions;
		rt->results_by_partition = make(a, q->n_partitions,
		    sizeof(*rt->results_by_partition));
		for (size_t i = 0; i < q->n_partitions; i++) {
			rt->results_by_partition[i] =
			    (struct gw_add_partitions_to_txn_partition_result){
				    q->partitions[i], code };
			if (code == 0 && a->take)
				x->in[topic_at(a->w, q->name)][q->partitions[i]] = x->open = true;
		}
	}
	return reply(a, &r);
}

static bool
add_offsets(struct txn_ask *a, const struct gw_add_offsets_to_txn_request *rq)
{
	struct gw_add_offsets_to_txn_response r = { .error_code = a->code != 0 ? a->code :
	    check(&a->w->txn, rq->producer_id, rq->producer_epoch) };

	if (r.error_code == 0 && a->take)
		a->w->txn.group = a->w->txn.open = true;
	return reply(a, &r);
}

static bool
commit_offsets(struct txn_ask *a, const struct gw_txn_offset_commit_request *rq)
{
	struct fake_txn *x = &a->w->txn;
	struct gw_txn_offset_commit_response r = { .n_topics = rq->n_topics };
	int16_t code = a->code != 0 ? a->code : check(x, rq->producer_id, rq->producer_epoch);

	if (a->h->api_version >= 5)
		x->group = x->open = true;
	ck_assert(code != 0 || x->group);
	x->generation = rq->generation_id;
	r.topics = make(a, rq->n_topics, sizeof(*r.topics));
	for (size_t t = 0; t < rq->n_topics; t++) {
		const struct gw_txn_offset_commit_request_topic *q = &rq->topics[t];

		r.topics[t].name = q->name;
		r.topics[t].n_partitions = q->n_partitions;
		r.topics[t].partitions = make(a, q->n_partitions, sizeof(*r.topics[t].partitions));
		for (size_t i = 0; i < q->n_partitions; i++) {
			int32_t at = q->partitions[i].partition_index;

			x->offset_epoch = q->partitions[i].committed_leader_epoch;
			if (code == 0 && a->take)
				x->offset[topic_at(a->w, q->name)][at] =
				    q->partitions[i].committed_offset;
			r.topics[t].partitions[i] =
			    (struct gw_txn_offset_commit_partition){ at, code };
		}
	}
	return reply(a, &r);
}

/* As the coordinator answers: a repeated end as it did the first. */
static int16_t
end_code(const struct txn_ask *a, const struct gw_end_txn_request *rq)
{
	const struct fake_txn *x = &a->w->txn;
	bool repeated = !x->open && x->last == (rq->committed ? 1 : 2);

	if (a->code != 0)
		return a->code;
	if (a->h->api_version >= 5 && repeated && rq->producer_id == x->id &&
	    rq->producer_epoch == x->last_epoch && x->last_epoch != x->epoch)
		return 0;
	if (check(x, rq->producer_id, rq->producer_epoch) != 0)
		return check(x, rq->producer_id, rq->producer_epoch);
	if (x->open || repeated || (a->h->api_version >= 5 && !rq->committed))
		return 0;
	return GW_K_INVALID_TXN_STATE;
}

static bool
end(struct txn_ask *a, const struct gw_end_txn_request *rq)
{
	struct fake_txn *x = &a->w->txn;
	struct gw_end_txn_response r = { .error_code = end_code(a, rq), .producer_id = -1,
	    .producer_epoch = -1 };

	if (r.error_code == 0 && a->take) {
		if (x->open) {
			close_txn(a->w, rq->committed);
			if (a->h->api_version >= 5)
				x->epoch++;
		}
		if (a->h->api_version >= 5) {
			r.producer_id = x->id;
			r.producer_epoch = x->epoch;
		}
	}
	return reply(a, &r);
}

int16_t
fake_txn_produce(struct fake_world *w, int16_t version, struct gw_slice topic, int32_t index,
    const struct gw_batch_header *h)
{
	struct fake_txn *x = &w->txn;
	int t = topic_at(w, topic);

	if (h->producer_id != x->id)
		return GW_K_INVALID_PRODUCER_ID_MAPPING;
	if (h->producer_epoch != x->epoch)
		return GW_K_INVALID_PRODUCER_EPOCH;
	if (version >= 12)
		x->in[t][index] = x->open = true;
	/* A classic broker would take it, and nobody would ever end it. */
	ck_assert_msg(x->in[t][index], "a partition was not added to the transaction");
	return 0;
}

size_t
fake_visible(const struct fake_part *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_batches; i++) {
		const struct fake_batch *b = &p->batches[i];

		if ((b->attributes & GW_BATCH_CONTROL) != 0)
			continue;
		for (size_t j = i + 1; j < p->n_batches; j++) {
			const struct fake_batch *m = &p->batches[j];

			if ((m->attributes & GW_BATCH_CONTROL) == 0 ||
			    m->producer_id != b->producer_id)
				continue;
			n += m->bytes[m->len - 9] != 0 ? (size_t)b->n : 0;
			break;
		}
	}
	return n;
}

bool
fake_txn_answer(struct fake_broker *b, struct fake_conn *conn, const struct gw_request_header *h,
    void *body, const struct fake_plan *plan)
{
	struct txn_ask a = { .w = b->world, .h = h, .out = &conn->out,
	    .code = plan == NULL || plan->action == FAKE_THROTTLE ? 0 : plan->code,
	    .take = plan == NULL || plan->action != FAKE_ERROR };

	if (a.code == 0 && h->api_key != GW_API_TXN_OFFSET_COMMIT &&
	    b->node_id != b->world->txn.coordinator)
		a.code = GW_K_NOT_COORDINATOR;
	switch (h->api_key) {
	case GW_API_INIT_PRODUCER_ID:		return init(&a, body);
	case GW_API_ADD_PARTITIONS_TO_TXN:	return add_partitions(&a, body);
	case GW_API_ADD_OFFSETS_TO_TXN:		return add_offsets(&a, body);
	case GW_API_TXN_OFFSET_COMMIT:		return commit_offsets(&a, body);
	default:				return end(&a, body);
	}
}
