/* SPDX-License-Identifier: MIT
 *
 * ml/bootstrap.h - how far a mean over rows could have come out otherwise, when rows come in groups
 * that share an outcome: whole groups are drawn with replacement (Efron and Tibshirani, An
 * Introduction to the Bootstrap, 1993, 13.3: percentile interval; clusters as units).
 */
#ifndef GW_BOOTSTRAP_H
#define GW_BOOTSTRAP_H

#include "base/alloc.h"

struct gw_bootstrap {
	const double	*sum;		/* (n_groups) per group: sum over its rows */
	const double	*count;		/* (n_groups) its rows, > 0 */
	size_t		 n_groups;	/* > 0 */
	size_t		 draws;		/* > 0; 1000 is usual */
	uint64_t	 seed;
	/* Filled. */
	double		 mean;		/* sum of sums / sum of counts */
	double		 lo, hi;	/* 2.5 and 97.5 % of the draws, linear between them */
};

/* 0 or GW_ENOMEM. The same seed gives the same interval. */
int	gw_bootstrap(struct gw_alloc *alloc, struct gw_bootstrap *b) GW_CHECK_RESULT;

#endif
