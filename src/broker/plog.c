/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/plog.h"

#include "base/slice.h"
#include "broker/txn_marker.h"

static struct gw_segment *
last(const struct gw_plog *l)
{
	return &l->segs[l->n_segs - 1];
}

char *
gw_plog_path(const struct gw_plog *l, int64_t base, const char *suffix)
{
	size_t n = strlen(l->dir);
	char *p = gw_alloc_bytes(l->env->alloc, n + 1 + GW_SEGMENT_NAME_MAX);

	if (p == NULL)
		return NULL;
	memcpy(p, l->dir, n);
	p[n] = '/';
	gw_segment_name(p + n + 1, base, suffix);
	return p;
}

int
gw_plog_add_segment(struct gw_plog *l, int64_t base)
{
	struct gw_fs *fs = l->env->fs;
	void *p = l->segs;
	char *path = NULL;
	int h, rc;

	if (gw_alloc_room(l->env->alloc, &p, &l->cap_segs, l->n_segs, sizeof(*l->segs)) < 0)
		return GW_ENOMEM;
	l->segs = p;
	path = gw_plog_path(l, base, "log");
	if (path == NULL)
		return GW_ENOMEM;
	h = rc =
	    fs->open(fs->ctx, path, GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC, NULL);
	gw_alloc_free(l->env->alloc, path);
	if (rc < 0)
		return rc;
	rc = fs->sync_now(fs->ctx, h);
	if (rc == 0)
		rc = fs->sync_dir(fs->ctx, l->dir);
	if (rc < 0) {
		fs->close(fs->ctx, h);
		return rc;
	}
	l->segs[l->n_segs++] =
	    (struct gw_segment){ .base = base, .next = base, .max_ts = INT64_MIN, .h = h };
	return 0;
}

/* ---- sync ---- */

static void
synced_up_to(struct gw_plog *l, int64_t offset, uint64_t bytes)
{
	if (offset <= l->synced)
		return;
	l->synced = offset;
	l->synced_bytes = bytes;
	if (l->fsync == GW_FSYNC_ALWAYS) {
		l->hw = offset;
		l->hw_bytes = bytes;
	}
}

static void
sync_done(struct gw_sync_owner *o)
{
	struct gw_plog *l = (struct gw_plog *)o;

	synced_up_to(l, l->sync_to, l->sync_to_bytes);
}

int
gw_plog_sync(struct gw_plog *l)
{
	if (l->sync.busy || l->synced == l->next)
		return 0;
	l->sync.done = sync_done;
	l->sync_to = l->next;
	l->sync_to_bytes = l->bytes;
	return gw_syncer_begin(l->syncer, &l->sync, last(l)->h);
}

/* ---- append ---- */

static int
clean_tail(struct gw_plog *l)
{
	struct gw_fs *fs = l->env->fs;
	int rc;

	if (!l->tail_dirty)
		return 0;
	rc = fs->truncate(fs->ctx, last(l)->h, last(l)->size);
	if (rc == 0)
		l->tail_dirty = false;
	return rc;
}

/* What the old segment leaves behind for the next opening; doing without only costs time. */
static void
save_hints(struct gw_plog *l, struct gw_segment *old)
{
	char *index = gw_plog_path(l, old->base, "index");
	char *producers = gw_plog_path(l, old->next, "producers");

	if (index != NULL && gw_segment_index_save(old, l->env, index) < 0)
		(void)l->env->fs->remove(l->env->fs->ctx, index);
	if (producers != NULL && gw_producers_save(&l->producers, l->env, producers, old->next) < 0)
		(void)l->env->fs->remove(l->env->fs->ctx, producers);
	gw_alloc_free(l->env->alloc, index);
	gw_alloc_free(l->env->alloc, producers);
}

static int
roll(struct gw_plog *l)
{
	int rc = clean_tail(l);

	if (rc < 0)
		return rc;
	rc = gw_syncer_now(l->syncer, last(l)->h);
	if (rc < 0)
		return rc;
	synced_up_to(l, l->next, l->bytes);
	l->must_roll = true;
	rc = gw_plog_add_segment(l, l->next);
	if (rc < 0)
		return rc;
	l->must_roll = l->hints_good = false;
	save_hints(l, last(l) - 1);
	gw_syncer_drop(l->syncer, &l->sync, last(l)[-1].h);
	last(l)[-1].h = -1;
	gw_segment_unload(last(l) - 1, l->env);
	return 0;
}

static int
write_batch(struct gw_plog *l, const uint8_t *batch, size_t size)
{
	struct gw_fs *fs = l->env->fs;
	ssize_t n = fs->pwrite(fs->ctx, last(l)->h, batch, size, last(l)->size);

	if (n == (ssize_t)size)
		return 0;
	/*
	 * Cut off now so that a later crash finds whole batches only; if that fails, before the
	 * next write.
	 */
	l->tail_dirty = true;
	(void)clean_tail(l);
	return n < 0 ? (int)n : GW_ENOSPC;
}

int
gw_plog_append(struct gw_plog *l, uint8_t *batch, struct gw_batch_header *h, int64_t segment_bytes,
    int64_t wall_ms)
{
	int64_t size = (int64_t)GW_BATCH_PREFIX + h->batch_length;
	struct gw_segment *s = last(l);
	int rc, marker = -1;

	if ((h->attributes & GW_BATCH_CONTROL) != 0) {
		marker = gw_marker_read((struct gw_slice){ (const char *)batch, (size_t)size });
		if (marker < 0)
			return marker;
	}
	if (s->size > 0 && (l->must_roll || s->size + size > segment_bytes ||
	    l->next - s->base + h->last_offset_delta > INT32_MAX)) {
		rc = roll(l);
		if (rc < 0)
			return rc;
		s = last(l);
	}
	rc = clean_tail(l);
	if (rc == 0)
		rc = gw_producers_reserve(&l->producers, h);
	if (rc < 0)
		return rc;
	l->hints_good = false;
	h->base_offset = l->next;
	h->leader_epoch = l->epoch;
	gw_batch_place(batch, h->base_offset, h->leader_epoch);
	rc = write_batch(l, batch, (size_t)size);
	if (rc < 0)
		return rc;
	rc = gw_segment_add(s, l->env->alloc, h, size);
	if (rc < 0) {
		l->tail_dirty = true;
		return rc;
	}
	if (marker < 0)
		gw_producers_add(&l->producers, h, wall_ms);
	else
		gw_producers_mark(&l->producers, h, marker == 1, wall_ms);
	l->next = s->next;
	l->bytes += (uint64_t)size;
	if (l->fsync != GW_FSYNC_ALWAYS) {
		l->hw = l->next;
		l->hw_bytes = l->bytes;
	}
	return 0;
}

/* ---- read ---- */

struct gw_segment *
gw_plog_segment(struct gw_plog *l, int64_t offset, int *rc)
{
	size_t lo = 0, hi = l->n_segs;
	struct gw_segment *s;
	char *path;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->segs[mid].base <= offset)
			lo = mid;
		else
			hi = mid;
	}
	s = &l->segs[lo];
	if (s->h >= 0)
		return s;
	if (l->loaded != SIZE_MAX)
		gw_segment_unload(&l->segs[l->loaded], l->env);
	l->loaded = SIZE_MAX;
	path = gw_plog_path(l, s->base, "log");
	if (path == NULL) {
		*rc = GW_ENOMEM;
		return NULL;
	}
	s->h = *rc = l->env->fs->open(l->env->fs->ctx, path, GW_FS_READ, NULL);
	gw_alloc_free(l->env->alloc, path);
	if (*rc < 0) {
		s->h = -1;
		return NULL;
	}
	l->loaded = lo;
	path = gw_plog_path(l, s->base, "index");
	*rc = path == NULL ? GW_ENOMEM : gw_segment_index_load(s, l->env, path);
	gw_alloc_free(l->env->alloc, path);
	/* Without an index reads walk from the segment's beginning, slowly but right. */
	*rc = 0;
	return s;
}

/* The batch of s that holds offset: its position and header. */
static int
find_batch(struct gw_plog *l, const struct gw_segment *s, int64_t offset, int64_t *pos,
    struct gw_batch_header *h)
{
	int64_t at = gw_segment_seek_offset(s, offset), size;

	for (;; at += size) {
		size = gw_segment_header(s, l->env->fs, at, h);
		if (size < 0)
			return (int)size;
		if (h->base_offset + h->last_offset_delta >= offset)
			break;
	}
	*pos = at;
	return 0;
}

/* Keep of data only whole batches below end. */
static int64_t
trim(struct gw_slice data, int64_t end)
{
	struct gw_batch_header h;
	size_t at = 0;

	while (at < data.len) {
		int64_t size =
		    gw_batch_header_read((struct gw_slice){ data.ptr + at, data.len - at }, &h);

		if (size == GW_EAGAIN || (size > 0 && (uint64_t)size > data.len - at))
			break;
		if (size < 0)
			return GW_ECORRUPT;
		if (h.base_offset >= end)
			break;
		at += (size_t)size;
	}
	return (int64_t)at;
}

int64_t
gw_plog_read_range(struct gw_plog *l, const struct gw_plog_range *r, struct gw_buf *out)
{
	struct gw_batch_header h;
	struct gw_segment *s;
	int64_t pos = 0, size, want, kept;
	ssize_t got;
	uint8_t *to;
	int rc = 0;

	if (r->offset >= r->end)
		return 0;
	s = gw_plog_segment(l, r->offset, &rc);
	if (s == NULL)
		return rc;
	rc = find_batch(l, s, r->offset, &pos, &h);
	if (rc < 0)
		return rc;
	size = (int64_t)GW_BATCH_PREFIX + h.batch_length;
	want = size > r->bytes_max ? (r->first_always ? size : 0) : r->bytes_max;
	if (want > s->size - pos)
		want = s->size - pos;
	if (want <= 0)
		return 0;
	to = gw_buf_reserve(out, (size_t)want);
	if (to == NULL)
		return GW_ENOMEM;
	got = l->env->fs->pread(l->env->fs->ctx, s->h, to, (size_t)want, pos);
	if (got < 0)
		return got;
	kept = trim((struct gw_slice){ (char *)to, (size_t)got }, r->end);
	if (kept > 0)
		out->len += (size_t)kept;
	return kept;
}

int64_t
gw_plog_read(
    struct gw_plog *l, int64_t offset, int64_t bytes_max, bool first_always, struct gw_buf *out)
{
	struct gw_plog_range r = { offset, l->hw, bytes_max, first_always };

	return gw_plog_read_range(l, &r, out);
}

int64_t
gw_plog_stable(const struct gw_plog *l)
{
	int64_t stable = gw_producers_stable(&l->producers);

	if (stable < l->start)
		stable = l->start;
	return stable < l->hw ? stable : l->hw;
}

/* ---- retention ---- */

int64_t
gw_plog_size(const struct gw_plog *l)
{
	int64_t size = 0;

	for (size_t i = 0; i < l->n_segs; i++)
		size += l->segs[i].size;
	return size;
}

/* Oldest first and each synced, so that a crash cannot bring one back without its successors. */
static int
drop_first(struct gw_plog *l)
{
	static const char *const suffixes[] = { "producers", "index", "log" };
	struct gw_fs *fs = l->env->fs;
	int rc = 0;

	gw_segment_unload(&l->segs[0], l->env);
	for (size_t i = 0; i < GW_N(suffixes); i++) {
		char *path = gw_plog_path(l, l->segs[0].base, suffixes[i]);

		if (path == NULL)
			return GW_ENOMEM;
		rc = fs->remove(fs->ctx, path);
		gw_alloc_free(l->env->alloc, path);
		if (rc < 0 && rc != GW_ENOENT)
			return rc;
	}
	l->n_segs--;
	memmove(l->segs, l->segs + 1, l->n_segs * sizeof(*l->segs));
	l->loaded = l->loaded == SIZE_MAX || l->loaded == 0 ? SIZE_MAX : l->loaded - 1;
	if (l->start < l->segs[0].base)
		l->start = l->segs[0].base;
	gw_producers_trim(&l->producers, l->start);
	return fs->sync_dir(fs->ctx, l->dir);
}

static bool
expired(const struct gw_segment *s, int64_t retention_ms, int64_t wall_ms)
{
	return retention_ms >= 0 && s->size > 0 && s->max_ts < wall_ms - retention_ms;
}

int
gw_plog_retain(struct gw_plog *l, int64_t retention_ms, int64_t retention_bytes, int64_t wall_ms)
{
	int64_t size = gw_plog_size(l);
	int rc = 0;

	/* The last one can only go when it is not the last any more. */
	if (l->n_segs == 1 && l->hw == l->next && expired(last(l), retention_ms, wall_ms))
		rc = roll(l);
	while (rc == 0 && l->n_segs > 1) {
		const struct gw_segment *s = &l->segs[0];

		if (!(s->next <= l->start || expired(s, retention_ms, wall_ms) ||
		    (retention_bytes >= 0 && size - s->size >= retention_bytes)))
			break;
		size -= s->size;
		rc = drop_first(l);
		if (rc == 0 && l->n_segs == 1 && l->hw == l->next &&
		    expired(last(l), retention_ms, wall_ms))
			rc = roll(l);
	}
	return rc;
}

int
gw_plog_delete_before(struct gw_plog *l, int64_t offset)
{
	if (offset > l->start)
		l->start = offset;
	return gw_plog_retain(l, -1, -1, 0);
}
