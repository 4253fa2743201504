/* SPDX-License-Identifier: MIT
 *
 * nfl/carry.h - what a play's state has from the plays before it beside the score: who receives the
 * second half's kick-off, and whether another than the first passer throws (nfl/play.h). From the
 * season file and from the live feed alike.
 */
#ifndef GW_CARRY_H
#define GW_CARRY_H

#include "nfl/play.h"

#define GW_PASSER_MAX	32

struct gw_passers {		/* ids or names; longer ones are cut */
	char	first[GW_PASSER_MAX], last[GW_PASSER_MAX];
	bool	backup;
};

struct gw_carry {		/* of one game; begins zeroed */
	bool			kicked_off, home_received;
	struct gw_passers	passers[2];	/* away, home */
};

/* The next play in order: fills in its state, then learns from it. */
void	gw_carry_kick_off(struct gw_carry *c, struct gw_play *p);
/* The same; passer is empty where nobody is named, and counts only in a pass. */
void	gw_carry_passer(struct gw_carry *c, struct gw_play *p, struct gw_slice passer);

#endif
