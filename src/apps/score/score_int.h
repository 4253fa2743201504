/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_int.h - the scorer's own: its state, and what its four files ask of each other.
 *
 *   score_begin.c  STARTING          where to read each partition from
 *   score_read.c   READING           batches into a unit: parse, predict
 *   score_write.c  SENDING, SYNCING  a unit out of the house: topic, CSV, offsets
 *                  LEAVING           the last commit's answer
 *   score.c        the part of the loop around them
 *
 * Each state's function returns 0 to go on at once, GW_EAGAIN to be called again (at deadline_us at
 * the latest), or a GW_E* or Kafka's code with s->err filled.
 */
#ifndef GW_SCORE_INT_H
#define GW_SCORE_INT_H

#include "apps/score/score.h"
#include "apps/score/score_start.h"
#include "base/arena.h"
#include "base/buf.h"

enum gw_score_state {
	GW_SCORE_STARTING, GW_SCORE_READING, GW_SCORE_SENDING, GW_SCORE_SYNCING, GW_SCORE_LEAVING,
	GW_SCORE_DONE
};

/* One partition. Each offset is the next one; -1: none yet. next >= done >= asked. */
struct gw_score_place {
	int64_t	next;		/* to be scored */
	int64_t	done;		/* to be durable */
	int64_t	asked;		/* commit asked for up to here */
	bool	placed;		/* the client's position was compared with next */
};

/* A prediction that waits to be sent: where key and value are in the unit's bytes. */
struct gw_score_outgoing {
	size_t	key_at, key_len, value_at, value_len;
};

struct gw_score {
	struct gw_env			*env;
	struct gw_client		*client;
	struct gw_score_options		 o;
	enum gw_score_state		 state;
	struct gw_score_start		 start;
	bool				 stopping, assigned, undelivered;
	struct gw_score_place		*places;	/* by partition number */
	size_t				 n_places, places_cap;
	struct gw_arena			 arena;		/* of one message's JSON */
	/* the unit under way */
	size_t				 unit_records;
	int64_t				 unit_us;	/* when it began */
	struct gw_buf			 rows, bytes;	/* for the CSV; for the topic */
	struct gw_score_outgoing	*outgoing;
	size_t				 n_outgoing, outgoing_cap, n_sent;

	int64_t				 deadline_us;	/* when to go on without an event */
	int64_t				 nothing_us;	/* when the group left it nothing; 0: it has something */
	int64_t				 leave_us;	/* when LEAVING began */
	int64_t				 commit_us;	/* LEAVING: not before */
	struct gw_score_stats		 stats;
	struct gw_err			 err;
};

/* Fills s->err unless that is done; returns code. */
int	gw_score_fail(struct gw_score *s, int code);
void	gw_score_notice(struct gw_score *s, const char *fmt, ...) GW_PRINTF(2, 3);
/* The place of a partition, made if new; NULL: out of memory. */
struct gw_score_place	*gw_score_place(struct gw_score *s, int32_t partition);
/* s->err says that who is at next, beyond the log's end; returns GW_EDATA. */
int	gw_score_made_anew(struct gw_score *s, int32_t partition, int64_t end, int64_t next,
	    const char *who);
/* Compare the client's positions with ours, where that was not done since the group last moved. */
int	gw_score_place_all(struct gw_score *s);

int	gw_score_begin(struct gw_score *s);
int	gw_score_read(struct gw_score *s);
int	gw_score_send(struct gw_score *s);
int	gw_score_sync(struct gw_score *s);
int	gw_score_leave(struct gw_score *s);

#endif
