/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_evaluation.c - figures against the sum of their parts, and the JSON of INTERFACE.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "nfl/evaluation.h"
#include "nfl/importance.h"
#include "nfl/report.h"
#include "tests/nfl/sample.h"

static struct gw_alloc alloc;
static struct sample_world w;
static struct gw_model *model;
static struct gw_predictor *predictor;
static struct gw_evaluator evaluator;
static struct gw_season_counts counts;

static int
add(void *arg, const struct gw_season_play *p)
{
	return gw_evaluator_add(arg, p, NULL);
}

static void
read_season(int year, int games)
{
	struct gw_buf text;
	struct gw_err err;

	gw_buf_init(&text, &w.alloc, 0);
	sample_season(&text, year, games);
	gw_buf_putc(&text, '\0');
	sample_write(&w, "s.csv", (char *)text.ptr);
	gw_buf_fini(&text);
	ck_assert_msg(gw_season_read(&w.env, "s.csv", GW_FOR_TRAINING, add, &evaluator, &counts,
	    &err) == 0,
	    "%s", err.msg);
}

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	memset(&counts, 0, sizeof(counts));
	sample_world_init(&w);
	model = sample_trained(&alloc, "full");
	predictor = gw_predictor_new(&alloc, model, NULL);
	ck_assert_ptr_nonnull(predictor);
	gw_evaluator_init(&evaluator, &alloc, predictor);
}

static void
teardown(void)
{
	gw_evaluator_fini(&evaluator);
	gw_predictor_free(predictor);
	gw_model_free(model);
	ck_assert_uint_eq(alloc.used, 0);
	sample_world_fini(&w);
}

static int
add_importance(void *arg, const struct gw_season_play *p)
{
	return gw_importance_add(arg, p);
}

START_TEST(an_input_that_is_not_read_has_no_importance)
{
	struct gw_importance i;
	struct gw_importances out;

	read_season(2024, 8);
	gw_importance_init(&i, &alloc);
	ck_assert_int_eq(gw_season_read(&w.env, "s.csv", GW_FOR_TRAINING, add_importance, &i,
	    &counts, NULL), 0);
	gw_importance_measure(&i, predictor, &out);
	ck_assert_uint_eq(out.rows, 8 * 20 / GW_IMPORTANCE_STEP);
	/* Whoever leads wins in these games. */
	ck_assert(out.log_loss[GW_INPUT_SCORE] > 0.1 && out.score_error[GW_INPUT_SCORE] > 0.1);
	ck_assert(out.log_loss[GW_INPUT_CLOCK] != 0 && out.log_loss[GW_INPUT_SPREAD_LINE] != 0);
	ck_assert(out.log_loss[GW_INPUT_TOTAL_LINE] == 0);
	ck_assert(out.score_error[GW_INPUT_TIMEOUTS] == 0);
	gw_importance_fini(&i);
}
END_TEST

START_TEST(one_game_has_nothing_to_exchange_with)
{
	struct gw_importance i;
	struct gw_importances out;

	gw_importance_init(&i, &alloc);
	gw_importance_measure(&i, predictor, &out);
	ck_assert_uint_eq(out.rows, 0);
	read_season(2024, 1);
	ck_assert_int_eq(gw_season_read(&w.env, "s.csv", GW_FOR_TRAINING, add_importance, &i,
	    &counts, NULL), 0);
	gw_importance_measure(&i, predictor, &out);
	for (int k = 0; k < GW_N_INPUTS; k++)
		ck_assert(out.log_loss[k] == 0 && out.score_error[k] == 0);
	gw_importance_fini(&i);
}
END_TEST

START_TEST(the_whole_is_the_sum_of_its_quarters_and_seasons)
{
	static struct gw_evaluation e;
	double quarters = 0, seasons = 0;
	size_t rows = 0;

	read_season(2024, 8);
	read_season(2025, 4);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	ck_assert_uint_eq(e.all.rows, 240);
	ck_assert_uint_eq(e.games, 12);
	ck_assert_uint_eq(e.n_seasons, 2);
	ck_assert_int_eq(e.by_season[1].label, 2025);
	for (size_t q = 0; q < GW_QUARTERS; q++) {
		quarters += e.by_quarter[q].win.log_loss * (double)e.by_quarter[q].rows;
		rows += e.by_quarter[q].rows;
	}
	for (size_t i = 0; i < e.n_seasons; i++)
		seasons += e.by_season[i].home.mae * (double)e.by_season[i].rows;
	ck_assert_uint_eq(rows, 240);
	ck_assert_uint_eq(e.by_quarter[4].rows, 0);
	assert_near(quarters / 240, e.all.win.log_loss, 1e-12);
	assert_near(seasons / 240, e.all.home.mae, 1e-12);
	ck_assert(e.log_loss_lo <= e.all.win.log_loss && e.all.win.log_loss <= e.log_loss_hi);
}
END_TEST

START_TEST(the_reference_is_paired_on_the_rows_that_have_it)
{
	static struct gw_evaluation e, again;

	read_season(2024, 8);
	/* Half the rows lose their reference; it must not count as 0. */
	for (size_t i = 0; i < evaluator.rows.n; i += 2)
		gw_matrix_row(&evaluator.rows, i)[8] = 0;
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	ck_assert_uint_eq(e.reference.rows, 80);
	ck_assert_uint_eq(e.reference.games, 8);
	assert_near(e.reference.diff, e.reference.model_log_loss - e.reference.log_loss, 1e-12);
	ck_assert(e.reference.lo <= e.reference.diff && e.reference.diff <= e.reference.hi);
	ck_assert(e.reference.lo < e.reference.hi);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &again, NULL), 0);
	ck_assert(again.reference.lo == e.reference.lo && again.log_loss_hi == e.log_loss_hi);
}
END_TEST

START_TEST(what_is_returned_is_what_scoring_publishes)
{
	struct gw_season_play p = { .play = sample_play(), .has_result = true, .result = 3,
		.final_home = 23, .final_away = 20 };
	struct gw_prediction a, b;

	p.play.home_score = 60;
	ck_assert_int_eq(gw_evaluator_add(&evaluator, &p, &a), 0);
	gw_predict(predictor, &p.play, &b);
	ck_assert(a.home_win_prob == b.home_win_prob && a.home_score_pred == b.home_score_pred);
	ck_assert(a.home_score_pred >= 60);
}
END_TEST

START_TEST(nothing_to_evaluate_is_said)
{
	static struct gw_evaluation e;
	struct gw_err err;

	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, &err), GW_EDATA);
	ck_assert_str_eq(err.msg, "no play is left to evaluate on");
}
END_TEST

START_TEST(the_json_has_every_field_of_the_interface)
{
	static const char *const fields[] = { "model", "seasons", "rows", "games", "dropped",
		"log_loss", "brier", "auc", "ece", "home_mae", "away_mae", "home_rmse", "away_rmse",
		"by_quarter", "by_season", "reference" };
	static const char *const reference[] = { "name", "rows", "log_loss", "model_log_loss",
		"diff", "lo", "hi" };
	static struct gw_evaluation e;
	const struct gw_json *r;
	struct gw_arena arena;
	struct gw_json *v;
	struct gw_buf text;

	read_season(2024, 6);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	gw_buf_init(&text, &alloc, 0);
	gw_arena_init(&arena, &alloc, 0);
	gw_evaluation_json(&text, &e, "full:1", "2024", &counts);
	ck_assert_int_eq(gw_json_parse(gw_buf_slice(&text), &arena, &v, NULL), 0);
	for (size_t i = 0; i < GW_N(fields); i++)
		ck_assert_msg(gw_json_get(v, fields[i]) != NULL, "%s is missing", fields[i]);
	r = gw_json_get(v, "reference");
	for (size_t i = 0; i < GW_N(reference); i++)
		ck_assert_msg(gw_json_get(r, reference[i]) != NULL, "reference.%s is missing",
		    reference[i]);
	ck_assert(gw_json_get(v, "log_loss")->number == e.all.win.log_loss);
	ck_assert_uint_eq(gw_json_get(v, "by_quarter")->n, 4);
	ck_assert_uint_eq(gw_json_get(gw_json_get(v, "dropped"), "try") != NULL, 1);
	gw_buf_fini(&text);
	gw_arena_fini(&arena);
}
END_TEST

START_TEST(the_page_holds_the_figures_and_loads_nothing)
{
	static struct gw_evaluation e;
	struct gw_report r = { .alloc = &alloc, .evaluation = &e, .seasons = "2024",
		.look = { GW_LIT(".bin{fill:red}"), GW_LIT("/* charts */\n") } };
	struct gw_play play = { .game_id = "g<1>", .home_team = "A&B", .away_team = "C",
		.quarter = 5, .time_remaining = 540, .home_score = 20, .away_score = 20 };
	struct gw_buf page;
	char row[64];
	char *text;

	read_season(2024, 6);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	gw_buf_init(&page, &alloc, 0);
	r.model = model;
	r.importances.rows = 10;
	r.importances.log_loss[GW_INPUT_CLOCK] = 0.25;
	ck_assert_int_eq(gw_report_choose(&r, "other, g<1>", NULL), 0);
	ck_assert_int_eq(gw_report_add(&r, &play, 0.625), 0);
	ck_assert_int_eq(gw_report_complete(&r, NULL), GW_EINVAL);
	gw_report_html(&page, &r);
	gw_buf_putc(&page, '\0');
	ck_assert_int_eq(page.err, 0);
	text = (char *)page.ptr;
	ck_assert_ptr_nonnull(strstr(text, "<h1>full:1 on season 2024</h1>"));
	ck_assert_ptr_nonnull(strstr(text, "<tr><td>all<td>120<td>"));
	ck_assert_ptr_nonnull(strstr(text, ".bin{fill:red}"));
	ck_assert_ptr_nonnull(strstr(text, "<script type=\"module\">\n/* charts */\nconst byId"));
	ck_assert_ptr_nonnull(strstr(text, "<tr><td>clock<td>+0.2500<td>+0.000\n"));
	ck_assert_ptr_nonnull(strstr(text, "C at A&amp;B, g&lt;1></h3>"));
	ck_assert_ptr_nonnull(strstr(text, "<tr><td>3660<td>5<td>20<td>20<td>62.50%\n"));
	ck_assert_ptr_nonnull(strstr(text, "<summary>home_win: logistic, "));
	snprintf(row, sizeof(row), "<tr><td>0<td>%zu<td>%.4f<td>", e.by_minute[0].rows,
	    e.by_minute[0].log_loss);
	ck_assert_ptr_nonnull(strstr(text, row));
	for (size_t b = 0; b < GW_ECE_BINS; b++) {
		const struct gw_calibration_bin *bin = &e.all.win.bins[b];

		snprintf(row, sizeof(row), "<tr><td>%.2f%%<td>%.2f%%<td>%zu\n", 100 * bin->mean_p,
		    100 * bin->mean_y, bin->n);
		ck_assert_int_eq(strstr(text, row) != NULL, bin->n > 0);
	}
	ck_assert_ptr_nonnull(strstr(text, "</html>"));
	ck_assert_ptr_null(strstr(text, "src="));
	ck_assert_ptr_null(strstr(text, "http:"));
	ck_assert_ptr_null(strstr(text, "https:"));
	ck_assert_ptr_null(strstr(text, "nan"));
	gw_buf_fini(&page);
	gw_report_fini(&r);
}
END_TEST

START_TEST(minutes_add_up_to_the_whole)
{
	static struct gw_evaluation e;
	double sum = 0, reference = 0;
	size_t rows = 0;

	read_season(2024, 6);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	for (size_t k = 0; k < GW_MINUTES; k++) {
		rows += e.by_minute[k].rows;
		sum += e.by_minute[k].log_loss * (double)e.by_minute[k].rows;
		reference += e.by_minute[k].reference * (double)e.by_minute[k].reference_rows;
	}
	ck_assert_uint_eq(rows, e.all.rows);
	ck_assert_double_eq_tol(sum / (double)rows, e.all.win.log_loss, 1e-12);
	if (e.reference.rows > 0)
		ck_assert_double_eq_tol(reference / (double)e.reference.rows, e.reference.log_loss,
		    1e-12);
}
END_TEST

START_TEST(without_a_reference_it_is_null)
{
	static struct gw_evaluation e;
	struct gw_season_play p = { .play = sample_play(), .has_result = true, .result = 3,
		.final_home = 23, .final_away = 20 };
	struct gw_buf text;

	ck_assert_int_eq(gw_evaluator_add(&evaluator, &p, NULL), 0);
	ck_assert_int_eq(gw_evaluator_finish(&evaluator, 1, &e, NULL), 0);
	ck_assert(isnan(e.all.win.auc));
	gw_buf_init(&text, &alloc, 0);
	gw_evaluation_json(&text, &e, "full:1", "2024", &counts);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "\"reference\":null}"));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "\"auc\":null,"));
	gw_buf_fini(&text);
}
END_TEST

Suite *
check_evaluation_suite(void)
{
	Suite *s = suite_create("nfl/evaluation");
	TCase *t = tcase_create("evaluation");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_input_that_is_not_read_has_no_importance);
	tcase_add_test(t, one_game_has_nothing_to_exchange_with);
	tcase_add_test(t, the_whole_is_the_sum_of_its_quarters_and_seasons);
	tcase_add_test(t, the_reference_is_paired_on_the_rows_that_have_it);
	tcase_add_test(t, what_is_returned_is_what_scoring_publishes);
	tcase_add_test(t, nothing_to_evaluate_is_said);
	tcase_add_test(t, the_json_has_every_field_of_the_interface);
	tcase_add_test(t, the_page_holds_the_figures_and_loads_nothing);
	tcase_add_test(t, minutes_add_up_to_the_whole);
	tcase_add_test(t, without_a_reference_it_is_null);
	suite_add_tcase(s, t);
	return s;
}
