/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_bench.c - gridwire bench: how fast a play becomes a prediction that is seen.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/bench/bench.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"
#include "broker/broker.h"
#include "nfl/season.h"

#define GAME	"2024_01_BAL_KC"
#define YEAR	2024
#define STEPS	5		/* halvings after the first rate that does not hold */
#define RATE_MAX	1e6

enum {
	OPT_RATE = GW_N_KAFKA_OPTS, OPT_SECONDS, OPT_MAX, OPT_LIMIT, OPT_LOOSE, OPT_MODEL,
	OPT_MODELS, OPT_DATA, OPT_DIR, OPT_JSON
};

static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_RATE]	= { 0, "rate", "N", "plays a second (default 1000)" },
	[OPT_SECONDS]	= { 0, "seconds", "N", "for so long (default 10)" },
	[OPT_MAX]	= { 0, "find-max", NULL, "look for the highest rate that holds" },
	[OPT_LIMIT]	= { 0, "max-p99-ms", "N",
	    "a rate holds when 99 % of its predictions are seen in so long (default 100)" },
	[OPT_LOOSE]	= { 0, "at-least-once", NULL, "no transactions, as of score" },
	[OPT_MODEL]	= { 0, "model", "NAME", "as of score" },
	[OPT_MODELS]	= { 0, "models", "DIR",
	    "registry (default $GRIDWIRE_MODELS, then ./models)" },
	[OPT_DATA]	= { 0, "data", "DIR", "season files; the plays are of " GAME },
	[OPT_DIR]	= { 0, "dir", "DIR",
	    "log of the embedded broker, which is used without -b (default bench-log); made anew" },
	[OPT_JSON]	= { 0, "json", NULL, "one object on stdout" },
};

struct cmd {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_bench_options	 o;
	struct gw_bench_result	 result;
	struct gw_loaded	 loaded;
	struct gw_broker	*broker;
	const char		*model, *models, *data, *dir;
	char			 season[1024], address[GW_ADDR_TEXT_MAX];
	double			 limit_ms;
	bool			 find_max, json;
	struct gw_err		 err;
};

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct cmd *c = self;

	switch (i) {
	case OPT_RATE:
		return gw_cli_double(&opts[i], value, 1, RATE_MAX, &c->o.rate, err);
	case OPT_SECONDS:
		return gw_cli_double(&opts[i], value, 0.1, 3600, &c->o.seconds, err);
	case OPT_LIMIT:
		return gw_cli_double(&opts[i], value, 0.1, 60000, &c->limit_ms, err);
	case OPT_MAX:
		c->find_max = true;
		return 0;
	case OPT_LOOSE:
		c->o.exactly_once = false;
		return 0;
	case OPT_MODEL:
		c->model = value;
		return 0;
	case OPT_MODELS:
		c->models = value;
		return 0;
	case OPT_DATA:
		c->data = value;
		return 0;
	case OPT_DIR:
		c->dir = value;
		return 0;
	case OPT_JSON:
		c->json = true;
		return 0;
	case GW_CLI_OPERAND:
		return gw_err_set(err, GW_EINVAL, "unexpected argument \"%s\"", value);
	default:
		return i < 0 ? i : 0;
	}
}

static int
parse(struct cmd *c, int argc, char **argv)
{
	struct gw_cli cli;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	return gw_kafka_options(&c->args, &cli, take_option, c, &c->err);
}

static int
open_broker(struct cmd *c)
{
	struct gw_broker_options o = gw_broker_defaults();
	struct gw_addr at;
	struct gw_fs_stat st;
	struct gw_fs *fs = c->app->env->fs;

	if (fs->stat(fs->ctx, c->dir, &st) == 0)
		return gw_err_set(&c->err, GW_EEXIST, "--dir %s is there already: name a new one",
		    c->dir);
	o.listen = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 }, .port = 0 };
	o.dir = c->dir;
	c->broker = gw_broker_new(c->app->env, &o, &c->err);
	if (c->broker == NULL)
		return c->err.code;
	at = gw_broker_addr(c->broker);
	gw_addr_text(&at, c->address);
	c->o.bootstrap = c->address;
	c->o.broker = gw_part_broker(c->broker);
	return 0;
}

static int
open_all(struct cmd *c)
{
	int rc = gw_loaded_open(&c->loaded, c->app, gw_app_models_dir(c->app, c->models), c->model,
	    &c->err);

	if (rc == 0)
		rc = gw_season_path(c->app->env, gw_app_data_dir(c->app, c->data), YEAR, c->season,
		    sizeof(c->season), &c->err);
	c->o.model = &c->loaded;
	c->o.season_file = c->season;
	c->o.game = GAME;
	c->o.args = &c->args;
	return rc == 0 && c->args.bootstrap == NULL && c->args.file == NULL ? open_broker(c) : rc;
}

static void
close_all(struct cmd *c)
{
	struct gw_err err;

	gw_loaded_close(&c->loaded);
	if (c->broker == NULL)
		return;
	gw_broker_abandon(c->broker);
	(void)gw_fs_remove_tree(c->app->env->fs, c->dir, &err);
}

static bool
holds(const struct cmd *c)
{
	const struct gw_bench_result *r = &c->result;

	return r->seen == r->plays &&
	    (double)gw_hist_quantile(&r->stages[GW_BENCH_TOTAL], 0.99) <= c->limit_ms * 1000;
}

static int
try_rate(struct cmd *c, double rate, bool *well)
{
	int rc;

	c->o.rate = rate;
	rc = gw_bench_run(c->app, &c->o, &c->result, &c->err);
	*well = rc == 0 && holds(c);
	if (rc == 0)
		gw_app_say(c->app, "gridwire bench: %.0f plays/s %s (p99 %.1f ms)", rate,
		    *well ? "hold" : "do not hold",
		    (double)gw_hist_quantile(&c->result.stages[GW_BENCH_TOTAL], 0.99) / 1000);
	return rc;
}

/* Twice as much until it does not hold, then halvings between; the last good one is run again. */
static int
find_max(struct cmd *c)
{
	double good = 0, bad = 0, rate = c->o.rate;
	bool well = true;
	int rc = 0;

	while (rc == 0 && well && rate <= RATE_MAX) {
		rc = try_rate(c, rate, &well);
		*(well ? &good : &bad) = rate;
		rate *= 2;
	}
	for (int i = 0; rc == 0 && i < STEPS && good > 0 && bad > 0; i++) {
		rate = (good + bad) / 2;
		rc = try_rate(c, rate, &well);
		*(well ? &good : &bad) = rate;
	}
	if (rc == 0 && good == 0)
		return gw_err_set(&c->err, GW_ETIMEOUT, "even %.0f plays/s do not hold: begin with "
		    "a lower --rate", bad);
	return rc == 0 ? try_rate(c, good, &well) : rc;
}

static double
quantile(const struct gw_hist *h, double q)
{
	return (double)gw_hist_quantile(h, q);
}

static const struct { const char *name; double q; } quantiles[] = {
	{ "p50_us", 0.5 }, { "p95_us", 0.95 }, { "p99_us", 0.99 }, { "p999_us", 0.999 },
	{ "max_us", 1 },
};

static double
cpu_us_per_record(const struct gw_bench_result *r)
{
	return r->seen == 0 ? 0 : (double)r->cpu_us / (double)r->seen;
}

static void
put_json(struct cmd *c)
{
	const struct gw_bench_result *r = &c->result;
	struct gw_json_out w;

	gw_json_begin(&w, &c->app->out);
	gw_json_object(&w);
	gw_json_kv_num(&w, "rate", c->o.rate);
	gw_json_kv_int(&w, "records", (int64_t)r->seen);
	gw_json_kv_num(&w, "seconds", r->seconds);
	gw_json_kv_num(&w, "records_per_s", (double)r->seen / r->seconds);
	gw_json_kv_num(&w, "mb_per_s", r->mb / r->seconds);
	gw_json_kv_num(&w, "cpu_us_per_record", cpu_us_per_record(r));
	gw_json_kv_int(&w, "rss_kb", gw_app_rss_kb());
	for (size_t i = 0; i < GW_N(quantiles); i++)
		gw_json_kv_num(&w, quantiles[i].name, quantile(&r->stages[GW_BENCH_TOTAL],
		    quantiles[i].q));
	gw_json_key(&w, "stages");
	gw_json_object(&w);
	for (int s = 0; s < GW_BENCH_STAGES; s++) {
		gw_json_key(&w, gw_bench_stage_name((enum gw_bench_stage)s));
		gw_json_object(&w);
		for (size_t i = 0; i < GW_N(quantiles); i++)
			gw_json_kv_num(&w, quantiles[i].name, quantile(&r->stages[s],
			    quantiles[i].q));
		gw_json_object_end(&w);
	}
	gw_json_object_end(&w);
	gw_json_object_end(&w);
	gw_app_print(c->app, "\n");
}

static void
put_table(struct cmd *c)
{
	const struct gw_bench_result *r = &c->result;

	gw_app_print(c->app, "%llu of %llu plays at %.0f/s: %.0f predictions/s, %.2f MB/s\n"
	    "%.1f us of processor time a play, %.1f MB of memory at most\n\n"
	    "ms since before     p50      p95      p99    p99.9      max\n",
	    (unsigned long long)r->seen, (unsigned long long)r->plays, c->o.rate,
	    (double)r->seen / r->seconds, r->mb / r->seconds, cpu_us_per_record(r),
	    (double)gw_app_rss_kb() / 1024);
	for (int s = 0; s < GW_BENCH_STAGES; s++) {
		gw_app_print(c->app, "%-14s", gw_bench_stage_name((enum gw_bench_stage)s));
		for (size_t i = 0; i < GW_N(quantiles); i++)
			gw_app_print(c->app, " %8.3f",
			    quantile(&r->stages[s], quantiles[i].q) / 1000);
		gw_app_print(c->app, "\n");
	}
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct cmd c = { .app = app, .dir = "bench-log", .limit_ms = 100,
		.o = { .rate = 1000, .seconds = 10, .exactly_once = true } };
	int rc, code;

	gw_kafka_args_init(&c.args, app);
	if (parse(&c, argc, argv) < 0) {
		gw_kafka_args_fini(&c.args);
		return gw_app_usage(app, "%s", c.err.msg);
	}
	rc = open_all(&c);
	if (rc == 0)
		rc = c.find_max ? find_max(&c) : gw_bench_run(app, &c.o, &c.result, &c.err);
	if (rc == 0)
		(c.json ? put_json : put_table)(&c);
	c.err.code = rc;
	code = rc == 0 ? GW_EXIT_OK : gw_app_fail(app, &c.err);
	close_all(&c);
	gw_kafka_args_fini(&c.args);
	return code;
}

const struct gw_verb gw_verb_bench = {
	.name = "bench",
	.summary = "plays at a rate, timed from due to a prediction that is seen",
	.usage = "gridwire bench [--rate N] [--seconds N] [--find-max] [options]",
	.details =
	    "Producer, scorer and reader are one process; without -b the broker is in it too.\n"
	    "Each play is due at its moment whether or not the system keeps up, and latency\n"
	    "counts from there: a stall is felt by every play that was due in it. The first\n"
	    "tenth of the plays does not count. Topics are new ones, gridwire-bench-*.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
