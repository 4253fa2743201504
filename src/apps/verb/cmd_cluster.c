/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_cluster.c - gridwire cluster: brokers, features, versions, settings.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_cluster.h"
#include "apps/actions.h"
#include "apps/verbs.h"
#include "base/slice.h"

enum { OPT_BROKER = GW_N_KAFKA_OPTS, OPT_JSON };
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_BROKER] = { 0, "broker", "ID",
	    "features, versions and configs of this one (default: any; configs: the controller)" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object" },
};

struct cluster {
	struct gw_actor		 a;
	int64_t			 broker;	/* -1: not given */
	bool			 json;
};

static int
describe(void *self, struct gw_err *err)
{
	struct cluster *s = self;

	return gw_show_cluster(&s->a.k, s->json, err);
}

static int
features(void *self, struct gw_err *err)
{
	struct cluster *s = self;

	return gw_show_features(&s->a.k, (int32_t)s->broker, s->json, err);
}

static int
versions(void *self, struct gw_err *err)
{
	struct cluster *s = self;

	return gw_show_versions(&s->a.k, (int32_t)s->broker, s->json, err);
}

static int
configs(void *self, struct gw_err *err)
{
	struct cluster *s = self;
	struct gw_call *call = NULL;
	int rc = 0;

	if (s->broker < 0) {
		call = gw_call_cluster(s->a.k.client, NULL);
		rc = gw_kafka_wait(&s->a.k, call, err);
		if (rc == 0)
			s->broker = gw_call_cluster_result(call)->controller;
		gw_call_free(call);
	}
	return rc != 0 ? rc : gw_show_broker_configs(&s->a.k, (int32_t)s->broker, s->json, err);
}

static const struct gw_action actions[] = {
	{ "describe", NULL, describe },
	{ "features", NULL, features },
	{ "versions", NULL, versions },
	{ "configs", NULL, configs },
};

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct cluster *s = self;

	switch (i) {
	case GW_CLI_OPERAND:
		return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
	case OPT_BROKER:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &s->broker, err);
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
		.n = GW_N(actions), .may_be_left_out = true, .take = take_option };
	struct cluster s = { .a.app = app, .broker = -1 };

	return gw_actions_run(&v, &s.a, argc, argv);
}

const struct gw_verb gw_verb_cluster = {
	.name = "cluster",
	.summary = "brokers, features, versions of APIs, brokers' settings",
	.usage = "gridwire cluster [describe] [--json]\n"
	    "       gridwire cluster features | versions | configs [--broker ID] [--json]",
	.details =
	    "features: LEVEL is what the cluster has agreed on, MIN to MAX what the broker can "
	    "do.\n"
	    "versions: a dash for APIs that gridwire does not know.\n"
	    "configs shows what differs from Kafka's defaults, with -v everything.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
