/* SPDX-License-Identifier: MIT
 *
 * client/conn.c - opening and ending a connection, bytes out and in. Requests are in request.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/conn.h"

#include "base/secret.h"
#include "client/internal.h"
#include "client/request.h"

#define READ_CHUNK	((size_t)64 << 10)
#define READ_AHEAD	((size_t)4 << 10)	/* else nobody knows whether more is there */
#define QUICK_END_US \
	1000000 /* a broker that ends idle connections sooner is not asked again at once */
#define EARLY_ENDS_MAX	4	/* as many in a row are no accident */
#define IDLE_MS		540000	/* Java's connections.max.idle.ms */
#define REFUSED_US	10000000 /* a login that was refused is not soon accepted */
#define WRITE_PIECES	64
#define READS_PER_IO	16	/* so that one busy broker does not starve the others */

void
gw_conn_init(struct gw_conn *conn, struct gw_client *c, const char *host, uint16_t port,
    int32_t node_id)
{
	*conn = (struct gw_conn){ .client = c, .host = host, .port = port, .node_id = node_id,
	    .handle = -1 };
	conn->login_again_us = conn->silent_us = GW_NEVER_US;
	gw_outbox_init(&conn->out, c->env->alloc);
	gw_buf_init(&conn->in, c->env->alloc, 0);
}

static void
close_handle(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->session != NULL)
		c->transport->close(conn->session);
	conn->session = NULL;
	if (conn->handle >= 0)
		c->env->net->close(c->env->net->ctx, conn->handle);
	conn->handle = -1;
}

static void
hang_up(struct gw_conn *conn)
{
	close_handle(conn);
	gw_login_drop(conn);
	if (conn->login != GW_LOGIN_DONE)
		gw_secret_wipe(conn->out.buf.ptr, conn->out.buf.len);
	conn->state = GW_CONN_CLOSED;
	conn->versions = GW_VERSIONS_NONE;
	conn->doomed = false;
	gw_outbox_clear(&conn->out);
	gw_buf_clear(&conn->in);
	conn->in_at = conn->wants = 0;
	conn->silent_us = GW_NEVER_US;
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
	gw_outbox_fini(&conn->out);
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
	bool quiet = conn->failures > 0 && conn->said == err.code;

	if (conn->state == GW_CONN_OPEN)
		c->stats.disconnects++;
	if (conn->failures++ == 0)
		conn->failing_us = c->now.us;
	conn->said = err.code;
	conn->retry_at_us = c->now.us +
	    (err.code == GW_EAUTH ? REFUSED_US : gw_reconnect_backoff_us(c, conn->failures));
	c->again = true;
	hang_up(conn);
	if (!quiet)
		(void)gw_event_error(
		    c, conn->node_id, err.code != GW_EAUTH, err.code, "%s", err.msg);
	gw_cluster_conn_failed(c, conn);
	fail_requests(conn, err.code, err.msg);
}

void
gw_conn_fail(struct gw_conn *conn, int code, const char *why)
{
	(void)gw_err_set(&conn->err, code, "%s:%u %s", conn->host, (unsigned)conn->port, why);
	failed(conn);
}

static void begin_connect(struct gw_conn *conn);

/* This address did not answer; the host's next one, or the end. */
static void
next_address(struct gw_conn *conn)
{
	close_handle(conn);
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
	conn->silent_us = c->now.us + GW_PATIENCE_US;
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
	conn->silent_us = GW_NEVER_US;
	conn->written = 0;
	conn->answered = false;
	conn->login = c->login.wanted ? GW_LOGIN_WAITING : GW_LOGIN_DONE;
	conn->login_again_us = GW_NEVER_US;
	c->stats.connects++;
	c->again = true;
	if (gw_request_versions(conn) != 0 ||
	    (conn->login == GW_LOGIN_WAITING && !conn->cautious && gw_login_begin(conn) != 0))
		failed(conn);
}

void
gw_conn_opened(struct gw_conn *conn)
{
	if (conn->early_ends == 0)
		conn->failures = 0;
	conn->err.code = 0;
	gw_cluster_conn_opened(conn->client, conn);
}

/* Whether an end before any request was answered is taken for the broker's last word. */
static bool
is_refusal(struct gw_conn *conn)
{
	return ++conn->early_ends >= EARLY_ENDS_MAX || !conn->client->cluster.connected_once;
}

/* The transport goes on with its handshake. */
static void
shake_hands(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	int rc = c->transport->handshake(conn->session, &conn->err);

	if (rc == 0) {
		connected(conn);
		return;
	}
	if (rc == GW_EAGAIN)
		return;
	conn->err.code = rc == GW_ECLOSED && is_refusal(conn) ? GW_EAUTH : rc;
	gw_err_prefix(&conn->err, "%s:%u: ", conn->host, (unsigned)conn->port);
	failed(conn);
}

/* The socket is connected. */
static void
reached(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (c->transport == NULL) {
		connected(conn);
		return;
	}
	conn->session = c->transport->open(
	    c->transport_ctx, c->env, conn->handle, conn->host, &conn->err);
	if (conn->session != NULL)
		shake_hands(conn);
	else
		failed(conn);
}

bool
gw_conn_usable(const struct gw_conn *conn)
{
	return conn->state == GW_CONN_OPEN && conn->login == GW_LOGIN_DONE &&
	    conn->throttle_until_us <= conn->client->now.us &&
	    (conn->versions == GW_VERSIONS_KNOWN || !conn->cautious);
}

bool
gw_conn_is_silent(const struct gw_conn *conn)
{
	return conn->silent_us <= conn->client->now.us;
}

int64_t
gw_conn_stuck_us(const struct gw_conn *conn)
{
	return conn->first == NULL ? GW_NEVER_US :
	    conn->first->due_us - GW_PATIENCE_US + GW_STUCK_US;
}

bool
gw_conn_want(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->state == GW_CONN_CLOSED && conn->retry_at_us <= c->now.us)
		open_now(conn);
	if (conn->state == GW_CONN_CLOSED) {
		gw_wake(c, conn->retry_at_us);
		gw_cluster_look(c, conn->failures == 0 ? 0 : c->now.us - conn->failing_us);
	} else if (conn->throttle_until_us > c->now.us) {
		gw_wake(c, conn->throttle_until_us);
	}
	return gw_conn_usable(conn);
}

void
gw_conn_throttle(struct gw_conn *conn, int32_t ms)
{
	int64_t until = conn->client->now.us + gw_ms(ms);

	if (ms > 0 && until > conn->throttle_until_us)
		conn->throttle_until_us = until;
}

/* What the other side may have meant by closing. "" when there is nothing to guess. */
static const char *
early_reason(const struct gw_conn *conn)
{
	int64_t security = conn->client->cfg.security_protocol;

	if (conn->versions != GW_VERSIONS_KNOWN)
		return security == 0 ? "before it answered anything: is this a Kafka listener, and "
		    "one without TLS (security.protocol)?" :
		    security == GW_SECURITY_SASL ? "before it answered anything: is this listener "
		    "one with TLS (security.protocol=SASL_SSL)?" :
		    "before it answered anything: does it take our certificate, is it Kafka?";
	if (conn->login != GW_LOGIN_DONE)
		return "during the login";
	if ((security & GW_SECURITY_SASL) == 0 && !conn->answered)
		return "on the first request: does this listener want a login "
		    "(security.protocol=SASL_...)?";
	return "";
}

/* It closed with requests under way. */
static void
ended_early(struct gw_conn *conn, int code)
{
	const char *reason = early_reason(conn);

	if (reason[0] == '\0') {
		(void)gw_err_set(&conn->err, code,
		    "%s:%u closed the connection with %u request%s under way", conn->host,
		    (unsigned)conn->port, conn->n_under_way, conn->n_under_way == 1 ? "" : "s");
	} else {
		if (code == GW_ECLOSED && is_refusal(conn))
			code = GW_EAUTH;
		(void)gw_err_set(&conn->err, code, "%s:%u closed the connection %s", conn->host,
		    (unsigned)conn->port, reason);
	}
	failed(conn);
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
	ended_early(conn, code);
}

/* fetch.max.bytes is no hard limit: a batch that is larger comes whole. */
static size_t
frame_max(const struct gw_conn *conn)
{
	return conn->versions != GW_VERSIONS_KNOWN ? GW_FRAME_MAX_FIRST :
	    (size_t)conn->client->cfg.fetch_max_bytes + GW_FRAME_MAX_DEFAULT;
}

/* The size of its first frame says that this is something else: an alert of TLS, HTTP... */
static void
not_kafka(struct gw_conn *conn, const uint8_t *at, size_t have)
{
	if (have >= 2 && at[0] == 0x15 && at[1] == 3)
		(void)gw_err_set(&conn->err, GW_EAUTH,
		    "%s:%u answers in TLS: set security.protocol=%s", conn->host,
		    (unsigned)conn->port, conn->client->login.wanted ? "SASL_SSL" : "SSL");
	else
		(void)gw_err_set(&conn->err, GW_EPROTO,
		    "%s:%u sent a frame of an impossible size; "
		    "is it a Kafka broker without TLS?",
		    conn->host, (unsigned)conn->port);
	failed(conn);
}

static bool
has_room(struct gw_conn *conn, size_t n)
{
	size_t need = conn->in.len + n;
	bool fetches = conn->first != NULL && conn->first->key == GW_API_FETCH;

	if (fetches && need > conn->in.cap &&
	    !gw_memory_allows(conn->client, need - conn->in.cap))
		return false;
	return gw_buf_reserve_exactly(&conn->in, n) != NULL;
}

/*
 * Room for n bytes more. If there is none: the connection waits until there is, unless that would
 * be for ever. Returns false then.
 */
static bool
make_room(struct gw_conn *conn, size_t n)
{
	struct gw_client *c = conn->client;

	conn->wants = 0;
	if (has_room(conn, n))
		return true;
	gw_memory_trim(c);
	if (has_room(conn, n))
		return true;
	conn->wants = n;
	if (gw_memory_will_return(c))
		return false;
	(void)gw_err_set(&conn->err, GW_ENOMEM, "%s:%u: an answer of %zu bytes does not fit into "
	    "client.memory=%lld, of which %zu are used", conn->host, (unsigned)conn->port,
	    conn->in.len + n, (long long)c->cfg.client_memory, c->alloc.used);
	if (c->consumer.n_assigned > 0)
		gw_consumer_fail(c, GW_ENOMEM, "%s", conn->err.msg);
	failed(conn);
	return false;
}

/*
 * Handle whole frames in the buffer. Returns false when the connection ended or
 * waits for memory.
 */
static bool
take_frames(struct gw_conn *conn)
{
	size_t more = 0;

	for (;;) {
		size_t have = conn->in.len - conn->in_at;
		const uint8_t *at = have == 0 ? NULL : conn->in.ptr + conn->in_at;
		int64_t len = gw_frame_size(at, have, frame_max(conn));

		if (len == -1)
			break;
		if (len < 0) {
			not_kafka(conn, at, have);
			return false;
		}
		if (have < 4 + (size_t)len) {
			more = 4 + (size_t)len - have + READ_AHEAD;
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
	return more == 0 || make_room(conn, more);
}

static ssize_t
read_bytes(struct gw_conn *conn, void *to, size_t len)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;

	return conn->session == NULL ? net->read(net->ctx, conn->handle, to, len) :
	    c->transport->read(conn->session, to, len, &conn->err);
}

static ssize_t
write_some(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	struct gw_net *net = c->env->net;
	struct gw_slice v[WRITE_PIECES];
	size_t n = gw_outbox_peek(&conn->out, v, WRITE_PIECES);
	ssize_t written = 0;

	if (conn->session == NULL)
		return net->write(net->ctx, conn->handle, v, n);
	for (size_t i = 0; i < n; i++) {
		ssize_t part = c->transport->write(conn->session, v[i], &conn->err);

		if (part < 0)
			return written > 0 ? written : part;
		written += part;
		if ((size_t)part < v[i].len)
			break;
	}
	return written;
}

/* TLS may hold more than the socket shows. */
static bool
is_pending(const struct gw_conn *conn)
{
	return conn->session != NULL && conn->client->transport->pending(conn->session);
}

/* 0 at the end of bytes, else GW_E*: what the transport found wrong has its words already. */
static void
unreadable(struct gw_conn *conn, int code)
{
	if (conn->session == NULL || code != GW_EAUTH) {
		ended(conn, code == 0 ? GW_ECLOSED : code);
		return;
	}
	conn->err.code = code;
	gw_err_prefix(&conn->err, "%s:%u: ", conn->host, (unsigned)conn->port);
	failed(conn);
}

/* With little memory a connection keeps little. */
static size_t
read_chunk(const struct gw_client *c)
{
	int64_t part = c->cfg.client_memory / 256;

	return part < (int64_t)READ_CHUNK ? (size_t)part : READ_CHUNK;
}

static void
read_some(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	for (int i = 0; i < READS_PER_IO; i++) {
		size_t room = conn->in.cap - conn->in.len;
		ssize_t n;

		if (room == 0 && !make_room(conn, read_chunk(c)))
			return;
		room = conn->in.cap - conn->in.len;
		n = read_bytes(conn, conn->in.ptr + conn->in.len, room);
		if (n == GW_EAGAIN)
			return;
		if (n <= 0) {
			unreadable(conn, (int)n);
			return;
		}
		conn->in.len += (size_t)n;
		conn->used_us = c->now.us;
		c->stats.bytes_in += (size_t)n;
		if (!take_frames(conn) || ((size_t)n < room && !is_pending(conn)))
			return;
	}
	c->again |= is_pending(conn);
}

void
gw_conn_io(struct gw_conn *conn, short revents)
{
	struct gw_net *net = conn->client->env->net;
	int rc;

	if (conn->state == GW_CONN_CONNECTING && conn->session != NULL && revents != 0) {
		shake_hands(conn);
	} else if (conn->state == GW_CONN_CONNECTING && revents != 0) {
		rc = net->connected(net->ctx, conn->handle, &conn->err);
		if (rc == 0) {
			reached(conn);
		} else if (rc != GW_EAGAIN) {
			conn->err.code = rc;
			next_address(conn);
		}
		return;
	}
	if (conn->state == GW_CONN_OPEN && conn->wants == 0 &&
	    (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_some(conn);
}

/* It waited for memory: go on, with as much time for its answers as at the start. */
static void
resume(struct gw_conn *conn)
{
	if (!make_room(conn, conn->wants))
		return;
	gw_request_prolong(conn);
	read_some(conn);
}

void
gw_conn_flush(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;
	ssize_t n;

	if (conn->state != GW_CONN_OPEN || gw_outbox_left(&conn->out) == 0)
		return;
	n = write_some(conn);
	if (n == GW_EAGAIN)
		return;
	if (n < 0) {
		/* An answer that says why may still be there to read. */
		read_some(conn);
		if (conn->state == GW_CONN_OPEN)
			unreadable(conn, (int)n);
		return;
	}
	if (conn->login != GW_LOGIN_DONE)
		gw_secret_wipe(conn->out.buf.ptr + conn->out.at, (size_t)n);
	gw_outbox_took(&conn->out, (size_t)n);
	conn->written += (size_t)n;
	conn->used_us = c->now.us;
	c->stats.bytes_out += (size_t)n;
	gw_request_written(conn);
}

short
gw_conn_events(const struct gw_conn *conn)
{
	short more = conn->session == NULL ? 0 : conn->client->transport->events(conn->session);

	if (conn->state == GW_CONN_CONNECTING)
		return conn->session == NULL ? POLLOUT : more;
	if (conn->state != GW_CONN_OPEN)
		return 0;
	if (conn->wants == 0)
		more |= POLLIN;
	return (short)(more | (gw_outbox_left(&conn->out) > 0 ? POLLOUT : 0));
}

static int64_t
idle_deadline(const struct gw_conn *conn)
{
	if (conn->state != GW_CONN_OPEN || conn->first != NULL)
		return GW_NEVER_US;
	return conn->used_us + gw_ms(IDLE_MS);
}

void
gw_conn_step(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->state == GW_CONN_OPEN)
		conn->silent_us = GW_NEVER_US;
	if (conn->state == GW_CONN_CONNECTING && conn->setup_deadline_us <= c->now.us) {
		(void)gw_err_set(&conn->err, GW_ETIMEOUT, "no answer in %lld ms",
		    (long long)c->cfg.connection_setup_timeout_ms);
		next_address(conn);
	} else if (conn->state == GW_CONN_OPEN && conn->wants > 0) {
		resume(conn);
	} else if (conn->state == GW_CONN_OPEN) {
		if (is_pending(conn))
			read_some(conn);
		if (conn->state == GW_CONN_OPEN &&
		    (gw_request_timed_out(conn) || gw_login_step(conn) != 0))
			failed(conn);
		else if (idle_deadline(conn) <= c->now.us)
			gw_conn_close(conn, GW_ECLOSED, "");
	}
	if (conn->state == GW_CONN_CONNECTING)
		gw_wake(c, conn->setup_deadline_us);
	else if (conn->state == GW_CONN_OPEN)
		gw_wake(c, idle_deadline(conn));
}
