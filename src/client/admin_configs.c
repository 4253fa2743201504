/* SPDX-License-Identifier: MIT
 *
 * client/admin_configs.c - settings of topics and brokers: asked for and changed.
 *
 * Brokers before 2.3 only take all settings of a topic at once and drop the others: there what is
 * set is asked for first, and goes back with the changes.
 * Source: DescribeConfigs, IncrementalAlterConfigs, AlterConfigs (JSON); KIP-133, KIP-339.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/admin.h"

#include <stdio.h>

#include "client/internal.h"
#include "wire/msg_alter_configs.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_incremental_alter_configs.h"

#define RESOURCE_TOPIC		2
#define RESOURCE_BROKER		4

/* DescribeConfigsResponse.ConfigSource: set for this topic, this broker, all brokers; by nobody. */
enum { SOURCE_TOPIC = 1, SOURCE_BROKER = 2, SOURCE_BROKERS = 3, SOURCE_DEFAULT = 5 };
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

/* The answer about the one resource, or NULL with what take() returns in *rc. */
static const struct gw_describe_configs_result *
described(struct gw_call *call, const struct gw_describe_configs_response *r, int *rc)
{
	const struct gw_describe_configs_result *a = &r->results[0];

	if (r->n_results != 1)
		*rc = GW_K_UNKNOWN_SERVER_ERROR;
	else if (a->error_code != 0)
		*rc = gw_call_outcome(call, a->error_code, a->error_message);
	else
		return a;
	return NULL;
}

static int
take_describe(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	int rc = 0;
	const struct gw_describe_configs_result *a = described(call, body, &rc);
	struct gw_config *f;
	bool failed;

	(void)part;
	(void)version;
	if (a == NULL)
		return rc;
	f = gw_arena_zero(&call->arena, a->n_configs + 1, sizeof(*f));
	failed = f == NULL;
	for (size_t i = 0; !failed && i < a->n_configs; i++)
		f[i] = (struct gw_config){ .name = gw_call_str(call, a->configs[i].name, &failed),
		    .value = gw_call_str(call, a->configs[i].value, &failed),
		    .is_default = a->configs[i].config_source == SOURCE_DEFAULT,
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

/* ---- change, before 2.3 ---- */

/* Whether the changes say something of this setting. */
static bool
is_changed(const struct gw_call *call, struct gw_slice name)
{
	for (size_t i = 0; i < call->n_configs; i++)
		if (gw_slice_is(name, call->configs[i].name))
			return true;
	return false;
}

/* Whether it was set right here, so that it would be lost. */
static bool
is_set(const struct gw_call *call, const struct gw_describe_configs_resource_result *x)
{
	int source = call->topic != NULL ? SOURCE_TOPIC :
	    call->node_id < 0 ? SOURCE_BROKERS : SOURCE_BROKER;

	return x->config_source == source;
}

static const struct gw_call_kind replace_topic_kind, replace_broker_kind;

/* What is set becomes, with the changes, what will be set; then it is another question. */
static int
take_merge(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	int rc = 0;
	const struct gw_describe_configs_result *a = described(call, body, &rc);
	struct gw_config *f;
	bool failed = false;
	size_t n = 0;

	(void)part;
	(void)version;
	if (a == NULL)
		return rc;
	f = gw_arena_zero(&call->arena, a->n_configs + call->n_configs + 1, sizeof(*f));
	for (size_t i = 0; f != NULL && i < a->n_configs; i++) {
		const struct gw_describe_configs_resource_result *x = &a->configs[i];

		if (!is_set(call, x) || is_changed(call, x->name))
			continue;
		if (x->value.ptr == NULL)
			return gw_call_refuse(call, GW_EUNSUPPORTED, GW_LIT("a setting beside it "
			    "is secret, and a broker older than 2.3 would forget it"));
		f[n++] = (struct gw_config){ .name = gw_call_str(call, x->name, &failed),
		    .value = gw_call_str(call, x->value, &failed) };
	}
	if (f == NULL || failed)
		return gw_call_no_memory(call);
	for (size_t i = 0; i < call->n_configs; i++)
		if (call->configs[i].value != NULL)
			f[n++] = call->configs[i];
	call->configs = f;
	call->n_configs = n;
	call->kind = call->topic != NULL ? &replace_topic_kind : &replace_broker_kind;
	return 0;
}

static const void *
build_replace(struct gw_call *call, const struct gw_call_part *part, int version)
{
	struct gw_arena *arena = &call->client->scratch;
	struct gw_alter_configs_request *rq = gw_arena_zero(arena, 1, sizeof(*rq));
	struct gw_alter_configs_resource *t = gw_arena_zero(arena, 1, sizeof(*t));

	(void)part;
	(void)version;
	if (rq == NULL || t == NULL)
		return NULL;
	*t = (struct gw_alter_configs_resource){ .resource_type = resource_type(call),
		.resource_name = resource_name(call),
		.configs = gw_arena_zero(arena, call->n_configs + 1, sizeof(*t->configs)),
		.n_configs = call->n_configs };
	for (size_t i = 0; t->configs != NULL && i < call->n_configs; i++)
		t->configs[i] = (struct gw_alter_configs_config){
			gw_str(call->configs[i].name), gw_str(call->configs[i].value) };
	rq->resources = t;
	rq->n_resources = 1;
	rq->validate_only = call->dry_run;
	return t->configs == NULL ? NULL : rq;
}

static void
warn(struct gw_call *call)
{
	struct gw_event ev = { .type = GW_EVENT_ERROR, .partition = -1, .offset = -1, .broker = -1,
	    .retriable = true };

	(void)gw_err_set(&ev.err, GW_EVERSION, "%s %s: the broker is older than 2.3: all "
	    "settings were read and written back with the change; what somebody else changed "
	    "meanwhile is lost", call->kind->doing, call->topic != NULL ? call->topic :
	    call->node_text);
	gw_event_put(call->client, &ev);
}

static int
take_replace(struct gw_call *call, const struct gw_call_part *part, const void *body, int version)
{
	const struct gw_alter_configs_response *r = body;

	(void)part;
	(void)version;
	if (r->n_responses != 1)
		return GW_K_UNKNOWN_SERVER_ERROR;
	if (r->responses[0].error_code == 0)
		warn(call);
	return gw_call_outcome(call, r->responses[0].error_code, r->responses[0].error_message);
}

static const struct gw_call_kind merge_topic_kind = { GW_API_DESCRIBE_CONFIGS,
	GW_ROUTE_CONTROLLER, build_describe, take_merge, "changing topic", false };
static const struct gw_call_kind merge_broker_kind = { GW_API_DESCRIBE_CONFIGS, GW_ROUTE_NODE,
	build_describe, take_merge, "changing broker", false };
static const struct gw_call_kind replace_topic_kind = { GW_API_ALTER_CONFIGS,
	GW_ROUTE_CONTROLLER, build_replace, take_replace, "changing topic", false };
static const struct gw_call_kind replace_broker_kind = { GW_API_ALTER_CONFIGS, GW_ROUTE_NODE,
	build_replace, take_replace, "changing broker", false };

const struct gw_call_kind *
gw_call_older_kind(const struct gw_call_kind *kind)
{
	return kind == &alter_topic_kind ? &merge_topic_kind :
	    kind == &alter_broker_kind ? &merge_broker_kind : NULL;
}

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
