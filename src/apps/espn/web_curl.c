/* SPDX-License-Identifier: MIT
 *
 * apps/espn/web_curl.c - by curl(1) with an argument list: TLS, proxies and certificates are those
 * of the machine.
 */
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

/* Exit codes of curl(1). */
enum { CURL_NO_HOST = 6, CURL_NO_PROXY = 5, CURL_REFUSED = 7, CURL_TIMEOUT = 28,
	CURL_OTHER_HOST = 51, CURL_UNTRUSTED = 60 };

struct curl {
	struct gw_env	*env;
	struct gw_proc	*proc;
	int		 h;		/* -1: nothing under way */
	struct gw_buf	 got;
	char		 url[512];	/* for messages */
};

void *
gw_web_curl_new(struct gw_env *env, struct gw_proc *proc)
{
	struct curl *w = gw_alloc_zero(env->alloc, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->env = env;
	w->proc = proc;
	w->h = -1;
	gw_buf_init(&w->got, env->alloc, GW_WEB_BODY_MAX + GW_WEB_HEAD_MAX);
	return w;
}

static void
curl_free(void *ctx)
{
	struct curl *w = ctx;

	if (w->h >= 0)
		(void)w->proc->end(w->proc->ctx, w->h, true, NULL);
	gw_buf_fini(&w->got);
	gw_alloc_free(w->env->alloc, w);
}

static int
curl_get(void *ctx, const struct gw_web_request *q, struct gw_err *err)
{
	char if_none_match[HEADER_MAX], if_modified_since[HEADER_MAX];
	struct curl *w = ctx;
	const char *argv[32];
	size_t n = 0;

	argv[n++] = "curl";
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
	argv[n++] = strncmp(q->url, "https:", 6) == 0 ? "=https" : "=https,http";
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
		    "curl is not installed: the live feed is fetched with it");
	return err != NULL ? err->code : w->h;
}

static int
curl_fd(const void *ctx, short *events, int64_t *deadline_us)
{
	const struct curl *w = ctx;

	*events = POLLIN;
	*deadline_us = INT64_MAX;
	return w->h;
}

/* ---- the answer ---- */

int
gw_web_split(struct gw_slice text, struct gw_web_answer *out)
{
	struct gw_slice rest = text, line;

	memset(out, 0, sizeof(*out));
	if (!gw_slice_starts(rest, "HTTP/"))
		return GW_EPROTO;
	while (rest.ptr != NULL && gw_slice_starts(rest, "HTTP/")) {
		memset(out, 0, sizeof(*out));
		if (gw_web_status_line(gw_slice_line(&rest), &out->status) != 0)
			return GW_EPROTO;
		while (rest.ptr != NULL && (line = gw_slice_line(&rest)).len > 0)
			gw_web_header(line, out);
	}
	out->body = rest.ptr != NULL ? rest : GW_LIT("");
	return 0;
}

/* 1: all is here. 0: not yet. */
static int
read_on(struct curl *w)
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
failed(const struct curl *w, const struct gw_proc_end *end, struct gw_err *err)
{
	int code = end->code == CURL_NO_HOST || end->code == CURL_NO_PROXY ? GW_ERESOLVE :
	    end->code == CURL_TIMEOUT ? GW_ETIMEOUT : GW_ECONNECT;

	if (end->code == CURL_OTHER_HOST || end->code == CURL_UNTRUSTED)	/* in five lines */
		return gw_err_set(err, code, "%s: the server's certificate cannot be trusted: it "
		    "is not for this name, or signed by an unknown authority", w->url);
	return gw_err_set(err, code, "%s: %s", w->url,
	    end->why[0] != '\0' ? end->why : "curl failed without a word");
}

static int
curl_take(void *ctx, struct gw_web_answer *out, struct gw_err *err)
{
	struct curl *w = ctx;
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

const struct gw_web_way gw_web_curl = { curl_get, curl_fd, curl_take, curl_free };
