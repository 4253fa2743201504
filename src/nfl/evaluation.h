/* SPDX-License-Identifier: MIT
 *
 * nfl/evaluation.h - a model on seasons it has not seen: collect predictions, then judge them by
 * outcome, by quarter and season, and beside nflfastR's own home_wp where the data has it.
 * Intervals draw whole games (ml/bootstrap.h): a season is 285 outcomes, not 41,000.
 */
#ifndef GW_EVALUATION_H
#define GW_EVALUATION_H

#include "base/json.h"
#include "ml/matrix.h"
#include "ml/metrics.h"
#include "nfl/prediction.h"
#include "nfl/season.h"

#define GW_EVALUATION_DRAWS	1000
#define GW_QUARTERS		5	/* the fifth is overtime */
#define GW_MINUTES		61	/* of the game; the last is all of overtime */
#define GW_REFERENCE_NAME	"nflfastR home_wp"
#define GW_VEGAS_NAME		"nflfastR vegas_home_wp"

struct gw_evaluator {
	struct gw_alloc			*alloc;
	const struct gw_predictor	*predictor;
	const struct gw_predictor	*other;	/* NULL, or a model to compare with */
	struct gw_matrix rows; /* a row per play; columns in evaluation.c */
	size_t				 n_games;
	char				 last_game[GW_GAME_ID_MAX];
};

/* One part of the rows. rows 0: it has none, and the rest is not set. */
struct gw_slice_metrics {
	int			label;		/* quarter 1 to 5, or the season */
	size_t			rows;
	struct gw_binary_metrics win;
	struct gw_error_metrics	home, away;	/* the linear heads as fitted */
	struct gw_error_metrics home_floored,
	    away_floored; /* raised to the board, as scoring publishes them */
	bool			has_cover;	/* the model has bands */
	double			home_cover, away_cover;	/* share of final scores within theirs */
};

/* rows 0, reference_rows 0: there is none. */
struct gw_minute_loss {
	size_t	rows, reference_rows;
	double	log_loss, reference;	/* nflfastR's home_wp, on the rows that have it */
};

/* The model beside something else, on the rows that have both; intervals by game. */
struct gw_paired {
	size_t	rows, games;			/* 0: none */
	double	log_loss, model_log_loss, diff, lo, hi;	/* diff: model minus the other */
};

struct gw_evaluation {
	size_t			games;
	struct gw_slice_metrics	all;		/* label 0 */
	double			log_loss_lo, log_loss_hi;	/* 95 % */
	struct gw_slice_metrics	by_quarter[GW_QUARTERS];
	struct gw_slice_metrics	by_season[GW_SEASONS_MAX];
	size_t			n_seasons;
	struct gw_minute_loss	by_minute[GW_MINUTES];
	struct gw_paired	reference;	/* nflfastR's home_wp, which knows no line */
	struct gw_paired	vegas;		/* its vegas_home_wp, which knows the line */
	const char		*other_name;	/* the other model's, the caller's */
	struct gw_paired	other;
	/* The same of the mean of both final scores' errors, as published, in points. */
	struct gw_paired	other_score;
};

void	gw_evaluator_init(struct gw_evaluator *e, struct gw_alloc *alloc,
    const struct gw_predictor *p);
void	gw_evaluator_fini(struct gw_evaluator *e);
/*
 * Score one play of a decided game. *out (may be NULL): what scoring would publish. 0 or
 * GW_ENOMEM.
 */
int	gw_evaluator_add(struct gw_evaluator *e, const struct gw_season_play *p,
    struct gw_prediction *out) GW_CHECK_RESULT;
/* 0, GW_ENOMEM, or GW_EDATA when no row was added. The same seed gives the same intervals. */
int	gw_evaluator_finish(const struct gw_evaluator *e, uint64_t seed, struct gw_evaluation *out,
	    struct gw_err *err) GW_CHECK_RESULT;

/* key: an object of name and figures, or null without rows. */
void	gw_paired_json(struct gw_json_out *w, const char *key, const char *name,
	    const struct gw_paired *p);
/* INTERFACE section 2: one object. */
void	gw_evaluation_json(struct gw_buf *out, const struct gw_evaluation *e, const char *model,
	    const char *seasons, const struct gw_season_counts *counts);

#endif
