/* SPDX-License-Identifier: MIT
 *
 * nfl/ratings.h - how many points the home team is better by, from earlier games only: what
 * stands in for the betting line where there is none.
 *
 * A file of games (games.csv or games.csv.gz beside the season files; doc/data.md) is walked in its
 * order, week by week. Before each game stand
 *
 *   elo    home's minus away's, / 25: K = 20, 48 points for the home field, the margin as
 *          ln(|margin| + 1) 2.2 / (2.2 + 0.001 favour), a third back to the mean between seasons
 *   ridge  margins, cut at 24, as team + starting quarterback - those of the other side, by least
 *          squares with a penalty of 3 a team and 6 a quarterback; half weight after 12 weeks
 *   change share of the team's last ten starts that were another quarterback's
 *   novice 1 / (1 + starts of the quarterback / 16)
 *   rest   days, home minus away, at most 7
 *   home   1, or 0 on neutral ground
 *
 * and the rating line is their weighted sum, the weights by least squares on the closing lines of
 * all seasons before this one. A result or line that is not there yet only teaches nothing.
 */
#ifndef GW_RATINGS_H
#define GW_RATINGS_H

#include "base/env.h"

#define GW_RATINGS_FROM	  2009	/* seasons that count */
#define GW_RATINGS_TAUGHT 2015	/* and from here on have a line: three to learn, three to teach */

#define GW_RATINGS_PATH_MAX 1024

struct gw_ratings;

/* The games file in the folder, or in the folder of the file, `data`. False: there is none. */
bool	gw_ratings_file(struct gw_env *env, const char *data, char path[GW_RATINGS_PATH_MAX]);
/*
 * From the games file in the folder, or in the folder of the file, `data`. 0 and NULL in *out when
 * there is none; GW_EDATA naming file, line and column; GW_ENOMEM.
 */
int	gw_ratings_open(struct gw_env *env, const char *data, struct gw_ratings **out,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_ratings_free(struct gw_ratings *r);		/* NULL is fine */
/* The line before the game, positive: home is better. False: unknown. */
bool	gw_ratings_line(const struct gw_ratings *r, const char *game_id, double *line);

#endif
