/* SPDX-License-Identifier: MIT
 *
 * wire/msg_join_group.c - JoinGroup (key 11), flexible from version 6.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_join_group.h"

static void
join_group_protocol(struct gw_codec *w, struct gw_join_group_protocol *p)
{
	gw_string(w, "Name", 0, GW_MAX, &p->name);
	gw_bytes(w, "Metadata", 0, GW_MAX, &p->metadata);
	gw_tags(w);
}

void
gw_join_group_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_join_group_request *r = msg;
	struct gw_join_group_protocol *p;

	gw_string(w, "GroupId", 0, GW_MAX, &r->group_id);
	gw_i32(w, "SessionTimeoutMs", 0, GW_MAX, &r->session_timeout_ms, 0);
	gw_i32(gw_ign(w), "RebalanceTimeoutMs", 1, GW_MAX, &r->rebalance_timeout_ms, -1);
	gw_string(w, "MemberId", 0, GW_MAX, &r->member_id);
	gw_string(gw_null(w, 5), "GroupInstanceId", 5, GW_MAX, &r->group_instance_id);
	gw_string(w, "ProtocolType", 0, GW_MAX, &r->protocol_type);
	GW_EACH(w, "Protocols", 0, GW_MAX, p, r->protocols, r->n_protocols)
		join_group_protocol(w, p);
	gw_string(gw_ign(gw_null(w, 8)), "Reason", 8, GW_MAX, &r->reason);
	gw_tags(w);
}

static void
join_group_member(struct gw_codec *w, struct gw_join_group_member *m)
{
	gw_string(w, "MemberId", 0, GW_MAX, &m->member_id);
	gw_string(gw_ign(gw_null(w, 5)), "GroupInstanceId", 5, GW_MAX, &m->group_instance_id);
	gw_bytes(w, "Metadata", 0, GW_MAX, &m->metadata);
	gw_tags(w);
}

void
gw_join_group_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_join_group_response *r = msg;
	struct gw_join_group_member *m;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 2, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_i32(w, "GenerationId", 0, GW_MAX, &r->generation_id, -1);
	gw_string(gw_ign(gw_null(w, 7)), "ProtocolType", 7, GW_MAX, &r->protocol_type);
	gw_string(gw_null_or_empty(w, 7), "ProtocolName", 0, GW_MAX, &r->protocol_name);
	gw_string(w, "Leader", 0, GW_MAX, &r->leader);
	gw_bool(w, "SkipAssignment", 9, GW_MAX, &r->skip_assignment, false);
	gw_string(w, "MemberId", 0, GW_MAX, &r->member_id);
	GW_EACH(w, "Members", 0, GW_MAX, m, r->members, r->n_members)
		join_group_member(w, m);
	gw_tags(w);
}
