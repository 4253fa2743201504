/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_page.c - what viewers of the live page are told: all of it, in order, once, and
 * nothing that a name in a message could turn into markup.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>

#include "apps/page/page_files.h"
#include "apps/page/page_log.h"
#include "apps/page/page_table.h"
#include "base/json.h"
#include "base/slice.h"
#include "tests/support/fail_alloc.h"
#include "wire/compress.h"

#define PLAYS_MAX 100

static struct fail_alloc memory;
static struct gw_page_log page_log;
static struct gw_buf out;

static void
setup(void)
{
	fail_alloc_init(&memory, 0);
	gw_page_log_init(&page_log, &memory.alloc, PLAYS_MAX);
	gw_buf_init(&out, &memory.alloc, 0);
}

static void
teardown(void)
{
	gw_page_log_fini(&page_log);
	gw_buf_fini(&out);
	ck_assert_uint_eq(memory.bytes, 0);
}

static struct gw_play
play(const char *game, const char *home)
{
	struct gw_play p = { .play_id = 7, .play_number = 1, .quarter = 3, .time_remaining = 1500,
		.home_score = 13, .away_score = 10, .down = 3, .distance = 7, .field_position = 60,
		.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION };

	snprintf(p.game_id, sizeof(p.game_id), "%s", game);
	snprintf(p.home_team, sizeof(p.home_team), "%s", home);
	snprintf(p.away_team, sizeof(p.away_team), "BAL");
	return p;
}

/* Play i of partition i % 2 with a probability that names it. */
static int
score(const struct gw_play *p, int i)
{
	struct gw_prediction pr = { .home_win_prob = i / 1000.0, .home_score_pred = 24,
		.away_score_pred = 17 };
	struct gw_scored s = { .play = p, .prediction = &pr, .place = { i % 2, i / 2 } };

	return gw_page_log_add(&page_log, &s);
}

static void
score_many(int from, int to)
{
	struct gw_play p = play("2024_01_BAL_KC", "KC");

	for (int i = from; i < to; i++) {
		p.play_id = i;
		ck_assert_int_eq(score(&p, i), 0);
	}
}

static const char *
text(void)
{
	gw_buf_putc(&out, '\0');
	out.len--;
	ck_assert_int_eq(out.err, 0);
	return (const char *)out.ptr;
}

static size_t
count(const char *what)
{
	size_t n = 0;

	for (const char *at = text(); (at = strstr(at, what)) != NULL; at += strlen(what))
		n++;
	return n;
}

static void
drain(uint64_t *cursor)
{
	while (*cursor < page_log.end)
		gw_page_log_fill(&page_log, cursor, &out);
}

START_TEST(an_event_holds_the_play_the_prediction_and_its_place)
{
	struct gw_play p = play("2024_01_BAL_KC", "KC");
	struct gw_arena arena;
	struct gw_json *v;
	uint64_t cursor = 0;
	const char *at;

	ck_assert_int_eq(score(&p, 421), 0);
	drain(&cursor);
	ck_assert_ptr_nonnull(strstr(text(), "id: 1:210\nevent: play\ndata: {"));
	at = strstr(text(), "data: ") + 6;
	ck_assert_str_eq(strstr(at, "\n"), "\n\n");
	gw_arena_init(&arena, &memory.alloc, 0);
	ck_assert_int_eq(gw_json_parse((struct gw_slice){ at, strlen(at) }, &arena, &v, NULL), 0);
	ck_assert(gw_slice_is(gw_json_get(v, "game_id")->text, "2024_01_BAL_KC"));
	ck_assert(gw_slice_is(gw_json_get(v, "home_win_prob")->text, "0.421"));
	ck_assert(gw_slice_is(gw_json_get(v, "clock")->text, "Q3 10:00"));
	ck_assert(gw_slice_is(gw_json_get(v, "elapsed")->text, "2100"));
	ck_assert(gw_slice_is(gw_json_get(v, "partition")->text, "1"));
	ck_assert(gw_slice_is(gw_json_get(v, "offset")->text, "210"));
	gw_arena_fini(&arena);
}
END_TEST

START_TEST(a_cursor_gets_every_event_once)
{
	uint64_t cursor = 0;

	score_many(0, 60);
	drain(&cursor);
	score_many(60, 80);
	drain(&cursor);
	ck_assert_uint_eq(count("event: play\n"), 80);
	gw_page_log_fill(&page_log, &cursor, &out);
	ck_assert_uint_eq(count("event: play\n"), 80);
}
END_TEST

START_TEST(a_known_id_goes_on_behind_it_and_any_other_from_the_beginning)
{
	score_many(0, 50);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("0:10")), 21);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("1:24")), 50);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("1:25")), 0);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("5:1")), 0);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("0:-1")), 0);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("10")), 0);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str("")), 0);
	ck_assert_uint_eq(gw_page_log_after(&page_log, gw_str(NULL)), 0);
}
END_TEST

START_TEST(the_oldest_make_way_and_who_was_there_goes_on_with_what_is_kept)
{
	uint64_t cursor = 0;

	score_many(0, 10);
	drain(&cursor);
	score_many(10, 10 + 3 * PLAYS_MAX);
	gw_buf_clear(&out);
	drain(&cursor);
	ck_assert_uint_eq(count("event: play\n"), PLAYS_MAX);
	ck_assert_ptr_nonnull(strstr(text(), "\"home_win_prob\":0.309,"));
	ck_assert_ptr_null(strstr(text(), "\"home_win_prob\":0.209,"));
}
END_TEST

START_TEST(a_chunk_is_bounded)
{
	uint64_t cursor = 0;

	score_many(0, PLAYS_MAX);
	gw_page_log_fill(&page_log, &cursor, &out);
	ck_assert_uint_lt(cursor, PLAYS_MAX);
	ck_assert_uint_lt(out.len, GW_HTTP_STREAM_CHUNK + 2048);
}
END_TEST

START_TEST(the_end_is_told_after_the_last_play)
{
	uint64_t cursor = 0;

	score_many(0, 3);
	page_log.ended = true;
	gw_page_log_fill(&page_log, &cursor, &out);
	ck_assert_uint_eq(cursor, 4);
	ck_assert_str_eq(strstr(text(), "event: end"), "event: end\ndata: {}\n\n");
	ck_assert_ptr_null(strstr(strstr(text(), "event: end"), "event: play"));
}
END_TEST

START_TEST(names_with_markup_are_inert)
{
	struct gw_play p = play("<b>\"x'&y", "<i>&");
	uint64_t cursor = 0;

	snprintf(p.desc, sizeof(p.desc), "a\n\nevent: end\ndata: <script>alert(1)</script>");
	p.has |= GW_HAS_DESC;
	ck_assert_int_eq(score(&p, 1), 0);
	gw_page_table(&out, &page_log, (struct gw_slice){ NULL, 0 });
	gw_page_table(&out, &page_log, gw_str(p.game_id));
	ck_assert_ptr_null(strstr(text(), "<b>\""));
	ck_assert_ptr_null(strstr(text(), "<i>"));
	ck_assert_ptr_null(strstr(text(), "<script>"));
	ck_assert_ptr_nonnull(strstr(text(), "&lt;b&gt;&quot;x&#39;&amp;y"));
	ck_assert_ptr_nonnull(strstr(text(), "href=\"/table?game=%3Cb%3E%22x%27%26y\""));
	ck_assert_ptr_nonnull(strstr(text(), "&lt;script&gt;alert(1)"));
	gw_buf_clear(&out);
	drain(&cursor);
	ck_assert_uint_eq(count("\n\n"), 1);	/* a line end in a text ends no event */
}
END_TEST

START_TEST(the_plain_table_has_each_game_once_and_each_play_of_one)
{
	struct gw_play a = play("2024_01_BAL_KC", "KC"), b = play("2024_01_GB_PHI", "PHI");

	for (int i = 0; i < 20; i++) {
		a.play_id = b.play_id = i;
		ck_assert_int_eq(score(i % 2 ? &a : &b, i), 0);
	}
	gw_page_table(&out, &page_log, (struct gw_slice){ NULL, 0 });
	ck_assert_uint_eq(count("<tr><td>"), 2);
	gw_buf_clear(&out);
	gw_page_table(&out, &page_log, gw_str("2024_01_GB_PHI"));
	ck_assert_uint_eq(count("<tr><td>"), 10);
}
END_TEST

START_TEST(a_withdrawn_play_is_told_and_is_not_the_state_of_its_game)
{
	struct gw_play p = play("2024_01_BAL_KC", "KC");
	uint64_t cursor = 0;

	ck_assert_int_eq(score(&p, 100), 0);
	p.play_id = 8;
	p.home_score = 20;
	ck_assert_int_eq(score(&p, 900), 0);
	p.has |= GW_HAS_REVISION | GW_HAS_WITHDRAWN;
	p.revision = 1;
	ck_assert_int_eq(score(&p, 900), 0);
	drain(&cursor);
	ck_assert_uint_eq(count("\"withdrawn\":true"), 1);
	gw_buf_clear(&out);
	gw_page_table(&out, &page_log, gw_str("2024_01_BAL_KC"));
	ck_assert_uint_eq(count("<tr><td>"), 2);
	ck_assert_uint_eq(count("(withdrawn)"), 1);
}
END_TEST

START_TEST(a_fourth_down_carries_its_advice_and_a_play_its_model)
{
	struct gw_play p = play("2024_01_BAL_KC", "KC");
	char model[] = "state:3";
	struct gw_prediction pr = { .home_win_prob = 0.5, .model = model,
		.fourth = { .choice = GW_FOURTH_KICK, .go = 0.25, .field_goal = 0.5, .p_made = 0.75,
		    .can_kick = true } };
	struct gw_scored s = { .play = &p, .prediction = &pr };
	uint64_t cursor = 0;

	ck_assert_int_eq(gw_page_log_add(&page_log, &s), 0);
	model[0] = 'X';		/* the name is the log's own by now */
	drain(&cursor);
	ck_assert_uint_eq(count("\"fourth_down\":\"field_goal\",\"go_win_prob\":0.25"), 1);
	ck_assert_uint_eq(count("\"field_goal_win_prob\":0.5,\"p_made\":0.75"), 1);
	ck_assert_uint_eq(count("punt_win_prob"), 0);
	ck_assert_uint_eq(count("\"model\":\"state:3\""), 1);
}
END_TEST

START_TEST(the_whole_page_is_small_and_asks_nobody_else)
{
	size_t total = 0;

	for (size_t i = 0; i < GW_PAGE_FILES; i++) {
		const struct gw_page_file *f = &gw_page_files[i];
		struct gw_slice bytes = { (const char *)f->bytes, f->len };

		gw_buf_clear(&out);
		ck_assert_int_eq(gw_compress(GW_GZIP, 9, bytes, &out), 0);
		total += out.len;
		for (size_t k = 0; k + 8 < bytes.len; k++) {
			const char *at = bytes.ptr + k;

			ck_assert_msg(memcmp(at, "https://", 8) != 0, "%s", f->path);
			if (memcmp(at, "http://", 7) == 0)
				ck_assert(memcmp(at, "http://www.w3.org/2000/svg", 26) == 0);
		}
	}
	ck_assert_uint_le(total, 60 * 1024);
}
END_TEST

static int
without_memory(struct gw_alloc *a, void *arg)
{
	struct gw_play p = play("2024_01_BAL_KC", "KC");
	struct gw_prediction pr = { .home_win_prob = 0.5 };
	struct gw_scored s = { .play = &p, .prediction = &pr };
	struct gw_page_log l;
	struct gw_buf text_out;
	uint64_t cursor = 0;
	int rc = 0;

	(void)arg;
	gw_page_log_init(&l, a, PLAYS_MAX);
	gw_buf_init(&text_out, a, 0);
	for (int i = 0; i < 70 && rc == 0; i++)
		rc = gw_page_log_add(&l, &s);
	while (rc == 0 && cursor < l.end) {
		gw_page_log_fill(&l, &cursor, &text_out);
		rc = text_out.err;
		gw_buf_clear(&text_out);
	}
	gw_buf_fini(&text_out);
	gw_page_log_fini(&l);
	return rc;
}

START_TEST(without_memory_nothing_breaks)
{
	ck_assert_uint_gt(fail_alloc_sweep(without_memory, NULL), 70);
}
END_TEST

Suite *
check_page_suite(void)
{
	Suite *s = suite_create("page");
	TCase *t = tcase_create("page");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_event_holds_the_play_the_prediction_and_its_place);
	tcase_add_test(t, a_cursor_gets_every_event_once);
	tcase_add_test(t, a_known_id_goes_on_behind_it_and_any_other_from_the_beginning);
	tcase_add_test(t, the_oldest_make_way_and_who_was_there_goes_on_with_what_is_kept);
	tcase_add_test(t, a_chunk_is_bounded);
	tcase_add_test(t, the_end_is_told_after_the_last_play);
	tcase_add_test(t, names_with_markup_are_inert);
	tcase_add_test(t, the_plain_table_has_each_game_once_and_each_play_of_one);
	tcase_add_test(t, a_withdrawn_play_is_told_and_is_not_the_state_of_its_game);
	tcase_add_test(t, a_fourth_down_carries_its_advice_and_a_play_its_model);
	tcase_add_test(t, the_whole_page_is_small_and_asks_nobody_else);
	tcase_add_test(t, without_memory_nothing_breaks);
	suite_add_tcase(s, t);
	return s;
}
