/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_cluster.c - brokers, features, versions, settings.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_cluster.h"

#include <inttypes.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"
#include "wire/api.h"

#define BROKER_NOT_AVAILABLE 8

/* ---- brokers ---- */

static void
cluster_json(struct gw_kafka *k, const struct gw_cluster_info *ci)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_kv_text(&w, "cluster_id", ci->cluster_id);
	gw_json_kv_int(&w, "controller", ci->controller);
	gw_json_key(&w, "brokers");
	gw_json_array(&w);
	for (size_t i = 0; i < ci->n_brokers; i++) {
		gw_json_object(&w);
		gw_json_kv_int(&w, "id", ci->brokers[i].node_id);
		gw_json_kv_text(&w, "host", ci->brokers[i].host);
		gw_json_kv_int(&w, "port", ci->brokers[i].port);
		gw_json_kv_text(&w, "rack", ci->brokers[i].rack);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_kv_int(&w, "topics", (int64_t)ci->n_topics);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
cluster_table(struct gw_kafka *k, const struct gw_cluster_info *ci)
{
	static const struct gw_column columns[] = {
		{ "BROKER", true }, { "HOST", false }, { "PORT", true }, { "RACK", false },
		{ "CONTROLLER", false },
	};
	struct gw_table t;

	gw_app_print(k->app, "cluster %s: %zu %s, %zu topics\n\n", gw_or_dash(ci->cluster_id),
	    ci->n_brokers, ci->n_brokers == 1 ? "broker" : "brokers", ci->n_topics);
	gw_table_init(&t, k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < ci->n_brokers; i++) {
		const struct gw_broker_info *b = &ci->brokers[i];

		gw_table_cell(&t, "%" PRId32, b->node_id);
		gw_table_cell(&t, "%s", gw_or_dash(b->host));
		gw_table_cell(&t, "%" PRId32, b->port);
		gw_table_cell(&t, "%s", gw_or_dash(b->rack));
		gw_table_cell(&t, "%s", b->node_id == ci->controller ? "yes" : "");
	}
	gw_table_print(&t, k->app);
	gw_table_fini(&t);
}

int
gw_show_cluster(struct gw_kafka *k, bool json, struct gw_err *err)
{
	struct gw_call *call = gw_call_cluster(k->client, NULL);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		(json ? cluster_json : cluster_table)(k, gw_call_cluster_result(call));
	gw_call_free(call);
	return rc;
}

/* ---- features ---- */

static void
features_json(struct gw_kafka *k, const struct gw_features *f)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_kv_known(&w, "epoch", f->epoch);
	gw_json_key(&w, "features");
	gw_json_array(&w);
	for (size_t i = 0; i < f->n_features; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "name", f->features[i].name);
		gw_json_kv_known(&w, "level", f->features[i].level);
		gw_json_kv_known(&w, "min", f->features[i].min);
		gw_json_kv_known(&w, "max", f->features[i].max);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
level_cell(struct gw_table *t, int level)
{
	if (level < 0)
		gw_table_cell(t, "-");
	else
		gw_table_cell(t, "%d", level);
}

static void
features_table(struct gw_kafka *k, const struct gw_features *f)
{
	static const struct gw_column columns[] = {
		{ "FEATURE", false }, { "LEVEL", true }, { "MIN", true }, { "MAX", true },
	};
	struct gw_table t;

	if (f->n_features == 0) {
		gw_app_say(k->app, "%s tells of no features", k->bootstrap);
		return;
	}
	gw_table_init(&t, k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < f->n_features; i++) {
		gw_table_cell(&t, "%s", f->features[i].name);
		level_cell(&t, f->features[i].level);
		level_cell(&t, f->features[i].min);
		level_cell(&t, f->features[i].max);
	}
	gw_table_print(&t, k->app);
	gw_table_fini(&t);
}

static void
versions_json(struct gw_kafka *k, const struct gw_features *f)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "apis");
	gw_json_array(&w);
	for (size_t i = 0; i < f->n_apis; i++) {
		gw_json_object(&w);
		gw_json_kv_int(&w, "key", f->apis[i].key);
		gw_json_kv_text(&w, "name", f->apis[i].name);
		gw_json_kv_int(&w, "min", f->apis[i].min);
		gw_json_kv_int(&w, "max", f->apis[i].max);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
versions_table(struct gw_kafka *k, const struct gw_features *f)
{
	static const struct gw_column columns[] = {
		{ "KEY", true }, { "API", false }, { "BROKER", true }, { "GRIDWIRE", true },
	};
	struct gw_table t;

	gw_table_init(&t, k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < f->n_apis; i++) {
		const struct gw_api *api = gw_api_find(f->apis[i].key);

		gw_table_cell(&t, "%d", f->apis[i].key);
		gw_table_cell(&t, "%s", gw_or_dash(f->apis[i].name));
		gw_table_cell(&t, "%d-%d", f->apis[i].min, f->apis[i].max);
		if (api == NULL)
			gw_table_cell(&t, "-");
		else
			gw_table_cell(&t, "%d-%d", api->min, api->max);
	}
	gw_table_print(&t, k->app);
	gw_table_fini(&t);
}

static int
show_offer(struct gw_kafka *k, int32_t node_id,
    void (*show)(struct gw_kafka *, const struct gw_features *), struct gw_err *err)
{
	struct gw_call *call = gw_call_features(k->client, node_id);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		show(k, gw_call_features_result(call));
	gw_call_free(call);
	return rc == GW_ENOENT ? gw_err_set(err, BROKER_NOT_AVAILABLE, "%s has no broker %" PRId32
	    "; \"gridwire cluster\" shows all", k->bootstrap, node_id) : rc;
}

int
gw_show_features(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err)
{
	return show_offer(k, node_id, json ? features_json : features_table, err);
}

int
gw_show_versions(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err)
{
	return show_offer(k, node_id, json ? versions_json : versions_table, err);
}

/* ---- settings ---- */

static void
configs_json(struct gw_kafka *k, const struct gw_configs *c)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "configs");
	gw_json_array(&w);
	for (size_t i = 0; i < c->n_configs; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "name", c->configs[i].name);
		gw_json_kv_text(&w, "value", c->configs[i].value);
		gw_json_kv_bool(&w, "default", c->configs[i].is_default);
		gw_json_kv_bool(&w, "read_only", c->configs[i].is_read_only);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
configs_list(struct gw_kafka *k, const struct gw_configs *c)
{
	for (size_t i = 0; i < c->n_configs; i++) {
		const struct gw_config *f = &c->configs[i];

		if (!f->is_default || k->app->verbose > 0)
			gw_app_print(k->app, "%s=%s%s\n", f->name,
			    f->value == NULL ? "(kept secret or unset)" : f->value,
			    f->is_default ? "  (default)" : "");
	}
}

int
gw_show_broker_configs(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err)
{
	struct gw_call *call = gw_call_broker_configs(k->client, node_id);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		(json ? configs_json : configs_list)(k, gw_call_configs_result(call));
	gw_call_free(call);
	return rc == GW_ENOENT ? gw_err_set(err, BROKER_NOT_AVAILABLE, "%s has no broker %" PRId32
	    "; \"gridwire cluster\" shows all", k->bootstrap, node_id) : rc;
}
