/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "broker/txn_marker.h"
#include "wire/msg_describe_producers.h"
#include "wire/msg_describe_transactions.h"
#include "wire/msg_list_transactions.h"
#include "wire/msg_write_txn_markers.h"

/* ---- ListTransactions ---- */

static const char *const states[] = { "Empty", "Ongoing", "PrepareCommit", "PrepareAbort",
	"CompleteCommit", "CompleteAbort" };

static bool
is_state(struct gw_slice s)
{
	for (size_t i = 0; i < GW_N(states); i++)
		if (gw_slice_is(s, states[i]))
			return true;
	return false;
}

static bool
in_states(const struct gw_list_transactions_request *q, const char *state)
{
	for (size_t i = 0; i < q->n_state_filters; i++)
		if (gw_slice_is(q->state_filters[i], state))
			return true;
	return q->n_state_filters == 0;
}

static bool
in_ids(const struct gw_list_transactions_request *q, int64_t id)
{
	for (size_t i = 0; i < q->n_producer_id_filters; i++)
		if (q->producer_id_filters[i] == id)
			return true;
	return q->n_producer_id_filters == 0;
}

static bool
passes(const struct gw_request *rq, const struct gw_list_transactions_request *q,
    const struct gw_xact *t)
{
	return in_states(q, gw_xact_phase_name(t)) && in_ids(q, t->producer_id) &&
	    (q->duration_filter < 0 || (t->phase == GW_XACT_ONGOING &&
	    rq->now.wall_ms - t->began_ms > q->duration_filter));
}

int
gw_on_list_transactions(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_list_transactions_request *q = request;
	struct gw_list_transactions_response *r = response;
	const struct gw_map *all = &rq->b->txns.by_id;
	const struct gw_xact *t;
	size_t pos = 0;

	r->unknown_state_filters =
	    gw_arena_zero(rq->arena, q->n_state_filters + 1, sizeof(*r->unknown_state_filters));
	r->transaction_states =
	    gw_arena_zero(rq->arena, all->n + 1, sizeof(*r->transaction_states));
	if (r->unknown_state_filters == NULL || r->transaction_states == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_state_filters; i++)
		if (!is_state(q->state_filters[i]))
			r->unknown_state_filters[r->n_unknown_state_filters++] =
			    q->state_filters[i];
	/* A pattern is of Java's regular expressions, which are not spoken here. */
	if (q->transactional_id_pattern.len > 0) {
		r->error_code = GW_K_INVALID_REQUEST;
		return 0;
	}
	while ((t = gw_map_next(all, &pos)) != NULL)
		if (passes(rq, q, t))
			r->transaction_states[r->n_transaction_states++] =
			    (struct gw_list_transactions_transaction_state){
				    .transactional_id = gw_str(t->id),
				    .producer_id = t->producer_id,
				    .transaction_state = gw_str(gw_xact_phase_name(t)) };
	return 0;
}

/* ---- DescribeTransactions ---- */

/* The partitions of t as the answer groups them, by topic. */
static int
describe_parts(struct gw_request *rq, const struct gw_xact *t,
    struct gw_describe_transactions_transaction_state *out)
{
	out->topics = gw_arena_zero(rq->arena, t->n_parts + 1, sizeof(*out->topics));
	if (out->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < t->n_parts; i++) {
		const struct gw_topic *topic = gw_topic_by_id(rq->b, &t->parts[i].topic);
		struct gw_describe_transactions_topic_data *d;
		size_t k = 0;

		if (topic == NULL)
			continue;
		while (k < out->n_topics && !gw_slice_is(out->topics[k].topic, topic->name))
			k++;
		d = &out->topics[k];
		if (k == out->n_topics) {
			d->topic = gw_str(topic->name);
			d->partitions =
			    gw_arena_zero(rq->arena, t->n_parts, sizeof(*d->partitions));
			if (d->partitions == NULL)
				return GW_ENOMEM;
			out->n_topics++;
		}
		d->partitions[d->n_partitions++] = t->parts[i].partition;
	}
	return 0;
}

int
gw_on_describe_transactions(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_describe_transactions_request *q = request;
	struct gw_describe_transactions_response *r = response;
	int rc = 0;

	r->transaction_states = gw_arena_zero(
	    rq->arena, q->n_transactional_ids + 1, sizeof(*r->transaction_states));
	if (r->transaction_states == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_transactional_ids; i++) {
		const struct gw_xact *t = gw_xact_find(&rq->b->txns, q->transactional_ids[i]);
		struct gw_describe_transactions_transaction_state *out =
		    &r->transaction_states[r->n_transaction_states++];

		out->transactional_id = q->transactional_ids[i];
		out->transaction_start_time_ms = -1;
		if (t == NULL) {
			out->error_code = 105;	/* TRANSACTIONAL_ID_NOT_FOUND */
			continue;
		}
		out->transaction_state = gw_str(gw_xact_phase_name(t));
		out->transaction_timeout_ms = t->timeout_ms;
		if (t->phase == GW_XACT_ONGOING || t->phase == GW_XACT_PREPARED)
			out->transaction_start_time_ms = t->began_ms;
		out->producer_id = t->producer_id;
		out->producer_epoch = t->epoch;
		rc = describe_parts(rq, t, out);
	}
	return rc;
}

/* ---- DescribeProducers ---- */

static int
describe_partition(struct gw_request *rq, const struct gw_plog *l,
    struct gw_describe_producers_partition *out)
{
	const struct gw_producer *p;
	size_t pos = 0;

	if (l == NULL) {
		out->error_code = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
		return 0;
	}
	out->active_producers =
	    gw_arena_zero(rq->arena, l->producers.by_id.n + 1, sizeof(*out->active_producers));
	if (out->active_producers == NULL)
		return GW_ENOMEM;
	while ((p = gw_map_next(&l->producers.by_id, &pos)) != NULL)
		out->active_producers[out->n_active_producers++] =
		    (struct gw_describe_producers_producer_state){ .producer_id = p->id,
			    .producer_epoch = p->epoch,
			    .last_sequence = p->n_batches == 0 ? -1 :
				p->batches[p->n_batches - 1].last_sequence,
			    .last_timestamp = p->last_ms,
			    .coordinator_epoch = -1,
			    .current_txn_start_offset = p->open_first };
	return 0;
}

int
gw_on_describe_producers(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_describe_producers_request *q = request;
	struct gw_describe_producers_response *r = response;
	int rc = 0;

	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topics; i++) {
		const struct gw_topic *t = gw_topic_by_name(rq->b, q->topics[i].name);
		size_t n = q->topics[i].n_partition_indexes;
		struct gw_describe_producers_topic *out = &r->topics[r->n_topics++];

		out->name = q->topics[i].name;
		out->partitions = gw_arena_zero(rq->arena, n + 1, sizeof(*out->partitions));
		if (out->partitions == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; rc == 0 && k < n; k++) {
			int32_t partition = q->topics[i].partition_indexes[k];

			out->partitions[k].partition_index = partition;
			rc = describe_partition(
			    rq, gw_topic_part(t, partition), &out->partitions[k]);
		}
		out->n_partitions = n;
	}
	return rc;
}

/* ---- WriteTxnMarkers ---- */

/*
 * Only an abort, and only of what the coordinator knows nothing of: it writes the others itself. A
 * marker that a power cut takes back is written again at the start, as nobody owns the transaction.
 */
static int16_t
abort_one(struct gw_request *rq, struct gw_topic *t, int32_t partition,
    const struct gw_write_txn_markers_marker *q)
{
	struct gw_plog *l = gw_topic_part(t, partition);
	const struct gw_producer *p =
	    l == NULL ? NULL : gw_producers_find(&l->producers, q->producer_id);
	const struct gw_xact *owner = gw_xact_of_producer(&rq->b->txns, q->producer_id);
	struct gw_buf *stage = &rq->b->stage;
	struct gw_batch_header h;
	int rc;

	if (l == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (p != NULL && q->producer_epoch < p->epoch)
		return GW_K_INVALID_PRODUCER_EPOCH;
	if (q->transaction_result || p == NULL || p->open_first < 0 ||
	    (owner != NULL && gw_xact_has_part(owner, &t->id, partition)))
		return GW_K_INVALID_TXN_STATE;
	gw_buf_clear(stage);
	rc = gw_marker_build(stage, q->producer_id, q->producer_epoch, false, rq->now.wall_ms);
	if (rc == 0 && gw_batch_header_read(gw_buf_slice(stage), &h) < 0)
		rc = GW_EPROTO;
	if (rc == 0)
		rc = gw_log_append(rq->b, t, partition, stage->ptr, &h, rq->now.wall_ms);
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->dir, rc);
		return GW_K_KAFKA_STORAGE_ERROR;
	}
	rq->b->moved++;
	return (int16_t)rc;
}

static int
end_topic(struct gw_request *rq, const struct gw_write_txn_markers_marker *m,
    const struct gw_write_txn_markers_topic *q, struct gw_write_txn_markers_topic_result *out)
{
	struct gw_topic *t = gw_topic_by_name(rq->b, q->name);
	size_t n = q->n_partition_indexes;

	out->name = q->name;
	out->partitions = gw_arena_zero(rq->arena, n + 1, sizeof(*out->partitions));
	if (out->partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out->partitions[out->n_partitions++] =
		    (struct gw_write_txn_markers_partition_result){
			    .partition_index = q->partition_indexes[i],
			    .error_code = abort_one(rq, t, q->partition_indexes[i], m) };
	return 0;
}

int
gw_on_write_txn_markers(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_write_txn_markers_request *q = request;
	struct gw_write_txn_markers_response *r = response;
	int rc = 0;

	r->markers = gw_arena_zero(rq->arena, q->n_markers + 1, sizeof(*r->markers));
	if (r->markers == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_markers; i++) {
		const struct gw_write_txn_markers_marker *m = &q->markers[i];
		struct gw_write_txn_markers_marker_result *out = &r->markers[r->n_markers++];

		out->producer_id = m->producer_id;
		out->topics = gw_arena_zero(rq->arena, m->n_topics + 1, sizeof(*out->topics));
		if (out->topics == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; rc == 0 && k < m->n_topics; k++)
			rc = end_topic(rq, m, &m->topics[k], &out->topics[out->n_topics++]);
	}
	return rc;
}
