/* SPDX-License-Identifier: MIT
 *
 * broker/segment.h - one file of a partition's log: record batches one after the other, exactly as
 * they go over the wire, and beside it a sparse index that can always be made again.
 *
 *	00000000000000000000.log	batches; the name is the first offset
 *	00000000000000000000.index	struct gw_segment_meta and the entries; broker/entry.h
 *
 * The index has an entry for the first batch that begins 4 KiB or more after the last entry.
 */
#ifndef GW_SEGMENT_H
#define GW_SEGMENT_H

#include "base/env.h"
#include "wire/record_batch.h"

#define GW_SEGMENT_INDEX_BYTES	4096
#define GW_SEGMENT_BYTES_MAX	(1 << 30)	/* Apache Kafka's limit, an int */

struct gw_index_entry {
	int32_t	rel;		/* base offset of a batch, minus the segment's */
	int32_t	pos;		/* where it begins */
	int64_t	max_ts;		/* greatest timestamp before it; INT64_MIN: none */
};

struct gw_segment {
	int64_t			 base, next;	/* offsets base <= o < next */
	int64_t			 size;		/* bytes of whole batches */
	int64_t			 max_ts;	/* INT64_MIN: empty */
	int			 h;		/* -1: not open */
	struct gw_index_entry	*index;		/* NULL with h -1 */
	size_t			 n_index, cap_index;
	int64_t			 indexed_at;	/* position of the last entry */
};

#define GW_SEGMENT_NAME_MAX 32
void	gw_segment_name(char out[GW_SEGMENT_NAME_MAX], int64_t base, const char *suffix);
/* The base offset in "%020lld.log", or -1 for any other name. */
int64_t	gw_segment_parse_name(const char *name);

/* Note a batch at position pos, the end so far, and move the end past it. 0 or GW_ENOMEM. */
int	gw_segment_add(struct gw_segment *s, struct gw_alloc *alloc,
	    const struct gw_batch_header *h,
	    int64_t size) GW_CHECK_RESULT;
/* Where to begin to look for an offset, or a timestamp >= ts: position of a batch at or before. */
int64_t	gw_segment_seek_offset(const struct gw_segment *s, int64_t offset);
int64_t	gw_segment_seek_time(const struct gw_segment *s, int64_t ts);

/*
 * The header of the batch at pos, which must lie in s. Returns its size, or GW_ECORRUPT, GW_E*.
 */
int64_t	gw_segment_header(const struct gw_segment *s, struct gw_fs *fs, int64_t pos,
	    struct gw_batch_header *h)
	    GW_CHECK_RESULT;

/* What a walk over a segment file's batches found. */
struct gw_scan {
	struct gw_fs	*fs;
	struct gw_alloc	*alloc;
	bool		 check_crc;
	/* Called for every good batch, may be NULL; non-zero ends the walk with that result. */
	int		(*each)(void *ctx, const struct gw_batch_header *h, int64_t pos);
	void		*ctx;
	/* out */
	const char	*why;		/* NULL: good to the end of the file */
	int64_t		 bad_at;	/* position of the first byte that is not in a good batch */
};

/*
 * Walk the file of s (open) from s->size on, where offset s->next is due, up to file_size: length,
 * magic, counts, CRC-32C and that each batch begins where the last ended. Good batches are added to
 * s. Returns 0 (look at why), or GW_EIO, GW_ENOMEM, each()'s.
 */
int	gw_segment_scan(struct gw_segment *s, struct gw_scan *scan, int64_t file_size)
	    GW_CHECK_RESULT;

/* The .index file. Load fills s except h and leaves it alone on error: GW_ENOENT, GW_ECORRUPT... */
int	gw_segment_index_save(const struct gw_segment *s, struct gw_env *env, const char *path)
	    GW_CHECK_RESULT;
int	gw_segment_index_load(struct gw_segment *s, struct gw_env *env, const char *path)
	    GW_CHECK_RESULT;

/* Close the file and free the index; the numbers stay. */
void	gw_segment_unload(struct gw_segment *s, struct gw_env *env);

#endif
