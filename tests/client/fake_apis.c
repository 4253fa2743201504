/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake_apis.c - what the brokers of fake.h answer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/client/fake.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_fetch.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_group_protocol.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_join_group.h"
#include "wire/msg_leave_group.h"
#include "wire/msg_list_groups.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_metadata.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_offset_for_leader_epoch.h"
#include "wire/msg_produce.h"
#include "wire/msg_sasl_authenticate.h"
#include "wire/msg_sasl_handshake.h"
#include "wire/msg_sync_group.h"
#include "wire/sasl.h"

/* One request being answered. */
struct ask {
	struct fake_broker		*b;
	struct fake_world		*w;
	struct fake_conn		*conn;
	const struct gw_request_header	*h;
	struct fake_seen		*seen;
	int16_t				 code;		/* to answer with; 0: well */
	bool				 take;		/* do what is asked */
	int32_t				 throttle_ms;
	size_t				 fetched;	/* bytes of records so far */
};

static void *
make(struct ask *a, size_t n, size_t size)
{
	void *p = gw_arena_zero(&a->w->arena, n + 1, size);

	ck_assert_ptr_nonnull(p);
	return p;
}

static bool
reply(struct ask *a, const void *body)
{
	struct gw_err err;
	int rc = gw_response_encode(
	    &a->conn->out, a->h->api_key, a->h->api_version, a->h->correlation_id, body, &err);

	ck_assert_msg(rc == 0, "answer: %s", err.msg);
	return true;
}

static struct fake_topic *
topic_of(struct fake_world *w, struct gw_slice name)
{
	for (size_t i = 0; i < w->n_topics; i++)
		if (gw_slice_is(name, w->topics[i].name))
			return &w->topics[i];
	return NULL;
}

static struct fake_part *
part_of(struct fake_world *w, struct gw_slice name, int32_t index)
{
	struct fake_topic *t = topic_of(w, name);

	return t == NULL || index < 0 || index >= t->n_parts ? NULL : &t->parts[index];
}

/* ---- ApiVersions, Metadata, FindCoordinator ---- */

static bool
api_versions(struct ask *a)
{
	struct gw_api_versions_response r = { .finalized_features_epoch = -1 };
	struct gw_api_versions_api *apis = make(a, gw_n_apis, sizeof(*apis)),
				   *only = make(a, 1, sizeof(*only));
	struct gw_api_versions_finalized_feature *feature = make(a, 2, sizeof(*feature));
	struct gw_request_header old = *a->h;
	struct gw_err err;

	for (size_t i = 0; i < gw_n_apis; i++) {
		int16_t max = a->b->max[gw_apis[i].key];

		if (max == -2)
			continue;	/* not offered at all */
		apis[r.n_api_keys++] = (struct gw_api_versions_api){ gw_apis[i].key,
			gw_apis[i].key == GW_API_PRODUCE ? 0 : gw_apis[i].min,
			max >= 0 ? max : gw_apis[i].max };
	}
	r.api_keys = apis;
	if (a->h->api_version > 0 &&
	    (a->b->versions == FAKE_V_35_RANGE || a->b->versions == FAKE_V_35_EMPTY)) {
		r.error_code = GW_K_UNSUPPORTED_VERSION;
		*only = (struct gw_api_versions_api){ GW_API_API_VERSIONS, 0, 2 };
		r.api_keys = only;
		r.n_api_keys = a->b->versions == FAKE_V_35_RANGE;
		old.api_version = 0;
		ck_assert_int_eq(
		    gw_response_encode(&a->conn->out, old.api_key, 0, old.correlation_id, &r, &err),
		    0);
		return true;
	}
	r.error_code = a->code;
	r.finalized_features = feature;
	if (a->h->api_version >= 3 && a->w->txn.version > 0)
		feature[r.n_finalized_features++] = (struct gw_api_versions_finalized_feature){
		    GW_LIT("transaction.version"), a->w->txn.version, 0 };
	if (a->h->api_version >= 3 && a->w->consumer_group.version > 0)
		feature[r.n_finalized_features++] = (struct gw_api_versions_finalized_feature){
		    GW_LIT("group.version"), a->w->consumer_group.version, 0 };
	if (r.n_finalized_features > 0)
		r.finalized_features_epoch = 1;
	r.throttle_time_ms = a->h->api_version > 0 ? a->throttle_ms : 0;
	return reply(a, &r);
}

static void
describe_topic(struct ask *a, const struct fake_topic *t, struct gw_metadata_topic *m)
{
	static int32_t nodes[] = { 1, 2, 3 };

	m->name = gw_str(t->name);
	m->error_code = t->error;
	m->topic_authorized_operations = INT32_MIN;
	if (a->h->api_version >= 10 && !a->w->without_ids &&
	    t->error != GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		m->topic_id = fake_topic_id(a->w, t);
	if (t->error != 0)
		return;
	m->n_partitions = (size_t)t->n_parts;
	m->partitions = make(a, m->n_partitions, sizeof(*m->partitions));
	for (int32_t i = 0; i < t->n_parts; i++)
		m->partitions[i] = (struct gw_metadata_partition){ .partition_index = i,
			.leader_id = t->parts[i].leader,
			.leader_epoch = a->h->api_version >= 7 ? t->parts[i].epoch : -1,
			.error_code = t->parts[i].leader < 0 ? GW_K_LEADER_NOT_AVAILABLE : 0,
			.replica_nodes = nodes,
			.n_replica_nodes = a->w->n_brokers,
			.isr_nodes = nodes,
			.n_isr_nodes = a->w->n_brokers };
}

/* By its name, or from v12 on by its id. */
static struct fake_topic *
topic_asked(struct ask *a, const struct gw_metadata_request_topic *q)
{
	struct gw_uuid id;

	if (q->name.ptr != NULL)
		return topic_of(a->w, q->name);
	ck_assert_int_ge(a->h->api_version, 12);
	for (size_t i = 0; i < a->w->n_topics; i++) {
		id = fake_topic_id(a->w, &a->w->topics[i]);
		if (memcmp(&id, &q->topic_id, sizeof(id)) == 0)
			return &a->w->topics[i];
	}
	return NULL;
}

static bool
metadata(struct ask *a, const struct gw_metadata_request *rq)
{
	struct gw_metadata_response r = { .controller_id = 1, .cluster_id = GW_LIT("fake"),
	    .throttle_time_ms = a->throttle_ms, .cluster_authorized_operations = INT32_MIN,
	    .error_code = a->h->api_version >= 13 ? a->code : 0 };
	bool all = rq->n_topics == GW_NULL_ARRAY;
	size_t n = all ? a->w->n_topics : rq->n_topics;

	a->seen->n_topics = n;
	r.brokers = make(a, a->w->n_brokers, sizeof(*r.brokers));
	for (size_t i = 0; i < a->w->n_brokers; i++) {
		char *name = make(a, 16, 1);

		if (a->w->brokers[i].unnamed && a->b != &a->w->brokers[i])
			continue;
		(void)snprintf(name, 16, "b%d", (int)i + 1);
		r.brokers[r.n_brokers++] = (struct gw_metadata_broker){ .node_id = (int32_t)i + 1,
		    .host = gw_str(name), .port = FAKE_PORT + (int32_t)i };
	}
	r.topics = make(a, n, sizeof(*r.topics));
	for (size_t i = 0; i < n; i++) {
		struct fake_topic *t = all ? &a->w->topics[i] : topic_asked(a, &rq->topics[i]);

		if (t != NULL)
			describe_topic(a, t, &r.topics[i]);
		else
			r.topics[i] = (struct gw_metadata_topic){ .name = rq->topics[i].name,
				.error_code = GW_K_UNKNOWN_TOPIC_OR_PARTITION,
				.topic_authorized_operations = INT32_MIN };
		if (a->code != 0 && !all)
			r.topics[i].error_code = a->code;
	}
	r.n_topics = n;
	return reply(a, &r);
}

static bool
find_coordinator(struct ask *a, const struct gw_find_coordinator_request *rq)
{
	struct gw_find_coordinator_coordinator *k = make(a, 1, sizeof(*k));
	struct gw_find_coordinator_response r = { .n_coordinators = 0 };
	int32_t node = rq->key_type == 1 ? a->w->txn.coordinator : a->w->group.coordinator;
	char *name = make(a, 16, 1);

	(void)snprintf(name, 16, "b%d", (int)node);
	*k = (struct gw_find_coordinator_coordinator){ .node_id = node,
		.host = gw_str(name),
		.port = FAKE_PORT + node - 1,
		.error_code = a->code };
	if (a->h->api_version >= 4) {
		k->key = rq->coordinator_keys[0];
		r.coordinators = k;
		r.n_coordinators = 1;
	} else {
		r.node_id = k->node_id;
		r.host = k->host;
		r.port = k->port;
		r.error_code = a->code;
	}
	return reply(a, &r);
}

/* ---- produce ---- */

static bool
init_producer_id(struct ask *a)
{
	struct gw_init_producer_id_response r = { .error_code = a->code, .producer_id = -1,
	    .ongoing_txn_producer_id = -1, .ongoing_txn_producer_epoch = -1 };

	if (a->code == 0)
		r.producer_id = a->w->next_producer_id++;
	return reply(a, &r);
}

/*
 * As the broker's rules are: the last five batches of a producer tell duplicates; else it must be
 * the next.
 */
static int16_t
check_sequence(struct fake_part *p, const struct gw_batch_header *h, int64_t *base_offset)
{
	const struct fake_batch *last = NULL;
	unsigned n = 0;

	if (h->producer_id < 0)
		return 0;
	if (p->lost) {
		p->lost = false;
		p->forgot = true;
		return GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
	}
	for (size_t i = p->n_batches; i-- > 0 && n < 5 && !p->forgot; ) {
		const struct fake_batch *b = &p->batches[i];

		if (b->producer_id != h->producer_id || (b->attributes & GW_BATCH_CONTROL) != 0)
			continue;
		if (last == NULL)
			last = b;
		n++;
		if (b->epoch == h->producer_epoch && b->sequence == h->base_sequence &&
		    b->n == h->n_records) {
			*base_offset = b->base_offset;
			return GW_K_DUPLICATE_SEQUENCE_NUMBER;
		}
	}
	if (last == NULL)
		return 0;		/* nothing is known of this producer: any sequence begins */
	if (h->producer_epoch < last->epoch)
		return GW_K_INVALID_PRODUCER_EPOCH;
	if (h->producer_epoch > last->epoch)
		return h->base_sequence == 0 ? 0 : GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
	return (uint32_t)h->base_sequence ==
		       (((uint32_t)last->sequence + (uint32_t)last->n) & INT32_MAX)
		   ? 0
		   : GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
}

static int16_t
append(struct ask *a, struct gw_slice topic, const struct gw_produce_partition_data *d,
    int64_t *base_offset)
{
	struct fake_part *p = part_of(a->w, topic, d->index);
	struct gw_slice records = d->records;
	struct gw_batch_header h;
	int16_t code = 0;

	ck_assert_int_eq(gw_batch_header_read(records, &h), (int64_t)records.len);
	ck_assert_int_eq(gw_batch_check(records), 0);
	ck_assert_int_eq(h.last_offset_delta, h.n_records - 1);
	if ((h.attributes & GW_BATCH_TRANSACTIONAL) != 0)
		code = fake_txn_produce(a->w, a->h->api_version, topic, d->index, &h);
	if (code == 0)
		code = check_sequence(p, &h, base_offset);
	if (code == GW_K_DUPLICATE_SEQUENCE_NUMBER)
		return 0;		/* a broker that still knows the offset answers well */
	if (code != 0)
		return code;
	p->forgot = false;
	*base_offset = p->end;
	fake_append(a->w, p, (const uint8_t *)records.ptr, records.len);
	return 0;
}

static void
note_produce(struct ask *a, const struct gw_produce_request *rq)
{
	const struct gw_produce_partition_data *d = &rq->topic_data[0].partition_data[0];
	struct gw_batch_header h;

	ck_assert_int_gt(gw_batch_header_read(d->records, &h), 0);
	a->seen->partition = d->index;
	a->seen->sequence = h.base_sequence;
	a->seen->epoch = h.producer_epoch;
	a->seen->producer_id = h.producer_id;
	a->seen->n_records = h.n_records;
	for (size_t t = 0; t < rq->n_topic_data; t++)
		a->seen->n_parts += (int32_t)rq->topic_data[t].n_partition_data;
}

static void
produce_part(struct ask *a, struct gw_slice topic, const struct gw_produce_partition_data *d,
    struct gw_produce_partition_response *r)
{
	struct fake_part *p = part_of(a->w, topic, d->index);
	int16_t code = 0;

	*r = (struct gw_produce_partition_response){ .index = d->index, .base_offset = -1,
	    .log_append_time_ms = -1, .log_start_offset = -1, .current_leader = { -1, -1 } };
	if (p == NULL)
		code = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	else if (p->leader != a->b->node_id)
		code = GW_K_NOT_LEADER_OR_FOLLOWER;
	else if (topic_of(a->w, topic)->batch_max > 0 &&
	    d->records.len > topic_of(a->w, topic)->batch_max)
		code = GW_K_MESSAGE_TOO_LARGE;
	else if (a->take)
		code = append(a, topic, d, &r->base_offset);
	if (code == GW_K_NOT_LEADER_OR_FOLLOWER && a->h->api_version >= 10)
		r->current_leader = (struct gw_produce_leader){ p->leader, p->epoch };
	r->error_code = a->code != 0 ? a->code : code;
	if (r->error_code != 0)
		r->base_offset = -1;
}

static bool
produce(struct ask *a, const struct gw_produce_request *rq)
{
	struct gw_produce_response r = { .throttle_time_ms = a->throttle_ms,
	    .n_responses = rq->n_topic_data };

	note_produce(a, rq);
	r.responses = make(a, rq->n_topic_data, sizeof(*r.responses));
	for (size_t t = 0; t < rq->n_topic_data; t++) {
		const struct gw_produce_topic_data *d = &rq->topic_data[t];
		struct gw_produce_topic_response *rt = &r.responses[t];

		rt->name = d->name;
		rt->n_partition_responses = d->n_partition_data;
		rt->partition_responses =
		    make(a, d->n_partition_data, sizeof(*rt->partition_responses));
		for (size_t i = 0; i < d->n_partition_data; i++)
			produce_part(
			    a, d->name, &d->partition_data[i], &rt->partition_responses[i]);
	}
	return rq->acks == 0 ? true : reply(a, &r);
}

/* ---- fetch ---- */

static struct gw_slice
records_from(struct ask *a, const struct fake_part *p, int64_t offset, int64_t end,
    size_t max_bytes)
{
	size_t len = 0, at = 0;
	char *all;

	for (size_t i = 0; i < p->n_batches; i++)
		len += p->batches[i].len;
	all = make(a, len, 1);
	for (size_t i = 0; i < p->n_batches; i++) {
		const struct fake_batch *b = &p->batches[i];
		int64_t next = i + 1 < p->n_batches ? p->batches[i + 1].base_offset : p->end;

		if (next <= offset)
			continue;
		if (b->base_offset >= end)
			break;
		/* The first batch of all comes whole (KIP-74). */
		if (at + a->fetched > 0 && at + b->len > max_bytes)
			break;
		memcpy(all + at, b->bytes, b->len);
		at += b->len;
	}
	return (struct gw_slice){ all, at };
}

/* Where the newest epoch up to this one ends in the log; LeaderEpochFileCache.java. */
static struct gw_fetch_epoch_end_offset
epoch_end(const struct fake_part *p, int32_t epoch)
{
	struct gw_fetch_epoch_end_offset e = { -1, -1 };

	if (epoch > p->epoch)
		return e;
	e.end_offset = p->end;
	for (size_t i = 0; i < p->n_batches; i++) {
		struct gw_batch_header h;

		ck_assert_int_gt(gw_batch_header_read((struct gw_slice){
		    (const char *)p->batches[i].bytes, p->batches[i].len }, &h), 0);
		if (h.leader_epoch > epoch) {
			e.end_offset = h.base_offset;
			break;
		}
		e.epoch = h.leader_epoch;
	}
	if (epoch == p->epoch)
		e.epoch = epoch;
	return e;
}

static bool
fetch_part(struct ask *a, struct gw_slice topic, int32_t index, int64_t offset,
    struct gw_fetch_partition_response *r)
{
	struct fake_part *p = part_of(a->w, topic, index);
	size_t t = (size_t)(topic_of(a->w, topic) - a->w->topics);
	int32_t last = a->b->session_last[t][index], leader = a->b->session_leader[t][index];
	struct gw_fetch_epoch_end_offset agreed;

	*r = (struct gw_fetch_partition_response){ .partition_index = index, .high_watermark = -1,
	    .last_stable_offset = -1, .log_start_offset = -1, .diverging_epoch = { -1, -1 },
	    .current_leader = { -1, -1 }, .snapshot_id = { -1, -1 }, .preferred_read_replica = -1,
	    .n_aborted_transactions = GW_NULL_ARRAY, .records = { "", 0 } };
	if (p != NULL && p->leader == a->b->node_id && leader >= 0 && leader != p->epoch) {
		r->error_code = leader > p->epoch ? GW_K_UNKNOWN_LEADER_EPOCH :
		    GW_K_FENCED_LEADER_EPOCH;
		return true;
	}
	if (p == NULL || (p->leader != a->b->node_id && p->near != a->b->node_id)) {
		r->error_code =
		    p == NULL ? GW_K_UNKNOWN_TOPIC_OR_PARTITION : GW_K_NOT_LEADER_OR_FOLLOWER;
		if (p != NULL && a->h->api_version >= 12)
			r->current_leader = (struct gw_fetch_leader){ p->leader, p->epoch };
		return true;
	}
	if (p->near > 0 && p->near != a->b->node_id && a->h->api_version >= 11) {
		r->preferred_read_replica = p->near;
		r->high_watermark = p->end;
		return true;
	}
	r->high_watermark = r->last_stable_offset =
	    p->near == a->b->node_id && p->near_end > 0 ? p->near_end : p->end;
	r->log_start_offset = p->start;
	agreed = epoch_end(p, last);
	if (a->h->api_version >= 12 && last >= 0 &&
	    (agreed.epoch < last || agreed.end_offset < offset)) {
		if (agreed.end_offset < 0)
			r->error_code = GW_K_OFFSET_OUT_OF_RANGE;
		else
			r->diverging_epoch = agreed;
		return true;
	}
	if (offset < p->start || offset > p->end) {
		r->error_code = GW_K_OFFSET_OUT_OF_RANGE;
		return true;
	}
	r->records = records_from(a, p, offset, r->high_watermark,
	    a->fetched > (size_t)a->b->fetch_max ? 0 : (size_t)a->b->fetch_max - a->fetched);
	a->fetched += r->records.len;
	return r->records.len > 0;
}

/* Aborted transactions, as far as a marker says so: all before it of that producer. */
static void
fetch_aborted(struct ask *a, struct gw_slice topic, struct gw_fetch_partition_response *r)
{
	const struct fake_part *p = part_of(a->w, topic, r->partition_index);

	r->aborted_transactions = make(a, FAKE_BATCHES, sizeof(*r->aborted_transactions));
	r->n_aborted_transactions = 0;
	for (size_t i = 0; p != NULL && i < p->n_batches; i++) {
		const struct fake_batch *m = &p->batches[i];
		size_t from = 0;

		if ((m->attributes & GW_BATCH_CONTROL) == 0 || m->bytes[m->len - 9] != 0)
			continue;

		for (size_t j = 0; j < i; j++)
			if (p->batches[j].producer_id == m->producer_id &&
			    (p->batches[j].attributes & GW_BATCH_CONTROL) != 0)
				from = j + 1;
		for (size_t j = from; j < i; j++)
			if (p->batches[j].producer_id == m->producer_id) {
				/* Backwards, as not all brokers sort it. */
				memmove(r->aborted_transactions + 1, r->aborted_transactions,
				    r->n_aborted_transactions * sizeof(*r->aborted_transactions));
				r->aborted_transactions[0] = (struct gw_fetch_aborted_transaction){
				    m->producer_id, p->batches[j].base_offset };
				r->n_aborted_transactions++;
				break;
			}
	}
}

static void
session_take(struct ask *a, const struct gw_fetch_request *rq)
{
	struct fake_broker *b = a->b;

	b->fetch_max = rq->max_bytes;
	if (rq->session_epoch <= 0)
		memset(b->session_at, 0xff, sizeof(b->session_at));
	for (size_t t = 0; t < rq->n_forgotten_topics_data; t++) {
		const struct gw_fetch_forgotten_topic *q = &rq->forgotten_topics_data[t];
		const struct fake_topic *ft = topic_of(a->w, q->topic);

		for (size_t i = 0; ft != NULL && i < q->n_partitions; i++)
			b->session_at[ft - a->w->topics][q->partitions[i]] = -1;
		a->seen->n_forgotten += (int32_t)q->n_partitions;
	}
	for (size_t t = 0; t < rq->n_topics; t++) {
		const struct gw_fetch_topic *q = &rq->topics[t];
		const struct fake_topic *ft = topic_of(a->w, q->topic);

		for (size_t i = 0; ft != NULL && i < q->n_partitions; i++) {
			const struct gw_fetch_partition *d = &q->partitions[i];

			if (d->partition < ft->n_parts) {
				b->session_at[ft - a->w->topics][d->partition] = d->fetch_offset;
				b->session_last[ft - a->w->topics][d->partition] =
				    d->last_fetched_epoch;
				b->session_leader[ft - a->w->topics][d->partition] =
				    d->current_leader_epoch;
			}
			a->seen->offset = d->fetch_offset;
		}
		a->seen->n_parts += (int32_t)q->n_partitions;
	}
}

/*
 * Everything of the session; in a full answer also what has no records. Returns whether there is
 * news.
 */
static bool
fetch_answer(struct ask *a, bool full, int8_t isolation, struct gw_fetch_response *r)
{
	bool news = false;

	r->responses = make(a, a->w->n_topics, sizeof(*r->responses));
	for (size_t t = 0; t < a->w->n_topics; t++) {
		struct gw_fetch_topic_response *rt = &r->responses[r->n_responses];

		rt->topic = gw_str(a->w->topics[t].name);
		rt->partitions = make(a, FAKE_PARTS, sizeof(*rt->partitions));
		rt->n_partitions = 0;
		for (int32_t i = 0; i < a->w->topics[t].n_parts; i++) {
			struct gw_fetch_partition_response *rp = &rt->partitions[rt->n_partitions];
			bool has;

			if (a->b->session_at[t][i] < 0)
				continue;
			has = fetch_part(a, rt->topic, i, a->b->session_at[t][i], rp);
			if (has && isolation != 0)
				fetch_aborted(a, rt->topic, rp);
			rt->n_partitions += has || full;
			news |= has;
		}
		r->n_responses += rt->n_partitions > 0;
	}
	return news;
}

static bool
fetch(struct ask *a, const struct gw_fetch_request *rq)
{
	struct gw_fetch_response r = { .error_code = a->code, .throttle_time_ms = a->throttle_ms };
	bool full = rq->session_epoch <= 0, news;

	a->seen->session_id = rq->session_id;
	a->seen->session_epoch = rq->session_epoch;
	if (a->code == 0 && !full && (rq->session_id != a->b->session_id || a->b->session_id == 0))
		r.error_code = GW_K_FETCH_SESSION_ID_NOT_FOUND;
	else if (a->code == 0 && !full && rq->session_epoch != a->b->session_epoch + 1)
		r.error_code = GW_K_INVALID_FETCH_SESSION_EPOCH;
	session_take(a, rq);
	if (r.error_code != 0)
		return reply(a, &r);
	if (full)
		a->b->session_id = rq->session_id == 0 ? 77 : rq->session_id + 1;
	a->b->session_epoch = full ? 0 : rq->session_epoch;
	r.session_id = a->b->session_id;
	news = fetch_answer(a, full, rq->isolation_level, &r);
	if (!news && rq->max_wait_ms > 0)
		for (size_t i = 0; i < FAKE_HELD; i++)
			if (a->b->held[i].conn == NULL) {
				a->b->held[i] = (struct fake_held){ a->conn,
				    a->w->now.us + rq->max_wait_ms * 1000, *a->h };
				return false;
			}
	return reply(a, &r);
}

bool
fake_answer_held(struct fake_broker *b, struct fake_held *held)
{
	struct ask a = { .b = b, .w = b->world, .conn = held->conn, .h = &held->header };
	struct gw_fetch_response r = { .session_id = b->session_id };

	gw_arena_reset(&b->world->arena);
	if (!fetch_answer(&a, false, 0, &r) && b->world->now.us < held->until_us)
		return false;
	return reply(&a, &r);
}

static bool
offset_for_leader_epoch(struct ask *a, const struct gw_offset_for_leader_epoch_request *rq)
{
	struct gw_offset_for_leader_epoch_response r = { .n_topics = rq->n_topics };

	r.topics = make(a, rq->n_topics, sizeof(*r.topics));
	for (size_t t = 0; t < rq->n_topics; t++) {
		r.topics[t].topic = rq->topics[t].topic;
		r.topics[t].n_partitions = rq->topics[t].n_partitions;
		r.topics[t].partitions =
		    make(a, rq->topics[t].n_partitions, sizeof(*r.topics[t].partitions));
		for (size_t i = 0; i < rq->topics[t].n_partitions; i++) {
			const struct gw_offset_for_leader_epoch_partition *q =
			    &rq->topics[t].partitions[i];
			struct fake_part *p = part_of(a->w, rq->topics[t].topic, q->partition);
			struct gw_fetch_epoch_end_offset e = { -1, -1 };
			int16_t code = a->code;

			ck_assert_ptr_nonnull(p);
			if (code == 0 && q->current_leader_epoch != p->epoch)
				code = GW_K_FENCED_LEADER_EPOCH;
			if (code == 0)
				e = epoch_end(p, q->leader_epoch);
			r.topics[t].partitions[i] = (struct gw_offset_for_leader_epoch_end_offset){
			    .error_code = code, .partition = q->partition,
			    .leader_epoch = e.epoch, .end_offset = e.end_offset };
		}
	}
	return reply(a, &r);
}

static bool
list_offsets(struct ask *a, const struct gw_list_offsets_request *rq)
{
	struct gw_list_offsets_response r = { .n_topics = rq->n_topics };

	r.topics = make(a, rq->n_topics, sizeof(*r.topics));
	for (size_t t = 0; t < rq->n_topics; t++) {
		const struct gw_list_offsets_topic *q = &rq->topics[t];

		r.topics[t].name = q->name;
		r.topics[t].n_partitions = q->n_partitions;
		r.topics[t].partitions = make(a, q->n_partitions, sizeof(*r.topics[t].partitions));
		for (size_t i = 0; i < q->n_partitions; i++) {
			struct fake_part *p =
			    part_of(a->w, q->name, q->partitions[i].partition_index);
			bool ours = p != NULL && p->leader == a->b->node_id;

			r.topics[t].partitions[i] = (struct gw_list_offsets_partition_response){
				.partition_index = q->partitions[i].partition_index,
				.timestamp = -1,
				.leader_epoch = a->h->api_version >= 4 && ours ? p->epoch : -1,
				.error_code = a->code != 0 ? a->code
					      : ours	   ? 0
							   : GW_K_NOT_LEADER_OR_FOLLOWER,
				.offset = !ours || a->code != 0		     ? -1
					  : q->partitions[i].timestamp == -1 ? p->end
									     : p->start
			};
		}
	}
	return reply(a, &r);
}

/* ---- the group ---- */

static bool
join_group(struct ask *a, const struct gw_join_group_request *rq)
{
	struct fake_group *g = &a->w->group;
	struct gw_join_group_response r = { .error_code = a->code, .generation_id = -1,
	    .protocol_name = GW_LIT(""), .leader = GW_LIT(""), .member_id = rq->member_id };
	struct gw_join_group_member *m = make(a, 2, sizeof(*m));

	if (a->code == 0 && rq->member_id.len == 0)
		(void)snprintf(g->member, sizeof(g->member), "member-%d", (int)g->generation);
	if (a->code == 0 && rq->member_id.len == 0 && g->need_member_id && a->h->api_version >= 4) {
		r.error_code = GW_K_MEMBER_ID_REQUIRED;
		r.member_id = gw_str(g->member);
	}
	if (r.error_code != 0)
		return reply(a, &r);
	r.generation_id = ++g->generation;
	r.member_id = gw_str(g->member);
	r.leader = g->leader == NULL ? r.member_id : gw_str(g->leader);
	r.protocol_name = rq->protocols[0].name;
	g->heartbeat = 0;
	g->metadata_len[0] = rq->protocols[0].metadata.len;
	ck_assert_uint_le(g->metadata_len[0], sizeof(g->metadata[0]));
	memcpy(g->metadata[0], rq->protocols[0].metadata.ptr, g->metadata_len[0]);
	if (g->leader == NULL) {
		m[0] = (struct gw_join_group_member){ .member_id = r.member_id,
		    .metadata = rq->protocols[0].metadata };
		m[1] = (struct gw_join_group_member){ .member_id = GW_LIT("aaa"),
		    .metadata = rq->protocols[0].metadata };
		if (g->metadata_len[1] > 0)
			m[1].metadata =
			    (struct gw_slice){ (const char *)g->metadata[1], g->metadata_len[1] };
		r.members = m;
		r.n_members = g->has_other ? 2 : 1;
	}
	return reply(a, &r);
}

static bool
sync_group(struct ask *a, const struct gw_sync_group_request *rq)
{
	struct fake_group *g = &a->w->group;
	struct gw_sync_group_response r = { .error_code = a->code, .assignment = { "", 0 } };

	for (size_t i = 0; i < rq->n_assignments; i++) {
		int other = gw_slice_is(rq->assignments[i].member_id, "aaa");

		g->assignment_len[other] = rq->assignments[i].assignment.len;
		ck_assert_uint_le(g->assignment_len[other], sizeof(g->assignment[other]));
		memcpy(g->assignment[other], rq->assignments[i].assignment.ptr,
		    g->assignment_len[other]);
	}
	if (a->code == 0)
		r.assignment =
		    (struct gw_slice){ (const char *)g->assignment[0], g->assignment_len[0] };
	return reply(a, &r);
}

static bool
heartbeat(struct ask *a)
{
	struct gw_heartbeat_response r = { .throttle_time_ms = a->throttle_ms,
	    .error_code = a->code != 0 ? a->code : a->w->group.heartbeat };

	return reply(a, &r);
}

static bool
leave_group(struct ask *a)
{
	struct gw_leave_group_response r = { .error_code = a->code };

	a->w->group.n_left++;
	return reply(a, &r);
}

static bool
offset_commit(struct ask *a, const struct gw_offset_commit_request *rq)
{
	struct gw_offset_commit_response r = { .n_topics = rq->n_topics };
	int16_t stale = fake_consumer_group_check(a->w, rq->generation_id_or_member_epoch);

	r.topics = make(a, rq->n_topics, sizeof(*r.topics));
	for (size_t t = 0; t < rq->n_topics; t++) {
		const struct gw_offset_commit_request_topic *q = &rq->topics[t];

		r.topics[t].name = q->name;
		r.topics[t].n_partitions = q->n_partitions;
		r.topics[t].partitions = make(a, q->n_partitions, sizeof(*r.topics[t].partitions));
		for (size_t i = 0; i < q->n_partitions; i++) {
			struct fake_part *p =
			    part_of(a->w, q->name, q->partitions[i].partition_index);

			ck_assert_ptr_nonnull(p);
			if (a->take && stale == 0) {
				p->committed = q->partitions[i].committed_offset;
				p->committed_epoch = q->partitions[i].committed_leader_epoch;
			}
			r.topics[t].partitions[i] = (struct gw_offset_commit_partition){
			    q->partitions[i].partition_index, a->code != 0 ? a->code : stale };
			a->seen->n_parts++;
			a->seen->offset = q->partitions[i].committed_offset;
		}
	}
	return reply(a, &r);
}

/* The older form: topics at the top. */
static bool
offset_fetch_old(struct ask *a, const struct gw_offset_fetch_request *rq)
{
	struct gw_offset_fetch_response r = { .error_code = a->code,
		.n_topics = gw_count(rq->n_topics) };

	r.topics = make(a, r.n_topics, sizeof(*r.topics));
	for (size_t t = 0; t < r.n_topics; t++) {
		const struct gw_offset_fetch_request_topic *q = &rq->topics[t];

		r.topics[t].name = q->name;
		r.topics[t].n_partitions = q->n_partition_indexes;
		r.topics[t].partitions =
		    make(a, q->n_partition_indexes, sizeof(*r.topics[t].partitions));
		for (size_t i = 0; i < q->n_partition_indexes; i++)
			r.topics[t].partitions[i] = (struct gw_offset_fetch_partition){
				.partition_index = q->partition_indexes[i],
				.committed_leader_epoch = -1,
				.committed_offset =
				    part_of(a->w, q->name, q->partition_indexes[i])->committed
			};
	}
	return reply(a, &r);
}

/* Of the topics that were asked for, or of all that have commits. */
static bool
offset_fetch(struct ask *a, const struct gw_offset_fetch_request *rq)
{
	struct gw_offset_fetch_response r = { .n_groups = 1 };
	const struct gw_offset_fetch_request_group *q;
	bool all;

	a->seen->stable = rq->require_stable;
	if (a->h->api_version < 8)
		return offset_fetch_old(a, rq);
	q = &rq->groups[0];
	all = q->n_topics == GW_NULL_ARRAY;
	r.groups = make(a, 1, sizeof(*r.groups));
	r.groups[0].group_id = q->group_id;
	r.groups[0].error_code = a->code != 0 || a->h->api_version < 9 ? a->code :
	    fake_consumer_group_check(a->w, q->member_epoch);
	r.groups[0].topics = make(a, a->w->n_topics, sizeof(*r.groups[0].topics));
	for (size_t t = 0; t < a->w->n_topics && r.groups[0].error_code == 0; t++) {
		struct gw_offset_fetch_group_topic *rt =
		    &r.groups[0].topics[r.groups[0].n_topics++];

		rt->name = gw_str(a->w->topics[t].name);
		rt->partitions = make(a, FAKE_PARTS, sizeof(*rt->partitions));
		for (int32_t i = 0; i < a->w->topics[t].n_parts; i++)
			if (!all || a->w->topics[t].parts[i].committed >= 0)
				rt->partitions[rt->n_partitions++] =
				    (struct gw_offset_fetch_group_partition){ .partition_index = i,
					    .committed_leader_epoch =
						a->w->topics[t].parts[i].committed_epoch,
					    .committed_offset =
						a->w->topics[t].parts[i].committed };
	}
	return reply(a, &r);
}

/* ---- administration ---- */

static bool
create_topics(struct ask *a, const struct gw_create_topics_request *rq)
{
	struct gw_create_topics_response r = { .n_topics = 1 };

	r.topics = make(a, 1, sizeof(*r.topics));
	r.topics[0] = (struct gw_create_topics_topic_result){ .name = rq->topics[0].name,
	    .error_code = a->code, .num_partitions = -1, .replication_factor = -1,
	    .n_configs = a->h->api_version >= 5 ? GW_NULL_ARRAY : 0 };
	if (a->code == 0 && topic_of(a->w, rq->topics[0].name) != NULL)
		r.topics[0].error_code = GW_K_TOPIC_ALREADY_EXISTS;
	else if (a->take) {
		char *name = a->w->made;

		(void)snprintf(name, sizeof(a->w->made), "%.*s", GW_FMT(rq->topics[0].name));
		(void)fake_topic(a->w, name, rq->topics[0].num_partitions);
	}
	return reply(a, &r);
}

static bool
delete_topics(struct ask *a, const struct gw_delete_topics_request *rq)
{
	struct gw_delete_topics_response r = { .n_responses = 1 };
	struct gw_slice name = a->h->api_version >= 6 ? rq->topics[0].name : rq->topic_names[0];

	r.responses = make(a, 1, sizeof(*r.responses));
	r.responses[0] = (struct gw_delete_topics_topic_result){ .name = name,
		.error_code = a->code != 0		     ? a->code
			      : topic_of(a->w, name) == NULL ? GW_K_UNKNOWN_TOPIC_OR_PARTITION
							     : 0 };
	return reply(a, &r);
}

static bool
describe_configs(struct ask *a, const struct gw_describe_configs_request *rq)
{
	struct gw_describe_configs_response r = { .n_results = 1 };
	struct gw_describe_configs_resource_result *f = make(a, 2, sizeof(*f));

	f[0] = (struct gw_describe_configs_resource_result){ .name = GW_LIT("retention.ms"),
	    .value = GW_LIT("1000"), .config_source = 1 };
	f[1] = (struct gw_describe_configs_resource_result){
		.name = GW_LIT("secret"), .config_source = 5, .read_only = true
	};
	if (rq->resources[0].resource_type != 2) {	/* a broker keeps its secret for itself */
		f[0].config_source = 4;
		f[1].config_source = gw_slice_is(rq->resources[0].resource_name, "") ? 3 : 2;
	}
	r.results = make(a, 1, sizeof(*r.results));
	r.results[0] = (struct gw_describe_configs_result){ .error_code = a->code,
		.resource_type = 2,
		.resource_name = rq->resources[0].resource_name,
		.configs = f,
		.n_configs = a->code == 0 ? 2 : 0 };
	return reply(a, &r);
}

static bool
list_groups(struct ask *a)
{
	struct gw_list_groups_response r = { .error_code = a->code, .n_groups = 1 };
	char *name = make(a, 32, 1);

	(void)snprintf(name, 32, "group-of-%d", (int)a->b->node_id);
	r.groups = make(a, 1, sizeof(*r.groups));
	r.groups[0] = (struct gw_list_groups_group){ .group_id = gw_str(name),
	    .protocol_type = GW_LIT("consumer"), .group_state = GW_LIT("Stable") };
	return reply(a, &r);
}

static bool
describe_groups(struct ask *a, const struct gw_describe_groups_request *rq)
{
	struct gw_describe_groups_response r = { .n_groups = 1 };
	struct gw_describe_groups_member *m = make(a, 1, sizeof(*m));

	*m = (struct gw_describe_groups_member){ .member_id = GW_LIT("m1"),
		.client_id = GW_LIT("c"),
		.client_host = GW_LIT("/h"),
		.member_metadata = { "", 0 },
		.member_assignment = {
		    (const char *)a->w->group.assignment[0], a->w->group.assignment_len[0] } };
	if (m->member_assignment.len == 0)
		m->member_assignment.ptr = "";
	r.groups = make(a, 1, sizeof(*r.groups));
	r.groups[0] = (struct gw_describe_groups_group){ .error_code = a->code,
		.group_id = rq->groups[0],
		.group_state = GW_LIT("Stable"),
		.protocol_type = GW_LIT("consumer"),
		.protocol_data = GW_LIT("range"),
		.members = m,
		.n_members = 1,
		.authorized_operations = INT32_MIN };
	return reply(a, &r);
}

/* ---- SASL: PLAIN only, of alice ---- */

static bool
sasl_handshake(struct ask *a, const struct gw_sasl_handshake_request *rq)
{
	struct gw_slice names[] = { GW_LIT("GSSAPI"), GW_LIT("PLAIN") };
	struct gw_sasl_handshake_response r = { .mechanisms = names, .n_mechanisms = 2,
	    .error_code = a->code };

	if (!gw_slice_is(rq->mechanism, "PLAIN"))
		r.error_code = GW_K_UNSUPPORTED_SASL_MECHANISM;
	return reply(a, &r);
}

static bool
sasl_authenticate(struct ask *a, const struct gw_sasl_authenticate_request *rq)
{
	struct gw_sasl_authenticate_response r = { .auth_bytes = GW_LIT(""),
	    .session_lifetime_ms = a->w->session_lifetime_ms };
	struct gw_slice user, password;

	if (gw_sasl_plain_get(rq->auth_bytes, &user, &password) != 0 ||
	    !gw_slice_is(user, "alice") || !gw_slice_is(password, "alice-secret")) {
		r.error_code = GW_K_SASL_AUTHENTICATION_FAILED;
		r.error_message = GW_LIT("bad\nluck");
	}
	return reply(a, &r);
}

bool
fake_answer(struct fake_broker *b, struct fake_conn *conn, const struct gw_request_header *h,
    void *body, const struct fake_plan *plan)
{
	struct ask a = { .b = b,
		.w = b->world,
		.conn = conn,
		.h = h,
		.seen = &b->world->seen[b->world->n_seen - 1],
		.take = plan == NULL || plan->action != FAKE_ERROR };

	if (plan != NULL && plan->action == FAKE_THROTTLE)
		a.throttle_ms = plan->code;
	else if (plan != NULL)
		a.code = plan->code;
	switch (h->api_key) {
	case GW_API_API_VERSIONS:	return api_versions(&a);
	case GW_API_SASL_HANDSHAKE:	return sasl_handshake(&a, body);
	case GW_API_SASL_AUTHENTICATE:	return sasl_authenticate(&a, body);
	case GW_API_METADATA:		return metadata(&a, body);
	case GW_API_FIND_COORDINATOR:	return find_coordinator(&a, body);
	case GW_API_INIT_PRODUCER_ID:
		if (((struct gw_init_producer_id_request *)body)->transactional_id.ptr != NULL)
			return fake_txn_answer(b, conn, h, body, plan);
		return init_producer_id(&a);
	case GW_API_ADD_PARTITIONS_TO_TXN:
	case GW_API_ADD_OFFSETS_TO_TXN:
	case GW_API_TXN_OFFSET_COMMIT:
	case GW_API_END_TXN:
		return fake_txn_answer(b, conn, h, body, plan);
	case GW_API_PRODUCE:		return produce(&a, body);
	case GW_API_FETCH:		return fetch(&a, body);
	case GW_API_OFFSET_FOR_LEADER_EPOCH: return offset_for_leader_epoch(&a, body);
	case GW_API_LIST_OFFSETS:	return list_offsets(&a, body);
	case GW_API_CONSUMER_GROUP_HEARTBEAT:
		return fake_consumer_group_answer(b, conn, h, body, plan);
	case GW_API_JOIN_GROUP:		return join_group(&a, body);
	case GW_API_SYNC_GROUP:		return sync_group(&a, body);
	case GW_API_HEARTBEAT:		return heartbeat(&a);
	case GW_API_LEAVE_GROUP:	return leave_group(&a);
	case GW_API_OFFSET_COMMIT:	return offset_commit(&a, body);
	case GW_API_OFFSET_FETCH:	return offset_fetch(&a, body);
	case GW_API_CREATE_TOPICS:	return create_topics(&a, body);
	case GW_API_DELETE_TOPICS:	return delete_topics(&a, body);
	case GW_API_DESCRIBE_CONFIGS:	return describe_configs(&a, body);
	case GW_API_LIST_GROUPS:	return list_groups(&a);
	case GW_API_DESCRIBE_GROUPS:	return describe_groups(&a, body);
	default:			return fake_admin_answer(b, conn, h, body, a.code);
	}
}
