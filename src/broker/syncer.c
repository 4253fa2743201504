/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/syncer.h"

void
gw_syncer_init(struct gw_syncer *s, struct gw_env *env)
{
	*s = (struct gw_syncer){ .env = env, .next_token = 1 };
}

void
gw_syncer_fini(struct gw_syncer *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->flights[i].owner == NULL)
			s->env->fs->close(s->env->fs->ctx, s->flights[i].h);
	gw_alloc_free(s->env->alloc, s->flights);
	s->flights = NULL;
	s->n = s->cap = 0;
}

int
gw_syncer_begin(struct gw_syncer *s, struct gw_sync_owner *o, int h)
{
	void *p = s->flights;
	int rc;

	if (s->failed != 0)
		return s->failed;
	if (gw_alloc_room(s->env->alloc, &p, &s->cap, s->n, sizeof(*s->flights)) < 0)
		return GW_ENOMEM;
	s->flights = p;
	rc = s->env->fs->sync(s->env->fs->ctx, h, s->next_token);
	if (rc < 0)
		return s->failed = rc;
	s->flights[s->n++] =
	    (struct gw_sync_flight){ .token = s->next_token++, .h = h,
		.began_us = gw_env_now(s->env).us, .owner = o };
	o->busy = true;
	return 0;
}

static void
count_time(struct gw_syncer *s, int64_t began_us)
{
	int64_t us = gw_env_now(s->env).us - began_us;

	gw_hist_add(&s->us, us > 0 ? (uint64_t)us : 0);
}

int
gw_syncer_now(struct gw_syncer *s, int h)
{
	int64_t began_us = gw_env_now(s->env).us;
	int rc = s->env->fs->sync_now(s->env->fs->ctx, h);

	if (rc < 0)
		return s->failed = rc;
	s->waited++;
	count_time(s, began_us);
	return 0;
}

void
gw_syncer_drop(struct gw_syncer *s, struct gw_sync_owner *o, int h)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->flights[i].owner == o && s->flights[i].h == h) {
			s->flights[i].owner = NULL;
			o->busy = false;
			return;
		}
	}
	s->env->fs->close(s->env->fs->ctx, h);
}

static void
land(struct gw_syncer *s, size_t i)
{
	struct gw_sync_flight f = s->flights[i];

	count_time(s, f.began_us);
	s->flights[i] = s->flights[--s->n];
	if (f.owner == NULL) {
		s->env->fs->close(s->env->fs->ctx, f.h);
		return;
	}
	f.owner->busy = false;
	f.owner->done(f.owner);
}

int
gw_syncer_poll(struct gw_syncer *s)
{
	struct gw_synced done;

	while (s->failed == 0 && s->n > 0 && s->env->fs->synced(s->env->fs->ctx, &done) > 0) {
		size_t i = 0;

		if (done.result < 0) {
			s->failed = done.result;
			break;
		}
		s->count++;
		while (i < s->n && s->flights[i].token != done.token)
			i++;
		if (i < s->n)
			land(s, i);
	}
	return s->failed;
}
