/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_unit.c - one message into the unit: parse, predict, remember what to deliver.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "apps/score/trial.h"
#include "base/err.h"
#include "base/slice.h"

#define DEAD_VALUE_MAX	(256u << 10)	/* what a dead letter keeps, so that its topic takes it */
#define DEAD_KEY_MAX	1024
#define FULL_US		1000000		/* between two looks whether the disk has room */
#define DURABLE_US	5000		/* between two questions whether a reader reads on */

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

static struct gw_score_outgoing *
outgoing_new(struct gw_score *s)
{
	struct gw_score_unit *u = &s->unit;
	void *p = u->outgoing;

	if (gw_alloc_room(s->env->alloc, &p, &u->outgoing_cap, u->n_outgoing,
	    sizeof(*u->outgoing)) < 0)
		return NULL;
	u->outgoing = p;
	u->outgoing[u->n_outgoing] = (struct gw_score_outgoing){ .dead = false };
	return &u->outgoing[u->n_outgoing++];
}

/* ---- what is no play ---- */

/* A message that cannot be scored, and why. */
struct bad {
	int32_t		 partition;
	int64_t		 offset;
	struct gw_slice	 key, value;
	const char	*reason, *why;
};

/* What was skipped, by reason; the first of each is told. */
static void
count_skip(struct gw_score *s, const struct bad *b)
{
	struct gw_score_stats *st = &s->stats;
	const char *reason = b->reason;
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
	gw_score_notice(s, "skipped %s partition %d offset %lld, and will skip others like it%s%s: "
	    "%s", s->o.topic, (int)b->partition, (long long)b->offset, s->o.dlq == NULL ? "" :
	    ", to ", s->o.dlq == NULL ? "" : s->o.dlq, b->why);
}

static size_t
keep(struct gw_buf *to, struct gw_slice what, size_t *len)
{
	size_t at = to->len;

	gw_buf_put(to, what.ptr, what.len);
	*len = what.len;
	return at;
}

static int
put_dead(struct gw_score *s, const struct bad *b)
{
	struct gw_buf *bytes = &s->unit.bytes;
	struct gw_slice key = b->key, value = b->value;
	struct gw_score_outgoing *out = outgoing_new(s);

	if (out == NULL)
		return GW_ENOMEM;
	out->dead = true;
	out->partition = b->partition;
	out->offset = b->offset;
	out->has_key = key.ptr != NULL && key.len <= DEAD_KEY_MAX;
	out->has_value = value.ptr != NULL;
	if (value.len > DEAD_VALUE_MAX) {
		out->cut = value.len - DEAD_VALUE_MAX;
		value.len = DEAD_VALUE_MAX;
	}
	if (out->has_key)
		out->key_at = keep(bytes, key, &out->key_len);
	if (out->has_value)
		out->value_at = keep(bytes, value, &out->value_len);
	out->reason_at = keep(bytes, gw_str(b->reason), &out->reason_len);
	out->why_at = keep(bytes, gw_str(b->why), &out->why_len);
	s->unit.dead++;
	return bytes->err;
}

static int
skip(struct gw_score *s, const struct bad *b)
{
	int rc = 0;

	count_skip(s, b);
	if (s->o.dlq != NULL)
		rc = put_dead(s, b);
	return rc < 0 ? gw_score_fail(s, rc) : 0;
}

int
gw_score_take_unreadable(struct gw_score *s, int32_t partition, int64_t from, int64_t to,
    const struct gw_err *why)
{
	struct bad b = { partition, from, { NULL, 0 }, { NULL, 0 }, "unreadable", why->msg };

	gw_score_notice(s, "%s partition %d: offsets %lld to %lld CANNOT BE READ and are passed "
	    "over: %s", s->o.topic, (int)partition, (long long)from, (long long)to - 1, why->msg);
	return skip(s, &b);
}

/* ---- a play ---- */

static int
put_outgoing(struct gw_score *s, const struct gw_scored *sc, const char *sha256, bool shadow)
{
	struct gw_buf *bytes = &s->unit.bytes;
	struct gw_score_outgoing *out = outgoing_new(s);

	if (out == NULL)
		return GW_ENOMEM;
	out->has_key = out->has_value = true;
	out->sha256 = sha256;
	out->shadow = shadow;
	out->key_at = keep(bytes, gw_str(sc->play->game_id), &out->key_len);
	out->value_at = bytes->len;
	gw_prediction_json(bytes, sc->play, sc->prediction, sc->model, &sc->place);
	out->value_len = bytes->len - out->value_at;
	return bytes->err;
}

static int
deliver(struct gw_score *s, const struct gw_scored *sc, const char *sha256)
{
	int rc = 0;

	if (s->o.csv != NULL && sc->place.offset >= s->places[sc->place.partition].in_csv)
		gw_prediction_csv(&s->unit.rows, sc->play, sc->prediction, sc->model, &sc->place);
	if (s->o.to != NULL)
		rc = put_outgoing(s, sc, sha256, false);
	if (s->o.scored != NULL)
		s->o.scored(s->o.arg, sc);
	return rc < 0 ? rc : s->unit.rows.err;
}

static uint64_t
since_produced(const struct gw_time *now, int64_t timestamp_ms)
{
	return now->wall_ms > timestamp_ms ? (uint64_t)(now->wall_ms - timestamp_ms) * 1000 : 0;
}

/* Two models, of which one is published and the other may be shown beside it. */
static int
deliver_both(struct gw_score *s, struct gw_scored *sc)
{
	struct gw_trial_scored both;
	int rc;

	gw_trial_score(s->o.trial, sc->play, &sc->place, sc->timestamp_ms, &both);
	sc->prediction = &both.by[0].prediction;
	sc->model = gw_predictor_model(both.by[0].loaded->predictor);
	rc = deliver(s, sc, both.by[0].loaded->model->sha256);
	if (rc < 0 || both.by[1].loaded == NULL || s->o.shadow_to == NULL)
		return rc;
	sc->prediction = &both.by[1].prediction;
	sc->model = gw_predictor_model(both.by[1].loaded->predictor);
	return put_outgoing(s, sc, both.by[1].loaded->model->sha256, true);
}

static int
deliver_one(struct gw_score *s, struct gw_scored *sc)
{
	struct gw_prediction prediction;

	gw_predict(s->o.predictor, sc->play, &prediction);
	sc->prediction = &prediction;
	sc->model = gw_predictor_model(s->o.predictor);
	return deliver(s, sc, s->o.model_sha256);
}

/* A correction of a play that was seen lately gets a revision. */
static int
revise(struct gw_score *s, int32_t partition, int64_t offset, struct gw_play *play, bool *is_new)
{
	struct gw_score_place *p = &s->places[partition];

	if (p->history == NULL)
		p->history = gw_history_new(s->env->alloc);
	if (p->history == NULL)
		return GW_ENOMEM;
	*is_new = !gw_history_take(p->history, offset, play);
	return 0;
}

static int
score_play(struct gw_score *s, struct gw_scored *sc, bool is_new)
{
	const struct gw_play *play = sc->play;
	struct gw_score_unit *u = &s->unit;
	int rc;

	u->plays++;
	u->corrected += !is_new;
	u->withdrawn += (play->has & GW_HAS_WITHDRAWN) != 0;
	rc = s->o.trial != NULL ? deliver_both(s, sc) : deliver_one(s, sc);
	return rc < 0 ? gw_score_fail(s, rc) : 0;
}

int
gw_score_take_record(struct gw_score *s, int32_t partition, const struct gw_record *r,
    const struct gw_time *fetched)
{
	struct gw_time began = gw_env_now(s->env), ended;
	struct bad b = { partition, r->offset, r->key, r->value, "no value", "it has no value" };
	bool only_remember = r->offset < s->places[partition].next, is_new;
	char reason[GW_SCORE_REASON_MAX];
	struct gw_err why = { 0 };
	struct gw_play play;
	struct gw_scored sc = { .play = &play, .place = { partition, r->offset },
		.timestamp_ms = r->timestamp_ms, .fetched_us = fetched->us, .began_us = began.us };
	int rc = GW_EDATA;

	gw_arena_reset(&s->arena);
	if (r->value.ptr != NULL) {
		rc = gw_play_parse(r->value, &s->arena, &play, &why);
		gw_score_reason(&why, reason);
		b.reason = reason;
		b.why = why.msg;
	}
	if (rc == GW_ENOMEM)
		return gw_score_fail(s, rc);
	if (rc < 0)
		return only_remember ? 0 : skip(s, &b);
	if (revise(s, partition, r->offset, &play, &is_new) < 0)
		return gw_score_fail(s, GW_ENOMEM);
	if (only_remember)
		return 0;
	rc = score_play(s, &sc, is_new);
	ended = gw_env_now(s->env);
	gw_hist_add(&s->stats.compute, (uint64_t)(ended.us - began.us));
	gw_hist_add(&s->stats.to_fetched, since_produced(fetched, r->timestamp_ms));
	gw_hist_add(&s->stats.to_scored, since_produced(&ended, r->timestamp_ms));
	return rc;
}

/* ---- out of the house ---- */

bool
gw_score_enough(const struct gw_score *s)
{
	return s->o.plays_max > 0 && s->stats.plays + s->unit.plays >= (uint64_t)s->o.plays_max;
}

void
gw_score_unit_clear(struct gw_score *s)
{
	struct gw_score_unit *u = &s->unit;

	gw_buf_clear(&u->rows);
	gw_buf_clear(&u->bytes);
	u->n_outgoing = u->n_sent = u->records = 0;
	u->plays = u->corrected = u->withdrawn = u->dead = 0;
}

static struct gw_header
header(const char *key, struct gw_slice value)
{
	return (struct gw_header){ gw_str(key), value };
}

static int
send_dead(struct gw_score *s, const struct gw_score_outgoing *out, struct gw_message *m)
{
	const char *bytes = (const char *)s->unit.bytes.ptr;
	char partition[16], offset[32], cut[32];
	struct gw_header headers[8];

	snprintf(partition, sizeof(partition), "%d", (int)out->partition);
	snprintf(offset, sizeof(offset), "%lld", (long long)out->offset);
	snprintf(cut, sizeof(cut), "%zu", out->cut);
	headers[0] = header("gw-reason", (struct gw_slice){ bytes + out->reason_at,
	    out->reason_len });
	headers[1] = header("gw-error", (struct gw_slice){ bytes + out->why_at, out->why_len });
	headers[2] = header("gw-topic", gw_str(s->o.topic));
	headers[3] = header("gw-partition", gw_str(partition));
	headers[4] = header("gw-offset", gw_str(offset));
	headers[5] = header("gw-model", gw_str(gw_predictor_model(s->o.predictor)));
	headers[6] = header("gw-model-sha256", gw_str(s->o.model_sha256));
	headers[7] = header("gw-cut", gw_str(cut));
	m->topic = s->o.dlq;
	m->headers = headers;
	m->n_headers = out->cut > 0 ? 8 : 7;
	return gw_send(s->client, m);
}

static int
send_one(struct gw_score *s, const struct gw_score_outgoing *out)
{
	const char *bytes = (const char *)s->unit.bytes.ptr;
	struct gw_header header = { GW_LIT("gw-model-sha256"),
		out->sha256 != NULL ? gw_str(out->sha256) : gw_str(s->o.model_sha256) };
	struct gw_message m = { .topic = out->shadow ? s->o.shadow_to : s->o.to,
		.headers = &header, .n_headers = 1 };

	if (out->has_key)
		m.key = (struct gw_slice){ bytes + out->key_at, out->key_len };
	if (out->has_value)
		m.value = (struct gw_slice){ bytes + out->value_at, out->value_len };
	return out->dead ? send_dead(s, out, &m) : gw_send(s->client, &m);
}

int
gw_score_send_unit(struct gw_score *s)
{
	struct gw_score_unit *u = &s->unit;
	int rc = 0;

	while (rc == 0 && u->n_sent < u->n_outgoing) {
		rc = send_one(s, &u->outgoing[u->n_sent]);
		u->n_sent += rc == 0;
	}
	return rc;
}

int
gw_score_append_rows(struct gw_score *s)
{
	struct gw_err err = { 0 };
	int rc = gw_sink_csv_append(s->o.csv, gw_buf_slice(&s->unit.rows), &err);

	if (rc == GW_ENOSPC) {
		if (!s->full_told)
			gw_score_notice(s, "%s: the disk is full; no play is lost, scoring goes on "
			    "when there is room", gw_sink_csv_path(s->o.csv));
		s->full_told = true;
		(void)gw_score_wait_us(s, FULL_US);
		return gw_score_hold(s);
	}
	if (rc < 0) {
		s->err = err;
		return gw_score_fail(s, rc);
	}
	if (s->full_told)
		gw_score_notice(s, "%s: there is room again", gw_sink_csv_path(s->o.csv));
	s->full_told = false;
	return 0;
}

int
gw_score_ask_durable(struct gw_score *s)
{
	int rc = s->o.durable != NULL ? s->o.durable(s->o.arg) : 0;

	if (rc == GW_EAGAIN) {
		(void)gw_score_wait_us(s, DURABLE_US);
		return gw_score_hold(s);
	}
	return rc < 0 ? gw_score_fail(s, rc) : 0;
}

void
gw_score_unit_is_out(struct gw_score *s)
{
	struct gw_score_stats *st = &s->stats;
	const struct gw_score_unit *u = &s->unit;

	if (u->records > 0) {
		st->last_us = gw_env_now(s->env).us;
		st->units++;
		gw_hist_add(&st->to_durable, (uint64_t)(st->last_us - u->began_us));
	}
	st->plays += u->plays;
	st->corrected += u->corrected;
	st->withdrawn += u->withdrawn;
	st->dead += u->dead;
	gw_score_unit_clear(s);
	gw_score_resume(s);
	s->state = GW_SCORE_READING;
}
