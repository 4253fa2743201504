/* SPDX-License-Identifier: MIT
 *
 * client/cluster.h - what is known of the cluster: brokers, topics and their leaders, coordinators.
 * Source: KIP-899 and KIP-1102 (back to the bootstrap addresses), KIP-320 (leader epochs).
 *
 * Brokers and topics, once known, live as long as the client: pointers to them stay good.
 */
#ifndef GW_CLIENT_CLUSTER_H
#define GW_CLIENT_CLUSTER_H

#include "client/conn.h"

#define GW_IN_FLIGHT_MAX	5	/* Produce requests under way to a broker; Java's default */

/*
 * Requests that a broker may hold back for long have a connection of their own. One aside is only
 * opened when the general one is stuck: a broker answers in order, and acks=all may wait for a dead
 * follower.
 */
enum gw_role { GW_ROLE_GENERAL, GW_ROLE_FETCH, GW_ROLE_GROUP, GW_ROLE_ASIDE, GW_ROLES };

/* KIP-227: the broker remembers what a fetcher wants; only changes are sent. */
struct gw_fetch_session {
	int32_t		id, epoch;	/* epoch 0: to be opened, in place of id if there is one */
	uint64_t	serial;		/* our own number of it, in gw_cpart.session */
	bool		under_way;
	int64_t		retry_at_us;
};

struct gw_broker {
	struct gw_broker	*next;
	int32_t			 node_id;	/* -1: only a bootstrap address so far */
	char			*host, *rack;	/* rack may be NULL */
	uint16_t		 port;
	bool			 is_bootstrap;
	bool			 is_known;	/* named by the last metadata */
	struct gw_conn		 conns[GW_ROLES];
	struct gw_fetch_session	 session;
	unsigned		 n_produces;	/* Produce requests under way */
};

struct gw_leader {
	int32_t	node_id;	/* -1: none now */
	int32_t	epoch;		/* -1: not told */
	int16_t	error;
};

struct gw_ptopic;		/* producer.h */

struct gw_topic {
	struct gw_topic		*next;
	char			*name;
	size_t			 name_len;
	unsigned		 n_users;	/* > 0: metadata asks for it */
	bool			 may_create;	/* produced to or read: the broker may make it */
	bool			 is_new;	/* not asked for since somebody uses it */
	bool			 known;		/* it was answered well at least once */
	struct gw_uuid		 id;		/* zeroes: not told (brokers before 2.8) */
	int16_t			 error;		/* Kafka's, of the last answer */
	unsigned		 n_errors;	/* in a row */
	int32_t			 n_partitions;
	struct gw_leader	*leaders;	/* n_partitions */
	struct gw_ptopic	*producer;	/* NULL: nothing was sent to it */
};

struct gw_coordinator {
	struct gw_coordinator	*next;
	char			*key;		/* of a group, or a transactional.id */
	int8_t			 key_type;	/* FindCoordinator: 0 group, 1 transaction */
	int32_t			 node_id;	/* -1: not known */
	bool			 under_way;
	struct gw_conn		*conn;		/* of the request under way */
	int64_t			 retry_at_us;
	unsigned		 n_errors;
	int			 fatal;		/* Kafka's code that no retry cures; 0 */
};

struct gw_cluster {
	struct gw_broker	*brokers;
	size_t			 n_bootstrap;
	unsigned		 next_broker;	/* where the search for any broker begins */
	bool			 connected_once;
	unsigned		 n_rounds;	/* every bootstrap address failed, so many times */
	unsigned		 n_failed;	/* of this round */
	struct gw_err		 connect_err;	/* of the last of them */

	struct gw_topic		*topics;
	char			*cluster_id;
	int32_t			 controller;	/* -1: not known */
	bool			 metadata_wanted, metadata_under_way, metadata_known;
	bool			 metadata_has_new;	/* some topic is_new */
	bool			 metadata_is_partial;	/* the last request named new topics only */
	uint64_t		 metadata_seq;	/* grows with each answer */
	int16_t			 metadata_version;	/* of the last answer; 0: none yet */
	unsigned		 metadata_errors;
	int64_t			 metadata_retry_us, metadata_refresh_us;
	int64_t			 metadata_asked_us;	/* when it was last asked for */
	/* when the last answer's request went out */
	int64_t			 metadata_true_us;
	struct gw_conn		*metadata_conn;		/* that it is under way on */

	struct gw_coordinator	*coordinators;

	/* Finalized features, of the newest epoch that a broker told (KIP-584). */
	int64_t			 features_epoch;	/* -1: not told yet */
	int16_t			 transaction_version, group_version;
};

int	gw_cluster_init(struct gw_client *c, struct gw_err *err) GW_CHECK_RESULT;
void	gw_cluster_fini(struct gw_client *c);
void	gw_cluster_step(struct gw_client *c);

/* The topic's entry, made if need be; nobody asks for it yet. NULL: out of memory. */
struct gw_topic		*gw_cluster_topic(struct gw_client *c, struct gw_slice name)
			    GW_CHECK_RESULT;
/* One user more, or one less. */
void			 gw_cluster_use_topic(struct gw_client *c, struct gw_topic *t,
			    bool may_create);
void			 gw_cluster_leave_topic(struct gw_topic *t);
/* The topic if it was ever named, else NULL. */
struct gw_topic		*gw_cluster_find_topic(const struct gw_client *c, struct gw_slice name);
/* Leaders changed, or are wanted for the first time: ask soon. */
void			 gw_cluster_refresh(struct gw_client *c);
/* An id is wanted that no topic has: as gw_cluster_refresh(), at once if none were told so far. */
void			 gw_cluster_refresh_ids(struct gw_client *c);
/* silence_us so long a broker has been missed: ask from time to time whether it is still there. */
void			 gw_cluster_look(struct gw_client *c, int64_t silence_us);
/* Kafka gave a nearer truth than metadata did (KIP-951). */
void			 gw_cluster_new_leader(struct gw_topic *t, int32_t partition,
			    int32_t node_id, int32_t epoch);

/* NULL: none of that id is known. */
struct gw_broker	*gw_cluster_broker(const struct gw_client *c, int32_t node_id);
/* The leader of a partition, or NULL (then metadata is asked for). */
struct gw_broker	*gw_cluster_leader(struct gw_client *c, const struct gw_topic *t,
			    int32_t partition);
/* A connection to any broker that takes requests now, or NULL (one is being opened). */
struct gw_conn		*gw_cluster_any(struct gw_client *c);
/*
 * A group's coordinator, or NULL while it is asked for; *fatal gets Kafka's code when there will be
 * none (authorization, an invalid name). NULL with *fatal GW_ENOMEM: out of memory.
 */
struct gw_broker	*gw_cluster_coordinator(struct gw_client *c, const char *group, int *fatal);
void			 gw_cluster_coordinator_lost(struct gw_client *c, const char *group);
/* The same for a transactional.id. */
struct gw_broker	*gw_cluster_txn_coordinator(struct gw_client *c, const char *id,
			    int *fatal);
void			 gw_cluster_txn_coordinator_lost(struct gw_client *c, const char *id);

/* Every connection: forget an owner that is about to go. */
void	gw_cluster_forget(struct gw_client *c, const void *owner);
/* A connection failed for good this time; called by conn.c. */
void	gw_cluster_conn_failed(struct gw_client *c, struct gw_conn *conn);
void	gw_cluster_conn_opened(struct gw_client *c, struct gw_conn *conn);

/* Retry pause before attempt n (1: the first retry): doubled, capped, 20 % jitter. */
int64_t	gw_backoff_us(struct gw_client *c, unsigned n);
int64_t	gw_reconnect_backoff_us(struct gw_client *c, unsigned n);

#endif
