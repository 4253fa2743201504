/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/group.h"

#define KEY_MAX	(249 + 4)	/* a topic's name and a partition */

static struct gw_slice
make_key(char *buf, struct gw_slice topic, int32_t partition)
{
	uint32_t p = (uint32_t)partition;

	memcpy(buf, topic.ptr, topic.len);
	for (size_t i = 0; i < 4; i++)
		buf[topic.len + i] = (char)(uint8_t)(p >> (8 * i));
	return (struct gw_slice){ buf, topic.len + 4 };
}

static void
offset_free(struct gw_coord *gs, struct gw_committed *o)
{
	gw_alloc_free(gs->alloc, o->metadata);
	gw_alloc_free(gs->alloc, o);
}

/* One block: the struct, then its key, whose front is the topic. */
static struct gw_committed *
offset_new(struct gw_coord *gs, struct gw_slice topic, int32_t partition)
{
	struct gw_committed *o = gw_alloc_zero(gs->alloc, 1, sizeof(*o) + topic.len + 4);

	if (o == NULL)
		return NULL;
	o->key = make_key((char *)(o + 1), topic, partition);
	o->topic = (struct gw_slice){ o->key.ptr, topic.len };
	o->partition = partition;
	return o;
}

int
gw_cgroup_set_offset(struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic,
    const struct gw_committed *from, struct gw_slice metadata)
{
	struct gw_committed *o = NULL, *fresh = NULL;
	char buf[KEY_MAX], *copy = NULL;

	if (topic.len > KEY_MAX - 4)
		return GW_EINVAL;
	if (metadata.ptr != NULL && (copy = gw_alloc_str(gs->alloc, metadata)) == NULL)
		return GW_ENOMEM;
	o = gw_map_get(&g->offsets, make_key(buf, topic, from->partition));
	if (o == NULL) {
		o = fresh = offset_new(gs, topic, from->partition);
		if (o == NULL || gw_map_put(&g->offsets, o->key, o) < 0) {
			gw_alloc_free(gs->alloc, fresh);
			gw_alloc_free(gs->alloc, copy);
			return GW_ENOMEM;
		}
	}
	gw_alloc_free(gs->alloc, o->metadata);
	o->metadata = copy;
	o->offset = from->offset;
	o->leader_epoch = from->leader_epoch;
	o->commit_ms = from->commit_ms;
	return 0;
}

const struct gw_committed *
gw_cgroup_offset(const struct gw_cgroup *g, struct gw_slice topic, int32_t partition)
{
	char buf[KEY_MAX];

	return topic.len > KEY_MAX - 4 ? NULL
				       : gw_map_get(&g->offsets, make_key(buf, topic, partition));
}

bool
gw_cgroup_forget_offset(
    struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic, int32_t partition)
{
	struct gw_committed *o;
	char buf[KEY_MAX];

	if (topic.len > KEY_MAX - 4)
		return false;
	o = gw_map_get(&g->offsets, make_key(buf, topic, partition));
	if (o == NULL)
		return false;
	gw_map_del(&g->offsets, o->key);
	offset_free(gs, o);
	return true;
}

void
gw_cgroup_forget_topic(struct gw_coord *gs, struct gw_cgroup *g, struct gw_slice topic)
{
	struct gw_committed *o;
	size_t pos = 0;

	while ((o = gw_map_next(&g->offsets, &pos)) != NULL) {
		if (!gw_slice_eq(o->topic, topic))
			continue;
		gw_map_del(&g->offsets, o->key);
		offset_free(gs, o);
		pos--;		/* another may have been shifted here */
	}
}

void
gw_cgroup_forget_offsets(struct gw_coord *gs, struct gw_cgroup *g)
{
	struct gw_committed *o;
	size_t pos = 0;

	while ((o = gw_map_next(&g->offsets, &pos)) != NULL)
		offset_free(gs, o);
	gw_map_fini(&g->offsets);
}
