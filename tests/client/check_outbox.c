/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_outbox.c - bytes and borrowed batches leave in the order they were put,
 * whatever the pieces in which the socket takes them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/outbox.h"

#include <string.h>

#include "base/rng.h"
#include "tests/client/fake.h"
#include "tests/client/suites.h"
#include "wire/bytes.h"
#include "wire/msg_produce.h"

static struct fail_alloc memory;
static struct gw_alloc *alloc;
static struct gw_outbox o;

static void
setup(void)
{
	fail_alloc_init(&memory, 0);
	alloc = &memory.alloc;
	gw_outbox_init(&o, alloc);
}

static void
teardown(void)
{
	gw_outbox_fini(&o);
	ck_assert_uint_eq(memory.blocks, 0);
}

/* A Produce request of two partitions with batches of these sizes. 0 or GW_E*. */
static int
put_request(struct gw_buf *to, struct gw_splices *splices, const char *bytes, const size_t len[2])
{
	struct gw_produce_partition_data d[2] = {
		{ .index = 0, .records = { bytes, len[0] } },
		{ .index = 1, .records = { bytes + 1, len[1] } },
	};
	struct gw_produce_topic_data t = { .name = { "t", 1 }, .partition_data = d,
	    .n_partition_data = 2 };
	struct gw_produce_request rq = { .acks = -1, .timeout_ms = 1, .topic_data = &t,
	    .n_topic_data = 1, .transactional_id = { NULL, 0 } };
	struct gw_request_header h = { .api_key = GW_API_PRODUCE, .api_version = 9,
	    .client_id = { "c", 1 }, .splices = splices };
	struct gw_err err;

	return gw_request_encode(to, &h, &rq, &err);
}

/* All that is in it, taken in pieces of at most max bytes. */
static void
drain(struct gw_buf *to, size_t max, size_t cap, struct gw_rng *rng)
{
	while (gw_outbox_left(&o) > 0) {
		struct gw_slice v[8];
		size_t n = gw_outbox_peek(&o, v, cap), take = 1 + gw_rng_below(rng, max), sum = 0;

		ck_assert(n > 0 && n <= cap);
		for (size_t i = 0; i < n && sum < take; i++) {
			size_t part = v[i].len < take - sum ? v[i].len : take - sum;

			ck_assert(v[i].len > 0);
			gw_buf_put(to, v[i].ptr, part);
			sum += part;
		}
		gw_outbox_took(&o, sum);
	}
}

static void
fill(char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 31 + i / 256);
}

START_TEST(spliced_requests_leave_as_the_same_bytes_as_copied_ones)
{
	static char bytes[9000];
	static const size_t sizes[][2] = { { 0, 0 }, { 5, 5000 }, { 1024, 1023 }, { 8000, 8000 },
	    { 1023, 3 }, { 4096, 0 } };
	struct gw_rng rng;

	fill(bytes, sizeof(bytes));
	gw_rng_seed(&rng, 7);
	for (int round = 0; round < 200; round++) {
		struct gw_buf copied, got;
		size_t n = 1 + gw_rng_below(&rng, 5);

		gw_buf_init(&copied, alloc, 0);
		gw_buf_init(&got, alloc, 0);
		for (size_t i = 0; i < n; i++) {
			const size_t *len = sizes[gw_rng_below(&rng, GW_N(sizes))];

			ck_assert_int_eq(put_request(&copied, NULL, bytes, len), 0);
			ck_assert_int_eq(
			    put_request(&o.buf, &o.splices, bytes, len), 0);
		}
		ck_assert_uint_eq(gw_outbox_left(&o), copied.len);
		drain(&got, round % 2 == 0 ? 100 : 20000, 1 + gw_rng_below(&rng, 8), &rng);
		ck_assert_uint_eq(got.len, copied.len);
		ck_assert_int_eq(memcmp(got.ptr, copied.ptr, got.len), 0);
		ck_assert_uint_eq(o.buf.len + o.splices.n + o.splices.bytes, 0);
		gw_buf_fini(&copied);
		gw_buf_fini(&got);
	}
}
END_TEST

START_TEST(large_batches_are_not_copied)
{
	static char bytes[9000];
	static const size_t len[2] = { 8000, 8000 };

	ck_assert_int_eq(put_request(&o.buf, &o.splices, bytes, len), 0);
	ck_assert_uint_eq(o.splices.n, 2);
	ck_assert_ptr_eq(o.splices.v[1].bytes.ptr, bytes + 1);
	ck_assert_uint_lt(o.buf.len, 200);
}
END_TEST

/* Encode one; whatever fails, nothing of it stays in the outbox. */
static int
encode_once(struct gw_alloc *a, void *arg)
{
	static const size_t len[2] = { 8000, 8000 };
	struct gw_outbox box;
	int rc;

	gw_outbox_init(&box, a);
	rc = put_request(&box.buf, &box.splices, arg, len);
	if (rc != 0)
		ck_assert_uint_eq(gw_outbox_left(&box) + box.splices.n + box.splices.bytes, 0);
	gw_outbox_fini(&box);
	return rc;
}

START_TEST(a_request_that_fails_leaves_nothing_behind)
{
	static char bytes[9000];

	ck_assert_uint_ge(fail_alloc_sweep(encode_once, bytes), 2);
}
END_TEST

/* Its bytes are still borrowed, so the batch must not be let go. */
START_TEST(an_answer_before_all_is_sent_ends_the_connection)
{
	static char value[8000];
	struct fake_world *w = fake_new(1);
	struct gw_net *net = mem_node_seam(w->brokers[0].host);
	struct gw_client *c = fake_client(w, "linger.ms=0");
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) } };
	const struct mem_net_faults narrow = { .window = 4000 }, wide = { .window = 0 };
	uint8_t answer[8] = { 0, 0, 0, 4 };
	struct gw_slice bytes = { (const char *)answer, sizeof(answer) };
	struct gw_conn *conn;
	struct gw_event ev;

	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_send(c, &m), 0);
	ck_assert_uint_eq(gw_flush(c, 1000).delivered, 1);
	mem_net_set_faults(w->net, &narrow);
	conn = &c->cluster.brokers->conns[GW_ROLE_GENERAL];
	gw_be32_put(answer + 4, (uint32_t)conn->correlation_id);
	ck_assert_int_eq(gw_send(c, &m), 0);
	ck_assert_int_eq(gw_process(c, NULL, 0), 0);
	ck_assert_uint_gt(gw_outbox_left(&conn->out), 0);
	for (size_t i = 0; i < FAKE_CONNS; i++)
		if (w->brokers[0].conns[i].handle >= 0)
			(void)net->write(net->ctx, w->brokers[0].conns[i].handle, &bytes, 1);
	gw_conn_io(conn, POLLIN);
	ck_assert_int_eq(gw_next_event(c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_EPROTO);
	ck_assert_ptr_nonnull(strstr(ev.err.msg, "before all of it was sent"));
	mem_net_set_faults(w->net, &wide);
	ck_assert_uint_eq(gw_flush(c, 60000).delivered, 1);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

Suite *
check_outbox_suite(void)
{
	Suite *s = suite_create("outbox");
	TCase *tc = tcase_create("outbox");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, spliced_requests_leave_as_the_same_bytes_as_copied_ones);
	tcase_add_test(tc, large_batches_are_not_copied);
	tcase_add_test(tc, a_request_that_fails_leaves_nothing_behind);
	tcase_add_test(tc, an_answer_before_all_is_sent_ends_the_connection);
	suite_add_tcase(s, tc);
	return s;
}
