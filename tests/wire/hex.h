/* SPDX-License-Identifier: MIT
 *
 * tests/wire/hex.h - golden bytes from text files.
 */
#ifndef GW_TEST_HEX_H
#define GW_TEST_HEX_H

#include "base/buf.h"

/* Append the bytes of hexadecimal text with blanks and line ends; anything else fails the test. */
void	hex_put(struct gw_buf *out, struct gw_slice text);
/* A file of hex under tests/data, without its lines that begin with '#'. */
void	hex_file(struct gw_buf *out, const char *path);

#endif
