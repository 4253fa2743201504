/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score.h"

#include <stdio.h>

#include "apps/score_start.h"
#include "apps/sink_csv.h"
#include "base/err.h"
#include "base/slice.h"

#define UNIT_RECORDS_MAX	4096	/* a unit ends after the batch that reaches one of these */
#define UNIT_BYTES_MAX		(1u << 20)
#define PARSE_ARENA_MAX		(16u << 20)
#define COMMIT_AGAIN_US		200000
#define LEAVE_US		5000000		/* for the last commit's answer */

enum state { STARTING, READING, SENDING, SYNCING, LEAVING, DONE };

/* One partition. Each offset is the next one; -1: none yet. next >= done >= asked. */
struct place {
	int64_t	next;		/* to be scored */
	int64_t	done;		/* to be durable */
	int64_t	asked;		/* commit asked for up to here */
	bool	placed;		/* the client's position was compared with next */
};

/* A prediction that waits to be sent: where key and value are in the unit's bytes. */
struct outgoing {
	size_t	key_at, key_len, value_at, value_len;
};

struct gw_score {
	struct gw_env		*env;
	struct gw_client	*client;
	struct gw_score_options	 o;
	enum state		 state;
	struct gw_score_start	 start;
	bool			 stopping, assigned, undelivered;
	struct place		*places;
	size_t			 n_places, places_cap;
	struct gw_arena		 arena;		/* of one message's JSON */
	/* the unit under way */
	size_t			 unit_records;
	int64_t			 unit_us;	/* when it began */
	struct gw_buf		 rows, bytes;	/* for the CSV; keys and values for the topic */
	struct outgoing		*outgoing;
	size_t			 n_outgoing, outgoing_cap, n_sent;

	int64_t			 deadline_us;	/* when to be called again without an event */
	int64_t			 leave_us, commit_us;
	struct gw_score_stats	 stats;
	struct gw_err		 err;
};

static int
fail(struct gw_score *s, int code)
{
	if (s->err.code == 0)
		gw_err_set(&s->err, code, "%s", gw_strerror(code));
	return code;
}

static void
notice(struct gw_score *s, const char *fmt, ...) GW_PRINTF(2, 3);

static void
notice(struct gw_score *s, const char *fmt, ...)
{
	struct gw_err text;
	va_list ap;

	if (s->o.notice == NULL)
		return;
	va_start(ap, fmt);
	gw_err_vset(&text, 0, fmt, ap);
	va_end(ap);
	s->o.notice(s->o.arg, text.msg);
}

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
	notice(s, "skipped %s partition %d offset %lld, and will skip others like it: %s",
	    s->o.topic, (int)partition, (long long)offset, why);
}

static int
put_outgoing(struct gw_score *s, const struct gw_scored *sc)
{
	void *p = s->outgoing;
	struct outgoing *out;

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
		return fail(s, rc);
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
	return rc < 0 ? fail(s, rc) : 0;
}

/* ---- a unit: what is there ---- */

static struct place *
place_of(struct gw_score *s, int32_t partition)
{
	size_t i = (size_t)partition;
	void *p;

	while (s->n_places <= i) {
		p = s->places;
		if (gw_alloc_room(s->env->alloc, &p, &s->places_cap, s->n_places,
		    sizeof(*s->places)) < 0)
			return NULL;
		s->places = p;
		s->places[s->n_places++] = (struct place){ .next = -1, .done = -1, .asked = -1 };
	}
	return &s->places[i];
}

static bool
enough(const struct gw_score *s)
{
	return s->o.plays_max > 0 && s->stats.plays >= (uint64_t)s->o.plays_max;
}

static int
made_anew(struct gw_score *s, int32_t partition, int64_t end, int64_t next, const char *who)
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
	struct place *p = place_of(s, info.partition);
	struct gw_time now = gw_env_now(s->env);
	struct gw_record r;
	int rc = 0;

	if (p == NULL)
		return fail(s, GW_ENOMEM);
	if (info.high_watermark >= 0 && info.high_watermark < p->next)
		return made_anew(s, info.partition, info.high_watermark, p->next, "the scorer");
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
		return fail(s, rc);
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
place_one(struct gw_score *s, struct place *p, const struct gw_position *at)
{
	if (at->position < p->next) {
		p->placed = gw_seek(s->client, s->o.topic, at->partition, p->next) == 0;
		return;
	}
	if (at->position > p->next)
		p->next = p->done = p->asked = at->position;
	p->placed = true;
}

static int
place_partitions(struct gw_score *s)
{
	struct gw_position at;
	struct place *p;

	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		s->assigned = true;
		p = place_of(s, at.partition);
		if (p == NULL)
			return fail(s, GW_ENOMEM);
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

static bool
finished(const struct gw_score *s)
{
	if (s->stopping || enough(s))
		return true;
	return s->o.at_end && ((s->assigned && gw_at_end(s->client)) || has_nothing(s));
}

static int
reading(struct gw_score *s)
{
	int64_t ripe;
	int rc = s->stopping ? 0 : fetch(s);

	if (rc < 0)
		return rc;
	if (s->unit_records == 0) {
		if (!finished(s))
			return GW_EAGAIN;
		s->state = LEAVING;
		s->leave_us = gw_env_now(s->env).us + LEAVE_US;
		return 0;
	}
	ripe = s->unit_us + (int64_t)s->o.batch_ms * 1000;
	if (gw_env_now(s->env).us < ripe && !unit_is_full(s) && !finished(s)) {
		s->deadline_us = ripe;
		return GW_EAGAIN;
	}
	s->state = SENDING;
	return 0;
}

/* ---- a unit: out of the house ---- */

static int
send_one(struct gw_score *s, const struct outgoing *out)
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
			return fail(s, rc);
		}
	}
	if (s->n_outgoing == 0)
		return 0;
	gw_get_stats(s->client, &stats);
	return stats.pending > 0 ? GW_EAGAIN : 0;
}

/* The place of a partition that has something to commit, or NULL. */
static struct place *
uncommitted(struct gw_score *s, int32_t partition)
{
	struct place *p;

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
		struct place *p = uncommitted(s, at.partition);

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
		return fail(s, rc);
	s->stats.last_us = gw_env_now(s->env).us;
	s->stats.units++;
	gw_hist_add(&s->stats.to_durable, (uint64_t)(s->stats.last_us - s->unit_us));
	for (size_t i = 0; i < s->n_places; i++)
		s->places[i].done = s->places[i].next;
	commit(s);
	gw_buf_clear(&s->rows);
	gw_buf_clear(&s->bytes);
	s->n_outgoing = s->n_sent = s->unit_records = 0;
	s->state = READING;
	return 0;
}

/*
 * Rows follow the acknowledgements: the CSV says where the next start goes on, so a prediction that
 * is missing in the topic must not be in it.
 */
static int
sending(struct gw_score *s)
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
		s->state = SYNCING;
	return rc;
}

static int
syncing(struct gw_score *s)
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

static int
leaving(struct gw_score *s)
{
	int64_t now = gw_env_now(s->env).us;
	int rc;

	if (now >= s->commit_us && !all_committed(s)) {
		commit(s);
		s->commit_us = now + COMMIT_AGAIN_US;
	}
	rc = s->o.group != NULL ? gw_commit_wait(s->client, 0) : 0;
	if (rc != GW_ETIMEOUT && all_committed(s)) {
		s->state = DONE;
		return 0;
	}
	if (now >= s->leave_us)
		return gw_err_set(&s->err, GW_ETIMEOUT, "group \"%s\": the last offsets could not "
		    "be committed in %d s%s", s->o.group, LEAVE_US / 1000000, s->o.csv != NULL ?
		    "; the CSV is complete and says where to go on" :
		    "; the last plays will be scored again");
	s->deadline_us = s->commit_us < s->leave_us ? s->commit_us : s->leave_us;
	if (s->deadline_us <= now)
		s->deadline_us = now + COMMIT_AGAIN_US;
	return GW_EAGAIN;
}

/* ---- the beginning ---- */

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
		notice(s, "%s partition %zu: the group is at offset %lld, %s at %lld; what lies "
		    "between was scored elsewhere", s->o.topic, i, (long long)p->committed,
		    gw_sink_csv_path(s->o.csv), (long long)in_csv);
	if (next >= 0 && next < p->begin)
		notice(s, "%s partition %zu: offsets %lld to %lld expired before they were scored",
		    s->o.topic, i, (long long)next, (long long)p->begin - 1);
}

static int
check_offsets(struct gw_score *s, const int64_t *in_csv)
{
	for (size_t i = 0; i < s->start.n; i++) {
		const struct gw_score_partition *p = &s->start.partitions[i];

		if (in_csv[i] > p->end)
			return made_anew(s, (int32_t)i, p->end, in_csv[i],
			    gw_sink_csv_path(s->o.csv));
		if (p->committed > p->end)
			return made_anew(s, (int32_t)i, p->end, p->committed, "the group");
		tell_gaps(s, i, in_csv[i]);
	}
	return 0;
}

static int
assign_all(struct gw_score *s)
{
	int64_t where = s->o.from == GW_SCORE_LATEST ? GW_OFFSET_LATEST : GW_OFFSET_EARLIEST;
	int rc = 0;

	for (size_t i = 0; i < s->start.n && rc == 0; i++) {
		int64_t next = s->places[i].next;

		if (next >= 0 && next < s->start.partitions[i].begin)
			next = s->start.partitions[i].begin;
		rc = gw_assign(s->client, s->o.topic, (int32_t)i, next >= 0 ? next : where);
	}
	return rc;
}

static int
begin_reading(struct gw_score *s, const int64_t *in_csv)
{
	int rc = check_offsets(s, in_csv);

	for (size_t i = 0; i < s->start.n && rc == 0; i++) {
		struct place *p = place_of(s, (int32_t)i);

		if (p == NULL)
			return fail(s, GW_ENOMEM);
		/* The group is told, with the first unit, what only the CSV knew. */
		p->next = p->done = in_csv[i];
		p->asked = s->start.partitions[i].committed;
	}
	if (rc < 0)
		return rc;
	rc = s->o.group != NULL ? gw_subscribe(s->client, s->o.topic, s->o.group) : assign_all(s);
	if (rc < 0) {
		s->err = *gw_client_error(s->client);
		return fail(s, rc);
	}
	s->state = READING;
	return 0;
}

static int
starting(struct gw_score *s)
{
	int64_t *in_csv;
	int rc;

	if (s->stopping) {
		s->state = DONE;
		return 0;
	}
	rc = gw_score_start_go(&s->start, &s->err);
	if (rc == 0) {
		s->deadline_us = s->start.retry_us;
		return GW_EAGAIN;
	}
	if (rc != 1)
		return rc;
	in_csv = gw_alloc_zero(s->env->alloc, s->start.n, sizeof(*in_csv));
	if (in_csv == NULL)
		return fail(s, GW_ENOMEM);
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

/* ---- the part ---- */

/* A commit can fail because the group moves on; what was to be committed is asked for again. */
static void
commit_failed(struct gw_score *s, const struct gw_event *ev)
{
	if (ev->partition >= 0 && (size_t)ev->partition < s->n_places &&
	    gw_slice_is(ev->topic, s->o.topic))
		s->places[ev->partition].asked = -1;
}

static int
one_event(struct gw_score *s, const struct gw_event *ev)
{
	switch (ev->type) {
	case GW_EVENT_FAILED:
		s->undelivered = true;
		s->err = ev->err;
		gw_err_prefix(&s->err, "a prediction was not delivered to \"%s\": ", s->o.to);
		return fail(s, s->err.code);
	case GW_EVENT_ASSIGNED:
	case GW_EVENT_REVOKED:
		for (size_t i = 0; i < s->n_places; i++)
			s->places[i].placed = false;
		return 0;
	case GW_EVENT_COMMITTED:
		if (ev->err.code != 0)
			commit_failed(s, ev);
		return 0;
	case GW_EVENT_ERROR:
		return s->o.trouble != NULL ? s->o.trouble(s->o.arg, ev, &s->err) : 0;
	default:
		return 0;
	}
}

static int
events(struct gw_score *s)
{
	struct gw_event ev;
	int rc = 0;

	while (rc == 0 && gw_next_event(s->client, &ev) > 0)
		rc = one_event(s, &ev);
	return rc == 0 && s->state != STARTING ? place_partitions(s) : rc;
}

static int
step(struct gw_score *s)
{
	switch (s->state) {
	case STARTING:
		return starting(s);
	case READING:
		return reading(s);
	case SENDING:
		return sending(s);
	case SYNCING:
		return syncing(s);
	case LEAVING:
		return leaving(s);
	case DONE:
		break;
	}
	return 0;
}

static int
score_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_score *s = self;
	int rc = events(s);

	(void)fds;
	(void)n;
	s->deadline_us = INT64_MAX;
	while (rc == 0 && s->state != DONE)
		rc = step(s);
	if (rc == GW_EAGAIN)
		return 0;
	if (rc != 0) {
		s->state = DONE;
		return rc < 0 ? rc : GW_EPROTO;	/* Kafka's own code is in gw_score_error() */
	}
	return 1;
}

static size_t
score_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_score *s = self;
	int fd = s->state == SYNCING ? gw_sink_csv_fd(s->o.csv) : -1;

	*deadline_us = s->deadline_us;
	if (fd < 0)
		return 0;
	if (cap > 0)
		fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 1;
}

struct gw_part
gw_score_part(struct gw_score *s)
{
	return (struct gw_part){ .name = "score", .self = s, .pollfds = score_pollfds,
		.process = score_process };
}

struct gw_score *
gw_score_new(struct gw_env *env, struct gw_client *client, const struct gw_score_options *o,
    struct gw_err *err)
{
	struct gw_score *s = gw_alloc_zero(env->alloc, 1, sizeof(*s));

	if (s == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	s->env = env;
	s->client = client;
	s->o = *o;
	gw_arena_init(&s->arena, env->alloc, PARSE_ARENA_MAX);
	gw_buf_init(&s->rows, env->alloc, 0);
	gw_buf_init(&s->bytes, env->alloc, 0);
	gw_score_start_init(&s->start, env, client, &s->o);
	return s;
}

void
gw_score_free(struct gw_score *s)
{
	if (s == NULL)
		return;
	gw_score_start_fini(&s->start);
	gw_arena_fini(&s->arena);
	gw_buf_fini(&s->rows);
	gw_buf_fini(&s->bytes);
	gw_alloc_free(s->env->alloc, s->outgoing);
	gw_alloc_free(s->env->alloc, s->places);
	gw_alloc_free(s->env->alloc, s);
}

bool
gw_score_is_reading(const struct gw_score *s)
{
	struct gw_position at;
	size_t i = 0;

	for (; gw_assignment(s->client, i, &at) > 0; i++)
		if (at.position < 0)
			return false;
	return s->state != STARTING && s->state != DONE && i > 0;
}

void
gw_score_stop(struct gw_score *s)
{
	s->stopping = true;
}

const struct gw_score_stats *
gw_score_get_stats(const struct gw_score *s)
{
	return &s->stats;
}

const struct gw_err *
gw_score_error(const struct gw_score *s)
{
	return &s->err;
}

bool
gw_score_undelivered(const struct gw_score *s)
{
	return s->undelivered;
}
