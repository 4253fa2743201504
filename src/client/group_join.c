/* SPDX-License-Identifier: MIT
 *
 * client/group_join.c - making a generation: JoinGroup, the leader's assignment, SyncGroup.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/assignor.h"
#include "client/internal.h"
#include "wire/msg_group_protocol.h"
#include "wire/msg_join_group.h"
#include "wire/msg_sync_group.h"

#define PROTOCOL_TYPE	"consumer"
#define RANGE		"range"
#define JOIN_SLACK_MS	5000	/* JoinGroup answers when the slowest member did, plus this */

/* What every answer here may say. */
static void
refused(struct gw_client *c, int code, const char *doing)
{
	switch (code) {
	case GW_K_UNKNOWN_MEMBER_ID:
		(void)gw_group_set_member(c, (struct gw_slice){ NULL, 0 });
		gw_group_rejoin(c, true);
		return;
	case GW_K_ILLEGAL_GENERATION:
	case GW_K_REBALANCE_IN_PROGRESS:
		gw_group_rejoin(c, true);
		return;
	case GW_K_COORDINATOR_NOT_AVAILABLE:
	case GW_K_NOT_COORDINATOR:
		gw_cluster_coordinator_lost(c, c->group.id);
		break;
	default:
		if (!gw_err_retriable(code)) {
			gw_group_give_up(c, code, doing);
			return;
		}
	}
	gw_group_rejoin(c, true);
	gw_group_retry_later(c);
}

static void
lost(struct gw_client *c)
{
	gw_cluster_coordinator_lost(c, c->group.id);
	gw_group_rejoin(c, true);
	gw_group_retry_later(c);
}

/* ---- JoinGroup ---- */

/* The leader needs the members' subscriptions until the topics' partitions are known. */
static int
keep_answer(struct gw_client *c, const struct gw_reply *reply)
{
	struct gw_group *g = &c->group;

	gw_buf_fini(&g->join_frame);
	g->join_version = reply->version;
	return gw_conn_take_frame(reply->conn, &g->join_frame, &g->join_bytes);
}

static void
joined(struct gw_client *c, const struct gw_join_group_response *r, const struct gw_reply *reply)
{
	struct gw_group *g = &c->group;

	g->generation = r->generation_id;
	g->is_leader = gw_slice_eq(r->leader, r->member_id);
	if (gw_group_set_member(c, r->member_id) != 0 ||
	    (g->is_leader && keep_answer(c, reply) != 0)) {
		(void)gw_client_fail(
		    c, GW_ENOMEM, "joining group %s: %s", g->id, gw_strerror(GW_ENOMEM));
		gw_group_retry_later(c);
		return;
	}
	g->state = GW_GROUP_SYNCING;
	g->n_errors = 0;
}

static void
join_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_join_group_response *r = reply->body;
	struct gw_group *g = owner;

	g->under_way = false;
	if (g->state != GW_GROUP_JOINING || g->leaving)
		return;
	if (r == NULL) {
		lost(c);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	g->heard_us = c->now.us;
	if (r->error_code == 0)
		joined(c, r, reply);
	else if (r->error_code != GW_K_MEMBER_ID_REQUIRED)
		refused(c, r->error_code, "joining");
	else if (gw_group_set_member(c, r->member_id) != 0)
		gw_group_retry_later(c);
}

/* 0, GW_ENOMEM or GW_E* of the codec. */
static int
encode_subscription(struct gw_client *c)
{
	struct gw_consumer_protocol_subscription s = { .generation_id = -1 };
	struct gw_group_topic *t;
	size_t n = 0;

	for (t = c->group.topics; t != NULL; t = t->next)
		n++;
	s.topics = gw_arena_zero(&c->scratch, n + 1, sizeof(*s.topics));
	if (s.topics == NULL)
		return GW_ENOMEM;
	for (t = c->group.topics; t != NULL; t = t->next)
		s.topics[s.n_topics++] = (struct gw_slice){ t->topic->name, t->topic->name_len };
	gw_buf_clear(&c->group.blob);
	return gw_visit_encode(
	    &c->group.blob, gw_consumer_protocol_subscription_visit, &s, 0, false, &c->err);
}

static void
send_join(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	struct gw_join_group_protocol protocol = { .name = GW_LIT(RANGE) };
	struct gw_join_group_request rq = { .group_id = gw_str(g->id),
	    .session_timeout_ms = (int32_t)c->cfg.session_timeout_ms,
	    .rebalance_timeout_ms = (int32_t)c->cfg.max_poll_interval_ms,
	    .member_id = gw_str(g->member_id == NULL ? "" : g->member_id),
	    .protocol_type = GW_LIT(PROTOCOL_TYPE), .protocols = &protocol, .n_protocols = 1 };
	struct gw_send_spec spec = { .key = GW_API_JOIN_GROUP, .handler = { join_done, g },
	    .timeout_us = gw_ms(c->cfg.max_poll_interval_ms + JOIN_SLACK_MS) };
	int version = gw_conn_version(conn, GW_API_JOIN_GROUP, &c->err), rc;

	if (version == GW_EUNSUPPORTED)
		gw_group_give_up(c, version, "joining");
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (c->cfg.group_instance_id[0] != '\0') {
		if (version < 5) {
			gw_group_give_up(c, GW_EUNSUPPORTED,
			    "group.instance.id needs a broker from 2.3 on; "
			    "joining");
			return;
		}
		rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	}
	gw_arena_reset(&c->scratch);
	rc = encode_subscription(c);
	protocol.metadata = gw_buf_slice(&g->blob);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		gw_group_retry_later(c);
	else
		g->under_way = true;
}

/* ---- the assignment as the leader makes it ---- */

static int32_t
n_partitions(void *ctx, struct gw_slice topic)
{
	const struct gw_topic *t = gw_cluster_find_topic(ctx, topic);

	return t == NULL || !t->known ? 0 : t->n_partitions;
}

/* Partitions of all members' topics, as far as they exist. GW_EAGAIN: metadata is on its way. */
static int
need_topics(struct gw_client *c, const struct gw_assignee *m)
{
	int rc = 0;

	for (size_t i = 0; i < m->n_topics; i++) {
		struct gw_topic *t = gw_cluster_topic(c, m->topics[i]);

		if (t == NULL)
			return GW_ENOMEM;
		if (t->n_users == 0)
			gw_cluster_use_topic(c, t, false);
		if (!t->known && t->n_errors == 0)
			rc = GW_EAGAIN;
	}
	return rc;
}

static int
read_members(
    struct gw_client *c, const struct gw_join_group_response *r, struct gw_assignee *members)
{
	int rc = 0;

	for (size_t i = 0; i < r->n_members; i++) {
		struct gw_consumer_protocol_subscription s = { .n_topics = 0 };
		int one;

		/* A member that nobody can read gets nothing; the others must not suffer. */
		if (gw_visit_decode(r->members[i].metadata, gw_consumer_protocol_subscription_visit,
			&s, 0, false, &c->frame_arena, NULL) != 0)
			s.n_topics = 0;
		members[i] = (struct gw_assignee){ .member_id = r->members[i].member_id,
		    .instance_id = r->members[i].group_instance_id, .topics = s.topics,
		    .n_topics = s.n_topics };
		one = need_topics(c, &members[i]);
		if (one != 0)
			rc = one;
	}
	return rc;
}

/* Append one member's assignment to the blob; *at is where it begins. */
static int
encode_assignment(struct gw_client *c, const struct gw_assignee *m, size_t *at)
{
	struct gw_consumer_protocol_assignment a = { .user_data = { NULL, 0 } };

	*at = c->group.blob.len;
	a.assigned_partitions =
	    gw_arena_zero(&c->scratch, m->n_shares + 1, sizeof(*a.assigned_partitions));
	if (a.assigned_partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < m->n_shares; i++) {
		int32_t *p = gw_arena_zero(&c->scratch, (size_t)m->shares[i].n, sizeof(*p));

		if (p == NULL)
			return GW_ENOMEM;
		for (int32_t j = 0; j < m->shares[i].n; j++)
			p[j] = m->shares[i].first + j;
		a.assigned_partitions[a.n_assigned_partitions++] =
		    (struct gw_consumer_protocol_topic_partition){ .topic = m->shares[i].topic,
			    .partitions = p,
			    .n_partitions = (size_t)m->shares[i].n };
	}
	return gw_visit_encode(
	    &c->group.blob, gw_consumer_protocol_assignment_visit, &a, 0, false, &c->err);
}

/* The members' assignments, in the scratch arena and the blob. */
static int
assign(struct gw_client *c, struct gw_sync_group_request *rq)
{
	struct gw_group *g = &c->group;
	struct gw_join_group_response *r;
	struct gw_assignee *members;
	void *body;
	size_t *at;
	int32_t id;
	int rc;

	gw_arena_reset(&c->frame_arena);
	rc = gw_response_decode(g->join_bytes, GW_API_JOIN_GROUP, g->join_version, &c->frame_arena,
	    &id, &body, &c->err);
	if (rc != 0)
		return rc;
	r = body;
	members = gw_arena_zero(&c->scratch, r->n_members + 1, sizeof(*members));
	at = gw_arena_zero(&c->scratch, r->n_members + 1, sizeof(*at));
	rq->assignments = gw_arena_zero(&c->scratch, r->n_members + 1, sizeof(*rq->assignments));
	if (members == NULL || at == NULL || rq->assignments == NULL)
		return GW_ENOMEM;
	rc = read_members(c, r, members);
	if (rc == 0)
		rc = gw_assign_range(members, r->n_members, &c->scratch, n_partitions, c);
	gw_buf_clear(&g->blob);
	for (size_t i = 0; i < r->n_members && rc == 0; i++)
		rc = encode_assignment(c, &members[i], &at[i]);
	if (rc != 0)
		return rc;
	at[r->n_members] = g->blob.len;
	/* Only now: the blob moved while it grew. */
	for (size_t i = 0; i < r->n_members; i++)
		rq->assignments[i] = (struct gw_sync_group_assignment){
		    .member_id = members[i].member_id,
		    .assignment = { (const char *)g->blob.ptr + at[i], at[i + 1] - at[i] } };
	rq->n_assignments = r->n_members;
	return 0;
}

/* ---- SyncGroup ---- */

static int
take_partitions(struct gw_client *c, const struct gw_consumer_protocol_topic_partition *tp)
{
	struct gw_topic *t = gw_cluster_topic(c, tp->topic);

	if (t == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < tp->n_partitions; i++) {
		struct gw_cpart *p = gw_cpart_get(c, t, tp->partitions[i]);
		struct gw_event ev = { .type = GW_EVENT_ASSIGNED, .partition = tp->partitions[i],
		    .offset = -1, .topic = { t->name, t->name_len }, .broker = -1 };

		if (p == NULL)
			return GW_ENOMEM;
		gw_cpart_assign(c, p, GW_OFFSET_COMMITTED);
		gw_event_put(c, &ev);
	}
	return 0;
}

static void
synced(struct gw_client *c, struct gw_slice assignment)
{
	struct gw_consumer_protocol_assignment a = { .n_assigned_partitions = 0 };
	struct gw_group *g = &c->group;
	int rc = 0;

	if (assignment.len > 0)
		rc = gw_visit_decode(assignment, gw_consumer_protocol_assignment_visit, &a, 0,
		    false, &c->frame_arena, &c->err);
	for (size_t i = 0; i < a.n_assigned_partitions && rc == 0; i++)
		rc = take_partitions(c, &a.assigned_partitions[i]);
	if (rc != 0) {
		(void)gw_event_error(c, -1, true, rc, "assignment of group %s: %s; joining again",
		    g->id, gw_strerror(rc));
		gw_group_rejoin(c, true);
		gw_group_retry_later(c);
		return;
	}
	g->state = GW_GROUP_STABLE;
	g->n_errors = 0;
	g->heartbeat_at_us = c->now.us + gw_ms(c->cfg.heartbeat_interval_ms);
	gw_buf_fini(&g->join_frame);
}

static void
sync_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_sync_group_response *r = reply->body;
	struct gw_group *g = owner;

	g->under_way = false;
	if (g->state != GW_GROUP_SYNCING || g->leaving)
		return;
	if (r == NULL) {
		lost(c);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	g->heard_us = c->now.us;
	if (r->error_code == 0)
		synced(c, r->assignment);
	else
		refused(c, r->error_code, "syncing with");
}

static void
send_sync(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	struct gw_sync_group_request rq = { .group_id = gw_str(g->id),
		.generation_id = g->generation,
		.member_id = gw_str(g->member_id),
		.protocol_type = GW_LIT(PROTOCOL_TYPE),
		.protocol_name = GW_LIT(RANGE) };
	struct gw_send_spec spec = { .key = GW_API_SYNC_GROUP, .handler = { sync_done, g },
	    .timeout_us = gw_ms(c->cfg.max_poll_interval_ms + JOIN_SLACK_MS) };
	int version = gw_conn_version(conn, GW_API_SYNC_GROUP, &c->err), rc = 0;

	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (version >= 3 && c->cfg.group_instance_id[0] != '\0')
		rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	gw_arena_reset(&c->scratch);
	if (g->is_leader)
		rc = assign(c, &rq);
	if (rc == GW_EAGAIN)
		return;		/* metadata is asked for; its answer takes us here again */
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc == 0) {
		g->under_way = true;
		g->topics_hash = gw_group_topics_hash(c);
		return;
	}
	(void)gw_event_error(c, conn->node_id, true, rc, "assignment for group %s: %s; tried again",
	    g->id, gw_strerror(rc));
	gw_group_retry_later(c);
}

void
gw_group_join_step(struct gw_client *c, struct gw_conn *conn)
{
	if (c->group.state == GW_GROUP_JOINING)
		send_join(c, conn);
	else
		send_sync(c, conn);
}
