/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_list_offsets.h"
#include "wire/msg_offset_for_leader_epoch.h"

enum { LATEST = -1, EARLIEST = -2, MAX_TIMESTAMP = -3, EARLIEST_LOCAL = -4, LATEST_TIERED = -5 };

static int16_t
judge_epoch(const struct gw_broker *b, int32_t epoch)
{
	if (epoch < 0 || epoch == b->leader_epoch)
		return 0;
	return epoch < b->leader_epoch ? GW_K_FENCED_LEADER_EPOCH : GW_K_UNKNOWN_LEADER_EPOCH;
}

/* ---- ListOffsets ---- */

static int32_t
epoch_of(const struct gw_plog *l, int64_t offset)
{
	int32_t epoch = -1;

	for (size_t i = 0; i < l->n_epochs && l->epochs[i].start <= offset; i++)
		epoch = l->epochs[i].epoch;
	return epoch;
}

static int16_t
find_time(struct gw_broker *b, struct gw_plog *l, int64_t ts,
    struct gw_list_offsets_partition_response *out)
{
	int rc = gw_plog_find_time(l, ts, &b->scratch, &out->offset, &out->timestamp);

	if (rc < 0)
		return GW_K_KAFKA_STORAGE_ERROR;
	if (rc > 0) {
		if (out->offset < l->start)
			out->offset = l->start;
		out->leader_epoch = epoch_of(l, out->offset);
	}
	return 0;
}

/* end: what the reader may see ends there, by its isolation level. */
static int16_t
list_in(struct gw_broker *b, struct gw_plog *l, const struct gw_list_offsets_partition *q,
    int64_t end, struct gw_list_offsets_partition_response *out)
{
	int16_t error;

	switch (q->timestamp) {
	case LATEST:
		out->offset = end;
		out->leader_epoch = l->n_epochs == 0 ? -1 : l->epochs[l->n_epochs - 1].epoch;
		return 0;
	case EARLIEST:
	case EARLIEST_LOCAL:
		out->offset = l->start;
		out->leader_epoch = epoch_of(l, l->start);
		return 0;
	case LATEST_TIERED:
		return 0;
	default:
		break;
	}
	if (q->timestamp < 0 && q->timestamp != MAX_TIMESTAMP)
		return GW_K_INVALID_REQUEST;
	error = find_time(b, l,
	    q->timestamp == MAX_TIMESTAMP ? GW_PLOG_MAX_TIMESTAMP : q->timestamp, out);
	if (out->offset >= end)
		out->offset = out->timestamp = out->leader_epoch = -1;
	return error;
}

static int16_t
list_one(struct gw_request *rq, struct gw_plog *l, const struct gw_list_offsets_partition *q,
    bool committed_only, struct gw_list_offsets_partition_response *out)
{
	int16_t error = judge_epoch(rq->b, q->current_leader_epoch);

	if (l == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (error != 0)
		return error;
	return list_in(rq->b, l, q, committed_only ? gw_plog_stable(l) : l->hw, out);
}

int
gw_on_list_offsets(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_list_offsets_request *q = request;
	struct gw_list_offsets_response *r = response;

	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topics; i++) {
		const struct gw_list_offsets_topic *qt = &q->topics[i];
		struct gw_list_offsets_topic_response *rt = &r->topics[r->n_topics++];
		const struct gw_topic *t = gw_topic_by_name(rq->b, qt->name);

		rt->name = qt->name;
		rt->partitions =
		    gw_arena_zero(rq->arena, qt->n_partitions + 1, sizeof(*rt->partitions));
		if (rt->partitions == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; k < qt->n_partitions; k++) {
			struct gw_list_offsets_partition_response *out =
			    &rt->partitions[rt->n_partitions++];

			*out = (struct gw_list_offsets_partition_response){
				.partition_index = qt->partitions[k].partition_index,
				.timestamp = -1,
				.offset = -1,
				.leader_epoch = -1
			};
			out->error_code = list_one(rq, gw_topic_part(t, out->partition_index),
			    &qt->partitions[k], q->isolation_level == 1, out);
			if (rq->version < 4)
				out->leader_epoch = -1;
		}
	}
	return 0;
}

/* ---- OffsetForLeaderEpoch ---- */

static void
epoch_one(struct gw_broker *b, const struct gw_plog *l,
    const struct gw_offset_for_leader_epoch_partition *q,
    struct gw_offset_for_leader_epoch_end_offset *out)
{
	struct gw_epoch_start end;

	*out = (struct gw_offset_for_leader_epoch_end_offset){ .partition = q->partition,
		.leader_epoch = -1,
		.end_offset = -1,
		.error_code = judge_epoch(b, q->current_leader_epoch) };
	if (l == NULL)
		out->error_code = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (out->error_code != 0)
		return;
	end = gw_plog_epoch_end(l, q->leader_epoch);
	out->leader_epoch = end.epoch;
	out->end_offset = end.start;
}

int
gw_on_offset_for_leader_epoch(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_offset_for_leader_epoch_request *q = request;
	struct gw_offset_for_leader_epoch_response *r = response;

	r->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*r->topics));
	if (r->topics == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_topics; i++) {
		const struct gw_offset_for_leader_epoch_topic *qt = &q->topics[i];
		struct gw_offset_for_leader_epoch_topic_result *rt = &r->topics[r->n_topics++];
		const struct gw_topic *t = gw_topic_by_name(rq->b, qt->topic);

		rt->topic = qt->topic;
		rt->partitions =
		    gw_arena_zero(rq->arena, qt->n_partitions + 1, sizeof(*rt->partitions));
		if (rt->partitions == NULL)
			return GW_ENOMEM;
		for (size_t k = 0; k < qt->n_partitions; k++)
			epoch_one(rq->b, gw_topic_part(t, qt->partitions[k].partition),
			    &qt->partitions[k], &rt->partitions[rt->n_partitions++]);
	}
	return 0;
}
