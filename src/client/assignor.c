/* SPDX-License-Identifier: MIT
 *
 * client/assignor.c - ranges of partitions.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/assignor.h"

#include <stdlib.h>

#include "base/slice.h"

int
gw_slice_order(struct gw_slice a, struct gw_slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);

	return d != 0 ? d : a.len < b.len ? -1 : a.len > b.len;
}

static int
by_rank(const void *x, const void *y)
{
	const struct gw_assignee *a = x, *b = y;

	if (a->instance_id.ptr != NULL && b->instance_id.ptr != NULL)
		return gw_slice_order(a->instance_id, b->instance_id);
	if (a->instance_id.ptr != NULL || b->instance_id.ptr != NULL)
		return a->instance_id.ptr != NULL ? -1 : 1;
	return gw_slice_order(a->member_id, b->member_id);
}

void
gw_assignees_sort(struct gw_assignee *members, size_t n)
{
	if (n > 1)
		qsort(members, n, sizeof(*members), by_rank);
}

static bool
subscribes(const struct gw_assignee *m, struct gw_slice topic)
{
	for (size_t i = 0; i < m->n_topics; i++)
		if (gw_slice_eq(m->topics[i], topic))
			return true;
	return false;
}

/* Whether a member before the i-th, or the same one earlier, named the topic already. */
static bool
is_repeat(const struct gw_assignee *members, size_t i, size_t at)
{
	for (size_t j = 0; j < i; j++)
		if (subscribes(&members[j], members[i].topics[at]))
			return true;
	for (size_t j = 0; j < at; j++)
		if (gw_slice_eq(members[i].topics[j], members[i].topics[at]))
			return true;
	return false;
}

static void
share_out(struct gw_assignee *members, size_t n, struct gw_slice topic, int32_t n_partitions)
{
	int32_t m = 0, i = 0, first = 0;

	for (size_t j = 0; j < n; j++)
		m += subscribes(&members[j], topic);
	for (size_t j = 0; j < n; j++) {
		int32_t take;

		if (!subscribes(&members[j], topic))
			continue;
		take = n_partitions / m + (i < n_partitions % m);
		if (take > 0)
			members[j].shares[members[j].n_shares++] =
			    (struct gw_share){ topic, first, take };
		first += take;
		i++;
	}
}

int
gw_assign_range(struct gw_assignee *members, size_t n, struct gw_arena *arena,
    int32_t (*n_partitions)(void *ctx, struct gw_slice topic), void *ctx)
{
	gw_assignees_sort(members, n);
	for (size_t i = 0; i < n; i++) {
		members[i].n_shares = 0;
		members[i].shares =
		    gw_arena_zero(arena, members[i].n_topics + 1, sizeof(struct gw_share));
		if (members[i].shares == NULL)
			return GW_ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t at = 0; at < members[i].n_topics; at++)
			if (!is_repeat(members, i, at))
				share_out(members, n, members[i].topics[at],
				    n_partitions(ctx, members[i].topics[at]));
	return 0;
}
