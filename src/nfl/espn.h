/* SPDX-License-Identifier: MIT
 *
 * nfl/espn.h - what ESPN's public JSON says about games, as structs. Pure: bytes in, structs out.
 *
 * The interface is undocumented and may change without notice: any field may be missing or of
 * another type, and is then unknown. What the fields mean and where they mislead: doc/live.md.
 */
#ifndef GW_ESPN_H
#define GW_ESPN_H

#include "base/arena.h"
#include "nfl/play.h"

#define GW_ESPN_ROWS_MAX	2000	/* rows of one game; a long one has about 220 */
#define GW_ESPN_GAMES_MAX	64	/* games of one scoreboard */
#define GW_ESPN_NAME_MAX	32
#define GW_ESPN_TEXT_MAX	64

enum gw_espn_state { GW_ESPN_UNKNOWN, GW_ESPN_PRE, GW_ESPN_IN, GW_ESPN_POST };
enum gw_espn_side { GW_ESPN_NOBODY, GW_ESPN_HOME, GW_ESPN_AWAY };

/* What is known of a row, a situation, a game. */
enum gw_espn_has {
	GW_ESPN_HAS_CLOCK	= 1 << 0,
	GW_ESPN_HAS_SCORE	= 1 << 1,
	GW_ESPN_HAS_DOWN	= 1 << 2,	/* 1 to 4 */
	GW_ESPN_HAS_DISTANCE	= 1 << 3,	/* 1 to 99 */
	GW_ESPN_HAS_YARD_LINE	= 1 << 4,	/* 1 to 99: a ball on a goal line is not in play */
	GW_ESPN_HAS_YARDS	= 1 << 5,
	GW_ESPN_HAS_TIMEOUTS	= 1 << 6,
	GW_ESPN_HAS_SPREAD	= 1 << 7,
	GW_ESPN_HAS_TOTAL	= 1 << 8
};

/* A row of the drives: a play, or a time-out, a warning, the end of a period. */
struct gw_espn_row {
	int64_t			id;		/* within the game: nflverse's play_id */
	int64_t			sequence;	/* the order of play */
	unsigned		has;
	int32_t			type;		/* ESPN's; -1: unknown */
	int32_t			period;		/* 0: unknown; 5: overtime */
	int32_t			clock_s;	/* left in the period */
	bool			clock_is_end;	/* of the play, as on rows that score */
	int32_t			home_score, away_score; /* after the play and its extra point */
	int32_t			down, distance;
	int32_t			yard_line;	/* from the home team's goal line */
	int32_t			yards;
	enum gw_espn_side	team;		/* in possession; on a kick-off the kicking team */
	struct gw_slice		text;		/* "" if there is none */
};

/* The state now, before the next snap. */
struct gw_espn_situation {
	unsigned		has;
	int64_t			after;		/* id of the row it follows; -1: unknown */
	int32_t			down, distance, yard_line;
	int32_t			home_timeouts, away_timeouts;	/* left */
	enum gw_espn_side	possession;
};

struct gw_espn_team {
	char	code[GW_TEAM_MAX];		/* nflverse's: LA, WAS */
	char	name[GW_ESPN_NAME_MAX];		/* "Los Angeles Rams" */
	char	place[GW_ESPN_NAME_MAX];	/* "Los Angeles": how texts name a challenger */
	int32_t	id;				/* ESPN's; 0: unknown */
	int32_t	score;				/* now; valid with GW_ESPN_HAS_SCORE of the game */
};

struct gw_espn_game {
	int64_t				 event;
	unsigned			 has;	/* CLOCK, SCORE, SPREAD, TOTAL */
	enum gw_espn_state		 state;
	bool				 completed;	/* POST without it: postponed, cancelled */
	char				 status[GW_ESPN_NAME_MAX];	/* "STATUS_FINAL" */
	char				 detail[GW_ESPN_TEXT_MAX];	/* "Final/OT" */
	char				 start[GW_ESPN_NAME_MAX];	/* "2024-09-08T20:05Z" */
	int32_t				 season, season_type, week;	/* ESPN's; 0: unknown */
	int32_t				 period, clock_s;
	struct gw_espn_team		 home, away;
	struct gw_espn_situation	 situation;
	double				 spread_line, total_line; /* as nflverse: + home favoured */
	struct gw_espn_row		*rows;	/* in the order of play, each id once */
	size_t				 n_rows;
	size_t				 n_rows_bad;		/* without id or order */
	size_t				 n_rows_temporary;	/* made-up negative ids */
	char				 game_id[GW_GAME_ID_MAX];	/* nflverse's; "" unknown */
};

enum gw_espn_kind {
	GW_ESPN_SCOREBOARD,	/* games without rows; there may be none */
	GW_ESPN_GAME,		/* one game with its rows: summary, playbyplay, game */
	GW_ESPN_ERROR		/* {"error": ...} */
};

struct gw_espn_answer {
	enum gw_espn_kind	 kind;
	struct gw_espn_game	*games;
	size_t			 n_games;
	size_t			 n_games_bad;	/* of a scoreboard: without id or teams */
	int32_t			 error_code;	/* ERROR: 404; 0 if it says none */
	struct gw_slice		 error;		/* ERROR: its words */
};

/*
 * One answer. Everything in *out lives in the arena or in text. 0, GW_EDATA (no JSON, or JSON that
 * is none of the three kinds: err says which), GW_ELIMIT, GW_ENOMEM.
 */
int	gw_espn_parse(struct gw_slice text, struct gw_arena *arena, struct gw_espn_answer *out,
	    struct gw_err *err) GW_CHECK_RESULT;

/* nflverse's code for ESPN's ("WSH") or the league's ("BLT") abbreviation; others stay as is. */
struct gw_slice	gw_espn_team_code(struct gw_slice abbreviation);
/* Seconds of an ISO 8601 time in UTC ("2024-09-08T20:05Z") since 1970, or -1. */
int64_t	gw_espn_time(const char *text);

/* ---- rows to plays ---- */

enum gw_espn_skip {
	GW_ESPN_SKIP_MARKER,	/* time-outs, warnings, ends of periods, the coin toss */
	GW_ESPN_SKIP_PENALTY,	/* no play was run */
	GW_ESPN_SKIP_TRY,	/* no down and no kick-off */
	GW_ESPN_SKIP_NO_STATE,	/* clock, score or possession unknown */
	GW_N_ESPN_SKIPS
};
const char *gw_espn_skip_name(enum gw_espn_skip s);

struct gw_espn_play {
	struct gw_play	play;		/* the state before it; play_number is 0 */
	int64_t		sequence;
	bool		nullified;	/* play.type is GW_PLAY_NO_PLAY: to be replayed */
};

struct gw_espn_plays {
	struct gw_espn_play	*plays;
	size_t			 n;
	size_t			 skipped[GW_N_ESPN_SKIPS];
	size_t			 n_clock_up;	/* plays that begin after the one behind them */
};

/*
 * The plays of a game in their order, with the state before each. 0, GW_ENOMEM, or GW_EDATA when
 * the game's id or teams are unknown.
 */
int	gw_espn_plays(const struct gw_espn_game *game, struct gw_arena *arena,
	    struct gw_espn_plays *out, struct gw_err *err) GW_CHECK_RESULT;

/*
 * The play to come, by a scoreboard's situation, as play 0: its id is not known before it is over.
 * False when the situation says too little (kick-off or try to come, game not on).
 */
bool	gw_espn_next(const struct gw_espn_game *game, struct gw_play *out);

#endif
