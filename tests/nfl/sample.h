/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/sample.h - a play, a season in memory, a model trained on it.
 */
#ifndef GW_TEST_NFL_SAMPLE_H
#define GW_TEST_NFL_SAMPLE_H

#include "ml/model.h"
#include "nfl/season.h"
#include "tests/support/mem_fs.h"

/* Second and seven for BAL at KC's 68, 13 to 10 for KC: the play of doc/messages.md. */
struct gw_play	sample_play(void);

/* A world of files in memory. */
struct sample_world {
	struct gw_alloc	alloc;
	struct mem_fs	*disk;
	struct gw_env	env;
};
void	sample_world_init(struct sample_world *w);
void	sample_world_fini(struct sample_world *w);	/* asserts that nothing is held */
void	sample_write(struct sample_world *w, const char *path, const char *text);

#define SAMPLE_HEADER \
	"game_id,play_id,season,week,season_type,home_team,away_team,posteam,qtr," \
	"game_seconds_remaining,down,ydstogo,yardline_100,play_type,yards_gained,posteam_score," \
	"defteam_score,home_score,away_score,result,spread_line,total_line,home_wp_rebuilt\n"

/* A season of n_games games with 20 plays each, won by home and away in turn; header and rows. */
void	sample_season(struct gw_buf *out, int year, int n_games);

/* A model of the set, trained on such a season; `classic` or `full`, version 1. */
struct gw_model	*sample_trained(struct gw_alloc *alloc, const char *set);

#endif
