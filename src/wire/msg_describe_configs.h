/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_configs.h - DescribeConfigs (key 32): configuration values and where they come
 * from.
 * Versions 1-4, flexible from 4.
 * Source: DescribeConfigsRequest.json, DescribeConfigsResponse.json (Apache Kafka 4.3.1); KIP-133,
 * KIP-226, KIP-569.
 */
#ifndef GW_MSG_DESCRIBE_CONFIGS_H
#define GW_MSG_DESCRIBE_CONFIGS_H

#include "wire/codec.h"

/* DescribeConfigsRequest.json: DescribeConfigsResource. */
struct gw_describe_configs_resource {
	/* 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group */
	int8_t		 resource_type;
	struct gw_slice	 resource_name;
	struct gw_slice	*configuration_keys;	/* n may be GW_NULL_ARRAY; null: all */
	size_t		 n_configuration_keys;
};

/* DescribeConfigsRequest.json. */
struct gw_describe_configs_request {
	struct gw_describe_configs_resource	*resources;
	size_t					 n_resources;
	bool					 include_synonyms;
	bool					 include_documentation;	/* v3+ */
};

/* DescribeConfigsResponse.json: DescribeConfigsSynonym. */
struct gw_describe_configs_synonym {
	struct gw_slice	name;
	struct gw_slice	value;	/* may be null */
	int8_t		source;
};

/* DescribeConfigsResponse.json: DescribeConfigsResourceResult. */
struct gw_describe_configs_resource_result {
	struct gw_slice				 name;
	struct gw_slice				 value;		/* null: secret */
	bool					 read_only;
	/* default -1; 1 topic, 2-4 broker, 5 default, 6 logger, 7 metrics, 8 group */
	int8_t					 config_source;
	bool					 is_sensitive;
	/* where it would come from, best first */
	struct gw_describe_configs_synonym	*synonyms;
	size_t					 n_synonyms;
	/* v3+; 0 unknown, 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8
	 * class, 9 password */
	int8_t					 config_type;
	struct gw_slice				 documentation;	/* v3+; may be null */
};

/* DescribeConfigsResponse.json: DescribeConfigsResult. */
struct gw_describe_configs_result {
	int16_t						 error_code;
	struct gw_slice					 error_message;	/* may be null */
	int8_t						 resource_type;
	struct gw_slice					 resource_name;
	struct gw_describe_configs_resource_result	*configs;
	size_t						 n_configs;
};

/* DescribeConfigsResponse.json. */
struct gw_describe_configs_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_describe_configs_result	*results;
	size_t					 n_results;
};

void	gw_describe_configs_request_visit(struct gw_codec *w, void *msg);
void	gw_describe_configs_response_visit(struct gw_codec *w, void *msg);

#endif
