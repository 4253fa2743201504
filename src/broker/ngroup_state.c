/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"

/*
 * A group's entry has its epochs, the ids of all its members and those of them that have changed,
 * in one piece: what a crash leaves is the group before or after a step, never between.
 */

struct meta_ngroup {
	struct gw_slice		 group;
	int32_t			 epoch, target_epoch;
	int64_t			 topics_hash;
	int8_t			 assignor;
	struct gw_slice		*ids;
	size_t			 n_ids;
	struct meta_nmember	*changed;
	size_t			 n_changed;
};

struct meta_nmember {
	struct gw_slice	 id, instance, rack, client_id, client_host, regex;
	struct gw_slice	*topics;
	size_t		 n_topics;
	int8_t		 assignor, state;
	int32_t		 rebalance_ms, epoch, old_epoch;
	struct gw_tps	 assigned, revoking, target;
};

static void
visit_parts(struct gw_codec *w, const char *name, struct gw_tps *s)
{
	struct gw_tp *p;

	GW_EACH(w, name, 0, GW_MAX, p, s->v, s->n) {
		gw_uuid(w, "TopicId", 0, GW_MAX, &p->topic);
		gw_i32(w, "Partition", 0, GW_MAX, &p->partition, 0);
	}
}

static void
visit_member(struct gw_codec *w, struct meta_nmember *m)
{
	gw_string(w, "MemberId", 0, GW_MAX, &m->id);
	gw_string(gw_null(w, 0), "InstanceId", 0, GW_MAX, &m->instance);
	gw_string(gw_null(w, 0), "RackId", 0, GW_MAX, &m->rack);
	gw_string(w, "ClientId", 0, GW_MAX, &m->client_id);
	gw_string(w, "ClientHost", 0, GW_MAX, &m->client_host);
	gw_string(gw_null(w, 0), "Regex", 0, GW_MAX, &m->regex);
	gw_strings(w, "Topics", 0, GW_MAX, &m->topics, &m->n_topics);
	gw_i8(w, "Assignor", 0, GW_MAX, &m->assignor, -1);
	gw_i8(w, "State", 0, GW_MAX, &m->state, 0);
	gw_i32(w, "RebalanceTimeoutMs", 0, GW_MAX, &m->rebalance_ms, 0);
	gw_i32(w, "Epoch", 0, GW_MAX, &m->epoch, 0);
	gw_i32(w, "OldEpoch", 0, GW_MAX, &m->old_epoch, 0);
	visit_parts(w, "Assigned", &m->assigned);
	visit_parts(w, "Revoking", &m->revoking);
	visit_parts(w, "Target", &m->target);
}

static void
visit_group(struct gw_codec *w, void *msg)
{
	struct meta_ngroup *g = msg;
	struct meta_nmember *m;

	gw_string(w, "Group", 0, GW_MAX, &g->group);
	gw_i32(w, "Epoch", 0, GW_MAX, &g->epoch, 0);
	gw_i32(w, "TargetEpoch", 0, GW_MAX, &g->target_epoch, 0);
	gw_i64(w, "TopicsHash", 0, GW_MAX, &g->topics_hash, 0);
	gw_i8(w, "Assignor", 0, GW_MAX, &g->assignor, 0);
	gw_strings(w, "Members", 0, GW_MAX, &g->ids, &g->n_ids);
	GW_EACH(w, "Changed", 0, GW_MAX, m, g->changed, g->n_changed)
		visit_member(w, m);
}

static void
visit_gone(struct gw_codec *w, void *msg)
{
	struct meta_ngroup *g = msg;

	gw_string(w, "Group", 0, GW_MAX, &g->group);
}

/* ---- into meta.log ---- */

static struct meta_nmember
member_to_meta(const struct gw_nmember *m)
{
	return (struct meta_nmember){ .id = gw_str(m->id), .instance = gw_str(m->instance),
		.rack = gw_str(m->rack), .client_id = gw_str(m->client_id),
		.client_host = gw_str(m->client_host), .regex = gw_str(m->regex),
		.topics = m->topics, .n_topics = m->n_topics, .assignor = m->assignor,
		.state = (int8_t)m->state, .rebalance_ms = m->rebalance_ms, .epoch = m->epoch,
		.old_epoch = m->old_epoch, .assigned = m->assigned, .revoking = m->revoking,
		.target = m->target };
}

static int
to_meta(struct gw_arena *arena, const struct gw_cgroup *g, bool all, struct meta_ngroup *out)
{
	const struct gw_ngroup *ng = g->next_gen;

	*out = (struct meta_ngroup){ .group = gw_str(g->name), .epoch = ng->epoch,
		.target_epoch = ng->target_epoch, .topics_hash = (int64_t)ng->topics_hash,
		.assignor = (int8_t)ng->assignor };
	out->ids = gw_arena_zero(arena, ng->n_members + 1, sizeof(*out->ids));
	out->changed = gw_arena_zero(arena, ng->n_members + 1, sizeof(*out->changed));
	if (out->ids == NULL || out->changed == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < ng->n_members; i++) {
		out->ids[out->n_ids++] = gw_str(ng->members[i]->id);
		if (all || ng->members[i]->dirty)
			out->changed[out->n_changed++] = member_to_meta(ng->members[i]);
	}
	return 0;
}

int
gw_ngroup_put(struct gw_broker *b, struct gw_cgroup *g)
{
	struct meta_ngroup m;
	struct gw_arena arena;
	int rc;

	if (g->next_gen == NULL || !gw_ngroup_is_dirty(g->next_gen))
		return 0;
	gw_arena_init(&arena, b->env->alloc, 0);
	rc = to_meta(&arena, g, false, &m);
	if (rc == 0)
		rc = gw_meta_put(&b->meta, GW_ENTRY_NGROUP, visit_group, &m);
	if (rc == 0)
		gw_ngroup_clean(g->next_gen);
	gw_arena_fini(&arena);
	return rc;
}

void
gw_ngroups_put(struct gw_broker *b)
{
	struct gw_cgroup *g;
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && (g = gw_map_next(&b->groups.by_name, &pos)) != NULL)
		rc = gw_ngroup_put(b, g);
	if (rc < 0)
		gw_broker_disk_error(b, b->meta.path, rc);
}

int
gw_ngroups_write_all(struct gw_broker *b, struct gw_buf *out)
{
	struct gw_cgroup *g;
	struct gw_arena arena;
	struct meta_ngroup m;
	size_t pos = 0;
	int rc = 0;

	gw_arena_init(&arena, b->env->alloc, 0);
	while (rc == 0 && (g = gw_map_next(&b->groups.by_name, &pos)) != NULL) {
		if (g->next_gen == NULL)
			continue;
		gw_arena_reset(&arena);
		rc = to_meta(&arena, g, true, &m);
		if (rc == 0)
			rc = gw_entry_put(out, GW_ENTRY_NGROUP, visit_group, &m);
	}
	gw_arena_fini(&arena);
	return rc;
}

int
gw_ngroup_end(struct gw_broker *b, struct gw_cgroup *g)
{
	struct meta_ngroup gone = { .group = gw_str(g->name) };
	int rc = gw_meta_put(&b->meta, GW_ENTRY_NGROUP_GONE, visit_gone, &gone);

	if (rc < 0)
		return rc;
	g->generation = g->next_gen->epoch;
	gw_ngroup_free(&b->groups, g->next_gen);
	g->next_gen = NULL;
	return 0;
}

/* ---- and back ---- */

static int
copy_parts(struct gw_coord *gs, struct gw_tps *to, const struct gw_tps *from)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < from->n; i++)
		rc = gw_tps_add(to, gs->alloc, &from->v[i]);
	gw_tps_sort(to);
	return rc;
}

static int
copy_text(struct gw_coord *gs, char **to, struct gw_slice from)
{
	*to = from.ptr == NULL ? NULL : gw_alloc_str(gs->alloc, from);
	return from.ptr != NULL && *to == NULL ? GW_ENOMEM : 0;
}

static int
fill(struct gw_coord *gs, struct gw_nmember *m, const struct meta_nmember *from)
{
	int rc;

	m->assignor = from->assignor;
	m->state = (enum gw_nmember_state)from->state;
	m->rebalance_ms = from->rebalance_ms;
	m->epoch = from->epoch;
	m->old_epoch = from->old_epoch;
	m->rebalance_deadline_us = INT64_MAX;
	if (copy_text(gs, &m->id, from->id) < 0 ||
	    copy_text(gs, &m->instance, from->instance) < 0 ||
	    copy_text(gs, &m->rack, from->rack) < 0 ||
	    copy_text(gs, &m->client_id, from->client_id) < 0 ||
	    copy_text(gs, &m->client_host, from->client_host) < 0)
		return GW_ENOMEM;
	rc = from->regex.ptr == NULL ? 0 : gw_nmember_set_regex(gs, m, from->regex);
	if (rc == 0)
		rc = gw_nmember_set_topics(gs, m, from->topics, from->n_topics);
	if (rc == 0)
		rc = copy_parts(gs, &m->assigned, &from->assigned);
	if (rc == 0)
		rc = copy_parts(gs, &m->revoking, &from->revoking);
	if (rc == 0)
		rc = copy_parts(gs, &m->target, &from->target);
	return rc == GW_EINVAL ? GW_ECORRUPT : rc;
}

static int
restore_member(struct gw_coord *gs, struct gw_ngroup *ng, const struct meta_nmember *from)
{
	struct gw_nmember *m, *old = gw_ngroup_member(ng, from->id);
	int rc;

	if (from->id.len == 0 || from->assignor < -1 || from->assignor >= GW_ASSIGNORS ||
	    from->state < 0 || from->state > GW_NMEMBER_UNRELEASED)
		return GW_ECORRUPT;
	m = gw_alloc_zero(gs->alloc, 1, sizeof(*m));
	if (m == NULL)
		return GW_ENOMEM;
	rc = fill(gs, m, from);
	if (rc == 0 && old != NULL)
		gw_ngroup_remove(gs, ng, old);
	if (rc == 0)
		rc = gw_ngroup_add(gs, ng, m);
	if (rc < 0)
		gw_nmember_free(gs, m);
	return rc;
}

static void
keep_listed(struct gw_coord *gs, struct gw_ngroup *ng, const struct meta_ngroup *from)
{
	for (size_t i = ng->n_members; i-- > 0;) {
		size_t k = 0;

		while (k < from->n_ids && !gw_slice_is(from->ids[k], ng->members[i]->id))
			k++;
		if (k == from->n_ids)
			gw_ngroup_remove(gs, ng, ng->members[i]);
	}
}

static int
restore_group(struct gw_broker *b, const struct meta_ngroup *from)
{
	struct gw_cgroup *g = gw_cgroup_make(&b->groups, from->group);
	struct gw_ngroup *ng = g == NULL ? NULL : gw_ngroup_make(&b->groups, g);
	int rc = 0;

	if (ng == NULL)
		return GW_ENOMEM;
	if (from->assignor < 0 || from->assignor >= GW_ASSIGNORS)
		return GW_ECORRUPT;
	ng->epoch = from->epoch;
	ng->target_epoch = from->target_epoch;
	ng->topics_hash = (uint64_t)from->topics_hash;
	ng->assignor = (enum gw_assignor)from->assignor;
	for (size_t i = 0; rc == 0 && i < from->n_changed; i++)
		rc = restore_member(&b->groups, ng, &from->changed[i]);
	if (rc == 0)
		keep_listed(&b->groups, ng, from);
	gw_ngroup_clean(ng);
	return rc;
}

int
gw_ngroup_restore(struct gw_broker *b, const struct gw_entry *e)
{
	struct meta_ngroup m = { .epoch = 0 };
	struct gw_cgroup *g;
	struct gw_arena arena;
	int rc;

	gw_arena_init(&arena, b->env->alloc, 0);
	if (e->type == GW_ENTRY_NGROUP) {
		rc = gw_entry_read(e, visit_group, &m, &arena);
		if (rc == 0)
			rc = restore_group(b, &m);
	} else {
		rc = gw_entry_read(e, visit_gone, &m, &arena);
		g = rc == 0 ? gw_cgroup_find(&b->groups, m.group) : NULL;
		if (g != NULL) {
			gw_ngroup_free(&b->groups, g->next_gen);
			g->next_gen = NULL;
		}
	}
	gw_arena_fini(&arena);
	return rc;
}
