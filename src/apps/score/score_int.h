/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_int.h - the scorer's own: its state, and what its files ask of each other.
 *
 *   score_begin.c  STARTING          where to read each partition from
 *   score_read.c   READING           batches into a unit
 *   score_unit.c                     one message: parse, predict, remember what to deliver
 *   score_write.c  SENDING, SYNCING  a unit out of the house, at least once: topic, CSV, offsets
 *                  LEAVING           the last commit's answer
 *   score_txn.c    WRITING, SENDING, ENDING   the same exactly once: CSV, then all in a transaction
 *   score_place.c                    partitions that come and go
 *   score.c        the part of the loop around them
 *
 * Each state's function returns 0 to go on at once, GW_EAGAIN to be called again (at deadline_us at
 * the latest), or a GW_E* or Kafka's code with s->err filled.
 */
#ifndef GW_SCORE_INT_H
#define GW_SCORE_INT_H

#include "apps/score/history.h"
#include "apps/score/score.h"
#include "apps/score/score_start.h"
#include "base/arena.h"
#include "base/buf.h"

enum gw_score_state {
	GW_SCORE_STARTING, GW_SCORE_READING, GW_SCORE_WRITING, GW_SCORE_SENDING, GW_SCORE_SYNCING,
	GW_SCORE_ENDING, GW_SCORE_LEAVING, GW_SCORE_DONE
};

/* One partition. Each offset is the next one; -1: none yet. next >= done >= asked. */
struct gw_score_place {
	int64_t			 next;		/* to be scored */
	int64_t			 done;		/* to be durable */
	int64_t			 asked;		/* commit asked for up to here */
	int64_t			 in_csv;	/* rows before it are in the file already */
	int64_t			 given;		/* to the open transaction */
	bool			 placed;	/* the client's position was compared with next */
	bool			 unmarked;	/* the group has no offset of it at all */
	bool			 warming;	/* reads before next, to remember plays */
	int			 failures;	/* to read what is at next, in a row */
	struct gw_history	*history;	/* NULL: none yet */
};

/* A record that waits to be sent: where its parts are in the unit's bytes. */
struct gw_score_outgoing {
	size_t	key_at, key_len, value_at, value_len;
	const char *sha256;		/* of its model; lives as long as the unit */
	bool	shadow;			/* for shadow_to */
	/* of a dead letter */
	bool	dead, has_key, has_value;
	int32_t	partition;
	int64_t	offset;
	size_t	cut;			/* bytes of its value that are not in it */
	size_t	reason_at, reason_len, why_at, why_len;
};

/* The unit under way. */
struct gw_score_unit {
	size_t				 records;
	uint64_t			 plays, corrected, withdrawn, dead;
	int64_t				 began_us;
	struct gw_buf			 rows, bytes;	/* for the CSV; for the topics */
	struct gw_score_outgoing	*outgoing;
	size_t				 n_outgoing, outgoing_cap, n_sent;
};

/* The transaction of the unit: score_txn.c. */
struct gw_score_txn {
	bool		begun, offsets_given, giving_up;
	bool		ended, retriable;	/* GW_EVENT_TXN came: */
	struct gw_err	why;			/* code 0: as asked */
	bool		fenced;
	/* a partition was taken away since the unit began */
	bool		moved;
	bool		appended, syncing;	/* its rows are in the file; are being synced */
	int64_t		csv_before;		/* the file's length without them */
	bool		csv_unmarked;		/* its length was never committed */
	bool		csv_known;		/* what the file began with is what was committed */
	char		csv_group[256];
	int64_t		retry_us, taken_back_us;
	unsigned	n_aborts;		/* in a row */
};

struct gw_score {
	struct gw_env			*env;
	struct gw_client		*client;
	struct gw_score_options		 o;
	enum gw_score_state		 state;
	struct gw_score_start		 start;
	bool				 stopping, subscribed, assigned, undelivered;
	struct gw_score_place		*places;	/* by partition number */
	size_t				 n_places, places_cap;
	struct gw_arena			 arena;		/* of one message's JSON */
	struct gw_score_unit		 unit;
	struct gw_score_txn		 txn;

	int64_t				 deadline_us;	/* when to go on without an event */
	int64_t				 fetched_us;	/* the last gw_fetch() */
	/* partitions are paused; the disk was full */
	bool				 held, full_told;
	/* when the group left it nothing; 0: it has something */
	int64_t				 nothing_us;
	/* since when nobody has anything; -1: was told */
	int64_t				 unsettled_us;
	int64_t				 ask_us;	/* when to ask what is left then */
	bool				 asking;	/* what the group has committed meanwhile */
	/* offsets that are not; since when so many */
	int64_t				 left, left_us;
	int64_t				 leave_us;	/* when LEAVING began */
	int64_t				 commit_us;	/* LEAVING: not before */
	struct gw_score_stats		 stats;
	struct gw_err			 err;
};

/* score.c. Fills s->err unless that is done; returns code. */
int	gw_score_fail(struct gw_score *s, int code);
/* s->err is the client's; returns code. */
int	gw_score_client_failed(struct gw_score *s, int code);
void	gw_score_notice(struct gw_score *s, const char *fmt, ...) GW_PRINTF(2, 3);
/* What the client has to tell: partitions that come and go, ends of transactions. 0 or GW_E*. */
int	gw_score_events(struct gw_score *s);
/* Wait at most so long. Returns GW_EAGAIN. */
int	gw_score_wait_us(struct gw_score *s, int64_t us);
/*
 * Wait for what is not ours to hasten. When that lasts, partitions are paused, so that the client
 * can be asked for records, as the group wants, and has none. GW_EAGAIN or why it failed.
 */
int	gw_score_hold(struct gw_score *s);
void	gw_score_resume(struct gw_score *s);

/* score_place.c. The place of a partition, made if new; NULL: out of memory. */
struct gw_score_place	*gw_score_place(struct gw_score *s, int32_t partition);
/* s->err says that who is at next, beyond the log's end; returns GW_EDATA. */
int	gw_score_made_anew(struct gw_score *s, int32_t partition, int64_t end, int64_t next,
	    const char *who);
/* Compare the client's positions with ours, where that was not done since the group last moved. */
int	gw_score_place_all(struct gw_score *s);
/* The group took this one: what we knew of it is void. */
void	gw_score_unplace(struct gw_score *s, int32_t partition);
/* Read on at p->next, after a look at the plays before. */
int	gw_score_go_to_next(struct gw_score *s, struct gw_score_place *p, int32_t partition);
void	gw_score_places_free(struct gw_score *s);

/* score_unit.c */
int	gw_score_take_record(struct gw_score *s, int32_t partition, const struct gw_record *r,
	    const struct gw_time *fetched);
/* What cannot be read at all, from one offset up to another. */
int	gw_score_take_unreadable(struct gw_score *s, int32_t partition, int64_t from, int64_t to,
	    const struct gw_err *why);
void	gw_score_unit_clear(struct gw_score *s);
bool	gw_score_enough(const struct gw_score *s);	/* plays_max */
/* Records into the client, as many as it takes. 0: all are in; GW_EAGAIN; GW_E* as of gw_send(). */
int	gw_score_send_unit(struct gw_score *s);
/* Append its rows: 0, GW_EAGAIN (the disk is full) or GW_E*. */
int	gw_score_append_rows(struct gw_score *s);
/* Ask the application: 0, GW_EAGAIN, GW_E*. */
int	gw_score_ask_durable(struct gw_score *s);
/* Count it, and read on. */
void	gw_score_unit_is_out(struct gw_score *s);

/* score_txn.c */
int	gw_score_txn_begin(struct gw_score *s);		/* 0: one is open; GW_EAGAIN; GW_E* */
bool	gw_score_txn_wants(const struct gw_score *s);	/* without any play: a first offset */
/* The unit is nobody's: take it back from the CSV, read its plays again. */
int	gw_score_forget(struct gw_score *s);
void	gw_score_txn_event(struct gw_score *s, const struct gw_event *ev);
/* Whether the sync under way is over. 0, or GW_E* when it failed. */
int	gw_score_txn_synced(struct gw_score *s);
int	gw_score_refence(struct gw_score *s);

int	gw_score_begin(struct gw_score *s);
int	gw_score_read(struct gw_score *s);
int	gw_score_write(struct gw_score *s);
int	gw_score_send(struct gw_score *s);
int	gw_score_send_in_txn(struct gw_score *s);
int	gw_score_sync(struct gw_score *s);
int	gw_score_end(struct gw_score *s);
int	gw_score_leave(struct gw_score *s);

#endif
