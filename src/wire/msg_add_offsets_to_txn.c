/* SPDX-License-Identifier: MIT
 *
 * wire/msg_add_offsets_to_txn.c - AddOffsetsToTxn (key 25), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_add_offsets_to_txn.h"

void
gw_add_offsets_to_txn_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_add_offsets_to_txn_request *r = msg;

	gw_string(w, "TransactionalId", 0, GW_MAX, &r->transactional_id);
	gw_i64(w, "ProducerId", 0, GW_MAX, &r->producer_id, 0);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &r->producer_epoch, 0);
	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_tags(w);
}

void
gw_add_offsets_to_txn_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_add_offsets_to_txn_response *r = msg;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_tags(w);
}
