/* SPDX-License-Identifier: MIT
 *
 * client/group_classic.c - a member of a generation by the classic protocol: heartbeats, giving
 * back, leaving.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_leave_group.h"

#define SETTLE_MS	5000	/* at most so long do commits hold up a rebalance */

bool
gw_classic_is_cooperative(const struct gw_client *c)
{
	return c->cfg.n_strategies == 1 &&
	    c->cfg.strategies[0] == GW_STRATEGY_COOPERATIVE_STICKY;
}

static void
join_now(struct gw_client *c, const char *why)
{
	if (why != NULL)
		gw_group_revoke(c, why);
	c->group.rejoin = c->group.moving = false;
	c->group.state = GW_GROUP_JOINING;
	c->again = true;
}

void
gw_group_rejoin(struct gw_client *c, bool lost)
{
	if (lost) {
		join_now(c, "the group took the partition away");
		return;
	}
	if (gw_classic_is_cooperative(c)) {
		join_now(c, NULL);
		return;
	}
	if (c->group.state != GW_GROUP_STABLE) {
		join_now(c, "the group rebalances");
		return;
	}
	if (!c->group.rejoin)
		c->group.revoke_by_us = c->now.us + gw_ms(SETTLE_MS);
	c->group.rejoin = true;
	c->again = true;
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
		gw_group_forgotten(c);
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
			gw_group_give_up(c, code, "heartbeat to", (struct gw_slice){ NULL, 0 });
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
	if (c->group.state == GW_GROUP_STABLE && r->error_code != 0)
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
void
gw_classic_leave(struct gw_client *c, struct gw_broker *b, const char *reason)
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

/* ---- one turn ---- */

/* What the generation gave is taken; what it took is given back, and then may go to others. */
static void
move(struct gw_client *c)
{
	bool revoked = false;

	if (!gw_group_target_reach(c, &revoked))
		return;
	c->group.owned_generation = c->group.generation;
	if (revoked)
		gw_group_rejoin(c, false);
}

static void
stable_step(struct gw_client *c, struct gw_broker *b, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	int64_t stall_at = gw_group_stalls_at(c);

	if (g->is_leader && g->topics_hash != gw_group_topics_hash(c)) {
		g->topics_hash = gw_group_topics_hash(c);
		gw_group_rejoin(c, false);
	}
	if (g->rejoin) {
		gw_wake(c, g->revoke_by_us);
		if (!gw_commits_pending(c) || g->revoke_by_us <= c->now.us)
			join_now(c, "the group rebalances");
		return;
	}
	if (stall_at <= c->now.us) {
		gw_group_stall(c);
		gw_classic_leave(c, b, "max.poll.interval.ms was exceeded");
		return;
	}
	gw_wake(c, stall_at);
	if (g->moving)
		move(c);
	if (g->heartbeat_out || g->state != GW_GROUP_STABLE)
		return;
	if (g->heartbeat_at_us > c->now.us)
		gw_wake(c, g->heartbeat_at_us);
	else if (gw_conn_want(conn))
		beat(c, conn);
}

void
gw_classic_step(struct gw_client *c, struct gw_broker *b)
{
	struct gw_group *g = &c->group;
	struct gw_conn *conn = &b->conns[GW_ROLE_GROUP];

	if (g->state == GW_GROUP_STABLE)
		stable_step(c, b, conn);
	else if (g->pattern != NULL && !g->looked_up)
		gw_group_look_up(c);
	else if (!g->under_way && !g->leave_out && gw_conn_want(conn))
		gw_group_join_step(c, conn);
}
