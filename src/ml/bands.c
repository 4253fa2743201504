/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/bands.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#define ROWS_PER_KNOT	200	/* a quantile from fewer is noise */
#define HALVINGS	16	/* of the interval in which the level is searched */
#define LEVEL_MAX	0.45

struct pair {
	double	mean, value;
	size_t	i;		/* place in the input: a total order */
};

static int
by_mean(const void *a, const void *b)
{
	const struct pair *p = a, *q = b;

	if (p->mean != q->mean)
		return p->mean < q->mean ? -1 : 1;
	return p->i < q->i ? -1 : p->i > q->i;
}

static int
by_value(const void *a, const void *b)
{
	const double *p = a, *q = b;

	return *p < *q ? -1 : *p > *q;
}

struct fit {
	const struct pair	*rows;		/* (n) by mean */
	double			*sorted;	/* (n) values, ascending within each bin */
	size_t			 n, knots;
	struct gw_band_group	*out;
};

static size_t
bin_start(const struct fit *f, size_t b)
{
	return f->n * b / f->knots;
}

/* Linear between order statistics, as numpy and R's type 7. */
static double
quantile(const double *v, size_t n, double level)
{
	double at = level * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return v[n - 1];
	return v[i] + (at - (double)i) * (v[i + 1] - v[i]);
}

static void
set_row(struct fit *f, int row, double level)
{
	for (size_t b = 0; b < f->knots; b++) {
		size_t start = bin_start(f, b);

		f->out->row[row][b] = quantile(f->sorted + start, bin_start(f, b + 1) - start,
		    level);
	}
}

/* The knot at or before mean, and how far to the next one. */
static size_t
locate(const struct gw_band_group *g, double mean, double *part)
{
	size_t lo = 0, hi = g->n - 1;

	*part = 0;
	if (!(mean > g->row[GW_BAND_AT][0]))
		return 0;
	if (mean >= g->row[GW_BAND_AT][hi])
		return hi;
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (g->row[GW_BAND_AT][mid] <= mean)
			lo = mid;
		else
			hi = mid;
	}
	*part = (mean - g->row[GW_BAND_AT][lo]) / (g->row[GW_BAND_AT][hi] - g->row[GW_BAND_AT][lo]);
	return lo;
}

static void
interpolate(const struct gw_band_group *g, double mean, double out[GW_BAND_ROWS])
{
	double part;
	size_t i = locate(g, mean, &part), next = i + 1 < g->n ? i + 1 : i;

	for (int r = GW_BAND_LO; r < GW_BAND_ROWS; r++)
		out[r] = g->row[r][i] + part * (g->row[r][next] - g->row[r][i]);
}

static double
covered(const struct fit *f)
{
	size_t inside = 0;

	for (size_t i = 0; i < f->n; i++) {
		double band[GW_BAND_ROWS];

		interpolate(f->out, f->rows[i].mean, band);
		inside += f->rows[i].value >= band[GW_BAND_LO] &&
		    f->rows[i].value <= band[GW_BAND_HI];
	}
	return (double)inside / (double)f->n;
}

static void
search_level(struct fit *f, double cover)
{
	double lo = 0, hi = LEVEL_MAX;

	for (int i = 0; i < HALVINGS; i++) {
		double level = (lo + hi) / 2;

		set_row(f, GW_BAND_LO, level);
		set_row(f, GW_BAND_HI, 1 - level);
		if (covered(f) > cover)
			lo = level;
		else
			hi = level;
	}
}

/* Bins' means; two bins of one mean would leave nothing to interpolate between. */
static void
set_means(struct fit *f)
{
	for (size_t b = 0; b < f->knots; b++) {
		size_t start = bin_start(f, b), end = bin_start(f, b + 1);
		double sum = 0;

		for (size_t i = start; i < end; i++)
			sum += f->rows[i].mean;
		f->out->row[GW_BAND_AT][b] = sum / (double)(end - start);
	}
}

static bool
ascending(const struct fit *f)
{
	for (size_t b = 1; b < f->knots; b++)
		if (!(f->out->row[GW_BAND_AT][b] > f->out->row[GW_BAND_AT][b - 1]))
			return false;
	return true;
}

static void
fit_group(struct fit *f, size_t knots, double cover)
{
	f->knots = f->n / ROWS_PER_KNOT;
	if (f->knots > knots)
		f->knots = knots;
	if (f->knots == 0)
		f->knots = 1;
	for (set_means(f); f->knots > 1 && !ascending(f); set_means(f))
		f->knots--;
	f->out->n = f->knots;
	for (size_t i = 0; i < f->n; i++)
		f->sorted[i] = f->rows[i].value;
	for (size_t b = 0; b < f->knots; b++)
		qsort(f->sorted + bin_start(f, b), bin_start(f, b + 1) - bin_start(f, b),
		    sizeof(*f->sorted), by_value);
	set_row(f, GW_BAND_MID, 0.5);
	search_level(f, cover);
}

static size_t
gather(const struct gw_bands_rows *r, size_t group, struct pair *out)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->group[i] == group)
			out[n++] = (struct pair){ r->mean[i], r->value[i], i };
	qsort(out, n, sizeof(*out), by_mean);
	return n;
}

int
gw_bands_fit(struct gw_alloc *alloc, const struct gw_bands_rows *r, struct gw_bands *out)
{
	struct pair *rows;
	double *sorted;
	size_t last = 0;

	assert(r->n_groups > 0 && r->n_groups <= GW_BANDS_GROUPS_MAX &&
	    r->knots <= GW_BANDS_KNOTS_MAX);
	if (r->n == 0)
		return GW_EDATA;
	rows = gw_alloc_zero(alloc, r->n, sizeof(*rows));
	sorted = gw_alloc_zero(alloc, r->n, sizeof(*sorted));
	memset(out, 0, sizeof(*out));
	out->n_groups = r->n_groups;
	for (size_t g = 0; g < r->n_groups && rows != NULL && sorted != NULL; g++) {
		struct fit f = { .rows = rows, .sorted = sorted, .n = gather(r, g, rows),
			.out = &out->groups[g] };

		if (f.n > 0)
			fit_group(&f, r->knots, r->cover);
	}
	/* Empty groups, also those before the first with rows. */
	for (size_t g = r->n_groups; g-- > 0;)
		if (out->groups[g].n > 0)
			last = g;
	for (size_t g = 0; g < r->n_groups; g++) {
		if (out->groups[g].n > 0)
			last = g;
		else
			out->groups[g] = out->groups[last];
	}
	gw_alloc_free(alloc, rows);
	gw_alloc_free(alloc, sorted);
	return rows == NULL || sorted == NULL ? GW_ENOMEM : 0;
}

void
gw_bands_at(const struct gw_bands *b, size_t group, double mean, double out[GW_BAND_ROWS])
{
	out[GW_BAND_AT] = mean;
	interpolate(&b->groups[group < b->n_groups ? group : b->n_groups - 1], mean, out);
}
