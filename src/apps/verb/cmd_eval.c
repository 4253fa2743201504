/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_eval.c - gridwire eval: a model on seasons it has not seen.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_paired.h"
#include "apps/table.h"
#include "apps/page/page_files.h"
#include "apps/verbs.h"
#include "base/slice.h"
#include "ml/registry.h"
#include "nfl/loso.h"
#include "nfl/report.h"

enum {
	OPT_MODEL, OPT_LOSO, OPT_FEATURES, OPT_FAMILY, OPT_SEASONS, OPT_DATA, OPT_MODELS,
	OPT_PREDICTIONS, OPT_HTML, OPT_GAMES, OPT_SEED, OPT_THREADS, OPT_JSON, OPT_QUIET
};

static const struct gw_opt opts[] = {
	[OPT_MODEL] = { 0, "model", "REF", "NAME, NAME:VERSION, NAME@ALIAS or a model file" },
	[OPT_LOSO] = { 0, "loso", NULL,
	    "no model: each season by one trained on the others, beside 21-term regression" },
	[OPT_FEATURES] = { 0, "features", "SET", "--loso: the feature set (default: state)" },
	[OPT_FAMILY] = { 0, "family", "FAMILY", "--loso: logistic, the default, or gbdt" },
	[OPT_SEASONS] = { 0, "seasons", "YEARS",
	    "as 2023,2024 (default: the newest it was not trained on; --loso: all but that)" },
	[OPT_DATA] = { 0, "data", "DIR|FILE", "season files, or one of them (default: data)" },
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_PREDICTIONS] = { 0, "predictions", "FILE", "every play and its prediction, as CSV" },
	[OPT_HTML] = { 0, "html", "FILE",
	    "a page: figures, calibration, what it leans on, coefficients" },
	[OPT_GAMES] = { 0, "games", "IDS",
	    "--html: games to draw, as 2024_01_BAL_KC,2024_22_KC_PHI" },
	[OPT_SEED] = { 0, "seed", "N", "of the draws behind the intervals (default: 1)" },
	[OPT_THREADS] = { 0, "threads", "N", "--loso: at most (default: as processors)" },
	[OPT_JSON] = { 0, "json", NULL, "as one JSON object" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "no progress and no notes" },
};

struct eval {
	struct gw_app		*app;
	struct gw_err		 err;
	const char		*ref, *models, *predictions, *html;
	int64_t			 seed, threads;
	bool			 json, loso, boosted;
	const struct gw_feature_set *set;	/* loso */
	struct gw_boost		 boost;
	struct gw_seasons	 seasons;
	struct gw_model		*model;
	struct gw_predictor	*predictor;
	struct gw_evaluator	 evaluator;
	struct gw_importance	 importance;	/* html */
	struct gw_report	 report;	/* html */
	struct gw_season_counts	 counts;
	struct gw_buf		 csv;
	struct gw_evaluation	 result;
	char			 seasons_text[128];
};

static int
parse_option(struct eval *e, int opt, const char *value)
{
	int rc = 0;

	switch (opt) {
	case OPT_MODEL:
		e->ref = value;
		break;
	case OPT_LOSO:
		e->loso = true;
		break;
	case OPT_FEATURES:
		if ((e->set = gw_feature_set_find(value)) == NULL)
			return gw_app_usage(e->app, "no feature set \"%s\"; gridwire features"
			    " lists them", value);
		break;
	case OPT_FAMILY:
		e->boosted = strcmp(value, "gbdt") == 0;
		if (!e->boosted && strcmp(value, "logistic") != 0)
			return gw_app_usage(e->app, "no family \"%s\"; there are logistic and gbdt",
			    value);
		break;
	case OPT_THREADS:
		rc = gw_cli_i64(&opts[opt], value, 1, 1024, &e->threads, &e->err);
		break;
	case OPT_SEASONS:
		rc = gw_seasons_parse(value, e->seasons.years, GW_SEASONS_MAX, &e->err);
		e->seasons.n_years = rc > 0 ? (size_t)rc : 0;
		break;
	case OPT_DATA:
		e->seasons.data = value;
		break;
	case OPT_MODELS:
		e->models = value;
		break;
	case OPT_PREDICTIONS:
		e->predictions = value;
		break;
	case OPT_HTML:
		e->html = value;
		break;
	case OPT_GAMES:
		rc = gw_report_choose(&e->report, value, &e->err);
		break;
	case OPT_SEED:
		rc = gw_cli_i64(&opts[opt], value, 0, INT64_MAX, &e->seed, &e->err);
		break;
	case OPT_JSON:
		e->json = true;
		break;
	case OPT_QUIET:
		e->app->quiet = true;
		break;
	}
	return rc >= 0 ? GW_EXIT_OK : gw_app_usage(e->app, "%s", e->err.msg);
}

static int
parse(struct eval *e, int argc, char **argv)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &e->err)) != GW_CLI_END) {
		if (i == GW_CLI_OPERAND)
			return gw_app_usage(e->app, "unexpected word \"%s\"", value);
		if (i < 0)
			return gw_app_usage(e->app, "%s", e->err.msg);
		if ((rc = parse_option(e, i, value)) != GW_EXIT_OK)
			return rc;
	}
	if (e->loso && (e->ref != NULL || e->predictions != NULL || e->html != NULL))
		return gw_app_usage(e->app, "--loso trains its own models and prints figures only");
	if (e->html == NULL && e->report.n_games > 0)
		return gw_app_usage(e->app, "--games are drawn on the page of --html");
	if (e->ref == NULL && !e->loso)
		return gw_app_usage(e->app,
		    "which model? give --model; gridwire model list shows them");
	if (e->set == NULL)
		e->set = gw_feature_set_find(e->boosted ? "full" : "state");
	if (e->boosted && gw_feature_set_is_derived(e->set))
		return gw_app_usage(e->app, "family gbdt trains on the features classic or full");
	e->seasons.data = gw_app_data_dir(e->app, e->seasons.data);
	e->models = gw_app_models_dir(e->app, e->models);
	return GW_EXIT_OK;
}

/* The one way to fool oneself with this verb. */
static void
warn_of_training_seasons(struct eval *e)
{
	for (size_t i = 0; i < e->result.n_seasons && !e->loso; i++)
		if (gw_trained_on(e->model, e->result.by_season[i].label))
			gw_app_say(e->app,
			    "season %d is one this model was trained on: its figures flatter",
			    e->result.by_season[i].label);
}

static int
add_play(void *arg, const struct gw_season_play *p)
{
	struct gw_prediction prediction;
	struct eval *e = arg;
	int rc;

	if (e->evaluator.rows.n % 4096 == 0) {
		if (gw_app_stopping(e->app))
			return GW_EINTR;
		gw_app_progress(e->app, "scoring season %d: %zu plays", (int)p->play.season,
		    e->evaluator.rows.n);
	}
	if ((rc = gw_evaluator_add(&e->evaluator, p, &prediction)) != 0)
		return gw_err_set(&e->err, rc, "out of memory for the plays");
	if (e->html != NULL && (gw_importance_add(&e->importance, p) != 0 ||
	    gw_report_add(&e->report, &p->play, prediction.home_win_prob) != 0))
		return gw_err_set(&e->err, GW_ENOMEM, "out of memory for the page");
	if (e->predictions == NULL)
		return 0;
	gw_prediction_csv(&e->csv, &p->play, &prediction, gw_predictor_model(e->predictor), NULL);
	if (e->csv.err != 0)
		gw_err_set(&e->err, e->csv.err, "out of memory for the predictions");
	return e->csv.err;
}

static int
score(struct eval *e)
{
	const struct gw_model *const models[] = { e->model };
	int rc;

	if ((rc = gw_unseen_season(e->app, &e->seasons, models, 1, &e->err)) != 0)
		return rc;
	gw_prediction_csv_header(&e->csv);
	if ((rc = gw_seasons_read(&e->seasons, add_play, e, &e->counts, &e->err)) != 0 ||
	    (rc = gw_evaluator_finish(&e->evaluator, (uint64_t)e->seed, &e->result, &e->err)) != 0)
		return rc;
	if (e->predictions == NULL)
		return 0;
	return gw_fs_replace(e->app->env->fs, e->predictions, gw_buf_slice(&e->csv), &e->err);
}

static void
name_seasons(struct eval *e)
{
	int years[GW_SEASONS_MAX];

	for (size_t i = 0; i < e->result.n_seasons; i++)
		years[i] = e->result.by_season[i].label;
	gw_seasons_text(years, e->result.n_seasons, e->seasons_text, sizeof(e->seasons_text));
}

static int
write_page(struct eval *e)
{
	struct gw_buf page;
	int rc = gw_report_complete(&e->report, &e->err);

	if (rc != 0)
		return rc;
	e->report.look = (struct gw_report_look){ gw_page_bytes("/page.css"),
		gw_page_bytes("/chart.js") };
	e->report.evaluation = &e->result;
	e->report.model = e->model;
	e->report.seasons = e->seasons_text;
	gw_importance_measure(&e->importance, e->predictor, &e->report.importances);
	gw_buf_init(&page, e->app->env->alloc, 0);
	gw_report_html(&page, &e->report);
	rc = page.err != 0 ? gw_err_set(&e->err, page.err, "out of memory for the page") :
	    gw_fs_replace(e->app->env->fs, e->html, gw_buf_slice(&page), &e->err);
	gw_buf_fini(&page);
	return rc;
}

static void
print_title(struct eval *e)
{
	const struct gw_slice_metrics *m = &e->result.all;
	char drops[GW_DROPS_TEXT_MAX];

	gw_season_drops_text(&e->counts, drops);
	if (e->loso)
		gw_app_print(e->app, "%s, %s; each season of %s by a model of the others:\n",
		    e->set->name, e->boosted ? "boosted trees" : "regressions", e->seasons_text);
	else
		gw_app_print(e->app, "%s (%s, trained on %s) on season %s:\n",
		    gw_predictor_model(e->predictor), e->model->feature_set,
		    e->model->trained_on, e->seasons_text);
	gw_app_print(e->app, "%zu plays, %zu games; ", m->rows, e->result.games);
	gw_app_print(e->app, "dropped: %s\n\n", drops);
}

static void
print_whole(struct eval *e)
{
	const struct gw_slice_metrics *m = &e->result.all;

	print_title(e);
	gw_app_print(e->app, "  log-loss     %.5f  95 %% %.3f to %.3f, whole games drawn\n",
	    m->win.log_loss, e->result.log_loss_lo, e->result.log_loss_hi);
	gw_app_print(e->app, "  Brier        %.4f\n  AUC          %.4f\n  ECE          %.4f\n",
	    m->win.brier, m->win.auc, m->win.ece);
	gw_app_print(e->app, "  home score   MAE %.3f, RMSE %.3f; raised to the board MAE %.3f\n",
	    m->home.mae, m->home.rmse, m->home_floored.mae);
	gw_app_print(e->app, "  away score   MAE %.3f, RMSE %.3f; raised to the board MAE %.3f\n",
	    m->away.mae, m->away.rmse, m->away_floored.mae);
	if (m->has_cover)
		gw_app_print(e->app, "  80 %% band    holds %.3f of the home, %.3f of the away"
		    " scores\n", m->home_cover, m->away_cover);
	gw_app_print(e->app, "\n");
}

static void
print_part(struct gw_table *t, const char *label, const struct gw_slice_metrics *m)
{
	char auc[GW_AUC_TEXT_MAX];

	if (m->rows == 0)
		return;
	gw_table_cell(t, "%s", label);
	gw_table_cell(t, "%zu", m->rows);
	gw_table_cell(t, "%.4f", m->win.log_loss);
	gw_table_cell(t, "%.4f", m->win.brier);
	gw_auc_text(m->win.auc, auc);
	gw_table_cell(t, "%s", auc);
	gw_table_cell(t, "%.4f", m->win.ece);
	gw_table_cell(t, "%.3f", m->home.mae);
	gw_table_cell(t, "%.3f", m->away.mae);
	if (m->has_cover)
		gw_table_cell(t, "%.0f %.0f", 100 * m->home_cover, 100 * m->away_cover);
	else
		gw_table_cell(t, "-");
}

static void
print_parts(struct eval *e)
{
	static const struct gw_column columns[] = { { "part", false }, { "plays", true },
		{ "log-loss", true }, { "Brier", true }, { "AUC", true }, { "ECE", true },
		{ "home MAE", true }, { "away MAE", true }, { "bands %", true } };
	static const char *const quarters[GW_QUARTERS] = {
		"quarter 1", "quarter 2", "quarter 3", "quarter 4", "overtime"
	};
	struct gw_table t;

	gw_table_init(&t, e->app->env->alloc, columns, GW_N(columns));
	for (size_t q = 0; q < GW_QUARTERS; q++)
		print_part(&t, quarters[q], &e->result.by_quarter[q]);
	for (size_t i = 0; i < e->result.n_seasons && e->result.n_seasons > 1; i++) {
		char label[16];

		snprintf(label, sizeof(label), "%d", e->result.by_season[i].label);
		print_part(&t, label, &e->result.by_season[i]);
	}
	gw_table_print(&t, e->app);
	gw_table_fini(&t);
}

static void
print_all_paired(struct eval *e)
{
	struct gw_evaluation *r = &e->result;

	gw_app_print_paired(e->app, "the model", GW_REFERENCE_NAME, &r->reference, "log-loss");
	gw_app_print_paired(e->app, "the model", GW_VEGAS_NAME, &r->vegas, "log-loss");
	gw_app_print_paired(e->app, "the model", r->other_name, &r->other, "log-loss");
	gw_app_print_paired(e->app, "the model", r->other_name, &r->other_score,
	    "mean error of the final scores");
}

static void
print(struct eval *e)
{
	warn_of_training_seasons(e);
	if (e->json) {
		gw_evaluation_json(&e->app->out, &e->result,
		    e->loso ? e->set->name : gw_predictor_model(e->predictor),
		    e->seasons_text, &e->counts);
		gw_app_print(e->app, "\n");
		return;
	}
	print_whole(e);
	print_parts(e);
	print_all_paired(e);
}

static int
loso_step(void *arg, const char *what, int season)
{
	struct eval *e = arg;

	if (gw_app_stopping(e->app))
		return GW_EINTR;
	gw_app_progress(e->app, "%s %d", what, season);
	return 0;
}

/* All seasons there are but the newest, which stays unseen. */
static int
choose_loso_seasons(struct eval *e)
{
	int n;

	if (e->seasons.n_years > 0)
		return 0;
	n = gw_seasons_present(e->app->env, e->seasons.data, e->seasons.years, GW_SEASONS_MAX,
	    &e->err);
	e->seasons.n_years = n > 0 ? (size_t)n - 1 : 0;
	return n < 0 ? n : 0;
}

static int
eval_loso(struct eval *e)
{
	struct gw_loso l = { .alloc = e->app->env->alloc, .seasons = &e->seasons, .set = e->set,
		.boost = e->boosted ? &e->boost : NULL, .seed = (uint64_t)e->seed,
		.step = loso_step, .arg = e };
	int rc = choose_loso_seasons(e);

	if (e->boosted) {
		gw_boost_defaults(&e->boost);
		e->boost.stop = gw_app_stop_asked;
		e->boost.stop_arg = e->app;
		e->boost.seed = (uint64_t)e->seed;
	}
	l.pool = gw_pool_new(e->app->env->alloc, (unsigned)e->threads);
	if (l.pool == NULL)
		return gw_err_set(&e->err, GW_ENOMEM, "out of memory");
	if (rc == 0)
		rc = gw_loso_run(&l, &e->err);
	gw_pool_free(l.pool);
	e->counts = l.counts;
	e->result = l.result;
	if (rc == 0)
		name_seasons(e);
	return rc;
}

static int
eval(struct eval *e)
{
	int rc;

	e->model = gw_registry_load(e->app->env, e->models, e->ref, &e->err);
	if (e->model == NULL)
		return e->err.code;
	e->predictor = gw_predictor_new(e->app->env->alloc, e->model, &e->err);
	if (e->predictor == NULL)
		return e->err.code;
	gw_evaluator_init(&e->evaluator, e->app->env->alloc, e->predictor);
	if ((rc = score(e)) != 0)
		return rc;
	name_seasons(e);
	return e->html == NULL ? 0 : write_page(e);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct eval e = {
		.app = app, .seed = 1, .seasons = { .env = app->env, .use = GW_FOR_TRAINING }
	};
	int rc;

	e.report.alloc = app->env->alloc;
	if ((rc = parse(&e, argc, argv)) != GW_EXIT_OK)
		return rc;
	gw_importance_init(&e.importance, app->env->alloc);
	gw_buf_init(&e.csv, app->env->alloc, 0);
	gw_evaluator_init(&e.evaluator, app->env->alloc, NULL);
	rc = e.loso ? eval_loso(&e) : eval(&e);
	gw_app_progress(app, NULL);
	if (rc == 0)
		print(&e);
	gw_evaluator_fini(&e.evaluator);
	gw_importance_fini(&e.importance);
	gw_report_fini(&e.report);
	gw_predictor_free(e.predictor);
	gw_model_free(e.model);
	gw_buf_fini(&e.csv);
	if (rc == 0)
		return GW_EXIT_OK;
	e.err.code = rc;
	return gw_app_fail(app, &e.err);
}

const struct gw_verb gw_verb_eval = {
	.name = "eval",
	.summary = "a model on seasons it has not seen",
	.usage = "gridwire eval --model REF [options]\n"
		 "       gridwire eval --loso [--features SET] [options]",
	.details =
	    "Log-loss, Brier score, AUC and calibration error of the win probability, mean errors "
	    "of\n"
	    "the final scores, by quarter and season, and the difference to nflfastR's own home_wp "
	    "where\n"
	    "the data has it. The rows are those of doc/data.md, the formulas those of doc/ml.md.\n"
	    "With --loso each season is scored by a model trained on all the others, and compared,"
	    "\npaired by game, with the logistic regression of set extended trained the same way.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
