/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_espn_ids.c - ESPN's events and nflverse's games by the games file, and that the
 * recorded answers' own ids are those of the file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdio.h>

#include "nfl/espn_ids.h"
#include "tests/nfl/recording.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

static struct recording r;
static struct gw_espn_ids *ids;
static char data[TEST_PATH_MAX];

static void
setup(void)
{
	struct gw_err err;

	recording_init(&r);
	test_source_path("data", data);
	ck_assert_msg(gw_espn_ids_open(r.env, data, &ids, &err) == 0, "%s", err.msg);
	ck_assert_ptr_nonnull(ids);
}

static void
teardown(void)
{
	gw_espn_ids_free(ids);
	recording_fini(&r);
}

static void
check_games(void *arg, const char *path)
{
	size_t *n = arg;

	if (strstr(path, "situation") != NULL)
		return;
	recording_load(&r, path);
	for (size_t i = 0; i < r.answer.n_games; i++) {
		const struct gw_espn_game *g = &r.answer.games[i];
		const char *name = gw_espn_ids_game(ids, g->event);

		if (name == NULL) {
			ck_assert_msg(strstr(g->game_id, "_PRE") != NULL, "%s", g->game_id);
			continue;
		}
		ck_assert_str_eq(g->game_id, name);
		ck_assert_int_eq(gw_espn_ids_event(ids, name), g->event);
		(*n)++;
	}
}

START_TEST(every_recorded_game_has_the_id_of_its_event)
{
	size_t n = 0;

	recording_each("playbyplay", check_games, &n);
	recording_each("summary", check_games, &n);
	recording_each("game", check_games, &n);
	recording_each("live", check_games, &n);
	ck_assert_uint_ge(n, 60);
}
END_TEST

START_TEST(an_event_is_named_by_its_number_or_its_game)
{
	static const char *const bad[] = { "", "0", "-1", "2024_17_SEA", "9223372036854775807",
		"2030_01_BAL_KC" };
	struct gw_err err;
	int64_t event = 0;

	ck_assert_int_eq(gw_espn_event_named(r.env, data, "401671876", &event, &err), 0);
	ck_assert_int_eq(event, 401671876);
	ck_assert_int_eq(gw_espn_event_named(r.env, data, "2024_22_KC_PHI", &event, &err), 0);
	ck_assert_int_eq(event, 401671889);
	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_int_eq(gw_espn_event_named(r.env, data, bad[i], &event, &err), GW_EDATA);
	ck_assert_int_eq(event, 401671889);
	ck_assert_int_eq(gw_espn_event_named(r.env, "/nonexistent", "7", &event, &err), 0);
	ck_assert_int_eq(
	    gw_espn_event_named(r.env, "/nonexistent", "2024_22_KC_PHI", &event, &err), GW_EDATA);
}
END_TEST

/* What a games file of that text gives; ids are the test's. */
static int
open_text(const char *text, struct gw_err *err)
{
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	int rc;

	gw_espn_ids_free(ids);
	test_tmp_new(dir);
	test_path(dir, "games.csv", path);
	test_write(path, text, strlen(text));
	rc = gw_espn_ids_open(r.env, dir, &ids, err);
	test_tmp_free(dir);
	return rc;
}

START_TEST(an_event_of_two_games_names_neither)
{
	struct gw_err err;

	ck_assert_int_eq(open_text("espn,x,game_id\n7,,A\n8,,B\n7,,C\n,,D\nNA,,E\n-3,,F\n9,,\n"
	    "10,,0123456789012345678901234567890123456789\n11\n", &err), 0);
	ck_assert_ptr_null(gw_espn_ids_game(ids, 7));
	ck_assert_str_eq(gw_espn_ids_game(ids, 8), "B");
	for (int event = 9; event < 12; event++)
		ck_assert_ptr_null(gw_espn_ids_game(ids, event));
	ck_assert_int_eq(gw_espn_ids_event(ids, "C"), 7);
	ck_assert_int_eq(gw_espn_ids_event(ids, "D"), 0);
}
END_TEST

START_TEST(a_games_file_without_events_names_nothing)
{
	struct gw_err err;

	ck_assert_int_eq(open_text("game_id,season\nA,2024\n", &err), 0);
	ck_assert_ptr_null(ids);
	ck_assert_ptr_null(gw_espn_ids_game(ids, 7));
	ck_assert_int_eq(gw_espn_ids_event(ids, "A"), 0);
	ck_assert_int_eq(open_text("", &err), 0);
	ck_assert_ptr_null(ids);
	ck_assert_int_eq(open_text("game_id,espn\nA,\"7\n", &err), GW_EDATA);
	ck_assert_ptr_null(ids);
}
END_TEST

static int
open_with(struct gw_alloc *alloc, void *arg)
{
	struct gw_env env = *r.env;
	struct gw_espn_ids *some;
	struct gw_err err;
	int rc;

	env.alloc = alloc;
	rc = gw_espn_ids_open(&env, arg, &some, &err);
	gw_espn_ids_free(some);
	return rc;
}

START_TEST(opening_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(open_with, data), 4);
}
END_TEST

Suite *
check_espn_ids_suite(void)
{
	Suite *s = suite_create("espn_ids");
	TCase *tc = tcase_create("ids");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_recorded_game_has_the_id_of_its_event);
	tcase_add_test(tc, an_event_is_named_by_its_number_or_its_game);
	tcase_add_test(tc, an_event_of_two_games_names_neither);
	tcase_add_test(tc, a_games_file_without_events_names_nothing);
	tcase_add_test(tc, opening_survives_a_failing_allocator);
	suite_add_tcase(s, tc);
	return s;
}
