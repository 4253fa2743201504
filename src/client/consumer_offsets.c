/* SPDX-License-Identifier: MIT
 *
 * client/consumer_offsets.c - where to begin: the group's commits (OffsetFetch), and either end of
 * the log (ListOffsets). Source: OffsetFetch*.json, ListOffsets*.json; KIP-447 (RequireStable).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_offset_fetch.h"

/* The owner of a request: what it asks for. */
struct asked {
	size_t	n;
	struct {
		struct gw_cpart	*part;
		uint64_t	 life;
	} items[];
};

void
gw_cpart_reset(struct gw_client *c, struct gw_cpart *p, const char *why)
{
	if (c->cfg.auto_offset_reset == GW_RESET_NONE) {
		gw_consumer_fail(c, GW_K_OFFSET_OUT_OF_RANGE,
		    "%s-%d: %s, and auto.offset.reset=none; "
		    "gw_seek() to go on",
		    p->topic->name, (int)p->index, why);
		p->state = GW_CPART_READY;
		p->retry_at_us = GW_NEVER_US;
		return;
	}
	p->life++;
	p->state = GW_CPART_OFFSET_WANTED;
	p->from =
	    c->cfg.auto_offset_reset == GW_RESET_EARLIEST ? GW_OFFSET_EARLIEST : GW_OFFSET_LATEST;
	c->again = true;
}

static void
failed(struct gw_client *c, struct gw_cpart *p, int code)
{
	p->state = GW_CPART_OFFSET_WANTED;
	gw_cpart_retry_later(c, p);
	if (code != 0 && !gw_err_retriable(code))
		gw_consumer_fail(c, code, "offset of %s-%d: %s", p->topic->name, (int)p->index,
		    gw_strerror(code));
}

static void
found(struct gw_client *c, struct gw_cpart *p, int64_t offset, int32_t epoch)
{
	p->state = GW_CPART_READY;
	p->position = p->fetch_at = offset;
	p->epoch = p->fetch_epoch = epoch;
	p->n_errors = 0;
	p->retry_at_us = 0;
	c->again = true;
}

static bool
wants(const struct gw_client *c, const struct gw_cpart *p, bool committed)
{
	return p->assigned && p->state == GW_CPART_OFFSET_WANTED && p->retry_at_us <= c->now.us &&
	    (p->from == GW_OFFSET_COMMITTED) == committed;
}

/* Whether this answer still concerns the partition. */
static bool
is_current(const struct asked *k, size_t i)
{
	const struct gw_cpart *p = k->items[i].part;

	return p->assigned && p->life == k->items[i].life && p->state == GW_CPART_OFFSET_ASKED;
}

/* b NULL: those that want the group's commit; else those that want an end of the log, led by b. */
static struct asked *
collect(struct gw_client *c, const struct gw_broker *b)
{
	struct asked *k;
	size_t n = 0;

	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n += wants(c, p, b == NULL) &&
		     (b == NULL || gw_cluster_leader(c, p->topic, p->index) == b);
	if (n == 0)
		return NULL;
	k = gw_alloc_zero(c->env->alloc, 1, sizeof(*k) + n * sizeof(k->items[0]));
	if (k == NULL)
		return NULL;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL && k->n < n; p = p->next) {
		if (!wants(c, p, b == NULL) ||
		    (b != NULL && gw_cluster_leader(c, p->topic, p->index) != b))
			continue;
		k->items[k->n].part = p;
		k->items[k->n++].life = p->life;
	}
	return k;
}

static void
mark_asked(struct asked *k)
{
	for (size_t i = 0; i < k->n; i++)
		k->items[i].part->state = GW_CPART_OFFSET_ASKED;
}

/* Partitions that got no answer of their own. */
static void
end(struct gw_client *c, struct asked *k, int code)
{
	for (size_t i = 0; i < k->n; i++)
		if (is_current(k, i))
			failed(c, k->items[i].part, code);
	gw_alloc_free(c->env->alloc, k);
}

/* ---- ListOffsets ---- */

static void
take_list(
    struct gw_client *c, struct gw_cpart *p, const struct gw_list_offsets_partition_response *a)
{
	if (a->error_code == 0 && a->offset >= 0) {
		found(c, p, a->offset, -1);
		return;
	}
	gw_cluster_refresh(c);
	failed(c, p, a->error_code);
}

static void
list_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_list_offsets_response *r = reply->body;
	struct asked *k = owner;

	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	for (size_t t = 0; r != NULL && t < r->n_topics; t++)
		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			const struct gw_list_offsets_partition_response *a =
			    &r->topics[t].partitions[i];
			struct gw_cpart *p =
			    gw_cpart_find(c, r->topics[t].name, a->partition_index);

			for (size_t j = 0; p != NULL && j < k->n; j++)
				if (k->items[j].part == p && is_current(k, j))
					take_list(c, p, a);
		}
	end(c, k, 0);
}

static int
build_list(struct gw_client *c, const struct asked *k, struct gw_list_offsets_request *rq)
{
	struct gw_list_offsets_partition *d = gw_arena_zero(&c->scratch, k->n, sizeof(*d));

	rq->topics = gw_arena_zero(&c->scratch, k->n, sizeof(*rq->topics));
	if (d == NULL || rq->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		const struct gw_cpart *p = k->items[i].part;

		d[i] = (struct gw_list_offsets_partition){ .partition_index = p->index,
			.current_leader_epoch = p->topic->leaders[p->index].epoch,
			.timestamp = p->from };
		if (i == 0 || k->items[i - 1].part->topic != p->topic)
			rq->topics[rq->n_topics++] = (struct gw_list_offsets_topic){
			    .name = { p->topic->name, p->topic->name_len }, .partitions = &d[i] };
		rq->topics[rq->n_topics - 1].n_partitions++;
	}
	return 0;
}

static void
ask_ends(struct gw_client *c, struct gw_broker *b)
{
	struct gw_conn *conn = &b->conns[GW_ROLE_GENERAL];
	struct gw_list_offsets_request rq = { .replica_id = -1,
	    .isolation_level = (int8_t)c->cfg.isolation_level };
	struct gw_send_spec spec = { .key = GW_API_LIST_OFFSETS, .handler = { .done = list_done } };
	struct asked *k = collect(c, b);
	int version, rc;

	if (k == NULL)
		return;
	version = gw_conn_want(conn) ? gw_conn_version(conn, spec.key, &c->err) : GW_EAGAIN;
	if (version < 0) {
		gw_alloc_free(c->env->alloc, k);
		return;
	}
	spec.version = (int16_t)version;
	spec.handler.owner = k;
	gw_arena_reset(&c->scratch);
	rc = build_list(c, k, &rq);
	mark_asked(k);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		end(c, k, 0);
}

/* ---- OffsetFetch ---- */

/* Of either form of the answer. */
struct committed {
	int64_t	offset;		/* -1: none */
	int32_t	epoch;
	int	error;
};

static void
take_commit(struct gw_client *c, struct gw_cpart *p, const struct committed *a)
{
	if (a->error != 0) {
		failed(c, p, a->error);
		return;
	}
	if (a->offset < 0) {
		gw_cpart_reset(c, p, "the group has committed nothing");
		return;
	}
	p->committed = a->offset;
	found(c, p, a->offset, a->epoch);
}

static void
take_commit_at(struct gw_client *c, const struct asked *k, const struct gw_cpart *p,
    const struct committed *a)
{
	for (size_t j = 0; p != NULL && j < k->n; j++)
		if (k->items[j].part == p && is_current(k, j))
			take_commit(c, k->items[j].part, a);
}

static void
take_topics(struct gw_client *c, const struct asked *k, const struct gw_offset_fetch_response *r)
{
	for (size_t t = 0; t < r->n_topics; t++)
		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			const struct gw_offset_fetch_partition *a = &r->topics[t].partitions[i];

			take_commit_at(c, k,
			    gw_cpart_find(c, r->topics[t].name, a->partition_index),
			    &(struct committed){ a->committed_offset, a->committed_leader_epoch,
				a->error_code });
		}
}

static void
take_group(struct gw_client *c, const struct asked *k, const struct gw_offset_fetch_group *g)
{
	for (size_t t = 0; t < g->n_topics; t++)
		for (size_t i = 0; i < g->topics[t].n_partitions; i++) {
			const struct gw_offset_fetch_group_partition *a =
			    &g->topics[t].partitions[i];

			take_commit_at(c, k,
			    gw_cpart_find(c, g->topics[t].name, a->partition_index),
			    &(struct committed){ a->committed_offset, a->committed_leader_epoch,
				a->error_code });
		}
}

static void
commits_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_offset_fetch_response *r = reply->body;
	struct asked *k = owner;
	int error;

	if (r == NULL) {
		gw_cluster_coordinator_lost(c, gw_group_id(c));
		end(c, k, 0);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	error = reply->version < 8 ? r->error_code : r->n_groups == 1 ? r->groups[0].error_code :
	    GW_K_UNKNOWN_SERVER_ERROR;
	if (error == GW_K_NOT_COORDINATOR || error == GW_K_COORDINATOR_NOT_AVAILABLE)
		gw_cluster_coordinator_lost(c, gw_group_id(c));
	if (c->group.protocol == GW_PROTOCOL_CONSUMER && (error == GW_K_STALE_MEMBER_EPOCH ||
	    error == GW_K_UNKNOWN_MEMBER_ID || error == GW_K_FENCED_MEMBER_EPOCH)) {
		gw_consumer_protocol_hurry(c, false);	/* it goes on with the newer epoch */
		end(c, k, 0);
		return;
	}
	if (error == 0 && reply->version < 8)
		take_topics(c, k, r);
	else if (error == 0)
		take_group(c, k, &r->groups[0]);
	end(c, k, error);
}

/*
 * The partitions of an ask as (topic, indexes) pairs in the form of v8, which v1-7 share but for
 * the type.
 */
static int
build_commits(
    struct gw_client *c, const struct asked *k, int version, struct gw_offset_fetch_request *rq)
{
	struct gw_offset_fetch_request_topic *t = gw_arena_zero(&c->scratch, k->n, sizeof(*t));
	struct gw_offset_fetch_request_group *g = gw_arena_zero(&c->scratch, 1, sizeof(*g));
	struct gw_offset_fetch_request_group_topic *gt =
	    gw_arena_zero(&c->scratch, k->n, sizeof(*gt));
	int32_t *index = gw_arena_zero(&c->scratch, k->n, sizeof(*index));
	size_t n = 0;

	if (t == NULL || g == NULL || gt == NULL || index == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < k->n; i++) {
		const struct gw_cpart *p = k->items[i].part;

		index[i] = p->index;
		if (i == 0 || k->items[i - 1].part->topic != p->topic) {
			t[n].name = gt[n].name =
			    (struct gw_slice){ p->topic->name, p->topic->name_len };
			t[n].partition_indexes = gt[n].partition_indexes = &index[i];
			n++;
		}
		t[n - 1].n_partition_indexes++;
		gt[n - 1].n_partition_indexes++;
	}
	rq->require_stable = version >= 7 &&
	    (c->cfg.isolation_level == GW_READ_COMMITTED || gw_txn_is_on(c));
	if (version < 8) {
		rq->group_id = gw_str(gw_group_id(c));
		rq->topics = t;
		rq->n_topics = n;
		return 0;
	}
	*g = (struct gw_offset_fetch_request_group){ .group_id = gw_str(gw_group_id(c)),
	    .member_epoch = -1, .topics = gt, .n_topics = n };
	if (version >= 9 && c->group.protocol == GW_PROTOCOL_CONSUMER) {
		g->member_id = gw_str(c->group.member_id);
		g->member_epoch = c->group.generation;
	}
	rq->groups = g;
	rq->n_groups = 1;
	return 0;
}

static void
send_commits(struct gw_client *c, struct asked *k, struct gw_conn *conn, int version)
{
	struct gw_offset_fetch_request rq = { .n_topics = 0 };
	struct gw_send_spec spec = { .key = GW_API_OFFSET_FETCH, .version = (int16_t)version,
	    .handler = { commits_done, k } };
	int rc;

	gw_arena_reset(&c->scratch);
	rc = build_commits(c, k, version, &rq);
	mark_asked(k);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		end(c, k, 0);
}

static void
ask_commits(struct gw_client *c)
{
	struct asked *k = collect(c, NULL);
	struct gw_broker *b;
	int version = GW_EAGAIN, fatal;

	if (k == NULL)
		return;
	if (gw_group_id(c) == NULL) {
		/* Nobody's commits: as auto.offset.reset says, as for a new group. */
		for (size_t i = 0; i < k->n; i++)
			gw_cpart_reset(
			    c, k->items[i].part, "there is no group.id to have a commit");
		gw_alloc_free(c->env->alloc, k);
		return;
	}
	b = gw_cluster_coordinator(c, gw_group_id(c), &fatal);
	if (fatal != 0)
		gw_consumer_fail(
		    c, fatal, "coordinator of group %s: %s", gw_group_id(c), gw_strerror(fatal));
	if (b != NULL && gw_conn_want(&b->conns[GW_ROLE_GENERAL]))
		version = gw_conn_version(&b->conns[GW_ROLE_GENERAL], GW_API_OFFSET_FETCH, &c->err);
	if (version < 0)
		gw_alloc_free(c->env->alloc, k);
	else
		send_commits(c, k, &b->conns[GW_ROLE_GENERAL], version);
}

void
gw_offsets_step(struct gw_client *c)
{
	ask_commits(c);
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		if (b->node_id >= 0)
			ask_ends(c, b);
}
