/* SPDX-License-Identifier: MIT
 *
 * base/rng.c - xoshiro256** 1.0 and splitmix64, from their authors' papers.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/rng.h"

#include <assert.h>

void
gw_rng_seed(struct gw_rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		r->s[i] = z ^ z >> 31;
	}
}

static uint64_t
rotate(uint64_t v, int k)
{
	return v << k | v >> (64 - k);
}

uint64_t
gw_rng_u64(struct gw_rng *r)
{
	uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t
gw_rng_below(struct gw_rng *r, uint64_t n)
{
	uint64_t skip, v;

	assert(n > 0);
	skip = -n % n;		/* 2^64 mod n: without the first so many, n divides what is left */
	do
		v = gw_rng_u64(r);
	while (v < skip);
	return v % n;
}

double
gw_rng_unit(struct gw_rng *r)
{
	return (double)(gw_rng_u64(r) >> 11) * 0x1p-53;
}
