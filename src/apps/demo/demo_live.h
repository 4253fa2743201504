/* SPDX-License-Identifier: MIT
 *
 * apps/demo/demo_live.h - the demo's plays from the live feed instead of a season file: one game,
 * or all that are on.
 */
#ifndef GW_DEMO_LIVE_H
#define GW_DEMO_LIVE_H

#include "apps/app.h"
#include "apps/espn/espn_source.h"
#include "apps/feed/feed.h"

struct gw_demo_live {
	struct gw_env		*env;
	struct gw_espn_options	 espn;
	struct gw_proc		*proc;
	struct gw_espn_source	*source;
	struct gw_feed		*feed;		/* borrowed */
	struct gw_espn_game	 game;		/* the first of them, as told last */
	size_t			 n_games;	/* on at the beginning */
};

/*
 * One look at the feed, before anything else is begun: which games there are. o's texts are
 * borrowed. 0, GW_EINTR, or err: GW_ECONNECT and its like when the feed cannot be reached, GW_EDATA
 * when the event is unknown. n_games 0: none is on, and game (if it has an id) is the next.
 */
int	gw_demo_live_look(struct gw_demo_live *l, struct gw_app *app,
	    const struct gw_espn_options *o, struct gw_err *err) GW_CHECK_RESULT;
/* Begin: plays go to feed, which was opened with gw_feed_new_open(). 0 or err. */
int	gw_demo_live_open(struct gw_demo_live *l, struct gw_feed *feed, struct gw_err *err)
	    GW_CHECK_RESULT;
struct gw_part	gw_demo_live_part(struct gw_demo_live *l);
void	gw_demo_live_close(struct gw_demo_live *l);

#endif
