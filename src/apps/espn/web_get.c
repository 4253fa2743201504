/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/web_get.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/slice.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define CHUNK		65536
#define HEADER_MAX	(GW_WEB_TAG_MAX + 32)
#define RETRY_MAX_S	86400

/* Exit codes of curl(1). */
enum { CURL_NO_HOST = 6, CURL_NO_PROXY = 5, CURL_REFUSED = 7, CURL_TIMEOUT = 28 };

struct gw_web {
	struct gw_env	*env;
	struct gw_proc	*proc;
	const char	*program;
	int		 h;		/* -1: nothing under way */
	struct gw_buf	 got;
	char		 url[512];	/* for messages */
};

struct gw_web *
gw_web_new(struct gw_env *env, struct gw_proc *proc, const char *program)
{
	struct gw_web *w = gw_alloc_zero(env->alloc, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->env = env;
	w->proc = proc;
	w->program = program;
	w->h = -1;
	gw_buf_init(&w->got, env->alloc, GW_WEB_BODY_MAX);
	return w;
}

void
gw_web_free(struct gw_web *w)
{
	if (w == NULL)
		return;
	if (w->h >= 0)
		(void)w->proc->end(w->proc->ctx, w->h, true, NULL);
	gw_buf_fini(&w->got);
	gw_alloc_free(w->env->alloc, w);
}

int
gw_web_get(struct gw_web *w, const struct gw_web_request *q, struct gw_err *err)
{
	char if_none_match[HEADER_MAX], if_modified_since[HEADER_MAX];
	const char *argv[32];
	size_t n = 0;

	argv[n++] = w->program;
	argv[n++] = "--disable";	/* no .curlrc: must be the first */
	argv[n++] = "--silent";
	argv[n++] = "--show-error";
	argv[n++] = "--include";
	argv[n++] = "--suppress-connect-headers";
	argv[n++] = "--compressed";
	argv[n++] = "--globoff";
	argv[n++] = "--location";
	argv[n++] = "--max-redirs";
	argv[n++] = "3";
	argv[n++] = "--proto";
	argv[n++] = "=https,http";
	argv[n++] = "--connect-timeout";
	argv[n++] = "10";
	argv[n++] = "--max-time";
	argv[n++] = "30";
	argv[n++] = "--user-agent";
	argv[n++] = "gridwire/" PACKAGE_VERSION;
	if (q->etag != NULL && q->etag[0] != '\0') {
		snprintf(if_none_match, sizeof(if_none_match), "If-None-Match: %s", q->etag);
		argv[n++] = "--header";
		argv[n++] = if_none_match;
	}
	if (q->last_modified != NULL && q->last_modified[0] != '\0') {
		snprintf(if_modified_since, sizeof(if_modified_since), "If-Modified-Since: %s",
		    q->last_modified);
		argv[n++] = "--header";
		argv[n++] = if_modified_since;
	}
	argv[n++] = "--url";
	argv[n++] = q->url;
	argv[n] = NULL;
	snprintf(w->url, sizeof(w->url), "%s", q->url);
	gw_buf_clear(&w->got);
	w->h = w->proc->start(w->proc->ctx, argv, err);
	if (w->h >= 0)
		return 0;
	if (w->h == GW_ENOENT)
		(void)gw_err_set(err, GW_EUNSUPPORTED,
		    "%s is not installed: the live feed is fetched with it", w->program);
	return err != NULL ? err->code : w->h;
}

int
gw_web_fd(const struct gw_web *w)
{
	return w->h;
}

/* ---- the answer ---- */

static bool
is_header(struct gw_slice line, const char *name, struct gw_slice *value)
{
	struct gw_slice rest, key = gw_slice_cut(line, ':', &rest);

	if (rest.ptr == NULL || key.len != strlen(name))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != name[i])
			return false;
	}
	*value = gw_slice_trim(rest);
	return true;
}

/* A tag that is too long, or could end a header line, is as good as none. */
static void
keep(char to[GW_WEB_TAG_MAX], struct gw_slice s)
{
	to[0] = '\0';
	if (s.len >= GW_WEB_TAG_MAX)
		return;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return;
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	to[s.len] = '\0';
}

static void
take_header(struct gw_slice line, struct gw_web_answer *a)
{
	struct gw_slice value;
	int64_t n;

	if (is_header(line, "etag", &value))
		keep(a->etag, value);
	else if (is_header(line, "last-modified", &value))
		keep(a->last_modified, value);
	else if (is_header(line, "retry-after", &value) && gw_slice_i64(value, &n) == 0 && n > 0)
		a->retry_after_s = n < RETRY_MAX_S ? n : RETRY_MAX_S;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static int
status_of(struct gw_slice line, int *status)
{
	struct gw_slice rest, code;
	int64_t n;

	(void)gw_slice_cut(line, ' ', &rest);
	if (rest.ptr == NULL)
		return GW_EPROTO;
	code = gw_slice_cut(rest, ' ', &rest);
	if (gw_slice_i64(code, &n) != 0 || n < 100 || n > 999)
		return GW_EPROTO;
	*status = (int)n;
	return 0;
}

static struct gw_slice
next_line(struct gw_slice *rest)
{
	struct gw_slice line = gw_slice_cut(*rest, '\n', rest);

	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

int
gw_web_split(struct gw_slice text, struct gw_web_answer *out)
{
	struct gw_slice rest = text, line;

	memset(out, 0, sizeof(*out));
	if (!gw_slice_starts(rest, "HTTP/"))
		return GW_EPROTO;
	while (rest.ptr != NULL && gw_slice_starts(rest, "HTTP/")) {
		memset(out, 0, sizeof(*out));
		if (status_of(next_line(&rest), &out->status) != 0)
			return GW_EPROTO;
		while (rest.ptr != NULL && (line = next_line(&rest)).len > 0)
			take_header(line, out);
	}
	out->body = rest.ptr != NULL ? rest : GW_LIT("");
	return 0;
}

/* 1: all is here. 0: not yet. */
static int
read_on(struct gw_web *w)
{
	for (;;) {
		uint8_t *to = gw_buf_reserve(&w->got, CHUNK);
		ssize_t n;

		if (to == NULL)
			return w->got.err;
		n = w->proc->read(w->proc->ctx, w->h, to, CHUNK);
		if (n == GW_EAGAIN)
			return 0;
		if (n < 0)
			return (int)n;
		if (n == 0)
			return 1;
		w->got.len += (size_t)n;
	}
}

static int
failed(const struct gw_web *w, const struct gw_proc_end *end, struct gw_err *err)
{
	int code = end->code == CURL_NO_HOST || end->code == CURL_NO_PROXY ? GW_ERESOLVE :
	    end->code == CURL_TIMEOUT ? GW_ETIMEOUT : GW_ECONNECT;

	return gw_err_set(err, code, "%s: %s", w->url,
	    end->why[0] != '\0' ? end->why : "curl failed without a word");
}

int
gw_web_take(struct gw_web *w, struct gw_web_answer *out, struct gw_err *err)
{
	struct gw_proc_end end = { 0 };
	int rc = read_on(w), h = w->h;

	if (rc == 0)
		return 0;
	w->h = -1;
	(void)w->proc->end(w->proc->ctx, h, rc < 0, &end);
	if (rc < 0)
		return gw_err_set(err, rc, "%s: %s", w->url, gw_strerror(rc));
	if (end.code != 0)
		return failed(w, &end, err);
	rc = gw_web_split(gw_buf_slice(&w->got), out);
	return rc == 0 ? 1 : gw_err_set(err, rc, "%s: no HTTP answer", w->url);
}
