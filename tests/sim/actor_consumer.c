/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/actors.h"

#include "client/client.h"

#define BATCHES_PER_STEP 8

/* Which record of the ledger this is, or NULL after failing the world. */
static struct sim_record *
recognise(struct sim_world *w, struct sim_ledger *l, const struct gw_record *r)
{
	struct gw_slice padding;
	int64_t i;

	if (gw_slice_i64(gw_slice_cut(r->value, ' ', &padding), &i) != 0 || i < 0 ||
	    (size_t)i >= l->n) {
		sim_fail(w, "offset %lld holds a value nobody sent", (long long)r->offset);
		return NULL;
	}
	return &l->records[i];
}

static void
read_batch(struct sim_world *w, struct gw_batch *b,
    void (*each)(void *arg, const struct gw_record *r), void *arg)
{
	struct gw_record r;
	int rc;

	while ((rc = gw_batch_next(b, &r)) > 0)
		each(arg, &r);
	if (rc < 0)
		sim_fail(w, "batch cannot be read: %s", gw_strerror(rc));
}

/* ---- a member of the group ---- */

static void
member_up(struct sim_consumer *c)
{
	struct sim_world *w = c->node.world;
	struct gw_err err;
	int rc;

	c->client = gw_client_new_env(&c->node.env, c->config, &err);
	if (c->client == NULL) {
		sim_fail(w, "%s: %s", c->node.name, err.msg);
		return;
	}
	rc = gw_subscribe(c->client, SIM_TOPIC, "group");
	if (rc != 0)
		sim_fail(w, "%s: gw_subscribe: %s", c->node.name, gw_strerror(rc));
	c->next_crash_us = c->crash_every_us == 0 ? INT64_MAX :
	    w->now.us + (int64_t)gw_rng_below(&w->rng, (uint64_t)(2 * c->crash_every_us));
}

static void
member_killed(struct sim_consumer *c)
{
	struct sim_world *w = c->node.world;

	sim_note(w, "%s killed", c->node.name);
	mem_node_crash(c->node.net);	/* first: free must not say goodbye */
	gw_client_free(c->client);
	c->client = NULL;
	c->crashes++;
	c->up_us = w->now.us + 1 + (int64_t)gw_rng_below(&w->rng, 8000000);
}

static void
count_consumed(void *arg, const struct gw_record *r)
{
	struct sim_consumer *c = arg;
	struct sim_record *rec = recognise(c->node.world, c->ledger, r);

	if (rec != NULL)
		rec->consumed++;
}

static void
consume(struct sim_consumer *c)
{
	struct gw_batch *b;
	struct gw_event ev;
	struct gw_err err;
	int k;

	for (k = 0; k < BATCHES_PER_STEP && (b = gw_fetch(c->client, 0, &err)) != NULL; k++) {
		read_batch(c->node.world, b, count_consumed, c);
		gw_commit(c->client, b);
	}
	while (gw_next_event(c->client, &ev))
		if (ev.type == GW_EVENT_ERROR)
			sim_note(c->node.world, "%s: %s", c->node.name, ev.err.msg);
}

size_t
sim_consumer_owners(const struct sim_consumer *all, size_t n, int32_t partition)
{
	size_t owners = 0;

	for (size_t i = 0; i < n; i++) {
		struct gw_position p;

		for (size_t k = 0;
		    all[i].client != NULL && gw_assignment(all[i].client, k, &p) > 0; k++)
			owners += p.partition == partition;
	}
	return owners;
}

static void
check_single(const struct sim_consumer *c)
{
	for (int32_t p = 0; c->peers != NULL && p < SIM_PARTITIONS_MAX; p++)
		if (sim_consumer_owners(c->peers, c->n_peers, p) > 1)
			sim_fail(c->node.world, "%s: partition %d has two owners", c->node.name, p);
}

static size_t
consumer_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct sim_consumer *c = self;
	size_t n;

	if (c->client == NULL) {
		*deadline_us = c->up_us;
		return 0;
	}
	n = gw_client_pollfds(c->client, fds, cap, deadline_us);
	if (c->next_crash_us < *deadline_us)
		*deadline_us = c->next_crash_us;
	return n;
}

static void
consumer_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_consumer *c = self;

	if (c->client == NULL) {
		member_up(c);
		return;
	}
	if (c->node.world->now.us >= c->next_crash_us) {
		member_killed(c);
		return;
	}
	gw_process(c->client, fds, n);
	consume(c);
	check_single(c);
}

void
sim_consumer_start(struct sim_consumer *c, struct sim_world *w, struct sim_ledger *l,
    const char *name, const char *config)
{
	*c = (struct sim_consumer){ .ledger = l, .config = config, .next_crash_us = INT64_MAX };
	sim_node_init(&c->node, w, name, false);
	c->up_us = w->now.us + (int64_t)gw_rng_below(&w->rng, 2000000);
}

void
sim_consumer_calm(struct sim_consumer *c)
{
	c->crash_every_us = 0;
	c->next_crash_us = INT64_MAX;
}

void
sim_consumer_stop(struct sim_consumer *c)
{
	gw_client_free(c->client);
	sim_node_fini(&c->node);
}

struct sim_actor
sim_consumer_actor(struct sim_consumer *c)
{
	return (struct sim_actor){ .name = c->node.name, .self = c, .pollfds = consumer_pollfds,
		.step = consumer_step };
}

/* ---- the auditor ---- */

struct audit {
	struct sim_auditor	*a;
	int32_t			 partition;
};

static void
audit_record(void *arg, const struct gw_record *r)
{
	struct audit *au = arg;
	struct sim_auditor *a = au->a;
	struct sim_world *w = a->node.world;
	struct sim_record *rec = recognise(w, a->ledger, r);
	int64_t i;

	if (rec == NULL)
		return;
	i = rec - a->ledger->records;
	if (rec->seen++ > 0)
		sim_fail(w, "record %lld is there twice, again at %d:%lld", (long long)i,
		    au->partition, (long long)r->offset);
	if (i <= a->newest[au->partition])
		sim_fail(w, "record %lld comes after %lld in partition %d", (long long)i,
		    (long long)a->newest[au->partition], au->partition);
	if (r->offset < a->next_offset[au->partition])
		sim_fail(w, "offset %lld goes back", (long long)r->offset);
	if (rec->fate == SIM_DELIVERED && (rec->partition != au->partition ||
	    (rec->offset != -1 && rec->offset != r->offset)))
		sim_fail(w, "record %lld acknowledged at %d:%lld is at %d:%lld", (long long)i,
		    rec->partition, (long long)rec->offset, au->partition, (long long)r->offset);
	a->newest[au->partition] = i;
	a->next_offset[au->partition] = r->offset + 1;
}

static size_t
auditor_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	return gw_client_pollfds(((struct sim_auditor *)self)->client, fds, cap, deadline_us);
}

static void
auditor_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_auditor *a = self;
	struct gw_batch *b;
	struct gw_event ev;
	struct gw_err err;

	gw_process(a->client, fds, n);
	while ((b = gw_fetch(a->client, 0, &err)) != NULL) {
		struct audit au = { a, gw_batch_info(b).partition };

		read_batch(a->node.world, b, audit_record, &au);
	}
	while (gw_next_event(a->client, &ev))
		;
}

void
sim_auditor_start(struct sim_auditor *a, struct sim_world *w, struct sim_ledger *l,
    int32_t partitions)
{
	struct gw_err err;
	int32_t p;

	*a = (struct sim_auditor){ .ledger = l };
	sim_node_init(&a->node, w, "auditor", false);
	a->client = gw_client_new_env(&a->node.env, "bootstrap.servers=127.0.0.1:9092", &err);
	if (a->client == NULL) {
		sim_fail(w, "auditor: %s", err.msg);
		return;
	}
	for (p = 0; p < partitions; p++) {
		a->newest[p] = -1;
		if (gw_assign(a->client, SIM_TOPIC, p, GW_OFFSET_EARLIEST) != 0)
			sim_fail(w, "auditor: gw_assign");
	}
}

bool
sim_auditor_done(void *arg)
{
	return gw_at_end(((struct sim_auditor *)arg)->client);
}

void
sim_auditor_stop(struct sim_auditor *a)
{
	gw_client_free(a->client);
	sim_node_fini(&a->node);
}

struct sim_actor
sim_auditor_actor(struct sim_auditor *a)
{
	return (struct sim_actor){ .name = "auditor", .self = a, .pollfds = auditor_pollfds,
		.step = auditor_step };
}
