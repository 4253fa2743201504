/* SPDX-License-Identifier: MIT
 *
 * nfl/season.h - season files (nflverse with 69 or 372 columns, nflscrapR), read by column name,
 * cleaned by stated rules, each drop counted with its reason. Traps of the data: doc/data.md.
 */
#ifndef GW_SEASON_H
#define GW_SEASON_H

#include "base/env.h"
#include "nfl/play.h"

#define GW_SEASONS_MAX		128	/* years in one request */
#define GW_SEASON_PLAYS_MAX	2000	/* rows a game keeps; the longest have about 260 */
#define GW_SEASON_GAMES_MAX	100000	/* games in one file: every one since 1920 */

/* A play of the past: the message plus what only history knows. */
struct gw_season_play {
	struct gw_play	play;
	bool		has_result;
	int32_t result; /* final home minus away: the label, never a feature */
	int32_t		final_home, final_away;
	bool		has_reference;
	double		reference_wp;		/* nflfastR's home_wp (rebuilt or as published) */
	bool		has_vegas;
	double		vegas_wp;		/* its vegas_home_wp, which knows the line */
};

enum gw_drop {
	GW_DROP_PLAY_TYPE, /* not pass, run, punt, field_goal, kickoff (streaming: or kneel-down,
			      spike) */
	GW_DROP_NO_STATE,  /* team, score, clock or (training) field position unknown */
	GW_DROP_NO_RESULT, /* game not finished (training) */
	GW_DROP_TRY,	   /* no down and no kick-off: two-point tries */
	GW_DROP_TIE,	   /* neither win nor loss (training) */
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

/* "play_type 8208, try 135" into out; "nothing" when nothing was dropped. */
#define GW_DROPS_TEXT_MAX 160
void	gw_season_drops_text(const struct gw_season_counts *counts, char out[GW_DROPS_TEXT_MAX]);

/*
 * Call each(arg, play) for every wanted row of a file, in its order. play_number counts the plays
 * that streaming would send, whatever the use. A non-zero return stops and is returned. Else 0,
 * GW_ENOENT, GW_ENOMEM, or GW_EDATA with err "file:line: column: what" (missing columns are named,
 * one of them with the nearest there is). The rows of a game must stand together. counts is added
 * to.
 */
int	gw_season_read(struct gw_env *env, const char *path, enum gw_season_use use,
	    int (*each)(void *arg, const struct gw_season_play *p), void *arg,
	    struct gw_season_counts *counts, struct gw_err *err) GW_CHECK_RESULT;

/*
 * The file of a season: DIR/play_by_play_YEAR.csv.gz or .csv, or data itself when it is a file.
 * Writes the path. 0 or GW_EDATA with err naming what was looked for and how to get it.
 */
int	gw_season_path(struct gw_env *env, const char *data, int year, char *path, size_t cap,
    struct gw_err *err) GW_CHECK_RESULT;

/* "2019-2023,2024" into years, ascending. How many, or GW_EINVAL with err. */
int gw_seasons_parse(const char *text, int *years, size_t cap, struct gw_err *err) GW_CHECK_RESULT;
/* The other way: "2019-2023,2024" for ascending years. Cut when cap is too small. */
void	gw_seasons_text(const int *years, size_t n, char *text, size_t cap);
/* The seasons a folder holds, ascending. How many (0: data is a file or holds none), or GW_E*. */
int	gw_seasons_present(struct gw_env *env, const char *data, int *years, size_t cap,
    struct gw_err *err) GW_CHECK_RESULT;

/* Several seasons in one go. */
struct gw_seasons {
	struct gw_env		*env;
	const char		*data;		/* folder, or one file that is then read once */
	int			 years[GW_SEASONS_MAX];
	size_t			 n_years;	/* 0 only with a file: whatever it holds */
	enum gw_season_use	 use;
};

/*
 * As gw_season_read(), and plays of games that the file of games beside the data knows carry a
 * rating line (nfl/ratings.h). With a file and years, plays of other seasons are passed over (rows
 * and drops still count the whole file).
 */
int	gw_seasons_read(const struct gw_seasons *s,
    int (*each)(void *arg, const struct gw_season_play *p), void *arg,
    struct gw_season_counts *counts, struct gw_err *err) GW_CHECK_RESULT;

/*
 * SHA-256 in hex of the bytes of the season files, in the order of years, and then of the games
 * file beside them if there is one: what "cat ... | sha256sum" says. 0 or GW_E*.
 */
int	gw_seasons_fingerprint(const struct gw_seasons *s, char out[65],
    struct gw_err *err) GW_CHECK_RESULT;

#endif
