/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_season.c - a season file, for both uses: every play handed out can be sent as a
 * message, numbers count up within a game, and the counts add up to the rows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "nfl/season.h"
#include "tests/support/mem_fs.h"

#define MEMORY_MAX ((size_t)64 << 20)

struct seen {
	char	game_id[GW_GAME_ID_MAX];
	int32_t	number;
	size_t	n;
	bool	training;
	struct gw_alloc *alloc;
};

/* What is read can be sent: the message of a play is one that is accepted. */
static void
check_message(struct gw_alloc *alloc, const struct gw_play *play)
{
	struct gw_arena arena;
	struct gw_play back;
	struct gw_buf text;
	struct gw_err err = { 0 };
	int rc;

	gw_buf_init(&text, alloc, 0);
	gw_arena_init(&arena, alloc, 0);
	gw_play_write(&text, play);
	FUZZ_CHECK(text.err == 0);
	rc = gw_play_parse(gw_buf_slice(&text), &arena, &back, &err);
	if (rc != 0)
		(void)fprintf(stderr, "%s\n", err.msg);
	FUZZ_CHECK(rc == 0);
	FUZZ_CHECK(back.has == play->has && back.type == play->type);
	gw_arena_fini(&arena);
	gw_buf_fini(&text);
}

static int
see(void *arg, const struct gw_season_play *s)
{
	const struct gw_play *p = &s->play;
	struct seen *seen = arg;

	if (strcmp(seen->game_id, p->game_id) != 0)
		seen->number = 0;
	memcpy(seen->game_id, p->game_id, sizeof(seen->game_id));
	FUZZ_CHECK(p->play_number > seen->number);
	seen->number = p->play_number;
	seen->n++;
	FUZZ_CHECK(p->quarter >= 1 && p->quarter <= GW_QUARTER_MAX);
	FUZZ_CHECK(p->time_remaining >= 0 && p->time_remaining <= GW_CLOCK_MAX);
	FUZZ_CHECK(p->home_score >= 0 && p->away_score >= 0);
	check_message(seen->alloc, p);
	if (seen->training)
		FUZZ_CHECK(s->has_result && s->result != 0);
	return 0;
}

static void
read_for(struct gw_env *env, enum gw_season_use use)
{
	struct seen seen = { .training = use == GW_FOR_TRAINING, .alloc = env->alloc };
	struct gw_season_counts c = { 0 };
	struct gw_err err = { 0 };
	size_t dropped = 0;
	int rc = gw_season_read(env, "s", use, see, &seen, &c, &err);

	if (rc != 0) {
		FUZZ_CHECK(err.code == rc && err.msg[0] != '\0');
		return;
	}
	for (int d = 0; d < GW_N_DROPS; d++)
		dropped += c.dropped[d];
	FUZZ_CHECK(c.used == seen.n && c.used + dropped == c.rows && c.used_games <= c.games);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct mem_fs *disk = mem_fs_new(1);
	struct gw_env env = { .alloc = &alloc, .fs = mem_fs_seam(disk) };

	FUZZ_CHECK(gw_fs_replace(env.fs, "s", (struct gw_slice){ (const char *)data, size },
	    NULL) == 0);
	read_for(&env, GW_FOR_TRAINING);
	read_for(&env, GW_FOR_STREAMING);
	FUZZ_CHECK(alloc.used == 0 && mem_fs_open_handles(disk) == 0);
	mem_fs_free(disk);
	return 0;
}
