/* SPDX-License-Identifier: MIT
 *
 * apps/admin/change_topic.c - alter a topic, delete its records.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/change_topic.h"

#include <inttypes.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

/* ---- settings and partitions ---- */

static int
set_configs(struct gw_kafka *k, const char *topic, const struct gw_topic_change *c,
    struct gw_err *err)
{
	const struct gw_alter a = { .topic = topic, .configs = c->configs,
		.n_configs = c->n_configs, .dry_run = c->dry_run };
	struct gw_call *call = gw_call_alter_configs(k->client, &a);
	int rc = gw_kafka_wait(k, call, err);

	gw_call_free(call);
	for (size_t i = 0; rc == 0 && i < c->n_configs; i++)
		gw_app_say(k->app, "%s: %s%s%s%s%s", topic, c->dry_run ? "would set " : "",
		    c->configs[i].name, c->configs[i].value == NULL ? "" : "=",
		    c->configs[i].value == NULL ? "" : c->configs[i].value,
		    c->configs[i].value == NULL ? " to its default" : "");
	return rc;
}

static int
grow(struct gw_kafka *k, const char *topic, const struct gw_topic_change *c, struct gw_err *err)
{
	struct gw_call *call = gw_call_grow_topic(
	    k->client, topic, (int32_t)c->n_partitions, c->dry_run);
	int rc = gw_kafka_wait(k, call, err);

	gw_call_free(call);
	if (rc == 0)
		gw_app_say(k->app, "%s: %s%" PRId64 " partitions%s", topic,
		    c->dry_run ? "would have " : "", c->n_partitions, c->dry_run ? "" :
		    "; keys may go to other partitions than before");
	return rc;
}

int
gw_change_topic(struct gw_kafka *k, const char *topic, const struct gw_topic_change *c,
    struct gw_err *err)
{
	int rc = 0;

	if (c->n_partitions > 0)
		rc = grow(k, topic, c, err);
	if (rc == 0 && c->n_configs > 0)
		rc = set_configs(k, topic, c, err);
	return rc;
}

/* ---- records ---- */

struct cut {
	struct gw_kafka			*k;
	const char			*topic;
	const struct gw_truncation	*t;
	struct gw_call			*first, *end, *done;	/* done NULL: dry run */
	struct gw_offset_info		*before;
	size_t				 n;
};

static int
ask(struct cut *s, struct gw_err *err)
{
	int rc;

	s->first = gw_call_list_offsets(s->k->client, s->topic, GW_OFFSET_EARLIEST);
	if ((rc = gw_kafka_wait(s->k, s->first, err)) != 0)
		return rc;
	s->end = gw_call_list_offsets(s->k->client, s->topic, GW_OFFSET_LATEST);
	return gw_kafka_wait(s->k, s->end, err);
}

/* What is to go from which partition; more than there is is a mistake, not a wish. */
static int
plan(struct cut *s, struct gw_err *err)
{
	const struct gw_offsets *all = gw_call_offsets_result(s->end);

	s->before = gw_alloc_zero(s->k->app->env->alloc, all->n_offsets + 1, sizeof(*s->before));
	if (s->before == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	for (int32_t p = 0; (size_t)p < all->n_offsets; p++) {
		int64_t end = gw_kafka_offset(s->end, p);

		if (s->t->partition >= 0 && s->t->partition != p)
			continue;
		if (s->t->before > end)
			return gw_err_set(err, GW_K_OFFSET_OUT_OF_RANGE,
			    "partition %" PRId32 " of %s ends at offset %" PRId64
			    ": nothing was deleted", p, s->topic, end);
		s->before[s->n++] = (struct gw_offset_info){ .topic = s->topic, .partition = p,
			.offset = s->t->before < 0 ? end : s->t->before };
	}
	if (s->n == 0)
		return gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION,
		    "topic \"%s\" has no partition %" PRId64, s->topic, s->t->partition);
	return 0;
}

/* Where the partition begins after it; -1 if that failed. */
static int64_t
begins(const struct cut *s, size_t i)
{
	int64_t first = gw_kafka_offset(s->first, s->before[i].partition);

	if (s->done != NULL)
		return gw_kafka_offset(s->done, s->before[i].partition);
	return s->before[i].offset > first ? s->before[i].offset : first;
}

static void
tell_json(const struct cut *s)
{
	struct gw_json_out w;

	gw_json_begin(&w, &s->k->app->out);
	gw_json_object(&w);
	gw_json_kv_text(&w, "topic", s->topic);
	gw_json_kv_bool(&w, "dry_run", s->t->dry_run);
	gw_json_key(&w, "partitions");
	gw_json_array(&w);
	for (size_t i = 0; i < s->n; i++) {
		int64_t first = gw_kafka_offset(s->first, s->before[i].partition);

		gw_json_object(&w);
		gw_json_kv_int(&w, "partition", s->before[i].partition);
		gw_json_kv_int(&w, "deleted", begins(s, i) < 0 ? 0 : begins(s, i) - first);
		gw_json_kv_int(&w, "first_offset", begins(s, i));
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->k->app, "\n");
}

static void
tell(const struct cut *s)
{
	static const struct gw_column columns[] = {
		{ "PARTITION", true }, { "DELETED", true }, { "FIRST", true },
	};
	struct gw_table t;

	gw_table_init(&t, s->k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < s->n; i++) {
		int64_t first = gw_kafka_offset(s->first, s->before[i].partition);

		gw_table_cell(&t, "%" PRId32, s->before[i].partition);
		gw_table_cell(&t, "%" PRId64, begins(s, i) < 0 ? 0 : begins(s, i) - first);
		gw_table_cell(&t, "%" PRId64, begins(s, i));
	}
	gw_table_print(&t, s->k->app);
	gw_table_fini(&t);
}

/* The first partition that was refused. */
static int
refused(const struct cut *s, struct gw_err *err)
{
	const struct gw_offsets *o = gw_call_offsets_result(s->done);

	for (size_t i = 0; i < o->n_offsets; i++)
		if (o->offsets[i].error != 0)
			return gw_err_set(err, o->offsets[i].error,
			    "deleting records of %s partition %" PRId32 ": %s", s->topic,
			    o->offsets[i].partition, gw_strerror(o->offsets[i].error));
	return 0;
}

int
gw_truncate_topic(
    struct gw_kafka *k, const char *topic, const struct gw_truncation *t, struct gw_err *err)
{
	struct cut s = { .k = k, .topic = topic, .t = t };
	int rc = ask(&s, err);

	if (rc == 0)
		rc = plan(&s, err);
	if (rc == 0 && !t->dry_run) {
		s.done = gw_call_delete_records(k->client, topic, s.before, s.n);
		rc = gw_kafka_wait(k, s.done, err);
	}
	if (rc == 0 && t->json)
		tell_json(&s);
	else if (rc == 0)
		tell(&s);
	if (rc == 0 && t->dry_run)
		gw_app_say(k->app, "nothing was deleted (--dry-run)");
	else if (rc == 0)
		rc = refused(&s, err);
	gw_call_free(s.first);
	gw_call_free(s.end);
	gw_call_free(s.done);
	gw_alloc_free(k->app->env->alloc, s.before);
	return rc;
}
