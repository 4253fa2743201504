/* SPDX-License-Identifier: MIT
 *
 * client/producer_id.c - the producer id of idempotence. Source: InitProducerIdRequest.json,
 * KIP-98.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/metadata.h"
#include "wire/msg_init_producer_id.h"

bool
gw_producer_id_ready(struct gw_client *c, struct gw_ppart *p)
{
	struct gw_producer *k = &c->producer;

	/*
	 * The epoch of a transactional producer is one for all partitions, and not
	 * ours to raise.
	 */
	if (p->producer_id >= 0 && (!gw_txn_is_on(c) ||
	    (p->producer_id == k->id && p->epoch == k->epoch)))
		return true;
	if (k->id_state == GW_ID_NONE) {
		k->id_state = GW_ID_WANTED;
		c->again = true;
	}
	if (k->id_state != GW_ID_KNOWN)
		return false;
	p->producer_id = k->id;
	p->epoch = k->epoch;
	p->sequence = 0;
	p->begun = false;
	return true;
}

static void
try_later(struct gw_client *c)
{
	c->producer.id_state = GW_ID_WANTED;
	c->producer.id_retry_us = c->now.us + gw_backoff_us(c, ++c->producer.id_errors);
	gw_wake(c, c->producer.id_retry_us);
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_init_producer_id_response *r = reply->body;
	struct gw_producer *k = owner;

	if (reply->code != 0) {
		try_later(c);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (r->error_code == 0) {
		k->id_state = GW_ID_KNOWN;
		k->id = r->producer_id;
		k->epoch = r->producer_epoch;
		k->id_errors = 0;
		return;
	}
	try_later(c);
	/* Not allowed to: asking on would not help, and nothing can be sent without. */
	if (!gw_err_retriable(r->error_code))
		(void)gw_event_error(c, reply->conn->node_id, true, r->error_code,
		    "InitProducerId at %s:%u: "
		    "%s; enable.idempotence=false does without",
		    reply->conn->host, (unsigned)reply->conn->port, gw_strerror(r->error_code));
}

static int
ask(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_init_producer_id_request rq = { .producer_id = -1, .producer_epoch = -1,
	    .transaction_timeout_ms = INT32_MAX };
	struct gw_send_spec spec = { .key = GW_API_INIT_PRODUCER_ID,
		.handler = { done, &c->producer } };
	struct gw_err err = { 0 };
	int version = gw_conn_version(conn, GW_API_INIT_PRODUCER_ID, &err), rc;

	if (version == GW_EAGAIN)
		return 0;
	if (version < 0)
		return gw_event_error(c, conn->node_id, true, version, "%s", err.msg);
	spec.version = (int16_t)version;
	rc = gw_conn_send(conn, &spec, &rq, &err);
	if (rc != 0)
		return gw_event_error(c, conn->node_id, true, rc, "%s", err.msg);
	c->producer.id_state = GW_ID_ASKED;
	return 0;
}

void
gw_producer_id_step(struct gw_client *c)
{
	struct gw_conn *conn;

	if (c->producer.id_state != GW_ID_WANTED || gw_txn_is_on(c))
		return;		/* the id of a transactional producer: txn_request.c */
	if (c->producer.id_retry_us > c->now.us) {
		gw_wake(c, c->producer.id_retry_us);
		return;
	}
	conn = gw_cluster_any(c);
	if (conn != NULL && ask(c, conn) != 0)
		try_later(c);
}
