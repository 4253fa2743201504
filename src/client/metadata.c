/* SPDX-License-Identifier: MIT
 *
 * client/metadata.c - topics and their leaders. Source: MetadataRequest.json,
 * MetadataResponse.json; KIP-320 (an older leader epoch never replaces a newer one), KIP-1102
 * (REBOOTSTRAP_REQUIRED).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/metadata.h"

#include "client/internal.h"
#include "wire/msg_metadata.h"

#define REBOOTSTRAP_REQUIRED	129
#define SOON			3	/* step of the backoff that */
#define SOON_MAX		32	/* so many attempts stay at */
#define IDS_MIN			10	/* version that tells topic ids */
#define PARTITIONS_MAX		(1 << 20) /* of one topic; Apache Kafka's own limits are lower */

static bool
is_none(const struct gw_uuid *id)
{
	static const struct gw_uuid none;

	return memcmp(id, &none, sizeof(none)) == 0;
}

struct gw_topic *
gw_cluster_find_topic(const struct gw_client *c, struct gw_slice name)
{
	struct gw_topic *t = c->cluster.topics;

	while (t != NULL && (t->name_len != name.len || memcmp(t->name, name.ptr, name.len) != 0))
		t = t->next;
	return t;
}

struct gw_topic *
gw_cluster_topic(struct gw_client *c, struct gw_slice name)
{
	struct gw_topic *t = gw_cluster_find_topic(c, name);

	if (t != NULL)
		return t;
	t = gw_alloc_zero(c->env->alloc, 1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->name = gw_alloc_str(c->env->alloc, name);
	if (t->name == NULL) {
		gw_alloc_free(c->env->alloc, t);
		return NULL;
	}
	t->name_len = name.len;
	t->next = c->cluster.topics;
	c->cluster.topics = t;
	return t;
}

void
gw_cluster_use_topic(struct gw_client *c, struct gw_topic *t, bool may_create)
{
	t->may_create |= may_create;
	if (t->n_users++ > 0 && t->known)
		return;
	t->n_errors = 0;
	t->is_new = c->cluster.metadata_has_new = true;
	c->again = true;
	if (!c->cluster.metadata_known)
		gw_cluster_refresh(c);
}

void
gw_cluster_leave_topic(struct gw_topic *t)
{
	t->n_users--;
}

void
gw_metadata_fini(struct gw_client *c)
{
	struct gw_topic *t;

	while ((t = c->cluster.topics) != NULL) {
		c->cluster.topics = t->next;
		gw_alloc_free(c->env->alloc, t->leaders);
		gw_alloc_free(c->env->alloc, t->name);
		gw_alloc_free(c->env->alloc, t);
	}
	gw_alloc_free(c->env->alloc, c->cluster.cluster_id);
}

void
gw_cluster_refresh(struct gw_client *c)
{
	/* The step that asks may be over for this turn, and an idle connection wakes nobody. */
	c->again |= !c->cluster.metadata_wanted;
	c->cluster.metadata_wanted = true;
}

/* Asked before the broker's versions were known: with ids it is another question, and no retry. */
void
gw_cluster_refresh_ids(struct gw_client *c)
{
	struct gw_cluster *k = &c->cluster;

	if (k->metadata_version < IDS_MIN)
		for (struct gw_topic *t = k->topics; t != NULL; t = t->next)
			if (t->n_users > 0 && is_none(&t->id))
				t->is_new = k->metadata_has_new = true;
	if (k->metadata_has_new)
		c->again = true;
	else
		gw_cluster_refresh(c);
}

void
gw_cluster_new_leader(struct gw_topic *t, int32_t partition, int32_t node_id, int32_t epoch)
{
	struct gw_leader *l;

	if (partition < 0 || partition >= t->n_partitions || node_id < 0)
		return;
	l = &t->leaders[partition];
	if (epoch > l->epoch)
		*l = (struct gw_leader){ .node_id = node_id, .epoch = epoch };
}

struct gw_broker *
gw_cluster_leader(struct gw_client *c, const struct gw_topic *t, int32_t partition)
{
	struct gw_broker *b = NULL;

	if (partition >= 0 && partition < t->n_partitions)
		b = gw_cluster_broker(c, t->leaders[partition].node_id);
	if (b == NULL)
		gw_cluster_refresh(c);
	return b;
}

static void
take_partition(struct gw_topic *t, const struct gw_metadata_partition *p)
{
	struct gw_leader *l;

	if (p->partition_index < 0 || p->partition_index >= t->n_partitions)
		return;
	l = &t->leaders[p->partition_index];
	if (p->leader_epoch >= 0 && p->leader_epoch < l->epoch)
		return;
	*l = (struct gw_leader){ .node_id = p->leader_id, .epoch = p->leader_epoch,
	    .error = p->error_code };
}

/*
 * Deleted and made anew: leader epochs count from 0 again. A broker that has just come back and
 * says that it knows no such topic, or who led it in an epoch that is over, proves nothing where
 * topics have ids (KIP-516). An answer in a version that has none, as when a broker's versions are
 * not known yet, says nothing of them.
 */
static bool
is_another(const struct gw_topic *t, const struct gw_metadata_topic *m)
{
	if (m->error_code == 0)
		return !is_none(&m->topic_id) &&
		    memcmp(&t->id, &m->topic_id, sizeof(t->id)) != 0;
	return m->error_code == GW_K_UNKNOWN_TOPIC_OR_PARTITION && is_none(&t->id);
}

static void
forget_epochs(struct gw_topic *t)
{
	for (int32_t i = 0; i < t->n_partitions; i++)
		t->leaders[i].epoch = -1;
}

/* Partitions only ever grow in number. */
static int
resize(struct gw_client *c, struct gw_topic *t, int32_t n)
{
	struct gw_leader *l = gw_alloc_resize(c->env->alloc, t->leaders, (size_t)n, sizeof(*l));

	if (l == NULL)
		return GW_ENOMEM;
	t->leaders = l;
	for (int32_t i = t->n_partitions; i < n; i++)
		l[i] = (struct gw_leader){ .node_id = -1, .epoch = -1 };
	t->n_partitions = n;
	return 0;
}

static int
take_topic(struct gw_client *c, const struct gw_metadata_topic *m)
{
	struct gw_topic *t = m->name.ptr == NULL ? NULL : gw_cluster_find_topic(c, m->name);
	int32_t n = 0;

	if (t == NULL)
		return 0;
	t->error = m->error_code;
	if (is_another(t, m))
		forget_epochs(t);
	if (m->error_code != 0) {
		t->n_errors++;
		return 0;
	}
	if (!is_none(&m->topic_id))
		t->id = m->topic_id;
	t->n_errors = 0;
	for (size_t i = 0; i < m->n_partitions; i++)
		if (m->partitions[i].partition_index >= n &&
		    m->partitions[i].partition_index < PARTITIONS_MAX)
			n = m->partitions[i].partition_index + 1;
	if (n == 0) {
		t->error = GW_K_LEADER_NOT_AVAILABLE;
		return 0;
	}
	if (n > t->n_partitions && resize(c, t, n) != 0)
		return GW_ENOMEM;
	for (size_t i = 0; i < m->n_partitions; i++)
		take_partition(t, &m->partitions[i]);
	t->known = true;
	return 0;
}

static int
take_brokers(struct gw_client *c, const struct gw_metadata_response *r)
{
	if (r->n_brokers == 0)
		return 0;	/* a broker that has just begun */
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		b->is_known = false;
	for (size_t i = 0; i < r->n_brokers; i++) {
		const struct gw_metadata_broker *b = &r->brokers[i];
		int rc = gw_cluster_place(c, b->node_id, b->host, b->port, b->rack);

		if (rc != 0)
			return rc;
	}
	c->cluster.controller = r->controller_id;
	return 0;
}

/*
 * Something is missing that the next answer may have: a topic; *leader: only a
 * partition's leader.
 */
static bool
is_incomplete(const struct gw_client *c, bool *leader)
{
	*leader = false;
	for (const struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next) {
		if (t->n_users == 0)
			continue;
		if (!t->known || t->error != 0) {
			*leader = false;
			return true;
		}
		for (int32_t i = 0; i < t->n_partitions; i++)
			*leader |= t->leaders[i].node_id < 0;
	}
	return *leader;
}

/* All brokers are forgotten but for the bootstrap addresses. */
static void
rebootstrap(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		b->is_known = false;
}

/* An election mostly ends within seconds: soon, unless it goes on for long. */
static void
retry_later(struct gw_client *c, bool soon)
{
	struct gw_cluster *k = &c->cluster;
	unsigned n = ++k->metadata_errors;

	if (soon && n > SOON && n < SOON_MAX)
		n = SOON;
	k->metadata_wanted = true;
	k->metadata_retry_us = c->now.us + gw_backoff_us(c, n);
}

/* When to ask again. An answer on new topics alone leaves the time to ask for all as it is. */
static void
schedule(struct gw_client *c)
{
	struct gw_cluster *k = &c->cluster;
	bool leader;

	if (!k->metadata_is_partial)
		k->metadata_refresh_us = c->now.us + gw_ms(c->cfg.metadata_max_age_ms);
	if (is_incomplete(c, &leader)) {
		if (k->metadata_is_partial)
			k->metadata_errors = 0;	/* a broker that makes the topic is soon done */
		retry_later(c, leader);
	} else if (!k->metadata_is_partial) {
		k->metadata_errors = 0;
		k->metadata_retry_us = c->now.us + gw_backoff_us(c, 1);
	}
}

static void
metadata_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_metadata_response *r = reply->body;
	struct gw_cluster *k = &c->cluster;
	int rc;

	(void)owner;
	k->metadata_under_way = false;
	k->metadata_conn = NULL;
	if (reply->code != 0) {
		retry_later(c, false);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (r->error_code != 0) {
		if (r->error_code == REBOOTSTRAP_REQUIRED)
			rebootstrap(c);
		retry_later(c, false);
		return;
	}
	rc = take_brokers(c, r);
	for (size_t i = 0; i < r->n_topics && rc == 0; i++)
		rc = take_topic(c, &r->topics[i]);
	if (rc != 0) {
		(void)gw_event_error(c, -1, true, rc, "Metadata: %s", gw_strerror(rc));
		retry_later(c, false);
		return;
	}
	k->metadata_known = true;
	k->metadata_true_us = k->metadata_asked_us;
	k->metadata_version = reply->version;
	k->metadata_seq++;
	schedule(c);
}

/*
 * Another broker was asked meanwhile, but this one answers as of now: newer leaders it knows are
 * newer than that other one's.
 */
static void
take_late(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_metadata_response *r = reply->body;

	(void)owner;
	for (size_t i = 0; reply->code == 0 && i < r->n_topics; i++) {
		const struct gw_metadata_topic *m = &r->topics[i];
		struct gw_topic *t = m->error_code != 0 || m->name.ptr == NULL ? NULL :
		    gw_cluster_find_topic(c, m->name);

		for (size_t j = 0; t != NULL && j < m->n_partitions; j++)
			gw_cluster_new_leader(t, m->partitions[j].partition_index,
			    m->partitions[j].leader_id, m->partitions[j].leader_epoch);
	}
	c->again = true;
}

static int
build(struct gw_client *c, struct gw_metadata_request *rq, bool is_partial)
{
	size_t n = 0;

	for (struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next)
		n += t->n_users > 0;
	rq->topics = gw_arena_zero(&c->scratch, n + 1, sizeof(*rq->topics));
	if (rq->topics == NULL)
		return GW_ENOMEM;
	rq->allow_auto_topic_creation = c->cfg.allow_auto_create_topics != 0;
	for (struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next) {
		if (t->n_users == 0 || (is_partial && !t->is_new))
			continue;
		rq->topics[rq->n_topics++].name = (struct gw_slice){ t->name, t->name_len };
		if (!t->known && !t->may_create)
			rq->allow_auto_topic_creation = false;
	}
	return 0;
}

/* Only of the topics that nobody asked for yet (KIP-526), or of all. */
static void
ask(struct gw_client *c, struct gw_conn *conn, bool is_partial)
{
	struct gw_metadata_request rq = { .topics = NULL };
	struct gw_send_spec spec = { .key = GW_API_METADATA,
		.handler = { metadata_done, &c->cluster } };
	struct gw_err err = { 0 };
	int version = gw_conn_version(conn, GW_API_METADATA, &err);

	if (version == GW_EAGAIN)
		return;
	gw_arena_reset(&c->scratch);
	if (version >= 0) {
		spec.version = (int16_t)version;
		version = build(c, &rq, is_partial) == 0 ?
		    gw_conn_send(conn, &spec, &rq, &err) : GW_ENOMEM;
	}
	for (struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next)
		t->is_new = false;	/* if this fails, it is tried again with all others */
	c->cluster.metadata_has_new = false;
	if (version != 0) {
		(void)gw_event_error(c, conn->node_id, true, version, "Metadata: %s",
		    err.code != 0 ? err.msg : gw_strerror(version));
		retry_later(c, false);
		return;
	}
	c->cluster.metadata_under_way = true;
	c->cluster.metadata_conn = conn;
	c->cluster.metadata_asked_us = c->now.us;
	c->cluster.metadata_is_partial = is_partial;
	c->cluster.metadata_wanted &= is_partial;
}

static bool
is_due(const struct gw_client *c)
{
	const struct gw_cluster *k = &c->cluster;

	return (k->metadata_wanted && k->metadata_retry_us <= c->now.us) ||
	    k->metadata_refresh_us <= c->now.us;
}

void
gw_metadata_step(struct gw_client *c)
{
	struct gw_conn *conn;
	bool due;

	if (c->cluster.metadata_under_way) {
		if (!gw_cluster_abandon(c, c->cluster.metadata_conn, &c->cluster, take_late))
			return;
		c->cluster.metadata_under_way = false;
		c->cluster.metadata_wanted = true;
		c->cluster.metadata_retry_us = c->now.us;
	}
	due = is_due(c);
	/* A first question is no retry and waits for no backoff, once there was any answer. */
	if (!due && !(c->cluster.metadata_has_new && c->cluster.metadata_known)) {
		if (c->cluster.metadata_wanted)
			gw_wake(c, c->cluster.metadata_retry_us);
		gw_wake(c, c->cluster.metadata_refresh_us);
		return;
	}
	conn = gw_cluster_any(c);
	if (conn != NULL)
		ask(c, conn, !due);
}
