/* SPDX-License-Identifier: MIT
 *
 * client/assignor_sticky.c - partitions stay where they are as far as balance allows.
 *
 * Every partition begins with its owner, as far as that is known and may have it; the rest goes to
 * whoever has least; then single partitions move from members with more to members with at least
 * two fewer, until none can. Where all subscribe alike, that leaves all within one of each other,
 * with no more moves than it takes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/assignor.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/slice.h"

#define NOBODY	SIZE_MAX

struct sticky_topic {
	struct gw_slice	 name;
	int32_t		 n;		/* partitions */
	size_t		 at;		/* of the first in sticky.parts */
	bool		*reads;		/* by member */
};

struct sticky_part {
	size_t	topic;
	int32_t	index;
	size_t	owner, before;		/* members; NOBODY */
	int32_t	generation;		/* of the claim of before */
	bool	contested;		/* claimed twice in that generation */
};

struct sticky {
	struct gw_assignee	*members;
	size_t			 n_members;
	size_t			*load;		/* partitions a member has now */
	struct sticky_topic	*topics;
	size_t			 n_topics;
	struct sticky_part	*parts;
	size_t			 n_parts;
};

/* ---- the table ---- */

static int
by_name(const void *x, const void *y)
{
	return gw_slice_order(((const struct sticky_topic *)x)->name,
	    ((const struct sticky_topic *)y)->name);
}

static struct sticky_topic *
find_topic(const struct sticky *s, struct gw_slice name)
{
	struct sticky_topic key = { .name = name };

	return s->n_topics == 0 ? NULL :
	    bsearch(&key, s->topics, s->n_topics, sizeof(key), by_name);
}

static int
list_topics(struct sticky *s, struct gw_arena *arena,
    int32_t (*n_partitions)(void *ctx, struct gw_slice topic), void *ctx)
{
	size_t n = 0, kept = 0;

	for (size_t m = 0; m < s->n_members; m++)
		n += s->members[m].n_topics;
	s->topics = gw_arena_zero(arena, n + 1, sizeof(*s->topics));
	if (s->topics == NULL)
		return GW_ENOMEM;
	for (size_t m = 0; m < s->n_members; m++)
		for (size_t i = 0; i < s->members[m].n_topics; i++)
			s->topics[s->n_topics++].name = s->members[m].topics[i];
	if (n > 1)
		qsort(s->topics, n, sizeof(*s->topics), by_name);
	for (size_t i = 0; i < n; i++) {
		struct sticky_topic *t = &s->topics[i];

		if (kept > 0 && gw_slice_eq(s->topics[kept - 1].name, t->name))
			continue;
		t->n = n_partitions(ctx, t->name);
		if (t->n <= 0)
			continue;
		t->at = s->n_parts;
		s->n_parts += (size_t)t->n;
		s->topics[kept++] = *t;
	}
	s->n_topics = kept;
	return 0;
}

static int
list_readers(struct sticky *s, struct gw_arena *arena)
{
	for (size_t i = 0; i < s->n_topics; i++) {
		s->topics[i].reads = gw_arena_zero(arena, s->n_members + 1, sizeof(bool));
		if (s->topics[i].reads == NULL)
			return GW_ENOMEM;
	}
	for (size_t m = 0; m < s->n_members; m++)
		for (size_t i = 0; i < s->members[m].n_topics; i++) {
			struct sticky_topic *t = find_topic(s, s->members[m].topics[i]);

			if (t != NULL)
				t->reads[m] = true;
		}
	return 0;
}

static int
list_parts(struct sticky *s, struct gw_arena *arena)
{
	s->parts = gw_arena_zero(arena, s->n_parts + 1, sizeof(*s->parts));
	s->load = gw_arena_zero(arena, s->n_members + 1, sizeof(*s->load));
	if (s->parts == NULL || s->load == NULL)
		return GW_ENOMEM;
	for (size_t t = 0; t < s->n_topics; t++)
		for (int32_t i = 0; i < s->topics[t].n; i++)
			s->parts[s->topics[t].at + (size_t)i] = (struct sticky_part){ .topic = t,
			    .index = i, .owner = NOBODY, .before = NOBODY, .generation = -1 };
	return 0;
}

static struct sticky_part *
claimed(const struct sticky *s, const struct gw_share *claim)
{
	const struct sticky_topic *t = find_topic(s, claim->topic);

	return t == NULL || claim->first < 0 || claim->first >= t->n ? NULL :
	    &s->parts[t->at + (size_t)claim->first];
}

static void
take_claim(struct sticky_part *p, size_t member, int32_t generation)
{
	if (p->before == NOBODY || generation > p->generation) {
		p->before = member;
		p->generation = generation;
		p->contested = false;
	} else if (generation == p->generation) {
		p->contested = true;
	}
}

/* ---- who gets what ---- */

static void
give(struct sticky *s, struct sticky_part *p, size_t to)
{
	if (p->owner != NOBODY)
		s->load[p->owner]--;
	p->owner = to;
	s->load[to]++;
}

/* Who may read it and has least; of equals who had it before, then the first. NOBODY: none may. */
static size_t
least(const struct sticky *s, const struct sticky_part *p)
{
	const bool *reads = s->topics[p->topic].reads;
	size_t found = NOBODY;

	for (size_t m = 0; m < s->n_members; m++)
		if (reads[m] && (found == NOBODY || s->load[m] < s->load[found] ||
		    (s->load[m] == s->load[found] && m == p->before)))
			found = m;
	return found;
}

/* One pass of moves. False: nothing can be better. */
static bool
improve(struct sticky *s)
{
	bool moved = false;

	for (size_t i = s->n_parts; i-- > 0; ) {
		struct sticky_part *p = &s->parts[i];
		size_t to = least(s, p);

		if (p->owner == NOBODY || s->load[p->owner] < s->load[to] + 2)
			continue;
		give(s, p, to);
		moved = true;
	}
	return moved;
}

static void
balance(struct sticky *s)
{
	for (size_t i = 0; i < s->n_parts; i++) {
		struct sticky_part *p = &s->parts[i];

		if (p->before != NOBODY && !p->contested && s->topics[p->topic].reads[p->before])
			give(s, p, p->before);
	}
	for (size_t i = 0; i < s->n_parts; i++) {
		size_t to = s->parts[i].owner == NOBODY ? least(s, &s->parts[i]) : NOBODY;

		if (to != NOBODY)
			give(s, &s->parts[i], to);
	}
	while (improve(s))
		;
}

/* Whoever claims it without getting it has to give it back first, however old the claim is. */
static void
hold_back(struct sticky *s)
{
	for (size_t m = 0; m < s->n_members; m++)
		for (size_t i = 0; i < s->members[m].n_owned; i++) {
			struct sticky_part *p = claimed(s, &s->members[m].owned[i]);

			if (p != NULL && p->owner != m && p->owner != NOBODY &&
			    !(p->owner == p->before && !p->contested))
				p->owner = NOBODY;
		}
}

static int
share_out(struct sticky *s, struct gw_arena *arena)
{
	for (size_t m = 0; m < s->n_members; m++) {
		struct gw_assignee *a = &s->members[m];

		a->n_shares = 0;
		a->shares = gw_arena_zero(arena, s->load[m] + 1, sizeof(*a->shares));
		if (a->shares == NULL)
			return GW_ENOMEM;
	}
	for (size_t i = 0; i < s->n_parts; i++) {
		const struct sticky_part *p = &s->parts[i];
		struct gw_assignee *a = p->owner == NOBODY ? NULL : &s->members[p->owner];

		if (a != NULL)
			a->shares[a->n_shares++] =
			    (struct gw_share){ s->topics[p->topic].name, p->index, 1 };
	}
	return 0;
}

int
gw_assign_cooperative_sticky(struct gw_assignee *members, size_t n, struct gw_arena *arena,
    int32_t (*n_partitions)(void *ctx, struct gw_slice topic), void *ctx)
{
	struct sticky s = { .members = members, .n_members = n };

	gw_assignees_sort(members, n);
	if (list_topics(&s, arena, n_partitions, ctx) != 0 || list_readers(&s, arena) != 0 ||
	    list_parts(&s, arena) != 0)
		return GW_ENOMEM;
	for (size_t m = 0; m < n; m++)
		for (size_t i = 0; i < members[m].n_owned; i++) {
			struct sticky_part *p = claimed(&s, &members[m].owned[i]);

			if (p != NULL)
				take_claim(p, m, members[m].generation);
		}
	balance(&s);
	hold_back(&s);
	return share_out(&s, arena);
}
