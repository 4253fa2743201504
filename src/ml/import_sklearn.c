/* SPDX-License-Identifier: MIT
 *
 * ml/import_sklearn.c - linear models of scikit-learn. There is no file format of its own for
 * them, so it is one of ours, which six lines of Python write (doc/ml.md):
 *
 *   {"features": ["down", ...],
 *    "mean": [1.9, ...], "scale": [1.0, ...],		a StandardScaler's; may be absent
 *    "heads": {"home_win": {"model": "LogisticRegression", "coef": [0.1, ...], "intercept": 0.3}}}
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/foreign_formats.h"

#include <math.h>

#include "base/slice.h"

#define NUMBER_MAX 1e100	/* as in the model file */

static int
read_names(struct gw_foreign *f, const struct gw_json *list, struct gw_err *err)
{
	const struct gw_json *v;
	size_t j = 0;
	int rc;

	if (list == NULL || list->type != GW_JSON_ARRAY)
		return gw_err_set(err, GW_EDATA, "\"features\" is no list of names");
	if ((rc = gw_foreign_features(f, list->n, err)) != 0)
		return rc;
	for (v = list->child; v != NULL; v = v->next, j++) {
		if (v->type != GW_JSON_STRING)
			return gw_err_set(err, GW_EDATA, "\"features\": item %zu is no text",
			    j + 1);
		if ((f->names[j] = gw_foreign_text(f, v->text)).ptr == NULL)
			return gw_err_set(err, GW_ENOMEM, "out of memory");
	}
	return 0;
}

static int
read_numbers(struct gw_foreign *f, const struct gw_json *list, const char *key, double **out,
    struct gw_err *err)
{
	const struct gw_json *v;
	size_t j = 0;
	double *a;

	if (list == NULL || list->type != GW_JSON_ARRAY || list->n != f->n_features)
		return gw_err_set(err, GW_EDATA, "\"%s\" is no list of %zu numbers", key,
		    f->n_features);
	if ((a = gw_arena_zero(&f->arena, list->n, sizeof(*a))) == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	for (v = list->child; v != NULL; v = v->next, j++) {
		if (v->type != GW_JSON_NUMBER || fabs(v->number) > NUMBER_MAX)
			return gw_err_set(err, GW_EDATA, "\"%s\": item %zu is no number in range",
			    key, j + 1);
		a[j] = v->number;
	}
	*out = a;
	return 0;
}

static int
read_scaler(struct gw_foreign *f, const struct gw_json *root, struct gw_err *err)
{
	const struct gw_json *mean = gw_json_get(root, "mean"), *scale = gw_json_get(root, "scale");
	int rc;

	if (mean == NULL && scale == NULL)
		return 0;
	if ((rc = read_numbers(f, mean, "mean", &f->mean, err)) != 0 ||
	    (rc = read_numbers(f, scale, "scale", &f->scale, err)) != 0)
		return rc;
	for (size_t j = 0; j < f->n_features; j++)
		if (!(f->scale[j] >= 1 / NUMBER_MAX))
			return gw_err_set(err, GW_EDATA, "\"scale\": item %zu is not above 0",
			    j + 1);
	return 0;
}

static int
read_head(struct gw_foreign *f, const struct gw_json *v, struct gw_err *err)
{
	struct gw_foreign_head *h = &f->heads[f->n_heads];
	const struct gw_json *model = gw_json_get(v, "model"), *b = gw_json_get(v, "intercept");

	if (model != NULL && model->type == GW_JSON_STRING &&
	    gw_slice_is(model->text, "LogisticRegression"))
		h->family = GW_LOGISTIC;
	else if (model != NULL && model->type == GW_JSON_STRING &&
	    gw_slice_is(model->text, "LinearRegression"))
		h->family = GW_LINEAR;
	else
		return gw_err_set(err, GW_EDATA,
		    "\"model\" is neither LogisticRegression nor LinearRegression");
	if (b == NULL || b->type != GW_JSON_NUMBER || fabs(b->number) > NUMBER_MAX)
		return gw_err_set(err, GW_EDATA, "\"intercept\" is no number in range");
	h->intercept = b->number;
	f->n_heads++;
	if ((h->name = gw_foreign_text(f, v->key)).ptr == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	return read_numbers(f, gw_json_get(v, "coef"), "coef", &h->coef, err);
}

int
gw_import_sklearn(struct gw_foreign *f, const struct gw_json *root, struct gw_err *err)
{
	const struct gw_json *heads = gw_json_get(root, "heads"), *v;
	int rc;

	f->origin = "scikit-learn";
	if ((rc = read_names(f, gw_json_get(root, "features"), err)) != 0 ||
	    (rc = read_scaler(f, root, err)) != 0)
		return rc;
	if (heads->type != GW_JSON_OBJECT || heads->n == 0 || heads->n > GW_MODEL_HEADS_MAX)
		return gw_err_set(err, GW_EDATA, "\"heads\" has not 1 to %d members",
		    GW_MODEL_HEADS_MAX);
	for (v = heads->child; v != NULL; v = v->next)
		if ((rc = read_head(f, v, err)) != 0) {
			gw_err_prefix(err, "head %.*s: ", GW_FMT(v->key));
			return rc;
		}
	return 0;
}
