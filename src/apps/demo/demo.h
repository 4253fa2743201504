/* SPDX-License-Identifier: MIT
 *
 * apps/demo/demo.h - one real game on one machine: broker, feeder and scorer in one process, one
 * thread, one loop, over real loopback sockets, so that other clients can look in while it runs.
 *
 * It writes OUT/predictions.csv (an older one becomes predictions.csv.bak) and keeps the broker's
 * log in OUT/demo-broker, which is removed at the end however the game ends, unless it is to be
 * kept.
 */
#ifndef GW_DEMO_H
#define GW_DEMO_H

#include "apps/app.h"
#include "apps/espn/espn_source.h"

struct gw_demo_options {
	const char	*game;		/* "2024_01_BAL_KC" */
	const struct gw_espn_options *live;	/* plays from there instead; NULL: of game */
	const char	*out;		/* folder, made if missing */
	const char	*data;		/* season files */
	const char	*models;	/* the registry */
	const char	*model;		/* NULL: "state", else the only one, else one is trained */
	double		 delay_s;	/* between plays */
	bool		 keep;		/* the broker's log */
	bool		 page;		/* serve the live page at http */
	struct gw_addr	 http;		/* loopback; port 0: any free one */
};

/* Plays the game on stdout and tells what went wrong on stderr. Returns the exit code. */
int	gw_demo(struct gw_app *app, const struct gw_demo_options *o);

#endif
