/* SPDX-License-Identifier: MIT
 *
 * wire/compress.c - the table of codecs.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress.h"

#include "base/slice.h"
#include "wire/compress_codecs.h"

static const char *const names[] = { "none", "gzip", "snappy", "lz4", "zstd" };

const char *
gw_compression_name(enum gw_compression c)
{
	return (size_t)c < GW_N(names) ? names[c] : NULL;
}

int
gw_compression_parse(struct gw_slice name)
{
	size_t i;

	for (i = 0; i < GW_N(names); i++)
		if (gw_slice_is(name, names[i]))
			return (int)i;
	return GW_EINVAL;
}

/* What both directions refuse at once. */
static int
check(struct gw_slice in, const struct gw_buf *out)
{
	if (out->err != 0)
		return out->err;
	return in.len > INT32_MAX ? GW_ELIMIT : 0;
}

static int
copy(struct gw_slice in, struct gw_buf *out)
{
	gw_buf_put(out, in.ptr, in.len);
	return out->err;
}

/* Take back what a failed call has appended, and the buffer's error with it. */
static int
settle(struct gw_buf *out, size_t start, int rc)
{
	if (rc == 0)
		return 0;
	out->len = start;
	out->err = 0;
	return rc;
}

static int
compress(enum gw_compression c, int level, struct gw_slice in, struct gw_buf *out)
{
	switch (c) {
	case GW_NONE:
		return copy(in, out);
	case GW_GZIP:
		return gw_gzip_compress(level, in, out);
	case GW_SNAPPY:
		return gw_snappy_compress(in, out);
	case GW_LZ4:
		return gw_lz4_compress(in, out);
	case GW_ZSTD:
		return gw_zstd_compress(in, out);
	}
	return GW_EUNSUPPORTED;
}

int
gw_compress(enum gw_compression c, int level, struct gw_slice in, struct gw_buf *out)
{
	size_t start = out->len;
	int rc = check(in, out);

	return rc != 0 ? rc : settle(out, start, compress(c, level, in, out));
}

static int
decompress(enum gw_compression c, struct gw_slice in, struct gw_buf *out)
{
	switch (c) {
	case GW_NONE:
		return copy(in, out);
	case GW_GZIP:
		return gw_gzip_decompress(in, out);
	case GW_SNAPPY:
		return gw_snappy_decompress(in, out);
	case GW_LZ4:
		return gw_lz4_decompress(in, out);
	case GW_ZSTD:
		return gw_zstd_decompress(in, out);
	}
	return GW_EUNSUPPORTED;
}

int
gw_decompress(enum gw_compression c, struct gw_slice in, struct gw_buf *out)
{
	size_t start = out->len;
	int rc = check(in, out);

	return rc != 0 ? rc : settle(out, start, decompress(c, in, out));
}

/* ---- the application's own ---- */

#define SWELLS	4		/* times, at first */
#define ROOM_MIN 4096

static int
foreign_compress(const struct gw_compressor *k, struct gw_slice in, struct gw_buf *out)
{
	int64_t n;

	if (gw_buf_reserve(out, in.len) == NULL)
		return out->err;
	n = k->compress(k->ctx, in, (char *)out->ptr + out->len, in.len);
	if (n < 0)
		return (int)n;
	if ((uint64_t)n > in.len)
		return GW_ELIMIT;
	out->len += (size_t)n;
	return 0;
}

static int
foreign_decompress(const struct gw_compressor *k, struct gw_slice in, struct gw_buf *out)
{
	int64_t max = out->max == 0 ? INT32_MAX : (int64_t)(out->max - out->len);
	int64_t room = (int64_t)in.len * SWELLS + ROOM_MIN, n;

	for (;;) {
		room = room < max ? room : max;
		if (gw_buf_reserve(out, (size_t)room) == NULL)
			return out->err;
		n = k->decompress(k->ctx, in, (char *)out->ptr + out->len, (size_t)room);
		if (n >= 0 && n <= room)
			break;
		if (n < 0 && n != GW_ELIMIT)
			return (int)n;
		if (room == max)
			return GW_ELIMIT;
		room = n > 0 ? n : room * 2;
	}
	out->len += (size_t)n;
	return 0;
}

int
gw_compress_with(const struct gw_compressor *with, enum gw_compression c, struct gw_slice in,
    struct gw_buf *out)
{
	size_t start = out->len;
	int rc;

	if (with == NULL || with[c].compress == NULL)
		return gw_compress(c, 0, in, out);
	rc = check(in, out);
	return rc != 0 ? rc : settle(out, start, foreign_compress(&with[c], in, out));
}

int
gw_decompress_with(const struct gw_compressor *with, enum gw_compression c, struct gw_slice in,
    struct gw_buf *out)
{
	size_t start = out->len;
	int rc;

	if (with == NULL || with[c].decompress == NULL)
		return gw_decompress(c, in, out);
	rc = check(in, out);
	return rc != 0 ? rc : settle(out, start, foreign_decompress(&with[c], in, out));
}
