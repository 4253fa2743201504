/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/ngroup.h"

#include <stdlib.h>

#include "base/err.h"

static const char *const assignors[GW_ASSIGNORS] = {
	[GW_ASSIGNOR_UNIFORM] = "uniform",
	[GW_ASSIGNOR_RANGE] = "range",
};

struct gw_slice
gw_assignor_name(int8_t assignor)
{
	return gw_str(assignor < 0 ? NULL : assignors[assignor]);
}

/* ---- members ---- */

struct gw_nmember *
gw_ngroup_member(const struct gw_ngroup *ng, struct gw_slice id)
{
	for (size_t i = 0; i < ng->n_members; i++)
		if (gw_slice_is(id, ng->members[i]->id))
			return ng->members[i];
	return NULL;
}

void
gw_nmember_free(struct gw_coord *gs, struct gw_nmember *m)
{
	if (m == NULL)
		return;
	gw_tps_fini(&m->assigned, gs->alloc);
	gw_tps_fini(&m->revoking, gs->alloc);
	gw_tps_fini(&m->target, gs->alloc);
	gw_pattern_free(m->pattern);
	gw_alloc_free(gs->alloc, m->regex);
	gw_alloc_free(gs->alloc, m->topics);
	gw_alloc_free(gs->alloc, m->client_host);
	gw_alloc_free(gs->alloc, m->client_id);
	gw_alloc_free(gs->alloc, m->rack);
	gw_alloc_free(gs->alloc, m->instance);
	gw_alloc_free(gs->alloc, m->id);
	gw_alloc_free(gs->alloc, m);
}

static int
by_text(const void *x, const void *y)
{
	const struct gw_slice *a = x, *b = y;
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n == 0 ? 0 : memcmp(a->ptr, b->ptr, n);

	return c != 0 ? c : a->len < b->len ? -1 : a->len > b->len;
}

int
gw_nmember_set_topics(
    struct gw_coord *gs, struct gw_nmember *m, const struct gw_slice *t, size_t n)
{
	size_t len = n * sizeof(*t), kept = 0;
	struct gw_slice *copy;
	char *at;

	for (size_t i = 0; i < n; i++)
		len += t[i].len;
	copy = gw_alloc_bytes(gs->alloc, len + 1);
	if (copy == NULL)
		return GW_ENOMEM;
	at = (char *)(copy + n);
	for (size_t i = 0; i < n; i++) {
		copy[i] = (struct gw_slice){ at, t[i].len };
		if (t[i].len > 0)
			memcpy(at, t[i].ptr, t[i].len);
		at += t[i].len;
	}
	qsort(copy, n, sizeof(*copy), by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_text(&copy[i], &copy[kept - 1]) != 0)
			copy[kept++] = copy[i];
	gw_alloc_free(gs->alloc, m->topics);
	m->topics = copy;
	m->n_topics = kept;
	return 0;
}

int
gw_nmember_set_regex(struct gw_coord *gs, struct gw_nmember *m, struct gw_slice regex)
{
	struct gw_pattern *p = NULL;
	char *copy = NULL;
	int rc = 0;

	if (regex.len > 0) {
		copy = gw_alloc_str(gs->alloc, regex);
		rc = copy == NULL ? GW_ENOMEM : gw_pattern_new(&p, regex, gs->alloc, NULL);
	}
	if (rc < 0) {
		gw_alloc_free(gs->alloc, copy);
		return rc == GW_ENOMEM ? rc : GW_EINVAL;
	}
	gw_pattern_free(m->pattern);
	gw_alloc_free(gs->alloc, m->regex);
	m->pattern = p;
	m->regex = copy;
	return 0;
}

/* ---- groups ---- */

struct gw_ngroup *
gw_ngroup_make(struct gw_coord *gs, struct gw_cgroup *g)
{
	if (g->next_gen == NULL) {
		g->next_gen = gw_alloc_zero(gs->alloc, 1, sizeof(*g->next_gen));
		if (g->next_gen == NULL)
			return NULL;
		g->next_gen->epoch = g->next_gen->target_epoch = g->generation;
		g->next_gen->dirty = true;
	}
	return g->next_gen;
}

void
gw_ngroup_free(struct gw_coord *gs, struct gw_ngroup *ng)
{
	if (ng == NULL)
		return;
	for (size_t i = 0; i < ng->n_members; i++)
		gw_nmember_free(gs, ng->members[i]);
	gw_alloc_free(gs->alloc, ng->members);
	gw_alloc_free(gs->alloc, ng);
}

/* By their names, which is the order that range goes by. */
int
gw_ngroup_add(struct gw_coord *gs, struct gw_ngroup *ng, struct gw_nmember *m)
{
	void *p = ng->members;
	size_t i = ng->n_members;

	if (gw_alloc_room(gs->alloc, &p, &ng->cap_members, ng->n_members, sizeof(m)) < 0)
		return GW_ENOMEM;
	ng->members = p;
	for (; i > 0 && strcmp(ng->members[i - 1]->id, m->id) > 0; i--)
		ng->members[i] = ng->members[i - 1];
	ng->members[i] = m;
	ng->n_members++;
	return 0;
}

void
gw_ngroup_remove(struct gw_coord *gs, struct gw_ngroup *ng, struct gw_nmember *m)
{
	size_t i = 0;

	while (ng->members[i] != m)
		i++;
	ng->n_members--;
	memmove(
	    ng->members + i, ng->members + i + 1, (ng->n_members - i) * sizeof(*ng->members));
	gw_nmember_free(gs, m);
	ng->dirty = true;
}

void
gw_ngroup_bump(struct gw_ngroup *ng)
{
	if (ng->epoch == ng->target_epoch)
		ng->epoch = ng->epoch == INT32_MAX ? 1 : ng->epoch + 1;
	ng->dirty = true;
}

const char *
gw_ngroup_phase_name(const struct gw_ngroup *ng)
{
	if (ng->n_members == 0)
		return "Empty";
	if (ng->epoch != ng->target_epoch)
		return "Assigning";
	for (size_t i = 0; i < ng->n_members; i++)
		if (ng->members[i]->state != GW_NMEMBER_STABLE ||
		    ng->members[i]->epoch != ng->target_epoch)
			return "Reconciling";
	return "Stable";
}

bool
gw_ngroup_is_dirty(const struct gw_ngroup *ng)
{
	bool dirty = ng->dirty;

	for (size_t i = 0; i < ng->n_members; i++)
		dirty |= ng->members[i]->dirty;
	return dirty;
}

void
gw_ngroup_clean(struct gw_ngroup *ng)
{
	ng->dirty = false;
	for (size_t i = 0; i < ng->n_members; i++)
		ng->members[i]->dirty = false;
}

int16_t
gw_ngroup_may_commit(const struct gw_ngroup *ng, struct gw_slice member_id, int32_t epoch)
{
	const struct gw_nmember *m;

	if (epoch < 0 && member_id.len == 0)
		return ng->n_members == 0 ? 0 : GW_K_UNKNOWN_MEMBER_ID;
	m = gw_ngroup_member(ng, member_id);
	if (m == NULL)
		return GW_K_UNKNOWN_MEMBER_ID;
	return m->epoch == epoch ? 0 : GW_K_STALE_MEMBER_EPOCH;
}

/* ---- time ---- */

void
gw_ngroup_touch(struct gw_coord *gs, struct gw_nmember *m, int session_ms, int64_t now_us)
{
	m->session_deadline_us = now_us + (int64_t)session_ms * 1000;
	gw_coord_at(gs, m->session_deadline_us);
}

void
gw_ngroup_tick(struct gw_coord *gs, struct gw_cgroup *g, int64_t now_us)
{
	struct gw_ngroup *ng = g->next_gen;

	for (size_t i = ng->n_members; i-- > 0;) {
		struct gw_nmember *m = ng->members[i];

		if (now_us >= m->session_deadline_us || now_us >= m->rebalance_deadline_us) {
			gw_ngroup_remove(gs, ng, m);
			gw_ngroup_bump(ng);
			continue;
		}
		gw_coord_at(gs, m->session_deadline_us);
		gw_coord_at(gs, m->rebalance_deadline_us);
	}
}

void
gw_ngroup_resume(struct gw_coord *gs, struct gw_cgroup *g, int session_ms, int64_t now_us)
{
	struct gw_ngroup *ng = g->next_gen;

	for (size_t i = 0; i < ng->n_members; i++) {
		struct gw_nmember *m = ng->members[i];

		gw_ngroup_touch(gs, m, session_ms, now_us);
		m->rebalance_deadline_us = m->state == GW_NMEMBER_UNREVOKED
		    ? now_us + (int64_t)m->rebalance_ms * 1000 : INT64_MAX;
		gw_coord_at(gs, m->rebalance_deadline_us);
	}
}
