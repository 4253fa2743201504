/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_producers.c - DescribeProducers (key 61), flexible from version 0.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_describe_producers.h"

static void
describe_producers_request_topic(struct gw_codec *w,
    struct gw_describe_producers_request_topic *p)
{
	gw_string(w, "Name", 0, GW_MAX, &p->name);
	gw_i32s(w, "PartitionIndexes", 0, GW_MAX, &p->partition_indexes, &p->n_partition_indexes);
	gw_tags(w);
}

void
gw_describe_producers_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_producers_request *r = msg;
	struct gw_describe_producers_request_topic *x;

	GW_EACH(w, "Topics", 0, GW_MAX, x, r->topics, r->n_topics)
		describe_producers_request_topic(w, x);
	gw_tags(w);
}

static void
describe_producers_producer_state(struct gw_codec *w,
    struct gw_describe_producers_producer_state *p)
{
	gw_i64(w, "ProducerId", 0, GW_MAX, &p->producer_id, 0);
	gw_i32(w, "ProducerEpoch", 0, GW_MAX, &p->producer_epoch, 0);
	gw_i32(w, "LastSequence", 0, GW_MAX, &p->last_sequence, -1);
	gw_i64(w, "LastTimestamp", 0, GW_MAX, &p->last_timestamp, -1);
	gw_i32(w, "CoordinatorEpoch", 0, GW_MAX, &p->coordinator_epoch, 0);
	gw_i64(w, "CurrentTxnStartOffset", 0, GW_MAX, &p->current_txn_start_offset, -1);
	gw_tags(w);
}

static void
describe_producers_partition(struct gw_codec *w, struct gw_describe_producers_partition *p)
{
	struct gw_describe_producers_producer_state *x;

	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_string(gw_null(w, 0), "ErrorMessage", 0, GW_MAX, &p->error_message);
	GW_EACH(w, "ActiveProducers", 0, GW_MAX, x, p->active_producers, p->n_active_producers)
		describe_producers_producer_state(w, x);
	gw_tags(w);
}

static void
describe_producers_topic(struct gw_codec *w, struct gw_describe_producers_topic *p)
{
	struct gw_describe_producers_partition *x;

	gw_string(w, "Name", 0, GW_MAX, &p->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, x, p->partitions, p->n_partitions)
		describe_producers_partition(w, x);
	gw_tags(w);
}

void
gw_describe_producers_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_producers_response *r = msg;
	struct gw_describe_producers_topic *x;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, x, r->topics, r->n_topics)
		describe_producers_topic(w, x);
	gw_tags(w);
}
