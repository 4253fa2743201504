/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "wire/msg_api_versions.h"

#define POOL_MAX	64
#define POOL_ARENA_MAX	(64u << 10)	/* a pooled request keeps no more than this */

/*
 * What is offered, and nothing else. Produce begins at 3 but is advertised from 0
 * (on_api_versions.c).
 */
/* clang-format off */
const struct gw_served gw_served[] = {
	{ GW_API_PRODUCE, 3, 13, gw_on_produce },
	{ GW_API_FETCH, 4, 16, gw_on_fetch },		/* 17 and 18 are for followers */
	{ GW_API_LIST_OFFSETS, 1, 10, gw_on_list_offsets },
	{ GW_API_METADATA, 0, 13, gw_on_metadata },
	{ GW_API_OFFSET_COMMIT, 2, 10, gw_on_offset_commit },
	{ GW_API_OFFSET_FETCH, 1, 10, gw_on_offset_fetch },
	{ GW_API_FIND_COORDINATOR, 0, 6, gw_on_find_coordinator },
	{ GW_API_JOIN_GROUP, 0, 9, gw_on_join_group },
	{ GW_API_HEARTBEAT, 0, 4, gw_on_heartbeat },
	{ GW_API_LEAVE_GROUP, 0, 5, gw_on_leave_group },
	{ GW_API_SYNC_GROUP, 0, 5, gw_on_sync_group },
	{ GW_API_DESCRIBE_GROUPS, 0, 6, gw_on_describe_groups },
	{ GW_API_LIST_GROUPS, 0, 5, gw_on_list_groups },
	{ GW_API_SASL_HANDSHAKE, 1, 1, gw_on_sasl_handshake },
	{ GW_API_API_VERSIONS, 0, 4, gw_on_api_versions },
	{ GW_API_CREATE_TOPICS, 2, 7, gw_on_create_topics },
	{ GW_API_DELETE_TOPICS, 1, 6, gw_on_delete_topics },
	{ GW_API_DELETE_RECORDS, 0, 2, gw_on_delete_records },
	{ GW_API_INIT_PRODUCER_ID, 0, 5, gw_on_init_producer_id },
	{ GW_API_ADD_PARTITIONS_TO_TXN, 0, 5, gw_on_add_partitions_to_txn },
	{ GW_API_ADD_OFFSETS_TO_TXN, 0, 4, gw_on_add_offsets_to_txn },
	{ GW_API_END_TXN, 0, 5, gw_on_end_txn },
	{ GW_API_TXN_OFFSET_COMMIT, 0, 5, gw_on_txn_offset_commit },
	{ GW_API_OFFSET_FOR_LEADER_EPOCH, 2, 4, gw_on_offset_for_leader_epoch },
	{ GW_API_DESCRIBE_CONFIGS, 1, 4, gw_on_describe_configs },
	{ GW_API_SASL_AUTHENTICATE, 0, 2, gw_on_sasl_authenticate },
	{ GW_API_CREATE_PARTITIONS, 0, 3, gw_on_create_partitions },
	{ GW_API_DELETE_GROUPS, 0, 2, gw_on_delete_groups },
	{ GW_API_INCREMENTAL_ALTER_CONFIGS, 0, 1, gw_on_incremental_alter_configs },
	{ GW_API_ALTER_CONFIGS, 0, 2, gw_on_alter_configs },
	{ GW_API_DESCRIBE_CLUSTER, 0, 2, gw_on_describe_cluster },
	{ GW_API_OFFSET_DELETE, 0, 0, gw_on_offset_delete },
	{ GW_API_WRITE_TXN_MARKERS, 1, 2, gw_on_write_txn_markers },
	{ GW_API_DESCRIBE_PRODUCERS, 0, 0, gw_on_describe_producers },
	{ GW_API_DESCRIBE_TRANSACTIONS, 0, 0, gw_on_describe_transactions },
	{ GW_API_LIST_TRANSACTIONS, 0, 2, gw_on_list_transactions },
	{ GW_API_CONSUMER_GROUP_HEARTBEAT, 0, 1, gw_on_consumer_group_heartbeat },
	{ GW_API_CONSUMER_GROUP_DESCRIBE, 0, 1, gw_on_consumer_group_describe },
};
/* clang-format on */
const size_t gw_n_served = GW_N(gw_served);

bool
gw_served_narrow(const struct gw_broker *b, const struct gw_served *s, struct gw_served *out)
{
	int16_t min, max;

	*out = *s;
	if (b->release == NULL)
		return true;
	if (!gw_release_range(b->release, s->key, &min, &max))
		return false;
	if (min > out->min)
		out->min = min;
	if (max < out->max)
		out->max = max;
	return out->min <= out->max;
}

bool
gw_served_find(const struct gw_broker *b, int16_t key, struct gw_served *out)
{
	for (size_t i = 0; i < gw_n_served; i++)
		if (gw_served[i].key == key)
			return gw_served_narrow(b, &gw_served[i], out);
	return false;
}

/* ---- requests on their way ---- */

struct gw_pending *
gw_pending_new(struct gw_broker *b, struct gw_peer *c)
{
	struct gw_pending *p = b->pool;

	if (p != NULL) {
		struct gw_arena arena = p->arena;

		b->pool = p->next;
		b->n_pool--;
		*p = (struct gw_pending){ .arena = arena };
	} else {
		p = gw_alloc_zero(b->env->alloc, 1, sizeof(*p));
		if (p == NULL)
			return NULL;
		gw_arena_init(&p->arena, b->env->alloc, GW_BROKER_ARENA_MAX);
	}
	p->b = b;
	p->conn = c;
	p->deadline_us = INT64_MAX;
	gw_buf_init(&p->answer, b->env->alloc, 0);
	return p;
}

static void
wait_unlink(struct gw_pending *p)
{
	if (!p->waiting)
		return;
	p->waiting = false;
	if (p->wait_prev != NULL)
		p->wait_prev->wait_next = p->wait_next;
	else
		p->b->waiting = p->wait_next;
	if (p->wait_next != NULL)
		p->wait_next->wait_prev = p->wait_prev;
}

void
gw_pending_free(struct gw_pending *p)
{
	struct gw_broker *b = p->b;

	/* A group's answer would come for a request that is no more. */
	if (p->waiting && p->resume == NULL)
		gw_coord_forget(&b->groups, (uint64_t)(uintptr_t)p);
	wait_unlink(p);
	gw_buf_fini(&p->answer);
	if (b->n_pool < POOL_MAX && p->arena.used <= POOL_ARENA_MAX) {
		gw_arena_reset(&p->arena);
		p->next = b->pool;
		b->pool = p;
		b->n_pool++;
		return;
	}
	gw_arena_fini(&p->arena);
	gw_alloc_free(b->env->alloc, p);
}

void
gw_pending_wait(struct gw_pending *p)
{
	p->waiting = true;
	p->h.client_id = (struct gw_slice){ NULL, 0 };
	p->wait_prev = NULL;
	p->wait_next = p->b->waiting;
	if (p->wait_next != NULL)
		p->wait_next->wait_prev = p;
	p->b->waiting = p;
}

int
gw_pending_answer(struct gw_pending *p, const void *response)
{
	struct gw_peer *c = p->conn;
	struct gw_buf *out = c->first == p ? &c->out : &p->answer;
	struct gw_err err = { 0 };
	int rc;

	wait_unlink(p);
	p->answered = true;
	if (p->silent)
		return 0;
	rc = gw_response_encode(
	    out, p->h.api_key, p->h.api_version, p->h.correlation_id, response, &err);
	if (rc < 0)
		gw_log(p->b->env->log, GW_LOG_ERROR, "answer_not_encoded",
		    gw_kv_s("api", gw_str(p->api->name)), gw_kv_i("version", p->h.api_version),
		    gw_kv_s("error", gw_str(err.msg)));
	return rc;
}

void
gw_waiting_resume(struct gw_broker *b, struct gw_time now)
{
	struct gw_pending *p, *next;

	for (p = b->waiting; p != NULL; p = next) {
		bool late = now.us >= p->deadline_us;
		int rc;

		next = p->wait_next;
		if (p->resume == NULL || (!late && b->moved == b->seen_moved))
			continue;
		rc = p->resume(p, late);
		if (rc < 0 && rc != GW_EAGAIN)
			gw_peer_close(p->conn, gw_strerror(rc));
	}
	b->seen_moved = b->moved;
}

void
gw_waiting_forget_topic(struct gw_broker *b, const struct gw_topic *t)
{
	for (struct gw_pending *p = b->waiting; p != NULL; p = p->wait_next) {
		for (int32_t i = 0; i < t->n_parts; i++) {
			if (p->h.api_key == GW_API_PRODUCE)
				gw_produce_forget(p, t->parts[i]);
			else if (p->h.api_key == GW_API_FETCH)
				gw_fetch_forget(p, t->parts[i]);
		}
	}
}

/* ---- one frame ---- */

static int16_t
be16(const char *p)
{
	return (int16_t)((uint8_t)p[0] << 8 | (uint8_t)p[1]);
}

/*
 * The answer that every client understands, so that it can come back with a version of ours.
 * KIP-511.
 */
static int
refuse_api_versions(struct gw_broker *b, struct gw_peer *c, struct gw_slice frame)
{
	struct gw_pending *p = gw_pending_new(b, c);
	struct gw_api_versions_response r;
	struct gw_request rq = { .b = b, .p = p, .arena = &p->arena, .version = 0 };
	int rc;

	if (p == NULL)
		return GW_ENOMEM;
	p->api = gw_api_find(GW_API_API_VERSIONS);
	p->h = (struct gw_request_header){ .api_key = GW_API_API_VERSIONS, .api_version = 0 };
	for (size_t i = 0; i < 4; i++)
		p->h.correlation_id =
		    (int32_t)((uint32_t)p->h.correlation_id << 8 | (uint8_t)frame.ptr[4 + i]);
	*c->last = p;
	c->last = &p->next;
	c->n_pending++;
	memset(&r, 0, sizeof(r));
	gw_visit_defaults(p->api->response, &r);
	rc = gw_on_api_versions(&rq, NULL, &r);
	r.error_code = GW_K_UNSUPPORTED_VERSION;
	if (b->release != NULL && !gw_release_tells_ranges(b->release))
		r.n_api_keys = 0;
	return rc < 0 ? rc : gw_pending_answer(p, &r);
}

static int
run(struct gw_pending *p, const struct gw_served *s, struct gw_slice frame, struct gw_err *err)
{
	struct gw_request rq = { .b = p->b, .p = p, .arena = &p->arena };
	size_t body_at = 0;
	void *request, *response;
	int rc = gw_request_header_decode(frame, &p->h, &body_at, err);

	if (rc < 0)
		return rc;
	p->api = gw_api_find(p->h.api_key);
	rc = gw_request_decode(frame, body_at, &p->h, &p->arena, &request, err);
	if (rc < 0)
		return rc;
	response = gw_arena_zero(&p->arena, 1, p->api->response_size);
	if (response == NULL)
		return GW_ENOMEM;
	gw_visit_defaults(p->api->response, response);
	rq.version = p->h.api_version;
	rq.client_id = p->h.client_id;
	rq.client_host = p->conn->host;
	rq.now = gw_env_now(p->b->env);
	rc = s->handle(&rq, request, response);
	if (rc == 0)
		return gw_pending_answer(p, response);
	if (rc == GW_EAGAIN) {
		gw_pending_wait(p);
		return 0;
	}
	return gw_err_set(err, rc, "%s v%d: %s", p->api->name, p->h.api_version, gw_strerror(rc));
}

int
gw_dispatch(struct gw_broker *b, struct gw_peer *c, struct gw_slice frame)
{
	struct gw_served s = { 0 };
	struct gw_err err = { 0 };
	struct gw_pending *p;
	int16_t key, version;
	bool served;
	int rc;

	if (frame.len < 8)
		return GW_EPROTO;
	key = be16(frame.ptr);
	version = be16(frame.ptr + 2);
	served = gw_served_find(b, key, &s);
	if (key == GW_API_API_VERSIONS && (version < s.min || version > s.max))
		return refuse_api_versions(b, c, frame);
	if (!served || version < s.min || version > s.max) {
		gw_log(b->env->log, GW_LOG_WARN, "request_not_offered",
		    gw_kv_s("peer", gw_str(c->peer)), gw_kv_i("api_key", key),
		    gw_kv_i("version", version));
		return GW_EVERSION;
	}
	if (!gw_peer_may_ask(c, key))
		return GW_EAUTH;
	p = gw_pending_new(b, c);
	if (p == NULL)
		return GW_ENOMEM;
	*c->last = p;
	c->last = &p->next;
	c->n_pending++;
	b->stats.requests++;
	rc = run(p, &s, frame, &err);
	if (rc < 0 && err.msg[0] != '\0')
		gw_log(b->env->log, GW_LOG_WARN, "bad_request", gw_kv_s("peer", gw_str(c->peer)),
		    gw_kv_s("error", gw_str(err.msg)));
	return rc;
}
