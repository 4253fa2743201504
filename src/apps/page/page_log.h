/* SPDX-License-Identifier: MIT
 *
 * apps/page/page_log.h - the newest plays that were scored, in the order of scoring, and each as
 * the text of its event, made once when the first viewer comes to it.
 */
#ifndef GW_PAGE_LOG_H
#define GW_PAGE_LOG_H

#include "apps/page/page.h"

struct gw_page_entry {
	struct gw_play		 play;
	struct gw_prediction	 prediction;
	struct gw_play_place	 place;
	char			*event;		/* NULL until asked for */
	size_t			 event_len;
};

#define GW_PAGE_MODELS_MAX 16	/* that scored at one time or another */

struct gw_page_log {
	struct gw_alloc		*alloc;
	size_t			 plays_max;
	struct gw_page_entry	*entries;	/* play number i (from 0) is at i % plays_max */
	size_t			 cap;
	uint64_t		 begin, end;	/* kept: begin <= i < end */
	bool			 ended;
	size_t			 n_models;
	char			 models[GW_PAGE_MODELS_MAX][GW_MODEL_REF_MAX];
};

void	gw_page_log_init(struct gw_page_log *l, struct gw_alloc *alloc, size_t plays_max);
void	gw_page_log_fini(struct gw_page_log *l);
/* 0 or GW_ENOMEM. The oldest makes way. */
int	gw_page_log_add(struct gw_page_log *l, const struct gw_scored *s);
const struct gw_page_entry	*gw_page_log_at(const struct gw_page_log *l, uint64_t i);
/*
 * Where to go on after the event with this id. An id that is not (or no longer) kept: from the
 * beginning; the viewer knows what it has by the same ids.
 */
uint64_t	gw_page_log_after(const struct gw_page_log *l, struct gw_slice last_event_id);
/* Events from *cursor on, GW_HTTP_STREAM_CHUNK bytes or one event more, as http.h's fill(). */
void	gw_page_log_fill(struct gw_page_log *l, uint64_t *cursor, struct gw_buf *out);
/* The object of one play: of an event, and a line of /plays.jsonl. */
void	gw_page_log_json(struct gw_buf *out, const struct gw_page_entry *e);

#endif
