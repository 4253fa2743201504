/* SPDX-License-Identifier: MIT
 *
 * apps/page/page.h - the live page: what the scorer scores, on loopback, as a part of the loop.
 *
 *   /                  the page; without JavaScript it leads to /table
 *   /events            server-sent events: one "play" per scored play, id partition:offset, "end"
 *                      when the scorer ends. Last-Event-ID goes on behind that play
 *   /table?game=ID     the same as plain HTML, fresh every 10 s
 *   /plays.jsonl, /predictions.csv, each ?game=ID
 *   /model.json        name, hash, training, metrics
 *   /metrics, /healthz, /readyz   doc/metrics.md
 *
 * It keeps the newest GW_PAGE_PLAYS_MAX plays in memory; that is all it costs beside the viewers,
 * whose pace never slows the scorer (apps/http/http.h).
 */
#ifndef GW_PAGE_H
#define GW_PAGE_H

#include "apps/http/http.h"
#include "apps/http/metrics.h"
#include "apps/score/score.h"

#define GW_PAGE_PLAYS_MAX 8192		/* 48 games */

struct gw_model;
struct gw_page;

struct gw_page_options {
	struct gw_addr		 listen;
	struct gw_slice		 token;		/* as of gw_http_options */
	const struct gw_model	*model;		/* outlives the page */
	const char		*topic;
	struct gw_metrics	 metrics;	/* put NULL: no /metrics */
};

/* NULL with err as gw_http_new(), or GW_ENOMEM. */
struct gw_page	*gw_page_new(struct gw_env *env, const struct gw_page_options *o,
		    struct gw_err *err);
void		 gw_page_free(struct gw_page *p);	/* NULL is accepted */
/* From now on it is this one that scores; as o->model. */
void		 gw_page_set_model(struct gw_page *p, const struct gw_model *model);
struct gw_part	 gw_page_part(struct gw_page *p);	/* never done */
struct gw_addr	 gw_page_addr(const struct gw_page *p);
/* A play was scored. Out of memory it is not shown; scoring goes on. */
void		 gw_page_scored(struct gw_page *p, const struct gw_scored *s);
/* Tell the viewers that no more comes, and wait a second at most until they have all of it. */
void		 gw_page_end(struct gw_page *p);
const struct gw_http *gw_page_http(const struct gw_page *p);

#endif
