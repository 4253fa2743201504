/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_join_group.h"
#include "wire/msg_leave_group.h"
#include "wire/msg_sync_group.h"

/* The request itself is its ticket: it is freed only after the coordinator forgot it. */
static uint64_t
ticket_of(struct gw_pending *p)
{
	return (uint64_t)(uintptr_t)p;
}

/* ---- answers of the coordinator ---- */

static int
tell_members(struct gw_pending *p, const struct gw_cgroup *g, struct gw_join_group_response *r)
{
	r->members = gw_arena_zero(&p->arena, g->n_members + 1, sizeof(*r->members));
	if (r->members == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < g->n_members; i++)
		r->members[r->n_members++] =
		    (struct gw_join_group_member){ .member_id = gw_str(g->members[i]->id),
			    .group_instance_id = gw_str(g->members[i]->instance),
			    .metadata = gw_cmember_metadata(g, g->members[i]) };
	return 0;
}

static int
deliver_join(struct gw_pending *p, const struct gw_cgroup_answer *a)
{
	struct gw_join_group_response *r = gw_arena_zero(&p->arena, 1, sizeof(*r));
	int rc = 0;

	if (r == NULL)
		return GW_ENOMEM;
	gw_visit_defaults(p->api->response, r);
	r->error_code = a->error;
	r->generation_id = -1;
	r->member_id = gw_str(a->member_id == NULL ? "" : a->member_id);
	r->leader = GW_LIT("");
	/* Before v7 the name cannot be null. */
	r->protocol_name = p->h.api_version < 7 ? GW_LIT("") : (struct gw_slice){ NULL, 0 };
	if (a->error == 0) {
		r->generation_id = a->group->generation;
		r->protocol_type = gw_str(a->group->protocol_type);
		r->protocol_name = gw_str(a->group->protocol);
		r->leader = gw_str(a->leader == NULL ? "" : a->leader);
		r->skip_assignment = a->skip_assignment;
		if (a->leader != NULL && strcmp(a->leader, a->member->id) == 0)
			rc = tell_members(p, a->group, r);
	}
	return rc < 0 ? rc : gw_pending_answer(p, r);
}

static int
deliver_sync(struct gw_pending *p, const struct gw_cgroup_answer *a)
{
	struct gw_sync_group_response *r = gw_arena_zero(&p->arena, 1, sizeof(*r));

	if (r == NULL)
		return GW_ENOMEM;
	gw_visit_defaults(p->api->response, r);
	r->error_code = a->error;
	r->assignment = GW_LIT("");
	if (a->error == 0) {
		r->protocol_type = gw_str(a->group->protocol_type);
		r->protocol_name = gw_str(a->group->protocol);
		if (a->member->assignment.ptr != NULL)
			r->assignment = a->member->assignment;
	}
	return gw_pending_answer(p, r);
}

void
gw_coord_deliver(struct gw_broker *b)
{
	struct gw_cgroup_answer a;

	while (gw_coord_next_answer(&b->groups, &a) > 0) {
		struct gw_pending *p = (struct gw_pending *)(uintptr_t)a.ticket;
		int rc = a.is_sync ? deliver_sync(p, &a) : deliver_join(p, &a);

		if (rc < 0) {
			/*
			 * Nothing will come for it any more: it must not be forgotten a second
			 * time.
			 */
			p->resume = gw_never;
			gw_peer_close(p->conn, gw_strerror(rc));
		}
	}
}

int
gw_never(struct gw_pending *p, bool timed_out)
{
	(void)p;
	(void)timed_out;
	return GW_EAGAIN;
}

/* ---- requests ---- */

/* An empty group of KIP-848 is anybody's. */
static int
make_classic(struct gw_broker *b, struct gw_slice name)
{
	struct gw_cgroup *g = gw_cgroup_find(&b->groups, name);

	return g == NULL || g->next_gen == NULL || gw_cgroup_is_used(g) ? 0 : gw_ngroup_end(b, g);
}

int
gw_on_join_group(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_join_group_request *q = request;
	struct gw_protocol *protocols =
	    gw_arena_zero(rq->arena, q->n_protocols + 1, sizeof(*protocols));
	struct gw_join in = { .group = q->group_id,
		.member_id = q->member_id,
		.instance = q->group_instance_id,
		.client_id = rq->client_id.ptr == NULL ? GW_LIT("") : rq->client_id,
		.client_host = gw_str(rq->client_host),
		.protocol_type = q->protocol_type,
		.protocols = protocols,
		.n_protocols = q->n_protocols,
		.session_ms = q->session_timeout_ms,
		.rebalance_ms =
		    q->rebalance_timeout_ms < 0 ? q->session_timeout_ms : q->rebalance_timeout_ms,
		.id_required = rq->version >= 4,
		.can_skip = rq->version >= 9 };
	int rc;

	(void)response;
	if (protocols == NULL)
		return GW_ENOMEM;
	rc = make_classic(rq->b, q->group_id);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < q->n_protocols; i++)
		protocols[i] = (struct gw_protocol){ .name = q->protocols[i].name,
			.metadata = q->protocols[i].metadata };
	rc = gw_cgroup_join(&rq->b->groups, &in, ticket_of(rq->p), rq->now.us);
	return rc < 0 ? rc : GW_EAGAIN;
}

int
gw_on_sync_group(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_sync_group_request *q = request;
	struct gw_protocol *assignments =
	    gw_arena_zero(rq->arena, q->n_assignments + 1, sizeof(*assignments));
	struct gw_sync in = { .who = { .group = q->group_id,
				  .member_id = q->member_id,
				  .instance = q->group_instance_id,
				  .generation = q->generation_id },
		.protocol_type = q->protocol_type,
		.protocol = q->protocol_name,
		.assignments = assignments,
		.n_assignments = q->n_assignments };
	int rc;

	(void)response;
	if (assignments == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_assignments; i++)
		assignments[i] = (struct gw_protocol){ .name = q->assignments[i].member_id,
			.metadata = q->assignments[i].assignment };
	rc = gw_cgroup_sync(&rq->b->groups, &in, ticket_of(rq->p), rq->now.us);
	return rc < 0 ? rc : GW_EAGAIN;
}

int
gw_on_heartbeat(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_heartbeat_request *q = request;
	struct gw_heartbeat_response *r = response;

	r->error_code = gw_cgroup_heartbeat(&rq->b->groups,
	    &(struct gw_identity){ .group = q->group_id,
		.member_id = q->member_id,
		.instance = q->group_instance_id,
		.generation = q->generation_id },
	    rq->now.us);
	return 0;
}

int
gw_on_leave_group(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_leave_group_request *q = request;
	struct gw_leave_group_response *r = response;
	struct gw_slice none = { NULL, 0 };

	if (rq->version < 3) {
		r->error_code =
		    gw_cgroup_leave(&rq->b->groups, q->group_id, q->member_id, none, rq->now.us);
		return 0;
	}
	if (q->group_id.len == 0) {
		r->error_code = GW_K_INVALID_GROUP_ID;
		return 0;
	}
	r->members = gw_arena_zero(rq->arena, q->n_members + 1, sizeof(*r->members));
	if (r->members == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_members; i++)
		r->members[r->n_members++] = (struct gw_leave_group_member_response){
			.member_id = q->members[i].member_id,
			.group_instance_id = q->members[i].group_instance_id,
			.error_code = gw_cgroup_leave(&rq->b->groups, q->group_id,
			    q->members[i].member_id, q->members[i].group_instance_id, rq->now.us)
		};
	return 0;
}
