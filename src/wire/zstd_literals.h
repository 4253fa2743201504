/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_literals.h - the literals section of a Zstandard block, written.
 */
#ifndef GW_ZSTD_LITERALS_H
#define GW_ZSTD_LITERALS_H

#include "base/buf.h"

/* Append the section: Huffman codes where they are shorter, else the n bytes as they are. */
void	gw_zstd_put_literals(struct gw_buf *out, const uint8_t *p, size_t n);

#endif
