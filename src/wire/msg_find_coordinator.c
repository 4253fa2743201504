/* SPDX-License-Identifier: MIT
 *
 * wire/msg_find_coordinator.c - FindCoordinator (key 10), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_find_coordinator.h"

void
gw_find_coordinator_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_find_coordinator_request *r = msg;

	gw_string(w, "Key", 0, 3, &r->key);
	gw_i8(w, "KeyType", 1, GW_MAX, &r->key_type, 0);
	gw_strings(w, "CoordinatorKeys", 4, GW_MAX, &r->coordinator_keys, &r->n_coordinator_keys);
	gw_tags(w);
}

static void
find_coordinator_coordinator(struct gw_codec *w, struct gw_find_coordinator_coordinator *c)
{
	gw_string(w, "Key", 4, GW_MAX, &c->key);
	gw_i32(w, "NodeId", 4, GW_MAX, &c->node_id, 0);
	gw_string(w, "Host", 4, GW_MAX, &c->host);
	gw_i32(w, "Port", 4, GW_MAX, &c->port, 0);
	gw_i16(w, "ErrorCode", 4, GW_MAX, &c->error_code, 0);
	gw_string(gw_ign(gw_null_or_empty(w, 4)), "ErrorMessage", 4, GW_MAX, &c->error_message);
	gw_tags(w);
}

void
gw_find_coordinator_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_find_coordinator_response *r = msg;
	struct gw_find_coordinator_coordinator *c;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, 3, &r->error_code, 0);
	gw_string(gw_ign(gw_null_or_empty(w, 1)), "ErrorMessage", 1, 3, &r->error_message);
	gw_i32(w, "NodeId", 0, 3, &r->node_id, 0);
	gw_string(w, "Host", 0, 3, &r->host);
	gw_i32(w, "Port", 0, 3, &r->port, 0);
	GW_EACH(w, "Coordinators", 4, GW_MAX, c, r->coordinators, r->n_coordinators)
		find_coordinator_coordinator(w, c);
	gw_tags(w);
}
