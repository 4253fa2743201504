/* SPDX-License-Identifier: MIT
 *
 * nfl/state_scores.c - how many points are still to come: a linear sum, trees on what it leaves,
 * and bands around both. Home and away are one sample, so one model serves both.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/state_fit.h"

#include "ml/gbdt.h"
#include "ml/linear.h"
#include "nfl/state_model.h"

#define BAND_KNOTS	45
#define BAND_COVER	0.8

/* Trees: settings by leaving one season out; doc/ml.md. */
#define TREES		40
#define TREE_LEAVES	8
#define TREE_RATE	0.1
#define TREE_ROWS	1000	/* of a leaf at least */
#define TREE_DELTA	6	/* points; what a game brings beyond them is chance */

/* Points still to come: of even plays home's, of odd ones away's. */
static void
points_to_come(const struct gw_state_trainer *t, double *y)
{
	for (size_t i = 0; i < t->n; i++)
		y[i] = i % 2 == 0 ? t->rows[i].final_home - t->rows[i].home_score :
				    t->rows[i].final_away - t->rows[i].away_score;
}

struct scores {
	struct gw_matrix	 x;		/* (n, GW_STATE_SIDE_N) */
	double			*y, *mean;	/* (n) points to come; what is expected of them */
	double			 coef[GW_STATE_LINEAR_N], intercept;
	struct gw_trees		*trees;		/* on top of them */
};

static int
fit_linear(struct gw_state_fit *f, struct scores *s)
{
	bool dropped[GW_STATE_LINEAR_N];
	struct gw_matrix x;
	struct gw_linear fit = { .z = &x, .n_targets = 1, .dropped = dropped, .pool = f->t->pool,
		.targets = { { .y = s->y, .coef = s->coef } } };
	int rc = 0;

	gw_matrix_init(&x, f->t->alloc, GW_STATE_LINEAR_N);
	if (gw_matrix_add_rows(&x, s->x.n) == NULL)
		rc = gw_state_no_memory(f);
	for (size_t i = 0; i < s->x.n && rc == 0; i++)
		memcpy(gw_matrix_row(&x, i), gw_matrix_row(&s->x, i), sizeof(s->coef));
	if (rc == 0)
		rc = gw_linear_fit(f->t->alloc, &fit, f->err);
	gw_matrix_fini(&x);
	s->intercept = fit.targets[0].intercept;
	for (size_t i = 0; i < s->x.n && rc == 0; i++) {
		const double *row = gw_matrix_row(&s->x, i);

		s->mean[i] = s->intercept;
		for (size_t j = 0; j < GW_STATE_LINEAR_N; j++)
			s->mean[i] += s->coef[j] * row[j];
	}
	return rc;
}

static int
fit_trees(struct gw_state_fit *f, struct scores *s)
{
	struct gw_gbdt fit = { .train = { .x = &s->x, .y = s->y, .margin = s->mean },
		.loss = GW_LOSS_SQUARED, .delta = TREE_DELTA, .rounds = TREES, .rate = TREE_RATE,
		.l2 = 1, .min_weight = TREE_ROWS, .depth = TREE_LEAVES - 1, .leaves = TREE_LEAVES,
		.bag = 1, .pool = f->t->pool, .fitted = s->mean };
	int rc = gw_gbdt_fit(f->t->alloc, &fit, f->err);

	s->trees = fit.trees;
	return rc;
}

static int
fit_bands(struct gw_state_fit *f, const struct scores *s)
{
	size_t n = s->x.n;
	unsigned char *group = gw_alloc_zero(f->t->alloc, n, 1);
	struct gw_bands_rows rows = { .mean = s->mean, .value = s->y, .group = group,
		.n = n, .n_groups = GW_STATE_PHASES, .knots = BAND_KNOTS, .cover = BAND_COVER };
	int rc = gw_model_add_bands(f->m, f->err);

	for (size_t i = 0; i < n && group != NULL; i++) {
		f->play.quarter = f->t->rows[i].quarter;
		group[i] = (unsigned char)gw_state_phase(&f->play);
	}
	if (rc == 0)
		rc = group == NULL ? gw_state_no_memory(f) :
		    gw_bands_fit(f->t->alloc, &rows, f->m->bands);
	gw_alloc_free(f->t->alloc, group);
	return rc == GW_ENOMEM ? gw_state_no_memory(f) : rc;
}

/* The trees of one side, whose features begin at `first` in the model's. */
static int
copy_trees(struct gw_trees *to, const struct gw_trees *from, size_t first, struct gw_err *err)
{
	struct gw_tree_source nodes[2 * TREE_LEAVES];
	int rc = 0;

	for (size_t k = 0; k < from->n_trees && rc == 0; k++) {
		const struct gw_tree_node *node = from->nodes + from->first[k];
		size_t n = gw_trees_size(from, k);

		for (size_t i = 0; i < n; i++)
			nodes[i] = (struct gw_tree_source){ .value = node[i].value,
				.left = node[i].left == 0 ? -1 : (int64_t)node[i].left,
				.right = node[i].left == 0 ? -1 : (int64_t)node[i].left + 1,
				.feature = (int64_t)(first + node[i].feature),
				.missing = (enum gw_missing)node[i].missing,
				.default_left = node[i].default_left };
		rc = gw_trees_add(to, nodes, n, err);
	}
	return rc == 0 ? gw_trees_finish(to, err) : rc;
}

static int
set_side(struct gw_state_fit *f, const char *name, size_t first, const struct scores *s)
{
	struct gw_head *h = gw_state_new_head(f->m, name, GW_LINEAR);

	h->intercept = s->intercept;
	memcpy(h->coef + first, s->coef, sizeof(s->coef));
	h->trees = gw_trees_new(f->m->alloc, GW_TREES_SINGLE, GW_STATE_N);
	if (h->trees == NULL)
		return gw_state_no_memory(f);
	return copy_trees(h->trees, s->trees, first, f->err);
}

int
gw_state_fit_scores(struct gw_state_fit *f)
{
	struct scores s = { .trees = NULL };
	int rc = GW_ENOMEM;

	gw_matrix_init(&s.x, f->t->alloc, GW_STATE_SIDE_N);
	s.y = gw_alloc_zero(f->t->alloc, 2 * f->t->n, sizeof(*s.y));
	if (s.y == NULL ||
	    gw_state_fill(f, &s.x, GW_STATE_HOME, GW_STATE_AWAY, GW_STATE_SIDE_N) != 0) {
		gw_state_no_memory(f);
		goto out;
	}
	s.mean = s.y + f->t->n;
	points_to_come(f->t, s.y);
	if ((rc = fit_linear(f, &s)) == 0 && (rc = fit_trees(f, &s)) == 0 &&
	    (rc = set_side(f, GW_HEAD_HOME_SCORE, GW_STATE_HOME, &s)) == 0 &&
	    (rc = set_side(f, GW_HEAD_AWAY_SCORE, GW_STATE_AWAY, &s)) == 0)
		rc = fit_bands(f, &s);
out:
	gw_trees_free(s.trees);
	gw_matrix_fini(&s.x);
	gw_alloc_free(f->t->alloc, s.y);
	return rc;
}
