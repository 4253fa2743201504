/* SPDX-License-Identifier: MIT
 *
 * Scoreboards and games. A scoreboard's event and a game's header hold the same competition.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn.h"

#include <stdio.h>

#include "nfl/espn_json.h"

#define POST_SEASON	3
#define PRE_SEASON	1

static int
no_memory(struct gw_err *err)
{
	return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
}

/* ---- the competition ---- */

static bool
read_team(const struct gw_json *competitors, const char *side, struct gw_espn_team *t)
{
	const struct gw_json *c, *team;

	for (c = competitors == NULL ? NULL : competitors->child; c != NULL; c = c->next)
		if (gw_slice_is(gw_espn_text(gw_json_get(c, "homeAway")), side))
			break;
	team = gw_json_get(c, "team");
	gw_espn_copy(t->code, sizeof(t->code),
	    gw_espn_team_code(gw_espn_text(gw_json_get(team, "abbreviation"))));
	gw_espn_copy(t->name, sizeof(t->name), gw_espn_text(gw_json_get(team, "displayName")));
	gw_espn_copy(t->place, sizeof(t->place), gw_espn_text(gw_json_get(team, "location")));
	if (!gw_espn_i32(gw_json_get(team, "id"), 1, INT32_MAX, &t->id))
		(void)gw_espn_i32(gw_json_get(c, "id"), 1, INT32_MAX, &t->id);
	return gw_espn_i32(gw_json_get(c, "score"), 0, GW_SCORE_MAX, &t->score);
}

static void
read_status(const struct gw_json *status, struct gw_espn_game *g)
{
	const struct gw_json *type = gw_json_get(status, "type");
	const struct gw_json *completed = gw_json_get(type, "completed");
	struct gw_slice state = gw_espn_text(gw_json_get(type, "state"));

	g->state = gw_slice_is(state, "pre") ? GW_ESPN_PRE :
	    gw_slice_is(state, "in")	     ? GW_ESPN_IN :
	    gw_slice_is(state, "post")	     ? GW_ESPN_POST :
					       GW_ESPN_UNKNOWN;
	g->completed = completed != NULL && completed->type == GW_JSON_BOOL && completed->boolean;
	gw_espn_copy(g->status, sizeof(g->status), gw_espn_text(gw_json_get(type, "name")));
	gw_espn_copy(g->detail, sizeof(g->detail), gw_espn_text(gw_json_get(type, "detail")));
	(void)gw_espn_i32(gw_json_get(status, "period"), 0, GW_QUARTER_MAX, &g->period);
	if (gw_espn_clock(gw_espn_text(gw_json_get(status, "displayClock")), &g->clock_s))
		g->has |= GW_ESPN_HAS_CLOCK;
}

static void
read_situation(const struct gw_json *s, const struct gw_espn_game *g,
    struct gw_espn_situation *out)
{
	out->after = -1;
	if (s == NULL)
		return;
	out->after = gw_espn_play_id(g, gw_espn_get(s, "lastPlay", "id"));
	if (out->after < 0)
		out->after = -1;
	if (gw_espn_i32(gw_json_get(s, "down"), 1, 4, &out->down))
		out->has |= GW_ESPN_HAS_DOWN;
	if (gw_espn_i32(gw_json_get(s, "distance"), 1, 99, &out->distance))
		out->has |= GW_ESPN_HAS_DISTANCE;
	if (gw_espn_i32(gw_json_get(s, "yardLine"), 1, 99, &out->yard_line))
		out->has |= GW_ESPN_HAS_YARD_LINE;
	if (gw_espn_i32(gw_json_get(s, "homeTimeouts"), 0, 3, &out->home_timeouts) &&
	    gw_espn_i32(gw_json_get(s, "awayTimeouts"), 0, 3, &out->away_timeouts))
		out->has |= GW_ESPN_HAS_TIMEOUTS;
	out->possession = gw_espn_side_of(g, gw_json_get(s, "possession"));
}

/* ---- lines ---- */

/* "BAL -4": the favourite and by how much; "EVEN". As nflverse: positive, home is the favourite. */
static bool
spread_of_details(struct gw_slice details, const struct gw_espn_game *g, double *out)
{
	struct gw_slice points, team = gw_slice_cut(gw_slice_trim(details), ' ', &points);
	double by;

	if (gw_slice_is(team, "EVEN")) {
		*out = 0;
		return true;
	}
	team = gw_espn_team_code(team);
	if (points.ptr == NULL || gw_slice_double(gw_slice_trim(points), &by) != 0)
		return false;
	if (gw_slice_is(team, g->home.code))
		*out = -by;
	else if (gw_slice_is(team, g->away.code))
		*out = by;
	else
		return false;
	return true;
}

static bool
possible(double line)
{
	return line >= -GW_LINE_MAX && line <= GW_LINE_MAX;
}

/* The first bookmaker that says it; they differ by a point. */
static void
read_lines(const struct gw_json *books, struct gw_espn_game *g)
{
	const struct gw_json *b = books != NULL && books->type == GW_JSON_ARRAY ? books->child :
		NULL;
	double spread, total;

	for (; b != NULL; b = b->next) {
		if (!(g->has & GW_ESPN_HAS_SPREAD)) {
			if (gw_espn_number(gw_json_get(b, "spread"), &spread))
				spread = -spread;
			else if (!spread_of_details(gw_espn_text(gw_json_get(b, "details")), g,
			    &spread))
				spread = GW_LINE_MAX + 1;
			if (possible(spread)) {
				g->spread_line = spread == 0 ? 0 : spread; /* no -0 */
				g->has |= GW_ESPN_HAS_SPREAD;
			}
		}
		if (!(g->has & GW_ESPN_HAS_TOTAL) &&
		    gw_espn_number(gw_json_get(b, "overUnder"), &total) && possible(total) &&
		    total > 0) {
			g->total_line = total;
			g->has |= GW_ESPN_HAS_TOTAL;
		}
	}
}

/* ---- the game's id ---- */

/*
 * nflverse counts the play-offs on from the last week of the season, which was the 17th until
 * 2020; ESPN begins again at 1 and has the Pro Bowl as the 4th.
 */
static int32_t
play_off_week(int32_t season, int32_t week)
{
	int32_t before = season <= 2020 ? 17 : 18;

	return week < 1 || week > 5 || week == 4 ? 0 : before + week - (week == 5);
}

static void
name_game(struct gw_espn_game *g)
{
	int32_t week = g->week;

	if (g->season_type == POST_SEASON)
		week = play_off_week(g->season, week);
	if (g->season == 0 || g->season_type == 0 || week < 1 || g->home.code[0] == '\0' ||
	    g->away.code[0] == '\0' || strcmp(g->home.code, g->away.code) == 0)
		return;
	if (g->season_type == PRE_SEASON)
		snprintf(g->game_id, sizeof(g->game_id), "%d_PRE%d_%s_%s", (int)g->season,
		    (int)week, g->away.code, g->home.code);
	else
		snprintf(g->game_id, sizeof(g->game_id), "%d_%02d_%s_%s", (int)g->season,
		    (int)week, g->away.code, g->home.code);
}

static void
read_calendar(const struct gw_json *from, struct gw_espn_game *g)
{
	const struct gw_json *week = gw_json_get(from, "week");

	if (g->season == 0)
		(void)gw_espn_i32(gw_espn_get(from, "season", "year"), 1900, 9999, &g->season);
	if (g->season_type == 0)
		(void)gw_espn_i32(gw_espn_get(from, "season", "type"), 1, 3, &g->season_type);
	if (g->week == 0 && !gw_espn_i32(week, 1, 30, &g->week))
		(void)gw_espn_i32(gw_json_get(week, "number"), 1, 30, &g->week);
}

/*
 * outer: the event or the header, which hold id, season and week beside the competition; root has
 * season and week where the event has none.
 */
static bool
read_game(const struct gw_json *outer, const struct gw_json *root, struct gw_espn_game *g)
{
	const struct gw_json *c = gw_json_get(outer, "competitions"), *competitors;

	c = c != NULL && c->type == GW_JSON_ARRAY ? c->child : NULL;
	g->situation.after = -1;
	if (!gw_espn_int(gw_json_get(outer, "id"), 1, INT64_MAX / 1000000, &g->event))
		return false;
	competitors = gw_json_get(c, "competitors");
	if (read_team(competitors, "home", &g->home) && read_team(competitors, "away", &g->away))
		g->has |= GW_ESPN_HAS_SCORE;
	else
		(void)read_team(competitors, "away", &g->away);
	read_calendar(outer, g);
	read_calendar(root, g);
	gw_espn_copy(g->start, sizeof(g->start), gw_espn_text(gw_json_get(c, "date")));
	read_status(gw_json_get(c, "status"), g);
	read_situation(gw_json_get(c, "situation"), g, &g->situation);
	read_lines(gw_json_get(c, "odds"), g);
	name_game(g);
	return g->home.code[0] != '\0' && g->away.code[0] != '\0';
}

/* ---- documents ---- */

static int
read_scoreboard(const struct gw_json *root, struct gw_arena *arena, struct gw_espn_answer *out,
    struct gw_err *err)
{
	const struct gw_json *events = gw_json_get(root, "events");
	size_t n = events->n < GW_ESPN_GAMES_MAX ? events->n : GW_ESPN_GAMES_MAX;

	out->kind = GW_ESPN_SCOREBOARD;
	out->games = gw_arena_zero(arena, n + 1, sizeof(*out->games));
	if (out->games == NULL)
		return no_memory(err);
	for (const struct gw_json *e = events->child; e != NULL; e = e->next) {
		struct gw_espn_game *g = &out->games[out->n_games];

		if (out->n_games < n && read_game(e, root, g))
			out->n_games++;
		else
			out->n_games_bad++;
		if (out->n_games_bad > 0 && out->n_games < n)
			memset(&out->games[out->n_games], 0, sizeof(*g));
	}
	return 0;
}

static int
read_document(const struct gw_json *root, struct gw_arena *arena, struct gw_espn_answer *out,
    struct gw_err *err)
{
	const struct gw_json *header = gw_json_get(root, "header");
	struct gw_espn_game *g = gw_arena_zero(arena, 1, sizeof(*g));

	if (g == NULL)
		return no_memory(err);
	out->kind = GW_ESPN_GAME;
	out->games = g;
	out->n_games = 1;
	if (!read_game(header, root, g))
		return gw_err_set(err, GW_EDATA, "a game without its id or its teams");
	read_lines(gw_json_get(root, "pickcenter"), g);
	return gw_espn_rows(gw_json_get(root, "drives"), arena, g, err);
}

static void
read_error(const struct gw_json *e, struct gw_espn_answer *out)
{
	out->kind = GW_ESPN_ERROR;
	out->error = gw_espn_text(gw_json_get(e, "message"));
	(void)gw_espn_i32(gw_json_get(e, "code"), 0, 9999, &out->error_code);
}

int
gw_espn_parse(struct gw_slice text, struct gw_arena *arena, struct gw_espn_answer *out,
    struct gw_err *err)
{
	const struct gw_json *inner, *board, *events, *error;
	struct gw_json *root;
	int rc;

	if ((rc = gw_json_parse(text, arena, &root, err)) != 0)
		return rc;
	memset(out, 0, sizeof(*out));
	inner = gw_json_get(root, "gamepackageJSON");
	if (inner == NULL)
		inner = root;
	board = gw_espn_get(root, "content", "sbData");
	if (board == NULL)
		board = root;
	events = gw_json_get(board, "events");
	error = gw_json_get(root, "error");
	if (gw_json_get(inner, "header") != NULL)
		return read_document(inner, arena, out, err);
	if (events != NULL && events->type == GW_JSON_ARRAY)
		return read_scoreboard(board, arena, out, err);
	if (error != NULL && error->type == GW_JSON_OBJECT) {
		read_error(error, out);
		return 0;
	}
	return gw_err_set(err, GW_EDATA,
	    "JSON, but neither a scoreboard nor a game: no events, no header");
}
