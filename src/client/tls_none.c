/* SPDX-License-Identifier: MIT
 *
 * client/tls_none.c - a build without TLS says so.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/transport.h"

#ifndef HAVE_OPENSSL

bool
gw_tls_built_in(void)
{
	return false;
}

const char *
gw_tls_version(void)
{
	return "no (this build has no TLS library)";
}

const struct gw_transport *
gw_tls_new(const struct gw_client_config *cfg, struct gw_env *env, void **ctx, struct gw_err *err)
{
	(void)cfg;
	(void)env;
	(void)ctx;
	(void)gw_err_set(err, GW_EUNSUPPORTED, "this build has no TLS");
	return NULL;
}

#endif
