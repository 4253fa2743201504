/* SPDX-License-Identifier: MIT
 *
 * wire/splice.h - bytes that a frame refers to instead of copying them: large record batches. On
 * the wire they stand in the encoded bytes where "at" says. Whoever encodes with splices sees that
 * their bytes stay as they are until they are written.
 */
#ifndef GW_SPLICE_H
#define GW_SPLICE_H

#include "base/alloc.h"

#define GW_SPLICE_MIN	1024	/* what is shorter is copied */

struct gw_splice {
	size_t		at;		/* in the buffer that was encoded into */
	struct gw_slice	bytes;
};

struct gw_splices {
	struct gw_alloc		*alloc;
	struct gw_splice	*v;	/* by rising "at" */
	size_t			 n, cap;
	size_t			 bytes;	/* their sum */
};

#endif
