/* SPDX-License-Identifier: MIT
 *
 * base/sha256.c - FIPS 180-4, section 6.2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/sha256.h"

#include <string.h>

static const uint32_t k[64] = {		/* cube roots of the first 64 primes */
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
rotate(uint32_t v, int n)
{
	return v >> n | v << (32 - n);
}

/* The message schedule of one block. */
static void
spread(const uint8_t *block, uint32_t w[64])
{
	for (int i = 0; i < 16; i++, block += 4)
		w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		    (uint32_t)block[2] << 8 | block[3];
	for (int i = 16; i < 64; i++) {
		uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

static void
compress(uint32_t h[8], const uint8_t *block)
{
	uint32_t w[64], v[8];

	spread(block, w);
	memcpy(v, h, sizeof(v));
	for (int i = 0; i < 64; i++) {
		uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t choose = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + choose + k[i] + w[i];
		uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t most = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + s0 + most;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

void
gw_sha256_init(struct gw_sha256 *s)
{
	static const uint32_t start[8] = {	/* square roots of the first 8 primes */
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(s->h, start, sizeof(start));
	s->len = 0;
}

void
gw_sha256_add(struct gw_sha256 *s, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;
	size_t have = s->len % 64, n;

	s->len += len;
	while (len > 0) {
		if (have == 0 && len >= 64) {
			compress(s->h, p);
			n = 64;
		} else {
			n = len < 64 - have ? len : 64 - have;
			memcpy(s->block + have, p, n);
			have += n;
			if (have == 64) {
				compress(s->h, s->block);
				have = 0;
			}
		}
		p += n;
		len -= n;
	}
}

void
gw_sha256_end(struct gw_sha256 *s, uint8_t out[GW_SHA256_LEN])
{
	static const uint8_t pad[64] = { 0x80 };
	uint64_t bits = s->len * 8;
	size_t have = s->len % 64;
	uint8_t length[8];

	gw_sha256_add(s, pad, (have < 56 ? 56 : 120) - have);
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	gw_sha256_add(s, length, sizeof(length));
	for (int i = 0; i < 8; i++) {
		out[4 * i] = (uint8_t)(s->h[i] >> 24);
		out[4 * i + 1] = (uint8_t)(s->h[i] >> 16);
		out[4 * i + 2] = (uint8_t)(s->h[i] >> 8);
		out[4 * i + 3] = (uint8_t)s->h[i];
	}
}

void
gw_sha256_end_hex(struct gw_sha256 *s, char out[65])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[GW_SHA256_LEN];

	gw_sha256_end(s, sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		out[2 * i] = digits[sum[i] >> 4];
		out[2 * i + 1] = digits[sum[i] & 15];
	}
	out[64] = '\0';
}

void
gw_sha256_hex(const void *ptr, size_t len, char out[65])
{
	struct gw_sha256 s;

	gw_sha256_init(&s);
	gw_sha256_add(&s, ptr, len);
	gw_sha256_end_hex(&s, out);
}
