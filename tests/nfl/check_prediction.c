/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_prediction.c - a model bound to its features; what a prediction looks like.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "base/slice.h"
#include "ml/model.h"
#include "nfl/features.h"
#include "nfl/prediction.h"
#include "tests/nfl/sample.h"

static struct gw_alloc alloc;
static struct gw_model *model;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	model = sample_trained(&alloc, "full");
}

static void
teardown(void)
{
	gw_model_free(model);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
assert_refused(const char *message)
{
	struct gw_err err = { 0 };

	ck_assert_ptr_null(gw_predictor_new(&alloc, model, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_msg(strstr(err.msg, message) != NULL, "'%s' does not say '%s'", err.msg, message);
}

START_TEST(a_prediction_is_what_the_heads_say)
{
	struct gw_predictor *p = gw_predictor_new(&alloc, model, NULL);
	struct gw_play play = sample_play();
	double x[GW_FEATURES_MAX];
	struct gw_prediction pr;

	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(gw_predictor_model(p), "full:1");
	gw_features(gw_feature_set_find("full"), &play, x);
	gw_predict_unfloored(p, &play, &pr);
	ck_assert(pr.home_win_prob == gw_head_predict(model, gw_model_head(model, "home_win"), x));
	ck_assert(pr.home_score_pred == gw_head_predict(model, gw_model_head(model, "home_score"),
	    x));
	ck_assert(pr.away_score_pred == gw_head_predict(model, gw_model_head(model, "away_score"),
	    x));
	ck_assert(!pr.has_band);
	gw_predictor_free(p);
}
END_TEST

START_TEST(a_score_is_never_below_the_board)
{
	struct gw_predictor *p = gw_predictor_new(&alloc, model, NULL);
	struct gw_prediction raw, pr;
	int raised = 0;

	for (int home = 0; home < 80; home += 7) {
		struct gw_play play = sample_play();

		play.home_score = home;
		play.away_score = 80 - home;
		gw_predict_unfloored(p, &play, &raw);
		gw_predict(p, &play, &pr);
		ck_assert(pr.home_score_pred == fmax(raw.home_score_pred, play.home_score));
		ck_assert(pr.away_score_pred == fmax(raw.away_score_pred, play.away_score));
		ck_assert(pr.home_win_prob == raw.home_win_prob);
		raised += pr.home_score_pred > raw.home_score_pred ||
			  pr.away_score_pred > raw.away_score_pred;
	}
	ck_assert_int_gt(raised, 0);
	gw_predictor_free(p);
}
END_TEST

START_TEST(the_message_changes_no_bit)
{
	struct gw_predictor *p = gw_predictor_new(&alloc, model, NULL);
	struct gw_arena arena;

	gw_arena_init(&arena, &alloc, 0);
	for (int i = 0; i < 400; i++) {
		struct gw_play play = sample_play(), back;
		struct gw_prediction a, b;
		struct gw_buf text;

		play.spread_line = i / 7.0 - 20;
		play.time_remaining = 9 * i;
		gw_buf_init(&text, &alloc, 0);
		gw_play_write(&text, &play);
		ck_assert_int_eq(gw_play_parse(gw_buf_slice(&text), &arena, &back, NULL), 0);
		gw_predict(p, &play, &a);
		gw_predict(p, &back, &b);
		ck_assert(memcmp(&a.home_win_prob, &b.home_win_prob, sizeof(double)) == 0);
		ck_assert(memcmp(&a.home_score_pred, &b.home_score_pred, sizeof(double)) == 0);
		gw_buf_fini(&text);
		gw_arena_reset(&arena);
	}
	gw_arena_fini(&arena);
	gw_predictor_free(p);
}
END_TEST

START_TEST(probabilities_stay_probabilities_at_the_extremes)
{
	struct gw_predictor *p = gw_predictor_new(&alloc, model, NULL);
	struct gw_prediction pr;

	for (int side = 0; side < 2; side++) {
		struct gw_play play = sample_play();

		play.home_score = side ? GW_SCORE_MAX : 0;
		play.away_score = side ? 0 : GW_SCORE_MAX;
		play.quarter = GW_QUARTER_MAX;
		play.time_remaining = 0;
		play.spread_line = side ? GW_LINE_MAX : -GW_LINE_MAX;
		gw_predict(p, &play, &pr);
		ck_assert(pr.home_win_prob >= 0 && pr.home_win_prob <= 1);
		ck_assert(isfinite(pr.home_score_pred) && isfinite(pr.away_score_pred));
	}
	gw_predictor_free(p);
}
END_TEST

START_TEST(a_model_of_other_definitions_is_refused)
{
	model->feature_hash[0] = model->feature_hash[0] == '0' ? '1' : '0';
	assert_refused("model full:1: made with other definitions of the features in full");
}
END_TEST

START_TEST(a_model_of_other_features_is_refused_and_names_one)
{
	strcpy(model->features[2].name, "quarters");
	assert_refused(
	    "model full:1: feature 3 is quarters, in this program's set full it is quarter");
}
END_TEST

START_TEST(a_model_of_an_unknown_set_is_refused)
{
	strcpy(model->feature_set, "deep");
	assert_refused("model full:1: this program has no feature set deep");
}
END_TEST

START_TEST(a_model_of_another_size_is_refused)
{
	strcpy(model->feature_set, "classic");
	assert_refused("model full:1: 17 features, this program's set classic has 15");
}
END_TEST

START_TEST(a_model_without_a_head_is_refused)
{
	strcpy(model->heads[2].name, "elsewhere");
	assert_refused("model full:1: no linear head away_score");
	model->heads[0].family = GW_LINEAR;
	assert_refused("model full:1: no logistic head home_win");
}
END_TEST

START_TEST(json_leaves_out_what_is_absent_and_csv_leaves_it_empty)
{
	static const struct gw_prediction pr = { .home_win_prob = 0.1, .home_score_pred = 20,
		.away_score_pred = 21.5, .has_band = true, .home_score_lo = 13, .home_score_hi = 28,
		.away_score_lo = 14, .away_score_hi = 30.25, .line = "rating" };
	static const struct gw_prediction bare = { .home_win_prob = 1, .home_score_pred = 3,
		.away_score_pred = 4 };
	static const struct gw_play_place place = { .partition = 3, .offset = INT64_MAX };
	struct gw_play play = sample_play();
	struct gw_buf out;

	play.has |= GW_HAS_REVISION;
	play.revision = 2;
	gw_buf_init(&out, &alloc, 0);
	gw_prediction_json(&out, &play, &pr, "full:1", &place);
	gw_buf_putc(&out, '\n');
	play.revision = 0;
	play.has |= GW_HAS_WITHDRAWN;
	gw_prediction_json(&out, &play, &bare, "full:1", NULL);
	gw_buf_putc(&out, '\n');
	gw_prediction_csv_header(&out);
	gw_prediction_csv(&out, &play, &bare, "full:1", NULL);
	play.has &= ~(unsigned)GW_HAS_WITHDRAWN;
	play.revision = 2;
	gw_prediction_csv(&out, &play, &pr, "full:1", &place);
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((char *)out.ptr,
	    "{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":1462,\"play_number\":58,\"quarter\":2,"
	    "\"time_remaining\":1834,\"home_team\":\"KC\",\"away_team\":\"BAL\",\"home_score\":13,"
	    "\"away_score\":10,\"home_win_prob\":0.1,\"home_score_pred\":20,\"away_score_pred\":21."
	    "5,"
	    "\"home_score_lo\":13,\"home_score_hi\":28,\"away_score_lo\":14,\"away_score_hi\":30."
	    "25,"
	    "\"model\":\"full:1\",\"partition\":3,\"offset\":9223372036854775807,\"revision\":2,"
	    "\"line\":\"rating\"}\n"
	    "{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":1462,\"play_number\":58,\"quarter\":2,"
	    "\"time_remaining\":1834,\"home_team\":\"KC\",\"away_team\":\"BAL\",\"home_score\":13,"
	    "\"away_score\":10,\"home_win_prob\":1,\"home_score_pred\":3,\"away_score_pred\":4,"
	    "\"model\":\"full:1\",\"withdrawn\":true}\n"
	    "game_id,play_id,play_number,quarter,time_remaining,home_team,away_team,home_score,"
	    "away_score,"
	    "home_win_prob,home_score_pred,away_score_pred,home_score_lo,home_score_hi,away_score_"
	    "lo,"
	    "away_score_hi,model,partition,offset,revision,line,withdrawn,fourth_down,"
	    "go_win_prob,punt_win_prob,field_goal_win_prob\n"
	    "2024_01_BAL_KC,1462,58,2,1834,KC,BAL,13,10,1,3,4,,,,,full:1,,,,,true,,,,\n"
	    "2024_01_BAL_KC,1462,58,2,1834,KC,BAL,13,10,0.1,20,21.5,13,28,14,30.25,full:1,3,"
	    "9223372036854775807,2,rating,,,,,\n");
	gw_buf_fini(&out);
}
END_TEST

Suite *
check_prediction_suite(void)
{
	Suite *s = suite_create("nfl/prediction");
	TCase *t = tcase_create("prediction");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_prediction_is_what_the_heads_say);
	tcase_add_test(t, a_score_is_never_below_the_board);
	tcase_add_test(t, the_message_changes_no_bit);
	tcase_add_test(t, probabilities_stay_probabilities_at_the_extremes);
	tcase_add_test(t, a_model_of_other_definitions_is_refused);
	tcase_add_test(t, a_model_of_other_features_is_refused_and_names_one);
	tcase_add_test(t, a_model_of_an_unknown_set_is_refused);
	tcase_add_test(t, a_model_of_another_size_is_refused);
	tcase_add_test(t, a_model_without_a_head_is_refused);
	tcase_add_test(t, json_leaves_out_what_is_absent_and_csv_leaves_it_empty);
	suite_add_tcase(s, t);
	return s;
}
