/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_start.h"

#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"

#define BACKOFF_US	50000
#define BACKOFF_MAX_US	1000000
#define GIVE_UP_US	30000000	/* for errors that pass, as a new topic's missing leader */

/* The group before the log's end, which other scorers may move on meanwhile. */
enum {
	ASK_TOPIC, ASK_GROUP, ASK_CSV, ASK_BEGIN, ASK_END, ASK_SINCE, ASK_TO, ASK_RETENTION,
	MAKE_TO, ALL_KNOWN
};

void
gw_score_start_init(struct gw_score_start *s, struct gw_env *env, struct gw_client *client,
    const struct gw_score_options *o)
{
	memset(s, 0, sizeof(*s));
	s->env = env;
	s->client = client;
	s->o = o;
	s->csv_length = -1;
	s->retry_us = INT64_MAX;
	s->backoff_us = BACKOFF_US;
	s->give_up_us = gw_env_now(env).us + GIVE_UP_US;
}

void
gw_score_start_fini(struct gw_score_start *s)
{
	gw_call_free(s->call);
	gw_alloc_free(s->env->alloc, s->retention_ms);
	gw_alloc_free(s->env->alloc, s->partitions);
	memset(s, 0, sizeof(*s));
}

static int
out_of_memory(struct gw_err *err)
{
	return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
}

static const struct gw_topic_info *
find_topic(const struct gw_call *call, const char *topic)
{
	const struct gw_cluster_info *cluster = gw_call_cluster_result(call);

	for (size_t i = 0; cluster != NULL && i < cluster->n_topics; i++)
		if (strcmp(cluster->topics[i].name, topic) == 0)
			return &cluster->topics[i];
	return NULL;
}

/* Kafka's code for the topic of an ASK_TOPIC or ASK_TO. */
static int
topic_error(const struct gw_topic_info *topic)
{
	return topic == NULL ? GW_K_UNKNOWN_TOPIC_OR_PARTITION : topic->error;
}

/* A scorer may be started before whoever makes the topic: that is waited for without limit. */
static int
no_topic(struct gw_score_start *s, struct gw_err *err)
{
	char text[GW_ERR_MSG_MAX];

	if (s->o->at_end)
		return gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION, "topic \"%s\" does not "
		    "exist; \"gridwire topic list\" shows what there is", s->o->topic);
	if (!s->told && s->o->notice != NULL) {
		snprintf(text, sizeof(text), "waiting for topic \"%.249s\" to be created",
		    s->o->topic);
		s->o->notice(s->o->arg, text);
	}
	s->told = true;
	s->give_up_us = gw_env_now(s->env).us + GIVE_UP_US;
	return GW_EAGAIN;
}

/* Of the topics that are written, the one after at (NULL: the first); NULL: that was the last. */
static const char *
topic_after(const struct gw_score_options *o, const char *at)
{
	const char *const all[] = { o->to, o->dlq, o->shadow_to };
	size_t i = 0;

	while (at != NULL && i < GW_N(all) && all[i++] != at)
		;
	while (i < GW_N(all) && all[i] == NULL)
		i++;
	return i < GW_N(all) ? all[i] : NULL;
}

/* The next step, without those that ask what nobody wants to know. */
static void
next_step(struct gw_score_start *s)
{
	if (s->anew) {
		s->step = ALL_KNOWN;
		return;
	}
	if (s->step < ASK_GROUP && s->o->group != NULL) {
		s->step = ASK_GROUP;
		return;
	}
	if (s->step < ASK_CSV && s->csv_group != NULL) {
		s->step = ASK_CSV;
		return;
	}
	if (s->step < ASK_END) {
		s->step = s->step < ASK_BEGIN ? ASK_BEGIN : ASK_END;
		return;
	}
	if (s->step < ASK_SINCE && s->o->from == GW_SCORE_TIME) {
		s->step = ASK_SINCE;
		return;
	}
	s->to = topic_after(s->o, s->step < ASK_TO ? NULL : s->to);
	s->step = s->to != NULL ? ASK_TO : ALL_KNOWN;
}

static int
take_topic(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_topic_info *topic = find_topic(s->call, s->o->topic);
	int code = topic_error(topic);

	if (code == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		return no_topic(s, err);
	if (code != 0)
		return gw_err_set(err, code, "topic \"%s\": %s", s->o->topic, gw_strerror(code));
	if (topic->n_partitions == 0)
		return gw_err_set(err, GW_EPROTO, "topic \"%s\" has no partitions", s->o->topic);
	gw_alloc_free(s->env->alloc, s->partitions);
	s->partitions = gw_alloc_zero(s->env->alloc, topic->n_partitions, sizeof(*s->partitions));
	if (s->partitions == NULL)
		return out_of_memory(err);
	s->n = topic->n_partitions;
	s->replication = (int16_t)topic->partitions[0].n_replicas;
	for (size_t i = 0; i < s->n; i++)
		s->partitions[i] = (struct gw_score_partition){ -1, -1, -1, -1 };
	next_step(s);
	return 0;
}

static int
take_log_offsets(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_offsets *found = gw_call_offsets_result(s->call);

	for (size_t i = 0; i < found->n_offsets; i++) {
		const struct gw_offset_info *o = &found->offsets[i];

		if (o->error != 0)
			return gw_err_set(err, o->error, "topic \"%s\" partition %d: %s",
			    s->o->topic, (int)o->partition, gw_strerror(o->error));
		if (o->partition < 0 || (size_t)o->partition >= s->n)
			continue;
		*(s->step == ASK_BEGIN ? &s->partitions[o->partition].begin :
		    s->step == ASK_END ? &s->partitions[o->partition].end :
		    &s->partitions[o->partition].since) = o->offset;
	}
	next_step(s);
	return 0;
}

static int
take_group(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_offsets *found = gw_call_offsets_result(s->call);

	for (size_t i = 0; i < found->n_offsets; i++) {
		const struct gw_offset_info *o = &found->offsets[i];

		if (strcmp(o->topic, s->o->topic) != 0 || o->partition < 0 ||
		    (size_t)o->partition >= s->n)
			continue;
		/* Another scorer commits it just now: then it is neither new nor lost. */
		if (o->error == GW_K_UNSTABLE_OFFSET_COMMIT)
			continue;
		if (o->error != 0)
			return gw_err_set(err, o->error, "group \"%s\": %s", s->o->group,
			    gw_strerror(o->error));
		s->partitions[o->partition].committed = o->offset;
	}
	next_step(s);
	return 0;
}

static int
take_csv(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_offsets *found = gw_call_offsets_result(s->call);

	for (size_t i = 0; i < found->n_offsets; i++) {
		const struct gw_offset_info *o = &found->offsets[i];

		if (strcmp(o->topic, s->o->topic) != 0 || o->partition != 0)
			continue;
		if (o->error != 0)
			return gw_err_set(err, o->error, "group \"%s\": %s", s->csv_group,
			    gw_strerror(o->error));
		s->csv_length = o->offset;
	}
	next_step(s);
	return 0;
}

static int
take_to(struct gw_score_start *s, struct gw_err *err)
{
	int code = topic_error(find_topic(s->call, s->to));

	if (code == 0)
		next_step(s);
	else if (code == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		s->step = ASK_RETENTION;
	else
		return gw_err_set(err, code, "topic \"%s\": %s", s->to, gw_strerror(code));
	return 0;
}

/* Predictions are kept as long as the plays they are about. */
static int
take_retention(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_configs *found = gw_call_configs_result(s->call);

	for (size_t i = 0; i < found->n_configs; i++) {
		const struct gw_config *c = &found->configs[i];

		if (strcmp(c->name, "retention.ms") != 0 || c->value == NULL || c->is_default)
			continue;
		gw_alloc_free(s->env->alloc, s->retention_ms);
		s->retention_ms = gw_alloc_str(s->env->alloc, gw_str(c->value));
		if (s->retention_ms == NULL)
			return out_of_memory(err);
	}
	s->step = MAKE_TO;
	return 0;
}

static int
take_made(struct gw_score_start *s, struct gw_err *err)
{
	(void)err;
	next_step(s);
	return 0;
}

static struct gw_call *
ask_topic(struct gw_score_start *s)
{
	return gw_call_cluster(s->client, s->o->topic);
}

static struct gw_call *
ask_begin(struct gw_score_start *s)
{
	return gw_call_list_offsets(s->client, s->o->topic, GW_OFFSET_EARLIEST);
}

static struct gw_call *
ask_end(struct gw_score_start *s)
{
	return gw_call_list_offsets(s->client, s->o->topic, GW_OFFSET_LATEST);
}

static struct gw_call *
ask_since(struct gw_score_start *s)
{
	return gw_call_list_offsets(s->client, s->o->topic, s->o->from_n);
}

static struct gw_call *
ask_group(struct gw_score_start *s)
{
	return gw_call_group_offsets(s->client, s->o->group);
}

static struct gw_call *
ask_csv(struct gw_score_start *s)
{
	return gw_call_group_offsets(s->client, s->csv_group);
}

static struct gw_call *
ask_to(struct gw_score_start *s)
{
	return gw_call_cluster(s->client, s->to);
}

static struct gw_call *
ask_retention(struct gw_score_start *s)
{
	return gw_call_topic_configs(s->client, s->o->topic);
}

static struct gw_call *
make_to(struct gw_score_start *s)
{
	struct gw_config retention = { .name = "retention.ms", .value = s->retention_ms };

	return gw_call_create_topic(s->client, s->to, (int32_t)s->n, s->replication, &retention,
	    s->retention_ms != NULL ? 1 : 0);
}

static const struct {
	struct gw_call	*(*ask)(struct gw_score_start *s);
	int		 (*take)(struct gw_score_start *s, struct gw_err *err);
} steps[ALL_KNOWN] = {
	[ASK_TOPIC] = { ask_topic, take_topic },
	[ASK_BEGIN] = { ask_begin, take_log_offsets },
	[ASK_END] = { ask_end, take_log_offsets },
	[ASK_SINCE] = { ask_since, take_log_offsets },
	[ASK_GROUP] = { ask_group, take_group },
	[ASK_CSV] = { ask_csv, take_csv },
	[ASK_TO] = { ask_to, take_to },
	[ASK_RETENTION] = { ask_retention, take_retention },
	[MAKE_TO] = { make_to, take_made },
};

static int
take(struct gw_score_start *s, struct gw_err *err)
{
	const struct gw_err *failed = gw_call_error(s->call);

	if (failed->code == 0)
		return steps[s->step].take(s, err);
	if (s->step == MAKE_TO && failed->code == GW_K_TOPIC_ALREADY_EXISTS)
		return take_made(s, err);
	if (s->step == ASK_TOPIC && failed->code == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		return no_topic(s, err);
	if (err != NULL)
		*err = *failed;
	return failed->code;
}

/* Whether asking again may help, and then when. */
static bool
again(struct gw_score_start *s, int code)
{
	int64_t now = gw_env_now(s->env).us;

	/* Kafka calls an unknown topic worth a retry; here that was decided in no_topic(). */
	if (s->step == ASK_TOPIC && code == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		return false;
	if (code != GW_EAGAIN && (code < GW_K_UNKNOWN_SERVER_ERROR || !gw_err_retriable(code)))
		return false;
	if (now > s->give_up_us)
		return false;
	s->retry_us = now + s->backoff_us;
	s->backoff_us = s->backoff_us * 2 < BACKOFF_MAX_US ? s->backoff_us * 2 : BACKOFF_MAX_US;
	return true;
}

void
gw_score_start_anew(struct gw_score_start *s)
{
	s->anew = true;
	s->step = ASK_GROUP;
	s->retry_us = INT64_MAX;
	s->backoff_us = BACKOFF_US;
	s->give_up_us = gw_env_now(s->env).us + GIVE_UP_US;
}

int
gw_score_start_go(struct gw_score_start *s, struct gw_err *err)
{
	int rc;

	while (s->step != ALL_KNOWN) {
		if (s->call == NULL) {
			if (s->retry_us != INT64_MAX && gw_env_now(s->env).us < s->retry_us)
				return 0;
			s->retry_us = INT64_MAX;
			s->call = steps[s->step].ask(s);
			if (s->call == NULL)
				return out_of_memory(err);
		}
		if (!gw_call_done(s->call))
			return 0;
		rc = take(s, err);
		gw_call_free(s->call);
		s->call = NULL;
		if (rc != 0 && !again(s, rc))
			return rc;
	}
	return 1;
}
