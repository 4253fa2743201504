/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"

static void
want(struct pollfd *fds, size_t cap, size_t *n, int fd, short events)
{
	if (*n < cap)
		fds[*n] = (struct pollfd){ .fd = fd, .events = events };
	++*n;
}

static int64_t
next_deadline(const struct gw_broker *b)
{
	int64_t at = b->sync_due_us < b->keep_due_us ? b->sync_due_us : b->keep_due_us;

	if (b->groups.next_us < at)
		at = b->groups.next_us;
	if (b->txns.next_us < at)
		at = b->txns.next_us;
	for (const struct gw_pending *p = b->waiting; p != NULL; p = p->wait_next)
		if (p->deadline_us < at)
			at = p->deadline_us;
	for (size_t i = 0; i < b->n_conns; i++) {
		const struct gw_peer *c = b->conns[i];
		int64_t idle = c->last_us + b->o.connections_max_idle_ms * 1000;

		if (c->first == NULL && idle < at)
			at = idle;
	}
	return at;
}

size_t
gw_broker_pollfds(struct gw_broker *b, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	int sync_fd = b->env->fs->sync_fd(b->env->fs->ctx);
	size_t n = 0;

	if (b->n_conns < b->o.connections_max && !b->accept_paused)
		want(fds, cap, &n, b->listen_h, POLLIN);
	if (sync_fd >= 0)
		want(fds, cap, &n, sync_fd, POLLIN);
	for (size_t i = 0; i < b->n_conns; i++)
		want(fds, cap, &n, b->conns[i]->h, gw_peer_events(b->conns[i]));
	*deadline_us = next_deadline(b);
	return n;
}

/* fds are in the order of pollfds(), but some may be missing or of connections that are gone. */
static void
serve_ready(struct gw_broker *b, const struct pollfd *fds, size_t n, struct gw_time now)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == b->listen_h) {
			gw_peer_accept_all(b, now);
			continue;
		}
		for (size_t tried = 0; tried < b->n_conns; tried++, at++) {
			if (at >= b->n_conns)
				at = 0;
			if (b->conns[at]->h == fds[i].fd) {
				gw_peer_ready(b->conns[at], fds[i].revents, now);
				break;
			}
		}
	}
}

/*
 * Let go on what can, until nothing moves: an answer makes room for a request, which may move
 * others.
 */
static void
settle(struct gw_broker *b, struct gw_time now)
{
	int rounds = 0;

	do {
		gw_xact_turn(b, now);
		gw_waiting_resume(b, now);
		gw_coord_deliver(b);
		for (size_t i = 0; i < b->n_conns; i++)
			if (b->conns[i]->first != NULL && b->conns[i]->first->answered)
				gw_peer_turn(b->conns[i]);
		b->fatal = gw_sync_turn(b, now);
	} while (b->fatal == 0 && b->moved != b->seen_moved && ++rounds < 16);
}

static void
close_idle(struct gw_broker *b, int64_t now_us)
{
	for (size_t i = 0; i < b->n_conns; i++) {
		struct gw_peer *c = b->conns[i];

		if (c->first == NULL && now_us >= c->last_us + b->o.connections_max_idle_ms * 1000)
			gw_peer_close(c, NULL);
	}
}

static void
bury(struct gw_broker *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->n_conns; i++) {
		if (b->conns[i]->h >= 0)
			b->conns[kept++] = b->conns[i];
		else
			gw_peer_free(b->conns[i]);
	}
	b->n_conns = kept;
}

int
gw_broker_process(struct gw_broker *b, const struct pollfd *fds, size_t n)
{
	struct gw_time now = gw_env_now(b->env);

	if (b->fatal != 0)
		return b->fatal;
	b->fatal = gw_sync_turn(b, now);
	if (b->fatal == 0) {
		serve_ready(b, fds, n, now);
		if (now.us >= b->groups.next_us) {
			gw_coord_tick(&b->groups, now.us);
			gw_ngroups_put(b);
		}
		gw_keep_turn(b, now);
		close_idle(b, now.us);
		settle(b, now);
		bury(b);
	}
	if (b->fatal == 0)
		b->fatal = b->syncer.failed;
	if (b->fatal != 0)
		gw_log(b->env->log, GW_LOG_ERROR, "sync_failed", gw_kv_s("dir", gw_str(b->dir)),
		    gw_kv_s("error", gw_str(gw_strerror(b->fatal))),
		    gw_kv_s("effect",
			gw_str("the broker stops: what the disk holds is not known any more")));
	return b->fatal;
}
