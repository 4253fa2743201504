/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/foreign.h"

#include <assert.h>

#include "base/slice.h"
#include "ml/foreign_formats.h"
#include "ml/ubjson.h"

/* A parsed document takes about 80 bytes a number; a file has one in about eight. */
#define ARENA_MAX ((size_t)4 << 30)

int
gw_foreign_features(struct gw_foreign *f, size_t n, struct gw_err *err)
{
	if (n == 0)
		return gw_err_set(err, GW_EDATA, "a model without a feature");
	if (n > GW_MODEL_FEATURES_MAX)
		return gw_err_set(err, GW_ELIMIT, "%zu features; at most %d are supported", n,
		    GW_MODEL_FEATURES_MAX);
	f->n_features = n;
	f->names = gw_arena_zero(&f->arena, n, sizeof(*f->names));
	return f->names != NULL ? 0 : gw_err_set(err, GW_ENOMEM, "out of memory");
}

struct gw_slice
gw_foreign_text(struct gw_foreign *f, struct gw_slice s)
{
	return gw_str(gw_arena_str(&f->arena, s));
}

/*
 * In UBJSON the byte after '{' says the type of a key's length; in JSON a blank, a quote or '}'
 * follows.
 */
static bool
is_ubjson(struct gw_slice bytes)
{
	return bytes.len > 1 && bytes.ptr[0] == '{' && bytes.ptr[1] != '\0' &&
	    strchr("iUIlL$#", bytes.ptr[1]) != NULL;
}

/* XGBoost 2 writes it as the threshold of a split by category. */
static bool
holds_nan(struct gw_slice s)
{
	const char *at = s.ptr, *end = s.ptr + s.len;

	while ((at = memchr(at, 'N', (size_t)(end - at))) != NULL) {
		if (gw_slice_starts((struct gw_slice){ at, (size_t)(end - at) }, "NaN"))
			return true;
		at++;
	}
	return false;
}

static int
read_document(struct gw_foreign *f, struct gw_slice bytes, struct gw_err *err)
{
	struct gw_arena arena;
	struct gw_json *root = NULL;
	int rc;

	gw_arena_init(&arena, f->alloc, ARENA_MAX);
	rc = is_ubjson(bytes) ? gw_ubjson_parse(bytes, &arena, &root, err) :
				gw_json_parse(bytes, &arena, &root, err);
	if (rc == GW_EDATA && !is_ubjson(bytes) && holds_nan(bytes))
		rc = gw_err_set(err, GW_EDATA, "NaN, which is no JSON; XGBoost writes it for a "
		    "split by category, and only numbers are supported");
	if (rc == 0 && gw_json_get(root, "learner") != NULL)
		rc = gw_import_xgboost(f, root, err);
	else if (rc == 0 && gw_json_get(root, "heads") != NULL)
		rc = gw_import_sklearn(f, root, err);
	else if (rc == 0)
		rc = gw_err_set(err, GW_EDATA, "neither XGBoost's (no \"learner\") nor coefficients"
		    " of scikit-learn (no \"heads\")");
	gw_arena_fini(&arena);
	return rc;
}

static int
read_any(struct gw_foreign *f, struct gw_slice bytes, struct gw_err *err)
{
	if (bytes.len > GW_FOREIGN_FILE_MAX)
		return gw_err_set(err, GW_ELIMIT, "longer than %zu bytes", GW_FOREIGN_FILE_MAX);
	if (gw_slice_starts(bytes, "tree\n") || gw_slice_starts(bytes, "tree\r\n"))
		return gw_import_lightgbm(f, bytes, err);
	if (gw_slice_starts(bytes, "binf"))
		return gw_err_set(err, GW_EDATA, "XGBoost's old binary format;"
		    " save it as JSON: booster.save_model(\"model.json\")");
	if (bytes.len > 0 && (uint8_t)bytes.ptr[0] == 0x80)
		return gw_err_set(err, GW_EDATA, "a pickle, which runs code when it is read;"
		    " save the model in its library's own format");
	if (bytes.len == 0 || strchr("{ \t\r\n", bytes.ptr[0]) == NULL)
		return gw_err_set(err, GW_EDATA,
		    "no model of XGBoost (JSON, UBJ), LightGBM (text) or"
		    " scikit-learn (coefficients as JSON)");
	return read_document(f, bytes, err);
}

int
gw_foreign_read(struct gw_foreign *f, struct gw_alloc *alloc, struct gw_slice bytes,
    const char *name_for_errors, struct gw_err *err)
{
	struct gw_err why = { 0 };
	int rc;

	*f = (struct gw_foreign){ .alloc = alloc };
	gw_arena_init(&f->arena, alloc, 0);
	rc = read_any(f, bytes, &why);
	if (rc == 0)
		return 0;
	gw_foreign_free(f);
	return gw_err_set(err, rc, "%s: %s", name_for_errors, why.msg);
}

void
gw_foreign_free(struct gw_foreign *f)
{
	for (size_t h = 0; h < GW_MODEL_HEADS_MAX; h++)
		gw_trees_free(f->heads[h].trees);
	gw_arena_fini(&f->arena);
	*f = (struct gw_foreign){ .alloc = f->alloc };
	gw_arena_init(&f->arena, f->alloc, 0);
}

/* Coefficients on their standardised features, as such on m's: both mean the same line. */
static int
move_coefficients(const struct gw_foreign *f, const struct gw_foreign_head *from,
    struct gw_model *m, struct gw_head *to, const size_t *map, struct gw_err *err)
{
	double intercept = from->intercept;

	for (size_t j = 0; j < f->n_features; j++) {
		const struct gw_model_feature *ours = &m->features[map[j]];
		double mean = f->mean != NULL ? f->mean[j] : 0;
		double scale = f->scale != NULL ? f->scale[j] : 1;

		if (to->coef[map[j]] != 0 && from->coef[j] != 0)
			return gw_err_set(err, GW_EDATA, "two of its features are %s", ours->name);
		if (from->coef[j] == 0)
			continue;
		if (mean != ours->mean)
			intercept += from->coef[j] * ((ours->mean - mean) / scale);
		to->coef[map[j]] = scale == ours->scale ? from->coef[j] :
		    from->coef[j] * (ours->scale / scale);
	}
	to->intercept = intercept;
	return 0;
}

int
gw_foreign_move(struct gw_foreign *f, size_t i, struct gw_model *m, size_t h, const size_t *map,
    struct gw_err *err)
{
	struct gw_foreign_head *from = &f->heads[i];
	struct gw_head *to = &m->heads[h];
	struct gw_trees *t = from->trees;

	for (size_t j = 0; j < f->n_features; j++)
		assert(map[j] < m->n_features);
	to->family = from->family;
	to->intercept = from->intercept;
	memset(to->coef, 0, m->n_features * sizeof(*to->coef));
	if (from->coef != NULL)
		return move_coefficients(f, from, m, to, map, err);
	if (t == NULL)
		return 0;
	for (size_t k = 0; k < t->n_nodes; k++)
		t->nodes[k].feature = (uint16_t)map[t->nodes[k].feature];
	t->n_features = m->n_features;
	to->trees = t;
	from->trees = NULL;
	return gw_trees_finish(t, err);
}
