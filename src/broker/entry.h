/* SPDX-License-Identifier: MIT
 *
 * broker/entry.h - how the broker's own small files look: entries, each with its checksum.
 *
 *	length	u32	bytes after the checksum
 *	crc	u32	CRC-32C of those bytes
 *	type	u8	what the payload is
 *	payload		int16 version of its layout, then fields in Kafka's plain (not flexible)
 *			encoding, written by a visitor
 *
 * Big-endian. meta.log is a row of them; an index or a snapshot file is a single one.
 */
#ifndef GW_ENTRY_H
#define GW_ENTRY_H

#include "base/buf.h"
#include "base/fs.h"
#include "wire/codec.h"

#define GW_ENTRY_HEADER	8
#define GW_ENTRY_MAX	(64u << 20)

enum gw_entry_type {
	GW_ENTRY_CLUSTER	= 1,	/* first of meta.log: who this is */
	GW_ENTRY_TOPIC		= 2,	/* a topic as it is now */
	GW_ENTRY_TOPIC_GONE	= 3,
	GW_ENTRY_OFFSET		= 4,	/* a group's committed offset */
	GW_ENTRY_OFFSET_GONE	= 5,
	GW_ENTRY_PRODUCER_IDS	= 6,	/* ids below this may have been given out */
	GW_ENTRY_LOG_START	= 7,	/* records were deleted up to here */
	GW_ENTRY_EPOCH		= 8,	/* a partition's leader epoch began here */
	GW_ENTRY_SNAPSHOT	= 9,	/* all before this was written and synced as one */
	GW_ENTRY_TXN		= 10,	/* a transactional id as it is now; PREPARED: decided */
	GW_ENTRY_TXN_GONE	= 11,
	GW_ENTRY_TXN_ADD	= 12,	/* partitions and groups of one that is going on */
	GW_ENTRY_TXN_OFFSET	= 13,	/* to be committed with it */
	GW_ENTRY_TXN_DECIDED	= 14,	/* its end in a log that may lack the marker yet */
	GW_ENTRY_USER		= 15,	/* somebody who may log in */
	GW_ENTRY_USER_GONE	= 16,
	GW_ENTRY_INDEX		= 20,	/* a segment's .index file */
	GW_ENTRY_PRODUCERS	= 21,	/* a .producers file */
	GW_ENTRY_NGROUP		= 22,	/* a KIP-848 group; its members that have changed */
	GW_ENTRY_NGROUP_GONE	= 23	/* it is a classic one now */
};

struct gw_entry {
	uint8_t		type;
	struct gw_slice	payload;	/* borrowed */
};

/* Append one entry. Returns 0, or the buffer's error with the buffer as before. */
int	gw_entry_put(struct gw_buf *out, enum gw_entry_type type, void (*visit)(struct gw_codec *,
	    void *),
	    const void *msg) GW_CHECK_RESULT;
/*
 * The entry at the front of *rest, which moves past it: 1, 0 at the end, GW_ECORRUPT (cut or
 * damaged).
 */
int	gw_entry_next(struct gw_slice *rest, struct gw_entry *e) GW_CHECK_RESULT;
/* Fill msg from the payload; arrays come from the arena. 0, GW_ECORRUPT, GW_ENOMEM, GW_ELIMIT. */
int	gw_entry_read(const struct gw_entry *e, void (*visit)(struct gw_codec *, void *), void *msg,
	    struct gw_arena *arena) GW_CHECK_RESULT;

/* A file of a single entry. Not synced: whoever reads it must be able to do without. */
int	gw_entry_save(struct gw_fs *fs, struct gw_alloc *alloc, const char *path,
	    enum gw_entry_type type,
	    void (*visit)(struct gw_codec *, void *), const void *msg) GW_CHECK_RESULT;
int	gw_entry_load(struct gw_fs *fs, const char *path, enum gw_entry_type type,
	    void (*visit)(struct gw_codec *, void *), void *msg, struct gw_arena *arena)
	    GW_CHECK_RESULT;

#endif
