/* SPDX-License-Identifier: MIT
 *
 * client/event.c - the queue of events. Delivery reports stay in their batch until they are taken.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/event.h"

#include <stdio.h>

#include "client/internal.h"
#include "client/produce_batch.h"

static void
free_node(struct gw_client *c, struct gw_event_node *n)
{
	if (n->batch != NULL)
		gw_pbatch_free(c, n->batch);
	gw_alloc_free(c->env->alloc, n);
}

static void
free_taken(struct gw_client *c)
{
	if (c->events.taken != NULL)
		free_node(c, c->events.taken);
	c->events.taken = NULL;
}

void
gw_events_fini(struct gw_client *c)
{
	struct gw_event_node *n;

	free_taken(c);
	while ((n = c->events.first) != NULL) {
		c->events.first = n->next;
		free_node(c, n);
	}
}

/* Reports that were asked for are kept (they count in buffer.memory); the rest is bounded. */
static bool
may_drop(const struct gw_event_node *n)
{
	return n->batch == NULL || !gw_pbatch_has_reports(n->batch);
}

static void
drop_oldest(struct gw_client *c)
{
	struct gw_event_node **at = &c->events.first, *n, *before = NULL;

	while (*at != NULL && !may_drop(*at)) {
		before = *at;
		at = &before->next;
	}
	n = *at;
	if (n == NULL)
		return;
	*at = n->next;
	if (c->events.last == n)
		c->events.last = before;
	c->events.n--;
	free_node(c, n);
}

static void
append(struct gw_client *c, struct gw_event_node *n)
{
	if (c->events.last == NULL)
		c->events.first = n;
	else
		c->events.last->next = n;
	c->events.last = n;
	if (++c->events.n > GW_EVENTS_MAX)
		drop_oldest(c);
}

void
gw_event_put(struct gw_client *c, const struct gw_event *ev)
{
	struct gw_event_node *n = gw_alloc_zero(c->env->alloc, 1, sizeof(*n) + ev->topic.len + 1);

	if (n == NULL)
		return;
	n->event = *ev;
	if (ev->topic.ptr != NULL) {
		memcpy(n->topic, ev->topic.ptr, ev->topic.len);
		n->event.topic.ptr = n->topic;
	}
	append(c, n);
}

void
gw_event_put_batch(struct gw_client *c, struct gw_pbatch *b)
{
	struct gw_event_node *n = gw_alloc_zero(c->env->alloc, 1, sizeof(*n));

	if (n == NULL) {
		gw_pbatch_free(c, b);
		return;
	}
	n->batch = b;
	append(c, n);
}

int
gw_event_error(struct gw_client *c, int32_t broker, bool retriable, int code, const char *fmt, ...)
{
	struct gw_event ev = { .type = GW_EVENT_ERROR,
		.partition = -1,
		.offset = -1,
		.broker = broker,
		.retriable = retriable };
	va_list ap;

	va_start(ap, fmt);
	(void)gw_err_vset(&ev.err, code, fmt, ap);
	va_end(ap);
	c->err = ev.err;
	gw_event_put(c, &ev);
	return code;
}

int
gw_client_fail(struct gw_client *c, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)gw_err_vset(&c->err, code, fmt, ap);
	va_end(ap);
	return code;
}

int
gw_next_event(struct gw_client *c, struct gw_event *ev)
{
	struct gw_event_node *n;

	free_taken(c);
	while ((n = c->events.first) != NULL) {
		bool more = n->batch != NULL && gw_pbatch_next_event(n->batch, ev);

		if (more)
			return 1;
		c->events.first = n->next;
		if (n->next == NULL)
			c->events.last = NULL;
		c->events.n--;
		if (n->batch == NULL) {
			*ev = n->event;
			c->events.taken = n;
			return 1;
		}
		free_node(c, n);
	}
	return 0;
}
