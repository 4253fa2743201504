/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/demo.h"
#include "apps/http.h"
#include "apps/verbs.h"

#define DELAY_MAX_S 3600

enum { OPT_GAME, OPT_FAST, OPT_DELAY, OPT_OUT, OPT_DATA, OPT_MODEL, OPT_MODELS, OPT_KEEP,
	OPT_HTTP, OPT_NO_PAGE };

static const struct gw_opt opts[] = {
	[OPT_GAME]	= { 0, "game", "ID", "YEAR_WEEK_AWAY_HOME (default 2024_01_BAL_KC)" },
	[OPT_FAST]	= { 0, "fast", NULL, "do not wait between plays" },
	[OPT_DELAY]	= { 0, "delay", "SECONDS", "between plays (default 0.5)" },
	[OPT_OUT]	= { 0, "out", "DIR",
	    "for predictions.csv, an older one becomes .bak (default gridwire-demo)" },
	[OPT_DATA]	= { 0, "data", "DIR",
	    "season files (default ./data, then the installed ones)" },
	[OPT_MODEL]	= { 0, "model", "NAME",
	    "NAME, NAME:VERSION, NAME@ALIAS or a model file; default: trains one if needed" },
	[OPT_MODELS]	= { 0, "models", "DIR",
	    "registry (default $GRIDWIRE_MODELS, then ./models)" },
	[OPT_KEEP]	= { 0, "keep", NULL, "keep the broker's log in DIR/demo-broker" },
	[OPT_HTTP]	= { 0, "http", "ADDR:PORT",
	    "of the live page (default any free port; with --fast none)" },
	[OPT_NO_PAGE]	= { 0, "no-page", NULL, "no live page" },
};

static int
take_option(struct gw_demo_options *o, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case OPT_HTTP:
		o->page = true;
		return gw_http_address("http", value, &o->http, err);
	case OPT_GAME:
		o->game = value;
		return 0;
	case OPT_FAST:
		o->delay_s = 0;
		return 0;
	case OPT_DELAY:
		return gw_cli_double(&opts[i], value, 0, DELAY_MAX_S, &o->delay_s, err);
	case OPT_OUT:
		o->out = value;
		return 0;
	case OPT_DATA:
		o->data = value;
		return 0;
	case OPT_MODEL:
		o->model = value;
		return 0;
	case OPT_MODELS:
		o->models = value;
		return 0;
	case OPT_KEEP:
		o->keep = true;
		return 0;
	case GW_CLI_OPERAND:
		return gw_err_set(err, GW_EINVAL, "unexpected argument \"%s\"", value);
	default:
		return i < 0 ? i : 0;
	}
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct gw_demo_options o = { .game = "2024_01_BAL_KC", .out = "gridwire-demo",
		.delay_s = 0.5, .http = { .family = 4, .ip = { 127, 0, 0, 1 } } };
	struct gw_err err = { 0 };
	bool no_page = false;
	const char *value;
	struct gw_cli cli;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &err)) != GW_CLI_END) {
		no_page = no_page || i == OPT_NO_PAGE;
		rc = take_option(&o, i, value, &err);
		if (rc < 0)
			return gw_app_usage(app, "%s", err.msg);
	}
	/* Without a pause between plays it is over before a page is open. */
	o.page = !no_page && (o.page || o.delay_s > 0);
	o.data = gw_app_data_dir(app, o.data);
	o.models = gw_app_models_dir(app, o.models);
	return gw_demo(app, &o);
}

const struct gw_verb gw_verb_demo = {
	.name = "demo",
	.summary = "a real game, live, on this machine alone",
	.usage = "gridwire demo [--fast] [--game ID] [--out DIR] [options]",
	.details =
	    "Starts a broker on a free loopback port, streams the plays of a game into it,\n"
	    "scores each as it comes, shows it on a page for your browser, and draws the game's\n"
	    "win probability at the end; all in one process. Trains a model first if there is\n"
	    "none, on the seasons that the game is not of. Ctrl-C ends it and leaves nothing but\n"
	    "the CSV of what was played.\n"
	    "\n"
	    "  gridwire demo --game 2024_01_LA_DET --delay 0.1",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
