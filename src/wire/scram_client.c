/* SPDX-License-Identifier: MIT
 *
 * wire/scram_client.c - the side that logs in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/scram.h"

#include "base/secret.h"
#include "wire/scram_int.h"

void
gw_scram_client_init(
    struct gw_scram_client *s, struct gw_alloc *alloc, enum gw_hash hash, const char *nonce)
{
	*s = (struct gw_scram_client){ .hash = hash };
	gw_buf_init(&s->transcript, alloc, 0);
	memcpy(s->nonce, nonce, strlen(nonce) + 1);
}

void
gw_scram_client_fini(struct gw_scram_client *s)
{
	gw_buf_fini(&s->transcript);
	gw_secret_wipe(s, sizeof(*s));
}

/* '=' and ',' have a meaning in messages. */
static void
put_user(struct gw_buf *out, struct gw_slice user)
{
	for (size_t i = 0; i < user.len; i++) {
		if (user.ptr[i] == '=')
			gw_buf_puts(out, "=3D");
		else if (user.ptr[i] == ',')
			gw_buf_puts(out, "=2C");
		else
			gw_buf_putc(out, user.ptr[i]);
	}
}

int
gw_scram_client_first(struct gw_scram_client *s, struct gw_buf *out)
{
	struct gw_buf *t = &s->transcript;

	gw_buf_puts(t, "n=");
	put_user(t, s->user);
	gw_buf_printf(t, ",r=%s", s->nonce);
	gw_buf_puts(out, "n,,");	/* no channel binding; in nobody else's name */
	gw_buf_put(out, t->ptr, t->len);
	return t->err != 0 ? t->err : out->err;
}

static int
bad(struct gw_err *err, const char *what)
{
	return gw_err_set(err, GW_EPROTO, "SCRAM: the server's message %s", what);
}

static int
refused(struct gw_err *err, struct gw_slice why)
{
	return gw_err_set(err, GW_EAUTH, "the server says \"%.*s\"",
	    why.len < 100 ? (int)why.len : 100, why.ptr);
}

/* r=, s=, i=: the nonce of both sides, and how the password is to be hashed. */
static int
read_first(struct gw_scram_client *s, struct gw_slice text, struct gw_scram_credential *c,
    struct gw_slice *nonce, struct gw_err *err)
{
	struct gw_slice rest = text, salt, count;
	int64_t iterations;
	int n;

	if (text.len > GW_SCRAM_MESSAGE_MAX)
		return bad(err, "is too long");
	salt = gw_scram_attribute(&rest, 'e');
	if (salt.ptr != NULL)
		return refused(err, salt);
	*nonce = gw_scram_attribute(&rest, 'r');
	if (!gw_scram_printable(*nonce) || nonce->len >= GW_SCRAM_NONCE_MAX)
		return bad(err, "has no nonce");
	if (!gw_slice_starts(*nonce, s->nonce) || nonce->len == strlen(s->nonce))
		return bad(err, "does not go on from our nonce");
	salt = gw_scram_attribute(&rest, 's');
	n = salt.ptr == NULL ? GW_EPROTO : gw_scram_get_bytes(s->transcript.alloc, salt, c->salt,
	    sizeof(c->salt));
	if (n == GW_ENOMEM)
		return gw_err_set(err, n, "%s", gw_strerror(n));
	if (n <= 0)
		return bad(err, "has no salt");
	c->salt_len = (size_t)n;
	count = gw_scram_attribute(&rest, 'i');
	if (count.ptr == NULL || gw_slice_i64(count, &iterations) != 0)
		return bad(err, "has no iteration count");
	if (iterations < GW_SCRAM_ITERATIONS_MIN || iterations > GW_SCRAM_ITERATIONS_MAX)
		return gw_err_set(err, GW_ELIMIT,
		    "SCRAM: the server wants %lld iterations; from %d to %d are taken",
		    (long long)iterations, GW_SCRAM_ITERATIONS_MIN, GW_SCRAM_ITERATIONS_MAX);
	c->iterations = (uint32_t)iterations;
	return 0;
}

/* Everything said so far, signed with what only the password gives. */
static void
prove(struct gw_scram_client *s, struct gw_scram_credential *c, uint8_t proof[GW_HASH_MAX])
{
	struct gw_slice all = gw_buf_slice(&s->transcript);
	uint8_t salted[GW_HASH_MAX], key[GW_HASH_MAX];
	size_t len = gw_hash_len(s->hash);

	gw_scram_salt(c, s->password, salted);
	gw_scram_sign(s->hash, salted, GW_LIT("Client Key"), key);
	gw_hash(s->hash, (struct gw_slice){ (const char *)key, len }, c->stored_key);
	gw_scram_sign(s->hash, c->stored_key, all, proof);
	for (size_t i = 0; i < len; i++)
		proof[i] ^= key[i];
	gw_scram_sign(s->hash, salted, GW_LIT("Server Key"), key);
	gw_scram_sign(s->hash, key, all, s->server_signature);
	gw_secret_wipe(salted, sizeof(salted));
	gw_secret_wipe(key, sizeof(key));
}

int
gw_scram_client_final(struct gw_scram_client *s, struct gw_slice server_first, struct gw_buf *out,
    struct gw_err *err)
{
	struct gw_scram_credential c = { .hash = s->hash };
	struct gw_buf *t = &s->transcript;
	uint8_t proof[GW_HASH_MAX];
	struct gw_slice nonce;
	size_t at;
	int rc = read_first(s, server_first, &c, &nonce, err);

	if (rc != 0)
		return rc;
	gw_buf_putc(t, ',');
	gw_buf_put(t, server_first.ptr, server_first.len);
	gw_buf_putc(t, ',');
	at = t->len;
	/* The nonce goes back exactly as it came: brokers from 4.0 on compare it. */
	gw_buf_printf(t, "c=biws,r=%.*s", GW_FMT(nonce));
	if (t->err != 0)
		return gw_err_set(err, t->err, "%s", gw_strerror(t->err));
	prove(s, &c, proof);
	gw_buf_put(out, t->ptr + at, t->len - at);
	gw_scram_put_bytes(out, ",p=", proof, gw_hash_len(s->hash));
	gw_secret_wipe(&c, sizeof(c));
	gw_secret_wipe(proof, sizeof(proof));
	return out->err == 0 ? 0 : gw_err_set(err, out->err, "%s", gw_strerror(out->err));
}

int
gw_scram_client_verify(
    struct gw_scram_client *s, struct gw_slice server_final, struct gw_err *err)
{
	size_t len = gw_hash_len(s->hash);
	struct gw_slice rest = server_final, v;
	uint8_t signature[GW_HASH_MAX];
	int n;

	if (server_final.len > GW_SCRAM_MESSAGE_MAX)
		return bad(err, "is too long");
	v = gw_scram_attribute(&rest, 'e');
	if (v.ptr != NULL)
		return refused(err, v);
	v = gw_scram_attribute(&rest, 'v');
	n = v.ptr == NULL ? GW_EPROTO :
	    gw_scram_get_bytes(s->transcript.alloc, v, signature, sizeof(signature));
	if (n == GW_ENOMEM)
		return gw_err_set(err, n, "%s", gw_strerror(n));
	if (n < 0)
		return bad(err, "has no signature");
	if ((size_t)n != len || !gw_secret_eq(signature, s->server_signature, len))
		return gw_err_set(err, GW_EAUTH,
		    "the server took the login but does not know the password itself: "
		    "is it the right one?");
	return 0;
}
