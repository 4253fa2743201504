/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"

/* ---- from meta.log ---- */

int
gw_topic_restore(struct gw_broker *b, const struct gw_meta_topic *m)
{
	struct gw_topic *t = gw_topic_by_id(b, &m->id);
	int rc = 0;

	if (!gw_topic_name_ok(m->name) || m->n_partitions < 1 ||
	    m->n_partitions > GW_BROKER_ALL_PARTITIONS_MAX)
		return GW_ECORRUPT;
	/* Said anew: with more partitions or other settings. */
	if (t != NULL) {
		gw_topic_leave(b, t);
		gw_topic_free(b, t);
	}
	t = gw_topic_new(b, m->name, &m->id, m->n_partitions);
	if (t == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < m->n_configs; i++)
		rc = gw_topic_config_set(
		    &t->configs, b->env->alloc, m->configs[i].name, m->configs[i].value, NULL);
	if (rc == 0 && gw_topic_enter(b, t) < 0)
		rc = GW_ENOMEM;
	if (rc != 0) {
		gw_topic_free(b, t);
		return rc == GW_ENOMEM ? rc : GW_ECORRUPT;
	}
	t->policy = gw_topic_policy(&t->configs, &b->o);
	return 0;
}

void
gw_topic_forget(struct gw_broker *b, const struct gw_uuid *id)
{
	struct gw_topic *t = gw_topic_by_id(b, id);

	if (t == NULL)
		return;
	gw_topic_forget_offsets(b, t);
	gw_topic_leave(b, t);
	gw_topic_free(b, t);
}

/* What meta.log says about a log that is open now. */
static int
apply_facts(struct gw_broker *b, struct gw_topic *t, int32_t i)
{
	struct gw_partition_facts *f = gw_state_facts(b, &t->id, i, false);
	struct gw_plog *l = t->parts[i];
	struct gw_epoch_start *found = l->epochs;
	size_t n_found = l->n_epochs;
	int rc = 0;

	if (f == NULL)
		return 0;
	if (f->log_start > l->start)
		l->start = f->log_start < l->next ? f->log_start : l->next;
	/* Older epochs come from there, the newest from the batches that were just read. */
	l->epochs = NULL;
	l->n_epochs = l->cap_epochs = 0;
	for (size_t k = 0; rc == 0 && k < f->n_epochs; k++)
		if (f->epochs[k].start < l->next)
			rc = gw_plog_epoch_add(l, f->epochs[k].epoch, f->epochs[k].start);
	for (size_t k = 0; rc == 0 && k < n_found; k++)
		if (l->n_epochs == 0 || found[k].epoch > l->epochs[l->n_epochs - 1].epoch)
			rc = gw_plog_epoch_add(l, found[k].epoch, found[k].start);
	gw_alloc_free(b->env->alloc, found);
	return rc;
}

/* ---- folders that no topic owns: a creation or deletion that a crash cut short ---- */

struct sweep {
	struct gw_broker	*b;
	struct gw_arena		 arena;
	const char		*name;		/* of the topic's folder, in the second level */
	bool			 failed, any;
};

static bool
owned(struct gw_broker *b, const char *name, const char *hex)
{
	const struct gw_topic *t = gw_topic_by_name(b, gw_str(name));
	char text[2 * sizeof(t->id.b) + 1];

	if (t == NULL)
		return false;
	for (size_t i = 0; i < sizeof(t->id.b); i++)
		snprintf(text + 2 * i, 3, "%02x", t->id.b[i]);
	return strcmp(text, hex) == 0;
}

static int
sweep_id(void *arg, const char *hex)
{
	struct sweep *s = arg;
	char *path;

	s->any = true;
	if (owned(s->b, s->name, hex))
		return 0;
	path = gw_arena_printf(&s->arena, "%s/topics/%s/%s", s->b->dir, s->name, hex);
	if (path == NULL)
		return GW_ENOMEM;
	gw_log(
	    s->b->env->log, GW_LOG_WARN, "unfinished_topic_removed", gw_kv_s("path", gw_str(path)));
	if (gw_fs_remove_tree(s->b->env->fs, path, NULL) < 0)
		s->failed = true;
	return 0;
}

static int
sweep_name(void *arg, const char *name)
{
	struct sweep *s = arg;
	char *path = gw_arena_printf(&s->arena, "%s/topics/%s", s->b->dir, name);

	if (path == NULL)
		return GW_ENOMEM;
	s->name = name;
	(void)s->b->env->fs->list(s->b->env->fs->ctx, path, sweep_id, s);
	(void)s->b->env->fs->remove(s->b->env->fs->ctx, path);
	return 0;
}

static int
sweep(struct gw_broker *b, struct gw_err *err)
{
	struct sweep s = { .b = b };
	char *path;
	int rc = 0;

	gw_arena_init(&s.arena, b->env->alloc, 0);
	path = gw_arena_printf(&s.arena, "%s/topics", b->dir);
	if (path == NULL)
		rc = GW_ENOMEM;
	else if (b->meta.put == 0 && b->meta.size == 0) {
		/*
		 * A new meta.log beside old records: somebody lost it, and sweeping would lose the
		 * rest.
		 */
		struct gw_fs_stat st;

		if (b->env->fs->stat(b->env->fs->ctx, path, &st) == 0)
			rc = gw_err_set(err, GW_ECORRUPT,
			    "%s: there are topics but no meta.log; restore it from a copy or "
			    "move the folder \"topics\" away",
			    b->dir);
	} else
		(void)b->env->fs->list(b->env->fs->ctx, path, sweep_name, &s);
	gw_arena_fini(&s.arena);
	return rc;
}

int
gw_topics_open(struct gw_broker *b, bool clean, struct gw_err *err)
{
	struct gw_topic *t;
	size_t pos = 0;
	int rc = sweep(b, err);

	while (rc == 0 && (t = gw_map_next(&b->topics_by_name, &pos)) != NULL) {
		for (int32_t i = 0; rc == 0 && i < t->n_parts; i++) {
			rc = gw_topic_open_partition(b, t, i, false, clean, err);
			if (rc == 0)
				rc = apply_facts(b, t, i);
		}
	}
	return rc;
}
