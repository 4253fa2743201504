/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/bootstrap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/rng.h"

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
one_draw(const struct gw_bootstrap *b, struct gw_rng *rng)
{
	double sum = 0, count = 0;

	for (size_t i = 0; i < b->n_groups; i++) {
		size_t g = (size_t)gw_rng_below(rng, b->n_groups);

		sum += b->sum[g];
		count += b->count[g];
	}
	return sum / count;
}

static double
quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

int
gw_bootstrap(struct gw_alloc *alloc, struct gw_bootstrap *b)
{
	double *means, sum = 0, count = 0;
	struct gw_rng rng;

	assert(b->n_groups > 0 && b->draws > 0);
	means = gw_alloc_zero(alloc, b->draws, sizeof(*means));
	if (means == NULL)
		return GW_ENOMEM;
	for (size_t g = 0; g < b->n_groups; g++) {
		sum += b->sum[g];
		count += b->count[g];
	}
	gw_rng_seed(&rng, b->seed);
	for (size_t i = 0; i < b->draws; i++)
		means[i] = one_draw(b, &rng);
	qsort(means, b->draws, sizeof(*means), by_value);
	b->mean = sum / count;
	b->lo = quantile(means, b->draws, 0.025);
	b->hi = quantile(means, b->draws, 0.975);
	gw_alloc_free(alloc, means);
	return 0;
}
