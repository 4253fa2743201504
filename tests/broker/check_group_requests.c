/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>

#include "base/err.h"
#include "base/slice.h"
#include "broker/group.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_join_group.h"
#include "wire/msg_leave_group.h"
#include "wire/msg_list_groups.h"
#include "wire/msg_metadata.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_sync_group.h"

static const struct gw_slice none = { NULL, 0 };

static int
begin(struct rig *r)
{
	int h;

	rig_init(r, 1);
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	h = rig_connect(r);
	ck_assert_int_eq(rig_create_topic(r, h, "t", 3), 0);
	return h;
}

static void
end(struct rig *r, int h)
{
	rig_disconnect(r, h);
	rig_close(r);
	rig_fini(r);
}

static int
restart(struct rig *r)
{
	rig_kill(r);
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	return rig_connect(r);
}

static struct gw_join_group_request
join_request(struct gw_slice member_id, struct gw_join_group_protocol *p)
{
	*p = (struct gw_join_group_protocol){ .name = GW_LIT("range"),
		.metadata = GW_LIT("wants t") };
	return (struct gw_join_group_request){ .group_id = GW_LIT("g"), .session_timeout_ms = 10000,
		.rebalance_timeout_ms = 10000, .member_id = member_id, .group_instance_id = none,
		.protocol_type = GW_LIT("consumer"), .protocols = p, .n_protocols = 1 };
}

/* Through the whole entrance, whatever the version asks: a member with its assignment. */
static const struct gw_join_group_response *
enter(struct rig *r, int h, int16_t join_version, int16_t sync_version)
{
	struct gw_join_group_protocol p;
	struct gw_join_group_request q = join_request(GW_LIT(""), &p);
	const struct gw_join_group_response *a;
	const struct gw_sync_group_response *sa;
	struct gw_sync_group_assignment mine = { .assignment = GW_LIT("take all") };
	struct gw_sync_group_request sq = { .group_id = GW_LIT("g"),
		.group_instance_id = none,
		.assignments = &mine,
		.n_assignments = 1 };

	if (join_version < 1)
		q.rebalance_timeout_ms = -1;
	a = rig_call(r, h, GW_API_JOIN_GROUP, join_version, &q);
	if (join_version >= 4) {
		ck_assert_int_eq(a->error_code, GW_K_MEMBER_ID_REQUIRED);
		ck_assert_uint_gt(a->member_id.len, 0);
		q.member_id = a->member_id;
		a = rig_call(r, h, GW_API_JOIN_GROUP, join_version, &q);
	}
	ck_assert_int_eq(a->error_code, 0);
	ck_assert(gw_slice_eq(a->leader, a->member_id));
	ck_assert_uint_eq(a->n_members, 1);
	ck_assert(gw_slice_is(a->members[0].metadata, "wants t"));
	ck_assert(gw_slice_is(a->protocol_name, "range"));
	sq.generation_id = a->generation_id;
	sq.member_id = mine.member_id = a->member_id;
	if (sync_version >= 5) {
		sq.protocol_type = GW_LIT("consumer");
		sq.protocol_name = GW_LIT("range");
	}
	sa = rig_call(r, h, GW_API_SYNC_GROUP, sync_version, &sq);
	ck_assert_int_eq(sa->error_code, 0);
	ck_assert(gw_slice_is(sa->assignment, "take all"));
	return a;
}

static int16_t
leave(struct rig *r, int h, int16_t version, struct gw_slice member_id)
{
	struct gw_leave_group_member_identity m = { .member_id = member_id,
		.group_instance_id = none };
	struct gw_leave_group_request q = { .group_id = GW_LIT("g") };
	const struct gw_leave_group_response *a;

	if (version < 3)
		q.member_id = member_id;
	else {
		q.members = &m;
		q.n_members = 1;
	}
	a = rig_call(r, h, GW_API_LEAVE_GROUP, version, &q);
	return version < 3 ? a->error_code : a->members[0].error_code;
}

START_TEST(a_member_enters_beats_and_leaves_in_every_version)
{
	struct rig r;
	int h = begin(&r);

	for (int16_t v = 0; v <= 9; v++) {
		int16_t other = v > 5 ? 5 : v;
		const struct gw_join_group_response *a = enter(&r, h, v, other);
		struct gw_heartbeat_request q = { .group_id = GW_LIT("g"),
			.generation_id = a->generation_id,
			.member_id = a->member_id,
			.group_instance_id = none };
		const struct gw_heartbeat_response *b =
		    rig_call(&r, h, GW_API_HEARTBEAT, v > 4 ? 4 : v, &q);

		ck_assert_int_eq(b->error_code, 0);
		ck_assert_int_eq(leave(&r, h, other, a->member_id), 0);
		ck_assert_int_eq(leave(&r, h, other, a->member_id), GW_K_UNKNOWN_MEMBER_ID);
	}
	end(&r, h);
}
END_TEST

/* ---- commits ---- */

static int16_t
commit(struct rig *r, int h, int16_t version, struct gw_slice member, int32_t generation,
    int32_t partition, int64_t offset, struct gw_slice metadata)
{
	struct gw_offset_commit_request_partition p = { .partition_index = partition,
		.committed_offset = offset,
		.committed_leader_epoch = version >= 6 ? 4 : -1,
		.committed_metadata = metadata };
	struct gw_offset_commit_request_topic t = {
		.name = GW_LIT("t"), .partitions = &p, .n_partitions = 1
	};
	struct gw_offset_commit_request q = { .group_id = GW_LIT("g"),
		.generation_id_or_member_epoch = generation,
		.member_id = member,
		.group_instance_id = none,
		.retention_time_ms = -1,
		.topics = &t,
		.n_topics = 1 };
	const struct gw_offset_commit_response *a =
	    rig_call(r, h, GW_API_OFFSET_COMMIT, version, &q);

	return a->topics[0].partitions[0].error_code;
}

static struct gw_offset_fetch_group_partition
fetch(struct rig *r, int h, int16_t version, int32_t partition)
{
	struct gw_offset_fetch_request_topic t = {
		.name = GW_LIT("t"), .partition_indexes = &partition, .n_partition_indexes = 1
	};
	struct gw_offset_fetch_request_group_topic gt = {
		.name = GW_LIT("t"), .partition_indexes = &partition, .n_partition_indexes = 1
	};
	struct gw_offset_fetch_request_group g = {
		.group_id = GW_LIT("g"), .member_epoch = -1, .topics = &gt, .n_topics = 1
	};
	struct gw_offset_fetch_request q = { 0 };
	const struct gw_offset_fetch_response *a;

	if (version < 8) {
		const struct gw_offset_fetch_partition *p;

		q.group_id = GW_LIT("g");
		q.topics = &t;
		q.n_topics = 1;
		a = rig_call(r, h, GW_API_OFFSET_FETCH, version, &q);
		p = &a->topics[0].partitions[0];
		return (struct gw_offset_fetch_group_partition){ p->partition_index,
			p->committed_offset, p->committed_leader_epoch, p->metadata,
			p->error_code };
	}
	q.groups = &g;
	q.n_groups = 1;
	a = rig_call(r, h, GW_API_OFFSET_FETCH, version, &q);
	ck_assert_int_eq(a->groups[0].error_code, 0);
	return a->groups[0].topics[0].partitions[0];
}

START_TEST(a_commit_comes_back_with_its_metadata_in_every_version)
{
	struct rig r;
	int h = begin(&r);

	for (int16_t v = 2; v <= 9; v++) {
		ck_assert_int_eq(commit(&r, h, v, GW_LIT(""), -1, 1, 40 + v, GW_LIT("my note")), 0);
		for (int16_t f = 1; f <= 9; f++) {
			struct gw_offset_fetch_group_partition p = fetch(&r, h, f, 1);

			ck_assert_int_eq(p.error_code, 0);
			ck_assert_int_eq(p.committed_offset, 40 + v);
			ck_assert_int_eq(p.committed_leader_epoch, v >= 6 && f >= 5 ? 4 : -1);
			ck_assert(gw_slice_is(p.metadata, "my note"));
			ck_assert_int_eq(fetch(&r, h, f, 2).committed_offset, -1);
		}
	}
	end(&r, h);
}
END_TEST

START_TEST(commits_survive_a_killed_process_and_a_clean_stop)
{
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(commit(&r, h, 8, GW_LIT(""), -1, 0, 11, none), 0);
	h = restart(&r);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, 11);
	ck_assert_int_eq(commit(&r, h, 8, GW_LIT(""), -1, 2, 12, GW_LIT("x")), 0);
	rig_close(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, 11);
	ck_assert(gw_slice_is(fetch(&r, h, 8, 2).metadata, "x"));
	end(&r, h);
}
END_TEST

START_TEST(with_always_a_commit_is_answered_when_it_is_durable)
{
	struct gw_offset_commit_request_partition p = { .committed_offset = 5,
		.committed_leader_epoch = -1 };
	struct gw_offset_commit_request_topic t = {
		.name = GW_LIT("t"), .partitions = &p, .n_partitions = 1
	};
	struct gw_offset_commit_request q = { .group_id = GW_LIT("g"),
		.generation_id_or_member_epoch = -1,
		.group_instance_id = none,
		.retention_time_ms = -1,
		.topics = &t,
		.n_topics = 1 };
	struct rig r;
	int h;

	rig_init(&r, 3);
	r.o.fsync = GW_FSYNC_ALWAYS;
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	mem_fs_clock(r.fs, &r.now.us, 7000, 7000);
	rig_send(&r, h, GW_API_OFFSET_COMMIT, 8, &q);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_OFFSET_COMMIT, 8));
	rig_pass(&r, 6);
	ck_assert_ptr_null(rig_receive(&r, h, GW_API_OFFSET_COMMIT, 8));
	rig_pass(&r, 2);
	ck_assert_ptr_nonnull(rig_receive(&r, h, GW_API_OFFSET_COMMIT, 8));
	rig_crash(&r);
	mem_fs_clock(r.fs, NULL, 0, 0);
	ck_assert_msg(rig_open(&r) == 0, "%s", r.err.msg);
	h = rig_connect(&r);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, 5);
	end(&r, h);
}
END_TEST

START_TEST(commits_are_judged)
{
	char big[GW_CGROUP_METADATA_MAX + 1];
	const struct gw_join_group_response *a;
	struct rig r;
	int h = begin(&r);

	memset(big, 'x', sizeof(big));
	ck_assert_int_eq(
	    commit(&r, h, 8, GW_LIT(""), -1, 9, 1, none), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(
	    commit(&r, h, 8, GW_LIT(""), -1, 0, 1, (struct gw_slice){ big, sizeof(big) }),
	    GW_K_OFFSET_METADATA_TOO_LARGE);
	ck_assert_int_eq(
	    commit(&r, h, 8, GW_LIT("somebody"), 3, 0, 1, none), GW_K_UNKNOWN_MEMBER_ID);
	a = enter(&r, h, 5, 3);
	ck_assert_int_eq(commit(&r, h, 8, GW_LIT(""), -1, 0, 1, none), GW_K_UNKNOWN_MEMBER_ID);
	ck_assert_int_eq(commit(&r, h, 8, a->member_id, a->generation_id - 1, 0, 1, none),
	    GW_K_ILLEGAL_GENERATION);
	ck_assert_int_eq(commit(&r, h, 8, a->member_id, a->generation_id, 0, 1, none), 0);
	end(&r, h);
}
END_TEST

static struct gw_uuid
id_of_t(struct rig *r, int h)
{
	struct gw_metadata_request_topic t = { .name = GW_LIT("t") };
	struct gw_metadata_request q = { .topics = &t, .n_topics = 1 };
	const struct gw_metadata_response *a = rig_call(r, h, GW_API_METADATA, 12, &q);

	return a->topics[0].topic_id;
}

START_TEST(v10_commits_and_fetches_by_topic_id)
{
	int32_t index = 1;
	struct gw_offset_commit_request_partition p = { .partition_index = 1,
		.committed_offset = 42, .committed_leader_epoch = -1 };
	struct gw_offset_commit_request_topic t = { .partitions = &p, .n_partitions = 1 };
	struct gw_offset_commit_request q = { .group_id = GW_LIT("g"),
		.generation_id_or_member_epoch = -1,
		.member_id = GW_LIT(""),
		.group_instance_id = none,
		.retention_time_ms = -1,
		.topics = &t,
		.n_topics = 1 };
	struct gw_offset_fetch_request_group_topic gt = { .partition_indexes = &index,
		.n_partition_indexes = 1 };
	struct gw_offset_fetch_request_group g = {
		.group_id = GW_LIT("g"), .member_epoch = -1, .topics = &gt, .n_topics = 1
	};
	struct gw_offset_fetch_request fq = { .groups = &g, .n_groups = 1 };
	const struct gw_offset_commit_response *c;
	const struct gw_offset_fetch_response *f;
	struct rig r;
	int h = begin(&r);

	t.topic_id = gt.topic_id = id_of_t(&r, h);
	c = rig_call(&r, h, GW_API_OFFSET_COMMIT, 10, &q);
	ck_assert_int_eq(c->topics[0].partitions[0].error_code, 0);
	ck_assert_mem_eq(&c->topics[0].topic_id, &t.topic_id, sizeof(t.topic_id));
	f = rig_call(&r, h, GW_API_OFFSET_FETCH, 10, &fq);
	ck_assert_int_eq(f->groups[0].topics[0].partitions[0].committed_offset, 42);
	g.n_topics = GW_NULL_ARRAY;
	f = rig_call(&r, h, GW_API_OFFSET_FETCH, 10, &fq);
	ck_assert_mem_eq(&f->groups[0].topics[0].topic_id, &t.topic_id, sizeof(t.topic_id));
	g.n_topics = 1;
	t.topic_id.b[0] ^= 1;
	gt.topic_id = t.topic_id;
	c = rig_call(&r, h, GW_API_OFFSET_COMMIT, 10, &q);
	ck_assert_int_eq(c->topics[0].partitions[0].error_code, GW_K_UNKNOWN_TOPIC_ID);
	f = rig_call(&r, h, GW_API_OFFSET_FETCH, 10, &fq);
	ck_assert_int_eq(
	    f->groups[0].topics[0].partitions[0].error_code, GW_K_UNKNOWN_TOPIC_ID);
	end(&r, h);
}
END_TEST

START_TEST(all_commits_of_a_group_are_listed)
{
	struct gw_offset_fetch_request_group g = {
		.group_id = GW_LIT("g"), .member_epoch = -1, .n_topics = GW_NULL_ARRAY
	};
	struct gw_offset_fetch_request q = { .groups = &g, .n_groups = 1 };
	struct gw_offset_fetch_request old = { .group_id = GW_LIT("g"), .n_topics = GW_NULL_ARRAY };
	const struct gw_offset_fetch_response *a;
	struct rig r;
	int h = begin(&r);

	for (int32_t i = 0; i < 3; i++)
		ck_assert_int_eq(commit(&r, h, 8, GW_LIT(""), -1, i, 10 + i, none), 0);
	a = rig_call(&r, h, GW_API_OFFSET_FETCH, 9, &q);
	ck_assert_uint_eq(a->groups[0].n_topics, 1);
	ck_assert_uint_eq(a->groups[0].topics[0].n_partitions, 3);
	a = rig_call(&r, h, GW_API_OFFSET_FETCH, 5, &old);
	ck_assert_uint_eq(a->topics[0].n_partitions, 3);
	g.group_id = GW_LIT("nobody");
	a = rig_call(&r, h, GW_API_OFFSET_FETCH, 9, &q);
	ck_assert_int_eq(a->groups[0].error_code, 0);
	ck_assert_uint_eq(a->groups[0].n_topics, 0);
	end(&r, h);
}
END_TEST

START_TEST(a_deleted_topic_takes_its_commits_with_it)
{
	struct gw_slice name = GW_LIT("t");
	struct gw_delete_topics_request q = { .topic_names = &name, .n_topic_names = 1 };
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(commit(&r, h, 8, GW_LIT(""), -1, 0, 5, none), 0);
	(void)rig_call(&r, h, GW_API_DELETE_TOPICS, 5, &q);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 3), 0);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, -1);
	h = restart(&r);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, -1);
	end(&r, h);
}
END_TEST

/* ---- what admins ask ---- */

START_TEST(groups_are_listed_described_and_deleted)
{
	struct gw_slice name = GW_LIT("g"), stable = GW_LIT("stable");
	struct gw_list_groups_request lq = { 0 };
	struct gw_describe_groups_request dq = { .groups = &name, .n_groups = 1 };
	struct gw_delete_groups_request xq = { .groups_names = &name, .n_groups_names = 1 };
	const struct gw_list_groups_response *l;
	const struct gw_describe_groups_response *d;
	const struct gw_delete_groups_response *x;
	const struct gw_join_group_response *a;
	struct rig r;
	int h = begin(&r);

	a = enter(&r, h, 5, 3);
	for (int16_t v = 0; v <= 5; v++) {
		l = rig_call(&r, h, GW_API_LIST_GROUPS, v, &lq);
		ck_assert_uint_eq(l->n_groups, 1);
		ck_assert(gw_slice_is(l->groups[0].protocol_type, "consumer"));
	}
	lq.states_filter = &stable;
	lq.n_states_filter = 1;
	ck_assert_uint_eq(
	    ((const struct gw_list_groups_response *)rig_call(&r, h, GW_API_LIST_GROUPS, 4, &lq))
		->n_groups,
	    1);
	for (int16_t v = 0; v <= 6; v++) {
		d = rig_call(&r, h, GW_API_DESCRIBE_GROUPS, v, &dq);
		ck_assert(gw_slice_is(d->groups[0].group_state, "Stable"));
		ck_assert(gw_slice_is(d->groups[0].protocol_data, "range"));
		ck_assert(gw_slice_is(d->groups[0].members[0].client_id, "rig"));
		ck_assert(gw_slice_is(d->groups[0].members[0].client_host, "/127.0.0.1"));
		ck_assert(gw_slice_is(d->groups[0].members[0].member_assignment, "take all"));
	}
	ck_assert_int_eq(commit(&r, h, 8, a->member_id, a->generation_id, 0, 3, none), 0);
	x = rig_call(&r, h, GW_API_DELETE_GROUPS, 2, &xq);
	ck_assert_int_eq(x->results[0].error_code, GW_K_NON_EMPTY_GROUP);
	ck_assert_int_eq(leave(&r, h, 4, a->member_id), 0);
	ck_assert_uint_eq(
	    ((const struct gw_list_groups_response *)rig_call(&r, h, GW_API_LIST_GROUPS, 4, &lq))
		->n_groups,
	    0);
	x = rig_call(&r, h, GW_API_DELETE_GROUPS, 2, &xq);
	ck_assert_int_eq(x->results[0].error_code, 0);
	x = rig_call(&r, h, GW_API_DELETE_GROUPS, 2, &xq);
	ck_assert_int_eq(x->results[0].error_code, GW_K_GROUP_ID_NOT_FOUND);
	d = rig_call(&r, h, GW_API_DESCRIBE_GROUPS, 6, &dq);
	ck_assert_int_eq(d->groups[0].error_code, GW_K_GROUP_ID_NOT_FOUND);
	d = rig_call(&r, h, GW_API_DESCRIBE_GROUPS, 5, &dq);
	ck_assert(gw_slice_is(d->groups[0].group_state, "Dead"));
	h = restart(&r);
	ck_assert_int_eq(fetch(&r, h, 8, 0).committed_offset, -1);
	end(&r, h);
}
END_TEST

START_TEST(a_join_waits_for_the_others_and_its_connection_may_go_meanwhile)
{
	const struct gw_join_group_response *a, *b;
	struct gw_join_group_protocol p;
	struct gw_join_group_request q;
	struct rig r;
	int h = begin(&r), h2 = rig_connect(&r), h3 = rig_connect(&r);

	a = enter(&r, h, 3, 2);
	q = join_request(GW_LIT(""), &p);
	rig_send(&r, h2, GW_API_JOIN_GROUP, 3, &q);
	rig_send(&r, h3, GW_API_JOIN_GROUP, 3, &q);
	ck_assert_ptr_null(rig_receive(&r, h2, GW_API_JOIN_GROUP, 3));
	rig_disconnect(&r, h3);
	q = join_request(a->member_id, &p);
	a = rig_call(&r, h, GW_API_JOIN_GROUP, 3, &q);
	b = rig_receive(&r, h2, GW_API_JOIN_GROUP, 3);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(b->generation_id, a->generation_id);
	ck_assert_uint_eq(a->n_members, 3); /* the one without a connection still has its session */
	rig_pass(&r, 11000);
	end(&r, h);
}
END_TEST

START_TEST(an_empty_group_without_commits_is_forgotten)
{
	const struct gw_join_group_response *a;
	struct gw_broker_stats stats;
	struct rig r;
	int h = begin(&r);

	a = enter(&r, h, 3, 2);
	ck_assert_int_eq(leave(&r, h, 2, a->member_id), 0);
	rig_pass(&r, 400000);
	gw_broker_get_stats(r.b, &stats);
	ck_assert_uint_eq(stats.groups, 0);
	end(&r, h);
}
END_TEST

Suite *
check_group_requests_suite(void)
{
	Suite *s = suite_create("group_requests");
	TCase *tc = tcase_create("group_requests");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_member_enters_beats_and_leaves_in_every_version);
	tcase_add_test(tc, a_commit_comes_back_with_its_metadata_in_every_version);
	tcase_add_test(tc, commits_survive_a_killed_process_and_a_clean_stop);
	tcase_add_test(tc, with_always_a_commit_is_answered_when_it_is_durable);
	tcase_add_test(tc, commits_are_judged);
	tcase_add_test(tc, v10_commits_and_fetches_by_topic_id);
	tcase_add_test(tc, all_commits_of_a_group_are_listed);
	tcase_add_test(tc, a_deleted_topic_takes_its_commits_with_it);
	tcase_add_test(tc, groups_are_listed_described_and_deleted);
	tcase_add_test(tc, a_join_waits_for_the_others_and_its_connection_may_go_meanwhile);
	tcase_add_test(tc, an_empty_group_without_commits_is_forgotten);
	suite_add_tcase(s, tc);
	return s;
}
