/* SPDX-License-Identifier: MIT
 *
 * apps/main.c - gridwire: one program with verbs. The verbs are in verbs.c, the rest in run.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/app.h"

int
main(int argc, char **argv)
{
	struct gw_app app;
	struct gw_env *env;
	struct gw_err err;
	int rc;

	env = gw_env_posix_new(0, true, &err);
	if (env == NULL || gw_app_catch_signals(&err) != 0) {
		fprintf(stderr, "gridwire: %s\n", err.msg);
		gw_env_posix_free(env);
		return GW_EXIT_FILE;
	}
	gw_app_init(&app, env);
	rc = gw_app_run(&app, argc, argv);
	gw_app_fini(&app);
	gw_env_posix_free(env);
	return rc;
}
