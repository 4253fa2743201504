/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/drift.h"

#include <assert.h>
#include <math.h>

static void
swap(double *a, double *b)
{
	double t = *a;

	*a = *b;
	*b = t;
}

static double
middle_of_three(double a, double b, double c)
{
	if ((a <= b && b <= c) || (c <= b && b <= a))
		return b;
	if ((b <= a && a <= c) || (c <= a && a <= b))
		return a;
	return c;
}

/*
 * Quickselect with three-way partition (Dijkstra): features hold few distinct values, on which a
 * two-way partition would crawl. Afterwards v[k] is what sorting would put there.
 */
static double
select_kth(double *v, size_t lo, size_t hi, size_t k)
{
	while (hi - lo > 1) {
		double pivot = middle_of_three(v[lo], v[lo + (hi - lo) / 2], v[hi - 1]);
		size_t less = lo, i = lo, more = hi;

		while (i < more) {
			if (v[i] < pivot)
				swap(&v[i++], &v[less++]);
			else if (v[i] > pivot)
				swap(&v[i], &v[--more]);
			else
				i++;
		}
		if (k < less)
			hi = less;
		else if (k >= more)
			lo = more;
		else
			break;
	}
	return v[k];
}

size_t
gw_bin(const double *edges, double x)
{
	size_t b = 0;

	while (b < GW_DRIFT_BINS - 1 && x > edges[b])
		b++;
	return b;
}

void
gw_bins_fit(double *column, size_t n, double *edges, double *share)
{
	size_t counts[GW_DRIFT_BINS] = { 0 }, from = 0;

	assert(n > 0);
	for (size_t b = 0; b < GW_DRIFT_BINS - 1; b++) {
		size_t k = (b + 1) * n / GW_DRIFT_BINS;

		edges[b] = select_kth(column, from, n, k);
		from = k;
	}
	for (size_t i = 0; i < n; i++)
		counts[gw_bin(edges, column[i])]++;
	for (size_t b = 0; b < GW_DRIFT_BINS; b++)
		share[b] = (double)counts[b] / (double)n;
}

double
gw_psi(const double *share, const uint64_t *counts)
{
	double n = 0, psi = 0;

	for (size_t b = 0; b < GW_DRIFT_BINS; b++)
		n += (double)counts[b];
	if (!(n > 0))
		return 0;
	for (size_t b = 0; b < GW_DRIFT_BINS; b++) {
		double p = fmax(share[b], GW_DRIFT_FLOOR),
		       q = fmax((double)counts[b] / n, GW_DRIFT_FLOOR);

		psi += (q - p) * log(q / p);
	}
	return psi;
}
