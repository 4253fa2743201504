/* SPDX-License-Identifier: MIT
 *
 * client/jaas.h - user and password out of the line that Java's clients keep them in:
 *
 *	org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
 */
#ifndef GW_CLIENT_JAAS_H
#define GW_CLIENT_JAAS_H

#include "base/buf.h"
#include "base/err.h"

enum gw_jaas_module { GW_JAAS_PLAIN, GW_JAAS_SCRAM, GW_JAAS_OAUTHBEARER };

struct gw_jaas {
	enum gw_jaas_module	 module;
	char			*user, *password;	/* NULL: not given */
};

/* 0, or GW_EINVAL (err never shows a value), GW_ENOMEM; fini it in any case. */
int	gw_jaas_read(struct gw_jaas *j, const char *text, struct gw_alloc *alloc,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_jaas_fini(struct gw_jaas *j, struct gw_alloc *alloc);

#endif
