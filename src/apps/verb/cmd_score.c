/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif


#include <stdio.h>

#include "apps/records/range.h"
#include "apps/score/score_lines.h"
#include "apps/score/scorer.h"
#include "apps/verbs.h"
#include "base/secret.h"
#include "base/slice.h"

#define BATCH_MS_MAX	60000
#define TOPIC_MAX	249
/* -e: a killed scorer is missed by then, and its partitions given away */
#define SPARE_MS	13000


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
	    "beginning (default) or end, where neither group nor CSV says more; without -g also "
	    "an offset N, -N before the end, s@MS from a time on" },
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
	    "what is no play goes there; \"none\": only counted (with --to: TOPIC of -t + "
	    "\"-dlq\")" },
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

/* ---- options ---- */

static int
take_from(struct gw_scorer *c, const char *value, struct gw_err *err)
{
	static const enum gw_score_from froms[] = {
		[GW_FROM_BEGINNING] = GW_SCORE_EARLIEST, [GW_FROM_END] = GW_SCORE_LATEST,
		[GW_FROM_OFFSET] = GW_SCORE_OFFSET, [GW_FROM_TAIL] = GW_SCORE_TAIL,
		[GW_FROM_TIME] = GW_SCORE_TIME,
	};
	struct gw_range r = { 0 };
	int rc = gw_range_add(&r, value, err);

	if (rc < 0)
		return rc;
	if (r.has_until || r.from == GW_FROM_STORED)
		return gw_err_set(err, GW_EINVAL, "-o %s: beginning, end, N, -N or s@MS", value);
	c->o.from = froms[r.from];
	c->o.from_n = r.n;
	return 0;
}

static int
take_batch_ms(struct gw_scorer *c, const char *value, struct gw_err *err)
{
	int64_t ms;
	int rc = gw_cli_i64(&opts[OPT_BATCH], value, 0, BATCH_MS_MAX, &ms, err);

	if (rc == 0)
		c->o.batch_ms = (int)ms;
	return rc;
}

/* Percent, and a rate of less than one half. */
static int
take_share(struct gw_scorer *c, int i, const char *value, struct gw_err *err)
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
take_service_option(struct gw_scorer *c, int i, const char *value, struct gw_err *err)
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
	struct gw_scorer *c = self;

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
choose_dlq(struct gw_scorer *c, struct gw_err *err)
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
check_options(const struct gw_scorer *c, struct gw_err *err)
{
	if (c->o.to != NULL && strcmp(c->o.to, c->o.topic) == 0)
		return gw_err_set(err, GW_EINVAL, "--to %s is the topic that is read", c->o.to);
	if (c->o.group != NULL && c->o.from > GW_SCORE_LATEST)
		return gw_err_set(err, GW_EINVAL, "-o with -g is beginning or end: the group goes "
		    "on where it is; \"gridwire group reset\" moves it");
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
	struct gw_scorer *c = arg;
	int rc = gw_kafka_arg(&c->args, i, value, err);

	return rc == 0 ? take_option(c, i, value, err) : rc < 0 ? rc : 0;
}

static void
tell_mistake(void *arg, const struct gw_err *err)
{
	struct gw_scorer *c = arg;

	c->mistakes++;
	gw_app_say(c->app, "%s", err->msg);
}

/* The file comes first, wherever on the line it stands, so that every option goes before it. */
static int
read_config(struct gw_scorer *c, struct gw_err *err)
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
parse(struct gw_scorer *c, int argc, char **argv, struct gw_err *err)
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

static int
run_filter(struct gw_scorer *c)
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
run_check(struct gw_scorer *c)
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
run_parsed(struct gw_scorer *c)
{
	struct gw_err err = { 0 };
	int rc = 0, code;

	if (c->log_format != NULL)
		rc = gw_app_log_format(c->app, c->log_format, &err);
	gw_app_verbosity(c->app, c->args.quiet, c->args.verbose);
	if (rc == 0 && c->token_file != NULL)
		rc = gw_http_token_file(c->app->env, c->token_file, &c->token, &err);
	if (rc == 0)
		rc = gw_scorer_open_models(c, &err);
	if (rc < 0)
		code = gw_app_fail(c->app, &err);
	else if (c->check)
		code = run_check(c);
	else
		code = c->from_stdin ? run_filter(c) : gw_scorer_run(c);
	gw_trial_close(&c->trial);
	if (c->swap)
		gw_trial_close(&c->next);
	return code;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct gw_scorer c;
	int rc, code;

	gw_scorer_init(&c, app);
	c.parse = parse;
	rc = parse(&c, argc, argv, &err);
	if (c.mistakes > 0)
		code = GW_EXIT_USAGE;
	else
		code = rc < 0 ? gw_app_usage(app, "%s", err.msg) : run_parsed(&c);
	gw_scorer_fini(&c);
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
