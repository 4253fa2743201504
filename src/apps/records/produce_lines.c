/* SPDX-License-Identifier: MIT
 *
 * apps/records/produce_lines.c - lines and JSON records into a topic.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/produce_lines.h"

#include "apps/records/format.h"
#include "apps/input.h"
#include "base/slice.h"

#define OUT_BLOCK	65536
#define INTERRUPTED_US	5000000		/* for what was read before Ctrl-C */
#define SENT_IN_A_TURN	4096

struct lines {
	struct gw_kafka			*k;
	const struct gw_produce_lines	*o;
	struct gw_input			 input;
	struct gw_arena			 arena;		/* of one JSON record */
	struct gw_message		 m;		/* waits for room while has_message */
	bool				 has_message, draining;
	bool				 dry;		/* nothing complete was read */
	bool				 in_txn, ending_txn;
	size_t				 n_files;	/* begun, of those that are whole records */
	size_t				 n_sent, n_refused;	/* by gw_send() */
	struct gw_err			 first;			/* why a record failed */
	struct gw_err			 err;		/* why reading ended early */
};

static struct gw_stats
get_stats(const struct lines *s)
{
	struct gw_stats stats;

	gw_get_stats(s->k->client, &stats);
	return stats;
}

static size_t
n_pending(const struct lines *s)
{
	return get_stats(s).pending;
}

/* Where a slice holds a delimiter: the length before it, or s.len. */
static size_t
before(struct gw_slice s, struct gw_slice delimiter)
{
	size_t i;

	for (i = 0; i + delimiter.len <= s.len; i++)
		if (memcmp(s.ptr + i, delimiter.ptr, delimiter.len) == 0)
			return i;
	return s.len;
}

static void
message_from_line(struct lines *s, struct gw_slice line)
{
	const struct gw_slice kd = s->o->key_delimiter, null = { NULL, 0 };
	size_t at;

	s->m = (struct gw_message){ .topic = s->o->topic, .value = line, .headers = s->o->headers,
		.n_headers = s->o->n_headers };
	if (s->o->key != NULL)
		s->m.key = gw_str(s->o->key);
	if (kd.len > 0 && (at = before(line, kd)) < line.len) {
		s->m.key = (struct gw_slice){ line.ptr, at };
		s->m.value = (struct gw_slice){ line.ptr + at + kd.len, line.len - at - kd.len };
		if (s->o->empty_is_null && at == 0)
			s->m.key = gw_str(s->o->key);
	}
	if (s->o->empty_is_null && s->m.value.len == 0)
		s->m.value = null;
}

static int
message_from_json(struct lines *s, struct gw_slice line, struct gw_err *err)
{
	struct gw_record_in in;
	int rc;

	gw_arena_reset(&s->arena);
	rc = gw_record_json_parse(line, &s->arena, &in, err);
	if (rc == 0 && s->o->topic == NULL && in.topic == NULL)
		rc = gw_err_set(err, GW_EDATA, "no topic, and none with -t");
	if (rc != 0) {
		gw_err_prefix(err, "%s: record %zu: ", s->input.name, s->input.n_messages);
		return rc;
	}
	s->m = (struct gw_message){ .topic = s->o->topic != NULL ? s->o->topic : in.topic,
		.key = in.key,
		.value = in.value,
		.headers = in.headers,
		.n_headers = in.n_headers,
		.timestamp_ms = in.ts,
		.flags = in.has_ts ? GW_MSG_TIMESTAMP : 0 };
	if (in.has_partition) {
		s->m.flags |= GW_MSG_PARTITION;
		s->m.partition = in.partition;
	}
	return 0;
}

static void
tee(struct lines *s, struct gw_slice line)
{
	struct gw_app *app = s->k->app;

	gw_buf_put(&app->out, line.ptr, line.len);
	gw_buf_put(&app->out, s->o->delimiter.ptr, s->o->delimiter.len);
	if (app->out_by_line || app->out.len >= OUT_BLOCK)
		gw_app_flush(app);
}

static int
make_message(struct lines *s, struct gw_slice line, struct gw_err *err)
{
	int rc = 0;

	if (s->o->json)
		rc = message_from_json(s, line, err);
	else
		message_from_line(s, line);
	if (rc != 0)
		return rc;
	if (s->o->has_partition) {
		s->m.flags &= ~(unsigned)GW_MSG_PARTITION;
		if (s->o->partition >= 0)
			s->m.flags |= GW_MSG_PARTITION;
		s->m.partition = s->o->partition;
	}
	if (s->o->tee)
		tee(s, line);
	s->has_message = true;
	return 0;
}

static void
note_failure(struct lines *s, const struct gw_err *err)
{
	if (s->first.code == 0)
		s->first = *err;
}

/* 0: sent, or refused for good and counted. GW_EAGAIN: no room now. Other: going on is useless. */
static int
send_message(struct lines *s, struct gw_err *err)
{
	int rc = gw_send(s->k->client, &s->m);

	if (rc == GW_EAGAIN)
		return rc;
	s->has_message = false;
	s->n_sent++;
	if (rc == 0)
		return 0;
	*err = *gw_client_error(s->k->client);
	if (err->code != rc)
		gw_err_set(err, rc, "%s", gw_strerror(rc));
	s->n_refused++;
	note_failure(s, err);
	return rc == GW_EFENCED || rc == GW_ENOMEM || (rc == GW_ESTATE && s->in_txn) ? rc : 0;
}

/* All that will be sent was given to the client. */
static void
drain(struct lines *s)
{
	bool good = s->err.code == 0 && !gw_app_stopping(s->k->app);

	s->draining = true;
	if (s->in_txn && !s->ending_txn) {
		s->ending_txn = true;
		s->in_txn = gw_end(s->k->client, good ? GW_COMMIT : GW_ABORT) == 0;
	}
	(void)gw_flush(s->k->client, 0);
}

static int
open_input(struct lines *s, struct gw_err *err)
{
	const struct gw_slice none = { NULL, 0 };

	if (s->o->n_whole == 0)
		return gw_input_open(
		    &s->input, s->k->app->env, s->o->file, s->o->delimiter, err);
	return gw_input_open(
	    &s->input, s->k->app->env, s->o->whole[s->n_files++], none, err);
}

/* The next message: 1; 0 at the end of all files; GW_EAGAIN, or why it cannot be had. */
static int
next_message(struct lines *s, struct gw_slice *line, struct gw_err *err)
{
	int rc = gw_input_next(&s->input, line);

	s->dry = rc == GW_EAGAIN;
	if (rc != 0 || s->n_files >= s->o->n_whole)
		return rc;
	gw_input_close(&s->input);
	s->dry = true;
	rc = open_input(s, err);
	return rc == 0 ? GW_EAGAIN : rc;
}

static int
send_read(struct lines *s, struct gw_err *err)
{
	struct gw_slice line;
	int rc, i;

	for (i = 0; i < SENT_IN_A_TURN; i++) {
		if (!s->has_message) {
			if (s->o->count > 0 && s->n_sent >= (size_t)s->o->count) {
				drain(s);
				return 0;
			}
			rc = next_message(s, &line, err);
			if (rc == 0)
				drain(s);
			if (rc <= 0)
				return rc == GW_EAGAIN ? 0 : rc;
			if ((rc = make_message(s, line, err)) != 0)
				return rc;
		}
		rc = send_message(s, err);
		if (rc != 0)
			return rc == GW_EAGAIN ? 0 : rc;
	}
	return 0;
}

static size_t
lines_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct lines *s = self;

	*deadline_us = INT64_MAX;
	if (s->draining) {
		if (n_pending(s) == 0 && !s->in_txn)
			*deadline_us = 0;
		return 0;
	}
	if (s->has_message)
		return 0;
	if (!s->dry) {
		*deadline_us = 0;
		return 0;
	}
	if (cap > 0)
		fds[0] = (struct pollfd){ .fd = s->input.fd, .events = POLLIN };
	return 1;
}

static int
lines_process(void *self, const struct pollfd *fds, size_t n)
{
	struct lines *s = self;
	struct gw_err err;
	int rc = 0;

	if (s->draining)
		return n_pending(s) == 0 && !s->in_txn;
	rc = send_read(s, &err);
	if (rc == 0 && s->dry && !s->has_message && n > 0 && fds[0].revents != 0) {
		rc = gw_input_read(&s->input, &err);
		if (rc == GW_EINTR)
			return 0;
		if (rc == 0)
			rc = send_read(s, &err);
	}
	if (rc != 0) {
		/* What was read before is still delivered. */
		s->err = err;
		drain(s);
	}
	return 0;
}

static int
take_event(struct lines *s, const struct gw_event *ev, struct gw_err *err)
{
	if (ev->type == GW_EVENT_FAILED)
		note_failure(s, &ev->err);
	if (ev->type == GW_EVENT_TXN) {
		s->in_txn = false;
		if (s->err.code == 0)
			s->err = ev->err;
	}
	return gw_kafka_event(s->k, ev, err);
}

/* 0 when all is answered, GW_EINTR after Ctrl-C and a short wait, or why it broke off. */
static int
produce(struct lines *s, struct gw_err *err)
{
	struct gw_part parts[] = {
		s->k->part,
		{ .name = "lines", .self = s, .pollfds = lines_pollfds, .process = lines_process },
	};
	struct gw_app *app = s->k->app;
	int64_t deadline = INT64_MAX;
	struct gw_loop loop;
	struct gw_event ev;
	int rc = 0;

	gw_loop_init(&loop, app->env, parts, GW_N(parts));
	while (rc == 0 && !parts[1].done) {
		if (gw_app_stopping(app) && deadline == INT64_MAX) {
			deadline = gw_env_now(app->env).us + INTERRUPTED_US;
			drain(s);
		}
		if (gw_env_now(app->env).us >= deadline)
			break;
		rc = gw_loop_turn(&loop, deadline);
		rc = rc == 0 || rc == GW_EINTR ? 0 : gw_err_set(err, rc, "%s", gw_strerror(rc));
		while (rc == 0 && gw_next_event(s->k->client, &ev) > 0)
			rc = take_event(s, &ev, err);
	}
	gw_loop_fini(&loop);
	if (rc == 0 && gw_app_stopping(app))
		return gw_err_set(err, GW_EINTR, "interrupted");
	return rc;
}

/* Counted by the client, so that a report lost when memory is out does not make a failure a
 * success. */
static int
outcome(struct lines *s, int rc, struct gw_err *err)
{
	const struct gw_stats stats = get_stats(s);
	size_t failed = s->n_refused + (size_t)stats.records_failed;
	struct gw_app *app = s->k->app;

	if (rc == GW_EINTR) {
		gw_app_say(app,
		    "gridwire produce: interrupted: %zu record%s read, %zu delivered, %zu failed, "
		    "%zu without an answer%s",
		    s->n_sent, s->n_sent == 1 ? "" : "s", (size_t)stats.records_delivered, failed,
		    stats.pending,
		    s->ending_txn ? "; their transaction is aborted" : "");
		return GW_EXIT_INTERRUPTED;
	}
	if (rc != 0)
		return gw_app_fail(app, err);
	if (s->err.code != 0)
		return gw_app_fail(app, &s->err);
	if (failed > 0) {
		gw_err_set(err, s->first.code, "%zu of %zu records failed; the first: %s", failed,
		    s->n_sent, s->first.code != 0 ? s->first.msg : gw_strerror(GW_ENOMEM));
		(void)gw_app_fail(app, err);
		return GW_EXIT_DELIVERY;
	}
	if (app->verbose > 0)
		gw_app_say(app, "%zu records delivered", s->n_sent);
	return GW_EXIT_OK;
}

int
gw_produce_lines(struct gw_kafka *k, const struct gw_produce_lines *o)
{
	struct lines s = { .k = k, .o = o, .dry = true };
	struct gw_err err;
	int rc;

	if (open_input(&s, &err) != 0)
		return gw_app_fail(k->app, &err);
	s.in_txn = gw_begin(k->client) == 0;	/* refused without transactional.id */
	gw_arena_init(&s.arena, k->app->env->alloc, 0);
	rc = produce(&s, &err);
	rc = outcome(&s, rc, &err);
	gw_arena_fini(&s.arena);
	gw_input_close(&s.input);
	return rc;
}
