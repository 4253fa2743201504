/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/history.h"

#include <assert.h>

#define SLOT(offset)	((size_t)(offset) % GW_HISTORY)
#define BUCKET(key)	((size_t)((key) >> 32) % GW_HISTORY)

/* Slots by offset; those of one bucket are linked from the newest to older ones. */
struct slot {
	uint64_t	key;
	int64_t		offset;		/* -1: none */
	int64_t		before;		/* offset of the next older one; -1: none */
	int32_t		told;		/* the message's own revision; -1: none */
};

struct gw_history {
	struct gw_alloc	*alloc;
	struct slot	 slots[GW_HISTORY];
	int64_t		 newest[GW_HISTORY];	/* by bucket; -1: none */
};

struct gw_history *
gw_history_new(struct gw_alloc *alloc)
{
	struct gw_history *h = gw_alloc_zero(alloc, 1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->alloc = alloc;
	gw_history_clear(h);
	return h;
}

void
gw_history_free(struct gw_history *h)
{
	if (h != NULL)
		gw_alloc_free(h->alloc, h);
}

void
gw_history_clear(struct gw_history *h)
{
	for (size_t i = 0; i < GW_HISTORY; i++)
		h->slots[i].offset = h->newest[i] = -1;
}

/* FNV-1a. */
static uint64_t
key_of(const struct gw_play *play)
{
	uint64_t key = UINT64_C(14695981039346656037);

	for (const char *p = play->game_id; *p != '\0'; p++)
		key = (key ^ (uint8_t)*p) * UINT64_C(1099511628211);
	for (int shift = 0; shift < 64; shift += 8)
		key = (key ^ (((uint64_t)play->play_id >> shift) & 0xff)) *
		    UINT64_C(1099511628211);
	return key;
}

/* What the play would be told as; 0: it was not there. */
static int32_t
next_revision(const struct gw_history *h, uint64_t key, int64_t offset)
{
	int64_t at = h->newest[BUCKET(key)];
	int32_t n = 0, told = -1;

	while (at >= 0 && offset - at <= GW_HISTORY) {
		const struct slot *s = &h->slots[SLOT(at)];

		if (s->offset != at)
			break;		/* a newer one took its place */
		if (s->key == key) {
			n++;
			told = s->told > told ? s->told : told;
		}
		at = s->before;
	}
	if (n == 0 || told == INT32_MAX)
		return n;
	return told + 1 > n ? told + 1 : n;
}

bool
gw_history_take(struct gw_history *h, int64_t offset, struct gw_play *play)
{
	uint64_t key = key_of(play);
	bool tells = (play->has & GW_HAS_REVISION) != 0;
	int32_t revision = tells ? play->revision : next_revision(h, key, offset);
	struct slot *s = &h->slots[SLOT(offset)];

	assert(h->newest[BUCKET(key)] < offset);
	*s = (struct slot){ key, offset, h->newest[BUCKET(key)], tells ? revision : -1 };
	h->newest[BUCKET(key)] = offset;
	if (!tells && revision > 0) {
		play->revision = revision;
		play->has |= GW_HAS_REVISION;
	}
	return revision > 0;
}
