/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sasl_authenticate.h - SaslAuthenticate (key 36): one step of the SASL exchange.
 * Versions 0-2, flexible from 2.
 * Source: SaslAuthenticateRequest.json, SaslAuthenticateResponse.json (Apache Kafka 4.3.1);
 * KIP-152, KIP-368.
 */
#ifndef GW_MSG_SASL_AUTHENTICATE_H
#define GW_MSG_SASL_AUTHENTICATE_H

#include "wire/codec.h"

/* SaslAuthenticateRequest.json. */
struct gw_sasl_authenticate_request {
	struct gw_slice	auth_bytes;
};

/* SaslAuthenticateResponse.json. */
struct gw_sasl_authenticate_response {
	int16_t		error_code;
	struct gw_slice	error_message;	/* may be null */
	struct gw_slice	auth_bytes;
	/* v1+; 0: until closed; else re-authenticate before (KIP-368) */
	int64_t		session_lifetime_ms;
};

void	gw_sasl_authenticate_request_visit(struct gw_codec *w, void *msg);
void	gw_sasl_authenticate_response_visit(struct gw_codec *w, void *msg);

#endif
