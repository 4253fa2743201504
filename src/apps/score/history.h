/* SPDX-License-Identifier: MIT
 *
 * apps/score/history.h - which plays a partition has shown lately, so that one that comes again
 * without a revision of its own gets one. What a play gets depends on the GW_HISTORY offsets before
 * it and on nothing else: a restart, or another scorer, that reads those first says the same.
 */
#ifndef GW_HISTORY_H
#define GW_HISTORY_H

#include "base/alloc.h"
#include "nfl/play.h"

/* offsets of one partition; 14 games at once have some 2,500 plays */
#define GW_HISTORY	4096

struct gw_history;		/* 128 KiB */

struct gw_history	*gw_history_new(struct gw_alloc *alloc);	/* NULL: out of memory */
void			 gw_history_free(struct gw_history *h);	/* NULL is accepted */
void			 gw_history_clear(struct gw_history *h);
/*
 * Remember the play at this offset, higher than any before, and give it a revision if it was there
 * already and brings none: how often it was, or one more than the highest that was told. True: it
 * is a revision, its own or given.
 */
bool	gw_history_take(struct gw_history *h, int64_t offset, struct gw_play *play);

#endif
