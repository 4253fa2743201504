/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_fourth_down.c - gridwire fourth-down: what to do, and what coaches did.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/model/model_load.h"
#include "apps/table.h"
#include "apps/verbs.h"
#include "base/slice.h"
#include "nfl/fourth_down_backtest.h"

enum {
	OPT_DISTANCE, OPT_TO_GOAL, OPT_QUARTER, OPT_CLOCK, OPT_SCORE, OPT_AWAY, OPT_SPREAD,
	OPT_SEASONS, OPT_DATA, OPT_MODEL, OPT_MODELS, OPT_JSON, OPT_QUIET
};

static const struct gw_opt opts[] = {
	[OPT_DISTANCE] = { 0, "distance", "YARDS", "to a first down" },
	[OPT_TO_GOAL] = { 0, "to-goal", "YARDS", "to the opponent's goal line" },
	[OPT_QUARTER] = { 0, "quarter", "N", "1 to 4 (default 1)" },
	[OPT_CLOCK] = { 0, "clock", "MM:SS", "left in the quarter (default 15:00)" },
	[OPT_SCORE] = { 0, "score", "N-N", "own points first (default 0-0)" },
	[OPT_AWAY] = { 0, "away", NULL, "the team with the ball is the visiting one" },
	[OPT_SPREAD] = { 0, "spread", "POINTS",
	    "by which it is the favourite (default: not known)" },
	[OPT_SEASONS] = { 0, "seasons", "YEARS",
	    "in place of a situation: what coaches did, as 2019-2023,2024" },
	[OPT_DATA] = { 0, "data", "DIR|FILE", "season files, or one of them (default: data)" },
	[OPT_MODEL] = { 0, "model", "NAME",
	    "NAME, NAME:VERSION, NAME@ALIAS or a model file; needed if there are several" },
	[OPT_MODELS] = { 0, "models", "DIR",
	    "the registry (default: $GRIDWIRE_MODELS, then models)" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "no progress" },
};

struct cmd {
	struct gw_app			*app;
	struct gw_err			 err;
	const char			*model, *models;
	bool				 json;
	int64_t				 clock_s, own, other;
	double				 spread;
	struct gw_play			 play;		/* the situation */
	struct gw_seasons		 seasons;
	struct gw_season_counts		 counts;
	struct gw_loaded		 loaded;
	struct gw_fourth_backtest	 back;
	size_t				 seen;
};

/* ---- options ---- */

/* Two whole numbers around a mark. */
static int
take_pair(struct cmd *c, int opt, const char *value, char mark)
{
	int64_t *a = opt == OPT_CLOCK ? &c->clock_s : &c->own, b = 0;
	struct gw_slice right, left = gw_slice_cut(gw_str(value), mark, &right);
	int64_t top = opt == OPT_CLOCK ? 59 : GW_SCORE_MAX;

	if (right.ptr == NULL || gw_slice_i64(left, a) != 0 || gw_slice_i64(right, &b) != 0 ||
	    *a < 0 || *a > (opt == OPT_CLOCK ? 15 : top) || b < 0 || b > top)
		return gw_err_set(&c->err, GW_EINVAL, "--%s %s: give it as %s", opts[opt].name,
		    value, opt == OPT_CLOCK ? "08:12" : "10-13");
	if (opt == OPT_CLOCK)
		c->clock_s = 60 * *a + b;
	else
		c->other = b;
	return 0;
}

static int
take_small(struct cmd *c, int opt, const char *value, int64_t max, int32_t *out)
{
	int64_t n;
	int rc = gw_cli_i64(&opts[opt], value, 1, max, &n, &c->err);

	if (rc == 0)
		*out = (int32_t)n;
	return rc;
}

static int
take_seasons(struct cmd *c, const char *value)
{
	int n = gw_seasons_parse(value, c->seasons.years, GW_SEASONS_MAX, &c->err);

	c->seasons.n_years = n < 0 ? 0 : (size_t)n;
	return n < 0 ? n : 0;
}

static int
take_spread(struct cmd *c, const char *value)
{
	if (gw_slice_double(gw_str(value), &c->spread) != 0 ||
	    !(c->spread >= -GW_LINE_MAX && c->spread <= GW_LINE_MAX))
		return gw_err_set(&c->err, GW_EINVAL, "--spread %s: points, as 3.5 or -7", value);
	c->play.has |= GW_HAS_SPREAD_LINE;
	return 0;
}

static int
take_option(struct cmd *c, int opt, const char *value)
{
	switch (opt) {
	case OPT_DISTANCE:
		c->play.has |= GW_HAS_DISTANCE;
		return take_small(c, opt, value, 99, &c->play.distance);
	case OPT_TO_GOAL:
		c->play.has |= GW_HAS_FIELD_POSITION;
		return take_small(c, opt, value, 99, &c->play.field_position);
	case OPT_QUARTER:
		return take_small(c, opt, value, 4, &c->play.quarter);
	case OPT_CLOCK:
		return take_pair(c, opt, value, ':');
	case OPT_SCORE:
		return take_pair(c, opt, value, '-');
	case OPT_AWAY:
		c->play.is_home_team = false;
		return 0;
	case OPT_SPREAD:
		return take_spread(c, value);
	case OPT_SEASONS:
		return take_seasons(c, value);
	case OPT_DATA:
		c->seasons.data = value;
		return 0;
	case OPT_MODEL:
		c->model = value;
		return 0;
	case OPT_MODELS:
		c->models = value;
		return 0;
	case OPT_JSON:
		c->json = true;
		return 0;
	case OPT_QUIET:
		c->app->quiet = true;
		return 0;
	case GW_CLI_OPERAND:
		return gw_err_set(&c->err, GW_EINVAL, "unexpected word \"%s\"", value);
	default:
		return opt;
	}
}

static int
check(struct cmd *c)
{
	const unsigned needed = GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	struct gw_play *p = &c->play;

	if (c->seasons.n_years > 0)
		return (p->has & needed) == 0 ? 0 : gw_err_set(&c->err, GW_EINVAL,
		    "--seasons looks at past plays: no --distance, no --to-goal");
	if ((p->has & needed) != needed)
		return gw_err_set(&c->err, GW_EINVAL,
		    "give --distance and --to-goal, or --seasons for what coaches did");
	if (p->distance > p->field_position)
		return gw_err_set(&c->err, GW_EINVAL,
		    "--distance %d is behind the goal line, %d yards away", (int)p->distance,
		    (int)p->field_position);
	p->time_remaining = (4 - p->quarter) * 900 + (int32_t)c->clock_s;
	if (p->time_remaining < 1 || c->clock_s > 900)
		return gw_err_set(&c->err, GW_EINVAL, "--clock: from 00:01 to 15:00");
	p->home_score = (int32_t)(p->is_home_team ? c->own : c->other);
	p->away_score = (int32_t)(p->is_home_team ? c->other : c->own);
	p->spread_line = p->is_home_team ? c->spread : -c->spread;
	return 0;
}

static int
parse(struct cmd *c, int argc, char **argv)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &c->err)) != GW_CLI_END)
		if ((rc = take_option(c, i, value)) < 0)
			return rc;
	return check(c);
}

/* ---- a situation ---- */

static const char *
words(enum gw_fourth_choice choice)
{
	static const char *const texts[] = { "", "go", "punt", "field goal" };

	return texts[choice];
}

static void
put_choice(struct gw_json_out *w, const struct gw_fourth_down *d, enum gw_fourth_choice c)
{
	bool looked = c == GW_FOURTH_GO || (c == GW_FOURTH_PUNT ? d->can_punt : d->can_kick);

	gw_json_key(w, gw_fourth_name(c));
	if (looked)
		gw_json_num(w, gw_fourth_value(d, c));
	else
		gw_json_null(w);
}

static void
advice_json(struct cmd *c, const struct gw_fourth_down *d)
{
	struct gw_json_out w;

	gw_json_begin(&w, &c->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "fourth_down", gw_str(gw_fourth_name(d->choice)));
	for (int i = GW_FOURTH_GO; i <= GW_FOURTH_KICK; i++)
		put_choice(&w, d, (enum gw_fourth_choice)i);
	gw_json_kv_num(&w, "p_convert", d->p_convert);
	if (d->can_kick)
		gw_json_kv_num(&w, "p_made", d->p_made);
	gw_json_kv_str(&w, "model", gw_str(gw_predictor_model(c->loaded.predictor)));
	gw_json_object_end(&w);
	gw_app_print(c->app, "\n");
}

static void
advice_line(struct cmd *c, const struct gw_fourth_down *d, enum gw_fourth_choice choice)
{
	bool looked = choice == GW_FOURTH_GO ||
	    (choice == GW_FOURTH_PUNT ? d->can_punt : d->can_kick);

	if (!looked) {
		gw_app_print(c->app, "    %-11s      -   not from there\n", words(choice));
		return;
	}
	gw_app_print(c->app, "  %s %-11s %5.1f %%", choice == d->choice ? "*" : " ", words(choice),
	    100 * gw_fourth_value(d, choice));
	if (choice == GW_FOURTH_GO)
		gw_app_print(c->app, "   first down %.0f %%", 100 * d->p_convert);
	if (choice == GW_FOURTH_KICK)
		gw_app_print(c->app, "   made %.0f %%, from %d yards", 100 * d->p_made,
		    (int)c->play.field_position + GW_FOURTH_ATTEMPT_YARDS - 1);
	gw_app_print(c->app, "\n");
}

static int
advise(struct cmd *c)
{
	struct gw_prediction pr;

	gw_predict(c->loaded.predictor, &c->play, &pr);
	if (pr.fourth.choice == GW_FOURTH_NONE)
		return gw_err_set(&c->err, GW_EDATA, "model %s knows nothing of fourth downs: it "
		    "was imported, or trained by an older gridwire; train it again",
		    gw_predictor_model(c->loaded.predictor));
	if (c->json) {
		advice_json(c, &pr.fourth);
		return 0;
	}
	gw_app_print(c->app, "4th & %d, %d yards to the goal line, Q%d %02d:%02d, %d-%d: chance to "
	    "win\n", (int)c->play.distance, (int)c->play.field_position, (int)c->play.quarter,
	    (int)(c->clock_s / 60), (int)(c->clock_s % 60), (int)c->own, (int)c->other);
	for (int i = GW_FOURTH_GO; i <= GW_FOURTH_KICK; i++)
		advice_line(c, &pr.fourth, (enum gw_fourth_choice)i);
	return 0;
}

/* ---- what coaches did ---- */

static int
add_play(void *arg, const struct gw_season_play *p)
{
	struct gw_prediction pr;
	struct cmd *c = arg;

	if (++c->seen % 4096 == 0) {
		if (gw_app_stopping(c->app))
			return GW_EINTR;
		gw_app_progress(c->app, "season %d: %zu plays", (int)p->play.season, c->seen);
	}
	pr.fourth.choice = GW_FOURTH_NONE;
	if ((p->play.has & GW_HAS_DOWN) != 0 && p->play.down == 4)
		gw_predict(c->loaded.predictor, &p->play, &pr);
	gw_fourth_backtest_add(&c->back, p, &pr.fourth);
	return 0;
}

static double
mean(double sum, size_t n)
{
	return n == 0 ? 0 : sum / (double)n;
}

static void
back_json(struct cmd *c, const char *seasons)
{
	const struct gw_fourth_backtest *b = &c->back;
	struct gw_json_out w;

	gw_json_begin(&w, &c->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "model", gw_str(gw_predictor_model(c->loaded.predictor)));
	gw_json_kv_str(&w, "seasons", gw_str(seasons));
	gw_json_kv_int(&w, "games", (int64_t)b->n_games);
	gw_json_kv_int(&w, "fourth_downs", (int64_t)(b->agreed.n + b->differed.n));
	gw_json_kv_int(&w, "agreed", (int64_t)b->agreed.n);
	gw_json_kv_int(&w, "clear", (int64_t)b->n_clear);
	gw_json_kv_int(&w, "clear_agreed", (int64_t)b->n_clear_agreed);
	gw_json_kv_num(&w, "cost_per_team_and_game", mean(b->differed.cost, 2 * b->n_games));
	gw_json_kv_num(&w, "agreed_chance", mean(b->agreed.chance, b->agreed.n));
	gw_json_kv_num(&w, "agreed_won", mean(b->agreed.won, b->agreed.n));
	gw_json_kv_num(&w, "differed_chance", mean(b->differed.chance, b->differed.n));
	gw_json_kv_num(&w, "differed_won", mean(b->differed.won, b->differed.n));
	gw_json_key(&w, "advised");
	gw_json_object(&w);
	for (int i = GW_FOURTH_GO; i <= GW_FOURTH_KICK; i++) {
		gw_json_key(&w, gw_fourth_name((enum gw_fourth_choice)i));
		gw_json_object(&w);
		for (int j = GW_FOURTH_GO; j <= GW_FOURTH_KICK; j++)
			gw_json_kv_int(&w, gw_fourth_name((enum gw_fourth_choice)j),
			    (int64_t)b->table[i][j]);
		gw_json_object_end(&w);
	}
	gw_json_object_end(&w);
	gw_json_object_end(&w);
	gw_app_print(c->app, "\n");
}

static void
back_table(struct cmd *c)
{
	static const struct gw_column columns[] = { { "advised", false }, { "went", true },
		{ "punted", true }, { "kicked", true }, { "agreed", true } };
	struct gw_table t;

	gw_table_init(&t, c->app->env->alloc, columns, GW_N(columns));
	for (int i = GW_FOURTH_GO; i <= GW_FOURTH_KICK; i++) {
		const size_t *row = c->back.table[i];
		size_t n = row[GW_FOURTH_GO] + row[GW_FOURTH_PUNT] + row[GW_FOURTH_KICK];

		gw_table_cell(&t, "%s", words((enum gw_fourth_choice)i));
		for (int j = GW_FOURTH_GO; j <= GW_FOURTH_KICK; j++)
			gw_table_cell(&t, "%zu", row[j]);
		gw_table_cell(&t, "%.0f %%", 100 * mean((double)row[i], n));
	}
	gw_table_print(&t, c->app);
	gw_table_fini(&t);
}

static void
back_text(struct cmd *c, const char *seasons)
{
	const struct gw_fourth_backtest *b = &c->back;
	size_t n = b->agreed.n + b->differed.n;

	gw_app_print(c->app, "%s on fourth downs of season %s: %zu of %zu games\n\n",
	    gw_predictor_model(c->loaded.predictor), seasons, n, b->n_games);
	back_table(c);
	gw_app_print(c->app, "\n  agreed      %.1f %%; %.1f %% of the %zu where one choice is "
	    "better by %.0f points of chance\n", 100 * mean((double)b->agreed.n, n),
	    100 * mean((double)b->n_clear_agreed, b->n_clear), b->n_clear, 100 * GW_FOURTH_CLEAR);
	gw_app_print(c->app, "  cost        %.2f points of chance to win a team and game, by the "
	    "model's own reckoning\n", 100 * mean(b->differed.cost, 2 * b->n_games));
	gw_app_print(c->app, "  outcomes    agreed: won %.1f %%, the model said %.1f %%\n"
	    "              differed: won %.1f %%, the model said %.1f %% for what was done\n",
	    100 * mean(b->agreed.won, b->agreed.n), 100 * mean(b->agreed.chance, b->agreed.n),
	    100 * mean(b->differed.won, b->differed.n),
	    100 * mean(b->differed.chance, b->differed.n));
	if (b->n_other > 0)
		gw_app_print(c->app, "  left out    %zu: what was done is not looked at from "
		    "there\n", b->n_other);
}

static int
backtest(struct cmd *c)
{
	char seasons[128];
	int rc;

	c->seasons.data = gw_app_data_dir(c->app, c->seasons.data);
	rc = gw_seasons_read(&c->seasons, add_play, c, &c->counts, &c->err);
	gw_app_progress(c->app, NULL);
	if (rc != 0)
		return rc;
	if (c->back.agreed.n + c->back.differed.n == 0)
		return gw_err_set(&c->err, GW_EDATA, "no fourth down there that model %s can judge",
		    gw_predictor_model(c->loaded.predictor));
	gw_seasons_text(c->seasons.years, c->seasons.n_years, seasons, sizeof(seasons));
	if (c->json)
		back_json(c, seasons);
	else
		back_text(c, seasons);
	return 0;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct cmd c = { .app = app, .clock_s = 900,
		.play = { .quarter = 1, .down = 4, .type = GW_PLAY_PASS, .is_home_team = true,
		    .has = GW_HAS_DOWN },
		.seasons = { .env = app->env, .use = GW_FOR_TRAINING } };
	int rc;

	if (parse(&c, argc, argv) != 0)
		return gw_app_usage(app, "%s", c.err.msg);
	rc = gw_loaded_open(&c.loaded, app, gw_app_models_dir(app, c.models), c.model, &c.err);
	if (rc == 0) {
		rc = c.seasons.n_years > 0 ? backtest(&c) : advise(&c);
		gw_loaded_close(&c.loaded);
	}
	if (rc == 0)
		return GW_EXIT_OK;
	c.err.code = rc;
	return gw_app_fail(app, &c.err);
}

const struct gw_verb gw_verb_fourth_down = {
	.name = "fourth-down",
	.summary = "go, punt or kick, by the chance to win; what coaches did",
	.usage = "gridwire fourth-down --distance N --to-goal N [options]\n"
	    "       gridwire fourth-down --seasons YEARS [options]",
	.details =
	    "Each choice is worth the chance to win of what it leads to: the model scores those\n"
	    "states, and says from the seasons it was trained on how likely each is. No advice\n"
	    "in overtime. Wind, kicker and tricks are not in it.\n"
	    "\n"
	    "  gridwire fourth-down --distance 2 --to-goal 38 --quarter 4 --score 10-13\n"
	    "  gridwire fourth-down --seasons 2024",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
