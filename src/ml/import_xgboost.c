/* SPDX-License-Identifier: MIT
 *
 * ml/import_xgboost.c - XGBoost's model document, of versions 1.0 to 3.x (its doc/model.schema and
 * "Introduction to Model IO"). Numbers that are parameters are texts in it; what is a list of
 * flags is one of booleans in old versions and of numbers in newer ones.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/foreign_formats.h"

#include <math.h>
#include <stdio.h>

#include "base/slice.h"

/* How the sum of leaves is to be read. */
static const struct {
	const char	*objective;
	enum gw_family	 family;
} objectives[] = {
	{ "binary:logistic", GW_LOGISTIC },
	{ "reg:logistic", GW_LOGISTIC },
	{ "reg:squarederror", GW_LINEAR },
	{ "reg:linear", GW_LINEAR },		/* its name until 0.90 */
	{ "reg:absoluteerror", GW_LINEAR },
	{ "reg:pseudohubererror", GW_LINEAR },
	{ "reg:quantileerror", GW_LINEAR },
};

static struct gw_slice
text_of(const struct gw_json *v)
{
	return v != NULL && v->type == GW_JSON_STRING ? v->text : (struct gw_slice){ "", 0 };
}

/* A parameter: a text that is a whole number, or a number; `absent` if it is not there. */
static int64_t
param(const struct gw_json *obj, const char *key, int64_t absent)
{
	const struct gw_json *v = gw_json_get(obj, key);
	int64_t n;

	if (v == NULL)
		return absent;
	if (v->type == GW_JSON_NUMBER)
		return fabs(v->number) < 1e15 ? (int64_t)v->number : -1;
	return gw_slice_i64(text_of(v), &n) == 0 ? n : -1;
}

/* "5E-1", and "[5E-1]" since 3.1. */
static int
base_score(const struct gw_json *v, double *out)
{
	struct gw_slice s;

	if (v != NULL && v->type == GW_JSON_ARRAY && v->n == 1)
		v = v->child;
	if (v != NULL && v->type == GW_JSON_NUMBER) {
		*out = v->number;
		return 0;
	}
	s = text_of(v);
	if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']') {
		s.ptr++;
		s.len -= 2;
	}
	return gw_slice_double(s, out);
}

/* The start of the sum: for a probability its logit, in float32 as XGBoost does it. */
static int
read_start(struct gw_foreign_head *h, const struct gw_json *params, struct gw_err *err)
{
	double score;
	float p;

	if (base_score(gw_json_get(params, "base_score"), &score) != 0 || fabs(score) > 1e30)
		return gw_err_set(err, GW_EDATA, "base_score is no single number in range");
	p = (float)score;
	h->intercept = (double)p;
	if (h->family == GW_LINEAR)
		return 0;
	if (!(p > 0 && p < 1))
		return gw_err_set(err, GW_EDATA, "base_score %g is no probability", score);
	p = 1 / p - 1;
	h->intercept = (double)-(float)log((double)p);
	return 0;
}

static int
read_names(struct gw_foreign *f, const struct gw_json *learner, struct gw_err *err)
{
	const struct gw_json *names = gw_json_get(learner, "feature_names"), *v;
	int64_t n = param(gw_json_get(learner, "learner_model_param"), "num_feature", 0);
	size_t j = 0;
	int rc = gw_foreign_features(f, n > 0 ? (size_t)n : 0, err);

	if (rc != 0)
		return rc;
	v = names != NULL && names->type == GW_JSON_ARRAY && names->n == f->n_features ?
	    names->child : NULL;
	for (; j < f->n_features; j++, v = v != NULL ? v->next : NULL) {
		char numbered[24];
		struct gw_slice name = { numbered,
			(size_t)snprintf(numbered, sizeof(numbered), "f%zu", j) };

		if (v != NULL && v->type == GW_JSON_STRING)
			name = v->text;
		if ((f->names[j] = gw_foreign_text(f, name)).ptr == NULL)
			return gw_err_set(err, GW_ENOMEM, "out of memory");
	}
	return 0;
}

/* A tree's lists, walked together. */
struct columns {
	const struct gw_json	*left, *right, *feature, *condition, *default_left, *categorical;
	size_t			 n;
};

static int
open_list(const struct gw_json *tree, const char *key, struct columns *c,
    const struct gw_json **out, struct gw_err *err)
{
	const struct gw_json *list = gw_json_get(tree, key);

	if (list == NULL || list->type != GW_JSON_ARRAY || (c->n != 0 && list->n != c->n))
		return gw_err_set(err, GW_EDATA, "\"%s\" is missing, or of another length", key);
	c->n = list->n;
	*out = list->child;
	return 0;
}

static int
open_tree(const struct gw_json *tree, struct columns *c, struct gw_err *err)
{
	const struct gw_json *types = gw_json_get(tree, "split_type");
	int rc;

	*c = (struct columns){ 0 };
	if ((rc = open_list(tree, "left_children", c, &c->left, err)) != 0 ||
	    (rc = open_list(tree, "right_children", c, &c->right, err)) != 0 ||
	    (rc = open_list(tree, "split_indices", c, &c->feature, err)) != 0 ||
	    (rc = open_list(tree, "split_conditions", c, &c->condition, err)) != 0 ||
	    (rc = open_list(tree, "default_left", c, &c->default_left, err)) != 0)
		return rc;
	/* Since 1.3. */
	if (types != NULL && types->type == GW_JSON_ARRAY && types->n == c->n)
		c->categorical = types->child;
	if (param(gw_json_get(tree, "tree_param"), "size_leaf_vector", 1) > 1)
		return gw_err_set(err, GW_EDATA, "leaves of several values");
	return 0;
}

static double
number_of(const struct gw_json *v)
{
	return v->type == GW_JSON_NUMBER ? v->number :
	    v->type == GW_JSON_BOOL && v->boolean ? 1 : 0;
}

static int64_t
index_of(const struct gw_json *v)
{
	return v->type == GW_JSON_NUMBER && fabs(v->number) < 1e9 ? (int64_t)v->number : -2;
}

static int
take_node(struct columns *c, struct gw_tree_source *s, struct gw_err *err)
{
	*s = (struct gw_tree_source){ .value = number_of(c->condition),
		.left = index_of(c->left), .right = index_of(c->right),
		.feature = index_of(c->feature), .missing = GW_MISSING_NAN,
		.default_left = number_of(c->default_left) != 0 };
	if (c->condition->type != GW_JSON_NUMBER)
		return gw_err_set(err, GW_EDATA, "a split condition is no number");
	if (c->categorical != NULL && s->left != -1 && number_of(c->categorical) != 0)
		return gw_err_set(err, GW_EDATA, "a split by category; only numbers are"
		    " supported");
	c->left = c->left->next;
	c->right = c->right->next;
	c->feature = c->feature->next;
	c->condition = c->condition->next;
	c->default_left = c->default_left->next;
	if (c->categorical != NULL)
		c->categorical = c->categorical->next;
	return 0;
}

static int
read_tree(struct gw_foreign *f, const struct gw_json *tree, struct gw_trees *t, struct gw_err *err)
{
	struct gw_tree_source *s;
	struct columns c;
	int rc = open_tree(tree, &c, err);

	if (rc != 0)
		return rc;
	if ((s = gw_alloc_zero(f->alloc, c.n + 1, sizeof(*s))) == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	for (size_t i = 0; i < c.n && rc == 0; i++)
		rc = take_node(&c, &s[i], err);
	if (rc == 0)
		rc = gw_trees_add(t, s, c.n, err);
	gw_alloc_free(f->alloc, s);
	return rc;
}

/*
 * A model that was stopped early keeps the trees after its best round. The scikit-learn face of
 * XGBoost, which leaves its mark in the file, predicts without them.
 */
static size_t
trees_in_use(struct gw_foreign *f, const struct gw_json *learner, const struct gw_json *model,
    size_t n)
{
	const struct gw_json *attributes = gw_json_get(learner, "attributes");
	int64_t best = param(attributes, "best_iteration", -1);
	int64_t parallel = param(gw_json_get(model, "gbtree_model_param"), "num_parallel_tree", 1);

	if (best < 0 || parallel < 1 || gw_json_get(attributes, "scikit_learn") == NULL ||
	    (uint64_t)best + 1 >= n / (uint64_t)parallel)
		return n;
	f->note = "it was stopped early: the trees after its best round are left out, as XGBoost's"
		  " scikit-learn face predicts";
	return (size_t)(best + 1) * (size_t)parallel;
}

static int
read_trees(struct gw_foreign *f, const struct gw_json *learner, struct gw_err *err)
{
	const struct gw_json *booster = gw_json_get(learner, "gradient_booster"),
			     *model = gw_json_get(booster, "model"),
			     *trees = gw_json_get(model, "trees"), *v;
	size_t n, k = 0;
	int rc;

	if (!gw_slice_is(text_of(gw_json_get(booster, "name")), "gbtree"))
		return gw_err_set(err, GW_EDATA, "booster \"%.*s\"; only gbtree is supported",
		    GW_FMT(text_of(gw_json_get(booster, "name"))));
	if (trees == NULL || trees->type != GW_JSON_ARRAY)
		return gw_err_set(err, GW_EDATA, "no list \"trees\"");
	f->heads[0].trees = gw_trees_new(f->alloc, GW_TREES_SINGLE, f->n_features);
	if (f->heads[0].trees == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	n = trees_in_use(f, learner, model, trees->n);
	for (v = trees->child; k < n; v = v->next, k++)
		if ((rc = read_tree(f, v, f->heads[0].trees, err)) != 0) {
			gw_err_prefix(err, "tree %zu: ", k);
			return rc;
		}
	return 0;
}

int
gw_import_xgboost(struct gw_foreign *f, const struct gw_json *root, struct gw_err *err)
{
	const struct gw_json *learner = gw_json_get(root, "learner"),
			     *params = gw_json_get(learner, "learner_model_param");
	struct gw_slice objective =
	    text_of(gw_json_get(gw_json_get(learner, "objective"), "name"));
	size_t i = 0;
	int rc;

	f->origin = "XGBoost";
	while (i < GW_N(objectives) && !gw_slice_is(objective, objectives[i].objective))
		i++;
	if (i == GW_N(objectives))
		return gw_err_set(err, GW_EDATA, "objective \"%.*s\"; binary:logistic and"
		    " reg:squarederror are supported, and others that end in the same ways",
		    GW_FMT(objective));
	if (param(params, "num_class", 0) > 1 || param(params, "num_target", 1) > 1)
		return gw_err_set(err, GW_EDATA, "several classes or targets in one model");
	f->n_heads = 1;
	f->heads[0].family = objectives[i].family;
	if ((rc = read_start(&f->heads[0], params, err)) != 0 ||
	    (rc = read_names(f, learner, err)) != 0)
		return rc;
	return read_trees(f, learner, err);
}
