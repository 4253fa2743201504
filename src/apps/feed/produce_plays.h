/* SPDX-License-Identifier: MIT
 *
 * apps/feed/produce_plays.h - the plays of a game or season into a topic, at a pace, or as they
 * happen.
 */
#ifndef GW_PRODUCE_PLAYS_H
#define GW_PRODUCE_PLAYS_H

#include "apps/espn/espn_source.h"
#include "apps/feed/feed.h"
#include "apps/kafka.h"

/*
 * Until all is acknowledged, or Ctrl-C and a short wait. Shows progress on a terminal and ends with
 * a line of what was delivered. Returns the exit code; what went wrong has been said.
 */
int	gw_produce_plays(struct gw_kafka *k, const struct gw_feed_options *o,
	    const char *season_file);
/* The same from the live feed, or a recording of it; e's tell and arg are filled in here. */
int	gw_produce_live(struct gw_kafka *k, const struct gw_feed_options *o,
	    struct gw_espn_options *e);

#endif
