/* SPDX-License-Identifier: MIT
 *
 * apps/score/board.h - every game at once, a line of 80 columns each, for "score --board":
 *
 *    BAL 10 @ *KC  13  Q3 08:12  3rd & 7 at BAL 34    KC   57% ▄▄▅▆▅▆▇▇▆▅▅
 *
 * The chart at the end is the home team's chance to win by the game clock, 225 s a column (overtime
 * in the last one); in ASCII a digit of tenths. On a terminal the lines stand still and change; in
 * a pipe the line of the game that changed is written, whole, for each play.
 */
#ifndef GW_BOARD_H
#define GW_BOARD_H

#include "apps/score/board_line.h"
#include "apps/score/score.h"

#define GW_BOARD_GAMES_MAX	20	/* the newest; what a terminal of 24 lines shows */
#define GW_BOARD_CELLS		17	/* of the chart: 16 and overtime */

struct gw_board_game {
	struct gw_play		play;		/* the newest */
	struct gw_prediction	prediction;
	float			cells[GW_BOARD_CELLS];	/* below 0: nothing there */
	bool			scored;		/* the board changed with the newest play */
};

struct gw_board {
	struct gw_board_game	games[GW_BOARD_GAMES_MAX];	/* in the order of appearance */
	size_t			n, n_gone;	/* gone: games that made room for newer ones */
	size_t			n_drawn;	/* lines on the screen */
	int64_t			drawn_us;
};

/* Which game changed; NULL: none, the play was withdrawn. A zeroed board is empty. */
struct gw_board_game *gw_board_scored(struct gw_board *b, const struct gw_scored *s);
/* One game's line with its '\n'. */
void	gw_board_row(struct gw_buf *out, const struct gw_board_game *g,
	    struct gw_board_style style);
/*
 * All lines over those drawn before. rows: of the terminal, 3 or more; of more games than that the
 * newest are drawn.
 */
void	gw_board_draw(struct gw_board *b, struct gw_buf *out, struct gw_board_style style,
	    size_t rows);

#endif
