/* SPDX-License-Identifier: MIT
 *
 * wire/api.c - the table of APIs, and frames.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/api.h"

#include "wire/bytes.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_add_partitions_to_txn.h"
#include "wire/msg_alter_configs.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_consumer_group_describe.h"
#include "wire/msg_consumer_group_heartbeat.h"
#include "wire/msg_create_partitions.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_delete_records.h"
#include "wire/msg_delete_topics.h"
#include "wire/msg_describe_cluster.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_describe_producers.h"
#include "wire/msg_describe_transactions.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_fetch.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_incremental_alter_configs.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_join_group.h"
#include "wire/msg_leave_group.h"
#include "wire/msg_list_groups.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_list_transactions.h"
#include "wire/msg_metadata.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_delete.h"
#include "wire/msg_offset_fetch.h"
#include "wire/msg_offset_for_leader_epoch.h"
#include "wire/msg_produce.h"
#include "wire/msg_sasl_authenticate.h"
#include "wire/msg_sasl_handshake.h"
#include "wire/msg_sync_group.h"
#include "wire/msg_txn_offset_commit.h"
#include "wire/msg_write_txn_markers.h"

#define SIZE_PREFIX	4

#define API(min, max, flexible_since, key, noun, name)					\
	{ GW_API_##key, name, min, max, flexible_since,					\
	    gw_##noun##_request_visit, sizeof(struct gw_##noun##_request),		\
	    gw_##noun##_response_visit, sizeof(struct gw_##noun##_response) }

/* Versions as in the schemas, but for InitProducerId 6, which Apache calls unstable. */
/* clang-format off */
const struct gw_api gw_apis[] = {
	API(3, 13, 9, PRODUCE, produce, "Produce"),
	API(4, 18, 12, FETCH, fetch, "Fetch"),
	API(1, 11, 6, LIST_OFFSETS, list_offsets, "ListOffsets"),
	API(0, 13, 9, METADATA, metadata, "Metadata"),
	API(2, 10, 8, OFFSET_COMMIT, offset_commit, "OffsetCommit"),
	API(1, 10, 6, OFFSET_FETCH, offset_fetch, "OffsetFetch"),
	API(0, 6, 3, FIND_COORDINATOR, find_coordinator, "FindCoordinator"),
	API(0, 9, 6, JOIN_GROUP, join_group, "JoinGroup"),
	API(0, 4, 4, HEARTBEAT, heartbeat, "Heartbeat"),
	API(0, 5, 4, LEAVE_GROUP, leave_group, "LeaveGroup"),
	API(0, 5, 4, SYNC_GROUP, sync_group, "SyncGroup"),
	API(0, 6, 5, DESCRIBE_GROUPS, describe_groups, "DescribeGroups"),
	API(0, 5, 3, LIST_GROUPS, list_groups, "ListGroups"),
	API(0, 1, GW_NEVER, SASL_HANDSHAKE, sasl_handshake, "SaslHandshake"),
	API(0, 4, 3, API_VERSIONS, api_versions, "ApiVersions"),
	API(2, 7, 5, CREATE_TOPICS, create_topics, "CreateTopics"),
	API(1, 6, 4, DELETE_TOPICS, delete_topics, "DeleteTopics"),
	API(0, 2, 2, DELETE_RECORDS, delete_records, "DeleteRecords"),
	API(0, 5, 2, INIT_PRODUCER_ID, init_producer_id, "InitProducerId"),
	API(2, 4, 4, OFFSET_FOR_LEADER_EPOCH, offset_for_leader_epoch, "OffsetForLeaderEpoch"),
	API(0, 5, 3, ADD_PARTITIONS_TO_TXN, add_partitions_to_txn, "AddPartitionsToTxn"),
	API(0, 4, 3, ADD_OFFSETS_TO_TXN, add_offsets_to_txn, "AddOffsetsToTxn"),
	API(0, 5, 3, END_TXN, end_txn, "EndTxn"),
	API(1, 2, 1, WRITE_TXN_MARKERS, write_txn_markers, "WriteTxnMarkers"),
	API(0, 5, 3, TXN_OFFSET_COMMIT, txn_offset_commit, "TxnOffsetCommit"),
	API(1, 4, 4, DESCRIBE_CONFIGS, describe_configs, "DescribeConfigs"),
	API(0, 2, 2, ALTER_CONFIGS, alter_configs, "AlterConfigs"),
	API(0, 2, 2, SASL_AUTHENTICATE, sasl_authenticate, "SaslAuthenticate"),
	API(0, 3, 2, CREATE_PARTITIONS, create_partitions, "CreatePartitions"),
	API(0, 2, 2, DELETE_GROUPS, delete_groups, "DeleteGroups"),
	API(0, 1, 1, INCREMENTAL_ALTER_CONFIGS, incremental_alter_configs,
	    "IncrementalAlterConfigs"),
	API(0, 0, GW_NEVER, OFFSET_DELETE, offset_delete, "OffsetDelete"),
	API(0, 2, 0, DESCRIBE_CLUSTER, describe_cluster, "DescribeCluster"),
	API(0, 0, 0, DESCRIBE_PRODUCERS, describe_producers, "DescribeProducers"),
	API(0, 0, 0, DESCRIBE_TRANSACTIONS, describe_transactions, "DescribeTransactions"),
	API(0, 2, 0, LIST_TRANSACTIONS, list_transactions, "ListTransactions"),
	API(0, 1, 0, CONSUMER_GROUP_HEARTBEAT, consumer_group_heartbeat, "ConsumerGroupHeartbeat"),
	API(0, 1, 0, CONSUMER_GROUP_DESCRIBE, consumer_group_describe, "ConsumerGroupDescribe")
};
/* clang-format on */
const size_t gw_n_apis = GW_N(gw_apis);

const struct gw_api *
gw_api_find(int16_t key)
{
	size_t i;

	for (i = 0; i < gw_n_apis; i++)
		if (gw_apis[i].key == key)
			return &gw_apis[i];
	return NULL;
}

/* The row of an API that has this version, or NULL and err. */
static const struct gw_api *
find_version(int16_t key, int16_t version, struct gw_err *err)
{
	const struct gw_api *api = gw_api_find(key);

	if (api == NULL)
		(void)gw_err_set(err, GW_EVERSION, "API key %d is not known here", key);
	else if (version < api->min || version > api->max) {
		(void)gw_err_set(err, GW_EVERSION, "%s v%d is not known here, only %d to %d",
		    api->name, version, api->min, api->max);
		return NULL;
	}
	return api;
}

/* ---- headers ---- */

/* RequestHeader v1, or v2 where the body is flexible; in both the client id has a 2-byte length. */
static void
client_id(struct gw_codec *w, struct gw_slice *id, bool flexible)
{
	w->flexible = false;
	gw_string(gw_null(w, 0), "ClientId", 0, GW_MAX, id);
	w->flexible = flexible;
	gw_tags(w);
}

/* ResponseHeader v0, or v1 where the body is flexible; ApiVersions' comes before that is known. */
static void
correlation(struct gw_codec *w, int32_t *id, const struct gw_api *api)
{
	bool flexible = w->flexible;

	gw_i32(w, "CorrelationId", 0, GW_MAX, id, 0);
	w->flexible = flexible && api->key != GW_API_API_VERSIONS;
	gw_tags(w);
	w->flexible = flexible;
}

/* ---- out ---- */

/*
 * The one place where const is cast away: in ENCODE a visitor never writes through its pointer. By
 * way of an integer, because -Wcast-qual is right everywhere else.
 */
static void *
not_written(const void *msg)
{
	return (void *)(uintptr_t)msg;
}

static int
begin_frame(struct gw_buf *out, struct gw_err *err)
{
	static const uint8_t prefix[SIZE_PREFIX];

	if (out->err == 0)
		gw_buf_put(out, prefix, sizeof(prefix));
	if (out->err != 0)
		return gw_err_set(err, out->err, "no room for a frame");
	return 0;
}

/* Where a frame begins. */
struct mark { size_t start, n_splices, spliced; };

static struct mark
mark(const struct gw_buf *out, const struct gw_splices *s)
{
	return (struct mark){ out->len, s == NULL ? 0 : s->n, s == NULL ? 0 : s->bytes };
}

/* The size before it is known to fit, or everything since the mark taken back. */
static int
end_frame(struct gw_codec *w, const struct mark *m, const char *name, const char *kind,
    struct gw_err *err)
{
	struct gw_buf *out = w->out;
	struct gw_splices *s = w->splices;
	size_t size = out->len - m->start - SIZE_PREFIX + (s == NULL ? 0 : s->bytes - m->spliced);

	if (w->err == 0 && size > INT32_MAX)
		gw_codec_fail(w, GW_ELIMIT, NULL, "the frame is larger than the protocol allows");
	if (w->err != 0) {
		out->len = m->start;
		out->err = 0;
		if (s != NULL) {
			s->n = m->n_splices;
			s->bytes = m->spliced;
		}
		(void)gw_codec_err(w, err);
		gw_err_prefix(err, "%s%s v%d: ", name, kind, w->version);
		return w->err;
	}
	gw_be32_put(out->ptr + m->start, (uint32_t)size);
	return 0;
}

int
gw_request_encode(struct gw_buf *out, const struct gw_request_header *h, const void *body,
    struct gw_err *err)
{
	const struct gw_api *api = find_version(h->api_key, h->api_version, err);
	struct gw_request_header copy = *h;
	struct mark m = mark(out, h->splices);
	struct gw_codec w;

	if (api == NULL)
		return GW_EVERSION;
	if (begin_frame(out, err) != 0)
		return out->err;
	w = gw_codec_encode(out, h->api_version, gw_api_flexible(api, h->api_version));
	w.splices = h->splices;
	gw_i16(&w, "RequestApiKey", 0, GW_MAX, &copy.api_key, 0);
	gw_i16(&w, "RequestApiVersion", 0, GW_MAX, &copy.api_version, 0);
	gw_i32(&w, "CorrelationId", 0, GW_MAX, &copy.correlation_id, 0);
	client_id(&w, &copy.client_id, w.flexible);
	api->request(&w, not_written(body));
	return end_frame(&w, &m, api->name, "Request", err);
}

int
gw_response_encode(struct gw_buf *out, int16_t key, int16_t version, int32_t correlation_id,
    const void *body, struct gw_err *err)
{
	const struct gw_api *api = find_version(key, version, err);
	struct mark m = mark(out, NULL);
	struct gw_codec w;

	if (api == NULL)
		return GW_EVERSION;
	if (begin_frame(out, err) != 0)
		return out->err;
	w = gw_codec_encode(out, version, gw_api_flexible(api, version));
	correlation(&w, &correlation_id, api);
	api->response(&w, not_written(body));
	return end_frame(&w, &m, api->name, "Response", err);
}

/* ---- in ---- */

static int
decode_failed(const struct gw_codec *w, const char *name, const char *kind, struct gw_err *err)
{
	(void)gw_codec_err(w, err);
	gw_err_prefix(err, "%s%s v%d: ", name, kind, w->version);
	return w->err;
}

int
gw_request_header_decode(struct gw_slice frame, struct gw_request_header *h, size_t *body_at,
    struct gw_err *err)
{
	struct gw_codec w = gw_codec_decode(frame, 0, 1, false, NULL);
	struct gw_request_header got = { 0 };
	const struct gw_api *api;

	gw_i16(&w, "RequestApiKey", 0, GW_MAX, &got.api_key, 0);
	gw_i16(&w, "RequestApiVersion", 0, GW_MAX, &got.api_version, 0);
	gw_i32(&w, "CorrelationId", 0, GW_MAX, &got.correlation_id, 0);
	if (w.err != 0)
		return decode_failed(&w, "Request", "Header", err);
	api = find_version(got.api_key, got.api_version, err);
	if (api == NULL) {
		*h = got;
		return GW_EVERSION;
	}
	client_id(&w, &got.client_id, gw_api_flexible(api, got.api_version));
	if (w.err != 0)
		return decode_failed(&w, "Request", "Header", err);
	*h = got;
	*body_at = w.at;
	return 0;
}

static int
decode_body(struct gw_codec *w, const struct gw_api *api, bool request, void **body,
    struct gw_err *err)
{
	void *msg = NULL;

	if (w->err == 0) {
		msg = gw_arena_zero(w->arena, 1, request ? api->request_size : api->response_size);
		if (msg == NULL)
			gw_codec_fail(w, GW_ENOMEM, NULL, "out of memory");
	}
	if (w->err == 0) {
		(request ? api->request : api->response)(w, msg);
		if (w->at != w->len)
			gw_codec_fail(w, GW_EPROTO, NULL, "bytes behind the message");
	}
	if (w->err != 0)
		return decode_failed(w, api->name, request ? "Request" : "Response", err);
	*body = msg;
	return 0;
}

int
gw_request_decode(struct gw_slice frame, size_t body_at, const struct gw_request_header *h,
    struct gw_arena *arena, void **body, struct gw_err *err)
{
	const struct gw_api *api = find_version(h->api_key, h->api_version, err);
	struct gw_codec w;

	if (api == NULL)
		return GW_EVERSION;
	w = gw_codec_decode(frame, body_at, h->api_version, gw_api_flexible(api, h->api_version),
	    arena);
	return decode_body(&w, api, true, body, err);
}

int
gw_response_decode(struct gw_slice frame, int16_t key, int16_t version, struct gw_arena *arena,
    int32_t *correlation_id, void **body, struct gw_err *err)
{
	const struct gw_api *api = find_version(key, version, err);
	struct gw_codec w;
	int32_t id;
	int rc;

	if (api == NULL)
		return GW_EVERSION;
	w = gw_codec_decode(frame, 0, version, gw_api_flexible(api, version), arena);
	correlation(&w, &id, api);
	rc = decode_body(&w, api, false, body, err);
	if (rc == 0)
		*correlation_id = id;
	return rc;
}

int64_t
gw_frame_size(const uint8_t *ptr, size_t len, size_t max)
{
	uint32_t size;

	if (len < SIZE_PREFIX)
		return -1;
	size = gw_be32(ptr);
	return size > INT32_MAX || size > max ? GW_ELIMIT : (int64_t)size;
}

/* ---- structs inside bytes ---- */

int
gw_visit_encode(struct gw_buf *out, void (*visit)(struct gw_codec *, void *), const void *msg,
    int16_t version, bool flexible, struct gw_err *err)
{
	struct gw_codec w = gw_codec_encode(out, version, flexible);
	size_t start = out->len;

	if (out->err != 0)
		return gw_err_set(err, out->err, "no room for a message");
	gw_i16(&w, "Version", 0, GW_MAX, &version, 0);
	visit(&w, not_written(msg));
	if (w.err == 0)
		return 0;
	out->len = start;
	out->err = 0;
	return gw_codec_err(&w, err);
}

int
gw_visit_decode(struct gw_slice bytes, void (*visit)(struct gw_codec *, void *), void *msg,
    int16_t version, bool flexible, struct gw_arena *arena, struct gw_err *err)
{
	struct gw_codec w = gw_codec_decode(bytes, 0, version, flexible, arena);
	int16_t sent;

	gw_i16(&w, "Version", 0, GW_MAX, &sent, 0);
	if (w.err == 0 && sent < 0)
		gw_codec_fail(&w, GW_EPROTO, "Version", "negative");
	w.version = sent < version ? sent : version;
	visit(&w, msg);
	return w.err == 0 ? 0 : gw_codec_err(&w, err);
}
