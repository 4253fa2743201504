/* SPDX-License-Identifier: MIT
 *
 * wire/msg_list_groups.h - ListGroups (key 16): the groups that one broker runs.
 * Versions 0-5, flexible from 3.
 * Source: ListGroupsRequest.json, ListGroupsResponse.json (Apache Kafka 4.3.1); KIP-518, KIP-848.
 */
#ifndef GW_MSG_LIST_GROUPS_H
#define GW_MSG_LIST_GROUPS_H

#include "wire/codec.h"

/* ListGroupsRequest.json. */
struct gw_list_groups_request {
	struct gw_slice	*states_filter;	/* v4+; empty: any */
	size_t		 n_states_filter;
	struct gw_slice	*types_filter;	/* v5+; empty: any */
	size_t		 n_types_filter;
};

/* ListGroupsResponse.json: ListedGroup. */
struct gw_list_groups_group {
	struct gw_slice	group_id;
	struct gw_slice	protocol_type;
	struct gw_slice	group_state;	/* v4+ */
	struct gw_slice	group_type;	/* v5+ */
};

/* ListGroupsResponse.json. */
struct gw_list_groups_response {
	/* v1+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	int16_t				 error_code;
	struct gw_list_groups_group	*groups;
	size_t				 n_groups;
};

void	gw_list_groups_request_visit(struct gw_codec *w, void *msg);
void	gw_list_groups_response_visit(struct gw_codec *w, void *msg);

#endif
