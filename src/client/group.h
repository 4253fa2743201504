/* SPDX-License-Identifier: MIT
 *
 * client/group.h - membership in a consumer group by the classic protocol, and commits.
 * Source: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit (JSON); ConsumerProtocol*.json;
 * KIP-345 (static members), KIP-394 (MEMBER_ID_REQUIRED), KIP-62 (max.poll.interval.ms).
 *
 * NONE -> JOINING -> SYNCING -> STABLE; what ends a generation leads back to JOINING. Partitions
 * are given back before joining again (eager), after the commits under way were answered. group.c
 * has the states, group_join.c the two requests that make a generation, assignor.c the leader's
 * work, commit.c the offsets.
 */
#ifndef GW_CLIENT_GROUP_H
#define GW_CLIENT_GROUP_H

#include "client/cluster.h"

struct gw_group_topic {
	struct gw_group_topic	*next;
	struct gw_topic		*topic;
};

struct gw_group {
	char			*id;		/* of gw_subscribe(); NULL: none */
	bool			 subscribed;
	struct gw_group_topic	*topics;
	enum gw_group_state	 state;
	bool			 under_way;	/* JoinGroup or SyncGroup is out */
	bool			 rejoin;	/* STABLE: again, once commits are settled */
	int64_t			 revoke_by_us;	/* then they no longer matter */
	bool			 stalled;	/* left for want of gw_fetch() */
	char			*member_id;	/* NULL: none yet */
	int32_t			 generation;	/* -1: none */
	bool			 is_leader;
	struct gw_buf		 join_frame;	/* the leader's answer, until it assigned */
	struct gw_slice		 join_bytes;
	int16_t			 join_version;
	uint64_t		 topics_hash;	/* of partition counts, when it assigned */
	struct gw_buf		 blob;		/* encoded subscription or assignments */
	bool			 heartbeat_out;
	int64_t			 heartbeat_at_us;	/* next one */
	int64_t			 heard_us;		/* last sign of the coordinator */
	int64_t			 polled_us;		/* last gw_fetch() */
	int64_t			 retry_at_us;
	unsigned		 n_errors;
	bool			 leaving, leave_out, left;
	int			 fatal;		/* fenced, not authorized: no more joining */
	/* commits */
	bool			 commit_out;
	int64_t			 commit_retry_us;
	unsigned		 commit_errors;
	struct gw_err		 commit_err;		/* for gw_commit_wait(); code 0: none */
};

void	gw_group_init(struct gw_client *c);
void	gw_group_fini(struct gw_client *c);
void	gw_group_step(struct gw_client *c);
/* gw_fetch() was called. */
void	gw_group_polled(struct gw_client *c);
/* Begin to leave; gw_group_left() tells when it is done, or not worth waiting for. */
void	gw_group_leave(struct gw_client *c);
bool	gw_group_left(const struct gw_client *c);
/* The group to commit to and read commits of; NULL: none. */
const char *gw_group_id(const struct gw_client *c);

/* For group_join.c and commit.c. */
/* The generation is over: join again. lost: the partitions may be somebody else's already. */
void	gw_group_rejoin(struct gw_client *c, bool lost);
/* Take the partitions back from the application. */
void	gw_group_revoke(struct gw_client *c, const char *why);
void	gw_group_retry_later(struct gw_client *c);
/* No more joining: GW_EFENCED or Kafka's code. */
void	gw_group_give_up(struct gw_client *c, int code, const char *doing);
/* Of the topics' partition counts: the leader assigns anew when it changes. */
uint64_t gw_group_topics_hash(const struct gw_client *c);
int	gw_group_set_member(struct gw_client *c, struct gw_slice id);
/* group_join.c: JoinGroup or SyncGroup, as the state wants. */
void	gw_group_join_step(struct gw_client *c, struct gw_conn *conn);

/* commit.c */
void	gw_commits_step(struct gw_client *c);
bool	gw_commits_pending(const struct gw_client *c);
/* Commits of partitions that were taken away can no longer be made. */
void	gw_commits_drop(struct gw_client *c, const char *why);

#endif
