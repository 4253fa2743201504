/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/espn_games.h"

void
gw_espn_games_init(struct gw_espn_games *g, struct gw_alloc *alloc)
{
	*g = (struct gw_espn_games){ .alloc = alloc };
}

void
gw_espn_games_fini(struct gw_espn_games *g)
{
	for (size_t i = 0; i < g->n; i++)
		gw_espn_track_free(g->games[i].track);
	gw_alloc_free(g->alloc, g->games);
	g->games = NULL;
	g->n = g->cap = 0;
}

struct gw_followed *
gw_espn_games_find(const struct gw_espn_games *g, int64_t event)
{
	for (size_t i = 0; i < g->n; i++)
		if (gw_espn_track_event(g->games[i].track) == event)
			return &g->games[i];
	return NULL;
}

struct gw_followed *
gw_espn_games_follow(struct gw_espn_games *g, int64_t event)
{
	struct gw_followed *f = gw_espn_games_find(g, event);
	struct gw_espn_track *track;
	void *games = g->games;

	if (f != NULL)
		return f;
	if (gw_alloc_room(g->alloc, &games, &g->cap, g->n, sizeof(*f)) != 0)
		return NULL;
	g->games = games;
	track = gw_espn_track_new(g->alloc, event);
	if (track == NULL)
		return NULL;
	f = &g->games[g->n++];
	*f = (struct gw_followed){ .track = track, .asked_us = INT64_MIN, .due = true };
	return f;
}

static bool
equal(const struct gw_espn_mark *a, const struct gw_espn_mark *b)
{
	return a->state == b->state && a->after == b->after && a->home_score == b->home_score &&
	    a->away_score == b->away_score && a->period == b->period &&
	    a->clock_s == b->clock_s && a->has == b->has;
}

int
gw_espn_games_look(struct gw_followed *f, const struct gw_espn_game *game)
{
	struct gw_espn_mark now = { .state = game->state, .after = game->situation.after,
		.home_score = game->home.score, .away_score = game->away.score,
		.period = game->period, .clock_s = game->clock_s,
		.has = game->situation.has };

	if (!equal(&now, &f->mark) && game->state != GW_ESPN_PRE && !f->over)
		f->due = true;
	f->mark = now;
	f->board = *game;
	f->board.rows = NULL;
	f->board.n_rows = 0;
	return gw_espn_track_look(f->track, game);
}

struct gw_followed *
gw_espn_games_due(const struct gw_espn_games *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->games[i].due && !g->games[i].over)
			return &g->games[i];
	return NULL;
}

size_t
gw_espn_games_running(const struct gw_espn_games *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += !g->games[i].over;
	return n;
}

uint64_t
gw_espn_hash(struct gw_slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(1099511628211);
	return h != 0 ? h : 1;
}
