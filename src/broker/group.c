/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#include "base/err.h"
#include "broker/ngroup.h"

void
gw_coord_init(struct gw_coord *gs, struct gw_alloc *alloc, struct gw_rng *rng, int initial_delay_ms)
{
	*gs = (struct gw_coord){ .alloc = alloc, .rng = rng, .initial_delay_ms = initial_delay_ms,
		.next_us = INT64_MAX };
	gw_map_init(&gs->by_name, alloc, gw_rng_u64(rng));
}

static void
group_free(struct gw_coord *gs, struct gw_cgroup *g)
{
	while (g->n_members > 0)
		gw_cgroup_remove_member(gs, g, g->members[g->n_members - 1]);
	for (size_t i = 0; i < g->n_pending; i++)
		gw_alloc_free(gs->alloc, g->pending[i].id);
	gw_cgroup_forget_offsets(gs, g);
	gw_map_fini(&g->offsets);
	gw_ngroup_free(gs, g->next_gen);
	gw_alloc_free(gs->alloc, g->pending);
	gw_alloc_free(gs->alloc, g->members);
	gw_alloc_free(gs->alloc, g->protocol_type);
	gw_alloc_free(gs->alloc, g->protocol);
	gw_alloc_free(gs->alloc, g->leader);
	gw_alloc_free(gs->alloc, g->name);
	gw_alloc_free(gs->alloc, g);
}

void
gw_coord_fini(struct gw_coord *gs)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	while ((g = gw_map_next(&gs->by_name, &pos)) != NULL)
		group_free(gs, g);
	gw_map_fini(&gs->by_name);
	gw_alloc_free(gs->alloc, gs->answers);
	gs->answers = NULL;
	gs->n_answers = gs->cap_answers = 0;
}

struct gw_cgroup *
gw_cgroup_find(const struct gw_coord *gs, struct gw_slice name)
{
	return gw_map_get(&gs->by_name, name);
}

struct gw_cgroup *
gw_cgroup_make(struct gw_coord *gs, struct gw_slice name)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, name);

	if (g != NULL)
		return g;
	g = gw_alloc_zero(gs->alloc, 1, sizeof(*g));
	if (g == NULL)
		return NULL;
	g->phase_deadline_us = INT64_MAX;
	gw_map_init(&g->offsets, gs->alloc, gs->by_name.seed);
	g->name = gw_alloc_str(gs->alloc, name);
	if (g->name == NULL ||
	    gw_map_put(&gs->by_name, (struct gw_slice){ g->name, name.len }, g) < 0) {
		group_free(gs, g);
		return NULL;
	}
	return g;
}

void
gw_cgroup_drop(struct gw_coord *gs, struct gw_cgroup *g)
{
	gw_map_del(&gs->by_name, gw_str(g->name));
	group_free(gs, g);
}

bool
gw_cgroup_is_used(const struct gw_cgroup *g)
{
	return g->n_members + g->n_pending > 0 ||
	    (g->next_gen != NULL && g->next_gen->n_members > 0);
}

const char *
gw_cgroup_phase_name(const struct gw_cgroup *g)
{
	static const char *const names[] = {
		[GW_CGROUP_EMPTY] = "Empty",
		[GW_CGROUP_PREPARING] = "PreparingRebalance",
		[GW_CGROUP_COMPLETING] = "CompletingRebalance",
		[GW_CGROUP_STABLE] = "Stable",
	};

	return g->next_gen != NULL ? gw_ngroup_phase_name(g->next_gen) : names[g->phase];
}

/* ---- members ---- */

struct gw_cmember *
gw_cgroup_member(const struct gw_cgroup *g, struct gw_slice id)
{
	for (size_t i = 0; i < g->n_members; i++)
		if (gw_slice_is(id, g->members[i]->id))
			return g->members[i];
	return NULL;
}

struct gw_slice
gw_cmember_metadata(const struct gw_cgroup *g, const struct gw_cmember *m)
{
	for (size_t i = 0; i < m->n_protocols; i++)
		if (g->protocol == NULL || gw_slice_is(m->protocols[i].name, g->protocol))
			return m->protocols[i].metadata;
	return GW_LIT("");
}

int
gw_cmember_set_protocols(
    struct gw_coord *gs, struct gw_cmember *m, const struct gw_protocol *p, size_t n)
{
	size_t len = n * sizeof(*p);
	struct gw_protocol *copy;
	char *at;

	for (size_t i = 0; i < n; i++)
		len += p[i].name.len + p[i].metadata.len;
	copy = gw_alloc_bytes(gs->alloc, len + 1);
	if (copy == NULL)
		return GW_ENOMEM;
	at = (char *)(copy + n);
	for (size_t i = 0; i < n; i++) {
		copy[i].name = (struct gw_slice){ at, p[i].name.len };
		if (p[i].name.len > 0)
			memcpy(at, p[i].name.ptr, p[i].name.len);
		at += p[i].name.len;
		copy[i].metadata = (struct gw_slice){ at, p[i].metadata.len };
		if (p[i].metadata.len > 0)
			memcpy(at, p[i].metadata.ptr, p[i].metadata.len);
		at += p[i].metadata.len;
	}
	gw_alloc_free(gs->alloc, m->protocols);
	m->protocols = copy;
	m->n_protocols = n;
	return 0;
}

void
gw_cmember_free(struct gw_coord *gs, struct gw_cmember *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < gs->n_answers; i++) {
		if (gs->answers[i].member == m)
			gs->answers[i] = (struct gw_cgroup_answer){ .ticket = gs->answers[i].ticket,
				.is_sync = gs->answers[i].is_sync,
				.error = GW_K_UNKNOWN_MEMBER_ID };
	}
	gw_alloc_free(gs->alloc, m->id);
	gw_alloc_free(gs->alloc, m->instance);
	gw_alloc_free(gs->alloc, m->client_id);
	gw_alloc_free(gs->alloc, m->client_host);
	gw_alloc_free(gs->alloc, m->protocols);
	gw_alloc_free(gs->alloc, (char *)(uintptr_t)m->assignment.ptr);
	gw_alloc_free(gs->alloc, m);
}

void
gw_cgroup_remove_member(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m)
{
	size_t i = 0;

	gw_coord_answer_join(gs, g, m, GW_K_UNKNOWN_MEMBER_ID);
	gw_coord_answer_sync(gs, g, m, GW_K_UNKNOWN_MEMBER_ID);
	while (i < g->n_members && g->members[i] != m)
		i++;
	if (i < g->n_members) {
		g->n_members--;
		memmove(
		    g->members + i, g->members + i + 1, (g->n_members - i) * sizeof(*g->members));
	}
	if (g->leader != NULL && strcmp(g->leader, m->id) == 0) {
		gw_alloc_free(gs->alloc, g->leader);
		g->leader = NULL;
	}
	gw_cmember_free(gs, m);
}

/* ---- answers ---- */

void
gw_coord_at(struct gw_coord *gs, int64_t deadline_us)
{
	if (deadline_us < gs->next_us)
		gs->next_us = deadline_us;
}

/* There is room: each ticket reserved it when it came. */
static void
push(struct gw_coord *gs, const struct gw_cgroup_answer *a)
{
	gs->n_tickets--;
	gs->answers[gs->n_answers++] = *a;
}

void
gw_coord_answer_join(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m, int16_t error)
{
	struct gw_cgroup_answer a = { .ticket = m->join_ticket, .error = error };

	if (m->join_ticket == 0)
		return;
	m->join_ticket = 0;
	if (error == 0) {
		a.group = g;
		a.member = m;
		a.member_id = m->id;
		a.leader = g->leader;
	}
	push(gs, &a);
}

void
gw_coord_answer_sync(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m, int16_t error)
{
	struct gw_cgroup_answer a = { .ticket = m->sync_ticket, .error = error, .is_sync = true };

	if (m->sync_ticket == 0)
		return;
	m->sync_ticket = 0;
	if (error == 0) {
		a.group = g;
		a.member = m;
	}
	push(gs, &a);
}

int
gw_coord_ticket(struct gw_coord *gs)
{
	void *p = gs->answers;
	size_t n = gs->n_answers + gs->n_tickets;

	if (gw_alloc_room(gs->alloc, &p, &gs->cap_answers, n, sizeof(*gs->answers)) < 0)
		return GW_ENOMEM;
	gs->answers = p;
	gs->n_tickets++;
	return 0;
}

void
gw_coord_refuse(
    struct gw_coord *gs, uint64_t ticket, bool is_sync, int16_t error, const char *member_id)
{
	push(gs, &(struct gw_cgroup_answer){ .ticket = ticket, .is_sync = is_sync, .error = error,
	    .member_id = member_id });
}

int
gw_coord_next_answer(struct gw_coord *gs, struct gw_cgroup_answer *a)
{
	if (gs->n_answers == 0)
		return 0;
	*a = gs->answers[0];
	gs->n_answers--;
	memmove(gs->answers, gs->answers + 1, gs->n_answers * sizeof(*gs->answers));
	return 1;
}

void
gw_coord_forget(struct gw_coord *gs, uint64_t ticket)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	for (size_t i = 0; i < gs->n_answers; i++) {
		if (gs->answers[i].ticket == ticket) {
			gs->n_answers--;
			memmove(gs->answers + i, gs->answers + i + 1,
			    (gs->n_answers - i) * sizeof(*gs->answers));
			return;
		}
	}
	while ((g = gw_map_next(&gs->by_name, &pos)) != NULL) {
		for (size_t i = 0; i < g->n_members; i++) {
			struct gw_cmember *m = g->members[i];
			uint64_t *t = m->join_ticket == ticket ? &m->join_ticket
			    : m->sync_ticket == ticket ? &m->sync_ticket : NULL;

			if (t != NULL) {
				*t = 0;
				gs->n_tickets--;
				return;
			}
		}
	}
}
