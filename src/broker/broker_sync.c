/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"

#define KEEP_MS_MAX		300000 /* log.retention.check.interval.ms of Apache Kafka */
#define KEEP_MS_MIN		1000
#define PRODUCER_EXPIRE_MS	86400000	/* producer.id.expiration.ms */
#define OFFSETS_EXPIRE_MS	604800000 /* offsets.retention.minutes, of groups without members */

/* ---- syncing ---- */

void
gw_sync_touch(struct gw_broker *b, struct gw_plog *l)
{
	if (l->in_dirty)
		return;
	l->in_dirty = true;
	l->next_dirty = b->dirty;
	b->dirty = l;
}

void
gw_sync_forget(struct gw_broker *b, struct gw_plog *l)
{
	struct gw_plog **p = &b->dirty;

	while (*p != NULL && *p != l)
		p = &(*p)->next_dirty;
	if (*p == l)
		*p = l->next_dirty;
	l->in_dirty = false;
}

static bool
sync_wanted(const struct gw_broker *b, const struct gw_plog *l, bool due)
{
	switch (b->o.fsync) {
	case GW_FSYNC_ALWAYS:
		return true;
	case GW_FSYNC_BATCH:
		return due || l->bytes - l->synced_bytes > GW_BROKER_UNSYNCED_MAX;
	default:
		return l->bytes - l->synced_bytes > GW_BROKER_UNSYNCED_MAX;
	}
}

static int
begin_syncs(struct gw_broker *b, bool due)
{
	struct gw_plog **p = &b->dirty;
	int rc = 0;

	while (rc == 0 && *p != NULL) {
		struct gw_plog *l = *p;

		if (l->synced == l->next) {
			*p = l->next_dirty;
			l->in_dirty = false;
			continue;
		}
		if (sync_wanted(b, l, due))
			rc = gw_plog_sync(l);
		p = &l->next_dirty;
	}
	if (rc == 0 && (b->o.fsync == GW_FSYNC_ALWAYS || (b->o.fsync == GW_FSYNC_BATCH && due)))
		rc = gw_meta_sync(&b->meta);
	return rc == GW_ENOMEM ? 0 : rc;
}

int
gw_sync_turn(struct gw_broker *b, struct gw_time now)
{
	bool due = now.us >= b->sync_due_us;
	int rc = gw_syncer_poll(&b->syncer);

	if (rc == 0)
		rc = begin_syncs(b, due);
	/* Without a worker a sync has ended by now. */
	if (rc == 0 && b->o.fsync == GW_FSYNC_ALWAYS)
		rc = gw_syncer_poll(&b->syncer);
	if (b->syncer.count != b->seen_syncs) {
		b->seen_syncs = b->syncer.count;
		b->moved++;
	}
	if (due)
		b->sync_due_us = INT64_MAX;
	if (b->o.fsync == GW_FSYNC_BATCH && b->sync_due_us == INT64_MAX &&
	    (b->dirty != NULL || b->meta.durable != b->meta.put))
		b->sync_due_us = now.us + (int64_t)b->o.fsync_interval_ms * 1000;
	return rc;
}

bool
gw_log_is_stored(const struct gw_plog *l, int64_t end)
{
	return end <= l->hw;
}

/* ---- a disk that takes no more ---- */

void
gw_broker_disk_error(struct gw_broker *b, const char *what, int rc)
{
	if (b->disk_full_said)
		return;
	b->disk_full_said = true;
	gw_log(b->env->log, GW_LOG_ERROR, "cannot_write", gw_kv_s("file", gw_str(what)),
	    gw_kv_s("error", gw_str(gw_strerror(rc))),
	    gw_kv_s("effect", gw_str("writers get KAFKA_STORAGE_ERROR, reading goes on; said once "
				     "until a write works")));
}

void
gw_broker_disk_works(struct gw_broker *b)
{
	if (!b->disk_full_said)
		return;
	b->disk_full_said = false;
	gw_log(b->env->log, GW_LOG_INFO, "writes_work_again", gw_kv_s("dir", gw_str(b->dir)));
}

/* ---- housekeeping ---- */

static void
keep_topic(struct gw_broker *b, struct gw_topic *t, int64_t wall_ms, int64_t *interval_ms)
{
	if (t->policy.retention_ms >= 0 && t->policy.retention_ms / 4 < *interval_ms)
		*interval_ms = t->policy.retention_ms / 4;
	for (int32_t i = 0; i < t->n_parts; i++) {
		struct gw_plog *l = t->parts[i];
		int64_t start = l->start;
		int rc =
		    gw_plog_retain(l, t->policy.retention_ms, t->policy.retention_bytes, wall_ms);

		if (rc < 0)
			gw_log(b->env->log, GW_LOG_WARN, "retention_failed",
			    gw_kv_s("dir", gw_str(l->dir)),
			    gw_kv_s("error", gw_str(gw_strerror(rc))));
		if (l->start != start) {
			gw_log(b->env->log, GW_LOG_INFO, "records_deleted",
			    gw_kv_s("topic", gw_str(t->name)), gw_kv_i("partition", i),
			    gw_kv_i("log_start_offset", l->start));
			b->moved++;
		}
		gw_producers_expire(&l->producers, wall_ms - PRODUCER_EXPIRE_MS);
	}
}

/* Groups that nobody is in and whose commits are old, or that never committed. */
static void
keep_groups(struct gw_broker *b, int64_t wall_ms)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	while ((g = gw_map_next(&b->groups.by_name, &pos)) != NULL) {
		struct gw_meta_offset gone = { .group = gw_str(g->name), .metadata = { NULL, 0 } };
		const struct gw_committed *o;
		int64_t newest = INT64_MIN;
		size_t at = 0;

		if (gw_cgroup_is_used(g))
			continue;
		while ((o = gw_map_next(&g->offsets, &at)) != NULL)
			if (o->commit_ms > newest)
				newest = o->commit_ms;
		if (g->offsets.n > 0 && newest > wall_ms - OFFSETS_EXPIRE_MS)
			continue;
		if ((g->offsets.n > 0 || g->next_gen != NULL) &&
		    gw_meta_put(&b->meta, GW_ENTRY_OFFSET_GONE, gw_meta_offset_visit, &gone) < 0)
			continue;
		gw_cgroup_drop(&b->groups, g);
		pos--;		/* another may have been shifted here */
	}
}

void
gw_keep_soon(struct gw_broker *b, struct gw_time now)
{
	if (b->keep_due_us > now.us + KEEP_MS_MIN * 1000)
		b->keep_due_us = now.us + KEEP_MS_MIN * 1000;
}

void
gw_keep_turn(struct gw_broker *b, struct gw_time now)
{
	int64_t interval_ms = KEEP_MS_MAX;
	struct gw_err err = { 0 };
	struct gw_topic *t;
	size_t pos = 0;

	if (now.us < b->keep_due_us)
		return;
	while ((t = gw_map_next(&b->topics_by_name, &pos)) != NULL)
		keep_topic(b, t, now.wall_ms, &interval_ms);
	keep_groups(b, now.wall_ms);
	gw_xact_keep(b, now.wall_ms);
	if (gw_meta_grown(&b->meta) && gw_state_rewrite(b, &err) < 0)
		gw_broker_disk_error(b, b->meta.path, err.code);
	b->keep_due_us = now.us + (interval_ms < KEEP_MS_MIN ? KEEP_MS_MIN : interval_ms) * 1000;
}
