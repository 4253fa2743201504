/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_memory.c - whole verbs against the embedded broker while memory runs out: at
 * each allocation in turn the verb fails with a line, or gets over it, and nothing leaks.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/apps/fixture.h"
#include "tests/apps/season_file.h"
#include "tests/support/fail_alloc.h"

#define NEW_GROUP "new-group"	/* another one in each run, so that none waits for a dead member */

static struct fixture	f;
static int		n_groups;

static void
setup(void)
{
	char path[TEST_PATH_MAX];

	fixture_init(&f);
	fixture_broker(&f);
	test_path(f.dir, "play_by_play_2024.csv", path);
	season_file_write(path);
	ck_assert_int_eq(
	    fixture_pipe(&f, "1\n2\n3\n", "produce", "-t", "t", "-b", f.bootstrap, NULL), 0);
	ck_assert_int_eq(
	    fixture_run(&f, "consume", "-g", "g", "t", "-b", f.bootstrap, "-q", "-e", NULL), 0);
}

static void
teardown(void)
{
	fixture_fini(&f);
}

/* The verb's words; the broker is added. */
static int
run(struct gw_alloc *a, void *arg)
{
	struct gw_alloc *before = f.env->alloc;
	const char *w[8];
	char group[32];
	int rc;

	memcpy(w, arg, sizeof(w));
	if (w[2] != NULL && strcmp(w[2], NEW_GROUP) == 0) {
		snprintf(group, sizeof(group), "group-%d", ++n_groups);
		w[2] = group;
	}
	f.env->alloc = a;
	rc = fixture_run(&f, w[0], "-b", f.bootstrap, "-X", "request.timeout.ms=1500", w[1],
	    w[2], w[3], w[4], w[5], w[6], w[7], NULL);
	f.env->alloc = before;
	ck_assert_msg(rc == 0 || f.err[0] != '\0', "exit %d without a word", rc);
	return -rc;
}

static void
sweep(const char *const words[8])
{
	size_t n = fail_alloc_sweep_lenient(run, (void *)(uintptr_t)words);

	ck_assert_uint_gt(n, 20);
}

START_TEST(topic_list)
{
	sweep((const char *const[8]){ "topic", "list" });
}
END_TEST

START_TEST(topic_describe)
{
	sweep((const char *const[8]){ "topic", "describe", "t", "--json" });
}
END_TEST

START_TEST(group_describe)
{
	sweep((const char *const[8]){ "group", "describe", "g" });
}
END_TEST

START_TEST(consume)
{
	sweep((const char *const[8]){ "consume", "-t", "t", "-e", "-J" });
}
END_TEST

START_TEST(produce_lines)
{
	char path[TEST_PATH_MAX];

	test_path(f.dir, "lines", path);
	test_write(path, "4\n5\n", 4);
	sweep((const char *const[8]){ "produce", "-t", "t", "-l", path });
}
END_TEST

START_TEST(consume_in_a_group)
{
	sweep((const char *const[8]){ "consume", "-g", NEW_GROUP, "t", "-e", "-q" });
}
END_TEST

START_TEST(produce_plays)
{
	sweep((const char *const[8]){
	    "produce", "--season", "2024", "--data", f.dir, "--delay", "0" });
}
END_TEST

/* A recorded answer: a game's first two drives. */
START_TEST(produce_live)
{
	char from[TEST_PATH_MAX + 8], source[TEST_PATH_MAX], dir[TEST_PATH_MAX];
	char path[TEST_PATH_MAX], *text;
	size_t len;

	test_tmp_new(dir);
	test_path(dir, "1.json", path);
	test_source_path("tests/fuzz/corpus/espn/game-start", source);
	text = test_read(source, &len);
	test_write(path, text, len);
	free(text);
	snprintf(from, sizeof(from), "--from=%s", dir);
	/* Without the games file, whose 7,000 rows would be read thousands of times. */
	sweep((const char *const[8]){ "produce", "--source=espn", "--scoreboard", from,
	    "--speed=0", "--data=/nonexistent" });
	test_tmp_free(dir);
}
END_TEST

Suite *
check_memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, topic_list);
	tcase_add_test(tc, topic_describe);
	tcase_add_test(tc, group_describe);
	tcase_add_test(tc, consume);
	tcase_add_test(tc, consume_in_a_group);
	tcase_add_test(tc, produce_lines);
	tcase_add_test(tc, produce_plays);
	tcase_add_test(tc, produce_live);
	suite_add_tcase(s, tc);
	return s;
}
