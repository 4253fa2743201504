/* SPDX-License-Identifier: MIT
 *
 * wire/sasl.h - SASL mechanisms by name, and the messages of those that have only one. SCRAM is in
 * scram.h. Source: RFC 4616 (PLAIN), RFC 7628 (OAUTHBEARER).
 */
#ifndef GW_SASL_H
#define GW_SASL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hmac.h"

enum gw_sasl_mechanism {	/* in the order of the names that sasl.mechanism takes */
	GW_SASL_PLAIN, GW_SASL_SCRAM_SHA_256, GW_SASL_SCRAM_SHA_512, GW_SASL_OAUTHBEARER,
	GW_N_SASL
};

#define GW_SASL_TEXT_MAX	1024		/* a user, a password */
#define GW_SASL_TOKEN_MAX	((size_t)64 << 10)

const char	*gw_sasl_name(enum gw_sasl_mechanism m);
/* The mechanism, or GW_N_SASL. */
enum gw_sasl_mechanism	gw_sasl_find(struct gw_slice name);
/* Of the two SCRAMs. */
enum gw_hash	gw_sasl_hash(enum gw_sasl_mechanism m);

/*
 * A user name or password: UTF-8, not empty, no control character. what names it in err, which
 * never shows it. 0 or GW_EINVAL.
 */
int	gw_sasl_check(struct gw_slice text, const char *what, struct gw_err *err) GW_CHECK_RESULT;
/* A token: the characters of RFC 6750. 0 or GW_EINVAL. */
int	gw_sasl_check_token(struct gw_slice token, struct gw_err *err) GW_CHECK_RESULT;

/* Both append; room is reserved before, so that no copy of the secret stays behind. */
void	gw_sasl_plain_put(struct gw_buf *out, struct gw_slice user, struct gw_slice password);
void	gw_sasl_token_put(struct gw_buf *out, struct gw_slice token);
/* Slices of msg. GW_EPROTO: not of that form, or in another user's name. */
int	gw_sasl_plain_get(struct gw_slice msg, struct gw_slice *user, struct gw_slice *password)
	    GW_CHECK_RESULT;

#endif
