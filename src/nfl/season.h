/* SPDX-License-Identifier: MIT
 *
 * nfl/season.h - season files (nflverse with 69 or 372 columns, nflscrapR), read by column name,
 * cleaned by stated rules, each drop counted with its reason. Traps of the data: doc/data.md.
 */
#ifndef GW_SEASON_H
#define GW_SEASON_H

#include "base/env.h"
#include "nfl/play.h"

/* A play of the past: the message plus what only history knows. */
struct gw_season_play {
	struct gw_play	play;
	bool		has_result;
	int32_t		result;			/* final home minus away: the label, never a feature */
	int32_t		final_home, final_away;
	bool		has_reference;
	double		reference_wp;		/* nflfastR's home_wp (rebuilt or as published) */
};

enum gw_drop {
	GW_DROP_PLAY_TYPE,	/* not pass, run, punt, field_goal, kickoff (training), see gw_season_wants */
	GW_DROP_NO_STATE,	/* team, score, clock or field position unknown */
	GW_DROP_NO_RESULT,	/* game not finished */
	GW_DROP_TRY,		/* no down and no kick-off: two-point tries */
	GW_DROP_TIE,		/* neither win nor loss (training) */
	GW_N_DROPS
};
const char *gw_drop_name(enum gw_drop d);

enum gw_season_use {
	GW_FOR_TRAINING,	/* the rules of doc/data.md, all of them */
	GW_FOR_STREAMING	/* every real play of a game, ties, kneel-downs and spikes too */
};

struct gw_season_counts {
	size_t	rows, games, used, used_games;
	size_t	dropped[GW_N_DROPS];
};

/*
 * Call each(arg, play) for every wanted row of a file, in its order. A non-zero return stops and is
 * returned. Else 0, GW_ENOENT, or GW_EDATA with err "file:line: column: what" (a missing column is
 * named with the nearest one there is). counts is added to.
 */
int	gw_season_read(struct gw_env *env, const char *path, enum gw_season_use use,
	    int (*each)(void *arg, const struct gw_season_play *p), void *arg,
	    struct gw_season_counts *counts, struct gw_err *err) GW_CHECK_RESULT;

/*
 * The file of a season: DIR/play_by_play_YEAR.csv.gz or .csv, or data itself when it is a file.
 * Writes the path. 0 or GW_ENOENT with err naming what was looked for and how to get it.
 */
int	gw_season_path(struct gw_env *env, const char *data, int year, char *path, size_t cap, struct gw_err *err) GW_CHECK_RESULT;

/* "2019-2023,2024" into years, ascending. How many, or GW_EINVAL with err. */
int	gw_seasons_parse(const char *text, int *years, size_t cap, struct gw_err *err) GW_CHECK_RESULT;

#endif
