/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/espn_look.h"

#include <stdio.h>

static void
take_game(void *arg, const struct gw_espn_game *g)
{
	struct gw_espn_list *l = arg;
	void *games = l->games;
	size_t i;

	for (i = 0; i < l->n && l->games[i].event != g->event; i++)
		;
	if (i == l->n) {
		if (gw_alloc_room(l->alloc, &games, &l->cap, l->n, sizeof(*g)) != 0) {
			l->lost = true;
			return;
		}
		l->games = games;
		l->n++;
	}
	l->games[i] = *g;
	l->games[i].rows = NULL;	/* in memory that the next answer takes */
	l->games[i].n_rows = 0;
}

void
gw_espn_list_free(struct gw_espn_list *l)
{
	if (l->alloc != NULL)
		gw_alloc_free(l->alloc, l->games);
	l->games = NULL;
	l->n = l->cap = 0;
}

static int
run(struct gw_app *app, struct gw_espn_source *source, struct gw_err *err)
{
	struct gw_part part = gw_espn_source_part(source);
	struct gw_loop loop;
	int rc;

	gw_loop_init(&loop, app->env, &part, 1);
	rc = gw_loop_until(&loop, 0, gw_app_stop_asked, app);
	gw_loop_fini(&loop);
	if (rc == GW_EINTR || rc == 0)
		return rc;
	if (gw_espn_source_error(source)->code == 0)
		return gw_err_set(err, rc, "%s", gw_strerror(rc));
	*err = *gw_espn_source_error(source);
	return err->code;
}

/* An answer came, but none that says anything about games. */
static int
check(const struct gw_espn_source *source, const struct gw_espn_list *l, struct gw_err *err)
{
	if (l->lost)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (l->n == 0 && gw_espn_source_trouble(source)->code != 0) {
		*err = *gw_espn_source_trouble(source);
		return err->code;
	}
	return 0;
}

int
gw_espn_look(struct gw_app *app, struct gw_espn_options *o, struct gw_espn_list *out,
    struct gw_err *err)
{
	struct gw_proc *proc = gw_proc_posix_new(app->env->alloc);
	struct gw_espn_source *source;
	int rc;

	*out = (struct gw_espn_list){ .alloc = app->env->alloc };
	if (proc == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	o->look = true;
	o->game = take_game;
	o->arg = out;
	source = gw_espn_source_new(app->env, proc, o, err);
	rc = source == NULL ? err->code : run(app, source, err);
	if (rc == 0)
		rc = check(source, out, err);
	if (source != NULL)
		out->stats = gw_espn_source_stats(source);
	gw_espn_source_free(source);
	gw_proc_posix_free(proc);
	return rc;
}

void
gw_espn_state_text(const struct gw_espn_game *g, char *out, size_t cap)
{
	if (g->state == GW_ESPN_IN && g->period >= 1 && (g->has & GW_ESPN_HAS_CLOCK) &&
	    strcmp(g->status, "STATUS_IN_PROGRESS") == 0)
		snprintf(out, cap, "%s%d %d:%02d", g->period > 4 ? "OT" : "Q",
		    (int)(g->period > 4 ? g->period - 4 : g->period), (int)(g->clock_s / 60),
		    (int)(g->clock_s % 60));
	else if (g->state == GW_ESPN_PRE)
		snprintf(out, cap, "scheduled");
	else
		snprintf(out, cap, "%s", g->detail[0] != '\0' ? g->detail : "unknown");
}
