/* SPDX-License-Identifier: MIT
 *
 * client/produce_queue.c - the queue of batches of one partition: what may go, what came back, what
 * has ended.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/produce_batch.h"

void
gw_ppart_push(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b)
{
	struct gw_producer *k = &c->producer;

	b->next = NULL;
	if (p->last == NULL)
		p->first = b;
	else
		p->last->next = b;
	p->last = b;
	if (p->is_active)
		return;
	p->is_active = true;
	p->next_active = NULL;
	if (k->active_last == NULL)
		k->active = p;
	else
		k->active_last->next_active = p;
	k->active_last = p;
}

static void
unlink_batch(struct gw_ppart *p, struct gw_pbatch *b)
{
	struct gw_pbatch **at = &p->first, *before = NULL;

	while (*at != b) {
		before = *at;
		at = &before->next;
	}
	*at = b->next;
	if (p->last == b)
		p->last = before;
	b->next = NULL;
}

void
gw_ppart_replace(struct gw_ppart *p, struct gw_pbatch *b, struct gw_pbatch *from,
    struct gw_pbatch *to)
{
	struct gw_pbatch **at = &p->first;

	while (*at != b)
		at = &(*at)->next;
	*at = from;
	to->next = b->next;
	if (p->last == b)
		p->last = to;
	b->next = NULL;
}

void
gw_pbatch_end(struct gw_client *c, struct gw_pbatch *b, const struct gw_err *err)
{
	struct gw_producer *k = &c->producer;

	uint32_t n = b->n_records - b->n_moved;

	k->pending -= n;
	if (err == NULL) {
		k->delivered += n;
		c->stats.records_delivered += n;
		if (!b->has_reports) {
			gw_pbatch_free(c, b);
			return;
		}
	} else {
		k->failed += n;
		c->stats.records_failed += n;
		gw_txn_doom(c, err);
		c->err = *err;
		b->err = gw_alloc_bytes(c->env->alloc, sizeof(*b->err));
		if (b->err == NULL) {
			gw_pbatch_free(c, b);
			return;
		}
		*b->err = *err;
	}
	gw_pbatch_shed(c, b);
	gw_event_put_batch(c, b);
}

void
gw_ppart_end(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b, const struct gw_err *err)
{
	unlink_batch(p, b);
	if (err == NULL && b->producer_id == p->producer_id && b->epoch == p->epoch)
		p->begun = true;
	/* Its sequence was spent: what follows would look like a gap to the broker. */
	if (err != NULL && b->producer_id >= 0 && !b->in_doubt)
		p->raise_epoch = true;
	if (err != NULL && b->producer_id >= 0)
		c->txn.renew_id = true;
	gw_pbatch_end(c, b, err);
}

void
gw_ppart_again(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b)
{
	b->state = GW_PBATCH_CLOSED;
	if (!p->again)
		p->n_errors++;	/* all that come back together are one failure */
	if (!p->again || b->leader_epoch > p->failed_epoch)
		p->failed_epoch = b->leader_epoch;
	p->again = true;
	p->retry_at_us = c->now.us + gw_backoff_us(c, p->n_errors);
	c->stats.retries++;
}

/* Another leader than the one that failed is not made to wait (KAFKA-15415). */
static int64_t
retry_at_us(const struct gw_ppart *p)
{
	const struct gw_topic *t = p->topic->topic;

	return p->index < t->n_partitions && t->leaders[p->index].epoch > p->failed_epoch ?
	    0 : p->retry_at_us;
}

static bool
is_due(const struct gw_client *c, const struct gw_pbatch *b)
{
	return b->state == GW_PBATCH_CLOSED || c->producer.flushing || gw_txn_hurries(c) ||
	    b->next != NULL ||
	    b->opened_us + gw_ms(c->cfg.linger_ms) <= c->now.us;
}

/* Write the header. 0, or the error that ends the batch. */
static int
finish(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b)
{
	bool idempotent = c->cfg.enable_idempotence != 0;
	struct gw_batch_stamp s = {
		.compression = (enum gw_compression)c->cfg.compression_type,
		.with = c->compressors,
		.attributes = gw_txn_is_on(c) ? GW_BATCH_TRANSACTIONAL : 0,
		.producer_id = idempotent ? p->producer_id : -1,
		.producer_epoch = idempotent ? p->epoch : -1,
		.base_sequence = idempotent ? p->sequence : -1,
	};
	int rc = gw_batch_finish(&b->writer, &s, &c->producer.compress_scratch);

	if (rc != 0)
		return rc;
	b->state = GW_PBATCH_CLOSED;
	b->finished = true;
	b->producer_id = s.producer_id;
	b->epoch = s.producer_epoch;
	b->sequence = s.base_sequence;
	if (idempotent)
		p->sequence = (int32_t)(((uint32_t)p->sequence + b->n_records) & INT32_MAX);
	b->stamp = p->n_stamped++;
	return 0;
}

/*
 * New epoch, sequences from 0 (KIP-360). Batches that were sent before are stamped anew: the broker
 * refused them or their fate is settled, because nothing is under way.
 */
static bool
raise_epoch(struct gw_client *c, struct gw_ppart *p)
{
	p->raise_epoch = false;
	if (gw_txn_is_on(c))
		return true;	/* the next transaction has a new epoch: gw_producer_id_ready() */
	if (p->epoch == INT16_MAX || p->producer_id != c->producer.id) {
		if (p->producer_id == c->producer.id)
			c->producer.id_state = GW_ID_NONE;
		p->producer_id = -1;
	} else {
		p->epoch++;
		p->sequence = 0;
		p->begun = false;
	}
	if (!gw_producer_id_ready(c, p)) {
		p->raise_epoch = true;
		return false;
	}
	for (struct gw_pbatch *b = p->first; b != NULL && b->state != GW_PBATCH_OPEN; b = b->next) {
		if (!b->finished) {
			/* Half of one that was split: its turn is before those that were sent. */
			p->raise_epoch = finish(c, p, b) != 0;
			if (p->raise_epoch)
				return false;
			continue;
		}
		b->producer_id = p->producer_id;
		b->epoch = p->epoch;
		b->sequence = p->sequence;
		b->stamp = p->n_stamped++;
		b->in_doubt = false;
		b->doubted_us = 0;
		p->sequence = (int32_t)(((uint32_t)p->sequence + b->n_records) & INT32_MAX);
		gw_batch_restamp(b->buf.ptr, b->buf.len, b->producer_id, b->epoch, b->sequence);
	}
	return true;
}

/*
 * How many batches of one partition may be under way: more than one only with sequences to keep
 * them in order. A broker that knows nothing of this producer takes any sequence as its first, so
 * the first batch travels alone: were it refused, the second would be let in before it.
 */
static unsigned
sent_max(const struct gw_client *c, const struct gw_ppart *p)
{
	return c->cfg.enable_idempotence && p->begun ? GW_IN_FLIGHT_MAX : 1;
}

#define BROKER_REMEMBERS	5	/* ProducerStateEntry.java, NUM_BATCHES_TO_RETAIN */

/*
 * A broker remembers the last five batches of a producer. Were later ones sent while the first is
 * still without an answer, though some in between have theirs, it would forget the first: sent
 * again that would be refused as out of order, and written twice with the next epoch.
 */
static bool
is_remembered(const struct gw_ppart *p, const struct gw_pbatch *b)
{
	uint32_t stamp = b->finished ? b->stamp : p->n_stamped;

	return b == p->first || !p->first->finished || stamp - p->first->stamp < BROKER_REMEMBERS;
}

/* Whether the partition's state lets anything go. */
static bool
is_free(struct gw_client *c, struct gw_ppart *p)
{
	if (!p->again && !p->raise_epoch)
		return true;
	if (p->n_sent > 0)
		return false;
	p->again = false;
	/*
	 * In doubt: the old stamp lets the broker tell a duplicate, or say for certain that it has
	 * none.
	 */
	if (!p->raise_epoch || p->first->in_doubt)
		return true;
	return raise_epoch(c, p);
}

bool
gw_ppart_wants(const struct gw_client *c, const struct gw_ppart *p)
{
	const struct gw_pbatch *b = p->first;

	while (b != NULL && b->state == GW_PBATCH_SENT)
		b = b->next;
	if (gw_txn_is_on(c) && !gw_txn_may_produce(c, p))
		return false;
	return b != NULL && is_due(c, b) && retry_at_us(p) <= c->now.us &&
	       p->n_sent < sent_max(c, p) &&
	       (!c->cfg.enable_idempotence || is_remembered(p, b)) &&
	       (p->n_sent == 0 || (!p->again && !p->raise_epoch));
}

struct gw_pbatch *
gw_ppart_ready(struct gw_client *c, struct gw_ppart *p)
{
	struct gw_pbatch *b;
	int rc;

	if (!gw_ppart_wants(c, p) || !is_free(c, p))
		return NULL;
	for (b = p->first; b->state == GW_PBATCH_SENT; )
		b = b->next;
	if (b->finished)
		return b;
	if (c->cfg.enable_idempotence && !gw_producer_id_ready(c, p))
		return NULL;
	rc = finish(c, p, b);
	if (rc != 0) {
		struct gw_err err;

		if (rc == GW_ENOMEM) {
			p->retry_at_us = c->now.us + gw_backoff_us(c, 1);
			p->failed_epoch = INT32_MAX;	/* whoever leads */
			return NULL;
		}
		(void)gw_err_set(&err, rc, "batch for %s-%d: %s", p->topic->topic->name,
		    (int)p->index, gw_strerror(rc));
		gw_ppart_end(c, p, b, &err);
		return NULL;
	}
	return b;
}

void
gw_ppart_expire(struct gw_client *c, struct gw_ppart *p)
{
	struct gw_pbatch *b = p->first;

	while (b != NULL && b->deadline_us <= c->now.us) {
		struct gw_pbatch *next = b->next;
		struct gw_err err;

		if (b->state != GW_PBATCH_SENT) {
			(void)gw_err_set(&err, GW_ETIMEOUT,
			    "%u record%s for %s-%d not acknowledged within "
			    "delivery.timeout.ms=%lld and given up; %s. Last error: %s",
			    b->n_records, b->n_records == 1 ? "" : "s", p->topic->topic->name,
			    (int)p->index, (long long)c->cfg.delivery_timeout_ms,
			    b->in_doubt ? "they were sent, whether they arrived is unknown"
					: "they were not written",
			    c->err.code == 0 ? "none" : c->err.msg);
			gw_ppart_end(c, p, b, &err);
		}
		b = next;
	}
}

int64_t
gw_ppart_deadline(const struct gw_client *c, const struct gw_ppart *p)
{
	int64_t deadline = GW_NEVER_US, at;
	const struct gw_pbatch *b = p->first;

	while (b != NULL && b->state == GW_PBATCH_SENT)
		b = b->next;
	if (b == NULL)
		return GW_NEVER_US;
	deadline = b->deadline_us;
	if (p->n_sent >= sent_max(c, p) || ((p->again || p->raise_epoch) && p->n_sent > 0))
		return deadline;
	at = is_due(c, b) ? c->now.us : b->opened_us + gw_ms(c->cfg.linger_ms);
	if (retry_at_us(p) > at)
		at = retry_at_us(p);
	return gw_earlier(deadline, at > c->now.us ? at : deadline);
}
