/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_split.c - the best split of a leaf, bin by bin. Of equal ones the first: lower feature,
 * lower bin, missing values to the right.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/gbdt_int.h"

/* One leaf being searched. */
struct search {
	const struct gw_grower	*w;
	const struct gw_leaf	*leaf;
	double			 l2, min_weight;
	double			 parent;	/* the leaf's own score: what a split has to beat */
	struct gw_split		 best;
};

struct side {
	double	g, h, value, score;	/* score: how much value lowers the loss, times two */
};

static struct side
side_of(const struct search *s, struct gw_sums sum)
{
	struct side x = { .g = (double)sum.g * s->w->g_unit, .h = (double)sum.h * s->w->h_unit };
	double weight = x.h + s->l2;

	x.value = weight > 0 ? -x.g / weight : 0;
	if (x.value < s->leaf->low)
		x.value = s->leaf->low;
	if (x.value > s->leaf->high)
		x.value = s->leaf->high;
	x.score = -(2 * x.g * x.value + weight * x.value * x.value);
	return x;
}

static void
try_split(struct search *s, uint32_t feature, uint32_t bin, struct gw_sums left, bool missing_left)
{
	struct gw_sums right = { s->leaf->sum.g - left.g, s->leaf->sum.h - left.h };
	int direction = s->w->fit->monotone == NULL ? 0 : s->w->fit->monotone[feature];
	struct side l, r;
	double gain;

	if ((double)left.h * s->w->h_unit < s->min_weight ||
	    (double)right.h * s->w->h_unit < s->min_weight)
		return;
	l = side_of(s, left);
	r = side_of(s, right);
	if ((direction > 0 && l.value > r.value) || (direction < 0 && l.value < r.value))
		return;
	gain = (l.score + r.score - s->parent) / 2;
	if (!(gain > s->best.gain))
		return;
	s->best = (struct gw_split){ gain, feature, bin, missing_left, left, l.value, r.value };
}

static void
try_feature(struct search *s, uint32_t j)
{
	const struct gw_sums *bins = s->leaf->histogram + s->w->bins.at[j];
	uint32_t n = s->w->bins.n[j];
	struct gw_sums missing = bins[n], left = { 0, 0 }, with;

	/* A bin of h 0 holds no row, or rows that are decided: it moves nothing. */
	for (uint32_t b = 0; b + 1 < n; b++) {
		if (bins[b].h == 0 && bins[b].g == 0)
			continue;
		left.g += bins[b].g;
		left.h += bins[b].h;
		with = (struct gw_sums){ left.g + missing.g, left.h + missing.h };
		if (missing.h == 0 && missing.g == 0) {
			/* Never seen: later it goes with the greater part. */
			try_split(s, j, b, left, 2 * left.h > s->leaf->sum.h);
			continue;
		}
		try_split(s, j, b, left, false);
		try_split(s, j, b, with, true);
	}
	/* What is known on one side, what is missing on the other. */
	if (missing.h != 0 && n > 0) {
		with = (struct gw_sums){ s->leaf->sum.g - missing.g, s->leaf->sum.h - missing.h };
		try_split(s, j, n - 1, with, false);
	}
}

void
gw_split_find(const struct gw_grower *w, struct gw_leaf *leaf)
{
	struct search s = { .w = w, .leaf = leaf, .l2 = w->fit->l2,
		.min_weight = w->fit->min_weight, .best = { .gain = w->fit->min_gain } };
	struct side own = side_of(&s, leaf->sum);

	s.parent = own.score;
	for (size_t j = 0; j < w->bins.d; j++)
		try_feature(&s, (uint32_t)j);
	if (s.best.gain > w->fit->min_gain)
		leaf->split = s.best;
	else
		leaf->split.gain = 0;
}
