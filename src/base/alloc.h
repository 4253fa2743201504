/* SPDX-License-Identifier: MIT
 *
 * base/alloc.h - every allocation of gridwire goes through here, so that a handle has one byte cap
 * and a test can make the k-th one fail. struct gw_alloc is in gridwire/types.h.
 *
 * Each block carries its length, so freeing needs only the pointer. "used" counts what callers
 * asked for plus that header.
 */
#ifndef GW_ALLOC_H
#define GW_ALLOC_H

#include <gridwire/types.h>
#include "base/compiler.h"

/* NULL when memory or the cap is out, or n * size overflows. Memory is aligned for anything. */
void	*gw_alloc_bytes(struct gw_alloc *a, size_t len) GW_CHECK_RESULT;
void	*gw_alloc_zero(struct gw_alloc *a, size_t n, size_t size) GW_CHECK_RESULT;
/* As realloc: p NULL allocates; on failure p stays as it was. */
void	*gw_alloc_resize(struct gw_alloc *a, void *p, size_t n, size_t size) GW_CHECK_RESULT;
void	 gw_alloc_free(struct gw_alloc *a, void *p);	/* NULL is accepted */
/* A NUL-terminated copy. */
char	*gw_alloc_str(struct gw_alloc *a, struct gw_slice s) GW_CHECK_RESULT;

/*
 * Make room in a growing array: when n == *cap, resize *p to twice (at least 8). Returns 0 or
 * GW_ENOMEM (*p and *cap unchanged).
 */
int	 gw_alloc_room(struct gw_alloc *a, void **p, size_t *cap, size_t n, size_t size)
	    GW_CHECK_RESULT;

#endif
