/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/plog.h"

#include "base/err.h"
#include "base/slice.h"
#include "broker/txn_marker.h"

static int
init(struct gw_plog *l, const struct gw_plog_place *at)
{
	*l = (struct gw_plog){ .env = at->env,
		.syncer = at->syncer,
		.fsync = at->fsync,
		.epoch = at->epoch,
		.loaded = SIZE_MAX };
	gw_producers_init(&l->producers, at->env->alloc, at->seed);
	l->dir = gw_alloc_str(at->env->alloc, gw_str(at->dir));
	return l->dir == NULL ? GW_ENOMEM : 0;
}

int
gw_plog_create(struct gw_plog *l, const struct gw_plog_place *at, struct gw_err *err)
{
	int rc = init(l, at);

	if (rc == 0)
		rc = at->env->fs->mkdir(at->env->fs->ctx, at->dir, err);
	if (rc == 0)
		rc = gw_plog_add_segment(l, 0);
	if (rc < 0) {
		gw_err_set(err, rc, "%s: cannot begin a log: %s", at->dir, gw_strerror(rc));
		gw_plog_fini(l);
	}
	return rc;
}

void
gw_plog_fini(struct gw_plog *l)
{
	if (l->n_segs > 0 && l->segs[l->n_segs - 1].h >= 0) {
		gw_syncer_drop(l->syncer, &l->sync, l->segs[l->n_segs - 1].h);
		l->segs[l->n_segs - 1].h = -1;
	}
	for (size_t i = 0; i < l->n_segs; i++)
		gw_segment_unload(&l->segs[i], l->env);
	gw_alloc_free(l->env->alloc, l->segs);
	gw_alloc_free(l->env->alloc, l->epochs);
	gw_alloc_free(l->env->alloc, l->dir);
	gw_producers_fini(&l->producers);
	l->segs = NULL;
	l->epochs = NULL;
	l->dir = NULL;
	l->n_segs = l->cap_segs = l->n_epochs = l->cap_epochs = 0;
}

int
gw_plog_close(struct gw_plog *l)
{
	struct gw_segment *s = &l->segs[l->n_segs - 1];
	struct gw_fs *fs = l->env->fs;
	char *index = gw_plog_path(l, s->base, "index"),
	     *producers = gw_plog_path(l, s->base, "producers");
	int rc = l->hints_good ? 0 : GW_ENOMEM;

	if (l->hints_good || index == NULL || producers == NULL)
		goto out;
	rc = l->tail_dirty ? fs->truncate(fs->ctx, s->h, s->size) : 0;
	if (rc == 0 && (l->synced != l->next || l->tail_dirty))
		rc = fs->sync_now(fs->ctx, s->h);
	if (rc == 0) {
		l->synced = l->hw = l->next;
		l->synced_bytes = l->hw_bytes = l->bytes;
		rc = gw_segment_index_save(s, l->env, index);
	}
	if (rc == 0)
		rc = gw_producers_save(&l->producers, l->env, producers, l->next);
out:
	gw_alloc_free(l->env->alloc, index);
	gw_alloc_free(l->env->alloc, producers);
	return rc;
}

/* ---- opening ---- */

struct opening {
	struct gw_plog	*l;
	const struct gw_segment *seg;	/* being scanned */
	bool		 clean;
	int64_t		 replay_from;	/* producers are known up to here */
	struct gw_err	*err;
	int		 rc;
};

static int
collect(void *arg, const char *name)
{
	struct opening *o = arg;
	struct gw_plog *l = o->l;
	int64_t base = gw_segment_parse_name(name);
	void *p = l->segs;

	if (base < 0)
		return 0;
	if (gw_alloc_room(l->env->alloc, &p, &l->cap_segs, l->n_segs, sizeof(*l->segs)) < 0)
		return o->rc = GW_ENOMEM;
	l->segs = p;
	l->segs[l->n_segs++] =
	    (struct gw_segment){ .base = base, .next = base, .max_ts = INT64_MIN, .h = -1 };
	return 0;
}

/* A marker is small: read it again rather than hand every batch's bytes around. */
static int
replay_marker(struct opening *o, const struct gw_batch_header *h, int64_t pos)
{
	struct gw_fs *fs = o->l->env->fs;
	char raw[GW_BATCH_HEADER + 64];
	size_t size = (size_t)GW_BATCH_PREFIX + (size_t)h->batch_length;
	ssize_t n;
	int marker;

	if (size > sizeof(raw))
		return 0;	/* a control batch of another kind */
	n = fs->pread(fs->ctx, o->seg->h, raw, size, pos);
	if (n < 0)
		return (int)n;
	marker = gw_marker_read((struct gw_slice){ raw, (size_t)n });
	if (marker >= 0)
		gw_producers_mark(&o->l->producers, h, marker == 1, h->max_timestamp_ms);
	return 0;
}

static int
replay(void *ctx, const struct gw_batch_header *h, int64_t pos)
{
	struct opening *o = ctx;
	struct gw_plog *l = o->l;
	int rc;

	if (h->leader_epoch >= 0 &&
	    (l->n_epochs == 0 || h->leader_epoch > l->epochs[l->n_epochs - 1].epoch)) {
		rc = gw_plog_epoch_add(l, h->leader_epoch, h->base_offset);
		if (rc < 0)
			return rc;
	}
	if (h->base_offset < o->replay_from)
		return 0;
	rc = gw_producers_reserve(&l->producers, h);
	if (rc == 0 && (h->attributes & GW_BATCH_CONTROL) != 0)
		return replay_marker(o, h, pos);
	if (rc == 0)
		gw_producers_add(&l->producers, h, h->max_timestamp_ms);
	return rc;
}

static int
refuse(struct opening *o, int64_t base, const char *why, int64_t at)
{
	return gw_err_set(o->err, GW_ECORRUPT,
	    "%s/%020lld.log is damaged at byte %lld: %s. Records before and after it "
	    "are not touched; restore the file from a copy, or move this and the newer .log files "
	    "away to go on "
	    "without their records",
	    o->l->dir, (long long)base, (long long)at, why);
}

/* After a crash: cut what is no whole batch, and make the rest durable before anyone reads it. */
static int
mend_last(struct opening *o, struct gw_segment *s, const struct gw_scan *scan, int64_t file_size)
{
	struct gw_fs *fs = o->l->env->fs;
	int rc = 0;

	if (scan->why != NULL) {
		gw_log(o->l->env->log, GW_LOG_WARN, "log_tail_cut",
		    gw_kv_s("dir", gw_str(o->l->dir)), gw_kv_i("segment", s->base),
		    gw_kv_i("at_byte", scan->bad_at),
		    gw_kv_i("bytes_cut", file_size - scan->bad_at), gw_kv_i("next_offset", s->next),
		    gw_kv_s("reason", gw_str(scan->why)));
		rc = fs->truncate(fs->ctx, s->h, scan->bad_at);
	}
	if (rc == 0 && !o->clean && (s->size > 0 || scan->why != NULL))
		rc = fs->sync_now(fs->ctx, s->h);
	return rc;
}

static int
scan_segment(struct opening *o, struct gw_segment *s, bool is_last, int64_t file_size)
{
	struct gw_scan scan = { .fs = o->l->env->fs,
		.alloc = o->l->env->alloc,
		.check_crc = !o->clean || is_last,
		.each = replay,
		.ctx = o };
	int rc;

	o->seg = s;
	s->next = s->base;
	s->size = 0;
	s->max_ts = INT64_MIN;
	s->n_index = 0;
	s->indexed_at = 0;
	rc = gw_segment_scan(s, &scan, file_size);
	if (rc < 0)
		return rc;
	if (is_last)
		return mend_last(o, s, &scan, file_size);
	return scan.why == NULL ? 0 : refuse(o, s->base, scan.why, scan.bad_at);
}

static int
open_segment(struct opening *o, size_t i)
{
	struct gw_plog *l = o->l;
	struct gw_segment *s = &l->segs[i];
	bool is_last = i + 1 == l->n_segs;
	struct gw_fs *fs = l->env->fs;
	char *path = gw_plog_path(l, s->base, "log"), *index = gw_plog_path(l, s->base, "index");
	int64_t file_size;
	int rc = GW_ENOMEM;

	if (path == NULL || index == NULL)
		goto out;
	s->h = rc = fs->open(fs->ctx, path, GW_FS_READ | (is_last ? GW_FS_WRITE : 0), o->err);
	if (rc < 0)
		goto out;
	file_size = fs->size(fs->ctx, s->h);
	if (file_size < 0) {
		rc = (int)file_size;
		goto out;
	}
	/* A clean stop left the truth in the index, unless somebody changed the files since. */
	rc = o->clean ? gw_segment_index_load(s, l->env, index) : GW_ENOENT;
	l->hints_good = rc == 0 && s->size == file_size && s->next <= o->replay_from;
	if (!l->hints_good) {
		rc = scan_segment(o, s, is_last, file_size);
		if (rc == 0 && !is_last && gw_segment_index_save(s, l->env, index) < 0)
			(void)fs->remove(fs->ctx, index);
	}
	if (rc == 0 && !is_last && s->next != l->segs[i + 1].base)
		rc = refuse(
		    o, s->base, "the next segment does not begin where this one ends", s->size);
	if (!is_last)
		gw_segment_unload(s, l->env);
out:
	gw_alloc_free(l->env->alloc, path);
	gw_alloc_free(l->env->alloc, index);
	return rc;
}

/* The newest producers file that a segment has; without one all batches are replayed. */
static int
load_producers(struct opening *o)
{
	struct gw_plog *l = o->l;

	for (size_t i = l->n_segs; i-- > 0;) {
		char *path = gw_plog_path(l, l->segs[i].base, "producers");
		int rc;

		if (path == NULL)
			return GW_ENOMEM;
		rc = gw_producers_load(&l->producers, l->env, path, &o->replay_from);
		gw_alloc_free(l->env->alloc, path);
		if (rc == GW_ENOMEM)
			return rc;
		if (rc == 0)
			return 0;
	}
	return 0;
}

int
gw_plog_open(struct gw_plog *l, const struct gw_plog_place *at, bool clean, struct gw_err *err)
{
	struct opening o = { .l = l, .clean = clean, .err = err };
	int rc = init(l, at);

	if (rc == 0) {
		rc = at->env->fs->list(at->env->fs->ctx, at->dir, collect, &o);
		rc = o.rc < 0 ? o.rc : rc;
	}
	if (rc == 0 && l->n_segs == 0)
		rc = gw_err_set(err, GW_ECORRUPT,
		    "%s: there is no log segment in it; restore it from a copy, or "
		    "remove meta.log's topic by starting in another folder",
		    at->dir);
	if (rc == 0)
		rc = load_producers(&o);
	for (size_t i = 0; rc == 0 && i < l->n_segs; i++)
		rc = open_segment(&o, i);
	if (rc < 0) {
		if (err != NULL && err->code != rc)
			gw_err_set(
			    err, rc, "%s: cannot open the log: %s", at->dir, gw_strerror(rc));
		gw_plog_fini(l);
		return rc;
	}
	l->start = l->segs[0].base;
	gw_producers_trim(&l->producers, l->start);
	l->next = l->hw = l->synced = l->segs[l->n_segs - 1].next;
	return 0;
}
