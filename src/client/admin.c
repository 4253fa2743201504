/* SPDX-License-Identifier: MIT
 *
 * client/admin.c - the machine behind gw_call_*(): routing, retries, deadlines.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"

#include "client/internal.h"
#include "client/metadata.h"

struct gw_call *
gw_call_new(
    struct gw_client *c, const struct gw_call_kind *kind, const char *topic, const char *group)
{
	struct gw_call *call = gw_alloc_zero(c->env->alloc, 1, sizeof(*call));
	bool failed = false;

	if (call == NULL) {
		(void)gw_client_fail(c, GW_ENOMEM, "%s: %s", kind->doing, gw_strerror(GW_ENOMEM));
		return NULL;
	}
	c->now = gw_env_now(c->env);
	call->client = c;
	call->kind = kind;
	call->deadline_us = c->now.us + gw_ms(c->cfg.api_timeout_ms);
	call->begin_rounds = c->cluster.n_rounds;
	gw_arena_init(&call->arena, c->env->alloc, 0);
	call->topic = gw_call_str(call, gw_str(topic), &failed);
	call->group = gw_call_str(call, gw_str(group), &failed);
	call->next = c->calls;
	c->calls = call;
	c->again = true;
	if (kind->route == GW_ROUTE_LEADERS && !failed) {
		call->topic_known = gw_cluster_topic(c, gw_str(topic));
		failed = call->topic_known == NULL;
		if (!failed)
			gw_cluster_use_topic(c, call->topic_known, false);
	}
	if (failed) {
		(void)gw_client_fail(c, GW_ENOMEM, "%s: %s", kind->doing, gw_strerror(GW_ENOMEM));
		gw_call_free(call);
		return NULL;
	}
	return call;
}

void
gw_call_free(struct gw_call *call)
{
	struct gw_call **at;
	struct gw_client *c;

	if (call == NULL)
		return;
	c = call->client;
	gw_cluster_forget(c, call);
	for (at = &c->calls; *at != call; )
		at = &(*at)->next;
	*at = call->next;
	if (call->topic_known != NULL)
		gw_cluster_leave_topic(call->topic_known);
	gw_arena_fini(&call->arena);
	gw_alloc_free(c->env->alloc, call);
}

void
gw_calls_fini(struct gw_client *c)
{
	while (c->calls != NULL)
		gw_call_free(c->calls);
}

const char *
gw_call_str(struct gw_call *call, struct gw_slice s, bool *failed)
{
	const char *copy;

	if (s.ptr == NULL)
		return NULL;
	copy = gw_arena_str(&call->arena, s);
	*failed |= copy == NULL;
	return copy;
}

bool
gw_call_done(const struct gw_call *call)
{
	return call->done;
}

const struct gw_err *
gw_call_error(const struct gw_call *call)
{
	return &call->err;
}

static void
finish(struct gw_call *call)
{
	call->done = true;
	if (call->err.code != 0)
		call->client->err = call->err;
}

/* "creating topic plays: " and so on. */
static const char *
subject(const struct gw_call *call)
{
	return call->topic != NULL ? call->topic : call->group != NULL ? call->group :
	    call->node_text;
}

static void
fail(struct gw_call *call, int code, const char *why)
{
	const char *what = subject(call);

	(void)gw_err_set(&call->err, code, "%s%s%s: %s", call->kind->doing,
	    what[0] != '\0' ? " " : "", what, why);
	finish(call);
}

int
gw_call_refuse(struct gw_call *call, int code, struct gw_slice text)
{
	const char *what = subject(call);

	(void)gw_err_set(&call->err, code, "%s%s%s: %s%s%.*s", call->kind->doing,
	    what[0] != '\0' ? " " : "", what, gw_strerror(code), text.len > 0 ? ": " : "",
	    (int)text.len, text.len > 0 ? text.ptr : "");
	finish(call);
	return 0;
}

int
gw_call_no_memory(struct gw_call *call)
{
	return gw_call_refuse(call, GW_ENOMEM, (struct gw_slice){ NULL, 0 });
}

int
gw_call_outcome(struct gw_call *call, int code, struct gw_slice text)
{
	if (code == 0 || code == GW_K_NOT_CONTROLLER ||
	    (gw_err_retriable(code) && code != GW_K_UNKNOWN_TOPIC_OR_PARTITION))
		return code;
	return gw_call_refuse(call, code, text);
}

bool
gw_call_given(struct gw_client *c, const char *doing, const char *name)
{
	if (name != NULL && name[0] != '\0')
		return true;
	(void)gw_client_fail(c, GW_EINVAL, "%s: a name is wanted", doing);
	return false;
}

static struct gw_call *
kept(struct gw_call *call, bool failed)
{
	if (!failed)
		return call;
	(void)gw_client_fail(
	    call->client, GW_ENOMEM, "%s: %s", call->kind->doing, gw_strerror(GW_ENOMEM));
	gw_call_free(call);
	return NULL;
}

struct gw_call *
gw_call_keep_configs(struct gw_call *call, const struct gw_config *configs, size_t n)
{
	struct gw_config *copy = gw_arena_zero(&call->arena, n + 1, sizeof(*copy));
	bool failed = copy == NULL;

	for (size_t i = 0; !failed && i < n; i++) {
		copy[i].name = gw_call_str(call, gw_str(configs[i].name), &failed);
		copy[i].value = gw_call_str(call, gw_str(configs[i].value), &failed);
	}
	call->configs = copy;
	call->n_configs = n;
	return kept(call, failed);
}

struct gw_call *
gw_call_keep_offsets(struct gw_call *call, const struct gw_offset_info *offsets, size_t n)
{
	struct gw_offset_info *copy = gw_arena_zero(&call->arena, n + 1, sizeof(*copy));
	bool failed = copy == NULL;

	for (size_t i = 0; !failed && i < n; i++) {
		copy[i] = offsets[i];
		copy[i].topic = gw_call_str(call, gw_str(offsets[i].topic), &failed);
	}
	call->wanted = copy;
	call->n_wanted = n;
	return kept(call, failed);
}

struct gw_offset_info *
gw_call_add_offset(struct gw_call *call)
{
	if (call->offsets.n_offsets == call->offsets_cap) {
		size_t cap = call->offsets_cap == 0 ? 16 : call->offsets_cap * 2;
		struct gw_offset_info *all = gw_arena_zero(&call->arena, cap, sizeof(*all));

		if (all == NULL)
			return NULL;
		if (call->offsets.n_offsets > 0)
			memcpy(all, call->offsets.offsets, call->offsets.n_offsets * sizeof(*all));
		call->offsets.offsets = all;
		call->offsets_cap = cap;
	}
	return &call->offsets.offsets[call->offsets.n_offsets++];
}

int
gw_call_wait(struct gw_call *call, int timeout_ms)
{
	struct gw_client *c = call->client;
	int64_t until = gw_client_until(c, timeout_ms);
	int rc;

	while (!call->done) {
		rc = gw_client_enter(c);
		if (rc == 0 && c->now.us >= until)
			rc = gw_client_fail(c, GW_ETIMEOUT, "%s %s: no answer in %d ms",
			    call->kind->doing, subject(call), timeout_ms);
		if (rc == 0)
			rc = gw_client_wait(c, until);
		if (rc != 0) {
			if (rc != c->err.code)
				(void)gw_client_fail(
				    c, rc, "%s: %s", call->kind->doing, gw_strerror(rc));
			if (call->err.code == 0)
				call->err = c->err;
			return rc;
		}
	}
	return call->err.code;
}

/* ---- routing ---- */

static int
add_parts(struct gw_call *call, size_t n)
{
	call->parts = gw_arena_zero(&call->arena, n, sizeof(*call->parts));
	call->n_parts = call->parts == NULL ? 0 : n;
	for (size_t i = 0; i < call->n_parts; i++)
		call->parts[i].node_id = -1;
	return call->parts == NULL ? GW_ENOMEM : 0;
}

static bool
has_part(const struct gw_call *call, size_t n, int32_t node_id)
{
	for (size_t i = 0; i < n; i++)
		if (call->parts[i].node_id == node_id)
			return true;
	return false;
}

static bool
wants(const struct gw_call *call, int32_t partition)
{
	for (size_t i = 0; i < call->n_wanted; i++)
		if (call->wanted[i].partition == partition)
			return true;
	return call->n_wanted == 0;
}

/* Whether the topic has all partitions that are wanted. */
static bool
has_wanted(const struct gw_call *call, const struct gw_topic *t)
{
	for (size_t i = 0; i < call->n_wanted; i++)
		if (call->wanted[i].partition < 0 || call->wanted[i].partition >= t->n_partitions)
			return false;
	return true;
}

/* One part a leader. GW_EAGAIN while one is missing. */
static int
route_leaders(struct gw_call *call)
{
	struct gw_client *c = call->client;
	const struct gw_topic *t = call->topic_known;
	size_t n = 0;
	int rc;

	if (t->error != 0 && (!gw_err_retriable(t->error) || t->n_errors >= 3))
		return t->error;
	if (!t->known)
		return GW_EAGAIN;
	if (!has_wanted(call, t))
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	rc = add_parts(call, (size_t)t->n_partitions);
	if (rc != 0)
		return rc;
	for (int32_t i = 0; i < t->n_partitions; i++) {
		const struct gw_broker *b = wants(call, i) ? gw_cluster_leader(c, t, i) : NULL;

		if (b == NULL && wants(call, i))
			return GW_EAGAIN;
		if (b != NULL && !has_part(call, n, b->node_id))
			call->parts[n++].node_id = b->node_id;
	}
	call->n_parts = n;
	return 0;
}

static int
route_all(struct gw_call *call)
{
	struct gw_client *c = call->client;
	size_t n = 0;
	int rc;

	if (!c->cluster.metadata_known) {
		gw_cluster_refresh(c);
		return GW_EAGAIN;
	}
	for (const struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		n += b->is_known;
	rc = add_parts(call, n);
	n = 0;
	for (const struct gw_broker *b = c->cluster.brokers; b != NULL && rc == 0; b = b->next)
		if (b->is_known)
			call->parts[n++].node_id = b->node_id;
	return rc;
}

static int
route(struct gw_call *call)
{
	if (call->kind->route == GW_ROUTE_LEADERS)
		return route_leaders(call);
	if (call->kind->route == GW_ROUTE_ALL)
		return route_all(call);
	return add_parts(call, 1);
}

/* Whether one of the partitions that are wanted is still the node's. */
static bool
leads(const struct gw_call *call, int32_t node_id)
{
	const struct gw_topic *t = call->topic_known;

	for (int32_t i = 0; i < t->n_partitions; i++)
		if (t->leaders[i].node_id == node_id && wants(call, i))
			return true;
	return false;
}

static void forget_route(struct gw_call *call, int code);

/* The connection a part goes over, or NULL for now; *fatal as of gw_cluster_coordinator(). */
static struct gw_conn *
conn_of(struct gw_call *call, const struct gw_call_part *part, int *fatal)
{
	struct gw_client *c = call->client;
	struct gw_broker *b = NULL;

	*fatal = 0;
	switch (call->kind->route) {
	case GW_ROUTE_ANY:
		return gw_cluster_any(c);
	case GW_ROUTE_CONTROLLER:
		b = gw_cluster_broker(c, c->cluster.controller);
		if (b == NULL)
			gw_cluster_refresh(c);
		break;
	case GW_ROUTE_COORDINATOR:
		b = gw_cluster_coordinator(c, call->group, fatal);
		break;
	case GW_ROUTE_TXN_COORDINATOR:
		b = gw_cluster_txn_coordinator(c, call->group, fatal);
		break;
	case GW_ROUTE_NODE:
		if (call->node_id < 0)
			return gw_cluster_any(c);
		b = gw_cluster_broker(c, call->node_id);
		if (b == NULL && c->cluster.metadata_known)
			*fatal = GW_ENOENT;
		else if (b == NULL)
			gw_cluster_refresh(c);
		break;
	case GW_ROUTE_LEADERS:
		if (!leads(call, part->node_id)) {
			forget_route(call, 0);
			return NULL;
		}
		b = gw_cluster_broker(c, part->node_id);
		break;
	case GW_ROUTE_ALL:
		b = gw_cluster_broker(c, part->node_id);
		break;
	}
	return b != NULL && gw_conn_want(&b->conns[GW_ROLE_GENERAL]) ? &b->conns[GW_ROLE_GENERAL]
								     : NULL;
}

/* ---- one part ---- */

/* Where it goes was wrong: the next attempt looks anew. */
static void
forget_route(struct gw_call *call, int code)
{
	struct gw_client *c = call->client;

	if (call->kind->route == GW_ROUTE_COORDINATOR)
		gw_cluster_coordinator_lost(c, call->group);
	else if (call->kind->route == GW_ROUTE_TXN_COORDINATOR)
		gw_cluster_txn_coordinator_lost(c, call->group);
	else
		gw_cluster_refresh(c);
	if (code == GW_K_NOT_CONTROLLER)
		c->cluster.controller = -1;
	/* Leaders moved: results so far are dropped and every leader is asked again. */
	if (call->kind->route == GW_ROUTE_LEADERS) {
		gw_cluster_forget(c, call);
		call->route_at_us = c->now.us + gw_backoff_us(c, ++call->n_reroutes);
		call->routed = false;
		call->offsets.n_offsets = 0;
		call->producers.n_producers = 0;
	}
}

static void
retry(struct gw_call *call, struct gw_call_part *part, int code)
{
	struct gw_client *c = call->client;

	call->last_code = code;
	c->stats.retries++;
	part->retry_at_us = c->now.us + gw_backoff_us(c, ++part->n_errors);
	gw_wake(c, part->retry_at_us);
	forget_route(call, code);
}

/* Which part of the call is out over this connection. */
static struct gw_call_part *
part_of(struct gw_call *call, const struct gw_conn *conn)
{
	for (size_t i = 0; i < call->n_parts; i++)
		if (call->parts[i].under_way &&
		    (call->parts[i].node_id == -1 || call->parts[i].node_id == conn->node_id))
			return &call->parts[i];
	return NULL;
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	struct gw_call *call = owner;
	struct gw_call_part *part = part_of(call, reply->conn);
	const struct gw_call_kind *asked = call->kind;
	int code = reply->code;

	(void)c;
	if (part == NULL || call->done)
		return;
	part->under_way = false;
	if (code == 0)
		code = call->kind->take(call, part, reply->body, reply->version);
	if (call->done)
		return;
	if (code == 0)
		part->done = call->kind == asked;	/* else it has another question */
	else if (reply->code == GW_EAUTH)
		fail(call, code, reply->msg);
	else if (reply->code != 0 || gw_err_retriable(code) || code == GW_K_NOT_CONTROLLER)
		retry(call, part, code);
	else
		fail(call, code, gw_strerror(code));
}

static void
send_part(struct gw_call *call, struct gw_call_part *part)
{
	struct gw_client *c = call->client;
	struct gw_send_spec spec = { .key = call->kind->key, .handler = { done, call } };
	struct gw_err err = { 0 };
	const void *body;
	int fatal, version, rc;
	struct gw_conn *conn = conn_of(call, part, &fatal);

	if (fatal != 0) {
		fail(call, fatal, gw_strerror(fatal));
		return;
	}
	version = conn == NULL ? GW_EAGAIN : gw_conn_version(conn, spec.key, &err);
	if (version == GW_EAGAIN)
		return;
	if (version < 0 && gw_call_older_kind(call->kind) != NULL) {
		call->kind = gw_call_older_kind(call->kind);
		c->again = true;
		return;
	}
	if (version < 0 && call->kind->optional) {
		part->done = true;
		return;
	}
	if (version < 0) {
		fail(call, version, err.msg);
		return;
	}
	spec.version = (int16_t)version;
	gw_arena_reset(&c->scratch);
	body = call->kind->build(call, part, version);
	rc = body == NULL ? GW_ENOMEM : gw_conn_send(conn, &spec, body, &err);
	if (rc != 0) {
		fail(call, rc, err.code != 0 ? err.msg : gw_strerror(rc));
		return;
	}
	part->under_way = true;
}

/* ---- all calls ---- */

static bool
all_done(const struct gw_call *call)
{
	for (size_t i = 0; i < call->n_parts; i++)
		if (!call->parts[i].done)
			return false;
	return true;
}

static void
time_out(struct gw_call *call)
{
	char why[GW_ERR_MSG_MAX];
	struct gw_err tmp;

	(void)gw_err_set(&tmp, GW_ETIMEOUT,
	    "not done within %lld ms (twice request.timeout.ms); last: %s",
	    (long long)call->client->cfg.api_timeout_ms, call->last_code != 0 ?
	    gw_strerror(call->last_code) : call->client->cluster.connect_err.msg);
	memcpy(why, tmp.msg, sizeof(why));
	fail(call, GW_ETIMEOUT, why);
}

static void
step(struct gw_client *c, struct gw_call *call)
{
	int rc = gw_client_unreachable(c, call->begin_rounds);

	if (rc != 0) {
		call->err = c->err;
		finish(call);
		return;
	}
	if (call->deadline_us <= c->now.us) {
		time_out(call);
		return;
	}
	gw_wake(c, call->deadline_us);
	if (!call->routed && call->route_at_us > c->now.us) {
		gw_wake(c, call->route_at_us);
		return;
	}
	if (!call->routed) {
		rc = route(call);
		if (rc == GW_EAGAIN)
			return;
		if (rc != 0) {
			fail(call, rc, gw_strerror(rc));
			return;
		}
		call->routed = true;
	}
	for (size_t i = 0; i < call->n_parts && !call->done && call->routed; i++) {
		struct gw_call_part *part = &call->parts[i];

		if (part->done || part->under_way)
			continue;
		if (part->retry_at_us > c->now.us)
			gw_wake(c, part->retry_at_us);
		else
			send_part(call, part);
	}
	if (!call->done && call->routed && all_done(call))
		finish(call);
}

void
gw_calls_step(struct gw_client *c)
{
	for (struct gw_call *call = c->calls; call != NULL; call = call->next)
		if (!call->done)
			step(c, call);
}
