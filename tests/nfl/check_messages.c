/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_messages.c - the examples of doc/messages.md are what the program reads and
 * writes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdlib.h>

#include "base/slice.h"
#include "nfl/prediction.h"
#include "tests/nfl/sample.h"
#include "tests/support/files.h"

/* The n-th ```json block of the page, without its line end. */
static struct gw_slice
example(char *page, int n)
{
	char *from = page, *to;

	while (n-- > 0) {
		from = strstr(from, "```json\n");
		ck_assert_ptr_nonnull(from);
		from += 8;
	}
	to = strstr(from, "\n```");
	ck_assert_ptr_nonnull(to);
	return (struct gw_slice){ from, (size_t)(to - from) };
}

static char *
page(void)
{
	char path[TEST_PATH_MAX];

	test_source_path("doc/messages.md", path);
	return test_read(path, NULL);
}

START_TEST(the_play_of_the_manual_is_read_and_written_as_it_stands)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_play play, want = sample_play();
	char *text = page();
	struct gw_slice json = example(text, 1);
	struct gw_arena arena;
	struct gw_buf out;
	struct gw_err err;

	gw_arena_init(&arena, &alloc, 0);
	ck_assert_msg(gw_play_parse(json, &arena, &play, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(play.has, want.has);
	ck_assert_str_eq(play.desc, want.desc);
	gw_buf_init(&out, &alloc, 0);
	gw_play_write(&out, &want);
	ck_assert_msg(gw_slice_eq(json, gw_buf_slice(&out)), "%.*s", (int)out.len, (char *)out.ptr);
	gw_buf_fini(&out);
	gw_arena_fini(&arena);
	free(text);
}
END_TEST

START_TEST(the_prediction_of_the_manual_is_written_as_it_stands)
{
	static const struct gw_prediction pr = { .home_win_prob = 0.625, .home_score_pred = 25.5,
		.away_score_pred = 22.25 };
	static const struct gw_play_place place = { .partition = 0, .offset = 57 };
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_play play = sample_play();
	char *text = page();
	struct gw_buf out;

	gw_buf_init(&out, &alloc, 0);
	gw_prediction_json(&out, &play, &pr, "full:1", &place);
	ck_assert_msg(gw_slice_eq(example(text, 2), gw_buf_slice(&out)), "%.*s", (int)out.len,
	    (char *)out.ptr);
	gw_buf_fini(&out);
	free(text);
}
END_TEST

START_TEST(every_field_of_the_play_is_in_the_table)
{
	static const char *const fields[] = { "game_id", "play_id", "play_number", "quarter",
		"time_remaining", "home_score", "away_score", "field_position", "down", "distance",
		"score_differential", "play_type", "yards_gained", "home_team", "away_team",
		"posteam", "defteam", "home_timeouts", "away_timeouts", "is_home_team",
		"spread_line", "total_line", "season", "week", "season_type", "revision", "desc" };
	char *text = page(), *table = strstr(text, "| field | type | required | meaning |");

	ck_assert_ptr_nonnull(table);
	*strstr(table, "## Prediction") = '\0';
	for (size_t i = 0; i < GW_N(fields); i++)
		ck_assert_msg(strstr(table, fields[i]) != NULL, "%s is not in the table",
		    fields[i]);
	free(text);
}
END_TEST

Suite *
check_messages_suite(void)
{
	Suite *s = suite_create("nfl/messages");
	TCase *t = tcase_create("messages");

	tcase_add_test(t, the_play_of_the_manual_is_read_and_written_as_it_stands);
	tcase_add_test(t, the_prediction_of_the_manual_is_written_as_it_stands);
	tcase_add_test(t, every_field_of_the_play_is_in_the_table);
	suite_add_tcase(s, t);
	return s;
}
