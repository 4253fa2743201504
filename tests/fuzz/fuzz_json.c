/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_json.c - what the reader takes, the writer writes and the reader takes again.
 *
 * Objects are written as arrays of key, value, key, value, since a key may hold a NUL, which the
 * writer's keys, being literals of the program, cannot. So the first text is compared with the
 * second, not with the input.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "base/json.h"

#define MEMORY_MAX ((size_t)64 << 20)

static void
write_value(struct gw_json_out *w, const struct gw_json *v)
{
	size_t n = 0;

	switch (v->type) {
	case GW_JSON_NULL:
		gw_json_null(w);
		break;
	case GW_JSON_BOOL:
		gw_json_bool(w, v->boolean);
		break;
	case GW_JSON_NUMBER:
		gw_json_num(w, v->number);
		break;
	case GW_JSON_STRING:
		FUZZ_CHECK(gw_utf8_valid(v->text));
		gw_json_str(w, v->text);
		break;
	case GW_JSON_ARRAY:
	case GW_JSON_OBJECT:
		gw_json_array(w);
		for (const struct gw_json *c = v->child; c != NULL; c = c->next, n++) {
			if (v->type == GW_JSON_OBJECT) {
				FUZZ_CHECK(c->key.ptr != NULL && gw_utf8_valid(c->key));
				gw_json_str(w, c->key);
			}
			write_value(w, c);
		}
		gw_json_array_end(w);
		FUZZ_CHECK(n == v->n);
		break;
	}
}

static void
write_text(struct gw_buf *out, const struct gw_json *v)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	write_value(&w, v);
	FUZZ_CHECK(out->err == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_slice text = { (const char *)data, size };
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_json *v, *again;
	struct gw_buf first, second;
	struct gw_arena arena;
	struct gw_err err;
	int rc;

	gw_arena_init(&arena, &alloc, MEMORY_MAX / 4);
	gw_buf_init(&first, &alloc, 0);
	gw_buf_init(&second, &alloc, 0);
	rc = gw_json_parse(text, &arena, &v, &err);
	if (rc != 0)
		FUZZ_CHECK(err.code == rc && strncmp(err.msg, "line ", 5) == 0);
	else {
		write_text(&first, v);
		FUZZ_CHECK(gw_json_parse(gw_buf_slice(&first), &arena, &again, &err) == 0);
		write_text(&second, again);
		FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	}
	gw_buf_fini(&second);
	gw_buf_fini(&first);
	gw_arena_fini(&arena);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
