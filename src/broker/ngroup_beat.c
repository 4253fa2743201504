/* SPDX-License-Identifier: MIT
 *
 * broker/ngroup_beat.c - one heartbeat: who speaks, what it wants now, and its next step to the
 * target.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/ngroup.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

/* ---- a member on its way to the target ---- */

struct beat {
	struct gw_coord		*gs;
	struct gw_ngroup	*ng;
	struct gw_nmember	*m;
	const struct gw_nbeat	*in;
	int64_t			 now_us;
	bool			 fresh;		/* it was not in the group */
	bool			 moved;		/* what it is to have is another set now */
};

static bool
taken(const struct beat *b, const struct gw_tp *p)
{
	for (size_t i = 0; i < b->ng->n_members; i++) {
		const struct gw_nmember *m = b->ng->members[i];

		if (m != b->m && (gw_tps_has(&m->assigned, p) || gw_tps_has(&m->revoking, p)))
			return true;
	}
	return false;
}

struct step {
	struct gw_tps	kept, lost, gained;
	bool		unreleased;	/* more is meant for it, but others still have that */
};

static int
plan(const struct beat *b, struct step *s)
{
	const struct gw_nmember *m = b->m;
	struct gw_alloc *alloc = b->gs->alloc;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->assigned.n; i++) {
		const struct gw_tp *p = &m->assigned.v[i];

		rc = gw_tps_add(gw_tps_has(&m->target, p) ? &s->kept : &s->lost, alloc, p);
	}
	for (size_t i = 0; rc == 0 && i < m->target.n; i++) {
		const struct gw_tp *p = &m->target.v[i];

		if (gw_tps_has(&m->assigned, p))
			continue;
		if (taken(b, p))
			s->unreleased = true;
		else
			rc = gw_tps_add(&s->gained, alloc, p);
	}
	return rc;
}

static bool
owns_any(const struct gw_tps *owned, const struct gw_tps *of)
{
	if (owned == NULL)
		return of->n > 0;	/* as before: it has not given them up */
	for (size_t i = 0; i < of->n; i++)
		if (gw_tps_has(owned, &of->v[i]))
			return true;
	return false;
}

static void
set_epoch(struct gw_nmember *m, int32_t epoch)
{
	if (m->epoch == epoch)
		return;
	m->old_epoch = m->epoch;
	m->epoch = epoch;
}

/* Take the set over. */
static void
replace(struct gw_coord *gs, struct gw_tps *to, struct gw_tps *from)
{
	gw_tps_fini(to, gs->alloc);
	*to = *from;
	*from = (struct gw_tps){ NULL, 0, 0 };
}

static void
give_up_first(struct beat *b, struct step *s)
{
	struct gw_nmember *m = b->m;

	replace(b->gs, &m->revoking, &s->lost);
	m->state = GW_NMEMBER_UNREVOKED;
	m->rebalance_deadline_us = b->now_us + (int64_t)m->rebalance_ms * 1000;
	gw_coord_at(b->gs, m->rebalance_deadline_us);
}

static int
advance(struct beat *b)
{
	struct step s = { { NULL, 0, 0 }, { NULL, 0, 0 }, { NULL, 0, 0 }, false };
	struct gw_nmember *m = b->m;
	int rc = plan(b, &s);
	bool revoke = rc == 0 && owns_any(b->in->owned, &s.lost);

	for (size_t i = 0; rc == 0 && !revoke && i < s.gained.n; i++)
		rc = gw_tps_add(&s.kept, b->gs->alloc, &s.gained.v[i]);
	if (rc < 0)
		goto out;
	gw_tps_sort(&s.kept);
	b->moved |= !gw_tps_equal(&s.kept, &m->assigned);
	replace(b->gs, &m->assigned, &s.kept);
	m->rebalance_deadline_us = INT64_MAX;
	if (revoke)
		give_up_first(b, &s);
	else {
		gw_tps_fini(&m->revoking, b->gs->alloc);
		m->state = s.unreleased ? GW_NMEMBER_UNRELEASED : GW_NMEMBER_STABLE;
		set_epoch(m, b->ng->target_epoch);
	}
	m->dirty = true;
out:
	gw_tps_fini(&s.kept, b->gs->alloc);
	gw_tps_fini(&s.lost, b->gs->alloc);
	gw_tps_fini(&s.gained, b->gs->alloc);
	return rc;
}

static int
reconcile(struct beat *b)
{
	const struct gw_nmember *m = b->m;

	if (m->state == GW_NMEMBER_STABLE && m->epoch == b->ng->target_epoch)
		return 0;
	if (m->state == GW_NMEMBER_UNREVOKED && owns_any(b->in->owned, &m->revoking))
		return 0;
	return advance(b);
}

/* ---- a heartbeat ---- */

static int
refuse(struct gw_nbeaten *out, int16_t error, const char *why)
{
	out->error = error;
	out->why = why;
	return 0;
}

static int8_t
find_assignor(struct gw_slice name)
{
	for (int8_t i = 0; i < GW_ASSIGNORS; i++)
		if (gw_slice_eq(name, gw_assignor_name(i)))
			return i;
	return -1;
}

static const char *
malformed(const struct gw_nbeat *in)
{
	if (in->group.len == 0)
		return "GroupId can't be empty.";
	if (in->instance.ptr != NULL && in->instance.len == 0)
		return "InstanceId can't be empty.";
	if (in->rack.ptr != NULL && in->rack.len == 0)
		return "RackId can't be empty.";
	if (in->member_id.len == 0 && (in->own_id || in->epoch != GW_NGROUP_JOIN))
		return "MemberId can't be empty.";
	if (in->epoch < GW_NGROUP_LEAVE_STATIC)
		return "MemberEpoch is invalid.";
	if (in->epoch == GW_NGROUP_LEAVE_STATIC && in->instance.ptr == NULL)
		return "InstanceId can't be null.";
	if (in->epoch != GW_NGROUP_JOIN)
		return NULL;
	if (in->rebalance_ms == -1)
		return "RebalanceTimeoutMs must be provided in first request.";
	if (in->owned == NULL || in->owned->n > 0)
		return "TopicPartitions must be empty when (re-)joining.";
	if (in->n_topics == GW_NULL_ARRAY && in->regex.ptr == NULL)
		return "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when "
		    "(re-)joining.";
	return NULL;
}

static struct gw_nmember *
by_instance(const struct gw_ngroup *ng, struct gw_slice instance)
{
	for (size_t i = 0; instance.ptr != NULL && i < ng->n_members; i++)
		if (ng->members[i]->instance != NULL &&
		    gw_slice_is(instance, ng->members[i]->instance))
			return ng->members[i];
	return NULL;
}

/* A member who lost the last answer may still say the epoch before, if it has nothing of others. */
static bool
fenced(const struct gw_nmember *m, const struct gw_nbeat *in)
{
	if (in->epoch == m->epoch)
		return false;
	return in->epoch > m->epoch || in->epoch != m->old_epoch || in->owned == NULL ||
	    !gw_tps_subset(in->owned, &m->assigned);
}

static int
set_text(struct gw_coord *gs, char **to, struct gw_slice from, bool *changed)
{
	char *copy;

	if (from.ptr == NULL || (*to != NULL && gw_slice_is(from, *to)))
		return 0;
	copy = gw_alloc_str(gs->alloc, from);
	if (copy == NULL)
		return GW_ENOMEM;
	gw_alloc_free(gs->alloc, *to);
	*to = copy;
	*changed = true;
	return 0;
}

static struct gw_nmember *
member_new(struct gw_coord *gs, struct gw_ngroup *ng, const struct gw_nbeat *in)
{
	struct gw_nmember *m = gw_alloc_zero(gs->alloc, 1, sizeof(*m));
	char text[40];
	bool changed = false;

	if (m == NULL)
		return NULL;
	m->assignor = -1;
	m->epoch = m->old_epoch = GW_NGROUP_JOIN;
	m->rebalance_deadline_us = INT64_MAX;
	snprintf(text, sizeof(text), "%016llx%016llx", (unsigned long long)gw_rng_u64(gs->rng),
	    (unsigned long long)gw_rng_u64(gs->rng));
	m->id = gw_alloc_str(gs->alloc, in->member_id.len > 0 ? in->member_id : gw_str(text));
	if (m->id == NULL || set_text(gs, &m->instance, in->instance, &changed) < 0 ||
	    gw_ngroup_add(gs, ng, m) < 0) {
		gw_nmember_free(gs, m);
		return NULL;
	}
	m->dirty = true;
	ng->dirty = true;
	return m;
}

/* It begins anew with nothing in hand. */
static void
rejoin(struct gw_coord *gs, struct gw_nmember *m)
{
	gw_tps_fini(&m->assigned, gs->alloc);
	gw_tps_fini(&m->revoking, gs->alloc);
	m->state = GW_NMEMBER_STABLE;
	m->epoch = m->old_epoch = GW_NGROUP_JOIN;
	m->rebalance_deadline_us = INT64_MAX;
	m->dirty = true;
}

static int
by_id(const void *x, const void *y)
{
	const struct gw_nmember *const *a = x, *const *b = y;

	return strcmp((*a)->id, (*b)->id);
}

/* A static member is back, under whatever id it has now; its share waited for it. */
static int
come_back(struct beat *b, struct gw_nbeaten *out)
{
	struct gw_nmember *m = b->m;
	bool changed = false;

	if (m->epoch != GW_NGROUP_LEAVE_STATIC && !gw_slice_is(b->in->member_id, m->id))
		return refuse(out, GW_K_UNRELEASED_INSTANCE_ID,
		    "Another member still has this instance id.");
	if (b->in->member_id.len > 0 && set_text(b->gs, &m->id, b->in->member_id, &changed) < 0)
		return GW_ENOMEM;
	if (changed)
		qsort(b->ng->members, b->ng->n_members, sizeof(struct gw_nmember *), by_id);
	rejoin(b->gs, m);
	b->ng->dirty = true;
	return 0;
}

static int
enter(struct beat *b, struct gw_nbeaten *out)
{
	if (b->in->epoch != GW_NGROUP_JOIN)
		return refuse(out, GW_K_UNKNOWN_MEMBER_ID, "There is no such member.");
	if (b->ng->n_members >= GW_CGROUP_MEMBERS_MAX)
		return refuse(out, GW_K_GROUP_MAX_SIZE_REACHED, "The group is full.");
	if (gw_ngroup_member(b->ng, b->in->member_id) != NULL)
		return refuse(out, GW_K_UNKNOWN_MEMBER_ID,
		    "The member has no instance id or another one.");
	b->m = member_new(b->gs, b->ng, b->in);
	b->fresh = true;
	return b->m == NULL ? GW_ENOMEM : 0;
}

/* Who speaks; b->m is set with out->error 0. */
static int
identify(struct beat *b, struct gw_nbeaten *out)
{
	const struct gw_nbeat *in = b->in;
	bool is_static = in->instance.ptr != NULL, joins = in->epoch == GW_NGROUP_JOIN;

	b->m = is_static ? by_instance(b->ng, in->instance)
	    : gw_ngroup_member(b->ng, in->member_id);
	if (b->m == NULL)
		return enter(b, out);
	if (joins && is_static)
		return come_back(b, out);
	if (is_static && !gw_slice_is(in->member_id, b->m->id))
		return refuse(out, GW_K_FENCED_INSTANCE_ID,
		    "Another member has this instance id now.");
	if (in->epoch > 0 && fenced(b->m, in))
		return refuse(out, GW_K_FENCED_MEMBER_EPOCH,
		    "The member's epoch is not the group's; it must give up its partitions "
		    "and join again.");
	/* An answer that was lost is given again. */
	b->moved = in->epoch != b->m->epoch;
	if (joins && b->m->epoch != GW_NGROUP_JOIN)
		rejoin(b->gs, b->m);
	return 0;
}

/* What it wants to read. */
static int
update_subscription(struct beat *b, bool *changed)
{
	const struct gw_nbeat *in = b->in;
	struct gw_nmember said = { .topics = NULL }, *m = b->m;
	bool same;
	int rc = 0;

	if (in->regex.ptr != NULL && !gw_slice_is(in->regex, m->regex == NULL ? "" : m->regex)) {
		rc = gw_nmember_set_regex(b->gs, m, in->regex);
		*changed |= rc == 0;
	}
	if (rc < 0 || in->n_topics == GW_NULL_ARRAY)
		return rc;
	if (gw_nmember_set_topics(b->gs, &said, in->topics, in->n_topics) < 0)
		return GW_ENOMEM;
	same = said.n_topics == m->n_topics;
	for (size_t i = 0; same && i < m->n_topics; i++)
		same = gw_slice_eq(said.topics[i], m->topics[i]);
	gw_alloc_free(b->gs->alloc, same ? said.topics : m->topics);
	if (same)
		return 0;
	m->topics = said.topics;
	m->n_topics = said.n_topics;
	*changed = true;
	return 0;
}

static int
update(struct beat *b)
{
	const struct gw_nbeat *in = b->in;
	struct gw_nmember *m = b->m;
	bool wants = b->fresh, told = false;
	int rc = update_subscription(b, &wants);

	if (in->assignor.ptr != NULL && m->assignor != find_assignor(in->assignor)) {
		m->assignor = find_assignor(in->assignor);
		wants = true;
	}
	if (in->rebalance_ms != -1 && m->rebalance_ms != in->rebalance_ms) {
		m->rebalance_ms = in->rebalance_ms;
		told = true;
	}
	if (rc == 0)
		rc = set_text(b->gs, &m->rack, in->rack, &told);
	if (rc == 0)
		rc = set_text(b->gs, &m->client_id, in->client_id, &told);
	if (rc == 0)
		rc = set_text(b->gs, &m->client_host, in->client_host, &told);
	m->dirty |= wants || told;
	if (wants)
		gw_ngroup_bump(b->ng);
	return rc;
}

static void
leave(struct beat *b)
{
	struct gw_nmember *m = b->m;

	if (b->in->epoch == GW_NGROUP_LEAVE_STATIC) {
		gw_tps_fini(&m->revoking, b->gs->alloc);
		m->rebalance_deadline_us = INT64_MAX;
		m->state = GW_NMEMBER_STABLE;
		set_epoch(m, GW_NGROUP_LEAVE_STATIC);
		m->dirty = true;
		return;
	}
	gw_ngroup_remove(b->gs, b->ng, m);
	gw_ngroup_bump(b->ng);
}

/* Nothing is begun that cannot be: a bad request leaves no trace. */
static int
judge(struct gw_coord *gs, const struct gw_nbeat *in, struct gw_nbeaten *out)
{
	const char *why = malformed(in);
	struct gw_pattern *p = NULL;
	int rc;

	if (why != NULL)
		return refuse(out, GW_K_INVALID_REQUEST, why);
	if (in->assignor.ptr != NULL && find_assignor(in->assignor) < 0)
		return refuse(out, GW_K_UNSUPPORTED_ASSIGNOR,
		    "The server assignors are: uniform, range.");
	rc = in->regex.len == 0 ? 0 : gw_pattern_new(&p, in->regex, gs->alloc, NULL);
	gw_pattern_free(p);
	if (rc < 0 && rc != GW_ENOMEM)
		return refuse(out, GW_K_INVALID_REGULAR_EXPRESSION,
		    "SubscribedTopicRegex is no regular expression that is understood here.");
	return rc;
}

static int
find_group(struct gw_coord *gs, const struct gw_nbeat *in, struct gw_ngroup **ng,
    struct gw_nbeaten *out)
{
	struct gw_cgroup *g = gw_cgroup_find(gs, in->group);

	if (in->epoch != GW_NGROUP_JOIN && (g == NULL || g->next_gen == NULL))
		return refuse(out, GW_K_GROUP_ID_NOT_FOUND, "There is no such consumer group.");
	if (g != NULL && g->next_gen == NULL && g->n_members + g->n_pending > 0)
		return refuse(out, GW_K_GROUP_ID_NOT_FOUND,
		    "The group has members that use the classic protocol.");
	g = gw_cgroup_make(gs, in->group);
	*ng = g == NULL ? NULL : gw_ngroup_make(gs, g);
	return *ng == NULL ? GW_ENOMEM : 0;
}

/* What a member says that has not said everything before. */
static bool
is_full(const struct gw_nbeat *in)
{
	return in->epoch == GW_NGROUP_JOIN || (in->rebalance_ms != -1 && in->owned != NULL &&
	    (in->n_topics != GW_NULL_ARRAY || in->regex.ptr != NULL));
}

int
gw_ngroup_beat(struct gw_coord *gs, const struct gw_nbeat *in, const struct gw_ntopics *topics,
    int64_t now_us, struct gw_nbeaten *out)
{
	struct beat b = { .gs = gs, .in = in, .now_us = now_us };
	int rc;

	*out = (struct gw_nbeaten){ .error = 0 };
	rc = judge(gs, in, out);
	if (rc == 0 && out->error == 0)
		rc = find_group(gs, in, &b.ng, out);
	if (rc == 0 && out->error == 0)
		rc = identify(&b, out);
	if (rc < 0 || out->error != 0)
		return rc;
	if (in->epoch < 0) {
		leave(&b);
		return 0;
	}
	gw_ngroup_touch(gs, b.m, topics->session_ms, now_us);
	rc = update(&b);
	if (rc == 0)
		rc = gw_ngroup_retarget(gs, b.ng, topics);
	if (rc == 0)
		rc = reconcile(&b);
	out->member = b.m;
	out->tell_assigned = b.moved || is_full(in);
	return rc;
}
