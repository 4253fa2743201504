/* SPDX-License-Identifier: MIT
 *
 * apps/properties.h - a file of Java properties, as -F and "score --config" read it.
 * Source: java.util.Properties.load(); KIP-297 for what stands in ${...}.
 *
 * key=value, key:value or "key value", a pair a line; '#' or '!' begins a comment; a '\' at the end
 * continues on the next line, whose leading blanks do not count; \t \n \r \f \uXXXX, and any other
 * character after '\' is that character. UTF-8. In a value ${env:NAME} is a variable of the
 * environment and ${file:PATH} what that file holds, without its last line end: passwords need
 * stand neither in the file nor on a command line.
 */
#ifndef GW_PROPERTIES_H
#define GW_PROPERTIES_H

#include "base/buf.h"
#include "base/env.h"

#define GW_PROPERTIES_MAX	(1u << 20)	/* bytes of a file, and of what ${file:} brings */

struct gw_property {
	size_t	 line;		/* from 1 */
	char	*key, *value;	/* value NULL: it cannot be had, and why says so */
	char	*why;
};

struct gw_properties {
	struct gw_env		*env;
	struct gw_property	*list;		/* in the file's order */
	size_t			 n, cap;
};

void	gw_properties_init(struct gw_properties *p, struct gw_env *env);
/* Overwrites the values. */
void	gw_properties_fini(struct gw_properties *p);
/* 0, also when some have no value; GW_EIO, GW_EINVAL (no text), GW_ENOMEM, GW_ELIMIT. */
int	gw_properties_read(struct gw_properties *p, const char *path, struct gw_err *err)
	    GW_CHECK_RESULT;

/*
 * value with its ${env:} and ${file:} replaced, appended to out. 0, GW_EINVAL (no such variable),
 * GW_EIO (no such file), GW_ENOMEM.
 */
int	gw_properties_expand(struct gw_env *env, struct gw_slice value, struct gw_buf *out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif
