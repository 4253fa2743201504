/* SPDX-License-Identifier: MIT
 *
 * client/group.c - being a member: heartbeats, giving back, leaving.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/group.h"

#include "client/internal.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_leave_group.h"

#define SETTLE_MS	5000	/* at most so long do commits hold up a rebalance */

void
gw_group_init(struct gw_client *c)
{
	c->group.generation = -1;
	gw_buf_init(&c->group.join_frame, c->env->alloc, 0);
	gw_buf_init(&c->group.blob, c->env->alloc, 0);
}

void
gw_group_fini(struct gw_client *c)
{
	struct gw_group_topic *t;

	while ((t = c->group.topics) != NULL) {
		c->group.topics = t->next;
		gw_alloc_free(c->env->alloc, t);
	}
	gw_alloc_free(c->env->alloc, c->group.id);
	gw_alloc_free(c->env->alloc, c->group.member_id);
	gw_buf_fini(&c->group.join_frame);
	gw_buf_fini(&c->group.blob);
}

const char *
gw_group_id(const struct gw_client *c)
{
	if (c->group.id != NULL)
		return c->group.id;
	return c->cfg.group_id[0] != '\0' ? c->cfg.group_id : NULL;
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
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		struct gw_event ev = { .type = GW_EVENT_REVOKED,
			.partition = p->index,
			.offset = p->position,
			.topic = { p->topic->name, p->topic->name_len },
			.broker = -1 };

		if (!p->assigned)
			continue;
		gw_cpart_unassign(c, p);
		gw_event_put(c, &ev);
	}
}

static void
join_now(struct gw_client *c, const char *why)
{
	gw_group_revoke(c, why);
	c->group.rejoin = false;
	c->group.state = GW_GROUP_JOINING;
	c->again = true;
}

void
gw_group_rejoin(struct gw_client *c, bool lost)
{
	if (lost || c->group.state != GW_GROUP_STABLE) {
		join_now(c, "the group took the partition away");
		return;
	}
	if (!c->group.rejoin)
		c->group.revoke_by_us = c->now.us + gw_ms(SETTLE_MS);
	c->group.rejoin = true;
	c->again = true;
}

void
gw_group_give_up(struct gw_client *c, int code, const char *doing)
{
	int own = code == GW_K_FENCED_INSTANCE_ID ? GW_EFENCED : code;

	c->group.fatal = own;
	c->group.state = GW_GROUP_NONE;
	gw_consumer_fail(c, own, "%s group %s: %s", doing, c->group.id, gw_strerror(code));
	(void)gw_event_error(c, -1, false, own, "%s", c->consumer.err.msg);
	gw_group_revoke(c, "this member is out of the group");
}

void
gw_group_polled(struct gw_client *c)
{
	c->group.polled_us = c->now.us;
	if (!c->group.stalled)
		return;
	c->group.stalled = false;
	c->group.state = GW_GROUP_JOINING;
	c->again = true;
}

static bool
has_topic(const struct gw_client *c, const struct gw_topic *topic)
{
	for (const struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		if (t->topic == topic)
			return true;
	return false;
}

static int
add_topic(struct gw_client *c, const char *name)
{
	struct gw_topic *topic = gw_cluster_topic(c, gw_str(name));
	struct gw_group_topic *t;

	if (topic == NULL)
		return GW_ENOMEM;
	if (has_topic(c, topic))
		return 0;
	t = gw_alloc_zero(c->env->alloc, 1, sizeof(*t));
	if (t == NULL)
		return GW_ENOMEM;
	t->topic = topic;
	t->next = c->group.topics;
	c->group.topics = t;
	gw_cluster_use_topic(c, topic, true);
	if (c->group.state == GW_GROUP_NONE)
		c->group.state = GW_GROUP_JOINING;
	else
		gw_group_rejoin(c, false);
	return 0;
}

int
gw_subscribe(struct gw_client *c, const char *topic, const char *group)
{
	const char *id = group != NULL ? group : gw_group_id(c);
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
	if (c->group.id == NULL) {
		c->group.id = gw_alloc_str(c->env->alloc, gw_str(id));
		if (c->group.id == NULL)
			return gw_client_fail(
			    c, GW_ENOMEM, "gw_subscribe: %s", gw_strerror(GW_ENOMEM));
	}
	rc = add_topic(c, topic);
	if (rc != 0)
		return gw_client_fail(c, rc, "gw_subscribe: %s", gw_strerror(rc));
	c->group.subscribed = true;
	c->group.polled_us = c->now.us;
	return 0;
}

/* ---- heartbeats ---- */

static void
beat_refused(struct gw_client *c, int code)
{
	switch (code) {
	case GW_K_REBALANCE_IN_PROGRESS:
		gw_group_rejoin(c, false);
		break;
	case GW_K_UNKNOWN_MEMBER_ID:
		(void)gw_group_set_member(c, (struct gw_slice){ NULL, 0 });
		gw_group_rejoin(c, true);
		break;
	case GW_K_ILLEGAL_GENERATION:
		gw_group_rejoin(c, true);
		break;
	case GW_K_COORDINATOR_NOT_AVAILABLE:
	case GW_K_NOT_COORDINATOR:
		gw_cluster_coordinator_lost(c, c->group.id);
		break;
	default:
		if (!gw_err_retriable(code))
			gw_group_give_up(c, code, "heartbeat to");
	}
}

static void
beat_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_heartbeat_response *r = reply->body;

	(void)owner;
	c->group.heartbeat_out = false;
	if (r == NULL) {
		gw_cluster_coordinator_lost(c, c->group.id);
		c->group.heartbeat_at_us = c->now.us;
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (c->group.state != GW_GROUP_STABLE)
		return;
	if (r->error_code == 0)
		c->group.heard_us = c->now.us;
	else
		beat_refused(c, r->error_code);
}

static void
beat(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_heartbeat_request rq = { .group_id = gw_str(c->group.id),
	    .generation_id = c->group.generation, .member_id = gw_str(c->group.member_id) };
	struct gw_send_spec spec = { .key = GW_API_HEARTBEAT, .handler = { beat_done, &c->group },
	    .timeout_us = gw_ms(gw_earlier(c->cfg.session_timeout_ms, c->cfg.request_timeout_ms)) };
	int version = gw_conn_version(conn, GW_API_HEARTBEAT, &c->err);

	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (version >= 3 && c->cfg.group_instance_id[0] != '\0')
		rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	c->group.heartbeat_at_us = c->now.us + gw_ms(c->cfg.heartbeat_interval_ms);
	if (gw_conn_send(conn, &spec, &rq, &c->err) == 0)
		c->group.heartbeat_out = true;
}

/* ---- leaving ---- */

static void
leave_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	(void)owner;
	(void)reply;
	c->group.leave_out = false;
	c->group.left = c->group.leaving;
	(void)gw_group_set_member(c, (struct gw_slice){ NULL, 0 });
}

/* On the general connection: the other one may be held up by a JoinGroup. */
static void
send_leave(struct gw_client *c, struct gw_broker *b, const char *reason)
{
	struct gw_leave_group_member_identity me = { .member_id = gw_str(c->group.member_id),
	    .reason = gw_str(reason) };
	struct gw_leave_group_request rq = { .group_id = gw_str(c->group.id) };
	struct gw_send_spec spec = { .key = GW_API_LEAVE_GROUP,
		.handler = { leave_done, &c->group } };
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	int version;

	if (!gw_conn_want(conn))
		return;
	version = gw_conn_version(conn, GW_API_LEAVE_GROUP, &c->err);
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (version >= 3) {
		rq.members = &me;
		rq.n_members = 1;
	} else {
		rq.member_id = me.member_id;
	}
	if (gw_conn_send(conn, &spec, &rq, &c->err) == 0)
		c->group.leave_out = true;
	else
		c->group.left = true;
}

void
gw_group_leave(struct gw_client *c)
{
	c->group.leaving = true;
	c->group.rejoin = false;
}

bool
gw_group_left(const struct gw_client *c)
{
	const struct gw_group *g = &c->group;

	if (gw_commits_pending(c))
		return false;
	return !g->subscribed || g->left || g->fatal != 0 || g->member_id == NULL ||
	    c->cfg.group_instance_id[0] != '\0';
}

static void
leave_step(struct gw_client *c)
{
	struct gw_broker *b;
	int fatal;

	if (c->group.leave_out || gw_group_left(c) || gw_commits_pending(c))
		return;
	b = gw_cluster_coordinator(c, c->group.id, &fatal);
	if (b != NULL)
		send_leave(c, b, "the consumer is closing");
	else if (fatal != 0)
		c->group.left = true;
}

/* The application does not fetch: somebody else may have its partitions. */
static void
stall(struct gw_client *c, struct gw_broker *b)
{
	(void)gw_event_error(c, -1, true, GW_ETIMEOUT, "gw_fetch() was not called for "
	    "max.poll.interval.ms=%lld; left group %s, the next gw_fetch() joins again",
	    (long long)c->cfg.max_poll_interval_ms, c->group.id);
	gw_group_revoke(c, "this member left the group");
	c->group.stalled = true;
	c->group.rejoin = false;
	c->group.state = GW_GROUP_NONE;
	send_leave(c, b, "max.poll.interval.ms was exceeded");
}

/* ---- one turn ---- */

uint64_t
gw_group_topics_hash(const struct gw_client *c)
{
	uint64_t h = 1;

	for (const struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		h = h * 1000003u + (uint64_t)t->topic->n_partitions;
	return h;
}

static void
stable_step(struct gw_client *c, struct gw_broker *b, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	int64_t stall_at = g->polled_us + gw_ms(c->cfg.max_poll_interval_ms);

	if (g->is_leader && g->topics_hash != gw_group_topics_hash(c))
		gw_group_rejoin(c, false);
	if (g->rejoin) {
		gw_wake(c, g->revoke_by_us);
		if (!gw_commits_pending(c) || g->revoke_by_us <= c->now.us)
			join_now(c, "the group rebalances");
		return;
	}
	if (stall_at <= c->now.us) {
		stall(c, b);
		return;
	}
	gw_wake(c, stall_at);
	if (g->heartbeat_out)
		return;
	if (g->heartbeat_at_us > c->now.us)
		gw_wake(c, g->heartbeat_at_us);
	else if (gw_conn_want(conn))
		beat(c, conn);
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
	if (g->retry_at_us > c->now.us) {
		gw_wake(c, g->retry_at_us);
		return;
	}
	b = gw_cluster_coordinator(c, g->id, &fatal);
	if (fatal != 0)
		gw_group_give_up(c, fatal, "finding the coordinator of");
	else if (b != NULL && g->state == GW_GROUP_STABLE)
		stable_step(c, b, &b->conns[GW_ROLE_GROUP]);
	else if (b != NULL && !g->under_way && !g->leave_out &&
		 gw_conn_want(&b->conns[GW_ROLE_GROUP]))
		gw_group_join_step(c, &b->conns[GW_ROLE_GROUP]);
}
