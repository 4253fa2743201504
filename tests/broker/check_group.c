/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#include <stdio.h>

#include "base/err.h"
#include "tests/broker/suites.h"
#include "tests/support/fail_alloc.h"

#define MS	INT64_C(1000)

struct group_rig {
	struct fail_alloc	f;
	struct gw_rng		rng;
	struct gw_coord		gs;
	int64_t			now;
};

static void
start(struct group_rig *g, int initial_delay_ms)
{
	memset(g, 0, sizeof(*g));
	fail_alloc_init(&g->f, 0);
	gw_rng_seed(&g->rng, 1);
	gw_coord_init(&g->gs, &g->f.alloc, &g->rng, initial_delay_ms);
	g->now = 1000 * MS;
}

static void
stop(struct group_rig *g)
{
	gw_coord_fini(&g->gs);
	ck_assert_uint_eq(g->f.blocks, 0);
}

static void
pass(struct group_rig *g, int64_t ms)
{
	int64_t end = g->now + ms * MS;

	while (g->gs.next_us <= end) {
		if (g->gs.next_us > g->now)
			g->now = g->gs.next_us;
		gw_coord_tick(&g->gs, g->now);
	}
	g->now = end;
}

/* What a member is told; member ids are copied, as answers live shortly. */
struct told {
	int	error, generation;
	char	id[200], leader[200];
	bool	leads, skip;
	size_t	members;		/* the leader's list */
};

static struct gw_protocol range = { { "range", 5 }, { "meta", 4 } };

static void
join_as(struct group_rig *g, uint64_t ticket, const char *id, const char *instance,
    const struct gw_protocol *p, size_t n, bool id_required)
{
	struct gw_join in = { .group = GW_LIT("g"),
		.member_id = gw_str(id),
		.instance = gw_str(instance),
		.client_id = GW_LIT("c"),
		.client_host = GW_LIT("/h"),
		.protocol_type = GW_LIT("consumer"),
		.protocols = p,
		.n_protocols = n,
		.session_ms = 10000,
		.rebalance_ms = 60000,
		.id_required = id_required,
		.can_skip = true };

	ck_assert_int_eq(gw_cgroup_join(&g->gs, &in, ticket, g->now), 0);
}

static void
join(struct group_rig *g, uint64_t ticket, const char *id)
{
	join_as(g, ticket, id, NULL, &range, 1, false);
}

static void
sync_as(struct group_rig *g, uint64_t ticket, const struct told *t,
    const struct gw_protocol *assignments, size_t n)
{
	struct gw_sync in = { .who = { .group = GW_LIT("g"),
				  .member_id = gw_str(t->id),
				  .generation = t->generation },
		.assignments = assignments,
		.n_assignments = n };

	ck_assert_int_eq(gw_cgroup_sync(&g->gs, &in, ticket, g->now), 0);
}

/* The next answer; asserts that it is for this ticket. */
static struct told
answer(struct group_rig *g, uint64_t ticket)
{
	struct gw_cgroup_answer a;
	struct told t = { 0 };

	ck_assert_msg(gw_coord_next_answer(&g->gs, &a) == 1, "ticket %llu is not answered",
	    (unsigned long long)ticket);
	ck_assert_uint_eq(a.ticket, ticket);
	t.error = a.error;
	t.skip = a.skip_assignment;
	if (a.member_id != NULL)
		snprintf(t.id, sizeof(t.id), "%s", a.member_id);
	if (a.error == 0 && !a.is_sync) {
		t.generation = a.group->generation;
		snprintf(t.leader, sizeof(t.leader), "%s", a.leader);
		t.leads = strcmp(a.leader, a.member->id) == 0;
		t.members = t.leads ? a.group->n_members : 0;
	}
	if (a.error == 0 && a.is_sync)
		snprintf(t.id, sizeof(t.id), "%.*s", (int)a.member->assignment.len,
		    a.member->assignment.ptr == NULL ? "" : a.member->assignment.ptr);
	return t;
}

static void
no_answer(struct group_rig *g)
{
	struct gw_cgroup_answer a;

	ck_assert_int_eq(gw_coord_next_answer(&g->gs, &a), 0);
}

static int16_t
beat(struct group_rig *g, const struct told *t)
{
	return gw_cgroup_heartbeat(&g->gs,
	    &(struct gw_identity){
		.group = GW_LIT("g"), .member_id = gw_str(t->id), .generation = t->generation },
	    g->now);
}

static const char *
phase(struct group_rig *g)
{
	struct gw_cgroup *x = gw_cgroup_find(&g->gs, GW_LIT("g"));

	return x == NULL ? "none" : gw_cgroup_phase_name(x);
}

/* A stable group of one, who leads. */
static struct told
one_member(struct group_rig *g)
{
	struct told t, s;
	struct gw_protocol mine;

	join(g, 1, "");
	t = answer(g, 1);
	ck_assert_int_eq(t.error, 0);
	mine = (struct gw_protocol){ gw_str(t.id), GW_LIT("all") };
	sync_as(g, 2, &t, &mine, 1);
	s = answer(g, 2);
	ck_assert_int_eq(s.error, 0);
	ck_assert_str_eq(s.id, "all");
	return t;
}

/* A second member; both join again, the first leads. *a and *b are what they are told. */
static void
two_members(struct group_rig *g, struct told *a, struct told *b)
{
	struct gw_protocol both[2];

	*a = one_member(g);
	join(g, 3, "");
	no_answer(g);
	ck_assert_int_eq(beat(g, a), GW_K_REBALANCE_IN_PROGRESS);
	join(g, 4, a->id);
	*a = answer(g, 4);
	*b = answer(g, 3);
	ck_assert(a->leads && !b->leads);
	ck_assert_uint_eq(a->members, 2);
	ck_assert_int_eq(a->generation, b->generation);
	both[0] = (struct gw_protocol){ gw_str(a->id), GW_LIT("A") };
	both[1] = (struct gw_protocol){ gw_str(b->id), GW_LIT("B") };
	sync_as(g, 5, b, NULL, 0);
	no_answer(g);
	sync_as(g, 6, a, both, 2);
	ck_assert_str_eq(answer(g, 6).id, "A");
	ck_assert_str_eq(answer(g, 5).id, "B");
	ck_assert_str_eq(phase(g), "Stable");
}

START_TEST(a_first_member_leads_and_is_stable)
{
	struct group_rig g;
	struct told t;

	start(&g, 0);
	t = one_member(&g);
	ck_assert(t.leads);
	ck_assert_int_eq(t.generation, 1);
	ck_assert_int_eq(beat(&g, &t), 0);
	ck_assert_str_eq(phase(&g), "Stable");
	stop(&g);
}
END_TEST

START_TEST(a_new_member_is_first_given_an_id_where_the_version_asks)
{
	struct group_rig g;
	struct told t;

	start(&g, 0);
	join_as(&g, 1, "", NULL, &range, 1, true);
	t = answer(&g, 1);
	ck_assert_int_eq(t.error, GW_K_MEMBER_ID_REQUIRED);
	ck_assert_int_eq(strncmp(t.id, "c-", 2), 0);
	join_as(&g, 2, t.id, NULL, &range, 1, true);
	ck_assert_int_eq(answer(&g, 2).error, 0);
	/* An id that nobody gave out is unknown. */
	join_as(&g, 3, "c-invented", NULL, &range, 1, true);
	ck_assert_int_eq(answer(&g, 3).error, GW_K_UNKNOWN_MEMBER_ID);
	stop(&g);
}
END_TEST

START_TEST(an_id_that_nobody_comes_back_with_is_forgotten)
{
	struct group_rig g;
	struct told a, t;

	start(&g, 0);
	a = one_member(&g);
	join_as(&g, 10, "", NULL, &range, 1, true);
	t = answer(&g, 10);
	pass(&g, 5000);
	ck_assert_int_eq(beat(&g, &a), 0);
	pass(&g, 6000);
	join_as(&g, 11, t.id, NULL, &range, 1, true);
	ck_assert_int_eq(answer(&g, 11).error, GW_K_UNKNOWN_MEMBER_ID);
	stop(&g);
}
END_TEST

START_TEST(two_members_share_a_generation)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	ck_assert_int_eq(a.generation, 2);
	stop(&g);
}
END_TEST

START_TEST(the_initial_delay_gathers_members_into_one_generation)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 500);
	join(&g, 1, "");
	no_answer(&g);
	pass(&g, 300);
	join(&g, 2, "");
	no_answer(&g);
	pass(&g, 300);
	a = answer(&g, 1);
	b = answer(&g, 2);
	ck_assert_int_eq(a.generation, 1);
	ck_assert_int_eq(b.generation, 1);
	ck_assert_uint_eq(a.members, 2);
	stop(&g);
}
END_TEST

START_TEST(a_member_that_does_not_join_again_is_out_after_the_rebalance_timeout)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	join(&g, 7, "");
	ck_assert_int_eq(beat(&g, &a), GW_K_REBALANCE_IN_PROGRESS);
	/* b keeps its session alive but does not join. */
	for (int i = 0; i < 11; i++) {
		ck_assert_int_eq(beat(&g, &b), GW_K_REBALANCE_IN_PROGRESS);
		if (i == 0) {
			join(&g, 8, a.id);
			no_answer(&g);
		}
		pass(&g, 5000);
	}
	no_answer(&g);
	pass(&g, 10000);
	ck_assert_int_eq(answer(&g, 8).error, 0);
	ck_assert_int_eq(answer(&g, 7).error, 0);
	ck_assert_int_eq(beat(&g, &b), GW_K_UNKNOWN_MEMBER_ID);
	stop(&g);
}
END_TEST

START_TEST(a_silent_member_is_out_after_its_session)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	pass(&g, 6000);
	ck_assert_int_eq(beat(&g, &a), 0);
	pass(&g, 6000);
	ck_assert_int_eq(beat(&g, &a), GW_K_REBALANCE_IN_PROGRESS);
	ck_assert_int_eq(beat(&g, &b), GW_K_UNKNOWN_MEMBER_ID);
	join(&g, 7, a.id);
	a = answer(&g, 7);
	ck_assert_uint_eq(a.members, 1);
	ck_assert_int_eq(a.generation, 3);
	stop(&g);
}
END_TEST

START_TEST(without_members_a_group_is_empty_and_begins_anew)
{
	struct group_rig g;
	struct told a;

	start(&g, 0);
	a = one_member(&g);
	ck_assert_int_eq(
	    gw_cgroup_leave(&g.gs, GW_LIT("g"), gw_str(a.id), (struct gw_slice){ NULL, 0 }, g.now),
	    0);
	ck_assert_str_eq(phase(&g), "Empty");
	ck_assert_int_eq(beat(&g, &a), GW_K_UNKNOWN_MEMBER_ID);
	join(&g, 9, "");
	ck_assert_int_gt(answer(&g, 9).generation, a.generation);
	stop(&g);
}
END_TEST

START_TEST(a_leaving_member_makes_the_others_join_again)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	ck_assert_int_eq(
	    gw_cgroup_leave(&g.gs, GW_LIT("g"), gw_str(a.id), (struct gw_slice){ NULL, 0 }, g.now),
	    0);
	ck_assert_int_eq(beat(&g, &b), GW_K_REBALANCE_IN_PROGRESS);
	join(&g, 7, b.id);
	b = answer(&g, 7);
	ck_assert(b.leads);		/* the old leader is gone */
	stop(&g);
}
END_TEST

START_TEST(a_sync_of_an_old_generation_or_in_a_rebalance_is_refused)
{
	struct group_rig g;
	struct told a, b, old;

	start(&g, 0);
	two_members(&g, &a, &b);
	old = a;
	old.generation--;
	sync_as(&g, 7, &old, NULL, 0);
	ck_assert_int_eq(answer(&g, 7).error, GW_K_ILLEGAL_GENERATION);
	ck_assert_int_eq(beat(&g, &old), GW_K_ILLEGAL_GENERATION);
	/* A sync of the running generation is answered again. */
	sync_as(&g, 8, &b, NULL, 0);
	ck_assert_str_eq(answer(&g, 8).id, "B");
	join(&g, 9, "");
	sync_as(&g, 10, &b, NULL, 0);
	ck_assert_int_eq(answer(&g, 10).error, GW_K_REBALANCE_IN_PROGRESS);
	stop(&g);
}
END_TEST

START_TEST(syncs_that_wait_are_sent_back_when_a_rebalance_begins)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	join(&g, 20, "");
	join(&g, 21, a.id);
	join(&g, 22, b.id);
	for (uint64_t t = 21; t <= 22; t++)
		(void)answer(&g, t);
	(void)answer(&g, 20);
	a.generation = b.generation = a.generation + 1;
	sync_as(&g, 23, &b, NULL, 0);
	no_answer(&g);
	ck_assert_int_eq(
	    gw_cgroup_leave(&g.gs, GW_LIT("g"), gw_str(a.id), (struct gw_slice){ NULL, 0 }, g.now),
	    0);
	ck_assert_int_eq(answer(&g, 23).error, GW_K_REBALANCE_IN_PROGRESS);
	stop(&g);
}
END_TEST

START_TEST(a_leader_that_never_syncs_does_not_hold_the_group_for_ever)
{
	struct group_rig g;
	struct told a, b, c;

	start(&g, 0);
	two_members(&g, &a, &b);
	join(&g, 7, "");
	join(&g, 8, a.id);
	join(&g, 9, b.id);
	a = answer(&g, 8);
	b = answer(&g, 9);
	c = answer(&g, 7);
	ck_assert_str_eq(phase(&g), "CompletingRebalance");
	sync_as(&g, 10, &b, NULL, 0);
	for (int i = 0; i < 13; i++) {
		(void)beat(&g, &a);
		(void)beat(&g, &b);
		(void)beat(&g, &c);
		pass(&g, 5000);
	}
	ck_assert_int_eq(answer(&g, 10).error, GW_K_REBALANCE_IN_PROGRESS);
	ck_assert_int_eq(beat(&g, &a), GW_K_UNKNOWN_MEMBER_ID);
	stop(&g);
}
END_TEST

START_TEST(the_protocol_is_one_that_all_know_and_most_want)
{
	struct gw_protocol x[2] = { { GW_LIT("sticky"), GW_LIT("1") },
		{ GW_LIT("range"), GW_LIT("2") } };
	struct gw_protocol y[1] = { { GW_LIT("other"), GW_LIT("3") } };
	struct group_rig g;
	struct told a;

	start(&g, 100);
	join_as(&g, 1, "", NULL, x, 2, false);
	join_as(&g, 2, "", NULL, x, 2, false);
	join_as(&g, 3, "", NULL, y, 1, false);
	ck_assert_int_eq(answer(&g, 3).error, GW_K_INCONSISTENT_GROUP_PROTOCOL);
	pass(&g, 100);
	a = answer(&g, 1);
	ck_assert_int_eq(a.error, 0);
	ck_assert_str_eq(gw_cgroup_find(&g.gs, GW_LIT("g"))->protocol, "sticky");
	(void)answer(&g, 2);
	/* A third that knows only range: that is what they share. */
	join_as(&g, 4, "", NULL, &range, 1, false);
	join_as(&g, 5, a.id, NULL, x, 2, false);
	pass(&g, 10001);	/* the second one's session ends; it did not join again */
	ck_assert_int_eq(answer(&g, 5).error, 0);
	ck_assert_str_eq(gw_cgroup_find(&g.gs, GW_LIT("g"))->protocol, "range");
	stop(&g);
}
END_TEST

START_TEST(a_follower_that_asks_again_without_news_changes_nothing)
{
	struct group_rig g;
	struct told a, b, again;

	start(&g, 0);
	two_members(&g, &a, &b);
	join(&g, 7, b.id);
	again = answer(&g, 7);
	ck_assert_int_eq(again.generation, b.generation);
	ck_assert_int_eq(beat(&g, &a), 0);
	/* The leader asking again means that it wants a new assignment. */
	join(&g, 8, a.id);
	no_answer(&g);
	ck_assert_int_eq(beat(&g, &b), GW_K_REBALANCE_IN_PROGRESS);
	stop(&g);
}
END_TEST

static struct told
static_member(struct group_rig *g)
{
	struct told t;
	struct gw_protocol mine;

	join_as(g, 1, "", "inst", &range, 1, true);
	t = answer(g, 1);
	ck_assert_int_eq(t.error, 0);		/* static members need no second step */
	mine = (struct gw_protocol){ gw_str(t.id), GW_LIT("all") };
	sync_as(g, 2, &t, &mine, 1);
	ck_assert_int_eq(answer(g, 2).error, 0);
	return t;
}

START_TEST(a_static_member_comes_back_without_a_rebalance)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	a = static_member(&g);
	pass(&g, 2000);
	join_as(&g, 3, "", "inst", &range, 1, true);
	b = answer(&g, 3);
	ck_assert_int_eq(b.error, 0);
	ck_assert_int_eq(b.generation, a.generation);
	ck_assert_str_ne(b.id, a.id);
	ck_assert(b.skip);
	ck_assert_str_eq(phase(&g), "Stable");
	sync_as(&g, 4, &b, NULL, 0);
	ck_assert_str_eq(answer(&g, 4).id, "all");
	stop(&g);
}
END_TEST

START_TEST(the_old_id_of_a_static_member_is_fenced)
{
	struct group_rig g;
	struct told a;
	struct gw_identity who = {
		.group = GW_LIT("g"), .instance = GW_LIT("inst"), .generation = 1
	};

	start(&g, 0);
	a = static_member(&g);
	join_as(&g, 3, "", "inst", &range, 1, true);
	(void)answer(&g, 3);
	who.member_id = gw_str(a.id);
	ck_assert_int_eq(gw_cgroup_heartbeat(&g.gs, &who, g.now), GW_K_FENCED_INSTANCE_ID);
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &who, g.now), GW_K_FENCED_INSTANCE_ID);
	join_as(&g, 4, a.id, "inst", &range, 1, true);
	ck_assert_int_eq(answer(&g, 4).error, GW_K_FENCED_INSTANCE_ID);
	stop(&g);
}
END_TEST

START_TEST(a_static_member_stays_through_a_rebalance_it_misses)
{
	struct group_rig g;
	struct told b;

	start(&g, 0);
	(void)static_member(&g);
	pass(&g, 5000);
	join(&g, 3, "");
	/* It does not join again; its session ends after 10 s, before the rebalance timeout. */
	no_answer(&g);
	pass(&g, 6000);
	b = answer(&g, 3);
	ck_assert_uint_eq(b.members, 1);
	stop(&g);
}
END_TEST

START_TEST(an_admin_removes_a_static_member_by_its_instance)
{
	struct group_rig g;

	start(&g, 0);
	(void)static_member(&g);
	ck_assert_int_eq(gw_cgroup_leave(&g.gs, GW_LIT("g"), GW_LIT(""), GW_LIT("nobody"), g.now),
	    GW_K_UNKNOWN_MEMBER_ID);
	ck_assert_int_eq(gw_cgroup_leave(&g.gs, GW_LIT("g"), GW_LIT(""), GW_LIT("inst"), g.now), 0);
	ck_assert_str_eq(phase(&g), "Empty");
	stop(&g);
}
END_TEST

START_TEST(commits_need_the_generation_or_an_empty_group)
{
	struct gw_identity nobody = { .group = GW_LIT("g"), .generation = -1 };
	struct group_rig g;
	struct told a;
	struct gw_identity me = { .group = GW_LIT("g"), .generation = 1 };

	start(&g, 0);
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &nobody, g.now), 0);
	me.member_id = GW_LIT("x");
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &me, g.now), GW_K_ILLEGAL_GENERATION);
	a = one_member(&g);
	me.member_id = gw_str(a.id);
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &me, g.now), 0);
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &nobody, g.now), GW_K_UNKNOWN_MEMBER_ID);
	me.generation = 0;
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &me, g.now), GW_K_ILLEGAL_GENERATION);
	me.generation = 1;
	me.group = GW_LIT("");
	ck_assert_int_eq(gw_cgroup_may_commit(&g.gs, &me, g.now), GW_K_INVALID_GROUP_ID);
	stop(&g);
}
END_TEST

static const struct {
	const char	*group, *type;
	size_t		 n_protocols;
	int32_t		 session_ms;
	int		 error;
} bad_joins[] = {
	{ "", "consumer", 1, 10000, GW_K_INVALID_GROUP_ID },
	{ "g", "", 1, 10000, GW_K_INCONSISTENT_GROUP_PROTOCOL },
	{ "g", "consumer", 0, 10000, GW_K_INCONSISTENT_GROUP_PROTOCOL },
	{ "g", "consumer", 1, 0, GW_K_INVALID_SESSION_TIMEOUT },
	{ "g", "consumer", 1, -5, GW_K_INVALID_SESSION_TIMEOUT },
	{ "g", "consumer", 1, 1800001, GW_K_INVALID_SESSION_TIMEOUT },
};

START_TEST(joins_that_cannot_be_are_refused)
{
	struct group_rig g;
	struct gw_join in = { .group = gw_str(bad_joins[_i].group),
		.member_id = GW_LIT(""),
		.protocol_type = gw_str(bad_joins[_i].type),
		.protocols = &range,
		.n_protocols = bad_joins[_i].n_protocols,
		.session_ms = bad_joins[_i].session_ms,
		.rebalance_ms = 1000 };

	start(&g, 0);
	ck_assert_int_eq(gw_cgroup_join(&g.gs, &in, 1, g.now), 0);
	ck_assert_int_eq(answer(&g, 1).error, bad_joins[_i].error);
	ck_assert_str_eq(phase(&g), "none");
	stop(&g);
}
END_TEST

START_TEST(a_group_takes_no_more_members_than_the_limit)
{
	struct group_rig g;

	start(&g, 1000);
	for (uint64_t i = 1; i <= GW_CGROUP_MEMBERS_MAX; i++)
		join(&g, i, "");
	no_answer(&g);
	join(&g, 5000, "");
	ck_assert_int_eq(answer(&g, 5000).error, GW_K_GROUP_MAX_SIZE_REACHED);
	stop(&g);
}
END_TEST

START_TEST(a_forgotten_ticket_gets_no_answer_and_the_member_no_favour)
{
	struct group_rig g;
	struct told a, b;

	start(&g, 0);
	two_members(&g, &a, &b);
	join(&g, 7, "");
	join(&g, 8, a.id);
	gw_coord_forget(&g.gs, 8);	/* its connection went */
	join(&g, 9, b.id);
	b = answer(&g, 9);
	ck_assert_int_eq(b.error, 0);
	(void)answer(&g, 7);
	no_answer(&g);
	ck_assert_uint_eq(g.gs.n_tickets, 0);
	stop(&g);
}
END_TEST

START_TEST(offsets_are_kept_by_topic_and_partition)
{
	struct gw_committed o = { .partition = 1, .offset = 5, .leader_epoch = 2, .commit_ms = 9 };
	struct gw_cgroup *x;
	struct group_rig g;

	start(&g, 0);
	x = gw_cgroup_make(&g.gs, GW_LIT("g"));
	ck_assert_int_eq(gw_cgroup_set_offset(&g.gs, x, GW_LIT("t"), &o, GW_LIT("hello")), 0);
	o.offset = 6;
	ck_assert_int_eq(
	    gw_cgroup_set_offset(&g.gs, x, GW_LIT("t2"), &o, (struct gw_slice){ NULL, 0 }), 0);
	ck_assert_int_eq(gw_cgroup_offset(x, GW_LIT("t"), 1)->offset, 5);
	ck_assert_str_eq(gw_cgroup_offset(x, GW_LIT("t"), 1)->metadata, "hello");
	ck_assert_ptr_null(gw_cgroup_offset(x, GW_LIT("t2"), 1)->metadata);
	ck_assert_ptr_null(gw_cgroup_offset(x, GW_LIT("t"), 2));
	gw_cgroup_forget_topic(&g.gs, x, GW_LIT("t"));
	ck_assert_ptr_null(gw_cgroup_offset(x, GW_LIT("t"), 1));
	ck_assert_int_eq(gw_cgroup_offset(x, GW_LIT("t2"), 1)->offset, 6);
	stop(&g);
}
END_TEST

/*
 * Random members doing random things: every ticket is answered at most once and nothing is left
 * over.
 */
START_TEST(random_requests_leave_a_sound_group)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct told known[8] = { { 0 } };
		struct gw_rng rng;
		struct group_rig g;
		uint64_t ticket = 1, answered = 0;

		start(&g, (int)(seed % 3) * 200);
		gw_rng_seed(&rng, seed);
		for (int step = 0; step < 400; step++) {
			size_t i = gw_rng_below(&rng, 8);
			struct gw_cgroup_answer a;
			char instance[8] = "s0";

			instance[1] = (char)('0' + i);
			switch (gw_rng_below(&rng, 6)) {
			case 0:
				join_as(&g, ticket++, known[i].id, i < 3 ? instance : NULL, &range,
				    1, i % 2 == 0);
				break;
			case 1:
				sync_as(&g, ticket++, &known[i], NULL, 0);
				break;
			case 2:
				(void)beat(&g, &known[i]);
				break;
			case 3:
				(void)gw_cgroup_leave(&g.gs, GW_LIT("g"), gw_str(known[i].id),
				    (struct gw_slice){ NULL, 0 }, g.now);
				break;
			case 4:
				pass(&g, (int64_t)gw_rng_below(&rng, 8000));
				break;
			default:
				gw_coord_forget(&g.gs, 1 + gw_rng_below(&rng, ticket));
				break;
			}
			while (gw_coord_next_answer(&g.gs, &a) > 0) {
				struct told *t = &known[gw_rng_below(&rng, 8)];

				ck_assert_uint_lt(a.ticket, ticket);
				answered++;
				if (a.member_id != NULL)
					snprintf(t->id, sizeof(t->id), "%s", a.member_id);
				if (a.error == 0 && !a.is_sync)
					t->generation = a.group->generation;
			}
		}
		pass(&g, 200000);
		ck_assert_uint_le(answered + g.gs.n_answers, ticket);
		ck_assert_uint_eq(g.gs.n_tickets, 0);
		stop(&g);
	}
}
END_TEST

Suite *
check_group_suite(void)
{
	Suite *s = suite_create("group");
	TCase *tc = tcase_create("group");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_first_member_leads_and_is_stable);
	tcase_add_test(tc, a_new_member_is_first_given_an_id_where_the_version_asks);
	tcase_add_test(tc, an_id_that_nobody_comes_back_with_is_forgotten);
	tcase_add_test(tc, two_members_share_a_generation);
	tcase_add_test(tc, the_initial_delay_gathers_members_into_one_generation);
	tcase_add_test(tc, a_member_that_does_not_join_again_is_out_after_the_rebalance_timeout);
	tcase_add_test(tc, a_silent_member_is_out_after_its_session);
	tcase_add_test(tc, without_members_a_group_is_empty_and_begins_anew);
	tcase_add_test(tc, a_leaving_member_makes_the_others_join_again);
	tcase_add_test(tc, a_sync_of_an_old_generation_or_in_a_rebalance_is_refused);
	tcase_add_test(tc, syncs_that_wait_are_sent_back_when_a_rebalance_begins);
	tcase_add_test(tc, a_leader_that_never_syncs_does_not_hold_the_group_for_ever);
	tcase_add_test(tc, the_protocol_is_one_that_all_know_and_most_want);
	tcase_add_test(tc, a_follower_that_asks_again_without_news_changes_nothing);
	tcase_add_test(tc, a_static_member_comes_back_without_a_rebalance);
	tcase_add_test(tc, the_old_id_of_a_static_member_is_fenced);
	tcase_add_test(tc, a_static_member_stays_through_a_rebalance_it_misses);
	tcase_add_test(tc, an_admin_removes_a_static_member_by_its_instance);
	tcase_add_test(tc, commits_need_the_generation_or_an_empty_group);
	tcase_add_loop_test(tc, joins_that_cannot_be_are_refused, 0, (int)GW_N(bad_joins));
	tcase_add_test(tc, a_group_takes_no_more_members_than_the_limit);
	tcase_add_test(tc, a_forgotten_ticket_gets_no_answer_and_the_member_no_favour);
	tcase_add_test(tc, offsets_are_kept_by_topic_and_partition);
	tcase_add_test(tc, random_requests_leave_a_sound_group);
	suite_add_tcase(s, tc);
	return s;
}
