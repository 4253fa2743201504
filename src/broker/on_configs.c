/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_alter_configs.h"
#include "wire/msg_describe_configs.h"
#include "wire/msg_incremental_alter_configs.h"

enum { RESOURCE_TOPIC = 2, RESOURCE_BROKER = 4 };
enum { OP_SET = 0, OP_DELETE = 1, OP_APPEND = 2, OP_SUBTRACT = 3 };

#define BROKER_CONFIGS_MAX	20

struct setting {		/* one line of an answer, whatever it describes */
	const char		*name;
	struct gw_slice		 value;
	enum gw_config_type	 type;
	enum gw_config_source	 source;
	bool			 read_only;
	const char		*doc;
};

struct settings {
	struct gw_request	*rq;
	struct setting		*items;
	size_t			 n;
	bool			 failed;
};

/* ---- what there is ---- */

static void
add_text(struct settings *s, const char *name, enum gw_config_type type, const char *value,
    const char *doc)
{
	const char *copy = gw_arena_str(s->rq->arena, gw_str(value));

	s->failed |= copy == NULL;
	s->items[s->n++] = (struct setting){ .name = name, .value = gw_str(copy), .type = type,
		.source = GW_CONFIG_BROKER, .read_only = true, .doc = doc };
}

static void
add_number(
    struct settings *s, const char *name, enum gw_config_type type, int64_t value, const char *doc)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	add_text(s, name, type, text, doc);
}

static int
broker_settings(struct settings *s)
{
	const struct gw_broker *b = s->rq->b;
	const struct gw_broker_options *o = &b->o;
	char at[GW_ADDR_TEXT_MAX], listeners[GW_ADDR_TEXT_MAX + 16];

	s->items = gw_arena_zero(s->rq->arena, BROKER_CONFIGS_MAX, sizeof(*s->items));
	if (s->items == NULL)
		return GW_ENOMEM;
	gw_addr_text(&b->addr, at);
	snprintf(listeners, sizeof(listeners), "PLAINTEXT://%s", at);
	add_number(s, "node.id", GW_CONFIG_INT, GW_BROKER_ID, "There is one broker.");
	add_number(s, "broker.id", GW_CONFIG_INT, GW_BROKER_ID, "There is one broker.");
	add_text(s, "listeners", GW_CONFIG_LIST, listeners, "Where it listens.");
	add_text(s, "log.dirs", GW_CONFIG_LIST, b->dir, "Where its data is.");
	add_text(s, "auto.create.topics.enable", GW_CONFIG_BOOLEAN,
	    o->auto_create_topics ? "true" : "false", "Whether asking for a topic creates it.");
	add_number(s, "num.partitions", GW_CONFIG_INT, o->num_partitions,
	    "Of topics created without a number.");
	add_number(s, "default.replication.factor", GW_CONFIG_INT, 1, "There is one broker.");
	add_number(s, "min.insync.replicas", GW_CONFIG_INT, 1, "There is one broker.");
	add_number(
	    s, "log.retention.ms", GW_CONFIG_LONG, o->retention_ms, "How long records are kept.");
	add_number(s, "log.retention.bytes", GW_CONFIG_LONG, o->retention_bytes,
	    "Bytes kept in each partition.");
	add_number(s, "log.segment.bytes", GW_CONFIG_INT, o->segment_bytes,
	    "Size at which a segment ends.");
	add_text(s, "log.cleanup.policy", GW_CONFIG_LIST, "delete", "Old segments are deleted.");
	add_text(s, "compression.type", GW_CONFIG_STRING, "producer",
	    "Batches are stored as they came.");
	add_number(
	    s, "message.max.bytes", GW_CONFIG_INT, o->message_max_bytes, "Largest batch accepted.");
	add_number(s, "connections.max.idle.ms", GW_CONFIG_LONG, o->connections_max_idle_ms,
	    "Then a silent one ends.");
	add_number(
	    s, "max.connections", GW_CONFIG_INT, (int64_t)o->connections_max, "At the same time.");
	add_number(s, "group.initial.rebalance.delay.ms", GW_CONFIG_INT,
	    o->initial_rebalance_delay_ms, "How long a new group waits for more members.");
	add_number(s, "offset.metadata.max.bytes", GW_CONFIG_INT, GW_CGROUP_METADATA_MAX,
	    "With a committed offset.");
	return s->failed ? GW_ENOMEM : 0;
}

static int
topic_settings(struct settings *s, const struct gw_topic *t)
{
	s->items = gw_arena_zero(s->rq->arena, gw_n_topic_settings, sizeof(*s->items));
	if (s->items == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < gw_n_topic_settings; i++) {
		struct setting *x = &s->items[s->n++];
		char text[GW_CONFIG_TEXT_MAX];
		const char *copy;

		*x = (struct setting){ .name = gw_topic_settings[i].name,
			.type = gw_topic_settings[i].type,
			.read_only = i >= GW_TOPIC_KEYS,
			.doc = gw_topic_settings[i].doc };
		copy = gw_arena_str(s->rq->arena,
		    gw_topic_config_text(&t->configs, &s->rq->b->o, i, text, &x->source));
		if (copy == NULL)
			return GW_ENOMEM;
		x->value = gw_str(copy);
	}
	return 0;
}

/* ---- DescribeConfigs ---- */

static bool
asked_for(const struct gw_describe_configs_resource *q, const char *name)
{
	if (q->n_configuration_keys == GW_NULL_ARRAY || q->n_configuration_keys == 0)
		return true;
	for (size_t i = 0; i < q->n_configuration_keys; i++)
		if (gw_slice_is(q->configuration_keys[i], name))
			return true;
	return false;
}

static int
tell(const struct settings *s, const struct gw_describe_configs_request *q,
    const struct gw_describe_configs_resource *res, struct gw_describe_configs_result *out)
{
	struct gw_request *rq = s->rq;

	out->configs = gw_arena_zero(rq->arena, s->n + 1, sizeof(*out->configs));
	if (out->configs == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		const struct setting *x = &s->items[i];
		struct gw_describe_configs_resource_result *c;

		if (!asked_for(res, x->name))
			continue;
		c = &out->configs[out->n_configs++];
		*c = (struct gw_describe_configs_resource_result){ .name = gw_str(x->name),
			.value = x->value,
			.read_only = x->read_only,
			.config_source = (int8_t)x->source };
		if (rq->version >= 3) {
			c->config_type = (int8_t)x->type;
			if (q->include_documentation)
				c->documentation = gw_str(x->doc);
		}
		if (!q->include_synonyms)
			continue;
		c->synonyms = gw_arena_zero(rq->arena, 1, sizeof(*c->synonyms));
		if (c->synonyms == NULL)
			return GW_ENOMEM;
		c->synonyms[c->n_synonyms++] = (struct gw_describe_configs_synonym){
			.name = c->name, .value = c->value, .source = c->config_source
		};
	}
	return 0;
}

static bool
is_this_broker(struct gw_slice name)
{
	int64_t id;

	return name.len == 0 || (gw_slice_i64(name, &id) == 0 && id == GW_BROKER_ID);
}

static int
describe(struct gw_request *rq, const struct gw_describe_configs_request *q,
    const struct gw_describe_configs_resource *res, struct gw_describe_configs_result *out)
{
	struct settings s = { .rq = rq };
	const struct gw_topic *t;
	int rc = 0;

	*out = (struct gw_describe_configs_result){ .resource_type = res->resource_type,
		.resource_name = res->resource_name };
	if (res->resource_type == RESOURCE_BROKER && is_this_broker(res->resource_name))
		rc = broker_settings(&s);
	else if (res->resource_type == RESOURCE_TOPIC &&
		 (t = gw_topic_by_name(rq->b, res->resource_name)) != NULL)
		rc = topic_settings(&s, t);
	else if (res->resource_type == RESOURCE_TOPIC)
		out->error_code = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	else {
		out->error_code = GW_K_INVALID_REQUEST;
		out->error_message =
		    GW_LIT("this broker has settings of topics and of broker 1 only");
	}
	return rc < 0 || out->error_code != 0 ? rc : tell(&s, q, res, out);
}

int
gw_on_describe_configs(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_describe_configs_request *q = request;
	struct gw_describe_configs_response *r = response;
	int rc = 0;

	r->results = gw_arena_zero(rq->arena, q->n_resources + 1, sizeof(*r->results));
	if (r->results == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_resources; i++)
		rc = describe(rq, q, &q->resources[i], &r->results[r->n_results++]);
	return rc;
}

/* ---- what both ways of changing share ---- */

static struct gw_topic *
topic_to_change(
    struct gw_request *rq, int8_t resource_type, struct gw_slice name, int *rc, struct gw_err *err)
{
	struct gw_topic *t = gw_topic_by_name(rq->b, name);

	if (resource_type != RESOURCE_TOPIC)
		*rc = gw_err_set(err, GW_K_INVALID_REQUEST,
		    "only topics can be changed while the broker runs; "
		    "its own settings are options of its command line");
	else if (t == NULL)
		*rc = gw_err_set(
		    err, GW_K_UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic");
	else
		return t;
	return NULL;
}

/* Ends a change of which rc is known so far: obeyed unless it is only tried. */
static int
settle(struct gw_request *rq, struct gw_topic *t, struct gw_topic_configs *configs, int rc,
    bool validate_only)
{
	if (rc == 0 && !validate_only) {
		rc = gw_topic_configure(rq->b, t, configs);
		gw_keep_soon(rq->b, rq->now);
	}
	gw_topic_config_fini(configs, rq->b->env->alloc);
	return rc;
}

/* A change's outcome as the answer has it. */
static int16_t
answer(struct gw_request *rq, int rc, const struct gw_err *err, struct gw_slice *message)
{
	if (rc < 0) {
		gw_broker_disk_error(rq->b, rq->b->meta.path, rc);
		rc = GW_K_KAFKA_STORAGE_ERROR;
	}
	if (err->msg[0] != '\0')
		*message = gw_str(gw_arena_str(rq->arena, gw_str(err->msg)));
	return (int16_t)rc;
}

/* ---- IncrementalAlterConfigs ---- */

static int
alter_topic(struct gw_request *rq, const struct gw_incremental_alter_configs_resource *q,
    bool validate_only, struct gw_err *err)
{
	int rc = 0;
	struct gw_topic *t = topic_to_change(rq, q->resource_type, q->resource_name, &rc, err);
	struct gw_topic_configs configs;

	if (t == NULL)
		return rc;
	if (gw_topic_config_copy(&configs, &t->configs, rq->b->env->alloc) < 0)
		return GW_ENOMEM;
	for (size_t i = 0; rc == 0 && i < q->n_configs; i++) {
		const struct gw_incremental_alter_configs_config *c = &q->configs[i];
		struct gw_slice value =
		    c->config_operation == OP_DELETE ? (struct gw_slice){ NULL, 0 } : c->value;

		/*
		 * The only list that is obeyed holds one value: appending to it means the same as
		 * setting.
		 */
		if (c->config_operation < OP_SET || c->config_operation > OP_APPEND)
			rc = gw_err_set(err, GW_K_INVALID_REQUEST,
			    "%.*s: values can be set, deleted and appended here", GW_FMT(c->name));
		else if (value.ptr == NULL && c->config_operation != OP_DELETE)
			rc = gw_err_set(
			    err, GW_K_INVALID_REQUEST, "%.*s: no value given", GW_FMT(c->name));
		else
			rc = gw_topic_config_set(&configs, rq->b->env->alloc, c->name, value, err);
	}
	return settle(rq, t, &configs, rc, validate_only);
}

int
gw_on_incremental_alter_configs(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_incremental_alter_configs_request *q = request;
	struct gw_incremental_alter_configs_response *r = response;

	r->responses = gw_arena_zero(rq->arena, q->n_resources + 1, sizeof(*r->responses));
	if (r->responses == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_resources; i++) {
		const struct gw_incremental_alter_configs_resource *res = &q->resources[i];
		struct gw_incremental_alter_configs_resource_response *out =
		    &r->responses[r->n_responses++];
		struct gw_err err = { 0 };
		int rc = alter_topic(rq, res, q->validate_only, &err);

		out->resource_type = res->resource_type;
		out->resource_name = res->resource_name;
		out->error_code = answer(rq, rc, &err, &out->error_message);
	}
	return 0;
}

/* ---- AlterConfigs ---- */

static int
replace_topic(struct gw_request *rq, const struct gw_alter_configs_resource *q, bool validate_only,
    struct gw_err *err)
{
	int rc = 0;
	struct gw_topic *t = topic_to_change(rq, q->resource_type, q->resource_name, &rc, err);
	struct gw_topic_configs configs = { { NULL } };

	if (t == NULL)
		return rc;
	for (size_t i = 0; rc == 0 && i < q->n_configs; i++)
		rc = gw_topic_config_set(&configs, rq->b->env->alloc, q->configs[i].name,
		    q->configs[i].value, err);
	return settle(rq, t, &configs, rc, validate_only);
}

int
gw_on_alter_configs(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_alter_configs_request *q = request;
	struct gw_alter_configs_response *r = response;

	r->responses = gw_arena_zero(rq->arena, q->n_resources + 1, sizeof(*r->responses));
	if (r->responses == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_resources; i++) {
		const struct gw_alter_configs_resource *res = &q->resources[i];
		struct gw_alter_configs_resource_response *out = &r->responses[r->n_responses++];
		struct gw_err err = { 0 };
		int rc = replace_topic(rq, res, q->validate_only, &err);

		out->resource_type = res->resource_type;
		out->resource_name = res->resource_name;
		out->error_code = answer(rq, rc, &err, &out->error_message);
	}
	return 0;
}
