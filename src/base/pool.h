/* SPDX-License-Identifier: MIT
 *
 * base/pool.h - one piece of work done by several threads: each calls the same function with its
 * own number, and run() returns when all have. For training, whose results do not depend on how
 * many.
 */
#ifndef GW_POOL_H
#define GW_POOL_H

#include "base/alloc.h"

#define GW_POOL_THREADS_MAX 64

struct gw_pool;

/*
 * n threads in all, the caller's own being one: 1 starts none, 0 as many as there are processors.
 * Fewer come if the system refuses some. NULL: out of memory. The allocator is not used by the
 * threads.
 */
struct gw_pool	*gw_pool_new(struct gw_alloc *alloc, unsigned n);
void		 gw_pool_free(struct gw_pool *p);	/* NULL is accepted */
/* How many share the work; p may be NULL: 1. */
unsigned	 gw_pool_size(const struct gw_pool *p);
/*
 * work(arg, i, size) for each i below size, at the same time. It must not fail, allocate or run().
 * With p NULL: work(arg, 0, 1).
 */
void		 gw_pool_run(struct gw_pool *p, void (*work)(void *arg, unsigned i, unsigned size),
		    void *arg);

/* The i-th of `size` even shares of n things: [*begin, *end). */
static inline void
gw_pool_share(size_t n, unsigned i, unsigned size, size_t *begin, size_t *end)
{
	*begin = n / size * i + (n % size < i ? n % size : i);
	*end = n / size * (i + 1) + (n % size < i + 1 ? n % size : i + 1);
}

#endif
