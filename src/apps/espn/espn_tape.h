/* SPDX-License-Identifier: MIT
 *
 * apps/espn/espn_tape.h - answers of the feed in a folder, with the moments at which they came: so
 * a Sunday can be played again. Each answer is a file, gzipped; DIR/answers.jsonl names them in
 * order. A folder without that file is read as JSON files (*.json, *.json.gz) in the order of their
 * names, all of the same moment.
 */
#ifndef GW_ESPN_TAPE_H
#define GW_ESPN_TAPE_H

#include "base/env.h"
#include "base/err.h"

#define GW_TAPE_ANSWERS_MAX	1000000

struct gw_tape_answer {
	int64_t		at_ms;		/* since 1970 */
	int		status;		/* of HTTP; 0: there was no answer */
	char		request[128];	/* "/summary?event=401671664" */
	char		file[160];	/* in the folder; "" none */
};

/* ---- writing ---- */

struct gw_tape_writer;

/* The folder is made; one that holds a tape is refused (GW_EEXIST). NULL: err. */
struct gw_tape_writer	*gw_tape_writer_new(struct gw_env *env, const char *dir,
			    struct gw_err *err);
void			 gw_tape_writer_free(struct gw_tape_writer *w);
int	gw_tape_write(struct gw_tape_writer *w, const char *request, int status,
	    struct gw_slice body, struct gw_err *err) GW_CHECK_RESULT;

/* ---- reading ---- */

struct gw_tape {
	struct gw_env		*env;
	char			*dir;
	struct gw_tape_answer	*answers;
	size_t			 n, cap;
};

/* 0, GW_ENOENT, GW_EDATA (no answer in it), ... Close it in either case. */
int	gw_tape_open(struct gw_tape *t, struct gw_env *env, const char *dir, struct gw_err *err)
	    GW_CHECK_RESULT;
void	gw_tape_close(struct gw_tape *t);
/* The body of an answer, inflated, into body (cleared). */
int	gw_tape_body(const struct gw_tape *t, size_t i, struct gw_buf *body, struct gw_err *err)
	    GW_CHECK_RESULT;

#endif
