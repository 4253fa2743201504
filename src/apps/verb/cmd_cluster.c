/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_cluster.c - gridwire cluster: brokers, features, versions, settings.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/show_cluster.h"
#include "apps/kafka.h"
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
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	const char		*action;
	int64_t			 broker;	/* -1: not given */
	bool			 json;
};

static int
describe(struct cluster *s, struct gw_err *err)
{
	return gw_show_cluster(&s->k, s->json, err);
}

static int
features(struct cluster *s, struct gw_err *err)
{
	return gw_show_features(&s->k, (int32_t)s->broker, s->json, err);
}

static int
versions(struct cluster *s, struct gw_err *err)
{
	return gw_show_versions(&s->k, (int32_t)s->broker, s->json, err);
}

static int
configs(struct cluster *s, struct gw_err *err)
{
	struct gw_call *call = NULL;
	int rc = 0;

	if (s->broker < 0) {
		call = gw_call_cluster(s->k.client, NULL);
		rc = gw_kafka_wait(&s->k, call, err);
		if (rc == 0)
			s->broker = gw_call_cluster_result(call)->controller;
		gw_call_free(call);
	}
	return rc != 0 ? rc : gw_show_broker_configs(&s->k, (int32_t)s->broker, s->json, err);
}

static const struct action {
	const char	*name;		/* first, for gw_nearest() */
	int		(*run)(struct cluster *s, struct gw_err *err);
} actions[] = {
	{ "describe", describe },
	{ "features", features },
	{ "versions", versions },
	{ "configs", configs },
};

static int
find_action(const struct cluster *s, const struct action **out, struct gw_err *err)
{
	const char *near;

	for (size_t i = 0; i < GW_N(actions); i++)
		if (s->action == NULL || strcmp(actions[i].name, s->action) == 0) {
			*out = &actions[i];
			return 0;
		}
	near = gw_nearest(s->action, actions, sizeof(actions[0]), GW_N(actions));
	return gw_err_set(err, GW_EINVAL, "unknown action \"%s\"; %s%s%s", s->action,
	    near != NULL ? "did you mean \"" : "there are describe, features, versions, configs",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static int
take_option(struct cluster *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_CLI_OPERAND:
		if (s->action != NULL)
			return gw_err_set(err, GW_EINVAL, "unexpected word \"%s\"", value);
		s->action = value;
		return 0;
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
parse(struct cluster *s, int argc, char **argv, const struct action **out, struct gw_err *err)
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
	return find_action(s, out, err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct cluster s = { .app = app, .broker = -1 };
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

const struct gw_verb gw_verb_cluster = {
	.name = "cluster",
	.summary = "brokers, features, versions of APIs, brokers' settings",
	.usage = "gridwire cluster [describe] [--json]\n"
	    "       gridwire cluster features | versions | configs [--broker ID] [--json]",
	.details =
	    "features: LEVEL is what the cluster has agreed on, MIN to MAX what the broker can do.\n"
	    "versions: a dash for APIs that gridwire does not know.\n"
	    "configs shows what differs from Kafka's defaults, with -v everything.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};
