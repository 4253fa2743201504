/* SPDX-License-Identifier: MIT
 *
 * client/coordinator.c - which broker runs a group or the transactions of an id. Source:
 * FindCoordinatorRequest.json (KIP-699: many keys from v4).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/metadata.h"
#include "wire/msg_find_coordinator.h"

#define KEY_GROUP	0	/* key_type of FindCoordinator */
#define KEY_TRANSACTION	1

void
gw_coordinators_fini(struct gw_client *c)
{
	struct gw_coordinator *k;

	while ((k = c->cluster.coordinators) != NULL) {
		c->cluster.coordinators = k->next;
		gw_alloc_free(c->env->alloc, k->key);
		gw_alloc_free(c->env->alloc, k);
	}
}

static struct gw_coordinator *
find(struct gw_client *c, int8_t key_type, const char *key)
{
	struct gw_coordinator *k = c->cluster.coordinators;

	while (k != NULL && (k->key_type != key_type || strcmp(k->key, key) != 0))
		k = k->next;
	return k;
}

static struct gw_coordinator *
add(struct gw_client *c, int8_t key_type, const char *key)
{
	struct gw_coordinator *k = gw_alloc_zero(c->env->alloc, 1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->key = gw_alloc_str(c->env->alloc, gw_str(key));
	if (k->key == NULL) {
		gw_alloc_free(c->env->alloc, k);
		return NULL;
	}
	k->key_type = key_type;
	k->node_id = -1;
	k->next = c->cluster.coordinators;
	c->cluster.coordinators = k;
	c->again = true;
	return k;
}

static struct gw_broker *
coordinator_of(struct gw_client *c, int8_t key_type, const char *key, int *fatal)
{
	struct gw_coordinator *k = find(c, key_type, key);

	if (k == NULL) {
		k = add(c, key_type, key);
		c->again = true;	/* the cluster's step, which asks, was before this one */
	}
	*fatal = k == NULL ? GW_ENOMEM : k->fatal;
	if (k == NULL || k->node_id < 0) {
		if (k != NULL && k->fatal != 0) {
			k->fatal = 0;	/* said once; whoever asks again tries again */
			k->retry_at_us = c->now.us + gw_backoff_us(c, ++k->n_errors);
			gw_wake(c, k->retry_at_us);
		}
		return NULL;
	}
	return gw_cluster_broker(c, k->node_id);
}

struct gw_broker *
gw_cluster_coordinator(struct gw_client *c, const char *group, int *fatal)
{
	return coordinator_of(c, KEY_GROUP, group, fatal);
}

struct gw_broker *
gw_cluster_txn_coordinator(struct gw_client *c, const char *id, int *fatal)
{
	return coordinator_of(c, KEY_TRANSACTION, id, fatal);
}

static void
look_again(struct gw_client *c, struct gw_coordinator *k)
{
	k->node_id = -1;
	k->retry_at_us = c->now.us + gw_backoff_us(c, 1);
	gw_wake(c, k->retry_at_us);
}

static void
lost(struct gw_client *c, int8_t key_type, const char *key)
{
	struct gw_coordinator *k = find(c, key_type, key);

	if (k != NULL && k->node_id >= 0)
		look_again(c, k);
}

void
gw_coordinators_unreachable(struct gw_client *c, int32_t node_id)
{
	for (struct gw_coordinator *k = c->cluster.coordinators; k != NULL; k = k->next)
		if (k->node_id >= 0 && k->node_id == node_id)
			look_again(c, k);
}

void
gw_cluster_coordinator_lost(struct gw_client *c, const char *group)
{
	lost(c, KEY_GROUP, group);
}

void
gw_cluster_txn_coordinator_lost(struct gw_client *c, const char *id)
{
	lost(c, KEY_TRANSACTION, id);
}

static void
try_later(struct gw_client *c, struct gw_coordinator *k)
{
	k->retry_at_us = c->now.us + gw_backoff_us(c, ++k->n_errors);
	gw_wake(c, k->retry_at_us);
}

/* The one answer, out of either form of the response. */
static struct gw_find_coordinator_coordinator
only_answer(const struct gw_find_coordinator_response *r, int16_t version)
{
	if (version < 4)
		return (struct gw_find_coordinator_coordinator){ .node_id = r->node_id,
			.host = r->host,
			.port = r->port,
			.error_code = r->error_code,
			.error_message = r->error_message };
	if (r->n_coordinators != 1)
		return (struct gw_find_coordinator_coordinator){ .node_id = -1,
		    .error_code = GW_K_COORDINATOR_NOT_AVAILABLE };
	return r->coordinators[0];
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_find_coordinator_response *r = reply->body;
	struct gw_coordinator *k = owner;
	struct gw_find_coordinator_coordinator a;

	k->under_way = false;
	k->conn = NULL;
	if (reply->code != 0) {
		try_later(c, k);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	a = only_answer(r, reply->version);
	if (a.error_code == 0 && gw_cluster_place(c, a.node_id, a.host, a.port,
	    (struct gw_slice){ NULL, 0 }) == 0) {
		k->node_id = a.node_id;
		k->n_errors = 0;
		return;
	}
	if (a.error_code != 0 && !gw_err_retriable(a.error_code))
		k->fatal = a.error_code;
	try_later(c, k);
}

static int
ask(struct gw_client *c, struct gw_coordinator *k, struct gw_conn *conn)
{
	struct gw_slice key = gw_str(k->key);
	struct gw_find_coordinator_request rq = { .key_type = k->key_type };
	struct gw_send_spec spec = { .key = GW_API_FIND_COORDINATOR, .handler = { done, k } };
	struct gw_err err = { 0 };
	int version = gw_conn_version(conn, GW_API_FIND_COORDINATOR, &err), rc;

	if (version == GW_EAGAIN)
		return 0;
	if (version < 0)
		return gw_event_error(c, conn->node_id, true, version, "%s", err.msg);
	spec.version = (int16_t)version;
	if (version < 4) {
		rq.key = key;
	} else {
		rq.coordinator_keys = &key;
		rq.n_coordinator_keys = 1;
	}
	rc = gw_conn_send(conn, &spec, &rq, &err);
	if (rc != 0)
		return gw_event_error(c, conn->node_id, true, rc, "FindCoordinator: %s", err.msg);
	k->under_way = true;
	k->conn = conn;
	return 0;
}

void
gw_coordinators_step(struct gw_client *c)
{
	for (struct gw_coordinator *k = c->cluster.coordinators; k != NULL; k = k->next) {
		struct gw_conn *conn;

		if (k->under_way)
			k->under_way = !gw_cluster_abandon(c, k->conn, k, NULL);
		if (k->node_id >= 0 || k->under_way || k->fatal != 0)
			continue;
		if (k->retry_at_us > c->now.us) {
			gw_wake(c, k->retry_at_us);
			continue;
		}
		conn = gw_cluster_any(c);
		if (conn != NULL && ask(c, k, conn) != 0)
			try_later(c, k);
	}
}
