/* SPDX-License-Identifier: MIT
 *
 * wire/zstd_read.c - Zstandard frames, read. No dictionaries.
 * Source: RFC 8878; section numbers below are its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/compress_codecs.h"

#include "wire/bytes.h"
#include "wire/lz.h"
#include "wire/xxhash.h"
#include "wire/zstd_codes.h"
#include "wire/zstd_entropy.h"

#define MAGIC_SKIP	0x184d2a50u	/* to ...5f: frames for others */

struct in {
	const uint8_t	*p, *end;
};

struct decoder {
	struct gw_buf	*out;
	size_t		 start;			/* of the frame's output */
	size_t		 block_end;		/* the block's output may not go beyond */
	uint32_t	 repeats[3];		/* offsets used last (3.1.1.5) */
	struct gw_huf	 huf;			/* of the last block that brought one */
	struct gw_fse	 tables[3];		/* LL, OF, ML, the same */
	bool		 known[3];		/* whether that table was set in this frame */
	const uint8_t	*literals;		/* in the block, or below */
	size_t		 n_literals;
	uint8_t		 room[GW_ZSTD_BLOCK_MAX];
};

enum { LL, OF, ML };

static size_t
left(const struct in *in)
{
	return (size_t)(in->end - in->p);
}

static const uint8_t *
take(struct in *in, size_t n)
{
	const uint8_t *p = in->p;

	if (n > left(in))
		return NULL;
	in->p += n;
	return p;
}

/* n bytes, little-endian, n <= 8. */
static bool
take_number(struct in *in, size_t n, uint64_t *v)
{
	const uint8_t *p = take(in, n);
	size_t i;

	if (p == NULL)
		return false;
	*v = 0;
	for (i = 0; i < n; i++)
		*v |= (uint64_t)p[i] << 8 * i;
	return true;
}

/* ---- literals (3.1.1.3.1) ---- */

/* As they are, or one byte many times. */
static bool
plain_literals(struct decoder *d, struct in *in, bool rle)
{
	unsigned format = in->p[0] >> 2 & 3;
	size_t header = format == 1 ? 2 : format == 3 ? 3 : 1;
	uint64_t h;
	const uint8_t *p;

	if (!take_number(in, header, &h))
		return false;
	d->n_literals = (size_t)(h >> (header == 1 ? 3 : 4));
	if (d->n_literals > GW_ZSTD_BLOCK_MAX)
		return false;
	p = take(in, rle ? 1 : d->n_literals);
	if (p == NULL)
		return false;
	d->literals = rle ? d->room : p;
	if (rle)
		memset(d->room, *p, d->n_literals);
	return true;
}

/* Four streams of a quarter each, behind the sizes of the first three. */
static bool
four_streams(struct decoder *d, struct in data)
{
	size_t quarter = (d->n_literals + 3) / 4, i, n;
	uint64_t size[4];
	uint8_t *to = d->room;

	for (i = 0; i < 3; i++)
		if (!take_number(&data, 2, &size[i]))
			return false;
	if (size[0] + size[1] + size[2] > left(&data) || quarter * 3 > d->n_literals)
		return false;
	size[3] = left(&data) - size[0] - size[1] - size[2];
	for (i = 0; i < 4; i++) {
		n = i < 3 ? quarter : d->n_literals - 3 * quarter;
		if (!gw_huf_decode(&d->huf, data.p, (size_t)size[i], to, n))
			return false;
		data.p += size[i];
		to += n;
	}
	return true;
}

/* Huffman codes, with a table of their own or the last one. */
static bool
packed_literals(struct decoder *d, struct in *in, bool own_table)
{
	unsigned format = in->p[0] >> 2 & 3;
	size_t header = format < 2 ? 3 : format + 2, bits = format < 2 ? 10 : format * 4 + 6, used;
	uint64_t h, mask = ((uint64_t)1 << bits) - 1;
	struct in data;

	if (!take_number(in, header, &h))
		return false;
	d->n_literals = (size_t)(h >> 4 & mask);
	data.p = take(in, (size_t)(h >> (4 + bits) & mask));
	if (data.p == NULL || d->n_literals > GW_ZSTD_BLOCK_MAX)
		return false;
	data.end = in->p;
	d->literals = d->room;
	if (own_table) {
		used = gw_huf_read(&d->huf, data.p, left(&data));
		data.p += used;
		if (used == 0)
			return false;
	}
	if (d->huf.log == 0)
		return false;
	if (format == 0)
		return gw_huf_decode(&d->huf, data.p, left(&data), d->room, d->n_literals);
	return four_streams(d, data);
}

static bool
read_literals(struct decoder *d, struct in *in)
{
	unsigned type;

	if (left(in) == 0)
		return false;
	type = in->p[0] & 3;
	return type < 2 ? plain_literals(d, in, type == 1) : packed_literals(d, in, type == 2);
}

/* ---- sequences (3.1.1.3.2) ---- */

static bool
read_table(struct decoder *d, struct in *in, int which, unsigned mode)
{
	const struct gw_zstd_code *c = &gw_zstd_codes[which];
	struct gw_fse *t = &d->tables[which];
	const uint8_t *p;
	size_t used;

	switch (mode) {
	case 0:
		d->known[which] = true;
		return gw_fse_build(t, c->counts, c->n_counts, c->log);
	case 1:
		p = take(in, 1);
		if (p == NULL || *p > c->symbol_max)
			return false;
		gw_fse_single(t, *p);
		d->known[which] = true;
		return true;
	case 2:
		used = gw_fse_read(t, in->p, left(in), c->log_max, c->symbol_max);
		in->p += used;
		d->known[which] = used > 0;
		return used > 0;
	default:
		return d->known[which];
	}
}

/* The offset that a value stands for: 1 to 3 are those used last (3.1.1.5). 0: malformed. */
static uint32_t
real_offset(struct decoder *d, uint64_t value, size_t literals)
{
	uint32_t *r = d->repeats, offset;
	uint64_t i;

	if (value > 3)
		offset = (uint32_t)(value - 3);
	else {
		i = value - 1 + (literals == 0);
		if (i == 0)
			return r[0];
		offset = i < 3 ? r[i] : r[0] - 1;
		if (i == 1) {
			r[1] = r[0];
			r[0] = offset;
			return offset;
		}
	}
	r[2] = r[1];
	r[1] = r[0];
	r[0] = offset;
	return offset;
}

static int
put_literals(struct decoder *d, size_t n)
{
	if (n > d->n_literals || n > d->block_end - d->out->len)
		return GW_EPROTO;
	gw_buf_put(d->out, d->literals, n);
	d->literals += n;
	d->n_literals -= n;
	return d->out->err;
}

/* The code's base and as many more bits as it says. */
static uint64_t
read_value(struct gw_bits *b, int which, uint8_t symbol)
{
	const struct gw_zstd_code *c = &gw_zstd_codes[which];

	return c->base[symbol] + gw_bits_read(b, c->extra[symbol]);
}

static int
run_sequences(struct decoder *d, struct gw_bits *b, size_t n)
{
	const struct gw_fse *t = d->tables;
	const struct gw_fse_state *s[3];
	size_t i, literals, match;
	uint64_t offset;
	int rc = 0, k;

	for (k = 0; k < 3; k++)
		s[k] = &t[k].states[gw_bits_read(b, t[k].log)];
	for (i = 0; i < n && rc == 0; i++) {
		if (s[OF]->symbol > 31)
			return GW_EPROTO;
		offset = ((uint64_t)1 << s[OF]->symbol) + gw_bits_read(b, s[OF]->symbol);
		match = (size_t)read_value(b, ML, s[ML]->symbol);
		literals = (size_t)read_value(b, LL, s[LL]->symbol);
		if (b->left < 0)
			return GW_EPROTO;
		rc = put_literals(d, literals);
		if (match > d->block_end - d->out->len)
			return GW_EPROTO;
		if (rc == 0)
			rc = gw_lz_copy(d->out, d->start, real_offset(d, offset, literals), match);
		if (i + 1 == n)
			break;
		s[LL] = &t[LL].states[s[LL]->base + gw_bits_read(b, s[LL]->n_bits)];
		s[ML] = &t[ML].states[s[ML]->base + gw_bits_read(b, s[ML]->n_bits)];
		s[OF] = &t[OF].states[s[OF]->base + gw_bits_read(b, s[OF]->n_bits)];
	}
	return rc != 0 ? rc : b->left == 0 ? 0 : GW_EPROTO;
}

/* 0 to 0x17eff, in one to three bytes. */
static bool
read_count(struct in *in, size_t *n)
{
	const uint8_t *p = take(in, 1), *more;

	if (p == NULL)
		return false;
	*n = p[0];
	if (p[0] < 128)
		return true;
	more = take(in, p[0] < 255 ? 1 : 2);
	if (more == NULL)
		return false;
	*n = p[0] < 255 ? (size_t)(p[0] - 128) << 8 | more[0] : (size_t)gw_le16(more) + 0x7f00;
	return true;
}

static int
read_compressed(struct decoder *d, struct in in)
{
	const uint8_t *modes;
	struct gw_bits bits;
	size_t n;
	int rc;

	if (!read_literals(d, &in) || !read_count(&in, &n))
		return GW_EPROTO;
	if (n == 0)
		return left(&in) == 0 ? put_literals(d, d->n_literals) : GW_EPROTO;
	modes = take(&in, 1);
	if (modes == NULL || (*modes & 3) != 0 || !read_table(d, &in, LL, *modes >> 6) ||
	    !read_table(d, &in, OF, *modes >> 4 & 3) || !read_table(d, &in, ML, *modes >> 2 & 3))
		return GW_EPROTO;
	if (!gw_bits_init(&bits, in.p, left(&in)))
		return GW_EPROTO;
	rc = run_sequences(d, &bits, n);
	return rc == 0 ? put_literals(d, d->n_literals) : rc;
}

/* ---- frames (3.1.1) ---- */

static int
read_block(struct decoder *d, struct in *in, bool *last)
{
	const uint8_t *p;
	uint8_t *room;
	size_t size;
	uint64_t h;

	if (!take_number(in, 3, &h))
		return GW_EPROTO;
	*last = h & 1;
	size = (size_t)(h >> 3);
	if (size > GW_ZSTD_BLOCK_MAX)
		return GW_EPROTO;
	p = take(in, (h >> 1 & 3) == 1 ? 1 : size);
	if (p == NULL)
		return GW_EPROTO;
	d->block_end = d->out->len + GW_ZSTD_BLOCK_MAX;
	switch (h >> 1 & 3) {
	case 0:
		gw_buf_put(d->out, p, size);
		return d->out->err;
	case 1:
		room = gw_buf_reserve(d->out, size);
		if (room == NULL)
			return d->out->err;
		memset(room, *p, size);
		d->out->len += size;
		return 0;
	case 2:
		return read_compressed(d, (struct in){ p, p + size });
	default:
		return GW_EPROTO;
	}
}

struct header {
	bool		has_size, has_checksum;
	uint64_t	size;
};

static int
read_header(struct in *in, struct header *h)
{
	static const uint8_t id_len[] = { 0, 1, 2, 4 };
	const uint8_t *p = take(in, 1);
	size_t size_len;
	bool single;
	uint64_t id;

	if (p == NULL || (*p & 8) != 0)
		return GW_EPROTO;
	single = (*p & 0x20) != 0;
	size_len = *p >> 6 == 0 ? single : (size_t)1 << (*p >> 6);
	h->has_checksum = (*p & 4) != 0;
	h->has_size = size_len > 0;
	/* the window's size: all of the output is there to be copied from in any case */
	if (!single && take(in, 1) == NULL)
		return GW_EPROTO;
	if (!take_number(in, id_len[*p & 3], &id) || !take_number(in, size_len, &h->size))
		return GW_EPROTO;
	if (size_len == 2)
		h->size += 256;
	return id == 0 ? 0 : GW_EUNSUPPORTED;
}

static int
read_frame(struct decoder *d, struct in *in)
{
	const uint8_t *content, *sum;
	struct header h = { 0 };
	bool last = false;
	size_t len;
	int rc = read_header(in, &h);

	d->start = d->out->len;
	d->repeats[0] = 1;
	d->repeats[1] = 4;
	d->repeats[2] = 8;
	d->huf.log = 0;
	memset(d->known, 0, sizeof(d->known));
	while (rc == 0 && !last)
		rc = read_block(d, in, &last);
	if (rc != 0)
		return rc;
	len = d->out->len - d->start;
	content = len == 0 ? (const uint8_t *)"" : d->out->ptr + d->start;
	if (h.has_size && h.size != len)
		return GW_EPROTO;
	if (h.has_checksum) {
		sum = take(in, 4);
		if (sum == NULL || gw_le32(sum) != (uint32_t)gw_xxh64(content, len, 0))
			return GW_EPROTO;
	}
	return 0;
}

int
gw_zstd_decompress(struct gw_slice slice, struct gw_buf *out)
{
	struct in in = { (const uint8_t *)slice.ptr, (const uint8_t *)slice.ptr + slice.len };
	struct decoder *d;
	uint64_t magic, skip;
	int rc = 0;

	if (slice.len == 0)
		return GW_EPROTO;
	d = gw_alloc_bytes(out->alloc, sizeof(*d));
	if (d == NULL)
		return GW_ENOMEM;
	d->out = out;
	while (rc == 0 && left(&in) > 0) {
		if (!take_number(&in, 4, &magic))
			rc = GW_EPROTO;
		else if (magic == GW_ZSTD_MAGIC)
			rc = read_frame(d, &in);
		else if ((magic & ~UINT64_C(15)) != MAGIC_SKIP || !take_number(&in, 4, &skip) ||
		    take(&in, (size_t)skip) == NULL)
			rc = GW_EPROTO;
	}
	gw_alloc_free(out->alloc, d);
	return rc;
}
