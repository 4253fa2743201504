/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_groups.c - DescribeGroups (key 15), flexible from version 5.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_describe_groups.h"

void
gw_describe_groups_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_groups_request *r = msg;

	gw_strings(w, "Groups", 0, GW_MAX, &r->groups, &r->n_groups);
	gw_bool(w, "IncludeAuthorizedOperations", 3, GW_MAX, &r->include_authorized_operations,
	    false);
	gw_tags(w);
}

static void
describe_groups_member(struct gw_codec *w, struct gw_describe_groups_member *m)
{
	gw_string(w, "MemberId", 0, GW_MAX, &m->member_id);
	gw_string(gw_ign(gw_null(w, 4)), "GroupInstanceId", 4, GW_MAX, &m->group_instance_id);
	gw_string(w, "ClientId", 0, GW_MAX, &m->client_id);
	gw_string(w, "ClientHost", 0, GW_MAX, &m->client_host);
	gw_bytes(w, "MemberMetadata", 0, GW_MAX, &m->member_metadata);
	gw_bytes(w, "MemberAssignment", 0, GW_MAX, &m->member_assignment);
	gw_tags(w);
}

static void
describe_groups_group(struct gw_codec *w, struct gw_describe_groups_group *g)
{
	struct gw_describe_groups_member *m;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &g->error_code, 0);
	gw_string(gw_null(w, 6), "ErrorMessage", 6, GW_MAX, &g->error_message);
	gw_string(w, "GroupId", 0, GW_MAX, &g->group_id);
	gw_string(w, "GroupState", 0, GW_MAX, &g->group_state);
	gw_string(w, "ProtocolType", 0, GW_MAX, &g->protocol_type);
	gw_string(w, "ProtocolData", 0, GW_MAX, &g->protocol_data);
	GW_EACH(w, "Members", 0, GW_MAX, m, g->members, g->n_members)
		describe_groups_member(w, m);
	gw_i32(w, "AuthorizedOperations", 3, GW_MAX, &g->authorized_operations, INT32_MIN);
	gw_tags(w);
}

void
gw_describe_groups_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_groups_response *r = msg;
	struct gw_describe_groups_group *g;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Groups", 0, GW_MAX, g, r->groups, r->n_groups)
		describe_groups_group(w, g);
	gw_tags(w);
}
