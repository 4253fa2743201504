/* SPDX-License-Identifier: MIT
 *
 * base/sha512.h - SHA-512 (FIPS 180-4).
 */
#ifndef GW_SHA512_H
#define GW_SHA512_H

#include <stddef.h>
#include <stdint.h>

#define GW_SHA512_LEN 64

struct gw_sha512 {
	uint64_t	h[8];
	uint64_t	len;		/* bytes; 2^61 of them are enough */
	uint8_t		block[128];
};

void	gw_sha512_init(struct gw_sha512 *s);
void	gw_sha512_add(struct gw_sha512 *s, const void *ptr, size_t len);
void	gw_sha512_end(struct gw_sha512 *s, uint8_t out[GW_SHA512_LEN]);

#endif
