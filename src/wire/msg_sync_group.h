/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sync_group.h - SyncGroup (key 14): hand out the assignments of a classic group.
 * Versions 0-5, flexible from 4.
 * Source: SyncGroupRequest.json, SyncGroupResponse.json (Apache Kafka 4.3.1); KIP-345, KIP-559.
 */
#ifndef GW_MSG_SYNC_GROUP_H
#define GW_MSG_SYNC_GROUP_H

#include "wire/codec.h"

/* SyncGroupRequest.json: SyncGroupRequestAssignment. */
struct gw_sync_group_assignment {
	struct gw_slice	member_id;
	struct gw_slice	assignment;	/* ConsumerProtocolAssignment */
};

/* SyncGroupRequest.json. */
struct gw_sync_group_request {
	struct gw_slice			 group_id;
	int32_t				 generation_id;
	struct gw_slice			 member_id;
	/* v3+; may be null; static membership (KIP-345) */
	struct gw_slice			 group_instance_id;
	struct gw_slice			 protocol_type;	/* v5+; may be null */
	struct gw_slice			 protocol_name;	/* v5+; may be null */
	struct gw_sync_group_assignment	*assignments;	/* only from the leader */
	size_t				 n_assignments;
};

/* SyncGroupResponse.json. */
struct gw_sync_group_response {
	int32_t		throttle_time_ms;	/* v1+; KIP-219: the client holds back */
	int16_t		error_code;
	struct gw_slice	protocol_type;		/* v5+; may be null */
	struct gw_slice	protocol_name;		/* v5+; may be null */
	struct gw_slice	assignment;		/* ConsumerProtocolAssignment; empty: none */
};

void	gw_sync_group_request_visit(struct gw_codec *w, void *msg);
void	gw_sync_group_response_visit(struct gw_codec *w, void *msg);

#endif
