/* SPDX-License-Identifier: MIT
 *
 * wire/msg_incremental_alter_configs.c - IncrementalAlterConfigs (key 44), flexible from version
 * 1.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_incremental_alter_configs.h"

static void
incremental_alter_configs_config(struct gw_codec *w, struct gw_incremental_alter_configs_config *c)
{
	gw_string(w, "Name", 0, GW_MAX, &c->name);
	gw_i8(w, "ConfigOperation", 0, GW_MAX, &c->config_operation, 0);
	gw_string(gw_null_or_empty(w, 0), "Value", 0, GW_MAX, &c->value);
	gw_tags(w);
}

static void
incremental_alter_configs_resource(struct gw_codec *w,
    struct gw_incremental_alter_configs_resource *r)
{
	struct gw_incremental_alter_configs_config *c;

	gw_i8(w, "ResourceType", 0, GW_MAX, &r->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &r->resource_name);
	GW_EACH(w, "Configs", 0, GW_MAX, c, r->configs, r->n_configs)
		incremental_alter_configs_config(w, c);
	gw_tags(w);
}

void
gw_incremental_alter_configs_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_incremental_alter_configs_request *r = msg;
	struct gw_incremental_alter_configs_resource *c;

	GW_EACH(w, "Resources", 0, GW_MAX, c, r->resources, r->n_resources)
		incremental_alter_configs_resource(w, c);
	gw_bool(w, "ValidateOnly", 0, GW_MAX, &r->validate_only, false);
	gw_tags(w);
}

static void
incremental_alter_configs_resource_response(struct gw_codec *w,
    struct gw_incremental_alter_configs_resource_response *r)
{
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_string(gw_null_or_empty(w, 0), "ErrorMessage", 0, GW_MAX, &r->error_message);
	gw_i8(w, "ResourceType", 0, GW_MAX, &r->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &r->resource_name);
	gw_tags(w);
}

void
gw_incremental_alter_configs_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_incremental_alter_configs_response *r = msg;
	struct gw_incremental_alter_configs_resource_response *c;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Responses", 0, GW_MAX, c, r->responses, r->n_responses)
		incremental_alter_configs_resource_response(w, c);
	gw_tags(w);
}
