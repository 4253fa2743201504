/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/state.h"

#include <math.h>

/* The clock. */

static double
share_left(const struct gw_play *p)
{
	return p->time_remaining / 3600.0;
}

static double
regular(const struct gw_play *p)
{
	return p->quarter <= 4;
}

/* Share of the game left, 0 in overtime: how much of the game's scoring is still to come. */
static double
time_left(const struct gw_play *p)
{
	return p->quarter <= 4 ? share_left(p) : 0;
}

static double
half_left(const struct gw_play *p)
{
	int t = p->quarter <= 2 ? p->time_remaining - 1800 : p->time_remaining;

	return t > 0 ? t : 0;
}

static double
within_10(const struct gw_play *p)
{
	double t = half_left(p) / 10;

	return 1 / (1 + t * t);
}

static double
within_60(const struct gw_play *p)
{
	return 60 / (60 + half_left(p));
}

/* Standard deviation of the margin still to come, up to a factor. */
static double
spread_out(const struct gw_play *p)
{
	return sqrt(share_left(p) + 0.01);
}

/* The same at the very end, where seconds count. */
static double
spread_out_late(const struct gw_play *p)
{
	return sqrt(share_left(p) + 0.001);
}

/* The situation. */

static bool
kicks_off(const struct gw_play *p)
{
	return p->type == GW_PLAY_KICKOFF;
}

static double
yards(const struct gw_play *p)
{
	return p->has & GW_HAS_FIELD_POSITION ? p->field_position : 75;
}

static bool
is_down(const struct gw_play *p, int down)
{
	return !kicks_off(p) && (p->has & GW_HAS_DOWN ? p->down : 1) == down;
}

/* 1 with one yard to go falling to 0.3 with many; 0 on a kick-off. */
static double
short_yardage(const struct gw_play *p)
{
	int distance = p->has & GW_HAS_DISTANCE ? p->distance : 10;

	return kicks_off(p) ? 0 : 10.0 / (5 + (distance < 30 ? distance : 30));
}

static double
beyond(const struct gw_play *p, double knot)
{
	double over = yards(p) - knot;

	return kicks_off(p) || over <= 0 ? 0 : over / 100;
}

static double
near_goal(const struct gw_play *p)
{
	double y = yards(p);

	return y <= 40 ? short_yardage(p) * (1 - y / 40) : 0;
}

/* clang-format off */
/* A situation alone, and weighed by the nearness of the half's end. */
#define SITUATION(id, unit, hi, text, expression)					\
	static double id(const struct gw_play *p) { return expression; }			\
	static double id##_10(const struct gw_play *p) { return (expression) * within_10(p); }	\
	static double id##_60(const struct gw_play *p) { return (expression) * within_60(p); }	\
	static const struct gw_feature							\
	    f_##id = { #id, text, unit, 0, hi, id, NULL },					\
	    f_##id##_10 = { #id "_10", "that / (1 + (h / 10)^2), h the seconds left in the half", \
		unit, 0, hi, id##_10, NULL },						\
	    f_##id##_60 = { #id "_60", "that * 60 / (60 + seconds left in the half)",		\
		unit, 0, hi, id##_60, NULL };

SITUATION(kick_off, "flag", 1, "1 on a kick-off, else 0", kicks_off(p) ? 1 : 0)
SITUATION(down_1, "flag", 1, "1 if down = 1 or unknown, no kick-off", is_down(p, 1) ? 1 : 0)
SITUATION(down_2, "flag", 1, "1 if down = 2", is_down(p, 2) ? 1 : 0)
SITUATION(down_3, "flag", 1, "1 if down = 3", is_down(p, 3) ? 1 : 0)
SITUATION(down_4, "flag", 1, "1 if down = 4", is_down(p, 4) ? 1 : 0)
#define DOWN_YARDS(n)									\
	SITUATION(down_##n##_yards, "share", 1, "down_" #n " * field_position / 100",	\
	    is_down(p, n) ? yards(p) / 100 : 0)
DOWN_YARDS(1)
DOWN_YARDS(2)
DOWN_YARDS(3)
DOWN_YARDS(4)
#define BEYOND(n)									\
	SITUATION(beyond_##n, "share", (100 - (n)) / 100.0,				\
	    "field_position above " #n ", / 100; 0 on a kick-off", beyond(p, n))
BEYOND(5)
BEYOND(10)
BEYOND(20)
BEYOND(35)
BEYOND(50)
BEYOND(65)
BEYOND(80)
BEYOND(90)
SITUATION(short_to_go, "share", 2, "10 / (5 + min(distance, 30)); 0 on a kick-off",
    short_yardage(p))
SITUATION(short_near_goal, "share", 2,
    "short_to_go * (1 - field_position / 40) within 40 yards, else 0",
    near_goal(p))
SITUATION(short_on_3, "share", 2, "short_to_go on third down, else 0",
    is_down(p, 3) ? short_yardage(p) : 0)
SITUATION(short_on_4, "share", 2, "short_to_go on fourth down, else 0",
    is_down(p, 4) ? short_yardage(p) : 0)
/* clang-format on */

/* Bounds: points expected of a score, 1 / r and 1 / q, average games that lines are worth. */
#define EXPECTED	8
#define R_MOST		10
#define Q_MOST		31.7
#define GAMES		8.7

/* Who wins. All of them seen from the home team. */

static double
side(const struct gw_play *p)
{
	return p->is_home_team ? 1 : -1;
}

static double
lead(const struct gw_play *p)
{
	return p->home_score - p->away_score;
}

static double
lead_r(const struct gw_play *p)
{
	return lead(p) / spread_out(p);
}

static double
expected_r(const struct gw_play *p, const struct gw_expected *e)
{
	return side(p) * (e->own - e->other) / spread_out(p);
}

static double
expected_late(const struct gw_play *p, const struct gw_expected *e)
{
	return side(p) * (e->own - e->other) / spread_out_late(p);
}

/* The side that receives the second half's kick-off, while that is to come. */
static double
second_half(const struct gw_play *p)
{
	if (!(p->has & GW_HAS_SECOND_HALF) || p->quarter > 2)
		return 0;
	return p->home_receives_2h ? share_left(p) : -share_left(p);
}

static double
second_half_r(const struct gw_play *p)
{
	return second_half(p) / spread_out(p);
}

static double
quarterback_r(const struct gw_play *p)
{
	double out = 0;

	if (p->has & GW_HAS_HOME_BACKUP_QB)
		out += p->home_backup_qb;
	if (p->has & GW_HAS_AWAY_BACKUP_QB)
		out -= p->away_backup_qb;
	return out * sqrt(share_left(p)) / spread_out(p);
}

static double
spread_left(const struct gw_play *p)
{
	return p->has & GW_HAS_SPREAD_LINE ? p->spread_line * share_left(p) : 0;
}

static double
spread_r(const struct gw_play *p)
{
	return spread_left(p) / spread_out(p);
}

static double
rating_left(const struct gw_play *p)
{
	return p->has & GW_HAS_RATING_LINE ? p->rating_line * share_left(p) : 0;
}

static double
rating_r(const struct gw_play *p)
{
	return rating_left(p) / spread_out(p);
}

static double
lead_late(const struct gw_play *p)
{
	return lead(p) / spread_out_late(p);
}

/* 1 at the end of the game, 1/2 so many seconds before it, 0 long before it. */
static double
at_end(const struct gw_play *p, double seconds)
{
	double t = p->time_remaining / seconds;

	return p->quarter < 4 ? 0 : 1 / (1 + t * t);
}

static double
leader(const struct gw_play *p)
{
	return p->home_score > p->away_score ? 1 : p->home_score < p->away_score ? -1 : 0;
}

static double
leader_end(const struct gw_play *p)
{
	return leader(p) * at_end(p, 10);
}

static double
expected_end(const struct gw_play *p, const struct gw_expected *e)
{
	return side(p) * (e->own - e->other) * at_end(p, 10);
}

/* Who leads and has the ball needs only to keep it. */
static double
keep_end(const struct gw_play *p)
{
	return leader(p) == side(p) && !kicks_off(p) ? side(p) * at_end(p, 40) : 0;
}

static double
keep_now(const struct gw_play *p)
{
	return leader(p) == side(p) && !kicks_off(p) ? side(p) * at_end(p, 10) : 0;
}

/* No single score with its try takes back more than 8 points. */
static double
two_scores_end(const struct gw_play *p)
{
	double d = lead(p), near = at_end(p, 60);

	/* Its square: nearly 0 two minutes before the end, where such leads have been lost. */
	return (d > 8 ? 1 : d < -8 ? -1 : 0) * near * near;
}

/* How many points are still to come, for a team. */

struct team {
	double	sign;		/* 1: the home team */
	bool	has_ball;
	double	lead;		/* its own, minus when it trails */
};

static struct team
home_of(const struct gw_play *p)
{
	return (struct team){ 1, p->is_home_team, lead(p) };
}

static struct team
away_of(const struct gw_play *p)
{
	return (struct team){ -1, !p->is_home_team, -lead(p) };
}

static struct team
opponent_of(struct team t)
{
	return (struct team){ -t.sign, !t.has_ball, -t.lead };
}

static double
clamp(double x, double most)
{
	return x > most ? most : x < -most ? -most : x;
}

/* What the lines give the team, in average games: 23 points. Unknown lines: 45 points, even. */
static double
share_of_total(const struct gw_play *p, struct team t)
{
	double total = p->has & GW_HAS_TOTAL_LINE ? p->total_line : 45;
	double line = p->has & GW_HAS_SPREAD_LINE ? p->spread_line :
	    p->has & GW_HAS_RATING_LINE	      ? p->rating_line :
						0;

	return (total + t.sign * line) / 46;
}

static double
within_300(const struct gw_play *p)
{
	return regular(p) * 300 / (300 + p->time_remaining);
}

static double
next_own(const struct gw_expected *e, struct team t)
{
	return t.has_ball ? e->own : e->other;
}

static double
next_other(const struct gw_expected *e, struct team t)
{
	return t.has_ball ? e->other : e->own;
}

static double
trailing(struct team t)
{
	return t.lead < -24 ? 2.4 : t.lead < 0 ? -t.lead / 10 : 0;
}

static double
running(const struct gw_play *p, struct team t)
{
	return t.has_ball ? clamp(t.lead, 8) / 8 * within_300(p) : 0;
}

/* clang-format off */
/* The same term for either team; t is the team, e the expected points. */
#define OF_SIDE(id, unit, lo, hi, text, expression)					\
	static double home_##id(const struct gw_play *p)					\
	{ struct team t = home_of(p); return expression; }				\
	static double away_##id(const struct gw_play *p)					\
	{ struct team t = away_of(p); return expression; }				\
	static const struct gw_feature							\
	    f_home_##id = { "home_" #id, text, unit, lo, hi, home_##id, NULL },		\
	    f_away_##id = { "away_" #id, text, unit, lo, hi, away_##id, NULL };
#define OF_SIDE_DERIVED(id, unit, lo, hi, text, expression)				\
	static double home_##id(const struct gw_play *p, const struct gw_expected *e)	\
	{ struct team t = home_of(p); return expression; }				\
	static double away_##id(const struct gw_play *p, const struct gw_expected *e)	\
	{ struct team t = away_of(p); return expression; }				\
	static const struct gw_feature							\
	    f_home_##id = { "home_" #id, text, unit, lo, hi, NULL, home_##id },		\
	    f_away_##id = { "away_" #id, text, unit, lo, hi, NULL, away_##id };

OF_SIDE(time, "share", 0, 1, "time_remaining / 3600, 0 in overtime", ((void)t, time_left(p)))
OF_SIDE(root_time, "share", 0, 1, "square root of the same", ((void)t, sqrt(time_left(p))))
OF_SIDE(share_time, "games", -GAMES, GAMES,
    "share * time: share = (total_line + its spread) / 46; 45 and 0 if unknown",
    share_of_total(p, t) * time_left(p))
OF_SIDE(kick, "sign", -1, 1,
    "1 if it receives the second half's kick-off, -1 if not, 0 if unknown or over",
    p->quarter > 2 || !(p->has & GW_HAS_SECOND_HALF) ? 0 : t.sign * (p->home_receives_2h ? 1 : -1))
OF_SIDE(overtime, "flag", 0, 1, "1 in overtime", ((void)t, 1 - regular(p)))
OF_SIDE(ball_late, "share", 0, 1,
    "1 with the ball, times 300 / (300 + time_remaining), 0 in overtime",
    t.has_ball ? within_300(p) : 0)
OF_SIDE(lead_time, "10 points", -1.4, 1.4, "its lead, at most 14, / 10, * time",
    clamp(t.lead, 14) / 10 * time_left(p))
OF_SIDE(lead_late, "10 points", -1.7, 1.7,
    "its lead, at most 17, / 10, * 300 / (300 + time_remaining)",
    clamp(t.lead, 17) / 10 * within_300(p))
OF_SIDE(decided, "share", 0, 1, "time if either leads by 17 or more",
    fabs(t.lead) > 16 ? time_left(p) : 0)
OF_SIDE(late, "share", 0, 1, "300 / (300 + time_remaining), 0 in overtime",
    ((void)t, within_300(p)))
OF_SIDE(run_out, "8 points", -1, 1, "ball_late * its lead, at most 8, / 8", running(p, t))
OF_SIDE(half, "share", 0, 0.71, "square root of the first half's seconds left / 3600",
    ((void)t, p->quarter <= 2 ? sqrt(half_left(p) / 3600) : 0))
OF_SIDE(trail, "10 points", 0, 2.4, "points it trails by, at most 24, / 10, * time",
    trailing(t) * time_left(p))
OF_SIDE(lead_time_2, "10 points", -1.4, 1.4, "its lead, at most 14, / 10, * time^2",
    clamp(t.lead, 14) / 10 * time_left(p) * time_left(p))
OF_SIDE(share, "games", -GAMES, GAMES, "share, as in share_time", share_of_total(p, t))
OF_SIDE(other_share, "games", -GAMES, GAMES, "the opponent's", share_of_total(p, opponent_of(t)))
OF_SIDE(lead, "points", -GW_SCORE_MAX, GW_SCORE_MAX, "its lead, minus when it trails", t.lead)
OF_SIDE(board, "points", 0, GW_SCORE_MAX, "its score on the board",
    t.sign > 0 ? p->home_score : p->away_score)
OF_SIDE(other_board, "points", 0, GW_SCORE_MAX, "the opponent's",
    t.sign > 0 ? p->away_score : p->home_score)
OF_SIDE(clock, "share", 0, 1, "time_remaining / 3600; starts again in overtime",
    ((void)t, share_left(p)))
OF_SIDE(ball, "flag", 0, 1, "1 with the ball, else 0", t.has_ball)
OF_SIDE_DERIVED(next, "points", 0, EXPECTED, "points expected of the next score, 0 in overtime",
    regular(p) * next_own(e, t))
OF_SIDE_DERIVED(next_other, "points", 0, EXPECTED, "the opponent's, 0 in overtime",
    regular(p) * next_other(e, t))
OF_SIDE_DERIVED(next_overtime, "points", 0, EXPECTED, "next in overtime",
    (1 - regular(p)) * next_own(e, t))

static const struct gw_feature
f_lead = { "lead", "home_score - away_score", "points", -GW_SCORE_MAX, GW_SCORE_MAX, lead, NULL },
f_lead_r = { "lead_r", "lead / r; r = sqrt(t + 0.01), t = time_remaining / 3600",
	"points", -R_MOST * GW_SCORE_MAX, R_MOST * GW_SCORE_MAX, lead_r, NULL },
f_expected_r = { "expected_r", "expected points of the next score, home minus away, / r",
	"points", -R_MOST * EXPECTED, R_MOST * EXPECTED, NULL, expected_r },
f_second_half = { "second_half", "t if home receives the second half's kick-off, -t if away does; "
	"0 after half-time", "share", -1, 1, second_half, NULL },
f_second_half_r = { "second_half_r", "second_half / r", "share", -1, 1, second_half_r, NULL },
f_quarterback_r = { "quarterback_r",
	"home's starting quarterback replaced minus away's, * sqrt(t) / r",
	"share", -1, 1, quarterback_r, NULL },
f_lead_late = { "lead_late", "lead / q; q = sqrt(t + 0.001)",
	"points", -Q_MOST * GW_SCORE_MAX, Q_MOST * GW_SCORE_MAX, lead_late, NULL },
f_expected_late = { "expected_late",
	"expected points of the next score, home minus away, / q",
	"points", -Q_MOST * EXPECTED, Q_MOST * EXPECTED, NULL, expected_late },
f_leader_end = { "leader_end", "sign of the lead, / (1 + (time_remaining / 10)^2); 0 before the "
	"fourth quarter, as the next four", "share", -1, 1, leader_end, NULL },
f_expected_end = { "expected_end",
	"expected points, home minus away, / (1 + (time_remaining / 10)^2)",
	"points", -EXPECTED, EXPECTED, NULL, expected_end },
f_keep_end = { "keep_end", "1 if home leads and has the ball, -1 if away, / (1 + (time_remaining / "
	"40)^2)", "share", -1, 1, keep_end, NULL },
f_keep_now = { "keep_now", "as keep_end, / (1 + (time_remaining / 10)^2)",
	"share", -1, 1, keep_now, NULL },
f_two_scores_end = { "two_scores_end", "1 if home leads by 9 or more, -1 if away, "
	"/ (1 + (time_remaining / 60)^2)^2", "share", -1, 1, two_scores_end, NULL },
f_spread_left = { "spread_left", "spread_line * t; 0 if unknown",
	"points", -GW_LINE_MAX, GW_LINE_MAX, spread_left, NULL },
f_spread_r = { "spread_r", "spread_left / r", "points", -GW_LINE_MAX, GW_LINE_MAX, spread_r, NULL },
f_rating_left = { "rating_left", "rating_line * t; 0 if unknown",
	"points", -GW_LINE_MAX, GW_LINE_MAX, rating_left, NULL },
f_rating_r = { "rating_r", "rating_left / r", "points", -GW_LINE_MAX, GW_LINE_MAX, rating_r, NULL };

#define THREE(id) &f_##id, &f_##id##_10, &f_##id##_60
#define SIDE(team) &f_##team##_time, &f_##team##_root_time, &f_##team##_share_time,		\
	&f_##team##_kick, &f_##team##_overtime, &f_##team##_ball_late,	\
	&f_##team##_lead_time, &f_##team##_lead_late, &f_##team##_decided, &f_##team##_late,	\
	&f_##team##_run_out, &f_##team##_half, &f_##team##_trail, &f_##team##_next,		\
	&f_##team##_next_other, &f_##team##_next_overtime, &f_##team##_lead_time_2,		\
	&f_##team##_share, &f_##team##_other_share, &f_##team##_lead, &f_##team##_board,	\
	&f_##team##_other_board, &f_##team##_clock, &f_##team##_ball

const struct gw_feature *const gw_state_features[GW_STATE_N] = {
	THREE(kick_off), THREE(down_1), THREE(down_2), THREE(down_3), THREE(down_4),
	THREE(down_1_yards), THREE(down_2_yards), THREE(down_3_yards), THREE(down_4_yards),
	THREE(beyond_5), THREE(beyond_10), THREE(beyond_20), THREE(beyond_35), THREE(beyond_50),
	THREE(beyond_65), THREE(beyond_80), THREE(beyond_90), THREE(short_to_go),
	THREE(short_near_goal), THREE(short_on_3), THREE(short_on_4),
	&f_lead_r, &f_lead, &f_expected_r, &f_second_half_r, &f_second_half, &f_quarterback_r,
	&f_lead_late, &f_expected_late, &f_leader_end, &f_expected_end,
	&f_keep_end, &f_keep_now, &f_two_scores_end, &f_spread_r, &f_spread_left,
	&f_rating_r, &f_rating_left,
	SIDE(home), SIDE(away)
};
/* clang-format on */

void
gw_state_situation(const struct gw_play *p, double *x)
{
	double by_10 = within_10(p), by_60 = within_60(p);

	for (size_t j = 0; j < GW_STATE_WIN; j += 3) {
		x[j] = gw_state_features[j]->value(p);
		x[j + 1] = x[j] * by_10;
		x[j + 2] = x[j] * by_60;
	}
}

static const char *const line_names[GW_N_LINES] = { "spread", "rating", "none" };

const char *
gw_line_name(enum gw_line line)
{
	return line_names[line];
}

enum gw_line
gw_line_of(const struct gw_play *p)
{
	return p->has & GW_HAS_SPREAD_LINE ? GW_LINE_SPREAD :
	    p->has & GW_HAS_RATING_LINE	  ? GW_LINE_RATING :
					    GW_LINE_NONE;
}

bool
gw_line_uses(enum gw_line line, size_t i)
{
	const struct gw_feature *f = gw_state_features[GW_STATE_WIN + i];

	if (f == &f_spread_r || f == &f_spread_left)
		return line == GW_LINE_SPREAD;
	if (f == &f_rating_r || f == &f_rating_left)
		return line == GW_LINE_RATING;
	return true;
}

const struct gw_feature *const gw_state_moved[GW_STATE_MOVED_N] = { &f_lead, &f_lead_r,
	&f_lead_late };

void
gw_state_slope(const struct gw_play *p, double d[GW_STATE_MOVED_N])
{
	d[0] = 1;
	d[1] = 1 / spread_out(p);
	d[2] = 1 / spread_out_late(p);
}

#define KNEEL		2	/* seconds of a kneel-down itself */
#define PLAY_CLOCK	40	/* what runs after each that no time-out follows */
#define KNEELS_ALONE	46	/* enough on first to third down, whoever still has time-outs */
#define KNEEL_ROOM	97	/* yards to the goal line: from behind that it risks a safety */
#define ONE_KICK	5	/* seconds that a kick-off's return takes */

int32_t
gw_kneel_seconds(int32_t down, int32_t timeouts)
{
	int32_t kneels = 4 - down, run = kneels - timeouts;

	return KNEEL * kneels + PLAY_CLOCK * (run > 0 ? run : 0);
}

bool
gw_state_is_kept(const struct gw_play *p)
{
	bool home = p->is_home_team;
	bool known = (p->has & (home ? GW_HAS_AWAY_TIMEOUTS : GW_HAS_HOME_TIMEOUTS)) != 0;

	if (p->quarter != 4 || leader(p) == 0)
		return false;
	if (kicks_off(p))
		return p->time_remaining <= ONE_KICK;
	if (leader(p) != side(p) || !(p->has & GW_HAS_DOWN) || p->down == 4 ||
	    yards(p) > KNEEL_ROOM)
		return false;
	return p->time_remaining <= (known ? gw_kneel_seconds(p->down, home ? p->away_timeouts :
		    p->home_timeouts) : KNEELS_ALONE);
}

size_t
gw_state_phase(const struct gw_play *p)
{
	return p->quarter < GW_STATE_PHASES ? (size_t)p->quarter - 1 : GW_STATE_PHASES - 1;
}
