/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_topic.c - gridwire topic: list, describe, create, alter, delete, records.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>

#include "apps/actions.h"
#include "apps/admin/change_topic.h"
#include "apps/admin/show_topic.h"
#include "apps/table.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"

#define TOPICS_MAX	64
#define CONFIGS_MAX	64
#define SETTLE_US	5000000
#define RETRY_US	50000

enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_PARTITIONS, OPT_REPLICATION, OPT_CONFIG,
	OPT_DELETE_CONFIG, OPT_IF_MISSING, OPT_INTERNAL, OPT_PARTITION, OPT_BEFORE, OPT_DRY_RUN,
	OPT_JSON
};
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_TOPIC] = { 't', "topic", "TOPIC", "the topic; the same as naming it after the verb" },
	[OPT_PARTITIONS] = { 0, "partitions", "N",
	    "create: how many (default: the broker's); alter: in all, from now on" },
	[OPT_REPLICATION] = { 0, "replication-factor", "N",
	    "create: copies of each (default: the broker's)" },
	[OPT_CONFIG] = { 0, "config", "KEY=VALUE",
	    "create and alter: of the topic; may be repeated" },
	[OPT_DELETE_CONFIG] = { 0, "delete-config", "KEY",
	    "alter: back to the broker's default; may be repeated" },
	[OPT_IF_MISSING] = { 0, "if-not-exists", NULL, "create: one that is there is fine" },
	[OPT_INTERNAL] = { 0, "internal", NULL, "list: the cluster's own topics too" },
	[OPT_PARTITION] = { 'p', "partition", "N", "delete-records: only of this one" },
	[OPT_BEFORE] = { 0, "before", "OFFSET|end",
	    "delete-records: those with lower offsets, or all there are now" },
	[OPT_DRY_RUN] = { 0, "dry-run", NULL,
	    "alter and delete-records: only say what would be done" },
	[OPT_JSON] = { 0, "json", NULL, "list, describe, delete-records: one JSON object" },
};

struct topic {
	struct gw_actor		 a;
	const char		*topics[TOPICS_MAX];
	size_t			 n_topics;
	int64_t			 n_partitions, replication_factor;
	char			*config_text[CONFIGS_MAX];	/* owned "key=value", cut in two */
	struct gw_config	 configs[CONFIGS_MAX];
	size_t			 n_configs;
	bool			 if_missing, internal, json, dry_run;
	int64_t			 partition;
	const char		*before;
};

/* ---- list ---- */

static int16_t
replicas_of(const struct gw_topic_info *t)
{
	return t->n_partitions == 0 ? 0 : (int16_t)t->partitions[0].n_replicas;
}

static int
by_name(const void *a, const void *b)
{
	const struct gw_topic_info *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* The topics that are to be shown, sorted. To be freed; NULL: out of memory. */
static const struct gw_topic_info **
shown(struct topic *s, const struct gw_cluster_info *ci, size_t *n)
{
	const struct gw_topic_info **t;
	size_t i;

	*n = 0;
	t = gw_alloc_zero(s->a.app->env->alloc, ci->n_topics + 1, sizeof(*t));
	if (t == NULL)
		return NULL;
	for (i = 0; i < ci->n_topics; i++)
		if (!ci->topics[i].is_internal || s->internal)
			t[(*n)++] = &ci->topics[i];
	qsort(t, *n, sizeof(*t), by_name);
	return t;
}

static void
list_json(struct topic *s, const struct gw_topic_info *const *topics, size_t n)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &s->a.app->out);
	gw_json_object(&w);
	gw_json_key(&w, "topics");
	gw_json_array(&w);
	for (i = 0; i < n; i++) {
		gw_json_object(&w);
		gw_json_kv_str(&w, "topic", gw_str(topics[i]->name));
		gw_json_kv_int(&w, "partitions", (int64_t)topics[i]->n_partitions);
		gw_json_kv_int(&w, "replication_factor", replicas_of(topics[i]));
		gw_json_kv_bool(&w, "internal", topics[i]->is_internal);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->a.app, "\n");
}

static void
list_table(struct topic *s, const struct gw_topic_info *const *topics, size_t n)
{
	static const struct gw_column columns[] = {
		{ "TOPIC", false }, { "PARTITIONS", true }, { "REPLICATION", true },
	};
	struct gw_table t;
	size_t i;

	gw_table_init(&t, s->a.app->env->alloc, columns, GW_N(columns));
	for (i = 0; i < n; i++) {
		gw_table_cell(&t, "%s", topics[i]->name);
		gw_table_cell(&t, "%zu", topics[i]->n_partitions);
		gw_table_cell(&t, "%d", replicas_of(topics[i]));
	}
	if (n == 0)
		gw_app_say(s->a.app, "%s has no topics", s->a.k.bootstrap);
	else
		gw_table_print(&t, s->a.app);
	gw_table_fini(&t);
}

static int
list(void *self, struct gw_err *err)
{
	struct topic *s = self;
	struct gw_call *call = gw_call_cluster(s->a.k.client, NULL);
	const struct gw_topic_info **topics = NULL;
	size_t n = 0;
	int rc;

	rc = gw_kafka_wait(&s->a.k, call, err);
	if (rc == 0 && (topics = shown(s, gw_call_cluster_result(call), &n)) == NULL)
		rc = gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (rc == 0 && s->json)
		list_json(s, topics, n);
	else if (rc == 0)
		list_table(s, topics, n);
	gw_alloc_free(s->a.app->env->alloc, topics);
	gw_call_free(call);
	return rc;
}

static int
describe(void *self, struct gw_err *err)
{
	struct topic *s = self;
	size_t i;
	int rc;

	for (i = 0; i < s->n_topics; i++) {
		if (i > 0 && !s->json)
			gw_app_print(s->a.app, "\n");
		if ((rc = gw_show_topic(&s->a.k, s->topics[i], s->json, err)) != 0)
			return rc;
	}
	return 0;
}

/* ---- create, delete ---- */

/*
 * The controller has agreed; a broker asked right after may not know it yet. Wait until one does,
 * so that the next command of a script finds what this one left. Not longer than SETTLE_US: it is
 * done.
 */
static int
settle(struct topic *s, const char *topic, bool there, struct gw_err *err)
{
	int64_t now = gw_env_now(s->a.app->env).us, give_up = now + SETTLE_US;
	const struct gw_topic_info *info;
	struct gw_call *call;
	bool is;
	int rc;

	for (; now < give_up; now = gw_env_now(s->a.app->env).us) {
		call = gw_call_cluster(s->a.k.client, topic);
		rc = gw_kafka_wait(&s->a.k, call, err);
		info = rc == 0 ? gw_kafka_find_topic(call, topic) : NULL;
		is = info != NULL && info->error == 0;
		gw_call_free(call);
		if (rc != 0 && rc != GW_K_UNKNOWN_TOPIC_OR_PARTITION)
			return rc;
		if (is == there)
			break;
		if ((rc = gw_kafka_sleep(&s->a.k, now + RETRY_US, err)) != 0)
			return rc;
	}
	return 0;
}

static int
create(void *self, struct gw_err *err)
{
	struct topic *s = self;
	struct gw_call *call;
	size_t i;
	int rc;

	for (i = 0; i < s->n_topics; i++) {
		call = gw_call_create_topic(s->a.k.client, s->topics[i], (int32_t)s->n_partitions,
		    (int16_t)s->replication_factor, s->configs, s->n_configs);
		rc = gw_kafka_wait(&s->a.k, call, err);
		gw_call_free(call);
		if (rc == GW_K_TOPIC_ALREADY_EXISTS && s->if_missing)
			gw_app_say(s->a.app, "%s already exists", s->topics[i]);
		else if (rc == GW_K_TOPIC_ALREADY_EXISTS)
			return gw_err_set(err, rc,
			    "topic \"%s\" already exists; --if-not-exists makes that fine",
			    s->topics[i]);
		else if (rc != 0 || (rc = settle(s, s->topics[i], true, err)) != 0)
			return rc;
		else
			gw_app_say(s->a.app, "created %s", s->topics[i]);
	}
	return 0;
}

static int
delete(void *self, struct gw_err *err)
{
	struct topic *s = self;
	struct gw_call *call;
	size_t i;
	int rc;

	for (i = 0; i < s->n_topics; i++) {
		call = gw_call_delete_topic(s->a.k.client, s->topics[i]);
		rc = gw_kafka_wait(&s->a.k, call, err);
		gw_call_free(call);
		if (rc == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
			return gw_err_set(err, rc, "topic \"%s\" does not exist on %s",
			    s->topics[i], s->a.k.bootstrap);
		if (rc != 0 || (rc = settle(s, s->topics[i], false, err)) != 0)
			return rc;
		gw_app_say(s->a.app, "deleted %s", s->topics[i]);
	}
	return 0;
}

/* ---- alter, delete records ---- */

static int
alter(void *self, struct gw_err *err)
{
	struct topic *s = self;
	const struct gw_topic_change c = { .configs = s->configs, .n_configs = s->n_configs,
		.n_partitions = s->n_partitions, .dry_run = s->dry_run };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->n_topics; i++)
		rc = gw_change_topic(&s->a.k, s->topics[i], &c, err);
	return rc;
}

static int
delete_records(void *self, struct gw_err *err)
{
	struct topic *s = self;
	struct gw_truncation t = { .partition = s->partition, .before = -1, .dry_run = s->dry_run,
		.json = s->json };
	int rc = 0;

	if (strcmp(s->before, "end") != 0 && (gw_slice_i64(gw_str(s->before), &t.before) != 0 ||
	    t.before < 0))
		return gw_err_set(err, GW_EINVAL, "--before %s: an offset or \"end\" is wanted",
		    s->before);
	for (size_t i = 0; rc == 0 && i < s->n_topics; i++)
		rc = gw_truncate_topic(&s->a.k, s->topics[i], &t, err);
	return rc;
}

/* ---- the verb ---- */

static const struct gw_action actions[] = {
	{ "list", NULL, list },
	{ "describe", "topic", describe },
	{ "create", "topic", create },
	{ "alter", "topic", alter },
	{ "delete", "topic", delete },
	{ "delete-records", "topic", delete_records },
};

static int
take_config(struct topic *s, const char *value, bool set, struct gw_err *err)
{
	char *text, *eq;

	if (set != (strchr(value, '=') != NULL))
		return gw_err_set(err, GW_EINVAL, "--%sconfig %s: %s is wanted",
		    set ? "" : "delete-", value, set ? "key=value" : "only the key");
	if (s->n_configs == CONFIGS_MAX)
		return gw_err_set(err, GW_EINVAL, "more than %d configs", CONFIGS_MAX);
	text = gw_alloc_str(s->a.app->env->alloc, gw_str(value));
	if (text == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	eq = strchr(text, '=');
	if (set)
		*eq++ = '\0';
	s->config_text[s->n_configs] = text;
	s->configs[s->n_configs++] = (struct gw_config){ .name = text, .value = eq };
	return 0;
}

static int
take_topic(struct topic *s, const char *name, struct gw_err *err)
{
	if (s->n_topics == TOPICS_MAX)
		return gw_err_set(err, GW_EINVAL, "more than %d topics", TOPICS_MAX);
	s->topics[s->n_topics++] = name;
	return 0;
}

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct topic *s = self;

	switch (i) {
	case GW_CLI_OPERAND:
	case OPT_TOPIC:
		return take_topic(s, value, err);
	case OPT_PARTITIONS:
		return gw_cli_i64(&opts[i], value, 1, 100000, &s->n_partitions, err);
	case OPT_REPLICATION:
		return gw_cli_i64(&opts[i], value, 1, INT16_MAX, &s->replication_factor, err);
	case OPT_CONFIG:
		return take_config(s, value, true, err);
	case OPT_DELETE_CONFIG:
		return take_config(s, value, false, err);
	case OPT_PARTITION:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &s->partition, err);
	case OPT_BEFORE:
		s->before = value;
		return 0;
	case OPT_DRY_RUN:
		s->dry_run = true;
		return 0;
	case OPT_IF_MISSING:
		s->if_missing = true;
		return 0;
	case OPT_INTERNAL:
		s->internal = true;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
check_options(void *self, const struct gw_action *a, struct gw_err *err)
{
	const struct topic *s = self;

	if (a->wants != NULL && s->n_topics == 0)
		return gw_err_set(err, GW_EINVAL, "which %s to %s?", a->wants, a->name);
	if (a->run == alter && s->n_configs == 0 && s->n_partitions < 0)
		return gw_err_set(err, GW_EINVAL,
		    "alter what? --config, --delete-config or --partitions");
	if (a->run == delete_records && s->before == NULL)
		return gw_err_set(err, GW_EINVAL,
		    "which records? --before OFFSET, or --before end for all");
	if (s->dry_run && a->run != alter && a->run != delete_records)
		return gw_err_set(err, GW_EINVAL, "--dry-run goes with alter and delete-records");
	return 0;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	static const struct gw_actions v = { .opts = opts, .n_opts = GW_N(opts), .all = actions,
		.n = GW_N(actions), .take = take_option, .check = check_options };
	struct topic s = { .a.app = app, .n_partitions = -1, .replication_factor = -1,
		.partition = -1 };
	int code = gw_actions_run(&v, &s.a, argc, argv);

	for (size_t i = 0; i < s.n_configs; i++)
		gw_alloc_free(app->env->alloc, s.config_text[i]);
	return code;
}

const struct gw_verb gw_verb_topic = {
	.name = "topic",
	.summary = "list, describe, create, alter, delete topics",
	.usage = "gridwire topic list [--internal] [--json]\n"
	    "       gridwire topic describe TOPIC... [--json]\n"
	    "       gridwire topic create TOPIC... [--partitions N] [--config KEY=VALUE]\n"
	    "       gridwire topic alter TOPIC... [--config KEY=VALUE] [--partitions N]\n"
	    "       gridwire topic delete TOPIC...\n"
	    "       gridwire topic delete-records TOPIC... --before OFFSET|end [-p N]",
	.details =
	    "FIRST is the oldest offset still there, END the one the next record will get.\n"
	    "describe shows the configs that differ from the broker's, with -v all of them.\n"
	    "alter changes what is named and nothing else.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
