/* SPDX-License-Identifier: MIT
 *
 * tests/support/fail_alloc.c - allocation failures, one after the other.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/support/fail_alloc.h"

#include <check.h>
#include <stdlib.h>

static void *
resize(void *ctx, void *ptr, size_t old_len, size_t new_len)
{
	struct fail_alloc *f = ctx;
	void *p;

	if (new_len == 0) {
		ck_assert_ptr_nonnull(ptr);
		ck_assert_uint_ge(f->bytes, old_len);
		f->blocks--;
		f->bytes -= old_len;
		free(ptr);
		return NULL;
	}
	if (new_len > old_len && (++f->n == f->fail_at || (f->for_good && f->n_failed > 0))) {
		f->n_failed++;
		return NULL;
	}
	p = realloc(ptr, new_len);
	ck_assert_ptr_nonnull(p);
	f->blocks += ptr == NULL;
	f->bytes = f->bytes - old_len + new_len;
	return p;
}

void
fail_alloc_init(struct fail_alloc *f, size_t fail_at)
{
	*f = (struct fail_alloc){ .fail_at = fail_at };
	f->alloc.resize = resize;
	f->alloc.ctx = f;
}

/* One run. Whether it met a failure. */
static bool
run_once(struct fail_alloc *f, int (*run)(struct gw_alloc *a, void *arg), void *arg)
{
	int rc = run(&f->alloc, arg);

	ck_assert_msg(f->blocks == 0 && f->bytes == 0 && f->alloc.used == 0,
	    "%zu blocks held after failure %zu", f->blocks, f->fail_at);
	if (f->n_failed == 0)
		ck_assert_int_eq(rc, 0);
	else
		ck_assert_msg(rc < 0 || (rc == 0 && !f->for_good),
		    "%d though allocation %zu failed", rc, f->fail_at);
	return f->n_failed > 0;
}

static size_t
sweep(int (*run)(struct gw_alloc *a, void *arg), void *arg, bool lenient)
{
	struct fail_alloc f;
	size_t k = 0;

	do {
		fail_alloc_init(&f, ++k);
		f.for_good = true;
		if (!lenient)
			(void)run_once(&f, run, arg);
		fail_alloc_init(&f, k);
	} while (run_once(&f, run, arg));
	return f.n;
}

size_t
fail_alloc_sweep(int (*run)(struct gw_alloc *a, void *arg), void *arg)
{
	return sweep(run, arg, false);
}

size_t
fail_alloc_sweep_lenient(int (*run)(struct gw_alloc *a, void *arg), void *arg)
{
	return sweep(run, arg, true);
}
