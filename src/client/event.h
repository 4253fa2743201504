/* SPDX-License-Identifier: MIT
 *
 * client/event.h - what the application is told, in the order it happened; pulled, never pushed.
 */
#ifndef GW_CLIENT_EVENT_H
#define GW_CLIENT_EVENT_H

#include <gridwire/gridwire.h>
#include "base/compiler.h"

#define GW_EVENTS_MAX	1024	/* beyond, the oldest event that is no delivery report is dropped */

struct gw_client;
struct gw_pbatch;

struct gw_event_node {
	struct gw_event_node	*next;
	struct gw_pbatch	*batch;		/* NULL: event holds the only one */
	struct gw_event		 event;
	char			 topic[];	/* what event.topic borrows from */
};

struct gw_events {
	struct gw_event_node	*first, *last;
	size_t			 n;
	struct gw_event_node	*taken;		/* handed out; lives until the next call */
};

void	gw_events_fini(struct gw_client *c);
/* Say it; a copy is kept. Out of memory: the event is lost, gw_client_error() still has its err. */
void	gw_event_put(struct gw_client *c, const struct gw_event *ev);
/* A batch whose records are to be reported one by one; ownership passes. */
void	gw_event_put_batch(struct gw_client *c, struct gw_pbatch *b);
/* GW_EVENT_ERROR with that message, kept as the client's newest error too. Returns code. */
int	gw_event_error(struct gw_client *c, int32_t broker, bool retriable, int code,
	    const char *fmt, ...) GW_PRINTF(5, 6);
/* Only the newest error, no event: a call is about to return it. */
int	gw_client_fail(struct gw_client *c, int code, const char *fmt, ...) GW_PRINTF(3, 4);

#endif
