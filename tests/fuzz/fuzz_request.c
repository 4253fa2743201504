/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_request.c - a request frame: what decodes is encoded, decoded and encoded again,
 * and both encodings are the same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "wire/api.h"

#define MEMORY_MAX	((size_t)16 << 20)

/* Decode and append the encoding to out. Whether it decoded. */
static bool
round_trip(struct gw_slice frame, struct gw_arena *arena, struct gw_buf *out)
{
	struct gw_request_header h;
	struct gw_err err = { 0 };
	void *body;
	size_t at;
	int rc;

	rc = gw_request_header_decode(frame, &h, &at, &err);
	if (rc == 0)
		rc = gw_request_decode(frame, at, &h, arena, &body, &err);
	if (rc != 0) {
		FUZZ_CHECK(err.code == rc && err.msg[0] != '\0');
		return false;
	}
	FUZZ_CHECK(gw_request_encode(out, &h, body, &err) == 0);
	FUZZ_CHECK(gw_frame_size(out->ptr, out->len, out->len) == (int64_t)out->len - 4);
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

	gw_arena_init(&arena, &alloc, MEMORY_MAX);
	gw_buf_init(&first, &alloc, 0);
	gw_buf_init(&second, &alloc, 0);
	if (round_trip((struct gw_slice){ (const char *)data, size }, &arena, &first)) {
		gw_arena_reset(&arena);
		FUZZ_CHECK(round_trip(behind_size(&first), &arena, &second));
		FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	}
	gw_buf_fini(&second);
	gw_buf_fini(&first);
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
