/* SPDX-License-Identifier: MIT
 *
 * apps/loop.h - any set of state machines in one thread: broker, clients, feeder, scorer, page.
 */
#ifndef GW_LOOP_H
#define GW_LOOP_H

#include <poll.h>

#include "base/env.h"

/* What each state machine offers: which descriptors, until when, and process. */
struct gw_part {
	const char	*name;
	void		*self;
	/* As gw_pollfds(); the deadline is absolute on the env's clock, INT64_MAX: none. */
	size_t		(*pollfds)(void *self, struct pollfd *fds, size_t cap, int64_t *deadline);
	/* 0: go on. 1: this part is done. GW_E*: it failed; the loop ends with that. */
	int		(*process)(void *self, const struct pollfd *fds, size_t n);
	bool		 done;
	bool		 endless;	/* never done by itself: a broker, a client */
	size_t		 at, n;		/* the loop's: where its fds are in this turn */
};

struct gw_broker;
struct gw_client;
struct gw_part	gw_part_broker(struct gw_broker *b);	/* never done */
struct gw_part	gw_part_client(struct gw_client *c);	/* never done */

struct gw_loop {
	struct gw_env	*env;
	struct gw_part	*parts;		/* the caller's array */
	size_t		 n_parts;
	struct pollfd	*fds;		/* grown as needed */
	size_t		 fds_cap;
	int		 stop_fd;	/* wakes it once when a signal asks to stop; -1: did so */
};

void	gw_loop_init(struct gw_loop *l, struct gw_env *env, struct gw_part *parts, size_t n_parts);
void	gw_loop_fini(struct gw_loop *l);
/*
 * One turn, waiting at most until deadline_us. 0, GW_EINTR (a signal: told once, later turns go on
 * so that what was begun can be ended), or a part's error.
 */
int	gw_loop_turn(struct gw_loop *l, int64_t deadline_us);
/*
 * Turns until part i is done (i == n_parts: until all that can be are), stop(arg) says true, or one
 * fails. 0, GW_EINTR when stopped, or the part's error. stop NULL: no signal ends it.
 */
int	gw_loop_until(struct gw_loop *l, size_t i, bool (*stop)(void *arg), void *arg);

#endif
