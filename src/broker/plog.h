/* SPDX-License-Identifier: MIT
 *
 * broker/plog.h - one partition's log: a row of segments, of which the last one grows.
 *
 * Invariants. Offsets are continuous from the first segment's base to next, across segments. Every
 * segment but the last was synced before its successor was made, so only the last can be torn by a
 * crash; damage anywhere else is damage, and opening refuses it. What is below hw may be read and
 * was acknowledged; with GW_FSYNC_ALWAYS it is durable.
 *
 *	DIR/00000000000000000000.log		broker/segment.h
 *	DIR/00000000000000000000.index
 *	DIR/00000000000000000000.producers	broker/producer_state.h, at the segment's
 *						beginning or, after a clean stop, its end
 */
#ifndef GW_PLOG_H
#define GW_PLOG_H

#include "broker/broker.h"
#include "broker/producer_state.h"
#include "broker/segment.h"
#include "broker/syncer.h"

struct gw_epoch_start {
	int32_t	epoch;
	int64_t	start;		/* offset of the first batch placed with it */
};

struct gw_plog {
	struct gw_sync_owner	 sync;		/* first: done() gets back from it */
	struct gw_env		*env;
	struct gw_syncer	*syncer;
	enum gw_fsync		 fsync;
	char			*dir;
	struct gw_segment	*segs;		/* by base; the last is open for writing */
	size_t			 n_segs, cap_segs;
	size_t			 loaded;	/* the older segment open for reading; SIZE_MAX */
	int64_t			 start, next;	/* log start offset, log end offset */
	int64_t			 hw;		/* high watermark */
	int64_t			 synced;	/* offsets below are durable */
	int64_t			 sync_to;	/* what the sync on its way will make durable */
	uint64_t		 bytes, hw_bytes; /* appended since opening: all, and below hw */
	uint64_t		 sync_to_bytes, synced_bytes;
	bool			 tail_dirty;	/* a failed write left bytes at the end */
	/* a segment that begins at next may be there already */
	bool			 must_roll;
	bool			 hints_good;	/* the last segment's .index and .producers hold */
	struct gw_producers	 producers;
	int32_t			 epoch;		/* leader epoch placed into new batches */
	struct gw_epoch_start	*epochs;	/* rising in both members */
	size_t			 n_epochs, cap_epochs;
	struct gw_plog		*next_dirty;	/* list of the broker; see broker_sync.c */
	bool			 in_dirty;
};

struct gw_plog_place {
	struct gw_env		*env;
	struct gw_syncer	*syncer;
	const char		*dir;
	enum gw_fsync		 fsync;
	int32_t			 epoch;
	uint64_t		 seed;		/* of hash tables */
};

/* Make the folder with one empty segment, synced with its name. 0 or GW_E*. */
int	gw_plog_create(struct gw_plog *l, const struct gw_plog_place *at, struct gw_err *err)
	    GW_CHECK_RESULT;
/*
 * Open what is there. clean: the last stop was one, so files are as their indexes say; otherwise
 * every batch is checked, and a torn tail of the last segment is cut (and logged). 0, GW_ECORRUPT
 * (an older segment is damaged, or offsets are missing; err says which and what to do), GW_E*.
 */
int	gw_plog_open(struct gw_plog *l, const struct gw_plog_place *at, bool clean,
	    struct gw_err *err) GW_CHECK_RESULT;
/* Sync, write index and producers. 0 or GW_E*. The log still wants gw_plog_fini(). */
int	gw_plog_close(struct gw_plog *l) GW_CHECK_RESULT;
/* Close files and free, as a crash would. */
void	gw_plog_fini(struct gw_plog *l);

/*
 * Append one whole, checked batch of size bytes at its place (which this writes into it: base
 * offset and leader epoch). Rolls first when segment_bytes would be passed. *h gets the base
 * offset. 0, or
 * GW_ENOSPC, GW_EIO, GW_ENOMEM with the log as before.
 */
int	gw_plog_append(struct gw_plog *l, uint8_t *batch, struct gw_batch_header *h,
	    int64_t segment_bytes,
	    int64_t wall_ms) GW_CHECK_RESULT;
/* Begin a sync of what is not durable yet, unless one is on its way. 0 or GW_E* (fatal). */
int	gw_plog_sync(struct gw_plog *l) GW_CHECK_RESULT;

/*
 * Append to out the whole batches from the one that holds offset (start <= offset <= hw), below hw
 * and within bytes_max; the first is given whatever its size if first_always. Returns bytes, or
 * GW_E*.
 */
int64_t	gw_plog_read(struct gw_plog *l, int64_t offset, int64_t bytes_max, bool first_always,
	    struct gw_buf *out) GW_CHECK_RESULT;

/* The same, but for batches that begin at or after end (<= hw), for readers of what is decided. */
struct gw_plog_range {
	int64_t	offset, end, bytes_max;
	bool	first_always;
};
int64_t	gw_plog_read_range(struct gw_plog *l, const struct gw_plog_range *range,
	    struct gw_buf *out) GW_CHECK_RESULT;
/* The last stable offset: every transaction below it has ended. start <= it <= hw. KIP-98. */
int64_t	gw_plog_stable(const struct gw_plog *l);

/* Delete from the front what is older (by its newest record) or more than allowed; -1: no limit. */
int	gw_plog_retain(struct gw_plog *l, int64_t retention_ms, int64_t retention_bytes,
	    int64_t wall_ms);
/* Records below offset are gone for readers; whole segments are deleted. offset <= hw. */
int	gw_plog_delete_before(struct gw_plog *l, int64_t offset);
int64_t	gw_plog_size(const struct gw_plog *l);

/*
 * The first record with a timestamp >= ts, or with GW_PLOG_MAX_TIMESTAMP the one with the greatest:
 * 1 and *offset, *ts_found; 0 none. A batch that cannot be looked into answers for its first
 * record.
 */
#define GW_PLOG_MAX_TIMESTAMP	(-3)
int	gw_plog_find_time(struct gw_plog *l, int64_t ts, struct gw_buf *scratch, int64_t *offset,
	    int64_t *ts_found) GW_CHECK_RESULT;

/* True when the next append is the first of the current epoch: then note it (and in meta.log). */
bool	gw_plog_epoch_due(const struct gw_plog *l);
int	gw_plog_epoch_add(struct gw_plog *l, int32_t epoch, int64_t start) GW_CHECK_RESULT;
/* The greatest epoch <= epoch and where it ends; both -1 when there is none. KIP-101, KIP-320. */
struct gw_epoch_start	gw_plog_epoch_end(const struct gw_plog *l, int32_t epoch);

/* ---- between plog_*.c ---- */
/* The segment that holds offset, open with its index; NULL with *rc. */
struct gw_segment	*gw_plog_segment(struct gw_plog *l, int64_t offset, int *rc);
/* base.suffix in dir, in the allocator; NULL: out of memory. */
char			*gw_plog_path(const struct gw_plog *l, int64_t base, const char *suffix);
/* A new last segment that begins at base; its file is synced and named. */
int			 gw_plog_add_segment(struct gw_plog *l, int64_t base) GW_CHECK_RESULT;

#endif
