/* SPDX-License-Identifier: MIT
 *
 * client/producer.c - gw_send() and gw_flush(), and the topics that are produced to.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/partitioner.h"
#include "client/produce_batch.h"
#include "client/produce_waiting.h"
#include "wire/record_put.h"

#define RECORDS_PER_CLOCK	64	/* a record's "now" is at most so many records old */
#define TOPIC_NAME_MAX		249	/* Topic.java */

void
gw_producer_init(struct gw_client *c)
{
	static const struct gw_slice none = { NULL, 0 };

	c->producer.id = -1;
	c->producer.record_overhead = gw_batch_record_size(none, none, NULL, 0);
	gw_buf_init(&c->producer.compress_scratch, c->env->alloc, 0);
}

static void
free_batches(struct gw_client *c, struct gw_pbatch *b)
{
	while (b != NULL) {
		struct gw_pbatch *next = b->next;

		gw_pbatch_free(c, b);
		b = next;
	}
}

void
gw_producer_fini(struct gw_client *c)
{
	struct gw_ptopic *t;

	while ((t = c->producer.topics) != NULL) {
		c->producer.topics = t->next;
		free_batches(c, t->waiting);
		for (int32_t i = 0; i < t->n_parts; i++) {
			free_batches(c, t->parts[i]->first);
			gw_alloc_free(c->env->alloc, t->parts[i]);
		}
		gw_alloc_free(c->env->alloc, t->parts);
		gw_alloc_free(c->env->alloc, t);
	}
	gw_pbatch_pool_fini(c);
	gw_buf_fini(&c->producer.compress_scratch);
}

static struct gw_ptopic *
add_topic(struct gw_client *c, struct gw_slice name)
{
	struct gw_topic *topic = gw_cluster_topic(c, name);
	struct gw_ptopic *t;

	if (topic == NULL)
		return NULL;
	if (topic->producer != NULL)
		return topic->producer;
	t = gw_alloc_zero(c->env->alloc, 1, sizeof(*t));
	if (t == NULL)
		return NULL;
	gw_cluster_use_topic(c, topic, true);
	t->topic = topic;
	t->sticky = -1;
	t->next = c->producer.topics;
	c->producer.topics = t;
	topic->producer = t;
	c->again = true;
	if (c->cfg.enable_idempotence && c->producer.id_state == GW_ID_NONE)
		c->producer.id_state = GW_ID_WANTED;
	return t;
}

int
gw_ptopic_grow(struct gw_client *c, struct gw_ptopic *t)
{
	int32_t n = t->topic->n_partitions;
	struct gw_ppart **parts;

	if (n <= t->n_parts)
		return 0;
	parts = gw_alloc_resize(c->env->alloc, t->parts, (size_t)n, sizeof(struct gw_ppart *));
	if (parts == NULL)
		return GW_ENOMEM;
	t->parts = parts;
	while (t->n_parts < n) {
		struct gw_ppart *p = gw_alloc_zero(c->env->alloc, 1, sizeof(*p));

		if (p == NULL)
			return GW_ENOMEM;
		p->topic = t;
		p->index = t->n_parts;
		p->producer_id = -1;
		t->parts[t->n_parts++] = p;
	}
	return 0;
}

/* KIP-794 without the weights: any partition that has a leader, else any. */
static void
choose_sticky(struct gw_client *c, struct gw_ptopic *t)
{
	int32_t n = t->n_parts, start = (int32_t)gw_rng_below(&c->env->rng, (uint64_t)n);

	t->sticky = start;
	t->sticky_bytes = 0;
	for (int32_t i = 0; i < n; i++) {
		int32_t at = (start + i) % n;

		if (t->topic->leaders[at].node_id >= 0) {
			t->sticky = at;
			return;
		}
	}
}

static void
close_batch(struct gw_client *c, struct gw_ppart *p)
{
	if (p->last != NULL && p->last->state == GW_PBATCH_OPEN)
		p->last->state = GW_PBATCH_CLOSED;
	c->again = true;
}

static int32_t
partition_of(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m)
{
	if ((m->flags & GW_MSG_PARTITION) != 0)
		return m->partition;
	if (m->key.ptr != NULL)
		return gw_partition_of((enum gw_partitioner)c->cfg.partitioner, m->key, t->n_parts);
	if (t->n_parts == 1)
		return 0;
	if (t->sticky < 0 || t->sticky_bytes >= (size_t)c->cfg.batch_size) {
		if (t->sticky >= 0)
			close_batch(c, t->parts[t->sticky]);
		choose_sticky(c, t);
	}
	return t->sticky;
}

static void
read_clock(struct gw_client *c)
{
	c->now = gw_env_now(c->env);
	c->producer.since_clock = 0;
}

static struct gw_pbatch *
open_batch(struct gw_client *c, const struct gw_topic *t, int32_t partition)
{
	read_clock(c);
	c->again = true;
	return gw_pbatch_new(c, t, partition);
}

static int64_t
timestamp_of(struct gw_client *c, const struct gw_message *m)
{
	if ((m->flags & GW_MSG_TIMESTAMP) != 0)
		return m->timestamp_ms;
	if (GW_UNLIKELY(++c->producer.since_clock >= RECORDS_PER_CLOCK))
		read_clock(c);
	return c->now.wall_ms;
}

/* The first record of a new batch. */
static int
append_first(struct gw_client *c, struct gw_ppart *p, const struct gw_message *m, size_t size)
{
	struct gw_pbatch *b = open_batch(c, p->topic->topic, p->index);
	int rc;

	if (b == NULL)
		return GW_ENOMEM;
	rc = gw_pbatch_append(c, b, m, timestamp_of(c, m), size);
	if (rc != 0) {
		gw_pbatch_free(c, b);
		return rc;
	}
	gw_ppart_push(c, p, b);
	return 0;
}

static int
no_partition(struct gw_client *c, const struct gw_ptopic *t, int32_t index)
{
	return gw_client_fail(c, GW_EINVAL, "topic %s has no partition %d, it has %d",
	    t->topic->name, (int)index, (int)t->n_parts);
}

/* To a batch that has a record already. */
static inline int
append_more(struct gw_client *c, struct gw_pbatch *b, const struct gw_message *m, size_t size)
{
	int64_t timestamp_ms = timestamp_of(c, m);

	if (GW_LIKELY(m->n_headers == 0 && m->opaque == NULL && (m->flags & GW_MSG_REPORT) == 0 &&
	    gw_record_put_short(&b->writer, timestamp_ms, m->key, m->value))) {
		b->n_records++;
		return 0;
	}
	return gw_pbatch_append(c, b, m, timestamp_ms, size);
}

static inline int
append_known(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m, size_t size)
{
	int32_t index = partition_of(c, t, m);
	struct gw_pbatch *b;
	struct gw_ppart *p;
	int rc;

	if (GW_UNLIKELY((uint32_t)index >= (uint32_t)t->n_parts))
		return no_partition(c, t, index);
	p = t->parts[index];
	b = p->last;
	if (GW_UNLIKELY(b == NULL || b->state != GW_PBATCH_OPEN)) {
		rc = append_first(c, p, m, size);
	} else if (GW_UNLIKELY(b->buf.len + size > (size_t)c->cfg.batch_size)) {
		close_batch(c, p);
		rc = append_first(c, p, m, size);
	} else {
		rc = append_more(c, b, m, size);
	}
	t->sticky_bytes += rc == 0 ? size : 0;
	return rc;
}

int
gw_ptopic_append(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m, size_t size)
{
	return append_known(c, t, m, size);
}

/* The topic's partitions are not known yet. */
static int
append_waiting(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m, size_t size)
{
	struct gw_pbatch *b = t->waiting_last;
	int rc;

	if (b != NULL && b->buf.len + size <= (size_t)c->cfg.batch_size)
		return gw_pbatch_append(c, b, m, timestamp_of(c, m), size);
	b = open_batch(c, t->topic, -1);
	if (b == NULL)
		return GW_ENOMEM;
	rc = gw_pbatch_append(c, b, m, timestamp_of(c, m), size);
	if (rc != 0) {
		gw_pbatch_free(c, b);
		return rc;
	}
	if (t->waiting_last == NULL)
		t->waiting = b;
	else
		t->waiting_last->next = b;
	t->waiting_last = b;
	return 0;
}

/* Behind those that wait already, or their order would be lost. */
static inline int
append(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m, size_t size)
{
	if (GW_UNLIKELY(t->n_parts == 0 || t->waiting != NULL))
		return append_waiting(c, t, m, size);
	return append_known(c, t, m, size);
}

/* Another topic than that of the last record. 0 or GW_E*. */
static int
change_topic(struct gw_client *c, const char *name)
{
	struct gw_ptopic *t;

	if (name == NULL || name[0] == '\0' || strnlen(name, TOPIC_NAME_MAX + 1) > TOPIC_NAME_MAX)
		return gw_client_fail(c, GW_EINVAL,
		    "gw_send: a topic name of 1 to %d bytes is wanted", TOPIC_NAME_MAX);
	t = add_topic(c, gw_str(name));
	if (t == NULL)
		return gw_client_fail(c, GW_ENOMEM, "gw_send: %s", gw_strerror(GW_ENOMEM));
	c->producer.last_used = t;
	return 0;
}

/* At most; a record without headers needs no call. */
static inline size_t
record_size(const struct gw_producer *k, const struct gw_message *m)
{
	if (m->n_headers > 0)
		return gw_batch_record_size(m->key, m->value, m->headers, m->n_headers);
	return k->record_overhead + m->key.len + m->value.len;
}

/* What no record may be. */
static int
check(struct gw_client *c, const struct gw_message *m, size_t size)
{
	if (GW_UNLIKELY(size + GW_BATCH_HEADER > (size_t)c->cfg.max_request_size))
		return gw_client_fail(c, GW_ELIMIT,
		    "a record of %zu bytes for topic %s is larger than "
		    "max.request.size=%lld allows",
		    size, m->topic, (long long)c->cfg.max_request_size);
	if (GW_UNLIKELY(m->n_headers > GW_RECORD_HEADERS_MAX))
		return gw_client_fail(c, GW_ELIMIT,
		    "a record for topic %s has more than %d headers", m->topic,
		    GW_RECORD_HEADERS_MAX);
	if (GW_UNLIKELY((m->flags & GW_MSG_PARTITION) != 0 && m->partition < 0))
		return gw_client_fail(c, GW_EINVAL, "gw_send: topic %s has no partition %d",
		    m->topic, (int)m->partition);
	return 0;
}

static int
refuse(struct gw_client *c, const struct gw_message *m, int rc)
{
	if (rc == GW_EINVAL)
		return rc;	/* it said why */
	/* What is delivered makes room. */
	if (rc == GW_ENOMEM && c->producer.pending > 0)
		rc = GW_EAGAIN;
	return gw_client_fail(c, rc, "gw_send for topic %s: %s", m->topic, rc == GW_EAGAIN ?
	    "buffer.memory is full; run the client, then try again" : gw_strerror(rc));
}

int
gw_send(struct gw_client *c, const struct gw_message *m)
{
	struct gw_producer *k = &c->producer;
	size_t size;
	int rc;

	if (GW_UNLIKELY(k->fatal != 0))
		return k->fatal;
	if (GW_UNLIKELY(c->cfg.transactional_id[0] != '\0') && (rc = gw_txn_check_send(c)) != 0)
		return rc;
	if (GW_UNLIKELY(k->last_used == NULL || m->topic == NULL ||
	    strcmp(k->last_used->topic->name, m->topic) != 0)) {
		rc = change_topic(c, m->topic);
		if (rc != 0)
			return rc;
	}
	size = record_size(k, m);
	rc = check(c, m, size);
	if (GW_UNLIKELY(rc != 0))
		return rc;
	rc = append(c, k->last_used, m, size);
	if (GW_UNLIKELY(rc == GW_EAGAIN || rc == GW_ENOMEM)) {
		gw_client_turn(c);	/* something may have been delivered meanwhile */
		rc = append(c, k->last_used, m, size);
	}
	if (GW_UNLIKELY(rc != 0))
		return refuse(c, m, rc);
	k->pending++;
	c->stats.records_sent++;
	k->since_turn += size;
	if (GW_UNLIKELY(k->since_turn >= (size_t)c->cfg.batch_size))
		gw_client_turn(c);
	return 0;
}

struct gw_flushed
gw_flush(struct gw_client *c, int timeout_ms)
{
	struct gw_producer *k = &c->producer;
	int64_t until = gw_client_until(c, timeout_ms);
	unsigned begin = c->cluster.n_rounds;
	struct gw_flushed f;

	k->flushing = true;
	while (k->pending > 0 && gw_client_enter(c) == 0 && gw_client_unreachable(c, begin) == 0)
		if (gw_client_wait(c, until) != 0 || c->now.us >= until)
			break;
	k->flushing = false;
	f = (struct gw_flushed){
		.delivered = k->delivered, .failed = k->failed, .pending = k->pending
	};
	k->delivered = k->failed = 0;
	return f;
}

/* Partitions without batches leave the list of active ones; the others may give up old batches. */
static void
sweep(struct gw_client *c)
{
	struct gw_producer *k = &c->producer;
	struct gw_ppart **at = &k->active, *last = NULL;

	while (*at != NULL) {
		struct gw_ppart *p = *at;

		gw_ppart_expire(c, p);
		if (p->first != NULL) {
			last = p;
			at = &p->next_active;
			continue;
		}
		*at = p->next_active;
		p->is_active = false;
	}
	k->active_last = last;
}

void
gw_producer_step(struct gw_client *c)
{
	c->producer.since_turn = 0;
	c->producer.since_clock = 0;
	if (c->producer.topics == NULL)
		return;
	gw_producer_id_step(c);
	gw_waiting_step(c);
	sweep(c);
	gw_produce_requests(c);
	for (const struct gw_ppart *p = c->producer.active; p != NULL; p = p->next_active)
		gw_wake(c, gw_ppart_deadline(c, p));
}
