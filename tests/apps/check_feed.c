/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_feed.c - plays at a pace, under a clock that the test turns. The client is real
 * but never gets to a broker: what it was given stays with it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdlib.h>

#include "apps/feed/feed.h"
#include "client/client.h"
#include "tests/apps/fixture.h"
#include "tests/apps/season_file.h"
#include "tests/support/fail_alloc.h"

static struct fixture		 f;
static struct gw_env		 env;		/* the fixture's with our clock */
static int64_t			 now_us;
static char			 path[TEST_PATH_MAX];
static struct gw_client		*client;
static struct gw_feed_options	 options;

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = now_us, .wall_ms = 1700000000000 + now_us / 1000 };
}

static void
setup(void)
{
	struct gw_err err = { .msg = "" };

	fixture_init(&f);
	test_path(f.dir, "play_by_play_2024.csv", path);
	season_file_write(path);
	now_us = 1000000;
	env = *f.env;
	env.clock = (struct gw_clock){ now, NULL };
	client = gw_client_new_env(&env, "bootstrap.servers=127.0.0.1:1", &err);
	ck_assert_msg(client != NULL, "%s", err.msg);
	options = (struct gw_feed_options){ .topic = "plays", .game = SEASON_GAME, .delay_s = 0.5 };
}

static void
teardown(void)
{
	gw_client_free(client);
	fixture_fini(&f);
}

/* Lets the part's time come `turns` times; *times gets when each play went out. */
static size_t
play(struct gw_feed *feed, int64_t *times, size_t cap)
{
	struct gw_part part = gw_feed_part(feed);
	size_t n = 0, sent;
	int64_t deadline, begun = now_us;

	for (int i = 0; i < 50 && n < cap; i++) {
		ck_assert_uint_eq(part.pollfds(part.self, NULL, 0, &deadline), 0);
		if (gw_feed_progress(feed).plays_sent == gw_feed_progress(feed).plays)
			break;
		if (deadline > now_us)
			now_us = deadline;
		ck_assert_int_ge(part.process(part.self, NULL, 0), 0);
		for (sent = gw_feed_progress(feed).plays_sent; n < sent && n < cap; n++)
			times[n] = now_us - begun;
	}
	return n;
}

static struct gw_feed *
new_feed(void)
{
	struct gw_err err = { .msg = "" };
	struct gw_feed *feed = gw_feed_new(&env, client, path, &options, &err);

	ck_assert_msg(feed != NULL, "%s", err.msg);
	return feed;
}

static void
expect_times(const int64_t *want, size_t n)
{
	struct gw_feed *feed = new_feed();
	int64_t got[32];

	ck_assert_uint_eq(gw_feed_progress(feed).plays, n);
	ck_assert_uint_eq(play(feed, got, GW_N(got)), n);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(got[i] == want[i], "play %zu at %lld us, not %lld", i,
		    (long long)got[i], (long long)want[i]);
	gw_feed_free(feed);
}

START_TEST(delay_is_between_two_plays)
{
	static const int64_t want[] = { 0, 500000, 1000000, 1500000, 2000000 };

	expect_times(want, GW_N(want));
}
END_TEST

START_TEST(without_delay_all_go_at_once)
{
	static const int64_t want[SEASON_PLAYS] = { 0 };

	options.delay_s = 0;
	options.game = NULL;
	expect_times(want, GW_N(want));
}
END_TEST

START_TEST(rate_replaces_delay)
{
	static const int64_t want[] = { 0, 100000, 200000, 300000, 400000 };

	options.rate = 10;
	expect_times(want, GW_N(want));
}
END_TEST

START_TEST(speed_goes_by_the_game_clock)
{
	static const int64_t want[] = { 0, 4000000, 4000000, 6000000, 6000000 };

	options.speed = 10;
	expect_times(want, GW_N(want));
}
END_TEST

START_TEST(another_game_does_not_wait_for_a_clock_that_jumps)
{
	static const int64_t want[] = { 0, 40, 40, 60, 60, 60, 90, 120 };
	int64_t us[GW_N(want)];

	options.speed = 1;
	options.game = NULL;
	for (size_t i = 0; i < GW_N(want); i++)
		us[i] = want[i] * 1000000;
	expect_times(us, GW_N(us));
}
END_TEST

START_TEST(max_plays_ends_early)
{
	static const int64_t want[] = { 0, 500000 };

	options.plays_max = 2;
	expect_times(want, GW_N(want));
	options.plays_max = 1000;
	options.rate = 1e6;
	options.game = SEASON_OTHER;
	expect_times((const int64_t[]){ 0, 1, 2 }, 3);
}
END_TEST

START_TEST(a_stall_is_not_made_up_for_by_a_rush)
{
	struct gw_feed *feed = new_feed();
	struct gw_part part = gw_feed_part(feed);

	ck_assert_int_eq(part.process(part.self, NULL, 0), 0);
	ck_assert_uint_eq(gw_feed_progress(feed).plays_sent, 1);
	now_us += 60 * 1000000;
	ck_assert_int_eq(part.process(part.self, NULL, 0), 0);
	ck_assert_uint_le(gw_feed_progress(feed).plays_sent, 4);
	gw_feed_free(feed);
}
END_TEST

START_TEST(stop_sends_no_more)
{
	struct gw_feed *feed = new_feed();
	struct gw_part part = gw_feed_part(feed);

	ck_assert_int_eq(part.process(part.self, NULL, 0), 0);
	gw_feed_stop(feed);
	now_us += 60 * 1000000;
	ck_assert_int_eq(part.process(part.self, NULL, 0), 0);
	ck_assert_uint_eq(gw_feed_progress(feed).plays_sent, 1);
	gw_feed_free(feed);
}
END_TEST

START_TEST(progress_shows_the_newest_play_and_the_final_score)
{
	struct gw_feed *feed = new_feed();
	struct gw_part part = gw_feed_part(feed);
	struct gw_feed_progress p = gw_feed_progress(feed);

	ck_assert_ptr_null(p.newest);
	ck_assert_int_eq(p.last->final_home, 27);
	ck_assert_int_eq(p.last->final_away, 20);
	ck_assert_int_eq(part.process(part.self, NULL, 0), 0);
	p = gw_feed_progress(feed);
	ck_assert_int_eq(p.newest->play.play_id, 1);
	ck_assert_int_eq(p.newest->play.time_remaining, 60);
	ck_assert_uint_eq(p.plays_delivered, 0);
	gw_feed_free(feed);
}
END_TEST

START_TEST(a_game_that_is_not_there_names_the_nearest)
{
	struct gw_err err;

	options.game = "2024_01_KC_BAL";
	ck_assert_ptr_null(gw_feed_new(&env, client, path, &options, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "2024_01_KC_BAL"));
	ck_assert_msg(strstr(err.msg, "the nearest: " SEASON_GAME) != NULL, "%s", err.msg);
	options.game = "nonsense";
	ck_assert_ptr_null(gw_feed_new(&env, client, path, &options, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
	struct gw_err err;

	test_write(path, "a,b\n1,2\n", 8);
	ck_assert_ptr_null(gw_feed_new(&env, client, path, &options, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "play_by_play_2024.csv"));
}
END_TEST

static int
load_with(struct gw_alloc *a, void *arg)
{
	struct gw_env mine = env;
	struct gw_feed *feed;
	struct gw_err err;

	(void)arg;
	mine.alloc = a;
	feed = gw_feed_new(&mine, client, path, &options, &err);
	gw_feed_free(feed);
	return feed == NULL ? err.code : 0;
}

START_TEST(every_failed_allocation_is_told)
{
	ck_assert_uint_gt(fail_alloc_sweep(load_with, NULL), 3);
}
END_TEST

Suite *
check_feed_suite(void)
{
	Suite *s = suite_create("feed");
	TCase *tc = tcase_create("feed");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, delay_is_between_two_plays);
	tcase_add_test(tc, without_delay_all_go_at_once);
	tcase_add_test(tc, rate_replaces_delay);
	tcase_add_test(tc, speed_goes_by_the_game_clock);
	tcase_add_test(tc, another_game_does_not_wait_for_a_clock_that_jumps);
	tcase_add_test(tc, max_plays_ends_early);
	tcase_add_test(tc, a_stall_is_not_made_up_for_by_a_rush);
	tcase_add_test(tc, stop_sends_no_more);
	tcase_add_test(tc, progress_shows_the_newest_play_and_the_final_score);
	tcase_add_test(tc, a_game_that_is_not_there_names_the_nearest);
	tcase_add_test(tc, a_file_that_cannot_be_read_is_named);
	tcase_add_test(tc, every_failed_allocation_is_told);
	suite_add_tcase(s, tc);
	return s;
}
