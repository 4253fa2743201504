/* SPDX-License-Identifier: MIT
 *
 * apps/demo/game_report.h - what is said when a game is over: its win probability as a chart, the
 * final score against the projected ones, the plays that moved it most.
 */
#ifndef GW_GAME_REPORT_H
#define GW_GAME_REPORT_H

#include "apps/score/board_line.h"

#define GW_REPORT_SWINGS 3

struct gw_report_play {
	struct gw_play		play;
	struct gw_prediction	prediction;	/* of the state before it */
};

struct gw_report {
	const struct gw_report_play	*plays;	/* (n), in playing order, all of one game; n > 0 */
	size_t				 n;
	bool				 over;	/* plays has the last one, the result is known */
	int32_t				 final_home, final_away;
};

void	gw_report_put(struct gw_buf *out, const struct gw_report *r, struct gw_board_style style);

#endif
