/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_txn_offset_commit.h"

#define IMPLICIT_SINCE	5	/* KIP-890: committing adds the group to the transaction */

static int16_t
pend_one(struct gw_request *rq, struct gw_xact *t, const char *group, const struct gw_topic *topic,
    const struct gw_txn_offset_commit_request_partition *q)
{
	struct gw_xact_offset o = { .partition = q->partition_index,
		.offset = q->committed_offset,
		.leader_epoch = q->committed_leader_epoch,
		.commit_ms = rq->now.wall_ms };

	if (gw_topic_part(topic, q->partition_index) == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (q->committed_metadata.len > GW_CGROUP_METADATA_MAX)
		return GW_K_OFFSET_METADATA_TOO_LARGE;
	if (q->committed_offset < 0)
		return GW_K_INVALID_COMMIT_OFFSET_SIZE;
	o.group = gw_arena_str(rq->arena, gw_str(group));
	o.topic = topic->name;
	o.metadata = gw_arena_str(rq->arena,
	    q->committed_metadata.ptr == NULL ? GW_LIT("") : q->committed_metadata);
	if (o.group == NULL || o.metadata == NULL || gw_xact_put_offset(rq->b, t, &o) < 0)
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	return 0;
}

/* A zombie of the consuming side is refused too. KIP-447. */
static int16_t
judge(struct gw_request *rq, const struct gw_txn_offset_commit_request *q, struct gw_xact **t)
{
	const struct gw_xact_who who = { q->transactional_id, q->producer_id, q->producer_epoch };
	const struct gw_identity member = { .group = q->group_id,
		.member_id = q->member_id,
		.instance = q->group_instance_id,
		.generation = q->generation_id };
	int16_t error = gw_xact_may_add(&rq->b->txns, &who, t);

	if (error == GW_K_PRODUCER_FENCED)
		return GW_K_INVALID_PRODUCER_EPOCH;
	if (error == 0 && (q->generation_id >= 0 || q->member_id.len > 0 ||
	    q->group_instance_id.ptr != NULL))
		error = gw_cgroup_may_commit(&rq->b->groups, &member, rq->now.us);
	if (error == GW_K_STALE_MEMBER_EPOCH)	/* what this request has a word for */
		error = GW_K_ILLEGAL_GENERATION;
	if (error != 0 || gw_xact_has_group(*t, q->group_id))
		return error;
	if (q->group_id.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (rq->version < IMPLICIT_SINCE)
		return GW_K_INVALID_TXN_STATE;	/* AddOffsetsToTxn must have come before */
	return gw_xact_put_group(rq->b, *t, q->group_id, rq->now) < 0
	    ? GW_K_COORDINATOR_NOT_AVAILABLE : 0;
}

static int
pend_topic(struct gw_request *rq, struct gw_xact *t, int16_t error, const char *group,
    const struct gw_txn_offset_commit_request_topic *q, struct gw_txn_offset_commit_topic *out)
{
	const struct gw_topic *topic = gw_topic_by_name(rq->b, q->name);
	const char *name = gw_arena_str(rq->arena, q->name);	/* the frame goes if this waits */

	out->partitions = gw_arena_zero(rq->arena, q->n_partitions + 1, sizeof(*out->partitions));
	if (name == NULL || out->partitions == NULL)
		return GW_ENOMEM;
	out->name = (struct gw_slice){ name, q->name.len };
	for (size_t i = 0; i < q->n_partitions; i++)
		out->partitions[out->n_partitions++] = (struct gw_txn_offset_commit_partition){
			.partition_index = q->partitions[i].partition_index,
			.error_code = error != 0
			    ? error : pend_one(rq, t, group, topic, &q->partitions[i])
		};
	return 0;
}

int
gw_on_txn_offset_commit(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_txn_offset_commit_request *q = request;
	struct gw_txn_offset_commit_response *r = response;
	const char *group = gw_arena_str(rq->arena, q->group_id);
	struct gw_xact *t = NULL;
	int16_t error = judge(rq, q, &t);
	int rc = 0;

	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (group == NULL || r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++)
		rc = pend_topic(rq, t, error, group, &q->topics[i], &r->topics[r->n_topics++]);
	return rc < 0 ? rc : gw_wait_meta(rq, r);
}
