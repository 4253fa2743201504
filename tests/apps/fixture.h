/* SPDX-License-Identifier: MIT
 *
 * tests/apps/fixture.h - an app whose stdout and stderr are files, and a broker beside it.
 */
#ifndef GW_TEST_APPS_FIXTURE_H
#define GW_TEST_APPS_FIXTURE_H

#include <sys/types.h>

#include "apps/app.h"
#include "tests/support/files.h"

struct fixture {
	char		 dir[TEST_PATH_MAX];
	struct gw_env	*env;
	char		 out_path[TEST_PATH_MAX], err_path[TEST_PATH_MAX];
	char		*out, *err;		/* what the last run wrote; NUL-terminated */
	size_t		 out_len;
	pid_t		 broker;		/* 0: none */
	int		 life;			/* it ends when this is closed, as by our death */
	char		 bootstrap[64];		/* of it */
};

void	fixture_init(struct fixture *f);
void	fixture_fini(struct fixture *f);
/* The embedded broker on loopback in a process of its own. */
void	fixture_broker(struct fixture *f);
/* An app over new, empty files; fixture_app_end() closes it and reads them into out and err. */
void	fixture_app(struct fixture *f, struct gw_app *app);
void	fixture_app_end(struct fixture *f, struct gw_app *app);
/* The whole program: words end with NULL, the first is the verb. Returns the exit code. */
int	fixture_run(struct fixture *f, ...);
/* The same with text as stdin. */
int	fixture_pipe(struct fixture *f, const char *text, ...);

#endif
