/* SPDX-License-Identifier: MIT
 *
 * base/rng.h - seeded random numbers (xoshiro256**, Blackman and Vigna 2018; seeded by splitmix64).
 * Not for secrets: those come from gw_random_bytes().
 */
#ifndef GW_RNG_H
#define GW_RNG_H

#include <stddef.h>
#include <stdint.h>

struct gw_rng { uint64_t s[4]; };

void		gw_rng_seed(struct gw_rng *r, uint64_t seed);
uint64_t	gw_rng_u64(struct gw_rng *r);
uint64_t	gw_rng_below(struct gw_rng *r, uint64_t n);	/* uniform in [0, n), n > 0 */
double		gw_rng_unit(struct gw_rng *r);			/* [0, 1) with 53 bits */

/* The kernel's entropy. 0 or GW_EIO. */
int		gw_random_bytes(void *out, size_t len);

#endif
