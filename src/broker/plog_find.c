/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/plog.h"

struct search {
	struct gw_plog	*l;
	int64_t		 ts;
	struct gw_buf	*scratch;	/* inflated records */
	struct gw_buf	 raw;		/* the batch */
	int64_t		*offset, *ts_found;
};

/* The first record of the whole batch in s->raw at or after ts. */
static int
search_batch(struct search *s, const struct gw_batch_header *h)
{
	struct gw_batch_iter it;
	struct gw_record r;
	int rc;

	if ((h->attributes & GW_BATCH_LOG_APPEND) != 0) {
		*s->offset = h->base_offset;
		*s->ts_found = h->max_timestamp_ms;
		return 1;
	}
	rc = gw_batch_iter_init(&it, gw_buf_slice(&s->raw), s->scratch);
	while (rc == 0 && (rc = gw_batch_iter_next(&it, &r)) > 0) {
		if (r.timestamp_ms >= s->ts) {
			*s->offset = r.offset;
			*s->ts_found = r.timestamp_ms;
			return 1;
		}
		rc = 0;
	}
	if (rc == GW_ENOMEM)
		return rc;
	/* It cannot be looked into (or its header boasts): the batch as a whole answers. */
	*s->offset = h->base_offset;
	*s->ts_found = h->max_timestamp_ms;
	return 1;
}

static int
load_batch(struct search *s, const struct gw_segment *seg, int64_t pos, int64_t size)
{
	struct gw_fs *fs = s->l->env->fs;
	uint8_t *to;
	ssize_t n;

	gw_buf_clear(&s->raw);
	to = gw_buf_reserve(&s->raw, (size_t)size);
	if (to == NULL)
		return GW_ENOMEM;
	n = fs->pread(fs->ctx, seg->h, to, (size_t)size, pos);
	if (n < 0)
		return (int)n;
	s->raw.len = (size_t)n;
	return n == size ? 0 : GW_ECORRUPT;
}

static int
search_segment(struct search *s, const struct gw_segment *seg)
{
	int64_t pos = gw_segment_seek_time(seg, s->ts), size;

	for (; pos < seg->size; pos += size) {
		struct gw_batch_header h;
		int rc;

		size = gw_segment_header(seg, s->l->env->fs, pos, &h);
		if (size < 0)
			return (int)size;
		if (h.base_offset >= s->l->hw)
			return 0;
		if (h.max_timestamp_ms < s->ts || h.base_offset + h.last_offset_delta < s->l->start)
			continue;
		rc = load_batch(s, seg, pos, size);
		return rc < 0 ? rc : search_batch(s, &h);
	}
	return 0;
}

int
gw_plog_find_time(
    struct gw_plog *l, int64_t ts, struct gw_buf *scratch, int64_t *offset, int64_t *ts_found)
{
	struct search s = {
		.l = l, .ts = ts, .scratch = scratch, .offset = offset, .ts_found = ts_found
	};
	int rc = 0;

	if (ts == GW_PLOG_MAX_TIMESTAMP) {
		s.ts = INT64_MIN;
		for (size_t i = 0; i < l->n_segs; i++)
			if (l->segs[i].size > 0 && l->segs[i].max_ts > s.ts)
				s.ts = l->segs[i].max_ts;
	}
	gw_buf_init(&s.raw, l->env->alloc, 0);
	for (size_t i = 0; rc == 0 && i < l->n_segs; i++) {
		struct gw_segment *seg;

		if (l->segs[i].size == 0 || l->segs[i].max_ts < s.ts)
			continue;
		seg = gw_plog_segment(l, l->segs[i].base, &rc);
		if (seg != NULL)
			rc = search_segment(&s, seg);
	}
	gw_buf_fini(&s.raw);
	return rc;
}

/* ---- leader epochs ---- */

bool
gw_plog_epoch_due(const struct gw_plog *l)
{
	return l->n_epochs == 0 || l->epochs[l->n_epochs - 1].epoch < l->epoch;
}

int
gw_plog_epoch_add(struct gw_plog *l, int32_t epoch, int64_t start)
{
	void *p = l->epochs;

	/* What a later epoch said about offsets that are written anew holds no more. */
	while (l->n_epochs > 0 && (l->epochs[l->n_epochs - 1].epoch >= epoch ||
	    l->epochs[l->n_epochs - 1].start >= start))
		l->n_epochs--;
	if (gw_alloc_room(l->env->alloc, &p, &l->cap_epochs, l->n_epochs, sizeof(*l->epochs)) < 0)
		return GW_ENOMEM;
	l->epochs = p;
	l->epochs[l->n_epochs++] = (struct gw_epoch_start){ .epoch = epoch, .start = start };
	return 0;
}

struct gw_epoch_start
gw_plog_epoch_end(const struct gw_plog *l, int32_t epoch)
{
	struct gw_epoch_start none = { .epoch = -1, .start = -1 };
	size_t i = l->n_epochs;

	if (epoch > l->epoch || epoch < 0)
		return none;
	if (epoch == l->epoch)
		return (struct gw_epoch_start){ .epoch = epoch, .start = l->next };
	while (i > 0 && l->epochs[i - 1].epoch > epoch)
		i--;
	if (i == 0)
		return none;
	return (struct gw_epoch_start){ .epoch = l->epochs[i - 1].epoch,
		.start = i == l->n_epochs ? l->next : l->epochs[i].start };
}
