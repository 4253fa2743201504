/* SPDX-License-Identifier: MIT
 *
 * nfl/state_model.h - the heads of a model of feature set "state", and a play's way through them:
 *
 *   own_next, other_next   linear over the situation: expected points of the next score
 *   home_win               logistic over the win terms, with the betting line
 *   home_win_rating        the same with the rating line in its place
 *   home_win_none          the same without any line
 *   home_score, away_score linear over the side's terms, and trees: points still to come
 *
 * and the model's bands, by quarter, from that average to a median and an 80 % band.
 */
#ifndef GW_STATE_MODEL_H
#define GW_STATE_MODEL_H

#include "ml/model.h"
#include "nfl/prediction.h"
#include "nfl/state.h"

#define GW_HEAD_OWN_NEXT	"own_next"
#define GW_HEAD_OTHER_NEXT	"other_next"

struct gw_state_heads {
	const struct gw_model	*model;
	bool			 plain;		/* all means are 0 and all scales 1 */
	const struct gw_head	*own_next, *other_next, *win[GW_N_LINES], *home, *away;
};

extern const char *const gw_head_home_wins[GW_N_LINES];

/* 0, or GW_EDATA naming the head that is missing. */
int	gw_state_bind(struct gw_state_heads *h, const struct gw_model *m,
	    struct gw_err *err) GW_CHECK_RESULT;
/*
 * x (GW_STATE_N): all features, derived ones included. A try counts as its 0.95 points and the
 * kick-off after it.
 */
void	gw_state_values(const struct gw_state_heads *h, const struct gw_play *p, double *x);
void	gw_state_predict(const struct gw_state_heads *h, const struct gw_play *p,
	    struct gw_prediction *out);

#endif
