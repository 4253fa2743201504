/* SPDX-License-Identifier: MIT
 *
 * tests/apps/record.c - a record by way of the wire.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/record.h"

#include <check.h>

#include "wire/record_batch.h"

void
test_record_new(struct test_record *t, struct gw_alloc *a, int64_t offset, struct gw_slice key,
    struct gw_slice value, const struct gw_header *headers, size_t n_headers)
{
	const struct gw_batch_stamp stamp = {
		.producer_id = -1, .producer_epoch = -1, .base_sequence = -1
	};
	struct gw_batch_writer w;
	struct gw_batch_iter it;
	struct gw_buf scratch;

	gw_buf_init(&t->buf, a, 0);
	gw_buf_init(&scratch, a, 0);
	gw_batch_begin(&w, &t->buf);
	ck_assert_int_eq(gw_batch_append(&w, 1700000000123, key, value, headers, n_headers), 0);
	ck_assert_int_eq(gw_batch_finish(&w, &stamp, &scratch), 0);
	gw_batch_place(t->buf.ptr, offset, 0);
	ck_assert_int_eq(gw_batch_iter_init(&it, gw_buf_slice(&t->buf), &scratch), 0);
	ck_assert_int_eq(gw_batch_iter_next(&it, &t->r), 1);
	gw_buf_fini(&scratch);
}

void
test_record_free(struct test_record *t)
{
	gw_buf_fini(&t->buf);
}
