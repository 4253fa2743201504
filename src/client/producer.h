/* SPDX-License-Identifier: MIT
 *
 * client/producer.h - records on their way: topics, partitions with their queues of batches, the
 * producer id, and the requests that carry them.
 * Source: KIP-98 (idempotence), KIP-360 (epochs after a gap), KIP-480 and KIP-794 (sticky).
 *
 * Life of a record: gw_send() appends it to the open batch of its partition (or of its topic, while
 * the topic's partitions are not known). A batch that is full, or linger.ms old, or flushed, is
 * finished with the partition's next sequence and sent with all others of its broker. Its answer
 * ends it, or puts it back: then the partition waits until nothing of it is under way and sends
 * again from its first batch, in the same order, the same bytes.
 *
 * Sequences and epochs belong to a partition, as they do in the broker. A gap that cannot be closed
 * (a batch that failed for good after it had a sequence; or the broker lost what it knew) is
 * answered by raising this partition's epoch and counting from 0 again: brokers take that from
 * 0.11 on. Only an epoch that has reached its end needs a new id.
 */
#ifndef GW_CLIENT_PRODUCER_H
#define GW_CLIENT_PRODUCER_H

#include "client/cluster.h"

struct gw_pbatch;

struct gw_ppart {
	struct gw_ptopic	*topic;
	int32_t			 index;
	struct gw_pbatch	*first, *last;	/* oldest first; only the last may be open */
	struct gw_ppart		*next_active;	/* of all with a queue that is not empty */
	bool			 is_active;
	unsigned		 n_sent;	/* batches under way */
	uint32_t		 n_stamped;	/* batches given a sequence so far */
	bool			 again;		/* something came back: from the first, later */
	bool			 raise_epoch;	/* a gap: new epoch, once n_sent is 0 */
	unsigned		 n_errors;	/* in a row */
	int64_t			 retry_at_us;	/* for a leader no newer than failed_epoch */
	int32_t			 failed_epoch;	/* of the leader that failed last */
	int64_t			 producer_id;	/* -1: none yet */
	int16_t			 epoch;
	int32_t			 sequence;	/* of the next record */
	bool			 begun;		/* a batch of this id and epoch was acknowledged */
	uint32_t		 txn_added;	/* serial of the transaction that it is in */
};

struct gw_ptopic {
	struct gw_topic		*topic;
	struct gw_ppart		**parts;	/* n_parts: grows with the metadata */
	int32_t			 n_parts;
	struct gw_pbatch	*waiting, *waiting_last;	/* no partition yet */
	int32_t			 sticky;	/* for records without a key; -1: to be chosen */
	size_t			 sticky_bytes;
	struct gw_ptopic	*next;
};

enum gw_id_state { GW_ID_NONE, GW_ID_WANTED, GW_ID_ASKED, GW_ID_KNOWN };

struct gw_producer {
	struct gw_ptopic	*topics, *last_used;
	struct gw_ppart		*active, *active_last;
	size_t			 memory;	/* of buffer.memory */
	size_t			 since_turn;	/* bytes since gw_send() last took a turn */
	unsigned		 since_clock;	/* records since the clock was read */
	size_t			 record_overhead;	/* bytes of an empty record, at most */
	bool			 flushing;
	size_t			 delivered, failed;	/* records since gw_flush() */
	size_t			 pending;
	struct gw_pbatch	*pool;
	size_t			 n_pool;
	struct gw_buf		 compress_scratch;

	enum gw_id_state	 id_state;
	int64_t			 id;
	int16_t			 epoch;
	int64_t			 id_retry_us;
	unsigned		 id_errors;
	int			 fatal;		/* GW_EFENCED, GW_EAUTH: no more sends */
};

void	gw_producer_init(struct gw_client *c);
void	gw_producer_fini(struct gw_client *c);
void	gw_producer_step(struct gw_client *c);

/* produce_queue.c: what the other files do to a partition's queue. */
void	gw_ppart_push(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b);
/* The end of a batch that is in the queue: delivered (err NULL) or failed, counted and reported. */
void	gw_ppart_end(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b,
	    const struct gw_err *err);
/* The end of one that is in no queue. */
void	gw_pbatch_end(struct gw_client *c, struct gw_pbatch *b, const struct gw_err *err);
/* Batch b came back: everything from the first on is sent again, after a pause. */
void	gw_ppart_again(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b);
/* from .. to, linked, take b's place. */
void	gw_ppart_replace(struct gw_ppart *p, struct gw_pbatch *b, struct gw_pbatch *from,
	    struct gw_pbatch *to);
/* produce_split.c: two batches take b's place. 0, GW_ENOMEM or another GW_E*: b stays. */
int	gw_ppart_split(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b)
	    GW_CHECK_RESULT;
/* Give up what is older than delivery.timeout.ms. */
void	gw_ppart_expire(struct gw_client *c, struct gw_ppart *p);
/* When it wants to go on by itself. */
int64_t	gw_ppart_deadline(const struct gw_client *c, const struct gw_ppart *p);
/* Whether it has a batch that is due and nothing of its own keeps it back. */
bool	gw_ppart_wants(const struct gw_client *c, const struct gw_ppart *p);
/* The first batch that may be sent now, finished; NULL: none. */
struct gw_pbatch *gw_ppart_ready(struct gw_client *c, struct gw_ppart *p);

/* produce_request.c */
void	gw_produce_requests(struct gw_client *c);
/* producer_id.c */
void	gw_producer_id_step(struct gw_client *c);
/* The partition has an id, epoch and sequence to send with; false: the id is asked for. */
bool	gw_producer_id_ready(struct gw_client *c, struct gw_ppart *p);

#endif
