/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_group.c - membership: joining, rebalances, heartbeats, commits, leaving.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"
#include "tests/client/suites.h"
#include "wire/msg_group_protocol.h"

struct world {
	struct fake_world	*w;
	struct gw_client	*c;
	struct gw_err		 err;
};

static struct world *
begin(int32_t n_parts, const char *config)
{
	static struct world x;

	x = (struct world){ .w = fake_new(2) };
	fake_topic(x.w, "t", n_parts);
	x.w->group.need_member_id = true;
	x.w->group.coordinator = 2;
	x.c = fake_client(x.w, config);
	ck_assert_int_eq(gw_subscribe(x.c, "t", "g"), 0);
	return &x;
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

static void
join(struct world *x)
{
	int turns = 0;

	while (x->c->group.state != GW_GROUP_STABLE) {
		ck_assert_int_lt(++turns, 100);
		ck_assert_int_eq(gw_run(x->c, 1000), 0);
	}
}

START_TEST(a_member_joins_in_two_steps_leads_and_gets_all_partitions)
{
	struct world *x = begin(3, "");
	struct gw_position p;
	struct gw_stats stats;

	join(x);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_JOIN_GROUP), 2);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_SYNC_GROUP), 1);
	ck_assert_int_eq(fake_seen(x->w, GW_API_JOIN_GROUP, 0)->node, 2);
	ck_assert_uint_eq(count(x->c, GW_EVENT_ASSIGNED), 3);
	ck_assert_int_eq(gw_assignment(x->c, 2, &p), 1);
	ck_assert_int_eq(p.partition, 2);
	ck_assert_int_eq(gw_assignment(x->c, 3, &p), 0);
	gw_get_stats(x->c, &stats);
	ck_assert_int_eq(stats.group_state, GW_GROUP_STABLE);
	ck_assert_int_eq(stats.generation, 1);
	fake_run(x->w, x->c, 2000);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_JOIN_GROUP), 2);
	end(x);
}
END_TEST

START_TEST(a_leader_shares_with_the_other_member_by_range)
{
	struct world *x = begin(3, "");

	x->w->group.has_other = true;
	join(x);
	/* "aaa" sorts before "member-0" and gets the larger share. */
	ck_assert_uint_eq(count(x->c, GW_EVENT_ASSIGNED), 1);
	ck_assert_int_eq(x->c->consumer.parts->index, 2);
	ck_assert_uint_gt(x->w->group.assignment_len[1], x->w->group.assignment_len[0]);
	end(x);
}
END_TEST

START_TEST(a_follower_takes_what_the_leader_decided)
{
	/* ConsumerProtocolAssignment v0: t -> [1], no user data */
	static const uint8_t given[] = { 0, 0, 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1, 0, 0, 0, 1, 255,
		255, 255, 255 };
	struct world *x = begin(3, "");

	x->w->group.leader = "somebody";
	memcpy(x->w->group.assignment[0], given, sizeof(given));
	x->w->group.assignment_len[0] = sizeof(given);
	join(x);
	ck_assert_uint_eq(count(x->c, GW_EVENT_ASSIGNED), 1);
	ck_assert_int_eq(x->c->consumer.parts->index, 1);
	end(x);
}
END_TEST

START_TEST(positions_come_from_the_groups_commits)
{
	struct world *x = begin(2, "auto.offset.reset=earliest");
	struct gw_batch *b;
	struct gw_record r;

	fake_fill(x->w, &x->w->topics[0].parts[1], 10, "value");
	x->w->topics[0].parts[1].committed = 6;
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_batch_next(b, &r), 1);
	ck_assert_int_eq(r.offset, 6);
	end(x);
}
END_TEST

START_TEST(heartbeats_keep_their_interval)
{
	struct world *x = begin(1, "heartbeat.interval.ms=1000");
	size_t n;

	join(x);
	n = fake_n_seen(x->w, GW_API_HEARTBEAT);
	fake_run(x->w, x->c, 10000);
	n = fake_n_seen(x->w, GW_API_HEARTBEAT) - n;
	ck_assert_uint_ge(n, 9);
	ck_assert_uint_le(n, 11);
	end(x);
}
END_TEST

START_TEST(a_rebalance_is_joined_after_the_commits_under_way)
{
	struct world *x = begin(2, "heartbeat.interval.ms=500;auto.offset.reset=earliest");
	struct gw_batch *b;
	struct gw_event ev;
	unsigned revoked = 0, assigned = 0, committed = 0;

	fake_fill(x->w, &x->w->topics[0].parts[0], 10, "value");
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	(void)count(x->c, GW_EVENT_NONE);
	x->w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	ck_assert_int_eq(gw_commit(x->c, b), 0);
	fake_run(x->w, x->c, 1500);
	while (gw_next_event(x->c, &ev)) {
		committed += ev.type == GW_EVENT_COMMITTED && ev.err.code == 0 && revoked == 0;
		revoked += ev.type == GW_EVENT_REVOKED && assigned == 0;
		assigned += ev.type == GW_EVENT_ASSIGNED;
	}
	ck_assert_uint_eq(committed, 1);
	ck_assert_uint_eq(revoked, 2);
	ck_assert_uint_eq(assigned, 2);
	ck_assert_int_eq(x->c->group.generation, 2);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 10);
	end(x);
}
END_TEST

START_TEST(a_member_that_the_group_forgot_joins_anew)
{
	static const int16_t codes[] = { GW_K_UNKNOWN_MEMBER_ID, GW_K_ILLEGAL_GENERATION };

	for (size_t i = 0; i < GW_N(codes); i++) {
		struct world *x = begin(1, "heartbeat.interval.ms=500");

		join(x);
		(void)fake_said(x->c, "");
		x->w->group.heartbeat = codes[i];
		fake_run(x->w, x->c, 2000);
		ck_assert_int_eq(x->c->group.generation, 2);
		ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
		ck_assert_uint_eq(fake_said(x->c, "group g no longer knows this member"),
		    codes[i] == GW_K_UNKNOWN_MEMBER_ID);
		end(x);
	}
}
END_TEST

START_TEST(a_coordinator_that_moved_is_followed)
{
	struct world *x = begin(1, "heartbeat.interval.ms=500");
	size_t n;

	join(x);
	x->w->group.coordinator = 1;
	fake_plan(x->w, GW_API_HEARTBEAT, FAKE_ERROR, GW_K_NOT_COORDINATOR, 0, 1);
	fake_run(x->w, x->c, 3000);
	n = fake_n_seen(x->w, GW_API_HEARTBEAT);
	ck_assert_int_eq(fake_seen(x->w, GW_API_HEARTBEAT, n - 1)->node, 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

/* Nothing was asked of it when it died, so nothing but a connection that is refused tells of it. */
START_TEST(a_coordinator_that_is_dead_is_looked_for_elsewhere)
{
	struct world *x = begin(1, "heartbeat.interval.ms=1000");
	size_t n;

	join(x);
	n = fake_n_seen(x->w, GW_API_HEARTBEAT);
	while (fake_n_seen(x->w, GW_API_HEARTBEAT) == n)
		fake_run(x->w, x->c, 50);
	fake_run(x->w, x->c, 50);
	ck_assert(!x->c->group.heartbeat_out);
	fake_down(&x->w->brokers[1]);
	x->w->group.coordinator = 1;
	fake_run(x->w, x->c, 3000);
	n = fake_n_seen(x->w, GW_API_HEARTBEAT);
	ck_assert_int_eq(fake_seen(x->w, GW_API_HEARTBEAT, n - 1)->node, 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

START_TEST(joining_is_tried_again_through_errors_that_pass)
{
	struct world *x = begin(1, "");

	fake_plan(x->w, GW_API_FIND_COORDINATOR, FAKE_ERROR, GW_K_COORDINATOR_NOT_AVAILABLE, 0, 2);
	fake_plan(x->w, GW_API_JOIN_GROUP, FAKE_ERROR, GW_K_COORDINATOR_LOAD_IN_PROGRESS, 0, 2);
	fake_plan(x->w, GW_API_JOIN_GROUP, FAKE_CLOSE, 0, 1, 1);
	fake_plan(x->w, GW_API_SYNC_GROUP, FAKE_ERROR, GW_K_REBALANCE_IN_PROGRESS, 0, 1);
	fake_run(x->w, x->c, 10000);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

START_TEST(a_group_that_may_not_be_joined_is_an_error_to_the_reader)
{
	struct world *x = begin(1, "");

	fake_plan(x->w, GW_API_JOIN_GROUP, FAKE_ERROR, GW_K_GROUP_AUTHORIZATION_FAILED, 0, 1);
	ck_assert_ptr_null(gw_fetch(x->c, 60000, &x->err));
	ck_assert_int_eq(x->err.code, GW_K_GROUP_AUTHORIZATION_FAILED);
	ck_assert_ptr_nonnull(strstr(x->err.msg, "joining group g"));
	end(x);
}
END_TEST

START_TEST(a_static_member_that_is_fenced_stops)
{
	struct world *x = begin(1, "group.instance.id=i1;heartbeat.interval.ms=500");
	struct gw_event ev;

	join(x);
	(void)count(x->c, GW_EVENT_NONE);
	x->w->group.heartbeat = GW_K_FENCED_INSTANCE_ID;
	fake_run(x->w, x->c, 1000);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_ERROR);
	ck_assert_int_eq(ev.err.code, GW_EFENCED);
	ck_assert(!ev.retriable);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_REVOKED);
	end(x);
}
END_TEST

START_TEST(commits_are_gathered_and_the_newest_wins)
{
	struct world *x = begin(2, "auto.offset.reset=earliest");

	join(x);
	fake_run(x->w, x->c, 100);
	for (int i = 1; i <= 50; i++) {
		ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, i), 0);
		ck_assert_int_eq(gw_commit_offset(x->c, "t", 1, 100 + i), 0);
	}
	ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_OFFSET_COMMIT), 1);
	ck_assert_int_eq(fake_seen(x->w, GW_API_OFFSET_COMMIT, 0)->n_parts, 2);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 50);
	ck_assert_int_eq(x->w->topics[0].parts[1].committed, 150);
	end(x);
}
END_TEST

START_TEST(of_events_that_nobody_takes_the_newest_are_kept)
{
	struct world *x = begin(1, "");
	int64_t last = 0;
	struct gw_event ev;
	unsigned n = 0;

	join(x);
	for (int i = 1; i <= GW_EVENTS_MAX + 100; i++) {
		ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, i), 0);
		ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	}
	while (gw_next_event(x->c, &ev)) {
		last = ev.offset;
		n++;
	}
	ck_assert_uint_eq(n, GW_EVENTS_MAX);
	ck_assert_int_eq(last, GW_EVENTS_MAX + 100);
	end(x);
}
END_TEST

START_TEST(commits_are_tried_again_or_reported)
{
	struct world *x = begin(1, "");
	struct gw_event ev;

	join(x);
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_COORDINATOR_LOAD_IN_PROGRESS, 0, 2);
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_CLOSE, 0, 0, 1);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 5000), 0);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 5);
	(void)count(x->c, GW_EVENT_NONE);
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_OFFSET_METADATA_TOO_LARGE, 0, 1);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 6), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 5000), GW_K_OFFSET_METADATA_TOO_LARGE);
	ck_assert_int_eq(gw_commit_wait(x->c, 5000), 0);
	ck_assert_int_eq(gw_next_event(x->c, &ev), 1);
	ck_assert_int_eq(ev.type, GW_EVENT_COMMITTED);
	ck_assert_int_eq(ev.err.code, GW_K_OFFSET_METADATA_TOO_LARGE);
	end(x);
}
END_TEST

START_TEST(a_commit_after_the_partition_was_taken_is_refused)
{
	struct world *x = begin(1, "heartbeat.interval.ms=500;auto.offset.reset=earliest");
	struct gw_batch *b;

	fake_fill(x->w, &x->w->topics[0].parts[0], 5, "value");
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	fake_plan(x->w, GW_API_JOIN_GROUP, FAKE_SILENCE, 0, 0, 1);
	x->w->group.heartbeat = GW_K_UNKNOWN_MEMBER_ID;
	fake_run(x->w, x->c, 1000);
	ck_assert_int_eq(gw_commit(x->c, b), GW_ESTATE);
	ck_assert_ptr_nonnull(strstr(gw_client_error(x->c)->msg, "no longer assigned"));
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, -1);
	end(x);
}
END_TEST

START_TEST(a_member_that_does_not_fetch_leaves_and_comes_back_with_the_next_fetch)
{
	struct world *x = begin(1, "max.poll.interval.ms=2000;session.timeout.ms=1500;"
	    "heartbeat.interval.ms=500");

	join(x);
	fake_run(x->w, x->c, 5000);
	ck_assert_uint_eq(x->w->group.n_left, 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_NONE);
	ck_assert_uint_ge(fake_said(x->c, "max.poll.interval.ms=2000"), 1);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	end(x);
}
END_TEST

START_TEST(a_fetch_that_waits_for_long_is_no_stall)
{
	struct world *x = begin(1, "max.poll.interval.ms=2000;session.timeout.ms=1500;"
	    "heartbeat.interval.ms=500");

	join(x);
	ck_assert_ptr_null(gw_fetch(x->c, 7000, &x->err));
	ck_assert_int_eq(x->err.code, GW_ETIMEOUT);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->w->group.n_left, 0);
	end(x);
}
END_TEST

/* It did not call the client at all, so that nobody could leave the group for it. */
START_TEST(an_application_that_was_away_is_told_so_and_joins_again)
{
	struct world *x = begin(1, "max.poll.interval.ms=2000;session.timeout.ms=1500;"
	    "heartbeat.interval.ms=500");
	size_t n_joins;

	join(x);
	(void)fake_said(x->c, "");
	n_joins = fake_n_seen(x->w, GW_API_JOIN_GROUP);
	fake_away(x->w, 5000);
	ck_assert_ptr_null(gw_fetch(x->c, 1000, &x->err));
	ck_assert_uint_ge(fake_said(x->c, "max.poll.interval.ms=2000"), 1);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_JOIN_GROUP), n_joins + 1);
	end(x);
}
END_TEST

START_TEST(close_waits_for_commits_and_leaves)
{
	struct world *x = begin(1, "");

	join(x);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 5), 0);
	(void)gw_client_close(x->c, 5000);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 5);
	ck_assert_uint_eq(x->w->group.n_left, 1);
	end(x);
}
END_TEST

START_TEST(a_static_member_stays_when_it_closes)
{
	struct world *x = begin(1, "group.instance.id=i1");

	join(x);
	(void)gw_client_close(x->c, 5000);
	ck_assert_uint_eq(x->w->group.n_left, 0);
	end(x);
}
END_TEST

START_TEST(subscribing_and_assigning_do_not_mix)
{
	struct world *x = begin(1, "");

	ck_assert_int_eq(gw_assign(x->c, "t", 0, 0), GW_ESTATE);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "other"), GW_EINVAL);
	ck_assert_int_eq(gw_subscribe(x->c, "", "g"), GW_EINVAL);
	ck_assert_int_eq(gw_subscribe(x->c, "t", "g"), 0);
	end(x);
}
END_TEST

START_TEST(another_topic_is_joined_for)
{
	struct world *x = begin(1, "");

	fake_topic(x->w, "u", 2);
	join(x);
	ck_assert_int_eq(gw_subscribe(x->c, "u", "g"), 0);
	fake_run(x->w, x->c, 2000);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 3);
	end(x);
}
END_TEST

START_TEST(new_partitions_of_a_topic_are_assigned)
{
	struct world *x = begin(1, "metadata.max.age.ms=1000");

	join(x);
	x->w->topics[0].n_parts = 2;
	x->w->topics[0].parts[1] = (struct fake_part){ .leader = 1, .epoch = 1, .committed = -1 };
	fake_run(x->w, x->c, 3000);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 2);
	end(x);
}
END_TEST

/* ---- cooperative-sticky (KIP-429) ---- */

#define COOPERATIVE	"partition.assignment.strategy=cooperative-sticky;" \
			"heartbeat.interval.ms=500;"

/* "aaa" subscribes to t and owns nothing. */
static void
other_joins(struct world *x)
{
	static const uint8_t subscription[] = { 0, 1, 0, 0, 0, 1, 0, 1, 't', 255, 255, 255, 255, 0,
		0, 0, 0 };

	memcpy(x->w->group.metadata[1], subscription, sizeof(subscription));
	x->w->group.metadata_len[1] = sizeof(subscription);
	x->w->group.has_other = true;
	x->w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
}

/* What the client said of itself in its last JoinGroup. */
static struct gw_consumer_protocol_subscription
said(struct world *x)
{
	struct gw_consumer_protocol_subscription s;
	struct gw_slice bytes = { (const char *)x->w->group.metadata[0],
		x->w->group.metadata_len[0] };

	ck_assert_int_eq(gw_visit_decode(bytes, gw_consumer_protocol_subscription_visit, &s, 3,
	    false, &x->w->arena, &x->err), 0);
	return s;
}

START_TEST(a_cooperative_member_keeps_all_through_a_rebalance_that_moves_nothing)
{
	struct world *x = begin(2, COOPERATIVE "auto.offset.reset=earliest");
	struct gw_consumer_protocol_subscription s;
	struct gw_batch *b;

	fake_fill(x->w, &x->w->topics[0].parts[1], 10, "value");
	b = gw_fetch(x->c, 5000, &x->err);
	ck_assert_ptr_nonnull(b);
	s = said(x);
	ck_assert_int_eq(s.generation_id, -1);
	ck_assert_uint_eq(s.n_owned_partitions, 0);
	(void)count(x->c, GW_EVENT_NONE);
	x->w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	fake_run(x->w, x->c, 1500);
	ck_assert_int_eq(x->c->group.generation, 2);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	s = said(x);
	ck_assert_int_eq(s.generation_id, 1);
	ck_assert_uint_eq(s.user_data.len, 4);
	ck_assert_uint_eq(s.n_owned_partitions, 1);
	ck_assert_uint_eq(s.owned_partitions[0].n_partitions, 2);
	ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 0);
	/* The batch of before is still its own to commit. */
	ck_assert_int_eq(gw_commit(x->c, b), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 1000), 0);
	ck_assert_int_eq(gw_cpart_find(x->c, GW_LIT("t"), 1)->position, 10);
	end(x);
}
END_TEST

START_TEST(what_goes_to_another_is_given_back_first_and_only_then_free)
{
	struct world *x = begin(4, COOPERATIVE);
	size_t n;

	join(x);
	fake_run(x->w, x->c, 100);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 4);
	(void)count(x->c, GW_EVENT_NONE);
	n = fake_n_seen(x->w, GW_API_SYNC_GROUP);
	other_joins(x);
	fake_run(x->w, x->c, 2000);
	ck_assert_uint_eq(fake_n_seen(x->w, GW_API_SYNC_GROUP), n + 2);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 2);
	ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 2);
	/* The first round gave "aaa" nothing: version, no topics; the second one both. */
	ck_assert_uint_gt(x->w->group.assignment_len[1], 10);
	ck_assert_uint_eq(said(x).owned_partitions[0].n_partitions, 2);
	end(x);
}
END_TEST

START_TEST(a_cooperative_member_commits_while_others_join)
{
	struct world *x = begin(1, COOPERATIVE);

	join(x);
	fake_run(x->w, x->c, 100);
	x->w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	fake_plan(x->w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_REBALANCE_IN_PROGRESS, 0, 1);
	ck_assert_int_eq(gw_commit_offset(x->c, "t", 0, 7), 0);
	ck_assert_int_eq(gw_commit_wait(x->c, 3000), 0);
	ck_assert_int_eq(x->w->topics[0].parts[0].committed, 7);
	end(x);
}
END_TEST

START_TEST(a_cooperative_member_that_the_group_forgot_loses_all)
{
	struct world *x = begin(2, COOPERATIVE);

	join(x);
	fake_run(x->w, x->c, 100);
	(void)count(x->c, GW_EVENT_NONE);
	x->w->group.heartbeat = GW_K_UNKNOWN_MEMBER_ID;
	fake_run(x->w, x->c, 1500);
	ck_assert_int_eq(said(x).generation_id, -1);
	ck_assert_uint_eq(said(x).n_owned_partitions, 0);
	ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 2);
	ck_assert_uint_eq(x->c->consumer.n_assigned, 2);
	end(x);
}
END_TEST

START_TEST(a_lost_connection_while_joining_costs_a_cooperative_member_nothing)
{
	struct world *x = begin(2, COOPERATIVE);

	join(x);
	fake_run(x->w, x->c, 100);
	(void)count(x->c, GW_EVENT_NONE);
	fake_plan(x->w, GW_API_JOIN_GROUP, FAKE_CLOSE, 0, 0, 2);
	fake_plan(x->w, GW_API_SYNC_GROUP, FAKE_ERROR, GW_K_REBALANCE_IN_PROGRESS, 0, 1);
	x->w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	fake_run(x->w, x->c, 5000);
	ck_assert_int_eq(x->c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(count(x->c, GW_EVENT_REVOKED), 0);
	/* The generation whose SyncGroup failed gave nothing: the one before is what it says. */
	ck_assert_int_eq(said(x).generation_id, 1);
	end(x);
}
END_TEST

/* ---- patterns ---- */

START_TEST(a_pattern_finds_topics_now_and_later_and_drops_those_that_are_gone)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c;

	fake_topic(w, "nfl-a", 1);
	fake_topic(w, "other", 1);
	c = fake_client(w, "metadata.max.age.ms=1000");
	ck_assert_int_eq(gw_subscribe(c, "^nfl-.*", "g"), 0);
	fake_run(w, c, 1500);
	ck_assert_uint_eq(c->consumer.n_assigned, 1);
	fake_topic(w, "nfl-b", 2);
	fake_run(w, c, 3000);
	ck_assert_uint_eq(c->consumer.n_assigned, 3);
	ck_assert_int_eq(gw_subscribe(c, "other", "g"), 0);
	fake_run(w, c, 1500);
	ck_assert_uint_eq(c->consumer.n_assigned, 4);
	w->topics[0].error = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	fake_run(w, c, 3000);
	ck_assert_uint_eq(c->consumer.n_assigned, 3);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_pattern_that_nothing_matches_waits)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "metadata.max.age.ms=1000");

	ck_assert_int_eq(gw_subscribe(c, "^nfl-.*", "g"), 0);
	fake_run(w, c, 1500);
	ck_assert_int_eq(c->group.state, GW_GROUP_STABLE);
	ck_assert_uint_eq(c->consumer.n_assigned, 0);
	fake_topic(w, "nfl-a", 2);
	fake_run(w, c, 3000);
	ck_assert_uint_eq(c->consumer.n_assigned, 2);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

Suite *
check_group_suite(void)
{
	Suite *s = suite_create("group");
	TCase *tc = tcase_create("membership");

	tcase_add_test(tc, a_member_joins_in_two_steps_leads_and_gets_all_partitions);
	tcase_add_test(tc, a_leader_shares_with_the_other_member_by_range);
	tcase_add_test(tc, a_follower_takes_what_the_leader_decided);
	tcase_add_test(tc, positions_come_from_the_groups_commits);
	tcase_add_test(tc, heartbeats_keep_their_interval);
	tcase_add_test(tc, a_rebalance_is_joined_after_the_commits_under_way);
	tcase_add_test(tc, a_member_that_the_group_forgot_joins_anew);
	tcase_add_test(tc, a_coordinator_that_moved_is_followed);
	tcase_add_test(tc, a_coordinator_that_is_dead_is_looked_for_elsewhere);
	tcase_add_test(tc, joining_is_tried_again_through_errors_that_pass);
	tcase_add_test(tc, a_group_that_may_not_be_joined_is_an_error_to_the_reader);
	tcase_add_test(tc, a_static_member_that_is_fenced_stops);
	tcase_add_test(tc, commits_are_gathered_and_the_newest_wins);
	tcase_add_test(tc, of_events_that_nobody_takes_the_newest_are_kept);
	tcase_add_test(tc, commits_are_tried_again_or_reported);
	tcase_add_test(tc, a_commit_after_the_partition_was_taken_is_refused);
	tcase_add_test(tc, a_member_that_does_not_fetch_leaves_and_comes_back_with_the_next_fetch);
	tcase_add_test(tc, a_fetch_that_waits_for_long_is_no_stall);
	tcase_add_test(tc, an_application_that_was_away_is_told_so_and_joins_again);
	tcase_add_test(tc, close_waits_for_commits_and_leaves);
	tcase_add_test(tc, a_static_member_stays_when_it_closes);
	tcase_add_test(tc, subscribing_and_assigning_do_not_mix);
	tcase_add_test(tc, another_topic_is_joined_for);
	tcase_add_test(tc, new_partitions_of_a_topic_are_assigned);
	suite_add_tcase(s, tc);
	tc = tcase_create("cooperative");
	tcase_add_test(tc, a_cooperative_member_keeps_all_through_a_rebalance_that_moves_nothing);
	tcase_add_test(tc, what_goes_to_another_is_given_back_first_and_only_then_free);
	tcase_add_test(tc, a_cooperative_member_commits_while_others_join);
	tcase_add_test(tc, a_cooperative_member_that_the_group_forgot_loses_all);
	tcase_add_test(tc, a_lost_connection_while_joining_costs_a_cooperative_member_nothing);
	suite_add_tcase(s, tc);
	tc = tcase_create("patterns");
	tcase_add_test(tc, a_pattern_finds_topics_now_and_later_and_drops_those_that_are_gone);
	tcase_add_test(tc, a_pattern_that_nothing_matches_waits);
	suite_add_tcase(s, tc);
	return s;
}
