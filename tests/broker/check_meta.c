/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/meta.h"

#include "base/slice.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"

#define SEEN_MAX	1000

struct meta_rig {
	struct rig		r;
	struct gw_syncer	syncer;
	struct gw_meta		m;
	int64_t			seen[SEEN_MAX];		/* what was replayed: the offsets */
	size_t			n_seen;
	struct gw_err		err;
};

static int
see(void *ctx, const struct gw_entry *e)
{
	struct meta_rig *g = ctx;
	struct gw_meta_offset o = { 0 };

	ck_assert_int_eq(e->type, GW_ENTRY_OFFSET);
	ck_assert_int_eq(gw_entry_read(e, gw_meta_offset_visit, &o, NULL), 0);
	ck_assert(gw_slice_is(o.group, "g"));
	ck_assert(gw_slice_is(o.topic, "topic"));
	ck_assert_int_eq(o.partition, 3);
	ck_assert(o.offset % 2 == 0 ? o.metadata.ptr == NULL : gw_slice_is(o.metadata, "odd"));
	ck_assert_uint_lt(g->n_seen, SEEN_MAX);
	g->seen[g->n_seen++] = o.offset;
	return 0;
}

static int
open_meta(struct meta_rig *g)
{
	g->n_seen = 0;
	ck_assert_int_eq(g->r.env.fs->mkdir(g->r.env.fs->ctx, "/d", NULL), 0);
	gw_syncer_init(&g->syncer, &g->r.env);
	return gw_meta_open(&g->m, &g->r.env, &g->syncer, "/d/meta.log", see, g, &g->err);
}

static void
close_meta(struct meta_rig *g)
{
	gw_meta_fini(&g->m);
	gw_syncer_fini(&g->syncer);
}

static struct gw_meta_offset
offset(int64_t i)
{
	return (struct gw_meta_offset){ .group = GW_LIT("g"),
		.topic = GW_LIT("topic"),
		.partition = 3,
		.offset = i,
		.leader_epoch = -1,
		.metadata = i % 2 == 0 ? (struct gw_slice){ NULL, 0 } : GW_LIT("odd") };
}

static int
put(struct meta_rig *g, int64_t i)
{
	struct gw_meta_offset o = offset(i);

	return gw_meta_put(&g->m, GW_ENTRY_OFFSET, gw_meta_offset_visit, &o);
}

/* As the broker does when it opens: the file becomes one synced whole. */
static void
rewrite(struct meta_rig *g)
{
	struct gw_buf all;

	gw_buf_init(&all, &g->r.alloc.alloc, 0);
	for (size_t i = 0; i < g->n_seen; i++) {
		struct gw_meta_offset o = offset(g->seen[i]);

		ck_assert_int_eq(gw_entry_put(&all, GW_ENTRY_OFFSET, gw_meta_offset_visit, &o), 0);
	}
	ck_assert_int_eq(gw_meta_rewrite(&g->m, &all, &g->err), 0);
	gw_buf_fini(&all);
}

START_TEST(entries_come_back_in_order)
{
	struct meta_rig g = { .n_seen = 0 };

	rig_init(&g.r, 1);
	ck_assert_int_eq(open_meta(&g), 0);
	ck_assert_uint_eq(g.n_seen, 0);
	for (int64_t i = 0; i < 100; i++)
		ck_assert_int_eq(put(&g, i), 0);
	close_meta(&g);
	for (int round = 0; round < 3; round++) {
		ck_assert_int_eq(open_meta(&g), 0);
		ck_assert_uint_eq(g.n_seen, 100);
		for (int64_t i = 0; i < 100; i++)
			ck_assert_int_eq(g.seen[i], i);
		rewrite(&g);
		close_meta(&g);
	}
	rig_fini(&g.r);
}
END_TEST

START_TEST(a_tail_torn_at_any_byte_ends_the_file_there)
{
	struct meta_rig g = { .n_seen = 0 };
	int64_t whole, size;

	rig_init(&g.r, 1);
	ck_assert_int_eq(open_meta(&g), 0);
	rewrite(&g);
	for (int64_t i = 0; i < 9; i++)
		ck_assert_int_eq(put(&g, i), 0);
	whole = g.m.size;
	ck_assert_int_eq(put(&g, 9), 0);
	size = g.m.size;
	for (int64_t len = size - 1; len >= whole; len--) {
		ck_assert_int_eq(g.r.env.fs->truncate(g.r.env.fs->ctx, g.m.h, len), 0);
		close_meta(&g);
		ck_assert_int_eq(open_meta(&g), 0);
		ck_assert_uint_eq(g.n_seen, 9);
		ck_assert_int_eq(g.m.size, whole);
		ck_assert_int_eq(put(&g, 9), 0);
	}
	close_meta(&g);
	rig_fini(&g.r);
}
END_TEST

START_TEST(damage_in_the_part_written_as_a_whole_is_refused)
{
	struct meta_rig g = { .n_seen = 0 };

	rig_init(&g.r, 1);
	ck_assert_int_eq(open_meta(&g), 0);
	for (int64_t i = 0; i < 10; i++)
		ck_assert_int_eq(put(&g, i), 0);
	close_meta(&g);
	ck_assert_int_eq(open_meta(&g), 0);
	rewrite(&g);
	close_meta(&g);
	ck_assert_int_eq(mem_fs_flip(g.r.fs, "/d/meta.log", 40, 3), 0);
	ck_assert_int_eq(open_meta(&g), GW_ECORRUPT);
	ck_assert_ptr_nonnull(strstr(g.err.msg, "/d/meta.log is damaged"));
	rig_fini(&g.r);
}
END_TEST

START_TEST(a_full_disk_loses_the_entry_and_nothing_else)
{
	struct meta_rig g = { .n_seen = 0 };

	rig_init(&g.r, 1);
	ck_assert_int_eq(open_meta(&g), 0);
	ck_assert_int_eq(put(&g, 0), 0);
	mem_fs_capacity(g.r.fs, g.m.size + 10);
	ck_assert_int_eq(put(&g, 1), GW_ENOSPC);
	mem_fs_capacity(g.r.fs, -1);
	ck_assert_int_eq(put(&g, 2), 0);
	close_meta(&g);
	ck_assert_int_eq(open_meta(&g), 0);
	ck_assert_uint_eq(g.n_seen, 2);
	ck_assert_int_eq(g.seen[1], 2);
	close_meta(&g);
	rig_fini(&g.r);
}
END_TEST

START_TEST(what_is_durable_is_what_a_sync_began_with)
{
	struct meta_rig g = { .n_seen = 0 };
	uint64_t first;

	rig_init(&g.r, 1);
	mem_fs_clock(g.r.fs, &g.r.now.us, 1000, 1000);
	ck_assert_int_eq(open_meta(&g), 0);
	ck_assert_int_eq(put(&g, 0), 0);
	first = g.m.put;
	ck_assert_int_eq(gw_meta_sync(&g.m), 0);
	ck_assert_int_eq(put(&g, 1), 0);
	ck_assert_uint_eq(g.m.durable, 0);
	g.r.now.us += 1000;
	ck_assert_int_eq(gw_syncer_poll(&g.syncer), 0);
	ck_assert_uint_eq(g.m.durable, first);
	/* A rewrite makes all durable, whoever waits for which count. */
	rewrite(&g);
	ck_assert_uint_eq(g.m.durable, g.m.put);
	close_meta(&g);
	rig_fini(&g.r);
}
END_TEST

START_TEST(a_power_cut_keeps_a_prefix_of_what_was_put)
{
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct meta_rig g = { .n_seen = 0 };
		size_t synced = 0, all = 0;

		rig_init(&g.r, seed);
		for (int round = 0; round < 3; round++) {
			ck_assert_msg(open_meta(&g) == 0, "seed %llu: %s", (unsigned long long)seed,
			    g.err.msg);
			ck_assert_uint_ge(g.n_seen, synced);
			ck_assert_uint_le(g.n_seen, all);
			for (size_t i = 0; i < g.n_seen; i++)
				ck_assert_int_eq(g.seen[i], (int64_t)i);
			all = g.n_seen;
			rewrite(&g);
			for (int i = 0; i < 10; i++)
				ck_assert_int_eq(put(&g, (int64_t)all++), 0);
			ck_assert_int_eq(gw_meta_sync_now(&g.m), 0);
			synced = all;
			for (int i = 0; i < 10; i++)
				ck_assert_int_eq(put(&g, (int64_t)all++), 0);
			close_meta(&g);
			mem_fs_crash(g.r.fs);
		}
		rig_fini(&g.r);
	}
}
END_TEST

Suite *
check_meta_suite(void)
{
	Suite *s = suite_create("meta");
	TCase *tc = tcase_create("meta");

	tcase_add_test(tc, entries_come_back_in_order);
	tcase_add_test(tc, a_tail_torn_at_any_byte_ends_the_file_there);
	tcase_add_test(tc, damage_in_the_part_written_as_a_whole_is_refused);
	tcase_add_test(tc, a_full_disk_loses_the_entry_and_nothing_else);
	tcase_add_test(tc, what_is_durable_is_what_a_sync_began_with);
	tcase_add_test(tc, a_power_cut_keeps_a_prefix_of_what_was_put);
	suite_add_tcase(s, tc);
	return s;
}
