/* SPDX-License-Identifier: MIT
 *
 * nfl/importance.h - what a model leans on: how much worse it is on a season when one of its inputs
 * is another game's. The plays of a game keep their order and get the input from the plays of the
 * next game, half a game off, so that what belongs together within a game stays together (Breiman,
 * Machine Learning 45, 2001, by game in place of by row). An input is a fact of the play, not a
 * feature: whatever is computed from it moves with it, and models of different feature sets can be
 * compared.
 */
#ifndef GW_IMPORTANCE_H
#define GW_IMPORTANCE_H

#include "nfl/season.h"

struct gw_predictor;

#define GW_IMPORTANCE_STEP 10	/* every so manieth play; enough, as games are what varies */

enum gw_input {
	GW_INPUT_SCORE, GW_INPUT_CLOCK, GW_INPUT_BALL, GW_INPUT_FIELD_POSITION, GW_INPUT_DOWN,
	GW_INPUT_SPREAD_LINE, GW_INPUT_TOTAL_LINE, GW_INPUT_RATING_LINE, GW_INPUT_SECOND_HALF,
	GW_INPUT_QUARTERBACKS, GW_INPUT_TIMEOUTS, GW_N_INPUTS
};

struct gw_importance {
	struct gw_alloc		*alloc;
	struct gw_season_play	*plays;		/* (n) */
	size_t			 n, cap, seen;
};

/* By input: what is lost when it is another game's. 0: the model does not read it. */
struct gw_importances {
	size_t	rows;
	double	log_loss[GW_N_INPUTS];
	double	score_error[GW_N_INPUTS];	/* points, the mean of both sides' */
};

void	gw_importance_init(struct gw_importance *i, struct gw_alloc *alloc);
void	gw_importance_fini(struct gw_importance *i);
/* Plays of decided games, a game's one after the other. 0 or GW_ENOMEM. */
int	gw_importance_add(struct gw_importance *i, const struct gw_season_play *p) GW_CHECK_RESULT;
/* Needs two games at least; with fewer all is 0. Deterministic. */
void	gw_importance_measure(const struct gw_importance *i, const struct gw_predictor *p,
	    struct gw_importances *out);
const char	*gw_input_name(enum gw_input i);	/* "field position" */

#endif
