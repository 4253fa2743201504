/* SPDX-License-Identifier: MIT
 *
 * apps/page/page_table.h - the page for who has no JavaScript: plain tables, made anew for each
 * request.
 */
#ifndef GW_PAGE_TABLE_H
#define GW_PAGE_TABLE_H

#include "apps/page/page_log.h"

/* All games, or with game the plays of one. */
void	gw_page_table(struct gw_buf *out, const struct gw_page_log *l, struct gw_slice game);
/* Text with &, <, >, " and ' as entities. */
void	gw_page_escape(struct gw_buf *out, const char *text);

#endif
