/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_pool.c - every share is done once, by as many threads as asked.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include "base/pool.h"
#include "tests/support/fail_alloc.h"

#define N 1000

struct job {
	unsigned	size;
	unsigned	done[N];
	unsigned	calls[GW_POOL_THREADS_MAX];
};

static void
work(void *arg, unsigned i, unsigned size)
{
	struct job *j = arg;
	size_t begin, end;

	gw_pool_share(N, i, size, &begin, &end);
	for (size_t k = begin; k < end; k++)
		j->done[k]++;
	j->calls[i]++;
	if (i == 0)
		j->size = size;
}

START_TEST(every_share_is_done_once_whatever_the_threads)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_pool *p = gw_pool_new(&alloc, (unsigned)_i);
	struct job j = { 0 };

	ck_assert_uint_eq(gw_pool_size(p), (unsigned)_i);
	for (int turn = 0; turn < 500; turn++)
		gw_pool_run(p, work, &j);
	ck_assert_uint_eq(j.size, (unsigned)_i);
	for (size_t k = 0; k < N; k++)
		ck_assert_uint_eq(j.done[k], 500);
	for (int i = 0; i < _i; i++)
		ck_assert_uint_eq(j.calls[i], 500);
	gw_pool_free(p);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(no_pool_is_one_thread)
{
	struct job j = { 0 };

	ck_assert_uint_eq(gw_pool_size(NULL), 1);
	gw_pool_run(NULL, work, &j);
	ck_assert_uint_eq(j.size, 1);
	ck_assert_uint_eq(j.done[N - 1], 1);
	gw_pool_free(NULL);
}
END_TEST

START_TEST(shares_cover_everything_and_differ_by_one_at_most)
{
	for (size_t n = 0; n < 40; n++)
		for (unsigned size = 1; size < 12; size++) {
			size_t at = 0, begin, end;

			for (unsigned i = 0; i < size; i++) {
				gw_pool_share(n, i, size, &begin, &end);
				ck_assert_uint_eq(begin, at);
				ck_assert_uint_ge(end - begin, n / size);
				ck_assert_uint_le(end - begin, n / size + 1);
				at = end;
			}
			ck_assert_uint_eq(at, n);
		}
}
END_TEST

static int
make_one(struct gw_alloc *a, void *arg)
{
	struct gw_pool *p = gw_pool_new(a, 3);

	(void)arg;
	gw_pool_free(p);
	return p == NULL ? GW_ENOMEM : 0;
}

START_TEST(a_pool_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(make_one, NULL), 1);
}
END_TEST

Suite *
check_pool_suite(void)
{
	Suite *s = suite_create("pool");
	TCase *t = tcase_create("pool");

	tcase_add_loop_test(t, every_share_is_done_once_whatever_the_threads, 1, 9);
	tcase_add_test(t, no_pool_is_one_thread);
	tcase_add_test(t, shares_cover_everything_and_differ_by_one_at_most);
	tcase_add_test(t, a_pool_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}
