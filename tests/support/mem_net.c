/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/support/mem_net.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define HANDLES_MAX	4096
#define BACKLOG_MAX	128
#define NEVER		INT64_MAX

struct segment {
	struct segment	*next;
	int64_t		 arrive_us;
	size_t		 len, at;
	uint8_t		 data[];
};

/* One direction of a connection. */
struct way {
	struct segment	*first, **last;
	size_t		 under_way;	/* bytes not yet read */
	int64_t		 newest_us;	/* arrival of the last one: order is kept */
	int64_t		 end_us;	/* when the reader learns of the end; NEVER: open */
	int		 end;		/* 0: FIN, GW_ECLOSED: reset */
	bool		 lost;		/* what is written from now on goes nowhere */
};

struct conn {
	struct way	 way[2];	/* way[s] is read by side s */
	struct mem_node	*node[2];
	unsigned	 refs;		/* sides with a handle */
};

enum kind { FREE, LISTENER, CONNECTING, END, DEAD };	/* DEAD: only close() is left */

struct handle {
	enum kind	 kind;
	struct mem_node	*node;
	struct conn	*conn;		/* END */
	int		 side;
	uint16_t	 port;		/* LISTENER: its own; CONNECTING: where to */
	int64_t		 ready_us;	/* CONNECTING: when it is known */
	int		 result;	/* CONNECTING: GW_EAGAIN until known */
	struct conn	*backlog[BACKLOG_MAX];
	size_t		 n_backlog;
};

struct mem_node {
	struct mem_net	*net;
	struct gw_net	 seam;
	bool		 frozen;
	struct mem_node	*next;
};

struct mem_net {
	struct gw_rng		 rng;
	const int64_t		*now_us;
	struct mem_net_faults	 faults;
	struct handle		 handles[HANDLES_MAX];
	int			 handles_end;		/* none in use from here on */
	struct mem_node		*nodes;
	uint16_t		 next_port;
	uint64_t		 cuts;
};

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static bool
chance(struct mem_net *m, double p)
{
	return p > 0 && gw_rng_unit(&m->rng) < p;
}

static int64_t
delay(struct mem_net *m)
{
	int64_t span = m->faults.delay_max_us - m->faults.delay_min_us;

	return m->faults.delay_min_us +
	    (span <= 0 ? 0 : (int64_t)gw_rng_below(&m->rng, (uint64_t)span + 1));
}

static size_t
window(const struct mem_net *m)
{
	return m->faults.window == 0 ? 1u << 20 : m->faults.window;
}

/* ---- connections ---- */

static struct conn *
conn_new(struct mem_node *from, struct mem_node *to)
{
	struct conn *c = must(calloc(1, sizeof(*c)));
	int s;

	for (s = 0; s < 2; s++) {
		c->way[s].last = &c->way[s].first;
		c->way[s].end_us = NEVER;
	}
	c->node[0] = from;
	c->node[1] = to;
	c->refs = 2;
	return c;
}

static void
way_empty(struct way *w)
{
	struct segment *s;

	while ((s = w->first) != NULL) {
		w->first = s->next;
		free(s);
	}
	w->last = &w->first;
	w->under_way = 0;
}

static void
conn_release(struct conn *c)
{
	if (--c->refs > 0)
		return;
	way_empty(&c->way[0]);
	way_empty(&c->way[1]);
	free(c);
}

/* The reader of this way learns of the end once what is under way has arrived. */
static void
way_end(struct mem_net *m, struct way *w, int end)
{
	int64_t at = *m->now_us + delay(m);

	if (w->end_us != NEVER)
		return;
	w->end_us = at > w->newest_us ? at : w->newest_us;
	w->end = end;
	w->lost = true;
}

static void
way_put(struct mem_net *m, struct way *w, const char *ptr, size_t len)
{
	struct segment *s;
	int64_t at = *m->now_us + delay(m);

	if (w->lost || len == 0)
		return;
	s = must(malloc(sizeof(*s) + len));
	*s = (struct segment){ .len = len };
	memcpy(s->data, ptr, len);
	s->arrive_us = w->newest_us = at > w->newest_us ? at : w->newest_us;
	*w->last = s;
	w->last = &s->next;
	w->under_way += len;
}

static bool
conn_frozen(const struct conn *c)
{
	return c->node[0]->frozen || c->node[1]->frozen;
}

static bool
way_readable(const struct mem_net *m, const struct way *w)
{
	if (w->first != NULL)
		return w->first->arrive_us <= *m->now_us;
	return w->end_us <= *m->now_us;
}

/* ---- handles ---- */

static int
handle_new(struct mem_net *m, enum kind kind, struct mem_node *node)
{
	int h;

	for (h = 0; h < HANDLES_MAX; h++) {
		if (m->handles[h].kind == FREE) {
			m->handles[h] = (struct handle){ .kind = kind, .node = node };
			if (h >= m->handles_end)
				m->handles_end = h + 1;
			return h;
		}
	}
	return GW_ELIMIT;
}

static struct handle *
handle_at(struct mem_net *m, int h)
{
	assert(h >= 0 && h < HANDLES_MAX && m->handles[h].kind != FREE);
	return &m->handles[h];
}

static struct handle *
listener_at(struct mem_net *m, uint16_t port)
{
	int h;

	for (h = 0; h < m->handles_end; h++)
		if (m->handles[h].kind == LISTENER && m->handles[h].port == port)
			return &m->handles[h];
	return NULL;
}

/* Connections whose time has come find their listener, or do not. */
static void
settle(struct mem_net *m)
{
	struct handle *h, *l;
	int k;

	for (k = 0; k < m->handles_end; k++) {
		h = &m->handles[k];
		if (h->kind != CONNECTING || h->result != GW_EAGAIN || h->ready_us > *m->now_us)
			continue;
		l = listener_at(m, h->port);
		if (l != NULL && (l->node->frozen || h->node->frozen))
			continue;
		if (l == NULL || l->n_backlog == BACKLOG_MAX || chance(m, m->faults.p_refuse)) {
			h->result = GW_ECONNECT;
			continue;
		}
		h->conn = conn_new(h->node, l->node);
		h->side = 0;
		h->result = 0;
		l->backlog[l->n_backlog++] = h->conn;
	}
}

static void
handle_close(struct mem_net *m, struct handle *h, int end)
{
	size_t k;

	for (k = 0; k < h->n_backlog; k++) {
		way_end(m, &h->backlog[k]->way[0], GW_ECLOSED);
		conn_release(h->backlog[k]);
	}
	if (h->conn != NULL) {
		way_end(m, &h->conn->way[1 - h->side], end);
		h->conn->way[h->side].lost = true;
		conn_release(h->conn);
	}
	*h = (struct handle){ 0 };
}

/* ---- the seam ---- */

static int
net_resolve(void *ctx, const char *host, uint16_t port, struct gw_addr *out, size_t cap,
    struct gw_err *err)
{
	(void)ctx;
	if (strstr(host, "nowhere") != NULL || cap == 0)
		return gw_err_set(err, GW_ERESOLVE, "%s: no such host", host);
	out[0] = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 }, .port = port };
	return 1;
}

static int
net_connect(void *ctx, const struct gw_addr *to, struct gw_err *err)
{
	struct mem_node *n = ctx;
	int h = handle_new(n->net, CONNECTING, n);

	if (h < 0)
		return gw_err_set(err, h, "too many handles");
	n->net->handles[h].port = to->port;
	n->net->handles[h].ready_us = *n->net->now_us + delay(n->net);
	n->net->handles[h].result = GW_EAGAIN;
	return h;
}

static int
net_connected(void *ctx, int handle, struct gw_err *err)
{
	struct mem_node *n = ctx;
	struct handle *h = handle_at(n->net, handle);

	if (h->kind == END)
		return 0;
	if (h->kind == DEAD)
		return gw_err_set(err, GW_ECLOSED, "this host is down");
	settle(n->net);
	if (h->result == 0)
		h->kind = END;
	else if (h->result != GW_EAGAIN)
		return gw_err_set(err, h->result, "127.0.0.1:%u: connection refused",
		    (unsigned)h->port);
	return h->result;
}

static int
net_listen(void *ctx, const struct gw_addr *at, struct gw_addr *bound, struct gw_err *err)
{
	struct mem_node *n = ctx;
	uint16_t port = at->port != 0 ? at->port : ++n->net->next_port;
	int h;

	if (listener_at(n->net, port) != NULL)
		return gw_err_set(err, GW_EBUSY, "127.0.0.1:%u: in use", (unsigned)port);
	h = handle_new(n->net, LISTENER, n);
	if (h < 0)
		return gw_err_set(err, h, "too many handles");
	n->net->handles[h].port = port;
	if (bound != NULL) {
		*bound = *at;
		bound->port = port;
	}
	return h;
}

static int
net_accept(void *ctx, int handle, struct gw_addr *peer)
{
	struct mem_node *n = ctx;
	struct handle *l = handle_at(n->net, handle);
	struct conn *c;
	int h;

	settle(n->net);
	if (l->n_backlog == 0)
		return l->kind == DEAD ? GW_ECLOSED : GW_EAGAIN;
	h = handle_new(n->net, END, n);
	if (h < 0)
		return h;
	c = l->backlog[0];
	memmove(l->backlog, l->backlog + 1, --l->n_backlog * sizeof(l->backlog[0]));
	n->net->handles[h].conn = c;
	n->net->handles[h].side = 1;
	if (peer != NULL)
		*peer = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 },
			.port = (uint16_t)(40000 + h) };
	return h;
}

static ssize_t
net_read(void *ctx, int handle, void *buf, size_t len)
{
	struct mem_node *n = ctx;
	struct handle *h = handle_at(n->net, handle);
	struct way *w;
	struct segment *s;
	size_t got = 0, take;

	if (h->kind != END)
		return h->kind == DEAD ? GW_ECLOSED : GW_EAGAIN;
	if (conn_frozen(h->conn))
		return GW_EAGAIN;
	w = &h->conn->way[h->side];
	if (len > 1 && chance(n->net, n->net->faults.p_partial))
		len = 1 + (size_t)gw_rng_below(&n->net->rng, len);
	while (got < len && (s = w->first) != NULL && s->arrive_us <= *n->net->now_us) {
		take = s->len - s->at < len - got ? s->len - s->at : len - got;
		memcpy((uint8_t *)buf + got, s->data + s->at, take);
		s->at += take;
		got += take;
		w->under_way -= take;
		if (s->at < s->len)
			continue;
		w->first = s->next;
		if (w->first == NULL)
			w->last = &w->first;
		free(s);
	}
	if (got > 0)
		return (ssize_t)got;
	if (!way_readable(n->net, w))
		return GW_EAGAIN;
	return w->end;
}

/* The connection breaks within these bytes: the reader gets some of them, then both see a reset. */
static ssize_t
cut(struct mem_net *m, struct handle *h, const char *ptr, size_t len)
{
	struct way *out = &h->conn->way[1 - h->side], *in = &h->conn->way[h->side];

	m->cuts++;
	way_put(m, out, ptr, (size_t)gw_rng_below(&m->rng, len + 1));
	way_end(m, out, GW_ECLOSED);
	way_empty(in);
	in->lost = false;
	way_end(m, in, GW_ECLOSED);
	return (ssize_t)len;
}

static ssize_t
net_write(void *ctx, int handle, const struct gw_slice *v, size_t n_slices)
{
	struct mem_node *n = ctx;
	struct mem_net *m = n->net;
	struct handle *h = handle_at(m, handle);
	struct way *out;
	size_t k, len, done = 0;

	if (h->kind != END)
		return h->kind == DEAD ? GW_ECLOSED : GW_EAGAIN;
	out = &h->conn->way[1 - h->side];
	if (h->conn->way[h->side].end == GW_ECLOSED && h->conn->way[h->side].end_us <= *m->now_us)
		return GW_ECLOSED;
	for (k = 0; k < n_slices; k++) {
		len = v[k].len;
		if (len == 0)
			continue;
		if (!out->lost && out->under_way >= window(m))
			break;
		/* What is lost fills no window: taken byte by byte it would stop the clock. */
		if (!out->lost && len > window(m) - out->under_way)
			len = window(m) - out->under_way;
		if (len > 1 && chance(m, m->faults.p_partial))
			len = 1 + (size_t)gw_rng_below(&m->rng, len);
		if (!out->lost && chance(m, m->faults.p_cut))
			return (ssize_t)done + cut(m, h, v[k].ptr, len);
		way_put(m, out, v[k].ptr, len);
		done += len;
		if (len < v[k].len)
			break;
	}
	return done > 0 ? (ssize_t)done : GW_EAGAIN;
}

static void
net_close(void *ctx, int handle)
{
	struct mem_node *n = ctx;

	handle_close(n->net, handle_at(n->net, handle), 0);
}

static short
handle_events(struct mem_net *m, struct handle *h)
{
	short ev = 0;

	switch (h->kind) {
	case LISTENER:
		return h->n_backlog > 0 ? POLLIN : 0;
	case CONNECTING:
		return h->result != GW_EAGAIN ? POLLOUT : 0;
	case END:
		if (conn_frozen(h->conn))
			return 0;
		if (way_readable(m, &h->conn->way[h->side]))
			ev |= POLLIN;
		if (h->conn->way[1 - h->side].lost ||
		    h->conn->way[1 - h->side].under_way < window(m))
			ev |= POLLOUT;
		return ev;
	case DEAD:
		return POLLIN | POLLOUT;
	default:
		return POLLNVAL;
	}
}

int
mem_net_poll(struct mem_net *m, struct pollfd *fds, size_t n)
{
	size_t k;
	int ready = 0;

	settle(m);
	for (k = 0; k < n; k++) {
		fds[k].revents = 0;
		if (fds[k].fd < 0 || fds[k].fd >= HANDLES_MAX)
			continue;
		fds[k].revents = (short)(handle_events(m, &m->handles[fds[k].fd]) &
		    (fds[k].events | POLLNVAL));
		ready += fds[k].revents != 0;
	}
	return ready;
}

static int
net_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms)
{
	(void)timeout_ms;		/* virtual time passes only in the test's own loop */
	return mem_net_poll(((struct mem_node *)ctx)->net, fds, n);
}

/* ---- for the test ---- */

struct mem_net *
mem_net_new(uint64_t seed, const int64_t *now_us)
{
	struct mem_net *m = must(calloc(1, sizeof(*m)));

	gw_rng_seed(&m->rng, seed);
	m->now_us = now_us;
	m->next_port = 20000;
	return m;
}

void
mem_net_free(struct mem_net *m)
{
	struct mem_node *n;
	int k;

	if (m == NULL)
		return;
	for (k = 0; k < m->handles_end; k++)
		if (m->handles[k].kind != FREE)
			handle_close(m, &m->handles[k], 0);
	while ((n = m->nodes) != NULL) {
		m->nodes = n->next;
		free(n);
	}
	free(m);
}

void
mem_net_set_faults(struct mem_net *m, const struct mem_net_faults *f)
{
	m->faults = *f;
}

struct mem_node *
mem_net_node(struct mem_net *m)
{
	struct mem_node *n = must(calloc(1, sizeof(*n)));

	n->net = m;
	n->next = m->nodes;
	m->nodes = n;
	n->seam = (struct gw_net){ .ctx = n, .resolve = net_resolve, .connect = net_connect,
	    .connected = net_connected, .listen = net_listen, .accept = net_accept,
	    .read = net_read, .write = net_write, .close = net_close, .poll = net_poll };
	return n;
}

struct gw_net *
mem_node_seam(struct mem_node *n)
{
	return &n->seam;
}

void
mem_node_crash(struct mem_node *n)
{
	struct handle *h;
	int k;

	for (k = 0; k < n->net->handles_end; k++) {
		h = &n->net->handles[k];
		if (h->kind == FREE || h->node != n)
			continue;
		handle_close(n->net, h, GW_ECLOSED);
		*h = (struct handle){ .kind = DEAD, .node = n };
	}
}

void
mem_node_freeze(struct mem_node *n, bool frozen)
{
	n->frozen = frozen;
}

static int64_t
handle_next_us(const struct mem_net *m, const struct handle *h)
{
	const struct way *w;
	int64_t at = NEVER;

	if (h->kind == CONNECTING && h->result == GW_EAGAIN && !h->node->frozen)
		at = h->ready_us;
	if (h->kind == END && !conn_frozen(h->conn)) {
		w = &h->conn->way[h->side];
		at = w->first != NULL ? w->first->arrive_us : w->end_us;
	}
	return at > *m->now_us ? at : NEVER;	/* what is there already is poll's to tell */
}

int64_t
mem_net_next_us(const struct mem_net *m)
{
	int64_t at, next = NEVER;
	int k;

	for (k = 0; k < m->handles_end; k++) {
		at = handle_next_us(m, &m->handles[k]);
		if (at < next)
			next = at;
	}
	return next;
}

size_t
mem_net_open_handles(const struct mem_net *m)
{
	size_t n = 0;
	int k;

	for (k = 0; k < m->handles_end; k++)
		n += m->handles[k].kind != FREE;
	return n;
}

uint64_t
mem_net_cuts(const struct mem_net *m)
{
	return m->cuts;
}

int
mem_entropy(void *ctx, void *out, size_t len)
{
	uint8_t *to = out;

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)gw_rng_u64(ctx);
	return 0;
}
