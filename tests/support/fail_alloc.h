/* SPDX-License-Identifier: MIT
 *
 * tests/support/fail_alloc.h - an allocator that fails on demand and knows what is still held.
 */
#ifndef GW_TEST_FAIL_ALLOC_H
#define GW_TEST_FAIL_ALLOC_H

#include <gridwire/types.h>

struct fail_alloc {
	struct gw_alloc	alloc;		/* hand out &f->alloc; f must stay where it is */
	size_t		n;		/* allocations and growths so far */
	size_t		fail_at;	/* the one, from 1, that fails; 0: none */
	size_t		n_failed;
	size_t		blocks, bytes;	/* held now */
};

void	fail_alloc_init(struct fail_alloc *f, size_t fail_at);

/*
 * Run with the first allocation failing, then the second, and so on, until a run meets no failure.
 * run() returns 0, or a negative GW_E* when it noticed. Asserts that the last run returns 0, that no
 * other one does, and that nothing is held after any. Returns the allocations of the good run.
 */
size_t	fail_alloc_sweep(int (*run)(struct gw_alloc *a, void *arg), void *arg);
/* The same, where a failed allocation may be recovered from. */
size_t	fail_alloc_sweep_lenient(int (*run)(struct gw_alloc *a, void *arg), void *arg);

#endif
