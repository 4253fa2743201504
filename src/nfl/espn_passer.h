/* SPDX-License-Identifier: MIT
 *
 * nfl/espn_passer.h - who threw, out of what the feed tells of a play in words.
 */
#ifndef GW_ESPN_PASSER_H
#define GW_ESPN_PASSER_H

#include <gridwire/types.h>

/*
 * "(Shotgun) J.Love pass short left", "J.Love sacked at", "Drake London 5 Yd pass from Kirk
 * Cousins (": the passer's last word without initials. Empty: the text names none.
 */
struct gw_slice	gw_espn_passer(struct gw_slice text);

#endif
