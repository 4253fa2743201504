/* SPDX-License-Identifier: MIT
 *
 * client/request.c - requests and their answers, in the order they were sent.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/request.h"

#include "client/internal.h"
#include "client/versions.h"
#include "wire/msg_api_versions.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const char *
api_name(int16_t key)
{
	const struct gw_api *api = gw_api_find(key);

	return api == NULL ? "?" : api->name;
}

bool
gw_conn_offers(const struct gw_conn *conn, int16_t key)
{
	return conn->versions == GW_VERSIONS_KNOWN && conn->version_max[key] >= 0;
}

int
gw_conn_version(const struct gw_conn *conn, int16_t key, struct gw_err *err)
{
	const struct gw_spoken *s = gw_spoken(key);
	int16_t min, max;

	if (s == NULL)
		return gw_err_set(
		    err, GW_EUNSUPPORTED, "%s is not spoken by this client", api_name(key));
	if (conn->versions != GW_VERSIONS_KNOWN) {
		if (conn->cautious || s->common < 0)
			return GW_EAGAIN;
		return s->common;
	}
	min = conn->version_min[key] > s->min ? conn->version_min[key] : s->min;
	max = conn->version_max[key] < s->max ? conn->version_max[key] : s->max;
	if (max < min)
		return gw_err_set(err, GW_EUNSUPPORTED,
		    "%s:%u does not offer %s in a version that this "
		    "client speaks (%d to %d); brokers from %s on do",
		    conn->host, (unsigned)conn->port, api_name(key), s->min, s->max, s->since);
	return max;
}

/* Of a login only what is no secret. */
static void
show_frame(const struct gw_conn *conn, bool is_request, int16_t key, int16_t version,
    struct gw_slice bytes)
{
	const struct gw_client *c = conn->client;
	size_t header = is_request ? 8 : 4;

	if (key == GW_API_SASL_AUTHENTICATE && bytes.len > header)
		bytes.len = header;
	c->on_frame(c->on_frame_ctx, &(struct gw_frame){ .broker = conn->node_id,
	    .port = conn->port, .is_request = is_request, .api_key = key,
	    .api_version = version, .bytes = bytes });
}

int
gw_conn_send(struct gw_conn *conn, const struct gw_send_spec *spec, const void *body,
    struct gw_err *err)
{
	struct gw_client *c = conn->client;
	struct gw_request *rq = gw_alloc_zero(c->env->alloc, 1, sizeof(*rq));
	struct gw_request_header h = { .api_key = spec->key, .api_version = spec->version,
	    .correlation_id = conn->correlation_id, .client_id = gw_str(c->cfg.client_id),
	    .splices = c->on_frame == NULL ? &conn->out.splices : NULL };	/* seen whole */
	int64_t timeout =
	    spec->timeout_us > 0 ? spec->timeout_us : gw_ms(c->cfg.request_timeout_ms);
	size_t at = conn->out.buf.len + 4;		/* behind the size */
	int rc;

	if (rq == NULL)
		return gw_err_set(
		    err, GW_ENOMEM, "%s: %s", api_name(spec->key), gw_strerror(GW_ENOMEM));
	rc = gw_request_encode(&conn->out.buf, &h, body, err);
	if (rc != 0) {
		gw_alloc_free(c->env->alloc, rq);
		return rc;
	}
	if (c->on_frame != NULL)
		show_frame(conn, true, spec->key, spec->version, (struct gw_slice){
		    (const char *)conn->out.buf.ptr + at, conn->out.buf.len - at });
	rq->key = spec->key;
	rq->version = spec->version;
	rq->correlation_id = conn->correlation_id;
	rq->no_answer = spec->no_answer;
	rq->deadline_us = c->now.us + timeout;
	rq->due_us = c->now.us + GW_PATIENCE_US + spec->held_us;
	rq->out_end = conn->written + gw_outbox_left(&conn->out);
	rq->handler = spec->handler;
	conn->correlation_id = conn->correlation_id == INT32_MAX ? 0 : conn->correlation_id + 1;
	if (conn->last == NULL)
		conn->first = rq;
	else
		conn->last->next = rq;
	conn->last = rq;
	conn->n_under_way++;
	gw_wake(c, rq->deadline_us);
	c->stats.requests++;
	return 0;
}

static void
unlink_request(struct gw_conn *conn, struct gw_request *rq)
{
	struct gw_request **at = &conn->first, *before = NULL;

	while (*at != rq) {
		before = *at;
		at = &before->next;
	}
	*at = rq->next;
	if (conn->last == rq)
		conn->last = before;
	conn->n_under_way--;
}

void
gw_request_end(struct gw_conn *conn, struct gw_request *rq, int code, const char *msg)
{
	struct gw_client *c = conn->client;
	struct gw_reply reply = { .code = code, .msg = msg, .version = rq->version, .conn = conn };

	if (rq->handler.done != NULL)
		rq->handler.done(c, rq->handler.owner, &reply);
	gw_alloc_free(c->env->alloc, rq);
}

void
gw_conn_forget(struct gw_conn *conn, const void *owner, gw_reply_fn *late)
{
	for (struct gw_request *rq = conn->first; rq != NULL; rq = rq->next)
		if (rq->handler.owner == owner)
			rq->handler.done = late;
}

void
gw_request_written(struct gw_conn *conn)
{
	struct gw_request *rq = conn->first;

	while (rq != NULL) {
		struct gw_request *next = rq->next;

		if (rq->no_answer && rq->out_end <= conn->written) {
			unlink_request(conn, rq);
			gw_request_end(conn, rq, 0, "");
			if (conn->state != GW_CONN_OPEN)
				return;
		}
		rq = next;
	}
}

bool
gw_request_timed_out(struct gw_conn *conn)
{
	for (struct gw_request *rq = conn->first; rq != NULL; rq = rq->next) {
		gw_wake(conn->client, rq->deadline_us);
		conn->silent_us = gw_earlier(conn->silent_us, rq->due_us);
		if (rq->deadline_us <= conn->client->now.us) {
			(void)gw_err_set(&conn->err, GW_ETIMEOUT,
			    "%s:%u did not answer %s v%d in time; "
			    "the connection is closed and the request tried again if that is safe",
			    conn->host, (unsigned)conn->port, api_name(rq->key), rq->version);
			return true;
		}
	}
	return false;
}

void
gw_request_prolong(struct gw_conn *conn)
{
	int64_t now_us = conn->client->now.us;
	int64_t until = now_us + gw_ms(conn->client->cfg.request_timeout_ms);

	for (struct gw_request *rq = conn->first; rq != NULL; rq = rq->next) {
		if (rq->deadline_us < until)
			rq->deadline_us = until;
		if (rq->due_us < now_us + GW_PATIENCE_US)
			rq->due_us = now_us + GW_PATIENCE_US;
	}
}

/* Answers without a size of their own keep their request waiting: find the one that has it. */
static struct gw_request *
oldest_waiting(struct gw_conn *conn)
{
	struct gw_request *rq = conn->first;

	while (rq != NULL && rq->no_answer)
		rq = rq->next;
	return rq;
}

/* A broker that does not know our ApiVersions answers in the form of v0, error 35 (KIP-511). */
static int16_t
answer_version(const struct gw_request *rq, struct gw_slice frame)
{
	const uint8_t *p = (const uint8_t *)frame.ptr;

	if (rq->key == GW_API_API_VERSIONS && frame.len >= 6 && p[4] == 0 &&
	    p[5] == GW_K_UNSUPPORTED_VERSION)
		return 0;
	return rq->version;
}

int
gw_request_answer(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_slice frame = { (const char *)conn->in.ptr + conn->frame_at, conn->frame_len };
	struct gw_request *rq = oldest_waiting(conn);
	struct gw_reply reply = { .msg = "", .conn = conn };
	int32_t id;
	int rc;

	if (rq == NULL)
		return gw_err_set(&conn->err, GW_EPROTO,
		    "%s:%u sent an answer that nobody asked for", conn->host, (unsigned)conn->port);
	if (rq->out_end > conn->written)
		return gw_err_set(&conn->err, GW_EPROTO,
		    "%s:%u answered a request before all of it was sent", conn->host,
		    (unsigned)conn->port);
	reply.version = answer_version(rq, frame);
	if (c->on_frame != NULL)
		show_frame(conn, false, rq->key, reply.version, frame);
	gw_arena_reset(&c->frame_arena);
	rc = gw_response_decode(frame, rq->key, reply.version, &c->frame_arena, &id, &reply.body,
	    &conn->err);
	if (rc != 0) {
		gw_err_prefix(&conn->err, "%s:%u: ", conn->host, (unsigned)conn->port);
		return rc;
	}
	if (id != rq->correlation_id)
		return gw_err_set(&conn->err, GW_EPROTO,
		    "%s:%u answered request %d, but %d (%s) is next", conn->host,
		    (unsigned)conn->port, (int)id, (int)rq->correlation_id, api_name(rq->key));
	unlink_request(conn, rq);
	if (rq->key != GW_API_API_VERSIONS && rq->key != GW_API_SASL_HANDSHAKE &&
	    rq->key != GW_API_SASL_AUTHENTICATE) {
		conn->answered = true;
		conn->early_ends = conn->failures = 0;
	}
	c->stats.responses++;
	c->again = true;
	if (rq->handler.done != NULL)
		rq->handler.done(c, rq->handler.owner, &reply);
	gw_alloc_free(c->env->alloc, rq);
	return conn->doomed ? conn->err.code : 0;
}

int
gw_conn_take_frame(struct gw_conn *conn, struct gw_buf *frame, struct gw_slice *bytes)
{
	struct gw_buf rest;

	gw_buf_init(&rest, conn->client->env->alloc, 0);
	if (conn->in_at < conn->in.len) {
		gw_buf_put(&rest, conn->in.ptr + conn->in_at, conn->in.len - conn->in_at);
		if (rest.err != 0)
			return rest.err;
	}
	*frame = conn->in;
	*bytes = (struct gw_slice){ (const char *)frame->ptr + conn->frame_at, conn->frame_len };
	conn->in = rest;
	conn->in_at = 0;
	return 0;
}

static int send_versions(struct gw_conn *conn, int16_t version);

/* Features are of the cluster; the broker that is ahead knows best (KIP-584). */
static void
note_features(struct gw_cluster *k, const struct gw_api_versions_response *r)
{
	if (r->finalized_features_epoch < k->features_epoch)
		return;
	k->features_epoch = r->finalized_features_epoch;
	k->transaction_version = k->group_version = 0;
	for (size_t i = 0; i < r->n_finalized_features; i++) {
		struct gw_slice name = r->finalized_features[i].name;

		if (gw_slice_is(name, "transaction.version"))
			k->transaction_version = r->finalized_features[i].max_version_level;
		if (gw_slice_is(name, "group.version"))
			k->group_version = r->finalized_features[i].max_version_level;
	}
}

static void
note_versions(struct gw_conn *conn, const struct gw_api_versions_response *r)
{
	for (size_t i = 0; i < GW_API_KEY_MAX; i++)
		conn->version_min[i] = conn->version_max[i] = -1;
	for (size_t i = 0; i < r->n_api_keys; i++) {
		const struct gw_api_versions_api *a = &r->api_keys[i];

		if (a->api_key < 0 || a->api_key >= GW_API_KEY_MAX)
			continue;
		conn->version_min[a->api_key] = a->min_version;
		conn->version_max[a->api_key] = a->max_version;
	}
	note_features(&conn->client->cluster, r);
	conn->versions = GW_VERSIONS_KNOWN;
	if (conn->login == GW_LOGIN_DONE)
		gw_conn_opened(conn);
	else if (conn->login == GW_LOGIN_WAITING && gw_login_begin(conn) != 0)
		conn->doomed = true;
}

static void
versions_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	struct gw_conn *conn = owner;
	const struct gw_api_versions_response *r = reply->body;
	int16_t best = 0;

	(void)c;
	if (reply->code != 0)
		return;		/* conn.c knows what to do about it */
	if (r->error_code == 0) {
		note_versions(conn, r);
		gw_conn_throttle(conn, r->throttle_time_ms);
		return;
	}
	for (size_t i = 0; i < r->n_api_keys; i++)
		if (r->api_keys[i].api_key == GW_API_API_VERSIONS)
			best = r->api_keys[i].max_version;
	if (r->error_code == GW_K_UNSUPPORTED_VERSION && !conn->cautious) {
		conn->cautious = true;
		conn->versions_max = best < 3 ? best : 0;
		/* Once a login has begun, nothing else is answered before its end. */
		if (conn->login == GW_LOGIN_UNDER_WAY ||
		    send_versions(conn, conn->versions_max) == 0)
			return;
	} else {
		conn->versions_max = 0;		/* which all of them know */
		(void)gw_err_set(&conn->err, r->error_code, "%s:%u refuses ApiVersions: %s",
		    conn->host, (unsigned)conn->port, gw_strerror(r->error_code));
	}
	conn->doomed = true;
}

static int
send_versions(struct gw_conn *conn, int16_t version)
{
	struct gw_api_versions_request rq = { .client_software_name = GW_LIT("gridwire"),
	    .client_software_version = GW_LIT(PACKAGE_VERSION) };
	struct gw_send_spec spec = { .key = GW_API_API_VERSIONS, .version = version,
	    .handler = { versions_done, conn } };

	conn->versions = GW_VERSIONS_ASKED;
	return gw_conn_send(conn, &spec, &rq, &conn->err);
}

int
gw_request_versions(struct gw_conn *conn)
{
	return send_versions(conn, conn->cautious ? conn->versions_max : 3);
}
