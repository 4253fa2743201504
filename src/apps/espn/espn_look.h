/* SPDX-License-Identifier: MIT
 *
 * apps/espn/espn_look.h - what games there are now, by one scoreboard of the live feed, or by the
 * newest of a recording.
 */
#ifndef GW_ESPN_LOOK_H
#define GW_ESPN_LOOK_H

#include "apps/app.h"
#include "apps/espn/espn_source.h"

struct gw_espn_list {
	struct gw_alloc		*alloc;
	struct gw_espn_game	*games;		/* without rows; in the scoreboard's order */
	size_t			 n, cap;
	bool			 lost;		/* out of memory for one of them */
	struct gw_espn_stats	 stats;
};

/*
 * Asks once and waits for the answer, or for a signal. o's look, game and arg are filled in here.
 * 0, GW_EINTR, or err. Free the list in either case.
 */
int	gw_espn_look(struct gw_app *app, struct gw_espn_options *o, struct gw_espn_list *out,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_espn_list_free(struct gw_espn_list *l);

/* "Q3 3:28", "Final/OT", "scheduled", "postponed". */
void	gw_espn_state_text(const struct gw_espn_game *g, char *out, size_t cap);

#endif
