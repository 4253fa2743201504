/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_memory.c - the one cap of a client: what it takes from outside stays under it,
 * and at the cap the client waits, goes on, or says what does not fit.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

#define CAP	((size_t)1 << 20)
#define OUTSIDE	((size_t)64 << 10)	/* the client itself, and 16 bytes a block */

/* A batch of one record of size bytes, which do not shrink much unless they are all the same. */
static void
fill(struct fake_world *w, struct fake_part *p, size_t size, enum gw_compression compression)
{
	struct gw_batch_stamp s = { .compression = compression, .producer_id = -1,
	    .producer_epoch = -1, .base_sequence = -1 };
	struct gw_batch_writer writer;
	struct gw_buf buf, scratch;
	char *value = malloc(size);

	ck_assert_ptr_nonnull(value);
	memset(value, 'v', size);
	gw_buf_init(&buf, &w->alloc, 0);
	gw_buf_init(&scratch, &w->alloc, 0);
	gw_batch_begin(&writer, &buf);
	ck_assert_int_eq(gw_batch_append(&writer, w->now.wall_ms, gw_str("k"),
			     (struct gw_slice){ value, size }, NULL, 0), 0);
	ck_assert_int_eq(gw_batch_finish(&writer, &s, &scratch), 0);
	fake_append(w, p, buf.ptr, buf.len);
	gw_buf_fini(&buf);
	gw_buf_fini(&scratch);
	free(value);
}

static struct gw_client *
begin(struct fake_world **w, size_t n_brokers, int32_t n_parts, const char *more)
{
	char config[256];

	*w = fake_new(n_brokers);
	fake_topic(*w, "t", n_parts);
	(void)snprintf(config, sizeof(config), "client.memory=%zu;%s", CAP, more);
	return fake_client(*w, config);
}

static void
end(struct fake_world *w, struct gw_client *c)
{
	struct gw_stats stats;

	gw_get_stats(c, &stats);
	ck_assert_uint_le(stats.memory_max, CAP);
	ck_assert_uint_le(w->client_alloc.alloc.used_max, CAP + OUTSIDE);
	gw_client_free(c);
	fake_free(w);
}

static void
assign(struct gw_client *c, int32_t n_parts)
{
	for (int32_t i = 0; i < n_parts; i++)
		ck_assert_int_eq(gw_assign(c, "t", i, 0), 0);
}

/* Records read until the end; err->code of the first failure. */
static int
read_all(struct gw_client *c, struct gw_err *err)
{
	struct gw_batch *b;
	struct gw_record r;
	int n = 0;

	err->code = 0;
	while (!gw_at_end(c)) {
		b = gw_fetch(c, 5000, err);
		if (b == NULL)
			break;
		while (gw_batch_next(b, &r) > 0)
			n++;
	}
	return n;
}

START_TEST(many_partitions_with_large_batches_are_read_under_the_cap)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 3, 4, "");
	struct gw_stats stats;
	struct gw_err err;

	for (int i = 0; i < 160; i++)
		fill(w, &w->topics[0].parts[i % 4], 20000 + (size_t)i * 100, GW_NONE);
	assign(c, 4);
	ck_assert_int_eq(read_all(c, &err), 160);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 0);
	end(w, c);
}
END_TEST

START_TEST(a_batch_larger_than_its_share_is_read_and_others_wait_for_it)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 2, 2, "");
	struct gw_stats stats;
	struct gw_event ev;
	struct gw_err err;

	ck_assert_uint_lt(gw_memory_answer_max(c), 300000);
	for (int i = 0; i < 20; i++)
		fill(w, &w->topics[0].parts[i % 2], 300000, GW_NONE);
	assign(c, 2);
	ck_assert_int_eq(read_all(c, &err), 20);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 0);
	/* the rest is kept for other requests */
	ck_assert_uint_lt(stats.memory_max, CAP - CAP / 16);
	ck_assert_int_eq(gw_next_event(c, &ev), 0);
	end(w, c);
}
END_TEST

START_TEST(a_reader_that_takes_its_time_loses_no_connection)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 2, 2, "request.timeout.ms=1000");
	struct gw_stats stats;
	struct gw_err err;

	for (int i = 0; i < 6; i++)
		fill(w, &w->topics[0].parts[i % 2], 500000, GW_NONE);
	assign(c, 2);
	for (int i = 0; i < 6; i++) {
		ck_assert_ptr_nonnull(gw_fetch(c, 5000, &err));
		fake_run(w, c, 5000);
	}
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 0);
	end(w, c);
}
END_TEST

START_TEST(an_answer_that_can_never_fit_is_named_and_the_rest_is_read)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 1, 1, "");
	struct gw_err err;

	fill(w, &w->topics[0].parts[0], 1000, GW_NONE);
	fill(w, &w->topics[0].parts[0], 2000000, GW_NONE);
	fill(w, &w->topics[0].parts[0], 1000, GW_NONE);
	assign(c, 1);
	ck_assert_int_eq(read_all(c, &err), 1);
	ck_assert_int_eq(err.code, GW_ENOMEM);
	ck_assert_ptr_nonnull(strstr(err.msg, "b1:9000: an answer of 200"));
	ck_assert_ptr_nonnull(strstr(err.msg, "does not fit into client.memory=1048576"));
	ck_assert_int_eq(gw_seek(c, "t", 0, 2), 0);
	ck_assert_int_eq(read_all(c, &err), 1);
	end(w, c);
}
END_TEST

START_TEST(a_batch_that_swells_beyond_the_cap_is_named_and_stepped_over)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 1, 1, "");
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;

	fill(w, &w->topics[0].parts[0], 3000000, GW_GZIP);
	fill(w, &w->topics[0].parts[0], 300000, GW_GZIP);
	assign(c, 1);
	b = gw_fetch(c, 5000, &err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_batch_next(b, &r), GW_ENOMEM);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "the batch at offset 0: inflated, it "
	    "does not fit into client.memory=1048576"));
	ck_assert_int_eq(gw_batch_info(b).unreadable, 1);
	ck_assert_int_eq(gw_seek(c, "t", 0, 1), 0);
	ck_assert_int_eq(read_all(c, &err), 1);
	end(w, c);
}
END_TEST

/* Reports that are asked for and not read hold memory too. */
START_TEST(sending_says_again_at_the_cap_and_nothing_is_lost)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 1, 4, "linger.ms=0");
	char value[4000];
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) },
	    .flags = GW_MSG_PARTITION | GW_MSG_REPORT };
	int n = 0, again = 0, told = 0;
	struct gw_event ev;
	int rc;

	memset(value, 'v', sizeof(value));
	mem_node_freeze(w->brokers[0].host, true);
	while (n < 2000) {
		m.partition = n % 4;
		rc = gw_send(c, &m);
		if (rc == 0) {
			n++;
			continue;
		}
		ck_assert_int_eq(rc, GW_EAGAIN);
		if (++again > 3)
			mem_node_freeze(w->brokers[0].host, false);
		while (gw_next_event(c, &ev))
			told += ev.type == GW_EVENT_DELIVERED;
		ck_assert_int_eq(gw_run(c, 100), 0);
	}
	ck_assert_uint_eq(gw_flush(c, 5000).pending, 0);
	while (gw_next_event(c, &ev))
		told += ev.type == GW_EVENT_DELIVERED;
	ck_assert_int_eq(told, 2000);
	ck_assert_int_gt(again, 3);
	end(w, c);
}
END_TEST

/* What is read is written on: one half must not starve the other. */
START_TEST(reading_and_writing_share_the_cap)
{
	struct fake_world *w;
	struct gw_client *c = begin(&w, 2, 4, "linger.ms=0;max.request.size=400000");
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;
	int n = 0, rc;

	for (int i = 0; i < 40; i++)
		fill(w, &w->topics[0].parts[i % 2], 100000, GW_NONE);
	assign(c, 2);
	while (n < 40) {
		b = gw_fetch(c, 5000, &err);
		ck_assert_msg(b != NULL, "%s", err.msg);
		while (gw_batch_next(b, &r) > 0) {
			while ((rc = gw_send(c, &(struct gw_message){ .topic = "t",
				    .value = r.value, .flags = GW_MSG_PARTITION,
				    .partition = 2 + n % 2 })) == GW_EAGAIN)
				ck_assert_int_eq(gw_run(c, 100), 0);
			ck_assert_int_eq(rc, 0);
			n++;
		}
	}
	ck_assert_uint_eq(gw_flush(c, 5000).delivered, 40);
	end(w, c);
}
END_TEST

START_TEST(a_client_takes_all_its_memory_from_the_allocator_that_it_was_given)
{
	struct fail_alloc f;
	struct gw_client *c;
	struct gw_err err;

	fail_alloc_init(&f, 0);
	c = gw_client_new_alloc("bootstrap.servers=127.0.0.1:1", f.alloc, &err);
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_gt(f.blocks, 1);
	gw_client_free(c);
	ck_assert_uint_eq(f.blocks, 0);
	f.fail_at = f.n + 1;
	ck_assert_ptr_null(gw_client_new_alloc("bootstrap.servers=127.0.0.1:1", f.alloc, &err));
	ck_assert_int_eq(err.code, GW_ENOMEM);
}
END_TEST

Suite *
check_memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("cap");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, many_partitions_with_large_batches_are_read_under_the_cap);
	tcase_add_test(tc, a_batch_larger_than_its_share_is_read_and_others_wait_for_it);
	tcase_add_test(tc, a_reader_that_takes_its_time_loses_no_connection);
	tcase_add_test(tc, an_answer_that_can_never_fit_is_named_and_the_rest_is_read);
	tcase_add_test(tc, a_batch_that_swells_beyond_the_cap_is_named_and_stepped_over);
	tcase_add_test(tc, sending_says_again_at_the_cap_and_nothing_is_lost);
	tcase_add_test(tc, reading_and_writing_share_the_cap);
	tcase_add_test(tc, a_client_takes_all_its_memory_from_the_allocator_that_it_was_given);
	suite_add_tcase(s, tc);
	return s;
}
