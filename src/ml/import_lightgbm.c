/* SPDX-License-Identifier: MIT
 *
 * ml/import_lightgbm.c - LightGBM's model text: lines "key=value", a block of them for the whole,
 * then one per tree that begins with "Tree=". A tree's splits and leaves have numbers of their
 * own; a child below 0 is leaf -child - 1. decision_type: bit 0 by category, bit 1 missing goes
 * left, bits 2 and 3 what is missing (0 nothing, 1 zero, 2 NaN).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/foreign_formats.h"

#include <float.h>

#include "base/slice.h"

/* Lines of one block. */
struct block {
	struct gw_slice	text;
};

/* The value of a key; ptr NULL: not there. */
static struct gw_slice
value(const struct block *b, const char *key)
{
	struct gw_slice rest = b->text;

	while (rest.len > 0) {
		struct gw_slice line = gw_slice_line(&rest), v;

		if (gw_slice_is(gw_slice_cut(line, '=', &v), key) && v.ptr != NULL)
			return v;
	}
	return (struct gw_slice){ NULL, 0 };
}

static int64_t
whole(const struct block *b, const char *key, int64_t absent)
{
	struct gw_slice v = value(b, key);
	int64_t n;

	if (v.ptr == NULL)
		return absent;
	return gw_slice_i64(v, &n) == 0 ? n : -1;
}

/* The text up to the first line that begins with `mark` or with `end`; *rest begins with it. */
static struct gw_slice
until(struct gw_slice text, const char *mark, const char *end, struct gw_slice *rest)
{
	struct gw_slice at = text;

	while (at.len > 0 && !gw_slice_starts(at, mark) && !gw_slice_starts(at, end))
		(void)gw_slice_line(&at);
	*rest = at;
	return (struct gw_slice){ text.ptr, text.len - at.len };
}

/*
 * "binary sigmoid:1": the family, and by how much the sum is to be multiplied before the sigmoid.
 */
static int
read_objective(struct gw_slice v, enum gw_family *family, double *slope, struct gw_err *err)
{
	static const char *const linear[] = { "regression", "regression_l1", "huber", "fair",
		"quantile", "mape" };
	struct gw_slice rest = { NULL, 0 }, name = gw_slice_cut(v, ' ', &rest);

	*slope = 1;
	*family = GW_LOGISTIC;
	if (gw_slice_is(name, "cross_entropy") && rest.ptr == NULL)
		return 0;
	if (gw_slice_is(name, "binary") && gw_slice_starts(rest, "sigmoid:")) {
		rest.ptr += sizeof("sigmoid:") - 1;
		rest.len -= sizeof("sigmoid:") - 1;
		if (gw_slice_double(rest, slope) == 0 && *slope > 0 && *slope < 1e6)
			return 0;
	}
	*family = GW_LINEAR;
	for (size_t i = 0; i < GW_N(linear) && rest.ptr == NULL; i++)
		if (gw_slice_is(name, linear[i]))
			return 0;
	return gw_err_set(err, GW_EDATA, "objective \"%.*s\"; binary and regression are"
	    " supported", GW_FMT(v));
}

static int
read_names(struct gw_foreign *f, const struct block *b, struct gw_err *err)
{
	struct gw_slice names = value(b, "feature_names");
	int64_t last = whole(b, "max_feature_idx", -1);
	int rc = gw_foreign_features(f, last >= 0 ? (size_t)last + 1 : 0, err);

	for (size_t j = 0; j < f->n_features && rc == 0; j++) {
		struct gw_slice one = gw_slice_cut(names, ' ', &names);

		if (one.len == 0)
			rc = gw_err_set(err, GW_EDATA, "feature_names has not %zu names",
			    f->n_features);
		else if ((f->names[j] = gw_foreign_text(f, one)).ptr == NULL)
			rc = gw_err_set(err, GW_ENOMEM, "out of memory");
	}
	return rc;
}

/* A tree's lists, walked together. */
struct columns {
	struct gw_slice	feature, threshold, decision, left, right;
};

/* Where only missing values are parted from the rest, the threshold is infinite. */
static int
read_threshold(struct gw_slice s, double *out)
{
	if (gw_slice_is(s, "inf") || gw_slice_is(s, "-inf")) {
		*out = s.ptr[0] == '-' ? -DBL_MAX : DBL_MAX;
		return 0;
	}
	return gw_slice_double(s, out);
}

static int
take_split(struct columns *c, size_t n_splits, struct gw_tree_source *s, struct gw_err *err)
{
	int64_t decision, child[2];
	struct gw_slice *list[2] = { &c->left, &c->right };

	if (gw_slice_i64(gw_slice_cut(c->feature, ' ', &c->feature), &s->feature) != 0 ||
	    read_threshold(gw_slice_cut(c->threshold, ' ', &c->threshold), &s->value) != 0 ||
	    gw_slice_i64(gw_slice_cut(c->decision, ' ', &c->decision), &decision) != 0)
		return gw_err_set(err, GW_EDATA,
		    "split_feature, threshold or decision_type is short"
		    " or holds no number");
	if ((decision & 1) != 0)
		return gw_err_set(err, GW_EDATA, "a split by category; only numbers are"
		    " supported");
	if (decision < 0 || decision > 11)
		return gw_err_set(err, GW_EDATA, "decision_type %lld", (long long)decision);
	for (int i = 0; i < 2; i++) {
		if (gw_slice_i64(gw_slice_cut(*list[i], ' ', list[i]), &child[i]) != 0 ||
		    child[i] < -(int64_t)n_splits - 1 || child[i] >= (int64_t)n_splits)
			return gw_err_set(err, GW_EDATA, "left_child or right_child is short or out"
			    " of range");
		if (child[i] < 0)
			child[i] = (int64_t)n_splits - child[i] - 1;
	}
	s->left = child[0];
	s->right = child[1];
	s->default_left = (decision & 2) != 0;
	s->missing = decision >> 2 == 0 ? GW_MISSING_NONE :
	    decision >> 2 == 1 ? GW_MISSING_ZERO : GW_MISSING_NAN;
	return 0;
}

/* s (2 n_splits + 1): the splits, then the leaves. */
static int
read_nodes(const struct block *b, size_t n_splits, double slope, struct gw_tree_source *s,
    struct gw_err *err)
{
	struct columns c = { value(b, "split_feature"), value(b, "threshold"),
		value(b, "decision_type"), value(b, "left_child"), value(b, "right_child") };
	struct gw_slice leaves = value(b, "leaf_value");
	int rc;

	for (size_t i = 0; i < n_splits; i++)
		if ((rc = take_split(&c, n_splits, &s[i], err)) != 0)
			return rc;
	for (size_t i = n_splits; i < 2 * n_splits + 1; i++) {
		s[i].left = s[i].right = -1;
		if (gw_slice_double(gw_slice_cut(leaves, ' ', &leaves), &s[i].value) != 0)
			return gw_err_set(err, GW_EDATA, "leaf_value is short or holds no number");
		s[i].value *= slope;
	}
	return 0;
}

static int
read_tree(struct gw_foreign *f, const struct block *b, double slope, struct gw_err *err)
{
	int64_t leaves = whole(b, "num_leaves", -1);
	struct gw_tree_source *s;
	int rc;

	/* A leaf takes two bytes of the block at least. */
	if (leaves < 1 || (uint64_t)leaves > b->text.len)
		return gw_err_set(err, GW_EDATA, "num_leaves is missing or out of range");
	if (whole(b, "num_cat", 0) != 0)
		return gw_err_set(err, GW_EDATA, "splits by category; only numbers are"
		    " supported");
	if (whole(b, "is_linear", 0) != 0)
		return gw_err_set(err, GW_EDATA, "linear models in the leaves (linear_tree)");
	if ((s = gw_alloc_zero(f->alloc, 2 * (size_t)leaves, sizeof(*s))) == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	if ((rc = read_nodes(b, (size_t)leaves - 1, slope, s, err)) == 0)
		rc = gw_trees_add(f->heads[0].trees, s, 2 * (size_t)leaves - 1, err);
	gw_alloc_free(f->alloc, s);
	return rc;
}

static int
read_trees(struct gw_foreign *f, struct gw_slice text, double slope, struct gw_err *err)
{
	size_t k = 0;
	int rc;

	f->heads[0].trees = gw_trees_new(f->alloc, GW_TREES_DOUBLE, f->n_features);
	if (f->heads[0].trees == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	for (; gw_slice_starts(text, "Tree="); k++) {
		struct block b;

		(void)gw_slice_line(&text);
		b.text = until(text, "Tree=", "end of trees", &text);
		if ((rc = read_tree(f, &b, slope, err)) != 0) {
			gw_err_prefix(err, "tree %zu: ", k);
			return rc;
		}
	}
	if (!gw_slice_starts(text, "end of trees"))
		return gw_err_set(err, GW_EDATA, "cut short: no line \"end of trees\"");
	return 0;
}

int
gw_import_lightgbm(struct gw_foreign *f, struct gw_slice text, struct gw_err *err)
{
	struct gw_slice trees;
	struct block b = { .text = until(text, "Tree=", "end of trees", &trees) };
	struct gw_slice rest = b.text;
	double slope;
	int rc;

	f->origin = "LightGBM";
	f->n_heads = 1;
	if (whole(&b, "num_class", 1) != 1 || whole(&b, "num_tree_per_iteration", 1) != 1)
		return gw_err_set(err, GW_EDATA, "several classes in one model");
	while (rest.len > 0)
		if (gw_slice_is(gw_slice_line(&rest), "average_output"))
			return gw_err_set(err, GW_EDATA, "a random forest (average_output);"
			    " only sums of trees are supported");
	if ((rc = read_objective(value(&b, "objective"), &f->heads[0].family, &slope, err)) != 0 ||
	    (rc = read_names(f, &b, err)) != 0)
		return rc;
	return read_trees(f, trees, slope, err);
}
