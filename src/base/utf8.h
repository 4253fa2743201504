/* SPDX-License-Identifier: MIT
 *
 * base/utf8.h - UTF-8 (RFC 3629), one character at a time.
 */
#ifndef GW_UTF8_H
#define GW_UTF8_H

#include <stdbool.h>

#include "base/slice.h"

/* Bytes of the character that s begins with, 1 to 4; 0 if it begins with none. */
size_t	gw_utf8_len(struct gw_slice s);
bool	gw_utf8_valid(struct gw_slice s);
/* Write the character with this code, which is at most 0x10ffff. Returns its length. */
size_t	gw_utf8_put(uint32_t code, char out[4]);

#endif
