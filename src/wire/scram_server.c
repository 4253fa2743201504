/* SPDX-License-Identifier: MIT
 *
 * wire/scram_server.c - the side that lets in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/scram.h"

#include "base/json.h"
#include "base/secret.h"
#include "wire/scram_int.h"

void
gw_scram_server_init(struct gw_scram_server *s, struct gw_alloc *alloc)
{
	memset(s, 0, sizeof(*s));
	gw_buf_init(&s->binding, alloc, 0);
	gw_buf_init(&s->user, alloc, 0);
	gw_buf_init(&s->transcript, alloc, 0);
	gw_buf_init(&s->nonce, alloc, 0);
}

void
gw_scram_server_fini(struct gw_scram_server *s)
{
	gw_buf_fini(&s->binding);
	gw_buf_fini(&s->user);
	gw_buf_fini(&s->transcript);
	gw_buf_fini(&s->nonce);
	gw_secret_wipe(&s->credential, sizeof(s->credential));
}

static int
bad(struct gw_err *err, const char *what)
{
	return gw_err_set(err, GW_EPROTO, "SCRAM: the client's message %s", what);
}

/* =2C and =3D back to what they stand for; another '=' is an error. */
static int
read_user(struct gw_buf *out, struct gw_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct gw_slice left = { text.ptr + i, text.len - i };

		if (text.ptr[i] != '=') {
			gw_buf_putc(out, text.ptr[i]);
			continue;
		}
		if (!gw_slice_starts(left, "=2C") && !gw_slice_starts(left, "=3D"))
			return GW_EPROTO;
		gw_buf_putc(out, left.ptr[1] == '2' ? ',' : '=');
		i += 2;
	}
	return out->err != 0 ? out->err : out->len > 0 ? 0 : GW_EPROTO;
}

/* The header, "n,," or "y,,"; a name behind "a=" must be the user's own. */
static int
read_header(struct gw_scram_server *s, struct gw_slice *rest, struct gw_slice *other)
{
	const char *at = rest->ptr;
	struct gw_slice flag = gw_slice_cut(*rest, ',', rest);
	struct gw_slice name = gw_slice_cut(*rest, ',', rest);

	if (rest->ptr == NULL || (!gw_slice_is(flag, "n") && !gw_slice_is(flag, "y")))
		return GW_EPROTO;
	gw_base64_put(&s->binding, (struct gw_slice){ at, (size_t)(rest->ptr - at) });
	*other = name;
	return name.len == 0 || gw_slice_starts(name, "a=") ? 0 : GW_EPROTO;
}

int
gw_scram_server_begin(
    struct gw_scram_server *s, struct gw_slice client_first, struct gw_err *err)
{
	struct gw_slice rest = client_first, other, user, nonce;
	int rc;

	if (client_first.len > GW_SCRAM_MESSAGE_MAX)
		return bad(err, "is too long");
	if (read_header(s, &rest, &other) != 0)
		return bad(err, "asks for channel binding, or is none");
	gw_buf_put(&s->transcript, rest.ptr, rest.len);
	user = gw_scram_attribute(&rest, 'n');
	rc = user.ptr == NULL ? GW_EPROTO : read_user(&s->user, user);
	if (rc == GW_EPROTO)
		return bad(err, "names no user");
	if (other.len > 0 &&
	    !gw_slice_eq((struct gw_slice){ other.ptr + 2, other.len - 2 }, user))
		return bad(err, "wants to act for another user");
	nonce = gw_scram_attribute(&rest, 'r');
	if (!gw_scram_printable(nonce) || nonce.len >= GW_SCRAM_NONCE_MAX / 2)
		return bad(err, "has no nonce");
	gw_buf_put(&s->nonce, nonce.ptr, nonce.len);
	if (rc == 0)
		rc = s->transcript.err != 0 ? s->transcript.err :
		    s->nonce.err != 0 ? s->nonce.err : s->binding.err;
	return rc == 0 ? 0 : gw_err_set(err, rc, "%s", gw_strerror(rc));
}

int
gw_scram_server_challenge(struct gw_scram_server *s, const struct gw_scram_credential *c,
    const char *nonce, struct gw_buf *out)
{
	size_t at = out->len;

	s->credential = *c;
	s->nonce_own = s->nonce.len;
	gw_buf_puts(&s->nonce, nonce);
	gw_buf_printf(out, "r=%.*s", GW_FMT(gw_buf_slice(&s->nonce)));
	gw_scram_put_bytes(out, ",s=", c->salt, c->salt_len);
	gw_buf_printf(out, ",i=%u", (unsigned)c->iterations);
	if (out->err != 0 || s->nonce.err != 0)
		return GW_ENOMEM;
	gw_buf_putc(&s->transcript, ',');
	gw_buf_put(&s->transcript, out->ptr + at, out->len - at);
	return s->transcript.err;
}

/* The client's key, out of its proof, must be the one whose hash is kept. */
static bool
proof_holds(const struct gw_scram_server *s, const uint8_t *proof)
{
	const struct gw_scram_credential *c = &s->credential;
	size_t len = gw_hash_len(c->hash);
	uint8_t key[GW_HASH_MAX], stored[GW_HASH_MAX];

	gw_scram_sign(c->hash, c->stored_key, gw_buf_slice(&s->transcript), key);
	for (size_t i = 0; i < len; i++)
		key[i] ^= proof[i];
	gw_hash(c->hash, (struct gw_slice){ (const char *)key, len }, stored);
	gw_secret_wipe(key, sizeof(key));
	return gw_secret_eq(stored, c->stored_key, len);
}

/* librdkafka before 2.6.1 puts its own nonce before that of both. The proof covers it anyway. */
static bool
is_our_nonce(const struct gw_scram_server *s, struct gw_slice r)
{
	struct gw_slice both = gw_buf_slice(&s->nonce), own = { both.ptr, s->nonce_own };

	if (r.len == both.len + own.len && gw_slice_eq((struct gw_slice){ r.ptr, own.len }, own))
		r = (struct gw_slice){ r.ptr + own.len, both.len };
	return gw_slice_eq(r, both);
}

/* c= must say what the first message began with, r= be the nonce of both. */
static int
read_final(struct gw_scram_server *s, struct gw_slice text, struct gw_slice *proof,
    struct gw_err *err)
{
	struct gw_slice rest = text, c = gw_scram_attribute(&rest, 'c'), r;

	if (text.len > GW_SCRAM_MESSAGE_MAX)
		return bad(err, "is too long");
	if (c.ptr == NULL || !gw_slice_eq(c, gw_buf_slice(&s->binding)))
		return bad(err, "has another channel binding than before");
	r = gw_scram_attribute(&rest, 'r');
	if (r.ptr == NULL || !is_our_nonce(s, r))
		return bad(err, "has another nonce");
	*proof = gw_scram_attribute(&rest, 'p');
	if (proof->ptr == NULL || rest.ptr != NULL)
		return bad(err, "has no proof");
	gw_buf_putc(&s->transcript, ',');
	gw_buf_put(&s->transcript, text.ptr, text.len - proof->len - 3);
	return s->transcript.err;
}

int
gw_scram_server_final(struct gw_scram_server *s, struct gw_slice client_final, struct gw_buf *out,
    struct gw_err *err)
{
	const struct gw_scram_credential *c = &s->credential;
	uint8_t proof[GW_HASH_MAX], signature[GW_HASH_MAX];
	struct gw_slice text;
	int n = read_final(s, client_final, &text, err);

	if (n != 0)
		return n;
	n = gw_scram_get_bytes(s->transcript.alloc, text, proof, sizeof(proof));
	if (n == GW_ENOMEM)
		return n;
	if (n < 0 || (size_t)n != gw_hash_len(c->hash))
		return bad(err, "has no proof");
	if (!proof_holds(s, proof))
		return gw_err_set(err, GW_EAUTH, "wrong user or password");
	gw_scram_sign(c->hash, c->server_key, gw_buf_slice(&s->transcript), signature);
	gw_scram_put_bytes(out, "v=", signature, gw_hash_len(c->hash));
	return out->err;
}
