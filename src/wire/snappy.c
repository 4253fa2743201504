/* SPDX-License-Identifier: MIT
 *
 * wire/snappy.c - Snappy, bare or in the frames of xerial's Java library, which Kafka's own clients
 * write. Both are read; written is the bare form, which all clients read too.
 * Source: snappy/format_description.txt (Google, 2011); SnappyCodec.java, SnappyOutputStream.java.
 *
 * Bare: the length in all as an unsigned varint, then elements. The low two bits of an element's
 * first byte say what it is: 0 literals, 1 a copy of 4-11 bytes with an offset of 11 bits, 2 and 3
 * copies of 1-64 bytes with offsets of 2 and 4 bytes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress_codecs.h"

#include "wire/bytes.h"
#include "wire/lz.h"
#include "wire/varint.h"

static const uint8_t xerial_magic[8] = { 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0 };
#define XERIAL_HEADER	16	/* magic, version, oldest compatible version */

/* ---- reading ---- */

/* A little-endian number of n bytes, or false. */
static bool
read_number(const uint8_t **p, const uint8_t *end, size_t n, size_t *v)
{
	size_t i;

	if (n > (size_t)(end - *p))
		return false;
	*v = 0;
	for (i = 0; i < n; i++)
		*v |= (size_t)(*p)[i] << 8 * i;
	*p += n;
	return true;
}

static int
read_literals(const uint8_t **p, const uint8_t *end, size_t len, struct gw_buf *out)
{
	/* 60 to 63: the length is in the next 1 to 4 bytes */
	if (len >= 60 && !read_number(p, end, len - 59, &len))
		return GW_EPROTO;
	if (len >= (size_t)(end - *p))
		return GW_EPROTO;
	gw_buf_put(out, *p, len + 1);
	*p += len + 1;
	return out->err;
}

static int
read_element(const uint8_t **p, const uint8_t *end, struct gw_buf *out, size_t start)
{
	uint8_t tag = *(*p)++;
	size_t offset;

	switch (tag & 3) {
	case 0:
		return read_literals(p, end, tag >> 2, out);
	case 1:
		if (!read_number(p, end, 1, &offset))
			return GW_EPROTO;
		return gw_lz_copy(out, start, offset | (size_t)(tag >> 5) << 8, 4 + (tag >> 2 & 7));
	default:
		if (!read_number(p, end, (tag & 3) == 2 ? 2 : 4, &offset))
			return GW_EPROTO;
		return gw_lz_copy(out, start, offset, (size_t)(tag >> 2) + 1);
	}
}

static int
read_bare(const uint8_t *p, const uint8_t *end, struct gw_buf *out)
{
	size_t start = out->len, n;
	uint32_t len;
	int rc = 0;

	n = gw_uvarint_get(p, end, &len);
	if (n == 0)
		return GW_EPROTO;
	p += n;
	while (rc == 0 && p < end) {
		rc = read_element(&p, end, out, start);
		if (out->len - start > len)
			return GW_EPROTO;
	}
	return rc != 0 || out->len - start == len ? rc : GW_EPROTO;
}

/* Chunks, each behind its size in 4 bytes. */
static int
read_xerial(const uint8_t *p, const uint8_t *end, struct gw_buf *out)
{
	uint32_t len;
	int rc = 0;

	for (p += XERIAL_HEADER; rc == 0 && p < end; p += len) {
		if (end - p < 4)
			return GW_EPROTO;
		len = gw_be32(p);
		p += 4;
		if (len > (size_t)(end - p))
			return GW_EPROTO;
		rc = read_bare(p, p + len, out);
	}
	return rc;
}

int
gw_snappy_decompress(struct gw_slice in, struct gw_buf *out)
{
	const uint8_t *p = (const uint8_t *)in.ptr, *end = p + in.len;

	if (in.len >= XERIAL_HEADER && memcmp(p, xerial_magic, sizeof(xerial_magic)) == 0)
		return read_xerial(p, end, out);
	return read_bare(p, end, out);
}

/* ---- writing ---- */

static void
put_literals(struct gw_buf *out, struct gw_slice s)
{
	uint8_t head[3];
	size_t n = 1, len = s.len - 1;

	if (s.len == 0)
		return;
	if (len < 60)
		head[0] = (uint8_t)(len << 2);
	else if (len < 256) {
		head[0] = 60 << 2;
		head[n++] = (uint8_t)len;
	} else {
		/* a block is at most 65536 bytes long */
		head[0] = 61 << 2;
		gw_le16_put(head + 1, (uint16_t)len);
		n = 3;
	}
	gw_buf_put(out, head, n);
	gw_buf_put(out, s.ptr, s.len);
}

static void
put_copy(struct gw_buf *out, size_t offset, size_t len)
{
	uint8_t b[3];

	if (len >= 4 && len <= 11 && offset < 2048) {
		b[0] = (uint8_t)(1 | (len - 4) << 2 | offset >> 8 << 5);
		b[1] = (uint8_t)offset;
		gw_buf_put(out, b, 2);
		return;
	}
	b[0] = (uint8_t)(2 | (len - 1) << 2);
	gw_le16_put(b + 1, (uint16_t)offset);
	gw_buf_put(out, b, 3);
}

static void
put_block(struct gw_buf *out, struct gw_slice block, uint16_t *table)
{
	struct gw_lz_seq s;
	struct gw_lz z;

	gw_lz_begin(&z, block, 0, 0, table);
	while (gw_lz_next(&z, &s)) {
		put_literals(out, s.literals);
		for (; s.match_len > 64; s.match_len -= 60)
			put_copy(out, s.offset, 60);	/* 60: what is left is never under 4 */
		if (s.match_len > 0)
			put_copy(out, s.offset, s.match_len);
	}
}

int
gw_snappy_compress(struct gw_slice in, struct gw_buf *out)
{
	uint16_t *table = gw_lz_table_new(out->alloc);
	uint8_t head[GW_VARINT_MAX];
	size_t len;

	if (table == NULL)
		return GW_ENOMEM;
	gw_buf_put(out, head, gw_uvarint_put(head, (uint32_t)in.len));
	for (; in.len > 0; in.ptr += len, in.len -= len) {
		len = in.len < GW_LZ_BLOCK_MAX ? in.len : GW_LZ_BLOCK_MAX;
		put_block(out, (struct gw_slice){ in.ptr, len }, table);
	}
	gw_alloc_free(out->alloc, table);
	return out->err;
}
