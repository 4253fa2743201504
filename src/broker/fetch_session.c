/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/fetch_session.h"

#include "base/err.h"
#include "base/rng.h"
#include "base/slice.h"

#define NAME_MAX_LEN	249
#define KEY_MAX		(NAME_MAX_LEN + 4)

void
gw_sessions_init(struct gw_sessions *ss, struct gw_alloc *alloc, struct gw_rng *rng)
{
	*ss = (struct gw_sessions){ .alloc = alloc, .rng = rng };
}

static void
session_free(struct gw_sessions *ss, struct gw_session *s)
{
	for (size_t i = 0; i < s->n_parts; i++)
		gw_alloc_free(ss->alloc, s->parts[i]);
	ss->n_parts -= s->n_parts;
	gw_map_fini(&s->by_key);
	gw_alloc_free(ss->alloc, s->parts);
	gw_alloc_free(ss->alloc, s);
}

void
gw_sessions_fini(struct gw_sessions *ss)
{
	for (size_t i = 0; i < ss->n; i++)
		session_free(ss, ss->all[i]);
	gw_alloc_free(ss->alloc, ss->all);
	*ss = (struct gw_sessions){ .alloc = ss->alloc, .rng = ss->rng };
}

struct gw_session *
gw_session_find(const struct gw_sessions *ss, int32_t id)
{
	for (size_t i = 0; i < ss->n; i++)
		if (ss->all[i]->id == id)
			return ss->all[i];
	return NULL;
}

void
gw_session_close(struct gw_sessions *ss, struct gw_session *s)
{
	for (size_t i = 0; i < ss->n; i++) {
		if (ss->all[i] != s)
			continue;
		ss->all[i] = ss->all[--ss->n];
		session_free(ss, s);
		return;
	}
}

/* ---- partitions ---- */

/* An empty slice: no topic can be called so. */
static struct gw_slice
make_key(char *buf, bool by_id, const struct gw_uuid *id, struct gw_slice name, int32_t partition)
{
	struct gw_slice topic =
	    by_id ? (struct gw_slice){ (const char *)id->b, sizeof(id->b) } : name;
	uint32_t p = (uint32_t)partition;

	if (topic.len == 0 || topic.len > NAME_MAX_LEN)
		return (struct gw_slice){ buf, 0 };
	memcpy(buf, topic.ptr, topic.len);
	for (size_t i = 0; i < 4; i++)
		buf[topic.len + i] = (char)(uint8_t)(p >> (8 * i));
	return (struct gw_slice){ buf, topic.len + 4 };
}

static int
add_part(struct gw_sessions *ss, struct gw_session *s, struct gw_slice key,
    const struct gw_fetch_partition *ask)
{
	struct gw_session_part *p = gw_map_get(&s->by_key, key);
	void *room = s->parts;

	if (p != NULL) {
		p->ask = *ask;
		return 0;
	}
	if (key.len == 0 || ss->n_parts >= GW_SESSION_PARTS_MAX)
		return GW_ELIMIT;
	if (gw_alloc_room(ss->alloc, &room, &s->cap_parts, s->n_parts,
		sizeof(struct gw_session_part *)) < 0)
		return GW_ENOMEM;
	s->parts = room;
	p = gw_alloc_zero(ss->alloc, 1, sizeof(*p) + key.len);
	if (p == NULL)
		return GW_ENOMEM;
	memcpy(p + 1, key.ptr, key.len);
	p->key = (struct gw_slice){ (const char *)(p + 1), key.len };
	p->ask = *ask;
	p->hw = p->start = -1;
	if (gw_map_put(&s->by_key, p->key, p) < 0) {
		gw_alloc_free(ss->alloc, p);
		return GW_ENOMEM;
	}
	s->parts[s->n_parts++] = p;
	ss->n_parts++;
	return 0;
}

static int
add_all(struct gw_sessions *ss, struct gw_session *s, const struct gw_fetch_request *q)
{
	char buf[KEY_MAX];
	int rc = 0;

	for (size_t i = 0; i < q->n_topics; i++) {
		const struct gw_fetch_topic *t = &q->topics[i];

		for (size_t k = 0; rc == 0 && k < t->n_partitions; k++)
			rc = add_part(ss, s,
			    make_key(buf, s->by_id, &t->topic_id, t->topic,
				t->partitions[k].partition),
			    &t->partitions[k]);
	}
	return rc;
}

static void
forget(struct gw_sessions *ss, struct gw_session *s, struct gw_slice key)
{
	struct gw_session_part *p = gw_map_get(&s->by_key, key);
	size_t i = 0;

	if (p == NULL)
		return;
	gw_map_del(&s->by_key, key);
	while (s->parts[i] != p)
		i++;
	s->n_parts--;
	ss->n_parts--;
	memmove(s->parts + i, s->parts + i + 1,
	    (s->n_parts - i) * sizeof(struct gw_session_part *));
	gw_alloc_free(ss->alloc, p);
}

static void
forget_all(struct gw_sessions *ss, struct gw_session *s, const struct gw_fetch_request *q)
{
	char buf[KEY_MAX];

	for (size_t i = 0; i < q->n_forgotten_topics_data; i++) {
		const struct gw_fetch_forgotten_topic *t = &q->forgotten_topics_data[i];

		for (size_t k = 0; k < t->n_partitions; k++)
			forget(ss, s,
			    make_key(buf, s->by_id, &t->topic_id, t->topic, t->partitions[k]));
	}
}

/* ---- sessions ---- */

static bool
make_room(struct gw_sessions *ss, int64_t now_us)
{
	struct gw_session *oldest = NULL;

	if (ss->n < GW_SESSIONS_MAX && ss->n_parts < GW_SESSION_PARTS_MAX)
		return true;
	for (size_t i = 0; i < ss->n; i++)
		if (oldest == NULL || ss->all[i]->used_us < oldest->used_us)
			oldest = ss->all[i];
	if (oldest == NULL || oldest->used_us > now_us - GW_SESSION_IDLE_US)
		return false;
	gw_session_close(ss, oldest);
	return true;
}

struct gw_session *
gw_session_open(
    struct gw_sessions *ss, const struct gw_fetch_request *q, bool by_id, int64_t now_us)
{
	void *room = ss->all;
	struct gw_session *s;

	if (!make_room(ss, now_us) ||
	    gw_alloc_room(ss->alloc, &room, &ss->cap, ss->n, sizeof(struct gw_session *)) < 0)
		return NULL;
	ss->all = room;
	s = gw_alloc_zero(ss->alloc, 1, sizeof(*s));
	if (s == NULL)
		return NULL;
	do
		s->id = (int32_t)(gw_rng_u64(ss->rng) & INT32_MAX);
	while (s->id == 0 || gw_session_find(ss, s->id) != NULL);
	s->epoch = 1;
	s->by_id = by_id;
	s->used_us = now_us;
	gw_map_init(&s->by_key, ss->alloc, gw_rng_u64(ss->rng));
	if (add_all(ss, s, q) < 0) {
		session_free(ss, s);
		return NULL;
	}
	ss->all[ss->n++] = s;
	return s;
}

int
gw_session_resume(struct gw_sessions *ss, const struct gw_fetch_request *q, bool by_id,
    int64_t now_us, struct gw_session **out)
{
	struct gw_session *s = gw_session_find(ss, q->session_id);
	int rc;

	if (s == NULL)
		return GW_K_FETCH_SESSION_ID_NOT_FOUND;
	if (s->by_id != by_id)
		return GW_K_FETCH_SESSION_TOPIC_ID_ERROR;
	if (s->epoch != q->session_epoch)
		return GW_K_INVALID_FETCH_SESSION_EPOCH;
	forget_all(ss, s, q);
	rc = add_all(ss, s, q);
	if (rc < 0) {
		/* What is left of it is nothing that the reader knows: it must begin anew. */
		gw_session_close(ss, s);
		return rc == GW_ENOMEM ? rc : GW_K_FETCH_SESSION_ID_NOT_FOUND;
	}
	s->epoch = s->epoch == INT32_MAX ? 1 : s->epoch + 1;
	s->used_us = now_us;
	*out = s;
	return 0;
}

static bool
same_topic(const struct gw_session_part *a, const struct gw_session_part *b)
{
	return a->key.len == b->key.len && memcmp(a->key.ptr, b->key.ptr, a->key.len - 4) == 0;
}

struct gw_fetch_topic *
gw_session_topics(struct gw_session *s, struct gw_arena *arena, size_t *n)
{
	struct gw_fetch_topic *topics = gw_arena_zero(arena, s->n_parts + 1, sizeof(*topics));
	struct gw_fetch_partition *parts = gw_arena_zero(arena, s->n_parts + 1, sizeof(*parts));
	const struct gw_session_part *before = NULL;

	if (topics == NULL || parts == NULL)
		return NULL;
	*n = 0;
	for (size_t i = 0; i < s->n_parts; i++) {
		const struct gw_session_part *p = s->parts[(s->turn + i) % s->n_parts];

		if (before == NULL || !same_topic(before, p)) {
			struct gw_fetch_topic *t = &topics[(*n)++];

			if (s->by_id)
				memcpy(t->topic_id.b, p->key.ptr, sizeof(t->topic_id.b));
			else
				t->topic = (struct gw_slice){ p->key.ptr, p->key.len - 4 };
			t->partitions = &parts[i];
		}
		parts[i] = p->ask;
		topics[*n - 1].n_partitions++;
		before = p;
	}
	s->turn = s->n_parts == 0 ? 0 : (s->turn + 1) % s->n_parts;
	return topics;
}

bool
gw_session_knows(struct gw_session *s, const struct gw_fetch_topic_response *t,
    const struct gw_fetch_partition_response *p)
{
	char buf[KEY_MAX];
	struct gw_session_part *known = gw_map_get(
	    &s->by_key, make_key(buf, s->by_id, &t->topic_id, t->topic, p->partition_index));
	bool same;

	if (known == NULL)
		return false;
	same = known->hw == p->high_watermark && known->start == p->log_start_offset;
	known->hw = p->high_watermark;
	known->start = p->log_start_offset;
	/* An error is told again until it is gone, and then that it is. */
	if (p->error_code != 0)
		known->hw = -1;
	return same && p->error_code == 0 && p->records.len == 0 &&
	    p->diverging_epoch.epoch < 0;
}
