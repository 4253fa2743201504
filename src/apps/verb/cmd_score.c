/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <signal.h>
#include <stdio.h>

#include "apps/score/board.h"
#include "apps/kafka.h"
#include "apps/model/model_load.h"
#include "apps/page/page.h"
#include "apps/score/score.h"
#include "apps/score/score_config.h"
#include "apps/score/score_lines.h"
#include "apps/score/sink_csv.h"
#include "apps/score/trial.h"
#include "apps/service.h"
#include "apps/verbs.h"
#include "base/secret.h"
#include "base/slice.h"
#include "nfl/watch.h"

#define GRACE_US	10000000	/* to finish what is under way after a signal */
#define BOARD_US	100000
#define CLOSE_MS	3000
#define BATCH_MS_MAX	60000
#define SESSION_MS	"10000"
#define DELIVERY_MS	"86400000"	/* a broker that is away is waited for */
#define TOPIC_MAX	249
#define SPARE_MS	13000	/* -e: a killed scorer is missed by then, and its partitions given away */

enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_GROUP, OPT_TO, OPT_CSV, OPT_MODEL, OPT_MODELS, OPT_FROM,
	OPT_END, OPT_COUNT, OPT_BATCH, OPT_JSON, OPT_BOARD, OPT_HTTP, OPT_STDIN,
	OPT_DLQ, OPT_LOOSE,
	OPT_CONFIG, OPT_CHECK, OPT_TOKEN, OPT_LOG, OPT_CHALLENGER, OPT_SHARE, OPT_SHADOW, OPT_ALPHA
};

static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_TOPIC]	= { 't', "topic", "TOPIC", "plays (default nfl-plays)" },
	[OPT_GROUP]	= { 'g', "group", "GROUP",
	    "share the partitions with this group and commit offsets" },
	[OPT_TO]	= { 0, "to", "TOPIC", "send predictions there; made if missing" },
	[OPT_CSV]	= { 0, "csv", "FILE",
	    "append predictions; an existing file is continued exactly" },
	[OPT_MODEL]	= { 0, "model", "NAME",
	    "NAME, NAME:VERSION, NAME@ALIAS or a model file; needed if there are several" },
	[OPT_MODELS]	= { 0, "models", "DIR",
	    "registry (default $GRIDWIRE_MODELS, then ./models)" },
	[OPT_FROM]	= { 'o', "offset", "WHERE",
	    "beginning (default) or end, where neither group nor CSV says more" },
	[OPT_END]	= { 'e', NULL, NULL, "stop at the end of all partitions" },
	[OPT_COUNT]	= { 'c', "count", "N", "stop after N plays" },
	[OPT_BATCH]	= { 0, "batch-ms", "N",
	    "collect plays for N ms (default 0: score what is there)" },
	[OPT_JSON]	= { 'J', "json", NULL, "predictions as JSON lines on stdout" },
	[OPT_BOARD]	= { 0, "board", NULL,
	    "a line per game with a small chart, in place of a line per play" },
	[OPT_HTTP]	= { 0, "http", "ADDR:PORT",
	    "serve the live page and /metrics there, as 127.0.0.1:8080" },
	[OPT_STDIN]	= { 0, "stdin", NULL,
	    "no Kafka: plays from stdin, a JSON line each; predictions to stdout" },
	[OPT_DLQ]	= { 0, "dlq", "TOPIC",
	    "what is no play goes there; \"none\": only counted (with --to: TOPIC of -t + \"-dlq\")" },
	[OPT_LOOSE]	= { 0, "at-least-once", NULL,
	    "no transactions: a crash may repeat predictions in the topic" },
	[OPT_CONFIG]	= { 0, "config", "FILE",
	    "all of this from a file of properties: Java's keys, and gridwire.to for --to; an "
	    "option goes before it" },
	[OPT_CHECK]	= { 0, "check", NULL,
	    "only say what is wrong with options, file and models; exit 0: nothing" },
	[OPT_TOKEN]	= { 0, "http-token-file", "FILE",
	    "what every viewer must carry; then --http may be any address, as 0.0.0.0:8080" },
	[OPT_LOG]	= { 0, "log-format", "FORMAT",
	    "json or logfmt: whatever is said is such a line" },
	[OPT_CHALLENGER] = { 0, "challenger", "NAME",
	    "a second model, as --model, that predicts every play too" },
	[OPT_SHARE]	= { 0, "share", "PERCENT",
	    "of the games, whose predictions are the challenger's (default 0)" },
	[OPT_SHADOW]	= { 0, "shadow-to", "TOPIC",
	    "send there what the other of the two models predicted" },
	[OPT_ALPHA]	= { 0, "rollback-rate", "RATE",
	    "chance of ever rolling back a challenger that is no worse (default 0.05; 0: never)" },
};

struct cmd {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	int			 argc;
	char			**argv;
	struct gw_score_config	 config;
	bool			 check;
	int			 mistakes;	/* of the file, with --check */
	const char		*csv, *model, *models, *http, *token_file, *log_format, *challenger;
	double			 share, alpha;
	const char		*dlq;		/* NULL: not told */
	bool			 json, from_stdin, loose, all_games;
	char			 dlq_name[256], transactional_id[256];
	struct gw_score_options	 o;
	struct gw_trial		 trial;		/* the model, and perhaps another */
	struct gw_trial		 next;		/* for the next unit, if swap */
	bool			 swap, rolled_back;
	int64_t			 aliases_stamp;
	struct gw_service	 service;
	struct gw_buf		 token;
	struct gw_addr		 http_addr;
	struct gw_page		*page;		/* NULL: none */
	struct gw_score		*score;		/* NULL: not yet */
	/* over the champion's predictions; NULL: not yet, or out of memory */
	struct gw_watch		*watch;
	const struct gw_model	*watched;
	int64_t			 watch_day;	/* since 1970, of the last line about it */
	/* on stdout: a line per play, or the board of all games */
	struct gw_board		 board;
	struct gw_board_style	 style;
	struct gw_play		 before;
	bool			 has_before;
};

/* ---- options ---- */

static int
take_from(struct cmd *c, const char *value, struct gw_err *err)
{
	if (strcmp(value, "beginning") == 0 || strcmp(value, "earliest") == 0)
		c->o.from = GW_SCORE_EARLIEST;
	else if (strcmp(value, "end") == 0 || strcmp(value, "latest") == 0)
		c->o.from = GW_SCORE_LATEST;
	else
		return gw_err_set(err, GW_EINVAL, "-o %s: beginning or end", value);
	return 0;
}

static int
take_batch_ms(struct cmd *c, const char *value, struct gw_err *err)
{
	int64_t ms;
	int rc = gw_cli_i64(&opts[OPT_BATCH], value, 0, BATCH_MS_MAX, &ms, err);

	if (rc == 0)
		c->o.batch_ms = (int)ms;
	return rc;
}

/* Percent, and a rate of less than one half. */
static int
take_share(struct cmd *c, int i, const char *value, struct gw_err *err)
{
	double max = i == OPT_SHARE ? 100 : 0.5, v;
	int rc = gw_cli_double(&opts[i], value, 0, max, &v, err);

	if (rc == 0 && i == OPT_SHARE)
		c->share = v / 100;
	else if (rc == 0)
		c->alpha = v;
	return rc;
}

static int
take_service_option(struct cmd *c, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case OPT_CONFIG:
		c->config.path = value;
		return 0;
	case OPT_CHECK:
		c->check = true;
		return 0;
	case OPT_TOKEN:
		c->token_file = value;
		return 0;
	case OPT_LOG:
		c->log_format = value;
		return strcmp(value, "json") == 0 || strcmp(value, "logfmt") == 0 ? 0 :
		    gw_err_set(err, GW_EINVAL, "--log-format %s: json or logfmt is wanted", value);
	case OPT_CHALLENGER:
		c->challenger = value;
		return 0;
	case OPT_SHARE:
	case OPT_ALPHA:
		return take_share(c, i, value, err);
	case OPT_SHADOW:
		c->o.shadow_to = value;
		return 0;
	case GW_CLI_OPERAND:
		return gw_err_set(err, GW_EINVAL, "unexpected argument \"%s\"", value);
	default:
		return i < 0 ? i : 0;
	}
}

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct cmd *c = self;

	switch (i) {
	case OPT_TOPIC:
		c->o.topic = value;
		return 0;
	case OPT_GROUP:
		c->o.group = value;
		return 0;
	case OPT_TO:
		c->o.to = value;
		return 0;
	case OPT_CSV:
		c->csv = value;
		return 0;
	case OPT_MODEL:
		c->model = value;
		return 0;
	case OPT_MODELS:
		c->models = value;
		return 0;
	case OPT_FROM:
		return take_from(c, value, err);
	case OPT_END:
		c->o.at_end = true;
		c->o.spare_ms = SPARE_MS;
		return 0;
	case OPT_COUNT:
		return gw_cli_i64(&opts[i], value, 1, INT64_MAX, &c->o.plays_max, err);
	case OPT_BATCH:
		return take_batch_ms(c, value, err);
	case OPT_JSON:
		c->json = true;
		return 0;
	case OPT_BOARD:
		c->all_games = true;
		return 0;
	case OPT_HTTP:
		c->http = value;
		return gw_http_any_address("http", value, &c->http_addr, err);
	case OPT_STDIN:
		c->from_stdin = true;
		return 0;
	case OPT_DLQ:
		c->dlq = value;
		return 0;
	case OPT_LOOSE:
		c->loose = true;
		return 0;
	default:
		return take_service_option(c, i, value, err);
	}
}

/* Where dead letters go: as told; or, with a topic for predictions, to one beside the plays. */
static int
choose_dlq(struct cmd *c, struct gw_err *err)
{
	int n;

	if (c->dlq != NULL) {
		c->o.dlq = strcmp(c->dlq, "none") == 0 ? NULL : c->dlq;
	} else if (c->o.to != NULL) {
		n = snprintf(c->dlq_name, sizeof(c->dlq_name), "%s-dlq", c->o.topic);
		if (n < 0 || n > TOPIC_MAX)
			return gw_err_set(err, GW_EINVAL, "-t %s: no room for \"-dlq\" behind it; "
			    "name a topic with --dlq", c->o.topic);
		c->o.dlq = c->dlq_name;
	}
	if (c->o.dlq != NULL && strcmp(c->o.dlq, c->o.topic) == 0)
		return gw_err_set(err, GW_EINVAL, "--dlq %s is the topic that is read", c->o.dlq);
	return 0;
}

static int
check_options(const struct cmd *c, struct gw_err *err)
{
	if (c->o.to != NULL && strcmp(c->o.to, c->o.topic) == 0)
		return gw_err_set(err, GW_EINVAL, "--to %s is the topic that is read", c->o.to);
	if (c->all_games && (c->json || c->from_stdin))
		return gw_err_set(err, GW_EINVAL, "--board has the screen: no --json, no --stdin");
	if (c->http != NULL && c->token_file == NULL && !gw_addr_is_loopback(&c->http_addr))
		return gw_err_set(err, GW_EINVAL, "--http %s: others than this machine are served "
		    "only with --http-token-file", c->http);
	if (c->challenger == NULL && (c->share > 0 || c->o.shadow_to != NULL))
		return gw_err_set(err, GW_EINVAL, "--share and --shadow-to need a --challenger");
	if (c->o.shadow_to != NULL && (c->o.to == NULL || strcmp(c->o.to, c->o.shadow_to) == 0))
		return gw_err_set(err, GW_EINVAL,
		    "--shadow-to %s needs a --to of another name beside it", c->o.shadow_to);
	if (c->from_stdin &&
	    (c->o.group != NULL || c->o.to != NULL || c->csv != NULL || c->http != NULL ||
	    c->dlq != NULL))
		return gw_err_set(err, GW_EINVAL,
		    "--stdin is a filter: -g, --to, --dlq, --csv and --http need Kafka");
	return 0;
}

static int
take_key(void *arg, int i, const char *value, struct gw_err *err)
{
	struct cmd *c = arg;
	int rc = gw_kafka_arg(&c->args, i, value, err);

	return rc == 0 ? take_option(c, i, value, err) : rc < 0 ? rc : 0;
}

static void
tell_mistake(void *arg, const struct gw_err *err)
{
	struct cmd *c = arg;

	c->mistakes++;
	gw_app_say(c->app, "%s", err->msg);
}

/* The file comes first, wherever on the line it stands, so that every option goes before it. */
static int
read_config(struct cmd *c, struct gw_err *err)
{
	struct gw_score_take take = { opts, GW_N(opts), take_key, c, NULL };
	struct gw_cli cli;
	const char *value;
	int i;

	gw_cli_init(&cli, opts, GW_N(opts), c->argc, c->argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END) {
		if (i == OPT_CONFIG)
			c->config.path = value;
		else if (i == OPT_CHECK)
			take.mistake = tell_mistake;
		else if (i < 0 && i != GW_CLI_OPERAND)
			return i;
	}
	return c->config.path == NULL ? 0 : gw_score_config_read(&c->config, &c->args, &take, err);
}

static int
parse(struct cmd *c, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	int rc;

	c->argc = argc;
	c->argv = argv;
	rc = read_config(c, err);
	if (rc < 0)
		return rc;
	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	rc = gw_kafka_options(&c->args, &cli, take_option, c, err);
	if (rc == 0)
		rc = check_options(c, err);
	return rc == 0 ? choose_dlq(c, err) : rc;
}

/* ---- what the scorer says ---- */

static void
show_game(struct cmd *c, const struct gw_scored *s)
{
	const struct gw_board_game *g = gw_board_scored(&c->board, s);

	if (g != NULL && !c->app->out_is_tty)
		gw_board_row(&c->app->out, g, c->style);
}

/* At most ten times a second, and at the end. */
static void
show_board(struct cmd *c, bool at_end)
{
	int64_t now = gw_env_now(c->app->env).us;

	if (!c->all_games || !c->app->out_is_tty || c->app->quiet || c->json ||
	    (!at_end && now - c->board.drawn_us < BOARD_US))
		return;
	c->board.drawn_us = now;
	gw_board_draw(&c->board, &c->app->out, c->style);
}

/* NULL: none, or it is over a model that was replaced meanwhile. */
static struct gw_watch *
watch_of(const struct cmd *c)
{
	return c->watched == c->trial.champion.model ? c->watch : NULL;
}

static void
say_watch(struct cmd *c)
{
	char line[GW_WATCH_LINE_MAX];

	gw_watch_line(c->watch, line);
	gw_app_say(c->app, "gridwire score: model %s: %s",
	    gw_predictor_model(c->trial.champion.predictor), line);
}

/* Another model begins anew; a line about it when the day (UTC) changes. */
static void
watch_play(struct cmd *c, const struct gw_scored *s)
{
	int64_t day = gw_env_now(c->app->env).wall_ms / 86400000;

	if (c->watch == NULL || c->watched != c->trial.champion.model) {
		gw_watch_free(c->watch);
		c->watch = gw_watch_new(c->app->env->alloc, c->trial.champion.model,
		    c->trial.champion.predictor);
		c->watched = c->trial.champion.model;
		c->watch_day = day;
	}
	if (c->watch == NULL ||
	    strcmp(s->prediction->model, gw_predictor_model(c->trial.champion.predictor)) != 0)
		return;
	if (day != c->watch_day && gw_watch_totals(c->watch)->games > 0)
		say_watch(c);
	c->watch_day = day;
	gw_watch_scored(c->watch, s->play, s->prediction, s->timestamp_ms);
}

static void
on_scored(void *arg, const struct gw_scored *s)
{
	struct cmd *c = arg;
	struct gw_buf *out = &c->app->out;

	watch_play(c, s);
	if (c->page != NULL)
		gw_page_scored(c->page, s);
	if (c->json) {
		gw_prediction_json(out, s->play, s->prediction, s->model, &s->place);
		gw_buf_putc(out, '\n');
		return;
	}
	if (c->app->quiet)
		return;
	if (c->all_games) {
		show_game(c, s);
		return;
	}
	if (!c->has_before)
		gw_board_header(out, c->style);
	gw_board_line(out, s->play, s->prediction, c->has_before ? &c->before : NULL, c->style);
	c->before = *s->play;
	c->has_before = true;
}

static int
on_durable(void *arg)
{
	struct cmd *c = arg;

	show_board(c, false);
	return gw_app_flush(c->app);
}

static void
on_notice(void *arg, const char *text)
{
	struct cmd *c = arg;

	gw_app_say(c->app, "gridwire score: %s", text);
}

static int
on_trouble(void *arg, const struct gw_event *ev, struct gw_err *err)
{
	struct cmd *c = arg;

	return gw_kafka_event(&c->k, ev, err);
}

/* ---- the last line ---- */

/* A latency in the unit that reads best: a backlog is old by hours, a live play by milliseconds. */
static void
latency(const struct gw_hist *h, double q, char *out, size_t cap)
{
	double ms = (double)gw_hist_quantile(h, q) / 1000;

	if (ms < 10000)
		snprintf(out, cap, "%.0f ms", ms);
	else if (ms < 600000)
		snprintf(out, cap, "%.0f s", ms / 1000);
	else if (ms < 36000000)
		snprintf(out, cap, "%.0f min", ms / 60000);
	else
		snprintf(out, cap, "%.0f h", ms / 3600000);
}

static void
put_skips(struct gw_buf *out, const struct gw_score_stats *st)
{
	if (st->skipped == 0)
		return;
	gw_buf_printf(out, ", %llu skipped (", (unsigned long long)st->skipped);
	for (size_t i = 0; i < st->n_skips; i++)
		if (st->skips[i].n > 0)
			gw_buf_printf(out, "%s%llu %s", i == 0 ? "" : ", ",
			    (unsigned long long)st->skips[i].n, st->skips[i].reason);
	gw_buf_putc(out, ')');
}

static void
say_stats(struct gw_app *app, const struct gw_score_stats *st)
{
	double seconds = (double)(st->last_us - st->first_us) / 1e6;
	char p50[32], p99[32];
	struct gw_buf text;

	gw_buf_init(&text, app->env->alloc, 0);
	gw_buf_printf(&text, "%llu plays scored", (unsigned long long)st->plays);
	put_skips(&text, st);
	if (st->repeated > 0)
		gw_buf_printf(&text, ", %llu passed over as in the CSV already",
		    (unsigned long long)st->repeated);
	if (st->plays > 0) {
		latency(&st->to_scored, 0.5, p50, sizeof(p50));
		latency(&st->to_scored, 0.99, p99, sizeof(p99));
		if (seconds > 0)
			gw_buf_printf(&text, ", %.0f plays/s", (double)st->plays / seconds);
		gw_buf_printf(&text, "; produce to prediction p50 %s, p99 %s", p50, p99);
	}
	gw_buf_putc(&text, '\0');
	if (text.err == 0)
		gw_app_say(app, "gridwire score: %s", (const char *)text.ptr);
	gw_buf_fini(&text);
}

/* ---- a service ---- */

static int
open_models(struct cmd *c, struct gw_err *err)
{
	struct gw_trial_refs refs = { gw_app_models_dir(c->app, c->models), c->model,
		c->challenger };
	int rc = gw_trial_open(&c->trial, c->app, &refs, err);

	c->trial.share = c->share;
	c->trial.alpha = c->alpha;
	c->o.trial = &c->trial;
	if (rc == 0) {
		c->o.predictor = c->trial.champion.predictor;
		c->o.model_sha256 = c->trial.champion.model->sha256;
	}
	return rc;
}

static void
init(struct cmd *c, struct gw_app *app)
{
	*c = (struct cmd){ .app = app, .style = gw_board_style(app), .alpha = GW_TRIAL_ALPHA };
	c->o = (struct gw_score_options){ .topic = "nfl-plays" };
	gw_kafka_args_init(&c->args, app);
	gw_buf_init(&c->token, app->env->alloc, 0);
}

static void
fini(struct cmd *c)
{
	gw_kafka_args_fini(&c->args);
	gw_score_config_fini(&c->config);
	gw_secret_buf_fini(&c->token);
}

static bool
differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/* What a reload leaves as it is. */
static void
tell_fixed(const struct cmd *c, const struct cmd *fresh)
{
	const struct { const char *name, *old, *new; } fixed[] = {
		{ "topic", c->o.topic, fresh->o.topic }, { "group", c->o.group, fresh->o.group },
		{ "to", c->o.to, fresh->o.to }, { "dlq", c->o.dlq, fresh->o.dlq },
		{ "shadow-to", c->o.shadow_to, fresh->o.shadow_to }, { "csv", c->csv, fresh->csv },
		{ "http", c->http, fresh->http },
	};

	for (size_t i = 0; i < GW_N(fixed); i++)
		if (differ(fixed[i].old, fixed[i].new))
			gw_app_say(c->app, "gridwire score: %s is read at the start only: still %s",
			    fixed[i].name, fixed[i].old == NULL ? "none" : fixed[i].old);
	if (fresh->args.properties.len != c->args.properties.len || (c->args.properties.len > 0 &&
	    memcmp(fresh->args.properties.ptr, c->args.properties.ptr,
	    c->args.properties.len) != 0))
		gw_app_say(c->app, "gridwire score: the client's keys are read at the start only");
}

/* SIGHUP, or an alias was switched: all is read again, and taken over when no play is under way. */
static void
on_reload(void *arg)
{
	struct cmd *c = arg, fresh;
	struct gw_err err = { 0 };
	int rc;

	init(&fresh, c->app);
	rc = parse(&fresh, c->argc, c->argv, &err);
	if (rc == 0)
		rc = open_models(&fresh, &err);
	if (rc < 0) {
		gw_app_say(c->app, "gridwire score: not reloaded, the old models and settings stay: "
		    "%s", err.msg);
		gw_trial_close(&fresh.trial);
	} else {
		tell_fixed(c, &fresh);
		if (c->swap)
			gw_trial_close(&c->next);
		c->next = fresh.trial;
		c->swap = true;
		c->o.batch_ms = fresh.o.batch_ms;
		gw_app_verbosity(c->app, fresh.args.quiet, fresh.args.verbose);
		if (fresh.log_format != NULL)
			(void)gw_app_log_format(c->app, fresh.log_format, &err);
	}
	fini(&fresh);
}

static void
take_over(struct cmd *c)
{
	struct gw_trial *t = &c->trial;

	c->swap = false;
	if (gw_trial_has_same_models(t, &c->next)) {
		t->share = c->next.share;
		t->alpha = c->next.alpha;
		gw_trial_close(&c->next);
	} else {
		gw_trial_close(t);
		*t = c->next;
		c->rolled_back = false;
	}
	c->o.predictor = t->champion.predictor;
	c->o.model_sha256 = t->champion.model->sha256;
	if (c->page != NULL)
		gw_page_set_model(c->page, t->champion.model);
	gw_score_reload(c->score, &c->o);
	gw_app_say(c->app, "gridwire score: reloaded; %s scores%s%s",
	    gw_predictor_model(t->champion.predictor), t->challenger.predictor == NULL ? "" :
	    ", challenger ", t->challenger.predictor == NULL ? "" :
	    gw_predictor_model(t->challenger.predictor));
}

static void
point_back(struct cmd *c)
{
	struct gw_buf text;

	c->rolled_back = true;
	gw_buf_init(&text, c->app->env->alloc, 0);
	gw_trial_put(&c->trial, &text);
	gw_buf_puts(&text, "; ");
	gw_trial_point_back(&c->trial, c->app, &text);
	gw_buf_putc(&text, '\0');
	if (text.err == 0)
		gw_app_say(c->app, "gridwire score: %s", (const char *)text.ptr);
	gw_buf_fini(&text);
}

static void
on_between(void *arg)
{
	struct cmd *c = arg;

	if (c->swap)
		take_over(c);
	if (c->trial.stopped != NULL && !c->rolled_back)
		point_back(c);
}

static void
on_tick(void *arg)
{
	struct cmd *c = arg;
	int64_t stamp = gw_trial_aliases_stamp(&c->trial, c->app);

	if (stamp != c->aliases_stamp && c->aliases_stamp != 0)
		on_reload(c);
	c->aliases_stamp = stamp;
}

static void
on_status(void *arg, struct gw_buf *out)
{
	const struct cmd *c = arg;
	struct gw_position at;
	int64_t lag = 0;

	for (size_t i = 0; gw_assignment(c->k.client, i, &at) > 0; i++)
		if (at.position >= 0 && at.high_watermark > at.position)
			lag += at.high_watermark - at.position;
	gw_buf_printf(out, "%llu plays scored by %s, %lld waiting",
	    (unsigned long long)gw_score_get_stats(c->score)->plays,
	    gw_predictor_model(c->trial.champion.predictor), (long long)lag);
}

/* ---- running ---- */

/* The unit under way gets a while; a second signal ends the process at once. */
static int
finish(struct gw_service *service, struct gw_loop *loop, struct gw_score *score, struct gw_err *err)
{
	struct gw_app *app = service->app;
	const struct gw_part *part = &loop->parts[loop->n_parts - 1];
	int64_t until = gw_env_now(app->env).us + GRACE_US;
	int rc = 0;

	gw_score_stop(score);
	gw_service_stopping(service);
	while (!part->done && (rc == 0 || rc == GW_EINTR)) {
		if (gw_env_now(app->env).us >= until)
			return gw_err_set(err, GW_ETIMEOUT, "the plays under way could not be "
			    "finished in %d s; the next start scores them again",
			    GRACE_US / 1000000);
		rc = gw_loop_turn(loop, until);
	}
	return rc == GW_EINTR ? 0 : rc;
}

static int
run_loop(struct cmd *c, struct gw_score *score, struct gw_err *err)
{
	struct gw_part parts[4] = { c->k.part };
	struct gw_loop loop;
	size_t n = 1;
	int rc;

	c->service = (struct gw_service){ .status = on_status, .reload = on_reload,
		.tick = on_tick, .arg = c };
	rc = gw_service_init(&c->service, c->app, err);
	if (rc < 0)
		return rc;
	on_tick(c);
	parts[n++] = gw_service_part(&c->service);
	if (c->page != NULL)
		parts[n++] = gw_page_part(c->page);
	parts[n++] = gw_score_part(score);
	gw_loop_init(&loop, c->app->env, parts, n);
	gw_service_ready(&c->service);
	rc = gw_loop_until(&loop, n - 1, gw_app_stop_asked, c->app);
	if (rc == GW_EINTR)
		rc = finish(&c->service, &loop, score, err);
	gw_loop_fini(&loop);
	if (c->page != NULL && rc == 0)
		gw_page_end(c->page);
	if (rc < 0 && gw_score_error(score)->code != 0)
		*err = *gw_score_error(score);
	else if (rc < 0 && err->code == 0)
		gw_err_set(err, rc, "%s", gw_strerror(rc));
	return rc;
}

static int
exit_code(struct cmd *c, const struct gw_score *score, int rc, const struct gw_err *err)
{
	if (c->app->out_err != 0 && c->app->out_err != GW_EINTR)
		return c->app->out_err == GW_ECLOSED ? GW_EXIT_OK : GW_EXIT_FILE;
	if (rc < 0 && rc != GW_EINTR) {
		int code = gw_app_fail(c->app, err);

		return gw_score_undelivered(score) ? GW_EXIT_DELIVERY : code;
	}
	return gw_app_stop_signal(c->app) == SIGINT ? GW_EXIT_INTERRUPTED : GW_EXIT_OK;
}

static void
put_metrics(void *arg, struct gw_buf *out)
{
	const struct cmd *c = arg;
	struct gw_metrics_score s = { .score = c->score, .client = c->k.client,
		.model = c->trial.champion.model, .group = c->o.group, .watch = watch_of(c),
		.now_ms = gw_env_now(c->app->env).wall_ms };

	gw_metrics_common(out, c->app->env, gw_page_http(c->page));
	gw_metrics_score(out, &s);
}

static bool
is_ready(void *arg)
{
	const struct cmd *c = arg;

	return c->score != NULL && gw_score_is_reading(c->score);
}

/* Before the first play is read, so that a port in use costs nothing. */
static int
open_page(struct cmd *c, struct gw_err *err)
{
	struct gw_page_options o = { .listen = c->http_addr, .model = c->trial.champion.model,
		.topic = c->o.topic, .metrics = { put_metrics, is_ready, c } };
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr at;

	if (c->http == NULL)
		return 0;
	o.token = gw_buf_slice(&c->token);
	c->page = gw_page_new(c->app->env, &o, err);
	if (c->page == NULL)
		return err->code;
	at = gw_page_addr(c->page);
	gw_addr_text(&at, text);
	gw_app_say(c->app, "gridwire score: the page is at http://%s/", text);
	return 0;
}

static int
score_topic(struct cmd *c)
{
	struct gw_err err = { 0 };
	struct gw_score *score;
	int rc, code;

	score = gw_score_new(c->app->env, c->k.client, &c->o, &err);
	if (score == NULL)
		return gw_app_fail(c->app, &err);
	c->score = score;
	rc = run_loop(c, score, &err);
	show_board(c, true);
	code = exit_code(c, score, rc, &err);
	if (rc == 0)
		say_stats(c->app, gw_score_get_stats(score));
	if (rc == 0 && watch_of(c) != NULL) {
		gw_watch_settle_all(c->watch);
		if (gw_watch_totals(c->watch)->games > 1)
			say_watch(c);
	}
	gw_score_free(score);
	if (c->o.group != NULL)
		gw_client_close(c->k.client, CLOSE_MS);
	return code;
}

static int
open_csv(struct cmd *c, struct gw_err *err)
{
	struct gw_buf header;

	if (c->csv == NULL)
		return 0;
	gw_buf_init(&header, c->app->env->alloc, 0);
	gw_prediction_csv_header(&header);
	if (header.err == 0)
		c->o.csv = gw_sink_csv_open(c->app->env, c->csv, gw_buf_slice(&header),
		    GW_SINK_CSV_CONTINUE, err);
	else
		gw_err_set(err, header.err, "%s", gw_strerror(header.err));
	gw_buf_fini(&header);
	if (c->o.csv == NULL)
		return err->code;
	if (gw_sink_csv_cut(c->o.csv) > 0)
		gw_app_say(c->app,
		    "gridwire score: %s: cut %lld bytes of a row that a crash left half written",
		    c->csv, (long long)gw_sink_csv_cut(c->o.csv));
	return 0;
}

static bool
is_set(const struct cmd *c, const char *key)
{
	const struct gw_buf *given = &c->args.properties;
	size_t len = strlen(key);

	for (size_t i = 0; i + len <= given->len; i++)
		if (memcmp(given->ptr + i, key, len) == 0)
			return true;
	return false;
}

/*
 * Who this scorer is to the transaction coordinator: of two with one name the newer fences the
 * older. A file has one writer, so it names it, and a successor ends at once what a killed scorer
 * left open; without one, transaction.timeout.ms does.
 */
static int
name_transactions(struct cmd *c, struct gw_err *err)
{
	struct gw_env *env = c->app->env;
	const char *id = NULL;
	char fresh[17];
	int n;

	if (c->o.csv != NULL) {
		id = gw_sink_csv_id(c->o.csv, env, err);
		if (id == NULL)
			return err->code;
	} else {
		snprintf(fresh, sizeof(fresh), "%016llx",
		    (unsigned long long)gw_rng_u64(&env->rng));
		id = fresh;
	}
	n = snprintf(c->transactional_id, sizeof(c->transactional_id), "%s.score.%s", c->o.group,
	    id);
	if (n < 0 || (size_t)n >= sizeof(c->transactional_id))
		return gw_err_set(err, GW_EINVAL, "-g %s is too long", c->o.group);
	return 0;
}

/*
 * A scorer that was killed is missed by its group for the session's length; 10 s instead of 45 let
 * its successor begin sooner. That is a matter of the classic protocol, unless another is wished.
 */
static int
defaults(struct cmd *c, struct gw_buf *out, struct gw_err *err)
{
	int rc = 0;

	gw_buf_puts(out, "linger.ms=0\ndelivery.timeout.ms=" DELIVERY_MS "\n");
	if (!is_set(c, "group.protocol="))
		gw_buf_puts(out, "session.timeout.ms=" SESSION_MS "\n");
	gw_buf_printf(out, "auto.offset.reset=%s\n",
	    c->o.from == GW_SCORE_LATEST ? "latest" : "earliest");
	if (c->o.exactly_once)
		rc = name_transactions(c, err);
	if (c->o.exactly_once && rc == 0)
		gw_buf_printf(out, "transactional.id=%s\ntransaction.timeout.ms=%s\n"
		    "isolation.level=read_committed\n", c->transactional_id, SESSION_MS);
	gw_buf_putc(out, '\0');
	return rc == 0 && out->err != 0 ? gw_err_set(err, out->err, "%s", gw_strerror(out->err)) :
	    rc;
}

static int
run_kafka(struct cmd *c)
{
	struct gw_err err = { 0 };
	struct gw_buf text;
	int rc, code;

	c->o.exactly_once = c->o.group != NULL && !c->loose &&
	    (c->o.to != NULL || c->csv != NULL || c->o.dlq != NULL);
	gw_buf_init(&text, c->app->env->alloc, 0);
	rc = open_page(c, &err);
	if (rc == 0)
		rc = open_csv(c, &err);
	if (rc == 0)
		rc = defaults(c, &text, &err);
	if (rc == 0)
		rc = gw_kafka_open(&c->k, &c->args, (const char *)text.ptr, &err);
	gw_buf_fini(&text);
	code = rc == 0 ? score_topic(c) : gw_app_fail(c->app, &err);
	gw_kafka_close(&c->k);
	gw_sink_csv_close(c->o.csv);
	gw_page_free(c->page);
	gw_watch_free(c->watch);
	return code;
}

static int
run_filter(struct cmd *c)
{
	struct gw_score_lines counts;
	struct gw_err err = { 0 };
	int rc = gw_score_lines(c->app, c->o.predictor, &counts, &err);

	if (c->app->out_err != 0 && c->app->out_err != GW_EINTR)
		return c->app->out_err == GW_ECLOSED ? GW_EXIT_OK : GW_EXIT_FILE;
	if (rc < 0)
		return gw_app_fail(c->app, &err);
	if (gw_app_flush(c->app) == 0 && counts.skipped > 0)
		gw_app_say(c->app, "gridwire score: %llu plays scored, %llu lines were no plays "
		    "and are answered with {\"error\":...}", (unsigned long long)counts.plays,
		    (unsigned long long)counts.skipped);
	return GW_EXIT_OK;
}

/* All that can be known without a broker. */
static int
run_check(struct cmd *c)
{
	struct gw_err err = { 0 };
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, c->app->env->alloc, 0);
	rc = gw_kafka_config(&c->args, NULL, &text, &err);
	gw_secret_buf_fini(&text);
	if (rc < 0)
		return gw_app_fail(c->app, &err);
	gw_app_print(c->app, "good: %s scores %s%s%s\n", gw_predictor_model(c->o.predictor),
	    c->o.topic, c->o.to != NULL ? " to " : "", c->o.to != NULL ? c->o.to : "");
	return gw_app_flush(c->app) == 0 ? GW_EXIT_OK : GW_EXIT_FILE;
}

static int
run_parsed(struct cmd *c)
{
	struct gw_err err = { 0 };
	int rc = 0, code;

	if (c->log_format != NULL)
		rc = gw_app_log_format(c->app, c->log_format, &err);
	gw_app_verbosity(c->app, c->args.quiet, c->args.verbose);
	if (rc == 0 && c->token_file != NULL)
		rc = gw_http_token_file(c->app->env, c->token_file, &c->token, &err);
	if (rc == 0)
		rc = open_models(c, &err);
	if (rc < 0)
		code = gw_app_fail(c->app, &err);
	else if (c->check)
		code = run_check(c);
	else
		code = c->from_stdin ? run_filter(c) : run_kafka(c);
	gw_trial_close(&c->trial);
	if (c->swap)
		gw_trial_close(&c->next);
	return code;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct cmd c;
	int rc, code;

	init(&c, app);
	c.o.scored = on_scored;
	c.o.durable = on_durable;
	c.o.notice = on_notice;
	c.o.trouble = on_trouble;
	c.o.between = on_between;
	c.o.arg = &c;
	rc = parse(&c, argc, argv, &err);
	if (c.mistakes > 0)
		code = GW_EXIT_USAGE;
	else
		code = rc < 0 ? gw_app_usage(app, "%s", err.msg) : run_parsed(&c);
	fini(&c);
	return code;
}

const struct gw_verb gw_verb_score = {
	.name = "score",
	.summary = "plays of a topic to predictions: screen, CSV, topic",
	.usage = "gridwire score -t nfl-plays -g GROUP [--csv FILE] [--to TOPIC] [options]\n"
	    "       gridwire score --stdin [--model NAME] < plays.jsonl",
	.details =
	    "With -g and --to or --csv each play is scored exactly once: rows are synced, then\n"
	    "predictions, dead letters, offsets and the length of the CSV are committed in one\n"
	    "transaction. Read the topic with isolation.level=read_committed. Without -g, or\n"
	    "with --at-least-once, a crash can repeat predictions in the topic, with the same\n"
	    "partition and offset in the value; never rows of the CSV.\n"
	    "\n"
	    "A message that is no play is counted, told once per reason and sent to --dlq.\n"
	    "A play that comes again is a correction: its prediction has a revision.\n"
	    "With --stdin it is answered by {\"error\":...,\"line\":N}, so there is one line out\n"
	    "for each line in. Without -e a topic that is not there yet is waited for.\n"
	    "\n"
	    "--http serves a page with the win probability of every game as it is scored; its\n"
	    "viewers never slow the scorer.\n"
	    "\n"
	    "SIGTERM finishes what is under way, commits, and ends with exit code 0. A killed\n"
	    "scorer is missed by its group for 10 s; with -X group.instance.id=NAME, another\n"
	    "NAME for each scorer, its successor goes on at once.\n"
	    "\n"
	    "  gridwire score -g live --csv predictions.csv --to nfl-predictions\n"
	    "  gridwire score -e -J | jq .home_win_prob",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
