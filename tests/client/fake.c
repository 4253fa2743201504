/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake.c - the world: clock, connections, plans, and looking at what happened.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/client/fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLLS_MAX	200000		/* of one test: more is a loop that spins */

static struct gw_time
now(void *ctx)
{
	return ((struct fake_world *)ctx)->now;
}

/* ---- connections of a broker ---- */

static void
drop(struct fake_broker *b, struct fake_conn *conn)
{
	struct gw_net *net = mem_node_seam(b->host);

	if (conn->handle >= 0)
		net->close(net->ctx, conn->handle);
	conn->handle = -1;
	gw_buf_fini(&conn->in);
	gw_buf_fini(&conn->out);
	for (size_t i = 0; i < FAKE_HELD; i++)
		if (b->held[i].conn == conn)
			b->held[i].conn = NULL;
}

static void
accept_all(struct fake_broker *b)
{
	struct gw_net *net = mem_node_seam(b->host);
	struct gw_addr peer;
	int h;

	while (b->listener >= 0 && (h = net->accept(net->ctx, b->listener, &peer)) >= 0) {
		struct fake_conn *conn = b->conns;

		while (conn->handle >= 0)
			conn++;
		ck_assert(conn < b->conns + FAKE_CONNS);
		conn->handle = h;
		gw_buf_init(&conn->in, &b->world->alloc, 0);
		gw_buf_init(&conn->out, &b->world->alloc, 0);
	}
}

static const struct fake_plan *
plan_for(struct fake_world *w, int16_t key)
{
	for (size_t i = 0; i < w->n_plans; i++) {
		struct fake_plan *p = &w->plans[i];

		if (p->key != key || p->times == 0)
			continue;
		if (p->skip > 0) {
			p->skip--;
			return NULL;
		}
		p->times--;
		return p;
	}
	return NULL;
}

/* One request. False: the connection is gone. */
static bool
serve(struct fake_broker *b, struct fake_conn *conn, struct gw_slice frame)
{
	struct fake_world *w = b->world;
	struct gw_request_header h;
	const struct fake_plan *plan;
	struct gw_err err;
	void *body;
	size_t at;
	int rc;

	if (b->versions == FAKE_V_CLOSE && frame.len > 4 && frame.ptr[1] == GW_API_API_VERSIONS &&
	    frame.ptr[3] > 0) {
		drop(b, conn);
		return false;
	}
	gw_arena_reset(&w->arena);
	rc = gw_request_header_decode(frame, &h, &at, &err);
	ck_assert_msg(rc == 0, "request header: %s", err.msg);
	rc = gw_request_decode(frame, at, &h, &w->arena, &body, &err);
	ck_assert_msg(rc == 0, "request: %s", err.msg);
	ck_assert_uint_lt(w->n_seen, FAKE_SEEN);
	w->seen[w->n_seen++] = (struct fake_seen){ .key = h.api_key, .version = h.api_version,
	    .node = b->node_id, .at_us = w->now.us, .sequence = -2, .offset = -1 };
	plan = plan_for(w, h.api_key);
	if (plan != NULL && plan->action == FAKE_CLOSE) {
		drop(b, conn);
		return false;
	}
	if (plan != NULL && plan->action == FAKE_SILENCE)
		return true;
	(void)fake_answer(b, conn, &h, body, plan);
	if (plan != NULL && plan->action == FAKE_TAKE_AND_CLOSE) {
		drop(b, conn);
		return false;
	}
	return true;
}

/* What has come whole. False: the connection is gone. */
static bool
serve_all(struct fake_broker *b, struct fake_conn *conn)
{
	size_t at = 0;
	int64_t len;

	while ((len = gw_frame_size(
		    conn->in.ptr + at, conn->in.len - at, GW_FRAME_MAX_DEFAULT)) >= 0 &&
	       conn->in.len - at >= 4 + (size_t)len) {
		struct gw_slice frame = { (const char *)conn->in.ptr + at + 4, (size_t)len };

		if (b->parks && len > 2 && frame.ptr[0] == 0 && frame.ptr[1] == GW_API_PRODUCE)
			break;
		at += 4 + (size_t)len;
		if (!serve(b, conn, frame))
			return false;
	}
	gw_buf_consume(&conn->in, at);
	return true;
}

static void
read_conn(struct fake_broker *b, struct fake_conn *conn)
{
	struct gw_net *net = mem_node_seam(b->host);
	ssize_t n;

	for (;;) {
		uint8_t *to = gw_buf_reserve(&conn->in, 65536);

		n = net->read(net->ctx, conn->handle, to, 65536);
		if (n > 0)
			conn->in.len += (size_t)n;
		else if (n != GW_EAGAIN)
			drop(b, conn);
		if (n <= 0 && n != GW_EAGAIN)
			return;
		if (!serve_all(b, conn) || n == GW_EAGAIN)
			return;
	}
}

static void
write_conn(struct fake_broker *b, struct fake_conn *conn)
{
	struct gw_net *net = mem_node_seam(b->host);
	struct gw_slice rest = gw_buf_slice(&conn->out);
	ssize_t n = rest.len == 0 ? 0 : net->write(net->ctx, conn->handle, &rest, 1);

	if (n > 0)
		gw_buf_consume(&conn->out, (size_t)n);
}

static void
run_broker(struct fake_broker *b)
{
	if (b->hangs)
		return;
	accept_all(b);
	for (size_t i = 0; i < FAKE_CONNS; i++)
		if (b->conns[i].handle >= 0)
			read_conn(b, &b->conns[i]);
	for (size_t i = 0; i < FAKE_HELD; i++)
		if (b->held[i].conn != NULL && fake_answer_held(b, &b->held[i]))
			b->held[i].conn = NULL;
	for (size_t i = 0; i < FAKE_CONNS; i++)
		if (b->conns[i].handle >= 0)
			write_conn(b, &b->conns[i]);
}

static int64_t
next_event(const struct fake_world *w)
{
	int64_t at = mem_net_next_us(w->net);

	for (size_t i = 0; i < w->n_brokers; i++)
		for (size_t j = 0; j < FAKE_HELD; j++)
			if (w->brokers[i].held[j].conn != NULL && !w->brokers[i].hangs &&
			    w->brokers[i].held[j].until_us < at)
				at = w->brokers[i].held[j].until_us;
	return at;
}

/* Virtual time passes here: to the next thing that happens, or to the timeout. */
static int
world_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms)
{
	struct fake_world *w = ((struct fake_world *)ctx);
	int64_t until = timeout_ms < 0 ? INT64_MAX : w->now.us + (int64_t)timeout_ms * 1000;

	ck_assert_uint_lt(++w->polls, POLLS_MAX);
	if (w->interrupt) {
		w->interrupt = false;
		return GW_EINTR;
	}
	for (;;) {
		int64_t next;
		int ready;

		for (size_t i = 0; i < w->n_brokers; i++)
			run_broker(&w->brokers[i]);
		ready = mem_net_poll(w->net, fds, n);
		if (ready > 0 || w->now.us >= until)
			return ready;
		next = next_event(w);
		if (next > until)
			next = until;
		ck_assert_msg(next < INT64_MAX, "poll() without an end: nothing can ever happen");
		w->now.wall_ms += (next - w->now.us) / 1000;
		w->now.us = next;
	}
}

/* ---- the seam: everything is the host's, but poll() is the world's ---- */

static struct gw_net *
host(void *ctx)
{
	return mem_node_seam(((struct fake_world *)ctx)->client_host);
}

static int
world_resolve(void *ctx, const char *name, uint16_t port, struct gw_addr *out, size_t cap,
    struct gw_err *err)
{
	return host(ctx)->resolve(host(ctx)->ctx, name, port, out, cap, err);
}

static int
world_connect(void *ctx, const struct gw_addr *to, struct gw_err *err)
{
	return host(ctx)->connect(host(ctx)->ctx, to, err);
}

static int
world_connected(void *ctx, int h, struct gw_err *err)
{
	return host(ctx)->connected(host(ctx)->ctx, h, err);
}

static ssize_t
world_read(void *ctx, int h, void *buf, size_t len)
{
	return host(ctx)->read(host(ctx)->ctx, h, buf, len);
}

static ssize_t
world_write(void *ctx, int h, const struct gw_slice *v, size_t n)
{
	return host(ctx)->write(host(ctx)->ctx, h, v, n);
}

static void
world_close(void *ctx, int h)
{
	host(ctx)->close(host(ctx)->ctx, h);
}

/* ---- making and ending ---- */

void
fake_up(struct fake_broker *b)
{
	struct gw_net *net = mem_node_seam(b->host);
	struct gw_addr at = { .family = 4, .ip = { 127, 0, 0, 1 },
	    .port = (uint16_t)(FAKE_PORT + b->node_id - 1) }, bound;
	struct gw_err err;

	b->listener = net->listen(net->ctx, &at, &bound, &err);
	ck_assert_int_ge(b->listener, 0);
}

void
fake_down(struct fake_broker *b)
{
	struct gw_net *net = mem_node_seam(b->host);

	for (size_t i = 0; i < FAKE_CONNS; i++)
		if (b->conns[i].handle >= 0)
			drop(b, &b->conns[i]);
	if (b->listener >= 0)
		net->close(net->ctx, b->listener);
	b->listener = -1;
	b->session_id = 0;
}

static void
broker_init(struct fake_world *w, struct fake_broker *b, int32_t node_id)
{
	b->world = w;
	b->node_id = node_id;
	b->host = mem_net_node(w->net);
	for (size_t i = 0; i < FAKE_CONNS; i++)
		b->conns[i].handle = -1;
	for (size_t i = 0; i < GW_API_KEY_MAX; i++)
		b->max[i] = -1;
	fake_up(b);
}

struct fake_world *
fake_new(size_t n_brokers)
{
	struct fake_world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->now = (struct gw_time){ .us = 1000000, .wall_ms = 1700000000000 };
	w->net = mem_net_new(1, &w->now.us);
	w->client_host = mem_net_node(w->net);
	w->client_net = (struct gw_net){ .ctx = w,
		.resolve = world_resolve,
		.connect = world_connect,
		.connected = world_connected,
		.read = world_read,
		.write = world_write,
		.close = world_close,
		.poll = world_poll };
	fail_alloc_init(&w->client_alloc, 0);
	w->alloc = gw_alloc_libc(0);
	gw_arena_init(&w->arena, &w->alloc, 0);
	w->env = (struct gw_env){ .alloc = &w->client_alloc.alloc, .clock = { now, w },
	    .entropy = { mem_entropy, &w->env.rng }, .net = &w->client_net };
	gw_rng_seed(&w->env.rng, 7);
	w->next_producer_id = 1000;
	w->group.coordinator = 1;
	fake_txn_init(w);
	w->n_brokers = n_brokers;
	for (size_t i = 0; i < n_brokers; i++)
		broker_init(w, &w->brokers[i], (int32_t)i + 1);
	return w;
}

void
fake_free(struct fake_world *w)
{
	ck_assert_uint_eq(w->client_alloc.blocks, 0);
	for (size_t i = 0; i < w->n_brokers; i++)
		fake_down(&w->brokers[i]);
	ck_assert_uint_eq(mem_net_open_handles(w->net), 0);
	for (size_t t = 0; t < w->n_topics; t++)
		for (int32_t p = 0; p < w->topics[t].n_parts; p++)
			for (size_t i = 0; i < w->topics[t].parts[p].n_batches; i++)
				free(w->topics[t].parts[p].batches[i].bytes);
	mem_net_free(w->net);
	gw_arena_fini(&w->arena);
	free(w);
}

struct fake_topic *
fake_topic(struct fake_world *w, const char *name, int32_t n_parts)
{
	struct fake_topic *t = &w->topics[w->n_topics++];

	ck_assert_uint_le(w->n_topics, FAKE_TOPICS);
	t->name = name;
	t->n_parts = n_parts;
	for (int32_t i = 0; i < n_parts; i++)
		t->parts[i] = (struct fake_part){
			.leader = i % (int32_t)w->n_brokers + 1, .epoch = 5, .committed = -1,
			.committed_epoch = -1
		};
	return t;
}

struct gw_client *
fake_client(struct fake_world *w, const char *more)
{
	char config[2048];
	struct gw_client *c;
	struct gw_err err;

	(void)snprintf(config, sizeof(config), "bootstrap.servers=b1:%d;%s", FAKE_PORT, more);
	c = gw_client_new_env(&w->env, config, &err);
	ck_assert_msg(c != NULL, "%s", err.msg);
	return c;
}

void
fake_plan(struct fake_world *w, int16_t key, enum fake_action action, int16_t code, unsigned skip,
    unsigned times)
{
	ck_assert_uint_lt(w->n_plans, FAKE_PLANS);
	w->plans[w->n_plans++] = (struct fake_plan){ key, action, code, skip, times };
}

/* ---- logs ---- */

void
fake_append(struct fake_world *w, struct fake_part *p, const uint8_t *batch, size_t len)
{
	struct gw_slice bytes = { (const char *)batch, len };
	struct gw_batch_header h;
	struct fake_batch *b = &p->batches[p->n_batches++];

	(void)w;
	ck_assert_uint_le(p->n_batches, FAKE_BATCHES);
	ck_assert_int_eq(gw_batch_header_read(bytes, &h), (int64_t)len);
	*b = (struct fake_batch){ .base_offset = p->end, .bytes = malloc(len), .len = len,
	    .producer_id = h.producer_id, .epoch = h.producer_epoch, .sequence = h.base_sequence,
	    .n = h.n_records, .attributes = h.attributes };
	ck_assert_ptr_nonnull(b->bytes);
	memcpy(b->bytes, batch, len);
	gw_batch_place(b->bytes, p->end, p->epoch);
	p->end += h.last_offset_delta + 1;
}

void
fake_cut(struct fake_part *p, int64_t offset)
{
	while (p->n_batches > 0 && p->batches[p->n_batches - 1].base_offset >= offset)
		free(p->batches[--p->n_batches].bytes);
	p->end = offset;
	p->epoch++;
}

void
fake_fill(struct fake_world *w, struct fake_part *p, int n, const char *value)
{
	static const struct gw_batch_stamp plain = { .producer_id = -1, .producer_epoch = -1,
	    .base_sequence = -1 };
	struct gw_batch_writer writer;
	struct gw_buf buf, scratch;
	char text[64];

	gw_buf_init(&buf, &w->alloc, 0);
	gw_buf_init(&scratch, &w->alloc, 0);
	gw_batch_begin(&writer, &buf);
	for (int i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "%s-%d", value, i);
		ck_assert_int_eq(
		    gw_batch_append(&writer, w->now.wall_ms, gw_str("key"), gw_str(text), NULL, 0),
		    0);
	}
	ck_assert_int_eq(gw_batch_finish(&writer, &plain, &scratch), 0);
	fake_append(w, p, buf.ptr, buf.len);
	gw_buf_fini(&buf);
	gw_buf_fini(&scratch);
}

void
fake_marker(struct fake_world *w, struct fake_part *p, int64_t producer_id, bool commit)
{
	struct gw_batch_stamp s = { .producer_id = producer_id,
		.producer_epoch = 0,
		.base_sequence = -1,
		.attributes = GW_BATCH_CONTROL | GW_BATCH_TRANSACTIONAL };
	struct gw_slice key = { commit ? "\0\0\0\1" : "\0\0\0\0", 4 };
	struct gw_batch_writer writer;
	struct gw_buf buf, scratch;

	gw_buf_init(&buf, &w->alloc, 0);
	gw_buf_init(&scratch, &w->alloc, 0);
	gw_batch_begin(&writer, &buf);
	ck_assert_int_eq(gw_batch_append(&writer, w->now.wall_ms, key,
			     (struct gw_slice){ "\0\0\0\0\0\0", 6 }, NULL, 0),
	    0);
	ck_assert_int_eq(gw_batch_finish(&writer, &s, &scratch), 0);
	fake_append(w, p, buf.ptr, buf.len);
	gw_buf_fini(&buf);
	gw_buf_fini(&scratch);
}

size_t
fake_count(struct fake_part *p, bool *in_order)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf scratch;
	long last = -1;
	size_t n = 0;

	gw_buf_init(&scratch, &alloc, 0);
	*in_order = true;
	for (size_t i = 0; i < p->n_batches; i++) {
		struct gw_slice bytes = { (const char *)p->batches[i].bytes, p->batches[i].len };
		struct gw_batch_iter it;
		struct gw_record r;

		ck_assert_int_eq(gw_batch_check(bytes), 0);
		ck_assert_int_eq(gw_batch_iter_init(&it, bytes, &scratch), 0);
		while (gw_batch_iter_next(&it, &r) > 0) {
			const char *dash = memchr(r.value.ptr, '-', r.value.len);
			long v = dash == NULL ? -1 : strtol(dash + 1, NULL, 10);

			*in_order &= v == last + 1;
			last = v;
			n++;
		}
	}
	gw_buf_fini(&scratch);
	return n;
}

/* ---- looking ---- */

void
fake_run(struct fake_world *w, struct gw_client *c, int ms)
{
	int64_t until = w->now.us + (int64_t)ms * 1000;

	while (w->now.us < until)
		ck_assert_int_eq(gw_run(c, (int)((until - w->now.us + 999) / 1000)), 0);
}

void
fake_away(struct fake_world *w, int ms)
{
	w->now.us += (int64_t)ms * 1000;
	w->now.wall_ms += ms;
}

unsigned
fake_said(struct gw_client *c, const char *text)
{
	struct gw_event ev;
	unsigned n = 0;

	while (gw_next_event(c, &ev))
		n += ev.type == GW_EVENT_ERROR && ev.retriable && strstr(ev.err.msg, text) != NULL;
	return n;
}

size_t
fake_n_seen(const struct fake_world *w, int16_t key)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_seen; i++)
		n += w->seen[i].key == key;
	return n;
}

const struct fake_seen *
fake_seen(const struct fake_world *w, int16_t key, size_t i)
{
	for (size_t j = 0; j < w->n_seen; j++)
		if (w->seen[j].key == key && i-- == 0)
			return &w->seen[j];
	ck_abort_msg("there was no such request of API %d", key);
	return NULL;
}

void
fake_put(struct gw_client *c, int from, int n)
{
	for (int i = from; i < from + n; i++) {
		char text[32];
		struct gw_message m = { .topic = "t", .flags = GW_MSG_PARTITION };

		(void)snprintf(text, sizeof(text), "value-%d", i);
		m.value = gw_str(text);
		ck_assert_int_eq(gw_send(c, &m), 0);
	}
}

void
fake_ck_flush(struct gw_client *c, size_t delivered, size_t failed, size_t pending)
{
	struct gw_flushed f = gw_flush(c, 200000);

	ck_assert_uint_eq(f.delivered, delivered);
	ck_assert_uint_eq(f.failed, failed);
	ck_assert_uint_eq(f.pending, pending);
}

void
fake_ck_log(struct fake_world *w, size_t n)
{
	bool in_order;

	ck_assert_uint_eq(fake_count(&w->topics[0].parts[0], &in_order), n);
	ck_assert(in_order);
}
