/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"
#include "broker/ngroup.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_consumer_group_describe.h"
#include "wire/msg_consumer_group_heartbeat.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_join_group.h"
#include "wire/msg_list_groups.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_fetch.h"

/* KIP-848 groups over the wire. */

#define PARTS_MAX	64

typedef struct gw_consumer_group_heartbeat_request request;
typedef struct gw_consumer_group_heartbeat_response response;
typedef struct gw_consumer_group_heartbeat_topic_partitions topic_partitions;

static const struct gw_slice none = { NULL, 0 };

/* A member as a client keeps it: its epoch and what it has been given. */
struct member {
	struct rig	*r;
	int		 h;
	char		 id[64];
	const char	*instance, *regex, *assignor;
	const char	*topic;		/* NULL: none by name */
	int32_t		 rebalance_ms, epoch;
	int16_t		 error;
	int32_t		 interval_ms;
	bool		 told;		/* the last answer had an assignment */
	topic_partitions owned[4];
	size_t		 n_owned;
	int32_t		 parts[4][PARTS_MAX];
};

static struct member
member(struct rig *r, int h, const char *id)
{
	struct member m = { .r = r, .h = h, .topic = "t", .rebalance_ms = 10000 };

	snprintf(m.id, sizeof(m.id), "%s", id);
	return m;
}

static request
ask(const struct member *m)
{
	return (request){ .group_id = GW_LIT("g"), .member_id = gw_str(m->id),
		.member_epoch = m->epoch, .instance_id = gw_str(m->instance), .rack_id = none,
		.rebalance_timeout_ms = -1, .n_subscribed_topic_names = GW_NULL_ARRAY,
		.subscribed_topic_regex = none, .server_assignor = none,
		.n_topic_partitions = GW_NULL_ARRAY };
}

static void
hear(struct member *m, const response *a)
{
	m->error = a->error_code;
	if (a->error_code != 0)
		return;
	snprintf(m->id, sizeof(m->id), "%.*s", GW_FMT(a->member_id));
	m->epoch = a->member_epoch;
	m->interval_ms = a->heartbeat_interval_ms;
	m->told = a->assignment != NULL;
	if (!m->told)
		return;
	m->n_owned = a->assignment->n_topic_partitions;
	ck_assert_uint_le(m->n_owned, 4);
	for (size_t i = 0; i < m->n_owned; i++) {
		const topic_partitions *t = &a->assignment->topic_partitions[i];

		ck_assert_uint_le(t->n_partitions, PARTS_MAX);
		m->owned[i] = *t;
		m->owned[i].partitions = m->parts[i];
		memcpy(m->parts[i], t->partitions, t->n_partitions * sizeof(int32_t));
	}
}

static const response *
join_as(struct member *m, int16_t version)
{
	struct gw_slice name = gw_str(m->topic);
	const response *a;
	request q;

	m->epoch = 0;
	m->n_owned = 0;
	q = ask(m);
	q.rebalance_timeout_ms = m->rebalance_ms;
	q.subscribed_topic_names = &name;
	q.n_subscribed_topic_names = m->topic == NULL ? 0 : 1;
	if (version >= 1)
		q.subscribed_topic_regex = gw_str(m->regex);
	q.server_assignor = gw_str(m->assignor);
	q.n_topic_partitions = 0;
	a = rig_call(m->r, m->h, GW_API_CONSUMER_GROUP_HEARTBEAT, version, &q);
	hear(m, a);
	return a;
}

static int16_t
join(struct member *m)
{
	(void)join_as(m, 1);
	return m->error;
}

/* A heartbeat without news. */
static int16_t
beat(struct member *m)
{
	request q = ask(m);

	hear(m, rig_call(m->r, m->h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q));
	return m->error;
}

/* "I have what you gave me", as after giving up the rest. */
static int16_t
confirm(struct member *m)
{
	request q = ask(m);

	q.topic_partitions = m->owned;
	q.n_topic_partitions = m->n_owned;
	hear(m, rig_call(m->r, m->h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q));
	return m->error;
}

static int16_t
leave(struct member *m, int32_t epoch)
{
	request q = ask(m);
	const response *a;

	q.member_epoch = epoch;
	a = rig_call(m->r, m->h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q);
	if (a->error_code == 0)
		ck_assert_int_eq(a->member_epoch, epoch);
	return a->error_code;
}

static size_t
n_parts(const struct member *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_owned; i++)
		n += m->owned[i].n_partitions;
	return n;
}

static int
begin(struct rig *r, int32_t partitions)
{
	int h;

	rig_init(r, 1);
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	h = rig_connect(r);
	ck_assert_int_eq(rig_create_topic(r, h, "t", partitions), 0);
	return h;
}

static void
end(struct rig *r, int h)
{
	rig_disconnect(r, h);
	rig_close(r);
	rig_fini(r);
}

static const struct gw_consumer_group_describe_group *
describe(struct rig *r, int h)
{
	struct gw_slice name = GW_LIT("g");
	struct gw_consumer_group_describe_request q = { .group_ids = &name, .n_group_ids = 1,
		.include_authorized_operations = true };
	const struct gw_consumer_group_describe_response *a =
	    rig_call(r, h, GW_API_CONSUMER_GROUP_DESCRIBE, 1, &q);

	ck_assert_uint_eq(a->n_groups, 1);
	return &a->groups[0];
}

static void
state_is(struct rig *r, int h, const char *state)
{
	const struct gw_consumer_group_describe_group *g = describe(r, h);

	ck_assert_msg(gw_slice_is(g->group_state, state), "state %.*s", GW_FMT(g->group_state));
}

/* ---- the plain course ---- */

START_TEST(a_lone_member_is_given_everything_at_once)
{
	struct rig r;
	int h = begin(&r, 3);
	struct member m = member(&r, h, "");
	const response *a = join_as(&m, 0);	/* v0: the broker makes the id */

	ck_assert_int_eq(m.error, 0);
	ck_assert_uint_gt(a->member_id.len, 10);
	ck_assert_int_eq(m.epoch, 1);
	ck_assert_int_eq(m.interval_ms, 5000);
	ck_assert_uint_eq(n_parts(&m), 3);
	ck_assert_int_eq(beat(&m), 0);
	ck_assert(!m.told);		/* nothing is new */
	ck_assert_int_eq(m.epoch, 1);
	state_is(&r, h, "Stable");
	ck_assert_int_eq(leave(&m, -1), 0);
	state_is(&r, h, "Empty");
	ck_assert_int_eq(beat(&m), GW_K_UNKNOWN_MEMBER_ID);
	end(&r, h);
}
END_TEST

START_TEST(a_second_member_gets_its_share_when_the_first_has_given_it_up)
{
	struct rig r;
	int h = begin(&r, 4);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b");

	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(b.epoch, 2);
	ck_assert_uint_eq(n_parts(&b), 0);	/* all is a's still */
	state_is(&r, h, "Reconciling");
	ck_assert_int_eq(beat(&a), 0);
	ck_assert(a.told);
	ck_assert_uint_eq(n_parts(&a), 2);
	ck_assert_int_eq(a.epoch, 1);		/* until it has given up the others */
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 0);
	ck_assert_int_eq(beat(&a), 0);		/* without news it still has them */
	ck_assert_int_eq(a.epoch, 1);
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(a.epoch, 2);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 2);
	state_is(&r, h, "Stable");
	/* And back. */
	ck_assert_int_eq(leave(&a, -1), 0);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 4);
	ck_assert_int_eq(b.epoch, 3);
	end(&r, h);
}
END_TEST

START_TEST(range_gives_neighbours_and_uniform_moves_as_little_as_it_can)
{
	struct rig r;
	int h = begin(&r, 5);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b");

	a.assignor = b.assignor = "range";
	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&a), 3);
	ck_assert_int_eq(a.parts[0][0], 0);
	ck_assert_int_eq(a.parts[0][2], 2);
	ck_assert_int_eq(b.parts[0][0], 3);
	ck_assert(gw_slice_is(describe(&r, h)->assignor_name, "range"));
	ck_assert_int_eq(leave(&b, -1), 0);
	ck_assert_int_eq(leave(&a, -1), 0);
	a.assignor = b.assignor = NULL;
	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	ck_assert_uint_eq(n_parts(&a), 3);
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 2);
	ck_assert(gw_slice_is(describe(&r, h)->assignor_name, "uniform"));
	a.assignor = "sticky";
	ck_assert_int_eq(join(&a), GW_K_UNSUPPORTED_ASSIGNOR);
	end(&r, h);
}
END_TEST

/* ---- topics come and go ---- */

START_TEST(a_pattern_takes_topics_that_come_later_and_a_topic_that_grows)
{
	struct gw_create_partitions_topic t = { .name = GW_LIT("t"), .count = 6 };
	struct gw_create_partitions_request q = { .topics = &t, .n_topics = 1,
		.timeout_ms = 1000 };
	struct gw_slice names[1] = { GW_LIT("t2") };
	struct gw_delete_topics_request dq = { .topic_names = names, .n_topic_names = 1,
		.timeout_ms = 1000 };
	struct rig r;
	int h = begin(&r, 2);
	struct member m = member(&r, h, "m");

	m.topic = NULL;
	m.regex = "t[0-9]*";
	ck_assert_int_eq(join(&m), 0);
	ck_assert_uint_eq(n_parts(&m), 2);
	ck_assert_int_eq(rig_create_topic(&r, h, "t2", 3), 0);
	ck_assert_int_eq(rig_create_topic(&r, h, "other", 3), 0);
	ck_assert_int_eq(beat(&m), 0);
	ck_assert_uint_eq(n_parts(&m), 5);
	ck_assert_int_eq(m.epoch, 2);
	(void)rig_call(&r, h, GW_API_CREATE_PARTITIONS, 1, &q);
	ck_assert_int_eq(beat(&m), 0);
	ck_assert_uint_eq(n_parts(&m), 9);
	(void)rig_call(&r, h, GW_API_DELETE_TOPICS, 1, &dq);
	ck_assert_int_eq(beat(&m), 0);
	ck_assert_uint_eq(n_parts(&m), 6);
	m.regex = "t[";
	ck_assert_int_eq(join(&m), GW_K_INVALID_REGULAR_EXPRESSION);
	end(&r, h);
}
END_TEST

/* ---- who may speak ---- */

START_TEST(other_epochs_are_fenced_and_a_lost_answer_is_given_again)
{
	struct rig r;
	int h = begin(&r, 2);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b"), old;

	ck_assert_int_eq(join(&a), 0);
	old = a;
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	old = a;
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(a.epoch, 2);
	/* The answer was lost: it says the epoch before and what it has. */
	ck_assert_int_eq(confirm(&old), 0);
	ck_assert_int_eq(old.epoch, 2);
	ck_assert(old.told);
	old.epoch = 7;
	ck_assert_int_eq(beat(&old), GW_K_FENCED_MEMBER_EPOCH);
	old.epoch = 1;
	ck_assert_int_eq(beat(&old), GW_K_FENCED_MEMBER_EPOCH);	/* does not say what it has */
	/* It begins anew, under its id, and has all that is meant for it. */
	ck_assert_int_eq(join(&old), 0);
	ck_assert_uint_eq(n_parts(&old), 1);
	ck_assert_int_eq(old.epoch, 2);
	end(&r, h);
}
END_TEST

START_TEST(a_request_that_says_too_little_is_refused_and_leaves_no_group)
{
	struct rig r;
	int h = begin(&r, 2);
	struct member m = member(&r, h, "m");
	request q = ask(&m);
	const response *a;

	a = rig_call(&r, h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q);
	ck_assert_int_eq(a->error_code, GW_K_INVALID_REQUEST);
	ck_assert(gw_slice_is(
	    a->error_message, "RebalanceTimeoutMs must be provided in first request."));
	q.rebalance_timeout_ms = 1000;
	a = rig_call(&r, h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q);
	ck_assert_int_eq(a->error_code, GW_K_INVALID_REQUEST);
	q.n_topic_partitions = 0;
	a = rig_call(&r, h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q);
	ck_assert_int_eq(a->error_code, GW_K_INVALID_REQUEST);
	q.member_id = GW_LIT("");
	a = rig_call(&r, h, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &q);
	ck_assert_int_eq(a->error_code, GW_K_INVALID_REQUEST);
	ck_assert_int_eq(leave(&m, -2), GW_K_INVALID_REQUEST);
	ck_assert_int_eq(leave(&m, -3), GW_K_INVALID_REQUEST);
	m.epoch = 1;
	ck_assert_int_eq(beat(&m), GW_K_GROUP_ID_NOT_FOUND);
	ck_assert_int_eq(describe(&r, h)->error_code, GW_K_GROUP_ID_NOT_FOUND);
	end(&r, h);
}
END_TEST

START_TEST(a_static_member_comes_back_to_its_share)
{
	struct rig r;
	int h = begin(&r, 4);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b"), a2 = member(&r, h, "z");
	struct gw_uuid topic;

	a.instance = a2.instance = "i";
	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(beat(&b), 0);
	topic = a.owned[0].topic_id;
	ck_assert_int_eq(join(&a2), GW_K_UNRELEASED_INSTANCE_ID);
	ck_assert_int_eq(leave(&a, -2), 0);
	rig_pass(&r, 10000);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 2);	/* nobody took it over */
	ck_assert_int_eq(join(&a2), 0);
	ck_assert_uint_eq(n_parts(&a2), 2);
	ck_assert_int_eq(memcmp(a2.parts[0], a.parts[0], 2 * sizeof(int32_t)), 0);
	ck_assert_int_eq(memcmp(&a2.owned[0].topic_id, &topic, sizeof(topic)), 0);
	ck_assert_int_eq(a2.epoch, 2);		/* nothing moved */
	ck_assert_int_eq(beat(&a), GW_K_FENCED_INSTANCE_ID);
	/* Gone for too long it is gone. */
	ck_assert_int_eq(leave(&a2, -2), 0);
	rig_pass(&r, 30000);
	ck_assert_int_eq(beat(&b), 0);
	rig_pass(&r, 16000);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 4);
	end(&r, h);
}
END_TEST

START_TEST(a_silent_member_and_one_that_gives_nothing_up_are_out)
{
	struct rig r;
	int h = begin(&r, 2);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b");

	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	rig_pass(&r, 9000);
	ck_assert_int_eq(beat(&a), 0);
	ck_assert_int_eq(beat(&b), 0);
	rig_pass(&r, 2000);			/* its rebalance timeout was 10 s */
	ck_assert_int_eq(beat(&a), GW_K_UNKNOWN_MEMBER_ID);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 2);
	rig_pass(&r, 46000);
	ck_assert_int_eq(beat(&b), GW_K_UNKNOWN_MEMBER_ID);
	state_is(&r, h, "Empty");
	end(&r, h);
}
END_TEST

/* ---- offsets ---- */

static int16_t
commit(struct rig *r, int h, int16_t version, const struct member *m, int32_t epoch)
{
	struct gw_offset_commit_request_partition p = { .committed_offset = 0,
		.committed_leader_epoch = -1, .committed_metadata = none };
	struct gw_offset_commit_request_topic t = { .name = GW_LIT("t"), .partitions = &p,
		.n_partitions = 1 };
	struct gw_offset_commit_request q = { .group_id = GW_LIT("g"),
		.generation_id_or_member_epoch = epoch,
		.member_id = m == NULL ? GW_LIT("") : gw_str(m->id), .group_instance_id = none,
		.retention_time_ms = -1, .topics = &t, .n_topics = 1 };
	const struct gw_offset_commit_response *a =
	    rig_call(r, h, GW_API_OFFSET_COMMIT, version, &q);

	return a->topics[0].partitions[0].error_code;
}

static int16_t
fetch(struct rig *r, int h, const struct member *m, int32_t epoch)
{
	int32_t p = 0;
	struct gw_offset_fetch_request_group_topic t = { .name = GW_LIT("t"),
		.partition_indexes = &p, .n_partition_indexes = 1 };
	struct gw_offset_fetch_request_group g = { .group_id = GW_LIT("g"),
		.member_id = m == NULL ? none : gw_str(m->id), .member_epoch = epoch,
		.topics = &t, .n_topics = 1 };
	struct gw_offset_fetch_request q = { .groups = &g, .n_groups = 1 };
	const struct gw_offset_fetch_response *a = rig_call(r, h, GW_API_OFFSET_FETCH, 9, &q);

	return a->groups[0].error_code;
}

START_TEST(only_a_member_of_this_epoch_commits_and_reads)
{
	struct rig r;
	int h = begin(&r, 2);
	struct member m = member(&r, h, "m"), other = member(&r, h, "x");

	ck_assert_int_eq(join(&m), 0);
	ck_assert_int_eq(commit(&r, h, 9, &m, m.epoch), 0);
	ck_assert_int_eq(commit(&r, h, 9, &m, m.epoch + 1), GW_K_STALE_MEMBER_EPOCH);
	ck_assert_int_eq(commit(&r, h, 9, &other, m.epoch), GW_K_UNKNOWN_MEMBER_ID);
	ck_assert_int_eq(commit(&r, h, 9, NULL, -1), GW_K_UNKNOWN_MEMBER_ID);
	/* Who cannot understand the answers about epochs does not get them. */
	ck_assert_int_eq(commit(&r, h, 8, &m, m.epoch), GW_K_UNSUPPORTED_VERSION);
	ck_assert_int_eq(fetch(&r, h, &m, m.epoch), 0);
	ck_assert_int_eq(fetch(&r, h, &m, m.epoch - 1), GW_K_STALE_MEMBER_EPOCH);
	ck_assert_int_eq(fetch(&r, h, &other, m.epoch), GW_K_UNKNOWN_MEMBER_ID);
	ck_assert_int_eq(fetch(&r, h, NULL, -1), 0);
	ck_assert_int_eq(leave(&m, -1), 0);
	ck_assert_int_eq(commit(&r, h, 9, NULL, -1), 0);
	end(&r, h);
}
END_TEST

/* ---- administration ---- */

START_TEST(groups_are_listed_by_type_and_state_described_and_deleted)
{
	struct gw_slice types[1] = { GW_LIT("Consumer") }, states[1] = { GW_LIT("stable") },
			name = GW_LIT("g");
	struct gw_list_groups_request q = { .types_filter = types, .n_types_filter = 1,
		.states_filter = states, .n_states_filter = 1 };
	struct gw_describe_groups_request dq = { .groups = &name, .n_groups = 1 };
	struct gw_delete_groups_request xq = { .groups_names = &name, .n_groups_names = 1 };
	const struct gw_consumer_group_describe_group *g;
	const struct gw_list_groups_response *l;
	const struct gw_delete_groups_response *x;
	struct rig r;
	int h = begin(&r, 2);
	struct member m = member(&r, h, "m");

	ck_assert_int_eq(join(&m), 0);
	l = rig_call(&r, h, GW_API_LIST_GROUPS, 5, &q);
	ck_assert_uint_eq(l->n_groups, 1);
	ck_assert(gw_slice_is(l->groups[0].group_type, "consumer"));
	ck_assert(gw_slice_is(l->groups[0].protocol_type, "consumer"));
	ck_assert(gw_slice_is(l->groups[0].group_state, "Stable"));
	types[0] = GW_LIT("classic");
	l = rig_call(&r, h, GW_API_LIST_GROUPS, 5, &q);
	ck_assert_uint_eq(l->n_groups, 0);
	g = describe(&r, h);
	ck_assert_int_eq(g->group_epoch, 1);
	ck_assert_int_eq(g->assignment_epoch, 1);
	ck_assert_uint_eq(g->n_members, 1);
	ck_assert_int_eq(g->members[0].member_epoch, 1);
	ck_assert_int_eq(g->members[0].member_type, 1);
	ck_assert(gw_slice_is(g->members[0].subscribed_topic_names[0], "t"));
	ck_assert_uint_eq(g->members[0].assignment.topic_partitions[0].n_partitions, 2);
	ck_assert(gw_slice_is(g->members[0].target_assignment.topic_partitions[0].topic_name, "t"));
	ck_assert_int_eq(((const struct gw_describe_groups_response *)rig_call(&r, h,
	    GW_API_DESCRIBE_GROUPS, 6, &dq))->groups[0].error_code, GW_K_GROUP_ID_NOT_FOUND);
	x = rig_call(&r, h, GW_API_DELETE_GROUPS, 2, &xq);
	ck_assert_int_eq(x->results[0].error_code, GW_K_NON_EMPTY_GROUP);
	ck_assert_int_eq(leave(&m, -1), 0);
	x = rig_call(&r, h, GW_API_DELETE_GROUPS, 2, &xq);
	ck_assert_int_eq(x->results[0].error_code, 0);
	ck_assert_int_eq(describe(&r, h)->error_code, GW_K_GROUP_ID_NOT_FOUND);
	end(&r, h);
}
END_TEST

static const struct gw_join_group_response *
join_classic(struct rig *r, int h)
{
	struct gw_join_group_protocol p = { .name = GW_LIT("range"), .metadata = GW_LIT("x") };
	struct gw_join_group_request q = { .group_id = GW_LIT("g"), .session_timeout_ms = 10000,
		.rebalance_timeout_ms = 10000, .member_id = GW_LIT(""), .group_instance_id = none,
		.protocol_type = GW_LIT("consumer"), .protocols = &p, .n_protocols = 1 };

	return rig_call(r, h, GW_API_JOIN_GROUP, 3, &q);
}

START_TEST(a_group_changes_its_protocol_when_nobody_is_in_it)
{
	const struct gw_join_group_response *a;
	struct rig r;
	int h = begin(&r, 2);
	struct member m = member(&r, h, "m");

	ck_assert_int_eq(join(&m), 0);
	ck_assert_int_eq(join_classic(&r, h)->error_code, GW_K_INCONSISTENT_GROUP_PROTOCOL);
	ck_assert_int_eq(leave(&m, -1), 0);
	a = join_classic(&r, h);
	ck_assert_int_eq(a->error_code, 0);
	ck_assert_int_gt(a->generation_id, 1);	/* epochs go on */
	ck_assert_int_eq(join(&m), GW_K_GROUP_ID_NOT_FOUND);
	rig_kill(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(join(&(struct member){ .r = &r, .h = h, .id = "n", .topic = "t",
	    .rebalance_ms = 1 }), 0);
	end(&r, h);
}
END_TEST

/* ---- a restart ---- */

START_TEST(a_restart_keeps_members_epochs_and_who_has_what)
{
	struct rig r;
	int h = begin(&r, 4);
	struct member a = member(&r, h, "a"), b = member(&r, h, "b"), c = member(&r, h, "c");
	int32_t epoch;

	a.instance = "i";
	b.topic = NULL;
	b.regex = "t|u";
	ck_assert_int_eq(join(&a), 0);
	ck_assert_int_eq(join(&c), 0);
	ck_assert_int_eq(leave(&c, -1), 0);
	ck_assert_int_eq(join(&b), 0);
	ck_assert_int_eq(beat(&a), 0);
	/* In the middle: a has not given up yet. */
	if (_i == 0)
		rig_kill(&r);
	else
		rig_close(&r);
	ck_assert_msg(rig_open(&r) == 0, "%s", r.err.msg);
	h = a.h = b.h = rig_connect(&r);
	ck_assert_uint_eq(describe(&r, h)->n_members, 2);
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 0);
	epoch = b.epoch;
	ck_assert_int_eq(confirm(&a), 0);
	ck_assert_int_eq(a.epoch, epoch);	/* no rebalance for a restart */
	ck_assert_int_eq(beat(&b), 0);
	ck_assert_uint_eq(n_parts(&b), 2);
	ck_assert_uint_eq(n_parts(&a), 2);
	rig_close(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = a.h = b.h = rig_connect(&r);
	ck_assert_int_eq(beat(&a), 0);
	ck_assert(!a.told);
	ck_assert_int_eq(rig_create_topic(&r, h, "u", 2), 0);
	ck_assert_int_eq(beat(&b), 0);		/* the pattern is kept too */
	ck_assert_int_eq(confirm(&b), 0);
	ck_assert_int_gt(b.epoch, epoch);
	ck_assert_uint_eq(n_parts(&b), 3);
	rig_pass(&r, 46000);			/* sessions run on */
	state_is(&r, h, "Empty");
	end(&r, h);
}
END_TEST

/* ---- releases ---- */

START_TEST(only_releases_and_features_that_have_it_offer_it)
{
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("test"),
		.client_software_version = GW_LIT("1") };
	static const struct {
		const char *release;
		int16_t feature, level;
		bool offered;
	} cases[] = {
		{ NULL, 1, 1, true }, { NULL, 0, 0, true }, { "4.3", 1, 1, true },
		{ "4.0", 1, 1, true }, { "3.9", 1, 0, true }, { "2.8", 1, 0, false },
	};
	const struct gw_api_versions_response *a;
	struct member m;
	bool offered = false;
	int16_t level = 0;
	struct rig r;
	int h;

	rig_init(&r, 1);
	r.o.as_version = cases[_i].release;
	r.o.group_version = cases[_i].feature;
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	a = rig_call(&r, h, GW_API_API_VERSIONS, 3, &q);
	for (size_t i = 0; i < a->n_api_keys; i++)
		offered |= a->api_keys[i].api_key == GW_API_CONSUMER_GROUP_HEARTBEAT;
	for (size_t i = 0; i < a->n_finalized_features; i++)
		if (gw_slice_is(a->finalized_features[i].name, "group.version"))
			level = a->finalized_features[i].max_version_level;
	ck_assert_int_eq(offered, cases[_i].offered);
	ck_assert_int_eq(level, cases[_i].level);
	m = member(&r, h, "m");
	if (offered && level == 0) {
		(void)join_as(&m, 0);
		ck_assert_int_eq(m.error, GW_K_UNSUPPORTED_VERSION);
	}
	end(&r, h);
}
END_TEST

/* ---- no partition has two owners, whatever happens ---- */

#define CROWD	6

/* What a member holds: as told, and what it has not given up of before. */
struct actor {
	struct member	m;
	bool		in;
	bool		held[PARTS_MAX];
};

static void
hold_as_told(struct actor *a, struct actor *all, bool give_up)
{
	bool now[PARTS_MAX] = { false };

	for (size_t i = 0; i < a->m.n_owned; i++)
		for (size_t k = 0; k < a->m.owned[i].n_partitions; k++)
			now[a->m.owned[i].partitions[k]] = true;
	for (int p = 0; p < PARTS_MAX; p++) {
		if (now[p] && !a->held[p])
			for (int i = 0; i < CROWD; i++)
				ck_assert_msg(!all[i].held[p] || &all[i] == a,
				    "partition %d is given to %s while %s has it", p, a->m.id,
				    all[i].m.id);
		a->held[p] = now[p] || (a->held[p] && !give_up);
	}
}

static void
drop_all(struct actor *a)
{
	memset(a->held, 0, sizeof(a->held));
	a->m.n_owned = 0;
	a->in = false;
}

START_TEST(no_partition_ever_has_two_owners)
{
	struct actor all[CROWD] = { { .in = false } };
	struct gw_rng rng;
	size_t owned = 0;
	struct rig r;
	int h = begin(&r, 17);

	gw_rng_seed(&rng, (uint64_t)_i + 1);
	for (int step = 0; step < 600; step++) {
		struct actor *a = &all[gw_rng_below(&rng, CROWD)];
		uint64_t what = gw_rng_below(&rng, 100);

		rig_pass(&r, (int64_t)gw_rng_below(&rng, 300));
		if (!a->in) {
			if (what < 30)
				continue;
			a->m = member(&r, h, (const char[]){ (char)('a' + (a - all)), 0 });
			a->m.rebalance_ms = 600000;	/* nobody is thrown out */
			a->m.assignor = what < 60 ? "range" : NULL;
			ck_assert_int_eq(join(&a->m), 0);
			a->in = true;
			hold_as_told(a, all, true);
		} else if (what < 6) {
			ck_assert_int_eq(leave(&a->m, -1), 0);
			drop_all(a);
		} else if (what < 50) {
			(void)beat(&a->m);
			if (a->m.error != 0)
				drop_all(a);
			else
				hold_as_told(a, all, false);
		} else {
			hold_as_told(a, all, true);
			(void)confirm(&a->m);
			if (a->m.error != 0)
				drop_all(a);
			else
				hold_as_told(a, all, false);
		}
		if (step % 100 == 99) {
			if (what < 50)
				rig_kill(&r);
			else
				rig_close(&r);
			ck_assert_int_eq(rig_open(&r), 0);
			h = rig_connect(&r);
			for (int i = 0; i < CROWD; i++)
				all[i].m.h = h;
		}
	}
	/* When nobody comes or goes any more, everything is given out. */
	for (int round = 0; round < 8; round++)
		for (int i = 0; i < CROWD; i++) {
			if (!all[i].in)
				continue;
			hold_as_told(&all[i], all, true);
			if (confirm(&all[i].m) != 0)
				drop_all(&all[i]);
			else
				hold_as_told(&all[i], all, false);
		}
	for (int i = 0; i < CROWD; i++)
		owned += n_parts(&all[i].m);
	ck_assert_uint_eq(owned, 17);
	state_is(&r, h, "Stable");
	end(&r, h);
}
END_TEST

Suite *
check_ngroup_suite(void)
{
	Suite *s = suite_create("ngroup");
	TCase *tc = tcase_create("ngroup");

	tcase_add_test(tc, a_lone_member_is_given_everything_at_once);
	tcase_add_test(tc, a_second_member_gets_its_share_when_the_first_has_given_it_up);
	tcase_add_test(tc, range_gives_neighbours_and_uniform_moves_as_little_as_it_can);
	tcase_add_test(tc, a_pattern_takes_topics_that_come_later_and_a_topic_that_grows);
	tcase_add_test(tc, other_epochs_are_fenced_and_a_lost_answer_is_given_again);
	tcase_add_test(tc, a_request_that_says_too_little_is_refused_and_leaves_no_group);
	tcase_add_test(tc, a_static_member_comes_back_to_its_share);
	tcase_add_test(tc, a_silent_member_and_one_that_gives_nothing_up_are_out);
	tcase_add_test(tc, only_a_member_of_this_epoch_commits_and_reads);
	tcase_add_test(tc, groups_are_listed_by_type_and_state_described_and_deleted);
	tcase_add_test(tc, a_group_changes_its_protocol_when_nobody_is_in_it);
	tcase_add_loop_test(tc, a_restart_keeps_members_epochs_and_who_has_what, 0, 2);
	tcase_add_loop_test(tc, only_releases_and_features_that_have_it_offer_it, 0, 6);
	tcase_add_loop_test(tc, no_partition_ever_has_two_owners, 0, 8);
	suite_add_tcase(s, tc);
	return s;
}
