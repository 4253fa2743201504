/* SPDX-License-Identifier: MIT
 *
 * broker/positions.c - where partitions end and groups stand, for who watches the broker.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

void
gw_broker_each_partition(const struct gw_broker *b,
    void (*each)(void *arg, const struct gw_broker_ends *e), void *arg)
{
	const struct gw_topic *t;
	size_t pos = 0;

	while ((t = gw_map_next(&b->topics_by_name, &pos)) != NULL) {
		for (int32_t i = 0; i < t->n_parts; i++) {
			struct gw_broker_ends e = { .topic = t->name, .partition = i,
				.n_partitions = t->n_parts, .start = t->parts[i]->start,
				.end = t->parts[i]->hw };

			each(arg, &e);
		}
	}
}

static void
each_commit(const struct gw_broker *b, const struct gw_cgroup *g,
    void (*each)(void *arg, const struct gw_broker_committed *c), void *arg)
{
	const struct gw_committed *at;
	size_t pos = 0;

	while ((at = gw_map_next(&g->offsets, &pos)) != NULL) {
		struct gw_topic *t = gw_topic_by_name(b, at->topic);
		struct gw_plog *log = gw_topic_part(t, at->partition);
		struct gw_broker_committed c = { .group = g->name, .n_members = g->n_members,
			.topic = at->topic, .partition = at->partition, .offset = at->offset,
			.lag = -1 };

		if (log != NULL)
			c.lag = log->hw > at->offset ? log->hw - at->offset : 0;
		each(arg, &c);
	}
}

void
gw_broker_each_committed(const struct gw_broker *b,
    void (*each)(void *arg, const struct gw_broker_committed *c), void *arg)
{
	const struct gw_cgroup *g;
	size_t pos = 0;

	while ((g = gw_map_next(&b->groups.by_name, &pos)) != NULL)
		each_commit(b, g, each, arg);
}
