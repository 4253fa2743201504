/* SPDX-License-Identifier: MIT
 *
 * client/consumer.h - partitions that are read: where each stands, fetching ahead, handing out.
 * Source: KIP-227 (fetch sessions), KIP-320 (leader epochs), KIP-392 (nearest replica), KIP-98
 * (control batches, read_committed).
 *
 * consumer.c has the public calls, consumer_offsets.c finds where to begin, consumer_epochs.c sees
 * that it is still the same log, fetcher.c asks the brokers, fetched.c hands out. One fetch a
 * broker is under way, and it is sent as soon as the answer before it is begun to be read.
 */
#ifndef GW_CLIENT_CONSUMER_H
#define GW_CLIENT_CONSUMER_H

#include "client/cluster.h"
#include "wire/record_batch.h"

enum gw_cpart_state {
	GW_CPART_OFFSET_WANTED,		/* where to begin is not known: "from" says what to ask */
	GW_CPART_OFFSET_ASKED,
	GW_CPART_CHECK_ASKED,		/* whether the log is still the one that was read */
	GW_CPART_READY
};

struct gw_cpart {
	struct gw_cpart		*next;
	struct gw_topic		*topic;
	int32_t			 index;
	bool			 assigned, paused;
	bool			 given;		/* by the group: group_target.c */
	bool			 leaving;	/* about to be given back: nothing is handed out */
	enum gw_cpart_state	 state;
	int64_t			 from;		/* enum gw_offset */
	uint64_t		 life;		/* grows when what is under way for it is void */
	int64_t			 position;	/* to be handed out next; -1: not known */
	int64_t			 fetch_at;	/* to be asked for next */
	int32_t			 epoch;		/* of the record before position; -1: not known */
	int32_t			 fetch_epoch;	/* of the record before fetch_at */
	int32_t			 checked_epoch;	/* leader's, when fetch_at was last checked */
	int64_t			 high_watermark, last_stable;	/* -1: not known */
	int64_t			 retry_at_us;
	unsigned		 n_errors;	/* in a row */
	int32_t			 replica;	/* to read from instead of the leader; -1: none */
	int64_t			 replica_until_us;
	/* as the fetch session of a broker has it */
	uint64_t		 session;	/* 0: in none */
	int64_t			 session_at;
	int32_t			 session_epoch;
	/* of the request that is out */
	uint64_t		 asked_life;
	int32_t			 asked_node;
	/* commits: commit.c */
	int64_t			 committed;	/* acknowledged; -1: none */
	int64_t			 commit_at;	/* wanted; -1: none */
	int64_t			 commit_sent;	/* under way; -1: none */
	int32_t			 commit_epoch;	/* of the record before commit_at, or commit_sent */
	/* commits in the open transaction: txn_offsets.c */
	int64_t			 txn_offset;	/* -1: none */
	int32_t			 txn_epoch;
	bool			 txn_sent;	/* the group's coordinator has it */
	uint64_t		 assignment;	/* grows each time it is assigned */
};

struct gw_fetched_part {
	struct gw_cpart		*part;
	uint64_t		 life;
	struct gw_slice		 records;	/* whole batches */
	int64_t			 next_offset;
	/* of the record before next_offset; -1: not known */
	int32_t			 epoch;
	int64_t			 high_watermark;
	struct gw_aborted	*aborted;	/* n_aborted, sorted; read_committed */
	size_t			 n_aborted;
};

struct gw_aborted {
	int64_t	producer_id, first_offset;
};

/* One answer, with the frame its records borrow from. */
struct gw_fetched {
	struct gw_fetched	*next;
	struct gw_broker	*broker;
	struct gw_buf		 frame;
	struct gw_aborted	*aborted;	/* of all parts */
	size_t			 n, at;		/* parts; 1 + handed out so far, 0: not begun */
	struct gw_fetched_part	 parts[];
};

struct gw_batch {
	struct gw_client	*client;
	struct gw_cpart		*part;
	struct gw_slice		 rest;		/* batches that were not begun */
	struct gw_batch_iter	 it;
	bool			 begun;
	bool			 live;
	int			 error;		/* reading cannot go on */
	/* then: the offset behind what cannot be read; -1 */
	int64_t			 unreadable;
	int64_t			 from;		/* records before were not asked for */
	int64_t			 next_offset, high_watermark;
	int32_t			 epoch;		/* of the record before next_offset */
	uint64_t		 assignment;	/* of part, when it was handed out */
	struct gw_buf		 scratch;
	const struct gw_aborted	*aborted;
	size_t			 n_aborted, next_aborted;
	int64_t			*skipping;	/* producer ids whose transaction was aborted */
	size_t			 n_skipping, skipping_cap;
};

struct gw_consumer {
	struct gw_cpart		*parts;		/* all that were ever assigned */
	size_t			 n_assigned;
	bool			 by_hand;	/* gw_assign() was used */
	struct gw_fetched	*first, *last;
	struct gw_batch		 batch;
	struct gw_buf		 spare;		/* of a frame that is done with */
	uint64_t		 sessions;	/* serial numbers given so far */
	struct gw_err		 err;		/* for the next gw_fetch(); code 0: none */
};

void	gw_consumer_init(struct gw_client *c);
void	gw_consumer_fini(struct gw_client *c);
void	gw_consumer_step(struct gw_client *c);

/* The partition's entry, made if need be; NULL: out of memory. */
struct gw_cpart	*gw_cpart_get(struct gw_client *c, struct gw_topic *t, int32_t index);
struct gw_cpart	*gw_cpart_find(const struct gw_client *c, struct gw_slice topic, int32_t index);
void	gw_cpart_assign(struct gw_client *c, struct gw_cpart *p, int64_t from);
void	gw_cpart_unassign(struct gw_client *c, struct gw_cpart *p);
/* Go on at an offset (>= 0) or one of enum gw_offset. What is under way becomes void. */
void	gw_cpart_seek(struct gw_client *c, struct gw_cpart *p, int64_t offset);
/* Try it again after a pause. */
void	gw_cpart_retry_later(struct gw_client *c, struct gw_cpart *p);
/* What the next gw_fetch() returns. */
void	gw_consumer_fail(struct gw_client *c, int code, const char *fmt, ...) GW_PRINTF(3, 4);

/* consumer_offsets.c */
void	gw_offsets_step(struct gw_client *c);
/* An offset that is not there: as auto.offset.reset says. */
void	gw_cpart_reset(struct gw_client *c, struct gw_cpart *p, const char *why);
/* The version of Fetch that checks by itself whether the log was cut. */
#define GW_FETCH_CHECKS_MIN	12
/* consumer_epochs.c (KIP-320): ask leaders before Fetch v12 whether the log was cut. */
void	gw_epochs_step(struct gw_client *c);
/* Fetch must not go to b before its versions are known: they decide who checks. */
bool	gw_epochs_wait(struct gw_client *c, const struct gw_broker *b);
/* The log that was read ended in this epoch at end_offset (-1: not known where). */
void	gw_cpart_diverged(struct gw_client *c, struct gw_cpart *p, int32_t epoch,
	    int64_t end_offset);
/* fetcher.c */
void	gw_fetcher_step(struct gw_client *c);
struct gw_broker *gw_cpart_source(struct gw_client *c, const struct gw_cpart *p);
/* fetched.c */
void	gw_fetched_free(struct gw_client *c, struct gw_fetched *f);
/* Take the next part with records into c->consumer.batch; NULL: none is there. */
struct gw_batch	*gw_fetched_next(struct gw_client *c);

#endif
