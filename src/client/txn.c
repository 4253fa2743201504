/* SPDX-License-Identifier: MIT
 *
 * client/txn.c - gw_begin(), gw_end() and what happens between them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/txn.h"

#include "client/internal.h"
#include "client/produce_batch.h"
#include "client/produce_waiting.h"

#define GATE_MS	100	/* after an end */
#define SMOOTH	16
#define PROBE	64

bool
gw_txn_is_on(const struct gw_client *c)
{
	return c->cfg.transactional_id[0] != '\0';
}

bool
gw_txn_hurries(const struct gw_client *c)
{
	return c->txn.state == GW_TXN_ENDING;
}

bool
gw_txn_settled(const struct gw_client *c)
{
	return c->txn.state == GW_TXN_IDLE;
}

void
gw_txn_doom(struct gw_client *c, const struct gw_err *err)
{
	struct gw_txn *t = &c->txn;

	/* An end that was sent is what it is. */
	if (!gw_txn_is_on(c) || t->state == GW_TXN_IDLE || t->aborting || t->end_sent)
		return;
	t->renew_id = true;	/* sequences may have gaps now */
	c->again = true;
	if (t->err.code == 0)
		t->err = *err;
}

void
gw_txn_revoked(struct gw_client *c, const struct gw_cpart *p)
{
	struct gw_err err;

	if (p->txn_offset < 0)
		return;
	(void)gw_err_set(&err, GW_K_REBALANCE_IN_PROGRESS,
	    "%s-%d was taken away by group %s before the transaction with its offset ended",
	    p->topic->name, (int)p->index, gw_group_id(c));
	gw_txn_doom(c, &err);
}

/* ---- how it ends ---- */

/* What has not been sent is not needed any more. */
static void
drop_unsent(struct gw_client *c, const struct gw_err *err)
{
	for (struct gw_ppart *p = c->producer.active; p != NULL; p = p->next_active) {
		struct gw_pbatch *next;

		for (struct gw_pbatch *b = p->first; b != NULL; b = next) {
			next = b->next;
			if (b->state == GW_PBATCH_SENT)
				continue;
			gw_ppart_end(c, p, b, err);
		}
	}
	gw_waiting_drop(c, err);
}

/* Tell it, and be ready for the next. err NULL: as it was asked. */
static void
finish(struct gw_client *c, const struct gw_err *err, bool again)
{
	struct gw_event ev = { .type = GW_EVENT_TXN, .partition = -1, .offset = -1, .broker = -1,
	    .retriable = again };
	struct gw_txn *t = &c->txn;

	gw_txn_offsets_end(c, err == NULL && t->commit);
	t->state = GW_TXN_IDLE;
	t->result = (struct gw_err){ 0 };
	t->err.code = 0;
	t->chosen = t->started = t->end_sent = t->aborting = false;
	if (err != NULL) {
		ev.err = t->result = c->err = *err;
	}
	gw_event_put(c, &ev);
	c->again = true;
}

int
gw_txn_give_up(struct gw_client *c, int code, const char *fmt, ...)
{
	struct gw_txn *t = &c->txn;
	struct gw_err err;
	va_list ap;

	va_start(ap, fmt);
	(void)gw_err_vset(&err, code, fmt, ap);
	va_end(ap);
	if (c->producer.fatal != 0)
		return code;
	c->producer.fatal = code;
	t->unsettled = false;
	t->aborting = true;	/* so that the batches' end is nobody's fault */
	drop_unsent(c, &err);
	(void)gw_event_error(c, -1, false, code, "%s", err.msg);
	if (t->state == GW_TXN_ENDING) {
		finish(c, &err, false);
	} else {
		gw_txn_offsets_end(c, false);
		t->state = GW_TXN_IDLE;
		t->result = err;
	}
	t->aborting = false;
	return code;
}

void
gw_txn_retry_at(struct gw_client *c, int64_t at_us)
{
	c->txn.retry_at_us = at_us;
	gw_wake(c, at_us);
}

void
gw_txn_retry_later(struct gw_client *c)
{
	gw_txn_retry_at(c, c->now.us + gw_backoff_us(c, ++c->txn.n_errors));
}

static int
fenced(struct gw_client *c, int code, const char *doing)
{
	return gw_txn_give_up(c, GW_EFENCED, "%s for transactional.id=%s: %s. A newer producer has "
	    "this id, or a transaction was open longer than transaction.timeout.ms=%lld; this one "
	    "cannot go on", doing, c->cfg.transactional_id, gw_err_name(code),
	    (long long)c->cfg.transaction_timeout_ms);
}

enum gw_txn_verdict
gw_txn_judge(struct gw_client *c, int code, const char *doing)
{
	struct gw_err err;

	switch (code) {
	case 0:
		c->txn.n_errors = c->txn.n_concurrent = 0;
		return GW_TXN_WELL;
	case GW_K_CONCURRENT_TRANSACTIONS:
		gw_txn_retry_at(c, c->now.us + gw_txn_concurrent_us(++c->txn.n_concurrent));
		return GW_TXN_AGAIN;
	case GW_K_PRODUCER_FENCED:
	case GW_K_INVALID_PRODUCER_EPOCH:
		(void)fenced(c, code, doing);
		return GW_TXN_FAILED;
	case GW_K_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
	case GW_K_CLUSTER_AUTHORIZATION_FAILED:
		(void)gw_txn_give_up(c, GW_EAUTH, "%s for transactional.id=%s: %s", doing,
		    c->cfg.transactional_id, gw_strerror(code));
		return GW_TXN_FAILED;
	default:
		break;
	}
	if (gw_err_retriable(code)) {
		gw_txn_retry_later(c);
		return GW_TXN_AGAIN;
	}
	(void)gw_err_set(&err, code, "%s for transactional.id=%s: %s", doing,
	    c->cfg.transactional_id, gw_strerror(code));
	gw_txn_doom(c, &err);
	return GW_TXN_FAILED;
}

void
gw_txn_ended(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;

	t->n_errors = 0;
	t->ended_us = t->started ? c->now.us : 0;
	/* An epoch by EndTxn is as good as one by InitProducerId. */
	if (t->renew_id && !t->v2_epoch)
		c->producer.id_state = GW_ID_WANTED;
	t->renew_id = t->v2_epoch = false;
	if (t->unsettled) {
		t->unsettled = false;
		c->again = true;
		return;
	}
	if (t->err.code != 0 && t->commit) {
		struct gw_err err = t->err;

		gw_err_prefix(&err, "the transaction was aborted: ");
		finish(c, &err, true);
		return;
	}
	finish(c, NULL, false);
}

static bool
is_in_flight(const struct gw_client *c)
{
	for (const struct gw_ppart *p = c->producer.active; p != NULL; p = p->next_active)
		if (p->n_sent > 0)
			return true;
	return false;
}

/* The time for the end is over. */
static void
too_late(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;
	struct gw_err err;

	if (t->commit && !t->end_sent && !t->aborting) {
		(void)gw_err_set(&err, GW_ETIMEOUT, "not everything was acknowledged within "
		    "transaction.timeout.ms=%lld. Last error: %s",
		    (long long)c->cfg.transaction_timeout_ms,
		    c->err.code == 0 ? "none" : c->err.msg);
		gw_txn_doom(c, &err);
		t->deadline_us = c->now.us + gw_ms(c->cfg.transaction_timeout_ms);
		return;
	}
	if (is_in_flight(c)) {
		t->deadline_us = c->now.us + gw_ms(c->cfg.request_timeout_ms);
		return;
	}
	/* It is not known to have been aborted, but it is not committed: nobody asked for that. */
	(void)gw_err_set(&err, GW_ETIMEOUT, t->aborting ?
	    "the coordinator of transactional.id=%s did not answer that it aborted; it does so by "
	    "itself after transaction.timeout.ms" :
	    "the coordinator of transactional.id=%s did not answer; whether the transaction was "
	    "committed is unknown, and becomes known before the next one sends anything",
	    c->cfg.transactional_id);
	/* An abort that nobody could be asked for: the next one would go on in this transaction. */
	if (t->end_sent || t->started) {
		t->unsettled = true;
		t->unsettled_commit = t->end_sent && !t->aborting;
		t->unsettled_v2 = t->v2;
	}
	finish(c, &err, t->aborting);
}

static void
abort_step(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;
	struct gw_err err;

	t->aborting = true;
	(void)gw_err_set(&err, GW_ESTATE, "the transaction was aborted%s%s",
	    t->err.code != 0 ? ": " : "", t->err.code != 0 ? t->err.msg : "");
	drop_unsent(c, &err);
	if (is_in_flight(c))
		return;		/* answers, good or bad, first: nothing may come after the end */
	if (t->started)
		gw_txn_end(c, false, t->v2);
	else
		gw_txn_ended(c);
}

static void
commit_step(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;

	gw_txn_add_partitions(c);
	if (t->under_way || t->retry_at_us > c->now.us || gw_txn_offsets_step(c) ||
	    c->producer.pending > 0 || t->err.code != 0)
		return;
	if (t->started)
		gw_txn_end(c, true, t->v2);
	else
		gw_txn_ended(c);
}

static void
ending_step(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;

	if (t->deadline_us <= c->now.us)
		too_late(c);
	if (t->state != GW_TXN_ENDING)
		return;
	gw_wake(c, t->deadline_us);
	if (t->under_way || t->unsettled || t->retry_at_us > c->now.us)
		return;
	if (!t->commit || t->err.code != 0)
		abort_step(c);
	else
		commit_step(c);
}

/*
 * A Produce request of v2 that comes while the transaction before is still being written out is
 * tried again by the broker itself, after add.partitions.to.txn.retry.backoff.ms, 20. An explicit
 * AddPartitionsToTxn is answered at once, and asked again after a millisecond: so it goes first
 * where one transaction follows another, but for brokers that are always done by then.
 */
static bool
wants_gate(const struct gw_client *c)
{
	const struct gw_txn *t = &c->txn;

	return t->v2 && t->ended_us != 0 && c->now.us - t->ended_us < gw_ms(GATE_MS) &&
	    (t->n_smooth < SMOOTH || t->serial % PROBE == 0);
}

void
gw_txn_passed(struct gw_client *c, bool waited)
{
	struct gw_txn *t = &c->txn;

	if (t->gated)
		t->n_smooth = waited ? 0 : t->n_smooth + 1;
	t->gated = false;
}

/* Once a transaction, and never in the middle of one: which protocol. */
static void
choose(struct gw_client *c)
{
	c->txn.v2 = c->cluster.transaction_version >= 2;
	c->txn.gated = wants_gate(c);
	c->txn.chosen = true;
	c->again = true;
}

void
gw_txn_step(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;

	if (!gw_txn_is_on(c) || c->producer.fatal != 0)
		return;
	if (t->state == GW_TXN_OPEN && t->err.code != 0)
		drop_unsent(c, &t->err);	/* nobody needs to wait for them */
	if (t->under_way || t->retry_at_us > c->now.us) {
		if (!t->under_way)
			gw_wake(c, t->retry_at_us);
	} else if (t->unsettled && t->state != GW_TXN_IDLE) {
		gw_txn_end(c, t->unsettled_commit, t->unsettled_v2);
	} else if (c->producer.id_state == GW_ID_WANTED && t->state != GW_TXN_IDLE) {
		gw_txn_init_id(c);
	} else if (c->producer.id_state == GW_ID_KNOWN && t->state != GW_TXN_IDLE && !t->chosen) {
		choose(c);
	} else if (t->state == GW_TXN_OPEN && t->chosen && t->err.code == 0) {
		gw_txn_add_partitions(c);
	}
	if (t->state == GW_TXN_ENDING)
		ending_step(c);
}

/* ---- what the producer asks ---- */

bool
gw_txn_may_produce(const struct gw_client *c, const struct gw_ppart *p)
{
	const struct gw_txn *t = &c->txn;

	if (t->err.code != 0 || !t->chosen || t->unsettled || c->producer.id_state != GW_ID_KNOWN)
		return false;
	return t->v2 ? !t->gated : p->txn_added == t->serial;
}

void
gw_txn_produced(struct gw_client *c)
{
	c->txn.started = true;
}

int
gw_txn_check_send(struct gw_client *c)
{
	const struct gw_txn *t = &c->txn;

	if (t->state == GW_TXN_OPEN && t->err.code == 0)
		return 0;
	if (t->state == GW_TXN_OPEN)
		return gw_client_fail(c, GW_ESTATE, "the transaction can only be ended now: %s",
		    t->err.msg);
	return gw_client_fail(c, GW_ESTATE, "transactional.id is set: gw_begin() comes before "
	    "gw_send()%s", t->state == GW_TXN_ENDING ? ", and waits for gw_end()" : "");
}

/* ---- public ---- */

int
gw_begin(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;

	if (!gw_txn_is_on(c))
		return gw_client_fail(c, GW_ESTATE, "gw_begin: transactional.id is not set");
	if (c->producer.fatal != 0)
		return gw_client_fail(c, c->producer.fatal, "gw_begin: %s", t->result.msg);
	if (t->state == GW_TXN_ENDING)
		return gw_client_fail(c, GW_EAGAIN, "gw_begin: the last transaction is still "
		    "ending; run the client, then try again");
	if (t->state == GW_TXN_OPEN)
		return gw_client_fail(c, GW_ESTATE, "gw_begin: a transaction is open");
	c->now = gw_env_now(c->env);
	t->state = GW_TXN_OPEN;
	t->serial++;
	t->err = t->result = (struct gw_err){ 0 };
	t->v2 = t->chosen = t->started = t->end_sent = t->aborting = t->group_added = false;
	t->gated = false;
	t->beside.is_set = t->beside.added = t->beside.sent = false;
	if (c->producer.id_state == GW_ID_NONE)
		c->producer.id_state = GW_ID_WANTED;
	c->again = true;
	return 0;
}

int
gw_txn_take_back(struct gw_client *c)
{
	struct gw_producer *k = &c->producer;

	if (!gw_txn_is_on(c) || k->fatal != GW_EFENCED)
		return gw_client_fail(c, GW_ESTATE, "gw_txn_take_back: transactional.id=%s was not "
		    "taken over", c->cfg.transactional_id);
	if (is_in_flight(c))
		return GW_EAGAIN;
	k->fatal = 0;
	k->id = -1;
	k->epoch = -1;
	k->id_state = GW_ID_NONE;
	c->txn.renew_id = c->txn.v2_epoch = false;
	return 0;
}

int
gw_end(struct gw_client *c, enum gw_txn_end how)
{
	struct gw_txn *t = &c->txn;

	if (c->producer.fatal != 0)
		return gw_client_fail(c, c->producer.fatal, "gw_end: %s", t->result.msg);
	if (t->state != GW_TXN_OPEN)
		return gw_client_fail(c, GW_ESTATE, "gw_end: no transaction is open");
	c->now = gw_env_now(c->env);
	t->state = GW_TXN_ENDING;
	t->commit = how == GW_COMMIT;
	t->deadline_us = c->now.us + gw_ms(c->cfg.transaction_timeout_ms);
	c->again = true;
	return 0;
}

int
gw_end_wait(struct gw_client *c, int timeout_ms)
{
	int64_t until = gw_client_until(c, timeout_ms);
	unsigned begin = c->cluster.n_rounds;
	int rc = gw_client_enter(c);

	if (rc == 0)
		gw_client_step(c);	/* it may be over without a word to anybody */
	while (rc == 0 && c->txn.state == GW_TXN_ENDING) {
		rc = gw_client_enter(c);
		if (rc == 0)
			rc = gw_client_unreachable(c, begin);
		if (rc == 0 && c->now.us >= until)
			rc = gw_client_fail(c, GW_EAGAIN,
			    "the transaction did not end in %d ms; it still goes on", timeout_ms);
		if (rc == 0)
			rc = gw_client_wait(c, until);
	}
	if (rc == 0 && c->txn.result.code != 0) {
		c->err = c->txn.result;
		rc = c->err.code;
	}
	return rc;
}
