/* SPDX-License-Identifier: MIT
 *
 * apps/actions.c - the action by its name, and the client around it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/actions.h"

#include "base/slice.h"

/* Everything that may go wrong with a name, and what there is instead. */
static int
wrong_action(const struct gw_actions *v, const char *name, struct gw_err *err)
{
	const char *near = name == NULL ? NULL : gw_nearest(name, v->all, sizeof(v->all[0]), v->n);
	char names[GW_ERR_MSG_MAX] = "";
	size_t len = 0;

	if (near != NULL)
		return gw_err_set(err, GW_EINVAL,
		    "unknown action \"%s\"; did you mean \"%s\"?", name, near);
	for (size_t i = 0; i < v->n && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
		    i == 0 ? "" : ", ", v->all[i].name);
	if (name == NULL)
		return gw_err_set(err, GW_EINVAL, "one of %s is wanted", names);
	return gw_err_set(err, GW_EINVAL, "unknown action \"%s\"; there are %s", name, names);
}

static int
find_action(const struct gw_actions *v, const char *name, const struct gw_action **out,
    struct gw_err *err)
{
	if (name == NULL && v->may_be_left_out) {
		*out = &v->all[0];
		return 0;
	}
	for (size_t i = 0; name != NULL && i < v->n; i++)
		if (strcmp(v->all[i].name, name) == 0) {
			*out = &v->all[i];
			return 0;
		}
	return wrong_action(v, name, err);
}

/* The first word is the action, the others and all options are the verb's. */
struct taking {
	const struct gw_actions	*v;
	struct gw_actor		*self;
};

static int
take(void *arg, int i, const char *value, struct gw_err *err)
{
	struct taking *t = arg;

	if (i == GW_CLI_OPERAND && t->self->action == NULL) {
		t->self->action = value;
		return 0;
	}
	return t->v->take(t->self, i, value, err);
}

static int
parse(const struct gw_actions *v, struct gw_actor *self, int argc, char **argv,
    const struct gw_action **out, struct gw_err *err)
{
	struct taking t = { v, self };
	struct gw_cli cli;
	int rc;

	gw_cli_init(&cli, v->opts, v->n_opts, argc, argv);
	rc = gw_kafka_options(&self->args, &cli, take, &t, err);
	if (rc == 0)
		rc = find_action(v, self->action, out, err);
	return rc == 0 && v->check != NULL ? v->check(self, *out, err) : rc;
}

int
gw_actions_run(const struct gw_actions *v, struct gw_actor *self, int argc, char **argv)
{
	const struct gw_action *action = NULL;
	struct gw_err err;
	int code;

	gw_kafka_args_init(&self->args, self->app);
	if (parse(v, self, argc, argv, &action, &err) != 0)
		code = gw_app_usage(self->app, "%s", err.msg);
	else if (gw_kafka_open(&self->k, &self->args, NULL, &err) != 0 ||
	    action->run(self, &err) != 0)
		code = gw_app_fail(self->app, &err);
	else
		code = GW_EXIT_OK;
	gw_kafka_close(&self->k);
	gw_kafka_args_fini(&self->args);
	return code;
}
