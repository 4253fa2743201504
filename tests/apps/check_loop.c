/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_loop.c - the loop over made-up parts, a made-up clock and a made-up poll().
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include "apps/loop.h"
#include "tests/support/fail_alloc.h"

#define N_FDS_MAX 100

/* The world: poll() advances the clock by what it is told to wait. */
struct world {
	struct gw_alloc	memory;
	struct gw_net	net;
	struct gw_env	env;
	int64_t		now_us;
	int		timeout_ms;		/* of the last poll */
	size_t		n;			/* descriptors in it */
	int		fds[N_FDS_MAX];
	int		poll_result;		/* 0, or what poll() is to fail with, once */
	int		ready_fd;		/* is reported readable; -1: none */
};

static struct world w;

struct fake {
	size_t	n_fds;
	int	first_fd;
	int64_t	deadline_us;
	int	result;		/* of process */
	int	done_after;	/* turns; 0: never */
	int	turns, timers_only;
	int	readable;	/* fds reported, summed over turns */
	bool	grows;		/* wants one more each time it is asked */
};

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = w.now_us };
}

static int
fake_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms)
{
	int rc = w.poll_result;

	(void)ctx;
	w.timeout_ms = timeout_ms;
	w.n = n;
	for (size_t i = 0; i < n; i++) {
		w.fds[i] = fds[i].fd;
		fds[i].revents = fds[i].fd == w.ready_fd ? POLLIN : 0;
	}
	w.poll_result = 0;
	if (rc == 0 && timeout_ms > 0 && w.ready_fd < 0)
		w.now_us += (int64_t)timeout_ms * 1000;
	return rc;
}

static size_t
fake_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct fake *f = self;
	size_t want = f->n_fds;

	if (f->grows && f->n_fds < 40)
		f->n_fds++;
	for (size_t i = 0; i < want && i < cap; i++)
		fds[i] = (struct pollfd){ .fd = f->first_fd + (int)i, .events = POLLIN };
	*deadline_us = f->deadline_us;
	return want;
}

static int
fake_process(void *self, const struct pollfd *fds, size_t n)
{
	struct fake *f = self;

	f->turns++;
	f->timers_only += n == 0;
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_ge(fds[i].fd, f->first_fd);
		ck_assert_int_lt(fds[i].fd, f->first_fd + 50);
		f->readable += fds[i].revents != 0;
	}
	if (f->result != 0)
		return f->result;
	return f->done_after > 0 && f->turns >= f->done_after;
}

static struct gw_part
part_of(struct fake *f)
{
	return (struct gw_part){
		.name = "fake", .self = f, .pollfds = fake_pollfds, .process = fake_process
	};
}

static void
setup(void)
{
	memset(&w, 0, sizeof(w));
	w.memory = gw_alloc_libc(0);
	w.net.poll = fake_poll;
	w.env = (struct gw_env){ .alloc = &w.memory, .clock = { now, NULL }, .net = &w.net };
	w.ready_fd = -1;
}

static void
teardown(void)
{
	ck_assert_uint_eq(w.memory.used, 0);
}

START_TEST(the_nearest_deadline_of_all_counts_and_is_rounded_up)
{
	struct fake a = { .deadline_us = INT64_MAX }, b = { .deadline_us = 5001 };
	struct gw_part parts[] = { part_of(&a), part_of(&b) };
	struct gw_loop l;

	gw_loop_init(&l, &w.env, parts, 2);
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), 0);
	ck_assert_int_eq(w.timeout_ms, 6);
	ck_assert_int_eq(w.now_us, 6000);
	b.deadline_us = 5001;
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), 0);
	ck_assert_int_eq(w.timeout_ms, 0);
	b.deadline_us = INT64_MAX;
	ck_assert_int_eq(gw_loop_turn(&l, 8000), 0);
	ck_assert_int_eq(w.timeout_ms, 2);
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), 0);
	ck_assert_int_eq(w.timeout_ms, -1);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(each_part_gets_its_own_descriptors)
{
	struct fake a = { .n_fds = 2, .first_fd = 100, .deadline_us = INT64_MAX };
	struct fake b = { .n_fds = 0, .first_fd = 0, .deadline_us = INT64_MAX };
	struct fake c = { .n_fds = 40, .first_fd = 300, .deadline_us = INT64_MAX };
	struct gw_part parts[] = { part_of(&a), part_of(&b), part_of(&c) };
	struct gw_loop l;

	w.ready_fd = 339;
	gw_loop_init(&l, &w.env, parts, 3);
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), 0);
	ck_assert_uint_eq(w.n, 42);
	ck_assert_int_eq(w.fds[0], 100);
	ck_assert_int_eq(w.fds[2], 300);
	ck_assert_int_eq(a.readable, 0);
	ck_assert_int_eq(c.readable, 1);
	ck_assert(a.turns == 1 && b.turns == 1 && c.turns == 1);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(a_part_may_want_more_each_time_it_is_asked)
{
	struct fake a = { .n_fds = 17, .first_fd = 10, .deadline_us = INT64_MAX, .grows = true };
	struct gw_part part = part_of(&a);
	struct gw_loop l;

	gw_loop_init(&l, &w.env, &part, 1);
	for (int i = 0; i < 40; i++)
		ck_assert_int_eq(gw_loop_turn(&l, 0), 0);
	ck_assert_uint_eq(w.n, 40);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(a_part_that_is_done_is_not_asked_again)
{
	struct fake a = { .deadline_us = 0, .done_after = 2 },
		    b = { .deadline_us = 0, .done_after = 5 };
	struct gw_part parts[] = { part_of(&a), part_of(&b) };
	struct gw_loop l;

	gw_loop_init(&l, &w.env, parts, 2);
	ck_assert_int_eq(gw_loop_until(&l, 0, NULL, NULL), 0);
	ck_assert_int_eq(a.turns, 2);
	ck_assert_int_eq(gw_loop_until(&l, 2, NULL, NULL), 0);
	ck_assert_int_eq(a.turns, 2);
	ck_assert_int_eq(b.turns, 5);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(endless_parts_do_not_keep_the_loop)
{
	struct fake a = { .deadline_us = 0 }, b = { .deadline_us = 0, .done_after = 3 };
	struct gw_part parts[] = { part_of(&a), part_of(&b) };
	struct gw_loop l;

	parts[0].endless = true;
	gw_loop_init(&l, &w.env, parts, 2);
	ck_assert_int_eq(gw_loop_until(&l, 2, NULL, NULL), 0);
	ck_assert_int_eq(a.turns, 3);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(a_part_that_fails_ends_the_loop)
{
	struct fake a = { .deadline_us = 0, .result = GW_EIO }, b = { .deadline_us = 0 };
	struct gw_part parts[] = { part_of(&a), part_of(&b) };
	struct gw_loop l;

	gw_loop_init(&l, &w.env, parts, 2);
	ck_assert_int_eq(gw_loop_until(&l, 2, NULL, NULL), GW_EIO);
	gw_loop_fini(&l);
}
END_TEST

static bool
stop_after(void *arg)
{
	struct fake *f = arg;

	return f->turns >= 4;
}

START_TEST(stop_is_asked_before_each_turn)
{
	struct fake a = { .deadline_us = 0 };
	struct gw_part part = part_of(&a);
	struct gw_loop l;

	gw_loop_init(&l, &w.env, &part, 1);
	ck_assert_int_eq(gw_loop_until(&l, 1, stop_after, &a), GW_EINTR);
	ck_assert_int_eq(a.turns, 4);
	ck_assert_int_eq(gw_loop_until(&l, 1, stop_after, &a), GW_EINTR);
	ck_assert_int_eq(a.turns, 4);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(after_an_interrupted_poll_only_timers_run)
{
	struct fake a = { .n_fds = 3, .first_fd = 7, .deadline_us = 0, .done_after = 2 };
	struct gw_part part = part_of(&a);
	struct gw_loop l;

	gw_loop_init(&l, &w.env, &part, 1);
	w.poll_result = GW_EINTR;
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), GW_EINTR);
	ck_assert_int_eq(a.turns, 1);
	ck_assert_int_eq(a.timers_only, 1);
	w.poll_result = GW_EINTR;
	ck_assert_int_eq(gw_loop_until(&l, 0, NULL, NULL), 0);
	w.poll_result = GW_EIO;
	part.done = false;
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), GW_EIO);
	gw_loop_fini(&l);
}
END_TEST

START_TEST(the_stop_descriptor_wakes_it_once)
{
	struct fake a = { .n_fds = 1, .first_fd = 50, .deadline_us = INT64_MAX };
	struct gw_part part = part_of(&a);
	struct gw_loop l;

	gw_loop_init(&l, &w.env, &part, 1);
	l.stop_fd = 99;
	w.ready_fd = 99;
	ck_assert_int_eq(gw_loop_turn(&l, INT64_MAX), GW_EINTR);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_int_eq(a.readable, 0);
	w.ready_fd = -1;
	ck_assert_int_eq(gw_loop_turn(&l, 0), 0);
	ck_assert_uint_eq(w.n, 1);
	gw_loop_fini(&l);
}
END_TEST

static int
one_turn(struct gw_alloc *alloc, void *arg)
{
	struct fake a = { .n_fds = 30, .first_fd = 1, .deadline_us = 0 };
	struct gw_part part = part_of(&a);
	struct gw_loop l;
	int rc;

	(void)arg;
	w.env.alloc = alloc;
	gw_loop_init(&l, &w.env, &part, 1);
	rc = gw_loop_turn(&l, 0);
	gw_loop_fini(&l);
	return rc;
}

START_TEST(every_failed_allocation_is_told)
{
	ck_assert_uint_ge(fail_alloc_sweep(one_turn, NULL), 1);
}
END_TEST

Suite *
check_loop_suite(void)
{
	Suite *s = suite_create("loop");
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_nearest_deadline_of_all_counts_and_is_rounded_up);
	tcase_add_test(tc, each_part_gets_its_own_descriptors);
	tcase_add_test(tc, a_part_may_want_more_each_time_it_is_asked);
	tcase_add_test(tc, a_part_that_is_done_is_not_asked_again);
	tcase_add_test(tc, endless_parts_do_not_keep_the_loop);
	tcase_add_test(tc, a_part_that_fails_ends_the_loop);
	tcase_add_test(tc, stop_is_asked_before_each_turn);
	tcase_add_test(tc, after_an_interrupted_poll_only_timers_run);
	tcase_add_test(tc, the_stop_descriptor_wakes_it_once);
	tcase_add_test(tc, every_failed_allocation_is_told);
	suite_add_tcase(s, tc);
	return s;
}
