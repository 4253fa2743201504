/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_groups.h - DeleteGroups (key 42): forget groups and their offsets.
 * Versions 0-2, flexible from 2.
 * Source: DeleteGroupsRequest.json, DeleteGroupsResponse.json (Apache Kafka 4.3.1); KIP-229.
 */
#ifndef GW_MSG_DELETE_GROUPS_H
#define GW_MSG_DELETE_GROUPS_H

#include "wire/codec.h"

/* DeleteGroupsRequest.json. */
struct gw_delete_groups_request {
	struct gw_slice	*groups_names;
	size_t		 n_groups_names;
};

/* DeleteGroupsResponse.json: DeletableGroupResult. */
struct gw_delete_groups_group_result {
	struct gw_slice	group_id;
	int16_t		error_code;
};

/* DeleteGroupsResponse.json. */
struct gw_delete_groups_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_delete_groups_group_result	*results;
	size_t					 n_results;
};

void	gw_delete_groups_request_visit(struct gw_codec *w, void *msg);
void	gw_delete_groups_response_visit(struct gw_codec *w, void *msg);

#endif
