/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#include "base/err.h"
#include "broker/ngroup.h"

/* ---- protocols ---- */

static bool
supports(const struct gw_cmember *m, struct gw_slice protocol)
{
	for (size_t i = 0; i < m->n_protocols; i++)
		if (gw_slice_eq(m->protocols[i].name, protocol))
			return true;
	return false;
}

static bool
all_support(const struct gw_cgroup *g, struct gw_slice protocol)
{
	for (size_t i = 0; i < g->n_members; i++)
		if (!supports(g->members[i], protocol))
			return false;
	return true;
}

bool
gw_cgroup_agrees(
    const struct gw_cgroup *g, struct gw_slice type, const struct gw_protocol *p, size_t n)
{
	if (g->n_members == 0)
		return true;
	if (g->protocol_type == NULL || !gw_slice_is(type, g->protocol_type))
		return false;
	for (size_t i = 0; i < n; i++)
		if (all_support(g, p[i].name))
			return true;
	return false;
}

/* Whether m's favourite, of those that all support, is this one. */
static bool
votes_for(const struct gw_cgroup *g, const struct gw_cmember *m, struct gw_slice protocol)
{
	for (size_t i = 0; i < m->n_protocols; i++)
		if (all_support(g, m->protocols[i].name))
			return gw_slice_eq(m->protocols[i].name, protocol);
	return false;
}

static size_t
count_votes(const struct gw_cgroup *g, struct gw_slice protocol)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_members; i++)
		n += votes_for(g, g->members[i], protocol) ? 1 : 0;
	return n;
}

static struct gw_slice
choose(const struct gw_cgroup *g)
{
	const struct gw_cmember *first = g->members[0];
	struct gw_slice best = GW_LIT("");
	size_t most = 0;

	for (size_t i = 0; i < first->n_protocols; i++) {
		size_t votes = all_support(g, first->protocols[i].name)
				   ? count_votes(g, first->protocols[i].name)
				   : 0;

		if (votes > most) {
			most = votes;
			best = first->protocols[i].name;
		}
	}
	return best;
}

bool
gw_cgroup_still_chooses(const struct gw_cgroup *g)
{
	return g->protocol != NULL && gw_slice_is(choose(g), g->protocol);
}

/* ---- phases ---- */

static int64_t
after_ms(int64_t now_us, int64_t ms)
{
	return now_us + ms * 1000;
}

static void
set_deadline(struct gw_coord *gs, struct gw_cgroup *g, int64_t at_us)
{
	g->phase_deadline_us = at_us;
	gw_coord_at(gs, at_us);
}

static int32_t
longest_rebalance(const struct gw_cgroup *g)
{
	int32_t ms = 0;

	for (size_t i = 0; i < g->n_members; i++)
		if (g->members[i]->rebalance_ms > ms)
			ms = g->members[i]->rebalance_ms;
	return ms;
}

void
gw_cgroup_prepare(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	bool was_empty = g->phase == GW_CGROUP_EMPTY;

	if (g->phase == GW_CGROUP_PREPARING)
		return;
	for (size_t i = 0; i < g->n_members; i++) {
		gw_coord_answer_sync(gs, g, g->members[i], GW_K_REBALANCE_IN_PROGRESS);
		g->members[i]->joined = g->members[i]->join_ticket != 0;
		g->members[i]->synced = false;
	}
	g->phase = GW_CGROUP_PREPARING;
	set_deadline(
	    gs, g, after_ms(now_us, was_empty ? gs->initial_delay_ms : longest_rebalance(g)));
	/* The first member waits for the others only as long as the option says. */
	if (was_empty)
		g->initial = true;
}

static void
become_empty(struct gw_coord *gs, struct gw_cgroup *g)
{
	g->phase = GW_CGROUP_EMPTY;
	g->generation++;
	g->phase_deadline_us = INT64_MAX;
	gw_alloc_free(gs->alloc, g->protocol);
	g->protocol = NULL;
	gw_alloc_free(gs->alloc, g->leader);
	g->leader = NULL;
}

/* Dynamic members that did not come back are out; static ones have until their session ends. */
static void
drop_absent(struct gw_coord *gs, struct gw_cgroup *g)
{
	for (size_t i = g->n_members; i-- > 0;) {
		struct gw_cmember *m = g->members[i];

		if (!m->joined && m->instance == NULL)
			gw_cgroup_remove_member(gs, g, m);
	}
}

/*
 * The leader stays if it came back; else the first that did. False when nobody did or memory is
 * out.
 */
static bool
elect(struct gw_coord *gs, struct gw_cgroup *g)
{
	struct gw_cmember *first = NULL;
	char *id;

	for (size_t i = 0; i < g->n_members; i++) {
		struct gw_cmember *m = g->members[i];

		if (m->joined && g->leader != NULL && strcmp(m->id, g->leader) == 0)
			return true;
		if (m->joined && first == NULL)
			first = m;
	}
	if (first == NULL || (id = gw_alloc_str(gs->alloc, gw_str(first->id))) == NULL)
		return false;
	gw_alloc_free(gs->alloc, g->leader);
	g->leader = id;
	return true;
}

static void
complete(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	char *protocol;

	g->initial = false;
	drop_absent(gs, g);
	if (g->n_members == 0) {
		become_empty(gs, g);
		return;
	}
	protocol = gw_alloc_str(gs->alloc, choose(g));
	if (protocol == NULL || !elect(gs, g)) {
		gw_alloc_free(gs->alloc, protocol);
		set_deadline(gs, g, after_ms(now_us, longest_rebalance(g)));
		return;
	}
	gw_alloc_free(gs->alloc, g->protocol);
	g->protocol = protocol;
	g->generation = g->generation == INT32_MAX ? 1 : g->generation + 1;
	g->phase = GW_CGROUP_COMPLETING;
	set_deadline(gs, g, after_ms(now_us, longest_rebalance(g)));
	for (size_t i = 0; i < g->n_members; i++) {
		struct gw_cmember *m = g->members[i];

		m->synced = false;
		if (m->joined)
			m->session_deadline_us = after_ms(now_us, m->session_ms);
		gw_coord_at(gs, m->session_deadline_us);
		gw_coord_answer_join(gs, g, m, 0);
	}
}

void
gw_cgroup_try_complete(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	if (g->phase != GW_CGROUP_PREPARING)
		return;
	if (g->initial) {
		if (now_us < g->phase_deadline_us)
			return;
	} else if (now_us < g->phase_deadline_us) {
		if (g->n_pending > 0)
			return;
		for (size_t i = 0; i < g->n_members; i++)
			if (!g->members[i]->joined)
				return;
	}
	complete(gs, g, now_us);
}

/* ---- time ---- */

static void
lose_member(struct gw_coord *gs, struct gw_cgroup *g, struct gw_cmember *m, int64_t now_us)
{
	gw_cgroup_remove_member(gs, g, m);
	if (g->phase == GW_CGROUP_STABLE || g->phase == GW_CGROUP_COMPLETING)
		gw_cgroup_prepare(gs, g, now_us);
	gw_cgroup_try_complete(gs, g, now_us);
}

static void
expire_sessions(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	for (size_t i = g->n_members; i-- > 0;) {
		struct gw_cmember *m;

		if (i >= g->n_members)
			continue;
		m = g->members[i];
		if (m->join_ticket == 0 && now_us >= m->session_deadline_us)
			lose_member(gs, g, m, now_us);
	}
}

static void
expire_pending(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	for (size_t i = g->n_pending; i-- > 0;) {
		if (now_us < g->pending[i].deadline_us)
			continue;
		gw_alloc_free(gs->alloc, g->pending[i].id);
		g->pending[i] = g->pending[--g->n_pending];
	}
}

/* Members that joined but never asked for their assignment hold everybody up. */
static void
expire_unsynced(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	if (g->phase != GW_CGROUP_COMPLETING || now_us < g->phase_deadline_us)
		return;
	for (size_t i = g->n_members; i-- > 0;)
		if (!g->members[i]->synced)
			gw_cgroup_remove_member(gs, g, g->members[i]);
	gw_cgroup_prepare(gs, g, now_us);
}

static void
note_deadlines(struct gw_coord *gs, const struct gw_cgroup *g)
{
	if (g->phase == GW_CGROUP_PREPARING || g->phase == GW_CGROUP_COMPLETING)
		gw_coord_at(gs, g->phase_deadline_us);
	for (size_t i = 0; i < g->n_members; i++)
		if (g->members[i]->join_ticket == 0)
			gw_coord_at(gs, g->members[i]->session_deadline_us);
	for (size_t i = 0; i < g->n_pending; i++)
		gw_coord_at(gs, g->pending[i].deadline_us);
}

void
gw_coord_tick(struct gw_coord *gs, int64_t now_us)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	gs->next_us = INT64_MAX;
	while ((g = gw_map_next(&gs->by_name, &pos)) != NULL) {
		if (g->next_gen != NULL) {
			gw_ngroup_tick(gs, g, now_us);
			continue;
		}
		expire_pending(gs, g, now_us);
		expire_sessions(gs, g, now_us);
		expire_unsynced(gs, g, now_us);
		gw_cgroup_try_complete(gs, g, now_us);
		note_deadlines(gs, g);
	}
}
