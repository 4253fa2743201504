/* SPDX-License-Identifier: MIT
 *
 * client/admin_features.c - what a broker offers: versions of APIs, features of the cluster.
 * Source: ApiVersions (JSON); KIP-35, KIP-584.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"
#include "client/internal.h"
#include "wire/msg_api_versions.h"

static const void *
build(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_api_versions_request *rq = gw_arena_zero(&call->client->scratch, 1, sizeof(*rq));

	(void)part;
	(void)version;
	if (rq != NULL) {
		rq->client_software_name = GW_LIT("gridwire");
		rq->client_software_version = gw_str(gw_version());
	}
	return rq;
}

static struct gw_feature_info *
feature_of(struct gw_features *f, const char *name)
{
	for (size_t i = 0; i < f->n_features; i++)
		if (strcmp(f->features[i].name, name) == 0)
			return &f->features[i];
	f->features[f->n_features] = (struct gw_feature_info){ .name = name, .level = -1, .min = -1,
		.max = -1 };
	return &f->features[f->n_features++];
}

static bool
take_features(
    struct gw_call *call, const struct gw_api_versions_response *r, struct gw_features *f)
{
	bool failed = false;

	f->features = gw_arena_zero(&call->arena,
	    r->n_supported_features + r->n_finalized_features + 1, sizeof(*f->features));
	if (f->features == NULL)
		return false;
	for (size_t i = 0; i < r->n_supported_features && !failed; i++) {
		const char *name = gw_call_str(call, r->supported_features[i].name, &failed);
		struct gw_feature_info *x = failed ? NULL : feature_of(f, name);

		if (x != NULL) {
			x->min = r->supported_features[i].min_version;
			x->max = r->supported_features[i].max_version;
		}
	}
	for (size_t i = 0; i < r->n_finalized_features && !failed; i++) {
		const char *name = gw_call_str(call, r->finalized_features[i].name, &failed);

		if (!failed)
			feature_of(f, name)->level = r->finalized_features[i].max_version_level;
	}
	return !failed;
}

static int
take(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_api_versions_response *r = body;
	struct gw_features *f = &call->features;

	(void)part;
	(void)version;
	if (r->error_code != 0)
		return gw_call_outcome(call, r->error_code, (struct gw_slice){ NULL, 0 });
	f->apis = gw_arena_zero(&call->arena, r->n_api_keys + 1, sizeof(*f->apis));
	if (f->apis == NULL || !take_features(call, r, f))
		return gw_call_no_memory(call);
	for (size_t i = 0; i < r->n_api_keys; i++) {
		const struct gw_api *api = gw_api_find(r->api_keys[i].api_key);

		f->apis[f->n_apis++] = (struct gw_api_info){ .key = r->api_keys[i].api_key,
			.name = api == NULL ? NULL : api->name, .min = r->api_keys[i].min_version,
			.max = r->api_keys[i].max_version };
	}
	f->epoch = r->finalized_features_epoch;
	return 0;
}

static const struct gw_call_kind features_kind = { GW_API_API_VERSIONS, GW_ROUTE_NODE, build, take,
	"asking what broker offers", false };

struct gw_call *
gw_call_features(struct gw_client *c, int32_t node_id)
{
	struct gw_call *call = gw_call_new(c, &features_kind, NULL, NULL);

	if (call != NULL)
		call->node_id = node_id;
	return call;
}

const struct gw_features *
gw_call_features_result(const struct gw_call *call)
{
	return &call->features;
}
