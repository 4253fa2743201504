/* SPDX-License-Identifier: MIT
 *
 * client/internal.h - the client as its own files see it.
 */
#ifndef GW_CLIENT_INTERNAL_H
#define GW_CLIENT_INTERNAL_H

#include "base/env.h"
#include "client/client.h"
#include "client/cluster.h"
#include "client/configuration.h"
#include "client/consumer.h"
#include "client/event.h"
#include "client/group.h"
#include "client/login.h"
#include "client/producer.h"
#include "client/txn.h"
#include "client/transport.h"

#define GW_NEVER_US INT64_MAX

struct gw_client {
	struct gw_env		*env;		/* own */
	struct gw_env		 own;		/* outer's, with the allocator below */
	struct gw_env		*outer;
	struct gw_alloc		 alloc;		/* out of outer's, capped by client.memory */
	/* NULL: outer is the caller's */
	void			(*env_free)(struct gw_env *env);
	long			(*process_id)(void);			/* NULL: not asked */
	long			 born_in;		/* the process that made it */
	struct gw_client_config	 cfg;
	struct gw_login		 login;
	const struct gw_transport *transport;		/* NULL: plain */
	void			*transport_ctx;
	struct gw_compressor	 compressors[GW_COMPRESSORS];	/* by number */
	gw_frame_fn		*on_frame;		/* NULL: nobody looks */
	void			*on_frame_ctx;
	struct gw_time		 now;			/* of this turn */
	bool			 again;			/* something moved: another turn at once */
	int64_t			 wake_us;		/* when this turn's work wants to go on */
	bool			 closing;
	struct gw_err		 err;			/* the newest */
	struct gw_arena		 texts;			/* of cfg; as long as the client */
	struct gw_arena		 frame_arena;		/* of the answer being handled */
	struct gw_arena		 scratch;		/* of the request being built */
	struct gw_stats		 stats;
	struct gw_events	 events;
	struct gw_cluster	 cluster;
	struct gw_producer	 producer;
	struct gw_txn		 txn;
	struct gw_consumer	 consumer;
	struct gw_group		 group;
	struct gw_call		*calls;			/* not freed yet */
	struct pollfd		*fds;			/* of gw_run() */
	size_t			 fds_cap;
};

static inline int64_t
gw_ms(int64_t ms)
{
	return ms * 1000;
}

static inline int64_t
gw_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Whoever puts something off says until when. */
static inline void
gw_wake(struct gw_client *c, int64_t at_us)
{
	if (at_us < c->wake_us)
		c->wake_us = at_us;
}

/* memory.c: out of outer's allocator, without a cap yet. */
void	gw_memory_begin(struct gw_client *c, struct gw_env *outer);
/* Most bytes of one answer to Fetch, so that all brokers' fit under client.memory. */
size_t	gw_memory_answer_max(const struct gw_client *c);
/* Whether so much more for what is fetched leaves the part that is kept for all else. */
bool	gw_memory_allows(const struct gw_client *c, size_t more);
/* Let go of what is only kept for reuse. */
void	gw_memory_trim(struct gw_client *c);
/* False: what is used now will never be less by itself, or by the application's reading on. */
bool	gw_memory_will_return(const struct gw_client *c);

/* 0, or GW_ESTATE in another process than the one that made the client. */
int	gw_client_enter(struct gw_client *c) GW_CHECK_RESULT;
/* One turn without waiting: read and write what is ready, let timers pass. */
void	gw_client_turn(struct gw_client *c);
/* Only the timers and state machines, then write. */
void	gw_client_step(struct gw_client *c);
/* One turn that waits until something happens, not past until_us (env's clock). 0 or GW_EINTR. */
int	gw_client_wait(struct gw_client *c, int64_t until_us) GW_CHECK_RESULT;
/* until_us for a timeout_ms of the public calls. */
int64_t	gw_client_until(struct gw_client *c, int timeout_ms);

/*
 * The rule of waiting calls: a client that never reached any broker gives up when every bootstrap
 * address failed at least once during the call. begin: n_rounds at its start. 0, or the code.
 */
int	gw_client_unreachable(struct gw_client *c, unsigned begin);

/* admin.h */
void	gw_calls_step(struct gw_client *c);
void	gw_calls_fini(struct gw_client *c);

#endif
