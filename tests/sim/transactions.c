/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/transactions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "tests/sim/actors.h"
#include "tests/sim/cluster.h"

#define PRODUCERS	3
#define DEALS		40		/* of each producer */
#define RECORDS		3		/* of a deal */
#define PARTITIONS	3
#define FAULTS_US	60000000
#define CALM_US		400000000	/* an abandoned transaction's timeout and backoffs
					   included */

enum fate { NEVER_BEGUN, UNDER_WAY, COMMITTED, ABORTED, UNKNOWN };

struct deal {
	enum fate	fate;
	unsigned	seen;
};

struct dealer {
	struct sim_node		 node;
	struct gw_client	*client;	/* NULL: down */
	const char		*config;
	struct deal		 deals[DEALS];
	size_t			 next;		/* deal to begin */
	bool			 busy;		/* deals[next - 1] is under way */
	bool			 calm;
	int64_t			 up_us, next_us, next_crash_us;
	unsigned		 kills, fenced;
};

struct scene {
	struct sim_world	 world;
	struct sim_broker	 broker;
	struct sim_cluster	 cluster;
	struct dealer		 dealers[PRODUCERS];
	struct sim_node		 auditor;
	struct gw_client	*reader;
	int64_t			 end_us;
};

static void
down(struct dealer *d, enum fate fate)
{
	struct sim_world *w = d->node.world;

	if (d->busy)
		d->deals[d->next - 1].fate = fate;
	d->busy = false;
	gw_client_free(d->client);
	d->client = NULL;
	d->up_us = w->now.us + 1 + (int64_t)gw_rng_below(&w->rng, 8000000);
}

static void
up(struct dealer *d)
{
	struct sim_world *w = d->node.world;
	struct gw_err err;

	d->client = gw_client_new_env(&d->node.env, d->config, &err);
	if (d->client == NULL)
		sim_fail(w, "%s: %s", d->node.name, err.msg);
	d->next_us = w->now.us;
	d->next_crash_us = d->calm || gw_rng_below(&w->rng, 2) == 0 ? INT64_MAX :
	    w->now.us + (int64_t)gw_rng_below(&w->rng, 10000000);
}

static bool
is_over(const struct dealer *d)
{
	return (d->next == DEALS && !d->busy) || (d->client == NULL && d->calm && d->fenced > 0);
}

static void
ended(struct dealer *d, const struct gw_event *ev)
{
	struct deal *deal = &d->deals[d->next - 1];

	sim_note(d->node.world, "%s deal %zu: %d %s", d->node.name, d->next - 1, ev->err.code,
	    ev->err.msg);
	if (!d->busy)
		sim_fail(d->node.world, "%s: an end that nobody asked for", d->node.name);
	d->busy = false;
	if (ev->err.code == 0)
		return;		/* as asked: begin_deal() has put it down */
	deal->fate = ev->retriable ? ABORTED : UNKNOWN;
}

/* False: this instance is fenced. */
static bool
begin_deal(struct dealer *d)
{
	struct sim_world *w = d->node.world;
	bool commit = gw_rng_below(&w->rng, 5) != 0;
	int rc = gw_begin(d->client);

	if (rc == GW_EFENCED)
		return false;
	if (rc != 0) {
		sim_fail(w, "%s: gw_begin: %s", d->node.name, gw_client_error(d->client)->msg);
		return true;
	}
	d->busy = true;
	d->deals[d->next].fate = commit ? COMMITTED : ABORTED;
	for (int i = 0; i < RECORDS; i++) {
		char value[64];
		struct gw_message m = { .topic = SIM_TOPIC, .flags = GW_MSG_PARTITION,
		    .partition = (int32_t)gw_rng_below(&w->rng, PARTITIONS),
		    .value = { value, 0 } };

		m.value.len = (size_t)snprintf(value, sizeof(value), "%s %zu", d->node.name,
		    d->next);
		if (gw_send(d->client, &m) != 0)
			d->deals[d->next].fate = ABORTED;
		if (gw_rng_below(&w->rng, 4) == 0)
			(void)gw_process(d->client, NULL, 0);
	}
	d->next++;
	rc = gw_end(d->client, d->deals[d->next - 1].fate == COMMITTED ? GW_COMMIT : GW_ABORT);
	d->next_us = w->now.us + (int64_t)gw_rng_below(&w->rng, 1000000);
	return rc != GW_EFENCED;
}

static size_t
dealer_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct dealer *d = self;
	size_t n;

	if (d->client == NULL) {
		*deadline_us = is_over(d) ? INT64_MAX : d->up_us;
		return 0;
	}
	n = gw_client_pollfds(d->client, fds, cap, deadline_us);
	if (!d->busy && d->next < DEALS && d->next_us < *deadline_us)
		*deadline_us = d->next_us;
	if (d->next_crash_us < *deadline_us)
		*deadline_us = d->next_crash_us;
	return n;
}

static void
dealer_step(void *self, const struct pollfd *fds, size_t n)
{
	struct dealer *d = self;
	struct sim_world *w = d->node.world;
	struct gw_event ev;
	bool fenced = false;

	if (d->client == NULL) {
		if (!is_over(d) && w->now.us >= d->up_us)
			up(d);
		return;
	}
	if (w->now.us >= d->next_crash_us) {
		sim_note(w, "%s killed", d->node.name);
		mem_node_crash(d->node.net);
		d->kills++;
		down(d, UNKNOWN);
		return;
	}
	(void)gw_process(d->client, fds, n);
	while (gw_next_event(d->client, &ev)) {
		if (ev.type == GW_EVENT_TXN)
			ended(d, &ev);
		fenced |= ev.err.code == GW_EFENCED;
	}
	if (!fenced && !d->busy && d->next < DEALS && w->now.us >= d->next_us)
		fenced = !begin_deal(d);
	if (fenced) {
		sim_note(w, "%s is fenced", d->node.name);
		d->fenced++;
		down(d, UNKNOWN);
	}
}

/* Somebody has to look at the clock when the faults end. */
static size_t
alarm_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct scene *s = self;

	(void)fds;
	(void)cap;
	*deadline_us = s->end_us > s->world.now.us ? s->end_us : INT64_MAX;
	return 0;
}

static void
alarm_step(void *self, const struct pollfd *fds, size_t n)
{
	(void)self;
	(void)fds;
	(void)n;
}

static void
set_up(struct scene *s, uint64_t seed, bool verbose, bool cluster)
{
	static const char *const names[PRODUCERS] = { "one", "zombie", "other" };
	static const char *const ids[PRODUCERS] = { "x", "x", "y" };
	static const char *const configs[] = {
		"bootstrap.servers=127.0.0.1:9092;transactional.id=x;transaction.timeout.ms=10000;"
		"request.timeout.ms=3000;linger.ms=0",
		"bootstrap.servers=127.0.0.1:9092;transactional.id=y;transaction.timeout.ms=10000;"
		"request.timeout.ms=3000;linger.ms=0" };
	struct gw_rng *r = &s->world.rng;
	struct mem_net_faults f = { .delay_min_us = 50 };

	sim_world_init(&s->world, seed, verbose);
	s->world.cluster = cluster;
	f.delay_max_us = 50 + (int64_t)gw_rng_below(r, 20000);
	f.p_cut = gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * 0.02;
	f.p_partial = gw_rng_unit(r) * 0.5;
	mem_net_set_faults(s->world.net, &f);
	sim_broker_start(&s->broker, &s->world, PARTITIONS, GW_FSYNC_ALWAYS);
	s->broker.p_power = gw_rng_unit(r);
	if (gw_rng_below(r, 2) == 0 && !cluster) {	/* a cluster's nodes die instead */
		s->broker.crash_every_us = 2000000 + (int64_t)gw_rng_below(r, 10000000);
		s->broker.next_crash_us = s->world.now.us + (int64_t)gw_rng_below(r, 3000000);
	}
	sim_add(&s->world, sim_broker_actor(&s->broker));
	if (cluster)
		sim_cluster_start(&s->cluster, &s->world);
	for (size_t i = 0; i < PRODUCERS; i++) {
		struct dealer *d = &s->dealers[i];

		d->config = configs[ids[i][0] == 'y'];
		sim_node_init(&d->node, &s->world, names[i], false);
		d->up_us = s->world.now.us + (i == 1 ? (int64_t)gw_rng_below(r, 20000000) : 0);
		sim_add(&s->world, (struct sim_actor){ .name = names[i], .self = d,
		    .pollfds = dealer_pollfds, .step = dealer_step });
	}
	s->end_us = s->world.now.us + FAULTS_US;
	sim_add(&s->world, (struct sim_actor){ .name = "alarm", .self = s,
	    .pollfds = alarm_pollfds, .step = alarm_step });
}

static bool
all_over(void *arg)
{
	const struct scene *s = arg;

	for (size_t i = 0; i < PRODUCERS; i++)
		if (!is_over(&s->dealers[i]))
			return false;
	return true;
}

static bool
faults_over(void *arg)
{
	return all_over(arg) ||
	    ((struct scene *)arg)->world.now.us >= ((struct scene *)arg)->end_us;
}

static void
calm(struct scene *s)
{
	static const struct mem_net_faults none = { .delay_min_us = 50, .delay_max_us = 500 };

	sim_note(&s->world, "faults end");
	mem_net_set_faults(s->world.net, &none);
	sim_broker_calm(&s->broker);
	if (s->world.cluster)
		sim_cluster_calm(&s->cluster);
	for (size_t i = 0; i < PRODUCERS; i++) {
		s->dealers[i].calm = true;
		s->dealers[i].next_crash_us = INT64_MAX;
	}
}

/* ---- the reader of what is committed ---- */

static void
see(struct scene *s, const struct gw_record *r)
{
	struct gw_slice rest, name = gw_slice_cut(r->value, ' ', &rest);
	int64_t n = -1;

	for (size_t i = 0; i < PRODUCERS; i++)
		if (gw_slice_is(name, s->dealers[i].node.name) && gw_slice_i64(rest, &n) == 0 &&
		    n >= 0 && n < DEALS) {
			s->dealers[i].deals[n].seen++;
			return;
		}
	sim_fail(&s->world, "offset %lld holds a value nobody sent", (long long)r->offset);
}

static size_t
reader_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	return gw_client_pollfds(((struct scene *)self)->reader, fds, cap, deadline_us);
}

static void
reader_step(void *self, const struct pollfd *fds, size_t n)
{
	struct scene *s = self;
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;

	(void)gw_process(s->reader, fds, n);
	while ((b = gw_fetch(s->reader, 0, &err)) != NULL)
		while (gw_batch_next(b, &r) > 0)
			see(s, &r);
}

/* To the high watermark: no transaction is open any more. */
static bool
reader_done(void *arg)
{
	const struct scene *s = arg;
	struct gw_position p;
	size_t i;

	for (i = 0; gw_assignment(s->reader, i, &p) > 0; i++)
		if (p.high_watermark < 0 || p.position < p.high_watermark)
			return false;
	return i == PARTITIONS;
}

static void
check_deals(struct scene *s)
{
	for (size_t i = 0; i < PRODUCERS; i++)
		for (size_t j = 0; j < DEALS; j++) {
			const struct deal *d = &s->dealers[i].deals[j];

			if (d->seen != 0 && d->seen != RECORDS)
				sim_fail(&s->world, "deal %s %zu: %u of %d records are seen",
				    s->dealers[i].node.name, j, d->seen, RECORDS);
			else if (d->fate == COMMITTED && d->seen == 0)
				sim_fail(&s->world, "deal %s %zu was committed and is lost",
				    s->dealers[i].node.name, j);
			else if (d->fate == ABORTED && d->seen != 0)
				sim_fail(&s->world, "deal %s %zu was aborted and is seen",
				    s->dealers[i].node.name, j);
		}
}

static void
audit(struct scene *s)
{
	struct gw_err err;

	sim_node_init(&s->auditor, &s->world, "auditor", false);
	s->reader = gw_client_new_env(&s->auditor.env,
	    "bootstrap.servers=127.0.0.1:9092;isolation.level=read_committed", &err);
	for (int32_t p = 0; p < PARTITIONS; p++)
		if (gw_assign(s->reader, SIM_TOPIC, p, GW_OFFSET_EARLIEST) != 0)
			sim_fail(&s->world, "auditor: gw_assign");
	sim_add(&s->world, (struct sim_actor){ .name = "auditor", .self = s,
	    .pollfds = reader_pollfds, .step = reader_step });
	if (sim_run(&s->world, reader_done, s, CALM_US, "audit"))
		check_deals(s);
	gw_client_free(s->reader);
	sim_node_fini(&s->auditor);
}

static struct sim_result
deal(uint64_t seed, bool verbose, bool cluster)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct sim_result res = { .turns = 0 };

	if (s == NULL)
		abort();
	set_up(s, seed, verbose, cluster);
	if (sim_run(&s->world, faults_over, s, FAULTS_US + 1000000, "with faults")) {
		calm(s);
		if (sim_run(&s->world, all_over, s, CALM_US, "after the faults"))
			audit(s);
	}
	for (size_t i = 0; i < PRODUCERS; i++) {
		res.members_killed += s->dealers[i].kills;
		for (size_t j = 0; j < DEALS; j++) {
			res.records += s->dealers[i].deals[j].fate != NEVER_BEGUN ? RECORDS : 0;
			res.delivered += s->dealers[i].deals[j].seen;
		}
		gw_client_free(s->dealers[i].client);
		sim_node_fini(&s->dealers[i].node);
	}
	res.turns = s->world.turns;
	res.virtual_us = (uint64_t)s->world.now.us;
	res.cuts = mem_net_cuts(s->world.net);
	res.crashes = s->broker.crashes;
	res.power_cuts = s->broker.power_cuts;
	res.moves = s->cluster.moves;
	res.deaths = s->cluster.deaths;
	res.hangs = s->cluster.hangs;
	res.denials = s->cluster.denials;
	if (s->world.cluster)
		sim_cluster_stop(&s->cluster);
	sim_broker_stop(&s->broker);
	sim_world_fini(&s->world);
	res.trace = s->world.trace;
	memcpy(res.failure, s->world.failure, sizeof(res.failure));
	free(s);
	return res;
}

struct sim_result
sim_transactions(uint64_t seed, bool verbose)
{
	return deal(seed, verbose, false);
}

struct sim_result
sim_transactions_cluster(uint64_t seed, bool verbose)
{
	return deal(seed, verbose, true);
}
