/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_play.c - the play message: what is accepted is possible, makes finite features,
 * and is written to a message that reads and writes the same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "base/slice.h"
#include "nfl/features.h"
#include "nfl/play.h"

#define MEMORY_MAX ((size_t)64 << 20)

static void
check_features(const struct gw_play *play)
{
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);
	double x[GW_FEATURES_MAX];

	for (size_t s = 0; s < n; s++) {
		gw_features(&sets[s], play, x);
		for (size_t i = 0; i < sets[s].n; i++)
			FUZZ_CHECK(isfinite(x[i]) && fabs(x[i]) <= 10000);
	}
}

static void
check_round_trip(struct gw_alloc *alloc, struct gw_arena *arena, const struct gw_play *play)
{
	struct gw_buf first, second;
	struct gw_play again;

	gw_buf_init(&first, alloc, 0);
	gw_buf_init(&second, alloc, 0);
	gw_play_write(&first, play);
	FUZZ_CHECK(gw_play_parse(gw_buf_slice(&first), arena, &again, NULL) == 0);
	gw_play_write(&second, &again);
	FUZZ_CHECK(first.err == 0 && second.err == 0);
	FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	gw_buf_fini(&second);
	gw_buf_fini(&first);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_err err = { 0 };
	struct gw_arena arena;
	struct gw_play play;
	int rc;

	gw_arena_init(&arena, &alloc, MEMORY_MAX / 4);
	rc = gw_play_parse((struct gw_slice){ (const char *)data, size }, &arena, &play, &err);
	if (rc != 0) {
		FUZZ_CHECK(err.code == rc && err.msg[0] != '\0');
	} else {
		check_features(&play);
		check_round_trip(&alloc, &arena, &play);
	}
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
