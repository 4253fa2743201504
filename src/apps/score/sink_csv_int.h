/* SPDX-License-Identifier: MIT
 *
 * apps/score/sink_csv_int.h - the predictions CSV's own: its state, and its rows read from the end.
 */
#ifndef GW_SINK_CSV_INT_H
#define GW_SINK_CSV_INT_H

#include "apps/score/sink_csv.h"

struct gw_sink_csv {
	struct gw_alloc	*alloc;
	struct gw_fs	*fs;
	char		*path, *lock_path;
	char		*header;	/* with its line end */
	size_t		 header_len;
	size_t		 n_fields, partition_field, offset_field;
	int		 h, lock;	/* -1: not open */
	int64_t		 size, cut;
	int64_t		 synced_size;	/* before the newest sync was begun */
	uint64_t	 token;		/* of the newest sync */
	bool		 syncing;
	char		 id[17];	/* "": not asked for yet */
};

/* Copies the header and learns where partition and offset are. 0 or GW_ENOMEM. */
int	gw_sink_csv_learn(struct gw_sink_csv *s, struct gw_slice header, struct gw_err *err);
/* Exactly len bytes. 0 or GW_E*. */
int	gw_sink_csv_read_at(struct gw_sink_csv *s, void *buf, size_t len, int64_t at,
	    struct gw_err *err);

/* Lines of the file from its end, through one window that moves backwards. */
struct gw_sink_tail {
	struct gw_sink_csv	*sink;
	char			*window;
	int64_t			 from, to;	/* what of the file is in it */
	int64_t			 at;		/* lines before this are still to come */
};

int	gw_sink_tail_init(struct gw_sink_tail *t, struct gw_sink_csv *s, struct gw_err *err);
void	gw_sink_tail_fini(struct gw_sink_tail *t);
/*
 * The line that ends at t->at, with its end if it has one: 1 and *line, 0 at the header, or GW_E*.
 * A line of more than GW_SINK_CSV_LINE_MAX bytes comes in pieces, of which only the last can have
 * an end.
 */
int	gw_sink_tail_line(struct gw_sink_tail *t, struct gw_slice *line, struct gw_err *err);
/* Whether it has its end and all fields. */
bool	gw_sink_line_is_whole(const struct gw_sink_csv *s, struct gw_slice line);
/* partition and offset of a whole line. 0 or GW_EDATA. */
int	gw_sink_line_place(const struct gw_sink_csv *s, struct gw_slice line, int64_t *partition,
	    int64_t *offset, struct gw_err *err);

#endif
