/* SPDX-License-Identifier: MIT
 *
 * wire/msg_join_group.h - JoinGroup (key 11): enter a classic group.
 * Versions 0-9, flexible from 6.
 * Source: JoinGroupRequest.json, JoinGroupResponse.json (Apache Kafka 4.3.1); KIP-345, KIP-394,
 * KIP-559, KIP-800, KIP-814.
 */
#ifndef GW_MSG_JOIN_GROUP_H
#define GW_MSG_JOIN_GROUP_H

#include "wire/codec.h"

/* JoinGroupRequest.json: JoinGroupRequestProtocol. */
struct gw_join_group_protocol {
	struct gw_slice	name;
	struct gw_slice	metadata;	/* ConsumerProtocolSubscription */
};

/* JoinGroupRequest.json. */
struct gw_join_group_request {
	struct gw_slice			 group_id;
	int32_t				 session_timeout_ms;	/* silent for so long: dead */
	int32_t				 rebalance_timeout_ms;	/* v1+, else -1; to rejoin within */
	/* empty at first; v4+ answers MEMBER_ID_REQUIRED with one */
	struct gw_slice			 member_id;
	/* v5+; may be null; static membership (KIP-345) */
	struct gw_slice			 group_instance_id;
	struct gw_slice			 protocol_type;		/* "consumer" */
	struct gw_join_group_protocol	*protocols;		/* in order of preference */
	size_t				 n_protocols;
	struct gw_slice			 reason;		/* v8+; may be null */
};

/* JoinGroupResponse.json: JoinGroupResponseMember. */
struct gw_join_group_member {
	struct gw_slice	member_id;
	struct gw_slice	group_instance_id;	/* v5+; may be null; static membership (KIP-345) */
	struct gw_slice	metadata;		/* ConsumerProtocolSubscription */
};

/* JoinGroupResponse.json. */
struct gw_join_group_response {
	/* v2+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	int16_t				 error_code;
	int32_t				 generation_id;		/* default -1 */
	struct gw_slice			 protocol_type;		/* v7+; may be null */
	struct gw_slice			 protocol_name;		/* may be null from v7 */
	struct gw_slice			 leader;
	bool				 skip_assignment;	/* v9+; KIP-814 */
	struct gw_slice			 member_id;
	struct gw_join_group_member	*members;		/* only to the leader */
	size_t				 n_members;
};

void	gw_join_group_request_visit(struct gw_codec *w, void *msg);
void	gw_join_group_response_visit(struct gw_codec *w, void *msg);

#endif
