/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_csv.c - the same records and the same error whatever pieces the bytes come in;
 * and what was read, written and read again is the same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "base/csv.h"

#define MEMORY_MAX ((size_t)64 << 20)

struct drip {
	struct gw_slice	left;
	size_t		step;
};

static ssize_t
drip_read(void *ctx, void *buf, size_t len, struct gw_err *err)
{
	struct drip *d = ctx;
	size_t n = d->left.len < d->step ? d->left.len : d->step;

	(void)err;
	n = n < len ? n : len;
	if (n == 0)
		return 0;
	memcpy(buf, d->left.ptr, n);
	d->left.ptr += n;
	d->left.len -= n;
	return (ssize_t)n;
}

/* Read everything in pieces of step and write it to out. The reader's last answer; err if < 0. */
static int
copy(struct gw_alloc *alloc, struct gw_slice text, size_t step, struct gw_buf *out,
    struct gw_err *err)
{
	struct drip d = { text, step };
	struct gw_csv *csv = gw_csv_new(alloc, (struct gw_source){ drip_read, NULL, &d }, "x");
	const struct gw_slice *fields;
	size_t line = 0;
	int n;

	FUZZ_CHECK(csv != NULL);
	while ((n = gw_csv_next(csv, &fields, err)) > 0) {
		FUZZ_CHECK(n <= GW_CSV_FIELDS_MAX && gw_csv_line(csv) > line);
		line = gw_csv_line(csv);
		for (int i = 0; i < n; i++)
			gw_csv_put(out, fields[i]);
		gw_csv_end(out);
	}
	gw_csv_free(csv);
	FUZZ_CHECK(out->err == 0);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_slice text = { (const char *)data, size };
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_buf whole, pieces, again;
	struct gw_err err = { 0 }, other = { 0 };
	int rc;

	gw_buf_init(&whole, &alloc, 0);
	gw_buf_init(&pieces, &alloc, 0);
	gw_buf_init(&again, &alloc, 0);
	rc = copy(&alloc, text, SIZE_MAX, &whole, &err);
	FUZZ_CHECK(copy(&alloc, text, 1 + size % 7, &pieces, &other) == rc);
	FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&whole), gw_buf_slice(&pieces)));
	if (rc < 0)
		FUZZ_CHECK(err.code == rc && strncmp(err.msg, "x:", 2) == 0 &&
		    strcmp(err.msg, other.msg) == 0);
	FUZZ_CHECK(copy(&alloc, gw_buf_slice(&whole), 5, &again, &err) == 0);
	FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&whole), gw_buf_slice(&again)));
	gw_buf_fini(&again);
	gw_buf_fini(&pieces);
	gw_buf_fini(&whole);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
