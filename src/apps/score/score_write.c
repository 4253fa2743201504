/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_write.c - a unit out of the house at least once: acknowledged, synced,
 * committed, in this order.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "base/err.h"

#define COMMIT_AGAIN_US	200000
#define LEAVE_US	5000000		/* for the last commit's answer */

static int
send_all(struct gw_score *s)
{
	struct gw_stats stats;
	int rc = gw_score_send_unit(s);

	if (rc == GW_EAGAIN)
		return gw_score_hold(s);
	if (rc < 0)
		return gw_score_client_failed(s, rc);
	if (s->unit.n_outgoing == 0)
		return 0;
	gw_get_stats(s->client, &stats);
	return stats.pending > 0 ? gw_score_hold(s) : 0;
}

/* The place of a partition that has something to commit, or NULL. */
static struct gw_score_place *
uncommitted(struct gw_score *s, int32_t partition)
{
	struct gw_score_place *p;

	if (partition < 0 || (size_t)partition >= s->n_places)
		return NULL;
	p = &s->places[partition];
	return p->placed && p->done > p->asked ? p : NULL;
}

/* Only partitions that are still ours: the new owner of another one may be further already. */
static void
commit(struct gw_score *s)
{
	struct gw_position at;

	if (s->o.group == NULL)
		return;
	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		struct gw_score_place *p = uncommitted(s, at.partition);

		if (p == NULL)
			continue;
		if (gw_commit_offset(s->client, s->o.topic, at.partition, p->done) == 0)
			p->asked = p->done;
	}
}

static int
unit_is_durable(struct gw_score *s)
{
	int rc = gw_score_ask_durable(s);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < s->n_places; i++) {
		struct gw_score_place *p = &s->places[i];

		p->done = p->next;
		if (s->o.csv != NULL && p->done > p->in_csv)
			p->in_csv = p->done;
	}
	commit(s);
	gw_score_unit_is_out(s);
	return 0;
}

/*
 * Rows follow the acknowledgements: the CSV says where the next start goes on, so a prediction that
 * is missing in the topic must not be in it.
 */
int
gw_score_send(struct gw_score *s)
{
	int rc = send_all(s);

	if (rc < 0)
		return rc;
	if (s->o.csv == NULL || s->unit.rows.len == 0)
		return unit_is_durable(s);
	rc = gw_score_append_rows(s);
	if (rc == 0)
		rc = gw_sink_csv_sync(s->o.csv, &s->err);
	if (rc == 0)
		s->state = GW_SCORE_SYNCING;
	return rc;
}

int
gw_score_sync(struct gw_score *s)
{
	int rc = s->unit.rows.len == 0 ? 1 : gw_sink_csv_synced(s->o.csv, &s->err);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return gw_score_hold(s);
	gw_buf_clear(&s->unit.rows);	/* asked once; the application may take longer */
	return unit_is_durable(s);
}

static bool
all_committed(struct gw_score *s)
{
	struct gw_position at;

	for (size_t i = 0; s->o.group != NULL && gw_assignment(s->client, i, &at) > 0; i++)
		if (uncommitted(s, at.partition) != NULL)
			return false;
	return true;
}

int
gw_score_leave(struct gw_score *s)
{
	int64_t now = gw_env_now(s->env).us, until = s->leave_us + LEAVE_US;
	int rc;

	if (s->o.exactly_once) {
		s->state = GW_SCORE_DONE;	/* all was committed with its unit */
		return 0;
	}
	if (now >= s->commit_us && !all_committed(s)) {
		commit(s);
		s->commit_us = now + COMMIT_AGAIN_US;
	}
	rc = s->o.group != NULL ? gw_commit_wait(s->client, 0) : 0;
	if (rc != GW_ETIMEOUT && all_committed(s)) {
		s->state = GW_SCORE_DONE;
		return 0;
	}
	if (now >= until)
		return gw_err_set(&s->err, GW_ETIMEOUT, "group \"%s\": the last offsets could not "
		    "be committed in %d s%s", s->o.group, LEAVE_US / 1000000, s->o.csv != NULL ?
		    "; the CSV is complete and says where to go on" :
		    "; the last plays will be scored again");
	s->deadline_us = s->commit_us < until ? s->commit_us : until;
	if (s->deadline_us <= now)
		s->deadline_us = now + COMMIT_AGAIN_US;
	return GW_EAGAIN;
}
