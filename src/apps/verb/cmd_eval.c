/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_eval.c - gridwire eval: a model on seasons it has not seen.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/table.h"
#include "apps/verbs.h"
#include "base/slice.h"
#include "ml/registry.h"
#include "nfl/evaluation.h"
#include "nfl/report.h"

enum {
	OPT_MODEL, OPT_SEASONS, OPT_DATA, OPT_MODELS, OPT_PREDICTIONS, OPT_HTML, OPT_SEED, OPT_JSON,
	OPT_QUIET
};

static const struct gw_opt opts[] = {
	[OPT_MODEL] = { 0, "model", "REF", "NAME, NAME:VERSION, NAME@ALIAS or a model file" },
	[OPT_SEASONS] = { 0, "seasons", "YEARS",
	    "as 2023,2024 (default: the newest it was not trained on)" },
	[OPT_DATA] = { 0, "data", "DIR|FILE", "season files, or one of them (default: data)" },
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_PREDICTIONS] = { 0, "predictions", "FILE", "every play and its prediction, as CSV" },
	[OPT_HTML]	= { 0, "html", "FILE", "the figures as a page with a calibration chart" },
	[OPT_SEED] = { 0, "seed", "N", "of the draws behind the intervals (default: 1)" },
	[OPT_JSON] = { 0, "json", NULL, "as one JSON object" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "no progress and no notes" },
};

struct eval {
	struct gw_app		*app;
	struct gw_err		 err;
	const char		*ref, *models, *predictions, *html;
	int64_t			 seed;
	bool			 json;
	struct gw_seasons	 seasons;
	struct gw_model		*model;
	struct gw_predictor	*predictor;
	struct gw_evaluator	 evaluator;
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
	if (e->ref == NULL)
		return gw_app_usage(e->app,
		    "which model? give --model; gridwire model list shows them");
	e->seasons.data = gw_app_data_dir(e->app, e->seasons.data);
	e->models = gw_app_models_dir(e->app, e->models);
	return GW_EXIT_OK;
}

static bool
trained_on(const struct gw_model *m, int year)
{
	int years[GW_SEASONS_MAX], n = gw_seasons_parse(m->trained_on, years, GW_SEASONS_MAX, NULL);

	for (int i = 0; i < n; i++)
		if (years[i] == year)
			return true;
	return false;
}

static bool
is_file(struct eval *e)
{
	struct gw_fs *fs = e->app->env->fs;
	struct gw_fs_stat st;

	return fs->stat(fs->ctx, e->seasons.data, &st) == 0 && !st.is_dir;
}

/* The newest season that is there and was not trained on. */
static int
choose_season(struct eval *e)
{
	int years[GW_SEASONS_MAX], n;

	n = gw_seasons_present(e->app->env, e->seasons.data, years, GW_SEASONS_MAX, &e->err);
	if (n < 0 || e->seasons.n_years > 0 || is_file(e))
		return n < 0 ? n : 0;
	while (n > 0 && trained_on(e->model, years[n - 1]))
		n--;
	if (n == 0)
		return gw_err_set(&e->err, GW_EDATA, "%s holds no season that %s was not trained"
		    " on; --seasons evaluates on others", e->seasons.data, e->ref);
	e->seasons.years[0] = years[n - 1];
	e->seasons.n_years = 1;
	return 0;
}

/* The one way to fool oneself with this verb. */
static void
warn_of_training_seasons(struct eval *e)
{
	for (size_t i = 0; i < e->result.n_seasons; i++)
		if (trained_on(e->model, e->result.by_season[i].label))
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
	int rc;

	if ((rc = choose_season(e)) != 0)
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
	int rc;

	gw_buf_init(&page, e->app->env->alloc, 0);
	gw_report_html(&page, &e->result, e->model, e->seasons_text);
	rc = page.err != 0 ? gw_err_set(&e->err, page.err, "out of memory for the page") :
	    gw_fs_replace(e->app->env->fs, e->html, gw_buf_slice(&page), &e->err);
	gw_buf_fini(&page);
	return rc;
}

static void
print_whole(struct eval *e)
{
	const struct gw_slice_metrics *m = &e->result.all;
	char drops[GW_DROPS_TEXT_MAX];

	gw_season_drops_text(&e->counts, drops);
	gw_app_print(e->app, "%s (%s, trained on %s) on season %s:\n",
	    gw_predictor_model(e->predictor), e->model->feature_set, e->model->trained_on,
	    e->seasons_text);
	gw_app_print(e->app, "%zu plays, %zu games; ", m->rows, e->result.games);
	gw_app_print(e->app, "dropped: %s\n\n", drops);
	gw_app_print(e->app, "  log-loss     %.4f   95 %% %.3f to %.3f, whole games drawn\n",
	    m->win.log_loss, e->result.log_loss_lo, e->result.log_loss_hi);
	gw_app_print(e->app, "  Brier        %.4f\n  AUC          %.4f\n  ECE          %.4f\n",
	    m->win.brier, m->win.auc, m->win.ece);
	gw_app_print(e->app, "  home score   MAE %.3f, RMSE %.3f; raised to the board MAE %.3f\n",
	    m->home.mae, m->home.rmse, m->home_floored.mae);
	gw_app_print(e->app, "  away score   MAE %.3f, RMSE %.3f; raised to the board MAE %.3f\n\n",
	    m->away.mae, m->away.rmse, m->away_floored.mae);
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
}

static void
print_parts(struct eval *e)
{
	static const struct gw_column columns[] = { { "part", false }, { "plays", true },
		{ "log-loss", true }, { "Brier", true }, { "AUC", true }, { "ECE", true },
		{ "home MAE", true }, { "away MAE", true } };
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
print_reference(struct eval *e)
{
	const char *verdict = "no clear difference";

	if (e->result.reference.rows == 0)
		return;
	if (e->result.reference.hi < 0)
		verdict = "the model is better";
	else if (e->result.reference.lo > 0)
		verdict = "the model is worse";
	gw_app_print(e->app, "\nbeside %s on %zu plays of %zu games: %.4f against %.4f,\n"
	    "difference %+.4f, 95 %% %+.4f to %+.4f, paired by game:\n%s\n", GW_REFERENCE_NAME,
	    e->result.reference.rows, e->result.reference.games, e->result.reference.model_log_loss,
	    e->result.reference.log_loss, e->result.reference.diff, e->result.reference.lo,
	    e->result.reference.hi, verdict);
}

static void
print(struct eval *e)
{
	warn_of_training_seasons(e);
	if (e->json) {
		gw_evaluation_json(&e->app->out, &e->result, gw_predictor_model(e->predictor),
		    e->seasons_text, &e->counts);
		gw_app_print(e->app, "\n");
		return;
	}
	print_whole(e);
	print_parts(e);
	print_reference(e);
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

	if ((rc = parse(&e, argc, argv)) != GW_EXIT_OK)
		return rc;
	gw_buf_init(&e.csv, app->env->alloc, 0);
	gw_evaluator_init(&e.evaluator, app->env->alloc, NULL);
	rc = eval(&e);
	gw_app_progress(app, NULL);
	if (rc == 0)
		print(&e);
	gw_evaluator_fini(&e.evaluator);
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
	.usage = "gridwire eval --model REF [options]",
	.details =
	    "Log-loss, Brier score, AUC and calibration error of the win probability, mean errors "
	    "of\n"
	    "the final scores, by quarter and season, and the difference to nflfastR's own home_wp "
	    "where\n"
	    "the data has it. The rows are those of doc/data.md, the formulas those of doc/ml.md.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
