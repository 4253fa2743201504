/* SPDX-License-Identifier: MIT
 *
 * broker/group.h - the coordinator of classic consumer groups, a pure state machine: requests and
 * time go in, answers come out; no sockets, files or clock.
 * Source: KIP-62 (rebalance timeout), KIP-345 (static members), KIP-394 (MEMBER_ID_REQUIRED),
 * KIP-814 (SkipAssignment); the classic half of GroupMetadataManager.java (Apache Kafka 4.3.1).
 *
 *	EMPTY -> PREPARING -> COMPLETING -> STABLE
 * A join, leave or lost member leads back to PREPARING, where every member must join again within
 * the rebalance timeout; then the leader's SyncGroup brings the assignments. Without members:
 * EMPTY.
 *
 * A Join or Sync waits under a ticket, a number of the caller's that is not 0. Every ticket is
 * answered once, unless it was forgotten.
 */
#ifndef GW_CGROUP_H
#define GW_CGROUP_H

#include "base/env.h"
#include "base/slice.h"
#include "broker/map.h"

#define GW_CGROUP_MEMBERS_MAX	1000
#define GW_CGROUP_SESSION_MS_MIN	1000		/* Apache's is 6000; tests want less */
#define GW_CGROUP_SESSION_MS_MAX	1800000
#define GW_CGROUP_METADATA_MAX	4096		/* offset.metadata.max.bytes */

enum gw_cgroup_phase {
	GW_CGROUP_EMPTY, GW_CGROUP_PREPARING, GW_CGROUP_COMPLETING, GW_CGROUP_STABLE
};

struct gw_protocol {
	struct gw_slice	name, metadata;
};

struct gw_cmember {
	char			*id, *instance;		/* instance NULL: dynamic */
	char			*client_id, *client_host;
	int32_t			 session_ms, rebalance_ms;
	struct gw_protocol	*protocols;		/* one block with their bytes */
	size_t			 n_protocols;
	struct gw_slice		 assignment;		/* owned */
	uint64_t		 join_ticket, sync_ticket;	/* 0: none waits */
	int64_t			 session_deadline_us;	/* does not count while a join waits */
	bool			 joined, synced;	/* in this generation's making */
};

struct gw_pending_member {		/* was given an id and is to come back with it */
	char	*id;
	int64_t	 deadline_us;
};

/* A committed offset. Key of the group's map: the topic, then the partition in 4 bytes. */
struct gw_committed {
	struct gw_slice	key, topic;
	int32_t		partition, leader_epoch;
	int64_t		offset, commit_ms;
	char		*metadata;	/* NULL: null */
};

struct gw_cgroup {
	char				*name;
	enum gw_cgroup_phase		 phase;
	int32_t				 generation;
	char				*protocol_type;		/* NULL: none yet */
	char				*protocol;		/* chosen; NULL: none */
	char				*leader;		/* member id; NULL: none */
	struct gw_cmember		**members;
	size_t				 n_members, cap_members;
	struct gw_pending_member	*pending;
	size_t				 n_pending, cap_pending;
	int64_t				 phase_deadline_us;	/* of PREPARING and COMPLETING */
	bool				 initial;	/* PREPARING out of EMPTY */
	struct gw_map			 offsets;
	struct gw_ngroup		*next_gen;	/* NULL: a classic group; broker/ngroup.h */
};

struct gw_cgroup_answer {
	uint64_t		 ticket;
	bool			 is_sync;
	bool			 skip_assignment;
	int16_t			 error;		/* Kafka's */
	struct gw_cgroup		*group;		/* NULL with an error */
	struct gw_cmember	*member;
	const char		*member_id;	/* may be given with an error too; NULL: none */
	const char		*leader;	/* as told to this member */
};

struct gw_coord {
	struct gw_alloc		*alloc;
	struct gw_rng		*rng;		/* of member ids */
	struct gw_map		 by_name;
	int			 initial_delay_ms;
	int64_t			 next_us;	/* no deadline is earlier; INT64_MAX: none */
	struct gw_cgroup_answer	*answers;	/* room for every ticket that waits */
	size_t			 n_answers, cap_answers, n_tickets;
};

void	gw_coord_init(struct gw_coord *gs, struct gw_alloc *alloc, struct gw_rng *rng,
	    int initial_delay_ms);
void	gw_coord_fini(struct gw_coord *gs);

struct gw_cgroup	*gw_cgroup_find(const struct gw_coord *gs, struct gw_slice name);
/* Find or make an empty one; NULL: out of memory. */
struct gw_cgroup	*gw_cgroup_make(struct gw_coord *gs, struct gw_slice name);
void		 gw_cgroup_drop(struct gw_coord *gs, struct gw_cgroup *g);
/* Somebody is in it. */
bool		 gw_cgroup_is_used(const struct gw_cgroup *g);
/* "Empty", "PreparingRebalance", ...; of a KIP-848 group its own. */
const char	*gw_cgroup_phase_name(const struct gw_cgroup *g);
struct gw_cmember *gw_cgroup_member(const struct gw_cgroup *g, struct gw_slice id);
/* The member's metadata for the chosen protocol, or its first one. */
struct gw_slice	 gw_cmember_metadata(const struct gw_cgroup *g, const struct gw_cmember *m);

/* ---- what members ask ---- */

struct gw_join {
	struct gw_slice			 group, member_id, instance, client_id, client_host;
	struct gw_slice			 protocol_type;
	const struct gw_protocol	*protocols;
	size_t				 n_protocols;
	int32_t				 session_ms, rebalance_ms;
	bool				 id_required;	/* v4 on: a new one is given its id first */
	bool				 can_skip;	/* v9 on: knows SkipAssignment */
};

/* 0 or GW_ENOMEM; then no answer comes. Answers may be there at once. */
int	gw_cgroup_join(struct gw_coord *gs, const struct gw_join *in, uint64_t ticket,
	    int64_t now_us) GW_CHECK_RESULT;

struct gw_identity {			/* who says it, and in which generation */
	struct gw_slice	group, member_id, instance;	/* instance ptr NULL: none given */
	int32_t		generation;
};
struct gw_sync {
	struct gw_identity	who;
	struct gw_slice		protocol_type, protocol;	/* ptr NULL: not said */
	const struct gw_protocol *assignments;			/* member id and bytes */
	size_t			n_assignments;
};
int	gw_cgroup_sync(struct gw_coord *gs, const struct gw_sync *in, uint64_t ticket,
	    int64_t now_us) GW_CHECK_RESULT;

/* Kafka's error or 0. */
int16_t	gw_cgroup_heartbeat(struct gw_coord *gs, const struct gw_identity *who, int64_t now_us);
int16_t	gw_cgroup_leave(struct gw_coord *gs, struct gw_slice group, struct gw_slice member_id,
	    struct gw_slice instance,
	    int64_t now_us);
/* May this member (or, with generation < 0 and no members, anybody) commit? */
int16_t	gw_cgroup_may_commit(struct gw_coord *gs, const struct gw_identity *who, int64_t now_us);

/* The caller of a waiting ticket is gone. */
void	gw_coord_forget(struct gw_coord *gs, uint64_t ticket);
/* Let time pass. Call when now >= next_us. */
void	gw_coord_tick(struct gw_coord *gs, int64_t now_us);
/* The next answer: 1, or 0. Its pointers live until the next call on gs. */
int	gw_coord_next_answer(struct gw_coord *gs, struct gw_cgroup_answer *a);

/* ---- committed offsets ---- */

/* 0 or GW_ENOMEM (unchanged). metadata ptr NULL: null. */
int	gw_cgroup_set_offset(struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic,
	    const struct gw_committed *o,
	    struct gw_slice metadata) GW_CHECK_RESULT;
const struct gw_committed *gw_cgroup_offset(const struct gw_cgroup *g, struct gw_slice topic,
	    int32_t partition);
/* False: there was none. */
bool	gw_cgroup_forget_offset(struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic,
	    int32_t partition);
void	gw_cgroup_forget_topic(struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic);

/* ---- between group_*.c ---- */
void	gw_cmember_free(struct gw_coord *gs, struct gw_cmember *m);
/* It lives: its session begins anew. */
void	gw_cmember_touch(struct gw_coord *gs, struct gw_cmember *m, int64_t now_us);
struct gw_cmember *gw_cgroup_by_instance(const struct gw_cgroup *g, struct gw_slice instance);
struct gw_pending_member *gw_cgroup_find_pending(struct gw_cgroup *g, struct gw_slice id);
/* What stands against a known member's request, or 0 with *m. */
int16_t	gw_cgroup_identify(const struct gw_cgroup *g, struct gw_slice member_id,
	    struct gw_slice instance, struct gw_cmember **m);
void	gw_cgroup_remove_member(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m);
int	gw_cmember_set_protocols(struct gw_coord *gs, struct gw_cmember *m,
	    const struct gw_protocol *p, size_t n)
	    GW_CHECK_RESULT;
void	gw_cgroup_forget_offsets(struct gw_coord *gs, struct gw_cgroup *g);
void	gw_coord_at(struct gw_coord *gs, int64_t deadline_us);	/* note a deadline */
/* Answer a ticket: m and g of a good one, else the error. */
void	gw_coord_answer_join(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m,
	    int16_t error);
void	gw_coord_answer_sync(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m,
	    int16_t error);
/* Take a ticket: there will be room for its answer. Then refuse it at once, maybe with an id. */
int	gw_coord_ticket(struct gw_coord *gs) GW_CHECK_RESULT;
void	gw_coord_refuse(struct gw_coord *gs, uint64_t ticket, bool is_sync, int16_t error,
	    const char *member_id);
void	gw_cgroup_prepare(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us);
void	gw_cgroup_try_complete(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us);
bool	gw_cgroup_agrees(const struct gw_cgroup *g, struct gw_slice type,
	    const struct gw_protocol *p, size_t n);
/* A vote now would end as the last one did. */
bool	gw_cgroup_still_chooses(const struct gw_cgroup *g);

#endif
