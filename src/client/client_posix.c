/* SPDX-License-Identifier: MIT
 *
 * client/client_posix.c - gw_client_new(): a client on the kernel's clock, sockets and memory.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"

#include <unistd.h>

static long
process_id(void)
{
	return (long)getpid();
}

struct gw_client *
gw_client_new(const char *config, struct gw_err *err)
{
	return gw_client_new_alloc(config, gw_alloc_libc(0), err);
}

struct gw_client *
gw_client_new_alloc(const char *config, struct gw_alloc alloc, struct gw_err *err)
{
	struct gw_env *env = gw_env_posix_new_alloc(alloc, false, err);
	struct gw_client *c = env == NULL ? NULL : gw_client_new_env(env, config, err);

	if (c == NULL) {
		if (env != NULL)
			gw_env_posix_free(env);
		return NULL;
	}
	c->env_free = gw_env_posix_free;
	c->process_id = process_id;
	c->born_in = process_id();
	return c;
}
