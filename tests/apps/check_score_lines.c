/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_score_lines.c - the score verb from outside: the filter, and what it refuses.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_lines.h"

#include <stdlib.h>
#include <unistd.h>

#include "apps/model/model_load.h"
#include "base/json.h"
#include "base/slice.h"
#include "tests/apps/fixture.h"
#include "tests/apps/suites.h"

#define PLAY \
	"{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":60,\"play_number\":2,\"quarter\":1," \
	"\"time_remaining\":3600,\"home_score\":0,\"away_score\":0,\"field_position\":70," \
	"\"down\":1,\"distance\":10,\"play_type\":\"run\",\"home_team\":\"KC\"," \
	"\"away_team\":\"BAL\",\"posteam\":\"BAL\"}"
#define NO_QUARTER \
	"{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":60,\"play_number\":2,\"quarter\":0}"

static struct fixture	f;
static char		data[TEST_PATH_MAX], models[TEST_PATH_MAX];

static void
setup(void)
{
	fixture_init(&f);
	test_source_path("data", data);
	test_path(f.dir, "models", models);
	ck_assert_int_eq(fixture_run(&f, "train", "--data", data, "--seasons", "2023", "--models",
	    models, NULL), 0);
}

static void
teardown(void)
{
	fixture_fini(&f);
}

static size_t
lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

START_TEST(each_line_in_is_answered_by_one_line_out)
{
	struct gw_slice rest, line;

	ck_assert_int_eq(fixture_pipe(&f, PLAY "\n\nno play\n" NO_QUARTER "\r\n" PLAY, "score",
	    "--stdin", "--models", models, NULL), 0);
	ck_assert_uint_eq(lines(f.out), 5);
	rest = gw_str(f.out);
	line = gw_slice_cut(rest, '\n', &rest);
	ck_assert(gw_slice_starts(line, "{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":60,"));
	ck_assert(gw_slice_is(gw_slice_cut(rest, '\n', &rest),
	    "{\"error\":\"the line is empty\",\"line\":2}"));
	ck_assert(gw_slice_starts(gw_slice_cut(rest, '\n', &rest), "{\"error\":\"line 1 column 1"));
	ck_assert(gw_slice_starts(gw_slice_cut(rest, '\n', &rest),
	    "{\"error\":\"quarter: '0' is not"));
	ck_assert(gw_slice_eq(gw_slice_cut(rest, '\n', &rest), line));
	ck_assert_ptr_nonnull(strstr(f.err, "2 plays scored, 3 lines were no plays"));
}
END_TEST

START_TEST(the_filter_gives_the_bits_of_the_predictor)
{
	struct gw_prediction prediction;
	struct gw_loaded loaded;
	struct gw_arena arena;
	struct gw_json *o;
	struct gw_play play;
	struct gw_app app;
	struct gw_err err;

	ck_assert_int_eq(fixture_pipe(&f, PLAY "\n", "score", "--stdin", "--model", "state:1",
	    "--models", models, NULL), 0);
	gw_arena_init(&arena, f.env->alloc, 0);
	ck_assert_int_eq(gw_json_parse(gw_str(f.out), &arena, &o, &err), 0);
	ck_assert_int_eq(gw_play_parse(gw_str(PLAY), &arena, &play, &err), 0);
	fixture_app(&f, &app);
	ck_assert_int_eq(gw_loaded_open(&loaded, &app, models, NULL, &err), 0);
	gw_predict(loaded.predictor, &play, &prediction);
	ck_assert(gw_json_get(o, "home_win_prob")->number == prediction.home_win_prob);
	ck_assert(gw_slice_is(gw_json_get(o, "model")->text, "state:1"));
	ck_assert_ptr_null(gw_json_get(o, "offset"));
	gw_loaded_close(&loaded);
	gw_arena_fini(&arena);
	fixture_app_end(&f, &app);
}
END_TEST

/* Whoever asks waits for the answer: it must come while stdin is open and silent. */
START_TEST(an_answer_comes_while_the_input_pauses)
{
	int in[2], out[2];
	struct gw_score_lines counts;
	struct gw_loaded loaded;
	char answer[4096];
	struct gw_app app;
	struct gw_err err;
	pid_t child;

	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(out), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		close(in[0]);
		close(in[1]);
		fixture_app(&f, &app);
		app.out_fd = out[1];
		if (gw_loaded_open(&loaded, &app, models, NULL, &err) != 0)
			_exit(1);
		_exit(gw_score_lines(&app, loaded.predictor, &counts, &err) != 0);
	}
	close(in[0]);
	close(out[1]);
	for (int i = 0; i < 3; i++) {
		ssize_t n;

		ck_assert_int_eq(write(in[1], PLAY "\n", sizeof(PLAY)), (ssize_t)sizeof(PLAY));
		n = read(out[0], answer, sizeof(answer));
		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(answer[n - 1], '\n');
	}
	close(in[1]);
	ck_assert_int_eq(read(out[0], answer, sizeof(answer)), 0);
	close(out[0]);
}
END_TEST

static void
fails(int code, const char *words, int got)
{
	ck_assert_msg(got == code, "exit %d, not %d: %s", got, code, f.err);
	ck_assert_msg(strstr(f.err, words) != NULL, "%s", f.err);
	ck_assert_uint_eq(lines(f.err), 1);
	ck_assert_str_eq(f.out, "");
}

START_TEST(what_cannot_be_is_refused_in_one_line)
{
	char file[TEST_PATH_MAX];

	test_path(f.dir, "notes.txt", file);
	test_write(file, "my notes\n", 9);
	fails(1, "--stdin is a filter", fixture_run(&f, "score", "--stdin", "--csv", "x", NULL));
	fails(1, "is the topic that is read", fixture_run(&f, "score", "--to", "nfl-plays", NULL));
	fails(1, "-o middle", fixture_run(&f, "score", "-o", "middle", NULL));
	fails(7, "no model yet", fixture_run(&f, "score", "--models", f.dir, "--stdin", NULL));
	fails(7, "other", fixture_run(&f, "score", "--models", models, "--model", "other", NULL));
	fails(2, "127.0.0.1:1", fixture_run(&f, "score", "--models", models, "-b", "127.0.0.1:1",
	    "-g", "g", NULL));
	fails(7, "not the header", fixture_run(&f, "score", "--models", models, "--csv", file,
	    NULL));
	test_path(f.dir, "no/such/folder.csv", file);
	fails(8, "folder.csv", fixture_run(&f, "score", "--models", models, "--csv", file, NULL));
	ck_assert_int_eq(fixture_run(&f, "train", "--data", data, "--seasons", "2023", "--features",
	    "classic", "--models", models, NULL), 0);
	fails(1, "2 models", fixture_run(&f, "score", "--models", models, "--stdin", NULL));
}
END_TEST

START_TEST(the_verb_scores_a_topic_and_says_how_fast)
{
	char csv[TEST_PATH_MAX], *rows;

	test_path(f.dir, "out.csv", csv);
	fixture_broker(&f);
	ck_assert_int_eq(fixture_run(&f, "produce", "-b", f.bootstrap, "--data", data, "--game",
	    "2024_01_LA_DET", "--delay", "0", NULL), 0);
	ck_assert_int_eq(fixture_run(&f, "score", "-b", f.bootstrap, "-g", "g", "--csv", csv,
	    "--to", "nfl-predictions", "--models", models, "-e", NULL), 0);
	ck_assert_uint_eq(lines(f.out), 158);
	ck_assert_ptr_nonnull(strstr(f.out, "OT 05:24"));
	ck_assert_ptr_nonnull(strstr(f.err, "157 plays scored"));
	ck_assert_ptr_nonnull(strstr(f.err, "plays/s; produce to prediction p50 "));
	rows = test_read(csv, NULL);
	ck_assert_uint_eq(lines(rows), 158);
	free(rows);
	ck_assert_int_eq(fixture_run(&f, "score", "-b", f.bootstrap, "-e", "-J", "-c", "10",
	    "--models", models, NULL), 0);
	ck_assert_uint_eq(lines(f.out), 10);
	ck_assert_ptr_nonnull(strstr(f.out, "\"partition\":0,\"offset\":9,"));
	fails(5, "does not exist", fixture_run(&f, "score", "-b", f.bootstrap, "-t", "none", "-e",
	    "--models", models, NULL));
}
END_TEST

Suite *
check_score_lines_suite(void)
{
	Suite *s = suite_create("score_lines");
	TCase *tc = tcase_create("score_lines");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, each_line_in_is_answered_by_one_line_out);
	tcase_add_test(tc, the_filter_gives_the_bits_of_the_predictor);
	tcase_add_test(tc, an_answer_comes_while_the_input_pauses);
	tcase_add_test(tc, what_cannot_be_is_refused_in_one_line);
	tcase_add_test(tc, the_verb_scores_a_topic_and_says_how_fast);
	suite_add_tcase(s, tc);
	return s;
}
