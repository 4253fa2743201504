/* SPDX-License-Identifier: MIT
 *
 * wire/msg_leave_group.c - LeaveGroup (key 13), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_leave_group.h"

static void
leave_group_member_identity(struct gw_codec *w, struct gw_leave_group_member_identity *i)
{
	gw_string(w, "MemberId", 3, GW_MAX, &i->member_id);
	gw_string(gw_null(w, 3), "GroupInstanceId", 3, GW_MAX, &i->group_instance_id);
	gw_string(gw_ign(gw_null(w, 5)), "Reason", 5, GW_MAX, &i->reason);
	gw_tags(w);
}

void
gw_leave_group_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_leave_group_request *r = msg;
	struct gw_leave_group_member_identity *i;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_string(w, "MemberId", 0, 2, &r->member_id);
	GW_EACH(w, "Members", 3, GW_MAX, i, r->members, r->n_members)
		leave_group_member_identity(w, i);
	gw_tags(w);
}

static void
leave_group_member_response(struct gw_codec *w, struct gw_leave_group_member_response *m)
{
	gw_string(w, "MemberId", 3, GW_MAX, &m->member_id);
	gw_string(gw_null_or_empty(w, 3), "GroupInstanceId", 3, GW_MAX, &m->group_instance_id);
	gw_i16(w, "ErrorCode", 3, GW_MAX, &m->error_code, 0);
	gw_tags(w);
}

void
gw_leave_group_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_leave_group_response *r = msg;
	struct gw_leave_group_member_response *m;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	GW_EACH(w, "Members", 3, GW_MAX, m, r->members, r->n_members)
		leave_group_member_response(w, m);
	gw_tags(w);
}
