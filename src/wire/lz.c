/* SPDX-License-Identifier: MIT
 *
 * wire/lz.c - copies and the search for them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/lz.h"

#include "wire/bytes.h"

#define HASH_BITS	14
#define HASHED		6	/* bytes: short matches far away cost more than they save */
#define TABLE_LEN	((size_t)1 << HASH_BITS)
#define SKIP_SHIFT	6	/* after 2^6 fruitless steps they grow: noise is left soon */

int
gw_lz_copy(struct gw_buf *out, size_t start, size_t offset, size_t len)
{
	const uint8_t *from;
	uint8_t *to;
	size_t i;

	if (offset == 0 || offset > out->len - start)
		return GW_EPROTO;
	to = gw_buf_reserve(out, len);
	if (to == NULL)
		return out->err;
	from = to - offset;
	if (offset >= len)
		memcpy(to, from, len);
	else
		for (i = 0; i < len; i++)
			to[i] = from[i];
	out->len += len;
	return 0;
}

uint16_t *
gw_lz_table_new(struct gw_alloc *alloc)
{
	return gw_alloc_zero(alloc, TABLE_LEN, sizeof(uint16_t));
}

void
gw_lz_begin(struct gw_lz *z, struct gw_slice block, size_t first_tail, size_t tail,
    uint16_t *table)
{
	const uint8_t *p = (const uint8_t *)block.ptr;

	memset(table, 0, TABLE_LEN * sizeof(*table));
	*z = (struct gw_lz){ .begin = p, .end = p + block.len, .literals = p, .tail = tail,
	    .table = table };
	/* position 0 is what an empty entry means, so the search begins at 1 */
	if (first_tail < GW_LZ_READ)
		first_tail = GW_LZ_READ;
	z->limit = block.len > first_tail ? z->end - first_tail : p;
	z->at = p + 1;
}

static size_t
hash(const uint8_t *p)
{
	/* the multiplier is 2^64 divided by the golden ratio (Knuth, vol. 3, 6.4) */
	return (size_t)((gw_le64(p) << (64 - 8 * HASHED)) * UINT64_C(0x9e3779b185ebca87) >>
	    (64 - HASH_BITS));
}

static size_t
common(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
	const uint8_t *from = a;

	while (a < end && *a == *b) {
		a++;
		b++;
	}
	return (size_t)(a - from);
}

bool
gw_lz_next(struct gw_lz *z, struct gw_lz_seq *s)
{
	const uint8_t *p, *earlier = z->begin;
	unsigned misses = 1u << SKIP_SHIFT;

	if (z->literals == NULL)
		return false;
	for (p = z->at; p < z->limit; p += misses++ >> SKIP_SHIFT) {
		uint32_t four = gw_le32(p);
		uint16_t *slot = &z->table[hash(p)];

		earlier = z->begin + *slot;
		*slot = (uint16_t)(p - z->begin);
		if (gw_le32(earlier) == four && earlier < p)
			break;
	}
	s->literals.ptr = (const char *)z->literals;
	if (p >= z->limit) {
		s->literals.len = (size_t)(z->end - z->literals);
		s->match_len = s->offset = 0;
		z->literals = NULL;
		return true;
	}
	s->literals.len = (size_t)(p - z->literals);
	s->match_len = 4 + common(p + 4, earlier + 4, z->end - z->tail);
	s->offset = (size_t)(p - earlier);
	z->literals = z->at = p + s->match_len;
	return true;
}
