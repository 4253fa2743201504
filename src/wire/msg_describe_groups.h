/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_groups.h - DescribeGroups (key 15): classic groups in detail.
 * Versions 0-6, flexible from 5.
 * Source: DescribeGroupsRequest.json, DescribeGroupsResponse.json (Apache Kafka 4.3.1); KIP-345,
 * KIP-430, KIP-1043.
 */
#ifndef GW_MSG_DESCRIBE_GROUPS_H
#define GW_MSG_DESCRIBE_GROUPS_H

#include "wire/codec.h"

/* DescribeGroupsRequest.json. */
struct gw_describe_groups_request {
	struct gw_slice	*groups;
	size_t		 n_groups;
	bool		 include_authorized_operations;	/* v3+ */
};

/* DescribeGroupsResponse.json: DescribedGroupMember. */
struct gw_describe_groups_member {
	struct gw_slice	member_id;
	struct gw_slice	group_instance_id;	/* v4+; may be null; static membership (KIP-345) */
	struct gw_slice	client_id;
	struct gw_slice	client_host;
	struct gw_slice	member_metadata;
	struct gw_slice	member_assignment;
};

/* DescribeGroupsResponse.json: DescribedGroup. */
struct gw_describe_groups_group {
	int16_t					 error_code;
	struct gw_slice				 error_message;	/* v6+; may be null */
	struct gw_slice				 group_id;
	struct gw_slice				 group_state;	/* "Stable", "Empty", "Dead", ... */
	struct gw_slice				 protocol_type;
	struct gw_slice				 protocol_data;	/* the assignor chosen */
	struct gw_describe_groups_member	*members;
	size_t					 n_members;
	/* v3+, else INT32_MIN; bit set (KIP-430) */
	int32_t					 authorized_operations;
};

/* DescribeGroupsResponse.json. */
struct gw_describe_groups_response {
	/* v1+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	struct gw_describe_groups_group	*groups;
	size_t				 n_groups;
};

void	gw_describe_groups_request_visit(struct gw_codec *w, void *msg);
void	gw_describe_groups_response_visit(struct gw_codec *w, void *msg);

#endif
