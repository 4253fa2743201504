/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_response.c - a response frame behind two bytes of API key and two of version:
 * what decodes is encoded, decoded and encoded again, and both encodings are the same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "wire/api.h"
#include "wire/bytes.h"

#define MEMORY_MAX	((size_t)16 << 20)
#define WHICH_LEN	4

static bool
round_trip(struct gw_slice frame, const uint8_t *which, struct gw_arena *arena, struct gw_buf *out)
{
	int16_t key = (int16_t)gw_be16(which), version = (int16_t)gw_be16(which + 2);
	struct gw_err err = { 0 };
	int32_t id;
	void *body;
	int rc;

	rc = gw_response_decode(frame, key, version, arena, &id, &body, &err);
	if (rc != 0) {
		FUZZ_CHECK(err.code == rc && err.msg[0] != '\0');
		return false;
	}
	FUZZ_CHECK(gw_response_encode(out, key, version, id, body, &err) == 0);
	return true;
}

static struct gw_slice
behind_size(const struct gw_buf *b)
{
	return (struct gw_slice){ (const char *)b->ptr + 4, b->len - 4 };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(4 * MEMORY_MAX);
	struct gw_buf first, second;
	struct gw_arena arena;
	struct gw_slice frame;

	if (size < WHICH_LEN)
		return 0;
	frame = (struct gw_slice){ (const char *)data + WHICH_LEN, size - WHICH_LEN };
	gw_arena_init(&arena, &alloc, MEMORY_MAX);
	gw_buf_init(&first, &alloc, 0);
	gw_buf_init(&second, &alloc, 0);
	if (round_trip(frame, data, &arena, &first)) {
		gw_arena_reset(&arena);
		FUZZ_CHECK(round_trip(behind_size(&first), data, &arena, &second));
		FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	}
	gw_buf_fini(&second);
	gw_buf_fini(&first);
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
