/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_transactions.c - ListTransactions (key 66), flexible from version 0.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_list_transactions.h"

void
gw_list_transactions_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_transactions_request *r = msg;

	gw_strings(w, "StateFilters", 0, GW_MAX, &r->state_filters, &r->n_state_filters);
	gw_i64s(w, "ProducerIdFilters", 0, GW_MAX, &r->producer_id_filters,
	    &r->n_producer_id_filters);
	gw_i64(w, "DurationFilter", 1, GW_MAX, &r->duration_filter, -1);
	gw_string(gw_null(w, 2), "TransactionalIdPattern", 2, GW_MAX, &r->transactional_id_pattern);
	gw_tags(w);
}

static void
list_transactions_transaction_state(struct gw_codec *w,
    struct gw_list_transactions_transaction_state *p)
{
	gw_string(w, "TransactionalId", 0, GW_MAX, &p->transactional_id);
	gw_i64(w, "ProducerId", 0, GW_MAX, &p->producer_id, 0);
	gw_string(w, "TransactionState", 0, GW_MAX, &p->transaction_state);
	gw_tags(w);
}

void
gw_list_transactions_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_transactions_response *r = msg;
	struct gw_list_transactions_transaction_state *x;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_strings(w, "UnknownStateFilters", 0, GW_MAX, &r->unknown_state_filters,
	    &r->n_unknown_state_filters);
	GW_EACH(w, "TransactionStates", 0, GW_MAX, x, r->transaction_states,
	    r->n_transaction_states)
		list_transactions_transaction_state(w, x);
	gw_tags(w);
}
