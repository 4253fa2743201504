/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "apps/score/sink_csv.h"
#include "base/buf.h"
#include "tests/apps/suites.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/mem_fs.h"

#define DIR	"/var/gw"
#define PATH	DIR "/out.csv"
#define HEADER	"game_id,home_win_prob,partition,offset\n"

static struct gw_alloc	 memory;
static struct mem_fs	*disk;
static struct gw_fs	 seam;
static struct gw_env	 env;

static void
new_disk(uint64_t seed)
{
	disk = mem_fs_new(seed);
	seam = *mem_fs_seam(disk);
	env = (struct gw_env){ .alloc = &memory, .fs = &seam };
	ck_assert_int_eq(seam.mkdir(seam.ctx, DIR, NULL), 0);
	ck_assert_int_eq(seam.sync_dir(seam.ctx, "/var"), 0);
}

static void
setup(void)
{
	memory = gw_alloc_libc(0);
	new_disk(1);
}

static void
teardown(void)
{
	mem_fs_free(disk);
	ck_assert_uint_eq(memory.used, 0);
}

static void
put_file(const char *text, size_t len)
{
	struct gw_err err;
	int h = env.fs->open(env.fs->ctx, PATH, GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC, &err);

	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(env.fs->pwrite(env.fs->ctx, h, text, len, 0), (ssize_t)len);
	ck_assert_int_eq(env.fs->sync_now(env.fs->ctx, h), 0);
	env.fs->close(env.fs->ctx, h);
	ck_assert_int_eq(env.fs->sync_dir(env.fs->ctx, DIR), 0);
}

static void
put_text(const char *text)
{
	put_file(text, strlen(text));
}

static void
file_is(const char *text)
{
	struct gw_buf found;
	struct gw_err err;

	gw_buf_init(&found, &memory, 0);
	ck_assert_int_eq(gw_fs_read_file(env.fs, PATH, &found, &err), 0);
	gw_buf_putc(&found, '\0');
	ck_assert_str_eq((const char *)found.ptr, text);
	gw_buf_fini(&found);
}

static struct gw_sink_csv *
open_sink(struct gw_err *err)
{
	*err = (struct gw_err){ 0 };
	return gw_sink_csv_open(&env, PATH, gw_str(HEADER), GW_SINK_CSV_CONTINUE, err);
}

static struct gw_sink_csv *
must_open(void)
{
	struct gw_err err;
	struct gw_sink_csv *s = open_sink(&err);

	ck_assert_msg(s != NULL, "%s", err.msg);
	return s;
}

static void
must_append(struct gw_sink_csv *s, const char *rows)
{
	struct gw_err err;

	ck_assert_msg(gw_sink_csv_append(s, gw_str(rows), &err) == 0, "%s", err.msg);
}

static void
must_sync(struct gw_sink_csv *s)
{
	struct gw_err err;

	ck_assert_int_eq(gw_sink_csv_sync(s, &err), 0);
	ck_assert_int_eq(gw_sink_csv_synced(s, &err), 1);
}

static void
no_close(void *ctx, int h)
{
	(void)ctx;
	(void)h;
}

static int
no_remove(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return 0;
}

/* Free the memory of a scorer that is dead: its handles are gone already, its lock file stays. */
static void
bury(struct gw_sink_csv *s)
{
	seam.close = no_close;
	seam.remove = no_remove;
	gw_sink_csv_close(s);
	seam = *mem_fs_seam(disk);
}

START_TEST(a_new_file_gets_the_header_and_no_lock_is_left)
{
	struct gw_sink_csv *s = must_open();
	struct gw_fs_stat st;
	int64_t next[2];

	ck_assert_int_eq(gw_sink_csv_positions(s, next, 2, NULL), 0);
	ck_assert_int_eq(next[0], -1);
	ck_assert_int_eq(next[1], -1);
	gw_sink_csv_close(s);
	file_is(HEADER);
	ck_assert_int_eq(env.fs->stat(env.fs->ctx, PATH ".lock", &st), GW_ENOENT);
	ck_assert_int_eq(mem_fs_open_handles(disk), 0);
}
END_TEST

START_TEST(rows_are_continued_after_the_last_of_each_partition)
{
	struct gw_sink_csv *s = must_open();
	int64_t next[3];

	must_append(s, "g,0.5,0,0\ng,0.6,1,7\n");
	must_append(s, "\"a,b\"\"c\",0.7,0,1\n");
	must_sync(s);
	gw_sink_csv_close(s);
	s = must_open();
	ck_assert_int_eq(gw_sink_csv_cut(s), 0);
	ck_assert_int_eq(gw_sink_csv_positions(s, next, 3, NULL), 0);
	ck_assert_int_eq(next[0], 2);
	ck_assert_int_eq(next[1], 8);
	ck_assert_int_eq(next[2], -1);
	gw_sink_csv_close(s);
	file_is(HEADER "g,0.5,0,0\ng,0.6,1,7\n\"a,b\"\"c\",0.7,0,1\n");
}
END_TEST

START_TEST(a_file_torn_at_any_byte_keeps_its_whole_rows)
{
	static const char whole[] = HEADER "g,0.5,0,10\n\"x,y\",0.25,0,11\ng,1,0,12\n";

	for (size_t len = 0; len < sizeof(whole); len++) {
		struct gw_sink_csv *s;
		size_t kept = len;
		int64_t next, rows = 0;

		put_file(whole, len);
		while (kept > sizeof(HEADER) - 1 && whole[kept - 1] != '\n')
			kept--;
		for (size_t i = sizeof(HEADER) - 1; i < kept; i++)
			rows += whole[i] == '\n';
		s = must_open();
		ck_assert_int_eq(gw_sink_csv_positions(s, &next, 1, NULL), 0);
		ck_assert_int_eq(next, rows == 0 ? -1 : 10 + rows);
		if (kept >= sizeof(HEADER) - 1)
			ck_assert_int_eq(gw_sink_csv_size(s), (int64_t)kept);
		else
			ck_assert_int_eq(gw_sink_csv_size(s), (int64_t)sizeof(HEADER) - 1);
		gw_sink_csv_close(s);
	}
}
END_TEST

START_TEST(last_rows_with_fields_missing_are_cut)
{
	put_text(HEADER "g,0.5,0,10\ng,0.5\ng\n");
	gw_sink_csv_close(must_open());
	file_is(HEADER "g,0.5,0,10\n");
}
END_TEST

START_TEST(everything_from_a_hole_on_is_cut)
{
	static const char text[] = HEADER "g,0.5,0,10\ng,0.\0\0\0\0\0\ng,0.5,0,12\n";
	struct gw_sink_csv *s;
	int64_t next;

	put_file(text, sizeof(text) - 1);
	s = must_open();
	ck_assert_int_eq(gw_sink_csv_positions(s, &next, 1, NULL), 0);
	ck_assert_int_eq(next, 11);
	ck_assert_int_gt(gw_sink_csv_cut(s), 0);
	gw_sink_csv_close(s);
	file_is(HEADER "g,0.5,0,10\n");
}
END_TEST

START_TEST(a_file_with_another_header_is_refused_untouched)
{
	static const char *const texts[] = { "name,age\nme,9\n", "game_id\n", "x",
		"game_id,home_win_prob,partition,offset,more\ng,1,0,0,1\n" };
	struct gw_err err;

	for (size_t i = 0; i < GW_N(texts); i++) {
		put_text(texts[i]);
		ck_assert_ptr_null(open_sink(&err));
		ck_assert_int_eq(err.code, GW_EDATA);
		ck_assert_ptr_nonnull(strstr(err.msg, PATH));
		file_is(texts[i]);
	}
	ck_assert_int_eq(mem_fs_open_handles(disk), 0);
}
END_TEST

START_TEST(rows_without_a_place_are_refused_untouched)
{
	static const char text[] = HEADER "g,0.5,,\ng,0.6,,\n";
	struct gw_err err;

	put_text(text);
	ck_assert_ptr_null(open_sink(&err));
	ck_assert_int_eq(err.code, GW_EDATA);
	file_is(text);
}
END_TEST

START_TEST(rows_of_a_partition_the_topic_lacks_are_refused)
{
	struct gw_sink_csv *s;
	struct gw_err err;
	int64_t next;

	put_text(HEADER "g,0.5,3,1\n");
	s = must_open();
	ck_assert_int_eq(gw_sink_csv_positions(s, &next, 1, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "partition 3"));
	gw_sink_csv_close(s);
}
END_TEST

START_TEST(a_large_file_is_read_from_its_end_until_all_partitions_are_met)
{
	struct gw_sink_csv *s = must_open();
	struct gw_buf rows;
	uint64_t calls;
	int64_t next[2];

	gw_buf_init(&rows, &memory, 0);
	gw_buf_puts(&rows, "early,0.5,1,3\n");
	for (int i = 0; i < 100000; i++)
		gw_buf_printf(&rows, "2024_01_BAL_KC,0.%d,0,%d\n", i % 97, i);
	ck_assert_int_eq(gw_sink_csv_append(s, gw_buf_slice(&rows), NULL), 0);
	gw_buf_fini(&rows);
	calls = mem_fs_calls(disk);
	ck_assert_int_eq(gw_sink_csv_positions(s, next, 2, NULL), 0);
	ck_assert_int_eq(next[0], 100000);
	ck_assert_int_eq(next[1], 4);
	ck_assert_uint_gt(mem_fs_calls(disk), calls + 4);
	calls = mem_fs_calls(disk);
	must_append(s, "late,0.5,1,9\n");
	ck_assert_int_eq(gw_sink_csv_positions(s, next, 2, NULL), 0);
	ck_assert_int_eq(next[1], 10);
	ck_assert_uint_le(mem_fs_calls(disk), calls + 2);
	gw_sink_csv_close(s);
}
END_TEST

START_TEST(a_second_scorer_is_refused_until_the_first_has_closed)
{
	struct gw_sink_csv *s = must_open();
	struct gw_err err;

	ck_assert_ptr_null(open_sink(&err));
	ck_assert_int_eq(err.code, GW_EBUSY);
	must_append(s, "g,0.5,0,0\n");
	gw_sink_csv_close(s);
	gw_sink_csv_close(must_open());
	file_is(HEADER "g,0.5,0,0\n");
}
END_TEST

START_TEST(a_lock_left_by_a_killed_scorer_is_harmless)
{
	struct gw_sink_csv *s = must_open();
	struct gw_fs_stat st;

	must_append(s, "g,0.5,0,0\n");
	mem_fs_kill(disk);
	bury(s);
	ck_assert_int_eq(env.fs->stat(env.fs->ctx, PATH ".lock", &st), 0);
	gw_sink_csv_close(must_open());
	file_is(HEADER "g,0.5,0,0\n");
}
END_TEST

START_TEST(a_full_disk_leaves_whole_rows_and_says_so)
{
	struct gw_sink_csv *s = must_open();
	struct gw_err err;

	must_append(s, "g,0.5,0,0\n");
	mem_fs_capacity(disk, gw_sink_csv_size(s) + 15);
	ck_assert_int_eq(gw_sink_csv_append(s, gw_str("g,0.5,0,1\ng,0.5,0,2\n"), &err), GW_ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.msg, "full"));
	gw_sink_csv_close(s);
	file_is(HEADER "g,0.5,0,0\n");
	mem_fs_capacity(disk, -1);
	s = must_open();
	must_append(s, "g,0.5,0,1\n");
	gw_sink_csv_close(s);
	file_is(HEADER "g,0.5,0,0\ng,0.5,0,1\n");
}
END_TEST

START_TEST(a_failed_sync_is_told)
{
	struct gw_sink_csv *s = must_open();
	struct gw_err err = { 0 };
	int rc;

	must_append(s, "g,0.5,0,0\n");
	mem_fs_fail_at(disk, 1, GW_EIO);
	rc = gw_sink_csv_sync(s, &err);
	if (rc == 0)
		rc = gw_sink_csv_synced(s, &err);
	ck_assert_int_eq(rc, GW_EIO);
	ck_assert_ptr_nonnull(strstr(err.msg, PATH));
	gw_sink_csv_close(s);
}
END_TEST

START_TEST(fresh_moves_aside_what_is_there)
{
	struct gw_sink_csv *s;
	struct gw_fs_stat st;

	put_text("anything\n");
	s = gw_sink_csv_open(&env, PATH, gw_str(HEADER), GW_SINK_CSV_FRESH, NULL);
	ck_assert_ptr_nonnull(s);
	gw_sink_csv_close(s);
	file_is(HEADER);
	ck_assert_int_eq(env.fs->stat(env.fs->ctx, PATH ".bak", &st), 0);
	ck_assert_int_eq(st.size, 9);
}
END_TEST

/* Row i is "g,0.<i>,0,<i>"; how many of them the file holds, or -1 if it holds anything else. */
static int64_t
rows_in_order(int64_t *next)
{
	struct gw_sink_csv *s = must_open();
	struct gw_buf found, wanted;
	struct gw_err err;
	int64_t n;

	ck_assert_int_eq(gw_sink_csv_positions(s, next, 1, NULL), 0);
	gw_sink_csv_close(s);
	n = *next < 0 ? 0 : *next;
	gw_buf_init(&found, &memory, 0);
	gw_buf_init(&wanted, &memory, 0);
	gw_buf_puts(&wanted, HEADER);
	for (int64_t i = 0; i < n; i++)
		gw_buf_printf(&wanted, "g,0.%lld,0,%lld\n", (long long)i, (long long)i);
	ck_assert_int_eq(gw_fs_read_file(env.fs, PATH, &found, &err), 0);
	if (found.len != wanted.len || memcmp(found.ptr, wanted.ptr, wanted.len) != 0)
		n = -1;
	gw_buf_fini(&found);
	gw_buf_fini(&wanted);
	return n;
}

/* Append units until the power goes, some of them synced; how many rows were told durable. */
static int64_t
write_until_crash(struct gw_rng *rng, int64_t from)
{
	struct gw_sink_csv *s = must_open();
	int64_t at = from, durable = from;
	struct gw_buf rows;

	gw_buf_init(&rows, &memory, 0);
	for (uint64_t unit = 1 + gw_rng_below(rng, 5); unit > 0; unit--) {
		gw_buf_clear(&rows);
		for (uint64_t n = 1 + gw_rng_below(rng, 200); n > 0; n--, at++)
			gw_buf_printf(&rows, "g,0.%lld,0,%lld\n", (long long)at, (long long)at);
		ck_assert_int_eq(gw_sink_csv_append(s, gw_buf_slice(&rows), NULL), 0);
		if (gw_rng_below(rng, 3) > 0) {
			must_sync(s);
			durable = at;
		}
	}
	gw_buf_fini(&rows);
	mem_fs_crash(disk);
	bury(s);
	return durable;
}

START_TEST(after_power_cuts_no_durable_row_is_missing_and_none_is_twice)
{
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct gw_rng rng;
		int64_t n = 0, durable, next;

		mem_fs_free(disk);
		new_disk(seed);
		gw_rng_seed(&rng, seed);
		for (int round = 0; round < 4; round++) {
			durable = write_until_crash(&rng, n);
			n = rows_in_order(&next);
			ck_assert_msg(n >= durable, "seed %d round %d: %lld of %lld rows",
			    (int)seed, round, (long long)n, (long long)durable);
		}
	}
}
END_TEST

static int
life(struct gw_alloc *a, void *arg)
{
	struct gw_env world = env;
	struct gw_sink_csv *s;
	struct gw_err err = { 0 };
	int64_t next;
	int rc;

	(void)arg;
	world.alloc = a;
	put_text(HEADER "g,0.5,0,0\ng,0.");
	s = gw_sink_csv_open(&world, PATH, gw_str(HEADER), GW_SINK_CSV_CONTINUE, &err);
	if (s == NULL)
		return err.code;
	rc = gw_sink_csv_positions(s, &next, 1, &err);
	gw_sink_csv_close(s);
	return rc;
}

START_TEST(every_failed_allocation_is_survived)
{
	ck_assert_uint_gt(fail_alloc_sweep(life, NULL), 4);
}
END_TEST

Suite *
check_sink_csv_suite(void)
{
	Suite *s = suite_create("sink_csv");
	TCase *tc = tcase_create("sink_csv");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_new_file_gets_the_header_and_no_lock_is_left);
	tcase_add_test(tc, rows_are_continued_after_the_last_of_each_partition);
	tcase_add_test(tc, a_file_torn_at_any_byte_keeps_its_whole_rows);
	tcase_add_test(tc, last_rows_with_fields_missing_are_cut);
	tcase_add_test(tc, everything_from_a_hole_on_is_cut);
	tcase_add_test(tc, a_file_with_another_header_is_refused_untouched);
	tcase_add_test(tc, rows_without_a_place_are_refused_untouched);
	tcase_add_test(tc, rows_of_a_partition_the_topic_lacks_are_refused);
	tcase_add_test(tc, a_large_file_is_read_from_its_end_until_all_partitions_are_met);
	tcase_add_test(tc, a_second_scorer_is_refused_until_the_first_has_closed);
	tcase_add_test(tc, a_lock_left_by_a_killed_scorer_is_harmless);
	tcase_add_test(tc, a_full_disk_leaves_whole_rows_and_says_so);
	tcase_add_test(tc, a_failed_sync_is_told);
	tcase_add_test(tc, fresh_moves_aside_what_is_there);
	tcase_add_test(tc, after_power_cuts_no_durable_row_is_missing_and_none_is_twice);
	tcase_add_test(tc, every_failed_allocation_is_survived);
	suite_add_tcase(s, tc);
	return s;
}
