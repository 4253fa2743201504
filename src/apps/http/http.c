/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/http_int.h"

#include "base/err.h"
#include "base/slice.h"

#define CONNECTIONS_MAX	512
#define TICK_US		50000		/* streams are served in so many turns a second at most */
#define TICK_BYTES	(1u << 20)	/* and with so much in each, whoever watches */
#define ACCEPT_US	100000		/* to wait when there is no descriptor left */

static const char full[] =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

/* ---- connections ---- */

static void
drop(struct gw_http *h, struct gw_http_conn *c)
{
	gw_http_conn_fini(h, c);
	c->fd = -1;
}

/* After a turn, so that nothing moves while it is walked over. */
static void
forget_closed(struct gw_http *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->conns[i].fd >= 0)
			h->conns[kept++] = h->conns[i];
	h->n = kept;
	h->stats.connections = kept;
}

/* Room for one more: who only keeps a connection open for later makes way. */
static bool
make_way(struct gw_http *h)
{
	struct gw_http_conn *idle = NULL;
	size_t n_open = 0;

	for (size_t i = 0; i < h->n; i++) {
		struct gw_http_conn *c = &h->conns[i];

		if (c->fd < 0)
			continue;
		n_open++;
		if (!c->stream && !gw_http_conn_busy(c) &&
		    (idle == NULL || c->since_us < idle->since_us))
			idle = c;
	}
	if (n_open < h->o.connections_max)
		return true;
	if (idle != NULL)
		drop(h, idle);
	return idle != NULL;
}

static void
add(struct gw_http *h, int fd, int64_t now_us)
{
	struct gw_net *net = h->env->net;
	struct gw_slice text = GW_LIT(full);
	void *conns = h->conns;

	if (!make_way(h) ||
	    gw_alloc_room(h->env->alloc, &conns, &h->cap, h->n, sizeof(*h->conns)) < 0) {
		h->stats.refused++;
		(void)net->write(net->ctx, fd, &text, 1);
		net->close(net->ctx, fd);
		return;
	}
	h->conns = conns;
	h->conns[h->n] = (struct gw_http_conn){ .fd = fd, .since_us = now_us };
	gw_buf_init(&h->conns[h->n++].out, h->env->alloc, 0);
}

static void
accept_all(struct gw_http *h, int64_t now_us)
{
	struct gw_net *net = h->env->net;
	struct gw_addr peer;
	int fd;

	while ((fd = net->accept(net->ctx, h->listener, &peer)) >= 0)
		add(h, fd, now_us);
	if (fd != GW_EAGAIN)
		h->accept_us = now_us + ACCEPT_US;
}

/* ---- the part ---- */

/*
 * A scorer at full speed takes thousands of turns a second. In most of them the streams, which may
 * be hundreds, are neither polled nor filled: they have their turn when the tick comes.
 */
static bool
streams_wait(const struct gw_http *h, int64_t now_us)
{
	return now_us < h->tick_us && h->stats.streams > 0 && !gw_http_all_told(h);
}

static void
sooner(int64_t *deadline_us, int64_t us)
{
	if (us < *deadline_us)
		*deadline_us = us;
}

static void
put_fd(struct pollfd *fds, size_t cap, size_t *n, const struct gw_http_conn *c)
{
	short events = gw_http_conn_busy(c) ? POLLOUT : 0;

	/* While an answer is under way, a request behind it can wait; a hang-up is always told. */
	if (c->stream || !gw_http_conn_busy(c))
		events = (short)(events | POLLIN);
	if (*n < cap)
		fds[*n] = (struct pollfd){ .fd = c->fd, .events = events };
	(*n)++;
}

static size_t
http_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_http *h = self;
	int64_t now_us = gw_env_now(h->env).us;
	bool wait = streams_wait(h, now_us);
	size_t n = 0;

	if (now_us >= h->accept_us) {
		if (cap > 0)
			fds[0] = (struct pollfd){ .fd = h->listener, .events = POLLIN };
		n = 1;
	} else
		sooner(deadline_us, h->accept_us);
	for (size_t i = 0; i < h->n; i++) {
		struct gw_http_conn *c = &h->conns[i];

		c->polled = !(wait && c->stream);
		if (c->polled)
			put_fd(fds, cap, &n, c);
		sooner(deadline_us, gw_http_conn_deadline(c));
		if (c->stream && !gw_http_conn_busy(c) && c->cursor < h->stream_end)
			sooner(deadline_us, h->tick_us);
	}
	if (wait)
		sooner(deadline_us, h->tick_us);
	return n;
}

static bool
serve(struct gw_http *h, struct gw_http_conn *c, short revents, int64_t now_us)
{
	if ((revents & POLLOUT) != 0 && !gw_http_conn_write(h, c, now_us))
		return false;
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		return gw_http_conn_readable(h, c, now_us);
	return true;
}

/* In turns, so that those at the end of the list are not always without budget. */
static void
fill_streams(struct gw_http *h, int64_t now_us)
{
	size_t budget = TICK_BYTES, first = h->n > 0 ? h->turn % h->n : 0;

	if (h->stats.streams == 0 || now_us < h->tick_us)
		return;
	for (size_t i = 0; i < h->n && budget > 0; i++) {
		struct gw_http_conn *c = &h->conns[(first + i) % h->n];

		if (c->fd < 0 || !c->stream || gw_http_conn_busy(c) || c->cursor >= h->stream_end)
			continue;
		h->tick_us = now_us + TICK_US;
		h->turn = first + i + 1;
		gw_http_conn_fill(h, c, &budget);
		if (c->out.err != 0 || !gw_http_conn_write(h, c, now_us))
			drop(h, c);
	}
}

static int
http_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_http *h = self;
	int64_t now_us = gw_env_now(h->env).us;
	size_t k = n > 0 && fds[0].fd == h->listener ? 1 : 0;

	for (size_t i = 0; i < h->n; i++) {
		struct gw_http_conn *c = &h->conns[i];
		short revents = c->polled && k < n ? fds[k++].revents : 0;

		if (!serve(h, c, revents, now_us) || !gw_http_conn_timer(h, c, now_us))
			drop(h, c);
	}
	if (n > 0 && fds[0].fd == h->listener && fds[0].revents != 0)
		accept_all(h, now_us);
	fill_streams(h, now_us);
	forget_closed(h);
	return 0;
}

struct gw_part
gw_http_part(struct gw_http *h)
{
	return (struct gw_part){ .name = "http", .self = h, .endless = true,
		.pollfds = http_pollfds, .process = http_process };
}

/* ---- opening, closing ---- */

struct gw_http *
gw_http_new(struct gw_env *env, const struct gw_http_options *o, struct gw_err *err)
{
	char text[GW_ADDR_TEXT_MAX];
	struct gw_http *h;

	gw_addr_text(&o->listen, text);
	if (!gw_addr_is_loopback(&o->listen) && o->token.len == 0) {
		gw_err_set(err, GW_EINVAL, "cannot serve pages on %s: without a token only "
		    "loopback addresses are served (127.0.0.1 or [::1])", text);
		return NULL;
	}
	h = gw_alloc_zero(env->alloc, 1, sizeof(*h));
	if (h == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	h->env = env;
	h->stats.started_ms = gw_env_now(env).wall_ms;
	h->o = *o;
	if (h->o.connections_max == 0)
		h->o.connections_max = CONNECTIONS_MAX;
	h->listener = env->net->listen(env->net->ctx, &o->listen, &h->addr, err);
	if (h->listener < 0) {
		gw_err_prefix(err, "pages on %s: ", text);
		gw_alloc_free(env->alloc, h);
		return NULL;
	}
	return h;
}

void
gw_http_free(struct gw_http *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		gw_http_conn_fini(h, &h->conns[i]);
	h->env->net->close(h->env->net->ctx, h->listener);
	gw_alloc_free(h->env->alloc, h->conns);
	gw_alloc_free(h->env->alloc, h);
}

bool
gw_http_all_told(const struct gw_http *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->conns[i].stream &&
		    (gw_http_conn_busy(&h->conns[i]) || h->conns[i].cursor < h->stream_end))
			return false;
	return true;
}

struct gw_addr
gw_http_addr(const struct gw_http *h)
{
	return h->addr;
}

void
gw_http_stream_end(struct gw_http *h, uint64_t end)
{
	h->stream_end = end;
}

struct gw_http_stats
gw_http_get_stats(const struct gw_http *h)
{
	return h->stats;
}

int
gw_http_any_address(const char *option, const char *text, struct gw_addr *out, struct gw_err *err)
{
	if (gw_addr_parse(gw_str(text), out) < 0)
		return gw_err_set(err, GW_EINVAL,
		    "--%s %s: write it as 127.0.0.1:8080 or [::1]:8080; port 0: any free one",
		    option, text);
	return 0;
}

int
gw_http_address(const char *option, const char *text, struct gw_addr *out, struct gw_err *err)
{
	int rc = gw_http_any_address(option, text, out, err);

	if (rc == 0 && !gw_addr_is_loopback(out))
		return gw_err_set(err, GW_EINVAL, "--%s %s: without authentication only loopback "
		    "addresses are served (127.0.0.1 or [::1]); let a proxy that asks for a "
		    "password serve others", option, text);
	return rc;
}

int
gw_http_token_file(struct gw_env *env, const char *path, struct gw_buf *out, struct gw_err *err)
{
	struct gw_slice token;
	int rc;

	(void)gw_buf_reserve(out, GW_HTTP_HEAD_MAX);
	rc = gw_fs_read_file(env->fs, path, out, err);
	if (rc < 0)
		return rc == GW_ENOENT ? err->code = GW_EIO : rc;
	token = gw_buf_slice(out);
	while (token.len > 0 && (token.ptr[token.len - 1] == '\n' ||
	    token.ptr[token.len - 1] == '\r'))
		token.len--;
	out->len = token.len;
	for (size_t i = 0; i < token.len; i++)
		if ((unsigned char)token.ptr[i] <= ' ')
			token.len = 0;
	if (token.len < GW_HTTP_TOKEN_MIN)
		return gw_err_set(err, GW_EINVAL, "%s: a token of one line is wanted, %d bytes or "
		    "more without blanks; \"openssl rand -hex 16\" makes one", path,
		    GW_HTTP_TOKEN_MIN);
	return 0;
}
