/* SPDX-License-Identifier: MIT
 *
 * apps/feed/plays.h - the plays of a season file in memory, of one game or of all.
 */
#ifndef GW_PLAYS_H
#define GW_PLAYS_H

#include "nfl/season.h"

struct gw_plays {
	struct gw_alloc		*alloc;
	struct gw_season_play	*plays;		/* in the file's order */
	size_t			 n, cap;
};

/*
 * game NULL: every one. 0, or err: GW_EDATA (no such game: names the nearest ones; no play at all),
 * GW_ENOMEM, or as of gw_season_read(). Free it in either case.
 */
int	gw_plays_load(struct gw_plays *plays, struct gw_env *env, const char *path,
	    const char *game, struct gw_err *err) GW_CHECK_RESULT;
void	gw_plays_free(struct gw_plays *plays);

#endif
