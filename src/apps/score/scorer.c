/* SPDX-License-Identifier: MIT
 *
 * apps/score/scorer.c - the scorer over Kafka: client, sinks, page and service in one loop.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/scorer.h"

#include <signal.h>
#include <stdio.h>

#include "apps/http/metrics.h"
#include "apps/score/sink_csv.h"
#include "base/secret.h"
#include "base/slice.h"

#define GRACE_US	10000000	/* to finish what is under way after a signal */
#define CLOSE_MS	3000
#define SESSION_MS	"10000"
#define DELIVERY_MS	"86400000"	/* a broker that is away is waited for */

void
gw_scorer_init(struct gw_scorer *c, struct gw_app *app)
{
	*c = (struct gw_scorer){ .app = app, .style = gw_board_style(app),
		.alpha = GW_TRIAL_ALPHA };
	c->o = (struct gw_score_options){ .topic = "nfl-plays" };
	c->o.between = gw_scorer_on_between;
	c->o.arg = c;
	gw_scorer_speak(c);
	gw_kafka_args_init(&c->args, app);
	gw_buf_init(&c->token, app->env->alloc, 0);
}

void
gw_scorer_fini(struct gw_scorer *c)
{
	gw_kafka_args_fini(&c->args);
	gw_score_config_fini(&c->config);
	gw_secret_buf_fini(&c->token);
}

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
run_loop(struct gw_scorer *c, struct gw_score *score, struct gw_err *err)
{
	struct gw_part parts[4] = { c->k.part };
	struct gw_loop loop;
	size_t n = 1;
	int rc;

	c->service = (struct gw_service){ .status = gw_scorer_on_status,
		.reload = gw_scorer_on_reload, .tick = gw_scorer_on_tick, .arg = c };
	rc = gw_service_init(&c->service, c->app, err);
	if (rc < 0)
		return rc;
	gw_scorer_on_tick(c);
	parts[n++] = gw_service_part(&c->service);
	if (c->page != NULL)
		parts[n++] = gw_page_part(c->page);
	parts[n++] = gw_score_part(score);
	gw_loop_init(&loop, c->app->env, parts, n);
	gw_service_ready(&c->service);
	c->app->out_patient = true;
	rc = gw_loop_until(&loop, n - 1, gw_app_stop_asked, c->app);
	if (rc == GW_EINTR)
		rc = finish(&c->service, &loop, score, err);
	gw_loop_fini(&loop);
	/* Of plays that could not be finished, nobody is waited for: they come again. */
	c->app->out_patient = rc < 0;
	if (c->page != NULL && rc == 0)
		gw_page_end(c->page);
	if (rc < 0 && gw_score_error(score)->code != 0)
		*err = *gw_score_error(score);
	else if (rc < 0 && err->code == 0)
		gw_err_set(err, rc, "%s", gw_strerror(rc));
	return rc;
}

static int
exit_code(struct gw_scorer *c, const struct gw_score *score, int rc, const struct gw_err *err)
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
	const struct gw_scorer *c = arg;
	struct gw_fs *fs = c->app->env->fs;
	struct gw_metrics_score s = { .score = c->score, .client = c->k.client,
		.trial = &c->trial, .rollbacks = c->rollbacks, .group = c->o.group,
		.watch = gw_scorer_watch(c), .now_ms = gw_env_now(c->app->env).wall_ms,
		.csv_free_bytes = c->csv == NULL ? -1 : fs->free_bytes(fs->ctx, c->csv) };

	gw_metrics_common(out, c->app->env, gw_page_http(c->page));
	gw_metrics_score(out, &s);
}

static bool
is_ready(void *arg)
{
	const struct gw_scorer *c = arg;

	return c->score != NULL && gw_score_is_reading(c->score);
}

/* Before the first play is read, so that a port in use costs nothing. */
static int
open_page(struct gw_scorer *c, struct gw_err *err)
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
score_topic(struct gw_scorer *c)
{
	struct gw_err err = { 0 };
	struct gw_score *score;
	int rc, code;

	score = gw_score_new(c->app->env, c->k.client, &c->o, &err);
	if (score == NULL)
		return gw_app_fail(c->app, &err);
	c->score = score;
	rc = run_loop(c, score, &err);
	gw_scorer_show_board(c, true);
	code = exit_code(c, score, rc, &err);
	if (rc == 0)
		gw_scorer_say_stats(c->app, gw_score_get_stats(score));
	if (rc == 0 && gw_scorer_watch(c) != NULL) {
		gw_watch_settle_all(c->watch);
		if (gw_watch_totals(c->watch)->games > 1)
			gw_scorer_say_watch(c);
	}
	gw_score_free(score);
	if (c->o.group != NULL)
		gw_client_close(c->k.client, CLOSE_MS);
	return code;
}

static int
open_csv(struct gw_scorer *c, struct gw_err *err)
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

/* Whether the user's own file or options say it. 0, 1 or GW_E*. */
static int
is_set(struct gw_scorer *c, const char *key, struct gw_err *err)
{
	size_t len = strlen(key);
	struct gw_buf given;
	int rc;

	gw_buf_init(&given, c->app->env->alloc, 0);
	rc = gw_kafka_config(&c->args, NULL, &given, err);
	for (size_t i = 0; rc == 0 && i + len <= given.len; i++)
		rc = memcmp(given.ptr + i, key, len) == 0;
	gw_secret_buf_fini(&given);
	return rc;
}

/*
 * Who this scorer is to the transaction coordinator: of two with one name the newer fences the
 * older. A file has one writer, so it names it, and a successor ends at once what a killed scorer
 * left open; without one, transaction.timeout.ms does.
 */
static int
name_transactions(struct gw_scorer *c, struct gw_err *err)
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
defaults(struct gw_scorer *c, struct gw_buf *out, struct gw_err *err)
{
	int rc = is_set(c, "\ngroup.protocol=", err);

	if (rc < 0)
		return rc;
	gw_buf_puts(out, "linger.ms=0\ndelivery.timeout.ms=" DELIVERY_MS "\n");
	if (rc == 0)
		gw_buf_puts(out, "session.timeout.ms=" SESSION_MS "\n");
	gw_buf_printf(out, "auto.offset.reset=%s\n",
	    c->o.from == GW_SCORE_LATEST ? "latest" : "earliest");
	rc = c->o.exactly_once ? name_transactions(c, err) : 0;
	if (c->o.exactly_once && rc == 0)
		gw_buf_printf(out, "transactional.id=%s\ntransaction.timeout.ms=%s\n"
		    "isolation.level=read_committed\n", c->transactional_id, SESSION_MS);
	gw_buf_putc(out, '\0');
	return rc == 0 && out->err != 0 ? gw_err_set(err, out->err, "%s", gw_strerror(out->err)) :
	    rc;
}

int
gw_scorer_run(struct gw_scorer *c)
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
