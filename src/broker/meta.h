/* SPDX-License-Identifier: MIT
 *
 * broker/meta.h - meta.log: what the broker knows besides records. Topics, committed offsets, the
 * next producer id, transactions. A row of entries (broker/entry.h), replayed when the broker opens
 * and written anew, smaller, when it has grown.
 *
 * A file begins as one synced whole that ends with GW_ENTRY_SNAPSHOT; damage before that mark is
 * damage and is refused. What was appended later may be torn by a crash: there the first bad entry
 * ends the file.
 */
#ifndef GW_META_H
#define GW_META_H

#include "broker/broker.h"
#include "broker/entry.h"
#include "broker/syncer.h"

struct gw_meta_cluster {		/* GW_ENTRY_CLUSTER */
	struct gw_uuid	cluster_id;
	int32_t		leader_epoch;	/* grows with each start after a crash */
};
struct gw_meta_config { struct gw_slice name, value; };
struct gw_meta_topic {			/* GW_ENTRY_TOPIC; GW_ENTRY_TOPIC_GONE has only the id */
	struct gw_slice		 name;
	struct gw_uuid		 id;
	int32_t			 n_partitions;
	struct gw_meta_config	*configs;
	size_t			 n_configs;
};
struct gw_meta_offset {			/* GW_ENTRY_OFFSET, GW_ENTRY_OFFSET_GONE */
	struct gw_slice	group, topic;
	int32_t		partition;
	int64_t		offset;		/* OFFSET: -1 forgets it */
	int32_t		leader_epoch;
	struct gw_slice	metadata;	/* ptr NULL: null */
	int64_t		commit_ms;
};
struct gw_meta_producer_ids { int64_t next; };
struct gw_meta_partition {		/* GW_ENTRY_LOG_START, GW_ENTRY_EPOCH */
	struct gw_uuid	topic_id;
	int32_t		partition, epoch;
	int64_t		offset;
};

struct gw_meta_txn_part { struct gw_uuid topic_id; int32_t partition; int64_t end; };
struct gw_meta_txn {			/* GW_ENTRY_TXN; _ADD has its lists; _GONE only its id */
	struct gw_slice		 id;
	int64_t			 producer_id, old_producer_id, marker_id;
	int16_t			 epoch, old_epoch, marker_epoch;
	int32_t			 timeout_ms;
	int8_t			 phase;		/* enum gw_xact_phase */
	bool			 committed;
	int64_t			 began_ms, changed_ms;
	struct gw_meta_txn_part	*parts;
	size_t			 n_parts;
	struct gw_slice		*groups;
	size_t			 n_groups;
};
struct gw_meta_txn_offset {		/* GW_ENTRY_TXN_OFFSET */
	struct gw_slice		id;
	struct gw_meta_offset	offset;
};
struct gw_meta_txn_decided {		/* GW_ENTRY_TXN_DECIDED */
	int64_t			producer_id;
	int16_t			epoch;
	bool			committed;
	struct gw_meta_txn_part	part;
};

void	gw_meta_cluster_visit(struct gw_codec *w, void *msg);
void	gw_meta_topic_visit(struct gw_codec *w, void *msg);
void	gw_meta_topic_gone_visit(struct gw_codec *w, void *msg);	/* struct gw_meta_topic */
void	gw_meta_offset_visit(struct gw_codec *w, void *msg);
void	gw_meta_producer_ids_visit(struct gw_codec *w, void *msg);
void	gw_meta_partition_visit(struct gw_codec *w, void *msg);
void	gw_meta_txn_visit(struct gw_codec *w, void *msg);
void	gw_meta_txn_gone_visit(struct gw_codec *w, void *msg);		/* struct gw_meta_txn */
void	gw_meta_txn_add_visit(struct gw_codec *w, void *msg);		/* struct gw_meta_txn */
void	gw_meta_txn_offset_visit(struct gw_codec *w, void *msg);
void	gw_meta_txn_decided_visit(struct gw_codec *w, void *msg);

struct gw_meta {
	struct gw_sync_owner	 sync;		/* first: done() gets back from it */
	struct gw_env		*env;
	struct gw_syncer	*syncer;
	char			*path;
	int			 h;		/* -1: not open */
	uint64_t		 put, durable;	/* bytes since opening: all, and those synced */
	uint64_t		 sync_to;	/* durable when the sync on its way ends */
	int64_t			 size;		/* of the file */
	int64_t			 snapshot;	/* size when last written as a whole */
	bool			 tail_dirty;
	struct gw_buf		 scratch;
};

/*
 * Open and replay: each(ctx, entry) for every entry in order; what it returns below 0 ends it. A
 * missing file is an empty one. GW_ECORRUPT with err, GW_E*.
 */
int	gw_meta_open(struct gw_meta *m, struct gw_env *env, struct gw_syncer *syncer,
	    const char *path,
	    int (*each)(void *ctx, const struct gw_entry *e), void *ctx, struct gw_err *err)
	    GW_CHECK_RESULT;
void	gw_meta_fini(struct gw_meta *m);

/*
 * Append one entry, not yet durable: it is when durable reaches what put is then. On error nothing
 * was written.
 */
int	gw_meta_put(struct gw_meta *m, enum gw_entry_type type, void (*visit)(struct gw_codec *,
	    void *), const void *msg)
	    GW_CHECK_RESULT;
int	gw_meta_sync(struct gw_meta *m) GW_CHECK_RESULT;	/* begin one unless on its way */
int	gw_meta_sync_now(struct gw_meta *m) GW_CHECK_RESULT;
bool	gw_meta_grown(const struct gw_meta *m);		/* it is time to write it anew */
/* Replace the file by all (entries that say the same); durable when it returns 0. */
int	gw_meta_rewrite(struct gw_meta *m, struct gw_buf *all, struct gw_err *err) GW_CHECK_RESULT;

#endif
