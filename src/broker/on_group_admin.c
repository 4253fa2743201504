/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_delete_groups.h"
#include "wire/msg_describe_groups.h"
#include "wire/msg_list_groups.h"

#define GROUP_OPERATIONS	0x0148	/* bits of AclOperation: read, delete, describe */

static const char *
type_of(const struct gw_cgroup *g)
{
	return g->next_gen != NULL ? "consumer" : "classic";
}

/* ---- DescribeGroups ---- */

static int
describe_members(
    struct gw_request *rq, const struct gw_cgroup *g, struct gw_describe_groups_group *out)
{
	out->members = gw_arena_zero(rq->arena, g->n_members + 1, sizeof(*out->members));
	if (out->members == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < g->n_members; i++) {
		const struct gw_cmember *m = g->members[i];

		out->members[out->n_members++] =
		    (struct gw_describe_groups_member){ .member_id = gw_str(m->id),
			    .group_instance_id = gw_str(m->instance),
			    .client_id = gw_str(m->client_id),
			    .client_host = gw_str(m->client_host),
			    .member_metadata = g->phase == GW_CGROUP_STABLE
						   ? gw_cmember_metadata(g, m)
						   : GW_LIT(""),
			    .member_assignment =
				g->phase == GW_CGROUP_STABLE && m->assignment.ptr != NULL
				    ? m->assignment
				    : GW_LIT("") };
	}
	return 0;
}

static int
describe(struct gw_request *rq, struct gw_slice name, bool operations,
    struct gw_describe_groups_group *out)
{
	const struct gw_cgroup *g = gw_cgroup_find(&rq->b->groups, name);

	*out = (struct gw_describe_groups_group){ .group_id = name, .protocol_type = GW_LIT(""),
		.protocol_data = GW_LIT(""), .authorized_operations = INT32_MIN };
	if (g == NULL || g->next_gen != NULL) {
		out->group_state = GW_LIT("Dead");
		if (rq->version >= 6) {
			out->error_code = GW_K_GROUP_ID_NOT_FOUND;
			out->error_message = g == NULL ? GW_LIT("there is no such group")
			    : GW_LIT("it is not a classic group; ask with ConsumerGroupDescribe");
		}
		return 0;
	}
	if (operations)
		out->authorized_operations = GROUP_OPERATIONS;
	out->group_state = gw_str(gw_cgroup_phase_name(g));
	if (g->protocol_type != NULL)
		out->protocol_type = gw_str(g->protocol_type);
	if (g->protocol != NULL && g->phase == GW_CGROUP_STABLE)
		out->protocol_data = gw_str(g->protocol);
	return describe_members(rq, g, out);
}

int
gw_on_describe_groups(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_describe_groups_request *q = request;
	struct gw_describe_groups_response *r = response;
	int rc = 0;

	r->groups = gw_arena_zero(rq->arena, q->n_groups + 1, sizeof(*r->groups));
	if (r->groups == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_groups; i++)
		rc =
		    describe(rq, q->groups[i], rq->version >= 3 && q->include_authorized_operations,
			&r->groups[r->n_groups++]);
	return rc;
}

/* ---- ListGroups ---- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the list has the word, in any case; an empty list has all. */
static bool
passes(const struct gw_slice *list, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (list[i].len != len)
			continue;
		while (k < len && lower(list[i].ptr[k]) == lower(word[k]))
			k++;
		if (k == len)
			return true;
	}
	return n == 0;
}

static struct gw_slice
protocol_type(const struct gw_cgroup *g)
{
	if (g->next_gen != NULL)
		return GW_LIT("consumer");
	return gw_str(g->protocol_type == NULL ? "" : g->protocol_type);
}

int
gw_on_list_groups(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_list_groups_request *q = request;
	struct gw_list_groups_response *r = response;
	struct gw_cgroup *g;
	size_t pos = 0;

	r->groups = gw_arena_zero(rq->arena, rq->b->groups.by_name.n + 1, sizeof(*r->groups));
	if (r->groups == NULL)
		return GW_ENOMEM;
	while ((g = gw_map_next(&rq->b->groups.by_name, &pos)) != NULL) {
		if (!passes(q->states_filter, q->n_states_filter, gw_cgroup_phase_name(g)) ||
		    !passes(q->types_filter, q->n_types_filter, type_of(g)))
			continue;
		r->groups[r->n_groups++] = (struct gw_list_groups_group){
			.group_id = gw_str(g->name),
			.protocol_type = protocol_type(g),
			.group_state = gw_str(gw_cgroup_phase_name(g)),
			.group_type = gw_str(type_of(g)) };
	}
	return 0;
}

/* ---- DeleteGroups ---- */

static int16_t
delete_group(struct gw_request *rq, struct gw_slice name)
{
	struct gw_cgroup *g = gw_cgroup_find(&rq->b->groups, name);
	struct gw_meta_offset gone = { .group = name, .metadata = { NULL, 0 } };
	int rc;

	if (name.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (g == NULL)
		return GW_K_GROUP_ID_NOT_FOUND;
	if (gw_cgroup_is_used(g))
		return GW_K_NON_EMPTY_GROUP;
	rc = gw_state_put_now(rq->b, GW_ENTRY_OFFSET_GONE, gw_meta_offset_visit, &gone);
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
		return GW_K_COORDINATOR_NOT_AVAILABLE;
	}
	gw_cgroup_drop(&rq->b->groups, g);
	return 0;
}

int
gw_on_delete_groups(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_delete_groups_request *q = request;
	struct gw_delete_groups_response *r = response;

	r->results = gw_arena_zero(rq->arena, q->n_groups_names + 1, sizeof(*r->results));
	if (r->results == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_groups_names; i++)
		r->results[r->n_results++] =
		    (struct gw_delete_groups_group_result){ .group_id = q->groups_names[i],
			    .error_code = delete_group(rq, q->groups_names[i]) };
	return 0;
}
