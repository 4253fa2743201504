/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_model.c - gridwire model: what is in the registry, and which version is in use.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_exchange.h"
#include "apps/model/model_paired.h"
#include "apps/model/model_topics.h"
#include "apps/table.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"
#include "ml/registry.h"
#include "nfl/prediction.h"

enum {
	OPT_MODELS = GW_N_KAFKA_OPTS,
	OPT_NAME,
	OPT_FEATURES,
	OPT_HEAD,
	OPT_BASE,
	OPT_FORMAT,
	OPT_OUT,
	OPT_DATA,
	OPT_SEASONS,
	OPT_TOPIC,
	OPT_PLAYS,
	OPT_JSON
};

static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_NAME] = { 0, "name", "NAME", "import: of the new model" },
	[OPT_FEATURES] = { 0, "features", "MAP",
	    "import: a file of lines theirs=ours, for features that have other names" },
	[OPT_HEAD] = { 0, "head", "HEAD",
	    "home_win, home_score or away_score: what the file predicts; what to export" },
	[OPT_BASE] = { 0, "base", "REF", "import: the model to take the other heads from" },
	[OPT_FORMAT] = { 0, "format", "FORMAT",
	    "export: xgboost or sklearn (default: xgboost for trees)" },
	[OPT_OUT] = { 0, "out", "FILE", "export: there, not to standard output" },
	[OPT_DATA] = { 0, "data", "DIR|FILE", "compare: season files (default: data)" },
	[OPT_SEASONS] = { 0, "seasons", "YEARS",
	    "compare: on these (default: the newest that neither was trained on)" },
	[OPT_TOPIC] = { 't', "topic", "TOPIC",
	    "compare: the predictions there; twice: those of the first beside the second's" },
	[OPT_PLAYS] = { 0, "plays", "FILE",
	    "compare --topic: every play and both chances, as CSV" },
	[OPT_JSON] = { 0, "json", NULL, "list, show, compare: as JSON" },
};

#define WORDS_MAX 3

struct models {
	struct gw_app	*app;
	struct gw_err	 err;
	const char	*root;
	struct gw_exchange exchange;
	struct gw_seasons seasons;
	struct gw_kafka_args args;
	struct gw_compare_topics topics;
	bool		 json;
	const char	*words[WORDS_MAX];
	int		 n_words;
	struct gw_table	 table;
	struct gw_json_out w;
	size_t		 listed;
};

static double
metric(const struct gw_model *m, const char *name, double absent)
{
	for (size_t i = 0; i < m->n_metrics; i++)
		if (strcmp(m->metrics[i].name, name) == 0)
			return m->metrics[i].value;
	return absent;
}

static struct gw_model *
load(struct models *s, const char *ref)
{
	return gw_registry_load(s->app->env, s->root, ref, &s->err);
}

static void
put_model(struct gw_json_out *w, const struct gw_model *m, const char *aliases)
{
	struct gw_slice rest = gw_str(aliases);

	gw_json_object(w);
	gw_json_kv_str(w, "name", gw_str(m->name));
	gw_json_kv_int(w, "version", m->version);
	gw_json_key(w, "aliases");
	gw_json_array(w);
	while (rest.len > 0)
		gw_json_str(w, gw_slice_cut(rest, ',', &rest));
	gw_json_array_end(w);
	gw_json_kv_str(w, "sha256", gw_str(m->sha256));
	gw_json_kv_str(w, "features", gw_str(m->feature_set));
	gw_json_kv_str(w, "feature_hash", gw_str(m->feature_hash));
	gw_json_kv_str(w, "seasons", gw_str(m->trained_on));
	gw_json_kv_int(w, "rows", (int64_t)m->n_rows);
	gw_json_kv_int(w, "games", (int64_t)m->n_groups);
	gw_json_key(w, "metrics");
	gw_json_object(w);
	for (size_t i = 0; i < m->n_metrics; i++)
		gw_json_kv_num(w, m->metrics[i].name, m->metrics[i].value);
	gw_json_object_end(w);
	gw_json_object_end(w);
}

static void
put_number(struct gw_table *t, const struct gw_model *m, const char *name)
{
	double v = metric(m, name, -1);

	if (v >= 0)
		gw_table_cell(t, "%.4f", v);
	else
		gw_table_cell(t, "-");
}

static int
list_one(void *arg, const char *name, int32_t version, const char *aliases)
{
	struct models *s = arg;
	char ref[GW_MODEL_REF_MAX];
	struct gw_model *m;

	snprintf(ref, sizeof(ref), "%s:%d", name, (int)version);
	s->listed++;
	m = load(s, ref);
	if (m == NULL) {
		/* One damaged file must not hide the others. */
		gw_app_say(s->app, "%s", s->err.msg);
		return 0;
	}
	if (s->json) {
		put_model(&s->w, m, aliases);
	} else {
		gw_table_cell(&s->table, "%s", ref);
		gw_table_cell(&s->table, "%s", m->feature_set);
		gw_table_cell(&s->table, "%s", m->trained_on);
		put_number(&s->table, m, "train_log_loss");
		put_number(&s->table, m, "held_out_log_loss");
		gw_table_cell(&s->table, "%s", aliases);
	}
	gw_model_free(m);
	return 0;
}

static int
do_list(struct models *s)
{
	static const struct gw_column columns[] = { { "model", false }, { "features", false },
		{ "trained on", false }, { "train loss", true }, { "held-out loss", true },
		{ "aliases", false } };
	int rc;

	gw_table_init(&s->table, s->app->env->alloc, columns, GW_N(columns));
	gw_json_begin(&s->w, &s->app->out);
	if (s->json)
		gw_json_array(&s->w);
	rc = gw_registry_list(s->app->env, s->root, list_one, s, &s->err);
	if (s->json) {
		gw_json_array_end(&s->w);
		gw_app_print(s->app, "\n");
	} else if (rc == 0 && s->listed == 0) {
		gw_app_say(s->app, "%s holds no model; make one with gridwire train", s->root);
	} else if (rc == 0) {
		gw_table_print(&s->table, s->app);
	}
	gw_table_fini(&s->table);
	return rc;
}

static void
print_model(struct models *s, const struct gw_model *m)
{
	gw_app_print(s->app, "model         %s:%d\n", m->name, (int)m->version);
	gw_app_print(s->app, "sha256        %s\n", m->sha256);
	gw_app_print(s->app, "features      %s (%zu), hash %s\n", m->feature_set, m->n_features,
	    m->feature_hash);
	gw_app_print(s->app, "trained on    %s: %zu plays of %zu games, seed %lld\n", m->trained_on,
	    m->n_rows, m->n_groups, (long long)m->seed);
	gw_app_print(s->app, "heads        ");
	for (size_t h = 0; h < m->n_heads; h++)
		gw_app_print(s->app, " %s (%s)", m->heads[h].name,
		    gw_family_name(m->heads[h].family));
	gw_app_print(s->app, "\n");
	for (size_t i = 0; i < m->n_metrics; i++)
		gw_app_print(s->app, "  %-20s %.6g\n", m->metrics[i].name, m->metrics[i].value);
}

static int
do_show(struct models *s)
{
	struct gw_model *m = load(s, s->words[1]);
	struct gw_buf card;

	if (m == NULL)
		return s->err.code;
	if (s->json) {
		gw_json_begin(&s->w, &s->app->out);
		put_model(&s->w, m, "");
		gw_app_print(s->app, "\n");
		gw_model_free(m);
		return 0;
	}
	print_model(s, m);
	gw_buf_init(&card, s->app->env->alloc, 1u << 20);
	/*
	 * A model given by path may have no card; then what stands above is all there is to show.
	 */
	if (gw_registry_card(s->app->env, s->root, m, &card, NULL) == 0)
		gw_app_print(s->app, "\n%.*s", (int)card.len, (const char *)card.ptr);
	gw_buf_fini(&card);
	gw_model_free(m);
	return 0;
}

/* Readable, checksum right, and made of this program's features: fit to score with. */
static int
do_verify(struct models *s)
{
	struct gw_model *m = load(s, s->words[1]);
	struct gw_predictor *p;

	if (m == NULL)
		return s->err.code;
	p = gw_predictor_new(s->app->env->alloc, m, &s->err);
	if (p != NULL)
		gw_app_print(s->app, "%s: good, sha256 %s\n", gw_predictor_model(p), m->sha256);
	gw_model_free(m);
	if (p == NULL)
		return s->err.code;
	gw_predictor_free(p);
	return 0;
}

static void
print_pair(struct models *s, const struct gw_model *a, const struct gw_model *b)
{
	static const struct gw_column columns[] = { { "", false }, { "first", true },
		{ "second", true } };
	struct gw_table t;

	gw_table_init(&t, s->app->env->alloc, columns, GW_N(columns));
	gw_table_cell(&t, "model");
	gw_table_cell(&t, "%s:%d", a->name, (int)a->version);
	gw_table_cell(&t, "%s:%d", b->name, (int)b->version);
	gw_table_cell(&t, "features");
	gw_table_cell(&t, "%s", a->feature_set);
	gw_table_cell(&t, "%s", b->feature_set);
	gw_table_cell(&t, "trained on");
	gw_table_cell(&t, "%s", a->trained_on);
	gw_table_cell(&t, "%s", b->trained_on);
	for (size_t i = 0; i < a->n_metrics; i++) {
		gw_table_cell(&t, "%s", a->metrics[i].name);
		gw_table_cell(&t, "%.6g", a->metrics[i].value);
		gw_table_cell(&t, "%.6g", metric(b, a->metrics[i].name, 0));
	}
	gw_table_print(&t, s->app);
	gw_table_fini(&t);
}

/* A model as predictions name it, "name:version"; an alias is looked up. */
static int
name_model(struct models *s, const char *ref, char *out, size_t cap)
{
	struct gw_model *m;

	if (strchr(ref, ':') != NULL) {
		snprintf(out, cap, "%s", ref);
		return 0;
	}
	if ((m = load(s, ref)) == NULL)
		return s->err.code;
	snprintf(out, cap, "%s:%d", m->name, (int)m->version);
	gw_model_free(m);
	return 0;
}

static int
do_compare_topics(struct models *s)
{
	struct gw_compare_topics *c = &s->topics;
	char names[2][GW_MODEL_REF_MAX];
	int rc = 0;

	for (int i = 0; rc == 0 && s->n_words > 1 && i < 2; i++) {
		rc = name_model(s, s->words[1 + i], names[i], sizeof(names[i]));
		c->models[i] = names[i];
	}
	c->app = s->app;
	c->args = &s->args;
	c->data = gw_app_data_dir(s->app, s->seasons.data);
	c->json = s->json;
	return rc == 0 ? gw_compare_topics(c, &s->err) : rc;
}

static int
do_compare_models(struct models *s)
{
	struct gw_model *a = load(s, s->words[1]), *b = a == NULL ? NULL : load(s, s->words[2]);

	struct gw_compare compare = { .app = s->app, .a = a, .b = b, .seasons = &s->seasons,
		.json = s->json };
	int rc = b == NULL ? s->err.code : 0;

	s->seasons.data = gw_app_data_dir(s->app, s->seasons.data);
	if (rc == 0 && !s->json)
		print_pair(s, a, b);
	if (rc == 0)
		rc = gw_compare(&compare, &s->err);
	gw_model_free(a);
	gw_model_free(b);
	return rc;
}

static int
do_compare(struct models *s)
{
	return s->topics.n_topics > 0 ? do_compare_topics(s) : do_compare_models(s);
}

static int
do_promote(struct models *s)
{
	struct gw_model *m = load(s, s->words[1]);
	int rc;

	if (m == NULL)
		return s->err.code;
	rc = gw_registry_alias(s->app->env, s->root, m->name, s->words[2], m->version, &s->err);
	if (rc == 0)
		gw_app_print(s->app, "%s@%s is %s:%d\n", m->name, s->words[2], m->name,
		    (int)m->version);
	gw_model_free(m);
	return rc;
}

static int
do_rollback(struct models *s)
{
	int32_t version;
	int rc =
	    gw_registry_rollback(s->app->env, s->root, s->words[1], s->words[2], &version, &s->err);

	if (rc == 0)
		gw_app_print(s->app, "%s@%s is %s:%d\n", s->words[1], s->words[2], s->words[1],
		    (int)version);
	return rc;
}

static int
do_import(struct models *s)
{
	s->exchange.what = s->words[1];
	return gw_exchange_import(&s->exchange, &s->err);
}

static int
do_export(struct models *s)
{
	s->exchange.what = s->words[1];
	return gw_exchange_export(&s->exchange, &s->err);
}

static const struct verb {
	const char	*name, *operands;
	int		 n_operands;
	int		(*run)(struct models *s);
} verbs[] = {
	{ "list", "", 0, do_list },
	{ "show", " REF", 1, do_show },
	{ "verify", " REF|FILE", 1, do_verify },
	{ "compare", " REF REF", 2, do_compare },
	{ "promote", " REF ALIAS", 2, do_promote },
	{ "rollback", " NAME ALIAS", 2, do_rollback },
	{ "import", " FILE --name NAME", 1, do_import },
	{ "export", " REF", 1, do_export },
};

/* 0 or GW_EINVAL. */
static int
set_option(struct models *s, int opt, const char *value)
{
	int rc = 0;

	switch (opt) {
	case OPT_MODELS:
		s->root = value;
		break;
	case OPT_NAME:
		s->exchange.name = value;
		break;
	case OPT_FEATURES:
		s->exchange.map = value;
		break;
	case OPT_HEAD:
		s->exchange.head = value;
		break;
	case OPT_BASE:
		s->exchange.base = value;
		break;
	case OPT_FORMAT:
		s->exchange.format = value;
		break;
	case OPT_OUT:
		s->exchange.out = value;
		break;
	case OPT_DATA:
		s->seasons.data = value;
		break;
	case OPT_SEASONS:
		rc = gw_seasons_parse(value, s->seasons.years, GW_SEASONS_MAX, &s->err);
		s->seasons.n_years = rc > 0 ? (size_t)rc : 0;
		break;
	case OPT_TOPIC:
		if (s->topics.n_topics == GW_TOPICS_MAX)
			return gw_err_set(&s->err, GW_EINVAL, "--topic at most twice");
		s->topics.topics[s->topics.n_topics++] = value;
		break;
	case OPT_PLAYS:
		s->topics.plays = value;
		break;
	case OPT_JSON:
		s->json = true;
		break;
	}
	return rc < 0 ? rc : 0;
}

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct models *s = self;
	int rc;

	if (i == GW_CLI_OPERAND && s->n_words == WORDS_MAX)
		return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
	if (i == GW_CLI_OPERAND) {
		s->words[s->n_words++] = value;
		return 0;
	}
	rc = i < 0 ? i : set_option(s, i, value);
	if (rc < 0 && i >= 0)
		*err = s->err;
	return rc;
}

static int
parse(struct models *s, int argc, char **argv)
{
	struct gw_err err;
	struct gw_cli cli;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	if (gw_kafka_options(&s->args, &cli, take_option, s, &err) < 0)
		return gw_app_usage(s->app, "%s", err.msg);
	s->app->quiet = s->args.quiet;
	s->root = gw_app_models_dir(s->app, s->root);
	s->exchange.app = s->app;
	s->exchange.models = s->root;
	return GW_EXIT_OK;
}

static const struct verb *
find(struct models *s)
{
	for (size_t i = 0; i < GW_N(verbs); i++)
		if (s->n_words > 0 && strcmp(verbs[i].name, s->words[0]) == 0)
			return &verbs[i];
	return NULL;
}

/* Of two topics no models need be named. */
static bool
has_operands(const struct models *s, const struct verb *v)
{
	int n = v->n_operands > 0 ? v->n_operands + 1 : 0;

	if (v->run == do_compare && s->topics.n_topics == GW_TOPICS_MAX && s->n_words == 1)
		return true;
	return s->n_words >= n && s->n_words <= v->n_operands + 1;
}

static int
run_parsed(struct models *s)
{
	const struct verb *v = find(s);
	int rc;

	if (v == NULL && s->n_words > 0) {
		const char *near = gw_nearest(s->words[0], verbs, sizeof(verbs[0]), GW_N(verbs));

		return gw_app_usage(s->app, "no \"%s\" here%s%s", s->words[0],
		    near != NULL ? ", did you mean " : "", near != NULL ? near : "");
	}
	if (v == NULL)
		v = &verbs[0];
	if (!has_operands(s, v))
		return gw_app_usage(s->app, "gridwire model %s%s is what it takes", v->name,
		    v->operands);
	if (v->run != do_compare && s->topics.n_topics > 0)
		return gw_app_usage(s->app, "--topic is for gridwire model compare");
	if (s->topics.plays != NULL && s->topics.n_topics == 0)
		return gw_app_usage(s->app, "--plays needs --topic");
	rc = v->run(s);
	s->err.code = rc;
	return rc == 0 ? GW_EXIT_OK : gw_app_fail(s->app, &s->err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct models s = { .app = app,
		.seasons = { .env = app->env, .use = GW_FOR_TRAINING } };
	int code;

	gw_kafka_args_init(&s.args, app);
	code = parse(&s, argc, argv);
	if (code == GW_EXIT_OK)
		code = run_parsed(&s);
	gw_kafka_args_fini(&s.args);
	return code;
}

const struct gw_verb gw_verb_model = {
	.name = "model",
	.summary = "list, show, verify, compare, promote, roll back, import and export models",
	.usage = "gridwire model list [--json]\n"
		 "       gridwire model show REF [--json]\n"
		 "       gridwire model verify REF|FILE\n"
		 "       gridwire model compare REF REF [--seasons YEARS] [--json]\n"
		 "       gridwire model compare [REF REF] --topic TOPIC [--topic TOPIC]\n"
		 "                              [--plays FILE]\n"
		 "       gridwire model promote REF ALIAS\n"
		 "       gridwire model rollback NAME ALIAS\n"
		 "       gridwire model import FILE --name NAME [--features MAP] [--head HEAD]\n"
		 "                             [--base REF]\n"
		 "       gridwire model export REF [--head HEAD] [--format FORMAT] [--out FILE]",
	.details =
	    "REF is NAME (its champion, else its newest version), NAME:VERSION, NAME@ALIAS or the "
	    "path\n"
	    "of a model file. Compare scores the plays of a season that neither has seen and "
	    "gives\n"
	    "the difference with its interval, paired by game. With --topic it reads predictions "
	    "that\n"
	    "were published: two topics beside each other (a replay beside the first run), or, "
	    "with\n"
	    "REF REF, two models in one or both of them (a trial and its --shadow-to). How games\n"
	    "ended is looked up in --data; else who led in the last two minutes has won.\n"
	    "Promoting and rolling back switch the alias by an atomic rename.\n"
	    "Import reads XGBoost's JSON and UBJ, LightGBM's text, and coefficients of\n"
	    "scikit-learn as JSON; export writes XGBoost's JSON and coefficients as JSON.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
