/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_topics.c - DeleteTopics (key 20), flexible from version 4.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_delete_topics.h"

static void
delete_topics_topic(struct gw_codec *w, struct gw_delete_topics_topic *t)
{
	gw_string(gw_null(w, 6), "Name", 6, GW_MAX, &t->name);
	gw_uuid(w, "TopicId", 6, GW_MAX, &t->topic_id);
	gw_tags(w);
}

void
gw_delete_topics_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_topics_request *r = msg;
	struct gw_delete_topics_topic *t;

	GW_EACH(w, "Topics", 6, GW_MAX, t, r->topics, r->n_topics)
		delete_topics_topic(w, t);
	gw_strings(gw_ign(w), "TopicNames", 0, 5, &r->topic_names, &r->n_topic_names);
	gw_i32(w, "TimeoutMs", 0, GW_MAX, &r->timeout_ms, 0);
	gw_tags(w);
}

static void
delete_topics_topic_result(struct gw_codec *w, struct gw_delete_topics_topic_result *t)
{
	gw_string(gw_null_or_empty(w, 6), "Name", 0, GW_MAX, &t->name);
	gw_uuid(gw_ign(w), "TopicId", 6, GW_MAX, &t->topic_id);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &t->error_code, 0);
	gw_string(gw_ign(gw_null(w, 5)), "ErrorMessage", 5, GW_MAX, &t->error_message);
	gw_tags(w);
}

void
gw_delete_topics_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_delete_topics_response *r = msg;
	struct gw_delete_topics_topic_result *t;

	gw_i32(gw_ign(w), "ThrottleTimeMs", 1, GW_MAX, &r->throttle_time_ms, 0);
	GW_EACH(w, "Responses", 0, GW_MAX, t, r->responses, r->n_responses)
		delete_topics_topic_result(w, t);
	gw_tags(w);
}
