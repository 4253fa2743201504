/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>

#include "base/err.h"
#include "base/slice.h"
#include "broker/broker_int.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_describe_producers.h"
#include "wire/msg_describe_transactions.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_list_transactions.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_delete.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_write_txn_markers.h"

/* What an administrator asks about groups' offsets and other people's transactions. */

static void *
ask(struct rig *r, int h, int16_t key, int16_t version, const void *request)
{
	void *a;

	rig_send(r, h, key, version, request);
	rig_pass(r, 20);
	a = rig_receive(r, h, key, version);
	ck_assert_msg(a != NULL, "no answer to API %d v%d", key, version);
	return a;
}

/* ---- offsets ---- */

static void
commit(struct rig *r, int h, int32_t partition, int64_t offset)
{
	struct gw_offset_commit_request_partition p = { .partition_index = partition,
		.committed_offset = offset, .committed_leader_epoch = -1,
		.committed_metadata = GW_LIT("") };
	struct gw_offset_commit_request_topic t = {
		.name = GW_LIT("t"), .partitions = &p, .n_partitions = 1 };
	struct gw_offset_commit_request q = { .group_id = GW_LIT("g"),
		.generation_id_or_member_epoch = -1, .member_id = GW_LIT(""),
		.retention_time_ms = -1, .topics = &t, .n_topics = 1 };
	const struct gw_offset_commit_response *a = ask(r, h, GW_API_OFFSET_COMMIT, 6, &q);

	ck_assert_int_eq(a->topics[0].partitions[0].error_code, 0);
}

static int64_t
committed(struct rig *r, int h, int32_t partition)
{
	struct gw_offset_fetch_request_topic t = { .name = GW_LIT("t"),
		.partition_indexes = &partition, .n_partition_indexes = 1 };
	struct gw_offset_fetch_request q = {
		.group_id = GW_LIT("g"), .topics = &t, .n_topics = 1 };
	const struct gw_offset_fetch_response *a = ask(r, h, GW_API_OFFSET_FETCH, 5, &q);

	return a->topics[0].partitions[0].committed_offset;
}

/* Its code, else the one of the partition. */
static int16_t
forget(struct rig *r, int h, struct gw_slice group, int32_t partition)
{
	struct gw_offset_delete_request_partition p = { partition };
	struct gw_offset_delete_request_topic t = { GW_LIT("t"), &p, 1 };
	struct gw_offset_delete_request q = { group, &t, 1 };
	const struct gw_offset_delete_response *a = ask(r, h, GW_API_OFFSET_DELETE, 0, &q);

	return a->error_code != 0 ? a->error_code : a->topics[0].partitions[0].error_code;
}

START_TEST(an_offset_that_was_deleted_stays_so_after_a_power_cut)
{
	struct rig r;
	int h;

	rig_init(&r, 1);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 2), 0);
	commit(&r, h, 0, 5);
	commit(&r, h, 1, 6);
	ck_assert_int_eq(forget(&r, h, GW_LIT("nobody"), 0), GW_K_GROUP_ID_NOT_FOUND);
	ck_assert_int_eq(forget(&r, h, GW_LIT("g"), 7), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(forget(&r, h, GW_LIT("g"), 0), 0);
	ck_assert_int_eq(forget(&r, h, GW_LIT("g"), 0), 0);
	ck_assert_int_eq(committed(&r, h, 0), -1);
	ck_assert_int_eq(committed(&r, h, 1), 6);
	rig_crash(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(committed(&r, h, 0), -1);
	ck_assert_int_eq(committed(&r, h, 1), 6);
	rig_fini(&r);
}
END_TEST

/* ---- transactions ---- */

static struct gw_describe_producers_producer_state *
producer(struct rig *r, int h, size_t *n)
{
	int32_t partition = 0;
	struct gw_describe_producers_request_topic t = { GW_LIT("t"), &partition, 1 };
	struct gw_describe_producers_request q = { &t, 1 };
	const struct gw_describe_producers_response *a =
	    ask(r, h, GW_API_DESCRIBE_PRODUCERS, 0, &q);

	ck_assert_int_eq(a->topics[0].partitions[0].error_code, 0);
	*n = a->topics[0].partitions[0].n_active_producers;
	return a->topics[0].partitions[0].active_producers;
}

static int16_t
mark(struct rig *r, int h, int64_t id, int16_t epoch, bool commit_it)
{
	int32_t partition = 0;
	struct gw_write_txn_markers_topic t = { GW_LIT("t"), &partition, 1 };
	struct gw_write_txn_markers_marker m = { .producer_id = id, .producer_epoch = epoch,
		.transaction_result = commit_it, .topics = &t, .n_topics = 1 };
	struct gw_write_txn_markers_request q = { &m, 1 };
	const struct gw_write_txn_markers_response *a =
	    ask(r, h, GW_API_WRITE_TXN_MARKERS, 1, &q);

	return a->markers[0].topics[0].partitions[0].error_code;
}

/* As if its coordinator had lost it: in the log and nowhere else. */
static void
leave_open(struct rig *r, int64_t id, int16_t epoch)
{
	struct batch_spec spec = { .n = 2, .timestamp_ms = r->now.wall_ms, .producer_id = id,
		.epoch = epoch, .sequence = 0, .attributes = GW_BATCH_TRANSACTIONAL };
	struct gw_batch_header h;
	struct gw_buf batch;

	gw_buf_init(&batch, &r->alloc.alloc, 0);
	make_batch(&r->alloc.alloc, &spec, &batch);
	ck_assert_int_gt(gw_batch_header_read(gw_buf_slice(&batch), &h), 0);
	ck_assert_int_eq(gw_log_append(r->b, gw_topic_by_name(r->b, GW_LIT("t")), 0, batch.ptr, &h,
	    r->now.wall_ms), 0);
	gw_buf_fini(&batch);
}

START_TEST(a_transaction_that_nobody_owns_is_seen_and_aborted)
{
	const struct gw_describe_producers_producer_state *p;
	struct rig r;
	size_t n;
	int h;

	rig_init(&r, 1);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	leave_open(&r, 77, 2);
	p = producer(&r, h, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(p->producer_id, 77);
	ck_assert_int_eq(p->current_txn_start_offset, 0);
	ck_assert_int_eq(mark(&r, h, 77, 1, false), GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(mark(&r, h, 77, 2, true), GW_K_INVALID_TXN_STATE);
	ck_assert_int_eq(mark(&r, h, 78, 2, false), GW_K_INVALID_TXN_STATE);
	ck_assert_int_eq(mark(&r, h, 77, 2, false), 0);
	p = producer(&r, h, &n);
	ck_assert_int_eq(p->current_txn_start_offset, -1);
	ck_assert_int_eq(mark(&r, h, 77, 2, false), GW_K_INVALID_TXN_STATE);
	rig_fini(&r);
}
END_TEST

static const struct gw_list_transactions_response *
list(struct rig *r, int h, struct gw_slice state)
{
	struct gw_list_transactions_request q = { .state_filters = &state,
		.n_state_filters = state.len > 0, .duration_filter = -1 };

	return ask(r, h, GW_API_LIST_TRANSACTIONS, 1, &q);
}

START_TEST(transactions_are_listed_and_described_and_kept_from_strangers)
{
	struct gw_init_producer_id_request init = { .transactional_id = GW_LIT("tx"),
		.transaction_timeout_ms = 10000, .producer_id = -1, .producer_epoch = -1 };
	const struct gw_init_producer_id_response *who;
	const struct gw_describe_transactions_response *d;
	const struct gw_list_transactions_response *l;
	struct gw_slice ids[] = { GW_LIT("tx"), GW_LIT("none") };
	struct gw_describe_transactions_request q = { ids, 2 };
	struct gw_add_partitions_to_txn_topic t = { .name = GW_LIT("t") };
	struct gw_add_partitions_to_txn_request add = {
		.v3_and_below_transactional_id = GW_LIT("tx"), .v3_and_below_topics = &t,
		.n_v3_and_below_topics = 1 };
	int32_t partition = 0;
	struct rig r;
	int64_t id;
	int16_t epoch;
	int h;

	rig_init(&r, 1);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	who = ask(&r, h, GW_API_INIT_PRODUCER_ID, 4, &init);
	ck_assert_int_eq(who->error_code, 0);
	id = add.v3_and_below_producer_id = who->producer_id;
	epoch = add.v3_and_below_producer_epoch = who->producer_epoch;
	ck_assert_uint_eq(list(&r, h, GW_LIT("Ongoing"))->n_transaction_states, 0);
	t.partitions = &partition;
	t.n_partitions = 1;
	(void)ask(&r, h, GW_API_ADD_PARTITIONS_TO_TXN, 3, &add);
	l = list(&r, h, GW_LIT("Ongoing"));
	ck_assert_uint_eq(l->n_transaction_states, 1);
	ck_assert_int_eq(l->transaction_states[0].producer_id, id);
	l = list(&r, h, GW_LIT("Odd"));
	ck_assert_uint_eq(l->n_unknown_state_filters, 1);
	ck_assert_uint_eq(list(&r, h, GW_LIT(""))->n_transaction_states, 1);
	d = ask(&r, h, GW_API_DESCRIBE_TRANSACTIONS, 0, &q);
	ck_assert_uint_eq(d->transaction_states[0].n_topics, 1);
	ck_assert_int_eq(d->transaction_states[0].topics[0].partitions[0], 0);
	ck_assert_int_eq(d->transaction_states[0].transaction_timeout_ms, 10000);
	ck_assert_int_eq(d->transaction_states[1].error_code, 105);
	ck_assert_int_eq(mark(&r, h, id, epoch, false), GW_K_INVALID_TXN_STATE);
	rig_fini(&r);
}
END_TEST

Suite *
check_admin_requests_suite(void)
{
	Suite *s = suite_create("admin requests");
	TCase *tc = tcase_create("requests");

	tcase_add_test(tc, an_offset_that_was_deleted_stays_so_after_a_power_cut);
	tcase_add_test(tc, a_transaction_that_nobody_owns_is_seen_and_aborted);
	tcase_add_test(tc, transactions_are_listed_and_described_and_kept_from_strangers);
	suite_add_tcase(s, tc);
	return s;
}
