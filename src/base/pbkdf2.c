/* SPDX-License-Identifier: MIT
 *
 * base/pbkdf2.c - RFC 8018, section 5.2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/hmac.h"

#include "base/secret.h"

/* keyed: the password is hashed once, and every round begins from a copy. */
static void
one_block(const struct gw_pbkdf2 *how, const struct gw_hmac *keyed, uint32_t index, uint8_t *sum)
{
	size_t len = gw_hash_len(how->hash);
	uint8_t u[GW_HASH_MAX];
	char number[4];
	struct gw_hmac h = *keyed;

	for (int i = 0; i < 4; i++)
		number[i] = (char)(index >> (24 - 8 * i));
	gw_hmac_add(&h, how->salt);
	gw_hmac_add(&h, (struct gw_slice){ number, sizeof(number) });
	gw_hmac_end(&h, u);
	memcpy(sum, u, len);
	for (uint32_t round = 1; round < how->iterations; round++) {
		h = *keyed;
		gw_hmac_add(&h, (struct gw_slice){ (const char *)u, len });
		gw_hmac_end(&h, u);
		for (size_t i = 0; i < len; i++)
			sum[i] ^= u[i];
	}
	gw_secret_wipe(u, sizeof(u));
}

void
gw_pbkdf2(const struct gw_pbkdf2 *how, uint8_t *out, size_t len)
{
	size_t block = gw_hash_len(how->hash), n;
	uint8_t sum[GW_HASH_MAX];
	struct gw_hmac keyed;

	gw_hmac_init(&keyed, how->hash, how->password);
	for (uint32_t index = 1; len > 0; index++, out += n, len -= n) {
		one_block(how, &keyed, index, sum);
		n = len < block ? len : block;
		memcpy(out, sum, n);
	}
	gw_secret_wipe(&keyed, sizeof(keyed));
	gw_secret_wipe(sum, sizeof(sum));
}
