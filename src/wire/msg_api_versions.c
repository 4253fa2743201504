/* SPDX-License-Identifier: MIT
 *
 * wire/msg_api_versions.c - ApiVersions (key 18), flexible from version 3.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_api_versions.h"

void
gw_api_versions_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_api_versions_request *r = msg;

	gw_string(gw_ign(w), "ClientSoftwareName", 3, GW_MAX, &r->client_software_name);
	gw_string(gw_ign(w), "ClientSoftwareVersion", 3, GW_MAX, &r->client_software_version);
	gw_tags(w);
}

static void
api_versions_api(struct gw_codec *w, struct gw_api_versions_api *a)
{
	gw_i16(w, "ApiKey", 0, GW_MAX, &a->api_key, 0);
	gw_i16(w, "MinVersion", 0, GW_MAX, &a->min_version, 0);
	gw_i16(w, "MaxVersion", 0, GW_MAX, &a->max_version, 0);
	gw_tags(w);
}

static void
api_versions_supported_feature(struct gw_codec *w, struct gw_api_versions_supported_feature *f)
{
	gw_string(w, "Name", 3, GW_MAX, &f->name);
	gw_i16(w, "MinVersion", 3, GW_MAX, &f->min_version, 0);
	gw_i16(w, "MaxVersion", 3, GW_MAX, &f->max_version, 0);
	gw_tags(w);
}

static void
api_versions_finalized_feature(struct gw_codec *w, struct gw_api_versions_finalized_feature *f)
{
	gw_string(w, "Name", 3, GW_MAX, &f->name);
	gw_i16(w, "MaxVersionLevel", 3, GW_MAX, &f->max_version_level, 0);
	gw_i16(w, "MinVersionLevel", 3, GW_MAX, &f->min_version_level, 0);
	gw_tags(w);
}

void
gw_api_versions_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_api_versions_response *r = msg;
	struct gw_api_versions_api *a;
	struct gw_api_versions_supported_feature *f;
	struct gw_api_versions_finalized_feature *v;
	struct gw_tags tags;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	GW_EACH(w, "ApiKeys", 0, GW_MAX, a, r->api_keys, r->n_api_keys)
		api_versions_api(w, a);
	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	gw_tags_begin(w, &tags);
	GW_EACH(gw_ign(gw_tag(w, &tags, 0)), "SupportedFeatures", 3, GW_MAX, f,
	    r->supported_features, r->n_supported_features)
		api_versions_supported_feature(w, f);
	gw_i64(gw_ign(gw_tag(w, &tags, 1)), "FinalizedFeaturesEpoch", 3, GW_MAX,
	    &r->finalized_features_epoch, -1);
	GW_EACH(gw_ign(gw_tag(w, &tags, 2)), "FinalizedFeatures", 3, GW_MAX, v,
	    r->finalized_features, r->n_finalized_features)
		api_versions_finalized_feature(w, v);
	gw_bool(gw_ign(gw_tag(w, &tags, 3)), "ZkMigrationReady", 3, GW_MAX, &r->zk_migration_ready,
	    false);
	gw_tags_end(w, &tags);
}
