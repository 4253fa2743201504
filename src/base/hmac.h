/* SPDX-License-Identifier: MIT
 *
 * base/hmac.h - a keyed hash (RFC 2104) and a key out of a password (PBKDF2, RFC 8018), over
 * SHA-256 or SHA-512.
 */
#ifndef GW_HMAC_H
#define GW_HMAC_H

#include "base/sha256.h"
#include "base/sha512.h"
#include "base/slice.h"

enum gw_hash { GW_HASH_SHA256, GW_HASH_SHA512 };

#define GW_HASH_MAX	64	/* bytes of the longest */

size_t	gw_hash_len(enum gw_hash hash);		/* bytes */
void	gw_hash(enum gw_hash hash, struct gw_slice data, uint8_t out[GW_HASH_MAX]);

/* As many add() as there are parts. end() wipes the key that is inside. */
union gw_hash_state {
	struct gw_sha256	sha256;
	struct gw_sha512	sha512;
};
struct gw_hmac {
	enum gw_hash		hash;
	union gw_hash_state	inner, outer;
};

void	gw_hmac_init(struct gw_hmac *h, enum gw_hash hash, struct gw_slice key);
void	gw_hmac_add(struct gw_hmac *h, struct gw_slice data);
void	gw_hmac_end(struct gw_hmac *h, uint8_t out[GW_HASH_MAX]);
/* All at once. */
void	gw_hmac(enum gw_hash hash, struct gw_slice key, struct gw_slice data,
	    uint8_t out[GW_HASH_MAX]);

struct gw_pbkdf2 {
	enum gw_hash	hash;
	struct gw_slice	password, salt;
	uint32_t	iterations;	/* >= 1; whoever asks knows how many are too many */
};
void	gw_pbkdf2(const struct gw_pbkdf2 *how, uint8_t *out, size_t len);

#endif
