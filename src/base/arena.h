/* SPDX-License-Identifier: MIT
 *
 * base/arena.h - memory with one lifetime: one frame, one arena. Freed as a whole; never piecewise.
 */
#ifndef GW_ARENA_H
#define GW_ARENA_H

#include "base/alloc.h"

struct gw_arena_chunk;
struct gw_arena {
	struct gw_alloc		*alloc;
	struct gw_arena_chunk	*chunks;	/* newest first */
	size_t			 used, cap;	/* bytes handed out; at most (0: no limit) */
};

void	 gw_arena_init(struct gw_arena *a, struct gw_alloc *alloc, size_t cap);
void	 gw_arena_fini(struct gw_arena *a);
/* Forget everything; the first chunk is kept for the next frame. */
void	 gw_arena_reset(struct gw_arena *a);

/* Zeroed, aligned for anything. NULL at the cap, when memory is out, or when n * size overflows. */
void	*gw_arena_zero(struct gw_arena *a, size_t n, size_t size) GW_CHECK_RESULT;
/* A NUL-terminated copy. */
char	*gw_arena_str(struct gw_arena *a, struct gw_slice s) GW_CHECK_RESULT;
char	*gw_arena_printf(struct gw_arena *a, const char *fmt, ...) GW_PRINTF(2, 3) GW_CHECK_RESULT;

#endif
