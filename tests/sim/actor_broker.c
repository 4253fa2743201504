/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/actors.h"

#define DOWN_MAX_US	3000000

static int64_t
some_time_us(struct sim_world *w, int64_t mean_us)
{
	return w->now.us + (int64_t)gw_rng_below(&w->rng, (uint64_t)(2 * mean_us));
}

static void
come_up(struct sim_broker *b)
{
	struct sim_world *w = b->node.world;
	struct gw_err err;

	b->broker = gw_broker_new(&b->node.env, &b->options, &err);
	if (b->broker == NULL) {
		sim_fail(w, "broker does not start: %s", err.msg);
		return;
	}
	sim_note(w, "broker up");
	b->next_crash_us = b->crash_every_us == 0 ? INT64_MAX : some_time_us(w, b->crash_every_us);
}

static void
go_down(struct sim_broker *b)
{
	struct sim_world *w = b->node.world;
	bool power = gw_rng_unit(&w->rng) < b->p_power;

	gw_broker_abandon(b->broker);
	b->broker = NULL;
	mem_node_crash(b->node.net);
	if (power)
		mem_fs_crash(b->node.fs);
	else
		mem_fs_kill(b->node.fs);
	mem_fs_capacity(b->node.fs, -1);
	mem_fs_fail_at(b->node.fs, 0, 0);
	b->crashes++;
	b->power_cuts += power;
	b->up_us = w->now.us + 1 + (int64_t)gw_rng_below(&w->rng, DOWN_MAX_US);
	sim_note(w, power ? "broker loses power" : "broker killed");
}

static void
trouble(struct sim_broker *b)
{
	struct sim_world *w = b->node.world;

	if (gw_rng_unit(&w->rng) >= b->p_full) {
		go_down(b);
		return;
	}
	mem_fs_capacity(b->node.fs, 0);
	b->full_disks++;
	b->up_us = w->now.us + 1 + (int64_t)gw_rng_below(&w->rng, DOWN_MAX_US);
	b->next_crash_us = INT64_MAX;
	sim_note(w, "disk full");
}

static void
relief(struct sim_broker *b)
{
	mem_fs_capacity(b->node.fs, -1);
	b->up_us = INT64_MAX;
	b->next_crash_us = b->crash_every_us == 0 ? INT64_MAX :
	    some_time_us(b->node.world, b->crash_every_us);
	sim_note(b->node.world, "disk has room again");
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static size_t
broker_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct sim_broker *b = self;
	size_t n;

	if (b->broker == NULL) {
		*deadline_us = b->up_us;
		return 0;
	}
	n = gw_broker_pollfds(b->broker, fds, cap, deadline_us);
	*deadline_us = earlier(*deadline_us, mem_fs_next_us(b->node.fs));
	*deadline_us = earlier(*deadline_us, earlier(b->next_crash_us, b->up_us));
	return n;
}

static void
broker_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_broker *b = self;
	int64_t now = b->node.world->now.us;

	if (b->broker == NULL) {
		b->up_us = INT64_MAX;
		come_up(b);
		return;
	}
	if (now >= b->next_crash_us) {
		trouble(b);
		return;
	}
	if (now >= b->up_us)
		relief(b);
	if (gw_rng_unit(&b->node.world->rng) < b->p_hiccup)
		mem_fs_fail_at(b->node.fs, 1 + gw_rng_below(&b->node.world->rng, 4), GW_ENOSPC);
	if (gw_broker_process(b->broker, fds, n) < 0) {
		sim_note(b->node.world, "broker gave up");
		go_down(b);
	}
}

void
sim_broker_start(struct sim_broker *b, struct sim_world *w, int32_t partitions, enum gw_fsync fsync)
{
	*b = (struct sim_broker){ .up_us = INT64_MAX, .next_crash_us = INT64_MAX };
	sim_node_init(&b->node, w, "broker", true);
	mem_fs_clock(b->node.fs, &w->now.us, 50, gw_rng_below(&w->rng, 4) == 0 ? 200000 : 5000);
	b->options = gw_broker_defaults();
	b->options.listen = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 },
		.port = w->cluster ? SIM_STORE_PORT : SIM_PORT };
	b->options.dir = "/broker";
	b->options.fsync = fsync;
	b->options.num_partitions = partitions;
	b->options.segment_bytes = 4096 + (int64_t)gw_rng_below(&w->rng, 60000);
	come_up(b);
}

void
sim_broker_calm(struct sim_broker *b)
{
	b->crash_every_us = 0;
	b->next_crash_us = INT64_MAX;
	b->p_hiccup = 0;
	mem_fs_fail_at(b->node.fs, 0, 0);
	if (b->broker != NULL && b->up_us != INT64_MAX)
		relief(b);
}

void
sim_broker_stop(struct sim_broker *b)
{
	struct gw_err err;

	if (b->broker != NULL && gw_broker_close(b->broker, &err) != 0)
		sim_fail(b->node.world, "broker does not stop: %s", err.msg);
	b->broker = NULL;
	if (mem_fs_open_handles(b->node.fs) != 0)
		sim_fail(b->node.world, "broker left %d files open",
		    mem_fs_open_handles(b->node.fs));
	sim_node_fini(&b->node);
}

struct sim_actor
sim_broker_actor(struct sim_broker *b)
{
	return (struct sim_actor){ .name = "broker", .self = b, .pollfds = broker_pollfds,
		.step = broker_step };
}
