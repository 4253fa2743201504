/* SPDX-License-Identifier: MIT
 *
 * client/group_join.c - making a generation: JoinGroup, the leader's assignment, SyncGroup.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/assignor.h"
#include "client/internal.h"
#include "wire/bytes.h"
#include "wire/msg_group_protocol.h"
#include "wire/msg_join_group.h"
#include "wire/msg_sync_group.h"

#define PROTOCOL_TYPE	"consumer"
#define JOIN_SLACK_MS	5000	/* JoinGroup answers when the slowest member did, plus this */
#define JOIN_HELD_MS	4000	/* which mostly is sooner */
#define RANGE_VERSION	0	/* of its subscription: enough, and everybody reads it */
#define STICKY_VERSION	3
#define NEWEST_VERSION	3

/* By enum gw_strategy. */
static const char *const strategy_names[GW_STRATEGIES] = { "range", "cooperative-sticky" };

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
		gw_group_rejoin(c, true);
		return;
	case GW_K_REBALANCE_IN_PROGRESS:
		gw_group_rejoin(c, false);
		return;
	case GW_K_COORDINATOR_NOT_AVAILABLE:
	case GW_K_NOT_COORDINATOR:
		gw_cluster_coordinator_lost(c, c->group.id);
		break;
	default:
		if (!gw_err_retriable(code)) {
			gw_group_give_up(c, code, doing, (struct gw_slice){ NULL, 0 });
			return;
		}
	}
	gw_group_rejoin(c, false);
	gw_group_retry_later(c);
}

static void
lost(struct gw_client *c)
{
	gw_cluster_coordinator_lost(c, c->group.id);
	gw_group_rejoin(c, false);
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

/* Brokers to 2.3 may leave the name away where there is just one. */
static enum gw_strategy
strategy_of(const struct gw_client *c, struct gw_slice name)
{
	for (size_t i = 0; i < c->cfg.n_strategies; i++)
		if (gw_slice_is(name, strategy_names[c->cfg.strategies[i]]))
			return c->cfg.strategies[i];
	return c->cfg.strategies[0];
}

static void
joined(struct gw_client *c, const struct gw_join_group_response *r, const struct gw_reply *reply)
{
	struct gw_group *g = &c->group;

	g->strategy = strategy_of(c, r->protocol_name);
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
	if (r->error_code == 0)
		joined(c, r, reply);
	else if (r->error_code != GW_K_MEMBER_ID_REQUIRED)
		refused(c, r->error_code, "joining");
	else if (gw_group_set_member(c, r->member_id) != 0)
		gw_group_retry_later(c);
}

/* What a cooperative member still owns. */
static int
list_owned(struct gw_client *c, struct gw_consumer_protocol_subscription *s)
{
	size_t n;
	const struct gw_owned *owned = gw_group_owned(c, &n);

	s->owned_partitions = gw_arena_zero(&c->scratch, n + 1, sizeof(*s->owned_partitions));
	if (owned == NULL || s->owned_partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		s->owned_partitions[i] = (struct gw_consumer_protocol_topic_partition){
			.topic = { owned[i].topic->name, owned[i].topic->name_len },
			.partitions = owned[i].partitions, .n_partitions = owned[i].n };
	s->n_owned_partitions = n;
	return 0;
}

/* Append the subscription for one strategy to the blob. 0, GW_ENOMEM or GW_E* of the codec. */
static int
encode_subscription(struct gw_client *c, enum gw_strategy strategy)
{
	struct gw_consumer_protocol_subscription s = { .generation_id = -1 };
	bool sticky = strategy == GW_STRATEGY_COOPERATIVE_STICKY;
	uint8_t generation[4];
	size_t n = 0;

	for (struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		n++;
	s.topics = gw_arena_zero(&c->scratch, n + 1, sizeof(*s.topics));
	if (s.topics == NULL)
		return GW_ENOMEM;
	for (struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		s.topics[s.n_topics++] = (struct gw_slice){ t->topic->name, t->topic->name_len };
	if (sticky) {
		/* Leaders of before KIP-792 read the generation from the user data. */
		gw_be32_put(generation, (uint32_t)c->group.owned_generation);
		s.user_data = (struct gw_slice){ (const char *)generation, sizeof(generation) };
		s.generation_id = c->group.owned_generation;
		if (c->cfg.client_rack[0] != '\0')
			s.rack_id = gw_str(c->cfg.client_rack);
		if (list_owned(c, &s) != 0)
			return GW_ENOMEM;
	}
	return gw_visit_encode(&c->group.blob, gw_consumer_protocol_subscription_visit, &s,
	    sticky ? STICKY_VERSION : RANGE_VERSION, false, &c->err);
}

static int
list_protocols(struct gw_client *c, struct gw_join_group_protocol *protocols)
{
	size_t at[GW_STRATEGIES + 1] = { 0 };
	struct gw_buf *blob = &c->group.blob;
	int rc = 0;

	gw_buf_clear(blob);
	for (size_t i = 0; i < c->cfg.n_strategies && rc == 0; i++) {
		rc = encode_subscription(c, c->cfg.strategies[i]);
		at[i + 1] = blob->len;
	}
	/* Only now: the blob moved while it grew. */
	for (size_t i = 0; i < c->cfg.n_strategies && rc == 0; i++)
		protocols[i] = (struct gw_join_group_protocol){
		    .name = gw_str(strategy_names[c->cfg.strategies[i]]),
		    .metadata = { (const char *)blob->ptr + at[i], at[i + 1] - at[i] } };
	return rc;
}

static void
send_join(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	struct gw_join_group_protocol protocols[GW_STRATEGIES];
	struct gw_join_group_request rq = { .group_id = gw_str(g->id),
	    .session_timeout_ms = (int32_t)c->cfg.session_timeout_ms,
	    .rebalance_timeout_ms = (int32_t)c->cfg.max_poll_interval_ms,
	    .member_id = gw_str(g->member_id == NULL ? "" : g->member_id),
	    .protocol_type = GW_LIT(PROTOCOL_TYPE), .protocols = protocols,
	    .n_protocols = c->cfg.n_strategies };
	struct gw_send_spec spec = { .key = GW_API_JOIN_GROUP, .handler = { join_done, g },
	    .timeout_us = gw_ms(c->cfg.max_poll_interval_ms + JOIN_SLACK_MS),
	    .held_us = gw_ms(JOIN_HELD_MS) };
	int version = gw_conn_version(conn, GW_API_JOIN_GROUP, &c->err), rc;

	if (version == GW_EUNSUPPORTED)
		gw_group_give_up(c, version, "joining", (struct gw_slice){ NULL, 0 });
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (c->cfg.group_instance_id[0] != '\0') {
		if (version < 5) {
			gw_group_give_up(c, GW_EUNSUPPORTED,
			    "group.instance.id needs a broker from 2.3 on; "
			    "joining", (struct gw_slice){ NULL, 0 });
			return;
		}
		rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	}
	gw_arena_reset(&c->scratch);
	rc = list_protocols(c, protocols);
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

/* What a member says that it owns. */
static int
list_claims(struct gw_client *c, struct gw_assignee *m,
    const struct gw_consumer_protocol_subscription *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_owned_partitions; i++)
		n += s->owned_partitions[i].n_partitions;
	m->owned = gw_arena_zero(&c->scratch, n + 1, sizeof(*m->owned));
	if (m->owned == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < s->n_owned_partitions; i++)
		for (size_t j = 0; j < s->owned_partitions[i].n_partitions; j++)
			m->owned[m->n_owned++] = (struct gw_share){ s->owned_partitions[i].topic,
			    s->owned_partitions[i].partitions[j], 1 };
	return 0;
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
			&s, NEWEST_VERSION, false, &c->frame_arena, NULL) != 0)
			s = (struct gw_consumer_protocol_subscription){ .generation_id = -1 };
		if (s.generation_id < 0 && s.user_data.len == 4)
			s.generation_id =
			    (int32_t)gw_be32((const uint8_t *)s.user_data.ptr);
		members[i] = (struct gw_assignee){ .member_id = r->members[i].member_id,
		    .instance_id = r->members[i].group_instance_id, .topics = s.topics,
		    .n_topics = s.n_topics, .generation = s.generation_id };
		one = list_claims(c, &members[i], &s);
		if (one != 0)
			return one;
		one = need_topics(c, &members[i]);
		if (one != 0)
			rc = one;
	}
	return rc;
}

/* Append one member's assignment to the blob; *at is where it begins. Each topic is named once. */
static int
encode_assignment(struct gw_client *c, const struct gw_assignee *m, size_t *at)
{
	struct gw_consumer_protocol_assignment a = { .user_data = { NULL, 0 } };
	struct gw_consumer_protocol_topic_partition *d = NULL;
	size_t n = 0;
	int32_t *index;

	*at = c->group.blob.len;
	for (size_t i = 0; i < m->n_shares; i++)
		n += (size_t)m->shares[i].n;
	a.assigned_partitions =
	    gw_arena_zero(&c->scratch, m->n_shares + 1, sizeof(*a.assigned_partitions));
	index = gw_arena_zero(&c->scratch, n + 1, sizeof(*index));
	if (a.assigned_partitions == NULL || index == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < m->n_shares; i++) {
		const struct gw_share *s = &m->shares[i];

		if (d == NULL || !gw_slice_eq(d->topic, s->topic)) {
			d = &a.assigned_partitions[a.n_assigned_partitions++];
			d->topic = s->topic;
			d->partitions = index;
		}
		for (int32_t j = 0; j < s->n; j++)
			d->partitions[d->n_partitions++] = s->first + j;
		index += s->n;
	}
	return gw_visit_encode(
	    &c->group.blob, gw_consumer_protocol_assignment_visit, &a, 0, false, &c->err);
}

/* The members' assignments, in the scratch arena and the blob. */
static int
assign(struct gw_client *c, struct gw_sync_group_request *rq)
{
	static gw_assign_fn *const strategies[GW_STRATEGIES] = { gw_assign_range,
		gw_assign_cooperative_sticky };
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
		rc = strategies[g->strategy](members, r->n_members, &c->scratch, n_partitions, c);
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
	int rc = t == NULL ? GW_ENOMEM : 0;

	for (size_t i = 0; i < tp->n_partitions && rc == 0; i++)
		rc = gw_group_target_add(c, t, tp->partitions[i]);
	return rc;
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
	gw_group_target_begin(c);
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
		.protocol_name = gw_str(strategy_names[g->strategy]) };
	struct gw_send_spec spec = { .key = GW_API_SYNC_GROUP, .handler = { sync_done, g },
	    .timeout_us = gw_ms(c->cfg.max_poll_interval_ms + JOIN_SLACK_MS),
	    .held_us = gw_ms(JOIN_HELD_MS) };
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
