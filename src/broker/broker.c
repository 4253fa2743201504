/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

static const char CLEAN_TEXT[] = "gridwire: the broker stopped cleanly\n";

struct gw_broker_options
gw_broker_defaults(void)
{
	return (struct gw_broker_options){
		.listen = { .family = 4, .ip = { 127, 0, 0, 1 }, .port = 9092 },
		.fsync = GW_FSYNC_BATCH,
		.fsync_interval_ms = 100,
		.num_partitions = 1,
		.auto_create_topics = true,
		.segment_bytes = 128 << 20,
		.retention_ms = INT64_C(7) * 24 * 3600 * 1000,
		.retention_bytes = -1,
		.message_max_bytes = (1 << 20) + 12,
		.connections_max = 1024,
		.connections_max_idle_ms = INT64_C(10) * 60 * 1000,
		.initial_rebalance_delay_ms = 0,
		.transaction_max_timeout_ms = 15 * 60 * 1000,
		.transaction_version = 2,
		.group_version = 1,
		.consumer_session_ms = 45000,
		.consumer_heartbeat_ms = 5000,
	};
}

/* ---- opening ---- */

static int
choose_release(struct gw_broker *b, struct gw_err *err)
{
	if (b->o.as_version == NULL)
		return 0;
	b->release = gw_release_find(b->o.as_version);
	b->o.as_version = NULL;		/* the caller's, and of no more use */
	return b->release != NULL
	    ? 0 : gw_err_set(err, GW_EINVAL,
		"there is no such release to play; there are " GW_RELEASE_NAMES);
}

static int
check_options(const struct gw_broker_options *o, struct gw_err *err)
{
	if (o->dir == NULL || o->dir[0] == '\0')
		return gw_err_set(err, GW_EINVAL, "the broker needs a folder for its data");
	if (o->num_partitions < 1 || o->num_partitions > GW_BROKER_PARTITIONS_MAX ||
	    o->segment_bytes < 1024 || o->segment_bytes > GW_SEGMENT_BYTES_MAX ||
	    o->message_max_bytes < GW_BATCH_HEADER || o->fsync_interval_ms < 1 ||
	    o->connections_max < 1 || o->connections_max_idle_ms < 1 ||
	    o->initial_rebalance_delay_ms < 0 || o->transaction_max_timeout_ms < 1 ||
	    o->transaction_version < 0 || o->transaction_version > 2 || o->group_version < 0 ||
	    o->group_version > 1 || o->consumer_session_ms < GW_CGROUP_SESSION_MS_MIN ||
	    o->consumer_session_ms > GW_CGROUP_SESSION_MS_MAX || o->consumer_heartbeat_ms < 1)
		return gw_err_set(err, GW_EINVAL,
		    "a broker option is out of range: num.partitions 1 to %d, "
		    "log.segment.bytes 1024 to %d, message.max.bytes from %d, connections from 1, "
		    "transaction.version 0 to 2, group.version 0 to 1, "
		    "group.consumer.session.timeout.ms 1000 to 1800000",
		    GW_BROKER_PARTITIONS_MAX, GW_SEGMENT_BYTES_MAX, GW_BATCH_HEADER);
	return 0;
}

static char *
path_in(struct gw_broker *b, const char *name)
{
	size_t len = strlen(b->dir) + strlen(name) + 2;
	char *path = gw_alloc_bytes(b->env->alloc, len);

	if (path != NULL)
		snprintf(path, len, "%s/%s", b->dir, name);
	return path;
}

static int
lock_dir(struct gw_broker *b, struct gw_err *err)
{
	struct gw_fs *fs = b->env->fs;
	char *path = path_in(b, "lock");
	int rc = GW_ENOMEM;

	if (path == NULL)
		goto out;
	rc = fs->mkdir(fs->ctx, b->dir, err);
	if (rc < 0)
		goto out;
	b->lock_h = rc = fs->lock(fs->ctx, path, err);
	if (rc == GW_EBUSY)
		gw_err_set(err, GW_EBUSY,
		    "%s is in use by another broker; stop that one or take another folder", b->dir);
out:
	gw_alloc_free(b->env->alloc, path);
	return rc < 0 ? rc : 0;
}

static int
bind_port(struct gw_broker *b, struct gw_err *err)
{
	struct gw_net *net = b->env->net;
	char text[GW_ADDR_TEXT_MAX];
	char *colon;

	b->listen_h = net->listen(net->ctx, &b->o.listen, &b->addr, err);
	if (b->listen_h < 0) {
		int rc = b->listen_h;

		b->listen_h = -1;
		return rc;
	}
	if (b->o.advertised_host != NULL)
		b->host = gw_alloc_str(b->env->alloc, gw_str(b->o.advertised_host));
	else {
		gw_addr_text(&b->addr, text);
		colon = strrchr(text, ':');
		if (colon != NULL)
			*colon = '\0';
		/* The brackets of "[::1]:9092" belong to the notation with a port. */
		if (text[0] == '[' && strlen(text) > 2) {
			text[strlen(text) - 1] = '\0';
			memmove(text, text + 1, strlen(text));
		}
		b->host = gw_alloc_str(b->env->alloc, gw_str(text));
	}
	b->o.advertised_host = b->host;
	return b->host == NULL ? GW_ENOMEM : 0;
}

static void
name_cluster(struct gw_broker *b)
{
	struct gw_buf text;

	gw_buf_init(&text, b->env->alloc, 0);
	gw_base64_put(
	    &text, (struct gw_slice){ (const char *)b->cluster_id.b, sizeof(b->cluster_id.b) });
	for (size_t i = 0; i < 22 && i < text.len; i++) {
		char c = (char)text.ptr[i];

		b->cluster_text[i] = c == '+' ? '-' : c == '/' ? '_' : c;
	}
	gw_buf_fini(&text);
}

static int
stopped_cleanly(struct gw_broker *b, bool *clean)
{
	char *path = path_in(b, "clean");
	struct gw_fs_stat st;

	if (path == NULL)
		return GW_ENOMEM;
	*clean = b->env->fs->stat(b->env->fs->ctx, path, &st) == 0;
	gw_alloc_free(b->env->alloc, path);
	return 0;
}

/* Before anything is appended, so that the mark never tells of what came after it. */
static int
remove_clean_mark(struct gw_broker *b)
{
	struct gw_fs *fs = b->env->fs;
	char *path = path_in(b, "clean");
	int rc;

	if (path == NULL)
		return GW_ENOMEM;
	rc = fs->remove(fs->ctx, path);
	gw_alloc_free(b->env->alloc, path);
	return rc < 0 && rc != GW_ENOENT ? rc : fs->sync_dir(fs->ctx, b->dir);
}

static void
resume_groups(struct gw_broker *b, int64_t now_us)
{
	struct gw_cgroup *g;
	size_t pos = 0;

	while ((g = gw_map_next(&b->groups.by_name, &pos)) != NULL)
		if (g->next_gen != NULL)
			gw_ngroup_resume(&b->groups, g, b->o.consumer_session_ms, now_us);
}

static int
recover(struct gw_broker *b, struct gw_err *err)
{
	struct gw_time began = gw_env_now(b->env);
	bool clean = false, fresh;
	int rc = gw_state_load(b, err);

	if (rc < 0)
		return rc;
	fresh = b->meta.size == 0;
	if (fresh)
		for (size_t i = 0; i < sizeof(b->cluster_id.b); i++)
			b->cluster_id.b[i] = (uint8_t)gw_rng_u64(&b->env->rng);
	name_cluster(b);
	rc = stopped_cleanly(b, &clean);
	if (rc < 0)
		return rc;
	/* Records may have been lost: readers that saw them learn it from the epoch. KIP-320. */
	if (!fresh && !clean)
		b->leader_epoch++;
	rc = gw_topics_open(b, clean, err);
	resume_groups(b, began.us);
	if (rc == 0)
		rc = gw_xact_recover(b, err);
	if (rc == 0)
		rc = gw_state_rewrite(b, err);
	if (rc == 0)
		rc = remove_clean_mark(b);
	gw_state_drop_facts(b);
	if (rc == 0 && !fresh)
		gw_log(b->env->log, GW_LOG_INFO, clean ? "opened" : "recovered",
		    gw_kv_s("dir", gw_str(b->dir)), gw_kv_i("topics", b->topics_by_name.n),
		    gw_kv_i("partitions", b->n_partitions),
		    gw_kv_i("took_ms", (gw_env_now(b->env).us - began.us) / 1000));
	return rc;
}

static int
apply_user(struct gw_broker *b, const struct gw_broker_user *from, struct gw_err *err)
{
	struct gw_slice name = gw_str(from->name);
	struct gw_meta_user m = { .name = name };
	struct gw_user *u = gw_users_find(&b->users, name);
	int rc;

	if (from->password.ptr == NULL) {
		gw_users_drop(&b->users, name);
		return u == NULL ? 0 :
		    gw_state_put_now(b, GW_ENTRY_USER_GONE, gw_meta_user_gone_visit, &m);
	}
	if (u != NULL && gw_users_password_ok(&b->users, name, from->password))
		return 0;
	rc = gw_user_make(&b->users, from, &u, err);
	if (rc < 0)
		return rc;
	gw_user_to_meta(u, &m);
	rc = gw_state_put_now(b, GW_ENTRY_USER, gw_meta_user_visit, &m);
	if (rc == 0)
		rc = gw_users_put(&b->users, u);
	if (rc < 0)
		gw_user_free(&b->users, u);
	return rc;
}

/* Users that are new, changed or gone; then whether anybody may be let in from outside. */
static int
apply_users(struct gw_broker *b, struct gw_err *err)
{
	char text[GW_ADDR_TEXT_MAX];
	int rc = 0;

	for (size_t i = 0; i < b->o.n_users && rc == 0; i++)
		rc = apply_user(b, &b->o.users[i], err);
	b->o.users = NULL;
	b->o.n_users = 0;
	if (rc < 0 || gw_addr_is_loopback(&b->o.listen) || b->users.by_name.n > 0)
		return rc;
	gw_addr_text(&b->o.listen, text);
	return gw_err_set(err, GW_EINVAL,
	    "cannot listen on %s: without a user who logs in the broker serves only "
	    "loopback addresses (127.0.0.1 or [::1])",
	    text);
}

static struct gw_broker *
broker_alloc(struct gw_env *env, const struct gw_broker_options *o)
{
	struct gw_broker *b = gw_alloc_zero(env->alloc, 1, sizeof(*b));
	uint64_t seed = gw_rng_u64(&env->rng);

	if (b == NULL)
		return NULL;
	b->env = env;
	b->o = *o;
	b->lock_h = b->listen_h = -1;
	b->meta.h = -1;
	b->meta.env = env;
	gw_syncer_init(&b->syncer, env);
	b->meta.syncer = &b->syncer;
	gw_map_init(&b->topics_by_name, env->alloc, seed);
	gw_map_init(&b->topics_by_id, env->alloc, seed);
	gw_map_init(&b->restored, env->alloc, seed);
	gw_users_init(&b->users, env, seed);
	gw_coord_init(&b->groups, env->alloc, &env->rng, o->initial_rebalance_delay_ms);
	gw_xacts_init(&b->txns, env->alloc, seed, o->transaction_max_timeout_ms);
	gw_sessions_init(&b->sessions, env->alloc, &env->rng);
	gw_buf_init(&b->stage, env->alloc, 0);
	gw_buf_init(&b->scratch, env->alloc, GW_BROKER_FETCH_MAX);
	gw_buf_init(&b->fetched, env->alloc, 0);
	b->sync_due_us = INT64_MAX;
	b->dir = gw_alloc_str(env->alloc, gw_str(o->dir));
	if (b->dir == NULL) {
		gw_alloc_free(env->alloc, b);
		return NULL;
	}
	b->o.dir = b->dir;
	return b;
}

struct gw_broker *
gw_broker_new(struct gw_env *env, const struct gw_broker_options *o, struct gw_err *err)
{
	struct gw_err own = { 0 };
	struct gw_broker *b;
	int rc;

	if (err == NULL)
		err = &own;
	*err = (struct gw_err){ 0 };
	if (check_options(o, err) < 0)
		return NULL;
	b = broker_alloc(env, o);
	if (b == NULL) {
		gw_err_set(err, GW_ENOMEM, "out of memory for the broker");
		return NULL;
	}
	rc = choose_release(b, err);
	if (rc == 0)
		rc = lock_dir(b, err);
	if (rc == 0)
		rc = bind_port(b, err);
	if (rc == 0)
		rc = recover(b, err);
	if (rc == 0)
		rc = apply_users(b, err);
	if (rc < 0) {
		if (err->code != rc)
			gw_err_set(err, rc, "cannot open the broker's data in %s: %s", b->dir,
			    gw_strerror(rc));
		gw_broker_abandon(b);
		return NULL;
	}
	gw_keep_soon(b, gw_env_now(env));
	return b;
}

struct gw_addr
gw_broker_addr(const struct gw_broker *b)
{
	return b->addr;
}

/* ---- the end ---- */

static int
close_logs(struct gw_broker *b)
{
	struct gw_topic *t;
	size_t pos = 0;
	int rc = b->syncer.failed;

	while (rc == 0 && (t = gw_map_next(&b->topics_by_name, &pos)) != NULL)
		for (int32_t i = 0; rc == 0 && i < t->n_parts; i++)
			rc = gw_plog_close(t->parts[i]);
	return rc;
}

int
gw_broker_close(struct gw_broker *b, struct gw_err *err)
{
	char *path = path_in(b, "clean");
	int rc = path == NULL ? GW_ENOMEM : b->fatal;

	if (rc == 0)
		rc = close_logs(b);
	if (rc == 0)
		rc = gw_meta_sync_now(&b->meta);
	if (rc == 0)
		rc = gw_fs_replace(b->env->fs, path, gw_str(CLEAN_TEXT), err);
	/* All is stored now: whoever still waits to hear that may hear it. */
	if (rc == 0) {
		b->moved++;
		gw_waiting_resume(b, gw_env_now(b->env));
		for (size_t i = 0; i < b->n_conns; i++)
			gw_peer_turn(b->conns[i]);
	}
	if (rc < 0 && (err == NULL || err->code == 0))
		gw_err_set(err, rc, "%s: not closed cleanly: %s", b->dir, gw_strerror(rc));
	gw_alloc_free(b->env->alloc, path);
	gw_broker_abandon(b);
	return rc;
}

void
gw_broker_abandon(struct gw_broker *b)
{
	struct gw_alloc *alloc;

	if (b == NULL)
		return;
	alloc = b->env->alloc;
	for (size_t i = 0; i < b->n_conns; i++)
		gw_peer_free(b->conns[i]);
	while (b->pool != NULL) {
		struct gw_pending *p = b->pool;

		b->pool = p->next;
		gw_arena_fini(&p->arena);
		gw_alloc_free(alloc, p);
	}
	gw_topics_fini(b);
	gw_meta_fini(&b->meta);
	gw_state_drop_facts(b);
	gw_coord_fini(&b->groups);
	gw_users_fini(&b->users);
	gw_xacts_fini(&b->txns);
	gw_sessions_fini(&b->sessions);
	gw_syncer_fini(&b->syncer);
	if (b->listen_h >= 0)
		b->env->net->close(b->env->net->ctx, b->listen_h);
	if (b->lock_h >= 0)
		b->env->fs->close(b->env->fs->ctx, b->lock_h);
	gw_buf_fini(&b->stage);
	gw_buf_fini(&b->scratch);
	gw_buf_fini(&b->fetched);
	gw_alloc_free(alloc, b->conns);
	gw_alloc_free(alloc, b->host);
	gw_alloc_free(alloc, b->dir);
	gw_alloc_free(alloc, b);
}

void
gw_broker_get_stats(const struct gw_broker *b, struct gw_broker_stats *out)
{
	*out = b->stats;
	out->syncs = b->syncer.count + b->syncer.waited;
	out->sync_waits = b->syncer.waited;
	out->txns_committed = b->txns.committed;
	out->txns_aborted = b->txns.aborted;
	out->txns_open = gw_xacts_open(&b->txns);
	out->connections_open = b->n_conns;
	out->topics = b->topics_by_name.n;
	out->partitions = b->n_partitions;
	out->groups = b->groups.by_name.n;
}

const struct gw_hist *
gw_broker_sync_times(const struct gw_broker *b)
{
	return &b->syncer.us;
}
