/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt.c - round by round.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/gbdt.h"

#include <math.h>

#include "ml/gbdt_int.h"
#include "ml/math.h"

static int
check_parameters(const struct gw_gbdt *f, struct gw_err *err)
{
	const char *bad = NULL;

	if (f->rounds < 1 || f->rounds > GW_TREES_MAX)
		bad = "rounds";
	else if (!(f->rate > 0 && f->rate <= 1))
		bad = "rate";
	else if (!(f->l2 >= 0 && f->l2 <= 1e12))
		bad = "l2";
	else if (!(f->min_weight > 0 && f->min_weight <= 1e12))
		bad = "min_weight";
	else if (!(f->delta >= 0 && f->delta <= 1e12))
		bad = "delta";
	else if (!(f->min_gain >= 0 && f->min_gain <= 1e12))
		bad = "min_gain";
	else if (f->depth < 1 || f->depth > GW_GBDT_DEPTH_MAX)
		bad = "depth";
	else if (f->leaves == 1 || f->leaves > GW_GBDT_LEAVES_MAX)
		bad = "leaves";
	else if (!(f->bag > 0 && f->bag <= 1))
		bad = "bag";
	return bad == NULL ? 0 : gw_err_set(err, GW_EINVAL, "%s is out of range", bad);
}

static int
check_rows(const struct gw_gbdt *fit, const struct gw_gbdt_rows *r, struct gw_err *err)
{
	if (r->x->n == 0)
		return gw_err_set(err, GW_EDATA, "no rows");
	if (r->x->n > GW_GBDT_ROWS_MAX || r->x->d > GW_TREES_FEATURES_MAX)
		return gw_err_set(err, GW_ELIMIT, "too many rows or features");
	for (size_t i = 0; i < r->x->n; i++)
		if (!(r->y[i] >= (fit->loss == GW_LOSS_LOGISTIC ? 0 : -1e30) &&
			r->y[i] <= (fit->loss == GW_LOSS_LOGISTIC ? 1 : 1e30)))
			return gw_err_set(err, GW_EDATA, "row %zu: label out of range", i);
	return 0;
}

/* In float32, so that XGBoost, which is told p, gets to the same number. */
static double
logit(float p)
{
	float odds = 1 / p - 1;

	return -(double)(float)gw_ln((double)odds);
}

/* Without margins every row starts from what fits best as a constant. */
static int
find_start(struct gw_gbdt *fit, struct gw_err *err)
{
	const struct gw_gbdt_rows *r = &fit->train;
	double sum = 0;

	fit->start = 0;
	if (r->margin != NULL)
		return 0;
	for (size_t i = 0; i < r->x->n; i++)
		sum += r->y[i];
	sum /= (double)r->x->n;
	if (fit->loss == GW_LOSS_LOGISTIC) {
		if (!(sum > 1e-7 && sum < 1 - 1e-7))
			return gw_err_set(err, GW_EDATA, "all rows have one outcome");
		sum = logit((float)sum);
	}
	fit->start = (double)(float)sum;
	return 0;
}

static float *
margins_of(struct gw_grower *w, const struct gw_gbdt_rows *r)
{
	float *m = gw_alloc_zero(w->alloc, r->x->n, sizeof(*m));

	for (size_t i = 0; m != NULL && i < r->x->n; i++)
		m[i] = (float)(r->margin != NULL ? r->margin[i] : w->fit->start);
	return m;
}

static int
make_work(struct gw_grower *w)
{
	unsigned n = gw_pool_size(w->fit->pool);

	w->work = gw_alloc_zero(w->alloc, n, sizeof(*w->work));
	for (unsigned i = 0; w->work != NULL && i < n; i++) {
		w->work[i].packed = gw_alloc_zero(w->alloc, w->bins.total, sizeof(uint64_t));
		w->work[i].sums = gw_alloc_zero(w->alloc, w->bins.total, sizeof(struct gw_sums));
		if (w->work[i].packed == NULL || w->work[i].sums == NULL)
			return GW_ENOMEM;
	}
	return w->work == NULL ? GW_ENOMEM : 0;
}

/* One histogram more than leaves: a half that will not be split needs one for a moment. */
static int
make_histograms(struct gw_grower *w)
{
	size_t n = w->leaves_max + 1;

	w->histograms = gw_alloc_zero(w->alloc, n * w->bins.total, sizeof(*w->histograms));
	w->free_histograms = gw_alloc_zero(w->alloc, n, sizeof(struct gw_sums *));
	if (w->histograms == NULL || w->free_histograms == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		w->free_histograms[w->n_free++] = w->histograms + i * w->bins.total;
	return 0;
}

static int
make_room(struct gw_grower *w, struct gw_err *err)
{
	struct gw_gbdt *fit = w->fit;
	size_t n = fit->train.x->n, by_depth = (size_t)1 << fit->depth;

	w->leaves_max = by_depth < GW_GBDT_LEAVES_MAX ? by_depth : GW_GBDT_LEAVES_MAX;
	if (fit->leaves != 0 && fit->leaves < w->leaves_max)
		w->leaves_max = fit->leaves;
	w->order = gw_alloc_zero(w->alloc, n, sizeof(*w->order));
	w->left = gw_alloc_zero(w->alloc, n + 1, sizeof(*w->left));
	w->right = gw_alloc_zero(w->alloc, n + 1, sizeof(*w->right));
	w->leaves = gw_alloc_zero(w->alloc, w->leaves_max, sizeof(*w->leaves));
	w->nodes = gw_alloc_zero(w->alloc, 2 * w->leaves_max, sizeof(*w->nodes));
	w->node_bin = gw_alloc_zero(w->alloc, 2 * w->leaves_max, 1);
	w->train_margin = margins_of(w, &fit->train);
	if (fit->valid.x != NULL)
		w->valid_margin = margins_of(w, &fit->valid);
	fit->trees = gw_trees_new(w->alloc, GW_TREES_SINGLE, fit->train.x->d);
	if (w->order == NULL || w->left == NULL || w->right == NULL || w->leaves == NULL ||
	    w->nodes == NULL || w->node_bin == NULL || w->train_margin == NULL ||
	    (fit->valid.x != NULL && w->valid_margin == NULL) || fit->trees == NULL ||
	    make_work(w) != 0 || make_histograms(w) != 0)
		return gw_err_set(err, GW_ENOMEM, "out of memory for trees on %zu rows", n);
	return 0;
}

static void
free_room(struct gw_grower *w)
{
	for (unsigned i = 0; w->work != NULL && i < gw_pool_size(w->fit->pool); i++) {
		gw_alloc_free(w->alloc, w->work[i].packed);
		gw_alloc_free(w->alloc, w->work[i].sums);
	}
	gw_alloc_free(w->alloc, w->work);
	gw_alloc_free(w->alloc, w->histograms);
	gw_alloc_free(w->alloc, w->free_histograms);
	gw_alloc_free(w->alloc, w->order);
	gw_alloc_free(w->alloc, w->left);
	gw_alloc_free(w->alloc, w->right);
	gw_alloc_free(w->alloc, w->leaves);
	gw_alloc_free(w->alloc, w->nodes);
	gw_alloc_free(w->alloc, w->node_bin);
	gw_alloc_free(w->alloc, w->train_margin);
	gw_alloc_free(w->alloc, w->valid_margin);
	gw_alloc_free(w->alloc, w->sigmoid);
	gw_alloc_free(w->alloc, w->bins.cuts);
	gw_alloc_free(w->alloc, w->columns);
	gw_alloc_free(w->alloc, w->train.bytes);
	gw_alloc_free(w->alloc, w->valid.bytes);
}

static int
prepare(struct gw_grower *w, struct gw_err *err)
{
	struct gw_gbdt *fit = w->fit;
	int rc;

	if ((rc = check_parameters(fit, err)) != 0 ||
	    (rc = check_rows(fit, &fit->train, err)) != 0 ||
	    (fit->valid.x != NULL && (rc = check_rows(fit, &fit->valid, err)) != 0) ||
	    (rc = find_start(fit, err)) != 0 || (rc = gw_bins_make(w, err)) != 0)
		return rc;
	w->columns = gw_alloc_zero(w->alloc, fit->train.x->d, fit->train.x->n);
	if (w->columns == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu rows", fit->train.x->n);
	if ((rc = gw_bins_apply(w, fit->train.x, &w->train, w->columns, err)) != 0)
		return rc;
	if (fit->valid.x != NULL &&
	    (rc = gw_bins_apply(w, fit->valid.x, &w->valid, NULL, err)) != 0)
		return rc;
	if ((rc = gw_loss_init(w, err)) != 0)
		return rc;
	return make_room(w, err);
}

/* All rounds; afterwards the trees after the best one are gone. */
static int
boost(struct gw_grower *w, struct gw_err *err)
{
	struct gw_gbdt *fit = w->fit;
	size_t best = 0, since = 0;
	double best_loss = INFINITY, last = 0;
	size_t round = 0;
	int rc;

	if (fit->valid.x != NULL)
		last = best_loss = gw_loss_mean(fit, &fit->valid, w->valid_margin);
	for (; round < fit->rounds; round++) {
		double loss;

		if (fit->stop != NULL && fit->stop(fit->stop_arg))
			return gw_err_set(err, GW_EINTR, "interrupted");
		gw_loss_gradients(w);
		gw_grow_tree(w, round);
		if (w->n_nodes == 1 && fit->bag >= 1)
			break;		/* no split gains anything, nor will one later */
		if ((rc = gw_trees_add(fit->trees, w->nodes, w->n_nodes, err)) != 0)
			return rc;
		if (fit->valid.x == NULL || (fit->patience == 0 && fit->curve == NULL))
			continue;
		loss = gw_loss_mean(fit, &fit->valid, w->valid_margin);
		if (fit->curve != NULL)
			fit->curve[round] = last = loss;
		if (loss < best_loss) {
			best_loss = loss;
			best = fit->trees->n_trees;
			since = 0;
		} else if (++since == fit->patience && fit->patience != 0) {
			break;
		}
	}
	for (; fit->curve != NULL && round < fit->rounds; round++)
		fit->curve[round] = last;
	if (fit->valid.x != NULL && fit->patience != 0)
		gw_trees_drop(fit->trees, fit->trees->n_trees - best);
	return gw_trees_finish(fit->trees, err);
}

/* The sums of the trees that were kept. */
static void
sum_again(const struct gw_gbdt *fit, const struct gw_gbdt_rows *r, float *margin)
{
	for (size_t i = 0; i < r->x->n; i++)
		margin[i] = (float)gw_trees_sum(fit->trees,
		    r->margin != NULL ? r->margin[i] : fit->start, gw_matrix_row(r->x, i));
}

int
gw_gbdt_fit(struct gw_alloc *alloc, struct gw_gbdt *fit, struct gw_err *err)
{
	struct gw_grower *w = gw_alloc_zero(alloc, 1, sizeof(*w));
	size_t grown;
	int rc;

	fit->trees = NULL;
	fit->train_loss = fit->valid_loss = 0;
	if (w == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	w->fit = fit;
	w->alloc = alloc;
	if ((rc = prepare(w, err)) == 0)
		rc = boost(w, err);
	grown = rc == 0 ? fit->trees->n_trees : 0;
	if (rc == 0) {
		if (fit->patience != 0 && fit->valid.x != NULL && grown > 0) {
			sum_again(fit, &fit->train, w->train_margin);
			sum_again(fit, &fit->valid, w->valid_margin);
		}
		fit->train_loss = gw_loss_mean(fit, &fit->train, w->train_margin);
		for (size_t i = 0; fit->fitted != NULL && i < fit->train.x->n; i++)
			fit->fitted[i] = (double)w->train_margin[i];
		if (fit->valid.x != NULL)
			fit->valid_loss = gw_loss_mean(fit, &fit->valid, w->valid_margin);
	} else {
		gw_trees_free(fit->trees);
		fit->trees = NULL;
	}
	free_room(w);
	gw_alloc_free(alloc, w);
	return rc;
}
