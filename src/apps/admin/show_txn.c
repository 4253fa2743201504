/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_txn.c - transactions listed and described; who writes to a topic.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_txn.h"

#include <inttypes.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

#define TRANSACTIONAL_ID_NOT_FOUND 105

/* ---- list ---- */

static void
list_json(struct gw_kafka *k, const struct gw_txns *t)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "transactions");
	gw_json_array(&w);
	for (size_t i = 0; i < t->n_txns; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "transactional_id", t->txns[i].id);
		gw_json_kv_int(&w, "producer_id", t->txns[i].producer_id);
		gw_json_kv_text(&w, "state", t->txns[i].state);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
list_table(struct gw_kafka *k, const struct gw_txns *t)
{
	static const struct gw_column columns[] = {
		{ "TRANSACTIONAL ID", false }, { "PRODUCER", true }, { "STATE", false },
	};
	struct gw_table table;

	if (t->n_txns == 0) {
		gw_app_say(k->app, "%s has no transactional ids", k->bootstrap);
		return;
	}
	gw_table_init(&table, k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < t->n_txns; i++) {
		gw_table_cell(&table, "%s", t->txns[i].id);
		gw_table_cell(&table, "%" PRId64, t->txns[i].producer_id);
		gw_table_cell(&table, "%s", t->txns[i].state);
	}
	gw_table_print(&table, k->app);
	gw_table_fini(&table);
}

int
gw_list_txns(struct gw_kafka *k, bool json, struct gw_err *err)
{
	struct gw_call *call = gw_call_list_txns(k->client);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		(json ? list_json : list_table)(k, gw_call_txns_result(call));
	gw_call_free(call);
	return rc;
}

/* ---- describe ---- */

static void
txn_json(struct gw_kafka *k, const struct gw_txn_info *t)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_kv_text(&w, "transactional_id", t->id);
	gw_json_kv_text(&w, "state", t->state);
	gw_json_kv_int(&w, "producer_id", t->producer_id);
	gw_json_kv_int(&w, "producer_epoch", t->producer_epoch);
	gw_json_kv_int(&w, "timeout_ms", t->timeout_ms);
	gw_json_kv_known(&w, "started_ms", t->started_ms);
	gw_json_key(&w, "partitions");
	gw_json_array(&w);
	for (size_t i = 0; i < t->n_partitions; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "topic", t->topics[i]);
		gw_json_kv_int(&w, "partition", t->partitions[i]);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

/* What a coordinator keeps of one that ended; it still tells when that began. */
static bool
is_over(const struct gw_txn_info *t)
{
	return t->state == NULL || gw_slice_starts(gw_str(t->state), "Complete");
}

static void
txn_text(struct gw_kafka *k, const struct gw_txn_info *t)
{
	gw_app_print(k->app, "%s: %s, producer %" PRId64 " epoch %d, timeout %" PRId32 " ms\n",
	    t->id, gw_or_dash(t->state), t->producer_id, t->producer_epoch, t->timeout_ms);
	if (t->started_ms >= 0 && !is_over(t))
		gw_app_print(k->app, "  open for %" PRId64 " ms\n",
		    gw_env_now(k->app->env).wall_ms - t->started_ms);
	for (size_t i = 0; i < t->n_partitions; i++)
		gw_app_print(k->app, "  %s %" PRId32 "\n", t->topics[i], t->partitions[i]);
}

int
gw_show_txn(struct gw_kafka *k, const char *id, bool json, struct gw_err *err)
{
	struct gw_call *call = gw_call_describe_txn(k->client, id);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		(json ? txn_json : txn_text)(k, &gw_call_txns_result(call)->txns[0]);
	gw_call_free(call);
	if (rc == TRANSACTIONAL_ID_NOT_FOUND)
		return gw_err_set(err, rc, "%s knows no transactional id \"%s\"; "
		    "\"gridwire txn list\" shows what there is", k->bootstrap, id);
	return rc;
}

/* ---- producers ---- */

static void
producers_json(struct gw_kafka *k, const struct gw_producers_found *f)
{
	struct gw_json_out w;

	gw_json_begin(&w, &k->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "producers");
	gw_json_array(&w);
	for (size_t i = 0; i < f->n_producers; i++) {
		const struct gw_producer_info *p = &f->producers[i];

		gw_json_object(&w);
		gw_json_kv_text(&w, "topic", p->topic);
		gw_json_kv_int(&w, "partition", p->partition);
		gw_json_kv_int(&w, "producer_id", p->producer_id);
		gw_json_kv_int(&w, "producer_epoch", p->producer_epoch);
		gw_json_kv_int(&w, "last_sequence", p->last_sequence);
		gw_json_kv_int(&w, "last_ms", p->last_ms);
		gw_json_kv_known(&w, "open_from", p->txn_start);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(k->app, "\n");
}

static void
producers_table(struct gw_kafka *k, const struct gw_producers_found *f)
{
	static const struct gw_column columns[] = {
		{ "PARTITION", true }, { "PRODUCER", true }, { "EPOCH", true },
		{ "SEQUENCE", true }, { "LAST WROTE", true }, { "OPEN FROM", true },
	};
	int64_t now = gw_env_now(k->app->env).wall_ms;
	struct gw_table t;

	gw_table_init(&t, k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < f->n_producers; i++) {
		const struct gw_producer_info *p = &f->producers[i];

		gw_table_cell(&t, "%" PRId32, p->partition);
		gw_table_cell(&t, "%" PRId64, p->producer_id);
		gw_table_cell(&t, "%d", p->producer_epoch);
		gw_table_cell(&t, "%" PRId32, p->last_sequence);
		gw_table_cell(&t, "%" PRId64 " s ago", (now - p->last_ms) / 1000);
		if (p->txn_start < 0)
			gw_table_cell(&t, "-");
		else
			gw_table_cell(&t, "%" PRId64, p->txn_start);
	}
	gw_table_print(&t, k->app);
	gw_table_fini(&t);
}

int
gw_show_producers(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err)
{
	struct gw_call *call = gw_call_topic_producers(k->client, topic);
	int rc = gw_kafka_wait(k, call, err);

	if (rc == 0)
		(json ? producers_json : producers_table)(k, gw_call_producers_result(call));
	gw_call_free(call);
	return rc;
}
