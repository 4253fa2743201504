/* SPDX-License-Identifier: MIT
 *
 * ml/drift_watch.h - has a feature moved away from training, tested so that it seldom cries wolf.
 *
 * Plays of one game share much, the spread all of them, so a window of G games is G observations
 * and not its N plays: a plain chi-square over plays would alarm all the time. Each feature's bins
 * are compared by Pearson's statistic, corrected for that by the variance between games (Rao and
 * Scott, "The analysis of categorical data from complex sample surveys", JASA 76, 1981, first
 * order, with Satterthwaite's degrees of freedom):
 *
 *   q_b   share of bin b in the window, p_b in training, v_b variance of q_b as a ratio over games
 *   X2    = N sum_b (q_b - p_b)^2 / p_b
 *   delta = N / (B - 1) sum_b v_b / p_b      how many plays are worth one independent one; >= 1
 *   a2    = spread of the bins' own deltas   nu = (B - 1) / (1 + a2)
 *   drift if X2 / (delta (1 + a2)) > chi2(nu, 1 - GW_DRIFT_LEVEL / features)
 *
 * with v_b about p_b, so that a few odd games raise their own bar. A window of games like those of
 * training alarms in about GW_DRIFT_ALARM of the cases, over all features together: the level is
 * half of that because 32 games are not quite enough for chi-square's tail (tests/nfl/check_watch.c
 * measures it). Bins with less than GW_DRIFT_SHARE_MIN of the training rows are left out: a few
 * games say nothing about them.
 */
#ifndef GW_DRIFT_WATCH_H
#define GW_DRIFT_WATCH_H

#include "ml/model.h"

#define GW_DRIFT_GAMES		32	/* of a window */
#define GW_DRIFT_SLOTS		32	/* games under way at one time */
#define GW_DRIFT_ALARM		0.01	/* false alarms, per window, as measured */
#define GW_DRIFT_LEVEL		0.005	/* of the test, shared by the features (Bonferroni) */
#define GW_DRIFT_SHARE_MIN	0.01

struct gw_drift_verdict {
	double	psi;		/* of the last whole window; ml/drift.h */
	double	ratio;		/* the statistic over its threshold: above 1 is an alarm */
};

struct gw_drift_watch {
	struct gw_alloc		*alloc;
	const struct gw_model	*model;		/* outlives it */
	size_t			 n_windows;	/* whole ones so far */
	size_t			 n_drifting;	/* features, in the last of them */
	struct gw_drift_verdict	*verdicts;	/* (n_features); all 0 before the first */
	/* of the window under way */
	size_t			 n_games;
	double			 plays, plays2;	/* sum over games of n_g, of its square */
	struct gw_drift_sums	*sums;		/* (n_features) */
	uint16_t		*counts;	/* (slots, n_features, bins) of games under way */
	uint32_t		 slot_plays[GW_DRIFT_SLOTS];
};

/* NULL: out of memory. */
struct gw_drift_watch	*gw_drift_watch_new(struct gw_alloc *alloc, const struct gw_model *model);
void			 gw_drift_watch_free(struct gw_drift_watch *w);	/* NULL is accepted */
/* One play of the game in this slot; x (n_features) as the model sees it. */
void	gw_drift_watch_add(struct gw_drift_watch *w, size_t slot, const double *x);
/* The slot's game is over. True: it was the window's last, and the verdicts are new. */
bool	gw_drift_watch_end(struct gw_drift_watch *w, size_t slot);
/*
 * The value that chi-square with nu > 0 degrees exceeds with probability alpha
 * (Wilson, Hilferty).
 */
double	gw_chi2_upper(double nu, double alpha);

#endif
