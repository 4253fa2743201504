/* SPDX-License-Identifier: MIT
 *
 * client/admin_configs.c - settings of topics and brokers: asked for and changed.
 * Source: DescribeConfigs, IncrementalAlterConfigs (JSON); KIP-133, KIP-339.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"

#include <stdio.h>

#include "client/internal.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_incremental_alter_configs.h"

#define RESOURCE_TOPIC		2
#define RESOURCE_BROKER		4
#define CONFIG_SOURCE_DEFAULT	5	/* DescribeConfigsResponse.ConfigSource.DEFAULT_CONFIG */

enum { OP_SET, OP_DELETE };		/* AlterConfigOp.OpType */

/* A broker's name is its number; "" means all of them. */
static struct gw_slice
resource_name(const struct gw_call *call)
{
	return gw_str(call->topic != NULL ? call->topic : call->node_id < 0 ? "" : call->node_text);
}

static int8_t
resource_type(const struct gw_call *call)
{
	return call->topic != NULL ? RESOURCE_TOPIC : RESOURCE_BROKER;
}

static struct gw_call *
resource_call(
    struct gw_client *c, const struct gw_call_kind *kind, const char *topic, int32_t node_id)
{
	struct gw_call *call = gw_call_new(c, kind, topic, NULL);

	if (call == NULL || topic != NULL)
		return call;
	call->node_id = node_id;
	snprintf(call->node_text, sizeof(call->node_text), "%d", (int)node_id);
	return call;
}

/* ---- ask ---- */

static const void *
build_describe(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_describe_configs_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_describe_configs_resource *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_describe_configs_resource){ .resource_type = resource_type(call),
	    .resource_name = resource_name(call), .n_configuration_keys = GW_NULL_ARRAY };
	rq->resources = t;
	rq->n_resources = 1;
	return rq;
}

static int
take_describe(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_describe_configs_response *r = body;
	const struct gw_describe_configs_result *a = &r->results[0];
	struct gw_config *f;
	bool failed;

	(void)part;
	(void)version;
	if (r->n_results != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (a->error_code != 0)
		return gw_err_retriable(a->error_code) &&
			       a->error_code != GW_K_UNKNOWN_TOPIC_OR_PARTITION
			   ? a->error_code
			   : gw_call_refuse(call, a->error_code, a->error_message);
	f = gw_arena_zero(&call->arena, a->n_configs + 1, sizeof(*f));
	failed = f == NULL;
	for (size_t i = 0; !failed && i < a->n_configs; i++)
		f[i] = (struct gw_config){ .name = gw_call_str(call, a->configs[i].name, &failed),
		    .value = gw_call_str(call, a->configs[i].value, &failed),
		    .is_default = a->configs[i].config_source == CONFIG_SOURCE_DEFAULT,
		    .is_read_only = a->configs[i].read_only };
	if (failed)
		return gw_call_no_memory(call);
	call->found_configs = (struct gw_configs){ f, a->n_configs };
	return 0;
}

static const struct gw_call_kind topic_configs_kind = { GW_API_DESCRIBE_CONFIGS, GW_ROUTE_ANY,
    build_describe, take_describe, "asking for the configuration of topic", false };
static const struct gw_call_kind broker_configs_kind = { GW_API_DESCRIBE_CONFIGS, GW_ROUTE_NODE,
    build_describe, take_describe, "asking for the configuration of broker", false };

struct gw_call *
gw_call_topic_configs(struct gw_client *c, const char *topic)
{
	return gw_call_given(c, "asking for a configuration", topic) ?
	    resource_call(c, &topic_configs_kind, topic, -1) : NULL;
}

struct gw_call *
gw_call_broker_configs(struct gw_client *c, int32_t node_id)
{
	return resource_call(c, &broker_configs_kind, NULL, node_id);
}

const struct gw_configs *
gw_call_configs_result(const struct gw_call *call)
{
	return &call->found_configs;
}

/* ---- change ---- */

static const void *
build_alter(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_incremental_alter_configs_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_incremental_alter_configs_resource *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_incremental_alter_configs_resource){ .resource_type = resource_type(call),
		.resource_name = resource_name(call),
		.configs = gw_arena_zero(arena, call->n_configs + 1, sizeof(*t->configs)),
		.n_configs = call->n_configs };
	for (size_t i = 0; t->configs != NULL && i < call->n_configs; i++) {
		const struct gw_config *f = &call->configs[i];

		t->configs[i] = (struct gw_incremental_alter_configs_config){
			.name = gw_str(f->name),
			.config_operation = f->value == NULL ? OP_DELETE : OP_SET,
			.value = gw_str(f->value) };
	}
	rq->resources = t;
	rq->n_resources = 1;
	rq->validate_only = call->dry_run;
	return t->configs == NULL ? NULL : rq;
}

static int
take_alter(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_incremental_alter_configs_response *r = body;

	(void)part;
	(void)version;
	if (r->n_responses != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	return gw_call_outcome(call, r->responses[0].error_code, r->responses[0].error_message);
}

static const struct gw_call_kind alter_topic_kind = { GW_API_INCREMENTAL_ALTER_CONFIGS,
	GW_ROUTE_CONTROLLER, build_alter, take_alter, "changing topic", false };
static const struct gw_call_kind alter_broker_kind = { GW_API_INCREMENTAL_ALTER_CONFIGS,
	GW_ROUTE_NODE, build_alter, take_alter, "changing broker", false };

struct gw_call *
gw_call_alter_configs(struct gw_client *c, const struct gw_alter *a)
{
	struct gw_call *call;

	if (a->topic != NULL && !gw_call_given(c, "changing a configuration", a->topic))
		return NULL;
	call = resource_call(
	    c, a->topic != NULL ? &alter_topic_kind : &alter_broker_kind, a->topic, a->node_id);
	if (call == NULL)
		return NULL;
	call->dry_run = a->dry_run;
	return gw_call_keep_configs(call, a->configs, a->n_configs);
}
