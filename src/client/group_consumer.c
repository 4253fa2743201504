/* SPDX-License-Identifier: MIT
 *
 * client/group_consumer.c - a member of a KIP-848 group: one request tells the coordinator what
 * changed here and brings what the coordinator wants.
 * Source: ConsumerGroupHeartbeat*.json; KIP-848, KIP-1082; consumer-rebalance-protocol.md,
 * AbstractMembershipManager.java and ConsumerHeartbeatRequestManager.java (Apache Kafka 4.3.1).
 *
 * A field that did not change is null. After an answer that did not come, everything is told again,
 * as nobody knows what the coordinator took.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "client/internal.h"
#include "wire/msg_consumer_group_heartbeat.h"

#define JOIN_EPOCH		0
#define LEAVE_EPOCH		(-1)
#define LEAVE_STATIC_EPOCH	(-2)	/* it will be back */
#define PATTERN_MIN		1	/* version */
#define EAGER_MS		250	/* who got nothing yet asks sooner, at first */

static const struct gw_slice nothing = { NULL, 0 };

void
gw_consumer_protocol_begin(struct gw_client *c)
{
	struct gw_group *g = &c->group;

	g->generation = JOIN_EPOCH;
	g->state = GW_GROUP_JOINING;
	g->life++;
	g->tell_all = true;
	g->moving = g->told_less = false;
	g->n_unnamed = 0;
	g->eager_ms = EAGER_MS;
	gw_buf_clear(&g->given);
	c->again = true;
}

void
gw_consumer_protocol_hurry(struct gw_client *c, bool topics)
{
	c->group.tell_topics |= topics;
	c->group.heartbeat_at_us = c->now.us;
	c->again = true;
}

/* A name for this membership that nobody else has (KIP-1082). It stays through fencing. */
static int
make_member_id(struct gw_client *c)
{
	uint8_t b[16];
	char text[37];

	if (c->group.member_id != NULL)
		return 0;
	if (gw_env_random(c->env, b, sizeof(b)) != 0)
		for (size_t i = 0; i < sizeof(b); i++)
			b[i] = (uint8_t)gw_rng_below(&c->env->rng, 256);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[at++] = '-';
		(void)snprintf(text + at, sizeof(text) - at, "%02x", b[i]);
		at += 2;
	}
	return gw_group_set_member(c, gw_str(text));
}

/* ---- what was given ---- */

static struct gw_topic *
topic_by_id(const struct gw_client *c, const struct gw_uuid *id)
{
	struct gw_topic *t = c->cluster.topics;

	while (t != NULL && memcmp(&t->id, id, sizeof(*id)) != 0)
		t = t->next;
	return t;
}

/* From ids to partitions, as far as the ids are known. 0 or GW_ENOMEM. */
static int
name_given(struct gw_client *c)
{
	struct gw_group *g = &c->group;
	size_t n = g->given.len / sizeof(struct gw_given), n_unnamed = 0;
	int rc = 0;

	gw_group_target_begin(c);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct gw_given given;
		struct gw_topic *t;

		memcpy(&given, g->given.ptr + i * sizeof(given), sizeof(given));
		t = topic_by_id(c, &given.topic_id);
		if (t == NULL)
			n_unnamed++;
		else
			rc = gw_group_target_add(c, t, given.partition);
	}
	g->n_unnamed = n_unnamed;
	g->named_seq = c->cluster.metadata_seq;
	if (n_unnamed > 0) {
		gw_cluster_refresh_ids(c);	/* one that was made anew has another id */
		gw_group_look_up(c);
	}
	return rc;
}

static int
take_assignment(struct gw_client *c, const struct gw_consumer_group_heartbeat_assignment *a)
{
	struct gw_group *g = &c->group;

	gw_buf_clear(&g->given);
	for (size_t i = 0; i < a->n_topic_partitions; i++)
		for (size_t j = 0; j < a->topic_partitions[i].n_partitions; j++) {
			struct gw_given given = { a->topic_partitions[i].topic_id,
				a->topic_partitions[i].partitions[j] };

			gw_buf_put(&g->given, &given, sizeof(given));
		}
	g->state = GW_GROUP_SYNCING;
	return g->given.err != 0 ? g->given.err : name_given(c);
}

/* Go on to what was given, and say so once something changed. */
static void
move(struct gw_client *c)
{
	struct gw_group *g = &c->group;

	if (g->n_unnamed > 0 && g->named_seq != c->cluster.metadata_seq && name_given(c) != 0) {
		gw_group_retry_later(c);
		return;
	}
	if (g->moving && gw_group_target_reach(c, NULL))
		g->tell_owned = true;
	if (!g->moving && g->n_unnamed == 0)
		g->state = GW_GROUP_STABLE;
}

/* ---- the answer ---- */

static void
fenced(struct gw_client *c)
{
	gw_group_revoke(c, "the group took the partition away");
	gw_consumer_protocol_begin(c);
}

/* With group.protocol=auto, a group or a cluster that cannot do this is joined the other way. */
static bool
fall_back(struct gw_client *c, int code)
{
	struct gw_group *g = &c->group;

	if (c->cfg.group_protocol != GW_GROUP_AUTO || g->generation != JOIN_EPOCH ||
	    (code != GW_K_UNSUPPORTED_VERSION && code != GW_K_GROUP_ID_NOT_FOUND &&
	    code != GW_K_INCONSISTENT_GROUP_PROTOCOL))
		return false;
	g->protocol = GW_PROTOCOL_CLASSIC;
	g->generation = -1;
	(void)gw_group_set_member(c, nothing);
	c->again = true;
	return true;
}

/* Another process with this group.instance.id is a member: it may be gone, and then we follow. */
static void
wait_for_release(struct gw_client *c)
{
	if (!c->group.said_unreleased)
		(void)gw_event_error(c, -1, true, GW_K_UNRELEASED_INSTANCE_ID,
		    "joining group %s: group.instance.id=%s is still a member; this one joins when "
		    "that one leaves or its session ends", c->group.id, c->cfg.group_instance_id);
	c->group.said_unreleased = true;
	gw_group_retry_later(c);
}

static void
refused(struct gw_client *c, const struct gw_consumer_group_heartbeat_response *r)
{
	int code = r->error_code;

	c->group.tell_all = true;
	switch (code) {
	case GW_K_UNKNOWN_MEMBER_ID:
	case GW_K_FENCED_MEMBER_EPOCH:
		if (code == GW_K_UNKNOWN_MEMBER_ID && c->group.generation > JOIN_EPOCH)
			gw_group_forgotten(c);
		fenced(c);
		return;
	case GW_K_UNRELEASED_INSTANCE_ID:
		wait_for_release(c);
		return;
	case GW_K_COORDINATOR_NOT_AVAILABLE:
	case GW_K_NOT_COORDINATOR:
		gw_cluster_coordinator_lost(c, c->group.id);
		gw_group_retry_later(c);
		return;
	default:
		break;
	}
	if (gw_err_retriable(code))
		gw_group_retry_later(c);
	else if (!fall_back(c, code))
		gw_group_give_up(c, code, c->group.generation == JOIN_EPOCH ? "joining" :
		    "heartbeat to", r->error_message);
}

/*
 * A coordinator that gathers changes before it assigns has nothing for a new member at first; a
 * whole interval of waiting would be most of a start.
 */
static int64_t
next_beat_ms(struct gw_group *g)
{
	int64_t ms = g->eager_ms;

	if (g->given.len > 0 || ms >= g->heartbeat_ms)
		return g->heartbeat_ms;
	g->eager_ms *= 2;
	return ms;
}

static void
taken(struct gw_client *c, const struct gw_consumer_group_heartbeat_response *r)
{
	struct gw_group *g = &c->group;

	g->n_errors = 0;
	g->said_unreleased = g->told_less = false;
	if (r->member_id.len > 0 && !gw_slice_is(r->member_id, g->member_id) &&
	    gw_group_set_member(c, r->member_id) != 0) {
		fenced(c);
		return;
	}
	g->generation = r->member_epoch;
	g->heartbeat_ms = r->heartbeat_interval_ms > 0 ? r->heartbeat_interval_ms : 1000;
	if (r->assignment != NULL && take_assignment(c, r->assignment) != 0) {
		(void)gw_event_error(c, -1, true, GW_ENOMEM, "assignment of group %s: %s; joining "
		    "again", g->id, gw_strerror(GW_ENOMEM));
		fenced(c);
		gw_group_retry_later(c);
	} else if (g->state == GW_GROUP_JOINING) {
		g->state = GW_GROUP_SYNCING;
	}
	g->heartbeat_at_us = c->now.us + gw_ms(next_beat_ms(g));
	c->again = true;
}

static void
beat_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_consumer_group_heartbeat_response *r = reply->body;
	struct gw_group *g = owner;

	g->heartbeat_out = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (g->leaving || g->fatal != 0 || g->asked_life != g->life)
		return;
	if (r == NULL) {
		gw_cluster_coordinator_lost(c, g->id);
		g->tell_all = true;
		gw_group_retry_later(c);
		return;
	}
	if (r->error_code != 0)
		refused(c, r);
	else
		taken(c, r);
}

/* ---- the request ---- */

static int
list_owned(struct gw_client *c, struct gw_consumer_group_heartbeat_request *rq)
{
	size_t n;
	const struct gw_owned *owned = gw_group_owned(c, &n);

	rq->topic_partitions = gw_arena_zero(&c->scratch, n + 1, sizeof(*rq->topic_partitions));
	if (owned == NULL || rq->topic_partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		rq->topic_partitions[i] = (struct gw_consumer_group_heartbeat_topic_partitions){
			.topic_id = owned[i].topic->id, .partitions = owned[i].partitions,
			.n_partitions = owned[i].n };
	rq->n_topic_partitions = n;
	return 0;
}

static int
list_topics(struct gw_client *c, struct gw_consumer_group_heartbeat_request *rq)
{
	size_t n = 0;

	for (struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		n++;
	rq->subscribed_topic_names =
	    gw_arena_zero(&c->scratch, n + 1, sizeof(*rq->subscribed_topic_names));
	if (rq->subscribed_topic_names == NULL)
		return GW_ENOMEM;
	rq->n_subscribed_topic_names = 0;
	for (struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		rq->subscribed_topic_names[rq->n_subscribed_topic_names++] =
		    (struct gw_slice){ t->topic->name, t->topic->name_len };
	if (c->group.pattern_text != NULL)
		rq->subscribed_topic_regex = gw_str(c->group.pattern_text);
	return 0;
}

static int
build(struct gw_client *c, struct gw_consumer_group_heartbeat_request *rq)
{
	struct gw_group *g = &c->group;
	int rc = 0;

	if (g->tell_all) {
		rq->rebalance_timeout_ms = (int32_t)gw_earlier(c->cfg.max_poll_interval_ms,
		    INT32_MAX);
		if (c->cfg.client_rack[0] != '\0')
			rq->rack_id = gw_str(c->cfg.client_rack);
	}
	if (g->tell_all || g->tell_topics)
		rc = list_topics(c, rq);
	if (rc == 0 && (g->tell_all || g->tell_owned))
		rc = list_owned(c, rq);
	return rc;
}

static void
start(struct gw_client *c, struct gw_consumer_group_heartbeat_request *rq, int32_t epoch)
{
	*rq = (struct gw_consumer_group_heartbeat_request){ .group_id = gw_str(c->group.id),
		.member_id = gw_str(c->group.member_id),
		.member_epoch = epoch,
		.rebalance_timeout_ms = -1,
		.n_subscribed_topic_names = GW_NULL_ARRAY,
		.n_topic_partitions = GW_NULL_ARRAY };
	if (c->cfg.group_instance_id[0] != '\0')
		rq->instance_id = gw_str(c->cfg.group_instance_id);
}

static void
beat(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_group *g = &c->group;
	struct gw_consumer_group_heartbeat_request rq;
	struct gw_send_spec spec = { .key = GW_API_CONSUMER_GROUP_HEARTBEAT,
		.handler = { beat_done, g } };
	int version = gw_conn_version(conn, spec.key, &c->err), rc;

	if (version == GW_EAGAIN)
		return;
	if (version < 0 || (g->pattern != NULL && version < PATTERN_MIN)) {
		gw_group_give_up(c, GW_EUNSUPPORTED, version < 0 ? "joining" :
		    "a subscription by pattern needs a broker from 4.0 on; joining", nothing);
		return;
	}
	spec.version = (int16_t)version;
	gw_arena_reset(&c->scratch);
	rc = make_member_id(c);
	if (rc == 0) {
		start(c, &rq, g->generation);
		rc = build(c, &rq);
	}
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0) {
		gw_group_retry_later(c);
		return;
	}
	g->heartbeat_out = true;
	g->asked_life = g->life;
	g->told_less |= (g->tell_all || g->tell_owned) && (g->moving || g->n_unnamed > 0);
	g->tell_all = g->tell_topics = g->tell_owned = false;
	g->heartbeat_at_us = c->now.us + gw_ms(g->heartbeat_ms);
}

/* ---- leaving ---- */

static void
leave_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	struct gw_group *g = owner;

	(void)reply;
	g->leave_out = false;
	g->left = g->leaving;
	c->again = true;
}

void
gw_consumer_protocol_leave(struct gw_client *c, struct gw_broker *b)
{
	struct gw_group *g = &c->group;
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	struct gw_consumer_group_heartbeat_request rq;
	struct gw_send_spec spec = { .key = GW_API_CONSUMER_GROUP_HEARTBEAT,
		.handler = { leave_done, g } };
	int version;

	if (g->member_id == NULL || !gw_conn_want(conn))
		return;
	version = gw_conn_version(conn, spec.key, &c->err);
	if (version < 0)
		return;
	spec.version = (int16_t)version;
	start(c, &rq, c->cfg.group_instance_id[0] != '\0' ? LEAVE_STATIC_EPOCH : LEAVE_EPOCH);
	if (gw_conn_send(conn, &spec, &rq, &c->err) == 0)
		g->leave_out = true;
	else
		g->left = true;
}

/* ---- one turn ---- */

void
gw_consumer_protocol_step(struct gw_client *c, struct gw_broker *b)
{
	struct gw_group *g = &c->group;
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	int64_t stall_at = gw_group_stalls_at(c);

	if (g->generation > JOIN_EPOCH) {
		if (stall_at <= c->now.us) {
			gw_group_stall(c);
			gw_consumer_protocol_leave(c, b);
			return;
		}
		gw_wake(c, stall_at);
		/* What is told not to be owned is somebody else's at once. */
		if (g->state == GW_GROUP_SYNCING && !g->told_less)
			move(c);
	}
	if (g->heartbeat_out || g->leave_out)
		return;
	if (!g->tell_all && !g->tell_topics && !g->tell_owned && g->heartbeat_at_us > c->now.us)
		gw_wake(c, g->heartbeat_at_us);
	else if (gw_conn_want(conn))
		beat(c, conn);
}
