/* SPDX-License-Identifier: MIT
 *
 * wire/msg_alter_configs.h - AlterConfigs (key 33): replace all settings of a resource; for brokers
 * before 2.3, which have no IncrementalAlterConfigs.
 * Versions 0-2, flexible from 2.
 * Source: AlterConfigsRequest.json, AlterConfigsResponse.json (Apache Kafka 4.3.1); KIP-133.
 */
#ifndef GW_MSG_ALTER_CONFIGS_H
#define GW_MSG_ALTER_CONFIGS_H

#include "wire/codec.h"

/* AlterConfigsRequest.json: AlterableConfig. */
struct gw_alter_configs_config {
	struct gw_slice	name;
	struct gw_slice	value;	/* may be null */
};

/* AlterConfigsRequest.json: AlterConfigsResource. */
struct gw_alter_configs_resource {
	int8_t				 resource_type;
	struct gw_slice			 resource_name;
	struct gw_alter_configs_config	*configs;
	size_t				 n_configs;
};

/* AlterConfigsRequest.json. */
struct gw_alter_configs_request {
	struct gw_alter_configs_resource	*resources;
	size_t					 n_resources;
	bool					 validate_only;
};

/* AlterConfigsResponse.json: AlterConfigsResourceResponse. */
struct gw_alter_configs_resource_response {
	int16_t		error_code;
	struct gw_slice	error_message;	/* may be null */
	int8_t		resource_type;
	struct gw_slice	resource_name;
};

/* AlterConfigsResponse.json. */
struct gw_alter_configs_response {
	/* KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	struct gw_alter_configs_resource_response	*responses;
	size_t						 n_responses;
};

void	gw_alter_configs_request_visit(struct gw_codec *w, void *msg);
void	gw_alter_configs_response_visit(struct gw_codec *w, void *msg);

#endif
