/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define WALL_ORIGIN_MS	INT64_C(1700000000000)
#define STANDSTILL_MAX	20000		/* turns without the clock moving: somebody spins */

static struct gw_time
world_now(void *ctx)
{
	return ((struct sim_world *)ctx)->now;
}

static int64_t
world_wall_ms(void *ctx)
{
	return ((struct sim_world *)ctx)->now.wall_ms;
}

static void
print_line(void *ctx, const char *line, size_t len)
{
	struct sim_node *n = ctx;

	fprintf(stderr, "%10.6f %-9s %.*s", (double)n->world->now.us / 1e6, n->name, (int)len,
	    line);
}

static void
advance(struct sim_world *w, int64_t us)
{
	w->now.us = us;
	w->now.wall_ms = WALL_ORIGIN_MS + us / 1000;
}

void
sim_world_init(struct sim_world *w, uint64_t seed, bool verbose)
{
	*w = (struct sim_world){ .seed = seed, .verbose = verbose, .trace = 14695981039346656037u };
	gw_rng_seed(&w->rng, seed);
	advance(w, 1000000);
	w->net = mem_net_new(gw_rng_u64(&w->rng), &w->now.us);
}

void
sim_world_fini(struct sim_world *w)
{
	if (w->failure[0] == '\0' && mem_net_open_handles(w->net) > 0)
		sim_fail(w, "%zu sockets left open", mem_net_open_handles(w->net));
	mem_net_free(w->net);
}

void
sim_node_init(struct sim_node *n, struct sim_world *w, const char *name, bool with_fs)
{
	*n = (struct sim_node){ .world = w, .name = name, .alloc = gw_alloc_libc(64u << 20) };
	n->net = mem_net_node(w->net);
	if (with_fs)
		n->fs = mem_fs_new(gw_rng_u64(&w->rng));
	n->log = (struct gw_log){ .write = print_line, .ctx = n, .wall_ms = world_wall_ms,
	    .clock_ctx = w, .level = GW_LOG_DEBUG };
	n->env = (struct gw_env){ .alloc = &n->alloc, .clock = { world_now, w },
	    .entropy = { mem_entropy, &n->env.rng },
	    .net = mem_node_seam(n->net), .fs = with_fs ? mem_fs_seam(n->fs) : NULL,
	    .log = w->verbose ? &n->log : NULL };
	gw_rng_seed(&n->env.rng, gw_rng_u64(&w->rng));
}

void
sim_node_fini(struct sim_node *n)
{
	if (n->alloc.used != 0)
		sim_fail(n->world, "%s: %zu bytes not freed", n->name, n->alloc.used);
	mem_node_crash(n->net);
	mem_fs_free(n->fs);
}

void
sim_add(struct sim_world *w, struct sim_actor a)
{
	if (w->n_actors == SIM_ACTORS_MAX)
		abort();
	w->actors[w->n_actors++] = a;
}

static void
hash(struct sim_world *w, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;
	size_t i;

	for (i = 0; i < len; i++)
		w->trace = (w->trace ^ p[i]) * 1099511628211u;
}

static bool
ready(struct sim_world *w, struct pollfd *fds, size_t n)
{
	bool any = mem_net_poll(w->net, fds, n) > 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (fds[i].fd < MEM_FS_SYNC_HANDLE)
			continue;
		/*
		 * The disk's actor answers for its own handle through the deadline; see sim_run().
		 */
		fds[i].revents = POLLIN;
	}
	return any;
}

/* One actor's chance to move. Returns whether it did; lowers *next to when it wants to. */
static bool
actor_turn(struct sim_world *w, struct sim_actor *a, int64_t *next)
{
	static struct pollfd fds[SIM_FDS_MAX];
	int64_t deadline = INT64_MAX;
	size_t n;

	if (a->paused_until_us > w->now.us) {
		if (a->paused_until_us < *next)
			*next = a->paused_until_us;
		return false;
	}
	n = a->pollfds(a->self, fds, SIM_FDS_MAX, &deadline);
	if (n > SIM_FDS_MAX) {
		sim_fail(w, "%s wants %zu descriptors", a->name, n);
		return false;
	}
	if (!ready(w, fds, n) && deadline > w->now.us) {
		if (deadline < *next)
			*next = deadline;
		return false;
	}
	hash(w, &w->now.us, sizeof(w->now.us));
	hash(w, a->name, strlen(a->name));
	w->mover = a->name;
	a->step(a->self, fds, n);
	return true;
}

bool
sim_run(struct sim_world *w, bool (*done)(void *arg), void *arg, int64_t limit_us, const char *what)
{
	int64_t until = w->now.us + limit_us, next, arrival;
	unsigned still = 0;
	size_t i;
	bool moved;

	while (w->failure[0] == '\0' && !done(arg)) {
		next = INT64_MAX;
		moved = false;
		for (i = 0; i < w->n_actors && w->failure[0] == '\0'; i++)
			moved |= actor_turn(w, &w->actors[i], &next);
		w->turns++;
		if (moved) {
			if (++still > STANDSTILL_MAX)
				sim_fail(w, "%s: time stands still at %lld us: %s spins", what,
				    (long long)w->now.us, w->mover);
			continue;
		}
		still = 0;
		arrival = mem_net_next_us(w->net);
		if (arrival < next)
			next = arrival;
		if (next > until) {
			sim_fail(w, next == INT64_MAX ? "%s: nobody waits for anything" :
			    "%s: not done in time", what);
			break;
		}
		advance(w, next > w->now.us ? next : w->now.us + 1);
	}
	return w->failure[0] == '\0';
}

void
sim_fail(struct sim_world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->failure[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(w->failure, sizeof(w->failure), fmt, ap);
	va_end(ap);
	if (w->verbose)
		fprintf(stderr, "%10.6f FAILED    %s\n", (double)w->now.us / 1e6, w->failure);
}

void
sim_note(struct sim_world *w, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	hash(w, text, strlen(text));
	if (w->verbose)
		fprintf(stderr, "%10.6f           %s\n", (double)w->now.us / 1e6, text);
}
