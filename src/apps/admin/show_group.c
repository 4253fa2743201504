/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_group.c - a group's members and lag.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_group.h"

#include <inttypes.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

/* One partition that the group has read from, or is about to. */
struct row {
	const char	*topic, *member;	/* of the calls; member NULL: nobody has it */
	int32_t		 partition;
	int64_t		 committed, end;	/* -1: not known */
};

struct facts {
	struct gw_app	*app;
	struct gw_kafka	*k;
	const char	*group;
	struct gw_call	*describe_call, *offsets_call;
	struct row	*rows;
	size_t		 n_rows, rows_cap;
};

/* ---- gather ---- */

static struct row *
row_of(struct facts *s, const char *topic, int32_t partition)
{
	void *rows = s->rows;
	size_t i;

	for (i = 0; i < s->n_rows; i++)
		if (s->rows[i].partition == partition && strcmp(s->rows[i].topic, topic) == 0)
			return &s->rows[i];
	if (gw_alloc_room(s->app->env->alloc, &rows, &s->rows_cap, s->n_rows, sizeof(*s->rows)) !=
	    0)
		return NULL;
	s->rows = rows;
	s->rows[s->n_rows] =
	    (struct row){ .topic = topic, .partition = partition, .committed = -1, .end = -1 };
	return &s->rows[s->n_rows++];
}

static int
add_members(struct facts *s, const struct gw_group_info *info)
{
	const struct gw_group_member *m;
	struct row *r;
	size_t i;

	for (m = info->members; m < info->members + info->n_members; m++)
		for (i = 0; i < m->n_assigned; i++) {
			if ((r = row_of(s, m->topics[i], m->partitions[i])) == NULL)
				return GW_ENOMEM;
			r->member = m->member_id;
		}
	return 0;
}

static int
add_commits(struct facts *s, const struct gw_offsets *o)
{
	struct row *r;
	size_t i;

	for (i = 0; o != NULL && i < o->n_offsets; i++) {
		if (o->offsets[i].offset < 0)
			continue;
		if ((r = row_of(s, o->offsets[i].topic, o->offsets[i].partition)) == NULL)
			return GW_ENOMEM;
		r->committed = o->offsets[i].offset;
	}
	return 0;
}

/* The ends of one topic into its rows. A topic that is gone keeps -1. */
static int
add_ends_of(struct facts *s, const char *topic, struct gw_err *err)
{
	struct gw_call *call = gw_call_list_offsets(s->k->client, topic, GW_OFFSET_LATEST);
	const struct gw_offsets *o;
	size_t i, k;
	int rc;

	rc = gw_kafka_wait(s->k, call, err);
	o = rc == 0 ? gw_call_offsets_result(call) : NULL;
	for (i = 0; i < s->n_rows; i++)
		for (k = 0; o != NULL && k < o->n_offsets; k++)
			if (o->offsets[k].error == 0 &&
			    o->offsets[k].partition == s->rows[i].partition &&
			    strcmp(s->rows[i].topic, topic) == 0)
				s->rows[i].end = o->offsets[k].offset;
	gw_call_free(call);
	return rc == GW_K_UNKNOWN_TOPIC_OR_PARTITION ? 0 : rc;
}

static int
add_ends(struct facts *s, struct gw_err *err)
{
	size_t i, k;
	int rc;

	for (i = 0; i < s->n_rows; i++) {
		for (k = 0; k < i && strcmp(s->rows[k].topic, s->rows[i].topic) != 0; k++)
			;
		if (k == i && (rc = add_ends_of(s, s->rows[i].topic, err)) != 0)
			return rc;
	}
	return 0;
}

/* By topic, then partition; there are few. */
static void
sort_rows(struct facts *s)
{
	struct row r;
	size_t i, k;
	int c;

	for (i = 1; i < s->n_rows; i++) {
		r = s->rows[i];
		for (k = i; k > 0; k--) {
			c = strcmp(s->rows[k - 1].topic, r.topic);
			if (c < 0 || (c == 0 && s->rows[k - 1].partition <= r.partition))
				break;
			s->rows[k] = s->rows[k - 1];
		}
		s->rows[k] = r;
	}
}

static int
no_such_group(struct facts *s, struct gw_err *err)
{
	return gw_err_set(err, GW_K_GROUP_ID_NOT_FOUND, "group \"%s\" does not exist on %s; "
	    "\"gridwire group list\" shows what there is", s->group, s->k->bootstrap);
}

static int
gather(struct facts *s, const struct gw_group_info **info, struct gw_err *err)
{
	const struct gw_groups *groups;
	int rc;

	s->describe_call = gw_call_describe_group(s->k->client, s->group);
	rc = gw_kafka_wait(s->k, s->describe_call, err);
	if (rc == GW_K_GROUP_ID_NOT_FOUND)
		return no_such_group(s, err);
	if (rc != 0)
		return rc;
	groups = gw_call_groups_result(s->describe_call);
	if (groups == NULL || groups->n_groups == 0)
		return no_such_group(s, err);
	*info = &groups->groups[0];
	s->offsets_call = gw_call_group_offsets(s->k->client, s->group);
	if ((rc = gw_kafka_wait(s->k, s->offsets_call, err)) != 0)
		return rc;
	if (add_members(s, *info) != 0 ||
	    add_commits(s, gw_call_offsets_result(s->offsets_call)) != 0)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	/* Brokers describe a group they have never heard of as dead. */
	if (s->n_rows == 0 && (*info)->n_members == 0 && (*info)->state != NULL &&
	    strcmp((*info)->state, "Dead") == 0)
		return no_such_group(s, err);
	if ((rc = add_ends(s, err)) == 0)
		sort_rows(s);
	return rc;
}

/* ---- print ---- */

static int64_t
lag(const struct row *r)
{
	if (r->committed < 0 || r->end < 0)
		return -1;
	return r->end > r->committed ? r->end - r->committed : 0;
}

/* -1: it has committed nothing. */
static int64_t
total_lag(const struct facts *s)
{
	int64_t sum = -1;
	size_t i;

	for (i = 0; i < s->n_rows; i++)
		if (lag(&s->rows[i]) >= 0)
			sum = (sum < 0 ? 0 : sum) + lag(&s->rows[i]);
	return sum;
}

static void
json_row(struct gw_json_out *w, const struct row *r)
{
	gw_json_object(w);
	gw_json_kv_text(w, "topic", r->topic);
	gw_json_kv_int(w, "partition", r->partition);
	gw_json_kv_known(w, "committed", r->committed);
	gw_json_kv_known(w, "end", r->end);
	gw_json_kv_known(w, "lag", lag(r));
	gw_json_kv_text(w, "member_id", r->member);
	gw_json_object_end(w);
}

static void
json_member(struct gw_json_out *w, const struct gw_group_member *m)
{
	size_t i;

	gw_json_object(w);
	gw_json_kv_text(w, "member_id", m->member_id);
	gw_json_kv_text(w, "instance_id", m->instance_id);
	gw_json_kv_text(w, "client_id", m->client_id);
	gw_json_kv_text(w, "host", m->host);
	gw_json_key(w, "partitions");
	gw_json_array(w);
	for (i = 0; i < m->n_assigned; i++) {
		gw_json_object(w);
		gw_json_kv_text(w, "topic", m->topics[i]);
		gw_json_kv_int(w, "partition", m->partitions[i]);
		gw_json_object_end(w);
	}
	gw_json_array_end(w);
	gw_json_object_end(w);
}

static void
describe_json(struct facts *s, const struct gw_group_info *info)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &s->app->out);
	gw_json_object(&w);
	gw_json_kv_text(&w, "group", info->group);
	gw_json_kv_text(&w, "state", info->state);
	gw_json_kv_text(&w, "type", info->type);
	gw_json_kv_text(&w, "protocol_type", info->protocol_type);
	gw_json_kv_text(&w, "protocol", info->protocol);
	gw_json_kv_known(&w, "lag", total_lag(s));
	gw_json_key(&w, "members");
	gw_json_array(&w);
	for (i = 0; i < info->n_members; i++)
		json_member(&w, &info->members[i]);
	gw_json_array_end(&w);
	gw_json_key(&w, "partitions");
	gw_json_array(&w);
	for (i = 0; i < s->n_rows; i++)
		json_row(&w, &s->rows[i]);
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->app, "\n");
}

static void
number_cell(struct gw_table *t, int64_t v)
{
	if (v < 0)
		gw_table_cell(t, "-");
	else
		gw_table_cell(t, "%" PRId64, v);
}

static void
rows_table(struct facts *s)
{
	static const struct gw_column columns[] = {
		{ "TOPIC", false },
		{ "PARTITION", true },
		{ "COMMITTED", true },
		{ "END", true },
		{ "LAG", true },
		{ "MEMBER", false },
	};
	struct gw_table t;
	size_t i;

	gw_table_init(&t, s->app->env->alloc, columns, GW_N(columns));
	for (i = 0; i < s->n_rows; i++) {
		gw_table_cell(&t, "%s", s->rows[i].topic);
		gw_table_cell(&t, "%" PRId32, s->rows[i].partition);
		number_cell(&t, s->rows[i].committed);
		number_cell(&t, s->rows[i].end);
		number_cell(&t, lag(&s->rows[i]));
		gw_table_cell(&t, "%s", gw_or_dash(s->rows[i].member));
	}
	gw_table_print(&t, s->app);
	gw_table_fini(&t);
}

static void
members_table(struct facts *s, const struct gw_group_info *info)
{
	static const struct gw_column columns[] = {
		{ "MEMBER", false }, { "CLIENT", false }, { "HOST", false }, { "PARTITIONS", true },
	};
	const struct gw_group_member *m;
	struct gw_table t;

	gw_table_init(&t, s->app->env->alloc, columns, GW_N(columns));
	for (m = info->members; m < info->members + info->n_members; m++) {
		gw_table_cell(&t, "%s", gw_or_dash(m->member_id));
		gw_table_cell(&t, "%s", gw_or_dash(m->client_id));
		gw_table_cell(&t, "%s", gw_or_dash(m->host));
		gw_table_cell(&t, "%zu", m->n_assigned);
	}
	gw_table_print(&t, s->app);
	gw_table_fini(&t);
}

static void
describe(struct facts *s, const struct gw_group_info *info)
{
	int64_t total = total_lag(s);

	gw_app_print(s->app, "%s: %s, %zu %s, ", s->group, gw_or_dash(info->state), info->n_members,
	    info->n_members == 1 ? "member" : "members");
	if (total < 0)
		gw_app_print(s->app, "nothing committed\n");
	else
		gw_app_print(s->app, "lag %" PRId64 "\n", total);
	if (s->n_rows > 0) {
		gw_app_print(s->app, "\n");
		rows_table(s);
	}
	if (info->n_members > 0) {
		gw_app_print(s->app, "\n");
		members_table(s, info);
	}
}

int
gw_show_group(struct gw_kafka *k, const char *group, bool json, struct gw_err *err)
{
	struct facts s = { .app = k->app, .k = k, .group = group };
	const struct gw_group_info *info = NULL;
	int rc;

	rc = gather(&s, &info, err);
	if (rc == 0 && json)
		describe_json(&s, info);
	else if (rc == 0)
		describe(&s, info);
	gw_call_free(s.describe_call);
	gw_call_free(s.offsets_call);
	gw_alloc_free(k->app->env->alloc, s.rows);
	return rc;
}
