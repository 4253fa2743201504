/* SPDX-License-Identifier: MIT
 *
 * wire/msg_add_partitions_to_txn.h - AddPartitionsToTxn (key 24): add partitions to a transaction.
 * Versions 0-5, flexible from 3.
 * Source: AddPartitionsToTxnRequest.json, AddPartitionsToTxnResponse.json (Apache Kafka 4.3.1);
 * KIP-98, KIP-890.
 */
#ifndef GW_MSG_ADD_PARTITIONS_TO_TXN_H
#define GW_MSG_ADD_PARTITIONS_TO_TXN_H

#include "wire/codec.h"

/* AddPartitionsToTxnRequest.json: AddPartitionsToTxnTopic. */
struct gw_add_partitions_to_txn_topic {
	struct gw_slice	 name;
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* AddPartitionsToTxnRequest.json: AddPartitionsToTxnTransaction. */
struct gw_add_partitions_to_txn_transaction {
	struct gw_slice				 transactional_id;
	int64_t					 producer_id;
	int16_t					 producer_epoch;
	bool					 verify_only;	/* brokers only */
	struct gw_add_partitions_to_txn_topic	*topics;
	size_t					 n_topics;
};

/* AddPartitionsToTxnRequest.json. */
struct gw_add_partitions_to_txn_request {
	/* v4+; batches from brokers; clients send v3 and below */
	struct gw_add_partitions_to_txn_transaction	*transactions;
	size_t						 n_transactions;
	struct gw_slice					 v3_and_below_transactional_id;	/* to v3 */
	int64_t						 v3_and_below_producer_id;	/* to v3 */
	int16_t						 v3_and_below_producer_epoch;	/* to v3 */
	struct gw_add_partitions_to_txn_topic		*v3_and_below_topics;		/* to v3 */
	size_t						 n_v3_and_below_topics;
};

/* AddPartitionsToTxnResponse.json: AddPartitionsToTxnPartitionResult. */
struct gw_add_partitions_to_txn_partition_result {
	int32_t	partition_index;
	int16_t	partition_error_code;
};

/* AddPartitionsToTxnResponse.json: AddPartitionsToTxnTopicResult. */
struct gw_add_partitions_to_txn_topic_result {
	struct gw_slice						 name;
	struct gw_add_partitions_to_txn_partition_result	*results_by_partition;
	size_t							 n_results_by_partition;
};

/* AddPartitionsToTxnResponse.json: AddPartitionsToTxnResult. */
struct gw_add_partitions_to_txn_result {
	struct gw_slice					 transactional_id;
	struct gw_add_partitions_to_txn_topic_result	*topic_results;
	size_t						 n_topic_results;
};

/* AddPartitionsToTxnResponse.json. */
struct gw_add_partitions_to_txn_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	int16_t						 error_code;			/* v4+ */
	struct gw_add_partitions_to_txn_result		*results_by_transaction;	/* v4+ */
	size_t						 n_results_by_transaction;
	struct gw_add_partitions_to_txn_topic_result	*results_by_topic_v3_and_below;	/* to v3 */
	size_t						 n_results_by_topic_v3_and_below;
};

void	gw_add_partitions_to_txn_request_visit(struct gw_codec *w, void *msg);
void	gw_add_partitions_to_txn_response_visit(struct gw_codec *w, void *msg);

#endif
