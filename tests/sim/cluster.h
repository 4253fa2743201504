/* SPDX-License-Identifier: MIT
 *
 * tests/sim/cluster.h - a model cluster of three brokers, for the client.
 *
 * One real embedded broker is the store: it keeps all records, groups and transactions, as the
 * replicas of a cluster together do. Three nodes stand in front of it, each a process with a port,
 * sockets and fetch sessions of its own. A node takes a client's request apart, lets through to the
 * store what it leads or coordinates, refuses the rest with the errors of Apache Kafka, and puts
 * the answer together. So what was acknowledged, by whom and how often is decided by production
 * code, and only who is in charge is a model:
 *
 *	leaders and coordinators	a table of this file's, moved by a controller; every move is
 *					a new leader epoch, and each node hears of it a little
 *					later: until then its Metadata tells the past
 *	a node dies			its connections are reset, what it led is without a leader
 *					for a while, then with another; it comes back later
 *	a node hangs			it answers nobody, its connections stay; after its session
 *					what it led goes to others and it is named no more; later it
 *					goes on with the requests that it has, as if nothing had
 *					been
 *	a leader that was replaced	and has not heard of it may find a batch out of order
 *	applied, not answered		the connection is cut when the answer has come from the
 *					store, or the leader is told to have lost its place
 *					meanwhile
 *	not applied, not answered	cut before the store sees it
 *	throttling			throttle_time_ms; a client that does not hold back fails the
 *					world
 *	releases			each start of a node plays a release of Apache Kafka; a
 *					client that asks what the node does not offer fails the
 *					world
 *
 * What it is not: logs never diverge (no unclean elections), a partition has one copy.
 */
#ifndef GW_SIM_CLUSTER_H
#define GW_SIM_CLUSTER_H

#include "base/arena.h"
#include "broker/fetch_session.h"
#include "broker/release.h"
#include "tests/sim/actors.h"
#include "wire/api.h"

#define SIM_NODES	3		/* at SIM_PORT, SIM_PORT + 1, ... */
#define SIM_CONNS	64		/* of a node */
#define SIM_SHARDS	8		/* of coordinators: what a key belongs to */
#define SIM_NOBODY	0

struct sim_seat {			/* who leads a partition or coordinates a shard */
	int32_t	node;			/* from 1; SIM_NOBODY */
	int32_t	epoch;
	int64_t	elect_us;		/* of SIM_NOBODY: when there will be somebody */
};
struct sim_seats {
	struct sim_seat	parts[SIM_PARTITIONS_MAX], shards[SIM_SHARDS];
	bool		up[SIM_NODES + 1];
};

/* What a node refused of a request, to be told beside what the store answers. */
struct sim_refusal {
	struct gw_slice	topic;
	struct gw_uuid	id;
	int32_t		partition;
	int16_t		error;
};

struct sim_request {
	struct sim_request	*next;
	struct gw_request_header h;
	struct gw_arena		 arena;
	void			*body;		/* what goes to the store */
	struct sim_refusal	*refused;
	size_t			 n_refused;
	int32_t			 shard;		/* that must be this node's; -1 */
	int32_t			 session;	/* of a fetch; 0: none */
	bool			 incremental;
	int32_t			 throttle_ms;	/* told with the answer */
	bool			 too_new;	/* ApiVersions in a version that the release
						   lacks */
	struct gw_buf		 answer;	/* with its size; empty until known */
};

struct sim_conn {
	int			 client, store;	/* handles; client -1: free */
	bool			 linked;
	struct gw_buf		 in, out;	/* to and from the client */
	struct gw_buf		 to_store, from_store;
	struct sim_request	*first, **last;	/* in order */
	int64_t			 quiet_from_us, quiet_to_us;	/* the client holds back */
};

struct sim_cluster;

struct sim_front {
	struct sim_node		 node;
	struct sim_cluster	*cluster;
	int32_t			 id;
	const struct gw_release	*release;
	int			 listen;	/* -1: down */
	int64_t			 up_us;
	int64_t			 thaw_us, fence_us;	/* it hangs until, its session ends;
							   INT64_MAX */
	struct sim_seats	 view;		/* what its Metadata tells */
	int64_t			 view_us;	/* when it hears the newest; INT64_MAX: it has */
	struct gw_sessions	 sessions;
	struct sim_conn		 conns[SIM_CONNS];
};

struct sim_cluster {
	struct sim_world	*world;
	struct sim_seats	 seats;
	struct sim_front	 fronts[SIM_NODES];
	int64_t			 next_move_us, move_every_us;	/* INT64_MAX, 0: never */
	int64_t			 next_death_us, death_every_us;
	int64_t			 next_hang_us, hang_every_us;
	double			 p_before, p_after, p_throttle;
	bool			 strict;	/* the network is good enough to judge who holds
						   back */
	bool			 modern;	/* releases from 4.0 on, else before */
	unsigned		 moves, deaths, hangs, denials;
};

/* The store runs already, on SIM_STORE_PORT. Faults are drawn from the world's seed. */
void	sim_cluster_start(struct sim_cluster *c, struct sim_world *w);
void	sim_cluster_calm(struct sim_cluster *c);	/* all nodes up, nothing moves any more */
void	sim_cluster_stop(struct sim_cluster *c);

/* ---- cluster_rules.c: what a node makes of requests and answers ---- */

/*
 * Decides on r: 1, it goes to the store with r->body; 0, it is answered here, with *answer of its
 * API's type; below 0, the connection is to be closed.
 */
int	sim_judge(struct sim_front *f, struct sim_request *r, void **answer);
/* The store's answer, or one of sim_judge()'s, as this node tells it; false: close instead. */
bool	sim_finish(struct sim_front *f, struct sim_request *r, void *answer);
/* Where a key's coordinator sits. */
int32_t	sim_shard(struct gw_slice key, int8_t type);

#endif
