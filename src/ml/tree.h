/* SPDX-License-Identifier: MIT
 *
 * ml/tree.h - a sum of decision trees: those of ml/gbdt.h, and other libraries' (ml/exchange.h).
 *
 *   f(x) = start + sum_k leaf_k(x)
 *
 * Two kinds of arithmetic, so that an imported model says what it said at home:
 *
 *   GW_TREES_SINGLE  XGBoost's and our own: x, thresholds and leaves are float32, x < t goes
 *                    left, the sum runs in float32 in the order of the trees
 *   GW_TREES_DOUBLE  LightGBM's: all double, x <= t goes left
 *
 * A tree's nodes stand breadth first, so that the children of its k-th split are nodes 2k + 1
 * (left) and 2k + 2.
 *
 * Prediction replaces each feature once by its rank among that feature's thresholds; then a node
 * is a comparison of two small integers, whatever the arithmetic and the rule for missing values,
 * and eight trees are walked at a time, so that one's memory access hides behind another's.
 */
#ifndef GW_TREE_H
#define GW_TREE_H

#include <stdbool.h>

#include "base/alloc.h"
#include "base/err.h"

#define GW_TREES_MAX		20000u		/* trees of one sum */
#define GW_TREES_NODES_MAX	(1u << 22)	/* nodes of them all */
#define GW_TREES_CUTS_MAX	65535u		/* different thresholds of one feature */
#define GW_TREES_FEATURES_MAX	512
#define GW_TREES_LEAF_MAX	1e30		/* in size, so that no sum overflows a float32 */

enum gw_trees_kind { GW_TREES_SINGLE, GW_TREES_DOUBLE };

/* What counts as missing, and goes to the split's default side. */
enum gw_missing {
	GW_MISSING_NAN,		/* a NaN */
	GW_MISSING_NONE,	/* nothing: a NaN counts as 0 */
	GW_MISSING_ZERO		/* a NaN, and what is within 1e-35 of 0 */
};

struct gw_tree_node {
	double		value;		/* a split's threshold, or a leaf's value */
	uint32_t	left;		/* index in its tree; right is left + 1. 0: a leaf */
	uint16_t	feature;
	uint8_t		missing;	/* enum gw_missing */
	bool		default_left;
};

/* A node as its origin numbers it, for gw_trees_add(). */
struct gw_tree_source {
	double		value;
	int64_t		left, right;	/* indices of the array given; both -1: a leaf */
	int64_t		feature;
	enum gw_missing	missing;
	bool		default_left;
};

struct gw_trees {
	struct gw_alloc		*alloc;
	enum gw_trees_kind	 kind;
	size_t			 n_features;	/* of the row that predictions get */
	size_t			 n_trees, trees_cap;
	uint32_t		*first;		/* (n_trees) the root of each, in nodes */
	size_t			 n_nodes, nodes_cap;
	struct gw_tree_node	*nodes;
	struct gw_tree_plan	*plan;		/* what prediction walks; by gw_trees_finish() */
};

/* NULL: out of memory. */
struct gw_trees	*gw_trees_new(struct gw_alloc *alloc, enum gw_trees_kind kind, size_t n_features);
void		 gw_trees_free(struct gw_trees *t);		/* NULL is accepted */
/*
 * One more tree, its root source[0]; nodes that the root does not reach are left out. 0, or
 * GW_ENOMEM, GW_ELIMIT, GW_EDATA (a node that has two parents or is not there, a feature or
 * number out of range). With GW_TREES_SINGLE numbers are rounded to float32.
 */
int	gw_trees_add(struct gw_trees *t, const struct gw_tree_source *source, size_t n,
	    struct gw_err *err) GW_CHECK_RESULT;
/* The last n trees taken back. */
void	gw_trees_drop(struct gw_trees *t, size_t n);
/* Make ready for gw_trees_sum(); no tree may be added after it. 0, GW_ENOMEM, GW_ELIMIT. */
int	gw_trees_finish(struct gw_trees *t, struct gw_err *err) GW_CHECK_RESULT;
/* x (n_features). Allocates nothing; finite for a finite start, whatever x. */
double	gw_trees_sum(const struct gw_trees *t, double start, const double *x);
/* Nodes of tree k. */
size_t	gw_trees_size(const struct gw_trees *t, size_t k);

#endif
