/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_silence.c - brokers that are stopped, not dead: their connections stay, and
 * nobody answers.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"
#include "tests/client/suites.h"

#define SESSION_MS	6000	/* until the others name it no more */
#define MORE_US		1000000	/* that may take, once they do not */

struct world {
	struct fake_world	*w;
	struct gw_client	*c;
	struct fake_part	*p;	/* of "t", led by node 1 */
};

static struct world
begin(const char *config)
{
	struct world x = { .w = fake_new(2) };

	x.p = &fake_topic(x.w, "t", 1)->parts[0];
	x.c = fake_client(x.w, config);
	return x;
}

static void
end(struct world x)
{
	gw_client_free(x.c);
	fake_free(x.w);
}

/* Node 1 hangs; the cluster knows after its session, and node 2 leads. */
static void
lose_node_1(struct world x)
{
	fake_run(x.w, x.c, SESSION_MS);
	x.w->brokers[0].unnamed = true;
	x.p->leader = 2;
	x.p->epoch++;
}

START_TEST(what_a_stopped_leader_holds_goes_to_the_next_one_in_its_order)
{
	struct world x = begin("linger.ms=0");
	int64_t since;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	x.w->brokers[0].hangs = true;
	for (int i = 10; i < 15; i++) {		/* five requests under way */
		fake_put(x.c, i, 1);
		fake_run(x.w, x.c, 1);
	}
	lose_node_1(x);
	since = x.w->now.us;
	fake_ck_flush(x.c, 5, 0, 0);
	ck_assert_int_le(x.w->now.us - since, MORE_US);
	fake_ck_log(x.w, 15);
	/* It goes on: what it had not read is of no leader any more. */
	x.w->brokers[0].hangs = x.w->brokers[0].unnamed = false;
	fake_put(x.c, 15, 5);
	fake_ck_flush(x.c, 5, 0, 0);
	fake_ck_log(x.w, 20);
	end(x);
}
END_TEST

START_TEST(a_slow_leader_that_is_still_named_is_waited_for)
{
	struct world x = begin("linger.ms=0");

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	x.w->brokers[0].hangs = true;
	fake_put(x.c, 10, 5);
	fake_run(x.w, x.c, 20000);
	x.w->brokers[0].hangs = false;
	fake_ck_flush(x.c, 5, 0, 0);
	fake_ck_log(x.w, 15);
	ck_assert_uint_eq(x.c->stats.disconnects, 0);
	end(x);
}
END_TEST

START_TEST(a_long_silence_is_asked_about_less_and_less)
{
	struct world x = begin("linger.ms=0;request.timeout.ms=600000");
	size_t first;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	x.w->brokers[0].hangs = true;
	fake_put(x.c, 1, 1);
	fake_run(x.w, x.c, 1000);
	first = fake_n_seen(x.w, GW_API_METADATA);
	fake_run(x.w, x.c, 8000);
	ck_assert_uint_ge(fake_n_seen(x.w, GW_API_METADATA) - first, 20);
	fake_run(x.w, x.c, 291000);
	/* Each 125 ms for 2 s, then each sixteenth of it. */
	ck_assert_uint_le(fake_n_seen(x.w, GW_API_METADATA) - first, 100);
	end(x);
}
END_TEST

START_TEST(a_reader_goes_on_at_the_next_leader)
{
	struct world x = begin("fetch.max.wait.ms=500;auto.offset.reset=earliest");
	struct gw_err err;
	struct gw_batch *b;
	struct gw_record r;

	fake_fill(x.w, x.p, 5, "value");
	ck_assert_int_eq(gw_assign(x.c, "t", 0, 0), 0);
	b = gw_fetch(x.c, 5000, &err);
	ck_assert_ptr_nonnull(b);
	while (gw_batch_next(b, &r) > 0)
		;
	fake_run(x.w, x.c, 100);
	x.w->brokers[0].hangs = true;
	lose_node_1(x);
	fake_fill(x.w, x.p, 5, "value");
	b = gw_fetch(x.c, 2000, &err);
	ck_assert_msg(b != NULL, "%s", err.msg);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert_int_eq(r.offset, 5);
	end(x);
}
END_TEST

START_TEST(metadata_is_asked_of_another_when_the_one_asked_is_silent)
{
	struct world x = begin("linger.ms=0");
	int64_t since;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	x.p->leader = 2;
	x.p->epoch++;
	x.w->brokers[0].hangs = true;
	gw_cluster_refresh(x.c);	/* node 1 is the only connection */
	fake_run(x.w, x.c, 10);
	since = x.w->now.us;
	fake_put(x.c, 1, 1);
	while (x.c->cluster.topics->leaders[0].node_id != 2) {
		fake_run(x.w, x.c, 10);
		ck_assert_int_le(x.w->now.us - since, 2000000);
	}
	ck_assert_uint_ge(fake_n_seen(x.w, GW_API_METADATA), 2);
	end(x);
}
END_TEST

START_TEST(a_new_leader_is_looked_for_while_the_old_one_cannot_be_reached)
{
	struct world x = begin("linger.ms=0");
	int64_t since;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	fake_down(&x.w->brokers[0]);
	fake_put(x.c, 10, 5);
	lose_node_1(x);
	since = x.w->now.us;
	fake_ck_flush(x.c, 5, 0, 0);
	ck_assert_int_le(x.w->now.us - since, MORE_US);
	fake_ck_log(x.w, 15);
	end(x);
}
END_TEST

/*
 * Node 2, which leads "u", waits for node 1 to take a record, and answers in order; five more are
 * for node 1. Ten of "t" and one of "u" are written.
 */
static struct world
begin_parked(void)
{
	struct world x = begin("linger.ms=0");
	struct gw_message m = { .topic = "u", .value = { "v", 1 } };

	fake_topic(x.w, "u", 1)->parts[0].leader = 2;
	fake_put(x.c, 0, 10);
	ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_ck_flush(x.c, 11, 0, 0);
	fake_down(&x.w->brokers[0]);
	x.w->brokers[1].parks = true;
	ck_assert_int_eq(gw_send(x.c, &m), 0);
	fake_run(x.w, x.c, 10);
	fake_put(x.c, 10, 5);
	return x;
}

START_TEST(a_leader_that_waits_for_the_dead_one_does_not_hold_up_the_search)
{
	struct world x = begin_parked();
	int64_t since;

	lose_node_1(x);
	since = x.w->now.us;
	while (x.c->cluster.topics->leaders[0].node_id != 2 ||
	    x.c->cluster.topics->next->leaders[0].node_id != 2) {
		fake_run(x.w, x.c, 10);
		ck_assert_int_le(x.w->now.us - since, MORE_US);
	}
	ck_assert_int_eq(x.c->cluster.brokers->next->conns[GW_ROLE_GENERAL].first->key,
	    GW_API_PRODUCE);
	x.w->brokers[1].parks = false;
	fake_ck_flush(x.c, 6, 0, 0);
	fake_ck_log(x.w, 15);
	end(x);
}
END_TEST

/* It was asked elsewhere meanwhile, but what it says is true now. */
START_TEST(an_answer_that_was_held_up_is_not_lost)
{
	struct world x = begin_parked();
	int64_t since;

	fake_run(x.w, x.c, SESSION_MS);
	x.p->leader = 2;
	x.p->epoch++;
	x.w->brokers[1].parks = false;
	since = x.w->now.us;
	fake_ck_flush(x.c, 6, 0, 0);
	ck_assert_int_le(x.w->now.us - since, 20000);
	fake_ck_log(x.w, 15);
	end(x);
}
END_TEST

START_TEST(a_call_that_asks_leaders_follows_them)
{
	struct world x = begin("");
	struct gw_call *call;
	int64_t since;

	fake_put(x.c, 0, 10);
	fake_ck_flush(x.c, 10, 0, 0);
	fake_down(&x.w->brokers[0]);
	call = gw_call_list_offsets(x.c, "t", GW_OFFSET_LATEST);
	ck_assert_ptr_nonnull(call);
	lose_node_1(x);
	since = x.w->now.us;
	ck_assert_int_eq(gw_call_wait(call, 30000), 0);
	ck_assert_int_eq(gw_call_offsets_result(call)->offsets[0].offset, 10);
	ck_assert_int_le(x.w->now.us - since, MORE_US);
	gw_call_free(call);
	end(x);
}
END_TEST

START_TEST(batches_that_come_back_together_are_one_failure)
{
	struct world x = begin("linger.ms=0;retry.backoff.ms=100");
	int64_t since;

	fake_put(x.c, 0, 1);
	fake_ck_flush(x.c, 1, 0, 0);
	x.w->brokers[0].hangs = true;
	for (int i = 1; i < 6; i++) {
		fake_put(x.c, i, 1);
		fake_run(x.w, x.c, 1);
	}
	fake_down(&x.w->brokers[0]);
	x.w->brokers[0].hangs = false;
	fake_up(&x.w->brokers[0]);
	since = x.w->now.us;
	fake_ck_flush(x.c, 5, 0, 0);
	ck_assert_int_le(x.w->now.us - since, 250000);
	fake_ck_log(x.w, 6);
	end(x);
}
END_TEST

Suite *
check_silence_suite(void)
{
	Suite *s = suite_create("silence");
	TCase *tc = tcase_create("silence");

	tcase_add_test(tc, what_a_stopped_leader_holds_goes_to_the_next_one_in_its_order);
	tcase_add_test(tc, a_slow_leader_that_is_still_named_is_waited_for);
	tcase_add_test(tc, a_long_silence_is_asked_about_less_and_less);
	tcase_add_test(tc, a_reader_goes_on_at_the_next_leader);
	tcase_add_test(tc, metadata_is_asked_of_another_when_the_one_asked_is_silent);
	tcase_add_test(tc, a_new_leader_is_looked_for_while_the_old_one_cannot_be_reached);
	tcase_add_test(tc, a_leader_that_waits_for_the_dead_one_does_not_hold_up_the_search);
	tcase_add_test(tc, an_answer_that_was_held_up_is_not_lost);
	tcase_add_test(tc, a_call_that_asks_leaders_follows_them);
	tcase_add_test(tc, batches_that_come_back_together_are_one_failure);
	suite_add_tcase(s, tc);
	return s;
}
