/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_txn.c - a unit out of the house exactly once: its rows appended and synced, then
 * predictions, dead letters, offsets and the CSV's length in one transaction.
 *
 * What is certain to have failed is forgotten: the rows are cut off again and the plays read again.
 * Where nobody could say, the scorer begins anew, as a process would: the length that is committed
 * says what the file holds, the group's offsets where to go on.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "base/err.h"

#define RETRY_MIN_US	20000
#define RETRY_MAX_US	2000000
#define TAKE_BACK_US	60000000	/* fenced twice in so short a time: there is another */

static int64_t
now_us(const struct gw_score *s)
{
	return gw_env_now(s->env).us;
}

int
gw_score_txn_begin(struct gw_score *s)
{
	int rc;

	if (!s->o.exactly_once || s->txn.begun)
		return 0;
	rc = gw_begin(s->client);
	if (rc == 0)
		s->txn.begun = true;
	else if (rc == GW_EAGAIN)
		return gw_score_hold(s);
	return rc < 0 ? gw_score_client_failed(s, rc) : 0;
}

/*
 * The group's first offset of a partition is committed before the first play of it, so that it is
 * never guessed twice; likewise the length of a CSV that was not written in this way before.
 */
bool
gw_score_txn_wants(const struct gw_score *s)
{
	if (!s->o.exactly_once)
		return false;
	if (s->o.csv != NULL && s->txn.csv_unmarked)
		return true;
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i].placed && s->places[i].unmarked)
			return true;
	return false;
}

/* ---- giving up ---- */

static void
unit_reset(struct gw_score *s)
{
	struct gw_score_txn *t = &s->txn;

	gw_score_unit_clear(s);
	gw_score_resume(s);
	t->begun = t->begun && !t->ended;
	t->offsets_given = t->giving_up = t->ended = t->moved = t->appended = false;
	s->state = GW_SCORE_READING;
}

int
gw_score_forget(struct gw_score *s)
{
	struct gw_position at;
	int rc = 0;

	if (s->txn.appended)
		rc = gw_sink_csv_cut_to(s->o.csv, s->txn.csv_before, &s->err);
	if (rc < 0)
		return rc;
	s->stats.given_up++;
	unit_reset(s);
	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		struct gw_score_place *p = gw_score_place(s, at.partition);

		if (p == NULL)
			return gw_score_fail(s, GW_ENOMEM);
		p->given = -1;
		if (!p->placed || p->next == p->done)
			continue;
		p->next = p->done;
		rc = gw_score_go_to_next(s, p, at.partition);
		if (rc < 0)
			return gw_score_client_failed(s, rc);
	}
	return 0;
}

/* Begin anew: nothing of what we know is certain. */
static int
start_again(struct gw_score *s)
{
	struct gw_position at;

	s->stats.given_up++;
	unit_reset(s);
	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		int rc = gw_seek(s->client, s->o.topic, at.partition, GW_OFFSET_COMMITTED);

		if (rc < 0)
			return gw_score_client_failed(s, rc);
	}
	for (size_t i = 0; i < s->n_places; i++)
		gw_score_unplace(s, (int32_t)i);
	s->txn.moved = false;
	gw_score_start_fini(&s->start);
	gw_score_start_init(&s->start, s->env, s->client, &s->o);
	s->start.give_up_us = INT64_MAX;	/* the cluster was there */
	s->start.csv_group = s->o.csv != NULL ? s->txn.csv_group : NULL;
	s->state = GW_SCORE_STARTING;
	return 0;
}

/* What passes: brokers that come and go, groups that move. The rest would fail for ever. */
static bool
passes(int code)
{
	static const int16_t codes[] = { GW_K_ILLEGAL_GENERATION, GW_K_UNKNOWN_MEMBER_ID,
		GW_K_REBALANCE_IN_PROGRESS, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER,
		GW_K_UNKNOWN_PRODUCER_ID, GW_K_INVALID_PRODUCER_EPOCH, GW_K_INVALID_TXN_STATE,
		GW_K_INVALID_PRODUCER_ID_MAPPING, GW_K_OPERATION_NOT_ATTEMPTED,
		GW_K_STALE_MEMBER_EPOCH, GW_K_FENCED_MEMBER_EPOCH, GW_K_TRANSACTION_ABORTABLE,
		GW_K_UNKNOWN_SERVER_ERROR };

	if (code == GW_ETIMEOUT || code == GW_ECLOSED || code == GW_ECONNECT || code == GW_EAGAIN ||
	    gw_err_retriable(code))
		return true;
	for (size_t i = 0; i < GW_N(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static int
failed_for_good(struct gw_score *s)
{
	s->err = s->txn.why;
	s->undelivered = true;
	gw_err_prefix(&s->err, "predictions were not delivered: ");
	return gw_score_fail(s, s->err.code);
}

/* A short pause, longer each time, before the same is tried again. */
static void
pause_after_abort(struct gw_score *s)
{
	unsigned n = s->txn.n_aborts++;
	int64_t us = n < 7 ? (int64_t)RETRY_MIN_US << n : RETRY_MAX_US;

	if (n == 2)
		gw_score_notice(s, "a transaction is tried again and again: %s", s->txn.why.msg);
	s->txn.retry_us = now_us(s) + (us < RETRY_MAX_US ? us : RETRY_MAX_US);
}

/*
 * By transaction.timeout.ms while we were stopped or the broker was away; then the id is ours as
 * before. But two scorers with one id would go on fencing each other.
 */
int
gw_score_refence(struct gw_score *s)
{
	struct gw_score_txn *t = &s->txn;
	bool again = t->taken_back_us != 0 && now_us(s) - t->taken_back_us < TAKE_BACK_US;
	int rc = again ? GW_ESTATE : gw_txn_take_back(s->client);

	if (rc == GW_EAGAIN) {
		(void)gw_score_wait_us(s, RETRY_MIN_US);
		return gw_score_hold(s);
	}
	if (rc < 0) {
		s->err = t->why;
		return gw_score_fail(s, s->err.code);
	}
	gw_score_notice(s, "a transaction was open too long and was aborted; begun anew");
	t->taken_back_us = now_us(s);
	t->fenced = t->begun = false;
	return start_again(s);
}

void
gw_score_txn_event(struct gw_score *s, const struct gw_event *ev)
{
	struct gw_score_txn *t = &s->txn;

	if (ev->type == GW_EVENT_TXN) {
		t->ended = true;
		t->retriable = ev->retriable;
	} else {
		t->fenced = true;
	}
	t->why = ev->err;
}

/*
 * Whatever the unit waits for: a descriptor that says so and is not listened to would keep the loop
 * from sleeping. A unit that was given up leaves its sync to the next one.
 */
int
gw_score_txn_synced(struct gw_score *s)
{
	int rc = s->txn.syncing ? gw_sink_csv_synced(s->o.csv, &s->err) : 0;

	if (rc > 0)
		s->txn.syncing = false;
	return rc < 0 ? rc : 0;
}

/* ---- the states ---- */

/*
 * Rows are appended before anything is sent: a disk that is full for an hour must not hold a
 * transaction open.
 */
int
gw_score_write(struct gw_score *s)
{
	struct gw_score_txn *t = &s->txn;
	int rc = 0;

	if (t->moved)
		return gw_score_forget(s);
	if (s->o.csv != NULL && s->unit.rows.len > 0 && !t->appended) {
		t->csv_before = gw_sink_csv_size(s->o.csv);
		rc = gw_score_append_rows(s);
		if (rc < 0)
			return rc;
		t->appended = true;
		rc = gw_sink_csv_sync(s->o.csv, &s->err);
		t->syncing = rc == 0;
	}
	if (rc == 0 && s->unit.records > 0)
		rc = gw_score_ask_durable(s);
	if (rc == 0)
		s->state = GW_SCORE_SENDING;
	return rc;
}

/* GW_EVENT_TXN follows. One that is doomed is aborted by a commit too, which says why. */
static int
give_up(struct gw_score *s, enum gw_txn_end how)
{
	int rc = gw_end(s->client, how);

	s->txn.giving_up = how == GW_ABORT;
	s->state = GW_SCORE_ENDING;
	return rc == GW_EFENCED ? 0 : rc < 0 ? gw_score_client_failed(s, rc) : 0;
}

/* Offsets first: whatever is taken away from now on dooms the transaction. */
static int
give_offsets(struct gw_score *s)
{
	struct gw_position at;
	int rc = 0;

	for (size_t i = 0; rc == 0 && gw_assignment(s->client, i, &at) > 0; i++) {
		struct gw_score_place *p = gw_score_place(s, at.partition);

		if (p == NULL || !p->placed || (p->next <= p->asked && !p->unmarked))
			continue;
		rc = gw_commit_offset_in_txn(s->client, s->o.topic, at.partition, p->next);
		p->given = rc == 0 ? p->next : -1;
	}
	/* No play goes out without its offset: its partition may have been taken away just now. */
	for (size_t i = 0; rc == 0 && i < s->n_places; i++)
		if (s->places[i].next > s->places[i].done && s->places[i].given < 0)
			rc = GW_ESTATE;
	if (rc == 0 && s->o.csv != NULL && (s->txn.appended || s->txn.csv_unmarked))
		rc = gw_commit_beside_in_txn(s->client, s->txn.csv_group, s->o.topic, 0,
		    gw_sink_csv_size(s->o.csv));
	s->txn.offsets_given = rc == 0;
	return rc;
}

int
gw_score_send_in_txn(struct gw_score *s)
{
	struct gw_score_txn *t = &s->txn;
	int rc = 0;

	/* The client may have given partitions back while it was asked for records. */
	if (!t->offsets_given)
		rc = gw_score_events(s);
	if (rc < 0)
		return rc;
	if (!t->moved && !t->offsets_given)
		rc = give_offsets(s);
	if (t->moved || rc == GW_ESTATE)
		return give_up(s, GW_ABORT);
	if (rc == 0)
		rc = gw_score_send_unit(s);
	if (rc == GW_EAGAIN)
		return gw_score_hold(s);
	if (rc == GW_ESTATE)
		return give_up(s, GW_COMMIT);
	if (rc < 0)
		return gw_score_client_failed(s, rc);
	if (t->syncing)
		return gw_score_hold(s);
	rc = gw_end(s->client, GW_COMMIT);
	s->state = GW_SCORE_ENDING;
	return rc < 0 && rc != GW_EFENCED ? gw_score_client_failed(s, rc) : 0;
}

static void
committed(struct gw_score *s)
{
	for (size_t i = 0; i < s->n_places; i++) {
		struct gw_score_place *p = &s->places[i];

		if (p->given < 0)
			continue;
		p->done = p->asked = p->given;
		p->given = -1;
		p->unmarked = false;
		if (s->o.csv != NULL && p->done > p->in_csv)
			p->in_csv = p->done;
	}
	s->txn.csv_unmarked = false;
	s->txn.n_aborts = 0;
	gw_score_unit_is_out(s);
	unit_reset(s);
}

int
gw_score_end(struct gw_score *s)
{
	struct gw_score_txn *t = &s->txn;

	if (!t->ended)
		return gw_score_hold(s);
	if (t->why.code == 0 && !t->giving_up) {
		committed(s);
		return 0;
	}
	if (t->why.code != 0 && !t->retriable && !t->giving_up) {
		if (t->why.code == GW_ETIMEOUT)
			return start_again(s);
		return failed_for_good(s);
	}
	if (t->why.code != 0 && !passes(t->why.code))
		return failed_for_good(s);
	pause_after_abort(s);
	return gw_score_forget(s);
}
