/* SPDX-License-Identifier: MIT
 *
 * wire/msg_leave_group.h - LeaveGroup (key 13): leave a classic group.
 * Versions 0-5, flexible from 4.
 * Source: LeaveGroupRequest.json, LeaveGroupResponse.json (Apache Kafka 4.3.1); KIP-345, KIP-800.
 */
#ifndef GW_MSG_LEAVE_GROUP_H
#define GW_MSG_LEAVE_GROUP_H

#include "wire/codec.h"

/* LeaveGroupRequest.json: MemberIdentity. */
struct gw_leave_group_member_identity {
	struct gw_slice	member_id;
	struct gw_slice	group_instance_id;	/* may be null; static membership (KIP-345) */
	struct gw_slice	reason;			/* v5+; may be null */
};

/* LeaveGroupRequest.json. */
struct gw_leave_group_request {
	struct gw_slice				 group_id;
	struct gw_slice				 member_id;	/* to v2 */
	struct gw_leave_group_member_identity	*members;	/* v3+ */
	size_t					 n_members;
};

/* LeaveGroupResponse.json: MemberResponse. */
struct gw_leave_group_member_response {
	struct gw_slice	member_id;
	struct gw_slice	group_instance_id;	/* may be null; static membership (KIP-345) */
	int16_t		error_code;
};

/* LeaveGroupResponse.json. */
struct gw_leave_group_response {
	/* v1+; KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	int16_t					 error_code;
	struct gw_leave_group_member_response	*members;	/* v3+ */
	size_t					 n_members;
};

void	gw_leave_group_request_visit(struct gw_codec *w, void *msg);
void	gw_leave_group_response_visit(struct gw_codec *w, void *msg);

#endif
