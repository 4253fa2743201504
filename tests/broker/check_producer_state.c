/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/producer_state.h"

#include "base/err.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"

struct producers_rig {
	struct rig		r;
	struct gw_producers	ps;
	int64_t			next;
};

static void
start(struct producers_rig *g)
{
	rig_init(&g->r, 1);
	gw_producers_init(&g->ps, &g->r.alloc.alloc, 1);
	g->next = 0;
}

static void
stop(struct producers_rig *g)
{
	gw_producers_fini(&g->ps);
	rig_fini(&g->r);
}

static struct gw_batch_header
batch(int64_t id, int16_t epoch, int32_t sequence, int32_t n)
{
	return (struct gw_batch_header){ .producer_id = id,
		.producer_epoch = epoch,
		.base_sequence = sequence,
		.last_offset_delta = n - 1,
		.n_records = n };
}

/* As a produce request: check, and add if it may be. *dup is the old offset of a duplicate. */
static int
send(struct producers_rig *g, struct gw_batch_header h, int64_t *dup)
{
	struct gw_producer_batch old = { .base_offset = -1 };
	int rc = gw_producers_check(&g->ps, &h, &old);

	if (dup != NULL)
		*dup = old.base_offset;
	if (rc != 0)
		return rc;
	h.base_offset = g->next;
	g->next += h.n_records;
	ck_assert_int_eq(gw_producers_reserve(&g->ps, &h), 0);
	gw_producers_add(&g->ps, &h, 1000);
	return 0;
}

START_TEST(sequences_that_follow_are_taken_and_gaps_are_not)
{
	struct producers_rig g;

	start(&g);
	ck_assert_int_eq(send(&g, batch(1, 0, 0, 10), NULL), 0);
	ck_assert_int_eq(send(&g, batch(1, 0, 10, 5), NULL), 0);
	ck_assert_int_eq(send(&g, batch(1, 0, 16, 5), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	ck_assert_int_eq(send(&g, batch(1, 0, 14, 5), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	ck_assert_int_eq(send(&g, batch(1, 0, 15, 5), NULL), 0);
	stop(&g);
}
END_TEST

START_TEST(the_last_five_batches_are_known_again)
{
	struct producers_rig g;
	int64_t dup;

	start(&g);
	for (int32_t i = 0; i < 6; i++)
		ck_assert_int_eq(send(&g, batch(1, 0, 10 * i, 10), NULL), 0);
	for (int32_t i = 1; i < 6; i++) {
		ck_assert_int_eq(
		    send(&g, batch(1, 0, 10 * i, 10), &dup), GW_K_DUPLICATE_SEQUENCE_NUMBER);
		ck_assert_int_eq(dup, 10 * i);
	}
	ck_assert_int_eq(send(&g, batch(1, 0, 0, 10), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	/* The same first sequence with another length is another batch. */
	ck_assert_int_eq(send(&g, batch(1, 0, 50, 9), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	stop(&g);
}
END_TEST

START_TEST(a_newer_epoch_begins_at_zero_and_fences_the_older)
{
	struct producers_rig g;

	start(&g);
	ck_assert_int_eq(send(&g, batch(1, 3, 0, 10), NULL), 0);
	ck_assert_int_eq(send(&g, batch(1, 4, 10, 10), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	ck_assert_int_eq(send(&g, batch(1, 4, 0, 10), NULL), 0);
	ck_assert_int_eq(send(&g, batch(1, 3, 10, 10), NULL), GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(send(&g, batch(1, 3, 0, 10), NULL), GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(send(&g, batch(1, 4, 10, 10), NULL), 0);
	stop(&g);
}
END_TEST

START_TEST(sequences_wrap_to_zero)
{
	struct producers_rig g;
	int64_t dup;

	ck_assert_int_eq(gw_sequence_add(INT32_MAX, 1), 0);
	ck_assert_int_eq(gw_sequence_add(INT32_MAX - 2, 5), 2);
	start(&g);
	ck_assert_int_eq(
	    send(&g, batch(1, 0, INT32_MAX - 4, 10), NULL), 0); /* ...2147483647, 0..4 */
	ck_assert_int_eq(
	    send(&g, batch(1, 0, INT32_MAX - 4, 10), &dup), GW_K_DUPLICATE_SEQUENCE_NUMBER);
	ck_assert_int_eq(send(&g, batch(1, 0, 5, 1), NULL), 0);
	stop(&g);
}
END_TEST

START_TEST(an_unknown_producer_may_begin_anywhere)
{
	struct producers_rig g;

	start(&g);
	ck_assert_int_eq(send(&g, batch(7, 2, 1234, 1), NULL), 0);
	ck_assert_int_eq(send(&g, batch(7, 2, 1235, 1), NULL), 0);
	ck_assert_int_eq(send(&g, batch(-1, -1, -1, 1), NULL), 0);
	ck_assert_uint_eq(g.ps.by_id.n, 1);
	stop(&g);
}
END_TEST

START_TEST(a_negative_epoch_or_sequence_is_refused)
{
	struct producers_rig g;

	start(&g);
	ck_assert_int_eq(send(&g, batch(7, -1, 0, 1), NULL), GW_K_INVALID_RECORD);
	ck_assert_int_eq(send(&g, batch(7, 0, -1, 1), NULL), GW_K_INVALID_RECORD);
	stop(&g);
}
END_TEST

START_TEST(silent_producers_are_forgotten)
{
	struct producers_rig g;

	start(&g);
	for (int64_t id = 0; id < 100; id++) {
		struct gw_batch_header h = batch(id, 0, 0, 1);

		ck_assert_int_eq(gw_producers_reserve(&g.ps, &h), 0);
		gw_producers_add(&g.ps, &h, 1000 + id);
	}
	gw_producers_expire(&g.ps, 1050);
	ck_assert_uint_eq(g.ps.by_id.n, 50);
	ck_assert_int_eq(send(&g, batch(10, 0, 99, 1), NULL), 0);
	ck_assert_int_eq(send(&g, batch(60, 0, 99, 1), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	stop(&g);
}
END_TEST

START_TEST(there_are_never_more_than_the_limit)
{
	struct producers_rig g;

	start(&g);
	for (int64_t id = 0; id < GW_PRODUCERS_MAX + 3; id++) {
		struct gw_batch_header h = batch(id, 0, 0, 1);

		ck_assert_int_eq(gw_producers_reserve(&g.ps, &h), 0);
		gw_producers_add(&g.ps, &h, 1000 + id);
	}
	ck_assert_uint_eq(g.ps.by_id.n, GW_PRODUCERS_MAX);
	ck_assert_int_eq(send(&g, batch(3, 0, 7, 1), NULL), GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	ck_assert_int_eq(send(&g, batch(2, 0, 7, 1), NULL), 0);
	stop(&g);
}
END_TEST

START_TEST(a_file_brings_the_same_state_back)
{
	struct producers_rig g;
	struct gw_producers other;
	int64_t offset = -1, dup;

	start(&g);
	for (int32_t i = 0; i < 7; i++)
		ck_assert_int_eq(send(&g, batch(1, 0, 10 * i, 10), NULL), 0);
	ck_assert_int_eq(send(&g, batch(2, 9, 0, 3), NULL), 0);
	ck_assert_int_eq(gw_producers_save(&g.ps, &g.r.env, "/p", g.next), 0);
	gw_producers_init(&other, &g.r.alloc.alloc, 5);
	ck_assert_int_eq(gw_producers_load(&other, &g.r.env, "/p", &offset), 0);
	ck_assert_int_eq(offset, g.next);
	gw_producers_fini(&g.ps);
	g.ps = other;
	ck_assert_int_eq(send(&g, batch(1, 0, 40, 10), &dup), GW_K_DUPLICATE_SEQUENCE_NUMBER);
	ck_assert_int_eq(dup, 40);
	ck_assert_int_eq(send(&g, batch(2, 8, 3, 3), NULL), GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(send(&g, batch(2, 9, 3, 3), NULL), 0);
	ck_assert_int_eq(mem_fs_flip(g.r.fs, "/p", 30, 0), 0);
	ck_assert_int_eq(gw_producers_load(&g.ps, &g.r.env, "/p", &offset), GW_ECORRUPT);
	ck_assert_uint_eq(g.ps.by_id.n, 0);
	stop(&g);
}
END_TEST

Suite *
check_producer_state_suite(void)
{
	Suite *s = suite_create("producer_state");
	TCase *tc = tcase_create("producer_state");

	tcase_add_test(tc, sequences_that_follow_are_taken_and_gaps_are_not);
	tcase_add_test(tc, the_last_five_batches_are_known_again);
	tcase_add_test(tc, a_newer_epoch_begins_at_zero_and_fences_the_older);
	tcase_add_test(tc, sequences_wrap_to_zero);
	tcase_add_test(tc, an_unknown_producer_may_begin_anywhere);
	tcase_add_test(tc, a_negative_epoch_or_sequence_is_refused);
	tcase_add_test(tc, silent_producers_are_forgotten);
	tcase_add_test(tc, there_are_never_more_than_the_limit);
	tcase_add_test(tc, a_file_brings_the_same_state_back);
	suite_add_tcase(s, tc);
	return s;
}
