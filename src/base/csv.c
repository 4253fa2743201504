/* SPDX-License-Identifier: MIT
 *
 * base/csv.c - CSV in one pass over a window of the source.
 *
 * Fields are slices of the window. When the window runs out inside a record, the record's bytes
 * move to its front, more is read behind them, and the scan goes on where it stood. A newline is
 * kept behind the last byte as a sentinel, so that the inner loop needs no test for the end.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/csv.h"

#include <assert.h>
#include <stdio.h>

#define WINDOW_START	((size_t)256 << 10)

struct gw_csv {
	struct gw_alloc		*alloc;
	struct gw_source	 source;
	char			*name;
	char			*window;
	size_t			 cap;		/* without the sentinel */
	char			*at, *end;	/* next byte; behind the last */
	char			*record;	/* first byte of this record */
	struct gw_slice		*fields;
	size_t			 n, fields_cap;
	size_t			 line, begun;	/* lines ended so far; line of this record */
	bool			 source_ended, past_bom;
	struct gw_err		 err;		/* sticky */
};

struct gw_csv *
gw_csv_new(struct gw_alloc *alloc, struct gw_source source, const char *name)
{
	struct gw_csv *csv = gw_alloc_zero(alloc, 1, sizeof(*csv));

	if (csv == NULL) {
		if (source.close != NULL)
			source.close(source.ctx);
		return NULL;
	}
	csv->alloc = alloc;
	csv->source = source;
	csv->cap = WINDOW_START;
	csv->window = gw_alloc_bytes(alloc, csv->cap + 1);
	csv->name = gw_alloc_str(alloc, gw_str(name));
	if (csv->window == NULL || csv->name == NULL) {
		gw_csv_free(csv);
		return NULL;
	}
	csv->at = csv->end = csv->record = csv->window;
	*csv->end = '\n';
	return csv;
}

void
gw_csv_free(struct gw_csv *csv)
{
	if (csv == NULL)
		return;
	if (csv->source.close != NULL)
		csv->source.close(csv->source.ctx);
	gw_alloc_free(csv->alloc, csv->fields);
	gw_alloc_free(csv->alloc, csv->window);
	gw_alloc_free(csv->alloc, csv->name);
	gw_alloc_free(csv->alloc, csv);
}

static int
fail(struct gw_csv *csv, int code, const char *what)
{
	return gw_err_set(&csv->err, code, "%s:%zu: %s", csv->name, csv->line + 1, what);
}

/* Of a record as a whole: a quote never closed is to be found where it was opened. */
static int
fail_record(struct gw_csv *csv, int code, const char *what)
{
	return gw_err_set(&csv->err, code, "%s:%zu: %s", csv->name, csv->begun, what);
}

/* The window's bytes are at other addresses now: by how many, for all that points there. */
static void
rebase(struct gw_csv *csv, char *old, char *new)
{
	csv->at = new + (csv->at - old);
	csv->end = new + (csv->end - old);
	csv->record = new + (csv->record - old);
	for (size_t i = 0; i < csv->n; i++)
		csv->fields[i].ptr = new + (csv->fields[i].ptr - old);
}

/* Make room behind end: first by dropping what lies before the record, then by growing. */
static int
make_room(struct gw_csv *csv)
{
	size_t keep = (size_t)(csv->end - csv->record), cap = csv->cap * 2;
	char *old;

	if (csv->record > csv->window) {
		old = csv->record;
		memmove(csv->window, old, keep);
		rebase(csv, old, csv->window);
		return 0;
	}
	if (keep < csv->cap)
		return 0;
	if (csv->cap >= GW_CSV_RECORD_MAX)
		return fail_record(csv, GW_ELIMIT,
		    "a record longer than a mebibyte; is a quote not closed?");
	if (cap > GW_CSV_RECORD_MAX)
		cap = GW_CSV_RECORD_MAX;
	/* Not resize(): pointers into the old block may only be compared while it lives. */
	old = csv->window;
	csv->window = gw_alloc_bytes(csv->alloc, cap + 1);
	if (csv->window == NULL) {
		csv->window = old;
		return fail(csv, GW_ENOMEM, "no memory for a longer record");
	}
	memcpy(csv->window, old, keep);
	rebase(csv, old, csv->window);
	gw_alloc_free(csv->alloc, old);
	csv->cap = cap;
	return 0;
}

/* at has reached end: read on. 1 when there is more, 0 at the end of the source, or GW_E*. */
static int
refill(struct gw_csv *csv)
{
	ssize_t n;
	int rc;

	assert(csv->at == csv->end);
	if (csv->source_ended)
		return 0;
	rc = make_room(csv);
	if (rc != 0)
		return rc;
	n = csv->source.read(csv->source.ctx, csv->end, csv->cap - (size_t)(csv->end - csv->window),
	    &csv->err);
	if (n < 0) {
		csv->err.code = (int)n;
		return (int)n;
	}
	csv->end += n;
	*csv->end = '\n';
	csv->source_ended = n == 0;
	return n > 0;
}

/* The byte at at, or -1 at the end of the source, or GW_E* (which are below -1). */
static int
peek(struct gw_csv *csv)
{
	int rc;

	if (GW_UNLIKELY(csv->at == csv->end)) {
		rc = refill(csv);
		if (rc <= 0)
			return rc == 0 ? -1 : rc;
	}
	return (unsigned char)*csv->at;
}

static int
add_field(struct gw_csv *csv, char *from)
{
	void *p = csv->fields;

	if (GW_UNLIKELY(csv->n == csv->fields_cap)) {
		if (csv->n == GW_CSV_FIELDS_MAX)
			return fail(csv, GW_ELIMIT, "more fields than 4096");
		if (gw_alloc_room(csv->alloc, &p, &csv->fields_cap, csv->n,
		    sizeof(*csv->fields)) != 0)
			return fail(csv, GW_ENOMEM, "no memory for another field");
		csv->fields = p;
	}
	csv->fields[csv->n++] = (struct gw_slice){ from, 0 };
	return 0;
}

/* The field begun last ends before at. */
static void
end_field(struct gw_csv *csv, const char *at)
{
	struct gw_slice *f = &csv->fields[csv->n - 1];

	f->len = (size_t)(at - f->ptr);
}

/* Leaves at on the comma, the newline or the end of the source. */
static int
scan_plain(struct gw_csv *csv)
{
	char *p = csv->at;
	int rc;

	for (;;) {
		while (*p != ',' && *p != '\n' && *p != '"')
			p++;
		csv->at = p;
		if (GW_LIKELY(p < csv->end))
			break;
		rc = refill(csv);	/* this newline was the sentinel */
		if (rc < 0)
			return rc;
		p = csv->at;
		if (rc == 0)
			break;
	}
	if (p < csv->end && *p == '"')
		return fail(csv, GW_EDATA, "a quote inside a field that does not begin with one");
	end_field(csv, p);
	return 0;
}

/* Make "" one quote, in place. */
static void
unquote(struct gw_csv *csv)
{
	struct gw_slice *f = &csv->fields[csv->n - 1];
	char *base = csv->window + (f->ptr - csv->window), *to = base;

	for (size_t i = 0; i < f->len; i++) {
		*to++ = base[i];
		i += base[i] == '"';
	}
	f->len = (size_t)(to - base);
}

/* at is behind the opening quote. */
static int
scan_quoted(struct gw_csv *csv)
{
	bool doubled = false;
	int c;

	for (;;) {
		c = peek(csv);
		if (c < -1)
			return c;
		if (c == -1)
			return fail_record(csv, GW_EDATA, "a quoted field that never ends");
		csv->at++;
		if (c == '\n')
			csv->line++;
		if (c != '"')
			continue;
		c = peek(csv);
		if (c != '"')
			break;
		csv->at++;
		doubled = true;
	}
	if (c < -1)
		return c;
	end_field(csv, csv->at - 1);
	if (doubled)
		unquote(csv);
	if (c == '\r') {
		csv->at++;
		c = peek(csv);
		if (c < -1)
			return c;
		if (c != '\n')
			return fail(csv, GW_EDATA, "a carriage return behind a quoted field");
	}
	if (c != ',' && c != '\n' && c != -1)
		return fail(csv, GW_EDATA, "text behind the closing quote of a field");
	return 0;
}

/* One field; at moves behind its comma or newline. 1: another follows, 0: the record is done. */
static int
scan_field(struct gw_csv *csv)
{
	bool quoted = false;
	struct gw_slice *f;
	int rc = add_field(csv, csv->at);

	if (rc == 0) {
		rc = peek(csv);		/* may move the window, so the field begins before it */
		if (rc < -1)
			return rc;
		quoted = rc == '"';
		if (quoted) {
			csv->at++;
			csv->fields[csv->n - 1].ptr++;
		}
		rc = quoted ? scan_quoted(csv) : scan_plain(csv);
	}
	if (rc < 0)
		return rc;
	if (csv->at < csv->end && *csv->at == ',') {
		csv->at++;
		return 1;
	}
	f = &csv->fields[csv->n - 1];
	if (!quoted && f->len > 0 && f->ptr[f->len - 1] == '\r')
		f->len--;
	csv->line++;
	if (csv->at < csv->end)
		csv->at++;
	return 0;
}

/* Spreadsheets write a byte order mark in front; it is no part of the first name. */
static const char bom[] = "\xef\xbb\xbf";

static int
skip_bom(struct gw_csv *csv)
{
	int c;

	csv->past_bom = true;
	for (int i = 0; i < 3; i++) {
		c = peek(csv);
		if (c < -1)
			return c;
		if (c != (unsigned char)bom[i]) {
			csv->at = csv->record;
			return 0;
		}
		csv->at++;
	}
	return 0;
}

static int
scan_record(struct gw_csv *csv)
{
	int rc;

	do {
		csv->n = 0;
		csv->record = csv->at;
		rc = peek(csv);
		if (rc < 0)
			return rc == -1 ? 0 : rc;
		csv->begun = csv->line + 1;
		do
			rc = scan_field(csv);
		while (rc == 1);
		if (rc < 0)
			return rc;
		/* An empty line; a lone "" is a record with one empty field. */
	} while (csv->n == 1 && csv->fields[0].len == 0 && csv->fields[0].ptr == csv->record);
	return (int)csv->n;
}

int
gw_csv_next(struct gw_csv *csv, const struct gw_slice **fields, struct gw_err *err)
{
	int rc = csv->err.code;

	if (rc == 0 && !csv->past_bom)
		rc = skip_bom(csv);
	if (rc == 0)
		rc = scan_record(csv);
	if (rc < 0) {
		if (err != NULL)
			*err = csv->err;
		return rc;
	}
	*fields = csv->fields;
	return rc;
}

size_t
gw_csv_line(const struct gw_csv *csv)
{
	return csv->begun;
}

static bool
needs_quotes(struct gw_slice f)
{
	if (gw_slice_starts(f, bom))	/* in front of a file it would be taken for the mark */
		return true;
	for (size_t i = 0; i < f.len; i++)
		if (f.ptr[i] == ',' || f.ptr[i] == '"' || f.ptr[i] == '\n' || f.ptr[i] == '\r')
			return true;
	return false;
}

void
gw_csv_put(struct gw_buf *out, struct gw_slice field)
{
	bool first = out->len == 0 || out->ptr[out->len - 1] == '\n';
	size_t from = 0;

	if (!first)
		gw_buf_putc(out, ',');
	/*
	 * An empty field at the beginning is quoted: alone on its line it would be an empty line,
	 * and the next call could not tell that it is not the first.
	 */
	if (!needs_quotes(field) && (field.len > 0 || !first)) {
		gw_buf_put(out, field.ptr, field.len);
		return;
	}
	gw_buf_putc(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] != '"')
			continue;
		gw_buf_put(out, field.ptr + from, i + 1 - from);
		from = i;	/* and the quote once more with what follows */
	}
	if (field.len > from)
		gw_buf_put(out, field.ptr + from, field.len - from);
	gw_buf_putc(out, '"');
}

void
gw_csv_end(struct gw_buf *out)
{
	gw_buf_putc(out, '\n');
}
