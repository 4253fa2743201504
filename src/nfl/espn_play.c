/* SPDX-License-Identifier: MIT
 *
 * Rows to plays: what the row was, and the state before it. The score before a play is the one
 * after the play behind it; time-outs and warnings between them carry scores that may be anything.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn.h"

#include "base/slice.h"
#include "nfl/carry.h"
#include "nfl/espn_passer.h"

#define PERIOD_S	900
#define PERIODS		4
#define OVERTIME	5
#define PRE_SEASON	1
#define POST_SEASON	3

/* ESPN's numbers for how a row ended. */
enum type {
	T_END_PERIOD = 2, T_INCOMPLETE = 3, T_RUSH = 5, T_SACK = 7, T_PENALTY = 8,
	T_KICKOFF_RETURN = 12, T_TWO_POINT_PASS = 15, T_TWO_POINT_RUSH = 16, T_BLOCKED_PUNT = 17,
	T_BLOCKED_FIELD_GOAL = 18, T_TIMEOUT = 21, T_RECEPTION = 24, T_INTERCEPTION = 26,
	T_KICKOFF_TOUCHDOWN = 32, T_PUNT_TOUCHDOWN = 34, T_INTERCEPTION_TOUCHDOWN = 36,
	T_BLOCKED_PUNT_TOUCHDOWN = 37, T_BLOCKED_FIELD_GOAL_TOUCHDOWN = 38,
	T_FIELD_GOAL_RETURN = 40, T_FIELD_GOAL_RETURN_TOUCHDOWN = 41, T_PASS = 51, T_PUNT = 52,
	T_KICKOFF = 53, T_FIELD_GOAL = 59, T_FIELD_GOAL_MISSED = 60, T_EXTRA_POINT = 61,
	T_EXTRA_POINT_MISSED = 62, T_END_HALF = 65, T_END_GAME = 66, T_PASS_TOUCHDOWN = 67,
	T_RUSH_TOUCHDOWN = 68, T_COIN_TOSS = 70, T_OFFICIAL_TIMEOUT = 74, T_TWO_MINUTES = 75,
	T_END_REGULATION = 79
};

static const char *const skip_names[GW_N_ESPN_SKIPS] = { "marker", "penalty", "try", "no_state" };

const char *
gw_espn_skip_name(enum gw_espn_skip s)
{
	return skip_names[s];
}

/* ---- what a row was ---- */

static bool
has_text(struct gw_slice s, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= s.len; i++)
		if (memcmp(s.ptr + i, what, len) == 0)
			return true;
	return false;
}

/* What came of it: of a call that was reversed, the first half did not happen. */
static struct gw_slice
final_text(struct gw_slice s)
{
	static const char reversed[] = "REVERSED.";
	size_t len = sizeof(reversed) - 1, i = s.len < len ? 0 : s.len - len + 1;

	while (i-- > 0)
		if (memcmp(s.ptr + i, reversed, len) == 0)
			return (struct gw_slice){ s.ptr + i + len, s.len - i - len };
	return s;
}

/* A row that a type alone does not tell: fumbles, safeties, types not seen yet. */
static enum gw_play_type
type_by_text(const struct gw_espn_row *r)
{
	struct gw_slice t = final_text(r->text);

	if (has_text(t, " kicks ") && !(r->has & GW_ESPN_HAS_DOWN))
		return GW_PLAY_KICKOFF;
	if (has_text(t, " punts ") || has_text(t, "punt is BLOCKED"))
		return GW_PLAY_PUNT;
	if (has_text(t, "field goal is"))
		return GW_PLAY_FIELD_GOAL;
	if (has_text(t, " kneels"))
		return GW_PLAY_QB_KNEEL;
	if (has_text(t, "spiked the ball"))
		return GW_PLAY_QB_SPIKE;
	if (has_text(t, " pass ") || has_text(t, " sacked "))
		return GW_PLAY_PASS;
	if (has_text(t, " left ") || has_text(t, " right ") || has_text(t, " up the middle") ||
	    has_text(t, " scrambles") || has_text(t, "FUMBLES") || has_text(t, " for ") ||
	    has_text(t, " to "))
		return GW_PLAY_RUN;
	return GW_PLAY_OTHER;
}

static enum gw_play_type
pass_or(const struct gw_espn_row *r)
{
	return has_text(r->text, "spiked the ball") ? GW_PLAY_QB_SPIKE : GW_PLAY_PASS;
}

static enum gw_play_type
type_of(const struct gw_espn_row *r)
{
	switch (r->type) {
	case T_KICKOFF:
	case T_KICKOFF_RETURN:
	case T_KICKOFF_TOUCHDOWN:
		return GW_PLAY_KICKOFF;
	case T_PUNT:
	case T_BLOCKED_PUNT:
	case T_PUNT_TOUCHDOWN:
	case T_BLOCKED_PUNT_TOUCHDOWN:
		return GW_PLAY_PUNT;
	case T_FIELD_GOAL:
	case T_FIELD_GOAL_MISSED:
	case T_BLOCKED_FIELD_GOAL:
	case T_BLOCKED_FIELD_GOAL_TOUCHDOWN:
	case T_FIELD_GOAL_RETURN:
	case T_FIELD_GOAL_RETURN_TOUCHDOWN:
		return GW_PLAY_FIELD_GOAL;
	case T_INCOMPLETE:
	case T_SACK:
	case T_RECEPTION:
	case T_INTERCEPTION:
	case T_INTERCEPTION_TOUCHDOWN:
	case T_PASS:
	case T_PASS_TOUCHDOWN:
		return pass_or(r);
	case T_RUSH:
	case T_RUSH_TOUCHDOWN:
		return has_text(r->text, " kneels") ? GW_PLAY_QB_KNEEL : GW_PLAY_RUN;
	default:
		return type_by_text(r);
	}
}

static bool
is_marker(const struct gw_espn_row *r)
{
	switch (r->type) {
	case T_END_PERIOD:
	case T_TIMEOUT:
	case T_END_HALF:
	case T_END_GAME:
	case T_COIN_TOSS:
	case T_OFFICIAL_TIMEOUT:
	case T_TWO_MINUTES:
	case T_END_REGULATION:
		return true;
	default:
		return false;
	}
}

static bool
is_try(const struct gw_espn_row *r)
{
	return r->type == T_TWO_POINT_PASS || r->type == T_TWO_POINT_RUSH ||
	    r->type == T_EXTRA_POINT || r->type == T_EXTRA_POINT_MISSED;
}

/* ---- the state between rows ---- */

struct between {
	const struct gw_espn_game	*game;
	bool				 has_score, has_timeouts;
	int32_t				 home_score, away_score;
	int32_t				 home_timeouts, away_timeouts;
	int32_t				 period;	/* of the row before; 0: none yet */
	int32_t				 clock_s;	/* of the play before; -1: none */
};

static int
half(int32_t period)
{
	return period <= 2 ? 1 : period <= PERIODS ? 2 : 3;
}

/* Each half has three; a regular season's overtime two, each pair of the play-offs' three. */
static void
enter_period(struct between *b, int32_t period)
{
	bool begins = b->period == 0 ? period == 1 : half(period) != half(b->period);

	if (period == 0)
		return;
	if (begins) {
		b->home_timeouts = b->away_timeouts =
		    period >= OVERTIME && b->game->season_type != POST_SEASON ? 2 : 3;
		b->has_timeouts = true;
	}
	if (b->period == 0 && period == 1)
		b->has_score = true;	/* 0 to 0 */
	if (period != b->period)
		b->clock_s = -1;
	b->period = period;
}

static bool
is_code(const struct gw_espn_team *t, struct gw_slice code)
{
	return gw_slice_is(gw_espn_team_code(code), t->code);
}

static void
use_timeout(struct between *b, enum gw_espn_side side, int32_t number)
{
	int32_t most = b->period >= OVERTIME && b->game->season_type != POST_SEASON ? 2 : 3;
	int32_t left = most - number;

	if (left < 0)
		left = 0;
	if (side == GW_ESPN_HOME)
		b->home_timeouts = left;
	else if (side == GW_ESPN_AWAY)
		b->away_timeouts = left;
}

/* "Timeout #2 by SEA at 07:59." */
static void
timeout_row(struct between *b, struct gw_slice text)
{
	static const char begins[] = "Timeout #", by[] = " by ";
	size_t at = sizeof(begins) - 1;
	struct gw_slice rest, code;

	if (!gw_slice_starts(text, begins) || text.len < at + 1 + sizeof(by) ||
	    text.ptr[at] < '1' || text.ptr[at] > '3' ||
	    memcmp(text.ptr + at + 1, by, sizeof(by) - 1) != 0)
		return;
	rest = (struct gw_slice){ text.ptr + at + sizeof(by), text.len - at - sizeof(by) };
	code = gw_slice_cut(rest, ' ', &rest);
	use_timeout(b, is_code(&b->game->home, code) ? GW_ESPN_HOME :
		is_code(&b->game->away, code) ? GW_ESPN_AWAY : GW_ESPN_NOBODY,
	    text.ptr[at] - '0');
}

/* A lost challenge costs one: "Seattle challenged the ... Upheld. ... (Timeout #1.)" */
static void
challenge(struct between *b, struct gw_slice text)
{
	static const char mark[] = "(Timeout #", challenged[] = " challenged ";
	char home[GW_ESPN_NAME_MAX + sizeof(challenged)], away[sizeof(home)];
	size_t len = sizeof(mark) - 1;
	enum gw_espn_side side = GW_ESPN_NOBODY;

	memcpy(home, b->game->home.place, GW_ESPN_NAME_MAX);
	memcpy(away, b->game->away.place, GW_ESPN_NAME_MAX);
	memcpy(home + strlen(home), challenged, sizeof(challenged));
	memcpy(away + strlen(away), challenged, sizeof(challenged));
	if (strcmp(home, away) != 0 && has_text(text, home))
		side = GW_ESPN_HOME;
	else if (strcmp(home, away) != 0 && has_text(text, away))
		side = GW_ESPN_AWAY;
	for (size_t i = 0; side != GW_ESPN_NOBODY && i + len < text.len; i++)
		if (memcmp(text.ptr + i, mark, len) == 0 && text.ptr[i + len] >= '1' &&
		    text.ptr[i + len] <= '3')
			use_timeout(b, side, text.ptr[i + len] - '0');
}

static void
leave_row(struct between *b, const struct gw_espn_row *r)
{
	if (r->type == T_TIMEOUT)
		timeout_row(b, r->text);
	else if (has_text(r->text, "(Timeout #"))
		challenge(b, r->text);
	if (is_marker(r))
		return;
	if (r->has & GW_ESPN_HAS_CLOCK)
		b->clock_s = r->clock_s;
	b->has_score = (r->has & GW_ESPN_HAS_SCORE) != 0;
	b->home_score = r->home_score;
	b->away_score = r->away_score;
}

/* ---- one play ---- */

static void
set_possession(const struct gw_espn_game *g, enum gw_espn_side side, struct gw_play *p)
{
	p->is_home_team = side == GW_ESPN_HOME;
	memcpy(p->posteam, p->is_home_team ? g->home.code : g->away.code, GW_TEAM_MAX);
	memcpy(p->defteam, p->is_home_team ? g->away.code : g->home.code, GW_TEAM_MAX);
}

static void
set_game(const struct gw_espn_game *g, struct gw_play *p)
{
	memcpy(p->game_id, g->game_id, sizeof(p->game_id));
	memcpy(p->home_team, g->home.code, GW_TEAM_MAX);
	memcpy(p->away_team, g->away.code, GW_TEAM_MAX);
	p->season = g->season;
	p->has |= GW_HAS_SEASON | GW_HAS_SEASON_TYPE;
	memcpy(p->season_type, g->season_type == POST_SEASON ? "POST" :
		g->season_type == PRE_SEASON ? "PRE" : "REG", 4);
	p->season_type[4 - (g->season_type != POST_SEASON)] = '\0';
	if (g->has & GW_ESPN_HAS_SPREAD) {
		p->spread_line = g->spread_line;
		p->has |= GW_HAS_SPREAD_LINE;
	}
	if (g->has & GW_ESPN_HAS_TOTAL) {
		p->total_line = g->total_line;
		p->has |= GW_HAS_TOTAL_LINE;
	}
}

/* The week that the game's id has: "2023_19_...". Preseason weeks are ESPN's. */
static void
set_week(const struct gw_espn_game *g, struct gw_play *p)
{
	int64_t week;

	if (g->season_type == PRE_SEASON)
		week = g->week;
	else if (gw_slice_i64((struct gw_slice){ g->game_id + 5, 2 }, &week) != 0)
		return;
	p->week = (int32_t)week;
	p->has |= GW_HAS_WEEK;
}

static void
set_scrimmage(unsigned has, int32_t down, int32_t distance, int32_t yard_line, struct gw_play *p)
{
	if (has & GW_ESPN_HAS_DOWN) {
		p->down = down;
		p->has |= GW_HAS_DOWN;
	}
	if (has & GW_ESPN_HAS_DISTANCE) {
		p->distance = distance;
		p->has |= GW_HAS_DISTANCE;
	}
	if (has & GW_ESPN_HAS_YARD_LINE) {
		p->field_position = p->is_home_team ? 100 - yard_line : yard_line;
		p->has |= GW_HAS_FIELD_POSITION;
	}
}

static void
set_timeouts(int32_t home, int32_t away, struct gw_play *p)
{
	p->home_timeouts = home;
	p->away_timeouts = away;
	p->has |= GW_HAS_HOME_TIMEOUTS | GW_HAS_AWAY_TIMEOUTS;
}

static void
set_clock(int32_t period, int32_t clock_s, struct gw_play *p)
{
	p->quarter = period;
	p->time_remaining = clock_s + (period <= PERIODS ? (PERIODS - period) * PERIOD_S : 0);
}

/*
 * Of kicks, turnovers and fumbles ESPN and nflverse count other yards, and ESPN's contain those of
 * a penalty.
 */
static bool
counts_yards(const struct gw_espn_row *r)
{
	if (has_text(r->text, "PENALTY") || has_text(r->text, "FUMBLES"))
		return false;
	return r->type == T_RUSH || r->type == T_RECEPTION || r->type == T_INCOMPLETE ||
	    r->type == T_SACK || r->type == T_RUSH_TOUCHDOWN || r->type == T_PASS_TOUCHDOWN;
}

static void
set_play(const struct between *b, const struct gw_espn_row *r, struct gw_espn_play *out)
{
	struct gw_play *p = &out->play;
	enum gw_espn_side side = r->team;

	out->sequence = r->sequence;
	set_game(b->game, p);
	set_week(b->game, p);
	p->play_id = r->id;
	set_clock(r->period, r->clock_s, p);
	p->home_score = b->home_score;
	p->away_score = b->away_score;
	/* Who kicks off is about to give the ball away. */
	if (p->type == GW_PLAY_KICKOFF)
		side = side == GW_ESPN_HOME ? GW_ESPN_AWAY : GW_ESPN_HOME;
	set_possession(b->game, side, p);
	if (p->type != GW_PLAY_KICKOFF)
		set_scrimmage(r->has, r->down, r->distance, r->yard_line, p);
	if (b->has_timeouts)
		set_timeouts(b->home_timeouts, b->away_timeouts, p);
	if ((r->has & GW_ESPN_HAS_YARDS) && counts_yards(r) && !out->nullified) {
		p->yards_gained = r->yards;
		p->has |= GW_HAS_YARDS_GAINED;
	}
	if (r->text.len > 0)
		gw_play_set_desc(p, r->text);
}

/* GW_N_ESPN_SKIPS: it is a play, in *out. */
static enum gw_espn_skip
take_row(const struct between *b, const struct gw_espn_row *r, struct gw_espn_play *out)
{
	if (is_marker(r))
		return GW_ESPN_SKIP_MARKER;
	if (is_try(r))
		return GW_ESPN_SKIP_TRY;
	out->nullified = has_text(r->text, "No Play");
	if (r->type == T_PENALTY && !out->nullified)
		return GW_ESPN_SKIP_PENALTY;	/* declined, and the down is played again */
	out->play.type = type_of(r);
	if (out->play.type != GW_PLAY_KICKOFF && !(r->has & GW_ESPN_HAS_DOWN))
		return GW_ESPN_SKIP_TRY;
	if (r->period == 0 || !(r->has & GW_ESPN_HAS_CLOCK) || !b->has_score ||
	    r->team == GW_ESPN_NOBODY)
		return GW_ESPN_SKIP_NO_STATE;
	set_play(b, r, out);
	if (out->nullified)
		out->play.type = GW_PLAY_NO_PLAY;
	return GW_N_ESPN_SKIPS;
}

int
gw_espn_plays(const struct gw_espn_game *game, struct gw_arena *arena, struct gw_espn_plays *out,
    struct gw_err *err)
{
	struct between b = { .game = game, .clock_s = -1 };
	struct gw_carry carry = { .kicked_off = false };

	memset(out, 0, sizeof(*out));
	if (game->game_id[0] == '\0')
		return gw_err_set(err, GW_EDATA, "event %lld: season, week or teams are unknown",
		    (long long)game->event);
	out->plays = gw_arena_zero(arena, game->n_rows + 1, sizeof(*out->plays));
	if (out->plays == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	for (size_t i = 0; i < game->n_rows; i++) {
		const struct gw_espn_row *r = &game->rows[i];
		struct gw_espn_play *p = &out->plays[out->n];
		enum gw_espn_skip skip;

		enter_period(&b, r->period);
		memset(p, 0, sizeof(*p));
		skip = take_row(&b, r, p);
		if (skip == GW_N_ESPN_SKIPS) {
			if (!p->nullified) {
				gw_carry_kick_off(&carry, &p->play);
				gw_carry_passer(&carry, &p->play,
				    gw_espn_passer(final_text(r->text)));
			}
			out->n++;
			out->n_clock_up += b.clock_s >= 0 && r->clock_s > b.clock_s;
		} else {
			out->skipped[skip]++;
		}
		leave_row(&b, r);
	}
	return 0;
}

bool
gw_espn_next(const struct gw_espn_game *g, struct gw_play *out)
{
	const struct gw_espn_situation *s = &g->situation;
	unsigned want = GW_ESPN_HAS_DOWN | GW_ESPN_HAS_DISTANCE | GW_ESPN_HAS_YARD_LINE;
	struct gw_play p;

	if (g->state != GW_ESPN_IN || g->game_id[0] == '\0' || (s->has & want) != want ||
	    s->possession == GW_ESPN_NOBODY || g->period < 1 || g->clock_s > PERIOD_S ||
	    !(g->has & GW_ESPN_HAS_CLOCK) || !(g->has & GW_ESPN_HAS_SCORE))
		return false;
	memset(&p, 0, sizeof(p));
	set_game(g, &p);
	set_week(g, &p);
	set_clock(g->period, g->clock_s, &p);
	p.home_score = g->home.score;
	p.away_score = g->away.score;
	set_possession(g, s->possession, &p);
	set_scrimmage(s->has, s->down, s->distance, s->yard_line, &p);
	if (s->has & GW_ESPN_HAS_TIMEOUTS)
		set_timeouts(s->home_timeouts, s->away_timeouts, &p);
	*out = p;
	return true;
}
