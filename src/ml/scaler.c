/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/scaler.h"

#include <assert.h>
#include <float.h>
#include <math.h>

static void
column_means(const struct gw_matrix *x, double *mean)
{
	for (size_t j = 0; j < x->d; j++)
		mean[j] = 0;
	for (size_t i = 0; i < x->n; i++) {
		const double *row = gw_matrix_row(x, i);

		for (size_t j = 0; j < x->d; j++)
			mean[j] += row[j];
	}
	for (size_t j = 0; j < x->d; j++)
		mean[j] /= (double)x->n;
}

void
gw_scaler_fit(const struct gw_matrix *x, double *mean, double *scale)
{
	assert(x->n > 0);
	column_means(x, mean);
	for (size_t j = 0; j < x->d; j++)
		scale[j] = 0;
	/* A second pass: the one-pass formula cancels when the mean is far from zero. */
	for (size_t i = 0; i < x->n; i++) {
		const double *row = gw_matrix_row(x, i);

		for (size_t j = 0; j < x->d; j++)
			scale[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
	}
	for (size_t j = 0; j < x->d; j++) {
		scale[j] = sqrt(scale[j] / (double)x->n);
		/* A constant column leaves the rounding of its mean, at most n of them. */
		if (!(scale[j] > (double)x->n * DBL_EPSILON * fabs(mean[j])))
			scale[j] = 1;
	}
}

void
gw_scaler_apply(struct gw_matrix *x, const double *mean, const double *scale)
{
	for (size_t i = 0; i < x->n; i++) {
		double *row = gw_matrix_row(x, i);

		for (size_t j = 0; j < x->d; j++)
			row[j] = (row[j] - mean[j]) / scale[j];
	}
}
