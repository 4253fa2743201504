/* SPDX-License-Identifier: MIT
 *
 * ml/linear.h - ordinary least squares for several targets over one set of features.
 *
 *   minimise over a, b:   sum_i (y_i - a - b'z_i)^2
 *
 * by Householder QR of the columns (1, z, y), the rows folded in block by block, so that memory
 * hardly grows with n (Golub and Van Loan, Matrix Computations, 5.2.2 and 12.5.3). A feature that
 * is a linear combination of the constant and of features before it (residual below 1e-7 of its
 * length, as R's lm) gets coefficient 0 and is reported; predictions are those of any other least
 * squares solution, scikit-learn's included.
 */
#ifndef GW_LINEAR_H
#define GW_LINEAR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/pool.h"
#include "ml/matrix.h"

#define GW_LINEAR_TARGETS_MAX	8
#define GW_LINEAR_TOLERANCE	1e-7

struct gw_linear_target {
	const double	*y;		/* (n) */
	double		 intercept;	/* filled */
	double		*coef;		/* (d), the caller's, filled */
};

struct gw_linear {
	struct gw_pool		*pool;		/* NULL: one thread; the same numbers for any */
	const struct gw_matrix	*z;		/* (n, d), standardised */
	struct gw_linear_target	 targets[GW_LINEAR_TARGETS_MAX];
	size_t			 n_targets;
	bool			*dropped;	/* (d), the caller's: true where dependent */
	size_t			 rank;		/* features kept */
};

/* 0, or GW_ENOMEM. Deterministic. */
int	gw_linear_fit(struct gw_alloc *alloc, struct gw_linear *fit,
    struct gw_err *err) GW_CHECK_RESULT;

#endif
