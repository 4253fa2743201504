/* SPDX-License-Identifier: MIT
 *
 * base/sha256.h - SHA-256 (FIPS 180-4).
 */
#ifndef GW_SHA256_H
#define GW_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define GW_SHA256_LEN 32

struct gw_sha256 {
	uint32_t	h[8];
	uint64_t	len;
	uint8_t		block[64];
};

void	gw_sha256_init(struct gw_sha256 *s);
void	gw_sha256_add(struct gw_sha256 *s, const void *ptr, size_t len);
void	gw_sha256_end(struct gw_sha256 *s, uint8_t out[GW_SHA256_LEN]);
void	gw_sha256_end_hex(struct gw_sha256 *s, char out[65]);	/* NUL-terminated */
void	gw_sha256_hex(const void *ptr, size_t len, char out[65]);	/* all at once */

#endif
