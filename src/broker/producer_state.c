/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/producer_state.h"

#include <stdlib.h>

#include "base/err.h"
#include "broker/entry.h"

int32_t
gw_sequence_add(int32_t sequence, int32_t n)
{
	return (int32_t)(((int64_t)sequence + n) & INT32_MAX);
}

static struct gw_slice
id_key(const int64_t *id)
{
	return (struct gw_slice){ (const char *)id, sizeof(*id) };
}

void
gw_producers_init(struct gw_producers *ps, struct gw_alloc *alloc, uint64_t seed)
{
	*ps = (struct gw_producers){ .alloc = alloc };
	gw_map_init(&ps->by_id, alloc, seed);
}

static void
producer_free(struct gw_producers *ps, struct gw_producer *p)
{
	if (p == NULL)
		return;
	gw_alloc_free(ps->alloc, p->batches);
	gw_alloc_free(ps->alloc, p);
}

void
gw_producers_clear(struct gw_producers *ps)
{
	struct gw_producer *p;
	size_t pos = 0;

	while ((p = gw_map_next(&ps->by_id, &pos)) != NULL)
		producer_free(ps, p);
	gw_map_fini(&ps->by_id);
	ps->n_open = ps->n_aborted = 0;
}

void
gw_producers_fini(struct gw_producers *ps)
{
	gw_producers_clear(ps);
	gw_alloc_free(ps->alloc, ps->open);
	gw_alloc_free(ps->alloc, ps->aborted);
	ps->open = NULL;
	ps->aborted = NULL;
	ps->cap_open = ps->cap_aborted = 0;
}

const struct gw_producer *
gw_producers_find(const struct gw_producers *ps, int64_t id)
{
	return gw_map_get(&ps->by_id, id_key(&id));
}

/* ---- one batch ---- */

static const struct gw_producer_batch *
find_duplicate(const struct gw_producer *p, int32_t first, int32_t last)
{
	for (size_t i = 0; i < p->n_batches; i++)
		if (p->batches[i].first_sequence == first && p->batches[i].last_sequence == last)
			return &p->batches[i];
	return NULL;
}

int
gw_producers_check(
    const struct gw_producers *ps, const struct gw_batch_header *h, struct gw_producer_batch *dup)
{
	const struct gw_producer_batch *b;
	const struct gw_producer *p;
	int32_t last;

	if (h->producer_id < 0)
		return GW_K_NONE;
	if (h->producer_epoch < 0 || h->base_sequence < 0)
		return GW_K_INVALID_RECORD;
	p = gw_map_get(&ps->by_id, id_key(&h->producer_id));
	if (p == NULL)
		return GW_K_NONE;
	if (h->producer_epoch < p->epoch)
		return GW_K_INVALID_PRODUCER_EPOCH;
	if (p->open_first >= 0 && (h->attributes & GW_BATCH_TRANSACTIONAL) == 0)
		return GW_K_INVALID_TXN_STATE;
	if (p->n_batches == 0)
		return GW_K_NONE;
	if (h->producer_epoch > p->epoch)
		return h->base_sequence == 0 ? GW_K_NONE : GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
	last = gw_sequence_add(h->base_sequence, h->last_offset_delta);
	b = find_duplicate(p, h->base_sequence, last);
	if (b != NULL) {
		*dup = *b;
		return GW_K_DUPLICATE_SEQUENCE_NUMBER;
	}
	b = &p->batches[p->n_batches - 1];
	return h->base_sequence == gw_sequence_add(b->last_sequence, 1) ? GW_K_NONE
	    : GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER;
}

static void
evict_oldest(struct gw_producers *ps)
{
	struct gw_producer *p, *oldest = NULL;
	size_t pos = 0;

	while ((p = gw_map_next(&ps->by_id, &pos)) != NULL)
		if (p->open_first < 0 && (oldest == NULL || p->last_ms < oldest->last_ms))
			oldest = p;
	if (oldest != NULL) {
		gw_map_del(&ps->by_id, id_key(&oldest->id));
		producer_free(ps, oldest);
	}
}

static int
reserve_txn(struct gw_producers *ps)
{
	void *open = ps->open, *aborted = ps->aborted;
	int rc = gw_alloc_room(ps->alloc, &open, &ps->cap_open, ps->n_open, sizeof(*ps->open));

	ps->open = open;
	if (rc == 0)
		rc = gw_alloc_room(
		    ps->alloc, &aborted, &ps->cap_aborted, ps->n_aborted, sizeof(*ps->aborted));
	ps->aborted = aborted;
	return rc;
}

int
gw_producers_reserve(struct gw_producers *ps, const struct gw_batch_header *h)
{
	struct gw_producer *p;

	if ((h->attributes & GW_BATCH_TRANSACTIONAL) != 0 && reserve_txn(ps) < 0)
		return GW_ENOMEM;
	if (h->producer_id < 0 || gw_map_get(&ps->by_id, id_key(&h->producer_id)) != NULL)
		return 0;
	if (ps->by_id.n >= GW_PRODUCERS_MAX)
		evict_oldest(ps);
	p = gw_alloc_zero(ps->alloc, 1, sizeof(*p));
	if (p == NULL)
		return GW_ENOMEM;
	p->batches = gw_alloc_zero(ps->alloc, GW_PRODUCER_BATCHES, sizeof(*p->batches));
	p->id = h->producer_id;
	p->epoch = -1;
	p->open_first = -1;
	if (p->batches == NULL || gw_map_put(&ps->by_id, id_key(&p->id), p) < 0) {
		producer_free(ps, p);
		return GW_ENOMEM;
	}
	return 0;
}

void
gw_producers_add(struct gw_producers *ps, const struct gw_batch_header *h, int64_t wall_ms)
{
	struct gw_producer *p;

	if (h->producer_id < 0)
		return;
	p = gw_map_get(&ps->by_id, id_key(&h->producer_id));
	if (p == NULL)
		return;
	if (h->producer_epoch != p->epoch) {
		p->epoch = h->producer_epoch;
		p->n_batches = 0;
	}
	if (p->n_batches == GW_PRODUCER_BATCHES) {
		memmove(
		    p->batches, p->batches + 1, (GW_PRODUCER_BATCHES - 1) * sizeof(*p->batches));
		p->n_batches--;
	}
	p->batches[p->n_batches++] = (struct gw_producer_batch){
		.first_sequence = h->base_sequence,
		.last_sequence = gw_sequence_add(h->base_sequence, h->last_offset_delta),
		.base_offset = h->base_offset,
		.last_offset = h->base_offset + h->last_offset_delta,
		.append_ms = wall_ms };
	p->last_ms = wall_ms;
	if ((h->attributes & GW_BATCH_TRANSACTIONAL) != 0 && p->open_first < 0) {
		p->open_first = h->base_offset;
		ps->open[ps->n_open++] =
		    (struct gw_open_txn){ .producer_id = p->id, .first = h->base_offset };
	}
}

void
gw_producers_mark(
    struct gw_producers *ps, const struct gw_batch_header *h, bool committed, int64_t wall_ms)
{
	struct gw_producer *p = gw_map_get(&ps->by_id, id_key(&h->producer_id));
	size_t i = 0;

	if (p == NULL)
		return;
	if (h->producer_epoch != p->epoch) {
		p->epoch = h->producer_epoch;
		p->n_batches = 0;
	}
	p->last_ms = wall_ms;
	if (p->open_first < 0)
		return;
	while (i < ps->n_open && ps->open[i].producer_id != p->id)
		i++;
	if (i < ps->n_open) {
		ps->n_open--;
		memmove(ps->open + i, ps->open + i + 1, (ps->n_open - i) * sizeof(*ps->open));
	}
	if (!committed)
		ps->aborted[ps->n_aborted++] = (struct gw_aborted_txn){
			.producer_id = p->id, .first = p->open_first, .last = h->base_offset
		};
	p->open_first = -1;
}

int64_t
gw_producers_stable(const struct gw_producers *ps)
{
	return ps->n_open == 0 ? INT64_MAX : ps->open[0].first;
}

void
gw_producers_trim(struct gw_producers *ps, int64_t start)
{
	size_t n = 0;

	while (n < ps->n_aborted && ps->aborted[n].last < start)
		n++;
	if (n == 0)
		return;
	ps->n_aborted -= n;
	memmove(ps->aborted, ps->aborted + n, ps->n_aborted * sizeof(*ps->aborted));
}

void
gw_producers_expire(struct gw_producers *ps, int64_t before_ms)
{
	struct gw_producer *p;
	size_t pos = 0;

	/* A deletion shifts entries back over pos: look at the same slot again. */
	while ((p = gw_map_next(&ps->by_id, &pos)) != NULL) {
		if (p->last_ms >= before_ms || p->open_first >= 0)
			continue;
		gw_map_del(&ps->by_id, id_key(&p->id));
		producer_free(ps, p);
		pos--;
	}
}

/* ---- the file ---- */

struct producers_file {
	int64_t			 offset;
	struct gw_producer	*producers;
	size_t			 n_producers;
	struct gw_aborted_txn	*aborted;
	size_t			 n_aborted;
};

static void
visit_batch(struct gw_codec *w, struct gw_producer_batch *b)
{
	gw_i32(w, "FirstSequence", 0, GW_MAX, &b->first_sequence, 0);
	gw_i32(w, "LastSequence", 0, GW_MAX, &b->last_sequence, 0);
	gw_i64(w, "BaseOffset", 0, GW_MAX, &b->base_offset, 0);
	gw_i64(w, "LastOffset", 0, GW_MAX, &b->last_offset, 0);
	gw_i64(w, "AppendTime", 0, GW_MAX, &b->append_ms, 0);
}

static void
visit_producer(struct gw_codec *w, struct gw_producer *p)
{
	struct gw_producer_batch *b;

	gw_i64(w, "ProducerId", 0, GW_MAX, &p->id, 0);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &p->epoch, 0);
	gw_i64(w, "LastTimestamp", 0, GW_MAX, &p->last_ms, 0);
	GW_EACH(w, "Batches", 0, GW_MAX, b, p->batches, p->n_batches)
		visit_batch(w, b);
	gw_i64(w, "OpenFirst", 1, GW_MAX, &p->open_first, -1);
}

static void
visit_producers(struct gw_codec *w, void *msg)
{
	struct producers_file *f = msg;
	struct gw_aborted_txn *a;
	struct gw_producer *p;

	gw_i64(w, "Offset", 0, GW_MAX, &f->offset, 0);
	GW_EACH(w, "Producers", 0, GW_MAX, p, f->producers, f->n_producers)
		visit_producer(w, p);
	GW_EACH(w, "Aborted", 1, GW_MAX, a, f->aborted, f->n_aborted) {
		gw_i64(w, "ProducerId", 1, GW_MAX, &a->producer_id, 0);
		gw_i64(w, "FirstOffset", 1, GW_MAX, &a->first, 0);
		gw_i64(w, "LastOffset", 1, GW_MAX, &a->last, 0);
	}
}

int
gw_producers_save(
    const struct gw_producers *ps, struct gw_env *env, const char *path, int64_t offset)
{
	struct producers_file f = { .offset = offset,
		.aborted = ps->aborted,
		.n_aborted = ps->n_aborted };
	struct gw_producer *p;
	size_t pos = 0;
	int rc;

	f.producers = gw_alloc_zero(ps->alloc, ps->by_id.n + 1, sizeof(*f.producers));
	if (f.producers == NULL)
		return GW_ENOMEM;
	while ((p = gw_map_next(&ps->by_id, &pos)) != NULL)
		f.producers[f.n_producers++] = *p;
	rc = gw_entry_save(env->fs, ps->alloc, path, GW_ENTRY_PRODUCERS, visit_producers, &f);
	gw_alloc_free(ps->alloc, f.producers);
	return rc;
}

static int
restore(struct gw_producers *ps, const struct gw_producer *from)
{
	struct gw_batch_header h = { .producer_id = from->id, .producer_epoch = from->epoch };
	struct gw_producer *p;

	if (from->id < 0 || from->n_batches > GW_PRODUCER_BATCHES)
		return GW_ECORRUPT;
	if (gw_producers_reserve(ps, &h) < 0)
		return GW_ENOMEM;
	for (size_t i = 0; i < from->n_batches; i++) {
		const struct gw_producer_batch *b = &from->batches[i];

		if (b->last_offset < b->base_offset || b->last_offset - b->base_offset > INT32_MAX)
			return GW_ECORRUPT;
		h.base_offset = b->base_offset;
		h.last_offset_delta = (int32_t)(b->last_offset - b->base_offset);
		h.base_sequence = b->first_sequence;
		gw_producers_add(ps, &h, b->append_ms);
	}
	p = gw_map_get(&ps->by_id, id_key(&h.producer_id));
	p->epoch = from->epoch;
	p->last_ms = from->last_ms;
	p->open_first = from->open_first;
	return 0;
}

static int
by_first(const void *a, const void *b)
{
	int64_t x = ((const struct gw_open_txn *)a)->first,
		y = ((const struct gw_open_txn *)b)->first;

	return x < y ? -1 : x > y;
}

static int
restore_txns(struct gw_producers *ps, const struct producers_file *f)
{
	struct gw_producer *p;
	size_t pos = 0;

	while ((p = gw_map_next(&ps->by_id, &pos)) != NULL) {
		if (p->open_first < 0)
			continue;
		if (reserve_txn(ps) < 0)
			return GW_ENOMEM;
		ps->open[ps->n_open++] =
		    (struct gw_open_txn){ .producer_id = p->id, .first = p->open_first };
	}
	if (ps->n_open > 1)
		qsort(ps->open, ps->n_open, sizeof(*ps->open), by_first);
	for (size_t i = 0; i < f->n_aborted; i++) {
		if (f->aborted[i].first > f->aborted[i].last ||
		    (i > 0 && f->aborted[i].last <= f->aborted[i - 1].last))
			return GW_ECORRUPT;
		if (reserve_txn(ps) < 0)
			return GW_ENOMEM;
		ps->aborted[ps->n_aborted++] = f->aborted[i];
	}
	return 0;
}

int
gw_producers_load(struct gw_producers *ps, struct gw_env *env, const char *path, int64_t *offset)
{
	struct producers_file f = { 0 };
	struct gw_arena arena;
	int rc;

	gw_producers_clear(ps);
	gw_arena_init(&arena, env->alloc, 0);
	rc = gw_entry_load(env->fs, path, GW_ENTRY_PRODUCERS, visit_producers, &f, &arena);
	for (size_t i = 0; rc == 0 && i < f.n_producers; i++)
		rc = restore(ps, &f.producers[i]);
	if (rc == 0)
		rc = restore_txns(ps, &f);
	if (rc < 0)
		gw_producers_clear(ps);
	else
		*offset = f.offset;
	gw_arena_fini(&arena);
	return rc;
}
