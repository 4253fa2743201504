/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sasl_handshake.c - SaslHandshake (key 17), never flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_sasl_handshake.h"

void
gw_sasl_handshake_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_sasl_handshake_request *r = msg;

	gw_string(w, "Mechanism", 0, GW_MAX, &r->mechanism);
	gw_tags(w);
}

void
gw_sasl_handshake_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_sasl_handshake_response *r = msg;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_strings(w, "Mechanisms", 0, GW_MAX, &r->mechanisms, &r->n_mechanisms);
	gw_tags(w);
}
