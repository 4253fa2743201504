/* SPDX-License-Identifier: MIT
 *
 * apps/score/sink_csv_tail.c - what the predictions CSV says by its last rows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/sink_csv_int.h"

#include <assert.h>

#include "base/err.h"
#include "base/slice.h"

#define TAIL_WINDOW	(256 * 1024)

/* The fields of one line without its end, as RFC 4180 has them; a quoted field keeps its quotes. */
static struct gw_slice
field_next(struct gw_slice *rest)
{
	struct gw_slice field = { rest->ptr, 0 };
	bool quoted = false;

	while (field.len < rest->len) {
		char c = rest->ptr[field.len];

		if (c == '"')
			quoted = !quoted;
		else if (c == ',' && !quoted)
			break;
		field.len++;
	}
	if (field.len == rest->len) {
		*rest = (struct gw_slice){ NULL, 0 };
	} else {
		rest->ptr += field.len + 1;
		rest->len -= field.len + 1;
	}
	return field;
}

static size_t
fields_count(struct gw_slice line)
{
	size_t n = 0;

	while (line.ptr != NULL) {
		field_next(&line);
		n++;
	}
	return n;
}

static struct gw_slice
field_at(struct gw_slice line, size_t i)
{
	while (i-- > 0)
		field_next(&line);
	return field_next(&line);
}

int
gw_sink_csv_learn(struct gw_sink_csv *s, struct gw_slice header, struct gw_err *err)
{
	struct gw_slice rest = { header.ptr, header.len - 1 };
	bool partition = false, offset = false;

	while (rest.ptr != NULL) {
		struct gw_slice name = field_next(&rest);

		if (gw_slice_is(name, "partition")) {
			s->partition_field = s->n_fields;
			partition = true;
		} else if (gw_slice_is(name, "offset")) {
			s->offset_field = s->n_fields;
			offset = true;
		}
		s->n_fields++;
	}
	assert(partition && offset);
	s->header_len = header.len;
	s->header = gw_alloc_str(s->alloc, header);
	if (s->header == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	return 0;
}

int
gw_sink_csv_read_at(struct gw_sink_csv *s, void *buf, size_t len, int64_t at, struct gw_err *err)
{
	ssize_t n = s->fs->pread(s->fs->ctx, s->h, buf, len, at);

	if (n < 0)
		return gw_err_set(err, (int)n, "%s: cannot read it: %s", s->path,
		    gw_strerror((int)n));
	if ((size_t)n != len)
		return gw_err_set(err, GW_EIO, "%s: grew shorter while it was read", s->path);
	return 0;
}

int
gw_sink_tail_init(struct gw_sink_tail *t, struct gw_sink_csv *s, struct gw_err *err)
{
	*t = (struct gw_sink_tail){ .sink = s, .at = s->size };
	t->window = gw_alloc_bytes(s->alloc, TAIL_WINDOW);
	if (t->window == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	return 0;
}

void
gw_sink_tail_fini(struct gw_sink_tail *t)
{
	gw_alloc_free(t->sink->alloc, t->window);
}

/* Let the window end at t->at, unless the line before that is surely in it already. */
static int
tail_load(struct gw_sink_tail *t, struct gw_err *err)
{
	int64_t head = (int64_t)t->sink->header_len;

	if (t->at <= t->to && (t->from == head || t->at - t->from > GW_SINK_CSV_LINE_MAX))
		return 0;
	t->to = t->at;
	t->from = t->to - head > TAIL_WINDOW ? t->to - TAIL_WINDOW : head;
	return gw_sink_csv_read_at(t->sink, t->window, (size_t)(t->to - t->from), t->from, err);
}

int
gw_sink_tail_line(struct gw_sink_tail *t, struct gw_slice *line, struct gw_err *err)
{
	int64_t begin, least;
	int rc;

	if (t->at <= (int64_t)t->sink->header_len)
		return 0;
	rc = tail_load(t, err);
	if (rc < 0)
		return rc;
	least = t->at - GW_SINK_CSV_LINE_MAX > t->from ? t->at - GW_SINK_CSV_LINE_MAX : t->from;
	for (begin = t->at - 1; begin > least; begin--)
		if (t->window[begin - 1 - t->from] == '\n')
			break;
	line->ptr = t->window + (begin - t->from);
	line->len = (size_t)(t->at - begin);
	t->at = begin;
	return 1;
}

bool
gw_sink_line_is_whole(const struct gw_sink_csv *s, struct gw_slice line)
{
	if (line.ptr[line.len - 1] != '\n')
		return false;
	line.len--;
	return fields_count(line) == s->n_fields;
}

int
gw_sink_line_place(const struct gw_sink_csv *s, struct gw_slice line, int64_t *partition,
    int64_t *offset, struct gw_err *err)
{
	struct gw_slice p, o;

	line.len--;
	p = field_at(line, s->partition_field);
	o = field_at(line, s->offset_field);
	if (gw_slice_i64(p, partition) == 0 && gw_slice_i64(o, offset) == 0 &&
	    *partition >= 0 && *partition <= INT32_MAX && *offset >= 0)
		return 0;
	return gw_err_set(err, GW_EDATA, "%s: a row has no partition and offset (\"%.*s\", "
	    "\"%.*s\"), so it does not say where to go on; choose another file",
	    s->path, (int)(p.len < 20 ? p.len : 20), p.ptr, (int)(o.len < 20 ? o.len : 20), o.ptr);
}

int
gw_sink_csv_positions(struct gw_sink_csv *s, int64_t *next, size_t n, struct gw_err *err)
{
	struct gw_slice line;
	struct gw_sink_tail t;
	int64_t partition, offset;
	size_t missing = n;
	int rc = gw_sink_tail_init(&t, s, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		next[i] = -1;
	while (missing > 0 && (rc = gw_sink_tail_line(&t, &line, err)) > 0) {
		if (!gw_sink_line_is_whole(s, line)) {
			rc = gw_err_set(err, GW_EDATA, "%s: damaged before its last row (byte "
			    "%lld); choose another file", s->path, (long long)t.at);
			break;
		}
		rc = gw_sink_line_place(s, line, &partition, &offset, err);
		if (rc < 0)
			break;
		if ((size_t)partition >= n) {
			rc = gw_err_set(err, GW_EDATA, "%s: has rows of partition %lld, but the "
			    "topic has %zu; choose another file for another topic", s->path,
			    (long long)partition, n);
			break;
		}
		if (next[partition] < 0) {
			next[partition] = offset + 1;
			missing--;
		}
	}
	gw_sink_tail_fini(&t);
	return rc < 0 ? rc : 0;
}
