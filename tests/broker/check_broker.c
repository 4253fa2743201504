/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hist.h"
#include "base/slice.h"
#include "broker/broker_int.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "tests/support/files.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_fetch.h"
#include "wire/msg_metadata.h"
#include "wire/msg_produce.h"

static const struct batch_spec three = {
	.n = 3, .timestamp_ms = INT64_C(1700000000000), NO_PRODUCER
};

static int
begin(struct rig *r, enum gw_fsync fsync)
{
	int h;

	rig_init(r, 1);
	r->o.fsync = fsync;
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	h = rig_connect(r);
	ck_assert_int_eq(rig_create_topic(r, h, "t", 1), 0);
	return h;
}

START_TEST(the_protocol_page_tells_what_the_broker_serves)
{
	for (size_t i = 0; i < gw_n_apis; i++) {
		struct gw_broker all = { .release = NULL };
		struct gw_served s = { .min = 0, .max = -1 };

		(void)gw_served_find(&all, gw_apis[i].key, &s);
		test_page_range("doc/protocol.md", gw_apis[i].key, 6, s.min, s.max);
	}
}
END_TEST

/* ---- opening ---- */

START_TEST(only_loopback_addresses_are_served)
{
	struct rig r;

	rig_init(&r, 1);
	r.o.listen = (struct gw_addr){ .family = 4, .ip = { 0, 0, 0, 0 }, .port = 0 };
	ck_assert_int_eq(rig_open(&r), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "loopback"));
	r.o.listen = (struct gw_addr){ .family = 4, .ip = { 192, 168, 0, 1 }, .port = 0 };
	ck_assert_int_eq(rig_open(&r), GW_EINVAL);
	rig_fini(&r);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
	struct rig r;

	rig_init(&r, 1);
	r.o.segment_bytes = 3;
	ck_assert_int_eq(rig_open(&r), GW_EINVAL);
	r.o = gw_broker_defaults();
	r.o.dir = "";
	ck_assert_int_eq(rig_open(&r), GW_EINVAL);
	rig_fini(&r);
}
END_TEST

START_TEST(a_folder_and_a_port_have_one_broker)
{
	struct rig r;
	struct gw_broker *first;

	rig_init(&r, 1);
	ck_assert_int_eq(rig_open(&r), 0);
	first = r.b;
	ck_assert_int_eq(rig_open(&r), GW_EBUSY);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "/data is in use"));
	r.o.dir = "/other";
	ck_assert_int_eq(rig_open(&r), GW_EBUSY);	/* the port */
	r.b = first;
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(topics_without_a_meta_log_are_not_swept_away)
{
	struct rig r;

	(void)begin(&r, GW_FSYNC_BATCH);
	rig_close(&r);
	ck_assert_int_eq(r.env.fs->remove(r.env.fs->ctx, "/data/meta.log"), 0);
	ck_assert_int_eq(rig_open(&r), GW_ECORRUPT);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "meta.log"));
	rig_fini(&r);
}
END_TEST

START_TEST(records_survive_every_way_to_stop)
{
	struct rig r;
	int h = begin(&r, GW_FSYNC_ALWAYS);
	int64_t n = 0;

	for (int round = 0; round < 12; round++) {
		ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).base_offset, n);
		n += 3;
		if (round % 3 == 0)
			rig_close(&r);
		else if (round % 3 == 1)
			rig_kill(&r);
		else
			rig_crash(&r);
		ck_assert_msg(rig_open(&r) == 0, "%s", r.err.msg);
		h = rig_connect(&r);
		ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), n);
	}
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

/* Under every seed: what was acknowledged is there, topics too, and the broker always opens. */
START_TEST(acknowledged_records_survive_power_cuts_under_many_seeds)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct gw_rng rng;
		int64_t acked = 0;
		struct rig r;
		int h;

		rig_init(&r, seed);
		gw_rng_seed(&rng, seed);
		r.o.fsync = GW_FSYNC_ALWAYS;
		r.o.segment_bytes = 1024;
		for (int round = 0; round < 5; round++) {
			char extra[16];
			size_t n = gw_rng_below(&rng, 10);

			ck_assert_msg(rig_open(&r) == 0, "seed %llu round %d: %s",
			    (unsigned long long)seed, round, r.err.msg);
			h = rig_connect(&r);
			if (round == 0)
				ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
			ck_assert_int_ge(rig_fetch_count(&r, h, "t", 0, 0), acked);
			for (size_t i = 0; i < n; i++) {
				struct gw_produce_partition_response a =
				    rig_produce(&r, h, "t", 0, &three);

				ck_assert_int_eq(a.error_code, 0);
				acked = a.base_offset + 3;
			}
			snprintf(extra, sizeof(extra), "x%d", round);
			ck_assert_int_eq(rig_create_topic(&r, h, extra, 2), 0);
			rig_crash(&r);
		}
		ck_assert_int_eq(rig_open(&r), 0);
		h = rig_connect(&r);
		for (int round = 0; round < 5; round++) {
			char extra[16];

			snprintf(extra, sizeof(extra), "x%d", round);
			ck_assert_int_eq(
			    rig_create_topic(&r, h, extra, 2), GW_K_TOPIC_ALREADY_EXISTS);
		}
		rig_close(&r);
		rig_fini(&r);
	}
}
END_TEST

/*
 * The k-th call on the disk fails, for every k of a short life: an error or a refusal, never a
 * crash or a lie.
 */
START_TEST(any_failing_disk_call_is_survived)
{
	for (uint64_t k = 1; k < 200; k++) {
		struct rig r;
		int64_t acked = 0;
		int h;

		rig_init(&r, 7);
		r.o.fsync = GW_FSYNC_ALWAYS;
		mem_fs_fail_at(r.fs, k, GW_EIO);
		if (rig_open(&r) == 0) {
			h = rig_connect(&r);
			if (rig_create_topic(&r, h, "t", 1) == 0) {
				struct gw_produce_partition_data p = { .index = 0 };
				struct gw_produce_topic_data t = { .name = GW_LIT("t"),
					.partition_data = &p,
					.n_partition_data = 1 };
				struct gw_produce_request q = { .acks = -1,
					.timeout_ms = 1,
					.topic_data = &t,
					.n_topic_data = 1 };
				struct gw_buf batch;

				gw_buf_init(&batch, &r.alloc.alloc, 0);
				make_batch(&r.alloc.alloc, &three, &batch);
				p.records = gw_buf_slice(&batch);
				for (int i = 0; i < 3; i++) {
					const struct gw_produce_response *a;

					rig_send(&r, h, GW_API_PRODUCE, 9, &q);
					a = rig_receive(&r, h, GW_API_PRODUCE, 9);
					/* None comes when the broker had to stop. */
					if (a != NULL &&
					    a->responses[0].partition_responses[0].error_code == 0)
						acked += 3;
				}
				gw_buf_fini(&batch);
			}
		}
		mem_fs_fail_at(r.fs, 0, 0);
		rig_crash(&r);
		ck_assert_msg(rig_open(&r) == 0, "call %llu: %s", (unsigned long long)k, r.err.msg);
		h = rig_connect(&r);
		if (acked > 0)
			ck_assert_int_ge(rig_fetch_count(&r, h, "t", 0, 0), acked);
		rig_close(&r);
		rig_fini(&r);
	}
}
END_TEST

/* ---- syncing ---- */

START_TEST(with_always_producers_wait_and_share_a_sync)
{
	struct gw_produce_partition_data p = { .index = 0 };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	struct gw_broker_stats before, after;
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r, GW_FSYNC_ALWAYS), others[8];

	mem_fs_clock(r.fs, &r.now.us, 5000, 5000);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	p.records = gw_buf_slice(&batch);
	gw_broker_get_stats(r.b, &before);
	rig_send(&r, h, GW_API_PRODUCE, 9, &q);
	for (int i = 0; i < 8; i++) {
		others[i] = rig_connect(&r);
		rig_send(&r, others[i], GW_API_PRODUCE, 9, &q);
	}
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_PRODUCE, 9));
	ck_assert_int_eq(rig_fetch_count(&r, rig_connect(&r), "t", 0, 0), 0);
	rig_pass(&r, 5);
	ck_assert_ptr_nonnull(rig_receive(&r, h, GW_API_PRODUCE, 9));
	ck_assert_ptr_null(rig_receive(&r, others[0], GW_API_PRODUCE, 9));
	rig_pass(&r, 5);
	for (int i = 0; i < 8; i++)
		ck_assert_ptr_nonnull(rig_receive(&r, others[i], GW_API_PRODUCE, 9));
	gw_broker_get_stats(r.b, &after);
	ck_assert_uint_le(
	    after.syncs - before.syncs, 4); /* two of the log, and of meta.log's epoch */
	gw_buf_fini(&batch);
	mem_fs_clock(r.fs, NULL, 0, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
	struct gw_produce_partition_data p = { .index = 0 };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	struct gw_metadata_request mq = { .n_topics = GW_NULL_ARRAY,
		.allow_auto_topic_creation = true };
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r, GW_FSYNC_ALWAYS);

	mem_fs_clock(r.fs, &r.now.us, 5000, 5000);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	p.records = gw_buf_slice(&batch);
	for (int i = 0; i < 5; i++) {
		rig_send(&r, h, GW_API_PRODUCE, 9, &q);
		rig_send(&r, h, GW_API_METADATA, 5, &mq);
	}
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_PRODUCE, 9));
	rig_pass(&r, 20);
	for (int i = 0; i < 5; i++) {
		const struct gw_produce_response *a = rig_receive(&r, h, GW_API_PRODUCE, 9);
		const struct gw_metadata_response *m = rig_receive(&r, h, GW_API_METADATA, 5);

		ck_assert_ptr_nonnull(a);
		ck_assert_int_eq(a->responses[0].partition_responses[0].base_offset, 3 * i);
		ck_assert_ptr_nonnull(m);
	}
	gw_buf_fini(&batch);
	mem_fs_clock(r.fs, NULL, 0, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_failed_sync_stops_the_broker_and_acknowledges_nothing)
{
	struct gw_produce_partition_data p = { .index = 0 };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r, GW_FSYNC_ALWAYS);

	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	p.records = gw_buf_slice(&batch);
	mem_fs_fail_at(r.fs, 2, GW_EIO);	/* the write works, the sync does not */
	rig_send(&r, h, GW_API_PRODUCE, 9, &q);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_PRODUCE, 9));
	ck_assert_int_eq(gw_broker_process(r.b, NULL, 0), GW_EIO);
	ck_assert_int_eq(gw_broker_close(r.b, &r.err), GW_EIO);
	r.b = NULL;
	gw_buf_fini(&batch);
	/* No clean mark was left. */
	ck_assert_int_eq(
	    r.env.fs->stat(r.env.fs->ctx, "/data/clean", &(struct gw_fs_stat){ 0 }), GW_ENOENT);
	rig_fini(&r);
}
END_TEST

START_TEST(the_numbers_for_the_operator_count_what_happened)
{
	struct gw_broker_stats a, z;
	const struct gw_hist *times;
	uint64_t n;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	gw_broker_get_stats(r.b, &a);
	n = gw_broker_sync_times(r.b)->count;
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	ck_assert_int_ne(rig_produce(&r, h, "t", 9, &three).error_code, 0);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 3);
	rig_pass(&r, 1000);
	gw_broker_get_stats(r.b, &z);
	times = gw_broker_sync_times(r.b);
	ck_assert_uint_eq(z.produce_requests - a.produce_requests, 2);
	ck_assert_uint_eq(z.produce_errors - a.produce_errors, 1);
	ck_assert_uint_ge(z.fetch_requests - a.fetch_requests, 1);
	ck_assert_uint_gt(z.fetch_bytes, a.fetch_bytes + GW_BATCH_HEADER);
	ck_assert_uint_gt(z.syncs, a.syncs);
	ck_assert_uint_eq(z.sync_waits, a.sync_waits);
	ck_assert_uint_eq(times->count - n, z.syncs - a.syncs);
	ck_assert_uint_eq(z.connections_open, 1);
	ck_assert_uint_eq(z.txns_open, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(with_batch_a_sync_follows_within_the_interval_and_then_it_is_quiet)
{
	struct gw_broker_stats s;
	struct pollfd fds[8];
	int64_t deadline;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	rig_pass(&r, 10000);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	(void)gw_broker_pollfds(r.b, fds, 8, &deadline);
	ck_assert_int_le(deadline, r.now.us + 100000);
	rig_pass(&r, 100);
	gw_broker_get_stats(r.b, &s);
	ck_assert_uint_ge(s.syncs, 1);
	rig_pass(&r, 1000);
	/* Nothing to do before housekeeping or the end of the idle connection. */
	(void)gw_broker_pollfds(r.b, fds, 8, &deadline);
	ck_assert_int_gt(deadline, r.now.us + 60000000);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_full_disk_refuses_writers_and_serves_readers)
{
	struct batch_spec big = { .n = 10, .timestamp_ms = 1, .padding = 1000, NO_PRODUCER };
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	rig_pass(&r, 200);
	mem_fs_capacity(r.fs, 2000);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).error_code, GW_K_KAFKA_STORAGE_ERROR);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).error_code, GW_K_KAFKA_STORAGE_ERROR);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 3);
	mem_fs_capacity(r.fs, -1);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).base_offset, 3);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

/* ---- fetching ---- */

static int32_t
send_fetch(struct rig *r, int h, int64_t offset, int32_t min_bytes, int32_t max_wait_ms)
{
	struct gw_fetch_partition p = { .current_leader_epoch = -1,
		.fetch_offset = offset,
		.last_fetched_epoch = -1,
		.log_start_offset = -1,
		.partition_max_bytes = 1 << 20,
		.high_watermark = INT64_MAX };
	struct gw_fetch_topic t = { .topic = GW_LIT("t"), .partitions = &p, .n_partitions = 1 };
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_wait_ms = max_wait_ms,
		.min_bytes = min_bytes,
		.max_bytes = 1 << 20,
		.session_epoch = -1,
		.topics = &t,
		.n_topics = 1,
		.rack_id = GW_LIT("") };

	return rig_send(r, h, GW_API_FETCH, 11, &q);
}

START_TEST(a_fetch_waits_for_records_and_gets_them_at_once)
{
	const struct gw_fetch_response *a;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), writer = rig_connect(&r);

	send_fetch(&r, h, 0, 1, 500);
	rig_pass(&r, 300);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_FETCH, 11));
	(void)rig_produce(&r, writer, "t", 0, &three);
	a = rig_receive(&r, h, GW_API_FETCH, 11);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_gt(a->responses[0].partitions[0].records.len, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_fetch_without_records_is_answered_after_its_wait)
{
	const struct gw_fetch_response *a;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	send_fetch(&r, h, 0, 1, 500);
	rig_pass(&r, 499);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_FETCH, 11));
	rig_pass(&r, 2);
	a = rig_receive(&r, h, GW_API_FETCH, 11);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(a->responses[0].partitions[0].records.len, 0);
	ck_assert_int_eq(a->responses[0].partitions[0].error_code, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_fetch_waits_until_there_are_as_many_bytes_as_it_wants)
{
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), writer = rig_connect(&r);

	send_fetch(&r, h, 0, 300, 5000);
	(void)rig_produce(&r, writer, "t", 0, &three);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_FETCH, 11));
	(void)rig_produce(&r, writer, "t", 0, &three);
	(void)rig_produce(&r, writer, "t", 0, &three);
	ck_assert_ptr_nonnull(rig_receive(&r, h, GW_API_FETCH, 11));
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_waiting_fetch_and_produce_learn_that_their_topic_was_deleted)
{
	struct gw_slice name = GW_LIT("t");
	struct gw_delete_topics_request dq = { .topic_names = &name, .n_topic_names = 1 };
	struct gw_produce_partition_data p = { .index = 0 };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	const struct gw_fetch_response *f;
	const struct gw_produce_response *a;
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r, GW_FSYNC_ALWAYS), writer = rig_connect(&r), admin = rig_connect(&r);

	mem_fs_clock(r.fs, &r.now.us, 5000, 5000);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	p.records = gw_buf_slice(&batch);
	send_fetch(&r, h, 0, 1, 5000);
	rig_send(&r, writer, GW_API_PRODUCE, 9, &q);
	(void)rig_call(&r, admin, GW_API_DELETE_TOPICS, 5, &dq);
	f = rig_receive(&r, h, GW_API_FETCH, 11);
	a = rig_receive(&r, writer, GW_API_PRODUCE, 9);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->responses[0].partitions[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(
	    a->responses[0].partition_responses[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	rig_pass(&r, 10);
	gw_buf_fini(&batch);
	mem_fs_clock(r.fs, NULL, 0, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_connection_that_goes_while_its_requests_wait_leaves_nothing)
{
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), other = rig_connect(&r);

	send_fetch(&r, h, 0, 1, 5000);
	rig_disconnect(&r, h);
	(void)rig_produce(&r, other, "t", 0, &three);
	rig_pass(&r, 6000);
	ck_assert_int_eq(rig_fetch_count(&r, other, "t", 0, 0), 3);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_fetch_session_that_was_made_up_is_unknown)
{
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_bytes = 1 << 20,
		.rack_id = GW_LIT("") };
	const struct gw_fetch_response *a;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	a = rig_call(&r, h, GW_API_FETCH, 11, &q);
	ck_assert_int_eq(a->error_code, 0);
	ck_assert_int_eq(a->session_id, 0);
	q.session_id = 77;
	q.session_epoch = 1;
	a = rig_call(&r, h, GW_API_FETCH, 11, &q);
	ck_assert_int_eq(a->error_code, GW_K_FETCH_SESSION_ID_NOT_FOUND);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

/* The partitions that an answer in a session tells of, as bits; -error of the whole. */
static int
session_fetch(struct rig *r, int h, struct gw_fetch_request *q, int64_t *records)
{
	const struct gw_fetch_response *a = rig_call(r, h, GW_API_FETCH, 12, q);
	int bits = 0;

	*records = 0;
	if (a->error_code != 0)
		return -a->error_code;
	q->session_id = a->session_id;
	for (size_t i = 0; i < a->n_responses; i++) {
		for (size_t k = 0; k < a->responses[i].n_partitions; k++) {
			bits |= 1 << a->responses[i].partitions[k].partition_index;
			*records += a->responses[i].partitions[k].records.len > 0;
		}
	}
	return bits;
}

START_TEST(a_fetch_session_is_told_only_what_changed)
{
	struct gw_fetch_partition parts[2] = {
		{ .current_leader_epoch = -1, .last_fetched_epoch = -1, .log_start_offset = -1,
		    .partition_max_bytes = 1 << 20, .high_watermark = INT64_MAX },
		{ .partition = 1, .current_leader_epoch = -1, .last_fetched_epoch = -1,
		    .log_start_offset = -1, .partition_max_bytes = 1 << 20,
		    .high_watermark = INT64_MAX },
	};
	struct gw_fetch_topic t = { .topic = GW_LIT("two"), .partitions = parts,
		.n_partitions = 2 };
	int32_t gone = 0;
	struct gw_fetch_forgotten_topic forgotten = { .topic = GW_LIT("two"),
		.partitions = &gone, .n_partitions = 1 };
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_bytes = 1 << 20,
		.topics = &t,
		.n_topics = 1,
		.rack_id = GW_LIT("") };
	int64_t records;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	ck_assert_int_eq(rig_create_topic(&r, h, "two", 2), 0);
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), 3);
	ck_assert_int_ne(q.session_id, 0);
	/* Nothing is asked anew and nothing is new. */
	q.n_topics = 0;
	q.session_epoch = 1;
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), 0);
	ck_assert_int_eq(rig_produce(&r, h, "two", 1, &three).error_code, 0);
	q.session_epoch = 2;
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), 2);
	ck_assert_int_eq(records, 1);
	/* It goes on behind what it got, and forgets the other one. */
	t.partitions = &parts[1];
	t.n_partitions = q.n_topics = 1;
	parts[1].fetch_offset = 3;
	q.forgotten_topics_data = &forgotten;
	q.n_forgotten_topics_data = 1;
	q.session_epoch = 3;
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), 0);
	ck_assert_int_eq(rig_produce(&r, h, "two", 0, &three).error_code, 0);
	q.n_topics = q.n_forgotten_topics_data = 0;
	q.session_epoch = 4;
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), 0);
	/* An epoch that is not due, then the end of the session. */
	ck_assert_int_eq(session_fetch(&r, h, &q, &records), -GW_K_INVALID_FETCH_SESSION_EPOCH);
	q.session_epoch = -1;
	(void)session_fetch(&r, h, &q, &records);
	ck_assert_int_eq(q.session_id, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_waiting_fetch_in_a_session_wakes_with_what_came)
{
	struct gw_fetch_partition part = { .current_leader_epoch = -1, .last_fetched_epoch = -1,
		.log_start_offset = -1, .partition_max_bytes = 1 << 20,
		.high_watermark = INT64_MAX };
	struct gw_fetch_topic t = { .topic = GW_LIT("t"), .partitions = &part, .n_partitions = 1 };
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_bytes = 1 << 20,
		.min_bytes = 1,
		.topics = &t,
		.n_topics = 1,
		.rack_id = GW_LIT("") };
	const struct gw_fetch_response *a;
	int64_t records;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), other = rig_connect(&r);

	(void)session_fetch(&r, h, &q, &records);
	q.n_topics = 0;
	q.session_epoch = 1;
	q.max_wait_ms = 5000;
	rig_send(&r, h, GW_API_FETCH, 12, &q);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_FETCH, 12));
	(void)rig_produce(&r, other, "t", 0, &three);
	a = rig_receive(&r, h, GW_API_FETCH, 12);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(a->n_responses, 1);
	ck_assert_uint_gt(a->responses[0].partitions[0].records.len, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

/* ---- bad clients ---- */

static const struct { const char *what, *bytes; size_t len;
} garbage[] = {
	{ "HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27 },
	{ "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11 },
	{ "a negative size", "\xff\xff\xff\xff", 4 },
	{ "no frame", "\0\0\0\0", 4 },
	{ "a short frame", "\0\0\0\4abcd", 8 },
	{ "a cut header", "\0\0\0\x9\0\3\0\1\0\0\0\1\0", 13 },
	{ "a metadata request with a count of 2^31-1",
	    "\0\0\0\x0e\0\3\0\1\0\0\0\1\xff\xff\x7f\xff\xff\xff", 18 },
	{ "a metadata request with bytes behind it",
	    "\0\0\0\x10\0\3\0\1\0\0\0\1\xff\xff\xff\xff\xff\xff\0\0", 20 },
	{ "a produce with a huge array",
	    "\0\0\0\x16\0\0\0\3\0\0\0\1\xff\xff\xff\xff\0\1\0\0\0\1\x7f\0\0\0", 26 },
};

START_TEST(garbage_ends_its_connection_and_no_other)
{
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("") };
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), bad = rig_connect(&r);

	rig_write(&r, bad, garbage[_i].bytes, garbage[_i].len);
	ck_assert_msg(rig_is_closed(&r, bad), "%s", garbage[_i].what);
	(void)rig_call(&r, h, GW_API_API_VERSIONS, 0, &q);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_large_announced_request_takes_no_memory_until_it_comes)
{
	static const uint8_t size[] = { 0x03, 0xff, 0xff, 0xff, 0, 0, 0, 9 };
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), bad = rig_connect(&r);
	size_t before = r.alloc.bytes;

	rig_write(&r, bad, size, sizeof(size));
	ck_assert_uint_lt(r.alloc.bytes, before + (1 << 20));
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(random_bytes_and_damaged_frames_never_harm_the_others)
{
	struct gw_metadata_request mq = { .n_topics = GW_NULL_ARRAY,
		.allow_auto_topic_creation = true };
	struct gw_rng rng;
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH);

	gw_rng_seed(&rng, 5);
	for (int i = 0; i < 400; i++) {
		struct gw_net *net = mem_node_seam(r.client_node);
		uint8_t frame[64];
		size_t len = 12 + gw_rng_below(&rng, 52);
		const struct gw_api *api = &gw_apis[gw_rng_below(&rng, gw_n_apis)];
		int bad = rig_connect(&r);
		struct gw_slice s = { (char *)frame, len };

		for (size_t k = 0; k < len; k++)
			frame[k] = gw_rng_below(&rng, 3) == 0 ? (uint8_t)gw_rng_u64(&rng) : 0;
		frame[0] = frame[1] = frame[2] = 0;
		frame[3] = (uint8_t)(len - 4);
		frame[4] = 0;
		frame[5] = (uint8_t)api->key;
		frame[6] = 0;
		frame[7] = (uint8_t)(api->min + (int16_t)gw_rng_below(
						    &rng, (uint64_t)(api->max - api->min + 1)));
		ck_assert_int_eq(net->write(net->ctx, bad, &s, 1), (ssize_t)len);
		rig_turn(&r);
		rig_disconnect(&r, bad);
	}
	(void)rig_call(&r, h, GW_API_METADATA, 5, &mq);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(a_client_that_does_not_read_is_not_read_from)
{
	struct gw_metadata_request mq = { .n_topics = GW_NULL_ARRAY,
		.allow_auto_topic_creation = true };
	struct rig r;
	int h = begin(&r, GW_FSYNC_BATCH), deaf = rig_connect(&r);
	struct gw_net *net = mem_node_seam(r.client_node);
	struct gw_request_header rh = {
		.api_key = GW_API_METADATA, .api_version = 5, .client_id = GW_LIT("")
	};
	struct gw_buf frame;
	size_t sent = 0;

	ck_assert_int_eq(rig_create_topic(&r, h, "wide", 2000), 0);
	gw_buf_init(&frame, &r.alloc.alloc, 0);
	ck_assert_int_eq(gw_request_encode(&frame, &rh, &mq, NULL), 0);
	for (int i = 0; i < 20000; i++) {
		struct gw_slice s = gw_buf_slice(&frame);
		ssize_t n = net->write(net->ctx, deaf, &s, 1);

		if (n != (ssize_t)s.len)
			break;
		sent++;
		rig_turn(&r);
	}
	ck_assert_uint_lt(r.alloc.bytes, 64u << 20);
	/* The others are served meanwhile. */
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).error_code, 0);
	ck_assert_uint_gt(sent, 10);
	gw_buf_fini(&frame);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(idle_connections_are_closed)
{
	struct rig r;
	int h, lazy;

	rig_init(&r, 1);
	r.o.connections_max_idle_ms = 1000;
	ck_assert_int_eq(rig_open(&r), 0);
	lazy = rig_connect(&r);
	rig_pass(&r, 600);
	h = rig_connect(&r);
	rig_pass(&r, 600);
	ck_assert(rig_is_closed(&r, lazy));
	ck_assert(!rig_is_closed(&r, h));
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(no_more_connections_than_allowed_are_taken)
{
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("") };
	struct rig r;
	int h[3];

	rig_init(&r, 1);
	r.o.connections_max = 2;
	ck_assert_int_eq(rig_open(&r), 0);
	for (int i = 0; i < 3; i++)
		h[i] = rig_connect(&r);
	rig_send(&r, h[2], GW_API_API_VERSIONS, 0, &q);
	ck_assert_ptr_null(rig_receive(&r, h[2], GW_API_API_VERSIONS, 0));
	rig_disconnect(&r, h[0]);
	ck_assert_ptr_nonnull(rig_receive(&r, h[2], GW_API_API_VERSIONS, 0));
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

START_TEST(old_records_go_after_the_topics_retention)
{
	struct batch_spec s = { .n = 3, .timestamp_ms = INT64_C(1700000000000), NO_PRODUCER };
	struct rig r;
	int h;

	rig_init(&r, 1);
	r.o.retention_ms = 10000;
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).error_code, 0);
	rig_pass(&r, 5000);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 3);
	rig_pass(&r, 9000);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), -GW_K_OFFSET_OUT_OF_RANGE);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 3), 0);
	rig_close(&r);
	rig_fini(&r);
}
END_TEST

Suite *
check_broker_suite(void)
{
	Suite *s = suite_create("broker");
	TCase *tc = tcase_create("broker");

	tcase_set_timeout(tc, 180);
	tcase_add_test(tc, only_loopback_addresses_are_served);
	tcase_add_test(tc, options_out_of_range_are_refused);
	tcase_add_test(tc, a_folder_and_a_port_have_one_broker);
	tcase_add_test(tc, topics_without_a_meta_log_are_not_swept_away);
	tcase_add_test(tc, records_survive_every_way_to_stop);
	tcase_add_test(tc, acknowledged_records_survive_power_cuts_under_many_seeds);
	tcase_add_test(tc, any_failing_disk_call_is_survived);
	tcase_add_test(tc, with_always_producers_wait_and_share_a_sync);
	tcase_add_test(tc, pipelined_requests_are_answered_in_order);
	tcase_add_test(tc, a_failed_sync_stops_the_broker_and_acknowledges_nothing);
	tcase_add_test(tc, the_numbers_for_the_operator_count_what_happened);
	tcase_add_test(tc, with_batch_a_sync_follows_within_the_interval_and_then_it_is_quiet);
	tcase_add_test(tc, a_full_disk_refuses_writers_and_serves_readers);
	tcase_add_test(tc, a_fetch_waits_for_records_and_gets_them_at_once);
	tcase_add_test(tc, a_fetch_without_records_is_answered_after_its_wait);
	tcase_add_test(tc, a_fetch_waits_until_there_are_as_many_bytes_as_it_wants);
	tcase_add_test(tc, a_waiting_fetch_and_produce_learn_that_their_topic_was_deleted);
	tcase_add_test(tc, a_connection_that_goes_while_its_requests_wait_leaves_nothing);
	tcase_add_test(tc, a_fetch_session_that_was_made_up_is_unknown);
	tcase_add_test(tc, a_fetch_session_is_told_only_what_changed);
	tcase_add_test(tc, a_waiting_fetch_in_a_session_wakes_with_what_came);
	tcase_add_loop_test(tc, garbage_ends_its_connection_and_no_other, 0, (int)GW_N(garbage));
	tcase_add_test(tc, a_large_announced_request_takes_no_memory_until_it_comes);
	tcase_add_test(tc, random_bytes_and_damaged_frames_never_harm_the_others);
	tcase_add_test(tc, a_client_that_does_not_read_is_not_read_from);
	tcase_add_test(tc, idle_connections_are_closed);
	tcase_add_test(tc, no_more_connections_than_allowed_are_taken);
	tcase_add_test(tc, old_records_go_after_the_topics_retention);
	tcase_add_test(tc, the_protocol_page_tells_what_the_broker_serves);
	suite_add_tcase(s, tc);
	return s;
}
