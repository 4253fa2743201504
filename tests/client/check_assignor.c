/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/slice.h"
#include "client/assignor.h"
#include "tests/client/suites.h"

static struct gw_alloc alloc;
static struct gw_arena arena;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 0);
}

static void
teardown(void)
{
	gw_arena_fini(&arena);
}

/* "t3" has 3 partitions, "none" has none. */
static int32_t
n_partitions(void *ctx, struct gw_slice topic)
{
	(void)ctx;
	return topic.ptr[0] == 't' ? topic.ptr[1] - '0' : 0;
}

static struct gw_slice both[] = { { "t7", 2 }, { "t2", 2 } };
static struct gw_slice first[] = { { "t7", 2 } };
static struct gw_slice twice[] = { { "t7", 2 }, { "t7", 2 }, { "none", 4 } };

static void
ck_share(const struct gw_assignee *m, size_t i, const char *topic, int32_t from, int32_t n)
{
	ck_assert_uint_lt(i, m->n_shares);
	ck_assert(gw_slice_is(m->shares[i].topic, topic));
	ck_assert_int_eq(m->shares[i].first, from);
	ck_assert_int_eq(m->shares[i].n, n);
}

START_TEST(partitions_go_in_ranges_the_first_members_get_one_more)
{
	struct gw_assignee m[] = {
		{ .member_id = GW_LIT("c"), .topics = both, .n_topics = 2 },
		{ .member_id = GW_LIT("a"), .topics = both, .n_topics = 2 },
		{ .member_id = GW_LIT("b"), .topics = both, .n_topics = 2 },
	};

	ck_assert_int_eq(gw_assign_range(m, 3, &arena, n_partitions, NULL), 0);
	ck_assert(gw_slice_is(m[0].member_id, "a"));
	ck_share(&m[0], 0, "t7", 0, 3);
	ck_share(&m[0], 1, "t2", 0, 1);
	ck_share(&m[1], 0, "t7", 3, 2);
	ck_share(&m[1], 1, "t2", 1, 1);
	ck_share(&m[2], 0, "t7", 5, 2);
	ck_assert_uint_eq(m[2].n_shares, 1);
}
END_TEST

START_TEST(only_subscribers_share_a_topic)
{
	struct gw_assignee m[] = {
		{ .member_id = GW_LIT("a"), .topics = first, .n_topics = 1 },
		{ .member_id = GW_LIT("b"), .topics = both, .n_topics = 2 },
	};

	ck_assert_int_eq(gw_assign_range(m, 2, &arena, n_partitions, NULL), 0);
	ck_share(&m[0], 0, "t7", 0, 4);
	ck_assert_uint_eq(m[0].n_shares, 1);
	ck_share(&m[1], 0, "t7", 4, 3);
	ck_share(&m[1], 1, "t2", 0, 2);
}
END_TEST

START_TEST(static_members_come_first_in_the_order_of_their_names)
{
	struct gw_assignee m[] = {
		{ .member_id = GW_LIT("a"), .topics = first, .n_topics = 1 },
		{ .member_id = GW_LIT("z"),
		    .instance_id = GW_LIT("i2"),
		    .topics = first,
		    .n_topics = 1 },
		{ .member_id = GW_LIT("y"),
		    .instance_id = GW_LIT("i1"),
		    .topics = first,
		    .n_topics = 1 },
	};

	ck_assert_int_eq(gw_assign_range(m, 3, &arena, n_partitions, NULL), 0);
	ck_assert(gw_slice_is(m[0].member_id, "y"));
	ck_assert(gw_slice_is(m[1].member_id, "z"));
	ck_assert(gw_slice_is(m[2].member_id, "a"));
}
END_TEST

START_TEST(a_topic_named_twice_is_shared_once_and_one_that_is_not_there_not_at_all)
{
	struct gw_assignee m[] = { { .member_id = GW_LIT("a"), .topics = twice, .n_topics = 3 } };

	ck_assert_int_eq(gw_assign_range(m, 1, &arena, n_partitions, NULL), 0);
	ck_share(&m[0], 0, "t7", 0, 7);
	ck_assert_uint_eq(m[0].n_shares, 1);
	ck_assert_int_eq(gw_assign_range(m, 0, &arena, n_partitions, NULL), 0);
}
END_TEST

Suite *
check_assignor_suite(void)
{
	Suite *s = suite_create("assignor");
	TCase *tc = tcase_create("range");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, partitions_go_in_ranges_the_first_members_get_one_more);
	tcase_add_test(tc, only_subscribers_share_a_topic);
	tcase_add_test(tc, static_members_come_first_in_the_order_of_their_names);
	tcase_add_test(tc, a_topic_named_twice_is_shared_once_and_one_that_is_not_there_not_at_all);
	suite_add_tcase(s, tc);
	return s;
}
