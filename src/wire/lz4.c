/* SPDX-License-Identifier: MIT
 *
 * wire/lz4.c - LZ4: frames of blocks, blocks of sequences.
 * Source: lz4_Frame_format.md 1.6.4 and lz4_Block_format.md (Yann Collet).
 *
 * A sequence is a token (4 bits of literal length, 4 bits of match length - 4; 15 means that bytes
 * follow, each added, up to one that is not 255), literals, and a 16-bit offset; the last sequence
 * of a block ends behind its literals.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress_codecs.h"

#include "wire/bytes.h"
#include "wire/lz.h"
#include "wire/xxhash.h"

#define MAGIC			0x184d2204u
#define MAGIC_SKIP		0x184d2a50u	/* to ...5f: frames for others */
#define FLAG_VERSION		0x40
#define FLAG_VERSION_MASK	0xc0
#define FLAG_INDEPENDENT	0x20
#define FLAG_BLOCK_SUM		0x10
#define FLAG_CONTENT_SIZE	0x08
#define FLAG_CONTENT_SUM	0x04
#define FLAG_RESERVED		0x02
#define FLAG_DICTIONARY		0x01
#define BLOCK_MAX_64K		4
#define BLOCK_PLAIN		0x80000000u
#define OFFSET_MAX		65535u
#define LAST_LITERALS		5	/* a block ends with at least so many */
#define LAST_MATCH		12	/* and no match begins later than this before its end */

struct in {
	const uint8_t	*p, *end;
};

static const uint8_t *
take(struct in *in, size_t n)
{
	const uint8_t *p = in->p;

	if (n > (size_t)(in->end - p))
		return NULL;
	in->p += n;
	return p;
}

/* ---- reading ---- */

static bool
read_length(struct in *in, size_t *len)
{
	uint8_t more;

	if (*len != 15)
		return true;
	do {
		if (in->p == in->end)
			return false;
		more = *in->p++;
		*len += more;
	} while (more == 255);
	return true;
}

/* "window" is where the output that may be copied from begins. */
static int
read_block(struct in block, struct gw_buf *out, size_t window)
{
	const uint8_t *p;
	size_t token, len;
	int rc;

	while (block.p < block.end) {
		token = *block.p++;
		len = token >> 4;
		if (!read_length(&block, &len) || (p = take(&block, len)) == NULL)
			return GW_EPROTO;
		gw_buf_put(out, p, len);
		if (out->err != 0)
			return out->err;
		if (block.p == block.end)
			return 0;
		p = take(&block, 2);
		len = token & 15;
		if (p == NULL || !read_length(&block, &len))
			return GW_EPROTO;
		rc = gw_lz_copy(out, window, gw_le16(p), len + GW_LZ_MATCH_MIN);
		if (rc != 0)
			return rc;
	}
	return GW_EPROTO;	/* the last sequence has no match */
}

struct frame {
	uint8_t		flags;
	size_t		block_max;
	uint64_t	content_size;
};

static int
read_frame_header(struct in *in, struct frame *f)
{
	const uint8_t *from = in->p, *p = take(in, 2);
	size_t rest;

	if (p == NULL || (p[0] & FLAG_VERSION_MASK) != FLAG_VERSION || (p[0] & FLAG_RESERVED) != 0)
		return GW_EPROTO;
	f->flags = p[0];
	if ((p[1] >> 4) < 4 || (p[1] & 0x8f) != 0)
		return GW_EPROTO;
	f->block_max = (size_t)1 << (8 + 2 * (p[1] >> 4));
	if (f->flags & FLAG_DICTIONARY)
		return GW_EUNSUPPORTED;
	rest = f->flags & FLAG_CONTENT_SIZE ? 8 : 0;
	p = take(in, rest);
	if (p == NULL)
		return GW_EPROTO;
	if (rest > 0)
		f->content_size = gw_le64(p);
	p = take(in, 1);
	if (p == NULL || *p != (gw_xxh32(from, (size_t)(p - from), 0) >> 8 & 0xff))
		return GW_EPROTO;
	return 0;
}

/* A block, or 1 at the end mark. */
static int
read_frame_block(struct in *in, const struct frame *f, struct gw_buf *out, size_t start)
{
	const uint8_t *p = take(in, 4), *sum;
	size_t window = f->flags & FLAG_INDEPENDENT ? out->len : start, at = out->len, len;
	bool plain;
	int rc = 0;

	if (p == NULL)
		return GW_EPROTO;
	plain = (gw_le32(p) & BLOCK_PLAIN) != 0;
	len = gw_le32(p) & ~BLOCK_PLAIN;
	if (len == 0)
		return plain ? GW_EPROTO : 1;
	p = take(in, len);
	if (p == NULL || len > f->block_max)
		return GW_EPROTO;
	if (f->flags & FLAG_BLOCK_SUM) {
		sum = take(in, 4);
		if (sum == NULL || gw_le32(sum) != gw_xxh32(p, len, 0))
			return GW_EPROTO;
	}
	if (plain) {
		gw_buf_put(out, p, len);
		rc = out->err;
	} else
		rc = read_block((struct in){ p, p + len }, out, window);
	if (rc == 0 && out->len - at > f->block_max)
		return GW_EPROTO;
	return rc;
}

static int
read_frame(struct in *in, struct gw_buf *out)
{
	struct frame f = { 0 };
	size_t start = out->len, len;
	const uint8_t *p;
	int rc = read_frame_header(in, &f);

	while (rc == 0)
		rc = read_frame_block(in, &f, out, start);
	if (rc < 0)
		return rc;
	len = out->len - start;
	if (f.flags & FLAG_CONTENT_SIZE && f.content_size != len)
		return GW_EPROTO;
	if (f.flags & FLAG_CONTENT_SUM) {
		p = take(in, 4);
		if (p == NULL || (len > 0 && gw_le32(p) != gw_xxh32(out->ptr + start, len, 0)))
			return GW_EPROTO;
	}
	return 0;
}

int
gw_lz4_decompress(struct gw_slice slice, struct gw_buf *out)
{
	struct in in = { (const uint8_t *)slice.ptr, (const uint8_t *)slice.ptr + slice.len };
	const uint8_t *p;
	int rc = 0;

	if (slice.len == 0)
		return GW_EPROTO;
	while (rc == 0 && in.p < in.end) {
		p = take(&in, 4);
		if (p != NULL && gw_le32(p) == MAGIC)
			rc = read_frame(&in, out);
		else if (p != NULL && (gw_le32(p) & ~15u) == MAGIC_SKIP) {
			p = take(&in, 4);
			rc = p == NULL || take(&in, gw_le32(p)) == NULL ? GW_EPROTO : 0;
		} else
			rc = GW_EPROTO;
	}
	return rc;
}

/* ---- writing ---- */

static void
put_length(struct gw_buf *out, size_t len)
{
	if (len < 15)
		return;
	for (len -= 15; len >= 255; len -= 255)
		gw_buf_putc(out, (char)(unsigned char)255);
	gw_buf_putc(out, (char)len);
}

static void
put_sequence(struct gw_buf *out, const struct gw_lz_seq *s)
{
	size_t literals = s->literals.len, match = 0;
	uint8_t offset[2];

	if (s->match_len > 0)
		match = s->match_len - GW_LZ_MATCH_MIN;
	gw_buf_putc(out, (char)((literals < 15 ? literals : 15) << 4 | (match < 15 ? match : 15)));
	put_length(out, literals);
	gw_buf_put(out, s->literals.ptr, literals);
	if (s->match_len == 0)
		return;
	gw_le16_put(offset, (uint16_t)s->offset);
	gw_buf_put(out, offset, sizeof(offset));
	put_length(out, match);
}

/* A block with its size in front; plain where sequences would be longer. */
static void
put_block(struct gw_buf *out, struct gw_slice block, uint16_t *table)
{
	static const uint8_t size[4];
	size_t at = out->len;
	struct gw_lz_seq s;
	struct gw_lz z;

	gw_buf_put(out, size, sizeof(size));
	gw_lz_begin(&z, block, LAST_MATCH, LAST_LITERALS, table);
	while (gw_lz_next(&z, &s))
		put_sequence(out, &s);
	if (out->err != 0)
		return;
	if (out->len - at - 4 < block.len) {
		gw_le32_put(out->ptr + at, (uint32_t)(out->len - at - 4));
		return;
	}
	out->len = at + 4;
	gw_le32_put(out->ptr + at, (uint32_t)block.len | BLOCK_PLAIN);
	gw_buf_put(out, block.ptr, block.len);
}

int
gw_lz4_compress(struct gw_slice in, struct gw_buf *out)
{
	static const uint8_t end_mark[4];
	uint8_t header[7] = { 0x04, 0x22, 0x4d, 0x18, FLAG_VERSION | FLAG_INDEPENDENT,
		BLOCK_MAX_64K << 4 };
	uint16_t *table = gw_lz_table_new(out->alloc);
	size_t len;

	if (table == NULL)
		return GW_ENOMEM;
	header[6] = (uint8_t)(gw_xxh32(header + 4, 2, 0) >> 8);
	gw_buf_put(out, header, sizeof(header));
	for (; in.len > 0; in.ptr += len, in.len -= len) {
		len = in.len < GW_LZ_BLOCK_MAX ? in.len : GW_LZ_BLOCK_MAX;
		put_block(out, (struct gw_slice){ in.ptr, len }, table);
	}
	gw_buf_put(out, end_mark, sizeof(end_mark));
	gw_alloc_free(out->alloc, table);
	return out->err;
}
