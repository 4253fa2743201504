/* SPDX-License-Identifier: MIT
 *
 * ml/metrics.h - how good predictions are. Sums run in the order of the rows: deterministic.
 */
#ifndef GW_METRICS_H
#define GW_METRICS_H

#include "base/alloc.h"

#define GW_LOG_LOSS_CLIP	1e-6	/* a probability of 0 or 1 counts as this far from it */
#define GW_ECE_BINS		10

/* Rows with p in [b, b + 1) / GW_ECE_BINS. */
struct gw_calibration_bin {
	size_t	n;
	double	mean_p, mean_y;		/* 0 when n is 0 */
};

/* p (n) probabilities, y (n) outcomes in {0, 1}. */
struct gw_binary_metrics {
	size_t	n;
	double	log_loss;	/* -1/n sum y ln p + (1 - y) ln(1 - p), p clipped */
	double	brier;		/* 1/n sum (p - y)^2 */
	double auc; /* P(p of a positive > p of a negative), ties half; NAN with one outcome only */
	double	ece;		/* sum over ten equal bins of n_b/n |mean p - mean y| */
	struct gw_calibration_bin bins[GW_ECE_BINS];
};

/* y (n) against prediction f (n). */
struct gw_error_metrics {
	double	mae;		/* 1/n sum |f - y| */
	double	rmse;		/* sqrt(1/n sum (f - y)^2) */
};

double	gw_log_loss_of(double p, double y);	/* one row's, clipped */
/* n > 0. 0 or GW_ENOMEM (AUC sorts a copy: Mann-Whitney U by mean ranks). */
int	gw_binary_metrics(struct gw_alloc *alloc, const double *p, const double *y, size_t n,
	    struct gw_binary_metrics *out) GW_CHECK_RESULT;
/* Four decimals, or "-" where there is none. */
#define GW_AUC_TEXT_MAX 16
void	gw_auc_text(double auc, char out[GW_AUC_TEXT_MAX]);
void	gw_error_metrics(const double *f, const double *y, size_t n, struct gw_error_metrics *out);

#endif
