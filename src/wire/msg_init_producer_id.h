/* SPDX-License-Identifier: MIT
 *
 * wire/msg_init_producer_id.h - InitProducerId (key 22): the identity of an idempotent producer.
 * Versions 0-6, flexible from 2.
 * v6 (two-phase commit, KIP-939) is known to the visitor; Apache marks it unstable, so gw_apis[]
 * ends at 5.
 * Source: InitProducerIdRequest.json, InitProducerIdResponse.json (Apache Kafka 4.3.1); KIP-98,
 * KIP-360.
 */
#ifndef GW_MSG_INIT_PRODUCER_ID_H
#define GW_MSG_INIT_PRODUCER_ID_H

#include "wire/codec.h"

/* InitProducerIdRequest.json. */
struct gw_init_producer_id_request {
	struct gw_slice	transactional_id;	/* null: idempotent only */
	int32_t		transaction_timeout_ms;
	int64_t		producer_id;		/* v3+, else -1; -1: a new one */
	int16_t		producer_epoch;		/* v3+, else -1 */
	bool		enable_2pc;		/* v6+ */
	bool		keep_prepared_txn;	/* v6+ */
};

/* InitProducerIdResponse.json. */
struct gw_init_producer_id_response {
	int32_t	throttle_time_ms;		/* KIP-219: the client holds back */
	int16_t	error_code;
	int64_t	producer_id;			/* default -1; -1 if refused */
	int16_t	producer_epoch;
	int64_t	ongoing_txn_producer_id;	/* v6+, else -1 */
	int16_t	ongoing_txn_producer_epoch;	/* v6+, else -1 */
};

void	gw_init_producer_id_request_visit(struct gw_codec *w, void *msg);
void	gw_init_producer_id_response_visit(struct gw_codec *w, void *msg);

#endif
