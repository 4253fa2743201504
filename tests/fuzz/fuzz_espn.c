/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_espn.c - an answer of the live feed, taken three times by one game's tracker:
 * what it tells are plays that can be sent, none of them twice in the same revision.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "base/slice.h"
#include "nfl/espn_track.h"

#define MEMORY_MAX	((size_t)64 << 20)
#define TOLD_MAX	8192

struct listener {
	struct gw_alloc	*alloc;
	size_t		 n;
	int64_t		 ids[TOLD_MAX];
	int32_t		 revisions[TOLD_MAX];
};

static void
check_message(struct gw_alloc *alloc, const struct gw_play *play)
{
	struct gw_arena arena;
	struct gw_play again;
	struct gw_buf text;

	gw_arena_init(&arena, alloc, 0);
	gw_buf_init(&text, alloc, 0);
	gw_play_write(&text, play);
	FUZZ_CHECK(gw_play_parse(gw_buf_slice(&text), &arena, &again, NULL) == 0);
	FUZZ_CHECK(again.play_id == play->play_id && again.down == play->down);
	gw_buf_fini(&text);
	gw_arena_fini(&arena);
}

static int
tell(void *arg, const struct gw_play *play)
{
	struct listener *l = arg;

	check_message(l->alloc, play);
	for (size_t i = 0; i < l->n; i++)
		FUZZ_CHECK(l->ids[i] != play->play_id || l->revisions[i] < play->revision);
	FUZZ_CHECK(l->n < TOLD_MAX);
	l->ids[l->n] = play->play_id;
	l->revisions[l->n++] = play->revision;
	return 0;
}

static void
take(struct gw_alloc *alloc, struct gw_arena *arena, const struct gw_espn_game *g)
{
	struct gw_espn_track *t = gw_espn_track_new(alloc, g->event);
	struct listener l = { .alloc = alloc };
	struct gw_espn_game part = *g;
	struct gw_play next;
	int rc;

	FUZZ_CHECK(t != NULL);
	for (int i = 0; i < 3; i++) {
		part.n_rows = i == 1 ? g->n_rows / 2 : g->n_rows;
		FUZZ_CHECK(gw_espn_track_look(t, g) == 0);
		rc = gw_espn_track_take(t, &part, arena, tell, &l, NULL);
		FUZZ_CHECK(rc == 0 || rc == GW_EDATA || rc == GW_ENOMEM);
		if (gw_espn_track_next(t, g, &next))
			check_message(alloc, &next);
	}
	gw_espn_track_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_espn_answer answer;
	struct gw_err err = { 0 };
	struct gw_arena arena;
	int rc;

	gw_arena_init(&arena, &alloc, MEMORY_MAX / 4);
	rc = gw_espn_parse((struct gw_slice){ (const char *)data, size }, &arena, &answer, &err);
	FUZZ_CHECK(rc == 0 || (err.code == rc && err.msg[0] != '\0'));
	for (size_t i = 0; rc == 0 && i < answer.n_games; i++)
		take(&alloc, &arena, &answer.games[i]);
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
