/* SPDX-License-Identifier: MIT
 *
 * apps/feed/produce_plays.c - plays at a pace, with progress and an outcome.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/feed/produce_plays.h"

#include <inttypes.h>

#define INTERRUPTED_US	5000000		/* for the answers to what was sent before Ctrl-C */
#define PROGRESS_US	100000

struct plays {
	struct gw_app			*app;
	struct gw_kafka			*k;
	const struct gw_feed_options	*o;
	size_t				 n_troubles;	/* of the feed, told so far */
	struct gw_feed			*feed;
	struct gw_espn_source		*source;	/* NULL: the feed has a file */
	char				 trouble[GW_ERR_MSG_MAX];	/* of the source, told */
};

static void
show_source_trouble(struct plays *s)
{
	const struct gw_err *trouble;

	if (s->source == NULL)
		return;
	trouble = gw_espn_source_trouble(s->source);
	if (trouble->code == 0 || strcmp(trouble->msg, s->trouble) == 0)
		return;
	memcpy(s->trouble, trouble->msg, sizeof(s->trouble));
	gw_kafka_warn(s->k, trouble, true);
}

static void
show_progress(struct plays *s, const struct gw_feed *feed)
{
	const struct gw_feed_progress p = gw_feed_progress(feed);
	const struct gw_play *play;
	int clock;

	if (p.n_troubles > s->n_troubles)
		gw_kafka_warn(s->k, p.trouble, true);
	s->n_troubles = p.n_troubles;
	show_source_trouble(s);
	if (p.newest == NULL)
		return;
	play = &p.newest->play;
	clock = play->quarter <= 4 ? play->time_remaining - 900 * (4 - play->quarter)
				   : play->time_remaining;
	gw_app_progress(s->app,
	    "play %zu of %zu  Q%" PRId32 " %d:%02d  %s %" PRId32 " %s %" PRId32 "  %zu delivered%s",
	    p.plays_sent, p.plays, play->quarter, clock / 60, clock % 60, play->away_team,
	    play->away_score, play->home_team, play->home_score, p.plays_delivered,
	    p.plays_failed > 0 ? ", some failed" : "");
}

/* Until the feed is done, or a while after Ctrl-C. 0, or why it broke. */
static int
stream(struct plays *s, struct gw_feed *feed)
{
	struct gw_part parts[3] = { s->k->part, gw_feed_part(feed) };
	struct gw_env *env = s->app->env;
	int64_t give_up = INT64_MAX, show = 0, now;
	struct gw_loop loop;
	int rc = 0;

	if (s->source != NULL)
		parts[2] = gw_espn_source_part(s->source);
	gw_loop_init(&loop, env, parts, s->source != NULL ? 3 : 2);
	while (rc == 0 && !parts[1].done) {
		now = gw_env_now(env).us;
		if (now >= give_up)
			break;
		if (gw_app_stopping(s->app) && give_up == INT64_MAX) {
			give_up = now + INTERRUPTED_US;
			gw_feed_stop(feed);
			parts[2].done = true;
		}
		if (s->source != NULL && parts[2].done)
			gw_feed_close(feed);
		if (now >= show) {
			show_progress(s, feed);
			show = now + PROGRESS_US;
		}
		rc = gw_loop_turn(&loop, give_up);
		if (rc == GW_EINTR)
			rc = 0;
	}
	gw_loop_fini(&loop);
	gw_app_progress(s->app, NULL);
	return rc;
}

/* What the feed brought besides plays: everything that came is counted. */
static void
say_source(struct plays *s)
{
	struct gw_espn_stats st;
	struct gw_buf text;

	if (s->source == NULL)
		return;
	st = gw_espn_source_stats(s->source);
	gw_buf_init(&text, s->app->env->alloc, 0);
	gw_espn_stats_text(&st, &text);
	gw_app_say(s->app, "ESPN's feed: %zu plays of %zu games; %.*s", st.plays.plays, st.games,
	    GW_FMT(gw_buf_slice(&text)));
	gw_buf_fini(&text);
}

static int
outcome(struct plays *s, const struct gw_feed *feed, int rc, double seconds)
{
	const struct gw_feed_progress p = gw_feed_progress(feed);
	size_t unknown = p.plays_sent - p.plays_delivered - p.plays_failed;
	struct gw_err err = *gw_feed_error(feed);

	if (rc == 0)
		say_source(s);
	if (rc != 0 && s->source != NULL && gw_espn_source_error(s->source)->code != 0)
		err = *gw_espn_source_error(s->source);
	if (rc != 0) {
		if (err.code == 0)
			gw_err_set(&err, rc, "%s", gw_strerror(rc));
		return gw_app_fail(s->app, &err);
	}
	gw_app_say(s->app, "%s%zu plays to %s: %zu delivered, %zu failed%s, %.1f s",
	    gw_app_stopping(s->app) ? "interrupted after " : "", p.plays_sent, s->o->topic,
	    p.plays_delivered, p.plays_failed, unknown > 0 ? ", the rest unknown" : "", seconds);
	if (p.plays_failed > 0) {
		gw_err_prefix(
		    &err, "%zu of %zu plays failed; the first: ", p.plays_failed, p.plays_sent);
		(void)gw_app_fail(s->app, &err);
		return GW_EXIT_DELIVERY;
	}
	if (gw_app_stopping(s->app))
		return GW_EXIT_INTERRUPTED;
	if (unknown == 0)
		return GW_EXIT_OK;
	gw_err_set(&err, GW_ENOMEM, "the fate of %zu of %zu plays is unknown: out of memory",
	    unknown, p.plays_sent);
	(void)gw_app_fail(s->app, &err);
	return GW_EXIT_DELIVERY;
}

/* So that nobody listening is told at once and not after the feed's own long patience. */
static int
reach(struct plays *s, struct gw_err *err)
{
	struct gw_call *call = gw_call_cluster(s->k->client, s->o->topic);
	int rc = gw_kafka_wait(s->k, call, err);

	gw_call_free(call);
	return rc == GW_K_UNKNOWN_TOPIC_OR_PARTITION || rc == GW_K_LEADER_NOT_AVAILABLE ? 0 : rc;
}

/* The exit code. */
static int
produce(struct plays *s)
{
	struct gw_env *env = s->app->env;
	struct gw_err err;
	int64_t begun;
	int rc = reach(s, &err);

	if (rc != 0)
		return gw_app_fail(s->app, &err);
	begun = gw_env_now(env).us;
	rc = stream(s, s->feed);
	return outcome(s, s->feed, rc, (double)(gw_env_now(env).us - begun) / 1e6);
}

int
gw_produce_plays(struct gw_kafka *k, const struct gw_feed_options *o, const char *season_file)
{
	struct plays s = { .app = k->app, .k = k, .o = o };
	struct gw_err err;
	int code;

	s.feed = gw_feed_new(k->app->env, k->client, season_file, o, &err);
	code = s.feed == NULL ? gw_app_fail(s.app, &err) : produce(&s);
	gw_feed_free(s.feed);
	return code;
}

static int
push(void *arg, const struct gw_play *play)
{
	const struct plays *s = arg;

	return gw_feed_push(s->feed, play);
}

int
gw_produce_live(struct gw_kafka *k, const struct gw_feed_options *o, struct gw_espn_options *e)
{
	struct gw_env *env = k->app->env;
	struct plays s = { .app = k->app, .k = k, .o = o };
	struct gw_proc *proc = gw_proc_posix_new(env->alloc);
	struct gw_err err;
	int code;

	e->tell = push;
	e->arg = &s;
	if (proc == NULL)
		gw_err_set(&err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	else if ((s.feed = gw_feed_new_open(env, k->client, o, &err)) != NULL)
		s.source = gw_espn_source_new(env, proc, e, &err);
	code = s.source == NULL ? gw_app_fail(s.app, &err) : produce(&s);
	gw_espn_source_free(s.source);
	gw_feed_free(s.feed);
	gw_proc_posix_free(proc);
	return code;
}
