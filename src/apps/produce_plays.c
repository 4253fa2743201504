/* SPDX-License-Identifier: MIT
 *
 * apps/produce_plays.c - plays at a pace, with progress and an outcome.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/produce_plays.h"

#include <inttypes.h>

#define INTERRUPTED_US	5000000		/* for the answers to what was sent before Ctrl-C */
#define PROGRESS_US	100000

struct plays {
	struct gw_app			*app;
	struct gw_kafka			*k;
	const struct gw_feed_options	*o;
	size_t				 n_troubles;	/* of the feed, told so far */
};

static void
show_progress(struct plays *s, const struct gw_feed *feed)
{
	const struct gw_feed_progress p = gw_feed_progress(feed);
	const struct gw_play *play;
	int clock;

	if (p.n_troubles > s->n_troubles)
		gw_kafka_warn(s->k, p.trouble, true);
	s->n_troubles = p.n_troubles;
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
	struct gw_part parts[] = { s->k->part, gw_feed_part(feed) };
	struct gw_env *env = s->app->env;
	int64_t give_up = INT64_MAX, show = 0, now;
	struct gw_loop loop;
	int rc = 0;

	gw_loop_init(&loop, env, parts, GW_N(parts));
	while (rc == 0 && !parts[1].done) {
		now = gw_env_now(env).us;
		if (now >= give_up)
			break;
		if (gw_app_stopping(s->app) && give_up == INT64_MAX) {
			give_up = now + INTERRUPTED_US;
			gw_feed_stop(feed);
		}
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

static int
outcome(struct plays *s, const struct gw_feed *feed, int rc, double seconds)
{
	const struct gw_feed_progress p = gw_feed_progress(feed);
	size_t unknown = p.plays_sent - p.plays_delivered - p.plays_failed;
	struct gw_err err = *gw_feed_error(feed);

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

int
gw_produce_plays(struct gw_kafka *k, const struct gw_feed_options *o, const char *season_file)
{
	struct gw_env *env = k->app->env;
	struct plays s = { .app = k->app, .k = k, .o = o };
	struct gw_feed *feed;
	struct gw_err err;
	int64_t begun;
	int rc;

	feed = gw_feed_new(env, k->client, season_file, o, &err);
	rc = feed == NULL ? err.code : reach(&s, &err);
	if (rc != 0) {
		rc = gw_app_fail(s.app, &err);
	} else {
		begun = gw_env_now(env).us;
		rc = stream(&s, feed);
		rc = outcome(&s, feed, rc, (double)(gw_env_now(env).us - begun) / 1e6);
	}
	gw_feed_free(feed);
	return rc;
}
