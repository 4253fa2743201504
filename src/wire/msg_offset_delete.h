/* SPDX-License-Identifier: MIT
 *
 * wire/msg_offset_delete.h - OffsetDelete (key 47): forget what a group has committed.
 * Version 0, never flexible.
 * Source: OffsetDeleteRequest.json, OffsetDeleteResponse.json (Apache Kafka 4.3.1); KIP-496.
 */
#ifndef GW_MSG_OFFSET_DELETE_H
#define GW_MSG_OFFSET_DELETE_H

#include "wire/codec.h"

/* OffsetDeleteRequest.json: OffsetDeleteRequestPartition. */
struct gw_offset_delete_request_partition {
	int32_t	partition_index;
};

/* OffsetDeleteRequest.json: OffsetDeleteRequestTopic. */
struct gw_offset_delete_request_topic {
	struct gw_slice					 name;
	struct gw_offset_delete_request_partition	*partitions;
	size_t						 n_partitions;
};

/* OffsetDeleteRequest.json. */
struct gw_offset_delete_request {
	struct gw_slice				 group_id;
	struct gw_offset_delete_request_topic	*topics;
	size_t					 n_topics;
};

/* OffsetDeleteResponse.json: OffsetDeleteResponsePartition. */
struct gw_offset_delete_partition {
	int32_t	partition_index;
	int16_t	error_code;
};

/* OffsetDeleteResponse.json: OffsetDeleteResponseTopic. */
struct gw_offset_delete_topic {
	struct gw_slice				 name;
	struct gw_offset_delete_partition	*partitions;
	size_t					 n_partitions;
};

/* OffsetDeleteResponse.json. */
struct gw_offset_delete_response {
	int16_t				 error_code;	/* of the whole: no such group... */
	/* KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	struct gw_offset_delete_topic	*topics;
	size_t				 n_topics;
};

void	gw_offset_delete_request_visit(struct gw_codec *w, void *msg);
void	gw_offset_delete_response_visit(struct gw_codec *w, void *msg);

#endif
