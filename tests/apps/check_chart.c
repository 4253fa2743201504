/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/chart.h"
#include "apps/demo/game_report.h"
#include "base/slice.h"
#include "tests/apps/suites.h"

static struct gw_alloc	memory;
static struct gw_buf	out;

static const struct gw_board_style plain = { false, false }, blocks = { true, false },
    coloured = { true, true };

static void
setup(void)
{
	memory = gw_alloc_libc(0);
	gw_buf_init(&out, &memory, 0);
}

static void
teardown(void)
{
	gw_buf_fini(&out);
	ck_assert_uint_eq(memory.used, 0);
}

static const char *
text(void)
{
	gw_buf_putc(&out, '\0');
	ck_assert_int_eq(out.err, 0);
	out.len--;
	return (const char *)out.ptr;
}

/* Columns on the screen: one for each code point, none for a colour. */
static size_t
columns(struct gw_slice line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '\033')
			while (line.ptr[i] != 'm')
				i++;
		else if (((unsigned char)line.ptr[i] & 0xc0) != 0x80)
			n++;
	}
	return n;
}

static struct gw_play
a_play(void)
{
	struct gw_play p = { .game_id = "2024_01_BAL_KC", .home_team = "KC", .away_team = "BAL",
		.posteam = "BAL", .defteam = "KC", .play_number = 97, .quarter = 3,
		.time_remaining = 1392, .home_score = 13, .away_score = 10, .down = 3,
		.distance = 7, .field_position = 66, .type = GW_PLAY_PASS };

	p.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	return p;
}

static const struct gw_prediction even = { .home_win_prob = 0.5, .home_score_pred = 24.4,
    .away_score_pred = 20.6 };

START_TEST(a_play_reads_as_on_a_scoreboard)
{
	struct gw_play p = a_play();
	struct gw_prediction pr = even;

	pr.home_win_prob = 0.57;
	gw_board_line(&out, &p, &pr, NULL, plain);
	ck_assert_str_eq(text(), "  97  Q3 08:12 *BAL 10 @  KC  13  3rd & 7 at BAL 34    KC   57% "
	    "######.... 21-24\n");
}
END_TEST

START_TEST(every_line_has_80_columns_in_every_style)
{
	static const double probabilities[] = { 0, 1e-9, 0.004, 0.049, 0.31, 0.5, 0.99, 0.9999, 1 };
	const struct gw_board_style styles[] = { plain, blocks, coloured };

	for (size_t i = 0; i < GW_N(probabilities); i++)
		for (size_t k = 0; k < GW_N(styles); k++) {
			struct gw_play p = a_play();
			struct gw_prediction pr = even;
			struct gw_play before = p;

			before.home_score = 6;
			p.is_home_team = k == 1;
			pr.home_win_prob = probabilities[i];
			gw_buf_clear(&out);
			gw_board_line(&out, &p, &pr, &before, styles[k]);
			ck_assert_uint_eq(columns(gw_str(text())), 81);
			gw_buf_clear(&out);
			gw_board_header(&out, styles[k]);
			ck_assert_uint_le(columns(gw_str(text())), 81);
			gw_buf_clear(&out);
			gw_board_quarter(&out, &p, styles[k]);
			ck_assert_uint_eq(columns(gw_str(text())), 81);
		}
}
END_TEST

START_TEST(plain_style_is_ascii)
{
	struct gw_play p = a_play();
	struct gw_chart_point points[] = { { 0, 0.5 }, { 1800, 0.9 }, { 3599, 0.01 } };

	gw_board_header(&out, plain);
	gw_board_quarter(&out, &p, plain);
	gw_board_line(&out, &p, &even, NULL, plain);
	gw_chart(&out, &(struct gw_chart){ "KC", "BAL", points, 3 }, plain);
	for (size_t i = 0; i < out.len; i++)
		ck_assert(out.ptr[i] == '\n' || (out.ptr[i] >= ' ' && out.ptr[i] < 0x7f));
}
END_TEST

START_TEST(only_a_changed_score_of_the_same_game_is_marked)
{
	struct gw_play p = a_play(), before = p;

	gw_board_line(&out, &p, &even, &before, coloured);
	ck_assert_ptr_null(strstr(text(), "\033[1;33m"));
	before.away_score = 3;
	gw_board_line(&out, &p, &even, &before, coloured);
	ck_assert_ptr_nonnull(strstr(text(), "\033[1;33m"));
	gw_buf_clear(&out);
	before.game_id[0] = 'x';
	gw_board_line(&out, &p, &even, &before, coloured);
	ck_assert_ptr_null(strstr(text(), "\033[1;33m"));
}
END_TEST

START_TEST(the_clock_counts_down_each_quarter_and_overtime)
{
	static const struct { int32_t quarter, left, elapsed; const char *clock; } rows[] = {
		{ 1, 3600, 0, "Q1 15:00" }, { 1, 2701, 899, "Q1 00:01" },
		{ 2, 2700, 900, "Q2 15:00" }, { 4, 900, 2700, "Q4 15:00" },
		{ 4, 0, 3600, "Q4 00:00" }, { 5, 600, 3600, "OT 10:00" },
		{ 5, 324, 3876, "OT 05:24" }, { 6, 100, 4700, "2OT 01:40" },
	};
	char clock[GW_BOARD_TEXT_MAX];

	for (size_t i = 0; i < GW_N(rows); i++) {
		struct gw_play p = { .quarter = rows[i].quarter, .time_remaining = rows[i].left };

		gw_board_clock(&p, clock);
		ck_assert_str_eq(clock, rows[i].clock);
		ck_assert_int_eq(gw_board_elapsed(&p), rows[i].elapsed);
	}
}
END_TEST

START_TEST(the_situation_names_side_and_distance)
{
	char s[GW_BOARD_TEXT_MAX];
	struct gw_play p = a_play();

	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "3rd & 7 at BAL 34");
	p.field_position = 50;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "3rd & 7 at the 50");
	p.field_position = 7;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "3rd & goal at KC 7");
	p.has = GW_HAS_DOWN;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "3rd");
	p.has = 0;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "two-point try");
	p.type = GW_PLAY_KICKOFF;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "kick-off to BAL");
	p.type = GW_PLAY_OTHER;
	gw_board_situation(&p, s);
	ck_assert_str_eq(s, "");
}
END_TEST

START_TEST(a_percentage_claims_no_false_certainty)
{
	char s[GW_BOARD_TEXT_MAX];

	gw_board_percent(0.5, s);
	ck_assert_str_eq(s, "50%");
	gw_board_percent(0.9951, s);
	ck_assert_str_eq(s, ">99%");
	gw_board_percent(0.0049, s);
	ck_assert_str_eq(s, "<1%");
	gw_board_percent(1, s);
	ck_assert_str_eq(s, "100%");
	gw_board_percent(0, s);
	ck_assert_str_eq(s, "0%");
}
END_TEST

START_TEST(a_chart_climbs_where_the_home_team_gains)
{
	static const struct gw_chart_point points[] = { { 0, 0.5 }, { 900, 0.5 }, { 1800, 1 },
		{ 2700, 0.2 }, { 3599, 0.2 } };

	gw_chart(&out, &(struct gw_chart){ "KC", "BAL", points, 5 }, plain);
	ck_assert_str_eq(text(),
	    " KC 100% |                 :                 ******************\n"
	    "         |                 :                 |                |\n"
	    "         |                 :                 |                |\n"
	    "         |                 :                 |                |\n"
	    "         |                 :                 |                |\n"
	    "     50% |************************************................|.................\n"
	    "         |                 :                 :                |\n"
	    "         |                 :                 :                |\n"
	    "         |                 :                 :                ******************\n"
	    "         |                 :                 :                :\n"
	    "BAL 100% |                 :                 :                :\n"
	    "         +-----------------+-----------------+----------------+-----------------\n"
	    "          Q1               Q2                Q3               Q4\n");
}
END_TEST

START_TEST(a_chart_never_leaves_its_columns)
{
	struct gw_slice rest;
	struct gw_chart_point points[400];
	size_t lines = 0;

	for (size_t i = 0; i < GW_N(points); i++)
		points[i] = (struct gw_chart_point){ (int32_t)(i * 13),
		    (double)(i * 37 % 101) / 100 };
	gw_chart(&out, &(struct gw_chart){ "ABCDEFG", "X", points, GW_N(points) }, coloured);
	for (rest = gw_str(text()); rest.len > 0; lines++)
		ck_assert_uint_le(columns(gw_slice_cut(rest, '\n', &rest)), GW_CHART_COLUMNS);
	ck_assert_uint_eq(lines, GW_CHART_ROWS + 2);
	ck_assert_ptr_nonnull(strstr(text(), "OT"));
	gw_buf_clear(&out);
	gw_chart(&out, &(struct gw_chart){ "KC", "BAL", NULL, 0 }, blocks);
	ck_assert_ptr_null(strstr(text(), "OT"));
}
END_TEST

START_TEST(a_report_names_the_result_and_the_swings)
{
	struct gw_report_play one = { a_play(), even }, plays[3] = { one, one, one };
	struct gw_slice rest;

	plays[0].play.quarter = 1;
	plays[0].play.time_remaining = 3600;
	plays[1].prediction.home_win_prob = 0.3;
	plays[1].play.yards_gained = 12;
	plays[1].play.has |= GW_HAS_YARDS_GAINED;
	plays[2].prediction.home_win_prob = 0.9;
	plays[2].play.is_home_team = true;
	plays[2].play.down = 1;
	gw_report_put(&out, &(struct gw_report){ plays, 3, true, 27, 20 }, plain);
	ck_assert_ptr_nonnull(strstr(text(), "BAL 20 @ KC  27"));
	ck_assert_ptr_nonnull(strstr(text(),
	    "KC   30% > 90%  BAL 3rd & 7 at BAL 34    12-yard pass, turnover\n"));
	for (rest = gw_str(text()); rest.len > 0;)
		ck_assert_uint_le(columns(gw_slice_cut(rest, '\n', &rest)), 80);
}
END_TEST

START_TEST(a_report_of_one_play_has_no_swing)
{
	struct gw_report_play one = { a_play(), even };

	gw_report_put(&out, &(struct gw_report){ &one, 1, false, 0, 0 }, plain);
	ck_assert_ptr_null(strstr(text(), "moved it most"));
	ck_assert_ptr_null(strstr(text(), "final score"));
}
END_TEST

Suite *
check_chart_suite(void)
{
	Suite *s = suite_create("chart");
	TCase *tc = tcase_create("chart");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_play_reads_as_on_a_scoreboard);
	tcase_add_test(tc, every_line_has_80_columns_in_every_style);
	tcase_add_test(tc, plain_style_is_ascii);
	tcase_add_test(tc, only_a_changed_score_of_the_same_game_is_marked);
	tcase_add_test(tc, the_clock_counts_down_each_quarter_and_overtime);
	tcase_add_test(tc, the_situation_names_side_and_distance);
	tcase_add_test(tc, a_percentage_claims_no_false_certainty);
	tcase_add_test(tc, a_chart_climbs_where_the_home_team_gains);
	tcase_add_test(tc, a_chart_never_leaves_its_columns);
	tcase_add_test(tc, a_report_names_the_result_and_the_swings);
	tcase_add_test(tc, a_report_of_one_play_has_no_swing);
	suite_add_tcase(s, tc);
	return s;
}
