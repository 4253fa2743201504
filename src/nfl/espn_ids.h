/* SPDX-License-Identifier: MIT
 *
 * nfl/espn_ids.h - which of ESPN's events is which of nflverse's games, by the column "espn" of the
 * games file. A game that is not in it yet has the id that its season, week and teams make.
 */
#ifndef GW_ESPN_IDS_H
#define GW_ESPN_IDS_H

#include "base/env.h"
#include "nfl/play.h"

struct gw_espn_ids;

/*
 * From the games file beside the season files in `data` (nfl/ratings.h). 0 and NULL in *out when
 * there is none, or none with that column; GW_EDATA, GW_ENOMEM.
 */
int	gw_espn_ids_open(struct gw_env *env, const char *data, struct gw_espn_ids **out,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_espn_ids_free(struct gw_espn_ids *ids);	/* NULL is fine */
/* "2024_17_SEA_CHI", or NULL: not there, or the file has it twice. ids may be NULL. */
const char	*gw_espn_ids_game(const struct gw_espn_ids *ids, int64_t event);
/* The event of a game, or 0. */
int64_t		 gw_espn_ids_event(const struct gw_espn_ids *ids, const char *game_id);
/* An event by its number ("401671876") or by its game's id. 0, GW_EDATA: neither, or GW_E*. */
int	gw_espn_event_named(struct gw_env *env, const char *data, const char *name,
	    int64_t *event, struct gw_err *err) GW_CHECK_RESULT;

#endif
