/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/broker/rig.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "wire/msg_create_topics.h"
#include "wire/msg_fetch.h"
#include "wire/msg_produce.h"

static struct gw_time
rig_now(void *ctx)
{
	return ((struct rig *)ctx)->now;
}

void
rig_init(struct rig *r, uint64_t seed)
{
	memset(r, 0, sizeof(*r));
	fail_alloc_init(&r->alloc, 0);
	r->now = (struct gw_time){ .us = 1000000, .wall_ms = INT64_C(1700000000000) };
	r->fs = mem_fs_new(seed);
	r->net = mem_net_new(seed, &r->now.us);
	r->broker_node = mem_net_node(r->net);
	r->client_node = mem_net_node(r->net);
	r->env = (struct gw_env){ .alloc = &r->alloc.alloc,
		.clock = { rig_now, r },
		.entropy = { mem_entropy, &r->env.rng },
		.fs = mem_fs_seam(r->fs),
		.net = mem_node_seam(r->broker_node) };
	gw_rng_seed(&r->env.rng, seed);
	gw_arena_init(&r->arena, &r->alloc.alloc, 0);
	r->o = gw_broker_defaults();
	r->o.dir = "/data";
}

void
rig_fini(struct rig *r)
{
	gw_broker_abandon(r->b);
	gw_arena_fini(&r->arena);
	ck_assert_int_eq(mem_fs_open_handles(r->fs), 0);
	mem_net_free(r->net);
	mem_fs_free(r->fs);
	ck_assert_uint_eq(r->alloc.blocks, 0);
}

/* ---- batches ---- */

void
make_batch(struct gw_alloc *alloc, const struct batch_spec *s, struct gw_buf *out)
{
	struct gw_batch_stamp stamp = { .compression = s->gzip ? GW_GZIP : GW_NONE,
		.attributes = s->attributes,
		.producer_id = s->producer_id,
		.producer_epoch = s->epoch,
		.base_sequence = s->sequence };
	struct gw_batch_writer w;
	struct gw_buf scratch, value;

	gw_buf_init(&scratch, alloc, 0);
	gw_buf_init(&value, alloc, 0);
	gw_batch_begin(&w, out);
	for (int32_t i = 0; i < s->n; i++) {
		gw_buf_clear(&value);
		gw_buf_printf(&value, "value-%d", i);
		for (size_t k = 0; k < s->padding; k++)
			gw_buf_putc(&value, 'x');
		ck_assert_int_eq(gw_batch_append(&w, s->timestamp_ms + i, gw_str("key"),
				     gw_buf_slice(&value), NULL, 0),
		    0);
	}
	ck_assert_int_eq(gw_batch_finish(&w, &stamp, &scratch), 0);
	gw_buf_fini(&scratch);
	gw_buf_fini(&value);
}

/* ---- a broker ---- */

int
rig_open(struct rig *r)
{
	r->err = (struct gw_err){ 0 };
	r->b = gw_broker_new(&r->env, &r->o, &r->err);
	return r->b == NULL ? r->err.code : 0;
}

void
rig_close(struct rig *r)
{
	ck_assert_int_eq(gw_broker_close(r->b, &r->err), 0);
	r->b = NULL;
}

void
rig_kill(struct rig *r)
{
	gw_broker_abandon(r->b);
	r->b = NULL;
	mem_node_crash(r->broker_node);
	mem_fs_kill(r->fs);
}

void
rig_crash(struct rig *r)
{
	gw_broker_abandon(r->b);
	r->b = NULL;
	mem_node_crash(r->broker_node);
	mem_fs_crash(r->fs);
}

static size_t
poll_broker(struct rig *r, struct pollfd *fds, size_t cap, int64_t *deadline)
{
	size_t n = gw_broker_pollfds(r->b, fds, cap, deadline);

	ck_assert_uint_le(n, cap);
	(void)mem_net_poll(r->net, fds, n);
	for (size_t i = 0; i < n; i++)
		if (fds[i].fd == MEM_FS_SYNC_HANDLE)
			fds[i].revents = mem_fs_sync_ready(r->fs) ? POLLIN : 0;
	return n;
}

void
rig_turn(struct rig *r)
{
	struct pollfd fds[64];
	int64_t deadline;
	bool ready = true;

	for (int i = 0; i < 100 && ready && r->b != NULL; i++) {
		size_t n = poll_broker(r, fds, 64, &deadline);

		ready = deadline <= r->now.us;
		for (size_t k = 0; k < n; k++)
			ready |= fds[k].revents != 0;
		if (ready && gw_broker_process(r->b, fds, n) < 0)
			return;
	}
	ck_assert_msg(!ready, "the broker spins");
}

void
rig_pass(struct rig *r, int64_t ms)
{
	int64_t end = r->now.us + ms * 1000;

	for (;;) {
		struct pollfd fds[64];
		int64_t deadline = INT64_MAX, step = end;

		rig_turn(r);
		if (r->b != NULL)
			(void)poll_broker(r, fds, 64, &deadline);
		if (deadline < step)
			step = deadline;
		if (mem_fs_next_us(r->fs) < step)
			step = mem_fs_next_us(r->fs);
		if (step < r->now.us)
			step = r->now.us;
		r->now.wall_ms += (step - r->now.us) / 1000;
		r->now.us = step;
		rig_turn(r);
		if (step >= end)
			return;
	}
}

/* ---- connections ---- */

int
rig_connect(struct rig *r)
{
	struct gw_net *net = mem_node_seam(r->client_node);
	struct gw_addr at = gw_broker_addr(r->b);
	int h = net->connect(net->ctx, &at, NULL);

	ck_assert_int_ge(h, 0);
	rig_turn(r);
	ck_assert_int_eq(net->connected(net->ctx, h, NULL), 0);
	return h;
}

void
rig_disconnect(struct rig *r, int h)
{
	struct gw_net *net = mem_node_seam(r->client_node);

	net->close(net->ctx, h);
	rig_turn(r);
}

void
rig_write(struct rig *r, int h, const void *p, size_t len)
{
	struct gw_net *net = mem_node_seam(r->client_node);
	struct gw_slice rest = { p, len };

	while (rest.len > 0) {
		ssize_t n = net->write(net->ctx, h, &rest, 1);

		ck_assert(n > 0 || n == GW_EAGAIN);
		if (n > 0) {
			rest.ptr += n;
			rest.len -= (size_t)n;
		}
		rig_turn(r);
	}
}

int32_t
rig_send(struct rig *r, int h, int16_t key, int16_t version, const void *request)
{
	struct gw_request_header rh = { .api_key = key,
		.api_version = version,
		.correlation_id = ++r->correlation,
		.client_id = GW_LIT("rig") };
	struct gw_buf frame;

	gw_buf_init(&frame, &r->alloc.alloc, 0);
	ck_assert_msg(gw_request_encode(&frame, &rh, request, &r->err) == 0, "%s", r->err.msg);
	rig_write(r, h, frame.ptr, frame.len);
	gw_buf_fini(&frame);
	return r->correlation;
}

/* Exactly len bytes into p: false when they are not there yet (then none were taken). */
static bool
read_exactly(struct rig *r, int h, uint8_t *p, size_t len)
{
	struct gw_net *net = mem_node_seam(r->client_node);
	size_t at = 0;

	while (at < len) {
		ssize_t n = net->read(net->ctx, h, p + at, len - at);

		if (n == GW_EAGAIN && at == 0)
			return false;
		if (n == GW_EAGAIN) {
			rig_turn(r);
			continue;
		}
		ck_assert_msg(n > 0, "connection lost in the middle of an answer");
		at += (size_t)n;
	}
	return true;
}

void *
rig_receive(struct rig *r, int h, int16_t key, int16_t version)
{
	uint8_t size[4], *frame;
	int32_t correlation;
	void *body;
	size_t len;

	rig_turn(r);
	if (!read_exactly(r, h, size, 4))
		return NULL;
	len = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
	frame = gw_arena_zero(&r->arena, len, 1);
	ck_assert_ptr_nonnull(frame);
	ck_assert(read_exactly(r, h, frame, len));
	ck_assert_msg(gw_response_decode((struct gw_slice){ (char *)frame, len }, key, version,
			  &r->arena, &correlation, &body, &r->err) == 0,
	    "%s", r->err.msg);
	return body;
}

void *
rig_call(struct rig *r, int h, int16_t key, int16_t version, const void *request)
{
	void *body;

	rig_send(r, h, key, version, request);
	body = rig_receive(r, h, key, version);
	ck_assert_msg(body != NULL, "no answer to API %d v%d", key, version);
	return body;
}

bool
rig_is_closed(struct rig *r, int h)
{
	struct gw_net *net = mem_node_seam(r->client_node);
	char c;
	ssize_t n;

	rig_turn(r);
	n = net->read(net->ctx, h, &c, 1);
	ck_assert(n <= 0);
	return n != GW_EAGAIN;
}

/* ---- shorthands ---- */

int16_t
rig_create_topic(struct rig *r, int h, const char *name, int32_t n_partitions)
{
	struct gw_create_topics_topic t = { .name = gw_str(name), .num_partitions = n_partitions,
		.replication_factor = 1 };
	struct gw_create_topics_request q = { .topics = &t, .n_topics = 1, .timeout_ms = 1000 };
	const struct gw_create_topics_response *a = rig_call(r, h, GW_API_CREATE_TOPICS, 5, &q);

	ck_assert_uint_eq(a->n_topics, 1);
	return a->topics[0].error_code;
}

struct gw_produce_partition_response
rig_produce(struct rig *r, int h, const char *topic, int32_t partition, const struct batch_spec *s)
{
	struct gw_produce_partition_data p = { .index = partition };
	struct gw_produce_topic_data t = {
		.name = gw_str(topic), .partition_data = &p, .n_partition_data = 1
	};
	struct gw_produce_request q = {
		.acks = -1, .timeout_ms = 1000, .topic_data = &t, .n_topic_data = 1
	};
	const struct gw_produce_response *a;
	struct gw_buf batch;

	gw_buf_init(&batch, &r->alloc.alloc, 0);
	make_batch(&r->alloc.alloc, s, &batch);
	p.records = gw_buf_slice(&batch);
	a = rig_call(r, h, GW_API_PRODUCE, 9, &q);
	gw_buf_fini(&batch);
	ck_assert_uint_eq(a->n_responses, 1);
	ck_assert_uint_eq(a->responses[0].n_partition_responses, 1);
	return a->responses[0].partition_responses[0];
}

/* One fetch: its records, and where to go on. -error on one. */
static int64_t
fetch_once(struct rig *r, int h, const char *topic, int32_t partition, int64_t *offset)
{
	struct gw_fetch_partition p = { .partition = partition,
		.current_leader_epoch = -1,
		.fetch_offset = *offset,
		.last_fetched_epoch = -1,
		.log_start_offset = -1,
		.partition_max_bytes = 1 << 20,
		.high_watermark = INT64_MAX };
	struct gw_fetch_topic t = { .topic = gw_str(topic), .partitions = &p, .n_partitions = 1 };
	struct gw_fetch_request q = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.min_bytes = 1,
		.max_bytes = 1 << 20,
		.session_epoch = -1,
		.topics = &t,
		.n_topics = 1,
		.rack_id = GW_LIT("") };
	const struct gw_fetch_response *a = rig_call(r, h, GW_API_FETCH, 11, &q);
	const struct gw_fetch_partition_response *got = &a->responses[0].partitions[0];
	struct gw_slice rest = got->records;
	struct gw_batch_header bh;
	int64_t n = 0;

	if (got->error_code != 0)
		return -got->error_code;
	while (rest.len > 0) {
		int64_t size = gw_batch_header_read(rest, &bh);

		ck_assert(size > 0 && (uint64_t)size <= rest.len);
		ck_assert_int_eq(gw_batch_check((struct gw_slice){ rest.ptr, (size_t)size }), 0);
		n += bh.n_records;
		*offset = bh.base_offset + bh.n_records;
		rest.ptr += size;
		rest.len -= (size_t)size;
	}
	return n;
}

int64_t
rig_fetch_count(struct rig *r, int h, const char *topic, int32_t partition, int64_t offset)
{
	int64_t n = 0, got;

	while ((got = fetch_once(r, h, topic, partition, &offset)) > 0)
		n += got;
	return got < 0 ? got : n;
}
