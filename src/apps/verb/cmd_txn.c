/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_txn.c - gridwire txn: transactions listed, described, ended when they hang.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_txn.h"
#include "apps/kafka.h"
#include "apps/verbs.h"
#include "base/slice.h"

enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_PARTITION, OPT_START, OPT_DRY_RUN, OPT_JSON
};
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_TOPIC] = { 't', "topic", "TOPIC", "the same as naming it after the verb" },
	[OPT_PARTITION] = { 'p', "partition", "N", "abort: of this partition" },
	[OPT_START] = { 0, "start-offset", "N", "abort: the one that begins there" },
	[OPT_DRY_RUN] = { 0, "dry-run", NULL, "abort: only say whether it would be done" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object" },
};

struct txn {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	const char		*action, *what;	/* an id or a topic; NULL: not given */
	int64_t			 partition, start;	/* -1: not given */
	bool			 dry_run, json;
};

static int
list(struct txn *s, struct gw_err *err)
{
	return gw_list_txns(&s->k, s->json, err);
}

static int
describe(struct txn *s, struct gw_err *err)
{
	return gw_show_txn(&s->k, s->what, s->json, err);
}

static int
producers(struct txn *s, struct gw_err *err)
{
	return gw_show_producers(&s->k, s->what, s->json, err);
}

static int
hanging(struct txn *s, struct gw_err *err)
{
	return gw_show_hanging(&s->k, s->what, s->json, err);
}

static int
end_one(struct txn *s, struct gw_err *err)
{
	const struct gw_hanging_place at = { .topic = s->what, .partition = s->partition,
		.start = s->start, .dry_run = s->dry_run };

	return gw_abort_hanging(&s->k, &at, err);
}

static const struct action {
	const char	*name;		/* first, for gw_nearest() */
	const char	*wants;		/* NULL: nothing */
	int		(*run)(struct txn *s, struct gw_err *err);
} actions[] = {
	{ "list", NULL, list },
	{ "describe", "transactional id", describe },
	{ "producers", "topic", producers },
	{ "hanging", NULL, hanging },
	{ "abort", "topic", end_one },
};

#define ACTIONS "list, describe, producers, hanging, abort"

static int
check_options(struct txn *s, const struct action **out, struct gw_err *err)
{
	const char *near;

	if (s->action == NULL)
		return gw_err_set(err, GW_EINVAL, "one of %s is wanted", ACTIONS);
	for (size_t i = 0; i < GW_N(actions); i++)
		if (strcmp(actions[i].name, s->action) == 0)
			*out = &actions[i];
	if (*out == NULL) {
		near = gw_nearest(s->action, actions, sizeof(actions[0]), GW_N(actions));
		return gw_err_set(err, GW_EINVAL, "unknown action \"%s\"; %s%s%s", s->action,
		    near != NULL ? "did you mean \"" : "there are " ACTIONS,
		    near != NULL ? near : "", near != NULL ? "\"?" : "");
	}
	if ((*out)->wants != NULL && s->what == NULL)
		return gw_err_set(err, GW_EINVAL, "which %s to %s?", (*out)->wants, s->action);
	if ((*out)->run == end_one && (s->partition < 0 || s->start < 0))
		return gw_err_set(err, GW_EINVAL,
		    "abort which? -p PARTITION and --start-offset N, as \"txn hanging\" shows them");
	return 0;
}

static int
take_word(struct txn *s, const char *word, struct gw_err *err)
{
	if (s->action == NULL)
		s->action = word;
	else if (s->what == NULL)
		s->what = word;
	else
		return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", word);
	return 0;
}

static int
take_option(struct txn *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_CLI_OPERAND:
		return take_word(s, value, err);
	case OPT_TOPIC:
		s->what = value;
		return 0;
	case OPT_PARTITION:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &s->partition, err);
	case OPT_START:
		return gw_cli_i64(&opts[i], value, 0, INT64_MAX, &s->start, err);
	case OPT_DRY_RUN:
		s->dry_run = true;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
parse(struct txn *s, int argc, char **argv, const struct action **out, struct gw_err *err)
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
	return check_options(s, out, err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct txn s = { .app = app, .partition = -1, .start = -1 };
	const struct action *action = NULL;
	struct gw_err err;
	int code;

	gw_kafka_args_init(&s.args, app);
	if (parse(&s, argc, argv, &action, &err) != 0)
		code = gw_app_usage(app, "%s", err.msg);
	else if (gw_kafka_open(&s.k, &s.args, NULL, &err) != 0 || action->run(&s, &err) != 0)
		code = gw_app_fail(app, &err);
	else
		code = GW_EXIT_OK;
	gw_kafka_close(&s.k);
	gw_kafka_args_fini(&s.args);
	return code;
}

const struct gw_verb gw_verb_txn = {
	.name = "txn",
	.summary = "transactions: list, describe, find and abort those that hang",
	.usage = "gridwire txn list [--json]\n"
	    "       gridwire txn describe ID [--json]\n"
	    "       gridwire txn producers TOPIC [--json]\n"
	    "       gridwire txn hanging [TOPIC] [--json]\n"
	    "       gridwire txn abort TOPIC -p N --start-offset N [--dry-run]",
	.details =
	    "A transaction hangs when it is open in a partition and its coordinator knows nothing\n"
	    "of that: nobody will end it, and readers of committed records wait before it for\n"
	    "ever. abort ends only such a one. Brokers from 3.0 on tell what this verb asks.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
