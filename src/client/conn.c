/* SPDX-License-Identifier: MIT
 *
 * client/conn.c - opening and ending a connection, bytes out and in. Requests are in request.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/conn.h"

#include "client/internal.h"
#include "client/request.h"

#define READ_CHUNK	((size_t)64 << 10)
#define QUICK_END_US \
	1000000 /* a broker that ends idle connections sooner is not asked again at once */
#define READS_PER_IO	16	/* so that one busy broker does not starve the others */

void
gw_conn_init(struct gw_conn *conn, struct gw_client *c, const char *host, uint16_t port,
    int32_t node_id)
{
	*conn = (struct gw_conn){ .client = c, .host = host, .port = port, .node_id = node_id,
	    .handle = -1 };
	gw_buf_init(&conn->out, c->env->alloc, 0);
	gw_buf_init(&conn->in, c->env->alloc, 0);
}

static void
hang_up(struct gw_conn *conn)
{
	struct gw_net *net = conn->client->env->net;

	if (conn->handle >= 0)
		net->close(net->ctx, conn->handle);
	conn->handle = -1;
	conn->state = GW_CONN_CLOSED;
	conn->versions = GW_VERSIONS_NONE;
	conn->doomed = false;
	gw_buf_clear(&conn->out);
	gw_buf_clear(&conn->in);
	conn->out_at = conn->in_at = 0;
}

void
gw_conn_fini(struct gw_conn *conn)
{
	struct gw_request *rq;

	if (conn->client == NULL)
		return;
	hang_up(conn);
	while ((rq = conn->first) != NULL) {
		conn->first = rq->next;
		gw_alloc_free(conn->client->env->alloc, rq);
	}
	gw_buf_fini(&conn->out);
	gw_buf_fini(&conn->in);
}

/* Hand every request its end. Handlers may send elsewhere, but not here: the state is CLOSED. */
static void
fail_requests(struct gw_conn *conn, int code, const char *msg)
{
	struct gw_request *rq = conn->first;

	conn->first = conn->last = NULL;
	conn->n_under_way = 0;
	while (rq != NULL) {
		struct gw_request *next = rq->next;

		gw_request_end(conn, rq, code, msg);
		rq = next;
	}
}

void
gw_conn_close(struct gw_conn *conn, int code, const char *why)
{
	if (conn->state == GW_CONN_CLOSED)
		return;
	if (conn->state == GW_CONN_OPEN)
		conn->client->stats.disconnects++;
	hang_up(conn);
	fail_requests(conn, code, why);
}

/* The end by an error; conn->err says which. */
static void
failed(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_err err = conn->err;
	bool quiet = conn->failures > 0;

	if (conn->state == GW_CONN_OPEN)
		c->stats.disconnects++;
	conn->failures++;
	conn->retry_at_us = c->now.us + gw_reconnect_backoff_us(c, conn->failures);
	c->again = true;
	hang_up(conn);
	if (!quiet)
		(void)gw_event_error(c, conn->node_id, true, err.code, "%s", err.msg);
	gw_cluster_conn_failed(c, conn);
	fail_requests(conn, err.code, err.msg);
}

static void begin_connect(struct gw_conn *conn);

/* This address did not answer; the host's next one, or the end. */
static void
next_address(struct gw_conn *conn)
{
	struct gw_net *net = conn->client->env->net;

	if (conn->handle >= 0)
		net->close(net->ctx, conn->handle);
	conn->handle = -1;
	conn->addr_at++;
	if (conn->addr_at < conn->n_addrs) {
		begin_connect(conn);
		return;
	}
	gw_err_prefix(&conn->err, "cannot reach %s:%u: ", conn->host, (unsigned)conn->port);
	if (conn->err.code == GW_ECONNECT && strlen(conn->err.msg) + 30 < sizeof(conn->err.msg))
		strcat(conn->err.msg, "; is a broker running there?");
	failed(conn);
}

static void
begin_connect(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;

	conn->state = GW_CONN_CONNECTING;
	conn->setup_deadline_us = c->now.us + gw_ms(c->cfg.connection_setup_timeout_ms);
	gw_wake(c, conn->setup_deadline_us);
	conn->handle = net->connect(net->ctx, &conn->addrs[conn->addr_at], &conn->err);
	if (conn->handle < 0) {
		conn->err.code = conn->handle;
		next_address(conn);
	}
}

static void
open_now(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;
	int n =
	    net->resolve(net->ctx, conn->host, conn->port, conn->addrs, GW_CONN_ADDRS, &conn->err);

	if (n < 1) {
		conn->err.code = n < 0 ? n : GW_ERESOLVE;
		gw_err_prefix(
		    &conn->err, "cannot resolve %s:%u: ", conn->host, (unsigned)conn->port);
		failed(conn);
		return;
	}
	conn->n_addrs = n;
	conn->addr_at = 0;
	begin_connect(conn);
}

static void
connected(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	conn->state = GW_CONN_OPEN;
	conn->opened_us = conn->used_us = c->now.us;
	conn->throttle_until_us = 0;
	conn->written = 0;
	c->stats.connects++;
	c->again = true;
	if (gw_request_versions(conn) != 0)
		failed(conn);
}

bool
gw_conn_usable(const struct gw_conn *conn)
{
	return conn->state == GW_CONN_OPEN && conn->throttle_until_us <= conn->client->now.us &&
	    (conn->versions == GW_VERSIONS_KNOWN || !conn->cautious);
}

bool
gw_conn_want(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->state == GW_CONN_CLOSED && conn->retry_at_us <= c->now.us)
		open_now(conn);
	if (conn->state == GW_CONN_CLOSED)
		gw_wake(c, conn->retry_at_us);
	else if (conn->throttle_until_us > c->now.us)
		gw_wake(c, conn->throttle_until_us);
	return gw_conn_usable(conn);
}

void
gw_conn_throttle(struct gw_conn *conn, int32_t ms)
{
	int64_t until = conn->client->now.us + gw_ms(ms);

	if (ms > 0 && until > conn->throttle_until_us)
		conn->throttle_until_us = until;
}

/*
 * The other side ended it. Idle: no news. Before ApiVersions was answered: some brokers close on a
 * version or a request that they do not know, so once more, at once and carefully.
 */
static void
ended(struct gw_conn *conn, int code)
{
	struct gw_client *c = conn->client;

	if (conn->versions == GW_VERSIONS_ASKED && !conn->cautious) {
		conn->cautious = true;
		conn->retry_at_us = 0;
		c->again = true;
		gw_conn_close(conn, code, "the broker closed the connection on the first request");
		return;
	}
	if (conn->first == NULL) {
		if (c->now.us - conn->opened_us < QUICK_END_US)
			conn->retry_at_us = c->now.us + gw_reconnect_backoff_us(c, 1);
		gw_conn_close(conn, code, "");
		return;
	}
	(void)gw_err_set(&conn->err, code,
	    "%s:%u closed the connection with %u request%s under way", conn->host,
	    (unsigned)conn->port, conn->n_under_way, conn->n_under_way == 1 ? "" : "s");
	failed(conn);
}

/* fetch.max.bytes is no hard limit: a batch that is larger comes whole. */
static size_t
frame_max(const struct gw_conn *conn)
{
	return conn->versions != GW_VERSIONS_KNOWN ? GW_FRAME_MAX_FIRST :
	    (size_t)conn->client->cfg.fetch_max_bytes + GW_FRAME_MAX_DEFAULT;
}

/* Handle whole frames in the buffer. Returns false when the connection ended. */
static bool
take_frames(struct gw_conn *conn)
{
	for (;;) {
		size_t have = conn->in.len - conn->in_at;
		const uint8_t *at = have == 0 ? NULL : conn->in.ptr + conn->in_at;
		int64_t len = gw_frame_size(at, have, frame_max(conn));

		if (len == -1)
			break;
		if (len < 0) {
			(void)gw_err_set(&conn->err, GW_EPROTO,
			    "%s:%u sent a frame of an impossible size; "
			    "is it a Kafka broker without TLS?",
			    conn->host, (unsigned)conn->port);
			failed(conn);
			return false;
		}
		if (have < 4 + (size_t)len) {
			(void)gw_buf_reserve(&conn->in, 4 + (size_t)len - have);
			break;
		}
		conn->frame_at = conn->in_at + 4;
		conn->frame_len = (size_t)len;
		conn->in_at += 4 + (size_t)len;
		if (gw_request_answer(conn) != 0) {
			failed(conn);
			return false;
		}
		if (conn->state != GW_CONN_OPEN)
			return false;
	}
	if (conn->in_at > 0) {
		gw_buf_consume(&conn->in, conn->in_at);
		conn->in_at = 0;
	}
	return true;
}

static void
read_some(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;

	for (int i = 0; i < READS_PER_IO; i++) {
		size_t room = conn->in.cap - conn->in.len;
		uint8_t *to = gw_buf_reserve(&conn->in, room > 0 ? room : READ_CHUNK);
		ssize_t n;

		if (to == NULL) {
			(void)gw_err_set(&conn->err, conn->in.err,
			    "%s:%u: no memory for its answer", conn->host, (unsigned)conn->port);
			failed(conn);
			return;
		}
		room = conn->in.cap - conn->in.len;
		n = net->read(net->ctx, conn->handle, to, room);
		if (n == GW_EAGAIN)
			return;
		if (n <= 0) {
			ended(conn, n == 0 ? GW_ECLOSED : (int)n);
			return;
		}
		conn->in.len += (size_t)n;
		conn->used_us = c->now.us;
		c->stats.bytes_in += (size_t)n;
		if (!take_frames(conn) || (size_t)n < room)
			return;
	}
}

void
gw_conn_io(struct gw_conn *conn, short revents)
{
	struct gw_net *net = conn->client->env->net;
	int rc;

	if (conn->state == GW_CONN_CONNECTING && revents != 0) {
		rc = net->connected(net->ctx, conn->handle, &conn->err);
		if (rc == 0) {
			connected(conn);
		} else if (rc != GW_EAGAIN) {
			conn->err.code = rc;
			next_address(conn);
		}
		return;
	}
	if (conn->state == GW_CONN_OPEN && (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_some(conn);
}

void
gw_conn_flush(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;
	struct gw_slice rest;
	ssize_t n;

	if (conn->state != GW_CONN_OPEN || conn->out_at == conn->out.len)
		return;
	rest = (struct gw_slice){ (const char *)conn->out.ptr + conn->out_at,
		conn->out.len - conn->out_at };
	n = net->write(net->ctx, conn->handle, &rest, 1);
	if (n == GW_EAGAIN)
		return;
	if (n < 0) {
		/* An answer that says why may still be there to read. */
		read_some(conn);
		if (conn->state == GW_CONN_OPEN)
			ended(conn, (int)n);
		return;
	}
	conn->out_at += (size_t)n;
	conn->written += (size_t)n;
	conn->used_us = c->now.us;
	c->stats.bytes_out += (size_t)n;
	if (conn->out_at == conn->out.len) {
		gw_buf_clear(&conn->out);
		conn->out_at = 0;
	}
	gw_request_written(conn);
}

short
gw_conn_events(const struct gw_conn *conn)
{
	if (conn->state == GW_CONN_CONNECTING)
		return POLLOUT;
	if (conn->state == GW_CONN_OPEN)
		return conn->out_at < conn->out.len ? POLLIN | POLLOUT : POLLIN;
	return 0;
}

static int64_t
idle_deadline(const struct gw_conn *conn)
{
	if (conn->state != GW_CONN_OPEN || conn->first != NULL)
		return GW_NEVER_US;
	return conn->used_us + gw_ms(conn->client->cfg.connections_max_idle_ms);
}

void
gw_conn_step(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->state == GW_CONN_CONNECTING && conn->setup_deadline_us <= c->now.us) {
		(void)gw_err_set(&conn->err, GW_ETIMEOUT, "no answer in %lld ms",
		    (long long)c->cfg.connection_setup_timeout_ms);
		next_address(conn);
	} else if (conn->state == GW_CONN_OPEN) {
		if (gw_request_timed_out(conn))
			failed(conn);
		else if (idle_deadline(conn) <= c->now.us)
			gw_conn_close(conn, GW_ECLOSED, "");
	}
	if (conn->state == GW_CONN_CONNECTING)
		gw_wake(c, conn->setup_deadline_us);
	else if (conn->state == GW_CONN_OPEN)
		gw_wake(c, idle_deadline(conn));
}
