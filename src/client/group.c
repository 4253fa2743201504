/* SPDX-License-Identifier: MIT
 *
 * client/group.c - being a member: which protocol, giving back, stalling, leaving.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/group.h"

#include "client/internal.h"

void
gw_group_init(struct gw_client *c)
{
	c->group.generation = c->group.owned_generation = -1;
	c->group.lookup_at_us = GW_NEVER_US;
	gw_buf_init(&c->group.join_frame, c->env->alloc, 0);
	gw_buf_init(&c->group.blob, c->env->alloc, 0);
	gw_buf_init(&c->group.given, c->env->alloc, 0);
}

void
gw_group_fini(struct gw_client *c)
{
	gw_group_topics_fini(c);
	gw_alloc_free(c->env->alloc, c->group.id);
	gw_alloc_free(c->env->alloc, c->group.member_id);
	gw_buf_fini(&c->group.join_frame);
	gw_buf_fini(&c->group.blob);
	gw_buf_fini(&c->group.given);
}

const char *
gw_group_id(const struct gw_client *c)
{
	if (c->group.id != NULL)
		return c->group.id;
	return c->cfg.group_id[0] != '\0' ? c->cfg.group_id : NULL;
}

bool
gw_group_is_member(const struct gw_client *c)
{
	const struct gw_group *g = &c->group;

	if (g->protocol == GW_PROTOCOL_CONSUMER)
		return g->generation > 0;
	/* Between JoinGroup and SyncGroup the coordinator takes no commits. */
	return g->member_id != NULL && g->state != GW_GROUP_SYNCING;
}

int
gw_group_set_member(struct gw_client *c, struct gw_slice id)
{
	char *copy = id.len == 0 ? NULL : gw_alloc_str(c->env->alloc, id);

	if (id.len > 0 && copy == NULL)
		return GW_ENOMEM;
	gw_alloc_free(c->env->alloc, c->group.member_id);
	c->group.member_id = copy;
	return 0;
}

void
gw_group_retry_later(struct gw_client *c)
{
	c->group.retry_at_us = c->now.us + gw_backoff_us(c, ++c->group.n_errors);
	gw_wake(c, c->group.retry_at_us);
}

void
gw_group_revoke(struct gw_client *c, const char *why)
{
	gw_commits_drop(c, why);
	gw_group_target_begin(c);
	(void)gw_group_target_reach(c, NULL);
	c->group.owned_generation = -1;
}

void
gw_group_give_up(struct gw_client *c, int code, const char *doing, struct gw_slice said)
{
	int own = code == GW_K_FENCED_INSTANCE_ID ? GW_EFENCED : code;

	c->group.fatal = own;
	c->group.state = GW_GROUP_NONE;
	gw_consumer_fail(c, own, "%s group %s: %s%s%.*s", doing, c->group.id, gw_strerror(code),
	    said.len > 0 ? ": " : "", GW_FMT(said));
	(void)gw_event_error(c, -1, false, own, "%s", c->consumer.err.msg);
	gw_group_revoke(c, "this member is out of the group");
}

static void
begin(struct gw_client *c)
{
	if (c->group.protocol == GW_PROTOCOL_CONSUMER)
		gw_consumer_protocol_begin(c);
	c->group.state = GW_GROUP_JOINING;
	c->again = true;
}

/* It has partitions or, by KIP-848, what is on its way. One that joins has nothing to lose. */
static bool
has_a_place(const struct gw_group *g)
{
	return g->state == GW_GROUP_STABLE ||
	    (g->state == GW_GROUP_SYNCING && g->protocol == GW_PROTOCOL_CONSUMER);
}

/* An application that let nobody run the client comes back before the client can have left. */
void
gw_group_fetch_begin(struct gw_client *c)
{
	struct gw_group *g = &c->group;

	if (has_a_place(g) && gw_group_stalls_at(c) <= c->now.us)
		gw_group_stall(c);
	g->fetching = true;
	if (!g->stalled)
		return;
	g->stalled = false;
	begin(c);
}

void
gw_group_fetch_end(struct gw_client *c)
{
	c->group.fetching = false;
	c->group.polled_us = c->now.us;
}

int64_t
gw_group_stalls_at(const struct gw_client *c)
{
	return c->group.fetching ? GW_NEVER_US :
	    c->group.polled_us + gw_ms(c->cfg.max_poll_interval_ms);
}

void
gw_group_forgotten(struct gw_client *c)
{
	(void)gw_event_error(c, -1, true, GW_ETIMEOUT, "group %s no longer knows this member: the "
	    "client was not run for the session timeout, or the coordinator forgot it; joins again",
	    c->group.id);
}

void
gw_group_stall(struct gw_client *c)
{
	(void)gw_event_error(c, -1, true, GW_ETIMEOUT, "gw_fetch() was not called for "
	    "max.poll.interval.ms=%lld; left group %s, gw_fetch() joins again",
	    (long long)c->cfg.max_poll_interval_ms, c->group.id);
	gw_group_revoke(c, "this member left the group");
	c->group.stalled = true;
	c->group.rejoin = false;
	c->group.state = GW_GROUP_NONE;
}

/* ---- subscribing ---- */

static int
set_id(struct gw_client *c, const char *id)
{
	if (c->group.id != NULL)
		return 0;
	c->group.id = gw_alloc_str(c->env->alloc, gw_str(id));
	return c->group.id == NULL ? GW_ENOMEM : 0;
}

/* The subscription grew. */
static void
changed(struct gw_client *c)
{
	struct gw_group *g = &c->group;

	if (g->state == GW_GROUP_NONE && !g->stalled)
		g->state = GW_GROUP_JOINING;
	else if (g->protocol == GW_PROTOCOL_CONSUMER)
		gw_consumer_protocol_hurry(c, true);
	else if (g->protocol == GW_PROTOCOL_CLASSIC && !g->stalled)
		gw_group_rejoin(c, false);
	g->subscribed = true;
	g->polled_us = c->now.us;
	c->again = true;
}

int
gw_subscribe(struct gw_client *c, const char *topic, const char *group)
{
	const char *id = group != NULL ? group : gw_group_id(c);
	struct gw_err err = { 0 };
	int rc;

	if (topic == NULL || topic[0] == '\0' || id == NULL || id[0] == '\0')
		return gw_client_fail(c, GW_EINVAL, "gw_subscribe: a topic and a group are wanted");
	if (c->consumer.by_hand)
		return gw_client_fail(
		    c, GW_ESTATE, "gw_subscribe: partitions were assigned by hand");
	if (c->group.id != NULL && strcmp(c->group.id, id) != 0)
		return gw_client_fail(
		    c, GW_EINVAL, "gw_subscribe: already in group %s", c->group.id);
	c->now = gw_env_now(c->env);
	rc = set_id(c, id);
	if (rc == 0)
		rc = topic[0] == '^' ? gw_group_add_pattern(c, topic, &err) :
		    gw_group_add_name(c, topic);
	if (rc < 0)
		return gw_client_fail(c, rc, "gw_subscribe: %s",
		    err.code != 0 ? err.msg : gw_strerror(rc));
	if (rc > 0)
		changed(c);
	return 0;
}

/* ---- leaving ---- */

void
gw_group_leave(struct gw_client *c)
{
	c->group.leaving = true;
	c->group.rejoin = false;
}

/* Classic static members stay members; those of KIP-848 say that they will be back. */
bool
gw_group_left(const struct gw_client *c)
{
	const struct gw_group *g = &c->group;

	if (gw_commits_pending(c))
		return false;
	if (!g->subscribed || g->left || g->fatal != 0 || g->stalled)
		return true;
	if (g->protocol == GW_PROTOCOL_CONSUMER)
		return g->generation <= 0 && !g->heartbeat_out;
	return g->member_id == NULL || c->cfg.group_instance_id[0] != '\0';
}

static void
leave_step(struct gw_client *c)
{
	struct gw_broker *b;
	int fatal;

	if (c->group.leave_out || gw_group_left(c) || gw_commits_pending(c))
		return;
	b = gw_cluster_coordinator(c, c->group.id, &fatal);
	if (fatal != 0)
		c->group.left = true;
	else if (b != NULL && c->group.protocol == GW_PROTOCOL_CONSUMER)
		gw_consumer_protocol_leave(c, b);
	else if (b != NULL)
		gw_classic_leave(c, b, "the consumer is closing");
}

/* ---- one turn ---- */

/* Asked of the coordinator's connection, once it is open. False: not yet, or given up. */
static bool
choose(struct gw_client *c, struct gw_broker *b)
{
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	struct gw_group *g = &c->group;
	bool offered;

	if (!gw_conn_want(conn) || conn->versions != GW_VERSIONS_KNOWN)
		return false;
	offered = gw_conn_offers(conn, GW_API_CONSUMER_GROUP_HEARTBEAT);
	if (c->cfg.group_protocol == GW_GROUP_CONSUMER && !offered) {
		gw_group_give_up(c, GW_EUNSUPPORTED, "group.protocol=consumer needs a broker from "
		    "4.0 on; joining", (struct gw_slice){ NULL, 0 });
		return false;
	}
	g->protocol = c->cfg.group_protocol == GW_GROUP_CONSUMER ||
	    (c->cfg.group_protocol == GW_GROUP_AUTO && offered && c->cluster.group_version > 0) ?
	    GW_PROTOCOL_CONSUMER : GW_PROTOCOL_CLASSIC;
	begin(c);
	return true;
}

void
gw_group_step(struct gw_client *c)
{
	struct gw_group *g = &c->group;
	struct gw_broker *b;
	int fatal;

	gw_commits_step(c);
	if (!g->subscribed || g->fatal != 0 || g->stalled)
		return;
	if (g->leaving) {
		leave_step(c);
		return;
	}
	gw_group_topics_step(c);
	if (g->retry_at_us > c->now.us) {
		gw_wake(c, g->retry_at_us);
		return;
	}
	b = gw_cluster_coordinator(c, g->id, &fatal);
	if (fatal != 0)
		gw_group_give_up(c, fatal, "finding the coordinator of",
		    (struct gw_slice){ NULL, 0 });
	if (b == NULL || (g->protocol == GW_PROTOCOL_UNDECIDED && !choose(c, b)))
		return;
	if (g->protocol == GW_PROTOCOL_CONSUMER)
		gw_consumer_protocol_step(c, b);
	else
		gw_classic_step(c, b);
}
