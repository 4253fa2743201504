/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "broker/txn_marker.h"

#define RETRY_US	100000		/* the disk took no marker, or no decision */
#define ID_EXPIRE_MS	604800000	/* transactional.id.expiration.ms */
#define DECIDED_MIN	256		/* fewer are not worth looking through */

static void
due_at(struct gw_xacts *ts, int64_t us)
{
	if (us < ts->next_us)
		ts->next_us = us;
}

/* ---- markers ---- */

static int
write_marker(struct gw_broker *b, struct gw_topic *t, struct gw_xact_decision *d, int64_t wall_ms)
{
	struct gw_batch_header h;
	int rc;

	gw_buf_clear(&b->stage);
	rc = gw_marker_build(&b->stage, d->producer_id, d->epoch, d->committed, wall_ms);
	if (rc == 0 && gw_batch_header_read(gw_buf_slice(&b->stage), &h) < 0)
		rc = GW_EPROTO;
	if (rc == 0)
		rc = gw_log_append(b, t, d->partition, b->stage.ptr, &h, wall_ms);
	if (rc == 0)
		d->marker = h.base_offset;
	return rc;
}

/* The decision of a transaction that is being ended; the newest are at the end. */
static struct gw_xact_decision *
own_decision(struct gw_xacts *ts, const struct gw_xact *t, const struct gw_xact_part *part)
{
	for (size_t i = ts->n_decided; i-- > 0;) {
		struct gw_xact_decision *d = &ts->decided[i];

		if (d->marker < 0 && d->producer_id == t->marker_id &&
		    d->partition == part->partition &&
		    memcmp(&d->topic, &part->topic, sizeof(d->topic)) == 0)
			return d;
	}
	return NULL;
}

/* A log that holds its marker for good, or is no more, needs no reminder. */
static void
forget_decisions(struct gw_broker *b)
{
	struct gw_xacts *ts = &b->txns;
	size_t kept = 0;

	for (size_t i = 0; i < ts->n_decided; i++) {
		const struct gw_xact_decision *d = &ts->decided[i];
		const struct gw_plog *l =
		    gw_topic_part(gw_topic_by_id(b, &d->topic), d->partition);

		if (l != NULL && (d->marker < 0 || d->marker >= l->synced))
			ts->decided[kept++] = *d;
	}
	ts->n_decided = kept;
	ts->forget_at = 2 * kept < DECIDED_MIN ? DECIDED_MIN : 2 * kept;
}

void
gw_xact_finish(struct gw_broker *b, struct gw_xact *t, struct gw_time now)
{
	if (t->phase != GW_XACT_PREPARED ||
	    (b->o.fsync == GW_FSYNC_ALWAYS && b->meta.durable < t->decided_at))
		return;
	if (t->committed && t->n_offsets > 0 && gw_xact_give_offsets(b, t) < 0) {
		due_at(&b->txns, now.us + RETRY_US);
		return;
	}
	gw_xact_drop_offsets(&b->txns, t);
	while (t->n_parts > 0) {
		const struct gw_xact_part *part = &t->parts[t->n_parts - 1];
		struct gw_topic *topic = gw_topic_by_id(b, &part->topic);
		struct gw_xact_decision *d = own_decision(&b->txns, t, part);

		if (d != NULL && gw_topic_part(topic, part->partition) != NULL &&
		    write_marker(b, topic, d, now.wall_ms) < 0) {
			due_at(&b->txns, now.us + RETRY_US);
			return;
		}
		t->n_parts--;
	}
	gw_xact_complete(&b->txns, t);
	b->moved++;
	if (b->txns.n_decided > b->txns.forget_at)
		forget_decisions(b);
}

/* ---- deciding ---- */

static int
note_all(struct gw_broker *b, struct gw_xact *t)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n_parts; i++) {
		struct gw_xact_part *p = &t->parts[i];
		const struct gw_plog *l =
		    gw_topic_part(gw_topic_by_id(b, &p->topic), p->partition);

		p->end = l == NULL ? 0 : l->next;
		rc = gw_xact_note(&b->txns,
		    &(struct gw_xact_decision){ .producer_id = t->marker_id,
			.epoch = t->marker_epoch,
			.topic = p->topic,
			.partition = p->partition,
			.end = p->end,
			.committed = t->committed,
			.marker = -1 });
	}
	return rc;
}

int
gw_xact_end_it(struct gw_broker *b, struct gw_xact *t, bool commit, enum gw_xact_bump bump,
    struct gw_time now)
{
	size_t n_decided = b->txns.n_decided;
	struct gw_xact before = *t;
	int64_t fresh = -1;
	int rc = 0;

	if (bump == GW_XACT_MOVE && gw_xact_exhausted(t))
		rc = gw_state_producer_id(b, &fresh);
	if (rc < 0)
		return rc;
	gw_xact_decide(&b->txns, t, commit, bump, fresh);
	t->changed_ms = now.wall_ms;
	rc = note_all(b, t);
	if (rc == 0)
		rc = gw_xact_put(b, t);
	if (rc < 0) {
		*t = before;
		b->txns.n_prepared--;
		b->txns.n_decided = n_decided;
		return rc;
	}
	t->decided_at = b->meta.put;
	gw_xact_finish(b, t, now);
	return 0;
}

static void
time_out(struct gw_broker *b, struct gw_xact *t, struct gw_time now)
{
	gw_log(b->env->log, GW_LOG_WARN, "transaction_timed_out",
	    gw_kv_s("transactional_id", gw_str(t->id)), gw_kv_i("after_ms", t->timeout_ms));
	if (gw_xact_end_it(b, t, false, GW_XACT_MOVE, now) < 0)
		t->deadline_us = now.us + RETRY_US;
}

void
gw_xact_turn(struct gw_broker *b, struct gw_time now)
{
	struct gw_xacts *ts = &b->txns;
	struct gw_xact *t;
	size_t pos = 0;

	if (ts->n_prepared == 0 && now.us < ts->next_us)
		return;
	ts->next_us = INT64_MAX;
	while ((t = gw_map_next(&ts->by_id, &pos)) != NULL) {
		if (t->phase == GW_XACT_ONGOING && now.us >= t->deadline_us)
			time_out(b, t, now);
		else if (t->phase == GW_XACT_PREPARED)
			gw_xact_finish(b, t, now);
		if (t->phase == GW_XACT_ONGOING)
			due_at(ts, t->deadline_us);
	}
}

void
gw_xact_keep(struct gw_broker *b, int64_t wall_ms)
{
	struct gw_xact *t;
	size_t pos = 0;

	while ((t = gw_map_next(&b->txns.by_id, &pos)) != NULL) {
		struct gw_meta_txn gone = { .id = gw_str(t->id) };

		if ((t->phase != GW_XACT_EMPTY && t->phase != GW_XACT_COMPLETE) ||
		    t->changed_ms > wall_ms - ID_EXPIRE_MS ||
		    gw_meta_put(&b->meta, GW_ENTRY_TXN_GONE, gw_meta_txn_gone_visit, &gone) < 0)
			continue;
		gw_xact_drop(&b->txns, t);
		pos--;		/* another may have been shifted here */
	}
	forget_decisions(b);
}

/* ---- after a start ---- */

/*
 * The note that the partition is in the transaction was lost with the power, the records were not.
 * They were not acknowledged, so the producer sends them again, is told that they are there, and
 * may commit: they have to be in its transaction then. What an older epoch left is nobody's any
 * more.
 */
static bool
may_adopt(const struct gw_xact *t, const struct gw_producers *ps, const struct gw_open_txn *open)
{
	return t != NULL && t->phase != GW_XACT_PREPARED && t->producer_id == open->producer_id &&
	    t->epoch == gw_producers_find(ps, open->producer_id)->epoch;
}

/* 1: it goes on, 0: it was ended. */
static int
settle_open(struct gw_broker *b, struct gw_topic *topic, int32_t i, const struct gw_open_txn *open)
{
	struct gw_xact_part part = { .topic = topic->id, .partition = i };
	const struct gw_producers *ps = &topic->parts[i]->producers;
	struct gw_xact_decision *d = gw_xact_decided(&b->txns, open->producer_id, &part,
	    open->first);
	struct gw_xact *t = gw_xact_of_producer(&b->txns, open->producer_id);
	struct gw_xact_decision lost = { .producer_id = open->producer_id,
		.topic = topic->id,
		.partition = i };

	if (d == NULL && t != NULL && gw_xact_has_part(t, &topic->id, i))
		return 1;
	if (d == NULL && may_adopt(t, ps, open)) {
		int rc = gw_xact_put_part(b, t, &topic->id, i, gw_env_now(b->env));

		return rc < 0 ? rc : 1;
	}
	/* Nobody knows of it any more, so nobody was told that it was committed. */
	lost.epoch = gw_producers_find(ps, open->producer_id)->epoch;
	if (d == NULL)
		d = &lost;
	gw_log(b->env->log, GW_LOG_INFO, "transaction_ended_after_start",
	    gw_kv_s("topic", gw_str(topic->name)), gw_kv_i("partition", i),
	    gw_kv_i("producer_id", d->producer_id), gw_kv_i("committed", d->committed));
	return write_marker(b, topic, d, gw_env_now(b->env).wall_ms);
}

static int
settle_log(struct gw_broker *b, struct gw_topic *topic, int32_t i)
{
	struct gw_producers *ps = &topic->parts[i]->producers;
	size_t at = 0;
	int rc = 0;

	while (rc >= 0 && at < ps->n_open) {
		struct gw_open_txn open = ps->open[at];

		rc = settle_open(b, topic, i, &open);
		if (rc > 0)
			at++;
	}
	return rc < 0 ? rc : 0;
}

int
gw_xact_recover(struct gw_broker *b, struct gw_err *err)
{
	struct gw_time now = gw_env_now(b->env);
	struct gw_xacts *ts = &b->txns;
	struct gw_topic *topic;
	struct gw_xact *t;
	size_t pos = 0, kept = 0;
	int rc = 0;

	while (rc == 0 && (topic = gw_map_next(&b->topics_by_name, &pos)) != NULL)
		for (int32_t i = 0; rc == 0 && i < topic->n_parts; i++)
			rc = settle_log(b, topic, i);
	if (rc < 0)
		return gw_err_set(err, rc, "%s: cannot end what transactions a stop left open: %s",
		    b->dir, gw_strerror(rc));
	for (size_t i = 0; i < ts->n_decided; i++)
		if (ts->decided[i].marker >= 0)
			ts->decided[kept++] = ts->decided[i];
	ts->n_decided = kept;
	pos = 0;
	while ((t = gw_map_next(&ts->by_id, &pos)) != NULL) {
		int64_t began_ms = t->began_ms;

		gw_xact_began(ts, t, now);
		t->began_ms = began_ms;
	}
	return 0;
}
