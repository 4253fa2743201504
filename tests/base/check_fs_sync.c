/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_fs_sync.c - syncs by the worker and in place.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fs.h"
#include "tests/support/files.h"

/*
 * This stands before libc's, so that tests see each call, can hold it, and can make it fail. A held
 * call waits for a byte in the gate.
 */
static atomic_int	n_calls, fail_with;
static int		gate[2] = { -1, -1 };

int
fdatasync(int fd)
{
	char byte;

	(void)atomic_fetch_add(&n_calls, 1);
	if (gate[0] >= 0 && read(gate[0], &byte, 1) != 1)
		return -1;
	if (atomic_load(&fail_with) != 0) {
		errno = atomic_load(&fail_with);
		return -1;
	}
	return fsync(fd);
}

static char		dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
static struct gw_fs    *fs;

static void
set_up(bool worker, bool gated)
{
	struct gw_err err;

	test_tmp_new(dir);
	atomic_store(&n_calls, 0);
	atomic_store(&fail_with, 0);
	if (gated)
		ck_assert_int_eq(pipe(gate), 0);
	fs = gw_fs_posix_new(worker, &err);
	ck_assert_ptr_nonnull(fs);
}

static void
tear_down(void)
{
	gw_fs_posix_free(fs);
	for (int i = 0; i < 2; i++) {
		if (gate[i] >= 0)
			(void)close(gate[i]);
		gate[i] = -1;
	}
	test_tmp_free(dir);
}

static int
new_file(const char *name)
{
	struct gw_err err;
	int h;

	test_path(dir, name, path);
	h = fs->open(fs->ctx, path, GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE, &err);
	ck_assert_msg(h >= 0, "%s", err.msg);
	ck_assert_int_eq(fs->pwrite(fs->ctx, h, "x", 1, 0), 1);
	return h;
}

static void
let_pass(int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(write(gate[1], "", 1), 1);
}

static void
wait_calls(int n)
{
	for (int i = 0; i < 2000 && atomic_load(&n_calls) < n; i++)
		(void)poll(NULL, 0, 5);
	ck_assert_int_eq(atomic_load(&n_calls), n);
}

static struct gw_synced
wait_synced(void)
{
	struct pollfd p = { .fd = fs->sync_fd(fs->ctx), .events = POLLIN };
	struct gw_synced s;

	for (int i = 0; i < 100; i++) {
		if (fs->synced(fs->ctx, &s))
			return s;
		ck_assert_int_eq(poll(&p, 1, 10000), 1);
	}
	ck_abort_msg("the descriptor is readable but nothing is there");
}

static bool
is_readable(void)
{
	struct pollfd p = { .fd = fs->sync_fd(fs->ctx), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

START_TEST(without_a_worker_a_sync_ends_in_place)
{
	struct gw_synced s;
	int h;

	set_up(false, false);
	ck_assert_int_eq(fs->sync_fd(fs->ctx), -1);
	ck_assert_int_eq(fs->synced(fs->ctx, &s), 0);
	h = new_file("a");
	ck_assert_int_eq(fs->sync(fs->ctx, h, 7), 0);
	ck_assert_int_eq(atomic_load(&n_calls), 1);
	atomic_store(&fail_with, EIO);
	ck_assert_int_eq(fs->sync(fs->ctx, h, 8), 0);
	ck_assert_int_eq(fs->synced(fs->ctx, &s), 1);
	ck_assert(s.token == 7 && s.result == 0);
	ck_assert_int_eq(fs->synced(fs->ctx, &s), 1);
	ck_assert(s.token == 8 && s.result == GW_EIO);
	ck_assert_int_eq(fs->synced(fs->ctx, &s), 0);
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(the_worker_hands_every_token_back)
{
	struct gw_synced s;
	int h;

	set_up(true, false);
	h = new_file("a");
	for (uint64_t round = 0; round < 50; round++) {
		ck_assert_int_eq(fs->sync(fs->ctx, h, round), 0);
		s = wait_synced();
		ck_assert_uint_eq(s.token, round);
		ck_assert_int_eq(s.result, 0);
	}
	ck_assert_int_eq(fs->synced(fs->ctx, &s), 0);
	ck_assert(!is_readable());
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(many_waiters_of_one_file_share_one_sync)
{
	int a, b;

	set_up(true, true);
	a = new_file("a");
	b = new_file("b");
	ck_assert_int_eq(fs->sync(fs->ctx, a, 0), 0);
	wait_calls(1);				/* it is under way and held */
	for (uint64_t i = 1; i <= 10; i++)
		ck_assert_int_eq(fs->sync(fs->ctx, i % 2 ? a : b, i), 0);
	let_pass(3);
	ck_assert_uint_eq(wait_synced().token, 0);
	for (uint64_t i = 1; i <= 9; i += 2)	/* a waited first */
		ck_assert_uint_eq(wait_synced().token, i);
	for (uint64_t i = 2; i <= 10; i += 2)
		ck_assert_uint_eq(wait_synced().token, i);
	ck_assert_int_eq(atomic_load(&n_calls), 3);
	ck_assert(!is_readable());
	fs->close(fs->ctx, a);
	fs->close(fs->ctx, b);
	tear_down();
}
END_TEST

/* A sync begun while another of the same file runs may cover bytes that one does not. */
START_TEST(a_sync_under_way_is_not_shared_by_later_ones)
{
	int h;

	set_up(true, true);
	h = new_file("a");
	ck_assert_int_eq(fs->sync(fs->ctx, h, 1), 0);
	wait_calls(1);
	ck_assert_int_eq(fs->sync(fs->ctx, h, 2), 0);
	let_pass(1);
	ck_assert_uint_eq(wait_synced().token, 1);
	wait_calls(2);
	ck_assert(!is_readable());
	let_pass(1);
	ck_assert_uint_eq(wait_synced().token, 2);
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(a_failed_sync_is_told_to_all_its_waiters)
{
	struct gw_synced s;
	int h;

	set_up(true, true);
	h = new_file("a");
	ck_assert_int_eq(fs->sync(fs->ctx, h, 0), 0);
	wait_calls(1);
	for (uint64_t i = 1; i <= 3; i++)
		ck_assert_int_eq(fs->sync(fs->ctx, h, i), 0);
	let_pass(1);
	ck_assert_int_eq(wait_synced().result, 0);
	atomic_store(&fail_with, ENOSPC);
	let_pass(1);
	for (uint64_t i = 1; i <= 3; i++) {
		s = wait_synced();
		ck_assert_uint_eq(s.token, i);
		ck_assert_int_eq(s.result, GW_ENOSPC);
	}
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(a_file_closed_meanwhile_keeps_its_number_until_it_is_synced)
{
	int h, other;

	set_up(true, true);
	h = new_file("a");
	ck_assert_int_eq(fs->sync(fs->ctx, h, 1), 0);
	wait_calls(1);
	ck_assert_int_eq(fs->sync(fs->ctx, h, 2), 0);
	fs->close(fs->ctx, h);
	ck_assert_int_ge(fcntl(h, F_GETFD), 0);		/* still the worker's */
	other = new_file("b");
	ck_assert_int_ne(other, h);
	let_pass(2);
	ck_assert_uint_eq(wait_synced().token, 1);
	ck_assert_uint_eq(wait_synced().token, 2);
	for (int i = 0; i < 2000 && fcntl(h, F_GETFD) >= 0; i++)
		(void)poll(NULL, 0, 5);
	ck_assert_int_lt(fcntl(h, F_GETFD), 0);		/* and now closed */
	ck_assert_int_ge(fcntl(other, F_GETFD), 0);
	fs->close(fs->ctx, other);
	ck_assert_int_lt(fcntl(other, F_GETFD), 0);	/* with nothing under way: at once */
	tear_down();
}
END_TEST

START_TEST(free_carries_out_what_was_begun)
{
	int h;

	set_up(true, true);
	h = new_file("a");
	for (uint64_t i = 0; i < 5; i++)
		ck_assert_int_eq(fs->sync(fs->ctx, h, i), 0);
	fs->close(fs->ctx, h);
	let_pass(5);
	gw_fs_posix_free(fs);
	fs = NULL;
	ck_assert_int_ge(atomic_load(&n_calls), 1);
	ck_assert_int_lt(fcntl(h, F_GETFD), 0);
	tear_down();
}
END_TEST

Suite *
check_fs_sync_suite(void)
{
	Suite *s = suite_create("base/fs_sync");
	TCase *tc = tcase_create("fs_sync");

	tcase_add_test(tc, without_a_worker_a_sync_ends_in_place);
	tcase_add_test(tc, the_worker_hands_every_token_back);
	tcase_add_test(tc, many_waiters_of_one_file_share_one_sync);
	tcase_add_test(tc, a_sync_under_way_is_not_shared_by_later_ones);
	tcase_add_test(tc, a_failed_sync_is_told_to_all_its_waiters);
	tcase_add_test(tc, a_file_closed_meanwhile_keeps_its_number_until_it_is_synced);
	tcase_add_test(tc, free_carries_out_what_was_begun);
	suite_add_tcase(s, tc);
	return s;
}
