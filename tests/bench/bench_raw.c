/* SPDX-License-Identifier: MIT
 *
 * tests/bench/bench_raw.c - the work of bench_client by ready-made requests: no client at all, so
 * what broker and kernel allow. One blocking connection to one broker that leads everything.
 *
 *   bench_raw produce|consume|lone|txn|loop HOST:PORT[;gzip] TOPIC RECORDS SIZE PARTITIONS
 *
 * produce: Produce requests of one 16 KiB batch a partition, up to 1 MiB, made beforehand, five
 * under way. consume: Fetch, one after the other, of all partitions; of the answer no more is read
 * than the next offsets. lone: one record a request, idempotent, after what each client has to ask:
 * versions, who leads the topic, a producer id. txn: one record and EndTxn (KIP-890, v2), one after
 * the other. loop: Fetch of one batch, its copy to TOPIC-copy, TxnOffsetCommit, EndTxn. Prints
 * as bench_client does.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/env.h"
#include "tests/bench/timing.h"
#include "wire/api.h"
#include "wire/bytes.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_end_txn.h"
#include "wire/msg_fetch.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_init_producer_id.h"
#include "wire/msg_metadata.h"
#include "wire/msg_produce.h"
#include "wire/msg_txn_offset_commit.h"
#include "wire/record_batch.h"

#define BATCH		(16 << 10)
#define REQUEST		(1 << 20)
#define UNDER_WAY	5
#define PARTS_MAX	256
#define TXN_ID		"bench-raw"

static struct gw_alloc *alloc;
static enum gw_compression codec;
static int fd;
static struct gw_buf in;

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_raw: %s\n", what);
	exit(1);
}

static void
connect_to(char *address)
{
	char *colon = strrchr(address, ':');
	struct sockaddr_in to = { .sin_family = AF_INET };
	int on = 1;

	if (colon == NULL)
		die("HOST:PORT");
	*colon = '\0';
	to.sin_port = htons((uint16_t)atoi(colon + 1));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("cannot connect");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void
write_all(const struct gw_buf *b)
{
	for (size_t at = 0; at < b->len; ) {
		ssize_t n = write(fd, b->ptr + at, b->len - at);

		if (n <= 0)
			die("write");
		at += (size_t)n;
	}
}

static void
read_exactly(size_t n)
{
	gw_buf_clear(&in);
	if (gw_buf_reserve(&in, n) == NULL)
		die("memory");
	while (in.len < n) {
		ssize_t got = read(fd, in.ptr + in.len, n - in.len);

		if (got <= 0)
			die("read");
		in.len += (size_t)got;
	}
}

static struct gw_slice
answer(void)
{
	read_exactly(4);
	read_exactly(gw_be32(in.ptr));
	return gw_buf_slice(&in);
}

static void
encode(struct gw_buf *out, int16_t key, int16_t version, const void *body)
{
	struct gw_request_header h = { .api_key = key, .api_version = version,
	    .client_id = { "raw", 3 } };
	struct gw_err err;

	gw_buf_clear(out);
	if (gw_request_encode(out, &h, body, &err) != 0)
		die(err.msg);
}

/* A batch of n records. */
static void
make_batch(struct gw_buf *b, size_t n, size_t size, int16_t attributes)
{
	static const struct gw_slice none = { NULL, 0 };
	struct gw_batch_stamp stamp = { .compression = codec, .attributes = attributes,
	    .producer_id = -1, .producer_epoch = -1, .base_sequence = -1 };
	int64_t now_ms = (int64_t)(seconds(CLOCK_REALTIME) * 1e3);
	char *value = payload(size);
	struct gw_batch_writer w;
	struct gw_buf scratch;

	gw_buf_init(b, alloc, 0);
	gw_buf_init(&scratch, alloc, 0);
	gw_batch_begin(&w, b);
	for (size_t i = 0; i < n; i++)
		if (gw_batch_append(&w, now_ms, none, (struct gw_slice){ value, size }, NULL,
			0) != 0)
			die("append");
	if (gw_batch_finish(&w, &stamp, &scratch) != 0)
		die("finish");
	gw_buf_fini(&scratch);
	free(value);
}

static void
check_produced(struct gw_arena *arena)
{
	struct gw_produce_response *r;
	struct gw_err err;
	void *body;
	int32_t id;

	gw_arena_reset(arena);
	if (gw_response_decode(answer(), GW_API_PRODUCE, 8, arena, &id, &body, &err) != 0)
		die(err.msg);
	r = body;
	for (size_t i = 0; i < r->responses[0].n_partition_responses; i++)
		if (r->responses[0].partition_responses[i].error_code != 0)
			die("refused");
}

/* Requests of up to n_parts partitions with `each` records, until all are out. */
static void
produce(struct gw_arena *arena, const char *topic, size_t n, size_t size, size_t n_parts,
    size_t each)
{
	struct gw_produce_partition_data d[PARTS_MAX];
	struct gw_produce_topic_data t = { .name = gw_str(topic), .partition_data = d };
	struct gw_produce_request rq = { .transactional_id = { NULL, 0 }, .acks = -1,
	    .timeout_ms = 30000, .topic_data = &t, .n_topic_data = 1 };
	struct gw_buf batch, out;
	size_t sent = 0, under_way = 0, at = 0;

	make_batch(&batch, each, size, 0);
	gw_buf_init(&out, alloc, 0);
	while (sent < n || under_way > 0) {
		if (sent >= n || under_way == UNDER_WAY) {
			check_produced(arena);
			under_way--;
			continue;
		}
		t.n_partition_data = 0;
		for (size_t bytes = 0; sent < n && t.n_partition_data < n_parts &&
		    bytes + batch.len <= REQUEST; bytes += batch.len) {
			d[t.n_partition_data++] = (struct gw_produce_partition_data){
				.index = (int32_t)(at++ % n_parts),
				.records = gw_buf_slice(&batch) };
			sent += each;
		}
		encode(&out, GW_API_PRODUCE, 8, &rq);
		write_all(&out);
		under_way++;
	}
	gw_buf_fini(&batch);
	gw_buf_fini(&out);
}

/* The records of one partition's answer, and where the next ones are. */
static size_t
count(struct gw_slice records, int64_t *next)
{
	struct gw_batch_header h;
	size_t n = 0;
	int64_t size;

	while ((size = gw_batch_header_read(records, &h)) > 0 && (size_t)size <= records.len) {
		n += (size_t)h.n_records;
		*next = h.base_offset + h.last_offset_delta + 1;
		records.ptr += size;
		records.len -= (size_t)size;
	}
	return n;
}

static void
consume(struct gw_arena *arena, const char *topic, size_t n, size_t n_parts)
{
	struct gw_fetch_partition p[PARTS_MAX];
	struct gw_fetch_topic t = { .topic = gw_str(topic), .partitions = p,
	    .n_partitions = n_parts };
	struct gw_fetch_request rq = { .replica_id = -1, .max_wait_ms = 500, .min_bytes = 1,
	    .max_bytes = 50 << 20, .session_epoch = -1, .topics = &t, .n_topics = 1,
	    .rack_id = { "", 0 }, .replica_state = { -1, -1 } };
	struct gw_buf out;
	size_t got = 0;

	gw_buf_init(&out, alloc, 0);
	for (size_t i = 0; i < n_parts; i++)
		p[i] = (struct gw_fetch_partition){ .partition = (int32_t)i,
			.current_leader_epoch = -1, .last_fetched_epoch = -1,
			.log_start_offset = -1, .partition_max_bytes = 1 << 20,
			.high_watermark = INT64_MAX };
	while (got < n) {
		struct gw_fetch_response *r;
		struct gw_err err;
		void *body;
		int32_t id;

		encode(&out, GW_API_FETCH, 11, &rq);
		write_all(&out);
		gw_arena_reset(arena);
		if (gw_response_decode(answer(), GW_API_FETCH, 11, arena, &id, &body, &err) != 0)
			die(err.msg);
		r = body;
		for (size_t i = 0; i < r->responses[0].n_partitions; i++) {
			struct gw_fetch_partition_response *a = &r->responses[0].partitions[i];

			if (a->error_code != 0)
				die("refused");
			got += count(a->records, &p[a->partition_index].fetch_offset);
		}
	}
	gw_buf_fini(&out);
}

/* One request and its answer. */
static void *
ask(struct gw_arena *arena, int16_t key, int16_t version, const void *body)
{
	struct gw_buf out;
	struct gw_err err;
	void *answered;
	int32_t id;

	gw_buf_init(&out, alloc, 0);
	encode(&out, key, version, body);
	write_all(&out);
	gw_buf_fini(&out);
	gw_arena_reset(arena);
	if (gw_response_decode(answer(), key, version, arena, &id, &answered, &err) != 0)
		die(err.msg);
	return answered;
}

/* The coordinator may have to make its log first. */
static struct gw_init_producer_id_response
new_producer(struct gw_arena *arena)
{
	struct gw_find_coordinator_request find = { .key = gw_str(TXN_ID), .key_type = 1 };
	struct gw_init_producer_id_request rq = { .transactional_id = gw_str(TXN_ID),
	    .transaction_timeout_ms = 60000, .producer_id = -1, .producer_epoch = -1 };

	for (int i = 0; i < 300; i++, (void)usleep(100000)) {
		struct gw_init_producer_id_response *r;

		(void)ask(arena, GW_API_FIND_COORDINATOR, 2, &find);
		r = ask(arena, GW_API_INIT_PRODUCER_ID, 4, &rq);
		if (r->error_code == 0)
			return *r;
	}
	die("no producer id");
	return (struct gw_init_producer_id_response){ 0 };
}

/* The first batch from there on, with its one record. */
static void
read_one(struct gw_arena *arena, const char *topic, int64_t *offset)
{
	struct gw_fetch_partition p = { .current_leader_epoch = -1, .last_fetched_epoch = -1,
		.log_start_offset = -1, .partition_max_bytes = 1, .high_watermark = INT64_MAX,
		.fetch_offset = *offset };
	struct gw_fetch_topic t = { .topic = gw_str(topic), .partitions = &p, .n_partitions = 1 };
	struct gw_fetch_request rq = { .replica_id = -1, .max_wait_ms = 500, .min_bytes = 1,
	    .max_bytes = 1, .session_epoch = -1, .topics = &t, .n_topics = 1,
	    .rack_id = { "", 0 }, .replica_state = { -1, -1 } };
	struct gw_fetch_response *r = ask(arena, GW_API_FETCH, 11, &rq);

	if (count(r->responses[0].partitions[0].records, offset) != 1)
		die("a batch of one record was wanted");
}

/* The group's coordinator may have to make its log first. */
static void
commit_one(struct gw_arena *arena, const char *topic, int64_t offset,
    const struct gw_init_producer_id_response *id)
{
	struct gw_txn_offset_commit_request_partition p = { .committed_offset = offset,
		.committed_leader_epoch = -1 };
	struct gw_txn_offset_commit_request_topic t = { .name = gw_str(topic), .partitions = &p,
	    .n_partitions = 1 };
	struct gw_txn_offset_commit_request rq = { .transactional_id = gw_str(TXN_ID),
	    .group_id = gw_str(TXN_ID), .producer_id = id->producer_id,
	    .producer_epoch = id->producer_epoch, .generation_id = -1, .member_id = { "", 0 },
	    .topics = &t, .n_topics = 1 };
	struct gw_find_coordinator_request find = { .key = gw_str(TXN_ID) };

	for (int i = 0; i < 300; i++, (void)usleep(100000)) {
		struct gw_txn_offset_commit_response *r =
		    ask(arena, GW_API_TXN_OFFSET_COMMIT, 5, &rq);

		if (r->topics[0].partitions[0].error_code == 0)
			return;
		(void)ask(arena, GW_API_FIND_COORDINATOR, 2, &find);
	}
	die("TxnOffsetCommit refused");
}

/* With a source, each is read from there and its offset committed. */
static void
txn(struct gw_arena *arena, const char *source, const char *topic, size_t size, double *us,
    size_t n)
{
	struct gw_init_producer_id_response id = new_producer(arena);
	int64_t offset = 0;
	struct gw_produce_partition_data d = { .index = 0 };
	struct gw_produce_topic_data t = { .name = gw_str(topic), .partition_data = &d,
	    .n_partition_data = 1 };
	struct gw_produce_request rq = { .transactional_id = gw_str(TXN_ID), .acks = -1,
	    .timeout_ms = 30000, .topic_data = &t, .n_topic_data = 1 };
	struct gw_buf batch;

	make_batch(&batch, 1, size, GW_BATCH_TRANSACTIONAL);
	for (size_t i = 0; i < n; i++) {
		struct gw_end_txn_request end = { .transactional_id = gw_str(TXN_ID),
		    .producer_id = id.producer_id, .producer_epoch = id.producer_epoch,
		    .committed = true };
		double begin = seconds(CLOCK_MONOTONIC);
		struct gw_produce_response *p;
		struct gw_end_txn_response *e;

		if (source != NULL)
			read_one(arena, source, &offset);
		gw_batch_restamp(batch.ptr, batch.len, id.producer_id, id.producer_epoch, 0);
		d.records = gw_buf_slice(&batch);
		do	/* the marker of the one before may still be on its way */
			p = ask(arena, GW_API_PRODUCE, 12, &rq);
		while (p->responses[0].partition_responses[0].error_code ==
		    GW_K_CONCURRENT_TRANSACTIONS);
		if (p->responses[0].partition_responses[0].error_code != 0)
			die("refused");
		if (source != NULL)
			commit_one(arena, source, offset, &id);
		e = ask(arena, GW_API_END_TXN, 5, &end);
		if (e->error_code != 0)
			die("EndTxn refused");
		id.producer_id = e->producer_id;
		id.producer_epoch = e->producer_epoch;
		us[i] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	gw_buf_fini(&batch);
}

/* The id of an idempotent producer. */
static int64_t
introduce(struct gw_arena *arena, const char *topic)
{
	struct gw_api_versions_request versions = { .client_software_name = gw_str("raw"),
	    .client_software_version = gw_str("1") };
	struct gw_metadata_request_topic t = { .name = gw_str(topic) };
	struct gw_metadata_request metadata = { .topics = &t, .n_topics = 1 };
	struct gw_init_producer_id_request id = { .transactional_id = { NULL, 0 },
	    .transaction_timeout_ms = 60000, .producer_id = -1, .producer_epoch = -1 };

	(void)ask(arena, GW_API_API_VERSIONS, 3, &versions);
	(void)ask(arena, GW_API_METADATA, 8, &metadata);
	return ((struct gw_init_producer_id_response *)ask(arena, GW_API_INIT_PRODUCER_ID, 1, &id))
	    ->producer_id;
}

static void
lone(struct gw_arena *arena, const char *topic, size_t size, double *us, size_t n)
{
	int64_t id = introduce(arena, topic);
	struct gw_produce_partition_data d = { .index = 0 };
	struct gw_produce_topic_data t = { .name = gw_str(topic), .partition_data = &d,
	    .n_partition_data = 1 };
	struct gw_produce_request rq = { .transactional_id = { NULL, 0 }, .acks = -1,
	    .timeout_ms = 30000, .topic_data = &t, .n_topic_data = 1 };
	struct gw_buf batch, out;

	make_batch(&batch, 1, size, 0);
	gw_buf_init(&out, alloc, 0);
	for (size_t i = 0; i < n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		gw_batch_restamp(batch.ptr, batch.len, id, 0, (int32_t)i);
		d.records = gw_buf_slice(&batch);
		encode(&out, GW_API_PRODUCE, 8, &rq);
		write_all(&out);
		check_produced(arena);
		us[i] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	gw_buf_fini(&batch);
	gw_buf_fini(&out);
}

static const char *
copy_of(const char *topic)
{
	static char name[250];

	(void)snprintf(name, sizeof(name), "%s-copy", topic);
	return name;
}

int
main(int argc, char **argv)
{
	struct gw_env *env;
	struct gw_err err;
	struct gw_arena arena;
	size_t n, size, n_parts, n_us = 0;
	double wall, cpu, *us;

	if (argc != 7)
		die("wrong arguments");
	env = gw_env_posix_new(0, false, &err);
	if (env == NULL)
		die(err.msg);
	alloc = env->alloc;
	n = strtoul(argv[4], NULL, 10);
	size = strtoul(argv[5], NULL, 10);
	n_parts = strtoul(argv[6], NULL, 10);
	if (n_parts == 0 || n_parts > PARTS_MAX)
		die("1 to 256 partitions");
	us = calloc(n + 1, sizeof(*us));
	gw_arena_init(&arena, alloc, 0);
	gw_buf_init(&in, alloc, 0);
	wall = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (strchr(argv[2], ';') != NULL) {
		*strchr(argv[2], ';') = '\0';
		codec = GW_GZIP;
	}
	connect_to(argv[2]);
	if (strcmp(argv[1], "produce") == 0)
		produce(&arena, argv[3], n, size, n_parts, size < BATCH ? BATCH / size : 1);
	else if (strcmp(argv[1], "consume") == 0)
		consume(&arena, argv[3], n, n_parts);
	else if (strcmp(argv[1], "txn") == 0)
		txn(&arena, NULL, argv[3], size, us, n_us = n);
	else if (strcmp(argv[1], "loop") == 0)
		txn(&arena, argv[3], copy_of(argv[3]), size, us, n_us = n);
	else
		lone(&arena, argv[3], size, us, n_us = n);
	tell(wall, cpu, us, n_us);
	gw_arena_fini(&arena);
	gw_buf_fini(&in);
	free(us);
	gw_env_posix_free(env);
	return 0;
}
