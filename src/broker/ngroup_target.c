/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/ngroup.h"

#include <stdlib.h>

#include "base/err.h"
#include "wire/xxhash.h"

/* One target in the making. Its lists are one another's indexes. */
struct target {
	struct gw_coord		*gs;
	struct gw_ngroup	*ng;
	const struct gw_ntopic	**topics;	/* somebody wants them; by their ids */
	size_t			 n_topics;
	uint8_t			*subscribed;	/* of gw_ntarget */
	struct gw_tps		 parts;
	uint32_t		*topic_of, *count;
	int32_t			*owner;
	struct gw_tps		*shares;	/* per member: the new target */
};

bool
gw_nmember_wants(const struct gw_nmember *m, struct gw_slice name)
{
	size_t lo = 0, hi = m->n_topics;

	if (m->pattern != NULL && gw_pattern_matches(m->pattern, name))
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2, n = m->topics[mid].len;
		int c;

		n = n < name.len ? n : name.len;
		c = n == 0 ? 0 : memcmp(m->topics[mid].ptr, name.ptr, n);
		if (c == 0)
			c = m->topics[mid].len < name.len ? -1 : m->topics[mid].len > name.len;
		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int
by_topic_id(const void *x, const void *y)
{
	const struct gw_ntopic *const *a = x, *const *b = y;

	return memcmp((*a)->id.b, (*b)->id.b, sizeof((*a)->id.b));
}

/* The topics that anybody wants. */
static int
choose_topics(struct target *t, const struct gw_ntopic *all, size_t n)
{
	t->topics = gw_alloc_bytes(t->gs->alloc, n * sizeof(*t->topics) + 1);
	if (t->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		bool wanted = false;

		for (size_t m = 0; !wanted && m < t->ng->n_members; m++)
			wanted = gw_nmember_wants(t->ng->members[m], all[i].name);
		if (wanted)
			t->topics[t->n_topics++] = &all[i];
	}
	qsort(t->topics, t->n_topics, sizeof(*t->topics), by_topic_id);
	return 0;
}

static uint64_t
hash(const struct target *t)
{
	uint64_t h = 0;

	for (size_t i = 0; i < t->n_topics; i++) {
		struct gw_tp p = { t->topics[i]->id, t->topics[i]->n_parts };

		h = gw_xxh64(&p, sizeof(p), h);
	}
	return h;
}

static int
list_parts(struct target *t)
{
	struct gw_alloc *alloc = t->gs->alloc;
	size_t bits = t->ng->n_members * t->n_topics, n = 0;

	for (size_t i = 0; i < t->n_topics; i++)
		for (int32_t p = 0; p < t->topics[i]->n_parts; p++) {
			struct gw_tp tp = { t->topics[i]->id, p };

			if (gw_tps_add(&t->parts, alloc, &tp) < 0)
				return GW_ENOMEM;
		}
	t->topic_of = gw_alloc_zero(alloc, t->parts.n + 1, sizeof(*t->topic_of));
	t->owner = gw_alloc_zero(alloc, t->parts.n + 1, sizeof(*t->owner));
	t->count = gw_alloc_zero(alloc, t->ng->n_members + 1, sizeof(*t->count));
	t->shares = gw_alloc_zero(alloc, t->ng->n_members + 1, sizeof(*t->shares));
	t->subscribed = gw_alloc_zero(alloc, bits / 8 + 1, 1);
	if (t->topic_of == NULL || t->owner == NULL || t->count == NULL || t->shares == NULL ||
	    t->subscribed == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < t->n_topics; i++)
		for (int32_t p = 0; p < t->topics[i]->n_parts; p++)
			t->topic_of[n++] = (uint32_t)i;
	for (size_t bit = 0; bit < bits; bit++)
		if (gw_nmember_wants(t->ng->members[bit / t->n_topics],
		    t->topics[bit % t->n_topics]->name))
			t->subscribed[bit / 8] =
			    (uint8_t)(t->subscribed[bit / 8] | 1 << (bit % 8));
	return 0;
}

/* Who had what in the last target. Both are in the same order, so one walk finds all. */
static void
note_owners(struct target *t)
{
	for (size_t i = 0; i < t->parts.n; i++)
		t->owner[i] = -1;
	for (size_t m = 0; m < t->ng->n_members; m++) {
		const struct gw_tps *had = &t->ng->members[m]->target;
		size_t p = 0;

		for (size_t i = 0; i < t->parts.n && p < had->n; i++) {
			while (p < had->n && memcmp(had->v[p].topic.b, t->parts.v[i].topic.b,
			    sizeof(had->v[p].topic.b)) < 0)
				p++;
			if (p < had->n && memcmp(&had->v[p], &t->parts.v[i],
			    sizeof(had->v[p])) == 0) {
				t->owner[i] = (int32_t)m;
				p++;
			}
		}
	}
}

/* What most members ask for; uniform if nobody asks. */
static enum gw_assignor
elect(const struct gw_ngroup *ng)
{
	size_t votes[GW_ASSIGNORS] = { 0 };
	int best = 0;

	for (size_t i = 0; i < ng->n_members; i++)
		if (ng->members[i]->assignor >= 0)
			votes[ng->members[i]->assignor]++;
	for (int i = 1; i < GW_ASSIGNORS; i++)
		if (votes[i] > votes[best])
			best = i;
	return (enum gw_assignor)best;
}

static int
assign(struct target *t, enum gw_assignor by)
{
	struct gw_ntarget a = { .n_members = t->ng->n_members, .n_topics = t->n_topics,
		.n_parts = t->parts.n, .topic_of = t->topic_of, .subscribed = t->subscribed,
		.owner = t->owner, .count = t->count };

	note_owners(t);
	if (by == GW_ASSIGNOR_RANGE)
		gw_ntarget_range(&a);
	else
		gw_ntarget_uniform(&a);
	for (size_t i = 0; i < t->parts.n; i++)
		if (t->owner[i] >= 0 && gw_tps_add(&t->shares[t->owner[i]], t->gs->alloc,
		    &t->parts.v[i]) < 0)
			return GW_ENOMEM;
	return 0;
}

static void
take_over(struct target *t, enum gw_assignor by)
{
	struct gw_ngroup *ng = t->ng;

	for (size_t m = 0; m < ng->n_members; m++) {
		struct gw_tps old = ng->members[m]->target;

		if (gw_tps_equal(&old, &t->shares[m]))
			continue;
		ng->members[m]->target = t->shares[m];
		ng->members[m]->dirty = true;
		t->shares[m] = old;
	}
	if (ng->epoch == ng->target_epoch)
		ng->epoch = ng->epoch == INT32_MAX ? 1 : ng->epoch + 1;
	ng->target_epoch = ng->epoch;
	ng->assignor = by;
	ng->dirty = true;
}

static void
target_fini(struct target *t)
{
	struct gw_alloc *alloc = t->gs->alloc;

	for (size_t m = 0; t->shares != NULL && m < t->ng->n_members; m++)
		gw_tps_fini(&t->shares[m], alloc);
	gw_tps_fini(&t->parts, alloc);
	gw_alloc_free(alloc, t->topics);
	gw_alloc_free(alloc, t->subscribed);
	gw_alloc_free(alloc, t->topic_of);
	gw_alloc_free(alloc, t->owner);
	gw_alloc_free(alloc, t->count);
	gw_alloc_free(alloc, t->shares);
}

int
gw_ngroup_retarget(struct gw_coord *gs, struct gw_ngroup *ng, const struct gw_ntopics *topics)
{
	struct target t = { .gs = gs, .ng = ng };
	enum gw_assignor by = elect(ng);
	const struct gw_ntopic *all;
	uint64_t h;
	size_t n;
	int rc;

	if (ng->epoch == ng->target_epoch && ng->topics_seen == topics->moved)
		return 0;
	rc = topics->list(topics->ctx, &all, &n);
	if (rc == 0)
		rc = choose_topics(&t, all, n);
	if (rc < 0)
		goto out;
	h = hash(&t);
	if (ng->epoch != ng->target_epoch || h != ng->topics_hash) {
		rc = list_parts(&t);
		if (rc == 0)
			rc = assign(&t, by);
		if (rc == 0)
			take_over(&t, by);
	}
	if (rc == 0) {
		ng->topics_hash = h;
		ng->topics_seen = topics->moved;
	}
out:
	target_fini(&t);
	return rc;
}
