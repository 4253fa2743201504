/* SPDX-License-Identifier: MIT
 *
 * client/fetched.c - handing out what was fetched: partition by partition, record by record, in
 * place. Source: CompletedFetch.java (control batches, aborted transactions).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "client/internal.h"
#include "wire/record_short.h"

void
gw_fetched_free(struct gw_client *c, struct gw_fetched *f)
{
	if (f->frame.cap > c->consumer.spare.cap) {
		gw_buf_fini(&c->consumer.spare);
		c->consumer.spare = f->frame;
		gw_buf_clear(&c->consumer.spare);
	} else {
		gw_buf_fini(&f->frame);
	}
	gw_alloc_free(c->env->alloc, f->aborted);
	gw_alloc_free(c->env->alloc, f);
}

/*
 * Whether anything in it is to be handed out: not so if all is control batches or before the
 * position.
 */
static bool
has_records(struct gw_slice records, int64_t position)
{
	while (records.len > 0) {
		struct gw_batch_header h;
		int64_t size = gw_batch_header_read(records, &h);

		if (size <= 0 || size > (int64_t)records.len)
			return false;
		if ((h.attributes & GW_BATCH_CONTROL) == 0 && h.n_records > 0 &&
		    h.base_offset + h.last_offset_delta >= position)
			return true;
		records.ptr += size;
		records.len -= (size_t)size;
	}
	return false;
}

/* Nothing more of the record batch at hand. */
static void
stop(struct gw_batch *b)
{
	b->begun = false;
	b->it.left = 0;
}

/* What was fetched for it is void: it was paused, moved or taken away since. */
static bool
is_void(struct gw_client *c, const struct gw_fetched_part *fp)
{
	struct gw_cpart *p = fp->part;

	if (!p->assigned || fp->life != p->life)
		return true;
	if (!p->paused && !p->leaving)
		return false;
	gw_cpart_seek(c, p, p->position);	/* fetched again when it goes on */
	return true;
}

static void
begin(struct gw_client *c, const struct gw_fetched_part *fp)
{
	struct gw_batch *b = &c->consumer.batch;
	struct gw_cpart *p = fp->part;

	b->part = p;
	b->rest = fp->records;
	stop(b);
	b->live = true;
	b->error = 0;
	b->unreadable = -1;
	b->from = p->position;
	b->assignment = p->assignment;
	b->next_offset = fp->next_offset;
	b->epoch = fp->epoch;
	b->high_watermark = fp->high_watermark;
	b->aborted = fp->aborted;
	b->n_aborted = fp->n_aborted;
	b->next_aborted = b->n_skipping = 0;
}

static void
drop_first(struct gw_client *c)
{
	struct gw_fetched *f = c->consumer.first;

	c->consumer.first = f->next;
	if (f->next == NULL)
		c->consumer.last = NULL;
	gw_fetched_free(c, f);
}

struct gw_batch *
gw_fetched_next(struct gw_client *c)
{
	struct gw_fetched *f;

	c->consumer.batch.live = false;
	stop(&c->consumer.batch);
	while ((f = c->consumer.first) != NULL) {
		/* The next fetch goes out before this one is read. */
		if (f->at == 0) {
			f->at = 1;
			gw_client_turn(c);
		}
		while (f->at <= f->n) {
			struct gw_fetched_part *fp = &f->parts[f->at++ - 1];

			if (is_void(c, fp))
				continue;
			begin(c, fp);
			fp->part->position = fp->next_offset;
			fp->part->epoch = fp->epoch;
			if (has_records(fp->records, c->consumer.batch.from))
				return &c->consumer.batch;
		}
		drop_first(c);
	}
	return NULL;
}

/* ---- record by record ---- */

static const char *
reason(const struct gw_batch *b, int code, char *text, size_t cap)
{
	const struct gw_client *c = b->client;

	if (code != GW_ENOMEM)
		return gw_strerror(code);
	(void)snprintf(text, cap, "inflated, it does not fit into client.memory=%lld, of which %zu "
	    "are used", (long long)c->cfg.client_memory, c->alloc.used);
	return text;
}

static int
fail(struct gw_batch *b, int code, const struct gw_batch_header *h)
{
	char text[128];

	b->error = code;
	stop(b);
	b->unreadable = h->base_offset + h->last_offset_delta + 1;
	return gw_client_fail(b->client, code,
	    "%s-%d: the batch at offset %lld: %s; gw_seek() to %lld "
	    "goes on behind it",
	    b->part->topic->name, (int)b->part->index, (long long)h->base_offset,
	    reason(b, code, text, sizeof(text)),
	    (long long)h->base_offset + h->last_offset_delta + 1);
}

static void
stop_skipping(struct gw_batch *b, int64_t producer_id)
{
	for (size_t i = 0; i < b->n_skipping; i++)
		if (b->skipping[i] == producer_id) {
			b->skipping[i] = b->skipping[--b->n_skipping];
			return;
		}
}

/* An abort marker: key int16 version, int16 type 0. */
static bool
is_abort_marker(struct gw_slice batch, struct gw_buf *scratch)
{
	struct gw_batch_iter it;
	struct gw_record r;

	return gw_batch_iter_init(&it, batch, scratch) == 0 && gw_batch_iter_next(&it, &r) > 0 &&
	    r.key.len >= 4 && r.key.ptr[2] == 0 && r.key.ptr[3] == 0;
}

/* read_committed: 1 if this batch belongs to an aborted transaction, 0, or GW_ENOMEM. */
static int
is_aborted(struct gw_batch *b, const struct gw_batch_header *h, struct gw_slice batch)
{
	struct gw_alloc *alloc = b->client->env->alloc;
	int64_t last = h->base_offset + h->last_offset_delta;

	while (b->next_aborted < b->n_aborted && b->aborted[b->next_aborted].first_offset <= last) {
		void *skipping = b->skipping;

		if (gw_alloc_room(alloc, &skipping, &b->skipping_cap, b->n_skipping,
			sizeof(*b->skipping)) != 0)
			return GW_ENOMEM;
		b->skipping = skipping;
		b->skipping[b->n_skipping++] = b->aborted[b->next_aborted++].producer_id;
	}
	if ((h->attributes & GW_BATCH_CONTROL) != 0) {
		if (b->n_skipping > 0 && is_abort_marker(batch, &b->scratch))
			stop_skipping(b, h->producer_id);
		return 0;
	}
	if ((h->attributes & GW_BATCH_TRANSACTIONAL) != 0)
		for (size_t i = 0; i < b->n_skipping; i++)
			if (b->skipping[i] == h->producer_id)
				return 1;
	return 0;
}

/* Step over what is before the position that was asked for. What cannot be read is found again. */
static void
skip(struct gw_batch *b)
{
	struct gw_batch_iter at = b->it;
	struct gw_record r;

	while (b->it.h.base_offset < b->from && gw_batch_iter_next(&b->it, &r) > 0 &&
	    r.offset < b->from)
		at = b->it;
	b->it = at;
}

/* Begin the next record batch that has something for the application: 1, 0 at the end, GW_E*. */
static int
next_wire_batch(struct gw_batch *b)
{
	struct gw_client *c = b->client;

	while (b->rest.len > 0) {
		struct gw_batch_header h;
		int64_t size = gw_batch_header_read(b->rest, &h);
		struct gw_slice whole = { b->rest.ptr, (size_t)size };
		int rc;

		if (size < 0) {
			rc = fail(b, (int)size, &h);
			b->unreadable = -1;	/* nobody knows where it ends */
			return rc;
		}
		b->rest.ptr += size;
		b->rest.len -= (size_t)size;
		rc = gw_batch_check(whole);
		if (rc == 0)
			rc = is_aborted(b, &h, whole);
		if (rc < 0)
			return fail(b, rc, &h);
		if (rc > 0 || (h.attributes & GW_BATCH_CONTROL) != 0 || h.n_records == 0 ||
		    h.base_offset + h.last_offset_delta < b->from)
			continue;
		rc = gw_batch_iter_init_with(&b->it, whole, &b->scratch, c->compressors);
		if (rc == GW_ENOMEM) {
			gw_memory_trim(c);
			rc = gw_batch_iter_init_with(&b->it, whole, &b->scratch, c->compressors);
		}
		if (rc != 0)
			return fail(b, rc, &h);
		c->stats.records_received += (uint64_t)h.n_records;
		b->begun = true;
		skip(b);
		return 1;
	}
	return 0;
}

/* Between two record batches, and when something is wrong. */
GW_NOINLINE static int
next_slowly(struct gw_batch *b, struct gw_record *r)
{
	int rc;

	if (!b->live || b->error != 0)
		return b->error;
	for (;;) {
		rc = b->begun ? gw_batch_iter_next(&b->it, r) : 0;
		if (rc < 0)
			return fail(b, rc, &b->it.h);
		if (rc > 0)
			return 1;
		rc = next_wire_batch(b);
		if (rc <= 0) {
			stop(b);
			return rc;
		}
	}
}

int
gw_batch_next(struct gw_batch *b, struct gw_record *r)
{
	/* left: begun, live, and without an error */
	return GW_LIKELY(b->it.left > 0 && gw_record_short(&b->it, r)) ? 1 : next_slowly(b, r);
}

/* Of the batch at hand, or the one to come. */
static bool
is_stamped_by_log(const struct gw_batch *b)
{
	struct gw_batch_header h = b->it.h;

	return (b->begun || gw_batch_header_read(b->rest, &h) >= 0) &&
	    (h.attributes & GW_BATCH_LOG_APPEND) != 0;
}

struct gw_batch_info
gw_batch_info(const struct gw_batch *b)
{
	const struct gw_topic *t = b->part->topic;
	bool led = b->part->index < t->n_partitions;

	return (struct gw_batch_info){ .topic = { b->part->topic->name, b->part->topic->name_len },
	    .partition = b->part->index, .next_offset = b->next_offset,
	    .high_watermark = b->high_watermark,
	    .lag = b->high_watermark > b->next_offset ? b->high_watermark - b->next_offset : 0,
	    .unreadable = b->unreadable,
	    .broker = led ? t->leaders[b->part->index].node_id : -1,
	    .log_append_time = is_stamped_by_log(b) };
}
