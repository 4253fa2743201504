/* SPDX-License-Identifier: MIT
 *
 * tests/support/fail_alloc.h - an allocator that fails on demand and knows what is still held.
 */
#ifndef GW_TEST_FAIL_ALLOC_H
#define GW_TEST_FAIL_ALLOC_H

#include <stdbool.h>

#include <gridwire/types.h>

struct fail_alloc {
	struct gw_alloc	alloc;		/* hand out &f->alloc; f must stay where it is */
	size_t		n;		/* allocations and growths so far */
	size_t		fail_at;	/* the one, from 1, that fails; 0: none */
	bool		for_good;	/* and all after it */
	size_t		n_failed;
	size_t		blocks, bytes;	/* held now */
};

void	fail_alloc_init(struct fail_alloc *f, size_t fail_at);

/*
 * Run with the first allocation failing, then the second, and so on, until a run meets no failure;
 * each time once with only that one failing, which may be recovered from (0 or GW_E*), and once
 * with all from there on failing, which may not (GW_E*). Asserts that, that nothing is held after
 * any run, and that the good run returns 0. Returns its number of allocations.
 */
size_t	fail_alloc_sweep(int (*run)(struct gw_alloc *a, void *arg), void *arg);
/* The same with single failures only, for a run that can do without memory. */
size_t	fail_alloc_sweep_lenient(int (*run)(struct gw_alloc *a, void *arg), void *arg);

#endif
