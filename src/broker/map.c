/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/map.h"

#include "base/slice.h"

static uint64_t
hash_bytes(uint64_t seed, struct gw_slice key)
{
	uint64_t h = seed ^ 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (uint8_t)key.ptr[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}

void
gw_map_init(struct gw_map *m, struct gw_alloc *alloc, uint64_t seed)
{
	*m = (struct gw_map){ .alloc = alloc, .seed = seed };
}

void
gw_map_fini(struct gw_map *m)
{
	gw_alloc_free(m->alloc, m->slots);
	m->slots = NULL;
	m->n = m->cap = 0;
}

/* The slot that holds key, or the free one where it would go. cap is not 0. */
static size_t
find_slot(const struct gw_map *m, struct gw_slice key, uint64_t hash)
{
	size_t mask = m->cap - 1, i = (size_t)hash & mask;

	while (m->slots[i].value != NULL) {
		if (m->slots[i].hash == hash && gw_slice_eq(m->slots[i].key, key))
			break;
		i = (i + 1) & mask;
	}
	return i;
}

void *
gw_map_get(const struct gw_map *m, struct gw_slice key)
{
	if (m->n == 0)
		return NULL;
	return m->slots[find_slot(m, key, hash_bytes(m->seed, key))].value;
}

static int
grow(struct gw_map *m)
{
	struct gw_map bigger = *m;

	bigger.cap = m->cap == 0 ? 16 : m->cap * 2;
	bigger.slots = gw_alloc_zero(m->alloc, bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].value != NULL)
			bigger.slots[find_slot(&bigger, m->slots[i].key, m->slots[i].hash)] =
			    m->slots[i];
	gw_alloc_free(m->alloc, m->slots);
	*m = bigger;
	return 0;
}

int
gw_map_put(struct gw_map *m, struct gw_slice key, void *value)
{
	uint64_t hash = hash_bytes(m->seed, key);
	struct gw_map_slot *s;

	if ((m->n + 1) * 4 > m->cap * 3 && grow(m) < 0)
		return GW_ENOMEM;
	s = &m->slots[find_slot(m, key, hash)];
	if (s->value == NULL)
		m->n++;
	*s = (struct gw_map_slot){ .key = key, .value = value, .hash = hash };
	return 0;
}

void
gw_map_del(struct gw_map *m, struct gw_slice key)
{
	size_t mask = m->cap - 1, hole, i;

	if (m->n == 0)
		return;
	hole = find_slot(m, key, hash_bytes(m->seed, key));
	if (m->slots[hole].value == NULL)
		return;
	m->n--;
	/* Move back whatever a probe would no longer reach across the hole. */
	for (i = (hole + 1) & mask; m->slots[i].value != NULL; i = (i + 1) & mask) {
		size_t home = (size_t)m->slots[i].hash & mask;

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = (struct gw_map_slot){ 0 };
}

void *
gw_map_next(const struct gw_map *m, size_t *pos)
{
	while (*pos < m->cap) {
		void *v = m->slots[(*pos)++].value;

		if (v != NULL)
			return v;
	}
	return NULL;
}
