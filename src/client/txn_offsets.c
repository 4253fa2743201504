/* SPDX-License-Identifier: MIT
 *
 * client/txn_offsets.c - offsets that are committed with the transaction or not at all. They are
 * sent when it ends, in one request. Source: AddOffsetsToTxnRequest.json,
 * TxnOffsetCommitRequest.json; KIP-447 (the group tells a member that is no longer one).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/txn.h"
#include "wire/msg_add_offsets_to_txn.h"
#include "wire/msg_txn_offset_commit.h"

#define COMMIT_BY_MEMBER_MIN	3	/* TxnOffsetCommit with member and generation */
#define COMMIT_CLASSIC_MAX	4
#define COMMIT_V2		5

static size_t
count(const struct gw_client *c)
{
	size_t n = 0;

	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n += p->txn_offset >= 0 && !p->txn_sent;
	return n;
}

void
gw_txn_offsets_end(struct gw_client *c, bool committed)
{
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		if (committed && p->txn_offset >= 0)
			p->committed = p->txn_offset;
		p->txn_offset = -1;
		p->txn_sent = false;
	}
}

static int
check_open(struct gw_client *c)
{
	if (c->txn.state != GW_TXN_OPEN)
		return gw_client_fail(c, GW_ESTATE, "gw_commit_in_txn: no transaction is open");
	if (c->txn.err.code != 0)
		return gw_client_fail(c, GW_ESTATE, "the transaction can only be ended now: %s",
		    c->txn.err.msg);
	return 0;
}

static int
check_group(struct gw_client *c)
{
	if (gw_group_id(c) == NULL)
		return gw_client_fail(c, GW_ESTATE, "gw_commit_in_txn: there is no group to commit "
		    "to; gw_subscribe() or set group.id");
	return check_open(c);
}

int
gw_commit_in_txn(struct gw_client *c, const struct gw_batch *b)
{
	struct gw_cpart *p = b->part;
	int rc = check_group(c);

	if (rc != 0)
		return rc;
	if (!p->assigned || b->assignment != p->assignment)
		return gw_client_fail(c, GW_ESTATE,
		    "gw_commit_in_txn: %s-%d was taken away since this batch was fetched; abort",
		    p->topic->name, (int)p->index);
	p->txn_offset = b->next_offset;
	p->txn_epoch = b->epoch;
	return 0;
}

int
gw_commit_offset_in_txn(struct gw_client *c, const char *topic, int32_t partition, int64_t offset)
{
	struct gw_cpart *p = topic == NULL ? NULL : gw_cpart_find(c, gw_str(topic), partition);
	int rc = check_group(c);

	if (rc != 0)
		return rc;
	if (p == NULL || !p->assigned || offset < 0)
		return gw_client_fail(c, GW_ESTATE,
		    "gw_commit_offset_in_txn: %s-%d is not assigned to this client",
		    topic == NULL ? "" : topic, (int)partition);
	p->txn_offset = offset;
	p->txn_epoch = offset == p->position ? p->epoch : -1;
	return 0;
}

static bool
set_name(char out[GW_TXN_NAME_MAX], const char *name)
{
	size_t len = name == NULL ? 0 : strlen(name);

	if (len == 0 || len >= GW_TXN_NAME_MAX)
		return false;
	memcpy(out, name, len + 1);
	return true;
}

int
gw_commit_beside_in_txn(struct gw_client *c, const char *group, const char *topic,
    int32_t partition, int64_t offset)
{
	struct gw_txn_beside *b = &c->txn.beside;
	int rc = check_open(c);

	if (rc != 0)
		return rc;
	if (offset < 0 || partition < 0 || !set_name(b->group, group) || !set_name(b->topic, topic))
		return gw_client_fail(c, GW_EINVAL, "gw_commit_beside_in_txn: a group, a topic, a "
		    "partition and an offset are wanted");
	b->partition = partition;
	b->offset = offset;
	b->is_set = true;
	return 0;
}

/* Whose coordinator the request under way went to, or the next one goes to. */
static const char *
group_of(const struct gw_client *c)
{
	return c->txn.asking_beside ? c->txn.beside.group : gw_group_id(c);
}

/* ---- AddOffsetsToTxn ---- */

static void
group_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_add_offsets_to_txn_response *r = reply->body;

	(void)owner;
	c->txn.under_way = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (r == NULL || r->error_code == GW_K_NOT_COORDINATOR ||
	    r->error_code == GW_K_COORDINATOR_NOT_AVAILABLE) {
		gw_cluster_txn_coordinator_lost(c, c->cfg.transactional_id);
		gw_txn_retry_later(c);
		return;
	}
	if (gw_txn_judge(c, r->error_code, "AddOffsetsToTxn") == GW_TXN_WELL) {
		if (c->txn.asking_beside)
			c->txn.beside.added = true;
		else
			c->txn.group_added = true;
		c->again = true;
	}
}

static void
add_group(struct gw_client *c)
{
	struct gw_add_offsets_to_txn_request rq = {
		.transactional_id = gw_str(c->cfg.transactional_id),
		.producer_id = c->producer.id,
		.producer_epoch = c->producer.epoch,
		.group_id = gw_str(group_of(c)) };
	struct gw_send_spec spec = { .key = GW_API_ADD_OFFSETS_TO_TXN,
		.handler = { group_done, &c->txn } };
	struct gw_conn *conn = gw_txn_conn(c);
	int version = conn == NULL ? GW_EAGAIN : gw_conn_version(conn, spec.key, &c->err);

	if (version < 0)
		return;
	spec.version = (int16_t)version;
	if (gw_conn_send(conn, &spec, &rq, &c->err) != 0) {
		gw_txn_retry_later(c);
		return;
	}
	c->txn.under_way = c->txn.started = true;
}

/* ---- TxnOffsetCommit ---- */

static int
worst(const struct gw_txn_offset_commit_response *r)
{
	int found = 0;

	for (size_t t = 0; t < r->n_topics; t++)
		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			int code = r->topics[t].partitions[i].error_code;

			if (code != 0 && (found == 0 || gw_err_retriable(found)))
				found = code;
		}
	return found;
}

static void
commit_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_txn_offset_commit_response *r = reply->body;
	int code = r == NULL ? 0 : worst(r);

	(void)owner;
	c->txn.under_way = false;
	if (r != NULL)
		gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (r == NULL || code == GW_K_NOT_COORDINATOR || code == GW_K_COORDINATOR_NOT_AVAILABLE) {
		gw_cluster_coordinator_lost(c, group_of(c));
		gw_txn_retry_later(c);
		return;
	}
	if (gw_txn_judge(c, code, "TxnOffsetCommit") != GW_TXN_WELL)
		return;
	c->again = true;
	if (c->txn.asking_beside) {
		c->txn.beside.sent = true;
		return;
	}
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		p->txn_sent = p->txn_offset >= 0;
}

static int
build(struct gw_client *c, struct gw_txn_offset_commit_request *rq, size_t n)
{
	struct gw_txn_offset_commit_request_partition *d;
	const struct gw_topic *topic = NULL;

	gw_arena_reset(&c->scratch);
	d = gw_arena_zero(&c->scratch, n, sizeof(*d));
	rq->topics = gw_arena_zero(&c->scratch, n, sizeof(*rq->topics));
	if (d == NULL || rq->topics == NULL)
		return GW_ENOMEM;
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		if (p->txn_offset < 0 || p->txn_sent)
			continue;
		if (p->topic != topic)
			rq->topics[rq->n_topics++] = (struct gw_txn_offset_commit_request_topic){
			    .name = { p->topic->name, p->topic->name_len }, .partitions = d };
		topic = p->topic;
		rq->topics[rq->n_topics - 1].n_partitions++;
		*d++ = (struct gw_txn_offset_commit_request_partition){
		    .partition_index = p->index, .committed_offset = p->txn_offset,
		    .committed_leader_epoch = p->txn_epoch, .committed_metadata = { "", 0 } };
	}
	return 0;
}

static int
build_beside(struct gw_client *c, struct gw_txn_offset_commit_request *rq)
{
	const struct gw_txn_beside *b = &c->txn.beside;
	struct gw_txn_offset_commit_request_partition *d;

	gw_arena_reset(&c->scratch);
	d = gw_arena_zero(&c->scratch, 1, sizeof(*d));
	rq->topics = gw_arena_zero(&c->scratch, 1, sizeof(*rq->topics));
	if (d == NULL || rq->topics == NULL)
		return GW_ENOMEM;
	*d = (struct gw_txn_offset_commit_request_partition){ .partition_index = b->partition,
		.committed_offset = b->offset, .committed_leader_epoch = -1,
		.committed_metadata = { "", 0 } };
	rq->topics[0] = (struct gw_txn_offset_commit_request_topic){ .name = gw_str(b->topic),
		.partitions = d, .n_partitions = 1 };
	rq->n_topics = 1;
	return 0;
}

static void
send(struct gw_client *c, struct gw_conn *conn, int version, size_t n)
{
	struct gw_group *g = &c->group;
	bool beside = c->txn.asking_beside;
	struct gw_txn_offset_commit_request rq = {
		.transactional_id = gw_str(c->cfg.transactional_id),
		.group_id = gw_str(group_of(c)),
		.producer_id = c->producer.id,
		.producer_epoch = c->producer.epoch,
		.generation_id = -1,
		.member_id = { "", 0 } };
	struct gw_send_spec spec = { .key = GW_API_TXN_OFFSET_COMMIT, .version = (int16_t)version,
	    .handler = { commit_done, &c->txn } };
	int rc;

	if (version >= COMMIT_BY_MEMBER_MIN && g->subscribed && !beside) {
		rq.generation_id = g->generation;
		rq.member_id = gw_str(g->member_id);
		if (c->cfg.group_instance_id[0] != '\0')
			rq.group_instance_id = gw_str(c->cfg.group_instance_id);
	}
	rc = beside ? build_beside(c, &rq) : build(c, &rq, n);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0)
		gw_txn_retry_later(c);
	else
		c->txn.under_way = c->txn.started = true;
}

static void
commit(struct gw_client *c, size_t n)
{
	struct gw_conn *conn;
	struct gw_broker *b;
	int fatal, version;

	b = gw_cluster_coordinator(c, group_of(c), &fatal);
	if (fatal != 0 && fatal != GW_ENOMEM)
		(void)gw_txn_judge(c, fatal, "FindCoordinator of the group");
	if (b == NULL)
		return;
	conn = &b->conns[GW_ROLE_GENERAL];
	if (!gw_conn_want(conn) || conn->versions != GW_VERSIONS_KNOWN)
		return;
	version = gw_conn_version(conn, GW_API_TXN_OFFSET_COMMIT, &c->err);
	if (version < 0) {
		(void)gw_txn_judge(c, GW_K_UNSUPPORTED_VERSION, "TxnOffsetCommit");
		return;
	}
	if (!c->txn.v2 && version > COMMIT_CLASSIC_MAX)
		version = COMMIT_CLASSIC_MAX;
	send(c, conn, version < COMMIT_V2 ? version : COMMIT_V2, n);
}

bool
gw_txn_offsets_step(struct gw_client *c)
{
	struct gw_txn *t = &c->txn;
	size_t n = count(c);

	if (n == 0 && (!t->beside.is_set || t->beside.sent))
		return false;
	if (!t->chosen || t->unsettled || t->under_way)
		return true;
	t->asking_beside = n == 0;
	/* While the group makes a new generation it is not known whose the partitions are. */
	if (n > 0 && c->group.subscribed && c->group.state != GW_GROUP_STABLE)
		return true;
	if (!t->v2 && !(t->asking_beside ? t->beside.added : t->group_added))
		add_group(c);
	else
		commit(c, n);
	return true;
}
