/* SPDX-License-Identifier: MIT
 *
 * wire/msg_heartbeat.h - Heartbeat (key 12): stay in a classic group.
 * Versions 0-4, flexible from 4.
 * Source: HeartbeatRequest.json, HeartbeatResponse.json (Apache Kafka 4.3.1); KIP-345.
 */
#ifndef GW_MSG_HEARTBEAT_H
#define GW_MSG_HEARTBEAT_H

#include "wire/codec.h"

/* HeartbeatRequest.json. */
struct gw_heartbeat_request {
	struct gw_slice	group_id;
	int32_t		generation_id;
	struct gw_slice	member_id;
	struct gw_slice	group_instance_id;	/* v3+; may be null; static membership (KIP-345) */
};

/* HeartbeatResponse.json. */
struct gw_heartbeat_response {
	int32_t	throttle_time_ms;	/* v1+; KIP-219: the client holds back */
	int16_t	error_code;
};

void	gw_heartbeat_request_visit(struct gw_codec *w, void *msg);
void	gw_heartbeat_response_visit(struct gw_codec *w, void *msg);

#endif
