/* SPDX-License-Identifier: MIT
 *
 * apps/espn/web_own.c - by the client's transport: HTTP/1.1 over TLS, a connection for each
 * request. The certificate must be the host's, by the authorities that OpenSSL knows
 * ($SSL_CERT_FILE).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/web_get.h"

#include <stdio.h>

#include "client/transport.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define SECOND_US	INT64_C(1000000)
#define ADDRESSES_MAX	8
#define HOST_MAX	254
#define CHUNK		16384

enum step { IDLE, CONNECT, GREET, SEND, READ };

struct target {
	bool		tls;
	uint16_t	port;
	char		host[HOST_MAX];
	char		authority[HOST_MAX + 8];	/* with the port, if it is a rare one */
	char		path[GW_WEB_URL_MAX];		/* and the query */
};

struct own {
	struct gw_env			*env;
	const struct gw_transport	*tls;		/* from the first https on */
	void				*tls_ctx;
	struct gw_web_reader		 reader;
	struct gw_buf			 out;		/* of the request, what is not sent yet */
	char				 etag[GW_WEB_TAG_MAX], last_modified[GW_WEB_TAG_MAX];
	struct target			 to;
	struct gw_addr			 addrs[ADDRESSES_MAX];
	size_t				 n_addrs, addr_at;
	enum step			 step;
	int				 h;		/* -1: none */
	void				*session;	/* NULL: plain, or not yet */
	int				 n_redirects;
	int64_t				 until_us;	/* of the whole */
	int64_t				 connected_until_us, step_until_us;
};

void *
gw_web_own_new(struct gw_env *env)
{
	struct own *w = gw_alloc_zero(env->alloc, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->env = env;
	w->h = -1;
	gw_web_reader_init(&w->reader, env->alloc);
	gw_buf_init(&w->out, env->alloc, 0);
	return w;
}

static void
hang_up(struct own *w)
{
	if (w->session != NULL)
		w->tls->close(w->session);
	if (w->h >= 0)
		w->env->net->close(w->env->net->ctx, w->h);
	w->session = NULL;
	w->h = -1;
	w->step = IDLE;
}

static void
own_free(void *ctx)
{
	struct own *w = ctx;

	hang_up(w);
	if (w->tls != NULL)
		w->tls->free(w->tls_ctx);
	gw_web_reader_fini(&w->reader);
	gw_buf_fini(&w->out);
	gw_alloc_free(w->env->alloc, w);
}

/* ---- addresses ---- */

static bool
is_plain(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return true;
}

/* "https://host:port/path?query#fragment" */
static int
parse_url(struct gw_slice url, struct target *t, struct gw_err *err)
{
	struct gw_slice more, s = gw_slice_cut(url, '#', &more), host;
	size_t n = 0, path;

	*t = (struct target){ .tls = gw_slice_starts(s, "https://") };
	if ((!t->tls && !gw_slice_starts(s, "http://")) || !is_plain(s))
		goto bad;
	n = t->tls ? 8 : 7;
	s = (struct gw_slice){ s.ptr + n, s.len - n };
	for (n = 0; n < s.len && s.ptr[n] != '/' && s.ptr[n] != '?'; n++)
		if (s.ptr[n] == '@')
			goto bad;
	path = s.len - n;
	if (gw_host_port((struct gw_slice){ s.ptr, n }, t->tls ? 443 : 80, &host, &t->port) != 0 ||
	    host.len == 0 || host.len >= HOST_MAX || n >= sizeof(t->authority) ||
	    path + 2 > sizeof(t->path))
		goto bad;
	memcpy(t->host, host.ptr, host.len);
	memcpy(t->authority, s.ptr, n);
	t->path[0] = '/';
	n += path > 0 && s.ptr[n] == '/';
	if (s.len > n)
		memcpy(t->path + 1, s.ptr + n, s.len - n);
	return 0;
bad:
	return gw_err_set(err, GW_EINVAL, "\"%.*s\" is no address of the web: "
	    "https://host/path is wanted", (int)(url.len < 200 ? url.len : 200), url.ptr);
}

/* The next address that lets us begin. */
static int
call_next(struct own *w, struct gw_err *err)
{
	struct gw_net *net = w->env->net;
	int64_t now = gw_env_now(w->env).us;
	int rc = GW_ECONNECT;

	hang_up(w);
	while (w->addr_at < w->n_addrs && w->h < 0) {
		w->h = net->connect(net->ctx, &w->addrs[w->addr_at++], err);
		if (w->h < 0)
			rc = w->h;
	}
	if (w->h < 0)
		return rc;
	w->step = CONNECT;
	/* What time is left is for the other addresses, too. */
	w->step_until_us = now + (w->connected_until_us - now) /
	    (int64_t)(w->n_addrs - w->addr_at + 1);
	return 0;
}

static void
write_request(struct own *w)
{
	gw_buf_clear(&w->out);
	gw_buf_printf(&w->out, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: gridwire/%s\r\n"
	    "Accept: application/json\r\nAccept-Encoding: gzip\r\nConnection: close\r\n",
	    w->to.path, w->to.authority, PACKAGE_VERSION);
	if (w->etag[0] != '\0')
		gw_buf_printf(&w->out, "If-None-Match: %s\r\n", w->etag);
	if (w->last_modified[0] != '\0')
		gw_buf_printf(&w->out, "If-Modified-Since: %s\r\n", w->last_modified);
	gw_buf_puts(&w->out, "\r\n");
}

/* To w->to. */
static int
begin(struct own *w, struct gw_err *err)
{
	struct gw_net *net = w->env->net;
	int n;

	if (w->to.tls && w->tls == NULL &&
	    (w->tls = gw_tls_new(NULL, w->env, &w->tls_ctx, err)) == NULL)
		return err->code;
	gw_web_reader_reset(&w->reader);
	write_request(w);
	if (w->out.err != 0)
		return gw_err_set(err, w->out.err, "%s", gw_strerror(w->out.err));
	n = net->resolve(net->ctx, w->to.host, w->to.port, w->addrs, ADDRESSES_MAX, err);
	if (n < 0)
		return n;
	w->n_addrs = (size_t)n;
	w->addr_at = 0;
	w->connected_until_us = gw_env_now(w->env).us + GW_WEB_CONNECT_S * SECOND_US;
	return call_next(w, err);
}

/* Where it failed before the name of the host is told. */
static int
named(const struct own *w, int rc, struct gw_err *err)
{
	gw_err_prefix(err, w->to.tls ? "https://%s%s: " : "http://%s%s: ", w->to.authority,
	    w->to.path);
	return err->code = rc;
}

static int
own_get(void *ctx, const struct gw_web_request *q, struct gw_err *err)
{
	struct own *w = ctx;
	int rc = parse_url(gw_str(q->url), &w->to, err);

	if (rc != 0)
		return rc;
	snprintf(w->etag, sizeof(w->etag), "%s", q->etag != NULL ? q->etag : "");
	snprintf(w->last_modified, sizeof(w->last_modified), "%s",
	    q->last_modified != NULL ? q->last_modified : "");
	w->n_redirects = 0;
	w->until_us = gw_env_now(w->env).us + GW_WEB_WHOLE_S * SECOND_US;
	rc = begin(w, err);
	return rc == 0 ? 0 : named(w, rc, err);
}

static int
own_fd(const void *ctx, short *events, int64_t *deadline_us)
{
	const struct own *w = ctx;
	short tls = w->session != NULL ? w->tls->events(w->session) : 0;

	*deadline_us = w->step_until_us < w->until_us ? w->step_until_us : w->until_us;
	*events = w->step == CONNECT || w->step == SEND ? POLLOUT : w->step == READ ? POLLIN : 0;
	*events = (short)(*events | tls);
	return w->h;
}

/* ---- steps: 0 to go on, GW_EAGAIN to wait, 1 at the end ---- */

static int
connected(struct own *w, struct gw_err *err)
{
	struct gw_net *net = w->env->net;
	int rc = net->connected(net->ctx, w->h, err);

	if (rc == GW_EAGAIN)
		return rc;
	if (rc != 0)
		return w->addr_at < w->n_addrs ? call_next(w, err) : rc;
	w->step = w->to.tls ? GREET : SEND;
	w->step_until_us = w->connected_until_us;
	if (!w->to.tls)
		return 0;
	w->session = w->tls->open(w->tls_ctx, w->env, w->h, w->to.host, err);
	return w->session == NULL ? err->code : 0;
}

static int
greeted(struct own *w, struct gw_err *err)
{
	int rc = w->tls->handshake(w->session, err);

	if (rc == 0)
		w->step = SEND;
	return rc;
}

static int
sent(struct own *w, struct gw_err *err)
{
	struct gw_net *net = w->env->net;
	struct gw_slice left = gw_buf_slice(&w->out);
	ssize_t n = w->session != NULL ? w->tls->write(w->session, left, err) :
	    net->write(net->ctx, w->h, &left, 1);

	if (n < 0)
		return (int)n;
	gw_buf_consume(&w->out, (size_t)n);
	if (w->out.len > 0)
		return GW_EAGAIN;
	w->step = READ;
	w->step_until_us = INT64_MAX;
	return 0;
}

static int
got(struct own *w, struct gw_err *err)
{
	struct gw_net *net = w->env->net;
	char bytes[CHUNK];
	ssize_t n = w->session != NULL ? w->tls->read(w->session, bytes, sizeof(bytes), err) :
	    net->read(net->ctx, w->h, bytes, sizeof(bytes));

	if (n < 0)
		return (int)n;
	if (n == 0)
		return gw_web_reader_end(&w->reader, err);
	return gw_web_reader_take(&w->reader, (struct gw_slice){ bytes, (size_t)n }, err);
}

static bool
is_redirect(const struct gw_web_answer *a)
{
	return (a->status == 301 || a->status == 302 || a->status == 303 || a->status == 307 ||
	    a->status == 308) && a->location[0] != '\0';
}

/* "https://host/path", "//host/path", "/path" */
static int
follow(struct own *w, struct gw_err *err)
{
	const char *location = w->reader.answer.location;
	char url[GW_WEB_URL_MAX + HOST_MAX + 32];
	const char *scheme = w->to.tls ? "https:" : "http:";
	bool was_tls = w->to.tls;
	int rc;

	if (++w->n_redirects > GW_WEB_REDIRECTS_MAX)
		return gw_err_set(err, GW_EPROTO, "more than %d redirects", GW_WEB_REDIRECTS_MAX);
	if (location[0] == '/' && location[1] == '/')
		snprintf(url, sizeof(url), "%s%s", scheme, location);
	else if (location[0] == '/')
		snprintf(url, sizeof(url), "%s//%s%s", scheme, w->to.authority, location);
	else
		snprintf(url, sizeof(url), "%s", location);
	if ((rc = parse_url(gw_str(url), &w->to, err)) != 0)
		return gw_err_set(err, GW_EPROTO, "it redirects to what is no address");
	if (was_tls && !w->to.tls)
		return gw_err_set(err, GW_EPROTO, "it redirects from https to http");
	hang_up(w);
	return begin(w, err);
}

static int
step(struct own *w, struct gw_err *err)
{
	int rc;

	switch (w->step) {
	case CONNECT:
		return connected(w, err);
	case GREET:
		return greeted(w, err);
	case SEND:
		return sent(w, err);
	default:
		rc = got(w, err);
		return rc == 1 && is_redirect(&w->reader.answer) ? follow(w, err) : rc;
	}
}

/* Nothing came in time: perhaps from another address. */
static int
late(struct own *w, int64_t now, struct gw_err *err)
{
	if (w->step == CONNECT && w->addr_at < w->n_addrs && now < w->until_us)
		return call_next(w, err);
	return gw_err_set(err, GW_ETIMEOUT, "%s within %d seconds",
	    w->step == READ ? "no whole answer" : "no connection",
	    w->step == READ ? GW_WEB_WHOLE_S : GW_WEB_CONNECT_S);
}

static int
own_take(void *ctx, struct gw_web_answer *out, struct gw_err *err)
{
	struct own *w = ctx;
	struct gw_err why = { 0 };
	int64_t now;
	int rc = 0;

	while (rc == 0) {
		rc = step(w, &why);
		now = gw_env_now(w->env).us;
		if (rc == GW_EAGAIN && (now >= w->until_us || now >= w->step_until_us))
			rc = late(w, now, &why);
	}
	if (rc == GW_EAGAIN)
		return 0;
	hang_up(w);
	if (rc == 1) {
		*out = w->reader.answer;
		return 1;
	}
	if (why.code == 0)
		(void)gw_err_set(&why, rc, "%s", gw_strerror(rc));
	*err = why;
	/* Whoever is there is not whom we wanted to reach. */
	return named(w, rc == GW_EAUTH || rc == GW_ECLOSED ? GW_ECONNECT : rc, err);
}

const struct gw_web_way gw_web_own = { own_get, own_fd, own_take, own_free };
