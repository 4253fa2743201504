/* SPDX-License-Identifier: MIT
 *
 * ml/alias.h - the aliases of one model: ROOT/NAME/aliases.json in memory. For registry.c.
 */
#ifndef GW_ALIAS_H
#define GW_ALIAS_H

#include "ml/registry.h"

struct gw_alias {
	char	name[GW_MODEL_NAME_MAX];
	size_t	n;				/* > 0 */
	int32_t	versions[GW_ALIAS_HISTORY_MAX];	/* now, before, before that */
};

struct gw_aliases {
	size_t		n;
	struct gw_alias	a[GW_ALIASES_MAX];
};

/* A missing file is no alias. 0, GW_EDATA, GW_ENOMEM, GW_E* of the file. */
int	gw_aliases_read(struct gw_env *env, const char *path, struct gw_aliases *out,
    struct gw_err *err) GW_CHECK_RESULT;
/* By an atomic rename. */
int	gw_aliases_write(struct gw_env *env, const char *path, const struct gw_aliases *in,
    struct gw_err *err) GW_CHECK_RESULT;
struct gw_alias	*gw_aliases_find(struct gw_aliases *in, const char *name);	/* NULL: none */
/* 0, or GW_EINVAL for a bad name, GW_ELIMIT for one too many. */
int	gw_aliases_set(struct gw_aliases *in, const char *name, int32_t version,
    struct gw_err *err) GW_CHECK_RESULT;

#endif
