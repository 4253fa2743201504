/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_int.h"

#include <stdio.h>

#include "apps/score/sink_csv.h"
#include "base/err.h"
#include "base/slice.h"

#define PARSE_ARENA_MAX	(16u << 20)
#define HOLD_US		5000000		/* waiting longer than this pauses the partitions */

int
gw_score_fail(struct gw_score *s, int code)
{
	if (s->err.code == 0)
		gw_err_set(&s->err, code, "%s", gw_strerror(code));
	return code;
}

int
gw_score_client_failed(struct gw_score *s, int code)
{
	s->err = *gw_client_error(s->client);
	return gw_score_fail(s, code);
}

void
gw_score_notice(struct gw_score *s, const char *fmt, ...)
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

/* A commit can fail because the group moves on; what was to be committed is asked for again. */
static void
commit_failed(struct gw_score *s, const struct gw_event *ev)
{
	if (ev->partition >= 0 && (size_t)ev->partition < s->n_places &&
	    gw_slice_is(ev->topic, s->o.topic))
		s->places[ev->partition].asked = -1;
}

static int
delivery_failed(struct gw_score *s, const struct gw_event *ev)
{
	if (s->o.exactly_once)
		return 0;		/* the end of the transaction says the same */
	s->undelivered = true;
	s->err = ev->err;
	gw_err_prefix(&s->err, "a record was not delivered to \"%.*s\": ", GW_FMT(ev->topic));
	return gw_score_fail(s, s->err.code);
}

static int
one_event(struct gw_score *s, const struct gw_event *ev)
{
	switch (ev->type) {
	case GW_EVENT_FAILED:
		return delivery_failed(s, ev);
	case GW_EVENT_ASSIGNED:
		return 0;
	case GW_EVENT_REVOKED:
		if (gw_slice_is(ev->topic, s->o.topic))
			gw_score_unplace(s, ev->partition);
		return 0;
	case GW_EVENT_COMMITTED:
		if (ev->err.code != 0)
			commit_failed(s, ev);
		return 0;
	case GW_EVENT_TXN:
		gw_score_txn_event(s, ev);
		return 0;
	case GW_EVENT_ERROR:
		if (s->o.exactly_once && ev->err.code == GW_EFENCED) {
			gw_score_txn_event(s, ev);
			return 0;
		}
		return s->o.trouble != NULL ? s->o.trouble(s->o.arg, ev, &s->err) : 0;
	default:
		return 0;
	}
}

int
gw_score_events(struct gw_score *s)
{
	struct gw_event ev;
	int rc = 0;

	while (rc == 0 && gw_next_event(s->client, &ev) > 0)
		rc = one_event(s, &ev);
	return rc == 0 && s->state != GW_SCORE_STARTING ? gw_score_place_all(s) : rc;
}

/* ---- waiting ---- */

int
gw_score_wait_us(struct gw_score *s, int64_t us)
{
	int64_t until = gw_env_now(s->env).us + us;

	if (until < s->deadline_us)
		s->deadline_us = until;
	return GW_EAGAIN;
}

/* Of each partition that is assigned. */
static void
pause_all(struct gw_score *s, bool paused)
{
	struct gw_position at;

	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++)
		if (gw_slice_is(at.topic, s->o.topic))
			(void)(paused ? gw_pause(s->client, s->o.topic, at.partition) :
			    gw_resume(s->client, s->o.topic, at.partition));
}

int
gw_score_hold(struct gw_score *s)
{
	int64_t since = gw_env_now(s->env).us - s->fetched_us;
	struct gw_err err = { 0 };

	if (since < HOLD_US)
		return gw_score_wait_us(s, HOLD_US - since);
	pause_all(s, true);
	s->held = true;
	s->fetched_us = gw_env_now(s->env).us;
	if (s->subscribed && gw_fetch(s->client, 0, &err) == NULL && err.code != GW_ETIMEOUT &&
	    err.code != GW_EAGAIN && err.code != GW_ESTATE) {
		s->err = err;
		return gw_score_fail(s, err.code);
	}
	return gw_score_wait_us(s, HOLD_US);
}

void
gw_score_resume(struct gw_score *s)
{
	if (s->held)
		pause_all(s, false);
	s->held = false;
}

/* ---- the part ---- */

static int
step(struct gw_score *s)
{
	if (s->txn.fenced)
		return gw_score_refence(s);
	switch (s->state) {
	case GW_SCORE_STARTING:
		return gw_score_begin(s);
	case GW_SCORE_READING:
		return gw_score_read(s);
	case GW_SCORE_WRITING:
		return gw_score_write(s);
	case GW_SCORE_SENDING:
		return s->o.exactly_once ? gw_score_send_in_txn(s) : gw_score_send(s);
	case GW_SCORE_SYNCING:
		return gw_score_sync(s);
	case GW_SCORE_ENDING:
		return gw_score_end(s);
	case GW_SCORE_LEAVING:
		return gw_score_leave(s);
	case GW_SCORE_DONE:
		break;
	}
	return 0;
}

static int
score_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_score *s = self;
	int rc = gw_score_events(s);

	(void)fds;
	(void)n;
	if (rc == 0)
		rc = gw_score_txn_synced(s);
	s->deadline_us = INT64_MAX;
	while (rc == 0 && s->state != GW_SCORE_DONE)
		rc = step(s);
	if (rc == GW_EAGAIN)
		return 0;
	if (rc != 0) {
		s->state = GW_SCORE_DONE;
		return rc < 0 ? rc : GW_EPROTO;	/* Kafka's own code is in gw_score_error() */
	}
	return 1;
}

static size_t
score_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_score *s = self;
	bool syncs = s->state == GW_SCORE_SYNCING || s->txn.syncing;
	int fd = syncs ? gw_sink_csv_fd(s->o.csv) : -1;

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

/* The file's own group, where its length is committed. */
static int
name_csv_group(struct gw_score *s, struct gw_err *err)
{
	struct gw_score_txn *t = &s->txn;
	const char *id;
	int n;

	if (!s->o.exactly_once || s->o.csv == NULL)
		return 0;
	id = gw_sink_csv_id(s->o.csv, s->env, err);
	if (id == NULL)
		return GW_EIO;
	n = snprintf(t->csv_group, sizeof(t->csv_group), "%s.csv.%s", s->o.group, id);
	if (n < 0 || (size_t)n >= sizeof(t->csv_group))
		return gw_err_set(err, GW_EINVAL, "-g %s is too long", s->o.group);
	s->start.csv_group = t->csv_group;
	return 0;
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
	gw_buf_init(&s->unit.rows, env->alloc, 0);
	gw_buf_init(&s->unit.bytes, env->alloc, 0);
	s->fetched_us = gw_env_now(env).us;
	gw_score_start_init(&s->start, env, client, &s->o);
	if (name_csv_group(s, err) < 0) {
		gw_score_free(s);
		return NULL;
	}
	return s;
}

void
gw_score_free(struct gw_score *s)
{
	if (s == NULL)
		return;
	gw_score_start_fini(&s->start);
	gw_arena_fini(&s->arena);
	gw_buf_fini(&s->unit.rows);
	gw_buf_fini(&s->unit.bytes);
	gw_alloc_free(s->env->alloc, s->unit.outgoing);
	gw_score_places_free(s);
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
	return s->state != GW_SCORE_STARTING && s->state != GW_SCORE_DONE && i > 0;
}

void
gw_score_reload(struct gw_score *s, const struct gw_score_options *o)
{
	s->o.predictor = o->predictor;
	s->o.model_sha256 = o->model_sha256;
	s->o.trial = o->trial;
	s->o.batch_ms = o->batch_ms;
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
