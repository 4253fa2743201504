/* SPDX-License-Identifier: MIT
 *
 * nfl/espn_carry.h - what a play's state has from the plays before it beside the score: who receives
 * the second half's kick-off, and whether another than the first passer throws (nfl/play.h).
 */
#ifndef GW_ESPN_CARRY_H
#define GW_ESPN_CARRY_H

#include "nfl/play.h"

#define GW_ESPN_PASSER_MAX 32

struct gw_espn_passers {		/* by their last names; longer ones are cut */
	char	first[GW_ESPN_PASSER_MAX], last[GW_ESPN_PASSER_MAX];
	bool	backup;
};

struct gw_espn_carry {
	bool			kicked_off, home_received;
	struct gw_espn_passers	passers[2];	/* away, home */
};

/* The next play in order, none that was nullified: fills in its state, then learns from it. */
void	gw_espn_carry_take(struct gw_espn_carry *c, struct gw_play *p, struct gw_slice text);
/*
 * "(Shotgun) J.Love pass short left", "J.Love sacked at", "Drake London 5 Yd pass from Kirk
 * Cousins (": the passer's last word without initials. Empty: the text names none.
 */
struct gw_slice	gw_espn_passer(struct gw_slice text);

#endif
