/* SPDX-License-Identifier: MIT
 *
 * apps/espn/web_get.h - one HTTP GET at a time, by curl as a child process: TLS, proxies and
 * certificates are those of the machine. The answer comes in pieces; nothing here waits.
 */
#ifndef GW_WEB_GET_H
#define GW_WEB_GET_H

#include "base/env.h"
#include "base/proc.h"

#define GW_WEB_BODY_MAX		((size_t)32 << 20)
#define GW_WEB_TAG_MAX		256

struct gw_web_request {
	const char	*url;
	const char	*etag, *last_modified;	/* of what we have; NULL or "": nothing */
};

struct gw_web_answer {
	int		status;			/* 200, 304, 404... */
	int64_t		retry_after_s;		/* 0: not said */
	char		etag[GW_WEB_TAG_MAX], last_modified[GW_WEB_TAG_MAX];	/* "": none */
	struct gw_slice	body;			/* until the next request */
};

struct gw_web;

/* program: "curl" or a path. NULL: out of memory. */
struct gw_web	*gw_web_new(struct gw_env *env, struct gw_proc *proc, const char *program);
void		 gw_web_free(struct gw_web *w);		/* gives up what is under way */
/* Begin. 0, GW_EUNSUPPORTED when there is no curl, or GW_E*. */
int	gw_web_get(struct gw_web *w, const struct gw_web_request *q, struct gw_err *err)
	    GW_CHECK_RESULT;
/* Readable when there is something to take; -1: nothing is under way. */
int	gw_web_fd(const struct gw_web *w);
/*
 * 1 and *out: the answer, whatever its status. 0: not yet. GW_ECONNECT, GW_ERESOLVE, GW_ETIMEOUT,
 * GW_EPROTO, GW_ELIMIT, GW_ENOMEM: there will be none.
 */
int	gw_web_take(struct gw_web *w, struct gw_web_answer *out, struct gw_err *err)
	    GW_CHECK_RESULT;

/*
 * The head and body of what "curl -i" wrote: blocks of headers, of interim answers and redirects
 * too, then the body of the last. 0 or GW_EPROTO.
 */
int	gw_web_split(struct gw_slice text, struct gw_web_answer *out) GW_CHECK_RESULT;

#endif
