/* SPDX-License-Identifier: MIT
 *
 * wire/compress.h - the codecs of record batches: gzip through zlib, the others are our own.
 */
#ifndef GW_COMPRESS_H
#define GW_COMPRESS_H

#include "base/buf.h"
#include "wire/record_batch.h"

/* Append. out->max bounds an inflated size. 0, GW_EPROTO, GW_ELIMIT, GW_ENOMEM, GW_EUNSUPPORTED. */
int	gw_compress(enum gw_compression c, int level, struct gw_slice in, struct gw_buf *out)
	    GW_CHECK_RESULT;
int	gw_decompress(enum gw_compression c, struct gw_slice in, struct gw_buf *out)
	    GW_CHECK_RESULT;
/* The same, by with[c] where that has a function; with may be NULL. */
int	gw_compress_with(const struct gw_compressor *with, enum gw_compression c,
    struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_decompress_with(const struct gw_compressor *with, enum gw_compression c,
	    struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
/* "none", "gzip", ...; NULL for an unknown number. Back: the number or GW_EINVAL. */
const char *gw_compression_name(enum gw_compression c);
int	gw_compression_parse(struct gw_slice name) GW_CHECK_RESULT;

#endif
