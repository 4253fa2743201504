/* SPDX-License-Identifier: MIT
 *
 * broker/broker.h - the embedded broker: one node, durable, the real protocol. Replication is
 * Apache Kafka's job; on one machine, for the first run, tests and edge boxes, this one speaks to
 * any client.
 *
 * A state machine like the client: it offers descriptors and a deadline, and moves in process().
 * No thread; sync goes through the fs seam.
 */
#ifndef GW_BROKER_H
#define GW_BROKER_H

#include <poll.h>

#include "base/env.h"

struct gw_broker;

/* When an acknowledgement with acks=all is given, and how far consumers may read. */
enum gw_fsync {
	GW_FSYNC_ALWAYS,	/* after fdatasync; many waiters share one. Survives a power cut */
	GW_FSYNC_BATCH,		/* at once; synced every fsync_interval_ms. A power cut may take
				   that much, a killed process nothing */
	GW_FSYNC_NEVER		/* at once; the system writes when it likes. A killed process loses
				   nothing */
};

/* Somebody to be let in from now on. */
struct gw_broker_user {
	const char	*name;
	struct gw_slice	 password;	/* ptr NULL: not any more */
};

struct gw_broker_options {
	struct gw_addr	 listen;		/* port 0: any free one */
	const char	*advertised_host;	/* NULL: the listen address */
	const char	*dir;			/* made if missing, locked while open */
	enum gw_fsync	 fsync;
	int		 fsync_interval_ms;	/* 100 */
	int32_t		 num_partitions;	/* of auto-created topics: 1 */
	bool		 auto_create_topics;	/* true, as Apache Kafka */
	int64_t		 segment_bytes;		/* 128 MiB */
	int64_t		 retention_ms;		/* 7 days; a topic's retention.ms goes first */
	int64_t		 retention_bytes;	/* -1: no limit */
	int32_t		 message_max_bytes;	/* 1 MiB + 12, as Apache Kafka */
	size_t		 connections_max;	/* 1024 */
	int64_t		 connections_max_idle_ms;	/* 10 minutes */
	int		 initial_rebalance_delay_ms;	/* 0 */
	/* Stored as salted hashes, and kept over restarts; borrowed while the broker opens. */
	const struct gw_broker_user *users;
	size_t		 n_users;
	int32_t		 transaction_max_timeout_ms;	/* 15 minutes, as Apache Kafka */
	int16_t		 transaction_version;	/* the finalized feature: 0, 1, 2 (KIP-890); 2 */
	int16_t		 group_version;	/* the finalized feature: 0, 1 (KIP-848); 1 */
	int		 consumer_session_ms;	/* of KIP-848 groups: 45000, as Apache Kafka */
	int		 consumer_heartbeat_ms;	/* and how often their members speak: 5000 */
	/* play this release of Apache Kafka ("2.1"); NULL: offer all */
	const char	*as_version;
};

struct gw_broker_options gw_broker_defaults(void);

/*
 * Open the log (recover what a crash left: only the torn tail of a last segment is cut), bind.
 * NULL with err: GW_EBUSY (port or directory in use), GW_ECORRUPT (a sealed segment is damaged:
 * says which and what to do), GW_EIO, GW_ENOSPC, GW_EINVAL (not loopback although nobody needs to
 * log in; a user or password that cannot be).
 */
struct gw_broker	*gw_broker_new(struct gw_env *env, const struct gw_broker_options *o,
	    struct gw_err *err);
/* Where it listens. */
struct gw_addr		 gw_broker_addr(const struct gw_broker *b);

/* As gw_pollfds() of gridwire.h; *deadline_us is absolute on the env's clock, INT64_MAX: none. */
size_t	gw_broker_pollfds(struct gw_broker *b, struct pollfd *fds, size_t cap,
	    int64_t *deadline_us);
/* 0, or GW_E* when it cannot go on (a failed fsync is such: the disk's state is unknown). */
int	gw_broker_process(struct gw_broker *b, const struct pollfd *fds, size_t n);

/*
 * Clean stop: sync all, write the clean-shutdown mark, answer who still waits, close. The broker is
 * gone after it. 0 or GW_E*.
 */
int	gw_broker_close(struct gw_broker *b, struct gw_err *err);
/* Drop it as a crash would: nothing is synced or marked. For the simulator and for errors. */
void	gw_broker_abandon(struct gw_broker *b);

struct gw_broker_stats {
	uint64_t	connections, requests, records_in, bytes_in, bytes_out;
	uint64_t	produce_requests, produce_errors;	/* errors: partitions refused */
	uint64_t	fetch_requests, fetch_bytes;		/* bytes: of records, as stored */
	uint64_t	syncs, sync_waits;	/* waits: nothing else was done meanwhile */
	uint64_t	txns_committed, txns_aborted;		/* ended since the start */
	size_t		txns_open;
	size_t		topics, partitions, groups, connections_open;
};
void	gw_broker_get_stats(const struct gw_broker *b, struct gw_broker_stats *out);

/* Where a partition begins and ends, and how many its topic has. */
struct gw_broker_ends {
	const char	*topic;
	int32_t		 partition, n_partitions;
	int64_t		 start, end;
};
void	gw_broker_each_partition(const struct gw_broker *b,
	    void (*each)(void *arg, const struct gw_broker_ends *e), void *arg);

/* Where a group stands; all partitions of one group follow each other. */
struct gw_broker_committed {
	const char	*group;
	size_t		 n_members;
	struct gw_slice	 topic;
	int32_t		 partition;
	int64_t		 offset, lag;		/* lag -1: the partition is no more */
};
void	gw_broker_each_committed(const struct gw_broker *b,
	    void (*each)(void *arg, const struct gw_broker_committed *c), void *arg);

struct gw_hist;
/* How long each sync took, in microseconds. */
const struct gw_hist	*gw_broker_sync_times(const struct gw_broker *b);

#endif
