/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_txn.c - gridwire txn: transactions listed, described, ended when they hang.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_txn.h"
#include "apps/actions.h"
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
	struct gw_actor		 a;
	const char		*what;	/* an id or a topic; NULL: not given */
	int64_t			 partition, start;	/* -1: not given */
	bool			 dry_run, json;
};

static int
list(void *self, struct gw_err *err)
{
	struct txn *s = self;

	return gw_list_txns(&s->a.k, s->json, err);
}

static int
describe(void *self, struct gw_err *err)
{
	struct txn *s = self;

	return gw_show_txn(&s->a.k, s->what, s->json, err);
}

static int
producers(void *self, struct gw_err *err)
{
	struct txn *s = self;

	return gw_show_producers(&s->a.k, s->what, s->json, err);
}

static int
hanging(void *self, struct gw_err *err)
{
	struct txn *s = self;

	return gw_show_hanging(&s->a.k, s->what, s->json, err);
}

static int
end_one(void *self, struct gw_err *err)
{
	struct txn *s = self;
	const struct gw_hanging_place at = { .topic = s->what, .partition = s->partition,
		.start = s->start, .dry_run = s->dry_run };

	return gw_abort_hanging(&s->a.k, &at, err);
}

static const struct gw_action actions[] = {
	{ "list", NULL, list },
	{ "describe", "transactional id", describe },
	{ "producers", "topic", producers },
	{ "hanging", NULL, hanging },
	{ "abort", "topic", end_one },
};

static int
check_options(void *self, const struct gw_action *a, struct gw_err *err)
{
	const struct txn *s = self;

	if (a->wants != NULL && s->what == NULL)
		return gw_err_set(err, GW_EINVAL, "which %s to %s?", a->wants, a->name);
	if (a->run == end_one && (s->partition < 0 || s->start < 0))
		return gw_err_set(err, GW_EINVAL,
		    "abort which? -p PARTITION and --start-offset N, as \"txn hanging\" shows "
		    "them");
	return 0;
}

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct txn *s = self;

	switch (i) {
	case GW_CLI_OPERAND:
		if (s->what != NULL)
			return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
		s->what = value;
		return 0;
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
run(struct gw_app *app, int argc, char **argv)
{
	static const struct gw_actions v = { .opts = opts, .n_opts = GW_N(opts), .all = actions,
		.n = GW_N(actions), .take = take_option, .check = check_options };
	struct txn s = { .a.app = app, .partition = -1, .start = -1 };

	return gw_actions_run(&v, &s.a, argc, argv);
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
