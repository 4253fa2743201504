/* SPDX-License-Identifier: MIT
 *
 * nfl/boost.h - the win head as boosted trees (ml/gbdt.h), alone or on top of the logistic
 * regression's margin. How many rounds is found by leaving one season out: trees grown on the
 * other seasons, judged on that one after every round; the number with the least loss over all of
 * them is then grown on everything. That loss goes into the card: it is of games the trees had
 * not seen.
 */
#ifndef GW_BOOST_H
#define GW_BOOST_H

#include "base/pool.h"
#include "ml/matrix.h"
#include "ml/model.h"

struct gw_boost {
	/* What to learn from: plays of decided games, in the order of games. */
	const struct gw_matrix	*x;		/* (n, d) features as they are */
	const double		*y;		/* (n) home won */
	const uint32_t		*game;		/* (n) ascending from 0: bags are of games */
	const int32_t		*season;	/* (n) */
	/* How. */
	bool			 on_linear;	/* on top of the logistic regression */
	size_t			 rounds_max;
	double			 rate, l2, min_weight, bag;
	unsigned		 depth, leaves;
	const int8_t		*monotone;	/* (d) or NULL */
	uint64_t		 seed;
	struct gw_pool		*pool;		/* NULL: one thread */
	bool			(*stop)(void *arg);
	void			*stop_arg;
	/* Filled. */
	size_t			 rounds;	/* that were kept */
	size_t			 n_seasons;	/* left out in turn; 1: none, and no loss */
	double			 loso_loss;
	double			 train_loss;
};

/* The settings that doc/ml.md tells of, chosen on 2019 to 2023. */
void	gw_boost_defaults(struct gw_boost *b);
/*
 * Into the head, whose model has means and scales already; its trees are replaced. Of one season no
 * other can be left out: then all rounds_max rounds are kept. 0, GW_ENOMEM, GW_EDATA, GW_EINTR,
 * GW_EINVAL.
 */
int	gw_boost_fit(struct gw_alloc *alloc, struct gw_boost *b, struct gw_model *m,
	    struct gw_head *head, struct gw_err *err) GW_CHECK_RESULT;
/* Which features of a set must not let the home team's chance fall (+1) or rise (-1). */
void	gw_boost_directions(const struct gw_model *m, int8_t *monotone);

#endif
