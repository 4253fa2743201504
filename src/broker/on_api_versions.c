/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
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

int
gw_on_api_versions(struct gw_request *rq, const void *request, void *response)
{
	struct gw_api_versions_response *r = response;

	(void)request;
	r->api_keys = gw_arena_zero(rq->arena, gw_n_served, sizeof(*r->api_keys));
	if (r->api_keys == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < gw_n_served; i++) {
		const struct gw_served *s = &gw_served[i];
		const struct gw_api *api = gw_api_find(s->key);

		r->api_keys[r->n_api_keys++] = (struct gw_api_versions_api){ .api_key = s->key,
			.min_version = s->key == GW_API_PRODUCE ? PRODUCE_MIN_ADVERTISED
								: clamp(s->min, api->min, api->max),
			.max_version = clamp(s->max, api->min, api->max) };
	}
	return 0;
}
