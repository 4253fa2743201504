/* SPDX-License-Identifier: MIT
 *
 * apps/espn/espn_games.h - the games that are followed, and what the scoreboard said of each.
 */
#ifndef GW_ESPN_GAMES_H
#define GW_ESPN_GAMES_H

#include "base/env.h"
#include "nfl/espn_track.h"

/* By which a scoreboard shows that something happened. */
struct gw_espn_mark {
	enum gw_espn_state	state;
	int64_t			after;
	int32_t			home_score, away_score, period, clock_s;
	unsigned		has;
};

struct gw_followed {
	struct gw_espn_track	*track;
	struct gw_espn_game	 board;		/* of the last scoreboard; event 0: on none yet */
	struct gw_espn_mark	 mark;		/* of it, or of the first answer */
	bool			 due;		/* its rows are to be asked for */
	bool			 over;		/* and told to the end */
	int64_t			 asked_us;	/* INT64_MIN: never */
	char			 etag[256], last_modified[256];	/* of its rows */
	uint64_t		 hash;		/* of its last answer; 0: none */
};

struct gw_espn_games {
	struct gw_alloc		*alloc;
	struct gw_followed	*games;
	size_t			 n, cap;
};

void	gw_espn_games_init(struct gw_espn_games *g, struct gw_alloc *alloc);
void	gw_espn_games_fini(struct gw_espn_games *g);
/* The game of an event, or NULL. */
struct gw_followed	*gw_espn_games_find(const struct gw_espn_games *g, int64_t event);
/* The same, begun if it is new. NULL: out of memory. */
struct gw_followed	*gw_espn_games_follow(struct gw_espn_games *g, int64_t event);
/* A scoreboard's view of it: due when something happened. 0 or GW_ENOMEM. */
int	gw_espn_games_look(struct gw_followed *f, const struct gw_espn_game *game) GW_CHECK_RESULT;
/* The next one to ask for, or NULL. */
struct gw_followed	*gw_espn_games_due(const struct gw_espn_games *g);
size_t	gw_espn_games_running(const struct gw_espn_games *g);	/* not over */
/* FNV-1a: whether two answers are the same. Never 0. */
uint64_t gw_espn_hash(struct gw_slice s);

#endif
