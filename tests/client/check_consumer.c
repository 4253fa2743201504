/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_consumer.c - reading: positions, sessions, resets, what is skipped and what is
 * said.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

struct world {
	struct fake_world	*w;
	struct gw_client	*c;
	struct fake_part	*p;	/* t-0 */
	struct gw_err		 err;
};

static struct world *
begin(size_t n_brokers, int32_t n_parts, const char *config)
{
	static struct world x;

	x = (struct world){ .w = fake_new(n_brokers) };
	x.p = &fake_topic(x.w, "t", n_parts)->parts[0];
	x.c = fake_client(x.w, config);
	return &x;
}

static void
end(struct world *x)
{
	gw_client_free(x->c);
	fake_free(x->w);
}

/* Read until the end; offsets must follow each other from `next` on. Returns how many. */
static int
read_all(struct world *x, int64_t next)
{
	struct gw_record r;
	struct gw_batch *b;
	int n = 0, rc;

	while (!gw_at_end(x->c)) {
		b = gw_fetch(x->c, 5000, &x->err);
		if (b == NULL && gw_at_end(x->c))
			break;
		ck_assert_msg(b != NULL, "%s", x->err.msg);
		while ((rc = gw_batch_next(b, &r)) > 0) {
			if (next >= 0)
				ck_assert_int_eq(r.offset, next++);
			n++;
		}
		ck_assert_int_eq(rc, 0);
	}
	return n;
}

START_TEST(a_partition_is_read_from_its_beginning_to_its_end)
{
	struct world *x = begin(1, 1, "");
	struct gw_position pos;
	struct gw_event ev;

	for (int i = 0; i < 10; i++)
		fake_fill(x->w, x->p, 7, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	ck_assert_int_eq(read_all(x, 0), 70);
	ck_assert_int_eq(gw_assignment(x->c, 0, &pos), 1);
	ck_assert_int_eq(pos.position, 70);
	ck_assert_int_eq(pos.high_watermark, 70);
	ck_assert_int_eq(gw_assignment(x->c, 1, &pos), 0);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 0);
	end(x);
}
END_TEST

START_TEST(records_carry_key_value_time_and_batch_info)
{
	struct world *x = begin(1, 1, "");
	struct gw_batch_info info;
	struct gw_record r;
	struct gw_batch *b;

	fake_fill(x->w, x->p, 3, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	b = gw_fetch(x->c, 1000, NULL);
	ck_assert_ptr_nonnull(b);
	info = gw_batch_info(b);
	ck_assert(gw_slice_is(info.topic, "t"));
	ck_assert_int_eq(info.next_offset, 3);
	ck_assert_int_eq(info.lag, 0);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert(gw_slice_is(r.key, "key"));
	ck_assert(gw_slice_is(r.value, "value-0"));
	ck_assert_int_eq(r.timestamp_ms, 1700000000000);
	end(x);
}
END_TEST

START_TEST(records_before_the_asked_offset_are_dropped)
{
	struct world *x = begin(1, 1, "");

	fake_fill(x->w, x->p, 10, "value");
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 13), 0);
	ck_assert_int_eq(read_all(x, 13), 7);
	end(x);
}
END_TEST

START_TEST(latest_sees_only_what_comes_after)
{
	struct world *x = begin(1, 1, "");

	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_LATEST), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_int_eq(x->err.code, GW_ETIMEOUT);
	ck_assert(gw_at_end(x->c));
	fake_fill(x->w, x->p, 5, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 1000, &x->err));
	end(x);
}
END_TEST

START_TEST(a_new_record_is_handed_out_when_it_arrives_not_when_the_wait_ends)
{
	struct world *x = begin(1, 1, "fetch.max.wait.ms=10000");
	int64_t start;

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	fake_run(x->w, x->c, 1000);
	start = x->w->now.us;
	fake_fill(x->w, x->p, 1, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 60000, &x->err));
	ck_assert_int_lt(x->w->now.us - start, 10000);
	end(x);
}
END_TEST

START_TEST(the_end_of_an_empty_partition_is_known_at_once)
{
	struct world *x = begin(1, 2, "fetch.max.wait.ms=10000");
	int64_t start = x->w->now.us;

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(gw_assign(x->c, "t", 1, GW_OFFSET_EARLIEST), 0);
	while (!gw_at_end(x->c))
		ck_assert_int_eq(gw_run(x->c, 1000), 0);
	ck_assert_int_lt(x->w->now.us - start, 2000000);
	end(x);
}
END_TEST

START_TEST(a_session_names_partitions_once_and_then_only_changes)
{
	struct world *x = begin(1, 4, "");
	const struct fake_seen *f;
	size_t n;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(gw_assign(x->c, "t", i, 0), 0);
	fake_run(x->w, x->c, 2000);
	f = fake_seen(x->w, GW_API_FETCH, 0);
	ck_assert_int_eq(f->session_id, 0);
	ck_assert_int_eq(f->session_epoch, 0);
	ck_assert_int_eq(f->n_parts, 4);
	f = fake_seen(x->w, GW_API_FETCH, 1);
	ck_assert_int_eq(f->session_id, 77);
	ck_assert_int_eq(f->session_epoch, 1);
	ck_assert_int_eq(f->n_parts, 0);
	fake_fill(x->w, &x->w->topics[0].parts[2], 5, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 2000, &x->err));
	fake_run(x->w, x->c, 100);
	n = fake_n_seen(x->w, GW_API_FETCH);
	f = fake_seen(x->w, GW_API_FETCH, n - 1);
	ck_assert_int_eq(f->n_parts, 1);
	ck_assert_int_eq(f->offset, 5);
	end(x);
}
END_TEST

START_TEST(a_paused_partition_is_forgotten_and_comes_back)
{
	struct world *x = begin(1, 2, "fetch.max.wait.ms=100");
	int32_t forgotten = 0;

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(gw_assign(x->c, "t", 1, 0), 0);
	fake_run(x->w, x->c, 500);
	ck_assert_int_eq(gw_pause(x->c, "t", 0), 0);
	fake_run(x->w, x->c, 250);
	for (size_t i = 0; i < fake_n_seen(x->w, GW_API_FETCH); i++)
		forgotten += fake_seen(x->w, GW_API_FETCH, i)->n_forgotten;
	ck_assert_int_eq(forgotten, 1);
	fake_fill(x->w, x->p, 5, "value");
	ck_assert_ptr_null(gw_fetch(x->c, 500, &x->err));
	ck_assert_int_eq(gw_resume(x->c, "t", 0), 0);
	ck_assert_ptr_nonnull(gw_fetch(x->c, 500, &x->err));
	ck_assert_int_eq(gw_pause(x->c, "t", 7), GW_ENOENT);
	end(x);
}
END_TEST

START_TEST(what_was_fetched_before_the_pause_is_read_after_it)
{
	struct world *x = begin(1, 1, "");

	fake_fill(x->w, x->p, 5, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	fake_run(x->w, x->c, 100);
	ck_assert_int_eq(gw_pause(x->c, "t", 0), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 300, &x->err));
	ck_assert_int_eq(gw_resume(x->c, "t", 0), 0);
	ck_assert_int_eq(read_all(x, 0), 5);
	end(x);
}
END_TEST

START_TEST(a_lost_session_is_opened_anew)
{
	static const int16_t codes[] = { GW_K_FETCH_SESSION_ID_NOT_FOUND,
		GW_K_INVALID_FETCH_SESSION_EPOCH, 106 };

	for (size_t i = 0; i < GW_N(codes); i++) {
		struct world *x = begin(1, 2, "fetch.max.wait.ms=50");
		struct gw_event ev;

		ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
		ck_assert_int_eq(gw_assign(x->c, "t", 1, 0), 0);
		fake_run(x->w, x->c, 200);
		fake_plan(x->w, GW_API_FETCH, FAKE_ERROR, codes[i], 0, 1);
		fake_run(x->w, x->c, 200);
		fake_fill(x->w, x->p, 5, "value");
		ck_assert_ptr_nonnull(gw_fetch(x->c, 1000, &x->err));
		ck_assert_int_eq(gw_next_event(x->c, &ev), 0);
		end(x);
	}
}
END_TEST

START_TEST(a_broker_that_restarts_is_read_on)
{
	struct world *x = begin(1, 1, "fetch.max.wait.ms=50;retry.backoff.ms=40");

	fake_fill(x->w, x->p, 5, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 5);
	fake_down(&x->w->brokers[0]);
	fake_run(x->w, x->c, 500);
	fake_up(&x->w->brokers[0]);
	fake_fill(x->w, x->p, 5, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	end(x);
}
END_TEST

START_TEST(a_new_leader_is_found_and_read_on)
{
	struct world *x = begin(2, 1, "fetch.max.wait.ms=50");
	int64_t since;

	fake_fill(x->w, x->p, 5, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 5);
	x->p->leader = 2;
	x->p->epoch++;
	fake_fill(x->w, x->p, 5, "value");
	since = x->w->now.us;
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	ck_assert_int_eq(
	    fake_seen(x->w, GW_API_FETCH, fake_n_seen(x->w, GW_API_FETCH) - 1)->node, 2);
	ck_assert_int_le(x->w->now.us - since, 80000);	/* no retry.backoff.ms: it was named */
	end(x);
}
END_TEST

START_TEST(a_broker_that_cannot_be_read_from_is_said_so)
{
	struct world *x = begin(1, 1, "");

	x->w->brokers[0].max[GW_API_FETCH] = 3;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 10000, &x->err));
	ck_assert_int_eq(x->err.code, GW_EUNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "b1:9000 does not offer Fetch"));
	end(x);
}
END_TEST

START_TEST(a_near_replica_is_read_from_until_it_fails)
{
	struct world *x = begin(2, 1, "client.rack=here;fetch.max.wait.ms=50");
	size_t n;

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	fake_run(x->w, x->c, 200);
	fake_fill(x->w, x->p, 5, "value");
	x->p->near = 2;
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	n = fake_n_seen(x->w, GW_API_FETCH);
	ck_assert_int_eq(fake_seen(x->w, GW_API_FETCH, 0)->node, 1);
	ck_assert_int_eq(fake_seen(x->w, GW_API_FETCH, n - 1)->node, 2);
	x->p->near = 0;		/* it is no replica any more */
	fake_fill(x->w, x->p, 5, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	n = fake_n_seen(x->w, GW_API_FETCH);
	ck_assert_int_eq(fake_seen(x->w, GW_API_FETCH, n - 1)->node, 1);
	end(x);
}
END_TEST

START_TEST(a_leader_is_not_asked_before_it_can_send_on_to_a_near_replica)
{
	struct world *x = begin(2, 1, "client.rack=here;fetch.max.wait.ms=50");

	fake_fill(x->w, x->p, 5, "value");
	x->p->near = 2;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	ck_assert_int_eq(fake_seen(x->w, GW_API_FETCH, 0)->node, 1);
	ck_assert_int_ge(fake_seen(x->w, GW_API_FETCH, 0)->version, 11);
	ck_assert_int_eq(fake_seen(x->w, GW_API_FETCH, 1)->node, 2);
	end(x);
}
END_TEST

START_TEST(the_end_is_the_leaders_though_a_replica_is_behind)
{
	struct world *x = begin(2, 1, "client.rack=here;fetch.max.wait.ms=50");
	struct gw_record r;
	struct gw_batch *b;
	int n = 0;

	fake_fill(x->w, x->p, 5, "value");
	fake_fill(x->w, x->p, 5, "value");
	x->p->near = 2;
	x->p->near_end = 5;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	while (gw_batch_next(b, &r) > 0)
		n++;
	ck_assert_int_eq(n, 5);
	ck_assert_ptr_null(gw_fetch(x->c, 500, &x->err));
	ck_assert(!gw_at_end(x->c));
	x->p->near_end = 0;
	ck_assert_int_eq(read_all(x, 5), 5);
	end(x);
}
END_TEST

START_TEST(a_topic_that_is_made_anew_is_read_from_its_new_beginning)
{
	struct world *x = begin(2, 1, "fetch.max.wait.ms=50;auto.offset.reset=earliest");

	fake_fill(x->w, x->p, 5, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 5);
	x->w->topics[0].error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	x->p->leader = -1;
	fake_run(x->w, x->c, 1000);
	x->w->topics[0].error = 0;
	free(x->p->batches[0].bytes);
	*x->p = (struct fake_part){ .leader = 2, .epoch = 0, .committed = -1 };
	fake_fill(x->w, x->p, 3, "value");
	ck_assert_ptr_null(gw_fetch(x->c, 5000, &x->err));	/* it was gone for a second */
	ck_assert_int_eq(x->err.code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_nonnull(gw_fetch(x->c, 5000, &x->err));
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 3);
	end(x);
}
END_TEST

START_TEST(an_offset_that_is_gone_is_reset_as_configured)
{
	struct world *x = begin(1, 1, "auto.offset.reset=earliest");

	fake_fill(x->w, x->p, 10, "value");
	fake_fill(x->w, x->p, 10, "value");
	x->p->start = 10;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 5), 0);
	ck_assert_int_eq(read_all(x, 10), 10);
	end(x);

	x = begin(1, 1, "auto.offset.reset=latest");
	fake_fill(x->w, x->p, 10, "value");
	x->p->start = 8;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 5), 0);
	ck_assert_int_eq(read_all(x, -1), 0);
	end(x);

	x = begin(1, 1, "auto.offset.reset=none");
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 50), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 5000, &x->err));
	ck_assert_int_eq(x->err.code, GW_K_OFFSET_OUT_OF_RANGE);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, 4), 0);
	ck_assert_int_eq(read_all(x, 4), 6);
	end(x);
}
END_TEST

START_TEST(seek_voids_what_was_fetched)
{
	struct world *x = begin(1, 1, "");
	struct gw_record r;
	struct gw_batch *b;

	for (int i = 0; i < 5; i++)
		fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_ptr_nonnull(gw_fetch(x->c, 1000, &x->err));
	fake_run(x->w, x->c, 100);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, 25), 0);
	b = gw_fetch(x->c, 1000, &x->err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert_int_eq(r.offset, 25);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	ck_assert_int_eq(read_all(x, 0), 50);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, -7), GW_EINVAL);
	ck_assert_int_eq(gw_seek(x->c, "x", 0, 0), GW_ENOENT);
	end(x);
}
END_TEST

START_TEST(a_damaged_batch_is_reported_and_can_be_stepped_over)
{
	struct world *x = begin(1, 1, "");
	struct gw_record r;
	struct gw_batch *b;
	int n = 0, rc;

	for (int i = 0; i < 3; i++)
		fake_fill(x->w, x->p, 10, "value");
	x->p->batches[1].bytes[80] ^= 1;
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	b = gw_fetch(x->c, 1000, &x->err);
	while ((rc = gw_batch_next(b, &r)) > 0)
		n++;
	ck_assert_int_eq(n, 10);
	ck_assert_int_eq(rc, GW_ECORRUPT);
	ck_assert_int_eq(gw_batch_next(b, &r), GW_ECORRUPT);
	ck_assert_ptr_nonnull(strstr(gw_client_error(x->c)->msg, "t-0: the batch at offset 10"));
	ck_assert_ptr_nonnull(strstr(gw_client_error(x->c)->msg, "gw_seek() to 20"));
	ck_assert_int_eq(gw_seek(x->c, "t", 0, 20), 0);
	ck_assert_int_eq(read_all(x, 20), 10);
	end(x);
}
END_TEST

/* A batch of n records of a transaction. */
static void
fill_txn(struct world *x, int64_t producer_id, int n)
{
	struct gw_batch_stamp s = { .producer_id = producer_id,
		.producer_epoch = 0,
		.base_sequence = 0,
		.attributes = GW_BATCH_TRANSACTIONAL };
	struct gw_batch_writer writer;
	struct gw_buf buf, scratch;

	gw_buf_init(&buf, &x->w->alloc, 0);
	gw_buf_init(&scratch, &x->w->alloc, 0);
	gw_batch_begin(&writer, &buf);
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(gw_batch_append(&writer, 1, gw_str("k"), gw_str("v"), NULL, 0), 0);
	ck_assert_int_eq(gw_batch_finish(&writer, &s, &scratch), 0);
	fake_append(x->w, x->p, buf.ptr, buf.len);
	gw_buf_fini(&buf);
	gw_buf_fini(&scratch);
}

START_TEST(control_batches_are_skipped_and_passed)
{
	struct world *x = begin(1, 1, "");

	fill_txn(x, 5, 3);
	fake_marker(x->w, x->p, 5, true);
	fake_fill(x->w, x->p, 2, "value");
	fake_marker(x->w, x->p, 6, true);
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, -1), 5);
	ck_assert_int_eq(x->c->consumer.parts->position, 7);
	end(x);
}
END_TEST

START_TEST(read_committed_leaves_out_aborted_transactions_however_they_interleave)
{
	struct world *x = begin(1, 1, "isolation.level=read_committed");

	fill_txn(x, 5, 3);			/* aborted */
	fill_txn(x, 6, 2);			/* committed */
	fake_fill(x->w, x->p, 1, "value");	/* no transaction */
	fill_txn(x, 7, 4);			/* aborted */
	fake_marker(x->w, x->p, 7, false);
	fake_marker(x->w, x->p, 5, false);
	fill_txn(x, 5, 1);			/* the next of 5: committed */
	fake_marker(x->w, x->p, 5, true);
	fake_marker(x->w, x->p, 6, true);
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, -1), 4);
	end(x);

	x = begin(1, 1, "isolation.level=read_uncommitted");
	fill_txn(x, 5, 3);
	fake_marker(x->w, x->p, 5, false);
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, -1), 3);
	end(x);
}
END_TEST

START_TEST(a_topic_or_partition_that_is_not_there_is_said_so)
{
	struct world *x = begin(1, 1, "");

	ck_assert_int_eq(gw_assign(x->c, "none", 0, 0), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 30000, &x->err));
	ck_assert_int_eq(x->err.code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "topic none"));
	ck_assert_int_eq(gw_unassign(x->c, "none", 0), 0);
	ck_assert_int_eq(gw_assign(x->c, "t", 3, 0), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 30000, &x->err));
	ck_assert_str_eq(x->err.msg, "topic t has no partition 3, it has 1");
	end(x);
}
END_TEST

START_TEST(reading_nothing_is_an_error_not_a_wait)
{
	struct world *x = begin(1, 1, "");

	ck_assert_ptr_null(gw_fetch(x->c, 10000, &x->err));
	ck_assert_int_eq(x->err.code, GW_ESTATE);
	ck_assert_int_eq(gw_assign(x->c, "t", -1, 0), GW_EINVAL);
	ck_assert_int_eq(gw_assign(x->c, "t", 0, -5), GW_EINVAL);
	ck_assert_int_eq(gw_assign(x->c, NULL, 0, 0), GW_EINVAL);
	ck_assert(!gw_at_end(x->c));
	end(x);
}
END_TEST

START_TEST(an_error_of_the_broker_reaches_the_reader_with_its_code)
{
	struct world *x = begin(1, 1, "");

	fake_plan(x->w, GW_API_FETCH, FAKE_ERROR, 7777, 0, 1);
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 10000, &x->err));
	ck_assert_int_eq(x->err.code, 7777);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "Fetch at b1:9000"));
	fake_fill(x->w, x->p, 1, "value");
	ck_assert_ptr_nonnull(gw_fetch(x->c, 10000, &x->err));
	end(x);
}
END_TEST

START_TEST(the_next_fetch_is_out_while_this_one_is_read)
{
	struct world *x = begin(1, 1, "");
	size_t n;

	for (int i = 0; i < 20; i++)
		fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_ptr_nonnull(gw_fetch(x->c, 1000, &x->err));
	n = fake_n_seen(x->w, GW_API_FETCH);
	ck_assert_uint_ge(n, 1);
	ck_assert(x->c->cluster.brokers->session.under_way);
	end(x);
}
END_TEST

START_TEST(commits_by_hand_go_to_the_configured_group_and_are_read_back)
{
	struct world *x = begin(2, 1, "group.id=g;auto.offset.reset=earliest");
	struct gw_batch *b;
	struct gw_event ev;

	x->w->group.coordinator = 2;
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_COMMITTED), 0);
	b = gw_fetch(x->c, 1000, &x->err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_commit(x->c, b), 0);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 4), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	ck_assert_int_eq(x->p->committed, 4);
	ck_assert_int_eq(fake_seen(x->w, GW_API_OFFSET_COMMIT, 0)->node, 2);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_COMMITTED);
	ck_assert_int_eq(ev.offset, 4);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, GW_OFFSET_COMMITTED), 0);
	ck_assert_int_eq(read_all(x, 4), 6);
	end(x);

	x = begin(1, 1, "");
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	b = gw_fetch(x->c, 1000, &x->err);
	ck_assert_int_eq(gw_commit(x->c, b), GW_ESTATE);
	end(x);
}
END_TEST

/* Also the first time on a connection, whose versions nobody knows yet. */
START_TEST(who_reads_what_is_committed_takes_no_offset_that_a_transaction_may_yet_change)
{
	struct world *x = begin(2, 1, "group.id=g;isolation.level=read_committed");

	x->w->group.coordinator = 2;
	x->p->committed = 4;
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_COMMITTED), 0);
	ck_assert_int_eq(read_all(x, 4), 6);
	fake_down(&x->w->brokers[1]);
	fake_run(x->w, x->c, 100);
	fake_up(&x->w->brokers[1]);
	ck_assert_int_eq(gw_seek(x->c, "t", 0, GW_OFFSET_COMMITTED), 0);
	ck_assert_int_eq(read_all(x, 4), 6);
	ck_assert_uint_ge(fake_n_seen(x->w, GW_API_OFFSET_FETCH), 2);
	for (size_t i = 0; i < fake_n_seen(x->w, GW_API_OFFSET_FETCH); i++)
		ck_assert(fake_seen(x->w, GW_API_OFFSET_FETCH, i)->stable);
	end(x);
}
END_TEST

/* ---- a log that was cut (KIP-320) ---- */

/* Twenty records are read; a leader without the last ten takes over and writes three others. */
static struct world *
cut(const char *config, int16_t fetch_max)
{
	struct world *x = begin(1, 1, config);

	x->w->brokers[0].max[GW_API_FETCH] = fetch_max;
	fake_fill(x->w, x->p, 10, "value");
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	ck_assert_int_eq(read_all(x, 0), 20);
	fake_cut(x->p, 10);
	fake_fill(x->w, x->p, 3, "other");
	return x;
}

static int64_t
said_cut(struct gw_client *c)
{
	struct gw_event ev;
	int64_t at = -2;

	while (gw_next_event(c, &ev))
		if (ev.type == GW_EVENT_ERROR && ev.err.code == GW_K_OFFSET_OUT_OF_RANGE &&
		    strstr(ev.err.msg, "the log was cut") != NULL)
			at = ev.offset;
	return at;
}

START_TEST(a_log_that_was_cut_is_said_and_read_from_where_it_parts)
{
	static const int16_t versions[] = { 12, 11 };	/* Fetch says it; or it has to be asked */

	for (size_t i = 0; i < GW_N(versions); i++) {
		struct world *x = cut("auto.offset.reset=latest;metadata.max.age.ms=500",
		    versions[i]);
		struct gw_batch *b;
		struct gw_record r;

		b = gw_fetch(x->c, 5000, &x->err);
		ck_assert_ptr_nonnull(b);
		ck_assert_int_eq(gw_batch_next(b, &r), 1);
		ck_assert_int_eq(r.offset, 10);
		ck_assert(gw_slice_is(r.value, "other-0"));
		ck_assert_int_eq(said_cut(x->c), 10);
		ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH), i);
		fake_run(x->w, x->c, 3000);
		ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH), i);
		end(x);
	}
}
END_TEST

START_TEST(without_a_reset_a_cut_log_stops_the_reader_and_names_the_offset)
{
	static const int16_t versions[] = { 12, 11 };

	for (size_t i = 0; i < GW_N(versions); i++) {
		struct world *x = cut("auto.offset.reset=none;metadata.max.age.ms=500",
		    versions[i]);

		ck_assert_ptr_null(gw_fetch(x->c, 5000, &x->err));
		ck_assert_int_eq(x->err.code, GW_K_OFFSET_OUT_OF_RANGE);
		ck_assert_ptr_nonnull(strstr(x->err.msg, "from offset 10 to 20 is gone"));
		ck_assert_int_eq(said_cut(x->c), 10);
		ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
		ck_assert_int_eq(x->err.code, GW_ETIMEOUT);
		ck_assert_int_eq(gw_seek(x->c, "t", 0, 10), 0);
		ck_assert_int_eq(read_all(x, 10), 3);
		end(x);
	}
}
END_TEST

START_TEST(a_new_leader_of_the_same_log_is_asked_once_and_read_on)
{
	struct world *x = begin(2, 1, "metadata.max.age.ms=500");

	x->w->brokers[0].max[GW_API_FETCH] = x->w->brokers[1].max[GW_API_FETCH] = 11;
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	ck_assert_int_eq(read_all(x, 0), 10);
	x->p->leader = 2;
	x->p->epoch = 6;
	fake_fill(x->w, x->p, 10, "value");
	fake_plan(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH, FAKE_CLOSE, 0, 0, 1);
	fake_plan(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH, FAKE_ERROR, GW_K_UNKNOWN_LEADER_EPOCH, 0,
	    1);
	fake_run(x->w, x->c, 3000);
	ck_assert_int_eq(read_all(x, 10), 10);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH), 3);
	ck_assert_int_eq(said_cut(x->c), -2);
	end(x);
}
END_TEST

START_TEST(a_reader_that_may_not_ask_reads_on)
{
	struct world *x = begin(1, 1, "metadata.max.age.ms=500");

	x->w->brokers[0].max[GW_API_FETCH] = 11;
	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	ck_assert_int_eq(read_all(x, 0), 10);
	x->p->epoch = 6;
	fake_plan(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH, FAKE_ERROR,
	    GW_K_CLUSTER_AUTHORIZATION_FAILED, 0, 9);
	fake_run(x->w, x->c, 3000);
	fake_fill(x->w, x->p, 10, "value");
	fake_run(x->w, x->c, 1000);
	ck_assert_int_eq(read_all(x, 10), 10);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_FOR_LEADER_EPOCH), 1);
	end(x);
}
END_TEST

START_TEST(a_commit_carries_its_epoch_so_that_the_next_reader_notices)
{
	struct world *x = begin(1, 1, "group.id=g;auto.offset.reset=earliest");
	struct gw_batch *b;

	fake_fill(x->w, x->p, 10, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_EARLIEST), 0);
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_commit(x->c, b), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	ck_assert_int_eq(x->p->committed_epoch, 5);
	gw_client_free(x->c);
	fake_cut(x->p, 0);
	fake_fill(x->w, x->p, 3, "other");
	x->c = fake_client(x->w, "group.id=g;auto.offset.reset=earliest");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, GW_OFFSET_COMMITTED), 0);
	ck_assert_int_eq(read_all(x, 0), 3);
	ck_assert_int_ne(said_cut(x->c), -2);
	end(x);
}
END_TEST

START_TEST(an_idle_reader_sleeps)
{
	struct world *x = begin(1, 1, "");
	uint64_t polls;

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	fake_run(x->w, x->c, 1000);
	polls = x->w->polls;
	fake_run(x->w, x->c, 10000);
	/* Two fetches a second, two polls each. */
	ck_assert_uint_le(x->w->polls - polls, 60);
	end(x);
}
END_TEST

START_TEST(a_steady_stream_allocates_nothing_a_record)
{
	struct world *x = begin(1, 1, "");
	size_t before;

	for (int i = 0; i < 100; i++)
		fake_fill(x->w, x->p, 100, "value");
	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 10000);
	before = x->w->client_alloc.n;
	ck_assert_int_eq(gw_seek(x->c, "t", 0, 0), 0);
	ck_assert_int_eq(read_all(x, 0), 10000);
	ck_assert_uint_lt(x->w->client_alloc.n - before, 100);
	end(x);
}
END_TEST

Suite *
check_consumer_suite(void)
{
	Suite *s = suite_create("consumer");
	TCase *tc = tcase_create("reading");

	tcase_add_test(tc, a_partition_is_read_from_its_beginning_to_its_end);
	tcase_add_test(tc, records_carry_key_value_time_and_batch_info);
	tcase_add_test(tc, records_before_the_asked_offset_are_dropped);
	tcase_add_test(tc, latest_sees_only_what_comes_after);
	tcase_add_test(tc, a_new_record_is_handed_out_when_it_arrives_not_when_the_wait_ends);
	tcase_add_test(tc, the_end_of_an_empty_partition_is_known_at_once);
	tcase_add_test(tc, a_session_names_partitions_once_and_then_only_changes);
	tcase_add_test(tc, a_paused_partition_is_forgotten_and_comes_back);
	tcase_add_test(tc, what_was_fetched_before_the_pause_is_read_after_it);
	tcase_add_test(tc, a_lost_session_is_opened_anew);
	tcase_add_test(tc, a_broker_that_restarts_is_read_on);
	tcase_add_test(tc, a_new_leader_is_found_and_read_on);
	tcase_add_test(tc, a_broker_that_cannot_be_read_from_is_said_so);
	tcase_add_test(tc, a_near_replica_is_read_from_until_it_fails);
	tcase_add_test(tc, a_leader_is_not_asked_before_it_can_send_on_to_a_near_replica);
	tcase_add_test(tc, the_end_is_the_leaders_though_a_replica_is_behind);
	tcase_add_test(tc, a_topic_that_is_made_anew_is_read_from_its_new_beginning);
	tcase_add_test(tc, an_offset_that_is_gone_is_reset_as_configured);
	tcase_add_test(tc, seek_voids_what_was_fetched);
	tcase_add_test(tc, a_damaged_batch_is_reported_and_can_be_stepped_over);
	tcase_add_test(tc, control_batches_are_skipped_and_passed);
	tcase_add_test(tc, read_committed_leaves_out_aborted_transactions_however_they_interleave);
	tcase_add_test(tc, a_topic_or_partition_that_is_not_there_is_said_so);
	tcase_add_test(tc, reading_nothing_is_an_error_not_a_wait);
	tcase_add_test(tc, an_error_of_the_broker_reaches_the_reader_with_its_code);
	tcase_add_test(tc, the_next_fetch_is_out_while_this_one_is_read);
	tcase_add_test(tc, commits_by_hand_go_to_the_configured_group_and_are_read_back);
	tcase_add_test(
	    tc, who_reads_what_is_committed_takes_no_offset_that_a_transaction_may_yet_change);
	tcase_add_test(tc, a_log_that_was_cut_is_said_and_read_from_where_it_parts);
	tcase_add_test(tc, without_a_reset_a_cut_log_stops_the_reader_and_names_the_offset);
	tcase_add_test(tc, a_new_leader_of_the_same_log_is_asked_once_and_read_on);
	tcase_add_test(tc, a_reader_that_may_not_ask_reads_on);
	tcase_add_test(tc, a_commit_carries_its_epoch_so_that_the_next_reader_notices);
	tcase_add_test(tc, an_idle_reader_sleeps);
	tcase_add_test(tc, a_steady_stream_allocates_nothing_a_record);
	suite_add_tcase(s, tc);
	return s;
}
