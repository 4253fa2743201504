/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_read.c - batches into a unit: parse, predict, remember what to deliver.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/score/score_int.h"
#include "base/err.h"
#include "base/slice.h"

#define UNIT_RECORDS_MAX	4096	/* a unit ends after the batch that reaches one of these */
#define UNIT_BYTES_MAX		(1u << 20)

/* ---- one message ---- */

void
gw_score_reason(const struct gw_err *err, char out[GW_SCORE_REASON_MAX])
{
	struct gw_slice rest, field = gw_slice_cut(gw_str(err->msg), ':', &rest);

	if (gw_slice_starts(field, "line "))
		snprintf(out, GW_SCORE_REASON_MAX, "not JSON");
	else if (rest.ptr == NULL)
		snprintf(out, GW_SCORE_REASON_MAX, "%s", "not a play");
	else
		snprintf(out, GW_SCORE_REASON_MAX, "%.*s %s",
		    (int)(field.len < 40 ? field.len : 40), field.ptr,
		    gw_slice_starts(rest, " missing") ? "missing" : "impossible");
}

static void
skip(struct gw_score *s, int32_t partition, int64_t offset, const char *reason, const char *why)
{
	struct gw_score_stats *st = &s->stats;
	size_t i = 0;

	st->skipped++;
	while (i < st->n_skips && strcmp(st->skips[i].reason, reason) != 0)
		i++;
	if (i >= GW_SCORE_REASONS_MAX - 1) {
		i = GW_SCORE_REASONS_MAX - 1;
		reason = "other reasons";
	}
	st->skips[i].n++;
	if (i < st->n_skips)
		return;
	st->n_skips = i + 1;
	snprintf(st->skips[i].reason, GW_SCORE_REASON_MAX, "%s", reason);
	gw_score_notice(s, "skipped %s partition %d offset %lld, and will skip others like it: %s",
	    s->o.topic, (int)partition, (long long)offset, why);
}

static int
put_outgoing(struct gw_score *s, const struct gw_scored *sc)
{
	void *p = s->outgoing;
	struct gw_score_outgoing *out;

	if (gw_alloc_room(s->env->alloc, &p, &s->outgoing_cap, s->n_outgoing, sizeof(*out)) < 0)
		return GW_ENOMEM;
	s->outgoing = p;
	out = &s->outgoing[s->n_outgoing++];
	out->key_at = s->bytes.len;
	gw_buf_puts(&s->bytes, sc->play->game_id);
	out->value_at = s->bytes.len;
	out->key_len = out->value_at - out->key_at;
	gw_prediction_json(&s->bytes, sc->play, sc->prediction, gw_predictor_model(s->o.predictor),
	    &sc->place);
	out->value_len = s->bytes.len - out->value_at;
	return s->bytes.err;
}

static int
deliver(struct gw_score *s, const struct gw_scored *sc)
{
	int rc = 0;

	if (s->o.csv != NULL)
		gw_prediction_csv(&s->rows, sc->play, sc->prediction,
		    gw_predictor_model(s->o.predictor), &sc->place);
	if (s->o.to != NULL)
		rc = put_outgoing(s, sc);
	if (s->o.scored != NULL)
		s->o.scored(s->o.arg, sc);
	return rc < 0 ? rc : s->rows.err;
}

static uint64_t
since_produced(const struct gw_time *now, int64_t timestamp_ms)
{
	return now->wall_ms > timestamp_ms ? (uint64_t)(now->wall_ms - timestamp_ms) * 1000 : 0;
}

static int
take_record(struct gw_score *s, int32_t partition, const struct gw_record *r, int64_t fetched_ms)
{
	struct gw_play play;
	struct gw_prediction prediction;
	struct gw_scored sc = { &play, &prediction, { partition, r->offset }, r->timestamp_ms };
	struct gw_time began = gw_env_now(s->env), ended;
	char reason[GW_SCORE_REASON_MAX];
	struct gw_err why = { 0 };
	int rc;

	if (r->value.ptr == NULL) {
		skip(s, partition, r->offset, "no value", "it has no value");
		return 0;
	}
	gw_arena_reset(&s->arena);
	rc = gw_play_parse(r->value, &s->arena, &play, &why);
	if (rc == GW_ENOMEM)
		return gw_score_fail(s, rc);
	if (rc < 0) {
		gw_score_reason(&why, reason);
		skip(s, partition, r->offset, reason, why.msg);
		return 0;
	}
	gw_predict(s->o.predictor, &play, &prediction);
	ended = gw_env_now(s->env);
	gw_hist_add(&s->stats.compute, (uint64_t)(ended.us - began.us));
	gw_hist_add(&s->stats.to_fetched,
	    since_produced(&(struct gw_time){ .wall_ms = fetched_ms }, r->timestamp_ms));
	gw_hist_add(&s->stats.to_scored, since_produced(&ended, r->timestamp_ms));
	s->stats.plays++;
	rc = deliver(s, &sc);
	return rc < 0 ? gw_score_fail(s, rc) : 0;
}

/* ---- a unit: what is there ---- */

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
		s->places[s->n_places++] = (struct gw_score_place){ .next = -1, .done = -1,
			.asked = -1 };
	}
	return &s->places[i];
}

static bool
enough(const struct gw_score *s)
{
	return s->o.plays_max > 0 && s->stats.plays >= (uint64_t)s->o.plays_max;
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

static int
take_batch(struct gw_score *s, struct gw_batch *b)
{
	struct gw_batch_info info = gw_batch_info(b);
	struct gw_score_place *p = gw_score_place(s, info.partition);
	struct gw_time now = gw_env_now(s->env);
	struct gw_record r;
	int rc = 0;

	if (p == NULL)
		return gw_score_fail(s, GW_ENOMEM);
	if (info.high_watermark >= 0 && info.high_watermark < p->next)
		return gw_score_made_anew(s, info.partition, info.high_watermark, p->next,
		    "the scorer");
	if (s->stats.first_us == 0)
		s->stats.first_us = now.us;
	if (s->unit_records == 0)
		s->unit_us = now.us;
	while (!enough(s) && (rc = gw_batch_next(b, &r)) > 0) {
		if (r.offset < p->next) {
			s->stats.repeated++;
			continue;
		}
		s->unit_records++;
		rc = take_record(s, info.partition, &r, now.wall_ms);
		if (rc < 0)
			return rc;
		p->next = r.offset + 1;
	}
	if (rc < 0) {
		s->err = *gw_client_error(s->client);
		gw_err_prefix(&s->err, "%s partition %d after offset %lld: ", s->o.topic,
		    (int)info.partition, (long long)p->next - 1);
		return gw_score_fail(s, rc);
	}
	/* Past what is no record, too: transaction marks, and offsets that compaction has taken. */
	if (!enough(s) && info.next_offset > p->next)
		p->next = info.next_offset;
	return 0;
}

/*
 * The client reads from the committed offset. Where the CSV is further, go there; until that is
 * done take_batch() passes over what is in the CSV already. Where the group is further, another
 * scorer was: what lies between is not ours to score or to commit.
 */
static void
place_one(struct gw_score *s, struct gw_score_place *p, const struct gw_position *at)
{
	if (at->position < p->next) {
		p->placed = gw_seek(s->client, s->o.topic, at->partition, p->next) == 0;
		return;
	}
	if (at->position > p->next)
		p->next = p->done = p->asked = at->position;
	p->placed = true;
}

int
gw_score_place_all(struct gw_score *s)
{
	struct gw_position at;
	struct gw_score_place *p;

	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		s->assigned = true;
		p = gw_score_place(s, at.partition);
		if (p == NULL)
			return gw_score_fail(s, GW_ENOMEM);
		if (!p->placed && at.position >= 0)
			place_one(s, p, &at);
	}
	return 0;
}

static bool
unit_is_full(const struct gw_score *s)
{
	return s->unit_records >= UNIT_RECORDS_MAX || s->rows.len >= UNIT_BYTES_MAX ||
	    s->bytes.len >= UNIT_BYTES_MAX || enough(s);
}

static int
fetch(struct gw_score *s)
{
	struct gw_err err = { 0 };
	struct gw_batch *b;
	int rc = 0;

	while (rc == 0 && !unit_is_full(s)) {
		b = gw_fetch(s->client, 0, &err);
		if (b == NULL)
			break;
		rc = take_batch(s, b);
	}
	if (rc < 0 || err.code == 0 || err.code == GW_ETIMEOUT || err.code == GW_EAGAIN)
		return rc;
	s->err = err;
	return err.code;
}

/* True when a group of more scorers than partitions leaves this one nothing to read. */
static bool
has_nothing(const struct gw_score *s)
{
	struct gw_stats stats;
	struct gw_position at;

	if (s->o.group == NULL)
		return false;
	gw_get_stats(s->client, &stats);
	return stats.group_state == GW_GROUP_STABLE && gw_assignment(s->client, 0, &at) == 0;
}

/*
 * True when that has lasted: the group may still count a scorer that was killed, and gives us its
 * partitions as soon as it misses it.
 */
static bool
is_spare(struct gw_score *s)
{
	int64_t now = gw_env_now(s->env).us, until;

	if (!has_nothing(s)) {
		s->nothing_us = 0;
		return false;
	}
	if (s->nothing_us == 0) {
		s->nothing_us = now;
		gw_score_notice(s, "group %s gives this scorer nothing to read yet", s->o.group);
	}
	until = s->nothing_us + (int64_t)s->o.spare_ms * 1000;
	s->deadline_us = until;
	return now >= until;
}

static bool
finished(struct gw_score *s)
{
	if (s->stopping || enough(s))
		return true;
	return s->o.at_end && ((s->assigned && gw_at_end(s->client)) || is_spare(s));
}

int
gw_score_read(struct gw_score *s)
{
	int64_t ripe;
	int rc = s->stopping ? 0 : fetch(s);

	if (rc < 0)
		return rc;
	if (s->unit_records == 0) {
		if (!finished(s))
			return GW_EAGAIN;
		s->state = GW_SCORE_LEAVING;
		s->leave_us = gw_env_now(s->env).us;
		return 0;
	}
	ripe = s->unit_us + (int64_t)s->o.batch_ms * 1000;
	if (gw_env_now(s->env).us < ripe && !unit_is_full(s) && !finished(s)) {
		s->deadline_us = ripe;
		return GW_EAGAIN;
	}
	s->state = GW_SCORE_SENDING;
	return 0;
}
