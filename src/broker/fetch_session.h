/* SPDX-License-Identifier: MIT
 *
 * broker/fetch_session.h - fetch sessions: what a reader asks for, remembered, so that it sends and
 * gets only what changed. Pure: no sockets, no clock.
 * Source: KIP-227, KIP-516; FetchSession.java (Apache Kafka 4.3.1).
 */
#ifndef GW_FETCH_SESSION_H
#define GW_FETCH_SESSION_H

#include "base/arena.h"
#include "base/env.h"
#include "broker/map.h"
#include "wire/msg_fetch.h"

#define GW_SESSIONS_MAX		1000	/* max.incremental.fetch.session.cache.slots */
#define GW_SESSION_PARTS_MAX	200000	/* of all of them */
#define GW_SESSION_IDLE_US	120000000 /* only one unused for so long makes room */

struct gw_session_part {
	struct gw_slice			 key;	/* topic's id or name, then the partition */
	struct gw_fetch_partition	 ask;
	int64_t				 hw, start;	/* as last told; -1: not yet */
};

struct gw_session {
	int32_t			  id, epoch;	/* epoch: the next request must have it */
	bool			  by_id;	/* topics are named by their ids */
	int64_t			  used_us;
	struct gw_map		  by_key;
	struct gw_session_part	**parts;	/* as they came */
	size_t			  n_parts, cap_parts;
	size_t			  turn;		/* who is read first, for the others' sake */
};

struct gw_sessions {
	struct gw_alloc		 *alloc;
	struct gw_rng		 *rng;
	struct gw_session	**all;
	size_t			  n, cap, n_parts;
};

void	gw_sessions_init(struct gw_sessions *ss, struct gw_alloc *alloc, struct gw_rng *rng);
void	gw_sessions_fini(struct gw_sessions *ss);
struct gw_session	*gw_session_find(const struct gw_sessions *ss, int32_t id);
void	gw_session_close(struct gw_sessions *ss, struct gw_session *s);
/* A new one for what q asks; NULL: no room (or no memory): then it goes without. */
struct gw_session	*gw_session_open(struct gw_sessions *ss, const struct gw_fetch_request *q,
			    bool by_id, int64_t now_us);
/*
 * The session of a request that goes on with one, with its changes applied. Kafka's error of the
 * whole request, or 0 with *s; GW_ENOMEM.
 */
int	gw_session_resume(struct gw_sessions *ss, const struct gw_fetch_request *q, bool by_id,
	    int64_t now_us, struct gw_session **s) GW_CHECK_RESULT;
/* All that it asks, as a full request would say it; borrows from s. NULL: out of memory. */
struct gw_fetch_topic	*gw_session_topics(struct gw_session *s, struct gw_arena *arena, size_t *n);
/* Does the reader know this partition's state already, so that it need not be told? Notes it. */
bool	gw_session_knows(struct gw_session *s, const struct gw_fetch_topic_response *t,
	    const struct gw_fetch_partition_response *p);

#endif
