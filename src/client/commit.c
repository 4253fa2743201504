/* SPDX-License-Identifier: MIT
 *
 * client/commit.c - offsets of the group: wanted ones are gathered, sent together, one request at a
 * time; a newer wish for a partition replaces an older one that was not sent yet.
 * Source: OffsetCommitRequest.json, OffsetCommitResponse.json; KIP-320 (leader epochs).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "wire/msg_offset_commit.h"

bool
gw_commits_pending(const struct gw_client *c)
{
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->commit_at >= 0 || p->commit_sent >= 0)
			return true;
	return false;
}

static void
report(struct gw_client *c, struct gw_cpart *p, int64_t offset, const struct gw_err *err)
{
	struct gw_event ev = { .type = GW_EVENT_COMMITTED, .partition = p->index, .offset = offset,
	    .topic = { p->topic->name, p->topic->name_len }, .broker = -1 };

	if (err != NULL) {
		ev.err = *err;
		c->err = *err;
		if (c->group.commit_err.code == 0)
			c->group.commit_err = *err;
	}
	gw_event_put(c, &ev);
}

static void
failed(struct gw_client *c, struct gw_cpart *p, int64_t offset, int code, const char *why)
{
	struct gw_err err;

	(void)gw_err_set(&err, code, "commit of %s-%d at offset %lld to group %s: %s",
	    p->topic->name, (int)p->index, (long long)offset, gw_group_id(c), why);
	report(c, p, offset, &err);
}

void
gw_commit_drop(struct gw_client *c, struct gw_cpart *p, const char *why)
{
	int64_t offset = p->commit_at >= 0 ? p->commit_at : p->commit_sent;

	p->commit_at = p->commit_sent = -1;
	if (offset >= 0)
		failed(c, p, offset, GW_ESTATE, why);
}

void
gw_commits_drop(struct gw_client *c, const char *why)
{
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		gw_commit_drop(c, p, why);
}

/*
 * The member's generation or epoch moved on while the request was under way, or is about to: the
 * same commit is good with the new one, as long as the partition stays.
 */
static bool
is_outdated(const struct gw_client *c, const struct gw_cpart *p, int code)
{
	const struct gw_group *g = &c->group;

	if (!g->subscribed || !p->assigned)
		return false;
	if (g->protocol == GW_PROTOCOL_CONSUMER)
		return code == GW_K_STALE_MEMBER_EPOCH;
	if (!gw_classic_is_cooperative(c))
		return false;
	return code == GW_K_REBALANCE_IN_PROGRESS ||
	    (code == GW_K_ILLEGAL_GENERATION && g->commit_generation != g->generation);
}

/* One partition's answer. Returns true if the commit is to be sent again. */
static bool
take(struct gw_client *c, struct gw_cpart *p, int code)
{
	int64_t offset = p->commit_sent;

	p->commit_sent = -1;
	if (code == 0) {
		p->committed = offset;
		report(c, p, offset, NULL);
		return false;
	}
	if (!is_outdated(c, p, code) && (code == GW_K_REBALANCE_IN_PROGRESS ||
	    code == GW_K_ILLEGAL_GENERATION || code == GW_K_UNKNOWN_MEMBER_ID ||
	    !gw_err_retriable(code))) {
		failed(c, p, offset, code, gw_strerror(code));
		return false;
	}
	if (p->commit_at < 0)
		p->commit_at = offset;
	return true;
}

static void
after_refusal(struct gw_client *c, int code)
{
	bool in_group = c->group.subscribed && c->group.state == GW_GROUP_STABLE;

	if (code == GW_K_NOT_COORDINATOR || code == GW_K_COORDINATOR_NOT_AVAILABLE)
		gw_cluster_coordinator_lost(c, gw_group_id(c));
	if (c->group.protocol == GW_PROTOCOL_CONSUMER) {
		if (code == GW_K_STALE_MEMBER_EPOCH || code == GW_K_UNKNOWN_MEMBER_ID ||
		    code == GW_K_FENCED_MEMBER_EPOCH)
			gw_consumer_protocol_hurry(c, false);
		return;
	}
	if (!in_group || (code == GW_K_ILLEGAL_GENERATION &&
	    c->group.commit_generation != c->group.generation))
		return;
	if (code == GW_K_REBALANCE_IN_PROGRESS)
		gw_group_rejoin(c, false);
	if (code == GW_K_UNKNOWN_MEMBER_ID)
		(void)gw_group_set_member(c, (struct gw_slice){ NULL, 0 });
	if (code == GW_K_UNKNOWN_MEMBER_ID || code == GW_K_ILLEGAL_GENERATION)
		gw_group_rejoin(c, true);
	if (code == GW_K_FENCED_INSTANCE_ID)
		gw_group_give_up(c, code, "commit to", (struct gw_slice){ NULL, 0 });
}

static void
done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_offset_commit_response *r = reply->body;
	bool again = false;
	int refusal = 0;

	(void)owner;
	c->group.commit_out = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	else
		gw_cluster_coordinator_lost(c, gw_group_id(c));
	for (size_t t = 0; r != NULL && t < r->n_topics; t++)
		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			const struct gw_offset_commit_partition *a = &r->topics[t].partitions[i];
			struct gw_cpart *p =
			    gw_cpart_find(c, r->topics[t].name, a->partition_index);

			if (p == NULL || p->commit_sent < 0)
				continue;
			again |= take(c, p, a->error_code);
			if (a->error_code != 0)
				refusal = a->error_code;
		}
	/* Without an answer: an offset may be committed twice without harm. */
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->commit_sent >= 0)
			again |= take(c, p, GW_K_REQUEST_TIMED_OUT);
	after_refusal(c, refusal);
	c->group.commit_errors = again ? c->group.commit_errors + 1 : 0;
	c->group.commit_retry_us = again ? c->now.us + gw_backoff_us(c, c->group.commit_errors) : 0;
}

static int
build(struct gw_client *c, struct gw_offset_commit_request *rq)
{
	struct gw_offset_commit_request_partition *d;
	const struct gw_topic *topic = NULL;
	size_t n = 0;

	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n += p->commit_at >= 0;
	d = gw_arena_zero(&c->scratch, n, sizeof(*d));
	rq->topics = gw_arena_zero(&c->scratch, n, sizeof(*rq->topics));
	if (d == NULL || rq->topics == NULL)
		return GW_ENOMEM;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		if (p->commit_at < 0)
			continue;
		if (p->topic != topic)
			rq->topics[rq->n_topics++] = (struct gw_offset_commit_request_topic){
			    .name = { p->topic->name, p->topic->name_len }, .partitions = d };
		topic = p->topic;
		rq->topics[rq->n_topics - 1].n_partitions++;
		*d++ = (struct gw_offset_commit_request_partition){ .partition_index = p->index,
		    .committed_offset = p->commit_at, .committed_leader_epoch = p->commit_epoch,
		    .committed_metadata = { "", 0 } };
	}
	return 0;
}

static void
send(struct gw_client *c, struct gw_conn *conn, int version)
{
	struct gw_group *g = &c->group;
	struct gw_offset_commit_request rq = { .group_id = gw_str(gw_group_id(c)),
	    .generation_id_or_member_epoch = -1, .member_id = { "", 0 }, .retention_time_ms = -1 };
	struct gw_send_spec spec = { .key = GW_API_OFFSET_COMMIT, .version = (int16_t)version,
	    .handler = { done, g } };
	int rc;

	if (g->subscribed) {
		rq.generation_id_or_member_epoch = g->generation;
		rq.member_id = gw_str(g->member_id);
		if (version >= 7 && c->cfg.group_instance_id[0] != '\0')
			rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	}
	gw_arena_reset(&c->scratch);
	rc = build(c, &rq);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0) {
		g->commit_retry_us = c->now.us + gw_backoff_us(c, ++g->commit_errors);
		return;
	}
	g->commit_out = true;
	g->commit_generation = rq.generation_id_or_member_epoch;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->commit_at >= 0) {
			p->commit_sent = p->commit_at;
			p->commit_at = -1;
		}
}

static bool
has_wishes(const struct gw_client *c)
{
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->commit_at >= 0)
			return true;
	return false;
}

void
gw_commits_step(struct gw_client *c)
{
	struct gw_conn *conn;
	struct gw_broker *b;
	int fatal, version;

	if (c->group.commit_out || gw_group_id(c) == NULL || !has_wishes(c) ||
	    (c->group.subscribed && !gw_group_is_member(c)))
		return;
	if (c->group.commit_retry_us > c->now.us) {
		gw_wake(c, c->group.commit_retry_us);
		return;
	}
	b = gw_cluster_coordinator(c, gw_group_id(c), &fatal);
	if (fatal != 0)
		gw_commits_drop(c, gw_strerror(fatal));
	if (b == NULL)
		return;
	conn = &b->conns[GW_ROLE_GENERAL];
	version =
	    gw_conn_want(conn) ? gw_conn_version(conn, GW_API_OFFSET_COMMIT, &c->err) : GW_EAGAIN;
	if (version >= 0)
		send(c, conn, version);
}

static int
wish(struct gw_client *c, struct gw_cpart *p, int64_t offset, int32_t epoch)
{
	if (gw_group_id(c) == NULL)
		return gw_client_fail(c, GW_ESTATE, "gw_commit: there is no group to commit to; "
		    "gw_subscribe() or set group.id");
	if (offset < 0)
		return gw_client_fail(
		    c, GW_EINVAL, "gw_commit: %lld is no offset", (long long)offset);
	if (!p->assigned) {
		failed(
		    c, p, offset, GW_ESTATE, "the partition is no longer assigned to this client");
		return GW_ESTATE;
	}
	p->commit_at = offset;
	p->commit_epoch = epoch;
	c->again = true;
	return 0;
}

int
gw_commit(struct gw_client *c, const struct gw_batch *b)
{
	return wish(c, b->part, b->next_offset, b->epoch);
}

int
gw_commit_offset(struct gw_client *c, const char *topic, int32_t partition, int64_t offset)
{
	struct gw_cpart *p = topic == NULL ? NULL : gw_cpart_find(c, gw_str(topic), partition);

	if (p == NULL)
		return gw_client_fail(c, GW_ENOENT,
		    "gw_commit_offset: %s-%d is not assigned to this client",
		    topic == NULL ? "" : topic, (int)partition);
	return wish(c, p, offset, offset == p->position ? p->epoch : -1);
}

int
gw_commit_wait(struct gw_client *c, int timeout_ms)
{
	int64_t until = gw_client_until(c, timeout_ms);
	unsigned begin = c->cluster.n_rounds;
	int rc = 0;

	while (rc == 0 && gw_commits_pending(c)) {
		rc = gw_client_enter(c);
		if (rc == 0)
			rc = gw_client_unreachable(c, begin);
		if (rc == 0 && c->now.us >= until)
			rc = gw_client_fail(
			    c, GW_ETIMEOUT, "commits not answered in %d ms", timeout_ms);
		if (rc == 0)
			rc = gw_client_wait(c, until);
	}
	if (rc == 0 && c->group.commit_err.code != 0) {
		c->err = c->group.commit_err;
		rc = c->err.code;
	}
	c->group.commit_err.code = 0;
	return rc;
}
