/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/actors.h"
#include "tests/sim/cluster.h"

#define MEMBERS_MAX	3
#define PAUSE_MAX_US	15000000	/* longer than the members' session */
#define FAULTS_US	60000000	/* faults go on for at most a minute of virtual time */
#define CALM_US		240000000	/* then everything must be over within this: session and
					   backoff times included */

/*
 * Stops a process for a while (a debugger, a laptop's lid) and lets it go on as if nothing had
 * been.
 */
struct pauser {
	struct sim_world	*world;
	int64_t			 next_us;	/* INT64_MAX: never */
	int64_t			 end_us;	/* of the faults: somebody has to look at the clock
						   then */
	unsigned		 pauses;
};

struct scene {
	struct sim_world	world;
	struct sim_broker	broker;
	struct sim_cluster	cluster;
	struct sim_producer	producer;
	struct sim_consumer	members[MEMBERS_MAX];
	struct sim_auditor	auditor;
	struct pauser		pauser;
	struct sim_ledger	ledger;
	size_t			n_members;
	bool			gentle;		/* nobody can be taken for dead who is not */
	int32_t			partitions;
	bool			good_network;	/* what is sent arrives soon and whole */
	char			config[512];
};

/*
 * Half of the fault kinds are off in any one world, so that each also happens alone (swarm
 * testing).
 */
static double
maybe(struct gw_rng *r, double most)
{
	return gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * most;
}

#define MEMBER_CONFIG	"bootstrap.servers=127.0.0.1:9092;auto.offset.reset=earliest;"
#define STRATEGY	"partition.assignment.strategy=cooperative-sticky;"
#define QUICK		"heartbeat.interval.ms=1000;session.timeout.ms=6000"
#define PATIENT		"heartbeat.interval.ms=1000;session.timeout.ms=45000"

/* The members' protocol, the same for all of a world; the older releases have no KIP-848. */
static const char *
draw_protocol(struct gw_rng *r, bool modern, bool gentle)
{
	switch (gw_rng_below(r, modern ? 3 : 2)) {
	case 0:
		return gentle ? MEMBER_CONFIG PATIENT : MEMBER_CONFIG QUICK;
	case 1:
		return gentle ? MEMBER_CONFIG STRATEGY PATIENT : MEMBER_CONFIG STRATEGY QUICK;
	default:
		return MEMBER_CONFIG "group.protocol=consumer";
	}
}

static void
draw_network(struct scene *s)
{
	struct gw_rng *r = &s->world.rng;
	struct mem_net_faults f = { .delay_min_us = (int64_t)gw_rng_below(r, 500) };

	f.delay_max_us = f.delay_min_us +
	    (int64_t)gw_rng_below(r, gw_rng_below(r, 4) == 0 ? 400000 : 5000);
	f.p_cut = maybe(r, 0.02);
	f.p_partial = maybe(r, 0.5);
	f.p_refuse = maybe(r, 0.3);
	if (s->gentle)
		f.p_cut = f.p_refuse = 0;
	f.window = gw_rng_below(r, 2) == 0 ? 0 : 1000 + (size_t)gw_rng_below(r, 60000);
	mem_net_set_faults(s->world.net, &f);
	s->good_network = f.p_partial == 0 && f.window == 0 && f.delay_max_us < 50000;
}

static void
draw_config(struct scene *s)
{
	static const char *const codecs[] = { "none", "gzip" };
	struct gw_rng *r = &s->world.rng;

	snprintf(s->config, sizeof(s->config),
	    "bootstrap.servers=127.0.0.1:9092;linger.ms=%d;batch.size=%d;compression.type=%s;"
	    "delivery.timeout.ms=3600000;request.timeout.ms=%d",
	    (int)gw_rng_below(r, 50),
	    100 + (int)gw_rng_below(r, gw_rng_below(r, 2) == 0 ? 500 : 16000),
	    codecs[gw_rng_below(r, 2)], 2000 + (int)gw_rng_below(r, 28000));
}

static size_t
pauser_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct pauser *p = self;

	(void)fds;
	(void)cap;
	*deadline_us = p->next_us < p->end_us ? p->next_us : p->end_us;
	return 0;
}

static void
pauser_step(void *self, const struct pollfd *fds, size_t n)
{
	struct pauser *p = self;
	struct sim_world *w = p->world;
	/* the last is this one */
	struct sim_actor *a = &w->actors[gw_rng_below(&w->rng, w->n_actors - 1)];

	(void)fds;
	(void)n;
	if (w->now.us >= p->end_us)
		return;
	a->paused_until_us = w->now.us + (int64_t)gw_rng_below(&w->rng, PAUSE_MAX_US);
	p->next_us = w->now.us + (int64_t)gw_rng_below(&w->rng, 2 * PAUSE_MAX_US);
	p->pauses++;
	sim_note(w, "%s stopped until %.3f", a->name, (double)a->paused_until_us / 1e6);
}

static void
draw_crashes(struct scene *s)
{
	struct gw_rng *r = &s->world.rng;
	size_t i;

	if (!s->gentle && gw_rng_below(r, 3) != 0)
		s->broker.crash_every_us = 1000000 + (int64_t)gw_rng_below(r, 10000000);
	s->broker.p_full = maybe(r, 0.5);
	s->broker.p_hiccup = s->gentle ? 0 : maybe(r, 0.01);
	if (s->world.cluster)		/* its nodes die instead */
		s->broker.crash_every_us = 0;
	/* Only "always" promises to survive a power cut; the others are killed, never cut off. */
	s->broker.p_power = s->broker.options.fsync == GW_FSYNC_ALWAYS ? gw_rng_unit(r) : 0;
	if (s->broker.crash_every_us > 0)
		s->broker.next_crash_us = s->world.now.us + (int64_t)gw_rng_below(r, 3000000);
	for (i = 0; i < s->n_members; i++)
		if (gw_rng_below(r, 2) == 0)
			s->members[i].crash_every_us = 2000000 + (int64_t)gw_rng_below(r, 20000000);
}

static void
set_up(struct scene *s, uint64_t seed, bool verbose, bool cluster)
{
	static const char *const names[MEMBERS_MAX] = { "member-1", "member-2", "member-3" };
	struct gw_rng *r = &s->world.rng;
	const char *protocol;
	enum gw_fsync fsync;
	size_t i;

	sim_world_init(&s->world, seed, verbose);
	s->world.cluster = cluster;
	s->partitions = 1 + (int32_t)gw_rng_below(r, SIM_PARTITIONS_MAX);
	s->n_members = (size_t)gw_rng_below(r, MEMBERS_MAX + 1);
	s->gentle = gw_rng_below(r, 6) == 0;
	s->ledger.n = 20 + (size_t)gw_rng_below(r, 400);
	s->ledger.records = calloc(s->ledger.n, sizeof(*s->ledger.records));
	if (s->ledger.records == NULL)
		abort();
	fsync = gw_rng_below(r, 2) == 0 ? GW_FSYNC_ALWAYS :
	    gw_rng_below(r, 2) == 0 ? GW_FSYNC_BATCH : GW_FSYNC_NEVER;
	draw_network(s);
	draw_config(s);
	sim_broker_start(&s->broker, &s->world, s->partitions, fsync);
	sim_producer_start(&s->producer, &s->world, &s->ledger, s->partitions, s->config);
	s->producer.gap_max_us = (int64_t)gw_rng_below(r, gw_rng_below(r, 2) == 0 ? 100000 : 3000);
	s->producer.padding_max = gw_rng_below(r, 3) == 0 ? SIM_PADDING_MAX : 0;
	for (i = 0; i < s->n_members; i++) {
		sim_consumer_start(&s->members[i], &s->world, &s->ledger, names[i], NULL);
		if (s->gentle) {
			s->members[i].peers = s->members;
			s->members[i].n_peers = s->n_members;
		}
	}
	draw_crashes(s);
	sim_add(&s->world, sim_broker_actor(&s->broker));
	if (cluster)
		sim_cluster_start(&s->cluster, &s->world);
	protocol = draw_protocol(r, !cluster || s->cluster.modern, s->gentle);
	for (i = 0; i < s->n_members; i++)
		s->members[i].config = protocol;
	sim_add(&s->world, sim_producer_actor(&s->producer));
	for (i = 0; i < s->n_members; i++)
		sim_add(&s->world, sim_consumer_actor(&s->members[i]));
	s->pauser = (struct pauser){ .world = &s->world, .next_us = INT64_MAX };
	if (!s->gentle && gw_rng_below(r, 3) == 0)
		s->pauser.next_us = s->world.now.us + (int64_t)gw_rng_below(r, PAUSE_MAX_US);
	s->cluster.strict = s->good_network && s->pauser.next_us == INT64_MAX;
	s->pauser.end_us = s->world.now.us + FAULTS_US;
	sim_add(&s->world, (struct sim_actor){ .name = "pauser", .self = &s->pauser,
	    .pollfds = pauser_pollfds, .step = pauser_step });
}

static bool
all_answered(const struct scene *s)
{
	return s->producer.next == s->ledger.n &&
	    s->ledger.n_delivered + s->ledger.n_failed == s->ledger.n;
}

static bool
faults_over(void *arg)
{
	struct scene *s = arg;

	return all_answered(s) || s->world.now.us >= s->pauser.end_us;
}

static bool
all_delivered_and_consumed(void *arg)
{
	struct scene *s = arg;
	size_t i;

	if (!all_answered(s))
		return false;
	if (s->n_members == 0)
		return true;
	for (i = 0; i < (size_t)s->partitions; i++)
		if (sim_consumer_owners(s->members, s->n_members, (int32_t)i) != 1)
			return false;
	for (i = 0; i < s->ledger.n; i++)
		if (s->ledger.records[i].fate == SIM_DELIVERED &&
		    s->ledger.records[i].consumed == 0)
			return false;
	return true;
}

static void
calm(struct scene *s)
{
	static const struct mem_net_faults none = { .delay_min_us = 50, .delay_max_us = 500 };
	size_t i;

	sim_note(&s->world, "faults end");
	mem_net_set_faults(s->world.net, &none);
	s->pauser.next_us = s->pauser.end_us = INT64_MAX;
	for (i = 0; i < s->world.n_actors; i++)
		s->world.actors[i].paused_until_us = 0;
	sim_broker_calm(&s->broker);
	if (s->world.cluster)
		sim_cluster_calm(&s->cluster);
	for (i = 0; i < s->n_members; i++)
		sim_consumer_calm(&s->members[i]);
}

static void
check_ledger(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->ledger.n; i++)
		if (s->ledger.records[i].fate == SIM_DELIVERED && s->ledger.records[i].seen == 0)
			sim_fail(&s->world, "record %zu was acknowledged at %d:%lld and is lost", i,
			    s->ledger.records[i].partition, (long long)s->ledger.records[i].offset);
	if (s->ledger.n_failed > 0)
		sim_fail(&s->world, "%zu records failed though their time was not over",
		    s->ledger.n_failed);
}

static void
tear_down(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->n_members; i++)
		sim_consumer_stop(&s->members[i]);
	sim_producer_stop(&s->producer);
	if (s->world.cluster)
		sim_cluster_stop(&s->cluster);
	sim_broker_stop(&s->broker);
	sim_world_fini(&s->world);
	free(s->ledger.records);
}

static void
play(struct scene *s)
{
	if (!sim_run(&s->world, faults_over, s, FAULTS_US + 1000000, "with faults"))
		return;
	calm(s);
	if (!sim_run(&s->world, all_delivered_and_consumed, s, CALM_US, "after the faults"))
		return;
	sim_auditor_start(&s->auditor, &s->world, &s->ledger, s->partitions);
	sim_add(&s->world, sim_auditor_actor(&s->auditor));
	if (sim_run(&s->world, sim_auditor_done, &s->auditor, CALM_US, "audit"))
		check_ledger(s);
	sim_auditor_stop(&s->auditor);
}

static struct sim_result
deliver(uint64_t seed, bool verbose, bool cluster)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct sim_result res;
	size_t i;

	if (s == NULL)
		abort();
	set_up(s, seed, verbose, cluster);
	play(s);
	res = (struct sim_result){ .turns = s->world.turns, .virtual_us = (uint64_t)s->world.now.us,
	    .records = s->ledger.n, .delivered = s->ledger.n_delivered,
	    .failed = s->ledger.n_failed,
	    .cuts = mem_net_cuts(s->world.net), .crashes = s->broker.crashes,
	    .power_cuts = s->broker.power_cuts, .full_disks = s->broker.full_disks,
	    .pauses = s->pauser.pauses, .moves = s->cluster.moves, .deaths = s->cluster.deaths,
	    .hangs = s->cluster.hangs, .denials = s->cluster.denials };
	for (i = 0; i < s->n_members; i++)
		res.members_killed += s->members[i].crashes;
	tear_down(s);
	res.trace = s->world.trace;
	memcpy(res.failure, s->world.failure, sizeof(res.failure));
	free(s);
	return res;
}

struct sim_result
sim_delivery(uint64_t seed, bool verbose)
{
	return deliver(seed, verbose, false);
}

struct sim_result
sim_delivery_cluster(uint64_t seed, bool verbose)
{
	return deliver(seed, verbose, true);
}
