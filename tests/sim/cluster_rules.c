/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/cluster.h"

#include <stdlib.h>

#include "base/err.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_fetch.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_consumer_group_heartbeat.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_join_group.h"
#include "wire/msg_leave_group.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_metadata.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_offset_for_leader_epoch.h"
#include "wire/msg_produce.h"
#include "wire/msg_sync_group.h"
#include "wire/msg_txn_offset_commit.h"
#include "wire/record_batch.h"

#define GROUP	0	/* types of coordinators */
#define TXN	1

#define LEADER_NOT_AVAILABLE		5
#define NOT_LEADER			6
#define COORDINATOR_NOT_AVAILABLE	15
#define NOT_COORDINATOR			16

#define THROTTLE_MIN_MS	2000	/* long beside what is under way when it is told */
#define THROTTLE_MAX_MS	4000

static void *
room(struct sim_request *r, size_t n, size_t size)
{
	void *p = gw_arena_zero(&r->arena, n + 1, size);

	if (p == NULL)
		abort();
	return p;
}

static void *
new_answer(struct sim_request *r)
{
	const struct gw_api *api = gw_api_find(r->h.api_key);
	void *a = room(r, 1, api->response_size);

	gw_visit_defaults(api->response, a);
	return a;
}

/* ---- partitions ---- */

static const struct sim_seat *
part(const struct sim_front *f, int32_t index)
{
	return index < 0 || index >= SIM_PARTITIONS_MAX ? NULL : &f->cluster->seats.parts[index];
}

static int16_t
verdict(const struct sim_front *f, int32_t index, int32_t epoch)
{
	const struct sim_seat *s = part(f, index);

	if (s == NULL)
		return 0;		/* the store says what is wrong */
	if (s->node != f->id)
		return NOT_LEADER;
	if (epoch >= 0 && epoch != s->epoch)
		return epoch < s->epoch ? GW_K_FENCED_LEADER_EPOCH : GW_K_UNKNOWN_LEADER_EPOCH;
	return 0;
}

static void
refuse(struct sim_request *r, struct gw_slice topic, const struct gw_uuid *id, int32_t partition,
    int16_t error)
{
	static const struct gw_uuid none;
	struct sim_refusal *more = room(r, r->n_refused + 1, sizeof(*more));

	if (r->n_refused > 0)
		memcpy(more, r->refused, r->n_refused * sizeof(*more));
	r->refused = more;
	r->refused[r->n_refused++] =
	    (struct sim_refusal){ topic, id == NULL ? none : *id, partition, error };
}

/*
 * A node that leads no longer and has not heard of it may still judge what is produced, by a log
 * that ends behind what its successor has acknowledged.
 */
static int16_t
verdict_on_batch(struct sim_front *f, const struct gw_produce_partition_data *d)
{
	int16_t e = verdict(f, d->index, -1);
	struct gw_batch_header h;

	if (e != NOT_LEADER || f->view.parts[d->index].node != f->id ||
	    gw_batch_header_read(d->records, &h) <= 0 || h.producer_id < 0 ||
	    h.base_sequence == 0 || gw_rng_below(&f->cluster->world->rng, 2) != 0)
		return e;
	f->cluster->denials++;
	return GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
}

/* Each judge takes out what is not this node's and returns how much is left. */

static size_t
judge_produce(struct sim_front *f, struct sim_request *r, struct gw_produce_request *q)
{
	size_t left = 0, topics = 0;

	for (size_t i = 0; i < q->n_topic_data; i++) {
		struct gw_produce_topic_data *t = &q->topic_data[i];
		size_t kept = 0;

		for (size_t k = 0; k < t->n_partition_data; k++) {
			int16_t e = verdict_on_batch(f, &t->partition_data[k]);

			if (e != 0)
				refuse(r, t->name, &t->topic_id, t->partition_data[k].index, e);
			else
				t->partition_data[kept++] = t->partition_data[k];
		}
		t->n_partition_data = kept;
		left += kept;
		if (kept > 0)
			q->topic_data[topics++] = *t;
	}
	q->n_topic_data = topics;
	return left;
}

static size_t
judge_fetch(struct sim_front *f, struct sim_request *r, struct gw_fetch_request *q)
{
	size_t left = 0, topics = 0;

	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_fetch_topic *t = &q->topics[i];
		size_t kept = 0;

		for (size_t k = 0; k < t->n_partitions; k++) {
			struct gw_fetch_partition *p = &t->partitions[k];
			int16_t e = verdict(f, p->partition, p->current_leader_epoch);

			if (e != 0) {
				refuse(r, t->topic, &t->topic_id, p->partition, e);
				continue;
			}
			p->current_leader_epoch = -1;
			t->partitions[kept++] = *p;
		}
		t->n_partitions = kept;
		left += kept;
		if (kept > 0)
			q->topics[topics++] = *t;
	}
	q->n_topics = topics;
	if (r->n_refused > 0)
		q->max_wait_ms = 0;
	return left;
}

static size_t
judge_list(struct sim_front *f, struct sim_request *r, struct gw_list_offsets_request *q)
{
	size_t left = 0;

	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_list_offsets_topic *t = &q->topics[i];
		size_t kept = 0;

		for (size_t k = 0; k < t->n_partitions; k++) {
			struct gw_list_offsets_partition *p = &t->partitions[k];
			int16_t e = verdict(f, p->partition_index, p->current_leader_epoch);

			if (e != 0) {
				refuse(r, t->name, NULL, p->partition_index, e);
				continue;
			}
			p->current_leader_epoch = -1;
			t->partitions[kept++] = *p;
		}
		t->n_partitions = kept;
		left += kept;
	}
	return left;
}

static size_t
judge_epochs(struct sim_front *f, struct sim_request *r,
    struct gw_offset_for_leader_epoch_request *q)
{
	size_t left = 0;

	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_offset_for_leader_epoch_topic *t = &q->topics[i];
		size_t kept = 0;

		for (size_t k = 0; k < t->n_partitions; k++) {
			struct gw_offset_for_leader_epoch_partition *p = &t->partitions[k];
			int16_t e = verdict(f, p->partition, p->current_leader_epoch);

			if (e != 0) {
				refuse(r, t->topic, NULL, p->partition, e);
				continue;
			}
			p->current_leader_epoch = -1;
			t->partitions[kept++] = *p;
		}
		t->n_partitions = kept;
		left += kept;
	}
	return left;
}

/* ---- fetch sessions, as a broker keeps them ---- */

static int
judge_session(struct sim_front *f, struct sim_request *r, void **answer)
{
	struct gw_fetch_request *q = r->body;
	struct gw_session *s = gw_session_find(&f->sessions, q->session_id);
	int64_t now = f->cluster->world->now.us;
	bool by_id = r->h.api_version >= 13;
	int rc = 0;

	if (q->session_epoch <= 0) {
		if (s != NULL && q->session_id != 0)
			gw_session_close(&f->sessions, s);
		s = q->session_epoch == 0 && r->h.api_version >= 7 && q->n_topics > 0
		    ? gw_session_open(&f->sessions, q, by_id, now) : NULL;
	} else {
		rc = gw_session_resume(&f->sessions, q, by_id, now, &s);
		if (rc > 0) {
			struct gw_fetch_response *a = *answer = new_answer(r);

			a->error_code = (int16_t)rc;
			return 0;
		}
		r->incremental = true;
		q->topics = rc == 0 ? gw_session_topics(s, &r->arena, &q->n_topics) : NULL;
		if (q->topics == NULL)
			abort();
	}
	r->session = s == NULL ? 0 : s->id;
	q->session_id = 0;
	q->session_epoch = -1;
	q->n_forgotten_topics_data = 0;
	if (judge_fetch(f, r, q) > 0 || r->n_refused == 0)
		return 1;
	*answer = new_answer(r);
	return 0;
}

/* ---- coordinators ---- */

int32_t
sim_shard(struct gw_slice key, int8_t type)
{
	uint32_t h = (uint32_t)type * 7 + 5;

	for (size_t i = 0; i < key.len; i++)
		h = h * 31 + (uint8_t)key.ptr[i];
	return (int32_t)(h % SIM_SHARDS);
}

static struct gw_find_coordinator_coordinator
find_one(struct sim_front *f, struct gw_slice key, int8_t type)
{
	int32_t node = f->view.shards[sim_shard(key, type)].node;

	if (node == SIM_NOBODY)
		return (struct gw_find_coordinator_coordinator){ .key = key, .node_id = -1,
			.host = GW_LIT(""), .port = -1, .error_code = COORDINATOR_NOT_AVAILABLE };
	return (struct gw_find_coordinator_coordinator){ .key = key, .node_id = node,
		.host = GW_LIT("127.0.0.1"), .port = SIM_PORT + node - 1 };
}

static void
find_coordinators(struct sim_front *f, struct sim_request *r,
    struct gw_find_coordinator_response *a)
{
	const struct gw_find_coordinator_request *q = r->body;
	struct gw_find_coordinator_coordinator one;

	if (r->h.api_version < 4) {
		one = find_one(f, q->key, q->key_type);
		a->error_code = one.error_code;
		a->node_id = one.node_id;
		a->host = one.host;
		a->port = one.port;
		return;
	}
	a->coordinators = room(r, q->n_coordinator_keys, sizeof(*a->coordinators));
	for (size_t i = 0; i < q->n_coordinator_keys; i++)
		a->coordinators[a->n_coordinators++] =
		    find_one(f, q->coordinator_keys[i], q->key_type);
}

/* Errors of requests that carry them for each partition. */

static void
not_coordinator_commit(struct sim_request *r, struct gw_offset_commit_response *a)
{
	const struct gw_offset_commit_request *q = r->body;

	a->topics = room(r, q->n_topics, sizeof(*a->topics));
	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_offset_commit_topic *t = &a->topics[a->n_topics++];

		t->name = q->topics[i].name;
		t->topic_id = q->topics[i].topic_id;
		t->partitions = room(r, q->topics[i].n_partitions, sizeof(*t->partitions));
		for (size_t k = 0; k < q->topics[i].n_partitions; k++)
			t->partitions[t->n_partitions++] = (struct gw_offset_commit_partition){
				q->topics[i].partitions[k].partition_index, NOT_COORDINATOR };
	}
}

static void
not_coordinator_txn_commit(struct sim_request *r, struct gw_txn_offset_commit_response *a)
{
	const struct gw_txn_offset_commit_request *q = r->body;

	a->topics = room(r, q->n_topics, sizeof(*a->topics));
	for (size_t i = 0; i < q->n_topics; i++) {
		struct gw_txn_offset_commit_topic *t = &a->topics[a->n_topics++];

		t->name = q->topics[i].name;
		t->partitions = room(r, q->topics[i].n_partitions, sizeof(*t->partitions));
		for (size_t k = 0; k < q->topics[i].n_partitions; k++)
			t->partitions[t->n_partitions++] = (struct gw_txn_offset_commit_partition){
				q->topics[i].partitions[k].partition_index, NOT_COORDINATOR };
	}
}

static void
not_coordinator_add(struct sim_request *r, struct gw_add_partitions_to_txn_response *a)
{
	const struct gw_add_partitions_to_txn_request *q = r->body;
	size_t n = q->n_v3_and_below_topics;

	a->results_by_topic_v3_and_below =
	    room(r, n, sizeof(*a->results_by_topic_v3_and_below));
	for (size_t i = 0; i < n; i++) {
		const struct gw_add_partitions_to_txn_topic *from = &q->v3_and_below_topics[i];
		struct gw_add_partitions_to_txn_topic_result *t =
		    &a->results_by_topic_v3_and_below[a->n_results_by_topic_v3_and_below++];

		t->name = from->name;
		t->results_by_partition =
		    room(r, from->n_partitions, sizeof(*t->results_by_partition));
		for (size_t k = 0; k < from->n_partitions; k++)
			t->results_by_partition[t->n_results_by_partition++] =
			    (struct gw_add_partitions_to_txn_partition_result){
				    from->partitions[k], NOT_COORDINATOR };
	}
}

static void
not_coordinator_fetch(struct sim_request *r, struct gw_offset_fetch_response *a)
{
	const struct gw_offset_fetch_request *q = r->body;

	if (r->h.api_version < 8) {
		a->error_code = NOT_COORDINATOR;
		return;
	}
	a->groups = room(r, q->n_groups, sizeof(*a->groups));
	for (size_t i = 0; i < q->n_groups; i++) {
		a->groups[a->n_groups].group_id = q->groups[i].group_id;
		a->groups[a->n_groups++].error_code = NOT_COORDINATOR;
	}
}

static void *
not_coordinator(struct sim_request *r)
{
	void *a = new_answer(r);

	switch (r->h.api_key) {
	case GW_API_OFFSET_COMMIT:
		not_coordinator_commit(r, a);
		break;
	case GW_API_OFFSET_FETCH:
		not_coordinator_fetch(r, a);
		break;
	case GW_API_JOIN_GROUP:
		((struct gw_join_group_response *)a)->error_code = NOT_COORDINATOR;
		if (r->h.api_version < 7)
			((struct gw_join_group_response *)a)->protocol_name = GW_LIT("");
		break;
	case GW_API_HEARTBEAT:
		((struct gw_heartbeat_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_LEAVE_GROUP:
		((struct gw_leave_group_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_SYNC_GROUP:
		((struct gw_sync_group_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_CONSUMER_GROUP_HEARTBEAT:
		((struct gw_consumer_group_heartbeat_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_INIT_PRODUCER_ID:
		((struct gw_init_producer_id_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_ADD_PARTITIONS_TO_TXN:
		not_coordinator_add(r, a);
		break;
	case GW_API_ADD_OFFSETS_TO_TXN:
		((struct gw_add_offsets_to_txn_response *)a)->error_code = NOT_COORDINATOR;
		break;
	case GW_API_END_TXN:
		((struct gw_end_txn_response *)a)->error_code = NOT_COORDINATOR;
		break;
	default:
		not_coordinator_txn_commit(r, a);
		break;
	}
	return a;
}

/* Whose key it is that the request is about; false: it asks for no coordinator. */
static bool
coordinated(const struct sim_request *r, struct gw_slice *key, int8_t *type)
{
	const void *q = r->body;

	*type = GROUP;
	switch (r->h.api_key) {
	case GW_API_OFFSET_COMMIT:
		*key = ((const struct gw_offset_commit_request *)q)->group_id;
		return true;
	case GW_API_OFFSET_FETCH:
		*key = r->h.api_version < 8 ? ((const struct gw_offset_fetch_request *)q)->group_id
		    : ((const struct gw_offset_fetch_request *)q)->groups[0].group_id;
		return true;
	case GW_API_JOIN_GROUP:
		*key = ((const struct gw_join_group_request *)q)->group_id;
		return true;
	case GW_API_HEARTBEAT:
		*key = ((const struct gw_heartbeat_request *)q)->group_id;
		return true;
	case GW_API_LEAVE_GROUP:
		*key = ((const struct gw_leave_group_request *)q)->group_id;
		return true;
	case GW_API_SYNC_GROUP:
		*key = ((const struct gw_sync_group_request *)q)->group_id;
		return true;
	case GW_API_CONSUMER_GROUP_HEARTBEAT:
		*key = ((const struct gw_consumer_group_heartbeat_request *)q)->group_id;
		return true;
	case GW_API_TXN_OFFSET_COMMIT:
		*key = ((const struct gw_txn_offset_commit_request *)q)->group_id;
		return true;
	default:
		break;
	}
	*type = TXN;
	switch (r->h.api_key) {
	case GW_API_INIT_PRODUCER_ID:
		*key = ((const struct gw_init_producer_id_request *)q)->transactional_id;
		return key->ptr != NULL;
	case GW_API_ADD_PARTITIONS_TO_TXN:
		*key = ((const struct gw_add_partitions_to_txn_request *)
		    q)->v3_and_below_transactional_id;
		return true;
	case GW_API_ADD_OFFSETS_TO_TXN:
		*key = ((const struct gw_add_offsets_to_txn_request *)q)->transactional_id;
		return true;
	case GW_API_END_TXN:
		*key = ((const struct gw_end_txn_request *)q)->transactional_id;
		return true;
	default:
		return false;
	}
}

int
sim_judge(struct sim_front *f, struct sim_request *r, void **answer)
{
	struct gw_slice key;
	size_t left = 1;
	int8_t type;

	if (coordinated(r, &key, &type)) {
		r->shard = sim_shard(key, type);
		if (f->cluster->seats.shards[r->shard].node == f->id)
			return 1;
		*answer = not_coordinator(r);
		return 0;
	}
	switch (r->h.api_key) {
	case GW_API_FIND_COORDINATOR:
		*answer = new_answer(r);
		find_coordinators(f, r, *answer);
		return 0;
	case GW_API_FETCH:
		return judge_session(f, r, answer);
	case GW_API_PRODUCE:
		left = judge_produce(f, r, r->body);
		break;
	case GW_API_LIST_OFFSETS:
		left = judge_list(f, r, r->body);
		break;
	case GW_API_OFFSET_FOR_LEADER_EPOCH:
		left = judge_epochs(f, r, r->body);
		break;
	default:
		break;
	}
	if (left > 0 || r->n_refused == 0)
		return 1;
	*answer = new_answer(r);
	return 0;
}

/* ---- answers ---- */

static void
finish_versions(struct sim_front *f, struct sim_request *r, struct gw_api_versions_response *a)
{
	size_t kept = 0, features = 0;

	for (size_t i = 0; i < a->n_api_keys; i++) {
		struct gw_api_versions_api *k = &a->api_keys[i];
		int16_t min, max;

		if (!gw_release_range(f->release, k->api_key, &min, &max))
			continue;
		k->min_version = k->min_version > min ? k->min_version : min;
		k->max_version = k->max_version < max ? k->max_version : max;
		if (k->min_version <= k->max_version)
			a->api_keys[kept++] = *k;
	}
	a->n_api_keys = kept;
	for (size_t i = 0; f->release->transaction_version > 0 && i < a->n_finalized_features; i++)
		a->finalized_features[features++] = a->finalized_features[i];
	a->n_finalized_features = features;
	if (f->release->transaction_version == 0)
		a->n_supported_features = 0;
	if (r->too_new)
		a->error_code = GW_K_UNSUPPORTED_VERSION;
}

static void
finish_metadata(struct sim_front *f, struct sim_request *r, struct gw_metadata_response *a)
{
	a->brokers = room(r, SIM_NODES, sizeof(*a->brokers));
	a->n_brokers = 0;
	a->controller_id = f->id;
	for (int32_t i = 1; i <= SIM_NODES; i++)
		if (f->view.up[i])
			a->brokers[a->n_brokers++] = (struct gw_metadata_broker){ .node_id = i,
				.host = GW_LIT("127.0.0.1"), .port = SIM_PORT + i - 1 };
	for (size_t i = 0; i < a->n_topics; i++) {
		for (size_t k = 0; k < a->topics[i].n_partitions; k++) {
			struct gw_metadata_partition *p = &a->topics[i].partitions[k];
			const struct sim_seat *s = &f->view.parts[p->partition_index];

			p->leader_id = s->node == SIM_NOBODY ? -1 : s->node;
			p->leader_epoch = r->h.api_version >= 7 ? s->epoch : -1;
			if (s->node == SIM_NOBODY)
				p->error_code = LEADER_NOT_AVAILABLE;
		}
	}
}

/* Whether a leader that has lost its place says so of what the store has taken. */
static bool
lost_place(struct sim_front *f, int32_t partition)
{
	return verdict(f, partition, -1) != 0 && gw_rng_below(&f->cluster->world->rng, 2) == 0;
}

static void
finish_produce(struct sim_front *f, struct sim_request *r, struct gw_produce_response *a)
{
	struct gw_produce_topic_response *all =
	    room(r, a->n_responses + r->n_refused, sizeof(*all));

	for (size_t i = 0; i < a->n_responses; i++) {
		all[i] = a->responses[i];
		for (size_t k = 0; k < all[i].n_partition_responses; k++)
			if (lost_place(f, all[i].partition_responses[k].index)) {
				all[i].partition_responses[k].error_code = NOT_LEADER;
				all[i].partition_responses[k].base_offset = -1;
			}
	}
	for (size_t i = 0; i < r->n_refused; i++) {
		struct gw_produce_partition_response *p = room(r, 1, sizeof(*p));

		*p = (struct gw_produce_partition_response){ .index = r->refused[i].partition,
			.error_code = r->refused[i].error, .base_offset = -1,
			.log_append_time_ms = -1, .log_start_offset = -1,
			.current_leader = { -1, -1 } };
		all[a->n_responses + i] = (struct gw_produce_topic_response){
			.name = r->refused[i].topic, .topic_id = r->refused[i].id,
			.partition_responses = p, .n_partition_responses = 1 };
	}
	a->responses = all;
	a->n_responses += r->n_refused;
}

static struct gw_fetch_partition_response
fetch_refusal(int32_t partition, int16_t error)
{
	return (struct gw_fetch_partition_response){ .partition_index = partition,
		.error_code = error, .high_watermark = -1, .last_stable_offset = -1,
		.log_start_offset = -1, .diverging_epoch = { -1, -1 },
		.current_leader = { -1, -1 }, .snapshot_id = { -1, -1 },
		.preferred_read_replica = -1, .n_aborted_transactions = GW_NULL_ARRAY,
		.records = GW_LIT("") };
}

static void
finish_fetch(struct sim_front *f, struct sim_request *r, struct gw_fetch_response *a)
{
	struct gw_fetch_topic_response *all = room(r, a->n_responses + r->n_refused, sizeof(*all));
	struct gw_session *s =
	    r->session == 0 ? NULL : gw_session_find(&f->sessions, r->session);
	size_t n = 0;

	if (a->error_code != 0)
		return;
	for (size_t i = 0; i < a->n_responses; i++)
		all[n++] = a->responses[i];
	for (size_t i = 0; i < r->n_refused; i++) {
		struct gw_fetch_partition_response *p = room(r, 1, sizeof(*p));

		*p = fetch_refusal(r->refused[i].partition, r->refused[i].error);
		all[n++] = (struct gw_fetch_topic_response){ .topic = r->refused[i].topic,
			.topic_id = r->refused[i].id, .partitions = p, .n_partitions = 1 };
	}
	a->responses = all;
	a->n_responses = 0;
	a->session_id = s == NULL ? 0 : s->id;
	for (size_t i = 0; i < n; i++) {
		size_t kept = 0;

		for (size_t k = 0; k < all[i].n_partitions; k++) {
			struct gw_fetch_partition_response *p = &all[i].partitions[k];
			int16_t e = p->error_code == 0 ? verdict(f, p->partition_index, -1) : 0;

			if (e != 0)
				*p = fetch_refusal(p->partition_index, e);
			if (s == NULL || !gw_session_knows(s, &all[i], p) || !r->incremental)
				all[i].partitions[kept++] = *p;
		}
		all[i].n_partitions = kept;
		if (kept > 0)
			all[a->n_responses++] = all[i];
	}
}

static void
finish_list(struct sim_request *r, struct gw_list_offsets_response *a)
{
	struct gw_list_offsets_topic_response *all =
	    room(r, a->n_topics + r->n_refused, sizeof(*all));

	if (a->n_topics > 0)
		memcpy(all, a->topics, a->n_topics * sizeof(*all));
	for (size_t i = 0; i < r->n_refused; i++) {
		struct gw_list_offsets_partition_response *p = room(r, 1, sizeof(*p));

		*p = (struct gw_list_offsets_partition_response){ r->refused[i].partition,
			r->refused[i].error, -1, -1, -1 };
		all[a->n_topics++] = (struct gw_list_offsets_topic_response){
			.name = r->refused[i].topic, .partitions = p, .n_partitions = 1 };
	}
	a->topics = all;
}

static void
finish_epochs(struct sim_request *r, struct gw_offset_for_leader_epoch_response *a)
{
	struct gw_offset_for_leader_epoch_topic_result *all =
	    room(r, a->n_topics + r->n_refused, sizeof(*all));

	if (a->n_topics > 0)
		memcpy(all, a->topics, a->n_topics * sizeof(*all));
	for (size_t i = 0; i < r->n_refused; i++) {
		struct gw_offset_for_leader_epoch_end_offset *p = room(r, 1, sizeof(*p));

		*p = (struct gw_offset_for_leader_epoch_end_offset){ r->refused[i].error,
			r->refused[i].partition, -1, -1 };
		all[a->n_topics++] = (struct gw_offset_for_leader_epoch_topic_result){
			.topic = r->refused[i].topic, .partitions = p, .n_partitions = 1 };
	}
	a->topics = all;
}

static int32_t
draw_throttle(struct sim_front *f)
{
	struct gw_rng *rng = &f->cluster->world->rng;

	if (f->cluster->p_throttle == 0 || gw_rng_unit(rng) >= f->cluster->p_throttle)
		return 0;
	return THROTTLE_MIN_MS + (int32_t)gw_rng_below(rng, THROTTLE_MAX_MS - THROTTLE_MIN_MS);
}

bool
sim_finish(struct sim_front *f, struct sim_request *r, void *answer)
{
	/* Told by one who is not in charge any more it would be told twice. */
	if (r->shard >= 0 && f->cluster->seats.shards[r->shard].node != f->id &&
	    (r->h.api_key == GW_API_JOIN_GROUP || r->h.api_key == GW_API_SYNC_GROUP))
		return false;
	switch (r->h.api_key) {
	case GW_API_API_VERSIONS:
		finish_versions(f, r, answer);
		break;
	case GW_API_METADATA:
		finish_metadata(f, r, answer);
		break;
	case GW_API_PRODUCE:
		finish_produce(f, r, answer);
		r->throttle_ms = ((struct gw_produce_response *)answer)->throttle_time_ms =
		    draw_throttle(f);
		break;
	case GW_API_FETCH:
		finish_fetch(f, r, answer);
		r->throttle_ms = ((struct gw_fetch_response *)answer)->throttle_time_ms =
		    draw_throttle(f);
		break;
	case GW_API_LIST_OFFSETS:
		finish_list(r, answer);
		break;
	case GW_API_OFFSET_FOR_LEADER_EPOCH:
		finish_epochs(r, answer);
		break;
	default:
		break;
	}
	return true;
}
