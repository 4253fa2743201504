/* SPDX-License-Identifier: MIT
 *
 * wire/msg_heartbeat.c - Heartbeat (key 12), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_heartbeat.h"

void
gw_heartbeat_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_heartbeat_request *r = msg;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_i32(w, "GenerationId", 0, GW_MAX, &r->generation_id, 0);
	gw_string(w, "MemberId", 0, GW_MAX, &r->member_id);
	gw_string(gw_null(w, 3), "GroupInstanceId", 3, GW_MAX, &r->group_instance_id);
	gw_tags(w);
}

void
gw_heartbeat_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_heartbeat_response *r = msg;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_tags(w);
}
