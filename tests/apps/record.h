/* SPDX-License-Identifier: MIT
 *
 * tests/apps/record.h - a record as a consumer gets it, made by way of the wire.
 */
#ifndef GW_TEST_APPS_RECORD_H
#define GW_TEST_APPS_RECORD_H

#include <gridwire/gridwire.h>
#include "base/buf.h"

struct test_record {
	struct gw_buf		buf;		/* the batch that r borrows from */
	struct gw_record	r;
};

/* The record with this offset and the time 1700000000123. */
void	test_record_new(struct test_record *t, struct gw_alloc *a, int64_t offset,
	    struct gw_slice key, struct gw_slice value, const struct gw_header *headers,
	    size_t n_headers);
void	test_record_free(struct test_record *t);

#endif
