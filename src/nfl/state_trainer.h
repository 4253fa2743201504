/* SPDX-License-Identifier: MIT
 *
 * nfl/state_trainer.h - fits the heads of nfl/state_model.h. In this order:
 *
 * 1. own_next, other_next by least squares on the points of the next score of the half (touchdown
 *    with its try), at most 8, 0 where nobody scores any more.
 * 2. home_win and its two variants by ml/td_logistic.h: a play's label is the model's own
 *    probability two minutes of play later; the lead shifted by 5 and 10 points either way
 *    while a fifth of the game and more is left.
 * 3. home_score, away_score by least squares on the points still to come, both teams as one sample,
 *    so that one set of coefficients serves home and away; trees on what that leaves; then the
 *    bands by quarter. Of even plays home's points, of odd ones away's: two plays in a row tell
 *    nearly the same, and half of the rows are learnt in half of the time.
 */
#ifndef GW_STATE_TRAINER_H
#define GW_STATE_TRAINER_H

#include "base/pool.h"
#include "ml/model.h"
#include "nfl/season.h"
#include "nfl/state.h"

struct gw_state_trainer;

struct gw_state_trainer *gw_state_trainer_new(struct gw_alloc *alloc);	/* NULL: out of memory */
void	gw_state_trainer_free(struct gw_state_trainer *t);
/* Plays of a game one after the other. 0 or GW_ENOMEM. */
int	gw_state_trainer_add(struct gw_state_trainer *t,
	    const struct gw_season_play *p) GW_CHECK_RESULT;
size_t	gw_state_trainer_rows(const struct gw_state_trainer *t);
/*
 * Heads, features' scales and histograms, and bands into m (GW_STATE_N features, no head yet).
 * *log_loss: on the training rows, with the line where there is one. Pool NULL: one thread; the
 * same bytes for any. 0, GW_ENOMEM, GW_EDATA.
 */
int	gw_state_trainer_fit(struct gw_state_trainer *t, struct gw_pool *pool, struct gw_model *m,
	    double *log_loss, struct gw_err *err) GW_CHECK_RESULT;

#endif
