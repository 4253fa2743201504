/* SPDX-License-Identifier: MIT
 *
 * apps/chart.h - a game's win probability as a line of text: time to the right, the home team's
 * certain win at the top, the visitors' at the bottom, a mark where each quarter begins.
 */
#ifndef GW_CHART_H
#define GW_CHART_H

#include "apps/score/board_line.h"

#define GW_CHART_COLUMNS	80
#define GW_CHART_ROWS		11	/* of the plot: one for each 10 % */

struct gw_chart_point {
	int32_t	elapsed_s;		/* gw_board_elapsed() */
	double	home_win_prob;
};

struct gw_chart {
	const char			*home, *away;
	const struct gw_chart_point	*points;	/* (n), in playing order */
	size_t				 n;
};

/*
 * GW_CHART_ROWS + 2 lines of at most GW_CHART_COLUMNS. Where several plays share a column the
 * newest counts; where a column has none the line goes on. n may be 0: an empty field.
 */
void	gw_chart(struct gw_buf *out, const struct gw_chart *chart, struct gw_board_style style);

#endif
