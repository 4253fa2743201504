/* SPDX-License-Identifier: MIT
 *
 * tests/support/model_stream.h - what test programs without Check read: a stream to its end, and a
 * model file.
 */
#ifndef GW_TESTS_MODEL_STREAM_H
#define GW_TESTS_MODEL_STREAM_H

#include <stdio.h>

#include "ml/model.h"

/* Append all of it. False: it cannot be read, or there is no memory. */
bool		 test_read_stream(FILE *f, struct gw_buf *out);
/* NULL: err says why. */
struct gw_model	*test_model_file(struct gw_alloc *alloc, const char *path, struct gw_err *err);

#endif
