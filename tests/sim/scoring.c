/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/scoring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "ml/model.h"
#include "nfl/trainer.h"
#include "tests/sim/actor_scorer.h"
#include "tests/sim/actors.h"

#define SCORERS_MAX	3
#define PLAYS_MAX	120
#define PARTITIONS_MAX	4
#define FAULTS_US	60000000
#define PAUSE_MAX_US	15000000	/* longer than a session */
#define CALM_US		300000000	/* sessions, transactions' timeouts and backoffs included */
#define PATIENCE_US	2000000		/* for what should not come any more */

/* A play as it is in the topic, and what is to be said of it. */
struct play {
	char	*json, *row;
	size_t	 json_len, row_len;
	int32_t	 partition;
	int64_t	 offset;
	unsigned in_topic, in_csv;
};

struct scene {
	struct sim_world	 world;
	struct sim_broker	 broker;
	struct sim_scorer	 scorers[SCORERS_MAX];
	size_t			 n_scorers;
	int32_t			 partitions;
	char			 config[512];

	struct sim_node		 feeder;
	struct gw_client	*feed;
	size_t			 n_plays, n_sent, n_acked;
	int64_t			 next_us, gap_max_us;

	struct sim_node		 auditor;
	struct gw_client	*reader;
	struct play		 plays[PLAYS_MAX];
	size_t			 n_known, n_seen;
	bool			 reads_predictions;
	int64_t			 last[PARTITIONS_MAX];	/* offset of the play that was read last */
	int64_t			 quiet_us;

	int64_t			 next_pause_us, end_us;
	unsigned		 pauses;
};

/* ---- the model of all worlds ---- */

static struct gw_alloc model_alloc;
static struct gw_model *model;
static struct gw_predictor *predictor;

static struct gw_play
a_play(int i)
{
	struct gw_play p = { .game_id = "2024_01_BAL_KC", .home_team = "KC", .away_team = "BAL",
		.play_id = i, .play_number = 1 + i, .quarter = 1 + i / 50 % 4, .down = 1 + i % 4,
		.distance = 1 + i % 11, .field_position = 1 + i * 7 % 99, .home_score = i % 31,
		.away_score = i * 3 % 28, .is_home_team = i % 2 == 0, .type = GW_PLAY_RUN };

	p.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	p.time_remaining = 3600 - (p.quarter - 1) * 900 - i % 900;
	if (p.time_remaining < (4 - p.quarter) * 900)
		p.time_remaining = (4 - p.quarter) * 900;
	memcpy(p.posteam, p.is_home_team ? p.home_team : p.away_team, GW_TEAM_MAX);
	memcpy(p.defteam, p.is_home_team ? p.away_team : p.home_team, GW_TEAM_MAX);
	return p;
}

static void
train(void)
{
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_err err;

	if (predictor != NULL)
		return;
	model_alloc = gw_alloc_libc(64u << 20);
	gw_trainer_init(&t, &model_alloc, gw_feature_set_find("classic"));
	for (int i = 0; i < 200; i++) {
		struct gw_season_play p = { .play = a_play(i), .has_result = true };

		p.final_home = p.play.home_score + i % 5;
		p.final_away = p.play.away_score + i % 7;
		p.result = p.final_home - p.final_away;
		if (p.result != 0 && gw_trainer_add(&t, &p) != 0)
			abort();
	}
	model = gw_trainer_fit(&t, "sim", 1, &trained, &err);
	if (model == NULL)
		abort();
	model->version = 1;
	gw_trainer_fini(&t);
	predictor = gw_predictor_new(&model_alloc, model, &err);
	if (predictor == NULL)
		abort();
}

void
sim_scoring_fini(void)
{
	gw_predictor_free(predictor);
	gw_model_free(model);
	predictor = NULL;
	model = NULL;
}

/* ---- who sends plays ---- */

static size_t
feeder_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct scene *s = self;
	size_t n = gw_client_pollfds(s->feed, fds, cap, deadline_us);

	if (s->n_sent < s->n_plays && s->next_us < *deadline_us)
		*deadline_us = s->next_us;
	return n;
}

static void
send_play(struct scene *s)
{
	struct gw_play p = a_play((int)s->n_sent);
	struct gw_message m = { .topic = SIM_TOPIC, .key = gw_str(p.game_id),
		.flags = GW_MSG_PARTITION | GW_MSG_REPORT,
		.partition = (int32_t)gw_rng_below(&s->world.rng, (uint64_t)s->partitions) };
	struct gw_buf value;

	gw_buf_init(&value, &s->feeder.alloc, 0);
	gw_play_write(&value, &p);
	m.value = gw_buf_slice(&value);
	if (gw_send(s->feed, &m) == 0)
		s->n_sent++;
	gw_buf_fini(&value);
	s->next_us = s->world.now.us +
	    (int64_t)gw_rng_below(&s->world.rng, (uint64_t)s->gap_max_us);
}

static void
feeder_step(void *self, const struct pollfd *fds, size_t n)
{
	struct scene *s = self;
	struct gw_event ev;

	(void)gw_process(s->feed, fds, n);
	while (gw_next_event(s->feed, &ev))
		if (ev.type == GW_EVENT_DELIVERED)
			s->n_acked++;
		else if (ev.type == GW_EVENT_FAILED)
			sim_fail(&s->world, "a play was not delivered: %s", ev.err.msg);
	if (s->n_sent < s->n_plays && s->world.now.us >= s->next_us)
		send_play(s);
}

/* ---- who stops processes, and looks at the clock ---- */

static size_t
pauser_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct scene *s = self;

	(void)fds;
	(void)cap;
	*deadline_us = s->end_us <= s->world.now.us ? INT64_MAX :
	    s->next_pause_us < s->end_us ? s->next_pause_us : s->end_us;
	return 0;
}

static void
pauser_step(void *self, const struct pollfd *fds, size_t n)
{
	struct scene *s = self;
	struct sim_world *w = &s->world;
	struct sim_actor *a = &w->actors[gw_rng_below(&w->rng, w->n_actors - 1)];

	(void)fds;
	(void)n;
	if (w->now.us < s->next_pause_us || w->now.us >= s->end_us)
		return;
	a->paused_until_us = w->now.us + (int64_t)gw_rng_below(&w->rng, PAUSE_MAX_US);
	s->next_pause_us = w->now.us + (int64_t)gw_rng_below(&w->rng, PAUSE_MAX_US);
	s->pauses++;
	sim_note(w, "%s stopped until %.3f", a->name, (double)a->paused_until_us / 1e6);
}

/* ---- a world ---- */

static double
maybe(struct gw_rng *r, double most)
{
	return gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * most;
}

static void
draw_network(struct scene *s)
{
	struct gw_rng *r = &s->world.rng;
	struct mem_net_faults f = { .delay_min_us = (int64_t)gw_rng_below(r, 500) };

	f.delay_max_us = f.delay_min_us +
	    (int64_t)gw_rng_below(r, gw_rng_below(r, 4) == 0 ? 400000 : 5000);
	f.p_cut = maybe(r, 0.01);
	f.p_partial = maybe(r, 0.5);
	f.p_refuse = maybe(r, 0.3);
	mem_net_set_faults(s->world.net, &f);
}

static void
draw_config(struct scene *s)
{
	static const char *const groups[] = {
		"group.protocol=classic;session.timeout.ms=%d;heartbeat.interval.ms=%d",
		("group.protocol=classic;partition.assignment.strategy=cooperative-sticky;"
		"session.timeout.ms=%d;heartbeat.interval.ms=%d"),
		"group.protocol=consumer" };
	struct gw_rng *r = &s->world.rng;
	size_t which = (size_t)gw_rng_below(r, 3);
	int session = 1500 + (int)gw_rng_below(r, 6000), len;

	len = snprintf(s->config, sizeof(s->config), "bootstrap.servers=127.0.0.1:9092;"
	    "transaction.timeout.ms=%d;request.timeout.ms=%d;delivery.timeout.ms=120000;",
	    1500 + (int)gw_rng_below(r, 10000), 1000 + (int)gw_rng_below(r, 10000));
	if (which == 2)
		snprintf(s->config + len, sizeof(s->config) - (size_t)len, "%s", groups[2]);
	else
		snprintf(s->config + len, sizeof(s->config) - (size_t)len, which == 0 ?
		    "group.protocol=classic;session.timeout.ms=%d;heartbeat.interval.ms=%d" :
		    "group.protocol=classic;partition.assignment.strategy=cooperative-sticky;"
		    "session.timeout.ms=%d;heartbeat.interval.ms=%d", session, session / 5);
}

static void
start_broker(struct scene *s)
{
	struct gw_rng *r = &s->world.rng;
	enum gw_fsync fsync = gw_rng_below(r, 2) == 0 ? GW_FSYNC_ALWAYS : GW_FSYNC_NEVER;
	struct sim_broker *b = &s->broker;

	sim_broker_start(b, &s->world, s->partitions, fsync);
	/* Only "always" promises to survive a power cut. */
	b->p_power = fsync == GW_FSYNC_ALWAYS ? gw_rng_unit(r) : 0;
	b->p_full = maybe(r, 0.5);
	b->p_hiccup = maybe(r, 0.005);
	if (gw_rng_below(r, 3) != 0) {
		b->crash_every_us = 1000000 + (int64_t)gw_rng_below(r, 10000000);
		b->next_crash_us = s->world.now.us + (int64_t)gw_rng_below(r, 8000000);
	}
	sim_add(&s->world, sim_broker_actor(b));
}

static void
start_feeder(struct scene *s)
{
	struct gw_err err;

	sim_node_init(&s->feeder, &s->world, "feeder", false);
	s->feed = gw_client_new_env(&s->feeder.env, "bootstrap.servers=127.0.0.1:9092;linger.ms=0;"
	    "delivery.timeout.ms=3600000;request.timeout.ms=3000", &err);
	if (s->feed == NULL)
		sim_fail(&s->world, "feeder: %s", err.msg);
	s->next_us = s->world.now.us;
	sim_add(&s->world, (struct sim_actor){ .name = "feeder", .self = s,
	    .pollfds = feeder_pollfds, .step = feeder_step });
}

static void
start_scorers(struct scene *s)
{
	static const char *const names[SCORERS_MAX] = { "ann", "bob", "cleo" };
	struct gw_rng *r = &s->world.rng;

	for (size_t i = 0; i < s->n_scorers; i++) {
		struct sim_scorer *c = &s->scorers[i];

		sim_scorer_start(c, &s->world, names[i], s->config, predictor);
		if (gw_rng_below(r, 4) != 0)
			c->crash_every_us = 1000000 + (int64_t)gw_rng_below(r, 15000000);
		c->p_power = maybe(r, 0.5);
		c->p_term = maybe(r, 0.5);
		c->p_hiccup = maybe(r, 0.005);
		sim_add(&s->world, sim_scorer_actor(c));
	}
}

static void
set_up(struct scene *s, uint64_t seed, bool verbose)
{
	struct gw_rng *r = &s->world.rng;

	train();
	sim_world_init(&s->world, seed, verbose);
	draw_network(s);
	draw_config(s);
	s->partitions = 1 + (int32_t)gw_rng_below(r, PARTITIONS_MAX);
	s->n_scorers = 1 + (size_t)gw_rng_below(r, SCORERS_MAX);
	s->n_plays = 20 + (size_t)gw_rng_below(r, PLAYS_MAX - 19);
	s->gap_max_us = gw_rng_below(r, 3) == 0 ? 20000 : 1000000;
	start_broker(s);
	start_feeder(s);
	start_scorers(s);
	s->end_us = s->world.now.us + FAULTS_US;
	s->next_pause_us = gw_rng_below(r, 2) == 0 ? INT64_MAX :
	    s->world.now.us + (int64_t)gw_rng_below(r, PAUSE_MAX_US);
	sim_add(&s->world, (struct sim_actor){ .name = "pauser", .self = s,
	    .pollfds = pauser_pollfds, .step = pauser_step });
}

static bool
faults_over(void *arg)
{
	const struct scene *s = arg;

	return s->world.now.us >= s->end_us;
}

static void
calm(struct scene *s)
{
	static const struct mem_net_faults none = { .delay_min_us = 50, .delay_max_us = 500 };

	sim_note(&s->world, "faults end");
	mem_net_set_faults(s->world.net, &none);
	for (size_t i = 0; i < s->world.n_actors; i++)
		s->world.actors[i].paused_until_us = 0;
	sim_broker_calm(&s->broker);
	for (size_t i = 0; i < s->n_scorers; i++)
		sim_scorer_calm(&s->scorers[i]);
}

/* ---- the audit ---- */

/* What a scorer says of this play that nobody disturbs. */
static void
expect(struct scene *s, int32_t partition, const struct gw_record *r)
{
	struct gw_play_place place = { partition, r->offset };
	struct play *p = &s->plays[s->n_known];
	struct gw_prediction prediction;
	struct gw_buf json, row;
	struct gw_arena arena;
	struct gw_play play;
	struct gw_err err;

	if (s->n_known == s->n_plays) {
		sim_fail(&s->world, "more plays than were sent");
		return;
	}
	gw_arena_init(&arena, &s->auditor.alloc, 0);
	gw_buf_init(&json, &s->auditor.alloc, 0);
	gw_buf_init(&row, &s->auditor.alloc, 0);
	if (gw_play_parse(r->value, &arena, &play, &err) != 0)
		sim_fail(&s->world, "a play cannot be read: %s", err.msg);
	gw_predict(predictor, &play, &prediction);
	gw_prediction_json(&json, &play, &prediction, "sim:1", &place);
	gw_prediction_csv(&row, &play, &prediction, "sim:1", &place);
	p->json = gw_alloc_str(&s->auditor.alloc, gw_buf_slice(&json));
	p->row = gw_alloc_str(&s->auditor.alloc, gw_buf_slice(&row));
	p->json_len = json.len;
	p->row_len = row.len;
	p->partition = partition;
	p->offset = r->offset;
	s->n_known++;
	gw_buf_fini(&json);
	gw_buf_fini(&row);
	gw_arena_fini(&arena);
}

static void
see(struct scene *s, const struct gw_record *r)
{
	for (size_t i = 0; i < s->n_known; i++) {
		struct play *p = &s->plays[i];

		if (!gw_slice_eq(r->value, (struct gw_slice){ p->json, p->json_len }))
			continue;
		if (p->in_topic++ > 0)
			sim_fail(&s->world, "play %d:%lld is twice in the predictions",
			    (int)p->partition, (long long)p->offset);
		else if (p->offset <= s->last[p->partition])
			sim_fail(&s->world, "play %d:%lld is predicted after offset %lld",
			    (int)p->partition, (long long)p->offset,
			    (long long)s->last[p->partition]);
		s->last[p->partition] = p->offset;
		s->n_seen++;
		return;
	}
	sim_fail(&s->world, "a prediction that nobody expects: %.*s", GW_FMT(r->value));
}

static size_t
reader_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct scene *s = self;
	size_t n = gw_client_pollfds(s->reader, fds, cap, deadline_us);

	if (s->quiet_us > s->world.now.us && s->quiet_us < *deadline_us)
		*deadline_us = s->quiet_us;
	return n;
}

static void
reader_step(void *self, const struct pollfd *fds, size_t n)
{
	struct scene *s = self;
	struct gw_batch *b;
	struct gw_record r;
	struct gw_event ev;
	struct gw_err err;

	(void)gw_process(s->reader, fds, n);
	while ((b = gw_fetch(s->reader, 0, &err)) != NULL)
		while (gw_batch_next(b, &r) > 0)
			if (s->reads_predictions)
				see(s, &r);
			else
				expect(s, gw_batch_info(b).partition, &r);
	while (gw_next_event(s->reader, &ev))
		;
}

static void
read_topic(struct scene *s, const char *topic)
{
	for (int32_t p = 0; p < s->partitions; p++)
		if (gw_assign(s->reader, topic, p, GW_OFFSET_EARLIEST) != 0)
			sim_fail(&s->world, "auditor: gw_assign");
}

static bool
all_sent(void *arg)
{
	const struct scene *s = arg;

	return s->n_acked == s->n_plays;
}

static bool
all_known(void *arg)
{
	const struct scene *s = arg;

	return s->n_known == s->n_plays;
}

static bool
all_scored(void *arg)
{
	const struct scene *s = arg;

	for (size_t i = 0; i < s->n_scorers; i++)
		if (!sim_scorer_is_reading(&s->scorers[i]))
			return false;
	return s->n_seen == s->n_plays;
}

static bool
all_retired(void *arg)
{
	const struct scene *s = arg;

	for (size_t i = 0; i < s->n_scorers; i++)
		if (s->scorers[i].score != NULL)
			return false;
	return true;
}

static bool
quiet(void *arg)
{
	const struct scene *s = arg;

	return s->world.now.us >= s->quiet_us;
}

/* A line with its end. */
static void
see_row(struct scene *s, const char *who, struct gw_slice row)
{
	for (size_t i = 0; i < s->n_known; i++) {
		struct play *p = &s->plays[i];

		if (!gw_slice_eq(row, (struct gw_slice){ p->row, p->row_len }))
			continue;
		if (p->in_csv++ > 0)
			sim_fail(&s->world, "play %d:%lld is twice in the CSV files, again in %s's",
			    (int)p->partition, (long long)p->offset, who);
		return;
	}
	sim_fail(&s->world, "%s's CSV has a row that nobody expects: %.*s", who, GW_FMT(row));
}

static void
check_csv(struct scene *s, struct sim_scorer *c)
{
	struct gw_buf file;
	struct gw_err err;
	size_t at = 0, line = 0;

	gw_buf_init(&file, &s->auditor.alloc, 0);
	if (sim_scorer_csv(c, &file, &err) != 0)
		sim_fail(&s->world, "%s's CSV: %s", c->node.name, err.msg);
	while (at < file.len) {
		const char *from = (const char *)file.ptr + at,
		    *end = memchr(from, '\n', file.len - at);
		size_t len = end == NULL ? file.len - at : (size_t)(end - from) + 1;

		if (line++ > 0)
			see_row(s, c->node.name, (struct gw_slice){ from, len });
		at += len;
	}
	gw_buf_fini(&file);
}

static void
check_plays(struct scene *s)
{
	for (size_t i = 0; i < s->n_scorers; i++)
		check_csv(s, &s->scorers[i]);
	for (size_t i = 0; i < s->n_known; i++)
		if (s->plays[i].in_csv == 0)
			sim_fail(&s->world, "play %d:%lld is in no CSV file",
			    (int)s->plays[i].partition, (long long)s->plays[i].offset);
}

static void
audit(struct scene *s)
{
	struct gw_err err;

	for (size_t i = 0; i < PARTITIONS_MAX; i++)
		s->last[i] = -1;
	s->reader = gw_client_new_env(&s->auditor.env,
	    "bootstrap.servers=127.0.0.1:9092;isolation.level=read_committed", &err);
	read_topic(s, SIM_TOPIC);
	sim_add(&s->world, (struct sim_actor){ .name = "auditor", .self = s,
	    .pollfds = reader_pollfds, .step = reader_step });
	if (!sim_run(&s->world, all_known, s, CALM_US, "reading the plays"))
		return;
	for (int32_t p = 0; p < s->partitions; p++)
		(void)gw_unassign(s->reader, SIM_TOPIC, p);
	s->reads_predictions = true;
	read_topic(s, SIM_PREDICTIONS);
	if (!sim_run(&s->world, all_scored, s, CALM_US, "scoring all plays"))
		return;
	for (size_t i = 0; i < s->n_scorers; i++)
		sim_scorer_retire(&s->scorers[i]);
	if (!sim_run(&s->world, all_retired, s, CALM_US, "ending"))
		return;
	s->quiet_us = s->world.now.us + PATIENCE_US;
	if (sim_run(&s->world, quiet, s, CALM_US, "listening"))
		check_plays(s);
}

static void
tear_down(struct scene *s)
{
	for (size_t i = 0; i < s->n_scorers; i++)
		sim_scorer_stop(&s->scorers[i]);
	gw_client_free(s->feed);
	gw_client_free(s->reader);
	for (size_t i = 0; i < s->n_known; i++) {
		gw_alloc_free(&s->auditor.alloc, s->plays[i].json);
		gw_alloc_free(&s->auditor.alloc, s->plays[i].row);
	}
	sim_node_fini(&s->feeder);
	sim_node_fini(&s->auditor);
	sim_broker_stop(&s->broker);
	sim_world_fini(&s->world);
}

struct sim_result
sim_scoring(uint64_t seed, bool verbose)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct sim_result res;

	if (s == NULL)
		abort();
	set_up(s, seed, verbose);
	sim_node_init(&s->auditor, &s->world, "auditor", false);
	if (sim_run(&s->world, faults_over, s, FAULTS_US + 1000000, "with faults")) {
		calm(s);
		if (sim_run(&s->world, all_sent, s, CALM_US, "sending all plays"))
			audit(s);
	}
	res = (struct sim_result){ .turns = s->world.turns,
		.virtual_us = (uint64_t)s->world.now.us, .records = s->n_plays,
		.delivered = s->n_seen, .cuts = mem_net_cuts(s->world.net),
		.crashes = s->broker.crashes, .power_cuts = s->broker.power_cuts,
		.full_disks = s->broker.full_disks, .pauses = s->pauses };
	for (size_t i = 0; i < s->n_scorers; i++)
		res.members_killed += s->scorers[i].crashes;
	tear_down(s);
	res.trace = s->world.trace;
	memcpy(res.failure, s->world.failure, sizeof(res.failure));
	free(s);
	return res;
}
