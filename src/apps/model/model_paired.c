/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_paired.h"

#include <stdio.h>

#include "base/slice.h"

void
gw_app_print_paired(struct gw_app *app, const char *who, const char *name,
    const struct gw_paired *p, const char *what)
{
	bool clear = p->hi < 0 || p->lo > 0;

	if (p->rows == 0)
		return;
	gw_app_print(app, "\nbeside %s on %zu plays of %zu games:\n%s %.5f against %.5f,\n"
	    "difference %+.5f, 95 %% %+.5f to %+.5f, paired by game:\n%s%s\n", name, p->rows,
	    p->games, what, p->model_log_loss, p->log_loss, p->diff, p->lo, p->hi,
	    clear ? who : "no clear difference", !clear ? "" : p->hi < 0 ? " is better" :
	    " is worse");
}

bool
gw_trained_on(const struct gw_model *m, int year)
{
	int years[GW_SEASONS_MAX], n = gw_seasons_parse(m->trained_on, years, GW_SEASONS_MAX, NULL);

	for (int i = 0; i < n; i++)
		if (years[i] == year)
			return true;
	return false;
}

static bool
is_file(struct gw_app *app, const char *path)
{
	struct gw_fs *fs = app->env->fs;
	struct gw_fs_stat st;

	return fs->stat(fs->ctx, path, &st) == 0 && !st.is_dir;
}

int
gw_unseen_season(struct gw_app *app, struct gw_seasons *seasons,
    const struct gw_model *const *models, size_t n_models, struct gw_err *err)
{
	int years[GW_SEASONS_MAX];
	int n = gw_seasons_present(app->env, seasons->data, years, GW_SEASONS_MAX, err);

	if (n < 0 || seasons->n_years > 0 || is_file(app, seasons->data))
		return n < 0 ? n : 0;
	for (; n > 0; n--) {
		bool seen = false;

		for (size_t i = 0; i < n_models; i++)
			seen |= gw_trained_on(models[i], years[n - 1]);
		if (!seen)
			break;
	}
	if (n == 0)
		return gw_err_set(err, GW_EDATA, "%s holds no season that %s:%d was not trained"
		    " on; --seasons evaluates on others", seasons->data, models[0]->name,
		    (int)models[0]->version);
	seasons->years[0] = years[n - 1];
	seasons->n_years = 1;
	return 0;
}

struct comparison {
	const struct gw_compare	*c;
	struct gw_evaluator	 evaluator;
	struct gw_season_counts	 counts;
	struct gw_evaluation	 result;
};

static int
add_play(void *arg, const struct gw_season_play *p)
{
	struct comparison *k = arg;

	if (gw_app_stopping(k->c->app))
		return GW_EINTR;
	return gw_evaluator_add(&k->evaluator, p, NULL);
}

static void
print(struct comparison *k)
{
	const struct gw_compare *c = k->c;
	char name[GW_MODEL_REF_MAX];

	snprintf(name, sizeof(name), "%s:%d", c->b->name, (int)c->b->version);
	k->result.other_name = name;
	if (c->json) {
		struct gw_json_out w;

		gw_json_begin(&w, &c->app->out);
		gw_json_object(&w);
		gw_paired_json(&w, "win", name, &k->result.other);
		gw_paired_json(&w, "scores", name, &k->result.other_score);
		gw_json_object_end(&w);
		gw_app_print(c->app, "\n");
		return;
	}
	gw_app_print_paired(c->app, "the model", name, &k->result.other, "log-loss");
	gw_app_print_paired(c->app, "the model", name, &k->result.other_score,
	    "mean error of the final scores");
}

int
gw_compare(const struct gw_compare *c, struct gw_err *err)
{
	struct comparison k = { .c = c };
	const struct gw_model *both[] = { c->a, c->b };
	struct gw_predictor *a = NULL, *b = NULL;
	int rc = gw_unseen_season(c->app, c->seasons, both, GW_N(both), err);

	if (rc != 0)
		return rc;
	if ((a = gw_predictor_new(c->app->env->alloc, c->a, err)) == NULL ||
	    (b = gw_predictor_new(c->app->env->alloc, c->b, err)) == NULL) {
		gw_predictor_free(a);
		return err->code;
	}
	gw_evaluator_init(&k.evaluator, c->app->env->alloc, a);
	k.evaluator.other = b;
	rc = gw_seasons_read(c->seasons, add_play, &k, &k.counts, err);
	if (rc == GW_ENOMEM)
		gw_err_set(err, rc, "out of memory for the plays");
	if (rc == 0)
		rc = gw_evaluator_finish(&k.evaluator, 1, &k.result, err);
	if (rc == 0)
		print(&k);
	gw_evaluator_fini(&k.evaluator);
	gw_predictor_free(a);
	gw_predictor_free(b);
	return rc;
}
