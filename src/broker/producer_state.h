/* SPDX-License-Identifier: MIT
 *
 * broker/producer_state.h - idempotence of one partition: what each producer id wrote last, so that
 * a batch sent twice is stored once and a gap is refused; and its transactions: which are open, so
 * how far everything is decided, and which were aborted. Pure: no files, no clock.
 * Source: KIP-98, KIP-360; ProducerStateManager.java, ProducerAppendInfo.java (Apache Kafka 4.3.1).
 */
#ifndef GW_PRODUCER_STATE_H
#define GW_PRODUCER_STATE_H

#include "base/env.h"
#include "broker/map.h"
#include "wire/codec.h"
#include "wire/record_batch.h"

#define GW_PRODUCER_BATCHES	5     /* remembered: clients have at most 5 in flight */
#define GW_PRODUCERS_MAX	20000 /* of a partition; who wrote longest ago goes first */

struct gw_producer_batch {
	int32_t	first_sequence, last_sequence;
	int64_t	base_offset, last_offset, append_ms;
};

struct gw_producer {
	int64_t				 id;		/* the map's key is these 8 bytes */
	int16_t				 epoch;
	int64_t				 last_ms;	/* wall clock of its newest batch */
	struct gw_producer_batch	*batches;	/* GW_PRODUCER_BATCHES; oldest first */
	size_t				 n_batches;
	int64_t				 open_first;	/* of its open transaction; -1: none */
};

struct gw_open_txn {
	int64_t	producer_id, first;
};
struct gw_aborted_txn {
	int64_t	producer_id, first, last;	/* last: offset of the marker */
};

struct gw_producers {
	struct gw_alloc		*alloc;
	struct gw_map		 by_id;
	struct gw_open_txn	*open;		/* rising first */
	size_t			 n_open, cap_open;
	struct gw_aborted_txn	*aborted;	/* rising last */
	size_t			 n_aborted, cap_aborted;
};

void	gw_producers_init(struct gw_producers *ps, struct gw_alloc *alloc, uint64_t seed);
void	gw_producers_fini(struct gw_producers *ps);
void	gw_producers_clear(struct gw_producers *ps);

/*
 * May the batch be appended? GW_K_NONE: yes. GW_K_DUPLICATE_SEQUENCE_NUMBER: it is there already,
 * at *dup. GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER, GW_K_INVALID_PRODUCER_EPOCH, GW_K_INVALID_TXN_STATE
 * (it has a transaction open, and this is no part of one): refuse. A producer that is not known may
 * begin with any sequence, as its state may have expired. Always yes without a producer id.
 */
int	gw_producers_check(const struct gw_producers *ps, const struct gw_batch_header *h,
	    struct gw_producer_batch *dup);
/* Room for the batch's producer, so that gw_producers_add() cannot fail. 0 or GW_ENOMEM. */
int	gw_producers_reserve(struct gw_producers *ps, const struct gw_batch_header *h)
	    GW_CHECK_RESULT;
/* It was appended (or read back) at h->base_offset. Reserve first. */
void	gw_producers_add(struct gw_producers *ps, const struct gw_batch_header *h, int64_t wall_ms);
/* The same for a transaction's marker. */
void	gw_producers_mark(struct gw_producers *ps, const struct gw_batch_header *h, bool committed,
	    int64_t wall_ms);
/* What is below was decided, as far as the log goes; INT64_MAX: all. KIP-98. */
int64_t	gw_producers_stable(const struct gw_producers *ps);
/* NULL: not known. */
const struct gw_producer *gw_producers_find(const struct gw_producers *ps, int64_t id);
/* The log begins at start now: aborted transactions that ended before are of no use. */
void	gw_producers_trim(struct gw_producers *ps, int64_t start);
/* Forget who wrote nothing since and has no transaction open. */
void	gw_producers_expire(struct gw_producers *ps, int64_t before_ms);

/*
 * As it was when the log ended at offset: one file. Load replaces what is there, or leaves it empty
 * on error.
 */
int	gw_producers_save(const struct gw_producers *ps, struct gw_env *env, const char *path,
	    int64_t offset)
	    GW_CHECK_RESULT;
int	gw_producers_load(struct gw_producers *ps, struct gw_env *env, const char *path,
	    int64_t *offset)
	    GW_CHECK_RESULT;

/* base + n, where 2^31 - 1 is followed by 0. */
int32_t	gw_sequence_add(int32_t sequence, int32_t n);

#endif
