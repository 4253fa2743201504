/* SPDX-License-Identifier: MIT
 *
 * apps/records/range.h - kcat's -o: where reading begins, and where it ends; and --speed, how fast
 * it goes.
 */
#ifndef GW_RANGE_H
#define GW_RANGE_H

#include <stdbool.h>

#include "base/err.h"

enum gw_from {
	GW_FROM_DEFAULT,	/* nothing said */
	GW_FROM_BEGINNING, GW_FROM_END, GW_FROM_STORED,
	GW_FROM_OFFSET,		/* n */
	GW_FROM_TAIL,		/* n before the end */
	GW_FROM_TIME		/* the first record of n (ms since the epoch) or later */
};

struct gw_range {
	enum gw_from	from;
	int64_t		n;
	bool		has_until;
	int64_t		until_ms;	/* records of this time and later are not wanted */
};

/*
 * "beginning", "earliest", "end", "latest", "stored", N, -N, s@MS, e@MS; begin and end may be given
 * one after the other. 0 or GW_EINVAL with err; *r is then as it was.
 */
int	gw_range_add(struct gw_range *r, const char *text, struct gw_err *err) GW_CHECK_RESULT;

/* --speed: "60x" or "60". 0 or GW_EINVAL. */
int	gw_speed_parse(const char *text, double *out, struct gw_err *err) GW_CHECK_RESULT;

#endif
