/* SPDX-License-Identifier: MIT
 *
 * apps/score/trial.h - a challenger beside the champion. Both predict every play; which of the two
 * predictions is published is decided by the game, so that no game changes model in the middle, and
 * the other one can go to a topic of its own, so that the two are paired play by play.
 *
 * A game is the challenger's when its point is below the share. The point is the first 32 bits of
 * SHA-256(game_id) over 2^32: anybody can compute it, every scorer of a group agrees, and a larger
 * share only adds games.
 *
 * When a game has ended, both models' losses on it are compared: the Brier score of its plays
 * against who won. A game counts as ended when its newest play is in the last two minutes of the
 * fourth quarter or later and nothing was heard of it for GW_TRIAL_QUIET_MS, or for
 * GW_TRIAL_QUIET_PLAYS plays of other games; who led before its last play has won, and a tie is
 * left out. The differences go into a test that may be looked at after each game (ml/sequential.h):
 * with a challenger that is no worse, the chance of ever rolling it back is at most alpha. So does
 * a probability that is no number, at once.
 */
#ifndef GW_TRIAL_H
#define GW_TRIAL_H

#include "apps/model/model_load.h"
#include "ml/sequential.h"
#include "nfl/prediction.h"

#define GW_TRIAL_GAMES		64	/* under way at once; beyond it the quietest is given up */
#define GW_TRIAL_QUIET_MS	900000
#define GW_TRIAL_QUIET_PLAYS	300
#define GW_TRIAL_BOUND		0.1	/* of one game's difference of Brier scores */
#define GW_TRIAL_PATH_MAX	512
#define GW_TRIAL_ALPHA		0.05

/* One game under way. Sums over its plays, for both outcomes: the winner is not known yet. */
struct gw_trial_game {
	char		game_id[GW_GAME_ID_MAX];
	uint64_t	heard;		/* number of the play, of all games */
	int64_t		heard_ms, last_offset;
	int32_t		partition, quarter, time_remaining, margin;
	double		n, if_home[2], if_away[2];	/* champion, challenger */
};

struct gw_trial {
	struct gw_loaded	champion, challenger;	/* challenger.predictor NULL: none */
	/* of games, 0 to 1, that the challenger publishes */
	double			share;
	double			alpha;		/* 0: never rolled back */
	/* of the challenger */
	char			 models[GW_TRIAL_PATH_MAX], ref[GW_TRIAL_PATH_MAX];
	const char		*stopped;	/* why it was rolled back; NULL: it was not */
	struct gw_sequential	test;
	double			brier[2];	/* sums over the games that the test saw */
	uint64_t		n_plays, n_challenger, n_broken;
	size_t			n_games;
	struct gw_trial_game	games[GW_TRIAL_GAMES];
};

/* What becomes of one play. by[0] is published; by[1].loaded NULL: there is no other. */
struct gw_trial_scored {
	struct {
		const struct gw_loaded	*loaded;
		struct gw_prediction	 prediction;
	} by[2];
};

/* Models and numbers stay; what is known of games is forgotten. */
void	gw_trial_begin(struct gw_trial *t);
double	gw_trial_point(const char *game_id);
/*
 * How far the games have gone towards calling the challenger worse: 0 nothing, 1 or more: it is, at
 * alpha, or where nothing is rolled back (alpha 0) at GW_TRIAL_ALPHA. It never falls.
 */
double	gw_trial_evidence(const struct gw_trial *t);
/* timestamp_ms: of the play's record. */
void	gw_trial_score(struct gw_trial *t, const struct gw_play *play,
	    const struct gw_play_place *place, int64_t timestamp_ms, struct gw_trial_scored *out);
/* "challenger state:4: 12 games, ..." for people; nothing without a challenger. */
void	gw_trial_put(const struct gw_trial *t, struct gw_buf *out);

/* ---- models: trial_models.c ---- */

struct gw_trial_refs {
	const char	*models;		/* the registry */
	const char	*model, *challenger;	/* as of gw_loaded_open(); challenger NULL: none */
};

/* Both models, and gw_trial_begin(). 0, or as gw_loaded_open(). Close it in either case. */
int	gw_trial_open(struct gw_trial *t, struct gw_app *app, const struct gw_trial_refs *refs,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_trial_close(struct gw_trial *t);
bool	gw_trial_has_same_models(const struct gw_trial *a, const struct gw_trial *b);
/* Another number when somebody has switched an alias of one of the models. */
int64_t	gw_trial_aliases_stamp(const struct gw_trial *t, struct gw_app *app);
/*
 * The challenger's alias to the version it had before, or if there is none to the champion's; not
 * if it is another one by now. What was done, as a sentence for people.
 */
void	gw_trial_point_back(const struct gw_trial *t, struct gw_app *app, struct gw_buf *out);

#endif
