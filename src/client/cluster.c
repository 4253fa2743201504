/* SPDX-License-Identifier: MIT
 *
 * client/cluster.c - brokers and their connections. Topics are in metadata.c, coordinators in
 * coordinator.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/cluster.h"

#include "client/internal.h"
#include "client/metadata.h"

static void
free_broker(struct gw_client *c, struct gw_broker *b)
{
	for (int i = 0; i < GW_ROLES; i++)
		gw_conn_fini(&b->conns[i]);
	gw_alloc_free(c->env->alloc, b->host);
	gw_alloc_free(c->env->alloc, b->rack);
	gw_alloc_free(c->env->alloc, b);
}

/* Appended, so that bootstrap addresses come first and in their order. NULL: out of memory. */
static struct gw_broker *
add_broker(struct gw_client *c, struct gw_slice host, uint16_t port, int32_t node_id)
{
	struct gw_broker **at = &c->cluster.brokers,
			 *b = gw_alloc_zero(c->env->alloc, 1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->host = gw_alloc_str(c->env->alloc, host);
	if (b->host == NULL) {
		gw_alloc_free(c->env->alloc, b);
		return NULL;
	}
	b->port = port;
	b->node_id = node_id;
	for (int i = 0; i < GW_ROLES; i++)
		gw_conn_init(&b->conns[i], c, b->host, port, node_id);
	while (*at != NULL)
		at = &(*at)->next;
	*at = b;
	return b;
}

static int
add_bootstrap(struct gw_client *c, struct gw_slice text, struct gw_err *err)
{
	struct gw_broker *b;
	struct gw_slice host;
	uint16_t port;

	if (gw_host_port(text, 9092, &host, &port) != 0 || host.len == 0 || port == 0)
		return gw_err_set(err, GW_EINVAL, "bootstrap.servers: \"%.*s\" is not host:port",
		    GW_FMT(text));
	if (c->cluster.n_bootstrap == GW_BOOTSTRAP_MAX)
		return gw_err_set(
		    err, GW_EINVAL, "bootstrap.servers: more than %d", GW_BOOTSTRAP_MAX);
	b = add_broker(c, host, port, -1);
	if (b == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	b->is_bootstrap = true;
	c->cluster.n_bootstrap++;
	return 0;
}

int
gw_cluster_init(struct gw_client *c, struct gw_err *err)
{
	struct gw_slice rest = gw_str(c->cfg.bootstrap_servers);

	c->cluster.controller = -1;
	c->cluster.features_epoch = -1;
	c->cluster.metadata_refresh_us = GW_NEVER_US;
	while (rest.ptr != NULL) {
		struct gw_slice one = gw_slice_trim(gw_slice_cut(rest, ',', &rest));
		int rc = one.len == 0 ? 0 : add_bootstrap(c, one, err);

		if (rc != 0)
			return rc;
	}
	if (c->cluster.n_bootstrap == 0)
		return gw_err_set(
		    err, GW_EINVAL, "bootstrap.servers is missing: host:port of a broker");
	c->cluster.next_broker = (unsigned)gw_rng_below(&c->env->rng, c->cluster.n_bootstrap);
	return 0;
}

void
gw_cluster_fini(struct gw_client *c)
{
	struct gw_broker *b;

	while ((b = c->cluster.brokers) != NULL) {
		c->cluster.brokers = b->next;
		free_broker(c, b);
	}
	gw_metadata_fini(c);
	gw_coordinators_fini(c);
}

struct gw_broker *
gw_cluster_broker(const struct gw_client *c, int32_t node_id)
{
	struct gw_broker *b = c->cluster.brokers;

	if (node_id < 0)
		return NULL;
	while (b != NULL && b->node_id != node_id)
		b = b->next;
	return b;
}

static void
set_node(struct gw_broker *b, int32_t node_id)
{
	b->node_id = node_id;
	for (int i = 0; i < GW_ROLES; i++)
		b->conns[i].node_id = node_id;
}

static bool
is_at(const struct gw_broker *b, struct gw_slice host, uint16_t port)
{
	return b->port == port && gw_slice_is(host, b->host);
}

/* A bootstrap address that turns out to be a broker keeps its connection. */
static struct gw_broker *
adopt(struct gw_client *c, struct gw_slice host, uint16_t port)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		if (b->is_bootstrap && b->node_id == -1 && is_at(b, host, port))
			return b;
	return NULL;
}

int
gw_cluster_place(struct gw_client *c, int32_t node_id, struct gw_slice host, int32_t port,
    struct gw_slice rack)
{
	struct gw_broker *b = gw_cluster_broker(c, node_id);
	char *copy = NULL;

	if (node_id < 0 || port <= 0 || port > UINT16_MAX)
		return 0;
	if (b != NULL && !is_at(b, host, (uint16_t)port)) {
		/* It moved. What is under way to the old place ends there. */
		for (int i = 0; i < GW_ROLES; i++)
			gw_conn_close(&b->conns[i], GW_ECLOSED, "the broker has a new address");
		set_node(b, -1);
		b->is_known = false;
		b = NULL;
	}
	if (b == NULL)
		b = adopt(c, host, (uint16_t)port);
	if (b == NULL)
		b = add_broker(c, host, (uint16_t)port, node_id);
	if (rack.ptr != NULL)
		copy = gw_alloc_str(c->env->alloc, rack);
	if (b == NULL || (rack.ptr != NULL && copy == NULL)) {
		gw_alloc_free(c->env->alloc, copy);
		return GW_ENOMEM;
	}
	gw_alloc_free(c->env->alloc, b->rack);
	b->rack = copy;
	set_node(b, node_id);
	b->is_known = true;
	return 0;
}

/* Whether it could be opened now, if it is not open, and there is hope that it answers. */
static bool
may_try(const struct gw_client *c, const struct gw_conn *conn)
{
	return !gw_conn_is_silent(conn) &&
	    (conn->state != GW_CONN_CLOSED || conn->retry_at_us <= c->now.us);
}

/*
 * Open one, brokers of the last metadata first. Bootstrap addresses are candidates again as soon as
 * no known broker can be tried (KIP-899).
 */
static struct gw_conn *
open_any(struct gw_client *c)
{
	struct gw_broker *found = NULL;
	unsigned n = 0, i = 0;

	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		n++;
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next, i++) {
		struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];

		if (!b->is_bootstrap && !b->is_known)
			continue;
		if (!may_try(c, conn)) {
			if (conn->state == GW_CONN_CLOSED)
				gw_wake(c, conn->retry_at_us);
			continue;
		}
		if (conn->state != GW_CONN_CLOSED)
			return conn;
		if (found == NULL || (b->is_known && !found->is_known) ||
		    (b->is_known == found->is_known && i == c->cluster.next_broker % n))
			found = b;
	}
	if (found == NULL)
		return NULL;
	c->cluster.next_broker++;
	return &found->conns[GW_ROLE_GENERAL];
}

/* The one aside of a broker whose general one is open, but stuck. NULL: none can be tried now. */
static struct gw_conn *
open_aside(struct gw_client *c)
{
	struct gw_conn *found = NULL;

	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		struct gw_conn *conn = &b->conns[GW_ROLE_ASIDE];

		if (!b->is_known || !gw_conn_usable(&b->conns[GW_ROLE_GENERAL]) ||
		    !may_try(c, conn))
			continue;
		if (conn->state != GW_CONN_CLOSED)
			return conn;
		if (found == NULL)
			found = conn;
	}
	return found;
}

static bool
is_freer(const struct gw_conn *a, const struct gw_conn *b)
{
	bool silent = gw_conn_is_silent(a);

	return silent != gw_conn_is_silent(b) ? !silent : a->n_under_way < b->n_under_way;
}

static struct gw_conn *
freest(struct gw_client *c, enum gw_role role, struct gw_conn *best)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		struct gw_conn *conn = &b->conns[role];

		if (gw_conn_usable(conn) && (best == NULL || is_freer(conn, best)))
			best = conn;
	}
	return best;
}

struct gw_conn *
gw_cluster_any(struct gw_client *c)
{
	struct gw_conn *best = freest(c, GW_ROLE_ASIDE, freest(c, GW_ROLE_GENERAL, NULL));
	struct gw_conn *other = NULL;

	if (best == NULL || gw_conn_is_silent(best))
		other = open_any(c);
	else if (gw_conn_stuck_us(best) <= c->now.us)
		other = open_aside(c);
	if (other == NULL)
		return best;
	return gw_conn_want(other) ? other : NULL;
}

void
gw_cluster_conn_failed(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_cluster *k = &c->cluster;

	/* A dead node tells nobody that it no longer coordinates. */
	gw_coordinators_unreachable(c, conn->node_id);
	if (k->connected_once) {
		gw_cluster_refresh(c);
		return;
	}
	k->connect_err = conn->err;
	if (++k->n_failed >= k->n_bootstrap) {
		k->n_failed = 0;
		k->n_rounds++;
	}
}

void
gw_cluster_conn_opened(struct gw_client *c, struct gw_conn *conn)
{
	(void)conn;
	c->cluster.connected_once = true;
}

void
gw_cluster_forget(struct gw_client *c, const void *owner)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int i = 0; i < GW_ROLES; i++)
			gw_conn_forget(&b->conns[i], owner, NULL);
}

static int64_t
backoff(struct gw_client *c, int64_t first_ms, int64_t max_ms, unsigned n)
{
	int64_t us = gw_ms(first_ms), max = gw_ms(max_ms);

	while (n-- > 1 && us < max)
		us *= 2;
	if (us > max)
		us = max;
	return (int64_t)((double)us * (0.8 + 0.4 * gw_rng_unit(&c->env->rng)));
}

int64_t
gw_backoff_us(struct gw_client *c, unsigned n)
{
	return backoff(c, c->cfg.retry_backoff_ms, c->cfg.retry_backoff_max_ms, n);
}

int64_t
gw_reconnect_backoff_us(struct gw_client *c, unsigned n)
{
	return backoff(c, c->cfg.reconnect_backoff_ms, c->cfg.reconnect_backoff_max_ms, n);
}

void
gw_cluster_step(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int i = 0; i < GW_ROLES; i++)
			gw_conn_step(&b->conns[i]);
	gw_silence_step(c);
	gw_metadata_step(c);
	gw_coordinators_step(c);
}
