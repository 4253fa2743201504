/* SPDX-License-Identifier: MIT
 *
 * client/admin_groups.c - calls about groups.
 * Source: ListGroups, DescribeGroups, OffsetFetch (JSON); ConsumerProtocolAssignment.json.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_consumer_group_describe.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_group_protocol.h"
#include "wire/msg_list_groups.h"
#include "wire/msg_offset_fetch.h"

static struct gw_call *
group_call(struct gw_client *c, const struct gw_call_kind *kind, const char *group)
{
	return gw_call_given(c, kind->doing, group) ? gw_call_new(c, kind, NULL, group) : NULL;
}

/* ---- list ---- */

static const void *
build_list(struct gw_call *call, const struct gw_call_part *part, int version)
{
	(void)part;
	(void)version;
	return gw_arena_zero(&call->client->scratch, 1, sizeof(struct gw_list_groups_request));
}

/* Grow the results by n. */
static struct gw_group_info *
add_groups(struct gw_call *call, size_t n)
{
	size_t have = call->groups.n_groups;
	struct gw_group_info *all = gw_arena_zero(&call->arena, have + n + 1, sizeof(*all));

	if (all == NULL)
		return NULL;
	if (have > 0)
		memcpy(all, call->groups.groups, have * sizeof(*all));
	call->groups = (struct gw_groups){ all, have + n };
	return all + have;
}

static int
take_list(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_list_groups_response *r = body;
	struct gw_group_info *g;
	bool failed = false;

	(void)part;
	if (r->error_code != 0)
		return r->error_code;
	g = add_groups(call, r->n_groups);
	if (g == NULL)
		return gw_call_no_memory(call);
	for (size_t i = 0; i < r->n_groups; i++)
		g[i] = (struct gw_group_info){ .group = gw_call_str(
						   call, r->groups[i].group_id, &failed),
			.state = version >= 4 ? gw_call_str(call, r->groups[i].group_state, &failed)
					      : "",
			.type = version >= 5 ? gw_call_str(call, r->groups[i].group_type, &failed)
					     : "",
			.protocol_type = gw_call_str(call, r->groups[i].protocol_type, &failed),
			.protocol = "" };
	return failed ? gw_call_no_memory(call) : 0;
}

static const struct gw_call_kind list_groups_kind = { GW_API_LIST_GROUPS, GW_ROUTE_ALL, build_list,
    take_list, "listing groups", false };

struct gw_call *
gw_call_list_groups(struct gw_client *c)
{
	return gw_call_new(c, &list_groups_kind, NULL, NULL);
}

const struct gw_groups *
gw_call_groups_result(const struct gw_call *call)
{
	return &call->groups;
}

/* ---- describe ---- */

static const void *
build_describe(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_describe_groups_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_slice *name = gw_arena_zero(arena, 1, sizeof(*name));

	(void)part;
	(void)version;
	if (rq == NULL || name == NULL)
		return NULL;
	*name = gw_str(call->group);
	rq->groups = name;
	rq->n_groups = 1;
	return rq;
}

static bool
take_assigned(struct gw_call *call, const struct gw_consumer_protocol_assignment *a,
    struct gw_group_member *m)
{
	size_t n = 0;
	bool failed = false;

	for (size_t i = 0; i < a->n_assigned_partitions; i++)
		n += a->assigned_partitions[i].n_partitions;
	m->topics = gw_arena_zero(&call->arena, n + 1, sizeof(*m->topics));
	m->partitions = gw_arena_zero(&call->arena, n + 1, sizeof(*m->partitions));
	if (m->topics == NULL || m->partitions == NULL)
		return false;
	for (size_t i = 0; i < a->n_assigned_partitions; i++) {
		const struct gw_consumer_protocol_topic_partition *t = &a->assigned_partitions[i];
		const char *name = gw_call_str(call, t->topic, &failed);

		for (size_t j = 0; j < t->n_partitions; j++) {
			m->topics[m->n_assigned] = name;
			m->partitions[m->n_assigned++] = t->partitions[j];
		}
	}
	return !failed;
}

/* Other kinds of groups (Connect) have assignments that are not ours to read: none is shown. */
static bool
take_member(
    struct gw_call *call, const struct gw_describe_groups_member *a, struct gw_group_member *m)
{
	struct gw_consumer_protocol_assignment asg = { .n_assigned_partitions = 0 };
	bool failed = false;

	m->member_id = gw_call_str(call, a->member_id, &failed);
	m->instance_id = gw_call_str(call, a->group_instance_id, &failed);
	m->client_id = gw_call_str(call, a->client_id, &failed);
	m->host = gw_call_str(call, a->client_host, &failed);
	if (a->member_assignment.len > 0 &&
	    gw_visit_decode(a->member_assignment, gw_consumer_protocol_assignment_visit, &asg, 0,
		false, &call->client->frame_arena, NULL) != 0)
		asg.n_assigned_partitions = 0;
	return !failed && take_assigned(call, &asg, m);
}

static const struct gw_call_kind describe_consumer_kind;

static int
take_describe(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_describe_groups_response *r = body;
	const struct gw_describe_groups_group *a = &r->groups[0];
	struct gw_group_info *g;
	bool failed = false;

	(void)part;
	(void)version;
	if (r->n_groups != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (gw_err_retriable(a->error_code))
		return a->error_code;
	if (a->error_code != 0 && a->error_code != GW_K_GROUP_ID_NOT_FOUND)
		return gw_call_refuse(call, a->error_code, a->error_message);
	g = add_groups(call, 1);
	if (g == NULL)
		return gw_call_no_memory(call);
	/* A group that nobody knows is "Dead", as brokers before DescribeGroups 6 call it. */
	g->error = a->error_code;
	g->group = gw_call_str(call, a->group_id, &failed);
	g->state = a->error_code != 0 ? "Dead" : gw_call_str(call, a->group_state, &failed);
	g->protocol_type = gw_call_str(call, a->protocol_type, &failed);
	g->protocol = gw_call_str(call, a->protocol_data, &failed);
	g->members = gw_arena_zero(&call->arena, a->n_members + 1, sizeof(*g->members));
	failed |= g->members == NULL;
	for (size_t i = 0; !failed && i < a->n_members; i++)
		failed = !take_member(call, &a->members[i], &g->members[i]);
	g->n_members = a->n_members;
	g->type = "classic";
	if (g->state != NULL && strcmp(g->state, "Dead") == 0)
		call->kind = &describe_consumer_kind;	/* it may be one of KIP-848 */
	return failed ? gw_call_no_memory(call) : 0;
}

static const struct gw_call_kind describe_group_kind = { GW_API_DESCRIBE_GROUPS,
	GW_ROUTE_COORDINATOR, build_describe, take_describe, "describing group", false };

/* ---- the same of KIP-848's groups, which DescribeGroups does not know ---- */

static const void *
build_describe_consumer(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_consumer_group_describe_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_slice *name = gw_arena_zero(arena, 1, sizeof(*name));

	(void)part;
	(void)version;
	if (rq == NULL || name == NULL)
		return NULL;
	*name = gw_str(call->group);
	rq->group_ids = name;
	rq->n_group_ids = 1;
	return rq;
}

static bool
take_consumer_member(struct gw_call *call, const struct gw_consumer_group_describe_member *a,
    struct gw_group_member *m)
{
	const struct gw_consumer_group_describe_assignment *asg = &a->assignment;
	bool failed = false;
	size_t n = 0;

	m->member_id = gw_call_str(call, a->member_id, &failed);
	m->instance_id = gw_call_str(call, a->instance_id, &failed);
	m->client_id = gw_call_str(call, a->client_id, &failed);
	m->host = gw_call_str(call, a->client_host, &failed);
	for (size_t i = 0; i < asg->n_topic_partitions; i++)
		n += asg->topic_partitions[i].n_partitions;
	m->topics = gw_arena_zero(&call->arena, n + 1, sizeof(*m->topics));
	m->partitions = gw_arena_zero(&call->arena, n + 1, sizeof(*m->partitions));
	if (failed || m->topics == NULL || m->partitions == NULL)
		return false;
	for (size_t i = 0; i < asg->n_topic_partitions; i++) {
		const char *name =
		    gw_call_str(call, asg->topic_partitions[i].topic_name, &failed);

		for (size_t j = 0; j < asg->topic_partitions[i].n_partitions; j++) {
			m->topics[m->n_assigned] = name;
			m->partitions[m->n_assigned++] = asg->topic_partitions[i].partitions[j];
		}
	}
	return !failed;
}

static int
take_describe_consumer(
    struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_consumer_group_describe_response *r = body;
	const struct gw_consumer_group_describe_group *a = &r->groups[0];
	struct gw_group_info *g = &call->groups.groups[0];
	bool failed = false;

	(void)part;
	(void)version;
	if (r->n_groups != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	/* Unknown to both: what DescribeGroups said holds. */
	if (a->error_code != 0)
		return gw_err_retriable(a->error_code) ? a->error_code : 0;
	g->error = 0;
	g->type = "consumer";
	g->protocol_type = "consumer";
	g->state = gw_call_str(call, a->group_state, &failed);
	g->protocol = gw_call_str(call, a->assignor_name, &failed);
	g->members = gw_arena_zero(&call->arena, a->n_members + 1, sizeof(*g->members));
	failed |= g->members == NULL;
	for (size_t i = 0; !failed && i < a->n_members; i++)
		failed = !take_consumer_member(call, &a->members[i], &g->members[i]);
	g->n_members = a->n_members;
	return failed ? gw_call_no_memory(call) : 0;
}

static const struct gw_call_kind describe_consumer_kind = { GW_API_CONSUMER_GROUP_DESCRIBE,
	GW_ROUTE_COORDINATOR, build_describe_consumer, take_describe_consumer, "describing group",
	true };

struct gw_call *
gw_call_describe_group(struct gw_client *c, const char *group)
{
	return group_call(c, &describe_group_kind, group);
}

/* ---- what a group has committed ---- */

static const void *
build_offsets(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_offset_fetch_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_offset_fetch_request_group *g = gw_arena_zero(arena, 1, sizeof(*g));

	(void)part;
	if (rq == NULL || g == NULL)
		return NULL;
	/*
	 * As a reader of what is committed: not what an open transaction may yet
	 * change. KIP-447.
	 */
	rq->require_stable = version >= 7 && (gw_txn_is_on(call->client) ||
	    call->client->cfg.isolation_level == GW_READ_COMMITTED);
	if (version < 8) {
		rq->group_id = gw_str(call->group);
		rq->n_topics = GW_NULL_ARRAY;
		return rq;
	}
	*g = (struct gw_offset_fetch_request_group){
		.group_id = gw_str(call->group), .member_epoch = -1, .n_topics = GW_NULL_ARRAY
	};
	rq->groups = g;
	rq->n_groups = 1;
	return rq;
}

static struct gw_offset_info *
room_for(struct gw_call *call, size_t n)
{
	struct gw_offset_info *o = gw_arena_zero(&call->arena, n + 1, sizeof(*o));

	call->offsets = (struct gw_offsets){ o, 0 };
	return o;
}

static int
take_topics(struct gw_call *call, const struct gw_offset_fetch_response *r)
{
	bool failed = false;
	size_t n = 0;

	for (size_t t = 0; t < gw_count(r->n_topics); t++)
		n += r->topics[t].n_partitions;
	if (room_for(call, n) == NULL)
		return gw_call_no_memory(call);
	for (size_t t = 0; t < gw_count(r->n_topics); t++) {
		const char *name = gw_call_str(call, r->topics[t].name, &failed);

		for (size_t i = 0; i < r->topics[t].n_partitions; i++) {
			const struct gw_offset_fetch_partition *a = &r->topics[t].partitions[i];

			call->offsets.offsets[call->offsets.n_offsets++] =
			    (struct gw_offset_info){ .topic = name,
				    .partition = a->partition_index,
				    .offset = a->committed_offset,
				    .timestamp_ms = -1,
				    .error = a->error_code };
		}
	}
	return failed ? gw_call_no_memory(call) : 0;
}

static int
take_group(struct gw_call *call, const struct gw_offset_fetch_group *g)
{
	bool failed = false;
	size_t n = 0;

	for (size_t t = 0; t < gw_count(g->n_topics); t++)
		n += g->topics[t].n_partitions;
	if (room_for(call, n) == NULL)
		return gw_call_no_memory(call);
	for (size_t t = 0; t < gw_count(g->n_topics); t++) {
		const char *name = gw_call_str(call, g->topics[t].name, &failed);

		for (size_t i = 0; i < g->topics[t].n_partitions; i++) {
			const struct gw_offset_fetch_group_partition *a =
			    &g->topics[t].partitions[i];

			call->offsets.offsets[call->offsets.n_offsets++] =
			    (struct gw_offset_info){ .topic = name,
				    .partition = a->partition_index,
				    .offset = a->committed_offset,
				    .timestamp_ms = -1,
				    .error = a->error_code };
		}
	}
	return failed ? gw_call_no_memory(call) : 0;
}

static int
take_offsets(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_offset_fetch_response *r = body;
	int code;

	(void)part;
	if (version >= 8 && r->n_groups != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	code = version >= 8 ? r->groups[0].error_code : r->error_code;
	if (gw_err_retriable(code))
		return code;
	if (code != 0)
		return gw_call_refuse(call, code, (struct gw_slice){ NULL, 0 });
	return version >= 8 ? take_group(call, &r->groups[0]) : take_topics(call, r);
}

static const struct gw_call_kind group_offsets_kind = { GW_API_OFFSET_FETCH, GW_ROUTE_COORDINATOR,
    build_offsets, take_offsets, "asking for the commits of group", false };

struct gw_call *
gw_call_group_offsets(struct gw_client *c, const char *group)
{
	return group_call(c, &group_offsets_kind, group);
}
