/* SPDX-License-Identifier: MIT
 *
 * wire/scram.c - keys, and the text of messages.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/scram.h"

#include "base/json.h"
#include "base/secret.h"
#include "wire/scram_int.h"

struct gw_slice
gw_scram_attribute(struct gw_slice *rest, char name)
{
	struct gw_slice after, one = gw_slice_cut(*rest, ',', &after);

	if (one.len < 2 || one.ptr[0] != name || one.ptr[1] != '=')
		return (struct gw_slice){ NULL, 0 };
	*rest = after;
	return (struct gw_slice){ one.ptr + 2, one.len - 2 };
}

bool
gw_scram_printable(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == ',')
			return false;
	return s.len > 0;
}

void
gw_scram_put_bytes(struct gw_buf *out, const char *name, const uint8_t *bytes, size_t len)
{
	gw_buf_puts(out, name);
	gw_base64_put(out, (struct gw_slice){ (const char *)bytes, len });
}

int
gw_scram_get_bytes(struct gw_alloc *alloc, struct gw_slice text, uint8_t *out, size_t cap)
{
	struct gw_buf bytes;
	int rc;

	gw_buf_init(&bytes, alloc, GW_SCRAM_MESSAGE_MAX);
	rc = gw_base64_get(text, &bytes);
	if (rc == 0 && bytes.len <= cap) {
		if (bytes.len > 0)
			memcpy(out, bytes.ptr, bytes.len);
		rc = (int)bytes.len;
	} else if (rc != GW_ENOMEM) {
		rc = GW_EPROTO;
	}
	gw_secret_buf_fini(&bytes);
	return rc;
}

void
gw_scram_nonce(const uint8_t random[GW_SCRAM_RANDOM], char out[33])
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < GW_SCRAM_RANDOM / 3; i++) {
		uint32_t v = (uint32_t)random[3 * i] << 16 | (uint32_t)random[3 * i + 1] << 8 |
		    random[3 * i + 2];

		for (size_t j = 0; j < 4; j++)
			out[4 * i + j] = letters[v >> (18 - 6 * j) & 63];
	}
	out[32] = '\0';
}

void
gw_scram_sign(enum gw_hash hash, const uint8_t *key, struct gw_slice text, uint8_t *out)
{
	gw_hmac(hash, (struct gw_slice){ (const char *)key, gw_hash_len(hash) }, text, out);
}

void
gw_scram_salt(
    const struct gw_scram_credential *c, struct gw_slice password, uint8_t salted[GW_HASH_MAX])
{
	struct gw_pbkdf2 how = { .hash = c->hash,
		.password = password,
		.salt = { (const char *)c->salt, c->salt_len },
		.iterations = c->iterations };

	gw_pbkdf2(&how, salted, gw_hash_len(c->hash));
}

void
gw_scram_derive(struct gw_scram_credential *c, struct gw_slice password)
{
	uint8_t salted[GW_HASH_MAX], key[GW_HASH_MAX];

	gw_scram_salt(c, password, salted);
	gw_scram_sign(c->hash, salted, GW_LIT("Client Key"), key);
	gw_hash(c->hash, (struct gw_slice){ (const char *)key, gw_hash_len(c->hash) },
	    c->stored_key);
	gw_scram_sign(c->hash, salted, GW_LIT("Server Key"), c->server_key);
	gw_secret_wipe(salted, sizeof(salted));
	gw_secret_wipe(key, sizeof(key));
}

bool
gw_scram_matches(const struct gw_scram_credential *c, struct gw_slice password)
{
	struct gw_scram_credential own = *c;
	bool same;

	gw_scram_derive(&own, password);
	same = gw_secret_eq(own.stored_key, c->stored_key, gw_hash_len(c->hash));
	gw_secret_wipe(&own, sizeof(own));
	return same;
}
