/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_decode.c - what "gridwire decode" is given: a capture, a segment, a frame, chosen
 * by the first byte. Whatever it is, what comes out is JSON, or text.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "apps/decode/decode.h"
#include "base/slice.h"
#include "wire/api.h"

#define MEMORY_MAX	((size_t)512 << 20)

static int
decode(struct gw_decode *d, unsigned what, struct gw_slice in, struct gw_buf *out)
{
	const struct gw_api *api = &gw_apis[what / 8 % gw_n_apis];
	struct gw_frame_kind k = { (what & 4) != 0, api->key, api->max };

	switch (what & 3) {
	case 0:
		return gw_decode_capture(d, in, out);
	case 1:
		return gw_decode_segment(d, in, out);
	case 2:
		return gw_decode_frame(d, &k, in, out);
	default:
		return gw_decode_hex(in, out, NULL);
	}
}

/* Every line is a JSON value of its own. */
static void
check_lines(struct gw_alloc *alloc, struct gw_slice text)
{
	struct gw_arena arena;

	gw_arena_init(&arena, alloc, 0);
	while (text.len > 0) {
		struct gw_slice line = gw_slice_cut(text, '\n', &text);
		struct gw_json *v;
		struct gw_err err;
		int rc;

		gw_arena_reset(&arena);
		rc = gw_json_parse(line, &arena, &v, &err);
		FUZZ_CHECK(rc == 0 || rc == GW_ENOMEM || rc == GW_ELIMIT);
	}
	gw_arena_fini(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_decode d;
	struct gw_slice in;
	struct gw_buf out;

	if (size < 1)
		return 0;
	in = (struct gw_slice){ (const char *)data + 1, size - 1 };
	for (int as_json = 0; as_json < 2; as_json++) {
		gw_buf_init(&out, &alloc, 0);
		gw_decode_init(&d, &alloc, as_json != 0);
		if (decode(&d, data[0], in, &out) == 0 && as_json && (data[0] & 3) != 3)
			check_lines(&alloc, gw_buf_slice(&out));
		gw_decode_fini(&d);
		gw_buf_fini(&out);
	}
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
