/* SPDX-License-Identifier: MIT
 *
 * wire/msg_write_txn_markers.c - WriteTxnMarkers (key 27), flexible from version 1.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_write_txn_markers.h"

static void
write_txn_markers_topic(struct gw_codec *w, struct gw_write_txn_markers_topic *p)
{
	gw_string(w, "Name", 0, GW_MAX, &p->name);
	gw_i32s(w, "PartitionIndexes", 0, GW_MAX, &p->partition_indexes, &p->n_partition_indexes);
	gw_tags(w);
}

static void
write_txn_markers_marker(struct gw_codec *w, struct gw_write_txn_markers_marker *p)
{
	struct gw_write_txn_markers_topic *x;

	gw_i64(w, "ProducerId", 0, GW_MAX, &p->producer_id, 0);
	gw_i16(w, "ProducerEpoch", 0, GW_MAX, &p->producer_epoch, 0);
	gw_bool(w, "TransactionResult", 0, GW_MAX, &p->transaction_result, false);
	GW_EACH(w, "Topics", 0, GW_MAX, x, p->topics, p->n_topics)
		write_txn_markers_topic(w, x);
	gw_i32(w, "CoordinatorEpoch", 0, GW_MAX, &p->coordinator_epoch, 0);
	gw_i8(gw_ign(w), "TransactionVersion", 2, GW_MAX, &p->transaction_version, 0);
	gw_tags(w);
}

void
gw_write_txn_markers_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_write_txn_markers_request *r = msg;
	struct gw_write_txn_markers_marker *x;

	GW_EACH(w, "Markers", 0, GW_MAX, x, r->markers, r->n_markers)
		write_txn_markers_marker(w, x);
	gw_tags(w);
}

static void
write_txn_markers_partition_result(struct gw_codec *w,
    struct gw_write_txn_markers_partition_result *p)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &p->partition_index, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_tags(w);
}

static void
write_txn_markers_topic_result(struct gw_codec *w, struct gw_write_txn_markers_topic_result *p)
{
	struct gw_write_txn_markers_partition_result *x;

	gw_string(w, "Name", 0, GW_MAX, &p->name);
	GW_EACH(w, "Partitions", 0, GW_MAX, x, p->partitions, p->n_partitions)
		write_txn_markers_partition_result(w, x);
	gw_tags(w);
}

static void
write_txn_markers_marker_result(struct gw_codec *w, struct gw_write_txn_markers_marker_result *p)
{
	struct gw_write_txn_markers_topic_result *x;

	gw_i64(w, "ProducerId", 0, GW_MAX, &p->producer_id, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, x, p->topics, p->n_topics)
		write_txn_markers_topic_result(w, x);
	gw_tags(w);
}

void
gw_write_txn_markers_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_write_txn_markers_response *r = msg;
	struct gw_write_txn_markers_marker_result *x;

	GW_EACH(w, "Markers", 0, GW_MAX, x, r->markers, r->n_markers)
		write_txn_markers_marker_result(w, x);
	gw_tags(w);
}
