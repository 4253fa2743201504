/* SPDX-License-Identifier: MIT
 *
 * wire/msg_end_txn.h - EndTxn (key 26): commit or abort.
 * Versions 0-5, flexible from 3.
 * Source: EndTxnRequest.json, EndTxnResponse.json (Apache Kafka 4.3.1); KIP-98, KIP-890.
 */
#ifndef GW_MSG_END_TXN_H
#define GW_MSG_END_TXN_H

#include "wire/codec.h"

/* EndTxnRequest.json. */
struct gw_end_txn_request {
	struct gw_slice	transactional_id;
	int64_t		producer_id;
	int16_t		producer_epoch;
	bool		committed;	/* false: abort */
};

/* EndTxnResponse.json. */
struct gw_end_txn_response {
	int32_t	throttle_time_ms;	/* KIP-219: the client holds back */
	int16_t	error_code;
	int64_t	producer_id;		/* v5+, else -1; to use from now on (KIP-890) */
	int16_t	producer_epoch;		/* v5+, else -1 */
};

void	gw_end_txn_request_visit(struct gw_codec *w, void *msg);
void	gw_end_txn_response_visit(struct gw_codec *w, void *msg);

#endif
