/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_configs.c - DescribeConfigs (key 32), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_describe_configs.h"

static void
describe_configs_resource(struct gw_codec *w, struct gw_describe_configs_resource *r)
{
	gw_i8(w, "ResourceType", 0, GW_MAX, &r->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &r->resource_name);
	gw_strings(gw_null_or_empty(w, 0), "ConfigurationKeys", 0, GW_MAX, &r->configuration_keys,
	    &r->n_configuration_keys);
	gw_tags(w);
}

void
gw_describe_configs_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_configs_request *r = msg;
	struct gw_describe_configs_resource *c;

	GW_EACH(w, "Resources", 0, GW_MAX, c, r->resources, r->n_resources)
		describe_configs_resource(w, c);
	gw_bool(w, "IncludeSynonyms", 1, GW_MAX, &r->include_synonyms, false);
	gw_bool(w, "IncludeDocumentation", 3, GW_MAX, &r->include_documentation, false);
	gw_tags(w);
}

static void
describe_configs_synonym(struct gw_codec *w, struct gw_describe_configs_synonym *s)
{
	gw_string(w, "Name", 1, GW_MAX, &s->name);
	gw_string(gw_null_or_empty(w, 0), "Value", 1, GW_MAX, &s->value);
	gw_i8(w, "Source", 1, GW_MAX, &s->source, 0);
	gw_tags(w);
}

static void
describe_configs_resource_result(struct gw_codec *w, struct gw_describe_configs_resource_result *r)
{
	struct gw_describe_configs_synonym *s;

	gw_string(w, "Name", 0, GW_MAX, &r->name);
	gw_string(gw_null_or_empty(w, 0), "Value", 0, GW_MAX, &r->value);
	gw_bool(w, "ReadOnly", 0, GW_MAX, &r->read_only, false);
	gw_i8(gw_ign(w), "ConfigSource", 1, GW_MAX, &r->config_source, -1);
	gw_bool(w, "IsSensitive", 0, GW_MAX, &r->is_sensitive, false);
	GW_EACH(gw_ign(w), "Synonyms", 1, GW_MAX, s, r->synonyms, r->n_synonyms)
		describe_configs_synonym(w, s);
	gw_i8(gw_ign(w), "ConfigType", 3, GW_MAX, &r->config_type, 0);
	gw_string(gw_ign(gw_null_or_empty(w, 0)), "Documentation", 3, GW_MAX, &r->documentation);
	gw_tags(w);
}

static void
describe_configs_result(struct gw_codec *w, struct gw_describe_configs_result *c)
{
	struct gw_describe_configs_resource_result *r;

	gw_i16(w, "ErrorCode", 0, GW_MAX, &c->error_code, 0);
	gw_string(gw_null_or_empty(w, 0), "ErrorMessage", 0, GW_MAX, &c->error_message);
	gw_i8(w, "ResourceType", 0, GW_MAX, &c->resource_type, 0);
	gw_string(w, "ResourceName", 0, GW_MAX, &c->resource_name);
	GW_EACH(w, "Configs", 0, GW_MAX, r, c->configs, c->n_configs)
		describe_configs_resource_result(w, r);
	gw_tags(w);
}

void
gw_describe_configs_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_configs_response *r = msg;
	struct gw_describe_configs_result *c;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Results", 0, GW_MAX, c, r->results, r->n_results)
		describe_configs_result(w, c);
	gw_tags(w);
}
