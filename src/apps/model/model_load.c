/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_load.h"

#include <stdio.h>

#include "base/err.h"
#include "ml/registry.h"

struct only {
	char	name[GW_MODEL_NAME_MAX];
	size_t	n_names;
};

static int
count_names(void *arg, const char *name, int32_t version, const char *aliases)
{
	struct only *only = arg;

	(void)version;
	(void)aliases;
	if (only->n_names == 0 || strcmp(only->name, name) != 0) {
		only->n_names++;
		snprintf(only->name, sizeof(only->name), "%s", name);
	}
	return 0;
}

static int
find_only(struct only *only, struct gw_app *app, const char *models, struct gw_err *err)
{
	int rc = gw_registry_list(app->env, models, count_names, only, err);

	if (rc < 0)
		return rc;
	if (only->n_names == 0)
		return gw_err_set(err, GW_ENOENT, "%s: no model yet; \"gridwire train\" makes one",
		    models);
	if (only->n_names > 1)
		return gw_err_set(err, GW_EINVAL, "%s has %zu models: say which with --model; "
		    "\"gridwire model list\" shows them", models, only->n_names);
	return 0;
}

int
gw_loaded_open(struct gw_loaded *l, struct gw_app *app, const char *models, const char *ref,
    struct gw_err *err)
{
	struct only only = { .n_names = 0 };
	int rc;

	*l = (struct gw_loaded){ NULL, NULL };
	if (ref == NULL) {
		rc = find_only(&only, app, models, err);
		if (rc < 0)
			return rc;
		ref = only.name;
	}
	l->model = gw_registry_load(app->env, models, ref, err);
	if (l->model == NULL)
		return err->code;
	l->predictor = gw_predictor_new(app->env->alloc, l->model, err);
	if (l->predictor == NULL) {
		gw_loaded_close(l);
		return err->code;
	}
	return 0;
}

void
gw_loaded_close(struct gw_loaded *l)
{
	gw_predictor_free(l->predictor);
	gw_model_free(l->model);
	*l = (struct gw_loaded){ NULL, NULL };
}
