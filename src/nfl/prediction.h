/* SPDX-License-Identifier: MIT
 *
 * nfl/prediction.h - a play scored: the pure function of model and play, and how it is written.
 * Everything around it (Kafka, files, screens) is delivery and lives in apps.
 */
#ifndef GW_PREDICTION_H
#define GW_PREDICTION_H

#include "nfl/play.h"

struct gw_model;			/* ml/model.h */
struct gw_feature_set;			/* nfl/features.h */

#define GW_MODEL_REF_MAX 80		/* "name:version" */

/* What to do on a fourth down; nfl/fourth_down.h says how it is known. */
enum gw_fourth_choice { GW_FOURTH_NONE, GW_FOURTH_GO, GW_FOURTH_PUNT, GW_FOURTH_KICK };

struct gw_fourth_down {
	enum gw_fourth_choice choice;		/* NONE: no fourth down, or the model cannot say */
	double	go, punt, field_goal;		/* chance to win of the team that has the ball */
	double	p_convert, p_made;		/* of a first down, of the kick */
	bool	can_punt, can_kick;		/* false: not looked at, from there */
};

struct gw_prediction {
	double	home_win_prob;		/* [0, 1]; away is one minus it */
	double	home_score_pred;	/* expected final score, >= the score on the board */
	double	away_score_pred;
	bool	has_band;
	double	home_score_lo, home_score_hi, away_score_lo, away_score_hi;	/* 80 % */
	/* what the model knew of the teams: spread, rating, none; NULL: not told */
	const char *line;
	struct gw_fourth_down fourth;
	const char *model; /* "name:version" of gw_predict(), its predictor's; NULL: not told */
};

/* Where a play came from; NULL with --stdin and eval. */
struct gw_play_place {
	int32_t	partition;
	int64_t	offset;
};

/* The heads a model needs. */
#define GW_HEAD_HOME_WIN	"home_win"
#define GW_HEAD_HOME_SCORE	"home_score"
#define GW_HEAD_AWAY_SCORE	"away_score"

/*
 * A model bound to the football around it: checks once that its feature set and hash are this
 * program's. NULL: GW_ENOMEM, or GW_EDATA ("model classic:3: feature x is unknown to this program
 * ..."). The model is borrowed and must outlive it.
 */
struct gw_predictor;
struct gw_predictor *gw_predictor_new(struct gw_alloc *alloc, const struct gw_model *model,
    struct gw_err *err);
void			 gw_predictor_free(struct gw_predictor *p);
/* Pure; allocates nothing. The same play gives the same bits wherever it runs. */
void	gw_predict(const struct gw_predictor *p, const struct gw_play *play,
    struct gw_prediction *out);
/* The same before scores are raised to the board: what the linear heads say (for gridwire eval). */
void	gw_predict_unfloored(const struct gw_predictor *p, const struct gw_play *play,
    struct gw_prediction *out);
/* What gw_predict() does with that: scores raised to the board; then the model and fourth downs. */
void	gw_predict_floor(const struct gw_play *play, struct gw_prediction *out);
void	gw_predict_advise(const struct gw_predictor *p, const struct gw_play *play,
    struct gw_prediction *out);
const char		*gw_predictor_model(const struct gw_predictor *p);	/* "classic:3" */
const struct gw_feature_set *gw_predictor_set(const struct gw_predictor *p);
/* x (set->n): all features of a play as the model sees them, derived ones included. */
void	gw_predictor_features(const struct gw_predictor *p, const struct gw_play *play, double *x);

/* The same names in the same order, as JSON object (no line end) and as CSV (header line, row
 * line). */
void	gw_prediction_json(struct gw_buf *out, const struct gw_play *play,
    const struct gw_prediction *pr, const char *model, const struct gw_play_place *place);
void	gw_prediction_csv_header(struct gw_buf *out);
void	gw_prediction_csv(struct gw_buf *out, const struct gw_play *play,
    const struct gw_prediction *pr, const char *model, const struct gw_play_place *place);

#endif
