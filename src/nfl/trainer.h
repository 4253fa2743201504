/* SPDX-License-Identifier: MIT
 *
 * nfl/trainer.h - plays of past seasons into a model: collect, then fit. Three heads on one feature
 * set: home_win (logistic, ml/logistic.h, C = 1, or trees, nfl/boost.h), home_score and away_score
 * (least squares, ml/linear.h), all on standardised features.
 *
 * Deterministic: the same plays in the same order give the same bytes for any number of threads;
 * the seed is kept in the model for families that draw.
 */
#ifndef GW_TRAINER_H
#define GW_TRAINER_H

#include "ml/matrix.h"
#include "ml/model.h"
#include "nfl/boost.h"
#include "nfl/features.h"
#include "nfl/fourth_down_fit.h"
#include "nfl/season.h"
#include "nfl/state_trainer.h"

struct gw_trainer {
	struct gw_alloc			*alloc;
	const struct gw_feature_set	*set;
	struct gw_pool			*pool;		/* NULL: one thread; the caller's */
	struct gw_matrix		 x;		/* (n, set->n) features */
	/* (n, 5) home won, final home, final away; number of the game, season */
	struct gw_matrix		 y;
	/* not NULL: home_win as trees; the caller's */
	struct gw_boost			*boost;
	/* feature set "state": in place of x and y */
	struct gw_state_trainer		*state;
	struct gw_fourth_trainer	*fourth;
	size_t				 n_games;
	char				 last_game[GW_GAME_ID_MAX];
	int				 years[GW_SEASONS_MAX];
	size_t				 n_years;
};

/* What the fit has to tell beside the model. */
struct gw_trained {
	double	log_loss;			/* on the training rows */
	int	newton_steps;
	size_t	n_dependent;			/* features the linear heads leave at 0 */
	bool	dependent[GW_FEATURES_MAX];
};

void	gw_trainer_init(struct gw_trainer *t, struct gw_alloc *alloc,
    const struct gw_feature_set *set);
void	gw_trainer_fini(struct gw_trainer *t);
/*
 * For gw_season_read(), arg is the trainer: 0 or GW_ENOMEM. The play must have a result that is no
 * tie.
 */
int	gw_trainer_add(void *arg, const struct gw_season_play *p);
/*
 * The model, named but without a version. Uses the rows up: a second call is not allowed. NULL:
 * GW_ENOMEM, or GW_EDATA (no rows, one outcome only).
 */
struct gw_model	*gw_trainer_fit(struct gw_trainer *t, const char *name, int64_t seed,
	    struct gw_trained *out, struct gw_err *err);

#endif
