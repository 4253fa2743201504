/* SPDX-License-Identifier: MIT
 *
 * apps/loop.c - one poll for all parts, then each part's turn.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/loop.h"

#include <limits.h>

#include "apps/app.h"
#include "broker/broker.h"
#include "client/client.h"

static size_t
broker_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	return gw_broker_pollfds(self, fds, cap, deadline_us);
}

static int
broker_process(void *self, const struct pollfd *fds, size_t n)
{
	return gw_broker_process(self, fds, n);
}

struct gw_part
gw_part_broker(struct gw_broker *b)
{
	return (struct gw_part){ .name = "broker", .self = b, .endless = true,
		.pollfds = broker_pollfds, .process = broker_process };
}

static size_t
client_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	return gw_client_pollfds(self, fds, cap, deadline_us);
}

/* What the client says comes as events and through its calls; it goes on by itself. */
static int
client_process(void *self, const struct pollfd *fds, size_t n)
{
	(void)gw_process(self, fds, n);
	return 0;
}

struct gw_part
gw_part_client(struct gw_client *c)
{
	return (struct gw_part){ .name = "client", .self = c, .endless = true,
		.pollfds = client_pollfds, .process = client_process };
}

void
gw_loop_init(struct gw_loop *l, struct gw_env *env, struct gw_part *parts, size_t n_parts)
{
	memset(l, 0, sizeof(*l));
	l->env = env;
	l->parts = parts;
	l->n_parts = n_parts;
	l->stop_fd = gw_app_stop_signal(NULL) != 0 ? -1 : gw_app_stop_fd();
}

void
gw_loop_fini(struct gw_loop *l)
{
	gw_alloc_free(l->env->alloc, l->fds);
	l->fds = NULL;
	l->fds_cap = 0;
}

static int
grow(struct gw_loop *l, size_t want)
{
	struct pollfd *fds;

	if (want <= l->fds_cap)
		return 0;
	want += 16;
	fds = gw_alloc_resize(l->env->alloc, l->fds, want, sizeof(*fds));
	if (fds == NULL)
		return GW_ENOMEM;
	l->fds = fds;
	l->fds_cap = want;
	return 0;
}

/* Ask one part for its descriptors from fds[at] on; a part may want more each time it is asked. */
static int
ask(struct gw_loop *l, struct gw_part *p, size_t at, int64_t *deadline_us)
{
	int64_t until;
	int rc;

	p->at = at;
	for (;;) {
		until = INT64_MAX;
		p->n = p->pollfds(p->self, l->fds + at, l->fds_cap - at, &until);
		if (p->n <= l->fds_cap - at)
			break;
		if ((rc = grow(l, at + p->n)) != 0)
			return rc;
	}
	if (until < *deadline_us)
		*deadline_us = until;
	return 0;
}

/* Fills fds; how many, or GW_ENOMEM. The stop descriptor, if watched, is the last. */
static ssize_t
collect(struct gw_loop *l, int64_t *deadline_us)
{
	size_t i, at = 0;
	int rc;

	for (i = 0; i < l->n_parts; i++) {
		l->parts[i].n = 0;
		if (l->parts[i].done)
			continue;
		if ((rc = grow(l, at + 1)) != 0 ||
		    (rc = ask(l, &l->parts[i], at, deadline_us)) != 0)
			return rc;
		at += l->parts[i].n;
	}
	if (l->stop_fd >= 0) {
		if ((rc = grow(l, at + 1)) != 0)
			return rc;
		l->fds[at++] = (struct pollfd){ .fd = l->stop_fd, .events = POLLIN };
	}
	return (ssize_t)at;
}

/* Milliseconds to sleep, rounded up: waking a little early would spin until the deadline. */
static int
sleep_ms(struct gw_env *env, int64_t deadline_us)
{
	int64_t now, ms;

	if (deadline_us == INT64_MAX)
		return -1;
	now = gw_env_now(env).us;
	if (deadline_us <= now)
		return 0;
	ms = (deadline_us - now) / 1000 + ((deadline_us - now) % 1000 != 0);
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/*
 * To the microsecond where the system can: a paced producer and a lingering batch
 * are then in time.
 */
static int
sleep_on(struct gw_loop *l, size_t n, int64_t deadline_us)
{
	struct gw_net *net = l->env->net;
	int64_t now;

	if (net->poll_us == NULL)
		return net->poll(net->ctx, l->fds, n, sleep_ms(l->env, deadline_us));
	if (deadline_us == INT64_MAX)
		return net->poll_us(net->ctx, l->fds, n, -1);
	/* A part that is due at once may say INT64_MIN. */
	now = gw_env_now(l->env).us;
	return net->poll_us(net->ctx, l->fds, n, deadline_us > now ? deadline_us - now : 0);
}

static int
process(struct gw_loop *l, bool timers_only)
{
	struct gw_part *p;
	size_t i;
	int rc;

	for (i = 0; i < l->n_parts; i++) {
		p = &l->parts[i];
		if (p->done)
			continue;
		rc = p->process(p->self, l->fds + p->at, timers_only ? 0 : p->n);
		if (rc < 0)
			return rc;
		p->done = rc > 0;
	}
	return 0;
}

int
gw_loop_turn(struct gw_loop *l, int64_t deadline_us)
{
	bool interrupted;
	ssize_t n;
	int rc;

	if ((n = collect(l, &deadline_us)) < 0)
		return (int)n;
	rc = sleep_on(l, (size_t)n, deadline_us);
	if (rc < 0 && rc != GW_EINTR)
		return rc;
	interrupted = rc == GW_EINTR;
	if (!interrupted && l->stop_fd >= 0 && l->fds[n - 1].revents != 0) {
		l->stop_fd = -1;
		interrupted = true;
	}
	if ((rc = process(l, rc == GW_EINTR)) != 0)
		return rc;
	return interrupted ? GW_EINTR : 0;
}

static bool
all_done(const struct gw_loop *l, size_t i)
{
	size_t k;
	bool any = false;

	if (i < l->n_parts)
		return l->parts[i].done;
	for (k = 0; k < l->n_parts; k++) {
		if (l->parts[k].endless)
			continue;
		if (!l->parts[k].done)
			return false;
		any = true;
	}
	return any;
}

int
gw_loop_until(struct gw_loop *l, size_t i, bool (*stop)(void *arg), void *arg)
{
	int rc;

	for (;;) {
		if (all_done(l, i))
			return 0;
		if (stop != NULL && stop(arg))
			return GW_EINTR;
		rc = gw_loop_turn(l, INT64_MAX);
		if (rc != 0 && rc != GW_EINTR)
			return rc;
	}
}
