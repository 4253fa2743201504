/* SPDX-License-Identifier: MIT
 *
 * client/admin_txns.c - transactions of anybody: listed, described, and ended when they hang.
 * Source: ListTransactions, DescribeTransactions, DescribeProducers, WriteTxnMarkers (JSON);
 * KIP-664.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_describe_producers.h"
#include "wire/msg_describe_transactions.h"
#include "wire/msg_list_transactions.h"
#include "wire/msg_write_txn_markers.h"

/* Grow the results by n. */
static struct gw_txn_info *
add_txns(struct gw_call *call, size_t n)
{
	size_t have = call->txns.n_txns;
	struct gw_txn_info *all = gw_arena_zero(&call->arena, have + n + 1, sizeof(*all));

	if (all == NULL)
		return NULL;
	if (have > 0)
		memcpy(all, call->txns.txns, have * sizeof(*all));
	call->txns = (struct gw_txns){ all, have + n };
	return all + have;
}

/* ---- list ---- */

static const void *
build_list(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_list_transactions_request *rq =
	    gw_arena_zero(&call->client->scratch, 1, sizeof(*rq));

	(void)part;
	(void)version;
	if (rq != NULL)
		rq->duration_filter = -1;
	return rq;
}

static int
take_list(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_list_transactions_response *r = body;
	struct gw_txn_info *t;
	bool failed = false;

	(void)part;
	(void)version;
	if (r->error_code != 0)
		return gw_call_outcome(call, r->error_code, (struct gw_slice){ NULL, 0 });
	t = add_txns(call, r->n_transaction_states);
	if (t == NULL)
		return gw_call_no_memory(call);
	for (size_t i = 0; i < r->n_transaction_states; i++)
		t[i] = (struct gw_txn_info){
			.id = gw_call_str(call, r->transaction_states[i].transactional_id, &failed),
			.state =
			    gw_call_str(call, r->transaction_states[i].transaction_state, &failed),
			.producer_id = r->transaction_states[i].producer_id,
			.producer_epoch = -1, .started_ms = -1, .timeout_ms = -1 };
	return failed ? gw_call_no_memory(call) : 0;
}

static const struct gw_call_kind list_kind = { GW_API_LIST_TRANSACTIONS, GW_ROUTE_ALL, build_list,
	take_list, "listing transactions", false };

struct gw_call *
gw_call_list_txns(struct gw_client *c)
{
	return gw_call_new(c, &list_kind, NULL, NULL);
}

const struct gw_txns *
gw_call_txns_result(const struct gw_call *call)
{
	return &call->txns;
}

/* ---- describe ---- */

static const void *
build_describe(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_describe_transactions_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_slice *id = gw_arena_zero(arena, 1, sizeof(*id));

	(void)part;
	(void)version;
	if (rq == NULL || id == NULL)
		return NULL;
	*id = gw_str(call->group);
	rq->transactional_ids = id;
	rq->n_transactional_ids = 1;
	return rq;
}

static bool
take_parts(struct gw_call *call, const struct gw_describe_transactions_transaction_state *a,
    struct gw_txn_info *t)
{
	size_t n = 0;
	bool failed = false;

	for (size_t i = 0; i < a->n_topics; i++)
		n += a->topics[i].n_partitions;
	t->topics = gw_arena_zero(&call->arena, n + 1, sizeof(*t->topics));
	t->partitions = gw_arena_zero(&call->arena, n + 1, sizeof(*t->partitions));
	if (t->topics == NULL || t->partitions == NULL)
		return false;
	for (size_t i = 0; i < a->n_topics; i++) {
		const char *name = gw_call_str(call, a->topics[i].topic, &failed);

		for (size_t j = 0; j < a->topics[i].n_partitions; j++) {
			t->topics[t->n_partitions] = name;
			t->partitions[t->n_partitions++] = a->topics[i].partitions[j];
		}
	}
	return !failed;
}

static int
take_describe(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_describe_transactions_response *r = body;
	const struct gw_describe_transactions_transaction_state *a = &r->transaction_states[0];
	struct gw_txn_info *t;
	bool failed = false;

	(void)part;
	(void)version;
	if (r->n_transaction_states != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (a->error_code != 0)
		return gw_call_outcome(call, a->error_code, (struct gw_slice){ NULL, 0 });
	t = add_txns(call, 1);
	if (t == NULL)
		return gw_call_no_memory(call);
	*t = (struct gw_txn_info){ .id = gw_call_str(call, a->transactional_id, &failed),
		.state = gw_call_str(call, a->transaction_state, &failed),
		.producer_id = a->producer_id, .producer_epoch = a->producer_epoch,
		.started_ms = a->transaction_start_time_ms,
		.timeout_ms = a->transaction_timeout_ms };
	failed |= !take_parts(call, a, t);
	return failed ? gw_call_no_memory(call) : 0;
}

static const struct gw_call_kind describe_kind = { GW_API_DESCRIBE_TRANSACTIONS,
	GW_ROUTE_TXN_COORDINATOR, build_describe, take_describe, "describing transaction", false };

struct gw_call *
gw_call_describe_txn(struct gw_client *c, const char *id)
{
	return gw_call_given(c, describe_kind.doing, id) ?
	    gw_call_new(c, &describe_kind, NULL, id) : NULL;
}

/* ---- who writes to a topic ---- */

static const void *
build_producers(struct gw_call *call, const struct gw_call_part *part, int version)
{
	const struct gw_topic *topic = call->topic_known;
	struct gw_arena *arena = &call->client->scratch;
	struct gw_describe_producers_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_describe_producers_request_topic *t = gw_arena_zero(arena, 1, sizeof(*t));
	size_t n = (size_t)topic->n_partitions;

	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	t->name = gw_str(call->topic);
	t->partition_indexes = gw_arena_zero(arena, n, sizeof(*t->partition_indexes));
	if (t->partition_indexes == NULL)
		return NULL;
	for (int32_t i = 0; i < topic->n_partitions; i++)
		if (topic->leaders[i].node_id == part->node_id)
			t->partition_indexes[t->n_partition_indexes++] = i;
	rq->topics = t;
	rq->n_topics = 1;
	return rq;
}

static int
take_partition(struct gw_call *call, const struct gw_describe_producers_partition *a)
{
	size_t have = call->producers.n_producers, n = a->n_active_producers;
	struct gw_producer_info *all;

	if (a->error_code != 0)
		return gw_call_outcome(call, a->error_code, a->error_message);
	all = gw_arena_zero(&call->arena, have + n + 1, sizeof(*all));
	if (all == NULL)
		return gw_call_no_memory(call);
	if (have > 0)
		memcpy(all, call->producers.producers, have * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[have + i] = (struct gw_producer_info){ .topic = call->topic,
			.partition = a->partition_index,
			.producer_id = a->active_producers[i].producer_id,
			.producer_epoch = (int16_t)a->active_producers[i].producer_epoch,
			.coordinator_epoch = a->active_producers[i].coordinator_epoch,
			.last_sequence = a->active_producers[i].last_sequence,
			.last_ms = a->active_producers[i].last_timestamp,
			.txn_start = a->active_producers[i].current_txn_start_offset };
	call->producers = (struct gw_producers_found){ all, have + n };
	return 0;
}

static int
take_producers(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_describe_producers_response *r = body;
	int rc = 0;

	(void)part;
	(void)version;
	if (r->n_topics != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	for (size_t i = 0; rc == 0 && !call->done && i < r->topics[0].n_partitions; i++)
		rc = take_partition(call, &r->topics[0].partitions[i]);
	return rc;
}

static const struct gw_call_kind producers_kind = { GW_API_DESCRIBE_PRODUCERS, GW_ROUTE_LEADERS,
	build_producers, take_producers, "asking for the producers of topic", false };

struct gw_call *
gw_call_topic_producers(struct gw_client *c, const char *topic)
{
	return gw_call_given(c, producers_kind.doing, topic) ?
	    gw_call_new(c, &producers_kind, topic, NULL) : NULL;
}

const struct gw_producers_found *
gw_call_producers_result(const struct gw_call *call)
{
	return &call->producers;
}

/* ---- abort ---- */

static const void *
build_abort(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_write_txn_markers_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_write_txn_markers_marker *m = gw_arena_zero(arena, 1, sizeof(*m));
	struct gw_write_txn_markers_topic *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || m == NULL || t == NULL)
		return NULL;
	*t = (struct gw_write_txn_markers_topic){ .name = gw_str(call->topic),
		.partition_indexes = &call->hanging.partition, .n_partition_indexes = 1 };
	*m = (struct gw_write_txn_markers_marker){ .producer_id = call->hanging.producer_id,
		.producer_epoch = call->hanging.producer_epoch,
		.coordinator_epoch = call->hanging.coordinator_epoch < 0 ? 0 :
		    call->hanging.coordinator_epoch,
		.topics = t, .n_topics = 1 };
	rq->markers = m;
	rq->n_markers = 1;
	return rq;
}

static int
take_abort(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_write_txn_markers_response *r = body;

	(void)part;
	(void)version;
	if (r->n_markers != 1 || r->markers[0].n_topics != 1 ||
	    r->markers[0].topics[0].n_partitions != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	return gw_call_outcome(call, r->markers[0].topics[0].partitions[0].error_code,
	    (struct gw_slice){ NULL, 0 });
}

static const struct gw_call_kind abort_kind = { GW_API_WRITE_TXN_MARKERS, GW_ROUTE_LEADERS,
	build_abort, take_abort, "aborting a transaction in topic", false };

struct gw_call *
gw_call_abort_txn(struct gw_client *c, const struct gw_producer_info *p)
{
	const struct gw_offset_info place = { .topic = p->topic, .partition = p->partition };
	struct gw_call *call;

	if (!gw_call_given(c, abort_kind.doing, p->topic))
		return NULL;
	call = gw_call_new(c, &abort_kind, p->topic, NULL);
	if (call == NULL)
		return NULL;
	call->hanging = *p;
	return gw_call_keep_offsets(call, &place, 1);
}
