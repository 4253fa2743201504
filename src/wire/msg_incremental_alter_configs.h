/* SPDX-License-Identifier: MIT
 *
 * wire/msg_incremental_alter_configs.h - IncrementalAlterConfigs (key 44): change single
 * configuration values.
 * Versions 0-1, flexible from 1.
 * Source: IncrementalAlterConfigsRequest.json, IncrementalAlterConfigsResponse.json (Apache Kafka
 * 4.3.1); KIP-339.
 */
#ifndef GW_MSG_INCREMENTAL_ALTER_CONFIGS_H
#define GW_MSG_INCREMENTAL_ALTER_CONFIGS_H

#include "wire/codec.h"

/* IncrementalAlterConfigsRequest.json: AlterableConfig. */
struct gw_incremental_alter_configs_config {
	struct gw_slice	name;
	int8_t		config_operation;	/* 0 set, 1 delete, 2 append, 3 subtract */
	struct gw_slice	value;			/* may be null; null with delete */
};

/* IncrementalAlterConfigsRequest.json: AlterConfigsResource. */
struct gw_incremental_alter_configs_resource {
	/* 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group */
	int8_t						 resource_type;
	struct gw_slice					 resource_name;
	struct gw_incremental_alter_configs_config	*configs;
	size_t						 n_configs;
};

/* IncrementalAlterConfigsRequest.json. */
struct gw_incremental_alter_configs_request {
	struct gw_incremental_alter_configs_resource	*resources;
	size_t						 n_resources;
	bool						 validate_only;	/* dry run */
};

/* IncrementalAlterConfigsResponse.json: AlterConfigsResourceResponse. */
struct gw_incremental_alter_configs_resource_response {
	int16_t		error_code;
	struct gw_slice	error_message;	/* may be null */
	int8_t		resource_type;
	struct gw_slice	resource_name;
};

/* IncrementalAlterConfigsResponse.json. */
struct gw_incremental_alter_configs_response {
	/* KIP-219: the client holds back */
	int32_t							 throttle_time_ms;
	struct gw_incremental_alter_configs_resource_response	*responses;
	size_t							 n_responses;
};

void	gw_incremental_alter_configs_request_visit(struct gw_codec *w, void *msg);
void	gw_incremental_alter_configs_response_visit(struct gw_codec *w, void *msg);

#endif
