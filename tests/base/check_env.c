/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_env.c - the real world, put together.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/err.h"

START_TEST(the_real_environment_has_every_part)
{
	struct gw_err err;
	struct gw_env *env = gw_env_posix_new(0, true, &err);

	ck_assert_msg(env != NULL, "%s", err.msg);
	ck_assert_ptr_nonnull(env->alloc);
	ck_assert_ptr_nonnull(env->net);
	ck_assert_ptr_nonnull(env->fs);
	ck_assert_ptr_null(env->log);
	ck_assert_int_ge(env->fs->sync_fd(env->fs->ctx), 0);
	gw_env_posix_free(env);
	gw_env_posix_free(NULL);
}
END_TEST

START_TEST(without_a_worker_there_is_no_descriptor_to_wait_for)
{
	struct gw_env *env = gw_env_posix_new(0, false, NULL);

	ck_assert_ptr_nonnull(env);
	ck_assert_int_eq(env->fs->sync_fd(env->fs->ctx), -1);
	gw_env_posix_free(env);
}
END_TEST

START_TEST(time_goes_forward_and_knows_the_date)
{
	struct gw_env *env = gw_env_posix_new(0, false, NULL);
	struct gw_time a, b;
	int64_t wall;

	ck_assert_ptr_nonnull(env);
	wall = (int64_t)time(NULL) * 1000;
	a = gw_env_now(env);
	ck_assert_int_ge(a.wall_ms, wall - 1000);
	ck_assert_int_le(a.wall_ms, wall + 10000);
	(void)env->net->poll(env->net->ctx, NULL, 0, 20);
	b = gw_env_now(env);
	ck_assert_int_ge(b.us, a.us + 20000);
	ck_assert_int_lt(b.us, a.us + 20000000);
	gw_env_posix_free(env);
}
END_TEST

START_TEST(the_cap_is_on_the_environments_memory)
{
	struct gw_env *env = gw_env_posix_new(100000, false, NULL);
	void *p;

	ck_assert_ptr_nonnull(env);
	ck_assert_ptr_null(gw_alloc_bytes(env->alloc, 100000));
	p = gw_alloc_bytes(env->alloc, 50000);
	ck_assert_ptr_nonnull(p);
	gw_alloc_free(env->alloc, p);
	gw_env_posix_free(env);
	ck_assert_ptr_null(gw_env_posix_new(10, false, NULL));
}
END_TEST

START_TEST(two_environments_have_different_seeds)
{
	struct gw_env *a = gw_env_posix_new(0, false, NULL), *b = gw_env_posix_new(0, false, NULL);

	ck_assert_uint_ne(gw_rng_u64(&a->rng), gw_rng_u64(&b->rng));
	gw_env_posix_free(a);
	gw_env_posix_free(b);
}
END_TEST

START_TEST(the_log_writes_lines_to_its_descriptor)
{
	struct gw_log log;
	char text[300];
	ssize_t n;
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	log = gw_log_fd(p[1], GW_LOG_INFO, GW_LOG_LOGFMT);
	gw_log(&log, GW_LOG_WARN, "disk_full", gw_kv_i("free", 0));
	gw_log(&log, GW_LOG_DEBUG, "hidden", gw_kv_i("x", 0));
	ck_assert_int_eq(close(p[1]), 0);
	n = read(p[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_int_eq(strncmp(text, "ts=2", 4), 0);
	ck_assert_str_eq(strchr(text, ' '), " level=warn event=disk_full free=0\n");
	ck_assert_int_eq(close(p[0]), 0);
}
END_TEST

Suite *
check_env_suite(void)
{
	Suite *s = suite_create("base/env");
	TCase *tc = tcase_create("env");

	tcase_add_test(tc, the_real_environment_has_every_part);
	tcase_add_test(tc, without_a_worker_there_is_no_descriptor_to_wait_for);
	tcase_add_test(tc, time_goes_forward_and_knows_the_date);
	tcase_add_test(tc, the_cap_is_on_the_environments_memory);
	tcase_add_test(tc, two_environments_have_different_seeds);
	tcase_add_test(tc, the_log_writes_lines_to_its_descriptor);
	suite_add_tcase(s, tc);
	return s;
}
