/* SPDX-License-Identifier: MIT
 *
 * apps/score/sink_csv.h - the predictions CSV: one row per play, each with the partition and offset
 * of its play, so that the file itself says where to go on after a crash.
 *
 * A row counts from the moment its line end is in the file. Opening cuts what a crash left of rows
 * that were never told durable: an end without a line end or with fields missing, and, after a
 * power cut, everything from a hole (NUL bytes) on. A file that is something else is refused
 * untouched. Rows of one partition are in the order of their offsets. FILE.lock keeps a second
 * scorer away for as long as the sink is open; one left by a crash is harmless, since the lock is
 * the kernel's and not the file's presence.
 */
#ifndef GW_SINK_CSV_H
#define GW_SINK_CSV_H

#include "base/env.h"

#define GW_SINK_CSV_LINE_MAX	8192	/* bytes of one row; a play's fields need below 700 */
#define GW_SINK_CSV_UNSYNCED_MAX (8 << 20) /* bytes that a power cut may tear, at most */

struct gw_sink_csv;

enum gw_sink_csv_how {
	GW_SINK_CSV_CONTINUE,	/* keep the rows there are; make the file if missing */
	GW_SINK_CSV_FRESH	/* begin with an empty file; one that is there becomes FILE.bak */
};

/*
 * Lock, open, check the header, cut a torn end. header is the line with its '\n', as
 * gw_prediction_csv_header() writes it, and is copied. Syncs go through env's fs, which must not be
 * shared with anybody else who waits for syncs. Returns NULL and fills err:
 *   GW_EBUSY   another scorer writes this file
 *   GW_EDATA   it is not a predictions file (says which line)
 *   GW_EIO (no such folder, too), GW_ENOSPC, GW_ENOMEM
 */
struct gw_sink_csv	*gw_sink_csv_open(struct gw_env *env, const char *path,
			    struct gw_slice header, enum gw_sink_csv_how how, struct gw_err *err);
/* Closes and unlocks; what was not synced is left to the system. NULL is accepted. */
void			 gw_sink_csv_close(struct gw_sink_csv *s);

/*
 * next[p] = 1 + the highest offset of partition p in the file, -1 if it has no row. Reads from the
 * end and stops when every partition was met. 0, or GW_EDATA (a row without a place, or of a
 * partition >= n), GW_EIO, GW_ENOMEM.
 */
int	gw_sink_csv_positions(struct gw_sink_csv *s, int64_t *next, size_t n, struct gw_err *err)
	    GW_CHECK_RESULT;

/*
 * Append whole rows. All or nothing: on failure the file is cut back to where it was. Waits for the
 * disk only after every GW_SINK_CSV_UNSYNCED_MAX bytes. 0, GW_ENOSPC or another GW_E*.
 */
int	gw_sink_csv_append(struct gw_sink_csv *s, struct gw_slice rows, struct gw_err *err)
	    GW_CHECK_RESULT;

/*
 * Cut the end off: len is where a row ends, as gw_sink_csv_size() said it. 0 or GW_E*.
 */
int	gw_sink_csv_cut_to(struct gw_sink_csv *s, int64_t len, struct gw_err *err)
	    GW_CHECK_RESULT;

/* Begin to make all rows durable. One at a time. 0 or GW_E*. */
int	gw_sink_csv_sync(struct gw_sink_csv *s, struct gw_err *err) GW_CHECK_RESULT;
/*
 * 1: the sync is done; 0: not yet, poll gw_sink_csv_fd(); GW_E*: failed, the last rows are in
 * doubt.
 */
int	gw_sink_csv_synced(struct gw_sink_csv *s, struct gw_err *err) GW_CHECK_RESULT;
int	gw_sink_csv_fd(const struct gw_sink_csv *s);	/* -1: never needed */

const char	*gw_sink_csv_path(const struct gw_sink_csv *s);
/*
 * Which file it is, wherever it is moved to: 16 hexadecimal digits, kept in FILE.id and made at the
 * first question. Lives as long as the sink; NULL: err says why.
 */
const char	*gw_sink_csv_id(struct gw_sink_csv *s, struct gw_env *env, struct gw_err *err);
int64_t		 gw_sink_csv_size(const struct gw_sink_csv *s);	/* bytes */
int64_t		 gw_sink_csv_cut(const struct gw_sink_csv *s);	/* bytes cut when it was opened */

#endif
