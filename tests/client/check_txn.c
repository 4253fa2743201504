/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_txn.c - transactions: both protocols, aborts, fencing, answers that are lost.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

struct world {
	struct fake_world	*w;
	struct gw_client	*c;
};

/* version: of the finalized transaction.version; 0: a classic cluster. */
static struct world
begin(int16_t version, const char *config)
{
	struct world x = { .w = fake_new(2) };
	char text[512];

	fake_topic(x.w, "t", 2);
	x.w->txn.version = version;
	(void)snprintf(text, sizeof(text), "transactional.id=x;%s", config);
	x.c = fake_client(x.w, text);
	return x;
}

static void
end(struct world x)
{
	gw_client_free(x.c);
	fake_free(x.w);
}

static int
put(struct gw_client *c, int32_t partition, int i)
{
	char text[32];
	struct gw_message m = { .topic = "t", .partition = partition, .flags = GW_MSG_PARTITION };

	(void)snprintf(text, sizeof(text), "value-%d", i);
	m.value = gw_str(text);
	return gw_send(c, &m);
}

/* One transaction of two records. */
static int
transact(struct gw_client *c, enum gw_txn_end how)
{
	int rc = gw_begin(c);

	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(put(c, 0, 0), 0);
	ck_assert_int_eq(put(c, 1, 1), 0);
	ck_assert_int_eq(gw_end(c, how), 0);
	return gw_end_wait(c, 300000);
}

static size_t
visible(struct fake_world *w)
{
	return fake_visible(&w->topics[0].parts[0]) + fake_visible(&w->topics[0].parts[1]);
}

/* The next GW_EVENT_TXN. */
static struct gw_event
ended(struct gw_client *c)
{
	struct gw_event ev;

	while (gw_next_event(c, &ev))
		if (ev.type == GW_EVENT_TXN)
			return ev;
	ck_abort_msg("no transaction ended");
	return ev;
}

static size_t
place_of(const struct fake_world *w, int16_t key, size_t i)
{
	return (size_t)(fake_seen(w, key, i) - w->seen);
}

START_TEST(a_classic_transaction_adds_partitions_then_produces_then_ends)
{
	struct world x = begin(0, "");

	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(visible(x.w), 2);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN), 1);
	ck_assert_uint_lt(place_of(x.w, GW_API_ADD_PARTITIONS_TO_TXN, 0),
	    place_of(x.w, GW_API_PRODUCE, 0));
	ck_assert_int_le(fake_seen(x.w, GW_API_PRODUCE, 0)->version, 11);
	ck_assert_int_le(fake_seen(x.w, GW_API_END_TXN, 0)->version, 4);
	ck_assert_int_eq(ended(x.c).err.code, 0);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 2)->sequence, 1);
	ck_assert_uint_eq(visible(x.w), 4);
	ck_assert_uint_eq(x.w->txn.n_inits, 1);
	end(x);
}
END_TEST

START_TEST(a_transaction_of_v2_adds_nothing_and_goes_on_with_a_new_epoch)
{
	struct world x = begin(2, "");

	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	fake_run(x.w, x.c, 200);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(visible(x.w), 4);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN), 0);
	for (size_t i = 0; i < fake_n_seen(x.w, GW_API_PRODUCE); i++) {
		ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, i)->version, 12);
		ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, i)->sequence, 0);
	}
	ck_assert_int_eq(fake_seen(x.w, GW_API_END_TXN, 0)->version, 5);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 0)->epoch, 0);
	ck_assert_int_eq(fake_seen(x.w, GW_API_PRODUCE, 2)->epoch, 1);
	ck_assert_uint_eq(x.w->txn.n_inits, 1);
	end(x);
}
END_TEST

/*
 * A broker tries a Produce again by itself, but late; so where it is known to be needed, we ask
 * before.
 */
START_TEST(transactions_of_v2_that_follow_each_other_ask_whether_the_last_is_written_out)
{
	struct world x = begin(2, "");
	size_t n;

	for (int i = 0; i < 60; i++)
		ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	n = fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN);
	ck_assert_uint_eq(n, 16);	/* it never was, so that is not asked any more */
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	/* but now and then */
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN), ++n);
	fake_plan(x.w, GW_API_ADD_PARTITIONS_TO_TXN, FAKE_ERROR, GW_K_CONCURRENT_TRANSACTIONS, 0,
	    3);
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_gt(fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN), n + 4);
	ck_assert_uint_eq(visible(x.w), 2 * 134);
	end(x);
}
END_TEST

/* Both protocols, by _i: 0 and 2. */
START_TEST(what_is_aborted_is_not_seen_and_what_follows_is)
{
	struct world x = begin((int16_t)_i, "linger.ms=0");

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	fake_run(x.w, x.c, 50);		/* it is in the log by now */
	ck_assert_int_eq(put(x.c, 1, 1), 0);
	ck_assert_int_eq(gw_end(x.c, GW_ABORT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 10000), 0);
	ck_assert_uint_ge(x.w->topics[0].parts[0].n_batches, 2);
	ck_assert_uint_eq(x.w->txn.n_aborts, 1);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(visible(x.w), 2);
	end(x);
}
END_TEST

START_TEST(an_empty_transaction_asks_the_coordinator_for_no_end)
{
	struct world x = begin((int16_t)_i, "");

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 1000), 0);
	ck_assert_int_eq(ended(x.c).err.code, 0);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_END_TXN), 0);
	end(x);
}
END_TEST

START_TEST(a_poll_loop_is_told_by_an_event)
{
	struct world x = begin((int16_t)_i, "");

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_begin(x.c), GW_EAGAIN);
	ck_assert_int_eq(put(x.c, 0, 1), GW_ESTATE);
	fake_run(x.w, x.c, 1000);
	ck_assert_int_eq(ended(x.c).err.code, 0);
	ck_assert_uint_eq(visible(x.w), 1);
	ck_assert_int_eq(gw_begin(x.c), 0);
	end(x);
}
END_TEST

START_TEST(an_end_that_comes_of_itself_is_not_slept_over)
{
	struct world x = begin((int16_t)_i, "");
	struct pollfd fds[8];
	int timeout_ms;

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(gw_end(x.c, GW_ABORT), 0);
	(void)gw_pollfds(x.c, fds, GW_N(fds), &timeout_ms);
	ck_assert_int_eq(timeout_ms, 0);
	ck_assert_int_eq(ended(x.c).err.code, 0);
	(void)gw_pollfds(x.c, fds, GW_N(fds), &timeout_ms);
	ck_assert_int_ne(timeout_ms, 0);
	end(x);
}
END_TEST

START_TEST(records_and_ends_outside_a_transaction_are_refused)
{
	struct world x = begin(0, "");
	struct gw_client *plain = fake_client(x.w, "");

	ck_assert_int_eq(put(x.c, 0, 0), GW_ESTATE);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), GW_ESTATE);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(gw_begin(x.c), GW_ESTATE);
	ck_assert_int_eq(gw_begin(plain), GW_ESTATE);
	gw_client_free(plain);
	end(x);
}
END_TEST

START_TEST(one_still_written_out_is_asked_for_at_once_then_after_1_to_20_ms)
{
	static const int64_t least[] = { 0, 0, 0, 1000, 2000, 4000, 8000, 16000, 20000, 20000 };
	struct world x = begin(0, "");

	fake_plan(x.w, GW_API_ADD_PARTITIONS_TO_TXN, FAKE_ERROR, GW_K_CONCURRENT_TRANSACTIONS, 0,
	    GW_N(least));
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN), GW_N(least) + 1);
	for (size_t i = 1; i <= GW_N(least); i++) {
		int64_t pause = fake_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN, i)->at_us -
		    fake_seen(x.w, GW_API_ADD_PARTITIONS_TO_TXN, i - 1)->at_us;

		ck_assert_int_ge(pause, least[i - 1]);
		ck_assert_int_le(pause, least[i - 1] + 5000);
	}
	end(x);
}
END_TEST

static const struct {
	int16_t	version, key, code;
} fencing[] = {
	{ 0, GW_API_ADD_PARTITIONS_TO_TXN, GW_K_PRODUCER_FENCED },
	{ 0, GW_API_PRODUCE, GW_K_INVALID_PRODUCER_EPOCH },
	{ 0, GW_API_END_TXN, GW_K_INVALID_PRODUCER_EPOCH },
	{ 2, GW_API_PRODUCE, GW_K_PRODUCER_FENCED },
	{ 2, GW_API_END_TXN, GW_K_PRODUCER_FENCED },
	{ 2, GW_API_INIT_PRODUCER_ID, GW_K_PRODUCER_FENCED }
};

START_TEST(a_fenced_producer_stays_fenced)
{
	struct world x = begin(fencing[_i].version, "");

	fake_plan(x.w, fencing[_i].key, FAKE_ERROR, fencing[_i].code, 0, 1);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), GW_EFENCED);
	ck_assert_int_eq(ended(x.c).err.code, GW_EFENCED);
	ck_assert_int_eq(gw_begin(x.c), GW_EFENCED);
	ck_assert_int_eq(put(x.c, 0, 0), GW_EFENCED);
	ck_assert_int_eq(gw_end(x.c, GW_ABORT), GW_EFENCED);
	ck_assert_uint_eq(gw_flush(x.c, 1000).pending, 0);
	end(x);
}
END_TEST

START_TEST(the_newer_of_two_fences_the_older)
{
	struct world x = begin((int16_t)_i, "");
	struct gw_client *newer = fake_client(x.w, "transactional.id=x");

	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	fake_run(x.w, x.c, 100);
	ck_assert_int_eq(transact(newer, GW_COMMIT), 0);
	ck_assert_int_eq(put(x.c, 0, 1), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), GW_EFENCED);
	ck_assert_uint_eq(visible(x.w), 4);
	ck_assert_int_eq(transact(newer, GW_COMMIT), 0);
	gw_client_free(newer);
	end(x);
}
END_TEST

static const struct {
	int16_t	version, key, code;
} dooming[] = {
	{ 2, GW_API_PRODUCE, GW_K_TRANSACTION_ABORTABLE },
	{ 2, GW_API_END_TXN, GW_K_TRANSACTION_ABORTABLE },
	{ 0, GW_API_ADD_PARTITIONS_TO_TXN, GW_K_TOPIC_AUTHORIZATION_FAILED },
	{ 0, GW_API_PRODUCE, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER },
	{ 0, GW_API_PRODUCE, GW_K_INVALID_TXN_STATE },
	{ 2, GW_API_PRODUCE, 12345 },
	{ 0, GW_API_END_TXN, GW_K_INVALID_TXN_STATE },
	{ 0, GW_API_PRODUCE, GW_K_MESSAGE_TOO_LARGE }
};

START_TEST(an_error_dooms_this_transaction_and_no_other)
{
	struct world x = begin(dooming[_i].version, "");
	struct gw_event ev;

	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	fake_plan(x.w, dooming[_i].key, FAKE_ERROR, dooming[_i].code, 0, 1);
	(void)ended(x.c);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), dooming[_i].code);
	ev = ended(x.c);
	ck_assert_int_eq(ev.err.code, dooming[_i].code);
	ck_assert(ev.retriable);
	ck_assert_uint_eq(visible(x.w), 2);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(visible(x.w), 4);
	ck_assert(!x.w->txn.open);
	end(x);
}
END_TEST

START_TEST(a_doomed_transaction_takes_no_more_records_and_flushes_at_once)
{
	struct world x = begin(2, "linger.ms=0");
	struct gw_flushed f;

	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_TRANSACTION_ABORTABLE, 0, 1);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	f = gw_flush(x.c, 60000);
	ck_assert_uint_eq(f.failed, 1);
	ck_assert_int_eq(put(x.c, 0, 1), GW_ESTATE);
	ck_assert_ptr_nonnull(strstr(gw_client_error(x.c)->msg, "ABORTABLE"));
	ck_assert_int_eq(gw_end(x.c, GW_ABORT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 10000), 0);
	end(x);
}
END_TEST

START_TEST(a_gap_in_the_sequences_ends_with_an_epoch_of_its_own)
{
	struct world x = begin(0, "");

	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	fake_plan(x.w, GW_API_PRODUCE, FAKE_ERROR, GW_K_INVALID_RECORD, 0, 1);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), GW_K_INVALID_RECORD);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(x.w->txn.n_inits, 2);
	ck_assert(x.w->txn.init_with_id);
	ck_assert_int_eq(x.w->txn.epoch, 1);
	end(x);
}
END_TEST

/* _i: bit 0 the protocol; then the API whose answer is lost. */
START_TEST(a_lost_answer_changes_nothing)
{
	static const int16_t keys[] = { GW_API_INIT_PRODUCER_ID, GW_API_ADD_PARTITIONS_TO_TXN,
	    GW_API_PRODUCE, GW_API_END_TXN };
	struct world x = begin((_i & 1) != 0 ? 2 : 0, "");

	fake_plan(x.w, keys[_i / 2], FAKE_TAKE_AND_CLOSE, 0, 0, 2);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(visible(x.w), 4);
	ck_assert_uint_eq(x.w->txn.n_commits, 2);
	end(x);
}
END_TEST

START_TEST(a_coordinator_that_moves_is_found_again)
{
	struct world x = begin((int16_t)_i, "");

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	fake_run(x.w, x.c, 100);
	x.w->txn.coordinator = 2;
	ck_assert_int_eq(put(x.c, 1, 1), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), 0);
	ck_assert_uint_eq(visible(x.w), 2);
	end(x);
}
END_TEST

/* The coordinator takes the end but never says so, as long as the transaction may last. */
START_TEST(an_end_that_is_in_doubt_is_settled_before_anything_else_is_sent)
{
	struct world x = begin((int16_t)_i, "transaction.timeout.ms=3000;request.timeout.ms=1000");
	struct gw_event ev;

	fake_plan(x.w, GW_API_END_TXN, FAKE_TAKE_AND_CLOSE, 0, 0, 1);
	fake_plan(x.w, GW_API_END_TXN, FAKE_SILENCE, 0, 0, 100);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), GW_ETIMEOUT);
	ev = ended(x.c);
	ck_assert_int_eq(ev.err.code, GW_ETIMEOUT);
	ck_assert(!ev.retriable);
	x.w->plans[1].times = 0;
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(x.w->txn.n_commits, 2);
	ck_assert_uint_eq(visible(x.w), 4);
	end(x);
}
END_TEST

START_TEST(an_abort_that_nobody_could_be_asked_for_is_asked_for_before_anything_else_is_sent)
{
	struct world x = begin((int16_t)_i,
	    "linger.ms=0;transaction.timeout.ms=3000;request.timeout.ms=1000");

	x.w->txn.coordinator = 2;
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	fake_run(x.w, x.c, 500);
	ck_assert_uint_eq(x.w->topics[0].parts[0].n_batches, 1);
	fake_down(&x.w->brokers[1]);
	fake_run(x.w, x.c, 100);
	ck_assert_int_eq(gw_end(x.c, GW_ABORT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 300000), GW_ETIMEOUT);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_END_TXN), 0);
	fake_up(&x.w->brokers[1]);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), 0);
	ck_assert_uint_eq(x.w->txn.n_aborts, 1);
	ck_assert_uint_eq(visible(x.w), 2);
	end(x);
}
END_TEST

START_TEST(without_a_coordinator_a_commit_becomes_an_abort_in_time)
{
	struct world x = begin(0, "transaction.timeout.ms=3000;request.timeout.ms=1000");
	int64_t start = x.w->now.us;

	fake_plan(x.w, GW_API_ADD_PARTITIONS_TO_TXN, FAKE_SILENCE, 0, 0, 1000);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, -1), GW_ETIMEOUT);
	ck_assert_int_le(x.w->now.us - start, 8000000);
	ck_assert_uint_eq(visible(x.w), 0);
	ck_assert_uint_eq(x.w->txn.n_commits, 0);
	end(x);
}
END_TEST

START_TEST(a_wait_that_is_over_says_that_it_goes_on)
{
	struct world x = begin(0, "");

	fake_plan(x.w, GW_API_END_TXN, FAKE_SILENCE, 0, 0, 1);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 500), GW_EAGAIN);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), 0);
	end(x);
}
END_TEST

START_TEST(without_the_right_to_the_id_nothing_is_sent_ever)
{
	struct world x = begin(0, "");

	fake_plan(x.w, GW_API_INIT_PRODUCER_ID, FAKE_ERROR,
	    GW_K_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 0, 1);
	ck_assert_int_eq(transact(x.c, GW_COMMIT), GW_EAUTH);
	ck_assert_int_eq(gw_begin(x.c), GW_EAUTH);
	end(x);
}
END_TEST

/* A batch of t-0 is read, and its end committed with the transaction. */
static void
copy(struct world x, enum gw_txn_end how, int result)
{
	struct gw_batch *b;
	struct gw_err err;

	ck_assert_int_eq(gw_begin(x.c), 0);
	b = gw_fetch(x.c, 10000, &err);
	ck_assert_msg(b != NULL, "%s", err.msg);
	ck_assert_int_eq(put(x.c, 1, 0), 0);
	ck_assert_int_eq(gw_commit_in_txn(x.c, b), 0);
	ck_assert_int_eq(gw_end(x.c, how), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), result);
}

START_TEST(offsets_are_committed_with_the_transaction_or_not_at_all)
{
	struct world x = begin((int16_t)_i, "group.id=g");
	struct fake_part *p = &x.w->topics[0].parts[0];

	fake_fill(x.w, p, 5, "value");
	ck_assert_int_eq(gw_assign(x.c, "t", 0, GW_OFFSET_EARLIEST), 0);
	copy(x, GW_ABORT, 0);
	ck_assert_int_eq(p->committed, -1);
	ck_assert_int_eq(gw_seek(x.c, "t", 0, 0), 0);
	copy(x, GW_COMMIT, 0);
	ck_assert_int_eq(p->committed, 5);
	ck_assert_uint_eq(fake_n_seen(x.w, GW_API_ADD_OFFSETS_TO_TXN), _i == 0);
	ck_assert_int_eq(fake_seen(x.w, GW_API_TXN_OFFSET_COMMIT, 0)->version, _i == 0 ? 4 : 5);
	end(x);
}
END_TEST

/* Else a reader that goes on there asks about the wrong epoch, and is told that the log was cut. */
START_TEST(an_offset_goes_with_the_epoch_of_the_record_before_it_or_none)
{
	struct world x = begin((int16_t)_i, "group.id=g");
	struct fake_part *p = &x.w->topics[0].parts[0];
	struct gw_err err;

	p->epoch = 5;
	fake_fill(x.w, p, 5, "value");
	ck_assert_int_eq(gw_assign(x.c, "t", 0, GW_OFFSET_EARLIEST), 0);
	copy(x, GW_COMMIT, 0);
	ck_assert_int_eq(x.w->txn.offset_epoch, 5);
	p->epoch = 7;
	fake_fill(x.w, p, 2, "value");
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_ptr_nonnull(gw_fetch(x.c, 10000, &err));
	ck_assert_int_eq(gw_commit_offset_in_txn(x.c, "t", 0, 7), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), 0);
	ck_assert_int_eq(x.w->txn.offset_epoch, 7);
	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(gw_commit_offset_in_txn(x.c, "t", 0, 6), 0);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), 0);
	ck_assert_int_eq(x.w->txn.offset_epoch, -1);
	end(x);
}
END_TEST

START_TEST(a_member_names_its_generation_and_is_refused_when_it_is_none)
{
	struct world x = begin((int16_t)_i, "auto.offset.reset=earliest");
	struct fake_part *p = &x.w->topics[0].parts[0];

	fake_fill(x.w, p, 5, "value");
	ck_assert_int_eq(gw_subscribe(x.c, "t", "g"), 0);
	fake_plan(x.w, GW_API_TXN_OFFSET_COMMIT, FAKE_ERROR, GW_K_ILLEGAL_GENERATION, 0, 1);
	copy(x, GW_COMMIT, GW_K_ILLEGAL_GENERATION);
	ck_assert_int_eq(p->committed, -1);
	ck_assert_int_eq(x.w->txn.generation, x.c->group.generation);
	ck_assert_int_ge(x.w->txn.generation, 1);
	ck_assert_int_eq(gw_seek(x.c, "t", 0, GW_OFFSET_COMMITTED), 0);
	ck_assert_int_eq(gw_pause(x.c, "t", 1), 0);	/* where the copies are */
	copy(x, GW_COMMIT, 0);
	ck_assert_int_eq(p->committed, 5);
	end(x);
}
END_TEST

START_TEST(a_partition_that_is_taken_away_dooms_the_transaction_with_its_offset)
{
	struct world x = begin((int16_t)_i, "auto.offset.reset=earliest");
	struct gw_batch *b;
	struct gw_err err;

	fake_fill(x.w, &x.w->topics[0].parts[0], 5, "value");
	ck_assert_int_eq(gw_subscribe(x.c, "t", "g"), 0);
	ck_assert_int_eq(gw_begin(x.c), 0);
	b = gw_fetch(x.c, 10000, &err);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(gw_commit_in_txn(x.c, b), 0);
	x.w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	fake_run(x.w, x.c, 10000);
	ck_assert_int_eq(gw_commit_in_txn(x.c, b), GW_ESTATE);
	ck_assert_int_eq(gw_end(x.c, GW_COMMIT), 0);
	ck_assert_int_eq(gw_end_wait(x.c, 60000), GW_K_REBALANCE_IN_PROGRESS);
	ck_assert_int_eq(x.w->topics[0].parts[0].committed, -1);
	end(x);
}
END_TEST

START_TEST(a_client_that_closes_aborts_what_is_open)
{
	struct world x = begin((int16_t)_i, "linger.ms=0");

	ck_assert_int_eq(gw_begin(x.c), 0);
	ck_assert_int_eq(put(x.c, 0, 0), 0);
	fake_run(x.w, x.c, 100);
	ck_assert(x.w->txn.open);
	(void)gw_client_close(x.c, 5000);
	ck_assert(!x.w->txn.open);
	ck_assert_uint_eq(x.w->txn.n_aborts, 1);
	end(x);
}
END_TEST

START_TEST(a_reader_of_committed_records_sees_what_was_committed)
{
	struct world x = begin((int16_t)_i, "linger.ms=0");
	struct gw_client *reader = fake_client(x.w, "isolation.level=read_committed");
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;
	size_t n = 0;

	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(gw_begin(x.c), 0);
		ck_assert_int_eq(put(x.c, 0, i), 0);
		fake_run(x.w, x.c, 100);
		ck_assert_int_eq(gw_end(x.c, i % 2 == 0 ? GW_COMMIT : GW_ABORT), 0);
		ck_assert_int_eq(gw_end_wait(x.c, 10000), 0);
	}
	ck_assert_int_eq(gw_assign(reader, "t", 0, GW_OFFSET_EARLIEST), 0);
	while (!gw_at_end(reader) && (b = gw_fetch(reader, 1000, &err)) != NULL)
		while (gw_batch_next(b, &r) > 0) {
			ck_assert_int_eq(r.value.ptr[r.value.len - 1], (char)('0' + 2 * n));
			n++;
		}
	ck_assert_uint_eq(n, 3);
	gw_client_free(reader);
	end(x);
}
END_TEST

/* Once for a classic cluster, once for one with transaction.version 2. */
#define BOTH(tc, test) \
	do { \
		tcase_add_loop_test(tc, test, 0, 1); \
		tcase_add_loop_test(tc, test, 2, 3); \
	} while (0)

Suite *
check_txn_suite(void)
{
	Suite *s = suite_create("txn");
	TCase *tc = tcase_create("transactions");

	tcase_add_test(tc, a_classic_transaction_adds_partitions_then_produces_then_ends);
	tcase_add_test(tc, a_transaction_of_v2_adds_nothing_and_goes_on_with_a_new_epoch);
	tcase_add_test(
	    tc, transactions_of_v2_that_follow_each_other_ask_whether_the_last_is_written_out);
	BOTH(tc, what_is_aborted_is_not_seen_and_what_follows_is);
	BOTH(tc, an_empty_transaction_asks_the_coordinator_for_no_end);
	BOTH(tc, a_poll_loop_is_told_by_an_event);
	BOTH(tc, an_end_that_comes_of_itself_is_not_slept_over);
	tcase_add_test(tc, records_and_ends_outside_a_transaction_are_refused);
	tcase_add_test(tc, one_still_written_out_is_asked_for_at_once_then_after_1_to_20_ms);
	tcase_add_loop_test(tc, a_fenced_producer_stays_fenced, 0, (int)GW_N(fencing));
	BOTH(tc, the_newer_of_two_fences_the_older);
	tcase_add_loop_test(tc, an_error_dooms_this_transaction_and_no_other, 0,
	    (int)GW_N(dooming));
	tcase_add_test(tc, a_doomed_transaction_takes_no_more_records_and_flushes_at_once);
	tcase_add_test(tc, a_gap_in_the_sequences_ends_with_an_epoch_of_its_own);
	tcase_add_loop_test(tc, a_lost_answer_changes_nothing, 0, 8);
	BOTH(tc, a_coordinator_that_moves_is_found_again);
	BOTH(tc, an_end_that_is_in_doubt_is_settled_before_anything_else_is_sent);
	BOTH(tc, an_abort_that_nobody_could_be_asked_for_is_asked_for_before_anything_else_is_sent);
	tcase_add_test(tc, without_a_coordinator_a_commit_becomes_an_abort_in_time);
	tcase_add_test(tc, a_wait_that_is_over_says_that_it_goes_on);
	tcase_add_test(tc, without_the_right_to_the_id_nothing_is_sent_ever);
	BOTH(tc, offsets_are_committed_with_the_transaction_or_not_at_all);
	BOTH(tc, an_offset_goes_with_the_epoch_of_the_record_before_it_or_none);
	BOTH(tc, a_member_names_its_generation_and_is_refused_when_it_is_none);
	BOTH(tc, a_partition_that_is_taken_away_dooms_the_transaction_with_its_offset);
	BOTH(tc, a_client_that_closes_aborts_what_is_open);
	BOTH(tc, a_reader_of_committed_records_sees_what_was_committed);
	suite_add_tcase(s, tc);
	return s;
}
