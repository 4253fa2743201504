/* SPDX-License-Identifier: MIT
 *
 * nfl/loso.h - leave one season out: each season judged by a model of all the others, beside the
 * logistic regression of set extended (21 terms) that is trained the same way. Settings and terms
 * are chosen by this figure alone; a season that is scored once, at the end, stays a test.
 */
#ifndef GW_LOSO_H
#define GW_LOSO_H

#include "nfl/evaluation.h"
#include "nfl/trainer.h"

#define GW_LOSO_BESIDE "extended"	/* the set compared with */

struct gw_loso {
	struct gw_alloc			*alloc;
	const struct gw_seasons		*seasons;	/* for training, 2 years at least */
	const struct gw_feature_set	*set;
	const struct gw_boost		*boost;		/* NULL, or home_win as trees */
	struct gw_pool			*pool;		/* NULL: one thread */
	uint64_t			 seed;
	/* Called between steps; non-zero ends it with that. what: "reading", "training", ... */
	int				(*step)(void *arg, const char *what, int season);
	void				*arg;
	/* Filled. */
	struct gw_season_counts		 counts;
	struct gw_evaluation		 result;
};

/* 0, GW_EINVAL (fewer than 2 seasons), GW_ENOMEM, GW_EDATA, or what step returned. */
int	gw_loso_run(struct gw_loso *l, struct gw_err *err) GW_CHECK_RESULT;

#endif
