/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sasl_handshake.h - SaslHandshake (key 17): agree on a SASL mechanism.
 * Versions 0-1, never flexible.
 * Source: SaslHandshakeRequest.json, SaslHandshakeResponse.json (Apache Kafka 4.3.1); KIP-43,
 * KIP-152.
 */
#ifndef GW_MSG_SASL_HANDSHAKE_H
#define GW_MSG_SASL_HANDSHAKE_H

#include "wire/codec.h"

/* SaslHandshakeRequest.json. */
struct gw_sasl_handshake_request {
	struct gw_slice	mechanism;
};

/* SaslHandshakeResponse.json. */
struct gw_sasl_handshake_response {
	int16_t		 error_code;
	struct gw_slice	*mechanisms;
	size_t		 n_mechanisms;
};

void	gw_sasl_handshake_request_visit(struct gw_codec *w, void *msg);
void	gw_sasl_handshake_response_visit(struct gw_codec *w, void *msg);

#endif
