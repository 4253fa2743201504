/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>

#include "base/slice.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_consumer_group_heartbeat.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_fetch.h"
#include "wire/msg_join_group.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_produce.h"

/*
 * A short life of a broker, every request of it written as bytes beforehand, so that only the
 * broker's own allocations fail. Connections that it closes for want of memory are simply lost.
 */

struct life {
	struct gw_buf	frames[8];
	size_t		n;
	struct gw_alloc	alloc;
};

static void
add(struct life *l, int16_t key, int16_t version, const void *request)
{
	struct gw_request_header h = {
		.api_key = key, .api_version = version, .client_id = GW_LIT("life")
	};

	gw_buf_init(&l->frames[l->n], &l->alloc, 0);
	ck_assert_int_eq(gw_request_encode(&l->frames[l->n++], &h, request, NULL), 0);
}

static void
plan(struct life *l)
{
	struct gw_create_topics_topic ct = {
		.name = GW_LIT("t"), .num_partitions = 2, .replication_factor = 1
	};
	struct gw_create_topics_request cq = { .topics = &ct, .n_topics = 1 };
	struct gw_produce_partition_data pp = { .index = 1 };
	struct gw_produce_topic_data pt = {
		.name = GW_LIT("t"), .partition_data = &pp, .n_partition_data = 1
	};
	struct gw_produce_request pq = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &pt, .n_topic_data = 1
	};
	struct gw_fetch_partition fp = { .partition = 1,
		.current_leader_epoch = -1,
		.last_fetched_epoch = -1,
		.log_start_offset = -1,
		.partition_max_bytes = 1 << 20,
		.high_watermark = INT64_MAX };
	struct gw_fetch_topic ft = { .topic = GW_LIT("t"), .partitions = &fp, .n_partitions = 1 };
	struct gw_fetch_request fq = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_wait_ms = 100,
		.min_bytes = 1,
		.max_bytes = 1 << 20,
		.session_epoch = -1,
		.topics = &ft,
		.n_topics = 1,
		.rack_id = GW_LIT("") };
	struct gw_join_group_protocol jp = { .name = GW_LIT("range"), .metadata = GW_LIT("m") };
	struct gw_join_group_request jq = { .group_id = GW_LIT("g"),
		.session_timeout_ms = 10000,
		.rebalance_timeout_ms = 10000,
		.member_id = GW_LIT(""),
		.protocol_type = GW_LIT("consumer"),
		.protocols = &jp,
		.n_protocols = 1 };
	struct gw_offset_commit_request_partition op = { .committed_offset = 5,
		.committed_leader_epoch = -1,
		.committed_metadata = GW_LIT("note") };
	struct gw_offset_commit_request_topic ot = {
		.name = GW_LIT("t"), .partitions = &op, .n_partitions = 1
	};
	struct gw_offset_commit_request oq = { .group_id = GW_LIT("other"),
		.generation_id_or_member_epoch = -1,
		.retention_time_ms = -1,
		.topics = &ot,
		.n_topics = 1 };
	struct gw_slice name = GW_LIT("t");
	struct gw_consumer_group_heartbeat_request hq = { .group_id = GW_LIT("n"),
		.member_id = GW_LIT("a"), .instance_id = GW_LIT("i"), .rack_id = GW_LIT("r"),
		.rebalance_timeout_ms = 1000, .subscribed_topic_names = &name,
		.n_subscribed_topic_names = 1, .server_assignor = GW_LIT("range") };
	struct batch_spec s = {
		.n = 3, .timestamp_ms = 1, .producer_id = 4, .epoch = 0, .sequence = 0
	};
	struct gw_buf batch;

	l->alloc = gw_alloc_libc(0);
	gw_buf_init(&batch, &l->alloc, 0);
	make_batch(&l->alloc, &s, &batch);
	pp.records = gw_buf_slice(&batch);
	add(l, GW_API_CREATE_TOPICS, 5, &cq);
	add(l, GW_API_PRODUCE, 9, &pq);
	add(l, GW_API_FETCH, 11, &fq);
	add(l, GW_API_OFFSET_COMMIT, 8, &oq);
	add(l, GW_API_JOIN_GROUP, 3, &jq);
	add(l, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &hq);
	hq.member_id = GW_LIT("b");
	hq.instance_id = (struct gw_slice){ NULL, 0 };
	hq.subscribed_topic_regex = GW_LIT("t.*");
	add(l, GW_API_CONSUMER_GROUP_HEARTBEAT, 1, &hq);
	fp.fetch_offset = 3;
	add(l, GW_API_FETCH, 11, &fq);
	gw_buf_fini(&batch);
}

static int
open_broker(struct rig *r)
{
	r->err = (struct gw_err){ 0 };
	r->b = gw_broker_new(&r->env, &r->o, &r->err);
	return r->b == NULL ? r->err.code : 0;
}

static int
live(struct rig *r, const struct life *l)
{
	struct gw_net *net = mem_node_seam(r->client_node);
	struct gw_addr at;
	int rc = open_broker(r);

	if (rc < 0)
		return rc;
	at = gw_broker_addr(r->b);
	for (size_t i = 0; i < l->n; i++) {
		int h = net->connect(net->ctx, &at, NULL);
		struct gw_slice s = gw_buf_slice(&l->frames[i]);

		ck_assert_int_ge(h, 0);
		rig_turn(r);
		/* Or the broker had no memory to take it. */
		if (net->connected(net->ctx, h, NULL) == 0)
			(void)net->write(net->ctx, h, &s, 1);
		rig_turn(r);
		rig_pass(r, 50);
		net->close(net->ctx, h);
		rig_turn(r);
	}
	rig_pass(r, 500);
	return 0;
}

START_TEST(any_failing_allocation_is_survived_and_nothing_leaks)
{
	struct life l = { .n = 0 };
	size_t k = 0, failed;

	plan(&l);
	do {
		struct rig r;
		int rc;

		rig_init(&r, 1);
		r.alloc.fail_at = ++k;
		rc = live(&r, &l);
		ck_assert_msg(rc == 0 || rc == GW_ENOMEM, "failure %zu: %d %s", k, rc, r.err.msg);
		if (r.alloc.n_failed == 0) {
			struct gw_broker_stats done;

			gw_broker_get_stats(r.b, &done);
			ck_assert_uint_eq(done.requests, l.n);
			ck_assert_uint_eq(done.records_in, 3);
		}
		/* A broker that could not close for want of memory is gone all the same. */
		if (r.b != NULL)
			(void)gw_broker_close(r.b, NULL);
		r.b = NULL;
		failed = r.alloc.n_failed;
		/* The files are sound: it opens again. */
		r.alloc.fail_at = 0;
		ck_assert_msg(open_broker(&r) == 0, "after failure %zu: %s", k, r.err.msg);
		rig_close(&r);
		rig_fini(&r);
	} while (failed > 0);
	ck_assert_uint_gt(k, 50);
	for (size_t i = 0; i < l.n; i++)
		gw_buf_fini(&l.frames[i]);
	ck_assert_uint_eq(l.alloc.used, 0);
}
END_TEST

Suite *
check_memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_set_timeout(tc, 180);
	tcase_add_test(tc, any_failing_allocation_is_survived_and_nothing_leaks);
	suite_add_tcase(s, tc);
	return s;
}
