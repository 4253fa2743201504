/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_service.c - what a service manager hears, over a real socket of datagrams.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "apps/service.h"
#include "tests/apps/fixture.h"

static struct fixture		 f;
static struct gw_app		 app;
static struct gw_service	 service;
static int			 manager;	/* the socket it listens at */
static int			 n_reloads, n_ticks;

static void
on_reload(void *arg)
{
	(void)arg;
	n_reloads++;
}

static void
on_tick(void *arg)
{
	(void)arg;
	n_ticks++;
}

static void
on_status(void *arg, struct gw_buf *out)
{
	(void)arg;
	gw_buf_puts(out, "12 plays");
}

static void
setup(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char path[TEST_PATH_MAX];

	fixture_init(&f);
	fixture_app(&f, &app);
	test_path(f.dir, "notify", path);
	ck_assert_uint_lt(strlen(path), sizeof(at.sun_path));
	strcpy(at.sun_path, path);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(manager, 0);
	ck_assert_int_eq(bind(manager, (struct sockaddr *)&at, sizeof(at)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	unsetenv("WATCHDOG_USEC");
	service = (struct gw_service){ .reload = on_reload, .tick = on_tick, .status = on_status };
	n_reloads = n_ticks = 0;
}

static void
teardown(void)
{
	close(manager);
	fixture_app_end(&f, &app);
	fixture_fini(&f);
}

static void
begin(void)
{
	struct gw_err err = { .msg = "" };

	ck_assert_msg(gw_service_init(&service, &app, &err) == 0, "%s", err.msg);
}

/* The next datagram, "" if there is none. */
static const char *
heard(void)
{
	static char text[512];
	ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
turns(int64_t us)
{
	struct gw_part part = gw_service_part(&service);
	struct gw_loop loop;
	int64_t until = gw_env_now(f.env).us + us;

	gw_loop_init(&loop, f.env, &part, 1);
	do
		ck_assert_int_eq(gw_loop_turn(&loop, until), 0);
	while (gw_env_now(f.env).us < until);
	gw_loop_fini(&loop);
}

START_TEST(up_and_down_are_told)
{
	begin();
	gw_service_ready(&service);
	ck_assert_str_eq(heard(), "READY=1");
	gw_service_stopping(&service);
	ck_assert_str_eq(heard(), "STOPPING=1");
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(status_is_told_and_the_watchdog_fed_three_times_an_interval)
{
	int dogs = 0;
	const char *text;

	setenv("WATCHDOG_USEC", "150000", 1);
	begin();
	turns(300000);
	for (text = heard(); *text != '\0'; text = heard()) {
		if (strcmp(text, "WATCHDOG=1") == 0)
			dogs++;
		else
			ck_assert_str_eq(text, "STATUS=12 plays");
	}
	ck_assert_int_ge(dogs, 4);
	ck_assert_int_le(dogs, 8);
}
END_TEST

START_TEST(a_hangup_reloads_and_says_so)
{
	begin();
	turns(1000);
	while (*heard() != '\0')
		;
	raise(SIGHUP);
	turns(1000);
	ck_assert_int_eq(n_reloads, 1);
	ck_assert_int_eq(strncmp(heard(), "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	ck_assert_str_eq(heard(), "READY=1");
	turns(20000);
	ck_assert_int_eq(n_reloads, 1);
}
END_TEST

START_TEST(two_hangups_at_once_are_one)
{
	begin();
	raise(SIGHUP);
	raise(SIGHUP);
	turns(1000);
	ck_assert_int_eq(n_reloads, 1);
}
END_TEST

START_TEST(without_a_manager_nothing_is_told_and_ticks_go_on)
{
	unsetenv("NOTIFY_SOCKET");
	begin();
	gw_service_ready(&service);
	turns(1100000);
	ck_assert_int_eq(n_ticks, 1);
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_manager_that_is_gone_stops_nothing)
{
	setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
	begin();
	gw_service_ready(&service);
	turns(1000);
	setenv("NOTIFY_SOCKET", "relative", 1);
	begin();
	ck_assert_ptr_null(service.socket);
}
END_TEST

START_TEST(the_log_has_one_object_a_line_with_what_is_said)
{
	struct gw_err err = { .code = GW_EIO, .msg = "no \"disk\"" };

	ck_assert_int_eq(gw_app_log_format(&app, "xml", &err), GW_EINVAL);
	ck_assert_int_eq(gw_app_log_format(&app, "json", &err), 0);
	app.verb = "score";
	gw_app_say(&app, "hello %d", 1);
	gw_err_set(&err, GW_EIO, "no \"disk\"");
	ck_assert_int_eq(gw_app_fail(&app, &err), GW_EXIT_FILE);
	fixture_app_end(&f, &app);
	ck_assert_ptr_nonnull(strstr(f.err,
	    "\"level\":\"info\",\"event\":\"said\",\"verb\":\"score\",\"text\":\"hello 1\"}\n"));
	ck_assert_ptr_nonnull(strstr(f.err, "\"event\":\"failed\""));
	ck_assert_ptr_nonnull(strstr(f.err, "\"text\":\"no \\\"disk\\\"\"}\n"));
	fixture_app(&f, &app);
}
END_TEST

Suite *
check_service_suite(void)
{
	Suite *s = suite_create("service");
	TCase *tc = tcase_create("service");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, up_and_down_are_told);
	tcase_add_test(tc, status_is_told_and_the_watchdog_fed_three_times_an_interval);
	tcase_add_test(tc, a_hangup_reloads_and_says_so);
	tcase_add_test(tc, two_hangups_at_once_are_one);
	tcase_add_test(tc, without_a_manager_nothing_is_told_and_ticks_go_on);
	tcase_add_test(tc, a_manager_that_is_gone_stops_nothing);
	tcase_add_test(tc, the_log_has_one_object_a_line_with_what_is_said);
	suite_add_tcase(s, tc);
	return s;
}
