/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_judge.h"

#include "apps/model/model_paired.h"
#include "ml/registry.h"

struct judging {
	struct gw_judge		*j;
	struct gw_evaluator	 evaluator;
	struct gw_importance	 importance;
	struct gw_model		*other;		/* NULL: nothing to compare with */
	struct gw_predictor	*predictor, *other_predictor;
};

static int
add_play(void *arg, const struct gw_season_play *p)
{
	struct judging *k = arg;
	int rc;

	if (gw_app_stopping(k->j->app))
		return GW_EINTR;
	if ((rc = gw_evaluator_add(&k->evaluator, p, NULL)) != 0)
		return rc;
	return gw_importance_add(&k->importance, p);
}

/* What is in use until now; it may be damaged, of other features, or not there. */
static void
find_other(struct judging *k)
{
	struct gw_judge *j = k->j;
	struct gw_env *env = j->app->env;
	struct gw_err ignored;

	k->other = gw_registry_load(env, j->models, j->model->name, &ignored);
	if (k->other == NULL || gw_trained_on(k->other, j->season))
		return;
	k->other_predictor = gw_predictor_new(env->alloc, k->other, &ignored);
	if (k->other_predictor != NULL)
		snprintf(j->other, sizeof(j->other), "%s", gw_predictor_model(k->other_predictor));
}

static int
read_season(struct judging *k, struct gw_err *err)
{
	struct gw_judge *j = k->j;
	struct gw_seasons s = { .env = j->app->env, .data = j->data, .use = GW_FOR_TRAINING,
		.years = { j->season }, .n_years = 1 };
	struct gw_season_counts counts = { 0 };
	int rc = gw_seasons_read(&s, add_play, k, &counts, err);

	if (rc == 0)
		rc = gw_evaluator_finish(&k->evaluator, j->seed, &j->evaluation, err);
	if (rc != 0)
		return rc;
	j->evaluation.other_name = j->other;
	gw_importance_measure(&k->importance, k->predictor, &j->importances);
	return 0;
}

int
gw_judge(struct gw_judge *j, struct gw_err *err)
{
	struct judging k = { .j = j };
	struct gw_alloc *alloc = j->app->env->alloc;
	int rc;

	k.predictor = gw_predictor_new(alloc, j->model, err);
	if (k.predictor == NULL)
		return err->code;
	find_other(&k);
	gw_evaluator_init(&k.evaluator, alloc, k.predictor);
	k.evaluator.other = k.other_predictor;
	gw_importance_init(&k.importance, alloc);
	rc = read_season(&k, err);
	gw_importance_fini(&k.importance);
	gw_evaluator_fini(&k.evaluator);
	gw_predictor_free(k.predictor);
	gw_predictor_free(k.other_predictor);
	gw_model_free(k.other);
	return rc;
}
