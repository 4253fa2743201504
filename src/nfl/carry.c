/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/carry.h"

#include <string.h>

/* Who received the first kick-off kicks off the second half. */
void
gw_carry_kick_off(struct gw_carry *c, struct gw_play *p)
{
	if (!c->kicked_off && p->quarter == 1 && p->type == GW_PLAY_KICKOFF) {
		c->kicked_off = true;
		c->home_received = p->is_home_team;
	}
	if (c->kicked_off) {
		p->home_receives_2h = !c->home_received;
		p->has |= GW_HAS_SECOND_HALF;
	}
}

static void
throws(struct gw_passers *team, struct gw_slice passer)
{
	char now[GW_PASSER_MAX] = { 0 };

	memcpy(now, passer.ptr, passer.len < sizeof(now) ? passer.len : sizeof(now) - 1);
	if (team->first[0] == '\0')
		memcpy(team->first, now, sizeof(now));
	if (strcmp(team->first, now) == 0)
		team->backup = false;
	else if (strcmp(team->last, now) == 0)
		team->backup = true;
	memcpy(team->last, now, sizeof(now));
}

void
gw_carry_passer(struct gw_carry *c, struct gw_play *p, struct gw_slice passer)
{
	p->home_backup_qb = c->passers[1].backup;
	p->away_backup_qb = c->passers[0].backup;
	p->has |= GW_HAS_HOME_BACKUP_QB | GW_HAS_AWAY_BACKUP_QB;
	if (p->type == GW_PLAY_PASS && passer.len > 0)
		throws(&c->passers[p->is_home_team], passer);
}
