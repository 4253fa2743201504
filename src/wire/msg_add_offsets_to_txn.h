/* SPDX-License-Identifier: MIT
 *
 * wire/msg_add_offsets_to_txn.h - AddOffsetsToTxn (key 25): announce that a transaction will
 * commit offsets.
 * Versions 0-4, flexible from 3.
 * Source: AddOffsetsToTxnRequest.json, AddOffsetsToTxnResponse.json (Apache Kafka 4.3.1); KIP-98.
 */
#ifndef GW_MSG_ADD_OFFSETS_TO_TXN_H
#define GW_MSG_ADD_OFFSETS_TO_TXN_H

#include "wire/codec.h"

/* AddOffsetsToTxnRequest.json. */
struct gw_add_offsets_to_txn_request {
	struct gw_slice	transactional_id;
	int64_t		producer_id;
	int16_t		producer_epoch;
	struct gw_slice	group_id;
};

/* AddOffsetsToTxnResponse.json. */
struct gw_add_offsets_to_txn_response {
	int32_t	throttle_time_ms;	/* KIP-219: the client holds back */
	int16_t	error_code;
};

void	gw_add_offsets_to_txn_request_visit(struct gw_codec *w, void *msg);
void	gw_add_offsets_to_txn_response_visit(struct gw_codec *w, void *msg);

#endif
