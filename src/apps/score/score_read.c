/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_read.c - batches into a unit: what is there.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "base/err.h"

#define UNIT_RECORDS_MAX	4096	/* a unit ends after the batch that reaches one of these */
#define UNIT_BYTES_MAX		(1u << 20)
#define READ_US_MAX	1000000	/* then heartbeats are due, however slow the machine is */
#define ASK_AGAIN_US	2000000
#define STUCK_US	360000000	/* brokers give a new member five minutes to come back */
#define UNSETTLED_US	60000000
#define UNREADABLE_TRIES 3	/* a batch is fetched again before it is passed over */

/*
 * A batch that cannot be read may have been broken on its way: it is fetched again. If it is as
 * broken where it is kept, it is passed over, loudly, where a dead letter can say so; otherwise
 * the scorer stops, because nobody would know what is missing.
 */
static int
unreadable(struct gw_score *s, const struct gw_batch *b, struct gw_score_place *p, int code)
{
	struct gw_batch_info info = gw_batch_info(b);
	struct gw_err why = *gw_client_error(s->client);
	int64_t from = p->next;
	int rc = 0;

	if (code != GW_ENOMEM && ++p->failures < UNREADABLE_TRIES)
		return gw_seek(s->client, s->o.topic, info.partition, p->next);
	if (code == GW_ENOMEM || s->o.dlq == NULL || info.unreadable <= p->next) {
		s->err = why;
		gw_err_prefix(&s->err, "%s partition %d after offset %lld: ", s->o.topic,
		    (int)info.partition, (long long)p->next - 1);
		return gw_score_fail(s, code);
	}
	p->failures = 0;
	p->next = info.unreadable;
	s->unit.records++;
	rc = gw_seek(s->client, s->o.topic, info.partition, p->next);
	return rc < 0 ? rc : gw_score_take_unreadable(s, info.partition, from, p->next, &why);
}

static int
take_one(struct gw_score *s, struct gw_score_place *p, int32_t partition, const struct gw_record *r,
    const struct gw_time *fetched)
{
	int rc;

	if (r->offset >= p->next) {
		p->warming = false;
		s->unit.records++;
	} else if (!p->warming) {
		s->stats.repeated++;
		return 0;
	}
	rc = gw_score_take_record(s, partition, r, fetched);
	if (rc == 0 && r->offset >= p->next)
		p->next = r->offset + 1;
	return rc;
}

static bool
took_long(const struct gw_score *s, int64_t until)
{
	return s->unit.records > 0 && gw_env_now(s->env).us >= until;
}

/* What is left of the batch at that time is fetched again for the next unit. */
static int
take_batch(struct gw_score *s, struct gw_batch *b, int64_t until)
{
	struct gw_batch_info info = gw_batch_info(b);
	struct gw_score_place *p = gw_score_place(s, info.partition);
	struct gw_time now = gw_env_now(s->env);
	struct gw_record r;
	int rc = 0;

	if (p == NULL)
		return gw_score_fail(s, GW_ENOMEM);
	/* Handed out before anybody looked where to begin. */
	if (s->o.exactly_once && !p->placed)
		return gw_seek(s->client, s->o.topic, info.partition, GW_OFFSET_COMMITTED);
	if (info.high_watermark >= 0 && info.high_watermark < p->next)
		return gw_score_made_anew(s, info.partition, info.high_watermark, p->next,
		    "the scorer");
	if (s->stats.first_us == 0)
		s->stats.first_us = now.us;
	if (s->unit.records == 0)
		s->unit.began_us = now.us;
	while (!gw_score_enough(s) && (rc = gw_batch_next(b, &r)) > 0) {
		if (took_long(s, until))
			return gw_seek(s->client, s->o.topic, info.partition, p->next);
		rc = take_one(s, p, info.partition, &r, &now);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return unreadable(s, b, p, rc);
	p->failures = 0;
	/* Past what is no record, too: transaction marks, and offsets that compaction has taken. */
	if (!gw_score_enough(s) && info.next_offset > p->next)
		p->next = info.next_offset;
	return 0;
}

static bool
unit_is_full(const struct gw_score *s)
{
	const struct gw_score_unit *u = &s->unit;

	return u->records >= UNIT_RECORDS_MAX || u->rows.len >= UNIT_BYTES_MAX ||
	    u->bytes.len >= UNIT_BYTES_MAX || gw_score_enough(s);
}

static int
fetch(struct gw_score *s)
{
	struct gw_err err = { 0 };
	int64_t until = gw_env_now(s->env).us + READ_US_MAX;
	struct gw_batch *b;
	int rc = 0;

	while (rc == 0 && !unit_is_full(s) && !took_long(s, until)) {
		s->fetched_us = gw_env_now(s->env).us;
		b = gw_fetch(s->client, 0, &err);
		if (b == NULL)
			break;
		rc = take_batch(s, b, until);
	}
	if (rc < 0 || err.code == 0 || err.code == GW_ETIMEOUT || err.code == GW_EAGAIN)
		return rc;
	s->err = err;
	return err.code;
}

/*
 * What the group leaves this scorer: some partitions, none as there are more
 * scorers, nothing yet.
 */
enum share { SHARE_SOME, SHARE_NONE, SHARE_UNSETTLED };

static enum share
share_of_group(const struct gw_score *s)
{
	struct gw_position at;
	struct gw_stats stats;

	if (s->o.group == NULL || gw_assignment(s->client, 0, &at) != 0)
		return SHARE_SOME;
	gw_get_stats(s->client, &stats);
	return stats.group_state == GW_GROUP_STABLE ? SHARE_NONE : SHARE_UNSETTLED;
}

/* Offsets up to the end, as it was when this scorer began, that the group has not committed. */
static int64_t
left_to_score(const struct gw_score *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->start.n; i++) {
		const struct gw_score_partition *p = &s->start.partitions[i];
		int64_t from = p->committed > p->begin ? p->committed : p->begin;

		n += p->end > from ? p->end - from : 0;
	}
	return n;
}

/* The answer is there. 0: others have scored all; GW_EAGAIN; an error when nobody goes on. */
static int
weigh_left(struct gw_score *s)
{
	int64_t now = gw_env_now(s->env).us, left = left_to_score(s);

	s->asking = false;
	if (left == 0)
		return 0;
	if (left != s->left || s->left_us == 0)
		s->left_us = now;
	s->left = left;
	if (now - s->left_us > STUCK_US)
		return gw_err_set(&s->err, GW_ETIMEOUT, "group %s gives this scorer nothing to "
		    "read, and its other members have not gone on for %d minutes: %lld messages of "
		    "%s are not scored; \"gridwire group describe %s\" shows who holds them",
		    s->o.group, STUCK_US / 60000000, (long long)left, s->o.topic, s->o.group);
	s->ask_us = now + ASK_AGAIN_US;
	return gw_score_wait_us(s, ASK_AGAIN_US);
}

/* Tell once when the group gives nobody anything: its coordinator waits for a member then. */
static void
watch_group(struct gw_score *s, enum share share)
{
	int64_t now = gw_env_now(s->env).us;

	if (!s->subscribed)
		return;
	if (share != SHARE_UNSETTLED) {
		s->unsettled_us = 0;
	} else if (s->unsettled_us == 0) {
		s->unsettled_us = now;
	} else if (s->unsettled_us > 0 && now - s->unsettled_us > UNSETTLED_US) {
		gw_score_notice(s, "group %s has not settled for a minute; \"gridwire group "
		    "describe %s\" shows its members", s->o.group, s->o.group);
		s->unsettled_us = -1;	/* told */
	}
}

/*
 * A spare one of a group. It is done when the others are, not before: the group may still count a
 * scorer that was killed, and gives us its partitions when it misses it. A broker before 2.4.2
 * misses one that was killed while it joined after minutes, or never (KAFKA-9752).
 */
static int
spare(struct gw_score *s, enum share share)
{
	int64_t now = gw_env_now(s->env).us;
	int rc;

	if (share != SHARE_NONE) {
		s->nothing_us = s->left_us = 0;
		return GW_EAGAIN;
	}
	if (s->nothing_us == 0) {
		s->nothing_us = now;
		s->ask_us = now + (int64_t)s->o.spare_ms * 1000;
		gw_score_notice(s, "group %s gives this scorer nothing to read yet", s->o.group);
	}
	if (now < s->ask_us)
		return gw_score_wait_us(s, s->ask_us - now);
	if (!s->asking)
		gw_score_start_anew(&s->start);
	s->asking = true;
	rc = gw_score_start_go(&s->start, &s->err);
	if (rc == 1)
		return weigh_left(s);
	if (s->start.retry_us < s->deadline_us)
		s->deadline_us = s->start.retry_us;
	return rc == 0 ? GW_EAGAIN : rc;
}

static bool
finished(struct gw_score *s)
{
	return s->stopping || gw_score_enough(s) ||
	    (s->o.at_end && s->assigned && gw_at_end(s->client));
}

/* Nothing was there. */
static int
idle(struct gw_score *s)
{
	enum share share = share_of_group(s);
	int rc;

	watch_group(s, share);
	rc = finished(s) ? 0 : s->o.at_end ? spare(s, share) : GW_EAGAIN;
	if (rc != 0)
		return rc;
	s->state = GW_SCORE_LEAVING;
	s->leave_us = gw_env_now(s->env).us;
	return 0;
}

/* Whether the last transaction is over and its pause too. 0, GW_EAGAIN, GW_E*. */
static int
may_read(struct gw_score *s)
{
	int64_t now = gw_env_now(s->env).us;

	if (!s->o.exactly_once || s->stopping)
		return 0;
	if (now < s->txn.retry_us) {
		(void)gw_score_wait_us(s, s->txn.retry_us - now);
		return gw_score_hold(s);
	}
	gw_score_resume(s);
	return gw_score_txn_begin(s);
}

int
gw_score_read(struct gw_score *s)
{
	int64_t ripe;
	int rc;

	if (s->txn.moved)
		return gw_score_forget(s);
	rc = may_read(s);
	if (rc == 0 && s->unit.records == 0 && !s->stopping && gw_score_txn_wants(s)) {
		s->state = GW_SCORE_WRITING;
		return 0;
	}
	if (rc == 0 && s->unit.records == 0 && s->o.between != NULL)
		s->o.between(s->o.arg);
	if (rc == 0 && !s->stopping)
		rc = fetch(s);
	if (rc < 0)
		return rc;
	if (s->unit.records == 0)
		return idle(s);
	ripe = s->unit.began_us + (int64_t)s->o.batch_ms * 1000;
	if (gw_env_now(s->env).us < ripe && !unit_is_full(s) && !finished(s))
		return gw_score_wait_us(s, ripe - gw_env_now(s->env).us);
	s->state = s->o.exactly_once ? GW_SCORE_WRITING : GW_SCORE_SENDING;
	return 0;
}
