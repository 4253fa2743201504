/* SPDX-License-Identifier: MIT
 *
 * base/hmac.c - HMAC and hashes by name.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/hmac.h"

#include "base/secret.h"

#define BLOCK_MAX 128

size_t
gw_hash_len(enum gw_hash hash)
{
	return hash == GW_HASH_SHA256 ? GW_SHA256_LEN : GW_SHA512_LEN;
}

static void
begin(enum gw_hash hash, union gw_hash_state *s)
{
	if (hash == GW_HASH_SHA256)
		gw_sha256_init(&s->sha256);
	else
		gw_sha512_init(&s->sha512);
}

static void
add(enum gw_hash hash, union gw_hash_state *s, const void *ptr, size_t len)
{
	if (hash == GW_HASH_SHA256)
		gw_sha256_add(&s->sha256, ptr, len);
	else
		gw_sha512_add(&s->sha512, ptr, len);
}

static void
end(enum gw_hash hash, union gw_hash_state *s, uint8_t *out)
{
	if (hash == GW_HASH_SHA256)
		gw_sha256_end(&s->sha256, out);
	else
		gw_sha512_end(&s->sha512, out);
}

void
gw_hash(enum gw_hash hash, struct gw_slice data, uint8_t out[GW_HASH_MAX])
{
	union gw_hash_state s;

	begin(hash, &s);
	add(hash, &s, data.ptr, data.len);
	end(hash, &s, out);
	gw_secret_wipe(&s, sizeof(s));
}

void
gw_hmac_init(struct gw_hmac *h, enum gw_hash hash, struct gw_slice key)
{
	size_t block = hash == GW_HASH_SHA256 ? 64 : 128;
	uint8_t pad[BLOCK_MAX] = { 0 };

	h->hash = hash;
	if (key.len > block)
		gw_hash(hash, key, pad);
	else if (key.len > 0)
		memcpy(pad, key.ptr, key.len);
	for (size_t i = 0; i < block; i++)
		pad[i] ^= 0x36;
	begin(hash, &h->inner);
	add(hash, &h->inner, pad, block);
	for (size_t i = 0; i < block; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	begin(hash, &h->outer);
	add(hash, &h->outer, pad, block);
	gw_secret_wipe(pad, sizeof(pad));
}

void
gw_hmac_add(struct gw_hmac *h, struct gw_slice data)
{
	add(h->hash, &h->inner, data.ptr, data.len);
}

void
gw_hmac_end(struct gw_hmac *h, uint8_t out[GW_HASH_MAX])
{
	end(h->hash, &h->inner, out);
	add(h->hash, &h->outer, out, gw_hash_len(h->hash));
	end(h->hash, &h->outer, out);
	gw_secret_wipe(h, sizeof(*h));
}

void
gw_hmac(enum gw_hash hash, struct gw_slice key, struct gw_slice data, uint8_t out[GW_HASH_MAX])
{
	struct gw_hmac h;

	gw_hmac_init(&h, hash, key);
	gw_hmac_add(&h, data);
	gw_hmac_end(&h, out);
}
