/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_group.c - gridwire group: list and describe, with members and lag.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/kafka.h"
#include "apps/admin/show_group.h"
#include "apps/table.h"
#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"

enum { OPT_GROUP = GW_N_KAFKA_OPTS, OPT_JSON };
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_GROUP] = { 'g', "group", "GROUP", "the group; the same as naming it after the verb" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object" },
};

struct group {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	const char		*action, *group;
	bool			 json;
};

/* ---- list ---- */

static void
list_json(struct group *s, const struct gw_groups *groups)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &s->app->out);
	gw_json_object(&w);
	gw_json_key(&w, "groups");
	gw_json_array(&w);
	for (i = 0; i < groups->n_groups; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "group", groups->groups[i].group);
		gw_json_kv_text(&w, "state", groups->groups[i].state);
		gw_json_kv_text(&w, "protocol_type", groups->groups[i].protocol_type);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->app, "\n");
}

static void
list_table(struct group *s, const struct gw_groups *groups)
{
	static const struct gw_column columns[] = { { "GROUP", false }, { "STATE", false },
		{ "TYPE", false } };
	struct gw_table t;
	size_t i;

	gw_table_init(&t, s->app->env->alloc, columns, GW_N(columns));
	for (i = 0; i < groups->n_groups; i++) {
		gw_table_cell(&t, "%s", groups->groups[i].group);
		gw_table_cell(&t, "%s", gw_or_dash(groups->groups[i].state));
		gw_table_cell(&t, "%s", gw_or_dash(groups->groups[i].protocol_type));
	}
	if (t.n_cells == 0)
		gw_app_say(s->app, "%s has no groups", s->k.bootstrap);
	else
		gw_table_print(&t, s->app);
	gw_table_fini(&t);
}

static int
list(struct group *s, struct gw_err *err)
{
	struct gw_call *call = gw_call_list_groups(s->k.client);
	const struct gw_groups *groups;
	int rc;

	rc = gw_kafka_wait(&s->k, call, err);
	if (rc == 0 && (groups = gw_call_groups_result(call)) != NULL) {
		if (s->json)
			list_json(s, groups);
		else
			list_table(s, groups);
	}
	gw_call_free(call);
	return rc;
}

/* ---- the verb ---- */

static int
take_word(struct group *s, const char *word, struct gw_err *err)
{
	if (s->action == NULL)
		s->action = word;
	else if (s->group == NULL)
		s->group = word;
	else
		return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", word);
	return 0;
}

static int
take_option(struct group *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_CLI_OPERAND:
		return take_word(s, value, err);
	case OPT_GROUP:
		s->group = value;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
check_options(struct group *s, struct gw_err *err)
{
	if (s->action == NULL)
		return gw_err_set(err, GW_EINVAL, "list or describe is wanted");
	if (strcmp(s->action, "list") != 0 && strcmp(s->action, "describe") != 0)
		return gw_err_set(err, GW_EINVAL,
		    "unknown action \"%s\"; there are list and describe", s->action);
	if (strcmp(s->action, "describe") == 0 && s->group == NULL)
		return gw_err_set(err, GW_EINVAL, "which group to describe?");
	return 0;
}

static int
parse(struct group *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END) {
		rc = gw_kafka_arg(&s->args, i, value, err);
		if (rc == 0)
			rc = take_option(s, i, value, err);
		if (rc < 0)
			return rc;
	}
	return check_options(s, err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct group s = { .app = app };
	struct gw_err err;
	int rc, code;

	gw_kafka_args_init(&s.args, app);
	if (parse(&s, argc, argv, &err) != 0) {
		code = gw_app_usage(app, "%s", err.msg);
	} else {
		rc = gw_kafka_open(&s.k, &s.args, NULL, &err);
		if (rc == 0 && strcmp(s.action, "list") == 0)
			rc = list(&s, &err);
		else if (rc == 0)
			rc = gw_show_group(&s.k, s.group, s.json, &err);
		code = rc == 0 ? GW_EXIT_OK : gw_app_fail(app, &err);
	}
	gw_kafka_close(&s.k);
	gw_kafka_args_fini(&s.args);
	return code;
}

const struct gw_verb gw_verb_group = {
	.name = "group",
	.summary = "list consumer groups; members and lag of one",
	.usage = "gridwire group list [--json]\n"
	    "       gridwire group describe GROUP [--json]",
	.details =
	    "COMMITTED is the offset the group goes on from, END the one the next record will\n"
	    "get, LAG what is between. A dash: nothing committed, or nobody has the partition.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
