/* SPDX-License-Identifier: MIT
 *
 * apps/espn/web_get.h - one HTTP GET at a time, by the client's transport where this build has TLS,
 * else by curl as a child process. The answer comes in pieces; nothing here waits but the name
 * service.
 *
 * Proxies are curl's: where the environment names one, curl fetches. Neither sends cookies nor
 * keeps a connection; both follow three redirects, none of them away from https.
 */
#ifndef GW_WEB_GET_H
#define GW_WEB_GET_H

#include "apps/espn/web_answer.h"
#include "base/env.h"
#include "base/proc.h"

#define GW_WEB_REDIRECTS_MAX	3
#define GW_WEB_CONNECT_S	10	/* with TLS's greetings */
#define GW_WEB_WHOLE_S		30

struct gw_web_request {
	const char	*url;
	const char	*etag, *last_modified;	/* of what we have; NULL or "": nothing */
};

/* What fetches. A get() goes before each take(); the functions' contracts are those below. */
struct gw_web_way {
	int	(*get)(void *ctx, const struct gw_web_request *q, struct gw_err *err);
	int	(*fd)(const void *ctx, short *events, int64_t *deadline_us);
	int	(*take)(void *ctx, struct gw_web_answer *out, struct gw_err *err);
	void	(*free)(void *ctx);
};

enum gw_web_by { GW_WEB_BY_BUILD, GW_WEB_BY_CURL, GW_WEB_BY_US };
/* "curl" or "built-in", as $GRIDWIRE_FETCH says; NULL and others: as it was built. */
enum gw_web_by	gw_web_by_name(const char *name);

struct gw_web;

/* NULL: out of memory. */
struct gw_web	*gw_web_new(struct gw_env *env, struct gw_proc *proc, enum gw_web_by by);
void		 gw_web_free(struct gw_web *w);		/* gives up what is under way */
/* Begin. 0, GW_EUNSUPPORTED when there is no curl, or GW_E*. */
int	gw_web_get(struct gw_web *w, const struct gw_web_request *q, struct gw_err *err)
	    GW_CHECK_RESULT;
/* What to wait for, and until when (INT64_MAX: whenever). -1: nothing is under way. */
int	gw_web_fd(const struct gw_web *w, short *events, int64_t *deadline_us);
/*
 * 1 and *out: the answer, whatever its status. 0: not yet. GW_ECONNECT, GW_ERESOLVE, GW_ETIMEOUT,
 * GW_EPROTO, GW_ELIMIT, GW_ENOMEM: there will be none.
 */
int	gw_web_take(struct gw_web *w, struct gw_web_answer *out, struct gw_err *err)
	    GW_CHECK_RESULT;

/* ---- the two ways ---- */

/* NULL: out of memory. */
void	*gw_web_curl_new(struct gw_env *env, struct gw_proc *proc);
void	*gw_web_own_new(struct gw_env *env);
extern const struct gw_web_way gw_web_curl, gw_web_own;

/*
 * The head and body of what "curl -i" wrote: blocks of headers, of interim answers and redirects
 * too, then the body of the last. 0 or GW_EPROTO.
 */
int	gw_web_split(struct gw_slice text, struct gw_web_answer *out) GW_CHECK_RESULT;

#endif
