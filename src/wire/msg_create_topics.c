/* SPDX-License-Identifier: MIT
 *
 * wire/msg_create_topics.c - CreateTopics (key 19), flexible from version 5.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_create_topics.h"

static void
create_topics_assignment(struct gw_codec *w, struct gw_create_topics_assignment *a)
{
	gw_i32(w, "PartitionIndex", 0, GW_MAX, &a->partition_index, 0);
	gw_i32s(w, "BrokerIds", 0, GW_MAX, &a->broker_ids, &a->n_broker_ids);
	gw_tags(w);
}

static void
create_topics_config(struct gw_codec *w, struct gw_create_topics_config *c)
{
	gw_string(w, "Name", 0, GW_MAX, &c->name);
	gw_string(gw_null_or_empty(w, 0), "Value", 0, GW_MAX, &c->value);
	gw_tags(w);
}

static void
create_topics_topic(struct gw_codec *w, struct gw_create_topics_topic *t)
{
	struct gw_create_topics_assignment *a;
	struct gw_create_topics_config *c;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	gw_i32(w, "NumPartitions", 0, GW_MAX, &t->num_partitions, 0);
	gw_i16(w, "ReplicationFactor", 0, GW_MAX, &t->replication_factor, 0);
	GW_EACH(w, "Assignments", 0, GW_MAX, a, t->assignments, t->n_assignments)
		create_topics_assignment(w, a);
	GW_EACH(w, "Configs", 0, GW_MAX, c, t->configs, t->n_configs)
		create_topics_config(w, c);
	gw_tags(w);
}

void
gw_create_topics_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_create_topics_request *r = msg;
	struct gw_create_topics_topic *t;

	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		create_topics_topic(w, t);
	gw_i32(w, "timeoutMs", 0, GW_MAX, &r->timeout_ms, 60000);
	gw_bool(w, "validateOnly", 1, GW_MAX, &r->validate_only, false);
	gw_tags(w);
}

static void
create_topics_config_result(struct gw_codec *w, struct gw_create_topics_config_result *c)
{
	gw_string(w, "Name", 5, GW_MAX, &c->name);
	gw_string(gw_null_or_empty(w, 5), "Value", 5, GW_MAX, &c->value);
	gw_bool(w, "ReadOnly", 5, GW_MAX, &c->read_only, false);
	gw_i8(gw_ign(w), "ConfigSource", 5, GW_MAX, &c->config_source, -1);
	gw_bool(w, "IsSensitive", 5, GW_MAX, &c->is_sensitive, false);
	gw_tags(w);
}

static void
create_topics_topic_result(struct gw_codec *w, struct gw_create_topics_topic_result *t)
{
	struct gw_create_topics_config_result *c;
	struct gw_tags tags;

	gw_string(w, "Name", 0, GW_MAX, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 7, GW_MAX, &t->topic_id);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &t->error_code, 0);
	gw_string(gw_ign(gw_null_or_empty(w, 0)), "ErrorMessage", 1, GW_MAX, &t->error_message);
	gw_i32(gw_ign(w), "NumPartitions", 5, GW_MAX, &t->num_partitions, -1);
	gw_i16(gw_ign(w), "ReplicationFactor", 5, GW_MAX, &t->replication_factor, -1);
	GW_EACH(gw_ign(gw_null_or_empty(w, 5)), "Configs", 5, GW_MAX, c, t->configs, t->n_configs)
		create_topics_config_result(w, c);
	gw_tags_begin(w, &tags);
	gw_i16(gw_ign(gw_tag(w, &tags, 0)), "TopicConfigErrorCode", 5, GW_MAX,
	    &t->topic_config_error_code, 0);
	gw_tags_end(w, &tags);
}

void
gw_create_topics_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_create_topics_response *r = msg;
	struct gw_create_topics_topic_result *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 2, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Topics", 0, GW_MAX, t, r->topics, r->n_topics)
		create_topics_topic_result(w, t);
	gw_tags(w);
}
