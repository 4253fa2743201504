/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/plog.h"

#include "base/err.h"
#include "tests/broker/logs.h"
#include "tests/broker/suites.h"

static const struct batch_spec ten = { .n = 10, .timestamp_ms = 1000, NO_PRODUCER };

/* n batches of ten records, a second apart, in small segments. */
static void
fill(struct log_rig *g, int n)
{
	struct batch_spec s = ten;

	g->segment_bytes = 2000;
	for (int i = 0; i < n; i++, s.timestamp_ms += 1000)
		ck_assert_int_eq(log_append(g, &s), 10 * i);
}

START_TEST(offsets_count_on_over_batches_and_segments)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 40);
	ck_assert_uint_gt(g.l.n_segs, 3);
	ck_assert_int_eq(g.l.next, 400);
	ck_assert_int_eq(g.l.hw, 400);
	ck_assert_int_eq(log_count(&g, 0), 400);
	for (size_t i = 1; i < g.l.n_segs; i++) {
		ck_assert_int_eq(g.l.segs[i].base, g.l.segs[i - 1].next);
		ck_assert_int_le(g.l.segs[i - 1].size, 2000);
	}
	log_fini(&g);
}
END_TEST

START_TEST(reading_begins_with_the_batch_that_holds_the_offset)
{
	struct gw_batch_header h;
	struct gw_buf out;
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 20);
	gw_buf_init(&out, &g.r.alloc.alloc, 0);
	for (int64_t offset = 0; offset < 200; offset++) {
		gw_buf_clear(&out);
		ck_assert_int_gt(gw_plog_read(&g.l, offset, 1 << 20, false, &out), 0);
		ck_assert_int_gt(gw_batch_header_read(gw_buf_slice(&out), &h), 0);
		ck_assert_int_eq(h.base_offset, offset / 10 * 10);
	}
	ck_assert_int_eq(gw_plog_read(&g.l, 200, 1 << 20, true, &out), 0);
	gw_buf_fini(&out);
	log_fini(&g);
}
END_TEST

START_TEST(a_read_gives_whole_batches_and_the_first_always_when_asked)
{
	struct log_rig g;
	struct gw_buf out;
	int64_t one;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 4);
	gw_buf_init(&out, &g.r.alloc.alloc, 0);
	one = g.l.segs[0].size / (g.l.segs[0].next / 10);
	ck_assert_int_eq(gw_plog_read(&g.l, 0, 10, false, &out), 0);
	ck_assert_int_eq(gw_plog_read(&g.l, 0, 10, true, &out), one);
	ck_assert_int_eq(gw_plog_read(&g.l, 0, 2 * one + 5, false, &out), 2 * one);
	ck_assert_int_eq(gw_plog_read(&g.l, 0, 0, false, &out), 0);
	gw_buf_fini(&out);
	log_fini(&g);
}
END_TEST

START_TEST(with_always_nothing_is_readable_before_its_sync_ended)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_ALWAYS);
	mem_fs_clock(g.r.fs, &g.r.now.us, 5000, 5000);
	ck_assert_int_eq(log_append(&g, &ten), 0);
	ck_assert_int_eq(g.l.hw, 0);
	ck_assert_int_eq(gw_plog_sync(&g.l), 0);
	ck_assert_int_eq(log_append(&g, &ten), 10);
	ck_assert_int_eq(gw_plog_sync(&g.l), 0);	/* one is on its way: no second */
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
	ck_assert_int_eq(g.l.hw, 0);
	g.r.now.us += 5000;
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
	ck_assert_int_eq(g.l.hw, 10);			/* the second batch came too late for it */
	ck_assert_int_eq(gw_plog_sync(&g.l), 0);
	g.r.now.us += 5000;
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
	ck_assert_int_eq(g.l.hw, 20);
	ck_assert_uint_eq(g.syncer.count, 2);
	log_fini(&g);
}
END_TEST

START_TEST(a_log_may_go_while_its_sync_is_on_its_way)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_ALWAYS);
	mem_fs_clock(g.r.fs, &g.r.now.us, 5000, 5000);
	ck_assert_int_eq(log_append(&g, &ten), 0);
	ck_assert_int_eq(gw_plog_sync(&g.l), 0);
	gw_plog_fini(&g.l);
	ck_assert_int_eq(mem_fs_open_handles(g.r.fs), 1);
	g.r.now.us += 5000;
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
	ck_assert_int_eq(mem_fs_open_handles(g.r.fs), 0);
	log_fini(&g);
}
END_TEST

START_TEST(a_failed_sync_is_never_tried_again)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_ALWAYS);
	ck_assert_int_eq(log_append(&g, &ten), 0);
	mem_fs_fail_at(g.r.fs, 1, GW_EIO);
	ck_assert_int_le(gw_plog_sync(&g.l), 0);
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), GW_EIO);
	/* The disk would do it now, but what it dropped is gone. */
	ck_assert_int_le(gw_plog_sync(&g.l), 0);
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), GW_EIO);
	ck_assert_uint_eq(g.syncer.count, 0);
	ck_assert_int_eq(g.l.hw, 0);
	log_fini(&g);
}
END_TEST

START_TEST(a_full_disk_leaves_the_log_as_it_was_and_it_goes_on_later)
{
	struct log_rig g;
	struct batch_spec big = { .n = 10, .timestamp_ms = 1, .padding = 500, NO_PRODUCER };

	log_init(&g, GW_FSYNC_BATCH);
	ck_assert_int_eq(log_append(&g, &ten), 0);
	mem_fs_capacity(g.r.fs, g.l.segs[0].size + 1000);
	ck_assert_int_eq(log_append(&g, &big), GW_ENOSPC);
	ck_assert_int_eq(log_count(&g, 0), 10);
	mem_fs_capacity(g.r.fs, -1);
	ck_assert_int_eq(log_append(&g, &big), 10);
	ck_assert_int_eq(log_reopen_killed(&g), 0);
	ck_assert_int_eq(log_count(&g, 0), 20);
	log_fini(&g);
}
END_TEST

/* A segment that was begun in vain stays, empty: what comes next must not go on in the old one. */
START_TEST(a_new_segment_that_fails_at_any_step_leaves_no_gap)
{
	struct batch_spec big = { .n = 10, .timestamp_ms = 1, .padding = 500, NO_PRODUCER };
	bool failed = true;

	for (uint64_t n = 1; failed; n++) {
		struct log_rig g;
		int64_t next = 10;

		log_init(&g, GW_FSYNC_BATCH);
		g.segment_bytes = 2000;
		ck_assert_int_eq(log_append(&g, &ten), 0);
		mem_fs_fail_at(g.r.fs, n, GW_ENOSPC);
		failed = log_append(&g, &big) < 0;
		mem_fs_fail_at(g.r.fs, 0, 0);
		if (!failed)
			next += 10;
		ck_assert_int_eq(log_append(&g, &ten), next);	/* small enough for either */
		ck_assert_int_eq(log_append(&g, &ten), next + 10);
		ck_assert_msg(log_reopen_killed(&g) == 0, "step %d: %s", (int)n, g.err.msg);
		ck_assert_int_eq(log_count(&g, 0), next + 20);
		log_fini(&g);
		ck_assert_uint_lt(n, 100);
	}
}
END_TEST

START_TEST(retention_by_time_goes_by_the_newest_record_of_a_segment)
{
	struct log_rig g;
	int64_t first;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 40);		/* timestamps 1000..40009 */
	ck_assert_int_eq(gw_plog_retain(&g.l, 20000, -1, 41000), 0);
	first = g.l.segs[0].base;
	ck_assert_int_gt(first, 0);
	ck_assert_int_eq(g.l.start, first);
	ck_assert_int_ge(g.l.segs[0].max_ts, 21000);
	ck_assert_int_eq(log_count(&g, first), 400 - first);
	/* All of it, the segment that was being written too: offsets go on. */
	ck_assert_int_eq(gw_plog_retain(&g.l, 20000, -1, 100000), 0);
	ck_assert_int_eq(g.l.start, 400);
	ck_assert_uint_eq(g.l.n_segs, 1);
	ck_assert_int_eq(log_append(&g, &ten), 400);
	log_fini(&g);
}
END_TEST

START_TEST(retention_by_size_keeps_at_least_that_much)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 40);
	ck_assert_int_eq(gw_plog_retain(&g.l, -1, 5000, 41000), 0);
	ck_assert_int_ge(gw_plog_size(&g.l), 5000);
	ck_assert_int_lt(gw_plog_size(&g.l), 5000 + 2000);
	ck_assert_int_eq(gw_plog_retain(&g.l, -1, -1, INT64_MAX), 0);
	ck_assert_int_ge(gw_plog_size(&g.l), 5000);
	log_fini(&g);
}
END_TEST

START_TEST(deleted_records_are_below_the_start)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 40);
	ck_assert_int_eq(gw_plog_delete_before(&g.l, 205), 0);
	ck_assert_int_eq(g.l.start, 205);
	ck_assert_int_le(g.l.segs[0].base, 205);
	ck_assert_int_gt(g.l.segs[0].next, 205);
	ck_assert_int_eq(log_count(&g, 205), 195);
	ck_assert_int_eq(gw_plog_delete_before(&g.l, 100), 0);
	ck_assert_int_eq(g.l.start, 205);
	log_fini(&g);
}
END_TEST

START_TEST(the_first_record_at_a_time_is_found_exactly)
{
	int64_t offset, ts;
	struct log_rig g;
	struct gw_buf scratch;

	log_init(&g, GW_FSYNC_BATCH);
	fill(&g, 40);		/* record 10 b + i has 1000 (b + 1) + i */
	gw_buf_init(&scratch, &g.r.alloc.alloc, 0);
	for (int64_t t = 0; t < 40009; t += 7) {
		int64_t b = t < 1000 ? 0 : t / 1000 - 1, i = t < 1000 ? 0 : t % 1000,
			want = i > 9 ? 10 * (b + 1) : 10 * b + i;

		ck_assert_int_eq(gw_plog_find_time(&g.l, t, &scratch, &offset, &ts), 1);
		ck_assert_int_eq(offset, want);
		ck_assert_int_eq(ts, 1000 * (want / 10 + 1) + want % 10);
	}
	ck_assert_int_eq(gw_plog_find_time(&g.l, 40010, &scratch, &offset, &ts), 0);
	ck_assert_int_eq(gw_plog_find_time(&g.l, GW_PLOG_MAX_TIMESTAMP, &scratch, &offset, &ts), 1);
	ck_assert_int_eq(offset, 399);
	gw_buf_fini(&scratch);
	log_fini(&g);
}
END_TEST

START_TEST(times_inside_a_compressed_batch_are_found_too)
{
	struct batch_spec s = { .n = 100, .timestamp_ms = 500, .gzip = true, NO_PRODUCER };
	int64_t offset, ts;
	struct log_rig g;
	struct gw_buf scratch;

	log_init(&g, GW_FSYNC_BATCH);
	ck_assert_int_eq(log_append(&g, &s), 0);
	gw_buf_init(&scratch, &g.r.alloc.alloc, 0);
	ck_assert_int_eq(gw_plog_find_time(&g.l, 542, &scratch, &offset, &ts), 1);
	ck_assert_int_eq(offset, 42);
	ck_assert_int_eq(ts, 542);
	gw_buf_fini(&scratch);
	log_fini(&g);
}
END_TEST

START_TEST(an_epoch_ends_where_the_next_begins)
{
	struct log_rig g;

	log_init(&g, GW_FSYNC_BATCH);
	ck_assert(gw_plog_epoch_due(&g.l));
	ck_assert_int_eq(gw_plog_epoch_add(&g.l, 0, 0), 0);
	fill(&g, 4);
	g.l.epoch = 3;
	ck_assert(gw_plog_epoch_due(&g.l));
	ck_assert_int_eq(gw_plog_epoch_add(&g.l, 3, 40), 0);
	ck_assert(!gw_plog_epoch_due(&g.l));
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, 0).start, 40);
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, 2).epoch, 0);
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, 2).start, 40);
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, 3).start, 40);
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, 4).epoch, -1);
	ck_assert_int_eq(gw_plog_epoch_end(&g.l, -1).start, -1);
	log_fini(&g);
}
END_TEST

Suite *
check_plog_suite(void)
{
	Suite *s = suite_create("plog");
	TCase *tc = tcase_create("plog");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, offsets_count_on_over_batches_and_segments);
	tcase_add_test(tc, reading_begins_with_the_batch_that_holds_the_offset);
	tcase_add_test(tc, a_read_gives_whole_batches_and_the_first_always_when_asked);
	tcase_add_test(tc, with_always_nothing_is_readable_before_its_sync_ended);
	tcase_add_test(tc, a_log_may_go_while_its_sync_is_on_its_way);
	tcase_add_test(tc, a_failed_sync_is_never_tried_again);
	tcase_add_test(tc, a_new_segment_that_fails_at_any_step_leaves_no_gap);
	tcase_add_test(tc, a_full_disk_leaves_the_log_as_it_was_and_it_goes_on_later);
	tcase_add_test(tc, retention_by_time_goes_by_the_newest_record_of_a_segment);
	tcase_add_test(tc, retention_by_size_keeps_at_least_that_much);
	tcase_add_test(tc, deleted_records_are_below_the_start);
	tcase_add_test(tc, the_first_record_at_a_time_is_found_exactly);
	tcase_add_test(tc, times_inside_a_compressed_batch_are_found_too);
	tcase_add_test(tc, an_epoch_ends_where_the_next_begins);
	suite_add_tcase(s, tc);
	return s;
}
