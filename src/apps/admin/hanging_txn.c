/* SPDX-License-Identifier: MIT
 *
 * apps/admin/hanging_txn.c - transactions that nobody will end: found, and ended.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_txn.h"

#include <inttypes.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

struct hanging {
	struct gw_kafka		*k;
	struct gw_producer_info	*found;		/* topics are the caller's */
	size_t			 n_found, found_cap;
};

/* The id whose producer this is into *id, which lives until *call is freed; NULL: none. */
static int
id_of(struct hanging *s, int64_t producer_id, struct gw_call **call, const char **id,
    struct gw_err *err)
{
	const struct gw_txns *t;
	int rc;

	*call = gw_call_list_txns(s->k->client);
	rc = gw_kafka_wait(s->k, *call, err);
	t = rc == 0 ? gw_call_txns_result(*call) : NULL;
	*id = NULL;
	for (size_t i = 0; t != NULL && i < t->n_txns; i++)
		if (t->txns[i].producer_id == producer_id)
			*id = t->txns[i].id;
	return rc;
}

/* Whether the transaction of that id is the one open in this partition. */
static int
has_part(struct hanging *s, const char *id, const struct gw_producer_info *p, bool *known,
    struct gw_err *err)
{
	struct gw_call *call = gw_call_describe_txn(s->k->client, id);
	int rc = gw_kafka_wait(s->k, call, err);
	const struct gw_txn_info *t = rc == 0 ? &gw_call_txns_result(call)->txns[0] : NULL;

	for (size_t i = 0; t != NULL && i < t->n_partitions; i++)
		*known |= t->producer_id == p->producer_id && t->partitions[i] == p->partition &&
		    strcmp(t->topics[i], p->topic) == 0;
	gw_call_free(call);
	return rc;
}

static int
ask_coordinator(struct hanging *s, const struct gw_producer_info *p, bool *known,
    struct gw_err *err)
{
	struct gw_call *call;
	const char *id;
	int rc = id_of(s, p->producer_id, &call, &id, err);

	*known = false;
	if (rc == 0 && id != NULL)
		rc = has_part(s, id, p, known, err);
	gw_call_free(call);
	return rc;
}

static int
add(struct hanging *s, const struct gw_producer_info *p, const char *topic, struct gw_err *err)
{
	void *found = s->found;
	int rc = gw_alloc_room(
	    s->k->app->env->alloc, &found, &s->found_cap, s->n_found, sizeof(*s->found));

	if (rc != 0)
		return gw_err_set(err, rc, "%s", gw_strerror(rc));
	s->found = found;
	s->found[s->n_found] = *p;
	s->found[s->n_found++].topic = topic;
	return 0;
}

static bool
is_open(const struct gw_producers_found *f, const struct gw_producer_info *p)
{
	for (size_t i = 0; i < f->n_producers; i++)
		if (f->producers[i].partition == p->partition &&
		    f->producers[i].producer_id == p->producer_id &&
		    f->producers[i].txn_start == p->txn_start)
			return true;
	return false;
}

/* Of what was found from "first" on, only what is still open hangs. */
static int
look_again(struct hanging *s, const char *topic, size_t first, struct gw_err *err)
{
	struct gw_call *call = gw_call_topic_producers(s->k->client, topic);
	int rc = gw_kafka_wait(s->k, call, err);
	size_t kept = first;

	for (size_t i = first; rc == 0 && i < s->n_found; i++)
		if (is_open(gw_call_producers_result(call), &s->found[i]))
			s->found[kept++] = s->found[i];
	s->n_found = kept;
	gw_call_free(call);
	return rc;
}

/*
 * The log, the coordinator, then the log once more: a coordinator forgets a transaction only after
 * its markers are written, so what it did not know and is open even after that, nobody will end.
 */
static int
look_at(struct hanging *s, const char *topic, struct gw_err *err)
{
	struct gw_call *call = gw_call_topic_producers(s->k->client, topic);
	const struct gw_producers_found *f;
	size_t first = s->n_found;
	bool known;
	int rc = gw_kafka_wait(s->k, call, err);

	f = rc == 0 ? gw_call_producers_result(call) : NULL;
	for (size_t i = 0; rc == 0 && i < f->n_producers; i++) {
		if (f->producers[i].txn_start < 0)
			continue;
		rc = ask_coordinator(s, &f->producers[i], &known, err);
		if (rc == 0 && !known)
			rc = add(s, &f->producers[i], topic, err);
	}
	gw_call_free(call);
	return rc == 0 && s->n_found > first ? look_again(s, topic, first, err) : rc;
}

static void
tell_json(const struct hanging *s)
{
	struct gw_json_out w;

	gw_json_begin(&w, &s->k->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "hanging");
	gw_json_array(&w);
	for (size_t i = 0; i < s->n_found; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "topic", s->found[i].topic);
		gw_json_kv_int(&w, "partition", s->found[i].partition);
		gw_json_kv_int(&w, "start_offset", s->found[i].txn_start);
		gw_json_kv_int(&w, "producer_id", s->found[i].producer_id);
		gw_json_kv_int(&w, "producer_epoch", s->found[i].producer_epoch);
		gw_json_kv_int(&w, "last_ms", s->found[i].last_ms);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->k->app, "\n");
}

static void
tell(const struct hanging *s)
{
	static const struct gw_column columns[] = {
		{ "TOPIC", false }, { "PARTITION", true }, { "START", true }, { "PRODUCER", true },
		{ "EPOCH", true },
	};
	struct gw_table t;

	if (s->n_found == 0) {
		gw_app_say(s->k->app, "no transaction hangs");
		return;
	}
	gw_table_init(&t, s->k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < s->n_found; i++) {
		gw_table_cell(&t, "%s", s->found[i].topic);
		gw_table_cell(&t, "%" PRId32, s->found[i].partition);
		gw_table_cell(&t, "%" PRId64, s->found[i].txn_start);
		gw_table_cell(&t, "%" PRId64, s->found[i].producer_id);
		gw_table_cell(&t, "%d", s->found[i].producer_epoch);
	}
	gw_table_print(&t, s->k->app);
	gw_table_fini(&t);
}

int
gw_show_hanging(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err)
{
	struct hanging s = { .k = k };
	struct gw_call *call = NULL;
	const struct gw_cluster_info *ci;
	int rc;

	if (topic != NULL)
		rc = look_at(&s, topic, err);
	else {
		call = gw_call_cluster(k->client, NULL);
		rc = gw_kafka_wait(k, call, err);
		ci = rc == 0 ? gw_call_cluster_result(call) : NULL;
		for (size_t i = 0; rc == 0 && i < ci->n_topics; i++)
			rc = look_at(&s, ci->topics[i].name, err);
	}
	if (rc == 0)
		(json ? tell_json : tell)(&s);
	gw_call_free(call);
	gw_alloc_free(k->app->env->alloc, s.found);
	return rc;
}

/* ---- abort ---- */

static const struct gw_producer_info *
found_at(const struct hanging *s, const struct gw_hanging_place *at)
{
	for (size_t i = 0; i < s->n_found; i++)
		if (s->found[i].partition == at->partition && s->found[i].txn_start == at->start)
			return &s->found[i];
	return NULL;
}

int
gw_abort_hanging(struct gw_kafka *k, const struct gw_hanging_place *at, struct gw_err *err)
{
	struct hanging s = { .k = k };
	const struct gw_producer_info *p = NULL;
	struct gw_call *call = NULL;
	int rc = look_at(&s, at->topic, err);

	if (rc == 0 && (p = found_at(&s, at)) == NULL)
		rc = gw_err_set(err, GW_K_INVALID_TXN_STATE,
		    "no transaction hangs in %s partition %" PRId64 " from offset %" PRId64
		    "; \"gridwire txn hanging %s\" shows those that do", at->topic, at->partition,
		    at->start, at->topic);
	if (rc == 0 && !at->dry_run) {
		call = gw_call_abort_txn(k->client, p);
		rc = gw_kafka_wait(k, call, err);
	}
	if (rc == 0)
		gw_app_say(k->app, "%s the transaction of producer %" PRId64 " in %s partition %"
		    PRId64, at->dry_run ? "would abort" : "aborted", p->producer_id, at->topic,
		    at->partition);
	gw_call_free(call);
	gw_alloc_free(k->app->env->alloc, s.found);
	return rc;
}
