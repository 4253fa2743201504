/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_api_versions.h"

/*
 * librdkafka turns compression off when Produce v0 is not offered, so Apache Kafka 4 advertises it
 * without serving it (KAFKA-18659), and so must this broker; a client that sends v0-v2 is refused.
 */
#define PRODUCE_MIN_ADVERTISED	0

static int16_t
clamp(int16_t v, int16_t lo, int16_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

struct feature {
	const char	*name;
	int16_t		 max, level;
};

bool
gw_ngroups_are_on(const struct gw_broker *b)
{
	return b->o.group_version > 0 && (b->release == NULL || b->release->group_version > 0);
}

/* KIP-584. A feature at level 0 is supported but not finalized, as in Apache Kafka. */
static int
tell_features(struct gw_request *rq, struct gw_api_versions_response *r)
{
	const struct gw_release *release = rq->b->release;
	int16_t txn_max = release == NULL ? 2 : release->transaction_version;
	int16_t group_max = release == NULL ? 1 : release->group_version;
	const struct feature features[] = {
		{ "group.version", group_max, clamp(rq->b->o.group_version, 0, group_max) },
		{ "transaction.version", txn_max, clamp(rq->b->o.transaction_version, 0, txn_max) },
	};

	r->supported_features =
	    gw_arena_zero(rq->arena, GW_N(features), sizeof(*r->supported_features));
	r->finalized_features =
	    gw_arena_zero(rq->arena, GW_N(features), sizeof(*r->finalized_features));
	if (r->supported_features == NULL || r->finalized_features == NULL)
		return GW_ENOMEM;
	r->finalized_features_epoch = 1;
	for (size_t i = 0; i < GW_N(features); i++) {
		struct gw_slice name = gw_str(features[i].name);

		if (features[i].max == 0)
			continue;	/* the release does not know it */
		/* Versions up to 3 cannot say a minimum of 0 (KAFKA-17011): it is left out. */
		if (rq->version >= 4)
			r->supported_features[r->n_supported_features++] =
			    (struct gw_api_versions_supported_feature){
				    .name = name, .max_version = features[i].max
			    };
		if (features[i].level > 0)
			r->finalized_features[r->n_finalized_features++] =
			    (struct gw_api_versions_finalized_feature){ .name = name,
				    .max_version_level = features[i].level,
				    .min_version_level = features[i].level };
	}
	return 0;
}

/* librdkafka looks for SaslHandshake 0 and then asks with 1. */
static int16_t
advertised_min(const struct gw_served *s, const struct gw_api *api)
{
	if (s->key == GW_API_PRODUCE)
		return PRODUCE_MIN_ADVERTISED;
	return s->key == GW_API_SASL_HANDSHAKE ? 0 : clamp(s->min, api->min, api->max);
}

int
gw_on_api_versions(struct gw_request *rq, const void *request, void *response)
{
	struct gw_api_versions_response *r = response;

	(void)request;
	r->api_keys = gw_arena_zero(rq->arena, gw_n_served, sizeof(*r->api_keys));
	if (r->api_keys == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < gw_n_served; i++) {
		const struct gw_api *api = gw_api_find(gw_served[i].key);
		struct gw_served s;

		if (!gw_served_narrow(rq->b, &gw_served[i], &s))
			continue;
		r->api_keys[r->n_api_keys++] = (struct gw_api_versions_api){ .api_key = s.key,
			.min_version = advertised_min(&s, api),
			.max_version = clamp(s.max, api->min, api->max) };
	}
	return rq->version >= 3 ? tell_features(rq, r) : 0;
}
