/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/apps/fixture.h"
#include "tests/apps/suites.h"

static struct fixture	f;
static char		data[TEST_PATH_MAX], models[TEST_PATH_MAX], out[TEST_PATH_MAX];

/* Two real seasons: one to train on, one to play a game of. */
static void
link_season(const char *name)
{
	char from[TEST_PATH_MAX], here[TEST_PATH_MAX], to[TEST_PATH_MAX];

	test_source_path("data", here);
	ck_assert_ptr_nonnull(realpath(here, from));
	test_path(from, name, here);
	test_path(data, name, to);
	ck_assert_int_eq(symlink(here, to), 0);
}

static void
setup(void)
{
	fixture_init(&f);
	test_path(f.dir, "data", data);
	test_path(f.dir, "models", models);
	test_path(f.dir, "out", out);
	ck_assert_int_eq(f.env->fs->mkdir(f.env->fs->ctx, data, NULL), 0);
	link_season("play_by_play_2023.csv.gz");
	link_season("play_by_play_2024.csv.gz");
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

static int
count_entry(void *n, const char *name)
{
	(void)name;
	++*(size_t *)n;
	return 0;
}

static void
out_holds(size_t n_entries, size_t n_rows)
{
	char path[TEST_PATH_MAX], *csv;
	size_t n = 0;

	ck_assert_int_eq(f.env->fs->list(f.env->fs->ctx, out, count_entry, &n), 0);
	ck_assert_uint_eq(n, n_entries);
	test_path(out, "predictions.csv", path);
	csv = test_read(path, NULL);
	ck_assert_uint_eq(lines(csv), n_rows + 1);
	free(csv);
}

START_TEST(a_game_is_played_to_its_end_and_leaves_only_the_csv)
{
	ck_assert_msg(fixture_run(&f, "demo", "--fast", "--data", data, "--models", models, "--out",
	    out, NULL) == 0, "%s", f.err);
	ck_assert_ptr_nonnull(strstr(f.out,
	    "There is no model yet: training one on the seasons 2023"));
	ck_assert_ptr_nonnull(strstr(f.out, "Model state:1, trained on 2023.\n"));
	ck_assert_ptr_nonnull(strstr(f.out, "Q4 00:05"));
	ck_assert_ptr_nonnull(strstr(f.out,
	    "  final score                        BAL 20 @ KC  27\n"));
	ck_assert_ptr_nonnull(strstr(f.out, "145 plays in "));
	out_holds(1, 145);
	/* Again, with the model there is; a model that knows the season is told. */
	ck_assert_int_eq(fixture_run(&f, "demo", "--fast", "--data", data, "--models", models,
	    "--out", out, "--game", "2023_01_DET_KC", NULL), 0);
	ck_assert_ptr_null(strstr(f.out, "training"));
	ck_assert_ptr_nonnull(strstr(f.out, "trained on 2023, this season too.\n"));
	ck_assert_ptr_nonnull(strstr(f.out, "DET 21 @ KC  20\n"));
	out_holds(2, 153);
}
END_TEST

START_TEST(a_game_that_is_not_there_leaves_no_model_and_no_log)
{
	char broker[TEST_PATH_MAX];
	struct gw_fs_stat st;

	ck_assert_int_eq(fixture_run(&f, "demo", "--data", data, "--models", models, "--out", out,
	    "--game", "2024_01_KC_BAL", NULL), 7);
	ck_assert_ptr_nonnull(strstr(f.err, "2024_01_BAL_KC"));
	test_path(out, "demo-broker", broker);
	ck_assert_int_eq(f.env->fs->stat(f.env->fs->ctx, broker, &st), GW_ENOENT);
	ck_assert_int_eq(f.env->fs->stat(f.env->fs->ctx, models, &st), GW_ENOENT);
	ck_assert_int_eq(fixture_run(&f, "demo", "--data", data, "--game", "BAL", "--out", out,
	    NULL), 1);
}
END_TEST

START_TEST(a_log_that_is_to_be_kept_is_kept)
{
	char broker[TEST_PATH_MAX];
	struct gw_fs_stat st;

	ck_assert_int_eq(fixture_run(&f, "train", "--data", data, "--seasons", "2023", "--features",
	    "classic", "--models", models, NULL), 0);
	ck_assert_int_eq(fixture_run(&f, "demo", "--fast", "--keep", "--data", data, "--models",
	    models, "--out", out, NULL), 0);
	/* The only model there is does, whatever its name. */
	ck_assert_ptr_nonnull(strstr(f.out, "Model classic:1"));
	test_path(out, "demo-broker", broker);
	ck_assert_int_eq(f.env->fs->stat(f.env->fs->ctx, broker, &st), 0);
}
END_TEST

Suite *
check_demo_suite(void)
{
	Suite *s = suite_create("demo");
	TCase *tc = tcase_create("demo");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_game_is_played_to_its_end_and_leaves_only_the_csv);
	tcase_add_test(tc, a_game_that_is_not_there_leaves_no_model_and_no_log);
	tcase_add_test(tc, a_log_that_is_to_be_kept_is_kept);
	suite_add_tcase(s, tc);
	return s;
}
