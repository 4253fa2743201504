/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/demo/demo.h"

#include <stdio.h>

#include "apps/score/board_line.h"
#include "apps/demo/demo_live.h"
#include "apps/feed/feed.h"
#include "apps/demo/game_report.h"
#include "apps/loop.h"
#include "apps/model/model_load.h"
#include "apps/page/page.h"
#include "apps/score/score.h"
#include "apps/score/sink_csv.h"
#include "apps/verbs.h"
#include "base/err.h"
#include "base/slice.h"
#include "broker/broker.h"
#include "client/client.h"

#define PATH_LEN_MAX	1024
#define TOPIC		"nfl-plays"
#define TOPIC_TO	"nfl-predictions"
#define GROUP		"gridwire-demo"
#define MODEL		"state"
#define GRACE_US	2000000		/* for what is under way when it is interrupted */

enum { PART_BROKER, PART_FEED_CLIENT, PART_FEED, PART_SCORE_CLIENT, PART_SCORE,
	PART_LIVE, PART_PAGE, N_PARTS };

struct demo {
	struct gw_app			*app;
	const struct gw_demo_options	*o;
	struct gw_err			 err;
	char				 csv_path[PATH_LEN_MAX], broker_dir[PATH_LEN_MAX];
	char				 season_path[PATH_LEN_MAX], address[GW_ADDR_TEXT_MAX];
	struct gw_env			 csv_env;	/* its syncs are its own */
	struct gw_sink_csv		*csv;
	struct gw_broker		*broker;
	struct gw_client		*feed_client, *score_client;
	struct gw_feed			*feed;
	struct gw_demo_live		 live;		/* with o->live */
	struct gw_loaded		 model;
	struct gw_score			*score;
	struct gw_page			*page;		/* NULL: none */
	struct gw_part			 parts[N_PARTS];
	struct gw_board_style		 style;
	struct gw_report_play		*plays;		/* as scored */
	size_t				 n_plays, plays_cap;
	int64_t				 began_us;
};

/* ---- the parts, one after the other ---- */

static int
open_files(struct demo *d)
{
	struct gw_env *env = d->app->env;
	struct gw_buf header;
	int rc;

	if (snprintf(d->csv_path, PATH_LEN_MAX, "%s/predictions.csv", d->o->out) >= PATH_LEN_MAX ||
	    snprintf(d->broker_dir, PATH_LEN_MAX, "%s/demo-broker", d->o->out) >= PATH_LEN_MAX)
		return gw_err_set(&d->err, GW_EINVAL, "--out %s: the path is too long", d->o->out);
	rc = env->fs->mkdir(env->fs->ctx, d->o->out, &d->err);
	if (rc < 0) {
		gw_err_prefix(&d->err, "--out: ");
		return d->err.code = GW_EIO;
	}
	d->csv_env = *env;
	d->csv_env.fs = gw_fs_posix_new(true, &d->err);
	if (d->csv_env.fs == NULL)
		return d->err.code;
	gw_buf_init(&header, env->alloc, 0);
	gw_prediction_csv_header(&header);
	if (header.err == 0)
		d->csv = gw_sink_csv_open(&d->csv_env, d->csv_path, gw_buf_slice(&header),
		    GW_SINK_CSV_FRESH, &d->err);
	else
		gw_err_set(&d->err, header.err, "%s", gw_strerror(header.err));
	gw_buf_fini(&header);
	return d->csv == NULL ? d->err.code : 0;
}

/* The CSV's lock says that no other demo is here: what is there was left by a killed one. */
static int
open_broker(struct demo *d)
{
	struct gw_broker_options o = gw_broker_defaults();
	struct gw_addr at;
	int rc = gw_fs_remove_tree(d->app->env->fs, d->broker_dir, &d->err);

	if (rc < 0)
		return rc;
	o.listen = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 }, .port = 0 };
	o.dir = d->broker_dir;
	o.fsync = d->o->keep ? GW_FSYNC_BATCH : GW_FSYNC_NEVER;
	d->broker = gw_broker_new(d->app->env, &o, &d->err);
	if (d->broker == NULL)
		return d->err.code;
	at = gw_broker_addr(d->broker);
	gw_addr_text(&at, d->address);
	d->parts[PART_BROKER] = gw_part_broker(d->broker);
	return 0;
}

static struct gw_client *
new_client(struct demo *d, const char *more)
{
	char config[256];

	snprintf(config, sizeof(config), "bootstrap.servers=%s\nlinger.ms=0\n%s", d->address, more);
	return gw_client_new_env(d->app->env, config, &d->err);
}

/* "2024_01_BAL_KC" is of season 2024. */
static int
game_season(const char *game, int *season, struct gw_err *err)
{
	struct gw_slice rest, year = gw_slice_cut(gw_str(game), '_', &rest);
	int64_t n;

	if (rest.ptr == NULL || gw_slice_i64(year, &n) < 0 || n < 1900 || n > 9999)
		return gw_err_set(err, GW_EINVAL, "--game %s: a game is named YEAR_WEEK_AWAY_HOME, "
		    "as 2024_01_BAL_KC", game);
	*season = (int)n;
	return 0;
}

/* The same from the live feed, whose plays come when they come. */
static int
open_live(struct demo *d)
{
	struct gw_feed_options o = { .topic = TOPIC };

	d->feed_client = new_client(d, "");
	if (d->feed_client == NULL)
		return d->err.code;
	d->feed = gw_feed_new_open(d->app->env, d->feed_client, &o, &d->err);
	if (d->feed == NULL || gw_demo_live_open(&d->live, d->feed, &d->err) < 0)
		return d->err.code;
	d->parts[PART_FEED_CLIENT] = gw_part_client(d->feed_client);
	d->parts[PART_FEED] = gw_feed_part(d->feed);
	d->parts[PART_LIVE] = gw_demo_live_part(&d->live);
	return 0;
}

static int
open_feed(struct demo *d)
{
	struct gw_feed_options o = { .topic = TOPIC, .game = d->o->game, .delay_s = d->o->delay_s };
	int season, rc = game_season(d->o->game, &season, &d->err);

	d->parts[PART_LIVE].done = true;
	if (rc == 0)
		rc = gw_season_path(d->app->env, d->o->data, season, d->season_path, PATH_LEN_MAX,
		    &d->err);
	if (rc < 0)
		return rc;
	d->feed_client = new_client(d, "");
	if (d->feed_client == NULL)
		return d->err.code;
	d->feed = gw_feed_new(d->app->env, d->feed_client, d->season_path, &o, &d->err);
	if (d->feed == NULL)
		return d->err.code;
	d->parts[PART_FEED_CLIENT] = gw_part_client(d->feed_client);
	d->parts[PART_FEED] = gw_feed_part(d->feed);
	return 0;
}

/* ---- the model ---- */

/* On the seasons there are without the game's own: what it shows it has not seen. */
static int
other_seasons(struct demo *d, char *text, size_t cap)
{
	int years[GW_SEASONS_MAX], season, n, kept = 0;
	int rc = game_season(d->o->game, &season, &d->err);

	if (rc < 0)
		return rc;
	n = gw_seasons_present(d->app->env, d->o->data, years, GW_SEASONS_MAX, &d->err);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (years[i] != season)
			years[kept++] = years[i];
	if (kept == 0)
		return gw_err_set(&d->err, GW_EDATA, "%s: no season but the game's own to train a "
		    "model on; get more with scripts/fetch-data", d->o->data);
	gw_seasons_text(years, (size_t)kept, text, cap);
	return 0;
}

/* Runs the verb itself: there is one way to make a model. Returns its exit code. */
static int
train(struct demo *d)
{
	char verb_name[] = "train", data[] = "--data", models[] = "--models", name[] = "--name",
	    features[] = "--features", seasons[] = "--seasons", set[] = MODEL, years[256];
	char *argv[] = { verb_name, data, NULL, models, NULL, seasons, years, name, set,
		features, set, NULL };
	const char *verb = d->app->verb;
	int code;

	if (other_seasons(d, years, sizeof(years)) < 0)
		return gw_app_fail(d->app, &d->err);
	argv[2] = gw_alloc_str(d->app->env->alloc, gw_str(d->o->data));
	argv[4] = gw_alloc_str(d->app->env->alloc, gw_str(d->o->models));
	if (argv[2] != NULL && argv[4] != NULL) {
		gw_app_print(d->app,
		    "There is no model yet: training one on the seasons %s, once.\n", years);
		gw_app_flush(d->app);
		d->app->verb = gw_verb_train.name;
		code = gw_verb_train.run(d->app, (int)GW_N(argv) - 1, argv);
		d->app->verb = verb;
	} else {
		gw_err_set(&d->err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		code = gw_app_fail(d->app, &d->err);
	}
	gw_alloc_free(d->app->env->alloc, argv[2]);
	gw_alloc_free(d->app->env->alloc, argv[4]);
	return code;
}

static bool
load(struct demo *d, const char *ref)
{
	return gw_loaded_open(&d->model, d->app, d->o->models, ref, &d->err) == 0;
}

/* Returns an exit code. */
static int
open_model(struct demo *d)
{
	int code;

	if (d->o->model != NULL)
		return load(d, d->o->model) ? GW_EXIT_OK : gw_app_fail(d->app, &d->err);
	if (load(d, MODEL) || load(d, NULL))
		return GW_EXIT_OK;
	code = train(d);
	if (code != GW_EXIT_OK)
		return code;
	gw_app_print(d->app, "\n");
	return load(d, MODEL) ? GW_EXIT_OK : gw_app_fail(d->app, &d->err);
}

/* ---- a play is scored ---- */

/* The newest play of the same game; NULL: none. */
static const struct gw_play *
play_before(const struct demo *d, const struct gw_play *p)
{
	for (size_t i = d->n_plays; i-- > 0;)
		if (strcmp(d->plays[i].play.game_id, p->game_id) == 0)
			return &d->plays[i].play;
	return NULL;
}

static void
put_play(struct demo *d, const struct gw_report_play *p)
{
	const struct gw_play *before = play_before(d, &p->play);
	struct gw_buf *out = &d->app->out;

	if (p->play.has & GW_HAS_WITHDRAWN) {
		gw_app_print(d->app, "%4d  taken back by its source\n", (int)p->play.play_number);
		gw_app_flush(d->app);
		return;
	}
	if (d->n_plays == 0)
		gw_board_header(out, d->style);
	if (before == NULL || before->quarter != p->play.quarter)
		gw_board_quarter(out, &p->play, d->style);
	gw_board_line(out, &p->play, &p->prediction, before, d->style);
	gw_app_flush(d->app);
}

/* A live play that is corrected or withdrawn stands in the report as it is now, or not at all. */
static bool
correct_play(struct demo *d, const struct gw_report_play *p)
{
	size_t i;

	if (p->play.revision == 0)
		return false;
	for (i = 0; i < d->n_plays; i++)
		if (d->plays[i].play.play_id == p->play.play_id &&
		    strcmp(d->plays[i].play.game_id, p->play.game_id) == 0)
			break;
	if (i == d->n_plays)
		return (p->play.has & GW_HAS_WITHDRAWN) != 0;
	if (p->play.has & GW_HAS_WITHDRAWN)
		memmove(&d->plays[i], &d->plays[i + 1], (--d->n_plays - i) * sizeof(*p));
	else
		d->plays[i] = *p;
	return true;
}

static void
on_scored(void *arg, const struct gw_scored *s)
{
	struct demo *d = arg;
	struct gw_report_play p = { *s->play, *s->prediction };
	void *plays = d->plays;

	if (d->page != NULL)
		gw_page_scored(d->page, s);
	put_play(d, &p);
	/* Without memory the report at the end lacks plays; the screen and the CSV do not. */
	if (gw_alloc_room(d->app->env->alloc, &plays, &d->plays_cap, d->n_plays, sizeof(p)) < 0)
		return;
	d->plays = plays;
	if (!correct_play(d, &p))
		d->plays[d->n_plays++] = p;
}

static int
open_score(struct demo *d)
{
	struct gw_score_options o = { .topic = TOPIC, .group = GROUP, .to = TOPIC_TO, .csv = d->csv,
		.predictor = d->model.predictor, .model_sha256 = d->model.model->sha256,
		.plays_max = (int64_t)gw_feed_progress(d->feed).plays, .scored = on_scored,
		.arg = d };

	d->score_client = new_client(d, "auto.offset.reset=earliest\n");
	if (d->score_client == NULL)
		return d->err.code;
	d->score = gw_score_new(d->app->env, d->score_client, &o, &d->err);
	if (d->score == NULL)
		return d->err.code;
	d->parts[PART_SCORE_CLIENT] = gw_part_client(d->score_client);
	d->parts[PART_SCORE] = gw_score_part(d->score);
	return 0;
}

static int
open_page(struct demo *d)
{
	struct gw_page_options o = { .listen = d->o->http, .model = d->model.model,
		.topic = TOPIC };

	if (!d->o->page)
		return 0;
	d->page = gw_page_new(d->app->env, &o, &d->err);
	if (d->page == NULL)
		return d->err.code;
	d->parts[PART_PAGE] = gw_page_part(d->page);
	return 0;
}

/* ---- the game ---- */

/* A model that was trained on this very game may look better than it is. */
static bool
has_seen(const struct gw_model *m, int season)
{
	int years[GW_SEASONS_MAX], n = gw_seasons_parse(m->trained_on, years, GW_SEASONS_MAX, NULL);

	for (int i = 0; i < n; i++)
		if (years[i] == season)
			return true;
	return false;
}

static void
put_page_address(struct demo *d)
{
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr at;

	if (d->page == NULL)
		return;
	at = gw_page_addr(d->page);
	gw_addr_text(&at, text);
	gw_app_print(d->app, "Live in a browser: http://%s/\n", text);
}

static void
put_live_title(struct demo *d)
{
	const struct gw_espn_game *g = &d->live.game;
	char more[64] = "";

	if (d->live.n_games > 1)
		snprintf(more, sizeof(more), " and %zu games more", d->live.n_games - 1);
	gw_app_print(d->app, "%s at %s%s, by ESPN's unofficial feed. Model %s, trained on %s%s.\n",
	    g->away.code, g->home.code, more, gw_predictor_model(d->model.predictor),
	    d->model.model->trained_on,
	    has_seen(d->model.model, g->season) ? ", this season too" : "");
	put_page_address(d);
	gw_app_print(d->app, "\n");
	gw_app_flush(d->app);
}

static void
put_title(struct demo *d)
{
	const struct gw_play *p;
	const struct gw_model *m = d->model.model;

	if (d->o->live != NULL) {
		put_live_title(d);
		return;
	}
	p = &gw_feed_progress(d->feed).last->play;
	gw_app_print(d->app, "%s at %s, %d week %d. Model %s, trained on %s%s.\n", p->away_team,
	    p->home_team, (int)p->season, (int)p->week, gw_predictor_model(d->model.predictor),
	    m->trained_on, has_seen(m, (int)p->season) ? ", this season too" : "");
	put_page_address(d);
	if (d->o->delay_s > 0)
		gw_app_print(d->app,
		    "To look in from another terminal: kcat -C -b %s -t " TOPIC_TO "\n",
		    d->address);
	gw_app_print(d->app, "\n");
	gw_app_flush(d->app);
}

static bool
should_stop(void *arg)
{
	const struct demo *d = arg;

	return gw_app_stopping(d->app) || gw_feed_progress(d->feed).plays_failed > 0;
}

/*
 * As should_stop(). The end of a live game comes step by step: the source's, the feed's when all is
 * acknowledged, the scorer's when it has scored as much.
 */
static bool
stop_live(void *arg)
{
	struct demo *d = arg;

	if (d->o->live != NULL && d->parts[PART_LIVE].done)
		gw_feed_close(d->feed);
	if (d->o->live != NULL && d->parts[PART_FEED].done &&
	    gw_score_get_stats(d->score)->plays >= gw_feed_progress(d->feed).plays_delivered)
		gw_score_stop(d->score);
	return should_stop(arg);
}

/* As should_stop(), or when the scorer waits for the first play. */
static bool
stop_or_reading(void *arg)
{
	const struct demo *d = arg;

	return should_stop(arg) || gw_score_is_reading(d->score);
}

/* 0, GW_EINTR when asked to stop, or why the topic could not be made. */
static int
make_topic(struct demo *d, struct gw_loop *loop)
{
	const struct gw_config configs[] = {
		{ .name = "retention.ms", .value = "86400000" },
		{ .name = "compression.type", .value = "gzip" },
	};
	struct gw_call *call = gw_call_create_topic(d->score_client, TOPIC, 1, 1, configs,
	    GW_N(configs));
	int rc = 0;

	if (call == NULL)
		return gw_err_set(&d->err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	while (rc == 0 && !gw_call_done(call)) {
		rc = gw_loop_turn(loop, INT64_MAX);
		if (rc == 0 && gw_app_stopping(d->app))
			rc = GW_EINTR;
	}
	if (rc == 0 && gw_call_error(call)->code != 0) {
		d->err = *gw_call_error(call);
		rc = GW_ESTATE;
	}
	gw_call_free(call);
	return rc;
}

/*
 * The scorer takes its seat before the first play, so that what is measured is the way of a play
 * and not of a group that forms.
 */
static int
open_the_gates(struct demo *d, struct gw_loop *loop)
{
	int rc;

	d->parts[PART_FEED].done = d->parts[PART_SCORE].done = d->parts[PART_LIVE].done = true;
	rc = make_topic(d, loop);
	d->parts[PART_SCORE].done = false;
	if (rc == 0)
		rc = gw_loop_until(loop, PART_SCORE, stop_or_reading, d);
	d->parts[PART_FEED].done = false;
	d->parts[PART_LIVE].done = d->o->live == NULL;
	return rc == GW_EINTR && !should_stop(d) ? 0 : rc;
}

/* What was produced is scored, for a while at most. */
static void
send_home(struct demo *d, struct gw_loop *loop)
{
	int64_t until = gw_env_now(d->app->env).us + GRACE_US;
	int rc = 0;

	gw_feed_stop(d->feed);
	gw_score_stop(d->score);
	d->parts[PART_LIVE].done = true;
	while ((rc == 0 || rc == GW_EINTR) && !d->parts[PART_SCORE].done &&
	    gw_env_now(d->app->env).us < until)
		rc = gw_loop_turn(loop, until);
}

static int
play_game(struct demo *d)
{
	struct gw_loop loop;
	int rc;

	gw_loop_init(&loop, d->app->env, d->parts, d->page != NULL ? N_PARTS : PART_PAGE);
	rc = open_the_gates(d, &loop);
	d->began_us = gw_env_now(d->app->env).us;
	if (rc == 0)
		rc = gw_loop_until(&loop, PART_SCORE, stop_live, d);
	if (rc == GW_EINTR)
		send_home(d, &loop);
	gw_loop_fini(&loop);
	if (d->page != NULL && rc == 0)
		gw_page_end(d->page);
	return rc;
}

/* Of the first game; the page has the others. */
static void
put_live_report(struct demo *d)
{
	const struct gw_espn_game *g = &d->live.game;
	struct gw_report r = { .plays = d->plays, .over = g->completed,
		.final_home = g->home.score, .final_away = g->away.score };
	struct gw_report_play p;

	/* Its plays to the front, and in the order of play: corrections come late. */
	for (size_t i = 0; i < d->n_plays; i++) {
		size_t at = r.n;

		if (strcmp(d->plays[i].play.game_id, g->game_id) != 0)
			continue;
		p = d->plays[i];
		d->plays[i] = d->plays[at];
		while (at > 0 && d->plays[at - 1].play.play_id > p.play.play_id) {
			d->plays[at] = d->plays[at - 1];
			at--;
		}
		d->plays[at] = p;
		r.n++;
	}
	if (r.n == 0)
		return;
	gw_buf_putc(&d->app->out, '\n');
	gw_report_put(&d->app->out, &r, d->style);
}

static void
put_report(struct demo *d)
{
	struct gw_feed_progress fed = gw_feed_progress(d->feed);
	struct gw_report r = { .plays = d->plays, .n = d->n_plays };

	if (d->n_plays == 0)
		return;
	if (d->n_plays == fed.plays && fed.last->has_result) {
		r.over = true;
		r.final_home = fed.last->final_home;
		r.final_away = fed.last->final_away;
	}
	gw_buf_putc(&d->app->out, '\n');
	gw_report_put(&d->app->out, &r, d->style);
}

static void
put_end(struct demo *d)
{
	const struct gw_score_stats *st = gw_score_get_stats(d->score);
	double seconds = (double)(gw_env_now(d->app->env).us - d->began_us) / 1e6;

	if (d->o->live != NULL)
		put_live_report(d);
	else
		put_report(d);
	gw_app_print(d->app, "\n%llu plays in %.1f s; from produced to predicted: half within %.0f "
	    "ms, 99 %% within %.0f ms\n", (unsigned long long)st->plays, seconds,
	    (double)gw_hist_quantile(&st->to_scored, 0.5) / 1000,
	    (double)gw_hist_quantile(&st->to_scored, 0.99) / 1000);
	gw_app_print(d->app, "predictions: %s\n", d->csv_path);
	if (d->o->keep)
		gw_app_print(d->app,
		    "broker's log: %s; \"gridwire broker --dir %s\" serves it again\n",
		    d->broker_dir, d->broker_dir);
}

/* The parts' own words for what went wrong. */
static int
game_failed(struct demo *d, int rc)
{
	const struct gw_err *feed = gw_feed_error(d->feed), *score = gw_score_error(d->score);

	if (d->live.source != NULL && gw_espn_source_error(d->live.source)->code != 0)
		d->err = *gw_espn_source_error(d->live.source);
	else if (score->code != 0)
		d->err = *score;
	else if (feed->code != 0)
		d->err = *feed;
	else if (d->err.code == 0)
		gw_err_set(&d->err, rc, "%s", gw_strerror(rc));
	return gw_app_fail(d->app, &d->err);
}

static int
run_game(struct demo *d)
{
	int rc;

	d->err.code = 0;
	put_title(d);
	rc = play_game(d);
	if (rc == 0) {
		put_end(d);
		return GW_EXIT_OK;
	}
	if (d->app->out_err == GW_ECLOSED)
		return GW_EXIT_OK;
	if (gw_app_stopping(d->app))
		return GW_EXIT_INTERRUPTED;
	if (gw_feed_progress(d->feed).plays_failed == 0)
		return game_failed(d, rc);
	(void)game_failed(d, GW_ETIMEOUT);
	return GW_EXIT_DELIVERY;
}

/* In the reverse order, the broker last. Returns code, or that of a failure. */
static int
close_all(struct demo *d, int code)
{
	struct gw_env *env = d->app->env;
	struct gw_err err = { 0 };

	gw_page_free(d->page);
	gw_score_free(d->score);
	gw_demo_live_close(&d->live);
	gw_feed_free(d->feed);
	gw_client_free(d->score_client);
	gw_client_free(d->feed_client);
	gw_loaded_close(&d->model);
	if (d->broker != NULL && d->o->keep) {
		if (gw_broker_close(d->broker, &err) < 0 && code == GW_EXIT_OK)
			code = gw_app_fail(d->app, &err);
	} else if (d->broker != NULL) {
		gw_broker_abandon(d->broker);
		if (gw_fs_remove_tree(env->fs, d->broker_dir, &err) < 0 && code == GW_EXIT_OK)
			code = gw_app_fail(d->app, &err);
	}
	gw_sink_csv_close(d->csv);
	if (d->csv_env.fs != NULL)
		gw_fs_posix_free(d->csv_env.fs);
	gw_alloc_free(env->alloc, d->plays);
	return code;
}

/* Which games; an exit code, or -1: go on. Nothing is begun when there is nothing to show. */
static int
look(struct demo *d)
{
	const struct gw_espn_game *g = &d->live.game;
	int rc = gw_demo_live_look(&d->live, d->app, d->o->live, &d->err);

	if (rc == GW_EINTR)
		return GW_EXIT_INTERRUPTED;
	if (rc != 0)
		return gw_app_fail(d->app, &d->err);
	if (d->live.n_games > 0)
		return -1;
	if (g->event != 0)
		gw_app_say(d->app, "no game is on; the next is %s at %s, %s (event %lld)",
		    g->away.code, g->home.code, g->start, (long long)g->event);
	else
		gw_app_say(d->app, "no game is on");
	return GW_EXIT_OK;
}

int
gw_demo(struct gw_app *app, const struct gw_demo_options *o)
{
	struct demo d = { .app = app, .style = gw_board_style(app) };
	struct gw_demo_options options = *o;
	int code = -1;

	d.o = &options;
	if (o->live != NULL) {
		code = look(&d);
		options.game = d.live.game.game_id;
	}
	if (code >= 0)
		return code;
	if (open_files(&d) < 0 || open_broker(&d) < 0 ||
	    (o->live != NULL ? open_live(&d) : open_feed(&d)) < 0)
		return close_all(&d, gw_app_fail(app, &d.err));
	code = open_model(&d);
	if (code == GW_EXIT_OK && (open_score(&d) < 0 || open_page(&d) < 0))
		code = gw_app_fail(app, &d.err);
	if (code == GW_EXIT_OK)
		code = run_game(&d);
	return close_all(&d, code);
}
