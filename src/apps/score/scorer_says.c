/* SPDX-License-Identifier: MIT
 *
 * apps/score/scorer_says.c - what the scorer says: plays, the board, models that are watched, the
 * last line.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/scorer.h"

#include <stdio.h>

#include "base/slice.h"

#define BOARD_US	100000

static void
show_game(struct gw_scorer *c, const struct gw_scored *s)
{
	const struct gw_board_game *g = gw_board_scored(&c->board, s);

	if (g != NULL && !c->app->out_is_tty)
		gw_board_row(&c->app->out, g, c->style);
}

/* At most ten times a second, and at the end. */
void
gw_scorer_show_board(struct gw_scorer *c, bool at_end)
{
	int64_t now = gw_env_now(c->app->env).us;

	if (!c->all_games || !c->app->out_is_tty || c->app->quiet || c->json ||
	    (!at_end && now - c->board.drawn_us < BOARD_US))
		return;
	c->board.drawn_us = now;
	gw_board_draw(&c->board, &c->app->out, c->style, gw_app_rows(c->app));
}

struct gw_watch *
gw_scorer_watch(const struct gw_scorer *c)
{
	return c->watched == c->trial.champion.model ? c->watch : NULL;
}

void
gw_scorer_say_watch(struct gw_scorer *c)
{
	char line[GW_WATCH_LINE_MAX];

	gw_watch_line(c->watch, line);
	gw_app_say(c->app, "gridwire score: model %s: %s",
	    gw_predictor_model(c->trial.champion.predictor), line);
}

/* Another model begins anew; a line about it when the day (UTC) changes. */
static void
watch_play(struct gw_scorer *c, const struct gw_scored *s)
{
	int64_t day = gw_env_now(c->app->env).wall_ms / 86400000;

	if (c->watch == NULL || c->watched != c->trial.champion.model) {
		gw_watch_free(c->watch);
		c->watch = gw_watch_new(c->app->env->alloc, c->trial.champion.model,
		    c->trial.champion.predictor);
		c->watched = c->trial.champion.model;
		c->watch_day = day;
	}
	if (c->watch == NULL ||
	    strcmp(s->prediction->model, gw_predictor_model(c->trial.champion.predictor)) != 0)
		return;
	if (day != c->watch_day && gw_watch_totals(c->watch)->games > 0)
		gw_scorer_say_watch(c);
	c->watch_day = day;
	gw_watch_scored(c->watch, s->play, s->prediction, s->timestamp_ms);
}

static void
on_scored(void *arg, const struct gw_scored *s)
{
	struct gw_scorer *c = arg;
	struct gw_buf *out = &c->app->out;

	watch_play(c, s);
	if (c->page != NULL)
		gw_page_scored(c->page, s);
	if (c->json) {
		gw_prediction_json(out, s->play, s->prediction, s->model, &s->place);
		gw_buf_putc(out, '\n');
		return;
	}
	if (c->app->quiet)
		return;
	if (c->all_games) {
		show_game(c, s);
		return;
	}
	if (!c->has_before)
		gw_board_header(out, c->style);
	gw_board_line(out, s->play, s->prediction, c->has_before ? &c->before : NULL, c->style);
	c->before = *s->play;
	c->has_before = true;
}

static int
on_durable(void *arg)
{
	struct gw_scorer *c = arg;

	gw_scorer_show_board(c, false);
	return gw_app_flush(c->app);
}

static void
on_notice(void *arg, const char *text)
{
	struct gw_scorer *c = arg;

	gw_app_say(c->app, "gridwire score: %s", text);
}

static int
on_trouble(void *arg, const struct gw_event *ev, struct gw_err *err)
{
	struct gw_scorer *c = arg;

	return gw_kafka_event(&c->k, ev, err);
}

void
gw_scorer_speak(struct gw_scorer *c)
{
	c->o.scored = on_scored;
	c->o.durable = on_durable;
	c->o.notice = on_notice;
	c->o.trouble = on_trouble;
}

/* ---- the last line ---- */

/* A latency in the unit that reads best: a backlog is old by hours, a live play by milliseconds. */
static void
latency(const struct gw_hist *h, double q, char *out, size_t cap)
{
	double ms = (double)gw_hist_quantile(h, q) / 1000;

	if (ms < 10000)
		snprintf(out, cap, "%.0f ms", ms);
	else if (ms < 600000)
		snprintf(out, cap, "%.0f s", ms / 1000);
	else if (ms < 36000000)
		snprintf(out, cap, "%.0f min", ms / 60000);
	else
		snprintf(out, cap, "%.0f h", ms / 3600000);
}

static void
put_skips(struct gw_buf *out, const struct gw_score_stats *st)
{
	if (st->skipped == 0)
		return;
	gw_buf_printf(out, ", %llu skipped (", (unsigned long long)st->skipped);
	for (size_t i = 0; i < st->n_skips; i++)
		if (st->skips[i].n > 0)
			gw_buf_printf(out, "%s%llu %s", i == 0 ? "" : ", ",
			    (unsigned long long)st->skips[i].n, st->skips[i].reason);
	gw_buf_putc(out, ')');
}

void
gw_scorer_say_stats(struct gw_app *app, const struct gw_score_stats *st)
{
	double seconds = (double)(st->last_us - st->first_us) / 1e6;
	char p50[32], p99[32];
	struct gw_buf text;

	gw_buf_init(&text, app->env->alloc, 0);
	gw_buf_printf(&text, "%llu plays scored", (unsigned long long)st->plays);
	put_skips(&text, st);
	if (st->repeated > 0)
		gw_buf_printf(&text, ", %llu passed over as in the CSV already",
		    (unsigned long long)st->repeated);
	if (st->plays > 0) {
		latency(&st->to_scored, 0.5, p50, sizeof(p50));
		latency(&st->to_scored, 0.99, p99, sizeof(p99));
		if (seconds > 0)
			gw_buf_printf(&text, ", %.0f plays/s", (double)st->plays / seconds);
		gw_buf_printf(&text, "; produce to prediction p50 %s, p99 %s", p50, p99);
	}
	gw_buf_putc(&text, '\0');
	if (text.err == 0)
		gw_app_say(app, "gridwire score: %s", (const char *)text.ptr);
	gw_buf_fini(&text);
}
