/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_place.c - partitions that come and go, and where to read each.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "base/err.h"

static const struct gw_score_place nowhere = { .next = -1, .done = -1, .asked = -1, .in_csv = -1,
	.given = -1 };

struct gw_score_place *
gw_score_place(struct gw_score *s, int32_t partition)
{
	size_t i = (size_t)partition;
	void *p;

	while (s->n_places <= i) {
		p = s->places;
		if (gw_alloc_room(s->env->alloc, &p, &s->places_cap, s->n_places,
		    sizeof(*s->places)) < 0)
			return NULL;
		s->places = p;
		s->places[s->n_places++] = nowhere;
	}
	return &s->places[i];
}

void
gw_score_places_free(struct gw_score *s)
{
	for (size_t i = 0; i < s->n_places; i++)
		gw_history_free(s->places[i].history);
	gw_alloc_free(s->env->alloc, s->places);
	s->places = NULL;
	s->n_places = s->places_cap = 0;
}

void
gw_score_unplace(struct gw_score *s, int32_t partition)
{
	struct gw_score_place *p;

	if (partition < 0 || (size_t)partition >= s->n_places)
		return;
	p = &s->places[partition];
	p->placed = false;
	if (!s->o.exactly_once)
		return;		/* the unit goes on; place_one() looks who was further */
	gw_history_free(p->history);
	*p = (struct gw_score_place){ .next = -1, .done = -1, .asked = -1, .given = -1,
		.in_csv = p->in_csv };
	/* By now it may be ours again, and the client may have gone on from what we last said. */
	(void)gw_seek(s->client, s->o.topic, partition, GW_OFFSET_COMMITTED);
	if (s->unit.records > 0 || s->state != GW_SCORE_READING)
		s->txn.moved = true;
}

int
gw_score_made_anew(struct gw_score *s, int32_t partition, int64_t end, int64_t next,
    const char *who)
{
	const char *what = s->o.csv == NULL ? "with another -g" : s->o.group == NULL ?
	    "into another --csv" : "into another --csv with another -g";

	return gw_err_set(&s->err, GW_EDATA, "topic \"%s\" partition %d ends at offset %lld, but "
	    "%s is at %lld: the topic was made anew or cut; score it %s", s->o.topic,
	    (int)partition, (long long)end, who, (long long)next, what);
}

/* Where the plays begin that say whether the one at next is a correction. */
static int64_t
before(const struct gw_score *s, int32_t partition, int64_t next)
{
	int64_t begin = (size_t)partition < s->start.n ? s->start.partitions[partition].begin : 0;

	if (next - begin > GW_HISTORY)
		begin = next - GW_HISTORY;
	return begin < next ? begin : next;
}

int
gw_score_go_to_next(struct gw_score *s, struct gw_score_place *p, int32_t partition)
{
	int64_t from = before(s, partition, p->next);
	int rc;

	if (p->history != NULL)
		gw_history_clear(p->history);
	p->warming = from < p->next;
	rc = gw_seek(s->client, s->o.topic, partition, from);
	p->placed = rc == 0;
	return rc == GW_ENOENT ? 0 : rc;	/* taken away just now */
}

/*
 * At least once, the client reads from the committed offset. Where the CSV is further, go there;
 * until that is done take_batch() passes over what is in the CSV already. Where the group is
 * further, another scorer was: what lies between is not ours to score or to commit.
 */
static int
place_one(struct gw_score *s, struct gw_score_place *p, const struct gw_position *at)
{
	if (at->position > p->next)
		p->next = p->done = p->asked = at->position;
	return gw_score_go_to_next(s, p, at->partition);
}

/*
 * Exactly once, the group knows best. But what the file says was committed with it: a group that
 * is behind has forgotten.
 */
static int
place_exactly(struct gw_score *s, struct gw_score_place *p, const struct gw_position *at)
{
	int64_t next = at->position;

	if (p->in_csv > next && (s->txn.csv_known || at->committed < 0))
		next = p->in_csv;
	p->next = p->done = next;
	p->asked = at->committed;
	p->unmarked = at->committed < 0;
	return gw_score_go_to_next(s, p, at->partition);
}

int
gw_score_place_all(struct gw_score *s)
{
	struct gw_position at;
	struct gw_score_place *p;
	int rc = 0;

	for (size_t i = 0; rc == 0 && gw_assignment(s->client, i, &at) > 0; i++) {
		s->assigned = true;
		p = gw_score_place(s, at.partition);
		if (p == NULL)
			return gw_score_fail(s, GW_ENOMEM);
		if (p->placed || at.position < 0)
			continue;
		rc = s->o.exactly_once ? place_exactly(s, p, &at) : place_one(s, p, &at);
	}
	return rc < 0 ? gw_score_client_failed(s, rc) : 0;
}
