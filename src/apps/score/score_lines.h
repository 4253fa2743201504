/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_lines.h - "gridwire score --stdin": play JSON lines in, prediction JSON lines
 * out, a Unix filter. One line out for each line in, always and in order, so that paste(1) or a
 * cluster's pipe() can join the two: a line that is no play (an empty one too) answers
 *
 *   {"error":"quarter: '0' is not a whole number from 1 to 12","line":17}
 *
 * Output is written when input pauses, and in blocks while it does not.
 */
#ifndef GW_SCORE_LINES_H
#define GW_SCORE_LINES_H

#include "apps/app.h"
#include "nfl/prediction.h"

struct gw_score_lines {
	uint64_t	plays, skipped;
};

/*
 * 0 at the end of stdin; GW_EINTR after a signal; GW_ECLOSED when the reader is gone; else why not.
 */
int	gw_score_lines(struct gw_app *app, const struct gw_predictor *predictor,
	    struct gw_score_lines *counts, struct gw_err *err) GW_CHECK_RESULT;

#endif
