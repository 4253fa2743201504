/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_topic.c - a topic's partitions and configuration.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_topic.h"

#include <inttypes.h>
#include <stdio.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

#define LIST_LEN 256

/* All that is known of one topic. */
struct facts {
	const struct gw_topic_info	*info;
	const struct gw_configs		*configs;
	struct gw_call			*topic_call, *first_call, *end_call, *configs_call;
};

static int
gather(struct gw_kafka *k, const char *topic, struct facts *f, struct gw_err *err)
{
	int rc;

	if ((rc = gw_kafka_topic(k, topic, &f->topic_call, &f->info, err)) != 0)
		return rc;
	f->first_call = gw_call_list_offsets(k->client, topic, GW_OFFSET_EARLIEST);
	if ((rc = gw_kafka_wait(k, f->first_call, err)) != 0)
		return rc;
	f->end_call = gw_call_list_offsets(k->client, topic, GW_OFFSET_LATEST);
	if ((rc = gw_kafka_wait(k, f->end_call, err)) != 0)
		return rc;
	f->configs_call = gw_call_topic_configs(k->client, topic);
	if ((rc = gw_kafka_wait(k, f->configs_call, err)) != 0)
		return rc;
	f->configs = gw_call_configs_result(f->configs_call);
	return 0;
}

static void
free_facts(struct facts *f)
{
	gw_call_free(f->topic_call);
	gw_call_free(f->first_call);
	gw_call_free(f->end_call);
	gw_call_free(f->configs_call);
}

static void
json_ids(struct gw_json_out *w, const char *key, const int32_t *ids, size_t n)
{
	size_t i;

	gw_json_key(w, key);
	gw_json_array(w);
	for (i = 0; i < n; i++)
		gw_json_int(w, ids[i]);
	gw_json_array_end(w);
}

static void
json_partition(struct gw_json_out *w, const struct facts *f, const struct gw_partition_info *p)
{
	gw_json_object(w);
	gw_json_kv_int(w, "partition", p->partition);
	gw_json_kv_int(w, "leader", p->leader);
	gw_json_kv_int(w, "leader_epoch", p->leader_epoch);
	json_ids(w, "replicas", p->replicas, p->n_replicas);
	json_ids(w, "isr", p->isr, p->n_isr);
	gw_json_kv_int(w, "first_offset", gw_kafka_offset(f->first_call, p->partition));
	gw_json_kv_int(w, "end_offset", gw_kafka_offset(f->end_call, p->partition));
	gw_json_object_end(w);
}

static void
json_configs(struct gw_json_out *w, const struct gw_configs *c)
{
	size_t i;

	gw_json_key(w, "configs");
	gw_json_array(w);
	for (i = 0; c != NULL && i < c->n_configs; i++) {
		gw_json_object(w);
		gw_json_kv_str(w, "name", gw_str(c->configs[i].name));
		gw_json_key(w, "value");
		if (c->configs[i].value == NULL)
			gw_json_null(w);
		else
			gw_json_str(w, gw_str(c->configs[i].value));
		gw_json_kv_bool(w, "default", c->configs[i].is_default);
		gw_json_object_end(w);
	}
	gw_json_array_end(w);
}

static void
describe_json(struct gw_kafka *k, const struct facts *f)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "topic", gw_str(f->info->name));
	gw_json_kv_bool(&w, "internal", f->info->is_internal);
	gw_json_key(&w, "partitions");
	gw_json_array(&w);
	for (i = 0; i < f->info->n_partitions; i++)
		json_partition(&w, f, &f->info->partitions[i]);
	gw_json_array_end(&w);
	json_configs(&w, f->configs);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static const char *
id_list(const int32_t *ids, size_t n, char out[LIST_LEN])
{
	size_t i, at = 0;

	out[0] = '\0';
	for (i = 0; i < n && at + 16 < LIST_LEN; i++)
		at += (size_t)snprintf(
		    out + at, LIST_LEN - at, "%s%" PRId32, i > 0 ? "," : "", ids[i]);
	return out;
}

static void
describe_partitions(struct gw_kafka *k, const struct facts *f)
{
	static const struct gw_column columns[] = {
		{ "PARTITION", true },
		{ "LEADER", true },
		{ "FIRST", true },
		{ "END", true },
		{ "RECORDS", true },
		{ "REPLICAS", false },
		{ "IN SYNC", false },
	};
	const struct gw_partition_info *p;
	char ids[LIST_LEN];
	struct gw_table t;
	int64_t first, end;
	size_t i;

	gw_table_init(&t, k->app->env->alloc, columns, GW_N(columns));
	for (i = 0; i < f->info->n_partitions; i++) {
		p = &f->info->partitions[i];
		first = gw_kafka_offset(f->first_call, p->partition);
		end = gw_kafka_offset(f->end_call, p->partition);
		gw_table_cell(&t, "%" PRId32, p->partition);
		gw_table_cell(&t, "%" PRId32, p->leader);
		gw_table_cell(&t, "%" PRId64, first);
		gw_table_cell(&t, "%" PRId64, end);
		gw_table_cell(&t, "%" PRId64, end - first);
		gw_table_cell(&t, "%s", id_list(p->replicas, p->n_replicas, ids));
		gw_table_cell(&t, "%s", id_list(p->isr, p->n_isr, ids));
	}
	gw_table_print(&t, k->app);
	gw_table_fini(&t);
}

static void
describe_configs(struct gw_kafka *k, const struct gw_configs *c)
{
	size_t i;
	bool any = false;

	for (i = 0; c != NULL && i < c->n_configs; i++) {
		if (c->configs[i].is_default && k->app->verbose == 0)
			continue;
		gw_app_print(k->app, "%s  %s=%s%s\n", any ? "" : "\n", c->configs[i].name,
		    c->configs[i].value == NULL ? "(kept secret)" : c->configs[i].value,
		    c->configs[i].is_default ? "  (default)" : "");
		any = true;
	}
}

int
gw_show_topic(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err)
{
	struct facts f = { .info = NULL };
	int rc;

	rc = gather(k, topic, &f, err);
	if (rc == 0 && json) {
		describe_json(k, &f);
	} else if (rc == 0) {
		gw_app_print(k->app, "%s\n\n", f.info->name);
		describe_partitions(k, &f);
		describe_configs(k, f.configs);
	}
	free_facts(&f);
	return rc;
}
