/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_group.c - gridwire group: members and lag; offsets moved; groups deleted.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/actions.h"
#include "apps/admin/reset_group.h"
#include "apps/admin/show_group.h"
#include "apps/table.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"

enum {
	OPT_GROUP = GW_N_KAFKA_OPTS, OPT_TOPIC, OPT_PARTITION, OPT_EARLIEST, OPT_LATEST, OPT_OFFSET,
	OPT_TIME, OPT_SHIFT, OPT_DRY_RUN, OPT_JSON
};
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_GROUP] = { 'g', "group", "GROUP", "the group; the same as naming it after the verb" },
	[OPT_TOPIC] = { 't', "topic", "TOPIC",
	    "reset, delete-offsets: only of this one; may be repeated (default: all it read)" },
	[OPT_PARTITION] = { 'p', "partition", "N", "the same: only of this partition" },
	[OPT_EARLIEST] = { 0, "to-earliest", NULL, "reset: to the first record there is" },
	[OPT_LATEST] = { 0, "to-latest", NULL, "reset: to the end" },
	[OPT_OFFSET] = { 0, "to-offset", "N", "reset: to this offset" },
	[OPT_TIME] = { 0, "to-datetime", "TIME",
	    "reset: to the first record of 2026-11-25T13:00:00Z (or of milliseconds) or later" },
	[OPT_SHIFT] = { 0, "shift-by", "N", "reset: so many records on, or back if negative" },
	[OPT_DRY_RUN] = { 0, "dry-run", NULL,
	    "reset, delete-offsets: only say what would be done" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object" },
};

struct group {
	struct gw_actor		 a;
	const char		*group;
	struct gw_reset		 reset;
	bool			 json;
};

/* ---- list ---- */

/* Before 3.8 all groups were classic, and brokers did not say so. */
static const char *
type_of(const struct gw_group_info *g)
{
	return g->type == NULL || g->type[0] == '\0' ? "classic" : g->type;
}

static const char *
state_of(const struct gw_group_info *g)
{
	return g->state == NULL || g->state[0] == '\0' ? NULL : g->state;
}

static void
list_json(struct group *s, const struct gw_groups *groups)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &s->a.app->out);
	gw_json_object(&w);
	gw_json_key(&w, "groups");
	gw_json_array(&w);
	for (i = 0; i < groups->n_groups; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "group", groups->groups[i].group);
		gw_json_kv_text(&w, "state", state_of(&groups->groups[i]));
		gw_json_kv_text(&w, "type", type_of(&groups->groups[i]));
		gw_json_kv_text(&w, "protocol_type", groups->groups[i].protocol_type);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->a.app, "\n");
}

static void
list_table(struct group *s, const struct gw_groups *groups)
{
	static const struct gw_column columns[] = { { "GROUP", false }, { "STATE", false },
		{ "TYPE", false }, { "PROTOCOL", false } };
	struct gw_table t;
	size_t i;

	gw_table_init(&t, s->a.app->env->alloc, columns, GW_N(columns));
	for (i = 0; i < groups->n_groups; i++) {
		gw_table_cell(&t, "%s", groups->groups[i].group);
		gw_table_cell(&t, "%s", gw_or_dash(state_of(&groups->groups[i])));
		gw_table_cell(&t, "%s", type_of(&groups->groups[i]));
		gw_table_cell(&t, "%s", gw_or_dash(groups->groups[i].protocol_type));
	}
	if (t.n_cells == 0)
		gw_app_say(s->a.app, "%s has no groups", s->a.k.bootstrap);
	else
		gw_table_print(&t, s->a.app);
	gw_table_fini(&t);
}

static int
list(void *self, struct gw_err *err)
{
	struct group *s = self;
	struct gw_call *call = gw_call_list_groups(s->a.k.client);
	const struct gw_groups *groups;
	int rc;

	rc = gw_kafka_wait(&s->a.k, call, err);
	if (rc == 0 && (groups = gw_call_groups_result(call)) != NULL) {
		if (s->json)
			list_json(s, groups);
		else
			list_table(s, groups);
	}
	gw_call_free(call);
	return rc;
}

/* ---- describe, delete, reset ---- */

static int
describe(void *self, struct gw_err *err)
{
	struct group *s = self;

	return gw_show_group(&s->a.k, s->group, s->json, err);
}

static int
delete(void *self, struct gw_err *err)
{
	struct group *s = self;
	struct gw_call *call = gw_call_delete_group(s->a.k.client, s->group);
	int rc = gw_kafka_wait(&s->a.k, call, err);

	gw_call_free(call);
	if (rc == GW_K_GROUP_ID_NOT_FOUND)
		return gw_err_set(err, rc, "group \"%s\" does not exist on %s", s->group,
		    s->a.k.bootstrap);
	if (rc == GW_K_NON_EMPTY_GROUP)
		return gw_err_set(err, rc, "group \"%s\" is in use: stop its members first; "
		    "\"gridwire group describe %s\" shows them", s->group, s->group);
	if (rc == 0)
		gw_app_say(s->a.app, "deleted %s", s->group);
	return rc;
}

static int
reset(void *self, struct gw_err *err)
{
	struct group *s = self;

	s->reset.json = s->json;
	return gw_reset_group(&s->a.k, s->group, &s->reset, err);
}

/* ---- the verb ---- */

static const struct gw_action actions[] = {
	{ "list", NULL, list },
	{ "describe", "group", describe },
	{ "reset", "group", reset },
	{ "delete", "group", delete },
	{ "delete-offsets", "group", reset },
};

/* Where to, once. */
static int
take_target(struct group *s, enum gw_reset_to to, struct gw_err *err)
{
	if (s->reset.to != GW_RESET_NONE)
		return gw_err_set(err, GW_EINVAL, "reset goes to one place: --to-earliest, "
		    "--to-latest, --to-offset, --to-datetime and --shift-by exclude each other");
	s->reset.to = to;
	return 0;
}

/* Options of reset. */
static int
take_reset_option(struct group *s, int i, const char *value, struct gw_err *err)
{
	struct gw_reset *r = &s->reset;
	int rc;

	switch (i) {
	case OPT_TOPIC:
		if (r->n_topics == GW_RESET_TOPICS_MAX)
			return gw_err_set(
			    err, GW_EINVAL, "more than %d topics", GW_RESET_TOPICS_MAX);
		r->topics[r->n_topics++] = value;
		return 0;
	case OPT_PARTITION:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &r->partition, err);
	case OPT_EARLIEST:
		return take_target(s, GW_RESET_EARLIEST, err);
	case OPT_LATEST:
		return take_target(s, GW_RESET_LATEST, err);
	case OPT_OFFSET:
		rc = take_target(s, GW_RESET_OFFSET, err);
		return rc != 0 ? rc : gw_cli_i64(&opts[i], value, 0, INT64_MAX, &r->n, err);
	case OPT_TIME:
		rc = take_target(s, GW_RESET_TIME, err);
		return rc != 0 ? rc : gw_parse_time(value, &r->n, err);
	case OPT_SHIFT:
		rc = take_target(s, GW_RESET_SHIFT, err);
		return rc != 0 ? rc :
		    gw_cli_i64(&opts[i], value, -INT64_MAX / 2, INT64_MAX / 2, &r->n, err);
	case OPT_DRY_RUN:
		r->dry_run = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct group *s = self;

	switch (i) {
	case GW_CLI_OPERAND:
		if (s->group != NULL)
			return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
		s->group = value;
		return 0;
	case OPT_GROUP:
		s->group = value;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	default:
		return take_reset_option(s, i, value, err);
	}
}

static int
check_reset(struct group *s, struct gw_err *err)
{
	struct gw_reset *r = &s->reset;

	if (strcmp(s->a.action, "delete-offsets") == 0) {
		if (r->to != GW_RESET_NONE)
			return gw_err_set(
			    err, GW_EINVAL, "delete-offsets goes nowhere: that is reset");
		r->to = GW_RESET_FORGET;
		if (r->n_topics == 0)
			return gw_err_set(err, GW_EINVAL, "whose offsets? -t TOPIC is missing");
		return 0;
	}
	if (strcmp(s->a.action, "reset") != 0)
		return r->to == GW_RESET_NONE && !r->dry_run ? 0 : gw_err_set(err, GW_EINVAL,
		    "where to go, and --dry-run, are options of reset");
	if (r->to == GW_RESET_NONE)
		return gw_err_set(err, GW_EINVAL, "reset to where? --to-earliest, --to-latest, "
		    "--to-offset N, --to-datetime TIME or --shift-by N");
	return 0;
}

static int
check_options(void *self, const struct gw_action *a, struct gw_err *err)
{
	struct group *s = self;

	if (a->wants != NULL && s->group == NULL)
		return gw_err_set(err, GW_EINVAL, "which %s to %s?", a->wants, a->name);
	return check_reset(s, err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	static const struct gw_actions v = { .opts = opts, .n_opts = GW_N(opts), .all = actions,
		.n = GW_N(actions), .take = take_option, .check = check_options };
	struct group s = { .a.app = app, .reset = { .partition = -1 } };

	return gw_actions_run(&v, &s.a, argc, argv);
}

const struct gw_verb gw_verb_group = {
	.name = "group",
	.summary = "consumer groups: list, members and lag, move or delete their offsets",
	.usage = "gridwire group list [--json]\n"
	    "       gridwire group describe GROUP [--json]\n"
	    "       gridwire group reset GROUP [-t TOPIC] --to-... | --shift-by N [--dry-run]\n"
	    "       gridwire group delete GROUP\n"
	    "       gridwire group delete-offsets GROUP -t TOPIC [-p N]",
	.details =
	    "COMMITTED is the offset the group goes on from, END the one the next record will\n"
	    "get, LAG what is between. A dash: nothing committed, or nobody has the partition.\n"
	    "reset and delete want a group without members. A target outside of a partition\n"
	    "becomes its nearest end.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
