/* SPDX-License-Identifier: MIT
 *
 * client/txn_request.c - what a transaction asks of its coordinator. Source:
 * InitProducerIdRequest.json, AddPartitionsToTxnRequest.json, EndTxnRequest.json.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/produce_batch.h"
#include "client/txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_init_producer_id.h"

#define INIT_WITH_ID_MIN	3	/* InitProducerId that raises one's own epoch (KIP-360) */
#define ADD_BY_CLIENT_MAX	3	/* AddPartitionsToTxn: above is between brokers */
#define END_CLASSIC_MAX		4
#define END_V2			5

struct gw_conn *
gw_txn_conn(struct gw_client *c)
{
	struct gw_broker *b;
	struct gw_conn *conn;
	int fatal;

	b = gw_cluster_txn_coordinator(c, c->cfg.transactional_id, &fatal);
	if (fatal != 0 && fatal != GW_ENOMEM)
		(void)gw_txn_judge(c, fatal, "FindCoordinator");
	if (b == NULL)
		return NULL;
	conn = &b->conns[GW_ROLE_GENERAL];
	return gw_conn_want(conn) && conn->versions == GW_VERSIONS_KNOWN ? conn : NULL;
}

/* The answer did not come, or the coordinator has moved: look for it anew, and again. */
static bool
is_lost(struct gw_client *c, const struct gw_reply *reply, int code)
{
	if (reply->code == 0 && code != GW_K_NOT_COORDINATOR &&
	    code != GW_K_COORDINATOR_NOT_AVAILABLE)
		return false;
	gw_cluster_txn_coordinator_lost(c, c->cfg.transactional_id);
	gw_txn_retry_later(c);
	return true;
}

/* Send it. False: later. */
static bool
ask(struct gw_client *c, struct gw_conn *conn, struct gw_send_spec *spec, const void *body)
{
	struct gw_err err = { 0 };
	int rc = gw_conn_send(conn, spec, body, &err);

	if (rc != 0) {
		(void)gw_event_error(c, conn->node_id, true, rc, "%s", err.msg);
		gw_txn_retry_later(c);
		return false;
	}
	c->txn.under_way = true;
	return true;
}

/* At most max; negative after transactions were given up: the broker has none. */
static int
version_of(struct gw_client *c, const struct gw_conn *conn, int16_t key, int max)
{
	struct gw_err err = { 0 };
	int version = gw_conn_version(conn, key, &err);

	if (version < 0)
		return gw_txn_give_up(c, version, "%s", err.msg);
	return version < max ? version : max;
}

/* ---- InitProducerId ---- */

static void
init_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_init_producer_id_response *r = reply->body;
	struct gw_producer *k = &c->producer;

	(void)owner;
	c->txn.under_way = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (is_lost(c, reply, r == NULL ? 0 : r->error_code))
		return;
	if (r->error_code == GW_K_INVALID_PRODUCER_ID_MAPPING && k->id >= 0) {
		k->id = -1;	/* the coordinator has forgotten this id: a new one */
		c->again = true;
		return;
	}
	switch (gw_txn_judge(c, r->error_code, "InitProducerId")) {
	case GW_TXN_WELL:
		k->id_state = GW_ID_KNOWN;
		k->id = r->producer_id;
		k->epoch = r->producer_epoch;
		c->again = true;
		break;
	case GW_TXN_AGAIN:
		break;
	case GW_TXN_FAILED:
		/* Doomed is not enough: without an id nothing goes on. */
		(void)gw_txn_give_up(c, r->error_code, "InitProducerId for transactional.id=%s: %s",
		    c->cfg.transactional_id, gw_strerror(r->error_code));
		break;
	}
}

void
gw_txn_init_id(struct gw_client *c)
{
	struct gw_init_producer_id_request rq = {
		.transactional_id = gw_str(c->cfg.transactional_id),
		.transaction_timeout_ms = (int32_t)c->cfg.transaction_timeout_ms,
		.producer_id = -1,
		.producer_epoch = -1 };
	struct gw_send_spec spec = { .key = GW_API_INIT_PRODUCER_ID,
		.handler = { init_done, &c->txn } };
	struct gw_conn *conn = gw_txn_conn(c);
	int version;

	if (conn == NULL)
		return;
	version = version_of(c, conn, spec.key, INT16_MAX);
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	/* With the id of before, a zombie is told that it is one. */
	if (version >= INIT_WITH_ID_MIN && c->producer.id >= 0) {
		rq.producer_id = c->producer.id;
		rq.producer_epoch = c->producer.epoch;
	}
	(void)ask(c, conn, &spec, &rq);
}

/* ---- AddPartitionsToTxn ---- */

/* Partitions that have something to send and are not in the transaction yet. */
static bool
is_missing(const struct gw_client *c, const struct gw_ppart *p)
{
	return p->first != NULL && p->txn_added != c->txn.serial;
}

static const struct gw_add_partitions_to_txn_topic_result *
results_of(const struct gw_add_partitions_to_txn_response *r, size_t *n)
{
	*n = r->n_results_by_topic_v3_and_below;
	return r->results_by_topic_v3_and_below;
}

/* The code that counts: a refusal of one partition leaves the others "not attempted". */
static int
worst(const struct gw_add_partitions_to_txn_response *r)
{
	const struct gw_add_partitions_to_txn_topic_result *t;
	int found = 0;
	size_t n;

	t = results_of(r, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < t[i].n_results_by_partition; j++) {
			int code = t[i].results_by_partition[j].partition_error_code;

			if (code != 0 && (found == 0 || found == GW_K_OPERATION_NOT_ATTEMPTED ||
			    (gw_err_retriable(found) && !gw_err_retriable(code) &&
			    code != GW_K_OPERATION_NOT_ATTEMPTED)))
				found = code;
		}
	return found;
}

static void
added(struct gw_client *c, const struct gw_add_partitions_to_txn_response *r)
{
	const struct gw_add_partitions_to_txn_topic_result *t;
	size_t n;

	t = results_of(r, &n);
	for (size_t i = 0; i < n; i++) {
		const struct gw_topic *topic = gw_cluster_find_topic(c, t[i].name);

		for (size_t j = 0; j < t[i].n_results_by_partition; j++) {
			int32_t index = t[i].results_by_partition[j].partition_index;

			if (topic != NULL && topic->producer != NULL && index >= 0 &&
			    index < topic->producer->n_parts)
				topic->producer->parts[index]->txn_added = c->txn.serial;
		}
	}
	c->again = true;
}

static void
add_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_add_partitions_to_txn_response *r = reply->body;
	bool waited = c->txn.n_concurrent > 0;
	int code;

	(void)owner;
	c->txn.under_way = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	code = r == NULL ? 0 : worst(r);
	if (is_lost(c, reply, code))
		return;
	if (gw_txn_judge(c, code, "AddPartitionsToTxn") != GW_TXN_WELL)
		return;
	added(c, r);
	gw_txn_passed(c, waited);
}

static int
build_add(struct gw_client *c, struct gw_add_partitions_to_txn_request *rq)
{
	struct gw_add_partitions_to_txn_topic *t;
	size_t n = 0;
	int32_t *index;

	for (const struct gw_ppart *p = c->producer.active; p != NULL; p = p->next_active)
		n += is_missing(c, p);
	if (n == 0)
		return 0;
	gw_arena_reset(&c->scratch);
	index = gw_arena_zero(&c->scratch, n, sizeof(*index));
	t = gw_arena_zero(&c->scratch, n, sizeof(*t));
	if (index == NULL || t == NULL)
		return GW_ENOMEM;
	rq->v3_and_below_topics = t;
	for (const struct gw_ptopic *pt = c->producer.topics; pt != NULL; pt = pt->next) {
		t->name = (struct gw_slice){ pt->topic->name, pt->topic->name_len };
		t->partitions = index;
		t->n_partitions = 0;
		for (int32_t i = 0; i < pt->n_parts; i++)
			if (pt->parts[i]->is_active && is_missing(c, pt->parts[i])) {
				*index++ = i;
				t->n_partitions++;
			}
		if (t->n_partitions > 0 && ++rq->n_v3_and_below_topics < n)
			t++;
		if (rq->n_v3_and_below_topics == n)
			break;
	}
	return 0;
}

void
gw_txn_add_partitions(struct gw_client *c)
{
	struct gw_add_partitions_to_txn_request rq = {
		.v3_and_below_transactional_id = gw_str(c->cfg.transactional_id),
		.v3_and_below_producer_id = c->producer.id,
		.v3_and_below_producer_epoch = c->producer.epoch };
	struct gw_send_spec spec = { .key = GW_API_ADD_PARTITIONS_TO_TXN,
		.handler = { add_done, &c->txn } };
	struct gw_conn *conn;
	int version, rc;

	if ((c->txn.v2 && !c->txn.gated) || !c->txn.chosen || c->txn.under_way || c->txn.unsettled)
		return;
	rc = build_add(c, &rq);
	if (rc != 0)
		gw_txn_retry_later(c);
	if (rc != 0 || rq.n_v3_and_below_topics == 0)
		return;
	conn = gw_txn_conn(c);
	version = conn == NULL ? GW_EAGAIN : version_of(c, conn, spec.key, ADD_BY_CLIENT_MAX);
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (ask(c, conn, &spec, &rq))
		c->txn.started = true;
}

/* ---- EndTxn ---- */

static void
take_epoch(struct gw_client *c, const struct gw_end_txn_response *r)
{
	if (r->producer_id < 0 || r->producer_epoch < 0)
		return;
	c->producer.id = r->producer_id;
	c->producer.epoch = r->producer_epoch;
	c->txn.v2_epoch = true;
}

static void
end_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_end_txn_response *r = reply->body;
	struct gw_txn *t = &c->txn;
	bool must_be_told;

	(void)owner;
	t->under_way = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (t->state == GW_TXN_IDLE || is_lost(c, reply, r == NULL ? 0 : r->error_code))
		return;		/* IDLE: its time was over; it is asked again */
	must_be_told = !t->unsettled && !t->aborting;
	if (r->error_code != 0 && !gw_err_retriable(r->error_code))
		t->end_sent = false;	/* it did not happen, and that is certain */
	switch (gw_txn_judge(c, r->error_code, "EndTxn")) {
	case GW_TXN_WELL:
		take_epoch(c, r);
		gw_txn_ended(c);
		break;
	case GW_TXN_AGAIN:
		break;
	case GW_TXN_FAILED:
		if (r->error_code == GW_K_INVALID_PRODUCER_ID_MAPPING)
			c->producer.id = -1;
		/* A commit is doomed and becomes an abort; of an abort nothing is left. */
		if (!must_be_told && c->producer.fatal == 0) {
			t->renew_id = true;
			gw_txn_ended(c);
		}
		break;
	}
}

void
gw_txn_end(struct gw_client *c, bool commit, bool v2)
{
	struct gw_end_txn_request rq = { .transactional_id = gw_str(c->cfg.transactional_id),
	    .producer_id = c->producer.id, .producer_epoch = c->producer.epoch,
	    .committed = commit };
	struct gw_send_spec spec = { .key = GW_API_END_TXN, .handler = { end_done, &c->txn } };
	struct gw_conn *conn = gw_txn_conn(c);
	int version;

	if (conn == NULL)
		return;
	version = version_of(c, conn, spec.key, v2 ? END_V2 : END_CLASSIC_MAX);
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (ask(c, conn, &spec, &rq) && !c->txn.unsettled)
		c->txn.end_sent = true;
}
