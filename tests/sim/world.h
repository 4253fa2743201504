/* SPDX-License-Identifier: MIT
 *
 * tests/sim/world.h - one process that holds a whole world: brokers, clients, network, disks and a
 * clock that jumps to the next event. Everything random comes from one seed, so a run repeats
 * exactly. The code under test is the production code; only the seams of base/env.h are bound to
 * models.
 */
#ifndef GW_SIM_WORLD_H
#define GW_SIM_WORLD_H

#include <stdbool.h>

#include "base/env.h"
#include "tests/support/mem_fs.h"
#include "tests/support/mem_net.h"

struct sim_world;

/* A process on a host of its own. */
struct sim_node {
	struct sim_world	*world;
	const char		*name;
	struct gw_alloc		 alloc;
	struct gw_env		 env;
	struct gw_log		 log;
	struct mem_node		*net;
	struct mem_fs		*fs;	/* NULL: none */
};

/*
 * Whatever acts: the world asks each for descriptors and deadline, and calls step when one is due.
 */
struct sim_actor {
	const char	*name;
	void		*self;
	size_t		(*pollfds)(void *self, struct pollfd *fds, size_t cap,
			    int64_t *deadline_us);
	void		(*step)(void *self, const struct pollfd *fds, size_t n);
	int64_t		 paused_until_us;	/* it does not run before (a stopped process) */
};

#define SIM_ACTORS_MAX	32
#define SIM_FDS_MAX	1024

struct sim_world {
	uint64_t		 seed;
	struct gw_rng		 rng;		/* of the scenario; the models have their own */
	struct gw_time		 now;
	struct mem_net		*net;
	struct sim_actor	 actors[SIM_ACTORS_MAX];
	size_t			 n_actors;
	uint64_t		 turns;
	const char		*mover;		/* the actor that moved last */
	uint64_t		 trace;		/* hash over what happened when */
	bool			 verbose;
	bool			 cluster;	/* three nodes stand before the broker; cluster.h */
	char			 failure[512];	/* empty: none; the first one stays */
};

void	sim_world_init(struct sim_world *w, uint64_t seed, bool verbose);
void	sim_world_fini(struct sim_world *w);

/* env over this world's models; log lines go to stderr when verbose. *n must stay where it is. */
void	sim_node_init(struct sim_node *n, struct sim_world *w, const char *name, bool with_fs);
void	sim_node_fini(struct sim_node *n);	/* fails the world if memory or handles are left */

void	sim_add(struct sim_world *w, struct sim_actor a);

/*
 * Until done(arg) says so. Fails the world when limit_us passes, or when time stands still too
 * long.
 */
bool	sim_run(struct sim_world *w, bool (*done)(void *arg), void *arg, int64_t limit_us,
	    const char *what);

void	sim_fail(struct sim_world *w, const char *fmt, ...) GW_PRINTF(2, 3);
/* into the trace; printed when verbose */
void	sim_note(struct sim_world *w, const char *fmt, ...) GW_PRINTF(2, 3);

#endif
