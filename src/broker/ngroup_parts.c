/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/ngroup.h"

#include <stdlib.h>

static int
compare(const void *x, const void *y)
{
	const struct gw_tp *a = x, *b = y;
	int c = memcmp(a->topic.b, b->topic.b, sizeof(a->topic.b));

	return c != 0 ? c : a->partition < b->partition ? -1 : a->partition > b->partition;
}

int
gw_tps_add(struct gw_tps *s, struct gw_alloc *alloc, const struct gw_tp *p)
{
	void *v = s->v;

	if (gw_alloc_room(alloc, &v, &s->cap, s->n, sizeof(*s->v)) < 0)
		return GW_ENOMEM;
	s->v = v;
	s->v[s->n++] = *p;
	return 0;
}

void
gw_tps_fini(struct gw_tps *s, struct gw_alloc *alloc)
{
	gw_alloc_free(alloc, s->v);
	*s = (struct gw_tps){ NULL, 0, 0 };
}

bool
gw_tps_has(const struct gw_tps *s, const struct gw_tp *p)
{
	return s->n > 0 && bsearch(p, s->v, s->n, sizeof(*s->v), compare) != NULL;
}

bool
gw_tps_equal(const struct gw_tps *a, const struct gw_tps *b)
{
	return a->n == b->n && gw_tps_subset(a, b);
}

bool
gw_tps_subset(const struct gw_tps *a, const struct gw_tps *of)
{
	for (size_t i = 0; i < a->n; i++)
		if (!gw_tps_has(of, &a->v[i]))
			return false;
	return true;
}

void
gw_tps_sort(struct gw_tps *s)
{
	size_t kept = 0;

	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof(*s->v), compare);
	for (size_t i = 0; i < s->n; i++)
		if (i == 0 || compare(&s->v[i], &s->v[kept - 1]) != 0)
			s->v[kept++] = s->v[i];
	s->n = kept;
}
