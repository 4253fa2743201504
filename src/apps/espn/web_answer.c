/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/web_answer.h"

#include "base/slice.h"
#include "wire/compress.h"

#define RETRY_MAX_S	86400
#define NO_CONTENT	204
#define NOT_MODIFIED	304

void
gw_web_reader_init(struct gw_web_reader *r, struct gw_alloc *alloc)
{
	*r = (struct gw_web_reader){ .step = GW_WEB_STATUS };
	gw_buf_init(&r->line, alloc, GW_WEB_LINE_MAX);
	gw_buf_init(&r->body, alloc, GW_WEB_BODY_MAX);
	gw_buf_init(&r->plain, alloc, GW_WEB_BODY_MAX);
}

void
gw_web_reader_fini(struct gw_web_reader *r)
{
	gw_buf_fini(&r->line);
	gw_buf_fini(&r->body);
	gw_buf_fini(&r->plain);
}

void
gw_web_reader_reset(struct gw_web_reader *r)
{
	struct gw_buf line = r->line, body = r->body, plain = r->plain;

	gw_buf_clear(&line);
	gw_buf_clear(&body);
	gw_buf_clear(&plain);
	*r = (struct gw_web_reader){ .step = GW_WEB_STATUS, .line = line, .body = body,
		.plain = plain };
}

/* ---- headers ---- */

static bool
is_word(struct gw_slice s, const char *lower)
{
	if (s.len != strlen(lower))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]) != lower[i])
			return false;
	return true;
}

static bool
is_header(struct gw_slice line, const char *name, struct gw_slice *value)
{
	struct gw_slice rest, key = gw_slice_cut(line, ':', &rest);

	if (rest.ptr == NULL || !is_word(key, name))
		return false;
	*value = gw_slice_trim(rest);
	return true;
}

/* A text that is too long, or could end a header line, is as good as none. */
static void
keep(char *to, size_t cap, struct gw_slice s)
{
	to[0] = '\0';
	if (s.len >= cap)
		return;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return;
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	to[s.len] = '\0';
}

void
gw_web_header(struct gw_slice line, struct gw_web_answer *a)
{
	struct gw_slice value;
	int64_t n;

	if (is_header(line, "etag", &value))
		keep(a->etag, sizeof(a->etag), value);
	else if (is_header(line, "last-modified", &value))
		keep(a->last_modified, sizeof(a->last_modified), value);
	else if (is_header(line, "location", &value))
		keep(a->location, sizeof(a->location), value);
	else if (is_header(line, "retry-after", &value) && gw_slice_i64(value, &n) == 0 && n > 0)
		a->retry_after_s = n < RETRY_MAX_S ? n : RETRY_MAX_S;
}

int
gw_web_status_line(struct gw_slice line, int *status)
{
	struct gw_slice rest, code;
	int64_t n;

	if (!gw_slice_starts(line, "HTTP/"))
		return GW_EPROTO;
	(void)gw_slice_cut(line, ' ', &rest);
	if (rest.ptr == NULL)
		return GW_EPROTO;
	code = gw_slice_cut(rest, ' ', &rest);
	if (code.len != 3 || gw_slice_i64(code, &n) != 0 || n < 100)
		return GW_EPROTO;
	*status = (int)n;
	return 0;
}

static int
take_length(struct gw_web_reader *r, struct gw_slice value, struct gw_err *err)
{
	int64_t n;

	if (gw_slice_i64(value, &n) != 0 || n < 0 || (r->has_length && (uint64_t)n != r->left))
		return gw_err_set(err, GW_EPROTO, "the answer's Content-Length is no length");
	if ((uint64_t)n > GW_WEB_BODY_MAX)
		return gw_err_set(err, GW_ELIMIT, "the answer has %lld bytes, more than %zu",
		    (long long)n, GW_WEB_BODY_MAX);
	r->has_length = true;
	r->left = (uint64_t)n;
	return 0;
}

static int
take_header(struct gw_web_reader *r, struct gw_slice line, struct gw_err *err)
{
	struct gw_slice value;

	if (is_header(line, "content-length", &value))
		return take_length(r, value, err);
	if (is_header(line, "transfer-encoding", &value)) {
		if (r->chunked || !is_word(value, "chunked"))
			return gw_err_set(err, GW_EPROTO, "the answer comes in a transfer "
			    "encoding that is not \"chunked\"");
		r->chunked = true;
	} else if (is_header(line, "content-encoding", &value)) {
		r->gzip = is_word(value, "gzip") || is_word(value, "x-gzip");
		if (!r->gzip && !is_word(value, "identity"))
			return gw_err_set(err, GW_EPROTO, "the answer is encoded, but not by gzip");
	} else {
		gw_web_header(line, &r->answer);
	}
	return 0;
}

/* ---- the steps ---- */

/* 1 or an error: what is there is all. */
static int
whole(struct gw_web_reader *r, struct gw_err *err)
{
	int rc = 0;

	r->step = GW_WEB_WHOLE;
	r->answer.body = gw_buf_slice(&r->body);
	if (r->gzip && r->body.len > 0) {
		rc = gw_decompress(GW_GZIP, gw_buf_slice(&r->body), &r->plain);
		r->answer.body = gw_buf_slice(&r->plain);
	}
	if (r->answer.body.len == 0)
		r->answer.body = GW_LIT("");
	return rc == 0 ? 1 : gw_err_set(err, rc, "the answer cannot be inflated: %s",
	    gw_strerror(rc));
}

static int
end_of_head(struct gw_web_reader *r, struct gw_err *err)
{
	int status = r->answer.status;

	if (status < 200) {
		if (status == 101 || ++r->n_interim > GW_WEB_INTERIM_MAX)
			return gw_err_set(err, GW_EPROTO, "no answer but interim ones");
		r->answer = (struct gw_web_answer){ .status = 0 };
		r->has_length = r->chunked = r->gzip = false;
		r->left = 0;
		r->step = GW_WEB_STATUS;
		return 0;
	}
	if (status == NO_CONTENT || status == NOT_MODIFIED ||
	    (!r->chunked && r->has_length && r->left == 0))
		return whole(r, err);
	r->until_end = !r->chunked && !r->has_length;
	r->step = r->chunked ? GW_WEB_SIZE : GW_WEB_DATA;
	return 0;
}

/* "1a3;name=value" */
static int
take_size(struct gw_web_reader *r, struct gw_slice line, struct gw_err *err)
{
	struct gw_slice more, digits = gw_slice_trim(gw_slice_cut(line, ';', &more));
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i], low = (char)(c | 0x20);
		int digit = c >= '0' && c <= '9' ? c - '0' :
		    low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;

		if (digit < 0 || n > GW_WEB_BODY_MAX)
			return gw_err_set(err, GW_EPROTO, "a chunk of the answer has no size");
		n = n * 16 + (uint64_t)digit;
	}
	if (digits.len == 0)
		return gw_err_set(err, GW_EPROTO, "a chunk of the answer has no size");
	r->left = n;
	r->step = n == 0 ? GW_WEB_TRAILER : GW_WEB_DATA;
	return 0;
}

/* A line without its end. */
static int
take_line(struct gw_web_reader *r, struct gw_slice line, struct gw_err *err)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	switch (r->step) {
	case GW_WEB_STATUS:
		if (gw_web_status_line(line, &r->answer.status) != 0)
			return gw_err_set(err, GW_EPROTO, "no HTTP answer");
		r->step = GW_WEB_HEADERS;
		return 0;
	case GW_WEB_HEADERS:
		return line.len == 0 ? end_of_head(r, err) : take_header(r, line, err);
	case GW_WEB_SIZE:
		return take_size(r, line, err);
	case GW_WEB_DATA_END:
		if (line.len > 0)
			return gw_err_set(err, GW_EPROTO, "a chunk of the answer is too long");
		r->step = GW_WEB_SIZE;
		return 0;
	default:
		return line.len == 0 ? whole(r, err) : 0;	/* trailers say nothing to us */
	}
}

/* As much of the bytes as belongs to the line that is being read. */
static int
take_text(struct gw_web_reader *r, struct gw_slice *bytes, struct gw_err *err)
{
	const char *end = memchr(bytes->ptr, '\n', bytes->len);
	size_t n = end == NULL ? bytes->len : (size_t)(end - bytes->ptr) + 1;
	int rc;

	r->head_len += r->step == GW_WEB_DATA_END || r->step == GW_WEB_SIZE ? 0 : n;
	gw_buf_put(&r->line, bytes->ptr, n);
	bytes->ptr += n;
	bytes->len -= n;
	if (r->line.err == GW_ELIMIT || r->head_len > GW_WEB_HEAD_MAX)
		return gw_err_set(err, GW_ELIMIT, "the answer's headers are too long");
	if (r->line.err != 0)
		return gw_err_set(err, r->line.err, "%s", gw_strerror(r->line.err));
	if (end == NULL)
		return 0;
	rc = take_line(r, (struct gw_slice){ (const char *)r->line.ptr, r->line.len - 1 }, err);
	gw_buf_clear(&r->line);
	return rc;
}

static int
take_data(struct gw_web_reader *r, struct gw_slice *bytes, struct gw_err *err)
{
	size_t n = !r->until_end && r->left < bytes->len ? (size_t)r->left : bytes->len;

	gw_buf_put(&r->body, bytes->ptr, n);
	bytes->ptr += n;
	bytes->len -= n;
	if (r->body.err == GW_ELIMIT)
		return gw_err_set(err, GW_ELIMIT, "the answer has more than %zu bytes",
		    GW_WEB_BODY_MAX);
	if (r->body.err != 0)
		return gw_err_set(err, r->body.err, "%s", gw_strerror(r->body.err));
	if (r->until_end || (r->left -= n) > 0)
		return 0;
	if (!r->chunked)
		return whole(r, err);
	r->step = GW_WEB_DATA_END;
	return 0;
}

int
gw_web_reader_take(struct gw_web_reader *r, struct gw_slice bytes, struct gw_err *err)
{
	int rc = 0;

	while (rc == 0 && r->step != GW_WEB_WHOLE && bytes.len > 0)
		rc = r->step == GW_WEB_DATA ? take_data(r, &bytes, err) :
		    take_text(r, &bytes, err);
	return rc != 0 ? rc : r->step == GW_WEB_WHOLE;
}

int
gw_web_reader_end(struct gw_web_reader *r, struct gw_err *err)
{
	if (r->step == GW_WEB_WHOLE)
		return 1;
	if (r->step == GW_WEB_DATA && r->until_end)
		return whole(r, err);
	return gw_err_set(err, GW_EPROTO, r->step == GW_WEB_STATUS && r->line.len == 0 ?
	    "the connection was closed without an answer" : "the answer ends in the middle");
}
