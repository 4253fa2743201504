/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_begin.c - where to read each partition from: the log, the group and the CSV
 * compared.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "base/err.h"

static int64_t
next_known(const struct gw_score_partition *p, int64_t in_csv)
{
	return p->committed > in_csv ? p->committed : in_csv;
}

/* What will not be scored: say so, once, rather than pass over it in silence. */
static void
tell_gaps(struct gw_score *s, size_t i, int64_t in_csv)
{
	const struct gw_score_partition *p = &s->start.partitions[i];
	int64_t next = next_known(p, in_csv);

	if (in_csv >= 0 && p->committed > in_csv)
		gw_score_notice(s, "%s partition %zu: the group is at offset %lld, %s at %lld; "
		    "what lies between was scored elsewhere", s->o.topic, i,
		    (long long)p->committed, gw_sink_csv_path(s->o.csv), (long long)in_csv);
	if (next >= 0 && next < p->begin)
		gw_score_notice(s,
		    "%s partition %zu: offsets %lld to %lld expired before they were scored",
		    s->o.topic, i, (long long)next, (long long)p->begin - 1);
}

static int
check_offsets(struct gw_score *s, const int64_t *in_csv)
{
	for (size_t i = 0; i < s->start.n; i++) {
		const struct gw_score_partition *p = &s->start.partitions[i];

		if (in_csv[i] > p->end)
			return gw_score_made_anew(s, (int32_t)i, p->end, in_csv[i],
			    gw_sink_csv_path(s->o.csv));
		if (p->committed > p->end)
			return gw_score_made_anew(s, (int32_t)i, p->end, p->committed, "the group");
		tell_gaps(s, i, in_csv[i]);
	}
	return 0;
}

/* Where a partition begins of which nobody knows more. */
static int64_t
first_wanted(const struct gw_score *s, const struct gw_score_partition *p)
{
	int64_t n = s->o.from_n;

	switch (s->o.from) {
	case GW_SCORE_LATEST:
		return GW_OFFSET_LATEST;
	case GW_SCORE_OFFSET:
		break;
	case GW_SCORE_TAIL:
		n = n < p->end ? p->end - n : 0;
		break;
	case GW_SCORE_TIME:
		n = p->since >= 0 ? p->since : p->end;
		break;
	case GW_SCORE_EARLIEST:
	default:
		return GW_OFFSET_EARLIEST;
	}
	return n < p->begin ? p->begin : n > p->end ? p->end : n;
}

static int
assign_all(struct gw_score *s)
{
	int rc = 0;

	for (size_t i = 0; i < s->start.n && rc == 0; i++) {
		int64_t next = s->places[i].next;

		if (next >= 0 && next < s->start.partitions[i].begin)
			next = s->start.partitions[i].begin;
		rc = gw_assign(s->client, s->o.topic, (int32_t)i, next >= 0 ? next :
		    first_wanted(s, &s->start.partitions[i]));
	}
	return rc;
}

/*
 * Exactly once: cut the file to the length that was committed. What lies behind was never part of a
 * transaction, or of one that was aborted.
 */
static int
cut_csv(struct gw_score *s)
{
	int64_t length = s->start.csv_length, size;

	if (!s->o.exactly_once || s->o.csv == NULL)
		return 0;
	size = gw_sink_csv_size(s->o.csv);
	s->txn.csv_known = length >= 0 && length <= size;
	s->txn.csv_unmarked = !s->txn.csv_known;
	if (length > size)
		gw_score_notice(s, "%s has %lld bytes, of %lld that were committed: rows are "
		    "gone, and what they held is only in the topic", gw_sink_csv_path(s->o.csv),
		    (long long)size, (long long)length);
	if (!s->txn.csv_known || length == size)
		return 0;
	gw_score_notice(s, "%s: cut %lld bytes of rows that were never committed",
	    gw_sink_csv_path(s->o.csv), (long long)(size - length));
	return gw_sink_csv_cut_to(s->o.csv, length, &s->err);
}

static int
subscribe(struct gw_score *s)
{
	int rc;

	if (s->subscribed)
		return 0;
	rc = s->o.group != NULL ? gw_subscribe(s->client, s->o.topic, s->o.group) : assign_all(s);
	s->subscribed = rc == 0;
	return rc < 0 ? gw_score_client_failed(s, rc) : 0;
}

static int
begin_reading(struct gw_score *s, const int64_t *in_csv)
{
	int rc = check_offsets(s, in_csv);

	for (size_t i = 0; i < s->start.n && rc == 0; i++) {
		struct gw_score_place *p = gw_score_place(s, (int32_t)i);

		if (p == NULL)
			return gw_score_fail(s, GW_ENOMEM);
		p->in_csv = in_csv[i];
		if (s->o.exactly_once)
			continue;	/* the group says where */
		/* The group is told, with the first unit, what only the CSV knew. */
		p->next = p->done = in_csv[i];
		p->asked = s->start.partitions[i].committed;
	}
	if (rc == 0)
		rc = subscribe(s);
	if (rc == 0)
		s->state = GW_SCORE_READING;
	return rc;
}

int
gw_score_begin(struct gw_score *s)
{
	int64_t *in_csv;
	int rc;

	if (s->stopping) {
		s->state = GW_SCORE_DONE;
		return 0;
	}
	rc = gw_score_txn_begin(s);	/* ends what a predecessor left open */
	if (rc < 0)
		return rc;
	rc = gw_score_start_go(&s->start, &s->err);
	if (rc == 0) {
		s->deadline_us = s->start.retry_us;
		return gw_score_hold(s);
	}
	if (rc != 1)
		return rc;
	rc = cut_csv(s);
	if (rc < 0)
		return rc;
	in_csv = gw_alloc_zero(s->env->alloc, s->start.n, sizeof(*in_csv));
	if (in_csv == NULL)
		return gw_score_fail(s, GW_ENOMEM);
	rc = 0;
	if (s->o.csv != NULL)
		rc = gw_sink_csv_positions(s->o.csv, in_csv, s->start.n, &s->err);
	else
		for (size_t i = 0; i < s->start.n; i++)
			in_csv[i] = -1;
	if (rc == 0)
		rc = begin_reading(s, in_csv);
	gw_alloc_free(s->env->alloc, in_csv);
	return rc;
}
