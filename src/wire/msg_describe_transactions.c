/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_transactions.c - DescribeTransactions (key 65), flexible from version 0.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_describe_transactions.h"

void
gw_describe_transactions_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_transactions_request *r = msg;

	gw_strings(w, "TransactionalIds", 0, GW_MAX, &r->transactional_ids,
	    &r->n_transactional_ids);
	gw_tags(w);
}

static void
describe_transactions_topic_data(struct gw_codec *w,
    struct gw_describe_transactions_topic_data *p)
{
	gw_string(w, "Topic", 0, GW_MAX, &p->topic);
	gw_i32s(w, "Partitions", 0, GW_MAX, &p->partitions, &p->n_partitions);
	gw_tags(w);
}

static void
describe_transactions_transaction_state(struct gw_codec *w,
    struct gw_describe_transactions_transaction_state *p)
{
	struct gw_describe_transactions_topic_data *x;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_string(w, "TransactionalId", 0, GW_MAX, &p->transactional_id);
	gw_string(w, "TransactionState", 0, GW_MAX, &p->transaction_state);
	gw_i32(w, "TransactionTimeoutMs", 0, GW_MAX, &p->transaction_timeout_ms, 0);
	gw_i64(w, "TransactionStartTimeMs", 0, GW_MAX, &p->transaction_start_time_ms, 0);
	gw_i64(w, "ProducerId", 0, GW_MAX, &p->producer_id, 0);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &p->producer_epoch, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, x, p->topics, p->n_topics)
		describe_transactions_topic_data(w, x);
	gw_tags(w);
}

void
gw_describe_transactions_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_transactions_response *r = msg;
	struct gw_describe_transactions_transaction_state *x;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "TransactionStates", 0, GW_MAX, x, r->transaction_states,
	    r->n_transaction_states)
		describe_transactions_transaction_state(w, x);
	gw_tags(w);
}
