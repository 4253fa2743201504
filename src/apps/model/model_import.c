/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_exchange.h"

#include "base/sha256.h"
#include "base/slice.h"
#include "ml/foreign.h"
#include "ml/registry.h"
#include "nfl/features.h"
#include "nfl/prediction.h"

#define MAP_FILE_MAX (1u << 20)

struct import {
	const struct gw_exchange	*x;
	struct gw_err			*err;
	struct gw_alloc			*alloc;
	struct gw_foreign		 f;
	struct gw_buf			 renames;	/* the text of --features */
	char				 file_hash[65];
	const struct gw_feature_set	*set;
	size_t				 map[GW_MODEL_FEATURES_MAX];	/* theirs to ours */
	struct gw_model			*base, *model;
};

static int
read_file(struct import *im)
{
	struct gw_fs *fs = im->x->app->env->fs;
	struct gw_buf bytes;
	int rc;

	gw_buf_init(&bytes, im->alloc, GW_FOREIGN_FILE_MAX + 1);
	rc = gw_fs_read_file(fs, im->x->what, &bytes, im->err);
	if (rc == 0)
		rc = gw_foreign_read(&im->f, im->alloc, gw_buf_slice(&bytes), im->x->what, im->err);
	if (rc == 0)
		gw_sha256_hex(bytes.ptr, bytes.len, im->file_hash);
	gw_buf_fini(&bytes);
	if (rc == 0 && im->x->map != NULL)
		rc = gw_fs_read_file(fs, im->x->map, &im->renames, im->err);
	return rc;
}

/* Lines "theirs=ours"; blank lines and such with # do not count. Theirs may have a = in it. */
static struct gw_slice
renamed(const struct import *im, struct gw_slice theirs)
{
	struct gw_slice rest = gw_buf_slice(&im->renames);

	while (rest.len > 0) {
		struct gw_slice line = gw_slice_trim(gw_slice_cut(rest, '\n', &rest));
		size_t at = line.len;

		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		while (at > 0 && line.ptr[at - 1] != '=')
			at--;
		if (at > 0 && line.ptr[0] != '#' &&
		    gw_slice_eq(gw_slice_trim((struct gw_slice){ line.ptr, at - 1 }), theirs))
			return gw_slice_trim(
			    (struct gw_slice){ line.ptr + at, line.len - at });
	}
	return theirs;
}

/* How many of their features the set has under its name; *missing is the first that it has not. */
static size_t
map_into(struct import *im, const struct gw_feature_set *set, struct gw_slice *missing)
{
	size_t found = 0;

	missing->ptr = NULL;
	for (size_t j = 0; j < im->f.n_features; j++) {
		struct gw_slice name = renamed(im, im->f.names[j]);
		size_t k = 0;

		while (k < set->n && !gw_slice_is(name, set->features[k]->name))
			k++;
		if (k == set->n && missing->ptr == NULL)
			*missing = im->f.names[j];
		if (k == set->n)
			continue;
		im->map[j] = k;
		found++;
	}
	return found;
}

static int
not_ours(struct import *im, const struct gw_feature_set *set, struct gw_slice theirs)
{
	struct gw_slice wanted = renamed(im, theirs);
	const char *names[GW_FEATURES_MAX], *near;
	char word[GW_MODEL_NAME_MAX] = "";

	for (size_t k = 0; k < set->n; k++)
		names[k] = set->features[k]->name;
	if (wanted.len < sizeof(word))
		memcpy(word, wanted.ptr, wanted.len);
	near = gw_nearest(word, names, sizeof(names[0]), set->n);
	return gw_err_set(im->err, GW_EDATA, "%s: its feature \"%.*s\" is none of ours%s%s%s;"
	    " --features FILE with lines theirs=ours renames, \"gridwire features\" lists ours",
	    im->x->what, wanted.len > 60 ? 60 : (int)wanted.len, wanted.ptr,
	    near != NULL ? " (did you mean " : "", near != NULL ? near : "",
	    near != NULL ? "?)" : "");
}

/* The base model's set, or the one that has most of the features; of several the smallest. */
static int
choose_set(struct import *im)
{
	const struct gw_feature_set *sets;
	struct gw_slice missing = { NULL, 0 };
	size_t n = gw_feature_sets(&sets), most = 0;

	im->set = im->base != NULL ? gw_feature_set_find(im->base->feature_set) : &sets[0];
	if (im->set == NULL)
		return gw_err_set(im->err, GW_EDATA, "%s: this program has no feature set %s",
		    im->x->base, im->base->feature_set);
	for (size_t i = 0; im->base == NULL && i < n; i++) {
		size_t found = map_into(im, &sets[i], &missing);

		if (found < most || (found == most && sets[i].n >= im->set->n))
			continue;
		most = found;
		im->set = &sets[i];
	}
	if (map_into(im, im->set, &missing) != im->f.n_features)
		return not_ours(im, im->set, missing);
	return 0;
}

/* Features without a base: their standardisation, and no histogram of training rows. */
static void
describe_features(struct import *im)
{
	struct gw_model *m = im->model;

	for (size_t k = 0; k < m->n_features; k++)
		memcpy(m->features[k].name, im->set->features[k]->name,
		    strlen(im->set->features[k]->name) + 1);
	for (size_t j = 0; j < im->f.n_features && im->f.mean != NULL; j++) {
		m->features[im->map[j]].mean = im->f.mean[j];
		m->features[im->map[j]].scale = im->f.scale[j];
	}
}

static int
new_model(struct import *im)
{
	const struct gw_model *base = im->base;
	struct gw_model *m;

	m = im->model = gw_model_new(im->alloc, im->set->n, im->err);
	if (m == NULL)
		return im->err->code;
	memcpy(m->name, im->x->name, strlen(im->x->name) + 1);
	memcpy(m->feature_set, im->set->name, strlen(im->set->name) + 1);
	gw_feature_set_hash(im->set, m->feature_hash);
	snprintf(m->trained_on, sizeof(m->trained_on), "imported from %s", im->f.origin);
	if (base == NULL) {
		describe_features(im);
		return 0;
	}
	if (strcmp(m->feature_hash, base->feature_hash) != 0 || base->n_features != m->n_features)
		return gw_err_set(im->err, GW_EDATA,
		    "%s: made with other definitions of the features in %s; train it again",
		    im->x->base, base->feature_set);
	memcpy(m->features, base->features, m->n_features * sizeof(*m->features));
	m->n_rows = base->n_rows;
	m->n_groups = base->n_groups;
	return 0;
}

/* The heads of a model that scores plays, and what each has to be. */
static const struct known_head {
	const char	*name;
	enum gw_family	 family;
} known_heads[] = {
	{ GW_HEAD_HOME_WIN, GW_LOGISTIC },
	{ GW_HEAD_HOME_SCORE, GW_LINEAR },
	{ GW_HEAD_AWAY_SCORE, GW_LINEAR },
};

static int
name_head(struct import *im, const struct gw_foreign_head *from, const struct known_head **out)
{
	struct gw_slice name = from->name;
	size_t i = 0;

	if (name.len == 0 && im->x->head != NULL)
		name = gw_str(im->x->head);
	if (name.len == 0 && from->family == GW_LINEAR)
		return gw_err_set(im->err, GW_EINVAL, "%s predicts a number: say which with --head"
		    " home_score or --head away_score", im->x->what);
	if (name.len == 0)
		name = GW_LIT(GW_HEAD_HOME_WIN);
	while (i < GW_N(known_heads) && !gw_slice_is(name, known_heads[i].name))
		i++;
	if (i == GW_N(known_heads))
		return gw_err_set(im->err, GW_EINVAL,
		    "no head \"%.*s\"; there are home_win, home_score and away_score",
		    name.len > 60 ? 60 : (int)name.len, name.ptr);
	if (known_heads[i].family != from->family)
		return gw_err_set(im->err, GW_EDATA,
		    "%s: %s has to be a %s model, this is a %s one",
		    im->x->what, known_heads[i].name, gw_family_name(known_heads[i].family),
		    gw_family_name(from->family));
	*out = &known_heads[i];
	return 0;
}

static int
import_heads(struct import *im)
{
	struct gw_model *m = im->model;

	for (size_t i = 0; i < im->f.n_heads; i++) {
		struct gw_head *to = &m->heads[m->n_heads];
		const struct known_head *known = NULL;
		int rc;

		if ((rc = name_head(im, &im->f.heads[i], &known)) != 0)
			return rc;
		if (gw_model_head(m, known->name) != NULL)
			return gw_err_set(im->err, GW_EDATA, "%s: head %s is there twice",
			    im->x->what, known->name);
		memcpy(to->name, known->name, strlen(known->name) + 1);
		m->n_heads++;
		rc = gw_foreign_move(&im->f, i, m, m->n_heads - 1, im->map, im->err);
		if (rc != 0) {
			gw_err_prefix(im->err, "%s: ", im->x->what);
			return rc;
		}
	}
	return 0;
}

/* What the base has and the file has not. */
static void
adopt_heads(struct import *im)
{
	struct gw_model *m = im->model, *base = im->base;

	for (size_t h = 0; base != NULL && h < base->n_heads; h++) {
		struct gw_head *from = &base->heads[h], *to = &m->heads[m->n_heads];
		double *coef = to->coef;

		if (gw_model_head(m, from->name) != NULL || m->n_heads == GW_MODEL_HEADS_MAX)
			continue;
		*to = *from;
		to->coef = coef;
		memcpy(coef, from->coef, m->n_features * sizeof(*coef));
		from->trees = NULL;
		m->n_heads++;
	}
}

static void
put_card(const struct import *im, struct gw_buf *out)
{
	const struct gw_model *m = im->model;

	gw_buf_printf(out, "# %s\n\nImported from a file of %s with SHA-256\n%s.\n\n", m->name,
	    im->f.origin, im->file_hash);
	gw_buf_puts(out, "| head | kind | from |\n|---|---|---|\n");
	for (size_t h = 0; h < m->n_heads; h++) {
		const struct gw_head *head = &m->heads[h];

		gw_buf_printf(out, "| %s | %s", head->name, gw_family_name(head->family));
		if (head->trees != NULL)
			gw_buf_printf(out, ", %zu trees of %zu nodes", head->trees->n_trees,
			    head->trees->n_nodes);
		gw_buf_printf(out, " | %s |\n", h < im->f.n_heads ? "the file" : im->x->base);
	}
	gw_buf_printf(out, "\nFeatures: %s (%zu), of which the file uses %zu.\n", m->feature_set,
	    m->n_features, im->f.n_features);
	if (im->f.note != NULL)
		gw_buf_printf(out, "\nNote: %s.\n", im->f.note);
	gw_buf_puts(out, "\nWhat it was trained on, the file does not say; judge it on seasons that"
			 " it has not seen\n(gridwire eval).\n");
}

static int
store(struct import *im)
{
	struct gw_app *app = im->x->app;
	struct gw_buf card;
	int rc;

	gw_buf_init(&card, im->alloc, 0);
	put_card(im, &card);
	rc = card.err != 0 ? gw_err_set(im->err, card.err, "out of memory for the card") :
	    gw_registry_store(app->env, im->x->models, im->model, gw_buf_slice(&card), im->err);
	gw_buf_fini(&card);
	if (rc != 0)
		return rc;
	gw_app_print(app, "%s:%d is %s from %s\n", im->model->name, (int)im->model->version,
	    im->x->what, im->f.origin);
	if (im->f.note != NULL)
		gw_app_say(app, "%s", im->f.note);
	for (size_t i = 0; i < GW_N(known_heads); i++)
		if (gw_model_head(im->model, known_heads[i].name) == NULL) {
			gw_app_say(app, "it has no head %s, so it cannot score plays;"
			    " --base MODEL takes what is missing from another one",
			    known_heads[i].name);
			break;
		}
	return 0;
}

static int
import(struct import *im)
{
	int rc;

	if (im->x->name == NULL || !gw_model_name_ok(gw_str(im->x->name)))
		return gw_err_set(im->err, GW_EINVAL, "say what to call it: --name NAME"
		    " (letters, digits, '.', '_', '-')");
	if (im->x->base != NULL) {
		im->base = gw_registry_load(im->x->app->env, im->x->models, im->x->base, im->err);
		if (im->base == NULL)
			return im->err->code;
	}
	if ((rc = read_file(im)) != 0 || (rc = choose_set(im)) != 0 || (rc = new_model(im)) != 0 ||
	    (rc = import_heads(im)) != 0)
		return rc;
	adopt_heads(im);
	return store(im);
}

int
gw_exchange_import(const struct gw_exchange *x, struct gw_err *err)
{
	struct import *im = gw_alloc_zero(x->app->env->alloc, 1, sizeof(*im));
	int rc;

	if (im == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	im->x = x;
	im->err = err;
	im->alloc = x->app->env->alloc;
	im->f.alloc = im->alloc;
	gw_arena_init(&im->f.arena, im->alloc, 0);
	gw_buf_init(&im->renames, im->alloc, MAP_FILE_MAX);
	rc = import(im);
	gw_foreign_free(&im->f);
	gw_buf_fini(&im->renames);
	gw_model_free(im->base);
	gw_model_free(im->model);
	gw_alloc_free(x->app->env->alloc, im);
	return rc;
}
