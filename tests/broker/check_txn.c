/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/txn.h"

#include <check.h>

#include "base/err.h"
#include "base/slice.h"
#include "broker/txn_marker.h"
#include "tests/broker/suites.h"
#include "tests/support/fail_alloc.h"

/* The coordinator alone: a table of what is asked in which phase, by whom. */

#define PID	7
#define EPOCH	3

struct world {
	struct fail_alloc	 alloc;
	struct gw_xacts		 ts;
	struct gw_xact		*t;
};

static const struct gw_uuid TOPIC = { { 1 } };

static struct gw_xact_who
who(int64_t id, int16_t epoch)
{
	return (struct gw_xact_who){ GW_LIT("tx"), id, epoch };
}

static void
into_phase(struct world *w, enum gw_xact_phase phase, bool committed)
{
	if (phase == GW_XACT_EMPTY)
		return;
	ck_assert_int_eq(gw_xact_add_part(&w->ts, w->t, &TOPIC, 0), 0);
	if (phase == GW_XACT_ONGOING)
		return;
	gw_xact_decide(&w->ts, w->t, committed, GW_XACT_STAY, -1);
	if (phase == GW_XACT_COMPLETE)
		gw_xact_complete(&w->ts, w->t);
}

static void
begin(struct world *w, enum gw_xact_phase phase, bool committed)
{
	fail_alloc_init(&w->alloc, 0);
	gw_xacts_init(&w->ts, &w->alloc.alloc, 1, 60000);
	w->t = gw_xact_make(&w->ts, GW_LIT("tx"));
	w->t->producer_id = PID;
	w->t->epoch = EPOCH;
	w->t->timeout_ms = 1000;
	into_phase(w, phase, committed);
	ck_assert_int_eq(w->t->phase, phase);
}

static void
end(struct world *w)
{
	gw_xacts_fini(&w->ts);
	ck_assert_uint_eq(w->alloc.blocks, 0);
}

static const struct end_row {
	enum gw_xact_phase	phase;
	bool			committed;	/* the phase */
	int64_t			id;
	int16_t			epoch;
	bool			commit, v2;
	int16_t			error;
	bool			again, empty;
} end_rows[] = {
	/* classic */
	{ GW_XACT_ONGOING, false, PID, EPOCH, true, false, 0, false, false },
	{ GW_XACT_ONGOING, false, PID, EPOCH, false, false, 0, false, false },
	{ GW_XACT_EMPTY, false, PID, EPOCH, true, false, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_EMPTY, false, PID, EPOCH, false, false, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_PREPARED, true, PID, EPOCH, true, false, GW_K_CONCURRENT_TRANSACTIONS, false,
	    false },
	{ GW_XACT_PREPARED, true, PID, EPOCH, false, false, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_COMPLETE, true, PID, EPOCH, true, false, 0, true, false },
	{ GW_XACT_COMPLETE, true, PID, EPOCH, false, false, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_COMPLETE, false, PID, EPOCH, false, false, 0, true, false },
	{ GW_XACT_COMPLETE, false, PID, EPOCH, true, false, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_ONGOING, false, PID, EPOCH - 1, true, false, GW_K_PRODUCER_FENCED, false, false },
	{ GW_XACT_ONGOING, false, PID, EPOCH + 1, true, false, GW_K_PRODUCER_FENCED, false, false },
	{ GW_XACT_ONGOING, false, PID + 1, EPOCH, true, false, GW_K_INVALID_PRODUCER_ID_MAPPING,
	    false, false },
	/* KIP-890 */
	{ GW_XACT_ONGOING, false, PID, EPOCH, true, true, 0, false, false },
	{ GW_XACT_EMPTY, false, PID, EPOCH, true, true, GW_K_INVALID_TXN_STATE, false, false },
	{ GW_XACT_EMPTY, false, PID, EPOCH, false, true, 0, false, true },
	{ GW_XACT_COMPLETE, true, PID, EPOCH, false, true, 0, false, true },
	{ GW_XACT_PREPARED, true, PID, EPOCH, true, true, GW_K_CONCURRENT_TRANSACTIONS, false,
	    false },
	{ GW_XACT_ONGOING, false, PID, EPOCH - 1, true, true, GW_K_PRODUCER_FENCED, false, false },
};

START_TEST(who_may_end_a_transaction_and_who_may_not)
{
	const struct end_row *row = &end_rows[_i];
	struct gw_xact_ending e = { .commit = row->commit, .v2 = row->v2 };
	struct gw_xact_who asks = who(row->id, row->epoch);
	struct gw_xact *t;
	struct world w;

	begin(&w, row->phase, row->committed);
	ck_assert_int_eq(gw_xact_may_end(&w.ts, &asks, &e, &t), row->error);
	if (row->error == 0) {
		ck_assert_int_eq(e.again, row->again);
		ck_assert_int_eq(e.empty, row->empty);
	}
	end(&w);
}
END_TEST

static const struct add_row {
	enum gw_xact_phase	phase;
	int64_t			id;
	int16_t			epoch;
	int16_t			error;
} add_rows[] = {
	{ GW_XACT_EMPTY, PID, EPOCH, 0 },
	{ GW_XACT_ONGOING, PID, EPOCH, 0 },
	{ GW_XACT_COMPLETE, PID, EPOCH, 0 },
	{ GW_XACT_PREPARED, PID, EPOCH, GW_K_CONCURRENT_TRANSACTIONS },
	{ GW_XACT_ONGOING, PID, EPOCH - 1, GW_K_PRODUCER_FENCED },
	{ GW_XACT_ONGOING, PID + 1, EPOCH, GW_K_INVALID_PRODUCER_ID_MAPPING },
};

START_TEST(who_may_add_to_a_transaction_and_who_may_not)
{
	struct gw_xact_who asks = who(add_rows[_i].id, add_rows[_i].epoch);
	struct gw_xact *t;
	struct world w;

	begin(&w, add_rows[_i].phase, true);
	ck_assert_int_eq(gw_xact_may_add(&w.ts, &asks, &t), add_rows[_i].error);
	end(&w);
}
END_TEST

static const struct init_row {
	enum gw_xact_phase	phase;
	int64_t			id;
	int16_t			epoch;
	int32_t			timeout_ms;
	int16_t			error;
} init_rows[] = {
	{ GW_XACT_EMPTY, -1, -1, 1000, 0 },
	{ GW_XACT_ONGOING, -1, -1, 1000, 0 },
	{ GW_XACT_COMPLETE, PID, EPOCH, 1000, 0 },
	{ GW_XACT_PREPARED, -1, -1, 1000, GW_K_CONCURRENT_TRANSACTIONS },
	{ GW_XACT_EMPTY, PID, EPOCH - 1, 1000, GW_K_PRODUCER_FENCED },
	{ GW_XACT_EMPTY, PID + 1, EPOCH, 1000, GW_K_PRODUCER_FENCED },
	{ GW_XACT_EMPTY, -1, -1, 0, GW_K_INVALID_TRANSACTION_TIMEOUT },
	{ GW_XACT_EMPTY, -1, -1, 60001, GW_K_INVALID_TRANSACTION_TIMEOUT },
	{ GW_XACT_EMPTY, -1, -1, 60000, 0 },
};

START_TEST(who_may_take_over_a_transactional_id)
{
	const struct init_row *row = &init_rows[_i];
	struct gw_xact_who asks = who(row->id, row->epoch);
	struct gw_xact *t;
	struct world w;
	bool again;

	begin(&w, row->phase, true);
	ck_assert_int_eq(
	    gw_xact_may_init(&w.ts, &asks, row->timeout_ms, &t, &again), row->error);
	ck_assert(!again);
	end(&w);
}
END_TEST

START_TEST(a_lost_answer_is_given_again_but_not_to_a_zombie)
{
	struct gw_xact_who first = who(PID, EPOCH), anonymous = who(-1, -1);
	struct gw_xact *t;
	struct world w;
	bool again;

	begin(&w, GW_XACT_EMPTY, false);
	gw_xact_bump(w.t, &first, -1);
	ck_assert_int_eq(w.t->epoch, EPOCH + 1);
	ck_assert_int_eq(gw_xact_may_init(&w.ts, &first, 1000, &t, &again), 0);
	ck_assert(again);
	/* Somebody else took the id over: the first one may not come back. */
	gw_xact_bump(w.t, &anonymous, -1);
	first.epoch = EPOCH + 1;
	ck_assert_int_eq(gw_xact_may_init(&w.ts, &first, 1000, &t, &again), GW_K_PRODUCER_FENCED);
	end(&w);
}
END_TEST

START_TEST(v2_moves_the_epoch_and_knows_its_end_again)
{
	struct gw_xact_ending e = { .commit = true, .v2 = true };
	struct gw_xact_who asks = who(PID, EPOCH);
	struct gw_xact *t;
	struct world w;

	begin(&w, GW_XACT_ONGOING, false);
	gw_xact_decide(&w.ts, w.t, true, GW_XACT_MOVE, -1);
	ck_assert_int_eq(w.t->marker_epoch, EPOCH + 1);
	ck_assert_int_eq(w.t->epoch, EPOCH + 1);
	ck_assert_int_eq(gw_xact_may_end(&w.ts, &asks, &e, &t), GW_K_CONCURRENT_TRANSACTIONS);
	gw_xact_complete(&w.ts, w.t);
	ck_assert_int_eq(gw_xact_may_end(&w.ts, &asks, &e, &t), 0);
	ck_assert(e.again);
	e.commit = false;
	ck_assert_int_eq(gw_xact_may_end(&w.ts, &asks, &e, &t), GW_K_PRODUCER_FENCED);
	/* And the old epoch writes nothing any more. */
	ck_assert_int_eq(gw_xact_may_add(&w.ts, &asks, &t), GW_K_PRODUCER_FENCED);
	end(&w);
}
END_TEST

START_TEST(an_epoch_that_ran_out_takes_a_new_producer_id)
{
	struct gw_xact_who asks = who(PID, GW_XACT_EPOCH_LAST);
	struct gw_xact_ending e = { .commit = true, .v2 = true };
	struct gw_xact *t;
	struct world w;

	begin(&w, GW_XACT_ONGOING, false);
	w.t->epoch = GW_XACT_EPOCH_LAST;
	ck_assert(gw_xact_exhausted(w.t));
	gw_xact_decide(&w.ts, w.t, true, GW_XACT_MOVE, 99);
	ck_assert_int_eq(w.t->marker_id, PID);
	ck_assert_int_eq(w.t->marker_epoch, INT16_MAX);
	ck_assert_int_eq(w.t->producer_id, 99);
	ck_assert_int_eq(w.t->epoch, 0);
	gw_xact_complete(&w.ts, w.t);
	ck_assert_int_eq(gw_xact_may_end(&w.ts, &asks, &e, &t), 0);
	ck_assert(e.again);
	end(&w);
}
END_TEST

START_TEST(a_decision_is_found_by_what_it_ended)
{
	struct gw_xact_part part = { .topic = TOPIC, .partition = 2 };
	struct gw_xact_decision d = {
		.producer_id = PID, .topic = TOPIC, .partition = 2, .end = 10, .committed = true
	};
	struct world w;

	begin(&w, GW_XACT_EMPTY, false);
	ck_assert_int_eq(gw_xact_note(&w.ts, &d), 0);
	d.end = 20;
	d.committed = false;
	ck_assert_int_eq(gw_xact_note(&w.ts, &d), 0);
	ck_assert(gw_xact_decided(&w.ts, PID, &part, 5)->committed);
	ck_assert(!gw_xact_decided(&w.ts, PID, &part, 10)->committed);
	ck_assert_ptr_null(gw_xact_decided(&w.ts, PID, &part, 20));
	ck_assert_ptr_null(gw_xact_decided(&w.ts, PID + 1, &part, 5));
	part.partition = 1;
	ck_assert_ptr_null(gw_xact_decided(&w.ts, PID, &part, 5));
	end(&w);
}
END_TEST

START_TEST(a_marker_says_what_it_was_made_to_say)
{
	struct gw_batch_header h;
	struct fail_alloc alloc;
	struct gw_buf buf;

	fail_alloc_init(&alloc, 0);
	gw_buf_init(&buf, &alloc.alloc, 0);
	for (int committed = 0; committed < 2; committed++) {
		gw_buf_clear(&buf);
		ck_assert_int_eq(gw_marker_build(&buf, PID, EPOCH, committed != 0, 5), 0);
		ck_assert_int_eq(gw_marker_read(gw_buf_slice(&buf)), committed);
		ck_assert_int_eq(gw_batch_check(gw_buf_slice(&buf)), 0);
		ck_assert_int_gt(gw_batch_header_read(gw_buf_slice(&buf), &h), 0);
		ck_assert_int_eq(h.producer_id, PID);
		ck_assert_int_eq(h.attributes, GW_BATCH_CONTROL | GW_BATCH_TRANSACTIONAL);
		ck_assert_int_eq(h.n_records, 1);
	}
	ck_assert_int_eq(gw_marker_read((struct gw_slice){ (char *)buf.ptr, 60 }), GW_EPROTO);
	gw_buf_fini(&buf);
	ck_assert_uint_eq(alloc.blocks, 0);
}
END_TEST

Suite *
check_txn_suite(void)
{
	Suite *s = suite_create("txn");
	TCase *tc = tcase_create("txn");

	tcase_add_loop_test(tc, who_may_end_a_transaction_and_who_may_not, 0,
	    (int)(sizeof(end_rows) / sizeof(end_rows[0])));
	tcase_add_loop_test(tc, who_may_add_to_a_transaction_and_who_may_not, 0,
	    (int)(sizeof(add_rows) / sizeof(add_rows[0])));
	tcase_add_loop_test(tc, who_may_take_over_a_transactional_id, 0,
	    (int)(sizeof(init_rows) / sizeof(init_rows[0])));
	tcase_add_test(tc, a_lost_answer_is_given_again_but_not_to_a_zombie);
	tcase_add_test(tc, v2_moves_the_epoch_and_knows_its_end_again);
	tcase_add_test(tc, an_epoch_that_ran_out_takes_a_new_producer_id);
	tcase_add_test(tc, a_decision_is_found_by_what_it_ended);
	tcase_add_test(tc, a_marker_says_what_it_was_made_to_say);
	suite_add_tcase(s, tc);
	return s;
}
