/* SPDX-License-Identifier: MIT
 *
 * client/produce_batch.h - one record batch on its way to a partition, in wire form, with what the
 * application wants to know of its records.
 */
#ifndef GW_CLIENT_PRODUCE_BATCH_H
#define GW_CLIENT_PRODUCE_BATCH_H

#include "client/cluster.h"
#include "wire/record_batch.h"

enum gw_pbatch_state {
	GW_PBATCH_OPEN,		/* takes records */
	GW_PBATCH_CLOSED,	/* full or due; waits for its turn */
	GW_PBATCH_SENT		/* under way */
};

/* A flag of gw_message: buffer.memory has counted this record already. */
#define GW_MSG_COUNTED	(1u << 30)

/* A record that somebody asks about. Records without a report and an opaque have none. */
struct gw_note {
	uint32_t	 index;		/* in the batch */
	bool		 report;
	int32_t		 partition;	/* wished for while the topic is not known; else -1 */
	void		*opaque;
};

struct gw_pbatch {
	struct gw_pbatch	*next;
	const struct gw_topic	*topic;
	int32_t			 partition;
	enum gw_pbatch_state	 state;
	struct gw_buf		 buf;
	struct gw_batch_writer	 writer;
	size_t			 charged;	/* bytes of buffer.memory it holds */
	int64_t			 opened_us, deadline_us;
	uint32_t		 n_records;
	struct gw_note		*notes;
	size_t			 n_notes, notes_cap;
	bool			 has_reports;	/* some note wants GW_EVENT_DELIVERED */
	unsigned		 attempts;	/* times it was sent */
	int32_t			 leader_epoch;	/* of whom it was sent to last */
	bool			 in_doubt;	/* sent, and the answer was lost */
	/* when a broker first denied it then; 0: none did */
	int64_t			 doubted_us;
	bool			 finished;	/* header written: has id, epoch, sequence */
	int64_t			 producer_id;	/* -1: not idempotent */
	int16_t			 epoch;
	int32_t			 sequence;
	uint32_t		 stamp;		/* the partition's n_stamped when it got that */
	/* How it ended, for the events. */
	int64_t			 base_offset;	/* -1: not told */
	int32_t			 broker;
	struct gw_err		*err;		/* NULL: delivered */
	uint32_t		 n_moved;	/* its first records went on to other batches */
	uint32_t		 next_index;	/* of gw_pbatch_next_event() */
	size_t			 next_note;
};

/* From the pool or new; NULL: out of memory. */
struct gw_pbatch	*gw_pbatch_new(struct gw_client *c, const struct gw_topic *t,
			    int32_t partition);
/* Into the pool, or freed; gives back its buffer.memory. */
void			 gw_pbatch_free(struct gw_client *c, struct gw_pbatch *b);
void			 gw_pbatch_pool_fini(struct gw_client *c);

/*
 * Append a record of at most size bytes. 0, GW_EAGAIN (buffer.memory), GW_ENOMEM, GW_ELIMIT.
 * partition_wish is kept in the note where the batch has no partition yet.
 */
int	gw_pbatch_append(struct gw_client *c, struct gw_pbatch *b, const struct gw_message *m,
	    int64_t timestamp_ms, size_t size) GW_CHECK_RESULT;
/* Its records are no longer needed, only what is to be said of them. */
void	gw_pbatch_shed(struct gw_client *c, struct gw_pbatch *b);

/* The note of the record at index, or NULL; ask in rising order. */
const struct gw_note *gw_pbatch_note(struct gw_pbatch *b, uint32_t index);
bool	gw_pbatch_has_reports(const struct gw_pbatch *b);
/* The next record's GW_EVENT_DELIVERED or GW_EVENT_FAILED; false: none left. */
bool	gw_pbatch_next_event(struct gw_pbatch *b, struct gw_event *ev);

#endif
