/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/rng.h"
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

/* ---- cooperative-sticky ---- */

#define MEMBERS	6
#define TOPICS	4
#define PARTS	9

/* A group as it is: who owns what, as the members know. */
struct crowd {
	struct gw_rng	 rng;
	size_t		 n;
	bool		 reads[MEMBERS][TOPICS];
	bool		 owns[MEMBERS][TOPICS][PARTS];
	int32_t		 generation[MEMBERS];
	int32_t		 n_parts[TOPICS];
	unsigned	 n_taken;		/* that were somebody's before */
};

static const char *const topic_names[TOPICS] = { "t0", "t1", "t2", "t3" };
static const char *const member_names[MEMBERS] = { "a", "b", "c", "d", "e", "f" };

static int32_t
parts_of(void *ctx, struct gw_slice topic)
{
	return ((struct crowd *)ctx)->n_parts[topic.ptr[1] - '0'];
}

/* One generation: what each says, and what it then has. False: somebody has to join again. */
static bool
rebalance(struct crowd *k, int32_t generation)
{
	static struct gw_slice topics[MEMBERS][TOPICS];
	static struct gw_share owned[MEMBERS][TOPICS * PARTS];
	struct gw_assignee m[MEMBERS];
	bool settled = true;

	for (size_t i = 0; i < k->n; i++) {
		m[i] = (struct gw_assignee){ .member_id = gw_str(member_names[i]),
		    .topics = topics[i], .owned = owned[i], .generation = k->generation[i] };
		for (size_t t = 0; t < TOPICS; t++) {
			if (k->reads[i][t])
				topics[i][m[i].n_topics++] = gw_str(topic_names[t]);
			for (int32_t p = 0; p < PARTS; p++)
				if (k->owns[i][t][p])
					owned[i][m[i].n_owned++] =
					    (struct gw_share){ gw_str(topic_names[t]), p, 1 };
		}
	}
	gw_arena_reset(&arena);
	ck_assert_int_eq(gw_assign_cooperative_sticky(m, k->n, &arena, parts_of, k), 0);
	for (size_t j = 0; j < k->n; j++) {
		size_t i = (size_t)(m[j].member_id.ptr[0] - 'a');
		bool had[TOPICS][PARTS];

		memcpy(had, k->owns[i], sizeof(had));
		memset(k->owns[i], 0, sizeof(had));
		for (size_t s = 0; s < m[j].n_shares; s++) {
			int t = m[j].shares[s].topic.ptr[1] - '0';

			ck_assert_int_eq(m[j].shares[s].n, 1);
			k->owns[i][t][m[j].shares[s].first] = true;
		}
		for (size_t t = 0; t < TOPICS; t++)
			for (int32_t p = 0; p < PARTS; p++)
				if (had[t][p] && !k->owns[i][t][p]) {
					settled = false;
					k->n_taken++;
				}
		k->generation[i] = generation;
	}
	return settled;
}

static size_t
load(const struct crowd *k, size_t i)
{
	size_t n = 0;

	for (size_t t = 0; t < TOPICS; t++)
		for (int32_t p = 0; p < PARTS; p++)
			n += k->owns[i][t][p];
	return n;
}

/* Every partition that somebody reads has one owner, and moving no single one would be fairer. */
static void
check_fair(const struct crowd *k)
{
	for (size_t t = 0; t < TOPICS; t++)
		for (int32_t p = 0; p < k->n_parts[t]; p++) {
			size_t owner = MEMBERS;
			bool read = false;

			for (size_t i = 0; i < k->n; i++) {
				read |= k->reads[i][t];
				if (!k->owns[i][t][p])
					continue;
				ck_assert_uint_eq(owner, MEMBERS);
				ck_assert(k->reads[i][t]);
				owner = i;
			}
			ck_assert(read == (owner != MEMBERS));
			for (size_t i = 0; i < k->n && read; i++)
				if (k->reads[i][t])
					ck_assert_uint_ge(load(k, i) + 1, load(k, owner));
		}
}

/* No partition has two owners at any time, not even between two rounds. */
static void
check_single(const struct crowd *k)
{
	for (size_t t = 0; t < TOPICS; t++)
		for (int32_t p = 0; p < PARTS; p++) {
			unsigned n = 0;

			for (size_t i = 0; i < k->n; i++)
				n += k->owns[i][t][p];
			ck_assert_uint_le(n, 1);
		}
}

static void
settle(struct crowd *k, int32_t *generation)
{
	int rounds = 0;

	while (!rebalance(k, ++*generation)) {
		check_single(k);
		ck_assert_int_lt(++rounds, 4);
	}
	check_single(k);
	check_fair(k);
}

START_TEST(sticky_is_fair_and_never_gives_what_another_still_has)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct crowd k = { .n = 0 };
		int32_t generation = 0;

		gw_rng_seed(&k.rng, seed);
		for (size_t t = 0; t < TOPICS; t++)
			k.n_parts[t] = (int32_t)gw_rng_below(&k.rng, PARTS + 1);
		for (int step = 0; step < 12; step++) {
			size_t i = k.n;

			if (k.n > 0 && (k.n == MEMBERS || gw_rng_below(&k.rng, 3) == 0)) {
				k.n--;		/* the last one dies */
			} else {
				k.n++;
				memset(k.owns[i], 0, sizeof(k.owns[i]));
				k.generation[i] = -1;
				for (size_t t = 0; t < TOPICS; t++)
					k.reads[i][t] = seed % 2 == 0 ||
					    gw_rng_below(&k.rng, 3) > 0;
			}
			if (k.n > 0)
				settle(&k, &generation);
		}
	}
}
END_TEST

START_TEST(sticky_moves_no_more_than_it_takes)
{
	struct crowd k = { .n = 2, .n_parts = { 8 }, .generation = { -1, -1, -1, -1, -1, -1 } };
	int32_t generation = 0;

	for (size_t i = 0; i < MEMBERS; i++)
		k.reads[i][0] = true;
	settle(&k, &generation);
	ck_assert_uint_eq(k.n_taken, 0);
	k.n = 3;			/* 4, 4, 0: two moves make it 3, 3, 2 */
	settle(&k, &generation);
	ck_assert_uint_eq(k.n_taken, 2);
	k.n = 2;			/* what the third had is shared, nothing else moves */
	settle(&k, &generation);
	ck_assert_uint_eq(k.n_taken, 2);
}
END_TEST

START_TEST(of_two_claims_the_newer_counts_and_an_equal_one_frees)
{
	struct crowd k = { .n = 3, .n_parts = { 3 }, .generation = { 5, 4, 5 } };
	int32_t generation = 5;

	for (size_t i = 0; i < 3; i++)
		k.reads[i][0] = true;
	k.owns[0][0][0] = k.owns[1][0][0] = true;	/* the older one is wrong */
	k.owns[0][0][1] = k.owns[2][0][1] = true;	/* nobody knows */
	ck_assert(!rebalance(&k, ++generation));
	ck_assert(k.owns[0][0][0]);
	ck_assert(!k.owns[0][0][1] && !k.owns[1][0][1] && !k.owns[2][0][1]);
	settle(&k, &generation);
	ck_assert(k.owns[0][0][0]);
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
	tcase_add_test(tc, sticky_is_fair_and_never_gives_what_another_still_has);
	tcase_add_test(tc, sticky_moves_no_more_than_it_takes);
	tcase_add_test(tc, of_two_claims_the_newer_counts_and_an_equal_one_frees);
	suite_add_tcase(s, tc);
	return s;
}
