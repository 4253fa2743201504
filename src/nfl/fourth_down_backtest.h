/* SPDX-License-Identifier: MIT
 *
 * nfl/fourth_down_backtest.h - what coaches did on fourth down beside what the model would have
 * done.
 *
 * A choice costs the chance to win that the best one has more, by the model's own reckoning. So
 * that this can be doubted, how the games ended is counted too: the share of games that the team
 * won beside the mean chance that the model gave to what was done.
 */
#ifndef GW_FOURTH_DOWN_BACKTEST_H
#define GW_FOURTH_DOWN_BACKTEST_H

#include "nfl/fourth_down.h"
#include "nfl/season.h"

#define GW_FOURTH_CLEAR 0.02	/* a choice that is better by that is clear */

struct gw_fourth_group {
	size_t	n;
	double	chance, won;		/* sums: of what was done, and of how it ended */
	double	cost;			/* sum */
};

struct gw_fourth_backtest {
	size_t			n_games, n_other;	/* other: what was done was not looked at */
	size_t			table[4][4];		/* [advised][done], enum gw_fourth_choice */
	struct gw_fourth_group	agreed, differed;
	size_t			n_clear, n_clear_agreed;
	char			last_game[GW_GAME_ID_MAX];
};

/* A play of the past and its prediction; anything but a fourth down with advice is passed over. */
void	gw_fourth_backtest_add(struct gw_fourth_backtest *b, const struct gw_season_play *p,
	    const struct gw_fourth_down *d);

#endif
