/* SPDX-License-Identifier: MIT
 *
 * apps/records/unpack.h - kcat's -s: bytes of a key or value as numbers and text.
 *
 * A pack is made of > big endian (as at the beginning), < little endian, b B h H i I q Q integers
 * of 8, 16, 32 and 64 bits (capitals have no sign), c one character, s the rest as text, $ nothing
 * may be left, and blanks, which are printed. (kcat 1.7.1 reads big endian behind < too.)
 */
#ifndef GW_UNPACK_H
#define GW_UNPACK_H

#include "base/buf.h"
#include "base/err.h"

struct gw_unpack {
	const char	*key, *value;	/* NULL: as it is. Borrowed */
};

/* "key=PACK", "value=PACK", or PACK for both. 0, or GW_EINVAL naming what is no pack. */
int	gw_unpack_add(struct gw_unpack *u, const char *text, struct gw_err *err) GW_CHECK_RESULT;

/* 0, or GW_EDATA: too few bytes, or too many. */
int	gw_unpack_put(const char *pack, struct gw_slice bytes, struct gw_buf *out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif
