/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake_admin.c - what fake brokers answer an administrator: every change is agreed to
 * unless a plan says otherwise, and the code of the plan is the answer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "tests/client/fake.h"
#include "wire/msg_alter_configs.h"
#include "wire/msg_consumer_group_describe.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_delete_records.h"
#include "wire/msg_describe_producers.h"
#include "wire/msg_describe_transactions.h"
#include "wire/msg_incremental_alter_configs.h"
#include "wire/msg_list_transactions.h"
#include "wire/msg_offset_delete.h"
#include "wire/msg_write_txn_markers.h"

struct admin_ask {
	struct fake_broker		*b;
	const struct gw_request_header	*h;
	struct gw_buf			*out;
	int16_t				 code;
};

static bool
reply(struct admin_ask *a, const void *body)
{
	struct gw_err err;
	int rc = gw_response_encode(
	    a->out, a->h->api_key, a->h->api_version, a->h->correlation_id, body, &err);

	ck_assert_msg(rc == 0, "answer: %s", err.msg);
	return true;
}

static void *
make(struct admin_ask *a, size_t n, size_t size)
{
	void *p = gw_arena_zero(&a->b->world->arena, n + 1, size);

	ck_assert_ptr_nonnull(p);
	return p;
}

static bool
grow(struct admin_ask *a, const struct gw_create_partitions_request *rq)
{
	struct gw_create_partitions_topic_result t = { .name = rq->topics[0].name,
		.error_code = a->code, .error_message = GW_LIT("because") };

	return reply(a, &(struct gw_create_partitions_response){ .results = &t, .n_results = 1 });
}

static bool
alter(struct admin_ask *a, const struct gw_incremental_alter_configs_request *rq)
{
	struct gw_incremental_alter_configs_resource_response t = { .error_code = a->code,
		.error_message = GW_LIT("because"), .resource_type = rq->resources[0].resource_type,
		.resource_name = rq->resources[0].resource_name };

	return reply(a,
	    &(struct gw_incremental_alter_configs_response){ .responses = &t, .n_responses = 1 });
}

static bool
replace(struct admin_ask *a, const struct gw_alter_configs_request *rq)
{
	const struct gw_alter_configs_resource *q = &rq->resources[0];
	struct gw_alter_configs_resource_response t = { .error_code = a->code,
		.error_message = GW_LIT("because"), .resource_type = q->resource_type,
		.resource_name = q->resource_name };
	char *out = a->b->world->replaced, *end = out + sizeof(a->b->world->replaced);

	for (size_t i = 0; i < q->n_configs; i++)
		out += snprintf(out, (size_t)(end - out), "%.*s=%.*s ", GW_FMT(q->configs[i].name),
		    GW_FMT(q->configs[i].value));
	a->b->world->tried = rq->validate_only;
	return reply(a, &(struct gw_alter_configs_response){ .responses = &t, .n_responses = 1 });
}

/* Each partition begins where it was asked to. */
static bool
delete_records(struct admin_ask *a, const struct gw_delete_records_request *rq)
{
	const struct gw_delete_records_topic *q = &rq->topics[0];
	struct gw_delete_records_topic_result t = { .name = q->name,
		.partitions = make(a, q->n_partitions, sizeof(*t.partitions)),
		.n_partitions = q->n_partitions };

	for (size_t i = 0; i < q->n_partitions; i++)
		t.partitions[i] = (struct gw_delete_records_partition_result){
			.partition_index = q->partitions[i].partition_index,
			.low_watermark = q->partitions[i].offset, .error_code = a->code };
	return reply(a, &(struct gw_delete_records_response){ .topics = &t, .n_topics = 1 });
}

static bool
delete_group(struct admin_ask *a, const struct gw_delete_groups_request *rq)
{
	struct gw_delete_groups_group_result t = { rq->groups_names[0], a->code };

	return reply(a, &(struct gw_delete_groups_response){ .results = &t, .n_results = 1 });
}

static bool
offset_delete(struct admin_ask *a, const struct gw_offset_delete_request *rq)
{
	struct gw_offset_delete_topic *t = make(a, rq->n_topics, sizeof(*t));

	for (size_t k = 0; k < rq->n_topics; k++) {
		const struct gw_offset_delete_request_topic *q = &rq->topics[k];

		t[k] = (struct gw_offset_delete_topic){ q->name,
			make(a, q->n_partitions, sizeof(*t->partitions)), q->n_partitions };
		for (size_t i = 0; i < q->n_partitions; i++)
			t[k].partitions[i] = (struct gw_offset_delete_partition){
				q->partitions[i].partition_index, 86 };
	}
	return reply(a, &(struct gw_offset_delete_response){ .error_code = a->code, .topics = t,
		.n_topics = a->code == 0 ? rq->n_topics : 0 });
}

/* Each broker coordinates one: "tx1" of producer 1001, and so on. */
static bool
list_txns(struct admin_ask *a)
{
	static const struct gw_slice ids[] = { GW_LIT("tx0"), GW_LIT("tx1"), GW_LIT("tx2"),
		GW_LIT("tx3") };
	struct gw_list_transactions_transaction_state t = {
		ids[a->b->node_id], 1000 + a->b->node_id, GW_LIT("Ongoing") };

	return reply(a, &(struct gw_list_transactions_response){ .error_code = a->code,
		.transaction_states = &t, .n_transaction_states = a->code == 0 });
}

static bool
describe_txn(struct admin_ask *a, const struct gw_describe_transactions_request *rq)
{
	int32_t parts[] = { 0, 2 };
	struct gw_describe_transactions_topic_data d = { GW_LIT("t"), parts, 2 };
	struct gw_describe_transactions_transaction_state t = { .error_code = a->code,
		.transactional_id = rq->transactional_ids[0],
		.transaction_state = GW_LIT("Ongoing"), .transaction_timeout_ms = 60000,
		.transaction_start_time_ms = 5, .producer_id = 7, .producer_epoch = 3,
		.topics = &d, .n_topics = 1 };

	return reply(a, &(struct gw_describe_transactions_response){ .transaction_states = &t,
		.n_transaction_states = 1 });
}

static bool
producers(struct admin_ask *a, const struct gw_describe_producers_request *rq)
{
	const struct gw_describe_producers_request_topic *q = &rq->topics[0];
	struct gw_describe_producers_topic t = { .name = q->name,
		.partitions = make(a, q->n_partition_indexes, sizeof(*t.partitions)),
		.n_partitions = q->n_partition_indexes };
	struct gw_describe_producers_producer_state p = { .producer_id = 9, .producer_epoch = 1,
		.last_sequence = 5, .last_timestamp = 77, .coordinator_epoch = -1,
		.current_txn_start_offset = 40 };

	for (size_t i = 0; i < q->n_partition_indexes; i++)
		t.partitions[i] = (struct gw_describe_producers_partition){
			.partition_index = q->partition_indexes[i], .error_code = a->code,
			.active_producers = &p, .n_active_producers = a->code == 0 };
	return reply(a, &(struct gw_describe_producers_response){ .topics = &t, .n_topics = 1 });
}

static bool
markers(struct admin_ask *a, const struct gw_write_txn_markers_request *rq)
{
	struct gw_write_txn_markers_partition_result p = {
		rq->markers[0].topics[0].partition_indexes[0], a->code };
	struct gw_write_txn_markers_topic_result t = { rq->markers[0].topics[0].name, &p, 1 };
	struct gw_write_txn_markers_marker_result m = { rq->markers[0].producer_id, &t, 1 };

	ck_assert(!rq->markers[0].transaction_result);
	return reply(a, &(struct gw_write_txn_markers_response){ .markers = &m, .n_markers = 1 });
}

static bool
describe_consumer(struct admin_ask *a, const struct gw_consumer_group_describe_request *rq)
{
	int32_t parts[] = { 4 };
	struct gw_consumer_group_describe_topic_partitions tp = { .topic_name = GW_LIT("t"),
		.partitions = parts, .n_partitions = 1 };
	struct gw_consumer_group_describe_member m = { .member_id = GW_LIT("m"),
		.client_id = GW_LIT("c"), .client_host = GW_LIT("/h"),
		.assignment = { &tp, 1 }, .member_type = a->h->api_version >= 1 ? 1 : -1 };
	struct gw_consumer_group_describe_group g = { .error_code = a->code,
		.group_id = rq->group_ids[0], .group_state = GW_LIT("Assigning"),
		.assignor_name = GW_LIT("uniform"), .members = &m, .n_members = 1,
		.authorized_operations = INT32_MIN };

	return reply(
	    a, &(struct gw_consumer_group_describe_response){ .groups = &g, .n_groups = 1 });
}

bool
fake_admin_answer(struct fake_broker *b, struct fake_conn *conn, const struct gw_request_header *h,
    void *body, int16_t code)
{
	struct admin_ask a = { .b = b, .h = h, .out = &conn->out, .code = code };

	switch (h->api_key) {
	case GW_API_CREATE_PARTITIONS:		return grow(&a, body);
	case GW_API_INCREMENTAL_ALTER_CONFIGS:	return alter(&a, body);
	case GW_API_ALTER_CONFIGS:		return replace(&a, body);
	case GW_API_DELETE_RECORDS:		return delete_records(&a, body);
	case GW_API_DELETE_GROUPS:		return delete_group(&a, body);
	case GW_API_OFFSET_DELETE:		return offset_delete(&a, body);
	case GW_API_LIST_TRANSACTIONS:		return list_txns(&a);
	case GW_API_DESCRIBE_TRANSACTIONS:	return describe_txn(&a, body);
	case GW_API_DESCRIBE_PRODUCERS:		return producers(&a, body);
	case GW_API_WRITE_TXN_MARKERS:		return markers(&a, body);
	case GW_API_CONSUMER_GROUP_DESCRIBE:	return describe_consumer(&a, body);
	default:
		ck_abort_msg("API %d is not played here", h->api_key);
		return false;
	}
}
