/* SPDX-License-Identifier: MIT
 *
 * wire/msg_init_producer_id.c - InitProducerId (key 22), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_init_producer_id.h"

void
gw_init_producer_id_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_init_producer_id_request *r = msg;

	gw_string(gw_null_or_empty(w, 0), "TransactionalId", 0, GW_MAX, &r->transactional_id);
	gw_i32(w, "TransactionTimeoutMs", 0, GW_MAX, &r->transaction_timeout_ms, 0);
	gw_i64(w, "ProducerId", 3, GW_MAX, &r->producer_id, -1);
	gw_i16(w, "ProducerEpoch", 3, GW_MAX, &r->producer_epoch, -1);
	gw_bool(w, "Enable2Pc", 6, GW_MAX, &r->enable_2pc, false);
	gw_bool(w, "KeepPreparedTxn", 6, GW_MAX, &r->keep_prepared_txn, false);
	gw_tags(w);
}

void
gw_init_producer_id_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_init_producer_id_response *r = msg;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_i64(w, "ProducerId", 0, GW_MAX, &r->producer_id, -1);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &r->producer_epoch, 0);
	gw_i64(w, "OngoingTxnProducerId", 6, GW_MAX, &r->ongoing_txn_producer_id, -1);
	gw_i16(w, "OngoingTxnProducerEpoch", 6, GW_MAX, &r->ongoing_txn_producer_epoch, -1);
	gw_tags(w);
}
