/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_fetch.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_produce.h"
#include "wire/msg_txn_offset_commit.h"

/* Transactions over the wire, in both protocols, through restarts and power cuts. */

#define PARTS	3

struct producer {
	struct rig	*r;
	int		 h;
	int64_t		 id;
	int16_t		 epoch;
	bool		 v2;
	int32_t		 sequence[PARTS];
};

/* ---- what a producer asks ---- */

/* The answer, when the disk has had its time. */
static void *
ask(struct producer *p, int16_t key, int16_t version, const void *request)
{
	void *a;

	rig_send(p->r, p->h, key, version, request);
	rig_pass(p->r, 20);
	a = rig_receive(p->r, p->h, key, version);
	ck_assert_msg(a != NULL, "no answer to API %d v%d", key, version);
	return a;
}

static int16_t
init_as(struct producer *p, int64_t id, int16_t epoch)
{
	struct gw_init_producer_id_request q = { .transactional_id = GW_LIT("tx"),
		.transaction_timeout_ms = 10000, .producer_id = id, .producer_epoch = epoch };
	const struct gw_init_producer_id_response *a =
	    ask(p, GW_API_INIT_PRODUCER_ID, 4, &q);

	if (a->error_code == 0) {
		p->id = a->producer_id;
		p->epoch = a->producer_epoch;
		memset(p->sequence, 0, sizeof(p->sequence));
	}
	return a->error_code;
}

static int16_t
add(struct producer *p, int32_t partition)
{
	struct gw_add_partitions_to_txn_topic t = {
		.name = GW_LIT("t"), .partitions = &partition, .n_partitions = 1
	};
	struct gw_add_partitions_to_txn_request q = { .v3_and_below_transactional_id = GW_LIT("tx"),
		.v3_and_below_producer_id = p->id,
		.v3_and_below_producer_epoch = p->epoch,
		.v3_and_below_topics = &t,
		.n_v3_and_below_topics = 1 };
	const struct gw_add_partitions_to_txn_response *a =
	    ask(p, GW_API_ADD_PARTITIONS_TO_TXN, 3, &q);

	return a->results_by_topic_v3_and_below[0].results_by_partition[0].partition_error_code;
}

/* n records, in a transaction; the implicit way with v2. */
static int16_t
write_raw(struct producer *p, int32_t partition, int32_t n, int16_t version)
{
	struct batch_spec spec = { .n = n,
		.timestamp_ms = p->r->now.wall_ms,
		.producer_id = p->id,
		.epoch = p->epoch,
		.sequence = p->sequence[partition],
		.attributes = GW_BATCH_TRANSACTIONAL };
	struct gw_produce_partition_data pd = { .index = partition };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &pd, .n_partition_data = 1
	};
	struct gw_produce_request q = { .transactional_id = GW_LIT("tx"),
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1 };
	const struct gw_produce_response *a;
	struct gw_buf batch;

	gw_buf_init(&batch, &p->r->alloc.alloc, 0);
	make_batch(&p->r->alloc.alloc, &spec, &batch);
	pd.records = gw_buf_slice(&batch);
	a = ask(p, GW_API_PRODUCE, version, &q);
	gw_buf_fini(&batch);
	if (a->responses[0].partition_responses[0].error_code == 0)
		p->sequence[partition] += n;
	return a->responses[0].partition_responses[0].error_code;
}

static int16_t
write_some(struct producer *p, int32_t partition, int32_t n)
{
	if (!p->v2)
		ck_assert_int_eq(add(p, partition), 0);
	return write_raw(p, partition, n, p->v2 ? 12 : 11);
}

static int16_t
end_txn(struct producer *p, bool commit)
{
	int16_t version = p->v2 ? 5 : 4;
	struct gw_end_txn_request q = { .transactional_id = GW_LIT("tx"),
		.producer_id = p->id, .producer_epoch = p->epoch, .committed = commit };
	const struct gw_end_txn_response *a;

	a = ask(p, GW_API_END_TXN, version, &q);
	if (a->error_code == 0 && p->v2) {
		p->id = a->producer_id;
		p->epoch = a->producer_epoch;
		memset(p->sequence, 0, sizeof(p->sequence));
	}
	return a->error_code;
}

/* ---- what a reader gets ---- */

struct view {
	int64_t	hw, lso, records;
	size_t	n_aborted;
	int64_t	first_aborted;
};

/* Data records that a reader of this isolation level keeps, filtered as clients do. */
static int64_t
count_kept(const struct gw_fetch_partition_response *got)
{
	struct gw_slice rest = got->records;
	size_t n_aborted =
	    got->n_aborted_transactions == GW_NULL_ARRAY ? 0 : got->n_aborted_transactions;
	bool dropping[16] = { false };
	struct gw_batch_header h;
	int64_t n = 0;

	while (rest.len > 0) {
		int64_t size = gw_batch_header_read(rest, &h);
		bool drop = false;

		ck_assert_int_gt(size, 0);
		for (size_t i = 0; i < n_aborted; i++) {
			const struct gw_fetch_aborted_transaction *x =
			    &got->aborted_transactions[i];

			if (x->producer_id != h.producer_id)
				continue;
			if (x->first_offset <= h.base_offset && x->first_offset >= 0 &&
			    (h.attributes & GW_BATCH_CONTROL) == 0 && !dropping[i])
				dropping[i] = true;
			if (dropping[i]) {
				drop = true;
				if ((h.attributes & GW_BATCH_CONTROL) != 0) {
					dropping[i] = false;
					got->aborted_transactions[i].first_offset = -1;
				}
			}
		}
		if ((h.attributes & GW_BATCH_CONTROL) == 0 && !drop)
			n += h.n_records;
		rest.ptr += size;
		rest.len -= (size_t)size;
	}
	return n;
}

static struct view
look(struct rig *r, int h, int32_t partition, bool committed_only)
{
	struct gw_fetch_partition p = { .partition = partition,
		.current_leader_epoch = -1,
		.last_fetched_epoch = -1,
		.log_start_offset = -1,
		.partition_max_bytes = 1 << 20,
		.high_watermark = INT64_MAX };
	struct gw_fetch_topic t = { .topic = GW_LIT("t"), .partitions = &p, .n_partitions = 1 };
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_bytes = 1 << 20,
		.isolation_level = committed_only,
		.session_epoch = -1,
		.topics = &t,
		.n_topics = 1,
		.rack_id = GW_LIT("") };
	const struct gw_fetch_response *a = rig_call(r, h, GW_API_FETCH, 11, &q);
	const struct gw_fetch_partition_response *got = &a->responses[0].partitions[0];
	struct view v = { .hw = got->high_watermark, .lso = got->last_stable_offset };

	ck_assert_int_eq(got->error_code, 0);
	v.n_aborted = committed_only ? got->n_aborted_transactions : 0;
	for (size_t i = 1; i < v.n_aborted; i++)
		ck_assert_int_le(got->aborted_transactions[i - 1].first_offset,
		    got->aborted_transactions[i].first_offset);
	v.first_aborted = v.n_aborted > 0 ? got->aborted_transactions[0].first_offset : -1;
	v.records = count_kept(got);
	return v;
}

static int64_t
committed(struct rig *r, int h, int32_t partition)
{
	return look(r, h, partition, true).records;
}

/* ---- the stage ---- */

static void
open_all(struct rig *r, struct producer *p)
{
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	p->r = r;
	p->h = rig_connect(r);
}

static void
begin_seeded(struct rig *r, struct producer *p, bool v2, enum gw_fsync fsync, uint64_t seed)
{
	rig_init(r, seed);
	r->o.fsync = fsync;
	*p = (struct producer){ .v2 = v2 };
	open_all(r, p);
	ck_assert_int_eq(rig_create_topic(r, p->h, "t", PARTS), 0);
	ck_assert_int_eq(init_as(p, -1, -1), 0);
}

static void
begin(struct rig *r, struct producer *p, bool v2, enum gw_fsync fsync)
{
	begin_seeded(r, p, v2, fsync, 11);
}

static void
end(struct rig *r, struct producer *p)
{
	rig_disconnect(r, p->h);
	rig_close(r);
	rig_fini(r);
}

/* ---- the plain course, in both protocols (_i: v2) ---- */

START_TEST(what_is_committed_is_read_and_what_is_aborted_is_not)
{
	struct gw_broker_stats s;
	struct producer p;
	struct rig r;
	struct view v;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	ck_assert_int_eq(write_some(&p, 1, 2), 0);
	v = look(&r, p.h, 0, true);
	ck_assert_int_eq(v.lso, 0);
	ck_assert_int_eq(v.hw, 3);
	ck_assert_int_eq(v.records, 0);
	ck_assert_int_eq(look(&r, p.h, 0, false).records, 3);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(committed(&r, p.h, 0), 3);
	ck_assert_int_eq(committed(&r, p.h, 1), 2);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, 4);
	ck_assert_int_eq(write_some(&p, 0, 5), 0);
	ck_assert_int_eq(end_txn(&p, false), 0);
	v = look(&r, p.h, 0, true);
	ck_assert_int_eq(v.records, 3);
	ck_assert_uint_eq(v.n_aborted, 1);
	ck_assert_int_eq(v.first_aborted, 4);
	ck_assert_int_eq(look(&r, p.h, 0, false).records, 8);
	ck_assert_int_eq(write_some(&p, 0, 1), 0);
	gw_broker_get_stats(r.b, &s);
	ck_assert_uint_eq(s.txns_open, 1);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(committed(&r, p.h, 0), 4);
	gw_broker_get_stats(r.b, &s);
	ck_assert_uint_eq(s.txns_open, 0);
	ck_assert_uint_eq(s.txns_committed, 2);
	ck_assert_uint_eq(s.txns_aborted, 1);
	end(&r, &p);
}
END_TEST

START_TEST(a_second_producer_fences_the_first_and_its_transaction)
{
	struct producer p, zombie;
	struct rig r;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	zombie = p;
	ck_assert_int_eq(init_as(&p, -1, -1), 0);
	ck_assert_int_eq(p.id, zombie.id);
	ck_assert_int_gt(p.epoch, zombie.epoch);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, 4);
	ck_assert_int_eq(
	    write_raw(&zombie, 0, 1, _i != 0 ? 12 : 11), GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(end_txn(&zombie, true), GW_K_PRODUCER_FENCED);
	ck_assert_int_eq(init_as(&zombie, zombie.id, zombie.epoch), GW_K_PRODUCER_FENCED);
	ck_assert_int_eq(write_some(&p, 0, 1), 0);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(committed(&r, p.h, 0), 1);
	end(&r, &p);
}
END_TEST

START_TEST(a_transaction_that_takes_too_long_is_aborted)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	rig_pass(&r, 9000);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, 0);
	rig_pass(&r, 1500);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, 4);
	ck_assert_int_eq(committed(&r, p.h, 0), 0);
	ck_assert_int_eq(end_txn(&p, true), GW_K_PRODUCER_FENCED);
	/* KIP-588: it may ask for a new epoch and go on. */
	ck_assert_int_eq(init_as(&p, p.id, p.epoch), 0);
	ck_assert_int_eq(write_some(&p, 0, 2), 0);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(committed(&r, p.h, 0), 2);
	end(&r, &p);
}
END_TEST

START_TEST(an_end_that_is_asked_twice_is_one)
{
	struct producer p, before;
	struct rig r;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	before = p;
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(end_txn(&before, true), 0);
	ck_assert_int_eq(before.epoch, p.epoch);
	ck_assert_int_eq(look(&r, p.h, 0, true).hw, 4);
	end(&r, &p);
}
END_TEST

START_TEST(nothing_is_written_outside_a_transaction)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, false, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_raw(&p, 0, 1, 11), GW_K_INVALID_TXN_STATE);
	ck_assert_int_eq(end_txn(&p, true), GW_K_INVALID_TXN_STATE);
	ck_assert_int_eq(add(&p, PARTS), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(add(&p, 0), 0);
	ck_assert_int_eq(write_raw(&p, 1, 1, 11), GW_K_INVALID_TXN_STATE);
	ck_assert_int_eq(write_raw(&p, 0, 1, 11), 0);
	ck_assert_int_eq(end_txn(&p, true), 0);
	end(&r, &p);
}
END_TEST

/* ---- offsets ---- */

static int16_t
commit_offset(struct producer *p, int64_t offset, int32_t generation)
{
	struct gw_txn_offset_commit_request_partition part = { .committed_offset = offset,
		.committed_leader_epoch = -1 };
	struct gw_txn_offset_commit_request_topic t = {
		.name = GW_LIT("t"), .partitions = &part, .n_partitions = 1
	};
	struct gw_txn_offset_commit_request q = { .transactional_id = GW_LIT("tx"),
		.group_id = GW_LIT("g"),
		.producer_id = p->id,
		.producer_epoch = p->epoch,
		.generation_id = generation,
		.member_id = generation < 0 ? GW_LIT("") : GW_LIT("nobody"),
		.topics = &t,
		.n_topics = 1 };
	int16_t version = p->v2 ? 5 : 3;
	const struct gw_txn_offset_commit_response *a;

	a = ask(p, GW_API_TXN_OFFSET_COMMIT, version, &q);
	return a->topics[0].partitions[0].error_code;
}

static int16_t
add_group(struct producer *p)
{
	struct gw_add_offsets_to_txn_request q = { .transactional_id = GW_LIT("tx"),
		.producer_id = p->id, .producer_epoch = p->epoch, .group_id = GW_LIT("g") };
	const struct gw_add_offsets_to_txn_response *a =
	    ask(p, GW_API_ADD_OFFSETS_TO_TXN, 3, &q);

	return a->error_code;
}

/* Minus the error, or the offset; -1: none. */
static int64_t
position(struct rig *r, int h, bool stable)
{
	int32_t index = 0;
	struct gw_offset_fetch_request_topic t = {
		.name = GW_LIT("t"), .partition_indexes = &index, .n_partition_indexes = 1
	};
	struct gw_offset_fetch_request q = {
		.group_id = GW_LIT("g"), .topics = &t, .n_topics = 1, .require_stable = stable
	};
	const struct gw_offset_fetch_response *a = rig_call(r, h, GW_API_OFFSET_FETCH, 7, &q);

	return a->topics[0].partitions[0].error_code != 0
	    ? -a->topics[0].partitions[0].error_code : a->topics[0].partitions[0].committed_offset;
}

START_TEST(offsets_are_committed_with_their_transaction)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	if (!p.v2) {
		ck_assert_int_eq(commit_offset(&p, 5, -1), GW_K_INVALID_TXN_STATE);
		ck_assert_int_eq(add_group(&p), 0);
	}
	ck_assert_int_eq(commit_offset(&p, 5, -1), 0);
	ck_assert_int_eq(position(&r, p.h, false), -1);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(position(&r, p.h, true), 5);
	if (!p.v2)
		ck_assert_int_eq(add_group(&p), 0);
	ck_assert_int_eq(commit_offset(&p, 9, -1), 0);
	ck_assert_int_eq(position(&r, p.h, true), -GW_K_UNSTABLE_OFFSET_COMMIT);
	ck_assert_int_eq(position(&r, p.h, false), 5);
	ck_assert_int_eq(end_txn(&p, false), 0);
	ck_assert_int_eq(position(&r, p.h, true), 5);
	rig_disconnect(&r, p.h);
	rig_kill(&r);
	open_all(&r, &p);
	ck_assert_int_eq(position(&r, p.h, true), 5);
	end(&r, &p);
}
END_TEST

START_TEST(a_zombie_of_the_group_commits_nothing)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, _i != 0, GW_FSYNC_BATCH);
	if (!p.v2)
		ck_assert_int_eq(add_group(&p), 0);
	ck_assert_int_ne(commit_offset(&p, 5, 3), 0);
	end(&r, &p);
}
END_TEST

/* ---- stops of every kind, in every phase ---- */

static void
stop(struct rig *r, struct producer *p, int kind)
{
	if (kind == 0) {
		rig_disconnect(r, p->h);
		rig_close(r);
	} else if (kind == 1)
		rig_kill(r);
	else
		rig_crash(r);
	open_all(r, p);
}

/* _i: kind of stop, v2, policy ALWAYS in a power cut. */
#define STOPS	6

START_TEST(an_open_transaction_survives_a_stop_and_is_ended_after_it)
{
	struct producer p;
	struct rig r;

	for (int commit = 0; commit < 2; commit++) {
		begin(&r, &p, _i / 3 != 0, GW_FSYNC_ALWAYS);
		ck_assert_int_eq(write_some(&p, 0, 3), 0);
		ck_assert_int_eq(write_some(&p, 1, 2), 0);
		stop(&r, &p, _i % 3);
		ck_assert_int_eq(look(&r, p.h, 0, true).lso, 0);
		ck_assert_int_eq(write_some(&p, 2, 1), 0);
		ck_assert_int_eq(end_txn(&p, commit != 0), 0);
		ck_assert_int_eq(committed(&r, p.h, 0), commit ? 3 : 0);
		ck_assert_int_eq(committed(&r, p.h, 1), commit ? 2 : 0);
		ck_assert_int_eq(committed(&r, p.h, 2), commit ? 1 : 0);
		end(&r, &p);
	}
}
END_TEST

START_TEST(an_open_transaction_times_out_after_a_stop_too)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, _i / 3 != 0, GW_FSYNC_ALWAYS);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	stop(&r, &p, _i % 3);
	rig_pass(&r, 10500);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, 4);
	ck_assert_int_eq(committed(&r, p.h, 0), 0);
	end(&r, &p);
}
END_TEST

START_TEST(what_was_ended_stays_so_and_the_aborted_index_comes_back)
{
	struct producer p;
	struct rig r;

	begin(&r, &p, _i / 3 != 0, GW_FSYNC_ALWAYS);
	for (int k = 0; k < 4; k++) {
		ck_assert_int_eq(write_some(&p, 0, 2), 0);
		ck_assert_int_eq(end_txn(&p, k % 2 == 0), 0);
	}
	for (int k = 0; k < 3; k++) {
		stop(&r, &p, _i % 3);
		ck_assert_int_eq(committed(&r, p.h, 0), 4);
		ck_assert_uint_eq(look(&r, p.h, 0, true).n_aborted, 2);
		ck_assert_int_eq(look(&r, p.h, 0, true).lso, 12);
	}
	ck_assert_int_eq(write_some(&p, 0, 1), 0);
	ck_assert_int_eq(end_txn(&p, true), 0);
	ck_assert_int_eq(committed(&r, p.h, 0), 5);
	end(&r, &p);
}
END_TEST

/*
 * The power goes after every possible delay behind a commit that may or may not be answered. What
 * comes back is all or nothing in every log, with the offsets, and all when it was answered.
 */
static void
cut_during_commit(bool v2, bool commit, int64_t delay_ms, uint64_t seed)
{
	struct gw_end_txn_request q = { .transactional_id = GW_LIT("tx"), .committed = commit };
	const struct gw_end_txn_response *a;
	struct producer p;
	struct rig r;
	int64_t first, offset;

	begin_seeded(&r, &p, v2, GW_FSYNC_ALWAYS, seed);
	mem_fs_clock(r.fs, &r.now.us, 1000, 3000);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	ck_assert_int_eq(write_some(&p, 1, 3), 0);
	if (!v2)
		ck_assert_int_eq(add_group(&p), 0);
	ck_assert_int_eq(commit_offset(&p, 5, -1), 0);
	q.producer_id = p.id;
	q.producer_epoch = p.epoch;
	rig_send(&r, p.h, GW_API_END_TXN, v2 ? 5 : 4, &q);
	rig_pass(&r, delay_ms);
	a = rig_receive(&r, p.h, GW_API_END_TXN, v2 ? 5 : 4);
	rig_crash(&r);
	open_all(&r, &p);
	if (look(&r, p.h, 0, true).lso == 0)
		rig_pass(&r, 10500);	/* not decided: the timeout does it */
	first = committed(&r, p.h, 0);
	offset = position(&r, p.h, true);
	ck_assert_int_eq(committed(&r, p.h, 1), first);
	ck_assert_int_eq(offset, first > 0 ? 5 : -1);
	ck_assert(first == 0 || (first == 3 && commit));
	ck_assert(a == NULL || a->error_code != 0 || !commit || first == 3);
	ck_assert_int_eq(look(&r, p.h, 0, true).lso, look(&r, p.h, 0, true).hw);
	ck_assert_int_eq(look(&r, p.h, 1, true).lso, look(&r, p.h, 1, true).hw);
	end(&r, &p);
}

START_TEST(a_power_cut_during_a_commit_leaves_all_or_nothing)
{
	for (uint64_t seed = 1; seed <= 8; seed++)
		for (int64_t ms = 0; ms < 6; ms++)
			cut_during_commit(_i / 2 != 0, _i % 2 != 0, ms, seed);
}
END_TEST

/* ---- what is advertised ---- */

START_TEST(the_feature_is_finalized_at_the_level_that_was_asked)
{
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("rig"),
		.client_software_version = GW_LIT("1") };
	const struct gw_api_versions_response *a;
	struct producer p = { .v2 = false };
	int16_t level = 0;
	struct rig r;

	rig_init(&r, 1);
	r.o.transaction_version = (int16_t)_i;
	open_all(&r, &p);
	a = rig_call(&r, p.h, GW_API_API_VERSIONS, 3, &q);
	for (size_t i = 0; i < a->n_finalized_features; i++)
		if (gw_slice_is(a->finalized_features[i].name, "transaction.version"))
			level = a->finalized_features[i].max_version_level;
	ck_assert_int_eq(level, _i);
	ck_assert_int_ge(a->finalized_features_epoch, 0);
	end(&r, &p);
}
END_TEST

START_TEST(list_offsets_ends_at_the_last_stable_offset_for_who_reads_committed)
{
	struct gw_list_offsets_partition part = { .current_leader_epoch = -1, .timestamp = -1 };
	struct gw_list_offsets_topic t = {
		.name = GW_LIT("t"), .partitions = &part, .n_partitions = 1
	};
	struct gw_list_offsets_request q = { .replica_id = -1, .topics = &t, .n_topics = 1 };
	const struct gw_list_offsets_response *a;
	struct producer p;
	struct rig r;

	begin(&r, &p, true, GW_FSYNC_BATCH);
	ck_assert_int_eq(write_some(&p, 0, 3), 0);
	for (q.isolation_level = 0; q.isolation_level < 2; q.isolation_level++) {
		a = rig_call(&r, p.h, GW_API_LIST_OFFSETS, 4, &q);
		ck_assert_int_eq(
		    a->topics[0].partitions[0].offset, q.isolation_level == 0 ? 3 : 0);
	}
	end(&r, &p);
}
END_TEST

Suite *
check_txn_requests_suite(void)
{
	Suite *s = suite_create("txn_requests");
	TCase *tc = tcase_create("txn_requests");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_is_committed_is_read_and_what_is_aborted_is_not, 0, 2);
	tcase_add_loop_test(tc, a_second_producer_fences_the_first_and_its_transaction, 0, 2);
	tcase_add_loop_test(tc, a_transaction_that_takes_too_long_is_aborted, 0, 2);
	tcase_add_loop_test(tc, an_end_that_is_asked_twice_is_one, 0, 2);
	tcase_add_test(tc, nothing_is_written_outside_a_transaction);
	tcase_add_loop_test(tc, offsets_are_committed_with_their_transaction, 0, 2);
	tcase_add_loop_test(tc, a_zombie_of_the_group_commits_nothing, 0, 2);
	tcase_add_loop_test(
	    tc, an_open_transaction_survives_a_stop_and_is_ended_after_it, 0, STOPS);
	tcase_add_loop_test(tc, an_open_transaction_times_out_after_a_stop_too, 0, STOPS);
	tcase_add_loop_test(
	    tc, what_was_ended_stays_so_and_the_aborted_index_comes_back, 0, STOPS);
	tcase_add_loop_test(tc, a_power_cut_during_a_commit_leaves_all_or_nothing, 0, 4);
	tcase_add_loop_test(tc, the_feature_is_finalized_at_the_level_that_was_asked, 0, 3);
	tcase_add_test(tc, list_offsets_ends_at_the_last_stable_offset_for_who_reads_committed);
	suite_add_tcase(s, tc);
	return s;
}
