/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_record_batch.c - a record batch, whatever its checksum: the records that can be
 * read are written into a batch of our own and read again.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "base/slice.h"
#include "wire/record_batch.h"

#define INFLATED_MAX	((size_t)4 << 20)
#define MEMORY_MAX	((size_t)64 << 20)
#define HEADERS_MAX	64

/* Append r to our batch; records with more headers than we have room for go without. */
static void
append(struct gw_batch_writer *w, const struct gw_record *r)
{
	struct gw_header headers[HEADERS_MAX];
	size_t pos = 0, n = 0;

	while (n < HEADERS_MAX && r->n_headers <= HEADERS_MAX &&
	    gw_record_header(r, &pos, &headers[n]) == 1)
		n++;
	FUZZ_CHECK(r->n_headers > HEADERS_MAX || n == r->n_headers);
	FUZZ_CHECK(gw_batch_append(w, r->timestamp_ms, r->key, r->value, headers, n) == 0);
}

static bool
same_slice(struct gw_slice a, struct gw_slice b)
{
	return (a.ptr == NULL) == (b.ptr == NULL) && gw_slice_eq(a, b);
}

/* Both iterators hand out the same records, but for offsets. */
static void
compare(struct gw_batch_iter *a, struct gw_batch_iter *b)
{
	struct gw_record x, y;

	while (gw_batch_iter_next(b, &y) == 1) {
		FUZZ_CHECK(gw_batch_iter_next(a, &x) == 1);
		FUZZ_CHECK(x.timestamp_ms == y.timestamp_ms);
		FUZZ_CHECK(same_slice(x.key, y.key) && same_slice(x.value, y.value));
		FUZZ_CHECK(x.n_headers == y.n_headers || x.n_headers > HEADERS_MAX);
	}
}

/* it is at the front of the batch, which lives on. */
static void
write_again(struct gw_batch_iter it, struct gw_alloc *alloc)
{
	const struct gw_batch_stamp stamp = { .compression = GW_GZIP, .producer_id = -1,
		.producer_epoch = -1, .base_sequence = -1 };
	struct gw_batch_iter front = it, again;
	struct gw_buf out, scratch;
	struct gw_batch_writer w;
	struct gw_record r;

	gw_buf_init(&out, alloc, 0);
	gw_buf_init(&scratch, alloc, 0);
	gw_batch_begin(&w, &out);
	while (gw_batch_iter_next(&it, &r) == 1)
		append(&w, &r);
	if (w.n_records > 0) {
		FUZZ_CHECK(gw_batch_finish(&w, &stamp, &scratch) == 0);
		FUZZ_CHECK(gw_batch_check(gw_buf_slice(&out)) == 0);
		FUZZ_CHECK(gw_batch_iter_init(&again, gw_buf_slice(&out), &scratch) == 0);
		FUZZ_CHECK(again.left == w.n_records);
		compare(&front, &again);
		FUZZ_CHECK(again.left == 0);
	}
	gw_buf_fini(&scratch);
	gw_buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_slice batch = { (const char *)data, size };
	struct gw_batch_header h;
	struct gw_batch_iter it;
	struct gw_buf scratch;

	gw_buf_init(&scratch, &alloc, INFLATED_MAX);
	FUZZ_CHECK(gw_batch_check(batch) <= 0);
	if (gw_batch_header_read(batch, &h) > 0 && gw_batch_iter_init(&it, batch, &scratch) == 0)
		write_again(it, &alloc);
	gw_buf_fini(&scratch);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}
