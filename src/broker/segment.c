/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/segment.h"

#include "base/slice.h"
#include "broker/entry.h"

#define SCAN_WINDOW	(1 << 20)

void
gw_segment_name(char out[GW_SEGMENT_NAME_MAX], int64_t base, const char *suffix)
{
	snprintf(out, GW_SEGMENT_NAME_MAX, "%020lld.%.10s", (long long)base, suffix);
}

int64_t
gw_segment_parse_name(const char *name)
{
	int64_t base;

	if (strlen(name) != 24 || strcmp(name + 20, ".log") != 0 || name[0] == '-' ||
	    name[0] == '+')
		return -1;
	if (gw_slice_i64((struct gw_slice){ name, 20 }, &base) < 0)
		return -1;
	return base;
}

int
gw_segment_add(
    struct gw_segment *s, struct gw_alloc *alloc, const struct gw_batch_header *h, int64_t size)
{
	if (s->n_index == 0 || s->size - s->indexed_at >= GW_SEGMENT_INDEX_BYTES) {
		void *p = s->index;

		if (gw_alloc_room(alloc, &p, &s->cap_index, s->n_index, sizeof(*s->index)) < 0)
			return GW_ENOMEM;
		s->index = p;
		s->index[s->n_index++] =
		    (struct gw_index_entry){ .rel = (int32_t)(h->base_offset - s->base),
			    .pos = (int32_t)s->size,
			    .max_ts = s->max_ts };
		s->indexed_at = s->size;
	}
	s->size += size;
	s->next = h->base_offset + h->last_offset_delta + 1;
	if (h->max_timestamp_ms > s->max_ts)
		s->max_ts = h->max_timestamp_ms;
	return 0;
}

int64_t
gw_segment_seek_offset(const struct gw_segment *s, int64_t offset)
{
	size_t lo = 0, hi = s->n_index;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->base + s->index[mid].rel <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo == 0 ? 0 : s->index[lo - 1].pos;
}

int64_t
gw_segment_seek_time(const struct gw_segment *s, int64_t ts)
{
	size_t lo = 0, hi = s->n_index;

	/* max_ts never falls, so the entries with an earlier one come first. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->index[mid].max_ts < ts)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo == 0 ? 0 : s->index[lo - 1].pos;
}

int64_t
gw_segment_header(
    const struct gw_segment *s, struct gw_fs *fs, int64_t pos, struct gw_batch_header *h)
{
	char raw[GW_BATCH_HEADER];
	ssize_t n = fs->pread(fs->ctx, s->h, raw, sizeof(raw), pos);
	int64_t size;

	if (n < 0)
		return n;
	size = gw_batch_header_read((struct gw_slice){ raw, (size_t)n }, h);
	if (size < 0 || size > s->size - pos)
		return GW_ECORRUPT;
	return size;
}

/* ---- the walk ---- */

struct window {
	struct gw_buf	buf;
	int64_t		at;		/* of buf in the file */
	int64_t		file_size;
};

/* Make n bytes at pos available, or fewer at the end of the file. */
static int
window_fill(struct window *w, const struct gw_segment *s, struct gw_fs *fs, int64_t pos, size_t n,
    struct gw_slice *out)
{
	size_t have = (size_t)(pos - w->at) < w->buf.len ? w->buf.len - (size_t)(pos - w->at) : 0;
	size_t left = (size_t)(w->file_size - pos);

	if (have < n && have < left) {
		size_t want = n > SCAN_WINDOW ? n : SCAN_WINDOW;
		ssize_t got;

		if (want > left)
			want = left;
		gw_buf_clear(&w->buf);
		if (gw_buf_reserve(&w->buf, want) == NULL)
			return w->buf.err;
		got = fs->pread(fs->ctx, s->h, w->buf.ptr, want, pos);
		if (got < 0)
			return (int)got;
		w->buf.len = (size_t)got;
		w->at = pos;
		have = (size_t)got;
	}
	*out = (struct gw_slice){ (const char *)w->buf.ptr + (pos - w->at), have };
	return 0;
}

/* What is wrong with the batch at the front of data (left bytes of file remain), or NULL. */
static const char *
judge_header(const struct gw_segment *s, struct gw_slice data, int64_t left,
    struct gw_batch_header *h, int64_t *size)
{
	*size = gw_batch_header_read(data, h);
	if (*size == GW_EAGAIN || *size > left)
		return "a batch is cut off";
	if (*size == GW_EUNSUPPORTED)
		return "magic is not 2";
	if (*size < 0)
		return "no batch begins here";
	if (h->base_offset != s->next)
		return "the base offset does not follow the batch before";
	if (h->last_offset_delta < 0 || h->base_offset > INT64_MAX - 1 - h->last_offset_delta ||
	    h->base_offset + h->last_offset_delta - s->base > INT32_MAX)
		return "the offset delta is out of range";
	return NULL;
}

/* One batch at the end of s: 1 good, 0 the walk is over (why says more), GW_E*. */
static int
scan_one(struct gw_segment *s, struct gw_scan *scan, struct window *w)
{
	struct gw_batch_header h;
	struct gw_slice data;
	int64_t size;
	int rc;

	if (s->size == w->file_size)
		return 0;
	rc = window_fill(w, s, scan->fs, s->size, GW_BATCH_HEADER, &data);
	if (rc < 0)
		return rc;
	scan->why = judge_header(s, data, w->file_size - s->size, &h, &size);
	if (scan->why != NULL)
		return 0;
	if (scan->check_crc) {
		rc = window_fill(w, s, scan->fs, s->size, (size_t)size, &data);
		if (rc < 0)
			return rc;
		if (data.len < (size_t)size ||
		    gw_batch_check((struct gw_slice){ data.ptr, (size_t)size }) < 0) {
			scan->why = "the checksum (CRC-32C) differs";
			return 0;
		}
	}
	if (scan->each != NULL && (rc = scan->each(scan->ctx, &h, s->size)) != 0)
		return rc < 0 ? rc : GW_EDATA;
	rc = gw_segment_add(s, scan->alloc, &h, size);
	return rc < 0 ? rc : 1;
}

int
gw_segment_scan(struct gw_segment *s, struct gw_scan *scan, int64_t file_size)
{
	struct window w = { .at = s->size, .file_size = file_size };
	int rc;

	scan->why = NULL;
	gw_buf_init(&w.buf, scan->alloc, 0);
	do
		rc = scan_one(s, scan, &w);
	while (rc > 0);
	gw_buf_fini(&w.buf);
	scan->bad_at = s->size;
	return rc;
}

/* ---- the index file ---- */

struct index_file {
	int64_t			 base, next, size, max_ts, indexed_at;
	struct gw_index_entry	*entries;
	size_t			 n_entries;
};

static void
visit_index(struct gw_codec *w, void *msg)
{
	struct index_file *f = msg;
	struct gw_index_entry *e;

	gw_i64(w, "Base", 0, GW_MAX, &f->base, 0);
	gw_i64(w, "Next", 0, GW_MAX, &f->next, 0);
	gw_i64(w, "Size", 0, GW_MAX, &f->size, 0);
	gw_i64(w, "MaxTimestamp", 0, GW_MAX, &f->max_ts, 0);
	gw_i64(w, "IndexedAt", 0, GW_MAX, &f->indexed_at, 0);
	GW_EACH(w, "Entries", 0, GW_MAX, e, f->entries, f->n_entries) {
		gw_i32(w, "RelativeOffset", 0, GW_MAX, &e->rel, 0);
		gw_i32(w, "Position", 0, GW_MAX, &e->pos, 0);
		gw_i64(w, "MaxTimestampBefore", 0, GW_MAX, &e->max_ts, 0);
	}
}

int
gw_segment_index_save(const struct gw_segment *s, struct gw_env *env, const char *path)
{
	struct index_file f = { .base = s->base,
		.next = s->next,
		.size = s->size,
		.max_ts = s->max_ts,
		.indexed_at = s->indexed_at,
		.entries = s->index,
		.n_entries = s->n_index };

	return gw_entry_save(env->fs, env->alloc, path, GW_ENTRY_INDEX, visit_index, &f);
}

/* An index is only a help, but a wrong one would send reads astray. */
static bool
index_sane(const struct index_file *f, int64_t base)
{
	if (f->base != base || f->next < base || f->size < 0 || f->size > INT32_MAX ||
	    f->indexed_at > f->size || (f->n_entries == 0) != (f->size == 0))
		return false;
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct gw_index_entry *e = &f->entries[i];

		if (e->rel < 0 || e->pos < 0 || e->pos >= f->size || base + e->rel >= f->next ||
		    (i == 0 ? e->pos != 0
			    : e->pos <= e[-1].pos || e->rel <= e[-1].rel ||
				  e->max_ts < e[-1].max_ts))
			return false;
	}
	return true;
}

int
gw_segment_index_load(struct gw_segment *s, struct gw_env *env, const char *path)
{
	struct gw_arena arena;
	struct index_file f = { 0 };
	struct gw_index_entry *copy = NULL;
	int rc;

	gw_arena_init(&arena, env->alloc, 0);
	rc = gw_entry_load(env->fs, path, GW_ENTRY_INDEX, visit_index, &f, &arena);
	if (rc < 0)
		goto out;
	rc = GW_ECORRUPT;
	if (!index_sane(&f, s->base))
		goto out;
	rc = GW_ENOMEM;
	copy = gw_alloc_zero(env->alloc, f.n_entries + 1, sizeof(*copy));
	if (copy == NULL)
		goto out;
	if (f.n_entries > 0)
		memcpy(copy, f.entries, f.n_entries * sizeof(*copy));
	gw_alloc_free(env->alloc, s->index);
	s->index = copy;
	s->n_index = f.n_entries;
	s->cap_index = f.n_entries + 1;
	s->next = f.next;
	s->size = f.size;
	s->max_ts = f.max_ts;
	s->indexed_at = f.indexed_at;
	rc = 0;
out:
	gw_arena_fini(&arena);
	return rc;
}

void
gw_segment_unload(struct gw_segment *s, struct gw_env *env)
{
	if (s->h >= 0)
		env->fs->close(env->fs->ctx, s->h);
	s->h = -1;
	gw_alloc_free(env->alloc, s->index);
	s->index = NULL;
	s->n_index = s->cap_index = 0;
}
