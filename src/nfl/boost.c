/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/boost.h"

#include "ml/gbdt.h"
#include "ml/logistic.h"
#include "nfl/season.h"

void
gw_boost_defaults(struct gw_boost *b)
{
	b->on_linear = false;
	b->rounds_max = 300;
	b->rate = 0.05;
	b->l2 = 1;
	b->min_weight = 500;
	b->bag = 1;
	b->depth = 8;
	b->leaves = 15;
}

void
gw_boost_directions(const struct gw_model *m, int8_t *monotone)
{
	static const struct { const char *name; int8_t direction; } known[] = {
		{ "score_diff", 1 },
		{ "current_home_score", 1 },
		{ "current_away_score", -1 },
		{ "score_diff_per_sqrt_time", 1 },
		{ "spread_line", 1 },
		{ "is_home_team", 1 },
	};

	for (size_t j = 0; j < m->n_features; j++) {
		monotone[j] = 0;
		for (size_t k = 0; k < GW_N(known); k++)
			if (strcmp(m->features[j].name, known[k].name) == 0)
				monotone[j] = known[k].direction;
	}
}

/* Some of the rows, and what a fit on them needs. */
struct part {
	struct gw_matrix x;
	double		*y, *margin;
	uint32_t	*game;
};

static void
free_part(struct gw_alloc *alloc, struct part *p)
{
	gw_matrix_fini(&p->x);
	gw_alloc_free(alloc, p->y);
	gw_alloc_free(alloc, p->margin);
	gw_alloc_free(alloc, p->game);
}

/* Rows of the season, or of all others; season 0: all rows. */
static int
take_part(struct gw_alloc *alloc, const struct gw_boost *b, int32_t season, bool inside,
    struct part *out)
{
	size_t n = b->x->n, d = b->x->d, k = 0;

	gw_matrix_init(&out->x, alloc, d);
	out->y = gw_alloc_zero(alloc, n, sizeof(*out->y));
	out->margin = gw_alloc_zero(alloc, n, sizeof(*out->margin));
	out->game = gw_alloc_zero(alloc, n, sizeof(*out->game));
	if (out->y == NULL || out->margin == NULL || out->game == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		double *row;

		if (season != 0 && (b->season[i] == season) != inside)
			continue;
		if ((row = gw_matrix_add(&out->x)) == NULL)
			return GW_ENOMEM;
		memcpy(row, gw_matrix_row(b->x, i), d * sizeof(*row));
		out->y[k] = b->y[i];
		out->game[k++] = b->game[i];
	}
	return 0;
}

static void
standardise(const struct gw_model *m, const struct gw_matrix *x, double *z)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j < x->d; j++)
			z[i * x->d + j] = (gw_matrix_row(x, i)[j] - m->features[j].mean) /
			    m->features[j].scale;
}

/* The linear part of the head, fitted on a part. Without one: zero. */
static int
fit_linear(struct gw_alloc *alloc, const struct gw_boost *b, const struct gw_model *m,
    const struct part *p, struct gw_head *head, struct gw_err *err)
{
	struct gw_matrix z = p->x;
	struct gw_logistic fit = { .z = &z, .y = p->y, .c = 1, .pool = b->pool,
		.coef = head->coef };
	int rc;

	head->intercept = 0;
	memset(head->coef, 0, m->n_features * sizeof(*head->coef));
	if (!b->on_linear)
		return 0;
	z.x = gw_alloc_zero(alloc, p->x.n * p->x.d, sizeof(*z.x));
	if (z.x == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu plays", p->x.n);
	standardise(m, &p->x, z.x);
	rc = gw_logistic_fit(alloc, &fit, err);
	head->intercept = fit.intercept;
	gw_alloc_free(alloc, z.x);
	return rc;
}

/* As gw_head_predict() begins a sum of trees. */
static void
margins(const struct gw_model *m, const struct gw_head *head, const struct gw_matrix *x,
    double *out)
{
	for (size_t i = 0; i < x->n; i++) {
		const double *row = gw_matrix_row(x, i);

		out[i] = head->intercept;
		for (size_t j = 0; j < x->d; j++)
			if (head->coef[j] != 0)
				out[i] += head->coef[j] *
				    ((row[j] - m->features[j].mean) / m->features[j].scale);
	}
}

static struct gw_gbdt
settings(const struct gw_boost *b, size_t rounds)
{
	return (struct gw_gbdt){
		.loss = GW_LOSS_LOGISTIC,
		.rounds = rounds,
		.rate = b->rate,
		.l2 = b->l2,
		.min_weight = b->min_weight,
		.depth = b->depth,
		.leaves = b->leaves,
		.monotone = b->monotone,
		.bag = b->bag,
		.seed = b->seed,
		.pool = b->pool,
		.stop = b->stop,
		.stop_arg = b->stop_arg,
	};
}

/* Grown on `train`; with `valid` the curve of its losses. The linear part goes into head. */
static int
grow(struct gw_alloc *alloc, const struct gw_boost *b, struct gw_model *m, struct gw_head *head,
    struct part *train, struct part *valid, struct gw_gbdt *fit, struct gw_err *err)
{
	int rc = fit_linear(alloc, b, m, train, head, err);

	if (rc != 0)
		return rc;
	margins(m, head, &train->x, train->margin);
	fit->train = (struct gw_gbdt_rows){ &train->x, train->y,
		b->on_linear ? train->margin : NULL };
	fit->group = train->game;
	if (valid != NULL) {
		margins(m, head, &valid->x, valid->margin);
		fit->valid = (struct gw_gbdt_rows){ &valid->x, valid->y,
			b->on_linear ? valid->margin : NULL };
	}
	return gw_gbdt_fit(alloc, fit, err);
}

/* One season left out: its losses, times its rows, onto the curve. */
static int
leave_out(struct gw_alloc *alloc, const struct gw_boost *b, struct gw_model *m,
    struct gw_head *head, int32_t season, double *curve, struct gw_err *err)
{
	struct gw_gbdt fit = settings(b, b->rounds_max);
	struct part train = { 0 }, valid = { 0 };
	double *own = gw_alloc_zero(alloc, b->rounds_max, sizeof(*own));
	int rc = own == NULL ? GW_ENOMEM : take_part(alloc, b, season, false, &train);

	if (rc == 0)
		rc = take_part(alloc, b, season, true, &valid);
	if (rc != 0)
		gw_err_set(err, rc, "out of memory for %zu plays", b->x->n);
	fit.curve = own;
	if (rc == 0)
		rc = grow(alloc, b, m, head, &train, &valid, &fit, err);
	for (size_t i = 0; rc == 0 && i < b->rounds_max; i++)
		curve[i] += own[i] * (double)valid.x.n;
	gw_trees_free(fit.trees);
	if (own != NULL) {
		free_part(alloc, &train);
		free_part(alloc, &valid);
	}
	gw_alloc_free(alloc, own);
	return rc;
}

/* Each season there is, once. */
static size_t
seasons_of(const struct gw_boost *b, int32_t out[GW_SEASONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < b->x->n; i++) {
		size_t k = 0;

		while (k < n && out[k] != b->season[i])
			k++;
		if (k == n && n < GW_SEASONS_MAX)
			out[n++] = b->season[i];
	}
	return n;
}

static int
find_rounds(struct gw_alloc *alloc, struct gw_boost *b, struct gw_model *m, struct gw_head *head,
    struct gw_err *err)
{
	int32_t seasons[GW_SEASONS_MAX];
	double *curve = gw_alloc_zero(alloc, b->rounds_max, sizeof(*curve));
	size_t best = 0;
	int rc = 0;

	if (curve == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	b->n_seasons = seasons_of(b, seasons);
	b->rounds = b->rounds_max;
	for (size_t k = 0; b->n_seasons > 1 && k < b->n_seasons && rc == 0; k++)
		rc = leave_out(alloc, b, m, head, seasons[k], curve, err);
	for (size_t i = 1; i < b->rounds_max; i++)
		if (curve[i] < curve[best])
			best = i;
	if (b->n_seasons > 1) {
		b->rounds = best + 1;
		b->loso_loss = curve[best] / (double)b->x->n;
	}
	gw_alloc_free(alloc, curve);
	return rc;
}

int
gw_boost_fit(struct gw_alloc *alloc, struct gw_boost *b, struct gw_model *m,
    struct gw_head *head, struct gw_err *err)
{
	struct gw_gbdt fit;
	struct part all = { 0 };
	int rc = find_rounds(alloc, b, m, head, err);

	if (rc != 0)
		return rc;
	fit = settings(b, b->rounds);
	if ((rc = take_part(alloc, b, 0, true, &all)) != 0)
		gw_err_set(err, rc, "out of memory for %zu plays", b->x->n);
	else
		rc = grow(alloc, b, m, head, &all, NULL, &fit, err);
	free_part(alloc, &all);
	if (rc != 0)
		return rc;
	if (!b->on_linear)
		head->intercept = fit.start;
	gw_trees_free(head->trees);
	head->trees = fit.trees;
	b->train_loss = fit.train_loss;
	return 0;
}
