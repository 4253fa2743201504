/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/fourth_down_backtest.h"

static bool
looked_at(const struct gw_fourth_down *d, enum gw_fourth_choice c)
{
	return c == GW_FOURTH_GO || (c == GW_FOURTH_PUNT && d->can_punt) ||
	    (c == GW_FOURTH_KICK && d->can_kick);
}

/* How far the best is above the next best. */
static double
margin(const struct gw_fourth_down *d)
{
	double best = gw_fourth_value(d, d->choice), least = 1;

	for (int c = GW_FOURTH_GO; c <= GW_FOURTH_KICK; c++) {
		enum gw_fourth_choice other = (enum gw_fourth_choice)c;

		if (other != d->choice && looked_at(d, other) &&
		    best - gw_fourth_value(d, other) < least)
			least = best - gw_fourth_value(d, other);
	}
	return least;
}

void
gw_fourth_backtest_add(struct gw_fourth_backtest *b, const struct gw_season_play *p,
    const struct gw_fourth_down *d)
{
	enum gw_fourth_choice done = gw_fourth_chosen(&p->play);
	struct gw_fourth_group *g = done == d->choice ? &b->agreed : &b->differed;

	if (strcmp(b->last_game, p->play.game_id) != 0) {
		memcpy(b->last_game, p->play.game_id, sizeof(b->last_game));
		b->n_games++;
	}
	if (d->choice == GW_FOURTH_NONE)
		return;
	if (!looked_at(d, done)) {
		b->n_other++;
		return;
	}
	b->table[d->choice][done]++;
	g->n++;
	g->chance += gw_fourth_value(d, done);
	g->won += (p->result > 0) == p->play.is_home_team;
	g->cost += gw_fourth_value(d, d->choice) - gw_fourth_value(d, done);
	if (margin(d) >= GW_FOURTH_CLEAR) {
		b->n_clear++;
		b->n_clear_agreed += done == d->choice;
	}
}
