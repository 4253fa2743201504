/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_pattern.c - regular expressions, which brokers get from whoever connects. A line
 * that is the expression, then the text. Rewritten forms that must match the same texts do, a text
 * that matches is found among others, and memory is given back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/pattern.h"

#define MEMORY_MAX ((size_t)16 << 20)

/* 1 or 0 as before followed by the expression and after match text; below 0: refused. */
static int
matches(struct gw_alloc *alloc, const char *before, struct gw_slice expression, const char *after,
    struct gw_slice text)
{
	struct gw_pattern *p = NULL;
	struct gw_err err = { 0 };
	struct gw_buf whole;
	int rc;

	gw_buf_init(&whole, alloc, 0);
	gw_buf_puts(&whole, before);
	gw_buf_put(&whole, expression.ptr, expression.len);
	gw_buf_puts(&whole, after);
	FUZZ_CHECK(whole.err == 0);
	rc = gw_pattern_new(&p, gw_buf_slice(&whole), alloc, &err);
	FUZZ_CHECK(rc == 0 || (p == NULL && err.code == rc && err.msg[0] != '\0'));
	FUZZ_CHECK(rc == 0 || rc == GW_EINVAL || rc == GW_ELIMIT);
	if (rc == 0)
		rc = gw_pattern_matches(p, text);
	gw_pattern_free(p);
	gw_buf_fini(&whole);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const same[][2] = { { "(", ")" }, { "(?:", ")" }, { "(?:", "){1}" },
		{ "^(?:", ")$" }, { "(?:(?:", ")|[^\\s\\S])" } };
	static const char *const more[][2] = { { "(?:", ")?" }, { "(?:", ")+" }, { "(?:", ")*" },
		{ "(?:", "|x)" }, { "[\\s\\S]*(?:", ")" } };
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	const char *all = (const char *)data;
	const char *line = size == 0 ? NULL : memchr(all, '\n', size);
	struct gw_slice expression = { all, line == NULL ? size : (size_t)(line - all) };
	struct gw_slice text = { line == NULL ? "" : line + 1,
		line == NULL ? 0 : size - expression.len - 1 };
	int is = matches(&alloc, "", expression, "", text);

	for (size_t i = 0; is >= 0 && i < sizeof(same) / sizeof(*same); i++) {
		int also = matches(&alloc, same[i][0], expression, same[i][1], text);

		FUZZ_CHECK(also == is || also == GW_ELIMIT);
	}
	for (size_t i = 0; is > 0 && i < sizeof(more) / sizeof(*more); i++) {
		int also = matches(&alloc, more[i][0], expression, more[i][1], text);

		FUZZ_CHECK(also == 1 || also == GW_ELIMIT);
	}
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
