/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_write.c - a unit out of the house: acknowledged, synced, committed, in this order.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "base/err.h"
#include "base/slice.h"

#define COMMIT_AGAIN_US	200000
#define LEAVE_US	5000000		/* for the last commit's answer */

static int
send_one(struct gw_score *s, const struct gw_score_outgoing *out)
{
	const char *bytes = (const char *)s->bytes.ptr;
	struct gw_header header = { GW_LIT("gw-model-sha256"), gw_str(s->o.model_sha256) };
	struct gw_message m = { .topic = s->o.to, .headers = &header, .n_headers = 1 };

	m.key = (struct gw_slice){ bytes + out->key_at, out->key_len };
	m.value = (struct gw_slice){ bytes + out->value_at, out->value_len };
	return gw_send(s->client, &m);
}

static int
send_predictions(struct gw_score *s)
{
	struct gw_stats stats;
	int rc;

	for (; s->n_sent < s->n_outgoing; s->n_sent++) {
		rc = send_one(s, &s->outgoing[s->n_sent]);
		if (rc == GW_EAGAIN)
			return rc;
		if (rc < 0) {
			s->err = *gw_client_error(s->client);
			return gw_score_fail(s, rc);
		}
	}
	if (s->n_outgoing == 0)
		return 0;
	gw_get_stats(s->client, &stats);
	return stats.pending > 0 ? GW_EAGAIN : 0;
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
	int rc = s->o.durable != NULL ? s->o.durable(s->o.arg) : 0;

	if (rc < 0)
		return gw_score_fail(s, rc);
	s->stats.last_us = gw_env_now(s->env).us;
	s->stats.units++;
	gw_hist_add(&s->stats.to_durable, (uint64_t)(s->stats.last_us - s->unit_us));
	for (size_t i = 0; i < s->n_places; i++)
		s->places[i].done = s->places[i].next;
	commit(s);
	gw_buf_clear(&s->rows);
	gw_buf_clear(&s->bytes);
	s->n_outgoing = s->n_sent = s->unit_records = 0;
	s->state = GW_SCORE_READING;
	return 0;
}

/*
 * Rows follow the acknowledgements: the CSV says where the next start goes on, so a prediction that
 * is missing in the topic must not be in it.
 */
int
gw_score_send(struct gw_score *s)
{
	int rc = send_predictions(s);

	if (rc < 0)
		return rc;
	if (s->o.csv == NULL || s->rows.len == 0)
		return unit_is_durable(s);
	rc = gw_sink_csv_append(s->o.csv, gw_buf_slice(&s->rows), &s->err);
	if (rc == 0)
		rc = gw_sink_csv_sync(s->o.csv, &s->err);
	if (rc == 0)
		s->state = GW_SCORE_SYNCING;
	return rc;
}

int
gw_score_sync(struct gw_score *s)
{
	int rc = gw_sink_csv_synced(s->o.csv, &s->err);

	if (rc < 0)
		return rc;
	return rc == 0 ? GW_EAGAIN : unit_is_durable(s);
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
