/* SPDX-License-Identifier: MIT
 *
 * base/csv.h - CSV records out of bytes (RFC 4180: quotes, doubled quotes, CRLF or LF) and back in.
 * Source is a pull function, so a file, a gzip stream and a test string look alike.
 */
#ifndef GW_CSV_H
#define GW_CSV_H

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/slice.h"

#define GW_CSV_FIELDS_MAX	4096	/* nflverse has 372 */
#define GW_CSV_RECORD_MAX	(1u << 20)

/* Fill up to len bytes: n, 0 at the end, or GW_E* with err filled. */
struct gw_source {
	ssize_t	(*read)(void *ctx, void *buf, size_t len, struct gw_err *err);
	void	(*close)(void *ctx);
	void	 *ctx;
};

/*
 * A file as a source; gzip (told by its first two bytes, RFC 1952, several members allowed) is
 * inflated on the way. A cut or damaged gzip is GW_EDATA or GW_ECORRUPT naming the path and offset.
 */
int	gw_source_file(struct gw_source *s, struct gw_alloc *alloc, struct gw_fs *fs,
	    const char *path, struct gw_err *err) GW_CHECK_RESULT;
/* *bytes is advanced, and must outlive the source. */
struct gw_source gw_source_bytes(struct gw_slice *bytes);

struct gw_csv;
/* name appears in errors. Closes source on free. NULL: out of memory. */
struct gw_csv	*gw_csv_new(struct gw_alloc *alloc, struct gw_source source, const char *name);
void		 gw_csv_free(struct gw_csv *csv);

/*
 * The next record: number of fields and *fields (borrowed until the next call), 0 at the end, or
 * GW_EDATA, GW_ELIMIT, GW_E* of the source; err says "name:line: ...". Empty lines are skipped.
 */
int	gw_csv_next(struct gw_csv *csv, const struct gw_slice **fields, struct gw_err *err)
	    GW_CHECK_RESULT;
size_t	gw_csv_line(const struct gw_csv *csv);	/* line on which the last record began, from 1 */

/* Append one field with its comma if it is not the first of the line; quotes where needed. */
void	gw_csv_put(struct gw_buf *out, struct gw_slice field);
void	gw_csv_end(struct gw_buf *out);		/* end the line with \n */

#endif
