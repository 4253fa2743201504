/* SPDX-License-Identifier: MIT
 *
 * nfl/watch.h - is the model as good as it was: judged from the stream alone, as games end.
 *
 *   accuracy     the winner is known when a game is over; then its plays are scored: log-loss,
 *                Brier beside the Brier a calibrated model would have, sum p (1 - p), ten bins of p
 *   martingale   needs no winner: the chance to win of a calibrated model cannot be foretold, so
 *                over a game the squares of its changes, the last one to the outcome included, add
 *                up to p0 (1 - p0) on average. A model that overreacts has more, a sluggish one
 *                less
 *   drift        each feature against the histogram of training (ml/drift_watch.h)
 *
 * The plays of one game are one observation. Each z is sum e / sqrt(sum e^2) over games, e the
 * game's own excess, older games weighing less (half after GW_WATCH_HALF games): normal while
 * nothing is wrong. Withdrawn and repeated plays do not count.
 *
 * A game is over when nothing came of it for GW_WATCH_IDLE_MS of the records' time or for
 * GW_WATCH_IDLE_PLAYS plays of others, or when its place is needed. Its winner is who led at its
 * last play, if that was in the last two minutes: the stream has no final score. A game without one
 * (tied, cut short) counts for the drift only.
 */
#ifndef GW_WATCH_H
#define GW_WATCH_H

#include "ml/drift_watch.h"
#include "nfl/prediction.h"

#define GW_WATCH_HALF		64
#define GW_WATCH_IDLE_MS	(15 * 60 * 1000)
#define GW_WATCH_IDLE_PLAYS	400
#define GW_WATCH_BINS		10
#define GW_WATCH_LIVE_MS	(60 * 60 * 1000)
#define GW_WATCH_LINE_MAX	320

struct gw_watch_bin { double n, predicted, won; };

/* Sums over the games that were settled; recent ones decay. */
struct gw_watch_totals {
	uint64_t		games, open;	/* with a winner; over without one */
	double			plays, log_loss, brier, brier_expected;
	struct gw_watch_bin	bins[GW_WATCH_BINS];
	double			recent_plays, recent_log_loss, recent_brier;
	double			excess, excess2;	/* Brier beyond the expected, by game */
	double			variation, expected;	/* of the martingale */
	double			surplus, surplus2;
};

struct gw_watch;

/* p is borrowed. NULL: out of memory. */
struct gw_watch	*gw_watch_new(struct gw_alloc *alloc, const struct gw_model *model,
		    const struct gw_predictor *p);
void		 gw_watch_free(struct gw_watch *w);	/* NULL is accepted */
/* A play in the order of its partition; timestamp_ms of its record. */
void		 gw_watch_scored(struct gw_watch *w, const struct gw_play *play,
		    const struct gw_prediction *pr, int64_t timestamp_ms);
void		 gw_watch_settle_all(struct gw_watch *w);	/* the stream has ended */

const struct gw_watch_totals	*gw_watch_totals(const struct gw_watch *w);
const struct gw_drift_watch	*gw_watch_drift(const struct gw_watch *w);
/* Games whose newest play is younger than GW_WATCH_LIVE_MS and not of the last two minutes. */
size_t	gw_watch_live(const struct gw_watch *w, int64_t now_ms);
/* Seasons between the newest that trained and the newest that was scored; 0: not known. */
int	gw_watch_model_age(const struct gw_watch *w);
double	gw_watch_calibration_error(const struct gw_watch *w);	/* ECE; 0 before the first game */
double	gw_watch_calibration_z(const struct gw_watch *w);
double	gw_watch_variation_ratio(const struct gw_watch *w);	/* 1 is right; 1 before the first */
double	gw_watch_martingale_z(const struct gw_watch *w);
/* One sentence for people: the day's line in the log. */
void	gw_watch_line(const struct gw_watch *w, char out[GW_WATCH_LINE_MAX]);

#endif
