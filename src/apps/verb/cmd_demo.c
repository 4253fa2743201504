/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/demo/demo.h"
#include "apps/http/http.h"
#include "apps/verbs.h"
#include "nfl/espn_ids.h"

#define DELAY_MAX_S 3600

enum { OPT_GAME, OPT_FAST, OPT_DELAY, OPT_OUT, OPT_DATA, OPT_MODEL, OPT_MODELS, OPT_KEEP,
	OPT_HTTP, OPT_NO_PAGE, OPT_LIVE, OPT_EVENT, OPT_FROM, OPT_SPEED, OPT_RECORD, OPT_URL };

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
	[OPT_LIVE]	= { 0, "live", NULL,
	    "the games that are on, by ESPN's public feed, instead of a past one" },
	[OPT_EVENT]	= { 0, "event", "ID",
	    "of them, this one, by number or game id; \"gridwire games\" lists them" },
	[OPT_FROM]	= { 0, "from", "DIR", "a recording of that feed instead" },
	[OPT_SPEED]	= { 0, "speed", "N", "of the recording, N times as fast (0: at once)" },
	[OPT_RECORD]	= { 0, "record", "DIR", "keep what the feed answers in DIR" },
	[OPT_URL]	= { 0, "espn-url", "URL", NULL },
};

struct demo_args {
	struct gw_demo_options	o;
	struct gw_espn_options	espn;
	const char		*event;		/* by number or name; NULL: not given */
	bool			live, of_live, has_game, no_page;	/* given */
};

/* Options of the live feed. 1: taken. */
static int
take_live_option(struct demo_args *a, int i, const char *value, struct gw_err *err)
{
	int rc = 0;

	switch (i) {
	case OPT_LIVE:
		a->live = true;
		return 1;
	case OPT_EVENT:
		a->event = value;
		break;
	case OPT_FROM:
		a->espn.from = value;
		break;
	case OPT_SPEED:
		rc = gw_cli_double(&opts[i], value, 0, 1e6, &a->espn.speed, err);
		break;
	case OPT_RECORD:
		a->espn.record = value;
		break;
	case OPT_URL:
		a->espn.url = value;
		break;
	default:
		return 0;
	}
	a->of_live = true;
	return rc < 0 ? rc : 1;
}

static int
check(struct demo_args *a, struct gw_err *err)
{
	if (!a->live && a->of_live)
		return gw_err_set(err, GW_EINVAL,
		    "--event, --from, --speed and --record are of --live");
	if (a->live && a->has_game)
		return gw_err_set(err, GW_EINVAL,
		    "--game is of the season files; with --live it is --event");
	if (a->espn.from != NULL && a->espn.record != NULL)
		return gw_err_set(err, GW_EINVAL, "--from and --record exclude each other");
	return 0;
}

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
	struct demo_args a = { .espn.speed = 1, .o = { .game = "2024_01_BAL_KC",
		.out = "gridwire-demo", .delay_s = 0.5,
		.http = { .family = 4, .ip = { 127, 0, 0, 1 } } } };
	struct gw_err err = { 0 };
	const char *value;
	struct gw_cli cli;
	int i, rc = 0;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while (rc >= 0 && (i = gw_cli_next(&cli, &value, &err)) != GW_CLI_END) {
		a.no_page = a.no_page || i == OPT_NO_PAGE;
		a.has_game = a.has_game || i == OPT_GAME;
		rc = take_live_option(&a, i, value, &err);
		if (rc == 0)
			rc = take_option(&a.o, i, value, &err);
	}
	if (rc < 0 || check(&a, &err) < 0)
		return gw_app_usage(app, "%s", err.msg);
	/* Without a pause between plays it is over before a page is open. */
	a.o.page = !a.no_page && (a.o.page || a.o.delay_s > 0);
	a.o.live = a.live ? &a.espn : NULL;
	a.o.data = gw_app_data_dir(app, a.o.data);
	a.o.models = gw_app_models_dir(app, a.o.models);
	a.espn.data = a.o.data;
	if (a.event != NULL &&
	    gw_espn_event_named(app->env, a.o.data, a.event, &a.espn.event, &err) != 0)
		return gw_app_fail(app, &err);
	return gw_demo(app, &a.o);
}

const struct gw_verb gw_verb_demo = {
	.name = "demo",
	.summary = "a real game, live, on this machine alone",
	.usage = "gridwire demo [--fast] [--game ID] [--out DIR] [options]\n"
		 "       gridwire demo --live [--event ID] [--out DIR] [options]",
	.details =
	    "Starts a broker on a free loopback port, streams the plays of a game into it,\n"
	    "scores each as it comes, shows it on a page for your browser, and draws the game's\n"
	    "win probability at the end; all in one process. Trains a model first if there is\n"
	    "none, on the seasons that the game is not of. Ctrl-C ends it and leaves nothing but\n"
	    "the CSV of what was played.\n"
	    "\n"
	    "  gridwire demo --game 2024_01_LA_DET --delay 0.1\n"
	    "  gridwire demo --live\n"
	    "\n"
	    "The live feed is ESPN's: unofficial, and it may change or end without notice\n"
	    "(doc/live.md).",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
