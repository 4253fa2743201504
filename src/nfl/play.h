/* SPDX-License-Identifier: MIT
 *
 * nfl/play.h - one play with the whole state before it, and its JSON message (doc/messages.md).
 * A play needs no memory of earlier ones: a restart or a replay changes no prediction.
 */
#ifndef GW_PLAY_H
#define GW_PLAY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define GW_GAME_ID_MAX	40
#define GW_TEAM_MAX	8
#define GW_DESC_MAX	512	/* a longer text is cut between two characters */

/* What a number may be; anything else is refused as impossible. */
#define GW_QUARTER_MAX		20
#define GW_CLOCK_MAX		3600	/* seconds */
#define GW_SCORE_MAX		999
#define GW_YARDS_MAX		110
#define GW_PLAY_NUMBER_MAX	1000000
#define GW_PLAY_ID_MAX INT64_C(9007199254740992) /* 2^53: what a JSON number holds exactly */
#define GW_LINE_MAX		200.0	/* points of a spread or total line */

enum gw_play_type {
	GW_PLAY_OTHER, GW_PLAY_PASS, GW_PLAY_RUN, GW_PLAY_PUNT, GW_PLAY_FIELD_GOAL, GW_PLAY_KICKOFF,
	GW_PLAY_EXTRA_POINT, GW_PLAY_QB_KNEEL, GW_PLAY_QB_SPIKE, GW_PLAY_NO_PLAY,
	GW_N_PLAY_TYPES
};

/* What is known. A field whose bit is off is unknown: never 0, and absent from the message. */
enum gw_play_has {
	GW_HAS_DOWN		= 1 << 0,	/* off on kick-offs and tries */
	GW_HAS_DISTANCE		= 1 << 1,
	GW_HAS_FIELD_POSITION	= 1 << 2,
	GW_HAS_SPREAD_LINE	= 1 << 3,
	GW_HAS_TOTAL_LINE	= 1 << 4,
	GW_HAS_HOME_TIMEOUTS	= 1 << 5,
	GW_HAS_AWAY_TIMEOUTS	= 1 << 6,
	GW_HAS_YARDS_GAINED	= 1 << 7,
	GW_HAS_SEASON		= 1 << 8,
	GW_HAS_WEEK		= 1 << 9,
	GW_HAS_DESC		= 1 << 10,
	GW_HAS_SEASON_TYPE	= 1 << 11,
	GW_HAS_REVISION		= 1 << 12,
	GW_HAS_RATING_LINE	= 1 << 14,
	GW_HAS_SECOND_HALF	= 1 << 15,
	GW_HAS_HOME_BACKUP_QB	= 1 << 16,
	GW_HAS_AWAY_BACKUP_QB	= 1 << 17,
	GW_HAS_WITHDRAWN	= 1 << 13	/* the play is no more: its source took it back */
};

struct gw_play {
	char			game_id[GW_GAME_ID_MAX];	/* "2024_01_BAL_KC" */
	char			home_team[GW_TEAM_MAX], away_team[GW_TEAM_MAX];
	char			posteam[GW_TEAM_MAX], defteam[GW_TEAM_MAX];
	char			season_type[GW_TEAM_MAX];	/* REG, POST */
	unsigned		has;			/* enum gw_play_has */
	int64_t			play_id;		/* unique in its game */
	int32_t			play_number;		/* from 1, in playing order */
	int32_t			season, week, revision;
	enum gw_play_type	type;
	int32_t			quarter;		/* 1 to 4; 5 and more: overtime */
	int32_t time_remaining; /* seconds of the game; starts again in overtime */
	int32_t			home_score, away_score;	/* before the play */
	int32_t field_position; /* yards to the opponent's goal line, 0 to 100 */
	int32_t			down, distance;
	int32_t yards_gained; /* of this play: known only after it; no feature reads it */
	int32_t			home_timeouts, away_timeouts;
	bool			is_home_team;		/* the team in possession is at home */
	double spread_line; /* points; positive: the home team is the favourite */
	double			total_line;
	double rating_line; /* as spread_line, but from earlier games only (nfl/ratings.h) */
	/* 1: the home team receives the second half's kick-off, 0: away */
	int32_t			home_receives_2h;
	/*
	 * 1: two passes in a row by another than the game's first passer, until he
	 * is back; else 0
	 */
	int32_t			home_backup_qb, away_backup_qb;
	char			desc[GW_DESC_MAX];
};

const char		*gw_play_type_name(enum gw_play_type t);	/* "field_goal" */
enum gw_play_type gw_play_type_parse(struct gw_slice name); /* GW_PLAY_OTHER if unknown */

/* Copies as much of text as fits, cut between two UTF-8 characters, and sets GW_HAS_DESC. */
void	gw_play_set_desc(struct gw_play *play, struct gw_slice text);

/*
 * One JSON object into *play. Unknown fields are ignored, null is "unknown". 0, or GW_EDATA when
 * the text is no JSON object, a required field is missing, mistyped or impossible (quarter 0, a
 * down of 5, NaN), or two fields contradict each other: err names the field and what it held.
 * GW_ENOMEM, GW_ELIMIT. arena is scratch; the caller resets it. *play is written only on success.
 */
int	gw_play_parse(struct gw_slice json, struct gw_arena *arena, struct gw_play *play,
	    struct gw_err *err) GW_CHECK_RESULT;
/*
 * Whether a game whose newest play begins so may have ended with it: in the last two minutes of the
 * fourth quarter or of an overtime. The stream has no final score, so who led then is taken to have
 * won.
 */
#define GW_LAST_SECONDS	120
static inline bool
gw_play_may_be_last(int32_t quarter, int32_t time_remaining)
{
	return quarter >= 4 && time_remaining <= GW_LAST_SECONDS;
}

/* The message, without a line end. */
void	gw_play_write(struct gw_buf *out, const struct gw_play *play);

#endif
