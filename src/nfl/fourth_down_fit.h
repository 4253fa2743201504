/* SPDX-License-Identifier: MIT
 *
 * nfl/fourth_down_fit.h - what fourth downs led to in the seasons that train, as the table that
 * nfl/fourth_down.h reads. A play's outcome is read off the play after it.
 *
 *   convert  third and fourth downs, passes and runs; a first down is a gain of the distance or
 *            more, unless the ball was lost
 *   kick     field goals; made if three points followed
 *   punt     where the opponent had the ball next, of punts within ten yards of each knot
 *   seconds  from the snap to the next one, within a half
 */
#ifndef GW_FOURTH_DOWN_FIT_H
#define GW_FOURTH_DOWN_FIT_H

#include "nfl/season.h"

struct gw_fourth_trainer;
struct gw_model;

/* NULL: out of memory. */
struct gw_fourth_trainer *gw_fourth_trainer_new(struct gw_alloc *alloc);
void	gw_fourth_trainer_free(struct gw_fourth_trainer *t);	/* NULL is accepted */
/* The plays of a game follow each other. 0 or GW_ENOMEM. */
int	gw_fourth_trainer_add(struct gw_fourth_trainer *t, const struct gw_season_play *p)
	    GW_CHECK_RESULT;
/*
 * Adds the table to the model; with too few plays for a fit (a few games) it adds none. 0 or
 * GW_ENOMEM. Deterministic.
 */
int	gw_fourth_trainer_fit(struct gw_fourth_trainer *t, struct gw_model *m, struct gw_err *err)
	    GW_CHECK_RESULT;

#endif
