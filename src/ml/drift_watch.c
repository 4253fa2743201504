/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/drift_watch.h"

#include <assert.h>
#include <math.h>

/* Sums over the window's games of n_gb, its square, its product with n_g. */
struct gw_drift_sums {
	double	n[GW_DRIFT_BINS], n2[GW_DRIFT_BINS], nn[GW_DRIFT_BINS];
};

struct gw_drift_watch *
gw_drift_watch_new(struct gw_alloc *alloc, const struct gw_model *model)
{
	struct gw_drift_watch *w = gw_alloc_zero(alloc, 1, sizeof(*w));
	size_t n = model->n_features;

	if (w == NULL)
		return NULL;
	w->alloc = alloc;
	w->model = model;
	w->verdicts = gw_alloc_zero(alloc, n, sizeof(*w->verdicts));
	w->sums = gw_alloc_zero(alloc, n, sizeof(*w->sums));
	w->counts = gw_alloc_zero(alloc, GW_DRIFT_SLOTS * GW_DRIFT_BINS * n, sizeof(*w->counts));
	if (w->verdicts != NULL && w->sums != NULL && w->counts != NULL)
		return w;
	gw_drift_watch_free(w);
	return NULL;
}

void
gw_drift_watch_free(struct gw_drift_watch *w)
{
	if (w == NULL)
		return;
	gw_alloc_free(w->alloc, w->verdicts);
	gw_alloc_free(w->alloc, w->sums);
	gw_alloc_free(w->alloc, w->counts);
	gw_alloc_free(w->alloc, w);
}

static uint16_t *
slot_of(struct gw_drift_watch *w, size_t slot)
{
	assert(slot < GW_DRIFT_SLOTS);
	return w->counts + slot * w->model->n_features * GW_DRIFT_BINS;
}

void
gw_drift_watch_add(struct gw_drift_watch *w, size_t slot, const double *x)
{
	uint16_t *counts = slot_of(w, slot);

	if (w->slot_plays[slot] == UINT16_MAX)
		return;
	w->slot_plays[slot]++;
	for (size_t j = 0; j < w->model->n_features; j++)
		counts[j * GW_DRIFT_BINS + gw_bin(w->model->features[j].edges, x[j])]++;
}

/* Upper quantile of the normal: Abramowitz and Stegun 26.2.23, error below 4.5e-4. */
static double
normal_upper(double alpha)
{
	double t = sqrt(-2 * log(alpha));

	return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
	    (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

double
gw_chi2_upper(double nu, double alpha)
{
	double k = 2 / (9 * nu), c = 1 - k + normal_upper(alpha) * sqrt(k);

	return nu * c * c * c;
}

/* How one feature stands. */
static double
ratio_of(const struct gw_drift_watch *w, const struct gw_drift_sums *s, const double *share)
{
	double n = w->plays, games = (double)w->n_games, x2 = 0, delta = 0, delta2 = 0, df = -1, a2;

	for (size_t b = 0; b < GW_DRIFT_BINS; b++) {
		double p = share[b], q = s->n[b] / n, v, d;


		if (p < GW_DRIFT_SHARE_MIN)
			continue;
		v = s->n2[b] - 2 * p * s->nn[b] + p * p * w->plays2;
		v = v > 0 ? v * games / (games - 1) / (n * n) : 0;
		d = n * v / p;
		x2 += n * (q - p) * (q - p) / p;
		delta += d;
		delta2 += d * d;
		df++;
	}
	if (df < 1)
		return 0;
	a2 = delta > 0 ? delta2 * (df + 1) / (delta * delta) - 1 : 0;
	delta = delta / df > 1 ? delta / df : 1;
	return x2 / (delta * (1 + a2)) /
	    gw_chi2_upper(df / (1 + a2), GW_DRIFT_LEVEL / (double)w->model->n_features);
}

static void
judge(struct gw_drift_watch *w)
{
	uint64_t counts[GW_DRIFT_BINS];

	w->n_drifting = 0;
	for (size_t j = 0; j < w->model->n_features; j++) {
		const double *share = w->model->features[j].share;

		for (size_t b = 0; b < GW_DRIFT_BINS; b++)
			counts[b] = (uint64_t)w->sums[j].n[b];
		w->verdicts[j].psi = gw_psi(share, counts);
		w->verdicts[j].ratio = ratio_of(w, &w->sums[j], share);
		w->n_drifting += w->verdicts[j].ratio > 1;
		w->sums[j] = (struct gw_drift_sums){ { 0 }, { 0 }, { 0 } };
	}
	w->n_windows++;
	w->n_games = 0;
	w->plays = w->plays2 = 0;
}

bool
gw_drift_watch_end(struct gw_drift_watch *w, size_t slot)
{
	uint16_t *counts = slot_of(w, slot);
	double n_g = w->slot_plays[slot];

	if (w->slot_plays[slot] == 0)
		return false;
	for (size_t i = 0; i < w->model->n_features * GW_DRIFT_BINS; i++) {
		struct gw_drift_sums *s = &w->sums[i / GW_DRIFT_BINS];
		double n = counts[i];

		s->n[i % GW_DRIFT_BINS] += n;
		s->n2[i % GW_DRIFT_BINS] += n * n;
		s->nn[i % GW_DRIFT_BINS] += n * n_g;
		counts[i] = 0;
	}
	w->slot_plays[slot] = 0;
	w->plays += n_g;
	w->plays2 += n_g * n_g;
	if (++w->n_games < GW_DRIFT_GAMES)
		return false;
	judge(w);
	return true;
}
