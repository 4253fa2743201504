/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_kafka.c - the options that all verbs share, and what becomes of them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdlib.h>

#include "apps/kafka.h"
#include "base/arena.h"
#include "client/configuration.h"
#include "tests/apps/fixture.h"
#include "tests/support/fail_alloc.h"

static struct fixture		 f;
static struct gw_app		 app;
static struct gw_kafka_args	 args;
static char			 path[TEST_PATH_MAX];

static void
setup(void)
{
	unsetenv("GRIDWIRE_BOOTSTRAP");
	fixture_init(&f);
	fixture_app(&f, &app);
	test_path(f.dir, "client.properties", path);
	gw_kafka_args_init(&args, &app);
}

static void
teardown(void)
{
	gw_kafka_args_fini(&args);
	fixture_app_end(&f, &app);
	fixture_fini(&f);
}

static void
give(int opt, const char *value)
{
	ck_assert_int_eq(gw_kafka_arg(&args, opt, value, NULL), 1);
}

static void
write_file(const char *text)
{
	test_write(path, text, strlen(text));
	give(GW_KAFKA_FILE, path);
}

/* The servers and linger that a client would work with. */
static void
expect(const char *servers, int64_t linger_ms)
{
	struct gw_client_config cfg;
	struct gw_arena arena;
	struct gw_buf out;
	struct gw_err err = { .msg = "" };

	gw_buf_init(&out, f.env->alloc, 0);
	gw_arena_init(&arena, f.env->alloc, 0);
	ck_assert_msg(gw_kafka_config(&args, "linger.ms=1", &out, &err) == 0, "%s", err.msg);
	ck_assert_msg(
	    gw_config_read(&cfg, (const char *)out.ptr, &arena, &err) == 0, "%s", err.msg);
	ck_assert_str_eq(cfg.bootstrap_servers, servers);
	ck_assert_int_eq(cfg.linger_ms, linger_ms);
	gw_arena_fini(&arena);
	gw_buf_fini(&out);
}

START_TEST(without_any_option_it_is_loopback_or_the_environment)
{
	expect("127.0.0.1:9092", 1);
	setenv("GRIDWIRE_BOOTSTRAP", "h:1,i:2", 1);
	expect("h:1,i:2", 1);
}
END_TEST

START_TEST(file_then_properties_then_b_each_wins_over_the_last)
{
	write_file("# ours\n\nbootstrap.servers = file:1\nlinger.ms=2\r\n");
	expect("file:1", 2);
	give(GW_KAFKA_PROPERTY, "linger.ms=3");
	give(GW_KAFKA_PROPERTY, "bootstrap.servers=x:1");
	expect("x:1", 3);
	give(GW_KAFKA_PROPERTY, "linger.ms=4");
	give(GW_KAFKA_BOOTSTRAP, "b:1");
	expect("b:1", 4);
}
END_TEST

static void
expect_failure(int code, const char *names)
{
	struct gw_buf out;
	struct gw_err err;

	gw_buf_init(&out, f.env->alloc, 0);
	ck_assert_int_eq(gw_kafka_config(&args, NULL, &out, &err), code);
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(strstr(err.msg, names) != NULL, "\"%s\" is not in: %s", names, err.msg);
	gw_buf_fini(&out);
}

START_TEST(a_mistake_in_a_file_has_its_line)
{
	write_file("linger.ms=5\n# fine\nlinger.mss=6\n");
	expect_failure(GW_EINVAL, "client.properties:3: ");
	write_file("linger.ms=5\nacks=maybe");
	expect_failure(GW_EINVAL, "client.properties:2: ");
	write_file("linger.ms\n");
	expect_failure(GW_EINVAL, "client.properties:1: ");
}
END_TEST

START_TEST(lines_that_only_together_are_wrong_name_the_file)
{
	write_file("enable.idempotence=true\nacks=1\n");
	expect_failure(GW_EINVAL, "client.properties: ");
}
END_TEST

START_TEST(a_file_that_is_not_there_or_no_text_is_named)
{
	give(GW_KAFKA_FILE, path);
	expect_failure(GW_EIO, path);
	test_write(path, "a\0b", 3);
	expect_failure(GW_EINVAL, path);
}
END_TEST

START_TEST(a_property_needs_a_value)
{
	struct gw_err err;

	ck_assert_int_eq(gw_kafka_arg(&args, GW_KAFKA_PROPERTY, "linger.ms", &err), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "linger.ms"));
	ck_assert_int_eq(gw_kafka_arg(&args, GW_N_KAFKA_OPTS, NULL, &err), 0);
	ck_assert_int_eq(gw_kafka_arg(&args, GW_CLI_OPERAND, "x", &err), 0);
}
END_TEST

START_TEST(nobody_listening_is_told_at_once)
{
	struct gw_call *call;
	struct gw_kafka k;
	struct gw_err err;

	give(GW_KAFKA_BOOTSTRAP, "127.0.0.1:1,127.0.0.1:2");
	ck_assert_int_eq(gw_kafka_open(&k, &args, NULL, &err), 0);
	ck_assert_str_eq(k.bootstrap, "127.0.0.1:1,127.0.0.1:2");
	call = gw_call_cluster(k.client, NULL);
	ck_assert_int_eq(gw_kafka_wait(&k, call, &err), GW_ECONNECT);
	ck_assert_ptr_nonnull(strstr(err.msg, "127.0.0.1:"));
	gw_call_free(call);
	gw_kafka_close(&k);
}
END_TEST

static int
open_with(struct gw_alloc *a, void *arg)
{
	struct gw_alloc *before = f.env->alloc;
	struct gw_kafka_args mine;
	struct gw_kafka k;
	struct gw_err err;
	int rc;

	(void)arg;
	f.env->alloc = a;
	gw_kafka_args_init(&mine, &app);
	rc = gw_kafka_arg(&mine, GW_KAFKA_PROPERTY, "linger.ms=3", &err);
	if (rc > 0)
		rc = gw_kafka_arg(&mine, GW_KAFKA_FILE, path, &err);
	if (rc > 0 && (rc = gw_kafka_open(&k, &mine, "acks=all", &err)) == 0)
		gw_kafka_close(&k);
	gw_kafka_args_fini(&mine);
	f.env->alloc = before;
	return rc;
}

START_TEST(every_failed_allocation_is_told)
{
	test_write(path, "linger.ms=5\n", 12);
	ck_assert_uint_gt(fail_alloc_sweep(open_with, NULL), 3);
}
END_TEST

Suite *
check_kafka_suite(void)
{
	Suite *s = suite_create("kafka");
	TCase *tc = tcase_create("kafka");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, without_any_option_it_is_loopback_or_the_environment);
	tcase_add_test(tc, file_then_properties_then_b_each_wins_over_the_last);
	tcase_add_test(tc, a_mistake_in_a_file_has_its_line);
	tcase_add_test(tc, lines_that_only_together_are_wrong_name_the_file);
	tcase_add_test(tc, a_file_that_is_not_there_or_no_text_is_named);
	tcase_add_test(tc, a_property_needs_a_value);
	tcase_add_test(tc, nobody_listening_is_told_at_once);
	tcase_add_test(tc, every_failed_allocation_is_told);
	suite_add_tcase(s, tc);
	return s;
}
