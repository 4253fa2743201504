/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/actor_scorer.h"

#include <stdio.h>

#include "apps/score/score_int.h"
#include "apps/score/sink_csv.h"
#include "client/client.h"
#include "tests/sim/actors.h"

#define DOWN_MAX_US	8000000
#define CSV		"/predictions.csv"

static void
on_notice(void *arg, const char *text)
{
	struct sim_scorer *c = arg;

	sim_note(c->node.world, "%s: %s", c->node.name, text);
}

static int
on_trouble(void *arg, const struct gw_event *ev, struct gw_err *err)
{
	struct sim_scorer *c = arg;

	(void)err;
	sim_note(c->node.world, "%s: %s", c->node.name, ev->err.msg);
	return 0;
}

static struct gw_sink_csv *
open_csv(struct sim_scorer *c, struct gw_err *err)
{
	struct gw_sink_csv *csv;
	struct gw_buf header;

	gw_buf_init(&header, &c->node.alloc, 0);
	gw_prediction_csv_header(&header);
	csv = gw_sink_csv_open(&c->node.env, CSV, gw_buf_slice(&header), GW_SINK_CSV_CONTINUE, err);
	gw_buf_fini(&header);
	return csv;
}

/* As the score verb puts it together. */
static int
open_all(struct sim_scorer *c, struct gw_err *err)
{
	struct gw_score_options o = { .topic = SIM_TOPIC, .group = SIM_SCORE_GROUP,
		.to = SIM_PREDICTIONS, .predictor = c->predictor, .model_sha256 = "0",
		.exactly_once = true, .notice = on_notice, .trouble = on_trouble, .arg = c };
	char config[640];
	const char *id;

	c->csv = o.csv = open_csv(c, err);
	id = c->csv == NULL ? NULL : gw_sink_csv_id(c->csv, &c->node.env, err);
	if (id == NULL)
		return err->code;
	snprintf(config, sizeof(config), "%s;transactional.id=%s.score.%s;"
	    "isolation.level=read_committed;auto.offset.reset=earliest;linger.ms=0;"
	    "allow.auto.create.topics=false", c->config, SIM_SCORE_GROUP, id);
	c->client = gw_client_new_env(&c->node.env, config, err);
	if (c->client == NULL)
		return err->code;
	c->score = gw_score_new(&c->node.env, c->client, &o, err);
	c->part = gw_score_part(c->score);
	return c->score == NULL ? err->code : 0;
}

static void
close_all(struct sim_scorer *c)
{
	gw_score_free(c->score);
	gw_sink_csv_close(c->csv);
	gw_client_free(c->client);
	c->score = NULL;
	c->csv = NULL;
	c->client = NULL;
	c->up_us = c->calm ? c->node.world->now.us + 1 :
	    c->node.world->now.us + 1 + (int64_t)gw_rng_below(&c->node.world->rng, DOWN_MAX_US);
}

static int64_t
some_time(struct sim_scorer *c, int64_t mean_us)
{
	struct sim_world *w = c->node.world;

	return mean_us == 0 ? INT64_MAX :
	    w->now.us + (int64_t)gw_rng_below(&w->rng, (uint64_t)(2 * mean_us));
}

static void
come_up(struct sim_scorer *c)
{
	struct gw_err err = { 0 };

	sim_note(c->node.world, "%s up", c->node.name);
	if (open_all(c, &err) != 0) {
		sim_note(c->node.world, "%s does not start: %s", c->node.name, err.msg);
		close_all(c);
		return;
	}
	c->next_crash_us = some_time(c, c->crash_every_us);
}

/* kill -9, the plug, or a request to end. */
static void
trouble(struct sim_scorer *c)
{
	struct sim_world *w = c->node.world;
	bool power = gw_rng_unit(&w->rng) < c->p_power;

	if (!power && gw_rng_unit(&w->rng) < c->p_term) {
		sim_note(w, "%s is asked to end", c->node.name);
		gw_score_stop(c->score);
		c->next_crash_us = w->now.us + (int64_t)gw_rng_below(&w->rng, DOWN_MAX_US);
		return;
	}
	sim_note(w, power ? "%s loses power" : "%s killed", c->node.name);
	mem_node_crash(c->node.net);	/* first: free must not say goodbye */
	close_all(c);
	if (power)
		mem_fs_crash(c->node.fs);
	else
		mem_fs_kill(c->node.fs);
	c->crashes++;
	c->power_cuts += power;
}

static size_t
scorer_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct sim_scorer *c = self;
	int64_t at = INT64_MAX;
	size_t n;

	if (c->score == NULL) {
		*deadline_us = c->retired ? INT64_MAX : c->up_us;
		return 0;
	}
	n = gw_client_pollfds(c->client, fds, cap, deadline_us);
	c->n_fds = n;
	n += c->part.pollfds(c->part.self, fds + n, cap - n, &at);
	if (n > c->n_fds && mem_fs_next_us(c->node.fs) < at)
		at = mem_fs_next_us(c->node.fs);
	if (at < *deadline_us)
		*deadline_us = at;
	if (c->next_crash_us < *deadline_us)
		*deadline_us = c->next_crash_us;
	return n;
}

static void
scorer_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_scorer *c = self;
	struct sim_world *w = c->node.world;
	int rc;

	if (c->score == NULL) {
		if (w->now.us >= c->up_us && !c->retired)
			come_up(c);
		return;
	}
	if (w->now.us >= c->next_crash_us) {
		trouble(c);
		return;
	}
	if (gw_rng_unit(&w->rng) < c->p_hiccup)
		mem_fs_fail_at(c->node.fs, 1 + gw_rng_below(&w->rng, 4), GW_ENOSPC);
	(void)gw_process(c->client, fds, c->n_fds);
	rc = c->part.process(c->part.self, fds + c->n_fds, n - c->n_fds);
	if (rc == 0)
		return;
	sim_note(w, "%s ended: %s", c->node.name, rc == 1 ? "as asked" :
	    gw_score_error(c->score)->msg);
	mem_fs_fail_at(c->node.fs, 0, 0);
	close_all(c);
	mem_fs_kill(c->node.fs);
}

void
sim_scorer_start(struct sim_scorer *c, struct sim_world *w, const char *name, const char *config,
    const struct gw_predictor *predictor)
{
	*c = (struct sim_scorer){ .predictor = predictor, .config = config,
		.next_crash_us = INT64_MAX };
	sim_node_init(&c->node, w, name, true);
	mem_fs_clock(c->node.fs, &w->now.us, 50, gw_rng_below(&w->rng, 4) == 0 ? 200000 : 5000);
	c->up_us = w->now.us + (int64_t)gw_rng_below(&w->rng, 10000000);
}

void
sim_scorer_calm(struct sim_scorer *c)
{
	c->calm = true;
	c->crash_every_us = 0;
	c->p_hiccup = 0;
	mem_fs_fail_at(c->node.fs, 0, 0);
	c->next_crash_us = INT64_MAX;
	if (c->score == NULL)
		c->up_us = c->node.world->now.us + 1;
}

bool
sim_scorer_is_reading(const struct sim_scorer *c)
{
	return c->score != NULL && c->score->subscribed && c->score->state != GW_SCORE_STARTING;
}

void
sim_scorer_retire(struct sim_scorer *c)
{
	c->retired = true;
	if (c->score != NULL)
		gw_score_stop(c->score);
}

int
sim_scorer_csv(struct sim_scorer *c, struct gw_buf *out, struct gw_err *err)
{
	int rc = gw_fs_read_file(c->node.env.fs, CSV, out, err);

	return rc == GW_ENOENT ? 0 : rc;
}

void
sim_scorer_stop(struct sim_scorer *c)
{
	if (c->score != NULL || c->client != NULL)
		close_all(c);
	sim_node_fini(&c->node);
}

struct sim_actor
sim_scorer_actor(struct sim_scorer *c)
{
	return (struct sim_actor){ .name = c->node.name, .self = c, .pollfds = scorer_pollfds,
		.step = scorer_step };
}
