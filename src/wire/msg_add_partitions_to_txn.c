/* SPDX-License-Identifier: MIT
 *
 * wire/msg_add_partitions_to_txn.c - AddPartitionsToTxn (key 24), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_add_partitions_to_txn.h"

static void
add_partitions_to_txn_topic(struct gw_codec *w, struct gw_add_partitions_to_txn_topic *t)
{
	gw_string(w, "Name", 0, GW_MAX, &t->name);
	gw_i32s(w, "Partitions", 0, GW_MAX, &t->partitions, &t->n_partitions);
	gw_tags(w);
}

static void
add_partitions_to_txn_transaction(struct gw_codec *w,
    struct gw_add_partitions_to_txn_transaction *t)
{
	struct gw_add_partitions_to_txn_topic *p;

	gw_string(w, "TransactionalId", 4, GW_MAX, &t->transactional_id);
	gw_i64(w, "ProducerId", 4, GW_MAX, &t->producer_id, 0);
	gw_i16(w, "ProducerEpoch", 4, GW_MAX, &t->producer_epoch, 0);
	gw_bool(w, "VerifyOnly", 4, GW_MAX, &t->verify_only, false);
	GW_EACH(w, "Topics", 4, GW_MAX, p, t->topics, t->n_topics)
		add_partitions_to_txn_topic(w, p);
	gw_tags(w);
}

void
gw_add_partitions_to_txn_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_add_partitions_to_txn_request *r = msg;
	struct gw_add_partitions_to_txn_transaction *t;
	struct gw_add_partitions_to_txn_topic *p;

	GW_EACH(w, "Transactions", 4, GW_MAX, t, r->transactions, r->n_transactions)
		add_partitions_to_txn_transaction(w, t);
	gw_string(w, "V3AndBelowTransactionalId", 0, 3, &r->v3_and_below_transactional_id);
	gw_i64(w, "V3AndBelowProducerId", 0, 3, &r->v3_and_below_producer_id, 0);
	gw_i16(w, "V3AndBelowProducerEpoch", 0, 3, &r->v3_and_below_producer_epoch, 0);
	GW_EACH(w, "V3AndBelowTopics", 0, 3, p, r->v3_and_below_topics, r->n_v3_and_below_topics)
		add_partitions_to_txn_topic(w, p);
	gw_tags(w);
}

static void
add_partitions_to_txn_partition_result(struct gw_codec *w,
    struct gw_add_partitions_to_txn_partition_result *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "PartitionErrorCode", 0, GW_MAX, &p->partition_error_code, 0);
	gw_tags(w);
}

static void
add_partitions_to_txn_topic_result(struct gw_codec *w,
    struct gw_add_partitions_to_txn_topic_result *t)
{
	struct gw_add_partitions_to_txn_partition_result *p;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	GW_EACH(w, "ResultsByPartition", 0, GW_MAX, p, t->results_by_partition,
	    t->n_results_by_partition)
		add_partitions_to_txn_partition_result(w, p);
	gw_tags(w);
}

static void
add_partitions_to_txn_result(struct gw_codec *w, struct gw_add_partitions_to_txn_result *t)
{
	struct gw_add_partitions_to_txn_topic_result *p;

	gw_string(w, "TransactionalId", 4, GW_MAX, &t->transactional_id);
	GW_EACH(w, "TopicResults", 4, GW_MAX, p, t->topic_results, t->n_topic_results)
		add_partitions_to_txn_topic_result(w, p);
	gw_tags(w);
}

void
gw_add_partitions_to_txn_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_add_partitions_to_txn_response *r = msg;
	struct gw_add_partitions_to_txn_result *t;
	struct gw_add_partitions_to_txn_topic_result *p;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(gw_ign(w), "ErrorCode", 4, GW_MAX, &r->error_code, 0);
	GW_EACH(w, "ResultsByTransaction", 4, GW_MAX, t, r->results_by_transaction,
	    r->n_results_by_transaction)
		add_partitions_to_txn_result(w, t);
	GW_EACH(w, "ResultsByTopicV3AndBelow", 0, 3, p, r->results_by_topic_v3_and_below,
	    r->n_results_by_topic_v3_and_below)
		add_partitions_to_txn_topic_result(w, p);
	gw_tags(w);
}
