/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_train.c - gridwire train: season files to a new version of a model, with its card.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>

#include "apps/model/model_judge.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"
#include "ml/registry.h"
#include "nfl/card.h"
#include "nfl/loso.h"

enum {
	OPT_DATA,
	OPT_SEASONS,
	OPT_FEATURES,
	OPT_FAMILY,
	OPT_NAME,
	OPT_MODELS,
	OPT_SEED,
	OPT_THREADS,
	OPT_LOSO,
	OPT_JSON,
	OPT_QUIET
};

static const struct gw_opt opts[] = {
	[OPT_DATA] = { 0, "data", "DIR|FILE", "season files, or one of them (default: data)" },
	[OPT_SEASONS] = { 0, "seasons", "YEARS",
	    "as 2019-2023,2024 (default: all but the newest)" },
	[OPT_FEATURES] = { 0, "features", "SET",
	    "classic, full, extended or state (default: state; trees: full)" },
	[OPT_FAMILY] = { 0, "family", "FAMILY", "logistic, the default, or gbdt: boosted trees" },
	[OPT_NAME] = { 0, "name", "NAME", "of the model (default: the name of the feature set)" },
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_SEED] = { 0, "seed", "N",
	    "for families that draw numbers, and for intervals (default: 1)" },
	[OPT_THREADS] = { 0, "threads", "N",
	    "at most (default: as processors); the result is the same for any" },
	[OPT_LOSO] = { 0, "loso", NULL,
	    "also each season by a model of the others, for the card; takes as long for each" },
	[OPT_JSON] = { 0, "json", NULL, "the summary as one JSON object" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "no progress and no notes" },
};

struct train {
	struct gw_app			*app;
	struct gw_err			 err;
	const char			*models, *name;
	int64_t				 seed, threads;
	bool				 json, loso;
	struct gw_buf			 command;	/* as it was given */
	double				 fit_seconds;
	const struct gw_feature_set	*set;
	struct gw_seasons		 seasons;
	int				 held_out;	/* a season, 0: none */
	size_t				 seen;
	struct gw_trainer		 trainer;
	bool				 boosted;
	struct gw_boost			 boost;
	struct gw_season_counts		 counts;
	struct gw_trained		 trained;
	struct gw_model			*model;
	bool				 evaluated;
	struct gw_judge			 judge;		/* on the season held out */
	struct gw_loso			 left_out;	/* each in turn */
};

static int
parse_family(struct train *t, const char *value)
{
	static const char *const families[] = { "logistic", "gbdt" };
	const char *near = gw_nearest(value, families, sizeof(families[0]), GW_N(families));

	t->boosted = strcmp(value, families[1]) == 0;
	if (t->boosted || strcmp(value, families[0]) == 0)
		return GW_EXIT_OK;
	return gw_app_usage(t->app, "no family \"%s\"%s%s; there are logistic and gbdt", value,
	    near != NULL ? ", did you mean " : "", near != NULL ? near : "");
}

static int
parse_features(struct train *t, const char *value)
{
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);
	const char *near = gw_nearest(value, sets, sizeof(*sets), n);

	t->set = gw_feature_set_find(value);
	if (t->set != NULL)
		return GW_EXIT_OK;
	return gw_app_usage(t->app, "no feature set \"%s\"%s%s; gridwire features lists them",
	    value, near != NULL ? ", did you mean " : "", near != NULL ? near : "");
}

static int
parse_seasons(struct train *t, const char *value)
{
	int n = gw_seasons_parse(value, t->seasons.years, GW_SEASONS_MAX, &t->err);

	if (n < 0)
		return gw_app_usage(t->app, "%s", t->err.msg);
	t->seasons.n_years = (size_t)n;
	return GW_EXIT_OK;
}

static int
parse_option(struct train *t, int opt, const char *value)
{
	int rc = 0;

	switch (opt) {
	case OPT_DATA:
		t->seasons.data = value;
		break;
	case OPT_SEASONS:
		return parse_seasons(t, value);
	case OPT_FEATURES:
		return parse_features(t, value);
	case OPT_FAMILY:
		return parse_family(t, value);
	case OPT_NAME:
		t->name = value;
		break;
	case OPT_MODELS:
		t->models = value;
		break;
	case OPT_SEED:
		rc = gw_cli_i64(&opts[opt], value, 0, INT64_MAX, &t->seed, &t->err);
		break;
	case OPT_THREADS:
		rc = gw_cli_i64(&opts[opt], value, 1, 1024, &t->threads, &t->err);
		break;
	case OPT_LOSO:
		t->loso = true;
		break;
	case OPT_JSON:
		t->json = true;
		break;
	case OPT_QUIET:
		t->app->quiet = true;
		break;
	}
	return rc == 0 ? GW_EXIT_OK : gw_app_usage(t->app, "%s", t->err.msg);
}

static int
parse(struct train *t, int argc, char **argv)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &t->err)) != GW_CLI_END) {
		if (i == GW_CLI_OPERAND)
			return gw_app_usage(t->app, "unexpected word \"%s\"", value);
		if (i < 0)
			return gw_app_usage(t->app, "%s", t->err.msg);
		if ((rc = parse_option(t, i, value)) != GW_EXIT_OK)
			return rc;
	}
	t->seasons.data = gw_app_data_dir(t->app, t->seasons.data);
	t->models = gw_app_models_dir(t->app, t->models);
	if (t->set == NULL)
		t->set = gw_feature_set_find(t->boosted ? "full" : "state");
	if (t->name == NULL)
		t->name = t->set->name;
	if (t->boosted && strcmp(t->set->name, "state") == 0)
		return gw_app_usage(t->app, "family gbdt trains on the features classic or full");
	if (!gw_model_name_ok(gw_str(t->name)))
		return gw_app_usage(t->app,
		    "\"%s\" is no name for a model: letters, digits, '.', '_', '-'", t->name);
	return GW_EXIT_OK;
}

/*
 * Which seasons train, and which one is held out: the newest there is, if all that train are older.
 * A file that was named is trained on as a whole.
 */
static int
plan(struct train *t)
{
	int years[GW_SEASONS_MAX], n;
	struct gw_seasons *s = &t->seasons;

	n = gw_seasons_present(s->env, s->data, years, GW_SEASONS_MAX, &t->err);
	if (n <= 0 && s->n_years > 0)
		return n;
	if (n == 0 && s->n_years == 0) {
		struct gw_fs_stat st;
		int rc = s->env->fs->stat(s->env->fs->ctx, s->data, &st);

		return rc == 0 && !st.is_dir ? 0 : gw_err_set(&t->err, GW_EDATA,
		    "%s: no season files (play_by_play_YEAR.csv.gz or .csv) in it", s->data);
	}
	if (n < 0)
		return n;
	if (s->n_years == 0) {
		s->n_years = n > 1 ? (size_t)n - 1 : 1;
		memcpy(s->years, years, s->n_years * sizeof(years[0]));
	}
	if (years[n - 1] > s->years[s->n_years - 1])
		t->held_out = years[n - 1];
	return 0;
}

static int
add_play(void *arg, const struct gw_season_play *p)
{
	struct train *t = arg;

	if (++t->seen % 4096 == 0) {
		if (gw_app_stopping(t->app))
			return GW_EINTR;
		gw_app_progress(t->app, "reading season %d: %zu plays", (int)p->play.season,
		    t->seen);
	}
	return gw_trainer_add(&t->trainer, p);
}

static void
set_up_trees(struct train *t)
{
	if (!t->boosted)
		return;
	gw_boost_defaults(&t->boost);
	t->boost.seed = (uint64_t)t->seed;
	t->boost.stop = gw_app_stop_asked;
	t->boost.stop_arg = t->app;
	t->trainer.boost = &t->boost;
}

static int
read_and_fit(struct train *t)
{
	int rc;

	set_up_trees(t);
	t->trainer.pool = gw_pool_new(t->app->env->alloc, (unsigned)t->threads);
	if (t->trainer.pool == NULL)
		return gw_err_set(&t->err, GW_ENOMEM, "out of memory");
	rc = gw_seasons_read(&t->seasons, add_play, t, &t->counts, &t->err);
	if (rc != 0)
		return rc;
	gw_app_progress(t->app, "training %s on %zu plays", t->name, t->counts.used);
	t->model = gw_trainer_fit(&t->trainer, t->name, t->seed, &t->trained, &t->err);
	return t->model == NULL ? t->err.code : 0;
}

static void
keep_metrics(struct train *t)
{
	const struct gw_slice_metrics *m = &t->judge.evaluation.all;

	gw_model_metric(t->model, "held_out_season", t->held_out);
	gw_model_metric(t->model, "held_out_log_loss", m->win.log_loss);
	gw_model_metric(t->model, "held_out_brier", m->win.brier);
	gw_model_metric(t->model, "held_out_auc", m->win.auc);
	gw_model_metric(t->model, "held_out_ece", m->win.ece);
	gw_model_metric(t->model, "held_out_home_mae", m->home.mae);
	gw_model_metric(t->model, "held_out_away_mae", m->away.mae);
}

/* A season beside the ones asked for that cannot be read is no reason to refuse the training. */
static int
hold_out(struct train *t)
{
	int rc;

	if (t->held_out == 0)
		return 0;
	gw_app_progress(t->app, "evaluating on season %d, held out", t->held_out);
	t->judge = (struct gw_judge){ .app = t->app, .model = t->model, .models = t->models,
		.data = t->seasons.data, .season = t->held_out, .seed = (uint64_t)t->seed };
	rc = gw_judge(&t->judge, &t->err);
	gw_app_progress(t->app, NULL);
	if (rc == GW_EDATA || rc == GW_ECORRUPT) {
		gw_app_say(t->app, "season %d was not evaluated: %s", t->held_out, t->err.msg);
		return 0;
	}
	t->evaluated = rc == 0;
	if (t->evaluated)
		keep_metrics(t);
	return rc;
}

static int
loso_step(void *arg, const char *what, int season)
{
	struct train *t = arg;

	if (gw_app_stopping(t->app))
		return GW_EINTR;
	gw_app_progress(t->app, "each season left out in turn: %s %d", what, season);
	return 0;
}

static int
leave_out(struct train *t)
{
	struct gw_boost boost;
	int rc;

	if (!t->loso)
		return 0;
	gw_boost_defaults(&boost);
	boost.seed = (uint64_t)t->seed;
	t->left_out = (struct gw_loso){ .alloc = t->app->env->alloc, .seasons = &t->seasons,
		.set = t->set, .boost = t->boosted ? &boost : NULL, .pool = t->trainer.pool,
		.seed = (uint64_t)t->seed, .step = loso_step, .arg = t };
	rc = gw_loso_run(&t->left_out, &t->err);
	gw_app_progress(t->app, NULL);
	if (rc == 0)
		gw_model_metric(t->model, "left_out_log_loss",
		    t->left_out.result.all.win.log_loss);
	return rc;
}

static int
store(struct train *t)
{
	char data[65];
	struct gw_err ignored;
	struct gw_card card = { .model = t->model, .trained = &t->trained, .counts = &t->counts,
	    .held_out = t->evaluated ? &t->judge.evaluation : NULL, .held_out_season = t->held_out,
	    .importances = t->evaluated ? &t->judge.importances : NULL,
	    .left_out = t->loso ? &t->left_out.result : NULL, .loso_loss = t->boost.loso_loss,
	    .command = (const char *)t->command.ptr, .seconds = t->fit_seconds,
	    .n_threads = gw_pool_size(t->trainer.pool) };
	struct gw_buf text;
	int rc;

	if (gw_seasons_fingerprint(&t->seasons, data, &ignored) == 0)
		card.data = data;
	gw_buf_init(&text, t->app->env->alloc, 0);
	gw_card_write(&text, &card);
	rc = text.err != 0 ? gw_err_set(&t->err, text.err, "out of memory for the card") :
	    gw_registry_store(t->app->env, t->models, t->model, gw_buf_slice(&text), &t->err);
	gw_buf_fini(&text);
	return rc;
}

static void
print_json(struct train *t, double seconds)
{
	const struct gw_slice_metrics *m = &t->judge.evaluation.all;
	struct gw_json_out w;

	gw_json_begin(&w, &t->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "name", gw_str(t->model->name));
	gw_json_kv_int(&w, "version", t->model->version);
	gw_json_kv_str(&w, "sha256", gw_str(t->model->sha256));
	gw_json_kv_str(&w, "features", gw_str(t->set->name));
	gw_json_kv_str(&w, "seasons", gw_str(t->model->trained_on));
	gw_json_kv_int(&w, "rows", (int64_t)t->counts.used);
	gw_json_kv_int(&w, "games", (int64_t)t->counts.used_games);
	gw_json_key(&w, "dropped");
	gw_json_object(&w);
	for (int d = 0; d < GW_N_DROPS; d++)
		gw_json_kv_int(&w, gw_drop_name((enum gw_drop)d), (int64_t)t->counts.dropped[d]);
	gw_json_object_end(&w);
	gw_json_kv_num(&w, "train_log_loss", t->trained.log_loss);
	gw_json_kv_int(&w, "newton_steps", t->trained.newton_steps);
	if (t->boosted) {
		gw_json_kv_int(&w, "trees", (int64_t)t->boost.rounds);
		gw_json_kv_num(&w, "loso_log_loss", t->boost.loso_loss);
	}
	gw_json_kv_num(&w, "seconds", seconds);
	if (t->evaluated) {
		gw_json_kv_int(&w, "held_out_season", t->held_out);
		gw_json_kv_num(&w, "held_out_log_loss", m->win.log_loss);
		gw_json_kv_num(&w, "held_out_home_mae", m->home.mae);
		gw_json_kv_num(&w, "held_out_away_mae", m->away.mae);
	}
	gw_json_object_end(&w);
	gw_app_print(t->app, "\n");
}

static void
print_text(struct train *t, double seconds)
{
	const struct gw_slice_metrics *m = &t->judge.evaluation.all;
	char drops[GW_DROPS_TEXT_MAX];

	gw_season_drops_text(&t->counts, drops);
	gw_app_print(t->app, "%s:%d  %s, %zu features, trained on %s in %.1f s\n", t->model->name,
	    (int)t->model->version, t->set->name, t->set->n, t->model->trained_on, seconds);
	gw_app_print(t->app, "  plays      %zu of %zu games; dropped: %s\n", t->counts.used,
	    t->counts.used_games, drops);
	gw_app_print(t->app, "  training   log-loss %.4f\n", t->trained.log_loss);
	if (t->boosted && t->boost.n_seasons > 1)
		gw_app_print(t->app,
		    "  seasons    each left out in turn: log-loss %.4f, best with %zu trees\n",
		    t->boost.loso_loss, t->boost.rounds);
	if (t->evaluated)
		gw_app_print(t->app,
		    "  held out   season %d: log-loss %.4f, Brier %.4f, AUC %.4f,\n"
		    "             mean error of the final score %.3f home, %.3f away\n",
		    t->held_out, m->win.log_loss, m->win.brier, m->win.auc, m->home.mae,
		    m->away.mae);
	gw_app_print(t->app, "  stored     %s/%s/%d (model.gw, card.md)\n", t->models,
	    t->model->name, (int)t->model->version);
	gw_app_print(t->app, "  sha256     %s\n", t->model->sha256);
}

static int
train(struct train *t)
{
	int64_t start = gw_env_now(t->app->env).us;
	double seconds;
	int rc;

	if ((rc = plan(t)) != 0 || (rc = read_and_fit(t)) != 0)
		return rc;
	t->fit_seconds = (double)(gw_env_now(t->app->env).us - start) / 1e6;
	if ((rc = hold_out(t)) != 0 || (rc = leave_out(t)) != 0 || (rc = store(t)) != 0)
		return rc;
	seconds = (double)(gw_env_now(t->app->env).us - start) / 1e6;
	gw_app_progress(t->app, NULL);
	if (t->json)
		print_json(t, seconds);
	else
		print_text(t, seconds);
	return 0;
}

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=,:@+%"

/* The command line as a shell would take it again. */
static void
note_command(struct train *t, int argc, char **argv)
{
	gw_buf_puts(&t->command, "gridwire train");
	for (int i = 1; i < argc; i++) {
		bool plain = argv[i][0] != '\0' && argv[i][strspn(argv[i], PLAIN)] == '\0';

		gw_buf_puts(&t->command, plain ? " " : " '");
		for (const char *c = argv[i]; *c != '\0'; c++)
			if (*c == '\'')
				gw_buf_puts(&t->command, "'\\''");
			else
				gw_buf_putc(&t->command, (unsigned char)*c < ' ' ? '?' : *c);
		if (!plain)
			gw_buf_putc(&t->command, '\'');
	}
	gw_buf_putc(&t->command, '\0');
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct train t = { .app = app, .seed = 1,
	    .seasons = { .env = app->env, .use = GW_FOR_TRAINING } };
	int rc;

	if ((rc = parse(&t, argc, argv)) != GW_EXIT_OK)
		return rc;
	gw_trainer_init(&t.trainer, app->env->alloc, t.set);
	gw_buf_init(&t.command, app->env->alloc, 0);
	note_command(&t, argc, argv);
	rc = t.command.err != 0 ? gw_err_set(&t.err, t.command.err, "out of memory") : train(&t);
	gw_buf_fini(&t.command);
	gw_pool_free(t.trainer.pool);
	gw_trainer_fini(&t.trainer);
	gw_model_free(t.model);
	gw_app_progress(app, NULL);
	if (rc == 0)
		return GW_EXIT_OK;
	t.err.code = rc;
	return gw_app_fail(app, &t.err);
}

const struct gw_verb gw_verb_train = {
	.name = "train",
	.summary = "season files to a new version of a model",
	.usage = "gridwire train [options]",
	.details =
	    "Reads plays of past seasons and stores a model as DIR/NAME/VERSION; an earlier "
	    "version is\n"
	    "never overwritten. The newest season there is, when it is not trained on, is used to "
	    "say how\n"
	    "good the model is on games it has not seen; the figures go into the model's card.\n"
	    "The same data and seed give the same bytes.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
