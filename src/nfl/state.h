/* SPDX-License-Identifier: MIT
 *
 * nfl/state.h - the feature set "state": a play as a position in a random walk of the margin.
 *
 * Three kinds of features, in this order:
 *
 *   situation  what the points of the next score depend on: down, distance, field position, and how
 *              near the end of the half is. Two linear heads over them, own_next and other_next,
 *              say how many points the team in possession and its opponent may expect of it.
 *   win        terms over r = sqrt(t + .01), t the share of the game that is left: what decides the
 *              game as seen from the home team. Each changes its sign when the teams are mirrored.
 *   home, away what the points still to come depend on, the same terms for either team: first those
 *              of a linear sum, then those that only trees read.
 *
 * What a regression cannot learn, since training has no kneel-downs, is a rule: a lead that can be
 * run out is kept (gw_state_is_kept()).
 *
 * Features that need the expected points are "derived": gw_features() leaves them at 0 and
 * gw_features_derive() fills them in.
 */
#ifndef GW_STATE_H
#define GW_STATE_H

#include "nfl/features.h"

enum {
	GW_STATE_SITUATIONS = 21,			/* each alone and twice by the clock */
	GW_STATE_WIN = 3 * GW_STATE_SITUATIONS,		/* where they begin */
	GW_STATE_WIN_N = 17,
	GW_STATE_MOVED_N = 3,		/* of them, those of the lead */
	GW_STATE_HOME = GW_STATE_WIN + GW_STATE_WIN_N,
	GW_STATE_LINEAR_N = 17,		/* of the side's terms, those of its linear part */
	GW_STATE_SIDE_N = GW_STATE_LINEAR_N + 7,
	GW_STATE_AWAY = GW_STATE_HOME + GW_STATE_SIDE_N,
	GW_STATE_N = GW_STATE_AWAY + GW_STATE_SIDE_N
};

extern const struct gw_feature *const gw_state_features[GW_STATE_N];

/*
 * x (GW_STATE_WIN): the situation alone, the same numbers as gw_features() in a
 * third of the time.
 */
void	gw_state_situation(const struct gw_play *p, double *x);

/* The win terms that the three heads use, by what is known before the game. */
enum gw_line { GW_LINE_SPREAD, GW_LINE_RATING, GW_LINE_NONE, GW_N_LINES };

/* What is known: the betting line, else a rating, else nothing. */
enum gw_line	 gw_line_of(const struct gw_play *p);
const char	*gw_line_name(enum gw_line line);	/* "spread", "rating", "none" */
/* Does the head of this line use win term i (from 0)? */
bool		 gw_line_uses(enum gw_line line, size_t i);
/*
 * d: what one point more for the home team adds to each of the win terms in gw_state_moved, the
 * sign of the lead aside. The other win terms do not know the score.
 */
void		 gw_state_slope(const struct gw_play *p, double d[GW_STATE_MOVED_N]);
extern const struct gw_feature *const gw_state_moved[GW_STATE_MOVED_N];
/*
 * Seconds that a team runs off the clock by kneeling, from the snap on `down` (1 to 4) to the end
 * of the play clock after its third down, when its opponent can stop the clock so many times.
 */
int32_t		 gw_kneel_seconds(int32_t down, int32_t timeouts);
/*
 * Is there a lead that the next play ends the game with? The leader has the ball in the fourth
 * quarter and can kneel until the clock is out, with room to; or it is a kick-off that leaves time
 * for nothing more.
 */
bool		 gw_state_is_kept(const struct gw_play *p);
/* Quarter as a group of bands: 0 to 3, 4 in overtime. */
size_t		 gw_state_phase(const struct gw_play *p);
#define GW_STATE_PHASES 5

#endif
