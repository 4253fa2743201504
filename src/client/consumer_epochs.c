/* SPDX-License-Identifier: MIT
 *
 * client/consumer_epochs.c - whether the log is still the one that was read. A leader that was
 * elected without the others' records cuts them off; whoever read them must know (KIP-320).
 *
 * From Fetch v12 on the request says the epoch of the record before, and the answer where the logs
 * part. To older brokers OffsetForLeaderEpoch goes once after each change of leader.
 * Source: OffsetForLeaderEpoch*.json; SubscriptionState.java (maybeCompleteValidation).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "wire/msg_offset_for_leader_epoch.h"

#define CONSUMER_REPLICA	(-1)

/* The owner of a request: what it asks for, of which leader. */
struct asked {
	size_t	n;
	struct {
		struct gw_cpart	*part;
		uint64_t	 life;
		int32_t		 leader_epoch;
	} items[];
};

static int32_t
leader_epoch(const struct gw_cpart *p)
{
	return p->index < p->topic->n_partitions ? p->topic->leaders[p->index].epoch : -1;
}

/* What a leader of the same epoch wrote cannot have been cut by it. */
static bool
wants_check(struct gw_client *c, const struct gw_cpart *p, const struct gw_broker *b)
{
	int32_t epoch = leader_epoch(p);

	return p->assigned && p->state == GW_CPART_READY && p->retry_at_us <= c->now.us &&
	    p->fetch_epoch >= 0 && epoch > p->fetch_epoch && p->checked_epoch != epoch &&
	    gw_cpart_source(c, p) == b;
}

static size_t
count(struct gw_client *c, const struct gw_broker *b)
{
	size_t n = 0;

	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n += wants_check(c, p, b);
	return n;
}

bool
gw_epochs_wait(struct gw_client *c, const struct gw_broker *b)
{
	return b->conns[GW_ROLE_FETCH].versions != GW_VERSIONS_KNOWN && count(c, b) > 0;
}

/* ---- the log was cut ---- */

static void
tell(struct gw_client *c, const struct gw_cpart *p, int64_t end_offset, bool stops)
{
	struct gw_event ev = { .type = GW_EVENT_ERROR, .topic = { p->topic->name,
	    p->topic->name_len }, .partition = p->index, .offset = end_offset, .broker = -1,
	    .retriable = !stops };

	if (end_offset < 0)
		(void)gw_err_set(&ev.err, GW_K_OFFSET_OUT_OF_RANGE, "%s-%d: the log was cut: it "
		    "no longer has what was read up to offset %lld%s", p->topic->name,
		    (int)p->index, (long long)p->position,
		    stops ? ", and auto.offset.reset=none; gw_seek() to go on" : "");
	else
		(void)gw_err_set(&ev.err, GW_K_OFFSET_OUT_OF_RANGE, "%s-%d: the log was cut: what "
		    "was read from offset %lld to %lld is gone%s", p->topic->name, (int)p->index,
		    (long long)end_offset, (long long)p->position, stops ? ", and "
		    "auto.offset.reset=none; gw_seek() to the first of them to go on" :
		    "; reading goes on at the first of them");
	c->err = ev.err;
	if (stops)
		c->consumer.err = ev.err;
	gw_event_put(c, &ev);
}

void
gw_cpart_diverged(struct gw_client *c, struct gw_cpart *p, int32_t epoch, int64_t end_offset)
{
	bool stops = c->cfg.auto_offset_reset == GW_RESET_NONE;

	p->session_at = -1;
	if (end_offset >= p->position) {	/* only what nobody has seen yet */
		gw_cpart_seek(c, p, p->position);
		return;
	}
	tell(c, p, end_offset, stops);
	p->life++;
	p->state = GW_CPART_READY;
	if (stops) {
		p->retry_at_us = GW_NEVER_US;
	} else if (end_offset < 0) {
		gw_cpart_reset(c, p, "the log was cut");
	} else {
		gw_cpart_seek(c, p, end_offset);
		p->epoch = p->fetch_epoch = epoch;
	}
}

/* ---- OffsetForLeaderEpoch ---- */

static struct asked *
collect(struct gw_client *c, const struct gw_broker *b)
{
	size_t n = count(c, b);
	struct asked *k = n == 0 ? NULL :
	    gw_alloc_zero(c->env->alloc, 1, sizeof(*k) + n * sizeof(k->items[0]));

	for (struct gw_cpart *p = c->consumer.parts; k != NULL && p != NULL; p = p->next) {
		if (!wants_check(c, p, b))
			continue;
		k->items[k->n].part = p;
		k->items[k->n].life = p->life;
		k->items[k->n++].leader_epoch = leader_epoch(p);
	}
	return k;
}

static bool
is_current(const struct asked *k, size_t i)
{
	const struct gw_cpart *p = k->items[i].part;

	return p->assigned && p->life == k->items[i].life && p->state == GW_CPART_CHECK_ASKED;
}

/* Partitions that got no answer of their own are asked about again. */
static void
end(struct gw_client *c, struct asked *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (is_current(k, i)) {
			k->items[i].part->state = GW_CPART_READY;
			gw_cpart_retry_later(c, k->items[i].part);
			gw_cluster_refresh(c);
		}
	gw_alloc_free(c->env->alloc, k);
	c->again = true;
}

static void
take(struct gw_client *c, struct asked *k, size_t i,
    const struct gw_offset_for_leader_epoch_end_offset *a)
{
	struct gw_cpart *p = k->items[i].part;
	int code = a->error_code;

	p->state = GW_CPART_READY;
	if (code != 0 && gw_err_retriable(code)) {
		gw_cluster_refresh(c);
		gw_cpart_retry_later(c, p);
		return;
	}
	/*
	 * Who may read need not be allowed to ask this (brokers before 2.3): then
	 * it is not known.
	 */
	p->checked_epoch = k->items[i].leader_epoch;
	p->n_errors = 0;
	if (code == 0 && (a->end_offset < p->fetch_at || a->leader_epoch < p->fetch_epoch))
		gw_cpart_diverged(c, p, a->leader_epoch, a->leader_epoch < 0 ? -1 : a->end_offset);
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_offset_for_leader_epoch_response *r = reply->body;
	struct asked *k = owner;

	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	for (size_t t = 0; r != NULL && t < r->n_topics; t++)
		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			const struct gw_offset_for_leader_epoch_end_offset *a =
			    &r->topics[t].partitions[i];
			const struct gw_cpart *p =
			    gw_cpart_find(c, r->topics[t].topic, a->partition);

			for (size_t j = 0; p != NULL && j < k->n; j++)
				if (k->items[j].part == p && is_current(k, j))
					take(c, k, j, a);
		}
	end(c, k);
}

static int
build(struct gw_client *c, const struct asked *k, struct gw_offset_for_leader_epoch_request *rq)
{
	struct gw_offset_for_leader_epoch_partition *d =
	    gw_arena_zero(&c->scratch, k->n, sizeof(*d));

	rq->topics = gw_arena_zero(&c->scratch, k->n, sizeof(*rq->topics));
	if (d == NULL || rq->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		const struct gw_cpart *p = k->items[i].part;

		d[i] = (struct gw_offset_for_leader_epoch_partition){ .partition = p->index,
		    .current_leader_epoch = k->items[i].leader_epoch,
		    .leader_epoch = p->fetch_epoch };
		if (i == 0 || k->items[i - 1].part->topic != p->topic)
			rq->topics[rq->n_topics++] = (struct gw_offset_for_leader_epoch_topic){
			    .topic = { p->topic->name, p->topic->name_len }, .partitions = &d[i] };
		rq->topics[rq->n_topics - 1].n_partitions++;
	}
	return 0;
}

static void
ask(struct gw_client *c, struct gw_conn *conn, struct asked *k, int version)
{
	struct gw_offset_for_leader_epoch_request rq = {
	    .replica_id = version >= 3 ? CONSUMER_REPLICA : -2 };
	struct gw_send_spec spec = { .key = GW_API_OFFSET_FOR_LEADER_EPOCH,
	    .version = (int16_t)version, .handler = { done, k } };
	int rc;

	gw_arena_reset(&c->scratch);
	rc = build(c, k, &rq);
	for (size_t i = 0; i < k->n; i++)
		k->items[i].part->state = GW_CPART_CHECK_ASKED;
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		end(c, k);
}

/* To whom Fetch says it all there is nothing to ask; who does not know the question, neither. */
static void
check(struct gw_client *c, struct gw_broker *b)
{
	struct gw_conn *conn = &b->conns[GW_ROLE_FETCH];
	struct asked *k;
	int version;

	if (!gw_conn_want(conn) || conn->versions != GW_VERSIONS_KNOWN ||
	    gw_conn_version(conn, GW_API_FETCH, NULL) >= GW_FETCH_CHECKS_MIN)
		return;
	version = gw_conn_version(conn, GW_API_OFFSET_FOR_LEADER_EPOCH, NULL);
	k = version < 0 ? NULL : collect(c, b);
	if (k != NULL)
		ask(c, conn, k, version);
}

void
gw_epochs_step(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		if (b->node_id >= 0 && !b->session.under_way && count(c, b) > 0)
			check(c, b);
}
