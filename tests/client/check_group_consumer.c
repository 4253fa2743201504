/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_group_consumer.c - membership by KIP-848: which protocol, epochs, giving back
 * and taking, fencing, leaving, commits with epochs, patterns.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"
#include "tests/client/suites.h"

struct world {
	struct fake_world		*w;
	struct fake_consumer_group	*g;
	struct gw_client		*c;
	struct gw_err			 err;
};

static struct world *
begin(const char *config)
{
	static struct world x;

	x = (struct world){ .w = fake_new(2) };
	x.g = &x.w->consumer_group;
	x.g->version = 1;
	fake_topic(x.w, "t", 3);
	x.w->group.coordinator = 2;
	x.c = fake_client(x.w, config);
	return &x;
}

static void
give(struct world *x, size_t topic, int32_t partition, bool given)
{
	x->g->given[topic][partition] = given;
}

static void
join(struct world *x)
{
	give(x, 0, 0, true);
	give(x, 0, 1, true);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	for (int i = 0; x->c->group.state != GW_GROUP_STABLE; i++) {
		ck_assert_int_lt(i, 100);
		ck_assert_int_eq(gw_run(x->c, 1000), 0);
	}
	fake_run(x->w, x->c, 100);
}

static void
end(struct world *x)
{
	gw_client_free(x->c);
	fake_free(x->w);
}

static unsigned
count(struct gw_client *c, enum gw_event_type type)
{
	struct gw_event ev;
	unsigned n = 0;

	while (gw_next_event(c, &ev))
		n += ev.type == type;
	return n;
}

START_TEST(where_the_cluster_has_it_one_request_joins)
{
	struct world *x = begin("max.poll.interval.ms=77000");
	struct gw_stats stats;

	join(x);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_JOIN_GROUP), 0);
	ck_assert_uint_eq(x->g->n_joins, 1);
	ck_assert_uint_eq(strlen(x->g->member), 36);
	ck_assert_uint_eq(count(x->c, GW_EVENT_ASSIGNED), 2);
	ck_assert(x->g->owned[0][0] && x->g->owned[0][1] && !x->g->owned[0][2]);
	gw_get_stats(x->c, &stats);
	ck_assert_int_eq(stats.group_state, GW_GROUP_STABLE);
	ck_assert_int_eq(stats.generation, 1);
	end(x);
}
END_TEST

/* The first answer of a connection has no topic ids, and the next is no retry. */
START_TEST(a_start_waits_for_no_backoff)
{
	struct world *x = begin("");
	int64_t start = x->w->now.us;

	give(x, 0, 0, true);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	while (x->c->group.state != GW_GROUP_STABLE)
		ck_assert_int_eq(gw_run(x->c, 1000), 0);
	ck_assert_int_le(x->w->now.us - start, 50000);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 1);
	end(x);
}
END_TEST

START_TEST(what_did_not_change_is_not_told_again)
{
	struct world *x = begin("");
	size_t n;

	join(x);
	n = fake_n_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT);
	fake_run(x->w, x->c, 10000);
	n = fake_n_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT) - n;
	ck_assert_uint_ge(n, 9);
	ck_assert_uint_le(n, 11);
	ck_assert(!x->g->told_topics && !x->g->told_owned);
	ck_assert_int_eq(x->g->rebalance_timeout_ms, -1);
	end(x);
}
END_TEST

START_TEST(auto_is_classic_without_the_feature_or_with_a_key_of_classic)
{
	static const char *const configs[] = { "", "session.timeout.ms=6000",
		"partition.assignment.strategy=range", "group.protocol=classic" };

	for (size_t i = 0; i < GW_N(configs); i++) {
		struct world *x = begin(configs[i]);

		x->g->version = i > 0;
		join(x);
		ck_assert_uint_eq(x->g->n_joins, 0);
		ck_assert_uint_gt(fake_n_seen(x->w, GW_API_JOIN_GROUP), 0);
		end(x);
	}
}
END_TEST

START_TEST(auto_goes_the_classic_way_when_the_group_cannot_change)
{
	struct world *x = begin("");

	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, GW_K_GROUP_ID_NOT_FOUND, 0, 1);
	join(x);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT), 1);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_SYNC_GROUP), 1);
	end(x);
}
END_TEST

START_TEST(consumer_is_refused_by_a_broker_that_lacks_it)
{
	struct world *x = begin("group.protocol=consumer");

	x->w->brokers[1].max[GW_API_CONSUMER_GROUP_HEARTBEAT] = -2;
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 60000, &x->err));
	ck_assert_int_eq(x->err.code, GW_EUNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "needs a broker from 4.0 on"));
	end(x);
}
END_TEST

START_TEST(an_error_that_ends_it_has_the_brokers_own_words)
{
	struct world *x = begin("group.protocol=consumer");

	x->g->message = "No assignor is supported.";
	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, 112, 0, 1);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	ck_assert_ptr_null(gw_fetch(x->c, 60000, &x->err));
	ck_assert_int_eq(x->err.code, 112);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "No assignor is supported."));
	end(x);
}
END_TEST

START_TEST(what_moves_is_given_back_before_anything_is_taken_and_the_rest_stays)
{
	struct world *x = begin("auto.offset.reset=earliest");
	struct gw_batch *b;
	struct gw_event ev;

	fake_fill(x->w, &x->w->topics[0].parts[1], 10, "value");
	join(x);
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	(void)count(x->c, GW_EVENT_NONE);
	give(x, 0, 0, false);
	give(x, 0, 2, true);
	x->g->epoch = 2;
	fake_run(x->w, x->c, 1500);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_REVOKED);
	ck_assert_int_eq(ev.partition, 0);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_ASSIGNED);
	ck_assert_int_eq(ev.partition, 2);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 0);
	ck_assert(!x->g->owned[0][0] && x->g->owned[0][1] && x->g->owned[0][2]);
	/* The partition that stayed: its batch may still be committed, and its position is kept. */
	ck_assert_int_eq(gw_commit(x->c, b), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	ck_assert_int_eq(x->w->topics[0].parts[1].committed, 10);
	ck_assert_int_eq(gw_cpart_find(x->c, GW_LIT("t"), 1)->position, 10);
	end(x);
}
END_TEST

START_TEST(a_partition_is_given_back_after_its_commit_and_then_acknowledged)
{
	struct world *x = begin("auto.offset.reset=earliest");
	struct gw_event ev;
	bool committed = false, revoked = false;

	join(x);
	(void)count(x->c, GW_EVENT_NONE);
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_COORDINATOR_LOAD_IN_PROGRESS, 0, 3);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
	give(x, 0, 0, false);
	x->g->epoch = 2;
	fake_run(x->w, x->c, 4000);
	while (gw_next_event(x->c, &ev)) {
		if (ev.type == GW_EVENT_COMMITTED)
			committed = ev.err.code == 0 && !revoked;
		revoked |= ev.type == GW_EVENT_REVOKED;
	}
	ck_assert(committed && revoked);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 5);
	ck_assert(!x->g->owned[0][0] && x->g->owned[0][1]);
	end(x);
}
END_TEST

START_TEST(a_commit_with_an_epoch_that_has_passed_is_made_with_the_new_one)
{
	struct world *x = begin("");

	join(x);
	x->g->epoch = x->g->member_epoch = 2;	/* as after an answer that did not arrive */
	x->c->group.generation = 1;
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 2000), 0);
	ck_assert_int_eq(x->c->group.generation, 2);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 5);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_COMMIT), 2);
	end(x);
}
END_TEST

START_TEST(a_member_that_is_fenced_loses_all_and_joins_again_under_its_name)
{
	static const int16_t codes[] = { GW_K_FENCED_MEMBER_EPOCH, GW_K_UNKNOWN_MEMBER_ID };

	for (size_t i = 0; i < GW_N(codes); i++) {
		struct world *x = begin("");
		char name[64];

		join(x);
		(void)count(x->c, GW_EVENT_NONE);
		memcpy(name, x->g->member, sizeof(name));
		fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, codes[i], 0, 1);
		fake_run(x->w, x->c, 3000);
		ck_assert_uint_eq(x->g->n_joins, 2);
		ck_assert_str_eq(x->g->member, name);
		ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
		ck_assert_uint_eq(x->c->consumer.n_assigned, 2);
		ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 2);
		end(x);
	}
}
END_TEST

START_TEST(a_member_that_the_coordinator_forgot_is_told_so)
{
	struct world *x = begin("");

	join(x);
	(void)fake_said(x->c, "");
	fake_plan(
	    x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, GW_K_FENCED_MEMBER_EPOCH, 0, 1);
	fake_run(x->w, x->c, 3000);
	ck_assert_uint_eq(fake_said(x->c, ""), 0);
	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, GW_K_UNKNOWN_MEMBER_ID, 0, 1);
	fake_run(x->w, x->c, 3000);
	ck_assert_uint_eq(fake_said(x->c, "group g no longer knows this member"), 1);
	ck_assert_uint_eq(x->g->n_joins, 3);
	end(x);
}
END_TEST

START_TEST(after_a_lost_answer_everything_is_told_again)
{
	struct world *x = begin("");

	join(x);
	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_TAKE_AND_CLOSE, 0, 0, 1);
	fake_run(x->w, x->c, 1600);
	ck_assert(x->g->told_topics && x->g->told_owned);
	ck_assert_uint_eq(x->g->n_joins, 1);
	ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 0);
	end(x);
}
END_TEST

/* What is owned of a topic whose id was forgotten would be given to another member at once. */
START_TEST(an_answer_without_topic_ids_forgets_none)
{
	struct world *x = begin("");

	join(x);
	x->w->without_ids = true;
	gw_cluster_refresh(x->c);
	fake_run(x->w, x->c, 1000);
	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_TAKE_AND_CLOSE, 0, 0, 1);
	fake_run(x->w, x->c, 1600);
	ck_assert(x->g->told_owned && x->g->owned[0][0] && x->g->owned[0][1]);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

START_TEST(a_coordinator_that_moved_is_followed)
{
	struct world *x = begin("");

	join(x);
	x->w->group.coordinator = 1;
	fake_run(x->w, x->c, 5000);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->g->n_joins, 1);
	ck_assert_int_eq(fake_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT,
	    fake_n_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT) - 1)->node, 1);
	end(x);
}
END_TEST

START_TEST(closing_leaves_and_a_static_member_says_that_it_will_be_back)
{
	for (int i = 0; i < 2; i++) {
		struct world *x = begin(i == 0 ? "" : "group.instance.id=i1");

		join(x);
		ck_assert_str_eq(x->g->instance, i == 0 ? "" : "i1");
		ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
		(void)gw_client_close(x->c, 5000);
		ck_assert_int_eq(x->w->topics[0].parts[0].committed, 5);
		ck_assert_uint_eq(x->g->n_left, 1);
		ck_assert_int_eq(x->g->left_with, i == 0 ? -1 : -2);
		end(x);
	}
}
END_TEST

START_TEST(a_static_name_that_is_taken_is_waited_for)
{
	struct world *x = begin("group.instance.id=i1");

	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_ERROR, GW_K_UNRELEASED_INSTANCE_ID, 0,
	    5);
	join(x);
	ck_assert_uint_eq(x->g->n_joins, 1);
	ck_assert_uint_eq(fake_said(x->c, "group.instance.id=i1"), 1);
	end(x);
}
END_TEST

START_TEST(a_member_that_does_not_fetch_leaves_and_comes_back_with_the_next_fetch)
{
	struct world *x = begin("max.poll.interval.ms=2000");

	join(x);
	fake_run(x->w, x->c, 5000);
	ck_assert_uint_eq(x->g->n_left, 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_NONE);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 0);
	ck_assert_uint_ge(fake_said(x->c, "max.poll.interval.ms=2000"), 1);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->g->n_joins, 2);
	end(x);
}
END_TEST

START_TEST(a_fetch_that_waits_for_long_is_no_stall)
{
	struct world *x = begin("max.poll.interval.ms=2000");

	join(x);
	ck_assert_ptr_null(gw_fetch(x->c, 7000, &x->err));
	ck_assert_int_eq(x->err.code, GW_ETIMEOUT);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->g->n_left, 0);
	end(x);
}
END_TEST

/* It did not call the client at all, so that nobody could leave the group for it. */
START_TEST(an_application_that_was_away_is_told_so_and_joins_again)
{
	struct world *x = begin("max.poll.interval.ms=2000");

	join(x);
	(void)fake_said(x->c, "");
	fake_away(x->w, 5000);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_uint_ge(fake_said(x->c, "max.poll.interval.ms=2000"), 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->g->n_joins, 2);
	end(x);
}
END_TEST

START_TEST(one_that_was_away_with_a_partition_to_give_back_is_told_so)
{
	struct world *x = begin("max.poll.interval.ms=2000");

	join(x);
	(void)fake_said(x->c, "");
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_COORDINATOR_LOAD_IN_PROGRESS, 0, 9);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
	give(x, 0, 0, false);
	x->g->epoch = 2;
	fake_run(x->w, x->c, 1500);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_SYNCING);
	fake_away(x->w, 5000);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_uint_eq(fake_said(x->c, "max.poll.interval.ms=2000"), 1);
	fake_run(x->w, x->c, 1000);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->g->n_joins, 2);
	end(x);
}
END_TEST

START_TEST(another_topic_is_told_at_once)
{
	struct world *x = begin("");

	fake_topic(x->w, "u", 1);
	join(x);
	ck_assert_uint_eq(x->g->n_names, 1);
	ck_assert_int_eq(gw_subscribe(x->c, "u", "g"), 0);
	fake_run(x->w, x->c, 100);
	ck_assert_uint_eq(x->g->n_names, 2);
	end(x);
}
END_TEST

START_TEST(a_pattern_is_the_coordinators_and_ids_get_their_names)
{
	struct world *x = begin("auto.offset.reset=earliest");
	struct gw_position p;

	fake_topic(x->w, "u", 1);
	give(x, 1, 0, true);
	ck_assert_int_eq(gw_subscribe(x->c, "^u.*", "g"), 0);
	fake_run(x->w, x->c, 2000);
	ck_assert_str_eq(x->g->regex, "^u.*");
	ck_assert_uint_eq(x->g->n_names, 0);
	ck_assert_int_eq(gw_assignment(x->c, 0, &p), 1);
	ck_assert(gw_slice_is(p.topic, "u"));
	ck_assert(x->g->owned[1][0]);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

/* The coordinator may give it to others as soon as it hears that it is not owned. */
START_TEST(nothing_is_taken_while_the_coordinator_is_told_that_it_is_not_owned)
{
	struct world *x = begin("request.timeout.ms=5000");
	struct gw_position p;

	fake_topic(x->w, "u", 1);
	give(x, 1, 0, true);
	fake_plan(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT, FAKE_SILENCE, 0, 1, 1);
	ck_assert_int_eq(gw_subscribe(x->c, "^u.*", "g"), 0);
	fake_run(x->w, x->c, 3000);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_CONSUMER_GROUP_HEARTBEAT), 2);
	ck_assert_int_eq(gw_assignment(x->c, 0, &p), 0);
	fake_run(x->w, x->c, 9000);
	ck_assert_int_eq(gw_assignment(x->c, 0, &p), 1);
	ck_assert(x->g->owned[1][0]);
	end(x);
}
END_TEST

START_TEST(two_patterns_are_alternatives_and_a_wrong_one_is_refused_at_once)
{
	struct world *x = begin("");

	ck_assert_int_eq(gw_subscribe(x->c, "^u[", "g"), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(gw_client_error(x->c)->msg, "a [ without its ]"));
	ck_assert_int_eq(gw_subscribe(x->c, "^u.*", "g"), 0);
	ck_assert_int_eq(gw_subscribe(x->c, "^t$", "g"), 0);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	fake_run(x->w, x->c, 500);
	ck_assert_str_eq(x->g->regex, "(^u.*)|(^t$)");
	ck_assert_uint_eq(x->g->n_names, 1);
	end(x);
}
END_TEST

START_TEST(keys_of_classic_contradict_consumer)
{
	struct fake_world *w = fake_new(1);
	struct gw_err err;

	ck_assert_ptr_null(gw_client_new_env(&w->env, "bootstrap.servers=b1;"
	    "group.protocol=consumer;session.timeout.ms=5000", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "session.timeout.ms is of group.protocol=classic"));
	ck_assert_ptr_null(gw_client_new_env(&w->env, "bootstrap.servers=b1;"
	    "partition.assignment.strategy=range,roundrobin", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "\"roundrobin\" is not known"));
	fake_free(w);
}
END_TEST

Suite *
check_group_consumer_suite(void)
{
	Suite *s = suite_create("group_consumer");
	TCase *tc = tcase_create("membership");

	tcase_add_test(tc, where_the_cluster_has_it_one_request_joins);
	tcase_add_test(tc, a_start_waits_for_no_backoff);
	tcase_add_test(tc, what_did_not_change_is_not_told_again);
	tcase_add_test(tc, auto_is_classic_without_the_feature_or_with_a_key_of_classic);
	tcase_add_test(tc, auto_goes_the_classic_way_when_the_group_cannot_change);
	tcase_add_test(tc, consumer_is_refused_by_a_broker_that_lacks_it);
	tcase_add_test(tc, an_error_that_ends_it_has_the_brokers_own_words);
	tcase_add_test(tc, what_moves_is_given_back_before_anything_is_taken_and_the_rest_stays);
	tcase_add_test(tc, a_partition_is_given_back_after_its_commit_and_then_acknowledged);
	tcase_add_test(tc, a_commit_with_an_epoch_that_has_passed_is_made_with_the_new_one);
	tcase_add_test(tc, a_member_that_is_fenced_loses_all_and_joins_again_under_its_name);
	tcase_add_test(tc, a_member_that_the_coordinator_forgot_is_told_so);
	tcase_add_test(tc, after_a_lost_answer_everything_is_told_again);
	tcase_add_test(tc, an_answer_without_topic_ids_forgets_none);
	tcase_add_test(tc, a_coordinator_that_moved_is_followed);
	tcase_add_test(tc, closing_leaves_and_a_static_member_says_that_it_will_be_back);
	tcase_add_test(tc, a_static_name_that_is_taken_is_waited_for);
	tcase_add_test(tc, a_member_that_does_not_fetch_leaves_and_comes_back_with_the_next_fetch);
	tcase_add_test(tc, a_fetch_that_waits_for_long_is_no_stall);
	tcase_add_test(tc, an_application_that_was_away_is_told_so_and_joins_again);
	tcase_add_test(tc, one_that_was_away_with_a_partition_to_give_back_is_told_so);
	tcase_add_test(tc, another_topic_is_told_at_once);
	tcase_add_test(tc, a_pattern_is_the_coordinators_and_ids_get_their_names);
	tcase_add_test(tc, nothing_is_taken_while_the_coordinator_is_told_that_it_is_not_owned);
	tcase_add_test(tc, two_patterns_are_alternatives_and_a_wrong_one_is_refused_at_once);
	tcase_add_test(tc, keys_of_classic_contradict_consumer);
	suite_add_tcase(s, tc);
	return s;
}
