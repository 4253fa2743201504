/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"

static struct gw_slice
id_key(const struct gw_uuid *id)
{
	return (struct gw_slice){ (const char *)id->b, sizeof(id->b) };
}

struct gw_topic *
gw_topic_by_name(const struct gw_broker *b, struct gw_slice name)
{
	return gw_map_get(&b->topics_by_name, name);
}

struct gw_topic *
gw_topic_by_id(const struct gw_broker *b, const struct gw_uuid *id)
{
	return gw_map_get(&b->topics_by_id, id_key(id));
}

struct gw_topic *
gw_topic_named(
    const struct gw_broker *b, bool by_id, struct gw_slice name, const struct gw_uuid *id)
{
	return by_id ? gw_topic_by_id(b, id) : gw_topic_by_name(b, name);
}

struct gw_plog *
gw_topic_part(const struct gw_topic *t, int32_t index)
{
	return t == NULL || index < 0 || index >= t->n_parts ? NULL : t->parts[index];
}

bool
gw_topic_name_ok(struct gw_slice name)
{
	if (name.len == 0 || name.len > GW_BROKER_TOPIC_NAME_MAX || gw_slice_is(name, ".") ||
	    gw_slice_is(name, ".."))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

/* DIR/topics/NAME/ID, or with partition >= 0 one of its logs. NULL: out of memory. */
static char *
topic_path(struct gw_broker *b, const struct gw_topic *t, int32_t partition)
{
	size_t len = strlen(b->dir) + strlen(t->name) + 64;
	char *path = gw_alloc_bytes(b->env->alloc, len);
	int n;

	if (path == NULL)
		return NULL;
	n = snprintf(path, len, "%s/topics/%s/", b->dir, t->name);
	for (size_t i = 0; i < sizeof(t->id.b); i++)
		n += snprintf(path + n, len - (size_t)n, "%02x", t->id.b[i]);
	if (partition >= 0)
		snprintf(path + n, len - (size_t)n, "/%d", (int)partition);
	return path;
}

void
gw_topic_free(struct gw_broker *b, struct gw_topic *t)
{
	struct gw_alloc *alloc = b->env->alloc;

	if (t == NULL)
		return;
	for (int32_t i = 0; t->parts != NULL && i < t->n_parts; i++) {
		if (t->parts[i] == NULL)
			continue;
		gw_sync_forget(b, t->parts[i]);
		gw_plog_fini(t->parts[i]);
		gw_alloc_free(alloc, t->parts[i]);
	}
	gw_alloc_free(alloc, t->parts);
	gw_topic_config_fini(&t->configs, alloc);
	gw_alloc_free(alloc, t->name);
	gw_alloc_free(alloc, t);
}

struct gw_topic *
gw_topic_new(struct gw_broker *b, struct gw_slice name, const struct gw_uuid *id, int32_t n_parts)
{
	struct gw_topic *t = gw_alloc_zero(b->env->alloc, 1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->id = *id;
	t->name = gw_alloc_str(b->env->alloc, name);
	t->parts = gw_alloc_zero(b->env->alloc, (size_t)n_parts, sizeof(struct gw_plog *));
	if (t->name == NULL || t->parts == NULL) {
		gw_topic_free(b, t);
		return NULL;
	}
	t->n_parts = n_parts;
	return t;
}

int
gw_topic_enter(struct gw_broker *b, struct gw_topic *t)
{
	if (gw_map_put(&b->topics_by_name, gw_str(t->name), t) < 0)
		return GW_ENOMEM;
	if (gw_map_put(&b->topics_by_id, id_key(&t->id), t) < 0) {
		gw_map_del(&b->topics_by_name, gw_str(t->name));
		return GW_ENOMEM;
	}
	b->n_partitions += (size_t)t->n_parts;
	b->topics_moved++;
	return 0;
}

void
gw_topic_leave(struct gw_broker *b, struct gw_topic *t)
{
	gw_map_del(&b->topics_by_name, gw_str(t->name));
	gw_map_del(&b->topics_by_id, id_key(&t->id));
	b->n_partitions -= (size_t)t->n_parts;
	b->topics_moved++;
}

void
gw_topics_fini(struct gw_broker *b)
{
	struct gw_topic *t;
	size_t pos = 0;

	while ((t = gw_map_next(&b->topics_by_name, &pos)) != NULL)
		gw_topic_free(b, t);
	gw_map_fini(&b->topics_by_name);
	gw_map_fini(&b->topics_by_id);
}

/* ---- partitions on disk ---- */

int
gw_topic_open_partition(
    struct gw_broker *b, struct gw_topic *t, int32_t i, bool create, bool clean, struct gw_err *err)
{
	char *path = topic_path(b, t, i);
	struct gw_plog_place at = { .env = b->env,
		.syncer = &b->syncer,
		.dir = path,
		.fsync = b->o.fsync,
		.epoch = b->leader_epoch,
		.seed = b->topics_by_name.seed };
	struct gw_plog *l = gw_alloc_zero(b->env->alloc, 1, sizeof(*l));
	int rc = GW_ENOMEM;

	if (path != NULL && l != NULL)
		rc = create ? gw_plog_create(l, &at, err) : gw_plog_open(l, &at, clean, err);
	gw_alloc_free(b->env->alloc, path);
	if (rc < 0) {
		gw_alloc_free(b->env->alloc, l);
		return rc;
	}
	t->parts[i] = l;
	return 0;
}

/* The names on the way from DIR down to the topic's folder. */
static int
sync_path(struct gw_broker *b, const struct gw_topic *t)
{
	struct gw_fs *fs = b->env->fs;
	char *path = topic_path(b, t, -1), *cut;
	int rc;

	if (path == NULL)
		return GW_ENOMEM;
	rc = fs->sync_dir(fs->ctx, path);
	while (rc == 0 && (cut = strrchr(path, '/')) != NULL && strlen(path) > strlen(b->dir)) {
		*cut = '\0';
		rc = fs->sync_dir(fs->ctx, path);
	}
	gw_alloc_free(b->env->alloc, path);
	return rc;
}

static void
remove_files(struct gw_broker *b, const struct gw_topic *t)
{
	char *path = topic_path(b, t, -1), *cut;
	struct gw_err err = { 0 };

	if (path == NULL)
		return;
	if (gw_fs_remove_tree(b->env->fs, path, &err) < 0)
		gw_log(b->env->log, GW_LOG_WARN, "topic_files_stay", gw_kv_s("path", gw_str(path)),
		    gw_kv_s("error", gw_str(err.msg)));
	/* The name's folder goes too, unless another topic of that name lives in it. */
	cut = strrchr(path, '/');
	*cut = '\0';
	(void)b->env->fs->remove(b->env->fs->ctx, path);
	gw_alloc_free(b->env->alloc, path);
}

void
gw_topic_to_meta(const struct gw_topic *t, struct gw_meta_topic *m, struct gw_meta_config *configs)
{
	*m = (struct gw_meta_topic){
		.name = gw_str(t->name), .id = t->id, .n_partitions = t->n_parts, .configs = configs
	};
	for (size_t i = 0; i < GW_TOPIC_KEYS; i++)
		if (t->configs.values[i] != NULL)
			configs[m->n_configs++] =
			    (struct gw_meta_config){ .name = gw_str(gw_topic_settings[i].name),
				    .value = gw_str(t->configs.values[i]) };
}

static int
put_topic(struct gw_broker *b, const struct gw_topic *t)
{
	struct gw_meta_config configs[GW_TOPIC_KEYS];
	struct gw_meta_topic m;

	gw_topic_to_meta(t, &m, configs);
	return gw_state_put_now(b, GW_ENTRY_TOPIC, gw_meta_topic_visit, &m);
}

/* ---- create, grow, change, delete ---- */

static void
random_id(struct gw_broker *b, struct gw_uuid *id)
{
	for (size_t i = 0; i < sizeof(id->b); i++)
		id->b[i] = (uint8_t)gw_rng_u64(&b->env->rng);
	id->b[6] = (uint8_t)((id->b[6] & 0x0f) | 0x40);
	id->b[8] = (uint8_t)((id->b[8] & 0x3f) | 0x80);
}

int
gw_topic_create(struct gw_broker *b, struct gw_slice name, int32_t n_parts,
    const struct gw_topic_configs *configs, struct gw_topic **out, struct gw_err *err)
{
	struct gw_uuid id;
	struct gw_topic *t;
	int rc = 0;

	if (b->n_partitions + (size_t)n_parts > GW_BROKER_ALL_PARTITIONS_MAX)
		return gw_err_set(err, GW_K_INVALID_PARTITIONS,
		    "this broker holds at most %d partitions", GW_BROKER_ALL_PARTITIONS_MAX);
	random_id(b, &id);
	t = gw_topic_new(b, name, &id, n_parts);
	if (t == NULL ||
	    (configs != NULL && gw_topic_config_copy(&t->configs, configs, b->env->alloc) < 0)) {
		gw_topic_free(b, t);
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	}
	t->policy = gw_topic_policy(&t->configs, &b->o);
	for (int32_t i = 0; rc == 0 && i < n_parts; i++)
		rc = gw_topic_open_partition(b, t, i, true, false, err);
	/*
	 * Files first: a topic that meta.log knows has them, and files that it does not know are
	 * swept.
	 */
	if (rc == 0)
		rc = sync_path(b, t);
	if (rc == 0)
		rc = gw_topic_enter(b, t);
	if (rc == 0 && (rc = put_topic(b, t)) < 0)
		gw_topic_leave(b, t);
	if (rc < 0) {
		if (err != NULL && err->code == 0)
			gw_err_set(err, rc, "cannot store the topic: %s", gw_strerror(rc));
		remove_files(b, t);
		gw_topic_free(b, t);
		return rc;
	}
	gw_log(b->env->log, GW_LOG_INFO, "topic_created", gw_kv_s("topic", name),
	    gw_kv_i("partitions", n_parts));
	if (out != NULL)
		*out = t;
	return 0;
}

int
gw_topic_grow(struct gw_broker *b, struct gw_topic *t, int32_t n_parts, struct gw_err *err)
{
	int32_t old = t->n_parts, made = old;
	struct gw_plog **parts;
	int rc = 0;

	if (b->n_partitions + (size_t)(n_parts - old) > GW_BROKER_ALL_PARTITIONS_MAX)
		return gw_err_set(err, GW_K_INVALID_PARTITIONS,
		    "this broker holds at most %d partitions", GW_BROKER_ALL_PARTITIONS_MAX);
	parts = gw_alloc_resize(b->env->alloc, t->parts, (size_t)n_parts, sizeof(struct gw_plog *));
	if (parts == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	t->parts = parts;
	for (; rc == 0 && made < n_parts; made += rc == 0 ? 1 : 0)
		rc = gw_topic_open_partition(b, t, made, true, false, err);
	t->n_parts = n_parts;
	if (rc == 0)
		rc = sync_path(b, t);
	if (rc == 0)
		rc = put_topic(b, t);
	if (rc == 0) {
		b->n_partitions += (size_t)(n_parts - old);
		b->topics_moved++;
		return 0;
	}
	t->n_parts = old;
	for (int32_t i = old; i < made; i++) {
		gw_plog_fini(t->parts[i]);
		gw_alloc_free(b->env->alloc, t->parts[i]);
	}
	return rc;
}

int
gw_topic_configure(struct gw_broker *b, struct gw_topic *t, struct gw_topic_configs *configs)
{
	struct gw_topic_configs old = t->configs;
	int rc;

	t->configs = *configs;
	rc = put_topic(b, t);
	if (rc < 0) {
		t->configs = old;
		return rc;
	}
	gw_topic_config_fini(&old, b->env->alloc);
	*configs = (struct gw_topic_configs){ { NULL } };
	t->policy = gw_topic_policy(&t->configs, &b->o);
	return 0;
}

void
gw_topic_forget_offsets(struct gw_broker *b, const struct gw_topic *t)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	while ((g = gw_map_next(&b->groups.by_name, &pos)) != NULL)
		gw_cgroup_forget_topic(&b->groups, g, gw_str(t->name));
}

int
gw_topic_delete(struct gw_broker *b, struct gw_topic *t, struct gw_err *err)
{
	struct gw_meta_topic m = { .id = t->id };
	int rc = gw_state_put_now(b, GW_ENTRY_TOPIC_GONE, gw_meta_topic_gone_visit, &m);

	if (rc < 0)
		return gw_err_set(err, rc, "cannot store the deletion: %s", gw_strerror(rc));
	gw_log(b->env->log, GW_LOG_INFO, "topic_deleted", gw_kv_s("topic", gw_str(t->name)));
	gw_waiting_forget_topic(b, t);
	gw_topic_forget_offsets(b, t);
	gw_topic_leave(b, t);
	remove_files(b, t);
	gw_topic_free(b, t);
	b->moved++;
	return 0;
}
