/* SPDX-License-Identifier: MIT
 *
 * client/group.h - membership in a consumer group, by either protocol, and commits.
 * Source: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, ConsumerGroupHeartbeat, OffsetCommit (JSON);
 * ConsumerProtocol*.json; KIP-345 (static members), KIP-394 (MEMBER_ID_REQUIRED), KIP-62
 * (max.poll.interval.ms), KIP-429 (cooperative rebalancing), KIP-848, KIP-1082 (member ids).
 *
 * group.c has what both protocols share; group_topics.c the subscription, by names and by pattern;
 * group_target.c goes from the partitions that are owned to those that were given; commit.c
 * commits.
 *
 * Classic: NONE -> JOINING -> SYNCING -> STABLE; what ends a generation leads back to JOINING.
 * Partitions are given back before joining again (eager), after the commits under way were
 * answered; with cooperative-sticky alone they stay, and only what went to others is given back,
 * after SYNCING. group_classic.c has the states, group_join.c the two requests that make a
 * generation, assignor*.c the leader's work.
 *
 * KIP-848: NONE -> JOINING (epoch 0) -> STABLE, and SYNCING while what is owned differs from what
 * was given. One request, group_consumer.c.
 */
#ifndef GW_CLIENT_GROUP_H
#define GW_CLIENT_GROUP_H

#include "client/cluster.h"
#include "client/configuration.h"

struct gw_cpart;
struct gw_pattern;

struct gw_group_topic {
	struct gw_group_topic	*next;
	struct gw_topic		*topic;
	bool			 by_pattern;	/* not named: it goes when it no longer matches */
	bool			 seen;		/* in the answer being read */
};

enum gw_group_protocol { GW_PROTOCOL_UNDECIDED, GW_PROTOCOL_CLASSIC, GW_PROTOCOL_CONSUMER };

struct gw_group {
	char			*id;		/* of gw_subscribe(); NULL: none */
	bool			 subscribed;
	enum gw_group_protocol	 protocol;
	enum gw_group_state	 state;
	char			*member_id;	/* NULL: none yet */
	int32_t			 generation;	/* KIP-848: the member's epoch; -1: none */
	bool			 stalled;	/* left for want of gw_fetch() */
	bool			 heartbeat_out;
	int64_t			 heartbeat_at_us;	/* next one */
	bool			 fetching;	/* in gw_fetch(), however long it takes */
	int64_t			 polled_us;	/* end of the last one */
	int64_t			 retry_at_us;
	unsigned		 n_errors;
	bool			 leaving, leave_out, left;
	int			 fatal;		/* fenced, not authorized: no more joining */

	/* the subscription: group_topics.c */
	struct gw_group_topic	*topics;
	char			*pattern_text;	/* of all patterns; NULL: none */
	struct gw_pattern	*pattern;
	bool			 looked_up;	/* once, for the pattern */
	bool			 lookup_out;
	int64_t			 lookup_at_us;	/* GW_NEVER_US: not wanted */
	unsigned		 lookup_errors;

	/* on the way to what was given: group_target.c */
	bool			 moving;
	int64_t			 revoke_by_us;	/* then commits under way no longer matter */

	/* classic */
	enum gw_strategy	 strategy;	/* of this generation */
	bool			 under_way;	/* JoinGroup or SyncGroup is out */
	bool			 rejoin;	/* STABLE: again, once commits are settled */
	bool			 is_leader;
	int32_t			 owned_generation;	/* that gave what is owned; -1: none */
	struct gw_buf		 join_frame;	/* the leader's answer, until it assigned */
	struct gw_slice		 join_bytes;
	int16_t			 join_version;
	uint64_t		 topics_hash;	/* of partition counts, when it assigned */
	struct gw_buf		 blob;		/* encoded subscription or assignments */

	/* KIP-848 */
	uint64_t		 life;		/* grows when a membership begins: older answers
						   are void */
	uint64_t		 asked_life;
	bool			 tell_all, tell_topics, tell_owned;	/* in the next heartbeat */
	struct gw_buf		 given;		/* struct gw_given, as the coordinator said last */
	size_t			 n_unnamed;	/* of them, whose topic's name is not known yet */
	uint64_t		 named_seq;	/* metadata_seq when they were looked for */
	int64_t			 heartbeat_ms;	/* the coordinator's wish */
	int64_t			 eager_ms;	/* until the next one while nothing was given */
	bool			 told_less;	/* than what was given: nothing is taken until
						   the answer */
	bool			 said_unreleased;

	/* commits */
	bool			 commit_out;
	int32_t			 commit_generation;	/* of the request that is out */
	int64_t			 commit_retry_us;
	unsigned		 commit_errors;
	struct gw_err		 commit_err;		/* for gw_commit_wait(); code 0: none */
};

struct gw_given {
	struct gw_uuid	topic_id;
	int32_t		partition;
};

void	gw_group_init(struct gw_client *c);
void	gw_group_fini(struct gw_client *c);
void	gw_group_step(struct gw_client *c);
/* Around gw_fetch(). */
void	gw_group_fetch_begin(struct gw_client *c);
void	gw_group_fetch_end(struct gw_client *c);
/* Begin to leave; gw_group_left() tells when it is done, or not worth waiting for. */
void	gw_group_leave(struct gw_client *c);
bool	gw_group_left(const struct gw_client *c);
/* The group to commit to and read commits of; NULL: none. */
const char *gw_group_id(const struct gw_client *c);
/* A member that the coordinator knows: its commits are in order. */
bool	gw_group_is_member(const struct gw_client *c);

/* For the group's own files. */
/* Take all partitions back from the application. */
void	gw_group_revoke(struct gw_client *c, const char *why);
void	gw_group_retry_later(struct gw_client *c);
/* Tell that the coordinator answered UNKNOWN_MEMBER_ID to a member. */
void	gw_group_forgotten(struct gw_client *c);
/* No more joining: GW_EFENCED or Kafka's code; said (may be null) is the broker's own text. */
void	gw_group_give_up(struct gw_client *c, int code, const char *doing, struct gw_slice said);
int	gw_group_set_member(struct gw_client *c, struct gw_slice id);
/* When gw_fetch() must have been called, at last. */
int64_t	gw_group_stalls_at(const struct gw_client *c);
/* The application does not fetch, somebody else may have its partitions: give them back. */
void	gw_group_stall(struct gw_client *c);

/* group_topics.c */
void	gw_group_topics_fini(struct gw_client *c);
int	gw_group_add_name(struct gw_client *c, const char *name);
/* Another alternative of the pattern; GW_EINVAL, GW_ELIMIT (err filled). */
int	gw_group_add_pattern(struct gw_client *c, const char *text, struct gw_err *err);
/* Which topics the pattern means, and the names of ids that the coordinator gave. */
void	gw_group_topics_step(struct gw_client *c);
void	gw_group_look_up(struct gw_client *c);	/* now */
/* Of the topics' partition counts: the leader assigns anew when it changes. */
uint64_t gw_group_topics_hash(const struct gw_client *c);

/* group_target.c: what is owned now, by topic, each once; of the scratch arena. NULL: no memory. */
struct gw_owned {
	const struct gw_topic	*topic;
	int32_t			*partitions;
	size_t			 n;		/* at least 1 */
};
const struct gw_owned *gw_group_owned(struct gw_client *c, size_t *n_topics);

/* group_target.c: begin, add each, then reach on every turn until it says true. */
void	gw_group_target_begin(struct gw_client *c);
int	gw_group_target_add(struct gw_client *c, struct gw_topic *t, int32_t partition);
bool	gw_group_target_reach(struct gw_client *c, bool *revoked);

/* group_classic.c */
/* The generation is over: join again. lost: the partitions may be somebody else's already. */
void	gw_group_rejoin(struct gw_client *c, bool lost);
void	gw_classic_step(struct gw_client *c, struct gw_broker *b);
void	gw_classic_leave(struct gw_client *c, struct gw_broker *b, const char *reason);
/* Only cooperative-sticky is spoken: partitions stay while joining. */
bool	gw_classic_is_cooperative(const struct gw_client *c);
/* group_join.c: JoinGroup or SyncGroup, as the state wants. */
void	gw_group_join_step(struct gw_client *c, struct gw_conn *conn);

/* group_consumer.c */
void	gw_consumer_protocol_step(struct gw_client *c, struct gw_broker *b);
void	gw_consumer_protocol_leave(struct gw_client *c, struct gw_broker *b);
/* Epoch 0: what was owned is gone, a membership begins. */
void	gw_consumer_protocol_begin(struct gw_client *c);
/* The subscription changed; or the epoch is wanted soon, for a commit that came with an old one. */
void	gw_consumer_protocol_hurry(struct gw_client *c, bool topics);

/* commit.c */
void	gw_commits_step(struct gw_client *c);
bool	gw_commits_pending(const struct gw_client *c);
/* Commits that can no longer be made: of one partition, or of all. */
void	gw_commit_drop(struct gw_client *c, struct gw_cpart *p, const char *why);
void	gw_commits_drop(struct gw_client *c, const char *why);

#endif
