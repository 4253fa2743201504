/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sasl_authenticate.c - SaslAuthenticate (key 36), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_sasl_authenticate.h"

void
gw_sasl_authenticate_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_sasl_authenticate_request *r = msg;

	gw_bytes(w, "AuthBytes", 0, GW_MAX, &r->auth_bytes);
	gw_tags(w);
}

void
gw_sasl_authenticate_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_sasl_authenticate_response *r = msg;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_string(gw_null_or_empty(w, 0), "ErrorMessage", 0, GW_MAX, &r->error_message);
	gw_bytes(w, "AuthBytes", 0, GW_MAX, &r->auth_bytes);
	gw_i64(gw_ign(w), "SessionLifetimeMs", 1, GW_MAX, &r->session_lifetime_ms, 0);
	gw_tags(w);
}
