/* SPDX-License-Identifier: MIT
 *
 * nfl/report.h - an evaluation as one HTML page that loads nothing from elsewhere: figures,
 * log-loss by quarter and minute, calibration, chosen games, what the model leans on, coefficients.
 */
#ifndef GW_REPORT_H
#define GW_REPORT_H

#include "ml/model.h"
#include "nfl/evaluation.h"
#include "nfl/importance.h"

#define GW_REPORT_GAMES_MAX	20

/* The live page's own files, so that the two are one product. */
struct gw_report_look {
	struct gw_slice	css;
	struct gw_slice	charts;		/* chart.js: draws what the tables hold */
};

struct gw_report_play {
	int32_t	elapsed, quarter, home_score, away_score;
	double	home_win_prob;
};

struct gw_report_game {
	char			 game_id[GW_GAME_ID_MAX], home[GW_TEAM_MAX], away[GW_TEAM_MAX];
	bool			 post;
	struct gw_report_play	*plays;		/* (n) */
	size_t			 n, cap;
};

struct gw_report {
	struct gw_alloc			*alloc;
	const struct gw_model		*model;
	const char			*seasons;
	const struct gw_evaluation	*evaluation;
	struct gw_importances		 importances;
	struct gw_report_look		 look;
	struct gw_report_game		 games[GW_REPORT_GAMES_MAX];
	size_t				 n_games;
};

void	gw_report_fini(struct gw_report *r);
/* Game ids separated by commas, to be drawn. 0 or GW_EINVAL. */
int	gw_report_choose(struct gw_report *r, const char *list, struct gw_err *err) GW_CHECK_RESULT;
/* A play and its prediction; kept when its game was chosen. 0 or GW_ENOMEM. */
int	gw_report_add(struct gw_report *r, const struct gw_play *p, double home_win_prob)
	    GW_CHECK_RESULT;
/* 0, or GW_EINVAL: a game that was chosen had no play. */
int	gw_report_complete(const struct gw_report *r, struct gw_err *err) GW_CHECK_RESULT;
/* The section of the chosen games. */
void	gw_report_games_html(struct gw_buf *out, const struct gw_report *r);
/* Text of others, as text. */
void	gw_report_text(struct gw_buf *out, const char *text);
/*
 * Without JavaScript there are the tables alone. Deterministic. Names of models are letters,
 * digits, '.', '_', '-': there is nothing to escape.
 */
void	gw_report_html(struct gw_buf *out, const struct gw_report *r);

#endif
