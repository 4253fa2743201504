/* SPDX-License-Identifier: MIT
 *
 * client/admin_commits.c - what a group has committed, changed from outside; and the group's end.
 * Source: OffsetCommit, OffsetDelete, DeleteGroups (JSON); KIP-496, KIP-229.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_offset_commit.h"
#include "wire/msg_offset_delete.h"

static struct gw_call *
group_call(struct gw_client *c, const struct gw_call_kind *kind, const char *group)
{
	return gw_call_given(c, kind->doing, group) ? gw_call_new(c, kind, NULL, group) : NULL;
}

/* Where the run of wanted offsets that begins at i and is of one topic ends. */
static size_t
run_end(const struct gw_call *call, size_t i)
{
	size_t k = i;

	while (k < call->n_wanted && strcmp(call->wanted[k].topic, call->wanted[i].topic) == 0)
		k++;
	return k;
}

/*
 * An answer of one partition. A refusal because the group is in use concerns all of them, so it
 * ends the call; others are the partition's own.
 */
static int
take_one(struct gw_call *call, struct gw_slice topic, int32_t partition, int code)
{
	struct gw_offset_info *o;
	bool failed = false;

	if (gw_err_retriable(code) && code != GW_K_UNKNOWN_TOPIC_OR_PARTITION) {
		call->offsets.n_offsets = 0;
		return code;
	}
	if (code == GW_K_UNKNOWN_MEMBER_ID || code == GW_K_REBALANCE_IN_PROGRESS ||
	    code == GW_K_ILLEGAL_GENERATION || code == GW_K_GROUP_AUTHORIZATION_FAILED)
		return gw_call_refuse(call, code, (struct gw_slice){ NULL, 0 });
	o = gw_call_add_offset(call);
	if (o == NULL)
		return gw_call_no_memory(call);
	*o = (struct gw_offset_info){ .topic = gw_call_str(call, topic, &failed),
		.partition = partition, .offset = -1, .timestamp_ms = -1, .error = code };
	for (size_t i = 0; i < call->n_wanted; i++)
		if (call->wanted[i].partition == partition &&
		    gw_slice_is(topic, call->wanted[i].topic))
			o->offset = call->wanted[i].offset;
	return failed ? gw_call_no_memory(call) : 0;
}

/* ---- commit ---- */

static const void *
build_commit(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_offset_commit_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	size_t n = call->n_wanted, end;

	(void)part;
	(void)version;
	if (rq == NULL)
		return NULL;
	*rq = (struct gw_offset_commit_request){ .group_id = gw_str(call->group),
		.generation_id_or_member_epoch = -1, .member_id = GW_LIT(""),
		.retention_time_ms = -1,
		.topics = gw_arena_zero(arena, n, sizeof(*rq->topics)) };
	for (size_t i = 0; rq->topics != NULL && i < n; i = end) {
		struct gw_offset_commit_request_topic *t = &rq->topics[rq->n_topics++];

		end = run_end(call, i);
		t->name = gw_str(call->wanted[i].topic);
		t->partitions = gw_arena_zero(arena, end - i, sizeof(*t->partitions));
		if (t->partitions == NULL)
			return NULL;
		for (size_t k = i; k < end; k++)
			t->partitions[t->n_partitions++] =
			    (struct gw_offset_commit_request_partition){
				    .partition_index = call->wanted[k].partition,
				    .committed_offset = call->wanted[k].offset,
				    .committed_leader_epoch = -1,
				    .committed_metadata = GW_LIT("") };
	}
	return rq->topics == NULL ? NULL : rq;
}

static int
take_commit(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_offset_commit_response *r = body;
	int rc = 0;

	(void)part;
	(void)version;
	for (size_t t = 0; rc == 0 && t < r->n_topics; t++)
		for (size_t i = 0; rc == 0 && !call->done && i < r->topics[t].n_partitions; i++)
			rc = take_one(call, r->topics[t].name,
			    r->topics[t].partitions[i].partition_index,
			    r->topics[t].partitions[i].error_code);
	return rc;
}

static const struct gw_call_kind commit_kind = { GW_API_OFFSET_COMMIT, GW_ROUTE_COORDINATOR,
	build_commit, take_commit, "setting the offsets of group", false };

static struct gw_call *
offsets_call(struct gw_client *c, const struct gw_call_kind *kind, const char *group,
    const struct gw_offset_info *offsets, size_t n)
{
	struct gw_call *call;

	if (n == 0) {
		(void)gw_client_fail(c, GW_EINVAL, "%s: of no partition", kind->doing);
		return NULL;
	}
	call = group_call(c, kind, group);
	return call == NULL ? NULL : gw_call_keep_offsets(call, offsets, n);
}

struct gw_call *
gw_call_set_group_offsets(
    struct gw_client *c, const char *group, const struct gw_offset_info *offsets, size_t n)
{
	return offsets_call(c, &commit_kind, group, offsets, n);
}

/* ---- forget ---- */

static const void *
build_forget(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_offset_delete_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	size_t n = call->n_wanted, end;

	(void)part;
	(void)version;
	if (rq == NULL)
		return NULL;
	*rq = (struct gw_offset_delete_request){ .group_id = gw_str(call->group),
		.topics = gw_arena_zero(arena, n, sizeof(*rq->topics)) };
	for (size_t i = 0; rq->topics != NULL && i < n; i = end) {
		struct gw_offset_delete_request_topic *t = &rq->topics[rq->n_topics++];

		end = run_end(call, i);
		t->name = gw_str(call->wanted[i].topic);
		t->partitions = gw_arena_zero(arena, end - i, sizeof(*t->partitions));
		if (t->partitions == NULL)
			return NULL;
		for (size_t k = i; k < end; k++)
			t->partitions[t->n_partitions++].partition_index =
			    call->wanted[k].partition;
	}
	return rq->topics == NULL ? NULL : rq;
}

static int
take_forget(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_offset_delete_response *r = body;
	int rc = gw_call_outcome(call, r->error_code, (struct gw_slice){ NULL, 0 });

	(void)part;
	(void)version;
	for (size_t t = 0; rc == 0 && t < r->n_topics; t++)
		for (size_t i = 0; rc == 0 && !call->done && i < r->topics[t].n_partitions; i++)
			rc = take_one(call, r->topics[t].name,
			    r->topics[t].partitions[i].partition_index,
			    r->topics[t].partitions[i].error_code);
	return rc;
}

static const struct gw_call_kind forget_kind = { GW_API_OFFSET_DELETE, GW_ROUTE_COORDINATOR,
	build_forget, take_forget, "deleting the offsets of group", false };

struct gw_call *
gw_call_delete_group_offsets(
    struct gw_client *c, const char *group, const struct gw_offset_info *offsets, size_t n)
{
	return offsets_call(c, &forget_kind, group, offsets, n);
}

/* ---- the whole group ---- */

static const void *
build_delete(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_delete_groups_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_slice *name = gw_arena_zero(arena, 1, sizeof(*name));

	(void)part;
	(void)version;
	if (rq == NULL || name == NULL)
		return NULL;
	*name = gw_str(call->group);
	rq->groups_names = name;
	rq->n_groups_names = 1;
	return rq;
}

static int
take_delete(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_delete_groups_response *r = body;

	(void)version;
	if (r->n_results != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (r->results[0].error_code == GW_K_GROUP_ID_NOT_FOUND && part->n_errors > 0)
		return 0;	/* by the attempt whose answer was lost */
	return gw_call_outcome(call, r->results[0].error_code, (struct gw_slice){ NULL, 0 });
}

static const struct gw_call_kind delete_kind = { GW_API_DELETE_GROUPS, GW_ROUTE_COORDINATOR,
	build_delete, take_delete, "deleting group", false };

struct gw_call *
gw_call_delete_group(struct gw_client *c, const char *group)
{
	return group_call(c, &delete_kind, group);
}
