/* SPDX-License-Identifier: MIT
 *
 * wire/msg_api_versions.h - ApiVersions (key 18): what the broker speaks.
 * Versions 0-4, flexible from 3.
 * The response header stays at v0 in every version, so that it can be read before anything is
 * known.
 * Source: ApiVersionsRequest.json, ApiVersionsResponse.json (Apache Kafka 4.3.1); KIP-35, KIP-511,
 * KIP-584.
 */
#ifndef GW_MSG_API_VERSIONS_H
#define GW_MSG_API_VERSIONS_H

#include "wire/codec.h"

/* ApiVersionsRequest.json. */
struct gw_api_versions_request {
	/* v3+; [a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])? */
	struct gw_slice	client_software_name;
	struct gw_slice	client_software_version;	/* v3+ */
};

/* ApiVersionsResponse.json: ApiVersion. */
struct gw_api_versions_api {
	int16_t	api_key;
	int16_t	min_version;
	int16_t	max_version;
};

/* ApiVersionsResponse.json: SupportedFeatureKey. */
struct gw_api_versions_supported_feature {
	struct gw_slice	name;
	int16_t		min_version;
	int16_t		max_version;
};

/* ApiVersionsResponse.json: FinalizedFeatureKey. */
struct gw_api_versions_finalized_feature {
	struct gw_slice	name;
	int16_t		max_version_level;
	int16_t		min_version_level;
};

/* ApiVersionsResponse.json. */
struct gw_api_versions_response {
	/* UNSUPPORTED_VERSION: the body is v0 */
	int16_t						 error_code;
	struct gw_api_versions_api			*api_keys;
	size_t						 n_api_keys;
	/* v1+; KIP-219: the client holds back */
	int32_t						 throttle_time_ms;
	struct gw_api_versions_supported_feature	*supported_features;	/* v3+; tagged */
	size_t						 n_supported_features;
	/* v3+, else -1; tagged; -1: unknown */
	int64_t						 finalized_features_epoch;
	struct gw_api_versions_finalized_feature	*finalized_features;	/* v3+; tagged */
	size_t						 n_finalized_features;
	bool						 zk_migration_ready;	/* v3+; tagged */
};

void	gw_api_versions_request_visit(struct gw_codec *w, void *msg);
void	gw_api_versions_response_visit(struct gw_codec *w, void *msg);

#endif
