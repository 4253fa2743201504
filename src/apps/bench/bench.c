/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/bench/bench.h"

#include <stdio.h>

#include "apps/feed/plays.h"
#include "apps/score/score.h"
#include "base/err.h"
#include "base/slice.h"
#include "client/client.h"

#define GAMES		14		/* at once, as on a Sunday */
#define PATIENCE_US	5000000		/* for the last predictions */
#define SETUP_US	20000000
#define NAME_MAX_LEN	64

/* When each thing happened to one play, in microseconds since the run began; 0: not yet. */
struct moment {
	uint32_t	sent, acked, fetched, began, scored, seen;
};

struct bench {
	struct gw_app			*app;
	const struct gw_bench_options	*o;
	struct gw_err			 err;
	struct gw_plays			 plays;
	char				 topic[NAME_MAX_LEN], to[NAME_MAX_LEN], group[NAME_MAX_LEN];
	struct gw_kafka			 producer, scoring, reader;
	struct gw_score			*score;
	struct moment			*moments;	/* (n) */
	uint64_t			 n, sent, seen, bytes;
	int64_t				 began_us;	/* 0: not yet */
	/* of the process by then; in the end, since */
	int64_t				 cpu_us;
	struct gw_buf			 message;
};

const char *
gw_bench_stage_name(enum gw_bench_stage stage)
{
	static const char *const names[] = { "produce", "broker", "consume", "queue", "inference",
		"sink", "total" };

	return names[stage];
}

static uint32_t
since(const struct bench *b, int64_t us)
{
	int64_t d = us - b->began_us;

	return d <= 0 ? 1 : d > UINT32_MAX ? UINT32_MAX : (uint32_t)d;
}

static uint32_t
now(const struct bench *b)
{
	return since(b, gw_env_now(b->app->env).us);
}

static int64_t
due(const struct bench *b, uint64_t i)
{
	return b->began_us + (int64_t)((double)i * 1e6 / b->o->rate);
}

/* ---- the producer ---- */

static int
send_play(struct bench *b, uint64_t i)
{
	struct gw_play p = b->plays.plays[i % b->plays.n].play;
	struct gw_message m = { .topic = b->topic, .flags = GW_MSG_REPORT,
		.opaque = (void *)(uintptr_t)(i + 1) };
	int rc;

	p.play_id = (int64_t)i;
	snprintf(p.game_id, sizeof(p.game_id), "bench_%02d", (int)(i % GAMES));
	gw_buf_clear(&b->message);
	gw_play_write(&b->message, &p);
	m.key = gw_str(p.game_id);
	m.value = gw_buf_slice(&b->message);
	rc = b->message.err != 0 ? b->message.err : gw_send(b->producer.client, &m);
	if (rc == 0) {
		b->moments[i].sent = now(b);
		b->bytes += m.value.len;
	}
	return rc;
}

static int
take_reports(struct bench *b)
{
	struct gw_event ev;
	int rc = 0;

	while (rc == 0 && gw_next_event(b->producer.client, &ev) > 0) {
		if (ev.type == GW_EVENT_DELIVERED)
			b->moments[(uintptr_t)ev.opaque - 1].acked = now(b);
		else if (ev.type == GW_EVENT_FAILED) {
			b->err = ev.err;
			rc = ev.err.code;
		} else
			rc = gw_kafka_event(&b->producer, &ev, &b->err);
	}
	return rc;
}

/* ---- the reader ---- */

/* Play's number, as the prediction says it. */
static bool
number_in(struct gw_slice value, uint64_t *out)
{
	static const char key[] = "\"play_id\":";
	uint64_t n = 0;
	size_t i = 0;

	while (i + sizeof(key) <= value.len && memcmp(value.ptr + i, key, sizeof(key) - 1) != 0)
		i++;
	if (i + sizeof(key) > value.len)
		return false;
	for (i += sizeof(key) - 1; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(value.ptr[i] - '0');
	*out = n;
	return true;
}

static int
read_predictions(struct bench *b)
{
	struct gw_err err = { 0 };
	struct gw_batch *batch;
	struct gw_record r;
	struct gw_event ev;
	uint64_t i;
	int rc = 0;

	while (rc == 0 && gw_next_event(b->reader.client, &ev) > 0)
		rc = gw_kafka_event(&b->reader, &ev, &b->err);
	while (rc == 0 && (batch = gw_fetch(b->reader.client, 0, &err)) != NULL)
		while (gw_batch_next(batch, &r) > 0)
			if (number_in(r.value, &i) && i < b->sent && b->moments[i].seen == 0) {
				b->moments[i].seen = now(b);
				b->seen++;
			}
	return rc;
}

/* ---- the part ---- */

static size_t
bench_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct bench *b = self;

	(void)fds;
	(void)cap;
	if (b->began_us != 0 && b->sent < b->n)
		*deadline_us = due(b, b->sent);
	return 0;
}

static int
bench_process(void *self, const struct pollfd *fds, size_t n)
{
	struct bench *b = self;
	int rc = take_reports(b);

	(void)fds;
	(void)n;
	if (rc == 0)
		rc = read_predictions(b);
	while (rc == 0 && b->began_us != 0 && b->sent < b->n &&
	    gw_env_now(b->app->env).us >= due(b, b->sent)) {
		rc = send_play(b, b->sent);
		b->sent += rc == 0;
	}
	if (rc == GW_EAGAIN)
		rc = 0;
	if (rc != 0 && b->err.code == 0)
		gw_err_set(&b->err, rc, "%s", gw_strerror(rc));
	return rc < 0 ? rc : rc > 0 ? GW_EPROTO : b->seen == b->n;
}

static void
on_scored(void *arg, const struct gw_scored *s)
{
	struct bench *b = arg;
	struct moment *m = &b->moments[s->play->play_id];

	if (s->play->play_id < 0 || (uint64_t)s->play->play_id >= b->n)
		return;
	m->fetched = since(b, s->fetched_us);
	m->began = since(b, s->began_us);
	m->scored = now(b);
}

static int
on_trouble(void *arg, const struct gw_event *ev, struct gw_err *err)
{
	struct bench *b = arg;

	return gw_kafka_event(&b->scoring, ev, err);
}

/* ---- a run ---- */

static int
open_client(struct bench *b, struct gw_kafka *k, const char *more)
{
	char defaults[512];

	snprintf(defaults, sizeof(defaults), "bootstrap.servers=%s\nlinger.ms=0\n"
	    "auto.offset.reset=earliest\n%s", b->o->bootstrap != NULL ? b->o->bootstrap :
	    gw_app_bootstrap(b->app, NULL), more);
	return gw_kafka_open(k, b->o->args, defaults, &b->err);
}

static int
make_topic(struct bench *b, struct gw_loop *loop, const char *topic)
{
	struct gw_call *call = gw_call_create_topic(b->producer.client, topic, 1, -1, NULL, 0);
	int64_t until = gw_env_now(b->app->env).us + SETUP_US;
	int rc = call == NULL ? GW_ENOMEM : 0;

	while (rc == 0 && !gw_call_done(call) && gw_env_now(b->app->env).us < until)
		rc = gw_loop_turn(loop, until);
	if (rc == 0 && gw_call_error(call)->code != 0) {
		b->err = *gw_call_error(call);
		rc = GW_ESTATE;
	} else if (rc == 0 && !gw_call_done(call))
		rc = gw_err_set(&b->err, GW_ETIMEOUT,
		    "topic \"%s\" could not be made in time", topic);
	gw_call_free(call);
	return rc;
}

static bool
is_over(void *arg)
{
	const struct bench *b = arg;

	return gw_app_stopping(b->app) || gw_env_now(b->app->env).us > due(b, b->n) + PATIENCE_US;
}

static int
stream(struct bench *b, struct gw_loop *loop, size_t part)
{
	int64_t until = gw_env_now(b->app->env).us + SETUP_US;
	int rc = 0;

	while (rc == 0 && !gw_score_is_reading(b->score) && gw_env_now(b->app->env).us < until)
		rc = gw_loop_turn(loop, until);
	if (rc < 0)
		return rc;
	b->began_us = gw_env_now(b->app->env).us;
	b->cpu_us = gw_app_cpu_us();
	rc = gw_loop_until(loop, part, is_over, b);
	b->cpu_us = gw_app_cpu_us() - b->cpu_us;
	return rc == GW_EINTR && !gw_app_stopping(b->app) ? 0 : rc;
}

static int
run_loop(struct bench *b)
{
	struct gw_score_options so = { .topic = b->topic, .group = b->group, .to = b->to,
		.predictor = b->o->model->predictor, .model_sha256 = b->o->model->model->sha256,
		.exactly_once = b->o->exactly_once, .scored = on_scored, .trouble = on_trouble,
		.arg = b };
	struct gw_part parts[6] = { b->producer.part, b->scoring.part, b->reader.part,
		{ .name = "bench", .self = b, .pollfds = bench_pollfds,
		    .process = bench_process } };
	size_t n = 4;
	struct gw_loop loop;
	int rc;

	b->score = gw_score_new(b->app->env, b->scoring.client, &so, &b->err);
	if (b->score == NULL)
		return b->err.code;
	if (b->o->broker.self != NULL)
		parts[n++] = b->o->broker;
	gw_loop_init(&loop, b->app->env, parts, n);
	rc = make_topic(b, &loop, b->topic);
	if (rc == 0)
		rc = make_topic(b, &loop, b->to);
	if (rc == 0)
		rc = gw_assign(b->reader.client, b->to, 0, GW_OFFSET_EARLIEST);
	parts[n++] = gw_score_part(b->score);
	loop.n_parts = n;
	if (rc == 0)
		rc = stream(b, &loop, 3);
	if (rc < 0 && gw_score_error(b->score)->code != 0)
		b->err = *gw_score_error(b->score);
	gw_loop_fini(&loop);
	gw_score_free(b->score);
	return rc;
}

static void
add(struct gw_hist *h, uint32_t from, uint32_t to)
{
	gw_hist_add(h, to > from ? to - from : 0);
}

/* The first tenth warms caches and connections up, and does not count. */
static void
sum_up(const struct bench *b, struct gw_bench_result *out)
{
	uint32_t last = 1;

	out->plays = b->n;
	out->seen = b->seen;
	out->mb = (double)b->bytes / 1e6;
	out->cpu_us = b->cpu_us;
	for (uint64_t i = 0; i < b->sent; i++) {
		const struct moment *m = &b->moments[i];
		uint32_t from = since(b, due(b, i)), got = m->acked == 0 || m->acked > m->fetched ?
		    m->fetched : m->acked;

		if (m->seen > last)
			last = m->seen;
		if (i < b->n / 10 || m->seen == 0)
			continue;
		add(&out->stages[GW_BENCH_PRODUCE], from, m->sent);
		add(&out->stages[GW_BENCH_BROKER], m->sent, got);
		add(&out->stages[GW_BENCH_CONSUME], got, m->fetched);
		add(&out->stages[GW_BENCH_QUEUE], m->fetched, m->began);
		add(&out->stages[GW_BENCH_INFERENCE], m->began, m->scored);
		add(&out->stages[GW_BENCH_SINK], m->scored, m->seen);
		add(&out->stages[GW_BENCH_TOTAL], from, m->seen);
	}
	out->seconds = (double)last / 1e6;
}

static void
name_topics(struct bench *b)
{
	unsigned long long tag = (unsigned long long)gw_rng_u64(&b->app->env->rng);

	snprintf(b->topic, sizeof(b->topic), "gridwire-bench-%016llx", tag);
	snprintf(b->to, sizeof(b->to), "gridwire-bench-%016llx-out", tag);
	snprintf(b->group, sizeof(b->group), "gridwire-bench-%016llx", tag);
}

static int
open_all(struct bench *b)
{
	char more[256];
	int rc;

	name_topics(b);
	rc = gw_plays_load(&b->plays, b->app->env, b->o->season_file, b->o->game, &b->err);
	b->n = (uint64_t)(b->o->rate * b->o->seconds);
	b->moments = rc < 0 ? NULL : gw_alloc_zero(b->app->env->alloc, b->n + 1,
	    sizeof(*b->moments));
	if (rc == 0 && b->moments == NULL)
		rc = gw_err_set(&b->err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (rc == 0)
		rc = open_client(b, &b->producer, "");
	snprintf(more, sizeof(more), "transactional.id=%s\nisolation.level=read_committed\n",
	    b->group);
	if (rc == 0)
		rc = open_client(b, &b->scoring, b->o->exactly_once ? more : "");
	return rc == 0 ? open_client(b, &b->reader, "isolation.level=read_committed\n") : rc;
}

int
gw_bench_run(struct gw_app *app, const struct gw_bench_options *o, struct gw_bench_result *out,
    struct gw_err *err)
{
	struct bench b = { .app = app, .o = o };
	int rc;

	memset(out, 0, sizeof(*out));
	gw_buf_init(&b.message, app->env->alloc, 0);
	rc = open_all(&b);
	if (rc == 0)
		rc = run_loop(&b);
	if (rc == 0)
		sum_up(&b, out);
	gw_kafka_close(&b.reader);
	gw_kafka_close(&b.scoring);
	gw_kafka_close(&b.producer);
	gw_plays_free(&b.plays);
	gw_alloc_free(app->env->alloc, b.moments);
	gw_buf_fini(&b.message);
	*err = b.err;
	return rc;
}
