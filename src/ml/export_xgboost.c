/* SPDX-License-Identifier: MIT
 *
 * ml/export_xgboost.c - a head of float32 trees as XGBoost's JSON document, with what 1.6 and
 * later want to find in it. Statistics that only training has (gains, covers) are written as 0.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "ml/foreign.h"

static float
logit(float p)
{
	p = 1 / p - 1;
	return -(float)log((double)p);
}

/*
 * XGBoost keeps a probability and computes the start of the sum from it, in float32. Of the
 * probabilities around the right one, that whose logit is nearest.
 */
static float
probability_of(double start)
{
	float wanted = (float)start, best = (float)(1 / (1 + exp(-start))), p = best;

	for (int i = 0; i < 8; i++)
		p = nextafterf(p, 0);
	for (int i = 0; i < 16; i++, p = nextafterf(p, 1))
		if (p > 0 && p < 1 && fabsf(logit(p) - wanted) < fabsf(logit(best) - wanted))
			best = p;
	return best;
}

static void
kv_text(struct gw_json_out *w, const char *key, const char *value)
{
	gw_json_kv_str(w, key, gw_str(value));
}

static void
kv_count(struct gw_json_out *w, const char *key, size_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", n);
	kv_text(w, key, text);
}

enum column { LEFT, RIGHT, PARENT, FEATURE, CONDITION, DEFAULT_LEFT, NO_REAL, NO_TYPE };

static const struct {
	const char	*key;
	enum column	 column;
} columns[] = {
	{ "base_weights", NO_REAL },
	{ "default_left", DEFAULT_LEFT },
	{ "left_children", LEFT },
	{ "loss_changes", NO_REAL },
	{ "parents", PARENT },
	{ "right_children", RIGHT },
	{ "split_conditions", CONDITION },
	{ "split_indices", FEATURE },
	{ "split_type", NO_TYPE },
	{ "sum_hessian", NO_REAL },
};

/* XGBoost tells reals from whole numbers by how they are written, and wants reals here. */
static void
put_real(struct gw_json_out *w, double v)
{
	size_t at = w->buf->len;
	char text[GW_DOUBLE_MAX];
	double nine = v;

	snprintf(text, sizeof(text), "%.9g", v);	/* what a float32 needs */
	if (gw_slice_double(gw_str(text), &nine) != 0)
		nine = v;
	gw_json_num(w, nine);
	for (; at < w->buf->len; at++)
		if (strchr(".eE", w->buf->ptr[at]) != NULL)
			return;
	gw_buf_puts(w->buf, "E0");
}

/* parent is the node's, INT32_MAX the root's. */
static void
put_cell(struct gw_json_out *w, enum column c, const struct gw_tree_node *n, int64_t parent)
{
	switch (c) {
	case LEFT:
		gw_json_int(w, n->left != 0 ? (int64_t)n->left : -1);
		break;
	case RIGHT:
		gw_json_int(w, n->left != 0 ? (int64_t)n->left + 1 : -1);
		break;
	case PARENT:
		gw_json_int(w, parent);
		break;
	case FEATURE:
		gw_json_int(w, n->feature);
		break;
	case CONDITION:
		put_real(w, n->value);
		break;
	case DEFAULT_LEFT:
		gw_json_int(w, n->default_left);
		break;
	case NO_REAL:
		put_real(w, 0);
		break;
	case NO_TYPE:
		gw_json_int(w, 0);
		break;
	}
}

static void
put_column(struct gw_json_out *w, const struct gw_tree_node *nodes, size_t n, size_t c)
{
	size_t parent = 0;

	gw_json_key(w, columns[c].key);
	gw_json_array(w);
	for (size_t i = 0; i < n; i++) {
		/* Breadth first, children of later splits stand later. */
		while (i > 0 && !(nodes[parent].left != 0 && i <= nodes[parent].left + 1))
			parent++;
		put_cell(w, columns[c].column, &nodes[i], i == 0 ? INT32_MAX : (int64_t)parent);
	}
	gw_json_array_end(w);
}

static void
put_tree(struct gw_json_out *w, const struct gw_trees *t, size_t k)
{
	static const char *const empty[] = { "categories", "categories_nodes",
		"categories_segments", "categories_sizes" };
	size_t n = gw_trees_size(t, k);

	gw_json_object(w);
	for (size_t c = 0; c < GW_N(columns); c++)
		put_column(w, t->nodes + t->first[k], n, c);
	for (size_t i = 0; i < GW_N(empty); i++) {
		gw_json_key(w, empty[i]);
		gw_json_array(w);
		gw_json_array_end(w);
	}
	gw_json_kv_int(w, "id", (int64_t)k);
	gw_json_key(w, "tree_param");
	gw_json_object(w);
	kv_text(w, "num_deleted", "0");
	kv_count(w, "num_feature", t->n_features);
	kv_count(w, "num_nodes", n);
	kv_text(w, "size_leaf_vector", "0");
	gw_json_object_end(w);
	gw_json_object_end(w);
}

static void
put_booster(struct gw_json_out *w, const struct gw_trees *t)
{
	gw_json_key(w, "gradient_booster");
	gw_json_object(w);
	gw_json_key(w, "model");
	gw_json_object(w);
	gw_json_key(w, "gbtree_model_param");
	gw_json_object(w);
	kv_text(w, "num_parallel_tree", "1");
	kv_count(w, "num_trees", t->n_trees);
	kv_text(w, "size_leaf_vector", "0");
	gw_json_object_end(w);
	gw_json_key(w, "tree_info");
	gw_json_array(w);
	for (size_t k = 0; k < t->n_trees; k++)
		gw_json_int(w, 0);
	gw_json_array_end(w);
	gw_json_key(w, "trees");
	gw_json_array(w);
	for (size_t k = 0; k < t->n_trees; k++)
		put_tree(w, t, k);
	gw_json_array_end(w);
	gw_json_object_end(w);
	kv_text(w, "name", "gbtree");
	gw_json_object_end(w);
}

static void
put_names(struct gw_json_out *w, const struct gw_model *m)
{
	gw_json_key(w, "feature_names");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_str(w, gw_str(m->features[j].name));
	gw_json_array_end(w);
	gw_json_key(w, "feature_types");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_str(w, GW_LIT("float"));
	gw_json_array_end(w);
}

static void
put_parameters(struct gw_json_out *w, const struct gw_model *m, const struct gw_head *h)
{
	bool logistic = h->family == GW_LOGISTIC;
	char score[GW_DOUBLE_MAX];

	snprintf(score, sizeof(score), "%.9g",
	    logistic ? (double)probability_of(h->intercept) : (double)(float)h->intercept);
	gw_json_key(w, "learner_model_param");
	gw_json_object(w);
	kv_text(w, "base_score", score);
	kv_text(w, "boost_from_average", "1");
	kv_text(w, "num_class", "0");
	kv_count(w, "num_feature", m->n_features);
	kv_text(w, "num_target", "1");
	gw_json_object_end(w);
	gw_json_key(w, "objective");
	gw_json_object(w);
	kv_text(w, "name", logistic ? "binary:logistic" : "reg:squarederror");
	gw_json_key(w, "reg_loss_param");
	gw_json_object(w);
	kv_text(w, "scale_pos_weight", "1");
	gw_json_object_end(w);
	gw_json_object_end(w);
}

static int
exportable(const struct gw_model *m, const struct gw_head *h, struct gw_err *err)
{
	if (h->trees == NULL)
		return gw_err_set(err, GW_EDATA,
		    "head %s has no trees; export it for scikit-learn", h->name);
	if (h->trees->kind != GW_TREES_SINGLE)
		return gw_err_set(err, GW_EDATA, "head %s computes in double (it came from"
		    " LightGBM), XGBoost in float32: the answers would differ", h->name);
	for (size_t j = 0; j < m->n_features; j++)
		if (h->coef[j] != 0)
			return gw_err_set(err, GW_EDATA, "head %s adds its trees to a linear"
			    " model, which XGBoost's trees cannot say", h->name);
	for (size_t i = 0; i < h->trees->n_nodes; i++)
		if (h->trees->nodes[i].missing != GW_MISSING_NAN)
			return gw_err_set(err, GW_EDATA, "head %s has a rule for missing"
			    " values that XGBoost lacks", h->name);
	if (h->family == GW_LOGISTIC && fabs(h->intercept) > 80)
		return gw_err_set(err, GW_EDATA, "head %s begins at %g, for which there is no"
		    " probability in float32", h->name, h->intercept);
	return 0;
}

int
gw_export_xgboost(const struct gw_model *m, const struct gw_head *h, struct gw_buf *out,
    struct gw_err *err)
{
	struct gw_json_out w;
	int rc = exportable(m, h, err);

	if (rc != 0)
		return rc;
	gw_json_begin(&w, out);
	gw_json_object(&w);
	gw_json_key(&w, "learner");
	gw_json_object(&w);
	gw_json_key(&w, "attributes");
	gw_json_object(&w);
	gw_json_object_end(&w);
	put_names(&w, m);
	put_booster(&w, h->trees);
	put_parameters(&w, m, h);
	gw_json_object_end(&w);
	gw_json_key(&w, "version");
	gw_json_array(&w);
	gw_json_int(&w, 1);
	gw_json_int(&w, 7);
	gw_json_int(&w, 6);
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_buf_putc(out, '\n');
	return out->err == 0 ? 0 : gw_err_set(err, out->err, "out of memory");
}
