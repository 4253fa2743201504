/* SPDX-License-Identifier: MIT
 *
 * wire/scram.h - SCRAM-SHA-256 and SCRAM-SHA-512: a login in which both sides show that they know a
 * password and neither sends it. Source: RFC 5802, RFC 7677.
 *
 * Messages in, messages out; who carries them is the caller's affair. As in Apache Kafka, user and
 * password are taken as the UTF-8 bytes they are: SASLprep is not applied, control characters are
 * refused (gw_sasl_check() in wire/sasl.h).
 */
#ifndef GW_SCRAM_H
#define GW_SCRAM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hmac.h"

/* fewer are refused: the password would be cheap to guess */
#define GW_SCRAM_ITERATIONS_MIN	4096
#define GW_SCRAM_ITERATIONS_MAX	262144	/* more are refused: they would hold up the loop */
#define GW_SCRAM_SALT_MAX	128
#define GW_SCRAM_RANDOM		24	/* bytes of entropy in a nonce */
#define GW_SCRAM_NONCE_MAX	256
#define GW_SCRAM_MESSAGE_MAX	4096

/* A nonce out of random bytes: letters, digits, '+', '/'; NUL-terminated. */
void	gw_scram_nonce(const uint8_t random[GW_SCRAM_RANDOM], char out[33]);

/* What a server keeps instead of the password. */
struct gw_scram_credential {
	enum gw_hash	hash;
	uint32_t	iterations;
	uint8_t		salt[GW_SCRAM_SALT_MAX];
	size_t		salt_len;
	uint8_t		stored_key[GW_HASH_MAX], server_key[GW_HASH_MAX];
};

/* Fill the keys; hash, iterations and salt are set. */
void	gw_scram_derive(struct gw_scram_credential *c, struct gw_slice password);
/* Whether this is the password. */
bool	gw_scram_matches(const struct gw_scram_credential *c, struct gw_slice password);

/* ---- the side that logs in: first, final, verify, in this order ---- */

struct gw_scram_client {
	enum gw_hash	hash;
	struct gw_slice	user, password;		/* borrowed */
	char		nonce[GW_SCRAM_NONCE_MAX];
	struct gw_buf	transcript;		/* both sides' messages; holds no secret */
	uint8_t		server_signature[GW_HASH_MAX];
};

/* nonce: printable, without commas, shorter than GW_SCRAM_NONCE_MAX. */
void	gw_scram_client_init(struct gw_scram_client *s, struct gw_alloc *alloc, enum gw_hash hash,
	    const char *nonce);
void	gw_scram_client_fini(struct gw_scram_client *s);	/* wipes it */
/* The first message, appended. 0 or GW_ENOMEM. */
int	gw_scram_client_first(struct gw_scram_client *s, struct gw_buf *out) GW_CHECK_RESULT;
/*
 * The answer to the server's first message. GW_EPROTO (err says what of it is wrong), GW_ELIMIT
 * (iterations), GW_EAUTH (it says no), GW_ENOMEM.
 */
int	gw_scram_client_final(struct gw_scram_client *s, struct gw_slice server_first,
	    struct gw_buf *out, struct gw_err *err) GW_CHECK_RESULT;
/* 0: the server knows the password as well. GW_EAUTH: it says no, or does not know it. */
int	gw_scram_client_verify(struct gw_scram_client *s, struct gw_slice server_final,
	    struct gw_err *err) GW_CHECK_RESULT;

/* ---- the side that lets in: begin, challenge, final ---- */

struct gw_scram_server {
	struct gw_scram_credential	credential;
	struct gw_buf			user;		/* as text */
	struct gw_buf			transcript;
	struct gw_buf			binding;	/* what c= must be: the header, in Base64 */
	struct gw_buf			nonce;		/* the client's, then both */
	size_t				nonce_own;	/* bytes of it that are the client's */
};

void	gw_scram_server_init(struct gw_scram_server *s, struct gw_alloc *alloc);
void	gw_scram_server_fini(struct gw_scram_server *s);	/* wipes it */
/* Read the client's first message: sets user. GW_EPROTO, GW_ENOMEM. */
int	gw_scram_server_begin(struct gw_scram_server *s, struct gw_slice client_first,
	    struct gw_err *err) GW_CHECK_RESULT;
/* Answer it. For an unknown user a made-up credential keeps the secret of who exists. */
int	gw_scram_server_challenge(struct gw_scram_server *s, const struct gw_scram_credential *c,
	    const char *nonce, struct gw_buf *out) GW_CHECK_RESULT;
/* 0: it is the user; out has the signature. GW_EAUTH: wrong password. GW_EPROTO, GW_ENOMEM. */
int	gw_scram_server_final(struct gw_scram_server *s, struct gw_slice client_final,
	    struct gw_buf *out, struct gw_err *err) GW_CHECK_RESULT;

#endif
