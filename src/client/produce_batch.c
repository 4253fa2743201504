/* SPDX-License-Identifier: MIT
 *
 * client/produce_batch.c - batches of records: making, filling, reporting. A few are kept for
 * reuse, so that a steady stream of records allocates nothing.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/produce_batch.h"

#include "client/internal.h"

#define POOL_MAX 32

static void
really_free(struct gw_client *c, struct gw_pbatch *b)
{
	gw_buf_fini(&b->buf);
	gw_alloc_free(c->env->alloc, b->notes);
	gw_alloc_free(c->env->alloc, b->err);
	gw_alloc_free(c->env->alloc, b);
}

void
gw_pbatch_pool_fini(struct gw_client *c)
{
	struct gw_pbatch *b;

	while ((b = c->producer.pool) != NULL) {
		c->producer.pool = b->next;
		really_free(c, b);
	}
	c->producer.n_pool = 0;
}

/* buffer.memory counts what is allocated, not only what is filled. */
static void
charge(struct gw_client *c, struct gw_pbatch *b)
{
	size_t now = b->buf.cap + b->notes_cap * sizeof(*b->notes);

	c->producer.memory = c->producer.memory - b->charged + now;
	b->charged = now;
}

/* What stays allocated when a batch is used again; the rest starts from zero. */
static void
renew(struct gw_pbatch *b)
{
	struct gw_pbatch fresh = { .buf = b->buf, .notes = b->notes, .notes_cap = b->notes_cap };

	gw_buf_clear(&fresh.buf);
	*b = fresh;
}

struct gw_pbatch *
gw_pbatch_new(struct gw_client *c, const struct gw_topic *t, int32_t partition)
{
	struct gw_pbatch *b = c->producer.pool;

	if (b != NULL) {
		c->producer.pool = b->next;
		c->producer.n_pool--;
		renew(b);
	} else {
		b = gw_alloc_zero(c->env->alloc, 1, sizeof(*b));
		if (b == NULL)
			return NULL;
		gw_buf_init(&b->buf, c->env->alloc, 0);
	}
	b->topic = t;
	b->partition = partition;
	b->producer_id = -1;
	b->epoch = -1;
	b->sequence = -1;
	b->base_offset = -1;
	b->broker = -1;
	b->opened_us = c->now.us;
	b->deadline_us = c->now.us + gw_ms(c->cfg.delivery_timeout_ms);
	charge(c, b);
	return b;
}

void
gw_pbatch_free(struct gw_client *c, struct gw_pbatch *b)
{
	c->producer.memory -= b->charged;
	b->charged = 0;
	gw_alloc_free(c->env->alloc, b->err);
	b->err = NULL;
	if (c->producer.n_pool >= POOL_MAX || b->buf.cap > 4 * (size_t)c->cfg.batch_size ||
	    c->producer.n_pool * b->buf.cap > (size_t)c->cfg.buffer_memory / 4) {
		really_free(c, b);
		return;
	}
	b->next = c->producer.pool;
	c->producer.pool = b;
	c->producer.n_pool++;
}

void
gw_pbatch_shed(struct gw_client *c, struct gw_pbatch *b)
{
	gw_buf_fini(&b->buf);
	charge(c, b);
}

/* Whether size more bytes fit under buffer.memory. A client that holds nothing takes anything. */
static bool
has_room(const struct gw_client *c, const struct gw_pbatch *b, size_t size)
{
	size_t need = b->buf.len + size, more;

	if (need <= b->buf.cap)
		return true;
	more = (need > 2 * b->buf.cap ? need : 2 * b->buf.cap) - b->buf.cap;
	return c->producer.memory + more <= (size_t)c->cfg.buffer_memory ||
	    c->producer.memory == b->charged;
}

/* 1 if the record has a note now, 0, or GW_ENOMEM. It counts only once the record is in. */
static int
take_note(struct gw_client *c, struct gw_pbatch *b, const struct gw_message *m)
{
	bool report = (m->flags & GW_MSG_REPORT) != 0;
	bool wish = b->partition < 0 && (m->flags & GW_MSG_PARTITION) != 0;
	size_t before = b->notes_cap;
	void *notes = b->notes;

	if (!report && !wish && m->opaque == NULL)
		return 0;
	if (gw_alloc_room(c->env->alloc, &notes, &b->notes_cap, b->n_notes, sizeof(*b->notes)) != 0)
		return GW_ENOMEM;
	b->notes = notes;
	if (b->notes_cap != before)
		charge(c, b);
	b->notes[b->n_notes] = (struct gw_note){ .index = b->n_records, .report = report,
	    .partition = wish ? m->partition : -1, .opaque = m->opaque };
	return 1;
}

int
gw_pbatch_append(struct gw_client *c, struct gw_pbatch *b, const struct gw_message *m,
    int64_t timestamp_ms, size_t size)
{
	bool grows = b->buf.len + size + GW_BATCH_HEADER > b->buf.cap;
	int noted = 0, rc;

	if (GW_UNLIKELY(grows && (m->flags & GW_MSG_COUNTED) == 0 &&
	    !has_room(c, b, size + (b->n_records == 0 ? GW_BATCH_HEADER : 0))))
		return GW_EAGAIN;
	if ((m->flags & GW_MSG_REPORT) != 0 || m->opaque != NULL || b->partition < 0) {
		noted = take_note(c, b, m);
		if (noted < 0)
			return noted;
	}
	if (GW_UNLIKELY(b->n_records == 0))
		gw_batch_begin(&b->writer, &b->buf);
	rc = gw_batch_append(&b->writer, timestamp_ms, m->key, m->value, m->headers, m->n_headers);
	if (GW_UNLIKELY(grows))
		charge(c, b);
	if (GW_UNLIKELY(rc != 0)) {
		b->buf.err = 0;
		return rc;
	}
	b->n_records++;
	if (noted > 0) {
		b->n_notes++;
		b->has_reports |= (m->flags & GW_MSG_REPORT) != 0;
	}
	return 0;
}

bool
gw_pbatch_has_reports(const struct gw_pbatch *b)
{
	return b->has_reports;
}

const struct gw_note *
gw_pbatch_note(struct gw_pbatch *b, uint32_t index)
{
	while (b->next_note < b->n_notes && b->notes[b->next_note].index < index)
		b->next_note++;
	if (b->next_note < b->n_notes && b->notes[b->next_note].index == index)
		return &b->notes[b->next_note];
	return NULL;
}

static void
fill(const struct gw_pbatch *b, uint32_t index, const struct gw_note *note, struct gw_event *ev)
{
	*ev = (struct gw_event){
		.type = b->err == NULL ? GW_EVENT_DELIVERED : GW_EVENT_FAILED,
		.opaque = note == NULL ? NULL : note->opaque,
		.topic = { b->topic->name, b->topic->name_len },
		.partition = note != NULL && b->partition < 0 ? note->partition : b->partition,
		.offset = b->err == NULL && b->base_offset >= 0 ? b->base_offset + index : -1,
		.broker = b->broker,
	};
	if (b->err != NULL)
		ev->err = *b->err;
}

bool
gw_pbatch_next_event(struct gw_pbatch *b, struct gw_event *ev)
{
	while (b->next_index < b->n_records) {
		uint32_t index = b->next_index++;
		const struct gw_note *note = gw_pbatch_note(b, index);

		if (b->err == NULL && (note == NULL || !note->report))
			continue;
		fill(b, index, note, ev);
		return true;
	}
	return false;
}
