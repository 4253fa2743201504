/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/demo/demo_live.h"

#include <inttypes.h>

#include "apps/espn/espn_look.h"

/* The first that is on, or is asked for; else the next to begin. */
static void
choose(struct gw_demo_live *l, const struct gw_espn_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct gw_espn_game *g = &list->games[i];
		bool ours = l->espn.event != 0 ? g->event == l->espn.event :
		    g->state == GW_ESPN_IN || (l->espn.from != NULL && g->state != GW_ESPN_PRE);

		if (ours && l->n_games++ == 0)
			l->game = *g;
	}
	for (size_t i = 0; i < list->n && l->n_games == 0; i++) {
		const struct gw_espn_game *g = &list->games[i];

		if (g->state == GW_ESPN_PRE && (l->game.event == 0 ||
		    gw_espn_time(g->start) < gw_espn_time(l->game.start)))
			l->game = *g;
	}
}

int
gw_demo_live_look(struct gw_demo_live *l, struct gw_app *app, const struct gw_espn_options *o,
    struct gw_err *err)
{
	struct gw_espn_options look = *o;
	struct gw_espn_list list;
	int rc;

	*l = (struct gw_demo_live){ .env = app->env, .espn = *o };
	look.record = NULL;
	look.speed = 0;		/* a recording's games are wanted now */
	look.event = 0;
	rc = gw_espn_look(app, &look, &list, err);
	if (rc == 0)
		choose(l, &list);
	gw_espn_list_free(&list);
	if (rc == 0 && o->event != 0 && l->n_games == 0)
		return gw_err_set(err, GW_EDATA, "event %" PRId64 " is none of this week's; "
		    "\"gridwire games\" lists them", o->event);
	if (rc != 0 && rc != GW_EINTR)
		gw_err_prefix(err, "the live feed cannot be reached: ");
	return rc;
}

static int
push(void *arg, const struct gw_play *play)
{
	struct gw_demo_live *l = arg;

	return gw_feed_push(l->feed, play);
}

static void
keep_game(void *arg, const struct gw_espn_game *g)
{
	struct gw_demo_live *l = arg;

	if (g->event != l->game.event)
		return;
	l->game = *g;
	l->game.rows = NULL;
	l->game.n_rows = 0;
}

int
gw_demo_live_open(struct gw_demo_live *l, struct gw_feed *feed, struct gw_err *err)
{
	l->feed = feed;
	l->espn.tell = push;
	l->espn.game = keep_game;
	l->espn.arg = l;
	l->proc = gw_proc_posix_new(l->env->alloc);
	if (l->proc == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	l->source = gw_espn_source_new(l->env, l->proc, &l->espn, err);
	return l->source == NULL ? err->code : 0;
}

struct gw_part
gw_demo_live_part(struct gw_demo_live *l)
{
	return gw_espn_source_part(l->source);
}

void
gw_demo_live_close(struct gw_demo_live *l)
{
	gw_espn_source_free(l->source);
	gw_proc_posix_free(l->proc);
	l->source = NULL;
	l->proc = NULL;
}
