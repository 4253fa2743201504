/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/secret.h"

#define READ_MAX	(256u << 10) /* from one connection in a turn, for the others' sake */
#define READ_MIN	(16u << 10)
#define WAITING_IN_MAX	(64u << 10) /* read on while a request waits: to see the end, not to hoard \
				     */
#define KEEP_BUF_MAX	(1u << 20)	/* an empty buffer larger than this is given back */
#define ACCEPT_MAX	64		/* in a turn */

static size_t
frame_max(const struct gw_broker *b)
{
	size_t batch = (size_t)b->o.message_max_bytes + (64u << 10);

	return batch > GW_BROKER_FRAME_MAX ? batch : GW_BROKER_FRAME_MAX;
}

/* ---- coming and going ---- */

static struct gw_peer *
peer_new(struct gw_broker *b, int h, const struct gw_addr *from, int64_t now_us)
{
	struct gw_peer *c = gw_alloc_zero(b->env->alloc, 1, sizeof(*c));
	void *p = b->conns;
	char *colon;

	if (c == NULL)
		return NULL;
	if (gw_alloc_room(b->env->alloc, &p, &b->cap_conns, b->n_conns, sizeof(struct gw_peer *)) <
	    0) {
		gw_alloc_free(b->env->alloc, c);
		return NULL;
	}
	b->conns = p;
	c->b = b;
	c->h = h;
	c->last = &c->first;
	c->last_us = now_us;
	gw_addr_text(from, c->peer);
	c->host[0] = '/';		/* as Java prints an address, which its tools expect */
	memcpy(c->host + 1, c->peer, sizeof(c->peer));
	colon = strrchr(c->host, ':');
	if (colon != NULL)
		*colon = '\0';
	gw_buf_init(&c->in, b->env->alloc, 0);
	gw_buf_init(&c->out, b->env->alloc, 0);
	b->conns[b->n_conns++] = c;
	b->stats.connections++;
	return c;
}

void
gw_peer_accept_all(struct gw_broker *b, struct gw_time now)
{
	struct gw_net *net = b->env->net;

	for (int i = 0; i < ACCEPT_MAX && b->n_conns < b->o.connections_max; i++) {
		struct gw_addr from;
		int h = net->accept(net->ctx, b->listen_h, &from);

		if (h == GW_EAGAIN || h == GW_ECLOSED)
			return;
		if (h < 0) {
			b->accept_paused = true;
			gw_log(b->env->log, GW_LOG_WARN, "accept_failed",
			    gw_kv_s("error", gw_str(gw_strerror(h))));
			return;
		}
		if (peer_new(b, h, &from, now.us) == NULL)
			net->close(net->ctx, h);
	}
}

void
gw_peer_close(struct gw_peer *c, const char *why)
{
	struct gw_broker *b = c->b;

	if (c->h < 0)
		return;
	b->env->net->close(b->env->net->ctx, c->h);
	c->h = -1;
	b->accept_paused = false;
	if (why != NULL)
		gw_log(b->env->log, GW_LOG_WARN, "connection_closed",
		    gw_kv_s("peer", gw_str(c->peer)), gw_kv_s("reason", gw_str(why)));
}

void
gw_peer_free(struct gw_peer *c)
{
	struct gw_pending *p;

	gw_peer_close(c, NULL);
	while ((p = c->first) != NULL) {
		c->first = p->next;
		gw_pending_free(p);
	}
	gw_peer_login_drop(c);
	gw_secret_wipe(c->in.ptr, c->in.len);
	gw_buf_fini(&c->in);
	gw_buf_fini(&c->out);
	gw_alloc_free(c->b->env->alloc, c);
}

/* ---- bytes ---- */

static void
give_back(struct gw_buf *buf)
{
	if (buf->len == 0 && buf->cap > KEEP_BUF_MAX) {
		struct gw_alloc *alloc = buf->alloc;

		gw_buf_fini(buf);
		gw_buf_init(buf, alloc, 0);
	}
}

static void
send_some(struct gw_peer *c)
{
	struct gw_net *net = c->b->env->net;

	while (c->h >= 0 && c->out_at < c->out.len) {
		struct gw_slice rest = { (const char *)c->out.ptr + c->out_at,
			c->out.len - c->out_at };
		ssize_t n = net->write(net->ctx, c->h, &rest, 1);

		if (n == GW_EAGAIN)
			return;
		if (n < 0) {
			gw_peer_close(c, NULL);
			return;
		}
		c->out_at += (size_t)n;
		c->b->stats.bytes_out += (uint64_t)n;
		if ((size_t)n < rest.len)
			return;
	}
	gw_buf_clear(&c->out);
	c->out_at = 0;
	give_back(&c->out);
}

/* How much to ask for: the rest of a frame whose size is known, but never more than a turn's share.
 */
static size_t
read_size(const struct gw_peer *c)
{
	int64_t frame = gw_frame_size(c->in.ptr, c->in.len, frame_max(c->b));
	size_t rest =
	    frame > 0 && (size_t)frame + 4 > c->in.len ? (size_t)frame + 4 - c->in.len : READ_MIN;

	return rest < READ_MIN ? READ_MIN : rest > READ_MAX ? READ_MAX : rest;
}

static void
read_some(struct gw_peer *c)
{
	struct gw_net *net = c->b->env->net;
	size_t want = read_size(c);
	uint8_t *to = gw_buf_reserve(&c->in, want);
	ssize_t n;

	if (to == NULL) {
		gw_peer_close(c, "out of memory for its request");
		return;
	}
	n = net->read(net->ctx, c->h, to, want);
	if (n == GW_EAGAIN)
		return;
	if (n <= 0) {
		c->ended = true;
		if (c->first == NULL || n < 0)
			gw_peer_close(c, NULL);
		return;
	}
	c->in.len += (size_t)n;
	c->b->stats.bytes_in += (uint64_t)n;
}

/* ---- requests and answers ---- */

static void
release_answered(struct gw_peer *c)
{
	struct gw_pending *p;

	while ((p = c->first) != NULL && p->answered) {
		if (p->answer.len > 0)
			gw_buf_put(&c->out, p->answer.ptr, p->answer.len);
		c->first = p->next;
		if (c->first == NULL)
			c->last = &c->first;
		c->n_pending--;
		gw_pending_free(p);
	}
	if (c->out.err != 0)
		gw_peer_close(c, "out of memory for its answers");
}

/*
 * A request that waits holds up those behind it, unless all that wait are of the kind that
 * pipelines.
 */
static bool
may_begin(const struct gw_peer *c)
{
	if (c->h < 0 || c->closing || c->out.len - c->out_at > GW_BROKER_OUT_MAX ||
	    c->n_pending >= GW_BROKER_WAITING_MAX)
		return false;
	for (const struct gw_pending *p = c->first; p != NULL; p = p->next)
		if (!p->answered && !p->pipelines)
			return false;
	return true;
}

static void
begin_requests(struct gw_peer *c)
{
	size_t at = 0;

	while (c->in.len - at >= 4 && may_begin(c)) {
		int64_t len = gw_frame_size(c->in.ptr + at, c->in.len - at, frame_max(c->b));
		bool secret = c->login != NULL;		/* the frame may hold a password */
		int rc;

		if (len == GW_ELIMIT) {
			gw_peer_close(c, c->spoke ? "a request's size is out of range"
			    : "these are no Kafka requests (TLS or HTTP on this port?)");
			break;
		}
		if (len < 0 || (size_t)len > c->in.len - at - 4)
			break;
		rc = gw_dispatch(
		    c->b, c, (struct gw_slice){ (const char *)c->in.ptr + at + 4, (size_t)len });
		if (secret)
			gw_secret_wipe(c->in.ptr + at + 4, (size_t)len);
		if (rc < 0) {
			gw_peer_close(c, gw_strerror(rc));
			break;
		}
		c->spoke = true;
		at += 4 + (size_t)len;
		gw_coord_deliver(c->b);
		release_answered(c);
	}
	if (at > 0)
		gw_buf_consume(&c->in, at);
	give_back(&c->in);
}

void
gw_peer_turn(struct gw_peer *c)
{
	if (c->h < 0)
		return;
	release_answered(c);
	send_some(c);
	begin_requests(c);
	send_some(c);
	if (c->h >= 0 && (c->ended || c->closing) && c->first == NULL && c->out.len == 0)
		gw_peer_close(c, NULL);
}

void
gw_peer_ready(struct gw_peer *c, short revents, struct gw_time now)
{
	if (c->h < 0 || revents == 0)
		return;
	c->last_us = now.us;
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !c->ended)
		read_some(c);
	else if ((revents & (POLLHUP | POLLERR)) != 0)
		gw_peer_close(c, NULL);
	gw_peer_turn(c);
}

short
gw_peer_events(const struct gw_peer *c)
{
	short events = 0;

	if (!c->ended && (may_begin(c) || c->in.len < WAITING_IN_MAX) &&
	    c->out.len - c->out_at <= GW_BROKER_OUT_MAX)
		events |= POLLIN;
	if (c->out_at < c->out.len)
		events |= POLLOUT;
	return events;
}
