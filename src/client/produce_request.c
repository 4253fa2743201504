/* SPDX-License-Identifier: MIT
 *
 * client/produce_request.c - one Produce request a broker with all partitions that are ready, and
 * what its answer means. Source: ProduceRequest.json, ProduceResponse.json; KIP-98, KIP-467,
 * KIP-951.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/metadata.h"
#include "client/produce_batch.h"
#include "wire/msg_produce.h"

#define ADDS_PARTITION	12	/* Produce */
#define STALE_LEADER_MS	15000	/* more than broker.session.timeout.ms, 9 s */

struct item {
	struct gw_ppart		*part;
	struct gw_pbatch	*batch;
};

/* The owner of a request: which batches it carries. */
struct carrier {
	struct gw_broker	*broker;
	size_t			 n;
	struct item		 items[];
};

static void
fail(struct gw_client *c, struct item *it, const struct gw_conn *conn, int code,
    struct gw_slice text)
{
	struct gw_err err;

	(void)gw_err_set(&err, code, "Produce at %s:%u for %s-%d: %s%s%.*s; the batch is given up",
	    conn->host, (unsigned)conn->port, it->part->topic->topic->name, (int)it->part->index,
	    gw_strerror(code), text.len > 0 ? ": " : "", GW_FMT(text));
	gw_ppart_end(c, it->part, it->batch, &err);
}

/*
 * Codes after which the batch may be in the log although it was not acknowledged. A leader that is
 * replaced while its followers fetch the batch says that it leads no longer, or has no such
 * partition.
 */
static bool
leaves_doubt(int code)
{
	return code == GW_K_NOT_ENOUGH_REPLICAS_AFTER_APPEND || code == GW_K_REQUEST_TIMED_OUT ||
	    code == GW_K_KAFKA_STORAGE_ERROR || code == GW_K_UNKNOWN_SERVER_ERROR ||
	    code == GW_K_NOT_LEADER_OR_FOLLOWER || code == GW_K_UNKNOWN_TOPIC_OR_PARTITION;
}

static void
retry(struct gw_client *c, struct item *it, const struct gw_conn *conn, int code)
{
	if (leaves_doubt(code))
		it->batch->in_doubt = true;
	gw_cluster_refresh(c);
	if (it->part->n_errors == 0)
		(void)gw_client_fail(c, code, "Produce at %s:%u for %s-%d: %s; tried again",
		    conn->host, (unsigned)conn->port, it->part->topic->topic->name,
		    (int)it->part->index, gw_strerror(code));
	gw_ppart_again(c, it->part, it->batch);
	/* Of a transaction whose predecessor is still being written out. */
	if (code == GW_K_CONCURRENT_TRANSACTIONS)
		it->part->retry_at_us = c->now.us + gw_txn_concurrent_us(it->part->n_errors);
}

/*
 * A batch that may be in the log is refused as out of order although the one before it was
 * acknowledged: this broker has lost what it acknowledged, or it leads no longer and has not heard
 * of it (it was stopped, and woken up after others had chosen a leader). That one may have the
 * batch, so it is asked with the same stamp; for as long as a broker takes at most to learn that it
 * was replaced.
 */
static bool
may_be_elsewhere(struct gw_client *c, struct item *it, int code)
{
	struct gw_pbatch *b = it->batch;

	if (code != GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER || !b->in_doubt || !it->part->begun ||
	    b != it->part->first)
		return false;
	if (b->doubted_us == 0)
		b->doubted_us = c->now.us;
	return c->now.us - b->doubted_us < gw_ms(STALE_LEADER_MS);
}

static void
gap(struct gw_client *c, struct item *it, const struct gw_conn *conn, int code)
{
	if (may_be_elsewhere(c, it, code)) {
		retry(c, it, conn, code);
		return;
	}
	/* The broker is certain that it does not have this batch. */
	it->batch->in_doubt = false;
	if (it->batch == it->part->first)
		it->part->raise_epoch = true;
	gw_ppart_again(c, it->part, it->batch);
	it->part->retry_at_us = 0;
}

static void
refused(struct gw_client *c, struct item *it, const struct gw_conn *conn, int code,
    struct gw_slice text)
{
	switch (code) {
	case GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER:
	case GW_K_UNKNOWN_PRODUCER_ID:
		if (it->batch->producer_id >= 0 && !gw_txn_is_on(c)) {
			gap(c, it, conn, code);
			return;
		}
		break;
	case GW_K_INVALID_PRODUCER_EPOCH:
		if (gw_txn_is_on(c)) {
			(void)gw_txn_judge(c, code, "Produce");
			break;
		}
		if (it->batch->producer_id >= 0) {
			it->part->epoch = INT16_MAX;	/* only a new id leads out */
			gap(c, it, conn, code);
			return;
		}
		break;
	case GW_K_MESSAGE_TOO_LARGE:
	case GW_K_RECORD_LIST_TOO_LARGE:
		/* Its halves need new sequences, which a transaction has not before it ends. */
		if (it->batch->n_records > 1 && !gw_txn_is_on(c) &&
		    gw_ppart_split(c, it->part, it->batch) == 0)
			return;
		break;
	case GW_K_PRODUCER_FENCED:
		if (gw_txn_is_on(c)) {
			(void)gw_txn_judge(c, code, "Produce");
			break;
		}
		c->producer.fatal = GW_EFENCED;
		(void)gw_event_error(c, conn->node_id, false, GW_EFENCED, "Produce at %s:%u: %s",
		    conn->host, (unsigned)conn->port, gw_strerror(code));
		break;
	default:
		if (gw_err_retriable(code) || code == GW_K_UNKNOWN_SERVER_ERROR) {
			retry(c, it, conn, code);
			return;
		}
	}
	fail(c, it, conn, code, text);
}

static void
delivered(struct gw_client *c, struct item *it, int32_t broker, int64_t base_offset)
{
	it->batch->base_offset = base_offset;
	it->batch->broker = broker;
	it->part->n_errors = 0;
	it->part->retry_at_us = 0;
	gw_ppart_end(c, it->part, it->batch, NULL);
}

/* The answer for one batch. Answers come in the order of the request, but nobody promises it. */
static const struct gw_produce_partition_response *
find_answer(const struct gw_produce_response *r, const struct gw_ppart *p, size_t *hint)
{
	struct gw_slice name = { p->topic->topic->name, p->topic->topic->name_len };

	for (size_t t = 0; t < r->n_responses; t++) {
		const struct gw_produce_topic_response *rt = &r->responses[t];

		if (!gw_slice_eq(rt->name, name))
			continue;
		for (size_t i = 0; i < rt->n_partition_responses; i++) {
			size_t at = (*hint + i) % rt->n_partition_responses;

			if (rt->partition_responses[at].index == p->index) {
				*hint = at + 1;
				return &rt->partition_responses[at];
			}
		}
	}
	return NULL;
}

static struct gw_slice
error_text(const struct gw_produce_partition_response *a)
{
	if (a->n_record_errors > 0 && a->record_errors[0].batch_index_error_message.len > 0)
		return a->record_errors[0].batch_index_error_message;
	return a->error_message;
}

static void
take_answer(struct gw_client *c, const struct carrier *k, struct item *it,
    const struct gw_reply *reply, size_t *hint)
{
	const struct gw_produce_response *r = reply->body;
	const struct gw_produce_partition_response *a = r == NULL ? NULL :
	    find_answer(r, it->part, hint);
	int code;

	if (r == NULL && reply->code == 0) {	/* acks=0: written is delivered */
		delivered(c, it, k->broker->node_id, -1);
		return;
	}
	if (reply->code != 0) {
		it->batch->in_doubt = true;
		gw_ppart_again(c, it->part, it->batch);
		return;
	}
	code = a == NULL ? GW_K_UNKNOWN_SERVER_ERROR : a->error_code;
	if (code == 0 || code == GW_K_DUPLICATE_SEQUENCE_NUMBER) {
		delivered(c, it, k->broker->node_id, code == 0 ? a->base_offset : -1);
		return;
	}
	if (a != NULL && a->current_leader.leader_epoch >= 0)
		gw_cluster_new_leader(it->part->topic->topic, it->part->index,
		    a->current_leader.leader_id, a->current_leader.leader_epoch);
	refused(c, it, reply->conn, code, a == NULL ? (struct gw_slice){ "", 0 } : error_text(a));
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_produce_response *r = reply->body;
	struct carrier *k = owner;
	size_t hint = 0;

	k->broker->n_produces--;
	if (r != NULL) {
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
		for (size_t i = 0; i < r->n_node_endpoints; i++)
			(void)!gw_cluster_place(c, r->node_endpoints[i].node_id,
			    r->node_endpoints[i].host, r->node_endpoints[i].port,
			    r->node_endpoints[i].rack);
	}
	for (size_t i = 0; i < k->n; i++) {
		k->items[i].part->n_sent--;
		take_answer(c, k, &k->items[i], reply, &hint);
	}
	gw_alloc_free(c->env->alloc, k);
}

/* How many active partitions of this broker would send now, at most. */
static size_t
count_wanting(struct gw_client *c, const struct gw_broker *b)
{
	size_t n = 0;

	for (struct gw_ppart *p = c->producer.active; p != NULL; p = p->next_active)
		if (gw_ppart_wants(c, p) && gw_cluster_leader(c, p->topic->topic, p->index) == b)
			n++;
	return n;
}

static void
collect(struct gw_client *c, struct carrier *k, size_t cap)
{
	size_t bytes = 0;

	for (struct gw_ppart *p = c->producer.active; p != NULL && k->n < cap; p = p->next_active) {
		struct gw_pbatch *b;

		if (!gw_ppart_wants(c, p) ||
		    gw_cluster_leader(c, p->topic->topic, p->index) != k->broker)
			continue;
		b = gw_ppart_ready(c, p);
		if (b == NULL)
			continue;
		if (k->n > 0 && bytes + b->buf.len > (size_t)c->cfg.max_request_size)
			break;
		bytes += b->buf.len;
		k->items[k->n++] = (struct item){ p, b };
	}
}

/* Group the items by topic. 0 or GW_ENOMEM. */
static int
build(struct gw_client *c, const struct carrier *k, struct gw_produce_request *rq)
{
	struct gw_produce_topic_data *t;
	struct gw_produce_partition_data *d = gw_arena_zero(&c->scratch, k->n, sizeof(*d));
	bool *placed = gw_arena_zero(&c->scratch, k->n, sizeof(*placed));

	rq->topic_data = gw_arena_zero(&c->scratch, k->n, sizeof(*t));
	if (d == NULL || placed == NULL || rq->topic_data == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		const struct gw_topic *topic = k->items[i].part->topic->topic;

		if (placed[i])
			continue;
		t = &rq->topic_data[rq->n_topic_data++];
		*t = (struct gw_produce_topic_data){ .name = { topic->name, topic->name_len },
		    .partition_data = d };
		for (size_t j = i; j < k->n; j++) {
			if (k->items[j].part->topic->topic != topic)
				continue;
			placed[j] = true;
			d->index = k->items[j].part->index;
			d->records = gw_buf_slice(&k->items[j].batch->buf);
			d++;
			t->n_partition_data++;
		}
	}
	return 0;
}

static int
send(struct gw_client *c, struct carrier *k, struct gw_conn *conn, int version)
{
	struct gw_produce_request rq = { .acks = c->cfg.acks,
	    .transactional_id = { NULL, 0 },
	    .timeout_ms = (int32_t)c->cfg.request_timeout_ms };
	struct gw_send_spec spec = { .key = GW_API_PRODUCE, .version = (int16_t)version,
	    .no_answer = c->cfg.acks == 0, .handler = { done, k } };
	struct gw_err err = { 0 };
	int rc;

	if (gw_txn_is_on(c))
		rq.transactional_id = gw_str(c->cfg.transactional_id);
	gw_arena_reset(&c->scratch);
	rc = build(c, k, &rq);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &err);
	if (rc != 0)
		return gw_client_fail(
		    c, rc, "Produce: %s", err.code != 0 ? err.msg : gw_strerror(rc));
	for (size_t i = 0; i < k->n; i++) {
		struct gw_ppart *p = k->items[i].part;
		struct gw_pbatch *b = k->items[i].batch;

		b->state = GW_PBATCH_SENT;
		b->attempts++;
		b->leader_epoch = p->topic->topic->leaders[p->index].epoch;
		p->n_sent++;
	}
	k->broker->n_produces++;
	if (gw_txn_is_on(c))
		gw_txn_produced(c);
	return 0;
}

/*
 * From v12 on Produce itself adds the partition to the transaction (KIP-890), so in a classic
 * transaction it must not be spoken, and in one of v2 nothing else.
 */
static int
choose_version(struct gw_client *c, const struct gw_conn *conn)
{
	int version = gw_conn_version(conn, GW_API_PRODUCE, &c->err);

	if (gw_txn_is_on(c) && c->txn.v2)
		return version < ADDS_PARTITION ? GW_EAGAIN : ADDS_PARTITION;
	return version < ADDS_PARTITION ? version : ADDS_PARTITION - 1;
}

/* One request to one broker, if there is something to send. False: not now. */
static bool
send_one(struct gw_client *c, struct gw_broker *b)
{
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	size_t n = count_wanting(c, b);
	struct carrier *k;
	int version;

	if (n == 0 || !gw_conn_want(conn))
		return false;
	version = choose_version(c, conn);
	if (version < 0)
		return false;
	k = gw_alloc_zero(c->env->alloc, 1, sizeof(*k) + n * sizeof(k->items[0]));
	if (k == NULL)
		return false;
	k->broker = b;
	collect(c, k, n);
	if (k->n > 0 && send(c, k, conn, version) == 0)
		return true;
	gw_alloc_free(c->env->alloc, k);
	return false;
}

void
gw_produce_requests(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		if (b->node_id < 0)
			continue;
		while (b->n_produces < GW_IN_FLIGHT_MAX && send_one(c, b))
			;
	}
}
