/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/cluster.h"

#include <stdlib.h>

#define NEWS_MAX_US	400000		/* until a node hears who leads */
#define ELECTION_MAX_US	1500000
#define DOWN_MAX_US	6000000
#define HANG_MAX_US	12000000
#define SESSION_MAX_US	3000000
#define UNDER_WAY_US	1000000		/* requests that were on their way when it was told */
#define READ_SIZE	16384

static int64_t
soon(struct sim_world *w, int64_t most_us)
{
	return w->now.us + 1 + (int64_t)gw_rng_below(&w->rng, (uint64_t)most_us);
}

/* ---- who is in charge ---- */

static void
spread_news(struct sim_cluster *c)
{
	for (size_t i = 0; i < SIM_NODES; i++)
		if (c->fronts[i].listen >= 0 && c->fronts[i].view_us == INT64_MAX)
			c->fronts[i].view_us = soon(c->world, NEWS_MAX_US);
}

static int32_t
anybody(struct sim_cluster *c)
{
	int32_t from = (int32_t)gw_rng_below(&c->world->rng, SIM_NODES);

	for (int32_t i = 0; i < SIM_NODES; i++) {
		int32_t node = (from + i) % SIM_NODES + 1;

		if (c->seats.up[node])
			return node;
	}
	return SIM_NOBODY;
}

static struct sim_seat *
seat(struct sim_seats *s, size_t i)
{
	return i < SIM_PARTITIONS_MAX ? &s->parts[i] : &s->shards[i - SIM_PARTITIONS_MAX];
}

#define SEATS	(SIM_PARTITIONS_MAX + SIM_SHARDS)

static void
move_some(struct sim_cluster *c)
{
	size_t n = 1 + (size_t)gw_rng_below(&c->world->rng, 4);

	while (n-- > 0) {
		struct sim_seat *s = seat(&c->seats, (size_t)gw_rng_below(&c->world->rng, SEATS));
		int32_t node = anybody(c);

		if (node == SIM_NOBODY || s->node == node)
			continue;
		s->node = node;
		s->epoch++;
		c->moves++;
	}
	spread_news(c);
}

static void
elect(struct sim_cluster *c)
{
	bool any = false;

	for (size_t i = 0; i < SEATS; i++) {
		struct sim_seat *s = seat(&c->seats, i);

		if (s->node != SIM_NOBODY || c->world->now.us < s->elect_us)
			continue;
		s->node = anybody(c);
		s->epoch++;
		s->elect_us = soon(c->world, ELECTION_MAX_US);
		any = true;
	}
	if (any)
		spread_news(c);
}

/* ---- a node's life ---- */

static void
request_free(struct sim_request *r)
{
	gw_arena_fini(&r->arena);
	gw_buf_fini(&r->answer);
	free(r);
}

static void
conn_close(struct sim_front *f, struct sim_conn *k)
{
	struct gw_net *net = f->node.env.net;
	struct sim_request *r;

	if (k->client < 0)
		return;
	net->close(net->ctx, k->client);
	if (k->store >= 0)
		net->close(net->ctx, k->store);
	while ((r = k->first) != NULL) {
		k->first = r->next;
		request_free(r);
	}
	gw_buf_fini(&k->in);
	gw_buf_fini(&k->out);
	gw_buf_fini(&k->to_store);
	gw_buf_fini(&k->from_store);
	k->client = k->store = -1;
}

/* The controller takes what it led away. */
static void
fence(struct sim_front *f)
{
	struct sim_cluster *c = f->cluster;

	c->seats.up[f->id] = false;
	for (size_t i = 0; i < SEATS; i++) {
		struct sim_seat *s = seat(&c->seats, i);

		if (s->node == f->id) {
			s->node = SIM_NOBODY;
			s->elect_us = soon(c->world, ELECTION_MAX_US);
		}
	}
	spread_news(c);
}

static void
go_down(struct sim_front *f)
{
	struct sim_cluster *c = f->cluster;
	struct gw_net *net = f->node.env.net;

	if (f->listen < 0)
		return;
	net->close(net->ctx, f->listen);
	mem_node_crash(f->node.net);
	for (size_t i = 0; i < SIM_CONNS; i++)
		conn_close(f, &f->conns[i]);
	gw_sessions_fini(&f->sessions);
	f->listen = -1;
	f->up_us = soon(c->world, DOWN_MAX_US);
	f->thaw_us = f->fence_us = INT64_MAX;
	fence(f);
}

static void
hang(struct sim_front *f)
{
	f->thaw_us = soon(f->cluster->world, HANG_MAX_US);
	f->fence_us = soon(f->cluster->world, SESSION_MAX_US);
	f->cluster->hangs++;
	sim_note(f->cluster->world, "node %d hangs", f->id);
}

static void
thaw(struct sim_front *f)
{
	f->thaw_us = f->fence_us = INT64_MAX;
	f->cluster->seats.up[f->id] = true;
	for (size_t i = 0; i < SIM_CONNS; i++)	/* what it reads now is old */
		f->conns[i].quiet_to_us = 0;
	spread_news(f->cluster);
	sim_note(f->cluster->world, "node %d goes on", f->id);
}

static const struct gw_release *
draw_release(struct sim_cluster *c)
{
	static const char *const modern[] = { "4.0", "4.1", "4.3", "4.4" };
	static const char *const older[] = { "2.4", "2.8", "3.3", "3.9" };
	uint64_t i = gw_rng_below(&c->world->rng, 4);

	return gw_release_find(c->modern ? modern[i] : older[i]);
}

static void
come_up(struct sim_front *f)
{
	struct sim_cluster *c = f->cluster;
	struct gw_net *net = f->node.env.net;
	struct gw_addr at = { .family = 4, .ip = { 127, 0, 0, 1 },
		.port = (uint16_t)(SIM_PORT + f->id - 1) }, bound;

	f->listen = net->listen(net->ctx, &at, &bound, NULL);
	if (f->listen < 0) {
		sim_fail(c->world, "node %d cannot listen", f->id);
		return;
	}
	f->up_us = INT64_MAX;
	f->release = draw_release(c);
	gw_sessions_init(&f->sessions, f->node.env.alloc, &f->node.env.rng);
	c->seats.up[f->id] = true;
	f->view = c->seats;
	f->view_us = INT64_MAX;
	spread_news(c);
	sim_note(c->world, "node %d up, as %s", f->id, f->release->name);
}

/* ---- bytes ---- */

static struct sim_conn *
accept_one(struct sim_front *f, int h)
{
	struct gw_net *net = f->node.env.net;
	struct gw_addr store = { .family = 4, .ip = { 127, 0, 0, 1 }, .port = SIM_STORE_PORT };

	for (size_t i = 0; i < SIM_CONNS; i++) {
		struct sim_conn *k = &f->conns[i];

		if (k->client >= 0)
			continue;
		*k = (struct sim_conn){ .client = h };
		k->last = &k->first;
		k->store = net->connect(net->ctx, &store, NULL);
		gw_buf_init(&k->in, f->node.env.alloc, 0);
		gw_buf_init(&k->out, f->node.env.alloc, 0);
		gw_buf_init(&k->to_store, f->node.env.alloc, 0);
		gw_buf_init(&k->from_store, f->node.env.alloc, 0);
		if (k->store >= 0)
			return k;
		conn_close(f, k);
		return NULL;
	}
	net->close(net->ctx, h);
	return NULL;
}

/* All that is there. False: the other side is gone. */
static bool
read_all(struct sim_front *f, int h, struct gw_buf *to)
{
	struct gw_net *net = f->node.env.net;
	uint8_t bytes[READ_SIZE];
	ssize_t n;

	while ((n = net->read(net->ctx, h, bytes, sizeof(bytes))) > 0)
		gw_buf_put(to, bytes, (size_t)n);
	return n == GW_EAGAIN;
}

static void
drop_front(struct gw_buf *b, size_t n)
{
	memmove(b->ptr, b->ptr + n, b->len - n);
	b->len -= n;
}

static bool
write_all(struct sim_front *f, int h, struct gw_buf *from)
{
	struct gw_net *net = f->node.env.net;

	while (from->len > 0) {
		struct gw_slice s = gw_buf_slice(from);
		ssize_t n = net->write(net->ctx, h, &s, 1);

		if (n < 0)
			return n == GW_EAGAIN;
		drop_front(from, (size_t)n);
	}
	return true;
}

/* The first whole frame of b, without its size; copied, as b goes on. */
static bool
take_frame(struct gw_buf *b, struct gw_arena *arena, struct gw_slice *out)
{
	int64_t size = gw_frame_size(b->ptr, b->len, 64u << 20);
	char *copy;

	if (size < 0 || (uint64_t)size + 4 > b->len)
		return false;
	copy = gw_arena_zero(arena, (size_t)size + 1, 1);
	if (copy == NULL)
		abort();
	memcpy(copy, b->ptr + 4, (size_t)size);
	*out = (struct gw_slice){ copy, (size_t)size };
	drop_front(b, (size_t)size + 4);
	return true;
}

/* ---- requests and answers ---- */

static bool
tell(struct sim_front *f, struct sim_request *r, void *answer)
{
	int16_t version = r->too_new ? 0 : r->h.api_version;

	if (!sim_finish(f, r, answer))
		return false;
	if (gw_response_encode(&r->answer, r->h.api_key, version, r->h.correlation_id, answer,
	    NULL) < 0) {
		sim_fail(f->cluster->world, "node %d cannot encode an answer to API %d v%d", f->id,
		    r->h.api_key, version);
		return false;
	}
	return true;
}

static bool
may_ask(struct sim_front *f, struct sim_request *r)
{
	int16_t min = 0, max = -1;

	if (gw_release_range(f->release, r->h.api_key, &min, &max) && r->h.api_version >= min &&
	    r->h.api_version <= max)
		return true;
	if (r->h.api_key == GW_API_API_VERSIONS) {
		r->too_new = true;
		return true;
	}
	sim_fail(f->cluster->world, "node %d plays %s, which has no API %d v%d", f->id,
	    f->release->name, r->h.api_key, r->h.api_version);
	return false;
}

static bool
chance(struct sim_front *f, double p)
{
	return p > 0 && gw_rng_unit(&f->cluster->world->rng) < p;
}

/* A frame of the client's. False: close. */
static bool
serve(struct sim_front *f, struct sim_conn *k, struct sim_request *r, struct gw_slice frame)
{
	struct gw_request_header h;
	void *answer = NULL;
	size_t body_at;
	int rc;

	if (gw_request_header_decode(frame, &r->h, &body_at, NULL) < 0 ||
	    gw_request_decode(frame, body_at, &r->h, &r->arena, &r->body, NULL) < 0) {
		sim_fail(f->cluster->world, "node %d cannot read a request", f->id);
		return false;
	}
	if (!may_ask(f, r) || chance(f, f->cluster->p_before))
		return false;
	rc = sim_judge(f, r, &answer);
	if (rc <= 0)
		return rc == 0 && tell(f, r, answer);
	h = r->h;
	h.api_version = r->too_new ? 0 : h.api_version;
	if (r->too_new)		/* v0 has no fields */
		r->body = gw_arena_zero(&r->arena, 1, gw_api_find(h.api_key)->request_size);
	return gw_request_encode(&k->to_store, &h, r->body, NULL) == 0;
}

static bool
take_requests(struct sim_front *f, struct sim_conn *k)
{
	struct sim_world *w = f->cluster->world;
	struct gw_slice frame;

	for (;;) {
		struct sim_request *r = calloc(1, sizeof(*r));

		if (r == NULL)
			abort();
		gw_arena_init(&r->arena, f->node.env.alloc, 0);
		gw_buf_init(&r->answer, f->node.env.alloc, 0);
		r->shard = -1;
		if (!take_frame(&k->in, &r->arena, &frame)) {
			request_free(r);
			return true;
		}
		if (f->cluster->strict && w->now.us > k->quiet_from_us &&
		    w->now.us < k->quiet_to_us)
			sim_fail(w, "a client does not hold back though node %d asked it to",
			    f->id);
		*k->last = r;
		k->last = &r->next;
		if (!serve(f, k, r, frame))
			return false;
	}
}

static bool
take_answers(struct sim_front *f, struct sim_conn *k)
{
	struct gw_slice frame;
	struct sim_request *r;
	int32_t correlation;
	void *body;

	for (;;) {
		for (r = k->first; r != NULL && r->answer.len > 0; r = r->next)
			;
		if (r == NULL || !take_frame(&k->from_store, &r->arena, &frame))
			return true;
		if (gw_response_decode(frame, r->h.api_key, r->too_new ? 0 : r->h.api_version,
		    &r->arena, &correlation, &body, NULL) < 0) {
			sim_fail(f->cluster->world, "node %d cannot read the store's answer",
			    f->id);
			return false;
		}
		if (chance(f, f->cluster->p_after) || !tell(f, r, body))
			return false;
	}
}

static void
hand_out(struct sim_conn *k, int64_t now_us)
{
	struct sim_request *r;

	while ((r = k->first) != NULL && r->answer.len > 0) {
		gw_buf_put(&k->out, r->answer.ptr, r->answer.len);
		if (r->throttle_ms > 0) {
			k->quiet_from_us = now_us + UNDER_WAY_US;
			k->quiet_to_us = now_us + (int64_t)r->throttle_ms * 1000;
		}
		k->first = r->next;
		if (k->first == NULL)
			k->last = &k->first;
		request_free(r);
	}
}

static void
conn_turn(struct sim_front *f, struct sim_conn *k)
{
	struct gw_net *net = f->node.env.net;
	bool good = read_all(f, k->client, &k->in);

	if (good && !k->linked) {
		int rc = net->connected(net->ctx, k->store, NULL);

		k->linked = rc == 0;
		good = rc == 0 || rc == GW_EAGAIN;
	}
	good = good && take_requests(f, k);
	if (good && k->linked)
		good = write_all(f, k->store, &k->to_store) &&
		    read_all(f, k->store, &k->from_store) && take_answers(f, k);
	if (good) {
		hand_out(k, f->cluster->world->now.us);
		good = write_all(f, k->client, &k->out);
	}
	if (!good)
		conn_close(f, k);
}

/* ---- actors ---- */

static void
want(struct pollfd *fds, size_t cap, size_t *n, int h, bool out)
{
	if (*n < cap)
		fds[*n] = (struct pollfd){ .fd = h,
			.events = (short)(POLLIN | (out ? POLLOUT : 0)) };
	++*n;
}

static size_t
front_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct sim_front *f = self;
	size_t n = 0;

	if (f->listen < 0) {
		*deadline_us = f->up_us;
		return 0;
	}
	if (f->thaw_us != INT64_MAX) {
		*deadline_us = f->thaw_us;
		return 0;
	}
	*deadline_us = f->view_us;
	want(fds, cap, &n, f->listen, false);
	for (size_t i = 0; i < SIM_CONNS; i++) {
		const struct sim_conn *k = &f->conns[i];

		if (k->client < 0)
			continue;
		want(fds, cap, &n, k->client, k->out.len > 0);
		want(fds, cap, &n, k->store, !k->linked || k->to_store.len > 0);
	}
	return n;
}

static void
front_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_front *f = self;
	struct gw_net *net = f->node.env.net;
	struct gw_addr peer;
	int h;

	(void)fds;
	(void)n;
	if (f->listen < 0) {
		come_up(f);
		return;
	}
	if (f->cluster->world->now.us < f->thaw_us && f->thaw_us != INT64_MAX)
		return;
	if (f->thaw_us != INT64_MAX)
		thaw(f);
	if (f->cluster->world->now.us >= f->view_us) {
		f->view = f->cluster->seats;
		f->view_us = INT64_MAX;
	}
	while ((h = net->accept(net->ctx, f->listen, &peer)) >= 0)
		(void)accept_one(f, h);
	for (size_t i = 0; i < SIM_CONNS; i++)
		if (f->conns[i].client >= 0)
			conn_turn(f, &f->conns[i]);
}

static int64_t
next_election(const struct sim_cluster *c)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < SEATS; i++) {
		const struct sim_seat *s = i < SIM_PARTITIONS_MAX
		    ? &c->seats.parts[i] : &c->seats.shards[i - SIM_PARTITIONS_MAX];

		if (s->node == SIM_NOBODY && s->elect_us < at)
			at = s->elect_us;
	}
	return at;
}

static size_t
controller_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct sim_cluster *c = self;

	(void)fds;
	(void)cap;
	*deadline_us = next_election(c);
	if (c->next_move_us < *deadline_us)
		*deadline_us = c->next_move_us;
	if (c->next_death_us < *deadline_us)
		*deadline_us = c->next_death_us;
	if (c->next_hang_us < *deadline_us)
		*deadline_us = c->next_hang_us;
	for (size_t i = 0; i < SIM_NODES; i++)
		if (c->fronts[i].fence_us < *deadline_us)
			*deadline_us = c->fronts[i].fence_us;
	return 0;
}

static void
controller_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_cluster *c = self;
	int64_t now = c->world->now.us;

	(void)fds;
	(void)n;
	if (now >= c->next_move_us) {
		move_some(c);
		c->next_move_us = soon(c->world, 2 * c->move_every_us);
	}
	if (now >= c->next_death_us) {
		struct sim_front *f = &c->fronts[gw_rng_below(&c->world->rng, SIM_NODES)];

		if (f->listen >= 0) {
			c->deaths++;
			sim_note(c->world, "node %d dies", f->id);
			go_down(f);
		}
		c->next_death_us = soon(c->world, 2 * c->death_every_us);
	}
	if (now >= c->next_hang_us) {
		struct sim_front *f = &c->fronts[gw_rng_below(&c->world->rng, SIM_NODES)];

		if (f->listen >= 0 && f->thaw_us == INT64_MAX)
			hang(f);
		c->next_hang_us = soon(c->world, 2 * c->hang_every_us);
	}
	for (size_t i = 0; i < SIM_NODES; i++) {
		if (now < c->fronts[i].fence_us)
			continue;
		c->fronts[i].fence_us = INT64_MAX;
		fence(&c->fronts[i]);
	}
	elect(c);
}

/* ---- the whole ---- */

static void
draw(struct sim_cluster *c)
{
	struct gw_rng *r = &c->world->rng;

	c->modern = gw_rng_below(r, 2) == 0;
	c->move_every_us = gw_rng_below(r, 3) == 0 ? 0 : 100000 + (int64_t)gw_rng_below(r, 5000000);
	c->death_every_us =
	    gw_rng_below(r, 3) == 0 ? 0 : 1000000 + (int64_t)gw_rng_below(r, 8000000);
	c->p_before = gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * 0.05;
	c->p_after = gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * 0.05;
	c->p_throttle = gw_rng_below(r, 2) == 0 ? 0 : gw_rng_unit(r) * 0.2;
	c->hang_every_us =
	    gw_rng_below(r, 3) != 0 ? 0 : 3000000 + (int64_t)gw_rng_below(r, 12000000);
	c->next_hang_us = c->hang_every_us == 0 ? INT64_MAX : soon(c->world, 2 * c->hang_every_us);
	c->next_move_us = c->move_every_us == 0 ? INT64_MAX : soon(c->world, 2 * c->move_every_us);
	c->next_death_us =
	    c->death_every_us == 0 ? INT64_MAX : soon(c->world, 2 * c->death_every_us);
}

void
sim_cluster_start(struct sim_cluster *c, struct sim_world *w)
{
	static const char *const names[SIM_NODES] = { "node-1", "node-2", "node-3" };

	*c = (struct sim_cluster){ .world = w };
	draw(c);
	for (size_t i = 0; i < SEATS; i++)
		seat(&c->seats, i)->node = 1 + (int32_t)gw_rng_below(&w->rng, SIM_NODES);
	for (int32_t i = 0; i < SIM_NODES; i++) {
		struct sim_front *f = &c->fronts[i];

		f->cluster = c;
		f->id = i + 1;
		f->listen = -1;
		f->thaw_us = f->fence_us = INT64_MAX;
		for (size_t k = 0; k < SIM_CONNS; k++)
			f->conns[k].client = -1;
		sim_node_init(&f->node, w, names[i], false);
		come_up(f);
		sim_add(w, (struct sim_actor){ .name = names[i], .self = f,
		    .pollfds = front_pollfds, .step = front_step });
	}
	sim_add(w, (struct sim_actor){ .name = "controller", .self = c,
	    .pollfds = controller_pollfds, .step = controller_step });
}

void
sim_cluster_calm(struct sim_cluster *c)
{
	c->p_before = c->p_after = c->p_throttle = 0;
	c->next_move_us = c->next_death_us = c->next_hang_us = INT64_MAX;
	c->move_every_us = c->death_every_us = c->hang_every_us = 0;
	for (size_t i = 0; i < SIM_NODES; i++) {
		if (c->fronts[i].listen < 0)
			come_up(&c->fronts[i]);
		if (c->fronts[i].thaw_us != INT64_MAX)
			thaw(&c->fronts[i]);
	}
}

void
sim_cluster_stop(struct sim_cluster *c)
{
	for (size_t i = 0; i < SIM_NODES; i++) {
		go_down(&c->fronts[i]);
		sim_node_fini(&c->fronts[i].node);
	}
}
