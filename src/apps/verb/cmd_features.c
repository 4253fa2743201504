/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_features.c - gridwire features: what a model sees of a play, and a season as a
 * table of it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_load.h"
#include "apps/verbs.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/slice.h"
#include "nfl/features.h"
#include "nfl/season.h"

enum { OPT_SET, OPT_FROM, OPT_MODEL, OPT_MODELS, OPT_JSON, OPT_QUIET };

static const struct gw_opt opts[] = {
	[OPT_SET] = { 0, "set", "NAME",
	    "classic, full, extended or state (default: all; with --from full)" },
	[OPT_FROM] = { 0, "from", "FILE",
	    "a season file: print its plays as CSV, a column per feature" },
	[OPT_MODEL] = { 0, "model", "REF",
	    "with --from: its set, and its expected points for what is derived from them" },
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_JSON] = { 0, "json", NULL, "the table as JSON" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "no notes" },
};

struct features {
	struct gw_app			*app;
	struct gw_err			 err;
	const struct gw_feature_set	*set;
	const char			*from, *ref, *models;
	struct gw_loaded		 loaded;
	bool				 json;
	struct gw_buf			 line;
};

static int
parse_set(struct features *f, const char *name)
{
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);
	const char *near = gw_nearest(name, sets, sizeof(*sets), n);

	f->set = gw_feature_set_find(name);
	if (f->set != NULL)
		return GW_EXIT_OK;
	return gw_app_usage(f->app, "no feature set \"%s\"%s%s", name,
	    near != NULL ? ", did you mean " : "", near != NULL ? near : "");
}

static int
parse(struct features *f, int argc, char **argv)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &f->err)) != GW_CLI_END) {
		if (i == GW_CLI_OPERAND)
			return gw_app_usage(f->app, "unexpected word \"%s\"", value);
		if (i < 0)
			return gw_app_usage(f->app, "%s", f->err.msg);
		if (i == OPT_SET && (rc = parse_set(f, value)) != GW_EXIT_OK)
			return rc;
		if (i == OPT_FROM)
			f->from = value;
		if (i == OPT_MODEL)
			f->ref = value;
		if (i == OPT_MODELS)
			f->models = value;
		if (i == OPT_JSON)
			f->json = true;
		if (i == OPT_QUIET)
			f->app->quiet = true;
	}
	return GW_EXIT_OK;
}

static void
put_number(struct gw_buf *out, double v)
{
	char text[GW_DOUBLE_MAX];

	gw_csv_put(out, (struct gw_slice){ text, gw_double_text(v, text) });
}

static void
flush_line(struct features *f)
{
	gw_csv_end(&f->line);
	gw_app_print(f->app, "%.*s", (int)f->line.len, (const char *)f->line.ptr);
	gw_buf_clear(&f->line);
}

static int
print_play(void *arg, const struct gw_season_play *p)
{
	struct features *f = arg;
	double x[GW_FEATURES_MAX];

	if (gw_app_stopping(f->app))
		return GW_EINTR;
	if (f->loaded.predictor != NULL)
		gw_predictor_features(f->loaded.predictor, &p->play, x);
	else
		gw_features(f->set, &p->play, x);
	gw_csv_put(&f->line, gw_str(p->play.game_id));
	put_number(&f->line, (double)p->play.play_id);
	for (size_t i = 0; i < f->set->n; i++)
		put_number(&f->line, x[i]);
	put_number(&f->line, p->result > 0);
	put_number(&f->line, p->final_home);
	put_number(&f->line, p->final_away);
	if (f->line.err != 0)
		return gw_err_set(&f->err, f->line.err, "out of memory");
	flush_line(f);
	return 0;
}

/* The set's, with a model's expected points where features are derived from them. */
static int
choose_set(struct features *f)
{
	int rc;

	if (f->ref != NULL) {
		rc = gw_loaded_open(&f->loaded, f->app, gw_app_models_dir(f->app, f->models),
		    f->ref, &f->err);
		if (rc != 0)
			return rc;
		if (f->set != NULL && f->set != gw_predictor_set(f->loaded.predictor))
			return gw_err_set(&f->err, GW_EDATA, "%s is a model of feature set %s,"
			    " not of %s", f->ref, f->loaded.model->feature_set, f->set->name);
		f->set = gw_predictor_set(f->loaded.predictor);
	}
	if (f->set == NULL)
		f->set = gw_feature_set_find("full");
	if (f->ref == NULL && gw_feature_set_is_derived(f->set))
		return gw_err_set(&f->err, GW_EDATA, "set %s has features that are derived from a"
		    " model's expected points: say which with --model", f->set->name);
	return 0;
}

static int
print_season(struct features *f)
{
	static const char *const labels[] = { "home_won", "final_home", "final_away" };
	struct gw_seasons file = { .env = f->app->env, .data = f->from, .use = GW_FOR_TRAINING };
	struct gw_season_counts counts = { 0 };
	char drops[GW_DROPS_TEXT_MAX];
	int rc;

	if ((rc = choose_set(f)) != 0)
		return rc;
	gw_csv_put(&f->line, GW_LIT("game_id"));
	gw_csv_put(&f->line, GW_LIT("play_id"));
	for (size_t i = 0; i < f->set->n; i++)
		gw_csv_put(&f->line, gw_str(f->set->features[i]->name));
	for (size_t i = 0; i < GW_N(labels); i++)
		gw_csv_put(&f->line, gw_str(labels[i]));
	if (f->line.err != 0)
		return gw_err_set(&f->err, f->line.err, "out of memory");
	flush_line(f);
	rc = gw_seasons_read(&file, print_play, f, &counts, &f->err);
	if (rc != 0)
		return rc;
	gw_season_drops_text(&counts, drops);
	gw_app_say(f->app, "%zu plays of %zu games; dropped: %s", counts.used, counts.used_games,
	    drops);
	return 0;
}

static void
print_feature_json(struct gw_json_out *w, const struct gw_feature_set *set, size_t i)
{
	const struct gw_feature *k = set->features[i];
	const char *heads[GW_FEATURE_HEADS_MAX];
	size_t n = gw_feature_heads(set, i, heads);

	gw_json_object(w);
	gw_json_kv_str(w, "name", gw_str(k->name));
	gw_json_kv_int(w, "version", GW_FEATURE_VERSION);
	gw_json_kv_str(w, "definition", gw_str(k->definition));
	gw_json_kv_str(w, "unit", gw_str(k->unit));
	gw_json_key(w, "range");
	gw_json_array(w);
	gw_json_num(w, k->lo);
	gw_json_num(w, k->hi);
	gw_json_array_end(w);
	gw_json_key(w, "heads");
	gw_json_array(w);
	for (size_t h = 0; h < n; h++)
		gw_json_str(w, gw_str(heads[h]));
	gw_json_array_end(w);
	gw_json_object_end(w);
}

static void
print_sets_json(struct features *f, const struct gw_feature_set *sets, size_t n)
{
	struct gw_json_out w;
	char hash[65];

	gw_json_begin(&w, &f->app->out);
	gw_json_array(&w);
	for (size_t i = 0; i < n; i++) {
		gw_json_object(&w);
		gw_json_kv_str(&w, "set", gw_str(sets[i].name));
		gw_json_kv_str(&w, "summary", gw_str(sets[i].summary));
		gw_feature_set_hash(&sets[i], hash);
		gw_json_kv_str(&w, "hash", gw_str(hash));
		gw_json_key(&w, "features");
		gw_json_array(&w);
		for (size_t j = 0; j < sets[i].n; j++)
			print_feature_json(&w, &sets[i], j);
		gw_json_array_end(&w);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_app_print(f->app, "\n");
}

/* The heads that read it, where they are others than those of the feature before. */
static void
print_heads(struct features *f, const struct gw_feature_set *set, size_t i)
{
	const char *heads[GW_FEATURE_HEADS_MAX], *before[GW_FEATURE_HEADS_MAX];
	size_t n = gw_feature_heads(set, i, heads);

	if (i > 0 && gw_feature_heads(set, i - 1, before) == n &&
	    memcmp(heads, before, n * sizeof(heads[0])) == 0)
		return;
	gw_app_print(f->app, "  read by");
	for (size_t h = 0; h < n; h++)
		gw_app_print(f->app, "%s %s", h > 0 ? "," : "", heads[h]);
	gw_app_print(f->app, "\n");
}

static void
print_feature(struct features *f, const struct gw_feature *k)
{
	char lo[GW_DOUBLE_MAX], hi[GW_DOUBLE_MAX], range[2 * GW_DOUBLE_MAX + 8];

	lo[gw_double_text(k->lo, lo)] = '\0';
	hi[gw_double_text(k->hi, hi)] = '\0';
	snprintf(range, sizeof(range), "%s to %s", lo, hi);
	gw_app_print(f->app, "    %-25s %-14s %-18s %s\n", k->name, k->unit, range, k->definition);
}

static void
print_sets_text(struct features *f, const struct gw_feature_set *sets, size_t n)
{
	char hash[65];

	for (size_t i = 0; i < n; i++) {
		gw_feature_set_hash(&sets[i], hash);
		gw_app_print(f->app, "%s%s: %s\n  version %d, hash %s\n", i > 0 ? "\n" : "",
		    sets[i].name, sets[i].summary, GW_FEATURE_VERSION, hash);
		for (size_t j = 0; j < sets[i].n; j++) {
			print_heads(f, &sets[i], j);
			print_feature(f, sets[i].features[j]);
		}
	}
}

static void
print_sets(struct features *f)
{
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);

	if (f->set != NULL) {
		sets = f->set;
		n = 1;
	}
	if (f->json)
		print_sets_json(f, sets, n);
	else
		print_sets_text(f, sets, n);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct features f = { .app = app };
	int rc;

	if ((rc = parse(&f, argc, argv)) != GW_EXIT_OK)
		return rc;
	if (f.from == NULL) {
		print_sets(&f);
		return GW_EXIT_OK;
	}
	gw_buf_init(&f.line, app->env->alloc, 0);
	rc = print_season(&f);
	gw_buf_fini(&f.line);
	gw_loaded_close(&f.loaded);
	if (rc == 0)
		return GW_EXIT_OK;
	f.err.code = rc;
	return gw_app_fail(app, &f.err);
}

const struct gw_verb gw_verb_features = {
	.name = "features",
	.summary = "the feature table; a season as CSV of features",
	.usage = "gridwire features [--set NAME] [--json]\n       gridwire features --from FILE "
		 "[--set NAME] [--model REF]",
	.details = "A line a feature: name, unit, range, definition; before it the heads that read "
		   "it and those\n"
		   "that follow. A model stores the hash of its set's names and definitions and is "
		   "refused by a program\n"
		   "whose definitions differ. The CSV holds the rows that training would use and, "
		   "last, the\n"
		   "outcome: home_won, final_home, final_away. Of set state, features are derived "
		   "from a\n"
		   "model's expected points, so --model is needed.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
