/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_transactions.h - ListTransactions (key 66): the transactional ids of a coordinator.
 * Versions 0-2, flexible from 0.
 * Source: ListTransactionsRequest.json, ListTransactionsResponse.json (Apache Kafka 4.3.1);
 * KIP-664, KIP-994, KIP-1152.
 */
#ifndef GW_MSG_LIST_TRANSACTIONS_H
#define GW_MSG_LIST_TRANSACTIONS_H

#include "wire/codec.h"

/* ListTransactionsRequest.json. */
struct gw_list_transactions_request {
	struct gw_slice	*state_filters;	/* empty: all */
	size_t		 n_state_filters;
	int64_t		*producer_id_filters;	/* empty: all */
	size_t		 n_producer_id_filters;
	int64_t		 duration_filter;	/* open for longer (ms); -1: all */
	struct gw_slice	 transactional_id_pattern;	/* may be null; a regular expression */
};

/* ListTransactionsResponse.json: TransactionState. */
struct gw_list_transactions_transaction_state {
	struct gw_slice	transactional_id;
	int64_t		producer_id;
	struct gw_slice	transaction_state;
};

/* ListTransactionsResponse.json. */
struct gw_list_transactions_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	int16_t						 error_code;
	struct gw_slice					*unknown_state_filters;
	size_t						 n_unknown_state_filters;
	struct gw_list_transactions_transaction_state	*transaction_states;
	size_t						 n_transaction_states;
};

void	gw_list_transactions_request_visit(struct gw_codec *w, void *msg);
void	gw_list_transactions_response_visit(struct gw_codec *w, void *msg);

#endif
