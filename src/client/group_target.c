/* SPDX-License-Identifier: MIT
 *
 * client/group_target.c - from the partitions that are owned to those that were given: first what
 * went to others is given back, once its commits are settled, then what is new is taken.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"

#define SETTLE_MS	5000	/* at most so long do commits hold up a rebalance */

void
gw_group_target_begin(struct gw_client *c)
{
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		p->given = false;
	c->group.moving = true;
	c->group.revoke_by_us = c->now.us + gw_ms(SETTLE_MS);
	c->again = true;
}

int
gw_group_target_add(struct gw_client *c, struct gw_topic *t, int32_t partition)
{
	struct gw_cpart *p = gw_cpart_get(c, t, partition);

	if (p == NULL)
		return GW_ENOMEM;
	p->given = true;
	return 0;
}

static void
tell(struct gw_client *c, enum gw_event_type type, const struct gw_cpart *p)
{
	struct gw_event ev = { .type = type, .partition = p->index, .offset = p->position,
	    .topic = { p->topic->name, p->topic->name_len }, .broker = -1 };

	gw_event_put(c, &ev);
}

/* What is about to go is not handed out any more. True: commits for it are under way. */
static bool
is_unsettled(struct gw_client *c)
{
	bool unsettled = false;

	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		p->leaving = p->assigned && !p->given;
		unsettled |= p->leaving && (p->commit_at >= 0 || p->commit_sent >= 0);
	}
	return unsettled;
}

bool
gw_group_target_reach(struct gw_client *c, bool *revoked)
{
	if (is_unsettled(c) && c->group.revoke_by_us > c->now.us) {
		gw_wake(c, c->group.revoke_by_us);
		return false;
	}
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		if (!p->leaving)
			continue;
		gw_commit_drop(c, p, "the group took the partition away");
		tell(c, GW_EVENT_REVOKED, p);
		gw_cpart_unassign(c, p);
		if (revoked != NULL)
			*revoked = true;
	}
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		if (!p->given || p->assigned)
			continue;
		gw_cpart_assign(c, p, GW_OFFSET_COMMITTED);
		tell(c, GW_EVENT_ASSIGNED, p);
	}
	c->group.moving = false;
	c->again = true;
	return true;
}

const struct gw_owned *
gw_group_owned(struct gw_client *c, size_t *n_topics)
{
	size_t n_known = 0, n_parts = 0;
	struct gw_owned *owned;
	int32_t *index;

	*n_topics = 0;
	for (struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next)
		n_known++;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n_parts++;
	owned = gw_arena_zero(&c->scratch, n_known + 1, sizeof(*owned));
	index = gw_arena_zero(&c->scratch, n_parts + 1, sizeof(*index));
	if (owned == NULL || index == NULL)
		return NULL;
	for (struct gw_topic *t = c->cluster.topics; t != NULL; t = t->next) {
		struct gw_owned *o = &owned[*n_topics];

		*o = (struct gw_owned){ t, index, 0 };
		for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
			if (p->topic == t && p->assigned)
				o->partitions[o->n++] = p->index;
		index += o->n;
		*n_topics += o->n > 0;
	}
	return owned;
}
