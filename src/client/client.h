/* SPDX-License-Identifier: MIT
 *
 * client/client.h - the client over a given world. The public functions of gridwire/gridwire.h are
 * this, on the kernel's clock, sockets and memory.
 */
#ifndef GW_CLIENT_H
#define GW_CLIENT_H

#include <gridwire/gridwire.h>
#include "base/env.h"

/* As gw_client_new(), in an env that outlives the client (fs is not used). */
struct gw_client *gw_client_new_env(struct gw_env *env, const char *config, struct gw_err *err);
/* As gw_pollfds(), with an absolute deadline on the env's clock; INT64_MAX: none. */
size_t	gw_client_pollfds(struct gw_client *c, struct pollfd *fds, size_t cap,
	    int64_t *deadline_us);

#endif
