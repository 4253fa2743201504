/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#include <stdio.h>

#include "base/err.h"
#include "broker/ngroup.h"

#define CLIENT_ID_IN_MEMBER_ID	120	/* of it go into the member id */

/* The client's or the instance's name with a random tail, as Apache Kafka makes them. */
static char *
make_id(struct gw_coord *gs, const struct gw_join *in)
{
	struct gw_slice front = in->instance.ptr != NULL ? in->instance : in->client_id;
	char text[CLIENT_ID_IN_MEMBER_ID + 40];
	int len = front.len < CLIENT_ID_IN_MEMBER_ID ? (int)front.len : CLIENT_ID_IN_MEMBER_ID;

	snprintf(text, sizeof(text), "%.*s-%016llx%016llx", len, front.len == 0 ? "" : front.ptr,
	    (unsigned long long)gw_rng_u64(gs->rng), (unsigned long long)gw_rng_u64(gs->rng));
	return gw_alloc_str(gs->alloc, gw_str(text));
}

static struct gw_cmember *
member_new(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_join *in, char *id)
{
	struct gw_cmember *m = gw_alloc_zero(gs->alloc, 1, sizeof(*m));
	void *p = g->members;

	if (m == NULL)
		return NULL;
	m->client_id = gw_alloc_str(gs->alloc, in->client_id);
	m->client_host = gw_alloc_str(gs->alloc, in->client_host);
	m->instance = in->instance.ptr == NULL ? NULL : gw_alloc_str(gs->alloc, in->instance);
	if (m->client_id == NULL || m->client_host == NULL ||
	    (in->instance.ptr != NULL && m->instance == NULL) ||
	    gw_cmember_set_protocols(gs, m, in->protocols, in->n_protocols) < 0 ||
	    gw_alloc_room(gs->alloc, &p, &g->cap_members, g->n_members, sizeof(*g->members)) < 0) {
		gw_cmember_free(gs, m);
		return NULL;
	}
	m->id = id;
	g->members = p;
	g->members[g->n_members++] = m;
	return m;
}

/* The member's join now waits, and the group makes a new generation. */
static void
wait_for_generation(
    struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m, uint64_t ticket, int64_t now_us)
{
	gw_coord_answer_join(
	    gs, g, m, GW_K_UNKNOWN_MEMBER_ID); /* an older one of the same member */
	gw_cgroup_prepare(gs, g, now_us);
	m->join_ticket = ticket;
	m->joined = true;
	gw_cgroup_try_complete(gs, g, now_us);
}

/* The running generation, told to one member. */
static void
tell_generation(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m, uint64_t ticket)
{
	m->join_ticket = ticket;
	gw_coord_answer_join(gs, g, m, 0);
}

static int
take_protocols(struct gw_coord *gs, struct gw_cmember *m, const struct gw_join *in)
{
	m->session_ms = in->session_ms;
	m->rebalance_ms = in->rebalance_ms;
	return gw_cmember_set_protocols(gs, m, in->protocols, in->n_protocols);
}

static int
add_member(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_join *in, char *id,
    uint64_t ticket, int64_t now_us)
{
	struct gw_cmember *m;

	if (g->n_members == 0) {
		char *type = gw_alloc_str(gs->alloc, in->protocol_type);

		if (type == NULL)
			return GW_ENOMEM;
		gw_alloc_free(gs->alloc, g->protocol_type);
		g->protocol_type = type;
	}
	m = member_new(gs, g, in, id);
	if (m == NULL)
		return GW_ENOMEM;
	m->session_ms = in->session_ms;
	m->rebalance_ms = in->rebalance_ms;
	gw_cmember_touch(gs, m, now_us);
	wait_for_generation(gs, g, m, ticket, now_us);
	return 0;
}

static int
give_id(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_join *in, char *id,
    uint64_t ticket, int64_t now_us)
{
	void *p = g->pending;

	if (gw_alloc_room(gs->alloc, &p, &g->cap_pending, g->n_pending, sizeof(*g->pending)) < 0)
		return GW_ENOMEM;
	g->pending = p;
	g->pending[g->n_pending++] = (struct gw_pending_member){ .id = id,
		.deadline_us = now_us + (int64_t)in->session_ms * 1000 };
	gw_coord_at(gs, g->pending[g->n_pending - 1].deadline_us);
	gw_coord_refuse(gs, ticket, false, GW_K_MEMBER_ID_REQUIRED, id);
	return 0;
}

static bool
same_metadata(const struct gw_cgroup *g, const struct gw_cmember *m, const struct gw_join *in)
{
	for (size_t i = 0; i < in->n_protocols; i++)
		if (g->protocol != NULL && gw_slice_is(in->protocols[i].name, g->protocol))
			return gw_slice_eq(in->protocols[i].metadata, gw_cmember_metadata(g, m));
	return false;
}

/* A static member is back under a new id; the old id is fenced. Without news nothing else happens.
 */
static int
replace_static(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m,
    const struct gw_join *in, char *id, uint64_t ticket, int64_t now_us)
{
	bool leads = g->leader != NULL && strcmp(g->leader, m->id) == 0,
	     same = same_metadata(g, m, in);
	char *leader = leads ? gw_alloc_str(gs->alloc, gw_str(id)) : NULL;

	if ((leads && leader == NULL) || take_protocols(gs, m, in) < 0) {
		gw_alloc_free(gs->alloc, leader);
		return GW_ENOMEM;
	}
	gw_coord_answer_join(gs, g, m, GW_K_FENCED_INSTANCE_ID);
	gw_coord_answer_sync(gs, g, m, GW_K_FENCED_INSTANCE_ID);
	gw_alloc_free(gs->alloc, m->id);
	m->id = id;
	gw_cmember_touch(gs, m, now_us);
	if (leads) {
		gw_alloc_free(gs->alloc, g->leader);
		g->leader = leader;
	}
	if (g->phase == GW_CGROUP_STABLE && same && gw_cgroup_still_chooses(g) &&
	    (!leads || in->can_skip)) {
		tell_generation(gs, g, m, ticket);
		gs->answers[gs->n_answers - 1].skip_assignment = leads;
		return 0;
	}
	wait_for_generation(gs, g, m, ticket, now_us);
	return 0;
}

static int
join_unknown(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_join *in, uint64_t ticket,
    int64_t now_us)
{
	struct gw_cmember *m =
	    in->instance.ptr == NULL ? NULL : gw_cgroup_by_instance(g, in->instance);
	char *id;
	int rc;

	if (m == NULL && g->n_members + g->n_pending >= GW_CGROUP_MEMBERS_MAX) {
		gw_coord_refuse(gs, ticket, false, GW_K_GROUP_MAX_SIZE_REACHED, NULL);
		return 0;
	}
	id = make_id(gs, in);
	if (id == NULL)
		return GW_ENOMEM;
	if (m != NULL)
		rc = replace_static(gs, g, m, in, id, ticket, now_us);
	else if (in->id_required && in->instance.ptr == NULL)
		rc = give_id(gs, g, in, id, ticket, now_us);
	else
		rc = add_member(gs, g, in, id, ticket, now_us);
	if (rc < 0)
		gw_alloc_free(gs->alloc, id);
	return rc;
}

static bool
same_protocols(const struct gw_cmember *m, const struct gw_join *in)
{
	if (m->n_protocols != in->n_protocols)
		return false;
	for (size_t i = 0; i < in->n_protocols; i++)
		if (!gw_slice_eq(m->protocols[i].name, in->protocols[i].name) ||
		    !gw_slice_eq(m->protocols[i].metadata, in->protocols[i].metadata))
			return false;
	return true;
}

static int
join_known(struct gw_coord *gs, struct gw_cgroup *g, const struct gw_join *in, uint64_t ticket,
    int64_t now_us)
{
	struct gw_pending_member *p =
	    in->instance.ptr == NULL ? gw_cgroup_find_pending(g, in->member_id) : NULL;
	struct gw_cmember *m;
	bool leads, same;
	int16_t error;
	int rc;

	if (p != NULL) {
		struct gw_pending_member kept = *p;

		*p = g->pending[--g->n_pending];
		rc = add_member(gs, g, in, kept.id, ticket, now_us);
		if (rc < 0)
			g->pending[g->n_pending++] = kept;
		return rc;
	}
	error = gw_cgroup_identify(g, in->member_id, in->instance, &m);
	if (error != 0) {
		gw_coord_refuse(gs, ticket, false, error, NULL);
		return 0;
	}
	leads = g->leader != NULL && strcmp(g->leader, m->id) == 0;
	same = same_protocols(m, in);
	if (take_protocols(gs, m, in) < 0)
		return GW_ENOMEM;
	gw_cmember_touch(gs, m, now_us);
	/* Asked again because the answer was lost; or a follower that has nothing new to say. */
	if (same && (g->phase == GW_CGROUP_COMPLETING || (g->phase == GW_CGROUP_STABLE && !leads)))
		tell_generation(gs, g, m, ticket);
	else
		wait_for_generation(gs, g, m, ticket, now_us);
	return 0;
}

static int16_t
judge_join(const struct gw_cgroup *g, const struct gw_join *in)
{
	if (in->group.len == 0)
		return GW_K_INVALID_GROUP_ID;
	if (in->session_ms < GW_CGROUP_SESSION_MS_MIN || in->session_ms > GW_CGROUP_SESSION_MS_MAX)
		return GW_K_INVALID_SESSION_TIMEOUT;
	if (in->n_protocols == 0 || in->protocol_type.len == 0)
		return GW_K_INCONSISTENT_GROUP_PROTOCOL;
	if (g == NULL && in->member_id.len > 0)
		return GW_K_UNKNOWN_MEMBER_ID;
	if (g != NULL && g->next_gen != NULL)	/* its members speak KIP-848 */
		return GW_K_INCONSISTENT_GROUP_PROTOCOL;
	if (g != NULL && !gw_cgroup_agrees(g, in->protocol_type, in->protocols, in->n_protocols))
		return GW_K_INCONSISTENT_GROUP_PROTOCOL;
	return 0;
}

int
gw_cgroup_join(struct gw_coord *gs, const struct gw_join *in, uint64_t ticket, int64_t now_us)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, in->group);
	int16_t error = judge_join(g, in);
	int rc = gw_coord_ticket(gs);

	if (rc < 0)
		return rc;
	if (error != 0) {
		gw_coord_refuse(gs, ticket, false, error, NULL);
		return 0;
	}
	g = gw_cgroup_make(gs, in->group);
	if (g == NULL)
		rc = GW_ENOMEM;
	else if (in->member_id.len == 0)
		rc = join_unknown(gs, g, in, ticket, now_us);
	else
		rc = join_known(gs, g, in, ticket, now_us);
	if (rc < 0)
		gs->n_tickets--;
	return rc;
}
