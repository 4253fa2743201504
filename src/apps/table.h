/* SPDX-License-Identifier: MIT
 *
 * apps/table.h - aligned columns for people: heading, rows, two blanks between.
 */
#ifndef GW_TABLE_H
#define GW_TABLE_H

#include "apps/app.h"
#include "base/json.h"

struct gw_column {
	const char	*name;
	bool		 right;		/* numbers */
};

struct gw_table {
	const struct gw_column	*columns;
	size_t			 n_columns, n_cells;
	struct gw_buf		 cells;		/* each ends with NUL */
};

void	gw_table_init(struct gw_table *t, struct gw_alloc *alloc, const struct gw_column *columns,
	    size_t n);
void	gw_table_fini(struct gw_table *t);
/* The next cell, row by row. Control bytes are shown as '?': names come from other people. */
void	gw_table_cell(struct gw_table *t, const char *fmt, ...) GW_PRINTF(2, 3);
void	gw_table_print(const struct gw_table *t, struct gw_app *app);

/* What is not there: a dash for people, null for programs. */
const char	*gw_or_dash(const char *s);
void		 gw_json_kv_text(struct gw_json_out *w, const char *key, const char *s);
/* A number that is never negative, where -1 and the like stand for "not known". */
void		 gw_json_kv_known(struct gw_json_out *w, const char *key, int64_t v);

#endif
