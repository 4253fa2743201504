/* SPDX-License-Identifier: MIT
 *
 * client/client.c - a client's life, its loop, and what it tells of itself.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

const char *
gw_version(void)
{
	return PACKAGE_VERSION;
}

static int
setup_transport(struct gw_client *c, struct gw_err *err)
{
	struct gw_err why = { 0 };

	if ((c->cfg.security_protocol & GW_SECURITY_TLS) == 0)
		return 0;
	c->transport = gw_tls_new(&c->cfg, c->env, &c->transport_ctx, &why);
	if (c->transport != NULL)
		return 0;
	return gw_err_set(err, why.code, "%s", why.msg);
}

struct gw_client *
gw_client_new_env(struct gw_env *env, const char *config, struct gw_err *err)
{
	struct gw_client *c = gw_alloc_zero(env->alloc, 1, sizeof(*c));
	int rc;

	if (c == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "a client: %s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	gw_memory_begin(c, env);
	c->now = gw_env_now(env);
	gw_arena_init(&c->texts, &c->alloc, 0);
	gw_arena_init(&c->frame_arena, &c->alloc, 0);
	gw_arena_init(&c->scratch, &c->alloc, 0);
	gw_producer_init(c);
	gw_consumer_init(c);
	gw_group_init(c);
	rc = gw_config_read(&c->cfg, config, &c->texts, err);
	c->alloc.cap = rc != 0 || (uint64_t)c->cfg.client_memory > SIZE_MAX ? 0 :
	    (size_t)c->cfg.client_memory;
	if (rc == 0)
		rc = gw_login_setup(c, err);
	if (rc == 0)
		rc = setup_transport(c, err);
	if (rc == 0)
		rc = gw_cluster_init(c, err);
	gw_config_forget(&c->cfg);
	if (rc != 0) {
		gw_client_free(c);
		return NULL;
	}
	return c;
}

/*
 * Requests under way end with GW_ECLOSED, so that whoever made them frees what it kept for the
 * answer.
 */
static void
hang_up(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int r = 0; r < GW_ROLES; r++)
			gw_conn_close(&b->conns[r], GW_ECLOSED, "the client is closing");
}

void
gw_client_free(struct gw_client *c)
{
	struct gw_env *env;
	void (*env_free)(struct gw_env *);

	if (c == NULL)
		return;
	env = c->outer;
	env_free = c->env_free;
	hang_up(c);
	gw_calls_fini(c);
	gw_group_fini(c);
	gw_consumer_fini(c);
	gw_events_fini(c);
	gw_producer_fini(c);
	gw_cluster_fini(c);
	gw_login_forget(c);
	if (c->transport != NULL)
		c->transport->free(c->transport_ctx);
	gw_arena_fini(&c->scratch);
	gw_arena_fini(&c->frame_arena);
	gw_arena_fini(&c->texts);
	gw_alloc_free(&c->alloc, c->fds);
	gw_alloc_free(env->alloc, c);
	if (env_free != NULL)
		env_free(env);
}

void
gw_on_frame(struct gw_client *c, gw_frame_fn *fn, void *ctx)
{
	c->on_frame = fn;
	c->on_frame_ctx = ctx;
}

int
gw_use_compressor(struct gw_client *c, enum gw_compression number, const struct gw_compressor *with)
{
	if ((unsigned)number - 1 >= GW_COMPRESSORS - 1)
		return gw_client_fail(c, GW_EINVAL, "gw_use_compressor: %d is no number of a codec",
		    (int)number);
	c->compressors[number] = *with;
	return 0;
}

const struct gw_err *
gw_client_error(const struct gw_client *c)
{
	return &c->err;
}

int
gw_client_enter(struct gw_client *c)
{
	if (c->process_id != NULL && c->process_id() != c->born_in)
		return gw_client_fail(c, GW_ESTATE,
		    "this client belongs to process %ld, which forked; "
		    "make a new one in each process",
		    c->born_in);
	return 0;
}

int
gw_client_unreachable(struct gw_client *c, unsigned begin)
{
	const struct gw_cluster *k = &c->cluster;

	if (k->connected_once || k->n_rounds == begin)
		return 0;
	c->err = k->connect_err;
	return k->connect_err.code;
}

int64_t
gw_client_until(struct gw_client *c, int timeout_ms)
{
	c->now = gw_env_now(c->env);
	return timeout_ms < 0 ? GW_NEVER_US : c->now.us + gw_ms(timeout_ms);
}

void
gw_client_step(struct gw_client *c)
{
	/* What one part does may let another go on; a bound keeps one turn short. */
	for (int i = 0; i < 8; i++) {
		c->again = false;
		c->wake_us = GW_NEVER_US;
		gw_cluster_step(c);
		gw_txn_step(c);
		gw_producer_step(c);
		gw_group_step(c);
		gw_consumer_step(c);
		gw_calls_step(c);
		for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
			for (int r = 0; r < GW_ROLES; r++)
				gw_conn_flush(&b->conns[r]);
		if (!c->again)
			break;
	}
}

static int64_t
next_deadline(const struct gw_client *c)
{
	return c->again ? c->now.us : c->wake_us;
}

static size_t
list_fds(const struct gw_client *c, struct pollfd *fds, size_t cap)
{
	size_t n = 0;

	for (const struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int r = 0; r < GW_ROLES; r++) {
			short events = gw_conn_events(&b->conns[r]);

			if (events == 0)
				continue;
			if (n < cap)
				fds[n] =
				    (struct pollfd){ .fd = b->conns[r].handle, .events = events };
			n++;
		}
	return n;
}

size_t
gw_client_pollfds(struct gw_client *c, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	const struct gw_event_node *last = c->events.last;

	*deadline_us = GW_NEVER_US;
	if (gw_client_enter(c) != 0)
		return 0;
	c->now = gw_env_now(c->env);
	gw_client_step(c);
	/* Whoever asks what to wait for does not look at events before it has waited. */
	*deadline_us = c->events.last != last ? c->now.us : next_deadline(c);
	return list_fds(c, fds, cap);
}

/* Rounded up, so that poll() does not come back a moment too early and spin. */
static int
timeout_ms_until(const struct gw_client *c, int64_t deadline_us)
{
	int64_t us = deadline_us - c->now.us;

	if (deadline_us == GW_NEVER_US)
		return -1;
	if (us <= 0)
		return 0;
	return us / 1000 >= INT32_MAX ? INT32_MAX : (int)((us + 999) / 1000);
}

size_t
gw_pollfds(struct gw_client *c, struct pollfd *fds, size_t cap, int *timeout_ms)
{
	int64_t deadline;
	size_t n = gw_client_pollfds(c, fds, cap, &deadline);

	*timeout_ms = timeout_ms_until(c, deadline);
	return n;
}

static void
take_io(struct gw_client *c, const struct pollfd *fds, size_t n)
{
	c->now = gw_env_now(c->env);
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int r = 0; r < GW_ROLES; r++)
			for (size_t i = 0; i < n; i++)
				if (fds[i].revents != 0 && fds[i].fd == b->conns[r].handle)
					gw_conn_io(&b->conns[r], fds[i].revents);
}

int
gw_process(struct gw_client *c, const struct pollfd *fds, size_t n)
{
	int rc = gw_client_enter(c);

	if (rc != 0)
		return rc;
	take_io(c, fds, n);
	gw_client_step(c);
	return 0;
}

/* The client's own poll(). Returns how many fds there are, or GW_E*. */
static int
poll_until(struct gw_client *c, int64_t until_us)
{
	struct gw_net *net = c->env->net;
	size_t n = list_fds(c, c->fds, c->fds_cap);
	int rc;

	if (n > c->fds_cap) {
		struct pollfd *fds = gw_alloc_resize(c->env->alloc, c->fds, n + 8, sizeof(*fds));

		if (fds == NULL)
			return GW_ENOMEM;
		c->fds = fds;
		c->fds_cap = n + 8;
		n = list_fds(c, c->fds, c->fds_cap);
	}
	rc = net->poll(net->ctx, c->fds, n, timeout_ms_until(c, until_us));
	return rc < 0 ? rc : (int)n;
}

void
gw_client_turn(struct gw_client *c)
{
	int n;

	if (gw_client_enter(c) != 0)
		return;
	c->now = gw_env_now(c->env);
	gw_client_step(c);
	n = poll_until(c, c->now.us);
	if (n < 0)
		return;
	take_io(c, c->fds, (size_t)n);
	gw_client_step(c);
}

int
gw_client_wait(struct gw_client *c, int64_t until_us)
{
	const struct gw_event_node *last = c->events.last;
	int n;

	c->now = gw_env_now(c->env);
	gw_client_step(c);
	n = poll_until(c, c->events.last != last ? c->now.us :
	    gw_earlier(until_us, next_deadline(c)));
	if (n < 0)
		return n;
	take_io(c, c->fds, (size_t)n);
	gw_client_step(c);
	return 0;
}

int
gw_run(struct gw_client *c, int timeout_ms)
{
	int rc = gw_client_enter(c);

	return rc != 0 ? rc : gw_client_wait(c, gw_client_until(c, timeout_ms));
}

struct gw_flushed
gw_client_close(struct gw_client *c, int timeout_ms)
{
	int64_t until = gw_client_until(c, timeout_ms);
	struct gw_flushed f;

	if (c->txn.state == GW_TXN_OPEN)
		(void)gw_end(c, GW_ABORT);
	f = gw_flush(c, timeout_ms);
	gw_group_leave(c);
	gw_client_turn(c);	/* even without time left, so that the group hears of it */
	while ((!gw_group_left(c) || !gw_txn_settled(c)) && gw_client_enter(c) == 0 &&
	    c->now.us < until)
		if (gw_client_wait(c, until) != 0)
			break;
	hang_up(c);
	return f;
}

static void
look_at_connections(const struct gw_client *c, struct gw_stats *out)
{
	for (const struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		for (int r = 0; r < GW_ROLES; r++) {
			const struct gw_conn *conn = &b->conns[r];
			int64_t at;

			if (conn->state != GW_CONN_OPEN)
				continue;
			out->connections++;
			at = conn->session == NULL ? 0 : c->transport->expires_s(conn->session);
			if (at != 0 && (out->certificate_expires_s == 0 ||
			    at < out->certificate_expires_s))
				out->certificate_expires_s = at;
		}
	}
}

void
gw_get_stats(const struct gw_client *c, struct gw_stats *out)
{
	*out = c->stats;
	look_at_connections(c, out);
	out->pending = c->producer.pending;
	out->memory_used = c->alloc.used;
	out->memory_max = c->alloc.used_max;
	out->group_state = (int)c->group.state;
	out->generation = c->group.generation;
}
