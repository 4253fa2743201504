/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_groups.c - DeleteGroups (key 42), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_delete_groups.h"

void
gw_delete_groups_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_groups_request *r = msg;

	gw_strings(w, "GroupsNames", 0, GW_MAX, &r->groups_names, &r->n_groups_names);
	gw_tags(w);
}

static void
delete_groups_group_result(struct gw_codec *w, struct gw_delete_groups_group_result *g)
{
	gw_string(w, "GroupId", 0, GW_MAX, &g->group_id);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &g->error_code, 0);
	gw_tags(w);
}

void
gw_delete_groups_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_groups_response *r = msg;
	struct gw_delete_groups_group_result *g;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Results", 0, GW_MAX, g, r->results, r->n_results)
		delete_groups_group_result(w, g);
	gw_tags(w);
}
