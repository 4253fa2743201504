/* SPDX-License-Identifier: MIT
 *
 * base/pattern.h - does a regular expression match a whole text? What POSIX extended expressions
 * and RE2 agree on: literals, . [a-z] [^a-z] ( ) (?: ) | * + ? {m,n} ^ $ and \ before a sign; \d \w
 * \s and their capitals; lazy forms, which match the same texts. By bytes.
 *
 * Linear in the text, whatever the expression: all ways are followed at once (K. Thompson,
 * Communications of the ACM 11:6, 1968). Not regcomp(): that allocates by itself, knows locales,
 * and weighs 70 KB in a static program.
 */
#ifndef GW_PATTERN_H
#define GW_PATTERN_H

#include <stdbool.h>

#include "base/err.h"

#define GW_PATTERN_MAX	1024	/* steps of a compiled expression */

struct gw_pattern;

/* 0 and *out, freed with gw_pattern_free(); GW_EINVAL (says where), GW_ELIMIT, GW_ENOMEM. */
int	gw_pattern_new(struct gw_pattern **out, struct gw_slice text, struct gw_alloc *alloc,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_pattern_free(struct gw_pattern *p);	/* NULL is accepted */
bool	gw_pattern_matches(const struct gw_pattern *p, struct gw_slice text);

#endif
