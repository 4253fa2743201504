/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>

#include "base/err.h"
#include "base/slice.h"
#include "tests/broker/rig.h"
#include "tests/broker/suites.h"
#include "wire/msg_alter_configs.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_delete_records.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_describe_cluster.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_fetch.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_incremental_alter_configs.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_metadata.h"
#include "wire/msg_offset_for_leader_epoch.h"
#include "wire/msg_produce.h"

static const struct batch_spec three = {
	.n = 3, .timestamp_ms = INT64_C(1700000000000), NO_PRODUCER
};

static int
begin(struct rig *r)
{
	rig_init(r, 1);
	ck_assert_msg(rig_open(r) == 0, "%s", r->err.msg);
	return rig_connect(r);
}

static void
end(struct rig *r, int h)
{
	rig_disconnect(r, h);
	rig_close(r);
	rig_fini(r);
}

/* ---- ApiVersions ---- */

#define N_SERVED	38

START_TEST(every_version_of_api_versions_lists_what_is_served)
{
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("rig"),
		.client_software_version = GW_LIT("1") };
	struct rig r;
	int h = begin(&r);

	for (int16_t v = 0; v <= 4; v++) {
		const struct gw_api_versions_response *a =
		    rig_call(&r, h, GW_API_API_VERSIONS, v, &q);

		ck_assert_int_eq(a->error_code, 0);
		ck_assert_uint_eq(a->n_api_keys, N_SERVED);
		for (size_t i = 0; i < a->n_api_keys; i++) {
			const struct gw_api *api = gw_api_find(a->api_keys[i].api_key);

			ck_assert_ptr_nonnull(api);
			ck_assert_int_le(a->api_keys[i].max_version, api->max);
			/* Produce is advertised from 0, as Apache Kafka does for librdkafka. */
			ck_assert(
			    a->api_keys[i].min_version >= api->min || api->key == GW_API_PRODUCE);
		}
	}
	end(&r, h);
}
END_TEST

START_TEST(a_release_that_is_played_offers_no_more_than_it_did)
{
	static const struct {
		const char	*name;
		int16_t		 key, min, max;		/* max -1: not there */
	} rows[] = {
		{ "2.1", GW_API_FETCH, 4, 10 },
		{ "2.1", GW_API_API_VERSIONS, 0, 2 },
		{ "2.1", GW_API_INCREMENTAL_ALTER_CONFIGS, 0, -1 },
		{ "2.4", GW_API_METADATA, 0, 9 },
		{ "3.9", GW_API_PRODUCE, 0, 11 },
		{ "4.0", GW_API_END_TXN, 0, 5 },
		{ "4.4", GW_API_FETCH, 4, 16 },
	};
	struct gw_api_versions_request q = { .client_software_name = GW_LIT("rig"),
		.client_software_version = GW_LIT("1") };
	const struct gw_api_versions_response *a;
	size_t i = 0;
	struct rig r;
	int h;

	rig_init(&r, 1);
	r.o.as_version = rows[_i].name;
	ck_assert_msg(rig_open(&r) == 0, "%s", r.err.msg);
	h = rig_connect(&r);
	a = rig_call(&r, h, GW_API_API_VERSIONS, 2, &q);
	while (i < a->n_api_keys && a->api_keys[i].api_key != rows[_i].key)
		i++;
	ck_assert_int_eq(i < a->n_api_keys, rows[_i].max >= 0);
	if (i < a->n_api_keys) {
		ck_assert_int_eq(a->api_keys[i].min_version, rows[_i].min);
		ck_assert_int_eq(a->api_keys[i].max_version, rows[_i].max);
	}
	rig_send(&r, h, GW_API_API_VERSIONS, 3, &q);
	a = rig_receive(&r, h, GW_API_API_VERSIONS, rows[_i].name[2] == '1' ? 0 : 3);
	ck_assert_int_eq(a->error_code, rows[_i].name[2] == '1' ? GW_K_UNSUPPORTED_VERSION : 0);
	ck_assert_int_eq(a->n_finalized_features > 0, rows[_i].name[0] == '4');
	end(&r, h);
}
END_TEST

START_TEST(an_unknown_release_is_refused_with_the_known_ones)
{
	struct rig r;

	rig_init(&r, 1);
	r.o.as_version = "0.9";
	ck_assert_int_eq(rig_open(&r), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(r.err.msg, "4.4"));
	rig_fini(&r);
}
END_TEST

START_TEST(an_api_versions_request_from_the_future_is_answered_in_v0_with_the_ranges)
{
	/*
	 * size, key 18, version 9, correlation 77, client id null, and bytes that no version we
	 * know has
	 */
	static const uint8_t frame[] = { 0, 0, 0, 14, 0, 18, 0, 9, 0, 0, 0, 77, 0xff, 0xff, 9, 9, 9,
		9 };
	const struct gw_api_versions_response *a;
	struct rig r;
	int h = begin(&r);

	rig_write(&r, h, frame, sizeof(frame));
	a = rig_receive(&r, h, GW_API_API_VERSIONS, 0);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(a->error_code, GW_K_UNSUPPORTED_VERSION);
	ck_assert_uint_eq(a->n_api_keys, N_SERVED);
	/* And the connection lives. */
	a = rig_call(&r, h, GW_API_API_VERSIONS, 0,
	    &(struct gw_api_versions_request){ .client_software_name = GW_LIT("") });
	ck_assert_int_eq(a->error_code, 0);
	end(&r, h);
}
END_TEST

START_TEST(a_version_that_is_not_offered_closes_the_connection)
{
	static const uint8_t old_produce[] = { 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff };
	static const uint8_t unknown_api[] = { 0, 0, 0, 10, 0, 99, 0, 0, 0, 0, 0, 1, 0xff, 0xff };
	struct rig r;
	int h = begin(&r);

	rig_write(&r, h, old_produce, sizeof(old_produce));
	ck_assert(rig_is_closed(&r, h));
	rig_disconnect(&r, h);
	h = rig_connect(&r);
	rig_write(&r, h, unknown_api, sizeof(unknown_api));
	ck_assert(rig_is_closed(&r, h));
	end(&r, h);
}
END_TEST

/* ---- Metadata ---- */

static const struct gw_metadata_response *
metadata(struct rig *r, int h, int16_t version, const char *topic, bool create)
{
	struct gw_metadata_request_topic t = { .name = gw_str(topic) };
	struct gw_metadata_request q = {
		.topics = &t, .n_topics = 1, .allow_auto_topic_creation = create
	};

	return rig_call(r, h, GW_API_METADATA, version, &q);
}

START_TEST(metadata_creates_a_topic_when_both_sides_allow_it)
{
	const struct gw_metadata_response *a;
	struct rig r;
	int h = begin(&r);

	a = metadata(&r, h, 8, "t", false);
	ck_assert_int_eq(a->topics[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	a = metadata(&r, h, 8, "t", true);
	ck_assert_int_eq(a->topics[0].error_code, 0);
	ck_assert_uint_eq(a->topics[0].n_partitions, 1);
	a = metadata(&r, h, 8, "bad name", true);
	ck_assert_int_eq(a->topics[0].error_code, GW_K_INVALID_TOPIC_EXCEPTION);
	a = metadata(&r, h, 8, "..", true);
	ck_assert_int_eq(a->topics[0].error_code, GW_K_INVALID_TOPIC_EXCEPTION);
	end(&r, h);
}
END_TEST

START_TEST(metadata_says_the_same_in_every_version)
{
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 3), 0);
	for (int16_t v = 0; v <= 13; v++) {
		const struct gw_metadata_response *a = metadata(&r, h, v, "t", true);

		ck_assert_uint_eq(a->n_brokers, 1);
		ck_assert(gw_slice_is(a->brokers[0].host, "127.0.0.1"));
		ck_assert_int_eq(a->brokers[0].port, gw_broker_addr(r.b).port);
		ck_assert_uint_eq(a->n_topics, 1);
		ck_assert(gw_slice_is(a->topics[0].name, "t"));
		ck_assert_uint_eq(a->topics[0].n_partitions, 3);
		ck_assert_int_eq(a->topics[0].partitions[2].leader_id, 1);
		ck_assert(v < 2 || a->cluster_id.len == 22);
	}
	end(&r, h);
}
END_TEST

START_TEST(metadata_lists_all_topics_or_those_with_an_id)
{
	struct gw_metadata_request_topic t = { .name = { NULL, 0 } };
	struct gw_metadata_request q = {
		.topics = NULL, .n_topics = GW_NULL_ARRAY, .allow_auto_topic_creation = true
	};
	const struct gw_metadata_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "a", 1), 0);
	ck_assert_int_eq(rig_create_topic(&r, h, "b", 1), 0);
	a = rig_call(&r, h, GW_API_METADATA, 12, &q);
	ck_assert_uint_eq(a->n_topics, 2);
	t.topic_id = a->topics[1].topic_id;
	q.topics = &t;
	q.n_topics = 1;
	a = rig_call(&r, h, GW_API_METADATA, 12, &q);
	ck_assert_int_eq(a->topics[0].error_code, 0);
	ck_assert_mem_eq(&a->topics[0].topic_id, &t.topic_id, sizeof(t.topic_id));
	t.topic_id.b[0] ^= 1;
	a = rig_call(&r, h, GW_API_METADATA, 12, &q);
	ck_assert_int_eq(a->topics[0].error_code, GW_K_UNKNOWN_TOPIC_ID);
	q.n_topics = 0;
	a = rig_call(&r, h, GW_API_METADATA, 12, &q);
	ck_assert_uint_eq(a->n_topics, 0);
	a = rig_call(&r, h, GW_API_METADATA, 0, &q);
	ck_assert_uint_eq(a->n_topics, 2);
	end(&r, h);
}
END_TEST

START_TEST(the_cluster_and_its_coordinator_are_this_broker)
{
	struct gw_describe_cluster_request cq = { .endpoint_type = 1,
		.include_cluster_authorized_operations = true };
	struct gw_slice keys[2] = { GW_LIT("g"), GW_LIT("") };
	struct gw_find_coordinator_request fq = {
		.key = GW_LIT("g"), .coordinator_keys = keys, .n_coordinator_keys = 2
	};
	const struct gw_describe_cluster_response *c;
	const struct gw_find_coordinator_response *f;
	struct rig r;
	int h = begin(&r);

	for (int16_t v = 0; v <= 2; v++) {
		c = rig_call(&r, h, GW_API_DESCRIBE_CLUSTER, v, &cq);
		ck_assert_int_eq(c->error_code, 0);
		ck_assert_uint_eq(c->n_brokers, 1);
		ck_assert_int_eq(c->controller_id, 1);
	}
	for (int16_t v = 0; v <= 6; v++) {
		struct gw_find_coordinator_request q = fq;

		if (v < 4)
			q.n_coordinator_keys = 0;
		else
			q.key = GW_LIT("");
		f = rig_call(&r, h, GW_API_FIND_COORDINATOR, v, &q);
		ck_assert_int_eq(
		    v < 4 ? f->port : f->coordinators[0].port, gw_broker_addr(r.b).port);
		ck_assert(v < 4 || f->coordinators[1].error_code == GW_K_INVALID_GROUP_ID);
	}
	fq.n_coordinator_keys = 0;
	fq.key_type = 1;	/* a transaction */
	f = rig_call(&r, h, GW_API_FIND_COORDINATOR, 2, &fq);
	ck_assert_int_eq(f->error_code, 0);
	ck_assert_int_eq(f->port, gw_broker_addr(r.b).port);
	fq.key_type = 2;	/* a share group */
	f = rig_call(&r, h, GW_API_FIND_COORDINATOR, 2, &fq);
	ck_assert_int_eq(f->error_code, GW_K_INVALID_REQUEST);
	end(&r, h);
}
END_TEST

/* ---- topics ---- */

static const struct gw_create_topics_topic_result *
create(struct rig *r, int h, struct gw_create_topics_topic t, bool validate_only)
{
	struct gw_create_topics_request q = {
		.topics = &t, .n_topics = 1, .timeout_ms = 1, .validate_only = validate_only
	};
	const struct gw_create_topics_response *a = rig_call(r, h, GW_API_CREATE_TOPICS, 7, &q);

	ck_assert_uint_eq(a->n_topics, 1);
	return &a->topics[0];
}

static const struct {
	const char	*name;
	int32_t		 partitions;
	int16_t		 replication;
	const char	*key, *value;
	int		 error;
} bad_topics[] = {
	{ "", 1, 1, NULL, NULL, GW_K_INVALID_TOPIC_EXCEPTION },
	{ "a b", 1, 1, NULL, NULL, GW_K_INVALID_TOPIC_EXCEPTION },
	{ "../x", 1, 1, NULL, NULL, GW_K_INVALID_TOPIC_EXCEPTION },
	{ "t", 1, 1, NULL, NULL, GW_K_TOPIC_ALREADY_EXISTS },
	{ "n", 0, 1, NULL, NULL, GW_K_INVALID_PARTITIONS },
	{ "n", -2, 1, NULL, NULL, GW_K_INVALID_PARTITIONS },
	{ "n", 2000000000, 1, NULL, NULL, GW_K_INVALID_PARTITIONS },
	{ "n", 1, 3, NULL, NULL, GW_K_INVALID_REPLICATION_FACTOR },
	{ "n", 1, 0, NULL, NULL, GW_K_INVALID_REPLICATION_FACTOR },
	{ "n", 1, 1, "retention.ms", "soon", GW_K_INVALID_CONFIG },
	{ "n", 1, 1, "cleanup.policy", "compact", GW_K_INVALID_CONFIG },
	{ "n", 1, 1, "no.such.key", "1", GW_K_INVALID_CONFIG },
};

START_TEST(topics_that_cannot_be_are_refused_with_words)
{
	struct gw_create_topics_config c = { gw_str(bad_topics[_i].key),
		gw_str(bad_topics[_i].value) };
	struct gw_create_topics_topic t = { .name = gw_str(bad_topics[_i].name),
		.num_partitions = bad_topics[_i].partitions,
		.replication_factor = bad_topics[_i].replication,
		.configs = &c,
		.n_configs = c.name.ptr == NULL ? 0 : 1 };
	const struct gw_create_topics_topic_result *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	a = create(&r, h, t, false);
	ck_assert_int_eq(a->error_code, bad_topics[_i].error);
	ck_assert_uint_gt(a->error_message.len, 0);
	ck_assert_int_eq(
	    metadata(&r, h, 8, "n", false)->topics[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	end(&r, h);
}
END_TEST

START_TEST(validating_only_creates_nothing_and_defaults_are_told)
{
	struct gw_create_topics_topic t = {
		.name = GW_LIT("n"), .num_partitions = -1, .replication_factor = -1
	};
	const struct gw_create_topics_topic_result *a;
	struct rig r;
	int h = begin(&r);

	a = create(&r, h, t, true);
	ck_assert_int_eq(a->error_code, 0);
	ck_assert_int_eq(
	    metadata(&r, h, 8, "n", false)->topics[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	a = create(&r, h, t, false);
	ck_assert_int_eq(a->error_code, 0);
	ck_assert_int_eq(a->num_partitions, 1);
	ck_assert_int_eq(a->replication_factor, 1);
	ck_assert_uint_eq(a->n_configs, 28);
	end(&r, h);
}
END_TEST

START_TEST(a_deleted_topic_is_gone_and_its_name_is_free)
{
	struct gw_slice names[2] = { GW_LIT("t"), GW_LIT("nobody") };
	struct gw_delete_topics_request q = {
		.topic_names = names, .n_topic_names = 2, .timeout_ms = 1
	};
	const struct gw_delete_topics_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 2), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 1, &three).error_code, 0);
	a = rig_call(&r, h, GW_API_DELETE_TOPICS, 5, &q);
	ck_assert_int_eq(a->responses[0].error_code, 0);
	ck_assert_int_eq(a->responses[1].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(
	    rig_produce(&r, h, "t", 1, &three).error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(rig_create_topic(&r, h, "t", 2), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 1, &three).base_offset, 0);
	end(&r, h);
}
END_TEST

START_TEST(a_topic_can_be_deleted_by_its_id)
{
	struct gw_delete_topics_topic t = { .name = { NULL, 0 } };
	struct gw_delete_topics_request q = { .topics = &t, .n_topics = 1 };
	const struct gw_delete_topics_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	t.topic_id = metadata(&r, h, 12, "t", false)->topics[0].topic_id;
	a = rig_call(&r, h, GW_API_DELETE_TOPICS, 6, &q);
	ck_assert_int_eq(a->responses[0].error_code, 0);
	ck_assert(gw_slice_is(a->responses[0].name, "t"));
	a = rig_call(&r, h, GW_API_DELETE_TOPICS, 6, &q);
	ck_assert_int_eq(a->responses[0].error_code, GW_K_UNKNOWN_TOPIC_ID);
	end(&r, h);
}
END_TEST

START_TEST(a_topic_grows_but_never_shrinks)
{
	struct gw_create_partitions_topic t = {
		.name = GW_LIT("t"), .count = 3, .n_assignments = GW_NULL_ARRAY
	};
	struct gw_create_partitions_request q = { .topics = &t, .n_topics = 1 };
	const struct gw_create_partitions_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(
	    rig_produce(&r, h, "t", 2, &three).error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	a = rig_call(&r, h, GW_API_CREATE_PARTITIONS, 3, &q);
	ck_assert_int_eq(a->results[0].error_code, 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 2, &three).error_code, 0);
	a = rig_call(&r, h, GW_API_CREATE_PARTITIONS, 3, &q);
	ck_assert_int_eq(a->results[0].error_code, GW_K_INVALID_PARTITIONS);
	rig_kill(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 2, 0), 3);
	end(&r, h);
}
END_TEST

/* ---- configs ---- */

static const struct gw_describe_configs_result *
describe(struct rig *r, int h, int8_t type, const char *name, const char *key)
{
	struct gw_slice keys[1] = { gw_str(key) };
	struct gw_describe_configs_resource res = { .resource_type = type,
		.resource_name = gw_str(name),
		.configuration_keys = keys,
		.n_configuration_keys = key == NULL ? GW_NULL_ARRAY : 1 };
	struct gw_describe_configs_request q = {
		.resources = &res, .n_resources = 1, .include_synonyms = true
	};
	const struct gw_describe_configs_response *a =
	    rig_call(r, h, GW_API_DESCRIBE_CONFIGS, 4, &q);

	return &a->results[0];
}

static int16_t
alter(struct rig *r, int h, const char *topic, const char *key, int8_t op, const char *value)
{
	struct gw_incremental_alter_configs_config c = { gw_str(key), op, gw_str(value) };
	struct gw_incremental_alter_configs_resource res = {
		.resource_type = 2, .resource_name = gw_str(topic), .configs = &c, .n_configs = 1
	};
	struct gw_incremental_alter_configs_request q = { .resources = &res, .n_resources = 1 };
	const struct gw_incremental_alter_configs_response *a =
	    rig_call(r, h, GW_API_INCREMENTAL_ALTER_CONFIGS, 1, &q);

	return a->responses[0].error_code;
}

START_TEST(configs_are_described_with_defaults_and_sources)
{
	const struct gw_describe_configs_result *d;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	d = describe(&r, h, 2, "t", NULL);
	ck_assert_int_eq(d->error_code, 0);
	ck_assert_uint_eq(d->n_configs, 28);
	for (size_t i = 0; i < d->n_configs; i++) {
		ck_assert_ptr_nonnull(d->configs[i].value.ptr);
		ck_assert_int_ne(d->configs[i].config_type, 0);
	}
	d = describe(&r, h, 2, "t", "retention.ms");
	ck_assert_uint_eq(d->n_configs, 1);
	ck_assert(gw_slice_is(d->configs[0].value, "604800000"));
	ck_assert_int_eq(d->configs[0].config_source, 5);
	d = describe(&r, h, 4, "1", NULL);
	ck_assert_uint_gt(d->n_configs, 10);
	ck_assert_int_eq(
	    describe(&r, h, 2, "nobody", NULL)->error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	ck_assert_int_eq(describe(&r, h, 4, "2", NULL)->error_code, GW_K_INVALID_REQUEST);
	end(&r, h);
}
END_TEST

START_TEST(settings_that_are_replaced_drop_the_others)
{
	struct gw_alter_configs_config c[] = { { GW_LIT("retention.ms"), GW_LIT("5000") },
		{ GW_LIT("segment.bytes"), GW_LIT("none") } };
	struct gw_alter_configs_resource res = { .resource_type = 2, .resource_name = GW_LIT("t"),
		.configs = c, .n_configs = 1 };
	struct gw_alter_configs_request q = { .resources = &res, .n_resources = 1,
		.validate_only = true };
	const struct gw_alter_configs_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(alter(&r, h, "t", "max.message.bytes", 0, "300"), 0);
	a = rig_call(&r, h, GW_API_ALTER_CONFIGS, 2, &q);
	ck_assert_int_eq(a->responses[0].error_code, 0);
	ck_assert(gw_slice_is(
	    describe(&r, h, 2, "t", "max.message.bytes")->configs[0].value, "300"));
	q.validate_only = false;
	a = rig_call(&r, h, GW_API_ALTER_CONFIGS, 1, &q);
	ck_assert_int_eq(a->responses[0].error_code, 0);
	ck_assert(gw_slice_is(describe(&r, h, 2, "t", "retention.ms")->configs[0].value, "5000"));
	ck_assert_int_eq(
	    describe(&r, h, 2, "t", "max.message.bytes")->configs[0].config_source, 5);
	res.n_configs = 2;
	a = rig_call(&r, h, GW_API_ALTER_CONFIGS, 0, &q);
	ck_assert_int_eq(a->responses[0].error_code, GW_K_INVALID_CONFIG);
	ck_assert_ptr_nonnull(a->responses[0].error_message.ptr);
	res.resource_name = GW_LIT("nobody");
	a = rig_call(&r, h, GW_API_ALTER_CONFIGS, 2, &q);
	ck_assert_int_eq(a->responses[0].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	res.resource_type = 4;
	a = rig_call(&r, h, GW_API_ALTER_CONFIGS, 2, &q);
	ck_assert_int_eq(a->responses[0].error_code, GW_K_INVALID_REQUEST);
	end(&r, h);
}
END_TEST

START_TEST(a_changed_setting_is_obeyed_and_survives)
{
	struct batch_spec big = { .n = 1, .timestamp_ms = 1, .padding = 500, NO_PRODUCER };
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(alter(&r, h, "t", "max.message.bytes", 0, "300"), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).error_code, GW_K_MESSAGE_TOO_LARGE);
	ck_assert_int_eq(alter(&r, h, "t", "max.message.bytes", 0, "many"), GW_K_INVALID_CONFIG);
	ck_assert_int_eq(
	    alter(&r, h, "nobody", "max.message.bytes", 0, "300"), GW_K_UNKNOWN_TOPIC_OR_PARTITION);
	rig_kill(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert(
	    gw_slice_is(describe(&r, h, 2, "t", "max.message.bytes")->configs[0].value, "300"));
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).error_code, GW_K_MESSAGE_TOO_LARGE);
	ck_assert_int_eq(alter(&r, h, "t", "max.message.bytes", 1, NULL), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &big).error_code, 0);
	end(&r, h);
}
END_TEST

/* ---- Produce ---- */

static struct gw_produce_partition_response
produce_raw(struct rig *r, int h, int16_t version, int16_t acks, struct gw_slice records)
{
	struct gw_produce_partition_data p = { .index = 0, .records = records };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = acks, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	const struct gw_produce_response *a;

	if (version >= 13) {
		t.topic_id = metadata(r, h, 12, "t", false)->topics[0].topic_id;
		t.name = GW_LIT("");
	}
	a = rig_call(r, h, GW_API_PRODUCE, version, &q);
	return a->responses[0].partition_responses[0];
}

START_TEST(every_version_of_produce_and_fetch_carries_records)
{
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	for (int16_t v = 3; v <= 13; v++) {
		struct gw_produce_partition_response a =
		    produce_raw(&r, h, v, -1, gw_buf_slice(&batch));

		ck_assert_int_eq(a.error_code, 0);
		ck_assert_int_eq(a.base_offset, 3 * (v - 3));
		ck_assert_int_eq(a.log_append_time_ms, -1);
	}
	gw_buf_fini(&batch);
	for (int16_t v = 4; v <= 16; v++) {
		struct gw_fetch_partition p = { .current_leader_epoch = -1,
			.last_fetched_epoch = -1,
			.log_start_offset = -1,
			.partition_max_bytes = 1 << 20,
			.high_watermark = INT64_MAX };
		struct gw_fetch_topic t = { .topic = v < 13 ? GW_LIT("t") : GW_LIT(""),
			.partitions = &p,
			.n_partitions = 1 };
		struct gw_fetch_request q = { .replica_id = -1,
			.replica_state = { -1, -1 },
			.max_bytes = 1 << 20,
			.session_epoch = -1,
			.topics = &t,
			.n_topics = 1,
			.rack_id = GW_LIT("") };
		const struct gw_fetch_response *a;
		struct gw_batch_header bh;

		if (v >= 13)
			t.topic_id = metadata(&r, h, 12, "t", false)->topics[0].topic_id;
		a = rig_call(&r, h, GW_API_FETCH, v, &q);
		ck_assert_int_eq(a->responses[0].partitions[0].error_code, 0);
		ck_assert_int_eq(a->responses[0].partitions[0].high_watermark, 33);
		ck_assert_int_gt(
		    gw_batch_header_read(a->responses[0].partitions[0].records, &bh), 0);
		ck_assert_int_eq(bh.base_offset, 0);
	}
	end(&r, h);
}
END_TEST

/* What is done to a good batch (checksum made right again or not), and the error that comes. */
static const struct damage {
	const char	*what;
	size_t		 at;
	uint8_t		 value;
	bool		 fix_crc;
	int		 error;
} damages[] = {
	{ "a byte of a record", 70, 0x5a, false, GW_K_CORRUPT_MESSAGE },
	{ "magic 1", 16, 1, false, GW_K_UNSUPPORTED_FOR_MESSAGE_FORMAT },
	{ "magic 9", 16, 9, false, GW_K_INVALID_RECORD },
	{ "a length that is too long", 9, 1, false, GW_K_CORRUPT_MESSAGE },
	{ "a count of 4", 60, 4, true, GW_K_INVALID_RECORD },
	{ "a count of 2", 60, 2, true, GW_K_INVALID_RECORD },
	{ "a last offset delta of 9", 26, 9, true, GW_K_INVALID_RECORD },
	{ "control bit", 22, 0x20, true, GW_K_INVALID_RECORD },
	{ "transactional bit", 22, 0x10, true, GW_K_INVALID_RECORD },
	{ "codec 7", 22, 0x07, true, GW_K_UNSUPPORTED_COMPRESSION_TYPE },
	{ "gzip that is none", 22, 0x01, true, GW_K_INVALID_RECORD },
	{ "a record's length", 61, 0x7f, true, GW_K_INVALID_RECORD },
};

/* Writing the producer again, as it was, makes the checksum anew. */
static void
fix_crc(struct gw_buf *batch)
{
	gw_batch_restamp(batch->ptr, batch->len, -1, -1, -1);
}

START_TEST(a_damaged_batch_is_refused_and_nothing_is_stored)
{
	const struct damage *d = &damages[_i];
	struct gw_produce_partition_response a;
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	batch.ptr[d->at] = d->value;
	if (d->fix_crc)
		fix_crc(&batch);
	a = produce_raw(&r, h, 9, -1, gw_buf_slice(&batch));
	ck_assert_msg(a.error_code == d->error, "%s: %d", d->what, a.error_code);
	ck_assert_uint_gt(a.error_message.len, 0);
	ck_assert_int_eq(a.base_offset, -1);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 0);
	/* The connection lives and a good one is taken. */
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &three).base_offset, 0);
	gw_buf_fini(&batch);
	end(&r, h);
}
END_TEST

START_TEST(two_batches_in_one_partition_and_none_are_refused)
{
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	make_batch(&r.alloc.alloc, &three, &batch);
	ck_assert_int_eq(
	    produce_raw(&r, h, 9, -1, gw_buf_slice(&batch)).error_code, GW_K_INVALID_RECORD);
	ck_assert_int_eq(produce_raw(&r, h, 9, -1, GW_LIT("")).error_code, GW_K_CORRUPT_MESSAGE);
	ck_assert_int_eq(produce_raw(&r, h, 9, -1, (struct gw_slice){ NULL, 0 }).error_code,
	    GW_K_CORRUPT_MESSAGE);
	ck_assert_int_eq(
	    produce_raw(&r, h, 9, 2, gw_buf_slice(&batch)).error_code, GW_K_INVALID_REQUIRED_ACKS);
	gw_buf_fini(&batch);
	end(&r, h);
}
END_TEST

START_TEST(a_batch_sent_twice_is_stored_once)
{
	struct batch_spec s = {
		.n = 3, .timestamp_ms = 1, .producer_id = 1, .epoch = 0, .sequence = 0
	};
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).base_offset, 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).base_offset, 0);
	s.sequence = 9;
	ck_assert_int_eq(
	    rig_produce(&r, h, "t", 0, &s).error_code, GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER);
	s.sequence = 3;
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).base_offset, 3);
	s.epoch = 1;
	s.sequence = 0;
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).base_offset, 6);
	s.epoch = 0;
	s.sequence = 6;
	ck_assert_int_eq(rig_produce(&r, h, "t", 0, &s).error_code, GW_K_INVALID_PRODUCER_EPOCH);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 9);
	end(&r, h);
}
END_TEST

START_TEST(log_append_time_replaces_the_producers_time)
{
	struct gw_create_topics_config c = { GW_LIT("message.timestamp.type"),
		GW_LIT("LogAppendTime") };
	struct gw_create_topics_topic t = { .name = GW_LIT("t"),
		.num_partitions = 1,
		.replication_factor = 1,
		.configs = &c,
		.n_configs = 1 };
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(create(&r, h, t, false)->error_code, 0);
	ck_assert_int_eq(rig_produce(&r, h, "t", 0,
			     &(struct batch_spec){ .n = 3, .timestamp_ms = 5, NO_PRODUCER })
			     .log_append_time_ms,
	    r.now.wall_ms);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 0), 3);	/* the checksum fits */
	end(&r, h);
}
END_TEST

START_TEST(a_compressed_batch_is_kept_as_it_came)
{
	struct batch_spec s = { .n = 100, .timestamp_ms = 1, .gzip = true, NO_PRODUCER };
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &s, &batch);
	ck_assert_int_eq(produce_raw(&r, h, 9, 1, gw_buf_slice(&batch)).error_code, 0);
	ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 50), 100);
	gw_buf_fini(&batch);
	end(&r, h);
}
END_TEST

START_TEST(without_acks_there_is_no_answer_and_an_error_closes)
{
	struct gw_produce_partition_data p = { .index = 0 };
	struct gw_produce_topic_data t = {
		.name = GW_LIT("t"), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = 0, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	struct gw_buf batch;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	gw_buf_init(&batch, &r.alloc.alloc, 0);
	make_batch(&r.alloc.alloc, &three, &batch);
	p.records = gw_buf_slice(&batch);
	rig_send(&r, h, GW_API_PRODUCE, 7, &q);
	ck_assert_int_eq(
	    rig_fetch_count(&r, h, "t", 0, 0), 3); /* its answer is the first to come */
	p.index = 7;
	rig_send(&r, h, GW_API_PRODUCE, 7, &q);
	ck_assert(rig_is_closed(&r, h));
	gw_buf_fini(&batch);
	end(&r, h);
}
END_TEST

/* ---- offsets ---- */

static struct gw_list_offsets_partition_response
list(struct rig *r, int h, int16_t version, int64_t timestamp)
{
	struct gw_list_offsets_partition p = { .current_leader_epoch = -1, .timestamp = timestamp };
	struct gw_list_offsets_topic t = {
		.name = GW_LIT("t"), .partitions = &p, .n_partitions = 1
	};
	struct gw_list_offsets_request q = { .replica_id = -1, .topics = &t, .n_topics = 1 };
	const struct gw_list_offsets_response *a = rig_call(r, h, GW_API_LIST_OFFSETS, version, &q);

	return a->topics[0].partitions[0];
}

START_TEST(offsets_are_listed_by_end_and_by_time_in_every_version)
{
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	ck_assert_int_eq(list(&r, h, 5, -1).offset, 0);
	for (int i = 0; i < 4; i++)
		(void)rig_produce(&r, h, "t", 0,
		    &(struct batch_spec){ .n = 5, .timestamp_ms = 1000 * (i + 1), NO_PRODUCER });
	for (int16_t v = 1; v <= 10; v++) {
		ck_assert_int_eq(list(&r, h, v, -1).offset, 20);
		ck_assert_int_eq(list(&r, h, v, -2).offset, 0);
		ck_assert_int_eq(list(&r, h, v, -3).offset, 19);
		ck_assert_int_eq(list(&r, h, v, 2003).offset, 8);
		ck_assert_int_eq(list(&r, h, v, 2003).timestamp, 2003);
		ck_assert_int_eq(list(&r, h, v, 2500).offset, 10);
		ck_assert_int_eq(list(&r, h, v, 9999).offset, -1);
	}
	end(&r, h);
}
END_TEST

START_TEST(deleted_records_are_out_of_range_also_after_a_restart)
{
	struct gw_delete_records_partition p = { .offset = 7 };
	struct gw_delete_records_topic t = {
		.name = GW_LIT("t"), .partitions = &p, .n_partitions = 1
	};
	struct gw_delete_records_request q = { .topics = &t, .n_topics = 1, .timeout_ms = 1 };
	const struct gw_delete_records_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	for (int i = 0; i < 4; i++)
		(void)rig_produce(&r, h, "t", 0, &three);
	a = rig_call(&r, h, GW_API_DELETE_RECORDS, 2, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].error_code, 0);
	ck_assert_int_eq(a->topics[0].partitions[0].low_watermark, 7);
	for (int round = 0; round < 3; round++) {
		ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 6), -GW_K_OFFSET_OUT_OF_RANGE);
		ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 7), 6);
		ck_assert_int_eq(list(&r, h, 5, -2).offset, 7);
		ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 12), 0);
		ck_assert_int_eq(rig_fetch_count(&r, h, "t", 0, 13), -GW_K_OFFSET_OUT_OF_RANGE);
		if (round == 0)
			rig_kill(&r);
		else
			rig_close(&r);
		ck_assert_int_eq(rig_open(&r), 0);
		h = rig_connect(&r);
	}
	p.offset = 100;
	a = rig_call(&r, h, GW_API_DELETE_RECORDS, 2, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].error_code, GW_K_OFFSET_OUT_OF_RANGE);
	p.offset = -1;
	a = rig_call(&r, h, GW_API_DELETE_RECORDS, 2, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].low_watermark, 12);
	end(&r, h);
}
END_TEST

START_TEST(a_crash_begins_a_new_epoch_and_the_old_one_has_an_end)
{
	struct gw_offset_for_leader_epoch_partition p = { .current_leader_epoch = -1,
		.leader_epoch = 0 };
	struct gw_offset_for_leader_epoch_topic t = {
		.topic = GW_LIT("t"), .partitions = &p, .n_partitions = 1
	};
	struct gw_offset_for_leader_epoch_request q = {
		.replica_id = -1, .topics = &t, .n_topics = 1
	};
	const struct gw_offset_for_leader_epoch_response *a;
	struct rig r;
	int h = begin(&r);

	ck_assert_int_eq(rig_create_topic(&r, h, "t", 1), 0);
	(void)rig_produce(&r, h, "t", 0, &three);
	a = rig_call(&r, h, GW_API_OFFSET_FOR_LEADER_EPOCH, 4, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].end_offset, 3);
	rig_close(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(metadata(&r, h, 8, "t", false)->topics[0].partitions[0].leader_epoch, 0);
	rig_kill(&r);
	ck_assert_int_eq(rig_open(&r), 0);
	h = rig_connect(&r);
	ck_assert_int_eq(metadata(&r, h, 8, "t", false)->topics[0].partitions[0].leader_epoch, 1);
	(void)rig_produce(&r, h, "t", 0, &three);
	a = rig_call(&r, h, GW_API_OFFSET_FOR_LEADER_EPOCH, 4, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].leader_epoch, 0);
	ck_assert_int_eq(a->topics[0].partitions[0].end_offset, 3);
	p.current_leader_epoch = 0;
	a = rig_call(&r, h, GW_API_OFFSET_FOR_LEADER_EPOCH, 4, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].error_code, GW_K_FENCED_LEADER_EPOCH);
	p.current_leader_epoch = 2;
	a = rig_call(&r, h, GW_API_OFFSET_FOR_LEADER_EPOCH, 4, &q);
	ck_assert_int_eq(a->topics[0].partitions[0].error_code, GW_K_UNKNOWN_LEADER_EPOCH);
	end(&r, h);
}
END_TEST

START_TEST(producer_ids_are_never_given_twice)
{
	struct gw_init_producer_id_request q = { .producer_id = -1, .producer_epoch = -1 };
	const struct gw_init_producer_id_response *a;
	int64_t last = -1;
	struct rig r;
	int h = begin(&r);

	for (int round = 0; round < 4; round++) {
		for (int16_t v = 0; v <= 5; v++) {
			a = rig_call(&r, h, GW_API_INIT_PRODUCER_ID, v, &q);
			ck_assert_int_eq(a->error_code, 0);
			ck_assert_int_gt(a->producer_id, last);
			ck_assert_int_eq(a->producer_epoch, 0);
			last = a->producer_id;
		}
		if (round % 2 == 0)
			rig_crash(&r);
		else
			rig_close(&r);
		ck_assert_msg(rig_open(&r) == 0, "%s", r.err.msg);
		h = rig_connect(&r);
	}
	q.transactional_id = GW_LIT("tx");
	q.transaction_timeout_ms = 1000;
	a = rig_call(&r, h, GW_API_INIT_PRODUCER_ID, 4, &q);
	ck_assert_int_eq(a->error_code, 0);
	ck_assert_int_gt(a->producer_id, last);
	end(&r, h);
}
END_TEST

Suite *
check_requests_suite(void)
{
	Suite *s = suite_create("requests");
	TCase *tc = tcase_create("requests");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_version_of_api_versions_lists_what_is_served);
	tcase_add_loop_test(tc, a_release_that_is_played_offers_no_more_than_it_did, 0, 7);
	tcase_add_test(tc, an_unknown_release_is_refused_with_the_known_ones);
	tcase_add_test(
	    tc, an_api_versions_request_from_the_future_is_answered_in_v0_with_the_ranges);
	tcase_add_test(tc, a_version_that_is_not_offered_closes_the_connection);
	tcase_add_test(tc, metadata_creates_a_topic_when_both_sides_allow_it);
	tcase_add_test(tc, metadata_says_the_same_in_every_version);
	tcase_add_test(tc, metadata_lists_all_topics_or_those_with_an_id);
	tcase_add_test(tc, the_cluster_and_its_coordinator_are_this_broker);
	tcase_add_loop_test(
	    tc, topics_that_cannot_be_are_refused_with_words, 0, (int)GW_N(bad_topics));
	tcase_add_test(tc, validating_only_creates_nothing_and_defaults_are_told);
	tcase_add_test(tc, a_deleted_topic_is_gone_and_its_name_is_free);
	tcase_add_test(tc, a_topic_can_be_deleted_by_its_id);
	tcase_add_test(tc, a_topic_grows_but_never_shrinks);
	tcase_add_test(tc, configs_are_described_with_defaults_and_sources);
	tcase_add_test(tc, settings_that_are_replaced_drop_the_others);
	tcase_add_test(tc, a_changed_setting_is_obeyed_and_survives);
	tcase_add_test(tc, every_version_of_produce_and_fetch_carries_records);
	tcase_add_loop_test(
	    tc, a_damaged_batch_is_refused_and_nothing_is_stored, 0, (int)GW_N(damages));
	tcase_add_test(tc, two_batches_in_one_partition_and_none_are_refused);
	tcase_add_test(tc, a_batch_sent_twice_is_stored_once);
	tcase_add_test(tc, log_append_time_replaces_the_producers_time);
	tcase_add_test(tc, a_compressed_batch_is_kept_as_it_came);
	tcase_add_test(tc, without_acks_there_is_no_answer_and_an_error_closes);
	tcase_add_test(tc, offsets_are_listed_by_end_and_by_time_in_every_version);
	tcase_add_test(tc, deleted_records_are_out_of_range_also_after_a_restart);
	tcase_add_test(tc, a_crash_begins_a_new_epoch_and_the_old_one_has_an_end);
	tcase_add_test(tc, producer_ids_are_never_given_twice);
	suite_add_tcase(s, tc);
	return s;
}
