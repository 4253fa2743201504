/* SPDX-License-Identifier: MIT
 *
 * client/produce_waiting.c - records sent before the topic's partitions were known. They wait in
 * wire form, in batches without a partition, and are read back out of them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/produce_waiting.h"

#include "client/internal.h"
#include "client/produce_batch.h"

static struct gw_pbatch *
pop(struct gw_ptopic *t)
{
	struct gw_pbatch *b = t->waiting;

	t->waiting = b->next;
	if (t->waiting == NULL)
		t->waiting_last = NULL;
	b->next = NULL;
	return b;
}

static int
headers_of(struct gw_client *c, const struct gw_record *r, struct gw_message *m)
{
	struct gw_header *h;
	size_t pos = 0;

	if (r->n_headers == 0)
		return 0;
	gw_arena_reset(&c->scratch);
	h = gw_arena_zero(&c->scratch, r->n_headers, sizeof(*h));
	if (h == NULL)
		return GW_ENOMEM;
	while (m->n_headers < r->n_headers && gw_record_header(r, &pos, &h[m->n_headers]) > 0)
		m->n_headers++;
	m->headers = h;
	return 0;
}

int
gw_message_of(struct gw_client *c, const struct gw_record *r, const struct gw_note *note,
    struct gw_message *m)
{
	*m = (struct gw_message){ .key = r->key, .value = r->value, .partition = -1,
	    .flags = GW_MSG_TIMESTAMP | GW_MSG_COUNTED, .timestamp_ms = r->timestamp_ms };
	if (note != NULL) {
		m->opaque = note->opaque;
		m->partition = note->partition;
		m->flags |= note->report ? GW_MSG_REPORT : 0;
		m->flags |= note->partition >= 0 ? GW_MSG_PARTITION : 0;
	}
	return headers_of(c, r, m);
}

/* One record could not go on: its partition does not exist. */
static void
fail_one(struct gw_client *c, const struct gw_ptopic *t, const struct gw_message *m)
{
	struct gw_event ev = { .type = GW_EVENT_FAILED,
		.opaque = m->opaque,
		.offset = -1,
		.broker = -1,
		.topic = { t->topic->name, t->topic->name_len },
		.partition = m->partition,
		.err = c->err };

	gw_txn_doom(c, &c->err);
	c->producer.pending--;
	c->producer.failed++;
	c->stats.records_failed++;
	gw_event_put(c, &ev);
}

static int
move_one(
    struct gw_client *c, struct gw_ptopic *t, const struct gw_record *r, const struct gw_note *note)
{
	struct gw_message m;
	int rc = gw_message_of(c, r, note, &m);

	if (rc != 0)
		return rc;
	rc = gw_ptopic_append(c, t, &m,
	    gw_batch_record_size(m.key, m.value, m.headers, m.n_headers));
	if (rc == GW_EINVAL) {
		fail_one(c, t, &m);
		return 0;
	}
	return rc;
}

static int
move_records(struct gw_client *c, struct gw_ptopic *t, struct gw_pbatch *b)
{
	static const struct gw_batch_stamp plain = { .producer_id = -1, .producer_epoch = -1,
	    .base_sequence = -1 };
	struct gw_batch_iter it;
	struct gw_record r;
	size_t note = 0;
	int rc = gw_batch_finish(&b->writer, &plain, &c->producer.compress_scratch);

	if (rc == 0)
		rc = gw_batch_iter_init(&it, gw_buf_slice(&b->buf), &c->producer.compress_scratch);
	while (rc == 0 && gw_batch_iter_next(&it, &r) > 0) {
		bool noted = note < b->n_notes && b->notes[note].index == b->n_moved;

		rc = move_one(c, t, &r, noted ? &b->notes[note] : NULL);
		note += noted;
		b->n_moved += rc == 0;
	}
	return rc;
}

static void
fail_batch(struct gw_client *c, const struct gw_ptopic *t, struct gw_pbatch *b, int code)
{
	struct gw_err err;

	(void)gw_err_set(&err, code, "%u record%s for topic %s given up: %s",
	    b->n_records - b->n_moved, b->n_records - b->n_moved == 1 ? "" : "s", t->topic->name,
	    gw_strerror(code));
	b->next_index = b->n_moved;
	gw_pbatch_end(c, b, &err);
}

static void
move(struct gw_client *c, struct gw_ptopic *t)
{
	while (t->waiting != NULL) {
		struct gw_pbatch *b = pop(t);
		int rc = move_records(c, t, b);

		if (rc != 0)
			fail_batch(c, t, b, rc);
		else
			gw_pbatch_free(c, b);
	}
}

/* The topic cannot be: Kafka's code, else 0. A topic that does not exist yet may be created. */
static int
hopeless(const struct gw_topic *t)
{
	return t->error != 0 && t->error != GW_K_UNKNOWN_TOPIC_OR_PARTITION &&
		       !gw_err_retriable(t->error)
		   ? t->error
		   : 0;
}

static void
give_up_old(struct gw_client *c, struct gw_ptopic *t)
{
	int fatal = t->topic->known ? 0 : hopeless(t->topic);

	while (t->waiting != NULL && (fatal != 0 || t->waiting->deadline_us <= c->now.us))
		fail_batch(c, t, pop(t), fatal != 0 ? fatal :
		    t->topic->error != 0 ? t->topic->error : GW_ETIMEOUT);
}

void
gw_waiting_step(struct gw_client *c)
{
	for (struct gw_ptopic *t = c->producer.topics; t != NULL; t = t->next) {
		if (t->topic->n_partitions > t->n_parts && gw_ptopic_grow(c, t) != 0)
			continue;
		if (t->waiting != NULL)
			give_up_old(c, t);
		if (t->waiting != NULL && t->n_parts > 0)
			move(c, t);
		if (t->waiting != NULL)
			gw_wake(c, t->waiting->deadline_us);
	}
}

void
gw_waiting_drop(struct gw_client *c, const struct gw_err *err)
{
	for (struct gw_ptopic *t = c->producer.topics; t != NULL; t = t->next)
		while (t->waiting != NULL)
			gw_pbatch_end(c, pop(t), err);
}
