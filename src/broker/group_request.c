/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#include "base/err.h"
#include "broker/ngroup.h"

struct gw_cmember *
gw_cgroup_by_instance(const struct gw_cgroup *g, struct gw_slice instance)
{
	for (size_t i = 0; i < g->n_members; i++)
		if (g->members[i]->instance != NULL &&
		    gw_slice_is(instance, g->members[i]->instance))
			return g->members[i];
	return NULL;
}

struct gw_pending_member *
gw_cgroup_find_pending(struct gw_cgroup *g, struct gw_slice id)
{
	for (size_t i = 0; i < g->n_pending; i++)
		if (gw_slice_is(id, g->pending[i].id))
			return &g->pending[i];
	return NULL;
}

void
gw_cmember_touch(struct gw_coord *gs, struct gw_cmember *m, int64_t now_us)
{
	m->session_deadline_us = now_us + (int64_t)m->session_ms * 1000;
	gw_coord_at(gs, m->session_deadline_us);
}

int16_t
gw_cgroup_identify(const struct gw_cgroup *g, struct gw_slice member_id, struct gw_slice instance,
    struct gw_cmember **m)
{
	if (instance.ptr != NULL) {
		*m = gw_cgroup_by_instance(g, instance);
		if (*m == NULL)
			return GW_K_UNKNOWN_MEMBER_ID;
		return gw_slice_is(member_id, (*m)->id) ? 0 : GW_K_FENCED_INSTANCE_ID;
	}
	*m = gw_cgroup_member(g, member_id);
	return *m == NULL ? GW_K_UNKNOWN_MEMBER_ID : 0;
}

/* ---- sync ---- */

static int16_t
judge_member(const struct gw_cgroup *g, const struct gw_identity *who, struct gw_cmember **m)
{
	int16_t error;

	if (who->group.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (g == NULL)
		return GW_K_UNKNOWN_MEMBER_ID;
	error = gw_cgroup_identify(g, who->member_id, who->instance, m);
	if (error != 0)
		return error;
	return who->generation == g->generation ? 0 : GW_K_ILLEGAL_GENERATION;
}

static int
take_assignments(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_sync *in)
{
	for (size_t i = 0; i < in->n_assignments; i++) {
		struct gw_cmember *m = gw_cgroup_member(g, in->assignments[i].name);
		char *copy;

		if (m == NULL)
			continue;
		copy = gw_alloc_str(gs->alloc, in->assignments[i].metadata);
		if (copy == NULL)
			return GW_ENOMEM;
		gw_alloc_free(gs->alloc, (char *)(uintptr_t)m->assignment.ptr);
		m->assignment = (struct gw_slice){ copy, in->assignments[i].metadata.len };
	}
	return 0;
}

/* Those whom the leader did not name get nothing, not what they had before. */
static void
clear_assignments(struct gw_coord *gs, struct gw_cgroup *g)
{
	for (size_t i = 0; i < g->n_members; i++) {
		gw_alloc_free(gs->alloc, (char *)(uintptr_t)g->members[i]->assignment.ptr);
		g->members[i]->assignment = (struct gw_slice){ NULL, 0 };
	}
}

static int
sync_completing(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m,
    const struct gw_sync *in, uint64_t ticket)
{
	if (g->leader != NULL && strcmp(g->leader, m->id) == 0) {
		clear_assignments(gs, g);
		if (take_assignments(gs, g, in) < 0)
			return GW_ENOMEM;
		g->phase = GW_CGROUP_STABLE;
		g->phase_deadline_us = INT64_MAX;
	}
	gw_coord_answer_sync(
	    gs, g, m, GW_K_UNKNOWN_MEMBER_ID); /* an older one of the same member */
	m->sync_ticket = ticket;
	m->synced = true;
	for (size_t i = 0; g->phase == GW_CGROUP_STABLE && i < g->n_members; i++)
		gw_coord_answer_sync(gs, g, g->members[i], 0);
	return 0;
}

static bool
protocol_differs(const struct gw_cgroup *g, const struct gw_sync *in)
{
	return (in->protocol_type.ptr != NULL && g->protocol_type != NULL &&
		   !gw_slice_is(in->protocol_type, g->protocol_type)) ||
	       (in->protocol.ptr != NULL && g->protocol != NULL &&
		   !gw_slice_is(in->protocol, g->protocol));
}

int
gw_cgroup_sync(struct gw_coord *gs, const struct gw_sync *in, uint64_t ticket, int64_t now_us)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, in->who.group);
	struct gw_cmember *m = NULL;
	int16_t error = judge_member(g, &in->who, &m);
	int rc = gw_coord_ticket(gs);

	if (rc < 0)
		return rc;
	if (error == 0 && protocol_differs(g, in))
		error = GW_K_INCONSISTENT_GROUP_PROTOCOL;
	if (error == 0 && g->phase == GW_CGROUP_PREPARING)
		error = GW_K_REBALANCE_IN_PROGRESS;
	if (error != 0) {
		gw_coord_refuse(gs, ticket, true, error, NULL);
		return 0;
	}
	gw_cmember_touch(gs, m, now_us);
	if (g->phase == GW_CGROUP_COMPLETING) {
		rc = sync_completing(gs, g, m, in, ticket);
		if (rc < 0)
			gs->n_tickets--;
		return rc;
	}
	m->sync_ticket = ticket;
	gw_coord_answer_sync(gs, g, m, 0);
	return 0;
}

/* ---- heartbeat, leave, commit ---- */

static void
drop_pending(struct gw_coord *gs, struct gw_cgroup *g, struct gw_pending_member *p)
{
	gw_alloc_free(gs->alloc, p->id);
	*p = g->pending[--g->n_pending];
}

int16_t
gw_cgroup_heartbeat(struct gw_coord *gs, const struct gw_identity *who, int64_t now_us)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, who->group);
	struct gw_cmember *m = NULL;
	int16_t error = judge_member(g, who, &m);

	if (error != 0)
		return error;
	gw_cmember_touch(gs, m, now_us);
	return g->phase == GW_CGROUP_PREPARING ? GW_K_REBALANCE_IN_PROGRESS : 0;
}

int16_t
gw_cgroup_leave(struct gw_coord *gs, struct gw_slice group, struct gw_slice member_id,
    struct gw_slice instance, int64_t now_us)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, group);
	struct gw_pending_member *p;
	struct gw_cmember *m;
	int16_t error;

	if (group.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (g == NULL)
		return GW_K_UNKNOWN_MEMBER_ID;
	p = instance.ptr == NULL ? gw_cgroup_find_pending(g, member_id) : NULL;
	if (p != NULL) {
		drop_pending(gs, g, p);
		gw_cgroup_try_complete(gs, g, now_us);
		return 0;
	}
	/* An admin removes a static member by its instance alone. */
	if (instance.ptr != NULL && member_id.len == 0) {
		m = gw_cgroup_by_instance(g, instance);
		error = m == NULL ? GW_K_UNKNOWN_MEMBER_ID : 0;
	} else
		error = gw_cgroup_identify(g, member_id, instance, &m);
	if (error != 0)
		return error;
	gw_cgroup_remove_member(gs, g, m);
	gw_cgroup_prepare(gs, g, now_us);
	gw_cgroup_try_complete(gs, g, now_us);
	return 0;
}

int16_t
gw_cgroup_may_commit(struct gw_coord *gs, const struct gw_identity *who, int64_t now_us)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, who->group);
	struct gw_cmember *m = NULL;
	int16_t error;

	if (who->group.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (g != NULL && g->next_gen != NULL)
		return gw_ngroup_may_commit(g->next_gen, who->member_id, who->generation);
	if (who->generation < 0 && who->member_id.len == 0 && who->instance.ptr == NULL)
		return g == NULL || g->n_members == 0 ? 0 : GW_K_UNKNOWN_MEMBER_ID;
	if (g == NULL)
		return GW_K_ILLEGAL_GENERATION;
	error = judge_member(g, who, &m);
	if (error != 0)
		return error;
	gw_cmember_touch(gs, m, now_us);
	return g->phase == GW_CGROUP_COMPLETING ? GW_K_REBALANCE_IN_PROGRESS : 0;
}
