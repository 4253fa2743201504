/* SPDX-License-Identifier: MIT
 *
 * broker/ngroup.h - the coordinator of KIP-848's consumer groups, a pure state machine beside that
 * of group.h, in whose groups it lives: heartbeats and time go in, epochs and assignments come out;
 * no sockets, files or clock.
 * Source: KIP-848, KIP-1082; ConsumerGroupHeartbeatRequest.json; CurrentAssignmentBuilder.java and
 * the consumer half of GroupMetadataManager.java (Apache Kafka 4.3.1).
 *
 * Every change of members, subscriptions or topics moves the group's epoch, and a target is
 * computed: who is to have what. Each member goes to the target on its own, at its own heartbeats:
 * first it gives up what is not its any more (UNREVOKED), then it takes what others have given up
 * (UNRELEASED while they have not), and carries the target's epoch from there on. So a partition
 * has one owner at any time, and nobody waits for everybody.
 */
#ifndef GW_NGROUP_H
#define GW_NGROUP_H

#include "base/pattern.h"
#include "broker/group.h"
#include "wire/codec.h"

#define GW_NGROUP_JOIN		0	/* epochs that say something else */
#define GW_NGROUP_LEAVE		(-1)
#define GW_NGROUP_LEAVE_STATIC	(-2)

/* ---- sets of partitions ---- */

struct gw_tp {
	struct gw_uuid	topic;
	int32_t		partition;
};
struct gw_tps {				/* rising, each once */
	struct gw_tp	*v;
	size_t		 n, cap;
};

int	gw_tps_add(struct gw_tps *s, struct gw_alloc *alloc, const struct gw_tp *p) GW_CHECK_RESULT;
void	gw_tps_fini(struct gw_tps *s, struct gw_alloc *alloc);
bool	gw_tps_has(const struct gw_tps *s, const struct gw_tp *p);
bool	gw_tps_equal(const struct gw_tps *a, const struct gw_tps *b);
bool	gw_tps_subset(const struct gw_tps *a, const struct gw_tps *of);
/* Make it rise, each once, after v was filled in any order. */
void	gw_tps_sort(struct gw_tps *s);

/* ---- groups ---- */

enum gw_nmember_state { GW_NMEMBER_STABLE, GW_NMEMBER_UNREVOKED, GW_NMEMBER_UNRELEASED };
enum gw_assignor { GW_ASSIGNOR_UNIFORM, GW_ASSIGNOR_RANGE, GW_ASSIGNORS };

struct gw_nmember {
	char			*id, *instance, *rack;	/* the last two: NULL if it has none */
	char			*client_id, *client_host;
	char			*regex;		/* NULL: none */
	struct gw_pattern	*pattern;
	struct gw_slice		*topics;	/* names, rising; one block with their bytes */
	size_t			 n_topics;
	int8_t			 assignor;	/* enum gw_assignor; -1: any */
	int32_t			 rebalance_ms;
	int32_t			 epoch, old_epoch;	/* -2: a static one that will be back */
	enum gw_nmember_state	 state;
	struct gw_tps		 assigned, revoking, target;
	int64_t			 session_deadline_us;
	int64_t			 rebalance_deadline_us;	/* of UNREVOKED; INT64_MAX */
	bool			 dirty;		/* not yet in meta.log as it is */
};

struct gw_ngroup {
	int32_t			  epoch, target_epoch;	/* apart: the target is to be computed */
	uint64_t		  topics_hash;	/* of the topics and sizes of the target */
	uint64_t		  topics_seen;	/* gw_ntopics' moved, when last looked at */
	enum gw_assignor	  assignor;	/* the target's */
	struct gw_nmember	**members;
	size_t			  n_members, cap_members;
	bool			  dirty;
};

/* What there is to assign. */
struct gw_ntopic {
	struct gw_uuid	id;
	struct gw_slice	name;
	int32_t		n_parts;
};
struct gw_ntopics {
	uint64_t	moved;		/* another number whenever topics have changed */
	/* All of them, in any order, alive until the call that asked is over. 0 or GW_ENOMEM. */
	int		(*list)(void *ctx, const struct gw_ntopic **out, size_t *n);
	void		*ctx;
	int		 session_ms;
};

struct gw_nbeat {			/* ptr NULL: not said */
	struct gw_slice		 group, member_id, instance, rack, client_id, client_host;
	struct gw_slice		 assignor, regex;
	int32_t			 epoch, rebalance_ms;	/* rebalance_ms -1: not said */
	const struct gw_slice	*topics;
	size_t			 n_topics;	/* GW_NULL_ARRAY: not said */
	const struct gw_tps	*owned;		/* NULL: not said */
	bool			 own_id;	/* v1 on: members bring their ids (KIP-1082) */
};
struct gw_nbeaten {
	int16_t			 error;		/* Kafka's */
	const char		*why;		/* with an error; NULL: nothing to add */
	const struct gw_nmember	*member;	/* NULL: it has left, or error */
	bool			 tell_assigned;
};

/*
 * One heartbeat: enter, stay, leave. Returns 0 with *out, or GW_ENOMEM. What changed is dirty until
 * gw_ngroup_clean().
 */
int	gw_ngroup_beat(struct gw_coord *gs, const struct gw_nbeat *in,
	    const struct gw_ntopics *topics, int64_t now_us,
	    struct gw_nbeaten *out) GW_CHECK_RESULT;
/* May this member commit or read its offsets? Kafka's error or 0. */
int16_t	gw_ngroup_may_commit(const struct gw_ngroup *ng, struct gw_slice member_id, int32_t epoch);
/* Members whose time is over leave; the next deadlines are noted. */
void	gw_ngroup_tick(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us);
/* After a start: every session begins anew. */
void	gw_ngroup_resume(struct gw_coord *gs, struct gw_cgroup *g, int session_ms, int64_t now_us);
const char *gw_ngroup_phase_name(const struct gw_ngroup *ng);	/* "Empty", "Reconciling", ... */
struct gw_nmember *gw_ngroup_member(const struct gw_ngroup *ng, struct gw_slice id);
/* By name or by its expression. */
bool	gw_nmember_wants(const struct gw_nmember *m, struct gw_slice topic);
struct gw_slice	gw_assignor_name(int8_t assignor);

/* Nothing of it is unsaved any more. */
void	gw_ngroup_clean(struct gw_ngroup *ng);
bool	gw_ngroup_is_dirty(const struct gw_ngroup *ng);
void	gw_ngroup_free(struct gw_coord *gs, struct gw_ngroup *ng);	/* NULL is accepted */

/* ---- between ngroup*.c ---- */
void	gw_nmember_free(struct gw_coord *gs, struct gw_nmember *m);	/* NULL is accepted */
struct gw_ngroup *gw_ngroup_make(struct gw_coord *gs, struct gw_cgroup *g);
int	gw_ngroup_add(struct gw_coord *gs, struct gw_ngroup *ng, struct gw_nmember *m)
	    GW_CHECK_RESULT;
void	gw_ngroup_remove(struct gw_coord *gs, struct gw_ngroup *ng, struct gw_nmember *m);
/* Something changed that the target depends on. */
void	gw_ngroup_bump(struct gw_ngroup *ng);
/* It was heard of: its session ends so much later. */
void	gw_ngroup_touch(struct gw_coord *gs, struct gw_nmember *m, int session_ms, int64_t now_us);
/* Names, sorted and each once, in one block. 0 or GW_ENOMEM. */
int	gw_nmember_set_topics(struct gw_coord *gs, struct gw_nmember *m, const struct gw_slice *t,
	    size_t n) GW_CHECK_RESULT;
/* 0, GW_ENOMEM, or GW_EINVAL: it is no expression. Empty: none. */
int	gw_nmember_set_regex(struct gw_coord *gs, struct gw_nmember *m, struct gw_slice regex)
	    GW_CHECK_RESULT;
/* A new target if topics or members have changed. 0 or GW_ENOMEM with all as before. */
int	gw_ngroup_retarget(struct gw_coord *gs, struct gw_ngroup *ng,
	    const struct gw_ntopics *topics) GW_CHECK_RESULT;

struct gw_ntarget {			/* members and partitions by their place in these lists */
	size_t		 n_members, n_topics, n_parts;
	const uint32_t	*topic_of;	/* of each partition; those of one topic are neighbours */
	const uint8_t	*subscribed;	/* a bit for member * n_topics + topic */
	int32_t		*owner;		/* in: as before, -1 nobody; out */
	uint32_t	*count;		/* per member; scratch */
};
void	gw_ntarget_uniform(struct gw_ntarget *a);
/* Members are in the order of their names. */
void	gw_ntarget_range(struct gw_ntarget *a);

#endif
