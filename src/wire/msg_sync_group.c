/* SPDX-License-Identifier: MIT
 *
 * wire/msg_sync_group.c - SyncGroup (key 14), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_sync_group.h"

static void
sync_group_assignment(struct gw_codec *w, struct gw_sync_group_assignment *a)
{
	gw_string(w, "MemberId", 0, GW_MAX, &a->member_id);
	gw_bytes(w, "Assignment", 0, GW_MAX, &a->assignment);
	gw_tags(w);
}

void
gw_sync_group_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_sync_group_request *r = msg;
	struct gw_sync_group_assignment *a;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_i32(w, "GenerationId", 0, GW_MAX, &r->generation_id, 0);
	gw_string(w, "MemberId", 0, GW_MAX, &r->member_id);
	gw_string(gw_null(w, 3), "GroupInstanceId", 3, GW_MAX, &r->group_instance_id);
	gw_string(gw_ign(gw_null(w, 5)), "ProtocolType", 5, GW_MAX, &r->protocol_type);
	gw_string(gw_ign(gw_null(w, 5)), "ProtocolName", 5, GW_MAX, &r->protocol_name);
	GW_EACH(w, "Assignments", 0, GW_MAX, a, r->assignments, r->n_assignments)
		sync_group_assignment(w, a);
	gw_tags(w);
}

void
gw_sync_group_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_sync_group_response *r = msg;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_string(gw_ign(gw_null(w, 5)), "ProtocolType", 5, GW_MAX, &r->protocol_type);
	gw_string(gw_ign(gw_null(w, 5)), "ProtocolName", 5, GW_MAX, &r->protocol_name);
	gw_bytes(w, "Assignment", 0, GW_MAX, &r->assignment);
	gw_tags(w);
}
