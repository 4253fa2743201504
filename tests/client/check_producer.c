/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_producer.c - delivery: order, sequences, retries, limits, reports.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

/* "value-<i>" to a partition. */
static int
put(struct gw_client *c, const char *topic, int32_t partition, int i, unsigned flags)
{
	char text[32];
	struct gw_message m = { .topic = topic, .partition = partition,
	    .flags = flags | (partition >= 0 ? GW_MSG_PARTITION : 0) };

	(void)snprintf(text, sizeof(text), "value-%d", i);
	m.value = gw_str(text);
	return gw_send(c, &m);
}

struct world {
	struct fake_world	*w;
	struct gw_client	*c;
};

static struct world
begin(size_t n_brokers, int32_t n_parts, const char *config)
{
	struct world x = { .w = fake_new(n_brokers) };

	fake_topic(x.w, "t", n_parts);
	x.c = fake_client(x.w, config);
	return x;
}

static void
end(struct world x)
{
	gw_client_free(x.c);
	fake_free(x.w);
}

START_TEST(records_arrive_in_order_in_one_batch)
{
	struct world x = begin(1, 1, "");

	fake_put(x.c, 0, 100);
	fake_ck_flush(x.c, 100, 0, 0);
	fake_ck_log(x.w, 100);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_PRODUCE), 1);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 0)->sequence, 0);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 0)->producer_id, 1000);
	end(x);
}
END_TEST

START_TEST(id_metadata_and_versions_are_asked_for_in_one_breath)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct mem_net_faults slow = { .delay_min_us = 50000, .delay_max_us = 50000 };
	int64_t start = x.w->now.us;

	mem_net_set_faults(x.w->net, &slow);
	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	/* One round trip for all three, one for Produce (and the connection's own). */
	ck_assert_int_le(x.w->now.us - start, 260000);
	ck_assert_uint_eq(x.c->stats.connects, 1);
	end(x);
}
END_TEST

START_TEST(a_lingering_batch_goes_when_its_time_has_come)
{
	struct world x = begin(1, 1, "linger.ms=300");

	fake_put(x.c, 0, 1);
	fake_run(x.w, x.c, 200);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_PRODUCE), 0);
	fake_run(x.w, x.c, 150);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_PRODUCE), 1);
	end(x);
}
END_TEST

START_TEST(sequences_count_records_over_batches)
{
	struct world x = begin(1, 1, "linger.ms=0");

	for (int i = 0; i < 4; i++) {
		fake_put(x.c, i * 10, 10);
		fake_ck_flush(x.c, 10, 0, 0);
		ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, (size_t)i)->sequence, i * 10);
	}
	fake_ck_log(x.w, 40);
	end(x);
}
END_TEST

START_TEST(sequences_wrap_behind_the_largest)
{
	struct world x = begin(1, 1, "linger.ms=0");

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	/* As if two billion had gone before. */
	x.c->producer.topics->parts[0]->sequence = INT32_MAX - 4;
	x.w->topics[0].parts[0].forgot = true;
	for (int i = 0; i < 3; i++) {
		fake_put(x.c, 1 + i * 10, 10);
		fake_ck_flush(x.c, 10, 0, 0);
	}
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 1)->sequence, INT32_MAX - 4);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 2)->sequence, 5);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 3)->sequence, 15);
	fake_ck_log(x.w, 31);
	end(x);
}
END_TEST

/* Batches of ten records, several requests under way. */
static void
stream(struct world x, int n)
{
	for (int i = 0; i < n; i++) {
		ck_assert_int_eq(put(x.c, "t", 0, i, 0), 0);
		if (i % 10 == 9)
			fake_run(x.w, x.c, 3);
	}
}

START_TEST(at_most_five_batches_are_under_way)
{
	struct world x =
	    begin(1, 1, "linger.ms=0;request.timeout.ms=60000;delivery.timeout.ms=100000");
	size_t before;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	before = fake_n_seen(x.w, GW_API_PRODUCE);
	mem_node_freeze(x.w->brokers[0].host, true);
	for (int i = 1; i < 20; i++) {
		fake_put(x.c, i, 1);
		fake_run(x.w, x.c, 2);
	}
	ck_assert_uint_eq(x.c->cluster.brokers->n_produces, 5);
	mem_node_freeze(x.w->brokers[0].host, false);
	fake_ck_flush(x.c, 19, 0, 0);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_PRODUCE), before + 6);
	fake_ck_log(x.w, 20);
	end(x);
}
END_TEST

START_TEST(a_retriable_error_is_tried_again_in_order)
{
	static const int16_t codes[] = { GW_K_NOT_LEADER_OR_FOLLOWER,
		GW_K_UNKNOWN_TOPIC_OR_PARTITION, GW_K_NOT_ENOUGH_REPLICAS, GW_K_REQUEST_TIMED_OUT,
		GW_K_UNKNOWN_SERVER_ERROR };

	for (size_t i = 0; i < GW_N(codes); i++) {
		struct world x = begin(1, 1, "linger.ms=0");

		fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, codes[i], 2, 2);
		stream(x, 100);
		fake_ck_flush(x.c, 100, 0, 0);
		fake_ck_log(x.w, 100);
		end(x);
	}
}
END_TEST

START_TEST(a_batch_that_was_appended_but_not_acknowledged_is_not_doubled)
{
	static const int16_t codes[] = { GW_K_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
		GW_K_REQUEST_TIMED_OUT, GW_K_NOT_LEADER_OR_FOLLOWER };

	for (size_t i = 0; i < GW_N(codes); i++) {
		struct world x = begin(1, 1, "linger.ms=0");

		fake_plan(x.w, GW_API_PRODUCE, FAKE_TAKE_AND_ERROR, codes[i], 3, 1);
		stream(x, 100);
		fake_ck_flush(x.c, 100, 0, 0);
		fake_ck_log(x.w, 100);
		end(x);
	}
}
END_TEST

START_TEST(a_connection_lost_before_or_after_the_append_loses_and_doubles_nothing)
{
	for (unsigned skip = 0; skip < 6; skip++)
		for (int after = 0; after < 2; after++) {
			struct world x = begin(1, 1, "linger.ms=0;retry.backoff.ms=20");

			fake_plan(x.w, GW_API_PRODUCE, after ? FAKE_TAKE_AND_CLOSE : FAKE_CLOSE, 0,
			    skip, 1);
			fake_plan(x.w, GW_API_PRODUCE, after ? FAKE_CLOSE : FAKE_TAKE_AND_CLOSE, 0,
			    skip, 2);
			stream(x, 100);
			fake_ck_flush(x.c, 100, 0, 0);
			fake_ck_log(x.w, 100);
			end(x);
		}
}
END_TEST

START_TEST(a_duplicate_that_the_broker_names_so_counts_as_delivered)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct gw_event ev;

	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_DUPLICATE_SEQUENCE_NUMBER, 0, 1);
	ck_assert_int_eq(put(x.c, "t", 0, 0, GW_MSG_REPORT), 0);
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_DELIVERED);
	ck_assert_int_eq(ev.offset, -1);
	end(x);
}
END_TEST

START_TEST(a_gap_raises_the_epoch_and_counts_from_0)
{
	struct world x = begin(1, 1, "linger.ms=0");
	const struct fake_seen *last;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	x.w->topics[0].parts[0].lost = true;
	fake_put(x.c, 10, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	last = fake_seen(x.w, GW_API_PRODUCE, fake_n_seen(x.w, GW_API_PRODUCE) - 1);
	ck_assert_int_eq(last->epoch, 1);
	ck_assert_int_eq(last->sequence, 0);
	ck_assert_int_eq(last->producer_id, 1000);
	fake_ck_log(x.w, 20);
	fake_put(x.c, 20, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	last = fake_seen(x.w, GW_API_PRODUCE, fake_n_seen(x.w, GW_API_PRODUCE) - 1);
	ck_assert_int_eq(last->epoch, 1);
	ck_assert_int_eq(last->sequence, 10);
	end(x);
}
END_TEST

/*
 * Its log ends behind what was acknowledged: the answers of a leader that was replaced in its
 * sleep.
 */
START_TEST(a_batch_in_doubt_is_not_written_twice_for_a_leader_that_was_replaced)
{
	static const struct { enum fake_action how; int16_t code; } lost[] = {
		{ FAKE_TAKE_AND_CLOSE, 0 }, { FAKE_TAKE_AND_ERROR, GW_K_NOT_LEADER_OR_FOLLOWER } };

	for (size_t i = 0; i < GW_N(lost); i++) {
		struct world x = begin(1, 1, "linger.ms=0;retry.backoff.ms=20");
		const struct fake_seen *last;

		fake_put(x.c, 0, 10);
		fake_ck_flush(x.c, 10, 0, 0);
		fake_plan(x.w, GW_API_PRODUCE, lost[i].how, lost[i].code, 0, 1);
		fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER, 0, 5);
		fake_put(x.c, 10, 10);
		fake_ck_flush(x.c, 10, 0, 0);
		fake_ck_log(x.w, 20);
		last = fake_seen(x.w, GW_API_PRODUCE, fake_n_seen(x.w, GW_API_PRODUCE) - 1);
		ck_assert_int_eq(last->epoch, 0);
		ck_assert_int_eq(last->sequence, 10);
		end(x);
	}
}
END_TEST

START_TEST(a_batch_in_doubt_that_its_leader_denies_for_long_gets_a_new_epoch)
{
	struct world x = begin(1, 1, "linger.ms=0;retry.backoff.ms=20");
	int64_t start;
	const struct fake_seen *last;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	start = x.w->now.us;
	fake_plan(x.w, GW_API_PRODUCE, FAKE_CLOSE, 0, 0, 1);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER, 0, 120);
	fake_put(x.c, 10, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	ck_assert_int_gt(x.w->now.us - start, 15000000);
	last = fake_seen(x.w, GW_API_PRODUCE, fake_n_seen(x.w, GW_API_PRODUCE) - 1);
	ck_assert_int_gt(last->epoch, 0);
	fake_ck_log(x.w, 20);
	end(x);
}
END_TEST

/* A broker knows a batch again as long as not five others came after it. */
START_TEST(batches_of_a_new_epoch_wait_for_one_that_may_have_to_be_known_again)
{
	struct world x = begin(1, 1, "linger.ms=0;batch.size=200");
	bool in_order;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	mem_node_freeze(x.w->brokers[0].host, true);
	fake_put(x.c, 10, 190);		/* five go, the others are closed and wait */
	mem_node_freeze(x.w->brokers[0].host, false);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER, 0, 5);
	/*
	 * Of the new epoch the first goes alone; of five after it the first is not known to be
	 * there.
	 */
	fake_plan(x.w, GW_API_PRODUCE, FAKE_TAKE_AND_ERROR, GW_K_NOT_LEADER_OR_FOLLOWER, 1, 1);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_NOT_LEADER_OR_FOLLOWER, 4, 1);
	fake_ck_flush(x.c, 190, 0, 0);
	ck_assert_uint_eq(fake_count(&x.w->topics[0].parts[0], &in_order), 200);
	ck_assert(in_order);
	end(x);
}
END_TEST

START_TEST(an_epoch_at_its_end_needs_a_new_id)
{
	struct world x = begin(1, 1, "linger.ms=0");
	const struct fake_seen *last;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	x.c->producer.topics->parts[0]->epoch = INT16_MAX;
	x.w->topics[0].parts[0].lost = true;
	fake_put(x.c, 10, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	last = fake_seen(x.w, GW_API_PRODUCE, fake_n_seen(x.w, GW_API_PRODUCE) - 1);
	ck_assert_int_eq(last->producer_id, 1001);
	ck_assert_int_eq(last->epoch, 0);
	fake_ck_log(x.w, 20);
	end(x);
}
END_TEST

START_TEST(a_batch_that_fails_for_good_leaves_no_gap_behind_it)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct gw_event ev;
	bool in_order;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_INVALID_TIMESTAMP, 0, 1);
	fake_put(x.c, 10, 10);
	fake_ck_flush(x.c, 0, 10, 0);
	fake_put(x.c, 20, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	ck_assert_uint_eq(fake_count(&x.w->topics[0].parts[0], &in_order), 20);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
		ck_assert_int_eq(ev.type, GW_EVENT_FAILED);
		ck_assert_int_eq(ev.err.code, GW_K_INVALID_TIMESTAMP);
	}
	ck_assert_ptr_nonnull(strstr(ev.err.msg, "Produce at b1:9000 for t-0: INVALID_TIMESTAMP"));
	ck_assert_int_eq(gw_next_event(x.c, &ev), 0);
	end(x);
}
END_TEST

START_TEST(a_batch_that_is_too_large_for_its_topic_goes_on_in_halves)
{
	static const char *const config[] = { "batch.size=16384", "batch.size=16384;acks=1",
	    "batch.size=16384;compression.type=lz4" };

	for (size_t k = 0; k < GW_N(config); k++) {
		struct world x = begin(1, 1, config[k]);
		int tags[2000], next = 0;
		struct gw_event ev;

		x.w->topics[0].batch_max = 700;
		for (int i = 0; i < 2000; i++) {
			char text[32];
			struct gw_header h = { GW_LIT("n"), GW_LIT("1") };
			struct gw_message m = { .topic = "t", .opaque = &tags[i],
			    .flags = GW_MSG_REPORT, .headers = &h, .n_headers = (size_t)i % 2 };

			(void)snprintf(text, sizeof(text), "value-%d", i);
			m.value = gw_str(text);
			ck_assert_int_eq(gw_send(x.c, &m), 0);
		}
		fake_ck_flush(x.c, 2000, 0, 0);
		fake_ck_log(x.w, 2000);
		while (gw_next_event(x.c, &ev))
			ck_assert_ptr_eq(ev.opaque, &tags[next++]);
		ck_assert_int_eq(next, 2000);
		end(x);
	}
}
END_TEST

START_TEST(a_record_that_is_too_large_for_its_topic_fails_alone)
{
	struct world x = begin(1, 1, "");
	char value[900];
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) } };
	struct gw_event ev;

	memset(value, 'v', sizeof(value));
	x.w->topics[0].batch_max = 700;
	fake_put(x.c, 0, 10);
	ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_put(x.c, 10, 10);
	fake_ck_flush(x.c, 20, 1, 0);
	fake_ck_log(x.w, 20);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_K_MESSAGE_TOO_LARGE);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 0);
	end(x);
}
END_TEST

START_TEST(an_unknown_error_code_is_carried_to_the_application)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct gw_event ev;

	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, 7777, 0, 1);
	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 0, 1, 0);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(ev.err.code, 7777);
	end(x);
}
END_TEST

START_TEST(a_batch_in_doubt_is_given_up_only_at_the_delivery_timeout)
{
	struct world x = begin(1, 1, "linger.ms=0;request.timeout.ms=500;delivery.timeout.ms=3000;"
	    "retry.backoff.ms=20");
	int64_t start = x.w->now.us;
	struct gw_event ev;

	fake_plan(x.w, GW_API_PRODUCE, FAKE_SILENCE, 0, 0, 1000);
	fake_put(x.c, 0, 3);
	fake_ck_flush(x.c, 0, 3, 0);
	ck_assert_int_ge(x.w->now.us - start, 3000000);
	ck_assert_int_le(x.w->now.us - start, 3700000);
	do
		ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	while (ev.type != GW_EVENT_FAILED);
	ck_assert_int_eq(ev.err.code, GW_ETIMEOUT);
	ck_assert_ptr_nonnull(strstr(ev.err.msg, "whether they arrived is unknown"));
	/* And what comes after is delivered, in order. */
	x.w->n_plans = 0;
	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	fake_ck_log(x.w, 10);
	end(x);
}
END_TEST

START_TEST(a_new_leader_takes_over_where_the_old_one_was)
{
	struct world x = begin(2, 1, "linger.ms=0");

	stream(x, 50);
	x.w->topics[0].parts[0].leader = 2;
	x.w->topics[0].parts[0].epoch++;
	for (int i = 50; i < 100; i++)
		ck_assert_int_eq(put(x.c, "t", 0, i, 0), 0);
	fake_ck_flush(x.c, 100, 0, 0);
	fake_ck_log(x.w, 100);
	end(x);
}
END_TEST

/* The refusal names it (KIP-951), so there is nothing to wait for; by the same leader there is. */
START_TEST(a_new_leader_that_is_known_waits_for_no_backoff)
{
	struct world x = begin(2, 1, "linger.ms=0");
	int64_t start;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	x.w->topics[0].parts[0].leader = 2;
	x.w->topics[0].parts[0].epoch++;
	start = x.w->now.us;
	fake_put(x.c, 1, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_le(x.w->now.us - start, 20000);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_NOT_LEADER_OR_FOLLOWER, 0, 2);
	start = x.w->now.us;
	fake_put(x.c, 2, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_ge(x.w->now.us - start, 200000);
	fake_ck_log(x.w, 3);
	end(x);
}
END_TEST

START_TEST(one_request_carries_all_partitions_of_a_broker)
{
	struct world x = begin(2, 4, "");

	for (int i = 0; i < 40; i++)
		ck_assert_int_eq(put(x.c, "t", i % 4, i, 0), 0);
	fake_ck_flush(x.c, 40, 0, 0);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_PRODUCE), 2);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 0)->n_parts, 2);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 1)->n_parts, 2);
	end(x);
}
END_TEST

START_TEST(records_without_a_key_stay_on_a_partition_for_a_batch_then_move)
{
	struct world x = begin(1, 4, "batch.size=1000;linger.ms=1000");
	char value[100];
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) } };
	size_t used = 0;

	memset(value, 'v', sizeof(value));
	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_ck_flush(x.c, 200, 0, 0);
	for (int i = 0; i < 4; i++) {
		struct fake_part *p = &x.w->topics[0].parts[i];

		used += p->n_batches > 0;
		for (size_t b = 0; b + 1 < p->n_batches; b++)
			ck_assert_int_ge(p->batches[b].n, 5);
	}
	ck_assert_uint_ge(used, 3);
	end(x);
}
END_TEST

START_TEST(records_with_a_key_go_by_its_hash)
{
	struct world x = begin(1, 4, "");
	struct gw_message m = { .topic = "t", .key = GW_LIT("foobar"), .value = GW_LIT("value-0") };

	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_ck_flush(x.c, 10, 0, 0);
	/* murmur2("foobar") & 0x7fffffff is 1357151166 */
	ck_assert_int_eq(x.w->topics[0].parts[1357151166 % 4].end, 10);
	end(x);
}
END_TEST

START_TEST(buffer_memory_answers_again_and_is_given_back)
{
	struct world x = begin(1, 1, "buffer.memory=65536;batch.size=8192;linger.ms=0");
	int n = 0, again = 0;

	mem_node_freeze(x.w->brokers[0].host, true);
	while (put(x.c, "t", 0, n, 0) == 0)
		n++;
	ck_assert_int_eq(put(x.c, "t", 0, n, 0), GW_EAGAIN);
	ck_assert_int_gt(n, 500);
	ck_assert_uint_le(x.c->producer.memory, 65536 + 16384);
	mem_node_freeze(x.w->brokers[0].host, false);
	for (; n < 20000; n++)
		while (put(x.c, "t", 0, n, 0) == GW_EAGAIN) {
			again++;
			ck_assert_int_eq(gw_run(x.c, 10), 0);
		}
	fake_ck_flush(x.c, 20000, 0, 0);
	ck_assert_int_gt(again, 0);
	ck_assert_uint_eq(x.c->producer.memory, 0);
	fake_ck_log(x.w, 20000);
	end(x);
}
END_TEST

START_TEST(too_large_a_record_and_other_wrong_arguments_are_refused)
{
	struct world x = begin(1, 2, "max.request.size=2000");
	char value[3000];
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) } };

	memset(value, 'v', sizeof(value));
	ck_assert_int_eq(gw_send(x.c, &m), GW_ELIMIT);
	ck_assert_ptr_nonnull(strstr(gw_client_error(x.c)->msg, "max.request.size=2000"));
	m.value.len = 1;
	m.topic = "";
	ck_assert_int_eq(gw_send(x.c, &m), GW_EINVAL);
	m.topic = NULL;
	ck_assert_int_eq(gw_send(x.c, &m), GW_EINVAL);
	ck_assert_int_eq(put(x.c, "t", 0, 0, 0), 0);
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_eq(put(x.c, "t", 2, 0, 0), GW_EINVAL);
	ck_assert_str_eq(gw_client_error(x.c)->msg, "topic t has no partition 2, it has 2");
	fake_ck_flush(x.c, 0, 0, 0);
	end(x);
}
END_TEST

START_TEST(a_partition_that_turns_out_not_to_exist_fails_its_record_alone)
{
	struct world x = begin(1, 1, "");
	struct gw_event ev;

	ck_assert_int_eq(put(x.c, "t", 0, 0, 0), 0);
	ck_assert_int_eq(put(x.c, "t", 3, 0, 0), 0);
	ck_assert_int_eq(put(x.c, "t", 0, 1, 0), 0);
	fake_ck_flush(x.c, 2, 1, 0);
	fake_ck_log(x.w, 2);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_FAILED);
	ck_assert_int_eq(ev.partition, 3);
	end(x);
}
END_TEST

START_TEST(only_records_that_asked_are_reported_with_their_own_offsets)
{
	struct world x = begin(1, 1, "");
	int tags[30], n = 0;
	struct gw_event ev;

	for (int i = 0; i < 30; i++) {
		struct gw_message m = { .topic = "t",
			.value = GW_LIT("value-0"),
			.opaque = &tags[i],
			.flags = i % 3 == 0 ? GW_MSG_REPORT : 0 };

		ck_assert_int_eq(gw_send(x.c, &m), 0);
	}
	fake_ck_flush(x.c, 30, 0, 0);
	while (gw_next_event(x.c, &ev)) {
		ck_assert_int_eq(ev.type, GW_EVENT_DELIVERED);
		ck_assert_ptr_eq(ev.opaque, &tags[n * 3]);
		ck_assert_int_eq(ev.offset, n * 3);
		ck_assert_int_eq(ev.partition, 0);
		ck_assert_int_eq(ev.broker, 1);
		ck_assert(gw_slice_is(ev.topic, "t"));
		n++;
	}
	ck_assert_int_eq(n, 10);
	end(x);
}
END_TEST

START_TEST(reports_that_nobody_reads_count_in_buffer_memory)
{
	struct world x = begin(1, 1, "buffer.memory=65536;batch.size=8192;linger.ms=0");
	struct gw_event ev;
	int rc = 0, n = 0;

	while (n < 100000 && rc == 0) {
		rc = put(x.c, "t", 0, n, GW_MSG_REPORT);
		n += rc == 0;
		if (n % 100 == 0)
			(void)gw_flush(x.c, 1000);
	}
	ck_assert_int_eq(rc, GW_EAGAIN);
	while (gw_next_event(x.c, &ev))
		;
	ck_assert_int_eq(put(x.c, "t", 0, n, 0), 0);
	end(x);
}
END_TEST

START_TEST(flush_says_what_is_still_pending)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct gw_flushed f;

	fake_put(x.c, 0, 5);
	fake_ck_flush(x.c, 5, 0, 0);
	mem_node_freeze(x.w->brokers[0].host, true);
	fake_put(x.c, 5, 7);
	f = gw_flush(x.c, 500);
	ck_assert_uint_eq(f.delivered, 0);
	ck_assert_uint_eq(f.pending, 7);
	mem_node_freeze(x.w->brokers[0].host, false);
	fake_ck_flush(x.c, 7, 0, 0);
	fake_ck_flush(x.c, 0, 0, 0);
	end(x);
}
END_TEST

START_TEST(flush_gives_up_at_once_when_no_broker_was_ever_there)
{
	struct world x = begin(1, 1, "");
	int64_t start = x.w->now.us;

	fake_down(&x.w->brokers[0]);
	fake_put(x.c, 0, 5);
	fake_ck_flush(x.c, 0, 0, 5);
	ck_assert_int_lt(x.w->now.us - start, 2000000);
	ck_assert_int_eq(gw_client_error(x.c)->code, GW_ECONNECT);
	end(x);
}
END_TEST

START_TEST(acks_0_counts_what_is_written)
{
	struct world x = begin(1, 1, "acks=0;linger.ms=0");

	stream(x, 100);
	fake_ck_flush(x.c, 100, 0, 0);
	fake_run(x.w, x.c, 10);
	fake_ck_log(x.w, 100);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 0)->producer_id, -1);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_INIT_PRODUCER_ID), 0);
	end(x);
}
END_TEST

START_TEST(without_idempotence_one_batch_of_a_partition_is_under_way_so_that_order_holds)
{
	struct world x = begin(1, 1, "enable.idempotence=false;linger.ms=0");

	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_NOT_ENOUGH_REPLICAS, 2, 2);
	stream(x, 100);
	fake_ck_flush(x.c, 100, 0, 0);
	fake_ck_log(x.w, 100);
	end(x);
}
END_TEST

START_TEST(compressed_batches_are_smaller_and_whole)
{
	static const char *const config[] = { "", "compression.type=gzip",
	    "compression.type=snappy", "compression.type=lz4", "compression.type=zstd" };

	for (int codec = GW_GZIP; codec <= GW_ZSTD; codec++) {
		struct world x = begin(1, 1, config[codec]);
		size_t len = 0;

		fake_put(x.c, 0, 1000);
		fake_ck_flush(x.c, 1000, 0, 0);
		fake_ck_log(x.w, 1000);
		for (size_t i = 0; i < x.w->topics[0].parts[0].n_batches; i++) {
			ck_assert_int_eq(x.w->topics[0].parts[0].batches[i].attributes & 7, codec);
			len += x.w->topics[0].parts[0].batches[i].len;
		}
		ck_assert_uint_lt(len, 12000);
		end(x);
	}
}
END_TEST

/* A codec that leaves out one long run of 'v': a byte says where, and the rest follows. */
#define RUN	5000

static int64_t
own_compress(void *ctx, struct gw_slice in, char *to, size_t cap)
{
	const char *run = in.len < RUN ? NULL : memchr(in.ptr, 'v', in.len);
	size_t before = run == NULL ? 0 : (size_t)(run - in.ptr);

	(void)ctx;
	if (run == NULL || cap < in.len - RUN + 1)
		return GW_ELIMIT;
	to[0] = (char)before;
	memcpy(to + 1, in.ptr, before);
	memcpy(to + 1 + before, run + RUN, in.len - before - RUN);
	return (int64_t)(in.len - RUN + 1);
}

static int64_t
own_decompress(void *ctx, struct gw_slice in, char *to, size_t cap)
{
	size_t before = (size_t)in.ptr[0], len = in.len - 1 + RUN;

	++*(int *)ctx;
	if (len > cap)
		return (int64_t)len;
	memcpy(to, in.ptr + 1, before);
	memset(to + before, 'v', RUN);
	memcpy(to + before + RUN, in.ptr + 1 + before, in.len - 1 - before);
	return (int64_t)len;
}

START_TEST(a_codec_of_the_application_writes_and_reads_batches)
{
	struct world x = begin(1, 1, "compression.type=zstd");
	struct fake_batch *sent = x.w->topics[0].parts[0].batches;
	char value[RUN];
	struct gw_message m = { .topic = "t", .value = { value, sizeof(value) } };
	int n_calls = 0;
	const struct gw_compressor own = { own_compress, own_decompress, &n_calls };
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;

	memset(value, 'v', sizeof(value));
	ck_assert_int_eq(gw_use_compressor(x.c, GW_ZSTD, &own), 0);
	ck_assert_int_eq(gw_use_compressor(x.c, GW_NONE, &own), GW_EINVAL);
	ck_assert_int_eq(gw_use_compressor(x.c, (enum gw_compression)8, &own), GW_EINVAL);
	ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_ck_flush(x.c, 1, 0, 0);
	m.value.len = 10;
	ck_assert_int_eq(gw_send(x.c, &m), 0);	/* does not get smaller: sent as it is */
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_eq(sent[0].attributes & GW_BATCH_COMPRESSION, GW_ZSTD);
	ck_assert_uint_lt(sent[0].len, 100);
	ck_assert_int_eq(sent[1].attributes & GW_BATCH_COMPRESSION, GW_NONE);
	ck_assert_int_eq(gw_assign(x.c, "t", 0, 0), 0);
	b = gw_fetch(x.c, 5000, &err);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert_uint_eq(r.value.len, RUN);
	ck_assert_mem_eq(r.value.ptr, value, RUN);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert_int_eq(n_calls, 2);	/* the first said how many bytes it wants */
	/* Ours says that this is no zstd. */
	ck_assert_int_eq(
	    gw_use_compressor(x.c, GW_ZSTD, &(struct gw_compressor){ .ctx = NULL }), 0);
	ck_assert_int_eq(gw_seek(x.c, "t", 0, 0), 0);
	b = gw_fetch(x.c, 5000, &err);
	ck_assert_int_eq(gw_batch_next(b, &r), GW_EPROTO);
	end(x);
}
END_TEST

START_TEST(headers_and_nulls_survive_the_wait_for_metadata)
{
	struct world x = begin(1, 1, "");
	struct gw_header h[] = { { GW_LIT("a"), GW_LIT("1") }, { GW_LIT("b"), { NULL, 0 } } };
	struct gw_message m = { .topic = "t", .headers = h, .n_headers = 2,
	    .flags = GW_MSG_TIMESTAMP, .timestamp_ms = 1234 };
	struct fake_batch *b = &x.w->topics[0].parts[0].batches[0];
	struct gw_batch_iter it;
	struct gw_record r;
	struct gw_header got;
	struct gw_buf scratch;
	size_t pos = 0;

	ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_ck_flush(x.c, 1, 0, 0);
	gw_buf_init(&scratch, &x.w->alloc, 0);
	ck_assert_int_eq(
	    gw_batch_iter_init(&it, (struct gw_slice){ (char *)b->bytes, b->len }, &scratch), 0);
	ck_assert_int_eq(gw_batch_iter_next(&it, &r), 1);
	ck_assert_ptr_null(r.key.ptr);
	ck_assert_ptr_null(r.value.ptr);
	ck_assert_int_eq(r.timestamp_ms, 1234);
	ck_assert_int_eq(gw_record_header(&r, &pos, &got), 1);
	ck_assert(gw_slice_is(got.value, "1"));
	ck_assert_int_eq(gw_record_header(&r, &pos, &got), 1);
	ck_assert_ptr_null(got.value.ptr);
	gw_buf_fini(&scratch);
	end(x);
}
END_TEST

START_TEST(a_topic_that_appears_later_gets_its_records)
{
	struct world x = begin(1, 1, "");

	x.w->topics[0].error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	fake_put(x.c, 0, 10);
	fake_run(x.w, x.c, 3000);
	x.w->topics[0].error = 0;
	fake_ck_flush(x.c, 10, 0, 0);
	fake_ck_log(x.w, 10);
	end(x);
}
END_TEST

/* A first question is no retry, and it is about the new topic only. */
START_TEST(a_second_topic_waits_for_no_backoff)
{
	struct world x = begin(1, 1, "linger.ms=0\nmetadata.max.age.ms=5000");
	struct fake_topic *u = fake_topic(x.w, "u", 1);
	size_t n;
	int64_t start;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	start = x.w->now.us;
	ck_assert_int_eq(put(x.c, "u", 0, 0, 0), 0);
	fake_ck_flush(x.c, 1, 0, 0);
	ck_assert_int_le(x.w->now.us - start, 20000);
	ck_assert_int_eq((int)u->parts[0].end, 1);
	n = fake_n_seen(x.w, GW_API_METADATA);
	ck_assert_uint_eq(fake_seen(x.w, GW_API_METADATA, n - 1)->n_topics, 1);
	/* Refreshed in its time, both. */
	fake_run(x.w, x.c, 5500);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_METADATA), n + 1);
	ck_assert_uint_eq(fake_seen(x.w, GW_API_METADATA, n)->n_topics, 2);
	end(x);
}
END_TEST

/* A record waits for this topic, which is asked for less and less. */
static struct fake_topic *
miss_for_long(struct world x, const char *name)
{
	struct fake_topic *t = fake_topic(x.w, name, 1);

	t->error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	ck_assert_int_eq(put(x.c, name, 0, 0, 0), 0);
	fake_run(x.w, x.c, 10000);
	return t;
}

static void
ck_written_before(struct world x, int64_t us)
{
	while (x.w->topics[0].parts[0].end == 0 && x.w->now.us <= us)
		fake_run(x.w, x.c, 1);
	ck_assert_int_le(x.w->now.us, us);
}

START_TEST(a_topic_that_is_missing_delays_no_other)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct fake_topic *u = miss_for_long(x, "u");
	int64_t start = x.w->now.us;

	fake_put(x.c, 0, 1);
	ck_written_before(x, start + 20000);
	u->error = 0;
	fake_ck_flush(x.c, 2, 0, 0);
	end(x);
}
END_TEST

/* The broker makes it when it is asked for, and has it a moment later. */
START_TEST(a_topic_in_the_making_is_asked_for_soon_whatever_else_is_missing)
{
	struct world x = begin(1, 1, "linger.ms=0");
	struct fake_topic *u = miss_for_long(x, "u");
	int64_t start = x.w->now.us;

	x.w->topics[0].error = GW_K_LEADER_NOT_AVAILABLE;
	fake_put(x.c, 0, 1);
	fake_run(x.w, x.c, 10);
	x.w->topics[0].error = 0;
	ck_written_before(x, start + 150000);
	u->error = 0;
	fake_ck_flush(x.c, 2, 0, 0);
	end(x);
}
END_TEST

/* A broker that has just come back: it knows no topic, then the leader of an epoch that is over. */
START_TEST(a_leader_of_an_older_epoch_is_not_believed)
{
	struct world x = begin(2, 1, "linger.ms=0\nmetadata.max.age.ms=500");
	struct fake_part *p = &x.w->topics[0].parts[0];

	p->epoch = 5;
	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	fake_run(x.w, x.c, 1200);	/* its id is told in later versions */
	x.w->topics[0].error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	fake_run(x.w, x.c, 1200);
	x.w->topics[0].error = 0;
	p->epoch = 4;
	p->leader = 2;
	fake_run(x.w, x.c, 1200);
	fake_put(x.c, 1, 1);
	fake_run(x.w, x.c, 1200);
	for (size_t i = 0; i < fake_n_seen(x.w, GW_API_PRODUCE); i++)
		ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, i)->node, 1);
	p->epoch = 6;
	fake_ck_flush(x.c, 1, 0, 0);
	fake_ck_log(x.w, 2);
	end(x);
}
END_TEST

START_TEST(a_topic_that_may_not_be_fails_its_records)
{
	struct world x = begin(1, 1, "");
	struct gw_event ev;

	x.w->topics[0].error = GW_K_TOPIC_AUTHORIZATION_FAILED;
	fake_put(x.c, 0, 2);
	fake_ck_flush(x.c, 0, 2, 0);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_K_TOPIC_AUTHORIZATION_FAILED);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 1);
	ck_assert_int_eq(gw_next_event(x.c, &ev), 0);
	end(x);
}
END_TEST

START_TEST(a_steady_stream_allocates_nothing_a_record)
{
	struct world x = begin(1, 1, "linger.ms=0");
	size_t before;

	fake_put(x.c, 0, 5000);
	fake_ck_flush(x.c, 5000, 0, 0);
	before = x.w->client_alloc.n;
	fake_put(x.c, 5000, 5000);
	fake_ck_flush(x.c, 5000, 0, 0);
	ck_assert_uint_lt(x.w->client_alloc.n - before, 200);
	end(x);
}
END_TEST

Suite *
check_producer_suite(void)
{
	Suite *s = suite_create("producer");
	TCase *tc = tcase_create("delivery");

	tcase_add_test(tc, records_arrive_in_order_in_one_batch);
	tcase_add_test(tc, id_metadata_and_versions_are_asked_for_in_one_breath);
	tcase_add_test(tc, a_lingering_batch_goes_when_its_time_has_come);
	tcase_add_test(tc, sequences_count_records_over_batches);
	tcase_add_test(tc, sequences_wrap_behind_the_largest);
	tcase_add_test(tc, at_most_five_batches_are_under_way);
	tcase_add_test(tc, a_retriable_error_is_tried_again_in_order);
	tcase_add_test(tc, a_batch_that_was_appended_but_not_acknowledged_is_not_doubled);
	tcase_add_test(tc, a_connection_lost_before_or_after_the_append_loses_and_doubles_nothing);
	tcase_add_test(tc, a_duplicate_that_the_broker_names_so_counts_as_delivered);
	tcase_add_test(tc, a_gap_raises_the_epoch_and_counts_from_0);
	tcase_add_test(tc, a_batch_in_doubt_is_not_written_twice_for_a_leader_that_was_replaced);
	tcase_add_test(tc, a_batch_in_doubt_that_its_leader_denies_for_long_gets_a_new_epoch);
	tcase_add_test(tc, batches_of_a_new_epoch_wait_for_one_that_may_have_to_be_known_again);
	tcase_add_test(tc, an_epoch_at_its_end_needs_a_new_id);
	tcase_add_test(tc, a_batch_that_fails_for_good_leaves_no_gap_behind_it);
	tcase_add_test(tc, a_batch_that_is_too_large_for_its_topic_goes_on_in_halves);
	tcase_add_test(tc, a_record_that_is_too_large_for_its_topic_fails_alone);
	tcase_add_test(tc, an_unknown_error_code_is_carried_to_the_application);
	tcase_add_test(tc, a_batch_in_doubt_is_given_up_only_at_the_delivery_timeout);
	tcase_add_test(tc, a_new_leader_takes_over_where_the_old_one_was);
	tcase_add_test(tc, a_new_leader_that_is_known_waits_for_no_backoff);
	tcase_add_test(tc, one_request_carries_all_partitions_of_a_broker);
	tcase_add_test(tc, records_without_a_key_stay_on_a_partition_for_a_batch_then_move);
	tcase_add_test(tc, records_with_a_key_go_by_its_hash);
	tcase_add_test(tc, buffer_memory_answers_again_and_is_given_back);
	tcase_add_test(tc, too_large_a_record_and_other_wrong_arguments_are_refused);
	tcase_add_test(tc, a_partition_that_turns_out_not_to_exist_fails_its_record_alone);
	tcase_add_test(tc, only_records_that_asked_are_reported_with_their_own_offsets);
	tcase_add_test(tc, reports_that_nobody_reads_count_in_buffer_memory);
	tcase_add_test(tc, flush_says_what_is_still_pending);
	tcase_add_test(tc, flush_gives_up_at_once_when_no_broker_was_ever_there);
	tcase_add_test(tc, acks_0_counts_what_is_written);
	tcase_add_test(
	    tc, without_idempotence_one_batch_of_a_partition_is_under_way_so_that_order_holds);
	tcase_add_test(tc, compressed_batches_are_smaller_and_whole);
	tcase_add_test(tc, a_codec_of_the_application_writes_and_reads_batches);
	tcase_add_test(tc, headers_and_nulls_survive_the_wait_for_metadata);
	tcase_add_test(tc, a_topic_that_appears_later_gets_its_records);
	tcase_add_test(tc, a_second_topic_waits_for_no_backoff);
	tcase_add_test(tc, a_topic_that_is_missing_delays_no_other);
	tcase_add_test(tc, a_topic_in_the_making_is_asked_for_soon_whatever_else_is_missing);
	tcase_add_test(tc, a_leader_of_an_older_epoch_is_not_believed);
	tcase_add_test(tc, a_topic_that_may_not_be_fails_its_records);
	tcase_add_test(tc, a_steady_stream_allocates_nothing_a_record);
	suite_add_tcase(s, tc);
	return s;
}
