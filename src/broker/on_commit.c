/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_fetch.h"

#define EPOCHS_SINCE	9	/* KIP-848: members of its groups */
#define BY_ID_SINCE	10	/* KIP-848: topics by their ids */

/* ---- OffsetCommit ---- */

struct durable_wait {
	void		*response;
	uint64_t	 until;		/* meta.durable that answers */
};

static int16_t
commit_one(struct gw_request *rq, struct gw_cgroup *g, const struct gw_topic *t,
    const struct gw_offset_commit_request_partition *q)
{
	struct gw_meta_offset m = { .group = gw_str(g->name),
		.partition = q->partition_index,
		.offset = q->committed_offset,
		.leader_epoch = q->committed_leader_epoch,
		.metadata = q->committed_metadata,
		.commit_ms = rq->now.wall_ms };
	int rc;

	if (gw_topic_part(t, q->partition_index) == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (q->committed_metadata.len > GW_CGROUP_METADATA_MAX)
		return GW_K_OFFSET_METADATA_TOO_LARGE;
	if (q->committed_offset < 0)
		return GW_K_INVALID_COMMIT_OFFSET_SIZE;
	m.topic = gw_str(t->name);
	/*
	 * Apache Kafka keeps no difference between none and empty, and clients rely on getting
	 * text.
	 */
	if (m.metadata.ptr == NULL)
		m.metadata = GW_LIT("");
	rc = gw_meta_put(&rq->b->meta, GW_ENTRY_OFFSET, gw_meta_offset_visit, &m);
	if (rc == 0)
		rc = gw_cgroup_set_offset(&rq->b->groups, g, m.topic,
		    &(struct gw_committed){ .partition = m.partition,
			.offset = m.offset,
			.leader_epoch = m.leader_epoch,
			.commit_ms = m.commit_ms },
		    m.metadata);
	if (rc == 0)
		return 0;
	gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
	return GW_K_COORDINATOR_NOT_AVAILABLE;
}

static int
commit_topic(struct gw_request *rq, struct gw_cgroup *g, int16_t error,
    const struct gw_offset_commit_request_topic *q, struct gw_offset_commit_topic *out)
{
	bool by_id = rq->version >= BY_ID_SINCE;
	const struct gw_topic *t = gw_topic_named(rq->b, by_id, q->name, &q->topic_id);
	const char *name = gw_arena_str(rq->arena, q->name);	/* the frame goes if this waits */

	out->partitions = gw_arena_zero(rq->arena, q->n_partitions + 1, sizeof(*out->partitions));
	if (name == NULL || out->partitions == NULL)
		return GW_ENOMEM;
	out->name = (struct gw_slice){ name, q->name.len };
	out->topic_id = q->topic_id;
	if (error == 0 && by_id && t == NULL)
		error = GW_K_UNKNOWN_TOPIC_ID;
	for (size_t i = 0; i < q->n_partitions; i++)
		out->partitions[out->n_partitions++] = (struct gw_offset_commit_partition){
			.partition_index = q->partitions[i].partition_index,
			.error_code = error != 0 ? error : commit_one(rq, g, t, &q->partitions[i])
		};
	return 0;
}

static int
resume_durable(struct gw_pending *p, bool timed_out)
{
	struct durable_wait *w = p->state;

	(void)timed_out;
	return p->b->meta.durable >= w->until ? gw_pending_answer(p, w->response) : GW_EAGAIN;
}

/* With GW_FSYNC_ALWAYS a commit is answered when it is durable; many share one sync. */
int
gw_wait_meta(struct gw_request *rq, void *response)
{
	struct durable_wait *w;

	if (rq->b->o.fsync != GW_FSYNC_ALWAYS || rq->b->meta.durable == rq->b->meta.put)
		return 0;
	w = gw_arena_zero(rq->arena, 1, sizeof(*w));
	if (w == NULL)
		return GW_ENOMEM;
	*w = (struct durable_wait){ .response = response, .until = rq->b->meta.put };
	rq->p->state = w;
	rq->p->resume = resume_durable;
	return GW_EAGAIN;
}

int
gw_on_offset_commit(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_offset_commit_request *q = request;
	struct gw_offset_commit_response *r = response;
	struct gw_identity who = { .group = q->group_id,
		.member_id = q->member_id,
		.instance = q->group_instance_id,
		.generation = q->generation_id_or_member_epoch };
	struct gw_cgroup *g = gw_cgroup_find(&rq->b->groups, q->group_id);
	int16_t error = gw_cgroup_may_commit(&rq->b->groups, &who, rq->now.us);
	int rc = 0;

	/* An older version has no words for what may be wrong with an epoch. */
	if (g != NULL && g->next_gen != NULL && rq->version < EPOCHS_SINCE && q->member_id.len > 0)
		error = GW_K_UNSUPPORTED_VERSION;
	if (error == 0 && (g = gw_cgroup_make(&rq->b->groups, q->group_id)) == NULL)
		return GW_ENOMEM;
	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++)
		rc = commit_topic(rq, g, error, &q->topics[i], &r->topics[r->n_topics++]);
	return rc < 0 ? rc : gw_wait_meta(rq, r);
}

/* ---- OffsetFetch ---- */

struct asked {
	const struct gw_broker	*b;
	struct gw_slice		 group;
	const struct gw_cgroup	*g;	/* NULL: no such group */
	bool			 stable;
};

/* An open transaction may yet move it. KIP-447. */
static bool
unstable(const struct gw_broker *b, struct gw_slice group, struct gw_slice topic,
    int32_t partition)
{
	const struct gw_xact *t;
	size_t pos = 0;

	while ((t = gw_map_next(&b->txns.by_id, &pos)) != NULL)
		for (size_t i = 0; i < t->n_offsets; i++)
			if (t->offsets[i].partition == partition &&
			    gw_slice_is(topic, t->offsets[i].topic) &&
			    gw_slice_is(group, t->offsets[i].group))
				return true;
	return false;
}

static void
fetch_one(const struct asked *a, struct gw_slice topic, int32_t partition,
    struct gw_offset_fetch_group_partition *out)
{
	const struct gw_committed *o =
	    a->g == NULL ? NULL : gw_cgroup_offset(a->g, topic, partition);

	*out = (struct gw_offset_fetch_group_partition){ .partition_index = partition,
		.committed_offset = -1,
		.committed_leader_epoch = -1,
		.metadata = GW_LIT("") };
	if (a->stable && unstable(a->b, a->group, topic, partition)) {
		out->error_code = GW_K_UNSTABLE_OFFSET_COMMIT;
		return;
	}
	if (o == NULL)
		return;
	out->committed_offset = o->offset;
	out->committed_leader_epoch = o->leader_epoch;
	out->metadata = gw_str(o->metadata);
}

static int
fetch_topic(struct gw_request *rq, const struct asked *a,
    const struct gw_offset_fetch_request_group_topic *q, struct gw_offset_fetch_group_topic *out)
{
	bool by_id = rq->version >= BY_ID_SINCE;
	const struct gw_topic *t = by_id ? gw_topic_by_id(rq->b, &q->topic_id) : NULL;
	size_t n = q->n_partition_indexes;

	out->name = t != NULL ? gw_str(t->name) : q->name;
	out->topic_id = q->topic_id;
	out->partitions = gw_arena_zero(rq->arena, n + 1, sizeof(*out->partitions));
	if (out->partitions == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct gw_offset_fetch_group_partition *p = &out->partitions[out->n_partitions++];

		fetch_one(a, out->name, q->partition_indexes[i], p);
		if (by_id && t == NULL)
			p->error_code = GW_K_UNKNOWN_TOPIC_ID;
	}
	return 0;
}

/* All that the group has committed, topic by topic. */
static int
fetch_all(struct gw_request *rq, const struct asked *a, struct gw_offset_fetch_group *out)
{
	const struct gw_cgroup *g = a->g;
	const struct gw_committed *o;
	size_t n = g == NULL ? 0 : g->offsets.n, pos = 0;

	out->topics = gw_arena_zero(rq->arena, n + 1, sizeof(*out->topics));
	if (out->topics == NULL)
		return GW_ENOMEM;
	while (n > 0 && (o = gw_map_next(&g->offsets, &pos)) != NULL) {
		struct gw_offset_fetch_group_topic *t;
		size_t i = 0;

		while (i < out->n_topics && !gw_slice_eq(out->topics[i].name, o->topic))
			i++;
		t = &out->topics[i];
		if (i == out->n_topics) {
			out->n_topics++;
			t->name = o->topic;
			if (gw_topic_by_name(rq->b, o->topic) != NULL)
				t->topic_id = gw_topic_by_name(rq->b, o->topic)->id;
			t->partitions = gw_arena_zero(rq->arena, n, sizeof(*t->partitions));
			if (t->partitions == NULL)
				return GW_ENOMEM;
		}
		fetch_one(a, o->topic, o->partition, &t->partitions[t->n_partitions++]);
	}
	return 0;
}

static int
fetch_group(struct gw_request *rq, const struct gw_offset_fetch_request_group *q,
    bool stable, struct gw_offset_fetch_group *out)
{
	const struct asked a = { .b = rq->b,
		.group = q->group_id,
		.g = gw_cgroup_find(&rq->b->groups, q->group_id),
		.stable = stable };
	int rc = 0;

	out->group_id = q->group_id;
	if (q->group_id.len == 0)
		out->error_code = GW_K_INVALID_GROUP_ID;
	else if (rq->version >= EPOCHS_SINCE && a.g != NULL && a.g->next_gen != NULL &&
	    (q->member_id.len > 0 || q->member_epoch >= 0))
		out->error_code =
		    gw_ngroup_may_commit(a.g->next_gen, q->member_id, q->member_epoch);
	if (out->error_code != 0)
		return 0;
	if (q->n_topics == GW_NULL_ARRAY)
		return fetch_all(rq, &a, out);
	out->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*out->topics));
	if (out->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_topics; i++)
		rc = fetch_topic(rq, &a, &q->topics[i], &out->topics[out->n_topics++]);
	return rc;
}

/* Before v8 one group stands for itself; the same content in other structs. */
static int
to_single(struct gw_request *rq, const struct gw_offset_fetch_group *from,
    struct gw_offset_fetch_response *r)
{
	r->error_code = rq->version >= 2 ? from->error_code : 0;
	r->topics = gw_arena_zero(rq->arena, from->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < from->n_topics; i++) {
		const struct gw_offset_fetch_group_topic *f = &from->topics[i];
		struct gw_offset_fetch_topic *t = &r->topics[r->n_topics++];

		t->name = f->name;
		t->partitions =
		    gw_arena_zero(rq->arena, f->n_partitions + 1, sizeof(*t->partitions));
		if (t->partitions == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; k < f->n_partitions; k++)
			t->partitions[t->n_partitions++] = (struct gw_offset_fetch_partition){
				.partition_index = f->partitions[k].partition_index,
				.committed_offset = f->partitions[k].committed_offset,
				.committed_leader_epoch =
				    rq->version >= 5 ? f->partitions[k].committed_leader_epoch : -1,
				.metadata = f->partitions[k].metadata,
				.error_code = f->partitions[k].error_code
			};
	}
	return 0;
}

static int
fetch_single(struct gw_request *rq, const struct gw_offset_fetch_request *q,
    struct gw_offset_fetch_response *r)
{
	struct gw_offset_fetch_request_group one = { .group_id = q->group_id,
		.n_topics = q->n_topics };
	struct gw_offset_fetch_group found = { 0 };
	int rc;

	if (q->n_topics != GW_NULL_ARRAY) {
		one.topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*one.topics));
		if (one.topics == NULL)
			return GW_ENOMEM;
		for (size_t i = 0; i < q->n_topics; i++)
			one.topics[i] =
			    (struct gw_offset_fetch_request_group_topic){ .name = q->topics[i].name,
				    .partition_indexes = q->topics[i].partition_indexes,
				    .n_partition_indexes = q->topics[i].n_partition_indexes };
	}
	rc = fetch_group(rq, &one, q->require_stable, &found);
	return rc < 0 ? rc : to_single(rq, &found, r);
}

int
gw_on_offset_fetch(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_offset_fetch_request *q = request;
	struct gw_offset_fetch_response *r = response;
	int rc = 0;

	if (rq->version < 8)
		return fetch_single(rq, q, r);
	r->groups = gw_arena_zero(rq->arena, q->n_groups + 1, sizeof(*r->groups));
	if (r->groups == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_groups; i++)
		rc = fetch_group(
		    rq, &q->groups[i], q->require_stable, &r->groups[r->n_groups++]);
	return rc;
}
