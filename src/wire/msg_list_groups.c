/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_groups.c - ListGroups (key 16), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_list_groups.h"

void
gw_list_groups_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_groups_request *r = msg;

	gw_strings(w, "StatesFilter", 4, GW_MAX, &r->states_filter, &r->n_states_filter);
	gw_strings(w, "TypesFilter", 5, GW_MAX, &r->types_filter, &r->n_types_filter);
	gw_tags(w);
}

static void
list_groups_group(struct gw_codec *w, struct gw_list_groups_group *g)
{
	gw_string(w, "GroupId", 0, GW_MAX, &g->group_id);
	gw_string(w, "ProtocolType", 0, GW_MAX, &g->protocol_type);
	gw_string(gw_ign(w), "GroupState", 4, GW_MAX, &g->group_state);
	gw_string(gw_ign(w), "GroupType", 5, GW_MAX, &g->group_type);
	gw_tags(w);
}

void
gw_list_groups_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_list_groups_response *r = msg;
	struct gw_list_groups_group *g;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	GW_EACH(w, "Groups", 0, GW_MAX, g, r->groups, r->n_groups)
		list_groups_group(w, g);
	gw_tags(w);
}
