/* SPDX-License-Identifier: MIT
 *
 * wire/sasl.c - names and single messages.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/sasl.h"

#include "base/slice.h"
#include "base/utf8.h"

static const char *const names[GW_N_SASL] = {
	[GW_SASL_PLAIN] = "PLAIN",
	[GW_SASL_SCRAM_SHA_256] = "SCRAM-SHA-256",
	[GW_SASL_SCRAM_SHA_512] = "SCRAM-SHA-512",
	[GW_SASL_OAUTHBEARER] = "OAUTHBEARER",
};

const char *
gw_sasl_name(enum gw_sasl_mechanism m)
{
	return m < GW_N_SASL ? names[m] : "?";
}

enum gw_sasl_mechanism
gw_sasl_find(struct gw_slice name)
{
	int m = 0;

	while (m < GW_N_SASL && !gw_slice_is(name, names[m]))
		m++;
	return (enum gw_sasl_mechanism)m;
}

enum gw_hash
gw_sasl_hash(enum gw_sasl_mechanism m)
{
	return m == GW_SASL_SCRAM_SHA_512 ? GW_HASH_SHA512 : GW_HASH_SHA256;
}

int
gw_sasl_check(struct gw_slice text, const char *what, struct gw_err *err)
{
	if (text.len == 0)
		return gw_err_set(err, GW_EINVAL, "%s is empty", what);
	if (text.len > GW_SASL_TEXT_MAX)
		return gw_err_set(
		    err, GW_EINVAL, "%s is longer than %d bytes", what, GW_SASL_TEXT_MAX);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return gw_err_set(
			    err, GW_EINVAL, "%s has a control character in it", what);
	if (!gw_utf8_valid(text))
		return gw_err_set(err, GW_EINVAL, "%s is not UTF-8", what);
	return 0;
}

int
gw_sasl_check_token(struct gw_slice token, struct gw_err *err)
{
	if (token.len == 0 || token.len > GW_SASL_TOKEN_MAX)
		return gw_err_set(err, GW_EINVAL, "the token is %s",
		    token.len == 0 ? "empty" : "longer than 64 KiB");
	for (size_t i = 0; i < token.len; i++)
		if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
			return gw_err_set(err, GW_EINVAL,
			    "the token has a character in it that no token has (byte %zu)", i + 1);
	return 0;
}

void
gw_sasl_plain_put(struct gw_buf *out, struct gw_slice user, struct gw_slice password)
{
	if (gw_buf_reserve(out, user.len + password.len + 2) == NULL)
		return;
	gw_buf_putc(out, '\0');		/* in nobody else's name */
	gw_buf_put(out, user.ptr, user.len);
	gw_buf_putc(out, '\0');
	gw_buf_put(out, password.ptr, password.len);
}

int
gw_sasl_plain_get(struct gw_slice msg, struct gw_slice *user, struct gw_slice *password)
{
	struct gw_slice rest, other = gw_slice_cut(msg, '\0', &rest), name, secret;

	if (rest.ptr == NULL)
		return GW_EPROTO;
	name = gw_slice_cut(rest, '\0', &secret);
	if (secret.ptr == NULL || name.len == 0 || secret.len == 0 ||
	    memchr(secret.ptr, '\0', secret.len) != NULL ||
	    (other.len > 0 && !gw_slice_eq(other, name)))
		return GW_EPROTO;
	*user = name;
	*password = secret;
	return 0;
}

void
gw_sasl_token_put(struct gw_buf *out, struct gw_slice token)
{
	if (gw_buf_reserve(out, token.len + 32) == NULL)
		return;
	gw_buf_puts(out, "n,,\1auth=Bearer ");
	gw_buf_put(out, token.ptr, token.len);
	gw_buf_puts(out, "\1\1");
}
