/* SPDX-License-Identifier: MIT
 *
 * wire/msg_end_txn.c - EndTxn (key 26), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_end_txn.h"

void
gw_end_txn_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_end_txn_request *r = msg;

	gw_string(w, "TransactionalId", 0, GW_MAX, &r->transactional_id);
	gw_i64(w, "ProducerId", 0, GW_MAX, &r->producer_id, 0);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &r->producer_epoch, 0);
	gw_bool(w, "Committed", 0, GW_MAX, &r->committed, false);
	gw_tags(w);
}

void
gw_end_txn_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_end_txn_response *r = msg;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_i64(gw_ign(w), "ProducerId", 5, GW_MAX, &r->producer_id, -1);
	gw_i16(gw_ign(w), "ProducerEpoch", 5, GW_MAX, &r->producer_epoch, -1);
	gw_tags(w);
}
