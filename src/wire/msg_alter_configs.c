/* SPDX-License-Identifier: MIT
 *
 * wire/msg_alter_configs.c - AlterConfigs (key 33), flexible from version 2.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_alter_configs.h"

static void
alter_configs_config(struct gw_codec *w, struct gw_alter_configs_config *p)
{
	gw_string(w, "Name", 0, GW_MAX, &p->name);
	gw_string(gw_null_or_empty(w, 0), "Value", 0, GW_MAX, &p->value);
	gw_tags(w);
}

static void
alter_configs_resource(struct gw_codec *w, struct gw_alter_configs_resource *p)
{
	struct gw_alter_configs_config *x;

	gw_i8(w, "ResourceType", 0, GW_MAX, &p->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &p->resource_name);
	GW_EACH(w, "Configs", 0, GW_MAX, x, p->configs, p->n_configs)
		alter_configs_config(w, x);
	gw_tags(w);
}

void
gw_alter_configs_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_alter_configs_request *r = msg;
	struct gw_alter_configs_resource *x;

	GW_EACH(w, "Resources", 0, GW_MAX, x, r->resources, r->n_resources)
		alter_configs_resource(w, x);
	gw_bool(w, "ValidateOnly", 0, GW_MAX, &r->validate_only, false);
	gw_tags(w);
}

static void
alter_configs_resource_response(struct gw_codec *w, struct gw_alter_configs_resource_response *p)
{
	gw_i16(w, "ErrorCode", 0, GW_MAX, &p->error_code, 0);
	gw_string(gw_null_or_empty(w, 0), "ErrorMessage", 0, GW_MAX, &p->error_message);
	gw_i8(w, "ResourceType", 0, GW_MAX, &p->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &p->resource_name);
	gw_tags(w);
}

void
gw_alter_configs_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_alter_configs_response *r = msg;
	struct gw_alter_configs_resource_response *x;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Responses", 0, GW_MAX, x, r->responses, r->n_responses)
		alter_configs_resource_response(w, x);
	gw_tags(w);
}
