/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/metrics.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ml/math.h"

struct scored {
	double p, y;
};

static int
by_p(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p, y = ((const struct scored *)b)->p;

	return (x > y) - (x < y);
}

double
gw_log_loss_of(double p, double y)
{
	if (p < GW_LOG_LOSS_CLIP)
		p = GW_LOG_LOSS_CLIP;
	if (p > 1 - GW_LOG_LOSS_CLIP)
		p = 1 - GW_LOG_LOSS_CLIP;
	return -(y * gw_ln(p) + (1 - y) * gw_ln(1 - p));
}

/* Sum of the positives' ranks, where equal scores share the mean of their ranks. */
static double
positive_ranks(const struct scored *s, size_t n)
{
	double sum = 0;

	for (size_t i = 0, j; i < n; i = j) {
		double rank, positives = 0;

		for (j = i; j < n && !(s[j].p > s[i].p); j++)
			positives += s[j].y;
		rank = ((double)i + (double)j + 1) / 2;
		sum += rank * positives;
	}
	return sum;
}

static int
auc(struct gw_alloc *alloc, const double *p, const double *y, size_t n, double *out)
{
	struct scored *s = gw_alloc_zero(alloc, n, sizeof(*s));
	double positives = 0, negatives;

	if (s == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		s[i] = (struct scored){ p[i], y[i] };
		positives += y[i];
	}
	negatives = (double)n - positives;
	qsort(s, n, sizeof(*s), by_p);
	*out = NAN;
	if (positives > 0 && negatives > 0)
		*out = (positive_ranks(s, n) - positives * (positives + 1) / 2) /
		    (positives * negatives);
	gw_alloc_free(alloc, s);
	return 0;
}

static void
calibrate(const double *p, const double *y, size_t n, struct gw_binary_metrics *m)
{
	for (size_t i = 0; i < n; i++) {
		size_t b = (size_t)(p[i] * GW_ECE_BINS);

		if (b >= GW_ECE_BINS)
			b = GW_ECE_BINS - 1;
		m->bins[b].n++;
		m->bins[b].mean_p += p[i];
		m->bins[b].mean_y += y[i];
	}
	for (size_t b = 0; b < GW_ECE_BINS; b++) {
		struct gw_calibration_bin *bin = &m->bins[b];

		if (bin->n == 0)
			continue;
		/* n_b |mean p - mean y| = |sum p - sum y|; the sums are still there. */
		m->ece += fabs(bin->mean_p - bin->mean_y) / (double)n;
		bin->mean_p /= (double)bin->n;
		bin->mean_y /= (double)bin->n;
	}
}

int
gw_binary_metrics(struct gw_alloc *alloc, const double *p, const double *y, size_t n,
    struct gw_binary_metrics *out)
{
	struct gw_binary_metrics m = { .n = n };
	int rc;

	assert(n > 0);
	if ((rc = auc(alloc, p, y, n, &m.auc)) != 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		m.log_loss += gw_log_loss_of(p[i], y[i]);
		m.brier += (p[i] - y[i]) * (p[i] - y[i]);
	}
	m.log_loss /= (double)n;
	m.brier /= (double)n;
	calibrate(p, y, n, &m);
	*out = m;
	return 0;
}

void
gw_auc_text(double auc, char out[GW_AUC_TEXT_MAX])
{
	if (isnan(auc))
		memcpy(out, "-", sizeof("-"));
	else
		snprintf(out, GW_AUC_TEXT_MAX, "%.4f", auc);
}

void
gw_error_metrics(const double *f, const double *y, size_t n, struct gw_error_metrics *out)
{
	double absolute = 0, squared = 0;

	assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		absolute += fabs(f[i] - y[i]);
		squared += (f[i] - y[i]) * (f[i] - y[i]);
	}
	out->mae = absolute / (double)n;
	out->rmse = sqrt(squared / (double)n);
}
