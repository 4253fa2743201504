/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_admin.c - administrative calls: routing, retries, results.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"
#include "tests/client/suites.h"

/* Wait for it, compare the code, free it. */
static void
ck_call(struct gw_call *call, int code)
{
	ck_assert_ptr_nonnull(call);
	ck_assert_int_eq(gw_call_wait(call, 60000), code);
	ck_assert_int_eq(gw_call_error(call)->code, code);
	ck_assert(gw_call_done(call));
	gw_call_free(call);
}

START_TEST(a_topic_is_created_by_the_controller_and_deleted)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	struct gw_config f = { .name = "retention.ms", .value = "1000" };

	ck_call(gw_call_create_topic(c, "new", 3, 1, &f, 1), 0);
	ck_assert_uint_eq(w->n_topics, 1);
	ck_assert_int_eq(w->topics[0].n_parts, 3);
	ck_call(gw_call_create_topic(c, "new", 3, 1, NULL, 0), GW_K_TOPIC_ALREADY_EXISTS);
	ck_assert_ptr_nonnull(
	    strstr(gw_client_error(c)->msg, "creating topic new: TOPIC_ALREADY_EXISTS"));
	ck_call(gw_call_delete_topic(c, "new"), 0);
	ck_call(gw_call_delete_topic(c, "none"), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_null(gw_call_create_topic(c, "", 1, 1, NULL, 0));
	ck_assert_ptr_null(gw_call_delete_topic(c, NULL));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_retry_that_finds_its_own_work_done_is_well)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	fake_plan(w, GW_API_CREATE_TOPICS, FAKE_TAKE_AND_CLOSE, 0, 0, 1);
	ck_call(gw_call_create_topic(c, "new", 1, 1, NULL, 0), 0);
	ck_assert_uint_eq(w->n_topics, 1);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_controller_that_moved_is_asked_again)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");

	fake_plan(w, GW_API_CREATE_TOPICS, FAKE_ERROR, GW_K_NOT_CONTROLLER, 0, 2);
	ck_call(gw_call_create_topic(c, "new", 1, 1, NULL, 0), 0);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_CREATE_TOPICS), 3);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(the_cluster_is_described)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	const struct gw_cluster_info *r;
	struct gw_call *call;

	fake_topic(w, "t", 3);
	fake_topic(w, "u", 1);
	call = gw_call_cluster(c, NULL);
	ck_assert_int_eq(gw_call_wait(call, 1000), 0);
	r = gw_call_cluster_result(call);
	ck_assert_str_eq(r->cluster_id, "fake");
	ck_assert_int_eq(r->controller, 1);
	ck_assert_uint_eq(r->n_brokers, 2);
	ck_assert_str_eq(r->brokers[1].host, "b2");
	ck_assert_uint_eq(r->n_topics, 2);
	ck_assert_str_eq(r->topics[0].name, "t");
	ck_assert_uint_eq(r->topics[0].n_partitions, 3);
	ck_assert_int_eq(r->topics[0].partitions[1].leader, 2);
	ck_assert_uint_eq(r->topics[0].partitions[1].n_isr, 2);
	gw_call_free(call);
	call = gw_call_cluster(c, "none");
	ck_assert_int_eq(gw_call_wait(call, 1000), 0);
	ck_assert_int_eq(gw_call_cluster_result(call)->topics[0].error, 3);
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(offsets_are_asked_of_every_leader)
{
	struct fake_world *w = fake_new(3);
	struct gw_client *c = fake_client(w, "");
	const struct gw_offsets *r;
	struct gw_call *call;
	int64_t sum = 0;

	fake_topic(w, "t", 4);
	for (int i = 0; i < 4; i++)
		fake_fill(w, &w->topics[0].parts[i], i + 1, "value");
	call = gw_call_list_offsets(c, "t", GW_OFFSET_LATEST);
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	r = gw_call_offsets_result(call);
	ck_assert_uint_eq(r->n_offsets, 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(r->offsets[i].offset, r->offsets[i].partition + 1);
		sum += r->offsets[i].offset;
	}
	ck_assert_int_eq(sum, 10);
	ck_assert_uint_eq(fake_n_seen(w, GW_API_LIST_OFFSETS), 3);
	gw_call_free(call);
	ck_call(gw_call_list_offsets(c, "none", GW_OFFSET_LATEST), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_ptr_null(gw_call_list_offsets(c, "t", -9));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(leaders_that_moved_meanwhile_are_found)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	struct gw_call *call;

	fake_topic(w, "t", 2);
	ck_call(gw_call_list_offsets(c, "t", GW_OFFSET_LATEST), 0);
	w->topics[0].parts[0].leader = 2;
	w->topics[0].parts[0].epoch++;
	call = gw_call_list_offsets(c, "t", GW_OFFSET_LATEST);
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	ck_assert_uint_eq(gw_call_offsets_result(call)->n_offsets, 2);
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(configurations_tell_defaults_and_secrets)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_call *call = gw_call_topic_configs(c, "t");
	const struct gw_configs *r;

	ck_assert_int_eq(gw_call_wait(call, 1000), 0);
	r = gw_call_configs_result(call);
	ck_assert_uint_eq(r->n_configs, 2);
	ck_assert_str_eq(r->configs[0].value, "1000");
	ck_assert(!r->configs[0].is_default);
	ck_assert_ptr_null(r->configs[1].value);
	ck_assert(r->configs[1].is_default);
	ck_assert(r->configs[1].is_read_only);
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(groups_of_all_brokers_are_listed)
{
	struct fake_world *w = fake_new(3);
	struct gw_client *c = fake_client(w, "");
	struct gw_call *call = gw_call_list_groups(c);
	const struct gw_groups *r;

	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	r = gw_call_groups_result(call);
	ck_assert_uint_eq(r->n_groups, 3);
	ck_assert_str_eq(r->groups[0].state, "Stable");
	gw_call_free(call);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_group_is_described_with_what_its_members_have)
{
	static const uint8_t given[] = { 0, 0, 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 2, 0, 0, 0, 1, 0, 0,
		0, 3, 255, 255, 255, 255 };
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");
	const struct gw_groups *r;
	struct gw_call *call;

	w->group.coordinator = 2;
	memcpy(w->group.assignment[0], given, sizeof(given));
	w->group.assignment_len[0] = sizeof(given);
	call = gw_call_describe_group(c, "g");
	ck_assert_int_eq(gw_call_wait(call, 5000), 0);
	r = gw_call_groups_result(call);
	ck_assert_str_eq(r->groups[0].protocol, "range");
	ck_assert_uint_eq(r->groups[0].n_members, 1);
	ck_assert_uint_eq(r->groups[0].members[0].n_assigned, 2);
	ck_assert_str_eq(r->groups[0].members[0].topics[1], "t");
	ck_assert_int_eq(r->groups[0].members[0].partitions[1], 3);
	ck_assert_int_eq(fake_seen(w, GW_API_DESCRIBE_GROUPS, 0)->node, 2);
	gw_call_free(call);
	fake_plan(w, GW_API_DESCRIBE_GROUPS, FAKE_ERROR, GW_K_NOT_COORDINATOR, 0, 1);
	ck_call(gw_call_describe_group(c, "g"), 0);
	fake_plan(w, GW_API_FIND_COORDINATOR, FAKE_ERROR, GW_K_GROUP_AUTHORIZATION_FAILED, 0, 1);
	ck_call(gw_call_describe_group(c, "h"), GW_K_GROUP_AUTHORIZATION_FAILED);
	ck_assert_ptr_null(gw_call_describe_group(c, ""));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

/* An older version has no field for what is wanted: group.instance.id, the reason, features. */
START_TEST(the_first_request_of_a_connection_waits_for_the_brokers_versions)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c = fake_client(w, "");

	w->group.coordinator = 2;
	ck_call(gw_call_describe_group(c, "g"), 0);
	ck_assert_int_eq(fake_seen(w, GW_API_DESCRIBE_GROUPS, 0)->node, 2);
	ck_assert_int_eq(fake_seen(w, GW_API_DESCRIBE_GROUPS, 0)->version, 6);
	gw_client_free(c);
	c = fake_client(w, "");
	ck_call(gw_call_delete_topic(c, "none"), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(fake_seen(w, GW_API_DELETE_TOPICS, 0)->version, 6);
	gw_client_free(c);
	w->n_seen = 0;
	c = fake_client(w, "");
	ck_call(gw_call_features(c, 2), 0);
	for (size_t i = 1; i < fake_n_seen(w, GW_API_API_VERSIONS); i++)
		ck_assert_int_ge(fake_seen(w, GW_API_API_VERSIONS, i)->version, 3);
	ck_assert_uint_gt(fake_n_seen(w, GW_API_API_VERSIONS), 1);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(what_a_group_has_committed_is_told_by_every_version)
{
	static const int16_t max[] = { 5, 7, 9 };

	for (size_t i = 0; i < GW_N(max); i++) {
		struct fake_world *w = fake_new(1);
		struct gw_client *c = fake_client(w, "");
		struct gw_call *call;

		w->brokers[0].max[GW_API_OFFSET_FETCH] = max[i];
		fake_topic(w, "t", 2);
		w->topics[0].parts[1].committed = 42;
		ck_call(gw_call_cluster(c, NULL), 0);
		call = gw_call_group_offsets(c, "g");
		ck_assert_int_eq(gw_call_wait(call, 5000), 0);
		if (max[i] >= 8) {
			ck_assert_uint_eq(gw_call_offsets_result(call)->n_offsets, 1);
			ck_assert_int_eq(gw_call_offsets_result(call)->offsets[0].offset, 42);
			ck_assert_str_eq(gw_call_offsets_result(call)->offsets[0].topic, "t");
		}
		gw_call_free(call);
		gw_client_free(c);
		fake_free(w);
	}
}
END_TEST

START_TEST(a_call_ends_at_its_own_deadline)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "request.timeout.ms=1000");
	int64_t start;

	ck_call(gw_call_cluster(c, NULL), 0);
	fake_plan(w, GW_API_CREATE_TOPICS, FAKE_ERROR, GW_K_NOT_CONTROLLER, 0, 1000);
	start = w->now.us;
	ck_call(gw_call_create_topic(c, "new", 1, 1, NULL, 0), GW_ETIMEOUT);
	ck_assert_int_ge(w->now.us - start, 2000000);
	ck_assert_int_lt(w->now.us - start, 2500000);
	ck_assert_ptr_nonnull(strstr(gw_client_error(c)->msg, "NOT_CONTROLLER"));
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_call_may_be_freed_while_its_answer_is_out)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "");
	struct gw_call *call;

	ck_call(gw_call_cluster(c, NULL), 0);
	call = gw_call_cluster(c, NULL);
	ck_assert_int_eq(gw_process(c, NULL, 0), 0);
	gw_call_free(call);
	fake_run(w, c, 100);
	ck_call(gw_call_cluster(c, NULL), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

Suite *
check_admin_suite(void)
{
	Suite *s = suite_create("admin");
	TCase *tc = tcase_create("calls");

	tcase_add_test(tc, a_topic_is_created_by_the_controller_and_deleted);
	tcase_add_test(tc, a_retry_that_finds_its_own_work_done_is_well);
	tcase_add_test(tc, a_controller_that_moved_is_asked_again);
	tcase_add_test(tc, the_cluster_is_described);
	tcase_add_test(tc, offsets_are_asked_of_every_leader);
	tcase_add_test(tc, leaders_that_moved_meanwhile_are_found);
	tcase_add_test(tc, configurations_tell_defaults_and_secrets);
	tcase_add_test(tc, groups_of_all_brokers_are_listed);
	tcase_add_test(tc, a_group_is_described_with_what_its_members_have);
	tcase_add_test(tc, the_first_request_of_a_connection_waits_for_the_brokers_versions);
	tcase_add_test(tc, what_a_group_has_committed_is_told_by_every_version);
	tcase_add_test(tc, a_call_ends_at_its_own_deadline);
	tcase_add_test(tc, a_call_may_be_freed_while_its_answer_is_out);
	suite_add_tcase(s, tc);
	return s;
}
