/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"

#define PRODUCER_IDS_AT_ONCE	1000

/* ---- facts about partitions, kept until their logs are open ---- */

static struct gw_slice
facts_key(const struct gw_partition_facts *f)
{
	return (struct gw_slice){ (const char *)&f->start.topic_id,
		sizeof(f->start.topic_id) + sizeof(f->start.partition) };
}

_Static_assert(offsetof(struct gw_meta_partition, partition) == sizeof(struct gw_uuid),
    "topic_id and partition are one key");

struct gw_partition_facts *
gw_state_facts(struct gw_broker *b, const struct gw_uuid *id, int32_t partition, bool make)
{
	struct gw_partition_facts key = { .start = { .topic_id = *id, .partition = partition } },
				  *f;

	f = gw_map_get(&b->restored, facts_key(&key));
	if (f != NULL || !make)
		return f;
	f = gw_alloc_zero(b->env->alloc, 1, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->start = key.start;
	if (gw_map_put(&b->restored, facts_key(f), f) < 0) {
		gw_alloc_free(b->env->alloc, f);
		return NULL;
	}
	return f;
}

void
gw_state_drop_facts(struct gw_broker *b)
{
	struct gw_partition_facts *f;
	size_t pos = 0;

	while ((f = gw_map_next(&b->restored, &pos)) != NULL) {
		gw_alloc_free(b->env->alloc, f->epochs);
		gw_alloc_free(b->env->alloc, f);
	}
	gw_map_fini(&b->restored);
}

static int
restore_partition(struct gw_broker *b, const struct gw_entry *e)
{
	struct gw_partition_facts *f;
	struct gw_meta_partition m = { 0 };
	void *p;
	int rc = gw_entry_read(e, gw_meta_partition_visit, &m, NULL);

	if (rc < 0)
		return rc;
	f = gw_state_facts(b, &m.topic_id, m.partition, true);
	if (f == NULL)
		return GW_ENOMEM;
	if (e->type == GW_ENTRY_LOG_START) {
		f->log_start = m.offset;
		return 0;
	}
	p = f->epochs;
	if (gw_alloc_room(b->env->alloc, &p, &f->cap_epochs, f->n_epochs, sizeof(*f->epochs)) < 0)
		return GW_ENOMEM;
	f->epochs = p;
	f->epochs[f->n_epochs++] = (struct gw_epoch_start){ .epoch = m.epoch, .start = m.offset };
	return 0;
}

/* ---- one entry at a time ---- */

static int
restore_cluster(struct gw_broker *b, const struct gw_entry *e)
{
	struct gw_meta_cluster m = { 0 };
	int rc = gw_entry_read(e, gw_meta_cluster_visit, &m, NULL);

	if (rc < 0)
		return rc;
	b->cluster_id = m.cluster_id;
	b->leader_epoch = m.leader_epoch;
	return 0;
}

static int
restore_topic(struct gw_broker *b, const struct gw_entry *e)
{
	struct gw_meta_topic m = { 0 };
	struct gw_arena arena;
	int rc;

	gw_arena_init(&arena, b->env->alloc, 0);
	if (e->type == GW_ENTRY_TOPIC) {
		rc = gw_entry_read(e, gw_meta_topic_visit, &m, &arena);
		if (rc == 0)
			rc = gw_topic_restore(b, &m);
	} else {
		rc = gw_entry_read(e, gw_meta_topic_gone_visit, &m, &arena);
		if (rc == 0)
			gw_topic_forget(b, &m.id);
	}
	gw_arena_fini(&arena);
	return rc;
}

static int
restore_offset(struct gw_broker *b, const struct gw_entry *e)
{
	struct gw_meta_offset m = { 0 };
	struct gw_cgroup *g;
	int rc = gw_entry_read(e, gw_meta_offset_visit, &m, NULL);

	if (rc < 0)
		return rc;
	if (e->type == GW_ENTRY_OFFSET_GONE) {
		g = gw_cgroup_find(&b->groups, m.group);
		if (g != NULL && m.topic.len == 0)
			gw_cgroup_drop(&b->groups, g);
		else if (g != NULL)
			gw_cgroup_forget_topic(&b->groups, g, m.topic);
		return 0;
	}
	g = gw_cgroup_make(&b->groups, m.group);
	if (g == NULL)
		return GW_ENOMEM;
	if (m.offset < 0) {
		(void)gw_cgroup_forget_offset(&b->groups, g, m.topic, m.partition);
		return 0;
	}
	return gw_cgroup_set_offset(&b->groups, g, m.topic,
	    &(struct gw_committed){ .partition = m.partition,
		.offset = m.offset,
		.leader_epoch = m.leader_epoch,
		.commit_ms = m.commit_ms },
	    m.metadata);
}

static int
restore_entry(void *ctx, const struct gw_entry *e)
{
	struct gw_broker *b = ctx;
	struct gw_meta_producer_ids ids = { 0 };
	int rc;

	switch (e->type) {
	case GW_ENTRY_CLUSTER:
		return restore_cluster(b, e);
	case GW_ENTRY_TOPIC:
	case GW_ENTRY_TOPIC_GONE:
		return restore_topic(b, e);
	case GW_ENTRY_OFFSET:
	case GW_ENTRY_OFFSET_GONE:
		return restore_offset(b, e);
	case GW_ENTRY_PRODUCER_IDS:
		rc = gw_entry_read(e, gw_meta_producer_ids_visit, &ids, NULL);
		if (rc == 0)
			b->producer_next = b->producer_end = ids.next;
		return rc;
	case GW_ENTRY_LOG_START:
	case GW_ENTRY_EPOCH:
		return restore_partition(b, e);
	case GW_ENTRY_TXN:
	case GW_ENTRY_TXN_GONE:
	case GW_ENTRY_TXN_ADD:
	case GW_ENTRY_TXN_OFFSET:
	case GW_ENTRY_TXN_DECIDED:
		return gw_xact_restore(b, e);
	case GW_ENTRY_NGROUP:
	case GW_ENTRY_NGROUP_GONE:
		return gw_ngroup_restore(b, e);
	case GW_ENTRY_USER:
	case GW_ENTRY_USER_GONE:
		return gw_users_restore(&b->users, e);
	default:
		return GW_EVERSION;	/* written by a newer gridwire */
	}
}

int
gw_state_load(struct gw_broker *b, struct gw_err *err)
{
	size_t len = strlen(b->dir) + 16;
	char *path = gw_alloc_bytes(b->env->alloc, len);
	int rc;

	if (path == NULL)
		return GW_ENOMEM;
	snprintf(path, len, "%s/meta.log", b->dir);
	rc = gw_meta_open(&b->meta, b->env, &b->syncer, path, restore_entry, b, err);
	gw_alloc_free(b->env->alloc, path);
	return rc;
}

/* ---- all of it, for a file written anew ---- */

static int
write_partition(struct gw_buf *out, const struct gw_topic *t, int32_t i)
{
	const struct gw_plog *l = t->parts[i];
	struct gw_meta_partition m = { .topic_id = t->id, .partition = i, .offset = l->start };
	int rc = 0;

	if (l->start > l->segs[0].base)
		rc = gw_entry_put(out, GW_ENTRY_LOG_START, gw_meta_partition_visit, &m);
	for (size_t k = 0; rc == 0 && k < l->n_epochs; k++) {
		m.epoch = l->epochs[k].epoch;
		m.offset = l->epochs[k].start;
		rc = gw_entry_put(out, GW_ENTRY_EPOCH, gw_meta_partition_visit, &m);
	}
	return rc;
}

static int
write_topics(struct gw_broker *b, struct gw_buf *out)
{
	struct gw_meta_config configs[GW_TOPIC_KEYS];
	struct gw_meta_topic m;
	struct gw_topic *t;
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && (t = gw_map_next(&b->topics_by_name, &pos)) != NULL) {
		gw_topic_to_meta(t, &m, configs);
		rc = gw_entry_put(out, GW_ENTRY_TOPIC, gw_meta_topic_visit, &m);
		for (int32_t i = 0; rc == 0 && i < t->n_parts; i++)
			rc = write_partition(out, t, i);
	}
	return rc;
}

static int
write_offsets(struct gw_broker *b, struct gw_buf *out)
{
	struct gw_cgroup *g;
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && (g = gw_map_next(&b->groups.by_name, &pos)) != NULL) {
		struct gw_committed *o;
		size_t at = 0;

		while (rc == 0 && (o = gw_map_next(&g->offsets, &at)) != NULL) {
			struct gw_meta_offset m = { .group = gw_str(g->name),
				.topic = o->topic,
				.partition = o->partition,
				.offset = o->offset,
				.leader_epoch = o->leader_epoch,
				.commit_ms = o->commit_ms,
				.metadata = gw_str(o->metadata) };

			rc = gw_entry_put(out, GW_ENTRY_OFFSET, gw_meta_offset_visit, &m);
		}
	}
	return rc;
}

int
gw_state_rewrite(struct gw_broker *b, struct gw_err *err)
{
	struct gw_meta_cluster cluster = { .cluster_id = b->cluster_id,
		.leader_epoch = b->leader_epoch };
	struct gw_meta_producer_ids ids = { .next = b->producer_end };
	struct gw_buf all;
	int rc;

	gw_buf_init(&all, b->env->alloc, 0);
	rc = gw_entry_put(&all, GW_ENTRY_CLUSTER, gw_meta_cluster_visit, &cluster);
	if (rc == 0)
		rc = gw_entry_put(&all, GW_ENTRY_PRODUCER_IDS, gw_meta_producer_ids_visit, &ids);
	if (rc == 0)
		rc = write_topics(b, &all);
	if (rc == 0)
		rc = write_offsets(b, &all);
	if (rc == 0)
		rc = gw_ngroups_write_all(b, &all);
	if (rc == 0)
		rc = gw_xact_write_all(b, &all);
	if (rc == 0)
		rc = gw_users_write_all(&b->users, &all);
	if (rc == 0)
		rc = gw_meta_rewrite(&b->meta, &all, err);
	else
		gw_err_set(err, rc, "%s: cannot write it anew: %s", b->meta.path, gw_strerror(rc));
	gw_buf_fini(&all);
	return rc;
}

int
gw_state_put_now(struct gw_broker *b, enum gw_entry_type type,
    void (*visit)(struct gw_codec *, void *), const void *msg)
{
	int rc = gw_meta_put(&b->meta, type, visit, msg);

	return rc < 0 ? rc : gw_meta_sync_now(&b->meta);
}

int
gw_state_producer_id(struct gw_broker *b, int64_t *id)
{
	if (b->producer_next == b->producer_end) {
		int64_t end = b->producer_end + PRODUCER_IDS_AT_ONCE;
		struct gw_meta_producer_ids ids = { .next = end };
		int rc =
		    gw_state_put_now(b, GW_ENTRY_PRODUCER_IDS, gw_meta_producer_ids_visit, &ids);

		if (rc < 0)
			return rc;
		b->producer_end = ids.next;
	}
	*id = b->producer_next++;
	return 0;
}
