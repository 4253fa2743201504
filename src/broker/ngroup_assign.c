/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/ngroup.h"

#define NOBODY	(-1)

static bool
subscribed(const struct gw_ntarget *a, size_t member, size_t topic)
{
	size_t bit = member * a->n_topics + topic;

	return (a->subscribed[bit / 8] >> (bit % 8) & 1) != 0;
}

static void
count(struct gw_ntarget *a)
{
	memset(a->count, 0, a->n_members * sizeof(*a->count));
	for (size_t p = 0; p < a->n_parts; p++) {
		if (a->owner[p] != NOBODY && !subscribed(a, (size_t)a->owner[p], a->topic_of[p]))
			a->owner[p] = NOBODY;
		if (a->owner[p] != NOBODY)
			a->count[a->owner[p]]++;
	}
}

/* Of those that may have the partition the one that has the fewest; NOBODY. */
static int32_t
poorest(const struct gw_ntarget *a, size_t p)
{
	int32_t best = NOBODY;

	for (size_t m = 0; m < a->n_members; m++)
		if (subscribed(a, m, a->topic_of[p]) &&
		    (best == NOBODY || a->count[m] < a->count[best]))
			best = (int32_t)m;
	return best;
}

static void
give(struct gw_ntarget *a, size_t p, int32_t to)
{
	if (a->owner[p] != NOBODY)
		a->count[a->owner[p]]--;
	a->owner[p] = to;
	a->count[to]++;
}

/*
 * Everybody keeps what it has; what nobody has goes to the poorest; then partitions move from
 * richer to poorer by two or more, which ends, as each move makes the sum of squares smaller.
 */
void
gw_ntarget_uniform(struct gw_ntarget *a)
{
	bool moved = true;

	count(a);
	for (size_t p = 0; p < a->n_parts; p++) {
		int32_t to = a->owner[p] == NOBODY ? poorest(a, p) : NOBODY;

		if (to != NOBODY)
			give(a, p, to);
	}
	while (moved) {
		moved = false;
		for (size_t p = a->n_parts; p-- > 0;) {
			int32_t to = a->owner[p] == NOBODY ? NOBODY : poorest(a, p);

			if (to == NOBODY || a->count[a->owner[p]] < a->count[to] + 2)
				continue;
			give(a, p, to);
			moved = true;
		}
	}
}

/* Neighbouring partitions together, the same for topics of one size; the first get one more. */
void
gw_ntarget_range(struct gw_ntarget *a)
{
	size_t from = 0, to;

	for (; from < a->n_parts; from = to) {
		size_t topic = a->topic_of[from], n = 0, each, more, p = from;

		for (to = from; to < a->n_parts && a->topic_of[to] == topic; to++)
			a->owner[to] = NOBODY;
		for (size_t m = 0; m < a->n_members; m++)
			n += subscribed(a, m, topic) ? 1 : 0;
		if (n == 0)
			continue;
		each = (to - from) / n;
		more = (to - from) % n;
		for (size_t m = 0; m < a->n_members; m++) {
			size_t take = each + (more > 0 ? 1 : 0);

			if (!subscribed(a, m, topic))
				continue;
			more -= more > 0 ? 1 : 0;
			while (take-- > 0)
				a->owner[p++] = (int32_t)m;
		}
	}
}
