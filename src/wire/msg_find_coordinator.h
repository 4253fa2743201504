/* SPDX-License-Identifier: MIT
 *
 * wire/msg_find_coordinator.h - FindCoordinator (key 10): which broker runs a group or a
 * transaction.
 * Versions 0-6, flexible from 3.
 * Source: FindCoordinatorRequest.json, FindCoordinatorResponse.json (Apache Kafka 4.3.1); KIP-98,
 * KIP-699.
 */
#ifndef GW_MSG_FIND_COORDINATOR_H
#define GW_MSG_FIND_COORDINATOR_H

#include "wire/codec.h"

/* FindCoordinatorRequest.json. */
struct gw_find_coordinator_request {
	struct gw_slice	 key;			/* to v3 */
	int8_t		 key_type;		/* v1+; 0 group, 1 transaction, 2 share group */
	struct gw_slice	*coordinator_keys;	/* v4+ */
	size_t		 n_coordinator_keys;
};

/* FindCoordinatorResponse.json: Coordinator. */
struct gw_find_coordinator_coordinator {
	struct gw_slice	key;
	int32_t		node_id;
	struct gw_slice	host;
	int32_t		port;
	int16_t		error_code;
	struct gw_slice	error_message;	/* may be null */
};

/* FindCoordinatorResponse.json. */
struct gw_find_coordinator_response {
	/* v1+; KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	int16_t					 error_code;	/* to v3 */
	struct gw_slice				 error_message;	/* v1-3; may be null */
	int32_t					 node_id;	/* to v3 */
	struct gw_slice				 host;		/* to v3 */
	int32_t					 port;		/* to v3 */
	struct gw_find_coordinator_coordinator	*coordinators;	/* v4+ */
	size_t					 n_coordinators;
};

void	gw_find_coordinator_request_visit(struct gw_codec *w, void *msg);
void	gw_find_coordinator_response_visit(struct gw_codec *w, void *msg);

#endif
