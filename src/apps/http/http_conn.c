/* SPDX-License-Identifier: MIT
 *
 * apps/http/http_conn.c - one viewer: requests in, answers out, at the viewer's pace.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/http_int.h"

#include <stdio.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/sha256.h"
#include "base/slice.h"

static const struct { int status; const char *text; } reasons[] = {
	{ 200, "OK" }, { 304, "Not Modified" }, { 400, "Bad Request" },
	{ 401, "Unauthorized" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 413, "Content Too Large" }, { 414, "URI Too Long" },
	{ 421, "Misdirected Request" }, { 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

/* Nothing but our own files, no frame around us, no guessing of types. */
static const char common[] =
    "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

static const char *
reason(int status)
{
	for (size_t i = 0; i < GW_N(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "";
}

/* ---- answers ---- */

static void
put_head(struct gw_http_conn *c, int status, const char *type)
{
	gw_buf_printf(&c->out, "HTTP/1.1 %d %s\r\n%s", status, reason(status), common);
	if (type != NULL)
		gw_buf_printf(&c->out, "Content-Type: %s\r\n", type);
	if (status == 405)
		gw_buf_puts(&c->out, "Allow: GET, HEAD\r\n");
	if (status == 401)
		gw_buf_puts(&c->out,
		    "WWW-Authenticate: Basic realm=\"gridwire\", Bearer\r\n");
	if (status == 503)
		gw_buf_puts(&c->out, "Retry-After: 1\r\n");
	if (c->close)
		gw_buf_puts(&c->out, "Connection: close\r\n");
}

static void
put_refusal(struct gw_http *h, struct gw_http_conn *c, int status, bool head)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%d %s\n", status, reason(status));

	h->stats.refused++;
	c->refused = c->close;
	put_head(c, status, "text/plain; charset=utf-8");
	gw_buf_printf(&c->out, "Cache-Control: no-store\r\nContent-Length: %d\r\n\r\n%s", n,
	    head ? "" : text);
}

/* If-None-Match: a list of tags, weak or strong, or a star. */
static bool
has_tag(struct gw_slice list, const char *tag)
{
	struct gw_slice item;

	while (list.ptr != NULL) {
		item = gw_slice_trim(gw_slice_cut(list, ',', &list));
		if (gw_slice_starts(item, "W/"))
			item = (struct gw_slice){ item.ptr + 2, item.len - 2 };
		if (gw_slice_is(item, tag) || gw_slice_is(item, "*"))
			return true;
	}
	return false;
}

static void
put_kept(struct gw_http_conn *c, const struct gw_http_request *q, const struct gw_http_reply *r)
{
	bool gzip = q->gzip && r->gzip.len > 0;
	struct gw_slice body = gzip ? r->gzip : r->body;
	char tag[80];

	snprintf(tag, sizeof(tag), "\"%.64s%s\"", r->etag, gzip ? "-gz" : "");
	put_head(c, has_tag(q->if_none_match, tag) ? 304 : r->status, r->type);
	gw_buf_printf(&c->out, "ETag: %s\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\n",
	    tag);
	if (has_tag(q->if_none_match, tag)) {
		gw_buf_puts(&c->out, "\r\n");
		return;
	}
	if (gzip)
		gw_buf_puts(&c->out, "Content-Encoding: gzip\r\n");
	gw_buf_printf(&c->out, "Content-Length: %zu\r\n\r\n", body.len);
	if (!q->head)
		c->body = body;
}

/* The body was made behind the place where the head goes. */
static void
put_made(struct gw_http *h, struct gw_http_conn *c, const struct gw_http_request *q,
    const struct gw_http_reply *r)
{
	struct gw_buf body = *r->made;

	if (body.err != 0) {
		put_refusal(h, c, 500, q->head);
		return;
	}
	put_head(c, r->status, r->type);
	gw_buf_printf(&c->out, "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n", body.len);
	if (!q->head)
		gw_buf_put(&c->out, body.ptr, body.len);
}

static void
begin_stream(struct gw_http *h, struct gw_http_conn *c, const struct gw_http_request *q,
    const struct gw_http_reply *r)
{
	c->close = true;	/* it has no length: its end is the connection's */
	put_head(c, 200, "text/event-stream; charset=utf-8");
	gw_buf_puts(&c->out, "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n\r\n");
	if (q->head)
		return;
	c->stream = true;
	c->cursor = r->cursor;
	h->stats.streams++;
	gw_buf_puts(&c->out, "retry: 1000\n\n");
}

static void
answer(struct gw_http *h, struct gw_http_conn *c, const struct gw_http_request *q)
{
	struct gw_http_reply r = { .status = 0 };
	struct gw_buf made;

	gw_buf_init(&made, h->env->alloc, 0);
	r.made = &made;
	c->close = q->close;
	h->o.handle(h->o.arg, q, &r);
	if (r.status == 0)
		put_refusal(h, c, 404, q->head);
	else if (r.stream && h->o.fill != NULL)
		begin_stream(h, c, q, &r);
	else if (r.etag != NULL)
		put_kept(c, q, &r);
	else
		put_made(h, c, q, &r);
	gw_buf_fini(&made);
}

/* Hashes have one length, and comparing them tells nothing of the token. */
static bool
is_token(const struct gw_http *h, struct gw_slice given)
{
	char a[65], b[65];

	gw_sha256_hex(h->o.token.ptr, h->o.token.len, a);
	gw_sha256_hex(given.ptr, given.len, b);
	return gw_secret_eq(a, b, sizeof(a));
}

static bool
is_password(struct gw_http *h, struct gw_slice basic)
{
	struct gw_slice password;
	struct gw_buf text;
	bool well = false;

	gw_buf_init(&text, h->env->alloc, GW_HTTP_HEAD_MAX);
	(void)gw_buf_reserve(&text, basic.len);		/* growing would leave copies */
	if (gw_base64_get(basic, &text) == 0) {
		(void)gw_slice_cut(gw_buf_slice(&text), ':', &password);
		well = password.ptr != NULL && is_token(h, password);
	}
	gw_secret_buf_fini(&text);
	return well;
}

static bool
may_ask(struct gw_http *h, const struct gw_http_request *q)
{
	struct gw_slice value, scheme = gw_slice_cut(q->authorization, ' ', &value);

	if (h->o.token.len == 0)
		return true;
	if (value.ptr == NULL)
		return false;
	value = gw_slice_trim(value);
	if (gw_slice_is(scheme, "Bearer") || gw_slice_is(scheme, "bearer"))
		return is_token(h, value);
	return (gw_slice_is(scheme, "Basic") || gw_slice_is(scheme, "basic")) &&
	    is_password(h, value);
}

/* ---- out ---- */

static size_t
unwritten(const struct gw_http_conn *c, struct gw_slice v[2])
{
	size_t at = c->out_at, n = 0;

	if (at < c->out.len) {
		v[n++] = (struct gw_slice){ (const char *)c->out.ptr + at, c->out.len - at };
		at = c->out.len;
	}
	if (at - c->out.len < c->body.len)
		v[n++] = (struct gw_slice){ c->body.ptr + (at - c->out.len),
			c->body.len - (at - c->out.len) };
	return n;
}

/* An answer has left: memory goes back, the next one may begin. */
static bool
sent(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	c->since_us = now_us;
	/* Closed with something unread, a connection is reset and the refusal with it. */
	if (c->close && !c->stream && !c->refused)
		return false;
	if (c->stream) {
		gw_alloc_free(h->env->alloc, c->in);
		c->in = NULL;
		c->in_len = 0;
	}
	c->body = (struct gw_slice){ NULL, 0 };
	c->out_at = 0;
	if (c->out.cap > GW_HTTP_HEAD_MAX)
		gw_buf_fini(&c->out);
	gw_buf_clear(&c->out);
	return true;
}

static bool
write_out(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	struct gw_net *net = h->env->net;
	struct gw_slice v[2];
	ssize_t n;

	while (gw_http_conn_busy(c)) {
		n = net->write(net->ctx, c->fd, v, unwritten(c, v));
		if (n == GW_EAGAIN)
			return true;
		if (n < 0)
			return false;
		c->out_at += (size_t)n;
		c->since_us = now_us;
		h->stats.bytes_out += (uint64_t)n;
		if (!gw_http_conn_busy(c))
			return sent(h, c, now_us);
	}
	return true;
}

/* ---- in ---- */

/* The requests that are in, one after the other; each waits for the answer before it. */
static bool
take_requests(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	struct gw_http_request q;
	int n;

	while (c->in_len > 0 && !c->close && !gw_http_conn_busy(c)) {
		struct gw_slice in = { (const char *)c->in, c->in_len };

		n = h->o.token.len == 0 ? gw_http_parse(in, &q) : gw_http_parse_any_host(in, &q);
		if (n == 0)
			return true;
		gw_buf_clear(&c->out);
		c->body = (struct gw_slice){ NULL, 0 };
		c->out_at = 0;
		h->stats.requests++;
		if (n < 0) {
			c->close = true;
			put_refusal(h, c, -n, false);
			n = (int)c->in_len;
		} else if (may_ask(h, &q))
			answer(h, c, &q);
		else {
			c->close = q.close;
			put_refusal(h, c, 401, q.head);
		}
		if (c->out.err != 0)
			return false;
		c->in_len -= (size_t)n;
		memmove(c->in, c->in + n, c->in_len);
		if (!write_out(h, c, now_us))
			return false;
	}
	return true;
}

/* Who watches a stream, or was refused, has nothing more to say; only that it left counts. */
static bool
still_there(struct gw_http *h, struct gw_http_conn *c)
{
	struct gw_net *net = h->env->net;
	char scratch[2048];
	ssize_t n = net->read(net->ctx, c->fd, scratch, sizeof(scratch));

	return n > 0 || n == GW_EAGAIN;
}

bool
gw_http_conn_readable(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	struct gw_net *net = h->env->net;
	ssize_t n;

	if (c->close)
		return still_there(h, c);
	if (c->in == NULL && (c->in = gw_alloc_bytes(h->env->alloc, GW_HTTP_HEAD_MAX)) == NULL)
		return false;
	if (c->in_len == GW_HTTP_HEAD_MAX)
		return true;
	n = net->read(net->ctx, c->fd, c->in + c->in_len, GW_HTTP_HEAD_MAX - c->in_len);
	if (n == GW_EAGAIN)
		return true;
	if (n <= 0)
		return false;
	h->stats.bytes_in += (uint64_t)n;
	if (c->in_len == 0)
		c->since_us = now_us;
	c->in_len += (size_t)n;
	return take_requests(h, c, now_us);
}

bool
gw_http_conn_write(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	return write_out(h, c, now_us) && (c->stream || take_requests(h, c, now_us));
}

void
gw_http_conn_fill(struct gw_http *h, struct gw_http_conn *c, size_t *budget)
{
	if (!c->stream || gw_http_conn_busy(c) || c->cursor >= h->stream_end)
		return;
	h->o.fill(h->o.arg, &c->cursor, &c->out);
	*budget -= c->out.len < *budget ? c->out.len : *budget;
}

/* ---- time ---- */

static int64_t
patience(const struct gw_http_conn *c)
{
	if (gw_http_conn_busy(c))
		return GW_HTTP_STUCK_US;
	if (c->stream)
		return GW_HTTP_COMMENT_US;
	if (c->refused)
		return GW_HTTP_LINGER_US;
	return c->in_len > 0 ? GW_HTTP_HEAD_US : GW_HTTP_IDLE_US;
}

int64_t
gw_http_conn_deadline(const struct gw_http_conn *c)
{
	return c->since_us + patience(c);
}

bool
gw_http_conn_timer(struct gw_http *h, struct gw_http_conn *c, int64_t now_us)
{
	if (now_us < gw_http_conn_deadline(c))
		return true;
	if (!c->stream || gw_http_conn_busy(c)) {
		h->stats.dropped += !c->refused;
		return false;
	}
	gw_buf_puts(&c->out, ": still here\n\n");
	return c->out.err == 0 && gw_http_conn_write(h, c, now_us);
}

void
gw_http_conn_fini(struct gw_http *h, struct gw_http_conn *c)
{
	struct gw_net *net = h->env->net;

	if (c->stream)
		h->stats.streams--;
	net->close(net->ctx, c->fd);
	gw_alloc_free(h->env->alloc, c->in);
	gw_buf_fini(&c->out);
}
