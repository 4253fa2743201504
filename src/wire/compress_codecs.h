/* SPDX-License-Identifier: MIT
 *
 * wire/compress_codecs.h - the codecs behind compress.h, for compress.c only. Each appends to out;
 * on error out may hold a part, which compress.c takes back.
 *
 * 0, GW_EPROTO (bytes that the format does not allow), GW_EUNSUPPORTED (a part of the format that
 * is not built in), or out's own error.
 */
#ifndef GW_COMPRESS_CODECS_H
#define GW_COMPRESS_CODECS_H

#include "base/buf.h"
#include "base/slice.h"

int	gw_gzip_compress(int level, struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_gzip_decompress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_snappy_compress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_snappy_decompress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_lz4_compress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_lz4_decompress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_zstd_compress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;
int	gw_zstd_decompress(struct gw_slice in, struct gw_buf *out) GW_CHECK_RESULT;

#endif
