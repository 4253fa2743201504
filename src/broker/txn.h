/* SPDX-License-Identifier: MIT
 *
 * broker/txn.h - the coordinator of transactions, a pure state machine: who may do what, what comes
 * next; no sockets, files or clock. Markers, meta.log and committed offsets are of txn_end.c.
 * Source: KIP-98, KIP-360, KIP-447, KIP-588, KIP-890; TransactionCoordinator.java and
 * TransactionMetadata.java (Apache Kafka 4.3.1).
 *
 *	EMPTY -> ONGOING -> PREPARED -> COMPLETE -> ONGOING ...
 * PREPARED is decided: in meta.log, so nothing takes it back; what is left is to tell the logs. A
 * coordinator that is one process with its logs needs no record of COMPLETE: what a log lacks after
 * a crash it is given from the decisions.
 */
#ifndef GW_XACT_H
#define GW_XACT_H

#include "base/env.h"
#include "broker/map.h"
#include "wire/codec.h"

/* then a new producer id; one more is for fencing */
#define GW_XACT_EPOCH_LAST	(INT16_MAX - 1)
#define GW_XACT_OFFSETS_MAX	100000		/* pending in one transaction */

enum gw_xact_phase { GW_XACT_EMPTY, GW_XACT_ONGOING, GW_XACT_PREPARED, GW_XACT_COMPLETE };

struct gw_xact_part {
	struct gw_uuid	topic;
	int32_t		partition;
	int64_t		end;		/* of PREPARED: the log's end, nothing of it comes after */
};

struct gw_xact_offset {			/* committed if the transaction is */
	char		*group, *topic, *metadata;	/* metadata NULL: null */
	int32_t		 partition, leader_epoch;
	int64_t		 offset, commit_ms;
};

struct gw_xact {
	char			*id;
	int64_t			 producer_id;
	int16_t			 epoch;		/* that its producer must have; -1: none had one */
	/* Before the last bump: to know a request that is sent again; -1: nobody may. */
	int64_t			 old_producer_id;
	int16_t			 old_epoch;
	int32_t			 timeout_ms;
	enum gw_xact_phase	 phase;
	bool			 committed;	/* of PREPARED and COMPLETE */
	int64_t			 marker_id;	/* what the markers carry */
	int16_t			 marker_epoch;
	struct gw_xact_part	*parts;
	size_t			 n_parts, cap_parts;
	char			**groups;
	size_t			 n_groups, cap_groups;
	struct gw_xact_offset	*offsets;
	size_t			 n_offsets, cap_offsets;
	int64_t			 began_ms, changed_ms;	/* wall clock */
	int64_t			 deadline_us;	/* of ONGOING; INT64_MAX: none */
	uint64_t		 decided_at;	/* meta.log must be durable up to here */
};

/* A transaction's end in one partition, remembered until the log holds its marker for sure. */
struct gw_xact_decision {
	int64_t		producer_id;
	int16_t		epoch;
	struct gw_uuid	topic;
	int32_t		partition;
	int64_t		end;		/* what is open below this is decided */
	bool		committed;
	int64_t		marker;		/* its offset; -1: not written yet */
};

struct gw_xacts {
	struct gw_alloc		*alloc;
	struct gw_map		 by_id;
	int32_t			 timeout_ms_max;
	size_t			 n_prepared;
	uint64_t		 committed, aborted;	/* ended since the start */
	int64_t			 next_us;	/* no deadline is earlier; INT64_MAX: none */
	struct gw_xact_decision	*decided;	/* in the order of their making */
	size_t			 n_decided, cap_decided;
	size_t			 forget_at;	/* so many: look which logs hold their markers */
};

void	gw_xacts_init(struct gw_xacts *ts, struct gw_alloc *alloc, uint64_t seed,
	    int32_t timeout_ms_max);
void	gw_xacts_fini(struct gw_xacts *ts);
struct gw_xact	*gw_xact_find(const struct gw_xacts *ts, struct gw_slice id);
struct gw_xact	*gw_xact_of_producer(const struct gw_xacts *ts, int64_t producer_id);
/* Find or make an empty one; NULL: out of memory. */
struct gw_xact	*gw_xact_make(struct gw_xacts *ts, struct gw_slice id);
void		 gw_xact_drop(struct gw_xacts *ts, struct gw_xact *t);

struct gw_xact_who {
	struct gw_slice	id;
	int64_t		producer_id;	/* -1: none claimed */
	int16_t		epoch;
};

/*
 * InitProducerId: Kafka's error or 0. *t may be NULL: a new one. *again: the answer to the last one
 * was lost, give it once more. Else, when t is ONGOING abort it first; then gw_xact_bump().
 */
int16_t	gw_xact_may_init(const struct gw_xacts *ts, const struct gw_xact_who *who,
	    int32_t timeout_ms, struct gw_xact **t, bool *again);
/* True when the next bump takes a fresh producer id. */
bool	gw_xact_exhausted(const struct gw_xact *t);
/* A new epoch, with fresh_id if it is exhausted; who else had the old one is a zombie. */
void	gw_xact_bump(struct gw_xact *t, const struct gw_xact_who *who, int64_t fresh_id);

/* May it write, add partitions and offsets? *t is set with 0. */
int16_t	gw_xact_may_add(const struct gw_xacts *ts, const struct gw_xact_who *who,
	    struct gw_xact **t);
bool	gw_xact_has_part(const struct gw_xact *t, const struct gw_uuid *topic, int32_t partition);
bool	gw_xact_has_group(const struct gw_xact *t, struct gw_slice group);
/* Add, and begin if it was not ONGOING. 0 or GW_ENOMEM. */
int	gw_xact_add_part(struct gw_xacts *ts, struct gw_xact *t, const struct gw_uuid *topic,
	    int32_t partition) GW_CHECK_RESULT;
int	gw_xact_add_group(struct gw_xacts *ts, struct gw_xact *t, struct gw_slice group)
	    GW_CHECK_RESULT;
/* The strings are copied. 0, GW_ENOMEM, GW_ELIMIT. */
int	gw_xact_add_offset(struct gw_xacts *ts, struct gw_xact *t, const struct gw_xact_offset *o)
	    GW_CHECK_RESULT;
void	gw_xact_drop_offsets(struct gw_xacts *ts, struct gw_xact *t);
void	gw_xact_began(struct gw_xacts *ts, struct gw_xact *t, struct gw_time now);

/*
 * EndTxn. v2 is KIP-890: the epoch moves with every end. *again: it has ended so already. *empty:
 * v2 aborts nothing, only the epoch moves.
 */
struct gw_xact_ending {
	bool	commit, v2;
	bool	again, empty;		/* out */
};
int16_t	gw_xact_may_end(const struct gw_xacts *ts, const struct gw_xact_who *who,
	    struct gw_xact_ending *end, struct gw_xact **t);
enum gw_xact_bump { GW_XACT_STAY, GW_XACT_MOVE };
/*
 * ONGOING to PREPARED; each part's end is set already. GW_XACT_MOVE: the markers carry the next
 * epoch, so that whatever of the old one is still on its way is refused.
 */
void	gw_xact_decide(struct gw_xacts *ts, struct gw_xact *t, bool commit, enum gw_xact_bump bump,
	    int64_t fresh_id);
void	gw_xact_complete(struct gw_xacts *ts, struct gw_xact *t);	/* lists are emptied */

/* ---- decisions ---- */

/* 0 or GW_ENOMEM. */
int	gw_xact_note(struct gw_xacts *ts, const struct gw_xact_decision *d) GW_CHECK_RESULT;
/* The one for what this producer began at offset first; NULL: none was made. */
struct gw_xact_decision *gw_xact_decided(const struct gw_xacts *ts, int64_t producer_id,
	    const struct gw_xact_part *part, int64_t first);
size_t		 gw_xacts_open(const struct gw_xacts *ts);	/* begun and not ended */
const char	*gw_xact_phase_name(const struct gw_xact *t);	/* "Ongoing", ... */

#endif
