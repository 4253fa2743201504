/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_verbs.c - the Kafka verbs against the embedded broker, over loopback.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/slice.h"
#include "tests/apps/fixture.h"
#include "tests/apps/season_file.h"

#define END ((char *)NULL)

static struct fixture	f;
static const char	*b;

static void
setup(void)
{
	fixture_init(&f);
	fixture_broker(&f);
	b = f.bootstrap;
}

static void
teardown(void)
{
	fixture_fini(&f);
}

#define RUN(want, ...) do { \
	int got_ = fixture_run(&f, __VA_ARGS__, END); \
	ck_assert_msg(got_ == (want), "exit %d, not %d: %s", got_, (want), f.err); \
} while (0)
#define PIPE(want, text, ...) do { \
	int got_ = fixture_pipe(&f, text, __VA_ARGS__, END); \
	ck_assert_msg(got_ == (want), "exit %d, not %d: %s", got_, (want), f.err); \
} while (0)

/* The last output as JSON. */
static const struct gw_json *
json(struct gw_arena *arena)
{
	struct gw_json *v;
	struct gw_err err = { .msg = "" };

	gw_arena_init(arena, f.env->alloc, 0);
	ck_assert_msg(gw_json_parse((struct gw_slice){ f.out, f.out_len }, arena, &v, &err) == 0,
	    "%s: %s", err.msg, f.out);
	return v;
}

static double
number(const struct gw_json *obj, const char *key)
{
	const struct gw_json *v = gw_json_get(obj, key);

	ck_assert_msg(v != NULL && v->type == GW_JSON_NUMBER, "no number %s", key);
	return v->number;
}

START_TEST(a_topic_is_made_described_listed_and_deleted)
{
	const struct gw_json *v, *p;
	struct gw_arena arena;

	RUN(0, "topic", "create", "one", "-b", b, "--partitions", "3", "--config",
	    "retention.ms=3600000");
	RUN(5, "topic", "create", "one", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "exists"));
	RUN(0, "topic", "create", "one", "-b", b, "--if-not-exists");
	RUN(0, "topic", "create", "another", "-b", b);
	RUN(0, "topic", "list", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "\none "));
	RUN(0, "topic", "list", "-b", b, "--json");
	v = gw_json_get(json(&arena), "topics");
	ck_assert_uint_eq(v->n, 2);
	ck_assert(gw_slice_is(gw_json_get(v->child, "topic")->text, "another"));
	ck_assert(number(v->child->next, "partitions") == 3);
	gw_arena_fini(&arena);
	RUN(0, "topic", "describe", "-t", "one", "-b", b, "--json");
	p = gw_json_get(json(&arena), "partitions");
	ck_assert_uint_eq(p->n, 3);
	ck_assert(number(p->child, "end_offset") == 0);
	ck_assert_ptr_nonnull(strstr(f.out, "3600000"));
	gw_arena_fini(&arena);
	RUN(0, "topic", "describe", "one", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "retention.ms=3600000"));
	RUN(0, "topic", "delete", "one", "another", "-b", b);
	RUN(0, "topic", "list", "-b", b, "-q");
	ck_assert_str_eq(f.out, "");
	RUN(5, "topic", "delete", "one", "-b", b);
	RUN(5, "topic", "describe", "one", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "\"one\" does not exist"));
}
END_TEST

START_TEST(lines_come_back_as_they_went)
{
	PIPE(0, "one\n\nthree\nfour", "produce", "-t", "a", "-b", b);
	ck_assert_str_eq(f.err, "");
	RUN(0, "consume", "-t", "a", "-b", b, "-e");
	ck_assert_str_eq(f.out, "one\n\nthree\nfour\n");
	ck_assert_str_eq(f.err, "% Reached end of topic a [0] at offset 4: exiting\n");
	RUN(0, "consume", "-t", "a", "-b", b, "-e", "-q", "-o", "-2");
	ck_assert_str_eq(f.out, "three\nfour\n");
	ck_assert_str_eq(f.err, "");
	RUN(0, "consume", "-t", "a", "-b", b, "-e", "-q", "-o", "3");
	ck_assert_str_eq(f.out, "four\n");
	RUN(0, "consume", "-t", "a", "-b", b, "-q", "-c", "1");
	ck_assert_str_eq(f.out, "one\n");
	RUN(0, "consume", "-t", "a", "-b", b, "-e", "-q", "-o", "end");
	ck_assert_str_eq(f.out, "");
	RUN(0, "consume", "-t", "a", "-b", b, "-e", "-q", "-D", ";");
	ck_assert_str_eq(f.out, "one;;three;four;");
}
END_TEST

START_TEST(keys_headers_and_partitions_are_kept)
{
	RUN(0, "topic", "create", "k", "-b", b, "--partitions", "2");
	PIPE(0, "k1:v1\nk2:v2\n:v3\nv4\n", "produce", "-t", "k", "-b", b, "-K", ":", "-H", "a=1",
	    "-H", "none", "-p", "1", "-Z");
	RUN(0, "consume", "-t", "k", "-b", b, "-e", "-q", "-Z", "-f", "%p %o %k=%s %h|");
	ck_assert_str_eq(f.out,
	    "1 0 k1=v1 a=1,none=NULL|1 1 k2=v2 a=1,none=NULL|1 2 NULL=v3 a=1,none=NULL|"
	    "1 3 NULL=v4 a=1,none=NULL|");
	RUN(0, "consume", "-t", "k", "-b", b, "-e", "-q", "-p", "0");
	ck_assert_str_eq(f.out, "");
	RUN(0, "consume", "-t", "k", "-b", b, "-e", "-q", "-K", "%%");
	ck_assert_str_eq(f.out, "k1%%v1\nk2%%v2\n%%v3\n%%v4\n");
	RUN(5, "consume", "-t", "k", "-b", b, "-p", "7");
	ck_assert_ptr_nonnull(strstr(f.err, "no partition 7"));
}
END_TEST

START_TEST(an_empty_value_is_null_only_when_asked)
{
	PIPE(0, "\n", "produce", "-t", "n", "-b", b, "-Z");
	PIPE(0, "\n", "produce", "-t", "n", "-b", b);
	RUN(0, "consume", "-t", "n", "-b", b, "-e", "-q", "-f", "%S ");
	ck_assert_str_eq(f.out, "-1 0 ");
}
END_TEST

START_TEST(json_records_make_the_round_trip)
{
	static const char records[] =
	    "{\"topic\":\"j1\",\"partition\":0,\"ts\":1700000000123,\"headers\":[[\"h\",{\"b64\":"
	    "\"//4=\"}],[\"n\",null]],"
	    "\"key\":\"k\",\"payload\":\"\\u0000x\"}\n"
	    "{\"topic\":\"j1\",\"ts\":1700000000124,\"key\":null,\"payload\":{\"b64\":\"gA==\"}}\n";
	char *first;

	PIPE(0, records, "produce", "-J", "-b", b);
	RUN(0, "consume", "-t", "j1", "-b", b, "-e", "-q", "-J");
	first = strdup(f.out);
	ck_assert_str_eq(first,
	    "{\"topic\":\"j1\",\"partition\":0,\"offset\":0,\"tstype\":\"create\","
	    "\"ts\":1700000000123,\"broker\":1,\"headers\":[["
	    "\"h\",{\"b64\":\"//4=\"}],"
	    "[\"n\",null]],\"key\":\"k\",\"payload\":\"\\u0000x\"}\n"
	    "{\"topic\":\"j1\",\"partition\":0,\"offset\":1,\"tstype\":\"create\","
	    "\"ts\":1700000000124,\"broker\":1,\"key\":null,"
	    "\"payload\":{\"b64\":\"gA==\"}}\n");
	PIPE(0, first, "produce", "-J", "-t", "j2", "-b", b);
	RUN(0, "consume", "-t", "j2", "-b", b, "-e", "-q", "-J");
	for (char *p = first; (p = strstr(p, "\"j1\"")) != NULL; )
		p[2] = '2';
	ck_assert_str_eq(f.out, first);
	free(first);
}
END_TEST

START_TEST(a_wrong_record_stops_after_the_good_ones)
{
	PIPE(7, "{\"payload\":\"a\"}\n{\"payload\":1}\n{\"payload\":\"c\"}\n", "produce", "-J",
	    "-t", "w", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "stdin: record 2: "));
	RUN(0, "consume", "-t", "w", "-b", b, "-e", "-q");
	ck_assert_str_eq(f.out, "a\n");
}
END_TEST

START_TEST(a_line_too_long_for_the_broker_is_counted_as_failed)
{
	PIPE(4,
	    "short\nthis one is longer than the limit of 1024 bytes allows"
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "......................................................................................"
	    ".........................."
	    "\nshort again\n",
	    "produce", "-t", "l", "-b", b, "-X", "max.request.size=1024");
	ck_assert_ptr_nonnull(strstr(f.err, "1 of 3 records failed; the first: "));
	RUN(0, "consume", "-t", "l", "-b", b, "-e", "-q");
	ck_assert_str_eq(f.out, "short\nshort again\n");
}
END_TEST

START_TEST(count_and_tee_and_file)
{
	char path[TEST_PATH_MAX];

	test_path(f.dir, "lines", path);
	test_write(path, "1\n2\n3\n", 6);
	RUN(0, "produce", "-t", "c", "-b", b, "-l", path, "-c", "2", "-T", "-z", "gzip");
	ck_assert_str_eq(f.out, "1\n2\n");
	RUN(0, "consume", "-t", "c", "-b", b, "-e", "-q");
	ck_assert_str_eq(f.out, "1\n2\n");
	RUN(8, "produce", "-t", "c", "-b", b, "-l", "/nowhere/at/all");
	ck_assert_ptr_nonnull(strstr(f.err, "/nowhere/at/all"));
}
END_TEST

START_TEST(a_whole_file_is_a_record)
{
	char one[TEST_PATH_MAX], two[TEST_PATH_MAX], none[TEST_PATH_MAX];

	test_path(f.dir, "one", one);
	test_path(f.dir, "two", two);
	test_path(f.dir, "none", none);
	test_write(one, "1\n2\n", 4);
	test_write(two, "3", 1);
	test_write(none, "", 0);
	RUN(0, "produce", "-t", "whole", "-b", b, "-k", "k", one, two, none, "-Z");
	RUN(0, "consume", "-t", "whole", "-b", b, "-e", "-q", "-Z", "-f", "%k=%s;");
	ck_assert_str_eq(f.out, "k=1\n2\n;k=3;k=NULL;");
	RUN(8, "produce", "-t", "whole", "-b", b, two, "/nowhere/at/all", one);
	ck_assert_ptr_nonnull(strstr(f.err, "/nowhere/at/all"));
	RUN(0, "consume", "-t", "whole", "-b", b, "-e", "-q", "-o", "3");
	ck_assert_str_eq(f.out, "3\n");
	RUN(1, "produce", "-t", "whole", "-b", b, "-l", one, two);
	RUN(1, "produce", "--game", "2024_01_BAL_KC", "-b", b, two);
}
END_TEST

START_TEST(lines_can_be_one_transaction)
{
	PIPE(0, "1\n2\n3\n", "produce", "-t", "tx", "-b", b, "-X", "transactional.id=x", "-c", "2");
	PIPE(7, "{\"payload\":\"4\"}\n{\n", "produce", "-J", "-t", "tx", "-b", b, "-X",
	    "transactional.id=x");
	PIPE(0, "", "produce", "-t", "tx", "-b", b, "-X", "transactional.id=x");
	RUN(0, "consume", "-t", "tx", "-b", b, "-e", "-q", "-X",
	    "isolation.level=read_committed");
	ck_assert_str_eq(f.out, "1\n2\n");
	RUN(0, "consume", "-t", "tx", "-b", b, "-e", "-q", "-X",
	    "isolation.level=read_uncommitted");
	ck_assert_ptr_nonnull(strstr(f.out, "1\n2\n"));
}
END_TEST

START_TEST(a_record_is_shown_as_numbers_and_by_its_offset)
{
	PIPE(0, "{\"key\":\"\\u0000\\u0001\",\"payload\":\"\\u0000\\u0007abc\"}\n", "produce", "-J",
	    "-t", "pack", "-b", b);
	RUN(0, "consume", "-t", "pack", "-b", b, "-e", "-q", "-O");
	ck_assert_uint_eq(f.out_len, strlen("0\t..abc\n"));
	RUN(0, "consume", "-t", "pack", "-b", b, "-e", "-q", "-O", "-K:", "-s", "key=>h$", "-s",
	    "value=>h s");
	ck_assert_str_eq(f.out, "0:1:7 abc\n");
	RUN(7, "consume", "-t", "pack", "-b", b, "-e", "-q", "-s", "value=<h$");
	ck_assert_ptr_nonnull(strstr(f.err, "pack-0 at offset 0: value: 3 bytes are left"));
	ck_assert_str_eq(f.out, "");
	RUN(1, "consume", "-t", "pack", "-b", b, "-e", "-q", "-s", "z");
	RUN(1, "consume", "-t", "pack", "-b", b, "-e", "-q", "-J", "-s", "h");
}
END_TEST

START_TEST(what_is_past_the_end_is_the_end)
{
	PIPE(0, "1\n2\n", "produce", "-t", "past", "-b", b);
	RUN(0, "consume", "-t", "past", "-b", b, "-e", "-q", "-o", "99");
	ck_assert_str_eq(f.out, "");
	RUN(0, "topic", "delete-records", "past", "-b", b, "--before", "1");
	RUN(0, "consume", "-t", "past", "-b", b, "-e", "-q", "-o", "0");
	ck_assert_str_eq(f.out, "2\n");
	RUN(1, "consume", "-t", "past", "-b", b, "-e", "-q", "-o", "stored");
	ck_assert_ptr_nonnull(strstr(f.err, "-g GROUP"));
}
END_TEST

START_TEST(times_begin_and_end_the_reading)
{
	PIPE(0,
	    "{\"ts\":1000,\"payload\":\"a\"}\n{\"ts\":2000,\"payload\":\"b\"}\n{\"ts\":3000,"
	    "\"payload\":\"c\"}\n",
	    "produce", "-J", "-t", "t", "-b", b);
	RUN(0, "consume", "-t", "t", "-b", b, "-e", "-q", "-o", "s@1500");
	ck_assert_str_eq(f.out, "b\nc\n");
	RUN(0, "consume", "-t", "t", "-b", b, "-q", "-o", "e@3000");
	ck_assert_str_eq(f.out, "a\nb\n");
	RUN(0, "consume", "-t", "t", "-b", b, "-q", "-o", "s@2000", "-o", "e@2500");
	ck_assert_str_eq(f.out, "b\n");
}
END_TEST

START_TEST(a_group_goes_on_where_it_was)
{
	const struct gw_json *v;
	struct gw_arena arena;

	PIPE(0, "1\n2\n3\n4\n5\n", "produce", "-t", "g", "-b", b);
	RUN(0, "consume", "-g", "grp", "g", "-b", b, "-q", "-c", "2");
	ck_assert_str_eq(f.out, "1\n2\n");
	RUN(0, "group", "describe", "grp", "-b", b, "--json");
	v = json(&arena);
	ck_assert(number(v, "lag") == 3);
	ck_assert(number(gw_json_get(v, "partitions")->child, "committed") == 2);
	ck_assert(number(gw_json_get(v, "partitions")->child, "end") == 5);
	gw_arena_fini(&arena);
	RUN(0, "consume", "-g", "grp", "g", "-b", b, "-q", "-e");
	ck_assert_str_eq(f.out, "3\n4\n5\n");
	RUN(0, "group", "describe", "-g", "grp", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "lag 0"));
	RUN(0, "group", "list", "-b", b, "--json");
	ck_assert_ptr_nonnull(strstr(f.out, "\"grp\""));
	RUN(0, "group", "list", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "grp"));
	RUN(5, "group", "describe", "nobody", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "\"nobody\" does not exist"));
}
END_TEST

START_TEST(a_topic_that_is_not_there_is_exit_5)
{
	RUN(5, "consume", "-t", "nothing", "-b", b, "-e", "-q");
	ck_assert_ptr_nonnull(strstr(f.err, "topic \"nothing\" does not exist on 127.0.0.1:"));
	RUN(5, "consume", "-g", "grp", "nothing", "-b", b, "-e", "-q");
}
END_TEST

START_TEST(a_game_is_streamed_into_a_topic_made_for_it)
{
	char path[TEST_PATH_MAX];

	test_path(f.dir, "play_by_play_2024.csv", path);
	season_file_write(path);
	RUN(0, "produce", "--game", SEASON_GAME, "--data", path, "--delay", "0", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "5 plays to nfl-plays: 5 delivered, 0 failed, "));
	RUN(0, "produce", "--season", "2024", "--data", f.dir, "--delay", "0", "--max-plays", "7",
	    "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "7 delivered, 0 failed"));
	RUN(0, "consume", "-t", "nfl-plays", "-b", b, "-e", "-q", "-f", "%k ");
	ck_assert_str_eq(f.out,
	    SEASON_GAME " " SEASON_GAME " " SEASON_GAME " " SEASON_GAME " " SEASON_GAME
			" " SEASON_GAME " " SEASON_GAME " " SEASON_GAME " " SEASON_GAME
			" " SEASON_GAME " " SEASON_OTHER " " SEASON_OTHER " ");
	RUN(0, "topic", "describe", "nfl-plays", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "retention.ms=86400000"));
	ck_assert_ptr_nonnull(strstr(f.out, "compression.type=gzip"));
	RUN(7, "produce", "--game", "2024_01_BAL_KG", "--data", path, "-b", b);
	ck_assert_ptr_nonnull(strstr(f.err, "the nearest: " SEASON_GAME));
	RUN(7, "produce", "--game", "2023_01_BAL_KC", "--data", f.dir, "-b", b);
	RUN(7, "produce", "--game", "today", "--data", path, "-b", b);
}
END_TEST

/* Runs the words in a process of its own, which is interrupted after a while. Its exit code. */
static int
interrupted(const char *const words[8])
{
	struct gw_err err;
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (gw_app_catch_signals(&err) != 0)
			_exit(99);
		_exit(fixture_run(&f, words[0], words[1], words[2], words[3], words[4], words[5],
		    words[6], words[7], END));
	}
	usleep(700000);
	kill(pid, SIGINT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "it died of signal %d", WTERMSIG(status));
	free(f.err);
	f.err = test_read(f.err_path, NULL);
	return WEXITSTATUS(status);
}

START_TEST(an_interrupted_reader_ends_with_130)
{
	PIPE(0, "1\n", "produce", "-t", "i", "-b", b);
	ck_assert_int_eq(interrupted((const char *const[8]){ "consume", "-t", "i", "-b", b }), 130);
	ck_assert_str_eq(f.err, "% Reached end of topic i [0] at offset 1\n");
	ck_assert_int_eq(
	    interrupted((const char *const[8]){ "consume", "-g", "gi", "i", "-b", b, "-q" }), 130);
	RUN(0, "group", "describe", "gi", "-b", b);
	ck_assert_ptr_nonnull(strstr(f.out, "gi: Empty, 0 members, lag 0"));
}
END_TEST

START_TEST(an_interrupted_feed_says_what_it_delivered)
{
	size_t delivered;
	int records = 0;
	char path[TEST_PATH_MAX], *at;

	test_path(f.dir, "play_by_play_2024.csv", path);
	season_file_write(path);
	ck_assert_int_eq(interrupted((const char *const[8]){
			     "produce", "--season", "2024", "--data", path, "-b", b }),
	    130);
	at = strstr(f.err, "interrupted after ");
	ck_assert_msg(at != NULL, "%s", f.err);
	at = strstr(f.err, "nfl-plays: ");
	ck_assert_ptr_nonnull(at);
	delivered = (size_t)strtoul(at + 11, NULL, 10);
	ck_assert_uint_ge(delivered, 1);
	ck_assert_uint_lt(delivered, SEASON_PLAYS);
	RUN(0, "consume", "-t", "nfl-plays", "-b", b, "-e", "-q");
	for (at = f.out; (at = strchr(at, '\n')) != NULL; at++)
		records++;
	ck_assert_int_eq(records, (int)delivered);
}
END_TEST

START_TEST(a_broker_that_hangs_makes_failed_deliveries)
{
	RUN(0, "topic", "create", "d", "-b", b);
	kill(f.broker, SIGSTOP);
	PIPE(4, "1\n2\n", "produce", "-t", "d", "-b", b, "-X", "request.timeout.ms=200", "-X",
	    "delivery.timeout.ms=600");
	ck_assert_ptr_nonnull(strstr(f.err, "2 of 2 records failed; the first: "));
	kill(f.broker, SIGCONT);
}
END_TEST

START_TEST(nobody_listening_is_exit_2_for_each_verb)
{
	char path[TEST_PATH_MAX];

	test_path(f.dir, "play_by_play_2024.csv", path);
	season_file_write(path);
	RUN(2, "topic", "list", "-b", "127.0.0.1:1");
	RUN(2, "group", "list", "-b", "127.0.0.1:1");
	RUN(2, "consume", "-t", "a", "-b", "127.0.0.1:1");
	RUN(2, "produce", "--game", SEASON_GAME, "--data", path, "-b", "127.0.0.1:1");
	PIPE(2, "a\n", "produce", "-t", "a", "-b", "127.0.0.1:1");
	RUN(2, "topic", "list", "-b", "no-such-host.invalid:9092");
	ck_assert_ptr_nonnull(strstr(f.err, "no-such-host.invalid"));
}
END_TEST

Suite *
check_verbs_suite(void)
{
	Suite *s = suite_create("verbs");
	TCase *tc = tcase_create("verbs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_topic_is_made_described_listed_and_deleted);
	tcase_add_test(tc, lines_come_back_as_they_went);
	tcase_add_test(tc, keys_headers_and_partitions_are_kept);
	tcase_add_test(tc, an_empty_value_is_null_only_when_asked);
	tcase_add_test(tc, json_records_make_the_round_trip);
	tcase_add_test(tc, a_wrong_record_stops_after_the_good_ones);
	tcase_add_test(tc, a_line_too_long_for_the_broker_is_counted_as_failed);
	tcase_add_test(tc, count_and_tee_and_file);
	tcase_add_test(tc, a_whole_file_is_a_record);
	tcase_add_test(tc, lines_can_be_one_transaction);
	tcase_add_test(tc, a_record_is_shown_as_numbers_and_by_its_offset);
	tcase_add_test(tc, what_is_past_the_end_is_the_end);
	tcase_add_test(tc, times_begin_and_end_the_reading);
	tcase_add_test(tc, a_group_goes_on_where_it_was);
	tcase_add_test(tc, a_topic_that_is_not_there_is_exit_5);
	tcase_add_test(tc, a_game_is_streamed_into_a_topic_made_for_it);
	tcase_add_test(tc, an_interrupted_reader_ends_with_130);
	tcase_add_test(tc, an_interrupted_feed_says_what_it_delivered);
	tcase_add_test(tc, a_broker_that_hangs_makes_failed_deliveries);
	tcase_add_test(tc, nobody_listening_is_exit_2_for_each_verb);
	suite_add_tcase(s, tc);
	return s;
}
