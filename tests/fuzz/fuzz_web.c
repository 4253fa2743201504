/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_web.c - what a web server sends: an answer in pieces is the answer as a whole,
 * and nothing of it can end a line of our next request. The first byte is the size of the pieces.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "apps/espn/web_get.h"
#include "base/slice.h"

#define MEMORY_MAX	((size_t)256 << 20)

static void
check_text(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);

	FUZZ_CHECK(len < cap);
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

static void
check_answer(const struct gw_web_answer *a)
{
	FUZZ_CHECK(a->status >= 100 && a->status <= 999);
	FUZZ_CHECK(a->retry_after_s >= 0 && a->retry_after_s <= 86400);
	FUZZ_CHECK(a->body.ptr != NULL && a->body.len <= GW_WEB_BODY_MAX);
	check_text(a->etag, sizeof(a->etag));
	check_text(a->last_modified, sizeof(a->last_modified));
	check_text(a->location, sizeof(a->location));
}

static int
read_all(struct gw_web_reader *r, struct gw_slice text, size_t piece)
{
	struct gw_err err = { 0 };
	int rc = 0;

	for (size_t at = 0; at < text.len && rc == 0; at += piece)
		rc = gw_web_reader_take(r, (struct gw_slice){ text.ptr + at,
		    piece < text.len - at ? piece : text.len - at }, &err);
	if (rc == 0)
		rc = gw_web_reader_end(r, &err);
	FUZZ_CHECK(rc == 1 || (rc < 0 && err.code == rc && err.msg[0] != '\0'));
	if (rc == 1)
		check_answer(&r->answer);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_web_reader whole, pieces;
	struct gw_web_answer split;
	struct gw_slice text;
	int rc;

	if (size < 2)
		return 0;
	text = (struct gw_slice){ (const char *)data + 1, size - 1 };
	gw_web_reader_init(&whole, &alloc);
	gw_web_reader_init(&pieces, &alloc);
	rc = read_all(&whole, text, text.len);
	FUZZ_CHECK(read_all(&pieces, text, data[0] > 0 ? data[0] : 1) == rc);
	FUZZ_CHECK(rc != 1 || gw_slice_eq(whole.answer.body, pieces.answer.body));
	FUZZ_CHECK(rc != 1 || whole.answer.status == pieces.answer.status);
	gw_web_reader_fini(&whole);
	gw_web_reader_fini(&pieces);
	if (gw_web_split(text, &split) == 0)
		check_answer(&split);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
