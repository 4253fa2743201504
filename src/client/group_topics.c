/* SPDX-License-Identifier: MIT
 *
 * client/group_topics.c - what a group's member subscribes to: topics by name, and patterns. In the
 * classic protocol the member looks for what matches; by KIP-848 the coordinator does, and tells
 * ids whose names are asked for here. Source: MetadataRequest.json; KIP-516 (topics by id).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/pattern.h"
#include "client/internal.h"
#include "wire/msg_metadata.h"

#define BY_ID_MIN	12	/* Metadata */

void
gw_group_topics_fini(struct gw_client *c)
{
	struct gw_group_topic *t;

	while ((t = c->group.topics) != NULL) {
		c->group.topics = t->next;
		gw_alloc_free(c->env->alloc, t);
	}
	gw_alloc_free(c->env->alloc, c->group.pattern_text);
	gw_pattern_free(c->group.pattern);
}

static struct gw_group_topic *
find(const struct gw_client *c, const struct gw_topic *topic)
{
	struct gw_group_topic *t = c->group.topics;

	while (t != NULL && t->topic != topic)
		t = t->next;
	return t;
}

/* 1: new, 0: it was there, GW_ENOMEM. */
static int
add(struct gw_client *c, struct gw_topic *topic, bool by_pattern)
{
	struct gw_group_topic *t = find(c, topic);

	if (t != NULL) {
		t->by_pattern &= by_pattern;
		t->seen = true;
		return 0;
	}
	t = gw_alloc_zero(c->env->alloc, 1, sizeof(*t));
	if (t == NULL)
		return GW_ENOMEM;
	*t = (struct gw_group_topic){ .next = c->group.topics, .topic = topic,
	    .by_pattern = by_pattern, .seen = true };
	c->group.topics = t;
	gw_cluster_use_topic(c, topic, !by_pattern);
	return 1;
}

int
gw_group_add_name(struct gw_client *c, const char *name)
{
	struct gw_topic *topic = gw_cluster_topic(c, gw_str(name));

	return topic == NULL ? GW_ENOMEM : add(c, topic, false);
}

int
gw_group_add_pattern(struct gw_client *c, const char *text, struct gw_err *err)
{
	struct gw_group *g = &c->group;
	struct gw_pattern *pattern;
	struct gw_buf both;
	char *joint;
	int rc;

	if (g->pattern_text != NULL && strcmp(g->pattern_text, text) == 0)
		return 0;
	rc = gw_pattern_new(&pattern, gw_str(text), c->env->alloc, err);
	if (rc != 0)
		return rc;
	gw_buf_init(&both, c->env->alloc, 0);
	if (g->pattern_text == NULL) {
		gw_buf_puts(&both, text);
	} else {
		gw_buf_printf(&both, "(%s)|(%s)", g->pattern_text, text);
		gw_pattern_free(pattern);
		rc = gw_pattern_new(&pattern, gw_buf_slice(&both), c->env->alloc, err);
	}
	joint = rc != 0 || both.err != 0 ? NULL : gw_alloc_str(c->env->alloc, gw_buf_slice(&both));
	gw_buf_fini(&both);
	if (joint == NULL) {
		if (rc == 0)
			gw_pattern_free(pattern);
		return rc != 0 ? rc : GW_ENOMEM;
	}
	gw_alloc_free(c->env->alloc, g->pattern_text);
	gw_pattern_free(g->pattern);
	g->pattern_text = joint;
	g->pattern = pattern;
	g->looked_up = false;
	g->lookup_at_us = gw_earlier(g->lookup_at_us, c->now.us);
	return 1;
}

uint64_t
gw_group_topics_hash(const struct gw_client *c)
{
	uint64_t h = 1;

	for (const struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		h = h * 1000003u + (uint64_t)t->topic->n_partitions;
	return h;
}

/* ---- looking up ---- */

void
gw_group_look_up(struct gw_client *c)
{
	if (c->group.lookup_out || c->group.lookup_at_us != GW_NEVER_US)
		return;
	c->group.lookup_at_us = c->now.us;
	c->again = true;
}

static void
look_up_later(struct gw_client *c)
{
	c->group.lookup_at_us = c->now.us + gw_backoff_us(c, ++c->group.lookup_errors);
}

/* Topics that no longer match, or are no more. True: there were some. */
static bool
drop_unseen(struct gw_client *c)
{
	struct gw_group_topic **at = &c->group.topics, *t;
	bool dropped = false;

	while ((t = *at) != NULL) {
		if (!t->by_pattern || t->seen) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		gw_cluster_leave_topic(t->topic);
		gw_alloc_free(c->env->alloc, t);
		dropped = true;
	}
	return dropped;
}

static int
take_matches(struct gw_client *c, const struct gw_metadata_response *r)
{
	bool changed = false;

	for (struct gw_group_topic *t = c->group.topics; t != NULL; t = t->next)
		t->seen = false;
	for (size_t i = 0; i < r->n_topics; i++) {
		const struct gw_metadata_topic *m = &r->topics[i];
		struct gw_topic *topic;
		int rc;

		if (m->error_code != 0 || m->is_internal || m->name.ptr == NULL ||
		    !gw_pattern_matches(c->group.pattern, m->name))
			continue;
		topic = gw_cluster_topic(c, m->name);
		rc = topic == NULL ? GW_ENOMEM : add(c, topic, true);
		if (rc < 0)
			return rc;
		changed |= rc > 0;
	}
	changed |= drop_unseen(c);
	if (changed && c->group.looked_up)
		gw_group_rejoin(c, false);
	c->group.looked_up = true;
	return 0;
}

/* The names of the ids that were asked for; leaders come with the next ordinary answer. */
static int
take_names(struct gw_client *c, const struct gw_metadata_response *r)
{
	for (size_t i = 0; i < r->n_topics; i++) {
		const struct gw_metadata_topic *m = &r->topics[i];
		struct gw_topic *t;

		if (m->error_code != 0 || m->name.ptr == NULL)
			continue;
		t = gw_cluster_topic(c, m->name);
		if (t == NULL)
			return GW_ENOMEM;
		if (!t->known)
			t->id = m->topic_id;
		if (t->n_users == 0)
			gw_cluster_use_topic(c, t, false);
		else
			gw_cluster_refresh(c);
	}
	c->group.named_seq = UINT64_MAX;
	return 0;
}

static void
looked_up(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_metadata_response *r = reply->body;
	struct gw_group *g = owner;
	bool by_id = g->protocol == GW_PROTOCOL_CONSUMER;
	int rc = GW_ENOMEM;

	g->lookup_out = false;
	if (r != NULL) {
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
		rc = r->error_code != 0 ? r->error_code : by_id ? take_names(c, r) :
		    take_matches(c, r);
	}
	c->again = true;
	if (rc != 0) {
		look_up_later(c);
		return;
	}
	if (by_id) {		/* asked again only if somebody still needs it then */
		look_up_later(c);
		return;
	}
	g->lookup_errors = 0;
	g->lookup_at_us = c->now.us + gw_ms(c->cfg.metadata_max_age_ms);
}

static bool
is_known(const struct gw_client *c, const struct gw_uuid *id)
{
	for (const struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next)
		if (memcmp(&t->id, id, sizeof(*id)) == 0)
			return true;
	return false;
}

/* A request for ids asks for nothing else. */
static int
build(struct gw_client *c, struct gw_metadata_request *rq)
{
	size_t n = c->group.given.len / sizeof(struct gw_given);
	struct gw_uuid last = { { 0 } };

	gw_arena_reset(&c->scratch);
	rq->n_topics = GW_NULL_ARRAY;
	if (c->group.protocol == GW_PROTOCOL_CLASSIC)
		return 0;
	rq->topics = gw_arena_zero(&c->scratch, n + 1, sizeof(*rq->topics));
	if (rq->topics == NULL)
		return GW_ENOMEM;
	rq->n_topics = 0;
	for (size_t i = 0; i < n; i++) {
		struct gw_given given;

		memcpy(&given, c->group.given.ptr + i * sizeof(given), sizeof(given));
		if (memcmp(&given.topic_id, &last, sizeof(last)) == 0 ||
		    is_known(c, &given.topic_id))
			continue;
		last = given.topic_id;
		rq->topics[rq->n_topics++].topic_id = given.topic_id;
	}
	return 0;
}

static void
ask(struct gw_client *c, struct gw_conn *conn)
{
	struct gw_metadata_request rq = { .allow_auto_topic_creation = false };
	struct gw_send_spec spec = { .key = GW_API_METADATA,
		.handler = { looked_up, &c->group } };
	int version = gw_conn_version(conn, GW_API_METADATA, &c->err), rc;

	if (version < 0)
		return;
	spec.version = (int16_t)version;
	rc = build(c, &rq);
	if (rc == 0 && rq.n_topics == 0) {
		c->group.lookup_at_us = GW_NEVER_US;
		c->group.lookup_errors = 0;
		return;
	}
	if (rc == 0 && rq.n_topics != GW_NULL_ARRAY && version < BY_ID_MIN)
		rc = GW_EVERSION;
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		look_up_later(c);
	else
		c->group.lookup_out = true;
}

void
gw_group_topics_step(struct gw_client *c)
{
	struct gw_group *g = &c->group;
	struct gw_conn *conn;

	if (g->lookup_out || g->lookup_at_us == GW_NEVER_US ||
	    g->protocol == GW_PROTOCOL_UNDECIDED)
		return;
	if (g->lookup_at_us > c->now.us) {
		gw_wake(c, g->lookup_at_us);
		return;
	}
	conn = gw_cluster_any(c);
	if (conn != NULL)
		ask(c, conn);
}
