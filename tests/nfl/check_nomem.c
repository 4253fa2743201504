/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_nomem.c - each allocation of the module failing in turn.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include "nfl/card.h"
#include "tests/nfl/sample.h"
#include "tests/support/fail_alloc.h"

static int
use_message(struct gw_alloc *a, void *arg)
{
	struct gw_play play = sample_play(), back;
	struct gw_err err = { 0 };
	struct gw_arena arena;
	struct gw_buf text;
	int rc;

	(void)arg;
	gw_arena_init(&arena, a, 0);
	gw_buf_init(&text, a, 0);
	gw_play_write(&text, &play);
	rc = text.err;
	if (rc == 0) {
		rc = gw_play_parse(gw_buf_slice(&text), &arena, &back, &err);
		ck_assert_int_eq(rc, err.code);
	}
	gw_buf_fini(&text);
	gw_arena_fini(&arena);
	return rc;
}

START_TEST(messages_survive_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(use_message, NULL), 2);
}
END_TEST

static int
add(void *arg, const struct gw_season_play *p)
{
	return gw_evaluator_add(arg, p, NULL);
}

static int
evaluate(struct gw_env *env, const struct gw_model *m, struct gw_evaluation *out,
    struct gw_err *err)
{
	struct gw_seasons s = { .env = env, .data = "data", .years = { 2024 }, .n_years = 1 };
	struct gw_predictor *p = gw_predictor_new(env->alloc, m, err);
	struct gw_season_counts counts = { 0 };
	struct gw_evaluator e;
	int rc;

	if (p == NULL)
		return GW_ENOMEM;
	gw_evaluator_init(&e, env->alloc, p);
	rc = gw_seasons_read(&s, add, &e, &counts, err);
	if (rc == 0)
		rc = gw_evaluator_finish(&e, 1, out, err);
	gw_evaluator_fini(&e);
	gw_predictor_free(p);
	return rc;
}

static int
write_card(struct gw_alloc *a, const struct gw_card *card)
{
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, a, 0);
	gw_card_write(&text, card);
	rc = text.err;
	gw_buf_fini(&text);
	return rc;
}

/* What to train, and a disk with data/play_by_play_2024.csv. */
struct job {
	struct gw_fs	*fs;
	const char	*set;
};

/* Train, evaluate, describe. */
static int
use_all(struct gw_alloc *a, void *arg)
{
	static struct gw_evaluation e;
	const struct job *job = arg;
	struct gw_env env = { .alloc = a, .fs = job->fs };
	struct gw_seasons s = { .env = &env, .data = "data", .years = { 2024 }, .n_years = 1 };
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained;
	struct gw_model *m = NULL;
	struct gw_trainer t;
	struct gw_err err = { 0 };
	int rc;

	gw_trainer_init(&t, a, gw_feature_set_find(job->set));
	rc = gw_seasons_read(&s, gw_trainer_add, &t, &counts, &err);
	if (rc == 0 && (m = gw_trainer_fit(&t, job->set, 1, &trained, &err)) == NULL)
		rc = err.code;
	if (rc == 0) {
		struct gw_card card = {
			.model = m, .trained = &trained, .counts = &counts, .held_out = &e
		};

		m->version = 1;
		if ((rc = evaluate(&env, m, &e, &err)) == 0)
			rc = write_card(a, &card);
	}
	gw_model_free(m);
	gw_trainer_fini(&t);
	return rc;
}

#define GAMES_HEADER "game_id,season,week,away_team,home_team,result,spread_line\n"

/* Eight games of two teams in the season before, so that the season's own have a rating line. */
static void
write_games(struct sample_world *w)
{
	struct gw_buf text;

	gw_buf_init(&text, &w->alloc, 0);
	gw_buf_puts(&text, GAMES_HEADER);
	for (int g = 1; g <= 8; g++)
		gw_buf_printf(&text, "2023_%02d_AAA_BBB,2023,%d,AAA,BBB,%d,%d\n", g, g,
		    10 - 2 * g, g - 4);
	for (int g = 1; g <= 6; g++)
		gw_buf_printf(&text, "2024_%02d_AAA_BBB,2024,%d,AAA,BBB,11,3\n", g, g);
	gw_buf_putc(&text, '\0');
	sample_write(w, "data/games.csv", (char *)text.ptr);
	gw_buf_fini(&text);
}

static void
sweep_training(const char *set)
{
	struct sample_world w;
	struct gw_buf text;
	struct job job = { .set = set };

	sample_world_init(&w);
	job.fs = w.env.fs;
	ck_assert_int_eq(w.env.fs->mkdir(w.env.fs->ctx, "data", NULL), 0);
	gw_buf_init(&text, &w.alloc, 0);
	sample_season(&text, 2024, 6);
	gw_buf_putc(&text, '\0');
	sample_write(&w, "data/play_by_play_2024.csv", (char *)text.ptr);
	gw_buf_fini(&text);
	write_games(&w);
	ck_assert_uint_ge(fail_alloc_sweep(use_all, &job), 20);
	sample_world_fini(&w);
}

START_TEST(training_and_evaluation_survive_a_failing_allocator)
{
	sweep_training("full");
}
END_TEST

/* Ratings, expected points, temporal differences, trees, bands. */
START_TEST(the_state_model_survives_a_failing_allocator)
{
	sweep_training("state");
}
END_TEST

static int
refuse_columns(struct gw_alloc *a, void *arg)
{
	struct gw_env env = { .alloc = a, .fs = arg };
	struct gw_season_counts counts = { 0 };
	struct gw_err err = { 0 };
	int rc = gw_season_read(&env, "bad.csv", GW_FOR_TRAINING, NULL, NULL, &counts, &err);

	ck_assert_int_eq(rc, err.code);
	/* The good outcome here is the refusal. */
	return rc == GW_EDATA ? 0 : rc;
}

START_TEST(a_refusal_survives_a_failing_allocator)
{
	struct sample_world w;

	sample_world_init(&w);
	sample_write(&w, "bad.csv", "game_id,play_ids,down\n");
	ck_assert_uint_ge(fail_alloc_sweep_lenient(refuse_columns, w.env.fs), 5);
	sample_world_fini(&w);
}
END_TEST

Suite *
check_nomem_suite(void)
{
	Suite *s = suite_create("nfl/nomem");
	TCase *t = tcase_create("nomem");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, messages_survive_a_failing_allocator);
	tcase_add_test(t, training_and_evaluation_survive_a_failing_allocator);
	tcase_add_test(t, the_state_model_survives_a_failing_allocator);
	tcase_add_test(t, a_refusal_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}
