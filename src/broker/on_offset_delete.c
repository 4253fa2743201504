/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_group_protocol.h"
#include "wire/msg_offset_delete.h"

#define GROUP_SUBSCRIBED_TO_TOPIC	86

/* A member whose subscription cannot be read may read anything. */
static bool
reads(struct gw_request *rq, const struct gw_cgroup *g, const struct gw_cmember *m,
    struct gw_slice topic)
{
	struct gw_consumer_protocol_subscription s = { .n_topics = 0 };

	if (gw_visit_decode(gw_cmember_metadata(g, m), gw_consumer_protocol_subscription_visit, &s,
	    3, false, rq->arena, NULL) != 0)
		return true;
	for (size_t i = 0; i < s.n_topics; i++)
		if (gw_slice_eq(s.topics[i], topic))
			return true;
	return false;
}

static bool
is_read(struct gw_request *rq, const struct gw_cgroup *g, struct gw_slice topic)
{
	for (size_t i = 0; i < g->n_members; i++)
		if (reads(rq, g, g->members[i], topic))
			return true;
	for (size_t i = 0; g->next_gen != NULL && i < g->next_gen->n_members; i++)
		if (gw_nmember_wants(g->next_gen->members[i], topic))
			return true;
	return false;
}

static int16_t
forget(struct gw_request *rq, struct gw_cgroup *g, struct gw_slice topic, int32_t partition)
{
	struct gw_meta_offset gone = { .group = gw_str(g->name), .topic = topic,
		.partition = partition, .offset = -1, .leader_epoch = -1,
		.commit_ms = rq->now.wall_ms };
	int rc;

	if (gw_topic_part(gw_topic_by_name(rq->b, topic), partition) == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (gw_cgroup_offset(g, topic, partition) == NULL)
		return 0;
	rc = gw_meta_put(&rq->b->meta, GW_ENTRY_OFFSET, gw_meta_offset_visit, &gone);
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	}
	(void)gw_cgroup_forget_offset(&rq->b->groups, g, topic, partition);
	return 0;
}

static int
forget_topic(struct gw_request *rq, struct gw_cgroup *g,
    const struct gw_offset_delete_request_topic *q, struct gw_offset_delete_topic *out)
{
	bool busy = is_read(rq, g, q->name);
	const char *name = gw_arena_str(rq->arena, q->name);	/* the frame goes if this waits */

	out->partitions = gw_arena_zero(rq->arena, q->n_partitions + 1, sizeof(*out->partitions));
	if (out->partitions == NULL || name == NULL)
		return GW_ENOMEM;
	out->name = (struct gw_slice){ name, q->name.len };
	for (size_t i = 0; i < q->n_partitions; i++) {
		int32_t partition = q->partitions[i].partition_index;

		out->partitions[out->n_partitions++] = (struct gw_offset_delete_partition){
			.partition_index = partition,
			.error_code = busy ? GROUP_SUBSCRIBED_TO_TOPIC :
			    forget(rq, g, q->name, partition) };
	}
	return 0;
}

int
gw_on_offset_delete(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_offset_delete_request *q = request;
	struct gw_offset_delete_response *r = response;
	struct gw_cgroup *g = gw_cgroup_find(&rq->b->groups, q->group_id);
	int rc = 0;

	if (g == NULL)
		r->error_code = GW_K_GROUP_ID_NOT_FOUND;
	else if (g->n_members > 0 && (g->protocol_type == NULL ||
	    strcmp(g->protocol_type, "consumer") != 0))
		r->error_code = GW_K_NON_EMPTY_GROUP;
	if (r->error_code != 0)
		return 0;
	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++)
		rc = forget_topic(rq, g, &q->topics[i], &r->topics[r->n_topics++]);
	return rc < 0 ? rc : gw_wait_meta(rq, r);
}
