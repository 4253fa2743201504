/* SPDX-License-Identifier: MIT
 *
 * apps/score/trial_models.c - a trial's models from the registry, and its aliases there.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/score/trial.h"
#include "base/err.h"
#include "base/slice.h"
#include "ml/registry.h"

#define PATH_LEN_MAX	1024

int
gw_trial_open(struct gw_trial *t, struct gw_app *app, const struct gw_trial_refs *refs,
    struct gw_err *err)
{
	int rc = gw_loaded_open(&t->champion, app, refs->models, refs->model, err);

	if (rc == 0 && refs->challenger != NULL) {
		rc = gw_loaded_open(&t->challenger, app, refs->models, refs->challenger, err);
		if (rc < 0)
			gw_err_prefix(err, "challenger: ");
	}
	gw_trial_begin(t);
	if (snprintf(t->models, sizeof(t->models), "%s", refs->models) >= (int)sizeof(t->models) ||
	    snprintf(t->ref, sizeof(t->ref), "%s", refs->challenger == NULL ? "" :
	    refs->challenger) >= (int)sizeof(t->ref))
		return gw_err_set(err, GW_ELIMIT, "--models and --challenger take %d bytes at most",
		    GW_TRIAL_PATH_MAX - 1);
	return rc;
}

void
gw_trial_close(struct gw_trial *t)
{
	gw_loaded_close(&t->champion);
	gw_loaded_close(&t->challenger);
}

static bool
is_same(const struct gw_loaded *a, const struct gw_loaded *b)
{
	if (a->model == NULL || b->model == NULL)
		return a->model == b->model;
	return a->model->version == b->model->version &&
	    strcmp(a->model->name, b->model->name) == 0 &&
	    strcmp(a->model->sha256, b->model->sha256) == 0;
}

bool
gw_trial_has_same_models(const struct gw_trial *a, const struct gw_trial *b)
{
	return is_same(&a->champion, &b->champion) && is_same(&a->challenger, &b->challenger);
}

static int64_t
stamp_of(struct gw_app *app, const char *models, const struct gw_loaded *l)
{
	struct gw_fs *fs = app->env->fs;
	char path[PATH_LEN_MAX];
	struct gw_fs_stat st;

	if (l->model == NULL || snprintf(path, sizeof(path), "%s/%s/aliases.json", models,
	    l->model->name) >= (int)sizeof(path) || fs->stat(fs->ctx, path, &st) != 0)
		return 0;
	return st.mtime_ms + st.size;
}

int64_t
gw_trial_aliases_stamp(const struct gw_trial *t, struct gw_app *app)
{
	return stamp_of(app, t->models, &t->champion) * 3 +
	    stamp_of(app, t->models, &t->challenger);
}

/* The version that ref names now; -1: none. */
static int32_t
version_now(const struct gw_trial *t, struct gw_app *app)
{
	struct gw_err err;
	struct gw_model *m = gw_registry_load(app->env, t->models, t->ref, &err);
	int32_t version = m != NULL ? m->version : -1;

	gw_model_free(m);
	return version;
}

void
gw_trial_point_back(const struct gw_trial *t, struct gw_app *app, struct gw_buf *out)
{
	const struct gw_model *bad = t->challenger.model, *good = t->champion.model;
	struct gw_slice alias;
	struct gw_err err = { 0 };
	int32_t version = -1;
	int rc;

	(void)gw_slice_cut(gw_str(t->ref), '@', &alias);
	if (alias.ptr == NULL) {
		gw_buf_printf(out, "%s is named without an alias, so none is pointed back", t->ref);
		return;
	}
	/* Another scorer of the group may have been first. */
	if (version_now(t, app) != bad->version) {
		gw_buf_printf(out, "%s is another version already", t->ref);
		return;
	}
	rc = gw_registry_rollback(app->env, t->models, bad->name, alias.ptr, &version, &err);
	if (rc == GW_ENOENT && strcmp(bad->name, good->name) == 0) {
		version = good->version;
		rc = gw_registry_alias(app->env, t->models, bad->name, alias.ptr, version, &err);
	}
	if (rc < 0)
		gw_buf_printf(out, "%s cannot be pointed back: %s", t->ref, err.msg);
	else
		gw_buf_printf(out, "%s is %s:%d again", t->ref, bad->name, (int)version);
}
