/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_ubjson.c - UBJSON, and XGBoost's model in it. A document is read by itself too:
 * not all of them begin with an object.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/ubjson.h"
#include "tests/fuzz/fuzz_foreign.h"

/* Lists are as long as they say, and nothing is deeper than allowed. */
static void
check_value(const struct gw_json *v, unsigned depth)
{
	size_t n = 0;

	FUZZ_CHECK(depth <= GW_JSON_DEPTH_MAX);
	for (const struct gw_json *c = v->child; c != NULL; c = c->next, n++)
		check_value(c, depth + 1);
	FUZZ_CHECK(n == v->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(FUZZ_MEMORY_MAX);
	struct gw_slice bytes = { (const char *)data, size };
	struct gw_json *v = NULL;
	struct gw_err err = { 0 };
	struct gw_arena arena;

	gw_arena_init(&arena, &alloc, 0);
	if (gw_ubjson_parse(bytes, &arena, &v, &err) == 0)
		check_value(v, 0);
	else
		FUZZ_CHECK(err.code != 0);
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return fuzz_foreign(data, size);
}
