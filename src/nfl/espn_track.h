/* SPDX-License-Identifier: MIT
 *
 * nfl/espn_track.h - one game over many answers: each play told once and in order, a corrected one
 * again with a higher revision, a withdrawn one with the mark of it. No answer can make it invent a
 * play or tell one twice.
 *
 * An answer without rows, when there were some, is not believed. A play that is missing is
 * withdrawn when a second answer in a row lacks it, or the final one does: copies of a feed may lag
 * behind each other. Lines (spread, total) are those of the first answer that has them: later ones
 * may be odds of the running game.
 */
#ifndef GW_ESPN_TRACK_H
#define GW_ESPN_TRACK_H

#include "nfl/espn.h"

struct gw_espn_counts {
	size_t	answers;	/* taken in */
	size_t	same;		/* of them, with nothing new */
	size_t	empty;		/* not believed: no rows where there were some */
	size_t	plays, revisions, withdrawn, returned;	/* told */
	size_t	late;		/* of plays: put in before one that had been told */
	/* The most that one answer had: what is wrong for a while is not counted with each look. */
	size_t	rows_bad, rows_temporary, clock_up;
	/* Of the newest answer. */
	size_t	rows, nullified, skipped[GW_N_ESPN_SKIPS];
};

struct gw_espn_track;

/* NULL: out of memory. */
struct gw_espn_track	*gw_espn_track_new(struct gw_alloc *alloc, int64_t event);
void			 gw_espn_track_free(struct gw_espn_track *t);
int64_t			 gw_espn_track_event(const struct gw_espn_track *t);
const struct gw_espn_counts	*gw_espn_track_counts(const struct gw_espn_track *t);
/* Plays that the last answer lacked: one more without them, even the same one, withdraws them. */
size_t			 gw_espn_track_missing(const struct gw_espn_track *t);

/* The line from earlier games (nfl/ratings.h), for plays told from now on. */
void			 gw_espn_track_rate(struct gw_espn_track *t, double rating_line);

/* Called for each message, in order. Non-zero stops, and is returned. */
typedef int	gw_espn_tell(void *arg, const struct gw_play *play);

/*
 * An answer with the game's rows (GW_ESPN_GAME). arena is scratch. 0, what tell returned,
 * GW_ENOMEM, or GW_EDATA when the answer is another event's or says too little to name the game;
 * what was told until then stays told and is not told again.
 */
int	gw_espn_track_take(struct gw_espn_track *t, const struct gw_espn_game *game,
	    struct gw_arena *arena, gw_espn_tell *tell, void *arg, struct gw_err *err)
	    GW_CHECK_RESULT;
/*
 * The game on a scoreboard: keeps its situation for the play that will follow, whose own row may
 * lack what it tells.
 */
int	gw_espn_track_look(struct gw_espn_track *t, const struct gw_espn_game *game)
	    GW_CHECK_RESULT;
/*
 * The play to come, as play 0, when it is known and was not told yet: each new state is a revision
 * of it. False: nothing new.
 */
bool	gw_espn_track_next(struct gw_espn_track *t, const struct gw_espn_game *game,
	    struct gw_play *out);

#endif
