/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_transactions.h - DescribeTransactions (key 65): what an id is doing.
 * Version 0, flexible from 0.
 * Source: DescribeTransactionsRequest.json, DescribeTransactionsResponse.json (Apache
 * Kafka 4.3.1); KIP-664.
 */
#ifndef GW_MSG_DESCRIBE_TRANSACTIONS_H
#define GW_MSG_DESCRIBE_TRANSACTIONS_H

#include "wire/codec.h"

/* DescribeTransactionsRequest.json. */
struct gw_describe_transactions_request {
	struct gw_slice	*transactional_ids;
	size_t		 n_transactional_ids;
};

/* DescribeTransactionsResponse.json: TopicData. */
struct gw_describe_transactions_topic_data {
	struct gw_slice	 topic;
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* DescribeTransactionsResponse.json: TransactionState. */
struct gw_describe_transactions_transaction_state {
	int16_t						 error_code;
	struct gw_slice					 transactional_id;
	struct gw_slice					 transaction_state;
	int32_t						 transaction_timeout_ms;
	/* -1: none is open */
	int64_t						 transaction_start_time_ms;
	int64_t						 producer_id;
	int16_t						 producer_epoch;
	struct gw_describe_transactions_topic_data	*topics;
	size_t						 n_topics;
};

/* DescribeTransactionsResponse.json. */
struct gw_describe_transactions_response {
	/* KIP-219: the client holds back */
	int32_t							 throttle_time_ms;
	struct gw_describe_transactions_transaction_state	*transaction_states;
	size_t							 n_transaction_states;
};

void	gw_describe_transactions_request_visit(struct gw_codec *w, void *msg);
void	gw_describe_transactions_response_visit(struct gw_codec *w, void *msg);

#endif
