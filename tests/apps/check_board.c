/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_board.c - the board of all games: a line each, of 80 columns.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>

#include "apps/score/board.h"
#include "base/slice.h"

static struct gw_alloc alloc;
static struct gw_board board;
static struct gw_buf out;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	memset(&board, 0, sizeof(board));
	gw_buf_init(&out, &alloc, 0);
}

static void
teardown(void)
{
	gw_buf_fini(&out);
	ck_assert_uint_eq(alloc.used, 0);
}

/* Play number n of game g: 225 seconds apart. */
static struct gw_play
play_of(int g, int n)
{
	struct gw_play p = { .home_team = "KC", .away_team = "BAL", .posteam = "KC",
		.defteam = "BAL", .play_id = n, .play_number = n, .quarter = 1 + (n - 1) / 4,
		.time_remaining = 3600 - 225 * (n - 1), .home_score = n, .field_position = 34,
		.down = 4, .distance = 2, .is_home_team = true,
		.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION };

	snprintf(p.game_id, sizeof(p.game_id), "2024_%02d_BAL_KC", g);
	return p;
}

static struct gw_board_game *
told(const struct gw_play *p, double wp)
{
	struct gw_prediction pr = { .home_win_prob = wp, .fourth = { .choice = GW_FOURTH_GO } };
	struct gw_scored s = { .play = p, .prediction = &pr };

	return gw_board_scored(&board, &s);
}

static size_t
columns(const char *line)
{
	size_t n = 0;

	for (; *line != '\n' && *line != '\0'; line++)
		n += ((unsigned char)*line & 0xc0) != 0x80;
	return n;
}

START_TEST(a_row_has_score_clock_advice_and_chart)
{
	struct gw_board_game *g = NULL;

	for (int n = 1; n <= 4; n++) {
		struct gw_play p = play_of(1, n);

		g = told(&p, 0.25 * n);
	}
	gw_board_row(&out, g, (struct gw_board_style){ false, false });
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((char *)out.ptr,
	    " BAL  0 @ *KC   4  Q1 03:45  4th&2 BAL 34: go     KC  100% 2579\n");
}
END_TEST

START_TEST(a_whole_game_with_overtime_fits_80_columns)
{
	struct gw_board_game *g = NULL;

	for (int n = 1; n <= 16; n++) {
		struct gw_play p = play_of(1, n);

		g = told(&p, 0.5);
	}
	for (int n = 17; n < 20; n++) {
		struct gw_play p = play_of(1, n);

		p.quarter = 5 + n / 19;
		p.time_remaining = 600;
		g = told(&p, 0.9);
	}
	gw_board_row(&out, g, (struct gw_board_style){ true, false });
	gw_buf_putc(&out, '\0');
	ck_assert_uint_le(columns((char *)out.ptr), 80);
	ck_assert_ptr_nonnull(strstr((char *)out.ptr, "▅▅▅█"));
}
END_TEST

START_TEST(a_correction_moves_the_chart_and_not_the_state)
{
	struct gw_play first = play_of(1, 1), second = play_of(1, 5);
	struct gw_board_game *g;

	told(&first, 0.1);
	told(&second, 0.6);
	g = told(&first, 0.8);
	ck_assert_int_eq(g->play.play_number, 5);
	gw_board_row(&out, g, (struct gw_board_style){ false, false });
	gw_buf_putc(&out, '\0');
	ck_assert_ptr_nonnull(strstr((char *)out.ptr, "88886\n"));
	first.has |= GW_HAS_WITHDRAWN;
	ck_assert_ptr_null(told(&first, 0.2));
}
END_TEST

START_TEST(the_oldest_games_make_room)
{
	for (int g = 1; g <= GW_BOARD_GAMES_MAX + 3; g++) {
		struct gw_play p = play_of(g, 1);

		told(&p, 0.5);
	}
	gw_board_draw(&board, &out, (struct gw_board_style){ false, false }, SIZE_MAX);
	gw_buf_putc(&out, '\0');
	ck_assert_ptr_nonnull(strstr((char *)out.ptr, "3 older games are not shown\n"));
	ck_assert_uint_eq(board.n_drawn, GW_BOARD_GAMES_MAX + 1);
	gw_buf_clear(&out);
	gw_board_draw(&board, &out, (struct gw_board_style){ false, false }, SIZE_MAX);
	ck_assert(gw_slice_starts(gw_buf_slice(&out), "\033[21A"));
}
END_TEST

START_TEST(a_low_terminal_has_the_newest_games)
{
	const struct gw_board_style style = { false, false };

	for (int g = 1; g <= 9; g++) {
		struct gw_play p = play_of(g, 1);

		told(&p, 0.5);
	}
	gw_board_draw(&board, &out, style, 10);
	ck_assert_uint_eq(board.n_drawn, 9);
	gw_buf_clear(&out);
	gw_board_draw(&board, &out, style, 5);
	gw_buf_putc(&out, '\0');
	ck_assert_ptr_nonnull(strstr((char *)out.ptr, "6 older games are not shown\n"));
	ck_assert_uint_eq(board.n_drawn, 4);
	gw_buf_clear(&out);
	gw_board_draw(&board, &out, style, 24);
	ck_assert(gw_slice_starts(gw_buf_slice(&out), "\033[4A"));
	ck_assert_uint_eq(board.n_drawn, 9);
}
END_TEST

Suite *
check_board_suite(void)
{
	Suite *s = suite_create("board");
	TCase *t = tcase_create("board");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_row_has_score_clock_advice_and_chart);
	tcase_add_test(t, a_whole_game_with_overtime_fits_80_columns);
	tcase_add_test(t, a_correction_moves_the_chart_and_not_the_state);
	tcase_add_test(t, the_oldest_games_make_room);
	tcase_add_test(t, a_low_terminal_has_the_newest_games);
	suite_add_tcase(s, t);
	return s;
}
