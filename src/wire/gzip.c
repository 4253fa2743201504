/* SPDX-License-Identifier: MIT
 *
 * wire/gzip.c - gzip (RFC 1952) by zlib, with our allocator.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress_codecs.h"

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_WINDOW	(15 + 16)	/* the largest window; + 16: gzip's header and trailer */
#define MEM_LEVEL	8		/* zlib's own default */
#define ROOM_MIN	((size_t)4096)
#define ROOM_MAX	((size_t)1 << 20)

static voidpf
zlib_alloc(voidpf opaque, uInt items, uInt size)
{
	return gw_alloc_resize(opaque, NULL, items, size);
}

static void
zlib_free(voidpf opaque, voidpf p)
{
	gw_alloc_free(opaque, p);
}

static void
zlib_begin(z_stream *z, struct gw_slice in, struct gw_alloc *alloc)
{
	*z = (z_stream){ .zalloc = zlib_alloc, .zfree = zlib_free, .opaque = alloc };
	z->next_in = (const Bytef *)in.ptr;
	z->avail_in = (uInt)in.len;
}

int
gw_gzip_compress(int level, struct gw_slice in, struct gw_buf *out)
{
	z_stream z;
	size_t room;
	int rc;

	zlib_begin(&z, in, out->alloc);
	rc = deflateInit2(&z, level == 0 ? Z_DEFAULT_COMPRESSION : level, Z_DEFLATED, GZIP_WINDOW,
	    MEM_LEVEL, Z_DEFAULT_STRATEGY);
	if (rc != Z_OK)
		return rc == Z_MEM_ERROR ? GW_ENOMEM : GW_EINVAL;
	room = deflateBound(&z, in.len);
	if (out->max != 0 && room > out->max - out->len)
		room = out->max - out->len;	/* it may fit all the same */
	if (gw_buf_reserve(out, room) == NULL) {
		(void)deflateEnd(&z);
		return out->err;
	}
	z.next_out = out->ptr + out->len;
	z.avail_out = (uInt)room;
	rc = deflate(&z, Z_FINISH);
	out->len += room - z.avail_out;
	(void)deflateEnd(&z);
	return rc == Z_STREAM_END ? 0 : GW_ELIMIT;
}

/* Room for the next piece: as much as there is already, within bounds. 0 at out->max. */
static size_t
next_room(const struct gw_buf *out, size_t start)
{
	size_t room = out->len - start;

	if (room < ROOM_MIN)
		room = ROOM_MIN;
	if (room > ROOM_MAX)
		room = ROOM_MAX;
	if (out->max != 0 && room > out->max - out->len)
		room = out->max - out->len;
	return room;
}

/* One call of inflate(). With out full, a single byte tells a finished stream from a longer one. */
static int
inflate_some(z_stream *z, struct gw_buf *out, size_t start)
{
	size_t room = next_room(out, start);
	uint8_t beyond;
	int rc;

	if (room > 0 && gw_buf_reserve(out, room) == NULL)
		return Z_MEM_ERROR;
	z->next_out = room > 0 ? out->ptr + out->len : &beyond;
	z->avail_out = room > 0 ? (uInt)room : 1;
	rc = inflate(z, Z_NO_FLUSH);
	if (room == 0 && z->avail_out == 0) {
		out->err = GW_ELIMIT;
		return Z_MEM_ERROR;
	}
	if (room > 0)
		out->len += room - z->avail_out;
	return rc;
}

int
gw_gzip_decompress(struct gw_slice in, struct gw_buf *out)
{
	size_t start = out->len;
	z_stream z;
	int rc;

	zlib_begin(&z, in, out->alloc);
	rc = inflateInit2(&z, GZIP_WINDOW);
	if (rc != Z_OK)
		return GW_ENOMEM;
	do {
		rc = inflate_some(&z, out, start);
		/* RFC 1952 2.2: members may follow each other */
		if (rc == Z_STREAM_END && z.avail_in > 0)
			rc = inflateReset(&z);
		/* all of the input is there: no progress for want of more means it is cut off */
		if (rc == Z_OK && z.avail_in == 0 && z.avail_out > 0)
			rc = Z_DATA_ERROR;
	} while (rc == Z_OK);
	(void)inflateEnd(&z);
	if (rc == Z_STREAM_END)
		return 0;
	if (rc == Z_MEM_ERROR)
		return out->err != 0 ? out->err : GW_ENOMEM;
	return GW_EPROTO;
}
