/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_admin_changes.c - calls that change topics and groups, and transactions.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"
#include "tests/client/suites.h"

static void
ck_call(struct gw_call *call, int code)
{
	ck_assert_ptr_nonnull(call);
	ck_assert_int_eq(gw_call_wait(call, 60000), code);
	gw_call_free(call);
}

START_TEST(settings_of_a_topic_are_changed_by_the_controller)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	const struct gw_config f[] = { { .name = "retention.ms", .value = "1" },
		{ .name = "cleanup.policy", .value = NULL } };
	const struct gw_alter a = { .topic = "t", .configs = f, .n_configs = 2 };

	fake_plan(w, GW_API_INCREMENTAL_ALTER_CONFIGS, FAKE_ERROR, GW_K_NOT_CONTROLLER, 0, 1);
	ck_call(gw_call_alter_configs(c, &a), 0);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_INCREMENTAL_ALTER_CONFIGS), 2);
	fake_plan(w, GW_API_INCREMENTAL_ALTER_CONFIGS, FAKE_ERROR, GW_K_INVALID_CONFIG, 0, 1);
	ck_call(gw_call_alter_configs(c, &a), GW_K_INVALID_CONFIG);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "because"));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_broker_before_2_3_gets_back_what_was_set_beside_the_change)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	const struct gw_config one = { .name = "cleanup.policy", .value = "compact" };
	const struct gw_config both[] = { { .name = "segment.ms", .value = "9" },
		{ .name = "retention.ms", .value = NULL } };
	struct gw_alter a = { .topic = "t", .configs = &one, .n_configs = 1 };
	struct gw_event ev;
	bool told = false;

	w->brokers[0].max[GW_API_INCREMENTAL_ALTER_CONFIGS] = -2;
	w->brokers[1].max[GW_API_INCREMENTAL_ALTER_CONFIGS] = -2;
	fake_plan(w, GW_API_DESCRIBE_CONFIGS, FAKE_CLOSE, 0, 0, 1);
	fake_plan(w, GW_API_ALTER_CONFIGS, FAKE_ERROR, GW_K_NOT_CONTROLLER, 0, 1);
	ck_call(gw_call_alter_configs(c, &a), 0);
	ck_assert_str_eq(w->replaced, "retention.ms=1000 cleanup.policy=compact ");
	ck_assert(!w->tried);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_INCREMENTAL_ALTER_CONFIGS), 0);
	while (gw_next_event(c, &ev) > 0)
		told |= ev.type == GW_EVENT_ERROR && strstr(ev.err.msg, "older than 2.3") != NULL;
	ck_assert(told);
	a = (struct gw_alter){ .topic = "t", .configs = both, .n_configs = 2, .dry_run = true };
	ck_call(gw_call_alter_configs(c, &a), 0);
	ck_assert_str_eq(w->replaced, "segment.ms=9 ");
	ck_assert(w->tried);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_broker_before_2_3_is_not_made_to_forget_a_secret)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	const struct gw_config f = { .name = "log.retention.ms", .value = "1" };
	const struct gw_config secret = { .name = "secret", .value = "new" };

	w->brokers[0].max[GW_API_INCREMENTAL_ALTER_CONFIGS] = -2;
	for (int32_t node = -1; node <= 1; node += 2) {
		ck_call(gw_call_alter_configs(c, &(struct gw_alter){ .node_id = node,
		    .configs = &f, .n_configs = 1 }), GW_EUNSUPPORTED);
		ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "secret"));
		ck_assert_uint_eq(fake_n_seen(w, GW_API_ALTER_CONFIGS), node < 0 ? 0 : 1);
		ck_call(gw_call_alter_configs(c, &(struct gw_alter){ .node_id = node,
		    .configs = &secret, .n_configs = 1 }), 0);
		ck_assert_str_eq(w->replaced, "secret=new ");
	}
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(settings_of_a_broker_are_asked_of_that_broker)
{
	struct fake_world *w = fake_new(3);
	struct gw_client *c = fake_client(w, "");

	ck_call(gw_call_broker_configs(c, 3), 0);
	ck_assert_int_eq(fake_seen(w, GW_API_DESCRIBE_CONFIGS, 0)->node, 3);
	ck_call(gw_call_broker_configs(c, 77), GW_ENOENT);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "broker 77"));
	ck_call(gw_call_features(c, 2), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_topic_grows_once_though_the_answer_was_lost)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	ck_call(gw_call_grow_topic(c, "t", 5, false), 0);
	fake_plan(w, GW_API_CREATE_PARTITIONS, FAKE_TAKE_AND_CLOSE, 0, 0, 1);
	fake_plan(w, GW_API_CREATE_PARTITIONS, FAKE_ERROR, GW_K_INVALID_PARTITIONS, 1, 1);
	ck_call(gw_call_grow_topic(c, "t", 6, false), 0);
	fake_plan(w, GW_API_CREATE_PARTITIONS, FAKE_ERROR, GW_K_INVALID_PARTITIONS, 0, 1);
	ck_call(gw_call_grow_topic(c, "t", 2, false), GW_K_INVALID_PARTITIONS);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(records_are_deleted_by_each_partitions_leader)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	const struct gw_offset_info some[] = { { .partition = 0, .offset = 4 },
		{ .partition = 2, .offset = 6 } };
	const struct gw_offset_info all[] = { { .partition = 0, .offset = 1 },
		{ .partition = 1, .offset = 2 } };
	const struct gw_offset_info none = { .partition = 9 };
	struct gw_call *call;

	fake_topic(w, "t", 3);
	ck_call(gw_call_delete_records(c, "t", some, 2), 0);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_DELETE_RECORDS), 1);	/* node 1 leads both */
	call = gw_call_delete_records(c, "t", all, 2);
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_uint_eq(gw_call_offsets_result(call)->n_offsets, 2);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_DELETE_RECORDS), 3);
	gw_call_free(call);
	ck_call(gw_call_delete_records(c, "t", &none, 1), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_null(gw_call_delete_records(c, "t", &none, 0));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(offsets_of_a_group_are_set_from_outside)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	const struct gw_offset_info o[] = { { .topic = "t", .partition = 0, .offset = 4 },
		{ .topic = "t", .partition = 1, .offset = 6 },
		{ .topic = "u", .partition = 0, .offset = 8 } };
	struct gw_call *call;

	fake_topic(w, "t", 2);
	fake_topic(w, "u", 1);
	call = gw_call_set_group_offsets(c, "g", o, 3);
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_uint_eq(gw_call_offsets_result(call)->n_offsets, 3);
	ck_assert_int_eq(gw_call_offsets_result(call)->offsets[2].offset, 8);
	gw_call_free(call);
	ck_assert_int_eq(w->topics[0].parts[1].committed, 6);
	ck_assert_int_eq(w->topics[1].parts[0].committed, 8);
	fake_plan(w, GW_API_OFFSET_COMMIT, FAKE_ERROR, GW_K_UNKNOWN_MEMBER_ID, 0, 1);
	ck_call(gw_call_set_group_offsets(c, "g", o, 3), GW_K_UNKNOWN_MEMBER_ID);
	call = gw_call_delete_group_offsets(c, "g", o, 3);
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_int_eq(gw_call_offsets_result(call)->offsets[1].error, 86);
	gw_call_free(call);
	fake_plan(w, GW_API_OFFSET_DELETE, FAKE_ERROR, GW_K_GROUP_ID_NOT_FOUND, 0, 1);
	ck_call(gw_call_delete_group_offsets(c, "g", o, 1), GW_K_GROUP_ID_NOT_FOUND);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_group_is_deleted_by_its_coordinator)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");

	w->group.coordinator = 2;
	ck_call(gw_call_delete_group(c, "g"), 0);
	ck_assert_int_eq(fake_seen(w, GW_API_DELETE_GROUPS, 0)->node, 2);
	fake_plan(w, GW_API_DELETE_GROUPS, FAKE_ERROR, GW_K_NON_EMPTY_GROUP, 0, 1);
	ck_call(gw_call_delete_group(c, "g"), GW_K_NON_EMPTY_GROUP);
	ck_assert_ptr_null(gw_call_delete_group(c, ""));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_group_that_describe_groups_does_not_know_may_be_one_of_kip_848)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	const struct gw_group_info *g;
	struct gw_call *call;

	fake_plan(w, GW_API_DESCRIBE_GROUPS, FAKE_ERROR, GW_K_GROUP_ID_NOT_FOUND, 0, 2);
	call = gw_call_describe_group(c, "g");
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	g = &gw_call_groups_result(call)->groups[0];
	ck_assert_str_eq(g->type, "consumer");
	ck_assert_str_eq(g->state, "Assigning");
	ck_assert_int_eq(g->members[0].partitions[0], 4);
	gw_call_free(call);
	w->brokers[0].max[GW_API_CONSUMER_GROUP_DESCRIBE] = -2;
	gw_client_free(c);
	c = fake_client(w, "");
	call = gw_call_describe_group(c, "g");
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_str_eq(gw_call_groups_result(call)->groups[0].state, "Dead");
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(transactions_of_all_coordinators_are_listed_and_one_is_described)
{
	struct fake_world *w = fake_new(3);
	struct gw_client *c = fake_client(w, "");
	const struct gw_txn_info *t;
	struct gw_call *call = gw_call_list_txns(c);

	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_uint_eq(gw_call_txns_result(call)->n_txns, 3);
	gw_call_free(call);
	call = gw_call_describe_txn(c, "x");
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	t = &gw_call_txns_result(call)->txns[0];
	ck_assert_str_eq(t->state, "Ongoing");
	ck_assert_uint_eq(t->n_partitions, 2);
	ck_assert_int_eq(t->partitions[1], 2);
	gw_call_free(call);
	fake_plan(w, GW_API_DESCRIBE_TRANSACTIONS, FAKE_ERROR, 105, 0, 1);
	ck_call(gw_call_describe_txn(c, "x"), 105);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_hanging_transaction_is_aborted_at_its_leader)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	struct gw_producer_info p;
	struct gw_call *call;

	fake_topic(w, "t", 2);
	call = gw_call_topic_producers(c, "t");
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_uint_eq(gw_call_producers_result(call)->n_producers, 2);
	p = gw_call_producers_result(call)->producers[0];
	ck_assert_int_eq(p.txn_start, 40);
	p.partition = 1;
	p.topic = "t";
	gw_call_free(call);
	ck_call(gw_call_abort_txn(c, &p), 0);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_WRITE_TXN_MARKERS), 1);
	ck_assert_int_eq(fake_seen(w, GW_API_WRITE_TXN_MARKERS, 0)->node, 2);
	fake_plan(w, GW_API_WRITE_TXN_MARKERS, FAKE_ERROR, GW_K_INVALID_PRODUCER_EPOCH, 0, 1);
	ck_call(gw_call_abort_txn(c, &p), GW_K_INVALID_PRODUCER_EPOCH);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

static void
count_frame(void *ctx, const struct gw_frame *f)
{
	size_t *n = ctx;

	ck_assert_uint_ge(f->bytes.len, 4);
	n[f->is_request]++;
}

START_TEST(every_frame_is_shown_both_ways)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	size_t n[2] = { 0, 0 };
	struct gw_stats stats;

	gw_on_frame(c, count_frame, n);
	ck_call(gw_call_cluster(c, NULL), 0);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(n[1], stats.requests);
	ck_assert_uint_eq(n[0], stats.responses);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

Suite *
check_admin_changes_suite(void)
{
	Suite *s = suite_create("admin changes");
	TCase *tc = tcase_create("calls");

	tcase_add_test(tc, settings_of_a_topic_are_changed_by_the_controller);
	tcase_add_test(tc, a_broker_before_2_3_gets_back_what_was_set_beside_the_change);
	tcase_add_test(tc, a_broker_before_2_3_is_not_made_to_forget_a_secret);
	tcase_add_test(tc, settings_of_a_broker_are_asked_of_that_broker);
	tcase_add_test(tc, a_topic_grows_once_though_the_answer_was_lost);
	tcase_add_test(tc, records_are_deleted_by_each_partitions_leader);
	tcase_add_test(tc, offsets_of_a_group_are_set_from_outside);
	tcase_add_test(tc, a_group_is_deleted_by_its_coordinator);
	tcase_add_test(tc, a_group_that_describe_groups_does_not_know_may_be_one_of_kip_848);
	tcase_add_test(tc, transactions_of_all_coordinators_are_listed_and_one_is_described);
	tcase_add_test(tc, a_hanging_transaction_is_aborted_at_its_leader);
	tcase_add_test(tc, every_frame_is_shown_both_ways);
	suite_add_tcase(s, tc);
	return s;
}
