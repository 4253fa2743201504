/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/meta.h"

#include "base/err.h"
#include "base/slice.h"

#define META_BYTES_MAX	(512u << 20)
#define META_GROWTH	(1 << 20)	/* bytes appended before it is worth writing anew */

/* ---- entries ---- */

void
gw_meta_cluster_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_cluster *m = msg;

	gw_uuid(w, "ClusterId", 0, GW_MAX, &m->cluster_id);
	gw_i32(w, "LeaderEpoch", 0, GW_MAX, &m->leader_epoch, 0);
}

void
gw_meta_topic_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_topic *m = msg;
	struct gw_meta_config *c;

	gw_string(w, "Name", 0, GW_MAX, &m->name);
	gw_uuid(w, "TopicId", 0, GW_MAX, &m->id);
	gw_i32(w, "Partitions", 0, GW_MAX, &m->n_partitions, 0);
	GW_EACH(w, "Configs", 0, GW_MAX, c, m->configs, m->n_configs) {
		gw_string(w, "Name", 0, GW_MAX, &c->name);
		gw_string(w, "Value", 0, GW_MAX, &c->value);
	}
}

void
gw_meta_topic_gone_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_topic *m = msg;

	gw_uuid(w, "TopicId", 0, GW_MAX, &m->id);
}

void
gw_meta_offset_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_offset *m = msg;

	gw_string(w, "Group", 0, GW_MAX, &m->group);
	gw_string(w, "Topic", 0, GW_MAX, &m->topic);
	gw_i32(w, "Partition", 0, GW_MAX, &m->partition, 0);
	gw_i64(w, "Offset", 0, GW_MAX, &m->offset, 0);
	gw_i32(w, "LeaderEpoch", 0, GW_MAX, &m->leader_epoch, -1);
	gw_string(gw_null(w, 0), "Metadata", 0, GW_MAX, &m->metadata);
	gw_i64(w, "CommitTime", 0, GW_MAX, &m->commit_ms, 0);
}

void
gw_meta_producer_ids_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_producer_ids *m = msg;

	gw_i64(w, "Next", 0, GW_MAX, &m->next, 0);
}

void
gw_meta_partition_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_partition *m = msg;

	gw_uuid(w, "TopicId", 0, GW_MAX, &m->topic_id);
	gw_i32(w, "Partition", 0, GW_MAX, &m->partition, 0);
	gw_i32(w, "Epoch", 0, GW_MAX, &m->epoch, 0);
	gw_i64(w, "Offset", 0, GW_MAX, &m->offset, 0);
}

static void
visit_txn_part(struct gw_codec *w, struct gw_meta_txn_part *p)
{
	gw_uuid(w, "TopicId", 0, GW_MAX, &p->topic_id);
	gw_i32(w, "Partition", 0, GW_MAX, &p->partition, 0);
	gw_i64(w, "End", 0, GW_MAX, &p->end, 0);
}

void
gw_meta_txn_add_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_txn *m = msg;
	struct gw_meta_txn_part *p;

	gw_string(w, "Id", 0, GW_MAX, &m->id);
	gw_i64(w, "ChangedTime", 0, GW_MAX, &m->changed_ms, 0);
	GW_EACH(w, "Partitions", 0, GW_MAX, p, m->parts, m->n_parts)
		visit_txn_part(w, p);
	gw_strings(w, "Groups", 0, GW_MAX, &m->groups, &m->n_groups);
}

void
gw_meta_txn_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_txn *m = msg;

	gw_meta_txn_add_visit(w, m);
	gw_i64(w, "ProducerId", 0, GW_MAX, &m->producer_id, -1);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &m->epoch, -1);
	gw_i64(w, "OldProducerId", 0, GW_MAX, &m->old_producer_id, -1);
	gw_i16(w, "OldProducerEpoch", 0, GW_MAX, &m->old_epoch, -1);
	gw_i64(w, "MarkerProducerId", 0, GW_MAX, &m->marker_id, -1);
	gw_i16(w, "MarkerEpoch", 0, GW_MAX, &m->marker_epoch, -1);
	gw_i32(w, "TimeoutMs", 0, GW_MAX, &m->timeout_ms, 0);
	gw_i8(w, "Phase", 0, GW_MAX, &m->phase, 0);
	gw_bool(w, "Committed", 0, GW_MAX, &m->committed, false);
	gw_i64(w, "BeganTime", 0, GW_MAX, &m->began_ms, 0);
}

void
gw_meta_txn_gone_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_txn *m = msg;

	gw_string(w, "Id", 0, GW_MAX, &m->id);
}

void
gw_meta_txn_offset_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_txn_offset *m = msg;

	gw_string(w, "Id", 0, GW_MAX, &m->id);
	gw_meta_offset_visit(w, &m->offset);
}

void
gw_meta_txn_decided_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_txn_decided *m = msg;

	gw_i64(w, "ProducerId", 0, GW_MAX, &m->producer_id, -1);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &m->epoch, -1);
	gw_bool(w, "Committed", 0, GW_MAX, &m->committed, false);
	visit_txn_part(w, &m->part);
}

static void
visit_nothing(struct gw_codec *w, void *msg)
{
	(void)w;
	(void)msg;
}

/* ---- the file ---- */

static int
replay(struct gw_meta *m, struct gw_slice all, int (*each)(void *, const struct gw_entry *),
    void *ctx, struct gw_err *err)
{
	struct gw_slice rest = all;
	bool snapshot_seen = false;
	struct gw_entry e;
	int rc;

	while ((rc = gw_entry_next(&rest, &e)) > 0) {
		if (e.type == GW_ENTRY_SNAPSHOT) {
			snapshot_seen = true;
			m->snapshot = (int64_t)(all.len - rest.len);
			continue;
		}
		rc = each(ctx, &e);
		if (rc < 0)
			return gw_err_set(err, rc, "%s: entry of type %d before byte %zu: %s",
			    m->path, e.type, all.len - rest.len, gw_strerror(rc));
	}
	m->size = (int64_t)(all.len - rest.len);
	if (rc == 0)
		return 0;
	if (!snapshot_seen)
		return gw_err_set(err, GW_ECORRUPT,
		    "%s is damaged at byte %lld, in its part that a crash cannot tear; "
		    "restore it from a copy",
		    m->path, (long long)m->size);
	gw_log(m->env->log, GW_LOG_WARN, "meta_tail_cut", gw_kv_s("file", gw_str(m->path)),
	    gw_kv_i("at_byte", m->size), gw_kv_i("bytes_cut", rest.len));
	return 0;
}

int
gw_meta_open(struct gw_meta *m, struct gw_env *env, struct gw_syncer *syncer, const char *path,
    int (*each)(void *ctx, const struct gw_entry *e), void *ctx, struct gw_err *err)
{
	struct gw_fs *fs = env->fs;
	struct gw_buf all;
	int rc;

	*m = (struct gw_meta){ .env = env, .syncer = syncer, .h = -1 };
	gw_buf_init(&m->scratch, env->alloc, 0);
	gw_buf_init(&all, env->alloc, META_BYTES_MAX);
	m->path = gw_alloc_str(env->alloc, gw_str(path));
	rc = m->path == NULL ? GW_ENOMEM : gw_fs_read_file(fs, path, &all, err);
	if (rc == 0)
		rc = replay(m, gw_buf_slice(&all), each, ctx, err);
	else if (rc == GW_ENOENT) {
		rc = 0;
		if (err != NULL)
			*err = (struct gw_err){ 0 };
	}
	if (rc == 0)
		m->h = rc = fs->open(fs->ctx, path, GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE, err);
	if (rc >= 0)
		rc = fs->truncate(fs->ctx, m->h, m->size);
	gw_buf_fini(&all);
	if (rc < 0)
		gw_meta_fini(m);
	return rc;
}

void
gw_meta_fini(struct gw_meta *m)
{
	if (m->h >= 0)
		gw_syncer_drop(m->syncer, &m->sync, m->h);
	m->h = -1;
	gw_buf_fini(&m->scratch);
	gw_alloc_free(m->env->alloc, m->path);
	m->path = NULL;
}

int
gw_meta_put(struct gw_meta *m, enum gw_entry_type type, void (*visit)(struct gw_codec *, void *),
    const void *msg)
{
	struct gw_fs *fs = m->env->fs;
	ssize_t n;
	int rc;

	if (m->tail_dirty) {
		rc = fs->truncate(fs->ctx, m->h, m->size);
		if (rc < 0)
			return rc;
		m->tail_dirty = false;
	}
	gw_buf_clear(&m->scratch);
	rc = gw_entry_put(&m->scratch, type, visit, msg);
	if (rc < 0)
		return rc;
	n = fs->pwrite(fs->ctx, m->h, m->scratch.ptr, m->scratch.len, m->size);
	if (n != (ssize_t)m->scratch.len) {
		m->tail_dirty = fs->truncate(fs->ctx, m->h, m->size) < 0;
		return n < 0 ? (int)n : GW_ENOSPC;
	}
	m->size += n;
	m->put += (uint64_t)n;
	return 0;
}

static void
sync_done(struct gw_sync_owner *o)
{
	struct gw_meta *m = (struct gw_meta *)o;

	if (m->sync_to > m->durable)
		m->durable = m->sync_to;
}

int
gw_meta_sync(struct gw_meta *m)
{
	if (m->sync.busy || m->durable == m->put)
		return 0;
	m->sync.done = sync_done;
	m->sync_to = m->put;
	return gw_syncer_begin(m->syncer, &m->sync, m->h);
}

int
gw_meta_sync_now(struct gw_meta *m)
{
	int rc = gw_syncer_now(m->syncer, m->h);

	if (rc == 0)
		m->durable = m->put;
	return rc;
}

bool
gw_meta_grown(const struct gw_meta *m)
{
	return m->size - m->snapshot > META_GROWTH && m->size > 4 * m->snapshot;
}

int
gw_meta_rewrite(struct gw_meta *m, struct gw_buf *all, struct gw_err *err)
{
	struct gw_fs *fs = m->env->fs;
	int h, rc;

	rc = gw_entry_put(all, GW_ENTRY_SNAPSHOT, visit_nothing, m);
	if (rc == 0)
		rc = gw_fs_replace(fs, m->path, gw_buf_slice(all), err);
	if (rc < 0)
		return rc;
	h = fs->open(fs->ctx, m->path, GW_FS_READ | GW_FS_WRITE, err);
	if (h < 0)
		return m->syncer->failed = h;
	gw_syncer_drop(m->syncer, &m->sync, m->h);
	m->h = h;
	m->tail_dirty = false;
	m->size = m->snapshot = (int64_t)all->len;
	m->durable = m->put;
	return 0;
}
