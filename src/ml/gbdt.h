/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt.h - gradient boosted trees, by histograms.
 *
 *   minimise sum_i loss(y_i, f(x_i)),   f = start + sum_k rate * tree_k
 *
 *   logistic:  -y ln p - (1 - y) ln (1 - p),  p = 1 / (1 + exp(-f)),  y in [0, 1], soft or not
 *   squared:   1/2 (f - y)^2, and with a delta linear beyond it (Huber):
 *              delta |f - y| - delta^2 / 2
 *
 * Tree by tree, on gradients g_i and second derivatives h_i (Friedman 2001; Chen and Guestrin, KDD
 * 2016, equations 6 and 7): a leaf of rows with sums G and H is worth -G / (H + l2), a split gains
 *
 *   1/2 (G_l^2 / (H_l + l2) + G_r^2 / (H_r + l2) - G^2 / (H + l2)) .
 *
 * Leaves with the highest gain are split first. Features are float32 in at most 255 bins a
 * feature, a missing value (NaN) has one of its own and goes to the side where it gains more;
 * where training saw none, to the side that has more weight. A monotone feature never lets f fall
 * (+1) or rise (-1) with it.
 *
 * The same model, to the last bit, for any number of threads, compiler and optimisation:
 * gradients are rounded to 16 bits, so that sums of them are whole numbers and their order does
 * not matter; what is random is a function of seed, round and group; and the rest is IEEE
 * arithmetic in one order.
 */
#ifndef GW_GBDT_H
#define GW_GBDT_H

#include "base/pool.h"
#include "ml/matrix.h"
#include "ml/tree.h"

#define GW_GBDT_ROWS_MAX	((size_t)1 << 31)
#define GW_GBDT_DEPTH_MAX	16
#define GW_GBDT_LEAVES_MAX	512

enum gw_loss { GW_LOSS_LOGISTIC, GW_LOSS_SQUARED };

struct gw_gbdt_rows {
	const struct gw_matrix	*x;		/* (n, d), as they are; NaN is missing */
	const double		*y;		/* (n) */
	const double		*margin;	/* (n) what each row's sum starts from, or NULL */
};

struct gw_gbdt {
	struct gw_gbdt_rows	 train;
	struct gw_gbdt_rows	 valid;		/* x NULL: no early stopping */
	enum gw_loss		 loss;
	double			 delta;		/* of the squared loss; 0: none */
	size_t			 rounds;	/* at most; 1 to GW_TREES_MAX */
	size_t			 patience;	/* end after so many rounds without a better loss on
						   `valid`, and keep the best; 0: never */
	double			 rate;		/* (0, 1] */
	double			 l2;		/* >= 0 */
	double			 min_weight;	/* least H of a leaf, > 0; squared: its rows */
	double			 min_gain;	/* least gain of a split, >= 0 */
	unsigned		 depth;		/* 1 to GW_GBDT_DEPTH_MAX */
	unsigned		 leaves;	/* 2 to GW_GBDT_LEAVES_MAX; 0: as depth allows */
	const int8_t		*monotone;	/* (d) +1, 0, -1, or NULL */
	double			 bag;		/* share of groups that each tree sees, (0, 1] */
	const uint32_t		*group;		/* (n of train) for bag; NULL: every row its own */
	uint64_t		 seed;		/* for bag */
	struct gw_pool		*pool;		/* NULL: one thread */
	/* Asked before each round; true ends the fit with GW_EINTR. May be NULL. */
	bool			(*stop)(void *arg);
	void			*stop_arg;
	double			*curve;		/* (rounds) filled with the loss on `valid` after
						   each round, or NULL */
	double			*fitted;	/* (n of train) filled with their sums, or NULL */
	/* Filled. */
	double			 start;		/* a float32; 0 with margins */
	struct gw_trees		*trees;		/* finished, GW_TREES_SINGLE; the caller's */
	double			 train_loss;	/* mean over the rows, after the last tree kept */
	double			 valid_loss;	/* 0 without */
};

/*
 * 0, GW_ENOMEM, GW_EINTR, GW_ELIMIT (too many rows or features), GW_EINVAL (a parameter out of
 * range, told by name), GW_EDATA (no rows; with the logistic loss a label outside [0, 1] or all
 * the same).
 */
int	gw_gbdt_fit(struct gw_alloc *alloc, struct gw_gbdt *fit,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif
