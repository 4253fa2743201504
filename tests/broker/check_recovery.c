/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/plog.h"

#include <stdio.h>

#include "base/err.h"
#include "tests/broker/logs.h"
#include "tests/broker/suites.h"

/* n batches of ten records from producer 5, in segments of about four batches. */
static void
fill(struct log_rig *g, int n)
{
	struct batch_spec s = { .n = 10, .timestamp_ms = 1000, .producer_id = 5, .epoch = 0 };

	g->segment_bytes = 1200;
	for (int i = 0; i < n; i++, s.sequence += 10)
		ck_assert_int_eq(log_append(g, &s), 10 * i);
}

static void
cut_file(struct log_rig *g, const char *path, int64_t len)
{
	struct gw_fs *fs = g->r.env.fs;
	int h = fs->open(fs->ctx, path, GW_FS_WRITE, NULL);

	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(fs->truncate(fs->ctx, h, len), 0);
	fs->close(fs->ctx, h);
}

START_TEST(a_clean_stop_is_opened_without_reading_batches)
{
	struct log_rig g;
	uint64_t calls;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 20);
	ck_assert_int_eq(log_reopen_clean(&g), 0);
	calls = mem_fs_calls(g.r.fs);
	ck_assert_int_eq(log_reopen_clean(&g), 0);
	ck_assert_int_eq(g.l.next, 200);
	ck_assert_int_eq(g.l.hw, 200);
	ck_assert_int_eq(log_count(&g, 0), 200);
	ck_assert_uint_lt(calls, mem_fs_calls(g.r.fs));
	/* The producer is known: the next sequence is right, an old one is a duplicate. */
	ck_assert_uint_eq(g.l.producers.by_id.n, 1);
	log_fini(&g);
}
END_TEST

START_TEST(a_killed_process_loses_nothing)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_NEVER);
	fill(&g, 20);
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	ck_assert_int_eq(log_count(&g, 0), 200);
	log_fini(&g);
}
END_TEST

START_TEST(a_last_batch_torn_at_any_byte_is_cut_and_nothing_else)
{
	struct log_rig g;
	char path[128];
	int64_t size, one;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 3);
	ck_assert_uint_eq(g.l.n_segs, 1);
	size = g.l.segs[0].size;
	one = size / 3;
	for (int64_t len = size - 1; len >= size - one; len--) {
		cut_file(&g, log_path(&g, 0, "log", path), len);
		ck_assert_int_eq(log_reopen_killed(&g), 0);
		ck_assert_int_eq(g.l.next, 20);
		ck_assert_int_eq(log_count(&g, 0), 20);
		ck_assert_int_eq(g.l.segs[0].size, 2 * one);
	}
	/* And it can be written on. */
	g.l.epoch = 1;
	ck_assert_int_eq(
	    log_append(&g, &(struct batch_spec){ .n = 10, .timestamp_ms = 1, NO_PRODUCER }), 20);
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	ck_assert_int_eq(log_count(&g, 0), 30);
	log_fini(&g);
}
END_TEST

START_TEST(a_flipped_bit_in_the_last_segment_cuts_there)
{
	struct log_rig g;
	char path[128];

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 3);
	ck_assert_int_eq(
	    mem_fs_flip(g.r.fs, log_path(&g, 0, "log", path), g.l.segs[0].size / 3 + 80, 1), 0);
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	ck_assert_int_eq(g.l.next, 10);
	log_fini(&g);
}
END_TEST

START_TEST(a_flipped_bit_in_an_older_segment_is_refused_and_left_alone)
{
	struct log_rig g;
	char path[128];
	int64_t base;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 20);
	ck_assert_uint_gt(g.l.n_segs, 2);
	base = g.l.segs[1].base;
	ck_assert_int_eq(mem_fs_flip(g.r.fs, log_path(&g, base, "log", path), 100, 1), 0);
	ck_assert_int_eq(log_reopen_killed(&g), GW_ECORRUPT);
	ck_assert_msg(strstr(g.err.msg, path) != NULL, "%s", g.err.msg);
	ck_assert_ptr_nonnull(strstr(g.err.msg, "CRC-32C"));
	/* Put right, it opens: nothing was cut. */
	ck_assert_int_eq(mem_fs_flip(g.r.fs, path, 100, 1), 0);
	ck_assert_int_eq(gw_plog_open(&g.l, &g.at, false, &g.err), 0);
	ck_assert_int_eq(log_count(&g, 0), 200);
	log_fini(&g);
}
END_TEST

START_TEST(a_missing_segment_in_the_middle_is_refused)
{
	struct log_rig g;
	char path[128];

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 20);
	log_path(&g, g.l.segs[1].base, "log", path);
	ck_assert_int_eq(g.r.env.fs->remove(g.r.env.fs->ctx, path), 0);
	ck_assert_int_eq(log_reopen_killed(&g), GW_ECORRUPT);
	log_fini(&g);
}
END_TEST

/*
 * Many crashes of one seed each: what was synced is there, what is there is a prefix, and it works
 * on.
 */
START_TEST(a_power_cut_keeps_what_was_synced_and_a_prefix_of_the_rest)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct gw_rng rng;
		struct log_rig g;
		int64_t durable = 0;

		log_init_seed(&g, GW_FSYNC_ALWAYS, seed);
		gw_rng_seed(&rng, seed);
		g.segment_bytes = 1200;
		for (int round = 0; round < 4; round++) {
			int64_t n = (int64_t)gw_rng_below(&rng, 12);

			for (int64_t i = 0; i < n; i++) {
				struct batch_spec s = { .n = 1 + (int32_t)gw_rng_below(&rng, 9),
					.timestamp_ms = 1000,
					.padding = gw_rng_below(&rng, 300),
					NO_PRODUCER };

				ck_assert_int_ge(log_append(&g, &s), 0);
				if (gw_rng_below(&rng, 3) == 0) {
					ck_assert_int_eq(gw_plog_sync(&g.l), 0);
					ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
				}
			}
			durable = g.l.synced;
			ck_assert_int_eq(g.l.hw, durable);
			n = g.l.next;
			ck_assert_msg(log_reopen_crashed(&g) == 0, "seed %llu: %s",
			    (unsigned long long)seed, g.err.msg);
			ck_assert_int_ge(g.l.next, durable);
			ck_assert_int_le(g.l.next, n);
			ck_assert_int_eq(log_count(&g, 0), g.l.next);
		}
		log_fini(&g);
	}
}
END_TEST

START_TEST(producers_are_known_after_a_crash)
{
	struct gw_batch_header h = { .producer_id = 5, .producer_epoch = 0, .base_sequence = 190,
		.last_offset_delta = 9 };
	struct gw_producer_batch dup = { 0 };
	struct log_rig g;
	char path[128];

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 20);
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	ck_assert_int_eq(
	    gw_producers_check(&g.l.producers, &h, &dup), GW_K_DUPLICATE_SEQUENCE_NUMBER);
	ck_assert_int_eq(dup.base_offset, 190);
	h.base_sequence = 200;
	ck_assert_int_eq(gw_producers_check(&g.l.producers, &h, &dup), 0);
	h.base_sequence = 210;
	ck_assert_int_eq(
	    gw_producers_check(&g.l.producers, &h, &dup), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	/* The same without any producers file: all batches are read for it. */
	for (size_t i = 0; i < g.l.n_segs; i++)
		(void)g.r.env.fs->remove(
		    g.r.env.fs->ctx, log_path(&g, g.l.segs[i].base, "producers", path));
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	h.base_sequence = 150;
	ck_assert_int_eq(
	    gw_producers_check(&g.l.producers, &h, &dup), GW_K_DUPLICATE_SEQUENCE_NUMBER);
	ck_assert_int_eq(dup.base_offset, 150);
	log_fini(&g);
}
END_TEST

START_TEST(an_empty_folder_is_no_log)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	gw_plog_fini(&g.l);
	g.at.dir = "/empty";
	ck_assert_int_eq(g.r.env.fs->mkdir(g.r.env.fs->ctx, "/empty", NULL), 0);
	ck_assert_int_eq(gw_plog_open(&g.l, &g.at, false, &g.err), GW_ECORRUPT);
	log_fini(&g);
}
END_TEST

Suite *
check_recovery_suite(void)
{
	Suite *s = suite_create("recovery");
	TCase *tc = tcase_create("recovery");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_clean_stop_is_opened_without_reading_batches);
	tcase_add_test(tc, a_killed_process_loses_nothing);
	tcase_add_test(tc, a_last_batch_torn_at_any_byte_is_cut_and_nothing_else);
	tcase_add_test(tc, a_flipped_bit_in_the_last_segment_cuts_there);
	tcase_add_test(tc, a_flipped_bit_in_an_older_segment_is_refused_and_left_alone);
	tcase_add_test(tc, a_missing_segment_in_the_middle_is_refused);
	tcase_add_test(tc, a_power_cut_keeps_what_was_synced_and_a_prefix_of_the_rest);
	tcase_add_test(tc, producers_are_known_after_a_crash);
	tcase_add_test(tc, an_empty_folder_is_no_log);
	suite_add_tcase(s, tc);
	return s;
}
