/* SPDX-License-Identifier: MIT
 *
 * apps/feed/feed.c - plays into a topic: look for the topic, make it if it is not there, send at
 * the pace, wait for the answers. Each step ends inside the loop; nothing here waits.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/feed/feed.h"

#include <gridwire/gridwire.h>

#include "apps/feed/plays.h"

#define SECOND_US	1000000
#define BURST		64		/* plays in one turn, so that other parts get theirs */
#define RETRY_US	20000		/* when the client's memory is full and nothing wakes us */
#define LOOK_US		SECOND_US	/* for what the client's timers did before the loop slept */
#define LAG_MAX_US	SECOND_US	/* a longer stall is not made up for by a rush */

enum state { LOOKING, CREATING, SENDING, DRAINING, DONE };

struct gw_feed {
	struct gw_env		*env;
	struct gw_client	*client;
	struct gw_feed_options	 o;
	enum state		 state;
	struct gw_call		*call;		/* LOOKING, CREATING */
	struct gw_plays		 plays;
	size_t			 n_send;	/* of them to be sent */
	bool			 open;		/* more of them may be pushed */
	size_t			 n_sent, n_delivered, n_failed;
	int64_t			 due_us;	/* SENDING: of play n_sent */
	bool			 full;		/* the client's memory; until an answer comes */
	bool			 broken;	/* err ended it */
	struct gw_buf		 value;
	struct gw_err		 err;		/* of that, else the first failed delivery */
	struct gw_err		 trouble;
	size_t			 n_troubles;
};

static int
load(struct gw_feed *f, const char *path, struct gw_err *err)
{
	int rc = gw_plays_load(&f->plays, f->env, path, f->o.game, err);

	f->n_send = f->plays.n;
	if (f->o.plays_max > 0 && (uint64_t)f->o.plays_max < f->n_send)
		f->n_send = (size_t)f->o.plays_max;
	return rc;
}

struct gw_feed *
gw_feed_new_open(struct gw_env *env, struct gw_client *c, const struct gw_feed_options *o,
    struct gw_err *err)
{
	struct gw_feed *f = gw_alloc_zero(env->alloc, 1, sizeof(*f));

	if (f == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	f->env = env;
	f->client = c;
	f->o = *o;
	f->state = o->create_topic ? LOOKING : SENDING;
	f->due_us = INT64_MIN;
	f->open = true;
	f->plays.alloc = env->alloc;
	gw_buf_init(&f->value, env->alloc, 0);
	return f;
}

struct gw_feed *
gw_feed_new(struct gw_env *env, struct gw_client *c, const char *season_file,
    const struct gw_feed_options *o, struct gw_err *err)
{
	struct gw_feed *f = gw_feed_new_open(env, c, o, err);

	if (f == NULL)
		return NULL;
	f->open = false;
	if (load(f, season_file, err) == 0)
		return f;
	gw_feed_free(f);
	return NULL;
}

int
gw_feed_push(struct gw_feed *f, const struct gw_play *p)
{
	void *plays = f->plays.plays;

	if (!f->open)
		return 0;
	if (gw_alloc_room(f->env->alloc, &plays, &f->plays.cap, f->plays.n,
	    sizeof(*f->plays.plays)) != 0)
		return GW_ENOMEM;
	f->plays.plays = plays;
	f->plays.plays[f->plays.n++] = (struct gw_season_play){ .play = *p };
	f->n_send = f->plays.n;
	if (f->o.plays_max > 0 && (uint64_t)f->o.plays_max <= f->n_send)
		f->open = false;
	return 0;
}

void
gw_feed_close(struct gw_feed *f)
{
	f->open = false;
}

void
gw_feed_free(struct gw_feed *f)
{
	if (f == NULL)
		return;
	gw_call_free(f->call);
	gw_buf_fini(&f->value);
	gw_plays_free(&f->plays);
	gw_alloc_free(f->env->alloc, f);
}

/* ---- pace ---- */

/*
 * Game seconds from play i - 1 to play i. The clock starts again in overtime and with another game.
 */
static int64_t
game_seconds(const struct gw_feed *f, size_t i)
{
	const struct gw_play *before = &f->plays.plays[i - 1].play, *now = &f->plays.plays[i].play;
	int64_t s = (int64_t)before->time_remaining - now->time_remaining;

	return s > 0 && strcmp(before->game_id, now->game_id) == 0 ? s : 0;
}

static int64_t
interval_us(const struct gw_feed *f, size_t i)
{
	double s = f->o.delay_s;

	if (f->o.speed > 0)
		s = (double)game_seconds(f, i) / f->o.speed;
	else if (f->o.rate > 0)
		s = 1 / f->o.rate;
	return s < 1e9 ? (int64_t)(s * SECOND_US) : (int64_t)1e9 * SECOND_US;
}

/* ---- the machine ---- */

/* The part's result: Kafka's own codes are positive and would say "done" to the loop. */
static int
fail(struct gw_feed *f, const struct gw_err *err)
{
	f->err = *err;
	f->broken = true;
	f->state = DONE;
	return err->code < 0 ? err->code : GW_ESTATE;
}

/* 0, or an error after which going on is useless. */
static int
take_events(struct gw_feed *f)
{
	struct gw_event ev;

	while (gw_next_event(f->client, &ev) > 0) {
		switch (ev.type) {
		case GW_EVENT_DELIVERED:
			f->n_delivered++;
			f->full = false;
			break;
		case GW_EVENT_FAILED:
			if (f->n_failed++ == 0)
				f->err = ev.err;
			f->full = false;
			break;
		case GW_EVENT_ERROR:
			if (ev.err.code == GW_EAUTH || ev.err.code == GW_EFENCED)
				return fail(f, &ev.err);
			f->trouble = ev.err;
			f->n_troubles++;
			break;
		default:
			break;
		}
	}
	return 0;
}

/* Reports can be lost when memory is out: then nothing is pending and some are missing. */
static bool
all_answered(const struct gw_feed *f)
{
	struct gw_stats stats;

	if (f->n_delivered + f->n_failed >= f->n_sent)
		return true;
	gw_get_stats(f->client, &stats);
	return stats.pending == 0;
}

static int
begin_call(struct gw_feed *f, struct gw_call *call, enum state state)
{
	struct gw_err err;

	f->call = call;
	f->state = state;
	if (call != NULL)
		return 0;
	err = *gw_client_error(f->client);
	if (err.code == 0)
		gw_err_set(&err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	return fail(f, &err);
}

static void
end_call(struct gw_feed *f, enum state next)
{
	gw_call_free(f->call);
	f->call = NULL;
	f->state = next;
}

static int
create(struct gw_feed *f)
{
	const struct gw_config configs[] = {
		{ .name = "retention.ms", .value = f->o.retention_ms },
		{ .name = "compression.type", .value = f->o.compression_type },
	};

	return begin_call(f, gw_call_create_topic(f->client, f->o.topic, f->o.partitions,
	    f->o.replication_factor, configs, GW_N(configs)), CREATING);
}

static bool
is_there(const struct gw_call *call, const char *topic)
{
	const struct gw_cluster_info *ci = gw_call_cluster_result(call);
	size_t i;

	for (i = 0; ci != NULL && i < ci->n_topics; i++)
		if (strcmp(ci->topics[i].name, topic) == 0)
			return ci->topics[i].error != GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	return false;
}

static int
looked(struct gw_feed *f)
{
	const struct gw_err *err = gw_call_error(f->call);

	if (err->code != 0 && err->code != GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		return fail(f, err);
	if (err->code == 0 && is_there(f->call, f->o.topic)) {
		end_call(f, SENDING);
		return 0;
	}
	end_call(f, LOOKING);
	return create(f);
}

static int
created(struct gw_feed *f)
{
	const struct gw_err *err = gw_call_error(f->call);

	/* Another feeder may have been a moment faster. */
	if (err->code != 0 && err->code != GW_K_TOPIC_ALREADY_EXISTS)
		return fail(f, err);
	end_call(f, SENDING);
	return 0;
}

/* 0: taken or given up, the next one may come. GW_EAGAIN: later. */
static int
send_play(struct gw_feed *f, const struct gw_play *p)
{
	struct gw_message m = {
		.topic = f->o.topic, .key = gw_str(p->game_id), .flags = GW_MSG_REPORT
	};
	int rc;

	gw_buf_clear(&f->value);
	gw_play_write(&f->value, p);
	m.value = gw_buf_slice(&f->value);
	rc = f->value.err != 0 ? f->value.err : gw_send(f->client, &m);
	if (rc == GW_EAGAIN)
		return rc;
	f->n_sent++;
	if (rc != 0 && f->n_failed++ == 0) {
		f->err = *gw_client_error(f->client);
		if (f->err.code != rc)
			gw_err_set(&f->err, rc, "%s", gw_strerror(rc));
	}
	return 0;
}

static void
send_due(struct gw_feed *f)
{
	int64_t now = gw_env_now(f->env).us;
	int i;

	if (f->due_us == INT64_MIN)
		f->due_us = now;
	for (i = 0; i < BURST && f->n_sent < f->n_send && f->due_us <= now; i++) {
		if (send_play(f, &f->plays.plays[f->n_sent].play) == GW_EAGAIN) {
			f->full = true;
			return;
		}
		if (f->n_sent < f->plays.n)
			f->due_us += interval_us(f, f->n_sent);
		if (f->due_us < now - LAG_MAX_US)
			f->due_us = now;
	}
	if (f->n_sent >= f->n_send && !f->open) {
		/* Sends what lingers; the answers come as events. */
		(void)gw_flush(f->client, 0);
		f->state = DRAINING;
	}
}

static size_t
feed_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_feed *f = self;
	int64_t look_again = gw_env_now(f->env).us + LOOK_US;

	(void)fds;
	(void)cap;
	/* What the client did in the last turn after us is seen here, before the loop sleeps. */
	if (take_events(f) != 0)
		*deadline_us = 0;
	else if (f->call != NULL)
		*deadline_us = gw_call_done(f->call) ? 0 : look_again;
	else if (f->state == SENDING && f->n_sent >= f->n_send && f->open)
		*deadline_us = look_again;
	else if (f->state == SENDING)
		*deadline_us = f->full ? gw_env_now(f->env).us + RETRY_US : f->due_us;
	else if (f->state == DRAINING)
		*deadline_us = all_answered(f) ? 0 : look_again;
	else
		*deadline_us = 0;
	return 0;
}

static int
feed_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_feed *f = self;
	int rc;

	(void)fds;
	(void)n;
	if (f->broken)
		return fail(f, &f->err);
	rc = take_events(f);
	if (rc != 0)
		return rc;
	if (f->state == LOOKING && f->call == NULL)
		rc = begin_call(f, gw_call_cluster(f->client, f->o.topic), LOOKING);
	else if (f->call != NULL && gw_call_done(f->call))
		rc = f->state == LOOKING ? looked(f) : created(f);
	if (rc == 0 && f->state == SENDING)
		send_due(f);
	/* Sending may have brought the last answers: they are told before nothing is pending. */
	if (rc == 0 && f->state == DRAINING && (rc = take_events(f)) == 0 && all_answered(f))
		f->state = DONE;
	return rc != 0 ? rc : f->state == DONE;
}

struct gw_part
gw_feed_part(struct gw_feed *f)
{
	return (struct gw_part){
		.name = "feed", .self = f, .pollfds = feed_pollfds, .process = feed_process
	};
}

struct gw_feed_progress
gw_feed_progress(const struct gw_feed *f)
{
	return (struct gw_feed_progress){
		.plays = f->n_send,
		.plays_sent = f->n_sent,
		.plays_delivered = f->n_delivered,
		.plays_failed = f->n_failed,
		.newest = f->n_sent > 0 ? &f->plays.plays[f->n_sent - 1] : NULL,
		.last = f->plays.n > 0 ? &f->plays.plays[f->plays.n - 1] : NULL,
		.n_troubles = f->n_troubles,
		.trouble = &f->trouble,
	};
}

void
gw_feed_stop(struct gw_feed *f)
{
	if (f->state == DRAINING || f->state == DONE)
		return;
	gw_call_free(f->call);
	f->call = NULL;
	f->open = false;
	f->n_send = f->n_sent;
	f->state = SENDING;
	f->full = false;
	f->due_us = INT64_MIN;
}

const struct gw_err *
gw_feed_error(const struct gw_feed *f)
{
	return &f->err;
}
