/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_conn.c - connections: versions, failures, timeouts, and the rule of waiting
 * calls.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/versions.h"
#include "tests/client/fake.h"
#include "tests/client/suites.h"
#include "tests/support/files.h"

static int
one_call(struct fake_world *w, struct gw_client *c, int timeout_ms)
{
	struct gw_call *call = gw_call_cluster(c, NULL);
	int rc;

	(void)w;
	ck_assert_ptr_nonnull(call);
	rc = gw_call_wait(call, timeout_ms);
	gw_call_free(call);
	return rc;
}

START_TEST(apiversions_3_is_the_first_request_and_others_follow_it_unasked)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	ck_assert_int_eq(one_call(w, c, 1000), 0);
	ck_assert_int_eq(w->seen[0].key, GW_API_API_VERSIONS);
	ck_assert_int_eq(w->seen[0].version, 3);
	ck_assert_int_eq(w->seen[1].key, GW_API_METADATA);
	ck_assert_int_eq(w->seen[1].version, 7);
	/* Once the versions are known, the newest is spoken. */
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	ck_assert_int_eq(w->seen[w->n_seen - 1].version, 13);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(error_35_with_a_range_is_answered_within_it)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	w->brokers[0].versions = FAKE_V_35_RANGE;
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	fake_run(w, c, 10);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_API_VERSIONS), 2);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(error_35_without_a_range_is_answered_with_version_0)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	w->brokers[0].versions = FAKE_V_35_EMPTY;
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	fake_run(w, c, 10);
	ck_assert_int_eq(fake_seen(w, GW_API_API_VERSIONS, 1)->version, 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_broker_that_closes_on_the_first_request_is_asked_once_more_with_version_0_alone)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	w->brokers[0].versions = FAKE_V_CLOSE;
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	ck_assert_int_eq(w->seen[0].key, GW_API_API_VERSIONS);
	ck_assert_int_eq(w->seen[0].version, 0);
	/* Nothing may hurry after it this time. */
	ck_assert_int_eq(w->seen[1].key, GW_API_METADATA);
	ck_assert_int_gt(w->seen[1].version, 7);
	ck_assert_int_eq(c->err.code, 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(an_api_that_the_broker_does_not_offer_is_said_so)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_call *call;

	w->brokers[0].max[GW_API_DESCRIBE_CONFIGS] = -2;
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	call = gw_call_topic_configs(c, "t");
	ck_assert_int_eq(gw_call_wait(call, 1000), GW_EUNSUPPORTED);
	ck_assert_ptr_nonnull(
	    strstr(gw_call_error(call)->msg, "b1:9000 does not offer DescribeConfigs"));
	gw_call_free(call);
	w->brokers[0].max[GW_API_LIST_TRANSACTIONS] = -2;
	gw_client_free(c);
	c = fake_client(w, "");
	call = gw_call_list_txns(c);
	ck_assert_int_eq(gw_call_wait(call, 1000), GW_EUNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(gw_call_error(call)->msg, "brokers from 3.0 on do"));
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(nobody_listening_ends_a_waiting_call_at_once)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	int64_t begin = w->now.us;

	fake_down(&w->brokers[0]);
	ck_assert_int_eq(one_call(w, c, 60000), GW_ECONNECT);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "cannot reach b1:9000"));
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "is a broker running there?"));
	ck_assert_int_lt(w->now.us - begin, 1000000);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_name_without_address_ends_a_waiting_call_at_once)
{
	struct fake_world *w = fake_new(1);
	struct gw_err err;
	struct gw_client *c = gw_client_new_env(&w->env, "bootstrap.servers=nowhere:1", &err);

	ck_assert_int_eq(one_call(w, c, 60000), GW_ERESOLVE);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "cannot resolve nowhere:1"));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(every_bootstrap_address_is_tried_before_a_call_gives_up)
{
	struct fake_world *w = fake_new(2);
	struct gw_err err;
	struct gw_client *c =
	    gw_client_new_env(&w->env, "bootstrap.servers=nowhere:1,b9:1,b2:9001", &err);

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(one_call(w, c, 60000), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_polling_application_hears_of_it_once_and_the_client_tries_on)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_event ev;
	unsigned n = 0;

	fake_topic(w, "t", 1);
	fake_down(&w->brokers[0]);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	fake_run(w, c, 5000);
	while (gw_next_event(c, &ev)) {
		ck_assert_int_eq(ev.type, GW_EVENT_ERROR);
		ck_assert_int_eq(ev.err.code, GW_ECONNECT);
		ck_assert(ev.retriable);
		n++;
	}
	ck_assert_uint_eq(n, 1);
	fake_up(&w->brokers[0]);
	fake_run(w, c, 3000);
	ck_assert(c->cluster.connected_once);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(reconnecting_waits_longer_each_time_up_to_the_limit)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "retry.backoff.ms=80");	/* 40 up to 800 */
	uint64_t polls;

	fake_topic(w, "t", 1);
	fake_down(&w->brokers[0]);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	fake_run(w, c, 2000);
	polls = w->polls;
	fake_run(w, c, 8000);
	/* About ten attempts in eight seconds, two polls each at the most. */
	ck_assert_uint_le(w->polls - polls, 50);
	ck_assert_uint_ge(c->cluster.n_rounds, 10);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_broker_that_is_silent_is_given_up_after_the_request_timeout)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "request.timeout.ms=1000");
	struct gw_event ev;

	ck_assert_int_eq(one_call(w, c, 1000), 0);
	fake_plan(w, GW_API_METADATA, FAKE_SILENCE, 0, 0, 1);
	ck_assert_int_eq(one_call(w, c, 5000), 0);
	ck_assert_int_eq(gw_next_event(c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_ETIMEOUT);
	ck_assert_ptr_nonnull(strstr(ev.err.msg, "b1:9000 did not answer Metadata"));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(an_idle_connection_that_ends_is_no_event)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "metadata.max.age.ms=86400000");
	struct gw_stats stats;
	struct gw_event ev;

	ck_assert_int_eq(one_call(w, c, 1000), 0);
	fake_run(w, c, 539000);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 0);
	fake_run(w, c, 2000);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 1);
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	fake_run(w, c, 1500);
	fake_down(&w->brokers[0]);
	fake_up(&w->brokers[0]);
	fake_run(w, c, 100);
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	ck_assert_int_eq(gw_next_event(c, &ev), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_throttled_client_holds_back)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "linger.ms=0");
	struct gw_message m = { .topic = "t", .value = GW_LIT("value-0") };
	const struct fake_seen *first, *second;

	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_send(c, &m), 0);
	ck_assert_uint_eq(gw_flush(c, 1000).delivered, 1);
	fake_plan(w, GW_API_PRODUCE, FAKE_THROTTLE, 700, 0, 1);
	ck_assert_int_eq(gw_send(c, &m), 0);
	ck_assert_uint_eq(gw_flush(c, 1000).delivered, 1);
	ck_assert_int_eq(gw_send(c, &m), 0);
	ck_assert_uint_eq(gw_flush(c, 2000).delivered, 1);
	first = fake_seen(w, GW_API_PRODUCE, 1);
	second = fake_seen(w, GW_API_PRODUCE, 2);
	ck_assert_int_ge(second->at_us - first->at_us, 700000);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(all_known_brokers_gone_leads_back_to_the_bootstrap_addresses)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");	/* b1 is the only bootstrap address */

	struct gw_call *call = gw_call_list_groups(c);	/* needs to know all brokers */

	ck_assert_int_eq(gw_call_wait(call, 1000), 0);
	gw_call_free(call);
	fake_down(&w->brokers[0]);
	fake_run(w, c, 100);
	ck_assert_int_eq(one_call(w, c, 5000), 0);	/* over b2 */
	fake_down(&w->brokers[1]);
	fake_up(&w->brokers[0]);
	ck_assert_int_eq(one_call(w, c, 10000), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(bytes_that_are_no_kafka_are_told_apart)
{
	struct fake_world *w = fake_new(1);
	struct gw_net *net = mem_node_seam(w->brokers[0].host);
	struct gw_client *c = fake_client(w, "");
	struct gw_slice http = GW_LIT("HTTP/1.1 400 Bad Request\r\n\r\n");
	struct gw_event ev;

	fake_plan(w, GW_API_API_VERSIONS, FAKE_SILENCE, 0, 0, 1);
	fake_plan(w, GW_API_METADATA, FAKE_SILENCE, 0, 0, 1);
	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	fake_run(w, c, 10);
	(void)net->write(net->ctx, w->brokers[0].conns[0].handle, &http, 1);
	fake_run(w, c, 10);
	ck_assert_int_eq(gw_next_event(c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_EPROTO);
	ck_assert_ptr_nonnull(strstr(ev.err.msg, "impossible size"));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

static long process = 1;

static long
process_id(void)
{
	return process;
}

START_TEST(a_forked_client_refuses_to_go_on)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_err err;

	c->process_id = process_id;
	c->born_in = 1;
	ck_assert_int_eq(one_call(w, c, 1000), 0);
	process = 2;
	ck_assert_int_eq(gw_run(c, 10), GW_ESTATE);
	ck_assert_int_eq(gw_process(c, NULL, 0), GW_ESTATE);
	ck_assert_ptr_null(gw_fetch(c, 10, &err));
	ck_assert_int_eq(err.code, GW_ESTATE);
	ck_assert_int_eq(one_call(w, c, 1000), GW_ESTATE);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "forked"));
	process = 1;
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_signal_ends_a_waiting_call)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_err err;

	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	w->interrupt = true;
	ck_assert_ptr_null(gw_fetch(c, 10000, &err));
	ck_assert_int_eq(err.code, GW_EINTR);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(somebody_elses_poll_loop_can_drive_the_client)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "linger.ms=20");
	struct gw_stats stats = { .pending = 0 };
	struct pollfd fds[8];
	int turns = 0, timeout_ms;
	size_t n;

	fake_topic(w, "t", 2);
	ck_assert_uint_eq(gw_pollfds(c, fds, 8, &timeout_ms), 0);
	ck_assert_int_eq(timeout_ms, -1);	/* nothing to do, ever */
	for (int i = 0; i < 2; i++) {
		struct gw_message m = { .topic = "t", .value = GW_LIT("value-0"), .partition = i,
		    .flags = GW_MSG_PARTITION };

		ck_assert_int_eq(gw_send(c, &m), 0);
	}
	while (stats.records_delivered < 2) {
		ck_assert_int_lt(++turns, 50);
		n = gw_pollfds(c, fds, 8, &timeout_ms);
		(void)w->client_net.poll(w, fds, n, timeout_ms);
		ck_assert_int_eq(gw_process(c, fds, n), 0);
		gw_get_stats(c, &stats);
	}
	ck_assert_uint_eq(stats.records_sent, 2);
	ck_assert_uint_eq(stats.pending, 0);
	ck_assert_uint_eq(stats.connects, 2);
	ck_assert_uint_gt(stats.memory_used, 0);
	/* Too little room: it says how much it wants, and touches no more than there is. */
	fds[1].fd = 12345;
	ck_assert_uint_eq(gw_pollfds(c, fds, 1, &timeout_ms), 2);
	ck_assert_int_eq(fds[1].fd, 12345);
	ck_assert_int_eq(fds[0].events, POLLIN);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(the_protocol_page_tells_what_the_client_speaks)
{
	for (size_t i = 0; i < gw_n_apis; i++) {
		const struct gw_spoken *s = gw_spoken(gw_apis[i].key);

		test_page_range("doc/protocol.md", gw_apis[i].key, 5, s == NULL ? 0 : s->min,
		    s == NULL ? -1 : s->max);
	}
}
END_TEST

Suite *
check_conn_suite(void)
{
	Suite *s = suite_create("conn");
	TCase *tc = tcase_create("connections");

	tcase_add_test(tc, apiversions_3_is_the_first_request_and_others_follow_it_unasked);
	tcase_add_test(tc, error_35_with_a_range_is_answered_within_it);
	tcase_add_test(tc, error_35_without_a_range_is_answered_with_version_0);
	tcase_add_test(
	    tc, a_broker_that_closes_on_the_first_request_is_asked_once_more_with_version_0_alone);
	tcase_add_test(tc, an_api_that_the_broker_does_not_offer_is_said_so);
	tcase_add_test(tc, nobody_listening_ends_a_waiting_call_at_once);
	tcase_add_test(tc, a_name_without_address_ends_a_waiting_call_at_once);
	tcase_add_test(tc, every_bootstrap_address_is_tried_before_a_call_gives_up);
	tcase_add_test(tc, a_polling_application_hears_of_it_once_and_the_client_tries_on);
	tcase_add_test(tc, reconnecting_waits_longer_each_time_up_to_the_limit);
	tcase_add_test(tc, a_broker_that_is_silent_is_given_up_after_the_request_timeout);
	tcase_add_test(tc, an_idle_connection_that_ends_is_no_event);
	tcase_add_test(tc, a_throttled_client_holds_back);
	tcase_add_test(tc, all_known_brokers_gone_leads_back_to_the_bootstrap_addresses);
	tcase_add_test(tc, bytes_that_are_no_kafka_are_told_apart);
	tcase_add_test(tc, a_forked_client_refuses_to_go_on);
	tcase_add_test(tc, a_signal_ends_a_waiting_call);
	tcase_add_test(tc, somebody_elses_poll_loop_can_drive_the_client);
	tcase_add_test(tc, the_protocol_page_tells_what_the_client_speaks);
	suite_add_tcase(s, tc);
	return s;
}
