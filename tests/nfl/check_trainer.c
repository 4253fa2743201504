/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_trainer.c - plays into a model: what it records, that it repeats, what it
 * refuses.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include "base/slice.h"
#include "nfl/card.h"
#include "nfl/trainer.h"
#include "tests/nfl/sample.h"

static struct gw_alloc alloc;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
}

static void
teardown(void)
{
	ck_assert_uint_eq(alloc.used, 0);
}

START_TEST(a_model_records_what_it_was_made_of)
{
	struct gw_model *m = sample_trained(&alloc, "classic");
	char hash[65];

	gw_feature_set_hash(gw_feature_set_find("classic"), hash);
	ck_assert_str_eq(m->name, "classic");
	ck_assert_str_eq(m->feature_set, "classic");
	ck_assert_str_eq(m->feature_hash, hash);
	ck_assert_str_eq(m->trained_on, "2023");
	ck_assert_uint_eq(m->n_rows, 600);
	ck_assert_uint_eq(m->n_groups, 30);
	ck_assert_uint_eq(m->n_features, 15);
	ck_assert_uint_eq(m->n_heads, 3);
	ck_assert_str_eq(m->heads[0].name, "home_win");
	ck_assert_int_eq(m->heads[0].family, GW_LOGISTIC);
	ck_assert_int_eq(m->heads[2].family, GW_LINEAR);
	ck_assert_str_eq(m->metrics[0].name, "train_log_loss");
	gw_model_free(m);
}
END_TEST

START_TEST(the_same_plays_give_the_same_bytes)
{
	struct gw_model *a = sample_trained(&alloc, "full"), *b = sample_trained(&alloc, "full");
	struct gw_buf x, y;

	gw_buf_init(&x, &alloc, 0);
	gw_buf_init(&y, &alloc, 0);
	ck_assert_int_eq(gw_model_write(a, &x), 0);
	ck_assert_int_eq(gw_model_write(b, &y), 0);
	ck_assert(gw_slice_eq(gw_buf_slice(&x), gw_buf_slice(&y)));
	gw_buf_fini(&x);
	gw_buf_fini(&y);
	gw_model_free(a);
	gw_model_free(b);
}
END_TEST

static struct gw_season_play
decided(int game, int result)
{
	struct gw_season_play p = { .play = sample_play(),
		.has_result = true,
		.result = result,
		.final_home = 20 + (result > 0 ? result : 0),
		.final_away = 20 - (result < 0 ? result : 0) };

	p.play.game_id[0] = (char)('A' + game);
	p.play.season = 2024 - game % 3;
	return p;
}

START_TEST(nothing_to_train_on_is_said)
{
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_err err;

	gw_trainer_init(&t, &alloc, gw_feature_set_find("classic"));
	ck_assert_ptr_null(gw_trainer_fit(&t, "x", 1, &trained, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_str_eq(err.msg, "no play is left to train on");
	gw_trainer_fini(&t);
}
END_TEST

START_TEST(one_outcome_is_refused)
{
	struct gw_season_play p = decided(0, 3);
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_err err;

	gw_trainer_init(&t, &alloc, gw_feature_set_find("classic"));
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(gw_trainer_add(&t, &p), 0);
	ck_assert_ptr_null(gw_trainer_fit(&t, "x", 1, &trained, &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "same outcome"));
	gw_trainer_fini(&t);
}
END_TEST

START_TEST(identical_plays_teach_only_the_base_rate)
{
	struct gw_season_play won = decided(0, 3), lost = decided(1, -7);
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_model *m;

	gw_trainer_init(&t, &alloc, gw_feature_set_find("full"));
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(gw_trainer_add(&t, i < 3 ? &won : &lost), 0);
	m = gw_trainer_fit(&t, "x", 1, &trained, NULL);
	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq(trained.n_dependent, 17);
	assert_near(1 / (1 + 1 / 3.0), 0.75, 1e-15);
	/* logit(3/4) = ln 3 */
	assert_near(m->heads[0].intercept, 1.0986122886681098, 1e-12);
	assert_near(m->heads[1].intercept, (3 * 23 + 20) / 4.0, 1e-12);
	gw_model_free(m);
	gw_trainer_fini(&t);
}
END_TEST

START_TEST(seasons_are_noted_in_order)
{
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_model *m;

	gw_trainer_init(&t, &alloc, gw_feature_set_find("classic"));
	for (int game = 0; game < 6; game++) {
		struct gw_season_play p = decided(game, game % 2 ? 3 : -3);

		ck_assert_int_eq(gw_trainer_add(&t, &p), 0);
	}
	ck_assert_uint_eq(t.n_games, 6);
	m = gw_trainer_fit(&t, "x", 9, &trained, NULL);
	ck_assert_ptr_nonnull(m);
	ck_assert_str_eq(m->trained_on, "2022-2024");
	ck_assert_int_eq(m->seed, 9);
	gw_model_free(m);
	gw_trainer_fini(&t);
}
END_TEST

START_TEST(a_card_tells_features_data_and_what_was_held_out)
{
	struct gw_model *m = sample_trained(&alloc, "full");
	struct gw_season_counts counts = { .dropped = { 12, 0, 0, 3, 0 } };
	struct gw_trained trained = { .log_loss = 0.5, .newton_steps = 7, .n_dependent = 1 };
	struct gw_card card = { .model = m, .trained = &trained, .counts = &counts };
	struct gw_buf text;

	trained.dependent[5] = true;
	gw_buf_init(&text, &alloc, 0);
	gw_card_write(&text, &card);
	gw_buf_putc(&text, '\0');
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "# full\n"));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr,
	    "| trained on | 2023: 600 plays of 30 games |"));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "play_type 12, try 3"));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr,
	    "left at 0 in the score heads: current_away_score."));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "Nothing: every season"));
	ck_assert_ptr_nonnull(strstr((char *)text.ptr, "CC BY 4.0"));
	ck_assert_ptr_null(strstr((char *)text.ptr, "| command |"));
	gw_buf_fini(&text);
	gw_model_free(m);
}
END_TEST

START_TEST(a_card_tells_how_it_was_made_what_it_leans_on_and_what_it_was_compared_with)
{
	static struct gw_evaluation e;	/* all 0 but for what is asked */
	static struct gw_importances leans = { .rows = 100 };
	struct gw_model *m = sample_trained(&alloc, "full");
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained = { 0 };
	struct gw_card card = { .model = m, .trained = &trained, .counts = &counts, .held_out = &e,
		.held_out_season = 2024, .left_out = &e, .importances = &leans, .data = "abc",
		.command = "gridwire train --name x", .seconds = 1.25, .n_threads = 2 };
	static const char *const holds[] = {
		"| data | abc, SHA-256", "| command | `gridwire train --name x` |",
		"| time | 1.2 s of reading and training, 2 threads |", "## Held out: season 2024",
		"| all | 10 |", "## Each season by a model of the others", "| 2023 | 4 |",
		"| 2024 | 6 |", ("| full:1 | log-loss | 10 | 0.4000 | 0.5000 | -0.1000 | -0.2000 to"
		" -0.0500 | better |"),
		"| 7 | 0.250 | 0.500 |", "| spread line | +0.0500 | +0.000 |",
		"| score_diff_per_sqrt_time | (home_score - away_score) / sqrt(" };
	struct gw_buf text;

	e.all.rows = e.other.rows = 10;
	e.all.win.bins[2] = (struct gw_calibration_bin){ .n = 7, .mean_p = 0.25, .mean_y = 0.5 };
	e.n_seasons = 2;
	e.by_season[0] = (struct gw_slice_metrics){ .label = 2023, .rows = 4 };
	e.by_season[1] = (struct gw_slice_metrics){ .label = 2024, .rows = 6 };
	e.other_name = "full:1";
	e.other.model_log_loss = 0.4;
	e.other.log_loss = 0.5;
	e.other.diff = -0.1;
	e.other.lo = -0.2;
	e.other.hi = -0.05;
	leans.log_loss[GW_INPUT_SPREAD_LINE] = 0.05;
	gw_buf_init(&text, &alloc, 0);
	gw_card_write(&text, &card);
	gw_buf_putc(&text, '\0');
	for (size_t i = 0; i < GW_N(holds); i++)
		ck_assert_msg(strstr((char *)text.ptr, holds[i]) != NULL, "no %s", holds[i]);
	ck_assert_ptr_null(strstr((char *)text.ptr, "| total line |"));
	gw_buf_fini(&text);
	gw_model_free(m);
}
END_TEST

Suite *
check_trainer_suite(void)
{
	Suite *s = suite_create("nfl/trainer");
	TCase *t = tcase_create("trainer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_model_records_what_it_was_made_of);
	tcase_add_test(t, the_same_plays_give_the_same_bytes);
	tcase_add_test(t, nothing_to_train_on_is_said);
	tcase_add_test(t, one_outcome_is_refused);
	tcase_add_test(t, identical_plays_teach_only_the_base_rate);
	tcase_add_test(t, seasons_are_noted_in_order);
	tcase_add_test(t, a_card_tells_features_data_and_what_was_held_out);
	tcase_add_test(t,
	    a_card_tells_how_it_was_made_what_it_leans_on_and_what_it_was_compared_with);
	suite_add_tcase(s, t);
	return s;
}
