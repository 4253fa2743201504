/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_games.c - gridwire games: today's games by ESPN's public feed, with the event ids
 * that "produce --source espn" wants.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>

#include "apps/espn/espn_look.h"
#include "apps/score/board_line.h"
#include "apps/table.h"
#include "apps/verbs.h"

#define STATE_WIDTH	13
#define START_LEN	16	/* "2024-09-08T20:05" */

enum { OPT_JSON, OPT_FROM, OPT_RECORD, OPT_URL };
static const struct gw_opt opts[] = {
	[OPT_JSON] = { 0, "json", NULL, "one JSON object a game" },
	[OPT_FROM] = { 0, "from", "DIR", "the newest state of a recording instead" },
	[OPT_RECORD] = { 0, "record", "DIR", "keep what the feed answers in DIR" },
	[OPT_URL] = { 0, "espn-url", "URL", NULL },
};

struct games {
	struct gw_app		*app;
	struct gw_espn_options	 espn;
	bool			 json;
};

static int
take_option(struct games *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case OPT_JSON:
		s->json = true;
		return 0;
	case OPT_FROM:
		s->espn.from = value;
		return 0;
	case OPT_RECORD:
		s->espn.record = value;
		return 0;
	case OPT_URL:
		s->espn.url = value;
		return 0;
	case GW_CLI_OPERAND:
		return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
	default:
		return i;
	}
}

static int
parse(struct games *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END)
		if ((rc = take_option(s, i, value, err)) != 0)
			return rc;
	if (s->espn.from != NULL && s->espn.record != NULL)
		return gw_err_set(err, GW_EINVAL, "--from and --record exclude each other");
	return 0;
}

/* ---- what is shown ---- */

static const char *
side_code(const struct gw_espn_game *g, enum gw_espn_side side)
{
	return side == GW_ESPN_HOME ? g->home.code : side == GW_ESPN_AWAY ? g->away.code : NULL;
}

/* "BUF 3rd & 1 at MIA 36": who has the ball, what is to be done. */
static void
situation_text(const struct gw_espn_game *g, char *out, size_t cap)
{
	char situation[GW_BOARD_TEXT_MAX];
	struct gw_play p;

	if (g->state == GW_ESPN_IN && gw_espn_next(g, &p)) {
		gw_board_situation(&p, situation);
		snprintf(out, cap, "%s %s", p.posteam, situation);
	} else {
		snprintf(out, cap, "%s", gw_or_dash(g->state == GW_ESPN_IN ?
			side_code(g, g->situation.possession) : NULL));
	}
}

/* "2024-09-08T20:05Z" as "09-08 20:05"; what is on or over by its state. */
static void
state_text(const struct gw_espn_game *g, char *out, size_t cap)
{
	if (g->state == GW_ESPN_PRE && strlen(g->start) >= START_LEN)
		snprintf(out, cap, "%.5s %.5s", g->start + 5, g->start + 11);
	else
		gw_espn_state_text(g, out, cap);
}

static void
put_row(struct gw_table *t, const struct gw_espn_game *g)
{
	char state[GW_ESPN_TEXT_MAX], situation[GW_TEAM_MAX + GW_BOARD_TEXT_MAX];

	state_text(g, state, sizeof(state));
	situation_text(g, situation, sizeof(situation));
	gw_table_cell(t, "%" PRId64, g->event);
	if (g->game_id[0] != '\0')
		gw_table_cell(t, "%s", g->game_id);
	else
		gw_table_cell(t, "%s at %s", g->away.code, g->home.code);
	gw_table_cell(t, "%.*s", STATE_WIDTH, state);
	if ((g->has & GW_ESPN_HAS_SCORE) && g->state != GW_ESPN_PRE)
		gw_table_cell(t, "%d-%d", (int)g->away.score, (int)g->home.score);
	else
		gw_table_cell(t, "-");
	gw_table_cell(t, "%s", situation);
}

/* Within 80 columns; --json has the rest. */
static void
put_table(struct games *s, const struct gw_espn_list *l)
{
	static const struct gw_column columns[] = {
		{ "EVENT", false }, { "GAME", false }, { "STATE (UTC)", false },
		{ "SCORE", true }, { "BALL", false },
	};
	struct gw_table t;

	gw_table_init(&t, s->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < l->n; i++)
		put_row(&t, &l->games[i]);
	gw_table_print(&t, s->app);
	gw_table_fini(&t);
}

static void
put_situation(struct gw_json_out *w, const struct gw_espn_game *g)
{
	const struct gw_espn_situation *now = &g->situation;

	gw_json_kv_text(w, "possession", side_code(g, now->possession));
	if (now->has & GW_ESPN_HAS_DOWN)
		gw_json_kv_int(w, "down", now->down);
	if (now->has & GW_ESPN_HAS_DISTANCE)
		gw_json_kv_int(w, "distance", now->distance);
	if ((now->has & GW_ESPN_HAS_YARD_LINE) && now->possession != GW_ESPN_NOBODY)
		gw_json_kv_int(w, "field_position", now->possession == GW_ESPN_HOME ?
			100 - now->yard_line : now->yard_line);
	if (now->has & GW_ESPN_HAS_TIMEOUTS) {
		gw_json_kv_int(w, "home_timeouts", now->home_timeouts);
		gw_json_kv_int(w, "away_timeouts", now->away_timeouts);
	}
}

static void
put_json(struct games *s, const struct gw_espn_game *g)
{
	static const char *const states[] = { "unknown", "pre", "in", "post" };
	struct gw_json_out w;

	gw_json_begin(&w, &s->app->out);
	gw_json_object(&w);
	gw_json_kv_int(&w, "event", g->event);
	gw_json_kv_text(&w, "game_id", g->game_id[0] != '\0' ? g->game_id : NULL);
	gw_json_kv_str(&w, "state", gw_str(states[g->state]));
	gw_json_kv_str(&w, "status", gw_str(g->status));
	gw_json_kv_bool(&w, "completed", g->completed);
	gw_json_kv_str(&w, "start", gw_str(g->start));
	gw_json_kv_str(&w, "home_team", gw_str(g->home.code));
	gw_json_kv_str(&w, "away_team", gw_str(g->away.code));
	if (g->has & GW_ESPN_HAS_SCORE) {
		gw_json_kv_int(&w, "home_score", g->home.score);
		gw_json_kv_int(&w, "away_score", g->away.score);
	}
	if (g->state == GW_ESPN_IN) {
		gw_json_kv_int(&w, "quarter", g->period);
		if (g->has & GW_ESPN_HAS_CLOCK)
			gw_json_kv_int(&w, "clock", g->clock_s);
		put_situation(&w, g);
	}
	if (g->has & GW_ESPN_HAS_SPREAD)
		gw_json_kv_num(&w, "spread_line", g->spread_line);
	if (g->has & GW_ESPN_HAS_TOTAL)
		gw_json_kv_num(&w, "total_line", g->total_line);
	gw_json_object_end(&w);
	gw_buf_putc(&s->app->out, '\n');
}

static void
show(struct games *s, const struct gw_espn_list *l)
{
	if (l->n == 0)
		gw_app_say(s->app, "no games");
	else if (!s->json)
		put_table(s, l);
	for (size_t i = 0; i < l->n && s->json; i++)
		put_json(s, &l->games[i]);
	if (l->stats.games_bad > 0)
		gw_app_say(s->app, "%zu events without an id or teams are left out",
		    l->stats.games_bad);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct games s = { .app = app };
	struct gw_espn_list list;
	struct gw_err err;
	int rc;

	if (parse(&s, argc, argv, &err) != 0)
		return gw_app_usage(app, "%s", err.msg);
	s.espn.data = gw_app_data_dir(app, NULL);
	rc = gw_espn_look(app, &s.espn, &list, &err);
	if (rc == 0)
		show(&s, &list);
	gw_espn_list_free(&list);
	if (rc == GW_EINTR)
		return GW_EXIT_INTERRUPTED;
	return rc == 0 ? GW_EXIT_OK : gw_app_fail(app, &err);
}

const struct gw_verb gw_verb_games = {
	.name = "games",
	.summary = "today's games with their event ids, by ESPN's public feed",
	.usage = "gridwire games [--json] [--from DIR | --record DIR]",
	.details =
	    "The feed is unofficial and may change or end without notice; its data is ESPN's\n"
	    "(doc/live.md). Times are UTC, scores those of away and home, game ids nflverse's.\n"
	    "\n"
	    "  gridwire games\n"
	    "  gridwire produce --source espn --event 401671664",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
